/* SPDX-License-Identifier: Apache-2.0
 *
 * Scenarios of relationships that change: moving children, many to many, one to one, keys set by hand.
 */
#include "session/test_scenarios_support.h"

#define SET_TEAM "UPDATE hero SET team_id=? WHERE id=?"

/* Two teams, and a hero of the first, fresh; nothing was sent. */
struct cast {
	struct Team *one, *two;
	struct Hero *hero;
};

static struct cast add_cast(corm_session *session)
{
	struct cast cast = {
		.one = Team_add(session, .name = "1", .headquarters = "h"),
		.two = Team_add(session, .name = "2", .headquarters = "h"),
	};
	cast.hero = Hero_add(session, .name = "A", .secret_name = "a", .team = cast.one);
	assert_committed(session);
	assert_int_equal(Team_all(session).count, 2);
	Hero_refresh(session, cast.hero);
	assert_ok(session);
	statements_clear();
	return cast;
}

/* ---- one to many ------------------------------------------------------------------------------------------------- */

/* 30: both sides follow at once, the key at the flush. */
static void test_move_by_adding_to_a_list(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct cast c = add_cast(session);
	assert_items(Team_heroes(session, c.one), c.hero);
	assert_empty(Team_heroes(session, c.two));
	assert_sent(HERO " WHERE hero.team_id = ?", "[1]", HERO " WHERE hero.team_id = ?", "[2]");
	assert_int_equal(Team_heroes_add(session, c.two, c.hero), CORM_OK);
	assert_nothing_sent();
	assert_no_items(c.one->heroes);
	assert_items(c.two->heroes, c.hero);
	assert_ptr_equal(c.hero->team, c.two);
	assert_int_equal(c.hero->team_id.value, 1);
	assert_true(corm_is_modified(session, c.hero));
	assert_flushed(session);
	assert_sent(SET_TEAM, "[2,1]");
	assert_int_equal(c.hero->team_id.value, 2);
	assert_no_items(c.one->heroes);
	assert_committed(session);
	assert_empty(Team_heroes(session, c.one));
	assert_items(Team_heroes(session, c.two), c.hero);
}

/* 31: the same by the pointer, set by a call or assigned. */
static void test_move_by_the_pointer(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct cast c = add_cast(session);
	Team_heroes(session, c.one);
	Team_heroes(session, c.two);
	statements_clear();
	assert_int_equal(Hero_team_set(session, c.hero, c.two), CORM_OK);
	assert_no_items(c.one->heroes);
	assert_items(c.two->heroes, c.hero);
	assert_flushed(session);
	assert_sent(SET_TEAM, "[2,1]");
	c.hero->team = c.one;
	assert_items(c.two->heroes, c.hero); /* a plain assignment is seen by the next flush */
	assert_flushed(session);
	assert_sent(SET_TEAM, "[1,1]");
	assert_items(c.one->heroes, c.hero);
	assert_no_items(c.two->heroes);
	assert_int_equal(c.hero->team_id.value, 1);
	/* To and fro is nothing. */
	Hero_team_set(session, c.hero, c.two);
	Hero_team_set(session, c.hero, c.one);
	assert_flushed(session);
	assert_nothing_sent();
	assert_items(c.one->heroes, c.hero);
}

/* 32 */
static void test_remove_from_a_list(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct cast c = add_cast(session);
	struct Hero **handed_out = Team_heroes(session, c.one).items;
	statements_clear();
	assert_int_equal(Team_heroes_remove(session, c.one, c.hero), CORM_OK);
	assert_null(c.hero->team);
	assert_no_items(c.one->heroes);
	assert_ptr_equal(handed_out[0], c.hero);
	assert_refused(session, Team_heroes_remove(session, c.one, c.hero), CORM_ERROR_USAGE, "not among them");
	assert_flushed(session);
	assert_sent(SET_TEAM, "[null,1]");
	assert_false(c.hero->team_id.has_value);
	assert_committed(session);
	assert_null(Hero_team(session, c.hero));
	assert_rows(session, "SELECT team_id FROM hero", "NULL");
}

