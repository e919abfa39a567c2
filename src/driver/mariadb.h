/* SPDX-License-Identifier: Apache-2.0
 *
 * The MariaDB driver's own parts: mariadb.c has the table, mariadb_statement.c runs statements, mariadb_open.c connects,
 * mariadb_options.c reads the URL's options, mariadb_bind.c and mariadb_read.c carry values to and fro,
 * mariadb_bulk.c runs one statement for many sets of parameters, mariadb_transaction.c saves round trips of transactions,
 * mariadb_error.c reports.
 *
 * Values go both ways in the binary protocol. Parameters stand in arrays that are made once per statement. Rows are not
 * copied: the client library calls back for each column with its place in the packet, and read() decodes it there.
 *
 * Rows are read from the wire as they are asked for, so that one statement at a time has rows on their way: the
 * connection's `pending`. When another one wants the wire before it has ended, what is left of it is stored in memory.
 */
#ifndef CORM_DRIVER_MARIADB_H
#define CORM_DRIVER_MARIADB_H

#include "driver/mariadb_options.h"
#include "type/codec.h"
#include <cormorant/mariadb.h>
#include <mysql.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the connections of one engine have in common. It points into the engine's settings, which outlive it. */
struct corm__mariadb_shared {
	corm_allocator allocator;
	const corm_url *url;
	const char *database, *isolation_level; /* NULL: none */
	struct corm__mariadb_options options;
	int connect_timeout_ms, statement_timeout_ms;
};

/* What the server gets beyond statement_timeout to say that it has ended a statement. */
#define CORM__MARIADB_ANSWER_MS 2000

struct corm__mariadb_statement;

/* What is known of a connection's transaction; whether one is open, the server says with each answer. */
enum corm__mariadb_transaction {
	CORM__MARIADB_UNKNOWN,   /* none, or one that was begun in another way than by the driver's BEGIN */
	CORM__MARIADB_SPARE,     /* an empty one that nobody has begun yet */
	CORM__MARIADB_POSTPONED, /* begun, but the server does not know yet */
	CORM__MARIADB_EMPTY,     /* begun: the spare one */
	CORM__MARIADB_BEGUN,     /* begun, and rows were read or changed */
	CORM__MARIADB_MIXED      /* begun, and other statements were run, too */
};

struct corm__mariadb_connection {
	MYSQL *mysql;
	const struct corm__mariadb_shared *shared;
	corm_allocator allocator;
	struct corm__mariadb_statement *pending; /* its rows are on the wire */
	size_t host;                             /* that it is connected to, in the URL */
	unsigned long thread_id;                 /* for KILL QUERY */
	uint64_t packet_limit;                   /* bytes that the server takes at once */
	int64_t changes, last_id;
	int64_t asked_ns; /* when the statement was sent that waits for its answer; 0: none, or it may take any time */
	bool lost;        /* the server is gone */
	bool failed;      /* the server has rolled the transaction back, and waits for nothing */
	enum corm__mariadb_transaction transaction;
	void (*notice)(void *data, const char *severity, const char *message);
	void *notice_data;
};

/* What a statement does, as far as this driver has to know. */
enum corm__mariadb_kind {
	CORM__MARIADB_OTHER,
	CORM__MARIADB_SELECT,
	CORM__MARIADB_CHANGE,  /* INSERT, UPDATE, DELETE, REPLACE */
	CORM__MARIADB_ROLLBACK /* not to a savepoint */
};

/* Where the value of one parameter stands while it is bound. */
struct corm__mariadb_parameter {
	union {
		int64_t integer;
		double real;
		MYSQL_TIME time;
		char text[CORM__DECIMAL_TEXT];
	} scratch;
	unsigned long length;
	my_bool is_null;
	char indicator; /* the same, in an array of parameters */
};

/* How a column's values stand in a row's packet. */
enum corm__mariadb_wire {
	CORM__MARIADB_SIGNED,
	CORM__MARIADB_UNSIGNED,
	CORM__MARIADB_FLOAT,
	CORM__MARIADB_DOUBLE,
	CORM__MARIADB_DATETIME, /* and DATE, which is shorter */
	CORM__MARIADB_TIME,
	CORM__MARIADB_DECIMAL, /* as text */
	CORM__MARIADB_TEXT,
	CORM__MARIADB_BYTES,
	CORM__MARIADB_BIT /* bytes of an integer, the highest first */
};

/* One column of the current row. */
struct corm__mariadb_cell {
	const unsigned char *data; /* NULL: the SQL NULL */
	size_t length;
	uint8_t width; /* bytes of every value; 0: each one's length stands before it */
	uint8_t wire;  /* enum corm__mariadb_wire */
};

struct corm__mariadb_statement {
	struct corm__mariadb_connection *connection;
	MYSQL_STMT *handle;
	char *sql;
	size_t sql_size;
	enum corm__mariadb_kind kind;

