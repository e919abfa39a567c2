/* SPDX-License-Identifier: Apache-2.0
 *
 * UPDATE, DELETE and upsert by clauses: their SQL, what SQLite does with it, and what is refused.
 */
#include "compile/check.h"

#define NOW "strftime('%Y-%m-%d %H:%M:%f000', 'now')"
/* What follows by itself when an article changes. */
#define FOLLOWS "updated_at=?, touched=?, revision=revision + 1, version=version + 1"
#define FOLLOWS_UPSERT "updated_at=?, touched=?, revision=revision + 1, version=article.version + 1"
#define FOLLOWING "datetime:5, 1"

static const char no_row[1];
static const struct Hero Hero_updated = { .made = { 6 } };
static const struct Article updated = { .updated_at = { 5 }, .touched = 1 };

#define UPDATE(of, ...) \
	(&(const struct corm__select){ .kind = CORM__WRITE_UPDATE, \
	                               .model = &of##_model, \
	                               .updated = &of##_updated, \
	                               .clauses = corm__clauses(0, __VA_ARGS__) })
#define Article_updated updated
#define Author_updated no_row
#define Book_updated no_row

#define UPDATES(of, sql, values, ...) check_select(UPDATE(of, __VA_ARGS__), sql, values, __FILE__, __LINE__)
#define DELETES(of, sql, values, ...) \
	check_select(SELECT(CORM__WRITE_DELETE, of, 0, __VA_ARGS__), sql, values, __FILE__, __LINE__)
#define UPDATE_FAILS(of, message, ...) check_fails(UPDATE(of, __VA_ARGS__), message, __FILE__, __LINE__)
#define DELETE_FAILS(of, message, ...) \
	check_fails(SELECT(CORM__WRITE_DELETE, of, 0, __VA_ARGS__), message, __FILE__, __LINE__)

/* ---- UPDATE and DELETE ------------------------------------------------------------------------------------------- */

static void test_update(void **state)
{
	(void)state;
	UPDATES(Author, "UPDATE author SET name=? WHERE author.id = ?", "'Fred', uuid:01", corm_set(Author.name, "Fred"),
	        corm_where(corm_eq(Author.id, (corm_uuid){ { 1 } })));
	UPDATES(Author, "UPDATE author SET name=?, created_at=" NOW, "'Fred'", corm_all_rows(),
	        corm_set(Author.name, "Fred"), corm_set(Author.created_at, corm_now()));
	UPDATES(Author, "UPDATE author SET name=upper(author.name) || ? WHERE author.name != ? AND author.name != ?",
	        "'!', 'a', 'b'", corm_where(corm_ne(Author.name, "a")),
	        corm_set(Author.name, corm_concat(corm_upper(Author.name), "!")), corm_where(corm_ne(Author.name, "b")));
}

/* Values and expressions go into a column in its form. */
static void test_update_values(void **state)
{
	(void)state;
	const corm_optional(int64_t) age = corm_some(48);
	UPDATES(Hero, "UPDATE hero SET color=?, level=?, active=?, price=?, token=?, seen=?, made=?",
	        "color:7, level:2/integer, true, 2.5d, uuid:0a/blob, datetime:3/integer, datetime:6", corm_all_rows(),
	        corm_set(Hero.color, BLUE), corm_set(Hero.level, HIGH), corm_set(Hero.active, true),
	        corm_set(Hero.price, 2.5), corm_set(Hero.token, ((corm_uuid){ { 10 } })),
	        corm_set(Hero.seen, (corm_datetime){ 3 }));
	UPDATES(Hero, "UPDATE hero SET age=?, team_id=NULL, mentor_id=hero.team_id, active=(hero.id = ?), made=?",
	        "48, 1, datetime:6", corm_all_rows(), corm_set(Hero.age, age), corm_set_null(Hero.team_id),
	        corm_set(Hero.mentor_id, Hero.team_id), corm_set(Hero.active, corm_eq(Hero.id, 1)));
	UPDATES(Hero,
	        "UPDATE hero SET weight=hero.weight * ? + hero.rough, rank=?, code=?, hash=?, rough=hero.price, made=?",
	        "2, -32768, '12345678', bytes:16, datetime:6", corm_all_rows(),
	        corm_set(Hero.weight, corm_plus(corm_times(Hero.weight, 2), Hero.rough)), corm_set(Hero.rank, INT16_MIN),
	        corm_set(Hero.code, "12345678"), corm_set(Hero.hash, ((corm_bytes){ "0123456789abcdef", 16 })),
	        corm_set(Hero.rough, Hero.price));
	UPDATES(Hero, "UPDATE hero SET price=coalesce(hero.price, ?), \"order\"=?, rank=(rank + ?), made=?",
	        "1.5d, 3r, 1, datetime:6", corm_all_rows(), corm_set(Hero.price, corm_coalesce(Hero.price, 1.5)),
	        corm_set(Hero.order, 3.0), corm_set(Hero.rank, corm_sql(number, "rank + ?", 1)));
}

