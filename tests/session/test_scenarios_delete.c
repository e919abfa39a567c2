/* SPDX-License-Identifier: Apache-2.0
 *
 * Scenarios of deleting: children that lose their parent, cascades, orphans, what the database does itself.
 */
#include "session/test_scenarios_support.h"

#define DELETE_KID "DELETE FROM kid WHERE id=?"
#define DELETE_PARENT "DELETE FROM parent WHERE id=?"
#define KIDS_OF "SELECT kid.id, kid.name, kid.parent_id FROM kid WHERE kid.parent_id IN (?)"

/* ---- without a cascade ------------------------------------------------------------------------------------------- */

/* 35, 36 */
static void test_children_lose_their_parent(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Team *team = Team_add(session, .name = "1", .headquarters = "h");
	struct Hero *a = Hero_add(session, .name = "A", .secret_name = "a", .team = team);
	struct Hero *b = Hero_add(session, .name = "B", .secret_name = "b", .team = team);
	assert_committed(session);
	statements_clear();
	assert_int_equal(Team_delete(session, team), CORM_OK);
	assert_state(session, team, CORM_STATE_DELETED);
	assert_true(corm_is_modified(session, team));
	assert_sent(TEAM " WHERE team.id = ?", "[1]");
	assert_flushed(session);
	const char *update = "UPDATE hero SET team_id=? WHERE id=?";
	assert_sent(HERO " WHERE hero.team_id IN (?)", "[1]", update, "[null,1]", update, "[null,2]",
	            "DELETE FROM team WHERE id=?", "[1]");
	assert_false(a->team_id.has_value || b->team_id.has_value);
	assert_null(a->team);
	assert_null(Team_get(session, 1));
	assert_committed(session);
	assert_state(session, team, CORM_STATE_DELETED);
	assert_string_equal(team->name, "1");
	assert_refused(session, Team_delete(session, team), CORM_ERROR_USAGE, "deleted");
	assert_refused(session, Team_refresh(session, team), CORM_ERROR_USAGE, "deleted");
	assert_rows(session, "SELECT id, team_id FROM hero ORDER BY id", "1|NULL 2|NULL");
}

/* 35 with several at once: their children are read by one query. */
static void test_children_of_several(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Team *teams[3];
	for (int i = 0; i < 3; i++) {
		teams[i] = Team_add(session, .name = "t", .headquarters = "h");
		Hero_add(session, .name = "A", .secret_name = "a", .team = teams[i]);
	}
	assert_committed(session);
	assert_int_equal(Team_all(session).count, 3);
	struct Hero *moved = Hero_get(session, 3);
	Hero_team_set(session, moved, teams[0]);
	Team_delete(session, teams[2]);
	Team_delete(session, teams[1]);
	statements_clear();
	assert_committed(session);
	assert_sent_count(5);
	assert_sent_sql(0, HERO " WHERE hero.team_id IN (?, ?)");
	assert_rows(session, "SELECT id, team_id FROM hero ORDER BY id", "1|1 2|NULL 3|1");
	assert_rows(session, "SELECT id FROM team", "1");
}

/* 37 */
static void test_rows_of_links_go_along(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Hero *hero = Hero_add(session, .name = "C", .secret_name = "c");
	struct Tag *tag = Tag_add(session, .label = "x");
	Hero_tags_add(session, hero, tag);
	assert_committed(session);
	statements_clear();
	assert_int_equal(Hero_delete(session, hero), CORM_OK);
	assert_flushed(session);
	assert_sent(HERO "*", "[1]", "SELECT * FROM hero_mission_link WHERE *hero_id IN (?)", "[1]",
	            "DELETE FROM hero_tag WHERE hero_id=?", "[1]", "DELETE FROM hero WHERE id=?", "[1]");
	assert_empty(Tag_heroes(session, tag));
	corm_rollback(session);
	assert_items(Tag_heroes(session, tag), hero);
	assert_int_equal(Hero_delete(session, hero), CORM_OK);
	assert_committed(session);
	assert_rows(session, "SELECT (SELECT count(*) FROM hero_tag), (SELECT count(*) FROM tag)", "0|1");
}

