/* SPDX-License-Identifier: Apache-2.0
 *
 * One engine, several threads, a session each. Under ThreadSanitizer by hand: -fsanitize=thread.
 */
#include "library.h"
#include "session/support.h"
#include <pthread.h>

#define THREADS 4
#define ROUNDS 50

struct worker {
	pthread_t thread;
	corm_engine *engine;
	corm_uuid counter;
	int number, failures;
};

/* Adds authors, and counts a shared book's title up; a conflict is tried again. */
static void *work(void *data)
{
	struct worker *worker = data;
	corm_session *session = corm_session_open(worker->engine);
	for (int round = 0; round < ROUNDS; round++) {
		corm_status status;
		do {
			struct Book *counter = Book_get(session, worker->counter);
			if (counter)
				counter->title = corm_textf(session, "%d", atoi(counter->title) + 1);
			Author_add(session, .name = corm_textf(session, "%d-%d", worker->number, round));
			status = corm_commit(session);
			if (status != CORM_OK)
				corm_rollback(session);
		} while (status == CORM_ERROR_CONFLICT || status == CORM_ERROR_TIMEOUT);
		worker->failures += status != CORM_OK;
		if (round % 10 == 0)
			corm_session_reset(session);
	}
	corm_session_close(session);
	return NULL;
}

static void test_nothing_is_lost(void **state)
{
	(void)state;
	char folder[] = "/tmp/cormorant-XXXXXX", url[128];
	assert_non_null(mkdtemp(folder));
	snprintf(url, sizeof url, "sqlite:///%s/test.db?synchronous=off", folder);
	corm_engine *engine = database_open(url, &library_metadata);
	corm_engine_on_statement(engine, NULL, NULL);
	corm_session *session = corm_session_open(engine);
	struct Book *counter = Book_add(session, .title = "0", .author = Author_add(session, .name = "Counter"));
	assert_int_equal(corm_commit(session), CORM_OK);
	struct worker workers[THREADS];
	for (int i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){ .engine = engine, .counter = counter->base.id, .number = i };
		assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(workers[i].thread, NULL);
		assert_int_equal(workers[i].failures, 0);
	}
	assert_int_equal(atoi(Book_get(session, counter->base.id)->title), THREADS * ROUNDS);
	assert_int_equal(Author_count(session), THREADS * ROUNDS + 1);
	corm_session_close(session);
	corm_engine_close(engine);
	static const char *const names[] = { "test.db", "test.db-wal", "test.db-shm" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(url, sizeof url, "%s/%s", folder, names[i]);
		unlink(url);
	}
	assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_lost),
	};
	return cmocka_run_group_tests_name("session: threads", tests, NULL, NULL);
}
