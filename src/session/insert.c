/* SPDX-License-Identifier: Apache-2.0
 *
 * INSERT: one row, its columns chosen by what the database is to fill in.
 */
#include "session/session.h"
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

/* Splits the columns: those that are sent, with their values and formats, and those that are read back. Returns how
 * many are sent. */
static size_t choose_columns(struct corm__object *object, size_t *returned_count)
{
	struct corm__store *store = object->store;
	const corm_model_info *model = store->model;
	const char *value = corm__object_struct(object);
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

static bool can(const corm_session *session, uint32_t capability)
{
	return (session->connection->capabilities & capability) != 0;
}

/* The database's key comes by its last id where that is all there is to read, which costs nothing; all else by
 * RETURNING. */
static bool only_last_id(const corm_session *session, const struct corm__store *store, size_t returned)
{
	return returned == 1 && store->model->columns[store->other_columns[0]].flags & CORM_COLUMN_GENERATED &&
	       can(session, CORM_CAN_LAST_ID);
}

static struct corm__statement *insert_statement(corm_session *session, struct corm__store *store, size_t sent,
                                                size_t returned)
{
	const corm_model_info *model = store->model;
	size_t size = corm__statement_key(store, CORM__STATEMENT_INSERT, 0, model, store->columns, sent);
	struct corm__statement *statement = corm__statement_find(session->connection, store->key, size);
	if (statement)
		return statement;
	bool returning = returned && can(session, CORM_CAN_RETURNING) && !only_last_id(session, store, returned);
	if (corm__compile_insert(&session->compiler, model, store->columns, sent, store->other_columns,
	                         returning ? returned : 0, &session->error) != CORM_OK)
		return NULL;
	return corm__compiled_statement(session, store, size);
}

static corm_status send(corm_session *session, struct corm__object *object)
{
	struct corm__store *store = object->store;
	size_t returned, sent = choose_columns(object, &returned);
	struct corm__statement *statement = insert_statement(session, store, sent, returned);
	struct corm__run run;
	if (!statement || !corm__run_start(&run, session, statement, store->formats, store->values, sent))
		return session->error.error.status;
	bool complete = returned == 0;
	while (corm__run_row(&run)) {
		complete = corm__run_read_back(&run, object, store->other_columns, returned) == CORM_OK;
		if (!complete)
			break;
	}
	corm__run_end(&run);
	if (session->error.error.status != CORM_OK)
		return session->error.error.status;
	const corm_column *key = &store->model->columns[store->model->key[0]];
	if (!complete && key->flags & CORM_COLUMN_GENERATED && can(session, CORM_CAN_LAST_ID)) {
		int64_t id = session->connection->driver->last_id(session->connection->state);
		if (!corm__integer_store(&key->format, id, (char *)corm__object_struct(object) + key->offset))
			return corm__session_fail(session, CORM_ERROR_TYPE,
			                          "the database gave %s.%s the number %lld, which does not fit it",
			                          store->model->name, key->field, (long long)id);
		complete = returned == 1;
	}
	/* What could not be read back is read when the object is used next. */
	object->epoch = complete ? session->epoch : 0;
	return CORM_OK;
}

corm_status corm__insert_object(corm_session *session, struct corm__object *object)
{
	struct corm__store *store = object->store;
	corm_status status = send(session, object);
	if (status != CORM_OK) {
		corm__constraint_name(&session->error, store->model);
		return status;
	}
	object->hash = corm__row_hash(store, corm__object_struct(object));
	/* The row of an object of that key must have been deleted by somebody else. */
	struct corm__object *replaced = corm__row_find(store, object->hash, corm__object_struct(object));
	if (replaced) {
		corm__identity_remove(store, replaced);
		replaced->state = CORM__OBJECT_DETACHED;
	}
	store->written = true;
	object->state = CORM__OBJECT_PERSISTENT;
	object->inserted = object->saved = session->epoch;
	status = corm__snapshot_take(session, object);
	if (status == CORM_OK && !corm__identity_add(session, store, object))
		status = corm__session_no_memory(session);
	return status;
}
