/* SPDX-License-Identifier: Apache-2.0
 *
 * Queries that are put together step by step, and corm_compile().
 */
#include "compile/models.h"
#include "fail_alloc.h"

static int set_up(void **state)
{
	*state = corm_engine_open("sqlite://");
	assert_non_null(*state);
	return 0;
}

static int tear_down(void **state)
{
	corm_engine_close(*state);
	return 0;
}

static void test_steps(void **state)
{
	corm_session *session = corm_session_open(*state);
	corm_query *query = corm_query_new(session, Book);
	assert_string_equal(corm_compile(query, "sqlite"), "SELECT book.id, book.title, book.author_id FROM book");
	assert_int_equal(corm_query_add(query, corm_join(Author)), CORM_OK);
	{
		/* Everything below a clause is copied: it may go before the query runs. */
		char name[] = "Fred";
		corm_uuid ids[] = { { { 1 } }, { { 2 } } };
		assert_int_equal(corm_query_add(query, corm_where(corm_or(corm_eq(Author.name, name),
		                                                          corm_in_array(Book.id, ids, 2)))),
		                 CORM_OK);
		memset(name, 'x', sizeof name);
		memset(ids, 0xFF, sizeof ids);
	}
	for (int i = 0; i < 40; i++)
		assert_int_equal(corm_query_add(query, corm_order_by(corm_desc(Book.title))), CORM_OK);
	const char *sql = corm_compile(query, "sqlite");
	assert_non_null(sql);
	assert_non_null(
		strstr(sql, " JOIN author ON author.id = book.author_id WHERE author.name = ? OR book.id IN (?, ?) ORDER BY "));
	corm_session_close(session);
}

static void test_columns_and_subqueries(void **state)
{
	corm_session *session = corm_session_open(*state);
	corm_query *books = corm_query_new(session, Book);
	assert_int_equal(corm_query_add(books, corm_columns(Book.author_id)), CORM_OK);
	assert_int_equal(corm_query_add(books, corm_where(corm_eq(Book.title, "x"))), CORM_OK);
	assert_string_equal(corm_compile(books, "sqlite"), "SELECT book.author_id FROM book WHERE book.title = ?");
	corm_query *authors = corm_query_new(session, Author);
	assert_int_equal(corm_query_add(authors, corm_where(corm_in_query(Author.id, books), corm_exists(books))), CORM_OK);
	const char *sql = corm_compile(authors, "sqlite");
	assert_non_null(sql);
	assert_non_null(strstr(sql, " WHERE author.id IN (SELECT book.author_id FROM book WHERE book.title = ?) AND "
	                            "EXISTS (SELECT 1 FROM book WHERE book.title = ?)"));
	corm_session_close(session);
}

static void test_aliased_model(void **state)
{
	corm_session *session = corm_session_open(*state);
	corm_query *query = corm_query_new(session, elder);
	assert_int_equal(corm_query_add(query, corm_columns(elder.id)), CORM_OK);
	assert_string_equal(corm_compile(query, "sqlite"), "SELECT elder.id FROM hero AS elder");
	corm_session_close(session);
}

static void test_other_dialects(void **state)
{
	corm_session *session = corm_session_open(*state);
	corm_query *query = corm_query_new(session, Book);
	assert_int_equal(corm_query_add(query, corm_full_join(Author)), CORM_OK);
	assert_int_equal(corm_query_add(query, corm_limit(1)), CORM_OK);
	const char *sql = corm_compile(query, "postgresql");
	assert_non_null(sql);
	assert_non_null(strstr(sql, " FROM book FULL OUTER JOIN author ON author.id = book.author_id LIMIT $1"));
	assert_null(corm_compile(query, "mariadb"));
	assert_string_equal(corm_session_error(session)->message, "mariadb has no full join");
	corm_session_clear_error(session);
	corm_session_close(session);
}

static void test_mistakes(void **state)
{
	corm_session *session = corm_session_open(*state);
	corm_query *query = corm_query_new(session, Book);
	assert_null(corm_compile(query, "oracle"));
	assert_string_equal(corm_session_error(session)->message, "corm_compile: there is no dialect \"oracle\"");
	corm_session_clear_error(session);
	assert_int_equal(corm_query_add(query, corm_where(corm_eq(Author.name, "x"))), CORM_OK);
	assert_null(corm_compile(query, "sqlite"));
	assert_int_equal(corm_session_error(session)->status, CORM_ERROR_USAGE);
	assert_string_equal(corm_session_error(session)->message,
	                    "author is not part of this query: add corm_join(Author)");
	corm_session_close(session);
}

/* What could not be added is never simply missing from the query. */
static void test_a_clause_is_never_dropped(void **state)
{
	corm_session *session = corm_session_open(*state);
	corm_query *query = corm_query_new(session, Book);
	assert_null(corm_compile(query, "oracle"));
	assert_int_equal(corm_query_add(query, corm_where(corm_false())), CORM_ERROR_USAGE);
	corm_session_clear_error(session);
	assert_null(corm_compile(query, "sqlite"));
	assert_string_equal(corm_session_error(session)->message, "a query is used that could not be made");
	corm_session_clear_error(session);
	assert_int_equal(corm_query_add(query, corm_limit(1)), CORM_ERROR_USAGE);
	corm_session_clear_error(session);

	corm_query *empty = corm_query_new(session, Book);
	assert_int_equal(corm_query_add(empty, (corm_clause)CORM_END), CORM_OK);
	assert_null(corm_compile(empty, "sqlite"));
	assert_string_equal(corm_session_error(session)->message, "clause 1 of the query is empty");
	corm_session_clear_error(session);
	corm_session_close(session);
}

static void test_without_a_session(void **state)
{
	(void)state;
	corm_query *query = corm_query_new(NULL, Book);
	assert_null(query);
	assert_int_equal(corm_query_add(query, corm_limit(1)), CORM_ERROR_USAGE);
	assert_null(corm_compile(query, "sqlite"));
	assert_null(corm_compile(NULL, "sqlite"));
	assert_int_equal(corm_query_add(NULL, corm_limit(1)), CORM_ERROR_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_columns_and_subqueries),
		cmocka_unit_test(test_aliased_model),
		cmocka_unit_test(test_other_dialects),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_a_clause_is_never_dropped),
		cmocka_unit_test(test_without_a_session),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
