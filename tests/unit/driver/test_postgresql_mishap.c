/* SPDX-License-Identifier: Apache-2.0
 *
 * What happens to PostgreSQL's statements from outside: columns that become others, preparations that fail or are gone,
 * rows that do not come to their end.
 */
#include "driver/postgresql.h"
#include "postgresql_test.h"
#include <libpq-fe.h>
#include <signal.h>
#include <sys/types.h>

static int set_up(void **state)
{
	struct fixture *fixture = fixture_open(server_url());
	assert_run(fixture, "CREATE TEMPORARY TABLE item (id bigint PRIMARY KEY, price bigint)");
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	fixture_close(*state);
	return 0;
}

static const corm_format integer = { .type = CORM_TYPE_INT64, .size = sizeof(int64_t) };

/* Binds up to two values and steps once. */
static corm_step begin(struct fixture *fixture, struct corm__statement *statement, const corm_format *const *formats,
                       const void *const *values, size_t count)
{
	memset(&fixture->error, 0, sizeof fixture->error);
	fixture->driver->reset(statement->state);
	if (fixture->driver->bind(statement->state, formats, values, count, &fixture->error) != CORM_OK)
		return CORM_STEP_ERROR;
	return fixture->driver->step(statement->state, &fixture->error);
}

/* Runs a statement without parameters and reads the first value. */
static corm_status read_first(struct fixture *fixture, struct corm__statement *statement, const corm_format *format,
                              void *out)
{
	const corm_target target = { .format = *format, .name = "x" };
	if (begin(fixture, statement, NULL, NULL, 0) == CORM_STEP_ROW)
		fixture->driver->read(statement->state, 0, &target, 1, out, &fixture->arena.room, &fixture->error);
	fixture->driver->reset(statement->state);
	return fixture->error.error.status;
}

/* ---- columns ----------------------------------------------------------------------------------------------------- */

/* Without a prepared statement nobody says that a column has another type: it may not be read as if it had not. */
static void test_other_types(void **state)
{
	(void)state;
	struct fixture *fixture = fixture_open(url_with("prepared=off"));
	int64_t id = 0;
	assert_run(fixture, "CREATE TEMPORARY TABLE changed (id bigint)");
	assert_run(fixture, "INSERT INTO changed SELECT 5 FROM generate_series(1, 2000)");
	struct corm__statement *all = prepare(fixture, "SELECT id FROM changed");
	struct corm__statement *one = prepare(fixture, "SELECT id FROM changed LIMIT 1");
	struct corm__statement *const statements[] = { all, one };
	static const char *const types[] = { "bigint", "int", "smallint", "numeric", "inet USING '::5'", "bigint USING 5" };
	for (size_t type = 0; type < sizeof types / sizeof *types; type++) {
		char sql[80];
		const char *text = NULL;
		snprintf(sql, sizeof sql, "ALTER TABLE changed ALTER id TYPE %s", types[type]);
		assert_run(fixture, sql);
		for (size_t i = 0; i < 2; i++) {
			bool is_number = type != 4;
			const corm_format *format = is_number ? &integer : &TEXT;
			void *out = is_number ? (void *)&id : (void *)&text;
			if (type) {
				assert_int_equal(read_first(fixture, statements[i], format, out), CORM_ERROR_SQL);
				assert_string_equal(fixture->error.error.sqlstate, "0A000");
			}
			assert_int_equal(read_first(fixture, statements[i], format, out), CORM_OK);
			if (is_number)
				assert_int_equal(id, 5);
			else
				assert_string_equal(text, "::5");
		}
	}
	corm__statement_release(all);
	corm__statement_release(one);
	fixture_close(fixture);
}

/* A type that is read as text is known before it comes. */
static void test_text_at_once(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct fixture *fixture = fixture_open(url_with(i ? "prepared=off" : "prepared=on"));
		assert_string_equal(text_of(fixture, "SELECT inet '127.0.0.1'"), "127.0.0.1");
		assert_int_equal(number_of(fixture, "SELECT 7::bigint, interval '1 day'"), 7);
		fixture_close(fixture);
	}
}

/* ---- preparation ------------------------------------------------------------------------------------------------- */

