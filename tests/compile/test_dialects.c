/* SPDX-License-Identifier: Apache-2.0
 *
 * The same statements as PostgreSQL and MariaDB have them. tests/compile/check.c has every other query compiled for
 * both as well.
 */
#include "compile/check.h"
#include <stdio.h>
#include <stdlib.h>

static const struct corm__dialect *const dialects[] = {
	&corm__dialect_sqlite,
	&corm__dialect_postgresql,
	&corm__dialect_mariadb,
};

/* ---- queries ----------------------------------------------------------------------------------------------------- */

static const uint32_t capabilities[] = { 0, CORM_CAN_FULL_JOIN | CORM_CAN_RETURNING, CORM_CAN_RETURNING };

static void expect_text(const char *name, const char *found, const char *expected, int line)
{
	if (strcmp(found, expected) == 0)
		return;
	print_error("%s:%d: %s\nfound:    %s\nexpected: %s\n", __FILE__, line, name, found, expected);
	_fail(__FILE__, line);
}

/* What follows " WHERE ", or the whole statement, in PostgreSQL and in MariaDB. */
static void check_both(const struct corm__select *select, bool whole, const char *postgresql, const char *mariadb,
                       int line)
{
	const char *const expected[] = { NULL, postgresql, mariadb };
	for (size_t i = 1; i < 3; i++) {
		struct corm__compiler compiler;
		corm_error_store error = { 0 };
		corm__compiler_init(&compiler, dialects[i], capabilities[i], NULL);
		corm_status status = corm__compile_select(&compiler, CORM__WALK_SQL, select, &error);
		const char *found = status ? error.error.message : compiler.sql.data;
		const char *where = status || whole ? NULL : strstr(found, " WHERE ");
		expect_text(dialects[i]->name, where ? where + strlen(" WHERE ") : found, expected[i], line);
		corm__compiler_release(&compiler);
	}
}

#define BOTH(of, postgresql, mariadb, ...) \
	check_both(SELECT(CORM__SELECT_OBJECTS, of, 0, corm_where(__VA_ARGS__)), false, postgresql, mariadb, __LINE__)
#define WHOLE(of, postgresql, mariadb, ...) \
	check_both(SELECT(CORM__SELECT_OBJECTS, of, 0, __VA_ARGS__), true, postgresql, mariadb, __LINE__)

static void test_comparisons(void **state)
{
	(void)state;
	const int numbers[] = { 1, 2, 3 };
	BOTH(Hero, "hero.\"order\" = $1 AND hero.\"order\" BETWEEN $2 AND $3",
	     "hero.`order` = ? AND hero.`order` BETWEEN ? AND ?", corm_eq(Hero.order, 1), corm_between(Hero.order, 2, 3));
	BOTH(Hero, "hero.name IS DISTINCT FROM $1 AND NOT hero.age IS DISTINCT FROM hero.id",
	     "NOT hero.name <=> ? AND NOT NOT hero.age <=> hero.id", corm_is_distinct(Hero.name, "a"),
	     corm_not(corm_is_distinct(Hero.age, Hero.id)));
	BOTH(Hero, "(hero.name IS DISTINCT FROM $1) = $2", "(NOT hero.name <=> ?) = ?",
	     corm_eq(corm_is_distinct(Hero.name, "a"), true));
	BOTH(Hero, "hero.name ~ $1 AND hero.name ~ (hero.code || $2)",
	     "hero.name REGEXP ? AND hero.name REGEXP concat(hero.code, ?)", corm_regexp(Hero.name, "^a"),
	     corm_regexp(Hero.name, corm_concat(Hero.code, "x")));
	BOTH(Hero, "hero.id IN ($1, $2, $3, $4)", "hero.id IN (?, ?, ?, ?)", corm_in_array(Hero.id, numbers, 3));
	/* A storage that only SQLite has makes no difference. */
	BOTH(Hero, "hero.seen < hero.made", "hero.seen < hero.made", corm_lt(Hero.seen, Hero.made));
	BOTH(Hero, "hero.made < now()", "hero.made < utc_timestamp(6)", corm_lt(Hero.made, corm_now()));
	/* Decimals need no collation. */
	BOTH(Order, "\"order\".total > $1 AND \"order\".total BETWEEN $2 AND $3",
	     "`order`.total > ? AND `order`.total BETWEEN ? AND ?", corm_gt(Order.total, 1),
	     corm_between(Order.total, 1, 2));
}

