/* SPDX-License-Identifier: Apache-2.0
 *
 * Scenarios of reading: relationships on first use, with a query or never; plain structs and streams.
 */
#include "session/test_scenarios_support.h"

/* A team of three, the first of them with two tags; three heroes without a team. Nothing is known to the session. */
static corm_session *open_full(corm_engine *engine)
{
	corm_session *session = corm_session_open(engine);
	struct Team *team = Team_add(session, .name = "Preventers", .headquarters = "Sharp Tower");
	Team_add(session, .name = "Zeros", .headquarters = "z");
	struct Hero *heroes[6];
	for (int i = 0; i < 6; i++)
		heroes[i] = Hero_add(session, .name = corm_textf(session, "%c", 'A' + i), .secret_name = "s",
		                     .team = i < 3 ? team : NULL);
	for (int i = 0; i < 2; i++)
		Hero_tags_add(session, heroes[0], Tag_add(session, .label = i ? "y" : "x"));
	assert_committed(session);
	corm_session_reset(session);
	statements_clear();
	return session;
}

#define SELECT_TAGS "SELECT hero_tag.hero_id, tag.id, tag.label FROM *hero_tag* WHERE *hero_tag.hero_id IN (*)*"
#define JOIN_HEROES "LEFT OUTER JOIN hero AS hero_1 ON team.id = hero_1.team_id"
#define ALL_OF_HERO "hero_1.id, hero_1.name, hero_1.secret_name, hero_1.age, hero_1.team_id"

/* ---- on first use ------------------------------------------------------------------------------------------------ */

/* 15, 15b */
static void test_a_pointer_on_first_use(void **state)
{
	corm_autoclose corm_session *session = open_full(*state);
	struct Hero *a = Hero_get(session, 1);
	assert_null(a->team);
	assert_string_equal(Hero_team(session, a)->name, "Preventers");
	struct Hero *b = Hero_get(session, 2);
	assert_ptr_equal(Hero_team(session, b), a->team);
	assert_ptr_equal(b->team, a->team);
	struct Hero *d = Hero_get(session, 4);
	assert_null(Hero_team(session, d));
	assert_sent(HERO " WHERE hero.id = ?", "[1]", TEAM " WHERE team.id = ?", "[1]", HERO " WHERE hero.id = ?", "[2]",
	            HERO " WHERE hero.id = ?", "[4]");
	assert_ok(session);
}

/* 23: never by itself. */
static void test_raise(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Volume *volume = Volume_add(session, .title = "v");
	struct Chapter *chapter = Chapter_add(session, .title = "c", .volume = volume);
	struct Reader *reader = Reader_add(session, .name = "r");
	Volume_readers_add(session, volume, reader);
	struct Chapter *alone = Chapter_add(session, .title = "alone");
	struct Publisher *publisher = Publisher_add(session, .name = "p");
	assert_no_items(Publisher_volumes(session, publisher)); /* it is new: there is nothing to load */
	assert_committed(session);
	corm_expunge_all(session);
	chapter = Chapter_get(session, 1);
	statements_clear();
	assert_refused(session, Chapter_volume(session, chapter), CORM_ERROR_NOT_LOADED, "corm_load(Chapter.volume)");
	assert_nothing_sent();
	alone = Chapter_get(session, 2);
	assert_null(Chapter_volume(session, alone));
	assert_ok(session);
	volume = Volume_get(session, 1);
	statements_clear();
	assert_refused(session, Volume_readers(session, volume), CORM_ERROR_NOT_LOADED, "Volume.readers is lazy(raise)");
	assert_nothing_sent();
	assert_null(volume->readers.items);
	volume = Volume_one(session, corm_load(Volume.readers));
	assert_int_equal(Volume_readers(session, volume).count, 1);
	assert_ok(session);
}

