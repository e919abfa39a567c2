/* SPDX-License-Identifier: Apache-2.0
 *
 * Views: the lists and pointers of parents, which follow what becomes of their children.
 */
#include "session/relation.h"

static corm_status add(corm_session *session, const struct corm__bond *bond, struct corm__object *parent,
                       struct corm__object *child, bool is_nowhere)
{
	if (!parent || !bond->down)
		return CORM_OK;
	void *value = corm__object_struct(child);
	if (bond->down->kind == CORM_TO_ONE_REMOTE) {
		corm__related_loaded(parent, bond->down, value);
		corm__remote_set_loaded(session, parent, bond->down);
		return CORM_OK;
	}
	struct corm__collection *list = corm__collection_of(session, parent, bond->down);
	if (list &&
	    !(is_nowhere ? corm__collection_append(session, list, value) : corm__collection_add(session, list, value)))
		return CORM_ERROR_MEMORY;
	return CORM_OK;
}

corm_status corm__view_add(corm_session *session, const struct corm__bond *bond, struct corm__object *parent,
                           struct corm__object *child)
{
	return add(session, bond, parent, child, false);
}

corm_status corm__view_append(corm_session *session, const struct corm__bond *bond, struct corm__object *parent,
                              struct corm__object *child)
{
	return add(session, bond, parent, child, true);
}

corm_status corm__view_remove(corm_session *session, const struct corm__bond *bond, struct corm__object *parent,
                              struct corm__object *child)
{
	if (!parent || !bond->down)
		return CORM_OK;
	if (bond->down->kind == CORM_TO_ONE_REMOTE) {
		if (corm__related_pointer(corm__object_struct(parent), bond->down) == corm__object_struct(child))
			corm__related_loaded(parent, bond->down, NULL);
		return CORM_OK;
	}
	struct corm__collection *list = corm__collection_of(session, parent, bond->down);
	if (list && !corm__collection_remove(session, list, corm__object_struct(child)))
		return CORM_ERROR_MEMORY;
	return CORM_OK;
}

bool corm__view_has(const corm_session *session, const struct corm__bond *bond, struct corm__object *parent,
                    struct corm__object *child)
{
	void *value = corm__object_struct(child);
	if (!parent)
		return false;
	if (bond->down->kind == CORM_TO_ONE_REMOTE)
		return corm__related_pointer(corm__object_struct(parent), bond->down) == value;
	struct corm__collection *list = corm__collection_of(session, parent, bond->down);
	return list && corm__collection_has(list, value);
}

corm_status corm__views_remove(corm_session *session, const struct corm__bond *bond, struct corm__object *child)
{
	void *value = corm__object_struct(child);
	for (size_t i = 0; i < session->collection_count; i++) {
		struct corm__collection *list = session->collections[i];
		if (list->object && list->relationship == bond->down && !corm__collection_remove(session, list, value))
			return CORM_ERROR_MEMORY;
	}
	struct corm__cursor cursor = { .store = corm__store_known(session, bond->parent) };
	if (bond->down->kind != CORM_TO_ONE_REMOTE || !cursor.store)
		return CORM_OK;
	for (struct corm__object *parent; (parent = corm__store_next(&cursor));) {
		if (corm__related_pointer(corm__object_struct(parent), bond->down) == value)
			corm__related_loaded(parent, bond->down, NULL);
	}
	return CORM_OK;
}

corm_status corm__views_leave(corm_session *session, const struct corm__bond *bond, struct corm__object *child,
                              struct corm__object *now)
{
	if (!bond->down)
		return CORM_OK;
	/* When a call has moved it, and the program has assigned to it since, any may have it. */
	if (child->flags & CORM__FLAG_MOVED && !corm__view_has(session, bond, now, child))
		return corm__views_remove(session, bond, child);
	struct corm__object *was = corm__bond_known(session, bond, corm__object_snapshot(child));
	corm_status status = corm__view_remove(session, bond, now, child);
	return status == CORM_OK && was != now ? corm__view_remove(session, bond, was, child) : status;
}

/* ---- all views of an object -------------------------------------------------------------------------------------- */

