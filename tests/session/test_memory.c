/* SPDX-License-Identifier: Apache-2.0
 *
 * Each allocation of everything that a session does is made to fail in turn: no crash, no leak, CORM_ERROR_MEMORY, and
 * the database as before. And a session that lives long does not grow.
 */
#include "fail_alloc.h"
#include "rich.h"
#include "session/place.h"

/* Two teams, six heroes with tags, a tree; committed. */
static void fill(corm_engine *engine)
{
	corm_autoclose corm_session *session = corm_session_open(engine);
	struct Team *teams[] = { Team_add(session, .name = "one"), Team_add(session, .name = "two") };
	struct Tag *tags[] = { Tag_add(session, .label = "x"), Tag_add(session, .label = "y") };
	for (int i = 0; i < 6; i++) {
		struct Hero *hero = Hero_add(session, .name = corm_textf(session, "hero %d", i), .team = teams[i % 2]);
		Hero_tags_add(session, hero, tags[i % 2]);
	}
	struct Node *root = Node_add(session, .name = "root");
	Node_add(session, .name = "leaf", .parent = Node_add(session, .name = "branch", .parent = root));
	assert_int_equal(corm_commit(session), CORM_OK);
}

/* What stands in the database, in few words. */
static void describe(corm_engine *engine, char *out, size_t size)
{
	corm_autoclose corm_session *session = corm_session_open(engine);
	size_t used = 0;
	Hero_list heroes = Hero_all(session, corm_load(Hero.team), corm_load(Hero.tags), corm_order_by(Hero.id));
	corm_foreach(struct Hero *, hero, heroes)
		used += (size_t)snprintf(out + used, size - used, "%s/%s/%zu/%d ", hero->name,
		                         hero->team ? hero->team->name : "-", hero->tags.count, hero->age.value);
	snprintf(out + used, size - used, "%lld teams %lld tags %lld nodes", (long long)Team_count(session),
	         (long long)Tag_count(session), (long long)Node_count(session));
	assert_ok(session);
}

/* ---- what is done, in pieces ------------------------------------------------------------------------------------- */

static void reading(corm_session *session)
{
	Team_list teams = Team_all(session, corm_load(Team.heroes, Hero.tags), corm_order_by(Team.name));
	corm_foreach(struct Team *, team, teams)
		Team_heroes(session, team);
	Hero_all(session, corm_load_joined(Hero.team), corm_load_joined(Hero.tags), corm_order_by(Hero.id), corm_limit(4));
	Hero_all(session, corm_only(Hero.name));
	Hero_all(session, corm_readonly());
	corm_stream *stream = Hero_stream(session, corm_order_by(Hero.name));
	Hero_stream_next(stream);
	Hero_stream_next(stream);
	corm_stream_close(stream);
	corm_expire_all(session);
	struct Hero *hero = Hero_get(session, 1);
	Hero_refresh(session, hero);
	Hero_tags(session, hero);
	Hero_copy(corm_session_arena(session), hero);
	Node_children(session, Node_first(session));
}

static void relating(corm_session *session)
{
	struct Team *one = Team_get(session, 1), *two = Team_get(session, 2);
	struct Hero *hero = Hero_get(session, 1);
	Team_heroes(session, one);
	Team_heroes(session, two);
	Team_heroes_add(session, two, hero);
	Hero_tags(session, hero);
	Hero_tags_add(session, hero, Tag_add(session, .label = "new"));
	Hero_tags_remove(session, hero, Tag_get(session, 1));
	Hero_team_set(session, Hero_get(session, 2), NULL);
	for (int i = 0; i < 10; i++)
		Team_heroes_add(session, one, Hero_add(session, .name = "many"));
	struct Node *a = Node_add(session, .name = "a");
	struct Node *b = Node_add(session, .name = "b", .parent = a);
	if (a && b)
		a->parent = b;
	corm_flush(session);
}

static void deleting(corm_session *session)
{
	Team_delete(session, Team_get(session, 1));
	Hero_delete(session, Hero_get(session, 2));
	Node_delete(session, Node_get(session, 2));
	corm_flush(session);
}

