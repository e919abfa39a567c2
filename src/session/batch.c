/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of one shape, by as few round trips as the database allows.
 *
 * Where a row costs no round trip the batch only keeps the statement at hand. Elsewhere UPDATEs and DELETEs are sent
 * without waiting for the answer, or run for many sets of parameters at once; INSERTs go as arrays, as several rows of one
 * statement, or like the others. What the program sees is the same: the first row that fails is the flush's error.
 */
#include "session/batch.h"

void corm__batch_begin(struct corm__batch *batch, corm_session *session)
{
	const uint32_t ways = CORM_CAN_SEND | CORM_CAN_RUN_MANY | CORM_CAN_ARRAYS | CORM_CAN_INSERT_ROWS;
	*batch = (struct corm__batch){
		.session = session,
		.ways = session->connection->capabilities & ways,
		.failed = SIZE_MAX,
	};
}

static bool has_key(const struct corm__batch *batch, const struct corm__store *store, size_t key_size)
{
	return batch->store == store && batch->key_size == key_size && memcmp(batch->key, store->key, key_size) == 0;
}

static void keep_key(struct corm__batch *batch, struct corm__store *store, size_t key_size)
{
	batch->store = store;
	/* A key that is too long is never found again. */
	batch->key_size = key_size <= sizeof batch->key ? key_size : 0;
	memcpy(batch->key, store->key, batch->key_size);
}

struct corm__statement *corm__batch_find(struct corm__batch *batch, const struct corm__store *store, size_t key_size)
{
	if (batch->statement && has_key(batch, store, key_size))
		return batch->statement;
	corm__batch_end(batch);
	return NULL;
}

void corm__batch_keep(struct corm__batch *batch, struct corm__store *store, size_t key_size,
                      struct corm__statement *statement)
{
	batch->statement = statement;
	keep_key(batch, store, key_size);
}

corm_status corm__batch_end(struct corm__batch *batch)
{
	corm_status status = corm__batch_drain(batch);
	corm__statement_release(batch->statement);
	batch->statement = NULL;
	return status;
}

/* ---- the rows ---------------------------------------------------------------------------------------------------- */

/* Twice as many, which stay in their order, the first at the beginning. All in the memory of the flush. */
static corm_status grow(struct corm__batch *batch)
{
	corm_session *session = batch->session;
	struct corm_arena *arena = &session->work;
	bool traced = corm__engine_traced(session->engine);
	size_t capacity = batch->capacity ? batch->capacity * 2 : CORM__BATCH_FIRST;
	struct corm__object **objects = corm__arena_array(arena, capacity, sizeof *objects);
	const void **values = corm__arena_array(arena, capacity * batch->width + 1, sizeof *values);
	int64_t *started_ns = traced ? corm__arena_array(arena, capacity, sizeof *started_ns) : NULL;
	if (!objects || !values || (traced && !started_ns))
		return corm__session_no_memory(session);
	if (batch->count) {
		memcpy(objects, batch->objects + batch->first, batch->count * sizeof *objects);
		memcpy(values, batch->values + batch->first * batch->width, batch->count * batch->width * sizeof *values);
		if (started_ns)
			memcpy(started_ns, batch->started_ns + batch->first, batch->count * sizeof *started_ns);
	}
	batch->objects = objects;
	batch->values = values;
	batch->started_ns = started_ns;
	batch->first = 0;
	batch->capacity = capacity;
	batch->room_width = batch->width;
	return CORM_OK;
}

corm_status corm__batch_shape(struct corm__batch *batch, enum corm__batch_op op, const corm_format *const *formats,
                              size_t width)
{
	if (width > batch->width_capacity) {
		size_t capacity = width + 8;
		batch->formats = corm__arena_array(&batch->session->work, capacity, sizeof *batch->formats);
		if (!batch->formats) {
			batch->width_capacity = 0;
			return corm__session_no_memory(batch->session);
		}
		batch->width_capacity = capacity;
	}
	/* What was made for rows of another width does not fit. */
	if (width > batch->room_width)
		batch->capacity = 0;
	if (width)
		memcpy(batch->formats, formats, width * sizeof *formats);
	batch->op = op;
	batch->width = width;
	batch->first = batch->count = 0;
	return CORM_OK;
}

/* Adds a row behind the others, with its parameters. */
corm_status corm__batch_add(struct corm__batch *batch, struct corm__object *object, const void *const *values)
{
	if (batch->first + batch->count >= batch->capacity) {
		corm_status status = grow(batch);
		if (status != CORM_OK)
			return status;
	}
	size_t at = batch->first + batch->count++;
	batch->objects[at] = object;
	if (batch->width)
		memcpy(batch->values + at * batch->width, values, batch->width * sizeof *values);
	if (batch->started_ns)
		batch->started_ns[at] = corm__clock_ns();
	return CORM_OK;
}

/* ---- UPDATE and DELETE ------------------------------------------------------------------------------------------- */

static corm_status settle(struct corm__batch *batch, struct corm__object *object, int64_t changes)
{
	switch (batch->op) {
	case CORM__BATCH_UPDATE:
		return corm__update_settle(batch->session, object, changes);
	case CORM__BATCH_DELETE:
		return corm__delete_settle(batch->session, object, changes);
	default:
		/* Only rows that are no objects are sent like this. */
		return CORM_OK;
	}
}

