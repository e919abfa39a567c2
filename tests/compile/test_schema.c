/* SPDX-License-Identifier: Apache-2.0
 *
 * corm_create_all and corm_drop_all, on a database that is looked at with sqlite3 itself.
 */
#include "compile/models.h"
#include "fail_alloc.h"
#include <sqlite3.h>

/* An adopted handle, so that the test and the engine see one database in memory. */
struct fixture {
	sqlite3 *db;
	corm_engine *engine;
};

static int set_up(void **state)
{
	static struct fixture fixture;
	assert_int_equal(sqlite3_open(":memory:", &fixture.db), SQLITE_OK);
	fixture.engine = corm_engine_adopt_sqlite3(fixture.db, CORM_ADOPT_KEEP);
	assert_non_null(fixture.engine);
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	corm_engine_close(fixture->engine);
	assert_int_equal(sqlite3_close(fixture->db), SQLITE_OK);
	return 0;
}

static void execute(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
}

static int count(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK || sqlite3_step(statement) != SQLITE_ROW)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	int value = sqlite3_column_int(statement, 0);
	sqlite3_finalize(statement);
	return value;
}

#define TABLES "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
#define INDEXES "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND name NOT LIKE 'sqlite%'"

static void expect_ok(corm_status status)
{
	if (status)
		fail_msg("%s", corm_last_error()->message);
}

static void test_create_and_drop(void **state)
{
	struct fixture *fixture = *state;
	expect_ok(corm_create_all(fixture->engine, &zoo_metadata));
	assert_int_equal(count(fixture->db, TABLES), zoo_metadata.count);
	assert_int_equal(count(fixture->db, INDEXES), 3);
	/* A second time there is nothing to do. */
	expect_ok(corm_create_all(fixture->engine, &zoo_metadata));
	expect_ok(corm_drop_all(fixture->engine, &zoo_metadata));
	assert_int_equal(count(fixture->db, TABLES), 0);
	expect_ok(corm_drop_all(fixture->engine, &zoo_metadata));
	assert_true(sqlite3_get_autocommit(fixture->db));
}

static void test_only_what_is_missing(void **state)
{
	struct fixture *fixture = *state;
	/* Names in SQLite have no case; columns that the model does not have do not matter, nor does a missing index. */
	execute(fixture->db, "CREATE TABLE Author (ID TEXT, Created_At TEXT, NAME TEXT, more TEXT)");
	execute(fixture->db, "CREATE TABLE other (id INTEGER)");
	expect_ok(corm_create_all(fixture->engine, &zoo_metadata));
	assert_int_equal(count(fixture->db, TABLES), zoo_metadata.count + 1);
	assert_int_equal(count(fixture->db, INDEXES), 2);
	expect_ok(corm_drop_all(fixture->engine, &zoo_metadata));
	assert_int_equal(count(fixture->db, TABLES), 1);
}

static void test_a_missing_column(void **state)
{
	struct fixture *fixture = *state;
	execute(fixture->db, "CREATE TABLE author (id TEXT, created_at TEXT)");
	assert_int_equal(corm_create_all(fixture->engine, &zoo_metadata), CORM_ERROR_SQL);
	assert_string_equal(corm_last_error()->message, "table \"author\" exists without the column \"name\" of its model: "
	                                                "run corm revision --autogenerate and corm upgrade");
	assert_string_equal(corm_last_error()->table, "author");
	assert_string_equal(corm_last_error()->column, "name");
	assert_int_equal(count(fixture->db, TABLES), 1);
	assert_true(sqlite3_get_autocommit(fixture->db));
}

/* All or nothing. */
static void test_a_failure_in_between(void **state)
{
	struct fixture *fixture = *state;
	execute(fixture->db, "CREATE TABLE other (id INTEGER); CREATE INDEX ix_team_name ON other (id)");
	assert_int_not_equal(corm_create_all(fixture->engine, &zoo_metadata), CORM_OK);
	assert_non_null(strstr(corm_last_error()->message, "ix_team_name"));
	assert_int_equal(count(fixture->db, TABLES), 1);
	assert_true(sqlite3_get_autocommit(fixture->db));
	/* The engine is none the worse. */
	execute(fixture->db, "DROP INDEX ix_team_name");
	expect_ok(corm_create_all(fixture->engine, &zoo_metadata));
	assert_int_equal(corm_last_error()->status, CORM_OK);
}

