/* SPDX-License-Identifier: Apache-2.0
 *
 * UPDATE: the columns that differ from the snapshot, those that have an onupdate, and the version.
 */
#include "session/flush.h"
#include "session/load.h"
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
	const uint16_t *old; /* columns whose old values the row must still have */
	size_t old_count;
};

static bool choose_changed(struct corm__object *object, struct parts *parts)
{
	struct corm__store *store = object->store;
	for (size_t i = 0; i < store->model->column_count; i++) {
		if (corm__column_settled_changed(object, i) && i != store->version) {
			store->by_sql[parts->set] = false;
			store->columns[parts->set++] = (uint16_t)i;
		}
	}
	parts->changed = parts->set;
	return parts->changed > 0;
}

/* Gives a value of the program's side: by the clock, or by its function. */
static void set_value(const corm_column *column, void *value)
{
	if (column->onupdate == CORM_SERVER_NOW)
		set_now(column, value);
	else if (column->onupdate == CORM_SERVER_FUNCTION)
		column->onupdate_function(value);
}

void corm__set_onupdate(const struct corm__store *store, struct corm__object *object)
{
	for (size_t i = 0; i < store->onupdate_count; i++) {
		const corm_column *column = &store->model->columns[store->onupdates[i]];
		set_value(column, corm__value_at(object, column));
	}
}

/* A column that the program has set itself keeps that value. */
static void choose_onupdate(struct corm__object *object, struct parts *parts)
{
	struct corm__store *store = object->store;
	for (size_t i = 0; i < store->onupdate_count; i++) {
		const uint16_t index = store->onupdates[i];
		const corm_column *column = &store->model->columns[index];
		if (corm__column_settled_changed(object, index))
			continue;
		set_value(column, corm__value_at(object, column));
		store->by_sql[parts->set] = column->onupdate == CORM_SERVER_SQL;
		if (store->by_sql[parts->set])
			store->other_columns[parts->returned++] = index;
		store->columns[parts->set++] = index;
	}
}

/* One more than the snapshot's, whatever stands in the struct. */
static corm_status choose_version(corm_session *session, struct corm__object *object, struct parts *parts)
{
	struct corm__store *store = object->store;
	if (store->version == CORM_NO_INDEX)
		return CORM_OK;
	const corm_column *column = &store->model->columns[store->version];
	int64_t number;
	if (!corm__integer_load(&column->format, corm__snapshot_at(object, column), &number) || number == INT64_MAX ||
	    !corm__integer_store(&column->format, number + 1, corm__value_at(object, column)))
		return corm__session_fail(session, CORM_ERROR_VALIDATION, "%s.%s cannot count any further", store->model->name,
		                          column->field);
	store->by_sql[parts->set] = false;
	store->columns[parts->set++] = store->version;
	return CORM_OK;
}

/* Columns as bits; those behind the 64th have none. */
static uint64_t bits_of(const uint16_t *columns, size_t count)
{
	uint64_t bits = 0;
	for (size_t i = 0; i < count; i++)
		bits |= columns[i] < 64 ? UINT64_C(1) << columns[i] : 0;
	return bits;
}

/* May the row have other values than the object, which was read in this transaction? Where writers lock single rows,
 * whoever has only read one has not kept others from it. */
static bool may_have_changed(const corm_session *session, const struct corm__object *object, const struct parts *parts)
{
	const uint16_t *columns = object->store->columns;
	if (!corm__session_can(session, CORM_CAN_LOCK_ROWS))
		return false;
	uint64_t written = corm__undo_written(session, object);
	for (size_t i = 0; i < parts->changed; i++) {
		if (columns[i] >= 64 ? written != UINT64_MAX : !(written >> columns[i] & 1))
			return true;
	}
	return false;
}

/* A version tells of every change; without one the row of a stale object must have the old values. */
static void choose_old(const corm_session *session, const struct corm__object *object, struct parts *parts)
{
	const struct corm__store *store = object->store;
	if (store->version != CORM_NO_INDEX) {
		parts->old = &store->version;
		parts->old_count = 1;
	} else if (object->epoch != session->epoch || object->flags & CORM__FLAG_DISPUTED ||
	           may_have_changed(session, object, parts)) {
		parts->old = store->columns;
		parts->old_count = parts->changed;
	}
}

static void add_value(struct corm__store *store, struct parts *parts, const corm_column *column, const void *base)
{
	store->formats[parts->values] = &column->format;
	store->values[parts->values++] = (const char *)base + column->offset;
}

/* SET column=?, then WHERE key=?, then what was there. */
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
	for (size_t i = 0; i < parts->old_count; i++)
		add_value(store, parts, &model->columns[parts->old[i]], corm__object_snapshot(object));
}

