/* SPDX-License-Identifier: Apache-2.0
 *
 * The statements of the unit of work, made of column names alone: their values are the caller's.
 */
#include "sql/walk.h"
#include <assert.h>

static void placeholder(struct corm__compiler *c)
{
	c->count++;
	if (c->dialect->numbered_parameters)
		corm__buffer_format(&c->sql, "$%zu", c->count);
	else
		corm__buffer_char(&c->sql, '?');
}

/* column=?, or with another operator and separator. */
static void assignments(struct corm__compiler *c, const corm_model_info *model, const uint16_t *columns, size_t count,
                        const char *operator, const char * separator)
{
	for (size_t i = 0; i < count; i++) {
		corm__put(c, i ? separator : "");
		corm__put_name(c, model->columns[columns[i]].name);
		corm__put(c, operator);
		placeholder(c);
	}
}

void corm__write_names(struct corm__compiler *c, const corm_model_info *model, const uint16_t *columns, size_t count)
{
	size_t total = columns ? count : model->column_count;
	for (size_t i = 0; i < total; i++) {
		corm__put(c, i ? ", " : "");
		corm__put_name(c, model->columns[columns ? columns[i] : i].name);
	}
}

static void returning_clause(struct corm__compiler *c, const corm_model_info *model, const uint16_t *columns,
                             size_t count)
{
	if (!count)
		return;
	corm__put(c, " RETURNING ");
	corm__write_names(c, model, columns, count);
}

static void where_key(struct corm__compiler *c, const corm_model_info *model)
{
	corm__put(c, " WHERE ");
	assignments(c, model, model->key, model->key_count, "=", " AND ");
}

/* AND column IS ? … : the row is still as it was. */
static void and_old(struct corm__compiler *c, const corm_model_info *model, const uint16_t *old, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		corm__put(c, " AND ");
		corm__put_name(c, model->columns[old[i]].name);
		corm__put(c, " ");
		corm__put(c, c->dialect->is_same);
		corm__put(c, " ");
		placeholder(c);
	}
}

/* (?, ?) */
static void placeholders(struct corm__compiler *c, size_t count)
{
	corm__put(c, "(");
	for (size_t i = 0; i < count; i++) {
		corm__put(c, i ? ", " : "");
		placeholder(c);
	}
	corm__put(c, ")");
}

/* table.column = ? AND … */
static void qualified(struct corm__compiler *c, const struct corm__source *source, const uint16_t *columns,
                      size_t count)
{
	for (size_t i = 0; i < count; i++) {
		corm__put(c, i ? " AND " : "");
		corm__write_column(c, source, &source->model->columns[columns[i]]);
		corm__put(c, " = ");
		placeholder(c);
	}
}

/* ---- SELECT ------------------------------------------------------------------------------------------------------ */

corm_status corm__compile_get(struct corm__compiler *compiler, const corm_model_info *model, const uint16_t *columns,
                              size_t count, bool lock, corm_error_store *error)
{
	const struct corm__source source = { .model = model, .name = model->table };
	corm__walk_begin(compiler, CORM__WALK_SQL, error);
	corm__put(compiler, "SELECT ");
	corm__write_columns(compiler, &source, NULL, 0);
	corm__put(compiler, " FROM ");
	corm__write_source(compiler, &source);
	corm__put(compiler, " WHERE ");
	qualified(compiler, &source, columns, count);
	if (lock)
		corm__put(compiler, compiler->dialect->lock[CORM__LOCK_WAIT]);
	return corm__walk_end(compiler);
}

/* What a relationship is read from. */
struct related {
	const corm_relationship *relationship;
	struct corm__source target;
	struct corm__source link; /* without a model when there is none */
	/* What the owner's columns are compared with: where it stands, and which. */
	const struct corm__source *side;
	const uint16_t *columns;
};

static void related_init(struct related *out, const corm_relationship *relationship)
{
	const corm_model_info *link = relationship->link;
	*out = (struct related){
		.relationship = relationship,
		.target = { .model = relationship->target, .name = relationship->target->table },
		.link = { .model = link, .name = link ? link->table : NULL },
		.side = link ? &out->link : &out->target,
		.columns = link ? relationship->link_columns : relationship->target_columns,
	};
}

