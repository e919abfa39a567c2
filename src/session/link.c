/* SPDX-License-Identifier: Apache-2.0
 *
 * Many to many: pairs that X_rel_add() and X_rel_remove() have changed.
 *
 * A pair that is added is an object of the link model from the start, as if the program had added it itself: so its own
 * key, defaults and rules hold, and the flush finds its place by the foreign keys. A pair that is removed is a note for
 * the flush.
 */
#include "session/add.h"
#include "session/flush.h"
#include "session/relation.h"

/* The same from both sides. Both keys may share columns: the first that differ tell. */
static struct corm__link_key key_of(const corm_relationship *relationship, const struct corm__object *owner,
                                    const struct corm__object *target)
{
	const uint16_t *a = relationship->link_columns, *b = relationship->link_target_columns;
	size_t count = relationship->count < relationship->target_count ? relationship->count : relationship->target_count;
	size_t i = 0;
	while (i + 1 < count && a[i] == b[i])
		i++;
	bool owner_first = a[i] < b[i] || (a[i] == b[i] && relationship->count < relationship->target_count);
	return (struct corm__link_key){
		.link = relationship->link,
		.first = owner_first ? owner : target,
		.second = owner_first ? target : owner,
	};
}

struct corm__link_change *corm__link_change(const corm_session *session, const corm_relationship *relationship,
                                            const struct corm__object *owner, const struct corm__object *target)
{
	const struct corm__link_key key = key_of(relationship, owner, target);
	return corm__map_get(&session->link_changes, &key, sizeof key);
}

static corm_status note(corm_session *session, const corm_relationship *relationship, struct corm__object *owner,
                        struct corm__object *target, struct corm__object *row)
{
	struct corm__link_change *change = corm__arena_take(&session->transaction, sizeof *change);
	if (!change)
		return corm__session_no_memory(session);
	*change = (struct corm__link_change){
		.key = key_of(relationship, owner, target),
		.relationship = relationship,
		.owner = owner,
		.target = target,
		.row = row,
	};
	return corm__map_set(&session->link_changes, &change->key, sizeof change->key, change)
	           ? CORM_OK
	           : corm__session_no_memory(session);
}

/* Changes the lists of both sides, where they are loaded. */
static corm_status show(corm_session *session, const corm_relationship *relationship, struct corm__object *owner,
                        struct corm__object *target, bool add)
{
	bool (*change)(corm_session *, struct corm__collection *, void *) = add ? corm__collection_add
	                                                                        : corm__collection_remove;
	const corm_relationship *back = corm__back(relationship);
	struct corm__collection *ours = corm__collection_of(session, owner, relationship);
	struct corm__collection *theirs = back ? corm__collection_of(session, target, back) : NULL;
	if ((ours && !change(session, ours, corm__object_struct(target))) ||
	    (theirs && !change(session, theirs, corm__object_struct(owner))))
		return CORM_ERROR_MEMORY;
	return CORM_OK;
}

/* Does a list that is loaded say whether the two are linked? One that is to be read anew may not know. */
static bool known_to_be(const corm_session *session, const corm_relationship *relationship,
                        const struct corm__object *owner, struct corm__object *target, bool *linked)
{
	const corm_relationship *back = corm__back(relationship);
	struct corm__collection *list = corm__collection_of(session, owner, relationship);
	const void *item = corm__object_struct(target);
	if ((!list || list->reload) && back) {
		list = corm__collection_of(session, target, back);
		item = owner + 1;
	}
	*linked = list && corm__collection_has(list, item);
	return list && !list->reload;
}

static struct corm__object *add_row(corm_session *session, const corm_relationship *relationship,
                                    struct corm__object *owner, struct corm__object *target)
{
	struct corm__object *row = corm__add_new(session, relationship->link);
	if (!row)
		return NULL;
	corm_status status = corm__tie(session, &(struct corm__tie){
												.child = row,
												.parent = owner,
												.parent_model = owner->store->model,
												.child_columns = relationship->link_columns,
												.parent_columns = relationship->columns,
												.count = relationship->count,
											});
	if (status == CORM_OK)
		status = corm__tie(session, &(struct corm__tie){
										.child = row,
										.parent = target,
										.parent_model = relationship->target,
										.child_columns = relationship->link_target_columns,
										.parent_columns = relationship->target_columns,
										.count = relationship->target_count,
									});
	if (status == CORM_OK)
		return row;
	corm__pending_drop(session, row);
	return NULL;
}

corm_status corm__link(corm_session *session, const corm_relationship *relationship, struct corm__object *owner,
                       struct corm__object *target)
{
	bool linked;
	if (known_to_be(session, relationship, owner, target, &linked) && linked)
		return CORM_OK;
	struct corm__link_change *change = corm__link_change(session, relationship, owner, target);
	if (change && change->row)
		return CORM_OK;
	corm_status status = CORM_OK;
	if (change) {
		corm__map_remove(&session->link_changes, &change->key, sizeof change->key);
	} else {
		struct corm__object *row = add_row(session, relationship, owner, target);
		status = row ? note(session, relationship, owner, target, row) : session->error.error.status;
	}
	return status == CORM_OK ? show(session, relationship, owner, target, true) : status;
}

corm_status corm__unlink(corm_session *session, const corm_relationship *relationship, struct corm__object *owner,
                         struct corm__object *target)
{
	bool linked;
	struct corm__link_change *change = corm__link_change(session, relationship, owner, target);
	if ((known_to_be(session, relationship, owner, target, &linked) && !linked) || (change && !change->row))
		return corm__session_fail(session, CORM_ERROR_USAGE, "%s_%s_remove: this %s is not among them",
		                          owner->store->model->name, relationship->name, relationship->target->name);
	corm_status status = CORM_OK;
	if (change) {
		corm__pending_drop(session, change->row);
		corm__map_remove(&session->link_changes, &change->key, sizeof change->key);
	} else {
		status = note(session, relationship, owner, target, NULL);
	}
	return status == CORM_OK ? show(session, relationship, owner, target, false) : status;
}

void corm__forget_links(corm_session *session, const struct corm__object *object)
{
	struct corm__map_entry *entry;
	for (size_t at = 0; (entry = corm__map_next(&session->link_changes, &at));) {
		struct corm__link_change *change = entry->value;
		bool stays = object ? change->owner != object && change->target != object
		                    : change->owner->state == CORM__OBJECT_PENDING &&
		                          change->target->state == CORM__OBJECT_PENDING;
		if (stays)
			continue;
		if (change->row)
			corm__pending_drop(session, change->row);
		corm__map_remove(&session->link_changes, &change->key, sizeof change->key);
	}
}
