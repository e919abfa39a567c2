/* SPDX-License-Identifier: Apache-2.0
 *
 * The SQLite driver's own parts: sqlite.c has the table and runs statements, sqlite_open.c opens databases with their
 * options, sqlite_fork.c keeps a list of the files that are open, sqlite_bind.c and sqlite_read.c carry values to and fro, sqlite_error.c reports, sqlite_function.c has the
 * SQL functions that every connection gets.
 */
#ifndef CORM_DRIVER_SQLITE_H
#define CORM_DRIVER_SQLITE_H

#include "type/codec.h"
#include <cormorant/driver.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

extern const corm_driver corm__sqlite_driver;

/* Room for the text of a UUID, a datetime or a decimal that is bound to one parameter. */
#define CORM__SQLITE_SCRATCH 48

struct corm__sqlite_file;

struct corm__sqlite_connection {
	sqlite3 *db;
	struct corm__sqlite_file *file; /* in the list of those that are open; NULL: it has none */
	bool owned;                     /* disconnect() closes db */
	bool is_lost;                   /* it cannot be used any more */
	bool query_only;                /* begin_as() has switched it on */
	corm_allocator allocator;
	int statement_timeout_ms; /* 0: none */
	const char *lock_limit;   /* the option that says how long to wait for a lock */
	int64_t deadline_ns;      /* of the statement that runs; 0: none */
	bool timed_out;           /* the deadline has interrupted it */
};

struct corm__sqlite_statement {
	struct corm__sqlite_connection *connection;
	sqlite3_stmt *handle;
	int parameter_count;
	char *scratch;       /* CORM__SQLITE_SCRATCH bytes for each parameter; what SQLite is given to read stands there */
	int64_t deadline_ns; /* 0: none, or not running */
	struct corm__day_memo memo;
};

/* sqlite_open.c */
corm_driver_open corm__sqlite_open;
corm_driver_close corm__sqlite_close;
corm_driver_connect corm__sqlite_connect;
corm_driver_adopt corm__sqlite_adopt;
corm_driver_disconnect corm__sqlite_disconnect;
/* Runs a PRAGMA and copies the first value of its answer to answer, "" when it gives none. Returns a result code. */
int corm__sqlite_pragma(sqlite3 *db, const char *sql, char *answer, size_t size);

/* sqlite_fork.c */
/* Was the file open when this process was forked from the one that opened it? */
bool corm__sqlite_is_inherited(const char *path);
/* Adds the connection's file to the list of those that are open, and takes it out. False when there is no memory. */
bool corm__sqlite_remember(struct corm__sqlite_connection *connection);
void corm__sqlite_forget(struct corm__sqlite_connection *connection);

/* sqlite_bind.c and sqlite_read.c */
corm_driver_bind corm__sqlite_bind;
corm_driver_read corm__sqlite_read;

/* sqlite_error.c */
/* The status of an extended result code. */
corm_status corm__sqlite_status(int code);
/* Reports what the connection's last call failed with. sql may be NULL. */
corm_status corm__sqlite_fail(struct corm__sqlite_connection *connection, const char *sql, corm_error_store *error);
/* Reports that the row's column index does not fit its target, or that there was no memory for it. */
corm_status corm__sqlite_misread(const struct corm__sqlite_statement *statement, int index, const corm_target *target,
                                 bool no_memory, corm_error_store *error);

/* sqlite_function.c: gives a connection the collation corm_decimal and the function regexp. Returns a result code. */
int corm__sqlite_add_functions(sqlite3 *db);

#endif
