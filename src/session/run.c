/* SPDX-License-Identifier: Apache-2.0
 *
 * Running prepared statements on a session's connection.
 */
#include "session/session.h"
#include <stdio.h>

/* What a cached select keeps beside its SQL. */
struct plan {
	size_t count, size;
	const corm_format **formats; /* of its parameters; what they point to stands behind them */
};

static void plan_free(void *plan, const corm_allocator *allocator)
{
	corm__free(allocator, plan, ((struct plan *)plan)->size);
}

/* The compiler's formats live until its next use; the statement needs its own. */
static struct plan *plan_new(const struct corm__compiler *compiler)
{
	size_t count = compiler->count, size = sizeof(struct plan) + count * (sizeof(corm_format *) + sizeof(corm_format));
	struct plan *plan = corm__alloc(&compiler->allocator, 1, size);
	if (!plan)
		return NULL;
	corm_format *formats = (corm_format *)(void *)(plan + 1);
	plan->formats = (const corm_format **)(void *)(formats + count);
	plan->count = count;
	plan->size = size;
	for (size_t i = 0; i < count; i++) {
		formats[i] = *compiler->formats[i];
		plan->formats[i] = &formats[i];
	}
	return plan;
}

void corm__session_end_if_over(corm_session *session)
{
	const struct corm__connection *connection = session->connection;
	if (connection && session->error.error.status != CORM_OK &&
	    connection->driver->transaction(connection->state) != CORM_TRANSACTION_OPEN)
		corm__session_end_failed(session);
}

struct corm__statement *corm__select_statement(corm_session *session, const struct corm__select *select,
                                               const corm_format *const **formats)
{
	struct corm__compiler *compiler = &session->compiler;
	if (corm__compile_select(compiler, CORM__WALK_KEY, select, &session->error) != CORM_OK)
		return NULL;
	struct corm__statement *statement = corm__statement_find(session->connection, compiler->key.data,
	                                                         compiler->key.length);
	if (!statement) {
		if (corm__compile_select(compiler, CORM__WALK_SQL, select, &session->error) != CORM_OK)
			return NULL;
		struct plan *plan = plan_new(compiler);
		if (!plan) {
			corm__session_no_memory(session);
			return NULL;
		}
		statement = corm__statement_prepare(session->connection, compiler->key.data, compiler->key.length,
		                                    compiler->sql.data, compiler->sql.length, &session->error);
		if (!statement) {
			plan_free(plan, &session->allocator);
			corm__session_end_if_over(session);
			return NULL;
		}
		statement->plan = plan;
		statement->plan_free = plan_free;
	}
	*formats = ((struct plan *)statement->plan)->formats;
	return statement;
}

static void begin(struct corm__run *run, corm_session *session, struct corm__statement *statement,
                  const corm_format *const *formats, const void *const *values, size_t count, bool kept)
{
	*run = (struct corm__run){
		.session = session,
		.statement = statement,
		.formats = formats,
		.values = values,
		.count = count,
		.traced = corm__engine_traced(session->engine),
		.kept = kept,
	};
	statement->in_use = true;
	if (run->traced)
		run->started_ns = corm__clock_ns();
}

static bool start(struct corm__run *run, corm_session *session, struct corm__statement *statement,
                  const corm_format *const *formats, const void *const *values, size_t count, bool kept)
{
	begin(run, session, statement, formats, values, count, kept);
	if (count &&
	    statement->connection->driver->bind(statement->state, formats, values, count, &session->error) != CORM_OK) {
		corm__run_end(run);
		return false;
	}
	return true;
}

bool corm__run_start(struct corm__run *run, corm_session *session, struct corm__statement *statement,
                     const corm_format *const *formats, const void *const *values, size_t count)
{
	return start(run, session, statement, formats, values, count, false);
}

bool corm__run_start_kept(struct corm__run *run, corm_session *session, struct corm__statement *statement,
                          const corm_format *const *formats, const void *const *values, size_t count)
{
	return start(run, session, statement, formats, values, count, true);
}

