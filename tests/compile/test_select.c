/* SPDX-License-Identifier: Apache-2.0
 *
 * Queries and the SQL that becomes of them.
 */
#include "compile/check.h"

static const corm_uuid some_id = { { 0xAB } };

static void test_whole_statements(void **state)
{
	(void)state;
	struct corm__compiler compiler;
	corm_error_store error;
	corm__compiler_init(&compiler, &corm__dialect_sqlite, 0, NULL);
	const struct corm__select *select = SELECT(CORM__SELECT_OBJECTS, Book, 0, corm_join(Author),
	                                           corm_where(corm_eq(Author.name, "Fred")),
	                                           corm_order_by(corm_desc(Book.title)), corm_limit(10), corm_offset(20));
	assert_int_equal(corm__compile_select(&compiler, CORM__WALK_SQL, select, &error), CORM_OK);
	assert_string_equal(
		compiler.sql.data,
		"SELECT book.id, book.title, book.author_id FROM book JOIN author ON author.id = book.author_id "
		"WHERE author.name = ? ORDER BY book.title DESC LIMIT ? OFFSET ?");
	select = SELECT(CORM__SELECT_OBJECTS, Order, 0);
	assert_int_equal(corm__compile_select(&compiler, CORM__WALK_SQL, select, &error), CORM_OK);
	assert_string_equal(compiler.sql.data, "SELECT \"order\".region, \"order\".number, \"order\".total, "
	                                       "\"order\".\"Odd \"\"name\"\"\" FROM \"order\"");
	corm__compiler_release(&compiler);
}

static void test_comparisons(void **state)
{
	(void)state;
	WHERE(Book, "book WHERE book.title = ?", "'a'", corm_eq(Book.title, "a"));
	WHERE(Book, "book WHERE book.title != ?", "'a'", corm_ne(Book.title, "a"));
	WHERE(Hero, "hero WHERE hero.id < ? AND hero.id <= ? AND hero.id > ? AND hero.id >= ?", "1, 2, 3, 4",
	      corm_lt(Hero.id, 1), corm_le(Hero.id, 2u), corm_gt(Hero.id, 3), corm_ge(Hero.id, (size_t)4));
	WHERE(Book, "book WHERE book.title IS NOT ?", "'a'", corm_is_distinct(Book.title, "a"));
	WHERE(Book, "book WHERE book.id = book.author_id", "", corm_eq(Book.id, Book.author_id));
	WHERE(Hero, "hero WHERE hero.id BETWEEN ? AND ?", "1, 5", corm_between(Hero.id, 1, 5));
	WHERE(Hero, "hero WHERE hero.age IS NULL AND hero.name IS NOT NULL", "", corm_is_null(Hero.age),
	      corm_is_not_null(Hero.name));
	WHERE(Order, "\"order\" WHERE \"order\".\"Odd \"\"name\"\"\" = ?", "'x'", corm_eq(Order.note, "x"));
	WHERE(Book, "book WHERE 1 = 1 AND 1 = 0", "", corm_true(), corm_false());
}

static void test_logic(void **state)
{
	(void)state;
	WHERE(Hero, "hero WHERE (hero.id = ? OR hero.id = ?) AND hero.id = ?", "1, 2, 3",
	      corm_or(corm_eq(Hero.id, 1), corm_eq(Hero.id, 2)), corm_eq(Hero.id, 3));
	WHERE(Hero, "hero WHERE hero.id = ? OR hero.id = ?", "1, 2", corm_or(corm_eq(Hero.id, 1), corm_eq(Hero.id, 2)));
	WHERE(Hero, "hero WHERE hero.id = ? OR hero.id = ? AND hero.name = ? OR NOT (hero.id > ? AND hero.name = ?)",
	      "1, 2, 'x', 1, 'y'",
	      corm_or(corm_eq(Hero.id, 1), corm_and(corm_eq(Hero.id, 2), corm_eq(Hero.name, "x")),
	              corm_not(corm_and(corm_gt(Hero.id, 1), corm_eq(Hero.name, "y")))));
	WHERE(Hero, "hero WHERE NOT hero.id = ?", "1", corm_not(corm_eq(Hero.id, 1)));
	WHERE(Hero, "hero WHERE NOT NOT hero.id IS NULL", "", corm_not(corm_not(corm_is_null(Hero.id))));
	/* One element is itself; what is and-ed within an and needs nothing. */
	WHERE(Hero, "hero WHERE hero.id = ?", "1", corm_or(corm_and(corm_eq(Hero.id, 1))));
	WHERE(Hero, "hero WHERE hero.id = ? AND hero.id = ? AND hero.id = ?", "1, 2, 3",
	      corm_and(corm_eq(Hero.id, 1), corm_and(corm_eq(Hero.id, 2), corm_eq(Hero.id, 3))));
	WHERE(Hero, "hero WHERE (hero.id = ?) = ?", "1, true", corm_eq(corm_eq(Hero.id, 1), true));
	WHERE(Hero, "hero WHERE hero.active AND NOT hero.active", "", Hero.active, corm_not(Hero.active));
	SQL(Hero, "hero WHERE hero.id = ? AND (hero.id = ? OR hero.id = ?)", "1, 2, 3", corm_where(corm_eq(Hero.id, 1)),
	    corm_where(corm_or(corm_eq(Hero.id, 2), corm_eq(Hero.id, 3))));
}

