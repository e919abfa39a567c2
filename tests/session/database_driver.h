/* SPDX-License-Identifier: Apache-2.0
 *
 * What each database does for database.c, straight by its client library.
 */
#ifndef TESTS_SESSION_DATABASE_DRIVER_H
#define TESTS_SESSION_DATABASE_DRIVER_H

#include "session/database.h"

enum test_can {
	TEST_SHOWS_STATEMENTS = 1 << 0,
	TEST_IS_FAR = 1 << 1,
	TEST_TAKES_ANY_VALUE = 1 << 2,
	TEST_HAS_ONE_WRITER = 1 << 3,
	TEST_TELLS_OF_TRANSACTIONS = 1 << 4,
	TEST_ADOPTS_HANDLES = 1 << 5,
	TEST_NAMES_FOREIGN_KEYS = 1 << 6,
	TEST_NAMES_ROWS = 1 << 8,
	TEST_KEEPS_ORDER = 1 << 7,
};

/* What a server's tests do to it, beside what tests/servers/control does. */
struct test_server {
	const char *sleep;   /* a condition that takes half a minute */
	const char *number;  /* the SELECT of a connection's own number */
	const char *end;     /* the superuser's statement that ends the connection of that number, %s */
	const char *limit;   /* the same, for how many connections the account may have, %d */
	int no_limit;        /* for that: as many as it wants */
	const char *durable; /* the same, so that what was committed is there after a kill */
	/* Statements for a new connection: it is ended when nobody speaks for two seconds, outside or within a transaction. */
	const char *idle, *idle_in_transaction;
	/* A transaction that has inserted the author "Late" writes another half a megabyte at its end; or NULL. */
	const char *late;
	bool is_process; /* a connection's number is that of a process */
	int (*socket)(void *native);
};

struct test_driver {
	const char *scheme;
	unsigned can;
	const char *fast;     /* options for a URL, or NULL */
	const char *hurry;    /* a statement for a new connection, or NULL */
	const char *readonly; /* the same; or, where it begins with ?, options for the URL */
	/* Makes a place of that name, which base leads to the server of, and writes its URL. */
	void (*create)(const char *base, const char *name, bool shared, char *url, size_t size);
	void (*drop)(const char *base, const char *name, const char *url);
	void *(*connect)(const char *url);
	void (*disconnect)(void *native);
	const char *(*run)(void *native, const char *sql, struct test_rows *rows, int64_t *changed);
	bool (*fill)(void *native);
	bool (*ignore_inserts)(void *native, const char *table, const char *condition);
	bool (*is_sound)(void *native);
	const struct test_server *server; /* or NULL */
};

extern const struct test_driver test_sqlite, test_postgresql, test_mariadb;

/* NULL where the database is no server. */
const struct test_server *test_database_server(void);

/* For the drivers: a cell more, in its neutral form; text is not needed afterwards, and NULL is NULL. */
enum test_form { TEST_PLAIN, TEST_BOOLEAN, TEST_UUID, TEST_BYTES, TEST_DATETIME, TEST_TIME };
void test_rows_add(struct test_rows *rows, const char *text, size_t size, enum test_form form);
/* The program cannot go on. */
void test_database_fail(const char *what, const char *why) __attribute__((noreturn));

#endif
