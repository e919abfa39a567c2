/* SPDX-License-Identifier: Apache-2.0
 *
 * Running statements on MariaDB: rows, RETURNING, several statements at a time, streams, arrays.
 */
#include "mariadb_test.h"

static void test_capabilities(void **state)
{
	struct client *client = *state;
	uint32_t capabilities = DRIVER->capabilities(client->connection);
	uint32_t expected = CORM_CAN_RETURNING | CORM_CAN_LAST_ID | CORM_CAN_SAVEPOINT | CORM_CAN_LOCK_ROWS |
	                    CORM_CAN_RUN_MANY | CORM_CAN_INSERT_ROWS | CORM_CAN_COMPARE_VALUES;
	assert_int_equal(capabilities, expected);
	assert_true(DRIVER->alive(client->connection));
	assert_non_null(DRIVER->native(client->connection, &client->error));
}

static void test_changes_and_keys(void **state)
{
	struct client *client = *state;
	run(client, "INSERT INTO t (name, n) VALUES ('a', 1), ('b', 2)");
	assert_int_equal(DRIVER->changes(client->connection), 2);
	void *insert = prepare(client, "INSERT INTO t (name, n) VALUES (?, 3)");
	assert_int_equal(begin(client, insert, &AS_TEXT, &(const char *){ "c" }), CORM_STEP_DONE);
	assert_int_equal(DRIVER->step(insert, &client->error), CORM_STEP_DONE);
	assert_int_equal(DRIVER->last_id(client->connection), 3);
	assert_int_equal(DRIVER->changes(client->connection), 1);
	finish(insert);
	/* Rows found, and not those that have become others. A query changes none. */
	run(client, "UPDATE t SET n = 3");
	assert_int_equal(DRIVER->changes(client->connection), 3);
	void *update = prepare(client, "UPDATE t SET n = 3 WHERE name <> ?");
	assert_int_equal(begin(client, update, &AS_TEXT, &(const char *){ "c" }), CORM_STEP_DONE);
	finish(update);
	assert_int_equal(DRIVER->changes(client->connection), 2);
	assert_int_equal(query_integer(client, "SELECT COUNT(*) FROM t"), 3);
	assert_int_equal(DRIVER->changes(client->connection), 2);
	run(client, "START TRANSACTION");
	run(client, "COMMIT");
	assert_int_equal(DRIVER->changes(client->connection), 2);
}

static void test_returning(void **state)
{
	struct client *client = *state;
	void *insert = prepare(client, "INSERT INTO t (name, n) VALUES (?, 7) RETURNING id, n");
	for (int64_t i = 1; i <= 3; i++) {
		char name[8];
		const char *text = name;
		int64_t id = 0;
		snprintf(name, sizeof name, "n%d", (int)i);
		assert_int_equal(begin(client, insert, &AS_TEXT, &text), CORM_STEP_ROW);
		read_value(client, insert, &AS_INTEGER, &id);
		assert_int_equal(id, i);
		assert_int_equal(DRIVER->column_count(insert), 2);
		assert_string_equal(DRIVER->column_name(insert, 1), "n");
		assert_int_equal(DRIVER->step(insert, &client->error), CORM_STEP_DONE);
		assert_int_equal(DRIVER->changes(client->connection), 1);
		DRIVER->reset(insert);
	}
	finish(insert);
	void *delete = prepare(client, "DELETE FROM t WHERE id > ? RETURNING id");
	assert_int_equal(begin(client, delete, &AS_INTEGER, &(int64_t){ 1 }), CORM_STEP_ROW);
	assert_int_equal(count_rows(client, delete), 1);
	assert_int_equal(DRIVER->changes(client->connection), 2);
	finish(delete);
}

static void test_columns_and_null(void **state)
{
	struct client *client = *state;
	char out[8];
	void *statement = prepare(client, "SELECT 1 AS one, NULL AS none");
	assert_int_equal(DRIVER->column_count(statement), 2);
	assert_string_equal(DRIVER->column_name(statement, 0), "one");
	assert_null(DRIVER->column_name(statement, 2));
	corm_target target = { .format = AS_INTEGER };
	assert_int_equal(DRIVER->read(statement, 0, &target, 1, out, &client->arena.room, &client->error),
	                 CORM_ERROR_USAGE);
	assert_int_equal(DRIVER->step(statement, &client->error), CORM_STEP_ROW);
	assert_false(DRIVER->is_null(statement, 0));
	assert_true(DRIVER->is_null(statement, 1));
	assert_int_equal(DRIVER->read(statement, 2, &target, 1, out, &client->arena.room, &client->error),
	                 CORM_ERROR_USAGE);
	assert_contains(client->error.error.message, "there is no row of 3 columns to read");
	finish(statement);
}

