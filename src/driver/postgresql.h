/* SPDX-License-Identifier: Apache-2.0
 *
 * The PostgreSQL driver's own parts: postgresql.c has the table and what concerns a whole connection,
 * postgresql_connect.c opens one, postgresql_pipeline.c is the only one that talks to the server while it is open,
 * postgresql_statement.c runs statements over that, postgresql_stream.c reads by a cursor, postgresql_bind.c,
 * postgresql_read.c and postgresql_numeric.c carry values to and fro in the binary protocol, postgresql_array.c and
 * postgresql_copy.c many rows of them, postgresql_error.c reports.
 *
 * A connection is in libpq's pipeline mode, so that what belongs together makes one round trip: BEGIN waits for the
 * first statement, and a flush does not wait for each of its rows. What was sent is a queue of commands whose results
 * come in the same order; a sync at its end is where the server begins anew after an error.
 */
#ifndef CORM_DRIVER_POSTGRESQL_H
#define CORM_DRIVER_POSTGRESQL_H

#include "base/arena.h"
#include "base/buffer.h"
#include "type/codec.h"
#include <cormorant/postgresql.h>
#include <libpq-fe.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Types of the server's, by their OIDs (src/include/catalog/pg_type.dat of PostgreSQL), which never change. */
enum corm__postgresql_oid {
	CORM__OID_UNKNOWN = 0, /* as a parameter's: the server finds out */
	CORM__OID_BOOL = 16,
	CORM__OID_BYTEA = 17,
	CORM__OID_CHAR = 18,
	CORM__OID_NAME = 19,
	CORM__OID_INT8 = 20,
	CORM__OID_INT2 = 21,
	CORM__OID_INT4 = 23,
	CORM__OID_TEXT = 25,
	CORM__OID_OID = 26,
	CORM__OID_JSON = 114,
	CORM__OID_XML = 142,
	CORM__OID_FLOAT4 = 700,
	CORM__OID_FLOAT8 = 701,
	CORM__OID_UNKNOWN_TEXT = 705,
	CORM__OID_BPCHAR = 1042,
	CORM__OID_VARCHAR = 1043,
	CORM__OID_DATE = 1082,
	CORM__OID_TIME = 1083,
	CORM__OID_TIMESTAMP = 1114,
	CORM__OID_TIMESTAMPTZ = 1184,
	CORM__OID_NUMERIC = 1700,
	CORM__OID_UUID = 2950,
	CORM__OID_JSONB = 3802
};

/* From the client's epoch, 1970, to the server's, 2000. */
#define CORM__POSTGRESQL_EPOCH_DAYS 10957
#define CORM__POSTGRESQL_EPOCH (INT64_C(86400000000) * CORM__POSTGRESQL_EPOCH_DAYS)

/* Room for the name of a prepared statement. */
#define CORM__POSTGRESQL_NAME 32

/* Room for one parameter that is made here: a numeric of 38 digits is the longest. */
#define CORM__POSTGRESQL_SCRATCH 40

/* How a column of a result is read. */
enum corm__postgresql_wire {
	CORM__WIRE_UNKNOWN,
	CORM__WIRE_BOOL,
	CORM__WIRE_INT2,
	CORM__WIRE_INT4,
	CORM__WIRE_INT8,
	CORM__WIRE_OID,
	CORM__WIRE_FLOAT4,
	CORM__WIRE_FLOAT8,
	CORM__WIRE_NUMERIC,
	CORM__WIRE_TEXT, /* also enums, and every value of a result that is read as text */
	CORM__WIRE_JSONB,
	CORM__WIRE_BYTEA,
	CORM__WIRE_UUID,
	CORM__WIRE_DATE,
	CORM__WIRE_TIME,
	CORM__WIRE_TIMESTAMP
};

/* A command that is on its way. */
enum corm__postgresql_command {
	CORM__COMMAND_BEFORE, /* BEGIN, PREPARE, DEALLOCATE: must succeed, and nobody waits for it */
	CORM__COMMAND_RUN
};

struct corm__postgresql_statement;

/* A type that is not built in, as the catalogue has it. */
struct corm__postgresql_type {
	Oid oid;
	bool is_text; /* an enum, or text by another name: on the wire it is its text */
};

