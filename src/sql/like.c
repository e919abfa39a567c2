/* SPDX-License-Identifier: Apache-2.0
 *
 * The LIKE family. corm_like() and corm_ilike() take a pattern; the others match % and _ as they stand, which are
 * escaped here for a value, and by the database for an expression.
 */
#include "sql/walk.h"

#define ESCAPE '/'

static bool is_special(char c)
{
	return c == '%' || c == '_' || c == ESCAPE;
}

/* text with its special characters escaped, between the %s that the operator wants; in scratch. */
static const char *escaped(struct corm__compiler *c, corm_op op, const char *text)
{
	size_t length = strlen(text);
	char *pattern = length < SIZE_MAX / 2 - 2 ? corm__walk_take(c, 2 * length + 3) : NULL;
	if (!pattern)
		return NULL;
	char *end = pattern;
	if (op != CORM_OP_STARTS_WITH)
		*end++ = '%';
	for (size_t i = 0; i < length; i++) {
		if (is_special(text[i]))
			*end++ = ESCAPE;
		*end++ = text[i];
	}
	if (op != CORM_OP_ENDS_WITH)
		*end++ = '%';
	*end = '\0';
	return pattern;
}

static void literal_value(struct corm__compiler *c, corm_op op, const corm_node *value, const struct corm__place *place)
{
	const char **pattern = corm__walk_take(c, sizeof *pattern);
	if (!pattern)
		return;
	*pattern = value->of.text;
	if (value->of.text)
		*pattern = escaped(c, op, value->of.text);
	if (!c->status)
		corm__walk_value(c, CORM_TYPE_TEXT, pattern, place);
}

static void literal_expression(struct corm__compiler *c, corm_op op, const corm_node *expression,
                               const struct corm__place *place)
{
	const char *const *concat = c->dialect->concat;
	corm__put(c, concat[0]);
	if (op != CORM_OP_STARTS_WITH) {
		corm__put(c, "'%'");
		corm__put(c, concat[1]);
	}
	corm__put(c, "replace(replace(replace(");
	corm__walk(c, expression, place);
	corm__put(c, ", '/', '//'), '%', '/%'), '_', '/_')");
	if (op != CORM_OP_ENDS_WITH) {
		corm__put(c, concat[1]);
		corm__put(c, "'%'");
	}
	corm__put(c, concat[2]);
}

/* The left side of LIKE, and the operator: what PostgreSQL calls ILIKE is lower() on both sides elsewhere. */
void corm__walk_like(struct corm__compiler *c, const corm_node *node)
{
	corm_op op = (corm_op)node->op;
	const corm_node *pattern = node->of.arg.b;
	bool lowers = op == CORM_OP_ILIKE && !c->dialect->ilike;
	enum corm__binding binding = lowers ? CORM__BIND_ALL : CORM__BIND_CONCAT;
	const struct corm__place left = { .parent = node, .part = "the left side", .binding = binding };
	const struct corm__place right = { .parent = node, .part = "the pattern", .binding = binding };

	corm__put(c, lowers ? "lower(" : "");
	corm__walk(c, node->of.arg.a, &left);
	corm__put(c, lowers ? ") " : " ");
	corm__put(c, op == CORM_OP_ILIKE && !lowers ? c->dialect->ilike : "LIKE");
	corm__put(c, lowers ? " lower(" : " ");
	if (op == CORM_OP_LIKE || op == CORM_OP_ILIKE) {
		corm__walk(c, pattern, &right);
		corm__put(c, lowers ? ")" : "");
		return;
	}
	bool is_value = pattern && pattern->op == CORM_OP_VALUE;
	corm__key_byte(c, is_value);
	if (is_value) {
		literal_value(c, op, pattern, &right);
	} else {
		const struct corm__place argument = { .parent = node, .part = "the text", .binding = CORM__BIND_ALL };
		literal_expression(c, op, pattern, &argument);
	}
	corm__put(c, " ESCAPE '/'");
}
