/* SPDX-License-Identifier: Apache-2.0
 *
 * What fails: memory, the disk, rights, other writers. Each gives its status, and the database is unharmed.
 */
#include "fail_alloc.h"
#include "library.h"
#include "session/place.h"
#include <errno.h>
#include <sqlite3.h>
#include <sys/stat.h>

/* Everything that a session does; the status of the first error. With long texts, so that arenas grow. */
static corm_status everything(corm_engine *engine, corm_uuid id)
{
	corm_session *session = corm_session_open(engine);
	char *title = malloc(3000);
	memset(title, 't', 2999);
	title[2999] = '\0';
	struct Author *author = Author_add(session, .base.id = id, .name = "Fred");
	for (int i = 0; i < 20; i++)
		Book_add(session, .title = title, .author = author);
	corm_flush(session);
	author->name = "Changed";
	corm_textf(session, "%s %d", corm_text(session, title), 5);
	corm_foreach(struct Book *, book, Author_books(session, author))
		book->title = "short";
	corm_flush(session);
	Book_all(session, corm_join(Author),
	         corm_where(corm_contains(Book.title, "sh"), corm_in(Author.name, "a", "Changed")));
	Book_author(session, Book_first(session));
	Author_get(session, corm_uuid7());
	Author_count(session, corm_distinct());
	corm_query *query = corm_query_new(session, Book);
	corm_query_add(query, corm_where(corm_eq(Book.title, title), corm_like(Book.title, "%")));
	Book_run(query);
	corm_compile(query, test_database_dialect());
	bool exists;
	corm_status status = Book_exists(session, &exists);
	status = corm_commit(session);
	if (status != CORM_OK) {
		assert_non_null(corm_session_error(session)->message);
		assert_int_equal(status, corm_session_error(session)->status);
	}
	corm_session_close(session);
	free(title);
	return status;
}

static void test_every_allocation_may_fail(void **state)
{
	(void)state;
	/* Made without the failing allocator, and kept open, so that every run finds the same tables. */
	corm_engine *keeper = database_open(url, &library_metadata);
	corm_engine_on_statement(keeper, NULL, NULL);
	struct fail_alloc memory;
	size_t failures = 0;
	for (size_t n = 1; fail_alloc_next(&memory, n); n += test_database_is_far() ? 29 : 1) {
		corm_engine *engine = corm_engine_open_options(url, &(corm_engine_options){ .allocator = &memory.allocator });
		if (!engine) {
			assert_int_equal(corm_last_error()->status, CORM_ERROR_MEMORY);
			assert_true(memory.failed);
			continue;
		}
		corm_uuid id = corm_uuid4();
		corm_status status = everything(engine, id);
		corm_engine_close(engine);
		/* A statement that cannot be cached is prepared anew each time: not every failure is one of the program's. */
		if (!memory.failed)
			assert_int_equal(status, CORM_OK);
		else if (status != CORM_OK)
			assert_int_equal(status, CORM_ERROR_MEMORY);
		failures += status != CORM_OK;
		corm_autoclose corm_session *session = corm_session_open(keeper);
		assert_int_equal(Author_count(session, corm_where(corm_eq(Author.id, id))), status == CORM_OK ? 1 : 0);
		assert_int_equal(Book_count(session, corm_where(corm_eq(Book.author_id, id))), status == CORM_OK ? 20 : 0);
	}
	assert_true(failures > (test_database_is_far() ? 3 : 20));
	corm_engine_close(keeper);
}

static void test_an_add_without_memory_goes_nowhere(void **state)
{
	(void)state;
	struct fail_alloc memory;
	fail_alloc_init(&memory, 0);
	corm_engine *engine = engine_with(&memory.allocator);
	memory.fail_at = memory.calls + 1;
	memory.fail_after = true;
	corm_session *session = corm_session_open(engine);
	struct Author *author = Author_add(session, .name = "x");
	assert_non_null(author);
	author->name = "written to all the same";
	assert_non_null(Book_add(session, .title = "y", .author = author));
	assert_int_equal(corm_commit(session), CORM_ERROR_MEMORY);
	assert_int_equal(corm_rollback(session), CORM_ERROR_MEMORY);
	assert_int_equal(corm_session_reset(session), CORM_ERROR_MEMORY);
	corm_session_close(session);
	corm_engine_close(engine);
	fail_alloc_check(&memory);
}

static void test_full_disk(void **state)
{
	(void)state;
	corm_engine *engine = database_open(url, &library_metadata);
	corm_session *session = corm_session_open(engine);
	struct Author *fred = Author_add(session, .name = "Fred");
	assert_int_equal(corm_commit(session), CORM_OK);
	corm_uuid id = fred->base.id;
	bool full = test_database_fill(session);
	if (!full) {
		corm_session_close(session);
		corm_engine_close(engine);
		skip();
	}
	char text[5000];
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	fred = Author_get(session, id);
	for (int i = 0; i < 10; i++)
		Book_add(session, .title = text, .author = fred);
	assert_int_equal(corm_commit(session), CORM_ERROR_IO);
	assert_contains(corm_session_error(session)->message, "full");
	assert_int_equal(corm_rollback(session), CORM_OK);
	assert_int_equal(Author_count(session), 1);
	assert_int_equal(Book_count(session), 0);
	assert_true(test_database_is_sound(session));
	corm_session_close(session);
	corm_engine_close(engine);
}

