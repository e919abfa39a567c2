/* SPDX-License-Identifier: Apache-2.0
 *
 * What a server refuses or ends while its connections stand: statements that take too long, locks that are not to be
 * had, deadlocks, transactions that cannot be serialized, connections that nobody speaks on, and writing where it may
 * only be read.
 */
#include "session/server.h"

#include "library.h"
#include <stdatomic.h>

/* ---- statement_timeout ------------------------------------------------------------------------------------------- */

static void sleep_in_a_query(corm_session *session)
{
	assert_int_equal(Author_count(session, corm_where(corm_sql(boolean, server_need()->sleep))), -1);
}

static void flush_a_change(corm_session *session)
{
	struct Author *held = Author_first(session, corm_where(corm_eq(Author.name, "Held")));
	assert_ok(session);
	held->name = "Changed";
	corm_flush(session);
}

static void commit_a_change(corm_session *session)
{
	struct Author *held = Author_first(session, corm_where(corm_eq(Author.name, "Held")));
	assert_ok(session);
	held->name = "Changed";
	corm_commit(session);
}

static void update_all(corm_session *session)
{
	assert_int_equal(Author_update(session, corm_set(Author.name, "Changed"), corm_all_rows()), -1);
}

static void delete_all(corm_session *session)
{
	assert_int_equal(Author_delete_where(session, corm_where(corm_ne(Author.name, "nobody"))), -1);
}

static const struct work {
	const char *name;
	void (*function)(corm_session *session);
	bool locks; /* what takes its time is another's lock */
} works[] = {
	{ .name = "a query", .function = sleep_in_a_query },
	{ .name = "a flush", .function = flush_a_change, .locks = true },
	{ .name = "a commit's flush", .function = commit_a_change, .locks = true },
	{ .name = "update", .function = update_all, .locks = true },
	{ .name = "delete_where", .function = delete_all, .locks = true },
};

/* Each ends in time, with that status, and the connection is used again. */
static void run_against_a_holder(const char *options, bool hurry, corm_status status, const char *message)
{
	corm_engine *engine = server_open(options),
				*others = corm_engine_open(server_url(&(struct server_parts){ .host = NULL }));
	corm_session *holder = corm_session_open(others);
	struct Author *held = Author_add(holder, .name = "Held");
	assert_int_equal(corm_commit(holder), CORM_OK);
	held->name = "Holding";
	assert_int_equal(corm_flush(holder), CORM_OK);
	if (hurry)
		test_database_hurry(engine);
	for (size_t i = 0; i < sizeof works / sizeof *works; i++) {
		if (hurry && !works[i].locks)
			continue;
		corm_session *session = corm_session_open(engine);
		struct Author *fred = Author_first(session, corm_where(corm_eq(Author.name, "Fred"))),
					  *ada = Author_add(session, .name = "Ada");
		assert_int_equal(corm_flush(session), CORM_OK);
		int64_t begin_ms = server_now_ms();
		works[i].function(session);
		print_message("%s: %s\n", works[i].name, corm_session_error(session)->message);
		assert_within(begin_ms, 2000);
		assert_contains(corm_session_error(session)->message, message);
		server_assert_recovers(session, status, 2);
		assert_int_equal(corm_state(session, ada), CORM_STATE_EXPUNGED);
		assert_string_equal(fred->name, "Fred");
		corm_session_close(session);
	}
	corm_pool_statistics pool;
	assert_int_equal(corm_engine_statistics(engine, &pool), CORM_OK);
	assert_int_equal(pool.opened, 1);
	assert_int_equal(pool.closed, 0);
	assert_int_equal(corm_commit(holder), CORM_OK);
	corm_session_close(holder);
	server_assert_works(engine, 2);
	corm_engine_close(others);
	corm_engine_close(engine);
}

static void test_statement_timeout(void **state)
{
	(void)state;
	run_against_a_holder("statement_timeout=2", false, CORM_ERROR_TIMEOUT,
	                     "the statement took longer than statement_timeout, 2000 ms");
}

