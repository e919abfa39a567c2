/* SPDX-License-Identifier: Apache-2.0
 *
 * Arenas: memory that is handed out piece by piece and freed all at once.
 *
 * Invariants: a piece never moves; nothing is freed alone; corm__arena_reset keeps the largest block, so that an arena
 * that is reset after each statement stops asking the allocator.
 */
#ifndef CORM_BASE_ARENA_H
#define CORM_BASE_ARENA_H

#include <cormorant/driver.h>
#include <cormorant/memory.h>
#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct corm__block;

struct corm_arena {
	corm_room room; /* the free end of the newest block; first, so that a room is its arena */
	corm_allocator allocator;
	struct corm__block *blocks; /* the newest first */
	size_t block_size;          /* of the next block; grows */
	size_t taken;               /* bytes asked from the allocator, for statistics and tests */
};

/* malloc, realloc and free as an allocator. */
extern const corm_allocator corm__default_allocator;

/* *allocator, or the default for NULL or one without a function. */
corm_allocator corm__allocator_or_default(const corm_allocator *allocator);

/* Typed calls of an allocator. corm__alloc gives zeroed memory; count * size is checked for overflow. */
void *corm__alloc(const corm_allocator *allocator, size_t count, size_t size);
void *corm__resize(const corm_allocator *allocator, void *block, size_t old_count, size_t new_count, size_t size);
void corm__free(const corm_allocator *allocator, void *block, size_t size);

/* Never fails and allocates nothing yet. block_size 0: 4 KiB, doubling up to 256 KiB. */
void corm__arena_init(struct corm_arena *arena, const corm_allocator *allocator, size_t block_size);
void corm__arena_release(struct corm_arena *arena);
/* Takes everything back, keeping the largest block. */
void corm__arena_reset(struct corm_arena *arena);

/* size bytes aligned for any type, not zeroed. NULL when there is no memory. */
static inline void *corm__arena_take(struct corm_arena *arena, size_t size)
{
	size_t padding = -(uintptr_t)arena->room.next & (alignof(max_align_t) - 1);
	if (size > SIZE_MAX - padding || padding + size > arena->room.left) {
		if (size > SIZE_MAX / 2 || !arena->room.refill(&arena->room, size + alignof(max_align_t)))
			return NULL;
		padding = -(uintptr_t)arena->room.next & (alignof(max_align_t) - 1);
	}
	char *piece = corm_room_take(&arena->room, padding + size);
	return piece + padding;
}

/* The same for an array, zeroed; NULL too when count * size overflows. */
void *corm__arena_array(struct corm_arena *arena, size_t count, size_t size);

/* length bytes copied and a NUL behind them. NULL when there is no memory. */
static inline char *corm__arena_copy(struct corm_arena *arena, const void *data, size_t length)
{
	char *copy = length < SIZE_MAX ? corm_room_take(&arena->room, length + 1) : NULL;
	if (copy) {
		if (length)
			memcpy(copy, data, length);
		copy[length] = '\0';
	}
	return copy;
}

#endif
