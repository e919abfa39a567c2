/* SPDX-License-Identifier: Apache-2.0
 *
 * What PostgreSQL's connections outlive: prepared statements that are gone, also those that nobody waits for; a server
 * that stops in a COPY; a forked child that has no descriptor left.
 */
#include "driver/postgresql.h"
#include "postgresql_test.h"
#include <libpq-fe.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>

static int set_up(void **state)
{
	struct fixture *fixture = fixture_open(server_url());
	assert_run(fixture, "CREATE TEMPORARY TABLE item (id bigint PRIMARY KEY, name text)");
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	fixture_close(*state);
	return 0;
}

static void deallocate_all(struct fixture *fixture)
{
	PQclear(PQexec(fixture->driver->native(fixture->connection->state, &fixture->error), "DEALLOCATE ALL"));
}

/* BEGIN was prepared, and is gone. */
static void lose_begin(struct fixture *fixture)
{
	assert_run(fixture, "BEGIN");
	assert_run(fixture, "SELECT 1");
	assert_run(fixture, "COMMIT");
	deallocate_all(fixture);
}

/* Steps a statement without parameters that is kept. */
static corm_step step_kept(struct fixture *fixture, struct corm__statement *statement)
{
	memset(&fixture->error, 0, sizeof fixture->error);
	corm_step step = fixture->driver->step(statement->state, &fixture->error);
	fixture->driver->reset(statement->state);
	return step;
}

/* ---- statements that are gone ------------------------------------------------------------------------------------ */

/* It was another one that was missed: BEGIN's is there still, and its name is taken. */
static void test_another_is_missed(void **state)
{
	struct fixture *fixture = *state;
	for (int round = 0; round < 3; round++) {
		assert_run(fixture, "BEGIN");
		assert_run(fixture, "SELECT 1");
		assert_run(fixture, "COMMIT");
		assert_int_equal(run(fixture, "DEALLOCATE nosuch"), CORM_ERROR_SQL);
		assert_string_equal(fixture->error.error.sqlstate, "26000");
	}
}

/* BEGIN's is missed where no statement of ours looks at the error: it is an error once. */
static void test_begin_is_missed(void **state)
{
	struct fixture *fixture = *state;
	const corm_driver *driver = fixture->driver;
	lose_begin(fixture);
	for (int round = 0; round < 2; round++) {
		assert_run(fixture, "BEGIN");
		memset(&fixture->error, 0, sizeof fixture->error);
		corm_status status = driver->execute(fixture->connection->state, "SELECT 1; SELECT 2", &fixture->error);
		assert_int_equal(status, round ? CORM_OK : CORM_ERROR_SQL);
		assert_run(fixture, "ROLLBACK");
	}
}

/* The program is given no handle on which the transaction has not begun. */
static void test_native_is_refused(void **state)
{
	struct fixture *fixture = *state;
	const corm_driver *driver = fixture->driver;
	lose_begin(fixture);
	assert_run(fixture, "BEGIN");
	memset(&fixture->error, 0, sizeof fixture->error);
	assert_null(driver->native(fixture->connection->state, &fixture->error));
	assert_string_equal(fixture->error.error.sqlstate, "26000");
	assert_run(fixture, "ROLLBACK");
	assert_run(fixture, "BEGIN");
	assert_non_null(driver->native(fixture->connection->state, &fixture->error));
	assert_run(fixture, "ROLLBACK");
}

/* Nobody waits for the ROLLBACK of what has only read: if it was gone, the next transaction must not pay for it. */
static void test_rollback_is_missed(void **state)
{
	struct fixture *fixture = *state;
	struct corm__statement *rollback = prepare(fixture, "ROLLBACK");
	for (int round = 0; round < 8; round++) {
		assert_run(fixture, "BEGIN");
		corm_status status = run(fixture, "SELECT 1");
		/* The first to be missed is BEGIN's. */
		assert_int_equal(status, round == 4 ? CORM_ERROR_SQL : CORM_OK);
		if (status == CORM_OK)
			assert_int_equal(step_kept(fixture, rollback), CORM_STEP_DONE);
		assert_true(fixture->driver->alive(fixture->connection->state));
		if (round == 3)
			deallocate_all(fixture);
	}
	corm__statement_release(rollback);
}

