/* SPDX-License-Identifier: Apache-2.0
 *
 * Queries that read some columns only, or load relationships by joins of their own: their SQL, and what SQLite makes of
 * it.
 */
#include "compile/check.h"

#define BOOK_1 "book_1.id, book_1.title, book_1.author_id"
#define AUTHOR_1 "author_1.id, author_1.created_at, author_1.name"
#define TEAM_1 "team_1.id, team_1.name"
#define TAG_1 "tag_1.id, tag_1.label"
#define PASSPORT_1 "passport_1.id, passport_1.hero_id"

#define BOOKS JOINED({ RELATION(Author.books), 0 })
#define TAGS JOINED({ RELATION(Hero.tags), 0 })
#define TEAM JOINED({ RELATION(Hero.team), 0 })

static void check_joined(const struct corm__select *select, const struct corm__joined *joined, const char *sql,
                         const char *values, int line)
{
	const struct corm__select with = with_joined(select, joined);
	check_select(&with, sql, values, __FILE__, line);
}

#define OBJECTS(of, ...) SELECT(CORM__SELECT_OBJECTS, of, 0, __VA_ARGS__)
#define EAGER(of, joined, sql, values, ...) check_joined(OBJECTS(of, __VA_ARGS__), joined, sql, values, __LINE__)

/* ---- SQL --------------------------------------------------------------------------------------------------------- */

static void test_only(void **state)
{
	(void)state;
	const struct corm__select two = { .model = &Author_model,
		                              ONLY(0, 2),
		                              .clauses = corm__clauses(0, corm_distinct()) };
	check_select(&two, "SELECT DISTINCT author.id, author.name FROM author", "", __FILE__, __LINE__);
	const struct corm__select in_order = { .model = &Hero_model,
		                                   .alias = "elder",
		                                   ONLY(1, 0),
		                                   .clauses = corm__clauses(0, corm_only(elder.name), corm_readonly()) };
	check_select(&in_order, "SELECT elder.name, elder.id FROM hero AS elder", "", __FILE__, __LINE__);
}

static void test_joined(void **state)
{
	(void)state;
	EAGER(Author, BOOKS,
	      "SELECT *, " BOOK_1 " FROM author LEFT OUTER JOIN book AS book_1 ON author.id = book_1.author_id "
	      "WHERE author.name = ? ORDER BY author.name DESC, book_1.title",
	      "'a'", corm_order_by(corm_desc(Author.name)), corm_where(corm_eq(Author.name, "a")),
	      corm_load_joined(Author.books));
	EAGER(Author, BOOKS,
	      "SELECT *, " BOOK_1 " FROM author LEFT OUTER JOIN book AS book_1 ON author.id = book_1.author_id "
	      "ORDER BY book_1.title",
	      "", corm_load_joined(Author.books));
	EAGER(Hero, JOINED({ RELATION(Hero.passport), 0 }),
	      "SELECT *, " PASSPORT_1 " FROM hero LEFT OUTER JOIN passport AS passport_1 ON hero.id = passport_1.hero_id",
	      "", corm_load_joined(Hero.passport));
	EAGER(Hero, TAGS,
	      "SELECT *, " TAG_1 " FROM hero LEFT OUTER JOIN hero_tag AS hero_tag_1 ON hero.id = hero_tag_1.hero_id "
	      "LEFT OUTER JOIN tag AS tag_1 ON tag_1.id = hero_tag_1.tag_id",
	      "", corm_load_joined(Hero.tags));
	EAGER(OrderLine, JOINED({ RELATION(OrderLine.order), 0 }),
	      "SELECT *, order_1.region, order_1.number, order_1.total, order_1.\"Odd \"\"name\"\"\" FROM order_line "
	      "LEFT OUTER JOIN \"order\" AS order_1 "
	      "ON order_1.region = order_line.region AND order_1.number = order_line.number",
	      "", corm_load_joined(OrderLine.order));
	/* The order of decimals has to be asked for. */
	const struct corm__select pupils = with_joined(&(const struct corm__select){ .model = &Hero_model,
	                                                                             ONLY(0),
	                                                                             .clauses = corm__clauses(0) },
	                                               JOINED({ RELATION(Hero.pupils), 0 }, { RELATION(Hero.pupils), 1 }));
	struct corm__compiler compiler;
	corm_error_store error;
	corm__compiler_init(&compiler, &corm__dialect_sqlite, 0, NULL);
	assert_int_equal(corm__compile_select(&compiler, CORM__WALK_SQL, &pupils, &error), CORM_OK);
	assert_non_null(strstr(compiler.sql.data,
	                       " FROM hero LEFT OUTER JOIN hero AS hero_1 ON hero.id = hero_1.mentor_id "
	                       "LEFT OUTER JOIN hero AS hero_2 ON hero_1.id = hero_2.mentor_id "
	                       "ORDER BY hero_1.price COLLATE corm_decimal DESC, hero_2.price COLLATE corm_decimal DESC"));
	check_prepares(compiler.sql.data, __FILE__, __LINE__);
	corm__compiler_release(&compiler);
}

