/* SPDX-License-Identifier: Apache-2.0
 *
 * Where scenarios meet: deleting what somebody was just given to, hooks, what is dropped before the flush.
 */
#include "session/test_scenarios_support.h"

/* ---- given to a parent that is deleted in the same flush --------------------------------------------------------- */

/* Once with the parent's list loaded, and once without: it makes no difference. */
static void given_to_a_deleted_team(corm_session *session, bool loaded)
{
	struct Team *team = Team_add(session, .name = "t", .headquarters = "h");
	struct Hero *moved = Hero_add(session, .name = "moved", .secret_name = "m");
	assert_committed(session);
	if (loaded)
		assert_empty(Team_heroes(session, team));
	struct Hero *new = Hero_add(session, .name = "new", .secret_name = "n", .team = team);
	assert_int_equal(Hero_team_set(session, moved, team), CORM_OK);
	assert_int_equal(Team_delete(session, team), CORM_OK);
	assert_committed(session);
	assert_null(new->team);
	assert_null(moved->team);
	assert_false(new->team_id.has_value || moved->team_id.has_value);
	assert_rows(session, "SELECT (SELECT count(*) FROM team), count(*), count(team_id) FROM hero", "0|2|0");
	assert_int_equal(Hero_delete_where(session, corm_all_rows()), 2);
	assert_committed(session);
}

static void test_new_children_lose_their_parent(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	given_to_a_deleted_team(session, true);
	given_to_a_deleted_team(session, false);
}

static void given_to_a_deleted_parent(corm_session *session, bool loaded)
{
	struct Parent *parent = Parent_add(session, .name = "p"), *other = Parent_add(session, .name = "q");
	struct Kid *moved = Kid_add(session, .name = "moved", .parent = other);
	assert_committed(session);
	if (loaded)
		assert_empty(Parent_kids(session, parent));
	struct Kid *new = Kid_add(session, .name = "new", .parent = parent);
	assert_int_equal(Kid_parent_set(session, moved, parent), CORM_OK);
	assert_int_equal(Parent_delete(session, parent), CORM_OK);
	assert_committed(session);
	assert_state(session, new, CORM_STATE_EXPUNGED);
	assert_state(session, moved, CORM_STATE_DELETED);
	assert_rows(session, "SELECT count(*) FROM kid", "0");
	Parent_delete(session, other);
	assert_committed(session);
}

static void test_new_children_go_with_their_parent(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	given_to_a_deleted_parent(session, true);
	given_to_a_deleted_parent(session, false);
}

static void test_bricks_of_a_deleted_wall(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Wall *one = Wall_add(session), *two = Wall_add(session);
	struct Brick *brick = Brick_add(session, .color = "red");
	Wall_bricks_add(session, one, brick);
	assert_committed(session);
	assert_int_equal(Wall_bricks_add(session, two, brick), CORM_OK);
	assert_int_equal(Wall_delete(session, one), CORM_OK);
	assert_committed(session);
	assert_int_equal(brick->wall_id.value, 2);
	assert_int_equal(Wall_delete(session, two), CORM_OK);
	assert_committed(session);
	assert_false(brick->wall_id.has_value);
	struct Wall *three = Wall_add(session);
	assert_committed(session);
	assert_int_equal(Wall_bricks_add(session, three, brick), CORM_OK);
	assert_int_equal(Wall_delete(session, three), CORM_OK);
	assert_committed(session);
	assert_rows(session, "SELECT count(*), count(wall_id) FROM brick", "1|0");
}

/* A pair that was linked, and one side of which is deleted before the flush. */
static void test_links_of_what_is_deleted(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Hero *hero = Hero_add(session, .name = "H", .secret_name = "h");
	struct Tag *tag = Tag_add(session, .label = "t");
	assert_committed(session);
	assert_int_equal(Hero_tags_add(session, hero, tag), CORM_OK);
	assert_int_equal(Tag_delete(session, tag), CORM_OK);
	assert_int_equal(corm_flush(session), CORM_OK);
	assert_empty(Hero_tags(session, hero));
	assert_rows(session, "SELECT (SELECT count(*) FROM tag), (SELECT count(*) FROM hero_tag)", "0|0");
	corm_rollback(session);
	assert_int_equal(Hero_tags_add(session, hero, tag), CORM_OK);
	assert_int_equal(Hero_delete(session, hero), CORM_OK);
	assert_committed(session);
	assert_rows(session, "SELECT (SELECT count(*) FROM hero), (SELECT count(*) FROM hero_tag)", "0|0");
	/* Both, whose rows are linked. */
	hero = Hero_add(session, .name = "H", .secret_name = "h");
	Hero_tags_add(session, hero, tag);
	assert_committed(session);
	Hero_delete(session, hero);
	Tag_delete(session, tag);
	assert_committed(session);
	assert_rows(session, "SELECT (SELECT count(*) FROM hero), (SELECT count(*) FROM tag)", "0|0");
}

