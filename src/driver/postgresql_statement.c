/* SPDX-License-Identifier: Apache-2.0
 *
 * Statements: prepared on the server at their first run, when the types of their parameters are known.
 *
 * A result comes as a whole, or, for a statement that gave many rows the last time, row by row: then client and server
 * work at the same time, and the client holds one row instead of all.
 */
#include "driver/postgresql.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

/* Is it prepared on the server? Not if that was to happen in a flight that did not come so far. */
static bool is_prepared(struct corm__postgresql_statement *statement)
{
	if (!statement->is_proven && statement->flight != statement->connection->flight)
		statement->name = 0;
	return statement->name;
}

/* A new name, which the statement has from now on when it is prepared. */
static uint32_t new_name(struct corm__postgresql_statement *statement)
{
	uint32_t number = ++statement->connection->names;
	corm__postgresql_write_name(statement->connection, statement->name_text, number);
	return number;
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

static bool begins_with(const char *sql, const char *word)
{
	size_t length = strlen(word);
	return !strncmp(sql, word, length) && (sql[length] == '\0' || sql[length] == ' ');
}

corm_status corm__postgresql_prepare(void *connection_data, void *data, const char *sql, size_t length,
                                     corm_error_store *error)
{
	struct corm__postgresql_connection *connection = connection_data;
	struct corm__postgresql_statement *statement = data;
	statement->connection = connection;
	statement->sql = sql;
	statement->sql_length = length;
	corm__buffer_init(&statement->arrays, &connection->allocator, CORM__POSTGRESQL_ARRAYS);
	if (length >= INT_MAX / 2)
		return corm_error_set(error, CORM_ERROR_VALIDATION, "postgresql: the statement is too long: %zu bytes", length);
	if (strlen(sql) != length)
		return corm_error_set(error, CORM_ERROR_SQL, "postgresql: the SQL text has a NUL in it");
	statement->is_large = true; /* until it is known: a first run has few rows, or gains by it */
	/* Locks nothing that another session could wait for. */
	statement->is_reading = begins_with(sql, "SELECT") && !strstr(sql, " FOR ");
	statement->is_begin = !strcmp(sql, corm_postgresql_driver.begin);
	statement->is_commit = !strcmp(sql, "COMMIT");
	statement->is_end = statement->is_commit || !strcmp(sql, "ROLLBACK");
	/* Not worth a name on the server. */
	statement->is_control = statement->is_end || begins_with(sql, "SAVEPOINT") || begins_with(sql, "RELEASE") ||
	                        begins_with(sql, "ROLLBACK");
	return CORM_OK;
}

void corm__postgresql_forget(struct corm__postgresql_statement *statement)
{
	struct corm__postgresql_connection *connection = statement->connection;
	uint32_t name = statement->name;
	statement->described = false;
	statement->name = 0;
	/* What may not be there cannot be deallocated: that would be an error, in somebody else's statement. */
	if (!name || !statement->is_proven)
		return;
	if (connection->dead_count == connection->dead_capacity) {
		size_t capacity = connection->dead_capacity ? connection->dead_capacity * 2 : 16;
		uint32_t *grown = corm__resize(&connection->allocator, connection->dead, connection->dead_capacity, capacity,
		                               sizeof *grown);
		if (grown) {
			connection->dead = grown;
			connection->dead_capacity = capacity;
		}
	}
	/* Without memory it stays on the server until the connection ends. */
	if (connection->dead_count < connection->dead_capacity)
		connection->dead[connection->dead_count++] = name;
}

void corm__postgresql_finalize(void *data)
{
	struct corm__postgresql_statement *statement = data;
	if (!statement->connection)
		return;
	const corm_allocator allocator = statement->connection->allocator;
	corm__postgresql_reset(statement);
	corm__postgresql_forget(statement);
	if (statement->connection->owed == statement)
		statement->connection->owed = NULL;
	corm__free(&allocator, (void *)statement->values, statement->parameter_capacity * CORM__POSTGRESQL_PARAMETER);
	corm__free(&allocator, statement->wires, statement->column_capacity);
	corm__buffer_release(&statement->arrays);
	PQclear(statement->description);
	*statement = (struct corm__postgresql_statement){ .connection = NULL };
}

/* ---- columns ----------------------------------------------------------------------------------------------------- */

/* Tells results apart whose columns have other types (FNV-1a). */
static uint64_t types_of(const PGresult *result)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	for (int i = 0; i < PQnfields(result); i++)
		hash = (hash ^ PQftype(result, i)) * UINT64_C(0x100000001b3);
	return hash;
}

