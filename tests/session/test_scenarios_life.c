/* SPDX-License-Identifier: Apache-2.0
 *
 * Scenarios of an object's life: states, expire, expunge, rollback, savepoints, versions, retries, pointers that
 * lead nowhere.
 */
#include "session/test_scenarios_support.h"

/* ---- states ------------------------------------------------------------------------------------------------------ */

static void test_every_state(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	corm_autoclose corm_session *other = corm_session_open(*state);
	struct Tag local = { .id = 1 }, *tag = Tag_add(session, .label = "a");
	assert_state(session, tag, CORM_STATE_PENDING);
	assert_true(corm_is_modified(session, tag));
	assert_state(other, tag, CORM_STATE_FOREIGN);
	assert_flushed(session);
	assert_state(session, tag, CORM_STATE_PERSISTENT);
	assert_false(corm_is_modified(session, tag));
	assert_committed(session);
	assert_state(session, tag, CORM_STATE_STALE);
	tag->label = "b";
	assert_true(corm_is_modified(session, tag));
	assert_state(session, tag, CORM_STATE_STALE);
	assert_int_equal(Tag_delete(session, tag), CORM_OK);
	assert_state(session, tag, CORM_STATE_DELETED);
	assert_true(corm_is_modified(session, tag));
	assert_committed(session);
	assert_state(session, tag, CORM_STATE_DELETED);
	assert_false(corm_is_modified(session, tag));
	struct Tag *taken_back = Tag_add(session, .label = "c");
	assert_int_equal(corm_rollback(session), CORM_OK);
	assert_state(session, taken_back, CORM_STATE_EXPUNGED);
	assert_false(corm_is_modified(session, taken_back));
	assert_state(session, &local, CORM_STATE_FOREIGN);
	assert_state(session, NULL, CORM_STATE_FOREIGN);
	assert_state(NULL, tag, CORM_STATE_FOREIGN);
	assert_false(corm_is_modified(session, &local));
}

/* 02, 63, 64 */
static void test_stale_objects_are_readable(void **state)
{
	corm_session *session = corm_session_open(*state);
	Tag_add(session, .label = "k");
	assert_committed(session);
	struct Tag *tag = Tag_first(session);
	assert_committed(session);
	statements_clear();
	assert_string_equal(tag->label, "k");
	assert_nothing_sent();
	corm_arena *arena = corm_arena_new(NULL);
	struct Tag *copy = Tag_copy(arena, tag);
	/* 70: the close rolls back. */
	Tag_add(session, .label = "never");
	assert_flushed(session);
	corm_session_close(session);
	assert_string_equal(copy->label, "k");
	corm_arena_free(arena);
	session = corm_session_open(*state);
	assert_int_equal(Tag_count(session), 1);
	corm_session_close(session);
}

static void test_expunge(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Tag *tag = Tag_add(session, .label = "a"), *never = Tag_add(session, .label = "never");
	assert_int_equal(Tag_expunge(session, never), CORM_OK);
	assert_committed(session);
	tag->label = "lost";
	assert_int_equal(corm_expunge(session, tag), CORM_OK);
	assert_state(session, tag, CORM_STATE_EXPUNGED);
	assert_string_equal(tag->label, "lost");
	statements_clear();
	assert_committed(session);
	assert_nothing_sent();
	struct Tag *again = Tag_get(session, 1);
	assert_ptr_not_equal(again, tag);
	assert_string_equal(again->label, "a");
	assert_refused(session, Tag_expunge(session, tag), CORM_ERROR_USAGE, "does not own");
	assert_refused(session, Tag_delete(session, tag), CORM_ERROR_USAGE, "does not own");
	assert_refused(session, Tag_expunge(session, NULL), CORM_ERROR_USAGE, "does not own");
	/* All of them, with what they were to become. */
	struct Hero *hero = Hero_add(session, .name = "h", .secret_name = "h");
	Hero_tags_add(session, hero, again);
	Tag_delete(session, again);
	assert_int_equal(corm_expunge_all(session), CORM_OK);
	assert_state(session, hero, CORM_STATE_EXPUNGED);
	assert_state(session, again, CORM_STATE_EXPUNGED);
	assert_committed(session);
	assert_rows(session, "SELECT (SELECT count(*) FROM hero), (SELECT count(*) FROM tag)", "0|1");
}

