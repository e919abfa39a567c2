/* SPDX-License-Identifier: Apache-2.0
 *
 * The shapes of all operators, and copying by them.
 */
#include "sql/tree.h"

const corm_node corm__end = { .op = CORM_OP_END };

#define NONE CORM__OPERAND_NONE
#define NODE CORM__OPERAND_NODE
#define LIST CORM__OPERAND_LIST
#define TEXT CORM__OPERAND_TEXT
#define QUERY CORM__OPERAND_QUERY
#define FIXED CORM__OPERAND_STATIC

static const struct corm__shape shapes[] = {
	[CORM_OP_VALUE] = { "a value", CORM__OPERAND_VALUE, NONE, NONE },
	[CORM_OP_COLUMN] = { "a column", NODE, FIXED, NONE },
	[CORM_OP_MODEL] = { "a model", FIXED, TEXT, NONE },
	[CORM_OP_RELATIONSHIP] = { "a relationship", NODE, FIXED, NONE },
	[CORM_OP_NOW] = { "corm_now", NONE, NONE, NONE },
	[CORM_OP_EQ] = { "corm_eq", NODE, NODE, NONE },
	[CORM_OP_NE] = { "corm_ne", NODE, NODE, NONE },
	[CORM_OP_LT] = { "corm_lt", NODE, NODE, NONE },
	[CORM_OP_LE] = { "corm_le", NODE, NODE, NONE },
	[CORM_OP_GT] = { "corm_gt", NODE, NODE, NONE },
	[CORM_OP_GE] = { "corm_ge", NODE, NODE, NONE },
	[CORM_OP_IS_DISTINCT] = { "corm_is_distinct", NODE, NODE, NONE },
	[CORM_OP_LIKE] = { "corm_like", NODE, NODE, NONE },
	[CORM_OP_ILIKE] = { "corm_ilike", NODE, NODE, NONE },
	[CORM_OP_STARTS_WITH] = { "corm_starts_with", NODE, NODE, NONE },
	[CORM_OP_ENDS_WITH] = { "corm_ends_with", NODE, NODE, NONE },
	[CORM_OP_CONTAINS] = { "corm_contains", NODE, NODE, NONE },
	[CORM_OP_REGEXP] = { "corm_regexp", NODE, NODE, NONE },
	[CORM_OP_PLUS] = { "corm_plus", NODE, NODE, NONE },
	[CORM_OP_MINUS] = { "corm_minus", NODE, NODE, NONE },
	[CORM_OP_TIMES] = { "corm_times", NODE, NODE, NONE },
	[CORM_OP_DIVIDED] = { "corm_divided", NODE, NODE, NONE },
	[CORM_OP_MOD] = { "corm_mod", NODE, NODE, NONE },
	[CORM_OP_BETWEEN] = { "corm_between", NODE, NODE, NODE },
	[CORM_OP_SUBSTR] = { "corm_substr", NODE, NODE, NODE },
	[CORM_OP_IN] = { "corm_in", NODE, LIST, NONE },
	[CORM_OP_NOT_IN] = { "corm_not_in", NODE, LIST, NONE },
	[CORM_OP_IN_ARRAY] = { "corm_in_array", NODE, CORM__OPERAND_ARRAY, NONE },
	[CORM_OP_IN_QUERY] = { "corm_in_query", NODE, QUERY, NONE },
	[CORM_OP_IS_NULL] = { "corm_is_null", NODE, NONE, NONE },
	[CORM_OP_IS_NOT_NULL] = { "corm_is_not_null", NODE, NONE, NONE },
	[CORM_OP_NOT] = { "corm_not", NODE, NONE, NONE },
	[CORM_OP_NEG] = { "corm_neg", NODE, NONE, NONE },
	[CORM_OP_ABS] = { "corm_abs", NODE, NONE, NONE },
	[CORM_OP_ROUND] = { "corm_round", NODE, NONE, NONE },
	[CORM_OP_LOWER] = { "corm_lower", NODE, NONE, NONE },
	[CORM_OP_UPPER] = { "corm_upper", NODE, NONE, NONE },
	[CORM_OP_TRIM] = { "corm_trim", NODE, NONE, NONE },
	[CORM_OP_LENGTH] = { "corm_length", NODE, NONE, NONE },
	[CORM_OP_AND] = { "corm_and", LIST, NONE, NONE },
	[CORM_OP_OR] = { "corm_or", LIST, NONE, NONE },
	[CORM_OP_CONCAT] = { "corm_concat", NODE, LIST, NONE },
	[CORM_OP_COALESCE] = { "corm_coalesce", NODE, LIST, NONE },
	[CORM_OP_ANY_OF] = { "corm_any_of", NODE, NODE, NONE },
	[CORM_OP_HAS] = { "corm_has", NODE, NODE, NONE },
	[CORM_OP_EXISTS] = { "corm_exists", QUERY, NONE, NONE },
	[CORM_OP_SQL] = { "corm_sql", TEXT, LIST, NONE },
	[CORM_OP_TRUE] = { "corm_true", NONE, NONE, NONE },
	[CORM_OP_FALSE] = { "corm_false", NONE, NONE, NONE },
	[CORM_OP_ASC] = { "corm_asc", NODE, NONE, NONE },
	[CORM_OP_DESC] = { "corm_desc", NODE, NONE, NONE },
	[CORM_OP_NULLS_FIRST] = { "corm_nulls_first", NODE, NONE, NONE },
	[CORM_OP_NULLS_LAST] = { "corm_nulls_last", NODE, NONE, NONE },
	[CORM_OP_SET] = { "corm_set", NODE, NODE, NONE },
};

