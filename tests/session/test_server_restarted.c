/* SPDX-License-Identifier: Apache-2.0
 *
 * A server that is started anew: what becomes of the pool's idle connections, and of a transaction.
 */
#include "session/server.h"

#include "library.h"

enum { IDLE = 3 };

/* As many idle connections as the pool keeps. */
static void fill_pool(corm_engine *engine)
{
	corm_session *sessions[IDLE];
	for (int i = 0; i < IDLE; i++) {
		sessions[i] = corm_session_open(engine);
		assert_int_equal(Author_count(sessions[i]), 1);
	}
	for (int i = 0; i < IDLE; i++)
		corm_session_close(sessions[i]);
}

static void test_idle_connections(void **state)
{
	(void)state;
	corm_engine *engine = server_open("pool_size=3&pool_pre_ping=true");
	fill_pool(engine);
	server_control("restart");
	fill_pool(engine);
	corm_pool_statistics pool;
	assert_int_equal(corm_engine_statistics(engine, &pool), CORM_OK);
	assert_int_equal(pool.reconnected, IDLE);
	assert_int_equal(pool.opened, 2 * IDLE);
	server_assert_works(engine, 1);
	corm_engine_close(engine);
}

/* Without asking, a lost connection may show at its first statement only, and never more than once each. */
static void test_idle_connections_unasked(void **state)
{
	(void)state;
	corm_engine *engine = server_open("pool_size=3");
	fill_pool(engine);
	server_control("restart");
	corm_session *session = corm_session_open(engine);
	int failures = 0;
	while (Author_count(session) != 1) {
		assert_status(session, CORM_ERROR_CONNECT);
		assert_int_equal(corm_rollback(session), CORM_OK);
		assert_true(++failures <= IDLE);
	}
	corm_session_close(session);
	server_assert_works(engine, 1);
	corm_engine_close(engine);
}

static void test_in_a_transaction(void **state)
{
	(void)state;
	corm_engine *engine = server_open(NULL);
	corm_session *session = corm_session_open(engine);
	struct Author *fred = Author_first(session);
	fred->name = "Frederick";
	assert_int_equal(corm_flush(session), CORM_OK);
	server_control("restart");
	assert_int_equal(Author_count(session), -1);
	server_assert_recovers(session, CORM_ERROR_CONNECT, 1);
	assert_string_equal(fred->name, "Fred");
	assert_int_equal(Author_count(session, corm_where(corm_eq(Author.name, "Fred"))), 1);
	corm_session_close(session);
	server_assert_works(engine, 1);
	corm_engine_close(engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_idle_connections),
		cmocka_unit_test(test_idle_connections_unasked),
		cmocka_unit_test(test_in_a_transaction),
	};
	return cmocka_run_group_tests_name("session: a server that is started anew", tests, server_find, server_leave);
}