static void test_expire(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Team *team = Team_add(session, .name = "t", .headquarters = "h");
	struct Hero *hero = Hero_add(session, .name = "A", .secret_name = "a", .team = team);
	assert_flushed(session);
	assert_items(Team_heroes(session, team), hero);
	assert_changed(session, "UPDATE hero SET name = 'B'", 1);
	hero->name = "dropped";
	assert_int_equal(Hero_expire(session, hero), CORM_OK);
	assert_state(session, hero, CORM_STATE_STALE);
	assert_string_equal(hero->name, "A");
	assert_null(hero->team);
	statements_clear();
	assert_ptr_equal(Hero_get(session, 1), hero);
	assert_sent(HERO " WHERE hero.id = ?", "[1]");
	assert_string_equal(hero->name, "B");
	hero->name = team->name = "dropped";
	assert_int_equal(corm_expire_all(session), CORM_OK);
	assert_string_equal(team->name, "t");
	assert_null(team->heroes.items);
	assert_committed(session);
	assert_nothing_sent();
	assert_items(Team_heroes(session, team), hero);
	assert_sent_count(2);
	/* 10: what others have changed is seen by a refresh alone. */
	assert_changed(session, "UPDATE hero SET name = 'C'", 1);
	assert_int_equal(Hero_all(session).count, 1);
	assert_string_equal(hero->name, "B");
	assert_int_equal(Hero_refresh(session, hero), CORM_OK);
	assert_string_equal(hero->name, "C");
	struct Hero *pending = Hero_add(session, .name = "x");
	assert_refused(session, Hero_refresh(session, pending), CORM_ERROR_USAGE, "not in the database yet");
	assert_refused(session, Hero_expire(session, pending), CORM_ERROR_USAGE, "not in the database yet");
	corm_rollback(session);
}

/* ---- rollback ---------------------------------------------------------------------------------------------------- */

/* 13 */
static void test_rollback_restores_everything(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Team *team = Team_add(session, .name = "t", .headquarters = "h");
	struct Hero *a = Hero_add(session, .name = "A", .secret_name = "a", .team = team);
	struct Hero *b = Hero_add(session, .name = "B", .secret_name = "b");
	struct Tag *x = Tag_add(session, .label = "x"), *y = Tag_add(session, .label = "y");
	Hero_tags_add(session, a, x);
	assert_committed(session);
	assert_items(Team_heroes(session, team), a);
	assert_items(Hero_tags(session, a), x);
	a->name = "changed";
	Hero_team_set(session, b, team);
	Hero_tags_remove(session, a, x);
	Hero_tags_add(session, a, y);
	struct Tag *new = Tag_add(session, .label = "new");
	assert_flushed(session);
	a->name = "again";
	corm_assign(a->age, 1);
	Hero_delete(session, b);
	assert_flushed(session);
	Team_delete(session, team);
	assert_flushed(session);
	b->name = "not a row any more";
	assert_int_equal(corm_rollback(session), CORM_OK);
	assert_string_equal(a->name, "A");
	assert_false(a->age.has_value);
	assert_int_equal(a->team_id.value, 1);
	assert_false(b->team_id.has_value);
	assert_state(session, new, CORM_STATE_EXPUNGED);
	assert_state(session, team, CORM_STATE_STALE);
	statements_clear();
	assert_ptr_equal(Hero_get(session, 2), b);
	assert_string_equal(b->name, "B");
	assert_ptr_equal(Team_get(session, 1), team);
	assert_items(Team_heroes(session, team), a);
	assert_items(Hero_tags(session, a), x);
	assert_ptr_equal(Hero_team(session, a), team);
	assert_null(Tag_get(session, 3));
	assert_committed(session);
	for (size_t i = 0; i < sent.count; i++)
		assert_memory_equal(sent.sql[i], "SELECT ", 7);
	/* What was not flushed goes too. */
	a->name = "dropped";
	Hero_tags_add(session, a, y);
	Hero_delete(session, b);
	assert_int_equal(corm_rollback(session), CORM_OK);
	assert_string_equal(a->name, "A");
	assert_state(session, b, CORM_STATE_STALE);
	assert_committed(session);
	assert_rows(session, "SELECT * FROM hero_tag", "1|1");
}

