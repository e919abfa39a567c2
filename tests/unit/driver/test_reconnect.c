/* SPDX-License-Identifier: Apache-2.0
 *
 * The pool with a database that fails: connections that are lost, that do not answer, that cannot be opened or are
 * opened slowly; and what the statistics say of it.
 */
#include "driver_test.h"
#include "flaky_driver.h"
#include <pthread.h>

static corm_pool_statistics statistics_of(corm_engine *engine)
{
	corm_pool_statistics statistics;
	assert_int_equal(corm_engine_statistics(engine, &statistics), CORM_OK);
	assert_int_equal(statistics.open, statistics.idle + statistics.in_use);
	return statistics;
}

static void release(struct corm__connection *connection)
{
	corm__engine_release(connection, false);
}

/* Takes count connections and gives them back, so that as many are idle as the pool keeps. */
static void fill_pool(corm_engine *engine, int count)
{
	struct corm__connection *connections[16];
	for (int i = 0; i < count; i++)
		connections[i] = acquire(engine);
	for (int i = 0; i < count; i++)
		release(connections[i]);
}

static void test_statistics(void **state)
{
	(void)state;
	corm_engine *engine = open_engine("flaky://?pool_size=2&max_overflow=1&pool_timeout=0.01");
	corm_pool_statistics now = statistics_of(engine);
	assert_int_equal(now.open, 1);
	assert_int_equal(now.idle, 1);
	assert_int_equal(now.opened, 1);
	assert_int_equal(now.waits + now.timeouts + now.closed + now.recycled + now.reconnected + now.failed, 0);

	struct corm__connection *connections[3], *none;
	corm_error_store error;
	for (int i = 0; i < 3; i++)
		connections[i] = acquire(engine);
	now = statistics_of(engine);
	assert_int_equal(now.in_use, 3);
	assert_int_equal(now.idle, 0);
	assert_int_equal(now.opened, 3);
	assert_int_equal(corm__engine_acquire(engine, &none, &error), CORM_ERROR_TIMEOUT);
	now = statistics_of(engine);
	assert_int_equal(now.waits, 1);
	assert_int_equal(now.timeouts, 1);
	assert_int_equal(now.waiting, 0);
	assert_true(now.waited_ns >= 9000000);

	/* The one that is too many is closed when it comes back. */
	for (int i = 0; i < 3; i++)
		release(connections[i]);
	now = statistics_of(engine);
	assert_int_equal(now.open, 2);
	assert_int_equal(now.idle, 2);
	assert_int_equal(now.closed, 1);
	assert_int_equal(atomic_load(&flaky.disconnects), 1);
	corm_engine_close(engine);
	assert_int_equal(atomic_load(&flaky.disconnects), 3);

	assert_int_equal(corm_engine_statistics(NULL, &now), CORM_ERROR_USAGE);
	assert_int_equal(now.opened, 0);
	assert_contains(corm_last_error()->message, "the engine is NULL");
}

static void test_statistics_without_waiting(void **state)
{
	(void)state;
	corm_engine *engine = open_engine("flaky://?pool_size=1&max_overflow=-1&pool_timeout=0");
	struct corm__connection *connection = acquire(engine), *none;
	corm_error_store error;
	assert_int_equal(corm__engine_acquire(engine, &none, &error), CORM_ERROR_TIMEOUT);
	corm_pool_statistics now = statistics_of(engine);
	assert_int_equal(now.timeouts, 1);
	assert_int_equal(now.waits, 0);
	assert_int_equal(now.waited_ns, 0);
	assert_int_equal(corm_engine_statistics(engine, NULL), CORM_ERROR_USAGE);
	release(connection);
	corm_engine_close(engine);
}

/* After a restart of the server every idle connection is replaced when it is wanted, and no other is touched. */
static void test_dead_ones_are_replaced(void **state)
{
	(void)state;
	corm_engine *engine = open_engine("flaky://?pool_size=3");
	fill_pool(engine, 3);
	struct corm__connection *held = acquire(engine);
	assert_int_equal(statistics_of(engine).opened, 3);
	flaky_lose_all(false);
	struct corm__connection *a = acquire(engine), *b = acquire(engine), *c = acquire(engine);
	execute(a, "SELECT 1");
	execute(b, "SELECT 1");
	corm_pool_statistics now = statistics_of(engine);
	assert_int_equal(now.reconnected, 2);
	assert_int_equal(now.opened, 6);
	assert_int_equal(now.closed, 2);
	/* The one that was in use is closed when it comes back. */
	release(held);
	assert_int_equal(statistics_of(engine).closed, 3);
	release(a);
	release(b);
	release(c);
	now = statistics_of(engine);
	assert_int_equal(now.idle, 3);
	assert_int_equal(now.in_use, 0);
	/* They are good: nothing more is opened. */
	fill_pool(engine, 3);
	assert_int_equal(statistics_of(engine).opened, 6);
	corm_engine_close(engine);
	assert_int_equal(atomic_load(&flaky.connects), atomic_load(&flaky.disconnects));
}

