/* SPDX-License-Identifier: Apache-2.0
 *
 * Relationships, loaded on first use, and changed by X_rel_add() and its like.
 */
#include "session/flush.h"
#include "session/load.h"
#include <stdio.h>

struct corm__object *corm__usable(corm_session *session, const corm_model_info *model, void *value, const char *what,
                                  const char *name)
{
	if (corm__session_failed(session))
		return NULL;
	struct corm__object *object = corm__store_owned(session, model, value);
	if (!corm__object_lives(object)) {
		bool is_deleted = object && object->state != CORM__OBJECT_DETACHED;
		corm__session_fail(session, CORM_ERROR_USAGE, "%s_%s: %s", what, name,
		                   !value       ? "the session does not own this object, which is NULL"
		                   : is_deleted ? "this object is deleted"
		                                : "the session does not own this object");
		return NULL;
	}
	if (object->state == CORM__OBJECT_PERSISTENT && corm__load_fresh(session, object) != CORM_OK)
		return NULL;
	return object;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

/* The number of a CORM_TO_ONE_REMOTE among its model's, as a bit; 0 for the ninth and further, which are asked for each
 * time. */
static uint8_t remote_bit(const corm_model_info *model, const corm_relationship *relationship)
{
	unsigned number = 0;
	for (const corm_relationship *before = model->relationships; before < relationship; before++)
		number += before->kind == CORM_TO_ONE_REMOTE;
	return number < 8 ? (uint8_t)(1u << number) : 0;
}

bool corm__remote_is_loaded(const corm_session *session, const struct corm__object *object,
                            const corm_relationship *relationship)
{
	const char *snapshot = (const char *)(object + 1) + object->store->struct_size;
	void *pointer = corm__related_pointer(snapshot, relationship);
	const struct corm__object *child = pointer ? corm__object_at(pointer) : NULL;
	if (corm__remote_is_new(child))
		return true;
	if (object->epoch != session->epoch || !(object->loaded & remote_bit(object->store->model, relationship)))
		return false;
	/* A child that is stale by now may have another parent. */
	return !child || corm__is_fresh(session, child);
}

void corm__remotes_forget(corm_session *session, const corm_model_info *model)
{
	for (struct corm__store *store = session->stores; store; store = store->next) {
		bool leads_there = false;
		for (size_t i = 0; i < store->model->relationship_count; i++)
			leads_there |= store->model->relationships[i].kind == CORM_TO_ONE_REMOTE &&
			               store->model->relationships[i].target == model;
		struct corm__cursor cursor = { .store = store };
		for (struct corm__object *object; leads_there && (object = corm__store_next(&cursor));)
			object->loaded = 0;
	}
}

void corm__remote_set_loaded(corm_session *session, struct corm__object *object, const corm_relationship *relationship)
{
	if (object->epoch == session->epoch || object->state == CORM__OBJECT_PENDING)
		object->loaded |= remote_bit(object->store->model, relationship);
}

static corm_any_list query_related(corm_session *session, struct corm__object *object,
                                   const corm_relationship *relationship)
{
	struct corm__store *store = object->store, *target = corm__store_of(session, relationship->target);
	if (!target)
		corm__session_no_memory(session);
	if (!target || corm__session_begin(session) != CORM_OK)
		return corm__failed_list(session);
	size_t size = corm__statement_key(store, CORM__STATEMENT_RELATED, 0, relationship, NULL, 0);
	struct corm__statement *statement = corm__statement_find(session->connection, store->key, size);
	if (!statement && corm__compile_related(&session->compiler, relationship, &session->error) == CORM_OK)
		statement = corm__compiled_statement(session, store, size);
	/* Room that the target's reading does not use, also when the target is of the same model. */
	const void **values = store->values + store->model->column_count;
	const corm_format **formats = store->formats + store->model->column_count;
	for (size_t i = 0; i < relationship->count; i++) {
		const corm_column *column = &store->model->columns[relationship->columns[i]];
		formats[i] = &column->format;
		values[i] = corm__value_at(object, column);
	}
	struct corm__run run;
	if (!statement || !corm__run_start(&run, session, statement, formats, values, relationship->count))
		return corm__failed_list(session);
	const struct corm__columns columns = corm__columns_all(target, 0);
	return corm__load_objects(&run, &columns);
}

static void *not_loaded(corm_session *session, const struct corm__object *object, const corm_relationship *relationship)
{
	corm__session_fail(session, CORM_ERROR_NOT_LOADED,
	                   "%s.%s is lazy(raise) and was not loaded: add corm_load(%s.%s) to the query",
	                   object->store->model->name, relationship->name, object->store->model->name, relationship->name);
	return NULL;
}

/* Over a key of the object's own: the identity map may know the answer. */
static void *load_up(corm_session *session, struct corm__object *object, const corm_relationship *relationship)
{
	const struct corm__bond bond = corm__bond_of(object->store->model, relationship);
	struct corm__object *known = corm__bond_known(session, &bond, corm__object_struct(object));
	if (!known) {
		corm_any_list list = query_related(session, object, relationship);
		return list.status == CORM_OK && list.count ? list.items[0] : NULL;
	}
	if (known->flags & CORM__FLAG_DELETING)
		return NULL;
	if (corm__is_fresh(session, known))
		return corm__object_struct(known);
	/* Its row may be gone; then there is none. Or the key leads to other columns, and these have changed. */
	void *parent = corm__load_by_key(session, known->store->model, corm__key_of_row(known));
	if (!parent || corm__bond_leads_to(&bond, corm__object_struct(object), known))
		return parent;
	corm_any_list list = query_related(session, object, relationship);
	return list.status == CORM_OK && list.count ? list.items[0] : NULL;
}

void *corm__load_one(corm_session *session, struct corm__object *object, const corm_relationship *relationship)
{
	void *now = corm__related_pointer(corm__object_struct(object), relationship);
	void *related = NULL;
	if (now != corm__related_pointer(corm__object_snapshot(object), relationship))
		return now; /* set, and not flushed yet */
	if (relationship->kind == CORM_TO_ONE_REMOTE) {
		if (object->state == CORM__OBJECT_PENDING || corm__remote_is_loaded(session, object, relationship))
			return now;
		if (relationship->lazy == CORM_LAZY_RAISE)
			return not_loaded(session, object, relationship);
		corm_any_list list = query_related(session, object, relationship);
		related = list.status == CORM_OK && list.count ? list.items[0] : NULL;
		/* It may have been given to another one, which is not flushed yet. */
		const struct corm__bond bond = corm__bond_of(object->store->model, relationship);
		if (related && corm__current_parent(session, &bond, corm__object_at(related)) != object)
			related = NULL;
		if (list.status == CORM_OK)
			corm__remote_set_loaded(session, object, relationship);
	} else {
		const struct corm__bond bond = corm__bond_of(object->store->model, relationship);
		if (!corm__bond_is_null(&bond, corm__object_struct(object))) {
			if (!now && relationship->lazy == CORM_LAZY_RAISE)
				return not_loaded(session, object, relationship);
			related = load_up(session, object, relationship);
		}
	}
	if (corm__session_failed(session))
		return NULL;
	corm__related_loaded(object, relationship, related);
	if (related && corm__load_lazy(session, corm__object_at(related)) != CORM_OK)
		return NULL;
	return related;
}

void *corm__related_one(corm_session *session, const corm_model_info *model, size_t index, void *value)
{
	const corm_relationship *relationship = &model->relationships[index];
	struct corm__object *object = corm__usable(session, model, value, model->name, relationship->name);
	if (!object)
		return NULL;
	/* A pointer of another table's key depends on what the program has done to any object, one of the object's own key
	 * on what it has done to this one. */
	bool own = relationship->kind == CORM_TO_ONE && !session->pending_count && !session->deleting_count &&
	           !corm__snapshot_may_differ(object);
	if (!own && corm__autoflush(session) != CORM_OK)
		return NULL;
	return corm__load_one(session, object, relationship);
}

corm_any_list corm__related_list(corm_session *session, const corm_model_info *model, size_t index, void *value)
{
	const corm_relationship *relationship = &model->relationships[index];
	struct corm__object *object = corm__usable(session, model, value, model->name, relationship->name);
	if (!object || corm__autoflush(session) != CORM_OK)
		return corm__failed_list(session);
	struct corm__collection *list = corm__collection_of(session, object, relationship);
	if (list && (!list->reload || object->state == CORM__OBJECT_PENDING))
		return (corm_any_list){ .items = list->items, .count = list->count, .status = CORM_OK };
	if (!list && relationship->lazy == CORM_LAZY_RAISE) {
		not_loaded(session, object, relationship);
		return corm__failed_list(session);
	}
	corm_any_list found = query_related(session, object, relationship);
	if (found.status != CORM_OK)
		return found;
	if (!corm__collection_set(session, object, relationship, found.count ? found.items : NULL, found.count))
		return corm__failed_list(session);
	list = corm__collection_of(session, object, relationship);
	if (session->manual && corm__apply_unflushed(session, list) != CORM_OK)
		return corm__failed_list(session);
	for (size_t i = 0; i < found.count; i++) {
		if (corm__load_lazy(session, corm__object_at(found.items[i])) != CORM_OK)
			return corm__failed_list(session);
	}
	return (corm_any_list){ .items = list->items, .count = list->count, .status = CORM_OK };
}

/* ---- changing ---------------------------------------------------------------------------------------------------- */

/* Both objects of a call, usable. */
struct both {
	const corm_relationship *relationship;
	struct corm__object *object, *other;
};

static bool find_both(corm_session *session, const corm_model_info *model, size_t index, void *value, void *other,
                      const char *verb, bool other_may_be_null, struct both *both)
{
	char name[160];
	both->relationship = &model->relationships[index];
	snprintf(name, sizeof name, "%s_%s", both->relationship->name, verb);
	both->object = corm__usable(session, model, value, model->name, name);
	both->other = NULL;
	if (both->object && (other || !other_may_be_null))
		both->other = corm__usable(session, both->relationship->target, other, model->name, name);
	return !corm__session_failed(session);
}

/* A new child that had lost its parent, and so was not to be inserted, is given to one again. */
static void take_back(corm_session *session, const corm_model_info *model, void *value)
{
	struct corm__object *child = corm__session_failed(session) ? NULL : corm__store_owned(session, model, value);
	if (!child || child->state != CORM__OBJECT_DETACHED || !(child->flags & CORM__FLAG_DROPPED))
		return;
	corm__object_revive(child, CORM__OBJECT_PENDING); /* it stands still in the session's list of them */
	child->flags &= (uint8_t)~CORM__FLAG_DROPPED;
}

corm_status corm__related_add(corm_session *session, const corm_model_info *model, size_t index, void *value,
                              void *other)
{
	struct both both;
	take_back(session, model->relationships[index].target, other);
	if (!find_both(session, model, index, value, other, "add", false, &both))
		return corm__session_status(session);
	if (both.relationship->link)
		return corm__link(session, both.relationship, both.object, both.other);
	const struct corm__bond bond = corm__bond_of(model, both.relationship);
	return corm__set_parent(session, &bond, both.other, both.object);
}

corm_status corm__related_remove(corm_session *session, const corm_model_info *model, size_t index, void *value,
                                 void *other)
{
	struct both both;
	if (!find_both(session, model, index, value, other, "remove", false, &both))
		return corm__session_status(session);
	if (both.relationship->link)
		return corm__unlink(session, both.relationship, both.object, both.other);
	const struct corm__bond bond = corm__bond_of(model, both.relationship);
	if (corm__current_parent(session, &bond, both.other) != both.object)
		return corm__session_fail(session, CORM_ERROR_USAGE, "%s_%s_remove: this %s is not among them", model->name,
		                          both.relationship->name, both.relationship->target->name);
	return corm__set_parent(session, &bond, both.other, NULL);
}

corm_status corm__related_set(corm_session *session, const corm_model_info *model, size_t index, void *value,
                              void *other)
{
	struct both both;
	bool has_key = model->relationships[index].kind == CORM_TO_ONE;
	if (other)
		take_back(session, has_key ? model : model->relationships[index].target, has_key ? value : other);
	if (!find_both(session, model, index, value, other, "set", true, &both))
		return corm__session_status(session);
	const struct corm__bond bond = corm__bond_of(model, both.relationship);
	if (both.relationship->kind == CORM_TO_ONE)
		return corm__set_parent(session, &bond, both.object, both.other);
	if (both.other)
		return corm__set_parent(session, &bond, both.other, both.object);
	struct corm__object *before = corm__session_owned(session, corm__load_one(session, both.object, both.relationship));
	if (corm__session_failed(session) || !before)
		return corm__session_status(session);
	return corm__set_parent(session, &bond, before, NULL);
}