/* 31, 32 without anything loaded: the pointer was never read. */
static void test_set_what_was_not_loaded(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct cast c = add_cast(session);
	corm_expunge_all(session);
	struct Hero *hero = Hero_get(session, 1);
	statements_clear();
	hero->team = NULL;
	assert_flushed(session);
	assert_nothing_sent();
	assert_int_equal(hero->team_id.value, c.hero->team_id.value);
	assert_int_equal(Hero_team_set(session, hero, NULL), CORM_OK);
	assert_flushed(session);
	assert_sent(SET_TEAM, "[null,1]");
	struct Team *two = Team_get(session, 2);
	statements_clear();
	assert_int_equal(Hero_team_set(session, hero, two), CORM_OK);
	assert_committed(session);
	assert_sent(SET_TEAM, "[2,1]");
	assert_rows(session, "SELECT team_id FROM hero", "2");
}

/* 33: the key set by hand. The pointer follows the flush. */
static void test_set_the_key(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct cast c = add_cast(session);
	assert_ptr_equal(Hero_team(session, c.hero), c.one);
	Team_heroes(session, c.one);
	Team_heroes(session, c.two);
	statements_clear();
	corm_assign(c.hero->team_id, 2);
	assert_ptr_equal(c.hero->team, c.one);
	assert_flushed(session);
	assert_sent(SET_TEAM, "[2,1]");
	assert_no_items(c.one->heroes);
	assert_items(c.two->heroes, c.hero);
	assert_ptr_equal(Hero_team(session, c.hero), c.two);
	assert_nothing_sent();
	/* Both, differently, is a mistake. */
	corm_assign(c.hero->team_id, 77);
	c.hero->team = c.one;
	assert_refused(session, corm_flush(session), CORM_ERROR_USAGE, "disagree");
	assert_nothing_sent();
	assert_ptr_equal(c.hero->team, c.one);
	assert_int_equal(c.hero->team_id.value, 77);
	corm_assign(c.hero->team_id, 1);
	assert_committed(session);
	assert_rows(session, "SELECT team_id FROM hero", "1");
}

/* 34: a list is replaced by removing and adding. */
static void test_replace_a_list(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct cast c = add_cast(session);
	struct Hero *b = Hero_add(session, .name = "B", .secret_name = "b", .team = c.one);
	struct Hero *d = Hero_add(session, .name = "D", .secret_name = "d");
	assert_flushed(session);
	statements_clear();
	Hero_list list = Team_heroes(session, c.one);
	assert_items(list, c.hero, b);
	corm_foreach(struct Hero *, hero, list)
		Team_heroes_remove(session, c.one, hero);
	Team_heroes_add(session, c.one, d);
	Team_heroes_add(session, c.one, d);
	assert_items(c.one->heroes, d);
	assert_items(list, c.hero, b);
	statements_clear();
	assert_committed(session);
	assert_sent(SET_TEAM, "[null,1]", SET_TEAM, "[null,2]", SET_TEAM, "[1,3]");
	assert_rows(session, "SELECT id, team_id FROM hero ORDER BY id", "1|NULL 2|NULL 3|1");
}

