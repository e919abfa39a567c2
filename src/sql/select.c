/* SPDX-License-Identifier: Apache-2.0
 *
 * SELECT: the clauses of a query in the order of SQL.
 */
#include "sql/walk.h"

/* The clauses of a query that stand in it once. */
struct clauses {
	const corm_clause *all;
	const corm_clause *limit, *offset, *columns;
	bool distinct;
};

/* How a query is written, which need not be how it was asked for: a count of distinct rows selects them first. */
struct rows {
	const struct corm__select *select;
	const struct clauses *clauses;
	enum corm__select_kind list; /* what stands behind SELECT */
	bool distinct, ordered;
	bool one; /* LIMIT 1 where there is no other */
};

/* ---- reading the clauses ----------------------------------------------------------------------------------------- */

static void keep_once(struct corm__compiler *c, const corm_clause **slot, const corm_clause *clause, const char *name)
{
	if (*slot)
		corm__walk_fail(c, CORM_ERROR_USAGE, "the query has two %s()", name);
	*slot = clause;
}

static void keep_number(struct corm__compiler *c, const corm_clause **slot, const corm_clause *clause, const char *name)
{
	if (clause->number < 0)
		corm__walk_fail(c, CORM_ERROR_USAGE, "%s(%lld) is below 0", name, (long long)clause->number);
	keep_once(c, slot, clause, name);
}

static void read_clause(struct corm__compiler *c, struct clauses *out, const corm_clause *clause)
{
	switch (clause->kind) {
	case CORM_CLAUSE_LIMIT:
		keep_number(c, &out->limit, clause, "corm_limit");
		break;
	case CORM_CLAUSE_OFFSET:
		keep_number(c, &out->offset, clause, "corm_offset");
		break;
	case CORM_CLAUSE_COLUMNS:
		keep_once(c, &out->columns, clause, "corm_columns");
		break;
	case CORM_CLAUSE_DISTINCT:
		out->distinct = true;
		break;
	case CORM_CLAUSE_WHERE:
	case CORM_CLAUSE_ORDER_BY:
	case CORM_CLAUSE_JOIN:
	case CORM_CLAUSE_LEFT_JOIN:
	case CORM_CLAUSE_FULL_JOIN:
	case CORM_CLAUSE_CROSS_JOIN:
		break;
	case CORM_CLAUSE_ON:
		corm__walk_fail(c, CORM_ERROR_USAGE, "corm_on() stands outside of a join");
		break;
	default:
		corm__walk_fail(c, CORM_ERROR_USAGE, "clause %zu of the query is empty", (size_t)(clause - out->all) + 1);
	}
}

static bool read_clauses(struct corm__compiler *c, struct clauses *out, const corm_clause *clauses)
{
	*out = (struct clauses){ .all = clauses };
	for (const corm_clause *clause = clauses; clause->kind != CORM_CLAUSE_END; clause++)
		read_clause(c, out, clause);
	return !c->status && corm__joins_check(c, clauses);
}

/* ---- the parts --------------------------------------------------------------------------------------------------- */

void corm__write_columns(struct corm__compiler *c, const corm_model_info *model, const char *name)
{
	for (size_t i = 0; i < model->column_count; i++) {
		corm__put(c, i ? ", " : "");
		corm__put_name(c, name);
		corm__put(c, ".");
		corm__put_name(c, model->columns[i].name);
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

static void walk_list(struct corm__compiler *c, const struct rows *rows)
{
	const corm_model_info *model = rows->select->model;
	corm__put(c, rows->distinct ? "SELECT DISTINCT " : "SELECT ");
	switch (rows->list) {
	case CORM__SELECT_OBJECTS:
		if (corm__writes_sql(c))
			corm__write_columns(c, model, c->scope->sources[0].name);
		break;
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
	}
}

static void walk_order(struct corm__compiler *c, const struct rows *rows)
{
	size_t written = 0;
	for (const corm_clause *clause = rows->clauses->all; clause->kind != CORM_CLAUSE_END; clause++) {
		if (clause->kind != CORM_CLAUSE_ORDER_BY)
			continue;
		size_t number = 1;
		for (corm__list list = clause->data; !corm__is_end(*list); list++) {
			corm__put(c, written++ ? ", " : " ORDER BY ");
			corm__walk_order(c, *list, number++);
		}
	}
	corm__key_byte(c, CORM_OP_END);
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

static void walk_parts(struct corm__compiler *c, const struct rows *rows)
{
	walk_list(c, rows);
	corm__put(c, " FROM ");
	if (corm__writes_sql(c))
		corm__write_source(c, &c->scope->sources[0]);
	corm__walk_joins(c, rows->clauses->all);
	corm__walk_conditions(c, rows->clauses->all, CORM_CLAUSE_WHERE, " WHERE ");
	if (rows->ordered)
		walk_order(c, rows);
	walk_limit(c, rows);
}

static void walk_rows(struct corm__compiler *c, const struct rows *rows)
{
	struct corm__scope scope;
	corm__key_byte(c, rows->list);
	corm__key_byte(c, rows->distinct | (unsigned)rows->ordered << 1 | (unsigned)rows->one << 2);
	corm__key_pointer(c, rows->select->model);
	corm__key_text(c, rows->select->alias);
	if (corm__scope_open(c, &scope, 1 + 2 * corm__joins_count(rows->clauses->all))) {
		if (corm__writes_sql(c)) {
			corm__scope_add(c, rows->select->model, rows->select->alias);
			corm__joins_collect(c, rows->clauses->all);
		}
		if (!c->status)
			walk_parts(c, rows);
	}
	corm__scope_close(c, &scope);
}

/* The order of rows does not change their number, so counts and tests go without. */
static void walk_count(struct corm__compiler *c, struct rows *rows)
{
	bool nested = rows->distinct || rows->clauses->limit || rows->clauses->offset || rows->select->most > 0;
	corm__key_byte(c, nested);
	rows->list = !nested ? CORM__SELECT_COUNT : rows->distinct ? CORM__SELECT_OBJECTS : CORM__SELECT_EXISTS;
	rows->ordered = false;
	corm__put(c, nested ? "SELECT count(*) FROM (" : "");
	walk_rows(c, rows);
	corm__put(c, nested ? ") AS counted" : "");
}

static void walk_select(struct corm__compiler *c, const struct corm__select *select, enum corm__select_kind kind)
{
	bool outermost = !c->scope;
	struct clauses clauses;
	if (!select || !select->model || !select->clauses) {
		corm__walk_fail(c, CORM_ERROR_USAGE, "a query is used that could not be made");
		return;
	}
	if (!read_clauses(c, &clauses, select->clauses))
		return;
	if (clauses.columns && outermost && kind != CORM__SELECT_COLUMNS) {
		corm__walk_fail(c, CORM_ERROR_USAGE,
		                "corm_columns() stands in a query for objects of %s: it is for subqueries alone",
		                select->model->name);
		return;
	}
	bool exists = kind == CORM__SELECT_EXISTS;
	struct rows rows = {
		.select = select,
		.clauses = &clauses,
		.list = kind,
		.distinct = clauses.distinct && !exists,
		.ordered = !exists && (outermost || clauses.limit || clauses.offset),
		.one = exists && outermost,
	};
	/* Of distinct rows, the offset leaves out fewer. */
	if (exists && clauses.distinct && clauses.offset) {
		rows.list = CORM__SELECT_OBJECTS;
		rows.distinct = true;
	}
	corm__key_byte(c, kind);
	if (kind == CORM__SELECT_COUNT)
		walk_count(c, &rows);
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
	walk_select(compiler, select, select->kind);
	return corm__walk_end(compiler);
}
