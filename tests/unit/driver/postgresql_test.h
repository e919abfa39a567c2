/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tests of the PostgreSQL driver share: a connection to the server of CORM_TEST_POSTGRESQL, a schema of their
 * own, and statements in a few words. Without that server they are skipped.
 */
#ifndef CORM_TESTS_POSTGRESQL_TEST_H
#define CORM_TESTS_POSTGRESQL_TEST_H

#include "driver_test.h"
#include "type/codec.h"
#include <cormorant/postgresql.h>
#include <cormorant/value.h>

#define SKIPPED 77

#define FORMAT(TYPE, SIZE, ...) ((const corm_format){ .type = CORM_TYPE_##TYPE, .size = (SIZE), __VA_ARGS__ })
#define PLAIN(TYPE, SIZE) FORMAT(TYPE, SIZE, .flags = 0)
#define INTEGER PLAIN(INT64, sizeof(int64_t))
#define TEXT PLAIN(TEXT, sizeof(const char *))

struct fixture {
	corm_engine *engine;
	struct corm__connection *connection;
	const corm_driver *driver;
	struct corm_arena arena;
	corm_error_store error;
};

static inline const char *server_url(void)
{
	return getenv("CORM_TEST_POSTGRESQL");
}

/* The server's URL with options behind it: "statement_timeout=1&prepared=off". */
static inline const char *url_with(const char *options)
{
	static char url[1024];
	snprintf(url, sizeof url, "%s%c%s", server_url(), strchr(server_url(), '?') ? '&' : '?', options);
	return url;
}

static inline struct fixture *fixture_open(const char *url)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);
	corm_driver_register(&corm_postgresql_driver);
	fixture->engine = open_engine(url);
	fixture->connection = acquire(fixture->engine);
	fixture->driver = fixture->connection->driver;
	corm__arena_init(&fixture->arena, NULL, 0);
	return fixture;
}

static inline void fixture_close(struct fixture *fixture)
{
	corm__arena_release(&fixture->arena);
	corm__engine_release(fixture->connection,
	                     fixture->driver->transaction(fixture->connection->state) != CORM_TRANSACTION_NONE);
	corm_engine_close(fixture->engine);
	free(fixture);
}

static inline struct corm__statement *prepare(struct fixture *fixture, const char *sql)
{
	struct corm__statement *statement = corm__statement_prepare(fixture->connection, NULL, 0, sql, strlen(sql),
	                                                            &fixture->error);
	if (!statement)
		fail_msg("%s", fixture->error.error.message);
	return statement;
}

/* Runs a statement without parameters to its end. */
static inline corm_status run(struct fixture *fixture, const char *sql)
{
	struct corm__statement *statement = prepare(fixture, sql);
	memset(&fixture->error, 0, sizeof fixture->error);
	corm_status status = fixture->driver->bind(statement->state, NULL, NULL, 0, &fixture->error);
	corm_step step = CORM_STEP_ROW;
	while (status == CORM_OK && step == CORM_STEP_ROW)
		step = fixture->driver->step(statement->state, &fixture->error);
	corm__statement_release(statement);
	return step == CORM_STEP_ERROR ? fixture->error.error.status : status;
}

static inline void assert_run(struct fixture *fixture, const char *sql)
{
	if (run(fixture, sql) != CORM_OK)
		fail_msg("%s: %s", sql, fixture->error.error.message);
}

/* Binds one value, or none, and reads the first of the one row that comes. */
static inline corm_status carry(struct fixture *fixture, const char *sql, const corm_format *in, const void *value,
                                const corm_format *out, void *result)
{
	const corm_driver *driver = fixture->driver;
	corm_target target = { .format = *out, .offset = 0, .name = "author.x" };
	struct corm__statement *statement = prepare(fixture, sql);
	memset(&fixture->error, 0, sizeof fixture->error);
	corm_status status = driver->bind(statement->state, &in, &value, in ? 1 : 0, &fixture->error);
	if (status == CORM_OK && driver->step(statement->state, &fixture->error) != CORM_STEP_ROW)
		status = fixture->error.error.status;
	if (status == CORM_OK)
		status = driver->read(statement->state, 0, &target, 1, result, &fixture->arena.room, &fixture->error);
	if (status == CORM_OK)
		assert_int_equal(driver->step(statement->state, &fixture->error), CORM_STEP_DONE);
	corm__statement_release(statement);
	return status;
}

/* The first value of a query, as text. */
static inline const char *text_of(struct fixture *fixture, const char *sql)
{
	const char *text = NULL;
	if (carry(fixture, sql, NULL, NULL, &FORMAT(TEXT, sizeof text, .flags = CORM_FORMAT_NULLABLE), &text) != CORM_OK)
		fail_msg("%s: %s", sql, fixture->error.error.message);
	return text ? text : "(null)";
}

static inline int64_t number_of(struct fixture *fixture, const char *sql)
{
	int64_t number = 0;
	if (carry(fixture, sql, NULL, NULL, &INTEGER, &number) != CORM_OK)
		fail_msg("%s: %s", sql, fixture->error.error.message);
	return number;
}

#endif