/* lazy(joined) in the query, lazy(selectin) behind it and behind what it leads to. */
static void test_what_loads_with_its_objects(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Publisher *publisher = Publisher_add(session, .name = "p");
	for (int i = 0; i < 2; i++) {
		struct Volume *volume = Volume_add(session, .title = "v", .publisher = publisher);
		for (int k = 0; k < 2; k++)
			Page_add(session, .chapter = Chapter_add(session, .title = "c", .volume = volume));
	}
	assert_committed(session);
	corm_session_reset(session);
	statements_clear();
	Volume_list volumes = Volume_all(session, corm_order_by(Volume.id));
	assert_sent(
		"SELECT volume.id, volume.title, volume.publisher_id, publisher_1.id, publisher_1.name FROM volume LEFT OUTER JOIN "
		"publisher AS publisher_1 ON publisher_1.id = volume.publisher_id ORDER BY volume.id",
		"[]", "SELECT chapter.* FROM chapter WHERE chapter.volume_id IN (?, ?) ORDER BY chapter.id", "[1,2]",
		"SELECT page.* FROM page WHERE page.chapter_id IN (?, ?, ?, ?) ORDER BY page.id DESC", "[1,2,3,4]");
	assert_int_equal(volumes.count, 2);
	assert_string_equal(volumes.items[1]->publisher->name, "p");
	assert_ptr_equal(volumes.items[0]->publisher, volumes.items[1]->publisher);
	assert_int_equal(volumes.items[1]->chapters.count, 2);
	assert_int_equal(volumes.items[1]->chapters.items[1]->id, 4);
	assert_int_equal(volumes.items[1]->chapters.items[1]->pages.items[0]->id, 4);
	/* Neither the lists nor the pointers are asked for again. */
	Volume_chapters(session, volumes.items[0]);
	Volume_publisher(session, volumes.items[0]);
	Chapter_pages(session, volumes.items[0]->chapters.items[0]);
	assert_nothing_sent();
	/* X_get does the same. */
	corm_expunge_all(session);
	struct Volume *volume = Volume_get(session, 2);
	assert_int_equal(volume->chapters.count, 2);
	assert_non_null(volume->publisher);
	assert_int_equal(volume->chapters.items[0]->pages.count, 1);
	assert_ok(session);
}

/* ---- with a query ------------------------------------------------------------------------------------------------ */

/* 16, 17, 25 */
static void test_load(void **state)
{
	corm_autoclose corm_session *session = open_full(*state);
	Team_list teams = Team_all(session, corm_load(Team.heroes), corm_order_by(Team.id));
	assert_sent(TEAM " ORDER BY team.id", "[]", HERO " WHERE hero.team_id IN (?, ?)", "[1,2]");
	assert_int_equal(teams.items[0]->heroes.count, 3);
	assert_no_items(teams.items[1]->heroes);
	struct Hero *a = Hero_get(session, 1), *b = Hero_get(session, 2), *c = Hero_get(session, 3);
	assert_items(teams.items[0]->heroes, a, b, c);
	assert_string_equal(c->name, "C");
	corm_expunge_all(session);
	Hero_list heroes = Hero_all(session, corm_load(Hero.team), corm_order_by(Hero.id));
	assert_sent(HERO " ORDER BY hero.id", "[]", TEAM " WHERE team.id IN (?)", "[1]");
	assert_int_equal(heroes.count, 6);
	assert_string_equal(heroes.items[1]->team->name, "Preventers");
	assert_null(heroes.items[5]->team);
	heroes = Hero_all(session, corm_load(Hero.tags), corm_order_by(Hero.id));
	assert_sent(HERO " ORDER BY hero.id", "[]", SELECT_TAGS, "[1,2,3,4,5,6*]");
	assert_int_equal(heroes.items[0]->tags.count, 2);
	assert_no_items(heroes.items[1]->tags);
	/* What is loaded is not loaded again. */
	Hero_all(session, corm_load(Hero.tags), corm_load(Hero.team));
	assert_sent(HERO, "[]");
	assert_ok(session);
}

/* 26 */
static void test_load_on_and_on(void **state)
{
	corm_autoclose corm_session *session = open_full(*state);
	struct Team *team = Team_one(session, corm_load(Team.heroes, Hero.tags, Tag.heroes),
	                             corm_load(Team.heroes, Hero.mission_links), corm_where(corm_eq(Team.id, 1)));
	assert_sent_count(5);
	assert_sent_sql(0, TEAM " WHERE team.id = ? LIMIT ?");
	assert_sent_sql(1, HERO " WHERE hero.team_id IN (?)");
	struct Hero *a = Hero_get(session, 1), *b = Hero_get(session, 2), *c = Hero_get(session, 3);
	struct Tag *second = Tag_get(session, 2);
	assert_items(team->heroes, a, b, c);
	assert_items(a->tags, Tag_get(session, 1), second);
	assert_items(second->heroes, a);
	assert_no_items(c->mission_links);
	statements_clear();
	assert_refused(session, Team_all(session, corm_load(Hero.tags)), CORM_ERROR_USAGE,
	               "Hero.tags is no relationship of Team");
	assert_refused(session, Team_all(session, corm_load(Team.heroes, Tag.heroes)), CORM_ERROR_USAGE, "Tag.heroes");
	assert_nothing_sent();
}