static void test_update_of_what_follows(void **state)
{
	(void)state;
	UPDATES(Article, "UPDATE article SET copies=article.copies + ?, " FOLLOWS " WHERE article.id = ?",
	        "1, " FOLLOWING ", 2", corm_set(Article.copies, corm_plus(Article.copies, 1)),
	        corm_where(corm_eq(Article.id, 2)));
	/* What the program sets itself stays that. */
	UPDATES(Article, "UPDATE article SET revision=?, version=?, touched=?, updated_at=" NOW, "1, 2, 3", corm_all_rows(),
	        corm_set(Article.revision, 1), corm_set(Article.version, 2), corm_set(Article.touched, 3),
	        corm_set(Article.updated_at, corm_now()));
	UPDATES(Article, "UPDATE article SET title=NULL, " FOLLOWS, FOLLOWING, corm_all_rows(),
	        corm_set_null(Article.title));
}

static void test_subqueries(void **state)
{
	(void)state;
	UPDATES(
		Hero,
		"UPDATE hero SET active=?, made=? WHERE EXISTS (SELECT 1 FROM hero AS hero_1 WHERE hero.id = hero_1.mentor_id "
		"AND hero_1.name = ?) AND hero.team_id IN (SELECT team.id FROM team WHERE team.name = ?)",
		"false, datetime:6, 'x', 'y'", corm_set(Hero.active, false),
		corm_where(corm_any_of(Hero.pupils, corm_eq(Hero.name, "x")),
	               corm_in_query(Hero.team_id,
	                             QUERY(Team, corm_columns(Team.id), corm_where(corm_eq(Team.name, "y"))))));
	DELETES(Hero,
	        "DELETE FROM hero WHERE NOT EXISTS (SELECT 1 FROM hero_tag, tag WHERE hero.id = hero_tag.hero_id AND "
	        "tag.id = hero_tag.tag_id AND 1 = 1)",
	        "", corm_where(corm_not(corm_any_of(Hero.tags, corm_true()))));
}

static void test_delete(void **state)
{
	(void)state;
	DELETES(Author, "DELETE FROM author WHERE author.name = ?", "'a'", corm_where(corm_eq(Author.name, "a")));
	DELETES(Author, "DELETE FROM author", "", corm_all_rows());
	DELETES(Order, "DELETE FROM \"order\" WHERE \"order\".number > ?", "5", corm_where(corm_gt(Order.number, 5)));
}

/* ---- upsert ------------------------------------------------------------------------------------------------------ */

#define UPSERT .kind = CORM__WRITE_UPSERT, .model = &Article_model, .row = &article, .updated = &updated
#define GIVEN .columns = (const uint16_t[]){ 1, 4, 5 }, .column_count = 3
#define REPLACED .replaced = (const uint16_t[]){ 4, 5 }, .replaced_count = 2

