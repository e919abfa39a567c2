/* SPDX-License-Identifier: Apache-2.0
 *
 * Talking to the server: commands in, results out, in libpq's pipeline mode (PostgreSQL's documentation, "Pipeline
 * Mode").
 *
 * connection->commands is the truth about what is still to be received. After an error the server skips everything up
 * to the next sync, which corm__postgresql_sync() sends; the connection is as good as new after it.
 */
#include "driver/clock.h"
#include "driver/postgresql.h"
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>

/* How much longer than the server we wait for a statement that should have ended: the network needs some time too. */
#define GRACE_MS 2000

/* ---- waiting ----------------------------------------------------------------------------------------------------- */

/* Waits for the socket; false when statement_timeout and some more have passed since the first call for a deadline of 0. */
static bool wait_for(const struct corm__postgresql_connection *connection, int events, int64_t *deadline_ns)
{
	struct pollfd socket = { .fd = PQsocket(connection->db), .events = (short)events };
	int limit_ms = -1;
	if (connection->statement_timeout_ms) {
		int64_t now_ns = corm__clock_ns();
		if (!*deadline_ns)
			*deadline_ns = now_ns + ((int64_t)connection->statement_timeout_ms + GRACE_MS) * 1000000;
		int64_t left_ms = (*deadline_ns - now_ns) / 1000000 + 1;
		if (now_ns >= *deadline_ns)
			return false;
		limit_ms = left_ms < INT_MAX ? (int)left_ms : INT_MAX;
	}
	int ready = poll(&socket, 1, limit_ms);
	return ready > 0 || (ready < 0 && errno == EINTR);
}

/* A server that is gone without a word would be waited for forever. */
bool corm__postgresql_wait(struct corm__postgresql_connection *connection)
{
	if (!connection->statement_timeout_ms)
		return true;
	int64_t deadline_ns = 0;
	while (PQisBusy(connection->db)) {
		int flush = PQflush(connection->db);
		if (flush < 0 || !wait_for(connection, POLLIN | (flush ? POLLOUT : 0), &deadline_ns))
			return false;
		if (!PQconsumeInput(connection->db))
			return true; /* libpq says why */
	}
	return true;
}

bool corm__postgresql_flush(struct corm__postgresql_connection *connection)
{
	int64_t deadline_ns = 0;
	int left;
	while ((left = PQflush(connection->db)) > 0) {
		/* The server may have to be rid of something first. */
		if (!wait_for(connection, POLLIN | POLLOUT, &deadline_ns) || !PQconsumeInput(connection->db))
			return false;
	}
	return left == 0;
}

/* ---- the queue --------------------------------------------------------------------------------------------------- */

static bool push(struct corm__postgresql_connection *connection, enum corm__postgresql_command command)
{
	size_t capacity = connection->command_capacity;
	if (connection->command_count == capacity) {
		size_t more = capacity ? capacity * 2 : 64;
		uint8_t *grown = corm__alloc(&connection->allocator, more, 1);
		if (!grown)
			return false;
		/* Full: what stands before the first comes behind the last. */
		size_t first = connection->command_first, behind = capacity - first;
		if (capacity) {
			memcpy(grown, connection->commands + first, behind);
			memcpy(grown + behind, connection->commands, first);
		}
		corm__free(&connection->allocator, connection->commands, capacity);
		connection->commands = grown;
		connection->command_first = 0;
		connection->command_capacity = capacity = more;
	}
	connection->commands[(connection->command_first + connection->command_count++) % capacity] = (uint8_t)command;
	connection->unflushed++;
	return true;
}

static void pop(struct corm__postgresql_connection *connection)
{
	connection->command_first = (connection->command_first + 1) % connection->command_capacity;
	connection->command_count--;
}

/* An error inside of a transaction makes it refuse what follows. */
static void note_failure(struct corm__postgresql_connection *connection)
{
	if (corm__postgresql_is_lost(connection))
		connection->transaction = CORM_TRANSACTION_NONE;
	else if (connection->transaction == CORM_TRANSACTION_OPEN)
		connection->transaction = CORM_TRANSACTION_FAILED;
}

corm_status corm__postgresql_sent(struct corm__postgresql_connection *connection, int sent,
                                  enum corm__postgresql_command command, const char *sql, corm_error_store *error)
{
	if (!sent) {
		note_failure(connection);
		return corm__postgresql_fail(connection, NULL, sql, error);
	}
	if (push(connection, command))
		return CORM_OK;
	/* What is not in the queue would be taken for the result of something else. */
	corm__postgresql_break(connection);
	return corm__postgresql_no_memory(error);
}