/* 37 as the other side sees it, whose list is loaded. */
static void test_what_is_deleted_leaves_lists(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Hero *a = Hero_add(session, .name = "A", .secret_name = "a");
	struct Hero *b = Hero_add(session, .name = "B", .secret_name = "b");
	struct Tag *tag = Tag_add(session, .label = "x");
	struct Team *team = Team_add(session, .name = "t", .headquarters = "h");
	Tag_heroes_add(session, tag, a);
	Tag_heroes_add(session, tag, b);
	Team_heroes_add(session, team, a);
	Team_heroes_add(session, team, b);
	assert_committed(session);
	assert_items(Tag_heroes(session, tag), a, b);
	assert_items(Team_heroes(session, team), a, b);
	assert_int_equal(Hero_delete(session, a), CORM_OK);
	assert_flushed(session);
	assert_items(Team_heroes(session, team), b);
	assert_items(Tag_heroes(session, tag), b);
}

/* 38 */
static void test_children_that_cannot_be_without(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Mission *mission = Mission_add(session, .title = "M");
	struct Hero *hero = Hero_add(session, .name = "H", .secret_name = "h");
	struct HeroMissionLink *link = HeroMissionLink_add(session, .hero = hero, .mission = mission);
	assert_committed(session);
	assert_int_equal(Mission_delete(session, mission), CORM_OK);
	statements_clear();
	assert_refused(session, corm_flush(session), CORM_ERROR_VALIDATION, "HeroMissionLink.mission_id");
	assert_sent_count(1); /* the children were read */
	assert_state(session, mission, CORM_STATE_DELETED);
	assert_state(session, link, CORM_STATE_PERSISTENT);
	/* With the child it goes. */
	assert_int_equal(HeroMissionLink_delete(session, link), CORM_OK);
	statements_clear();
	assert_committed(session);
	assert_sent_sql(sent.count - 2, "DELETE FROM hero_mission_link WHERE hero_id=? AND mission_id=?");
	assert_sent_sql(sent.count - 1, "DELETE FROM mission WHERE id=?");
	assert_rows(session, "SELECT count(*) FROM mission", "0");
}

/* ---- cascades ---------------------------------------------------------------------------------------------------- */

static struct Parent *add_family(corm_session *session, struct Kid **kids)
{
	struct Parent *parent = Parent_add(session, .name = "p");
	kids[0] = Kid_add(session, .name = "k1", .parent = parent);
	kids[1] = Kid_add(session, .name = "k2", .parent = parent);
	assert_committed(session);
	return parent;
}

/* 50 */
static void test_children_are_deleted_first(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Kid *kids[2];
	struct Parent *parent = add_family(session, kids);
	assert_int_equal(Parent_delete(session, parent), CORM_OK);
	statements_clear();
	assert_flushed(session);
	assert_sent(KIDS_OF, "[1]", DELETE_KID, "[1]", DELETE_KID, "[2]", DELETE_PARENT, "[1]");
	assert_state(session, kids[0], CORM_STATE_DELETED);
	assert_int_equal(corm_rollback(session), CORM_OK);
	assert_state(session, kids[0], CORM_STATE_STALE);
	assert_items(Parent_kids(session, parent), kids[0], kids[1]);
	assert_int_equal(Parent_delete(session, parent), CORM_OK);
	/* One that was moved away before stays, one that is new goes nowhere. */
	struct Parent *other = Parent_add(session, .name = "q");
	struct Kid *new = Kid_add(session, .name = "k3", .parent = other);
	Kid_parent_set(session, kids[1], other);
	statements_clear();
	assert_committed(session);
	assert_int_equal(new->parent_id.value, other->id);
	assert_rows(session, "SELECT id, parent_id FROM kid ORDER BY id", "2|2 3|2");
	assert_state(session, kids[0], CORM_STATE_DELETED);
	assert_ptr_equal(Kid_parent(session, kids[1]), other);
}

