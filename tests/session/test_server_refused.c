/* SPDX-License-Identifier: Apache-2.0
 *
 * Connections that are not to be had: wrong names and passwords, nobody there, nobody who answers, too many already.
 */
#include "session/server.h"

#include "library.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

/* ---- hosts of our own -------------------------------------------------------------------------------------------- */

/* A port of this machine, and a socket that is bound to it. */
static int bind_port(char *host, size_t size)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof address;
	int bound = socket(AF_INET, SOCK_STREAM, 0);
	assert_true(bound >= 0);
	assert_int_equal(bind(bound, (struct sockaddr *)&address, length), 0);
	assert_int_equal(getsockname(bound, (struct sockaddr *)&address, &length), 0);
	snprintf(host, size, "127.0.0.1:%d", ntohs(address.sin_port));
	return bound;
}

struct hang_up {
	int listens;
	pthread_t thread;
};

/* Answers the telephone and puts it down again. */
static void *hang_up(void *data)
{
	const struct hang_up *host = data;
	for (int i; (i = accept(host->listens, NULL, NULL)) >= 0;)
		close(i);
	return NULL;
}

/* ---- opening ----------------------------------------------------------------------------------------------------- */

static void assert_refused(const struct server_parts *parts, corm_status status, int limit_ms)
{
	int64_t begin_ms = server_now_ms();
	corm_engine *engine = corm_engine_open(server_url(parts));
	assert_null(engine);
	assert_in_range(server_now_ms() - begin_ms, 0, limit_ms + CONNECT_GENEROUS_MS);
	const corm_error *error = corm_last_error();
	print_message("%s\n", error->message);
	assert_string_equal(corm_status_name(error->status), corm_status_name(status));
	/* Neither that of the account nor the wrong one, encoded or not. */
	assert_null(strstr(error->message, "secret"));
	assert_null(strstr(error->message, "wr0ng"));
}

