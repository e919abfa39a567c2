/* SPDX-License-Identifier: Apache-2.0
 *
 * Connections that are lost while something runs: the server is killed, an administrator ends the connection, the
 * network is cut. What is said, what becomes of the session, and that the next transaction works.
 */
#include "session/server.h"

#include "library.h"
#include <signal.h>
#include <sys/socket.h>

#define MANY 400

/* ---- ways to lose it --------------------------------------------------------------------------------------------- */

struct victim {
	char number[32];
	int socket;
};

static void cut(void *data)
{
	const struct victim *victim = data;
	shutdown(victim->socket, SHUT_RDWR);
}

static void end(void *data)
{
	const struct victim *victim = data;
	server_sql(server_need()->end, victim->number);
}

static void end_if_there(const struct victim *victim)
{
	char sql[128], command[256];
	snprintf(sql, sizeof sql, server_need()->end, victim->number);
	snprintf(command, sizeof command, "sql \"%s\" >/dev/null 2>&1 || true", sql);
	server_control(command);
}

static void kill_server(void *data)
{
	(void)data;
	server_control("kill");
}

static const struct way {
	const char *name;
	void (*function)(void *data);
	bool kills, from_inside; /* a server that stands still cannot do it */
} ways[] = {
	{ .name = "cut", .function = cut },
	{ .name = "ended", .function = end, .from_inside = true },
	{ .name = "killed", .function = kill_server, .kills = true },
};

/* ---- what runs meanwhile ----------------------------------------------------------------------------------------- */

static void sleep_in_a_query(corm_session *session)
{
	assert_int_equal(Author_count(session, corm_where(corm_sql(boolean, server_need()->sleep))), -1);
}

static void query(corm_session *session)
{
	assert_int_equal(Author_all(session).status, CORM_ERROR_CONNECT);
}

/* Waits for a row that another session has changed. */
static void flush_a_change(corm_session *session)
{
	struct Author *held = Author_first(session, corm_where(corm_eq(Author.name, "Held")));
	assert_ok(session);
	held->name = "Changed";
	assert_int_equal(corm_flush(session), CORM_ERROR_CONNECT);
}

static void flush_many(corm_session *session)
{
	for (int i = 0; i < MANY; i++)
		Book_add(session, .title = "Many", .author = Author_add(session, .name = "Many"));
	assert_int_equal(corm_flush(session), CORM_ERROR_CONNECT);
}

static void insert_many(corm_session *session)
{
	static struct Author many[MANY];
	for (int i = 0; i < MANY; i++) {
		Author_init(&many[i]);
		many[i].name = "Many";
	}
	assert_int_equal(Author_insert_many(session, many, MANY), CORM_ERROR_CONNECT);
}

static void update_many(corm_session *session)
{
	assert_int_equal(Author_update(session, corm_set(Author.name, "x"), corm_where(corm_eq(Author.name, "Held"))), -1);
}

static void stream(corm_session *session)
{
	corm_stream *authors = Author_stream(session);
	assert_null(Author_stream_next(authors));
	corm_stream_close(authors);
}

static void savepoint(corm_session *session)
{
	assert_int_equal(corm_begin_nested(session), CORM_ERROR_CONNECT);
}

static const struct work {
	const char *name;
	void (*function)(corm_session *session);
	bool waits; /* it takes its time by itself; the server has to stand still for the others */
} works[] = {
	{ .name = "a query that sleeps", .function = sleep_in_a_query, .waits = true },
	{ .name = "a flush that waits", .function = flush_a_change, .waits = true },
	{ .name = "a query", .function = query },
	{ .name = "a flush of many", .function = flush_many },
	{ .name = "insert_many", .function = insert_many },
	{ .name = "update", .function = update_many },
	{ .name = "a stream", .function = stream },
	{ .name = "a savepoint", .function = savepoint },
};

/* What happens while the work runs. */
struct event {
	pthread_t thread;
	const struct way *way;
	const struct work *work;
	struct victim victim;
};

static void *happen(void *data)
{
	struct event *event = data;
	if (event->work->waits)
		server_sleep_ms(300);
	else
		server_await_sent(event->victim.socket);
	event->way->function(&event->victim);
	return NULL;
}

