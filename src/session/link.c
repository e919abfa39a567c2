/* SPDX-License-Identifier: Apache-2.0
 *
 * Keeping a foreign key and the pointer beside it in agreement: what the program changed since the snapshot wins.
 */
#include "session/session.h"
#include "type/codec.h"

/* Copies a value between columns whose types the generator has found to fit: as they are, or an integer of another
 * width. */
static bool assign(const corm_column *to, void *target, const corm_column *from, const void *source)
{
	if (from->format.type == to->format.type && from->format.size == to->format.size) {
		memcpy(target, source, to->format.size);
	} else if (from->format.type == CORM_TYPE_TEXT_ARRAY && to->format.type == CORM_TYPE_TEXT) {
		memcpy(target, &source, sizeof source);
	} else {
		int64_t number;
		if (!corm__integer_load(&from->format, source, &number) || !corm__integer_store(&to->format, number, target))
			return false;
	}
	if (to->format.flags & CORM_FORMAT_OPTIONAL)
		*((bool *)((char *)target + to->format.has_value)) = true;
	return true;
}

/* Would assign change nothing? */
static bool agrees(const corm_column *column, const void *value, const corm_column *with, const void *source)
{
	if (column->format.type == with->format.type && column->format.size == with->format.size) {
		corm_format plain = column->format;
		plain.flags &= (uint8_t)~CORM_FORMAT_OPTIONAL;
		return corm__value_equal(&plain, value, source);
	}
	if (with->format.type == CORM_TYPE_TEXT_ARRAY && column->format.type == CORM_TYPE_TEXT) {
		const char *text;
		memcpy(&text, value, sizeof text);
		return strcmp(text, source) == 0;
	}
	int64_t a, b;
	return corm__integer_load(&column->format, value, &a) && corm__integer_load(&with->format, source, &b) && a == b;
}

static void assign_null(const corm_column *column, void *target)
{
	size_t size = column->format.flags & CORM_FORMAT_OPTIONAL ? column->format.has_value + sizeof(bool)
	                                                          : column->format.size;
	memset(target, 0, size);
}

static bool is_zero(const char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i])
			return false;
	}
	return true;
}

/* Has the program set the column? On a new object, anything that is not zero was set. */
static bool was_set(const struct corm__object *object, const corm_column *column)
{
	const char *value = (const char *)(object + 1) + column->offset;
	if (object->state != CORM__OBJECT_PENDING)
		return corm__column_changed(object, column);
	return !corm__value_is_null(&column->format, value) && !is_zero(value, column->format.size);
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

/* The pointer was set to an object. */
static corm_status link_to(corm_session *session, struct corm__object *object, const corm_relationship *relationship,
                           struct corm__object *target)
{
	const corm_model_info *model = object->store->model;
	for (size_t i = 0; i < relationship->count; i++) {
		const corm_column *column = &model->columns[relationship->columns[i]];
		const corm_column *target_column = &relationship->target->columns[relationship->target_columns[i]];
		char *value = (char *)corm__object_struct(object) + column->offset;
		const char *target_value = (const char *)corm__object_struct(target) + target_column->offset;
		/* The object is linked again when the target has been inserted. */
		if (has_no_key_yet(target, target_column))
			continue;
		if (was_set(object, column) && !agrees(column, value, target_column, target_value))
			return disagreement(session, object, relationship);
		if (!assign(column, value, target_column, target_value))
			return corm__session_fail(session, CORM_ERROR_VALIDATION, "the key of %s.%s does not fit %s.%s",
			                          model->name, relationship->name, model->name, column->field);
	}
	return CORM_OK;
}

/* The pointer was loaded, and was set to NULL. */
static corm_status link_to_none(corm_session *session, struct corm__object *object,
                                const corm_relationship *relationship)
{
	const corm_model_info *model = object->store->model;
	for (size_t i = 0; i < relationship->count; i++) {
		const corm_column *column = &model->columns[relationship->columns[i]];
		void *value = (char *)corm__object_struct(object) + column->offset;
		if (corm__value_is_null(&column->format, value))
			continue;
		if (was_set(object, column))
			return disagreement(session, object, relationship);
		if (!(column->format.flags & CORM_FORMAT_NULLABLE))
			return corm__session_fail(session, CORM_ERROR_VALIDATION,
			                          "%s.%s was set to NULL, but %s.%s is not nullable", model->name,
			                          relationship->name, model->name, column->field);
		assign_null(column, value);
	}
	return CORM_OK;
}

corm_status corm__link_object(corm_session *session, struct corm__object *object)
{
	const corm_model_info *model = object->store->model;
	for (size_t i = 0; i < model->relationship_count; i++) {
		const corm_relationship *relationship = &model->relationships[i];
		if (relationship->kind != CORM_TO_ONE)
			continue;
		void *now = corm__related_pointer(corm__object_struct(object), relationship);
		if (now == corm__related_pointer(corm__object_snapshot(object), relationship))
			continue;
		corm_status status;
		if (now) {
			struct corm__object *target = corm__store_owned(session, relationship->target, now);
			if (!target || target->state == CORM__OBJECT_DETACHED)
				return corm__session_fail(session, CORM_ERROR_USAGE,
				                          "%s.%s points to an object that the session does not own, or that is no %s",
				                          model->name, relationship->name, relationship->target->name);
			status = link_to(session, object, relationship, target);
		} else {
			status = link_to_none(session, object, relationship);
		}
		if (status != CORM_OK)
			return status;
	}
	return CORM_OK;
}

/* Does the pointer lead to the object that the foreign key names? */
static bool leads_to_key(const struct corm__object *object, const corm_relationship *relationship,
                         struct corm__object *target)
{
	const corm_model_info *model = object->store->model;
	for (size_t i = 0; i < relationship->count; i++) {
		const corm_column *column = &model->columns[relationship->columns[i]];
		const corm_column *target_column = &relationship->target->columns[relationship->target_columns[i]];
		const char *value = (const char *)(object + 1) + column->offset;
		if (corm__value_is_null(&column->format, value) ||
		    !agrees(column, value, target_column, (const char *)corm__object_struct(target) + target_column->offset))
			return false;
	}
	return true;
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
		struct corm__object *target = corm__store_owned(session, relationship->target, related);
		corm__related_loaded(object, relationship,
		                     target && leads_to_key(object, relationship, target) ? related : NULL);
	}
}