	struct corm__mariadb_parameter *parameters;
	MYSQL_BIND *binds;
	size_t parameter_count;
	bool rebind; /* the client library does not know binds as they are */

	struct corm__mariadb_cell *cells;
	const MYSQL_FIELD *fields;
	size_t column_count; /* of cells */
	char *kept;          /* the current row, out of the way of other statements */
	size_t kept_size;

	enum { CORM__MARIADB_IDLE, CORM__MARIADB_ROWS, CORM__MARIADB_DONE, CORM__MARIADB_BROKEN } state;
	corm_status broken;    /* by what: another statement may have met the error */
	int64_t rows;          /* read in this run */
	bool stream;           /* this run is by a cursor */
	bool aside;            /* what is left of its rows is stored */
	const corm_runs *runs; /* of run_many(), while a packet is written */
	size_t first_run;      /* of the packet */
	bool no_arrays;        /* the server takes none for this statement */
	size_t bad_run;        /* that had no value for a parameter; SIZE_MAX: none */
};

/* mariadb_open.c */
corm_driver_open corm__mariadb_open;
corm_driver_close corm__mariadb_close;
corm_driver_connect corm__mariadb_connect;
corm_driver_disconnect corm__mariadb_disconnect;
corm_driver_abandon corm__mariadb_abandon;
corm_driver_cancel corm__mariadb_cancel;
corm_driver_alive corm__mariadb_alive;

/* mariadb_statement.c */
corm_driver_execute corm__mariadb_execute;
corm_driver_prepare corm__mariadb_prepare;
corm_driver_finalize corm__mariadb_finalize;
corm_driver_step corm__mariadb_step;
corm_driver_reset corm__mariadb_reset;
corm_driver_stream corm__mariadb_stream;
enum corm__mariadb_kind corm__mariadb_kind_of(const char *sql);
/* Makes the wire free for a command. */
corm_status corm__mariadb_free_wire(struct corm__mariadb_connection *connection, corm_error_store *error);
/* Makes all ready for running a statement, and refuses it where it would do harm. */
corm_status corm__mariadb_ready(struct corm__mariadb_connection *connection, const char *sql,
                                enum corm__mariadb_kind kind, corm_error_store *error);
/* Runs a text as it is. */
corm_status corm__mariadb_run_text(struct corm__mariadb_connection *connection, const char *sql,
                                   enum corm__mariadb_kind kind, corm_error_store *error);
/* Runs what is bound. A row has to be fetched where there are some. */
corm_status corm__mariadb_run(struct corm__mariadb_statement *statement, corm_error_store *error);

/* mariadb_transaction.c */
corm_driver_transaction corm__mariadb_transaction;
corm_driver_begin_as corm__mariadb_begin_as;
/* Is the text one of those that corm__mariadb_control() takes? */
bool corm__mariadb_is_control(const char *sql);
/* Begins or ends a transaction. */
corm_status corm__mariadb_control(struct corm__mariadb_connection *connection, const char *sql,
                                  corm_error_store *error);
/* Brings the server to where a statement of the kind is to be run: inside of the transaction or outside of any. */
corm_status corm__mariadb_enter(struct corm__mariadb_connection *connection, enum corm__mariadb_kind kind,
                                corm_error_store *error);

/* mariadb_bind.c and mariadb_read.c */
corm_driver_bind corm__mariadb_bind;
corm_driver_read corm__mariadb_read;
/* Puts one value to its parameter's place; binds has it afterwards. */
corm_status corm__mariadb_bind_value(struct corm__mariadb_statement *statement, size_t index, const corm_format *format,
                                     const void *value, corm_error_store *error);
/* What bytes of a packet the value takes at most; it need not be valid. */
size_t corm__mariadb_value_bytes(const corm_format *format, const void *value);
/* Looks at the columns of the result that was just begun. */
corm_status corm__mariadb_describe(struct corm__mariadb_statement *statement, corm_error_store *error);
/* The client library's callback for one column of a row. */
void corm__mariadb_take_cell(void *data, unsigned column, unsigned char **row);

/* mariadb_bulk.c */
corm_driver_run_many corm__mariadb_run_many;

/* mariadb_error.c */
/* The status of the server's or the client library's number. */
corm_status corm__mariadb_status(unsigned number, const char *sqlstate);
bool corm__mariadb_is_lost(unsigned number);
/* Reports what the last call failed with: handle's, or the connection's when handle is NULL. sql may be NULL. */
corm_status corm__mariadb_fail(struct corm__mariadb_connection *connection, MYSQL_STMT *handle, const char *sql,
                               corm_error_store *error);
/* Passes the warnings of the last statement on, at the cost of a round trip: only for a statement that has some. */
void corm__mariadb_warn(struct corm__mariadb_connection *connection);

#endif
