/* SPDX-License-Identifier: Apache-2.0
 *
 * The engine as the rest of the library sees it: connections from the pool, their cache of prepared statements,
 * tracing.
 *
 * A connection belongs to who acquired it until it is released; its statements go with it. Functions that take a
 * corm_error_store say there why they failed.
 */
#ifndef CORM_DRIVER_ENGINE_H
#define CORM_DRIVER_ENGINE_H

#include "base/arena.h"
#include "base/map.h"
#include "driver/clock.h"
#include "driver/fork.h"
#include "driver/pool.h"
#include <cormorant/driver.h>
#include <cormorant/engine.h>

struct corm__connection;

struct corm_engine {
	struct corm_arena arena; /* the URL and the settings' strings */
	corm_allocator allocator;
	corm_url url;
	const corm_driver *driver;
	corm_driver_settings settings;
	unsigned generation; /* of the process that opened it: see fork.h */
	bool opened;         /* driver->open() has succeeded */
	bool adopted;
	bool echo;
	bool pre_ping;
	int recycle_ms; /* 0: never */
	struct corm__pool pool;
	bool pool_ready;
	corm_statement_hook *statement_hook;
	void *statement_data;
	corm_connect_hook *connect_hook;
	void *connect_data;
	corm_notice_hook *notice_hook;
	void *notice_data;
};

struct corm__statement {
	struct corm__connection *connection;
	void *state;     /* the driver's */
	const void *key; /* NULL: not cached */
	size_t key_size;
	const char *sql;
	size_t sql_length;
	bool in_use;
	struct corm__statement *newer, *older;
	void *plan; /* the caller's, freed with the statement by plan_free */
	void (*plan_free)(void *plan, const corm_allocator *allocator);
	size_t block_size; /* of the block that holds all of this */
};

struct corm__connection {
	struct corm_engine *engine;
	const corm_driver *driver;
	void *state; /* the driver's */
	uint32_t capabilities;
	struct corm__map statements;             /* key bytes → struct corm__statement *, owned */
	struct corm__statement *newest, *oldest; /* by their last use */
	size_t statement_count;
	int64_t opened_ns;
	struct corm__connection *next; /* in the pool */
	size_t block_size;
};

/* How many statements a connection keeps prepared. */
#define CORM__STATEMENTS_MAXIMUM 512

/* A connection from the pool, or a new one. CORM_ERROR_TIMEOUT when none became free in time. */
corm_status corm__engine_acquire(corm_engine *engine, struct corm__connection **out, corm_error_store *error);
/* Back to the pool, outside of any transaction and with no statement in use; a broken one is closed. */
void corm__engine_release(struct corm__connection *connection, bool broken);

/* The cached statement of a key, marked as in use. NULL when there is none, or when it is in use already. */
struct corm__statement *corm__statement_find(struct corm__connection *connection, const void *key, size_t size);
/* Prepares sql, of length bytes and NUL-terminated, and caches it under a copy of key, marked as in use. With key
 * NULL, or while the key's statement is in use, it is not cached. NULL after a failure. */
struct corm__statement *corm__statement_prepare(struct corm__connection *connection, const void *key, size_t size,
                                                const char *sql, size_t length, corm_error_store *error);
/* Resets the driver's statement and gives it back to the cache; one that is not cached is freed. NULL is allowed. */
void corm__statement_release(struct corm__statement *statement);
/* Frees all statements of a connection, in use or not. */
void corm__statements_free(struct corm__connection *connection);

/* Opens and closes a connection, regardless of the pool. native: a handle to adopt, or NULL. */
struct corm__connection *corm__connection_open(corm_engine *engine, void *native, corm_error_store *error);
void corm__connection_close(struct corm__connection *connection);
/* Asks the database whether it still answers. */
bool corm__connection_ping(struct corm__connection *connection);
/* Runs a statement without parameters and rows, traced. */
corm_status corm__connection_execute(struct corm__connection *connection, const char *sql, corm_error_store *error);

/* Begins a transaction of an isolation level (NULL: the connection's own) or one that may only read; CORM_ERROR_USAGE
 * where the driver knows no such thing. corm__connection_end_as() follows its end. */
corm_status corm__connection_begin_as(struct corm__connection *connection, const char *isolation_level, bool read_only,
                                      corm_error_store *error);
void corm__connection_end_as(struct corm__connection *connection);

/* BEGIN, COMMIT or ROLLBACK: echoed, but the program's hook is told of statements that read or write alone. */
corm_status corm__connection_control(struct corm__connection *connection, const char *sql, corm_error_store *error);

/* The level as the library writes it, "READ COMMITTED", of a text in either case and with a space, '-' or '_' between the
 * words; NULL for any other text. */
const char *corm__isolation_level(const char *text);
#define CORM__ISOLATION_LEVELS "READ UNCOMMITTED, READ COMMITTED, REPEATABLE READ or SERIALIZABLE"

/* Was the engine opened by a process of which this one is a forked child? Then nothing of it may be used. */
static inline bool corm__engine_is_forked(const corm_engine *engine)
{
	return engine->generation != corm__fork_now();
}

/* Reads the engine's own options from the given ones (NULL: none) and from the URL, and leaves the others in
 * engine->url for the driver. */
corm_status corm__engine_configure(corm_engine *engine, const corm_engine_options *options, corm_error_store *error);

/* True when somebody wants to hear of statements: only then is the clock read and corm__engine_trace called. */
static inline bool corm__engine_traced(const corm_engine *engine)
{
	return engine->statement_hook || engine->echo;
}

/* A statement that has ended. */
struct corm__ran {
	const char *sql;
	/* Its parameters, count of them; or, where it ran for many rows at once, runs times as many: a list of lists. */
	const corm_format *const *formats;
	const void *const *values;
	size_t count, runs;
	int64_t rows;
	int64_t started_ns;
	corm_status status;
};
/* Tells the hook, and echo, of a statement that has just ended. */
void corm__engine_trace(corm_engine *engine, const struct corm__ran *ran);

/* Tells echo alone, of a statement without parameters. */
void corm__engine_echo(const corm_engine *engine, const char *sql, int64_t started_ns, corm_status status);

static inline const corm_allocator *corm__engine_allocator(const corm_engine *engine)
{
	return &engine->allocator;
}

#endif
