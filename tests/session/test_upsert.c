/* SPDX-License-Identifier: Apache-2.0
 *
 * X_upsert where the database is not told on which columns a row may be met: it meets one with any unique value of the
 * new row's. That is MariaDB, and SQLite, which can be asked in the same way. And the names of constraints that databases
 * know by others.
 */
#include "session/flush.h"
#include "session/test_scenarios_support.h"
#include "sql/dialect.h"
#include <sqlite3.h>

static struct corm__dialect unnamed;

static bool is_sqlite(const corm_session *session)
{
	return session->dialect == &corm__dialect_sqlite && sqlite3_libversion_number() >= 3035000;
}

/* A session whose statements name no columns. Skips where the database insists on them. */
static corm_session *open_unnamed(corm_engine *engine)
{
	corm_session *session = corm_session_open(engine);
	Account_upsert(session, Account_values(.owner = "a", .balance = 1), corm_on_conflict(Account.owner));
	assert_committed(session);
	if (session->dialect->conflict_columns && !is_sqlite(session)) {
		corm_session_close(session);
		skip();
	}
	if (is_sqlite(session)) {
		unnamed = corm__dialect_sqlite;
		unnamed.conflict_columns = NULL;
		unnamed.conflict_update = " ON CONFLICT DO UPDATE SET ";
		unnamed.conflict_nothing = NULL;
		session->dialect = session->compiler.dialect = &unnamed;
	}
	return session;
}

static void test_the_row_that_is_meant(void **state)
{
	corm_autoclose corm_session *session = open_unnamed(*state);
	struct Account *account = Account_upsert(session, Account_values(.owner = "a", .balance = 2),
	                                         corm_on_conflict(Account.owner));
	assert_ok(session);
	assert_int_equal(account->id, 1);
	assert_int_equal(account->balance, 2);
	assert_ptr_equal(Account_upsert(session, Account_values(.id = 1, .owner = "b", .balance = 3),
	                                corm_on_conflict(Account.id)),
	                 account);
	assert_string_equal(account->owner, "b");
	assert_ptr_equal(Account_upsert(session, Account_values(.owner = "b", .balance = 4),
	                                corm_on_conflict(Account.owner), corm_do_nothing()),
	                 account);
	assert_int_equal(account->balance, 3);
	/* What was set is not what was given. */
	assert_ptr_equal(Account_upsert(session, Account_values(.owner = "b"), corm_on_conflict(Account.owner),
	                                corm_set(Account.owner, "c")),
	                 account);
	assert_string_equal(account->owner, "c");
	/* A key that the database gives is not compared with one that nobody gave. */
	struct Account *other = Account_upsert(session, Account_values(.owner = "d"), corm_on_conflict(Account.id));
	assert_ok(session);
	/* Some databases count the keys that they did not need. */
	assert_true(other->id > account->id);
	assert_committed(session);
	assert_rows(session, "SELECT owner FROM account ORDER BY id", "c d");
}

static void expect_refused(corm_session *session, const struct Account *account)
{
	assert_null(account);
	assert_int_equal(corm_session_error(session)->status, CORM_ERROR_UNIQUE);
	assert_string_equal(corm_session_error(session)->message,
	                    "Account_upsert met a row that has other values in the columns of corm_on_conflict(): another "
	                    "unique constraint of Account forbids the new one");
	assert_string_equal(corm_session_error(session)->table, "account");
	/* The row was changed; that must not be committed. */
	assert_int_equal(corm_commit(session), CORM_ERROR_UNIQUE);
	corm_session_clear_error(session);
	assert_int_equal(corm_session_error(session)->status, CORM_ERROR_UNIQUE);
	assert_int_equal(corm_rollback(session), CORM_OK);
	assert_rows(session, "SELECT * FROM account", "1|a|1|1");
}

static void test_another_row(void **state)
{
	corm_autoclose corm_session *session = open_unnamed(*state);
	struct Account *known = Account_get(session, 1);
	expect_refused(session, Account_upsert(session, Account_values(.id = 7, .owner = "a", .balance = 9),
	                                       corm_on_conflict(Account.id)));
	assert_int_equal(known->balance, 1);
	expect_refused(session, Account_upsert(session, Account_values(.id = 7, .owner = "a", .balance = 9),
	                                       corm_on_conflict(Account.id), corm_do_nothing()));
	expect_refused(session, Account_upsert(session, Account_values(.id = 1, .owner = "z", .balance = 9),
	                                       corm_on_conflict(Account.owner)));
	/* A row that the session does not know. */
	corm_expunge_all(session);
	expect_refused(session, Account_upsert(session, Account_values(.id = 7, .owner = "a", .balance = 9),
	                                       corm_on_conflict(Account.id)));
}

/* Back to a savepoint, the transaction goes on. */
static void test_another_row_in_a_savepoint(void **state)
{
	corm_autoclose corm_session *session = open_unnamed(*state);
	assert_int_equal(corm_begin_nested(session), CORM_OK);
	assert_null(
		Account_upsert(session, Account_values(.id = 7, .owner = "a", .balance = 9), corm_on_conflict(Account.id)));
	assert_int_equal(corm_rollback_nested(session), CORM_OK);
	assert_non_null(
		Account_upsert(session, Account_values(.owner = "a", .balance = 5), corm_on_conflict(Account.owner)));
	assert_committed(session);
	assert_rows(session, "SELECT * FROM account", "1|a|5|2");
}

/* ---- names of constraints ---------------------------------------------------------------------------------------- */

#define FIFTY "abcdefghij_abcdefghij_abcdefghij_abcdefghij_abcdef"

static void expect_name(const corm_model_info *model, const char *found, const char *expected)
{
	corm_error_store error;
	corm_error_set(&error, CORM_ERROR_UNIQUE, "x");
	corm_error_detail(&error, &error.error.constraint, found, SIZE_MAX);
	corm__constraint_name(&error, model, true);
	assert_string_equal(error.error.constraint, expected);
	assert_string_equal(error.error.table, "account");
}

/* A name that was cut is told whole, and so is that of a primary key that the database has named. */
static void test_names_that_databases_change(void **state)
{
	(void)state;
	corm_model_info model = Account_model;
	const corm_index unique = { "uq_" FIFTY FIFTY, model.key, 1 }, index = { "ix_" FIFTY FIFTY, model.key, 1 };
	const corm_check check = { "ck_" FIFTY FIFTY, "1" };
	const corm_foreign_key key = { .name = "fk_" FIFTY FIFTY, .columns = model.key, .target = &model, .count = 1 };
	model.uniques = &unique;
	model.unique_indexes = &index;
	model.checks = &check;
	model.foreign_keys = &key;
	model.unique_count = model.unique_index_count = model.check_count = model.foreign_key_count = 1;
	const char *const names[] = { unique.name, index.name, check.name, key.name };
	for (size_t i = 0; i < 4; i++) {
		char cut[CORM__MADE_NAME + 1];
		expect_name(&model, corm__made_name(names[i], cut), names[i]);
	}
	expect_name(&model, "PRIMARY", "pk_account");
	expect_name(&model, "pk_account", "pk_account");
	expect_name(&model, "somebody_elses", "somebody_elses");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scenario(test_the_row_that_is_meant),
		scenario(test_another_row),
		scenario(test_another_row_in_a_savepoint),
		scenario(test_names_that_databases_change),
	};
	return cmocka_run_group_tests_name("session: upsert without named columns", tests, NULL, NULL);
}
