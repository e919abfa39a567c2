/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys: equal exactly for queries of the same SQL, cheap, and safe when memory runs out.
 */
#include "compile/check.h"
#include "fail_alloc.h"
#include "sql/tree.h"
#include <stdio.h>

struct key {
	char *data;
	size_t length;
};

static struct key key_of(const struct corm__select *select)
{
	struct corm__compiler compiler;
	corm_error_store error;
	corm__compiler_init(&compiler, &corm__dialect_sqlite, CORM_CAN_FULL_JOIN, NULL);
	assert_int_equal(corm__compile_select(&compiler, CORM__WALK_KEY, select, &error), CORM_OK);
	struct key key = { malloc(compiler.key.length + 1), compiler.key.length };
	assert_non_null(key.data);
	memcpy(key.data, compiler.key.data, key.length);
	corm__compiler_release(&compiler);
	return key;
}

static bool same_key(const struct corm__select *a, const struct corm__select *b)
{
	struct key left = key_of(a), right = key_of(b);
	bool same = left.length == right.length && memcmp(left.data, right.data, left.length) == 0;
	free(left.data);
	free(right.data);
	return same;
}

#define OBJECTS(of, ...) SELECT(CORM__SELECT_OBJECTS, of, 0, __VA_ARGS__)
#define HEROES(...) OBJECTS(Hero, corm_where(__VA_ARGS__))

static void test_equal_shapes_have_equal_keys(void **state)
{
	(void)state;
	const char *text = "some text";
	char other[] = "other";
	const int numbers[] = { 1, 2, 3, 4 };
	assert_true(same_key(HEROES(corm_eq(Hero.name, text)), HEROES(corm_eq(Hero.name, other))));
	assert_true(same_key(HEROES(corm_eq(Hero.id, 1)), HEROES(corm_eq(Hero.id, 1000L))));
	assert_true(same_key(HEROES(corm_in_array(Hero.id, numbers, 3)), HEROES(corm_in_array(Hero.id, numbers, 4))));
	assert_true(same_key(OBJECTS(Hero, corm_limit(1)), OBJECTS(Hero, corm_limit(5))));
	assert_true(same_key(HEROES(corm_contains(Hero.name, "a")), HEROES(corm_contains(Hero.name, "long%er"))));
	/* A fragment counts by its text, wherever that stands. */
	char first[] = "id = ?", second[] = "id = ?";
	assert_true(same_key(HEROES(corm_sql(boolean, first, 1)), HEROES(corm_sql(boolean, second, 2))));
	/* A bound on the rows is a limit. */
	struct corm__select bounded = *OBJECTS(Hero, corm_distinct());
	bounded.most = 2;
	assert_true(same_key(&bounded, OBJECTS(Hero, corm_distinct(), corm_limit(7))));
}

