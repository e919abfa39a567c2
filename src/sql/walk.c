/* SPDX-License-Identifier: Apache-2.0
 *
 * The walk over expressions: one function per shape of SQL, and the table that says which operator has which.
 *
 * How to add an operator: a row in the table at the end, and one in src/sql/tree.c.
 */
#include "sql/walk.h"

/* How an operator is written: the function, its text, and how tight it binds. */
struct operation {
	void (*write)(struct corm__compiler *c, const corm_node *node, const struct operation *operation);
	const char *sql;
	enum corm__binding binding;
};

static const struct operation *operation_of(unsigned op);

/* The place of an operand without anything beside it. */
static struct corm__place operand_place(const corm_node *node, const char *part, enum corm__binding binding)
{
	return (struct corm__place){ .parent = node, .part = part, .binding = binding };
}

/* The elements of a list, numbered from the place's number on. */
static void walk_list(struct corm__compiler *c, corm__list list, const char *separator, struct corm__place *place)
{
	size_t before = place->number;
	for (size_t i = 0; !corm__is_end(list[i]); i++) {
		if (i)
			corm__put(c, separator);
		place->number = before + i + 1;
		corm__walk(c, list[i], place);
	}
	corm__key_byte(c, CORM_OP_END);
}

/* ---- leaves ------------------------------------------------------------------------------------------------------ */

static void write_column(struct corm__compiler *c, const corm_node *node, const struct operation *operation)
{
	(void)operation;
	const corm_node *model = node->of.arg.a;
	const corm_column *column = node->of.arg.b;
	corm__key_text(c, model->of.arg.b);
	corm__key_pointer(c, column);
	if (!corm__writes_sql(c))
		return;
	const struct corm__source *source = corm__scope_find(c, model);
	if (source)
		corm__write_column(c, source, column);
}

static void write_constant(struct corm__compiler *c, const corm_node *node, const struct operation *operation)
{
	(void)node;
	corm__put(c, operation->sql);
}

/* Steps over a string, a quoted name or a comment of the user's SQL, in which a ? is no argument; else stays. */
static const char *skip_quoted(const char *at)
{
	if (*at == '\'' || *at == '"' || *at == '`') {
		const char *end = strchr(at + 1, *at);
		return end ? end + 1 : at + strlen(at);
	}
	if (at[0] == '-' && at[1] == '-') {
		const char *end = strchr(at, '\n');
		return end ? end + 1 : at + strlen(at);
	}
	if (at[0] == '/' && at[1] == '*') {
		const char *end = strstr(at + 2, "*/");
		return end ? end + 2 : at + strlen(at);
	}
	return at;
}

static size_t count_marks(const char *sql)
{
	size_t marks = 0;
	while (*sql) {
		const char *next = skip_quoted(sql);
		if (next == sql)
			marks += *next++ == '?';
		sql = next;
	}
	return marks;
}

/* Copies the fragment up to its next ?, and returns what follows. */
static const char *copy_fragment(struct corm__compiler *c, const char *sql)
{
	const char *at = sql;
	while (*at && *at != '?') {
		const char *next = skip_quoted(at);
		at = next > at ? next : at + 1;
	}
	if (corm__writes_sql(c))
		corm__buffer_add(&c->sql, sql, (size_t)(at - sql));
	return *at ? at + 1 : at;
}

static void write_fragment(struct corm__compiler *c, const corm_node *node, const struct operation *operation)
{
	(void)operation;
	const char *sql = node->of.arg.a;
	corm__list list = node->of.arg.b;
	if (!sql) {
		corm__walk_fail(c, CORM_ERROR_USAGE, "the text of corm_sql() is NULL");
		return;
	}
	size_t marks = count_marks(sql), arguments = corm__list_length(list);
	if (marks != arguments) {
		corm__walk_fail(c, CORM_ERROR_USAGE, "corm_sql(\"%.200s\") has %zu ? and is given %zu arguments", sql, marks,
		                arguments);
		return;
	}
	corm__key_text(c, sql);
	corm__put(c, "(");
	for (size_t i = 0; i < arguments; i++) {
		struct corm__place place = operand_place(node, "argument", CORM__BIND_ATOM);
		place.number = i + 1;
		sql = copy_fragment(c, sql);
		corm__walk(c, list[i], &place);
	}
	copy_fragment(c, sql);
	corm__put(c, ")");
}

