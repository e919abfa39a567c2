/* SPDX-License-Identifier: Apache-2.0
 *
 * CREATE statements: their text, and that SQLite makes of them what they promise.
 */
#include "compile/check.h"
#include "fail_alloc.h"
#include "sql/ddl.h"
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

static void expect_table(const corm_model_info *model, const char *sql)
{
	struct corm__buffer buffer;
	corm__buffer_init(&buffer, NULL, SIZE_MAX / 2);
	corm__ddl_create_table(&buffer, &(const struct corm__ddl){ .dialect = &corm__dialect_sqlite }, model);
	assert_string_equal(buffer.data, sql);
	corm__buffer_release(&buffer);
}

#define UUID_DEFAULT \
	"(lower(hex(randomblob(6)) || '4' || substr(hex(randomblob(2)), 2) || substr('89AB', 1 + (random() & 3), 1) || " \
	"substr(hex(randomblob(8)), 2)))"

static void test_create_table(void **state)
{
	(void)state;
	expect_table(&Author_model, "CREATE TABLE author (\n"
	                            "\tid CHAR(32) DEFAULT " UUID_DEFAULT " NOT NULL,\n"
	                            "\tcreated_at DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')) NOT NULL,\n"
	                            "\tname VARCHAR(200) NOT NULL,\n"
	                            "\tCONSTRAINT pk_author PRIMARY KEY (id)\n)");
	expect_table(&Book_model,
	             "CREATE TABLE book (\n"
	             "\tid CHAR(32) NOT NULL,\n"
	             "\ttitle TEXT NOT NULL,\n"
	             "\tauthor_id CHAR(32) NOT NULL,\n"
	             "\tCONSTRAINT pk_book PRIMARY KEY (id),\n"
	             "\tCONSTRAINT fk_book_author_id FOREIGN KEY (author_id) REFERENCES author (id) ON DELETE CASCADE\n)");
	expect_table(&Team_model, "CREATE TABLE team (\n"
	                          "\tid INTEGER CONSTRAINT pk_team PRIMARY KEY AUTOINCREMENT NOT NULL,\n"
	                          "\tname TEXT NOT NULL\n)");
	expect_table(&Order_model, "CREATE TABLE \"order\" (\n"
	                           "\tregion VARCHAR(2) NOT NULL,\n"
	                           "\tnumber BIGINT NOT NULL,\n"
	                           "\ttotal TEXT NOT NULL,\n"
	                           "\t\"Odd \"\"name\"\"\" TEXT,\n"
	                           "\tCONSTRAINT pk_order PRIMARY KEY (region, number),\n"
	                           "\tCONSTRAINT ck_order_total CHECK (total >= 0)\n)");
	expect_table(
		&OrderLine_model,
		"CREATE TABLE order_line (\n"
		"\tid INTEGER NOT NULL,\n"
		"\tregion TEXT NOT NULL,\n"
		"\tnumber BIGINT NOT NULL,\n"
		"\tCONSTRAINT pk_order_line PRIMARY KEY (id),\n"
		"\tCONSTRAINT fk_order_line FOREIGN KEY (region, number) REFERENCES \"order\" (region, number) ON DELETE CASCADE\n)");
}

