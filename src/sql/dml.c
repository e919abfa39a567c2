/* SPDX-License-Identifier: Apache-2.0
 *
 * The statements of the unit of work, made of column names alone: their values are the caller's.
 */
#include "sql/walk.h"

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

static void names(struct corm__compiler *c, const corm_model_info *model, const uint16_t *columns, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		corm__put(c, i ? ", " : "");
		corm__put_name(c, model->columns[columns[i]].name);
	}
}

static void returning_clause(struct corm__compiler *c, const corm_model_info *model, const uint16_t *columns,
                             size_t count)
{
	corm__put(c, count ? " RETURNING " : "");
	names(c, model, columns, count);
}

static void where_key(struct corm__compiler *c, const corm_model_info *model)
{
	corm__put(c, " WHERE ");
	assignments(c, model, model->key, model->key_count, "=", " AND ");
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

static void select_all(struct corm__compiler *c, const struct corm__source *source)
{
	corm__put(c, "SELECT ");
	corm__write_columns(c, source->model, source->name);
	corm__put(c, " FROM ");
	corm__write_source(c, source);
}

corm_status corm__compile_get(struct corm__compiler *compiler, const corm_model_info *model, corm_error_store *error)
{
	const struct corm__source source = { .model = model, .name = model->table };
	corm__walk_begin(compiler, CORM__WALK_SQL, error);
	select_all(compiler, &source);
	corm__put(compiler, " WHERE ");
	qualified(compiler, &source, model->key, model->key_count);
	return corm__walk_end(compiler);
}

corm_status corm__compile_related(struct corm__compiler *compiler, const corm_relationship *relationship,
                                  corm_error_store *error)
{
	struct corm__compiler *c = compiler;
	const struct corm__source target = { .model = relationship->target, .name = relationship->target->table };
	corm__walk_begin(c, CORM__WALK_SQL, error);
	select_all(c, &target);
	if (relationship->link) {
		const struct corm__source link = { .model = relationship->link, .name = relationship->link->table };
		corm__put(c, " JOIN ");
		corm__write_source(c, &link);
		corm__put(c, " ON ");
		corm__write_link(c, &target, relationship->target_columns, &link, relationship->link_target_columns,
		                 relationship->target_count);
		corm__put(c, " WHERE ");
		qualified(c, &link, relationship->link_columns, relationship->count);
	} else {
		corm__put(c, " WHERE ");
		qualified(c, &target, relationship->target_columns, relationship->count);
	}
	if (relationship->order_column != CORM_NO_INDEX && relationship->kind != CORM_TO_ONE) {
		const corm_column *column = &relationship->target->columns[relationship->order_column];
		corm__put(c, " ORDER BY ");
		corm__write_column(c, &target, column);
		if (corm__needs_collation(c, &column->format)) {
			corm__put(c, " COLLATE ");
			corm__put(c, c->dialect->decimal_collation);
		}
		corm__put(c, relationship->order_descending ? " DESC" : "");
	}
	return corm__walk_end(c);
}

corm_status corm__compile_insert(struct corm__compiler *compiler, const corm_model_info *model, const uint16_t *columns,
                                 size_t count, const uint16_t *returning, size_t returning_count,
                                 corm_error_store *error)
{
	struct corm__compiler *c = compiler;
	corm__walk_begin(c, CORM__WALK_SQL, error);
	corm__put(c, "INSERT INTO ");
	corm__write_table(&c->sql, c->dialect, model);
	if (count) {
		corm__put(c, " (");
		names(c, model, columns, count);
		corm__put(c, ") VALUES (");
		for (size_t i = 0; i < count; i++) {
			corm__put(c, i ? ", " : "");
			placeholder(c);
		}
		corm__put(c, ")");
	} else {
		corm__put(c, " DEFAULT VALUES");
	}
	returning_clause(c, model, returning, returning_count);
	return corm__walk_end(c);
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
	for (size_t i = 0; i < update->old_count; i++) {
		corm__put(c, " AND ");
		corm__put_name(c, model->columns[update->old[i]].name);
		corm__put(c, " ");
		corm__put(c, c->dialect->is_same);
		corm__put(c, " ");
		placeholder(c);
	}
	returning_clause(c, model, update->returning, update->returning_count);
	return corm__walk_end(c);
}

corm_status corm__compile_delete(struct corm__compiler *compiler, const corm_model_info *model, corm_error_store *error)
{
	corm__walk_begin(compiler, CORM__WALK_SQL, error);
	corm__put(compiler, "DELETE FROM ");
	corm__write_table(&compiler->sql, compiler->dialect, model);
	where_key(compiler, model);
	return corm__walk_end(compiler);
}