static corm_status find_wires(struct corm__postgresql_statement *statement, const PGresult *result,
                              corm_error_store *error)
{
	statement->as_text = false;
	for (size_t i = 0; i < statement->column_count; i++) {
		Oid oid = PQftype(result, (int)i);
		bool is_text = true;
		enum corm__postgresql_wire wire = corm__postgresql_wire_of(oid);
		if (wire == CORM__WIRE_UNKNOWN) {
			corm_status status = corm__postgresql_is_text(statement->connection, oid, &is_text, error);
			if (status != CORM_OK)
				return status;
			wire = CORM__WIRE_TEXT;
		}
		statement->as_text |= !is_text;
		statement->wires[i] = (uint8_t)wire;
	}
	return CORM_OK;
}

corm_status corm__postgresql_describe(struct corm__postgresql_statement *statement, const PGresult *result,
                                      corm_error_store *error)
{
	size_t count = (size_t)PQnfields(result);
	if (count > statement->column_capacity) {
		uint8_t *grown = corm__resize(&statement->connection->allocator, statement->wires, statement->column_capacity,
		                              count, 1);
		if (!grown)
			return corm__postgresql_no_memory(error);
		statement->wires = grown;
		statement->column_capacity = count;
	}
	statement->column_count = count;
	statement->column_types = types_of(result);
	corm_status status = find_wires(statement, result, error);
	statement->described = status == CORM_OK;
	return status;
}

static corm_status send_prepare(struct corm__postgresql_statement *statement, const char *name, corm_error_store *error)
{
	int sent = PQsendPrepare(statement->connection->db, name, statement->sql, (int)statement->parameter_count,
	                         statement->oids);
	return corm__postgresql_sent(statement->connection, sent, CORM__COMMAND_BEFORE, statement->sql, error);
}

/* Prepares the statement and asks for its columns, in one round trip. One that may not stay on the server is prepared
 * without a name, for its columns alone: only they say how to ask for the result. */
static corm_status prepare_on_server(struct corm__postgresql_statement *statement, corm_error_store *error)
{
	struct corm__postgresql_connection *connection = statement->connection;
	uint32_t number = connection->prepared ? new_name(statement) : 0;
	const char *name = connection->prepared ? statement->name_text : "";
	corm_status status = send_prepare(statement, name, error);
	if (status == CORM_OK)
		status = corm__postgresql_sent(connection, PQsendDescribePrepared(connection->db, name), CORM__COMMAND_RUN,
		                               statement->sql, error);
	if (status == CORM_OK)
		status = corm__postgresql_send_sync(connection, error);
	if (status != CORM_OK)
		return status;
	PGresult *description = corm__postgresql_receive(connection, statement->sql, error);
	corm__postgresql_receive_sync(connection, NULL);
	if (!description)
		return error->error.status;
	statement->name = number;
	statement->is_proven = true;
	PQclear(statement->description);
	statement->description = description;
	return corm__postgresql_describe(statement, description, error);
}

/* The same while other commands are on their way: nobody can wait for its columns then. */
static corm_status prepare_in_between(struct corm__postgresql_statement *statement, corm_error_store *error)
{
	statement->name = new_name(statement);
	statement->is_proven = false;
	statement->flight = statement->connection->flight;
	return send_prepare(statement, statement->name_text, error);
}

