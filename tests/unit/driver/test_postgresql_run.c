/* SPDX-License-Identifier: Apache-2.0
 *
 * Statements on PostgreSQL: transactions and how they fail, results that come row by row, streams, what is sent without
 * waiting, arrays and COPY.
 */
#include "postgresql_test.h"
#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <time.h>

static int set_up(void **state)
{
	struct fixture *fixture = fixture_open(server_url());
	execute(fixture->connection, "SET client_min_messages = warning; DROP SCHEMA IF EXISTS corm_runs CASCADE; "
	                             "CREATE SCHEMA corm_runs; SET search_path = corm_runs; "
	                             "CREATE TABLE item (id int PRIMARY KEY, name varchar(10) UNIQUE, "
	                             "parent int REFERENCES item, price int CHECK (price > 0), kind text NOT NULL)");
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	run(fixture, "ROLLBACK");
	execute(fixture->connection, "DROP SCHEMA corm_runs CASCADE");
	fixture_close(fixture);
	return 0;
}

static void nap(int milliseconds)
{
	nanosleep(&(struct timespec){ .tv_nsec = milliseconds * 1000000L }, NULL);
}

static corm_transaction_state transaction(struct fixture *fixture)
{
	return fixture->driver->transaction(fixture->connection->state);
}

static bool alive(struct fixture *fixture)
{
	return fixture->driver->alive(fixture->connection->state);
}

/* ---- errors ------------------------------------------------------------------------------------------------------ */

static void test_constraints(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		const char *sql;
		corm_status status;
		const char *sqlstate, *constraint, *column;
	} cases[] = {
		{ "INSERT INTO item VALUES (1, 'a', NULL, 1, 'x')", CORM_OK, NULL, NULL, NULL },
		{ "INSERT INTO item VALUES (1, 'b', NULL, 1, 'x')", CORM_ERROR_UNIQUE, "23505", "item_pkey", "id" },
		{ "INSERT INTO item VALUES (2, 'a', NULL, 1, 'x')", CORM_ERROR_UNIQUE, "23505", "item_name_key", "name" },
		{ "INSERT INTO item VALUES (2, 'b', 9, 1, 'x')", CORM_ERROR_FOREIGN_KEY, "23503", "item_parent_fkey", "parent" },
		{ "INSERT INTO item VALUES (2, 'b', NULL, 0, 'x')", CORM_ERROR_CHECK, "23514", "item_price_check", NULL },
		{ "INSERT INTO item VALUES (2, 'b', NULL, 1, NULL)", CORM_ERROR_NOT_NULL, "23502", NULL, "kind" },
		{ "INSERT INTO item VALUES (2, 'longer than ten', NULL, 1, 'x')", CORM_ERROR_VALIDATION, "22001", NULL, NULL },
		{ "SELECT 1 / 0", CORM_ERROR_SQL, "22012", NULL, NULL },
		{ "SELEC 1", CORM_ERROR_SQL, "42601", NULL, NULL },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const corm_error *error = &fixture->error.error;
		assert_int_equal(run(fixture, cases[i].sql), cases[i].status);
		if (cases[i].status == CORM_OK)
			continue;
		assert_contains(error->message, "postgresql: ");
		assert_string_equal(error->sqlstate, cases[i].sqlstate);
		assert_string_equal(error->sql, cases[i].sql);
		if (cases[i].constraint) {
			assert_string_equal(error->constraint, cases[i].constraint);
			assert_string_equal(error->table, "item");
		}
		if (cases[i].column)
			assert_string_equal(error->column, cases[i].column);
		assert_int_equal(transaction(fixture), CORM_TRANSACTION_NONE);
	}
	assert_int_equal(run(fixture, "SELECT * FROM nowhere"), CORM_ERROR_SQL);
	assert_contains(fixture->error.error.message,
	                "postgresql: no such table \"nowhere\" (run corm upgrade, or corm_create_all)");
	assert_string_equal(fixture->error.error.table, "nowhere");
}