static void nesting(corm_session *session)
{
	struct Hero *hero = Hero_get(session, 1);
	corm_begin_nested(session);
	if (hero) {
		hero->name = "nested";
		hero->age = (corm_optional(int))corm_some(5);
	}
	Hero_add(session, .name = "inside");
	corm_begin_nested(session);
	Team_delete(session, Team_get(session, 2));
	corm_flush(session);
	if (!session || corm_session_error(session)->status == CORM_OK)
		corm_rollback_nested(session);
	corm_commit_nested(session);
}

static void writing(corm_session *session)
{
	struct Hero heroes[3];
	for (int i = 0; i < 3; i++) {
		Hero_init(&heroes[i]);
		heroes[i].name = "bulk";
	}
	Hero_insert_many(session, heroes, 3);
	Hero_update(session, corm_set(Hero.age, corm_plus(Hero.id, 1)), corm_where(corm_gt(Hero.id, 3)));
	Hero_delete_where(session, corm_where(corm_eq(Hero.name, "bulk")));
	Team_upsert(session, Team_values(.name = "one"), corm_on_conflict(Team.name), corm_set(Team.name, "uno"));
	Team_upsert(session, Team_values(.id = 2, .name = "due"), corm_on_conflict(Team.id));
	Tag_upsert(session, Tag_values(.label = "x"), corm_on_conflict(Tag.label), corm_do_nothing());
	Hero_merge(session, Hero_values(.id = 2, .name = "merged"));
	Hero_merge(session, Hero_values(.name = "merged too"));
	corm_expunge(session, Hero_get(session, 4));
	corm_flush(session);
	corm_expunge_all(session);
}

/* Each failure takes a connection of its own: where that takes time, one allocation of so many fails. */
static size_t step(void)
{
	return test_database_is_far() ? 29 : 1;
}

static void (*const pieces[])(corm_session *session) = { reading, relating, deleting, nesting, writing };

/* Runs a piece with the n-th allocation failing, commits or rolls back, and compares. False: none failed any more. */
static bool run(void (*piece)(corm_session *session), corm_engine *keeper, struct fail_alloc *memory, bool commit,
                const char *before, size_t *failures)
{
	char after[2000];
	corm_engine *engine = corm_engine_open_options(url, &(corm_engine_options){ .allocator = &memory->allocator });
	if (!engine) {
		assert_int_equal(corm_last_error()->status, CORM_ERROR_MEMORY);
		return true;
	}
	corm_session *session = corm_session_open(engine);
	piece(session);
	const corm_error *error = corm_session_error(session);
	corm_status status = error->status;
	if (status != CORM_OK) {
		if (status != CORM_ERROR_MEMORY)
			fail_msg("%s: %s", corm_status_name(status), error->message);
		(*failures)++;
	}
	if (commit && status == CORM_OK)
		status = corm_commit(session);
	else
		corm_rollback(session);
	/* The session works again, or says that there is still no memory. */
	if (status == CORM_OK)
		Hero_count(session);
	corm_session_error(session);
	corm_session_close(session);
	corm_engine_close(engine);
	describe(keeper, after, sizeof after);
	if (!commit || status != CORM_OK)
		assert_string_equal(after, before);
	else
		assert_true(!memory->failed || strcmp(after, before) != 0 || piece == reading);
	return true;
}

static void every_allocation_may_fail(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		corm_engine *keeper = database_open(url, &rich_metadata);
		corm_engine_on_statement(keeper, NULL, NULL);
		fill(keeper);
		char before[2000];
		describe(keeper, before, sizeof before);
		struct fail_alloc memory;
		size_t failures = 0;
		for (size_t n = 1; fail_alloc_next(&memory, n); n += step())
			run(pieces[i], keeper, &memory, false, before, &failures);
		assert_true(failures > (test_database_is_far() ? 0 : 10));
		corm_engine_close(keeper);
		place_tear_down(state);
		place_set_up(state);
	}
}

/* The same, committed where nothing failed: what could not be done must not be there in part. */
static void all_or_nothing(void **state)
{
	(void)state;
	for (size_t i = 1; i < sizeof pieces / sizeof *pieces; i++) {
		struct fail_alloc memory;
		size_t failures = 0;
		for (size_t n = 1; fail_alloc_next(&memory, n); n += 7 * step()) {
			corm_engine *keeper = database_open(url, &rich_metadata);
			corm_engine_on_statement(keeper, NULL, NULL);
			fill(keeper);
			char before[2000];
			describe(keeper, before, sizeof before);
			run(pieces[i], keeper, &memory, true, before, &failures);
			corm_engine_close(keeper);
			place_tear_down(state);
			place_set_up(state);
		}
	}
}