/* ---- savepoints -------------------------------------------------------------------------------------------------- */

/* 60c */
static void test_a_savepoint_around_a_violation(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	Tag_add(session, .label = "u1");
	assert_committed(session);
	struct Tag *keep = Tag_add(session, .label = "keep");
	assert_int_equal(corm_begin_nested(session), CORM_OK);
	assert_state(session, keep, CORM_STATE_PERSISTENT);
	struct Tag *bad = Tag_add(session, .label = "u1");
	assert_int_equal(corm_flush(session), CORM_ERROR_UNIQUE);
	/* Nothing works before the savepoint is undone. */
	assert_int_equal(Tag_all(session).status, CORM_ERROR_UNIQUE);
	corm_session_clear_error(session);
	assert_int_equal(corm_commit_nested(session), CORM_ERROR_UNIQUE);
	assert_int_equal(corm_rollback_nested(session), CORM_OK);
	assert_ok(session);
	assert_state(session, bad, CORM_STATE_EXPUNGED);
	Tag_add(session, .label = "after");
	assert_committed(session);
	assert_rows(session, "SELECT label FROM tag ORDER BY id", "u1 keep after");
	/* Found before anything is sent, an error ends nothing. */
	assert_int_equal(corm_begin_nested(session), CORM_OK);
	struct Order *order = Order_add(session, .region = "EU", .number = 1);
	struct OrderLine *line = OrderLine_add(session, .sku = "a");
	assert_int_equal(corm_commit_nested(session), CORM_ERROR_VALIDATION);
	corm_session_clear_error(session);
	assert_int_equal(OrderLine_order_set(session, line, order), CORM_OK);
	assert_int_equal(corm_commit_nested(session), CORM_OK);
	assert_committed(session);
	assert_rows(session, "SELECT region, number FROM order_line", "EU|1");
	/* The outer rollback undoes all. */
	assert_int_equal(corm_begin_nested(session), CORM_OK);
	Tag_add(session, .label = "u1");
	assert_int_equal(corm_flush(session), CORM_ERROR_UNIQUE);
	assert_int_equal(corm_rollback(session), CORM_OK);
	assert_refused(session, corm_rollback_nested(session), CORM_ERROR_USAGE, "no savepoint");
	assert_refused(session, corm_commit_nested(session), CORM_ERROR_USAGE, "no savepoint");
}

static void test_savepoints_nest(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Hero *hero = Hero_add(session, .name = "0", .secret_name = "s");
	struct Hero *gone = Hero_add(session, .name = "gone", .secret_name = "s");
	assert_committed(session);
	hero->name = "1";
	assert_int_equal(corm_begin_nested(session), CORM_OK);
	hero->name = "2";
	struct Tag *tag = Tag_add(session, .label = "in 1");
	Hero_tags_add(session, hero, tag);
	assert_int_equal(corm_begin_nested(session), CORM_OK);
	hero->name = "3";
	Hero_delete(session, gone);
	struct Tag *inner = Tag_add(session, .label = "in 2");
	Hero_tags_add(session, hero, inner);
	assert_flushed(session);
	assert_state(session, gone, CORM_STATE_DELETED);
	assert_int_equal(corm_rollback_nested(session), CORM_OK);
	assert_string_equal(hero->name, "2");
	assert_ptr_equal(Hero_get(session, 2), gone);
	assert_state(session, inner, CORM_STATE_EXPUNGED);
	assert_state(session, tag, CORM_STATE_STALE);
	assert_items(Hero_tags(session, hero), tag);
	/* Released: what was done in it goes with the outer one. */
	assert_int_equal(corm_begin_nested(session), CORM_OK);
	hero->name = "4";
	assert_int_equal(corm_commit_nested(session), CORM_OK);
	hero->name = "5";
	assert_flushed(session);
	assert_int_equal(corm_rollback_nested(session), CORM_OK);
	assert_string_equal(hero->name, "1");
	assert_state(session, tag, CORM_STATE_EXPUNGED);
	assert_empty(Hero_tags(session, hero));
	assert_int_equal(corm_begin_nested(session), CORM_OK);
	hero->name = "6";
	assert_int_equal(corm_commit_nested(session), CORM_OK);
	assert_committed(session);
	assert_rows(session, "SELECT name FROM hero ORDER BY id", "6 gone");
	/* The whole is undone, with what was released. */
	assert_int_equal(corm_begin_nested(session), CORM_OK);
	hero->name = "7";
	gone->name = "still";
	assert_int_equal(corm_commit_nested(session), CORM_OK);
	assert_int_equal(corm_rollback(session), CORM_OK);
	assert_string_equal(hero->name, "6");
	assert_string_equal(gone->name, "gone");
}

