/* SPDX-License-Identifier: Apache-2.0
 *
 * One row, and the object that it is.
 */
#include "base/error.h"
#include "session/change.h"
#include "session/load.h"
#include "session/relation.h"
#include "type/codec.h"

/* ---- a row of an object that is known ---------------------------------------------------------------------------- */

/* A member that the program has changed stays as it is. When somebody else has changed it too, so does the snapshot:
 * the UPDATE will ask for the old value, and fail. */
static corm_status refresh_column(corm_session *session, struct corm__object *object, size_t index, char *row)
{
	const struct corm__store *store = object->store;
	const corm_column *column = &store->model->columns[index];
	const corm_format *format = &column->format;
	char *value = corm__value_at(object, column), *snapshot = corm__snapshot_at(object, column);
	if (corm__value_equal(format, snapshot, row + column->offset))
		return CORM_OK;
	bool unchanged = !corm__column_changed(object, column);
	/* What corm_only() has left out is all zero in the snapshot: nobody has changed that. */
	bool is_known = !(object->flags & CORM__FLAG_PARTIAL) || !corm__bytes_are_zero(snapshot, format->size);
	if (!unchanged && is_known) {
		object->flags |= CORM__FLAG_DISPUTED;
		return CORM_OK;
	}
	if (store->work[index] & CORM__WORK_POINTER && !corm__undo_holds(session, object, column))
		corm__snapshot_give(session, store, index, snapshot);
	bool moved = store->work[index] & CORM__WORK_POINTER && corm__text_again(session, column, row + column->offset);
	if (unchanged)
		memcpy(value, row + column->offset, corm__value_size(format));
	memcpy(snapshot, row + column->offset, corm__value_size(format));
	/* The row's own text has not been taken over then. */
	if (moved)
		corm__assign_null(column, row + column->offset);
	if (!(store->work[index] & CORM__WORK_MUTABLE))
		return CORM_OK;
	corm_status status = corm__snapshot_mutable(session, object, column);
	if (status == CORM_OK && !unchanged)
		corm__snapshot_unnote(object, column);
	return status;
}

/* Text of the row that the object has taken over stays where it was read; the rest of the row's text is given up. When
 * it has taken over none, and has none behind it, all of it can be taken back at once. */
static bool keep_text(corm_session *session, struct corm__object *object, const char *row, bool has_more)
{
	const struct corm__store *store = object->store;
	bool keeps = has_more;
	for (size_t pass = 0; store->has_text && pass < 2; pass++) {
		for (size_t i = 0; i < store->model->column_count && (pass == 0 || keeps); i++) {
			const corm_column *column = &store->model->columns[i];
			if (!(store->work[i] & CORM__WORK_POINTER))
				continue;
			const char *read = row + column->offset;
			bool taken = memcmp(read, corm__value_at(object, column), sizeof(void *)) == 0 ||
			             memcmp(read, corm__snapshot_at(object, column), sizeof(void *)) == 0;
			if (pass == 0)
				keeps |= taken && !corm__value_is_null(&column->format, read);
			else if (!taken)
				corm__text_give_value(session, column, read);
		}
	}
	return keeps;
}

/* A pointer whose key has changed no longer leads where the row does, and one whose key stands in the other table may
 * not. */
static void forget_pointers(struct corm__object *object, const char *row)
{
	const corm_model_info *model = object->store->model;
	const char *snapshot = corm__object_snapshot(object);
	for (size_t i = 0; i < model->relationship_count; i++) {
		const corm_relationship *relationship = &model->relationships[i];
		bool forget = relationship->kind == CORM_TO_ONE_REMOTE;
		for (size_t k = 0; relationship->kind == CORM_TO_ONE && k < relationship->count; k++) {
			const corm_column *column = &model->columns[relationship->columns[k]];
			if (!corm__value_equal(&column->format, snapshot + column->offset, row + column->offset))
				forget = true;
		}
		void *now = forget ? corm__related_pointer(corm__object_struct(object), relationship) : NULL;
		if (now && now == corm__related_pointer(snapshot, relationship) &&
		    (relationship->kind == CORM_TO_ONE || !corm__remote_is_new(corm__object_at(now))))
			corm__related_loaded(object, relationship, NULL);
	}
}

