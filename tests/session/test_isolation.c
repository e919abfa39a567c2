/* SPDX-License-Identifier: Apache-2.0
 *
 * Sessions of an isolation level, and sessions that only read.
 */
#include "library.h"
#include "session/support.h"
#include <sqlite3.h>

static corm_engine *open_engine(void)
{
	const char *place = test_database_new(false);
	corm_engine *engine = corm_engine_open_options(place,
	                                               &(corm_engine_options){ .pool_size = 1, .max_overflow = -1 });
	if (!engine)
		fail_msg("%s", corm_last_error()->message);
	test_database_belongs(place, engine);
	if (corm_create_all(engine, &library_metadata) != CORM_OK)
		fail_msg("%s", corm_last_error()->message);
	corm_engine_on_statement(engine, statements_record, NULL);
	corm_session *session = corm_session_open(engine);
	Author_add(session, .name = "Fred");
	assert_int_equal(corm_commit(session), CORM_OK);
	corm_session_close(session);
	statements_clear();
	return engine;
}

/* Whatever a read-only session has done to the pool's one connection, the next one writes on it. */
static void assert_writable(corm_engine *engine)
{
	corm_session *session = corm_session_open(engine);
	Author_add(session, .name = "Next");
	assert_int_equal(corm_commit(session), CORM_OK);
	corm_session_close(session);
}

static void test_readonly_reads(void **state)
{
	(void)state;
	corm_engine *engine = open_engine();
	corm_session *session = corm_session_open_readonly(engine);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(Author_count(session), 1);
		assert_string_equal(Author_first(session)->name, "Fred");
		assert_int_equal(i % 2 ? corm_commit(session) : corm_rollback(session), CORM_OK);
	}
	corm_session_close(session);
	assert_writable(engine);
	database_close(engine);
}

static void test_readonly_refuses_a_flush(void **state)
{
	(void)state;
	corm_engine *engine = open_engine();
	corm_session *session = corm_session_open_readonly(engine);
	Author_add(session, .name = "Ada");
	assert_int_equal(corm_flush(session), CORM_ERROR_READONLY);
	assert_string_equal(corm_session_error(session)->message,
	                    "the session may only read: write in one that corm_session_open() gave");
	assert_int_equal(sent.count, 0);
	assert_int_equal(corm_rollback(session), CORM_OK);

	struct Author *fred = Author_first(session);
	fred->name = "Frederick";
	statements_clear();
	assert_int_equal(corm_commit(session), CORM_ERROR_READONLY);
	assert_int_equal(sent.count, 0);
	/* Nothing has ended: what was assigned is still there, and the transaction too. */
	assert_string_equal(fred->name, "Frederick");
	corm_session_clear_error(session);
	fred->name = "Fred";
	assert_int_equal(Author_count(session), 1);
	Author_delete(session, fred);
	assert_int_equal(Author_count(session), -1);
	assert_status(session, CORM_ERROR_READONLY);
	corm_session_close(session);
	assert_writable(engine);
	database_close(engine);
}

/* What writes without objects is refused too, and the next transaction reads again. */
static void test_readonly_refuses_bulk_work(void **state)
{
	(void)state;
	corm_engine *engine = open_engine();
	corm_session *session = corm_session_open_readonly(engine);
	const struct Author many[2] = { { .name = "Ada" }, { .name = "Grace" } };
	for (int i = 0; i < 4; i++) {
		if (i == 0)
			assert_int_equal(Author_insert_many(session, many, 2), CORM_ERROR_READONLY);
		else if (i == 1)
			assert_int_equal(Author_update(session, corm_set(Author.name, "x"), corm_where(corm_eq(Author.name, "Fred"))),
			                 -1);
		else if (i == 2)
			assert_int_equal(Author_delete_where(session, corm_where(corm_eq(Author.name, "Fred"))), -1);
		else
			assert_null(Author_upsert(session, Author_values(.name = "Ada"), corm_on_conflict(Author.id)));
		assert_status(session, CORM_ERROR_READONLY);
		assert_int_equal(corm_rollback(session), CORM_OK);
		assert_int_equal(Author_count(session, corm_where(corm_eq(Author.name, "Fred"))), 1);
		assert_int_equal(Author_count(session), 1);
	}
	corm_session_close(session);
	assert_writable(engine);
	database_close(engine);
}

static void test_readonly_is_told_to_the_database(void **state)
{
	(void)state;
	if (!test_database_adopts_handles())
		skip();
	corm_engine *engine = open_engine();
	corm_session *session = corm_session_open_readonly(engine);
	sqlite3 *db = corm_session_native(session);
	assert_int_equal(sqlite3_exec(db, "DELETE FROM author", NULL, NULL, NULL) & 0xff, SQLITE_READONLY);
	assert_int_equal(corm_commit(session), CORM_OK);
	corm_session_close(session);
	assert_writable(engine);
	database_close(engine);
}