static void test_transactions(void **state)
{
	struct fixture *fixture = *state;
	assert_run(fixture, "BEGIN");
	assert_int_equal(transaction(fixture), CORM_TRANSACTION_OPEN);
	assert_run(fixture, "COMMIT");
	assert_int_equal(transaction(fixture), CORM_TRANSACTION_NONE);
	assert_run(fixture, "BEGIN");
	assert_run(fixture, "INSERT INTO item VALUES (1, 'a', NULL, 1, 'x')");
	assert_run(fixture, "SAVEPOINT corm_1");
	assert_int_equal(run(fixture, "INSERT INTO item VALUES (1, 'b', NULL, 1, 'x')"), CORM_ERROR_UNIQUE);
	assert_int_equal(transaction(fixture), CORM_TRANSACTION_FAILED);
	assert_int_equal(run(fixture, "SELECT 1"), CORM_ERROR_SQL);
	assert_string_equal(fixture->error.error.sqlstate, "25P02");
	assert_run(fixture, "ROLLBACK TO SAVEPOINT corm_1");
	assert_int_equal(transaction(fixture), CORM_TRANSACTION_OPEN);
	assert_int_equal(number_of(fixture, "SELECT count(*) FROM item"), 1);
	assert_int_equal(run(fixture, "SELEC"), CORM_ERROR_SQL);
	/* The server would answer it by a ROLLBACK, as if all were well. */
	assert_int_equal(run(fixture, "COMMIT"), CORM_ERROR_SQL);
	assert_contains(fixture->error.error.message, "could not be committed");
	assert_int_equal(transaction(fixture), CORM_TRANSACTION_NONE);
	assert_int_equal(number_of(fixture, "SELECT count(*) FROM item"), 0);
	/* What the driver begins by itself. */
	assert_int_equal(fixture->driver->begin_as(fixture->connection->state, "SERIALIZABLE", true, &fixture->error), CORM_OK);
	assert_string_equal(text_of(fixture, "SHOW transaction_isolation"), "serializable");
	assert_int_equal(run(fixture, "DELETE FROM item"), CORM_ERROR_READONLY);
	assert_run(fixture, "ROLLBACK");
}