static struct corm__statement *update_statement(corm_session *session, struct corm__batch *batch,
                                                struct corm__store *store, const struct parts *parts)
{
	/* Which columns the program has changed, and which are the onupdate's, is told by how many the former are. */
	uint32_t variant = (uint32_t)(parts->changed << 1 | (parts->old_count != 0));
	size_t size = corm__statement_key(store, CORM__STATEMENT_UPDATE, variant, store->model, store->columns, parts->set);
	struct corm__statement *statement = corm__batch_find(batch, store, size);
	if (statement || session->error.error.status != CORM_OK)
		return statement;
	struct corm__update update = {
		.model = store->model,
		.columns = store->columns,
		.count = parts->set,
		.by_sql = store->by_sql,
		.old = parts->old,
		.old_count = parts->old_count,
		.returning = store->other_columns,
		.returning_count = corm__session_can(session, CORM_CAN_UPDATE_RETURNING) ? parts->returned : 0,
	};
	statement = corm__statement_find(session->connection, store->key, size);
	if (!statement && corm__compile_update(&session->compiler, &update, &session->error) == CORM_OK)
		statement = corm__compiled_statement(session, store, size);
	if (statement)
		corm__batch_keep(batch, store, size, statement);
	return statement;
}

/* Can an old value stand in the database otherwise than as it is sent: a datetime without a fraction, a UUID with
 * dashes, or what after_load() has made another value of? */
static bool may_stand_otherwise(const corm_session *session, const struct corm__store *store, const struct parts *parts)
{
	if (!parts->old_count || store->version != CORM_NO_INDEX)
		return false;
	bool may = store->model->after_load != NULL, as_text = !corm__session_can(session, CORM_CAN_COMPARE_VALUES);
	for (size_t i = 0; as_text && !may && i < parts->old_count; i++) {
		switch (store->model->columns[parts->old[i]].format.type) {
		case CORM_TYPE_UUID:
		case CORM_TYPE_DATETIME:
		case CORM_TYPE_DATE:
		case CORM_TYPE_TIME:
		case CORM_TYPE_DECIMAL:
			may = true;
			break;
		default:
			break;
		}
	}
	return may;
}

/* *same: read once more, the row has the old values. */
static corm_status compare_old(corm_session *session, struct corm__object *object, const struct parts *parts,
                               bool *same)
{
	const corm_model_info *model = object->store->model;
	char *row = corm__arena_array(&session->work, 1, model->size);
	if (!row)
		return corm__session_no_memory(session);
	corm_status status = corm__load_row(session, object, row, same);
	for (size_t i = 0; status == CORM_OK && *same && i < parts->old_count; i++) {
		const corm_column *column = &model->columns[parts->old[i]];
		*same = corm__value_equal(&column->format, corm__snapshot_at(object, column), row + column->offset);
	}
	return status;
}

static corm_status send_once(corm_session *session, struct corm__batch *batch, struct corm__object *object,
                             const struct parts *parts, int64_t *changes)
{
	struct corm__store *store = object->store;
	struct corm__statement *statement = update_statement(session, batch, store, parts);
	struct corm__run run;
	if (!statement || !corm__run_start_kept(&run, session, statement, store->formats, store->values, parts->values))
		return session->error.error.status;
	bool complete = parts->returned == 0;
	while (corm__run_row(&run)) {
		complete = corm__run_read_back(&run, object, store->other_columns, parts->returned) == CORM_OK;
		if (!complete)
			break;
	}
	*changes = corm__run_end_changes(&run);
	if (session->error.error.status == CORM_OK && *changes && !complete)
		object->epoch = 0;
	return session->error.error.status;
}

static corm_status send(corm_session *session, struct corm__batch *batch, struct corm__object *object,
                        struct parts *parts)
{
	const struct corm__store *store = object->store;
	int64_t changes = 0;
	bool same = false;
	corm_status status = send_once(session, batch, object, parts, &changes);
	if (status == CORM_OK && changes == 0 && may_stand_otherwise(session, store, parts))
		status = compare_old(session, object, parts, &same);
	if (status == CORM_OK && same) {
		/* The session has tried to write the row by now: nobody else changes it any more. */
		parts->values = parts->old_count = 0;
		collect_values(object, parts);
		status = send_once(session, batch, object, parts, &changes);
	}
	if (status == CORM_OK)
		status = corm__update_settle(session, object, changes);
	/* What the database has computed and cannot return is read. */
	return status == CORM_OK && parts->returned && !object->epoch ? corm__load_fresh(session, object) : status;
}

