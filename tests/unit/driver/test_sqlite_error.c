/* SPDX-License-Identifier: Apache-2.0
 *
 * SQLite's errors as statuses and details; locks, timeouts, cancelling, a full disk; the functions that we add.
 */
#include "driver_test.h"
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

struct fixture {
	corm_engine *engine;
	struct corm__connection *a, *b;
	corm_error_store error;
};

static int open_file(void **state, const char *url)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);
	unlink("e.db");
	unlink("e.db-wal");
	unlink("e.db-shm");
	fixture->engine = open_engine(url);
	fixture->a = acquire(fixture->engine);
	fixture->b = acquire(fixture->engine);
	execute(fixture->a, "CREATE TABLE author(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, age INT,"
	                    " CONSTRAINT ck_age CHECK(age > 0));"
	                    "CREATE TABLE book(a INT, b INT, author_id INT REFERENCES author(id), UNIQUE(a, b));"
	                    "CREATE UNIQUE INDEX ix_age ON author(abs(age));"
	                    "INSERT INTO author VALUES(1, 'Fred', 48)");
	*state = fixture;
	return 0;
}

static int set_up(void **state)
{
	return open_file(state, "sqlite:///e.db?busy_timeout=50");
}

static int set_up_rollback_journal(void **state)
{
	return open_file(state, "sqlite:///e.db?busy_timeout=50&journal_mode=delete");
}

static int set_up_timeout(void **state)
{
	return open_file(state, "sqlite:///e.db?statement_timeout=0.05");
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	corm__engine_release(fixture->a, false);
	corm__engine_release(fixture->b, false);
	corm_engine_close(fixture->engine);
	free(fixture);
	return 0;
}

static void assert_detail(const char *found, const char *expected)
{
	if (!expected)
		assert_null(found);
	else
		assert_string_equal(found, expected);
}

static void test_details(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		const char *sql;
		corm_status status;
		const char *message, *table, *column, *constraint;
	} cases[] = {
		{ "INSERT INTO author VALUES(2, 'Fred', 1)", CORM_ERROR_UNIQUE, "sqlite: UNIQUE constraint failed: author.name",
		  "author", "name", NULL },
		{ "INSERT INTO author VALUES(1, 'Jane', 1)", CORM_ERROR_UNIQUE, "author.id", "author", "id", NULL },
		{ "INSERT INTO author VALUES(2, 'Jane', 48)", CORM_ERROR_UNIQUE, "ix_age", NULL, NULL, "ix_age" },
		{ "INSERT INTO book VALUES(1, 2, 1), (1, 2, 1)", CORM_ERROR_UNIQUE, "book.a, book.b", "book", "a, b", NULL },
		{ "INSERT INTO author VALUES(2, NULL, 1)", CORM_ERROR_NOT_NULL, "author.name", "author", "name", NULL },
		{ "INSERT INTO author VALUES(2, 'Jane', 0)", CORM_ERROR_CHECK, "ck_age", NULL, NULL, "ck_age" },
		{ "INSERT INTO book VALUES(1, 2, 9)", CORM_ERROR_FOREIGN_KEY, "FOREIGN KEY constraint failed", NULL, NULL,
		  NULL },
		{ "SELECT * FROM nowhere", CORM_ERROR_SQL, "no such table \"nowhere\" (run corm upgrade, or corm_create_all)",
		  "nowhere", NULL, NULL },
		{ "SELECT missing FROM author", CORM_ERROR_SQL, "sqlite: no such column: missing", NULL, NULL, NULL },
		{ "SELEC", CORM_ERROR_SQL, "syntax error", NULL, NULL, NULL },
		{ "SELECT zeroblob(2000000000)", CORM_ERROR_VALIDATION, "too big", NULL, NULL, NULL },
		{ "ROLLBACK", CORM_ERROR_SQL, "no transaction is active", NULL, NULL, NULL },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_execute_fails(fixture->a, cases[i].sql, cases[i].status, &fixture->error);
		const corm_error *error = &fixture->error.error;
		assert_contains(error->message, cases[i].message);
		assert_detail(error->table, cases[i].table);
		assert_detail(error->column, cases[i].column);
		assert_detail(error->constraint, cases[i].constraint);
		assert_string_equal(error->sql, cases[i].sql);
	}
}

