/* SPDX-License-Identifier: Apache-2.0
 *
 * The plan of a flush, made from its objects: which rows there are, and whom each of them needs.
 */
#include "session/flush.h"
#include "type/codec.h"
#include <stdlib.h>

/* An object on its way to its place, and the beginning of its key, which mostly tells where that is. */
struct sorted {
	uint64_t prefix;
	struct corm__object *object;
};

/* In the order of corm__value_order(), as far as eight bytes go; 0 for keys of other types. */
static uint64_t prefix_of(struct corm__object *object)
{
	const corm_column *key = &object->store->model->columns[object->store->model->key[0]];
	const unsigned char *value = (const unsigned char *)corm__snapshot_at(object, key);
	uint64_t prefix = 0;
	int64_t number;
	if (key->format.type == CORM_TYPE_UUID) {
		for (size_t i = 0; i < sizeof prefix; i++)
			prefix = prefix << 8 | value[i];
	} else if (key->format.type == CORM_TYPE_INT64) {
		memcpy(&number, value, sizeof number);
		prefix = (uint64_t)number ^ UINT64_C(1) << 63;
	}
	return prefix;
}

static int compare_keys(const void *a, const void *b)
{
	const struct sorted *first = a, *second = b;
	struct corm__object *x = first->object, *y = second->object;
	const corm_model_info *model = x->store->model;
	int order = x->store == y->store ? 0 : strcmp(model->table, y->store->model->table);
	if (order == 0 && x->store == y->store && first->prefix != second->prefix)
		return first->prefix < second->prefix ? -1 : 1;
	for (size_t i = 0; order == 0 && i < model->key_count; i++) {
		const corm_column *column = &model->columns[model->key[i]];
		order = corm__value_order(&column->format, corm__snapshot_at(x, column), corm__snapshot_at(y, column));
	}
	return order;
}

/* Rows are written in the order of their keys where the database locks them, against deadlocks, and where the key is
 * the row's number, for that is quicker. */
static corm_status sort_by_key(corm_session *session, struct corm__objects *objects)
{
	const struct corm__store *store = NULL;
	bool wanted = session->connection->capabilities & CORM_CAN_LOCK_ROWS, sorted = true;
	for (size_t i = 0; !wanted && i < objects->count; i++) {
		if (objects->items[i]->store == store)
			continue;
		store = objects->items[i]->store;
		wanted = store->model->columns[store->model->key[0]].flags & CORM_COLUMN_GENERATED;
	}
	if (!wanted || objects->count < 2)
		return CORM_OK;
	struct sorted *all = corm__arena_array(&session->work, objects->count, sizeof *all);
	if (!all)
		return corm__session_no_memory(session);
	for (size_t i = 0; i < objects->count; i++) {
		all[i] = (struct sorted){ prefix_of(objects->items[i]), objects->items[i] };
		sorted = sorted && (i == 0 || compare_keys(&all[i - 1], &all[i]) <= 0);
	}
	if (!sorted)
		qsort(all, objects->count, sizeof *all, compare_keys);
	for (size_t i = 0; i < objects->count; i++)
		objects->items[i] = all[i].object;
	return CORM_OK;
}

/* Whom a new row needs, by its pointers and ties. */
static void need_of_insert(struct corm__flush *flush, struct corm__object *object, size_t row)
{
	const corm_model_info *model = object->store->model;
	for (size_t i = 0; i < model->relationship_count; i++) {
		const corm_relationship *up = &model->relationships[i];
		if (up->kind != CORM_TO_ONE)
			continue;
		struct corm__object *parent = corm__store_owned(flush->session, up->target,
		                                                corm__related_pointer(corm__object_struct(object), up));
		const struct corm__bond bond = corm__bond_of(model, up);
		const corm_column *needed;
		/* A row that refers to itself by a key that is known can be inserted at once. */
		if (parent && parent->state == CORM__OBJECT_PENDING &&
		    (parent != object || corm__bond_is_null(&bond, corm__object_struct(object))))
			corm__plan_need(&flush->plan, row, parent->hash, up, corm__bond_is_optional(&bond, &needed));
	}
	for (const struct corm__tie *tie = corm__ties_of(flush->session, object); tie; tie = tie->next) {
		if (tie->parent && tie->parent->state == CORM__OBJECT_PENDING)
			corm__plan_need(&flush->plan, row, tie->parent->hash, tie, false);
	}
}

/* Whom a row that is deleted refers to, as the database has it. */
static void need_of_delete(struct corm__flush *flush, struct corm__object *object, size_t row,
                           const struct corm__map *numbers)
{
	const corm_model_info *model = object->store->model;
	for (size_t k = 0; k < model->foreign_key_count; k++) {
		const corm_foreign_key *key = &model->foreign_keys[k];
		const struct corm__bond bond = corm__bond_of_key(model, key);
		const struct corm__object *parent = corm__bond_known(flush->session, &bond, corm__object_snapshot(object));
		const corm_column *needed;
		size_t number = (uintptr_t)(parent ? corm__map_get(numbers, &parent, sizeof parent) : NULL);
		if (number && (parent != object || !corm__session_can(flush->session, CORM_CAN_CHECK_AT_END)))
			corm__plan_need(&flush->plan, row, number - 1, key, corm__bond_is_optional(&bond, &needed));
	}
}