static void test_in(void **state)
{
	(void)state;
	const char *const names[] = { "a", "b", "c" };
	const short ranks[] = { 1, 2, 3, 4, 5 };
	const corm_uuid ids[] = { { { 1 } }, { { 2 } } };
	WHERE(Book, "book WHERE book.title IN (?, ?, book.title)", "'a', 'b'", corm_in(Book.title, "a", "b", Book.title));
	WHERE(Book, "book WHERE book.title NOT IN (?)", "'a'", corm_not_in(Book.title, "a"));
	WHERE(Book, "book WHERE book.title IN (?, ?, ?, ?)", "'a', 'b', 'c', 'c'", corm_in_array(Book.title, names, 3));
	WHERE(Hero, "hero WHERE hero.rank IN (?, ?, ?, ?, ?, ?, ?, ?)", "1, 2, 3, 4, 5, 5, 5, 5",
	      corm_in_array(Hero.rank, ranks, 5));
	WHERE(Book, "book WHERE book.id IN (?, ?)", "uuid:01, uuid:02", corm_in_array(Book.id, ids, 2));
	WHERE(Hero, "hero WHERE hero.token IN (?)", "uuid:01/blob", corm_in_array(Hero.token, ids, 1));
	WHERE(Hero, "hero WHERE hero.color IN (?, ?)", "color:1, color:2", corm_in_array(Hero.color, ranks, 2));
	WHERE(Hero, "hero WHERE hero.price IN (?, ?)", "1d, 2d", corm_in_array(Hero.price, ranks, 2));
	/* An empty array is no row, and never the end of a condition. */
	WHERE(Book, "book WHERE 1 = 0", "", corm_in_array(Book.title, names, 0));
	WHERE(Book, "book WHERE NOT 1 = 0", "", corm_not(corm_in_array(Book.title, names, 0)));
}

static size_t parameters_of(const struct corm__select *select)
{
	struct corm__compiler compiler;
	corm_error_store error = { 0 };
	corm__compiler_init(&compiler, &corm__dialect_sqlite, 0, NULL);
	corm_status status = corm__compile_select(&compiler, CORM__WALK_SQL, select, &error);
	size_t count = status ? 0 : compiler.count;
	corm__compiler_release(&compiler);
	return count;
}

static void test_long_arrays(void **state)
{
	(void)state;
	static int numbers[40000];
	assert_int_equal(parameters_of(
						 SELECT(CORM__SELECT_OBJECTS, Hero, 0, corm_where(corm_in_array(Hero.id, numbers, 1000)))),
	                 1024);
	assert_int_equal(parameters_of(
						 SELECT(CORM__SELECT_OBJECTS, Hero, 0, corm_where(corm_in_array(Hero.id, numbers, 1025)))),
	                 2048);
	assert_int_equal(parameters_of(
						 SELECT(CORM__SELECT_OBJECTS, Hero, 0, corm_where(corm_in_array(Hero.id, numbers, 32766)))),
	                 32766);
	FAILS_WHERE(Hero, "the array of corm_in_array() has 32767 elements; sqlite takes 32766 values: ask in parts",
	            corm_in_array(Hero.id, numbers, 32767));
	FAILS_WHERE(Hero, "the query has more than 32766 values, which is all that sqlite takes: ask in parts",
	            corm_in_array(Hero.id, numbers, 32766), corm_eq(Hero.id, 1));
	FAILS_WHERE(Hero, "the array of corm_in_array() is NULL and is said to have 3 elements",
	            corm_in_array(Hero.id, (const int *)NULL, 3));
}

