/* SPDX-License-Identifier: Apache-2.0
 *
 * Servers that go away: started anew, killed while COMMIT runs, silent. Where no server can be stopped, all of it is
 * skipped. The tables stand in the database of CORM_TEST_URL itself: a place of its own would have to be given back over a
 * connection that is lost by then.
 */
#include "session/support.h"

#include "library.h"
#include <pthread.h>
#include <time.h>

static const char *url;

/* A server that keeps us waiting must not keep the tests. */
#define LONG_MS 20000

static int find_server(void **state)
{
	(void)state;
	url = test_database_is_far() && getenv("CORM_TEST_CONTROL") ? getenv("CORM_TEST_URL") : NULL;
	return 0;
}

/* restart, kill, start, pause or continue. */
static void control(const char *what)
{
	char command[1024];
	snprintf(command, sizeof command, "\"$CORM_TEST_CONTROL\" %s %s", test_database_dialect(), what);
	assert_int_equal(system(command), 0);
}

static corm_engine *open_engine(bool pre_ping)
{
	const corm_engine_options options = { .pool_size = 3, .pool_pre_ping = pre_ping };
	if (!url)
		skip();
	corm_engine *engine = corm_engine_open_options(url, &options);
	if (!engine)
		fail_msg("%s", corm_last_error()->message);
	assert_int_equal(corm_drop_all(engine, &library_metadata), CORM_OK);
	assert_int_equal(corm_create_all(engine, &library_metadata), CORM_OK);
	corm_session *session = corm_session_open(engine);
	Author_add(session, .name = "Fred");
	assert_int_equal(corm_commit(session), CORM_OK);
	corm_session_close(session);
	return engine;
}

/* As many idle connections as the pool keeps. */
static void fill_pool(corm_engine *engine)
{
	corm_session *sessions[3];
	for (int i = 0; i < 3; i++) {
		sessions[i] = corm_session_open(engine);
		assert_int_equal(Author_count(sessions[i]), 1);
	}
	for (int i = 0; i < 3; i++)
		corm_session_close(sessions[i]);
}

static void test_idle_connections(void **state)
{
	(void)state;
	corm_engine *engine = open_engine(true);
	fill_pool(engine);
	control("restart");
	fill_pool(engine);
	corm_pool_statistics pool;
	assert_int_equal(corm_engine_statistics(engine, &pool), CORM_OK);
	assert_int_equal(pool.reconnected, 3);
	assert_int_equal(pool.opened, 6);
	corm_engine_close(engine);
}

/* Without asking, a lost connection may show at its first statement only, and never more than once each. */
static void test_idle_connections_unasked(void **state)
{
	(void)state;
	corm_engine *engine = open_engine(false);
	fill_pool(engine);
	control("restart");
	corm_session *session = corm_session_open(engine);
	int failures = 0;
	while (Author_count(session) != 1) {
		assert_status(session, CORM_ERROR_CONNECT);
		assert_int_equal(corm_rollback(session), CORM_OK);
		assert_true(++failures <= 3);
	}
	corm_session_close(session);
	corm_engine_close(engine);
}

static void test_in_a_transaction(void **state)
{
	(void)state;
	corm_engine *engine = open_engine(false);
	corm_session *session = corm_session_open(engine);
	struct Author *fred = Author_first(session);
	fred->name = "Frederick";
	assert_int_equal(corm_flush(session), CORM_OK);
	control("restart");
	assert_int_equal(Author_count(session), -1);
	assert_status(session, CORM_ERROR_CONNECT);
	assert_int_equal(corm_commit(session), CORM_ERROR_CONNECT);
	assert_int_equal(corm_rollback(session), CORM_OK);
	assert_string_equal(fred->name, "Fred");
	assert_int_equal(Author_count(session, corm_where(corm_eq(Author.name, "Fred"))), 1);
	assert_int_equal(corm_commit(session), CORM_OK);
	corm_session_close(session);
	corm_engine_close(engine);
}

static void *commit(void *data)
{
	corm_commit(data);
	return NULL;
}

static void sleep_ms(long milliseconds)
{
	nanosleep(&(struct timespec){ .tv_nsec = milliseconds * 1000000 }, NULL);
}

/* COMMIT is on its way to a server that does not answer, and then is killed. */
static void test_while_commit_runs(void **state)
{
	(void)state;
	pthread_t thread;
	corm_engine *engine = open_engine(false);
	corm_session *session = corm_session_open(engine);
	struct Author *ada = Author_add(session, .name = "Ada");
	assert_int_equal(corm_flush(session), CORM_OK);
	control("pause");
	assert_int_equal(pthread_create(&thread, NULL, commit, session), 0);
	sleep_ms(300);
	control("kill");
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_status(session, CORM_ERROR_AMBIGUOUS);
	assert_contains(corm_session_error(session)->message, "nobody knows whether it was done");
	control("start");
	assert_int_equal(corm_rollback(session), CORM_OK);
	assert_int_equal(corm_state(session, ada), CORM_STATE_EXPUNGED);
	/* Those servers keep nothing safe, so that even what was committed before may be gone. */
	assert_in_range(Author_count(session), 0, 2);
	assert_ok(session);
	corm_session_close(session);
	corm_engine_close(engine);
}

static void test_connect_timeout(void **state)
{
	(void)state;
	struct timespec before, after;
	corm_engine_close(open_engine(false));
	control("pause");
	clock_gettime(CLOCK_MONOTONIC, &before);
	corm_engine *engine = corm_engine_open_options(url, &(corm_engine_options){ .connect_timeout_ms = 2000 });
	clock_gettime(CLOCK_MONOTONIC, &after);
	corm_status status = corm_last_error()->status;
	control("continue");
	assert_null(engine);
	assert_true(status == CORM_ERROR_CONNECT || status == CORM_ERROR_TIMEOUT);
	assert_true((after.tv_sec - before.tv_sec) * 1000 < LONG_MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_idle_connections),
		cmocka_unit_test(test_idle_connections_unasked),
		cmocka_unit_test(test_in_a_transaction),
		cmocka_unit_test(test_while_commit_runs),
		cmocka_unit_test(test_connect_timeout),
	};
	return cmocka_run_group_tests_name("session: outage", tests, find_server, NULL);
}