/* A connection that does not know yet that it is lost: only asking tells. */
static void test_pre_ping(void **state)
{
	(void)state;
	corm_engine *engine = open_engine("flaky://?pool_size=2&pool_pre_ping=true");
	fill_pool(engine, 2);
	int pings = atomic_load(&flaky.pings);
	fill_pool(engine, 2);
	assert_true(atomic_load(&flaky.pings) >= pings + 2);
	flaky_lose_all(true);
	struct corm__connection *a = acquire(engine), *b = acquire(engine);
	execute(a, "CREATE TABLE t(a)");
	execute(b, "SELECT * FROM t");
	assert_int_equal(statistics_of(engine).reconnected, 2);
	release(a);
	release(b);
	corm_engine_close(engine);

	/* Without it, the first statement finds out. */
	flaky_reset();
	engine = open_engine("flaky://?pool_size=2");
	pings = atomic_load(&flaky.pings);
	flaky_lose_all(true);
	a = acquire(engine);
	assert_int_equal(atomic_load(&flaky.pings), pings);
	assert_false(corm__connection_ping(a));
	release(a);
	assert_int_equal(statistics_of(engine).open, 0);
	corm_engine_close(engine);
}

/* A dead connection that cannot be replaced is an error, and its place is free for the next try. */
static void test_connect_fails(void **state)
{
	(void)state;
	corm_error_store error;
	struct corm__connection *connection;
	atomic_store(&flaky.connect_fails, 1);
	assert_open_fails("flaky://", CORM_ERROR_CONNECT, "flaky: nobody listens");

	corm_engine *engine = open_engine("flaky://?pool_size=1&max_overflow=-1&pool_timeout=0.01");
	flaky_lose_all(false);
	atomic_store(&flaky.connect_fails, 2);
	for (int i = 0; i < 2; i++)
		assert_int_equal(corm__engine_acquire(engine, &connection, &error), CORM_ERROR_CONNECT);
	corm_pool_statistics now = statistics_of(engine);
	assert_int_equal(now.failed, 2);
	assert_int_equal(now.reconnected, 1);
	assert_int_equal(now.open, 0);
	connection = acquire(engine);
	release(connection);
	assert_int_equal(statistics_of(engine).open, 1);
	corm_engine_close(engine);
}

static corm_status count_connections(void *data, void *native)
{
	assert_int_equal(sqlite3_exec(native, "PRAGMA cache_size = 123", NULL, NULL, NULL), SQLITE_OK);
	atomic_fetch_add((atomic_int *)data, 1);
	return CORM_OK;
}

/* The hook meets every connection before its first use: the first, those for overflow, and those that replace others. */
static void test_connect_hook(void **state)
{
	(void)state;
	atomic_int met = 0;
	corm_engine *engine = open_engine("flaky://?pool_size=1&max_overflow=2");
	corm_engine_on_connect(engine, count_connections, &met);
	assert_int_equal(atomic_load(&met), 1);
	fill_pool(engine, 3);
	assert_int_equal(atomic_load(&met), 3);
	flaky_lose_all(false);
	struct corm__connection *connection = acquire(engine);
	assert_int_equal(atomic_load(&met), 4);
	assert_string_equal(query_text(connection, "PRAGMA cache_size"), "123");
	release(connection);
	corm_engine_close(engine);
}

static void test_recycled(void **state)
{
	(void)state;
	corm_engine *engine = open_engine("flaky://?pool_recycle=0.005");
	nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
	release(acquire(engine));
	corm_pool_statistics now = statistics_of(engine);
	assert_int_equal(now.recycled, 1);
	assert_int_equal(now.reconnected, 0);
	assert_int_equal(now.opened, 2);
	assert_int_equal(now.closed, 1);
	corm_engine_close(engine);
}

