/* SPDX-License-Identifier: Apache-2.0
 *
 * The flush: finds what was added, changed and deleted, checks all of it, plans the order and sends it.
 *
 * Nothing is sent before everything has been checked, so that a value that breaks a rule leaves the transaction as it
 * was. An error of the database ends it. Either way the program's structs are as they were before.
 */
#include "session/flush.h"
#include "session/load.h"
#include "type/codec.h"

/* ---- what is looked at ------------------------------------------------------------------------------------------- */

static corm_status remember(struct corm__flush *flush, struct corm__object *object)
{
	const corm_model_info *model = object->store->model;
	size_t pointers = model->relationship_count * sizeof(void *);
	struct corm__before *before = corm__arena_take(&flush->session->work, sizeof *before + model->size + pointers);
	if (!before)
		return corm__session_no_memory(flush->session);
	before->object = object;
	before->older = flush->before;
	before->changed = NULL;
	before->flags = object->flags & CORM__FLAG_MOVED;
	if (object->state == CORM__OBJECT_PERSISTENT && !corm__is_fresh(flush->session, object)) {
		before->changed = corm__arena_array(&flush->session->work, model->column_count, sizeof *before->changed);
		if (!before->changed)
			return corm__session_no_memory(flush->session);
		for (size_t i = 0; i < model->column_count; i++)
			before->changed[i] = corm__column_changed(object, &model->columns[i]);
	}
	memcpy(before->value, corm__object_struct(object), model->size);
	for (size_t i = 0; i < model->relationship_count; i++)
		memcpy(before->value + model->size + i * sizeof(void *),
		       (char *)corm__object_snapshot(object) + model->relationships[i].offset, sizeof(void *));
	flush->before = before;
	return CORM_OK;
}

/* A stale object was read anew in the flush: what the program had not changed is as the row has it now. */
static void restore_refreshed(const struct corm__before *before)
{
	struct corm__object *object = before->object;
	const corm_model_info *model = object->store->model;
	for (size_t i = 0; i < model->column_count; i++) {
		const corm_column *column = &model->columns[i];
		if (before->changed[i])
			memcpy(corm__value_at(object, column), before->value + column->offset, corm__value_size(&column->format));
		else if (!(object->store->work[i] & CORM__WORK_MUTABLE))
			memcpy(corm__value_at(object, column), corm__snapshot_at(object, column),
			       corm__value_size(&column->format));
	}
	for (size_t i = 0; i < model->relationship_count; i++) {
		const corm_relationship *relationship = &model->relationships[i];
		const char *value = before->value + relationship->offset;
		if (corm__is_many(relationship))
			continue;
		if (memcmp(value, before->value + model->size + i * sizeof(void *), sizeof(void *)) == 0)
			value = (char *)corm__object_snapshot(object) + relationship->offset;
		memcpy((char *)corm__object_struct(object) + relationship->offset, value, sizeof(void *));
	}
}

static void restore(corm_session *session, const struct corm__before *before)
{
	struct corm__object *object = before->object;
	const corm_model_info *model = object->store->model;
	/* A new child stands by now in the views that the flush has put it into. */
	if (object->state == CORM__OBJECT_PERSISTENT)
		object->flags = (uint8_t)((object->flags & ~CORM__FLAG_MOVED) | before->flags);
	if (before->changed && corm__is_fresh(session, object)) {
		restore_refreshed(before);
		return;
	}
	memcpy(corm__object_struct(object), before->value, model->size);
	for (size_t i = 0; i < model->relationship_count; i++) {
		const corm_relationship *relationship = &model->relationships[i];
		if (!corm__is_many(relationship))
			memcpy((char *)corm__object_snapshot(object) + relationship->offset,
			       before->value + model->size + i * sizeof(void *), sizeof(void *));
	}
}

corm_status corm__flush_touch(struct corm__flush *flush, struct corm__object *object)
{
	if (object->flags & CORM__FLAG_LISTED)
		return CORM_OK;
	corm_status status = remember(flush, object);
	if (status != CORM_OK)
		return status;
	object->flags |= CORM__FLAG_LISTED;
	if (object->state == CORM__OBJECT_PERSISTENT &&
	    !corm__objects_add(flush->session, &flush->session->work, &flush->changed, object))
		return CORM_ERROR_MEMORY;
	return CORM_OK;
}

