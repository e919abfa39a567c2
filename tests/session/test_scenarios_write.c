/* SPDX-License-Identifier: Apache-2.0
 *
 * Scenarios of writing without objects: many rows at once, by a condition, insert or update, merge.
 */
#include "session/test_scenarios_support.h"

/* ---- X_insert_many ----------------------------------------------------------------------------------------------- */

static void test_insert_many(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Setting settings[3];
	for (int i = 0; i < 3; i++) {
		Setting_init(&settings[i]);
		settings[i].name = corm_textf(session, "s%d", i);
	}
	settings[1].hits = 0;
	settings[2].value = NULL;
	struct Setting *known = Setting_add(session, .name = "known");
	assert_int_equal(Setting_insert_many(session, settings, 3), CORM_OK);
	const char *insert = "INSERT INTO setting (name, value, hits, account_id) VALUES (?, ?, ?, ?)";
	assert_sent(insert, "[\"known\",\"none\",1,null]", insert, "[\"s0\",\"none\",1,null]", insert,
	            "[\"s1\",\"none\",0,null]", insert, "[\"s2\",null,1,null]");
	assert_int_equal(Setting_count(session), 4);
	assert_state(session, known, CORM_STATE_PERSISTENT);
	assert_state(session, &settings[0], CORM_STATE_FOREIGN);
	/* Keys come from the database, and are not told. */
	struct Tag tags[2] = { { .label = "a" }, { .id = 7, .label = "b" } };
	assert_int_equal(Tag_insert_many(session, tags, 2), CORM_OK);
	assert_int_equal(tags[0].id, 0);
	assert_int_equal(Tag_insert_many(session, NULL, 0), CORM_OK);
	assert_committed(session);
	assert_rows(session, "SELECT id, label FROM tag ORDER BY id", "1|a 7|b");
	assert_refused(session, Tag_insert_many(session, NULL, 1), CORM_ERROR_USAGE, "NULL");
}

/* A factory is called once per row; what was given is kept, and the program's structs stay as they are. */
static void test_insert_many_calls_factories_once(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Ticket tickets[3] = { { .note = NULL } };
	Ticket_init(NULL);
	tickets[1].code.bytes[15] = 0xff;
	assert_int_equal(Ticket_insert_many(session, tickets, 3), CORM_OK);
	assert_int_equal(codes, 2);
	assert_true(corm_uuid_is_nil(tickets[0].code));
	assert_rows(session, "SELECT id, code FROM ticket ORDER BY id",
	            "1|c0000000000000000000000000000001 2|000000000000000000000000000000ff "
	            "3|c0000000000000000000000000000002");
	assert_committed(session);
}

static void test_insert_many_with_relationships(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Team *team = Team_add(session, .name = "t", .headquarters = "h");
	assert_committed(session);
	assert_empty(Team_heroes(session, team));
	struct Account *account = Account_add(session, .owner = "new");
	/* A parent that is pending is inserted first. */
	struct Setting setting = { .name = "s", .account = account };
	assert_int_equal(Setting_insert_many(session, &setting, 1), CORM_OK);
	struct Hero heroes[2] = { { .name = "A", .secret_name = "a", .team = team },
		                      { .name = "B", .secret_name = "b", .team_id = corm_some(team->id) } };
	assert_int_equal(Hero_insert_many(session, heroes, 2), CORM_OK);
	assert_int_equal(Team_heroes(session, team).count, 2);
	struct Account accounts[1] = { { .owner = "many" } };
	assert_int_equal(Account_insert_many(session, accounts, 1), CORM_OK);
	assert_committed(session);
	assert_rows(session, "SELECT name, account_id FROM setting", "s|1");
	assert_rows(session, "SELECT owner, version FROM account ORDER BY id", "new|1 many|1");
	assert_rows(session, "SELECT team_id FROM hero", "1 1");
}