/* ---- pointers that lead nowhere ---------------------------------------------------------------------------------- */

static void test_pointers_to_what_is_not_ours(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	corm_autoclose corm_session *other = corm_session_open(*state);
	struct Team *one = Team_add(session, .name = "1", .headquarters = "h");
	struct Team *two = Team_add(session, .name = "2", .headquarters = "h");
	struct Hero *hero = Hero_add(session, .name = "A", .secret_name = "a", .team = one);
	assert_committed(session);
	Hero_refresh(session, hero);
	assert_committed(session);
	struct Team *theirs = Team_get(other, 1);
	assert_committed(other);
	struct Team local = { .id = 1, .name = "1" };
	hero->team = theirs;
	assert_refused(session, corm_flush(session), CORM_ERROR_USAGE, "Hero.team");
	hero->team = &local;
	assert_refused(session, corm_flush(session), CORM_ERROR_USAGE, "does not own");
	hero->team = (struct Team *)hero;
	assert_refused(session, corm_flush(session), CORM_ERROR_USAGE, "Hero.team");
	assert_int_equal(Hero_expire(session, hero), CORM_OK);
	assert_refused(session, Hero_team_set(session, hero, theirs), CORM_ERROR_USAGE, "does not own");
	assert_refused(session, Team_heroes_add(session, one, NULL), CORM_ERROR_USAGE, "NULL");
	assert_refused(session, Team_heroes_add(session, &local, hero), CORM_ERROR_USAGE, "does not own");
	assert_int_equal(Team_delete(session, two), CORM_OK);
	assert_refused(session, Hero_team_set(session, hero, two), CORM_ERROR_USAGE, "deleted");
	assert_flushed(session);
	hero->team = two;
	assert_refused(session, corm_flush(session), CORM_ERROR_USAGE, "deleted");
	hero->team = NULL;
	assert_committed(session);
	assert_int_equal(Team_heroes_add(NULL, one, hero), CORM_ERROR_USAGE);
	Hero_add(session, .name = "x", .secret_name = "x", .team = &local);
	assert_refused(session, corm_flush(session), CORM_ERROR_USAGE, "Hero.team");
	corm_rollback(session);
	assert_rows(session, "SELECT count(*) FROM hero", "1");
}

/* ---- version ----------------------------------------------------------------------------------------------------- */

