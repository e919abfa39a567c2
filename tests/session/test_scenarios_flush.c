/* SPDX-License-Identifier: Apache-2.0
 *
 * Scenarios of the flush: what is inserted and updated, in which order, what errors leave behind.
 */
#include "session/test_scenarios_support.h"

/* ---- inserting and updating -------------------------------------------------------------------------------------- */

/* 01 to 03 */
static void test_a_team_and_its_heroes(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Team *team = Team_add(session, .name = "Preventers", .headquarters = "Sharp Tower");
	struct Hero *a = Hero_add(session, .name = "A", .secret_name = "a");
	struct Hero *b = Hero_add(session, .name = "B", .secret_name = "b", .age = corm_some(10));
	struct Hero *c = Hero_add(session, .name = "C", .secret_name = "c", .age = corm_some(20), .team = team);
	Team_heroes_add(session, team, a);
	Team_heroes_add(session, team, b);
	assert_int_equal(team->id, 0);
	assert_state(session, team, CORM_STATE_PENDING);
	assert_state(session, a, CORM_STATE_PENDING);
	assert_ptr_equal(a->team, team);
	assert_items(team->heroes, c, a, b);
	assert_committed(session);
	assert_sent(INSERT_TEAM, "[\"Preventers\",\"Sharp Tower\"]", INSERT_HERO, "[\"A\",\"a\",null,1]", INSERT_HERO,
	            "[\"B\",\"b\",10,1]", INSERT_HERO, "[\"C\",\"c\",20,1]");
	assert_int_equal(c->team_id.value, 1);
	assert_state(session, team, CORM_STATE_STALE);
	/* Its values are kept; a call that is given it reads it anew, and then the list. */
	assert_string_equal(team->name, "Preventers");
	assert_items(Team_heroes(session, team), a, b, c);
	assert_sent(TEAM " WHERE team.id = ?", "[1]", HERO " WHERE hero.team_id = ?", "[1]");
	assert_ptr_equal(a->team, team);
	assert_ptr_equal(Hero_team(session, a), team);
	assert_nothing_sent();
}

static struct Hero *add_heroes(corm_session *session, struct Hero **heroes)
{
	for (int i = 0; i < 3; i++)
		heroes[i] = Hero_add(session, .name = corm_textf(session, "%c", 'D' + i), .secret_name = "x");
	return heroes[0];
}

/* 04, 05 */
static void test_only_what_changed_is_updated(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Hero *heroes[3];
	add_heroes(session, heroes);
	assert_flushed(session);
	assert_sent(INSERT_HERO, "[\"D\",\"x\",null,null]", INSERT_HERO, "[\"E\",\"x\",null,null]", INSERT_HERO,
	            "[\"F\",\"x\",null,null]");
	for (int i = 0; i < 3; i++)
		assert_int_equal(heroes[i]->id, i + 1);
	assert_false(heroes[0]->team_id.has_value);
	corm_assign(heroes[2]->age, 5);
	corm_assign(heroes[0]->age, 7);
	heroes[0]->name = "DD";
	assert_true(corm_is_modified(session, heroes[0]));
	assert_false(corm_is_modified(session, heroes[1]));
	assert_committed(session);
	assert_sent("UPDATE hero SET name=?, age=? WHERE id=?", "[\"DD\",7,1]", "UPDATE hero SET age=? WHERE id=?",
	            "[5,3]");
	assert_rows(session, "SELECT name, age FROM hero ORDER BY id", "DD|7 E|NULL F|5");
}

/* 06, 06b */
static void test_set_and_set_back_is_nothing(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Hero *hero = Hero_add(session, .name = "D", .secret_name = "x", .age = corm_some(1));
	assert_committed(session);
	Hero_refresh(session, hero);
	assert_sent(INSERT_HERO, "*", HERO " WHERE hero.id = ?", "[1]");
	char same[] = "D";
	hero->name = same;
	assert_false(corm_is_modified(session, hero));
	corm_assign(hero->age, 2);
	assert_true(corm_is_modified(session, hero));
	corm_assign(hero->age, 1);
	assert_false(corm_is_modified(session, hero));
	assert_committed(session);
	assert_nothing_sent();
}