/* Everything up to the run itself. */
static corm_status get_ready(struct corm__postgresql_statement *statement, corm_error_store *error)
{
	struct corm__postgresql_connection *connection = statement->connection;
	if (corm__postgresql_is_lost(connection))
		return corm__postgresql_fail(connection, NULL, statement->sql, error);
	corm_status status = corm__postgresql_ready(connection, error);
	if (status == CORM_OK)
		status = corm__postgresql_send_before(connection, statement->is_end, error);
	if (status == CORM_OK && !statement->is_control &&
	    !(connection->prepared ? is_prepared(statement) : statement->described))
		status = prepare_on_server(statement, error);
	atomic_store(&connection->cancelled, false);
	return status;
}

static corm_status send_run(struct corm__postgresql_statement *statement, corm_error_store *error)
{
	struct corm__postgresql_connection *connection = statement->connection;
	int count = (int)statement->parameter_count, sent, as_binary = !statement->as_text;
	if (statement->name) {
		sent = PQsendQueryPrepared(connection->db, statement->name_text, count, statement->values, statement->lengths,
		                           statement->formats, as_binary);
	} else {
		sent = PQsendQueryParams(connection->db, statement->sql, count, statement->oids, statement->values,
		                         statement->lengths, statement->formats, as_binary);
	}
	return corm__postgresql_sent(connection, sent, CORM__COMMAND_RUN, statement->sql, error);
}

/* ---- results ----------------------------------------------------------------------------------------------------- */

static int64_t number_of(const char *text)
{
	return *text ? strtoll(text, NULL, 10) : 0;
}

/* What is prepared by name has the same columns always, or an error says that it has not. The columns of the rest may be
 * others each time, and would be read as what they are not. */
static corm_status check_columns(struct corm__postgresql_statement *statement, corm_error_store *error)
{
	bool as_known = statement->name || statement->column_types == types_of(statement->result);
	if (as_known && (!statement->as_text || statement->is_text))
		return CORM_OK;
	corm__postgresql_forget(statement);
	corm_error_set(error, CORM_ERROR_SQL,
	               "postgresql: the columns of the result have other types than was known when the statement was sent: "
	               "run it again");
	corm_error_detail(error, &error->error.sqlstate, "0A000", SIZE_MAX);
	corm_error_detail(error, &error->error.sql, statement->sql, SIZE_MAX);
	return CORM_ERROR_SQL;
}

/* The statement has this result now, before its first row. Takes it. */
static corm_status take_result(struct corm__postgresql_statement *statement, PGresult *result, corm_error_store *error)
{
	PQclear(statement->result);
	statement->result = result;
	statement->row = -1;
	statement->row_count = PQntuples(result);
	statement->is_text = !PQbinaryTuples(result);
	/* What gives rows says their number once more as text. */
	bool gives_rows = PQresultStatus(result) == PGRES_TUPLES_OK;
	statement->connection->changes = gives_rows ? statement->row_count : number_of(PQcmdTuples(result));
	if (!PQnfields(result))
		return CORM_OK;
	corm_status status = statement->described ? CORM_OK : corm__postgresql_describe(statement, result, error);
	return status == CORM_OK ? check_columns(statement, error) : status;
}

/* An error that says that the statement on the server is none any more: it is prepared anew the next time. */
static void look_at_error(struct corm__postgresql_statement *statement, const corm_error_store *error)
{
	const char *state = error->error.sqlstate;
	if (state && !strcmp(state, "26000"))
		statement->is_proven = false;
	if (state && (!strcmp(state, "26000") || !strcmp(state, "0A000")))
		corm__postgresql_forget(statement);
}

/* A COMMIT of a transaction that had failed is answered by ROLLBACK, as if that were no error. */
static corm_status check_commit(const struct corm__postgresql_statement *statement, corm_error_store *error)
{
	if (!statement->is_commit || strcmp(PQcmdStatus(statement->result), "ROLLBACK") != 0)
		return CORM_OK;
	return corm_error_set(error, CORM_ERROR_SQL,
	                      "postgresql: the transaction could not be committed: it had failed before, and the server "
	                      "has rolled it back");
}

