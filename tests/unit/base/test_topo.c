/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of the topological sort.
 */
#include "base/topo.h"
#include "fail_alloc.h"

#define EDGES(...) (const struct corm__edge[]){ __VA_ARGS__ }, \
	sizeof((const struct corm__edge[]){ __VA_ARGS__ }) / sizeof(struct corm__edge)

static void check(size_t count, const struct corm__edge *edges, size_t edge_count, const char *expected,
                  size_t expected_cycles)
{
	size_t order[16], cycles = 99;
	assert_int_equal(corm__topo_sort(NULL, count, edges, edge_count, order, &cycles), CORM_OK);
	char text[17] = "";
	for (size_t i = 0; i < count; i++)
		text[i] = (char)('0' + order[i]);
	assert_string_equal(text, expected);
	assert_int_equal(cycles, expected_cycles);
}

static void without_circles(void **state)
{
	(void)state;
	check(0, NULL, 0, "", 0);
	check(4, NULL, 0, "0123", 0);
	check(4, EDGES({ 3, 0 }), "1230", 0);
	check(4, EDGES({ 3, 2 }, { 2, 1 }, { 1, 0 }), "3210", 0);
	check(5, EDGES({ 0, 1 }, { 0, 1 }, { 0, 1 }), "01234", 0);
	check(5, EDGES({ 4, 1 }, { 3, 0 }), "23041", 0);
	check(6, EDGES({ 5, 0 }, { 5, 0 }, { 5, 2 }, { 2, 1 }), "345021", 0);
}

static void edges_to_oneself_are_ignored(void **state)
{
	(void)state;
	check(3, EDGES({ 1, 1 }, { 2, 2 }, { 2, 0 }, { 0, 0 }), "120", 0);
}

static void circles_are_broken_in_the_order_of_the_input(void **state)
{
	(void)state;
	check(2, EDGES({ 0, 1 }, { 1, 0 }), "01", 1);
	check(3, EDGES({ 0, 1 }, { 1, 2 }, { 2, 0 }), "012", 1);
	check(3, EDGES({ 2, 1 }, { 1, 0 }, { 0, 2 }), "021", 1);
	check(4, EDGES({ 0, 1 }, { 1, 0 }, { 2, 3 }, { 3, 2 }), "0123", 2);
	/* 0 stands behind a circle, not on it: the circle goes first. */
	check(3, EDGES({ 1, 2 }, { 2, 1 }, { 1, 0 }), "102", 1);
	check(3, EDGES({ 1, 2 }, { 2, 1 }, { 2, 0 }), "120", 1);
	/* The circle of 0 and 1 waits for that of 2 and 3. */
	check(4, EDGES({ 0, 1 }, { 1, 0 }, { 2, 3 }, { 3, 2 }, { 3, 0 }), "2301", 2);
	/* What does not depend on a circle comes before it. */
	check(4, EDGES({ 0, 1 }, { 1, 0 }, { 3, 2 }), "3201", 1);
	size_t order[2];
	assert_int_equal(corm__topo_sort(NULL, 2, EDGES({ 0, 1 }, { 1, 0 }), order, NULL), CORM_OK);
}

/* Edges that go up only, in a scrambled numbering: each must be kept, and all nodes come once. */
static void random_graphs(void **state)
{
	(void)state;
	enum { COUNT = 300, EDGE_COUNT = 900 };
	unsigned seed = 1;
	for (int round = 0; round < 50; round++) {
		struct corm__edge edges[EDGE_COUNT];
		size_t order[COUNT], position[COUNT], cycles;
		for (size_t i = 0; i < EDGE_COUNT; i++) {
			size_t a = (seed = seed * 1103515245 + 12345) / 65536 % COUNT;
			size_t b = (seed = seed * 1103515245 + 12345) / 65536 % COUNT;
			edges[i].before = (a < b ? a : b) * 7 % COUNT;
			edges[i].after = (a < b ? b : a) * 7 % COUNT;
		}
		assert_int_equal(corm__topo_sort(NULL, COUNT, edges, EDGE_COUNT, order, &cycles), CORM_OK);
		assert_int_equal(cycles, 0);
		memset(position, 0xFF, sizeof position);
		for (size_t i = 0; i < COUNT; i++) {
			assert_int_equal(position[order[i]], SIZE_MAX);
			position[order[i]] = i;
		}
		for (size_t i = 0; i < EDGE_COUNT; i++)
			assert_true(edges[i].before == edges[i].after || position[edges[i].before] < position[edges[i].after]);
	}
}

/* A chain so long that recursion would run out of stack, closed to a circle. */
static void long_chain(void **state)
{
	(void)state;
	enum { COUNT = 200000 };
	struct corm__edge *edges = malloc(COUNT * sizeof *edges);
	size_t *order = malloc(COUNT * sizeof *order), cycles;
	assert_true(edges && order);
	for (size_t i = 0; i < COUNT; i++)
		edges[i] = (struct corm__edge){ .before = (i + 1) % COUNT, .after = i };
	assert_int_equal(corm__topo_sort(NULL, COUNT, edges, COUNT, order, &cycles), CORM_OK);
	assert_int_equal(cycles, 1);
	assert_int_equal(order[0], 0);
	for (size_t i = 1; i < COUNT; i++)
		assert_int_equal(order[i], COUNT - i);
	free(edges);
	free(order);
}

static void each_allocation_fails(void **state)
{
	(void)state;
	struct fail_alloc memory;
	for (size_t n = 1; fail_alloc_next(&memory, n); n++) {
		size_t order[3];
		corm_status status = corm__topo_sort(&memory.allocator, 3, EDGES({ 0, 1 }, { 1, 0 }, { 1, 2 }), order, NULL);
		assert_int_equal(status, memory.failed ? CORM_ERROR_MEMORY : CORM_OK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_circles),
		cmocka_unit_test(edges_to_oneself_are_ignored),
		cmocka_unit_test(circles_are_broken_in_the_order_of_the_input),
		cmocka_unit_test(random_graphs),
		cmocka_unit_test(long_chain),
		cmocka_unit_test(each_allocation_fails),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