/* 07, 08: one statement per row, of one shape, in the order of the keys. */
static void test_the_same_columns_of_several(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Hero *heroes[3];
	add_heroes(session, heroes);
	assert_committed(session);
	statements_clear();
	assert_int_equal(Hero_all(session).count, 3);
	assert_sent(HERO, "[]");
	for (int i = 2; i >= 0; i--)
		corm_assign(heroes[i]->age, i);
	assert_committed(session);
	assert_sent("UPDATE hero SET age=? WHERE id=?", "[0,1]", "UPDATE hero SET age=? WHERE id=?", "[1,2]",
	            "UPDATE hero SET age=? WHERE id=?", "[2,3]");
	/* Objects that were not read again in this transaction must have the values that they had. */
	for (int i = 0; i < 3; i++)
		heroes[i]->secret_name = "q";
	assert_committed(session);
	assert_sent("UPDATE hero SET secret_name=? WHERE id=? AND secret_name IS ?", "[\"q\",1,\"x\"]",
	            "UPDATE hero SET secret_name=? WHERE id=? AND secret_name IS ?", "[\"q\",2,\"x\"]",
	            "UPDATE hero SET secret_name=? WHERE id=? AND secret_name IS ?", "[\"q\",3,\"x\"]");
}

/* 09, 11 to 13 */
static void test_identity_and_refresh(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	Hero_add(session, .name = "A", .secret_name = "a");
	assert_committed(session);
	corm_expunge_all(session);
	statements_clear();
	struct Hero *x = Hero_get(session, 1);
	assert_ptr_equal(Hero_get(session, 1), x);
	assert_sent(HERO " WHERE hero.id = ?", "[1]");
	corm_assign(x->age, 999);
	assert_ptr_equal(Hero_one(session, corm_where(corm_eq(Hero.id, 1))), x);
	assert_int_equal(x->age.value, 999);
	assert_sent("UPDATE hero SET age=? WHERE id=?", "[999,1]", HERO " WHERE hero.id = ? LIMIT ?", "[1,2]");
	assert_int_equal(corm_rollback(session), CORM_OK);
	assert_false(x->age.has_value);
	assert_nothing_sent();
	/* A row that is not there is asked for each time. */
	assert_null(Hero_get(session, 5));
	assert_null(Hero_get(session, 5));
	assert_sent(HERO " WHERE hero.id = ?", "[5]", HERO " WHERE hero.id = ?", "[5]");
	corm_assign(x->age, 3);
	assert_int_equal(Hero_refresh(session, x), CORM_OK);
	assert_false(x->age.has_value);
	assert_sent(HERO " WHERE hero.id = ?", "[1]");
	assert_ok(session);
}

/* 14, 14b */
static void test_queries_flush_unless_told_not_to(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Hero *hero = Hero_add(session, .name = "A", .secret_name = "a");
	assert_committed(session);
	Hero_refresh(session, hero);
	statements_clear();
	corm_assign(hero->age, 50);
	assert_int_equal(Hero_all(session, corm_where(corm_eq(Hero.age, 50))).count, 1);
	assert_sent("UPDATE hero SET age=? WHERE id=?", "[50,1]", HERO " WHERE hero.age = ?", "[50]");
	corm_rollback(session);
	corm_session_autoflush(session, false);
	corm_assign(hero->age, 50);
	assert_int_equal(Hero_all(session, corm_where(corm_eq(Hero.age, 50))).count, 0);
	assert_sent(HERO " WHERE hero.age = ?", "[50]");
	assert_int_equal(hero->age.value, 50);
	/* A commit flushes all the same. */
	assert_committed(session);
	assert_sent("UPDATE hero SET age=? WHERE id=?*", "[50,1*]");
}