/* ---- comparisons ------------------------------------------------------------------------------------------------- */

static bool is_ordering(unsigned op)
{
	return op == CORM_OP_LT || op == CORM_OP_LE || op == CORM_OP_GT || op == CORM_OP_GE;
}

static void write_collation(struct corm__compiler *c)
{
	corm__put(c, " COLLATE ");
	corm__put(c, c->dialect->decimal_collation);
}

static void write_comparison(struct corm__compiler *c, const corm_node *node, const struct operation *operation)
{
	const corm_format *left = corm__format_of(c, node->of.arg.a), *right = corm__format_of(c, node->of.arg.b);
	const char *const *distinct = node->op == CORM_OP_IS_DISTINCT ? c->dialect->is_distinct : NULL;
	bool is_tight = node->op == CORM_OP_REGEXP && c->dialect->regexp_is_tight;
	bool collated = is_ordering(node->op) && (corm__needs_collation(c, left) || corm__needs_collation(c, right));
	struct corm__place place = operand_place(node, "the left side", operation->binding + 1);
	place.beside = right;
	corm__put(c, distinct ? distinct[0] : "");
	corm__walk(c, node->of.arg.a, &place);
	if (distinct) {
		corm__put(c, distinct[1]);
	} else {
		corm__put(c, " ");
		corm__put(c, node->op == CORM_OP_REGEXP ? c->dialect->regexp : operation->sql);
		corm__put(c, " ");
	}
	place = operand_place(node, "the right side", collated || is_tight ? CORM__BIND_ATOM : operation->binding + 1);
	place.beside = left;
	corm__walk(c, node->of.arg.b, &place);
	if (collated)
		write_collation(c);
	corm__walk_compatible(c, node, left, right);
}

/* The collation stands at the left: behind BETWEEN a AND b it would count for b alone. */
static void write_between(struct corm__compiler *c, const corm_node *node, const struct operation *operation)
{
	const corm_format *format = corm__format_of(c, node->of.arg.a);
	bool collated = corm__needs_collation(c, format);
	struct corm__place place = operand_place(node, "the left side",
	                                         collated ? CORM__BIND_ATOM : operation->binding + 1);
	corm__walk(c, node->of.arg.a, &place);
	if (collated)
		write_collation(c);
	corm__put(c, " BETWEEN ");
	place = operand_place(node, "the lower bound", operation->binding + 1);
	place.beside = format;
	corm__walk(c, node->of.arg.b, &place);
	corm__put(c, " AND ");
	place.part = "the upper bound";
	corm__walk(c, node->of.arg.c, &place);
	corm__walk_compatible(c, node, format, corm__format_of(c, node->of.arg.b));
	corm__walk_compatible(c, node, format, corm__format_of(c, node->of.arg.c));
}

static void write_like(struct corm__compiler *c, const corm_node *node, const struct operation *operation)
{
	(void)operation;
	corm__walk_like(c, node);
}

/* IS NULL and its opposite. */
static void write_postfix(struct corm__compiler *c, const corm_node *node, const struct operation *operation)
{
	const struct corm__place place = operand_place(node, "the argument", operation->binding + 1);
	corm__walk(c, node->of.arg.a, &place);
	corm__put(c, operation->sql);
}

/* ---- lists of values --------------------------------------------------------------------------------------------- */

static void walk_left_of_in(struct corm__compiler *c, const corm_node *node, const struct operation *operation)
{
	const struct corm__place place = operand_place(node, "the left side", operation->binding + 1);
	corm__walk(c, node->of.arg.a, &place);
	corm__put(c, operation->sql);
}

