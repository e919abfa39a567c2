/* SPDX-License-Identifier: Apache-2.0
 *
 * Adding objects.
 */
#include "session/add.h"
#include "session/flush.h"

/* What X_add gives after an error: an object of the session's that goes nowhere, or, without memory, the model's own.
 * Programs write to it before they look at the error. */
static void *nowhere(corm_session *session, const corm_model_info *model)
{
	if (session && !corm__session_is_inert(session)) {
		void *object = corm__arena_take(&session->arena, model->size);
		if (object)
			return memset(object, 0, model->size);
	}
	return memset(model->nowhere, 0, model->size);
}

/* A list that the program filled in belongs to the program: what is related is told by the other side's pointer. The
 * object's own are loaded from the start, for nothing can be in them that the session does not know. */
static bool begin_lists(corm_session *session, struct corm__object *object)
{
	const corm_model_info *model = object->store->model;
	for (size_t i = 0; i < model->relationship_count; i++) {
		const corm_relationship *relationship = &model->relationships[i];
		if (!corm__is_many(relationship))
			continue;
		memset((char *)corm__object_struct(object) + relationship->offset, 0, sizeof(corm__many));
		if (!corm__collection_set(session, object, relationship, NULL, 0))
			return false;
	}
	return true;
}

/* Pointers that were given with the object are seen by the other side at once. */
static corm_status show_pointers(corm_session *session, struct corm__object *object)
{
	const corm_model_info *model = object->store->model;
	bool has_pointer = false;
	for (size_t i = 0; i < model->relationship_count; i++)
		has_pointer |= !corm__is_many(&model->relationships[i]) &&
		               corm__related_pointer(corm__object_struct(object), &model->relationships[i]);
	return has_pointer ? corm__sync_object(session, object) : CORM_OK;
}

struct corm__object *corm__add_object(corm_session *session, const corm_model_info *model, const void *value)
{
	if (corm__refuse_in_after_load(session))
		return NULL;
	struct corm__store *store = corm__store_of(session, model);
	struct corm__object *object = store ? corm__store_new(session, store) : NULL;
	if (!object) {
		corm__session_no_memory(session);
		return NULL;
	}
	object->state = CORM__OBJECT_DETACHED; /* until all is well */
	memcpy(corm__object_struct(object), value, model->size);
	if (corm__snapshot_begin(session, object) != CORM_OK || !begin_lists(session, object))
		return NULL;
	if (session->pending_count == session->pending_capacity &&
	    !corm__array_grow(session, (void **)&session->pending, &session->pending_capacity,
	                      sizeof(struct corm__object *))) {
		corm__session_no_memory(session);
		return NULL;
	}
	session->pending[session->pending_count++] = object;
	object->state = CORM__OBJECT_PENDING;
	corm__run_factories(object);
	if (show_pointers(session, object) == CORM_OK)
		return object;
	corm__pending_drop(session, object);
	return NULL;
}

struct corm__object *corm__add_new(corm_session *session, const corm_model_info *model)
{
	corm__work_begin(session);
	struct corm__object *object = NULL;
	void *value = corm__arena_array(&session->work, 1, model->size);
	if (!value) {
		corm__session_no_memory(session);
	} else {
		if (model->init)
			model->init(value);
		object = corm__add_object(session, model, value);
	}
	corm__work_end(session);
	return object;
}

void *corm__add(corm_session *session, const corm_model_info *model, const void *value)
{
	if (corm__session_failed(session))
		return nowhere(session, model);
	if (!value) {
		corm__session_fail(session, CORM_ERROR_USAGE, "%s_add_value: the value is NULL", model->name);
		return nowhere(session, model);
	}
	struct corm__object *object = corm__add_object(session, model, value);
	return object ? corm__object_struct(object) : nowhere(session, model);
}

/* The session's list of them is put in order by the next flush. */
void corm__pending_drop(corm_session *session, struct corm__object *object)
{
	if (object->state != CORM__OBJECT_PENDING)
		return;
	object->state = CORM__OBJECT_DETACHED;
	if (session->flush) {
		object->flags |= CORM__FLAG_DELETING;
		session->flush->dropped++;
	}
}