/* Half of the values were bound, as other types than the statement was prepared with. */
static void test_bind_fails(void **state)
{
	struct fixture *fixture = *state;
	const corm_format real = PLAIN(DOUBLE, sizeof(double)), text = TEXT, truth = PLAIN(BOOL, sizeof(bool));
	const corm_target target = { .format = truth, .name = "x" };
	const corm_format *const integers[] = { &integer, &text }, *const reals[] = { &real, &text };
	const int64_t ten = 10;
	const double ten_and_a_half = 10.5;
	const char *good = "a", *bad = "\xff";
	bool found = true;
	struct corm__statement *statement = prepare(fixture, "SELECT 10 = $1 AND $2 = 'a'");
	assert_int_equal(begin(fixture, statement, integers, (const void *[]){ &ten, &good }, 2), CORM_STEP_ROW);
	assert_int_equal(begin(fixture, statement, reals, (const void *[]){ &ten_and_a_half, &bad }, 2), CORM_STEP_ERROR);
	assert_int_equal(fixture->error.error.status, CORM_ERROR_VALIDATION);
	const double ten_as_real = 10;
	assert_int_equal(begin(fixture, statement, reals, (const void *[]){ &ten_as_real, &good }, 2), CORM_STEP_ROW);
	assert_int_equal(fixture->driver->read(statement->state, 0, &target, 1, &found, &fixture->arena.room,
	                                       &fixture->error),
	                 CORM_OK);
	assert_true(found);
	corm__statement_release(statement);
}

/* What is sent behind a failure is not prepared either. It works later, and it does not harm others. */
static void test_prepared_behind_a_failure(void **state)
{
	struct fixture *fixture = *state;
	const corm_driver *driver = fixture->driver;
	int64_t id = 1;
	const corm_format *const formats[] = { &integer };
	const void *const values[] = { &id };
	assert_run(fixture, "INSERT INTO item VALUES (1, 1)");
	struct corm__statement *insert = prepare(fixture, "INSERT INTO item (id) VALUES ($1)");
	struct corm__statement *update = prepare(fixture, "UPDATE item SET price = 7 WHERE id = $1");
	struct corm__statement *wrong = prepare(fixture, "UPDATE item SET missing = 7 WHERE id = $1");
	for (int round = 0; round < 2; round++) {
		struct corm__statement *first = round ? wrong : update;
		assert_run(fixture, "BEGIN");
		memset(&fixture->error, 0, sizeof fixture->error);
		for (int i = 0; i < 2; i++) {
			struct corm__statement *statement = i ? first : insert;
			assert_int_equal(driver->bind(statement->state, formats, values, 1, &fixture->error), CORM_OK);
			assert_int_equal(driver->send(statement->state, &fixture->error), CORM_OK);
		}
		assert_int_equal(driver->receive(insert->state, &fixture->error), CORM_STEP_ERROR);
		assert_int_equal(fixture->error.error.status, CORM_ERROR_UNIQUE);
		driver->discard(fixture->connection->state);
		assert_run(fixture, "ROLLBACK");
	}
	assert_int_equal(begin(fixture, update, formats, values, 1), CORM_STEP_DONE);
	corm__statement_release(wrong);
	assert_int_equal(number_of(fixture, "SELECT price FROM item"), 7);
	/* Sent behind others again, in a flight that comes so far. */
	assert_run(fixture, "BEGIN");
	for (id = 2; id < 4; id++) {
		assert_int_equal(driver->bind(insert->state, formats, values, 1, &fixture->error), CORM_OK);
		assert_int_equal(driver->send(insert->state, &fixture->error), CORM_OK);
		assert_int_equal(driver->bind(update->state, formats, values, 1, &fixture->error), CORM_OK);
		assert_int_equal(driver->send(update->state, &fixture->error), CORM_OK);
	}
	for (int i = 0; i < 2; i++) {
		assert_int_equal(driver->receive(insert->state, &fixture->error), CORM_STEP_DONE);
		assert_int_equal(driver->receive(update->state, &fixture->error), CORM_STEP_DONE);
	}
	assert_run(fixture, "COMMIT");
	assert_int_equal(number_of(fixture, "SELECT sum(price)::bigint FROM item"), 21);
	corm__statement_release(insert);
	corm__statement_release(update);
	assert_int_equal(number_of(fixture, "SELECT count(*) FROM item"), 3);
}