/* 51 */
static void test_an_orphan_is_deleted(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Kid *kids[2];
	struct Parent *parent = add_family(session, kids);
	assert_items(Parent_kids(session, parent), kids[0], kids[1]);
	statements_clear();
	assert_int_equal(Parent_kids_remove(session, parent, kids[0]), CORM_OK);
	assert_state(session, kids[0], CORM_STATE_PERSISTENT);
	assert_flushed(session);
	assert_sent(DELETE_KID, "[1]");
	assert_state(session, kids[0], CORM_STATE_DELETED);
	assert_items(parent->kids, kids[1]);
	/* By the pointer, and by the key. */
	corm_rollback(session);
	assert_int_equal(Kid_parent_set(session, kids[0], NULL), CORM_OK);
	assert_ptr_equal(Kid_get(session, 2), kids[1]);
	corm_clear(kids[1]->parent_id);
	statements_clear();
	assert_committed(session);
	assert_sent(DELETE_KID, "[1]", DELETE_KID, "[2]");
	assert_rows(session, "SELECT count(*) FROM kid", "0");
}

/* 51: moved, not orphaned; and those that are not in the database yet. */
static void test_who_is_no_orphan(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Kid *kids[2];
	struct Parent *parent = add_family(session, kids);
	struct Parent *other = Parent_add(session, .name = "q");
	assert_items(Parent_kids(session, parent), kids[0], kids[1]);
	Parent_kids_remove(session, parent, kids[0]);
	Parent_kids_add(session, other, kids[0]);
	statements_clear();
	assert_flushed(session);
	assert_sent("UPDATE kid SET parent_id=? WHERE id=?", "[2,1]");
	struct Kid *new = Kid_add(session, .name = "new", .parent = parent);
	assert_int_equal(Parent_kids_remove(session, parent, new), CORM_OK);
	assert_state(session, new, CORM_STATE_EXPUNGED);
	/* One that never had a parent is added all the same. */
	struct Kid *alone = Kid_add(session, .name = "alone");
	assert_committed(session);
	assert_sent("INSERT INTO kid (name, parent_id) VALUES (?, ?)", "[\"alone\",null]");
	assert_int_equal(alone->id, 3);
	assert_rows(session, "SELECT id, parent_id FROM kid ORDER BY id", "1|2 2|1 3|NULL");
}

/* A tree that goes level by level, and one that keeps its leaves: 55c. */
static void test_trees(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Folder *a = Folder_add(session, .name = "a");
	struct Folder *b = Folder_add(session, .name = "b", .parent = a);
	struct Folder *c = Folder_add(session, .name = "c", .parent = b);
	Folder_add(session, .name = "d", .parent = a);
	assert_committed(session);
	Folder_delete(session, a);
	statements_clear();
	assert_committed(session);
	const char *folders = "SELECT * FROM folder WHERE folder.parent_id IN *", *delete = "DELETE FROM folder WHERE id=?";
	assert_sent(folders, "[1]", folders, "[2,3]", folders, "[4]", delete, "[4]", delete, "[2]", delete, "[3]", delete,
	            "[1]");
	assert_state(session, c, CORM_STATE_DELETED);
	struct Node *root = Node_add(session, .name = "root");
	struct Node *c1 = Node_add(session, .name = "c1", .parent = root);
	Node_add(session, .name = "c2", .parent = root);
	Node_add(session, .name = "g1", .parent = c1);
	assert_committed(session);
	Node_delete(session, root);
	statements_clear();
	assert_committed(session);
	assert_sent("SELECT * FROM node WHERE node.parent_id IN (?)* ORDER BY node.id", "[1]",
	            "UPDATE node SET parent_id=? WHERE id=?", "[null,2]", "UPDATE node SET parent_id=? WHERE id=?",
	            "[null,3]", "DELETE FROM node WHERE id=?", "[1]");
	assert_rows(session, "SELECT id, parent_id FROM node ORDER BY id", "2|NULL 3|NULL 4|2");
}

