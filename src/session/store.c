/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a session keeps its objects: slabs of slots, and the identity map that finds an object by its key.
 */
#include "base/map.h"
#include "session/session.h"
#include "type/codec.h"
#include <assert.h>

#define FIRST_IDENTITIES 64
#define KEPT_BYTES 32768 /* of slabs, by a reset */

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
	corm__free(allocator, store->columns, columns * sizeof *store->columns);
	corm__free(allocator, store->other_columns, columns * sizeof *store->other_columns);
	corm__free(allocator, store->by_sql, columns * sizeof *store->by_sql);
	corm__free(allocator, store->returned, columns * sizeof *store->returned);
	corm__free(allocator, store->work, columns * sizeof *store->work);
	corm__free(allocator, store->key, CORM__KEY_HEAD + columns * sizeof *store->columns);
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
	if (column->max_length || column->min_length || column->bounds || column->precision)
		work |= CORM__WORK_RULES;
	if (column->onupdate != CORM_SERVER_NONE)
		work |= CORM__WORK_ONUPDATE;
	return (uint8_t)work;
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
	store->columns = corm__alloc(allocator, columns, sizeof *store->columns);
	store->other_columns = corm__alloc(allocator, columns, sizeof *store->other_columns);
	store->by_sql = corm__alloc(allocator, columns, sizeof *store->by_sql);
	store->returned = corm__alloc(allocator, columns, sizeof *store->returned);
	store->work = corm__alloc(allocator, columns, sizeof *store->work);
	store->key = corm__alloc(allocator, 1, CORM__KEY_HEAD + columns * sizeof *store->columns);
	if (!store->targets || !store->values || !store->formats || !store->columns || !store->other_columns ||
	    !store->by_sql || !store->returned || !store->work || !store->key) {
		free_store(session, store);
		return NULL;
	}
	for (size_t i = 0; i < columns; i++) {
		const corm_column *column = &model->columns[i];
		store->targets[i] = (corm_target){ .format = column->format, .offset = column->offset, .name = column->name };
		store->work[i] = column_work(column);
		store->has_mutable |= (store->work[i] & CORM__WORK_MUTABLE) != 0;
	}
	const corm_column *key = &model->columns[model->key[0]];
	store->has_uuid_key = model->key_count == 1 && key->format.type == CORM_TYPE_UUID;
	store->key_offset = key->offset;
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

static struct corm__object *slot_at(const struct corm__store *store, size_t slot)
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

struct corm__object *corm__store_new(corm_session *session, struct corm__store *store)
{
	if (store->used == slots_before(store->slab_count) && !add_slab(session, store))
		return NULL;
	struct corm__object *object = slot_at(store, store->used);
	*object = (struct corm__object){ .store = store, .slot = (uint32_t)store->used };
	store->used++;
	return object;
}

void corm__store_drop_newest(struct corm__store *store)
{
	store->used--;
}

struct corm__object *corm__store_owned(corm_session *session, const corm_model_info *model, const void *value)
{
	struct corm__store *store = session->stores;
	while (store && store->model != model)
		store = store->next;
	uintptr_t address = (uintptr_t)value - sizeof(struct corm__object);
	for (size_t i = 0; store && i < store->slab_count; i++) {
		uintptr_t distance = address - (uintptr_t)store->slabs[i];
		if (distance >= slab_capacity(i) * store->stride || distance % store->stride)
			continue;
		struct corm__object *object = (struct corm__object *)(void *)(store->slabs[i] + distance);
		size_t slot = slots_before(i) + distance / store->stride;
		return slot < store->used ? object : NULL;
	}
	return NULL;
}

static void free_identities(corm_session *session, struct corm__store *store)
{
	corm__free(&session->allocator, store->identities, store->identity_capacity * sizeof *store->identities);
	store->identities = NULL;
	store->identity_capacity = 0;
}

void corm__stores_reset(corm_session *session)
{
	for (struct corm__store *store = session->stores; store; store = store->next) {
		/* Keeping a few small slabs and a small map makes short units of work allocate nothing. */
		while (store->slab_count > 1 && slots_before(store->slab_count) * store->stride > KEPT_BYTES)
			free_newest_slab(session, store);
		store->used = 0;
		if (store->identity_capacity > FIRST_IDENTITIES * 16)
			free_identities(session, store);
		else if (store->identity_count)
			memset(store->identities, 0, store->identity_capacity * sizeof *store->identities);
		store->identity_count = 0;
	}
}

