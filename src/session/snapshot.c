/* SPDX-License-Identifier: Apache-2.0
 *
 * Snapshots: what the database has, beside what the program has made of it.
 */
#include "session/session.h"
#include "type/codec.h"

corm_status corm__column_own_text(corm_session *session, const corm_column *column, void *value)
{
	if (corm__value_is_null(&column->format, value))
		return CORM_OK;
	switch (column->format.type) {
	case CORM_TYPE_TEXT:
	case CORM_TYPE_JSON: {
		const char *text;
		memcpy(&text, value, sizeof text);
		text = corm__arena_copy(&session->arena, text, strlen(text));
		if (!text)
			return corm__session_no_memory(session);
		memcpy(value, &text, sizeof text);
		return CORM_OK;
	}
	case CORM_TYPE_BYTES: {
		corm_bytes bytes;
		memcpy(&bytes, value, sizeof bytes);
		if (!bytes.data && bytes.size)
			return corm__session_fail(session, CORM_ERROR_USAGE, "\"%s\" has %zu bytes at NULL", column->field,
			                          bytes.size);
		bytes.data = corm__arena_copy(&session->arena, bytes.data, bytes.size);
		if (!bytes.data)
			return corm__session_no_memory(session);
		memcpy(value, &bytes, sizeof bytes);
		return CORM_OK;
	}
	default:
		return CORM_OK;
	}
}

/* Before a snapshot's copy of what may be changed in place stands the pointer that the member had then: the member may
 * have been changed in place, or have been given another text of the same content, and only the latter is not the
 * session's. In text, JSON and bytes alike, the pointer comes first. */
static const char *first_pointer(const void *value)
{
	const char *pointer;
	memcpy(&pointer, value, sizeof pointer);
	return pointer;
}

static const char *noted_pointer(const void *snapshot)
{
	const char *copy = first_pointer(snapshot);
	return copy ? first_pointer(copy - sizeof copy) : NULL;
}

/* Does a member that may be changed in place point elsewhere than when the snapshot was taken? */
static bool points_elsewhere(const struct corm__object *object, const corm_column *column)
{
	const char *value = (const char *)(object + 1) + column->offset;
	return first_pointer(value) != noted_pointer(value + object->store->struct_size);
}

corm_status corm__snapshot_mutable(corm_session *session, struct corm__object *object, const corm_column *column)
{
	char *snapshot = (char *)corm__object_snapshot(object) + column->offset;
	const char *data = first_pointer(snapshot);
	if (!data)
		return CORM_OK;
	corm_bytes bytes = { .data = data };
	if (column->format.type == CORM_TYPE_BYTES)
		memcpy(&bytes, snapshot, sizeof bytes);
	else
		bytes.size = strlen(data) + 1;
	char *copy = NULL;
	if (bytes.size < SIZE_MAX - sizeof data)
		copy = corm_room_take(&session->arena.room, sizeof data + bytes.size);
	if (!copy)
		return corm__session_no_memory(session);
	memcpy(copy, &data, sizeof data);
	copy += sizeof data;
	if (bytes.size)
		memcpy(copy, data, bytes.size);
	memcpy(snapshot, &copy, sizeof copy);
	return CORM_OK;
}

corm_status corm__snapshot_take(corm_session *session, struct corm__object *object)
{
	const struct corm__store *store = object->store;
	memcpy(corm__object_snapshot(object), corm__object_struct(object), store->model->size);
	corm_status status = CORM_OK;
	for (size_t i = 0; store->has_mutable && status == CORM_OK && i < store->model->column_count; i++) {
		if (store->work[i] & CORM__WORK_MUTABLE)
			status = corm__snapshot_mutable(session, object, &store->model->columns[i]);
	}
	return status;
}

corm_status corm__snapshot_begin(corm_session *session, struct corm__object *object)
{
	const struct corm__store *store = object->store;
	char *value = corm__object_struct(object), *snapshot = corm__object_snapshot(object);
	memset(snapshot, 0, store->model->size);
	corm_status status = CORM_OK;
	for (size_t i = 0; status == CORM_OK && i < store->model->column_count; i++) {
		const corm_column *column = &store->model->columns[i];
		if (!(store->work[i] & CORM__WORK_POINTER))
			continue;
		status = corm__column_own_text(session, column, value + column->offset);
		memcpy(snapshot + column->offset, value + column->offset, column->format.size);
		if (status == CORM_OK && store->work[i] & CORM__WORK_MUTABLE)
			status = corm__snapshot_mutable(session, object, column);
	}
	return status;
}

corm_status corm__column_settle(corm_session *session, struct corm__object *object, const corm_column *column)
{
	char *value = (char *)corm__object_struct(object) + column->offset;
	const char *snapshot = (const char *)corm__object_snapshot(object) + column->offset;
	if (object->store->work[column - object->store->model->columns] & CORM__WORK_MUTABLE)
		return points_elsewhere(object, column) ? corm__column_own_text(session, column, value) : CORM_OK;
	if (memcmp(value, snapshot, column->format.size) == 0)
		return CORM_OK;
	if (corm__column_changed(object, column))
		return corm__column_own_text(session, column, value);
	memcpy(value, snapshot, column->format.size);
	return CORM_OK;
}

corm_status corm__snapshot_save(corm_session *session, struct corm__object *object)
{
	if (object->saved == session->epoch)
		return CORM_OK;
	size_t size = object->store->model->size;
	struct corm__undo *undo = corm__arena_take(&session->transaction, sizeof *undo + size);
	if (!undo)
		return corm__session_no_memory(session);
	undo->object = object;
	undo->older = session->undo;
	memcpy(undo->snapshot, corm__object_snapshot(object), size);
	session->undo = undo;
	object->saved = session->epoch;
	return CORM_OK;
}

/* Where text may be changed in place the bytes always differ, because the snapshot has a copy of its own: member by
 * member, then. */
static bool mutable_may_differ(const struct corm__object *object)
{
	const struct corm__store *store = object->store;
	const char *value = (const char *)(object + 1), *snapshot = value + store->struct_size;
	for (size_t i = 0; i < store->model->column_count; i++) {
		const corm_column *column = &store->model->columns[i];
		bool moved = store->work[i] & CORM__WORK_MUTABLE
		                 ? points_elsewhere(object, column)
		                 : memcmp(value + column->offset, snapshot + column->offset, column->format.size) != 0;
		if (moved || corm__column_changed(object, column))
			return true;
	}
	for (size_t i = 0; i < store->model->relationship_count; i++) {
		size_t offset = store->model->relationships[i].offset;
		if (memcmp(value + offset, snapshot + offset, sizeof(void *)) != 0)
			return true;
	}
	return false;
}

bool corm__snapshot_may_differ(const struct corm__object *object)
{
	const struct corm__store *store = object->store;
	const char *value = (const char *)(object + 1);
	return store->has_mutable ? mutable_may_differ(object)
	                          : memcmp(value, value + store->struct_size, store->model->size) != 0;
}

bool corm__column_changed(const struct corm__object *object, const corm_column *column)
{
	const corm_format *format = &column->format;
	const char *value = (const char *)(object + 1) + column->offset, *snapshot = value + object->store->struct_size;
	/* Equal bytes are equal values: what may be changed in place never has the snapshot's pointer. Most end here. */
	if (!(format->flags & CORM_FORMAT_OPTIONAL) && memcmp(value, snapshot, format->size) == 0)
		return false;
	return !corm__value_equal(format, value, snapshot);
}