/* ---- before a statement ------------------------------------------------------------------------------------------ */

/* The server has not rolled back: the prepared ROLLBACK was gone. The next transaction must not begin inside of this. */
static void roll_back_again(struct corm__postgresql_connection *connection)
{
	corm_error_store ignored;
	int sent = PQsendQueryParams(connection->db, "ROLLBACK", 0, NULL, NULL, NULL, NULL, 0);
	if (corm__postgresql_sent(connection, sent, CORM__COMMAND_RUN, NULL, &ignored) == CORM_OK)
		corm__postgresql_sync(connection, NULL);
	if (connection->transaction != CORM_TRANSACTION_NONE)
		corm__postgresql_break(connection);
}

void corm__postgresql_receive_owed(struct corm__postgresql_connection *connection)
{
	struct corm__postgresql_statement *statement = connection->owed;
	if (!connection->is_owed)
		return;
	connection->is_owed = false;
	connection->owed = NULL;
	corm__postgresql_receive_sync(connection, NULL);
	bool done = connection->transaction == CORM_TRANSACTION_NONE;
	if (statement) {
		statement->is_proven = done;
		statement->name = done ? statement->name : 0;
	}
	if (!done)
		roll_back_again(connection);
}

corm_status corm__postgresql_ready(struct corm__postgresql_connection *connection, corm_error_store *error)
{
	corm__postgresql_receive_owed(connection);
	if (connection->reading) {
		corm_status status = corm__postgresql_finish_reading(connection, error);
		if (status != CORM_OK)
			return status;
	}
	if (PQpipelineStatus(connection->db) == PQ_PIPELINE_OFF && !PQenterPipelineMode(connection->db))
		return corm__postgresql_fail(connection, NULL, NULL, error);
	return CORM_OK;
}

/* A pooler may give us a server's process that has other clients' statements: theirs must not be taken for ours, which
 * are then missed, and that is an error. */
void corm__postgresql_write_name(const struct corm__postgresql_connection *connection, char out[CORM__POSTGRESQL_NAME],
                                 uint32_t number)
{
	snprintf(out, CORM__POSTGRESQL_NAME, "corm_%x_%u", (unsigned)PQbackendPID(connection->db), (unsigned)number);
}

/* Told apart by its end from those that statements have. */
static void write_begin_name(const struct corm__postgresql_connection *connection, char out[CORM__POSTGRESQL_NAME])
{
	corm__postgresql_write_name(connection, out, connection->begin_name);
	size_t length = strlen(out);
	snprintf(out + length, CORM__POSTGRESQL_NAME - length, "_0");
}

/* Prepared as well, because sessions begin more often than anything else. */
static corm_status send_begin(struct corm__postgresql_connection *connection, corm_error_store *error)
{
	char name[CORM__POSTGRESQL_NAME];
	PGconn *db = connection->db;
	const char *begin = connection->begin;
	bool is_plain = !strcmp(begin, corm_postgresql_driver.begin);
	corm_status status = CORM_OK;
	if (!connection->prepared || !is_plain)
		return corm__postgresql_sent(connection, PQsendQueryParams(db, begin, 0, NULL, NULL, NULL, NULL, 0),
		                             CORM__COMMAND_BEFORE, begin, error);
	bool is_prepared = connection->begin_name &&
	                   (connection->begin_is_proven || connection->begin_flight == connection->flight);
	/* What may be there still, or not, keeps its name. */
	if (!is_prepared)
		connection->begin_name = ++connection->names;
	write_begin_name(connection, name);
	if (!is_prepared) {
		connection->begin_is_proven = false;
		connection->begin_flight = connection->flight;
		status = corm__postgresql_sent(connection, PQsendPrepare(db, name, begin, 0, NULL), CORM__COMMAND_BEFORE, begin,
		                               error);
	}
	if (status != CORM_OK)
		return status;
	return corm__postgresql_sent(connection, PQsendQueryPrepared(db, name, 0, NULL, NULL, NULL, 0),
	                             CORM__COMMAND_BEFORE, begin, error);
}

