/* SPDX-License-Identifier: Apache-2.0
 *
 * Foreign keys, filled in from the pointers beside them and from ties: what the program changed since the snapshot
 * wins.
 */
#include "session/change.h"
#include "session/relation.h"
#include "type/codec.h"

/* Has the program set the column? On a new object, anything that is not zero was set. */
static bool was_set(const struct corm__object *object, const corm_column *column)
{
	const char *value = (const char *)(object + 1) + column->offset;
	if (object->state != CORM__OBJECT_PENDING)
		return corm__column_changed(object, column);
	return !corm__value_is_null(&column->format, value) && !corm__bytes_are_zero(value, column->format.size);
}

/* A key that the database gives is not there before the INSERT. */
static bool has_no_key_yet(const struct corm__object *target, const corm_column *column)
{
	return target->state == CORM__OBJECT_PENDING && !was_set(target, column);
}

static corm_status disagreement(corm_session *session, const struct corm__object *object,
                                const corm_relationship *relationship)
{
	const corm_model_info *model = object->store->model;
	const char *column = model->columns[relationship->columns[0]].field;
	return corm__session_fail(session, CORM_ERROR_USAGE, "%s.%s and %s.%s were both set, and disagree: set one of them",
	                          model->name, relationship->name, model->name, column);
}

/* Copies the parent's key, as far as it is there. is_disputed, NULL for a tie: the child's column was set by the
 * program to another one. */
static corm_status fill(corm_session *session, struct corm__object *child, const corm_column *column,
                        struct corm__object *parent, const corm_column *from, bool *is_disputed)
{
	char *value = corm__value_at(child, column);
	const char *source = corm__value_at(parent, from);
	/* The key is filled in when the parent has been inserted. */
	if (has_no_key_yet(parent, from) || corm__agrees(column, value, from, source))
		return CORM_OK;
	if (is_disputed && was_set(child, column) && !corm__key_is_unset(column, value)) {
		*is_disputed = true;
		return CORM_OK;
	}
	if (!corm__assign(column, value, from, source))
		return corm__session_fail(session, CORM_ERROR_VALIDATION, "the key of this %s does not fit %s.%s",
		                          parent->store->model->name, child->store->model->name, column->field);
	/* Text is a piece of its own in each object. */
	return child->store->work[column - child->store->model->columns] & CORM__WORK_POINTER
	           ? corm__column_own_text(session, column, value)
	           : CORM_OK;
}

static corm_status refuse_parent(corm_session *session, const struct corm__object *object, const char *name,
                                 const corm_model_info *parent, const struct corm__object *found)
{
	const char *model = object->store->model->name;
	if (found && (found->flags & CORM__FLAG_DELETING || found->state == CORM__OBJECT_DELETED))
		return corm__session_fail(session, CORM_ERROR_USAGE, "%s.%s points to a %s that is deleted", model, name,
		                          parent->name);
	return corm__session_fail(session, CORM_ERROR_USAGE,
	                          "%s.%s points to an object that the session does not own, or that is no %s", model, name,
	                          parent->name);
}

/* The pointer was set to an object. */
static corm_status link_to(corm_session *session, struct corm__object *object, const corm_relationship *relationship,
                           void *pointer)
{
	const corm_model_info *model = object->store->model;
	struct corm__object *target = corm__store_owned(session, relationship->target, pointer);
	if (!corm__object_lives(target))
		return refuse_parent(session, object, relationship->name, relationship->target, target);
	bool is_disputed = false;
	corm_status status = CORM_OK;
	for (size_t i = 0; status == CORM_OK && !is_disputed && i < relationship->count; i++)
		status = fill(session, object, &model->columns[relationship->columns[i]], target,
		              &relationship->target->columns[relationship->target_columns[i]], &is_disputed);
	return is_disputed ? disagreement(session, object, relationship) : status;
}

static corm_status empty(corm_session *session, struct corm__object *object, const corm_column *column,
                         const char *name)
{
	const char *model = object->store->model->name;
	if (!(column->format.flags & CORM_FORMAT_NULLABLE))
		return corm__session_fail(session, CORM_ERROR_VALIDATION, "%s.%s was set to NULL, but %s.%s is not nullable",
		                          model, name, model, column->field);
	corm__assign_null(column, corm__value_at(object, column));
	return CORM_OK;
}