static void test_text(void **state)
{
	(void)state;
	BOTH(Hero, "hero.name LIKE $1 AND hero.name ILIKE $2", "hero.name LIKE ? AND lower(hero.name) LIKE lower(?)",
	     corm_like(Hero.name, "a%"), corm_ilike(Hero.name, "b%"));
	BOTH(Hero, "hero.name LIKE $1 ESCAPE '/'", "hero.name LIKE ? ESCAPE '/'", corm_starts_with(Hero.name, "a_"));
	BOTH(
		Hero,
		"hero.name LIKE '%' || replace(replace(replace(hero.code, '/', '//'), '%', '/%'), '_', '/_') || '%' ESCAPE '/'",
		"hero.name LIKE concat('%', replace(replace(replace(hero.code, '/', '//'), '%', '/%'), '_', '/_'), '%') ESCAPE '/'",
		corm_contains(Hero.name, Hero.code));
	BOTH(Hero, "hero.name || $1 || hero.code = $2", "concat(hero.name, ?, hero.code) = ?",
	     corm_eq(corm_concat(Hero.name, "-", Hero.code), "x"));
	BOTH(Hero, "length(hero.name) = $1 AND substr(hero.name, CAST($2 AS integer), CAST(hero.id AS integer)) = $3",
	     "char_length(hero.name) = ? AND substr(hero.name, ?, hero.id) = ?", corm_eq(corm_length(Hero.name), 1),
	     corm_eq(corm_substr(Hero.name, 2, Hero.id), "x"));
}

static void test_numbers(void **state)
{
	(void)state;
	BOTH(Hero, "hero.id / $1 = $2 AND hero.weight / $3 = $4", "hero.id DIV ? = ? AND hero.weight / ? = ?",
	     corm_eq(corm_divided(Hero.id, 2), 3), corm_eq(corm_divided(Hero.weight, 2), 3));
	BOTH(Hero, "hero.id / $1 = $2 AND hero.price / $3 = $4", "hero.id / ? = ? AND hero.price / ? = ?",
	     corm_eq(corm_divided(Hero.id, 2.5), 3), corm_eq(corm_divided(Hero.price, 2), 3));
	BOTH(Hero, "(hero.id + $1) / length(hero.name) * $2 = $3", "(hero.id + ?) DIV char_length(hero.name) * ? = ?",
	     corm_eq(corm_times(corm_divided(corm_plus(Hero.id, 1), corm_length(Hero.name)), 2), 3));
	BOTH(Hero, "hero.id % $1 = $2 AND CAST(hero.weight + $3 AS numeric) % CAST($4 AS numeric) = $5",
	     "hero.id % ? = ? AND (hero.weight + ?) % ? = ?", corm_eq(corm_mod(Hero.id, 2), 1),
	     corm_eq(corm_mod(corm_plus(Hero.weight, 1), 2), 1));
}

/* A value beside a decimal is one, and so is what they give; SQLite's decimals are text, with which it computes as with
 * floats. */
static void test_decimals(void **state)
{
	(void)state;
	const struct corm__select *select = SELECT(CORM__SELECT_OBJECTS, Hero, 0,
	                                           corm_where(corm_gt(corm_times(Hero.price, 1.1), 0.1),
	                                                      corm_eq(corm_plus(Hero.weight, 1.1), 2.5),
	                                                      corm_eq(corm_minus(Hero.price, Hero.weight), 0.5)));
	static const uint8_t types[][5] = {
		{ CORM_TYPE_DOUBLE, CORM_TYPE_DOUBLE, CORM_TYPE_DOUBLE, CORM_TYPE_DOUBLE, CORM_TYPE_DOUBLE },
		{ CORM_TYPE_DECIMAL, CORM_TYPE_DECIMAL, CORM_TYPE_DOUBLE, CORM_TYPE_DOUBLE, CORM_TYPE_DOUBLE },
		{ CORM_TYPE_DECIMAL, CORM_TYPE_DECIMAL, CORM_TYPE_DOUBLE, CORM_TYPE_DOUBLE, CORM_TYPE_DOUBLE },
	};
	for (size_t i = 0; i < 3; i++) {
		struct corm__compiler compiler;
		corm_error_store error;
		corm__compiler_init(&compiler, dialects[i], 0, NULL);
		assert_int_equal(corm__compile_select(&compiler, CORM__WALK_SQL, select, &error), CORM_OK);
		assert_int_equal(compiler.count, 5);
		for (size_t k = 0; k < 5; k++)
			assert_int_equal(compiler.formats[k]->type, types[i][k]);
		corm__compiler_release(&compiler);
	}
}

