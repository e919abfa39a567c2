/* SPDX-License-Identifier: Apache-2.0
 *
 * INSERTs of many rows: arrays that the database makes rows of, several rows in one statement, or one statement run for
 * each of them. What the database gives comes back in the order of the rows.
 */
#include "base/error.h"
#include "session/batch.h"
#include "type/codec.h"

/* Rows of one INSERT … VALUES (…), (…); smaller numbers are powers of two, so that there are few statements. */
#define ROWS_MAXIMUM 64

/* Which ways a statement was written for, in its key. */
enum variant { VARIANT_PLAIN = 0, VARIANT_RETURNING = 1, VARIANT_ARRAYS = 2, VARIANT_ROWS = 4 };

/* A column of type("…") has a type that we know nothing of, not even its array. */
static bool can_be_arrays(const struct corm__batch *batch)
{
	const corm_model_info *model = batch->store->model;
	for (size_t i = 0; i < batch->width; i++) {
		if (model->columns[batch->columns[i]].type)
			return false;
	}
	return batch->width > 0;
}

/* The batch's columns as its shape; what the store has of it is another row's by now. */
static struct corm__statement *find_statement(struct corm__batch *batch, uint32_t variant, size_t rows)
{
	corm_session *session = batch->session;
	struct corm__store *store = batch->store;
	size_t size = corm__statement_key(store, CORM__STATEMENT_INSERT, variant, store->model, batch->columns,
	                                  batch->width);
	struct corm__statement *statement = corm__statement_find(session->connection, store->key, size);
	if (statement)
		return statement;
	size_t returned = variant & VARIANT_RETURNING ? batch->returned_count : 0;
	corm_status status = variant & VARIANT_ARRAYS
	                         ? corm__compile_insert_arrays(&session->compiler, store->model, batch->columns,
	                                                       batch->width, batch->returned, returned, &session->error)
	                         : corm__compile_insert(&session->compiler, store->model, batch->columns, batch->width,
	                                                rows, batch->returned, returned, &session->error);
	return status == CORM_OK ? corm__compiled_statement(session, store, size) : NULL;
}

/* More or fewer rows were made than were to be inserted. */
static corm_status refuse_count(struct corm__batch *batch, int64_t made, size_t rows)
{
	return corm__session_fail(batch->session, CORM_ERROR_SQL,
	                          "an INSERT into \"%s\" made %lld rows instead of %zu: a trigger may have ignored some",
	                          batch->store->model->table, (long long)made, rows);
}

/* The rows that a RETURNING gives, one for each that was inserted. */
static corm_status read_back(struct corm__batch *batch, struct corm__run *run, size_t first, size_t rows)
{
	corm_session *session = batch->session;
	size_t read = 0;
	while (corm__run_row(run)) {
		struct corm__object *object = read < rows ? batch->objects[first + read] : NULL;
		read++;
		if (object && corm__run_read_back(run, object, batch->returned, batch->returned_count) != CORM_OK)
			break;
	}
	int64_t changes = corm__run_end_changes(run);
	if (session->error.error.status != CORM_OK)
		return session->error.error.status;
	bool complete = changes == (int64_t)rows && (!batch->returned_count || read == rows);
	return complete ? CORM_OK : refuse_count(batch, changes, rows);
}

static corm_status settle(struct corm__batch *batch, size_t first, size_t rows)
{
	corm_session *session = batch->session;
	corm_status status = CORM_OK;
	for (size_t i = 0; status == CORM_OK && i < rows; i++) {
		struct corm__object *object = batch->objects[first + i];
		if (!object)
			continue;
		object->epoch = session->epoch;
		status = corm__insert_settle(session, object);
	}
	return status;
}

static corm_status insert_singly(struct corm__batch *batch, size_t first, size_t rows);

/* A value that cannot be bound is found out by itself, with its row; and rows that are too long together are not when they
 * go alone. Nothing has been sent. */
