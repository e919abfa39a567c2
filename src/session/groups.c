/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of many owners, sorted into their lists.
 */
#include "base/map.h"
#include "session/load.h"
#include "session/relation.h"

#define FIRST_PAIRS 64
#define FIRST_SEEN 64

bool corm__pairs_add(corm_session *session, struct corm__pairs *pairs, size_t owner, void *item)
{
	if (pairs->count == pairs->capacity) {
		size_t capacity = pairs->capacity ? pairs->capacity * 2 : FIRST_PAIRS;
		struct corm__pair *grown = corm__arena_array(&session->work, capacity, sizeof *grown);
		if (!grown) {
			corm__session_no_memory(session);
			return false;
		}
		if (pairs->count)
			memcpy(grown, pairs->items, pairs->count * sizeof *grown);
		pairs->items = grown;
		pairs->capacity = capacity;
	}
	pairs->items[pairs->count++] = (struct corm__pair){ .owner = (uint32_t)owner, .item = item };
	return true;
}

/* A pointer to one: the first that was found. */
static void apply_one(corm_session *session, struct corm__object *owner, const corm_relationship *relationship,
                      void *item)
{
	void *now = corm__related_pointer(corm__object_struct(owner), relationship);
	if (now == corm__related_pointer(corm__object_snapshot(owner), relationship))
		corm__related_loaded(owner, relationship, item);
	if (relationship->kind == CORM_TO_ONE_REMOTE)
		corm__remote_set_loaded(session, owner, relationship);
}

static corm_status apply_many(corm_session *session, struct corm__object *owner, const corm_relationship *relationship,
                              void **items, size_t count)
{
	struct corm__collection *list = corm__collection_of(session, owner, relationship);
	if (list && !list->reload)
		return CORM_OK;
	if (!corm__collection_set(session, owner, relationship, count ? items : NULL, count))
		return CORM_ERROR_MEMORY;
	return session->manual ? corm__apply_unflushed(session, corm__collection_of(session, owner, relationship))
	                       : CORM_OK;
}

corm_status corm__pairs_apply(corm_session *session, const struct corm__pairs *pairs,
                              const corm_relationship *relationship, const struct corm__objects *owners)
{
	/* ends[i]: where the items of owner i begin, and, once they stand there, end. */
	size_t *ends = corm__arena_array(&session->work, owners->count + 1, sizeof *ends);
	void **items = corm__arena_array(&session->transaction, pairs->count + 1, sizeof *items);
	if (!ends || !items)
		return corm__session_no_memory(session);
	for (size_t i = 0; i < pairs->count; i++)
		ends[pairs->items[i].owner + 1]++;
	for (size_t i = 0; i < owners->count; i++)
		ends[i + 1] += ends[i];
	for (size_t i = 0; i < pairs->count; i++)
		items[ends[pairs->items[i].owner]++] = pairs->items[i].item;
	corm_status status = CORM_OK;
	for (size_t i = 0, begin = 0; status == CORM_OK && i < owners->count; begin = ends[i++]) {
		struct corm__object *owner = owners->items[i];
		if (corm__is_many(relationship))
			status = apply_many(session, owner, relationship, items + begin, ends[i] - begin);
		else
			apply_one(session, owner, relationship, ends[i] > begin ? items[begin] : NULL);
	}
	return status;
}

/* ---- what was seen ----------------------------------------------------------------------------------------------- */

static size_t hash_of(const void *a, const void *b)
{
	return (size_t)corm__hash_number((uint64_t)(uintptr_t)a * 31 + (uint64_t)(uintptr_t)b);
}

static bool seen_grow(corm_session *session, struct corm__seen *seen)
{
	size_t capacity = seen->capacity ? seen->capacity * 4 : FIRST_SEEN;
	struct corm__seen_entry *entries = corm__arena_array(&session->work, capacity, sizeof *entries);
	if (!entries) {
		corm__session_no_memory(session);
		return false;
	}
	for (size_t i = 0; i < seen->capacity; i++) {
		const struct corm__seen_entry *entry = &seen->entries[i];
		size_t at = hash_of(entry->a, entry->b) & (capacity - 1);
		if (!entry->a)
			continue;
		while (entries[at].a)
			at = (at + 1) & (capacity - 1);
		entries[at] = *entry;
	}
	seen->entries = entries;
	seen->capacity = capacity;
	return true;
}

size_t corm__seen_add(corm_session *session, struct corm__seen *seen, const void *a, const void *b, bool *is_new)
{
	if (seen->count >= seen->capacity / 2 && !seen_grow(session, seen))
		return SIZE_MAX;
	size_t mask = seen->capacity - 1, at = hash_of(a, b) & mask;
	while (seen->entries[at].a && (seen->entries[at].a != a || seen->entries[at].b != b))
		at = (at + 1) & mask;
	struct corm__seen_entry *entry = &seen->entries[at];
	if (is_new)
		*is_new = !entry->a;
	if (!entry->a)
		*entry = (struct corm__seen_entry){ .a = a, .b = b, .number = seen->count++ };
	return entry->number;
}