/* A bool beside a number is a number: bigint = boolean does not exist everywhere. */
static void test_bools_beside_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct corm__compiler compiler;
		corm_error_store error;
		corm__compiler_init(&compiler, dialects[i], 0, NULL);
		assert_int_equal(corm__compile_select(&compiler, CORM__WALK_SQL,
		                                      SELECT(CORM__SELECT_OBJECTS, Hero, 0, corm_where(corm_eq(Hero.id, true))),
		                                      &error),
		                 CORM_OK);
		assert_int_equal(compiler.formats[0]->type, CORM_TYPE_INT64);
		assert_int_equal(*(const int64_t *)compiler.values[0], 1);
		corm__compiler_release(&compiler);
	}
}

#define BOOK "SELECT book.id, book.title, book.author_id FROM "

static void test_order_and_limit(void **state)
{
	(void)state;
	WHOLE(Book, BOOK "book ORDER BY book.title DESC NULLS LAST OFFSET $1",
	      BOOK "book ORDER BY book.title IS NULL, book.title DESC LIMIT 18446744073709551615 OFFSET ?",
	      corm_order_by(corm_nulls_last(corm_desc(Book.title))), corm_offset(5));
	WHOLE(Book, BOOK "book LIMIT $1 OFFSET $2", BOOK "book LIMIT ? OFFSET ?", corm_limit(1), corm_offset(5));
	check_both(SELECT(CORM__SELECT_OBJECTS, Book, 0, corm_full_join(Author)), true,
	           BOOK "book FULL OUTER JOIN author ON author.id = book.author_id", "mariadb has no full join", __LINE__);
	/* A query behind IN has no limit in MariaDB, but inside of a FROM it has. */
	BOTH(Author, "author.id IN (SELECT book.author_id FROM book ORDER BY book.title LIMIT $1)",
	     "author.id IN (SELECT * FROM (SELECT book.author_id FROM book ORDER BY book.title LIMIT ?) AS limited)",
	     corm_in_query(Author.id, QUERY(Book, corm_columns(Book.author_id), corm_order_by(Book.title), corm_limit(3))));
}