static corm_status insert_unbound(struct corm__batch *batch, size_t first, size_t rows)
{
	corm_session *session = batch->session;
	if (session->error.error.status != CORM_ERROR_VALIDATION)
		return session->error.error.status;
	corm__error_clear(&session->error);
	return insert_singly(batch, first, rows);
}

static corm_status insert_arrays(struct corm__batch *batch)
{
	corm_session *session = batch->session;
	uint32_t variant = VARIANT_ARRAYS | (batch->returned_count ? VARIANT_RETURNING : VARIANT_PLAIN);
	struct corm__statement *statement = find_statement(batch, variant, 1);
	struct corm__run run;
	if (!statement)
		return session->error.error.status;
	bool bound = corm__run_start_arrays(&run, session, statement, batch->formats,
	                                    batch->values + batch->first * batch->width, batch->width, batch->count);
	corm_status status = bound ? read_back(batch, &run, batch->first, batch->count) : CORM_OK;
	corm__statement_release(statement);
	if (!bound)
		return insert_unbound(batch, batch->first, batch->count);
	return status == CORM_OK ? settle(batch, batch->first, batch->count) : status;
}

/* One statement with so many rows. */
static corm_status insert_rows(struct corm__batch *batch, size_t first, size_t rows)
{
	corm_session *session = batch->session;
	uint32_t variant = (batch->returned_count ? VARIANT_RETURNING : 0) | VARIANT_ROWS * (uint32_t)rows;
	struct corm__statement *statement = find_statement(batch, variant, rows);
	const corm_format **formats = corm__arena_array(&session->work, rows * batch->width + 1, sizeof *formats);
	struct corm__run run;
	if (!formats)
		corm__session_no_memory(session);
	for (size_t i = 0; formats && i < rows; i++)
		memcpy(formats + i * batch->width, batch->formats, batch->width * sizeof *formats);
	if (!statement || session->error.error.status != CORM_OK) {
		corm__statement_release(statement);
		return session->error.error.status;
	}
	bool bound = corm__run_start_kept(&run, session, statement, formats, batch->values + first * batch->width,
	                                  rows * batch->width);
	corm_status status = bound ? read_back(batch, &run, first, rows) : CORM_OK;
	corm__statement_release(statement);
	if (!bound)
		return insert_unbound(batch, first, rows);
	return status == CORM_OK ? settle(batch, first, rows) : status;
}

/* Those that wait for the same statement, in pieces of powers of two. */
static corm_status insert_in_pieces(struct corm__batch *batch)
{
	corm_status status = CORM_OK;
	size_t most = batch->session->dialect->parameter_limit / batch->width;
	for (size_t done = 0; status == CORM_OK && done < batch->count;) {
		size_t rows = ROWS_MAXIMUM;
		while (rows > 1 && (rows > batch->count - done || rows > most))
			rows /= 2;
		status = insert_rows(batch, batch->first + done, rows);
		done += rows;
	}
	return status;
}

static corm_status insert_by_runs(struct corm__batch *batch)
{
	struct corm__statement *statement = find_statement(batch, VARIANT_PLAIN, 1);
	int64_t changes;
	if (!statement)
		return batch->session->error.error.status;
	corm_status status = corm__batch_run_many(batch, statement, &changes);
	corm__statement_release(statement);
	if (status != CORM_OK)
		return status;
	if (changes != (int64_t)batch->count)
		return refuse_count(batch, changes, batch->count);
	return settle(batch, batch->first, batch->count);
}

