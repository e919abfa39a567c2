/* SPDX-License-Identifier: Apache-2.0
 *
 * The flush: finds what was added and changed, checks all of it, and sends it in an order that the foreign keys allow.
 *
 * Nothing is sent before everything has been checked, so that a value that breaks a rule leaves the transaction as it
 * was. An error of the database ends it.
 */
#include "base/topo.h"
#include "session/session.h"

/* A struct as the program had it before the flush: after a failure it has it again. */
struct before {
	struct before *older;
	struct corm__object *object;
	_Alignas(max_align_t) char value[];
};

/* What one flush has to do; the arrays stand in the transaction's arena. */
struct work {
	struct corm__object **inserts; /* in the order in which they are sent */
	size_t insert_count;
	struct corm__object **updates;
	size_t update_count, update_capacity;
	struct before *before;      /* what the structs were */
	struct corm__object **path; /* while ordering: the objects between a child and the parent that is looked at */
};

static corm_status add_update(corm_session *session, struct work *work, struct corm__object *object)
{
	if (work->update_count == work->update_capacity) {
		size_t capacity = work->update_capacity ? work->update_capacity * 2 : 16;
		struct corm__object **grown = corm__arena_take(&session->transaction, capacity * sizeof *grown);
		if (!grown)
			return corm__session_no_memory(session);
		if (work->update_count)
			memcpy(grown, work->updates, work->update_count * sizeof *grown);
		work->updates = grown;
		work->update_capacity = capacity;
	}
	work->updates[work->update_count++] = object;
	return CORM_OK;
}

static void restore_structs(const struct work *work)
{
	for (const struct before *before = work->before; before; before = before->older)
		memcpy(corm__object_struct(before->object), before->value, before->object->store->model->size);
}

/* Links and checks an object; nothing is sent. */
static corm_status prepare(corm_session *session, struct work *work, struct corm__object *object)
{
	size_t size = object->store->model->size;
	struct before *before = corm__arena_take(&session->transaction, sizeof *before + size);
	if (!before)
		return corm__session_no_memory(session);
	before->object = object;
	before->older = work->before;
	memcpy(before->value, corm__object_struct(object), size);
	work->before = before;
	corm_status status = corm__link_object(session, object);
	return status == CORM_OK ? corm__validate_object(session, object) : status;
}

static corm_status find_updates(corm_session *session, struct work *work)
{
	struct corm__cursor cursor = { 0 };
	for (struct corm__object *object; (object = corm__objects_next(session, &cursor));) {
		if (object->state != CORM__OBJECT_PERSISTENT || !corm__snapshot_may_differ(object))
			continue;
		corm_status status = prepare(session, work, object);
		if (status == CORM_OK)
			status = add_update(session, work, object);
		if (status != CORM_OK)
			return status;
	}
	return CORM_OK;
}

/* ---- the order of the inserts ------------------------------------------------------------------------------------ */

/* The next parent, by a pointer, that has to be inserted before an object and has no place yet. */
static struct corm__object *next_parent(corm_session *session, struct corm__object *object, bool *circle)
{
	const corm_model_info *model = object->store->model;
	for (size_t i = 0; i < model->relationship_count; i++) {
		const corm_relationship *relationship = &model->relationships[i];
		void *related = relationship->kind == CORM_TO_ONE
		                    ? corm__related_pointer(corm__object_struct(object), relationship)
		                    : NULL;
		struct corm__object *parent = related ? corm__store_owned(session, relationship->target, related) : NULL;
		if (!parent || parent == object || parent->state != CORM__OBJECT_PENDING || parent->mark == CORM__MARK_ORDERED)
			continue;
		if (parent->mark == CORM__MARK_NONE)
			return parent;
		*circle = true;
	}
	return NULL;
}

/* Depth first, without recursion: a chain of new objects may be as long as memory allows. */
static corm_status order_object(corm_session *session, struct work *work, struct corm__object *object)
{
	size_t depth = 0;
	if (object->mark != CORM__MARK_NONE)
		return CORM_OK;
	object->mark = CORM__MARK_VISITED;
	work->path[depth++] = object;
	while (depth) {
		struct corm__object *top = work->path[depth - 1];
		bool circle = false;
		struct corm__object *parent = next_parent(session, top, &circle);
		if (circle)
			return corm__session_fail(session, CORM_ERROR_USAGE,
			                          "new objects refer to each other in a circle, beginning with a %s: "
			                          "commit one of them before it is given its relationship",
			                          top->store->model->name);
		if (parent) {
			parent->mark = CORM__MARK_VISITED;
			work->path[depth++] = parent;
			continue;
		}
		top->mark = CORM__MARK_ORDERED;
		work->inserts[work->insert_count++] = top;
		depth--;
	}
	return CORM_OK;
}