/* The pointer was loaded, and was set to NULL. */
static corm_status link_to_none(corm_session *session, struct corm__object *object,
                                const corm_relationship *relationship)
{
	const corm_model_info *model = object->store->model;
	corm_status status = CORM_OK;
	for (size_t i = 0; status == CORM_OK && i < relationship->count; i++) {
		const corm_column *column = &model->columns[relationship->columns[i]];
		if (corm__value_is_null(&column->format, corm__value_at(object, column)))
			continue;
		if (was_set(object, column))
			return disagreement(session, object, relationship);
		status = empty(session, object, column, relationship->name);
	}
	return status;
}

static corm_status follow_tie(corm_session *session, const struct corm__tie *tie)
{
	const corm_model_info *model = tie->child->store->model;
	corm_status status = CORM_OK;
	const char *name = model->columns[tie->child_columns[0]].field;
	if (tie->parent && !corm__object_lives(tie->parent))
		return refuse_parent(session, tie->child, name, tie->parent_model, tie->parent);
	for (size_t i = 0; status == CORM_OK && i < tie->count; i++) {
		const corm_column *column = &model->columns[tie->child_columns[i]];
		status = tie->parent ? fill(session, tie->child, column, tie->parent,
		                            &tie->parent_model->columns[tie->parent_columns[i]], NULL)
		                     : empty(session, tie->child, column, name);
	}
	return status;
}

corm_status corm__fill_keys(corm_session *session, struct corm__object *object)
{
	const corm_model_info *model = object->store->model;
	corm_status status = CORM_OK;
	for (size_t i = 0; status == CORM_OK && i < model->relationship_count; i++) {
		const corm_relationship *relationship = &model->relationships[i];
		if (relationship->kind != CORM_TO_ONE)
			continue;
		void *now = corm__related_pointer(corm__object_struct(object), relationship);
		if (now == corm__related_pointer(corm__object_snapshot(object), relationship))
			continue;
		status = now ? link_to(session, object, relationship, now) : link_to_none(session, object, relationship);
	}
	for (const struct corm__tie *tie = corm__ties_of(session, object); status == CORM_OK && tie; tie = tie->next)
		status = follow_tie(session, tie);
	return status;
}

void corm__empty_key(struct corm__object *object, const corm_relationship *up)
{
	for (size_t i = 0; i < up->count; i++) {
		const corm_column *column = &object->store->model->columns[up->columns[i]];
		corm__assign_null(column, corm__value_at(object, column));
	}
}

void corm__settle_pointers(corm_session *session, struct corm__object *object)
{
	const corm_model_info *model = object->store->model;
	for (size_t i = 0; i < model->relationship_count; i++) {
		const corm_relationship *relationship = &model->relationships[i];
		void *related = relationship->kind == CORM_TO_ONE
		                    ? corm__related_pointer(corm__object_struct(object), relationship)
		                    : NULL;
		if (!related)
			continue;
		const struct corm__bond bond = corm__bond_of(model, relationship);
		struct corm__object *target = corm__store_owned(session, relationship->target, related);
		bool leads_there = target && corm__bond_leads_to(&bond, corm__object_struct(object), target);
		corm__related_loaded(object, relationship, leads_there ? related : NULL);
	}
}

bool corm__key_is_related(const corm_session *session, const struct corm__object *object, size_t column)
{
	const corm_model_info *model = object->store->model;
	const char *value = (const char *)(object + 1), *snapshot = value + object->store->struct_size;
	for (size_t i = 0; i < model->relationship_count; i++) {
		const corm_relationship *relationship = &model->relationships[i];
		if (relationship->kind != CORM_TO_ONE)
			continue;
		/* A pointer that was there before says nothing of a key that the program has changed since. */
		void *now = corm__related_pointer(value, relationship);
		bool fills = now && (now != corm__related_pointer(snapshot, relationship) ||
		                     !corm__column_changed(object, &model->columns[column]));
		for (size_t k = 0; fills && k < relationship->count; k++) {
			if (relationship->columns[k] == column)
				return true;
		}
	}
	for (const struct corm__tie *tie = corm__ties_of(session, object); tie; tie = tie->next) {
		for (size_t k = 0; tie->parent && k < tie->count; k++) {
			if (tie->child_columns[k] == column)
				return true;
		}
	}
	return false;
}