static void test_value_formats(void **state)
{
	(void)state;
	const corm_decimal tenth = { .low = 110, .scale = 2 };
	WHERE(Hero, "hero WHERE hero.color = ? AND hero.level = ?", "color:7, level:2/integer", corm_eq(Hero.color, BLUE),
	      corm_eq(Hero.level, HIGH));
	WHERE(Hero, "hero WHERE hero.active = ? AND hero.active != ?", "true, false", corm_eq(Hero.active, true),
	      corm_ne(Hero.active, 0));
	WHERE(Hero, "hero WHERE hero.price = ? AND hero.price = ? AND hero.price = ?", "1.1d, 2d, 2.5d",
	      corm_eq(Hero.price, tenth), corm_eq(Hero.price, 2), corm_eq(Hero.price, 2.5));
	WHERE(Hero, "hero WHERE hero.rough = ?", "1.1d/real", corm_eq(Hero.rough, tenth));
	WHERE(Hero, "hero WHERE hero.weight = ? AND hero.weight = ? AND hero.id = ?", "1.1r, 2, 2.5r",
	      corm_eq(Hero.weight, tenth), corm_eq(Hero.weight, 2), corm_eq(Hero.id, 2.5));
	WHERE(Hero, "hero WHERE hero.token = ? AND hero.seen = ? AND hero.made = ?",
	      "uuid:ab/blob, datetime:5/integer, datetime:6", corm_eq(Hero.token, some_id),
	      corm_eq(Hero.seen, (corm_datetime){ 5 }), corm_eq(Hero.made, (corm_datetime){ 6 }));
	WHERE(Hero, "hero WHERE hero.born = ? AND hero.wakes = ? AND hero.data = ? AND hero.picture = ? AND hero.hash = ?",
	      "date:3, time:4, json:{}, bytes:0, bytes:2", corm_eq(Hero.born, (corm_date){ 3 }),
	      corm_eq(Hero.wakes, (corm_time){ 4 }), corm_eq(Hero.data, (corm_json){ "{}" }),
	      corm_eq(Hero.picture, ((corm_bytes){ NULL, 0 })), corm_eq(Hero.hash, ((corm_bytes){ "ab", 2 })));
	WHERE(Hero, "hero WHERE hero.code = ? AND hero.age = ?", "'x', 48", corm_eq(Hero.code, "x"),
	      corm_eq(Hero.age, ((corm_optional(int64_t))corm_some(48))));
	WHERE(Hero, "hero WHERE coalesce(hero.color, ?) = ? AND coalesce(hero.price, ?) = ?", "color:0, color:1, 0d, 5d",
	      corm_eq(corm_coalesce(Hero.color, RED), GREEN), corm_eq(corm_coalesce(Hero.price, 0), 5));
	WHERE(Hero, "hero WHERE hero.id = ?", "9223372036854775807", corm_eq(Hero.id, (uint64_t)INT64_MAX));
}

/* Exact decimals are text in SQLite: where order counts, their collation has to be named. */
static void test_decimal_order(void **state)
{
	(void)state;
	WHERE(Hero, "hero WHERE hero.price < ? COLLATE corm_decimal AND hero.price = ?", "5d, 5d", corm_lt(Hero.price, 5),
	      corm_eq(Hero.price, 5));
	WHERE(Hero, "hero WHERE hero.price COLLATE corm_decimal BETWEEN ? AND ?", "1d, 2d", corm_between(Hero.price, 1, 2));
	WHERE(Hero, "hero WHERE hero.rough < ? AND hero.rough BETWEEN ? AND ?", "5d/real, 1d/real, 2d/real",
	      corm_lt(Hero.rough, 5), corm_between(Hero.rough, 1, 2));
	WHERE(Hero, "hero WHERE coalesce(hero.price, ?) >= (hero.price + ?) COLLATE corm_decimal", "1d, 1",
	      corm_ge(corm_coalesce(Hero.price, 1), corm_plus(Hero.price, 1)));
	SQL(Hero,
	    "hero ORDER BY hero.price COLLATE corm_decimal, hero.price COLLATE corm_decimal DESC NULLS LAST, hero.rough",
	    "", corm_order_by(Hero.price, corm_nulls_last(corm_desc(Hero.price)), Hero.rough));
	/* Arithmetic gives numbers, which are compared as such. */
	WHERE(Hero, "hero WHERE hero.price * ? > ?", "2, 1.5r",
	      corm_gt(corm_times(Hero.price, 2), ((corm_decimal){ .low = 15, .scale = 1 })));
}