static const struct Article article = { .code = "c1", .region = "EU", .number = 7, .copies = 3 };
static const struct corm__select given = { UPSERT, GIVEN };
static const struct corm__select replacing = { UPSERT, GIVEN, REPLACED };

static struct corm__select with_clauses(const struct corm__select *select, const corm_clause *clauses)
{
	struct corm__select with = *select;
	with.clauses = clauses;
	return with;
}

static void check_upsert(const struct corm__select *select, const corm_clause *clauses, const char *sql,
                         const char *values, int line)
{
	const struct corm__select with = with_clauses(select, clauses);
	check_select(&with, sql, values, __FILE__, line);
}

static void check_upsert_fails(const struct corm__select *select, const corm_clause *clauses, const char *message,
                               int line)
{
	const struct corm__select with = with_clauses(select, clauses);
	check_fails(&with, message, __FILE__, line);
}

#define UPSERTS(select, sql, values, ...) check_upsert(select, corm__clauses(0, __VA_ARGS__), sql, values, __LINE__)
#define UPSERT_FAILS(message, ...) check_upsert_fails(&replacing, corm__clauses(0, __VA_ARGS__), message, __LINE__)

#define INSERT "INSERT INTO article (code, title, copies) VALUES (?, ?, ?)"
#define ALL "id, code, region, number, title, copies, price, updated_at, touched, revision, version"
#define RETURNING " RETURNING " ALL

static void test_upsert(void **state)
{
	(void)state;
	UPSERTS(&replacing,
	        INSERT
	        " ON CONFLICT (code) DO UPDATE SET title=excluded.title, copies=excluded.copies, " FOLLOWS_UPSERT RETURNING,
	        "'c1', NULL, 3, " FOLLOWING, corm_on_conflict(Article.code));
	/* The row that is there is what an expression names. */
	UPSERTS(&replacing,
	        INSERT " ON CONFLICT (code) DO UPDATE SET copies=article.copies + ?, title=NULL, " FOLLOWS_UPSERT RETURNING,
	        "'c1', NULL, 3, 5, " FOLLOWING, corm_on_conflict(Article.code),
	        corm_set(Article.copies, corm_plus(Article.copies, 5)), corm_set_null(Article.title));
	UPSERTS(&replacing, INSERT " ON CONFLICT (id) DO NOTHING" RETURNING, "'c1', NULL, 3", corm_do_nothing(),
	        corm_on_conflict(Article.id));
	UPSERTS(&given, INSERT " ON CONFLICT (id) DO NOTHING" RETURNING, "'c1', NULL, 3", corm_on_conflict(Article.id));
	/* Several columns, in any order. */
	UPSERTS(&given, INSERT " ON CONFLICT (number, region) DO NOTHING" RETURNING, "'c1', NULL, 3",
	        corm_on_conflict(Article.number, Article.region));
	/* A column that is replaced does not follow. */
	const struct corm__select version = { UPSERT, .columns = (const uint16_t[]){ 10 }, .column_count = 1,
		                                  .replaced = (const uint16_t[]){ 10 }, .replaced_count = 1 };
	UPSERTS(&version,
	        "INSERT INTO article (version) VALUES (?) ON CONFLICT (id) DO UPDATE SET version=excluded.version, "
	        "updated_at=?, touched=?, revision=revision + 1" RETURNING,
	        "0, " FOLLOWING, corm_on_conflict(Article.id));
}

/* Values of all types, as they stand in the struct. */
static void test_upsert_values(void **state)
{
	(void)state;
	const struct Hero hero = { .name = "Ada",
		                       .age = corm_some(48),
		                       .color = BLUE,
		                       .level = HIGH,
		                       .active = true,
		                       .token = { { 10 } },
		                       .code = "x" };
	const struct corm__select select = {
		.kind = CORM__WRITE_UPSERT,
		.model = &Hero_model,
		.row = &hero,
		.columns = (const uint16_t[]){ 1, 2, 3, 4, 5, 9, 15, 16, 19 },
		.column_count = 9,
	};
	UPSERTS(
		&select,
		"INSERT INTO hero (name, age, color, level, active, token, hash, code, team_id) "
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name, code) DO NOTHING RETURNING id, name, age, color, level, "
		"active, price, rough, weight, token, seen, born, wakes, data, picture, hash, code, rank, \"order\", team_id, "
		"mentor_id, made",
		"'Ada', 48, color:7, level:2/integer, true, uuid:0a/blob, bytes:16, 'x', NULL",
		corm_on_conflict(Hero.name, Hero.code));
}