static void trace(struct corm__batch *batch, const struct corm__statement *statement, size_t row, size_t runs,
                  int64_t rows)
{
	corm_session *session = batch->session;
	if (!batch->started_ns)
		return;
	corm__engine_trace(session->engine, &(struct corm__ran){
											.sql = statement->sql,
											.formats = batch->formats,
											.values = batch->values + row * batch->width,
											.count = batch->width,
											.runs = runs,
											.rows = rows,
											.started_ns = batch->started_ns[row],
											.status = session->error.error.status,
										});
}

/* Waits for the oldest of the rows that were sent. */
static corm_status receive(struct corm__batch *batch)
{
	corm_session *session = batch->session;
	const struct corm__connection *connection = session->connection;
	const corm_driver *driver = connection->driver;
	size_t row = batch->first++;
	corm_step step = CORM_STEP_ROW;
	batch->count--;
	while (step == CORM_STEP_ROW)
		step = driver->receive(batch->statement->state, &session->error);
	int64_t changes = step == CORM_STEP_DONE ? driver->changes(connection->state) : 0;
	trace(batch, batch->statement, row, 1, changes);
	corm_status status = step == CORM_STEP_DONE ? settle(batch, batch->objects[row], changes)
	                                            : session->error.error.status;
	if (status != CORM_OK)
		batch->failed = batch->done;
	batch->done++;
	return status;
}

corm_status corm__batch_run_many(struct corm__batch *batch, struct corm__statement *statement, int64_t *changes)
{
	corm_session *session = batch->session;
	corm_runs runs = {
		.formats = batch->formats,
		.count = batch->width,
		.values = batch->values + batch->first * batch->width,
		.runs = batch->count,
		.failed = SIZE_MAX,
	};
	corm_status status = session->connection->driver->run_many(statement->state, &runs, &session->error);
	trace(batch, statement, batch->first, batch->count, runs.changes);
	if (status != CORM_OK)
		batch->failed = runs.failed < batch->count ? batch->done + runs.failed : SIZE_MAX;
	*changes = runs.changes;
	return status;
}

static corm_status run_all(struct corm__batch *batch)
{
	corm_session *session = batch->session;
	int64_t changes;
	corm_status status = corm__batch_run_many(batch, batch->statement, &changes);
	if (status != CORM_OK)
		return status;
	if (batch->count > 1 && changes != (int64_t)batch->count) {
		corm__session_fail(session, CORM_ERROR_CONFLICT,
		                   "%zu %s of \"%s\" met %lld rows where each should have met one: some row was changed or "
		                   "deleted by somebody else since it was read",
		                   batch->count, batch->op == CORM__BATCH_UPDATE ? "UPDATEs" : "DELETEs",
		                   batch->store->model->table, (long long)changes);
		corm_error_detail(&session->error, &session->error.error.table, batch->store->model->table, SIZE_MAX);
		return CORM_ERROR_CONFLICT;
	}
	for (size_t i = 0; status == CORM_OK && i < batch->count; i++)
		status = settle(batch, batch->objects[batch->first + i], batch->count > 1 ? 1 : changes);
	return status;
}

static corm_status drain_writes(struct corm__batch *batch)
{
	corm_status status = CORM_OK;
	if (!batch->is_sent)
		return run_all(batch);
	while (status == CORM_OK && batch->count)
		status = receive(batch);
	return status;
}

corm_status corm__batch_send(struct corm__batch *batch, enum corm__batch_op op, struct corm__store *store,
                             struct corm__object *object, size_t count)
{
	corm_session *session = batch->session;
	const corm_driver *driver = session->connection->driver;
	corm_status status = CORM_OK;
	if (!batch->count)
		status = corm__batch_shape(batch, op, store->formats, count);
	if (status == CORM_OK)
		status = corm__batch_add(batch, object, store->values);
	if (status != CORM_OK)
		return status;
	batch->is_sent = batch->ways & CORM_CAN_SEND;
	if (!batch->is_sent)
		return batch->count < CORM__BATCH_LIMIT ? CORM_OK : corm__batch_drain(batch);
	void *state = batch->statement->state;
	status = driver->bind(state, store->formats, store->values, count, &session->error);
	if (status == CORM_OK)
		status = driver->send(state, &session->error);
	/* Half of them stay on their way, so that the database never waits for us. */
	if (batch->count >= CORM__BATCH_LIMIT) {
		while (status == CORM_OK && batch->count > CORM__BATCH_LIMIT / 2)
			status = receive(batch);
	}
	if (status != CORM_OK)
		corm__batch_forget(batch);
	return status;
}

/* ---- the end ----------------------------------------------------------------------------------------------------- */

void corm__batch_forget(struct corm__batch *batch)
{
	const struct corm__connection *connection = batch->session->connection;
	if (batch->ways & CORM_CAN_SEND && connection)
		connection->driver->discard(connection->state);
	batch->first = batch->count = 0;
}

corm_status corm__batch_drain(struct corm__batch *batch)
{
	corm_session *session = batch->session;
	if (!batch->count)
		return CORM_OK;
	/* What follows an error did not happen. */
	corm_status status = session->error.error.status;
	size_t count = batch->count, sent = batch->is_sent;
	if (status == CORM_OK && batch->op == CORM__BATCH_INSERT && !batch->is_sent)
		status = corm__batch_drain_inserts(batch);
	else if (status == CORM_OK)
		status = drain_writes(batch);
	if (status != CORM_OK) {
		corm__constraint_name(&session->error, batch->store->model, batch->op != CORM__BATCH_DELETE);
		corm__batch_forget(batch);
	}
	batch->done += sent ? 0 : count;
	batch->first = batch->count = 0;
	batch->is_sent = false;
	return status;
}