static void test_conflicts(void **state)
{
	struct fixture *one = *state;
	struct fixture *two = fixture_open(url_with("schema=corm_runs"));
	assert_run(one, "INSERT INTO item VALUES (1, 'a', NULL, 1, 'x'), (2, 'b', NULL, 1, 'x')");
	assert_run(one, "BEGIN");
	assert_run(one, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
	assert_int_equal(number_of(one, "SELECT price FROM item WHERE id = 1"), 1);
	assert_run(two, "UPDATE item SET price = 5 WHERE id = 1");
	assert_int_equal(run(one, "UPDATE item SET price = 6 WHERE id = 1"), CORM_ERROR_CONFLICT);
	assert_string_equal(one->error.error.sqlstate, "40001");
	assert_int_equal(transaction(one), CORM_TRANSACTION_FAILED);
	assert_run(one, "ROLLBACK");
	assert_run(one, "BEGIN");
	assert_run(one, "SELECT * FROM item WHERE id = 1 FOR UPDATE");
	assert_int_equal(run(two, "SELECT * FROM item WHERE id = 1 FOR UPDATE NOWAIT"), CORM_ERROR_CONFLICT);
	assert_string_equal(two->error.error.sqlstate, "55P03");
	assert_run(one, "ROLLBACK");
	fixture_close(two);
}

/* Both run the second UPDATE at the same time; one of them is chosen. */
struct rival {
	struct fixture *fixture;
	corm_status status;
};
static void *update_one(void *data)
{
	struct rival *rival = data;
	rival->status = run(rival->fixture, "UPDATE item SET price = 9 WHERE id = 1");
	run(rival->fixture, "ROLLBACK");
	return NULL;
}

static void test_deadlock(void **state)
{
	struct fixture *one = *state;
	struct rival rival = { .fixture = fixture_open(url_with("schema=corm_runs")) };
	pthread_t thread;
	assert_run(one, "INSERT INTO item VALUES (1, 'a', NULL, 1, 'x'), (2, 'b', NULL, 1, 'x')");
	assert_run(one, "BEGIN");
	assert_run(rival.fixture, "BEGIN");
	assert_run(one, "UPDATE item SET price = 2 WHERE id = 1");
	assert_run(rival.fixture, "UPDATE item SET price = 3 WHERE id = 2");
	assert_int_equal(pthread_create(&thread, NULL, update_one, &rival), 0);
	corm_status status = run(one, "UPDATE item SET price = 2 WHERE id = 2");
	char sqlstate[8] = "";
	if (status != CORM_OK)
		snprintf(sqlstate, sizeof sqlstate, "%s", one->error.error.sqlstate);
	assert_run(one, "ROLLBACK");
	pthread_join(thread, NULL);
	assert_true((status == CORM_ERROR_CONFLICT) != (rival.status == CORM_ERROR_CONFLICT));
	assert_true(status == CORM_OK || rival.status == CORM_OK);
	if (status != CORM_OK)
		assert_string_equal(sqlstate, "40P01");
	fixture_close(rival.fixture);
}

static void test_statement_timeout(void **state)
{
	(void)state;
	struct fixture *fixture = fixture_open(url_with("statement_timeout=1"));
	assert_int_equal(run(fixture, "SELECT pg_sleep(30)"), CORM_ERROR_TIMEOUT);
	assert_contains(fixture->error.error.message, "took longer than statement_timeout, 1000 ms");
	assert_true(alive(fixture));
	assert_int_equal(number_of(fixture, "SELECT 1"), 1);
	fixture_close(fixture);
}

struct canceller {
	struct fixture *fixture;
	atomic_bool stop;
};

/* Until the statement is there, a cancel hits nothing. */
static void *keep_cancelling(void *data)
{
	struct canceller *canceller = data;
	while (!atomic_load(&canceller->stop)) {
		canceller->fixture->driver->cancel(canceller->fixture->connection->state);
		nap(20);
	}
	return NULL;
}

static void test_cancel(void **state)
{
	struct fixture *fixture = *state;
	pthread_t thread;
	struct canceller canceller = { .fixture = fixture };
	assert_run(fixture, "SELECT 1");
	assert_int_equal(pthread_create(&thread, NULL, keep_cancelling, &canceller), 0);
	corm_status status = run(fixture, "SELECT pg_sleep(30)");
	atomic_store(&canceller.stop, true);
	pthread_join(thread, NULL);
	assert_int_equal(status, CORM_ERROR_CANCELLED);
	assert_string_equal(fixture->error.error.sqlstate, "57014");
	assert_int_equal(number_of(fixture, "SELECT 1"), 1);
}

/* ---- lost connections -------------------------------------------------------------------------------------------- */

static void test_terminated(void **state)
{
	struct fixture *killer = *state;
	struct fixture *victim = fixture_open(server_url());
	char sql[96];
	snprintf(sql, sizeof sql, "SELECT pg_terminate_backend(%lld, 20000)",
	         (long long)number_of(victim, "SELECT pg_backend_pid()"));
	assert_run(victim, "BEGIN");
	assert_run(victim, "SELECT 1");
	assert_run(killer, sql);
	assert_int_equal(run(victim, "SELECT 2"), CORM_ERROR_CONNECT);
	assert_false(alive(victim));
	assert_int_equal(transaction(victim), CORM_TRANSACTION_NONE);
	assert_int_equal(run(victim, "SELECT 3"), CORM_ERROR_CONNECT);
	assert_contains(victim->error.error.message, "the connection to the server is lost");
	fixture_close(victim);
	/* An idle one is found out without a round trip. */
	victim = fixture_open(server_url());
	snprintf(sql, sizeof sql, "SELECT pg_terminate_backend(%lld, 20000)",
	         (long long)number_of(victim, "SELECT pg_backend_pid()"));
	assert_run(killer, sql);
	for (int i = 0; alive(victim) && i < 500; i++)
		nap(10);
	assert_false(alive(victim));
	fixture_close(victim);
	/* A socket that is closed under the library. */
	victim = fixture_open(server_url());
	assert_run(victim, "SELECT 1");
	PGconn *db = victim->driver->native(victim->connection->state, &victim->error);
	assert_int_equal(shutdown(PQsocket(db), SHUT_RDWR), 0);
	assert_int_equal(run(victim, "SELECT 2"), CORM_ERROR_CONNECT);
	assert_false(alive(victim));
	fixture_close(victim);
}

/* ---- results ----------------------------------------------------------------------------------------------------- */

/* Adds up the numbers of a statement's rows from the next on; most: so many of them. */
static int64_t add_up(struct fixture *fixture, struct corm__statement *statement, size_t most, size_t *rows)
{
	const corm_target target = { .format = INTEGER, .offset = 0, .name = "n" };
	int64_t sum = 0, number;
	*rows = 0;
	corm_step step;
	while (*rows < most && (step = fixture->driver->step(statement->state, &fixture->error)) == CORM_STEP_ROW) {
		assert_int_equal(fixture->driver->read(statement->state, 0, &target, 1, &number, &fixture->arena.room,
		                                       &fixture->error),
		                 CORM_OK);
		sum += number;
		++*rows;
	}
	return sum;
}

/* The second run of a statement that gave many rows reads them one by one; whatever comes in between. */
static void test_large_results(void **state)
{
	struct fixture *fixture = *state;
	struct corm__statement *statement = prepare(fixture, "SELECT n FROM generate_series(1, 2000) AS n");
	size_t rows;
	assert_run(fixture, "BEGIN");
	for (int i = 0; i < 3; i++) {
		assert_int_equal(fixture->driver->bind(statement->state, NULL, NULL, 0, &fixture->error), CORM_OK);
		assert_int_equal(add_up(fixture, statement, SIZE_MAX, &rows), 2001000);
		assert_int_equal(rows, 2000);
		assert_int_equal(fixture->driver->step(statement->state, &fixture->error), CORM_STEP_DONE);
		fixture->driver->reset(statement->state);
	}
	int64_t sum = add_up(fixture, statement, 10, &rows);
	assert_int_equal(number_of(fixture, "SELECT 7"), 7);
	sum += add_up(fixture, statement, SIZE_MAX, &rows);
	assert_int_equal(sum, 2001000);
	assert_int_equal(rows, 1990);
	fixture->driver->reset(statement->state);
	/* Left in the middle. */
	add_up(fixture, statement, 10, &rows);
	fixture->driver->reset(statement->state);
	assert_int_equal(number_of(fixture, "SELECT 8"), 8);
	corm__statement_release(statement);
	/* An error behind many rows. */
	statement = prepare(fixture, "SELECT 1000 / (1000 - n) FROM generate_series(1, 2000) AS n");
	for (int i = 0; i < 2; i++) {
		memset(&fixture->error, 0, sizeof fixture->error);
		add_up(fixture, statement, SIZE_MAX, &rows);
		assert_int_equal(fixture->error.error.status, CORM_ERROR_SQL);
		assert_string_equal(fixture->error.error.sqlstate, "22012");
		fixture->driver->reset(statement->state);
		assert_int_equal(transaction(fixture), CORM_TRANSACTION_FAILED);
		assert_run(fixture, "ROLLBACK");
		assert_run(fixture, "BEGIN");
	}
	corm__statement_release(statement);
	assert_run(fixture, "ROLLBACK");
}

static void test_stream(void **state)
{
	struct fixture *fixture = *state;
	const corm_driver *driver = fixture->driver;
	struct corm__statement *statement = prepare(fixture, "SELECT n FROM generate_series(1, $1) AS n");
	const corm_format format = INTEGER, *formats = &format;
	const int64_t most = 3000;
	const void *values = &most;
	size_t rows, more;
	assert_run(fixture, "BEGIN");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(driver->bind(statement->state, &formats, &values, 1, &fixture->error), CORM_OK);
		assert_int_equal(driver->stream(statement->state, &fixture->error), CORM_OK);
		int64_t sum = add_up(fixture, statement, 700, &rows);
		assert_int_equal(rows, 700);
		assert_int_equal(number_of(fixture, "SELECT 7"), 7);
		sum += add_up(fixture, statement, SIZE_MAX, &more);
		assert_int_equal(more, 2300);
		assert_int_equal(sum, 4501500);
		driver->reset(statement->state);
	}
	/* Two at once, and one that is left in the middle. */
	struct corm__statement *other = prepare(fixture, "SELECT n FROM generate_series(1, 600) AS n");
	assert_int_equal(driver->bind(statement->state, &formats, &values, 1, &fixture->error), CORM_OK);
	assert_int_equal(driver->stream(statement->state, &fixture->error), CORM_OK);
	assert_int_equal(driver->bind(other->state, NULL, NULL, 0, &fixture->error), CORM_OK);
	assert_int_equal(driver->stream(other->state, &fixture->error), CORM_OK);
	add_up(fixture, statement, 600, &rows);
	assert_int_equal(add_up(fixture, other, SIZE_MAX, &rows), 180300);
	add_up(fixture, statement, 5, &rows);
	assert_int_equal(rows, 5);
	corm__statement_release(statement);
	corm__statement_release(other);
	assert_int_equal(number_of(fixture, "SELECT count(*) FROM pg_cursors WHERE name LIKE 'corm%'"), 0);
	assert_run(fixture, "ROLLBACK");
}