/* The pool has idle connections too, which are lost with the server. */
static void lose(const struct way *way, const struct work *work)
{
	corm_engine *engine = server_open("pool_size=3");
	corm_session *holder = corm_session_open(engine), *session = corm_session_open(engine),
				 *idle = corm_session_open(engine);
	struct event event = { .way = way, .work = work };
	struct Author *held = Author_add(holder, .name = "Held");
	assert_int_equal(corm_commit(holder), CORM_OK);
	held->name = "Holding";
	assert_int_equal(corm_flush(holder), CORM_OK);
	struct Author *fred = Author_first(session, corm_where(corm_eq(Author.name, "Fred")));
	fred->name = "Frederick";
	struct Author *ada = Author_add(session, .name = "Ada");
	assert_int_equal(corm_flush(session), CORM_OK);
	assert_int_equal(Author_count(idle), 2);
	assert_int_equal(corm_commit(idle), CORM_OK);
	server_number(session, event.victim.number, sizeof event.victim.number);
	event.victim.socket = server_socket(session);

	if (!work->waits)
		server_control("pause");
	int64_t begin_ms = server_now_ms();
	assert_int_equal(pthread_create(&event.thread, NULL, happen, &event), 0);
	work->function(session);
	int64_t took_ms = server_now_ms() - begin_ms;
	assert_int_equal(pthread_join(event.thread, NULL), 0);
	/* A server does not notice a cut while it sleeps, and would keep the tables for half a minute. */
	if (way->function == cut && work->waits)
		end_if_there(&event.victim);
	if (way->kills)
		server_start();
	else if (!work->waits)
		server_control("continue");
	print_message("%s, %s: %s\n", work->name, way->name, corm_session_error(session)->message);
	assert_in_range(took_ms, 0, GENEROUS_MS);

	corm_rollback(holder);
	/* There is no transaction to go on with. */
	corm_session_clear_error(session);
	server_assert_recovers(session, CORM_ERROR_CONNECT, 2);
	assert_string_equal(fred->name, "Fred");
	assert_int_equal(corm_state(session, ada), CORM_STATE_EXPUNGED);
	assert_int_equal(corm_state(session, fred), CORM_STATE_STALE);
	fred->name = "Frederick";
	assert_int_equal(corm_commit(session), CORM_OK);
	assert_int_equal(Author_count(idle, corm_where(corm_eq(Author.name, "Frederick"))), 1);
	corm_session_close(idle);
	corm_session_close(session);
	corm_session_close(holder);
	server_assert_works(engine, 2);
	corm_engine_close(engine);
}

static void test_statements(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof works / sizeof *works; i++) {
		for (size_t k = 0; k < sizeof ways / sizeof *ways; k++) {
			if (works[i].waits || !ways[k].from_inside)
				lose(&ways[k], &works[i]);
		}
	}
}

/* ---- between the statements of a flush --------------------------------------------------------------------------- */

struct cutter {
	struct victim victim;
	int after, statements;
};

static void cut_after(void *data, const corm_statement_event *event)
{
	struct cutter *cutter = data;
	(void)event;
	if (++cutter->statements == cutter->after)
		cut(&cutter->victim);
}

/* Whatever was sent by then: all of it is gone, and nothing is in doubt, because COMMIT was not sent. */
static void test_between_statements(void **state)
{
	(void)state;
	corm_engine *engine = server_open(NULL);
	int rounds = 0;
	for (bool failed = true; failed; rounds++) {
		corm_session *session = corm_session_open(engine);
		struct cutter cutter = { .after = rounds + 1 };
		cutter.victim.socket = server_socket(session);
		corm_engine_on_statement(engine, cut_after, &cutter);
		for (int i = 0; i < 5; i++)
			Book_add(session, .title = "Five", .author = Author_add(session, .name = "Ada"));
		struct Author *fred = Author_first(session, corm_where(corm_eq(Author.name, "Fred")));
		if (fred)
			fred->name = "Frederick";
		failed = corm_commit(session) != CORM_OK;
		corm_engine_on_statement(engine, NULL, NULL);
		if (failed)
			server_assert_recovers(session, CORM_ERROR_CONNECT, 1);
		else
			assert_int_equal(Author_count(session, corm_where(corm_eq(Author.name, "Frederick"))), 1);
		corm_session_close(session);
	}
	/* Authors, books, a query and an UPDATE at least. */
	assert_in_range(rounds, 4, 30);
	server_assert_works(engine, 6);
	corm_engine_close(engine);
}

