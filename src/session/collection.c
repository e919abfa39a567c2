/* SPDX-License-Identifier: Apache-2.0
 *
 * Lists of related objects, which live until the end of the transaction.
 *
 * A program reads a list as it reads any member, so each array must be taken as handed out: what stands in it is never
 * written again. An item is added behind the end, where nobody looks; taken away from an end, by showing less of the
 * array; and from the middle, by a copy. One copy is enough while a flush sends its statements: nobody sees it before
 * the end.
 */
#include "session/load.h"
#include "session/relation.h"

#define FIRST_ITEMS 8

static void show(const struct corm__collection *collection, uint32_t number)
{
	corm__many many = { .items = collection->items, .count = collection->count, .corm_state = number };
	memcpy((char *)corm__object_struct(collection->object) + collection->relationship->offset, &many, sizeof many);
	memcpy((char *)corm__object_snapshot(collection->object) + collection->relationship->offset, &many, sizeof many);
}

static void show_again(const struct corm__collection *collection)
{
	corm__many many;
	const char *snapshot = corm__object_snapshot(collection->object);
	memcpy(&many, snapshot + collection->relationship->offset, sizeof many);
	show(collection, many.corm_state);
}

struct corm__collection *corm__collection_of(const corm_session *session, const struct corm__object *object,
                                             const corm_relationship *relationship)
{
	corm__many many;
	const char *snapshot = (const char *)(object + 1) + object->store->struct_size;
	memcpy(&many, snapshot + relationship->offset, sizeof many);
	if (!many.items || !many.corm_state || many.corm_state > session->collection_count)
		return NULL;
	struct corm__collection *collection = session->collections[many.corm_state - 1];
	return collection->object == object && collection->relationship == relationship ? collection : NULL;
}

/* A new entry of the session's table; NULL without memory. */
static struct corm__collection *new_collection(corm_session *session)
{
	struct corm__collection *collection = corm__arena_take(&session->transaction, sizeof *collection);
	if (!collection || session->collection_count == UINT32_MAX)
		return NULL;
	if (session->collection_count == session->collection_capacity &&
	    !corm__array_grow(session, (void **)&session->collections, &session->collection_capacity,
	                      sizeof(struct corm__collection *)))
		return NULL;
	session->collections[session->collection_count++] = collection;
	return collection;
}

bool corm__collection_set(corm_session *session, struct corm__object *object, const corm_relationship *relationship,
                          void **items, size_t count)
{
	struct corm__collection *collection = corm__collection_of(session, object, relationship);
	bool is_new = !collection;
	if (is_new && !(collection = new_collection(session))) {
		corm__session_no_memory(session);
		return false;
	}
	*collection = (struct corm__collection){
		.object = object,
		.relationship = relationship,
		.items = items ? items : corm__no_items,
		.count = count,
	};
	collection->used_end = collection->end = collection->items + count;
	if (is_new)
		show(collection, (uint32_t)session->collection_count);
	else
		show_again(collection);
	return true;
}

/* ---- looking ----------------------------------------------------------------------------------------------------- */

/* Where an item stands, or count. It is mostly that which was found last, or not far behind it. */
static size_t find(struct corm__collection *collection, const void *item)
{
	size_t count = collection->count, begin = collection->hint < count ? collection->hint : 0, at = begin;
	while (at < count && collection->items[at] != item)
		at++;
	if (at == count) {
		at = 0;
		while (at < begin && collection->items[at] != item)
			at++;
		at = at < begin ? at : count;
	}
	collection->hint = at;
	return at;
}

bool corm__collection_has(struct corm__collection *collection, const void *item)
{
	return find(collection, item) < collection->count;
}

/* ---- changing ---------------------------------------------------------------------------------------------------- */

/* A copy with room for more, without the item at skip (count: none is left out). */
static bool copy_items(corm_session *session, struct corm__collection *collection, size_t skip, size_t capacity)
{
	void **items = corm__arena_array(&session->transaction, capacity, sizeof *items);
	if (!items) {
		corm__session_no_memory(session);
		return false;
	}
	size_t behind = skip < collection->count ? collection->count - skip - 1 : 0;
	memcpy(items, collection->items, skip * sizeof *items);
	if (behind)
		memcpy(items + skip, collection->items + skip + 1, behind * sizeof *items);
	collection->items = items;
	collection->count = skip + behind;
	collection->used_end = items + collection->count;
	collection->end = items + capacity;
	collection->copied_by = session->sending;
	return true;
}

bool corm__collection_add(corm_session *session, struct corm__collection *collection, void *item)
{
	return corm__collection_has(collection, item) || corm__collection_append(session, collection, item);
}

bool corm__collection_append(corm_session *session, struct corm__collection *collection, void *item)
{
	void **at = collection->items + collection->count;
	if (at != collection->used_end || at == collection->end) {
		size_t capacity = collection->count < FIRST_ITEMS / 2 ? FIRST_ITEMS : collection->count * 2;
		if (!copy_items(session, collection, collection->count, capacity))
			return false;
		at = collection->items + collection->count;
	}
	*at = item;
	collection->used_end = at + 1;
	collection->count++;
	collection->hint = collection->count - 1;
	collection->reload |= collection->relationship->order_column != CORM_NO_INDEX;
	show_again(collection);
	return true;
}

bool corm__collection_remove(corm_session *session, struct corm__collection *collection, void *item)
{
	size_t index = find(collection, item);
	if (index == collection->count)
		return true;
	if (index == 0)
		collection->items++;
	if (index == 0 || index + 1 == collection->count) {
		collection->count--;
	} else if (session->sending && collection->copied_by == session->sending) {
		void **at = collection->items + index;
		memmove(at, at + 1, (--collection->count - index) * sizeof *at);
	} else if (!copy_items(session, collection, index, collection->count + FIRST_ITEMS)) {
		return false;
	}
	collection->hint = index;
	show_again(collection);
	return true;
}

/* ---- all of them ------------------------------------------------------------------------------------------------- */

static void forget(struct corm__collection *collection)
{
	size_t offset = collection->relationship->offset;
	memset((char *)corm__object_struct(collection->object) + offset, 0, sizeof(corm__many));
	memset((char *)corm__object_snapshot(collection->object) + offset, 0, sizeof(corm__many));
	collection->object = NULL;
}

void corm__collections_forget_of(corm_session *session, const struct corm__object *object)
{
	const corm_model_info *model = object->store->model;
	for (size_t i = 0; i < model->relationship_count; i++) {
		const corm_relationship *relationship = &model->relationships[i];
		struct corm__collection *collection = corm__is_many(relationship)
		                                          ? corm__collection_of(session, object, relationship)
		                                          : NULL;
		if (collection)
			forget(collection);
	}
}

void corm__collections_forget(corm_session *session)
{
	for (size_t i = 0; i < session->collection_count; i++) {
		if (session->collections[i]->object)
			forget(session->collections[i]);
	}
	session->collection_count = 0;
}

void corm__collections_show(corm_session *session)
{
	for (size_t i = 0; i < session->collection_count; i++) {
		if (session->collections[i]->object)
			show_again(session->collections[i]);
	}
}

void corm__collections_reload(corm_session *session, const corm_model_info *model, bool links_too)
{
	for (size_t i = 0; i < session->collection_count; i++) {
		struct corm__collection *collection = session->collections[i];
		const corm_relationship *relationship = collection->relationship;
		if (collection->object && (relationship->target == model || (links_too && relationship->link == model)))
			collection->reload = true;
	}
}
