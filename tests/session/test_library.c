/* SPDX-License-Identifier: Apache-2.0
 *
 * The main job, on the models of examples/library: add, commit, get, query, relationships, change.
 */
#include "library.h"
#include "session/support.h"

static int set_up(void **state)
{
	*state = database_open(NULL, &library_metadata);
	return 0;
}

static int tear_down(void **state)
{
	database_close(*state);
	return 0;
}

/* Fred with three books, Ada with one; committed. */
static corm_uuid fill(corm_engine *engine)
{
	corm_autoclose corm_session *session = corm_session_open(engine);
	struct Author *fred = Author_add(session, .name = "Fred");
	Book_add(session, .title = "Diving", .author = fred);
	Book_add(session, .title = "Climbing", .author = fred);
	Book_add(session, .title = "50% off_", .author = fred);
	Book_add(session, .title = "Cooking", .author = Author_add(session, .name = "Ada"));
	corm_commit(session);
	assert_ok(session);
	corm_uuid id = fred->base.id;
	statements_clear();
	return id;
}

static void test_insert_order_and_keys(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Author *fred = Author_add(session, .name = "Fred");
	struct Book *book = Book_add(session, .title = "Diving", .author = fred);
	assert_int_equal(sent.count, 0);
	assert_int_equal(corm_commit(session), CORM_OK);
	assert_sent_count(2);
	assert_sent_sql(0, "INSERT INTO author (id, created_at, updated_at, name) VALUES (?, ?, ?, ?)");
	assert_sent_sql(1, "INSERT INTO book (id, created_at, updated_at, title, author_id) VALUES (?, ?, ?, ?, ?)");
	assert_int_equal(sent.rows[0], 1);
	assert_false(corm_uuid_is_nil(fred->base.id));
	assert_true(corm_uuid_equal(book->author_id, fred->base.id));
	assert_ptr_equal(book->author, fred);
	assert_true(corm_utcnow().microseconds - fred->base.created_at.microseconds < 60 * 1000000);
}

/* A book whose key is set before its author is sent after it all the same. */
static void test_models_are_ordered_by_their_foreign_keys(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	corm_uuid id = corm_uuid7();
	Book_add(session, .title = "First", .author_id = id);
	Author_add(session, .base.id = id, .name = "Second");
	assert_int_equal(corm_commit(session), CORM_OK);
	assert_sent_contains(0, "INSERT INTO author");
	assert_sent_contains(1, "INSERT INTO book");
}

static void test_identity(void **state)
{
	corm_uuid id = fill(*state);
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Author *fred = Author_get(session, id);
	assert_non_null(fred);
	assert_string_equal(fred->name, "Fred");
	assert_sent_count(1);
	assert_ptr_equal(Author_get(session, id), fred);
	assert_sent_count(1);
	assert_ptr_equal(Author_one(session, corm_where(corm_eq(Author.name, "Fred"))), fred);
	assert_null(Author_get(session, corm_uuid4()));
	assert_null(Author_get(session, corm_uuid4()));
	assert_sent_count(4);
	assert_ok(session);
}

static void test_queries(void **state)
{
	corm_uuid id = fill(*state);
	corm_autoclose corm_session *session = corm_session_open(*state);
	Book_list books = Book_all(session, corm_where(corm_eq(Book.author_id, id)), corm_order_by(Book.title));
	assert_int_equal(books.status, CORM_OK);
	assert_int_equal(books.count, 3);
	assert_string_equal(books.items[0]->title, "50% off_");
	books = Book_all(session, corm_join(Author), corm_where(corm_eq(Author.name, "Fred")));
	assert_int_equal(books.count, 3);
	assert_sent_contains(1, "FROM book JOIN author ON author.id = book.author_id WHERE author.name = ?");
	assert_sent_parameters(1, "[\"Fred\"]");
	assert_int_equal(Book_count(session), 4);
	assert_int_equal(Book_count(session, corm_where(corm_contains(Book.title, "%"))), 1);
	assert_int_equal(Book_count(session, corm_where(corm_ends_with(Book.title, "_"))), 1);
	assert_int_equal(Book_count(session, corm_where(corm_starts_with(Book.title, "C"))), 2);
	assert_int_equal(Book_count(session, corm_where(corm_regexp(Book.title, "^[DC].*ing$"))), 3);
	assert_int_equal(Book_count(session, corm_where(corm_has(Book.author, corm_eq(Author.name, "Ada")))), 1);
	assert_int_equal(Author_count(session, corm_where(corm_any_of(Author.books, corm_eq(Book.title, "Cooking")))), 1);
	bool exists = false;
	assert_int_equal(Book_exists(session, &exists, corm_where(corm_eq(Book.title, "Diving"))), CORM_OK);
	assert_true(exists);
	assert_int_equal(Book_exists(session, &exists, corm_where(corm_eq(Book.title, "diving in"))), CORM_OK);
	assert_false(exists);
	struct Book *first = Book_first(session, corm_order_by(corm_desc(Book.title)));
	assert_string_equal(first->title, "Diving");
	assert_null(Book_one_or_none(session, corm_where(corm_eq(Book.title, "none"))));
	books = Book_all(session, corm_where(corm_eq(Book.title, "none")));
	assert_int_equal(books.count, 0);
	assert_non_null(books.items);
	assert_ok(session);
}

