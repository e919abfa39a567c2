/* SPDX-License-Identifier: Apache-2.0
 *
 * MariaDB: a place is a database.
 */
#include "session/database_driver.h"
#include <mysql.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BINARY = 63 /* the character set of bytes */ };

static const char *run(void *native, const char *sql, struct test_rows *rows, int64_t *changed);

static void must(MYSQL *connection, const char *sql)
{
	const char *wrong = run(connection, sql, NULL, NULL);
	if (wrong)
		test_database_fail(sql, wrong);
}

/* The next part of a URL, up to one of the ends; decoded. */
static const char *part(const char *text, const char *ends, char *out, size_t size)
{
	size_t length = 0;
	while (*text && !strchr(ends, *text) && length + 1 < size) {
		char digits[3] = { 0 };
		if (*text == '%' && text[1] && text[2]) {
			memcpy(digits, text + 1, 2);
			out[length++] = (char)strtol(digits, NULL, 16);
			text += 3;
		} else {
			out[length++] = *text++;
		}
	}
	out[length] = '\0';
	return text;
}

/* mariadb://user:password@host:port/database */
static MYSQL *connect_to(const char *url)
{
	char user[64], password[64], host[64], port[8] = "3306", database[64] = "";
	const char *at = part(url + strlen("mariadb://"), ":@", user, sizeof user);
	at = part(at + (*at == ':'), "@", password, sizeof password);
	at = part(at + (*at == '@'), ":/?", host, sizeof host);
	if (*at == ':')
		at = part(at + 1, "/?", port, sizeof port);
	if (*at == '/')
		part(at + 1, "?", database, sizeof database);
	MYSQL *connection = mysql_init(NULL);
	if (!connection || !mysql_real_connect(connection, host, user, password, database, (unsigned)atoi(port), NULL, 0))
		test_database_fail("mariadb", connection ? mysql_error(connection) : "out of memory");
	return connection;
}

/* The connection that makes and drops places; it goes with the program. */
static MYSQL *master(const char *base)
{
	static MYSQL *connection;
	if (!connection) {
		connection = connect_to(base);
		/* A test that failed has left transactions open: better a place that stays than a test that hangs. */
		must(connection, "SET lock_wait_timeout = 5");
	}
	return connection;
}

static void create(const char *base, const char *name, bool shared, char *url, size_t size)
{
	char sql[128];
	const char *options = base + strcspn(base, "?");
	const char *slash = strchr(base + strlen("mariadb://"), '/');
	(void)shared;
	snprintf(sql, sizeof sql, "CREATE DATABASE %s", name);
	must(master(base), sql);
	snprintf(url, size, "%.*s/%s%s", (int)((slash && slash < options ? slash : options) - base), base, name, options);
}

static void drop(const char *base, const char *name, const char *url)
{
	char sql[128];
	(void)url;
	snprintf(sql, sizeof sql, "DROP DATABASE %s", name);
	const char *wrong = run(master(base), sql, NULL, NULL);
	if (wrong)
		fprintf(stderr, "%s: %s\n", sql, wrong);
}

static void *connect_place(const char *url)
{
	MYSQL *connection = connect_to(url);
	must(connection, "SET time_zone = '+00:00', NAMES utf8mb4");
	return connection;
}

static void disconnect(void *native)
{
	mysql_close(native);
}

static enum test_form form_of(const MYSQL_FIELD *field)
{
	MARIADB_CONST_STRING name = { NULL, 0 };
	if (mariadb_field_attr(&name, field, MARIADB_FIELD_ATTR_DATA_TYPE_NAME) == 0 && name.length == 4 &&
	    memcmp(name.str, "uuid", 4) == 0)
		return TEST_UUID;
	switch (field->type) {
	case MYSQL_TYPE_DATETIME:
	case MYSQL_TYPE_TIMESTAMP:
		return TEST_DATETIME;
	case MYSQL_TYPE_TIME:
		return TEST_TIME;
	case MYSQL_TYPE_STRING:
	case MYSQL_TYPE_VAR_STRING:
	case MYSQL_TYPE_TINY_BLOB:
	case MYSQL_TYPE_BLOB:
	case MYSQL_TYPE_MEDIUM_BLOB:
	case MYSQL_TYPE_LONG_BLOB:
		return field->charsetnr == BINARY ? TEST_BYTES : TEST_PLAIN;
	default:
		return TEST_PLAIN;
	}
}

static const char *run(void *native, const char *sql, struct test_rows *rows, int64_t *changed)
{
	if (mysql_real_query(native, sql, strlen(sql)) != 0)
		return mysql_error(native);
	MYSQL_RES *result = mysql_store_result(native);
	if (changed)
		*changed = (int64_t)mysql_affected_rows(native);
	if (!result)
		return mysql_errno(native) ? mysql_error(native) : NULL;
	unsigned columns = mysql_num_fields(result);
	if (rows)
		rows->columns = columns;
	for (MYSQL_ROW row; rows && (row = mysql_fetch_row(result));) {
		const unsigned long *sizes = mysql_fetch_lengths(result);
		for (unsigned i = 0; i < columns; i++)
			test_rows_add(rows, row[i], sizes[i], form_of(mysql_fetch_field_direct(result, i)));
	}
	mysql_free_result(result);
	return NULL;
}

static int socket_of(void *native)
{
	return mysql_get_socket(native);
}

static const struct test_server server = {
	.sleep = "SLEEP(30) > 5",
	.number = "SELECT CONNECTION_ID()",
	.end = "KILL %s",
	.limit = "ALTER USER corm@'%%' WITH MAX_USER_CONNECTIONS %d",
	.durable = "SET GLOBAL innodb_flush_log_at_trx_commit = 2",
	.idle = "SET wait_timeout = 2",
	.idle_in_transaction = "SET idle_transaction_timeout = 2",
	.socket = socket_of,
};

const struct test_driver test_mariadb = {
	.scheme = "mariadb",
	.can = TEST_IS_FAR | TEST_NAMES_FOREIGN_KEYS,
	.hurry = "SET innodb_lock_wait_timeout = 0",
	.readonly = "SET SESSION TRANSACTION READ ONLY",
	.create = create,
	.drop = drop,
	.connect = connect_place,
	.disconnect = disconnect,
	.run = run,
	.server = &server,
};