/* Where the server is told to wait for no lock, that is no matter of time: another one was in the way. */
static void test_lock_not_available(void **state)
{
	(void)state;
	run_against_a_holder(NULL, true, CORM_ERROR_CONFLICT, "ock");
}

/* ---- two at once ------------------------------------------------------------------------------------------------- */

/* Both wait here for each other. */
static void meet(atomic_int *arrived, int number)
{
	atomic_fetch_add(arrived, 1);
	int64_t begin_ms = server_now_ms();
	while (atomic_load(arrived) < 2 * (number + 1) && server_now_ms() - begin_ms < GENEROUS_MS)
		server_sleep_ms(1);
}

struct pair {
	corm_engine *engine;
	const char *isolation_level;
	/* What one of them does in a try; first is true in the first, where they meet. */
	corm_status (*function)(corm_session *session, struct pair *pair, int number, bool first);
	corm_uuid rows[2];
	atomic_int arrived;
};

struct one {
	pthread_t thread;
	struct pair *pair;
	int number, calls;
	corm_status first, last; /* of the tries */
	bool retries;
};

static corm_status attempt(corm_session *session, void *data)
{
	struct one *one = data;
	corm_status status = one->pair->function(session, one->pair, one->number, one->calls++ == 0);
	/* corm_transaction() will commit; whatever that says is not seen here. */
	if (one->calls == 1)
		one->first = status;
	return status;
}

static void *run_one(void *data)
{
	struct one *one = data;
	if (one->retries) {
		const corm_transaction_options options = { .isolation_level = one->pair->isolation_level };
		one->last = corm_transaction(one->pair->engine, attempt, one, &options);
		return NULL;
	}
	const corm_session_options options = { .isolation_level = one->pair->isolation_level };
	corm_session *session = corm_session_open_options(one->pair->engine, &options);
	one->last = attempt(session, one);
	if (one->last == CORM_OK)
		one->last = corm_commit(session);
	/* Read, so that nobody is told of it once more. */
	corm_session_error(session);
	corm_session_close(session);
	return NULL;
}

/* Two rows, and one each that begins with its own. */
static corm_status change_both(corm_session *session, struct pair *pair, int number, bool first)
{
	for (int i = 0; i < 2; i++) {
		struct Author *author = Author_get(session, pair->rows[i == 0 ? number : 1 - number]);
		if (author)
			author->name = corm_textf(session, "Changed by %d", number);
		if (corm_flush(session) != CORM_OK)
			return corm_session_error(session)->status;
		if (i == 0 && first)
			meet(&pair->arrived, 0);
	}
	return CORM_OK;
}

/* Both have read the row before one of them writes it. */
static corm_status count_up(corm_session *session, struct pair *pair, int number, bool first)
{
	(void)number;
	struct Author *author = Author_get(session, pair->rows[0]);
	if (!author)
		return corm_session_error(session)->status;
	if (first)
		meet(&pair->arrived, 0);
	author->name = corm_textf(session, "%d", atoi(author->name) + 1);
	return corm_flush(session);
}

/* Each counts what the other adds. */
static corm_status count_and_add(corm_session *session, struct pair *pair, int number, bool first)
{
	int64_t count = Author_count(session);
	if (count < 0)
		return corm_session_error(session)->status;
	if (first)
		meet(&pair->arrived, 0);
	Author_add(session, .name = corm_textf(session, "%d of %d", number, (int)count + 1));
	return corm_flush(session);
}

static const struct meeting {
	const char *name, *isolation_level;
	corm_status (*function)(corm_session *session, struct pair *pair, int number, bool first);
} meetings[] = {
	{ .name = "deadlock", .function = change_both },
	{ .name = "deadlock, serializable", .isolation_level = "SERIALIZABLE", .function = change_both },
	{ .name = "lost update", .isolation_level = "SERIALIZABLE", .function = count_up },
	{ .name = "write skew", .isolation_level = "SERIALIZABLE", .function = count_and_add },
};

