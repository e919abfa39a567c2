/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening SQLite databases: the path, the connection, its pragmas.
 *
 * What is wrong with a database shows here and not at the first query: connect() reads the schema's version, which
 * needs the file to be there, to be readable and to be a database.
 */
#include "base/arena.h"
#include "driver/clock.h"
#include "driver/sqlite.h"
#include "driver/sqlite_options.h"
#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What the connections of one engine have in common. */
struct sqlite_shared {
	corm_allocator allocator;
	struct corm__sqlite_options options;
	const char *shown; /* the path as the URL has it; NULL for a database in memory */
	sqlite3 *anchor;   /* a connection that keeps a database in memory alive */
	size_t size;       /* of this block */
	char path[];       /* for sqlite3_open_v2 */
};

static corm_status check_settings(const corm_driver_settings *settings, corm_error_store *error)
{
	const corm_url *url = settings->url;
	if (url->host_count)
		return corm_error_set(error, CORM_ERROR_URL,
		                      "sqlite: the URL names a host, \"%s\": a path comes after three slashes, as in "
		                      "sqlite:///library.db",
		                      url->hosts[0].name);
	if (url->user)
		return corm_error_set(error, CORM_ERROR_URL, "sqlite: the URL names a user, \"%s\": SQLite has none",
		                      url->user);
	if (settings->schema && strcmp(settings->schema, "main") != 0)
		return corm_error_set(error, CORM_ERROR_URL, "sqlite: there is no schema \"%s\": SQLite has \"main\" alone",
		                      settings->schema);
	/* Whatever isolation_level asks for, SQLite's transactions are serializable, which is at least as strict. */
	return CORM_OK;
}

/* Where the database is: absolute, so that a later chdir() does not lead the pool's next connection elsewhere, and
 * so that SQLite finds no meaning of its own in it (":memory:", "file:…"). Returns the length, as snprintf does. */
static int write_path(char *path, size_t size, const char *name)
{
	static atomic_uint memory_count;
	if (name && name[0] == '/')
		return snprintf(path, size, "%s", name);
	if (name) {
		char directory[PATH_MAX];
		return snprintf(path, size, "%s/%s", getcwd(directory, sizeof directory) ? directory : ".", name);
	}
	/* A name that no other engine has; all connections that open it see the same database. */
	unsigned count = atomic_fetch_add(&memory_count, 1);
	const char *format = sqlite3_libversion_number() >= 3036000 ? "file:/corm-%u-%ld?vfs=memdb"
	                                                            : "file:corm-%u-%ld?mode=memory&cache=shared";
	return snprintf(path, size, format, count, (long)getpid());
}

/* SQLite's last try is to read a file that is not there, so that its errno does not tell why it could not be made. */
static corm_status report_missing(const char *shown, corm_error_store *error)
{
	char directory[1024] = ".";
	const char *slash = strrchr(shown, '/');
	if (slash)
		snprintf(directory, sizeof directory, "%.*s", slash > shown ? (int)(slash - shown) : 1, shown);
	const char *why = "no such file";
	if (access(directory, F_OK) != 0)
		why = "no such directory";
	else if (access(directory, W_OK) != 0)
		why = "no such file, and no permission to make one in";
	else
		return corm_error_set(error, CORM_ERROR_CONNECT, "sqlite: cannot open \"%s\": %s", shown, why);
	return corm_error_set(error, CORM_ERROR_CONNECT, "sqlite: cannot open \"%s\": %s \"%s\"", shown, why, directory);
}

static corm_status report_open(sqlite3 *db, const char *shown, int code, corm_error_store *error)
{
	if ((code & 0xff) == SQLITE_NOMEM || code == SQLITE_IOERR_NOMEM)
		return corm_error_set(error, CORM_ERROR_MEMORY, "sqlite: no memory to open a connection");
	const char *quote = shown ? "\"" : "", *name = shown ? shown : "a database in memory";
	char reason[128];
	int number = (code & 0xff) == SQLITE_CANTOPEN || (code & 0xff) == SQLITE_IOERR ? sqlite3_system_errno(db) : 0;
	if (number == ENOENT && shown)
		return report_missing(shown, error);
	if (number && !strerror_r(number, reason, sizeof reason))
		return corm_error_set(error, CORM_ERROR_CONNECT, "sqlite: cannot open %s%s%s: %s", quote, name, quote, reason);
	return corm_error_set(error, CORM_ERROR_CONNECT, "sqlite: cannot open %s%s%s: %s", quote, name, quote,
	                      db ? sqlite3_errmsg(db) : sqlite3_errstr(code));
}