static void test_one_or_an_error(void **state)
{
	fill(*state);
	corm_autoclose corm_session *session = corm_session_open(*state);
	assert_null(Book_one(session, corm_where(corm_eq(Book.title, "none"))));
	assert_status(session, CORM_ERROR_NO_ROW);
	assert_null(Book_first(session));
	corm_session_clear_error(session);
	assert_null(Book_one(session));
	assert_status(session, CORM_ERROR_MULTIPLE_ROWS);
	corm_session_clear_error(session);
	assert_null(Book_one_or_none(session));
	assert_status(session, CORM_ERROR_MULTIPLE_ROWS);
	corm_session_clear_error(session);
	assert_non_null(Book_first(session));
}

static void test_relationships_on_first_use(void **state)
{
	corm_uuid id = fill(*state);
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Author *fred = Author_get(session, id);
	assert_null(fred->books.items);
	Book_list books = Author_books(session, fred);
	assert_int_equal(books.count, 3);
	assert_ptr_equal(fred->books.items, books.items);
	assert_sent_count(2);
	books = Author_books(session, fred);
	assert_sent_count(2);
	size_t seen = 0;
	corm_foreach(struct Book *, book, books) {
		assert_null(book->author);
		assert_ptr_equal(Book_author(session, book), fred);
		assert_ptr_equal(book->author, fred);
		seen++;
	}
	assert_int_equal(seen, 3);
	assert_sent_count(2);
	/* A book that is added makes the list be read anew; what was handed out stays. */
	Book_add(session, .title = "Another", .author = fred);
	assert_int_equal(Author_books(session, fred).count, 4);
	assert_int_equal(books.count, 3);
	assert_string_equal(books.items[0]->title, "50% off_");
	assert_ok(session);
}

static void test_change_by_assignment(void **state)
{
	corm_uuid id = fill(*state);
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Author *fred = Author_get(session, id);
	corm_datetime before = fred->base.updated_at;
	statements_clear();
	char name[] = "Frederick";
	fred->name = name;
	assert_int_equal(corm_commit(session), CORM_OK);
	memset(name, 'x', sizeof name - 1);
	assert_sent_count(1);
	assert_sent_sql(0, "UPDATE author SET name=?, updated_at=? WHERE id=?");
	assert_string_equal(fred->name, "Frederick");
	assert_true(fred->base.updated_at.microseconds > before.microseconds);
	/* Set and set back is nothing. */
	statements_clear();
	fred->name = "Other";
	fred->name = "Frederick";
	assert_int_equal(corm_commit(session), CORM_OK);
	assert_int_equal(sent.count, 0);
	assert_int_equal(Author_count(session, corm_where(corm_eq(Author.name, "Frederick"))), 1);
}

static void test_stale_after_commit(void **state)
{
	corm_uuid id = fill(*state);
	corm_autoclose corm_session *one = corm_session_open(*state);
	struct Author *fred = Author_get(one, id);
	assert_int_equal(corm_commit(one), CORM_OK);
	assert_string_equal(fred->name, "Fred");

	corm_autoclose corm_session *two = corm_session_open(*state);
	Author_get(two, id)->name = "Changed";
	assert_int_equal(corm_commit(two), CORM_OK);

	/* Written from what was read before: refused, for the name is another by now. */
	fred->name = "Mine";
	assert_int_equal(corm_commit(one), CORM_ERROR_CONFLICT);
	assert_sent_contains(sent.count - 1, "UPDATE author SET name=?, updated_at=? WHERE id=? AND name IS ?");
	assert_int_equal(corm_rollback(one), CORM_OK);
	assert_string_equal(fred->name, "Fred");
	/* Asked for again, it is read again, into the same struct. */
	assert_ptr_equal(Author_get(one, id), fred);
	assert_string_equal(fred->name, "Changed");
	fred->name = "Mine";
	assert_int_equal(corm_commit(one), CORM_OK);
	assert_sent_sql(sent.count - 1, "UPDATE author SET name=?, updated_at=? WHERE id=?");
}

