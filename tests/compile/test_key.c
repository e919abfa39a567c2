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

static void assert_other_keys(const struct corm__select *const *queries, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < i; k++)
			if (same_key(queries[i], queries[k]))
				fail_msg("queries %zu and %zu have one key", k, i);
}
#define ASSERT_OTHER_KEYS(queries) assert_other_keys(queries, sizeof(queries) / sizeof(queries)[0])

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
	ASSERT_OTHER_KEYS(queries);
}

/* What is read decides about a key, and how it is loaded only as far as it is by joins. */
static void test_keys_of_what_is_read(void **state)
{
	(void)state;
	const corm_clause *all = corm__clauses(0), *distinct = corm__clauses(0, corm_distinct());
	const corm_clause *limited = corm__clauses(0, corm_limit(1));
	const corm_clause *ordered = corm__clauses(0, corm_limit(1), corm_order_by(Author.id));
	const corm_clause *distinct_ordered = corm__clauses(0, corm_limit(1), corm_order_by(Author.id), corm_distinct());
	const struct corm__joined *books = JOINED({ RELATION(Author.books), 0 });
	const struct corm__joined *twice = JOINED({ RELATION(Author.books), 0 }, { RELATION(Book.author), 1 });
	const struct corm__joined *other = JOINED({ RELATION(Author.books), 0 }, { RELATION(Book.author), 0 });
#define AUTHORS(clauses_, ...) \
	(&(const struct corm__select){ .model = &Author_model, .clauses = clauses_, __VA_ARGS__ })
#define LOADS(n, list) .joined_count = (n), .joined = (list)
	const struct corm__select *const queries[] = {
		AUTHORS(all, ONLY(0)),
		AUTHORS(all, ONLY(0, 1)),
		AUTHORS(all, ONLY(1, 0)),
		AUTHORS(all, ONLY(0, 1, 2)),
		AUTHORS(all, LOADS(0, NULL)),
		AUTHORS(all, LOADS(1, books)),
		AUTHORS(all, LOADS(1, books), ONLY(0)),
		AUTHORS(all, LOADS(2, twice)),
		AUTHORS(all, LOADS(2, other)),
		AUTHORS(limited, LOADS(1, books)),
		AUTHORS(limited, LOADS(0, NULL)),
		AUTHORS(ordered, LOADS(1, books)),
		AUTHORS(ordered, LOADS(0, NULL)),
		AUTHORS(distinct, LOADS(1, books)),
		AUTHORS(distinct, LOADS(0, NULL)),
		AUTHORS(distinct_ordered, LOADS(1, books)),
		AUTHORS(distinct_ordered, LOADS(0, NULL)),
	};
	ASSERT_OTHER_KEYS(queries);
	assert_true(
		same_key(AUTHORS(all, LOADS(0, NULL)), AUTHORS(corm__clauses(0, corm_load(Author.books)), LOADS(0, NULL))));
	assert_true(same_key(AUTHORS(limited, LOADS(1, books)), AUTHORS(corm__clauses(0, corm_limit(7)), LOADS(1, books))));
	struct corm__select count = *AUTHORS(all, LOADS(1, books), ONLY(0)), plain = *AUTHORS(all, LOADS(0, NULL));
	count.kind = plain.kind = CORM__SELECT_COUNT;
	assert_true(same_key(&count, &plain));
}

