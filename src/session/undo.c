/* SPDX-License-Identifier: Apache-2.0
 *
 * What a rollback needs: snapshots from before the transaction, or the savepoint, changed them.
 *
 * Records are a stack. Applied from the newest to the oldest they give every object the snapshot that it had; which
 * objects are new is told by the level at which they were inserted.
 */
#include "session/change.h"
#include "session/relation.h"

/* What lists hold ends with the transaction, and is not restored. */
static void drop_lists(const corm_model_info *model, char *snapshot)
{
	for (size_t i = 0; i < model->relationship_count; i++) {
		if (corm__is_many(&model->relationships[i]))
			memset(snapshot + model->relationships[i].offset, 0, sizeof(corm__many));
	}
}

/* The object's newest record of this transaction, or NULL. A number of before leads to another object's, or to none. */
static struct corm__undo *newest(const corm_session *session, const struct corm__object *object)
{
	if (!object->saved || object->saved > session->undo_count)
		return NULL;
	struct corm__undo *undo = session->undo[object->saved - 1];
	return undo->object == object ? undo : NULL;
}

void corm__undo_mark_written(const corm_session *session, const struct corm__object *object, uint64_t columns)
{
	struct corm__undo *undo = newest(session, object);
	if (undo)
		undo->written |= columns;
}

uint64_t corm__undo_written(const corm_session *session, const struct corm__object *object)
{
	uint64_t written = 0;
	if (object->inserted && object->inserted >= session->first_level)
		return UINT64_MAX;
	/* A number that does not lead further back is one of a transaction before. */
	for (size_t number = object->saved, last = session->undo_count + 1; number && number < last;) {
		const struct corm__undo *undo = session->undo[number - 1];
		if (undo->object != object)
			break;
		written |= undo->written;
		last = number;
		number = undo->older;
	}
	return written;
}

static struct corm__undo *push(corm_session *session, struct corm__object *object)
{
	size_t size = object->store->model->size;
	struct corm__undo *undo = corm__arena_take(&session->transaction, sizeof *undo + size);
	if (!undo || session->undo_count >= UINT32_MAX - 1 ||
	    (session->undo_count == session->undo_capacity &&
	     !corm__array_grow(session, (void **)&session->undo, &session->undo_capacity, sizeof undo))) {
		corm__session_no_memory(session);
		return NULL;
	}
	struct corm__undo *before = newest(session, object);
	if (before)
		before->newer = undo;
	undo->object = object;
	undo->newer = NULL;
	undo->level = session->level;
	undo->older = object->saved;
	undo->epoch = object->epoch;
	undo->flags = object->flags & CORM__FLAG_PARTIAL;
	undo->is_delete = false;
	undo->written = 0;
	memcpy(undo->snapshot, corm__object_snapshot(object), size);
	drop_lists(object->store->model, undo->snapshot);
	session->undo[session->undo_count++] = undo;
	object->saved = (uint32_t)session->undo_count;
	return undo;
}

corm_status corm__undo_save(corm_session *session, struct corm__object *object)
{
	const struct corm__undo *undo = newest(session, object);
	if (object->inserted == session->level || (undo && undo->level == session->level))
		return CORM_OK;
	return push(session, object) ? CORM_OK : CORM_ERROR_MEMORY;
}

corm_status corm__undo_save_delete(corm_session *session, struct corm__object *object)
{
	struct corm__undo *undo = push(session, object);
	if (!undo)
		return CORM_ERROR_MEMORY;
	undo->is_delete = true;
	return CORM_OK;
}

/* ---- text -------------------------------------------------------------------------------------------------------- */

static bool same_pointer(const char *a, const char *b)
{
	return memcmp(a, b, sizeof(void *)) == 0;
}

bool corm__undo_holds(const corm_session *session, const struct corm__object *object, const corm_column *column)
{
	const struct corm__undo *undo = newest(session, object);
	const char *snapshot = (const char *)(object + 1) + object->store->struct_size;
	return undo && same_pointer(undo->snapshot + column->offset, snapshot + column->offset);
}

/* Gives up what a snapshot points to and the one that came after it does not. */
static void give_replaced(corm_session *session, const struct corm__store *store, const char *snapshot,
                          const char *after)
{
	for (size_t i = 0; store->has_text && i < store->model->column_count; i++) {
		size_t offset = store->model->columns[i].offset;
		if (store->work[i] & CORM__WORK_POINTER && !same_pointer(snapshot + offset, after + offset))
			corm__snapshot_give(session, store, i, snapshot + offset);
	}
}

void corm__undo_forget(corm_session *session)
{
	for (size_t i = 0; i < session->undo_count; i++) {
		const struct corm__undo *undo = session->undo[i];
		/* What was deleted or expunged stays readable. */
		if (undo->object->state == CORM__OBJECT_PERSISTENT)
			give_replaced(session, undo->object->store, undo->snapshot,
			              undo->newer ? undo->newer->snapshot : corm__object_snapshot(undo->object));
	}
	session->undo_count = 0;
}