/* 18, 19 */
static void test_load_joined(void **state)
{
	corm_autoclose corm_session *session = open_full(*state);
	Team_list teams = Team_all(session, corm_load_joined(Team.heroes), corm_order_by(Team.id));
	assert_sent("SELECT team.id, team.name, team.headquarters, " ALL_OF_HERO " FROM team " JOIN_HEROES
	            " ORDER BY team.id",
	            "[]");
	assert_int_equal(teams.count, 2);
	assert_int_equal(teams.items[0]->heroes.count, 3);
	assert_no_items(teams.items[1]->heroes);
	Team_heroes(session, teams.items[1]);
	assert_nothing_sent();
	corm_expunge_all(session);
	Hero_list heroes = Hero_all(session, corm_load_joined(Hero.team), corm_order_by(corm_desc(Hero.id)));
	assert_sent(
		"SELECT hero.*, team_1.id, team_1.name, team_1.headquarters FROM hero LEFT OUTER JOIN team AS team_1 ON "
		"team_1.id = hero.team_id ORDER BY hero.id DESC",
		"[]");
	assert_int_equal(heroes.count, 6);
	assert_string_equal(heroes.items[5]->team->name, "Preventers");
	assert_null(Hero_team(session, heroes.items[0]));
	assert_nothing_sent();
	/* Two lists multiply their rows, and stand in the objects once each all the same. */
	corm_expunge_all(session);
	struct Hero *hero = Hero_one(session, corm_load_joined(Hero.tags, Tag.heroes),
	                             corm_load_joined(Hero.team, Team.heroes), corm_where(corm_eq(Hero.name, "A")));
	assert_sent_count(1);
	assert_int_equal(hero->tags.count, 2);
	assert_int_equal(hero->team->heroes.count, 3);
	assert_items(hero->team->heroes, hero, Hero_get(session, 2), Hero_get(session, 3));
	assert_items(Tag_get(session, 2)->heroes, hero);
	assert_ok(session);
}

/* 20: the limit counts the query's own objects. */
static void test_load_joined_with_a_limit(void **state)
{
	corm_autoclose corm_session *session = open_full(*state);
	Team_list teams = Team_all(session, corm_load_joined(Team.heroes), corm_order_by(corm_asc(Team.name)),
	                           corm_limit(1));
	assert_sent("SELECT * FROM (SELECT team.* FROM team ORDER BY team.name ASC LIMIT ?) AS team " JOIN_HEROES
	            " ORDER BY *",
	            "[1]");
	assert_int_equal(teams.count, 1);
	assert_int_equal(teams.items[0]->heroes.count, 3);
	corm_expunge_all(session);
	teams = Team_all(session, corm_load_joined(Team.heroes), corm_order_by(Team.name), corm_limit(1), corm_offset(1));
	assert_int_equal(teams.count, 1);
	assert_string_equal(teams.items[0]->name, "Zeros");
	struct Team *first = Team_first(session, corm_load_joined(Team.heroes), corm_order_by(Team.name));
	assert_int_equal(first->heroes.count, 3);
	/* The join that filters is another than the one that loads. */
	corm_expunge_all(session);
	teams = Team_all(session, corm_join(Team.heroes), corm_where(corm_in(Hero.name, "A", "B")),
	                 corm_load_joined(Team.heroes), corm_distinct());
	assert_int_equal(teams.count, 1);
	assert_int_equal(teams.items[0]->heroes.count, 3);
	assert_ok(session);
}

/* 54c */
static void test_load_by_a_composite_key(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	for (int i = 7; i < 10; i++) {
		struct Order *order = Order_add(session, .region = "EU", .number = i);
		for (int k = 7; k < i; k++)
			OrderLine_add(session, .order = order, .sku = corm_textf(session, "%d", k));
	}
	assert_committed(session);
	corm_session_reset(session);
	statements_clear();
	Order_list orders = Order_all(session, corm_load(Order.lines), corm_order_by(Order.number));
	assert_sent_count(2);
	assert_sent_contains(1, "WHERE (order_line.region, order_line.number) IN (");
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(orders.items[i]->lines.count, i);
	corm_expunge_all(session);
	orders = Order_all(session, corm_load_joined(Order.lines), corm_order_by(corm_desc(Order.number)));
	assert_int_equal(orders.count, 3);
	assert_int_equal(orders.items[0]->lines.count, 2);
	assert_ok(session);
}

/* ---- less than objects ------------------------------------------------------------------------------------------- */