struct corm__postgresql_connection {
	PGconn *db;
	PGcancel *cancel;
	corm_allocator allocator;
	bool prepared;                           /* statements are prepared on the server */
	uint32_t begin_name;                     /* so is BEGIN, with this number in its name; 0: it is not */
	uint32_t begin_flight;                   /* in which it is being prepared, unless that is proven */
	bool begin_is_proven;                    /* the server has said that it has it */
	int statement_timeout_ms;                /* 0: none */
	char begin[96];                          /* a BEGIN that goes with the next command; "" when there is none */
	corm_transaction_state transaction;      /* as of the last that was received */
	bool is_broken;                          /* given up by us */
	bool is_owed;                            /* the answer to a ROLLBACK that nobody has waited for */
	struct corm__postgresql_statement *owed; /* which statement's it is, if that is still there */
	bool has_changed;                        /* something in this transaction may have: it is not known to only read */
	int64_t heard_ns;                        /* when the server was heard of last */
	atomic_bool cancelled;                   /* cancel() was called since the last statement began */
	int64_t changes;                         /* of the last finished statement */
	uint32_t names;                          /* of prepared statements, so far */
	uint32_t flight;                         /* of commands, up to a sync */
	struct corm__postgresql_statement *reading; /* its rows are still to come, one by one */
	/* Commands whose results were not received yet: a ring. */
	uint8_t *commands; /* enum corm__postgresql_command */
	size_t command_first, command_count, command_capacity;
	size_t unflushed; /* of these, the last so many were not asked to be answered at once */
	/* Statements to be deallocated, by the numbers in their names. */
	uint32_t *dead;
	size_t dead_count, dead_capacity;
	struct corm__postgresql_type *types;
	size_t type_count, type_capacity;
	void (*notice)(void *data, const char *severity, const char *message);
	void *notice_data;
};

struct corm__postgresql_statement {
	struct corm__postgresql_connection *connection;
	const char *sql;
	size_t sql_length;
	uint32_t name;   /* 0: not prepared */
	uint32_t flight; /* in which it is being prepared, unless that is proven */
	bool is_proven;  /* the server has said that it has it */
	char name_text[CORM__POSTGRESQL_NAME];
	bool is_begin, is_end, is_commit, is_control, is_reading;
	bool described;  /* columns are known */
	bool as_text;    /* some column can only be read as text, and so all are asked for as text */
	bool is_text;    /* the result came as text */
	bool is_running; /* since the first step */
	bool is_array;   /* what is bound are arrays */
	bool is_large;   /* the last run gave many rows, or there was none: they are read one by one */
	/* Parameters; all arrays have parameter_count elements, and stand in one block that begins with values. */
	size_t parameter_count, parameter_capacity;
	const char **values;
	Oid *oids;
	int *lengths, *formats;
	char *scratch;              /* CORM__POSTGRESQL_SCRATCH bytes for each */
	struct corm__buffer arrays; /* of bind_arrays() */
	/* Columns. */
	size_t column_count, column_capacity;
	uint64_t column_types; /* a hash of them */
	uint8_t *wires;        /* enum corm__postgresql_wire */
	PGresult *description; /* as the server has told; NULL: it was not asked */
	/* The result. */
	PGresult *result;
	int row, row_count;
	corm_status cut;     /* why the rows behind these are lost: another statement may have met the error */
	size_t single_count; /* rows that came one by one */
	/* A cursor: rows come in pieces. */
	uint32_t cursor; /* its number; 0: none */
	bool wants_cursor;
};

/* Bytes of all arrays of one statement: longer ones save nothing, and both sides keep them in memory. */
#define CORM__POSTGRESQL_ARRAYS ((size_t)64 << 20)
/* Bytes of a parameter: of the pointer, the type, the length, the format and the scratch. */
#define CORM__POSTGRESQL_PARAMETER (sizeof(char *) + sizeof(Oid) + 2 * sizeof(int) + CORM__POSTGRESQL_SCRATCH)
#define CORM__POSTGRESQL_LARGE 512 /* rows */
#define CORM__POSTGRESQL_FLUSH 64  /* commands for which the server may keep its answers back */

/* postgresql_connect.c */
corm_driver_connect corm__postgresql_connect;
corm_driver_disconnect corm__postgresql_disconnect;

/* ---- postgresql_pipeline.c --------------------------------------------------------------------------------------- */

/* Ready to send: in pipeline mode, and whatever somebody was still reading is out of the way. */
corm_status corm__postgresql_ready(struct corm__postgresql_connection *connection, corm_error_store *error);
/* The name of the connection's prepared statement of that number. */
void corm__postgresql_write_name(const struct corm__postgresql_connection *connection, char out[CORM__POSTGRESQL_NAME],
                                 uint32_t number);