static void test_create_table_with_every_type(void **state)
{
	(void)state;
	struct corm__buffer sql;
	corm__buffer_init(&sql, NULL, SIZE_MAX / 2);
	corm__ddl_create_table(&sql, &(const struct corm__ddl){ .dialect = &corm__dialect_sqlite }, &Hero_model);
	const char *const lines[] = {
		"\n\tid INTEGER NOT NULL,",
		"\n\tage BIGINT,",
		"\n\tcolor VARCHAR(5) NOT NULL,",
		"\n\tlevel INTEGER NOT NULL,",
		"\n\tactive BOOLEAN NOT NULL,",
		"\n\tprice TEXT NOT NULL,",
		"\n\trough NUMERIC(10, 2) NOT NULL,",
		"\n\tweight REAL NOT NULL,",
		"\n\ttoken BLOB DEFAULT (CAST(randomblob(6) || substr(x'404142434445464748494a4b4c4d4e4f', 1 + (random() & 15), 1) || ",
		"\n\tseen INTEGER DEFAULT (CAST(strftime('%s', 'now') || substr(strftime('%f', 'now'), 4) || '000' AS INTEGER)) NOT NULL,",
		"\n\tborn DATE DEFAULT (date('now')) NOT NULL,",
		"\n\twakes TIME DEFAULT (strftime('%H:%M:%f000', 'now')) NOT NULL,",
		"\n\tdata JSON NOT NULL,",
		"\n\tpicture BLOB NOT NULL,",
		"\n\thash BLOB(16) NOT NULL,",
		"\n\tcode VARCHAR(8) NOT NULL,",
		"\n\trank SMALLINT DEFAULT (1 + 1) NOT NULL,",
		"\n\t\"order\" INTEGER NOT NULL,",
		"\n\tCONSTRAINT pk_hero PRIMARY KEY (id),",
		"\n\tCONSTRAINT fk_hero_team_id FOREIGN KEY (team_id) REFERENCES team (id) ON DELETE SET NULL,",
		"\n\tCONSTRAINT fk_hero_mentor_id FOREIGN KEY (mentor_id) REFERENCES hero (id) ON DELETE RESTRICT,",
		"\n\tCONSTRAINT uq_hero_name_code UNIQUE (name, code),",
		"\n\tCONSTRAINT ck_hero_color CHECK (color IN ('RED', 'GREEN', 'BLUE'))\n)",
	};
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		if (!strstr(sql.data, lines[i]))
			fail_msg("not found: %s\nin: %s", lines[i], sql.data);
	corm__buffer_clear(&sql);
	corm__ddl_create_table(&sql, &(const struct corm__ddl){ .dialect = &corm__dialect_sqlite }, &Tag_model);
	assert_non_null(strstr(sql.data, "\n\tlabel VARCHAR(7) NOT NULL,"));
	corm__buffer_release(&sql);
}

static void test_indexes_and_drop(void **state)
{
	(void)state;
	struct corm__buffer sql;
	corm__buffer_init(&sql, NULL, SIZE_MAX / 2);
	assert_int_equal(corm__ddl_index_count(&Author_model), 1);
	corm__ddl_create_index(&sql, &corm__dialect_sqlite, &Author_model, 0);
	assert_string_equal(sql.data, "CREATE INDEX ix_author_name ON author (name)");
	corm__buffer_clear(&sql);
	corm__ddl_create_index(&sql, &corm__dialect_sqlite, &Team_model, 0);
	assert_string_equal(sql.data, "CREATE UNIQUE INDEX ix_team_name ON team (name)");
	corm__buffer_clear(&sql);
	corm__ddl_drop_table(&sql, &corm__dialect_sqlite, &Order_model);
	assert_string_equal(sql.data, "DROP TABLE \"order\"");
	corm__buffer_release(&sql);
}

static void test_order(void **state)
{
	(void)state;
	size_t order[12], place[12];
	assert_int_equal(corm__ddl_order(&zoo_metadata, &corm__default_allocator, order), CORM_OK);
	for (size_t i = 0; i < 12; i++)
		place[order[i]] = i;
	for (size_t i = 0; i < 12; i++)
		for (size_t k = 0; k < zoo_metadata.models[i]->foreign_key_count; k++) {
			const corm_model_info *model = zoo_metadata.models[i], *target = model->foreign_keys[k].target;
			for (size_t t = 0; t < 12; t++)
				if (zoo_metadata.models[t] == target && t != i && model != &Chicken_model)
					assert_true(place[t] < place[i]);
		}
}

static void test_corm_ddl(void **state)
{
	(void)state;
	corm_arena *arena = corm_arena_new(NULL);
	const corm_metadata two = { .name = "two",
		                        .models = (const corm_model_info *const[]){ &Book_model, &Author_model },
		                        .count = 2 };
	const char *sql = corm_ddl(arena, &two, "sqlite");
	assert_non_null(sql);
	const char *author = strstr(sql, "CREATE TABLE author ("),
			   *index = strstr(sql, "\n);\nCREATE INDEX ix_author_name ON author (name);\n");
	const char *book = strstr(sql, ";\nCREATE TABLE book (");
	assert_true(author == sql && index && book && index < book);
	assert_null(corm_ddl(arena, &two, "oracle"));
	assert_int_equal(corm_last_error()->status, CORM_ERROR_USAGE);
	assert_string_equal(corm_last_error()->message, "corm_ddl: there is no dialect \"oracle\"");
	assert_null(corm_ddl(arena, NULL, "sqlite"));
	assert_string_equal(corm_last_error()->message, "corm_ddl: metadata is NULL");
	assert_null(corm_ddl(NULL, &two, "sqlite"));
	assert_null(corm_ddl(arena, &two, NULL));
	const corm_metadata none = { .name = "none" };
	assert_string_equal(corm_ddl(arena, &none, "sqlite"), "");
	corm_arena_free(arena);
}