/* Nothing has to go with the statement: it goes as if there were no pipelines, whose syncs take their time. */
static bool is_alone(struct corm__postgresql_statement *statement)
{
	const struct corm__postgresql_connection *connection = statement->connection;
	return is_prepared(statement) && !connection->begin[0] && !connection->dead_count && !connection->command_count &&
	       !connection->reading && !connection->is_owed;
}

static corm_status start(struct corm__postgresql_statement *statement, corm_error_store *error)
{
	struct corm__postgresql_connection *connection = statement->connection;
	corm_status status = CORM_OK;
	if (!corm__postgresql_is_lost(connection) && is_alone(statement) && corm__postgresql_end_pipeline(connection)) {
		atomic_store(&connection->cancelled, false);
		return send_run(statement, error);
	}
	status = get_ready(statement, error);
	if (status == CORM_OK)
		status = send_run(statement, error);
	return status == CORM_OK ? corm__postgresql_send_sync(connection, error) : status;
}

static corm_status run(struct corm__postgresql_statement *statement, corm_error_store *error)
{
	struct corm__postgresql_connection *connection = statement->connection;
	corm_status status = start(statement, error);
	if (status != CORM_OK)
		return status;
	connection->has_changed |= !statement->is_reading && !statement->is_control;
	/* What stands before it is received first: only the next result can be had row by row. Its types have to be known
	 * then, for they may have to be asked for. */
	const bool wants_rows = statement->is_large && statement->described;
	if (wants_rows)
		status = corm__postgresql_receive_before(connection, statement->sql, error);
	bool by_row = wants_rows && status == CORM_OK && PQsetSingleRowMode(connection->db);
	PGresult *result = status == CORM_OK ? corm__postgresql_receive(connection, statement->sql, error) : NULL;
	if (result && by_row && PQresultStatus(result) == PGRES_SINGLE_TUPLE) {
		connection->reading = statement;
		statement->single_count = 1;
		return take_result(statement, result, error);
	}
	if (!result)
		look_at_error(statement, error);
	corm__postgresql_receive_sync(connection, NULL);
	if (!result)
		return error->error.status;
	status = take_result(statement, result, error);
	statement->is_large = statement->row_count > CORM__POSTGRESQL_LARGE;
	return status == CORM_OK ? check_commit(statement, error) : status;
}

/* The next of the rows that come one by one; false at their end. */
static bool next_single(struct corm__postgresql_statement *statement, corm_error_store *error, corm_status *status)
{
	struct corm__postgresql_connection *connection = statement->connection;
	PGresult *result = corm__postgresql_wait(connection) ? PQgetResult(connection->db) : NULL;
	*status = CORM_OK;
	if (result && PQresultStatus(result) == PGRES_SINGLE_TUPLE) {
		PQclear(statement->result);
		statement->result = result;
		statement->row = 0;
		statement->single_count++;
		return true;
	}
	connection->reading = NULL;
	statement->is_large = statement->single_count > CORM__POSTGRESQL_LARGE;
	if (!result)
		*status = corm__postgresql_lost(connection, statement->sql, error);
	else if (PQresultStatus(result) != PGRES_TUPLES_OK)
		*status = corm__postgresql_fail(connection, result, statement->sql, error);
	else
		connection->changes = number_of(PQcmdTuples(result));
	if (result)
		PQclear(PQgetResult(connection->db)); /* libpq's NULL behind it */
	PQclear(result);
	corm__postgresql_receive_sync(connection, NULL);
	return false;
}