static void test_several(void **state)
{
	(void)state;
	EAGER(Author, JOINED({ RELATION(Author.books), 0 }, { RELATION(Book.author), 1 }, { RELATION(Author.books), 2 }),
	      "SELECT *, " BOOK_1 ", " AUTHOR_1 ", book_2.id, book_2.title, book_2.author_id FROM author "
	      "LEFT OUTER JOIN book AS book_1 ON author.id = book_1.author_id "
	      "LEFT OUTER JOIN author AS author_1 ON author_1.id = book_1.author_id "
	      "LEFT OUTER JOIN book AS book_2 ON author_1.id = book_2.author_id ORDER BY book_1.title, book_2.title",
	      "", corm_load_joined(Author.books, Book.author, Author.books));
	EAGER(Hero, JOINED({ RELATION(Hero.team), 0 }, { RELATION(Hero.tags), 0 }, { RELATION(Hero.passport), 0 }),
	      "SELECT *, " TEAM_1 ", " TAG_1 ", " PASSPORT_1 " FROM hero "
	      "LEFT OUTER JOIN team AS team_1 ON team_1.id = hero.team_id "
	      "LEFT OUTER JOIN hero_tag AS hero_tag_1 ON hero.id = hero_tag_1.hero_id "
	      "LEFT OUTER JOIN tag AS tag_1 ON tag_1.id = hero_tag_1.tag_id "
	      "LEFT OUTER JOIN passport AS passport_1 ON hero.id = passport_1.hero_id",
	      "", corm_load_joined(Hero.team), corm_load_joined(Hero.tags), corm_load_joined(Hero.passport));
}

/* What the query joins and names itself has nothing to do with what it loads. */
static void test_joined_beside_joins(void **state)
{
	(void)state;
	EAGER(Author, BOOKS,
	      "SELECT *, " BOOK_1 " FROM author JOIN book ON author.id = book.author_id "
	      "LEFT OUTER JOIN book AS book_1 ON author.id = book_1.author_id "
	      "WHERE book.title = ? ORDER BY book.id, book_1.title",
	      "'x'", corm_join(Author.books), corm_where(corm_eq(Book.title, "x")), corm_order_by(Book.id));
	EAGER(
		Hero, TAGS,
		"SELECT *, " TAG_1 " FROM hero JOIN hero_tag AS hero_tag_1 ON hero.id = hero_tag_1.hero_id "
		"JOIN tag ON tag.id = hero_tag_1.tag_id "
		"LEFT OUTER JOIN hero_tag AS hero_tag_2 ON hero.id = hero_tag_2.hero_id "
		"LEFT OUTER JOIN tag AS tag_1 ON tag_1.id = hero_tag_2.tag_id WHERE EXISTS (SELECT 1 FROM hero_tag, tag AS tag_2 "
		"WHERE hero.id = hero_tag.hero_id AND tag_2.id = hero_tag.tag_id AND tag_2.label = ?)",
		"'x'", corm_join(Hero.tags), corm_where(corm_any_of(Hero.tags, corm_eq(Tag.label, "x"))));
	const struct corm__select hidden = with_joined(OBJECTS(Author, corm_where(corm_eq(Book.title, "x"))), BOOKS);
	check_fails(&hidden, "book is not part of this query: add corm_join(Book)", __FILE__, __LINE__);
}