/* SELECT … FROM … WHERE, up to the condition. */
static void select_related(struct corm__compiler *c, const struct related *related, bool with_link)
{
	const corm_relationship *relationship = related->relationship;
	corm__put(c, "SELECT ");
	if (with_link && relationship->link) {
		corm__write_columns(c, &related->link, relationship->link_columns, relationship->count);
		corm__put(c, ", ");
	}
	corm__write_columns(c, &related->target, NULL, 0);
	corm__put(c, " FROM ");
	corm__write_source(c, &related->target);
	if (relationship->link) {
		corm__put(c, " JOIN ");
		corm__write_source(c, &related->link);
		corm__put(c, " ON ");
		corm__write_link(c, &related->target, relationship->target_columns, &related->link,
		                 relationship->link_target_columns, relationship->target_count);
	}
	corm__put(c, " WHERE ");
}

void corm__write_related_order(struct corm__compiler *c, const corm_relationship *relationship,
                               const struct corm__source *target)
{
	const corm_column *column = &relationship->target->columns[relationship->order_column];
	corm__write_column(c, target, column);
	if (corm__needs_collation(c, &column->format)) {
		corm__put(c, " COLLATE ");
		corm__put(c, c->dialect->decimal_collation);
	}
	corm__put(c, relationship->order_descending ? " DESC" : "");
}

static void order_related(struct corm__compiler *c, const struct related *related)
{
	const corm_relationship *relationship = related->relationship;
	if (relationship->order_column == CORM_NO_INDEX || relationship->kind == CORM_TO_ONE)
		return;
	corm__put(c, " ORDER BY ");
	corm__write_related_order(c, relationship, &related->target);
}

corm_status corm__compile_related(struct corm__compiler *compiler, const corm_relationship *relationship,
                                  corm_error_store *error)
{
	struct related related;
	related_init(&related, relationship);
	corm__walk_begin(compiler, CORM__WALK_SQL, error);
	select_related(compiler, &related, false);
	qualified(compiler, related.side, related.columns, relationship->count);
	order_related(compiler, &related);
	return corm__walk_end(compiler);
}

/* (a, b) IN (VALUES (?, ?), …), or, of one column, a IN (?, …). */
static void in_list(struct corm__compiler *c, const struct related *related, size_t count)
{
	size_t width = related->relationship->count;
	bool single = width == 1;
	corm__put(c, single ? "" : "(");
	corm__write_columns(c, related->side, related->columns, width);
	corm__put(c, single ? " IN " : ") IN (");
	if (single) {
		placeholders(c, count);
		return;
	}
	corm__put(c, c->dialect->row_list);
	for (size_t i = 0; i < count; i++) {
		corm__put(c, i ? ", " : "");
		placeholders(c, width);
	}
	corm__put(c, ")");
}

corm_status corm__compile_related_in(struct corm__compiler *compiler, const corm_relationship *relationship,
                                     size_t count, corm_error_store *error)
{
	struct related related;
	assert(count && count * relationship->count <= compiler->dialect->parameter_limit);
	related_init(&related, relationship);
	corm__walk_begin(compiler, CORM__WALK_SQL, error);
	select_related(compiler, &related, true);
	in_list(compiler, &related, count);
	order_related(compiler, &related);
	return corm__walk_end(compiler);
}

/* ---- INSERT, UPDATE, DELETE -------------------------------------------------------------------------------------- */

corm_status corm__compile_insert(struct corm__compiler *compiler, const corm_model_info *model, const uint16_t *columns,
                                 size_t count, size_t rows, const uint16_t *returning, size_t returning_count,
                                 corm_error_store *error)
{
	struct corm__compiler *c = compiler;
	assert(rows == 1 || (count && rows));
	corm__walk_begin(c, CORM__WALK_SQL, error);
	corm__put(c, "INSERT INTO ");
	corm__write_table(&c->sql, c->dialect, model);
	if (count) {
		corm__put(c, " (");
		corm__write_names(c, model, columns, count);
		corm__put(c, ") VALUES ");
		for (size_t i = 0; i < rows; i++) {
			corm__put(c, i ? ", " : "");
			placeholders(c, count);
		}
	} else {
		corm__put(c, c->dialect->insert_nothing);
	}
	returning_clause(c, model, returning, returning_count);
	return corm__walk_end(c);
}

/* $1, $2, … are arrays; each of the rows that unnest() makes of them is one to be inserted, and they stay in their
 * order. Text becomes text by itself, but neither an enum nor JSON. */
