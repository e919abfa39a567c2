/* SPDX-License-Identifier: Apache-2.0
 *
 * Parents and children: making one the other's, by a call or by what the program assigned.
 */
#include "session/add.h"
#include "session/change.h"
#include "session/flush.h"
#include "session/relation.h"
#include "type/codec.h"

/* ---- ties -------------------------------------------------------------------------------------------------------- */

struct corm__tie *corm__ties_of(const corm_session *session, const struct corm__object *object)
{
	return object->flags & CORM__FLAG_TIED ? corm__map_get(&session->ties, &object, sizeof object) : NULL;
}

/* Keys may share columns: it is the one of exactly these. */
static struct corm__tie *find_tie(const corm_session *session, const struct corm__object *child,
                                  const uint16_t *child_columns, size_t count)
{
	struct corm__tie *tie = corm__ties_of(session, child);
	while (tie &&
	       (tie->count != count || memcmp(tie->child_columns, child_columns, count * sizeof *child_columns) != 0))
		tie = tie->next;
	return tie;
}

/* The first tie of a child is in the map, by its own pointer to the child; the others hang on it. */
corm_status corm__tie(corm_session *session, const struct corm__tie *values)
{
	struct corm__tie *tie = find_tie(session, values->child, values->child_columns, values->count);
	if (tie) {
		tie->parent = values->parent;
		return CORM_OK;
	}
	tie = corm__arena_take(&session->transaction, sizeof *tie);
	if (!tie)
		return corm__session_no_memory(session);
	*tie = *values;
	struct corm__tie *first = corm__ties_of(session, tie->child);
	if (first) {
		tie->next = first->next;
		first->next = tie;
	} else if (!corm__map_set(&session->ties, &tie->child, sizeof tie->child, tie)) {
		return corm__session_no_memory(session);
	}
	tie->child->flags |= CORM__FLAG_TIED;
	return CORM_OK;
}

/* ---- setting a parent -------------------------------------------------------------------------------------------- */

static bool key_changed(const struct corm__bond *bond, const struct corm__object *child)
{
	for (size_t i = 0; i < bond->count; i++) {
		if (corm__column_changed(child, &bond->child->columns[bond->child_columns[i]]))
			return true;
	}
	return false;
}

struct corm__object *corm__current_parent(corm_session *session, const struct corm__bond *bond,
                                          struct corm__object *child)
{
	if (bond->up) {
		void *now = corm__related_pointer(corm__object_struct(child), bond->up);
		if (now != corm__related_pointer(corm__object_snapshot(child), bond->up) || (now && !key_changed(bond, child)))
			return corm__store_owned(session, bond->parent, now);
	}
	struct corm__tie *tie = find_tie(session, child, bond->child_columns, bond->count);
	return tie ? tie->parent : corm__bond_known(session, bond, corm__object_struct(child));
}

bool corm__parent_is_new(const corm_session *session, const struct corm__bond *bond, struct corm__object *child,
                         const struct corm__object *now)
{
	return child->state == CORM__OBJECT_PENDING || now != corm__bond_known(session, bond, corm__object_snapshot(child));
}

/* What the program may have written into the key's columns does not count any more. */
static void reset_key(const struct corm__bond *bond, struct corm__object *child)
{
	for (size_t i = 0; i < bond->count; i++) {
		const corm_column *column = &bond->child->columns[bond->child_columns[i]];
		if (child->state == CORM__OBJECT_PENDING)
			corm__assign_null(column, corm__value_at(child, column));
		else if (corm__column_changed(child, column))
			memcpy(corm__value_at(child, column), corm__snapshot_at(child, column), corm__value_size(&column->format));
	}
}

/* A pointer of NULL is a change only when it led somewhere before; else the key itself is emptied. */
static void set_no_parent(const struct corm__bond *bond, struct corm__object *child)
{
	if (child->state == CORM__OBJECT_PERSISTENT && !corm__related_pointer(corm__object_snapshot(child), bond->up))
		corm__empty_key(child, bond->up);
}