/* Sends what has to come before any statement: BEGIN, DEALLOCATE. ends: that is COMMIT or ROLLBACK. */
corm_status corm__postgresql_send_before(struct corm__postgresql_connection *connection, bool ends,
                                         corm_error_store *error);
/* Notes that a command was sent; sent is what libpq said. */
corm_status corm__postgresql_sent(struct corm__postgresql_connection *connection, int sent,
                                  enum corm__postgresql_command command, const char *sql, corm_error_store *error);
/* The result of the next CORM__COMMAND_RUN, with what stands before it received; NULL after an error. The next call is
 * for the next command. */
PGresult *corm__postgresql_receive(struct corm__postgresql_connection *connection, const char *sql,
                                   corm_error_store *error);
/* What stands before that is received, so that its rows can be asked for one by one. */
corm_status corm__postgresql_receive_before(struct corm__postgresql_connection *connection, const char *sql,
                                            corm_error_store *error);
/* Sends a sync; receives all up to it: results of commands that are still in the queue are dropped, and the
 * transaction's state is known afterwards. Without an error store errors are dropped too. The last does both. */
corm_status corm__postgresql_send_sync(struct corm__postgresql_connection *connection, corm_error_store *error);
corm_status corm__postgresql_receive_sync(struct corm__postgresql_connection *connection, corm_error_store *error);
corm_status corm__postgresql_sync(struct corm__postgresql_connection *connection, corm_error_store *error);
/* What nobody has waited for. */
void corm__postgresql_receive_owed(struct corm__postgresql_connection *connection);
/* The transaction is as the server said last. */
void corm__postgresql_note_state(struct corm__postgresql_connection *connection);
/* Gives the connection up: nothing works any more. */
void corm__postgresql_break(struct corm__postgresql_connection *connection);
bool corm__postgresql_is_lost(const struct corm__postgresql_connection *connection);
/* Reports that no result came where there should be one, and gives the connection up if it is not lost already. */
corm_status corm__postgresql_lost(struct corm__postgresql_connection *connection, const char *sql,
                                  corm_error_store *error);
/* All in one, for a statement without rows or with few: parameters may be 0. NULL after an error. */
PGresult *corm__postgresql_query(struct corm__postgresql_connection *connection, const char *sql, int count,
                                 const Oid *oids, const char *const *values, const int *lengths, const int *formats,
                                 int result_format, corm_error_store *error);
/* Leaves pipeline mode when nothing is on its way; false when something is. */
bool corm__postgresql_end_pipeline(struct corm__postgresql_connection *connection);
/* Leaves pipeline mode, with everything received: for COPY, for simple queries and for the program. */
corm_status corm__postgresql_leave_pipeline(struct corm__postgresql_connection *connection, corm_error_store *error);
/* Waits until libpq has a result, no longer than the statement's timeout and a little. False: it ran out, or the
 * connection is lost. */
bool corm__postgresql_wait(struct corm__postgresql_connection *connection);
/* The same until all that was written has been sent, where libpq does not wait for that itself. */
bool corm__postgresql_flush(struct corm__postgresql_connection *connection);
/* PQexec() within that time: the last result, which may be an error; NULL with an error. */
PGresult *corm__postgresql_exec(struct corm__postgresql_connection *connection, const char *sql,
                                corm_error_store *error);

/* ---- postgresql_statement.c -------------------------------------------------------------------------------------- */

corm_driver_prepare corm__postgresql_prepare;
corm_driver_finalize corm__postgresql_finalize;
corm_driver_step corm__postgresql_step;
corm_driver_reset corm__postgresql_reset;
corm_driver_send corm__postgresql_send;
corm_driver_receive corm__postgresql_receive_run;
corm_driver_discard corm__postgresql_discard;
corm_driver_column_count corm__postgresql_column_count;
corm_driver_column_name corm__postgresql_column_name;
/* Room for so many parameters. */
corm_status corm__postgresql_reserve(struct corm__postgresql_statement *statement, size_t count,
                                     corm_error_store *error);
/* The statement is prepared anew at its next run. */
void corm__postgresql_forget(struct corm__postgresql_statement *statement);
/* Keeps the types of a result's columns. */
corm_status corm__postgresql_describe(struct corm__postgresql_statement *statement, const PGresult *result,
                                      corm_error_store *error);
/* The statement that is read row by row has all its rows from here on, so that the connection is free. */
corm_status corm__postgresql_finish_reading(struct corm__postgresql_connection *connection, corm_error_store *error);