static void test_insert_many_that_fails(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Team teams[3] = { { .name = "a", .headquarters = "h" },
		                     { .name = "b", .headquarters = "h" },
		                     { .name = "c", .headquarters = corm_textf(session, "%60s", "far too long") } };
	struct Tag *kept = Tag_add(session, .label = "u");
	assert_flushed(session);
	statements_clear();
	/* Found before anything is sent. */
	assert_refused(session, Team_insert_many(session, teams, 3), CORM_ERROR_VALIDATION, "row 2: Team.headquarters");
	assert_nothing_sent();
	assert_state(session, kept, CORM_STATE_PERSISTENT);
	struct Tag tags[3] = { { .label = "x" }, { .label = "u" }, { .label = "z" } };
	assert_int_equal(Tag_insert_many(session, tags, 3), CORM_ERROR_UNIQUE);
	assert_contains(corm_session_error(session)->message,
	                test_database_names_rows() ? "row 1: " : "one of rows 0 to 2: ");
	assert_string_equal(corm_session_error(session)->constraint, "uq_tag_label");
	assert_int_equal(Tag_count(session), -1);
	corm_rollback(session);
	assert_rows(session, "SELECT count(*) FROM tag", "0");
	/* Within a savepoint, what came before is kept. */
	Tag_add(session, .label = "u");
	assert_int_equal(corm_begin_nested(session), CORM_OK);
	assert_int_equal(Tag_insert_many(session, tags, 3), CORM_ERROR_UNIQUE);
	assert_int_equal(corm_rollback_nested(session), CORM_OK);
	/* Also when it is the last row that fails. */
	assert_int_equal(corm_begin_nested(session), CORM_OK);
	struct Tag last[3] = { { .label = "x" }, { .label = "z" }, { .label = "u" } };
	assert_int_equal(Tag_insert_many(session, last, 3), CORM_ERROR_UNIQUE);
	assert_int_equal(corm_rollback_nested(session), CORM_OK);
	struct Tag *one = Tag_add(session, .label = "one"), *two = Tag_add(session, .label = "two");
	assert_int_equal(corm_begin_nested(session), CORM_OK);
	one->label = "three";
	two->label = "u";
	assert_int_equal(corm_flush(session), CORM_ERROR_UNIQUE);
	assert_int_equal(corm_rollback_nested(session), CORM_OK);
	assert_string_equal(two->label, "two");
	Tag_delete(session, one);
	Tag_delete(session, two);
	assert_committed(session);
	assert_rows(session, "SELECT label FROM tag", "u");
}

/* ---- X_update and X_delete_where --------------------------------------------------------------------------------- */

static void add_heroes(corm_session *session, struct Hero **heroes)
{
	for (int i = 0; i < 3; i++)
		heroes[i] = Hero_add(session, .name = corm_textf(session, "%c", 'A' + i), .secret_name = "s",
		                     .age = corm_some(i));
	assert_flushed(session);
	statements_clear();
}