/* *db may be set after a failure too, and is to be closed. */
static int open_database(const struct sqlite_shared *shared, sqlite3 **db)
{
	int flags = shared->options.open_flags | SQLITE_OPEN_NOMUTEX;
	if (!shared->shown)
		flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX;
	int code = sqlite3_open_v2(shared->path, db, flags, NULL);
	if (code == SQLITE_OK)
		sqlite3_extended_result_codes(*db, 1);
	return code;
}

corm_status corm__sqlite_open(const corm_driver_settings *settings, void **out, corm_error_store *error)
{
	struct corm__sqlite_options options;
	corm_status status = check_settings(settings, error);
	if (status == CORM_OK)
		status = corm__sqlite_options_read(settings->url, &options, error);
	if (status != CORM_OK)
		return status;

	const char *name = settings->url->database;
	if (name && !strcmp(name, ":memory:"))
		name = NULL;
	size_t path_size = PATH_MAX + (name ? strlen(name) : 0) + 2;
	struct sqlite_shared *shared = corm__alloc(&settings->allocator, 1, sizeof *shared + path_size);
	if (!shared)
		return corm_error_set(error, CORM_ERROR_MEMORY, "sqlite: no memory to open a database");
	shared->allocator = settings->allocator;
	shared->options = options;
	shared->shown = name;
	shared->size = sizeof *shared + path_size;
	write_path(shared->path, path_size, name);
	int code = name ? SQLITE_OK : open_database(shared, &shared->anchor);
	if (code != SQLITE_OK) {
		status = report_open(shared->anchor, NULL, code, error);
		corm__sqlite_close(shared);
		return status;
	}
	*out = shared;
	return CORM_OK;
}

void corm__sqlite_close(void *data)
{
	struct sqlite_shared *shared = data;
	sqlite3_close_v2(shared->anchor);
	corm_allocator allocator = shared->allocator;
	corm__free(&allocator, shared, shared->size);
}

int corm__sqlite_pragma(sqlite3 *db, const char *sql, char *answer, size_t size)
{
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_step(statement);
	const char *text = code == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : NULL;
	if (answer)
		snprintf(answer, size, "%s", text ? text : "");
	int end = sqlite3_finalize(statement);
	return code == SQLITE_ROW || code == SQLITE_DONE ? end : code;
}

/* A file that we create gets the WAL; the mode of an existing one is its owner's affair unless the URL names one. */
static corm_status set_journal_mode(sqlite3 *db, const struct sqlite_shared *shared, corm_error_store *error)
{
	char sql[64], answer[16];
	const char *mode = shared->options.journal_mode;
	/* What is not written needs no journal, and a database in memory has one of its own kind. */
	if (!shared->shown || sqlite3_db_readonly(db, "main"))
		return CORM_OK;
	if (!mode) {
		int code = corm__sqlite_pragma(db, "PRAGMA page_count", answer, sizeof answer);
		if (code != SQLITE_OK)
			return report_open(db, shared->shown, code, error);
		if (strcmp(answer, "0") != 0)
			return CORM_OK;
	}
	snprintf(sql, sizeof sql, "PRAGMA journal_mode = %s", mode ? mode : "wal");
	int code = corm__sqlite_pragma(db, sql, answer, sizeof answer);
	if (code != SQLITE_OK)
		return report_open(db, shared->shown, code, error);
	/* Some file systems cannot share the WAL's memory. */
	if (mode && strcmp(answer, mode) != 0)
		return corm_error_set(error, CORM_ERROR_CONNECT, "sqlite: \"%s\" cannot have journal_mode=%s, it stays \"%s\"",
		                      shared->shown, mode, answer);
	return CORM_OK;
}

static corm_status set_up(sqlite3 *db, const struct sqlite_shared *shared, corm_error_store *error)
{
	const struct corm__sqlite_options *options = &shared->options;
	char sql[256];
	snprintf(sql, sizeof sql,
	         "PRAGMA cache_size = %lld; PRAGMA synchronous = %s; PRAGMA temp_store = %s; PRAGMA mmap_size = %lld",
	         (long long)options->cache_size, options->synchronous,
	         options->temp_store ? options->temp_store : "default", (long long)options->mmap_size);
	int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
	if (code == SQLITE_OK)
		code = corm__sqlite_pragma(db, "PRAGMA schema_version", NULL, 0);
	if (code == SQLITE_OK)
		code = sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_FKEY, (int)options->foreign_keys, NULL);
	if (code == SQLITE_OK)
		code = corm__sqlite_add_functions(db);
	if (code != SQLITE_OK)
		return report_open(db, shared->shown, code, error);
	return set_journal_mode(db, shared, error);
}

