/* SPDX-License-Identifier: Apache-2.0
 *
 * The pool: limits, timeouts, order, threads.
 */
#include "driver_test.h"
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

static void sleep_ms(long milliseconds)
{
	nanosleep(&(struct timespec){ .tv_nsec = milliseconds * 1000000 }, NULL);
}

static void test_limit(void **state)
{
	(void)state;
	corm_engine *engine = open_engine("sqlite://?pool_size=2&max_overflow=1&pool_timeout=0.02");
	struct corm__connection *connections[3], *none = NULL;
	corm_error_store error;
	for (int i = 0; i < 3; i++)
		connections[i] = acquire(engine);
	int64_t started_ns = corm__clock_ns();
	assert_int_equal(corm__engine_acquire(engine, &none, &error), CORM_ERROR_TIMEOUT);
	assert_true(corm__clock_ns() - started_ns >= 19000000);
	assert_string_equal(error.error.message,
	                    "no connection became free within 20 ms: all 3 (pool_size=2, max_overflow=1)"
	                    " are in use; were all sessions closed?");
	/* The last given back is the first to be used again, and no more than pool_size are kept. */
	for (int i = 0; i < 3; i++)
		corm__engine_release(connections[i], false);
	assert_int_equal(engine->pool.idle_count, 2);
	assert_int_equal(engine->pool.open_count, 2);
	struct corm__connection *again = acquire(engine);
	assert_ptr_equal(again, connections[1]);
	corm__engine_release(again, false);
	corm_engine_close(engine);
}

static void test_no_waiting(void **state)
{
	(void)state;
	corm_engine *engine = open_engine("sqlite://?pool_size=1&max_overflow=0&pool_timeout=0");
	struct corm__connection *connection = acquire(engine), *none;
	corm_error_store error;
	assert_int_equal(corm__engine_acquire(engine, &none, &error), CORM_ERROR_TIMEOUT);
	corm__engine_release(connection, false);
	corm_engine_close(engine);
}

static void test_broken_is_closed(void **state)
{
	(void)state;
	corm_engine *engine = open_engine("sqlite://");
	struct corm__connection *connection = acquire(engine);
	execute(connection, "CREATE TEMP TABLE mine(a)");
	corm__engine_release(connection, true);
	assert_int_equal(engine->pool.open_count, 0);
	connection = acquire(engine);
	assert_string_equal(query_text(connection, "SELECT count(*) FROM sqlite_temp_schema"), "0");
	corm__engine_release(connection, false);
	corm_engine_close(engine);
}

static void test_recycle(void **state)
{
	(void)state;
	corm_engine *engine = open_engine("sqlite://?pool_recycle=0.01&pool_pre_ping=true");
	struct corm__connection *connection = acquire(engine);
	execute(connection, "CREATE TEMP TABLE mine(a)");
	corm__engine_release(connection, false);
	sleep_ms(20);
	connection = acquire(engine);
	assert_string_equal(query_text(connection, "SELECT count(*) FROM sqlite_temp_schema"), "0");
	corm__engine_release(connection, false);
	assert_int_equal(engine->pool.open_count, 1);
	corm_engine_close(engine);

	engine = open_engine("sqlite://?pool_recycle=-1&pool_pre_ping=true");
	connection = acquire(engine);
	execute(connection, "CREATE TEMP TABLE mine(a)");
	corm__engine_release(connection, false);
	connection = acquire(engine);
	assert_string_equal(query_text(connection, "SELECT count(*) FROM sqlite_temp_schema"), "1");
	corm__engine_release(connection, false);
	corm_engine_close(engine);
}

struct waiter {
	corm_engine *engine;
	atomic_int *order;
	int place;
	pthread_t thread;
};

/* So many have come to wait by now. */
static void await_waits(corm_engine *engine, uint64_t count)
{
	corm_pool_statistics now;
	while (corm_engine_statistics(engine, &now) == CORM_OK && now.waits < count)
		sleep_ms(1);
}

static void *wait_in_line(void *data)
{
	struct waiter *waiter = data;
	corm_error_store error;
	struct corm__connection *connection;
	if (corm__engine_acquire(waiter->engine, &connection, &error) == CORM_OK) {
		waiter->place = atomic_fetch_add(waiter->order, 1);
		/* Every other one breaks it, so that both a connection and a permit are handed on. */
		corm__engine_release(connection, waiter->place % 2);
	}
	return NULL;
}

