/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a session keeps its objects: slabs of slots.
 */
#include "session/session.h"
#include <assert.h>

#define KEPT_BYTES 32768 /* of slabs, by a reset */
#define SLOTS_AHEAD 4

static_assert(sizeof(struct corm__object) % _Alignof(max_align_t) == 0, "the struct behind the header is aligned");

static size_t aligned(size_t size)
{
	return (size + _Alignof(max_align_t) - 1) & ~(_Alignof(max_align_t) - 1);
}

static void free_store(corm_session *session, struct corm__store *store)
{
	const corm_allocator *allocator = &session->allocator;
	size_t columns = store->model->column_count, most = 2 * columns + store->model->key_count;
	corm__free(allocator, store->targets, columns * sizeof *store->targets);
	corm__free(allocator, store->values, most * sizeof *store->values);
	corm__free(allocator, store->formats, most * sizeof *store->formats);
	corm__free(allocator, store->columns, (columns + 1) * sizeof *store->columns);
	corm__free(allocator, store->other_columns, columns * sizeof *store->other_columns);
	corm__free(allocator, store->by_sql, columns * sizeof *store->by_sql);
	corm__free(allocator, store->returned, columns * sizeof *store->returned);
	corm__free(allocator, store->work, columns * sizeof *store->work);
	corm__free(allocator, store->factories, columns * sizeof *store->factories);
	corm__free(allocator, store->onupdates, columns * sizeof *store->onupdates);
	corm__free(allocator, store->key, CORM__KEY_HEAD + (columns + 1) * sizeof *store->columns);
	corm__free(allocator, store, sizeof *store);
}

static uint8_t column_work(const corm_column *column)
{
	unsigned work = 0;
	uint8_t type = column->format.type;
	if (column->default_factory && !(column->format.flags & CORM_FORMAT_NULLABLE))
		work |= CORM__WORK_FACTORY;
	if (type == CORM_TYPE_TEXT || type == CORM_TYPE_BYTES || type == CORM_TYPE_JSON)
		work |= CORM__WORK_POINTER;
	if (column->format.flags & CORM_FORMAT_MUTABLE || type == CORM_TYPE_BYTES || type == CORM_TYPE_JSON)
		work |= CORM__WORK_MUTABLE;
	if (type >= CORM_TYPE_UINT64 && type != CORM_TYPE_BYTES && type != CORM_TYPE_BYTES_ARRAY && type != CORM_TYPE_UUID)
		work |= CORM__WORK_VALUE;
	if (column->flags & (CORM_COLUMN_FOREIGN_KEY | CORM_COLUMN_PRIMARY_KEY))
		work |= CORM__WORK_KEY;
	if (column->max_length || column->min_length || column->bounds || column->format.type == CORM_TYPE_DECIMAL)
		work |= CORM__WORK_RULES;
	if (column->onupdate != CORM_SERVER_NONE)
		work |= CORM__WORK_ONUPDATE;
	if (column->flags & CORM_COLUMN_VERSION)
		work |= CORM__WORK_VERSION;
	return (uint8_t)work;
}

/* What is asked per row or object is found out here, once. */
static void describe_columns(struct corm__store *store)
{
	const corm_model_info *model = store->model;
	store->version = CORM_NO_INDEX;
	for (size_t i = 0; i < model->column_count; i++) {
		const corm_column *column = &model->columns[i];
		store->targets[i] = (corm_target){ .format = column->format, .offset = column->offset, .name = column->name };
		store->work[i] = column_work(column);
		store->has_mutable |= (store->work[i] & CORM__WORK_MUTABLE) != 0;
		store->has_text |= (store->work[i] & CORM__WORK_POINTER) != 0;
		if (store->work[i] & CORM__WORK_VERSION)
			store->version = (uint16_t)i;
		if (store->work[i] & CORM__WORK_FACTORY)
			store->factories[store->factory_count++] = (uint16_t)i;
		if (store->work[i] & CORM__WORK_ONUPDATE)
			store->onupdates[store->onupdate_count++] = (uint16_t)i;
	}
	for (size_t i = 0; i < model->relationship_count; i++) {
		const corm_relationship *relationship = &model->relationships[i], *down = NULL;
		store->has_lazy |= relationship->lazy == CORM_LAZY_SELECTIN || relationship->lazy == CORM_LAZY_JOINED;
		if (relationship->kind == CORM_TO_ONE && relationship->back != CORM_NO_INDEX)
			down = &relationship->target->relationships[relationship->back];
		store->has_orphans |= down && down->cascade & CORM_CASCADE_DELETE_ORPHAN;
	}
	const corm_column *key = &model->columns[model->key[0]];
	store->has_uuid_key = model->key_count == 1 && key->format.type == CORM_TYPE_UUID;
	store->key_offset = key->offset;
}

