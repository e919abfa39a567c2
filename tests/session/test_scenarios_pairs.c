/* SPDX-License-Identifier: Apache-2.0
 *
 * One to one, and rows of links: what moves from one to another, by pointers and by calls, and what fails on the way.
 */
#include "session/test_scenarios_support.h"

#define SET_PERSON "UPDATE passport SET person_id=? WHERE id=?"

struct two {
	struct Person *ann, *bob;
	struct Passport *passport; /* Ann's */
};

static struct two add_two(corm_session *session)
{
	struct two two = { .ann = Person_add(session, .name = "Ann"), .bob = Person_add(session, .name = "Bob") };
	two.passport = Passport_add(session, .number = "1", .person = two.ann);
	assert_committed(session);
	assert_ptr_equal(Person_passport(session, two.ann), two.passport);
	assert_null(Person_passport(session, two.bob));
	assert_ptr_equal(Passport_person(session, two.passport), two.ann);
	statements_clear();
	return two;
}

/* By the pointers of the side without the key, in both directions: which one is looked at first must not matter. */
static void test_moved_by_pointers(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct two two = add_two(session);
	two.bob->passport = two.passport;
	two.ann->passport = NULL;
	assert_flushed(session);
	assert_sent(SET_PERSON, "[2,1]");
	assert_ptr_equal(two.passport->person, two.bob);
	two.ann->passport = two.passport;
	two.bob->passport = NULL;
	assert_flushed(session);
	assert_sent(SET_PERSON, "[1,1]");
	/* The key's side has been told already. */
	two.passport->person = two.bob;
	two.ann->passport = NULL;
	assert_flushed(session);
	assert_sent(SET_PERSON, "[2,1]");
	corm_assign(two.passport->person_id, two.ann->id);
	two.bob->passport = NULL;
	assert_committed(session);
	assert_sent(SET_PERSON, "[1,1]");
	assert_ptr_equal(Person_passport(session, two.ann), two.passport);
	assert_null(Person_passport(session, two.bob));
}

/* What was assigned before a flush that fails is assigned after it. */
static void test_assigned_before_a_failed_flush(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct two two = add_two(session);
	struct Passport *second = Passport_add(session, .number = "2");
	assert_flushed(session);
	two.ann->passport = second;
	struct Team *team = Team_add(session, .name = "T", .headquarters = corm_textf(session, "%60s", "too long"));
	assert_refused(session, corm_flush(session), CORM_ERROR_VALIDATION, "Team.headquarters");
	assert_ptr_equal(two.ann->passport, second);
	assert_ptr_equal(two.passport->person, two.ann);
	assert_null(second->person);
	team->headquarters = "short";
	assert_committed(session);
	assert_rows(session, "SELECT person_id FROM passport ORDER BY id", "NULL 1");
}

/* A new child that cannot be without a parent goes from one to another. */
static void test_new_orphans_are_given_again(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Parent *one = Parent_add(session, .name = "one"), *two = Parent_add(session, .name = "two");
	struct Kid *first = Kid_add(session, .name = "first", .parent = one);
	struct Kid *second = Kid_add(session, .name = "second", .parent = one);
	struct Kid *lost = Kid_add(session, .name = "lost", .parent = one);
	corm_session_autoflush(session, false);
	assert_int_equal(Parent_kids_remove(session, one, first), CORM_OK);
	assert_state(session, first, CORM_STATE_EXPUNGED);
	assert_int_equal(Parent_kids_add(session, two, first), CORM_OK);
	assert_state(session, first, CORM_STATE_PENDING);
	assert_int_equal(Kid_parent_set(session, second, NULL), CORM_OK);
	assert_int_equal(Kid_parent_set(session, second, two), CORM_OK);
	assert_int_equal(Kid_parent_set(session, lost, NULL), CORM_OK);
	struct Person *ann = Person_add(session, .name = "Ann"), *bob = Person_add(session, .name = "Bob");
	struct Badge *badge = Badge_add(session, .person = ann);
	assert_int_equal(Person_badge_set(session, ann, Badge_add(session)), CORM_OK);
	assert_state(session, badge, CORM_STATE_EXPUNGED);
	assert_int_equal(Person_badge_set(session, bob, badge), CORM_OK);
	assert_committed(session);
	assert_rows(session, "SELECT name, parent_id FROM kid ORDER BY id", "first|2 second|2");
	assert_rows(session, "SELECT person_id FROM badge ORDER BY id", "2 1");
	/* The flush has decided. */
	assert_refused(session, Kid_parent_set(session, lost, two), CORM_ERROR_USAGE, "does not own");
}