/* 24 */
static void test_only(void **state)
{
	corm_autoclose corm_session *session = open_full(*state);
	struct Hero *hero = Hero_first(session, corm_only(Hero.name), corm_order_by(Hero.id));
	assert_sent("SELECT hero.id, hero.name FROM hero ORDER BY hero.id LIMIT ?", "[1]");
	assert_string_equal(hero->name, "A");
	assert_null(hero->secret_name);
	assert_state(session, hero, CORM_STATE_STALE);
	/* What is missing is no change. */
	assert_false(corm_is_modified(session, hero));
	assert_flushed(session);
	assert_nothing_sent();
	/* A call that is given the object reads all of it. */
	assert_string_equal(Hero_team(session, hero)->name, "Preventers");
	assert_sent(HERO " WHERE hero.id = ?", "[1]", TEAM "*", "[1]");
	assert_string_equal(hero->secret_name, "s");
	/* Those that are fresh stay so. */
	Hero_list heroes = Hero_all(session, corm_only(Hero.name), corm_order_by(Hero.id));
	assert_ptr_equal(heroes.items[0], hero);
	assert_state(session, hero, CORM_STATE_PERSISTENT);
	assert_string_equal(hero->secret_name, "s");
	/* A change of such an object changes that column alone. */
	heroes.items[1]->name = "BB";
	statements_clear();
	assert_committed(session);
	assert_sent("UPDATE hero SET name=? WHERE id=?", "[\"BB\",2]");
	assert_rows(session, "SELECT name, secret_name, team_id FROM hero WHERE id = 2", "BB|s|1");
	/* With what leads to a relationship that is loaded. */
	corm_expunge_all(session);
	statements_clear();
	hero = Hero_first(session, corm_only(Hero.name), corm_load(Hero.team), corm_order_by(Hero.id));
	assert_sent("SELECT hero.id, hero.name, hero.team_id FROM hero ORDER BY hero.id LIMIT ?", "[1]", TEAM "*", "[1]");
	assert_string_equal(hero->team->name, "Preventers");
}

static void test_readonly(void **state)
{
	corm_autoclose corm_session *session = open_full(*state);
	Hero_list heroes = Hero_all(session, corm_readonly(), corm_order_by(Hero.id));
	assert_int_equal(heroes.count, 6);
	assert_state(session, heroes.items[0], CORM_STATE_FOREIGN);
	struct Hero *hero = Hero_get(session, 1);
	assert_ptr_not_equal(hero, heroes.items[0]);
	hero->name = "changed";
	statements_clear();
	struct Hero *again = Hero_first(session, corm_readonly(), corm_order_by(Hero.id));
	assert_string_equal(again->name, "changed");
	assert_sent("UPDATE hero SET name=? WHERE id=?", "[\"changed\",1]", HERO " ORDER BY hero.id LIMIT ?", "[1]");
	heroes.items[1]->name = "not seen";
	assert_flushed(session);
	assert_nothing_sent();
	assert_string_equal(heroes.items[0]->name, "A");
	assert_refused(session, Hero_delete(session, again), CORM_ERROR_USAGE, "does not own");
	assert_refused(session, Hero_all(session, corm_readonly(), corm_load(Hero.team)), CORM_ERROR_USAGE,
	               "corm_readonly()");
	heroes = Hero_all(session, corm_readonly(), corm_only(Hero.name), corm_limit(2));
	assert_int_equal(heroes.count, 2);
	assert_null(heroes.items[0]->secret_name);
	assert_int_not_equal(heroes.items[0]->id, 0); /* the key is read in any case */
	assert_ok(session);
}