static const char *sql_of(struct corm__compiler *compiler, const struct corm__select *select,
                          const corm_clause *clauses)
{
	corm_error_store error;
	const struct corm__select with = with_clauses(select, clauses);
	assert_int_equal(corm__compile_select(compiler, CORM__WALK_SQL, &with, &error), CORM_OK);
	return compiler->sql.data;
}

/* MariaDB's form: columns are not named, and there is no DO NOTHING. */
static void test_upsert_in_another_dialect(void **state)
{
	(void)state;
	struct corm__compiler compiler;
	struct corm__dialect dialect = corm__dialect_sqlite;
	dialect.conflict_columns = NULL;
	dialect.conflict_update = " ON DUPLICATE KEY UPDATE ";
	dialect.conflict_nothing = NULL;
	dialect.inserted[0] = "VALUES(";
	dialect.inserted[1] = ")";
	corm__compiler_init(&compiler, &dialect, 0, NULL);
	assert_string_equal(sql_of(&compiler, &replacing, corm__clauses(0, corm_on_conflict(Article.code))),
	                    INSERT " ON DUPLICATE KEY UPDATE title=VALUES(title), copies=VALUES(copies), " FOLLOWS_UPSERT);
	assert_string_equal(sql_of(&compiler, &replacing,
	                           corm__clauses(0, corm_on_conflict(Article.code), corm_do_nothing())),
	                    INSERT " ON DUPLICATE KEY UPDATE code=article.code");
	corm__compiler_release(&compiler);
}

/* ---- mistakes ---------------------------------------------------------------------------------------------------- */

static void test_rows_that_are_not_told(void **state)
{
	(void)state;
	UPDATE_FAILS(
		Author, "Author_update() is not told which rows: add corm_where(…), or corm_all_rows() when every row is meant",
		corm_set(Author.name, "a"));
	UPDATE_FAILS(Author, "Author_update() has both corm_where() and corm_all_rows()", corm_set(Author.name, "a"),
	             corm_where(corm_true()), corm_all_rows());
	check_fails(
		SELECT(CORM__WRITE_DELETE, Author, 0),
		"Author_delete_where() is not told which rows: add corm_where(…), or corm_all_rows() when every row is meant",
		__FILE__, __LINE__);
	DELETE_FAILS(Author, "Author_delete_where() has both corm_where() and corm_all_rows()", corm_all_rows(),
	             corm_where(corm_true()));
}

static void test_columns_that_cannot_be_set(void **state)
{
	(void)state;
	const corm_text_expr empty = { 0 };
	UPDATE_FAILS(Author, "Author_update() sets nothing: add corm_set(…)", corm_all_rows());
	UPDATE_FAILS(Hero, "Hero_update() sets Hero.age twice", corm_set(Hero.age, 1), corm_set_null(Hero.age),
	             corm_all_rows());
	UPDATE_FAILS(Author, "corm_set() of Author_update() is given Book.title, which is no column of Author",
	             corm_set(Book.title, "a"), corm_all_rows());
	UPDATE_FAILS(Hero, "corm_set() of Hero_update() is given elder.name, which is no column of Hero",
	             corm_set(elder.name, "a"), corm_all_rows());
	UPDATE_FAILS(Author, "corm_set_null() of Author_update() is given Book.title, which is no column of Author",
	             corm_set_null(Book.title), corm_all_rows());
	UPDATE_FAILS(Author, "corm_set() of Author_update() is given what is no column",
	             corm_set(corm_lower(Author.name), "a"), corm_all_rows());
	UPDATE_FAILS(Author, "corm_set() of Author_update() is given what is no column", corm_set(empty, "a"),
	             corm_all_rows());
	UPDATE_FAILS(Author, "corm_set_null() of Author_update() is given what is no column", corm_set_null(empty),
	             corm_all_rows());
	UPDATE_FAILS(Author, "corm_set_null() is given Author.name, which is not nullable", corm_set_null(Author.name),
	             corm_all_rows());
}