/* Was the column among those that were read? */
static bool was_read(const struct corm__columns *columns, const corm_column *column)
{
	for (size_t i = 0; i < columns->count; i++) {
		if (columns->targets[i].offset == column->offset)
			return true;
	}
	return !columns->partial;
}

/* Gives a stale object the values of a row that was just read. */
static corm_status refresh_object(corm_session *session, const struct corm__columns *columns,
                                  struct corm__object *object, char *row)
{
	const corm_model_info *model = object->store->model;
	const uint16_t version = object->store->version;
	/* A change that was made of what was read before belongs to the version of that time. */
	bool keeps_version = version != CORM_NO_INDEX && !(object->flags & CORM__FLAG_PARTIAL) &&
	                     corm__object_changed(object);
	corm_status status = corm__undo_save(session, object);
	if (status == CORM_OK && !columns->partial)
		forget_pointers(object, row);
	object->flags &= (uint8_t)~CORM__FLAG_DISPUTED;
	for (size_t i = 0; status == CORM_OK && i < model->column_count; i++) {
		if (was_read(columns, &model->columns[i]) && !(keeps_version && i == version))
			status = refresh_column(session, object, i, row);
	}
	if (status != CORM_OK || columns->partial)
		return status;
	object->epoch = session->epoch;
	object->loaded = 0;
	object->flags &= (uint8_t)~CORM__FLAG_PARTIAL;
	return CORM_OK;
}

/* ---- a row of a new object --------------------------------------------------------------------------------------- */

static corm_status register_object(corm_session *session, const struct corm__columns *columns,
                                   struct corm__object *object)
{
	const struct corm__store *store = object->store;
	memcpy(corm__object_snapshot(object), corm__object_struct(object), store->struct_size);
	if (store->has_mutable && corm__snapshot_take(session, object) != CORM_OK)
		return CORM_ERROR_MEMORY;
	object->state = CORM__OBJECT_PERSISTENT;
	object->epoch = session->epoch;
	object->flags = columns->partial ? CORM__FLAG_PARTIAL : 0;
	return corm__identity_add_found(session, object->store, object) ? CORM_OK : corm__session_no_memory(session);
}

/* Names the row that could not be read, where its key stands before the column that did not fit. */
static void blame_row(corm_session *session, const struct corm__columns *columns, const void *row)
{
	const corm_model_info *model = columns->store->model;
	const corm_error *error = &session->error.error;
	size_t read = 0;
	while (error->column && read < model->column_count && strcmp(model->columns[read].name, error->column) != 0)
		read++;
	bool has_key = error->column != NULL && !columns->partial;
	for (size_t i = 0; i < model->key_count; i++)
		has_key = has_key && model->key[i] < read;
	char key[160] = "a row";
	if (has_key)
		corm__describe_key(model, row, key, sizeof key);
	corm__error_prefix(&session->error, "%s of \"%s\": ", key, model->table);
	if (!error->table)
		corm_error_detail(&session->error, &session->error.error.table, model->table, SIZE_MAX);
}

static inline bool read_into(struct corm__run *run, const struct corm__columns *columns, void *value, corm_room *room)
{
	struct corm__statement *statement = run->statement;
	if (statement->connection->driver->read(statement->state, columns->first, columns->targets, columns->count, value,
	                                        room, &run->session->error) == CORM_OK)
		return true;
	blame_row(run->session, columns, value);
	return false;
}

bool corm__row_read_plain(struct corm__run *run, const struct corm__columns *columns, void *value, corm_room *room)
{
	return read_into(run, columns, value, room);
}

