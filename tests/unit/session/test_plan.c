/* SPDX-License-Identifier: Apache-2.0
 *
 * The order of a flush, without a database: rows and who needs whom go in, steps come out as text.
 */
#include "fail_alloc.h"
#include "session/plan.h"
#include <stdio.h>

/* Authors with books, teams and players that refer to each other, a tree, tags that refer to nobody. */
static const uint16_t first[] = { 0 };
extern const corm_model_info author, book, team, player, node, tag;
static const corm_foreign_key of_book = { .columns = first, .target = &author, .target_columns = first, .count = 1 };
static const corm_foreign_key of_team = { .columns = first, .target = &player, .target_columns = first, .count = 1 };
static const corm_foreign_key of_player = { .columns = first, .target = &team, .target_columns = first, .count = 1 };
static const corm_foreign_key of_node = { .columns = first, .target = &node, .target_columns = first, .count = 1 };
const corm_model_info author = { .name = "Author", .table = "author" };
const corm_model_info book = { .name = "Book", .table = "book", .foreign_keys = &of_book, .foreign_key_count = 1 };
const corm_model_info team = { .name = "Team", .table = "team", .foreign_keys = &of_team, .foreign_key_count = 1 };
const corm_model_info player = {
	.name = "Player", .table = "player", .foreign_keys = &of_player, .foreign_key_count = 1
};
const corm_model_info node = { .name = "Node", .table = "node", .foreign_keys = &of_node, .foreign_key_count = 1 };
const corm_model_info tag = { .name = "Tag", .table = "tag" };

struct fixture {
	struct corm_arena arena;
	struct corm__plan plan;
	corm_allocator allocator;
};

static int set_up(void **state)
{
	static struct fixture fixture;
	corm__arena_init(&fixture.arena, NULL, 0);
	fixture.allocator = corm__allocator_or_default(NULL);
	corm__plan_init(&fixture.plan, &fixture.arena, &fixture.allocator, 0);
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	corm__arena_release(&((struct fixture *)*state)->arena);
	return 0;
}

/* Rows are called by a letter, which is their subject. */
static size_t add(struct corm__plan *plan, enum corm__plan_op op, const corm_model_info *model, const char *name)
{
	return corm__plan_add(plan, op, model, (void *)(uintptr_t)name);
}

/* The steps, and the names of the rows in each: "insert author 2", "ab". */
static void check(struct corm__plan *plan, const char *steps, const char *names)
{
	struct corm__buffer text;
	assert_int_equal(corm__plan_order(plan), CORM_OK);
	corm__buffer_init(&text, NULL, 4096);
	corm__plan_print(plan, &text);
	assert_string_equal(text.length ? text.data : "", steps);
	corm__buffer_clear(&text);
	for (size_t i = 0; i < plan->step_count; i++) {
		for (size_t k = 0; k < plan->steps[i].count; k++)
			corm__buffer_text(&text, plan->rows[plan->steps[i].rows[k]].subject);
	}
	assert_string_equal(text.length ? text.data : "", names);
	corm__buffer_release(&text);
}

static void nothing_is_no_step(void **state)
{
	struct corm__plan *plan = &((struct fixture *)*state)->plan;
	assert_int_equal(corm__plan_rank(plan), CORM_OK);
	check(plan, "", "");
}

static void parents_come_first(void **state)
{
	struct corm__plan *plan = &((struct fixture *)*state)->plan;
	add(plan, CORM__PLAN_INSERT, &book, "b");
	add(plan, CORM__PLAN_INSERT, &author, "A");
	size_t c = add(plan, CORM__PLAN_INSERT, &book, "c");
	add(plan, CORM__PLAN_INSERT, &author, "D");
	add(plan, CORM__PLAN_UPDATE, &book, "u");
	add(plan, CORM__PLAN_UPDATE, &author, "U");
	assert_int_equal(corm__plan_rank(plan), CORM_OK);
	/* The tables alone decide: nobody has to say whom a book needs. */
	assert_false(corm__plan_needs_edges(plan, c));
	check(plan, "insert author 2\ninsert book 2\nupdate author 1\nupdate book 1\n", "ADbcUu");
}

