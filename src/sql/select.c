/* SPDX-License-Identifier: Apache-2.0
 *
 * SELECT: the clauses of a query in the order of SQL.
 */
#include "sql/walk.h"

/* The clauses of a query that stand in it once. */
struct clauses {
	const corm_clause *all;
	const corm_clause *limit, *offset, *columns;
	bool distinct, ordered;
};

/* One SELECT of a query, which need not be all of it: a count of distinct rows selects them first, and relationships
 * are joined to what was limited before. */
struct rows {
	const struct corm__select *select;
	const struct clauses *clauses;
	const struct rows *inside; /* stands in place of the model's table, joins and conditions; NULL: these stand here */
	enum corm__select_kind list; /* what stands behind SELECT */
	bool distinct, ordered, limited;
	bool numbered; /* one column more, corm_row: the row's number in the query's order */
	bool one;      /* LIMIT 1 where there is no other */
	bool read;     /* what the caller reads: only the columns that it asks for, and joined relationships */
};

/* ---- reading the clauses ----------------------------------------------------------------------------------------- */

static void keep_once(struct corm__compiler *c, const corm_clause **slot, const corm_clause *clause)
{
	if (*slot)
		corm__walk_fail(c, CORM_ERROR_USAGE, "the query has two %s()", corm__clause_name(clause->kind));
	*slot = clause;
}

static void keep_number(struct corm__compiler *c, const corm_clause **slot, const corm_clause *clause)
{
	if (clause->number < 0)
		corm__walk_fail(c, CORM_ERROR_USAGE, "%s(%lld) is below 0", corm__clause_name(clause->kind),
		                (long long)clause->number);
	keep_once(c, slot, clause);
}

static void refuse_write(struct corm__compiler *c, const corm_clause *clause)
{
	bool sets = clause->kind == CORM_CLAUSE_SET || clause->kind == CORM_CLAUSE_SET_NULL;
	corm__walk_fail(c, CORM_ERROR_USAGE, "%s() stands in a query: it is for %s", corm__clause_name(clause->kind),
	                sets                                   ? "X_update() and X_upsert()"
	                : clause->kind == CORM_CLAUSE_ALL_ROWS ? "X_update() and X_delete_where()"
	                                                       : "X_upsert()");
}

static void read_clause(struct corm__compiler *c, struct clauses *out, const corm_clause *clause, bool has_objects)
{
	switch (clause->kind) {
	case CORM_CLAUSE_LIMIT:
		keep_number(c, &out->limit, clause);
		break;
	case CORM_CLAUSE_OFFSET:
		keep_number(c, &out->offset, clause);
		break;
	case CORM_CLAUSE_COLUMNS:
		keep_once(c, &out->columns, clause);
		break;
	case CORM_CLAUSE_DISTINCT:
		out->distinct = true;
		break;
	case CORM_CLAUSE_ORDER_BY:
		out->ordered = true;
		break;
	case CORM_CLAUSE_WHERE:
	case CORM_CLAUSE_JOIN:
	case CORM_CLAUSE_LEFT_JOIN:
	case CORM_CLAUSE_FULL_JOIN:
	case CORM_CLAUSE_CROSS_JOIN:
		break;
	case CORM_CLAUSE_LOAD:
	case CORM_CLAUSE_LOAD_JOINED:
	case CORM_CLAUSE_ONLY:
	case CORM_CLAUSE_READONLY:
		/* The caller has read these, and has said what follows from them beside the clauses. */
		if (!has_objects)
			corm__walk_fail(c, CORM_ERROR_USAGE, "%s() stands in a subquery, which gives no objects",
			                corm__clause_name(clause->kind));
		break;
	case CORM_CLAUSE_SET:
	case CORM_CLAUSE_SET_NULL:
	case CORM_CLAUSE_ALL_ROWS:
	case CORM_CLAUSE_ON_CONFLICT:
	case CORM_CLAUSE_DO_NOTHING:
		refuse_write(c, clause);
		break;
	case CORM_CLAUSE_ON:
		corm__walk_fail(c, CORM_ERROR_USAGE, "corm_on() stands outside of a join");
		break;
	default:
		corm__walk_fail(c, CORM_ERROR_USAGE, "clause %zu of the query is empty", (size_t)(clause - out->all) + 1);
	}
}