/* A statement may be left at any row, and others may run while its rows are on their way. */
static void test_several_at_once(void **state)
{
	struct client *client = *state;
	void *first = prepare(client, "SELECT seq FROM seq_1_to_20000");
	void *second = prepare(client, "SELECT seq FROM seq_101_to_200");
	assert_int_equal(next_integer(client, first), 1);
	assert_int_equal(next_integer(client, second), 101);
	int64_t kept;
	read_value(client, first, &AS_INTEGER, &kept);
	assert_int_equal(kept, 1);
	run(client, "INSERT INTO t (name) VALUES ('x')");
	assert_int_equal(next_integer(client, first), 2);
	assert_int_equal(next_integer(client, second), 102);
	void *third = prepare(client, "SELECT seq FROM seq_7_to_8");
	assert_int_equal(next_integer(client, third), 7);
	assert_int_equal(count_rows(client, second), 98);
	assert_int_equal(next_integer(client, third), 8);
	assert_int_equal(count_rows(client, third), 0);
	assert_int_equal(count_rows(client, first), 19998);
	/* Left alone at their first row, in either order; run again; finalized while others wait. */
	for (int i = 0; i < 4; i++) {
		DRIVER->reset(first);
		DRIVER->reset(second);
		assert_int_equal(next_integer(client, first), 1);
		assert_int_equal(next_integer(client, second), 101);
		DRIVER->reset(i % 2 ? first : second);
		assert_int_equal(next_integer(client, i % 2 ? second : first), i % 2 ? 102 : 2);
		assert_int_equal(query_integer(client, "SELECT 5"), 5);
	}
	DRIVER->reset(first);
	DRIVER->reset(second);
	DRIVER->reset(third);
	assert_int_equal(next_integer(client, third), 7);
	assert_int_equal(next_integer(client, second), 101);
	finish(first);
	assert_int_equal(next_integer(client, second), 102);
	finish(third);
	assert_int_equal(count_rows(client, second), 98);
	DRIVER->reset(second);
	assert_int_equal(next_integer(client, second), 101);
	assert_non_null(DRIVER->native(client->connection, &client->error));
	MYSQL *mysql = DRIVER->native(client->connection, &client->error);
	assert_int_equal(mysql_query(mysql, "DO 1"), 0);
	assert_int_equal(count_rows(client, second), 99);
	finish(second);
	assert_true(DRIVER->alive(client->connection));
}

/* Set aside with nothing left to come. */
static void test_aside_at_the_end(void **state)
{
	struct client *client = *state;
	void *one = prepare(client, "SELECT 1");
	for (int i = 0; i < 3; i++) {
		assert_int_equal(next_integer(client, one), 1);
		assert_int_equal(query_integer(client, "SELECT 2"), 2);
		if (i)
			assert_int_equal(DRIVER->step(one, &client->error), CORM_STEP_DONE);
		DRIVER->reset(one);
	}
	finish(one);
}

