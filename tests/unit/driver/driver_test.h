/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tests of src/driver/ share: a directory of their own, connections, and statements in one line.
 */
#ifndef CORM_TESTS_DRIVER_TEST_H
#define CORM_TESTS_DRIVER_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above. */
#include <cmocka.h>

#include "base/error.h"
#include "driver/engine.h"
#include <cormorant/engine.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static inline void assert_contains(const char *text, const char *part)
{
	if (!text || !strstr(text, part))
		fail_msg("\"%s\" does not contain \"%s\"", text ? text : "(null)", part);
}

/* Makes a fresh directory and goes there; what is in it is removed by leave_directory. */
static inline int enter_directory(void **state)
{
	char *path = strdup("/tmp/corm-driver-XXXXXX");
	*state = path;
	return !path || !mkdtemp(path) || chdir(path);
}

static inline int leave_directory(void **state)
{
	char command[256];
	snprintf(command, sizeof command, "rm -rf '%s'", (char *)*state);
	int code = chdir("/") || system(command);
	free(*state);
	return code;
}

static inline corm_engine *open_engine(const char *url)
{
	corm_engine *engine = corm_engine_open(url);
	if (!engine)
		fail_msg("%s: %s", url, corm_last_error()->message);
	return engine;
}

/* Opening fails with a status and a message. */
static inline void assert_open_fails(const char *url, corm_status status, const char *message)
{
	corm_engine *engine = corm_engine_open(url);
	if (engine) {
		corm_engine_close(engine);
		fail_msg("%s was opened", url);
	}
	assert_int_equal(corm_last_error()->status, status);
	assert_contains(corm_last_error()->message, message);
}

static inline struct corm__connection *acquire(corm_engine *engine)
{
	corm_error_store error;
	struct corm__connection *connection;
	if (corm__engine_acquire(engine, &connection, &error) != CORM_OK)
		fail_msg("%s", error.error.message);
	return connection;
}

static inline void execute(struct corm__connection *connection, const char *sql)
{
	corm_error_store error;
	if (corm__connection_execute(connection, sql, &error) != CORM_OK)
		fail_msg("%s: %s", sql, error.error.message);
}

/* The statement fails with a status; *error says more. */
static inline void assert_execute_fails(struct corm__connection *connection, const char *sql, corm_status status,
                                        corm_error_store *error)
{
	memset(error, 0, sizeof *error);
	assert_int_equal(corm__connection_execute(connection, sql, error), status);
	assert_int_equal(error->error.status, status);
}

/* The first value of a query as text, "(null)" for NULL, "" without a row. Lives until the next call. */
static inline const char *query_text(struct corm__connection *connection, const char *sql)
{
	static char text[256];
	sqlite3_stmt *statement = NULL;
	sqlite3 *db = connection->driver->native(connection->state, NULL);
	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	text[0] = '\0';
	if (sqlite3_step(statement) == SQLITE_ROW) {
		const char *value = (const char *)sqlite3_column_text(statement, 0);
		snprintf(text, sizeof text, "%s", value ? value : "(null)");
	}
	sqlite3_finalize(statement);
	return text;
}

#endif
