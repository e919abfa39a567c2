/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory: the allocator that the library asks, and arenas, which hand out pieces that are all freed at once.
 */
#ifndef CORMORANT_MEMORY_H
#define CORMORANT_MEMORY_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One function does everything: block NULL allocates, new_size 0 frees (and returns NULL), else it resizes as realloc()
 * does. old_size is what the block was asked with. Returning NULL for a new_size above 0 means there is no memory: the
 * block stays as it was, and the library reports CORM_ERROR_MEMORY. It must be thread-safe when an engine is shared. */
typedef struct corm_allocator {
	void *(*resize)(void *data, void *block, size_t old_size, size_t new_size);
	void *data;
} corm_allocator;

/* Not thread-safe: an arena belongs to one thread at a time. */
typedef struct corm_arena corm_arena;

/* A new arena. allocator may be NULL (malloc), else it is copied. NULL when there is no memory. */
corm_arena *corm_arena_new(const corm_allocator *allocator);

/* Frees the arena and everything it gave. NULL is allowed. */
void corm_arena_free(corm_arena *arena);

/* size bytes, zeroed, aligned for any type, living until the arena is freed. NULL when there is no memory or when
 * arena is NULL. */
void *corm_arena_alloc(corm_arena *arena, size_t size);

/* A copy of text (which may be NULL, and then so is the result). NULL when there is no memory. */
char *corm_arena_text(corm_arena *arena, const char *text);

#ifdef __cplusplus
}
#endif

#endif