static void test_a_list_without_a_pointer_on_the_other_side(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Wall *one = Wall_add(session), *two = Wall_add(session);
	struct Brick *brick = Brick_add(session, .color = "red");
	assert_int_equal(Wall_bricks_add(session, one, brick), CORM_OK);
	assert_items(one->bricks, brick);
	assert_committed(session);
	assert_sent("INSERT INTO wall DEFAULT VALUES", "[]", "INSERT INTO wall DEFAULT VALUES", "[]",
	            "INSERT INTO brick (color, wall_id) VALUES (?, ?)", "[\"red\",1]");
	assert_items(Wall_bricks(session, one), brick);
	assert_empty(Wall_bricks(session, two));
	statements_clear();
	assert_int_equal(Wall_bricks_add(session, two, brick), CORM_OK);
	assert_no_items(one->bricks);
	assert_items(two->bricks, brick);
	assert_true(corm_is_modified(session, brick));
	assert_flushed(session);
	assert_sent("UPDATE brick SET wall_id=? WHERE id=?", "[2,1]");
	assert_int_equal(brick->wall_id.value, 2);
	assert_items(Wall_bricks(session, two), brick);
	assert_nothing_sent();
	assert_int_equal(Wall_bricks_remove(session, two, brick), CORM_OK);
	assert_no_items(two->bricks);
	assert_flushed(session);
	assert_sent("UPDATE brick SET wall_id=? WHERE id=?", "[null,1]");
	/* The key, set by hand, is not seen by the lists that are there; the next call reads them anew. */
	corm_assign(brick->wall_id, 1);
	assert_items(Wall_bricks(session, one), brick);
	assert_rows(session, "SELECT wall_id FROM brick", "1");
}

/* ---- trees ------------------------------------------------------------------------------------------------------- */

static void test_move_in_a_tree(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Node *root = Node_add(session, .name = "root"), *other = Node_add(session, .name = "other");
	struct Node *leaf = Node_add(session, .name = "leaf");
	Node_children_add(session, root, leaf);
	assert_committed(session);
	assert_items(Node_children(session, root), leaf);
	assert_empty(Node_children(session, other));
	statements_clear();
	Node_children_add(session, other, leaf);
	assert_no_items(root->children);
	assert_items(other->children, leaf);
	assert_ptr_equal(leaf->parent, other);
	assert_flushed(session);
	assert_sent("UPDATE node SET parent_id=? WHERE id=?", "[2,3]");
	/* One that is its own parent. */
	assert_int_equal(Node_parent_set(session, root, root), CORM_OK);
	assert_flushed(session);
	assert_sent("UPDATE node SET parent_id=? WHERE id=?", "[1,1]");
	assert_items(Node_children(session, root), root);
	assert_int_equal(Node_children_remove(session, root, root), CORM_OK);
	assert_committed(session);
	assert_rows(session, "SELECT id, parent_id FROM node ORDER BY id", "1|NULL 2|NULL 3|2");
}

/* ---- many to many ------------------------------------------------------------------------------------------------ */

/* 40, 42 */
static void test_tags_come_and_go(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Hero *hero = Hero_add(session, .name = "H", .secret_name = "h");
	assert_committed(session);
	Hero_refresh(session, hero);
	assert_empty(Hero_tags(session, hero));
	statements_clear();
	struct Tag *a = Tag_add(session, .label = "t1"), *b = Tag_add(session, .label = "t2");
	assert_int_equal(Hero_tags_add(session, hero, a), CORM_OK);
	assert_int_equal(Hero_tags_add(session, hero, b), CORM_OK);
	assert_int_equal(Hero_tags_add(session, hero, a), CORM_OK); /* 42: is there already */
	assert_items(hero->tags, a, b);
	assert_items(a->heroes, hero);
	assert_committed(session);
	assert_sent(INSERT_TAG, "[\"t1\"]", INSERT_TAG, "[\"t2\"]", INSERT_LINK, "[1,1]", INSERT_LINK, "[1,2]");
	assert_items(Hero_tags(session, hero), a, b);
	statements_clear();
	assert_int_equal(Hero_tags_remove(session, hero, a), CORM_OK);
	assert_items(hero->tags, b);
	assert_refused(session, Hero_tags_remove(session, hero, a), CORM_ERROR_USAGE, "not among them");
	assert_committed(session);
	assert_sent(DELETE_LINK, "[1,1]");
	/* Nothing is loaded: the pair alone is sent. */
	assert_int_equal(Hero_tags_remove(session, hero, b), CORM_OK);
	assert_committed(session);
	assert_sent(HERO " WHERE hero.id = ?", "[1]", "SELECT tag.* WHERE tag.id = ?", "[2]", DELETE_LINK, "[1,2]");
	assert_rows(session, "SELECT count(*) FROM hero_tag", "0");
	assert_empty(Hero_tags(session, hero));
	assert_empty(Tag_heroes(session, a));
}