/* ---- many rows --------------------------------------------------------------------------------------------------- */

static void test_send(void **state)
{
	struct fixture *fixture = *state;
	const corm_driver *driver = fixture->driver;
	const corm_format format = INTEGER, *formats[] = { &format, &format };
	struct corm__statement *insert = prepare(fixture, "INSERT INTO item (id, price, kind) VALUES ($1, $2, 'x')");
	struct corm__statement *update = prepare(fixture, "UPDATE item SET price = price + $2 WHERE id <= $1");
	int64_t id, price;
	const void *values[] = { &id, &price };
	assert_run(fixture, "BEGIN");
	/* Of two statements by turns; each has the changes of its own. */
	for (id = 1; id <= 300; id++) {
		price = id;
		assert_int_equal(driver->bind(insert->state, formats, values, 2, &fixture->error), CORM_OK);
		assert_int_equal(driver->send(insert->state, &fixture->error), CORM_OK);
		assert_int_equal(driver->bind(update->state, formats, values, 2, &fixture->error), CORM_OK);
		assert_int_equal(driver->send(update->state, &fixture->error), CORM_OK);
	}
	for (id = 1; id <= 300; id++) {
		assert_int_equal(driver->receive(insert->state, &fixture->error), CORM_STEP_DONE);
		assert_int_equal(driver->changes(fixture->connection->state), 1);
		assert_int_equal(driver->receive(update->state, &fixture->error), CORM_STEP_DONE);
		assert_int_equal(driver->changes(fixture->connection->state), id);
	}
	assert_int_equal(number_of(fixture, "SELECT count(*) FROM item"), 300);
	assert_run(fixture, "SAVEPOINT corm_1");
	/* The third fails, and what comes after it did not happen. */
	static const int64_t ids[] = { 301, 302, 5, 303, 304 };
	for (size_t i = 0; i < 5; i++) {
		id = ids[i];
		assert_int_equal(driver->bind(insert->state, formats, values, 2, &fixture->error), CORM_OK);
		assert_int_equal(driver->send(insert->state, &fixture->error), CORM_OK);
	}
	memset(&fixture->error, 0, sizeof fixture->error);
	assert_int_equal(driver->receive(insert->state, &fixture->error), CORM_STEP_DONE);
	assert_int_equal(driver->receive(insert->state, &fixture->error), CORM_STEP_DONE);
	assert_int_equal(driver->receive(insert->state, &fixture->error), CORM_STEP_ERROR);
	assert_int_equal(fixture->error.error.status, CORM_ERROR_UNIQUE);
	driver->discard(fixture->connection->state);
	assert_int_equal(transaction(fixture), CORM_TRANSACTION_FAILED);
	assert_run(fixture, "ROLLBACK TO SAVEPOINT corm_1");
	assert_int_equal(number_of(fixture, "SELECT count(*) FROM item"), 300);
	/* The last of them fails. */
	for (size_t i = 1; i < 3; i++) {
		id = ids[i];
		assert_int_equal(driver->bind(insert->state, formats, values, 2, &fixture->error), CORM_OK);
		assert_int_equal(driver->send(insert->state, &fixture->error), CORM_OK);
	}
	assert_int_equal(driver->receive(insert->state, &fixture->error), CORM_STEP_DONE);
	assert_int_equal(driver->receive(insert->state, &fixture->error), CORM_STEP_ERROR);
	driver->discard(fixture->connection->state);
	assert_run(fixture, "ROLLBACK TO SAVEPOINT corm_1");
	/* The last one fails, and nothing comes after it. */
	assert_run(fixture, "SAVEPOINT corm_2");
	id = 5;
	assert_int_equal(driver->bind(insert->state, formats, values, 2, &fixture->error), CORM_OK);
	assert_int_equal(driver->send(insert->state, &fixture->error), CORM_OK);
	assert_int_equal(driver->receive(insert->state, &fixture->error), CORM_STEP_ERROR);
	driver->discard(fixture->connection->state);
	assert_int_equal(transaction(fixture), CORM_TRANSACTION_FAILED);
	assert_run(fixture, "ROLLBACK TO SAVEPOINT corm_2");
	assert_int_equal(number_of(fixture, "SELECT count(*) FROM item"), 300);
	corm__statement_release(insert);
	corm__statement_release(update);
	assert_run(fixture, "ROLLBACK");
}