static void test_other_writers(void **state)
{
	(void)state;
	char impatient[600];
	if (!test_database_has_one_writer())
		skip();
	corm_engine *engine = database_open(test_database_with(url, "busy_timeout=10", impatient, sizeof impatient),
	                                    &library_metadata);
	corm_session *one = corm_session_open(engine), *two = corm_session_open(engine);
	Author_add(one, .name = "One");
	assert_int_equal(corm_flush(one), CORM_OK);
	Author_add(two, .name = "Two");
	assert_int_equal(corm_commit(two), CORM_ERROR_TIMEOUT);
	assert_int_equal(corm_rollback(two), CORM_OK);
	/* Two has read before One commits: its snapshot is too old to be written on. */
	assert_int_equal(Author_count(two), 0);
	assert_int_equal(corm_commit(one), CORM_OK);
	Author_add(two, .name = "Two");
	assert_int_equal(corm_commit(two), CORM_ERROR_CONFLICT);
	assert_int_equal(corm_rollback(two), CORM_OK);
	Author_add(two, .name = "Two");
	assert_int_equal(corm_commit(two), CORM_OK);
	assert_int_equal(Author_count(one), 2);
	corm_session_close(one);
	corm_session_close(two);
	corm_engine_close(engine);
}

static void test_readonly_database(void **state)
{
	(void)state;
	corm_engine_close(database_open(url, &library_metadata));
	corm_engine *engine = test_database_open_readonly(url);
	assert_non_null(engine);
	corm_session *session = corm_session_open(engine);
	assert_int_equal(Author_count(session), 0);
	Author_add(session, .name = "x");
	assert_int_equal(corm_commit(session), CORM_ERROR_READONLY);
	assert_non_null(corm_session_error(session)->message);
	corm_session_close(session);
	corm_engine_close(engine);
}

static void test_tables_that_are_not_the_models(void **state)
{
	(void)state;
	corm_engine *engine = corm_engine_open(url);
	corm_session *session = corm_session_open(engine);
	assert_int_equal(Author_count(session), -1);
	assert_status(session, CORM_ERROR_SQL);
	assert_contains(corm_session_error(session)->message, "author");
	assert_contains(corm_session_error(session)->sql, "SELECT");
	corm_rollback(session);
	execute(session, "CREATE TABLE author (id CHAR(32) PRIMARY KEY)");
	assert_int_equal(corm_commit(session), CORM_OK);
	assert_int_equal(corm_create_all(engine, &library_metadata), CORM_ERROR_SQL);
	assert_contains(corm_last_error()->message, "corm revision");
	assert_string_equal(corm_last_error()->table, "author");
	corm_session_close(session);
	corm_engine_close(engine);
}

/* An error after which the database has no transaction any more: nothing may run before a rollback. */
static void test_transaction_ended_by_the_database(void **state)
{
	(void)state;
	if (!test_database_tells_of_transactions())
		skip();
	corm_engine *engine = database_open(url, &library_metadata);
	corm_session *session = corm_session_open(engine);
	Author_add(session, .name = "Lost");
	assert_int_equal(corm_flush(session), CORM_OK);
	execute(session, "ROLLBACK");
	execute(session, "INSERT INTO author (name) VALUES ('x')");
	assert_int_equal(Author_count(session, corm_where(corm_sql(boolean, "abs(-9223372036854775807 - 1) > 0"))), -1);
	assert_status(session, CORM_ERROR_SQL);
	corm_session_clear_error(session);
	assert_status(session, CORM_ERROR_SQL);
	Author_add(session, .name = "Not sent");
	assert_int_equal(corm_commit(session), CORM_ERROR_SQL);
	assert_int_equal(corm_rollback(session), CORM_OK);
	assert_int_equal(Author_count(session), 1);
	corm_session_close(session);
	corm_engine_close(engine);
}

/* A program's own handle, and a statement of its own, beside ours. */
static void test_adopted_handle(void **state)
{
	(void)state;
	sqlite3 *db;
	if (!test_database_adopts_handles())
		skip();
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	corm_engine *engine = corm_engine_adopt_sqlite3(db, CORM_ADOPT_KEEP);
	assert_non_null(engine);
	assert_int_equal(corm_create_all(engine, &library_metadata), CORM_OK);
	corm_session *session = corm_session_open(engine);
	assert_ptr_equal(corm_session_native(session), db);
	Author_add(session, .name = "Mine");
	assert_int_equal(corm_commit(session), CORM_OK);
	corm_session_close(session);
	corm_engine_close(engine);
	sqlite3_stmt *statement;
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT name FROM author", -1, &statement, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	assert_string_equal((const char *)sqlite3_column_text(statement, 0), "Mine");
	sqlite3_finalize(statement);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_every_allocation_may_fail, place_set_up, place_tear_down),
		cmocka_unit_test(test_an_add_without_memory_goes_nowhere),
		cmocka_unit_test_setup_teardown(test_full_disk, place_set_up, place_tear_down),
		cmocka_unit_test_setup_teardown(test_other_writers, place_set_up, place_tear_down),
		cmocka_unit_test_setup_teardown(test_readonly_database, place_set_up, place_tear_down),
		cmocka_unit_test_setup_teardown(test_tables_that_are_not_the_models, place_set_up, place_tear_down),
		cmocka_unit_test_setup_teardown(test_transaction_ended_by_the_database, place_set_up, place_tear_down),
		cmocka_unit_test(test_adopted_handle),
	};
	return cmocka_run_group_tests_name("session: faults", tests, NULL, NULL);
}
