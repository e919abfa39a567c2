/* SPDX-License-Identifier: Apache-2.0
 *
 * Engines and sessions in a forked child.
 *
 * A child ends by _exit(), so that nothing of the parent's is flushed, cleaned up or reported twice; its checks are told
 * by the status that it ends with.
 */
#include "session/place.h"

#include "fail_alloc.h"
#include "library.h"
#include <sys/wait.h>

static bool is_file; /* and not a server */

static int find_place(void **state)
{
	is_file = !test_database_is_far();
	return place_set_up(state);
}

static corm_engine *open_engine(const corm_allocator *allocator)
{
	corm_engine *engine = corm_engine_open_options(url, &(corm_engine_options){ .allocator = allocator });
	if (!engine)
		fail_msg("%s", corm_last_error()->message);
	if (corm_drop_all(engine, &library_metadata) != CORM_OK || corm_create_all(engine, &library_metadata) != CORM_OK)
		fail_msg("%s", corm_last_error()->message);
	corm_session *session = corm_session_open(engine);
	Author_add(session, .name = "Fred");
	if (corm_commit(session) != CORM_OK)
		fail_msg("%s", corm_session_error(session)->message);
	corm_session_close(session);
	return engine;
}

/* In the child: the process ends with the number of the line where a check fails, modulo 255, plus 1. */
#define CHECK(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
			_exit(__LINE__ % 255 + 1); \
		} \
	} while (0)

