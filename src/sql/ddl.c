/* SPDX-License-Identifier: Apache-2.0
 *
 * CREATE and DROP statements.
 */
#include "sql/ddl.h"
#include "base/error.h"
#include "base/topo.h"
#include <cormorant/engine.h>
#include <stdio.h>

#define DDL_MAXIMUM ((size_t)64 << 20)

/* ---- order ------------------------------------------------------------------------------------------------------- */

static size_t index_of(const corm_metadata *metadata, const corm_model_info *model)
{
	size_t i = 0;
	while (i < metadata->count && metadata->models[i] != model)
		i++;
	return i;
}

/* Writes the edges when there is room for them, and counts them. */
static size_t list_edges(const corm_metadata *metadata, struct corm__edge *edges)
{
	size_t count = 0;
	for (size_t i = 0; i < metadata->count; i++)
		for (size_t k = 0; k < metadata->models[i]->foreign_key_count; k++) {
			size_t target = index_of(metadata, metadata->models[i]->foreign_keys[k].target);
			if (target == metadata->count)
				continue;
			if (edges)
				edges[count] = (struct corm__edge){ .before = target, .after = i };
			count++;
		}
	return count;
}

corm_status corm__ddl_order(const corm_metadata *metadata, const corm_allocator *allocator, size_t *order)
{
	size_t count = list_edges(metadata, NULL);
	struct corm__edge *edges = corm__alloc(allocator, count, sizeof *edges);
	if (!edges)
		return CORM_ERROR_MEMORY;
	list_edges(metadata, edges);
	corm_status status = corm__topo_sort(allocator, metadata->count, edges, count, order, NULL);
	corm__free(allocator, edges, count * sizeof *edges);
	return status;
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

/* One CREATE TABLE on its way. */
struct table {
	struct corm__buffer *sql;
	const struct corm__dialect *dialect;
	const corm_model_info *model;
	size_t lines;
};

static void begin_line(struct table *table)
{
	corm__buffer_text(table->sql, table->lines++ ? ",\n\t" : "\n\t");
}

static void write_name(struct table *table, const char *name)
{
	corm__write_identifier(table->sql, table->dialect, name);
}

static void begin_constraint(struct table *table, const char *name)
{
	begin_line(table);
	if (name) {
		corm__buffer_text(table->sql, "CONSTRAINT ");
		write_name(table, name);
		corm__buffer_char(table->sql, ' ');
	}
}

/* (a, b) */
static void write_names(struct table *table, const corm_model_info *model, const uint16_t *columns, size_t count)
{
	corm__buffer_char(table->sql, '(');
	for (size_t i = 0; i < count; i++) {
		corm__buffer_text(table->sql, i ? ", " : "");
		write_name(table, model->columns[columns[i]].name);
	}
	corm__buffer_char(table->sql, ')');
}

static bool is_inline_key(const struct table *table, const corm_column *column)
{
	return table->dialect->inline_generated_key && (column->flags & CORM_COLUMN_GENERATED) &&
	       (column->flags & CORM_COLUMN_AUTOINCREMENT);
}

static void write_column(struct table *table, const corm_column *column)
{
	begin_line(table);
	write_name(table, column->name);
	corm__buffer_char(table->sql, ' ');
	table->dialect->column_type(table->sql, table->model, column);
	if (is_inline_key(table, column)) {
		corm__buffer_text(table->sql, " CONSTRAINT ");
		write_name(table, table->model->key_name);
		corm__buffer_text(table->sql, " PRIMARY KEY AUTOINCREMENT");
	}
	if (column->server_default == CORM_SERVER_NOW || column->server_default == CORM_SERVER_UUID4 ||
	    column->server_default == CORM_SERVER_SQL) {
		corm__buffer_text(table->sql, " DEFAULT ");
		table->dialect->server_default(table->sql, column);
	}
	if (!(column->format.flags & CORM_FORMAT_NULLABLE) || (column->flags & CORM_COLUMN_PRIMARY_KEY))
		corm__buffer_text(table->sql, " NOT NULL");
}

static void write_key(struct table *table)
{
	const corm_model_info *model = table->model;
	if (!model->key_count || is_inline_key(table, &model->columns[model->key[0]]))
		return;
	begin_constraint(table, model->key_name);
	corm__buffer_text(table->sql, "PRIMARY KEY ");
	write_names(table, model, model->key, model->key_count);
}

static void write_action(struct table *table, const char *event, corm_action action)
{
	static const char *const actions[] = {
		[CORM_ACTION_CASCADE] = "CASCADE",
		[CORM_ACTION_SET_NULL] = "SET NULL",
		[CORM_ACTION_RESTRICT] = "RESTRICT",
	};
	if (action != CORM_ACTION_NONE)
		corm__buffer_format(table->sql, " ON %s %s", event, actions[action]);
}

static void write_foreign_key(struct table *table, const corm_foreign_key *key)
{
	begin_constraint(table, key->name);
	corm__buffer_text(table->sql, "FOREIGN KEY ");
	write_names(table, table->model, key->columns, key->count);
	corm__buffer_text(table->sql, " REFERENCES ");
	corm__write_table(table->sql, table->dialect, key->target);
	corm__buffer_char(table->sql, ' ');
	write_names(table, key->target, key->target_columns, key->count);
	write_action(table, "DELETE", key->on_delete);
	write_action(table, "UPDATE", key->on_update);
}

/* Enums that are stored by name may hold their names alone. */
static void write_enum_check(struct table *table, const corm_column *column)
{
	const corm_enum *enumeration = column->format.enumeration;
	char name[256]; /* longer than any database takes; a longer one is cut */
	snprintf(name, sizeof name, "ck_%s_%s", table->model->table, column->name);
	begin_constraint(table, name);
	corm__buffer_text(table->sql, "CHECK (");
	write_name(table, column->name);
	corm__buffer_text(table->sql, " IN (");
	for (size_t i = 0; i < enumeration->count; i++) {
		corm__buffer_text(table->sql, i ? ", " : "");
		corm__write_literal(table->sql, enumeration->values[i].name);
	}
	corm__buffer_text(table->sql, "))");
}

static void write_constraints(struct table *table)
{
	const corm_model_info *model = table->model;
	write_key(table);
	for (size_t i = 0; i < model->foreign_key_count; i++)
		write_foreign_key(table, &model->foreign_keys[i]);
	for (size_t i = 0; i < model->unique_count; i++) {
		begin_constraint(table, model->uniques[i].name);
		corm__buffer_text(table->sql, "UNIQUE ");
		write_names(table, model, model->uniques[i].columns, model->uniques[i].count);
	}
	for (size_t i = 0; i < model->check_count; i++) {
		begin_constraint(table, model->checks[i].name);
		corm__buffer_format(table->sql, "CHECK (%s)", model->checks[i].sql);
	}
	for (size_t i = 0; i < model->column_count && !table->dialect->enum_types; i++) {
		const corm_format *format = &model->columns[i].format;
		if (format->type == CORM_TYPE_ENUM && format->storage != CORM_STORAGE_INTEGER)
			write_enum_check(table, &model->columns[i]);
	}
}

void corm__ddl_create_table(struct corm__buffer *sql, const struct corm__dialect *dialect, const corm_model_info *model)
{
	struct table table = { sql, dialect, model, 0 };
	corm__buffer_text(sql, "CREATE TABLE ");
	corm__write_table(sql, dialect, model);
	corm__buffer_text(sql, " (");
	for (size_t i = 0; i < model->column_count; i++)
		write_column(&table, &model->columns[i]);
	write_constraints(&table);
	corm__buffer_text(sql, "\n)");
}

void corm__ddl_drop_table(struct corm__buffer *sql, const struct corm__dialect *dialect, const corm_model_info *model)
{
	corm__buffer_text(sql, "DROP TABLE ");
	corm__write_table(sql, dialect, model);
}

/* ---- indexes ----------------------------------------------------------------------------------------------------- */

size_t corm__ddl_index_count(const corm_model_info *model)
{
	return model->index_count + model->unique_index_count;
}

void corm__ddl_create_index(struct corm__buffer *sql, const struct corm__dialect *dialect, const corm_model_info *model,
                            size_t index)
{
	bool unique = index >= model->index_count;
	const corm_index *of = unique ? &model->unique_indexes[index - model->index_count] : &model->indexes[index];
	struct table table = { sql, dialect, model, 0 };
	corm__buffer_text(sql, unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ");
	write_name(&table, of->name);
	corm__buffer_text(sql, " ON ");
	corm__write_table(sql, dialect, model);
	corm__buffer_char(sql, ' ');
	write_names(&table, model, of->columns, of->count);
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

static void write_model(struct corm__buffer *sql, const struct corm__dialect *dialect, const corm_model_info *model)
{
	corm__ddl_create_table(sql, dialect, model);
	corm__buffer_text(sql, ";\n");
	for (size_t i = 0; i < corm__ddl_index_count(model); i++) {
		corm__ddl_create_index(sql, dialect, model, i);
		corm__buffer_text(sql, ";\n");
	}
}

char *corm_ddl(corm_arena *arena, const corm_metadata *metadata, const char *dialect_name)
{
	const struct corm__dialect *dialect = corm__dialect_find(dialect_name);
	corm__error_clear(corm__last_error());
	if (!arena || !metadata || !dialect) {
		corm_error_set(corm__last_error(), CORM_ERROR_USAGE,
		               dialect ? "corm_ddl: %s" : "corm_ddl: there is no dialect \"%s\"",
		               !dialect ? (dialect_name ? dialect_name : "(null)")
		               : arena  ? "metadata is NULL"
		                        : "arena is NULL");
		return NULL;
	}
	char *text = NULL;
	struct corm__buffer sql;
	corm__buffer_init(&sql, &arena->allocator, DDL_MAXIMUM);
	size_t *order = corm__alloc(&arena->allocator, metadata->count, sizeof *order);
	if (order && corm__ddl_order(metadata, &arena->allocator, order) == CORM_OK) {
		for (size_t i = 0; i < metadata->count; i++)
			write_model(&sql, dialect, metadata->models[order[i]]);
		text = sql.status ? NULL : corm__arena_copy(arena, sql.data ? sql.data : "", sql.length);
	}
	if (!text)
		corm_error_set(corm__last_error(), CORM_ERROR_MEMORY, "out of memory while the CREATE statements were written");
	corm__free(&arena->allocator, order, metadata->count * sizeof *order);
	corm__buffer_release(&sql);
	return text;
}
