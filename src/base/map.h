/* SPDX-License-Identifier: Apache-2.0
 *
 * A hash map from byte strings to pointers. Open addressing; keys are borrowed, and must live as long as their entry.
 */
#ifndef CORM_BASE_MAP_H
#define CORM_BASE_MAP_H

#include <cormorant/memory.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct corm__map_entry {
	const void *key; /* NULL: free, or removed when hash is 1 */
	size_t size;
	uint64_t hash;
	void *value;
};

struct corm__map {
	struct corm__map_entry *entries;
	size_t capacity;    /* 0 or a power of two */
	size_t count, used; /* used counts removed entries too */
	corm_allocator allocator;
};

/* A hash of size bytes, seeded once per process from getrandom(), so that nobody can choose keys that collide. */
uint64_t corm__hash(const void *data, size_t size);
/* Mixes a number into a hash; the same seed. */
uint64_t corm__hash_number(uint64_t number);

void corm__map_init(struct corm__map *map, const corm_allocator *allocator);
void corm__map_release(struct corm__map *map);
void *corm__map_get(const struct corm__map *map, const void *key, size_t size);
/* Sets or replaces. False when there is no memory, and then the map is as it was. */
bool corm__map_set(struct corm__map *map, const void *key, size_t size, void *value);
/* The value that was there, or NULL. */
void *corm__map_remove(struct corm__map *map, const void *key, size_t size);
/* The next entry in use after *position, which starts at 0; NULL at the end. Order means nothing. */
struct corm__map_entry *corm__map_next(const struct corm__map *map, size_t *position);

#endif