static void test_rollback(void **state)
{
	corm_uuid id = fill(*state);
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Author *fred = Author_get(session, id);
	fred->name = "Never";
	struct Author *ghost = Author_add(session, .name = "Ghost");
	assert_int_equal(corm_flush(session), CORM_OK);
	fred->name = "Never either";
	assert_int_equal(Author_count(session), 3);
	assert_int_equal(corm_rollback(session), CORM_OK);
	assert_string_equal(fred->name, "Fred");
	assert_string_equal(ghost->name, "Ghost");
	assert_int_equal(Author_count(session), 2);
	assert_null(Author_get(session, ghost->base.id));
	assert_int_equal(Author_books(session, ghost).count, 0);
	assert_status(session, CORM_ERROR_USAGE);
}

static void test_moving_a_book(void **state)
{
	corm_uuid id = fill(*state);
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Author *fred = Author_get(session, id);
	struct Author *ada = Author_one(session, corm_where(corm_eq(Author.name, "Ada")));
	struct Book *book = Book_one(session, corm_where(corm_eq(Book.title, "Diving")));
	book->author = ada;
	assert_int_equal(Author_books(session, ada).count, 2);
	assert_int_equal(Author_books(session, fred).count, 2);
	assert_true(corm_uuid_equal(book->author_id, ada->base.id));
	assert_int_equal(corm_commit(session), CORM_OK);
	/* Both, differently. */
	book = Book_one(session, corm_where(corm_eq(Book.title, "Diving")));
	book->author = fred;
	book->author_id = corm_uuid4();
	assert_int_equal(corm_commit(session), CORM_ERROR_USAGE);
	assert_contains(corm_session_error(session)->message, "disagree");
	assert_int_equal(corm_rollback(session), CORM_OK);
	/* An object of nobody's. */
	struct Author local = { .name = "Local" };
	book->author = &local;
	assert_int_equal(corm_commit(session), CORM_ERROR_USAGE);
	assert_contains(corm_session_error(session)->message, "does not own");
	assert_int_equal(corm_rollback(session), CORM_OK);
	assert_ptr_equal(book->author, ada);
}

/* Whichever changed last wins, also when the pointer is set back to where it led before. */
static void test_key_then_pointer(void **state)
{
	corm_uuid id = fill(*state);
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Author *fred = Author_get(session, id);
	struct Author *ada = Author_one(session, corm_where(corm_eq(Author.name, "Ada")));
	struct Book *book = Book_one(session, corm_where(corm_eq(Book.title, "Diving")));
	assert_ptr_equal(Book_author(session, book), fred);
	book->author_id = ada->base.id;
	assert_int_equal(corm_flush(session), CORM_OK);
	assert_null(book->author);
	book->author = fred;
	assert_int_equal(corm_flush(session), CORM_OK);
	assert_true(corm_uuid_equal(book->author_id, fred->base.id));
	assert_int_equal(Book_count(session, corm_where(corm_eq(Book.author_id, ada->base.id))), 1);
	assert_ok(session);
}

/* What the flush filled in is taken back when it fails. */
static void test_failed_flush_leaves_structs(void **state)
{
	corm_uuid id = fill(*state);
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Author *fred = Author_get(session, id);
	corm_datetime updated_at = fred->base.updated_at;
	char name[] = "Changed";
	fred->name = name;
	struct Book *book = Book_add(session, .title = "Fine", .author = fred);
	Book_add(session, .base.id = book->base.id, .title = "Twin", .author = fred);
	assert_int_equal(corm_commit(session), CORM_ERROR_UNIQUE);
	assert_ptr_equal(fred->name, name);
	assert_int_equal(fred->base.updated_at.microseconds, updated_at.microseconds);
	assert_true(corm_uuid_is_nil(book->author_id));
	assert_int_equal(corm_rollback(session), CORM_OK);
	assert_string_equal(fred->name, "Fred");
	assert_int_equal(Book_count(session), 4);
}