static corm_status set_key_side(corm_session *session, const struct corm__bond *bond, struct corm__object *child,
                                struct corm__object *parent)
{
	/* While a flush runs, others than those it began with are changed: a child that another one displaces. */
	corm_status status = session->flush ? corm__flush_touch(session->flush, child) : CORM_OK;
	if (status != CORM_OK)
		return status;
	child->flags |= CORM__FLAG_MOVED;
	reset_key(bond, child);
	struct corm__tie *tie = find_tie(session, child, bond->child_columns, bond->count);
	if (!bond->up || tie)
		return corm__tie(session, &(struct corm__tie){
									  .child = child,
									  .parent = parent,
									  .parent_model = bond->parent,
									  .down = bond->down,
									  .child_columns = bond->child_columns,
									  .parent_columns = bond->parent_columns,
									  .count = bond->count,
								  });
	/* NULL, assigned later, is a change only of a pointer that has led somewhere. */
	struct corm__object *was = corm__related_pointer(corm__object_snapshot(child), bond->up)
	                               ? NULL
	                               : corm__bond_known(session, bond, corm__object_snapshot(child));
	if (was && child->state == CORM__OBJECT_PERSISTENT)
		corm__related_loaded(child, bond->up, corm__object_struct(was));
	if (!parent)
		set_no_parent(bond, child);
	void *pointer = parent ? corm__object_struct(parent) : NULL;
	memcpy((char *)corm__object_struct(child) + bond->up->offset, &pointer, sizeof pointer);
	return CORM_OK;
}

corm_status corm__set_parent(corm_session *session, const struct corm__bond *bond, struct corm__object *child,
                             struct corm__object *parent)
{
	struct corm__object *old = corm__current_parent(session, bond, child);
	corm_status status = CORM_OK;
	if (old == parent && parent && !(bond->up && key_changed(bond, child))) {
		/* It is so already; the pointer may not have been loaded. */
		if (bond->up && !corm__related_pointer(corm__object_struct(child), bond->up))
			corm__related_loaded(child, bond->up, corm__object_struct(parent));
		return corm__view_add(session, bond, parent, child);
	}
	if (parent && bond->down && bond->down->kind == CORM_TO_ONE_REMOTE) {
		/* There is room for one: who was there before is left without a parent. */
		struct corm__object *before = corm__session_owned(session, corm__load_one(session, parent, bond->down));
		if (corm__session_failed(session))
			return session->error.error.status;
		if (before && before != child && corm__current_parent(session, bond, before) == parent)
			status = corm__set_parent(session, bond, before, NULL);
	}
	/* A new child that no call has given to anybody, and that points to nobody, stands nowhere. */
	bool is_nowhere = child->state == CORM__OBJECT_PENDING && !old && !(child->flags & CORM__FLAG_MOVED);
	/* One that is known by its key alone is a parent too. */
	bool had_parent = old || !corm__bond_is_null(bond, corm__object_struct(child));
	if (status == CORM_OK)
		status = corm__views_leave(session, bond, child, old);
	if (status == CORM_OK)
		status = set_key_side(session, bond, child, parent);
	/* A new child that nobody has is not inserted at all, where it cannot be without a parent. */
	if (!parent && had_parent && child->state == CORM__OBJECT_PENDING && bond->down &&
	    bond->down->cascade & CORM_CASCADE_DELETE_ORPHAN) {
		corm__pending_drop(session, child);
		/* Until the next flush a call may give it to another one. */
		if (!session->flush)
			child->flags |= CORM__FLAG_DROPPED;
		if (status == CORM_OK)
			status = corm__leave_views(session, child);
	}
	if (status != CORM_OK)
		return status;
	return is_nowhere ? corm__view_append(session, bond, parent, child) : corm__view_add(session, bond, parent, child);
}

/* ---- what the program assigned ----------------------------------------------------------------------------------- */

