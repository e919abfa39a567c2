/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of arenas and of the allocator's typed calls.
 */
#include "base/arena.h"
#include "fail_alloc.h"

static void gives_aligned_pieces_that_do_not_overlap(void **state)
{
	(void)state;
	struct fail_alloc memory;
	fail_alloc_init(&memory, 0);
	struct corm_arena arena;
	corm__arena_init(&arena, &memory.allocator, 0);
	assert_int_equal(memory.calls, 0);

	unsigned char *pieces[500];
	for (size_t i = 0; i < 500; i++) {
		assert_non_null(corm__arena_copy(&arena, "xyz", i % 4)); /* puts the next piece out of line */
		pieces[i] = corm__arena_take(&arena, i);
		assert_non_null(pieces[i]);
		assert_int_equal((uintptr_t)pieces[i] % alignof(max_align_t), 0);
		memset(pieces[i], (int)(i & 0xFF), i);
	}
	for (size_t i = 0; i < 500; i++)
		for (size_t k = 0; k < i; k++)
			assert_int_equal(pieces[i][k], i & 0xFF);
	assert_int_equal(arena.taken, memory.live_bytes);
	corm__arena_release(&arena);
	assert_int_equal(arena.taken, 0);
	fail_alloc_check(&memory);
}

static void reset_keeps_the_largest_block(void **state)
{
	(void)state;
	struct fail_alloc memory;
	fail_alloc_init(&memory, 0);
	struct corm_arena arena;
	corm__arena_init(&arena, &memory.allocator, 64);
	corm__arena_reset(&arena);
	assert_int_equal(memory.calls, 0);

	assert_non_null(corm__arena_take(&arena, 40));
	assert_non_null(corm__arena_take(&arena, 10000));
	assert_non_null(corm__arena_take(&arena, 100));
	corm__arena_reset(&arena);
	assert_int_equal(memory.live_blocks, 1);
	assert_true(memory.live_bytes >= 10000);
	assert_int_equal(arena.taken, memory.live_bytes);
	size_t calls = memory.calls;
	for (int i = 0; i < 100; i++) {
		assert_non_null(corm__arena_take(&arena, 9000));
		corm__arena_reset(&arena);
	}
	assert_int_equal(memory.calls, calls);
	corm__arena_release(&arena);
	fail_alloc_check(&memory);

	/* A released arena can be used again. */
	assert_non_null(corm__arena_take(&arena, 1));
	corm__arena_release(&arena);
	fail_alloc_check(&memory);
}

static void refuses_sizes_that_overflow(void **state)
{
	(void)state;
	struct fail_alloc memory;
	fail_alloc_init(&memory, 0);
	struct corm_arena arena;
	corm__arena_init(&arena, &memory.allocator, 0);
	for (int round = 0; round < 2; round++) {
		assert_null(corm__arena_take(&arena, SIZE_MAX));
		assert_null(corm__arena_take(&arena, SIZE_MAX - 15));
		assert_null(corm__arena_take(&arena, SIZE_MAX / 2 + 1));
		assert_null(corm__arena_array(&arena, SIZE_MAX / 2, 3));
		assert_null(corm__arena_array(&arena, SIZE_MAX, SIZE_MAX));
		assert_null(corm__arena_copy(&arena, "", SIZE_MAX));
		assert_null(corm_room_take(&arena.room, SIZE_MAX));
		assert_null(corm_room_take(&arena.room, SIZE_MAX - 20));
		assert_int_equal(memory.calls, 0);
		/* Nothing changes when a part of a block is in use. */
		if (round == 0) {
			assert_non_null(corm__arena_take(&arena, 3));
			memory.calls = 0;
		}
	}
	corm__arena_release(&arena);
	fail_alloc_check(&memory);
}

static void arrays_are_zeroed_and_copies_end_in_nul(void **state)
{
	(void)state;
	struct corm_arena arena;
	corm__arena_init(&arena, NULL, 0);
	memset(corm__arena_take(&arena, 2000), 0xFF, 2000);
	corm__arena_reset(&arena);
	unsigned char *array = corm__arena_array(&arena, 100, 7);
	for (size_t i = 0; i < 700; i++)
		assert_int_equal(array[i], 0);
	assert_non_null(corm__arena_array(&arena, 0, 8));
	assert_non_null(corm__arena_array(&arena, 8, 0));

	char *copy = corm__arena_copy(&arena, "abcdef", 3);
	assert_string_equal(copy, "abc");
	assert_string_equal(corm__arena_copy(&arena, NULL, 0), "");
	corm__arena_release(&arena);
}

static void public_arena(void **state)
{
	(void)state;
	struct fail_alloc memory;
	for (size_t n = 1; fail_alloc_next(&memory, n); n++) {
		corm_arena *arena = corm_arena_new(&memory.allocator);
		unsigned char *block = corm_arena_alloc(arena, 30000);
		char *text = corm_arena_text(arena, "some text");
		assert_true(memory.failed || (block && text));
		if (block)
			assert_true(block[0] == 0 && block[29999] == 0 && (uintptr_t)block % alignof(max_align_t) == 0);
		if (text)
			assert_string_equal(text, "some text");
		corm_arena_free(arena);
	}
	corm_arena_free(NULL);
	assert_null(corm_arena_alloc(NULL, 1));
	assert_null(corm_arena_text(NULL, "x"));

	corm_arena *arena = corm_arena_new(NULL);
	assert_null(corm_arena_text(arena, NULL));
	assert_non_null(corm_arena_alloc(arena, 0));
	corm_arena_free(arena);
}

static void typed_calls_check_for_overflow(void **state)
{
	(void)state;
	struct fail_alloc memory;
	fail_alloc_init(&memory, 0);
	const corm_allocator *allocator = &memory.allocator;
	assert_null(corm__alloc(allocator, SIZE_MAX / 4 + 1, 4));
	assert_null(corm__resize(allocator, NULL, 0, SIZE_MAX, 2));
	assert_int_equal(memory.calls, 0);

	int *numbers = corm__alloc(allocator, 4, sizeof *numbers);
	assert_int_equal(numbers[3], 0);
	numbers[3] = 7;
	numbers = corm__resize(allocator, numbers, 4, 8, sizeof *numbers);
	assert_int_equal(numbers[3], 7);
	assert_null(corm__resize(allocator, numbers, 8, SIZE_MAX / 2, sizeof *numbers));
	assert_int_equal(numbers[3], 7);
	corm__free(allocator, numbers, 8 * sizeof *numbers);

	void *empty = corm__alloc(allocator, 0, 4);
	assert_non_null(empty);
	corm__free(allocator, empty, 0);
	corm__free(allocator, NULL, 100);
	fail_alloc_check(&memory);
}

static void default_allocator_stands_in(void **state)
{
	(void)state;
	assert_ptr_equal(corm__allocator_or_default(NULL).resize, corm__default_allocator.resize);
	corm_allocator empty = { .resize = NULL };
	assert_ptr_equal(corm__allocator_or_default(&empty).resize, corm__default_allocator.resize);
	void *block = corm__alloc(&corm__default_allocator, 1, 1);
	assert_non_null(block);
	corm__free(&corm__default_allocator, block, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_aligned_pieces_that_do_not_overlap),
		cmocka_unit_test(reset_keeps_the_largest_block),
		cmocka_unit_test(refuses_sizes_that_overflow),
		cmocka_unit_test(arrays_are_zeroed_and_copies_end_in_nul),
		cmocka_unit_test(public_arena),
		cmocka_unit_test(typed_calls_check_for_overflow),
		cmocka_unit_test(default_allocator_stands_in),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