static void test_add_value(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Author value;
	Author_init(&value);
	value.name = "Value";
	struct Author *added = Author_add_value(session, &value);
	corm_uuid id = corm_uuid4();
	struct Author *other = Author_add_value(session, Author_values(.base.id = id, .name = "Other"));
	struct Author bare = { .name = "Bare" };
	struct Author *third = Author_add_value(session, &bare);
	struct Author *empty = Author_new(session);
	empty->name = corm_textf(session, "%s-%d", corm_text(session, "New"), 5);
	assert_int_equal(corm_commit(session), CORM_OK);
	assert_true(corm_uuid_equal(added->base.id, value.base.id));
	assert_true(corm_uuid_equal(other->base.id, id));
	assert_false(corm_uuid_is_nil(third->base.id));
	assert_true(third->base.created_at.microseconds != 0);
	assert_int_equal(Author_count(session, corm_where(corm_eq(Author.name, "New-5"))), 1);
}

static void test_classified_errors(void **state)
{
	corm_uuid id = fill(*state);
	corm_autoclose corm_session *session = corm_session_open(*state);
	Author_add(session, .base.id = id, .name = "Twin");
	assert_int_equal(corm_commit(session), CORM_ERROR_UNIQUE);
	assert_string_equal(corm_session_error(session)->constraint, "pk_author");
	assert_string_equal(corm_session_error(session)->table, "author");
	assert_string_equal(corm_session_error(session)->column, "id");
	corm_session_clear_error(session);
	assert_status(session, CORM_ERROR_UNIQUE);
	assert_int_equal(corm_rollback(session), CORM_OK);

	Book_add(session, .title = "Orphan", .author_id = corm_uuid4());
	assert_int_equal(corm_commit(session), CORM_ERROR_FOREIGN_KEY);
	assert_string_equal(corm_session_error(session)->constraint, "fk_book_author_id");
	assert_int_equal(corm_rollback(session), CORM_OK);

	Book_add(session, .author = Author_get(session, id));
	assert_int_equal(corm_commit(session), CORM_ERROR_NOT_NULL);
	assert_string_equal(corm_session_error(session)->column, "title");
	assert_int_equal(corm_rollback(session), CORM_OK);

	statements_clear();
	Book_add(session, .title = "Nobody's");
	assert_int_equal(corm_commit(session), CORM_ERROR_VALIDATION);
	assert_string_equal(corm_session_error(session)->column, "author_id");
	assert_int_equal(sent.count, 0);
	assert_int_equal(corm_rollback(session), CORM_OK);

	char name[202];
	memset(name, 'a', 201);
	name[201] = '\0';
	struct Author *author = Author_add(session, .name = name);
	assert_int_equal(corm_commit(session), CORM_ERROR_VALIDATION);
	assert_contains(corm_session_error(session)->message, "201 characters");
	/* Nothing was sent: it can be mended, and the transaction goes on. */
	author->name = "short";
	corm_session_clear_error(session);
	assert_int_equal(corm_commit(session), CORM_OK);

	Author_add(session, .name = "\xff\xfe");
	assert_int_equal(corm_commit(session), CORM_ERROR_VALIDATION);
	assert_int_equal(corm_rollback(session), CORM_OK);
	assert_int_equal(Author_count(session), 3);
}

static void test_sticky_errors(void **state)
{
	fill(*state);
	corm_autoclose corm_session *session = corm_session_open(*state);
	assert_null(Author_books(session, NULL).count ? session : NULL);
	assert_status(session, CORM_ERROR_USAGE);
	struct Author *nowhere = Author_add(session, .name = "Lost");
	assert_non_null(nowhere);
	nowhere->name = "Written to";
	struct Book *book = Book_add(session, .title = "Lost too", .author = nowhere);
	assert_non_null(book);
	assert_int_equal(Author_count(session), -1);
	assert_int_equal(Author_all(session).status, CORM_ERROR_USAGE);
	assert_int_equal(corm_commit(session), CORM_ERROR_USAGE);
	corm_session_clear_error(session);
	assert_int_equal(corm_commit(session), CORM_OK);
	assert_int_equal(Author_count(session), 2);
}