static void test_wrong_parts(void **state)
{
	(void)state;
	static const struct server_parts wrong[] = {
		{ .password = "wr0ng" },
		{ .password = "" },
		{ .database = "nowhere" },
		{ .host = "nowhere.invalid", .options = "connect_timeout=5" },
		{ .host = "nowhere.invalid:4711", .options = "connect_timeout=5" },
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_refused(&wrong[i], CORM_ERROR_CONNECT, 5000);
}

static void test_wrong_hosts(void **state)
{
	(void)state;
	char host[64];
	server_need();
	/* Nobody listens there, but nobody else gets the port. */
	int bound = bind_port(host, sizeof host);
	assert_refused(&(struct server_parts){ .host = host }, CORM_ERROR_CONNECT, 1000);
	/* Connections come into the queue, and nobody takes them. */
	assert_int_equal(listen(bound, 5), 0);
	assert_refused(&(struct server_parts){ .host = host, .options = "connect_timeout=1" }, CORM_ERROR_TIMEOUT, 1000);
	struct hang_up host_of_ours = { .listens = bound };
	assert_int_equal(pthread_create(&host_of_ours.thread, NULL, hang_up, &host_of_ours), 0);
	assert_refused(&(struct server_parts){ .host = host, .options = "connect_timeout=5" }, CORM_ERROR_CONNECT, 5000);
	shutdown(bound, SHUT_RDWR);
	assert_int_equal(pthread_join(host_of_ours.thread, NULL), 0);
	close(bound);
}

/* The server stands still: opening an engine, and a connection more of one that is open, ends in time. */
static void test_silent_server(void **state)
{
	(void)state;
	corm_engine *engine = server_open("connect_timeout=1");
	corm_session *holder = corm_session_open(engine), *session = corm_session_open(engine);
	assert_int_equal(Author_count(holder), 1);
	server_control("pause");
	int64_t begin_ms = server_now_ms();
	corm_engine *other = corm_engine_open(server_url(&(struct server_parts){ .options = "connect_timeout=1" }));
	int64_t opened_ms = server_now_ms();
	corm_status status = corm_last_error()->status;
	int64_t count = Author_count(session);
	int64_t counted_ms = server_now_ms();
	server_control("continue");
	assert_null(other);
	assert_int_equal(status, CORM_ERROR_TIMEOUT);
	assert_in_range(opened_ms - begin_ms, 900, 1000 + CONNECT_GENEROUS_MS);
	assert_int_equal(count, -1);
	assert_in_range(counted_ms - opened_ms, 900, 1000 + CONNECT_GENEROUS_MS);
	server_assert_recovers(session, CORM_ERROR_TIMEOUT, 1);
	assert_int_equal(corm_commit(holder), CORM_OK);
	corm_session_close(holder);
	corm_session_close(session);
	server_assert_works(engine, 1);
	corm_engine_close(engine);
}

/* ---- down -------------------------------------------------------------------------------------------------------- */

static void test_down_at_open(void **state)
{
	(void)state;
	corm_engine_close(server_open(NULL));
	server_control("stop");
	assert_refused(&(struct server_parts){ .host = NULL }, CORM_ERROR_CONNECT, 1000);
	server_start();
	corm_engine *engine = corm_engine_open(server_url(&(struct server_parts){ .host = NULL }));
	assert_non_null(engine);
	server_assert_works(engine, 1);
	corm_engine_close(engine);
}

static void test_down_between_sessions(void **state)
{
	(void)state;
	for (int pings = 0; pings < 2; pings++) {
		corm_engine *engine = server_open(pings ? "pool_pre_ping=true" : NULL);
		server_control("stop");
		corm_session *session = corm_session_open(engine);
		for (int i = 0; i < 3; i++) {
			int64_t begin_ms = server_now_ms();
			assert_int_equal(Author_count(session), -1);
			assert_within(begin_ms, 1000);
			assert_status(session, CORM_ERROR_CONNECT);
			assert_int_equal(corm_rollback(session), CORM_OK);
		}
		Author_add(session, .name = "Ada");
		assert_int_equal(corm_commit(session), CORM_ERROR_CONNECT);
		assert_int_equal(corm_create_all(engine, &library_metadata), CORM_ERROR_CONNECT);
		corm_pool_statistics pool;
		assert_int_equal(corm_engine_statistics(engine, &pool), CORM_OK);
		assert_int_equal(pool.open, 0);
		assert_true(pool.failed >= 4);
		server_start();
		server_assert_recovers(session, CORM_ERROR_CONNECT, 1);
		Author_add(session, .name = "Ada");
		assert_int_equal(corm_commit(session), CORM_OK);
		corm_session_close(session);
		server_assert_works(engine, 2);
		corm_engine_close(engine);
	}
}

static corm_status add_ada(corm_session *session, void *data)
{
	++*(int *)data;
	Author_add(session, .name = "Ada");
	return corm_flush(session);
}

/* It is not tried again: who knows when the server comes back? */
static void test_transaction_on_a_server_that_is_down(void **state)
{
	(void)state;
	int calls = 0;
	corm_engine *engine = server_open(NULL);
	server_control("stop");
	assert_int_equal(corm_transaction(engine, add_ada, &calls, NULL), CORM_ERROR_CONNECT);
	assert_int_equal(calls, 1);
	server_start();
	assert_int_equal(corm_transaction(engine, add_ada, &calls, NULL), CORM_OK);
	server_assert_works(engine, 2);
	corm_engine_close(engine);
}

/* ---- too many ---------------------------------------------------------------------------------------------------- */

/* The server gives this account three connections, and the pool would have ten. */
static void test_too_many_for_the_server(void **state)
{
	(void)state;
	enum { LIMIT = 3 };
	corm_session *sessions[LIMIT + 1];
	/* Before the first one: MariaDB counts those that came when there was a limit. */
	server_sql(server_need()->limit, LIMIT);
	corm_engine *engine = server_open("pool_size=10");
	for (int i = 0; i <= LIMIT; i++)
		sessions[i] = corm_session_open(engine);
	int count = 0;
	while (count <= LIMIT && Author_count(sessions[count]) == 1)
		count++;
	corm_engine *other = corm_engine_open(server_url(&(struct server_parts){ .host = NULL }));
	corm_status status = corm_last_error()->status;
	server_sql(server_need()->limit, test_database_server()->no_limit);
	assert_null(other);
	assert_int_equal(status, CORM_ERROR_CONNECT);
	assert_in_range(count, 1, LIMIT);
	corm_session *refused = sessions[count];
	print_message("%s\n", corm_session_error(refused)->message);
	assert_status(refused, CORM_ERROR_CONNECT);
	/* One that is given back is as good as a new one. */
	assert_int_equal(corm_commit(sessions[0]), CORM_OK);
	server_assert_recovers(refused, CORM_ERROR_CONNECT, 1);
	for (int i = 0; i <= LIMIT; i++)
		corm_session_close(sessions[i]);
	server_assert_works(engine, 1);
	corm_engine_close(engine);
}

static void *take_and_wait(void *data)
{
	corm_session *session = data;
	return Author_count(session) == 1 ? NULL : session;
}

static void test_too_many_for_the_pool(void **state)
{
	(void)state;
	corm_engine *engine = server_open("pool_size=1&max_overflow=1&pool_timeout=2");
	corm_session *sessions[3];
	for (int i = 0; i < 3; i++)
		sessions[i] = corm_session_open(engine);
	assert_int_equal(Author_count(sessions[0]), 1);
	assert_int_equal(Author_count(sessions[1]), 1);
	int64_t begin_ms = server_now_ms();
	assert_int_equal(Author_count(sessions[2]), -1);
	assert_in_range(server_now_ms() - begin_ms, 1900, 2000 + GENEROUS_MS);
	assert_string_equal(
		corm_session_error(sessions[2])->message,
		"no connection became free within 2000 ms: all 2 (pool_size=1, max_overflow=1) are in use; were all "
		"sessions closed?");
	assert_int_equal(corm_create_all(engine, &library_metadata), CORM_ERROR_TIMEOUT);
	/* Whoever waits gets the one that comes back. */
	assert_status(sessions[2], CORM_ERROR_TIMEOUT);
	assert_int_equal(corm_rollback(sessions[2]), CORM_OK);
	pthread_t thread;
	assert_int_equal(pthread_create(&thread, NULL, take_and_wait, sessions[2]), 0);
	/* Two have waited in vain before. */
	corm_pool_statistics pool;
	while (corm_engine_statistics(engine, &pool) == CORM_OK && pool.waits < 3)
		server_sleep_ms(1);
	assert_int_equal(corm_commit(sessions[0]), CORM_OK);
	void *failed;
	assert_int_equal(pthread_join(thread, &failed), 0);
	assert_null(failed);
	assert_int_equal(Author_count(sessions[2]), 1);
	for (int i = 0; i < 3; i++)
		corm_session_close(sessions[i]);
	server_assert_works(engine, 1);
	corm_engine_close(engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrong_parts),
		cmocka_unit_test(test_wrong_hosts),
		cmocka_unit_test(test_silent_server),
		cmocka_unit_test(test_down_at_open),
		cmocka_unit_test(test_down_between_sessions),
		cmocka_unit_test(test_transaction_on_a_server_that_is_down),
		cmocka_unit_test(test_too_many_for_the_server),
		cmocka_unit_test(test_too_many_for_the_pool),
	};
	return cmocka_run_group_tests_name("session: connections that are not to be had", tests, server_find, server_leave);
}