/* ---- sessions that live long ------------------------------------------------------------------------------------- */

static long rounds(void)
{
	return test_database_is_far() ? 2000 : getenv("CORM_TEST_LONG") ? 1000000 : 20000;
}

enum way { COMMIT, FLUSH, ROLLBACK, BY_ANOTHER, UPDATE, UPSERT, WAYS };

static void write_name(corm_session *session, corm_session *other, const char *name, enum way way)
{
	if (way == UPDATE) {
		assert_int_equal(Hero_update(session, corm_set(Hero.name, name), corm_where(corm_eq(Hero.id, 1))), 1);
	} else if (way == UPSERT) {
		assert_non_null(Hero_upsert(session, Hero_values(.id = 1, .name = name), corm_on_conflict(Hero.id)));
	} else {
		struct Hero *hero = Hero_one(way == BY_ANOTHER ? other : session, corm_where(corm_eq(Hero.id, 1)));
		assert_non_null(hero);
		hero->name = name;
	}
}

/* Query, change, and end the round in one way or another: the text of each value is as long as it likes. */
static void change(corm_session *session, corm_session *other, long round, enum way way)
{
	char name[20];
	snprintf(name, sizeof name, "%ld %.*s", round % 1000, (int)(round % 12), "xxxxxxxxxxxx");
	write_name(session, other, name, way);
	if (way == BY_ANOTHER)
		assert_int_equal(corm_commit(other), CORM_OK);
	if (way == ROLLBACK)
		assert_true(corm_flush(session) == CORM_OK && corm_rollback(session) == CORM_OK);
	else if (way != FLUSH)
		assert_true(Hero_get(session, 1) && corm_commit(session) == CORM_OK);
	else
		assert_int_equal(corm_flush(session), CORM_OK);
	/* The buffer is the program's again: what is in it now must not matter. */
	memset(name, '?', sizeof name - 1);
}

static void a_session_does_not_grow_by_changes(void **state)
{
	(void)state;
	struct fail_alloc memory;
	fail_alloc_init(&memory, 0);
	corm_engine *engine = engine_with(&memory.allocator);
	assert_int_equal(corm_create_all(engine, &rich_metadata), CORM_OK);
	fill(engine);
	corm_session *session = corm_session_open(engine), *other = corm_session_open(engine);
	for (enum way way = COMMIT; way < WAYS; way++) {
		for (long i = 0; i < 2000; i++)
			change(session, other, i, way);
		corm_commit(session);
		size_t before = memory.live_bytes;
		for (long i = 0; i < rounds(); i++)
			change(session, other, i, way);
		corm_commit(session);
		assert_true(memory.live_bytes < before + (64 << 10));
	}
	corm_session_close(other);
	corm_session_close(session);
	corm_engine_close(engine);
	fail_alloc_check(&memory);
}

/* Children that are deleted leave their parent's list, from its middle: a copy for each of them would be quadratic. */
static void a_flush_copies_a_list_once(void **state)
{
	(void)state;
	enum { CHILDREN = 2000 };
	struct fail_alloc memory;
	fail_alloc_init(&memory, 0);
	corm_engine *engine = engine_with(&memory.allocator);
	assert_int_equal(corm_create_all(engine, &rich_metadata), CORM_OK);
	corm_session *session = corm_session_open(engine);
	struct Team *team = Team_add(session, .name = "large");
	for (int i = 0; i < CHILDREN; i++)
		Hero_add(session, .name = "h", .team = team);
	assert_int_equal(corm_commit(session), CORM_OK);
	Hero_list heroes = Team_heroes(session, team);
	assert_int_equal(heroes.count, CHILDREN);
	for (size_t i = 1; i < CHILDREN; i += 2)
		assert_int_equal(Hero_delete(session, heroes.items[i]), CORM_OK);
	size_t before = memory.peak_bytes = memory.live_bytes;
	assert_int_equal(corm_flush(session), CORM_OK);
	assert_int_equal(team->heroes.count, CHILDREN / 2);
	assert_int_equal(heroes.count, CHILDREN); /* what was handed out stays as it was */
	assert_ptr_equal(heroes.items[2], team->heroes.items[1]);
	assert_true(memory.peak_bytes < before + CHILDREN * 1024);
	corm_session_close(session);
	corm_engine_close(engine);
	fail_alloc_check(&memory);
}

