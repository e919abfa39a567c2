/* SPDX-License-Identifier: Apache-2.0
 *
 * Sending what a flush has planned.
 */
#include "session/flush.h"

/* A parent in the same step may have no key yet, which the database gives. */
static corm_status wait_for_parents(struct corm__batch *batch, const struct corm__plan *plan,
                                    const struct corm__plan_row *row)
{
	for (const struct corm__plan_edge *edge = row->edges; edge; edge = edge->next) {
		const struct corm__object *parent = plan->rows[edge->parent].subject;
		if (!edge->is_broken && parent->state == CORM__OBJECT_PENDING)
			return corm__batch_drain(batch);
	}
	return CORM_OK;
}

static bool has_broken_edge(const struct corm__plan_row *row)
{
	const struct corm__plan_edge *edge = row->edges;
	while (edge && !edge->is_broken)
		edge = edge->next;
	return edge != NULL;
}

/* A key that would make a circle is left out, and filled in later: the pointer beside it then counts as changed. */
static corm_status send_insert(corm_session *session, struct corm__batch *batch, const struct corm__plan *plan,
                               const struct corm__plan_row *row)
{
	struct corm__object *object = row->subject;
	corm_status status = wait_for_parents(batch, plan, row);
	/* A second time: a parent that was inserted meanwhile may have got its key from the database. */
	if (status == CORM_OK)
		status = corm__fill_keys(session, object);
	for (const struct corm__plan_edge *edge = row->edges; edge; edge = edge->next) {
		if (edge->is_broken)
			corm__empty_key(object, edge->reason);
	}
	if (status == CORM_OK)
		status = corm__insert_object(session, batch, object);
	if (status == CORM_OK && has_broken_edge(row))
		status = corm__batch_drain(batch);
	for (const struct corm__plan_edge *edge = row->edges; status == CORM_OK && edge; edge = edge->next) {
		const corm_relationship *up = edge->reason;
		if (edge->is_broken)
			memset((char *)corm__object_snapshot(object) + up->offset, 0, sizeof(void *));
	}
	return status;
}

static corm_status send_update(corm_session *session, struct corm__batch *batch, struct corm__object *object)
{
	corm_status status = corm__fill_keys(session, object);
	return status == CORM_OK ? corm__update_object(session, batch, object) : status;
}

static void empty_key(struct corm__object *object, const corm_foreign_key *key)
{
	for (size_t i = 0; i < key->count; i++) {
		const corm_column *column = &object->store->model->columns[key->columns[i]];
		corm__assign_null(column, corm__value_at(object, column));
	}
}

/* The row is to be deleted: nothing but the key is written, whatever else the program has changed in the object. Its
 * members are the program's again afterwards. */
static corm_status send_first(corm_session *session, struct corm__batch *batch, struct corm__object *object,
                              const corm_foreign_key *key)
{
	size_t size = object->store->model->size;
	void *members = corm__arena_take(&session->work, size);
	if (!members)
		return corm__session_no_memory(session);
	memcpy(members, corm__object_struct(object), size);
	memcpy(corm__object_struct(object), corm__object_snapshot(object), size);
	empty_key(object, key);
	corm_status status = corm__update_object(session, batch, object);
	if (status == CORM_OK)
		status = corm__batch_drain(batch);
	memcpy(corm__object_struct(object), members, size);
	empty_key(object, key);
	return status;
}

static corm_status send_step(corm_session *session, struct corm__batch *batch, const struct corm__plan *plan,
                             const struct corm__plan_step *step)
{
	corm_status status = CORM_OK;
	for (size_t i = 0; status == CORM_OK && i < step->count; i++) {
		const struct corm__plan_row *row = &plan->rows[step->rows[i]];
		if (i + 1 < step->count)
			corm__slot_prefetch(((struct corm__object *)row->subject)->store, plan->rows[step->rows[i + 1]].subject);
		switch (step->op) {
		case CORM__PLAN_INSERT:
			status = send_insert(session, batch, plan, row);
			break;
		case CORM__PLAN_RELEASE:
		case CORM__PLAN_EARLY:
		case CORM__PLAN_UPDATE:
		case CORM__PLAN_LATER:
			status = send_update(session, batch, row->subject);
			break;
		case CORM__PLAN_FIRST:
			status = send_first(session, batch, row->subject, step->reason);
			break;
		case CORM__PLAN_DELETE:
			/* The row of a link model may be gone with its pair. */
			if (((struct corm__object *)row->subject)->state == CORM__OBJECT_PERSISTENT)
				status = corm__delete_object(session, batch, row->subject);
			break;
		}
	}
	corm_status ended = corm__batch_end(batch);
	return status == CORM_OK ? ended : status;
}

/* All rows of link models that go with objects of a state: those whose row a new object has taken over are deleted
 * already, and theirs must be gone before the new one gets any. */
static corm_status send_unlinks_of(struct corm__flush *flush, uint8_t state)
{
	corm_status status = CORM_OK;
	for (const struct corm__unlink_all *unlink = flush->unlinks; status == CORM_OK && unlink; unlink = unlink->next) {
		if (unlink->owner->state == state)
			status = corm__delete_links(flush->session, unlink->relationship, unlink->owner, NULL);
	}
	return status;
}

/* Rows of link models: pairs that were taken away, and all that goes with an object. */
static corm_status send_unlinks(struct corm__flush *flush)
{
	corm_session *session = flush->session;
	struct corm__map_entry *entry;
	corm_status status = CORM_OK;
	for (size_t at = 0; status == CORM_OK && (entry = corm__map_next(&session->link_changes, &at));) {
		const struct corm__link_change *change = entry->value;
		if (!change->row)
			status = corm__delete_links(session, change->relationship, change->owner, change->target);
	}
	if (status == CORM_OK)
		status = corm__drop_unlinked(session);
	return status == CORM_OK ? send_unlinks_of(flush, CORM__OBJECT_PERSISTENT) : status;
}

corm_status corm__flush_send(struct corm__flush *flush)
{
	corm_session *session = flush->session;
	struct corm__batch batch;
	bool unlinked = false;
	corm__batch_begin(&batch, session);
	session->sending = ++session->flush_count;
	corm_status status = send_unlinks_of(flush, CORM__OBJECT_DELETED);
	for (size_t i = 0; status == CORM_OK && i < flush->plan.step_count; i++) {
		const struct corm__plan_step *step = &flush->plan.steps[i];
		if (!unlinked && (step->op == CORM__PLAN_FIRST || step->op == CORM__PLAN_DELETE)) {
			status = send_unlinks(flush);
			unlinked = true;
		}
		if (status == CORM_OK)
			status = send_step(session, &batch, &flush->plan, step);
	}
	if (status == CORM_OK && !unlinked)
		status = send_unlinks(flush);
	session->sending = 0;
	if (status != CORM_OK)
		corm__session_end_failed(session);
	return status;
}