static void await_child(pid_t child)
{
	int status;
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static bool says(corm_session *session, const char *part)
{
	const corm_error *error = corm_session_error(session);
	return error->status == CORM_ERROR_USAGE && strstr(error->message, part);
}

static void test_the_parents_engine(void **state)
{
	(void)state;
	corm_engine *engine = open_engine(NULL);
	pid_t child = fork();
	if (child == 0) {
		corm_session *session = corm_session_open(engine);
		CHECK(Author_count(session) == -1);
		CHECK(says(session, "the engine was opened by another process: a forked child opens its own engine"));
		corm_session_close(session);
		CHECK(corm_create_all(engine, &library_metadata) == CORM_ERROR_USAGE);
		CHECK(strstr(corm_last_error()->message, "forked child"));
		corm_pool_statistics statistics;
		CHECK(corm_engine_statistics(engine, &statistics) == CORM_ERROR_USAGE);
		corm_engine_on_connect(engine, NULL, NULL);
		corm_engine_close(engine);
		_exit(0);
	}
	await_child(child);
	/* The parent has noticed nothing. */
	corm_session *session = corm_session_open(engine);
	assert_int_equal(Author_count(session), 1);
	assert_ok(session);
	corm_session_close(session);
	corm_pool_statistics statistics;
	assert_int_equal(corm_engine_statistics(engine, &statistics), CORM_OK);
	assert_int_equal(statistics.opened, 1);
	corm_engine_close(engine);
}

/* A session with a transaction, a savepoint and a list, all of which the child has too. */
static void test_the_parents_session(void **state)
{
	(void)state;
	corm_engine *engine = open_engine(NULL);
	corm_session *session = corm_session_open(engine);
	struct Author *fred = Author_first(session);
	fred->name = "Frederick";
	assert_int_equal(corm_flush(session), CORM_OK);
	assert_int_equal(corm_begin_nested(session), CORM_OK);
	struct Author *ada = Author_add(session, .name = "Ada");
	assert_int_equal(corm_flush(session), CORM_OK);
	pid_t child = fork();
	if (child == 0) {
		corm_session_cancel(session);
		CHECK(Author_count(session) == -1);
		CHECK(says(session, "the session's transaction is one of another process"));
		corm_session_clear_error(session);
		CHECK(corm_commit_nested(session) == CORM_ERROR_USAGE);
		corm_session_clear_error(session);
		CHECK(corm_rollback_nested(session) == CORM_ERROR_USAGE);
		corm_session_clear_error(session);
		CHECK(!corm_session_native(session));
		corm_session_clear_error(session);
		CHECK(corm_commit(session) == CORM_ERROR_USAGE);
		/* Rolling back gives up what is the parent's, and brings the members back. */
		CHECK(corm_rollback(session) == CORM_OK);
		CHECK(!strcmp(fred->name, "Fred") && corm_state(session, ada) == CORM_STATE_EXPUNGED);
		CHECK(Author_count(session) == -1);
		CHECK(says(session, "the engine was opened by another process"));
		corm_session_close(session);
		corm_engine_close(engine);
		_exit(0);
	}
	await_child(child);
	assert_int_equal(corm_commit_nested(session), CORM_OK);
	assert_int_equal(corm_commit(session), CORM_OK);
	assert_int_equal(Author_count(session), 2);
	assert_ok(session);
	corm_session_close(session);
	corm_engine_close(engine);
}

/* Closing gives back all of our memory, in whatever order, but for what the client library has of the connections. */
static void test_memory(void **state)
{
	(void)state;
	struct fail_alloc memory;
	fail_alloc_init(&memory, 0);
	corm_engine *engine = open_engine(&memory.allocator);
	corm_session *session = corm_session_open(engine), *idle = corm_session_open(engine);
	assert_int_equal(Author_count(idle), 1);
	assert_int_equal(corm_commit(idle), CORM_OK);
	assert_int_equal(Author_count(session), 1);
	for (int late = 0; late < 2; late++) {
		pid_t child = fork();
		if (child == 0) {
			if (late)
				corm_engine_close(engine);
			corm_session_close(idle);
			corm_session_close(session);
			if (!late)
				corm_engine_close(engine);
			/* What SQLite's driver has for all connections and for parameters stays. */
			CHECK(!is_file || memory.live_bytes < 8192);
			_exit(0);
		}
		await_child(child);
	}
	corm_session_close(idle);
	corm_session_close(session);
	corm_engine_close(engine);
	fail_alloc_check(&memory);
}

/* The child's own engine on the same database; on a SQLite file, not while the parent has it open. */
static void test_an_engine_of_its_own(void **state)
{
	(void)state;
	corm_engine *engine = open_engine(NULL);
	if (is_file) {
		pid_t child = fork();
		if (child == 0) {
			CHECK(!corm_engine_open(url));
			CHECK(corm_last_error()->status == CORM_ERROR_USAGE);
			CHECK(strstr(corm_last_error()->message, "was open when this process was forked"));
			/* Closing the parent's changes nothing: SQLite still has it. */
			corm_engine_close(engine);
			CHECK(!corm_engine_open(url));
			corm_engine *other = corm_engine_open("sqlite://");
			CHECK(other);
			corm_engine_close(other);
			_exit(0);
		}
		await_child(child);
		corm_engine_close(engine);
	}
	pid_t child = fork();
	if (child == 0) {
		corm_engine *own = corm_engine_open(url);
		CHECK(own);
		corm_session *session = corm_session_open(own);
		Author_add(session, .name = "Child");
		CHECK(corm_commit(session) == CORM_OK);
		/* And so on: a child of the child. */
		pid_t grandchild = fork();
		if (grandchild == 0) {
			CHECK(Author_count(session) == -1);
			CHECK(says(session, "the session's transaction is one of another process") ||
			      says(session, "the engine was opened by another process"));
			corm_session_close(session);
			corm_engine_close(own);
			_exit(0);
		}
		int status;
		CHECK(waitpid(grandchild, &status, 0) == grandchild && WIFEXITED(status) && WEXITSTATUS(status) == 0);
		CHECK(Author_count(session) == 2);
		corm_session_close(session);
		corm_engine_close(own);
		_exit(0);
	}
	await_child(child);
	if (is_file)
		engine = corm_engine_open(url);
	assert_non_null(engine);
	corm_session *session = corm_session_open(engine);
	assert_int_equal(Author_count(session), 2);
	corm_session_close(session);
	corm_engine_close(engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_parents_engine),
		cmocka_unit_test(test_the_parents_session),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_an_engine_of_its_own),
	};
	return cmocka_run_group_tests_name("session: fork", tests, find_place, place_tear_down);
}