static void test_update_where(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Hero *heroes[3];
	add_heroes(session, heroes);
	heroes[0]->secret_name = "flushed";
	assert_int_equal(Hero_update(session, corm_set(Hero.age, corm_plus(Hero.age, 10)), corm_set(Hero.name, "Z"),
	                             corm_where(corm_lt(Hero.age, 2))),
	                 2);
	assert_sent("UPDATE hero SET secret_name=? WHERE id=?", "[\"flushed\",1]",
	            "UPDATE hero SET age=hero.age + ?, name=? WHERE hero.age < ?", "[10,\"Z\",2]");
	/* Objects are stale, and read anew by the next call that is given them. */
	assert_state(session, heroes[0], CORM_STATE_STALE);
	assert_int_equal(heroes[0]->age.value, 0);
	assert_ptr_equal(Hero_get(session, 1), heroes[0]);
	assert_int_equal(heroes[0]->age.value, 10);
	assert_string_equal(heroes[0]->name, "Z");
	assert_int_equal(Hero_update(session, corm_set_null(Hero.age), corm_all_rows()), 3);
	assert_int_equal(Hero_update(session, corm_set(Hero.name, "none"), corm_where(corm_eq(Hero.id, 77))), 0);
	assert_committed(session);
	assert_rows(session, "SELECT name, age FROM hero ORDER BY id", "Z|NULL Z|NULL C|NULL");
	/* Nothing is sent without a condition, or without something to be set. */
	statements_clear();
	assert_refused(session, Hero_update(session, corm_set(Hero.name, "x")), CORM_ERROR_USAGE, "corm_all_rows()");
	assert_refused(session, Hero_update(session, corm_all_rows()), CORM_ERROR_USAGE, "corm_set");
	assert_refused(session, Hero_delete_where(session, corm_limit(1)), CORM_ERROR_USAGE, "");
	assert_int_equal(Hero_delete_where(NULL, corm_all_rows()), -1);
	assert_nothing_sent();
	/* A rollback undoes it in memory too. */
	assert_int_equal(Hero_all(session).count, 3);
	assert_int_equal(Hero_update(session, corm_set(Hero.name, "never"), corm_all_rows()), 3);
	Hero_refresh(session, heroes[2]);
	assert_string_equal(heroes[2]->name, "never");
	corm_rollback(session);
	assert_ptr_equal(Hero_get(session, 3), heroes[2]);
	assert_string_equal(heroes[2]->name, "C");
}

/* A rollback gives back what members were, also when nothing was flushed by the session itself. */
static void test_rollback_of_an_update_where(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Hero *heroes[3];
	add_heroes(session, heroes);
	assert_committed(session);
	assert_int_equal(Hero_update(session, corm_set(Hero.name, "never"), corm_all_rows()), 3);
	assert_int_equal(Hero_all(session).count, 3);
	assert_string_equal(heroes[0]->name, "never");
	corm_rollback(session);
	assert_string_equal(heroes[0]->name, "A");
}

static void test_update_where_with_what_follows(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	Account_add(session, .owner = "a", .balance = 1);
	Stamp_add(session, .v = 1);
	assert_flushed(session);
	statements_clear();
	assert_int_equal(Account_update(session, corm_set(Account.balance, 5), corm_where(corm_eq(Account.owner, "a"))), 1);
	assert_int_equal(Stamp_update(session, corm_set(Stamp.v, 2), corm_all_rows()), 1);
	assert_sent("UPDATE account SET balance=?, version=version + 1 WHERE account.owner = ?", "[5,\"a\"]",
	            "UPDATE stamp SET v=?, updated=?, writes=writes + 1", "[2,*]");
	assert_committed(session);
	assert_rows(session, "SELECT balance, version FROM account", "5|2");
	assert_rows(session, "SELECT v, writes, updated IS NOT NULL FROM stamp", "2|1|1");
}

static void test_delete_where(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Hero *heroes[3];
	add_heroes(session, heroes);
	struct Team *team = Team_add(session, .name = "t", .headquarters = "h");
	Team_heroes_add(session, team, heroes[0]);
	Team_heroes_add(session, team, heroes[2]);
	assert_flushed(session);
	assert_int_equal(Team_heroes(session, team).count, 2);
	statements_clear();
	assert_int_equal(Hero_delete_where(session, corm_where(corm_lt(Hero.age, 2))), 2);
	assert_sent("DELETE FROM hero WHERE hero.age < ?", "[2]");
	assert_null(Hero_get(session, 1));
	assert_ok(session);
	assert_items(Team_heroes(session, team), heroes[2]);
	assert_refused(session, Hero_refresh(session, heroes[1]), CORM_ERROR_NO_ROW, "hero");
	assert_int_equal(Team_delete_where(session, corm_all_rows()), -1);
	assert_status(session, CORM_ERROR_FOREIGN_KEY);
	corm_rollback(session);
	/* What the database deletes with it is stale as well. */
	struct PParent *parent = PParent_add(session);
	struct PKid *kid = PKid_add(session, .parent = parent);
	assert_flushed(session);
	assert_int_equal(PParent_delete_where(session, corm_where(corm_eq(PParent.id, parent->id))), 1);
	assert_null(PKid_get(session, kid->id));
	assert_ok(session);
}