#define OUT_OF_REACH \
	"author is out of reach: the statement has its own model alone; ask for others by corm_any_of(), corm_has() or " \
	"corm_in_query()"
#define SETS_FAIL(column, value, message) UPDATE_FAILS(Hero, message, corm_set(column, value), corm_all_rows())
#define THE_VALUE(column) "the value of corm_set(Hero." column ", …) "

static void test_values_that_cannot_be_set(void **state)
{
	(void)state;
	const char *no_text = NULL;
	const corm_optional(int64_t) none = corm_none;
	SETS_FAIL(Hero.name, no_text, THE_VALUE("name") "is NULL: use corm_set_null()");
	SETS_FAIL(Hero.age, none, THE_VALUE("age") "is empty: it was never set, or is an optional without a value");
	SETS_FAIL(Hero.active, 2, THE_VALUE("active") "becomes a bool, but is neither true nor false");
	SETS_FAIL(Hero.color, 1.5, THE_VALUE("color") "becomes an enum, but is no integer");
	SETS_FAIL(Hero.price, 1e300, THE_VALUE("price") "becomes a decimal, but no decimal is equal to it");
	SETS_FAIL(Hero.id, 1.5, THE_VALUE("id") "becomes an integer, but is none");
	SETS_FAIL(Hero.id, 1e300, THE_VALUE("id") "becomes an integer, but is none");
	SETS_FAIL(Hero.rank, 32768, THE_VALUE("rank") "is out of the range of its column");
	SETS_FAIL(Hero.rank, 32768.0, THE_VALUE("rank") "is out of the range of its column");
	SETS_FAIL(Hero.id, (uint64_t)INT64_MAX + 1,
	          THE_VALUE("id") "is above INT64_MAX, the largest integer that databases have");
	SETS_FAIL(Hero.code, "123456789", THE_VALUE("code") "is longer than its column");
	SETS_FAIL(Hero.hash, ((corm_bytes){ "abc", 3 }), THE_VALUE("hash") "is not of the size of its column");
	SETS_FAIL(Hero.color, Hero.id,
	          "corm_set() is given a value of another kind than its column: an enum is set to one of "
	          "its own kind, a bool to a bool");
	SETS_FAIL(Hero.color, Hero.level,
	          "corm_set() is given a value of another kind than its column: an enum is set to one "
	          "of its own kind, a bool to a bool");
	SETS_FAIL(Hero.made, Hero.seen, "corm_set() is given a column of another storage() than the one it sets");
	SETS_FAIL(
		Hero.price, corm_plus(Hero.price, 1),
		"corm_set() is given a number that sqlite computes, for a decimal that has to be exact: compute it in C, or "
		"give the column storage(real)");
	SETS_FAIL(Hero.name, Author.name, OUT_OF_REACH);
}