/* What is to be deallocated was so by somebody else: the ROLLBACK does not go behind it. */
static void test_dead_before_rollback(void **state)
{
	struct fixture *fixture = *state;
	const corm_driver *driver = fixture->driver;
	const corm_format real = PLAIN(DOUBLE, sizeof(double));
	const corm_format *const integers[] = { &INTEGER }, *const reals[] = { &real };
	int64_t one = 1;
	double half = 0.5;
	struct corm__statement *equal = prepare(fixture, "SELECT 10 = $1");
	driver->bind(equal->state, integers, (const void *[]){ &one }, 1, &fixture->error);
	assert_int_equal(step_kept(fixture, equal), CORM_STEP_ROW);
	assert_run(fixture, "BEGIN");
	assert_run(fixture, "SELECT 2");
	PQclear(PQexec(driver->native(fixture->connection->state, &fixture->error), "ROLLBACK; DEALLOCATE ALL"));
	for (int round = 0; round < 3; round++) {
		assert_run(fixture, "BEGIN");
		assert_int_equal(run(fixture, "SELECT 2"), round ? CORM_OK : CORM_ERROR_SQL);
		/* With values of another type it is to be prepared anew, and the old one to be deallocated. */
		if (round == 1)
			driver->bind(equal->state, reals, (const void *[]){ &half }, 1, &fixture->error);
		assert_run(fixture, "ROLLBACK");
		if (round == 1) {
			/* Now, outside of a transaction, it may fail, once. */
			run(fixture, "SELECT 3");
			assert_run(fixture, "SELECT 3");
		}
	}
	corm__statement_release(equal);
}

/* A statement that was prepared, and then failed itself, is there still. */
static void test_none_is_left(void **state)
{
	struct fixture *fixture = *state;
	const corm_driver *driver = fixture->driver;
	int64_t one = 1;
	const corm_format *const formats[] = { &INTEGER };
	assert_run(fixture, "INSERT INTO item VALUES (1, '')");
	struct corm__statement *update = prepare(fixture, "UPDATE item SET name = 'x' WHERE id = $1");
	struct corm__statement *insert = prepare(fixture, "INSERT INTO item (id) VALUES ($1)");
	for (int round = 0; round < 50; round++) {
		assert_run(fixture, "BEGIN");
		memset(&fixture->error, 0, sizeof fixture->error);
		for (int i = 0; i < 2; i++) {
			struct corm__statement *statement = i ? insert : update;
			driver->bind(statement->state, formats, (const void *[]){ &one }, 1, &fixture->error);
			assert_int_equal(driver->send(statement->state, &fixture->error), CORM_OK);
		}
		assert_int_equal(driver->receive(update->state, &fixture->error), CORM_STEP_DONE);
		assert_int_equal(driver->receive(insert->state, &fixture->error), CORM_STEP_ERROR);
		assert_int_equal(fixture->error.error.status, CORM_ERROR_UNIQUE);
		driver->discard(fixture->connection->state);
		assert_run(fixture, "ROLLBACK");
	}
	assert_in_range(number_of(fixture, "SELECT count(*) FROM pg_prepared_statements"), 2, 10);
	corm__statement_release(update);
	corm__statement_release(insert);
}

/* ---- results ----------------------------------------------------------------------------------------------------- */

/* A column that could only be read as text has become one that need not: the result that still comes as text is read as
 * such. */
static void test_text_is_over(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct fixture *fixture = fixture_open(url_with(i ? "prepared=on" : "prepared=off"));
		const corm_driver *driver = fixture->driver;
		const corm_target target = { .format = INTEGER, .name = "x" };
		int failures = 0;
		assert_run(fixture, "CREATE TEMPORARY TABLE item (id inet)");
		assert_run(fixture, "INSERT INTO item VALUES ('::5')");
		struct corm__statement *first = prepare(fixture, "SELECT 1::bigint"),
							   *second = prepare(fixture, "SELECT id FROM item");
		assert_int_equal(step_kept(fixture, second), CORM_STEP_ROW);
		assert_run(fixture, "ALTER TABLE item ALTER id TYPE bigint USING 3472328296227680304");
		for (int round = 0; round < 4; round++) {
			int64_t id = -1;
			memset(&fixture->error, 0, sizeof fixture->error);
			assert_int_equal(driver->send(first->state, &fixture->error), CORM_OK);
			assert_int_equal(driver->send(second->state, &fixture->error), CORM_OK);
			assert_int_equal(driver->receive(first->state, &fixture->error), CORM_STEP_ROW);
			assert_int_equal(driver->receive(first->state, &fixture->error), CORM_STEP_DONE);
			if (driver->receive(second->state, &fixture->error) != CORM_STEP_ROW) {
				assert_string_equal(fixture->error.error.sqlstate, "0A000");
				failures++;
			} else {
				assert_int_equal(driver->read(second->state, 0, &target, 1, &id, &fixture->arena.room, &fixture->error),
				                 CORM_OK);
				assert_true(id == INT64_C(3472328296227680304));
			}
			driver->discard(fixture->connection->state);
			driver->reset(second->state);
		}
		assert_int_equal(failures, 1);
		corm__statement_release(first);
		corm__statement_release(second);
		fixture_close(fixture);
	}
}