/* ---- circles of rows --------------------------------------------------------------------------------------------- */

static void test_rows_that_refer_to_each_other(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	const char *insert = "INSERT INTO node (name, parent_id) VALUES (?, ?)";
	const char *update = "UPDATE node SET parent_id=? WHERE id=?", *delete = "DELETE FROM node WHERE id=?";
	struct Node *a = Node_add(session, .name = "a"), *b = Node_add(session, .name = "b", .parent = a);
	assert_int_equal(Node_parent_set(session, a, b), CORM_OK);
	assert_flushed(session);
	assert_sent(insert, "*", insert, "*", update, "*");
	assert_int_equal(a->parent_id.value, b->id);
	assert_int_equal(b->parent_id.value, a->id);
	assert_items(Node_children(session, a), b);
	assert_items(Node_children(session, b), a);
	statements_clear();
	Node_delete(session, a);
	Node_delete(session, b);
	assert_committed(session);
	assert_sent(update, "*", delete, "*", delete, "*");
	/* What else was changed in a row that goes is not written, and comes back as it was. */
	a = Node_add(session, .name = "a");
	b = Node_add(session, .name = "b", .parent = a);
	assert_flushed(session);
	a->parent = b;
	assert_committed(session);
	assert_ptr_equal(Node_get(session, a->id), a);
	assert_ptr_equal(Node_get(session, b->id), b);
	char changed[] = "changed";
	a->name = b->name = changed;
	Node_delete(session, a);
	Node_delete(session, b);
	assert_flushed(session);
	memset(changed, 'x', sizeof changed);
	assert_int_equal(corm_rollback(session), CORM_OK);
	assert_string_equal(a->name, "a");
	assert_string_equal(b->name, "b");
	Node_delete(session, a);
	Node_delete(session, b);
	assert_committed(session);
	/* A whole circle goes with one of them. */
	struct Folder *one = Folder_add(session, .name = "1"), *two = Folder_add(session, .name = "2", .parent = one);
	one->parent = two;
	assert_committed(session);
	assert_int_equal(Folder_delete(session, one), CORM_OK);
	assert_committed(session);
	assert_state(session, two, CORM_STATE_DELETED);
	/* Parent and child that go together: the child's key is not emptied first. */
	a = Node_add(session, .name = "a");
	b = Node_add(session, .name = "b", .parent = a);
	assert_flushed(session);
	statements_clear();
	Node_delete(session, a);
	Node_delete(session, b);
	assert_committed(session);
	assert_sent("SELECT *", "*", delete, "[2]", delete, "[1]");
	/* One that is its own parent. */
	a = Node_add(session, .name = "self");
	a->parent = a;
	assert_committed(session);
	assert_int_equal(Node_delete(session, a), CORM_OK);
	assert_committed(session);
	assert_rows(session, "SELECT (SELECT count(*) FROM node), (SELECT count(*) FROM folder)", "0|0");
}

/* ---- rows that are too long to go together ------------------------------------------------------------------------- */

static void test_long_rows(void **state)
{
	enum { ROWS = 36, LENGTH = 2000000 };
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Node *nodes[ROWS];
	char *text = malloc(LENGTH + 1);
	assert_non_null(text);
	memset(text, 'x', LENGTH);
	text[LENGTH] = '\0';
	for (int i = 0; i < ROWS; i++)
		nodes[i] = Node_add(session, .name = text);
	assert_committed(session);
	for (int i = 0; i < ROWS; i++)
		assert_int_equal(nodes[i]->id, i + 1);
	assert_int_equal(Node_count(session, corm_where(corm_eq(corm_length(Node.name), LENGTH))), ROWS);
	/* And one that nobody can store among others that anybody can. */
	for (int i = 0; i < 5; i++)
		Node_add(session, .name = i == 3 ? "\xff" : "y");
	assert_int_equal(corm_commit(session), CORM_ERROR_VALIDATION);
	corm_rollback(session);
	assert_int_equal(Node_count(session), ROWS);
	free(text);
}

/* ---- dropped before the flush ------------------------------------------------------------------------------------ */