/* Rows that alternate between two sets of columns are two statements, which need no memory for each change of the set. */
static void rows_of_two_shapes_need_no_more(void **state)
{
	(void)state;
	enum { ROWS = 4000 };
	struct fail_alloc memory;
	fail_alloc_init(&memory, 0);
	corm_engine *engine = engine_with(&memory.allocator);
	assert_int_equal(corm_create_all(engine, &rich_metadata), CORM_OK);
	corm_session *session = corm_session_open(engine);
	struct Node *nodes = calloc(ROWS, sizeof *nodes);
	assert_non_null(nodes);
	for (int i = 0; i < ROWS; i++) {
		Node_init(&nodes[i]);
		nodes[i].name = "n";
		if (i % 2)
			nodes[i].id = 100000 + i;
	}
	size_t before = memory.peak_bytes = memory.live_bytes;
	assert_int_equal(Node_insert_many(session, nodes, ROWS), CORM_OK);
	assert_true(memory.peak_bytes < before + (256 << 10));
	assert_int_equal(Node_count(session), ROWS);
	free(nodes);
	corm_session_close(session);
	corm_engine_close(engine);
	fail_alloc_check(&memory);
}

/* What the program holds of a replaced value stays readable for a good while. */
static void replaced_text_is_not_used_again_at_once(void **state)
{
	(void)state;
	corm_engine *engine = database_open(NULL, &rich_metadata);
	fill(engine);
	corm_autoclose corm_session *session = corm_session_open(engine);
	struct Hero *hero = Hero_get(session, 1);
	const char *old = hero->name;
	hero->name = "another";
	assert_int_equal(corm_commit(session), CORM_OK);
	for (int i = 0; i < 100; i++) {
		hero = Hero_get(session, 1);
		hero->name = i % 2 ? "value 1" : "value 2";
		assert_int_equal(corm_commit(session), CORM_OK);
	}
	assert_string_equal(old, "hero 0");
	corm_session_close(session);
	session = NULL;
	database_close(engine);
}

static void a_stream_needs_no_more_for_more_rows(void **state)
{
	(void)state;
	enum { AT_ONCE = 1000 };
	struct fail_alloc memory;
	fail_alloc_init(&memory, 0);
	corm_engine *engine = engine_with(&memory.allocator);
	assert_int_equal(corm_create_all(engine, &rich_metadata), CORM_OK);
	corm_session *session = corm_session_open(engine);
	static struct Hero heroes[AT_ONCE];
	for (int i = 0; i < AT_ONCE; i++) {
		Hero_init(&heroes[i]);
		heroes[i].name = "a hero of the many";
	}
	for (long i = 0; i < rounds(); i += AT_ONCE)
		assert_int_equal(Hero_insert_many(session, heroes, AT_ONCE), CORM_OK);
	assert_int_equal(corm_commit(session), CORM_OK);
	size_t before = memory.peak_bytes = memory.live_bytes;
	corm_stream *stream = Hero_stream(session);
	long count = 0;
	for (struct Hero *hero; (hero = Hero_stream_next(stream)); count++)
		assert_string_equal(hero->name, "a hero of the many");
	corm_stream_close(stream);
	assert_int_equal(count, rounds());
	assert_true(memory.peak_bytes < before + (64 << 10));
	corm_session_close(session);
	corm_engine_close(engine);
	fail_alloc_check(&memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_allocation_may_fail, place_set_up, place_tear_down),
		cmocka_unit_test_setup_teardown(all_or_nothing, place_set_up, place_tear_down),
		cmocka_unit_test(a_session_does_not_grow_by_changes),
		cmocka_unit_test(a_flush_copies_a_list_once),
		cmocka_unit_test(rows_of_two_shapes_need_no_more),
		cmocka_unit_test(replaced_text_is_not_used_again_at_once),
		cmocka_unit_test(a_stream_needs_no_more_for_more_rows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