static void a_unique_value_is_given_up_first(void **state)
{
	struct corm__plan *plan = &((struct fixture *)*state)->plan;
	add(plan, CORM__PLAN_INSERT, &author, "A");
	add(plan, CORM__PLAN_INSERT, &book, "b");
	add(plan, CORM__PLAN_EARLY, &book, "e");
	add(plan, CORM__PLAN_RELEASE, &book, "r");
	add(plan, CORM__PLAN_UPDATE, &book, "u");
	assert_int_equal(corm__plan_rank(plan), CORM_OK);
	check(plan, "release book 1\nearly book 1\ninsert author 1\ninsert book 1\nupdate book 1\n", "reAbu");
}

static void deletes_come_last_and_children_first(void **state)
{
	struct corm__plan *plan = &((struct fixture *)*state)->plan;
	add(plan, CORM__PLAN_INSERT, &tag, "t");
	add(plan, CORM__PLAN_UPDATE, &book, "u");
	add(plan, CORM__PLAN_DELETE, &author, "A");
	add(plan, CORM__PLAN_DELETE, &book, "b");
	add(plan, CORM__PLAN_DELETE, &author, "B");
	add(plan, CORM__PLAN_DELETE, &book, "c");
	assert_int_equal(corm__plan_rank(plan), CORM_OK);
	check(plan, "insert tag 1\nupdate book 1\ndelete book 2\ndelete author 2\n", "tubcAB");
}

static void trees_go_level_by_level(void **state)
{
	struct corm__plan *plan = &((struct fixture *)*state)->plan;
	size_t grandchild = add(plan, CORM__PLAN_INSERT, &node, "g");
	size_t child = add(plan, CORM__PLAN_INSERT, &node, "c");
	size_t root = add(plan, CORM__PLAN_INSERT, &node, "r");
	size_t other = add(plan, CORM__PLAN_INSERT, &node, "o");
	assert_int_equal(corm__plan_rank(plan), CORM_OK);
	assert_true(corm__plan_needs_edges(plan, root));
	corm__plan_need(plan, grandchild, child, NULL, true);
	corm__plan_need(plan, child, root, NULL, true);
	corm__plan_need(plan, other, root, NULL, true);
	check(plan, "insert node 4\n", "rcog");
}

static void trees_are_deleted_from_the_leaves(void **state)
{
	struct corm__plan *plan = &((struct fixture *)*state)->plan;
	size_t root = add(plan, CORM__PLAN_DELETE, &node, "r");
	size_t child = add(plan, CORM__PLAN_DELETE, &node, "c");
	size_t grandchild = add(plan, CORM__PLAN_DELETE, &node, "g");
	size_t other = add(plan, CORM__PLAN_DELETE, &node, "o");
	assert_int_equal(corm__plan_rank(plan), CORM_OK);
	corm__plan_need(plan, child, root, NULL, true);
	corm__plan_need(plan, grandchild, child, NULL, true);
	corm__plan_need(plan, other, root, NULL, true);
	check(plan, "delete node 4\n", "gcor");
}

