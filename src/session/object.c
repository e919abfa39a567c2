/* SPDX-License-Identifier: Apache-2.0
 *
 * What a program does with one object: ask for its state, delete, refresh, expire, expunge, copy it.
 */
#include "session/flush.h"
#include "session/load.h"
#include "type/codec.h"

/* ---- asking ------------------------------------------------------------------------------------------------------ */

corm_object_state corm_state(corm_session *session, const void *value)
{
	struct corm__object *object = session ? corm__session_owned(session, value) : NULL;
	if (!object)
		return CORM_STATE_FOREIGN;
	switch (object->state) {
	case CORM__OBJECT_PENDING:
		return CORM_STATE_PENDING;
	case CORM__OBJECT_DELETED:
		return CORM_STATE_DELETED;
	case CORM__OBJECT_PERSISTENT:
		if (object->flags & CORM__FLAG_DELETING)
			return CORM_STATE_DELETED;
		return corm__is_fresh(session, object) ? CORM_STATE_PERSISTENT : CORM_STATE_STALE;
	default:
		return CORM_STATE_EXPUNGED;
	}
}

static bool relationship_changed(struct corm__object *object)
{
	const corm_model_info *model = object->store->model;
	for (size_t i = 0; i < model->relationship_count; i++) {
		const corm_relationship *relationship = &model->relationships[i];
		if (!corm__is_many(relationship) && corm__related_pointer(corm__object_struct(object), relationship) !=
		                                        corm__related_pointer(corm__object_snapshot(object), relationship))
			return true;
	}
	return false;
}

bool corm_is_modified(corm_session *session, const void *value)
{
	struct corm__object *object = session ? corm__session_owned(session, value) : NULL;
	if (!object || (object->state != CORM__OBJECT_PENDING && object->state != CORM__OBJECT_PERSISTENT))
		return false;
	return object->state == CORM__OBJECT_PENDING || object->flags & (CORM__FLAG_DELETING | CORM__FLAG_TIED) ||
	       corm__object_changed(object) || relationship_changed(object);
}

/* ---- deleting ---------------------------------------------------------------------------------------------------- */

corm_status corm__delete(corm_session *session, const corm_model_info *model, void *value)
{
	struct corm__object *object = corm__usable(session, model, value, model->name, "delete");
	if (!object)
		return corm__session_status(session);
	if (object->state == CORM__OBJECT_PENDING)
		return corm__session_fail(session, CORM_ERROR_USAGE,
		                          "%s_delete: this object is not in the database yet: %s_expunge() takes it back",
		                          model->name, model->name);
	if (session->deleting_count == session->deleting_capacity &&
	    !corm__array_grow(session, (void **)&session->deleting, &session->deleting_capacity,
	                      sizeof(struct corm__object *)))
		return corm__session_no_memory(session);
	session->deleting[session->deleting_count++] = object;
	object->flags |= CORM__FLAG_DELETING;
	return CORM_OK;
}

/* ---- expiring and refreshing ------------------------------------------------------------------------------------- */

/* What the program has assigned is dropped, and what was loaded is not any more. */
static void discard_changes(corm_session *session, struct corm__object *object)
{
	const corm_model_info *model = object->store->model;
	corm__revert_views(session, object);
	corm__collections_forget_of(session, object);
	if (corm__snapshot_may_differ(object))
		corm__snapshot_give_back(session, object);
	for (size_t i = 0; i < model->relationship_count; i++) {
		const corm_relationship *relationship = &model->relationships[i];
		if (corm__is_many(relationship))
			continue;
		void *related = corm__related_pointer(corm__object_struct(object), relationship);
		if (relationship->kind == CORM_TO_ONE || !related || !corm__remote_is_new(corm__object_at(related)))
			corm__related_loaded(object, relationship, NULL);
	}
	object->loaded = 0;
	object->epoch = 0;
}

/* A persistent object that a call is given; NULL: failed. */
static struct corm__object *persistent(corm_session *session, const corm_model_info *model, void *value,
                                       const char *function)
{
	if (corm__session_failed(session))
		return NULL;
	struct corm__object *object = corm__store_owned(session, model, value);
	if (object && object->state == CORM__OBJECT_PERSISTENT && !(object->flags & CORM__FLAG_DELETING))
		return object;
	corm__session_fail(session, CORM_ERROR_USAGE, "%s_%s: %s", model->name, function,
	                   !object                                  ? "the session does not own this object"
	                   : object->state == CORM__OBJECT_PENDING  ? "this object is not in the database yet"
	                   : object->state == CORM__OBJECT_DETACHED ? "the session does not own this object any more"
	                                                            : "this object is deleted");
	return NULL;
}