/* 52, 53 */
static void test_passive_deletes(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct PParent *parent = PParent_add(session);
	PKid_add(session, .parent = parent);
	PKid_add(session, .parent = parent);
	assert_committed(session);
	assert_sent_sql(0, "INSERT INTO pparent DEFAULT VALUES");
	corm_expunge_all(session);
	parent = PParent_get(session, 1);
	assert_int_equal(PParent_delete(session, parent), CORM_OK);
	statements_clear();
	assert_committed(session);
	assert_sent("DELETE FROM pparent WHERE id=?", "[1]");
	assert_rows(session, "SELECT count(*) FROM pkid", "0");
	/* What is loaded is deleted by the session. */
	parent = PParent_add(session);
	struct PKid *kid = PKid_add(session, .parent = parent);
	assert_committed(session);
	assert_items(PParent_kids(session, parent), kid);
	PParent_delete(session, parent);
	statements_clear();
	assert_committed(session);
	assert_sent("DELETE FROM pkid WHERE id=?", "[1]", "DELETE FROM pparent WHERE id=?", "[1]");
	assert_state(session, kid, CORM_STATE_DELETED);
}

/* 54, 54b */
static void test_a_composite_key(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Order *order = Order_add(session, .region = "EU", .number = 7);
	assert_int_equal(corm_decimal_parse("9.90", &order->total), CORM_OK);
	struct OrderLine *a = OrderLine_add(session, .sku = "a"), *b = OrderLine_add(session, .sku = "b", .qty = 2);
	Order_lines_add(session, order, a);
	Order_lines_add(session, order, b);
	assert_committed(session);
	const char *line = "INSERT INTO order_line (region, number, sku, qty) VALUES (?, ?, ?, ?)";
	assert_sent("INSERT INTO \"order\" (region, number, total) VALUES (?, ?, ?)", "[\"EU\",7,*9.9*]", line,
	            "[\"EU\",7,\"a\",1]", line, "[\"EU\",7,\"b\",2]");
	corm_expunge_all(session);
	order = Order_get(session, "EU", 7);
	assert_ptr_equal(Order_get(session, "EU", 7), order);
	assert_string_equal(corm_decimal_string(order->total).text, "9.9");
	assert_int_equal(Order_lines(session, order).count, 2);
	assert_sent("SELECT * FROM \"order\" WHERE \"order\".region = ? AND \"order\".number = ?", "[\"EU\",7]",
	            "SELECT * FROM order_line WHERE order_line.region = ? AND order_line.number = ?", "[\"EU\",7]");
	assert_int_equal(Order_delete(session, order), CORM_OK);
	assert_committed(session);
	assert_sent("DELETE FROM order_line WHERE id=?", "[1]", "DELETE FROM order_line WHERE id=?", "[2]",
	            "DELETE FROM \"order\" WHERE region=? AND number=?", "[\"EU\",7]");
	assert_null(Order_get(session, "EU", 7));
	assert_ok(session);
}

static void test_one_to_one_orphans(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Person *ann = Person_add(session, .name = "Ann");
	struct Badge *first = Badge_add(session, .person = ann);
	assert_committed(session);
	struct Badge *second = Badge_add(session);
	assert_int_equal(Person_badge_set(session, ann, second), CORM_OK);
	assert_ptr_equal(ann->badge, second);
	statements_clear();
	assert_committed(session);
	assert_sent("INSERT INTO badge (person_id) VALUES (?)", "[1]", "DELETE FROM badge WHERE id=?", "[1]");
	assert_state(session, first, CORM_STATE_DELETED);
	assert_ptr_equal(Person_badge(session, ann), second);
	assert_int_equal(Person_badge_set(session, ann, NULL), CORM_OK);
	assert_committed(session);
	assert_rows(session, "SELECT count(*) FROM badge", "0");
	struct Badge *third = Badge_add(session, .person = ann);
	struct Passport *passport = Passport_add(session, .number = "1", .person = ann);
	assert_committed(session);
	assert_int_equal(Person_delete(session, ann), CORM_OK);
	assert_committed(session);
	assert_state(session, third, CORM_STATE_DELETED);
	assert_false(passport->person_id.has_value);
	assert_rows(session, "SELECT (SELECT count(*) FROM person), (SELECT count(*) FROM badge)", "0|0");
}