/* The pointer beside a key, or the key itself. */
static corm_status sync_up(corm_session *session, struct corm__object *child, const corm_relationship *up)
{
	const corm_relationship *down = corm__back(up);
	/* Nobody looks where there is no list. */
	if (!down || (corm__is_many(down) && !session->collection_count && !session->deleting_count))
		return CORM_OK;
	const struct corm__bond bond = corm__bond_of(child->store->model, up);
	const char *snapshot = corm__object_snapshot(child), *value = corm__object_struct(child);
	void *now = corm__related_pointer(value, up), *was = corm__related_pointer(snapshot, up);
	bool is_new = child->state == CORM__OBJECT_PENDING, is_moved = child->flags & CORM__FLAG_MOVED;
	if (now == was && !is_moved && !key_changed(&bond, child))
		return CORM_OK;
	struct corm__object *before = NULL, *after;
	if (!is_new)
		before = was ? corm__store_owned(session, bond.parent, was) : corm__bond_known(session, &bond, snapshot);
	if (now != was)
		after = corm__store_owned(session, bond.parent, now);
	else
		after = corm__bond_known(session, &bond, value);
	if (before == after && !is_moved)
		return CORM_OK;
	/* What is deleted cannot be anybody's parent any more; that it is to be deleted may be known only later. */
	if (now != was && after && is_new && !session->flush && !corm__object_lives(after))
		return corm__session_fail(session, CORM_ERROR_USAGE, "%s.%s points to a %s that is deleted",
		                          child->store->model->name, up->name, up->target->name);
	corm_status status = CORM_OK;
	if (!is_moved)
		status = corm__view_remove(session, &bond, before, child);
	else if (!corm__view_has(session, &bond, after, child))
		status = corm__views_remove(session, &bond, child);
	/* What the program has assigned to the parent's pointer is followed by and by, and takes the place of this. */
	bool is_taken = corm__object_lives(after) && down->kind == CORM_TO_ONE_REMOTE &&
	                corm__related_pointer(corm__object_struct(after), down) !=
	                    corm__related_pointer(corm__object_snapshot(after), down);
	if (status == CORM_OK && corm__object_lives(after) && !is_taken)
		status = is_new && !is_moved ? corm__view_append(session, &bond, after, child)
		                             : corm__view_add(session, &bond, after, child);
	/* No row tells whose view a new child stands in. */
	if (is_new && corm__view_has(session, &bond, after, child))
		child->flags |= CORM__FLAG_MOVED;
	return status;
}

/* A pointer whose key stands in the other table: it was changed in place of the other side's. */
static corm_status sync_remote(corm_session *session, struct corm__object *parent, const corm_relationship *down)
{
	const struct corm__bond bond = corm__bond_of(parent->store->model, down);
	void *now = corm__related_pointer(corm__object_struct(parent), down);
	void *was = corm__related_pointer(corm__object_snapshot(parent), down);
	if (now == was)
		return CORM_OK;
	struct corm__object *child = corm__store_owned(session, bond.child, now ? now : was);
	if (!corm__object_lives(child))
		return corm__session_fail(session, CORM_ERROR_USAGE,
		                          "%s.%s points to an object that the session does not own, or that is no %s",
		                          parent->store->model->name, down->name, down->target->name);
	if (!now && corm__current_parent(session, &bond, child) != parent) {
		/* It has another one by now, and was only taken away here. */
		corm__related_loaded(parent, down, NULL);
		return CORM_OK;
	}
	corm__related_loaded(parent, down, was);
	return corm__set_parent(session, &bond, child, now ? parent : NULL);
}

corm_status corm__sync_object(corm_session *session, struct corm__object *object)
{
	const corm_model_info *model = object->store->model;
	corm_status status = CORM_OK;
	for (size_t i = 0; status == CORM_OK && i < model->relationship_count; i++) {
		const corm_relationship *relationship = &model->relationships[i];
		if (relationship->kind == CORM_TO_ONE)
			status = sync_up(session, object, relationship);
		else if (relationship->kind == CORM_TO_ONE_REMOTE)
			status = sync_remote(session, object, relationship);
	}
	return status;
}

/* ---- orphans ----------------------------------------------------------------------------------------------------- */

/* Did the row have a parent, which the object has no longer? */
static bool has_lost_parent(struct corm__object *child, const corm_relationship *up)
{
	const struct corm__bond bond = corm__bond_of(child->store->model, up);
	const char *snapshot = corm__object_snapshot(child), *value = corm__object_struct(child);
	if (corm__bond_is_null(&bond, snapshot))
		return false;
	void *now = corm__related_pointer(value, up);
	if (now != corm__related_pointer(snapshot, up))
		return !now;
	return corm__bond_is_null(&bond, value);
}

bool corm__is_orphan(corm_session *session, struct corm__object *object)
{
	const corm_model_info *model = object->store->model;
	for (size_t i = 0; object->store->has_orphans && i < model->relationship_count; i++) {
		const corm_relationship *up = &model->relationships[i];
		const corm_relationship *down = up->kind == CORM_TO_ONE ? corm__back(up) : NULL;
		if (down && down->cascade & CORM_CASCADE_DELETE_ORPHAN && has_lost_parent(object, up))
			return true;
	}
	for (const struct corm__tie *tie = corm__ties_of(session, object); tie; tie = tie->next) {
		if (!tie->parent && tie->down && tie->down->cascade & CORM_CASCADE_DELETE_ORPHAN)
			return true;
	}
	return false;
}