static void test_clauses_that_do_not_belong(void **state)
{
	(void)state;
	const corm_boolean_expr empty = { 0 };
	UPDATE_FAILS(Book, "Book_update() takes no corm_join()", corm_join(Author));
	UPDATE_FAILS(Book, "Book_update() takes no corm_left_join()", corm_left_join(Author));
	UPDATE_FAILS(Book, "Book_update() takes no corm_order_by()", corm_order_by(Book.id));
	UPDATE_FAILS(Book, "Book_update() takes no corm_limit()", corm_limit(1));
	UPDATE_FAILS(Book, "Book_update() takes no corm_columns()", corm_columns(Book.id));
	UPDATE_FAILS(Book, "Book_update() takes no corm_load()", corm_load(Book.author));
	UPDATE_FAILS(Book, "Book_update() takes no corm_on()", corm_on(corm_true()));
	UPDATE_FAILS(Book, "Book_update() takes no corm_on_conflict()", corm_on_conflict(Book.id));
	UPDATE_FAILS(Book, "clause 2 of Book_update() is empty", corm_set(Book.title, "a"), ((corm_clause){ 0 }));
	UPDATE_FAILS(Book, "clause 1 of Book_update() is empty", ((corm_clause){ .kind = (corm_clause_kind)99 }));
	UPDATE_FAILS(Book, "condition 1 of corm_where() is empty: it was never set, or is an optional without a value",
	             corm_set(Book.title, "a"), corm_where(empty));
	DELETE_FAILS(Book, "Book_delete_where() takes no corm_set()", corm_set(Book.title, "a"), corm_all_rows());
	DELETE_FAILS(Book, "Book_delete_where() takes no corm_set_null()", corm_set_null(Book.title), corm_all_rows());
	DELETE_FAILS(Book, "Book_delete_where() takes no corm_offset()", corm_offset(1), corm_all_rows());
	DELETE_FAILS(Book, OUT_OF_REACH, corm_where(corm_eq(Author.name, "a")));
	UPSERT_FAILS("Article_upsert() takes no corm_where()", corm_where(corm_true()), corm_on_conflict(Article.id));
	UPSERT_FAILS("Article_upsert() takes no corm_all_rows()", corm_all_rows(), corm_on_conflict(Article.id));
	UPSERT_FAILS("Article_upsert() takes no corm_only()", corm_only(Article.id), corm_on_conflict(Article.id));
}

static void test_conflicts_that_cannot_be(void **state)
{
	(void)state;
	const corm_text_expr empty = { 0 };
	static const char missing[] =
		"Article_upsert() is not told where a row may be met: add corm_on_conflict(…) with the "
		"columns of the key, or of a unique constraint";
	check_upsert_fails(&replacing, corm__clauses(0), missing, __LINE__);
	UPSERT_FAILS(missing, ((corm_clause){ .kind = CORM_CLAUSE_ON_CONFLICT }));
	UPSERT_FAILS("Article_upsert() has two corm_on_conflict()", corm_on_conflict(Article.id),
	             corm_on_conflict(Article.code));
	UPSERT_FAILS("corm_on_conflict() of Article_upsert() is given Book.id, which is no column of Article",
	             corm_on_conflict(Book.id));
	UPSERT_FAILS("corm_on_conflict() of Article_upsert() is given what is no column", corm_on_conflict(empty));
	UPSERT_FAILS("corm_on_conflict() of Article_upsert() is given what is no column",
	             corm_on_conflict(corm_lower(Article.code)));
	UPSERT_FAILS(
		"corm_on_conflict(Article.region) names neither the key of Article nor all columns of one of its unique "
		"constraints",
		corm_on_conflict(Article.region));
	UPSERT_FAILS(
		"corm_on_conflict(Article.region, Article.number, Article.id) names neither the key of Article nor all "
		"columns of one of its unique constraints",
		corm_on_conflict(Article.region, Article.number, Article.id));
	UPSERT_FAILS("corm_on_conflict(Article.region, Article.region) names neither the key of Article nor all columns of "
	             "one of its unique constraints",
	             corm_on_conflict(Article.region, Article.region));
	UPSERT_FAILS("Article_upsert() has both corm_do_nothing() and corm_set()", corm_on_conflict(Article.id),
	             corm_do_nothing(), corm_set(Article.copies, 1));
	UPSERT_FAILS("Article_upsert() sets Article.copies twice", corm_on_conflict(Article.id),
	             corm_set(Article.copies, 1), corm_set(Article.copies, 2));
	const struct corm__select none = { UPSERT };
	check_upsert_fails(&none, corm__clauses(0, corm_on_conflict(Article.id)),
	                   "Article_upsert() is given no value to insert", __LINE__);
	check_upsert_fails(&given, NULL, "a query is used that could not be made", __LINE__);
}