static void write_in(struct corm__compiler *c, const corm_node *node, const struct operation *operation)
{
	corm__list list = node->of.arg.b;
	struct corm__place place = operand_place(node, "element", CORM__BIND_ALL);
	place.beside = corm__format_of(c, node->of.arg.a);
	walk_left_of_in(c, node, operation);
	walk_list(c, list, ", ", &place);
	corm__put(c, ")");
	for (size_t i = 0; !corm__is_end(list[i]); i++)
		corm__walk_compatible(c, node, place.beside, corm__format_of(c, list[i]));
}

/* How many parameters a list of count values gets, so that lists of many lengths share few statements: the next
 * power of two, from 1,024 on the next multiple of it, as far as the database takes that many. */
static size_t padded_count(const struct corm__compiler *c, size_t count)
{
	const size_t step = 1024;
	size_t padded = 1;
	while (padded < count && padded < step)
		padded *= 2;
	if (count > step)
		padded = (count + step - 1) / step * step;
	size_t left = c->dialect->parameter_limit - c->count;
	return padded <= left ? padded : count;
}

static void write_in_array(struct corm__compiler *c, const corm_node *node, const struct operation *operation)
{
	const char *items = node->of.arg.b;
	if (node->count > c->dialect->parameter_limit) {
		corm__walk_fail(c, CORM_ERROR_USAGE,
		                "the array of corm_in_array() has %lu elements; %s takes %zu values: ask in parts",
		                (unsigned long)node->count, c->dialect->name, c->dialect->parameter_limit);
		return;
	}
	if (node->count && !items) {
		corm__walk_fail(c, CORM_ERROR_USAGE, "the array of corm_in_array() is NULL and is said to have %lu elements",
		                (unsigned long)node->count);
		return;
	}
	size_t padded = node->count ? padded_count(c, node->count) : 0;
	corm__key(c, &padded, sizeof padded);
	if (!padded) {
		corm__put(c, "1 = 0");
		return;
	}
	struct corm__place place = operand_place(node, "element", CORM__BIND_ALL);
	place.beside = corm__format_of(c, node->of.arg.a);
	walk_left_of_in(c, node, operation);
	for (size_t i = 0; i < padded && !c->status; i++) {
		size_t element = i < node->count ? i : node->count - 1;
		place.number = element + 1;
		corm__put(c, i ? ", " : "");
		corm__walk_value(c, (corm_type)node->type, items + element * node->size, &place);
	}
	corm__put(c, ")");
}

/* The one expression that a query selects, NULL when it is not one. */
static const corm_node *selected(const struct corm__select *query)
{
	const corm_node *found = NULL;
	const corm_clause *clause = query ? query->clauses : NULL;
	for (; clause && clause->kind != CORM_CLAUSE_END; clause++) {
		if (clause->kind != CORM_CLAUSE_COLUMNS)
			continue;
		corm__list list = clause->data;
		if (found || !list || corm__list_length(list) != 1)
			return NULL;
		found = list[0];
	}
	return found;
}

static bool has_limit(const struct corm__select *query)
{
	for (const corm_clause *clause = query->clauses; clause->kind != CORM_CLAUSE_END; clause++)
		if (clause->kind == CORM_CLAUSE_LIMIT || clause->kind == CORM_CLAUSE_OFFSET)
			return true;
	return false;
}

static void write_in_query(struct corm__compiler *c, const corm_node *node, const struct operation *operation)
{
	const corm_node *column = selected(node->of.arg.b);
	if (!column) {
		corm__walk_fail(c, CORM_ERROR_USAGE,
		                "the query of corm_in_query() must select one value: add corm_columns(…) to it");
		return;
	}
	bool inside = c->dialect->limit_in_from && has_limit(node->of.arg.b);
	walk_left_of_in(c, node, operation);
	corm__put(c, inside ? "SELECT * FROM (" : "");
	corm__walk_subquery(c, node->of.arg.b, CORM__SELECT_COLUMNS);
	corm__put(c, inside ? ") AS limited" : "");
	corm__put(c, ")");
	corm__walk_compatible(c, node, corm__format_of(c, node->of.arg.a), corm__format_of(c, column));
}

