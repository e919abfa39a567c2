/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tests of the MariaDB driver share: connections of the driver's own, made from the URL in the environment
 * variable CORM_TEST_MARIADB, and statements in one line. Without the variable they are skipped.
 */
#ifndef CORM_TESTS_MARIADB_TEST_H
#define CORM_TESTS_MARIADB_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above. */
#include <cmocka.h>

#include "base/arena.h"
#include "base/error.h"
#include "driver/clock.h"
#include "driver/url.h"
#include <cormorant/mariadb.h>
#include <mysql.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DRIVER (&corm_mariadb_driver)
#define SKIPPED 77

#define FORMAT(TYPE, SIZE, ...) ((const corm_format){ .type = CORM_TYPE_##TYPE, .size = (SIZE), __VA_ARGS__ })
#define PLAIN(TYPE, SIZE) FORMAT(TYPE, SIZE, .flags = 0)
#define NULLABLE(TYPE, SIZE) FORMAT(TYPE, SIZE, .flags = CORM_FORMAT_NULLABLE)
#define STORED(TYPE, SIZE, STORAGE) FORMAT(TYPE, SIZE, .storage = CORM_STORAGE_##STORAGE)
#define AS_INTEGER PLAIN(INT64, sizeof(int64_t))
#define AS_TEXT PLAIN(TEXT, sizeof(char *))

/* One engine's settings and one connection of it. */
struct client {
	struct corm_arena arena;
	corm_url url;
	corm_driver_settings settings;
	void *connection;
	corm_error_store error;
	char notices[1024];
};

static inline void assert_contains(const char *text, const char *part)
{
	if (!text || !strstr(text, part))
		fail_msg("\"%s\" does not contain \"%s\"", text ? text : "(null)", part);
}

static inline void take_notice(void *data, const char *severity, const char *message)
{
	struct client *client = data;
	size_t used = strlen(client->notices);
	snprintf(client->notices + used, sizeof client->notices - used, "%s: %s\n", severity, message);
}

/* Of the environment's URL with what is replaced and added to it. */
static inline void make_url(char *out, size_t size, const char *database, const char *options)
{
	const char *url = getenv("CORM_TEST_MARIADB");
	size_t base = strcspn(url, "?");
	if (database) {
		const char *slash = strchr(strstr(url, "://") + 3, '/');
		base = slash ? (size_t)(slash - url) : base;
	}
	const char *given = strchr(url, '?');
	snprintf(out, size, "%.*s%s%s%s%s%s", (int)base, url, database ? "/" : "", database ? database : "",
	         given ? given : "", options && *options ? (given ? "&" : "?") : "", options ? options : "");
}

/* Settings from a whole URL; nothing is connected yet. */
static inline struct client *client_new(const char *url)
{
	struct client *client = calloc(1, sizeof *client);
	corm__arena_init(&client->arena, NULL, 0);
	if (corm__url_parse(&client->arena, url, &client->url, &client->error) != CORM_OK)
		fail_msg("%s", client->error.error.message);
	client->settings.url = &client->url;
	client->settings.allocator = corm__default_allocator;
	client->settings.notice = take_notice;
	client->settings.notice_data = client;
	return client;
}

static inline void client_free(struct client *client)
{
	if (client->connection) {
		DRIVER->disconnect(client->connection);
		free(client->connection);
	}
	if (client->settings.shared)
		DRIVER->close(client->settings.shared);
	corm__arena_release(&client->arena);
	free(client);
}

static inline corm_status client_connect(struct client *client)
{
	corm_status status = DRIVER->open(&client->settings, &client->settings.shared, &client->error);
	if (status != CORM_OK)
		return status;
	client->connection = calloc(1, DRIVER->connection_size);
	return DRIVER->connect(client->connection, &client->settings, &client->error);
}

static inline struct client *open_client_with(const char *options, int statement_timeout_ms)
{
	char url[512];
	make_url(url, sizeof url, NULL, options);
	struct client *client = client_new(url);
	client->settings.statement_timeout_ms = statement_timeout_ms;
	if (client_connect(client) != CORM_OK)
		fail_msg("%s", client->error.error.message);
	return client;
}

static inline struct client *open_client(void)
{
	return open_client_with("", 0);
}

static inline int set_up(void **state)
{
	*state = open_client();
	return 0;
}

static inline int tear_down(void **state)
{
	client_free(*state);
	return 0;
}

static inline void run(struct client *client, const char *sql)
{
	if (DRIVER->execute(client->connection, sql, &client->error) != CORM_OK)
		fail_msg("%s: %s", sql, client->error.error.message);
}

static inline void *prepare(struct client *client, const char *sql)
{
	void *statement = calloc(1, DRIVER->statement_size);
	if (DRIVER->prepare(client->connection, statement, sql, strlen(sql), &client->error) != CORM_OK)
		fail_msg("%s: %s", sql, client->error.error.message);
	return statement;
}

static inline void finish(void *statement)
{
	DRIVER->finalize(statement);
	free(statement);
}

