/* SPDX-License-Identifier: Apache-2.0
 *
 * X_merge: the values of a struct, brought into the object of the same key.
 */
#include "session/add.h"
#include "session/change.h"
#include "session/given.h"
#include "session/load.h"
#include "session/relation.h"
#include "type/codec.h"

/* The object of the key in value; NULL: there is none, the key is not complete, or failed. */
static void *find(corm_session *session, const corm_model_info *model, const void *value,
                  const struct corm__given *given)
{
	struct corm__store *store = corm__store_of(session, model);
	if (!store) {
		corm__session_no_memory(session);
		return NULL;
	}
	const void **key = corm__arena_array(&session->work, model->key_count, sizeof *key);
	if (!key) {
		corm__session_no_memory(session);
		return NULL;
	}
	corm__key_of(model, value, key);
	for (size_t i = 0; i < model->key_count; i++) {
		const corm_column *column = &model->columns[model->key[i]];
		bool is_missing = column->flags & CORM_COLUMN_GENERATED ? corm__key_is_unset(column, key[i])
		                                                        : !corm__given_column(given, column);
		if (is_missing)
			return NULL;
	}
	return corm__load_by_key(session, model, key);
}

static corm_status copy_columns(corm_session *session, struct corm__object *object, const char *value,
                                const struct corm__given *given)
{
	const corm_model_info *model = object->store->model;
	corm_status status = CORM_OK;
	for (size_t i = 0; status == CORM_OK && i < model->column_count; i++) {
		const corm_column *column = &model->columns[i];
		if (column->flags & (CORM_COLUMN_PRIMARY_KEY | CORM_COLUMN_VERSION) || !corm__given_column(given, column))
			continue;
		char *target = corm__value_at(object, column);
		memcpy(target, value + column->offset, corm__value_size(&column->format));
		if (object->store->work[i] & CORM__WORK_POINTER)
			status = corm__column_own_text(session, column, target);
	}
	return status;
}

/* A pointer of NULL is none that was given. */
static void copy_pointers(struct corm__object *object, const char *value, const struct corm__given *given)
{
	const corm_model_info *model = object->store->model;
	for (size_t i = 0; i < model->relationship_count; i++) {
		const corm_relationship *relationship = &model->relationships[i];
		void *pointer = corm__is_many(relationship) ? NULL : corm__related_pointer(value, relationship);
		if (pointer && corm__given_relationship(given, relationship))
			memcpy((char *)corm__object_struct(object) + relationship->offset, &pointer, sizeof pointer);
	}
}

/* What is merged may have been made of an older version of the row. */
static bool has_version(corm_session *session, struct corm__object *object, const char *value,
                        const struct corm__given *given)
{
	const corm_model_info *model = object->store->model;
	if (object->store->version == CORM_NO_INDEX)
		return true;
	const corm_column *column = &model->columns[object->store->version];
	int64_t theirs, ours;
	if (!corm__given_column(given, column) || !corm__integer_load(&column->format, value + column->offset, &theirs) ||
	    theirs == 0 || !corm__integer_load(&column->format, corm__snapshot_at(object, column), &ours) || theirs == ours)
		return true;
	corm__session_fail(session, CORM_ERROR_CONFLICT, "%s_merge: %s.%s is %lld, and that of the row %lld", model->name,
	                   model->name, column->field, (long long)theirs, (long long)ours);
	return false;
}

static void *merge(corm_session *session, const corm_model_info *model, const void *value,
                   const struct corm__given *given)
{
	void *found = find(session, model, value, given);
	if (corm__session_failed(session))
		return NULL;
	if (!found) {
		struct corm__object *added = corm__add_object(session, model, value);
		return added ? corm__object_struct(added) : NULL;
	}
	struct corm__object *object = corm__object_at(found);
	if (!has_version(session, object, value, given))
		return NULL;
	if (copy_columns(session, object, value, given) != CORM_OK)
		return NULL;
	copy_pointers(object, value, given);
	return found;
}

void *corm__merge(corm_session *session, const corm_model_info *model, const void *value, const char *arguments)
{
	struct corm__given given;
	if (corm__session_failed(session))
		return NULL;
	if (!value || !corm__given_read(&given, model, arguments)) {
		corm__session_fail(session, CORM_ERROR_USAGE,
		                   value ? "%s_merge: %s_values() takes designators, .member = value, and nothing else"
		                         : "%s_merge: the value of %s is NULL",
		                   model->name, model->name);
		return NULL;
	}
	corm__work_begin(session);
	void *merged = merge(session, model, value, &given);
	corm__work_end(session);
	return merged;
}