/* ---- logic ------------------------------------------------------------------------------------------------------- */

static void write_logic(struct corm__compiler *c, const corm_node *node, const struct operation *operation)
{
	struct corm__place place = operand_place(node, "condition", operation->binding);
	walk_list(c, node->of.arg.a, operation->sql, &place);
}

/* NOT, and the sign of a number: - before another - would begin a comment. */
static void write_prefix(struct corm__compiler *c, const corm_node *node, const struct operation *operation)
{
	bool is_sign = operation->binding == CORM__BIND_SIGN;
	const struct corm__place place = operand_place(node, "the argument",
	                                               is_sign ? CORM__BIND_ATOM : operation->binding);
	corm__put(c, operation->sql);
	corm__walk(c, node->of.arg.a, &place);
}

static void write_exists(struct corm__compiler *c, const corm_node *node, const struct operation *operation)
{
	corm__put(c, operation->sql);
	corm__walk_subquery(c, node->of.arg.a, CORM__SELECT_EXISTS);
	corm__put(c, ")");
}

static void write_related(struct corm__compiler *c, const corm_node *node, const struct operation *operation)
{
	(void)operation;
	corm__walk_related(c, node);
}

/* ---- computing --------------------------------------------------------------------------------------------------- */

static void refuse_enum(struct corm__compiler *c, const corm_node *node, const corm_node *operand)
{
	const corm_format *format = corm__format_of(c, operand);
	if (format && format->type == CORM_TYPE_ENUM)
		corm__walk_fail(c, CORM_ERROR_USAGE, "%s() is given an enum, with which no database computes",
		                corm__shape(node->op)->name);
}

/* What values between numbers become: decimals beside decimals, where these are numbers. */
static const corm_format *beside_numbers(const struct corm__compiler *c, const corm_node *node)
{
	bool is_decimal = !c->dialect->decimal_collation && corm__number_of(node) == CORM__NUMBER_DECIMAL;
	return corm__format(is_decimal ? CORM_TYPE_DECIMAL : CORM_TYPE_DOUBLE, CORM_STORAGE_DEFAULT);
}

static void walk_numbers(struct corm__compiler *c, const corm_node *node, enum corm__binding binding,
                         const char *const around[3])
{
	struct corm__place place = operand_place(node, "the left side", binding);
	place.beside = beside_numbers(c, node);
	refuse_enum(c, node, node->of.arg.a);
	refuse_enum(c, node, node->of.arg.b);
	corm__put(c, around[0]);
	corm__walk(c, node->of.arg.a, &place);
	corm__put(c, around[1]);
	place.part = "the right side";
	place.binding = binding + (binding != CORM__BIND_ALL);
	corm__walk(c, node->of.arg.b, &place);
	corm__put(c, around[2]);
}

static void write_arithmetic(struct corm__compiler *c, const corm_node *node, const struct operation *operation)
{
	const char *const around[] = { "", operation->sql, "" };
	walk_numbers(c, node, operation->binding, around);
}

static void write_division(struct corm__compiler *c, const corm_node *node, const struct operation *operation)
{
	bool is_integer = corm__number_of(node) == CORM__NUMBER_INTEGER;
	const char *const around[] = { "", is_integer ? c->dialect->divide_integers : operation->sql, "" };
	walk_numbers(c, node, operation->binding, around);
}

/* A text before the left side is that of a function, which holds it together. */
static void write_mod(struct corm__compiler *c, const corm_node *node, const struct operation *operation)
{
	const char *const integers[] = { "", operation->sql, "" };
	enum corm__number number = corm__number_of(node);
	bool is_real = number == CORM__NUMBER_REAL || number == CORM__NUMBER_UNKNOWN;
	bool is_function = is_real && *c->dialect->mod_real[0];
	walk_numbers(c, node, is_function ? CORM__BIND_ALL : operation->binding, is_real ? c->dialect->mod_real : integers);
}