static void test_text(void **state)
{
	(void)state;
	WHERE(Book, "book WHERE book.title LIKE ?", "'a%'", corm_like(Book.title, "a%"));
	WHERE(Book, "book WHERE lower(book.title) LIKE lower(?)", "'A%'", corm_ilike(Book.title, "A%"));
	WHERE(Book, "book WHERE book.title LIKE ? ESCAPE '/'", "'10/%//a/_%'", corm_starts_with(Book.title, "10%/a_"));
	WHERE(Book, "book WHERE book.title LIKE ? ESCAPE '/'", "'%x'", corm_ends_with(Book.title, "x"));
	WHERE(Book, "book WHERE book.title LIKE ? ESCAPE '/'", "'%%'", corm_contains(Book.title, ""));
	SQL(Book,
	    "book JOIN author ON author.id = book.author_id WHERE book.title LIKE "
	    "replace(replace(replace(author.name, '/', '//'), '%', '/%'), '_', '/_') || '%' ESCAPE '/' AND book.title LIKE "
	    "'%' || replace(replace(replace(lower(author.name), '/', '//'), '%', '/%'), '_', '/_') || '%' ESCAPE '/'",
	    "", corm_join(Author),
	    corm_where(corm_starts_with(Book.title, Author.name), corm_contains(Book.title, corm_lower(Author.name))));
	WHERE(Book, "book WHERE NOT book.title REGEXP ?", "'^a'", corm_not(corm_regexp(Book.title, "^a")));
	WHERE(Book, "book WHERE upper(trim(book.title)) = substr(book.title, ?, length(book.title))", "2",
	      corm_eq(corm_upper(corm_trim(Book.title)), corm_substr(Book.title, 2, corm_length(Book.title))));
	WHERE(Book, "book WHERE book.title || ? || book.title || ? = ?", "' ', 'y', 'x'",
	      corm_eq(corm_concat(Book.title, " ", corm_concat(Book.title, "y")), "x"));
}

static void test_arithmetic(void **state)
{
	(void)state;
	WHERE(Hero, "hero WHERE hero.id + ? * hero.age - (hero.id - ?) = ?", "2, 1, 3",
	      corm_eq(corm_minus(corm_plus(Hero.id, corm_times(2, Hero.age)), corm_minus(Hero.id, 1)), 3));
	WHERE(Hero, "hero WHERE (hero.id + ?) * hero.age / ? % ? > ?", "1, 2, 3, 4",
	      corm_gt(corm_mod(corm_divided(corm_times(corm_plus(Hero.id, 1), Hero.age), 2), 3), 4));
	WHERE(Hero, "hero WHERE -(-hero.id) = abs(hero.id) + round(hero.weight) AND hero.id = -(hero.id + ?)", "1",
	      corm_eq(corm_neg(corm_neg(Hero.id)), corm_plus(corm_abs(Hero.id), corm_round(Hero.weight))),
	      corm_eq(Hero.id, corm_neg(corm_plus(Hero.id, 1))));
	WHERE(Hero, "hero WHERE hero.made < strftime('%Y-%m-%d %H:%M:%f000', 'now')", "", corm_lt(Hero.made, corm_now()));
	WHERE(
		Hero,
		"hero WHERE hero.seen BETWEEN ? AND CAST(strftime('%s', 'now') || substr(strftime('%f', 'now'), 4) || '000' AS INTEGER)",
		"datetime:1/integer", corm_between(Hero.seen, (corm_datetime){ 1 }, corm_now()));
}

static void test_fragments(void **state)
{
	(void)state;
	WHERE(Book, "book WHERE (title = ? OR id = ?)", "'x', uuid:ab",
	      corm_sql(boolean, "title = ? OR id = ?", "x", some_id));
	WHERE(Book, "book WHERE (1) AND (book.title || '?' = ? /* ? */ -- ?\n AND \"a?\" = book.id)", "'x'",
	      corm_sql(boolean, "1"),
	      corm_sql(boolean, "book.title || '?' = ? /* ? */ -- ?\n AND \"a?\" = ?", "x", Book.id));
	WHERE(Hero, "hero WHERE hero.age > (max(?, ?))", "1, 2", corm_gt(Hero.age, corm_sql(number, "max(?, ?)", 1, 2)));
	FAILS_WHERE(Book, "corm_sql(\"title = ?\") has 1 ? and is given 0 arguments", corm_sql(boolean, "title = ?"));
	FAILS_WHERE(Book, "corm_sql(\"title = '?'\") has 0 ? and is given 1 arguments",
	            corm_sql(boolean, "title = '?'", 5));
	FAILS_WHERE(Book, "the text of corm_sql() is NULL", corm_sql(boolean, NULL));
}