static bool read_clauses(struct corm__compiler *c, struct clauses *out, const corm_clause *clauses, bool has_objects)
{
	*out = (struct clauses){ .all = clauses };
	for (const corm_clause *clause = clauses; clause->kind != CORM_CLAUSE_END; clause++)
		read_clause(c, out, clause, has_objects);
	return !c->status && corm__joins_check(c, clauses);
}

/* ---- the parts --------------------------------------------------------------------------------------------------- */

void corm__write_columns(struct corm__compiler *c, const struct corm__source *source, const uint16_t *columns,
                         size_t count)
{
	const corm_model_info *model = source->model;
	size_t total = columns ? count : model->column_count;
	for (size_t i = 0; i < total; i++) {
		corm__put(c, i ? ", " : "");
		corm__write_column(c, source, &model->columns[columns ? columns[i] : i]);
	}
}

static void walk_expressions(struct corm__compiler *c, const corm_clause *columns)
{
	struct corm__place place = { .clause = "corm_columns", .part = "element", .number = 1 };
	for (corm__list list = columns->data; !corm__is_end(*list); list++, place.number++) {
		corm__put(c, place.number > 1 ? ", " : "");
		corm__walk(c, *list, &place);
	}
	corm__key_byte(c, CORM_OP_END);
}

static void walk_order(struct corm__compiler *c, const struct rows *rows, const char *keyword)
{
	size_t written = 0;
	for (const corm_clause *clause = rows->clauses->all; clause->kind != CORM_CLAUSE_END; clause++) {
		if (clause->kind != CORM_CLAUSE_ORDER_BY)
			continue;
		size_t number = 1;
		for (corm__list list = clause->data; !corm__is_end(*list); list++) {
			corm__put(c, written++ ? ", " : keyword);
			corm__walk_order(c, *list, number++);
		}
	}
	corm__key_byte(c, CORM_OP_END);
}

static bool has_columns(const struct rows *rows)
{
	return rows->read && rows->select->column_count;
}

static bool has_joined(const struct rows *rows)
{
	return rows->read && rows->select->joined_count;
}

static void walk_objects(struct corm__compiler *c, const struct rows *rows, const struct corm__eager *eager)
{
	const struct corm__select *select = rows->select;
	bool all = !has_columns(rows);
	if (!all) {
		corm__key(c, &select->column_count, sizeof select->column_count);
		corm__key(c, select->columns, select->column_count * sizeof *select->columns);
	}
	if (corm__writes_sql(c))
		corm__write_columns(c, &c->scope->sources[0], all ? NULL : select->columns, select->column_count);
	corm__eager_columns(c, eager);
	if (rows->numbered) {
		walk_order(c, rows, ", row_number() OVER (ORDER BY ");
		corm__put(c, ") AS corm_row");
	}
}

static void walk_list(struct corm__compiler *c, const struct rows *rows, const struct corm__eager *eager)
{
	corm__put(c, rows->distinct ? "SELECT DISTINCT " : "SELECT ");
	switch (rows->list) {
	case CORM__SELECT_COUNT:
		corm__put(c, "count(*)");
		break;
	case CORM__SELECT_EXISTS:
		corm__put(c, "1");
		break;
	case CORM__SELECT_COLUMNS:
		if (rows->clauses->columns)
			walk_expressions(c, rows->clauses->columns);
		break;
	default:
		walk_objects(c, rows, eager);
	}
}