/* A team needs its captain, who needs the team: the captain is filled in later, for only that key can be NULL. */
static void a_circle_is_broken_where_a_key_is_optional(void **state)
{
	struct corm__plan *plan = &((struct fixture *)*state)->plan;
	size_t t = add(plan, CORM__PLAN_INSERT, &team, "t");
	size_t p = add(plan, CORM__PLAN_INSERT, &player, "p");
	size_t q = add(plan, CORM__PLAN_INSERT, &player, "q");
	size_t u = add(plan, CORM__PLAN_UPDATE, &tag, "u");
	assert_int_equal(corm__plan_rank(plan), CORM_OK);
	assert_true(corm__plan_needs_edges(plan, t) && corm__plan_needs_edges(plan, p));
	assert_false(corm__plan_needs_edges(plan, u));
	corm__plan_need(plan, t, p, "captain", true);
	corm__plan_need(plan, p, t, "team", false);
	corm__plan_need(plan, q, t, "team", false);
	check(plan, "insert team 1\ninsert player 2\nlater team 1\nupdate tag 1\n", "tpqtu");
	assert_string_equal(plan->steps[2].reason, "captain");
}

static void a_circle_that_is_deleted_is_emptied_first(void **state)
{
	struct corm__plan *plan = &((struct fixture *)*state)->plan;
	size_t t = add(plan, CORM__PLAN_DELETE, &team, "t");
	size_t p = add(plan, CORM__PLAN_DELETE, &player, "p");
	assert_int_equal(corm__plan_rank(plan), CORM_OK);
	corm__plan_need(plan, t, p, "captain", true);
	corm__plan_need(plan, p, t, "team", false);
	check(plan, "first team 1\ndelete player 1\ndelete team 1\n", "tpt");
}

static void a_circle_of_one(void **state)
{
	struct corm__plan *plan = &((struct fixture *)*state)->plan;
	size_t n = add(plan, CORM__PLAN_INSERT, &node, "n");
	assert_int_equal(corm__plan_rank(plan), CORM_OK);
	corm__plan_need(plan, n, n, "parent", true);
	check(plan, "insert node 1\nlater node 1\n", "nn");
}

static void a_circle_of_required_keys_cannot_be_had(void **state)
{
	struct corm__plan *plan = &((struct fixture *)*state)->plan;
	add(plan, CORM__PLAN_INSERT, &tag, "x");
	size_t t = add(plan, CORM__PLAN_INSERT, &team, "t");
	size_t p = add(plan, CORM__PLAN_INSERT, &player, "p");
	assert_int_equal(corm__plan_rank(plan), CORM_OK);
	corm__plan_need(plan, t, p, NULL, false);
	corm__plan_need(plan, p, t, NULL, false);
	assert_int_equal(corm__plan_order(plan), CORM_ERROR_USAGE);
	assert_true(plan->circle == t || plan->circle == p);
}

/* A circle far behind the row that leads to it, and two circles that share a row. */
static void circles_that_are_entered_from_outside(void **state)
{
	struct corm__plan *plan = &((struct fixture *)*state)->plan;
	size_t rows[5];
	static const char *const names[] = { "a", "b", "c", "d", "e" };
	for (size_t i = 0; i < 5; i++)
		rows[i] = add(plan, CORM__PLAN_INSERT, &node, names[i]);
	assert_int_equal(corm__plan_rank(plan), CORM_OK);
	corm__plan_need(plan, rows[0], rows[1], NULL, false);
	corm__plan_need(plan, rows[1], rows[2], NULL, false);
	corm__plan_need(plan, rows[2], rows[3], "c-d", true);
	corm__plan_need(plan, rows[3], rows[1], NULL, false);
	corm__plan_need(plan, rows[4], rows[2], NULL, false);
	corm__plan_need(plan, rows[2], rows[4], "c-e", true);
	check(plan, "insert node 5\nlater node 1\nlater node 1\n", "cbeadcc");
}

/* Deeper than a stack of calls would bear. */
static void a_long_chain(void **state)
{
	struct corm__plan *plan = &((struct fixture *)*state)->plan;
	enum { LENGTH = 200000 };
	for (size_t i = 0; i < LENGTH; i++)
		add(plan, CORM__PLAN_INSERT, &node, "");
	assert_int_equal(corm__plan_rank(plan), CORM_OK);
	for (size_t i = 0; i + 1 < LENGTH; i++)
		corm__plan_need(plan, i, i + 1, NULL, false);
	assert_int_equal(corm__plan_order(plan), CORM_OK);
	for (size_t i = 0; i < LENGTH; i++)
		assert_int_equal(plan->steps[0].rows[i], LENGTH - 1 - i);
}