static void test_stream(void **state)
{
	struct client *client = *state;
	void *stream = prepare(client, "SELECT seq FROM seq_1_to_5000");
	for (int run_index = 0; run_index < 3; run_index++) {
		assert_int_equal(DRIVER->stream(stream, &client->error), CORM_OK);
		for (int64_t i = 1; i <= 5000; i++) {
			assert_int_equal(next_integer(client, stream), i);
			if (i % 700 == 0)
				assert_int_equal(query_integer(client, "SELECT 9"), 9);
			if (i == 1000)
				run(client, "INSERT INTO t (n) VALUES (1)");
			if (run_index == 1 && i == 1500)
				break;
		}
		if (run_index != 1)
			assert_int_equal(DRIVER->step(stream, &client->error), CORM_STEP_DONE);
		DRIVER->reset(stream);
		/* The same statement as any other. */
		assert_int_equal(next_integer(client, stream), 1);
		DRIVER->reset(stream);
	}
	/* Two of them, and a plain one between; finalized midway. */
	void *other = prepare(client, "SELECT seq FROM seq_1_to_3000"), *plain = prepare(client, "SELECT 1 UNION SELECT 2");
	assert_int_equal(DRIVER->stream(stream, &client->error), CORM_OK);
	assert_int_equal(DRIVER->stream(other, &client->error), CORM_OK);
	for (int64_t i = 1; i <= 2000; i++) {
		assert_int_equal(next_integer(client, stream), i);
		if (i == 100)
			assert_int_equal(next_integer(client, plain), 1);
		assert_int_equal(next_integer(client, other), i);
	}
	assert_int_equal(next_integer(client, plain), 2);
	finish(other);
	finish(stream);
	assert_int_equal(count_rows(client, plain), 0);
	finish(plain);
	/* No rows; statements that have no cursor. */
	void *empty = prepare(client, "SELECT 1 FROM t WHERE id < 0"), *show = prepare(client, "SHOW TABLES");
	assert_int_equal(DRIVER->stream(empty, &client->error), CORM_OK);
	assert_int_equal(DRIVER->stream(show, &client->error), CORM_OK);
	assert_int_equal(count_rows(client, empty), 0);
	count_rows(client, show);
	finish(empty);
	finish(show);
}

static void test_procedure(void **state)
{
	struct client *client = *state;
	run(client, "CREATE OR REPLACE PROCEDURE corm_rows() BEGIN SELECT seq FROM seq_1_to_3; SELECT 1, 2; END");
	void *call = prepare(client, "CALL corm_rows()");
	for (int i = 0; i < 3; i++) {
		assert_int_equal(next_integer(client, call), 1);
		if (i < 2)
			assert_int_equal(count_rows(client, call), 2);
		DRIVER->reset(call);
		assert_int_equal(query_integer(client, "SELECT 3"), 3);
	}
	finish(call);
	run(client, "DROP PROCEDURE corm_rows");
	/* A text of several statements, rows among them; the last ones do not run. */
	run(client, "SELECT 1; INSERT INTO t (n) VALUES (1); SELECT 2 UNION SELECT 3");
	corm_error_store error;
	assert_int_equal(DRIVER->execute(client->connection, "SELECT 1; SELEKT 2; INSERT INTO t (n) VALUES (1)", &error),
	                 CORM_ERROR_SQL);
	assert_int_equal(query_integer(client, "SELECT COUNT(*) FROM t"), 1);
}

/* A CALL's later answers: dropped, but not their errors; and out of the way of another statement. */
static void test_procedure_goes_on(void **state)
{
	struct client *client = *state;
	run(client, "CREATE OR REPLACE PROCEDURE p() BEGIN SELECT seq FROM seq_1_to_3; SELECT 4; SIGNAL SQLSTATE '45000' "
	            "SET MESSAGE_TEXT = 'behind it'; END");
	void *statement = prepare(client, "CALL p()");
	for (int i = 1; i <= 3; i++)
		assert_int_equal(next_integer(client, statement), i);
	assert_int_equal(DRIVER->step(statement, &client->error), CORM_STEP_ERROR);
	assert_string_equal(client->error.error.message, "mariadb: behind it");
	/* Where another statement meets the error, the rows do not just end. */
	DRIVER->reset(statement);
	assert_int_equal(next_integer(client, statement), 1);
	assert_fails(client, "SELECT 5", CORM_ERROR_SQL, "mariadb: behind it");
	assert_int_equal(DRIVER->step(statement, &client->error), CORM_STEP_ERROR);
	assert_int_equal(client->error.error.status, CORM_ERROR_SQL);
	assert_contains(client->error.error.message, "the rest of the rows is lost");
	finish(statement);
	assert_int_equal(query_integer(client, "SELECT 5"), 5);
	run(client, "CREATE OR REPLACE PROCEDURE p() BEGIN SELECT seq FROM seq_1_to_3; SELECT 4; SELECT 5; END");
	statement = prepare(client, "CALL p()");
	assert_int_equal(next_integer(client, statement), 1);
	assert_int_equal(query_integer(client, "SELECT 6"), 6);
	assert_int_equal(next_integer(client, statement), 2);
	assert_int_equal(count_rows(client, statement), 1);
	DRIVER->reset(statement);
	assert_int_equal(next_integer(client, statement), 1);
	finish(statement);
	assert_int_equal(query_integer(client, "SELECT 7"), 7);
	run(client, "DROP PROCEDURE p");
}