bool corm__run_start_arrays(struct corm__run *run, corm_session *session, struct corm__statement *statement,
                            const corm_format *const *formats, const void *const *values, size_t count, size_t rows)
{
	begin(run, session, statement, formats, values, count, true);
	run->runs = rows;
	if (statement->connection->driver->bind_arrays(statement->state, formats, values, count, rows, &session->error) ==
	    CORM_OK)
		return true;
	corm__run_end(run);
	return false;
}

bool corm__run_row(struct corm__run *run)
{
	struct corm__statement *statement = run->statement;
	if (statement->connection->driver->step(statement->state, &run->session->error) != CORM_STEP_ROW)
		return false;
	run->rows++;
	return true;
}

corm_status corm__run_read_back(struct corm__run *run, struct corm__object *object, const uint16_t *columns,
                                size_t count)
{
	const struct corm__store *store = object->store;
	for (size_t i = 0; i < count; i++)
		store->returned[i] = store->targets[columns[i]];
	return run->statement->connection->driver->read(run->statement->state, 0, store->returned, count,
	                                                corm__object_struct(object), &run->session->arena.room,
	                                                &run->session->error);
}

void corm__run_end(struct corm__run *run)
{
	corm_session *session = run->session;
	struct corm__connection *connection = run->statement->connection;
	if (run->traced) {
		/* What gives columns has given its rows; anything else has changed some. */
		bool reads = connection->driver->column_count(run->statement->state) > 0;
		int64_t rows = reads ? run->rows : connection->driver->changes(connection->state);
		corm__engine_trace(session->engine, &(struct corm__ran){
												.sql = run->statement->sql,
												.formats = run->formats,
												.values = run->values,
												.count = run->count,
												.runs = run->runs,
												.rows = rows,
												.started_ns = run->started_ns,
												.status = session->error.error.status,
											});
	}
	if (run->kept)
		connection->driver->reset(run->statement->state);
	else
		corm__statement_release(run->statement);
	if (!run->kept)
		corm__session_end_if_over(session);
}

int64_t corm__run_end_changes(struct corm__run *run)
{
	const struct corm__connection *connection = run->statement->connection;
	int64_t changes = connection->driver->changes(connection->state);
	corm__run_end(run);
	return run->session->error.error.status == CORM_OK ? changes : -1;
}

/* Its parameters are too many to be told. */
void corm__trace_copy(corm_session *session, const corm_copy *copy, int64_t started_ns)
{
	size_t size = strlen(copy->table) + strlen(copy->names) + sizeof "COPY  () FROM STDIN";
	char *sql = corm__arena_take(&session->work, size);
	corm_status status = session->error.error.status;
	if (!sql)
		return;
	snprintf(sql, size, "COPY %s (%s) FROM STDIN", copy->table, copy->names);
	corm__engine_trace(session->engine, &(struct corm__ran){
											.sql = sql,
											.rows = status == CORM_OK ? (int64_t)copy->rows : 0,
											.started_ns = started_ns,
											.status = status,
										});
}

size_t corm__statement_key(struct corm__store *store, enum corm__statement_kind kind, uint32_t variant,
                           const void *subject, const uint16_t *columns, size_t count)
{
	store->key[0] = (char)kind;
	memcpy(store->key + 1, &variant, sizeof variant);
	memcpy(store->key + 1 + sizeof variant, &subject, sizeof subject);
	if (count)
		memcpy(store->key + CORM__KEY_HEAD, columns, count * sizeof *columns);
	return CORM__KEY_HEAD + count * sizeof *columns;
}

struct corm__statement *corm__compiled_statement(corm_session *session, const struct corm__store *store,
                                                 size_t key_size)
{
	const struct corm__compiler *compiler = &session->compiler;
	return corm__statement_prepare(session->connection, store->key, key_size, compiler->sql.data, compiler->sql.length,
	                               &session->error);
}