/* ---- X_upsert ---------------------------------------------------------------------------------------------------- */

static void test_upsert(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	/* New: all defaults hold. */
	struct Setting *setting = Setting_upsert(session, Setting_values(.name = "depth"), corm_on_conflict(Setting.name));
	assert_ok(session);
	assert_string_equal(setting->value, "none");
	assert_int_equal(setting->hits, 1);
	assert_state(session, setting, CORM_STATE_PERSISTENT);
	statements_clear();
	/* There: what was given alone is updated, also when it is 0. */
	assert_ptr_equal(Setting_upsert(session, Setting_values(.name = "depth", .value = "5"),
	                                corm_on_conflict(Setting.name)),
	                 setting);
	assert_sent(
		"INSERT INTO setting (name, value, hits, account_id) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET "
		"value=excluded.value RETURNING *",
		"[\"depth\",\"5\",1,null]");
	assert_string_equal(setting->value, "5");
	setting->hits = 7;
	Setting_upsert(session, Setting_values(.name = "depth", .hits = 0), corm_on_conflict(Setting.name));
	assert_int_equal(setting->hits, 0);
	assert_string_equal(setting->value, "5");
	/* An expression of the row that is there. */
	Setting_upsert(session, Setting_values(.name = "depth"), corm_on_conflict(Setting.name),
	               corm_set(Setting.hits, corm_plus(Setting.hits, 3)));
	assert_int_equal(setting->hits, 3);
	/* It is left as it is, and returned. */
	assert_ptr_equal(Setting_upsert(session, Setting_values(.name = "depth", .value = "never"),
	                                corm_on_conflict(Setting.name), corm_do_nothing()),
	                 setting);
	assert_string_equal(setting->value, "5");
	assert_committed(session);
	assert_rows(session, "SELECT * FROM setting", "depth|5|3|NULL");
	/* A struct of the program's own is given as a whole. */
	struct Setting own = { .name = "depth", .hits = 9 };
	assert_ptr_equal(Setting_upsert(session, &own, corm_on_conflict(Setting.name)), setting);
	assert_null(setting->value);
	assert_int_equal(setting->hits, 9);
	assert_ok(session);
}

static void test_upsert_by_a_unique_column(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Account *account = Account_upsert(session, Account_values(.owner = "a", .balance = 1),
	                                         corm_on_conflict(Account.owner));
	assert_ok(session);
	assert_int_equal(account->id, 1);
	assert_int_equal(account->version, 1);
	assert_ptr_equal(Account_upsert(session, Account_values(.owner = "a", .balance = 2),
	                                corm_on_conflict(Account.owner)),
	                 account);
	assert_int_equal(account->balance, 2);
	assert_int_equal(account->version, 2);
	assert_ptr_equal(Account_upsert(session, Account_values(.owner = "a", .balance = 3),
	                                corm_on_conflict(Account.owner), corm_do_nothing()),
	                 account);
	assert_int_equal(account->balance, 2);
	assert_int_equal(account->version, 2);
	/* A row that the session does not know. */
	corm_expunge_all(session);
	struct Account *other = Account_upsert(session, Account_values(.owner = "a"), corm_on_conflict(Account.owner),
	                                       corm_do_nothing());
	assert_ptr_not_equal(other, account);
	assert_int_equal(other->balance, 2);
	assert_int_equal(other->id, 1);
	/* With a relationship to one that is pending. */
	struct Account *pending = Account_add(session, .owner = "b");
	struct Setting *setting = Setting_upsert(session, Setting_values(.name = "s", .account = pending),
	                                         corm_on_conflict(Setting.name));
	assert_ok(session);
	assert_int_equal(setting->account_id.value, pending->id);
	Setting_upsert(session, Setting_values(.name = "s", .account = other), corm_on_conflict(Setting.name));
	assert_ok(session);
	assert_int_equal(setting->account_id.value, 1);
	assert_ptr_equal(Setting_account(session, setting), other);
	assert_committed(session);
	statements_clear();
	assert_refused(session, Setting_upsert(session, Setting_values(.name = "x")), CORM_ERROR_USAGE, "corm_on_conflict");
	assert_refused(session, Setting_upsert(session, NULL, corm_on_conflict(Setting.name)), CORM_ERROR_USAGE, "NULL");
	assert_refused(session, Setting_upsert(session, Setting_values(.name = "x"), corm_on_conflict(Setting.hits)),
	               CORM_ERROR_USAGE, "");
	assert_refused(session,
	               Hero_upsert(session, Hero_values(.id = 1, .name = "x", .team_id = corm_some(0)),
	                           corm_on_conflict(Hero.id)),
	               CORM_ERROR_VALIDATION, "team_id");
	assert_nothing_sent();
}