/* ---- deleting by itself ------------------------------------------------------------------------------------------ */

/* 67 */
static void test_what_cannot_be_deleted(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Tag *pending = Tag_add(session, .label = "zz"), local = { .id = 1 };
	assert_refused(session, Tag_delete(session, pending), CORM_ERROR_USAGE, "Tag_expunge()");
	assert_state(session, pending, CORM_STATE_PENDING);
	assert_refused(session, Tag_delete(session, &local), CORM_ERROR_USAGE, "does not own");
	assert_refused(session, Tag_delete(session, NULL), CORM_ERROR_USAGE, "NULL");
	assert_int_equal(Tag_delete(NULL, &local), CORM_ERROR_USAGE);
	assert_int_equal(Tag_expunge(session, pending), CORM_OK);
	assert_committed(session);
	assert_nothing_sent();
}

static void test_get_of_what_is_deleted(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Tag *tag = Tag_add(session, .label = "x");
	assert_committed(session);
	assert_int_equal(Tag_delete(session, tag), CORM_OK);
	statements_clear();
	assert_null(Tag_get(session, 1)); /* before the flush */
	assert_ok(session);
	assert_int_equal(Tag_count(session), 0);
	assert_null(Tag_get(session, 1)); /* after it */
	assert_ok(session);
	corm_rollback(session);
	assert_state(session, tag, CORM_STATE_STALE);
	assert_ptr_equal(Tag_get(session, 1), tag);
	assert_string_equal(tag->label, "x");
	assert_int_equal(Tag_count(session), 1);
}

/* A new object with the key of one that is deleted in the same flush: its row is updated. */
static void test_a_row_is_taken_over(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Tag *old = Tag_add(session, .label = "old");
	struct Hero *hero = Hero_add(session, .name = "H", .secret_name = "h");
	Hero_tags_add(session, hero, old);
	assert_committed(session);
	assert_int_equal(Tag_delete(session, old), CORM_OK);
	struct Tag *new = Tag_add(session, .id = 1, .label = "new");
	statements_clear();
	assert_flushed(session);
	/* What was linked to the old one goes before the new one can be linked to anything. */
	assert_sent_sql(0, "DELETE FROM hero_tag WHERE tag_id=?");
	assert_sent_sql(1, "UPDATE tag SET label=? WHERE id=?");
	assert_sent_parameters(1, "[\"new\",1]");
	assert_state(session, old, CORM_STATE_DELETED);
	assert_state(session, new, CORM_STATE_PERSISTENT);
	assert_ptr_equal(Tag_get(session, 1), new);
	corm_rollback(session);
	assert_ptr_equal(Tag_get(session, 1), old);
	assert_state(session, new, CORM_STATE_EXPUNGED);
	assert_string_equal(old->label, "old");
	assert_rows(session, "SELECT label FROM tag", "old");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scenario(test_children_lose_their_parent),
		scenario(test_children_of_several),
		scenario(test_rows_of_links_go_along),
		scenario(test_what_is_deleted_leaves_lists),
		scenario(test_children_that_cannot_be_without),
		scenario(test_children_are_deleted_first),
		scenario(test_an_orphan_is_deleted),
		scenario(test_who_is_no_orphan),
		scenario(test_trees),
		scenario(test_passive_deletes),
		scenario(test_a_composite_key),
		scenario(test_one_to_one_orphans),
		scenario(test_what_cannot_be_deleted),
		scenario(test_get_of_what_is_deleted),
		scenario(test_a_row_is_taken_over),
	};
	return cmocka_run_group_tests_name("session: scenarios of deleting", tests, NULL, NULL);
}
