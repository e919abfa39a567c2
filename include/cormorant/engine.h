/* SPDX-License-Identifier: Apache-2.0
 *
 * An engine is a database as a program knows it: its URL, its settings, its pool of connections. One per database and
 * process; threads may share it. A forked child opens its own: for the parent's, everything but closing is
 * CORM_ERROR_USAGE there.
 *
 *	corm_engine *engine = corm_engine_open("sqlite:///library.db");
 *	if (!engine)
 *		fprintf(stderr, "%s\n", corm_last_error()->message);
 */
#ifndef CORMORANT_ENGINE_H
#define CORMORANT_ENGINE_H

#include <cormorant/memory.h>
#include <cormorant/metadata.h>
#include <cormorant/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct corm_engine corm_engine;

/* Settings; 0, false and NULL mean the default. An option of the same name in the URL's query string wins. */
typedef struct corm_engine_options {
	bool echo;           /* every statement to standard error */
	int pool_size;       /* connections kept open; default 5 */
	int max_overflow;    /* more while they are needed; default 10, -1 for none at all */
	int pool_timeout_ms; /* how long to wait for a free connection; default 30,000; URL: pool_timeout, in seconds */
	int pool_recycle_ms; /* connections older than that are opened anew; default never; URL: pool_recycle, in seconds */
	bool pool_pre_ping;  /* ask a connection whether it still works before it is used */
	int connect_timeout_ms;   /* URL: connect_timeout, in seconds */
	int statement_timeout_ms; /* URL: statement_timeout, in seconds */
	const char *isolation_level;
	const char *schema;
	/* As in the URL, which wins; the driver's own, and refused where it has no such option. */
	const char *prepared, *profile, *journal_mode, *synchronous, *cache_size, *mmap_size, *temp_store, *busy_timeout;
	const char *foreign_keys;
	const corm_allocator *allocator; /* for the engine and its sessions; copied; default malloc */
} corm_engine_options;

/* What corm_engine_on_statement() is told of each statement after it ran. Everything is borrowed for the call. */
typedef struct corm_statement_event {
	const char *sql;
	const char *parameters; /* a JSON array: ["Fred",5,null] */
	int64_t rows;           /* read or changed */
	int64_t elapsed_ns;
	corm_status status;
} corm_statement_event;

typedef void corm_statement_hook(void *data, const corm_statement_event *event);
/* native is the client library's handle, sqlite3 * for SQLite. A status other than CORM_OK closes the connection
 * again. */
typedef corm_status corm_connect_hook(void *data, void *native);

/* severity: "NOTICE", "WARNING" and the like, as the server has it. Both are borrowed for the call. */
typedef void corm_notice_hook(void *data, const char *severity, const char *message);

/* Opens the database that url names and makes one connection, so that what is wrong shows here. NULL when that fails;
 * corm_last_error() says why: CORM_ERROR_URL, CORM_ERROR_CONNECT, CORM_ERROR_MEMORY, CORM_ERROR_USAGE (url is NULL).
 * URLs and their options stand in docs/guide/engine.md. */
corm_engine *corm_engine_open(const char *url);
/* The same with settings; options may be NULL and is copied. */
corm_engine *corm_engine_open_options(const char *url, const corm_engine_options *options);

enum corm_adopt_flags {
	CORM_ADOPT_KEEP = 0,       /* the handle stays the program's, which closes it after corm_engine_close() */
	CORM_ADOPT_CLOSE = 1 << 0, /* corm_engine_close() closes it */
};

/* An engine on a sqlite3 handle that the program opened itself; db is a sqlite3 *. Its pragmas are left as they are but
 * for foreign_keys, which is switched on. The engine has this one connection: one session at a time. NULL when it
 * fails. */
corm_engine *corm_engine_adopt_sqlite3(void *db, unsigned flags);

/* Closes the engine and its connections. All its sessions must be closed before; NULL is allowed. In a forked child it
 * gives back the memory of an engine that the parent opened, and leaves the parent's connections alone. */
void corm_engine_close(corm_engine *engine);

/* How the pool is doing. The first four are now, the others have been counted since the engine was opened. */
typedef struct corm_pool_statistics {
	int open;             /* connections that stand open, or are being opened */
	int idle;             /* those of them that no session uses */
	int in_use;           /* the others */
	int waiting;          /* threads that wait for one */
	uint64_t opened;      /* connections that were opened */
	uint64_t failed;      /* that could not be opened, or that the connect hook refused */
	uint64_t closed;      /* that were closed, for whatever reason */
	uint64_t recycled;    /* that were replaced because they were older than pool_recycle */
	uint64_t reconnected; /* that were found dead, by pool_pre_ping or by the client library, and replaced */
	uint64_t waits;       /* how often somebody had to wait, also in vain */
	uint64_t timeouts;    /* how often that was in vain, or nobody wanted to wait */
	int64_t waited_ns;    /* all the time that was waited */
} corm_pool_statistics;

/* Writes the pool's figures, which belong to one moment, to *out. Any thread may ask at any time; it costs no more than
 * a lock. CORM_ERROR_USAGE, and zeros, when something is NULL or the engine is one of another process. */
corm_status corm_engine_statistics(corm_engine *engine, corm_pool_statistics *out);

/* Calls hook after every statement of every session that reads or writes, in the session's thread. BEGIN, COMMIT and
 * ROLLBACK are none of these; echo shows them too. NULL takes the hook away. Set it before the
 * engine is shared. The hook must not use the session it is called from. */
void corm_engine_on_statement(corm_engine *engine, corm_statement_hook *hook, void *data);

/* Calls hook for every new connection, also one that replaces another or is opened for overflow, before anybody uses it,
 * in the thread that wants it; and at once for those that no session is using. Set it before the engine is shared. */
void corm_engine_on_connect(corm_engine *engine, corm_connect_hook *hook, void *data);

/* Calls hook with what a server says beside its answers, in the thread of the session that asked: PostgreSQL's notices,
 * MariaDB's warnings. Without a hook they are dropped. NULL takes the hook away. Set it before the engine is shared. The
 * hook must not use the session. */
void corm_engine_on_notice(corm_engine *engine, corm_notice_hook *hook, void *data);

/* Creates the tables and indexes that are missing, parents before children, in one transaction where the database
 * allows. Never alters a table: an existing one that lacks a model's column is CORM_ERROR_SQL naming it, and nothing is
 * created. The error stands in corm_last_error(). */
corm_status corm_create_all(corm_engine *engine, const corm_metadata *metadata);

/* Drops the models' tables that exist, children before parents. The error stands in corm_last_error(). */
corm_status corm_drop_all(corm_engine *engine, const corm_metadata *metadata);

/* The CREATE statements of the models in a dialect ("sqlite", "postgresql", "mariadb"), each ended by ";\n", in arena.
 * NULL when the dialect is not known, has shorter names, or there is no memory: corm_last_error(). */
char *corm_ddl(corm_arena *arena, const corm_metadata *metadata, const char *dialect);

#ifdef __cplusplus
}
#endif

#endif