const struct corm__shape *corm__shape(unsigned op)
{
	return &shapes[op < sizeof shapes / sizeof shapes[0] ? op : CORM_OP_NONE];
}

static const char *const clause_names[] = {
	[CORM_CLAUSE_WHERE] = "corm_where",
	[CORM_CLAUSE_ON] = "corm_on",
	[CORM_CLAUSE_JOIN] = "corm_join",
	[CORM_CLAUSE_LEFT_JOIN] = "corm_left_join",
	[CORM_CLAUSE_FULL_JOIN] = "corm_full_join",
	[CORM_CLAUSE_CROSS_JOIN] = "corm_cross_join",
	[CORM_CLAUSE_ORDER_BY] = "corm_order_by",
	[CORM_CLAUSE_LIMIT] = "corm_limit",
	[CORM_CLAUSE_OFFSET] = "corm_offset",
	[CORM_CLAUSE_DISTINCT] = "corm_distinct",
	[CORM_CLAUSE_COLUMNS] = "corm_columns",
	[CORM_CLAUSE_LOAD] = "corm_load",
	[CORM_CLAUSE_LOAD_JOINED] = "corm_load_joined",
	[CORM_CLAUSE_ONLY] = "corm_only",
	[CORM_CLAUSE_READONLY] = "corm_readonly",
	[CORM_CLAUSE_SET] = "corm_set",
	[CORM_CLAUSE_SET_NULL] = "corm_set_null",
	[CORM_CLAUSE_ALL_ROWS] = "corm_all_rows",
	[CORM_CLAUSE_ON_CONFLICT] = "corm_on_conflict",
	[CORM_CLAUSE_DO_NOTHING] = "corm_do_nothing",
};

const char *corm__clause_name(unsigned kind)
{
	return kind < sizeof clause_names / sizeof clause_names[0] ? clause_names[kind] : NULL;
}

/* ---- copies ------------------------------------------------------------------------------------------------------ */

/* Copies have pointers to what they copied; ok turns false when one could not be had. */
struct copier {
	struct corm_arena *arena;
	bool ok;
};

static const corm_node *copy_node(struct copier *copier, const corm_node *from);

static void *copy_bytes(struct copier *copier, const void *from, size_t size)
{
	void *copy = corm__arena_take(copier->arena, size ? size : 1);
	if (!copy)
		copier->ok = false;
	else if (size)
		memcpy(copy, from, size);
	return copy;
}

static const char *copy_text(struct copier *copier, const char *from)
{
	return from ? copy_bytes(copier, from, strlen(from) + 1) : NULL;
}

/* What a value of a type points to. */
static void copy_pointed(struct copier *copier, corm_type type, void *value)
{
	if (type == CORM_TYPE_TEXT) {
		const char **text = value;
		*text = copy_text(copier, *text);
	} else if (type == CORM_TYPE_JSON) {
		corm_json *json = value;
		json->text = copy_text(copier, json->text);
	} else if (type == CORM_TYPE_BYTES) {
		corm_bytes *bytes = value;
		if (bytes->data)
			bytes->data = copy_bytes(copier, bytes->data, bytes->size);
	}
}