void corm__stores_release(corm_session *session)
{
	while (session->stores) {
		struct corm__store *store = session->stores;
		session->stores = store->next;
		while (store->slab_count)
			free_newest_slab(session, store);
		free_identities(session, store);
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
	return cursor->store ? slot_at(cursor->store, cursor->slot++) : NULL;
}

/* ---- identity map ------------------------------------------------------------------------------------------------ */

static uint64_t value_hash(const corm_format *format, const void *value)
{
	int64_t number;
	switch (format->type) {
	case CORM_TYPE_TEXT: {
		const char *text = *(const char *const *)value;
		return corm__hash(text, text ? strlen(text) : 0);
	}
	case CORM_TYPE_TEXT_ARRAY:
		return corm__hash(value, strlen(value));
	case CORM_TYPE_BYTES: {
		const corm_bytes *bytes = value;
		return corm__hash(bytes->data, bytes->size);
	}
	case CORM_TYPE_DECIMAL: {
		char text[CORM__DECIMAL_TEXT];
		return corm__hash(text, corm__decimal_write(value, text));
	}
	case CORM_TYPE_BOOL:
	case CORM_TYPE_ENUM:
	case CORM_TYPE_INT8:
	case CORM_TYPE_INT16:
	case CORM_TYPE_INT32:
	case CORM_TYPE_INT64:
	case CORM_TYPE_UINT8:
	case CORM_TYPE_UINT16:
	case CORM_TYPE_UINT32:
	case CORM_TYPE_UINT64:
		return corm__hash_number(corm__integer_load(format, value, &number) ? (uint64_t)number : UINT64_MAX);
	default:
		return corm__hash(value, format->size);
	}
}

uint32_t corm__key_hash(const corm_model_info *model, const void *const *values)
{
	uint64_t hash = value_hash(&model->columns[model->key[0]].format, values[0]);
	for (size_t i = 1; i < model->key_count; i++)
		hash = corm__hash_number(hash ^ value_hash(&model->columns[model->key[i]].format, values[i]));
	return (uint32_t)hash;
}

uint32_t corm__row_hash(const struct corm__store *store, const void *value)
{
	if (store->has_uuid_key)
		return (uint32_t)corm__hash((const char *)value + store->key_offset, sizeof(corm_uuid));
	corm__key_of(store->model, value, store->values);
	return corm__key_hash(store->model, store->values);
}

struct corm__object *corm__row_find(const struct corm__store *store, uint32_t hash, const void *value)
{
	if (store->has_uuid_key)
		store->values[0] = (const char *)value + store->key_offset;
	else
		corm__key_of(store->model, value, store->values);
	return corm__identity_find(store, hash, store->values);
}

void corm__key_of(const corm_model_info *model, const void *value, const void **values)
{
	for (size_t i = 0; i < model->key_count; i++)
		values[i] = (const char *)value + model->columns[model->key[i]].offset;
}

/* An object is known by the key of its snapshot: what the program does to the struct's does not count before the
 * flush. */
static bool has_key(struct corm__object *object, const void *const *values)
{
	const struct corm__store *store = object->store;
	const corm_model_info *model = store->model;
	const char *snapshot = corm__object_snapshot(object);
	if (store->has_uuid_key)
		return memcmp(snapshot + store->key_offset, values[0], sizeof(corm_uuid)) == 0;
	for (size_t i = 0; i < model->key_count; i++) {
		const corm_column *column = &model->columns[model->key[i]];
		if (!corm__value_equal(&column->format, snapshot + column->offset, values[i]))
			return false;
	}
	return true;
}

struct corm__object *corm__identity_find(const struct corm__store *store, uint32_t hash, const void *const *values)
{
	if (!store->identity_count)
		return NULL;
	size_t mask = store->identity_capacity - 1;
	for (size_t i = hash & mask; store->identities[i].slot; i = (i + 1) & mask) {
		if (store->identities[i].hash != hash)
			continue;
		struct corm__object *object = slot_at(store, store->identities[i].slot - 1);
		if (has_key(object, values))
			return object;
	}
	return NULL;
}

static void place(struct corm__identity *identities, size_t mask, struct corm__identity identity)
{
	size_t i = identity.hash & mask;
	while (identities[i].slot)
		i = (i + 1) & mask;
	identities[i] = identity;
}

static bool grow_identities(corm_session *session, struct corm__store *store)
{
	/* Four times, because placing all entries anew is one cache miss each. */
	size_t capacity = store->identity_capacity ? store->identity_capacity * 4 : FIRST_IDENTITIES;
	struct corm__identity *identities = corm__alloc(&session->allocator, capacity, sizeof *identities);
	if (!identities)
		return false;
	for (size_t i = 0; i < store->identity_capacity; i++) {
		if (store->identities[i].slot)
			place(identities, capacity - 1, store->identities[i]);
	}
	free_identities(session, store);
	store->identities = identities;
	store->identity_capacity = capacity;
	return true;
}

bool corm__identity_add(corm_session *session, struct corm__store *store, struct corm__object *object)
{
	if (store->identity_count >= store->identity_capacity / 4 * 3 && !grow_identities(session, store))
		return false;
	place(store->identities, store->identity_capacity - 1,
	      (struct corm__identity){ .hash = object->hash, .slot = object->slot + 1 });
	store->identity_count++;
	return true;
}

/* Moves what stands behind the gap into it where that shortens its way, so that no mark of a removed entry is
 * needed. */
void corm__identity_remove(struct corm__store *store, struct corm__object *object)
{
	if (!store->identity_count)
		return;
	struct corm__identity *identities = store->identities;
	size_t mask = store->identity_capacity - 1, gap = object->hash & mask;
	while (identities[gap].slot != object->slot + 1) {
		if (!identities[gap].slot)
			return;
		gap = (gap + 1) & mask;
	}
	for (size_t i = (gap + 1) & mask; identities[i].slot; i = (i + 1) & mask) {
		size_t home = identities[i].hash & mask;
		if (((i - home) & mask) >= ((i - gap) & mask)) {
			identities[gap] = identities[i];
			gap = i;
		}
	}
	identities[gap] = (struct corm__identity){ 0 };
	store->identity_count--;
}
