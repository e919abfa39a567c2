/* SPDX-License-Identifier: Apache-2.0
 *
 * Connections that are lost: within a transaction, while COMMIT runs, between transactions; and what corm_transaction
 * tries again.
 */
#include "session/support.h"

#include "flaky_driver.h"
#include "library.h"

/* A keeper of its own connection, so that the database in memory stays. */
static corm_engine *open_engine(void)
{
	corm_engine *engine = database_open("flaky://?pool_size=2", &library_metadata);
	corm_session *session = corm_session_open(engine);
	Author_add(session, .name = "Fred");
	assert_int_equal(corm_commit(session), CORM_OK);
	corm_session_close(session);
	return engine;
}

static void test_commit_is_ambiguous(void **state)
{
	(void)state;
	static const struct {
		int how;
		bool is_there;
	} cases[] = { { FLAKY_LOST_BEFORE, false }, { FLAKY_LOST_AFTER, true }, { FLAKY_LOST_SILENTLY, true } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		corm_engine *engine = open_engine();
		corm_session *session = corm_session_open(engine);
		struct Author *fred = Author_first(session);
		fred->name = "Frederick";
		struct Author *ada = Author_add(session, .name = "Ada");
		atomic_store(&flaky.commit, cases[i].how);
		assert_int_equal(corm_commit(session), CORM_ERROR_AMBIGUOUS);
		assert_status(session, CORM_ERROR_AMBIGUOUS);
		assert_contains(corm_session_error(session)->message,
		                "the connection was lost while COMMIT ran, and nobody knows whether it was done: look for what was "
		                "to be written before doing it again: flaky: ");
		/* Only a rollback helps, and restores; the session goes on with another connection. */
		corm_session_clear_error(session);
		assert_int_equal(corm_flush(session), CORM_ERROR_AMBIGUOUS);
		assert_int_equal(corm_rollback(session), CORM_OK);
		assert_string_equal(fred->name, "Fred");
		assert_int_equal(corm_state(session, ada), CORM_STATE_EXPUNGED);
		assert_int_equal(Author_count(session), cases[i].is_there ? 2 : 1);
		assert_string_equal(fred->name, "Fred");
		Author_refresh(session, fred);
		assert_string_equal(fred->name, cases[i].is_there ? "Frederick" : "Fred");
		corm_session_close(session);
		corm_engine_close(engine);
	}
}

/* Nothing is in doubt when COMMIT was not even sent, or there was nothing to commit. */
static void test_what_is_not_ambiguous(void **state)
{
	(void)state;
	corm_engine *engine = open_engine();
	corm_session *session = corm_session_open(engine);
	atomic_store(&flaky.commits, 0);
	Author_add(session, .name = "Ada");
	assert_int_equal(corm_flush(session), CORM_OK);
	flaky_lose_all(false);
	assert_int_equal(corm_commit(session), CORM_ERROR_CONNECT);
	assert_string_equal(corm_session_error(session)->message,
	                    "the connection was lost before COMMIT was sent: nothing was committed");
	assert_int_equal(atomic_load(&flaky.commits), 0);
	assert_int_equal(corm_rollback(session), CORM_OK);
	assert_int_equal(Author_count(session), 1);
	assert_int_equal(corm_commit(session), CORM_OK);

	flaky_lose_all(false);
	assert_int_equal(corm_commit(session), CORM_OK);
	corm_session_close(session);

	session = corm_session_open_readonly(engine);
	assert_int_equal(Author_count(session), 1);
	atomic_store(&flaky.ends, 0);
	atomic_store(&flaky.commit, FLAKY_LOST_BEFORE);
	assert_int_equal(corm_commit(session), CORM_ERROR_CONNECT);
	assert_int_equal(atomic_load(&flaky.ends), 0);
	assert_int_equal(corm_rollback(session), CORM_OK);
	assert_int_equal(Author_count(session), 1);
	assert_int_equal(corm_commit(session), CORM_OK);
	assert_int_equal(atomic_load(&flaky.ends), 1);
	corm_session_close(session);
	corm_engine_close(engine);
}