static void test_each_allocation_may_fail(void **state)
{
	(void)state;
	struct fail_alloc memory;
	for (size_t n = 1; fail_alloc_next(&memory, n); n++) {
		corm_arena *arena = corm_arena_new(&memory.allocator);
		if (!arena)
			continue;
		const char *sql = corm_ddl(arena, &zoo_metadata, n % 2 ? "sqlite" : "postgresql");
		assert_int_equal(sql != NULL, !memory.failed);
		assert_int_equal(corm_last_error()->status, sql ? CORM_OK : CORM_ERROR_MEMORY);
		corm_arena_free(arena);
	}
}

/* ---- in SQLite --------------------------------------------------------------------------------------------------- */

static sqlite3 *open_zoo(void)
{
	sqlite3 *db = NULL;
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	corm_arena *arena = corm_arena_new(NULL);
	char *message = NULL;
	assert_int_equal(sqlite3_exec(db, corm_ddl(arena, &zoo_metadata, "sqlite"), NULL, NULL, &message), SQLITE_OK);
	corm_arena_free(arena);
	return db;
}

static void execute(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
}

/* The first value of the first row, to be freed. */
static char *scalar(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK || sqlite3_step(statement) != SQLITE_ROW)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	const char *text = (const char *)sqlite3_column_text(statement, 0);
	char *copy = malloc(strlen(text ? text : "NULL") + 1);
	assert_non_null(copy);
	strcpy(copy, text ? text : "NULL");
	sqlite3_finalize(statement);
	return copy;
}

static void expect_scalar(sqlite3 *db, const char *sql, const char *expected)
{
	char *found = scalar(db, sql);
	if (strcmp(found, expected) != 0)
		fail_msg("%s\nfound: %s\nexpected: %s", sql, found, expected);
	free(found);
}

#define INSERT_HERO \
	"INSERT INTO hero (name, code, color, level, active, price, rough, weight, data, picture, hash, \"order\") VALUES "

static void test_defaults_in_sqlite(void **state)
{
	(void)state;
	sqlite3 *db = open_zoo();
	for (int i = 0; i < 200; i++) {
		execute(db, "INSERT INTO author (name) VALUES ('a')");
		execute(db, INSERT_HERO "(hex(randomblob(8)), 'c', 'RED', 1, 1, '1', 1, 1, '{}', x'', x'', 1)");
	}
	/* Version 4, variant binary 10, lower case, and never the same twice. */
	expect_scalar(
		db,
		"SELECT count(*) FROM author WHERE typeof(id) = 'text' AND length(id) = 32 AND id NOT GLOB '*[^0-9a-f]*' AND "
		"substr(id, 13, 1) = '4' AND substr(id, 17, 1) IN ('8', '9', 'a', 'b')",
		"200");
	expect_scalar(db, "SELECT count(DISTINCT id) FROM author", "200");
	expect_scalar(
		db,
		"SELECT count(*) FROM hero WHERE typeof(token) = 'blob' AND length(token) = 16 AND substr(hex(token), 13, 1) = '4' "
		"AND substr(hex(token), 17, 1) IN ('8', '9', 'A', 'B')",
		"200");
	expect_scalar(db, "SELECT count(DISTINCT token) FROM hero", "200");
	expect_scalar(db, "SELECT count(DISTINCT substr(hex(token), 17, 2)) > 20 FROM hero", "1");
	/* The clock, in each form. */
	expect_scalar(
		db,
		"SELECT count(*) FROM author WHERE created_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9] "
		"[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]000' AND abs(julianday(created_at) - julianday('now')) < 0.01",
		"200");
	expect_scalar(
		db,
		"SELECT count(*) FROM hero WHERE typeof(seen) = 'integer' AND abs(seen / 1000000 - strftime('%s', 'now')) < 100 AND "
		"born = date('now') AND wakes GLOB '[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]000' AND rank = 2",
		"200");
	sqlite3_close(db);
}