corm_status corm__leave_views(corm_session *session, struct corm__object *object)
{
	const corm_model_info *model = object->store->model;
	corm_status status = CORM_OK;
	for (size_t i = 0; status == CORM_OK && i < model->relationship_count; i++) {
		const corm_relationship *up = &model->relationships[i];
		const corm_relationship *down = up->kind == CORM_TO_ONE ? corm__back(up) : NULL;
		if (!down || (corm__is_many(down) && !session->collection_count))
			continue;
		const struct corm__bond bond = corm__bond_of(model, up);
		status = corm__views_leave(session, &bond, object, corm__current_parent(session, &bond, object));
	}
	return status;
}

corm_status corm__revert_views(corm_session *session, struct corm__object *object)
{
	const corm_model_info *model = object->store->model;
	corm_status status = CORM_OK;
	for (size_t i = 0; status == CORM_OK && i < model->relationship_count; i++) {
		const corm_relationship *up = &model->relationships[i];
		if (up->kind != CORM_TO_ONE || up->back == CORM_NO_INDEX)
			continue;
		const struct corm__bond bond = corm__bond_of(model, up);
		struct corm__object *now = corm__current_parent(session, &bond, object);
		struct corm__object *was = corm__bond_known(session, &bond, corm__object_snapshot(object));
		if (now == was && !(object->flags & CORM__FLAG_MOVED))
			continue;
		status = corm__views_leave(session, &bond, object, now);
		if (status == CORM_OK && corm__object_lives(was))
			status = corm__view_add(session, &bond, was, object);
	}
	for (const struct corm__tie *tie = corm__ties_of(session, object); tie && status == CORM_OK; tie = tie->next) {
		if (!tie->down)
			continue;
		const struct corm__bond bond = corm__bond_of(tie->parent_model, tie->down);
		struct corm__object *was = corm__bond_known(session, &bond, corm__object_snapshot(object));
		status = corm__views_leave(session, &bond, object, tie->parent);
		if (status == CORM_OK && corm__object_lives(was))
			status = corm__view_add(session, &bond, was, object);
	}
	if (object->flags & CORM__FLAG_TIED)
		corm__map_remove(&session->ties, &object, sizeof object);
	object->flags &= (uint8_t) ~(CORM__FLAG_TIED | CORM__FLAG_MOVED);
	return status;
}

/* ---- lists that were read while something was not flushed -------------------------------------------------------- */

static corm_status apply_children(corm_session *session, struct corm__collection *list)
{
	const struct corm__bond bond = corm__bond_of(list->object->store->model, list->relationship);
	struct corm__cursor cursor = { .store = corm__store_known(session, bond.child) };
	corm_status status = CORM_OK;
	for (struct corm__object *child; cursor.store && status == CORM_OK && (child = corm__store_next(&cursor));) {
		if (child->state != CORM__OBJECT_PENDING && child->state != CORM__OBJECT_PERSISTENT)
			continue;
		bool lives = corm__object_lives(child);
		struct corm__object *now = lives ? corm__current_parent(session, &bond, child) : NULL;
		/* The database has told already of rows that nothing was assigned to, and better than a stale object. */
		if (lives && !corm__parent_is_new(session, &bond, child, now))
			continue;
		if (now == list->object) {
			status = corm__view_add(session, &bond, list->object, child);
			/* No row tells whose view a new child stands in. */
			if (child->state == CORM__OBJECT_PENDING)
				child->flags |= CORM__FLAG_MOVED;
		} else
			status = corm__view_remove(session, &bond, list->object, child);
	}
	return status;
}

static corm_status apply_links(corm_session *session, struct corm__collection *list)
{
	const corm_relationship *back = corm__back(list->relationship);
	struct corm__map_entry *entry;
	for (size_t at = 0; (entry = corm__map_next(&session->link_changes, &at));) {
		const struct corm__link_change *change = entry->value;
		struct corm__object *item = NULL;
		if (change->relationship == list->relationship && change->owner == list->object)
			item = change->target;
		else if (back && change->relationship == back && change->target == list->object)
			item = change->owner;
		if (item && !(change->row ? corm__collection_add(session, list, corm__object_struct(item))
		                          : corm__collection_remove(session, list, corm__object_struct(item))))
			return CORM_ERROR_MEMORY;
	}
	return CORM_OK;
}

corm_status corm__apply_unflushed(corm_session *session, struct corm__collection *collection)
{
	return collection->relationship->link ? apply_links(session, collection) : apply_children(session, collection);
}
