/* SPDX-License-Identifier: Apache-2.0
 *
 * What a driver implements: the client library of one kind of database, seen by the core as a table of functions. A
 * driver knows values (struct corm_format) and SQL text; it knows nothing of models, sessions or the query language,
 * and the core asks a driver only for its capabilities, never for its name.
 *
 * Life: the core allocates connection_size bytes, zeroed, and calls connect(); it allocates statement_size bytes,
 * zeroed, for each prepare(). What connect() made, disconnect() ends, also when connect() failed half-way; so does
 * finalize() for prepare(). A connection and its statements are used by one thread at a time.
 *
 * Errors: a function that can fail returns a status and says why in *error by corm_error_set(); the message begins with
 * the driver's name: `sqlite: cannot open "x.db": …`. On success it leaves *error alone.
 */
#ifndef CORMORANT_DRIVER_H
#define CORMORANT_DRIVER_H

#include <cormorant/memory.h>
#include <cormorant/metadata.h>
#include <cormorant/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Raised whenever struct corm_driver changes: the core refuses a driver of another number. */
#define CORM_DRIVER_ABI 3

/* An error with the storage of its strings, so that reporting one never allocates. */
typedef struct corm_error_store {
	corm_error error;
	size_t used;
	char text[4096];
} corm_error_store;

