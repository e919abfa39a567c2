/* SPDX-License-Identifier: Apache-2.0
 *
 * corm_create_all and corm_drop_all.
 *
 * All or nothing where CREATE and DROP can be rolled back (CORM_CAN_TRANSACTIONAL_DDL); elsewhere each statement
 * commits by itself, and what was done before a failure stays.
 */
#include "base/error.h"
#include "driver/engine.h"
#include "sql/ddl.h"
#include <stdio.h>
#include <strings.h>

#define STATEMENT_MAXIMUM ((size_t)4 << 20)

/* The schema of one engine, inside one transaction. */
struct schema {
	struct corm__connection *connection;
	const struct corm__dialect *dialect;
	const corm_metadata *metadata;
	const corm_allocator *allocator;
	size_t *order;    /* of the models, parents first */
	bool *exists;     /* per model of the metadata: its table does */
	bool is_complete; /* nothing is missing */
	struct corm__buffer sql;
	corm_error_store *error;
};

static corm_status no_memory(struct schema *schema)
{
	return corm_error_set(schema->error, CORM_ERROR_MEMORY, "out of memory while the schema was read");
}

/* ---- what exists ------------------------------------------------------------------------------------------------- */

/* The names that a database has of something: a table's columns, an enum's labels. */
struct names {
	const char *query, *of, *in; /* of: a name, the query's parameter; in: its schema, or NULL */
	bool any_case;
	/* What is looked for: wanted(data, i) is the name of the i-th of count, found[i] whether it is there. */
	const char *(*wanted)(const void *data, size_t index);
	const void *data;
	size_t count;
	bool *found;
	size_t rows;     /* how many there are */
	bool unknown;    /* one of them is not looked for: */
	char other[128]; /* the first of these, cut */
};

static void mark_name(struct names *names, const char *name)
{
	bool is_known = false;
	for (size_t i = 0; i < names->count; i++) {
		const char *wanted = names->wanted(names->data, i);
		if ((names->any_case ? strcasecmp(wanted, name) : strcmp(wanted, name)) == 0)
			is_known = names->found[i] = true;
	}
	names->rows++;
	if (is_known || names->unknown)
		return;
	names->unknown = true;
	snprintf(names->other, sizeof names->other, "%s", name);
}

static corm_status read_names(struct schema *schema, struct corm__statement *statement, struct names *names)
{
	static const corm_format text = { .type = CORM_TYPE_TEXT, .size = sizeof(const char *) };
	static const corm_target target = { .format = { .type = CORM_TYPE_TEXT, .size = sizeof(const char *) },
		                                .name = "name" };

	const corm_driver *driver = schema->connection->driver;
	struct corm_arena arena;
	const char *name = NULL;
	corm_step step = CORM_STEP_ERROR;
	corm__arena_init(&arena, schema->allocator, 0);
	corm_status status = driver->bind(statement->state, (const corm_format *const[]){ &text, &text },
	                                  (const void *const[]){ &names->of, names->in ? &names->in : NULL },
	                                  schema->dialect->schema_parameter ? 2 : 1, schema->error);
	while (status == CORM_OK && (step = driver->step(statement->state, schema->error)) == CORM_STEP_ROW) {
		status = driver->read(statement->state, 0, &target, 1, &name, &arena.room, schema->error);
		if (status == CORM_OK)
			mark_name(names, name);
	}
	corm__arena_release(&arena);
	if (status == CORM_OK && step == CORM_STEP_ERROR)
		status = schema->error->error.status;
	return status;
}

static corm_status find_names(struct schema *schema, struct names *names)
{
	names->found = corm__alloc(schema->allocator, names->count, sizeof *names->found);
	if (!names->found)
		return no_memory(schema);
	struct corm__statement *statement = corm__statement_prepare(schema->connection, NULL, 0, names->query,
	                                                            strlen(names->query), schema->error);
	corm_status status = statement ? read_names(schema, statement, names) : schema->error->error.status;
	corm__statement_release(statement);
	return status;
}

static void free_names(struct schema *schema, struct names *names)
{
	corm__free(schema->allocator, names->found, names->found ? names->count * sizeof *names->found : 0);
}

static const char *name_of_column(const void *data, size_t index)
{
	return ((const corm_model_info *)data)->columns[index].name;
}