/* Every edge that was not broken is kept, whatever the graph. */
static void random_graphs(void **state)
{
	(void)state;
	uint64_t random = 42;
	const corm_model_info *const models[] = { &author, &book, &team, &player, &node, &tag };
	for (int round = 0; round < 500; round++) {
		struct fixture fixture;
		void *pointer = &fixture;
		set_up(&pointer);
		struct corm__plan *plan = &((struct fixture *)pointer)->plan;
		enum { ROWS = 40 };
		for (size_t i = 0; i < ROWS; i++) {
			random = random * 6364136223846793005u + 1442695040888963407u;
			add(plan, CORM__PLAN_INSERT, models[(random >> 33) % 6], "");
		}
		assert_int_equal(corm__plan_rank(plan), CORM_OK);
		for (size_t i = 0; i < ROWS; i++) {
			random = random * 6364136223846793005u + 1442695040888963407u;
			size_t parent = (random >> 33) % ROWS;
			const corm_model_info *model = plan->rows[i].model;
			if (model->foreign_key_count && model->foreign_keys[0].target == plan->rows[parent].model)
				corm__plan_need(plan, i, parent, NULL, true);
		}
		assert_int_equal(corm__plan_order(plan), CORM_OK);
		size_t place[ROWS], next = 0;
		for (size_t i = 0; i < plan->step_count; i++) {
			for (size_t k = 0; plan->steps[i].op == CORM__PLAN_INSERT && k < plan->steps[i].count; k++)
				place[plan->steps[i].rows[k]] = next++;
		}
		assert_int_equal(next, ROWS);
		for (size_t i = 0; i < ROWS; i++) {
			for (const struct corm__plan_edge *edge = plan->rows[i].edges; edge; edge = edge->next)
				assert_true(edge->is_broken || place[edge->parent] < place[i]);
		}
		tear_down(&pointer);
	}
}

static void every_allocation_may_fail(void **state)
{
	(void)state;
	struct fail_alloc memory;
	for (size_t n = 1; fail_alloc_next(&memory, n); n++) {
		struct corm_arena arena;
		struct corm__plan plan;
		corm__arena_init(&arena, &memory.allocator, 64);
		corm__plan_init(&plan, &arena, &memory.allocator, 0);
		size_t t = add(&plan, CORM__PLAN_INSERT, &team, "t"), p = add(&plan, CORM__PLAN_INSERT, &player, "p");
		if (corm__plan_rank(&plan) == CORM_OK) {
			corm__plan_need(&plan, t, p, NULL, true);
			corm__plan_need(&plan, p, t, NULL, false);
		}
		corm_status status = corm__plan_order(&plan);
		assert_int_equal(status, memory.failed ? CORM_ERROR_MEMORY : CORM_OK);
		corm__arena_release(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_is_no_step, set_up, tear_down),
		cmocka_unit_test_setup_teardown(parents_come_first, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_unique_value_is_given_up_first, set_up, tear_down),
		cmocka_unit_test_setup_teardown(deletes_come_last_and_children_first, set_up, tear_down),
		cmocka_unit_test_setup_teardown(trees_go_level_by_level, set_up, tear_down),
		cmocka_unit_test_setup_teardown(trees_are_deleted_from_the_leaves, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_circle_is_broken_where_a_key_is_optional, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_circle_that_is_deleted_is_emptied_first, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_circle_of_one, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_circle_of_required_keys_cannot_be_had, set_up, tear_down),
		cmocka_unit_test_setup_teardown(circles_that_are_entered_from_outside, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_long_chain, set_up, tear_down),
		cmocka_unit_test(random_graphs),
		cmocka_unit_test(every_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