/* ---- restoring --------------------------------------------------------------------------------------------------- */

/* The key of a snapshot may have been another. A row that was inserted since with the same key is still in the identity
 * map then, and is taken out of it next: entries are told apart by their objects. */
static void restore_identity(corm_session *session, struct corm__object *object, bool was_deleted)
{
	uint32_t hash = corm__row_hash(object->store, corm__object_snapshot(object));
	if (!was_deleted && hash == object->hash)
		return;
	if (!was_deleted)
		corm__identity_remove(object->store, object);
	object->hash = hash;
	if (!corm__identity_add(session, object->store, object))
		corm__session_no_memory(session);
}

static void restore_snapshot(corm_session *session, const struct corm__undo *undo)
{
	struct corm__object *object = undo->object;
	give_replaced(session, object->store, corm__object_snapshot(object), undo->snapshot);
	corm__snapshot_replace(session, object, undo->snapshot);
	object->epoch = undo->epoch;
	object->flags = (uint8_t)((object->flags & ~CORM__FLAG_PARTIAL) | undo->flags);
}

static void apply(corm_session *session, const struct corm__undo *undo)
{
	struct corm__object *object = undo->object;
	/* A DELETE that failed has left its object as it was. */
	bool was_deleted = undo->is_delete && object->state == CORM__OBJECT_DELETED;
	if (object->state != CORM__OBJECT_PERSISTENT && !was_deleted)
		return; /* it was expunged meanwhile, and stays so */
	restore_snapshot(session, undo);
	corm__object_revive(object, CORM__OBJECT_PERSISTENT);
	restore_identity(session, object, was_deleted);
	object->saved = undo->older;
	struct corm__undo *before = newest(session, object);
	if (before)
		before->newer = NULL;
}

static void restore_objects(corm_session *session, uint32_t first_level)
{
	struct corm__cursor cursor = { 0 };
	for (struct corm__object *object; (object = corm__objects_next(session, &cursor));) {
		bool is_new = object->state == CORM__OBJECT_PERSISTENT && object->inserted >= first_level;
		if (is_new)
			corm__identity_remove(object->store, object);
		object->flags &= CORM__FLAG_PARTIAL;
		if (is_new || object->state == CORM__OBJECT_PENDING)
			object->state = CORM__OBJECT_DETACHED;
		else if (object->state == CORM__OBJECT_PERSISTENT && corm__snapshot_may_differ(object))
			corm__snapshot_give_back(session, object);
		/* What was read may have been written by a statement that is undone. */
		object->epoch = 0;
	}
}

/* Pointers that were views of what is undone, or that lead to what is no longer the session's. */
static void restore_pointers(corm_session *session)
{
	struct corm__cursor cursor = { 0 };
	for (struct corm__object *object; (object = corm__objects_next(session, &cursor));) {
		const corm_model_info *model = object->store->model;
		object->loaded = 0;
		for (size_t i = 0; object->state == CORM__OBJECT_PERSISTENT && i < model->relationship_count; i++) {
			const corm_relationship *relationship = &model->relationships[i];
			if (corm__is_many(relationship))
				continue;
			void *pointer = corm__related_pointer(corm__object_struct(object), relationship);
			if (pointer &&
			    (relationship->kind == CORM_TO_ONE_REMOTE || corm__object_at(pointer)->state == CORM__OBJECT_DETACHED))
				corm__related_loaded(object, relationship, NULL);
		}
	}
}

/* A row that the session did not insert itself, an upsert's, may have got the key of one that it had deleted. That one
 * is there again, and the other is nobody's. */
static void detach_followers(corm_session *session, struct corm__object *object)
{
	struct corm__store *store = object->store;
	if (object->state != CORM__OBJECT_PERSISTENT)
		return;
	corm__identity_remove(store, object);
	for (struct corm__object *other; (other = corm__row_find(store, object->hash, corm__object_snapshot(object)));) {
		corm__identity_remove(store, other);
		other->state = CORM__OBJECT_DETACHED;
	}
	if (!corm__identity_add(session, store, object))
		corm__session_no_memory(session);
}

corm_status corm__undo_restore(corm_session *session, size_t count, uint32_t first_level)
{
	size_t end = session->undo_count;
	/* Lists stand in structs and snapshots alike, but not in the records. */
	corm__collections_forget(session);
	while (session->undo_count > count)
		apply(session, session->undo[--session->undo_count]);
	restore_objects(session, first_level);
	for (size_t i = count; i < end; i++)
		detach_followers(session, session->undo[i]->object);
	restore_pointers(session);
	session->pending_count = 0;
	session->deleting_count = 0;
	return session->error.error.status; /* a restoring that failed has left it there */
}