static void test_stream(void **state)
{
	corm_autoclose corm_session *session = open_full(*state);
	struct Hero *hero = Hero_get(session, 1);
	hero->name = "flushed";
	corm_stream *stream = Hero_stream(session, corm_order_by(Hero.id), corm_limit(4));
	assert_non_null(stream);
	struct Hero *row = Hero_stream_next(stream);
	assert_string_equal(row->name, "flushed");
	assert_ptr_not_equal(row, hero);
	assert_state(session, row, CORM_STATE_FOREIGN);
	/* The session can be used meanwhile. */
	assert_int_equal(Team_count(session), 2);
	size_t rows = 1;
	while ((row = Hero_stream_next(stream)))
		rows++;
	assert_int_equal(rows, 4);
	assert_null(Hero_stream_next(stream));
	corm_stream_close(stream);
	corm_stream_close(NULL);
	/* Closed early, and left open at the end of the transaction. */
	stream = Hero_stream(session);
	assert_non_null(Hero_stream_next(stream));
	corm_stream_close(stream);
	stream = Hero_stream(session);
	assert_non_null(Hero_stream_next(stream));
	assert_committed(session);
	assert_refused(session, Hero_stream_next(stream), CORM_ERROR_USAGE, "transaction");
	corm_stream_close(stream);
	stream = Hero_stream(session);
	assert_non_null(Hero_stream_next(stream));
	corm_rollback(session);
	assert_refused(session, Hero_stream_next(stream), CORM_ERROR_USAGE, "transaction");
	/* Wrong uses. */
	assert_null(Hero_stream_next(NULL));
	assert_refused(session, Hero_stream(session, corm_load(Hero.team)), CORM_ERROR_USAGE, "stream");
	stream = Hero_stream(session);
	assert_refused(session, Team_stream_next(stream), CORM_ERROR_USAGE, "another model");
	assert_non_null(Hero_stream_next(stream));
	/* This one is left to the session's close. */
	assert_non_null(Hero_stream(session, corm_where(corm_eq(Hero.name, "none"))));
}

static void test_stream_of_nothing_and_of_errors(void **state)
{
	corm_autoclose corm_session *session = open_full(*state);
	corm_stream *stream = Hero_stream(session, corm_where(corm_eq(Hero.name, "none")));
	assert_null(Hero_stream_next(stream));
	assert_ok(session);
	corm_stream_close(stream);
	if (!test_database_takes_any_value())
		return;
	assert_changed(session, "UPDATE hero SET age = 'old' WHERE id = 2", 1);
	stream = Hero_stream(session, corm_order_by(Hero.id));
	assert_non_null(Hero_stream_next(stream));
	assert_null(Hero_stream_next(stream));
	assert_status(session, CORM_ERROR_TYPE);
	assert_string_equal(corm_session_error(session)->column, "age");
	assert_null(Hero_stream_next(stream));
	corm_session_clear_error(session);
	assert_null(Hero_stream_next(stream));
	corm_stream_close(stream);
}

/* ---- without autoflush ------------------------------------------------------------------------------------------- */

static void test_what_is_not_flushed_shows_in_lists(void **state)
{
	corm_autoclose corm_session *session = open_full(*state);
	corm_session_autoflush(session, false);
	struct Team *team = Team_get(session, 1), *other = Team_get(session, 2);
	struct Hero *a = Hero_get(session, 1), *b = Hero_get(session, 2), *c = Hero_get(session, 3),
				*d = Hero_get(session, 4);
	struct Tag *x = Tag_get(session, 1), *y = Tag_get(session, 2);
	struct Hero *new = Hero_add(session, .name = "new", .secret_name = "n", .team = team);
	Hero_team_set(session, a, other);
	Team_heroes_add(session, team, d);
	b->team = other;
	Hero_delete(session, c);
	Hero_tags_remove(session, a, x);
	Hero_tags_add(session, d, y);
	statements_clear();
	Hero_list list = Team_heroes(session, team);
	assert_int_equal(list.count, 2);
	assert_true((list.items[0] == d && list.items[1] == new) || (list.items[0] == new &&list.items[1] == d));
	list = Team_heroes(session, other);
	assert_int_equal(list.count, 2);
	assert_items(Hero_tags(session, a), y);
	assert_items(Hero_tags(session, d), y);
	assert_items(Tag_heroes(session, y), a, d);
	assert_empty(Tag_heroes(session, x));
	for (size_t i = 0; i < sent.count; i++)
		assert_memory_equal(sent.sql[i], "SELECT ", 7);
	corm_session_autoflush(session, true);
	assert_committed(session);
	assert_rows(session, "SELECT name, team_id FROM hero ORDER BY id", "A|2 B|2 D|1 E|NULL F|NULL new|1");
	assert_rows(session, "SELECT * FROM hero_tag ORDER BY hero_id", "1|2 4|2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scenario(test_a_pointer_on_first_use),
		scenario(test_raise),
		scenario(test_what_loads_with_its_objects),
		scenario(test_load),
		scenario(test_load_on_and_on),
		scenario(test_load_joined),
		scenario(test_load_joined_with_a_limit),
		scenario(test_load_by_a_composite_key),
		scenario(test_only),
		scenario(test_readonly),
		scenario(test_stream),
		scenario(test_stream_of_nothing_and_of_errors),
		scenario(test_what_is_not_flushed_shows_in_lists),
	};
	return cmocka_run_group_tests_name("session: scenarios of reading", tests, NULL, NULL);
}