static struct corm__store *new_store(corm_session *session, const corm_model_info *model)
{
	const corm_allocator *allocator = &session->allocator;
	size_t columns = model->column_count, most = 2 * columns + model->key_count;
	struct corm__store *store = corm__alloc(allocator, 1, sizeof *store);
	if (!store)
		return NULL;
	store->model = model;
	/* A struct's size is a multiple of its alignment: behind it there is room for another. */
	store->struct_size = model->size;
	store->stride = aligned(sizeof(struct corm__object) + 2 * model->size);
	store->targets = corm__alloc(allocator, columns, sizeof *store->targets);
	store->values = corm__alloc(allocator, most, sizeof *store->values);
	store->formats = corm__alloc(allocator, most, sizeof *store->formats);
	store->columns = corm__alloc(allocator, columns + 1, sizeof *store->columns);
	store->other_columns = corm__alloc(allocator, columns, sizeof *store->other_columns);
	store->by_sql = corm__alloc(allocator, columns, sizeof *store->by_sql);
	store->returned = corm__alloc(allocator, columns, sizeof *store->returned);
	store->work = corm__alloc(allocator, columns, sizeof *store->work);
	store->factories = corm__alloc(allocator, columns, sizeof *store->factories);
	store->onupdates = corm__alloc(allocator, columns, sizeof *store->onupdates);
	store->key = corm__alloc(allocator, 1, CORM__KEY_HEAD + (columns + 1) * sizeof *store->columns);
	if (!store->targets || !store->values || !store->formats || !store->columns || !store->other_columns ||
	    !store->by_sql || !store->returned || !store->work || !store->factories || !store->onupdates || !store->key) {
		free_store(session, store);
		return NULL;
	}
	describe_columns(store);
	return store;
}

struct corm__store *corm__store_known(const corm_session *session, const corm_model_info *model)
{
	struct corm__store *store = session->stores;
	while (store && store->model != model)
		store = store->next;
	return store;
}

struct corm__store *corm__store_of(corm_session *session, const corm_model_info *model)
{
	struct corm__store **link = &session->stores;
	for (struct corm__store *store; (store = *link); link = &store->next) {
		if (store->model != model)
			continue;
		/* The last used comes first: a program works with a few models at a time. */
		*link = store->next;
		store->next = session->stores;
		session->stores = store;
		return store;
	}
	struct corm__store *store = new_store(session, model);
	if (!store)
		return NULL;
	store->next = session->stores;
	session->stores = store;
	return store;
}

static size_t slab_capacity(size_t index)
{
	return (size_t)CORM__FIRST_SLAB << index;
}

/* How many slots the slabs before the index-th have together. */
static size_t slots_before(size_t index)
{
	return CORM__FIRST_SLAB * (((size_t)1 << index) - 1);
}

struct corm__object *corm__store_slot(const struct corm__store *store, size_t slot)
{
	size_t scaled = slot / CORM__FIRST_SLAB + 1;
	size_t index = sizeof(unsigned long long) * 8 - 1 - (size_t)__builtin_clzll(scaled);
	size_t within = slot - slots_before(index);
	return (struct corm__object *)(void *)(store->slabs[index] + within * store->stride);
}

static bool add_slab(corm_session *session, struct corm__store *store)
{
	if (store->slab_count == CORM__SLABS)
		return false;
	char *slab = corm__resize(&session->allocator, NULL, 0, slab_capacity(store->slab_count), store->stride);
	if (slab)
		store->slabs[store->slab_count++] = slab;
	return slab != NULL;
}