/* An upsert in a transaction that is rolled back. */
static void test_upsert_and_rollback(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Setting *setting = Setting_add(session, .name = "depth", .value = "1");
	assert_committed(session);
	Setting_upsert(session, Setting_values(.name = "depth", .value = "2"), corm_on_conflict(Setting.name));
	struct Setting *new = Setting_upsert(session, Setting_values(.name = "new", .value = "2"),
	                                     corm_on_conflict(Setting.name));
	assert_string_equal(setting->value, "2");
	assert_int_equal(corm_rollback(session), CORM_OK);
	assert_string_equal(setting->value, "1");
	assert_null(Setting_get(session, "new"));
	struct Setting *again = Setting_add(session, .name = "new", .value = "3");
	assert_committed(session);
	assert_ptr_not_equal(again, new);
	assert_ptr_equal(Setting_get(session, "new"), again);
	assert_ptr_equal(Setting_get(session, "depth"), setting);
	assert_string_equal(setting->value, "1");
	assert_ok(session);
}

/* ---- merge ------------------------------------------------------------------------------------------------------- */

/* 65, 66, 66b */
static void test_merge(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Hero *hero = Hero_add(session, .name = "A", .secret_name = "a", .age = corm_some(3));
	assert_committed(session);
	Hero_refresh(session, hero);
	statements_clear();
	/* Known: what is given changes, and nothing else. */
	assert_ptr_equal(Hero_merge(session, Hero_values(.id = 1, .name = "B")), hero);
	assert_nothing_sent();
	assert_string_equal(hero->name, "B");
	assert_string_equal(hero->secret_name, "a");
	assert_int_equal(hero->age.value, 3);
	assert_flushed(session);
	assert_sent("UPDATE hero SET name=? WHERE id=?", "[\"B\",1]");
	/* In the database only, with a zero that was given. */
	corm_expunge_all(session);
	struct Hero *merged = Hero_merge(session, Hero_values(.id = 1, .age = corm_some(0)));
	assert_ptr_not_equal(merged, hero);
	assert_committed(session);
	assert_sent(HERO " WHERE hero.id = ?", "[1]", "UPDATE hero SET age=? WHERE id=?", "[0,1]");
	/* A struct of another session's, as a whole. */
	corm_session *other = corm_session_open(*state);
	struct Hero *theirs = Hero_get(other, 1);
	theirs->secret_name = "theirs";
	corm_clear(theirs->age);
	assert_ptr_equal(Hero_merge(session, theirs), merged);
	corm_session_close(other);
	assert_string_equal(merged->secret_name, "theirs");
	assert_committed(session);
	assert_rows(session, "SELECT name, secret_name, age FROM hero", "B|theirs|NULL");
	/* New: with its defaults, by a key that there is not, or without one. */
	struct Hero *new = Hero_merge(session, Hero_values(.id = 9, .name = "N", .secret_name = "n"));
	assert_state(session, new, CORM_STATE_PENDING);
	assert_state(session, Hero_merge(session, Hero_values(.name = "M", .secret_name = "m")), CORM_STATE_PENDING);
	struct Setting *setting = Setting_merge(session, Setting_values(.name = "depth"));
	assert_int_equal(setting->hits, 1);
	assert_committed(session);
	assert_rows(session, "SELECT id, name FROM hero WHERE id IN (1, 9) ORDER BY id", "1|B 9|N");
	assert_rows(session, "SELECT count(*) FROM hero WHERE name = 'M'", "1");
	/* A default that is not given does not count where the row is known. */
	setting->hits = 5;
	assert_ptr_equal(Setting_merge(session, Setting_values(.name = "depth", .value = "3")), setting);
	assert_committed(session);
	assert_rows(session, "SELECT * FROM setting", "depth|3|5|NULL");
	assert_null(Hero_merge(session, NULL));
	assert_status(session, CORM_ERROR_USAGE);
	corm_session_clear_error(session);
}