/* ---- order ------------------------------------------------------------------------------------------------------- */

/* 55, 55b: level by level, also when the leaf was added first. */
static void test_a_tree_in_one_flush(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	const char *insert = "INSERT INTO node (name, parent_id) VALUES (?, ?)";
	struct Node *root = Node_add(session, .name = "root");
	struct Node *c1 = Node_add(session, .name = "c1", .parent = root);
	struct Node *g1 = Node_add(session, .name = "g1", .parent = c1);
	struct Node *c2 = Node_add(session, .name = "c2", .parent = root);
	assert_committed(session);
	assert_sent(insert, "[\"root\",null]", insert, "[\"c1\",1]", insert, "[\"c2\",1]", insert, "[\"g1\",2]");
	assert_int_equal(g1->parent_id.value, c1->id);
	assert_items(Node_children(session, root), c1, c2);
	assert_items(Node_children(session, c1), g1);
	assert_ptr_equal(Node_parent(session, g1), c1);
	statements_clear();
	struct Node *leaf = Node_add(session, .name = "l2");
	struct Node *other = Node_add(session, .name = "r2");
	assert_int_equal(Node_parent_set(session, leaf, other), CORM_OK);
	assert_committed(session);
	assert_sent(insert, "[\"r2\",null]", insert, "[\"l2\",5]");
}

/* 56 */
static void test_a_key_that_changes(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Node *node = Node_add(session, .id = 77, .name = "pk");
	assert_committed(session);
	assert_sent("INSERT INTO node (id, name, parent_id) VALUES (?, ?, ?)", "[77,\"pk\",null]");
	Node_refresh(session, node);
	statements_clear();
	node->id = 100;
	assert_flushed(session);
	assert_sent("UPDATE node SET id=? WHERE id=?", "[100,77]");
	assert_ptr_equal(Node_get(session, 100), node);
	assert_nothing_sent();
	assert_null(Node_get(session, 77));
	assert_int_equal(corm_rollback(session), CORM_OK);
	assert_int_equal(node->id, 77);
	assert_ptr_equal(Node_get(session, 77), node);
	assert_null(Node_get(session, 100));
	node->id = 100;
	assert_committed(session);
	assert_ptr_equal(Node_get(session, 100), node);
	assert_rows(session, "SELECT id FROM node", "100");
}

/* Two tables that refer to each other: one key is filled in later, and emptied first. */
static void test_a_circle_between_tables(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Club *club = Club_add(session, .name = "c");
	struct Player *player = Player_add(session, .name = "p", .club = club);
	assert_int_equal(Club_captain_set(session, club, player), CORM_OK);
	assert_committed(session);
	assert_sent("INSERT INTO club (name, captain_id) VALUES (?, ?)", "[\"c\",null]",
	            "INSERT INTO player (name, club_id) VALUES (?, ?)", "[\"p\",1]",
	            "UPDATE club SET captain_id=? WHERE id=?", "[1,1]");
	assert_int_equal(club->captain_id.value, 1);
	assert_ptr_equal(Club_captain(session, club), player);
	assert_items(Club_players(session, club), player);
	statements_clear();
	assert_int_equal(Club_delete(session, club), CORM_OK);
	assert_committed(session);
	assert_sent("UPDATE club SET captain_id=? WHERE id=?", "[null,1]", "DELETE FROM player WHERE id=?", "[1]",
	            "DELETE FROM club WHERE id=?", "[1]");
	assert_state(session, player, CORM_STATE_DELETED);
	assert_rows(session, "SELECT (SELECT count(*) FROM club), (SELECT count(*) FROM player)", "0|0");
}