/* The progress handler: ends a statement whose time is over. */
static int check_deadline(void *data)
{
	struct corm__sqlite_connection *connection = data;
	connection->timed_out = connection->deadline_ns && corm__clock_ns() > connection->deadline_ns;
	return connection->timed_out;
}

corm_status corm__sqlite_connect(void *data, const corm_driver_settings *settings, corm_error_store *error)
{
	struct corm__sqlite_connection *connection = data;
	const struct sqlite_shared *shared = settings->shared;
	const struct corm__sqlite_options *options = &shared->options;
	connection->allocator = settings->allocator;
	connection->owned = true;
	if (shared->shown && corm__sqlite_is_inherited(shared->path))
		return corm_error_set(error, CORM_ERROR_USAGE,
		                      "sqlite: \"%s\" was open when this process was forked, and cannot be opened safely here: "
		                      "fork before it is opened, or after the engine is closed",
		                      shared->shown);
	int code = open_database(shared, &connection->db);
	if (code != SQLITE_OK)
		return report_open(connection->db, shared->shown, code, error);
	if (!corm__sqlite_remember(connection))
		return corm_error_set(error, CORM_ERROR_MEMORY, "sqlite: no memory to open a connection");
	int busy_ms = options->busy_timeout_ms, limit_ms = settings->connect_timeout_ms;
	sqlite3_busy_timeout(connection->db, limit_ms ? limit_ms : busy_ms);
	corm_status status = set_up(connection->db, shared, error);
	if (status != CORM_OK && (sqlite3_errcode(connection->db) & 0xff) == SQLITE_BUSY)
		return corm_error_set(error, CORM_ERROR_TIMEOUT,
		                      "sqlite: cannot open \"%s\": another connection held it for longer than %s, %d ms",
		                      shared->shown ? shared->shown : ":memory:", limit_ms ? "connect_timeout" : "busy_timeout",
		                      limit_ms ? limit_ms : busy_ms);
	if (status != CORM_OK)
		return status;

	/* A wait for a lock runs no instruction that could look at the clock, so it has to end in time by itself. */
	limit_ms = settings->statement_timeout_ms;
	bool is_short = limit_ms && limit_ms < busy_ms;
	sqlite3_busy_timeout(connection->db, is_short ? limit_ms : busy_ms);
	connection->lock_limit = is_short ? "statement_timeout" : "busy_timeout";
	connection->statement_timeout_ms = limit_ms;
	if (limit_ms)
		sqlite3_progress_handler(connection->db, 1000, check_deadline, connection);
	return CORM_OK;
}

corm_status corm__sqlite_adopt(void *data, const corm_driver_settings *settings, void *native, corm_error_store *error)
{
	struct corm__sqlite_connection *connection = data;
	sqlite3 *db = native;
	int on = 0;
	if (!sqlite3_get_autocommit(db))
		return corm_error_set(error, CORM_ERROR_USAGE,
		                      "sqlite: the handle to adopt has a transaction open: end it before");
	connection->db = db;
	connection->allocator = settings->allocator;
	connection->lock_limit = "its busy_timeout";
	int code = corm__sqlite_add_functions(db);
	if (code == SQLITE_OK)
		code = sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_FKEY, 1, &on);
	if (code != SQLITE_OK || !on)
		return corm_error_set(error, CORM_ERROR_CONNECT, "sqlite: cannot adopt the handle: %s",
		                      code == SQLITE_OK ? "it cannot check foreign keys" : sqlite3_errmsg(db));
	if (!corm__sqlite_remember(connection))
		return corm_error_set(error, CORM_ERROR_MEMORY, "sqlite: no memory to adopt the handle");
	connection->owned = settings->adopt_close;
	return CORM_OK;
}

void corm__sqlite_disconnect(void *data)
{
	struct corm__sqlite_connection *connection = data;
	if (connection->owned)
		sqlite3_close_v2(connection->db);
	corm__sqlite_forget(connection);
	connection->db = NULL;
}