/* A savepoint is lost with its transaction. */
static void test_in_a_savepoint(void **state)
{
	(void)state;
	corm_engine *engine = server_open(NULL);
	corm_session *session = corm_session_open(engine);
	struct Author *fred = Author_first(session);
	assert_int_equal(corm_begin_nested(session), CORM_OK);
	fred->name = "Frederick";
	cut(&(struct victim){ .socket = server_socket(session) });
	assert_int_equal(corm_flush(session), CORM_ERROR_CONNECT);
	assert_int_equal(corm_rollback_nested(session), CORM_ERROR_CONNECT);
	server_assert_recovers(session, CORM_ERROR_CONNECT, 1);
	assert_string_equal(fred->name, "Fred");
	corm_session_close(session);
	server_assert_works(engine, 1);
	corm_engine_close(engine);
}

/* More rows than any buffer between the server and us holds. */
static void test_in_a_stream(void **state)
{
	(void)state;
	enum { ROWS = 60000 };
	corm_engine *engine = server_open(NULL);
	corm_session *session = corm_session_open(engine);
	struct Author *many = calloc(ROWS, sizeof *many);
	assert_non_null(many);
	for (int i = 0; i < ROWS; i++) {
		Author_init(&many[i]);
		many[i]
			.name = "a name of the longer kind, so that there is something to send for each of these many rows, which "
					"are to be more than what the kernel keeps";
	}
	assert_int_equal(Author_insert_many(session, many, ROWS), CORM_OK);
	assert_int_equal(corm_commit(session), CORM_OK);
	free(many);
	struct victim victim = { .socket = server_socket(session) };
	corm_stream *authors = Author_stream(session);
	int rows = 0;
	while (rows < ROWS + 1 && Author_stream_next(authors)) {
		if (++rows == 10)
			cut(&victim);
	}
	corm_stream_close(authors);
	assert_in_range(rows, 10, ROWS);
	server_assert_recovers(session, CORM_ERROR_CONNECT, ROWS + 1);
	corm_session_close(session);
	server_assert_works(engine, ROWS + 1);
	corm_engine_close(engine);
}

/* ---- COMMIT ------------------------------------------------------------------------------------------------------ */

/* The server stands still with COMMIT in its ear when the connection is lost. */
static void lose_commit(const struct way *way)
{
	const struct work commit = { .name = "COMMIT" };
	struct event event = { .way = way, .work = &commit };
	corm_engine *engine = server_open(NULL);
	corm_session *session = corm_session_open(engine);
	struct Author *fred = Author_first(session), *ada = Author_add(session, .name = "Ada");
	fred->name = "Frederick";
	assert_int_equal(corm_flush(session), CORM_OK);
	event.victim.socket = server_socket(session);
	server_control("pause");
	assert_int_equal(pthread_create(&event.thread, NULL, happen, &event), 0);
	corm_status status = corm_commit(session);
	assert_int_equal(pthread_join(event.thread, NULL), 0);
	if (way->kills)
		server_start();
	else
		server_control("continue");
	assert_int_equal(status, CORM_ERROR_AMBIGUOUS);
	assert_contains(corm_session_error(session)->message, "nobody knows whether it was done");
	assert_int_equal(corm_rollback(session), CORM_OK);
	assert_string_equal(fred->name, "Fred");
	assert_int_equal(corm_state(session, ada), CORM_STATE_EXPUNGED);
	/* Whom nobody has killed hears it then, and has done it a moment later. */
	int64_t begin_ms = server_now_ms();
	while (!way->kills && Author_count(session) == 1 && server_now_ms() - begin_ms < GENEROUS_MS)
		corm_commit(session);
	assert_int_equal(Author_count(session), way->kills ? 1 : 2);
	Author_refresh(session, fred);
	assert_string_equal(fred->name, way->kills ? "Fred" : "Frederick");
	corm_session_close(session);
	server_assert_works(engine, way->kills ? 1 : 2);
	corm_engine_close(engine);
}

static void test_while_commit_runs(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		if (!ways[i].from_inside)
			lose_commit(&ways[i]);
	}
}

/* Whoever cuts it before: nothing was committed, and that is known. */
static void test_before_commit(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		corm_engine *engine = server_open(NULL);
		corm_session *session = corm_session_open(engine);
		struct victim victim;
		Author_add(session, .name = "Ada");
		assert_int_equal(corm_flush(session), CORM_OK);
		server_number(session, victim.number, sizeof victim.number);
		victim.socket = server_socket(session);
		ways[i].function(&victim);
		server_await_end(victim.socket);
		assert_int_equal(corm_commit(session), CORM_ERROR_CONNECT);
		assert_string_equal(corm_session_error(session)->message,
		                    "the connection was lost before COMMIT was sent: nothing was committed");
		if (ways[i].kills)
			server_start();
		server_assert_recovers(session, CORM_ERROR_CONNECT, 1);
		corm_session_close(session);
		server_assert_works(engine, 1);
		corm_engine_close(engine);
	}
}