/* 71: INSERTs of all tables, then UPDATEs, links that go, DELETEs. */
static void test_a_mixed_flush(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Hero *old = Hero_add(session, .name = "old", .secret_name = "o");
	struct Hero *upd = Hero_add(session, .name = "upd", .secret_name = "o");
	assert_committed(session);
	assert_int_equal(Hero_all(session).count, 2);
	statements_clear();
	assert_int_equal(Hero_delete(session, old), CORM_OK);
	corm_assign(upd->age, 1);
	struct Team *team = Team_add(session, .name = "NT", .headquarters = "n");
	Hero_add(session, .name = "new", .secret_name = "n", .team = team);
	Tag_add(session, .label = "uow");
	assert_flushed(session);
	assert_sent_count(7);
	assert_sent_sql(6, "DELETE FROM hero WHERE id=?");
	sent.count = 6;
	assert_sent("SELECT * FROM hero_mission_link WHERE *hero_id IN (?)", "[1]", INSERT_TEAM, "*", "INSERT INTO *", "*",
	            "INSERT INTO *", "*", "UPDATE hero SET age=? WHERE id=?", "[1,2]",
	            "DELETE FROM hero_tag WHERE hero_id=?", "[1]");
}

/* 72, 73, 74 */
static void test_batches_of_deletes_and_inserts(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Hero *heroes[3];
	add_heroes(session, heroes);
	assert_committed(session);
	assert_int_equal(Hero_all(session).count, 3);
	statements_clear();
	for (int i = 2; i >= 0; i--)
		Hero_delete(session, heroes[i]);
	assert_committed(session);
	const char *unlink = "DELETE FROM hero_tag WHERE hero_id=?", *delete = "DELETE FROM hero WHERE id=?";
	assert_sent("SELECT * FROM hero_mission_link WHERE *hero_id IN (?, ?, ?, ?)", "*", unlink, "*", unlink, "*", unlink,
	            "*", delete, "[1]", delete, "[2]", delete, "[3]");
	/* Keys that are known go in the order of adding. */
	Tag_add(session, .id = 902, .label = "e2");
	Tag_add(session, .id = 900, .label = "e0");
	Tag_add(session, .label = "made");
	assert_flushed(session);
	const char *known = "INSERT INTO tag (id, label) VALUES (?, ?)";
	assert_sent(known, "[902,\"e2\"]", known, "[900,\"e0\"]", INSERT_TAG, "[\"made\"]");
	corm_rollback(session);
	Hero_add(session, .name = "1", .secret_name = "n", .age = corm_some(1));
	Hero_add(session, .id = 801, .name = "2", .secret_name = "n");
	Hero_add(session, .id = 800, .name = "3", .secret_name = "n", .age = corm_some(2));
	assert_flushed(session);
	const char *keyed = "INSERT INTO hero (id, name, secret_name, age, team_id) VALUES (?, ?, ?, ?, ?)";
	assert_sent(INSERT_HERO, "[\"1\",\"n\",1,null]", keyed, "[801,\"2\",\"n\",null,null]", keyed,
	            "[800,\"3\",\"n\",2,null]");
	corm_rollback(session);
	assert_rows(session, "SELECT count(*) FROM hero", "0");
}

/* ---- errors ------------------------------------------------------------------------------------------------------ */