corm_status corm__expire(corm_session *session, const corm_model_info *model, void *value)
{
	struct corm__object *object = persistent(session, model, value, "expire");
	if (object)
		discard_changes(session, object);
	return corm__session_status(session);
}

corm_status corm_expire_all(corm_session *session)
{
	if (corm__session_failed(session) || corm__refuse_in_flush(session, "corm_expire_all"))
		return corm__session_status(session);
	struct corm__cursor cursor = { 0 };
	for (struct corm__object *object; (object = corm__objects_next(session, &cursor));) {
		if (object->state == CORM__OBJECT_PERSISTENT && !(object->flags & CORM__FLAG_DELETING))
			discard_changes(session, object);
	}
	corm__forget_links(session, NULL);
	return session->error.error.status;
}

corm_status corm__refresh(corm_session *session, const corm_model_info *model, void *value)
{
	struct corm__object *object = persistent(session, model, value, "refresh");
	if (!object)
		return corm__session_status(session);
	discard_changes(session, object);
	return corm__session_failed(session) ? session->error.error.status : corm__load_fresh(session, object);
}

/* ---- expunging --------------------------------------------------------------------------------------------------- */

static void expunge(corm_session *session, struct corm__object *object)
{
	corm__collections_forget_of(session, object);
	corm__forget_links(session, object);
	corm__leave_views(session, object);
	/* Its row may still be there, and then belongs in the lists: they are read anew when they are needed. */
	corm__collections_reload(session, object->store->model, false);
	corm__remotes_forget(session, object->store->model);
	if (object->state == CORM__OBJECT_PERSISTENT)
		corm__identity_remove(object->store, object);
	object->state = CORM__OBJECT_DETACHED;
	object->flags = 0;
}

corm_status corm_expunge(corm_session *session, void *value)
{
	if (corm__session_failed(session))
		return corm__session_status(session);
	struct corm__object *object = corm__session_owned(session, value);
	if (!object || object->state == CORM__OBJECT_DETACHED)
		return corm__session_fail(session, CORM_ERROR_USAGE, "corm_expunge: the session does not own this object");
	expunge(session, object);
	return session->error.error.status; /* a list that could not be copied has left its error there */
}

corm_status corm__expunge(corm_session *session, const corm_model_info *model, void *value)
{
	if (!corm__session_failed(session) && !corm__store_owned(session, model, value))
		return corm__session_fail(session, CORM_ERROR_USAGE, "%s_expunge: the session does not own this object",
		                          model->name);
	return corm_expunge(session, value);
}

corm_status corm_expunge_all(corm_session *session)
{
	if (corm__session_failed(session) || corm__refuse_in_flush(session, "corm_expunge_all"))
		return corm__session_status(session);
	corm__collections_forget(session);
	struct corm__cursor cursor = { 0 };
	for (struct corm__object *object; (object = corm__objects_next(session, &cursor));) {
		object->state = CORM__OBJECT_DETACHED;
		object->flags = 0;
	}
	for (struct corm__store *store = session->stores; store; store = store->next)
		corm__identities_clear(store);
	session->pending_count = session->deleting_count = 0;
	corm__forget_unflushed(session);
	return CORM_OK;
}

/* ---- copying ----------------------------------------------------------------------------------------------------- */

static bool copy_pointed(corm_arena *arena, const corm_column *column, char *value)
{
	corm_bytes bytes;
	const char *text;
	if (corm__value_is_null(&column->format, value))
		return true;
	switch (column->format.type) {
	case CORM_TYPE_TEXT:
	case CORM_TYPE_JSON:
		memcpy(&text, value, sizeof text);
		text = corm__arena_copy(arena, text, strlen(text));
		memcpy(value, &text, sizeof text);
		return text != NULL;
	case CORM_TYPE_BYTES:
		memcpy(&bytes, value, sizeof bytes);
		bytes.data = corm__arena_copy(arena, bytes.data, bytes.size);
		memcpy(value, &bytes, sizeof bytes);
		return bytes.data != NULL;
	default:
		return true;
	}
}

void *corm__copy(corm_arena *arena, const corm_model_info *model, const void *value)
{
	char *copy = arena && value ? corm__arena_array(arena, 1, model->size) : NULL;
	if (!copy)
		return NULL;
	memcpy(copy, value, model->size);
	for (size_t i = 0; i < model->column_count; i++) {
		if (!copy_pointed(arena, &model->columns[i], copy + model->columns[i].offset))
			return NULL;
	}
	/* Nothing in a copy leads to objects of a session. */
	for (size_t i = 0; i < model->relationship_count; i++) {
		const corm_relationship *relationship = &model->relationships[i];
		memset(copy + relationship->offset, 0, corm__is_many(relationship) ? sizeof(corm__many) : sizeof(void *));
	}
	return copy;
}