/* name(a) */
static void write_function(struct corm__compiler *c, const corm_node *node, const struct operation *operation)
{
	const struct corm__place place = { .parent = node, .part = "argument", .number = 1, .binding = CORM__BIND_ALL };
	refuse_enum(c, node, node->of.arg.a);
	corm__put(c, operation->sql ? operation->sql : c->dialect->length);
	corm__walk(c, node->of.arg.a, &place);
	corm__put(c, ")");
}

static void write_substr(struct corm__compiler *c, const corm_node *node, const struct operation *operation)
{
	(void)operation;
	const corm_node *const arguments[] = { node->of.arg.a, node->of.arg.b, node->of.arg.c };
	struct corm__place place = operand_place(node, "argument", CORM__BIND_ALL);
	refuse_enum(c, node, arguments[0]);
	for (size_t i = 0; i < 3; i++) {
		corm__put(c, c->dialect->substr[i]);
		place.number = i + 1;
		corm__walk(c, arguments[i], &place);
	}
	corm__put(c, c->dialect->substr[3]);
}

/* As a function it holds its arguments together. */
static void write_concat(struct corm__compiler *c, const corm_node *node, const struct operation *operation)
{
	const char *const *concat = c->dialect->concat;
	struct corm__place place = operand_place(node, "argument", *concat[0] ? CORM__BIND_ALL : operation->binding);
	place.number = 1;
	corm__put(c, concat[0]);
	corm__walk(c, node->of.arg.a, &place);
	corm__put(c, concat[1]);
	walk_list(c, node->of.arg.b, concat[1], &place);
	corm__put(c, concat[2]);
}

static void write_coalesce(struct corm__compiler *c, const corm_node *node, const struct operation *operation)
{
	corm__list list = node->of.arg.b;
	struct corm__place place = operand_place(node, "argument", CORM__BIND_ALL);
	place.number = 1;
	place.beside = corm__format_of(c, node->of.arg.a);
	corm__put(c, operation->sql);
	corm__walk(c, node->of.arg.a, &place);
	corm__put(c, ", ");
	walk_list(c, list, ", ", &place);
	corm__put(c, ")");
	for (size_t i = 0; !corm__is_end(list[i]); i++)
		corm__walk_compatible(c, node, place.beside, corm__format_of(c, list[i]));
}

/* ---- order ------------------------------------------------------------------------------------------------------- */

static bool is_nulls(unsigned op)
{
	return op == CORM_OP_NULLS_FIRST || op == CORM_OP_NULLS_LAST;
}

const corm_node *corm__ordered_value(const corm_node *node)
{
	while (node && node->op >= CORM_OP_ASC && node->op <= CORM_OP_NULLS_LAST)
		node = node->of.arg.a;
	return node;
}

static void walk_ordered(struct corm__compiler *c, const corm_node *node, const struct corm__place *place)
{
	corm__walk(c, node, place);
	if (node && (node->op < CORM_OP_ASC || node->op > CORM_OP_NULLS_LAST) &&
	    corm__needs_collation(c, corm__format_of(c, node)))
		write_collation(c);
}

/* Where NULLS LAST does not exist, being NULL is ordered by first: false comes before true. */
static void write_order(struct corm__compiler *c, const corm_node *node, const struct operation *operation)
{
	const struct corm__place place = operand_place(node, "the argument", CORM__BIND_ATOM);
	bool emulated = is_nulls(node->op) && !c->dialect->nulls_order;
	if (emulated) {
		corm__walk(c, corm__ordered_value(node), &place);
		corm__put(c, node->op == CORM_OP_NULLS_LAST ? " IS NULL, " : " IS NOT NULL, ");
	}
	walk_ordered(c, node->of.arg.a, &place);
	if (!emulated)
		corm__put(c, operation->sql);
}

void corm__walk_order(struct corm__compiler *c, const corm_node *node, size_t number)
{
	const struct corm__place place = { .clause = "corm_order_by", .part = "element", .number = number };
	walk_ordered(c, node, &place);
}

/* ---- the walk ---------------------------------------------------------------------------------------------------- */

