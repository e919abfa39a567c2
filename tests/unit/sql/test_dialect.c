/* SPDX-License-Identifier: Apache-2.0
 *
 * Identifiers and literals.
 */
#include "sql/dialect.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
/* cmocka.h wants these before it. */
#include <cmocka.h>
#include <ctype.h>
#include <sqlite3.h>
#include <stdio.h>

static void expect_identifier(const char *name, const char *sql)
{
	struct corm__buffer buffer;
	corm__buffer_init(&buffer, NULL, 1000);
	corm__write_identifier(&buffer, &corm__dialect_sqlite, name);
	assert_string_equal(buffer.data, sql);
	corm__buffer_release(&buffer);
}

static void test_identifiers(void **state)
{
	(void)state;
	expect_identifier("author", "author");
	expect_identifier("_a1_", "_a1_");
	expect_identifier("order", "\"order\"");
	expect_identifier("add", "\"add\"");
	expect_identifier("where", "\"where\"");
	expect_identifier("orders", "orders");
	expect_identifier("Author", "\"Author\"");
	expect_identifier("1st", "\"1st\"");
	expect_identifier("", "\"\"");
	expect_identifier("a b", "\"a b\"");
	expect_identifier("a\"b", "\"a\"\"b\"");
	expect_identifier("größe", "\"größe\"");
	expect_identifier("a;--", "\"a;--\"");
}

static void test_literals(void **state)
{
	(void)state;
	struct corm__buffer buffer;
	corm__buffer_init(&buffer, NULL, 1000);
	corm__write_literal(&buffer, "it's \"so\"");
	assert_string_equal(buffer.data, "'it''s \"so\"'");
	corm__buffer_release(&buffer);
}

static void test_tables(void **state)
{
	(void)state;
	const corm_model_info plain = { .table = "author" }, in_schema = { .table = "order", .schema = "Main" };
	struct corm__buffer buffer;
	corm__buffer_init(&buffer, NULL, 1000);
	corm__write_table(&buffer, &corm__dialect_sqlite, &plain);
	corm__buffer_char(&buffer, ' ');
	corm__write_table(&buffer, &corm__dialect_sqlite, &in_schema);
	assert_string_equal(buffer.data, "author \"Main\".\"order\"");
	corm__buffer_release(&buffer);
}

static void test_find(void **state)
{
	(void)state;
	assert_ptr_equal(corm__dialect_find("sqlite"), &corm__dialect_sqlite);
	assert_null(corm__dialect_find("SQLite"));
	assert_null(corm__dialect_find(""));
	assert_null(corm__dialect_find(NULL));
}

static void test_reserved_words_are_sorted(void **state)
{
	(void)state;
	const struct corm__dialect *dialect = &corm__dialect_sqlite;
	for (size_t i = 1; i < dialect->reserved_count; i++)
		assert_true(strcmp(dialect->reserved[i - 1], dialect->reserved[i]) < 0);
}

/* Each keyword of the SQLite at hand, written as we write it, can name a table and a column. */
static void test_keywords_as_names(void **state)
{
	(void)state;
	sqlite3 *db = NULL;
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	for (int i = 0; i < sqlite3_keyword_count(); i++) {
		const char *keyword;
		int length;
		char name[64] = "", sql[256];
		assert_int_equal(sqlite3_keyword_name(i, &keyword, &length), SQLITE_OK);
		for (int k = 0; k < length; k++)
			name[k] = (char)tolower((unsigned char)keyword[k]);
		struct corm__buffer buffer;
		corm__buffer_init(&buffer, NULL, 1000);
		corm__write_identifier(&buffer, &corm__dialect_sqlite, name);
		const char *n = buffer.data;
		snprintf(sql, sizeof sql, "CREATE TABLE %s (%s INTEGER); SELECT %s.%s FROM %s AS %s ORDER BY %s.%s", n, n, n, n,
		         n, n, n, n);
		if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
			fail_msg("%s: %s", sql, sqlite3_errmsg(db));
		corm__buffer_release(&buffer);
	}
	sqlite3_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_identifiers),
		cmocka_unit_test(test_literals),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_reserved_words_are_sorted),
		cmocka_unit_test(test_keywords_as_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