/* A server refuses to prepare some statements: they go as text, as often as they are run. */
static void test_unprepared(void **state)
{
	struct client *client = *state;
	run(client, "PREPARE other FROM 'SET @n = @n + 1'");
	run(client, "SET @n = 0");
	void *statement = prepare(client, "EXECUTE other");
	for (int i = 0; i < 3; i++) {
		assert_int_equal(DRIVER->step(statement, &client->error), CORM_STEP_DONE);
		DRIVER->reset(statement);
	}
	assert_int_equal(query_integer(client, "SELECT @n"), 3);
	run(client, "DEALLOCATE PREPARE other");
	assert_int_equal(DRIVER->step(statement, &client->error), CORM_STEP_ERROR);
	assert_int_equal(client->error.error.status, CORM_ERROR_SQL);
	finish(statement);
}

static void test_altered_table(void **state)
{
	struct client *client = *state;
	run(client, "CREATE OR REPLACE TABLE altered (a INT)");
	run(client, "INSERT INTO altered VALUES (1)");
	void *all = prepare(client, "SELECT * FROM altered"), *one = prepare(client, "SELECT a FROM altered");
	assert_int_equal(next_integer(client, all), 1);
	DRIVER->reset(all);
	run(client, "ALTER TABLE altered ADD COLUMN b INT DEFAULT 2, MODIFY a BIGINT");
	assert_int_equal(next_integer(client, one), 1);
	assert_int_equal(next_integer(client, all), 1);
	assert_int_equal(DRIVER->column_count(all), 2);
	assert_string_equal(DRIVER->column_name(all, 1), "b");
	finish(all);
	finish(one);
	run(client, "DROP TABLE altered");
}

/* ---- many runs ---------------------------------------------------------------------------------------------------- */

struct row {
	const char *name;
	int64_t n;
};

#define ROWS 3000

static corm_status run_many(struct client *client, const char *sql, const struct row *rows, size_t count,
                            corm_runs *runs)
{
	const corm_format name = NULLABLE(TEXT, sizeof(char *)), number = AS_INTEGER;
	const corm_format *const formats[] = { &name, &number };
	const void **values = calloc(count, 2 * sizeof *values);
	for (size_t i = 0; i < count; i++) {
		values[2 * i] = &rows[i].name;
		values[2 * i + 1] = &rows[i].n;
	}
	*runs = (corm_runs){ .formats = formats, .count = 2, .values = values, .runs = count, .changes = -1, .failed = 1 };
	void *statement = prepare(client, sql);
	memset(&client->error, 0, sizeof client->error);
	corm_status status = DRIVER->run_many(statement, runs, &client->error);
	assert_int_equal(status, client->error.error.status);
	finish(statement);
	free(values);
	return status;
}

static void make_rows(struct row *rows, char names[][16], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		snprintf(names[i], sizeof names[i], "name%d", (int)i);
		rows[i] = (struct row){ names[i], (int64_t)i };
	}
}