static void test_prepare(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		const char *sql, *message;
	} cases[] = {
		{ "SELECT 1; SELECT 2", "more than one statement" },
		{ "SELECT 1; garbage", "more than one statement" },
		{ "", "no statement" },
		{ " -- nothing", "no statement" },
		{ "SELECT * FROM nowhere", "no such table" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *sql = cases[i].sql;
		assert_null(corm__statement_prepare(fixture->a, NULL, 0, sql, strlen(sql), &fixture->error));
		assert_int_equal(fixture->error.error.status, CORM_ERROR_SQL);
		assert_contains(fixture->error.error.message, cases[i].message);
		assert_string_equal(fixture->error.error.sql, sql);
	}
	static const char sql[] = "SELECT 1; -- and no more\n;;";
	struct corm__statement *statement = corm__statement_prepare(fixture->a, NULL, 0, sql, sizeof sql - 1,
	                                                            &fixture->error);
	assert_non_null(statement);
	corm__statement_release(statement);
}

/* An error of step(), which leaves the statement fit to be run again. */
static void test_step(void **state)
{
	struct fixture *fixture = *state;
	static const char sql[] = "INSERT INTO author(name) VALUES(?) RETURNING id";
	const corm_driver *driver = fixture->a->driver;
	corm_format text = { .type = CORM_TYPE_TEXT, .size = sizeof(char *) };
	const char *name = "Fred";
	const corm_format *formats[] = { &text };
	const void *values[] = { &name };
	struct corm__statement *statement = corm__statement_prepare(fixture->a, NULL, 0, sql, sizeof sql - 1,
	                                                            &fixture->error);
	assert_non_null(statement);
	assert_int_equal(driver->bind(statement->state, formats, values, 1, &fixture->error), CORM_OK);
	assert_int_equal(driver->step(statement->state, &fixture->error), CORM_STEP_ERROR);
	assert_int_equal(fixture->error.error.status, CORM_ERROR_UNIQUE);
	assert_string_equal(fixture->error.error.sql, sql);
	driver->reset(statement->state);
	name = "Jane";
	assert_int_equal(driver->bind(statement->state, formats, values, 1, &fixture->error), CORM_OK);
	assert_int_equal(driver->step(statement->state, &fixture->error), CORM_STEP_ROW);
	assert_int_equal(driver->step(statement->state, &fixture->error), CORM_STEP_DONE);
	assert_int_equal(driver->changes(fixture->a->state), 1);
	assert_int_equal(driver->last_id(fixture->a->state), 2);
	corm__statement_release(statement);
}

static void test_transaction_state(void **state)
{
	struct fixture *fixture = *state;
	const corm_driver *driver = fixture->a->driver;
	assert_int_equal(driver->transaction(fixture->a->state), CORM_TRANSACTION_NONE);
	execute(fixture->a, driver->begin);
	assert_int_equal(driver->transaction(fixture->a->state), CORM_TRANSACTION_OPEN);
	execute(fixture->a, "UPDATE author SET age = 49");
	assert_int_equal(driver->changes(fixture->a->state), 1);
	execute(fixture->a, "COMMIT");
	assert_int_equal(driver->transaction(fixture->a->state), CORM_TRANSACTION_NONE);
	assert_true(driver->alive(fixture->a->state));
}

static void test_locks(void **state)
{
	struct fixture *fixture = *state;
	/* Waiting for a writer ends after busy_timeout. */
	execute(fixture->a, "BEGIN IMMEDIATE");
	int64_t started_ns = corm__clock_ns();
	assert_execute_fails(fixture->b, "UPDATE author SET age = 1", CORM_ERROR_TIMEOUT, &fixture->error);
	assert_contains(fixture->error.error.message, "database is locked: another connection held it for longer than "
	                                              "busy_timeout");
	assert_true(corm__clock_ns() - started_ns >= 40000000);

	/* Who has read before is refused at once: what he has read does not hold any more. */
	execute(fixture->b, "BEGIN; SELECT * FROM author");
	assert_execute_fails(fixture->b, "UPDATE author SET age = 1", CORM_ERROR_CONFLICT, &fixture->error);
	assert_contains(fixture->error.error.message, "retry");
	execute(fixture->a, "UPDATE author SET age = 2; COMMIT");
	assert_execute_fails(fixture->b, "UPDATE author SET age = 1", CORM_ERROR_CONFLICT, &fixture->error);
	execute(fixture->b, "ROLLBACK; UPDATE author SET age = 3");
}

