/* SPDX-License-Identifier: Apache-2.0
 *
 * Snapshots: what the database has, beside what the program has made of it.
 */
#include "session/change.h"
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
		text = corm__text_copy(session, text, strlen(text));
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
		char *copy = corm__text_take(session, bytes.size);
		if (!copy)
			return corm__session_no_memory(session);
		if (bytes.size)
			memcpy(copy, bytes.data, bytes.size);
		bytes.data = copy;
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
		copy = corm__text_take(session, sizeof data + bytes.size);
	if (!copy)
		return corm__session_no_memory(session);
	memcpy(copy, &data, sizeof data);
	copy += sizeof data;
	if (bytes.size)
		memcpy(copy, data, bytes.size);
	memcpy(snapshot, &copy, sizeof copy);
	return CORM_OK;
}

void corm__snapshot_unnote(struct corm__object *object, const corm_column *column)
{
	const char *copy = first_pointer(corm__snapshot_at(object, column));
	if (copy)
		memset((char *)(uintptr_t)copy - sizeof copy, 0, sizeof copy);
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
	if (!corm__bytes_differ(value, snapshot, column->format.size))
		return CORM_OK;
	if (corm__column_changed(object, column))
		return corm__column_own_text(session, column, value);
	memcpy(value, snapshot, column->format.size);
	return CORM_OK;
}

/* ---- what was replaced ------------------------------------------------------------------------------------------- */

/* How many bytes a value points to, its NUL among them. */
static size_t pointed_size(const corm_format *format, const char *snapshot)
{
	corm_bytes bytes;
	if (!first_pointer(snapshot))
		return 0;
	if (format->type != CORM_TYPE_BYTES)
		return strlen(first_pointer(snapshot)) + 1;
	memcpy(&bytes, snapshot, sizeof bytes);
	return bytes.size;
}

void corm__text_give_value(corm_session *session, const corm_column *column, const char *value)
{
	corm__text_give(session, first_pointer(value), pointed_size(&column->format, value));
}

bool corm__text_again(corm_session *session, const corm_column *column, void *value)
{
	const char *read = first_pointer(value);
	size_t size = pointed_size(&column->format, value);
	char *piece = size ? corm__text_reuse(session, size) : NULL;
	if (!piece)
		return false;
	memcpy(piece, read, size);
	memcpy(value, &piece, sizeof piece);
	return true;
}

/* The text that a member which may be changed in place has had since its snapshot is given up with that, when the one
 * of then has another. */
static void give_noted(corm_session *session, struct corm__object *object, const corm_column *column, const void *then)
{
	const char *snapshot = corm__snapshot_at(object, column), *noted = noted_pointer(snapshot);
	if (noted && noted != noted_pointer(then) && noted == first_pointer(corm__value_at(object, column)))
		corm__text_give(session, noted, pointed_size(&column->format, snapshot));
}

void corm__snapshot_replace(corm_session *session, struct corm__object *object, const char *then)
{
	const struct corm__store *store = object->store;
	for (size_t i = 0; store->has_mutable && i < store->model->column_count; i++) {
		if (store->work[i] & CORM__WORK_MUTABLE)
			give_noted(session, object, &store->model->columns[i], then + store->model->columns[i].offset);
	}
	memcpy(corm__object_snapshot(object), then, store->model->size);
}

void corm__snapshot_give(corm_session *session, const struct corm__store *store, size_t index, const char *snapshot)
{
	const char *data = first_pointer(snapshot);
	size_t size = pointed_size(&store->model->columns[index].format, snapshot);
	if (!data)
		return;
	if (!(store->work[index] & CORM__WORK_MUTABLE)) {
		corm__text_give(session, data, size);
		return;
	}
	/* The snapshot's own copy, with the pointer before it. What that one leads to is the struct's, or was. */
	corm__text_give(session, data - sizeof data, sizeof data + size);
}

/* Text that was changed in place, and not replaced, gets its content back; else it is copied again, and the snapshot's
 * copy notes whose copy it is. */
corm_status corm__snapshot_give_back(corm_session *session, struct corm__object *object)
{
	const struct corm__store *store = object->store;
	const corm_column *columns = store->model->columns;
	corm_status status = CORM_OK;
	for (size_t i = 0; store->has_mutable && i < store->model->column_count; i++) {
		const char *snapshot = corm__snapshot_at(object, &columns[i]);
		if (!(store->work[i] & CORM__WORK_MUTABLE) || !first_pointer(snapshot))
			continue;
		if (points_elsewhere(object, &columns[i]))
			corm__snapshot_unnote(object, &columns[i]);
		else
			memcpy((char *)(uintptr_t)noted_pointer(snapshot), first_pointer(snapshot),
			       pointed_size(&columns[i].format, snapshot));
	}
	memcpy(corm__object_struct(object), corm__object_snapshot(object), store->model->size);
	for (size_t i = 0; store->has_mutable && status == CORM_OK && i < store->model->column_count; i++) {
		char *value = corm__value_at(object, &columns[i]), *snapshot = corm__snapshot_at(object, &columns[i]);
		if (!(store->work[i] & CORM__WORK_MUTABLE) || !first_pointer(snapshot))
			continue;
		const char *data = noted_pointer(snapshot);
		if (data) {
			memcpy(value, &data, sizeof data);
			continue;
		}
		status = corm__column_own_text(session, &columns[i], value);
		data = first_pointer(value);
		memcpy((char *)(uintptr_t)first_pointer(snapshot) - sizeof data, &data, sizeof data);
	}
	return status;
}

/* A column of which the program has changed the pointer: what the struct had before was the session's copy of what the
 * snapshot has a copy of as well. */
static void give_old_mutable(corm_session *session, const struct corm__object *object, const corm_column *column)
{
	const char *snapshot = (const char *)(object + 1) + object->store->struct_size + column->offset;
	if (first_pointer(snapshot) && points_elsewhere(object, column))
		corm__text_give(session, noted_pointer(snapshot), pointed_size(&column->format, snapshot));
}

corm_status corm__snapshot_renew(corm_session *session, struct corm__object *object)
{
	const struct corm__store *store = object->store;
	for (size_t i = 0; store->has_text && i < store->model->column_count; i++) {
		const corm_column *column = &store->model->columns[i];
		if (!(store->work[i] & CORM__WORK_POINTER))
			continue;
		bool is_mutable = store->work[i] & CORM__WORK_MUTABLE;
		const char *snapshot = corm__snapshot_at(object, column);
		if (is_mutable)
			give_old_mutable(session, object, column);
		if (!corm__undo_holds(session, object, column) &&
		    (is_mutable || first_pointer(snapshot) != first_pointer(corm__value_at(object, column))))
			corm__snapshot_give(session, store, i, snapshot);
	}
	return corm__snapshot_take(session, object);
}

/* ---- differences ------------------------------------------------------------------------------------------------- */

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

bool corm__column_differs(const struct corm__object *object, const corm_column *column)
{
	const char *value = (const char *)(object + 1) + column->offset;
	return !corm__value_equal(&column->format, value, value + object->store->struct_size);
}

bool corm__object_changed(const struct corm__object *object)
{
	const corm_model_info *model = object->store->model;
	for (size_t i = 0; i < model->column_count; i++) {
		if (corm__column_changed(object, &model->columns[i]))
			return true;
	}
	return false;
}