/* The limit is for the query's own objects. */
static void test_limited(void **state)
{
	(void)state;
	EAGER(Author, BOOKS,
	      "SELECT *, " BOOK_1 " FROM (SELECT * FROM author WHERE author.name = ? LIMIT ?) AS author "
	      "LEFT OUTER JOIN book AS book_1 ON author.id = book_1.author_id ORDER BY book_1.title",
	      "'a', 3", corm_limit(3), corm_where(corm_eq(Author.name, "a")));
	EAGER(Author, BOOKS,
	      "SELECT *, " BOOK_1 " FROM (SELECT *, row_number() OVER (ORDER BY author.name DESC, author.id) AS corm_row "
	      "FROM author WHERE author.name != ? ORDER BY author.name DESC, author.id LIMIT ? OFFSET ?) AS author "
	      "LEFT OUTER JOIN book AS book_1 ON author.id = book_1.author_id ORDER BY author.corm_row, book_1.title",
	      "'a', 3, 1", corm_where(corm_ne(Author.name, "a")), corm_order_by(corm_desc(Author.name), Author.id),
	      corm_limit(3), corm_offset(1));
	/* What the order names may be a table that only the query inside has, and values that are sent twice. */
	EAGER(Author, BOOKS,
	      "SELECT *, " BOOK_1 " FROM (SELECT *, row_number() OVER (ORDER BY book.title, substr(author.name, ?, ?)) "
	      "AS corm_row FROM author JOIN book ON author.id = book.author_id WHERE author.name = ? "
	      "ORDER BY book.title, substr(author.name, ?, ?) LIMIT -1 OFFSET ?) AS author "
	      "LEFT OUTER JOIN book AS book_1 ON author.id = book_1.author_id ORDER BY author.corm_row, book_1.title",
	      "2, 1, 'a', 2, 1, 7", corm_join(Author.books), corm_where(corm_eq(Author.name, "a")),
	      corm_order_by(Book.title, corm_substr(Author.name, 2, 1)), corm_offset(7));
	/* To one: an object is a row. */
	EAGER(Hero, TEAM,
	      "SELECT *, " TEAM_1 " FROM hero LEFT OUTER JOIN team AS team_1 ON team_1.id = hero.team_id LIMIT ?", "3",
	      corm_limit(3));
	/* To many, at some depth. */
	EAGER(Book, JOINED({ RELATION(Book.author), 0 }, { RELATION(Author.books), 1 }),
	      "SELECT *, " AUTHOR_1 ", " BOOK_1 " FROM (SELECT * FROM book LIMIT ?) AS book "
	      "LEFT OUTER JOIN author AS author_1 ON author_1.id = book.author_id "
	      "LEFT OUTER JOIN book AS book_1 ON author_1.id = book_1.author_id ORDER BY book_1.title",
	      "3", corm_limit(3));
	struct corm__select first = with_joined(OBJECTS(Author, corm_order_by(Author.name)), BOOKS);
	first.most = 1;
	check_select(
		&first,
		"SELECT *, " BOOK_1 " FROM (SELECT *, row_number() OVER (ORDER BY author.name) AS corm_row FROM author "
		"ORDER BY author.name LIMIT ?) AS author LEFT OUTER JOIN book AS book_1 ON author.id = book_1.author_id "
		"ORDER BY author.corm_row, book_1.title",
		"1", __FILE__, __LINE__);
}