/* The statement fails, the rollback sends nothing to where nobody is, and the session is as good as new. */
static void test_lost_in_a_transaction(void **state)
{
	(void)state;
	corm_engine *engine = open_engine();
	corm_session *session = corm_session_open(engine);
	struct Author *fred = Author_first(session);
	fred->name = "Frederick";
	assert_int_equal(corm_begin_nested(session), CORM_OK);
	flaky_lose_all(true);
	Author_add(session, .name = "Ada");
	assert_int_equal(corm_flush(session), CORM_ERROR_CONNECT);
	/* There is no going back to a savepoint of a connection that is gone. */
	assert_int_equal(corm_rollback_nested(session), CORM_ERROR_CONNECT);
	assert_int_equal(corm_rollback(session), CORM_OK);
	assert_string_equal(fred->name, "Fred");
	assert_int_equal(Author_count(session), 1);
	corm_session_close(session);
	corm_engine_close(engine);
}

/* Idle connections that were lost are replaced, and the session notices nothing. */
static void test_reconnects(void **state)
{
	(void)state;
	corm_engine *engine = open_engine();
	corm_session *session = corm_session_open(engine);
	for (int i = 0; i < 3; i++) {
		flaky_lose_all(false);
		assert_int_equal(Author_count(session), 1);
		assert_int_equal(corm_commit(session), CORM_OK);
	}
	corm_pool_statistics statistics;
	assert_int_equal(corm_engine_statistics(engine, &statistics), CORM_OK);
	assert_int_equal(statistics.reconnected, 3);
	corm_session_close(session);
	corm_engine_close(engine);
}

/* How often it was called, and what the first call of it meets. */
struct tries {
	int calls;
	enum flaky_commit first;
	corm_status answer;
};

static corm_status add_ada(corm_session *session, void *data)
{
	struct tries *tries = data;
	if (++tries->calls == 1) {
		atomic_store(&flaky.commit, tries->first);
		if (tries->answer != CORM_OK)
			return tries->answer;
	}
	Author_add(session, .name = corm_textf(session, "Ada %d", tries->calls));
	return CORM_OK;
}

static void test_what_is_tried_again(void **state)
{
	(void)state;
	static const corm_transaction_options careful = { .backoff_ms = 1 };
	static const corm_transaction_options idempotent = { .backoff_ms = 1, .idempotent = true };
	static const corm_transaction_options once = { .retries = -1, .idempotent = true };
	static const struct {
		struct tries tries;
		const corm_transaction_options *options;
		corm_status status;
		int calls;
	} cases[] = {
		{ { .first = FLAKY_LOST_BEFORE }, NULL, CORM_ERROR_AMBIGUOUS, 1 },
		{ { .first = FLAKY_LOST_AFTER }, &careful, CORM_ERROR_AMBIGUOUS, 1 },
		{ { .first = FLAKY_LOST_AFTER }, &idempotent, CORM_OK, 2 },
		{ { .first = FLAKY_LOST_BEFORE }, &idempotent, CORM_OK, 2 },
		{ { .first = FLAKY_LOST_BEFORE }, &once, CORM_ERROR_AMBIGUOUS, 1 },
		{ { .answer = CORM_ERROR_CONFLICT }, &careful, CORM_OK, 2 },
		{ { .answer = CORM_ERROR_CONFLICT }, &once, CORM_ERROR_CONFLICT, 1 },
		{ { .answer = CORM_ERROR_CONNECT }, &idempotent, CORM_ERROR_CONNECT, 1 },
		{ { .answer = CORM_ERROR_TIMEOUT }, &idempotent, CORM_ERROR_TIMEOUT, 1 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		flaky_reset();
		corm_engine *engine = open_engine();
		struct tries tries = cases[i].tries;
		assert_int_equal(corm_transaction(engine, add_ada, &tries, cases[i].options), cases[i].status);
		assert_int_equal(tries.calls, cases[i].calls);
		assert_int_equal(corm_last_error()->status, cases[i].status);
		corm_engine_close(engine);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_commit_is_ambiguous, flaky_register),
		cmocka_unit_test_setup(test_what_is_not_ambiguous, flaky_register),
		cmocka_unit_test_setup(test_lost_in_a_transaction, flaky_register),
		cmocka_unit_test_setup(test_reconnects, flaky_register),
		cmocka_unit_test_setup(test_what_is_tried_again, flaky_register),
	};
	return cmocka_run_group_tests_name("session: lost connections", tests, NULL, NULL);
}