/* 60, 60b */
static void test_a_violated_constraint(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Tag *tag = Tag_add(session, .label = "u1");
	assert_committed(session);
	struct Tag *again = Tag_add(session, .label = "u1");
	statements_clear();
	assert_int_equal(corm_flush(session), CORM_ERROR_UNIQUE);
	assert_sent(INSERT_TAG, "[\"u1\"]");
	const corm_error *error = corm_session_error(session);
	assert_string_equal(error->table, "tag");
	assert_string_equal(error->column, "label");
	assert_string_equal(error->constraint, "uq_tag_label");
	if (test_database_shows_statements())
		assert_string_equal(error->sql, INSERT_TAG);
	else
		assert_contains(error->sql, "INSERT INTO tag");
	assert_state(session, again, CORM_STATE_PENDING);
	/* Nothing works before the rollback. */
	assert_int_equal(Tag_all(session).status, CORM_ERROR_UNIQUE);
	corm_session_clear_error(session);
	assert_int_equal(corm_commit(session), CORM_ERROR_UNIQUE);
	assert_nothing_sent();
	assert_int_equal(corm_rollback(session), CORM_OK);
	assert_state(session, again, CORM_STATE_EXPUNGED);
	assert_string_equal(again->label, "u1");
	assert_items(Tag_all(session), tag);
	Tag_add(session, .label = "u1");
	assert_int_equal(corm_commit(session), CORM_ERROR_UNIQUE);
	corm_rollback(session);
	assert_int_equal(Tag_count(session), 1);
}

/* 61, 68 */
static void test_other_violations(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Order *order = Order_add(session, .region = "XX", .number = 1);
	assert_int_equal(corm_decimal_parse("-1", &order->total), CORM_OK);
	assert_int_equal(corm_commit(session), CORM_ERROR_CHECK);
	assert_string_equal(corm_session_error(session)->constraint, "ck_order_1");
	corm_rollback(session);
	Hero_add(session, .name = "q", .secret_name = "q", .team_id = corm_some(12345));
	assert_int_equal(corm_commit(session), CORM_ERROR_FOREIGN_KEY);
	assert_string_equal(corm_session_error(session)->table, "hero");
	corm_rollback(session);
	Hero_add(session, .name = "q");
	assert_int_equal(corm_commit(session), CORM_ERROR_NOT_NULL);
	assert_string_equal(corm_session_error(session)->column, "secret_name");
	corm_rollback(session);
	Tag_add(session, .id = 500, .label = "a5");
	assert_flushed(session);
	Tag_add(session, .id = 500, .label = "b5");
	assert_int_equal(corm_flush(session), CORM_ERROR_UNIQUE);
	corm_rollback(session);
	assert_rows(session, "SELECT count(*) FROM tag", "0");
}

/* 62 */
static void test_a_row_that_has_vanished(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Tag *tag = Tag_add(session, .label = "gone");
	assert_committed(session);
	Tag_refresh(session, tag);
	assert_changed(session, "DELETE FROM tag", 1);
	tag->label = "gone2";
	assert_int_equal(corm_flush(session), CORM_ERROR_CONFLICT);
	assert_string_equal(corm_session_error(session)->table, "tag");
	assert_string_equal(tag->label, "gone2");
	corm_rollback(session);
	assert_string_equal(tag->label, "gone");
	Tag_refresh(session, tag);
	assert_changed(session, "DELETE FROM tag", 1);
	assert_int_equal(Tag_delete(session, tag), CORM_OK);
	assert_int_equal(corm_flush(session), CORM_ERROR_CONFLICT);
	corm_rollback(session);
	assert_state(session, tag, CORM_STATE_STALE);
	assert_ptr_equal(Tag_get(session, 1), tag);
	/* One that is given to the session and is no more. */
	assert_changed(session, "DELETE FROM tag", 1);
	assert_committed(session);
	assert_refused(session, Tag_refresh(session, tag), CORM_ERROR_NO_ROW, "tag");
	assert_null(Tag_get(session, 1));
	assert_ok(session);
}