/* No two of these may share a key. */
static void test_other_queries_have_other_keys(void **state)
{
	(void)state;
	const int numbers[] = { 1, 2, 3, 4, 5 };
	const short shorts[] = { 1, 2, 3 };
	const struct corm__select aliased = { .model = &Hero_model, .alias = "elder", .clauses = corm__clauses(0) };
	const struct corm__select other_alias = { .model = &Hero_model, .alias = "older", .clauses = corm__clauses(0) };
	const struct corm__select *const queries[] = {
		SELECT(CORM__SELECT_OBJECTS, Hero, 0),
		SELECT(CORM__SELECT_OBJECTS, Team, 0),
		SELECT(CORM__SELECT_COUNT, Hero, 0),
		SELECT(CORM__SELECT_EXISTS, Hero, 0),
		&aliased,
		&other_alias,
		OBJECTS(Hero, corm_limit(1)),
		OBJECTS(Hero, corm_offset(1)),
		OBJECTS(Hero, corm_limit(1), corm_offset(1)),
		OBJECTS(Hero, corm_distinct()),
		OBJECTS(Hero, corm_order_by(Hero.id)),
		OBJECTS(Hero, corm_order_by(Hero.name)),
		OBJECTS(Hero, corm_order_by(corm_desc(Hero.id))),
		OBJECTS(Hero, corm_order_by(Hero.id, Hero.name)),
		OBJECTS(Hero, corm_join(Team)),
		OBJECTS(Hero, corm_join(Hero.team)),
		OBJECTS(Hero, corm_left_join(Team)),
		OBJECTS(Hero, corm_full_join(Team)),
		OBJECTS(Hero, corm_cross_join(Team)),
		OBJECTS(Hero, corm_join(Team, corm_on(corm_eq(Hero.id, 1)))),
		OBJECTS(Hero, corm_join(Team), corm_where(corm_eq(Hero.id, 1))),
		OBJECTS(Hero, corm_join(elder, corm_on(corm_eq(Hero.id, 1)))),
		OBJECTS(Hero, corm_join(elder, corm_on(corm_eq(elder.id, 1)))),
		HEROES(corm_eq(Hero.id, 1)),
		HEROES(corm_eq(Hero.id, 1.5)),
		HEROES(corm_eq(Hero.id, 1), corm_eq(Hero.id, 1)),
		HEROES(corm_ne(Hero.id, 1)),
		HEROES(corm_eq(Hero.age, 1)),
		HEROES(corm_eq(Hero.id, Hero.age)),
		HEROES(corm_eq(Hero.name, "a")),
		HEROES(corm_not(corm_eq(Hero.id, 1))),
		HEROES(corm_or(corm_eq(Hero.id, 1), corm_eq(Hero.id, 2))),
		HEROES(corm_or(corm_eq(Hero.id, 1), corm_eq(Hero.id, 2)), corm_eq(Hero.id, 3)),
		HEROES(corm_or(corm_eq(Hero.id, 1), corm_eq(Hero.id, 2), corm_eq(Hero.id, 3))),
		HEROES(corm_in(Hero.id, 1)),
		HEROES(corm_in(Hero.id, 1, 2)),
		HEROES(corm_not_in(Hero.id, 1)),
		HEROES(corm_in_array(Hero.id, numbers, 0)),
		HEROES(corm_in_array(Hero.id, numbers, 1)),
		HEROES(corm_in_array(Hero.id, numbers, 4)),
		HEROES(corm_in_array(Hero.id, numbers, 5)),
		HEROES(corm_in_array(Hero.id, shorts, 1)),
		HEROES(corm_in_array(Hero.age, numbers, 1)),
		HEROES(corm_like(Hero.name, "a")),
		HEROES(corm_contains(Hero.name, "a")),
		HEROES(corm_contains(Hero.name, Hero.name)),
		HEROES(corm_sql(boolean, "id = ?", 1)),
		HEROES(corm_sql(boolean, "id = ?", "1")),
		HEROES(corm_sql(boolean, "id= ?", 1)),
		HEROES(corm_any_of(Hero.tags, corm_eq(Hero.id, 1))),
		HEROES(corm_any_of(Hero.pupils, corm_eq(Hero.id, 1))),
		HEROES(corm_exists(QUERY(Team, corm_where(corm_eq(Hero.id, 1))))),
		HEROES(corm_exists(QUERY(Tag, corm_where(corm_eq(Hero.id, 1))))),
		HEROES(corm_in_query(Hero.id, QUERY(Team, corm_columns(Team.id)))),
		HEROES(corm_eq(Hero.made, corm_now())),
		HEROES(corm_is_null(Hero.id)),
		HEROES(corm_is_not_null(Hero.id)),
	};
	for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++)
		for (size_t k = 0; k < i; k++)
			if (same_key(queries[i], queries[k]))
				fail_msg("queries %zu and %zu have one key", k, i);
}

/* A query with one of everything that needs scratch memory. */
#define LARGE_QUERY(numbers) \
	OBJECTS(Hero, corm_join(Hero.tags), corm_left_join(Team), \
	        corm_where(corm_contains(Hero.name, "50%"), corm_eq(Hero.price, 2.5), corm_eq(Hero.color, RED), \
	                   corm_in_array(Hero.price, numbers, 33), corm_any_of(Hero.pupils, corm_eq(Hero.id, 1))), \
	        corm_order_by(Hero.name), corm_limit(3))