static void test_pending_orphans(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Person *person = Person_add(session, .name = "p");
	struct Parent *parent = Parent_add(session, .name = "p");
	struct Badge *first = Badge_add(session, .person = person), *second = Badge_add(session);
	/* Replaced by another, as if it had been taken away. */
	assert_int_equal(Person_badge_set(session, person, second), CORM_OK);
	assert_state(session, first, CORM_STATE_EXPUNGED);
	assert_committed(session);
	assert_rows(session, "SELECT count(*) FROM badge", "1");
	/* By the side that has the key. */
	struct Kid *kid = Kid_add(session, .name = "k", .parent = parent);
	assert_int_equal(Kid_parent_set(session, kid, NULL), CORM_OK);
	assert_state(session, kid, CORM_STATE_EXPUNGED);
	assert_committed(session);
	assert_rows(session, "SELECT count(*) FROM kid", "0");
}

/* What X_rel_add() has left for the flush goes with what else was assigned. */
static void test_expire_drops_what_was_set(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Team *team = Team_add(session, .name = "t", .headquarters = "h");
	struct Hero *hero = Hero_add(session, .name = "H", .secret_name = "h");
	struct Wall *wall = Wall_add(session);
	struct Brick *brick = Brick_add(session, .color = "red");
	assert_committed(session);
	Hero_team_set(session, hero, team);
	assert_int_equal(Hero_expire(session, hero), CORM_OK);
	assert_int_equal(Wall_bricks_add(session, wall, brick), CORM_OK);
	assert_int_equal(Brick_refresh(session, brick), CORM_OK);
	assert_false(corm_is_modified(session, brick));
	statements_clear();
	assert_flushed(session);
	assert_nothing_sent();
	assert_empty(Wall_bricks(session, wall));
	/* The list of the other side was loaded. */
	assert_empty(Team_heroes(session, team));
	Hero_team_set(session, hero, team);
	assert_int_equal(Hero_refresh(session, hero), CORM_OK);
	assert_empty(Team_heroes(session, team));
	assert_committed(session);
	assert_rows(session, "SELECT count(team_id) FROM hero", "0");
	assert_rows(session, "SELECT count(wall_id) FROM brick", "0");
}

/* ---- hooks ------------------------------------------------------------------------------------------------------- */

static void test_hooks(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Article *article = Article_add(session, .title = "one");
	assert_int_equal(hooked.inserts, 0);
	assert_committed(session);
	assert_int_equal(hooked.inserts, 1);
	assert_string_equal(article->slug, "slug-one");
	assert_sent("INSERT INTO article (title, slug, edits) VALUES (?, ?, ?)", "[\"one\",\"slug-one\",0]");
	article->title = "two";
	assert_flushed(session);
	assert_int_equal(hooked.updates, 1);
	assert_int_equal(article->edits, 1);
	assert_flushed(session);
	assert_int_equal(hooked.updates, 1);
	assert_committed(session);
	assert_int_equal(hooked.loads, 0);
	corm_expunge_all(session);
	article = Article_get(session, 1);
	assert_int_equal(hooked.loads, 1);
	Article_refresh(session, article);
	assert_int_equal(hooked.loads, 2);
	Article_all(session);
	assert_int_equal(hooked.loads, 2);
	/* One that refuses leaves the transaction as it is. */
	hooked.refuse = CORM_ERROR_VALIDATION;
	article->title = "three";
	statements_clear();
	assert_refused(session, corm_flush(session), CORM_ERROR_VALIDATION, "Article");
	assert_int_equal(article->edits, 1);
	Article_refresh(session, article);
	assert_int_equal(Article_delete(session, article), CORM_OK);
	statements_clear();
	assert_refused(session, corm_flush(session), CORM_ERROR_VALIDATION, "before_delete");
	assert_nothing_sent();
	assert_int_equal(hooked.deletes, 1);
	hooked.refuse = CORM_OK;
	assert_committed(session);
	assert_int_equal(hooked.deletes, 2);
	assert_sent("DELETE FROM article WHERE id=?", "[1]");
	hooked.refuse = CORM_ERROR_VALIDATION;
	Article_add(session, .title = "four");
	assert_refused(session, corm_flush(session), CORM_ERROR_VALIDATION, "before_insert");
	corm_rollback(session);
	assert_int_equal(Article_count(session), 0);
}

/* Those that do more: to this object. */
static struct Hero *subject;

static corm_status add_more(corm_session *session)
{
	struct Team *team = Team_add(session, .name = "by the hook", .headquarters = "h");
	subject->name = "changed by the hook";
	return Tag_count(session) == 0 ? Hero_team_set(session, subject, team) : CORM_ERROR_USAGE;
}

static corm_status delete_subject(corm_session *session)
{
	return Hero_delete(session, subject);
}