static void test_run_many(void **state)
{
	struct client *client = *state;
	static char names[ROWS][16];
	static struct row rows[ROWS];
	corm_runs runs;
	make_rows(rows, names, ROWS);
	rows[5].name = NULL;
	if (run_many(client, "INSERT INTO t (name, n) VALUES (?, ?)", rows, ROWS, &runs) != CORM_OK)
		fail_msg("%s", client->error.error.message);
	assert_int_equal(runs.changes, ROWS);
	assert_int_equal(query_integer(client, "SELECT COUNT(*) FROM t WHERE name = CONCAT('name', n)"), ROWS - 1);
	assert_int_equal(query_integer(client, "SELECT SUM(n) FROM t"), (int64_t)ROWS * (ROWS - 1) / 2);
	assert_int_equal(query_integer(client, "SELECT n FROM t WHERE name IS NULL"), 5);
	/* Rows found count, whether they become others or not; some are not found. */
	rows[5].name = "nobody";
	if (run_many(client, "UPDATE t SET n = -1, name = ? WHERE n = ? AND name IS NOT NULL", rows, 100, &runs) != CORM_OK)
		fail_msg("%s", client->error.error.message);
	assert_int_equal(runs.changes, 99);
	for (int i = 0; i < 2; i++) {
		if (run_many(client, "UPDATE t SET n = 1 WHERE name = ? AND n >= ? - 100000", rows, 50, &runs) != CORM_OK)
			fail_msg("%s", client->error.error.message);
		assert_int_equal(runs.changes, 49);
	}
	if (run_many(client, "DELETE FROM t WHERE name = ? OR n = ? + 1000000", rows, ROWS, &runs) != CORM_OK)
		fail_msg("%s", client->error.error.message);
	assert_int_equal(runs.changes, ROWS - 1);
	assert_int_equal(query_integer(client, "SELECT COUNT(*) FROM t"), 1);
	/* One; none; and a statement that arrays cannot be for. */
	assert_int_equal(run_many(client, "INSERT INTO t (name, n) VALUES (?, ?)", rows, 1, &runs), CORM_OK);
	assert_int_equal(runs.changes, 1);
	assert_int_equal(run_many(client, "INSERT INTO t (name, n) VALUES (?, ?)", rows, 0, &runs), CORM_OK);
	assert_int_equal(runs.changes, 0);
	assert_int_equal(run_many(client, "SET @a = ?, @b = ?", rows, 3, &runs), CORM_OK);
	assert_int_equal(query_integer(client, "SELECT @b"), 2);
	if (run_many(client, "INSERT INTO t (name, n) SELECT ?, ?", rows + 10, 3, &runs) != CORM_OK)
		fail_msg("%s %s", client->error.error.sqlstate, client->error.error.message);
	assert_int_equal(runs.changes, 3);
	assert_int_equal(run_many(client, "REPLACE INTO t (name, n) VALUES (?, ?)", rows, 3, &runs), CORM_OK);
	assert_int_equal(query_integer(client, "SELECT COUNT(*) FROM t WHERE n < 3"), 3);
}

/* The same statement singly, in arrays, and singly again. */
static void test_run_many_and_one(void **state)
{
	struct client *client = *state;
	const corm_format *const formats[] = { &AS_TEXT, &AS_INTEGER };
	const char *names[] = { "a", "bb", "ccc", "dddd" };
	const int64_t numbers[] = { 1, 2, 3, 4 };
	const void *values[8];
	for (size_t i = 0; i < 4; i++) {
		values[2 * i] = &names[i];
		values[2 * i + 1] = &numbers[i];
	}
	void *statement = prepare(client, "INSERT INTO t (name, n) VALUES (?, ?)");
	assert_int_equal(DRIVER->bind(statement, formats, values, 2, &client->error), CORM_OK);
	assert_int_equal(DRIVER->step(statement, &client->error), CORM_STEP_DONE);
	DRIVER->reset(statement);
	corm_runs runs = { .formats = formats, .count = 2, .values = values + 2, .runs = 2 };
	assert_int_equal(DRIVER->run_many(statement, &runs, &client->error), CORM_OK);
	assert_int_equal(DRIVER->bind(statement, formats, values + 6, 2, &client->error), CORM_OK);
	assert_int_equal(DRIVER->step(statement, &client->error), CORM_STEP_DONE);
	runs.count = 1;
	assert_int_equal(DRIVER->run_many(statement, &runs, &client->error), CORM_ERROR_USAGE);
	finish(statement);
	assert_string_equal(query_text(client, "SELECT GROUP_CONCAT(name, n ORDER BY id) FROM t"), "a1,bb2,ccc3,dddd4");
}

/* Long values, so that several packets are needed, and one that is longer than a packet is made. */
static void test_run_many_packets(void **state)
{
	struct client *client = *state;
	run(client, "CREATE TEMPORARY TABLE large (t LONGTEXT, n INT)");
	const size_t size = 700000;
	char *text = malloc(8 * size + 1);
	memset(text, 'x', 8 * size);
	text[8 * size] = '\0';
	struct row rows[20];
	corm_runs runs;
	for (int64_t i = 0; i < 20; i++)
		rows[i] = (struct row){ i == 10 ? text : text + 7 * size, i };
	if (run_many(client, "INSERT INTO large (t, n) VALUES (?, ?)", rows, 20, &runs) != CORM_OK)
		fail_msg("%s", client->error.error.message);
	assert_int_equal(runs.changes, 20);
	assert_int_equal(query_integer(client, "SELECT SUM(LENGTH(t)) FROM large"), 27 * (int64_t)size);
	assert_int_equal(query_integer(client, "SELECT COUNT(DISTINCT n) FROM large"), 20);
	/* More than the server takes at all. */
	free(text);
	size_t limit = (size_t)query_integer(client, "SELECT @@max_allowed_packet");
	text = malloc(limit + 1);
	memset(text, 'x', limit);
	text[limit] = '\0';
	rows[1].name = text;
	rows[0].name = rows[2].name = "small";
	assert_int_equal(run_many(client, "INSERT INTO large (t, n) VALUES (?, ?)", rows, 3, &runs), CORM_ERROR_VALIDATION);
	assert_contains(client->error.error.message, "max_allowed_packet");
	assert_int_equal(runs.failed, 1);
	assert_true(DRIVER->alive(client->connection));
	free(text);
}