/* ---- in SQLite --------------------------------------------------------------------------------------------------- */

static void run(sqlite3 *db, const struct corm__select *select, const corm_clause *clauses, const char *rows, int line)
{
	const struct corm__select with = with_clauses(select, clauses);
	check_rows(db, &with, rows, __FILE__, line);
}

#define RUN(select, rows, ...) run(db, select, corm__clauses(0, __VA_ARGS__), rows, __LINE__)
#define ARTICLES(rows) run(db, &articles, corm__clauses(0, corm_order_by(Article.code)), rows, __LINE__)

static void test_in_sqlite(void **state)
{
	(void)state;
	const struct corm__select articles = { .model = &Article_model };
	const struct corm__select update = { .kind = CORM__WRITE_UPDATE, .model = &Article_model, .updated = &updated };
	const struct corm__select delete = { .kind = CORM__WRITE_DELETE, .model = &Article_model };
	const struct Article row = { .id = 1, .code = "c1", .region = "EU", .number = 7, .title = "new", .copies = 3 };
	const struct corm__select upsert = { .kind = CORM__WRITE_UPSERT,
		                                 .model = &Article_model,
		                                 .row = &row,
		                                 .updated = &updated,
		                                 .columns = (const uint16_t[]){ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 },
		                                 .column_count = 11,
		                                 .replaced = (const uint16_t[]){ 4 },
		                                 .replaced_count = 1 };
	sqlite3 *db = open_tables();
	execute_sql(db, "INSERT INTO article VALUES (1, 'c1', 'EU', 1, 'a', 10, '1', '', 0, 0, 0), "
	                "(2, 'c2', 'EU', 7, NULL, 20, '1', '', 0, 0, 0)");
	RUN(&update, "", corm_set(Article.copies, corm_times(Article.copies, 2)), corm_where(corm_eq(Article.code, "c2")));
	ARTICLES("1 c1 a 10 0 / 2 c2 - 40 1");
	if (sqlite3_libversion_number() >= 3035000) {
		/* By its code it meets another row than by its region and number. */
		RUN(&upsert, "2 c2 new 40 2", corm_on_conflict(Article.region, Article.number));
		execute_sql(db, "UPDATE article SET number = 8, title = NULL WHERE id = 2");
		RUN(&upsert, "1 c1 new 10 1", corm_on_conflict(Article.code));
		RUN(&upsert, "1 c1 new 15 2", corm_on_conflict(Article.id),
		    corm_set(Article.copies, corm_plus(Article.copies, 5)));
		RUN(&upsert, "", corm_on_conflict(Article.id), corm_do_nothing());
		execute_sql(db, "DELETE FROM article WHERE id = 1");
		RUN(&upsert, "1 c1 new 3 0", corm_on_conflict(Article.id));
		ARTICLES("1 c1 new 3 0 / 2 c2 - 40 2");
	}
	RUN(&delete, "", corm_where(corm_is_null(Article.title)));
	ARTICLES("1 c1 new 3 0");
	RUN(&delete, "", corm_all_rows());
	ARTICLES("");
	sqlite3_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_update),
		cmocka_unit_test(test_update_values),
		cmocka_unit_test(test_update_of_what_follows),
		cmocka_unit_test(test_subqueries),
		cmocka_unit_test(test_delete),
		cmocka_unit_test(test_upsert),
		cmocka_unit_test(test_upsert_values),
		cmocka_unit_test(test_upsert_in_another_dialect),
		cmocka_unit_test(test_rows_that_are_not_told),
		cmocka_unit_test(test_columns_that_cannot_be_set),
		cmocka_unit_test(test_values_that_cannot_be_set),
		cmocka_unit_test(test_clauses_that_do_not_belong),
		cmocka_unit_test(test_conflicts_that_cannot_be),
		cmocka_unit_test(test_in_sqlite),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