corm_status corm__flush_delete(struct corm__flush *flush, struct corm__object *object)
{
	corm_status status = corm__flush_touch(flush, object);
	if (status == CORM_OK && !corm__objects_add(flush->session, &flush->session->work, &flush->deleted, object))
		status = CORM_ERROR_MEMORY;
	if (status == CORM_OK)
		object->flags |= CORM__FLAG_DELETING;
	return status;
}

/* Those that were expunged, or taken back, are no longer pending. */
static void compact(struct corm__object **objects, size_t *count, uint8_t state)
{
	size_t kept = 0;
	for (size_t i = 0; i < *count; i++) {
		if (objects[i]->state == state)
			objects[kept++] = objects[i];
		else
			objects[i]->flags &= (uint8_t)~CORM__FLAG_DROPPED;
	}
	*count = kept;
}

/* A session that adds and deletes for ever has its dead in front: these are passed over. */
static corm_status find_changed_in(struct corm__flush *flush, struct corm__store *store)
{
	struct corm__cursor cursor = { .store = store, .slot = store->dead };
	corm_status status = CORM_OK;
	for (struct corm__object *object; status == CORM_OK && (object = corm__store_next(&cursor));) {
		if (object->state == CORM__OBJECT_PERSISTENT &&
		    (object->flags & (CORM__FLAG_TIED | CORM__FLAG_MOVED) || corm__snapshot_may_differ(object)))
			status = corm__flush_touch(flush, object);
		else if (object->state >= CORM__OBJECT_DELETED && store->dead + 1 == cursor.slot)
			store->dead++;
	}
	return status;
}

static corm_status find_changed(struct corm__flush *flush)
{
	corm_status status = CORM_OK;
	for (struct corm__store *store = flush->session->stores; status == CORM_OK && store; store = store->next)
		status = find_changed_in(flush, store);
	return status;
}

static corm_status call_hook(corm_session *session, corm_hook *hook, const char *name, struct corm__object *object)
{
	corm_status status = hook ? hook(session, corm__object_struct(object)) : CORM_OK;
	if (status == CORM_OK)
		return session->error.error.status;
	corm__session_fail(session, status, "%s() of %s refused: %s", name, object->store->model->name,
	                   corm_status_meaning(status));
	if (!session->error.error.table)
		corm_error_detail(&session->error, &session->error.error.table, object->store->model->table, SIZE_MAX);
	return session->error.error.status;
}

/* Is there something to be written, as far as one can tell before the keys are filled in? */
static bool has_change(struct corm__object *object)
{
	const corm_model_info *model = object->store->model;
	if (object->flags & CORM__FLAG_TIED || corm__object_changed(object))
		return true;
	for (size_t i = 0; i < model->relationship_count; i++) {
		const corm_relationship *up = &model->relationships[i];
		if (up->kind == CORM_TO_ONE && corm__related_pointer(corm__object_struct(object), up) !=
		                                   corm__related_pointer(corm__object_snapshot(object), up))
			return true;
	}
	return false;
}

/* Views follow what the program assigned to a row, and it is deleted when it has lost a parent that it cannot be
 * without. */
static corm_status visit_changed(struct corm__flush *flush, struct corm__object *object)
{
	corm_session *session = flush->session;
	corm_hook *hook = object->store->model->before_update;
	corm_status status = CORM_OK;
	if (!corm__object_lives(object))
		return CORM_OK;
	/* What corm_only() left out has no old value that an UPDATE could ask for. */
	if (object->flags & CORM__FLAG_PARTIAL &&
	    (object->epoch != session->epoch || (session->connection && corm__session_can(session, CORM_CAN_LOCK_ROWS))))
		status = corm__load_fresh(session, object);
	if (status == CORM_OK && hook && has_change(object))
		status = call_hook(session, hook, "before_update", object);
	if (status == CORM_OK && object->store->model->relationship_count)
		status = corm__sync_object(session, object);
	if (status == CORM_OK && object->store->model->relationship_count && corm__is_orphan(session, object))
		status = corm__flush_delete(flush, object);
	return status;
}