/* What a hook adds and changes is in the database after the commit. */
static void test_a_hook_that_adds_and_changes(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	subject = Hero_add(session, .name = "H", .secret_name = "h");
	assert_committed(session);
	Hero_refresh(session, subject);
	hooked.also = add_more;
	Article_add(session, .title = "a");
	assert_committed(session);
	assert_rows(session, "SELECT hero.name, team.name FROM hero LEFT JOIN team ON team.id = team_id",
	            "changed by the hook|by the hook");
	assert_false(corm_is_modified(session, subject));
}

static void test_a_hook_that_deletes(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	subject = Hero_add(session, .name = "H", .secret_name = "h");
	struct Article *article = Article_add(session, .title = "a");
	assert_committed(session);
	Hero_refresh(session, subject);
	hooked.also = delete_subject;
	article->title = "b";
	assert_committed(session);
	assert_state(session, subject, CORM_STATE_DELETED);
	assert_rows(session, "SELECT count(*) FROM hero", "0");
	hooked.also = NULL;
	subject = Hero_add(session, .name = "H", .secret_name = "h");
	assert_committed(session);
	hooked.also = delete_subject;
	assert_int_equal(Article_delete(session, article), CORM_OK);
	assert_committed(session);
	assert_rows(session, "SELECT count(*) FROM hero", "0");
}

/* ---- loading what is known --------------------------------------------------------------------------------------- */

static struct Article *taken;

static corm_status take_away(corm_session *session)
{
	corm_status status = taken ? corm_expunge(session, taken) : CORM_OK;
	taken = NULL;
	return status;
}

/* What a hook has taken away is not there again when its flush fails. */
static void test_a_hook_that_expunges(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Article *article = taken = Article_add(session, .title = "a");
	struct Team *team = Team_add(session, .name = "T", .headquarters = corm_textf(session, "%60s", "too long"));
	hooked.also = take_away;
	assert_refused(session, corm_flush(session), CORM_ERROR_VALIDATION, "Team.headquarters");
	assert_state(session, article, CORM_STATE_EXPUNGED);
	team->headquarters = "short";
	assert_committed(session);
	assert_rows(session, "SELECT count(*) FROM article", "0");
}

/* What is loaded with a query is what the database has now, also when the session knew it from before. */
static void test_load_rereads_what_is_stale(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Team *team = Team_add(session, .name = "t", .headquarters = "h");
	struct Hero *hero = Hero_add(session, .name = "H", .secret_name = "h", .team = team);
	assert_committed(session);
	assert_ptr_equal(Hero_team(session, hero), team);
	assert_committed(session);
	corm_session *other = corm_session_open(*state);
	Team_get(other, 1)->name = "other";
	assert_committed(other);
	corm_session_close(other);
	struct Hero *found = Hero_one(session, corm_load(Hero.team));
	assert_ptr_equal(found, hero);
	assert_ptr_equal(found->team, team);
	assert_string_equal(found->team->name, "other");
	assert_state(session, team, CORM_STATE_PERSISTENT);
}

/* A column that corm_only() left out has no old value that the row could be asked for. */
static void test_only_and_a_change_of_what_was_left_out(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	Hero_add(session, .name = "H", .secret_name = "h", .age = corm_some(3));
	assert_committed(session);
	corm_expunge_all(session);
	struct Hero *hero = Hero_one(session, corm_only(Hero.name));
	corm_assign(hero->age, 4);
	hero->secret_name = "changed";
	assert_true(corm_is_modified(session, hero));
	assert_flushed(session);
	assert_committed(session);
	assert_rows(session, "SELECT name, secret_name, age FROM hero", "H|changed|4");
}

/* What corm_compile() shows is what is sent. */
static void test_compile_shows_what_is_sent(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	corm_query *query = corm_query_new(session, Hero);
	corm_query_add(query, corm_load_joined(Hero.team));
	corm_query_add(query, corm_only(Hero.name));
	corm_query_add(query, corm_limit(3));
	assert_empty(Hero_run(query));
	assert_ok(session);
	assert_string_equal(corm_compile(query, test_database_dialect()), sent.sql[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scenario(test_new_children_lose_their_parent),
		scenario(test_new_children_go_with_their_parent),
		scenario(test_bricks_of_a_deleted_wall),
		scenario(test_links_of_what_is_deleted),
		scenario(test_rows_that_refer_to_each_other),
		scenario(test_long_rows),
		scenario(test_pending_orphans),
		scenario(test_expire_drops_what_was_set),
		scenario(test_hooks),
		scenario(test_a_hook_that_adds_and_changes),
		scenario(test_a_hook_that_deletes),
		scenario(test_a_hook_that_expunges),
		scenario(test_load_rereads_what_is_stale),
		scenario(test_only_and_a_change_of_what_was_left_out),
		scenario(test_compile_shows_what_is_sent),
	};
	return cmocka_run_group_tests_name("session: corners of the scenarios", tests, NULL, NULL);
}