/* Chicken and egg, and a tree whose keys are RESTRICT, all with rows. */
static void test_drop_a_circle_with_rows(void **state)
{
	struct fixture *fixture = *state;
	expect_ok(corm_create_all(fixture->engine, &zoo_metadata));
	execute(fixture->db,
	        "INSERT INTO chicken (id) VALUES (1); INSERT INTO egg VALUES (1, 1); UPDATE chicken SET egg_id = 1");
	execute(
		fixture->db,
		"INSERT INTO hero (name, code, color, level, active, price, rough, weight, data, picture, hash, \"order\", mentor_id) "
		"VALUES ('a', 'c', 'RED', 1, 1, '1', 1, 1, '{}', x'', x'', 1, NULL), "
		"('b', 'c', 'RED', 1, 1, '1', 1, 1, '{}', x'', x'', 1, 1), "
		"('c', 'c', 'RED', 1, 1, '1', 1, 1, '{}', x'', x'', 1, 2)");
	expect_ok(corm_drop_all(fixture->engine, &zoo_metadata));
	assert_int_equal(count(fixture->db, TABLES), 0);
	assert_int_equal(count(fixture->db, "PRAGMA foreign_keys"), 1);
	/* Keys count again afterwards. */
	expect_ok(corm_create_all(fixture->engine, &zoo_metadata));
	assert_int_equal(sqlite3_exec(fixture->db, "INSERT INTO egg VALUES (1, 9)", NULL, NULL, NULL), SQLITE_CONSTRAINT);
}

static void test_rows_that_others_refer_to(void **state)
{
	struct fixture *fixture = *state;
	expect_ok(corm_create_all(fixture->engine, &zoo_metadata));
	execute(fixture->db, "CREATE TABLE other (tag_id INTEGER NOT NULL REFERENCES tag (id))");
	execute(fixture->db, "INSERT INTO tag VALUES (1, 'a'); INSERT INTO other VALUES (1)");
	assert_int_equal(corm_drop_all(fixture->engine, &zoo_metadata), CORM_ERROR_FOREIGN_KEY);
	assert_int_equal(count(fixture->db, TABLES), zoo_metadata.count + 1);
	assert_int_equal(count(fixture->db, "SELECT count(*) FROM tag"), 1);
	assert_true(sqlite3_get_autocommit(fixture->db));
}

static void test_null_arguments(void **state)
{
	struct fixture *fixture = *state;
	assert_int_equal(corm_create_all(NULL, &zoo_metadata), CORM_ERROR_USAGE);
	assert_string_equal(corm_last_error()->message, "corm_create_all: engine is NULL");
	assert_int_equal(corm_drop_all(fixture->engine, NULL), CORM_ERROR_USAGE);
	assert_string_equal(corm_last_error()->message, "corm_drop_all: metadata is NULL");
	const corm_metadata none = { .name = "none" };
	expect_ok(corm_create_all(fixture->engine, &none));
	expect_ok(corm_drop_all(fixture->engine, &none));
}

/* One call to the allocator after another fails; the work is undone each time. */
static void test_each_allocation_may_fail(void **state)
{
	(void)state;
	bool failed = true;
	for (size_t n = 1; failed; n++) {
		struct fail_alloc memory;
		fail_alloc_init(&memory, 0);
		const corm_engine_options options = { .allocator = &memory.allocator };
		corm_engine *engine = corm_engine_open_options("sqlite://", &options);
		assert_non_null(engine);
		memory.fail_at = memory.calls + n;
		corm_status status = corm_create_all(engine, &zoo_metadata);
		failed = memory.failed;
		/* Statements are not cached without memory, which is no error. */
		assert_true(status == CORM_OK || (failed && status == CORM_ERROR_MEMORY));
		assert_int_equal(corm_last_error()->status, status);
		memory.fail_at = 0;
		expect_ok(corm_create_all(engine, &zoo_metadata));
		expect_ok(corm_drop_all(engine, &zoo_metadata));
		corm_engine_close(engine);
		fail_alloc_check(&memory);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_create_and_drop, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_only_what_is_missing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_missing_column, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_failure_in_between, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_drop_a_circle_with_rows, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_rows_that_others_refer_to, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_null_arguments, set_up, tear_down),
		cmocka_unit_test(test_each_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
