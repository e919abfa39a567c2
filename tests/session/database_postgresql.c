/* SPDX-License-Identifier: Apache-2.0
 *
 * PostgreSQL: a place is a schema.
 */
#include "session/database_driver.h"
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Their numbers are a part of the protocol; the headers that name them belong to the server. */
enum { BOOL = 16, BYTEA = 17, TIME = 1083, TIMESTAMP = 1114, TIMESTAMPTZ = 1184, UUID = 2950 };

static const char *run(void *native, const char *sql, struct test_rows *rows, int64_t *changed);

static void must(PGconn *connection, const char *sql)
{
	const char *wrong = run(connection, sql, NULL, NULL);
	if (wrong)
		test_database_fail(sql, wrong);
}

/* libpq does not know our options: its URL ends before them. */
static PGconn *connect_to(const char *url)
{
	char own[512];
	snprintf(own, sizeof own, "%.*s", (int)strcspn(url, "?"), url);
	PGconn *connection = PQconnectdb(own);
	if (PQstatus(connection) != CONNECTION_OK)
		test_database_fail("postgresql", PQerrorMessage(connection));
	must(connection, "SET client_min_messages = warning");
	return connection;
}

/* The connection that makes and drops places; it goes with the program. */
static PGconn *master(const char *base)
{
	static PGconn *connection;
	if (!connection) {
		connection = connect_to(base);
		/* A test that failed has left transactions open: better a place that stays than a test that hangs. */
		must(connection, "SET lock_timeout = '5s'");
	}
	return connection;
}

static void create(const char *base, const char *name, bool shared, char *url, size_t size)
{
	char sql[128];
	(void)shared;
	snprintf(sql, sizeof sql, "CREATE SCHEMA %s", name);
	must(master(base), sql);
	snprintf(url, size, "%s%cschema=%s", base, strchr(base, '?') ? '&' : '?', name);
}

static void drop(const char *base, const char *name, const char *url)
{
	char sql[128];
	(void)url;
	snprintf(sql, sizeof sql, "DROP SCHEMA %s CASCADE", name);
	const char *wrong = run(master(base), sql, NULL, NULL);
	if (wrong)
		fprintf(stderr, "%s: %s\n", sql, wrong);
}

static void *connect_place(const char *url)
{
	char sql[128];
	PGconn *connection = connect_to(url);
	const char *schema = strstr(url, "schema=");
	if (!schema)
		test_database_fail(url, "no place of test_database_new()");
	snprintf(sql, sizeof sql, "SET search_path = %.*s", (int)strcspn(schema + 7, "&"), schema + 7);
	must(connection, sql);
	must(connection, "SET timezone = 'UTC'");
	return connection;
}

static void disconnect(void *native)
{
	PQfinish(native);
}

static void add(struct test_rows *rows, const PGresult *result, int row, int column)
{
	const char *text = PQgetisnull(result, row, column) ? NULL : PQgetvalue(result, row, column);
	size_t size = (size_t)PQgetlength(result, row, column);
	enum test_form form = TEST_PLAIN;
	switch (PQftype(result, column)) {
	case BOOL:
		form = TEST_BOOLEAN;
		break;
	case UUID:
		form = TEST_UUID;
		break;
	case TIME:
		form = TEST_TIME;
		break;
	case TIMESTAMP:
	case TIMESTAMPTZ:
		form = TEST_DATETIME;
		break;
	case BYTEA:
		/* \x and the digits */
		if (text) {
			text += 2;
			size -= 2;
		}
		break;
	default:
		break;
	}
	test_rows_add(rows, text, size, form);
}

static const char *run(void *native, const char *sql, struct test_rows *rows, int64_t *changed)
{
	static char wrong[512];
	PGresult *result = PQexec(native, sql);
	ExecStatusType status = PQresultStatus(result);
	bool fine = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
	if (!fine)
		snprintf(wrong, sizeof wrong, "%s", PQerrorMessage(native));
	if (rows)
		rows->columns = (size_t)PQnfields(result);
	for (int row = 0; fine && rows && row < PQntuples(result); row++) {
		for (int i = 0; i < PQnfields(result); i++)
			add(rows, result, row, i);
	}
	if (changed)
		*changed = strtoll(PQcmdTuples(result), NULL, 10);
	PQclear(result);
	return fine ? NULL : wrong;
}

static bool ignore_inserts(void *native, const char *table, const char *condition)
{
	char sql[512];
	snprintf(sql, sizeof sql,
	         "CREATE FUNCTION ignore_it() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; "
	         "CREATE TRIGGER ignoring BEFORE INSERT ON %s FOR EACH ROW WHEN (%s) EXECUTE FUNCTION ignore_it()",
	         table, condition);
	must(native, sql);
	return true;
}

static int socket_of(void *native)
{
	return PQsocket(native);
}

static const struct test_server server = {
	.sleep = "(SELECT count(*) FROM pg_sleep(30)) < 0",
	.number = "SELECT pg_backend_pid()",
	.end = "SELECT pg_terminate_backend(%s)",
	.limit = "ALTER ROLE corm CONNECTION LIMIT %d",
	.no_limit = -1,
	.durable = "ALTER ROLE corm SET synchronous_commit = on",
	.idle = "SET idle_session_timeout = '2s'",
	.idle_in_transaction = "SET idle_in_transaction_session_timeout = '2s'",
	.late = "CREATE TABLE late (data text); ALTER TABLE late ALTER data SET STORAGE EXTERNAL; "
			"CREATE FUNCTION write_late() RETURNS trigger LANGUAGE plpgsql AS "
			"'BEGIN INSERT INTO late VALUES (repeat(''x'', 524288)); RETURN NULL; END'; "
			"CREATE CONSTRAINT TRIGGER writing_late AFTER INSERT ON author DEFERRABLE INITIALLY DEFERRED "
			"FOR EACH ROW WHEN (NEW.name = 'Late') EXECUTE FUNCTION write_late()",
	.is_process = true,
	.socket = socket_of,
};

const struct test_driver test_postgresql = {
	.scheme = "postgresql",
	.can = TEST_IS_FAR | TEST_NAMES_FOREIGN_KEYS | TEST_NAMES_ROWS,
	.hurry = "SET lock_timeout = '1ms'",
	.readonly = "SET default_transaction_read_only = on",
	.create = create,
	.drop = drop,
	.connect = connect_place,
	.disconnect = disconnect,
	.run = run,
	.ignore_inserts = ignore_inserts,
	.server = &server,
};
