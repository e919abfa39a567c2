/* SPDX-License-Identifier: Apache-2.0
 *
 * corm_create_all and corm_drop_all.
 */
#include "base/error.h"
#include "driver/engine.h"
#include "sql/ddl.h"
#include <strings.h>

#define STATEMENT_MAXIMUM ((size_t)4 << 20)

/* The schema of one engine, inside one transaction. */
struct schema {
	struct corm__connection *connection;
	const struct corm__dialect *dialect;
	const corm_metadata *metadata;
	const corm_allocator *allocator;
	size_t *order; /* of the models, parents first */
	bool *exists;  /* per model of the metadata: its table does */
	struct corm__buffer sql;
	corm_error_store *error;
};

static corm_status no_memory(struct schema *schema)
{
	return corm_error_set(schema->error, CORM_ERROR_MEMORY, "out of memory while the schema was read");
}

/* ---- what exists ------------------------------------------------------------------------------------------------- */

/* Marks the model's column of that name. SQLite's names and MariaDB's columns come in any case. */
static void mark_column(const corm_model_info *model, const char *name, bool *found)
{
	for (size_t i = 0; i < model->column_count; i++)
		if (strcasecmp(model->columns[i].name, name) == 0)
			found[i] = true;
}

/* Reads the names of a table's columns; rows counts them. */
static corm_status read_names(struct schema *schema, struct corm__statement *statement, const corm_model_info *model,
                              bool *found, size_t *rows)
{
	static const corm_format text = { .type = CORM_TYPE_TEXT, .size = sizeof(const char *) };
	static const corm_target target = { .format = { .type = CORM_TYPE_TEXT, .size = sizeof(const char *) },
		                                .name = "name" };

	const corm_driver *driver = schema->connection->driver;
	struct corm_arena arena;
	const char *name = NULL;
	corm_step step = CORM_STEP_ERROR;
	corm__arena_init(&arena, schema->allocator, 0);
	corm_status status = driver->bind(statement->state, (const corm_format *const[]){ &text },
	                                  (const void *const[]){ &model->table }, 1, schema->error);
	while (status == CORM_OK && (step = driver->step(statement->state, schema->error)) == CORM_STEP_ROW) {
		status = driver->read(statement->state, 0, &target, 1, &name, &arena.room, schema->error);
		if (status == CORM_OK)
			mark_column(model, name, found);
		++*rows;
	}
	corm__arena_release(&arena);
	if (status == CORM_OK && step == CORM_STEP_ERROR)
		status = schema->error->error.status;
	return status;
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
	const char *query = schema->dialect->columns_query;
	bool *found = corm__alloc(schema->allocator, model->column_count, sizeof *found);
	if (!found)
		return no_memory(schema);
	size_t rows = 0;
	struct corm__statement *statement = corm__statement_prepare(schema->connection, NULL, 0, query, strlen(query),
	                                                            schema->error);
	corm_status status = statement ? read_names(schema, statement, model, found, &rows) : schema->error->error.status;
	corm__statement_release(statement);
	*exists = rows > 0;
	for (size_t i = 0; status == CORM_OK && complete && *exists && i < model->column_count; i++)
		if (!found[i])
			status = missing_column(schema, model, &model->columns[i]);
	corm__free(schema->allocator, found, model->column_count * sizeof *found);
	return status;
}

static corm_status inspect_all(struct schema *schema, bool complete)
{
	corm_status status = CORM_OK;
	for (size_t i = 0; status == CORM_OK && i < schema->metadata->count; i++)
		status = inspect(schema, schema->metadata->models[i], complete, &schema->exists[i]);
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

static corm_status create_table(struct schema *schema, const corm_model_info *model)
{
	corm__ddl_create_table(&schema->sql, schema->dialect, model);
	corm_status status = execute(schema);
	for (size_t i = 0; status == CORM_OK && i < corm__ddl_index_count(model); i++) {
		corm__ddl_create_index(&schema->sql, schema->dialect, model, i);
		status = execute(schema);
	}
	return status;
}

static corm_status create_all(struct schema *schema)
{
	corm_status status = inspect_all(schema, true);
	for (size_t i = 0; status == CORM_OK && i < schema->metadata->count; i++)
		if (!schema->exists[schema->order[i]])
			status = create_table(schema, schema->metadata->models[schema->order[i]]);
	return status;
}

/* Rows of tables that refer to each other go with both, so their keys are looked at when all tables are gone. */
static corm_status drop_all(struct schema *schema)
{
	corm_status status = inspect_all(schema, false);
	if (status == CORM_OK && schema->dialect->defer_foreign_keys)
		status = corm__connection_execute(schema->connection, schema->dialect->defer_foreign_keys, schema->error);
	for (size_t i = schema->metadata->count; status == CORM_OK && i-- > 0;) {
		if (!schema->exists[schema->order[i]])
			continue;
		corm__ddl_drop_table(&schema->sql, schema->dialect, schema->metadata->models[schema->order[i]]);
		status = execute(schema);
	}
	return status;
}

/* ---- the transaction around it ----------------------------------------------------------------------------------- */

/* The first error is the one to keep; a connection that cannot even roll back is not used again. */
static bool roll_back(struct schema *schema)
{
	corm_error_store ignored;
	return corm__connection_control(schema->connection, "ROLLBACK", &ignored) == CORM_OK;
}

static corm_status in_transaction(struct schema *schema, corm_status (*work)(struct schema *schema), bool *broken)
{
	const corm_driver *driver = schema->connection->driver;
	corm_status status = corm__connection_control(schema->connection, driver->begin, schema->error);
	if (status != CORM_OK)
		return status;
	status = work(schema);
	if (status == CORM_OK)
		status = corm__connection_control(schema->connection, "COMMIT", schema->error);
	if (status != CORM_OK && driver->in_transaction(schema->connection->state))
		*broken = !roll_back(schema);
	return status;
}

static corm_status with_schema(corm_engine *engine, const corm_metadata *metadata,
                               corm_status (*work)(struct schema *schema))
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
		status = in_transaction(&schema, work, &broken);
	corm__buffer_release(&schema.sql);
	corm__free(schema.allocator, schema.exists, metadata->count * sizeof *schema.exists);
	corm__free(schema.allocator, schema.order, metadata->count * sizeof *schema.order);
	corm__engine_release(schema.connection, broken);
	return status;
}

static corm_status checked(const char *function, corm_engine *engine, const corm_metadata *metadata,
                           corm_status (*work)(struct schema *schema))
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
