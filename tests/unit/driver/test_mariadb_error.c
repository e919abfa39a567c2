/* SPDX-License-Identifier: Apache-2.0
 *
 * MariaDB's errors: their statuses and the names in them, as the server gives them, and those that no server here gives
 * by number.
 */
#include "driver/mariadb.h"
#include "mariadb_test.h"
#include <mysqld_error.h>

static int set_up_tables(void **state)
{
	*state = open_client();
	run(*state, "DROP TABLE IF EXISTS corm_book, corm_author");
	run(*state, "CREATE TABLE corm_author (id INT, part INT, name VARCHAR(20) NOT NULL, age TINYINT CHECK (age > 0), "
	            "born DATE, size DECIMAL(4,2), kind ENUM('A', 'B'), data JSON, "
	            "PRIMARY KEY (id, part), UNIQUE uq_author_name (name), CONSTRAINT ck_author_id CHECK (id > 0)) "
	            "ENGINE = InnoDB");
	run(*state, "CREATE TABLE corm_book (id INT PRIMARY KEY, author_id INT, author_part INT, CONSTRAINT fk_book_author "
	            "FOREIGN KEY (author_id, author_part) REFERENCES corm_author (id, part)) ENGINE = InnoDB");
	run(*state, "INSERT INTO corm_author (id, part, name) VALUES (1, 1, 'Fred')");
	run(*state, "INSERT INTO corm_book VALUES (1, 1, 1)");
	return 0;
}

static int tear_down_tables(void **state)
{
	run(*state, "DROP TABLE corm_book, corm_author");
	return tear_down(state);
}

static void assert_detail(const char *found, const char *expected)
{
	if (!expected) {
		assert_null(found);
		return;
	}
	if (!found)
		fail_msg("\"%s\" is missing", expected);
	assert_string_equal(found, expected);
}

static void test_details(void **state)
{
	struct client *client = *state;
	static const struct {
		const char *sql;
		corm_status status;
		const char *sqlstate, *constraint, *table, *column, *message;
	} cases[] = {
		{ "INSERT INTO corm_author (id, part, name) VALUES (2, 1, 'Fred')", CORM_ERROR_UNIQUE, "23000",
		  "uq_author_name", "corm_author", NULL, "Duplicate entry 'Fred' for key 'uq_author_name'" },
		{ "INSERT INTO `corm_author` (id, part, name) VALUES (1, 1, 'x for key ''y''')", CORM_ERROR_UNIQUE, "23000",
		  "PRIMARY", "corm_author", NULL, "Duplicate entry" },
		{ "UPDATE corm_author SET id = 0", CORM_ERROR_CHECK, "23000", "ck_author_id", "corm_author", NULL,
		  "ck_author_id" },
		{ "UPDATE corm_author SET age = 0", CORM_ERROR_CHECK, "23000", "corm_author.age", "corm_author", NULL, "age" },
		{ "UPDATE corm_author SET data = '{'", CORM_ERROR_CHECK, "23000", "corm_author.data", "corm_author", NULL,
		  "data" },
		{ "INSERT INTO corm_book VALUES (2, 7, 7)", CORM_ERROR_FOREIGN_KEY, "23000", "fk_book_author", "corm_book",
		  "author_id, author_part", "a foreign key constraint fails" },
		{ "DELETE FROM corm_author", CORM_ERROR_FOREIGN_KEY, "23000", "fk_book_author", "corm_book",
		  "author_id, author_part", "a foreign key constraint fails" },
		{ "UPDATE corm_author SET name = NULL", CORM_ERROR_NOT_NULL, "23000", NULL, "corm_author", "name",
		  "Column 'name' cannot be null" },
		{ "INSERT INTO corm_author (id, part) VALUES (2, 1)", CORM_ERROR_NOT_NULL, "HY000", NULL, "corm_author", "name",
		  "Field 'name' doesn't have a default value" },
		{ "UPDATE corm_author SET name = 'longer than twenty characters'", CORM_ERROR_VALIDATION, "22001", NULL,
		  "corm_author", "name", "Data too long" },
		{ "UPDATE corm_author SET age = 300", CORM_ERROR_VALIDATION, "22003", NULL, "corm_author", "age",
		  "Out of range value" },
		{ "UPDATE corm_author SET age = 'x'", CORM_ERROR_VALIDATION, "22007", NULL, "corm_author", "age",
		  "Incorrect integer value" },
		{ "UPDATE corm_author SET born = '2024-02-31'", CORM_ERROR_VALIDATION, "22007", NULL, "corm_author", "born",
		  "Incorrect date value" },
		{ "UPDATE corm_author SET size = 123.4", CORM_ERROR_VALIDATION, "22003", NULL, "corm_author", "size",
		  "Out of range value" },
		{ "UPDATE corm_author SET kind = 'C'", CORM_ERROR_VALIDATION, "01000", NULL, "corm_author", "kind",
		  "Data truncated" },
		{ "SELECT * FROM corm_nothing", CORM_ERROR_SQL, "42S02", NULL, "corm_nothing", NULL,
		  "mariadb: no such table \"corm_nothing\" (run corm upgrade, or corm_create_all)" },
		{ "SELECT nothing FROM corm_author", CORM_ERROR_SQL, "42S22", NULL, NULL, "nothing",
		  "Unknown column 'nothing'" },
		{ "SELEKT 1", CORM_ERROR_SQL, "42000", NULL, NULL, NULL, "You have an error in your SQL syntax" },
		{ "SELECT 1; SELECT 2", CORM_ERROR_SQL, "42000", NULL, NULL, NULL, "syntax" },
		{ "UPDATE corm_author SET age = 1 / 0", CORM_ERROR_SQL, "22012", NULL, NULL, NULL, "Division by 0" },
	};
	run(client, "START TRANSACTION");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_fails(client, cases[i].sql, cases[i].status, cases[i].message);
		assert_detail(client->error.error.sqlstate, cases[i].sqlstate);
		assert_detail(client->error.error.constraint, cases[i].constraint);
		assert_detail(client->error.error.table, cases[i].table);
		assert_detail(client->error.error.column, cases[i].column);
		assert_detail(client->error.error.sql, cases[i].sql);
		assert_int_equal(state_of(client), CORM_TRANSACTION_OPEN);
		/* The same from a text, which may be several statements. */
		corm_error_store error;
		if (strchr(cases[i].sql, ';'))
			continue;
		assert_int_equal(DRIVER->execute(client->connection, cases[i].sql, &error), cases[i].status);
		assert_string_equal(error.error.message, client->error.error.message);
	}
	run(client, "ROLLBACK");
	/* A database before the table. */
	char sql[256];
	snprintf(sql, sizeof sql, "UPDATE `%s`.`corm_author` SET name = NULL", query_text(client, "SELECT DATABASE()"));
	assert_fails(client, sql, CORM_ERROR_NOT_NULL, "cannot be null");
	assert_string_equal(client->error.error.table, "corm_author");
}