/* The models of the pending objects, parents before children by the foreign keys of their tables. */
static corm_status order_models(corm_session *session, struct corm__store ***ordered, size_t *count)
{
	size_t stores = 0, edge_count = 0;
	for (struct corm__store *store = session->stores; store; store = store->next) {
		stores++;
		edge_count += store->model->foreign_key_count;
	}
	struct corm_arena *arena = &session->transaction;
	struct corm__store **all = corm__arena_array(arena, stores, sizeof *all);
	struct corm__edge *edges = corm__arena_array(arena, edge_count + 1, sizeof *edges);
	size_t *order = corm__arena_array(arena, stores, sizeof *order);
	*ordered = corm__arena_array(arena, stores, sizeof **ordered);
	if (!all || !edges || !order || !*ordered)
		return corm__session_no_memory(session);
	*count = 0;
	for (struct corm__store *store = session->stores; store; store = store->next)
		all[(*count)++] = store;
	size_t used = 0;
	for (size_t child = 0; child < stores; child++) {
		const corm_model_info *model = all[child]->model;
		for (size_t k = 0; k < model->foreign_key_count; k++) {
			for (size_t parent = 0; parent < stores; parent++) {
				if (all[parent]->model == model->foreign_keys[k].target)
					edges[used++] = (struct corm__edge){ .before = parent, .after = child };
			}
		}
	}
	if (corm__topo_sort(&session->allocator, stores, edges, used, order, NULL) != CORM_OK)
		return corm__session_no_memory(session);
	for (size_t i = 0; i < stores; i++)
		(*ordered)[i] = all[order[i]];
	return CORM_OK;
}

static corm_status order_inserts(corm_session *session, struct work *work)
{
	size_t count = session->pending_count;
	struct corm__store **stores = NULL;
	size_t store_count = 0;
	work->inserts = corm__arena_array(&session->transaction, count, sizeof *work->inserts);
	work->path = corm__arena_array(&session->transaction, count, sizeof *work->path);
	if (!work->inserts || !work->path)
		return corm__session_no_memory(session);
	corm_status status = order_models(session, &stores, &store_count);
	for (size_t i = 0; i < count; i++)
		session->pending[i]->mark = CORM__MARK_NONE;
	for (size_t s = 0; status == CORM_OK && s < store_count; s++) {
		for (size_t i = 0; status == CORM_OK && i < count; i++) {
			if (session->pending[i]->store == stores[s])
				status = order_object(session, work, session->pending[i]);
		}
	}
	return status;
}

/* ---- sending ----------------------------------------------------------------------------------------------------- */

static corm_status send(corm_session *session, const struct work *work)
{
	corm_status status = corm__session_begin(session);
	for (size_t i = 0; status == CORM_OK && i < work->insert_count; i++) {
		/* A second time: a parent that was inserted meanwhile may have got its key from the database. */
		status = corm__link_object(session, work->inserts[i]);
		if (status == CORM_OK)
			status = corm__insert_object(session, work->inserts[i]);
	}
	for (size_t i = 0; status == CORM_OK && i < work->update_count; i++) {
		status = corm__link_object(session, work->updates[i]);
		if (status == CORM_OK)
			status = corm__update_object(session, work->updates[i]);
	}
	if (status != CORM_OK)
		corm__session_end_failed(session);
	return status;
}

static corm_status flush(corm_session *session, struct work *work)
{
	/* Prepared one by one and not in their order: what has to be known of parents is at most their client-made keys. */
	for (size_t i = 0; i < session->pending_count; i++) {
		corm_status status = prepare(session, work, session->pending[i]);
		if (status != CORM_OK)
			return status;
	}
	corm_status status = find_updates(session, work);
	if (status == CORM_OK && session->pending_count)
		status = order_inserts(session, work);
	if (status != CORM_OK || (!work->insert_count && !work->update_count))
		return status;
	status = send(session, work);
	if (status != CORM_OK)
		return status;
	session->pending_count = 0;
	corm__unload_written(session);
	return CORM_OK;
}

corm_status corm_flush(corm_session *session)
{
	if (corm__session_failed(session))
		return session ? session->error.error.status : CORM_ERROR_USAGE;
	if (session->flushing)
		return CORM_OK;
	session->flushing = true;
	struct work work = { .inserts = NULL };
	corm_status status = flush(session, &work);
	if (status != CORM_OK)
		restore_structs(&work);
	session->flushing = false;
	return status;
}