static void test_storage_in_sqlite(void **state)
{
	(void)state;
	sqlite3 *db = open_zoo();
	/* Exact decimals and JSON stay text. A bare JSON number becomes a number by the affinity that SQLite derives
	 * from the type's name, as with SQLModel, and reads as the same JSON. */
	execute(db, INSERT_HERO
	        "('a', 'c', 'RED', 2, 0, '12345678901234567890.10', '1.10', 1, '{\"a\": 1.10}', x'00', x'', 1)");
	expect_scalar(db, "SELECT typeof(price) || ' ' || price FROM hero", "text 12345678901234567890.10");
	expect_scalar(db, "SELECT typeof(rough) || ' ' || rough FROM hero", "real 1.1");
	expect_scalar(db, "SELECT typeof(data) || ' ' || data FROM hero", "text {\"a\": 1.10}");
	execute(db, "UPDATE hero SET data = '\"5\"', price = '1.10'");
	expect_scalar(db, "SELECT typeof(data) || ' ' || data || ' ' || price FROM hero", "text \"5\" 1.10");
	execute(db, "UPDATE hero SET data = '5'");
	expect_scalar(db, "SELECT data FROM hero", "5");
	/* Types that the checks and keys promise. */
	assert_int_not_equal(sqlite3_exec(db, "UPDATE hero SET color = 'PINK'", NULL, NULL, NULL), SQLITE_OK);
	assert_non_null(strstr(sqlite3_errmsg(db), "ck_hero_color"));
	expect_scalar(db, "SELECT id = rowid FROM hero", "1");
	execute(db, "INSERT INTO team (name) VALUES ('a'); DELETE FROM team; INSERT INTO team (name) VALUES ('b')");
	expect_scalar(db, "SELECT id FROM team", "2");
	sqlite3_close(db);
}

/* What the compiler writes, SQLite understands. */
static void expect_prepared(sqlite3 *db, const struct corm__select *select)
{
	struct corm__compiler compiler;
	corm_error_store error = { 0 };
	sqlite3_stmt *statement = NULL;
	corm__compiler_init(&compiler, &corm__dialect_sqlite, CORM_CAN_FULL_JOIN, NULL);
	if (corm__compile_select(&compiler, CORM__WALK_SQL, select, &error) != CORM_OK)
		fail_msg("%s", error.error.message);
	if (sqlite3_prepare_v2(db, compiler.sql.data, -1, &statement, NULL) != SQLITE_OK)
		fail_msg("%s: %s", compiler.sql.data, sqlite3_errmsg(db));
	assert_int_equal(sqlite3_bind_parameter_count(statement), compiler.count);
	sqlite3_finalize(statement);
	corm__compiler_release(&compiler);
}

static int compare_bytes(void *data, int left_size, const void *left, int right_size, const void *right)
{
	(void)data;
	int order = memcmp(left, right, (size_t)(left_size < right_size ? left_size : right_size));
	return order ? order : left_size - right_size;
}

static void test_queries_in_sqlite(void **state)
{
	(void)state;
	sqlite3 *db = open_zoo();
	assert_int_equal(sqlite3_create_collation(db, "corm_decimal", SQLITE_UTF8, NULL, compare_bytes), SQLITE_OK);
	const int numbers[] = { 1, 2, 3 };
	expect_prepared(db, SELECT(CORM__SELECT_OBJECTS, Hero, 0, corm_left_join(Hero.tags), corm_full_join(Hero.passport),
	                           corm_where(corm_eq(Tag.label, "x"), corm_between(Hero.price, 1, 2),
	                                      corm_in_array(Hero.id, numbers, 3)),
	                           corm_order_by(corm_nulls_last(corm_desc(Hero.price))), corm_limit(1), corm_offset(2)));
	expect_prepared(db,
	                SELECT(CORM__SELECT_OBJECTS, Hero, 0,
	                       corm_where(corm_has(Hero.mentor,
	                                           corm_any_of(Hero.pupils, corm_contains(Hero.name, Hero.code))),
	                                  corm_any_of(Hero.tags,
	                                              corm_in_query(Tag.id, QUERY(HeroTag, corm_columns(HeroTag.tag_id)))),
	                                  corm_eq(corm_neg(corm_neg(Hero.id)), corm_minus(1, corm_neg(Hero.id))),
	                                  corm_gt(corm_coalesce(Hero.price, 0), corm_plus(Hero.price, 1)))));
	expect_prepared(db, SELECT(CORM__SELECT_COUNT, Order, 0, corm_distinct(), corm_offset(1), corm_join(OrderLine)));
	expect_prepared(db, SELECT(CORM__SELECT_EXISTS, Match, 0, corm_join(Match.home), corm_offset(1), corm_distinct()));
	sqlite3_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_create_table),       cmocka_unit_test(test_create_table_with_every_type),
		cmocka_unit_test(test_indexes_and_drop),   cmocka_unit_test(test_order),
		cmocka_unit_test(test_corm_ddl),           cmocka_unit_test(test_each_allocation_may_fail),
		cmocka_unit_test(test_defaults_in_sqlite), cmocka_unit_test(test_storage_in_sqlite),
		cmocka_unit_test(test_queries_in_sqlite),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
