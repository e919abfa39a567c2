/* SPDX-License-Identifier: Apache-2.0
 *
 * The helper of the session's tests: places that are empty and separate, and values in one form.
 */
#include "session/place.h"

static void must_run(void *native, const char *sql, int64_t expected)
{
	int64_t changed = -1;
	const char *wrong = test_database_run(native, sql, NULL, &changed);
	if (wrong)
		fail_msg("%s: %s", sql, wrong);
	if (expected >= 0)
		assert_int_equal(changed, expected);
}

static void test_places_are_separate(void **state)
{
	(void)state;
	const char *one = test_database_new(true), *two = test_database_new(true);
	assert_string_not_equal(one, two);
	void *first = test_database_connect(one), *again = test_database_connect(one), *other = test_database_connect(two);
	must_run(first, "CREATE TABLE t (a INTEGER)", -1);
	must_run(first, "INSERT INTO t VALUES (1), (2)", 2);
	must_run(again, "UPDATE t SET a = a + 10 WHERE a = 2", 1);
	assert_non_null(test_database_run(other, "SELECT a FROM t", NULL, NULL));
	must_run(other, "CREATE TABLE t (a INTEGER)", -1);
	struct test_rows rows;
	assert_null(test_database_run(first, "SELECT a, NULL FROM t ORDER BY a", &rows, NULL));
	assert_int_equal(rows.columns, 2);
	assert_int_equal(rows.cells, 4);
	assert_string_equal(rows.cell[0], "1");
	assert_null(rows.cell[1]);
	assert_string_equal(rows.cell[2], "12");
	test_rows_release(&rows);
	test_database_disconnect(first);
	test_database_disconnect(again);
	test_database_disconnect(other);
	test_database_drop(one);
	test_database_drop(two);
}

/* A table as each dialect makes it, with the value of each kind that has a form of its own. */
static void test_values_have_one_form(void **state)
{
	(void)state;
	static const struct {
		const char *dialect, *columns, *bytes;
	} tables[] = {
		{ "sqlite", "b BOOLEAN, u CHAR(32), x BLOB, d DATETIME, t TIME, f REAL", "x'00ff'" },
		{ "postgresql", "b boolean, u uuid, x bytea, d timestamptz, t time, f double precision", "'\\x00ff'" },
		{ "mariadb", "b BOOLEAN, u UUID, x LONGBLOB, d DATETIME(6), t TIME(6), f DOUBLE", "x'00ff'" },
	};
	static const char *const moments[][2] = {
		{ "2026-01-02 03:04:05.000000", "03:04:05.000000" },
		{ "2026-01-02 03:04:05.120000", "03:04:05.120000" },
		{ "0001-01-01 00:00:00.000001", "00:00:00.000001" },
	};
	static const char *const expected[] = { "1", "c0000000000000000000000000000001", "00ff" };
	size_t which = 0;
	char sql[300];
	while (strcmp(tables[which].dialect, test_database_dialect()) != 0)
		which++;
	void *native = test_database_connect(url);
	snprintf(sql, sizeof sql, "CREATE TABLE v (%s)", tables[which].columns);
	must_run(native, sql, -1);
	for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
		struct test_rows rows;
		must_run(native, "DELETE FROM v", -1);
		snprintf(sql, sizeof sql, "INSERT INTO v VALUES (true, '%s', %s, '%s', '%s', 0.1)", expected[1],
		         tables[which].bytes, moments[i][0], moments[i][1]);
		must_run(native, sql, 1);
		assert_null(test_database_run(native, "SELECT * FROM v", &rows, NULL));
		assert_int_equal(rows.cells, 6);
		for (size_t k = 0; k < 3; k++)
			assert_string_equal(rows.cell[k], expected[k]);
		assert_string_equal(rows.cell[3], moments[i][0]);
		assert_string_equal(rows.cell[4], moments[i][1]);
		assert_true(strtod(rows.cell[5], NULL) == 0.1);
		test_rows_release(&rows);
	}
	test_database_disconnect(native);
}

static void test_options_are_added(void **state)
{
	(void)state;
	char text[600], options[600];
	const char *with = test_database_with(url, "echo=1", text, sizeof text);
	assert_memory_equal(with, url, strlen(url));
	assert_contains(with, "echo=1");
	assert_ptr_equal(strchr(with, '?'), strrchr(with, '?'));
	snprintf(options, sizeof options, "%s", strchr(with, '?'));
	assert_contains(options, "echo=1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places_are_separate),
		cmocka_unit_test_setup_teardown(test_values_have_one_form, place_set_up, place_tear_down),
		cmocka_unit_test_setup_teardown(test_options_are_added, place_set_up, place_tear_down),
	};
	return cmocka_run_group_tests_name("session: the database under test", tests, NULL, NULL);
}