static corm_status add_deletes(struct corm__flush *flush, size_t first)
{
	struct corm__map numbers;
	corm_status status = CORM_OK;
	bool needed = false;
	for (size_t i = 0; !needed && i < flush->deleted.count; i++)
		needed = corm__plan_needs_edges(&flush->plan, first + i);
	if (!needed)
		return CORM_OK;
	corm__map_init(&numbers, &flush->session->allocator);
	for (size_t i = 0; status == CORM_OK && i < flush->deleted.count; i++) {
		if (!corm__map_set(&numbers, &flush->deleted.items[i], sizeof flush->deleted.items[i],
		                   (void *)(uintptr_t)(first + i + 1)))
			status = corm__session_no_memory(flush->session);
	}
	for (size_t i = 0; status == CORM_OK && i < flush->deleted.count; i++) {
		if (corm__plan_needs_edges(&flush->plan, first + i))
			need_of_delete(flush, flush->deleted.items[i], first + i, &numbers);
	}
	corm__map_release(&numbers);
	return status;
}

static corm_status plan_failed(struct corm__flush *flush)
{
	if (flush->plan.status == CORM_ERROR_MEMORY)
		return corm__session_no_memory(flush->session);
	const struct corm__plan_row *row = &flush->plan.rows[flush->plan.circle];
	return corm__session_fail(flush->session, CORM_ERROR_USAGE,
	                          "%s objects refer to each other in a circle, beginning with a %s, and none of the "
	                          "foreign keys can be NULL for a while",
	                          row->op == CORM__PLAN_DELETE ? "deleted" : "new", row->model->name);
}

/* Is a column of these indexes changed; with to_null, changed to NULL? */
static bool any_changed(struct corm__object *object, const corm_index *indexes, size_t count, bool to_null)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < indexes[i].count; k++) {
			const corm_column *column = &object->store->model->columns[indexes[i].columns[k]];
			if (corm__column_settled_changed(object, indexes[i].columns[k]) &&
			    (!to_null || corm__value_is_null(&column->format, corm__value_at(object, column))))
				return true;
		}
	}
	return false;
}

/* Does the object refer to a new row, so that its UPDATE has to wait for that? */
static bool needs_new_row(struct corm__flush *flush, struct corm__object *object)
{
	const corm_model_info *model = object->store->model;
	for (size_t i = 0; i < model->relationship_count; i++) {
		const corm_relationship *up = &model->relationships[i];
		const struct corm__object *parent = up->kind == CORM_TO_ONE
		                                        ? corm__store_owned(flush->session, up->target,
		                                                            corm__related_pointer(corm__object_struct(object),
		                                                                                  up))
		                                        : NULL;
		if (parent && parent->state == CORM__OBJECT_PENDING)
			return true;
	}
	return object->flags & CORM__FLAG_TIED;
}

/* A unique value that an object has no longer may be that of another: a passport that replaces another. Its UPDATE goes
 * before those, unless it has to wait for a new row itself. */
static enum corm__plan_op op_of_update(struct corm__flush *flush, struct corm__object *object)
{
	const corm_model_info *model = object->store->model;
	bool changed = any_changed(object, model->uniques, model->unique_count, false) ||
	               any_changed(object, model->unique_indexes, model->unique_index_count, false);
	if (!changed || needs_new_row(flush, object))
		return CORM__PLAN_UPDATE;
	if (any_changed(object, model->uniques, model->unique_count, true) ||
	    any_changed(object, model->unique_indexes, model->unique_index_count, true))
		return CORM__PLAN_RELEASE;
	return flush->session->pending_count ? CORM__PLAN_EARLY : CORM__PLAN_UPDATE;
}

/* Rows are numbered as they come: those that are inserted, changed, deleted. */
corm_status corm__flush_plan(struct corm__flush *flush)
{
	corm_session *session = flush->session;
	struct corm__plan *plan = &flush->plan;
	corm__plan_init(plan, &session->work, &session->allocator,
	                session->pending_count + flush->changed.count + flush->deleted.count);
	for (size_t i = 0; i < session->pending_count; i++) {
		struct corm__object *object = session->pending[i];
		if (object->state == CORM__OBJECT_PENDING)
			object->hash = (uint32_t)corm__plan_add(plan, CORM__PLAN_INSERT, object->store->model, object);
	}
	size_t inserts = plan->row_count;
	if (sort_by_key(session, &flush->changed) != CORM_OK)
		return CORM_ERROR_MEMORY;
	for (size_t i = 0; i < flush->changed.count; i++) {
		struct corm__object *object = flush->changed.items[i];
		if (corm__object_lives(object))
			corm__plan_add(plan, op_of_update(flush, object), object->store->model, object);
	}
	size_t deletes = plan->row_count;
	if (sort_by_key(session, &flush->deleted) != CORM_OK)
		return CORM_ERROR_MEMORY;
	for (size_t i = 0; i < flush->deleted.count; i++)
		corm__plan_add(plan, CORM__PLAN_DELETE, flush->deleted.items[i]->store->model, flush->deleted.items[i]);
	if (corm__plan_rank(plan) != CORM_OK)
		return plan_failed(flush);
	for (size_t i = 0; i < inserts; i++) {
		if (corm__plan_needs_edges(plan, i))
			need_of_insert(flush, plan->rows[i].subject, i);
	}
	if (flush->deleted.count && add_deletes(flush, deletes) != CORM_OK)
		return session->error.error.status;
	return corm__plan_order(plan) == CORM_OK ? CORM_OK : plan_failed(flush);
}