corm_status corm__postgresql_send_before(struct corm__postgresql_connection *connection, bool ends,
                                         corm_error_store *error)
{
	char sql[64], name[CORM__POSTGRESQL_NAME];
	corm_status status = CORM_OK;
	if (connection->begin[0]) {
		status = send_begin(connection, error);
		connection->begin[0] = '\0';
		/* The others would begin to look at data, after which nobody can choose an isolation level any more. */
		return status;
	}
	/* A transaction that has failed would refuse these; and where one fails, because somebody else was faster, what comes
	 * behind it is skipped. */
	while (!ends && status == CORM_OK && connection->dead_count && connection->transaction != CORM_TRANSACTION_FAILED) {
		corm__postgresql_write_name(connection, name, connection->dead[--connection->dead_count]);
		snprintf(sql, sizeof sql, "DEALLOCATE %s", name);
		int sent = PQsendQueryParams(connection->db, sql, 0, NULL, NULL, NULL, NULL, 0);
		status = corm__postgresql_sent(connection, sent, CORM__COMMAND_BEFORE, sql, error);
	}
	return status;
}

/* ---- results ----------------------------------------------------------------------------------------------------- */

static bool is_good(const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);
	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_SINGLE_TUPLE ||
	       status == PGRES_EMPTY_QUERY;
}

/* The result of the next command, which may be an error; NULL when the connection gives none any more. libpq's NULL
 * behind it is taken at once. */
static PGresult *next_result(struct corm__postgresql_connection *connection)
{
	PGresult *result = corm__postgresql_wait(connection) ? PQgetResult(connection->db) : NULL;
	ExecStatusType status = PQresultStatus(result);
	if (result && status != PGRES_SINGLE_TUPLE && status != PGRES_PIPELINE_SYNC)
		PQclear(PQgetResult(connection->db));
	return result;
}

bool corm__postgresql_is_lost(const struct corm__postgresql_connection *connection)
{
	return connection->is_broken || PQstatus(connection->db) != CONNECTION_OK;
}

void corm__postgresql_break(struct corm__postgresql_connection *connection)
{
	if (PQsocket(connection->db) >= 0)
		shutdown(PQsocket(connection->db), SHUT_RDWR);
	connection->is_broken = true;
	connection->transaction = CORM_TRANSACTION_NONE;
}

corm_status corm__postgresql_lost(struct corm__postgresql_connection *connection, const char *sql,
                                  corm_error_store *error)
{
	if (!corm__postgresql_is_lost(connection)) {
		corm__postgresql_break(connection);
		corm_error_set(error, CORM_ERROR_TIMEOUT,
		               "postgresql: the server did not answer within statement_timeout, %d ms, and %d ms more: the "
		               "connection is given up",
		               connection->statement_timeout_ms, GRACE_MS);
		corm_error_detail(error, &error->error.sql, sql, SIZE_MAX);
	} else {
		corm__postgresql_fail(connection, NULL, sql, error);
	}
	note_failure(connection);
	return error->error.status;
}

/* The result of the next command, whichever it is. */
static PGresult *receive_next(struct corm__postgresql_connection *connection, const char *sql, corm_error_store *error)
{
	if (connection->unflushed >= connection->command_count && PQpipelineStatus(connection->db) != PQ_PIPELINE_OFF) {
		if (!PQsendFlushRequest(connection->db)) {
			corm__postgresql_lost(connection, sql, error);
			return NULL;
		}
		connection->unflushed = 0;
	}
	PGresult *result = next_result(connection);
	if (!result) {
		corm__postgresql_lost(connection, sql, error);
		return NULL;
	}
	pop(connection);
	if (is_good(result))
		return result;
	corm__postgresql_fail(connection, result, sql, error);
	PQclear(result);
	note_failure(connection);
	return NULL;
}

corm_status corm__postgresql_receive_before(struct corm__postgresql_connection *connection, const char *sql,
                                            corm_error_store *error)
{
	while (connection->command_count && connection->commands[connection->command_first] == CORM__COMMAND_BEFORE) {
		PGresult *result = receive_next(connection, sql, error);
		if (!result)
			return error->error.status;
		PQclear(result);
	}
	return CORM_OK;
}

PGresult *corm__postgresql_receive(struct corm__postgresql_connection *connection, const char *sql,
                                   corm_error_store *error)
{
	if (corm__postgresql_receive_before(connection, sql, error) != CORM_OK)
		return NULL;
	if (connection->command_count)
		return receive_next(connection, sql, error);
	corm_error_set(error, CORM_ERROR_USAGE, "postgresql: a result is asked for, and nothing was sent");
	return NULL;
}

/* The state of the transaction as the server said last. */
static corm_transaction_state state_of(const PGconn *db)
{
	switch (PQtransactionStatus(db)) {
	case PQTRANS_INTRANS:
	case PQTRANS_ACTIVE:
		return CORM_TRANSACTION_OPEN;
	case PQTRANS_INERROR:
		return CORM_TRANSACTION_FAILED;
	default:
		return CORM_TRANSACTION_NONE;
	}
}