static void test_first_come_first_served(void **state)
{
	(void)state;
	corm_engine *engine = open_engine("sqlite://?pool_size=1&max_overflow=-1");
	struct corm__connection *connection = acquire(engine);
	struct waiter waiters[5];
	atomic_int order = 0;
	for (int i = 0; i < 5; i++) {
		waiters[i] = (struct waiter){ .engine = engine, .order = &order, .place = -1 };
		assert_int_equal(pthread_create(&waiters[i].thread, NULL, wait_in_line, &waiters[i]), 0);
		await_waits(engine, i + 1);
	}
	corm__engine_release(connection, false);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(pthread_join(waiters[i].thread, NULL), 0);
		assert_int_equal(waiters[i].place, i);
	}
	corm_engine_close(engine);
}

/* One in the middle of the queue gives up; the others are served all the same. */
static void test_giving_up(void **state)
{
	(void)state;
	corm_engine *engine = open_engine("sqlite://?pool_size=1&max_overflow=0&pool_timeout=600");
	struct corm__connection *connection = acquire(engine);
	struct waiter waiters[3];
	atomic_int order = 0;
	for (int i = 0; i < 3; i++) {
		waiters[i] = (struct waiter){ .engine = engine, .order = &order, .place = -1 };
		pthread_mutex_lock(&engine->pool.lock);
		engine->pool.timeout_ms = i == 1 ? 10 : 600000;
		pthread_mutex_unlock(&engine->pool.lock);
		assert_int_equal(pthread_create(&waiters[i].thread, NULL, wait_in_line, &waiters[i]), 0);
		await_waits(engine, i + 1);
	}
	assert_int_equal(pthread_join(waiters[1].thread, NULL), 0);
	assert_int_equal(waiters[1].place, -1);
	corm__engine_release(connection, false);
	assert_int_equal(pthread_join(waiters[0].thread, NULL), 0);
	assert_int_equal(pthread_join(waiters[2].thread, NULL), 0);
	assert_int_equal(waiters[0].place, 0);
	assert_int_equal(waiters[2].place, 1);
	corm_engine_close(engine);
}

struct worker {
	corm_engine *engine;
	atomic_int *in_use, *most;
	int failures;
	pthread_t thread;
};

static void *work(void *data)
{
	struct worker *worker = data;
	corm_error_store error;
	for (int i = 0; i < 300; i++) {
		struct corm__connection *connection;
		if (corm__engine_acquire(worker->engine, &connection, &error) != CORM_OK) {
			worker->failures++;
			continue;
		}
		int now = atomic_fetch_add(worker->in_use, 1) + 1, most = atomic_load(worker->most);
		while (now > most && !atomic_compare_exchange_weak(worker->most, &most, now))
			;
		if (corm__connection_execute(connection, "SELECT count(*) FROM t", &error) != CORM_OK)
			worker->failures++;
		atomic_fetch_sub(worker->in_use, 1);
		corm__engine_release(connection, i % 37 == 0);
	}
	return NULL;
}

static void test_threads(void **state)
{
	(void)state;
	corm_engine *engine = open_engine("sqlite://?pool_size=2&max_overflow=1");
	struct corm__connection *connection = acquire(engine);
	execute(connection, "CREATE TABLE t(a)");
	corm__engine_release(connection, false);
	atomic_int in_use = 0, most = 0;
	struct worker workers[8];
	for (int i = 0; i < 8; i++) {
		workers[i] = (struct worker){ .engine = engine, .in_use = &in_use, .most = &most };
		assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
	}
	for (int i = 0; i < 8; i++) {
		assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
		assert_int_equal(workers[i].failures, 0);
	}
	assert_in_range(atomic_load(&most), 1, 3);
	assert_int_equal(engine->pool.open_count, engine->pool.idle_count);
	assert_in_range(engine->pool.open_count, 0, 2);
	corm_engine_close(engine);
}

static void keep_status(void *data, const corm_error *error)
{
	*(corm_status *)data = error->status;
	assert_contains(error->message, "1 sessions of the engine are open");
}

/* Closing an engine that is in use is a mistake that is reported; the engine then lives until it is not used any
 * more. */
static void test_closed_in_use(void **state)
{
	(void)state;
	corm_status reported = CORM_OK;
	corm_engine *engine = open_engine("sqlite://");
	struct corm__connection *a = acquire(engine), *b = acquire(engine);
	corm__engine_release(b, false);
	corm_on_error(keep_status, &reported);
	corm_engine_close(engine);
	corm_on_error(NULL, NULL);
	assert_int_equal(reported, CORM_ERROR_USAGE);
	execute(a, "CREATE TABLE t(a)");
	corm_error_store error;
	assert_int_equal(corm__engine_acquire(engine, &b, &error), CORM_ERROR_USAGE);
	corm__engine_release(a, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_no_waiting),
		cmocka_unit_test(test_broken_is_closed),
		cmocka_unit_test(test_recycle),
		cmocka_unit_test(test_first_come_first_served),
		cmocka_unit_test(test_giving_up),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_closed_in_use),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