static void test_the_second_time_allocates_nothing(void **state)
{
	(void)state;
	static const int numbers[64];
	struct fail_alloc memory;
	struct corm__compiler compiler;
	corm_error_store error;
	fail_alloc_init(&memory, 0);
	corm__compiler_init(&compiler, &corm__dialect_sqlite, 0, &memory.allocator);
	const struct corm__select *select = LARGE_QUERY(numbers);
	assert_int_equal(corm__compile_select(&compiler, CORM__WALK_KEY, select, &error), CORM_OK);
	assert_int_equal(corm__compile_select(&compiler, CORM__WALK_SQL, select, &error), CORM_OK);
	for (int i = 0; i < 3; i++) {
		size_t before = memory.calls;
		assert_int_equal(corm__compile_select(&compiler, CORM__WALK_KEY, select, &error), CORM_OK);
		assert_int_equal(corm__compile_select(&compiler, CORM__WALK_SQL, select, &error), CORM_OK);
		if (i)
			assert_int_equal(memory.calls, before);
	}
	corm__compiler_release(&compiler);
	fail_alloc_check(&memory);
}

static void test_each_allocation_may_fail(void **state)
{
	(void)state;
	static const int numbers[64];
	struct fail_alloc memory;
	for (size_t n = 1; fail_alloc_next(&memory, n); n++) {
		struct corm__compiler compiler;
		corm_error_store error = { 0 };
		corm__compiler_init(&compiler, &corm__dialect_sqlite, 0, &memory.allocator);
		corm_status status = corm__compile_select(&compiler, CORM__WALK_KEY, LARGE_QUERY(numbers), &error);
		if (status == CORM_OK)
			status = corm__compile_select(&compiler, CORM__WALK_SQL, LARGE_QUERY(numbers), &error);
		assert_int_equal(status, memory.failed ? CORM_ERROR_MEMORY : CORM_OK);
		assert_int_equal(error.error.status, status);
		corm__compiler_release(&compiler);
	}
}

static void test_each_allocation_of_a_copy_may_fail(void **state)
{
	(void)state;
	const char *const names[] = { "a", "b" };
	const corm_clause from = corm_join(Hero.tags,
	                                   corm_on(corm_in_array(Hero.name, names, 2), corm_in(Hero.name, "c", "d"),
	                                           corm_eq(Hero.picture, ((corm_bytes){ "abc", 3 })),
	                                           corm_eq(Hero.data, (corm_json){ "{}" })));
	struct fail_alloc memory;
	for (size_t n = 1; fail_alloc_next(&memory, n); n++) {
		struct corm_arena arena;
		corm_clause to;
		corm__arena_init(&arena, &memory.allocator, 1); /* nearly each piece is an allocation */
		bool copied = corm__clause_copy(&arena, &from, &to);
		assert_int_equal(copied, !memory.failed);
		corm__arena_release(&arena);
	}
}

/* A compiler that failed compiles the next query. */
static void test_an_error_is_forgotten(void **state)
{
	(void)state;
	struct corm__compiler compiler;
	corm_error_store error;
	corm__compiler_init(&compiler, &corm__dialect_sqlite, 0, NULL);
	assert_int_equal(corm__compile_select(&compiler, CORM__WALK_SQL, HEROES(corm_eq(Team.id, 1)), &error),
	                 CORM_ERROR_USAGE);
	assert_int_equal(corm__compile_select(&compiler, CORM__WALK_SQL, HEROES(corm_eq(Hero.id, 1)), &error), CORM_OK);
	assert_int_equal(compiler.count, 1);
	corm__compiler_release(&compiler);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equal_shapes_have_equal_keys),       cmocka_unit_test(test_other_queries_have_other_keys),
		cmocka_unit_test(test_the_second_time_allocates_nothing),  cmocka_unit_test(test_each_allocation_may_fail),
		cmocka_unit_test(test_each_allocation_of_a_copy_may_fail), cmocka_unit_test(test_an_error_is_forgotten),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