static corm_status missing_column(struct schema *schema, const corm_model_info *model, const corm_column *column)
{
	corm_error_set(
		schema->error, CORM_ERROR_SQL,
		"table \"%s\" exists without the column \"%s\" of its model: run corm revision --autogenerate and corm upgrade",
		model->table, column->name);
	corm_error_detail(schema->error, &schema->error->error.table, model->table, SIZE_MAX);
	corm_error_detail(schema->error, &schema->error->error.column, column->name, SIZE_MAX);
	return CORM_ERROR_SQL;
}

/* Does the model's table exist, and, when complete is asked for, with all columns? */
static corm_status inspect(struct schema *schema, const corm_model_info *model, bool complete, bool *exists)
{
	struct names names = {
		.query = schema->dialect->columns_query,
		.of = model->table,
		.in = model->schema,
		.any_case = schema->dialect->any_case,
		.wanted = name_of_column,
		.data = model,
		.count = model->column_count,
	};
	corm_status status = find_names(schema, &names);
	*exists = names.rows > 0;
	for (size_t i = 0; status == CORM_OK && complete && *exists && i < model->column_count; i++)
		if (!names.found[i])
			status = missing_column(schema, model, &model->columns[i]);
	free_names(schema, &names);
	return status;
}

static corm_status inspect_all(struct schema *schema, bool complete)
{
	corm_status status = CORM_OK;
	for (size_t i = 0; status == CORM_OK && i < schema->metadata->count; i++)
		status = inspect(schema, schema->metadata->models[i], complete, &schema->exists[i]);
	return status;
}

static const char *name_of_value(const void *data, size_t index)
{
	return ((const corm_enum *)data)->values[index].name;
}

static corm_status other_labels(struct schema *schema, const struct names *names)
{
	size_t i = 0;
	while (i < names->count && names->found[i])
		i++;
	return corm_error_set(schema->error, CORM_ERROR_SQL,
	                      "type \"%s\" exists %s the label \"%s\"%s: run corm revision --autogenerate and corm upgrade",
	                      names->of, i < names->count ? "without" : "with",
	                      i < names->count ? names->wanted(names->data, i) : names->other,
	                      i < names->count ? " of its enum" : ", which its enum does not have");
}

/* The same for an enum's type; its labels must be those of the enum, in whatever order. */
static corm_status inspect_type(struct schema *schema, const struct corm__ddl_type *type, bool complete, bool *exists)
{
	char name[CORM__MADE_NAME + 1];
	struct names names = {
		.query = schema->dialect->labels_query,
		.of = corm__enum_type_name(type->enumeration, name),
		.in = type->model->schema,
		.wanted = name_of_value,
		.data = type->enumeration,
		.count = type->enumeration->count,
	};
	corm_status status = find_names(schema, &names);
	*exists = names.rows > 0;
	if (status == CORM_OK && complete && *exists && (names.unknown || names.rows != names.count))
		status = other_labels(schema, &names);
	free_names(schema, &names);
	return status;
}

/* ---- creating and dropping --------------------------------------------------------------------------------------- */

/* Runs what stands in the buffer, and empties it. */
static corm_status execute(struct schema *schema)
{
	corm_status status = schema->sql.status
	                         ? no_memory(schema)
	                         : corm__connection_execute(schema->connection, schema->sql.data, schema->error);
	corm__buffer_clear(&schema->sql);
	return status;
}

static struct corm__ddl ddl_of(const struct schema *schema)
{
	return (struct corm__ddl){ schema->dialect, schema->metadata, schema->order };
}

static corm_status create_types(struct schema *schema)
{
	const struct corm__ddl ddl = ddl_of(schema);
	struct corm__ddl_type type = { 0 };
	corm_status status = CORM_OK;
	while (status == CORM_OK && corm__ddl_next_type(&ddl, &type)) {
		bool exists = false;
		status = inspect_type(schema, &type, true, &exists);
		if (status != CORM_OK || exists)
			continue;
		corm__ddl_create_type(&schema->sql, &ddl, &type);
		status = execute(schema);
	}
	return status;
}