/* A change of a stale object whose row is another by now does not overwrite it. */
static void test_a_stale_object_does_not_overwrite(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	corm_autoclose corm_session *other = corm_session_open(*state);
	struct Hero *hero = Hero_add(session, .name = "A", .secret_name = "a", .age = corm_some(1));
	assert_committed(session);
	struct Hero *theirs = Hero_get(other, 1);
	corm_assign(theirs->age, 10);
	assert_committed(other);
	corm_assign(hero->age, hero->age.value + 1);
	statements_clear();
	assert_int_equal(corm_commit(session), CORM_ERROR_CONFLICT);
	assert_sent("UPDATE hero SET age=? WHERE id=? AND age IS ?", "[2,1,1]");
	assert_int_equal(corm_rollback(session), CORM_OK);
	/* Another column was not touched by the other. */
	hero->name = "B";
	assert_committed(session);
	assert_sent("UPDATE hero SET name=? WHERE id=? AND name IS ?", "[\"B\",1,\"A\"]");
	/* What is read anew keeps what was changed meanwhile. */
	hero->secret_name = "b";
	assert_ptr_equal(Hero_get(session, 1), hero);
	assert_string_equal(hero->secret_name, "b");
	assert_int_equal(hero->age.value, 10);
	assert_committed(session);
	assert_rows(session, "SELECT name, secret_name, age FROM hero", "B|b|10");
}

/* ---- what the database fills in ---------------------------------------------------------------------------------- */

/* 69, 69b */
static void test_server_default_and_onupdate(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Stamp *stamp = Stamp_add(session, .v = 1);
	assert_flushed(session);
	assert_sent("INSERT INTO stamp (v, updated, writes) VALUES (?, ?, ?) RETURNING id, created", "[1,null,0]");
	assert_true(stamp->created.has_value);
	assert_false(stamp->updated.has_value);
	stamp->v = 2;
	assert_flushed(session);
	assert_sent("UPDATE stamp SET v=?, updated=?, writes=writes + 1 WHERE id=? RETURNING writes", "[2,*,1]");
	assert_true(stamp->updated.has_value);
	assert_int_equal(stamp->writes, 1);
	assert_committed(session);
	assert_rows(session, "SELECT v, writes, updated IS NOT NULL FROM stamp", "2|1|1");
}

/* Text that the program writes into: the member is the session's copy, the snapshot another. */
static void test_text_changed_in_place(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	const char *update = "UPDATE ticket SET note=? WHERE id=?";
	char note[] = "first", longer[] = "longer than it was";
	struct Ticket *ticket = Ticket_add(session, .note = note);
	assert_committed(session);
	assert_ptr_not_equal(ticket->note, note);
	note[0] = 'X';
	assert_string_equal(ticket->note, "first");
	statements_clear();
	for (int round = 0; round < 3; round++) {
		/* Dropped by a refresh, then changed and flushed, then taken back. */
		ticket->note[0] = 'w';
		assert_true(corm_is_modified(session, ticket));
		assert_int_equal(Ticket_refresh(session, ticket), CORM_OK);
		assert_string_equal(ticket->note, "first");
		ticket->note[0] = 'b';
		assert_flushed(session);
		ticket->note = longer;
		assert_flushed(session);
		corm_rollback(session);
		assert_string_equal(ticket->note, "first");
		assert_false(corm_is_modified(session, ticket));
		assert_sent("SELECT *", "[1]", update, "[\"birst\",1]", update, "[\"longer than it was\",1]");
	}
	assert_rows(session, "SELECT note FROM ticket", "first");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scenario(test_a_team_and_its_heroes),
		scenario(test_only_what_changed_is_updated),
		scenario(test_set_and_set_back_is_nothing),
		scenario(test_the_same_columns_of_several),
		scenario(test_identity_and_refresh),
		scenario(test_queries_flush_unless_told_not_to),
		scenario(test_a_tree_in_one_flush),
		scenario(test_a_key_that_changes),
		scenario(test_a_circle_between_tables),
		scenario(test_a_mixed_flush),
		scenario(test_batches_of_deletes_and_inserts),
		scenario(test_a_violated_constraint),
		scenario(test_other_violations),
		scenario(test_a_row_that_has_vanished),
		scenario(test_a_stale_object_does_not_overwrite),
		scenario(test_server_default_and_onupdate),
		scenario(test_text_changed_in_place),
	};
	return cmocka_run_group_tests_name("session: scenarios of the flush", tests, NULL, NULL);
}
