/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening and closing engines; acquiring and releasing their connections.
 */
#include "driver/engine.h"
#include "base/error.h"
#include "driver/registry.h"
#include "driver/url.h"

/* An engine in any state of being made. */
static void engine_free(corm_engine *engine)
{
	if (engine->opened && engine->driver && engine->driver->close)
		engine->driver->close(engine->settings.shared);
	if (engine->pool_ready)
		corm__pool_release(&engine->pool);
	corm__arena_release(&engine->arena);
	corm_allocator allocator = engine->allocator;
	corm__free(&allocator, engine, sizeof *engine);
}

static corm_engine *engine_new(const corm_allocator *given, corm_error_store *error)
{
	corm_allocator allocator = corm__allocator_or_default(given);
	corm_engine *engine = corm__alloc(&allocator, 1, sizeof *engine);
	if (!engine) {
		corm_error_set(error, CORM_ERROR_MEMORY, "no memory for an engine");
		return NULL;
	}
	engine->allocator = allocator;
	engine->settings.allocator = allocator;
	engine->settings.url = &engine->url;
	corm__arena_init(&engine->arena, &engine->allocator, 1024);
	return engine;
}

/* Makes the first connection, so that what is wrong shows at once, and leaves it in the pool. */
static corm_status open_first(corm_engine *engine, void *native, corm_error_store *error)
{
	corm_status status = corm__pool_init(&engine->pool, error);
	if (status != CORM_OK)
		return status;
	engine->pool_ready = true;
	struct corm__connection *connection;
	status = corm__pool_take(&engine->pool, &connection, error);
	if (status != CORM_OK)
		return status;
	connection = corm__connection_open(engine, native, error);
	if (!connection)
		return error->error.status;
	corm__engine_release(connection, false);
	return CORM_OK;
}

static corm_status engine_open(corm_engine *engine, const char *url, const corm_engine_options *options,
                               corm_error_store *error)
{
	corm_status status = corm__url_parse(&engine->arena, url, &engine->url, error);
	if (status != CORM_OK)
		return status;
	engine->driver = corm__driver_find(engine->url.scheme, error);
	if (!engine->driver)
		return error->error.status;
	status = corm__engine_configure(engine, options, error);
	if (status == CORM_OK && engine->driver->open)
		status = engine->driver->open(&engine->settings, &engine->settings.shared, error);
	if (status != CORM_OK)
		return status;
	engine->opened = true;
	return open_first(engine, NULL, error);
}

corm_engine *corm_engine_open(const char *url)
{
	return corm_engine_open_options(url, NULL);
}

corm_engine *corm_engine_open_options(const char *url, const corm_engine_options *options)
{
	corm_error_store *error = corm__last_error();
	corm__error_clear(error);
	if (!url) {
		corm_error_set(error, CORM_ERROR_USAGE, "corm_engine_open: the URL is NULL");
		return NULL;
	}
	corm_engine *engine = engine_new(options ? options->allocator : NULL, error);
	if (engine && engine_open(engine, url, options, error) != CORM_OK) {
		engine_free(engine);
		engine = NULL;
	}
	return engine;
}

corm_engine *corm_engine_adopt_sqlite3(void *db, unsigned flags)
{
	corm_error_store *error = corm__last_error();
	corm__error_clear(error);
	if (!db || flags & ~(unsigned)CORM_ADOPT_CLOSE) {
		corm_error_set(error, CORM_ERROR_USAGE, "corm_engine_adopt_sqlite3: %s",
		               db ? "unknown flags" : "the handle is NULL");
		return NULL;
	}
	corm_engine *engine = engine_new(NULL, error);
	if (!engine)
		return NULL;
	engine->url = (corm_url){ .scheme = "sqlite", .shown = "sqlite:" };
	engine->adopted = true;
	engine->settings.adopt_close = flags & CORM_ADOPT_CLOSE;
	engine->driver = corm__driver_find("sqlite", error);
	corm_status status = engine->driver ? corm__engine_configure(engine, NULL, error) : error->error.status;
	engine->pool.size = engine->pool.limit = 1;
	if (status == CORM_OK)
		status = open_first(engine, db, error);
	if (status != CORM_OK) {
		engine_free(engine);
		return NULL;
	}
	return engine;
}