/* With a rollback journal a reader keeps the writer from committing; the commit can be tried again. */
static void test_rollback_journal(void **state)
{
	struct fixture *fixture = *state;
	execute(fixture->b, "BEGIN; SELECT * FROM author");
	execute(fixture->a, "BEGIN; UPDATE author SET age = 2");
	assert_execute_fails(fixture->a, "COMMIT", CORM_ERROR_TIMEOUT, &fixture->error);
	assert_int_equal(fixture->a->driver->transaction(fixture->a->state), CORM_TRANSACTION_OPEN);
	assert_execute_fails(fixture->b, "UPDATE author SET age = 3", CORM_ERROR_CONFLICT, &fixture->error);
	execute(fixture->b, "ROLLBACK");
	execute(fixture->a, "COMMIT");
}

static const char endless[] = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";

static void test_statement_timeout(void **state)
{
	struct fixture *fixture = *state;
	int64_t started_ns = corm__clock_ns();
	assert_execute_fails(fixture->a, endless, CORM_ERROR_TIMEOUT, &fixture->error);
	assert_contains(fixture->error.error.message, "longer than statement_timeout, 50 ms");

	struct corm__statement *statement = corm__statement_prepare(fixture->a, NULL, 0, endless, sizeof endless - 1,
	                                                            &fixture->error);
	const corm_driver *driver = fixture->a->driver;
	for (int run = 0; run < 2; run++) {
		assert_int_equal(driver->step(statement->state, &fixture->error), CORM_STEP_ERROR);
		assert_int_equal(fixture->error.error.status, CORM_ERROR_TIMEOUT);
		driver->reset(statement->state);
	}
	corm__statement_release(statement);
	execute(fixture->a, "UPDATE author SET age = 3");

	/* A wait for a lock is part of the statement. */
	execute(fixture->b, "BEGIN IMMEDIATE");
	assert_execute_fails(fixture->a, "UPDATE author SET age = 4", CORM_ERROR_TIMEOUT, &fixture->error);
	assert_contains(fixture->error.error.message, "another connection held it for longer than statement_timeout");
	assert_true(corm__clock_ns() - started_ns < 5000000000);
	execute(fixture->b, "ROLLBACK");
}

/* Opening waits for a lock too, for as long as connect_timeout says, or else busy_timeout. */
static void test_connect_timeout(void **state)
{
	struct fixture *fixture = *state;
	execute(fixture->a, "BEGIN EXCLUSIVE");
	int64_t started_ns = corm__clock_ns();
	assert_open_fails("sqlite:///e.db?connect_timeout=0.03", CORM_ERROR_TIMEOUT,
	                  "sqlite: cannot open \"e.db\": another connection held it for longer than connect_timeout, 30 ms");
	assert_true(corm__clock_ns() - started_ns < 4000000000);
	assert_open_fails("sqlite:///e.db?busy_timeout=20", CORM_ERROR_TIMEOUT, "longer than busy_timeout, 20 ms");
	execute(fixture->a, "ROLLBACK");
}

struct canceller {
	struct corm__connection *connection;
	atomic_bool stop;
};

/* Until the statement runs, a cancel hits nothing. */
static void *keep_cancelling(void *data)
{
	struct canceller *canceller = data;
	while (!atomic_load(&canceller->stop)) {
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
		canceller->connection->driver->cancel(canceller->connection->state);
	}
	return NULL;
}