/* A new child that goes with one of its parents, or is taken away from it, leaves the list of the other. */
static void test_a_new_child_of_two(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Market *market = Market_add(session, .id = 1), *other = Market_add(session, .id = 2);
	struct Trader *trader = Trader_add(session, .id = 1);
	assert_committed(session);
	assert_empty(Trader_stalls(session, trader));
	Market_refresh(session, market);
	struct Stall *stall = Stall_add(session, .market = market, .trader = trader);
	assert_items(trader->stalls, stall);
	assert_int_equal(Market_delete(session, market), CORM_OK);
	assert_flushed(session);
	assert_state(session, stall, CORM_STATE_EXPUNGED);
	assert_no_items(trader->stalls);
	stall = Stall_add(session, .market = other, .trader = trader);
	corm_session_autoflush(session, false);
	assert_int_equal(Market_stalls_remove(session, other, stall), CORM_OK);
	assert_state(session, stall, CORM_STATE_EXPUNGED);
	assert_no_items(trader->stalls);
	/* Given to the one again, it is the other's too. */
	assert_int_equal(Market_stalls_add(session, other, stall), CORM_OK);
	assert_committed(session);
	assert_rows(session, "SELECT market_id, trader_id FROM stall", "2|1");
	assert_items(Trader_stalls(session, trader), stall);
}

/* The object of a link's row, and its pair, are deleted at once. */
static void test_a_link_and_its_pair(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Hero *hero = Hero_add(session, .name = "H", .secret_name = "h");
	struct Tag *one = Tag_add(session, .label = "1"), *two = Tag_add(session, .label = "2");
	assert_int_equal(Hero_tags_add(session, hero, one), CORM_OK);
	assert_int_equal(Hero_tags_add(session, hero, two), CORM_OK);
	assert_committed(session);
	struct HeroTag *link = HeroTag_get(session, hero->id, one->id);
	assert_int_equal(HeroTag_delete(session, link), CORM_OK);
	corm_session_autoflush(session, false);
	assert_int_equal(Hero_tags_remove(session, hero, one), CORM_OK);
	statements_clear();
	assert_flushed(session);
	assert_sent(DELETE_LINK, "[1,1]");
	assert_state(session, link, CORM_STATE_DELETED);
	link = HeroTag_get(session, hero->id, two->id);
	assert_int_equal(HeroTag_delete(session, link), CORM_OK);
	assert_int_equal(Hero_delete(session, hero), CORM_OK);
	assert_committed(session);
	assert_rows(session, "SELECT count(*) FROM hero_tag", "0");
	assert_rows(session, "SELECT count(*) FROM hero", "0");
}

static void test_expire_all_drops_pairs(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Hero *hero = Hero_add(session, .name = "H", .secret_name = "h");
	struct Tag *one = Tag_add(session, .label = "1"), *two = Tag_add(session, .label = "2");
	assert_int_equal(Hero_tags_add(session, hero, one), CORM_OK);
	assert_committed(session);
	corm_session_autoflush(session, false);
	assert_int_equal(Hero_tags_add(session, hero, two), CORM_OK);
	assert_int_equal(Hero_tags_remove(session, hero, one), CORM_OK);
	assert_int_equal(corm_expire_all(session), CORM_OK);
	assert_items(Hero_tags(session, hero), one);
	statements_clear();
	assert_committed(session);
	assert_nothing_sent();
}

/* A key that was set to nothing is noticed before anything is sent, also where a pointer was loaded beside it. */
static void test_a_key_of_zero(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Club *club = Club_add(session, .id = 1, .name = "c");
	struct Player *player = Player_add(session, .id = 1, .name = "p", .club = club);
	assert_committed(session);
	assert_ptr_equal(Player_club(session, player), club);
	statements_clear();
	player->club_id = 0;
	assert_refused(session, corm_flush(session), CORM_ERROR_VALIDATION, "Player.club_id: the foreign key is not set");
	assert_nothing_sent();
	player->club_id = 77;
	assert_int_equal(corm_flush(session), CORM_ERROR_FOREIGN_KEY);
	assert_string_equal(corm_session_error(session)->constraint, "fk_player_club_id");
	assert_string_equal(corm_session_error(session)->column, "club_id");
	corm_rollback(session);
	/* Another table's key leads to the row that is deleted: its own says nothing. */
	assert_changed(session, "UPDATE club SET captain_id=1", 1);
	assert_int_equal(Player_delete(session, Player_get(session, 1)), CORM_OK);
	assert_int_equal(corm_flush(session), CORM_ERROR_FOREIGN_KEY);
	if (test_database_names_foreign_keys())
		assert_string_equal(corm_session_error(session)->constraint, "fk_club_captain_id");
	else
		assert_null(corm_session_error(session)->constraint);
	corm_rollback(session);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scenario(test_moved_by_pointers),
		scenario(test_assigned_before_a_failed_flush),
		scenario(test_new_orphans_are_given_again),
		scenario(test_a_new_child_of_two),
		scenario(test_a_link_and_its_pair),
		scenario(test_expire_all_drops_pairs),
		scenario(test_a_key_of_zero),
	};
	return cmocka_run_group_tests_name("session: scenarios of pairs", tests, NULL, NULL);
}
