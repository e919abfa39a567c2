/* SPDX-License-Identifier: Apache-2.0
 *
 * What the clauses of X_update(), X_delete_where() and X_upsert() say: UPDATE, DELETE, and INSERT that meets a row.
 *
 * All mistakes are found before anything is written. Columns that the program does not set follow by themselves: those
 * with an onupdate, and the version.
 */
#include "sql/walk.h"
#include <assert.h>
#include <stdio.h>

/* A statement, and what its clauses say. */
struct write {
	struct corm__compiler *c;
	const struct corm__select *select;
	const corm_model_info *model;
	const char *function; /* Author_update() is "update" */
	uint32_t takes;       /* of clauses: a bit per kind */
	const corm_clause *conflict;
	bool where, all_rows, nothing;
	bool *is_set;   /* per column of the model */
	size_t sets;    /* clauses that set a column */
	size_t written; /* columns behind SET */
};

#define TAKES(kind) (UINT32_C(1) << CORM_CLAUSE_##kind)

static const struct {
	const char *function;
	uint32_t takes;
} statements[] = {
	[CORM__WRITE_UPDATE] = { "update", TAKES(SET) | TAKES(SET_NULL) | TAKES(WHERE) | TAKES(ALL_ROWS) },
	[CORM__WRITE_DELETE] = { "delete_where", TAKES(WHERE) | TAKES(ALL_ROWS) },
	[CORM__WRITE_UPSERT] = { "upsert", TAKES(SET) | TAKES(SET_NULL) | TAKES(ON_CONFLICT) | TAKES(DO_NOTHING) },
};

/* ---- reading the clauses ----------------------------------------------------------------------------------------- */

/* The model's column that stands in a clause, by its index; CORM_NO_INDEX and an error for anything else. */
static uint16_t column_in(struct write *w, const corm_clause *clause, const corm_node *node)
{
	const char *name = corm__clause_name(clause->kind);
	if (!node || node->op != CORM_OP_COLUMN) {
		corm__walk_fail(w->c, CORM_ERROR_USAGE, "%s() of %s_%s() is given what is no column", name, w->model->name,
		                w->function);
		return CORM_NO_INDEX;
	}
	const corm_node *source = node->of.arg.a;
	const corm_model_info *model = source->of.arg.a;
	const corm_column *column = node->of.arg.b;
	const char *alias = source->of.arg.b;
	if (model == w->model && !alias)
		return (uint16_t)(column - model->columns);
	corm__walk_fail(w->c, CORM_ERROR_USAGE, "%s() of %s_%s() is given %s.%s, which is no column of %s", name,
	                w->model->name, w->function, alias ? alias : model->name, column->field, w->model->name);
	return CORM_NO_INDEX;
}

/* What a clause sets. */
static uint16_t column_of_set(struct write *w, const corm_clause *clause)
{
	const corm_node *node = clause->data;
	return column_in(w, clause, clause->kind == CORM_CLAUSE_SET && node ? node->of.arg.a : node);
}

static void read_set(struct write *w, const corm_clause *clause)
{
	uint16_t index = column_of_set(w, clause);
	if (index == CORM_NO_INDEX)
		return;
	const corm_column *column = &w->model->columns[index];
	if (w->is_set[index])
		corm__walk_fail(w->c, CORM_ERROR_USAGE, "%s_%s() sets %s.%s twice", w->model->name, w->function, w->model->name,
		                column->field);
	else if (clause->kind == CORM_CLAUSE_SET_NULL && !(column->format.flags & CORM_FORMAT_NULLABLE))
		corm__walk_fail(w->c, CORM_ERROR_USAGE, "corm_set_null() is given %s.%s, which is not nullable", w->model->name,
		                column->field);
	w->is_set[index] = true;
	w->sets++;
}