static corm_status visit_pending(corm_session *session, struct corm__flush *flush, struct corm__object *object)
{
	corm_status status = CORM_OK;
	if (object->state != CORM__OBJECT_PENDING)
		return CORM_OK;
	status = corm__flush_touch(flush, object);
	if (status == CORM_OK)
		status = call_hook(session, object->store->model->before_insert, "before_insert", object);
	if (status == CORM_OK && object->store->model->relationship_count)
		status = corm__sync_object(session, object);
	return status;
}

static corm_status visit_deleted(corm_session *session, struct corm__object *object)
{
	return call_hook(session, object->store->model->before_delete, "before_delete", object);
}

/* All objects once. Hooks, views and cascades bring others in, which are looked at too. */
static corm_status visit_all(struct corm__flush *flush)
{
	corm_session *session = flush->session;
	size_t changed = 0, pending = 0, deleting = 0, deleted = 0;
	corm_status status = CORM_OK;
	while (status == CORM_OK) {
		if (changed < flush->changed.count)
			status = visit_changed(flush, flush->changed.items[changed++]);
		else if (pending < session->pending_count)
			status = visit_pending(session, flush, session->pending[pending++]);
		else if (deleting < session->deleting_count)
			status = corm__flush_delete(flush, session->deleting[deleting++]);
		else if (flush->cascaded < flush->deleted.count)
			status = corm__cascade(flush);
		else if (deleted < flush->deleted.count)
			status = visit_deleted(session, flush->deleted.items[deleted++]);
		else
			break;
	}
	return status;
}

static corm_status prepare(corm_session *session, struct corm__object *object)
{
	corm_status status = corm__object_lives(object) ? corm__fill_keys(session, object) : CORM_OK;
	return status == CORM_OK && corm__object_lives(object) ? corm__validate_object(session, object, true) : status;
}

static corm_status prepare_all(corm_session *session, struct corm__object *const *objects, size_t count)
{
	corm_status status = CORM_OK;
	for (size_t i = 0; status == CORM_OK && i < count; i++) {
		if (i + 1 < count)
			corm__slot_prefetch(objects[i]->store, objects[i + 1]);
		status = prepare(session, objects[i]);
	}
	return status;
}

/* A new object that has the key of one that is deleted takes over its row: an UPDATE, where an INSERT would find the
 * row still there. */
