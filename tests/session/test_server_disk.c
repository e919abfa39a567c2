/* SPDX-License-Identifier: Apache-2.0
 *
 * A disk that is full: what was being written is refused as a whole, and works when there is space again. Where no small
 * disk can be mounted, all of it is skipped.
 */
#include "session/server.h"

#include "library.h"

/* A server writes something of its own, before the disk is full at 16 MB; more than enough are 192. */
#define SMALL "small 16"
#define GROW "grow 192"
/* MariaDB dies of an assertion when values of 100 kB do not fit. */
#define TEXT_BYTES 20000

static char text[TEXT_BYTES + 1];
static bool is_there;

static corm_engine *open_small(void)
{
	char url[512];
	if (!server_control_may(SMALL, url, sizeof url))
		skip();
	is_there = true;
	corm_engine *engine = corm_engine_open(url);
	if (!engine || corm_create_all(engine, &library_metadata) != CORM_OK)
		fail_msg("%s", corm_last_error()->message);
	/* Not to be compressed. */
	unsigned state = 1;
	for (size_t i = 0; i < TEXT_BYTES; i++) {
		state = state * 1103515245 + 12345;
		text[i] = (char)('!' + (state >> 16) % 90);
	}
	corm_session *session = corm_session_open(engine);
	Author_add(session, .name = "Fred");
	assert_int_equal(corm_commit(session), CORM_OK);
	corm_session_close(session);
	return engine;
}

/* Also after a test that has failed. */
static int take_away(void **state)
{
	(void)state;
	if (is_there)
		server_control("unsmall");
	is_there = false;
	return 0;
}

static void close_small(corm_engine *engine)
{
	corm_engine_close(engine);
	take_away(NULL);
}

/* ---- ways to write more than there is room for ------------------------------------------------------------------- */

enum { MANY = 40, MOST = 2000 };

/* In flushes of a megabyte each. */
static corm_status flush_many(corm_session *session)
{
	struct Author *ada = Author_add(session, .name = "Ada");
	for (int i = 0; i < MOST && corm_session_error(session)->status == CORM_OK; i += MANY) {
		for (int k = 0; k < MANY; k++)
			Book_add(session, .title = text, .author = ada);
		corm_flush(session);
	}
	return corm_session_error(session)->status;
}

static corm_status commit_many(corm_session *session)
{
	struct Author *ada = Author_add(session, .name = "Ada");
	for (int i = 0; i < MOST; i++)
		Book_add(session, .title = text, .author = ada);
	return corm_commit(session);
}

static corm_status insert_many(corm_session *session)
{
	static struct Book many[MOST];
	struct Author *fred = Author_first(session);
	for (int i = 0; i < MOST; i++) {
		Book_init(&many[i]);
		many[i].title = text;
		many[i].author_id = fred->base.id;
	}
	return Book_insert_many(session, many, MOST);
}

/* A row becomes long, over and over: the old ones stay until the end of the transaction. */
static corm_status update_much(corm_session *session)
{
	struct Author *fred = Author_first(session);
	struct Book *books[MANY];
	for (int i = 0; i < MANY; i++)
		books[i] = Book_add(session, .title = "short", .author = fred);
	for (int round = 0; round < MOST / MANY && corm_session_error(session)->status == CORM_OK; round++) {
		for (int i = 0; i < MANY; i++)
			books[i]->title = corm_textf(session, "%d %s", round, text);
		for (int k = 0; k < MANY; k++)
			Book_add(session, .title = text, .author = fred);
		corm_flush(session);
	}
	return corm_session_error(session)->status;
}

static const struct work {
	const char *name;
	corm_status (*function)(corm_session *session);
	int64_t commits; /* authors */
} works[] = {
	{ .name = "flush", .function = flush_many },
	{ .name = "commit", .function = commit_many, .commits = 1 },
	{ .name = "insert_many", .function = insert_many },
	{ .name = "update", .function = update_much },
};

static void assert_untouched(corm_engine *engine)
{
	corm_session *session = corm_session_open(engine);
	assert_int_equal(Author_count(session), 1);
	assert_int_equal(Book_count(session), 0);
	assert_string_equal(Author_first(session)->name, "Fred");
	assert_int_equal(corm_commit(session), CORM_OK);
	corm_session_close(session);
}

static void test_full_disk(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof works / sizeof *works; i++) {
		corm_engine *engine = open_small();
		corm_session *session = corm_session_open(engine);
		corm_status status = works[i].function(session);
		print_message("%s: %.200s\n", works[i].name, corm_session_error(session)->message);
		assert_string_equal(corm_status_name(status), corm_status_name(CORM_ERROR_IO));
		/* The transaction is over, and nothing of it is there; what is there can be read. */
		assert_int_equal(corm_commit(session), CORM_ERROR_IO);
		assert_int_equal(corm_rollback(session), CORM_OK);
		assert_int_equal(Author_count(session), 1);
		assert_int_equal(corm_commit(session), CORM_OK);
		assert_untouched(engine);
		server_control(GROW);
		assert_int_equal(works[i].function(session), CORM_OK);
		assert_int_equal(corm_rollback(session), CORM_OK);
		corm_session_close(session);
		server_assert_works(engine, 1 + works[i].commits);
		close_small(engine);
	}
}

static void must(corm_session *session, const char *sql)
{
	const char *wrong = test_database_run(corm_session_native(session), sql, NULL, NULL);
	if (wrong)
		fail_msg("%s: %s", sql, wrong);
}

/* What is written by COMMIT itself: that is no doubt, for the server has said no. */
static void test_full_at_commit(void **state)
{
	(void)state;
	if (!server_need()->late)
		skip();
	corm_engine *engine = open_small();
	corm_session *session = corm_session_open(engine);
	must(session, server_need()->late);
	assert_int_equal(corm_commit(session), CORM_OK);
	corm_status status = CORM_OK;
	int commits = 0;
	while (status == CORM_OK && commits < 100) {
		Author_add(session, .name = "Late");
		assert_int_equal(corm_flush(session), CORM_OK);
		status = corm_commit(session);
		commits += status == CORM_OK;
	}
	print_message("after %d: %s\n", commits, corm_session_error(session)->message);
	assert_int_equal(status, CORM_ERROR_IO);
	assert_int_equal(corm_rollback(session), CORM_OK);
	assert_int_equal(Author_count(session), commits + 1);
	assert_int_equal(corm_commit(session), CORM_OK);
	server_control(GROW);
	Author_add(session, .name = "Late");
	assert_int_equal(corm_commit(session), CORM_OK);
	corm_session_close(session);
	server_assert_works(engine, commits + 2);
	close_small(engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_full_disk, take_away),
		cmocka_unit_test_teardown(test_full_at_commit, take_away),
	};
	return cmocka_run_group_tests_name("session: a full disk", tests, server_find, NULL);
}