static const void *copy_array(struct copier *copier, const corm_node *node, const void *from)
{
	if (!from || node->count > SIZE_MAX / (node->size ? node->size : 1)) {
		copier->ok = copier->ok && !from;
		return NULL;
	}
	char *copy = copy_bytes(copier, from, (size_t)node->count * node->size);
	for (size_t i = 0; copier->ok && i < node->count; i++)
		copy_pointed(copier, (corm_type)node->type, copy + i * node->size);
	return copy;
}

static const void *copy_list(struct copier *copier, corm__list from)
{
	size_t length = corm__list_length(from);
	const corm_node **copy = corm__arena_array(copier->arena, length + 1, sizeof *copy);
	if (!copy) {
		copier->ok = false;
		return NULL;
	}
	for (size_t i = 0; i < length; i++)
		copy[i] = copy_node(copier, from[i]);
	copy[length] = &corm__end;
	return copy;
}

static const void *copy_operand(struct copier *copier, const corm_node *node, uint8_t operand, const void *from)
{
	switch (operand) {
	case CORM__OPERAND_NODE:
		return copy_node(copier, from);
	case CORM__OPERAND_LIST:
		return from ? copy_list(copier, from) : NULL;
	case CORM__OPERAND_TEXT:
		return copy_text(copier, from);
	case CORM__OPERAND_ARRAY:
		return copy_array(copier, node, from);
	default:
		return from;
	}
}

/* An empty expression stays one, and is reported when the query is compiled. */
static const corm_node *copy_node(struct copier *copier, const corm_node *from)
{
	if (!from || !copier->ok)
		return NULL;
	corm_node *copy = copy_bytes(copier, from, sizeof *from);
	if (!copy)
		return NULL;
	const struct corm__shape *shape = corm__shape(from->op);
	if (shape->a == CORM__OPERAND_VALUE) {
		copy_pointed(copier, (corm_type)from->type, &copy->of);
	} else if (shape->name) {
		copy->of.arg.a = copy_operand(copier, from, shape->a, from->of.arg.a);
		copy->of.arg.b = copy_operand(copier, from, shape->b, from->of.arg.b);
		copy->of.arg.c = copy_operand(copier, from, shape->c, from->of.arg.c);
	}
	return copy;
}

static const void *copy_clauses(struct copier *copier, const corm_clause *from)
{
	size_t count = 0;
	while (from[count].kind != CORM_CLAUSE_END)
		count++;
	corm_clause *copy = corm__arena_array(copier->arena, count + 1, sizeof *copy);
	copier->ok = copier->ok && copy;
	for (size_t i = 0; copier->ok && i <= count; i++)
		copier->ok = corm__clause_copy(copier->arena, &from[i], &copy[i]);
	return copy;
}

bool corm__clause_copy(struct corm_arena *arena, const corm_clause *from, corm_clause *to)
{
	struct copier copier = { arena, true };
	*to = *from;
	switch (from->kind) {
	case CORM_CLAUSE_WHERE:
	case CORM_CLAUSE_ON:
	case CORM_CLAUSE_ORDER_BY:
	case CORM_CLAUSE_COLUMNS:
	case CORM_CLAUSE_LOAD:
	case CORM_CLAUSE_LOAD_JOINED:
	case CORM_CLAUSE_ONLY:
	case CORM_CLAUSE_ON_CONFLICT:
		to->data = from->data ? copy_list(&copier, from->data) : NULL;
		break;
	case CORM_CLAUSE_SET:
	case CORM_CLAUSE_SET_NULL:
		to->data = copy_node(&copier, from->data);
		break;
	case CORM_CLAUSE_JOIN:
	case CORM_CLAUSE_LEFT_JOIN:
	case CORM_CLAUSE_FULL_JOIN:
	case CORM_CLAUSE_CROSS_JOIN:
		to->data = copy_node(&copier, from->data);
		to->more = from->more ? copy_clauses(&copier, from->more) : NULL;
		break;
	case CORM_CLAUSE_NONE:
	case CORM_CLAUSE_END:
	case CORM_CLAUSE_LIMIT:
	case CORM_CLAUSE_OFFSET:
	case CORM_CLAUSE_DISTINCT:
	case CORM_CLAUSE_READONLY:
	case CORM_CLAUSE_ALL_ROWS:
	case CORM_CLAUSE_DO_NOTHING:
		break;
	}
	return copier.ok;
}
