/* SPDX-License-Identifier: Apache-2.0
 *
 * One connection: opening, closing, and its cache of prepared statements.
 */
#include "driver/engine.h"
#include <stdalign.h>
#include <stdio.h>
#include <string.h>

/* The size of a struct that a driver's state follows in the same block. */
static size_t aligned(size_t size)
{
	return (size + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
}

static corm_status run_connect_hook(struct corm__connection *connection, corm_error_store *error)
{
	const corm_engine *engine = connection->engine;
	if (!engine->connect_hook)
		return CORM_OK;
	void *native = connection->driver->native(connection->state, error);
	if (!native)
		return error->error.status;
	corm_status status = engine->connect_hook(engine->connect_data, native);
	if (status == CORM_OK)
		return CORM_OK;
	return corm_error_set(error, status, "the engine's connect hook refused a new connection: %s",
	                      corm_status_meaning(status));
}

/* In a forked child the driver is told first, so that it need not care for its statements. */
static void connection_free(struct corm__connection *connection)
{
	const corm_driver *driver = connection->driver;
	bool forked = corm__engine_is_forked(connection->engine);
	if (forked && driver->abandon)
		driver->abandon(connection->state);
	corm__statements_free(connection);
	corm__map_release(&connection->statements);
	if (!forked)
		driver->disconnect(connection->state);
	corm__free(&connection->engine->allocator, connection, connection->block_size);
}

struct corm__connection *corm__connection_open(corm_engine *engine, void *native, corm_error_store *error)
{
	const corm_driver *driver = engine->driver;
	size_t block_size = aligned(sizeof(struct corm__connection)) + driver->connection_size;
	struct corm__connection *connection = corm__alloc(&engine->allocator, 1, block_size);
	if (!connection) {
		corm__pool_count(&engine->pool, CORM__POOL_FAILED);
		corm_error_set(error, CORM_ERROR_MEMORY, "no memory for a connection");
		return NULL;
	}
	connection->engine = engine;
	connection->driver = driver;
	connection->state = (char *)connection + aligned(sizeof *connection);
	connection->block_size = block_size;
	connection->opened_ns = corm__clock_ns();
	corm__map_init(&connection->statements, &engine->allocator);
	corm_status status = native ? driver->adopt(connection->state, &engine->settings, native, error)
	                            : driver->connect(connection->state, &engine->settings, error);
	if (status == CORM_OK)
		status = run_connect_hook(connection, error);
	if (status != CORM_OK) {
		corm__pool_count(&engine->pool, CORM__POOL_FAILED);
		connection_free(connection);
		return NULL;
	}
	corm__pool_count(&engine->pool, CORM__POOL_OPENED);
	connection->capabilities = driver->capabilities(connection->state);
	return connection;
}

void corm__connection_close(struct corm__connection *connection)
{
	if (!corm__engine_is_forked(connection->engine))
		corm__pool_count(&connection->engine->pool, CORM__POOL_CLOSED);
	connection_free(connection);
}

corm_status corm__connection_execute(struct corm__connection *connection, const char *sql, corm_error_store *error)
{
	bool traced = corm__engine_traced(connection->engine);
	int64_t started_ns = traced ? corm__clock_ns() : 0;
	corm_status status = connection->driver->execute(connection->state, sql, error);
	if (traced)
		corm__engine_trace(connection->engine,
		                   &(struct corm__ran){ .sql = sql, .started_ns = started_ns, .status = status });
	return status;
}

corm_status corm__connection_begin_as(struct corm__connection *connection, const char *isolation_level, bool read_only,
                                      corm_error_store *error)
{
	const corm_engine *engine = connection->engine;
	const corm_driver *driver = connection->driver;
	if (!driver->begin_as)
		return corm_error_set(error, CORM_ERROR_USAGE,
		                      "%s: its transactions have neither isolation levels nor are there any that only read",
		                      driver->name);
	int64_t started_ns = engine->echo ? corm__clock_ns() : 0;
	corm_status status = driver->begin_as(connection->state, isolation_level, read_only, error);
	if (engine->echo) {
		/* Not what is sent, which is the driver's affair, but what it means. */
		char shown[64];
		snprintf(shown, sizeof shown, "BEGIN%s%s%s", isolation_level ? " ISOLATION LEVEL " : "",
		         isolation_level ? isolation_level : "", read_only ? " READ ONLY" : "");
		corm__engine_echo(engine, shown, started_ns, status);
	}
	return status;
}

void corm__connection_end_as(struct corm__connection *connection)
{
	if (connection->driver->end_as)
		connection->driver->end_as(connection->state);
}

/* Runs a statement that is prepared once per connection like any other: parsing BEGIN anew would cost as much as a small
 * query. */
static corm_status run_plain(struct corm__connection *connection, const char *sql, corm_error_store *error)
{
	size_t length = strlen(sql);
	struct corm__statement *statement = corm__statement_find(connection, sql, length);
	if (!statement)
		statement = corm__statement_prepare(connection, sql, length, sql, length, error);
	if (!statement)
		return error->error.status;
	corm_step step;
	do
		step = connection->driver->step(statement->state, error);
	while (step == CORM_STEP_ROW);
	corm__statement_release(statement);
	return step == CORM_STEP_ERROR ? error->error.status : CORM_OK;
}

bool corm__connection_ping(struct corm__connection *connection)
{
	corm_error_store error = { .used = 0 };
	return run_plain(connection, "SELECT 1", &error) == CORM_OK;
}

corm_status corm__connection_control(struct corm__connection *connection, const char *sql, corm_error_store *error)
{
	const corm_engine *engine = connection->engine;
	int64_t started_ns = engine->echo ? corm__clock_ns() : 0;
	corm_status status = run_plain(connection, sql, error);
	if (engine->echo)
		corm__engine_echo(engine, sql, started_ns, status);
	return status;
}

/* Takes a statement out of the order of use. */
static void unlink_statement(struct corm__statement *statement)
{
	struct corm__connection *connection = statement->connection;
	*(statement->newer ? &statement->newer->older : &connection->newest) = statement->older;
	*(statement->older ? &statement->older->newer : &connection->oldest) = statement->newer;
}

static void link_newest(struct corm__statement *statement)
{
	struct corm__connection *connection = statement->connection;
	statement->newer = NULL;
	statement->older = connection->newest;
	*(statement->older ? &statement->older->newer : &connection->oldest) = statement;
	connection->newest = statement;
}

static void statement_free(struct corm__statement *statement)
{
	struct corm__connection *connection = statement->connection;
	const corm_allocator *allocator = &connection->engine->allocator;
	if (statement->key) {
		corm__map_remove(&connection->statements, statement->key, statement->key_size);
		unlink_statement(statement);
		connection->statement_count--;
	}
	if (statement->plan && statement->plan_free)
		statement->plan_free(statement->plan, allocator);
	if (!corm__engine_is_forked(connection->engine))
		connection->driver->finalize(statement->state);
	corm__free(allocator, statement, statement->block_size);
}

void corm__statements_free(struct corm__connection *connection)
{
	while (connection->newest)
		statement_free(connection->newest);
}

struct corm__statement *corm__statement_find(struct corm__connection *connection, const void *key, size_t size)
{
	struct corm__statement *statement = corm__map_get(&connection->statements, key, size);
	if (!statement || statement->in_use)
		return NULL;
	if (statement != connection->newest) {
		unlink_statement(statement);
		link_newest(statement);
	}
	statement->in_use = true;
	return statement;
}

/* Finalizes the one whose last use is the longest ago. False when all are in use. */
static bool evict_statement(struct corm__connection *connection)
{
	struct corm__statement *statement = connection->oldest;
	while (statement && statement->in_use)
		statement = statement->newer;
	if (statement)
		statement_free(statement);
	return statement != NULL;
}

/* Puts a new statement into the cache under key. Where that is not possible it stays outside, and works just as
 * well. */
static void cache_statement(struct corm__statement *statement, const void *key, size_t size)
{
	struct corm__connection *connection = statement->connection;
	if (corm__map_get(&connection->statements, key, size))
		return;
	if (connection->statement_count >= CORM__STATEMENTS_MAXIMUM && !evict_statement(connection))
		return;
	if (!corm__map_set(&connection->statements, key, size, statement))
		return;
	statement->key = key;
	statement->key_size = size;
	connection->statement_count++;
	link_newest(statement);
}

struct corm__statement *corm__statement_prepare(struct corm__connection *connection, const void *key, size_t size,
                                                const char *sql, size_t length, corm_error_store *error)
{
	const corm_driver *driver = connection->driver;
	const corm_allocator *allocator = &connection->engine->allocator;
	/* One block: the struct, the driver's state, the key, the text and its NUL. */
	size_t state_at = aligned(sizeof(struct corm__statement));
	size_t key_at = state_at + driver->statement_size;
	struct corm__statement *statement = NULL;
	if (size < SIZE_MAX / 4 && length < SIZE_MAX / 4)
		statement = corm__alloc(allocator, 1, key_at + size + length + 1);
	if (!statement) {
		corm_error_set(error, CORM_ERROR_MEMORY, "no memory to prepare a statement");
		return NULL;
	}
	char *block = (char *)statement, *sql_copy = block + key_at + size;
	statement->connection = connection;
	statement->state = block + state_at;
	statement->sql = sql_copy;
	statement->sql_length = length;
	statement->in_use = true;
	statement->block_size = key_at + size + length + 1;
	if (key && size)
		memcpy(block + key_at, key, size);
	memcpy(sql_copy, sql, length);
	if (driver->prepare(connection->state, statement->state, sql_copy, length, error) != CORM_OK) {
		statement_free(statement);
		return NULL;
	}
	if (key)
		cache_statement(statement, block + key_at, size);
	return statement;
}

void corm__statement_release(struct corm__statement *statement)
{
	if (!statement)
		return;
	if (!corm__engine_is_forked(statement->connection->engine))
		statement->connection->driver->reset(statement->state);
	statement->in_use = false;
	if (!statement->key)
		statement_free(statement);
}