static void test_null_handles(void **state)
{
	(void)state;
	bool exists = true;
	struct Author *nowhere = Author_add(NULL, .name = "x");
	assert_non_null(nowhere);
	assert_null(Author_get(NULL, corm_uuid4()));
	assert_int_equal(Author_all(NULL).status, CORM_ERROR_USAGE);
	assert_int_equal(Author_count(NULL), -1);
	assert_int_equal(Author_exists(NULL, &exists), CORM_ERROR_USAGE);
	assert_int_equal(corm_flush(NULL), CORM_ERROR_USAGE);
	assert_int_equal(corm_commit(NULL), CORM_ERROR_USAGE);
	assert_int_equal(corm_rollback(NULL), CORM_ERROR_USAGE);
	assert_int_equal(corm_session_reset(NULL), CORM_ERROR_USAGE);
	assert_int_equal(corm_session_error(NULL)->status, CORM_ERROR_USAGE);
	assert_null(corm_text(NULL, "x"));
	assert_null(corm_textf(NULL, "x"));
	assert_null(corm_session_arena(NULL));
	assert_null(corm_session_native(NULL));
	corm_session_clear_error(NULL);
	corm_session_close(NULL);
	corm_query *query = corm_query_new(NULL, Author);
	assert_null(query);
	assert_int_equal(corm_query_add(query, corm_limit(1)), CORM_ERROR_USAGE);
	assert_int_equal(Author_run(query).status, CORM_ERROR_USAGE);
	assert_null(corm_compile(query, "sqlite"));
	corm_session *session = corm_session_open(NULL);
	assert_non_null(session);
	assert_non_null(Author_add(session, .name = "x"));
	assert_int_equal(corm_commit(session), CORM_ERROR_USAGE);
	assert_int_equal(corm_rollback(session), CORM_ERROR_USAGE);
	assert_status(session, CORM_ERROR_USAGE);
	corm_session_close(session);
}

static void test_reset(void **state)
{
	corm_uuid id = fill(*state);
	corm_autoclose corm_session *session = corm_session_open(*state);
	for (int i = 0; i < 100; i++) {
		assert_int_equal(Author_books(session, Author_get(session, id)).count, 3);
		Author_add(session, .name = "never sent");
		assert_int_equal(corm_session_reset(session), CORM_OK);
	}
	assert_int_equal(Author_count(session), 2);
}

static int hook_calls;

static void count_error(void *data, const corm_error *error)
{
	hook_calls++;
	*(corm_status *)data = error->status;
}

static void test_errors_nobody_read(void **state)
{
	corm_uuid id = fill(*state);
	corm_status reported = CORM_OK;
	corm_on_error(count_error, &reported);
	hook_calls = 0;
	corm_session *session = corm_session_open(*state);
	Book_one(session);
	corm_session_close(session);
	assert_int_equal(hook_calls, 1);
	assert_int_equal(reported, CORM_ERROR_MULTIPLE_ROWS);
	session = corm_session_open(*state);
	struct Author *fred = Author_get(session, id);
	corm_foreach(struct Book *, book, fred->books)
		fail_msg("%s", book->title);
	assert_int_equal(hook_calls, 2);
	assert_int_equal(reported, CORM_ERROR_NOT_LOADED);
	corm_foreach(struct Book *, book, Book_all(session, corm_where(corm_false())))
		fail_msg("%s", book->title);
	assert_int_equal(hook_calls, 2);
	corm_session_close(session);
	corm_on_error(NULL, NULL);
}

static void test_builder(void **state)
{
	corm_uuid id = fill(*state);
	corm_autoclose corm_session *session = corm_session_open(*state);
	corm_query *query = corm_query_new(session, Book);
	for (int i = 0; i < 2; i++) {
		char title[16];
		snprintf(title, sizeof title, "%s", i ? "Climbing" : "Diving");
		if (i == 0)
			corm_query_add(query, corm_where(corm_or(corm_eq(Book.title, title), corm_eq(Book.title, "Climbing"))));
		else
			corm_query_add(query, corm_where(corm_eq(Book.author_id, id)));
		memset(title, 0, sizeof title);
	}
	corm_query_add(query, corm_order_by(corm_desc(Book.title)));
	Book_list books = Book_run(query);
	assert_ok(session);
	assert_int_equal(books.count, 2);
	assert_string_equal(books.items[0]->title, "Diving");
	assert_contains(corm_compile(query, "sqlite"), "WHERE (book.title = ? OR book.title = ?) AND book.author_id = ?");
	corm_query *subquery = corm_query_new(session, Book);
	corm_query_add(subquery, corm_columns(Book.author_id));
	corm_query_add(subquery, corm_where(corm_eq(Book.title, "Cooking")));
	struct Author *ada = Author_one(session, corm_where(corm_in_query(Author.id, subquery)));
	assert_ok(session);
	assert_string_equal(ada->name, "Ada");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_insert_order_and_keys, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_models_are_ordered_by_their_foreign_keys, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_identity, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_queries, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_one_or_an_error, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_relationships_on_first_use, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_change_by_assignment, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_stale_after_commit, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_rollback, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_moving_a_book, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_key_then_pointer, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_failed_flush_leaves_structs, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_add_value, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_classified_errors, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_sticky_errors, set_up, tear_down),
		cmocka_unit_test(test_null_handles),
		cmocka_unit_test_setup_teardown(test_reset, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_errors_nobody_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_builder, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("session: library", tests, NULL, NULL);
}