static void run_meeting(const struct meeting *meeting, bool retries)
{
	corm_engine *engine = server_open(NULL);
	struct pair pair = { .engine = engine, .isolation_level = meeting->isolation_level, .function = meeting->function };
	corm_session *session = corm_session_open(engine);
	for (int i = 0; i < 2; i++)
		pair.rows[i] = Author_add(session, .name = "0")->base.id;
	assert_int_equal(corm_commit(session), CORM_OK);
	struct one ones[2];
	for (int i = 0; i < 2; i++)
		ones[i] = (struct one){ .pair = &pair, .number = i, .retries = retries };
	int64_t begin_ms = server_now_ms();
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&ones[i].thread, NULL, run_one, &ones[i]), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_join(ones[i].thread, NULL), 0);
	assert_within(begin_ms, 1000);
	print_message("%s%s: %s, %s\n", meeting->name, retries ? ", again" : "", corm_status_name(ones[0].last),
	              corm_status_name(ones[1].last));
	if (retries) {
		/* Both have done it in the end, one after the other. */
		assert_int_equal(ones[0].last, CORM_OK);
		assert_int_equal(ones[1].last, CORM_OK);
		assert_in_range(ones[0].calls + ones[1].calls, 3, 12);
	} else {
		/* Exactly one of them was in the other's way. */
		bool second = ones[0].last == CORM_OK;
		assert_int_equal(ones[second ? 0 : 1].last, CORM_OK);
		assert_int_equal(ones[second ? 1 : 0].last, CORM_ERROR_CONFLICT);
	}
	struct Author *first = Author_get(session, pair.rows[0]), *second = Author_get(session, pair.rows[1]);
	Author_refresh(session, first);
	Author_refresh(session, second);
	if (meeting->function == change_both)
		assert_string_equal(first->name, second->name);
	else if (meeting->function == count_up)
		assert_string_equal(first->name, retries ? "2" : "1");
	else
		assert_int_equal(Author_count(session, corm_where(corm_like(Author.name, "% of 5"))), retries ? 1 : 0);
	corm_session_close(session);
	server_assert_works(engine, meeting->function == count_and_add ? (retries ? 5 : 4) : 3);
	corm_engine_close(engine);
}

static void test_two_at_once(void **state)
{
	(void)state;
	server_need();
	for (size_t i = 0; i < sizeof meetings / sizeof *meetings; i++) {
		run_meeting(&meetings[i], false);
		run_meeting(&meetings[i], true);
	}
}

/* ---- silence of ours --------------------------------------------------------------------------------------------- */

static corm_status run_at_connect(void *data, void *native)
{
	const char *wrong = test_database_run(native, data, NULL, NULL);
	if (wrong)
		print_error("%s: %s\n", (const char *)data, wrong);
	return wrong ? CORM_ERROR_SQL : CORM_OK;
}

/* The server ends a connection that lay idle: the next session gets another one and notices nothing. */
static void test_idle(void **state)
{
	(void)state;
	corm_engine *engine = server_open("pool_size=1");
	corm_engine_on_connect(engine, run_at_connect, (void *)(uintptr_t)server_need()->idle);
	corm_session *session = corm_session_open(engine);
	struct Author *fred = Author_first(session);
	int socket = server_socket(session);
	assert_int_equal(corm_commit(session), CORM_OK);
	server_await_end(socket);
	fred->name = "Frederick";
	assert_int_equal(corm_commit(session), CORM_OK);
	corm_session_close(session);
	corm_pool_statistics pool;
	assert_int_equal(corm_engine_statistics(engine, &pool), CORM_OK);
	assert_int_equal(pool.reconnected, 1);
	server_assert_works(engine, 1);
	corm_engine_close(engine);
}

static corm_status query(corm_session *session)
{
	assert_int_equal(Author_count(session), -1);
	return corm_session_error(session)->status;
}