/* ---- timeouts ---------------------------------------------------------------------------------------------------- */

/* The longest that a URL can say. */
static void test_long_timeout(void **state)
{
	(void)state;
	struct fixture *fixture = fixture_open(url_with("statement_timeout=2147482"));
	assert_int_equal(number_of(fixture, "SELECT 1"), 1);
	fixture_close(fixture);
}

struct source {
	pid_t server;
	size_t stop_at;
	bool stopped;
	int64_t id;
};

static const void *next_row(void *data, size_t index)
{
	struct source *source = data;
	source->id = (int64_t)index;
	if (index == source->stop_at)
		source->stopped = kill(source->server, SIGSTOP) == 0;
	return &source->id;
}

/* The server stops while rows are sent to it, or when all of them were. */
static void test_copy_stops(void **state)
{
	(void)state;
	enum { ROWS = 2000000 };
	for (size_t i = 0; i < 2; i++) {
		struct fixture *fixture = fixture_open(server_url());
		struct source source = { .stop_at = i ? 99 : 1000 };
		const corm_target id = { .format = INTEGER, .name = "item.id" };
		corm_copy copy = {
			.table = "item", .names = "id", .columns = &id, .count = 1, .row = next_row, .data = &source
		};
		source.server = (pid_t)number_of(fixture, "SELECT pg_backend_pid()");
		copy.rows = i ? 100 : ROWS;
		assert_run(fixture, "CREATE TEMPORARY TABLE item (id bigint)");
		/* Known to us alone. */
		((struct corm__postgresql_connection *)fixture->connection->state)->statement_timeout_ms = 500;
		corm_status status = fixture->driver->copy(fixture->connection->state, &copy, &fixture->error);
		kill(source.server, SIGCONT);
		if (source.stopped) {
			assert_int_equal(status, CORM_ERROR_TIMEOUT);
			assert_contains(fixture->error.error.message, "the connection is given up");
			assert_false(fixture->driver->alive(fixture->connection->state));
		}
		fixture_close(fixture);
		if (!source.stopped)
			skip(); /* it is another machine's, or another user's */
	}
}

/* A COPY among statements without rows would wait for a client that knows nothing of it. */
static void test_copy_as_a_statement(void **state)
{
	(void)state;
	static const char *const texts[] = { "COPY pg_class TO STDOUT", "COPY item FROM STDIN" };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct fixture *fixture = fixture_open(server_url());
		const corm_driver *driver = fixture->driver;
		assert_run(fixture, "CREATE TEMPORARY TABLE item (id bigint)");
		assert_int_equal(driver->execute(fixture->connection->state, texts[i], &fixture->error), CORM_ERROR_USAGE);
		assert_false(driver->alive(fixture->connection->state));
		fixture_close(fixture);
	}
}

/* ---- fork -------------------------------------------------------------------------------------------------------- */

/* The child has no descriptor to put into the socket's place: nothing goes to the server all the same. */
static void test_child_without_descriptors(void **state)
{
	struct fixture *fixture = *state;
	assert_run(fixture, "BEGIN");
	assert_run(fixture, "INSERT INTO item VALUES (1, '')");
	pid_t child = fork();
	if (child == 0) {
		setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 3, 3 });
		fixture->driver->abandon(fixture->connection->state);
		_exit(0);
	}
	int code;
	assert_int_equal(waitpid(child, &code, 0), child);
	assert_int_equal(code, 0);
	assert_run(fixture, "COMMIT");
	assert_int_equal(number_of(fixture, "SELECT count(*) FROM item"), 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_another_is_missed),
		TEST(test_begin_is_missed),
		TEST(test_native_is_refused),
		TEST(test_rollback_is_missed),
		TEST(test_dead_before_rollback),
		TEST(test_none_is_left),
		cmocka_unit_test(test_text_is_over),
		cmocka_unit_test(test_long_timeout),
		cmocka_unit_test(test_copy_stops),
		cmocka_unit_test(test_copy_as_a_statement),
		TEST(test_child_without_descriptors),
	};
	if (!server_url())
		return SKIPPED;
	return cmocka_run_group_tests_name("postgresql: what is gone", tests, NULL, NULL);
}
