/* SPDX-License-Identifier: Apache-2.0
 *
 * One engine, many threads. The database is that of CORM_TEST_URL, or a SQLite file. Built with ThreadSanitizer too: see
 * cmake/ThreadTests.cmake.
 */
#include "library.h"
#include "session/place.h"
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#define WRITERS 4
#define ROUNDS 50
#define HAMMERS 8
#define BLOWS 60

/* An engine on an empty database, with these options. */
static corm_engine *open_engine(const corm_engine_options *options)
{
	char fast[600];
	corm_engine *engine = corm_engine_open_options(test_database_with(url, NULL, fast, sizeof fast), options);
	if (!engine)
		fail_msg("%s", corm_last_error()->message);
	if (corm_drop_all(engine, &library_metadata) != CORM_OK || corm_create_all(engine, &library_metadata) != CORM_OK)
		fail_msg("%s", corm_last_error()->message);
	return engine;
}

/* Another thread was in the way, or has cancelled. */
static bool is_to_be_expected(corm_status status)
{
	return status == CORM_ERROR_CONFLICT || status == CORM_ERROR_TIMEOUT || status == CORM_ERROR_CANCELLED;
}

static void sleep_us(long microseconds)
{
	nanosleep(&(struct timespec){ .tv_nsec = microseconds * 1000 }, NULL);
}

/* ---- lost updates ------------------------------------------------------------------------------------------------ */

struct writer {
	pthread_t thread;
	corm_engine *engine;
	corm_uuid counter;
	int number, failures;
};

/* Adds authors, and counts a shared book's title up; a conflict is tried again. At lower levels, a server lets two
 * transactions read the same number, and both write the next. */
static void *write_on(void *data)
{
	struct writer *writer = data;
	const corm_session_options options = { .isolation_level = "SERIALIZABLE" };
	corm_session *session = corm_session_open_options(writer->engine, &options);
	for (int round = 0; round < ROUNDS; round++) {
		corm_status status;
		do {
			struct Book *counter = Book_get(session, writer->counter);
			if (counter)
				counter->title = corm_textf(session, "%d", atoi(counter->title) + 1);
			Author_add(session, .name = corm_textf(session, "%d-%d", writer->number, round));
			status = corm_commit(session);
			if (status != CORM_OK)
				corm_rollback(session);
		} while (is_to_be_expected(status));
		writer->failures += status != CORM_OK;
		if (round % 10 == 0)
			corm_session_reset(session);
	}
	corm_session_close(session);
	return NULL;
}

static void test_nothing_is_lost(void **state)
{
	(void)state;
	corm_engine *engine = open_engine(NULL);
	corm_session *session = corm_session_open(engine);
	struct Book *counter = Book_add(session, .title = "0", .author = Author_add(session, .name = "Counter"));
	assert_int_equal(corm_commit(session), CORM_OK);
	struct writer writers[WRITERS];
	for (int i = 0; i < WRITERS; i++) {
		writers[i] = (struct writer){ .engine = engine, .counter = counter->base.id, .number = i };
		assert_int_equal(pthread_create(&writers[i].thread, NULL, write_on, &writers[i]), 0);
	}
	for (int i = 0; i < WRITERS; i++) {
		pthread_join(writers[i].thread, NULL);
		assert_int_equal(writers[i].failures, 0);
	}
	assert_int_equal(atoi(Book_get(session, counter->base.id)->title), WRITERS * ROUNDS);
	assert_int_equal(Author_count(session), WRITERS * ROUNDS + 1);
	corm_session_close(session);
	corm_engine_close(engine);
}

/* ---- everything at once ------------------------------------------------------------------------------------------ */

struct hammer {
	pthread_t thread;
	corm_engine *engine;
	corm_session *session; /* main opens it before the threads start, and closes it when they have ended */
	int number;
	bool is_there[BLOWS]; /* what it was told of the author of that number */
	int failures;
	char failure[256];
};

static struct {
	struct hammer hammers[HAMMERS];
	atomic_bool stop;
	atomic_int connected, statements, cancels, looks;
} all;

static void note_failure(struct hammer *hammer, corm_status status, corm_session *session)
{
	if (status == CORM_OK || is_to_be_expected(status))
		return;
	hammer->failures++;
	snprintf(hammer->failure, sizeof hammer->failure, "%s", corm_session_error(session)->message);
}

/* An author is there when the commit, or the commit after the savepoint, says so. */
static corm_status add_author(struct hammer *hammer, int blow)
{
	corm_session *session = hammer->session;
	struct Author *author = Author_add(session, .name = corm_textf(session, "%d-%d", hammer->number, blow));
	Book_add(session, .title = "Book", .author = author);
	if (blow % 3 == 1 && corm_begin_nested(session) == CORM_OK) {
		Author_add(session, .name = "never");
		corm_flush(session);
		if (corm_rollback_nested(session) != CORM_OK)
			return corm_session_error(session)->status;
	}
	return corm_commit(session);
}

static void read_only(struct hammer *hammer)
{
	corm_session *session = corm_session_open_readonly(hammer->engine);
	Author_all(session, corm_limit(5));
	note_failure(hammer, corm_commit(session), session);
	corm_session_error(session);
	corm_session_close(session);
}

static corm_status rename_author(corm_session *session, void *data)
{
	struct Author *author = Author_first(session, corm_where(corm_eq(Author.name, (const char *)data)));
	if (author)
		author->name = corm_textf(session, "%s!", author->name);
	return corm_session_error(session)->status;
}

