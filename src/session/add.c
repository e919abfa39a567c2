/* SPDX-License-Identifier: Apache-2.0
 *
 * Adding objects.
 */
#include "session/session.h"

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

static bool add_pending(corm_session *session, struct corm__object *object)
{
	if (session->pending_count == session->pending_capacity) {
		size_t capacity = session->pending_capacity ? session->pending_capacity * 2 : 64;
		void *grown = corm__resize(&session->allocator, session->pending, session->pending_capacity, capacity,
		                           sizeof *session->pending);
		if (!grown)
			return false;
		session->pending = grown;
		session->pending_capacity = capacity;
	}
	session->pending[session->pending_count++] = object;
	return true;
}

/* A list that the program filled in belongs to the program: what is related is told by the other side's pointer. */
static void clear_lists(const corm_model_info *model, void *value)
{
	for (size_t i = 0; i < model->relationship_count; i++) {
		const corm_relationship *relationship = &model->relationships[i];
		if (relationship->kind == CORM_TO_MANY || relationship->kind == CORM_MANY_TO_MANY)
			memset((char *)value + relationship->offset, 0, sizeof(corm_many(void)));
	}
}

void *corm__add(corm_session *session, const corm_model_info *model, const void *value)
{
	if (corm__session_failed(session))
		return nowhere(session, model);
	if (!value) {
		corm__session_fail(session, CORM_ERROR_USAGE, "%s_add_value: the value is NULL", model->name);
		return nowhere(session, model);
	}
	struct corm__store *store = corm__store_of(session, model);
	struct corm__object *object = store ? corm__store_new(session, store) : NULL;
	if (!object) {
		corm__session_no_memory(session);
		return nowhere(session, model);
	}
	void *added = corm__object_struct(object);
	memcpy(added, value, model->size);
	clear_lists(model, added);
	if (corm__snapshot_begin(session, object) != CORM_OK || !add_pending(session, object)) {
		corm__session_no_memory(session);
		corm__store_drop_newest(store);
		return nowhere(session, model);
	}
	corm__run_factories(object);
	object->state = CORM__OBJECT_PENDING;
	return added;
}