/* 41 */
static void test_tags_by_the_other_side(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Hero *hero = Hero_add(session, .name = "H", .secret_name = "h");
	struct Tag *tag = Tag_add(session, .label = "t1");
	assert_committed(session);
	assert_empty(Tag_heroes(session, tag));
	assert_empty(Hero_tags(session, hero));
	statements_clear();
	assert_int_equal(Tag_heroes_add(session, tag, hero), CORM_OK);
	assert_items(hero->tags, tag);
	assert_flushed(session);
	assert_sent(INSERT_LINK, "[1,1]");
	assert_items(Hero_tags(session, hero), tag);
	assert_non_null(HeroTag_get(session, 1, 1));
	/* Added by one side and removed by the other is nothing, and the other way round. */
	statements_clear();
	struct Tag *late = Tag_add(session, .label = "t2");
	Hero_tags_add(session, hero, late);
	Tag_heroes_remove(session, late, hero);
	Tag_heroes_remove(session, tag, hero);
	Hero_tags_add(session, hero, tag);
	assert_committed(session);
	assert_sent(INSERT_TAG, "[\"t2\"]");
	assert_rows(session, "SELECT hero_id, tag_id FROM hero_tag", "1|1");
}

/* A row of the link model that the program has as an object, and pairs that are not what it thinks. */
static void test_links_as_objects(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Hero *hero = Hero_add(session, .name = "H", .secret_name = "h");
	struct Tag *tag = Tag_add(session, .label = "t1");
	Hero_tags_add(session, hero, tag);
	assert_committed(session);
	struct HeroTag *link = HeroTag_get(session, 1, 1);
	assert_non_null(link);
	assert_int_equal(Hero_tags_remove(session, hero, tag), CORM_OK);
	assert_flushed(session);
	assert_state(session, link, CORM_STATE_DELETED);
	assert_null(HeroTag_get(session, 1, 1));
	assert_int_equal(corm_rollback(session), CORM_OK);
	assert_state(session, link, CORM_STATE_STALE);
	assert_ptr_equal(HeroTag_get(session, 1, 1), link);
	/* Somebody else has taken it away. */
	assert_changed(session, "DELETE FROM hero_tag", 1);
	assert_int_equal(Hero_tags_remove(session, hero, tag), CORM_OK);
	assert_int_equal(corm_flush(session), CORM_ERROR_CONFLICT);
	corm_rollback(session);
	/* And there already, without the session's knowing. */
	assert_int_equal(Hero_tags_add(session, hero, tag), CORM_OK);
	assert_int_equal(corm_flush(session), CORM_ERROR_UNIQUE);
	corm_rollback(session);
	/* The link model's own defaults count. */
	struct Volume *volume = Volume_add(session, .title = "v");
	struct Reader *reader = Reader_add(session, .name = "r");
	assert_int_equal(Reader_volumes_add(session, reader, volume), CORM_OK);
	assert_committed(session);
	assert_rows(session, "SELECT id, volume_id, reader_id, days FROM loan", "1|1|1|14");
}