static void test_arrays(void **state)
{
	enum { ROWS = 1500 };
	struct fixture *fixture = *state;
	const corm_driver *driver = fixture->driver;
	const corm_format integer = INTEGER, text = FORMAT(TEXT, sizeof(char *), .flags = CORM_FORMAT_NULLABLE);
	const corm_format *formats[] = { &integer, &text, &text };
	static int64_t ids[ROWS];
	static char names[ROWS][12];
	static const char *pointers[ROWS];
	static const void *values[ROWS * 3];
	const char *kind = "it's \"a\" {kind}, NULL";
	struct corm__statement *statement =
		prepare(fixture, "INSERT INTO item (id, name, kind) SELECT id, name, kind FROM unnest($1, $2, $3) AS given "
	                     "(id, name, kind) RETURNING id");
	for (size_t i = 0; i < ROWS; i++) {
		ids[i] = (int64_t)(ROWS - i);
		snprintf(names[i], sizeof names[i], "name %zu", i);
		pointers[i] = i % 3 ? names[i] : NULL;
		values[3 * i] = &ids[i];
		values[3 * i + 1] = &pointers[i];
		values[3 * i + 2] = &kind;
	}
	size_t rows;
	int64_t first;
	const corm_target target = { .format = INTEGER, .name = "id" };
	assert_int_equal(driver->bind_arrays(statement->state, formats, values, 3, ROWS, &fixture->error), CORM_OK);
	for (rows = 0; driver->step(statement->state, &fixture->error) == CORM_STEP_ROW; rows++) {
		assert_int_equal(driver->read(statement->state, 0, &target, 1, &first, &fixture->arena.room, &fixture->error),
		                 CORM_OK);
		/* In the order of the arrays, whatever they hold. */
		assert_int_equal(first, ids[rows]);
	}
	assert_int_equal(rows, ROWS);
	assert_int_equal(driver->changes(fixture->connection->state), ROWS);
	assert_int_equal(number_of(fixture, "SELECT count(*) FROM item WHERE name IS NULL"), ROWS / 3);
	assert_string_equal(text_of(fixture, "SELECT kind FROM item WHERE id = 7"), kind);
	/* One element that no column can hold. */
	pointers[5] = "\xff";
	values[3 * 5 + 1] = &pointers[5];
	assert_int_equal(driver->bind_arrays(statement->state, formats, values, 3, ROWS, &fixture->error),
	                 CORM_ERROR_VALIDATION);
	assert_contains(fixture->error.error.message, "parameter 2 in row 5 is not valid UTF-8");
	corm__statement_release(statement);
}