static void read_clause(struct write *w, const corm_clause *clause)
{
	const char *name = corm__clause_name(clause->kind);
	if (!name) {
		corm__walk_fail(w->c, CORM_ERROR_USAGE, "clause %zu of %s_%s() is empty",
		                (size_t)(clause - w->select->clauses) + 1, w->model->name, w->function);
		return;
	}
	if (!(w->takes & UINT32_C(1) << clause->kind)) {
		corm__walk_fail(w->c, CORM_ERROR_USAGE, "%s_%s() takes no %s()", w->model->name, w->function, name);
		return;
	}
	if (clause->kind == CORM_CLAUSE_SET || clause->kind == CORM_CLAUSE_SET_NULL) {
		read_set(w, clause);
	} else if (clause->kind == CORM_CLAUSE_ON_CONFLICT) {
		if (w->conflict)
			corm__walk_fail(w->c, CORM_ERROR_USAGE, "%s_%s() has two %s()", w->model->name, w->function, name);
		w->conflict = clause;
	} else {
		w->where |= clause->kind == CORM_CLAUSE_WHERE;
		w->all_rows |= clause->kind == CORM_CLAUSE_ALL_ROWS;
		w->nothing |= clause->kind == CORM_CLAUSE_DO_NOTHING;
	}
}

static bool read_clauses(struct write *w)
{
	size_t size = w->model->column_count * sizeof *w->is_set;
	w->is_set = corm__walk_take(w->c, size);
	if (!w->is_set)
		return false;
	memset(w->is_set, 0, size);
	for (const corm_clause *clause = w->select->clauses; clause->kind != CORM_CLAUSE_END; clause++)
		read_clause(w, clause);
	return !w->c->status;
}

/* Which rows: that all are meant has to be said. */
static bool check_rows(struct write *w)
{
	if (!w->where && !w->all_rows)
		corm__walk_fail(w->c, CORM_ERROR_USAGE,
		                "%s_%s() is not told which rows: add corm_where(…), or corm_all_rows() when every row is meant",
		                w->model->name, w->function);
	else if (w->where && w->all_rows)
		corm__walk_fail(w->c, CORM_ERROR_USAGE, "%s_%s() has both corm_where() and corm_all_rows()", w->model->name,
		                w->function);
	return !w->c->status;
}

/* ---- SET --------------------------------------------------------------------------------------------------------- */

static void begin_set(struct write *w, const corm_column *column)
{
	corm__put(w->c, w->written++ ? ", " : "");
	corm__put_name(w->c, column->name);
	corm__put(w->c, "=");
}

static void walk_set(struct write *w, const corm_clause *clause)
{
	const corm_node *node = clause->data;
	const corm_column *column = &w->model->columns[column_of_set(w, clause)];
	corm__key_byte(w->c, clause->kind);
	corm__key_pointer(w->c, column);
	begin_set(w, column);
	if (clause->kind == CORM_CLAUSE_SET_NULL) {
		corm__put(w->c, "NULL");
		return;
	}
	const struct corm__place place = {
		.parent = node,
		.part = "the value",
		.beside = &column->format,
		.binding = CORM__BIND_COMPARISON + 1,
	};
	corm__walk(w->c, node->of.arg.b, &place);
	corm__walk_assignable(w->c, &column->format, corm__format_of(w->c, node->of.arg.b));
}

static void walk_sets(struct write *w)
{
	for (const corm_clause *clause = w->select->clauses; clause->kind != CORM_CLAUSE_END; clause++)
		if (clause->kind == CORM_CLAUSE_SET || clause->kind == CORM_CLAUSE_SET_NULL)
			walk_set(w, clause);
	corm__key_byte(w->c, CORM_CLAUSE_END);
}

static void walk_member(struct write *w, const void *value, const corm_column *column)
{
	corm__walk_parameter(w->c, (const char *)value + column->offset, &column->format);
}

/* The program's SQL names the columns of the row that is there without their table. Where that would be ambiguous, it
 * is computed in a query over that row alone. */
static void put_onupdate(struct write *w, const corm_column *column, const char *table)
{
	bool is_query = table && w->c->dialect->conflict_is_ambiguous;
	corm__put(w->c, is_query ? "(SELECT " : "");
	corm__put(w->c, column->onupdate_sql);
	if (!is_query)
		return;
	corm__put(w->c, " FROM (SELECT ");
	corm__put_name(w->c, table);
	corm__put(w->c, ".*) AS ");
	corm__put_name(w->c, table);
	corm__put(w->c, ")");
}

/* The columns with an onupdate, then the version; of those that are not set. table: what stands before the version that
 * the row has. */
