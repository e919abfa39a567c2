/* SPDX-License-Identifier: Apache-2.0
 *
 * UPDATE: the columns that differ from the snapshot, and those that have an onupdate.
 */
#include "session/session.h"
#include "type/codec.h"
#include <cormorant/value.h>

static void set_now(const corm_column *column, void *value)
{
	corm_datetime now = corm_utcnow();
	const int64_t day = INT64_C(86400000000);
	switch (column->format.type) {
	case CORM_TYPE_DATE:
		((corm_date *)value)->days = (int32_t)(now.microseconds / day);
		break;
	case CORM_TYPE_TIME:
		((corm_time *)value)->microseconds = now.microseconds % day;
		break;
	default:
		((corm_datetime *)value)->microseconds = now.microseconds;
	}
	if (column->format.flags & CORM_FORMAT_OPTIONAL)
		*(bool *)((char *)value + column->format.has_value) = true;
}

/* What one UPDATE consists of; the arrays are the store's. */
struct parts {
	size_t set;      /* columns that are set */
	size_t changed;  /* of these, the first so many were changed by the program */
	size_t returned; /* set by SQL, and read back */
	size_t values;
	bool stale; /* the row may have changed since it was read */
};

static bool choose_changed(struct corm__object *object, struct parts *parts)
{
	struct corm__store *store = object->store;
	for (size_t i = 0; i < store->model->column_count; i++) {
		if (corm__column_changed(object, &store->model->columns[i])) {
			store->by_sql[parts->set] = false;
			store->columns[parts->set++] = (uint16_t)i;
		}
	}
	parts->changed = parts->set;
	return parts->changed > 0;
}

/* A column that the program has set itself keeps that value. */
static void choose_onupdate(struct corm__object *object, struct parts *parts)
{
	struct corm__store *store = object->store;
	for (size_t i = 0; i < store->model->column_count; i++) {
		const corm_column *column = &store->model->columns[i];
		char *value = (char *)corm__object_struct(object) + column->offset;
		if (!(store->work[i] & CORM__WORK_ONUPDATE) || corm__column_changed(object, column))
			continue;
		if (column->onupdate == CORM_SERVER_NOW)
			set_now(column, value);
		else if (column->onupdate == CORM_SERVER_FUNCTION)
			column->onupdate_function(value);
		store->by_sql[parts->set] = column->onupdate == CORM_SERVER_SQL;
		if (store->by_sql[parts->set])
			store->other_columns[parts->returned++] = (uint16_t)i;
		store->columns[parts->set++] = (uint16_t)i;
	}
}

static void add_value(struct corm__store *store, struct parts *parts, const corm_column *column, const void *base)
{
	store->formats[parts->values] = &column->format;
	store->values[parts->values++] = (const char *)base + column->offset;
}

/* SET column=?, then WHERE key=?, then what the changed columns were. */
static void collect_values(struct corm__object *object, struct parts *parts)
{
	struct corm__store *store = object->store;
	const corm_model_info *model = store->model;
	for (size_t i = 0; i < parts->set; i++) {
		if (!store->by_sql[i])
			add_value(store, parts, &model->columns[store->columns[i]], corm__object_struct(object));
	}
	for (size_t i = 0; i < model->key_count; i++)
		add_value(store, parts, &model->columns[model->key[i]], corm__object_snapshot(object));
	for (size_t i = 0; parts->stale && i < parts->changed; i++)
		add_value(store, parts, &model->columns[store->columns[i]], corm__object_snapshot(object));
}

static struct corm__statement *update_statement(corm_session *session, struct corm__store *store,
                                                const struct parts *parts)
{
	/* Which columns the program has changed, and which are the onupdate's, is told by how many the former are. */
	uint16_t variant = (uint16_t)(parts->changed << 1 | parts->stale);
	size_t size = corm__statement_key(store, CORM__STATEMENT_UPDATE, variant, store->model, store->columns, parts->set);
	struct corm__statement *statement = corm__statement_find(session->connection, store->key, size);
	if (statement)
		return statement;
	struct corm__update update = {
		.model = store->model,
		.columns = store->columns,
		.count = parts->set,
		.by_sql = store->by_sql,
		.old = store->columns,
		.old_count = parts->stale ? parts->changed : 0,
		.returning = store->other_columns,
		.returning_count = session->connection->capabilities & CORM_CAN_UPDATE_RETURNING ? parts->returned : 0,
	};
	if (corm__compile_update(&session->compiler, &update, &session->error) != CORM_OK)
		return NULL;
	return corm__compiled_statement(session, store, size);
}

static corm_status send(corm_session *session, struct corm__object *object, const struct parts *parts)
{
	struct corm__store *store = object->store;
	struct corm__statement *statement = update_statement(session, store, parts);
	struct corm__run run;
	if (!statement || !corm__run_start(&run, session, statement, store->formats, store->values, parts->values))
		return session->error.error.status;
	bool complete = parts->returned == 0;
	while (corm__run_row(&run)) {
		complete = corm__run_read_back(&run, object, store->other_columns, parts->returned) == CORM_OK;
		if (!complete)
			break;
	}
	int64_t changes = session->connection->driver->changes(session->connection->state);
	corm__run_end(&run);
	if (session->error.error.status != CORM_OK)
		return session->error.error.status;
	if (changes != 1) {
		corm__session_fail(session, CORM_ERROR_CONFLICT,
		                   "an UPDATE of \"%s\" met %lld rows where it should have met one: "
		                   "the row was changed or deleted by somebody else since it was read",
		                   store->model->table, (long long)changes);
		corm_error_detail(&session->error, &session->error.error.table, store->model->table, SIZE_MAX);
		return CORM_ERROR_CONFLICT;
	}
	if (!complete)
		object->epoch = 0;
	return CORM_OK;
}

corm_status corm__update_object(corm_session *session, struct corm__object *object)
{
	struct corm__store *store = object->store;
	const corm_model_info *model = store->model;
	struct parts parts = { .stale = object->epoch != session->epoch };
	if (!choose_changed(object, &parts)) {
		corm__settle_pointers(session, object);
		return CORM_OK;
	}
	choose_onupdate(object, &parts);
	collect_values(object, &parts);
	corm_status status = corm__snapshot_save(session, object);
	if (status == CORM_OK)
		status = send(session, object, &parts);
	if (status != CORM_OK) {
		corm__constraint_name(&session->error, model);
		return status;
	}
	store->written = true;
	corm__settle_pointers(session, object);
	uint32_t hash = corm__row_hash(store, corm__object_struct(object));
	if (hash == object->hash)
		return corm__snapshot_take(session, object);
	corm__identity_remove(store, object);
	object->hash = hash;
	status = corm__snapshot_take(session, object);
	if (status == CORM_OK && !corm__identity_add(session, store, object))
		status = corm__session_no_memory(session);
	return status;
}