/* A client with an empty table t. */
static inline int set_up_simple_table(void **state)
{
	*state = open_client();
	run(*state, "CREATE TEMPORARY TABLE t (id BIGINT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(20) UNIQUE, n INT)");
	return 0;
}

/* Prepares a statement, binds one value if there is a format, and steps once. */
static inline corm_step begin(struct client *client, void *statement, const corm_format *format, const void *value)
{
	memset(&client->error, 0, sizeof client->error);
	if (format && DRIVER->bind(statement, &format, &value, 1, &client->error) != CORM_OK)
		return CORM_STEP_ERROR;
	return DRIVER->step(statement, &client->error);
}

/* A statement without values fails: when it is prepared, or when it runs. */
static inline void assert_fails(struct client *client, const char *sql, corm_status status, const char *message)
{
	void *statement = calloc(1, DRIVER->statement_size);
	memset(&client->error, 0, sizeof client->error);
	corm_step step = CORM_STEP_ERROR;
	if (DRIVER->prepare(client->connection, statement, sql, strlen(sql), &client->error) == CORM_OK) {
		do
			step = DRIVER->step(statement, &client->error);
		while (step == CORM_STEP_ROW);
	}
	finish(statement);
	if (step != CORM_STEP_ERROR)
		fail_msg("%s succeeded", sql);
	if (client->error.error.status != status)
		fail_msg("%s: %s: %s", sql, corm_status_name(client->error.error.status), client->error.error.message);
	assert_contains(client->error.error.message, "mariadb: ");
	assert_contains(client->error.error.message, message);
}

static inline void read_value(struct client *client, void *statement, const corm_format *format, void *out)
{
	corm_target target = { .format = *format, .name = "x" };
	if (DRIVER->read(statement, 0, &target, 1, out, &client->arena.room, &client->error) != CORM_OK)
		fail_msg("%s", client->error.error.message);
}

/* Steps to the end; how many rows there were. */
static inline int64_t count_rows(struct client *client, void *statement)
{
	int64_t rows = 0;
	corm_step step;
	while ((step = DRIVER->step(statement, &client->error)) == CORM_STEP_ROW)
		rows++;
	if (step != CORM_STEP_DONE)
		fail_msg("%s", client->error.error.message);
	return rows;
}

static inline int64_t next_integer(struct client *client, void *statement)
{
	int64_t number;
	corm_step step = DRIVER->step(statement, &client->error);
	if (step != CORM_STEP_ROW)
		fail_msg("no row: %s", step == CORM_STEP_DONE ? "the end" : client->error.error.message);
	read_value(client, statement, &AS_INTEGER, &number);
	return number;
}

/* The integer that a query gives. */
static inline int64_t query_integer(struct client *client, const char *sql)
{
	int64_t number = -1;
	void *statement = prepare(client, sql);
	corm_step step = DRIVER->step(statement, &client->error);
	if (step != CORM_STEP_ROW)
		fail_msg("%s: %s", sql, step == CORM_STEP_DONE ? "no row" : client->error.error.message);
	read_value(client, statement, &AS_INTEGER, &number);
	assert_int_equal(DRIVER->step(statement, &client->error), CORM_STEP_DONE);
	finish(statement);
	return number;
}

/* The text that a query gives; it lives as long as the client. */
static inline const char *query_text(struct client *client, const char *sql)
{
	const char *text = NULL;
	void *statement = prepare(client, sql);
	corm_step step = DRIVER->step(statement, &client->error);
	if (step != CORM_STEP_ROW)
		fail_msg("%s: %s", sql, step == CORM_STEP_DONE ? "no row" : client->error.error.message);
	read_value(client, statement, &NULLABLE(TEXT, sizeof text), &text);
	assert_int_equal(DRIVER->step(statement, &client->error), CORM_STEP_DONE);
	finish(statement);
	return text;
}

static inline corm_transaction_state state_of(struct client *client)
{
	return DRIVER->transaction(client->connection);
}

static inline void nap_ms(long milliseconds)
{
	struct timespec time = { .tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000 };
	nanosleep(&time, NULL);
}

/* Kills a client's connection from another one, and waits until it is gone. */
static inline void kill_connection(struct client *client)
{
	char sql[128];
	struct client *killer = open_client();
	unsigned long thread = mysql_thread_id(DRIVER->native(client->connection, &client->error));
	snprintf(sql, sizeof sql, "KILL %lu", thread);
	run(killer, sql);
	snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM information_schema.processlist WHERE id = %lu", thread);
	for (int i = 0; i < 500 && query_integer(killer, sql); i++)
		nap_ms(10);
	client_free(killer);
}

#define MARIADB_TESTS(tests) \
	int main(void) \
	{ \
		if (!getenv("CORM_TEST_MARIADB")) { \
			puts("CORM_TEST_MARIADB is not set: skipped"); \
			return SKIPPED; \
		} \
		return cmocka_run_group_tests(tests, NULL, NULL); \
	}

#endif
