/* SPDX-License-Identifier: Apache-2.0
 *
 * INSERT: one row, its columns chosen by what the database is to fill in.
 */
#include "session/flush.h"
#include "type/codec.h"

/* Which columns does the database give? A generated key of 0, and what has a server default and no value. */
static bool by_database(const corm_column *column, const void *value)
{
	int64_t number;
	if (!corm__value_may_be_unset(&column->format, value))
		return false;
	if (column->flags & CORM_COLUMN_GENERATED)
		return corm__integer_load(&column->format, value, &number) && number == 0;
	return column->server_default != CORM_SERVER_NONE && corm__value_is_unset(&column->format, value);
}

size_t corm__insert_columns(struct corm__store *store, const char *value, size_t *returned_count)
{
	const corm_model_info *model = store->model;
	size_t sent = 0, returned = 0;
	for (size_t i = 0; i < model->column_count; i++) {
		const corm_column *column = &model->columns[i];
		if ((column->flags & CORM_COLUMN_GENERATED || column->server_default != CORM_SERVER_NONE) &&
		    by_database(column, value + column->offset)) {
			store->other_columns[returned++] = (uint16_t)i;
			continue;
		}
		store->columns[sent] = (uint16_t)i;
		store->formats[sent] = &column->format;
		store->values[sent++] = value + column->offset;
	}
	*returned_count = returned;
	return sent;
}

/* The database's key comes by its last id where that is all there is to read, which costs nothing; all else by
 * RETURNING. */
static bool only_last_id(const corm_session *session, const struct corm__store *store, size_t returned)
{
	return returned == 1 && store->model->columns[store->other_columns[0]].flags & CORM_COLUMN_GENERATED &&
	       corm__session_can(session, CORM_CAN_LAST_ID);
}

/* returned: how many of store->other_columns are read back. */
static struct corm__statement *insert_statement(corm_session *session, struct corm__batch *batch,
                                                struct corm__store *store, size_t sent, size_t returned)
{
	const corm_model_info *model = store->model;
	bool returning = returned && corm__session_can(session, CORM_CAN_RETURNING) &&
	                 !only_last_id(session, store, returned);
	size_t size = corm__statement_key(store, CORM__STATEMENT_INSERT, returning, model, store->columns, sent);
	struct corm__statement *statement = corm__batch_find(batch, store, size);
	if (statement || session->error.error.status != CORM_OK)
		return statement;
	statement = corm__statement_find(session->connection, store->key, size);
	if (!statement && corm__compile_insert(&session->compiler, model, store->columns, sent, 1, store->other_columns,
	                                       returning ? returned : 0, &session->error) == CORM_OK)
		statement = corm__compiled_statement(session, store, size);
	if (statement)
		corm__batch_keep(batch, store, size, statement);
	return statement;
}

/* What the database gave: rows of a RETURNING, or its last id. Sets *complete when nothing is missing. */
static corm_status read_given(corm_session *session, struct corm__run *run, struct corm__object *object,
                              size_t returned, bool *complete)
{
	*complete = returned == 0;
	while (corm__run_row(run)) {
		*complete = !object || corm__run_read_back(run, object, object->store->other_columns, returned) == CORM_OK;
		if (!*complete)
			break;
	}
	return session->error.error.status;
}

static corm_status read_last_id(corm_session *session, struct corm__object *object)
{
	const corm_column *key = &object->store->model->columns[object->store->model->key[0]];
	int64_t id = session->connection->driver->last_id(session->connection->state);
	if (corm__integer_store(&key->format, id, corm__value_at(object, key)))
		return CORM_OK;
	return corm__session_fail(session, CORM_ERROR_TYPE,
	                          "the database gave %s.%s the number %lld, which does not fit it",
	                          object->store->model->name, key->field, (long long)id);
}