static void *strike(void *data)
{
	struct hammer *hammer = data;
	corm_session *session = hammer->session;
	for (int blow = 0; blow < BLOWS; blow++) {
		corm_status status;
		do {
			status = add_author(hammer, blow);
			note_failure(hammer, status, session);
			if (status != CORM_OK)
				corm_rollback(session);
		} while (is_to_be_expected(status));
		hammer->is_there[blow] = status == CORM_OK;
		/* One that is taken back. */
		Author_add(session, .name = "never");
		note_failure(hammer, corm_flush(session), session);
		corm_rollback(session);
		if (blow % 5 == 0)
			read_only(hammer);
		if (blow % 7 == 0) {
			char name[32];
			snprintf(name, sizeof name, "%d-%d", hammer->number, blow);
			status = corm_transaction(hammer->engine, rename_author, name, NULL);
			hammer->failures += status != CORM_OK && !is_to_be_expected(status);
		}
		if (blow % 10 == 0)
			corm_session_reset(session);
	}
	return NULL;
}

static void *cancel_all(void *data)
{
	(void)data;
	for (int i = 0; !atomic_load(&all.stop); i++) {
		corm_session_cancel(all.hammers[i % HAMMERS].session);
		atomic_fetch_add(&all.cancels, 1);
		sleep_us(1500);
	}
	return NULL;
}

static void *look(void *data)
{
	corm_engine *engine = data;
	corm_pool_statistics now;
	uint64_t opened = 0;
	while (!atomic_load(&all.stop)) {
		bool is_sound = corm_engine_statistics(engine, &now) == CORM_OK && now.open >= 0 && now.open <= 3 &&
		                now.idle + now.in_use == now.open && now.waiting <= HAMMERS && now.opened >= opened;
		if (!is_sound)
			return "the statistics contradict themselves";
		opened = now.opened;
		atomic_fetch_add(&all.looks, 1);
		sleep_us(200);
	}
	return NULL;
}

static corm_status count_connection(void *data, void *native)
{
	(void)data;
	atomic_fetch_add(&all.connected, 1);
	return native ? CORM_OK : CORM_ERROR_CONNECT;
}

static void count_statement(void *data, const corm_statement_event *event)
{
	(void)data;
	atomic_fetch_add(&all.statements, event->sql && event->parameters);
}

static void check_authors(corm_engine *engine)
{
	corm_session *session = corm_session_open(engine);
	for (int i = 0; i < HAMMERS; i++) {
		for (int blow = 0; blow < BLOWS; blow++) {
			char name[32], renamed[33];
			snprintf(name, sizeof name, "%d-%d", i, blow);
			snprintf(renamed, sizeof renamed, "%s!", name);
			int64_t count = Author_count(session, corm_where(corm_or(corm_eq(Author.name, (const char *)name),
			                                                         corm_eq(Author.name, (const char *)renamed))));
			assert_int_equal(count, all.hammers[i].is_there[blow]);
		}
	}
	assert_int_equal(Author_count(session, corm_where(corm_eq(Author.name, "never"))), 0);
	assert_int_equal(Author_count(session), HAMMERS * BLOWS);
	assert_int_equal(Book_count(session), HAMMERS * BLOWS);
	assert_ok(session);
	corm_session_close(session);
}

/* More threads than connections: they add, take back, read, rename and wait, and are cancelled, while somebody looks at
 * the pool. What each was told is what is there in the end. */
static void test_hammering(void **state)
{
	(void)state;
	pthread_t canceller, looker;
	void *complaint;
	corm_engine *engine = open_engine(&(corm_engine_options){ .pool_size = 2, .max_overflow = 1 });
	corm_engine_on_connect(engine, count_connection, NULL);
	corm_engine_on_statement(engine, count_statement, NULL);
	for (int i = 0; i < HAMMERS; i++)
		all.hammers[i] = (struct hammer){ .engine = engine, .session = corm_session_open(engine), .number = i };
	assert_int_equal(pthread_create(&canceller, NULL, cancel_all, NULL), 0);
	assert_int_equal(pthread_create(&looker, NULL, look, engine), 0);
	for (int i = 0; i < HAMMERS; i++)
		assert_int_equal(pthread_create(&all.hammers[i].thread, NULL, strike, &all.hammers[i]), 0);
	for (int i = 0; i < HAMMERS; i++)
		assert_int_equal(pthread_join(all.hammers[i].thread, NULL), 0);
	atomic_store(&all.stop, true);
	assert_int_equal(pthread_join(canceller, NULL), 0);
	assert_int_equal(pthread_join(looker, &complaint), 0);
	if (complaint)
		fail_msg("%s", (const char *)complaint);
	for (int i = 0; i < HAMMERS; i++) {
		if (all.hammers[i].failures)
			fail_msg("%d: %s", all.hammers[i].failures, all.hammers[i].failure);
		corm_session_close(all.hammers[i].session);
	}
	check_authors(engine);
	corm_pool_statistics now;
	assert_int_equal(corm_engine_statistics(engine, &now), CORM_OK);
	assert_int_equal(now.in_use, 0);
	assert_in_range(now.idle, 1, 2);
	assert_true(now.waits > 0 && now.waited_ns > 0);
	assert_int_equal(atomic_load(&all.connected), now.opened);
	assert_int_equal(now.opened - now.closed, now.open);
	assert_true(atomic_load(&all.statements) > 0 && atomic_load(&all.cancels) > 0 && atomic_load(&all.looks) > 0);
	corm_engine_close(engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_lost),
		cmocka_unit_test(test_hammering),
	};
	return cmocka_run_group_tests_name("session: threads", tests, place_set_up, place_tear_down);
}