corm_status corm__call_after_load(corm_session *session, const corm_model_info *model, void *value)
{
	session->in_after_load = true;
	corm_status status = model->after_load ? model->after_load(session, value) : CORM_OK;
	session->in_after_load = false;
	if (status != CORM_OK)
		corm__session_fail(session, status, "after_load() of %s: %s", model->name, corm_status_meaning(status));
	return session->error.error.status;
}

/* What the hook makes of a row counts as what the database has. Text that it has put there is copied; that which was
 * read, between begin and end, is the session's already. */
static corm_status call_after_load(corm_session *session, const struct corm__store *store, const struct corm__row *row,
                                   char *value)
{
	const corm_model_info *model = store->model;
	bool in_one_piece = session->arena.blocks == row->block;
	uintptr_t begin = (uintptr_t)row->room.next, end = (uintptr_t)session->arena.room.next;
	corm_status status = corm__call_after_load(session, model, value);
	for (size_t i = 0; status == CORM_OK && i < model->column_count; i++) {
		const corm_column *column = &model->columns[i];
		uintptr_t text;
		if (!(store->work[i] & CORM__WORK_POINTER))
			continue;
		memcpy(&text, value + column->offset, sizeof text);
		if (!in_one_piece || text < begin || text >= end)
			status = corm__column_own_text(session, column, value + column->offset);
	}
	return status;
}

bool corm__row_read(struct corm__run *run, const struct corm__columns *columns, struct corm__row *row)
{
	corm_session *session = run->session;
	struct corm__store *store = columns->store;
	struct corm__object *object = corm__store_new(session, store);
	row->object = NULL;
	if (!object) {
		corm__session_no_memory(session);
		return false;
	}
	void *value = memset(corm__object_struct(object), 0, store->model->size);
	row->room = session->arena.room;
	row->block = session->arena.blocks;
	if (!read_into(run, columns, value, &session->arena.room)) {
		corm__store_drop_newest(store);
		return false;
	}
	object->hash = corm__row_hash(store, value);
	corm__identity_prefetch(store, object->hash);
	row->object = object;
	return true;
}

/* The values of a row for an object that is known. *keeps: it has taken over some of the row's text. */
static corm_status refresh_from(corm_session *session, const struct corm__columns *columns,
                                const struct corm__row *read, struct corm__object *known, char *row, bool *keeps)
{
	/* A partial row says nothing new of an object that is complete, though stale: that is read as a whole. */
	if (corm__is_fresh(session, known) || (columns->partial && !(known->flags & CORM__FLAG_PARTIAL)))
		return CORM_OK;
	corm_status status = CORM_OK;
	if (columns->store->model->after_load)
		status = call_after_load(session, columns->store, read, row);
	const char *end = session->arena.room.next;
	if (status == CORM_OK)
		status = refresh_object(session, columns, known, row);
	*keeps = keep_text(session, known, row, session->arena.room.next != end);
	return status;
}

struct corm__object *corm__row_identify(corm_session *session, const struct corm__columns *columns,
                                        struct corm__row *row)
{
	struct corm__object *object = row->object;
	struct corm__store *store = columns->store;
	char *value = corm__object_struct(object);
	struct corm__object *known = corm__row_find(store, object->hash, value);
	row->object = NULL;
	bool keeps = !known;
	corm_status status = CORM_OK;
	if (known) {
		status = refresh_from(session, columns, row, known, value, &keeps);
	} else {
		if (store->model->after_load)
			status = call_after_load(session, store, row, value);
		if (status == CORM_OK)
			status = register_object(session, columns, object);
		known = object;
	}
	if (!keeps && session->arena.blocks == row->block)
		session->arena.room = row->room;
	/* The slot is not needed when the object was known, or could not be made. */
	if (known != object || status != CORM_OK)
		corm__store_drop_newest(store);
	return status == CORM_OK ? known : NULL;
}

struct corm__object *corm__row_object(struct corm__run *run, const struct corm__columns *columns)
{
	struct corm__row row;
	return corm__row_read(run, columns, &row) ? corm__row_identify(run->session, columns, &row) : NULL;
}
