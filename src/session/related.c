/* SPDX-License-Identifier: Apache-2.0
 *
 * Relationships, loaded on first use.
 */
#include "session/session.h"
#include "type/codec.h"

/* What every corm_many is in memory. */
typedef corm_many(void) any_many;

void corm__related_loaded(struct corm__object *object, const corm_relationship *relationship, void *related)
{
	memcpy((char *)corm__object_struct(object) + relationship->offset, &related, sizeof related);
	memcpy((char *)corm__object_snapshot(object) + relationship->offset, &related, sizeof related);
}

static void set_many(struct corm__object *object, const corm_relationship *relationship, any_many many)
{
	memcpy((char *)corm__object_struct(object) + relationship->offset, &many, sizeof many);
	memcpy((char *)corm__object_snapshot(object) + relationship->offset, &many, sizeof many);
}

/* The object behind a pointer that the program passed, in a state in which its relationships can be loaded; NULL:
 * failed. */
static struct corm__object *loadable(corm_session *session, const corm_model_info *model,
                                     const corm_relationship *relationship, void *value)
{
	if (corm__session_failed(session))
		return NULL;
	struct corm__object *object = value ? corm__store_owned(session, model, value) : NULL;
	if (!object || object->state == CORM__OBJECT_DETACHED) {
		corm__session_fail(session, CORM_ERROR_USAGE, "%s_%s: the session does not own this object%s", model->name,
		                   relationship->name, value ? "" : ", which is NULL");
		return NULL;
	}
	/* A list depends on what the program has done to any object, a pointer on what it has done to this one. */
	bool one = relationship->kind == CORM_TO_ONE && !session->pending_count && !corm__snapshot_may_differ(object);
	if (!one && corm_flush(session) != CORM_OK)
		return NULL;
	return corm__load_fresh(session, object) == CORM_OK ? object : NULL;
}

/* The values of the relationship's columns in a struct, all of them; false when one is NULL or nil, so that nothing can
 * be there. */
static bool related_key(const corm_model_info *model, const corm_relationship *relationship, const void *value,
                        const void **values, const corm_format **formats)
{
	bool is_set = true;
	for (size_t i = 0; i < relationship->count; i++) {
		const corm_column *column = &model->columns[relationship->columns[i]];
		formats[i] = &column->format;
		values[i] = (const char *)value + column->offset;
		is_set = is_set && !corm__value_is_unset(formats[i], values[i]);
	}
	return is_set;
}

static corm_any_list query_related(corm_session *session, struct corm__store *store,
                                   const corm_relationship *relationship, const void *const *values,
                                   const corm_format *const *formats)
{
	struct corm__store *target = corm__store_of(session, relationship->target);
	if (!target)
		corm__session_no_memory(session);
	if (corm__session_begin(session) != CORM_OK)
		return corm__failed_list(session);
	size_t size = corm__statement_key(store, CORM__STATEMENT_RELATED, 0, relationship, NULL, 0);
	struct corm__statement *statement = corm__statement_find(session->connection, store->key, size);
	if (!statement && corm__compile_related(&session->compiler, relationship, &session->error) == CORM_OK)
		statement = corm__compiled_statement(session, store, size);
	struct corm__run run;
	if (!statement || !corm__run_start(&run, session, statement, formats, values, relationship->count))
		return corm__failed_list(session);
	return corm__load_objects(&run, target);
}

/* Does the foreign key lead to the target's primary key, so that the identity map can answer? Then key gets its values
 * in the primary key's order. */
static bool leads_to_key(const corm_relationship *relationship, const void *const *values, const void **key)
{
	const corm_model_info *target = relationship->target;
	if (relationship->count != target->key_count)
		return false;
	for (size_t k = 0; k < target->key_count; k++) {
		size_t i = 0;
		while (i < relationship->count && relationship->target_columns[i] != target->key[k])
			i++;
		if (i == relationship->count)
			return false;
		key[k] = values[i];
	}
	return true;
}

/* The formats of both sides may differ, as an optional key's does from the key's. */
static bool same_layout(const corm_model_info *model, const corm_relationship *relationship)
{
	for (size_t i = 0; i < relationship->count; i++) {
		const corm_format *from = &model->columns[relationship->columns[i]].format;
		const corm_format *to = &relationship->target->columns[relationship->target_columns[i]].format;
		if (from->type != to->type || from->size != to->size)
			return false;
	}
	return true;
}

void *corm__related_one(corm_session *session, const corm_model_info *model, size_t index, void *value)
{
	const corm_relationship *relationship = &model->relationships[index];
	struct corm__object *object = loadable(session, model, relationship, value);
	if (!object)
		return NULL;
	struct corm__store *store = object->store;
	/* Room that the target's reading does not use, also when the target is of the same model. */
	const void **values = store->values + store->model->column_count;
	const corm_format **formats = store->formats + store->model->column_count;
	const void *key[16];
	if (!related_key(model, relationship, value, values, formats)) {
		corm__related_loaded(object, relationship, NULL);
		return NULL;
	}
	void *related = NULL;
	if (relationship->kind == CORM_TO_ONE && relationship->count <= sizeof key / sizeof *key &&
	    leads_to_key(relationship, values, key) && same_layout(model, relationship)) {
		related = corm__load_by_key(session, relationship->target, key);
	} else {
		corm_any_list list = query_related(session, store, relationship, values, formats);
		related = list.status == CORM_OK && list.count ? list.items[0] : NULL;
	}
	if (corm__session_failed(session))
		return NULL;
	corm__related_loaded(object, relationship, related);
	return related;
}

corm_any_list corm__related_list(corm_session *session, const corm_model_info *model, size_t index, void *value)
{
	const corm_relationship *relationship = &model->relationships[index];
	struct corm__object *object = loadable(session, model, relationship, value);
	if (!object)
		return corm__failed_list(session);
	any_many many;
	memcpy(&many, (const char *)value + relationship->offset, sizeof many);
	if (many.items)
		return (corm_any_list){ .items = many.items, .count = many.count, .status = CORM_OK };
	struct corm__store *store = object->store;
	const void **values = store->values + store->model->column_count;
	const corm_format **formats = store->formats + store->model->column_count;
	struct corm__loaded *loaded = corm__arena_take(&session->transaction, sizeof *loaded);
	if (!loaded) {
		corm__session_no_memory(session);
		return corm__failed_list(session);
	}
	related_key(model, relationship, value, values, formats);
	corm_any_list list = query_related(session, store, relationship, values, formats);
	if (list.status != CORM_OK)
		return list;
	*loaded = (struct corm__loaded){ .next = session->loaded, .object = object, .relationship = relationship };
	session->loaded = loaded;
	set_many(object, relationship, (any_many){ .items = list.items, .count = list.count });
	return list;
}

void corm__unload_written(corm_session *session)
{
	for (struct corm__loaded *loaded = session->loaded; loaded; loaded = loaded->next) {
		const struct corm__store *target = corm__store_of(session, loaded->relationship->target);
		const struct corm__store *link = loaded->relationship->link
		                                     ? corm__store_of(session, loaded->relationship->link)
		                                     : NULL;
		if (!target || target->written || (link && link->written))
			set_many(loaded->object, loaded->relationship, (any_many){ .items = NULL });
	}
	for (struct corm__store *store = session->stores; store; store = store->next)
		store->written = false;
}