static void walk_followers(struct write *w, const char *table)
{
	const corm_model_info *model = w->model;
	for (size_t i = 0; i < model->column_count; i++) {
		const corm_column *column = &model->columns[i];
		if (column->onupdate == CORM_SERVER_NONE || w->is_set[i])
			continue;
		begin_set(w, column);
		if (column->onupdate == CORM_SERVER_SQL) {
			put_onupdate(w, column, table);
		} else {
			assert(w->select->updated);
			walk_member(w, w->select->updated, column);
		}
	}
	for (size_t i = 0; i < model->column_count; i++) {
		const corm_column *column = &model->columns[i];
		if (!(column->flags & CORM_COLUMN_VERSION) || w->is_set[i])
			continue;
		begin_set(w, column);
		if (table) {
			corm__put_name(w->c, table);
			corm__put(w->c, ".");
		}
		corm__put_name(w->c, column->name);
		corm__put(w->c, " + 1");
	}
}

/* ---- UPDATE and DELETE ------------------------------------------------------------------------------------------- */

static void put_table(struct write *w, const char *before)
{
	corm__put(w->c, before);
	if (corm__writes_sql(w->c))
		corm__write_table(&w->c->sql, w->c->dialect, w->model);
}

static void walk_update(struct write *w)
{
	if (!w->sets)
		corm__walk_fail(w->c, CORM_ERROR_USAGE, "%s_update() sets nothing: add corm_set(…)", w->model->name);
	if (!check_rows(w))
		return;
	put_table(w, "UPDATE ");
	corm__put(w->c, " SET ");
	walk_sets(w);
	walk_followers(w, NULL);
	corm__walk_conditions(w->c, w->select->clauses, CORM_CLAUSE_WHERE, " WHERE ");
}

static void walk_delete(struct write *w)
{
	if (!check_rows(w))
		return;
	put_table(w, "DELETE FROM ");
	corm__walk_conditions(w->c, w->select->clauses, CORM_CLAUSE_WHERE, " WHERE ");
}

/* ---- upsert ------------------------------------------------------------------------------------------------------ */

static bool same_columns(const uint16_t *a, size_t a_count, const uint16_t *b, size_t b_count)
{
	for (size_t i = 0; i < a_count; i++) {
		size_t k = 0;
		while (k < b_count && b[k] != a[i])
			k++;
		if (k == b_count)
			return false;
	}
	return a_count == b_count;
}

/* Are there never two rows with the same values in these columns? */
static bool is_unique(const corm_model_info *model, const uint16_t *columns, size_t count)
{
	if (same_columns(model->key, model->key_count, columns, count))
		return true;
	for (size_t i = 0; i < model->unique_count; i++)
		if (same_columns(model->uniques[i].columns, model->uniques[i].count, columns, count))
			return true;
	for (size_t i = 0; i < model->unique_index_count; i++)
		if (same_columns(model->unique_indexes[i].columns, model->unique_indexes[i].count, columns, count))
			return true;
	return false;
}

static void refuse_conflict(struct write *w, const uint16_t *columns, size_t count)
{
	char names[256] = "";
	size_t length = 0;
	for (size_t i = 0; i < count && length < sizeof names; i++)
		length += (size_t)snprintf(names + length, sizeof names - length, "%s%s.%s", i ? ", " : "", w->model->name,
		                           w->model->columns[columns[i]].field);
	corm__walk_fail(w->c, CORM_ERROR_USAGE,
	                "corm_on_conflict(%s) names neither the key of %s nor all columns of one of its unique constraints",
	                names, w->model->name);
}

/* The columns of corm_on_conflict(); NULL after an error. */
static const uint16_t *conflict_columns(struct write *w, size_t *count)
{
	corm__list list = w->conflict ? w->conflict->data : NULL;
	*count = list ? corm__list_length(list) : 0;
	if (!*count) {
		corm__walk_fail(
			w->c, CORM_ERROR_USAGE,
			"%s_upsert() is not told where a row may be met: add corm_on_conflict(…) with the columns of the "
			"key, or of a unique constraint",
			w->model->name);
		return NULL;
	}
	uint16_t *columns = corm__walk_take(w->c, *count * sizeof *columns);
	if (!columns)
		return NULL;
	for (size_t i = 0; i < *count; i++)
		columns[i] = column_in(w, w->conflict, list[i]);
	if (!w->c->status && !is_unique(w->model, columns, *count))
		refuse_conflict(w, columns, *count);
	return w->c->status ? NULL : columns;
}

static void key_columns(struct write *w, const uint16_t *columns, size_t count)
{
	corm__key(w->c, &count, sizeof count);
	corm__key(w->c, columns, count * sizeof *columns);
}