/* 39 */
static void test_a_link_with_a_column_of_its_own(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Mission *mission = Mission_add(session, .title = "M");
	struct Hero *hero = Hero_add(session, .name = "H", .secret_name = "h");
	struct HeroMissionLink *link = HeroMissionLink_add(session, .hero = hero, .mission = mission, .is_training = true);
	assert_items(hero->mission_links, link);
	assert_committed(session);
	assert_sent_sql(2, "INSERT INTO hero_mission_link (hero_id, mission_id, is_training) VALUES (?, ?, ?)");
	assert_sent_parameters(2, "[1,1,true]");
	HeroMissionLink_refresh(session, link);
	statements_clear();
	link->is_training = false;
	assert_flushed(session);
	assert_sent("UPDATE hero_mission_link SET is_training=? WHERE hero_id=? AND mission_id=?", "[false,1,1]");
	assert_items(Mission_hero_links(session, mission), link);
	assert_ptr_equal(HeroMissionLink_get(session, 1, 1), link);
	/* A link whose key is not complete. */
	HeroMissionLink_add(session, .hero = hero);
	assert_int_equal(corm_flush(session), CORM_ERROR_VALIDATION);
	assert_contains(corm_session_error(session)->message, "mission_id");
	corm_rollback(session);
}

/* ---- one to one -------------------------------------------------------------------------------------------------- */

static void test_one_to_one(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Person *ann = Person_add(session, .name = "Ann"), *bob = Person_add(session, .name = "Bob");
	struct Passport *first = Passport_add(session, .number = "1", .person = ann);
	struct Passport *second = Passport_add(session, .number = "2");
	assert_ptr_equal(ann->passport, first);
	assert_committed(session);
	assert_ptr_equal(Person_passport(session, ann), first);
	assert_null(Person_passport(session, bob));
	assert_ptr_equal(Passport_person(session, first), ann);
	Passport_refresh(session, second);
	statements_clear();
	/* Replaced by another: the first is left without. */
	assert_int_equal(Person_passport_set(session, ann, second), CORM_OK);
	assert_ptr_equal(ann->passport, second);
	assert_ptr_equal(second->person, ann);
	assert_null(first->person);
	assert_flushed(session);
	const char *update = "UPDATE passport SET person_id=? WHERE id=?";
	assert_sent(update, "[null,1]", update, "[1,2]");
	/* Taken over by somebody else, by the other side. */
	assert_int_equal(Passport_person_set(session, second, bob), CORM_OK);
	assert_null(ann->passport);
	assert_ptr_equal(bob->passport, second);
	assert_flushed(session);
	assert_sent(update, "[2,2]");
	assert_int_equal(Person_passport_set(session, bob, NULL), CORM_OK);
	assert_null(second->person);
	assert_committed(session);
	assert_sent(update, "[null,2]");
	assert_rows(session, "SELECT person_id FROM passport", "NULL NULL");
}

/* The pointer of the side without the key, assigned. */
static void test_one_to_one_assigned(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Person *ann = Person_add(session, .name = "Ann"), *bob = Person_add(session, .name = "Bob");
	struct Passport *first = Passport_add(session, .number = "1", .person = ann);
	struct Passport *second = Passport_add(session, .number = "2", .person = bob);
	struct Passport *third = Passport_add(session, .number = "3");
	struct Person *cleo = Person_add(session, .name = "Cleo", .passport = third);
	assert_committed(session);
	assert_int_equal(third->person_id.value, cleo->id);
	assert_ptr_equal(Person_passport(session, ann), first);
	assert_ptr_equal(Person_passport(session, bob), second);
	assert_int_equal(Passport_all(session).count, 3);
	statements_clear();
	ann->passport = second;
	assert_true(corm_is_modified(session, ann));
	assert_flushed(session);
	const char *update = "UPDATE passport SET person_id=? WHERE id=?";
	assert_sent(update, "[null,1]", update, "[1,2]");
	assert_null(first->person);
	assert_null(bob->passport);
	assert_ptr_equal(second->person, ann);
	assert_ptr_equal(Person_passport(session, ann), second);
	ann->passport = NULL;
	assert_committed(session);
	assert_sent(update, "[null,2]");
	assert_rows(session, "SELECT person_id FROM passport ORDER BY id", "NULL NULL 3");
}