/* A connection that the program itself made read-only stays so. */
static void test_readonly_keeps_the_programs_own(void **state)
{
	(void)state;
	sqlite3 *db;
	if (!test_database_adopts_handles())
		skip();
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	corm_engine *engine = corm_engine_adopt_sqlite3(db, CORM_ADOPT_CLOSE);
	assert_non_null(engine);
	assert_int_equal(corm_create_all(engine, &library_metadata), CORM_OK);
	assert_int_equal(sqlite3_exec(db, "PRAGMA query_only = 1", NULL, NULL, NULL), SQLITE_OK);
	corm_session *session = corm_session_open_readonly(engine);
	assert_int_equal(Author_count(session), 0);
	corm_session_close(session);
	assert_int_equal(sqlite3_exec(db, "DELETE FROM author", NULL, NULL, NULL) & 0xff, SQLITE_READONLY);
	database_close(engine);
}

/* Statements stay prepared through the beginning and the end of a transaction that only reads. */
static void test_readonly_keeps_statements(void **state)
{
	(void)state;
	if (!test_database_adopts_handles())
		skip();
	corm_engine *engine = open_engine();
	corm_session *session = corm_session_open_readonly(engine);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(Author_count(session), 1);
		corm_commit(session);
	}
	sqlite3 *db = corm_session_native(session);
	int counts = 0, prepared = 0;
	for (sqlite3_stmt *at = sqlite3_next_stmt(db, NULL); at; at = sqlite3_next_stmt(db, at)) {
		if (!strstr(sqlite3_sql(at), "count(*)"))
			continue;
		counts++;
		prepared += sqlite3_stmt_status(at, SQLITE_STMTSTATUS_REPREPARE, 0);
	}
	assert_int_equal(counts, 1);
	assert_int_equal(prepared, 0);
	corm_session_close(session);
	database_close(engine);
}

static void test_levels(void **state)
{
	(void)state;
	static const char *const levels[] = { "READ UNCOMMITTED", "read committed", "repeatable_read", "Serializable" };
	corm_engine *engine = open_engine();
	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
		char level[32];
		snprintf(level, sizeof level, "%s", levels[i]);
		corm_session *session = corm_session_open_options(engine, &(corm_session_options){ .isolation_level = level });
		memset(level, 'x', sizeof level - 1);
		assert_int_equal(Author_count(session), (int)i + 1);
		Author_add(session, .name = "Another");
		assert_int_equal(corm_commit(session), CORM_OK);
		corm_session_close(session);
	}
	corm_session *session = corm_session_open_options(engine, NULL);
	assert_int_equal(Author_count(session), 5);
	corm_session_close(session);
	database_close(engine);
}

static void test_no_such_level(void **state)
{
	(void)state;
	corm_engine *engine = open_engine();
	corm_session *session = corm_session_open_options(engine, &(corm_session_options){ .isolation_level = "SNAPSHOT" });
	assert_status(session, CORM_ERROR_USAGE);
	assert_string_equal(corm_session_error(session)->message,
	                    "corm_session_options.isolation_level is \"SNAPSHOT\": write READ UNCOMMITTED, "
	                    "READ COMMITTED, REPEATABLE READ or SERIALIZABLE");
	/* It does not become a session of any other level. */
	corm_session_clear_error(session);
	assert_int_equal(corm_rollback(session), CORM_ERROR_USAGE);
	assert_int_equal(corm_session_reset(session), CORM_ERROR_USAGE);
	assert_int_equal(Author_count(session), -1);
	corm_session_close(session);
	database_close(engine);
}

static corm_status count_authors(corm_session *session, void *data)
{
	*(int64_t *)data = Author_count(session);
	return corm_session_error(session)->status;
}

static corm_status add_author(corm_session *session, void *data)
{
	++*(int *)data;
	Author_add(session, .name = "Ada");
	return CORM_OK;
}

static void test_of_a_transaction(void **state)
{
	(void)state;
	corm_engine *engine = open_engine();
	int64_t count = 0;
	int calls = 0;
	const corm_transaction_options reads = { .read_only = true, .isolation_level = "serializable" };
	assert_int_equal(corm_transaction(engine, count_authors, &count, &reads), CORM_OK);
	assert_int_equal(count, 1);
	assert_int_equal(corm_transaction(engine, add_author, &calls, &reads), CORM_ERROR_READONLY);
	assert_contains(corm_last_error()->message, "may only read");
	assert_int_equal(calls, 1);
	/* The function is not called with a session that is not as it should be. */
	const corm_transaction_options wrong = { .isolation_level = "none" };
	assert_int_equal(corm_transaction(engine, add_author, &calls, &wrong), CORM_ERROR_USAGE);
	assert_contains(corm_last_error()->message, "isolation_level is \"none\"");
	assert_int_equal(calls, 1);
	database_close(engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_readonly_reads),
		cmocka_unit_test(test_readonly_refuses_a_flush),
		cmocka_unit_test(test_readonly_refuses_bulk_work),
		cmocka_unit_test(test_readonly_is_told_to_the_database),
		cmocka_unit_test(test_readonly_keeps_the_programs_own),
		cmocka_unit_test(test_readonly_keeps_statements),
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_no_such_level),
		cmocka_unit_test(test_of_a_transaction),
	};
	return cmocka_run_group_tests_name("session: isolation", tests, NULL, NULL);
}