/* PostgreSQL orders distinct rows by what is selected alone. */
static void test_distinct(void **state)
{
	(void)state;
	WHOLE(Book, "SELECT DISTINCT book.id, book.title, book.author_id FROM book ORDER BY book.title DESC",
	      "SELECT DISTINCT book.id, book.title, book.author_id FROM book ORDER BY book.title DESC", corm_distinct(),
	      corm_order_by(corm_desc(Book.title)));
	WHOLE(Book,
	      BOOK
	      "(SELECT DISTINCT book.id, book.title, book.author_id FROM book JOIN author ON author.id = book.author_id "
	      "WHERE author.name = $1) AS book ORDER BY lower(book.title) LIMIT $2",
	      "SELECT DISTINCT book.id, book.title, book.author_id FROM book JOIN author ON author.id = book.author_id "
	      "WHERE author.name = ? ORDER BY lower(book.title) LIMIT ?",
	      corm_distinct(), corm_join(Author), corm_where(corm_eq(Author.name, "x")),
	      corm_order_by(corm_lower(Book.title)), corm_limit(2));
	WHOLE(Book, "author is out of reach: with corm_distinct() this database orders a query by its own model alone",
	      "SELECT DISTINCT book.id, book.title, book.author_id FROM book JOIN author ON author.id = book.author_id "
	      "ORDER BY author.name",
	      corm_distinct(), corm_join(Author), corm_order_by(Author.name));
	BOTH(
		Author,
		"postgresql orders distinct rows by what they consist of: add what corm_order_by() names to corm_columns()",
		"author.id IN (SELECT * FROM (SELECT DISTINCT book.author_id FROM book ORDER BY book.title LIMIT ?) AS limited)",
		corm_in_query(Author.id, QUERY(Book, corm_columns(Book.author_id), corm_distinct(), corm_order_by(Book.title),
	                                   corm_limit(3))));
	check_both(SELECT(CORM__SELECT_COUNT, Book, 0, corm_distinct(), corm_order_by(corm_lower(Book.title))), true,
	           "SELECT count(*) FROM (SELECT DISTINCT book.id, book.title, book.author_id FROM book) AS counted",
	           "SELECT count(*) FROM (SELECT DISTINCT book.id, book.title, book.author_id FROM book) AS counted",
	           __LINE__);
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static const struct Article article = { .code = "c1", .copies = 3 }, updated = { .touched = 1 };

#define ARTICLE "article (code, copies) VALUES "
#define RETURNING " RETURNING id, code, region, number, title, copies, price, updated_at, touched, revision, version"

static void check_upsert(const corm_clause *clauses, bool replaces, const char *postgresql, const char *mariadb,
                         int line)
{
	static const uint16_t columns[] = { 1, 5 }, replaced[] = { 5 };
	const struct corm__select select = {
		.kind = CORM__WRITE_UPSERT,
		.model = &Article_model,
		.clauses = clauses,
		.columns = columns,
		.column_count = 2,
		.row = &article,
		.updated = &updated,
		.replaced = replaced,
		.replaced_count = replaces,
	};
	check_both(&select, true, postgresql, mariadb, line);
}

static void test_upsert(void **state)
{
	(void)state;
	check_upsert(corm__clauses(0, corm_on_conflict(Article.code)), true,
	             "INSERT INTO " ARTICLE
	             "($1, $2) ON CONFLICT (code) DO UPDATE SET copies=excluded.copies, updated_at=$3, "
	             "touched=$4, revision=(SELECT revision + 1 FROM (SELECT article.*) AS article), "
	             "version=article.version + 1" RETURNING,
	             "INSERT INTO " ARTICLE
	             "(?, ?) ON DUPLICATE KEY UPDATE copies=VALUES(copies), updated_at=?, touched=?, "
	             "revision=revision + 1, version=article.version + 1" RETURNING,
	             __LINE__);
	check_upsert(corm__clauses(0, corm_on_conflict(Article.code), corm_do_nothing()), false,
	             "INSERT INTO " ARTICLE "($1, $2) ON CONFLICT (code) DO NOTHING" RETURNING,
	             "INSERT INTO " ARTICLE "(?, ?) ON DUPLICATE KEY UPDATE code=article.code" RETURNING, __LINE__);
	check_both(&(const struct corm__select){ .kind = CORM__WRITE_UPDATE,
	                                         .model = &Article_model,
	                                         .updated = &updated,
	                                         .clauses = corm__clauses(0, corm_all_rows(),
	                                                                  corm_set_null(Article.title)) },
	           true,
	           "UPDATE article SET title=NULL, updated_at=$1, touched=$2, revision=revision + 1, version=version + 1",
	           "UPDATE article SET title=NULL, updated_at=?, touched=?, revision=revision + 1, version=version + 1",
	           __LINE__);
}

static void expect_flush(const struct corm__dialect *dialect, size_t which, const char *const expected[2], int line)
{
	static const uint16_t name[] = { 1 }, id[] = { 0 }, made[] = { 1, 21 };
	static const bool by_sql[] = { false, true };
	const struct corm__update update = {
		.model = &Hero_model, .columns = made, .count = 2, .by_sql = by_sql, .old = name, .old_count = 1
	};
	const corm_relationship *order = &OrderLine_model.relationships[0];
	struct corm__compiler compiler, *c = &compiler;
	corm_error_store error;
	corm__compiler_init(c, dialect, 0, NULL);
	corm_status status = which == 0   ? corm__compile_insert(c, &Team_model, name, 1, 2, id, 1, &error)
	                     : which == 1 ? corm__compile_insert(c, &Team_model, NULL, 0, 1, id, 1, &error)
	                     : which == 2 ? corm__compile_update(c, &update, &error)
	                     : which == 3 ? corm__compile_delete(c, &Order_model, NULL, 0, &error)
	                                  : corm__compile_related_in(c, order, 2, &error);
	assert_int_equal(status, CORM_OK);
	expect_text(dialect->name, which < 4 ? c->sql.data : strstr(c->sql.data, " WHERE "),
	            expected[dialect == &corm__dialect_mariadb], line);
	corm__compiler_release(c);
}

static void test_flush_statements(void **state)
{
	(void)state;
	static const char *const expected[][2] = {
		{ "INSERT INTO team (name) VALUES ($1), ($2) RETURNING id",
		  "INSERT INTO team (name) VALUES (?), (?) RETURNING id" },
		{ "INSERT INTO team DEFAULT VALUES RETURNING id", "INSERT INTO team () VALUES () RETURNING id" },
		{ "UPDATE hero SET name=$1, made=now() WHERE id=$2 AND name IS NOT DISTINCT FROM $3",
		  "UPDATE hero SET name=?, made=utc_timestamp(6) WHERE id=? AND name <=> ?" },
		{ "DELETE FROM \"order\" WHERE region=$1 AND number=$2", "DELETE FROM `order` WHERE region=? AND number=?" },
		{ " WHERE (\"order\".region, \"order\".number) IN (($1, $2), ($3, $4))",
		  " WHERE (`order`.region, `order`.number) IN ((?, ?), (?, ?))" },
	};
	for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
		for (size_t k = 1; k < 3; k++)
			expect_flush(dialects[k], i, expected[i], __LINE__);
}

/* ---- the tables of the dialects ---------------------------------------------------------------------------------- */

static void test_every_dialect_is_complete(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const struct corm__dialect *dialect = dialects[i];
		assert_ptr_equal(corm__dialect_find(dialect->name), dialect);
		for (size_t k = 1; k < dialect->reserved_count; k++)
			if (strcmp(dialect->reserved[k - 1], dialect->reserved[k]) >= 0 &&
			    strcmp(dialect->reserved[k], "except") != 0)
				fail_msg("%s: \"%s\" stands behind \"%s\"", dialect->name, dialect->reserved[k],
				         dialect->reserved[k - 1]);
		assert_true(dialect->parameter_limit && dialect->column_type && dialect->server_default && dialect->now);
		assert_true(dialect->generated && dialect->table_options && dialect->columns_query);
		assert_true(!dialect->enum_types == !dialect->labels_query);
		assert_true(dialect->is_distinct[0] && dialect->is_distinct[1] && dialect->is_same && dialect->regexp);
		assert_true(dialect->divide_integers && dialect->length && dialect->row_list && dialect->insert_nothing);
		assert_true(dialect->offset_without_limit && dialect->conflict_update);
		for (size_t k = 0; k < 3; k++)
			assert_true(dialect->mod_real[k] && dialect->concat[k] && dialect->json_get[k]);
		for (size_t k = 0; k < 4; k++)
			assert_non_null(dialect->substr[k]);
		for (size_t k = 0; k < CORM__LOCK_KINDS; k++)
			assert_non_null(dialect->lock[k]);
		for (size_t k = 0; k < CORM__DATE_PARTS; k++)
			assert_true(dialect->date_part[k][0] && dialect->date_part[k][1]);
	}
	assert_null(corm__dialect_find("oracle"));
	assert_null(corm__dialect_find(NULL));
}

