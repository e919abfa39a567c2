/* SPDX-License-Identifier: Apache-2.0
 *
 * The identity map: an object by its key.
 */
#include "base/map.h"
#include "session/session.h"
#include "type/codec.h"

#define FIRST_IDENTITIES 64

uint64_t corm__value_hash(const corm_format *format, const void *value)
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
	uint64_t hash = corm__value_hash(&model->columns[model->key[0]].format, values[0]);
	for (size_t i = 1; i < model->key_count; i++)
		hash = corm__hash_number(hash ^ corm__value_hash(&model->columns[model->key[i]].format, values[i]));
	return (uint32_t)hash;
}

uint32_t corm__row_hash(const struct corm__store *store, const void *value)
{
	if (store->has_uuid_key)
		return (uint32_t)corm__hash((const char *)value + store->key_offset, sizeof(corm_uuid));
	corm__key_of(store->model, value, store->values);
	return corm__key_hash(store->model, store->values);
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
	const corm_model_info *model = object->store->model;
	const char *snapshot = corm__object_snapshot(object);
	for (size_t i = 0; i < model->key_count; i++) {
		const corm_column *column = &model->columns[model->key[i]];
		if (!corm__value_equal(&column->format, snapshot + column->offset, values[i]))
			return false;
	}
	return true;
}

static bool has_uuid(struct corm__object *object, size_t offset, const void *uuid)
{
	uint64_t a[2], b[2];
	memcpy(a, (char *)corm__object_snapshot(object) + offset, sizeof a);
	memcpy(b, uuid, sizeof b);
	return a[0] == b[0] && a[1] == b[1];
}

/* Where the search ended is kept: that is the place of an object that was not found. */
static struct corm__object *find(struct corm__store *store, uint32_t hash, const void *const *values)
{
	if (!store->identity_capacity)
		return NULL;
	size_t mask = store->identity_capacity - 1, i = hash & mask;
	for (; store->identities[i].slot; i = (i + 1) & mask) {
		if (store->identities[i].hash != hash)
			continue;
		struct corm__object *object = corm__store_slot(store, store->identities[i].slot - 1);
		if (store->has_uuid_key ? has_uuid(object, store->key_offset, values[0]) : has_key(object, values))
			return object;
	}
	store->identity_gap = i;
	return NULL;
}

struct corm__object *corm__identity_find(struct corm__store *store, uint32_t hash, const void *const *values)
{
	return find(store, hash, values);
}

struct corm__object *corm__row_find(struct corm__store *store, uint32_t hash, const void *value)
{
	const void *uuid = (const char *)value + store->key_offset;
	if (store->has_uuid_key)
		return find(store, hash, &uuid);
	corm__key_of(store->model, value, store->values);
	return find(store, hash, store->values);
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
	size_t count = store->identity_count;
	corm__identities_release(session, store);
	store->identities = identities;
	store->identity_capacity = capacity;
	store->identity_count = count;
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

bool corm__identity_add_found(corm_session *session, struct corm__store *store, struct corm__object *object)
{
	if (store->identity_count >= store->identity_capacity / 4 * 3)
		return corm__identity_add(session, store, object);
	store->identities[store->identity_gap] = (struct corm__identity){ .hash = object->hash, .slot = object->slot + 1 };
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

void corm__identities_clear(struct corm__store *store)
{
	if (store->identity_count)
		memset(store->identities, 0, store->identity_capacity * sizeof *store->identities);
	store->identity_count = 0;
}

void corm__identities_release(corm_session *session, struct corm__store *store)
{
	corm__free(&session->allocator, store->identities, store->identity_capacity * sizeof *store->identities);
	store->identities = NULL;
	store->identity_capacity = store->identity_count = 0;
}