/* The smaller of what was asked for and what the caller can use, or NULL for all rows. */
static const int64_t *most_rows(const struct rows *rows)
{
	const int64_t *limit = rows->clauses->limit ? &rows->clauses->limit->number : NULL;
	const int64_t *most = rows->select->most > 0 ? &rows->select->most : NULL;
	if (limit && most)
		return *limit < *most ? limit : most;
	return limit ? limit : most;
}

static bool is_bounded(const struct rows *rows)
{
	return rows->clauses->offset || most_rows(rows);
}

static void walk_limit(struct corm__compiler *c, const struct rows *rows)
{
	const corm_format *format = corm__format(CORM_TYPE_INT64, CORM_STORAGE_DEFAULT);
	const corm_clause *offset = rows->clauses->offset;
	const int64_t *most = most_rows(rows);
	corm__key_byte(c, (most != NULL) | (unsigned)(offset != NULL) << 1);
	if (most) {
		corm__put(c, " LIMIT ");
		corm__walk_parameter(c, most, format);
	} else if (rows->one) {
		corm__put(c, " LIMIT 1");
	} else if (offset) {
		corm__put(c, c->dialect->offset_without_limit);
	}
	if (offset) {
		corm__put(c, " OFFSET ");
		corm__walk_parameter(c, &offset->number, format);
	}
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static void walk_rows(struct corm__compiler *c, const struct rows *rows);

/* The SELECT inside, under the name of the table that it stands for, or that table and the query's joins. */
static void walk_from(struct corm__compiler *c, const struct rows *rows)
{
	corm__put(c, " FROM ");
	if (rows->inside) {
		corm__put(c, "(");
		walk_rows(c, rows->inside);
		corm__put(c, ") AS ");
		if (corm__writes_sql(c))
			corm__put_name(c, c->scope->sources[0].name);
		return;
	}
	if (corm__writes_sql(c))
		corm__write_source(c, &c->scope->sources[0]);
	corm__walk_joins(c, rows->clauses->all);
}

static void walk_parts(struct corm__compiler *c, const struct rows *rows, const struct corm__eager *eager)
{
	bool by_number = rows->inside && rows->inside->numbered;
	walk_list(c, rows, eager);
	walk_from(c, rows);
	corm__eager_joins(c, eager);
	if (!rows->inside)
		corm__walk_conditions(c, rows->clauses->all, CORM_CLAUSE_WHERE, " WHERE ");
	if (by_number) {
		corm__put(c, " ORDER BY ");
		if (corm__writes_sql(c))
			corm__put_name(c, c->scope->sources[0].name);
		corm__put(c, ".corm_row");
	} else if (rows->ordered) {
		walk_order(c, rows, " ORDER BY ");
	}
	corm__eager_order(c, eager, by_number || (rows->ordered && rows->clauses->ordered));
	if (rows->limited)
		walk_limit(c, rows);
}

static unsigned flag(bool is_set, unsigned bit)
{
	return is_set ? 1U << bit : 0;
}

static void key_rows(struct corm__compiler *c, const struct rows *rows)
{
	corm__key_byte(c, rows->list);
	corm__key_byte(c, flag(rows->distinct, 0) | flag(rows->ordered, 1) | flag(rows->limited, 2) | flag(rows->one, 3) |
	                      flag(rows->numbered, 4) | flag(rows->inside != NULL, 5) | flag(has_columns(rows), 6) |
	                      flag(has_joined(rows), 7));
	corm__key_pointer(c, rows->select->model);
	corm__key_text(c, rows->select->alias);
	if (has_joined(rows))
		corm__eager_key(c, rows->select);
}

/* Adds all tables, before any is named. */
static void collect(struct corm__compiler *c, const struct rows *rows, struct corm__eager *eager)
{
	if (rows->inside)
		c->scope->closed = rows->select->joined_count
		                       ? "with corm_distinct() and corm_load_joined() a query is ordered by its own model alone"
		                       : "with corm_distinct() this database orders a query by its own model alone";
	corm__scope_add(c, rows->select->model, rows->select->alias);
	if (!rows->inside)
		corm__joins_collect(c, rows->clauses->all);
	if (has_joined(rows))
		corm__eager_collect(c, rows->select, eager);
}

static void walk_rows(struct corm__compiler *c, const struct rows *rows)
{
	struct corm__scope scope;
	struct corm__eager eager = { 0 };
	key_rows(c, rows);
	size_t joins = corm__joins_count(rows->clauses->all) + rows->select->joined_count;
	if (corm__scope_open(c, &scope, 1 + 2 * joins)) {
		if (corm__writes_sql(c))
			collect(c, rows, &eager);
		if (!c->status)
			walk_parts(c, rows, &eager);
	}
	corm__scope_close(c, &scope);
}

/* The order of rows does not change their number, so counts and tests go without. */
static void walk_count(struct corm__compiler *c, struct rows *rows)
{
	bool nested = rows->distinct || is_bounded(rows);
	corm__key_byte(c, nested);
	rows->list = !nested ? CORM__SELECT_COUNT : rows->distinct ? CORM__SELECT_OBJECTS : CORM__SELECT_EXISTS;
	rows->ordered = false;
	corm__put(c, nested ? "SELECT count(*) FROM (" : "");
	walk_rows(c, rows);
	corm__put(c, nested ? ") AS counted" : "");
}

/* Limits and DISTINCT are meant for the query's own objects, not for the rows that joined relationships make of them:
 * the objects are selected inside, with all columns, because a join may need any, and are joined outside. There the
 * tables that they are ordered by are out of reach, so that their order gets out as a number. SQLite finds the first
 * rows by an index only where the same order stands at the end too. */
static void walk_objects_first(struct corm__compiler *c, const struct rows *rows)
{
	bool ordered = rows->clauses->ordered;
	/* Rows that are numbered are distinct already, so these are made distinct before. */
	const struct rows distinct = {
		.select = rows->select,
		.clauses = rows->clauses,
		.list = CORM__SELECT_OBJECTS,
		.distinct = true,
	};
	const struct rows objects = {
		.select = rows->select,
		.clauses = rows->clauses,
		.inside = rows->distinct && ordered ? &distinct : NULL,
		.list = CORM__SELECT_OBJECTS,
		.distinct = rows->distinct && !ordered,
		.numbered = ordered,
		.ordered = ordered && is_bounded(rows),
		.limited = true,
	};
	const struct rows joined = {
		.select = rows->select,
		.clauses = rows->clauses,
		.inside = &objects,
		.list = CORM__SELECT_OBJECTS,
		.read = true,
	};
	walk_rows(c, &joined);
}

/* ---- DISTINCT with an order -------------------------------------------------------------------------------------- */

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_column(const corm_node *a, const corm_node *b)
{
	if (!a || !b || a->op != CORM_OP_COLUMN || b->op != CORM_OP_COLUMN || a->of.arg.b != b->of.arg.b)
		return false;
	const corm_node *source = a->of.arg.a, *other = b->of.arg.a;
	return same_text(source->of.arg.b, other->of.arg.b);
}

/* Is it among the columns that the rows consist of? */
static bool is_selected(const struct rows *rows, const corm_node *node)
{
	if (rows->list == CORM__SELECT_COLUMNS) {
		const corm_clause *columns = rows->clauses->columns;
		/* Whether two expressions are the same is for the database to say. */
		if (!columns || node->op != CORM_OP_COLUMN)
			return true;
		corm__list list = columns->data;
		while (!corm__is_end(*list) && !same_column(*list, node))
			list++;
		return !corm__is_end(*list);
	}
	const corm_model_info *model = rows->select->model;
	const corm_node *source = node->op == CORM_OP_COLUMN ? node->of.arg.a : NULL;
	if (!source || source->of.arg.a != model || !same_text(source->of.arg.b, rows->select->alias))
		return false;
	size_t index = (size_t)((const corm_column *)node->of.arg.b - model->columns);
	for (size_t i = 0; i < rows->select->column_count; i++)
		if (rows->select->columns[i] == index)
			return true;
	return !rows->select->column_count;
}

/* Are there elements of the order that are not selected? */
static bool is_ordered_by_more(const struct rows *rows)
{
	for (const corm_clause *clause = rows->clauses->all; clause->kind != CORM_CLAUSE_END; clause++) {
		if (clause->kind != CORM_CLAUSE_ORDER_BY)
			continue;
		for (corm__list list = clause->data; !corm__is_end(*list); list++) {
			const corm_node *value = corm__ordered_value(*list);
			if (value && !is_selected(rows, value))
				return true;
		}
	}
	return false;
}

/* Rows that are made distinct inside can be ordered by anything of theirs outside. */
static void walk_distinct_first(struct corm__compiler *c, const struct rows *rows)
{
	const struct rows distinct = {
		.select = rows->select,
		.clauses = rows->clauses,
		.list = CORM__SELECT_OBJECTS,
		.distinct = true,
	};
	const struct rows ordered = {
		.select = rows->select,
		.clauses = rows->clauses,
		.inside = &distinct,
		.list = CORM__SELECT_OBJECTS,
		.ordered = true,
		.limited = true,
		.read = true,
	};
	if (rows->list == CORM__SELECT_OBJECTS)
		walk_rows(c, &ordered);
	else
		corm__walk_fail(c, CORM_ERROR_USAGE,
		                "%s orders distinct rows by what they consist of: add what corm_order_by() names to "
		                "corm_columns()",
		                c->dialect->name);
}

static void walk_select(struct corm__compiler *c, const struct corm__select *select, enum corm__select_kind kind)
{
	bool outermost = !c->scope, exists = kind == CORM__SELECT_EXISTS;
	struct clauses clauses;
	if (!select || !select->model || !select->clauses) {
		corm__walk_fail(c, CORM_ERROR_USAGE, "a query is used that could not be made");
		return;
	}
	if (!read_clauses(c, &clauses, select->clauses, outermost && kind != CORM__SELECT_COLUMNS))
		return;
	if (clauses.columns && outermost && kind != CORM__SELECT_COLUMNS) {
		corm__walk_fail(c, CORM_ERROR_USAGE,
		                "corm_columns() stands in a query for objects of %s: it is for subqueries alone",
		                select->model->name);
		return;
	}
	struct rows rows = {
		.select = select,
		.clauses = &clauses,
		.list = kind,
		.distinct = clauses.distinct && !exists,
		.ordered = !exists && (outermost || clauses.limit || clauses.offset),
		.limited = true,
		.one = exists && outermost,
		.read = kind == CORM__SELECT_OBJECTS,
	};
	/* Of distinct rows, the offset leaves out fewer. */
	if (exists && clauses.distinct && clauses.offset) {
		rows.list = CORM__SELECT_OBJECTS;
		rows.distinct = true;
	}
	corm__key_byte(c, kind);
	if (kind == CORM__SELECT_COUNT)
		walk_count(c, &rows);
	else if (has_joined(&rows) && (rows.distinct || (is_bounded(&rows) && corm__eager_multiplies(select))))
		walk_objects_first(c, &rows);
	else if (c->dialect->distinct_order && rows.distinct && rows.ordered && is_ordered_by_more(&rows))
		walk_distinct_first(c, &rows);
	else
		walk_rows(c, &rows);
}

void corm__walk_subquery(struct corm__compiler *c, const struct corm__select *query, enum corm__select_kind kind)
{
	walk_select(c, query, kind);
}

corm_status corm__compile_select(struct corm__compiler *compiler, enum corm__walk_mode mode,
                                 const struct corm__select *select, corm_error_store *error)
{
	corm__walk_begin(compiler, mode, error);
	if (select->kind >= CORM__WRITE_UPDATE)
		corm__walk_write(compiler, select);
	else
		walk_select(compiler, select, select->kind);
	return corm__walk_end(compiler);
}