static void test_cancel(void **state)
{
	struct fixture *fixture = *state;
	pthread_t thread;
	struct canceller canceller = { .connection = fixture->a };
	assert_int_equal(pthread_create(&thread, NULL, keep_cancelling, &canceller), 0);
	corm_status status = corm__connection_execute(fixture->a, endless, &fixture->error);
	atomic_store(&canceller.stop, true);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(status, CORM_ERROR_CANCELLED);
	assert_string_equal(fixture->error.error.message, "sqlite: the statement was cancelled");
	execute(fixture->a, "UPDATE author SET age = 3");
}

static void test_full(void **state)
{
	struct fixture *fixture = *state;
	sqlite3 *db = fixture->a->driver->native(fixture->a->state, &fixture->error);
	assert_int_equal(sqlite3_exec(db, "PRAGMA max_page_count = 20", NULL, NULL, NULL), SQLITE_OK);
	execute(fixture->a, "BEGIN; CREATE TABLE big(b)");
	assert_execute_fails(fixture->a, "INSERT INTO big VALUES(zeroblob(1000000))", CORM_ERROR_IO, &fixture->error);
	assert_contains(fixture->error.error.message, "sqlite: database or disk is full");
	if (fixture->a->driver->transaction(fixture->a->state) == CORM_TRANSACTION_OPEN)
		execute(fixture->a, "ROLLBACK");
	assert_string_equal(query_text(fixture->b, "PRAGMA integrity_check"), "ok");
	assert_string_equal(query_text(fixture->b, "SELECT count(*) FROM author"), "1");
}

static void test_regexp(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		const char *sql, *expected;
	} cases[] = {
		{ "SELECT 'Fred' REGEXP '^F.*d$'", "1" },
		{ "SELECT 'Fred' REGEXP '^f'", "0" },
		{ "SELECT 'aab' REGEXP '^a{2}(b|c)$'", "1" },
		{ "SELECT NULL REGEXP 'a'", "(null)" },
		{ "SELECT 'a' REGEXP NULL", "(null)" },
		{ "SELECT '' REGEXP ''", "1" },
		{ "SELECT group_concat(v REGEXP '^[0-9]+$') FROM (SELECT '1' AS v UNION ALL SELECT 'x' UNION ALL SELECT 23)",
		  "1,0,1" },
		{ "SELECT group_concat('b' REGEXP v) FROM (SELECT 'a' AS v UNION ALL SELECT 'b')", "0,1" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(query_text(fixture->a, cases[i].sql), cases[i].expected);
	assert_execute_fails(fixture->a, "SELECT 'a' REGEXP '(a'", CORM_ERROR_SQL, &fixture->error);
	assert_contains(fixture->error.error.message, "bad pattern \"(a\": ");
}

static void test_decimal_collation(void **state)
{
	struct fixture *fixture = *state;
	execute(fixture->a,
	        "CREATE TABLE d(v TEXT);"
	        "INSERT INTO d VALUES('10'), ('9.5'), ('-3'), ('zz'), ('-20.25'), ('z'), ('9.50'), ('0'), ('')");
	assert_string_equal(query_text(fixture->a, "SELECT group_concat(v, ' ') FROM"
	                                           " (SELECT v FROM d ORDER BY v COLLATE corm_decimal, rowid)"),
	                    "-20.25 -3 0 9.5 9.50 10  z zz");
	assert_string_equal(query_text(fixture->a, "SELECT count(*) FROM d WHERE v = '9.5' COLLATE corm_decimal"), "2");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_details),
		TEST(test_prepare),
		TEST(test_step),
		TEST(test_transaction_state),
		TEST(test_locks),
		cmocka_unit_test_setup_teardown(test_rollback_journal, set_up_rollback_journal, tear_down),
		cmocka_unit_test_setup_teardown(test_statement_timeout, set_up_timeout, tear_down),
		cmocka_unit_test_setup_teardown(test_connect_timeout, set_up_rollback_journal, tear_down),
		TEST(test_cancel),
		TEST(test_full),
		TEST(test_regexp),
		TEST(test_decimal_collation),
	};
	return cmocka_run_group_tests(tests, enter_directory, leave_directory);
}