/* INSERT INTO author (id, name) VALUES (?, ?) */
static void walk_insert(struct write *w)
{
	const struct corm__select *select = w->select;
	key_columns(w, select->columns, select->column_count);
	put_table(w, "INSERT INTO ");
	corm__put(w->c, " (");
	corm__write_names(w->c, w->model, select->columns, select->column_count);
	corm__put(w->c, ") VALUES (");
	for (size_t i = 0; i < select->column_count; i++) {
		corm__put(w->c, i ? ", " : "");
		walk_member(w, select->row, &w->model->columns[select->columns[i]]);
	}
	corm__put(w->c, ")");
}

/* What is set without corm_set(): the values that were to be inserted. */
static void walk_replaced(struct write *w)
{
	const struct corm__select *select = w->select;
	key_columns(w, select->replaced, select->replaced_count);
	for (size_t i = 0; i < select->replaced_count; i++) {
		const corm_column *column = &w->model->columns[select->replaced[i]];
		w->is_set[select->replaced[i]] = true;
		begin_set(w, column);
		corm__put(w->c, w->c->dialect->inserted[0]);
		corm__put_name(w->c, column->name);
		corm__put(w->c, w->c->dialect->inserted[1]);
	}
}

/* The row that is there stays as it is. Where that cannot be said, a column is set to what it is. */
static void put_nothing(struct write *w, const corm_column *column)
{
	if (w->c->dialect->conflict_nothing) {
		corm__put(w->c, w->c->dialect->conflict_nothing);
		return;
	}
	corm__put(w->c, w->c->dialect->conflict_update);
	begin_set(w, column);
	corm__put_name(w->c, w->model->table);
	corm__put(w->c, ".");
	corm__put_name(w->c, column->name);
}

static void walk_conflict(struct write *w, const uint16_t *columns, size_t count)
{
	bool nothing = w->nothing || (!w->sets && !w->select->replaced_count);
	key_columns(w, columns, count);
	corm__key_byte(w->c, nothing);
	if (w->c->dialect->conflict_columns) {
		corm__put(w->c, w->c->dialect->conflict_columns);
		corm__write_names(w->c, w->model, columns, count);
	}
	if (nothing) {
		put_nothing(w, &w->model->columns[columns[0]]);
		return;
	}
	corm__put(w->c, w->c->dialect->conflict_update);
	walk_sets(w);
	if (!w->sets)
		walk_replaced(w);
	walk_followers(w, w->model->table);
}

static void walk_upsert(struct write *w)
{
	size_t count;
	const uint16_t *columns = conflict_columns(w, &count);
	if (w->nothing && w->sets)
		corm__walk_fail(w->c, CORM_ERROR_USAGE, "%s_upsert() has both corm_do_nothing() and corm_set()",
		                w->model->name);
	else if (!w->select->column_count)
		corm__walk_fail(w->c, CORM_ERROR_USAGE, "%s_upsert() is given no value to insert", w->model->name);
	if (w->c->status)
		return;
	walk_insert(w);
	walk_conflict(w, columns, count);
	if (w->c->capabilities & CORM_CAN_RETURNING) {
		corm__put(w->c, " RETURNING ");
		corm__write_names(w->c, w->model, NULL, 0);
	}
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static void walk_kind(struct write *w)
{
	switch (w->select->kind) {
	case CORM__WRITE_UPDATE:
		walk_update(w);
		break;
	case CORM__WRITE_DELETE:
		walk_delete(w);
		break;
	default:
		walk_upsert(w);
	}
}

void corm__walk_write(struct corm__compiler *c, const struct corm__select *write)
{
	struct write w = {
		.c = c,
		.select = write,
		.model = write->model,
		.function = statements[write->kind].function,
		.takes = statements[write->kind].takes,
	};
	struct corm__scope scope;
	if (!write->model || !write->clauses) {
		corm__walk_fail(c, CORM_ERROR_USAGE, "a query is used that could not be made");
		return;
	}
	corm__key_byte(c, write->kind);
	corm__key_pointer(c, write->model);
	if (!read_clauses(&w))
		return;
	if (corm__scope_open(c, &scope, 1)) {
		scope.closed = "the statement has its own model alone; ask for others by corm_any_of(), corm_has() or "
					   "corm_in_query()";
		if (corm__writes_sql(c))
			corm__scope_add(c, write->model, NULL);
		if (!c->status)
			walk_kind(&w);
	}
	corm__scope_close(c, &scope);
}