static corm_status switch_rows(struct corm__flush *flush)
{
	corm_session *session = flush->session;
	corm_status status = CORM_OK;
	for (size_t i = 0; status == CORM_OK && flush->deleted.count && i < session->pending_count; i++) {
		struct corm__object *object = session->pending[i];
		struct corm__store *store = object->store;
		if (object->state != CORM__OBJECT_PENDING || !store->identity_count)
			continue;
		uint32_t hash = corm__row_hash(store, corm__object_struct(object));
		struct corm__object *before = corm__row_find(store, hash, corm__object_struct(object));
		if (!before || !(before->flags & CORM__FLAG_DELETING))
			continue;
		status = corm__take_over_row(session, object, before);
		if (status == CORM_OK && !corm__objects_add(session, &session->work, &flush->changed, object))
			status = CORM_ERROR_MEMORY;
	}
	compact(flush->deleted.items, &flush->deleted.count, CORM__OBJECT_PERSISTENT);
	return status;
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

/* Lists that no pointer of the written rows leads to could not follow. */
static void settle_views(corm_session *session)
{
	for (struct corm__store *store = session->stores; store; store = store->next) {
		if (!store->written)
			continue;
		store->written = false;
		for (size_t i = 0; i < session->collection_count; i++) {
			struct corm__collection *list = session->collections[i];
			const corm_relationship *relationship = list->relationship;
			if (list->object && (relationship->link == store->model ||
			                     (relationship->target == store->model && relationship->back == CORM_NO_INDEX)))
				list->reload = true;
		}
	}
}

/* In a session that only reads. What was listed as changed may turn out not to be: a pointer to the same text. */
static corm_status refuse_writes(const struct corm__flush *flush)
{
	corm_session *session = flush->session;
	bool writes = session->pending_count || flush->deleted.count || session->link_changes.count;
	for (size_t i = 0; i < flush->changed.count; i++)
		writes |= has_change(flush->changed.items[i]);
	return writes ? corm__session_writes(session) : CORM_OK;
}

static corm_status flush_all(struct corm__flush *flush)
{
	corm_session *session = flush->session;
	compact(session->pending, &session->pending_count, CORM__OBJECT_PENDING);
	compact(session->deleting, &session->deleting_count, CORM__OBJECT_PERSISTENT);
	corm_status status = find_changed(flush);
	if (status == CORM_OK)
		status = visit_all(flush);
	if (status == CORM_OK)
		status = prepare_all(session, session->pending, session->pending_count);
	if (status == CORM_OK)
		status = prepare_all(session, flush->changed.items, flush->changed.count);
	if (status != CORM_OK ||
	    (!session->pending_count && !flush->changed.count && !flush->deleted.count && !session->link_changes.count))
		return status;
	if (session->read_only)
		status = refuse_writes(flush);
	if (status == CORM_OK)
		status = corm__session_begin(session);
	if (status == CORM_OK)
		status = switch_rows(flush);
	if (status == CORM_OK)
		status = corm__flush_plan(flush);
	return status == CORM_OK ? corm__flush_send(flush) : status;
}

static void forget_flushed(struct corm__flush *flush)
{
	corm_session *session = flush->session;
	for (size_t i = 0; flush->dropped && i < session->pending_count; i++)
		session->pending[i]->flags &= (uint8_t)~CORM__FLAG_DELETING;
	session->pending_count = session->deleting_count = 0;
	corm__forget_unflushed(session);
	settle_views(session);
}

static void restore_structs(struct corm__flush *flush)
{
	corm_session *session = flush->session;
	for (const struct corm__before *before = flush->before; before; before = before->older)
		restore(session, before);
	/* A transaction that is still there has its new objects, those too that a cascade had dropped. */
	for (size_t i = 0; i < session->pending_count; i++) {
		if (session->pending[i]->state != CORM__OBJECT_DETACHED || !(session->pending[i]->flags & CORM__FLAG_DELETING))
			continue;
		corm__object_revive(session->pending[i], CORM__OBJECT_PENDING);
		session->pending[i]->flags &= (uint8_t)~CORM__FLAG_DELETING;
	}
	corm__collections_show(session);
	/* Views may have followed what was taken back: they are asked for anew. */
	for (size_t i = 0; i < session->collection_count; i++)
		session->collections[i]->reload = true;
	struct corm__cursor cursor = { 0 };
	for (struct corm__object *object; (object = corm__objects_next(session, &cursor));)
		object->loaded = 0;
	for (size_t i = 0; i < flush->deleted.count; i++)
		flush->deleted.items[i]->flags &= (uint8_t)~CORM__FLAG_DELETING;
	for (size_t i = 0; i < session->deleting_count; i++)
		session->deleting[i]->flags |= CORM__FLAG_DELETING;
}

corm_status corm_flush(corm_session *session)
{
	if (corm__session_failed(session))
		return corm__session_status(session);
	if (corm__refuse_in_after_load(session))
		return CORM_ERROR_USAGE;
	if (session->flush)
		return CORM_OK;
	corm__work_begin(session);
	struct corm__flush flush = { .session = session };
	session->flush = &flush;
	corm_status status = flush_all(&flush);
	const uint8_t over = status == CORM_OK ? CORM__FLAG_LISTED | CORM__FLAG_MOVED : CORM__FLAG_LISTED;
	for (const struct corm__before *before = flush.before; before; before = before->older)
		before->object->flags &= (uint8_t)~over;
	if (status == CORM_OK)
		forget_flushed(&flush);
	else
		restore_structs(&flush);
	corm__work_end(session);
	session->flush = NULL;
	return status;
}