/* ---- postgresql_stream.c ----------------------------------------------------------------------------------------- */

corm_driver_stream corm__postgresql_stream;
/* Declares the statement's cursor; its next rows, where a result without rows is the end; ends it. */
corm_status corm__postgresql_cursor_open(struct corm__postgresql_statement *statement, corm_error_store *error);
corm_status corm__postgresql_cursor_fetch(struct corm__postgresql_statement *statement, corm_error_store *error);
void corm__postgresql_cursor_close(struct corm__postgresql_statement *statement);

/* ---- postgresql_bind.c, postgresql_array.c, postgresql_copy.c ----------------------------------------------------- */

corm_driver_bind corm__postgresql_bind;
corm_driver_bind_arrays corm__postgresql_bind_arrays;
corm_driver_copy corm__postgresql_copy;

/* A value on the wire. */
struct corm__postgresql_value {
	const char *data; /* NULL: the SQL NULL */
	size_t length;
	const char *problem; /* why no column can hold it; NULL: nothing */
};
/* The type that a parameter of a format is given. */
Oid corm__postgresql_oid_of(const corm_format *format);
/* The value in the form that the type has in the binary protocol: what corm__postgresql_oid_of() says, or one of those
 * that corm__postgresql_can_encode() accepts. scratch: CORM__POSTGRESQL_SCRATCH bytes, which it may point to. */
struct corm__postgresql_value corm__postgresql_encode(const corm_format *format, const void *value, Oid oid,
                                                      char *scratch);
bool corm__postgresql_can_encode(const corm_format *format, Oid oid, bool is_text);

/* Numbers in the order of the network. */
static inline void corm__put_16(char *out, uint16_t number)
{
	out[0] = (char)(number >> 8);
	out[1] = (char)number;
}
static inline void corm__put_32(char *out, uint32_t number)
{
	corm__put_16(out, (uint16_t)(number >> 16));
	corm__put_16(out + 2, (uint16_t)number);
}
static inline void corm__put_64(char *out, uint64_t number)
{
	corm__put_32(out, (uint32_t)(number >> 32));
	corm__put_32(out + 4, (uint32_t)number);
}
static inline uint16_t corm__get_16(const char *in)
{
	const unsigned char *bytes = (const unsigned char *)in;
	return (uint16_t)(bytes[0] << 8 | bytes[1]);
}
static inline uint32_t corm__get_32(const char *in)
{
	return (uint32_t)corm__get_16(in) << 16 | corm__get_16(in + 2);
}
/* The most frequent: by the processor's own instruction where the compiler tells the order of its bytes. */
static inline uint64_t corm__get_64(const char *in)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	uint64_t number;
	memcpy(&number, in, sizeof number);
	return __builtin_bswap64(number);
#else
	return (uint64_t)corm__get_32(in) << 32 | corm__get_32(in + 4);
#endif
}

/* ---- postgresql_numeric.c ---------------------------------------------------------------------------------------- */

/* The decimal as numeric_send() writes it; its length. */
size_t corm__postgresql_numeric_write(const corm_decimal *value, char out[CORM__POSTGRESQL_SCRATCH]);
/* False for NaN, infinities and more than 38 digits. */
bool corm__postgresql_numeric_read(const char *data, size_t length, corm_decimal *out);

/* ---- postgresql_read.c ------------------------------------------------------------------------------------------- */

corm_driver_read corm__postgresql_read;
corm_driver_is_null corm__postgresql_is_null;
/* How a column of that type is read; CORM__WIRE_UNKNOWN for one that is not built in. */
enum corm__postgresql_wire corm__postgresql_wire_of(Oid oid);
/* Is a type that is not built in read as text? Asks the catalogue once per connection and type. */
corm_status corm__postgresql_is_text(struct corm__postgresql_connection *connection, Oid oid, bool *is_text,
                                     corm_error_store *error);

/* ---- postgresql_error.c ------------------------------------------------------------------------------------------ */

/* Reports what a result, or with NULL the connection, failed with. sql may be NULL. */
corm_status corm__postgresql_fail(struct corm__postgresql_connection *connection, const PGresult *result,
                                  const char *sql, corm_error_store *error);
corm_status corm__postgresql_no_memory(corm_error_store *error);
/* A message of libpq's in one line, without what stands at its end. */
void corm__postgresql_one_line(const char *message, char *out, size_t size);

#endif