static void test_read_only(void **state)
{
	struct client *client = *state;
	run(client, "START TRANSACTION READ ONLY");
	assert_fails(client, "DELETE FROM corm_book", CORM_ERROR_READONLY, "READ ONLY");
	run(client, "ROLLBACK");
}

/* What no server here answers. */
static void test_numbers(void **state)
{
	(void)state;
	static const struct {
		unsigned number;
		const char *sqlstate;
		corm_status status;
		bool lost;
	} cases[] = {
		{ 1213, "40001", CORM_ERROR_CONFLICT, false },  { 1205, "HY000", CORM_ERROR_CONFLICT, false },
		{ 1020, "HY000", CORM_ERROR_CONFLICT, false },  { 9007, "HY000", CORM_ERROR_CONFLICT, false },
		{ 8002, "HY000", CORM_ERROR_CONFLICT, false },  { 8022, "HY000", CORM_ERROR_CONFLICT, false },
		{ 8028, "HY000", CORM_ERROR_CONFLICT, false },  { 9999, "40001", CORM_ERROR_CONFLICT, false },
		{ 1969, "70100", CORM_ERROR_TIMEOUT, false },   { 3024, "HY000", CORM_ERROR_TIMEOUT, false },
		{ 1317, "70100", CORM_ERROR_CANCELLED, false }, { 1290, "HY000", CORM_ERROR_READONLY, false },
		{ 1792, "25006", CORM_ERROR_READONLY, false },  { 1836, "HY000", CORM_ERROR_READONLY, false },
		{ 1114, "HY000", CORM_ERROR_IO, false },        { 1021, "HY000", CORM_ERROR_IO, false },
		{ 126, "HY000", CORM_ERROR_IO, false },         { 2006, "HY000", CORM_ERROR_CONNECT, true },
		{ 2013, "HY000", CORM_ERROR_CONNECT, true },    { 2055, "HY000", CORM_ERROR_CONNECT, true },
		{ 1927, "70100", CORM_ERROR_CONNECT, true },    { 1053, "08S01", CORM_ERROR_CONNECT, true },
		{ 4031, "HY000", CORM_ERROR_CONNECT, true },    { 1040, "08004", CORM_ERROR_CONNECT, false },
		{ 1203, "42000", CORM_ERROR_CONNECT, false },   { 1044, "42000", CORM_ERROR_CONNECT, false },
		{ 1047, "08S01", CORM_ERROR_CONNECT, false },   { 1180, "HY000", CORM_ERROR_CONNECT, false },
		{ 2008, "HY000", CORM_ERROR_MEMORY, false },    { 1064, "42000", CORM_ERROR_SQL, false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		if (corm__mariadb_status(cases[i].number, cases[i].sqlstate) != cases[i].status)
			fail_msg("%u is %s", cases[i].number,
			         corm_status_name(corm__mariadb_status(cases[i].number, cases[i].sqlstate)));
		assert_int_equal(corm__mariadb_is_lost(cases[i].number), cases[i].lost);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(test_details, set_up_tables, tear_down_tables),
	cmocka_unit_test_setup_teardown(test_read_only, set_up_tables, tear_down_tables),
	cmocka_unit_test(test_numbers),
};

MARIADB_TESTS(tests)