/* Several UPDATEs at once, where none has anything to be read. */
static corm_status send_with_others(corm_session *session, struct corm__batch *batch, struct corm__object *object,
                                    const struct parts *parts)
{
	if (!update_statement(session, batch, object->store, parts))
		return session->error.error.status;
	return corm__batch_send(batch, CORM__BATCH_UPDATE, object->store, object, parts->values);
}

static bool key_changed(const struct corm__object *object)
{
	const corm_model_info *model = object->store->model;
	for (size_t i = 0; i < model->key_count; i++) {
		if (corm__column_settled_changed(object, model->key[i]))
			return true;
	}
	return false;
}

static corm_status settle_identity(corm_session *session, struct corm__object *object)
{
	struct corm__store *store = object->store;
	if (!key_changed(object))
		return corm__snapshot_renew(session, object);
	corm__identity_remove(store, object);
	object->hash = corm__row_hash(store, corm__object_struct(object));
	corm_status status = corm__snapshot_renew(session, object);
	if (status == CORM_OK && !corm__identity_add(session, store, object))
		status = corm__session_no_memory(session);
	return status;
}

corm_status corm__update_settle(corm_session *session, struct corm__object *object, int64_t changes)
{
	corm_status status = corm__expect_one_row(session, object->store->model, corm__object_snapshot(object), "an UPDATE",
	                                          changes);
	if (status != CORM_OK)
		return status;
	object->store->written |= !(object->flags & CORM__FLAG_TIED);
	object->flags &= (uint8_t)~CORM__FLAG_DISPUTED;
	corm__settle_pointers(session, object);
	return settle_identity(session, object);
}

corm_status corm__update_object(corm_session *session, struct corm__batch *batch, struct corm__object *object)
{
	struct corm__store *store = object->store;
	struct parts parts = { .old = NULL };
	if (!choose_changed(object, &parts)) {
		corm__settle_pointers(session, object);
		return CORM_OK;
	}
	choose_onupdate(object, &parts);
	corm_status status = choose_version(session, object, &parts);
	if (status != CORM_OK)
		return status;
	choose_old(session, object, &parts);
	collect_values(object, &parts);
	bool alone = parts.returned || may_stand_otherwise(session, store, &parts) ||
	             !corm__batch_takes(batch, CORM__BATCH_UPDATE);
	status = corm__undo_save(session, object);
	corm__undo_mark_written(session, object, bits_of(store->columns, parts.set));
	if (status == CORM_OK && alone)
		status = corm__batch_drain(batch);
	if (status == CORM_OK)
		status = alone ? send(session, batch, object, &parts) : send_with_others(session, batch, object, &parts);
	if (status != CORM_OK)
		corm__constraint_name(&session->error, store->model, !key_changed(object));
	return status;
}

/* ---- a new object on an old row ---------------------------------------------------------------------------------- */

/* The snapshot is what the row has, in pieces of its own. */
static corm_status copy_snapshot(corm_session *session, struct corm__object *object, struct corm__object *from)
{
	const struct corm__store *store = object->store;
	corm_status status = CORM_OK;
	for (size_t i = 0; status == CORM_OK && i < store->model->column_count; i++) {
		const corm_column *column = &store->model->columns[i];
		const corm_format *format = &column->format;
		char *snapshot = corm__snapshot_at(object, column);
		memcpy(snapshot, corm__snapshot_at(from, column), corm__value_size(format));
		if (store->work[i] & CORM__WORK_MUTABLE) {
			status = corm__snapshot_mutable(session, object, column);
			if (status == CORM_OK)
				corm__snapshot_unnote(object, column);
		} else if (store->work[i] & CORM__WORK_POINTER)
			status = corm__column_own_text(session, column, snapshot);
	}
	return status;
}

corm_status corm__take_over_row(corm_session *session, struct corm__object *object, struct corm__object *before)
{
	struct corm__store *store = object->store;
	corm_status status = corm__undo_save_delete(session, before);
	if (status == CORM_OK)
		status = corm__leave_views(session, before);
	if (status == CORM_OK)
		status = copy_snapshot(session, object, before);
	if (status != CORM_OK)
		return status;
	corm__forget_links(session, before);
	corm__identity_remove(store, before);
	before->state = CORM__OBJECT_DELETED;
	before->flags &= (uint8_t)~CORM__FLAG_DELETING;
	object->hash = before->hash;
	object->epoch = before->epoch;
	object->state = CORM__OBJECT_PERSISTENT;
	object->inserted = session->level;
	return corm__identity_add(session, store, object) ? CORM_OK : corm__session_no_memory(session);
}
