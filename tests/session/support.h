/* SPDX-License-Identifier: Apache-2.0
 *
 * What the session's tests share: a database in memory or in a file of its own, and a record of the statements that
 * were sent.
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

static inline corm_engine *database_open(const char *url, const corm_metadata *metadata)
{
	corm_engine *engine = corm_engine_open(url);
	if (!engine)
		fail_msg("%s", corm_last_error()->message);
	if (corm_create_all(engine, metadata) != CORM_OK)
		fail_msg("%s", corm_last_error()->message);
	corm_engine_on_statement(engine, statements_record, NULL);
	statements_clear();
	return engine;
}

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