struct copied {
	int64_t id;
	const char *name;
	const char *kind;
	struct {
		int64_t value;
		bool has_value;
	} price;
};

static const void *copied_row(void *data, size_t index)
{
	return (const struct copied *)data + index;
}

static void test_copy(void **state)
{
	enum { ROWS = 3000 };
	struct fixture *fixture = *state;
	static struct copied rows[ROWS];
	static char names[ROWS][12];
	const corm_target targets[] = {
		{ .format = INTEGER, .offset = offsetof(struct copied, id), .name = "id" },
		{ .format = TEXT, .offset = offsetof(struct copied, name), .name = "name" },
		{ .format = TEXT, .offset = offsetof(struct copied, kind), .name = "kind" },
		{ .format = FORMAT(INT64, 8, .flags = CORM_FORMAT_OPTIONAL | CORM_FORMAT_NULLABLE, .has_value = 8),
		  .offset = offsetof(struct copied, price),
		  .name = "price" },
	};
	for (size_t i = 0; i < ROWS; i++) {
		snprintf(names[i], sizeof names[i], "name %zu", i);
		rows[i] = (struct copied){ .id = (int64_t)i, .name = names[i], .kind = "\\N\t\n" };
		rows[i].price.value = 5;
		rows[i].price.has_value = i % 2;
	}
	corm_copy copy = { .table = "item", .names = "id, name, kind, price", .columns = targets, .count = 4,
		               .row = copied_row, .data = rows, .rows = ROWS };
	assert_run(fixture, "BEGIN");
	if (fixture->driver->copy(fixture->connection->state, &copy, &fixture->error) != CORM_OK)
		fail_msg("%s", fixture->error.error.message);
	assert_false(copy.refused);
	assert_int_equal(number_of(fixture, "SELECT sum(price) FROM item"), ROWS / 2 * 5);
	assert_string_equal(text_of(fixture, "SELECT kind FROM item WHERE id = 7"), "\\N\t\n");
	assert_run(fixture, "DELETE FROM item");
	assert_run(fixture, "SAVEPOINT corm_1");
	/* A row that the server refuses, and one that never gets there. */
	rows[1700].name = "name 5";
	assert_int_equal(fixture->driver->copy(fixture->connection->state, &copy, &fixture->error), CORM_ERROR_UNIQUE);
	assert_int_equal(copy.failed, 1700);
	assert_string_equal(fixture->error.error.constraint, "item_name_key");
	assert_int_equal(transaction(fixture), CORM_TRANSACTION_FAILED);
	assert_run(fixture, "ROLLBACK TO SAVEPOINT corm_1");
	rows[1700].name = names[1700];
	rows[2500].id = INT64_MAX;
	assert_int_equal(fixture->driver->copy(fixture->connection->state, &copy, &fixture->error), CORM_ERROR_VALIDATION);
	assert_int_equal(copy.failed, 2500);
	assert_contains(fixture->error.error.message, "the value of \"id\" is out of the range of its column, integer");
	assert_run(fixture, "ROLLBACK TO SAVEPOINT corm_1");
	assert_int_equal(number_of(fixture, "SELECT count(*) FROM item"), 0);
	/* A column whose type has no form that we know. */
	assert_run(fixture, "ALTER TABLE item ALTER kind TYPE inet USING NULL");
	assert_int_equal(fixture->driver->copy(fixture->connection->state, &copy, &fixture->error), CORM_OK);
	assert_true(copy.refused);
	assert_run(fixture, "ROLLBACK");
}

