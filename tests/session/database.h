/* SPDX-License-Identifier: Apache-2.0
 *
 * The database that a test runs on: that of the environment's CORM_TEST_URL, or SQLite. A test asks for an empty place
 * in it, which is a database in memory or a file, a schema, or a database on the server, and reads and changes what
 * stands there beside the session, with plain SQL that all databases take.
 *
 * No test asks which database it is. It asks whether the database can do what the test is about.
 */
#ifndef TESTS_SESSION_DATABASE_H
#define TESTS_SESSION_DATABASE_H

#include <cormorant.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- places ------------------------------------------------------------------------------------------------------ */

/* The URL of a new and empty place; it holds until the place is dropped, by the end of the program at the latest. A
 * shared one can be opened more than once; the other kind is faster where the database tells them apart. */
const char *test_database_new(bool shared);
void test_database_drop(const char *url);

/* The place goes with an engine: test_database_drop_of() finds it. Without one it does nothing. */
void test_database_belongs(const char *url, const corm_engine *engine);
void test_database_drop_of(const corm_engine *engine);

/* The URL with what makes the database fast and forgetful, and with more options, which may be NULL. */
const char *test_database_with(const char *url, const char *options, char *out, size_t size);

/* From now on a statement that meets another's lock fails at once. */
void test_database_hurry(corm_engine *engine);

/* An engine that cannot write; NULL as corm_engine_open(). */
corm_engine *test_database_open_readonly(const char *url);

/* ---- what stands there ------------------------------------------------------------------------------------------- */

/* The rows of a SELECT, all in memory. A value is shown in one form on all databases: true and false as 1 and 0, a UUID
 * and bytes as hexadecimal digits, a datetime as YYYY-MM-DD HH:MM:SS.ffffff, a time as HH:MM:SS.ffffff; NULL is NULL. */
struct test_rows {
	size_t columns, cells, room;
	char **cell; /* row by row */
};
void test_rows_release(struct test_rows *rows);

/* In the session's transaction, or over a handle that test_database_connect() gave. NULL, or what is wrong, until the
 * next call. rows may be NULL, and so may changed: how many rows an INSERT, UPDATE or DELETE has changed. */
const char *test_database_run(void *native, const char *sql, struct test_rows *rows, int64_t *changed);

/* A connection of the test's own; the program ends when there is none. */
void *test_database_connect(const char *url);
void test_database_disconnect(void *native);

/* ---- what the database can do ------------------------------------------------------------------------------------ */

/* Its dialect's name, for corm_compile(). */
const char *test_database_dialect(void);
/* The statements of a flush are those that the tests spell out: one per row, with ? for parameters. */
bool test_database_shows_statements(void);
/* Rows come in the order of their keys where no ORDER BY says otherwise. */
bool test_database_keeps_order(void);
/* A statement is a way to another process, and an empty place takes time to make. */
bool test_database_is_far(void);
/* A column takes a value of another type. */
bool test_database_takes_any_value(void);
/* There is one writer at a time, and whoever has read before another's commit can write no more. */
bool test_database_has_one_writer(void);
/* A connection tells that its transaction has ended behind the session's back. */
bool test_database_tells_of_transactions(void);
/* An error says which foreign key was violated, also when that is another table's. */
bool test_database_names_foreign_keys(void);
/* An error of many rows that went together says which of them it was. */
bool test_database_names_rows(void);
/* An engine can be made of a handle that the program has opened itself. */
bool test_database_adopts_handles(void);

/* Each makes the database do what is hard to have otherwise, and is false where it cannot: refuse more pages, as a full
 * disk would; leave out a row that is inserted, without an error. */
bool test_database_fill(corm_session *session);
bool test_database_ignore_inserts(corm_session *session, const char *table, const char *condition);
/* The files are as they must be, as far as the database can tell. */
bool test_database_is_sound(corm_session *session);

#endif
