/* SPDX-License-Identifier: Apache-2.0
 *
 * What the session's tests share: an empty place in the database under test, and a record of the statements that were
 * sent.
 */
#ifndef TESTS_SESSION_SUPPORT_H
#define TESTS_SESSION_SUPPORT_H

#include <cormorant.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "session/database.h"

#define MOST_STATEMENTS 256

struct statements {
	size_t count;
	char sql[MOST_STATEMENTS][512];
	char parameters[MOST_STATEMENTS][512];
	int64_t rows[MOST_STATEMENTS];
};

/* Those of the test that runs; statements_clear begins anew. */
static struct statements sent;

static inline void statements_clear(void)
{
	sent.count = 0;
}

static inline void statements_record(void *data, const corm_statement_event *event)
{
	(void)data;
	assert_true(sent.count < MOST_STATEMENTS);
	snprintf(sent.sql[sent.count], sizeof sent.sql[0], "%s", event->sql);
	snprintf(sent.parameters[sent.count], sizeof sent.parameters[0], "%s", event->parameters ? event->parameters : "");
	sent.rows[sent.count] = event->rows;
	sent.count++;
}

/* In a new place, which goes when the program ends. */
static inline corm_engine *engine_with(const corm_allocator *allocator)
{
	corm_engine *engine = corm_engine_open_options(test_database_new(false),
	                                               &(corm_engine_options){ .allocator = allocator });
	if (!engine)
		fail_msg("%s", corm_last_error()->message);
	return engine;
}

/* With the models' tables. NULL for a new place, which goes when the engine is closed by database_close(). */
static inline corm_engine *database_open(const char *url, const corm_metadata *metadata)
{
	const char *place = url ? url : test_database_new(false);
	corm_engine *engine = corm_engine_open(place);
	if (!engine)
		fail_msg("%s", corm_last_error()->message);
	if (!url)
		test_database_belongs(place, engine);
	if (corm_create_all(engine, metadata) != CORM_OK)
		fail_msg("%s", corm_last_error()->message);
	corm_engine_on_statement(engine, statements_record, NULL);
	statements_clear();
	return engine;
}

static inline void database_close(corm_engine *engine)
{
	corm_engine_close(engine);
	test_database_drop_of(engine);
}

/* A statement of the test's own in the session's transaction. */
#define execute(session, sql) execute_it(session, sql, NULL, __FILE__, __LINE__)
static inline void execute_it(corm_session *session, const char *sql, int64_t *changed, const char *file, int line)
{
	const char *wrong = test_database_run(corm_session_native(session), sql, NULL, changed);
	if (wrong) {
		print_error("%s: %s\n", sql, wrong);
		_fail(file, line);
	}
}

/* The same, that changes so many rows. */
#define assert_changed(session, sql, expected) \
	do { \
		int64_t changed_ = -1; \
		execute_it(session, sql, &changed_, __FILE__, __LINE__); \
		assert_int_equal(changed_, expected); \
	} while (0)

/* Of one statement of those that were sent, where the test's database sends what the tests spell out. */
#define assert_sent_count(expected) \
	do { \
		if (test_database_shows_statements()) \
			assert_int_equal(sent.count, expected); \
		else \
			assert_true(sent.count > 0); \
	} while (0)
#define assert_sent_sql(number, expected) \
	do { \
		if (test_database_shows_statements()) \
			assert_string_equal(sent.sql[number], expected); \
	} while (0)
#define assert_sent_contains(number, part) \
	do { \
		if (test_database_shows_statements()) \
			assert_contains(sent.sql[number], part); \
	} while (0)
#define assert_sent_parameters_contain(number, part) \
	do { \
		if (test_database_shows_statements()) \
			assert_contains(sent.parameters[number], part); \
	} while (0)
#define assert_sent_parameters(number, expected) \
	do { \
		if (test_database_shows_statements()) \
			assert_string_equal(sent.parameters[number], expected); \
	} while (0)

#define assert_ok(session) \
	do { \
		if (corm_session_error(session)->status != CORM_OK) \
			fail_msg("%s: %s", corm_status_name(corm_session_error(session)->status), corm_session_error(session)->message); \
	} while (0)
#define assert_status(session, expected) \
	assert_string_equal(corm_status_name(corm_session_error(session)->status), corm_status_name(expected))
#define assert_contains(text, part) \
	do { \
		const char *text_ = (text), *part_ = (part); \
		if (!text_ || !strstr(text_, part_)) \
			fail_msg("\"%s\" does not contain \"%s\"", text_ ? text_ : "(null)", part_); \
	} while (0)

#endif
