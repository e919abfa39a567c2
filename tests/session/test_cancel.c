/* SPDX-License-Identifier: Apache-2.0
 *
 * corm_session_cancel: from another thread, while a statement runs, while none does, while the session ends.
 */
#include "session/support.h"

#include "library.h"
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>

/* As a condition: a query that takes minutes, and leaves the column alone. */
static const char *const endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) "
								   "SELECT count(*) FROM n";

/* Every connection of SQLite's gets a view that takes minutes to read, in place of the table of books. */
static corm_status make_slow(void *data, void *native)
{
	(void)data;
	char sql[512];
	snprintf(sql, sizeof sql,
	         "CREATE TEMP TABLE IF NOT EXISTS switch(x); "
	         "CREATE TEMP VIEW IF NOT EXISTS book AS SELECT * FROM main.book WHERE (%s) < 0",
	         endless);
	return sqlite3_exec(native, sql, NULL, NULL, NULL) == SQLITE_OK ? CORM_OK : CORM_ERROR_SQL;
}

/* One connection, which all sessions share in turn. */
static corm_engine *open_engine(void)
{
	const char *place = test_database_new(false);
	corm_engine *engine = corm_engine_open_options(place, &(corm_engine_options){ .pool_size = 1, .max_overflow = -1 });
	if (!engine)
		fail_msg("%s", corm_last_error()->message);
	test_database_belongs(place, engine);
	assert_int_equal(corm_create_all(engine, &library_metadata), CORM_OK);
	corm_session *session = corm_session_open(engine);
	Book_add(session, .title = "Endless", .author = Author_add(session, .name = "Fred"));
	assert_int_equal(corm_commit(session), CORM_OK);
	corm_session_close(session);
	return engine;
}

struct canceller {
	pthread_t thread;
	corm_session *session;
	atomic_bool stop;
	atomic_long calls;
};

/* A cancel may come before the statement has begun, and then does nothing: so more than one. */
static void *keep_cancelling(void *data)
{
	struct canceller *canceller = data;
	while (!atomic_load(&canceller->stop)) {
		corm_session_cancel(canceller->session);
		atomic_fetch_add(&canceller->calls, 1);
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	}
	return NULL;
}

static void start_cancelling(struct canceller *canceller, corm_session *session)
{
	*canceller = (struct canceller){ .session = session };
	assert_int_equal(pthread_create(&canceller->thread, NULL, keep_cancelling, canceller), 0);
}

static void stop_cancelling(struct canceller *canceller)
{
	atomic_store(&canceller->stop, true);
	assert_int_equal(pthread_join(canceller->thread, NULL), 0);
}

static void test_a_statement_that_runs(void **state)
{
	(void)state;
	if (!test_database_adopts_handles())
		skip();
	corm_engine *engine = open_engine();
	corm_engine_on_connect(engine, make_slow, NULL);
	corm_session *session = corm_session_open(engine);
	struct canceller canceller;
	for (int i = 0; i < 3; i++) {
		start_cancelling(&canceller, session);
		/* Cancelling may hit what comes before it as well. */
		assert_int_equal(Book_count(session), -1);
		stop_cancelling(&canceller);
		assert_status(session, CORM_ERROR_CANCELLED);
		assert_int_equal(corm_rollback(session), CORM_OK);
		assert_int_equal(Author_count(session), 1);
		assert_int_equal(corm_commit(session), CORM_OK);
	}
	corm_session_close(session);
	database_close(engine);
}

static void test_nothing_runs(void **state)
{
	(void)state;
	corm_engine *engine = open_engine();
	corm_session *session = corm_session_open(engine), *other = corm_session_open(engine);
	corm_session_cancel(NULL);
	corm_session_cancel(session);
	/* In a transaction, but between two statements. */
	assert_int_equal(Author_count(session), 1);
	corm_session_cancel(session);
	assert_int_equal(Author_count(session), 1);
	assert_int_equal(corm_commit(session), CORM_OK);
	/* The connection is another session's now. */
	assert_int_equal(Author_count(other), 1);
	corm_session_cancel(session);
	Author_add(other, .name = "Ada");
	assert_int_equal(corm_commit(other), CORM_OK);
	corm_session_close(session);
	corm_session_close(other);
	database_close(engine);

	session = corm_session_open(NULL);
	corm_session_cancel(session);
	assert_status(session, CORM_ERROR_USAGE);
	corm_session_close(session);
}

/* Transactions begin and end while another thread cancels: each either works or says that it was cancelled, and the
 * session that shares the connection never hears of it. */
static void test_at_any_time(void **state)
{
	(void)state;
	corm_engine *engine = open_engine();
	corm_session *session = corm_session_open(engine), *other = corm_session_open(engine);
	struct canceller canceller;
	start_cancelling(&canceller, session);
	int added = 0;
	for (int i = 0; i < (test_database_is_far() ? 200 : 2000); i++) {
		Author_add(session, .name = corm_textf(session, "%d", i));
		corm_status status = corm_commit(session);
		if (status == CORM_OK) {
			added++;
		} else {
			assert_int_equal(status, CORM_ERROR_CANCELLED);
			assert_int_equal(corm_rollback(session), CORM_OK);
		}
		/* A server may hear of it too late for the session, and then it hits the other. */
		if (!test_database_is_far()) {
			assert_int_equal(Author_count(other), added + 1);
			assert_int_equal(corm_commit(other), CORM_OK);
		}
		corm_session_reset(session);
	}
	stop_cancelling(&canceller);
	assert_true(added > 0);
	assert_true(atomic_load(&canceller.calls) > 0);
	corm_session_close(session);
	corm_session_close(other);
	database_close(engine);
}

/* Where rows are locked: the statement waits for one that another session has. */
static void test_waiting_for_a_lock(void **state)
{
	(void)state;
	if (test_database_has_one_writer())
		skip();
	corm_engine *engine = database_open(NULL, &library_metadata);
	corm_session *holder = corm_session_open(engine), *session = corm_session_open(engine);
	struct Author *held = Author_add(holder, .name = "Fred");
	assert_int_equal(corm_commit(holder), CORM_OK);
	for (int i = 0; i < 3; i++) {
		struct canceller canceller;
		struct Author *author = Author_get(session, held->base.id);
		assert_ok(session);
		held->name = corm_textf(holder, "Held %d", i);
		assert_int_equal(corm_flush(holder), CORM_OK);
		author->name = "Cancelled";
		start_cancelling(&canceller, session);
		assert_int_equal(corm_flush(session), CORM_ERROR_CANCELLED);
		stop_cancelling(&canceller);
		assert_int_equal(corm_rollback(session), CORM_OK);
		/* What was sent too late to hit the statement must not hit what comes long after. */
		sleep(1);
		assert_int_equal(Author_count(session), 1);
		assert_int_equal(corm_commit(session), CORM_OK);
		assert_int_equal(corm_commit(holder), CORM_OK);
	}
	corm_session_close(session);
	corm_session_close(holder);
	database_close(engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_statement_that_runs),
		cmocka_unit_test(test_nothing_runs),
		cmocka_unit_test(test_at_any_time),
		cmocka_unit_test(test_waiting_for_a_lock),
	};
	return cmocka_run_group_tests_name("session: cancel", tests, NULL, NULL);
}