static corm_status send(corm_session *session, struct corm__batch *batch, struct corm__store *store,
                        struct corm__object *object, const char *value)
{
	size_t returned, sent = corm__insert_columns(store, value, &returned);
	struct corm__statement *statement = insert_statement(session, batch, store, sent, object ? returned : 0);
	struct corm__run run;
	bool complete = false;
	if (!statement || !corm__run_start_kept(&run, session, statement, store->formats, store->values, sent))
		return session->error.error.status;
	read_given(session, &run, object, returned, &complete);
	int64_t changes = corm__run_end_changes(&run);
	if (session->error.error.status != CORM_OK)
		return session->error.error.status;
	if (!object)
		return CORM_OK;
	if (changes != 1)
		return corm__session_fail(session, CORM_ERROR_SQL,
		                          "an INSERT into \"%s\" made %lld rows instead of one: a trigger may have ignored it",
		                          store->model->table, (long long)changes);
	if (!complete && only_last_id(session, store, returned)) {
		complete = read_last_id(session, object) == CORM_OK;
		if (!complete)
			return session->error.error.status;
	}
	/* What could not be read back is read when the object is used next. */
	object->epoch = complete ? session->epoch : 0;
	return CORM_OK;
}

corm_status corm__insert_now(corm_session *session, struct corm__batch *batch, struct corm__store *store,
                             struct corm__object *object, const char *value)
{
	corm_status status = send(session, batch, store, object, value);
	if (status != CORM_OK)
		corm__constraint_name(&session->error, store->model, true);
	return status;
}

corm_status corm__insert_settle(corm_session *session, struct corm__object *object)
{
	struct corm__store *store = object->store;
	object->hash = corm__row_hash(store, corm__object_struct(object));
	/* The row of an object of that key must have been deleted by somebody else. */
	struct corm__object *replaced = corm__row_find(store, object->hash, corm__object_struct(object));
	if (replaced) {
		corm_status saved = corm__undo_save_delete(session, replaced);
		if (saved != CORM_OK)
			return saved;
		corm__identity_remove(store, replaced);
		replaced->state = CORM__OBJECT_DELETED;
	}
	/* Rows that X_rel_add() made are in the lists already. */
	store->written |= !(object->flags & CORM__FLAG_TIED);
	object->state = CORM__OBJECT_PERSISTENT;
	object->inserted = session->level;
	corm_status status = corm__snapshot_take(session, object);
	bool added = status == CORM_OK && (replaced ? corm__identity_add(session, store, object)
	                                            : corm__identity_add_found(session, store, object));
	if (status == CORM_OK && !added)
		status = corm__session_no_memory(session);
	return status;
}

corm_status corm__insert_object(corm_session *session, struct corm__batch *batch, struct corm__object *object)
{
	struct corm__store *store = object->store;
	const char *value = corm__object_struct(object);
	if (corm__batch_takes(batch, CORM__BATCH_INSERT)) {
		size_t returned, sent = corm__insert_columns(store, value, &returned);
		return corm__batch_insert(batch, store, object, value, sent, returned);
	}
	/* Its place in the identity map arrives while the database works. A key that this gives is not known yet. */
	if (!(store->model->columns[store->model->key[0]].flags & CORM_COLUMN_GENERATED))
		corm__identity_prefetch(store, corm__row_hash(store, value));
	corm_status status = corm__insert_now(session, batch, store, object, value);
	return status == CORM_OK ? corm__insert_settle(session, object) : status;
}

corm_status corm__insert_plain(corm_session *session, struct corm__batch *batch, struct corm__store *store,
                               const void *value)
{
	if (!corm__batch_takes(batch, CORM__BATCH_INSERT)) {
		corm_status status = corm__insert_now(session, batch, store, NULL, value);
		if (status != CORM_OK)
			batch->failed = batch->done;
		batch->done++;
		return status;
	}
	size_t returned, sent = corm__insert_columns(store, value, &returned);
	/* One by one it is known which of them fails. */
	if (batch->ways & CORM_CAN_SEND)
		return insert_statement(session, batch, store, sent, 0)
		           ? corm__batch_send(batch, CORM__BATCH_INSERT, store, NULL, sent)
		           : session->error.error.status;
	return corm__batch_insert(batch, store, NULL, value, sent, 0);
}