static corm_status create_table(struct schema *schema, const corm_model_info *model)
{
	const struct corm__ddl ddl = ddl_of(schema);
	corm__ddl_create_table(&schema->sql, &ddl, model);
	corm_status status = execute(schema);
	for (size_t i = 0; status == CORM_OK && i < corm__ddl_index_count(model); i++) {
		corm__ddl_create_index(&schema->sql, schema->dialect, model, i);
		status = execute(schema);
	}
	for (size_t i = 0; status == CORM_OK && i < corm__ddl_comment_count(schema->dialect, model); i++) {
		corm__ddl_comment(&schema->sql, schema->dialect, model, i);
		status = execute(schema);
	}
	return status;
}

typedef void write_key(struct corm__buffer *sql, const struct corm__ddl *ddl, const corm_model_info *model,
                       const corm_foreign_key *key);

/* Foreign keys that refer to later tables, of the tables that exist or do not. */
static corm_status change_late_keys(struct schema *schema, bool of_existing, write_key *write)
{
	const struct corm__ddl ddl = ddl_of(schema);
	corm_status status = CORM_OK;
	for (size_t i = 0; i < schema->metadata->count; i++) {
		const corm_model_info *model = schema->metadata->models[i];
		for (size_t k = 0; status == CORM_OK && schema->exists[i] == of_existing && k < model->foreign_key_count; k++) {
			if (!corm__ddl_is_late(&ddl, model, &model->foreign_keys[k]))
				continue;
			write(&schema->sql, &ddl, model, &model->foreign_keys[k]);
			status = execute(schema);
		}
	}
	return status;
}

/* Is anything missing? */
static corm_status look(struct schema *schema)
{
	const struct corm__ddl ddl = ddl_of(schema);
	struct corm__ddl_type type = { 0 };
	corm_status status = corm__ddl_check(&ddl, schema->error);
	schema->is_complete = true;
	if (status == CORM_OK)
		status = inspect_all(schema, true);
	for (size_t i = 0; status == CORM_OK && i < schema->metadata->count; i++)
		schema->is_complete = schema->is_complete && schema->exists[i];
	while (status == CORM_OK && corm__ddl_next_type(&ddl, &type)) {
		bool exists = false;
		status = inspect_type(schema, &type, true, &exists);
		schema->is_complete = schema->is_complete && exists;
	}
	return status;
}

static corm_status create_missing(struct schema *schema)
{
	corm_status status = look(schema);
	if (status == CORM_OK)
		status = create_types(schema);
	for (size_t i = 0; status == CORM_OK && i < schema->metadata->count; i++)
		if (!schema->exists[schema->order[i]])
			status = create_table(schema, schema->metadata->models[schema->order[i]]);
	return status == CORM_OK ? change_late_keys(schema, false, corm__ddl_add_key) : status;
}

static corm_status drop_types(struct schema *schema)
{
	const struct corm__ddl ddl = ddl_of(schema);
	struct corm__ddl_type type = { 0 };
	corm_status status = CORM_OK;
	while (status == CORM_OK && corm__ddl_next_type(&ddl, &type)) {
		bool exists = false;
		status = inspect_type(schema, &type, false, &exists);
		if (status != CORM_OK || !exists)
			continue;
		corm__ddl_drop_type(&schema->sql, &ddl, &type);
		status = execute(schema);
	}
	return status;
}

/* Rows of tables that refer to each other go with both, so their keys are looked at when all tables are gone, or are
 * dropped before the tables. A key of a table of somebody else's stays, and refuses. */
static corm_status drop_existing(struct schema *schema)
{
	corm_status status = inspect_all(schema, false);
	if (status == CORM_OK && schema->dialect->defer_foreign_keys)
		status = corm__connection_execute(schema->connection, schema->dialect->defer_foreign_keys, schema->error);
	if (status == CORM_OK)
		status = change_late_keys(schema, true, corm__ddl_drop_key);
	for (size_t i = schema->metadata->count; status == CORM_OK && i-- > 0;) {
		if (!schema->exists[schema->order[i]])
			continue;
		corm__ddl_drop_table(&schema->sql, schema->dialect, schema->metadata->models[schema->order[i]]);
		status = execute(schema);
	}
	return status == CORM_OK ? drop_types(schema) : status;
}