static void test_clauses(void **state)
{
	(void)state;
	SQL(Book, "book ORDER BY book.title, book.id DESC, book.title ASC", "",
	    corm_order_by(Book.title, corm_desc(Book.id)), corm_order_by(corm_asc(Book.title)));
	SQL(Book, "book ORDER BY book.title DESC NULLS LAST, lower(book.title) NULLS FIRST", "",
	    corm_order_by(corm_nulls_last(corm_desc(Book.title)), corm_nulls_first(corm_lower(Book.title))));
	SQL(Book, "book LIMIT ?", "0", corm_limit(0));
	SQL(Book, "book LIMIT -1 OFFSET ?", "5", corm_offset(5));
	SQL(Book, "book WHERE book.title = ? ORDER BY book.id LIMIT ? OFFSET ?", "'a', 3, 4", corm_offset(4), corm_limit(3),
	    corm_order_by(Book.id), corm_where(corm_eq(Book.title, "a")));
	check_select(SELECT(CORM__SELECT_OBJECTS, Book, 0, corm_distinct()), "SELECT DISTINCT * FROM book", "", __FILE__,
	             __LINE__);
}

/* The same with a bound on the rows, as first and one have it. */
static struct corm__select bounded(const struct corm__select *select, int64_t most)
{
	struct corm__select with = *select;
	with.most = most;
	return with;
}

static void test_most(void **state)
{
	(void)state;
	const struct corm__select first = bounded(SELECT(CORM__SELECT_OBJECTS, Book, 0), 1);
	check_select(&first, "SELECT * FROM book LIMIT ?", "1", __FILE__, __LINE__);
	const struct corm__select fewer = bounded(SELECT(CORM__SELECT_OBJECTS, Book, 0, corm_limit(0), corm_offset(3)), 2);
	check_select(&fewer, "SELECT * FROM book LIMIT ? OFFSET ?", "0, 3", __FILE__, __LINE__);
	const struct corm__select more = bounded(SELECT(CORM__SELECT_OBJECTS, Book, 0, corm_limit(9)), 2);
	check_select(&more, "SELECT * FROM book LIMIT ?", "2", __FILE__, __LINE__);
}

#define COUNT(of, sql, values, ...) \
	check_select(SELECT(CORM__SELECT_COUNT, of, 0, __VA_ARGS__), sql, values, __FILE__, __LINE__)
#define EXISTS(of, sql, values, ...) \
	check_select(SELECT(CORM__SELECT_EXISTS, of, 0, __VA_ARGS__), sql, values, __FILE__, __LINE__)

static void test_count_and_exists(void **state)
{
	(void)state;
	check_select(SELECT(CORM__SELECT_COUNT, Book, 0), "SELECT count(*) FROM book", "", __FILE__, __LINE__);
	COUNT(Book, "SELECT count(*) FROM book WHERE book.title = ?", "'a'", corm_where(corm_eq(Book.title, "a")),
	      corm_order_by(Book.title));
	COUNT(Book,
	      "SELECT count(*) FROM (SELECT DISTINCT * FROM book JOIN author ON author.id = book.author_id) AS counted", "",
	      corm_join(Author), corm_distinct());
	COUNT(Book, "SELECT count(*) FROM (SELECT 1 FROM book LIMIT ? OFFSET ?) AS counted", "3, 1", corm_limit(3),
	      corm_offset(1));
	COUNT(Book, "SELECT count(*) FROM (SELECT DISTINCT * FROM book LIMIT -1 OFFSET ?) AS counted", "1", corm_distinct(),
	      corm_offset(1), corm_order_by(Book.id));
	check_select(SELECT(CORM__SELECT_EXISTS, Book, 0), "SELECT 1 FROM book LIMIT 1", "", __FILE__, __LINE__);
	EXISTS(Book, "SELECT 1 FROM book WHERE book.title = ? LIMIT 1 OFFSET ?", "'a', 2",
	       corm_where(corm_eq(Book.title, "a")), corm_order_by(Book.title), corm_offset(2));
	EXISTS(Book, "SELECT 1 FROM book LIMIT ?", "0", corm_limit(0));
	EXISTS(Book, "SELECT 1 FROM book LIMIT 1", "", corm_distinct());
	EXISTS(Book, "SELECT DISTINCT * FROM book LIMIT 1 OFFSET ?", "1", corm_distinct(), corm_offset(1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_statements),
		cmocka_unit_test(test_comparisons),
		cmocka_unit_test(test_logic),
		cmocka_unit_test(test_in),
		cmocka_unit_test(test_long_arrays),
		cmocka_unit_test(test_value_formats),
		cmocka_unit_test(test_decimal_order),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_arithmetic),
		cmocka_unit_test(test_fragments),
		cmocka_unit_test(test_clauses),
		cmocka_unit_test(test_most),
		cmocka_unit_test(test_count_and_exists),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