void corm__postgresql_note_state(struct corm__postgresql_connection *connection)
{
	connection->heard_ns = corm__clock_ns();
	connection->transaction = corm__postgresql_is_lost(connection) ? CORM_TRANSACTION_NONE : state_of(connection->db);
}

corm_status corm__postgresql_send_sync(struct corm__postgresql_connection *connection, corm_error_store *error)
{
	if (PQpipelineSync(connection->db)) {
		connection->unflushed = 0;
		return CORM_OK;
	}
	note_failure(connection);
	return corm__postgresql_fail(connection, NULL, NULL, error);
}

corm_status corm__postgresql_receive_sync(struct corm__postgresql_connection *connection, corm_error_store *error)
{
	corm_error_store ignored;
	corm_status status = CORM_OK;
	/* Outside of a pipeline each result is in sync. */
	while (PQpipelineStatus(connection->db) != PQ_PIPELINE_OFF) {
		PGresult *result = next_result(connection);
		ExecStatusType kind = result ? PQresultStatus(result) : PGRES_FATAL_ERROR;
		if (!result) {
			status = corm__postgresql_lost(connection, NULL, error && status == CORM_OK ? error : &ignored);
			break;
		}
		if (kind == PGRES_FATAL_ERROR && status == CORM_OK)
			status = corm__postgresql_fail(connection, result, NULL, error ? error : &ignored);
		PQclear(result);
		if (kind == PGRES_PIPELINE_SYNC)
			break;
	}
	connection->command_count = connection->unflushed = 0;
	corm__postgresql_note_state(connection);
	if (connection->begin_flight == connection->flight && connection->transaction != CORM_TRANSACTION_NONE)
		connection->begin_is_proven = true;
	connection->flight++;
	return status;
}

corm_status corm__postgresql_sync(struct corm__postgresql_connection *connection, corm_error_store *error)
{
	corm_error_store ignored;
	corm_status status = corm__postgresql_send_sync(connection, error ? error : &ignored);
	return status == CORM_OK ? corm__postgresql_receive_sync(connection, error) : status;
}

PGresult *corm__postgresql_query(struct corm__postgresql_connection *connection, const char *sql, int count,
                                 const Oid *oids, const char *const *values, const int *lengths, const int *formats,
                                 int result_format, corm_error_store *error)
{
	corm_status status = corm__postgresql_ready(connection, error);
	if (status == CORM_OK)
		status = corm__postgresql_send_before(connection, false, error);
	if (status == CORM_OK) {
		int sent = PQsendQueryParams(connection->db, sql, count, oids, values, lengths, formats, result_format);
		status = corm__postgresql_sent(connection, sent, CORM__COMMAND_RUN, sql, error);
	}
	if (status == CORM_OK)
		status = corm__postgresql_send_sync(connection, error);
	if (status != CORM_OK)
		return NULL;
	PGresult *result = corm__postgresql_receive(connection, sql, error);
	corm__postgresql_receive_sync(connection, NULL);
	return result;
}

PGresult *corm__postgresql_exec(struct corm__postgresql_connection *connection, const char *sql,
                                corm_error_store *error)
{
	PGresult *last = NULL;
	if (!PQsendQuery(connection->db, sql)) {
		corm__postgresql_fail(connection, NULL, sql, error);
		return NULL;
	}
	for (;;) {
		if (!corm__postgresql_wait(connection)) {
			PQclear(last);
			corm__postgresql_lost(connection, sql, error);
			return NULL;
		}
		PGresult *result = PQgetResult(connection->db);
		if (!result)
			break;
		PQclear(last);
		last = result;
		/* A COPY is for the caller to end: libpq would give the same result for ever. */
		ExecStatusType status = PQresultStatus(last);
		if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH)
			break;
	}
	if (!last)
		corm__postgresql_fail(connection, NULL, sql, error);
	return last;
}

bool corm__postgresql_end_pipeline(struct corm__postgresql_connection *connection)
{
	return PQpipelineStatus(connection->db) == PQ_PIPELINE_OFF || PQexitPipelineMode(connection->db);
}

corm_status corm__postgresql_leave_pipeline(struct corm__postgresql_connection *connection, corm_error_store *error)
{
	corm_status status = corm__postgresql_ready(connection, error);
	connection->has_changed = true;
	if (status == CORM_OK)
		status = corm__postgresql_send_before(connection, false, error);
	if (status == CORM_OK && connection->command_count)
		status = corm__postgresql_sync(connection, error);
	if (status == CORM_OK && !PQexitPipelineMode(connection->db))
		status = corm__postgresql_fail(connection, NULL, NULL, error);
	return status;
}