/* A driver that knows of no other transactions than its own says so, before anything is sent. */
static void test_driver_without_levels(void **state)
{
	(void)state;
	corm_error_store error;
	corm_engine *engine = open_engine("flaky://");
	struct corm__connection *connection = acquire(engine);
	const corm_driver *complete = connection->driver;
	corm_driver plain = *complete;
	plain.begin_as = NULL;
	plain.end_as = NULL;
	connection->driver = &plain;
	assert_int_equal(corm__connection_begin_as(connection, NULL, true, &error), CORM_ERROR_USAGE);
	assert_string_equal(error.error.message,
	                    "flaky: its transactions have neither isolation levels nor are there any that only read");
	assert_int_equal(plain.transaction(connection->state), CORM_TRANSACTION_NONE);
	corm__connection_end_as(connection);
	connection->driver = complete;
	release(connection);
	corm_engine_close(engine);
}

struct waiter {
	pthread_t thread;
	corm_engine *engine;
	corm_status status;
};

static void *take_one(void *data)
{
	struct waiter *waiter = data;
	corm_error_store error;
	struct corm__connection *connection;
	waiter->status = corm__engine_acquire(waiter->engine, &connection, &error);
	if (waiter->status == CORM_OK)
		release(connection);
	return NULL;
}

static void await_waiting(corm_engine *engine, int count)
{
	while (statistics_of(engine).waiting != count)
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
}

/* Who holds a place and fails to fill it hands it on: each of those who wait has his own try, and nobody waits for
 * nothing. */
static void test_waiting_while_connects_fail(void **state)
{
	(void)state;
	struct waiter waiters[3];
	int fails = 0;
	corm_engine *engine = open_engine("flaky://?pool_size=1&max_overflow=-1");
	struct corm__connection *connection = acquire(engine);
	for (int i = 0; i < 3; i++) {
		waiters[i] = (struct waiter){ .engine = engine };
		assert_int_equal(pthread_create(&waiters[i].thread, NULL, take_one, &waiters[i]), 0);
		await_waiting(engine, i + 1);
	}
	atomic_store(&flaky.connect_fails, 2);
	corm__engine_release(connection, true);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(pthread_join(waiters[i].thread, NULL), 0);
		fails += waiters[i].status == CORM_ERROR_CONNECT;
	}
	assert_int_equal(fails, 2);
	assert_int_equal(waiters[2].status, CORM_OK);
	corm_pool_statistics now = statistics_of(engine);
	assert_int_equal(now.waits, 3);
	assert_int_equal(now.timeouts, 0);
	assert_true(now.waited_ns > 0);
	assert_int_equal(now.open, 1);
	corm_engine_close(engine);
}

/* Others are served while a connection takes its time to be opened: the lock is not held meanwhile. */
static void test_slow_connect(void **state)
{
	(void)state;
	corm_engine *engine = open_engine("flaky://?pool_size=1&max_overflow=1");
	struct waiter slow = { .engine = engine };
	struct corm__connection *connection = acquire(engine);
	int connects = atomic_load(&flaky.connects);
	atomic_store(&flaky.connect_delay_ms, 300);
	assert_int_equal(pthread_create(&slow.thread, NULL, take_one, &slow), 0);
	while (atomic_load(&flaky.connects) == connects)
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	int turns = 0;
	while (turns < 100 && statistics_of(engine).opened == 1) {
		release(connection);
		connection = acquire(engine);
		turns++;
	}
	assert_int_equal(turns, 100);
	release(connection);
	assert_int_equal(pthread_join(slow.thread, NULL), 0);
	assert_int_equal(slow.status, CORM_OK);
	corm_engine_close(engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_statistics, flaky_register),
		cmocka_unit_test_setup(test_statistics_without_waiting, flaky_register),
		cmocka_unit_test_setup(test_dead_ones_are_replaced, flaky_register),
		cmocka_unit_test_setup(test_pre_ping, flaky_register),
		cmocka_unit_test_setup(test_connect_fails, flaky_register),
		cmocka_unit_test_setup(test_connect_hook, flaky_register),
		cmocka_unit_test_setup(test_recycled, flaky_register),
		cmocka_unit_test_setup(test_driver_without_levels, flaky_register),
		cmocka_unit_test_setup(test_waiting_while_connects_fail, flaky_register),
		cmocka_unit_test_setup(test_slow_connect, flaky_register),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