static void free_newest_slab(corm_session *session, struct corm__store *store)
{
	store->slab_count--;
	corm__free(&session->allocator, store->slabs[store->slab_count], slab_capacity(store->slab_count) * store->stride);
}

/* Goes on to the next slab, which may be there already. */
static bool next_slab(corm_session *session, struct corm__store *store)
{
	size_t next = store->full_at ? store->slab_at + 1 : 0;
	if (next == store->slab_count && !add_slab(session, store))
		return false;
	store->slab_at = next;
	store->free_slot = store->slabs[next];
	store->full_at = slots_before(next + 1);
	return true;
}

struct corm__object *corm__store_new(corm_session *session, struct corm__store *store)
{
	if (store->used == store->full_at && !next_slab(session, store))
		return NULL;
	struct corm__object *object = (struct corm__object *)(void *)store->free_slot;
	*object = (struct corm__object){ .store = store, .slot = (uint32_t)store->used };
	store->free_slot += store->stride;
	store->used++;
	/* Slots to come are written for the first time, soon and one after the other. */
	corm__slot_prefetch(store, store->free_slot + SLOTS_AHEAD * store->stride);
	return object;
}

void corm__store_drop_newest(struct corm__store *store)
{
	store->used--;
	store->free_slot -= store->stride;
}

size_t corm__object_size(const struct corm__store *store)
{
	return store->stride;
}

struct corm__object *corm__object_init(struct corm__store *store, void *memory)
{
	struct corm__object *object = memset(memory, 0, store->stride);
	object->store = store;
	object->state = CORM__OBJECT_PENDING;
	return object;
}

static struct corm__object *owned_by(const struct corm__store *store, const void *value)
{
	uintptr_t address = (uintptr_t)value - sizeof(struct corm__object);
	/* The newest is the largest. */
	for (size_t i = store->slab_count; i-- > 0;) {
		uintptr_t distance = address - (uintptr_t)store->slabs[i];
		if (distance >= slab_capacity(i) * store->stride || distance % store->stride)
			continue;
		struct corm__object *object = (struct corm__object *)(void *)(store->slabs[i] + distance);
		size_t slot = slots_before(i) + distance / store->stride;
		return slot < store->used ? object : NULL;
	}
	return NULL;
}

struct corm__object *corm__store_owned(corm_session *session, const corm_model_info *model, const void *value)
{
	struct corm__store *store = value ? corm__store_known(session, model) : NULL;
	return store ? owned_by(store, value) : NULL;
}

struct corm__object *corm__session_owned(corm_session *session, const void *value)
{
	struct corm__object *object = NULL;
	for (struct corm__store *store = session->stores; value && store && !object; store = store->next)
		object = owned_by(store, value);
	return object;
}

void corm__stores_reset(corm_session *session)
{
	for (struct corm__store *store = session->stores; store; store = store->next) {
		/* Keeping a few small slabs and a small map makes short units of work allocate nothing. */
		while (store->slab_count > 1 && slots_before(store->slab_count) * store->stride > KEPT_BYTES)
			free_newest_slab(session, store);
		store->used = store->full_at = store->slab_at = store->dead = 0;
		store->free_slot = NULL;
		if (store->identity_capacity * sizeof *store->identities > KEPT_BYTES / 4)
			corm__identities_release(session, store);
		corm__identities_clear(store);
	}
}

void corm__stores_release(corm_session *session)
{
	while (session->stores) {
		struct corm__store *store = session->stores;
		session->stores = store->next;
		while (store->slab_count)
			free_newest_slab(session, store);
		corm__identities_release(session, store);
		free_store(session, store);
	}
}

struct corm__object *corm__objects_next(corm_session *session, struct corm__cursor *cursor)
{
	if (!cursor->store)
		cursor->store = session->stores;
	while (cursor->store && cursor->slot == cursor->store->used) {
		cursor->store = cursor->store->next;
		cursor->slot = 0;
		if (!cursor->store)
			return NULL;
	}
	return cursor->store ? corm__store_slot(cursor->store, cursor->slot++) : NULL;
}

struct corm__object *corm__store_next(struct corm__cursor *cursor)
{
	return cursor->slot < cursor->store->used ? corm__store_slot(cursor->store, cursor->slot++) : NULL;
}