static void test_limited_under_another_name(void **state)
{
	(void)state;
	const struct corm__select aliased = {
		.model = &Hero_model,
		.alias = "elder",
		.clauses = corm__clauses(0, corm_where(corm_gt(elder.age, 5)), corm_order_by(elder.name), corm_limit(1)),
	};
	const struct corm__select select = with_joined(&aliased, TAGS);
	check_select(&select,
	             "SELECT *, " TAG_1
	             " FROM (SELECT *, row_number() OVER (ORDER BY elder.name) AS corm_row FROM hero AS elder "
	             "WHERE elder.age > ? ORDER BY elder.name LIMIT ?) AS elder "
	             "LEFT OUTER JOIN hero_tag AS hero_tag_1 ON elder.id = hero_tag_1.hero_id "
	             "LEFT OUTER JOIN tag AS tag_1 ON tag_1.id = hero_tag_1.tag_id ORDER BY elder.corm_row",
	             "5, 1", __FILE__, __LINE__);
}

static void test_distinct(void **state)
{
	(void)state;
	EAGER(Hero, TEAM,
	      "SELECT *, " TEAM_1 " FROM (SELECT DISTINCT * FROM hero) AS hero "
	      "LEFT OUTER JOIN team AS team_1 ON team_1.id = hero.team_id",
	      "", corm_distinct());
	EAGER(Author, BOOKS,
	      "SELECT *, " BOOK_1 " FROM (SELECT DISTINCT * FROM author JOIN book ON author.id = book.author_id "
	      "WHERE book.title = ? LIMIT ?) AS author LEFT OUTER JOIN book AS book_1 ON author.id = book_1.author_id "
	      "ORDER BY book_1.title",
	      "'a', 2", corm_join(Book), corm_where(corm_eq(Book.title, "a")), corm_distinct(), corm_limit(2));
	/* Numbers would make any two rows distinct, so that they are given to distinct ones. */
	EAGER(Author, BOOKS,
	      "SELECT *, " BOOK_1 " FROM (SELECT *, row_number() OVER (ORDER BY author.name) AS corm_row FROM ("
	      "SELECT DISTINCT * FROM author JOIN book ON author.id = book.author_id WHERE book.title = ?) AS author "
	      "ORDER BY author.name LIMIT ?) AS author LEFT OUTER JOIN book AS book_1 ON author.id = book_1.author_id "
	      "ORDER BY author.corm_row, book_1.title",
	      "'a', 2", corm_join(Book), corm_where(corm_eq(Book.title, "a")), corm_distinct(), corm_limit(2),
	      corm_order_by(Author.name));
	EAGER(Author, BOOKS,
	      "SELECT *, " BOOK_1 " FROM (SELECT *, row_number() OVER (ORDER BY author.name) AS corm_row FROM ("
	      "SELECT DISTINCT * FROM author) AS author) AS author "
	      "LEFT OUTER JOIN book AS book_1 ON author.id = book_1.author_id ORDER BY author.corm_row, book_1.title",
	      "", corm_distinct(), corm_order_by(Author.name));
	const struct corm__select select = with_joined(OBJECTS(Author, corm_join(Book), corm_distinct(),
	                                                       corm_order_by(Book.title)),
	                                               BOOKS);
	check_fails(
		&select,
		"book is out of reach: with corm_distinct() and corm_load_joined() a query is ordered by its own model alone",
		__FILE__, __LINE__);
}

/* A join may need a column that is not read, so all are there inside. */
static void test_only_and_joined(void **state)
{
	(void)state;
	struct corm__select select = with_joined(OBJECTS(Author, corm_limit(1)), BOOKS);
	select.columns = (const uint16_t[]){ 2 };
	select.column_count = 1;
	check_select(&select,
	             "SELECT author.name, " BOOK_1 " FROM (SELECT * FROM author LIMIT ?) AS author "
	             "LEFT OUTER JOIN book AS book_1 ON author.id = book_1.author_id ORDER BY book_1.title",
	             "1", __FILE__, __LINE__);
}