static corm_status change(corm_session *session)
{
	Author_add(session, .name = "Grace");
	return corm_flush(session);
}

/* Within a transaction it takes the transaction with it. */
static void test_idle_in_a_transaction(void **state)
{
	(void)state;
	corm_status (*const nexts[])(corm_session *) = { query, change, corm_commit, corm_begin_nested };
	corm_engine *engine = server_open("pool_size=1");
	corm_engine_on_connect(engine, run_at_connect, (void *)(uintptr_t)server_need()->idle_in_transaction);
	for (size_t i = 0; i < sizeof nexts / sizeof *nexts; i++) {
		corm_session *session = corm_session_open(engine);
		struct Author *fred = Author_first(session);
		fred->name = "Frederick";
		/* A query after the flush: PostgreSQL begins to count when it has answered one. */
		assert_int_equal(Author_count(session), 1);
		server_await_end(server_socket(session));
		assert_int_equal(nexts[i](session), CORM_ERROR_CONNECT);
		print_message("idle in a transaction: %s\n", corm_session_error(session)->message);
		server_assert_recovers(session, CORM_ERROR_CONNECT, 1);
		assert_string_equal(fred->name, "Fred");
		corm_session_close(session);
	}
	server_assert_works(engine, 1);
	corm_engine_close(engine);
}

/* ---- only reading ------------------------------------------------------------------------------------------------ */

static corm_status add(corm_session *session)
{
	Author_add(session, .name = "Ada");
	return corm_flush(session);
}

static corm_status add_by_commit(corm_session *session)
{
	Author_add(session, .name = "Ada");
	return corm_commit(session);
}

static corm_status insert_many(corm_session *session)
{
	struct Author many[2];
	for (int i = 0; i < 2; i++) {
		Author_init(&many[i]);
		many[i].name = "Ada";
	}
	return Author_insert_many(session, many, 2);
}

static corm_status update(corm_session *session)
{
	assert_int_equal(Author_update(session, corm_set(Author.name, "x"), corm_all_rows()), -1);
	return corm_session_error(session)->status;
}

static corm_status delete_where(corm_session *session)
{
	assert_int_equal(Author_delete_where(session, corm_where(corm_eq(Author.name, "Fred"))), -1);
	return corm_session_error(session)->status;
}

static void test_readonly(void **state)
{
	(void)state;
	corm_status (*const writes[])(corm_session *) = { add, add_by_commit, insert_many, update, delete_where };
	corm_engine *engine = server_open(NULL);
	server_control("readonly");
	corm_session *session = corm_session_open(engine);
	/* It can be read. */
	struct Author *fred = Author_first(session);
	assert_ok(session);
	assert_int_equal(corm_commit(session), CORM_OK);
	for (size_t i = 0; i < sizeof writes / sizeof *writes; i++) {
		assert_int_equal(writes[i](session), CORM_ERROR_READONLY);
		print_message("readonly: %s\n", corm_session_error(session)->message);
		server_assert_recovers(session, CORM_ERROR_READONLY, 1);
	}
	corm_session *reader = corm_session_open_readonly(engine);
	assert_int_equal(Author_count(reader), 1);
	corm_session_close(reader);
	assert_int_equal(corm_drop_all(engine, &library_metadata), CORM_ERROR_READONLY);
	server_control("writable");
	fred->name = "Frederick";
	assert_int_equal(corm_commit(session), CORM_OK);
	corm_session_close(session);
	server_assert_works(engine, 1);
	corm_engine_close(engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_statement_timeout),     cmocka_unit_test(test_lock_not_available),
		cmocka_unit_test(test_two_at_once),           cmocka_unit_test(test_idle),
		cmocka_unit_test(test_idle_in_a_transaction), cmocka_unit_test(test_readonly),
	};
	return cmocka_run_group_tests_name("session: what a server refuses", tests, server_find, server_leave);
}