/* Closes a connection and gives back its permit, and with the last one the engine's memory. */
static void drop_connection(struct corm__connection *connection)
{
	corm_engine *engine = connection->engine;
	corm__connection_close(connection);
	if (corm__pool_give_permit(&engine->pool))
		engine_free(engine);
}

void corm_engine_close(corm_engine *engine)
{
	if (!engine)
		return;
	int in_use = corm__pool_shut(&engine->pool);
	struct corm__connection *idle = corm__pool_drain(&engine->pool);
	while (idle) {
		struct corm__connection *next = idle->next;
		drop_connection(idle);
		idle = next;
		in_use--;
	}
	/* The engine then lives on until the last of its sessions is closed: better late than under their feet. */
	if (in_use) {
		corm_error_store error;
		corm_error_set(&error, CORM_ERROR_USAGE,
		               "corm_engine_close: %d sessions of the engine are open: close them before", in_use);
		corm__error_report(&error.error);
	}
	if (corm__pool_give_permit(&engine->pool))
		engine_free(engine);
}

void corm_engine_on_statement(corm_engine *engine, corm_statement_hook *hook, void *data)
{
	if (!engine)
		return;
	engine->statement_hook = hook;
	engine->statement_data = data;
}

void corm_engine_on_connect(corm_engine *engine, corm_connect_hook *hook, void *data)
{
	if (!engine)
		return;
	engine->connect_hook = hook;
	engine->connect_data = data;
	struct corm__connection *idle = hook ? corm__pool_drain(&engine->pool) : NULL;
	while (idle) {
		struct corm__connection *next = idle->next;
		corm_status status = hook(data, idle->driver->native(idle->state));
		corm__engine_release(idle, status != CORM_OK);
		idle = next;
	}
}

/* Asks the database whether it still answers. */
static bool ping(struct corm__connection *connection)
{
	corm_error_store error;
	struct corm__statement *statement = corm__statement_prepare(connection, NULL, 0, "SELECT 1", sizeof "SELECT 1" - 1,
	                                                            &error);
	if (!statement)
		return false;
	corm_step step = connection->driver->bind(statement->state, NULL, NULL, 0, &error) == CORM_OK
	                     ? connection->driver->step(statement->state, &error)
	                     : CORM_STEP_ERROR;
	while (step == CORM_STEP_ROW)
		step = connection->driver->step(statement->state, &error);
	corm__statement_release(statement);
	return step == CORM_STEP_DONE;
}

/* Can an idle connection be used again? */
static bool is_fresh(struct corm__connection *connection)
{
	const corm_engine *engine = connection->engine;
	if (engine->adopted)
		return true;
	if (engine->recycle_ms && corm__clock_ns() - connection->opened_ns > (int64_t)engine->recycle_ms * 1000000)
		return false;
	return connection->driver->alive(connection->state) && (!engine->pre_ping || ping(connection));
}

corm_status corm__engine_acquire(corm_engine *engine, struct corm__connection **out, corm_error_store *error)
{
	struct corm__connection *connection;
	corm_status status = corm__pool_take(&engine->pool, &connection, error);
	if (status != CORM_OK)
		return status;
	if (connection && !is_fresh(connection)) {
		corm__connection_close(connection);
		connection = NULL;
	}
	if (!connection)
		connection = corm__connection_open(engine, NULL, error);
	if (!connection) {
		if (corm__pool_give_permit(&engine->pool))
			engine_free(engine);
		return error->error.status;
	}
	*out = connection;
	return CORM_OK;
}

void corm__engine_release(struct corm__connection *connection, bool broken)
{
	corm_engine *engine = connection->engine;
	/* An adopted handle cannot be opened anew: it stays as it is. */
	if (!engine->adopted && (broken || !connection->driver->alive(connection->state)))
		drop_connection(connection);
	else if (!corm__pool_give(&engine->pool, connection))
		drop_connection(connection);
}
