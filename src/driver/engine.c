/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening and closing engines; acquiring and releasing their connections.
 */
#include "driver/engine.h"
#include "base/error.h"
#include "driver/registry.h"
#include "driver/url.h"

/* An engine in any state of being made. In a forked child, what the driver has for all connections stays, as what it has
 * for each: it may lead to the parent's. */
static void engine_free(corm_engine *engine)
{
	if (engine->opened && engine->driver && engine->driver->close && !corm__engine_is_forked(engine))
		engine->driver->close(engine->settings.shared);
	if (engine->pool_ready)
		corm__pool_release(&engine->pool);
	corm__arena_release(&engine->arena);
	corm_allocator allocator = engine->allocator;
	corm__free(&allocator, engine, sizeof *engine);
}

/* What a server says beside its answers goes to who wants to hear it. */
static void pass_notice(void *data, const char *severity, const char *message)
{
	const corm_engine *engine = data;
	if (engine->notice_hook)
		engine->notice_hook(engine->notice_data, severity, message);
}

static corm_engine *engine_new(const corm_allocator *given, corm_error_store *error)
{
	corm_allocator allocator = corm__allocator_or_default(given);
	corm_engine *engine = corm__fork_watch() ? corm__alloc(&allocator, 1, sizeof *engine) : NULL;
	if (!engine) {
		corm_error_set(error, CORM_ERROR_MEMORY, "no memory for an engine");
		return NULL;
	}
	engine->allocator = allocator;
	engine->generation = corm__fork_now();
	engine->settings.allocator = allocator;
	engine->settings.url = &engine->url;
	engine->settings.notice = pass_notice;
	engine->settings.notice_data = engine;
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

/* False for an engine of another process whose pool was in use at the moment of the fork. */
static bool is_usable(corm_engine *engine)
{
	return !corm__engine_is_forked(engine) || corm__pool_is_usable(&engine->pool);
}

/* Closes a connection and gives back its permit, and with the last one the engine's memory. */
static void drop_connection(struct corm__connection *connection)
{
	corm_engine *engine = connection->engine;
	/* To be asked before anything is done: a pool that is not usable is left to itself, and so is its engine. */
	bool usable = is_usable(engine);
	corm__connection_close(connection);
	if (usable && corm__pool_give_permit(&engine->pool))
		engine_free(engine);
}

void corm_engine_close(corm_engine *engine)
{
	if (!engine || !is_usable(engine))
		return;
	int in_use = corm__pool_shut(&engine->pool);
	struct corm__connection *idle = corm__pool_drain(&engine->pool);
	while (idle) {
		struct corm__connection *next = idle->next;
		drop_connection(idle);
		idle = next;
		in_use--;
	}
	/* The engine then lives on until the last of its sessions is closed: better late than under their feet. In a forked
	 * child, they may be those of threads that are not there. */
	if (in_use && !corm__engine_is_forked(engine)) {
		corm_error_store error;
		corm_error_set(&error, CORM_ERROR_USAGE,
		               "corm_engine_close: %d sessions of the engine are open: close them before", in_use);
		corm__error_report(&error.error);
	}
	if (corm__pool_give_permit(&engine->pool))
		engine_free(engine);
}

static corm_status refuse_forked(corm_error_store *error)
{
	return corm_error_set(error, CORM_ERROR_USAGE,
	                      "the engine was opened by another process: a forked child opens its own engine");
}

void corm_engine_on_statement(corm_engine *engine, corm_statement_hook *hook, void *data)
{
	if (!engine)
		return;
	engine->statement_hook = hook;
	engine->statement_data = data;
}

void corm_engine_on_notice(corm_engine *engine, corm_notice_hook *hook, void *data)
{
	if (!engine)
		return;
	engine->notice_hook = hook;
	engine->notice_data = data;
}

void corm_engine_on_connect(corm_engine *engine, corm_connect_hook *hook, void *data)
{
	if (!engine)
		return;
	engine->connect_hook = hook;
	engine->connect_data = data;
	struct corm__connection *idle = hook && !corm__engine_is_forked(engine) ? corm__pool_drain(&engine->pool) : NULL;
	while (idle) {
		struct corm__connection *next = idle->next;
		corm_error_store ignored; /* of a connection that is given up */
		void *native = idle->driver->native(idle->state, &ignored);
		corm__engine_release(idle, !native || hook(data, native) != CORM_OK);
		idle = next;
	}
}

corm_status corm_engine_statistics(corm_engine *engine, corm_pool_statistics *out)
{
	corm_error_store *error = corm__last_error();
	corm__error_clear(error);
	if (out)
		*out = (corm_pool_statistics){ .open = 0 };
	if (!engine || !out)
		return corm_error_set(error, CORM_ERROR_USAGE, "corm_engine_statistics: %s is NULL",
		                      engine ? "where to write them" : "the engine");
	if (corm__engine_is_forked(engine))
		return refuse_forked(error);
	corm__pool_statistics(&engine->pool, out);
	return CORM_OK;
}

/* Can an idle connection be used again? Where not, another takes its place, and nobody notices. Whatever cut one off has
 * most likely cut off the others too; they are asked when they are wanted. */
static bool is_fresh(struct corm__connection *connection)
{
	corm_engine *engine = connection->engine;
	if (engine->adopted)
		return true;
	if (engine->recycle_ms && corm__clock_ns() - connection->opened_ns > (int64_t)engine->recycle_ms * 1000000) {
		corm__pool_count(&engine->pool, CORM__POOL_RECYCLED);
		return false;
	}
	if (connection->driver->alive(connection->state) && (!engine->pre_ping || corm__connection_ping(connection)))
		return true;
	corm__pool_count(&engine->pool, CORM__POOL_RECONNECTED);
	return false;
}

corm_status corm__engine_acquire(corm_engine *engine, struct corm__connection **out, corm_error_store *error)
{
	struct corm__connection *connection;
	if (corm__engine_is_forked(engine))
		return refuse_forked(error);
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
	if (corm__engine_is_forked(engine) ||
	    (!engine->adopted && (broken || !connection->driver->alive(connection->state))))
		drop_connection(connection);
	else if (!corm__pool_give(&engine->pool, connection))
		drop_connection(connection);
}