corm_status corm__compile_insert_arrays(struct corm__compiler *compiler, const corm_model_info *model,
                                        const uint16_t *columns, size_t count, const uint16_t *returning,
                                        size_t returning_count, corm_error_store *error)
{
	struct corm__compiler *c = compiler;
	assert(count);
	corm__walk_begin(c, CORM__WALK_SQL, error);
	corm__put(c, "INSERT INTO ");
	corm__write_table(&c->sql, c->dialect, model);
	corm__put(c, " (");
	corm__write_names(c, model, columns, count);
	corm__put(c, ") SELECT ");
	for (size_t i = 0; i < count; i++) {
		const corm_column *column = &model->columns[columns[i]];
		bool is_cast = column->format.type == CORM_TYPE_JSON ||
		               (column->format.type == CORM_TYPE_ENUM && column->format.storage != CORM_STORAGE_INTEGER);
		corm__put(c, i ? ", " : "");
		corm__put(c, is_cast ? "CAST(" : "");
		corm__put_name(c, column->name);
		if (is_cast) {
			corm__put(c, " AS ");
			c->dialect->column_type(&c->sql, model, column);
			corm__put(c, ")");
		}
	}
	corm__put(c, " FROM unnest");
	placeholders(c, count);
	corm__put(c, " AS given (");
	corm__write_names(c, model, columns, count);
	corm__put(c, ")");
	returning_clause(c, model, returning, returning_count);
	return corm__walk_end(c);
}

corm_status corm__compile_names(struct corm__compiler *compiler, const corm_model_info *model, const uint16_t *columns,
                                size_t count, size_t *names_at, corm_error_store *error)
{
	corm__walk_begin(compiler, CORM__WALK_SQL, error);
	corm__write_table(&compiler->sql, compiler->dialect, model);
	corm__buffer_char(&compiler->sql, '\0');
	*names_at = compiler->sql.length;
	corm__write_names(compiler, model, columns, count);
	return corm__walk_end(compiler);
}

/* A column that the database computes on update. */
static void assign_by_sql(struct corm__compiler *c, const corm_column *column)
{
	corm__put_name(c, column->name);
	corm__put(c, "=");
	if (column->onupdate == CORM_SERVER_NOW)
		c->dialect->now(&c->sql, (corm_storage)column->format.storage);
	else
		corm__put(c, column->onupdate_sql);
}

corm_status corm__compile_update(struct corm__compiler *compiler, const struct corm__update *update,
                                 corm_error_store *error)
{
	struct corm__compiler *c = compiler;
	const corm_model_info *model = update->model;
	corm__walk_begin(c, CORM__WALK_SQL, error);
	corm__put(c, "UPDATE ");
	corm__write_table(&c->sql, c->dialect, model);
	corm__put(c, " SET ");
	for (size_t i = 0; i < update->count; i++) {
		corm__put(c, i ? ", " : "");
		if (update->by_sql && update->by_sql[i])
			assign_by_sql(c, &model->columns[update->columns[i]]);
		else
			assignments(c, model, &update->columns[i], 1, "=", "");
	}
	where_key(c, model);
	and_old(c, model, update->old, update->old_count);
	returning_clause(c, model, update->returning, update->returning_count);
	return corm__walk_end(c);
}

static void delete_from(struct corm__compiler *c, const corm_model_info *model)
{
	corm__put(c, "DELETE FROM ");
	corm__write_table(&c->sql, c->dialect, model);
}

corm_status corm__compile_delete(struct corm__compiler *compiler, const corm_model_info *model, const uint16_t *old,
                                 size_t old_count, corm_error_store *error)
{
	corm__walk_begin(compiler, CORM__WALK_SQL, error);
	delete_from(compiler, model);
	where_key(compiler, model);
	and_old(compiler, model, old, old_count);
	return corm__walk_end(compiler);
}

corm_status corm__compile_unlink(struct corm__compiler *compiler, const corm_relationship *relationship, bool all,
                                 corm_error_store *error)
{
	const corm_model_info *link = relationship->link;
	corm__walk_begin(compiler, CORM__WALK_SQL, error);
	delete_from(compiler, link);
	corm__put(compiler, " WHERE ");
	assignments(compiler, link, relationship->link_columns, relationship->count, "=", " AND ");
	if (!all) {
		corm__put(compiler, " AND ");
		assignments(compiler, link, relationship->link_target_columns, relationship->target_count, "=", " AND ");
	}
	return corm__walk_end(compiler);
}