/* What is left becomes one result, which the statement goes on with. */
corm_status corm__postgresql_finish_reading(struct corm__postgresql_connection *connection, corm_error_store *error)
{
	struct corm__postgresql_statement *statement = connection->reading;
	PGresult *rest = NULL;
	corm_status status = CORM_OK;
	/* The row that is being looked at stays the first. */
	PGresult *current = statement->result;
	rest = PQcopyResult(current, PG_COPYRES_ATTRS | PG_COPYRES_TUPLES);
	bool complete = rest != NULL;
	statement->result = NULL;
	for (int row = 1; next_single(statement, error, &status); row++) {
		for (int i = 0; complete && i < PQnfields(statement->result); i++) {
			bool is_null = PQgetisnull(statement->result, 0, i);
			complete = PQsetvalue(rest, row, i, is_null ? NULL : PQgetvalue(statement->result, 0, i),
			                      is_null ? -1 : PQgetlength(statement->result, 0, i));
		}
	}
	PQclear(statement->result);
	PQclear(current);
	statement->result = rest;
	statement->row_count = rest ? PQntuples(rest) : 0;
	if (!complete && status == CORM_OK)
		status = corm__postgresql_no_memory(error);
	statement->cut = status;
	return status;
}

static corm_step ended(struct corm__postgresql_statement *statement)
{
	if (statement->cursor)
		corm__postgresql_cursor_close(statement);
	return CORM_STEP_DONE;
}

/* BEGIN waits for the first statement; where none came, there is nothing to end. */
static bool is_postponed(struct corm__postgresql_statement *statement)
{
	struct corm__postgresql_connection *connection = statement->connection;
	if (statement->is_begin && !corm__postgresql_is_lost(connection)) {
		corm__postgresql_receive_owed(connection);
		snprintf(connection->begin, sizeof connection->begin, "%s", statement->sql);
		connection->transaction = CORM_TRANSACTION_OPEN;
		connection->has_changed = false;
		return true;
	}
	if (statement->is_end && connection->begin[0]) {
		connection->begin[0] = '\0';
		connection->transaction = CORM_TRANSACTION_NONE;
		return true;
	}
	return false;
}

/* Nobody needs to wait for the answer to the ROLLBACK of what has only read: whatever it is, there is no transaction any
 * more, and nobody else has waited for it. */
static corm_status roll_back(struct corm__postgresql_statement *statement, corm_error_store *error)
{
	struct corm__postgresql_connection *connection = statement->connection;
	corm_status status = get_ready(statement, error);
	if (status == CORM_OK && connection->prepared && !is_prepared(statement))
		status = prepare_in_between(statement, error);
	if (status == CORM_OK)
		status = send_run(statement, error);
	if (status == CORM_OK)
		status = corm__postgresql_send_sync(connection, error);
	if (status != CORM_OK)
		return status;
	connection->is_owed = true;
	connection->owed = statement;
	connection->transaction = CORM_TRANSACTION_NONE;
	return CORM_OK;
}

static corm_step first_step(struct corm__postgresql_statement *statement, corm_error_store *error)
{
	if (is_postponed(statement)) {
		statement->connection->changes = 0;
		return CORM_STEP_DONE;
	}
	statement->is_running = true;
	if (statement->is_end && !statement->is_commit && !statement->connection->has_changed &&
	    statement->connection->transaction == CORM_TRANSACTION_OPEN)
		return roll_back(statement, error) == CORM_OK ? CORM_STEP_DONE : CORM_STEP_ERROR;
	corm_status status = statement->wants_cursor ? corm__postgresql_cursor_open(statement, error)
	                                             : run(statement, error);
	return status == CORM_OK ? CORM_STEP_ROW : CORM_STEP_ERROR;
}

corm_step corm__postgresql_step(void *data, corm_error_store *error)
{
	struct corm__postgresql_statement *statement = data;
	corm_status status = CORM_OK;
	if (!statement->is_running) {
		corm_step step = first_step(statement, error);
		if (step != CORM_STEP_ROW)
			return step;
	}
	if (statement->result && ++statement->row < statement->row_count)
		return CORM_STEP_ROW;
	if (statement->cut != CORM_OK) {
		corm_error_set(error, statement->cut, "postgresql: the rest of the rows is lost: there was an error before");
		corm_error_detail(error, &error->error.sql, statement->sql, SIZE_MAX);
		return CORM_STEP_ERROR;
	}
	if (statement->connection->reading == statement) {
		if (next_single(statement, error, &status))
			return CORM_STEP_ROW;
		return status == CORM_OK ? CORM_STEP_DONE : CORM_STEP_ERROR;
	}
	if (!statement->cursor)
		return CORM_STEP_DONE;
	status = corm__postgresql_cursor_fetch(statement, error);
	if (status != CORM_OK)
		return CORM_STEP_ERROR;
	return ++statement->row < statement->row_count ? CORM_STEP_ROW : ended(statement);
}