/* What was copied out of the session, changed there and merged again, while somebody else was faster. */
static void test_merge_of_an_old_version(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Account *account = Account_add(session, .owner = "o", .balance = 1);
	assert_committed(session);
	struct Account copy = *Account_get(session, 1);
	account->balance = 2;
	assert_committed(session);
	copy.balance = 3;
	assert_refused(session, Account_merge_value(session, &copy), CORM_ERROR_CONFLICT,
	               "Account_merge: Account.version is 1, and that of the row 2");
	copy.version = 2;
	assert_ptr_equal(Account_merge_value(session, &copy), account);
	assert_committed(session);
	assert_rows(session, "SELECT balance, version FROM account", "3|3");
	/* Without a version there is nothing to compare. */
	assert_ptr_equal(Account_merge(session, Account_values(.id = 1, .balance = 4)), account);
	assert_committed(session);
	assert_rows(session, "SELECT balance, version FROM account", "4|4");
}

/* A row that the database has not inserted is no object's: the next number is another row's. */
static void test_an_insert_that_is_ignored(void **state)
{
	corm_session *session = corm_session_open(*state);
	if (!test_database_ignore_inserts(session, "tag", "new.label='x'")) {
		/* skip() does not come back. */
		corm_session_close(session);
		skip();
	}
	assert_committed(session);
	Tag_add(session, .label = "a");
	Tag_add(session, .label = "x");
	assert_int_equal(corm_commit(session), CORM_ERROR_SQL);
	assert_contains(corm_session_error(session)->message, "an INSERT into \"tag\" made ");
	corm_rollback(session);
	assert_rows(session, "SELECT count(*) FROM tag", "0");
	corm_session_close(session);
}

/* A value that no column holds is not sent, nor compared with. */
static void test_a_decimal_that_is_none(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	const corm_decimal none = { .low = 1, .scale = 99 };
	assert_refused(session, Order_all(session, corm_where(corm_eq(Order.total, none))).count, CORM_ERROR_VALIDATION,
	               "is no decimal of at most 38 digits");
	Order_add(session, .region = "EU", .number = 1, .total = none);
	assert_refused(session, corm_flush(session), CORM_ERROR_VALIDATION, "Order.total: the value is no decimal");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scenario(test_insert_many),
		scenario(test_insert_many_calls_factories_once),
		scenario(test_insert_many_with_relationships),
		scenario(test_insert_many_that_fails),
		scenario(test_update_where),
		scenario(test_rollback_of_an_update_where),
		scenario(test_update_where_with_what_follows),
		scenario(test_delete_where),
		scenario(test_upsert),
		scenario(test_upsert_by_a_unique_column),
		scenario(test_upsert_and_rollback),
		scenario(test_merge),
		scenario(test_merge_of_an_old_version),
		scenario(test_an_insert_that_is_ignored),
		scenario(test_a_decimal_that_is_none),
	};
	return cmocka_run_group_tests_name("session: scenarios of writing", tests, NULL, NULL);
}
