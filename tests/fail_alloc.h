/* SPDX-License-Identifier: Apache-2.0
 *
 * An allocator for tests: it makes the n-th allocation fail, counts the bytes that live, and checks that each block
 * comes back with the size that it was asked with. For one thread.
 *
 *	struct fail_alloc memory;
 *	for (size_t n = 1; fail_alloc_next(&memory, n); n++)
 *		if (!do_something(&memory.allocator))
 *			assert_true(memory.failed);
 *
 * runs the body with the first allocation failing, then the second, and so on, until a run has none that failed: the
 * last run succeeds. After each run fail_alloc_next() asserts that nothing was left behind, so the body has to free
 * everything.
 */
#ifndef CORM_TESTS_FAIL_ALLOC_H
#define CORM_TESTS_FAIL_ALLOC_H

/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <cormorant/memory.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct fail_alloc {
	corm_allocator allocator; /* first: what the code under test is given */
	size_t calls;             /* allocations and changes of size so far, the failed ones too */
	size_t fail_at;           /* the call that fails, from 1; 0: none does */
	bool fail_after;          /* and all calls after it */
	bool failed;              /* a call has failed */
	size_t live_bytes, live_blocks;
	size_t peak_bytes;
};

/* Stands in front of each block. */
struct fail_alloc_head {
	alignas(max_align_t) size_t size;
};

static inline void *fail_alloc_resize(void *data, void *block, size_t old_size, size_t new_size)
{
	struct fail_alloc *memory = data;
	struct fail_alloc_head *head = block ? (struct fail_alloc_head *)block - 1 : NULL;
	assert_int_equal(old_size, head ? head->size : 0);
	if (!new_size) {
		memory->live_bytes -= old_size;
		memory->live_blocks -= head != NULL;
		free(head);
		return NULL;
	}
	memory->calls++;
	bool fails = memory->fail_at && (memory->calls == memory->fail_at
	                                 || (memory->fail_after && memory->calls > memory->fail_at));
	struct fail_alloc_head *moved = NULL;
	if (!fails && new_size <= SIZE_MAX - sizeof *moved)
		moved = malloc(sizeof *moved + new_size); /* always another block, so that old pointers are found out */
	if (!moved) {
		memory->failed = true;
		return NULL;
	}
	moved->size = new_size;
	memset(moved + 1, 0xA5, new_size);
	if (head)
		memcpy(moved + 1, block, old_size < new_size ? old_size : new_size);
	memory->live_blocks += head == NULL;
	memory->live_bytes += new_size - old_size;
	if (memory->live_bytes > memory->peak_bytes)
		memory->peak_bytes = memory->live_bytes;
	free(head);
	return moved + 1;
}

/* fail_at 0: no allocation fails, but all are counted. */
static inline void fail_alloc_init(struct fail_alloc *memory, size_t fail_at)
{
	*memory = (struct fail_alloc){ .allocator = { fail_alloc_resize, memory }, .fail_at = fail_at };
}

/* Nothing is left behind. */
static inline void fail_alloc_check(const struct fail_alloc *memory)
{
	assert_int_equal(memory->live_blocks, 0);
	assert_int_equal(memory->live_bytes, 0);
}

/* See the top. n goes up from 1. */
static inline bool fail_alloc_next(struct fail_alloc *memory, size_t n)
{
	if (n > 1) {
		fail_alloc_check(memory);
		if (!memory->failed)
			return false;
	}
	fail_alloc_init(memory, n);
	return true;
}

#endif