static void test_version(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	corm_autoclose corm_session *other = corm_session_open(*state);
	struct Account *account = Account_add(session, .owner = "a", .balance = 10);
	assert_committed(session);
	assert_sent("INSERT INTO account (owner, balance, version) VALUES (?, ?, ?)", "[\"a\",10,1]");
	assert_int_equal(account->version, 1);
	account->balance = 20;
	assert_committed(session);
	assert_sent("UPDATE account SET balance=?, version=? WHERE id=? AND version IS ?", "[20,2,1,1]");
	assert_int_equal(account->version, 2);
	/* No change, no new version; and the program does not set it. */
	assert_committed(session);
	assert_nothing_sent();
	account->version = 77;
	assert_refused(session, corm_commit(session), CORM_ERROR_VALIDATION, "Account.version");
	assert_nothing_sent();
	account->version = 2;
	account = Account_get(session, 1);
	struct Account *theirs = Account_get(other, 1);
	assert_committed(other);
	account->balance = 30;
	assert_committed(session);
	theirs->balance = 31;
	statements_clear();
	assert_int_equal(corm_commit(other), CORM_ERROR_CONFLICT);
	assert_sent("UPDATE account SET balance=?, version=? WHERE id=? AND version IS ?", "[31,3,1,2]");
	corm_rollback(other);
	assert_int_equal(theirs->version, 2);
	/* A DELETE of a row that was read, and changed by somebody else since. */
	theirs = Account_get(other, 1);
	assert_int_equal(theirs->version, 3);
	assert_changed(other, "UPDATE account SET version = 9", 1);
	assert_int_equal(Account_delete(other, theirs), CORM_OK);
	statements_clear();
	assert_int_equal(corm_flush(other), CORM_ERROR_CONFLICT);
	assert_sent("DELETE FROM account WHERE id=? AND version IS ?", "[1,3]");
	corm_rollback(other);
	assert_int_equal(Account_delete(other, theirs), CORM_OK);
	assert_committed(other);
	assert_rows(other, "SELECT count(*) FROM account", "0");
}

/* ---- tried again ------------------------------------------------------------------------------------------------- */

struct attempts {
	corm_engine *engine;
	int count, conflicts;
	corm_status status;
};

/* Another session changes the row behind this one's back, so many times. */
static corm_status withdraw(corm_session *session, void *data)
{
	struct attempts *attempts = data;
	struct Account *account = Account_get(session, 1);
	attempts->count++;
	if (!account)
		return corm_session_error(session)->status;
	if (attempts->conflicts-- > 0)
		assert_changed(session, "UPDATE account SET version = version + 1", 1);
	account->balance -= 1;
	return attempts->status;
}

static void test_transactions_are_tried_again(void **state)
{
	corm_session *session = corm_session_open(*state);
	Account_add(session, .owner = "a", .balance = 10);
	assert_committed(session);
	struct attempts attempts = { .engine = *state, .conflicts = 2 };
	const corm_transaction_options quick = { .backoff_ms = 1, .backoff_max_ms = 1 };
	assert_int_equal(corm_transaction(*state, withdraw, &attempts, &quick), CORM_OK);
	assert_int_equal(attempts.count, 3);
	attempts = (struct attempts){ .engine = *state, .conflicts = 99 };
	assert_int_equal(corm_transaction(*state, withdraw, &attempts, &quick), CORM_ERROR_CONFLICT);
	assert_int_equal(attempts.count, 6);
	assert_int_equal(corm_last_error()->status, CORM_ERROR_CONFLICT);
	assert_contains(corm_last_error()->message, "account");
	attempts = (struct attempts){ .engine = *state, .conflicts = 1 };
	const corm_transaction_options never = { .retries = -1 };
	assert_int_equal(corm_transaction(*state, withdraw, &attempts, &never), CORM_ERROR_CONFLICT);
	assert_int_equal(attempts.count, 1);
	attempts = (struct attempts){ .engine = *state, .status = CORM_ERROR_CANCELLED };
	assert_int_equal(corm_transaction(*state, withdraw, &attempts, NULL), CORM_ERROR_CANCELLED);
	assert_int_equal(attempts.count, 1);
	assert_int_equal(corm_transaction(NULL, withdraw, &attempts, NULL), CORM_ERROR_USAGE);
	assert_rows(session, "SELECT balance FROM account", "9");
	corm_session_close(session);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scenario(test_every_state),
		scenario(test_stale_objects_are_readable),
		scenario(test_expunge),
		scenario(test_expire),
		scenario(test_rollback_restores_everything),
		scenario(test_a_savepoint_around_a_violation),
		scenario(test_savepoints_nest),
		scenario(test_pointers_to_what_is_not_ours),
		scenario(test_version),
		scenario(test_transactions_are_tried_again),
	};
	return cmocka_run_group_tests_name("session: scenarios of life", tests, NULL, NULL);
}