void corm__postgresql_reset(void *data)
{
	struct corm__postgresql_statement *statement = data;
	struct corm__postgresql_connection *connection = statement->connection;
	corm_error_store ignored;
	corm_status status;
	if (connection->reading == statement) {
		/* The server would go on sending rows that nobody wants. */
		while (next_single(statement, &ignored, &status))
			;
	}
	if (statement->cursor)
		corm__postgresql_cursor_close(statement);
	PQclear(statement->result);
	statement->result = NULL;
	statement->is_running = statement->wants_cursor = false;
	statement->cut = CORM_OK;
	statement->row = statement->row_count = 0;
}

/* ---- runs without waiting ---------------------------------------------------------------------------------------- */

corm_status corm__postgresql_send(void *data, corm_error_store *error)
{
	struct corm__postgresql_statement *statement = data;
	struct corm__postgresql_connection *connection = statement->connection;
	corm_status status = CORM_OK;
	connection->has_changed = true;
	if (!connection->command_count)
		status = get_ready(statement, error);
	else if (connection->prepared && !is_prepared(statement))
		status = prepare_in_between(statement, error);
	if (status == CORM_OK)
		status = send_run(statement, error);
	/* The server is asked for answers now and then, so that it does not hoard them until the end. */
	if (status == CORM_OK && connection->unflushed >= CORM__POSTGRESQL_FLUSH) {
		if (PQsendFlushRequest(connection->db))
			connection->unflushed = 0;
		else
			status = corm__postgresql_fail(connection, NULL, statement->sql, error);
	}
	return status;
}

corm_step corm__postgresql_receive_run(void *data, corm_error_store *error)
{
	struct corm__postgresql_statement *statement = data;
	if (!statement->result) {
		struct corm__postgresql_connection *connection = statement->connection;
		corm_status status = corm__postgresql_receive_before(connection, statement->sql, error);
		/* Its PREPARE was among these; what is skipped behind an error of somebody else's tells nothing. */
		statement->is_proven |= status == CORM_OK && PQpipelineStatus(connection->db) != PQ_PIPELINE_ABORTED;
		PGresult *result = status == CORM_OK ? corm__postgresql_receive(connection, statement->sql, error) : NULL;
		if (!result)
			look_at_error(statement, error);
		if (!result || take_result(statement, result, error) != CORM_OK)
			return CORM_STEP_ERROR;
	}
	if (++statement->row < statement->row_count)
		return CORM_STEP_ROW;
	PQclear(statement->result);
	statement->result = NULL;
	return CORM_STEP_DONE;
}

void corm__postgresql_discard(void *data)
{
	struct corm__postgresql_connection *connection = data;
	/* After an error the server skips everything up to a sync, also when nothing was left of the queue. */
	bool is_skipping = PQpipelineStatus(connection->db) == PQ_PIPELINE_ABORTED;
	if (connection->command_count || (is_skipping && !corm__postgresql_is_lost(connection)))
		corm__postgresql_sync(connection, NULL);
}

/* ---- names ------------------------------------------------------------------------------------------------------- */

static const PGresult *names_of(const struct corm__postgresql_statement *statement)
{
	return statement->result ? statement->result : statement->description;
}

size_t corm__postgresql_column_count(void *data)
{
	const PGresult *names = names_of(data);
	return names ? (size_t)PQnfields(names) : 0;
}

const char *corm__postgresql_column_name(void *data, size_t index)
{
	const PGresult *names = names_of(data);
	return names ? PQfname(names, (int)index) : NULL;
}