static const struct operation operations[] = {
	[CORM_OP_COLUMN] = { write_column, NULL, CORM__BIND_ATOM },
	[CORM_OP_TRUE] = { write_constant, "1 = 1", CORM__BIND_COMPARISON },
	[CORM_OP_FALSE] = { write_constant, "1 = 0", CORM__BIND_COMPARISON },
	[CORM_OP_SQL] = { write_fragment, NULL, CORM__BIND_ATOM },
	[CORM_OP_EQ] = { write_comparison, "=", CORM__BIND_COMPARISON },
	[CORM_OP_NE] = { write_comparison, "!=", CORM__BIND_COMPARISON },
	[CORM_OP_LT] = { write_comparison, "<", CORM__BIND_COMPARISON },
	[CORM_OP_LE] = { write_comparison, "<=", CORM__BIND_COMPARISON },
	[CORM_OP_GT] = { write_comparison, ">", CORM__BIND_COMPARISON },
	[CORM_OP_GE] = { write_comparison, ">=", CORM__BIND_COMPARISON },
	[CORM_OP_IS_DISTINCT] = { write_comparison, NULL, CORM__BIND_COMPARISON },
	[CORM_OP_REGEXP] = { write_comparison, NULL, CORM__BIND_COMPARISON },
	[CORM_OP_LIKE] = { write_like, NULL, CORM__BIND_COMPARISON },
	[CORM_OP_ILIKE] = { write_like, NULL, CORM__BIND_COMPARISON },
	[CORM_OP_STARTS_WITH] = { write_like, NULL, CORM__BIND_COMPARISON },
	[CORM_OP_ENDS_WITH] = { write_like, NULL, CORM__BIND_COMPARISON },
	[CORM_OP_CONTAINS] = { write_like, NULL, CORM__BIND_COMPARISON },
	[CORM_OP_BETWEEN] = { write_between, NULL, CORM__BIND_COMPARISON },
	[CORM_OP_IN] = { write_in, " IN (", CORM__BIND_COMPARISON },
	[CORM_OP_NOT_IN] = { write_in, " NOT IN (", CORM__BIND_COMPARISON },
	[CORM_OP_IN_ARRAY] = { write_in_array, " IN (", CORM__BIND_COMPARISON },
	[CORM_OP_IN_QUERY] = { write_in_query, " IN (", CORM__BIND_COMPARISON },
	[CORM_OP_IS_NULL] = { write_postfix, " IS NULL", CORM__BIND_COMPARISON },
	[CORM_OP_IS_NOT_NULL] = { write_postfix, " IS NOT NULL", CORM__BIND_COMPARISON },
	[CORM_OP_NOT] = { write_prefix, "NOT ", CORM__BIND_NOT },
	[CORM_OP_AND] = { write_logic, " AND ", CORM__BIND_AND },
	[CORM_OP_OR] = { write_logic, " OR ", CORM__BIND_OR },
	[CORM_OP_EXISTS] = { write_exists, "EXISTS (", CORM__BIND_ATOM },
	[CORM_OP_ANY_OF] = { write_related, NULL, CORM__BIND_ATOM },
	[CORM_OP_HAS] = { write_related, NULL, CORM__BIND_ATOM },
	[CORM_OP_PLUS] = { write_arithmetic, " + ", CORM__BIND_SUM },
	[CORM_OP_MINUS] = { write_arithmetic, " - ", CORM__BIND_SUM },
	[CORM_OP_TIMES] = { write_arithmetic, " * ", CORM__BIND_PRODUCT },
	[CORM_OP_DIVIDED] = { write_division, " / ", CORM__BIND_PRODUCT },
	[CORM_OP_MOD] = { write_mod, " % ", CORM__BIND_PRODUCT },
	[CORM_OP_NEG] = { write_prefix, "-", CORM__BIND_SIGN },
	[CORM_OP_ABS] = { write_function, "abs(", CORM__BIND_ATOM },
	[CORM_OP_ROUND] = { write_function, "round(", CORM__BIND_ATOM },
	[CORM_OP_LOWER] = { write_function, "lower(", CORM__BIND_ATOM },
	[CORM_OP_UPPER] = { write_function, "upper(", CORM__BIND_ATOM },
	[CORM_OP_TRIM] = { write_function, "trim(", CORM__BIND_ATOM },
	[CORM_OP_LENGTH] = { write_function, NULL, CORM__BIND_ATOM },
	[CORM_OP_SUBSTR] = { write_substr, NULL, CORM__BIND_ATOM },
	[CORM_OP_CONCAT] = { write_concat, NULL, CORM__BIND_CONCAT },
	[CORM_OP_COALESCE] = { write_coalesce, "coalesce(", CORM__BIND_ATOM },
	[CORM_OP_ASC] = { write_order, " ASC", CORM__BIND_ATOM },
	[CORM_OP_DESC] = { write_order, " DESC", CORM__BIND_ATOM },
	[CORM_OP_NULLS_FIRST] = { write_order, " NULLS FIRST", CORM__BIND_ATOM },
	[CORM_OP_NULLS_LAST] = { write_order, " NULLS LAST", CORM__BIND_ATOM },
};