static void test_run_many_fails(void **state)
{
	struct client *client = *state;
	static char names[ROWS][16];
	static struct row rows[ROWS];
	corm_runs runs;
	make_rows(rows, names, ROWS);
	/* Twice the same: nobody says which run it was. */
	rows[7].name = rows[3].name;
	assert_int_equal(run_many(client, "INSERT INTO t (name, n) VALUES (?, ?)", rows, ROWS, &runs), CORM_ERROR_UNIQUE);
	assert_string_equal(client->error.error.constraint, "name");
	assert_string_equal(client->error.error.table, "t");
	assert_true(runs.failed == SIZE_MAX);
	assert_int_equal(query_integer(client, "SELECT COUNT(*) FROM t"), 0);
	/* Nor does what the message quotes. */
	rows[3].name = rows[7].name = "x at row 2";
	assert_int_equal(run_many(client, "INSERT INTO t (name, n) VALUES (?, ?)", rows, ROWS, &runs), CORM_ERROR_UNIQUE);
	assert_true(runs.failed == SIZE_MAX);
	rows[3].name = names[3];
	rows[7].name = names[7];
	/* Too long: the server does. */
	rows[42].name = "a name that is longer than its column";
	assert_int_equal(run_many(client, "INSERT INTO t (name, n) VALUES (?, ?)", rows, ROWS, &runs),
	                 CORM_ERROR_VALIDATION);
	assert_string_equal(client->error.error.column, "name");
	assert_int_equal(runs.failed, 42);
	rows[42].name = names[42];
	/* What no column can hold: the driver does, and sends nothing. */
	for (size_t bad = 0; bad < 3; bad++) {
		rows[bad * 50].name = "\xff";
		assert_int_equal(run_many(client, "INSERT INTO t (name, n) VALUES (?, ?)", rows, ROWS, &runs),
		                 CORM_ERROR_VALIDATION);
		assert_contains(client->error.error.message, "mariadb: the value of parameter 1 is not valid UTF-8");
		assert_int_equal(runs.failed, bad * 50);
		assert_int_equal(query_integer(client, "SELECT COUNT(*) FROM t"), 0);
		rows[bad * 50].name = names[bad * 50];
	}
	assert_int_equal(run_many(client, "INSERT INTO t (name, n) VALUES (?, ?)", rows, ROWS, &runs), CORM_OK);
	assert_int_equal(runs.changes, ROWS);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(test_capabilities, set_up, tear_down),
	cmocka_unit_test_setup_teardown(test_changes_and_keys, set_up_simple_table, tear_down),
	cmocka_unit_test_setup_teardown(test_returning, set_up_simple_table, tear_down),
	cmocka_unit_test_setup_teardown(test_columns_and_null, set_up, tear_down),
	cmocka_unit_test_setup_teardown(test_several_at_once, set_up_simple_table, tear_down),
	cmocka_unit_test_setup_teardown(test_aside_at_the_end, set_up, tear_down),
	cmocka_unit_test_setup_teardown(test_stream, set_up_simple_table, tear_down),
	cmocka_unit_test_setup_teardown(test_procedure, set_up_simple_table, tear_down),
	cmocka_unit_test_setup_teardown(test_procedure_goes_on, set_up, tear_down),
	cmocka_unit_test_setup_teardown(test_unprepared, set_up, tear_down),
	cmocka_unit_test_setup_teardown(test_altered_table, set_up, tear_down),
	cmocka_unit_test_setup_teardown(test_run_many, set_up_simple_table, tear_down),
	cmocka_unit_test_setup_teardown(test_run_many_and_one, set_up_simple_table, tear_down),
	cmocka_unit_test_setup_teardown(test_run_many_packets, set_up_simple_table, tear_down),
	cmocka_unit_test_setup_teardown(test_run_many_fails, set_up_simple_table, tear_down),
};

MARIADB_TESTS(tests)