static void test_counts_without(void **state)
{
	(void)state;
	struct corm__select select = with_joined(OBJECTS(Author, corm_load(Author.books), corm_load_joined(Author.books),
	                                                 corm_only(Author.id), corm_readonly(), corm_distinct()),
	                                         BOOKS);
	select.columns = (const uint16_t[]){ 0 };
	select.column_count = 1;
	select.kind = CORM__SELECT_COUNT;
	check_select(&select, "SELECT count(*) FROM (SELECT DISTINCT * FROM author) AS counted", "", __FILE__, __LINE__);
	select.kind = CORM__SELECT_EXISTS;
	check_select(&select, "SELECT 1 FROM author LIMIT 1", "", __FILE__, __LINE__);
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

static int set_up(void **state)
{
	sqlite3 *db = open_tables();
	execute_sql(db, "INSERT INTO author (id, name) VALUES ('a1', 'Fred'), ('a2', 'Ann'), ('a3', 'Bob'), ('a4', 'Cid')");
	execute_sql(db, "INSERT INTO book (id, title, author_id) VALUES ('b1', 'Diving', 'a1'), ('b2', 'Climbing', 'a1'), "
	                "('b3', 'Walking', 'a2'), ('b4', 'Diving', 'a2'), ('b5', 'Alone', 'a4')");
	execute_sql(db, "INSERT INTO team (id, name) VALUES (1, 'Red'), (2, 'Blue')");
	execute_sql(db,
	            "INSERT INTO hero (id, name, code, color, level, active, price, rough, weight, data, picture, hash, "
	            "\"order\", team_id, mentor_id) SELECT column1, column2, 'c', 'RED', 1, 1, column3, 1, 1, '{}', x'', "
	            "x'', 1, column4, column5 FROM (VALUES (1, 'Ada', '10', 1, NULL), (2, 'Ben', '9', 1, 1), "
	            "(3, 'Cy', '11', NULL, 1), (4, 'Di', '2', 2, 2))");
	execute_sql(db, "INSERT INTO tag (id, label) VALUES (1, 'fast'), (2, 'wise')");
	execute_sql(db, "INSERT INTO hero_tag (hero_id, tag_id) VALUES (1, 1), (1, 2), (3, 2), (4, 77)");
	*state = db;
	return 0;
}

static int tear_down(void **state)
{
	assert_int_equal(sqlite3_close(*state), SQLITE_OK);
	return 0;
}

static void check_joined_rows(sqlite3 *db, const struct corm__select *select, const struct corm__joined *joined,
                              const char *rows, int line)
{
	const struct corm__select with = with_joined(select, joined);
	check_rows(db, &with, rows, __FILE__, line);
}

#define ROWS(of, joined, rows, ...) check_joined_rows(*state, OBJECTS(of, __VA_ARGS__), joined, rows, __LINE__)

static void test_joined_rows(void **state)
{
	ROWS(Author, BOOKS,
	     "a2 Ann b4 Diving / a2 Ann b3 Walking / a3 Bob - - / a4 Cid b5 Alone / a1 Fred b2 Climbing / "
	     "a1 Fred b1 Diving",
	     corm_order_by(Author.name));
	ROWS(Author, BOOKS, "a1 Fred b2 Climbing / a1 Fred b1 Diving", corm_where(corm_eq(Author.name, "Fred")));
	ROWS(Tag, JOINED({ RELATION(Tag.heroes), 0 }, { RELATION(Hero.team), 1 }),
	     "1 fast 1 Ada c 1 Red / 2 wise 1 Ada c 1 Red / 2 wise 3 Cy c - -", corm_order_by(Tag.id));
	/* A link to nothing is a row without a target. */
	ROWS(Hero, TAGS, "3 Cy c 2 wise / 4 Di c - -", corm_where(corm_ge(Hero.id, 3)), corm_order_by(Hero.id));
	/* By number, not by text. */
	ROWS(Hero, JOINED({ RELATION(Hero.pupils), 0 }), "1 Ada c 3 Cy c / 1 Ada c 2 Ben c",
	     corm_where(corm_eq(Hero.id, 1)));
}

static void test_limited_rows(void **state)
{
	ROWS(Author, BOOKS, "a2 Ann b4 Diving / a2 Ann b3 Walking / a3 Bob - -", corm_order_by(Author.name), corm_limit(2));
	ROWS(Author, BOOKS, "a4 Cid b5 Alone / a3 Bob - -", corm_order_by(corm_desc(Author.name)), corm_limit(2),
	     corm_offset(1));
	ROWS(Author, BOOKS, "a4 Cid b5 Alone / a1 Fred b2 Climbing / a1 Fred b1 Diving", corm_order_by(Author.name),
	     corm_offset(2));
	/* By a table that only the query inside has. */
	ROWS(Author, BOOKS, "a2 Ann b4 Diving / a2 Ann b3 Walking / a1 Fred b2 Climbing / a1 Fred b1 Diving",
	     corm_join(Author.books), corm_order_by(corm_desc(Book.title), Author.name),
	     corm_where(corm_any_of(Author.books, corm_eq(Book.title, "Diving")), corm_ne(Book.title, "Diving")),
	     corm_limit(2));
	/* The values of the order are sent in their place: by the second letter, then the first. */
	ROWS(Author, BOOKS, "a4 Cid b5 Alone / a2 Ann b4 Diving / a2 Ann b3 Walking",
	     corm_order_by(corm_substr(Author.name, 2, 1), corm_substr(Author.name, 1, 1)), corm_limit(2));
	ROWS(Hero, TAGS, "4 Di c - - / 2 Ben c - -", corm_order_by(Hero.price), corm_limit(2));
	ROWS(Hero, TEAM, "1 Ada c 1 Red / 2 Ben c 1 Red", corm_order_by(Hero.id), corm_limit(2));
	const struct corm__select aliased = {
		.model = &Hero_model,
		.alias = "elder",
		.clauses = corm__clauses(0, corm_order_by(corm_desc(elder.name)), corm_limit(2)),
	};
	check_joined_rows(*state, &aliased, TAGS, "4 Di c - - / 3 Cy c 2 wise", __LINE__);
}

/* Joined books give an author several times, DISTINCT once. */
static void test_distinct_rows(void **state)
{
	ROWS(Author, BOOKS, "a2 Ann b4 Diving / a2 Ann b3 Walking / a4 Cid b5 Alone", corm_join(Book), corm_distinct(),
	     corm_order_by(Author.name), corm_limit(2));
	ROWS(Author, BOOKS,
	     "a1 Fred b2 Climbing / a1 Fred b1 Diving / a4 Cid b5 Alone / a2 Ann b4 Diving / a2 Ann b3 Walking",
	     corm_join(Book), corm_distinct(), corm_order_by(corm_desc(Author.name)));
	ROWS(Author, BOOKS, "a1 Fred b2 Climbing / a1 Fred b1 Diving", corm_join(Book), corm_distinct(),
	     corm_where(corm_eq(Author.name, "Fred")), corm_limit(1));
	ROWS(Hero, TEAM, "4 Di c 2 Blue / 2 Ben c 1 Red", corm_join(HeroTag, corm_on(corm_true())), corm_distinct(),
	     corm_where(corm_is_not_null(Hero.mentor_id)), corm_order_by(Hero.price), corm_limit(2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_only),           cmocka_unit_test(test_joined),
		cmocka_unit_test(test_several),        cmocka_unit_test(test_joined_beside_joins),
		cmocka_unit_test(test_limited),        cmocka_unit_test(test_limited_under_another_name),
		cmocka_unit_test(test_distinct),       cmocka_unit_test(test_only_and_joined),
		cmocka_unit_test(test_counts_without), cmocka_unit_test(test_joined_rows),
		cmocka_unit_test(test_limited_rows),   cmocka_unit_test(test_distinct_rows),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
