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

static size_t place_of(const struct corm__ddl *ddl, const corm_model_info *model)
{
	size_t i = 0;
	while (i < ddl->metadata->count && ddl->metadata->models[ddl->order[i]] != model)
		i++;
	return i;
}

bool corm__ddl_is_late(const struct corm__ddl *ddl, const corm_model_info *model, const corm_foreign_key *key)
{
	if (!ddl->dialect->drop_foreign_key || !ddl->metadata || key->target == model)
		return false;
	size_t target = place_of(ddl, key->target);
	return target < ddl->metadata->count && target > place_of(ddl, model);
}

/* ---- names ------------------------------------------------------------------------------------------------------- */

static corm_status check_name(const struct corm__ddl *ddl, const char *what, const char *name, corm_error_store *error)
{
	if (!name || corm__name_fits(ddl->dialect, name))
		return CORM_OK;
	return corm_error_set(error, CORM_ERROR_USAGE, "%s name \"%s\" is longer than %s takes, %zu %s: give it another",
	                      what, name, ddl->dialect->name, ddl->dialect->name_limit,
	                      ddl->dialect->name_limit_in_characters ? "characters" : "bytes");
}

corm_status corm__ddl_check(const struct corm__ddl *ddl, corm_error_store *error)
{
	corm_status status = CORM_OK;
	for (size_t i = 0; status == CORM_OK && i < ddl->metadata->count; i++) {
		const corm_model_info *model = ddl->metadata->models[i];
		status = check_name(ddl, "schema", model->schema, error);
		if (status == CORM_OK)
			status = check_name(ddl, "table", model->table, error);
		for (size_t k = 0; status == CORM_OK && k < model->column_count; k++)
			status = check_name(ddl, "column", model->columns[k].name, error);
	}
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

static void write_constraint_name(struct table *table, const char *name)
{
	if (!name)
		return;
	corm__buffer_text(table->sql, "CONSTRAINT ");
	corm__write_made_name(table->sql, table->dialect, name);
	corm__buffer_char(table->sql, ' ');
}

static void begin_constraint(struct table *table, const char *name)
{
	begin_line(table);
	write_constraint_name(table, name);
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

/* As much of a comment as the database takes; maximum is in characters, 0 for none. */
static void write_comment(struct corm__buffer *sql, const char *comment, size_t maximum)
{
	corm__buffer_char(sql, '\'');
	for (size_t characters = 0; *comment; comment++) {
		characters += ((unsigned char)*comment & 0xC0) != 0x80;
		if (maximum && characters > maximum)
			break;
		corm__buffer_text(sql, *comment == '\'' ? "'" : "");
		corm__buffer_char(sql, *comment);
	}
	corm__buffer_char(sql, '\'');
}

static void write_inline_comment(struct table *table, const char *comment, size_t maximum)
{
	if (!comment || table->dialect->comments != CORM__COMMENTS_INLINE)
		return;
	corm__buffer_text(table->sql, " COMMENT ");
	write_comment(table->sql, comment, maximum);
}

static void write_column(struct table *table, const corm_column *column)
{
	begin_line(table);
	write_name(table, column->name);
	corm__buffer_char(table->sql, ' ');
	table->dialect->column_type(table->sql, table->model, column);
	if (is_inline_key(table, column)) {
		corm__buffer_char(table->sql, ' ');
		write_constraint_name(table, table->model->key_name);
		corm__buffer_text(table->sql, "PRIMARY KEY AUTOINCREMENT");
	}
	if (column->flags & CORM_COLUMN_GENERATED)
		corm__buffer_text(table->sql, table->dialect->generated);
	if (column->server_default == CORM_SERVER_NOW || column->server_default == CORM_SERVER_UUID4 ||
	    column->server_default == CORM_SERVER_SQL) {
		corm__buffer_text(table->sql, " DEFAULT ");
		table->dialect->server_default(table->sql, column);
	}
	if (!(column->format.flags & CORM_FORMAT_NULLABLE) || (column->flags & CORM_COLUMN_PRIMARY_KEY))
		corm__buffer_text(table->sql, " NOT NULL");
	write_inline_comment(table, column->comment, table->dialect->column_comment_characters);
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
	write_constraint_name(table, key->name);
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

static void write_constraints(struct table *table, const struct corm__ddl *ddl)
{
	const corm_model_info *model = table->model;
	write_key(table);
	for (size_t i = 0; i < model->foreign_key_count; i++) {
		if (corm__ddl_is_late(ddl, model, &model->foreign_keys[i]))
			continue;
		begin_line(table);
		write_foreign_key(table, &model->foreign_keys[i]);
	}
	for (size_t i = 0; i < model->unique_count; i++) {
		begin_constraint(table, model->uniques[i].name);
		corm__buffer_text(table->sql, "UNIQUE ");
		write_names(table, model, model->uniques[i].columns, model->uniques[i].count);
	}
	for (size_t i = 0; i < model->check_count; i++) {
		begin_constraint(table, model->checks[i].name);
		corm__buffer_format(table->sql, "CHECK (%s)", model->checks[i].sql);
	}
	for (size_t i = 0; i < model->column_count && table->dialect->enum_checks; i++) {
		const corm_format *format = &model->columns[i].format;
		if (format->type == CORM_TYPE_ENUM && format->storage != CORM_STORAGE_INTEGER)
			write_enum_check(table, &model->columns[i]);
	}
}

void corm__ddl_create_table(struct corm__buffer *sql, const struct corm__ddl *ddl, const corm_model_info *model)
{
	struct table table = { sql, ddl->dialect, model, 0 };
	corm__buffer_text(sql, "CREATE TABLE ");
	corm__write_table(sql, ddl->dialect, model);
	corm__buffer_text(sql, " (");
	for (size_t i = 0; i < model->column_count; i++)
		write_column(&table, &model->columns[i]);
	write_constraints(&table, ddl);
	corm__buffer_text(sql, "\n)");
	corm__buffer_text(sql, ddl->dialect->table_options);
	write_inline_comment(&table, model->comment, ddl->dialect->table_comment_characters);
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
	corm__write_made_name(sql, dialect, of->name);
	corm__buffer_text(sql, " ON ");
	corm__write_table(sql, dialect, model);
	corm__buffer_char(sql, ' ');
	write_names(&table, model, of->columns, of->count);
}

/* ---- comments ---------------------------------------------------------------------------------------------------- */

size_t corm__ddl_comment_count(const struct corm__dialect *dialect, const corm_model_info *model)
{
	if (dialect->comments != CORM__COMMENTS_STATEMENTS)
		return 0;
	size_t count = model->comment != NULL;
	for (size_t i = 0; i < model->column_count; i++)
		count += model->columns[i].comment != NULL;
	return count;
}

void corm__ddl_comment(struct corm__buffer *sql, const struct corm__dialect *dialect, const corm_model_info *model,
                       size_t index)
{
	const corm_column *column = NULL;
	size_t left = index + 1 - (model->comment != NULL);
	for (size_t i = 0; left; i++)
		if (model->columns[i].comment && --left == 0)
			column = &model->columns[i];
	corm__buffer_text(sql, column ? "COMMENT ON COLUMN " : "COMMENT ON TABLE ");
	corm__write_table(sql, dialect, model);
	if (column) {
		corm__buffer_char(sql, '.');
		corm__write_identifier(sql, dialect, column->name);
	}
	corm__buffer_text(sql, " IS ");
	write_comment(sql, column ? column->comment : model->comment, 0);
}

/* ---- foreign keys of a circle ------------------------------------------------------------------------------------ */

void corm__ddl_add_key(struct corm__buffer *sql, const struct corm__ddl *ddl, const corm_model_info *model,
                       const corm_foreign_key *key)
{
	struct table table = { sql, ddl->dialect, model, 0 };
	corm__buffer_text(sql, "ALTER TABLE ");
	corm__write_table(sql, ddl->dialect, model);
	corm__buffer_text(sql, " ADD ");
	write_foreign_key(&table, key);
}

void corm__ddl_drop_key(struct corm__buffer *sql, const struct corm__ddl *ddl, const corm_model_info *model,
                        const corm_foreign_key *key)
{
	corm__buffer_text(sql, "ALTER TABLE ");
	corm__write_table(sql, ddl->dialect, model);
	corm__buffer_text(sql, ddl->dialect->drop_foreign_key);
	corm__write_made_name(sql, ddl->dialect, key->name);
}

/* ---- types of enums ---------------------------------------------------------------------------------------------- */

static const corm_enum *type_of(const corm_column *column)
{
	bool has_type = column->format.type == CORM_TYPE_ENUM && column->format.storage != CORM_STORAGE_INTEGER;
	return has_type && !column->type ? column->format.enumeration : NULL;
}

static bool same_schema(const corm_model_info *a, const corm_model_info *b)
{
	return a->schema == b->schema || (a->schema && b->schema && strcmp(a->schema, b->schema) == 0);
}

/* Has a column before this one the same type? */
static bool is_known(const corm_metadata *metadata, size_t at, size_t column)
{
	const corm_model_info *model = metadata->models[at];
	const corm_enum *enumeration = type_of(&model->columns[column]);
	for (size_t i = 0; i <= at; i++) {
		const corm_model_info *other = metadata->models[i];
		size_t count = i < at ? other->column_count : column;
		for (size_t k = 0; same_schema(model, other) && k < count; k++) {
			const corm_enum *found = type_of(&other->columns[k]);
			if (found && strcmp(found->name, enumeration->name) == 0)
				return true;
		}
	}
	return false;
}

bool corm__ddl_next_type(const struct corm__ddl *ddl, struct corm__ddl_type *type)
{
	const corm_metadata *metadata = ddl->metadata;
	for (; ddl->dialect->enum_types && type->next_model < metadata->count; type->next_model++, type->next_column = 0) {
		const corm_model_info *model = metadata->models[type->next_model];
		while (type->next_column < model->column_count) {
			size_t column = type->next_column++;
			type->enumeration = type_of(&model->columns[column]);
			if (!type->enumeration || is_known(metadata, type->next_model, column))
				continue;
			type->model = model;
			return true;
		}
	}
	return false;
}

static void write_type(struct corm__buffer *sql, const struct corm__ddl *ddl, const struct corm__ddl_type *type)
{
	char name[CORM__MADE_NAME + 1];
	if (type->model->schema) {
		corm__write_identifier(sql, ddl->dialect, type->model->schema);
		corm__buffer_char(sql, '.');
	}
	corm__write_identifier(sql, ddl->dialect, corm__enum_type_name(type->enumeration, name));
}

void corm__ddl_create_type(struct corm__buffer *sql, const struct corm__ddl *ddl, const struct corm__ddl_type *type)
{
	corm__buffer_text(sql, "CREATE TYPE ");
	write_type(sql, ddl, type);
	corm__buffer_text(sql, " AS ENUM (");
	for (size_t i = 0; i < type->enumeration->count; i++) {
		corm__buffer_text(sql, i ? ", " : "");
		corm__write_literal(sql, type->enumeration->values[i].name);
	}
	corm__buffer_char(sql, ')');
}

void corm__ddl_drop_type(struct corm__buffer *sql, const struct corm__ddl *ddl, const struct corm__ddl_type *type)
{
	corm__buffer_text(sql, "DROP TYPE ");
	write_type(sql, ddl, type);
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

static void end_statement(struct corm__buffer *sql)
{
	corm__buffer_text(sql, ";\n");
}

static void write_model(struct corm__buffer *sql, const struct corm__ddl *ddl, const corm_model_info *model)
{
	corm__ddl_create_table(sql, ddl, model);
	end_statement(sql);
	for (size_t i = 0; i < corm__ddl_index_count(model); i++) {
		corm__ddl_create_index(sql, ddl->dialect, model, i);
		end_statement(sql);
	}
	for (size_t i = 0; i < corm__ddl_comment_count(ddl->dialect, model); i++) {
		corm__ddl_comment(sql, ddl->dialect, model, i);
		end_statement(sql);
	}
}

static void write_all(struct corm__buffer *sql, const struct corm__ddl *ddl)
{
	const corm_metadata *metadata = ddl->metadata;
	struct corm__ddl_type type = { 0 };
	while (corm__ddl_next_type(ddl, &type)) {
		corm__ddl_create_type(sql, ddl, &type);
		end_statement(sql);
	}
	for (size_t i = 0; i < metadata->count; i++)
		write_model(sql, ddl, metadata->models[ddl->order[i]]);
	for (size_t i = 0; i < metadata->count; i++) {
		const corm_model_info *model = metadata->models[ddl->order[i]];
		for (size_t k = 0; k < model->foreign_key_count; k++) {
			if (!corm__ddl_is_late(ddl, model, &model->foreign_keys[k]))
				continue;
			corm__ddl_add_key(sql, ddl, model, &model->foreign_keys[k]);
			end_statement(sql);
		}
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
	size_t *order = corm__alloc(&arena->allocator, metadata->count, sizeof *order);
	const struct corm__ddl ddl = { dialect, metadata, order };
	if (corm__ddl_check(&ddl, corm__last_error()) != CORM_OK) {
		corm__free(&arena->allocator, order, order ? metadata->count * sizeof *order : 0);
		return NULL;
	}
	corm__buffer_init(&sql, &arena->allocator, DDL_MAXIMUM);
	if (order && corm__ddl_order(metadata, &arena->allocator, order) == CORM_OK) {
		write_all(&sql, &ddl);
		text = sql.status ? NULL : corm__arena_copy(arena, sql.data ? sql.data : "", sql.length);
	}
	if (!text)
		corm_error_set(corm__last_error(), CORM_ERROR_MEMORY, "out of memory while the CREATE statements were written");
	corm__free(&arena->allocator, order, order ? metadata->count * sizeof *order : 0);
	corm__buffer_release(&sql);
	return text;
}