/* The database lets no two lamps stand on a desk, not for a moment: who leaves it is sent first. */
static void test_one_to_one_over_a_unique_key(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	const char *update = "UPDATE lamp SET desk_id=? WHERE id=?";
	struct Desk *desk = Desk_add(session, .id = 1);
	struct Lamp *spare = Lamp_add(session, .label = "spare");
	struct Lamp *old = Lamp_add(session, .label = "old", .desk = desk);
	assert_committed(session);
	Lamp_refresh(session, spare);
	Lamp_refresh(session, old);
	assert_ptr_equal(Desk_lamp(session, desk), old);
	/* By one that is there, and comes before it in the order of the keys. */
	statements_clear();
	assert_int_equal(Desk_lamp_set(session, desk, spare), CORM_OK);
	Desk_add(session, .id = 2);
	assert_flushed(session);
	assert_sent(update, "[null,2]", update, "[1,1]", "INSERT INTO desk (id) VALUES (?)", "[2]");
	/* By a new one. */
	struct Lamp *new = Lamp_add(session, .label = "new");
	assert_int_equal(Desk_lamp_set(session, desk, new), CORM_OK);
	assert_flushed(session);
	assert_sent(update, "[null,1]", "INSERT INTO lamp (label, desk_id) VALUES (?, ?)", "[\"new\",1]");
	/* A unique text: one gets another, and a new one gets that. */
	new->label = "newer";
	Lamp_add(session, .label = "new");
	assert_committed(session);
	assert_sent("UPDATE lamp SET label=? WHERE id=?", "[\"newer\",3]",
	            "INSERT INTO lamp (label, desk_id) VALUES (?, ?)", "[\"new\",null]");
	assert_rows(session, "SELECT label, desk_id FROM lamp ORDER BY id", "spare|NULL old|NULL newer|1 new|NULL");
}

/* Set by a call, and back again by hand: the last word counts, and the other side follows it at the flush. */
static void test_set_back_by_hand(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Team *one = Team_add(session, .name = "One", .headquarters = "1");
	struct Team *two = Team_add(session, .name = "Two", .headquarters = "2");
	struct Hero *hero = Hero_add(session, .name = "H", .secret_name = "h", .team = one);
	assert_committed(session);
	Hero_refresh(session, hero);
	assert_ptr_equal(Hero_team(session, hero), one);
	assert_items(Team_heroes(session, one), hero);
	assert_empty(Team_heroes(session, two));
	statements_clear();
	assert_int_equal(Hero_team_set(session, hero, two), CORM_OK);
	hero->team = one;
	assert_flushed(session);
	assert_nothing_sent();
	assert_items(Team_heroes(session, one), hero);
	assert_empty(Team_heroes(session, two));
	assert_int_equal(Team_heroes_remove(session, one, hero), CORM_OK);
	assert_null(hero->team);
	hero->team = one;
	assert_committed(session);
	assert_nothing_sent();
	assert_items(Team_heroes(session, one), hero);
	assert_rows(session, "SELECT team_id FROM hero", "1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scenario(test_move_by_adding_to_a_list),
		scenario(test_move_by_the_pointer),
		scenario(test_remove_from_a_list),
		scenario(test_set_what_was_not_loaded),
		scenario(test_set_the_key),
		scenario(test_replace_a_list),
		scenario(test_a_list_without_a_pointer_on_the_other_side),
		scenario(test_move_in_a_tree),
		scenario(test_tags_come_and_go),
		scenario(test_tags_by_the_other_side),
		scenario(test_links_as_objects),
		scenario(test_a_link_with_a_column_of_its_own),
		scenario(test_one_to_one),
		scenario(test_one_to_one_assigned),
		scenario(test_one_to_one_over_a_unique_key),
		scenario(test_set_back_by_hand),
	};
	return cmocka_run_group_tests_name("session: scenarios of relationships", tests, NULL, NULL);
}