/* ---- prepared statements ----------------------------------------------------------------------------------------- */

static void test_unprepared(void **state)
{
	(void)state;
	struct fixture *fixture = fixture_open(url_with("prepared=off"));
	int64_t five = 5, number;
	assert_int_equal(carry(fixture, "SELECT $1 + 1", &INTEGER, &five, &INTEGER, &number), CORM_OK);
	assert_int_equal(number, 6);
	assert_int_equal(number_of(fixture, "SELECT count(*) FROM pg_prepared_statements WHERE name NOT LIKE '%\\_0'"), 0);
	fixture_close(fixture);
	fixture = fixture_open(server_url());
	assert_int_equal(number_of(fixture, "SELECT count(*) FROM pg_prepared_statements WHERE name NOT LIKE '%\\_0'"), 1);
	/* Those that were given up are gone with the next statement; but not before what chooses an isolation level. */
	assert_run(fixture, "BEGIN");
	assert_run(fixture, "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE");
	assert_string_equal(text_of(fixture, "SHOW transaction_isolation"), "serializable");
	assert_run(fixture, "COMMIT");
	for (int i = 0; i < 20; i++)
		assert_int_equal(number_of(fixture, "SELECT count(*) FROM pg_prepared_statements WHERE name NOT LIKE '%\\_0'"), 1);
	fixture_close(fixture);
}