/* ---- the server itself ------------------------------------------------------------------------------------------- */

/* One of its processes crashes, and takes the others with it; the server starts anew by itself. */
static void test_a_process_crashes(void **state)
{
	(void)state;
	if (!server_need()->is_process)
		skip();
	corm_engine *engine = server_open(NULL);
	corm_session *session = corm_session_open(engine), *other = corm_session_open(engine);
	struct Author *fred = Author_first(other);
	fred->name = "Frederick";
	assert_int_equal(corm_flush(other), CORM_OK);
	char number[32];
	server_number(session, number, sizeof number);
	int sockets[] = { server_socket(session), server_socket(other) };
	assert_int_equal(kill(atoi(number), SIGKILL), 0);
	for (size_t i = 0; i < sizeof sockets / sizeof *sockets; i++)
		server_await_end(sockets[i]);
	assert_int_equal(Author_count(session), -1);
	assert_status(session, CORM_ERROR_CONNECT);
	assert_int_equal(Author_count(other), -1);
	assert_status(other, CORM_ERROR_CONNECT);
	int64_t begin_ms = server_now_ms();
	do {
		corm_rollback(session);
		if (Author_count(session) == 1)
			break;
		assert_status(session, CORM_ERROR_CONNECT);
		server_sleep_ms(50);
	} while (server_now_ms() - begin_ms < 4 * GENEROUS_MS);
	assert_ok(session);
	server_assert_recovers(other, CORM_ERROR_CONNECT, 1);
	assert_string_equal(fred->name, "Fred");
	corm_session_close(session);
	corm_session_close(other);
	server_assert_works(engine, 1);
	corm_engine_close(engine);
}

/* No word from the server any more: neither an answer nor an end. */
static void test_silence(void **state)
{
	(void)state;
	corm_engine *engine = server_open("statement_timeout=2");
	corm_session *session = corm_session_open(engine);
	struct Author *fred = Author_first(session);
	fred->name = "Frederick";
	assert_int_equal(corm_flush(session), CORM_OK);
	server_control("pause");
	int64_t begin_ms = server_now_ms();
	assert_int_equal(Author_count(session), -1);
	int64_t took_ms = server_now_ms() - begin_ms;
	server_control("continue");
	print_message("silence: %s\n", corm_session_error(session)->message);
	assert_in_range(took_ms, 2000, 2000 + GENEROUS_MS);
	server_assert_recovers(session, CORM_ERROR_TIMEOUT, 1);
	assert_string_equal(fred->name, "Fred");
	corm_session_close(session);
	server_assert_works(engine, 1);
	corm_engine_close(engine);
}

/* Without a word while COMMIT runs. */
static void test_silence_at_commit(void **state)
{
	(void)state;
	corm_engine *engine = server_open("statement_timeout=2");
	corm_session *session = corm_session_open(engine);
	Author_add(session, .name = "Ada");
	assert_int_equal(corm_flush(session), CORM_OK);
	server_control("pause");
	int64_t begin_ms = server_now_ms();
	corm_status status = corm_commit(session);
	int64_t took_ms = server_now_ms() - begin_ms;
	server_control("continue");
	assert_int_equal(status, CORM_ERROR_AMBIGUOUS);
	assert_in_range(took_ms, 2000, 2000 + GENEROUS_MS);
	assert_int_equal(corm_rollback(session), CORM_OK);
	assert_in_range(Author_count(session), 1, 2);
	corm_session_close(session);
	corm_engine_close(engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_statements),        cmocka_unit_test(test_between_statements),
		cmocka_unit_test(test_in_a_savepoint),    cmocka_unit_test(test_in_a_stream),
		cmocka_unit_test(test_while_commit_runs), cmocka_unit_test(test_before_commit),
		cmocka_unit_test(test_a_process_crashes), cmocka_unit_test(test_silence),
		cmocka_unit_test(test_silence_at_commit),
	};
	return cmocka_run_group_tests_name("session: servers that are lost", tests, server_find, server_leave);
}