/* Values and the clock need what stands beside them, which only corm__walk has. */
static void write_value(struct corm__compiler *c, const corm_node *node, const struct corm__place *place)
{
	if (node->op == CORM_OP_VALUE)
		corm__walk_value(c, (corm_type)node->type, &node->of, place);
	else if (corm__writes_sql(c))
		c->dialect->now(&c->sql, place->beside ? (corm_storage)place->beside->storage : CORM_STORAGE_DEFAULT);
}

/* A list of one condition is that condition. */
static const corm_node *unwrapped(const corm_node *node)
{
	while (node && (node->op == CORM_OP_AND || node->op == CORM_OP_OR)) {
		corm__list list = node->of.arg.a;
		if (corm__is_end(list[0]) || !corm__is_end(list[1]))
			break;
		node = list[0];
	}
	return node;
}

void corm__walk(struct corm__compiler *c, const corm_node *node, const struct corm__place *place)
{
	if (c->status)
		return;
	node = unwrapped(node);
	if (!node || node->op == CORM_OP_NONE) {
		corm__walk_fail_at(c, place, "is empty: it was never set, or is an optional without a value");
		return;
	}
	corm__key_byte(c, node->op);
	if (node->op == CORM_OP_VALUE || node->op == CORM_OP_NOW) {
		write_value(c, node, place);
		return;
	}
	const struct operation *operation = operation_of(node->op);
	if (!operation) {
		const char *name = corm__shape(node->op)->name;
		corm__walk_fail_at(c, place, "is %s%sno expression", name ? name : "", name ? ", which is " : "");
		return;
	}
	bool wrapped = operation->binding < place->binding;
	corm__put(c, wrapped ? "(" : "");
	operation->write(c, node, operation);
	corm__put(c, wrapped ? ")" : "");
}

static const struct operation *operation_of(unsigned op)
{
	if (op >= sizeof operations / sizeof operations[0] || !operations[op].write)
		return NULL;
	return &operations[op];
}

size_t corm__walk_conditions(struct corm__compiler *c, const corm_clause *clauses, corm_clause_kind kind,
                             const char *keyword)
{
	size_t total = 0;
	for (const corm_clause *clause = clauses; clause->kind != CORM_CLAUSE_END; clause++)
		total += clause->kind == kind ? corm__list_length(clause->data) : 0;
	struct corm__place place = {
		.clause = corm__clause_name(kind),
		.part = "condition",
		.binding = total > 1 ? CORM__BIND_AND : CORM__BIND_ALL,
	};
	corm__key(c, &total, sizeof total);
	size_t written = 0;
	for (const corm_clause *clause = clauses; clause->kind != CORM_CLAUSE_END; clause++) {
		if (clause->kind != kind)
			continue;
		corm__list list = clause->data;
		for (place.number = 1; !corm__is_end(*list); list++, place.number++) {
			corm__put(c, written++ ? " AND " : keyword);
			corm__walk(c, *list, &place);
		}
	}
	return total;
}