/* A table that has changed under a prepared statement: once an error, and then it works again. */
static void test_changed_table(void **state)
{
	struct fixture *fixture = *state;
	struct corm__statement *statement = prepare(fixture, "SELECT * FROM item");
	assert_int_equal(fixture->driver->step(statement->state, &fixture->error), CORM_STEP_DONE);
	fixture->driver->reset(statement->state);
	assert_run(fixture, "ALTER TABLE item ADD COLUMN other int");
	assert_int_equal(fixture->driver->step(statement->state, &fixture->error), CORM_STEP_ERROR);
	assert_string_equal(fixture->error.error.sqlstate, "0A000");
	fixture->driver->reset(statement->state);
	assert_int_equal(fixture->driver->step(statement->state, &fixture->error), CORM_STEP_DONE);
	assert_int_equal(fixture->driver->column_count(statement->state), 6);
	assert_string_equal(fixture->driver->column_name(statement->state, 5), "other");
	corm__statement_release(statement);
	statement = prepare(fixture, "SELECT 1 AS one");
	assert_int_equal(fixture->driver->column_count(statement->state), 0);
	assert_int_equal(fixture->driver->step(statement->state, &fixture->error), CORM_STEP_ROW);
	assert_int_equal(fixture->driver->column_count(statement->state), 1);
	assert_string_equal(fixture->driver->column_name(statement->state, 0), "one");
	corm__statement_release(statement);
}

/* The program may use libpq itself in between. */
static void test_native(void **state)
{
	struct fixture *fixture = *state;
	assert_run(fixture, "BEGIN");
	PGconn *db = fixture->driver->native(fixture->connection->state, &fixture->error);
	PGresult *result = PQexec(db, "INSERT INTO item (id, kind) VALUES (1, 'x')");
	assert_int_equal(PQresultStatus(result), PGRES_COMMAND_OK);
	PQclear(result);
	assert_int_equal(PQtransactionStatus(db), PQTRANS_INTRANS);
	assert_int_equal(number_of(fixture, "SELECT count(*) FROM item"), 1);
	db = fixture->driver->native(fixture->connection->state, &fixture->error);
	PQclear(PQexec(db, "ROLLBACK"));
	assert_int_equal(transaction(fixture), CORM_TRANSACTION_NONE);
	assert_int_equal(number_of(fixture, "SELECT count(*) FROM item"), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_constraints),   TEST(test_transactions), TEST(test_conflicts),    TEST(test_deadlock),
		TEST(test_statement_timeout), TEST(test_cancel),   TEST(test_terminated),   TEST(test_large_results),
		TEST(test_stream),        TEST(test_send),         TEST(test_arrays),       TEST(test_copy),
		TEST(test_unprepared),    TEST(test_changed_table), TEST(test_native),
	};
	if (!server_url())
		return SKIPPED;
	return cmocka_run_group_tests_name("postgresql statements", tests, NULL, NULL);
}