/* Sets status and message, drops all details of an error before, returns status. Too long a message is cut. */
corm_status corm_error_set(corm_error_store *store, corm_status status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Adds a detail after corm_error_set: corm_error_detail(store, &store->error.table, name, length). length may be
 * SIZE_MAX: up to the NUL. text may be NULL: nothing happens. */
void corm_error_detail(corm_error_store *store, const char **field, const char *text, size_t length);

/* One option of a URL's query string. Both strings are decoded. */
typedef struct corm_url_option {
	const char *name, *value;
} corm_url_option;

typedef struct corm_url_host {
	const char *name; /* "" when the URL names none */
	int port;         /* 0 when the URL gives none */
} corm_url_host;

/* A parsed URL; every part decoded, NULL where it is missing. options holds what the engine itself did not understand:
 * a driver refuses what it does not know with CORM_ERROR_URL. */
typedef struct corm_url {
	const char *scheme;
	const char *user, *password;
	const corm_url_host *hosts;
	size_t host_count;
	const char *database; /* what follows the slash after the host: relative.db, /absolute.db */
	const corm_url_option *options;
	size_t option_count;
	const char *shown; /* the URL as it may be shown: without the password */
} corm_url;

/* The settings that every driver has to honour. */
typedef struct corm_driver_settings {
	const corm_url *url;
	int connect_timeout_ms;      /* 0: the driver's default */
	int statement_timeout_ms;    /* 0: none */
	const char *isolation_level; /* NULL: the database's default */
	const char *schema;          /* NULL: the database's default */
	corm_allocator allocator;
	void *shared;     /* what the driver's open() gave for this engine */
	bool adopt_close; /* for adopt(): once it has succeeded, disconnect() closes the native handle too */
	/* Passes on what the server says beside its answers: the engine's hook gets it. Never NULL; may be called from
	 * within any function of the driver. severity: "NOTICE", "WARNING". */
	void (*notice)(void *data, const char *severity, const char *message);
	void *notice_data;
} corm_driver_settings;

enum corm_capability {
	CORM_CAN_RETURNING = 1 << 0,         /* INSERT … RETURNING */
	CORM_CAN_LAST_ID = 1 << 1,           /* last_id() after an INSERT */
	CORM_CAN_TRANSACTIONAL_DDL = 1 << 2, /* CREATE TABLE can be rolled back */
	CORM_CAN_SAVEPOINT = 1 << 3,
	CORM_CAN_FULL_JOIN = 1 << 4,
	CORM_CAN_UPDATE_RETURNING = 1 << 5,
	CORM_CAN_LOCK_ROWS = 1 << 6,    /* writers lock single rows: they are written in the order of their keys */
	CORM_CAN_SEND = 1 << 7,         /* send() and receive() */
	CORM_CAN_RUN_MANY = 1 << 8,     /* run_many() */
	CORM_CAN_ARRAYS = 1 << 9,       /* bind_arrays() */
	CORM_CAN_COPY = 1 << 10,        /* copy() */
	CORM_CAN_INSERT_ROWS = 1 << 11, /* a round trip costs more than a longer INSERT … VALUES (…), (…) RETURNING */
	/* Two values are equal in the database when they are in C: nothing stands there in other words, as dates and UUIDs
	 * in columns of text may. */
	CORM_CAN_COMPARE_VALUES = 1 << 12,
	/* Foreign keys are checked when a statement has ended, and not row by row: a row that refers to itself can be
	 * deleted. */
	CORM_CAN_CHECK_AT_END = 1 << 13
};

/* What the database thinks of a connection's transaction, as far as the client library knows without asking. */
typedef enum corm_transaction_state {
	CORM_TRANSACTION_NONE,  /* there is none, or none any more: an error may have ended it */
	CORM_TRANSACTION_OPEN,  /* it takes statements */
	CORM_TRANSACTION_FAILED /* an error has made it refuse all but ROLLBACK and ROLLBACK TO SAVEPOINT */
} corm_transaction_state;

typedef enum corm_step { CORM_STEP_ERROR, CORM_STEP_ROW, CORM_STEP_DONE } corm_step;

/* One column of a result and where it goes. */
typedef struct corm_target {
	corm_format format;
	size_t offset;    /* of the value, from the base given to read() */
	const char *name; /* of the column, for messages */
} corm_target;

/* Gives room for what values point to: text, bytes, JSON. It is unaligned and lives as long as its owner says. */
typedef struct corm_room {
	char *next; /* left bytes are free from here on */
	size_t left;
	bool (*refill)(struct corm_room *room, size_t size); /* makes left at least size; false when there is no memory */
} corm_room;

/* size bytes, or NULL when there is no memory. */
static inline char *corm_room_take(corm_room *room, size_t size)
{
	if (size > room->left && !room->refill(room, size))
		return NULL;
	char *taken = room->next;
	room->next += size;
	room->left -= size;
	return taken;
}

/* The same for text and bytes, which are taken in pieces that are large enough to be used again when they are given
 * up. */
#define CORM_TEXT_MINIMUM 8
static inline char *corm_room_text(corm_room *room, size_t size)
{
	return corm_room_take(room, size < CORM_TEXT_MINIMUM ? CORM_TEXT_MINIMUM : size);
}

/* Once per engine, before the first connection; may be NULL. *shared is passed to every connect() and to close(). */
typedef corm_status corm_driver_open(const corm_driver_settings *settings, void **shared, corm_error_store *error);
typedef void corm_driver_close(void *shared);

/* Opens a connection that speaks UTC and UTF-8 and is outside of any transaction. */
typedef corm_status corm_driver_connect(void *connection, const corm_driver_settings *settings,
                                        corm_error_store *error);
/* Takes over a handle of the program's own; see corm_engine_adopt_sqlite3(). NULL where there is no such thing. */
typedef corm_status corm_driver_adopt(void *connection, const corm_driver_settings *settings, void *native,
                                      corm_error_store *error);
typedef void corm_driver_disconnect(void *connection);
/* The client library's handle, with the transaction begun on it and nothing in the way of the program's own statements:
 * sqlite3 *, PGconn *, MYSQL *. NULL with an error. */
typedef void *corm_driver_native(void *connection, corm_error_store *error);
/* True when the connection can still be used; no round trip to the server. */
typedef bool corm_driver_alive(void *connection);

/* Ends with the statement or statements of a text that give no rows: BEGIN, COMMIT, DDL. */
typedef corm_status corm_driver_execute(void *connection, const char *sql, corm_error_store *error);

/* length bytes of one SQL statement, NUL-terminated. Parameters are numbered from left to right. */
typedef corm_status corm_driver_prepare(void *connection, void *statement, const char *sql, size_t length,
                                        corm_error_store *error);
typedef void corm_driver_finalize(void *statement);

/* Binds values[i], which stands in memory as formats[i] says, to parameter i. NULL in values is the SQL NULL; so are an
 * optional without a value and a NULL pointer. What is pointed to lives until reset(). CORM_ERROR_VALIDATION for what
 * no column can hold: text that is not UTF-8 or an unsigned above INT64_MAX. */
typedef corm_status corm_driver_bind(void *statement, const corm_format *const *formats, const void *const *values,
                                     size_t count, corm_error_store *error);
/* Runs the statement, or goes on to its next row. */
typedef corm_step corm_driver_step(void *statement, corm_error_store *error);
/* Writes count columns of the current row, from the first-th on, which counts from 0, to base + targets[i].offset.
 * CORM_ERROR_TYPE, with the column's name in the error, for what does not fit. Text and bytes are copied to pieces of
 * corm_room_text(), one for each, with a NUL behind text that is not in its length. */
typedef corm_status corm_driver_read(void *statement, size_t first, const corm_target *targets, size_t count,
                                     void *base, corm_room *room, corm_error_store *error);
/* Is a column of the current row NULL? */
typedef bool corm_driver_is_null(void *statement, size_t column);
/* Ends the run; the statement can be bound and stepped anew. */
typedef void corm_driver_reset(void *statement);
/* How many columns the result has, and their names; for SQL that the program wrote. Known after the first step() at the
 * latest, and 0 before; the names are valid until finalize(). */
typedef size_t corm_driver_column_count(void *statement);
typedef const char *corm_driver_column_name(void *statement, size_t index);

/* Rows that the last finished INSERT, UPDATE or DELETE changed. */
typedef int64_t corm_driver_changes(void *connection);
/* The key that the database gave the last inserted row. */
typedef int64_t corm_driver_last_id(void *connection);
typedef corm_transaction_state corm_driver_transaction(void *connection);
/* Makes what runs on the connection end with CORM_ERROR_CANCELLED. The one function that another thread may call, and
 * may call at any time between connect() and disconnect(). */
typedef void corm_driver_cancel(void *connection);
/* In a child process, in place of disconnect(): gives back what belongs to the process without a word to the server,
 * which would end the parent's connection. Neither finalize() nor close() is called there, before or after. NULL:
 * nothing can be given back. */
typedef void corm_driver_abandon(void *connection);

/* Begins a transaction that is not like begin's: of an isolation level ("READ UNCOMMITTED", "READ COMMITTED",
 * "REPEATABLE READ", "SERIALIZABLE"; NULL: the connection's own), or one that may only read. A database that lacks a
 * level takes the next stricter one. A failure leaves no transaction, and nothing for end_as(). */
typedef corm_status corm_driver_begin_as(void *connection, const char *isolation_level, bool read_only,
                                         corm_error_store *error);
/* After the end of such a transaction, on a connection that is to be used again: should that not be possible, alive() is
 * false from then on. NULL: it leaves nothing behind. */
typedef void corm_driver_end_as(void *connection);

/* After bind() and before the first step(): all of the result's rows in constant memory, also while other statements
 * run on the connection. NULL: every statement is like that. */
typedef corm_status corm_driver_stream(void *statement, corm_error_store *error);

/* ---- many runs of one statement ----------------------------------------------------------------------------------
 *
 * A round trip to a server costs more than most statements. Each capability is one way to save them; the core takes
 * what it is offered. */

/* CORM_CAN_SEND. send() is step() that does not wait: what was bound is on its way, and bind() may follow at once. In
 * the order of sending, receive() then gives the outcome of one run after the other, each as step() would: rows, which
 * read() and is_null() can look at, and CORM_STEP_DONE, after which changes() is that run's. Different statements may be
 * sent in turn. An error of receive() is that of its run; all that was sent after it did not happen, and discard() ends
 * the whole of it. Nothing else may be done on the connection while something is on its way, but for discard(). */
typedef corm_status corm_driver_send(void *statement, corm_error_store *error);
typedef corm_step corm_driver_receive(void *statement, corm_error_store *error);
/* Forgets what was sent and not received. */
typedef void corm_driver_discard(void *connection);

/* CORM_CAN_RUN_MANY: a statement that gives no rows is run for many sets of parameters at once. */
typedef struct corm_runs {
	const corm_format *const *formats; /* of the parameters of one run */
	size_t count;                      /* as many */
	const void *const *values;         /* run after run: values[run * count + parameter] */
	size_t runs;
	int64_t changes; /* out: rows that all of them changed */
	size_t failed;   /* out, after an error: the run that it was, or SIZE_MAX */
} corm_runs;
typedef corm_status corm_driver_run_many(void *statement, corm_runs *runs, corm_error_store *error);

/* CORM_CAN_ARRAYS: bind() for a statement whose parameters are arrays of so many elements: parameter i consists of
 * values[row * count + i]. Enums, JSON and text are arrays of text. CORM_ERROR_VALIDATION also when they
 * are too long together. */
typedef corm_status corm_driver_bind_arrays(void *statement, const corm_format *const *formats,
                                            const void *const *values, size_t count, size_t rows,
                                            corm_error_store *error);

/* CORM_CAN_COPY: rows into a table by the way that the database has for it. */
typedef struct corm_copy {
	const char *table;          /* "schema"."table" as SQL */
	const char *names;          /* of the columns, as SQL: a, "b" */
	const corm_target *columns; /* where they stand in a row */
	size_t count;
	const void *(*row)(void *data, size_t index);
	void *data;
	size_t rows;
	bool refused;  /* out: these columns cannot be copied, and nothing was done; no error */
	size_t failed; /* out, after an error: the row that it was, or SIZE_MAX */
} corm_copy;
typedef corm_status corm_driver_copy(void *connection, corm_copy *copy, corm_error_store *error);

typedef struct corm_driver {
	unsigned abi;               /* CORM_DRIVER_ABI */
	const char *name;           /* "sqlite" */
	const char *const *schemes; /* of its URLs, NULL-terminated */
	const char *dialect;        /* the name of the SQL it speaks */
	size_t connection_size, statement_size;
	const char *begin; /* the SQL that begins a transaction like the connection's own */
	uint32_t (*capabilities)(void *connection);
	corm_driver_open *open;
	corm_driver_close *close;
	corm_driver_connect *connect;
	corm_driver_adopt *adopt;
	corm_driver_disconnect *disconnect;
	corm_driver_native *native;
	corm_driver_alive *alive;
	corm_driver_execute *execute;
	corm_driver_prepare *prepare;
	corm_driver_finalize *finalize;
	corm_driver_bind *bind;
	corm_driver_step *step;
	corm_driver_read *read;
	corm_driver_is_null *is_null;
	corm_driver_reset *reset;
	corm_driver_column_count *column_count;
	corm_driver_column_name *column_name;
	corm_driver_changes *changes;
	corm_driver_last_id *last_id;
	corm_driver_transaction *transaction;
	corm_driver_cancel *cancel;
	corm_driver_abandon *abandon;
	corm_driver_begin_as *begin_as;
	corm_driver_end_as *end_as;
	corm_driver_stream *stream;
	corm_driver_send *send;
	corm_driver_receive *receive;
	corm_driver_discard *discard;
	corm_driver_run_many *run_many;
	corm_driver_bind_arrays *bind_arrays;
	corm_driver_copy *copy;
} corm_driver;

/* Makes a driver known to the process, for programs that link one. The driver must live as long as the process. Thread-
 * safe. CORM_ERROR_USAGE for another ABI, or a scheme that another driver has. Registering the same one twice is
 * fine. */
corm_status corm_driver_register(const corm_driver *driver);

/* A driver that stands in a library of its own, libcormorant-NAME.so.0, exports a function of this name that gives its
 * table. The core finds the library by the URL's scheme, where the dynamic linker looks and beside the core itself:
 *
 *	const corm_driver *corm_driver_entry(void) { return &my_driver; }
 */
#define CORM_DRIVER_SYMBOL "corm_driver_entry"
typedef const corm_driver *corm_driver_entry_function(void);

#ifdef __cplusplus
}
#endif

#endif