/* ---- the transaction around it ----------------------------------------------------------------------------------- */

/* The first error is the one to keep; a connection that cannot even roll back is not used again. */
static bool roll_back(struct schema *schema)
{
	corm_error_store ignored;
	return corm__connection_control(schema->connection, "ROLLBACK", &ignored) == CORM_OK;
}

static corm_status in_transaction(struct schema *schema, const char *begin, corm_status (*work)(struct schema *schema),
                                  bool *broken)
{
	const corm_driver *driver = schema->connection->driver;
	corm_status status = corm__connection_control(schema->connection, begin ? begin : driver->begin, schema->error);
	if (status != CORM_OK)
		return status;
	status = work(schema);
	if (status == CORM_OK)
		status = corm__connection_control(schema->connection, "COMMIT", schema->error);
	if (status != CORM_OK && driver->transaction(schema->connection->state) != CORM_TRANSACTION_NONE)
		*broken = !roll_back(schema);
	return status;
}

static corm_status create_locked(struct schema *schema)
{
	corm_status status = CORM_OK;
	if (schema->dialect->lock_schema)
		status = corm__connection_execute(schema->connection, schema->dialect->lock_schema, schema->error);
	return status == CORM_OK ? create_missing(schema) : status;
}

/* Where nothing is missing, nobody waits for anybody, and nothing need be writable. */
static corm_status create_all(struct schema *schema, bool *broken)
{
	corm_error_store ignored;
	corm_status status = in_transaction(schema, NULL, look, broken);
	if (status != CORM_OK || schema->is_complete)
		return status;
	status = in_transaction(schema, schema->dialect->begin_schema, create_locked, broken);
	if (schema->dialect->unlock_schema && !*broken &&
	    corm__connection_execute(schema->connection, schema->dialect->unlock_schema, &ignored) != CORM_OK)
		*broken = true;
	return status;
}

static corm_status drop_all(struct schema *schema, bool *broken)
{
	return in_transaction(schema, NULL, drop_existing, broken);
}

static corm_status with_schema(corm_engine *engine, const corm_metadata *metadata,
                               corm_status (*work)(struct schema *schema, bool *broken))
{
	bool broken = false;
	struct schema schema = {
		.metadata = metadata,
		.allocator = corm__engine_allocator(engine),
		.error = corm__last_error(),
	};
	corm_status status = corm__engine_acquire(engine, &schema.connection, schema.error);
	if (status != CORM_OK)
		return status;
	schema.dialect = corm__dialect_find(schema.connection->driver->dialect);
	schema.order = corm__alloc(schema.allocator, metadata->count, sizeof *schema.order);
	schema.exists = corm__alloc(schema.allocator, metadata->count, sizeof *schema.exists);
	corm__buffer_init(&schema.sql, schema.allocator, STATEMENT_MAXIMUM);
	if (!schema.dialect)
		status = corm_error_set(schema.error, CORM_ERROR_USAGE, "there is no dialect \"%s\"",
		                        schema.connection->driver->dialect);
	else if (!schema.order || !schema.exists || corm__ddl_order(metadata, schema.allocator, schema.order) != CORM_OK)
		status = no_memory(&schema);
	else
		status = work(&schema, &broken);
	corm__buffer_release(&schema.sql);
	corm__free(schema.allocator, schema.exists, metadata->count * sizeof *schema.exists);
	corm__free(schema.allocator, schema.order, metadata->count * sizeof *schema.order);
	corm__engine_release(schema.connection, broken);
	return status;
}

static corm_status checked(const char *function, corm_engine *engine, const corm_metadata *metadata,
                           corm_status (*work)(struct schema *schema, bool *broken))
{
	corm__error_clear(corm__last_error());
	if (!engine || !metadata)
		return corm_error_set(corm__last_error(), CORM_ERROR_USAGE, "%s: %s is NULL", function,
		                      engine ? "metadata" : "engine");
	return with_schema(engine, metadata, work);
}

corm_status corm_create_all(corm_engine *engine, const corm_metadata *metadata)
{
	return checked("corm_create_all", engine, metadata, create_all);
}

corm_status corm_drop_all(corm_engine *engine, const corm_metadata *metadata)
{
	return checked("corm_drop_all", engine, metadata, drop_all);
}