/* The parts of a date, and a value of JSON, in SQLite: nothing else is at hand here. */
static void test_functions_in_sqlite(void **state)
{
	(void)state;
	static const char *const parts[] = { "2026", "2", "3", "4", "5", "6" };
	sqlite3 *db = open_tables();
	for (size_t k = 0; k <= CORM__DATE_PARTS; k++) {
		char sql[256];
		sqlite3_stmt *row = NULL;
		const char *const *date = k < CORM__DATE_PARTS ? corm__dialect_sqlite.date_part[k] : NULL;
		const char *const *json = corm__dialect_sqlite.json_get;
		if (date)
			snprintf(sql, sizeof sql, "SELECT %s'2026-02-03 04:05:06.789000'%s", date[0], date[1]);
		else
			snprintf(sql, sizeof sql, "SELECT %s'{\"a\": {\"b\": \"c\"}}'%s'$.a.b'%s", json[0], json[1], json[2]);
		assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &row, NULL), SQLITE_OK);
		assert_int_equal(sqlite3_step(row), SQLITE_ROW);
		assert_string_equal((const char *)sqlite3_column_text(row, 0), date ? parts[k] : "c");
		sqlite3_finalize(row);
	}
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_comparisons),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_decimals),
		cmocka_unit_test(test_bools_beside_numbers),
		cmocka_unit_test(test_order_and_limit),
		cmocka_unit_test(test_distinct),
		cmocka_unit_test(test_upsert),
		cmocka_unit_test(test_flush_statements),
		cmocka_unit_test(test_every_dialect_is_complete),
		cmocka_unit_test(test_functions_in_sqlite),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
