/* SPDX-License-Identifier: Apache-2.0
 *
 * The allocator's typed calls, and arenas.
 */
#include "base/arena.h"

#include <stdlib.h>

#define FIRST_BLOCK ((size_t)4 << 10)
#define LARGEST_BLOCK ((size_t)256 << 10)

struct corm__block {
	struct corm__block *older;
	size_t size; /* of data */
	alignas(max_align_t) char data[];
};

static void *default_resize(void *data, void *block, size_t old_size, size_t new_size)
{
	(void)data;
	(void)old_size;
	if (!new_size) {
		free(block);
		return NULL;
	}
	return realloc(block, new_size);
}

const corm_allocator corm__default_allocator = { .resize = default_resize };

corm_allocator corm__allocator_or_default(const corm_allocator *allocator)
{
	return allocator && allocator->resize ? *allocator : corm__default_allocator;
}

/* count * size, at least 1, since an allocator takes 0 as "free"; 0 when it is too much. */
static size_t product(size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		return 0;
	return count && size ? count * size : 1;
}

void *corm__alloc(const corm_allocator *allocator, size_t count, size_t size)
{
	size_t bytes = product(count, size);
	void *block = bytes ? allocator->resize(allocator->data, NULL, 0, bytes) : NULL;
	return block ? memset(block, 0, bytes) : NULL;
}

void *corm__resize(const corm_allocator *allocator, void *block, size_t old_count, size_t new_count, size_t size)
{
	size_t old_bytes = block ? product(old_count, size) : 0;
	size_t new_bytes = product(new_count, size);
	return new_bytes ? allocator->resize(allocator->data, block, old_bytes, new_bytes) : NULL;
}

void corm__free(const corm_allocator *allocator, void *block, size_t size)
{
	if (block)
		allocator->resize(allocator->data, block, product(size, 1), 0);
}

/* Where an arena without a block begins: a piece of no bytes has an address too. */
static alignas(max_align_t) char nowhere[1];

static void use_block(struct corm_arena *arena, struct corm__block *block)
{
	arena->blocks = block;
	arena->room.next = block ? block->data : nowhere;
	arena->room.left = block ? block->size : 0;
}

static void free_block(struct corm_arena *arena, struct corm__block *block)
{
	size_t bytes = sizeof *block + block->size;
	corm__free(&arena->allocator, block, bytes);
	arena->taken -= bytes;
}

/* What is left of the block before is given up: pieces are contiguous. */
static bool refill(corm_room *room, size_t size)
{
	struct corm_arena *arena = (struct corm_arena *)room;
	if (size < arena->block_size)
		size = arena->block_size;
	if (size > PTRDIFF_MAX - sizeof(struct corm__block)) /* no object is larger */
		return false;

	size_t bytes = sizeof(struct corm__block) + size;
	struct corm__block *block = arena->allocator.resize(arena->allocator.data, NULL, 0, bytes);
	if (!block)
		return false;
	block->older = arena->blocks;
	block->size = size;
	use_block(arena, block);
	arena->taken += bytes;
	if (arena->block_size <= LARGEST_BLOCK / 2)
		arena->block_size *= 2;
	return true;
}

void corm__arena_init(struct corm_arena *arena, const corm_allocator *allocator, size_t block_size)
{
	*arena = (struct corm_arena){
		.room = { .refill = refill },
		.allocator = corm__allocator_or_default(allocator),
		.block_size = block_size ? block_size : FIRST_BLOCK,
	};
	use_block(arena, NULL);
}

/* Frees all blocks but one, which may be NULL. */
static void free_blocks_but(struct corm_arena *arena, const struct corm__block *kept)
{
	struct corm__block *block = arena->blocks;
	while (block) {
		struct corm__block *older = block->older;
		if (block != kept)
			free_block(arena, block);
		block = older;
	}
}

void corm__arena_release(struct corm_arena *arena)
{
	free_blocks_but(arena, NULL);
	use_block(arena, NULL);
}

void corm__arena_reset(struct corm_arena *arena)
{
	struct corm__block *largest = arena->blocks;
	if (largest && largest->older) {
		for (struct corm__block *block = arena->blocks; block; block = block->older)
			if (block->size > largest->size)
				largest = block;
		free_blocks_but(arena, largest);
		largest->older = NULL;
	}
	use_block(arena, largest);
}

void *corm__arena_array(struct corm_arena *arena, size_t count, size_t size)
{
	size_t bytes = product(count, size);
	void *array = bytes ? corm__arena_take(arena, bytes) : NULL;
	return array ? memset(array, 0, bytes) : NULL;
}

corm_arena *corm_arena_new(const corm_allocator *allocator)
{
	corm_allocator chosen = corm__allocator_or_default(allocator);
	corm_arena *arena = corm__alloc(&chosen, 1, sizeof *arena);
	if (arena)
		corm__arena_init(arena, &chosen, 0);
	return arena;
}

void corm_arena_free(corm_arena *arena)
{
	if (!arena)
		return;
	corm_allocator allocator = arena->allocator;
	corm__arena_release(arena);
	corm__free(&allocator, arena, sizeof *arena);
}

void *corm_arena_alloc(corm_arena *arena, size_t size)
{
	return arena ? corm__arena_array(arena, size, 1) : NULL;
}

char *corm_arena_text(corm_arena *arena, const char *text)
{
	return arena && text ? corm__arena_copy(arena, text, strlen(text)) : NULL;
}
