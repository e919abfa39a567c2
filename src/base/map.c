/* SPDX-License-Identifier: Apache-2.0
 *
 * A hash map by linear probing, and the hash: products of 64-bit numbers folded in half, after Wang Yi's wyhash, whose
 * constants are replaced by random ones of this process.
 */
#include "base/map.h"

#include "base/arena.h"
#include "base/random.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#define FIRST_CAPACITY 16
#define REMOVED 1 /* the hash of an entry that was removed: searches go on past it */

static uint64_t seeds[4];
static pthread_once_t seeds_once = PTHREAD_ONCE_INIT;
static atomic_bool seeds_ready;

static void make_seeds(void)
{
	corm__random_system(seeds, sizeof seeds);
	atomic_store_explicit(&seeds_ready, true, memory_order_release);
}

/* The flag saves the call of pthread_once() in all but the first hashes. */
static inline void need_seeds(void)
{
	if (!atomic_load_explicit(&seeds_ready, memory_order_acquire))
		pthread_once(&seeds_once, make_seeds);
}

/* Both halves of the product of 128 bits, folded. */
static inline uint64_t fold(uint64_t a, uint64_t b)
{
#ifdef __SIZEOF_INT128__
	__extension__ typedef unsigned __int128 wide;
	wide product = (wide)a * b;
	return (uint64_t)product ^ (uint64_t)(product >> 64);
#else
	uint64_t a_high = a >> 32, a_low = (uint32_t)a, b_high = b >> 32, b_low = (uint32_t)b;
	uint64_t middle = a_high * b_low + (a_low * b_low >> 32);
	uint64_t other = a_low * b_high + (uint32_t)middle;
	uint64_t high = a_high * b_high + (middle >> 32) + (other >> 32);
	return a * b ^ high;
#endif
}

static inline uint64_t load64(const unsigned char *at)
{
	uint64_t number;
	memcpy(&number, at, sizeof number);
	return number;
}

static inline uint32_t load32(const unsigned char *at)
{
	uint32_t number;
	memcpy(&number, at, sizeof number);
	return number;
}

uint64_t corm__hash(const void *data, size_t size)
{
	need_seeds();
	const unsigned char *at = data;
	uint64_t hash = seeds[0], a = 0, b = 0;
	if (size >= 8) {
		size_t left = size;
		for (; left > 16; left -= 16, at += 16)
			hash = fold(load64(at) ^ seeds[1], load64(at + 8) ^ hash);
		/* The last 16 bytes, which overlap with those before, or with each other where there are fewer. */
		a = load64(size > 16 ? at + left - 16 : at);
		b = load64(at + left - 8);
	} else if (size >= 4) {
		a = load32(at);
		b = load32(at + size - 4);
	} else if (size) {
		a = (uint64_t)at[0] << 16 | (uint64_t)at[size / 2] << 8 | at[size - 1];
	}
	return fold(seeds[2] ^ size, fold(a ^ seeds[1], b ^ hash));
}

uint64_t corm__hash_number(uint64_t number)
{
	need_seeds();
	return fold(fold(number ^ seeds[3], seeds[2]) ^ number, seeds[1]);
}

void corm__map_init(struct corm__map *map, const corm_allocator *allocator)
{
	*map = (struct corm__map){ .allocator = corm__allocator_or_default(allocator) };
}

void corm__map_release(struct corm__map *map)
{
	corm__free(&map->allocator, map->entries, map->capacity * sizeof *map->entries);
	corm__map_init(map, &map->allocator);
}

static inline bool is_free(const struct corm__map_entry *entry)
{
	return !entry->key && entry->hash != REMOVED;
}

/* The entry of a key, or NULL. A map of any capacity has free entries, where a search ends. */
static struct corm__map_entry *find(const struct corm__map *map, const void *key, size_t size, uint64_t hash)
{
	if (!map->count)
		return NULL;
	for (size_t i = (size_t)hash;; i++) {
		struct corm__map_entry *entry = &map->entries[i & (map->capacity - 1)];
		if (is_free(entry))
			return NULL;
		if (entry->key && entry->hash == hash && entry->size == size && (!size || !memcmp(entry->key, key, size)))
			return entry;
	}
}

static struct corm__map_entry *find_room(struct corm__map_entry *entries, size_t capacity, uint64_t hash)
{
	size_t i = (size_t)hash & (capacity - 1);
	while (entries[i].key)
		i = (i + 1) & (capacity - 1);
	return &entries[i];
}

/* Makes sure that a quarter stays free after one more entry. Where removed entries take the room, sweeps them up. */
static bool make_room(struct corm__map *map)
{
	if (map->used < map->capacity / 4 * 3)
		return true;
	size_t capacity = map->capacity ? map->capacity : FIRST_CAPACITY;
	if (map->count >= map->capacity / 2 && map->capacity) {
		if (capacity > SIZE_MAX / 2)
			return false;
		capacity *= 2;
	}
	struct corm__map_entry *entries = corm__alloc(&map->allocator, capacity, sizeof *entries);
	if (!entries)
		return false;
	for (size_t i = 0; i < map->capacity; i++)
		if (map->entries[i].key)
			*find_room(entries, capacity, map->entries[i].hash) = map->entries[i];
	corm__free(&map->allocator, map->entries, map->capacity * sizeof *entries);
	map->entries = entries;
	map->capacity = capacity;
	map->used = map->count;
	return true;
}

void *corm__map_get(const struct corm__map *map, const void *key, size_t size)
{
	if (!map->count)
		return NULL;
	struct corm__map_entry *entry = find(map, key, size, corm__hash(key, size));
	return entry ? entry->value : NULL;
}

bool corm__map_set(struct corm__map *map, const void *key, size_t size, void *value)
{
	uint64_t hash = corm__hash(key, size);
	struct corm__map_entry *entry = find(map, key, size, hash);
	if (!entry) {
		if (!make_room(map))
			return false;
		entry = find_room(map->entries, map->capacity, hash);
		map->used += is_free(entry);
		map->count++;
	}
	/* An entry in use has a key that is not NULL, and the empty key may be given as NULL. */
	*entry = (struct corm__map_entry){ .key = key ? key : "", .size = size, .hash = hash, .value = value };
	return true;
}

void *corm__map_remove(struct corm__map *map, const void *key, size_t size)
{
	struct corm__map_entry *entry = find(map, key, size, corm__hash(key, size));
	if (!entry)
		return NULL;
	void *value = entry->value;
	*entry = (struct corm__map_entry){ .hash = REMOVED };
	map->count--;
	return value;
}

struct corm__map_entry *corm__map_next(const struct corm__map *map, size_t *position)
{
	while (*position < map->capacity) {
		struct corm__map_entry *entry = &map->entries[(*position)++];
		if (entry->key)
			return entry;
	}
	return NULL;
}