/* Somebody has deallocated them all: whichever is missed first, it is an error once, and BEGIN's is missed with it. */
static void test_deallocated(void **state)
{
	struct fixture *fixture = *state;
	const corm_driver *driver = fixture->driver;
	struct corm__statement *one = prepare(fixture, "SELECT 1::bigint"), *sent = prepare(fixture, "DELETE FROM item");
	int64_t number = 0;
	for (int round = 0; round < 3; round++) {
		assert_run(fixture, "BEGIN");
		assert_int_equal(read_first(fixture, one, &integer, &number), CORM_OK);
		assert_int_equal(driver->send(sent->state, &fixture->error), CORM_OK);
		assert_int_equal(driver->receive(sent->state, &fixture->error), CORM_STEP_DONE);
		assert_run(fixture, "COMMIT");
		PQclear(PQexec(driver->native(fixture->connection->state, &fixture->error), "DEALLOCATE ALL"));
		memset(&fixture->error, 0, sizeof fixture->error);
		if (round == 0) {
			assert_run(fixture, "BEGIN");
			assert_int_equal(read_first(fixture, one, &integer, &number), CORM_ERROR_SQL);
			assert_int_equal(run(fixture, "ROLLBACK"), CORM_OK);
		} else if (round == 1) {
			assert_int_equal(driver->send(sent->state, &fixture->error), CORM_OK);
			assert_int_equal(driver->receive(sent->state, &fixture->error), CORM_STEP_ERROR);
			driver->discard(fixture->connection->state);
		} else {
			assert_int_equal(read_first(fixture, one, &integer, &number), CORM_ERROR_SQL);
		}
		if (round)
			assert_string_equal(fixture->error.error.sqlstate, "26000");
		/* The other one is missed now, if it is not the one that was. */
		read_first(fixture, one, &integer, &number);
		if (driver->send(sent->state, &fixture->error) == CORM_OK)
			driver->receive(sent->state, &fixture->error);
		driver->discard(fixture->connection->state);
	}
	assert_run(fixture, "BEGIN");
	assert_int_equal(read_first(fixture, one, &integer, &number), CORM_OK);
	assert_int_equal(number, 1);
	assert_run(fixture, "COMMIT");
	corm__statement_release(one);
	corm__statement_release(sent);
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

#define MANY "FROM generate_series(1, 20000) AS n"

static int count_rows(struct fixture *fixture, struct corm__statement *statement, int most, corm_step *step)
{
	int rows = 0;
	while ((*step = fixture->driver->step(statement->state, &fixture->error)) == CORM_STEP_ROW && ++rows < most)
		;
	return rows;
}

/* One statement's error is found while another one needs the connection: its rows do not just end. */
static void test_rows_are_cut(void **state)
{
	struct fixture *fixture = *state;
	struct corm__statement *statement = prepare(fixture, "SELECT 1000 / (20000 - n) " MANY);
	corm_step step;
	count_rows(fixture, statement, INT32_MAX, &step);
	fixture->driver->reset(statement->state);
	/* Many rows are read one by one, since the first time. */
	struct corm__statement *other = prepare(fixture, "SELECT n " MANY);
	assert_int_equal(count_rows(fixture, other, INT32_MAX, &step), 20000);
	fixture->driver->reset(other->state);
	assert_int_equal(count_rows(fixture, statement, 10, &step), 10);
	assert_int_equal(run(fixture, "SELECT 1"), CORM_ERROR_SQL);
	assert_string_equal(fixture->error.error.sqlstate, "22012");
	assert_int_equal(count_rows(fixture, statement, INT32_MAX, &step), 19989);
	assert_int_equal(step, CORM_STEP_ERROR);
	assert_int_equal(fixture->error.error.status, CORM_ERROR_SQL);
	assert_contains(fixture->error.error.message, "the rest of the rows is lost");
	fixture->driver->reset(statement->state);
	assert_int_equal(number_of(fixture, "SELECT 2"), 2);
	corm__statement_release(statement);
	corm__statement_release(other);
}

/* The server stops in the middle: the connection is given up, and nobody gets it for a good one. */
static void test_rows_stop(void **state)
{
	(void)state;
	struct fixture *fixture = fixture_open(server_url());
	pid_t server = (pid_t)number_of(fixture, "SELECT pg_backend_pid()");
	struct corm__statement *statement = prepare(fixture, "SELECT repeat('x', 10000) " MANY);
	corm_step step;
	assert_int_equal(count_rows(fixture, statement, INT32_MAX, &step), 20000);
	fixture->driver->reset(statement->state);
	assert_int_equal(count_rows(fixture, statement, 10, &step), 10);
	if (kill(server, SIGSTOP)) {
		/* It is another machine's, or another user's. */
		corm__statement_release(statement);
		fixture_close(fixture);
		skip();
	}
	memset(&fixture->error, 0, sizeof fixture->error);
	/* Known to us alone: the server may take its time for so many rows. */
	((struct corm__postgresql_connection *)fixture->connection->state)->statement_timeout_ms = 500;
	count_rows(fixture, statement, INT32_MAX, &step);
	kill(server, SIGCONT);
	assert_int_equal(step, CORM_STEP_ERROR);
	assert_int_equal(fixture->error.error.status, CORM_ERROR_TIMEOUT);
	assert_contains(fixture->error.error.message, "the connection is given up");
	fixture->driver->reset(statement->state);
	assert_false(fixture->driver->alive(fixture->connection->state));
	assert_int_equal(fixture->driver->transaction(fixture->connection->state), CORM_TRANSACTION_NONE);
	assert_int_equal(run(fixture, "SELECT 1"), CORM_ERROR_CONNECT);
	corm__statement_release(statement);
	fixture_close(fixture);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_other_types),
		cmocka_unit_test(test_text_at_once),
		TEST(test_bind_fails),
		TEST(test_prepared_behind_a_failure),
		TEST(test_deallocated),
		TEST(test_rows_are_cut),
		cmocka_unit_test(test_rows_stop),
	};
	if (!server_url())
		return SKIPPED;
	return cmocka_run_group_tests_name("postgresql mishaps", tests, NULL, NULL);
}