#define WRITE(how, of, ...) \
	(&(const struct corm__select){ .kind = CORM__WRITE_##how, .model = &of##_model, __VA_ARGS__ })
#define BY(...) .clauses = corm__clauses(0, __VA_ARGS__)

static void test_keys_of_writes(void **state)
{
	(void)state;
	const struct Article row = { .code = "a" }, other = { .code = "b", .copies = 5 };
	const struct corm__select *const writes[] = {
		WRITE(UPDATE, Team, BY(corm_set(Team.name, "a"), corm_all_rows())),
		WRITE(UPDATE, Team, BY(corm_set(Team.name, Team.name), corm_all_rows())),
		WRITE(UPDATE, Team, BY(corm_set(Team.id, 1), corm_all_rows())),
		WRITE(UPDATE, Team, BY(corm_set(Team.id, 1), corm_set(Team.name, "a"), corm_all_rows())),
		WRITE(UPDATE, Team, BY(corm_set(Team.name, "a"), corm_set(Team.id, 1), corm_all_rows())),
		WRITE(UPDATE, Team, BY(corm_set(Team.name, "a"), corm_where(corm_eq(Team.id, 1)))),
		WRITE(UPDATE, Team, BY(corm_set(Team.name, "a"), corm_where(corm_eq(Team.name, "x")))),
		WRITE(UPDATE, Hero, .updated = &(const struct Hero){ 0 }, BY(corm_set_null(Hero.age), corm_all_rows())),
		WRITE(UPDATE, Hero, .updated = &(const struct Hero){ 0 }, BY(corm_set(Hero.age, 1), corm_all_rows())),
		WRITE(UPDATE, Hero, .updated = &(const struct Hero){ 0 }, BY(corm_set_null(Hero.team_id), corm_all_rows())),
		WRITE(DELETE, Team, BY(corm_all_rows())),
		WRITE(DELETE, Hero, BY(corm_all_rows())),
		WRITE(DELETE, Team, BY(corm_where(corm_eq(Team.id, 1)))),
		WRITE(UPSERT, Article, .row = &row, .updated = &row, ONLY(1), BY(corm_on_conflict(Article.code))),
		WRITE(UPSERT, Article, .row = &row, .updated = &row, ONLY(1, 5), BY(corm_on_conflict(Article.code))),
		WRITE(UPSERT, Article, .row = &row, .updated = &row, ONLY(1), BY(corm_on_conflict(Article.id))),
		WRITE(UPSERT, Article, .row = &row, .updated = &row, ONLY(1), .replaced = (const uint16_t[]){ 1 },
		      .replaced_count = 1, BY(corm_on_conflict(Article.code))),
		WRITE(UPSERT, Article, .row = &row, .updated = &row, ONLY(1), .replaced = (const uint16_t[]){ 5 },
		      .replaced_count = 1, BY(corm_on_conflict(Article.code))),
		WRITE(UPSERT, Article, .row = &row, .updated = &row, ONLY(1),
		      BY(corm_on_conflict(Article.code), corm_set(Article.copies, 1))),
	};
	ASSERT_OTHER_KEYS(writes);
	assert_true(same_key(writes[0], WRITE(UPDATE, Team, BY(corm_all_rows(), corm_set(Team.name, "other")))));
	assert_true(
		same_key(writes[5], WRITE(UPDATE, Team, BY(corm_where(corm_eq(Team.id, 9)), corm_set(Team.name, "b")))));
	assert_true(same_key(writes[13], WRITE(UPSERT, Article, .row = &other, .updated = &other, ONLY(1),
	                                       BY(corm_on_conflict(Article.code), corm_do_nothing()))));
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
	const corm_clause clauses[] = {
		corm_join(Hero.tags,
		          corm_on(corm_in_array(Hero.name, names, 2), corm_in(Hero.name, "c", "d"),
		                  corm_eq(Hero.picture, ((corm_bytes){ "abc", 3 })), corm_eq(Hero.data, (corm_json){ "{}" }))),
		corm_load(Hero.tags, Tag.heroes),
		corm_on_conflict(elder.name, Hero.code),
		corm_set(Hero.name, corm_concat(Hero.name, "!")),
		corm_set_null(elder.age),
	};
	for (size_t i = 0; i < sizeof clauses / sizeof clauses[0]; i++) {
		struct fail_alloc memory;
		for (size_t n = 1; fail_alloc_next(&memory, n); n++) {
			struct corm_arena arena;
			corm_clause to;
			corm__arena_init(&arena, &memory.allocator, 1); /* nearly each piece is an allocation */
			bool copied = corm__clause_copy(&arena, &clauses[i], &to);
			assert_int_equal(copied, !memory.failed);
			corm__arena_release(&arena);
		}
	}
}

/* Of what a query is told it keeps nothing but the copy. */
static void test_copies_of_relationships_and_columns(void **state)
{
	(void)state;
	struct corm_arena arena;
	corm_clause loads, set, null, rows = { .kind = CORM_CLAUSE_ALL_ROWS };
	corm__arena_init(&arena, NULL, 0);
	{
		char text[] = "a";
		const corm_clause from = corm_load_joined(Hero.tags, Tag.heroes), from_set = corm_set(Hero.name, text),
						  from_null = corm_set_null(Hero.age);
		assert_true(corm__clause_copy(&arena, &from, &loads));
		assert_true(corm__clause_copy(&arena, &from_set, &set));
		assert_true(corm__clause_copy(&arena, &from_null, &null));
		memset(text, 'x', sizeof text);
	}
	corm__list list = loads.data;
	assert_int_equal(loads.kind, CORM_CLAUSE_LOAD_JOINED);
	assert_int_equal(corm__list_length(list), 2);
	assert_ptr_equal(list[0]->of.arg.b, RELATION(Hero.tags));
	assert_ptr_equal(list[1]->of.arg.b, RELATION(Tag.heroes));
	const corm_clause clauses[] = { set, null, rows, CORM_END };
	const struct Hero updated = { .made = { 6 } };
	const struct corm__select update = {
		.kind = CORM__WRITE_UPDATE, .model = &Hero_model, .updated = &updated, .clauses = clauses
	};
	check_select(&update, "UPDATE hero SET name=?, age=NULL, made=?", "'a', datetime:6", __FILE__, __LINE__);
	corm__arena_release(&arena);
}

static void compile_all(const struct corm__select *const *selects, size_t count, struct fail_alloc *memory)
{
	for (size_t i = 0; i < count; i++) {
		struct corm__compiler compiler;
		corm_error_store error = { 0 };
		corm__compiler_init(&compiler, &corm__dialect_sqlite, 0, &memory->allocator);
		corm_status status = corm__compile_select(&compiler, CORM__WALK_KEY, selects[i], &error);
		if (status == CORM_OK)
			status = corm__compile_select(&compiler, CORM__WALK_SQL, selects[i], &error);
		assert_true(status == CORM_OK || (status == CORM_ERROR_MEMORY && memory->failed));
		corm__compiler_release(&compiler);
	}
}

static void test_each_allocation_of_others_may_fail(void **state)
{
	(void)state;
	const struct Article row = { .code = "a" };
	const struct corm__select joined = with_joined(OBJECTS(Hero, corm_order_by(Hero.id), corm_limit(1)),
	                                               JOINED({ RELATION(Hero.tags), 0 }, { RELATION(Tag.heroes), 1 }));
	const struct corm__select *const selects[] = {
		&joined,
		WRITE(UPDATE, Team, BY(corm_set(Team.name, "a"), corm_where(corm_contains(Team.name, "b")))),
		WRITE(UPSERT, Article, .row = &row, .updated = &row, ONLY(1, 2),
		      BY(corm_on_conflict(Article.code), corm_set(Article.price, 1.5))),
	};
	struct fail_alloc memory;
	for (size_t n = 1; fail_alloc_next(&memory, n); n++)
		compile_all(selects, sizeof selects / sizeof selects[0], &memory);
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
		cmocka_unit_test(test_equal_shapes_have_equal_keys),
		cmocka_unit_test(test_other_queries_have_other_keys),
		cmocka_unit_test(test_keys_of_what_is_read),
		cmocka_unit_test(test_keys_of_writes),
		cmocka_unit_test(test_the_second_time_allocates_nothing),
		cmocka_unit_test(test_each_allocation_may_fail),
		cmocka_unit_test(test_each_allocation_of_others_may_fail),
		cmocka_unit_test(test_each_allocation_of_a_copy_may_fail),
		cmocka_unit_test(test_copies_of_relationships_and_columns),
		cmocka_unit_test(test_an_error_is_forgotten),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