/* One after the other, as if there were no batch. */
static corm_status insert_singly(struct corm__batch *batch, size_t first, size_t rows)
{
	corm_session *session = batch->session;
	struct corm__store *store = batch->store;
	struct corm__batch single = { .session = session };
	corm_status status = CORM_OK;
	for (size_t at = first; status == CORM_OK && at < first + rows; at++) {
		struct corm__object *object = batch->objects[at];
		/* The first parameter's place tells where the row is when it is no object. */
		const char *value = object ? corm__object_struct(object) : NULL;
		if (!value)
			value = (const char *)batch->values[at * batch->width] - store->model->columns[batch->columns[0]].offset;
		status = corm__insert_now(session, &single, store, object, value);
		if (status != CORM_OK)
			batch->failed = batch->done + at - batch->first;
		if (status == CORM_OK && object)
			status = corm__insert_settle(session, object);
	}
	corm__statement_release(single.statement);
	return status;
}

corm_status corm__batch_drain_inserts(struct corm__batch *batch)
{
	if (batch->count == 1)
		return insert_singly(batch, batch->first, batch->count);
	if (batch->ways & CORM_CAN_ARRAYS && can_be_arrays(batch))
		return insert_arrays(batch);
	if (batch->ways & CORM_CAN_RUN_MANY && !batch->returned_count)
		return insert_by_runs(batch);
	bool returns = !batch->returned_count || corm__session_can(batch->session, CORM_CAN_RETURNING);
	if (batch->ways & CORM_CAN_INSERT_ROWS && returns && batch->width)
		return insert_in_pieces(batch);
	return insert_singly(batch, batch->first, batch->count);
}

/* The same columns in the same model. */
static corm_status begin_inserts(struct corm__batch *batch, struct corm__store *store, size_t sent, size_t returned)
{
	size_t columns = store->model->column_count;
	bool has_room = columns <= batch->column_capacity;
	corm_status status = corm__batch_shape(batch, CORM__BATCH_INSERT, store->formats, sent);
	if (status != CORM_OK)
		return status;
	if (!has_room) {
		batch->column_capacity = 0;
		batch->columns = corm__arena_array(&batch->session->work, columns, sizeof *batch->columns);
		batch->returned = corm__arena_array(&batch->session->work, columns, sizeof *batch->returned);
		if (!batch->columns || !batch->returned)
			return corm__session_no_memory(batch->session);
		batch->column_capacity = columns;
	}
	memcpy(batch->columns, store->columns, sent * sizeof *batch->columns);
	memcpy(batch->returned, store->other_columns, returned * sizeof *batch->returned);
	batch->returned_count = returned;
	batch->store = store;
	return CORM_OK;
}

static bool same_shape(const struct corm__batch *batch, const struct corm__store *store, size_t sent, size_t returned)
{
	return batch->op == CORM__BATCH_INSERT && batch->store == store && batch->width == sent &&
	       batch->returned_count == returned &&
	       memcmp(batch->columns, store->columns, sent * sizeof *batch->columns) == 0 &&
	       memcmp(batch->returned, store->other_columns, returned * sizeof *batch->returned) == 0;
}

corm_status corm__batch_insert(struct corm__batch *batch, struct corm__store *store, struct corm__object *object,
                               const char *value, size_t sent, size_t returned)
{
	corm_status status = CORM_OK;
	/* A row of which the database gives all has nothing to be told by. */
	if (!sent) {
		status = corm__batch_drain(batch);
		if (status == CORM_OK)
			status = corm__insert_now(batch->session, batch, store, object, value);
		if (status != CORM_OK && batch->failed == SIZE_MAX)
			batch->failed = batch->done;
		batch->done++;
		return status == CORM_OK && object ? corm__insert_settle(batch->session, object) : status;
	}
	if (batch->count && (batch->count >= CORM__BATCH_LIMIT || !same_shape(batch, store, sent, returned)))
		status = corm__batch_drain(batch);
	if (status != CORM_OK)
		return status;
	/* Draining may have used the store for another row of this model. */
	if (!batch->count) {
		corm__insert_columns(store, value, &(size_t){ 0 });
		status = begin_inserts(batch, store, sent, returned);
	}
	return status == CORM_OK ? corm__batch_add(batch, object, store->values) : status;
}
