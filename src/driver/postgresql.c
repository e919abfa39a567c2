/* SPDX-License-Identifier: Apache-2.0
 *
 * The PostgreSQL driver: its table, and what concerns a connection as a whole.
 */
#include "driver/postgresql.h"
#include "driver/abandon.h"
#include "driver/clock.h"
#include <poll.h>
#include <stdio.h>

static uint32_t capabilities(void *data)
{
	(void)data;
	return CORM_CAN_RETURNING | CORM_CAN_UPDATE_RETURNING | CORM_CAN_TRANSACTIONAL_DDL | CORM_CAN_SAVEPOINT |
	       CORM_CAN_FULL_JOIN | CORM_CAN_LOCK_ROWS | CORM_CAN_SEND | CORM_CAN_ARRAYS | CORM_CAN_COPY |
	       CORM_CAN_COMPARE_VALUES | CORM_CAN_CHECK_AT_END;
}

/* The program gets it as libpq makes it: outside of pipeline mode, with nothing to be received. */
static void *native(void *data, corm_error_store *error)
{
	struct corm__postgresql_connection *connection = data;
	if (corm__postgresql_is_lost(connection)) {
		corm__postgresql_fail(connection, NULL, NULL, error);
		return NULL;
	}
	return corm__postgresql_leave_pipeline(connection, error) == CORM_OK ? connection->db : NULL;
}

/* A connection that has answered within this time is taken for alive. */
#define JUST_NOW_NS 50000000

/* A server that has closed the connection while nobody used it has left its last words in the socket. */
static bool alive(void *data)
{
	struct corm__postgresql_connection *connection = data;
	if (!connection->db || corm__postgresql_is_lost(connection))
		return false;
	corm__postgresql_receive_owed(connection);
	if (corm__postgresql_is_lost(connection))
		return false;
	if (connection->command_count || connection->reading)
		return true;
	/* Within a transaction it matters whether it is still there before the COMMIT. */
	if (connection->transaction == CORM_TRANSACTION_NONE && corm__clock_ns() - connection->heard_ns < JUST_NOW_NS)
		return true;
	for (int reads = 0; reads < 4; reads++) {
		struct pollfd socket = { .fd = PQsocket(connection->db), .events = POLLIN };
		if (poll(&socket, 1, 0) <= 0)
			return true;
		if (!PQconsumeInput(connection->db))
			return false;
		PQisBusy(connection->db);
	}
	return !corm__postgresql_is_lost(connection);
}

/* Statements without parameters and rows, several of them at once: the simple protocol. */
static corm_status execute(void *data, const char *sql, corm_error_store *error)
{
	struct corm__postgresql_connection *connection = data;
	if (corm__postgresql_is_lost(connection))
		return corm__postgresql_fail(connection, NULL, sql, error);
	corm_status status = corm__postgresql_leave_pipeline(connection, error);
	if (status != CORM_OK)
		return status;
	atomic_store(&connection->cancelled, false);
	PGresult *result = corm__postgresql_exec(connection, sql, error);
	if (!result)
		return error->error.status;
	ExecStatusType kind = PQresultStatus(result);
	if (kind == PGRES_COPY_IN || kind == PGRES_COPY_OUT) {
		corm__postgresql_break(connection);
		status = corm_error_set(error, CORM_ERROR_USAGE, "postgresql: COPY needs the client library's own functions");
	} else if (kind != PGRES_COMMAND_OK && kind != PGRES_TUPLES_OK && kind != PGRES_EMPTY_QUERY) {
		status = corm__postgresql_fail(connection, result, sql, error);
	}
	PQclear(result);
	corm__postgresql_note_state(connection);
	return status;
}

static int64_t changes(void *data)
{
	struct corm__postgresql_connection *connection = data;
	return connection->changes;
}

static int64_t last_id(void *data)
{
	(void)data;
	return 0;
}

/* After native() the program may have ended it, or begun one. */
static corm_transaction_state transaction(void *data)
{
	struct corm__postgresql_connection *connection = data;
	if (corm__postgresql_is_lost(connection))
		return CORM_TRANSACTION_NONE;
	if (PQpipelineStatus(connection->db) == PQ_PIPELINE_OFF && !connection->begin[0])
		corm__postgresql_note_state(connection);
	return connection->transaction;
}

static void cancel(void *data)
{
	struct corm__postgresql_connection *connection = data;
	char reason[256];
	atomic_store(&connection->cancelled, true);
	PQcancel(connection->cancel, reason, sizeof reason);
}

static void abandon(void *data)
{
	struct corm__postgresql_connection *connection = data;
	int socket = connection->db ? PQsocket(connection->db) : -1;
	if (socket >= 0 && !corm__abandon_socket(socket))
		connection->db = NULL;
	corm__postgresql_disconnect(connection);
}

static corm_status begin_as(void *data, const char *isolation_level, bool read_only, corm_error_store *error)
{
	struct corm__postgresql_connection *connection = data;
	if (corm__postgresql_is_lost(connection))
		return corm__postgresql_fail(connection, NULL, NULL, error);
	snprintf(connection->begin, sizeof connection->begin, "BEGIN%s%s%s", isolation_level ? " ISOLATION LEVEL " : "",
	         isolation_level ? isolation_level : "", read_only ? " READ ONLY" : "");
	connection->transaction = CORM_TRANSACTION_OPEN;
	connection->has_changed = false;
	return CORM_OK;
}

static const char *const schemes[] = { "postgresql", "postgres", NULL };

const corm_driver corm_postgresql_driver = {
	.abi = CORM_DRIVER_ABI,
	.name = "postgresql",
	.schemes = schemes,
	.dialect = "postgresql",
	.connection_size = sizeof(struct corm__postgresql_connection),
	.statement_size = sizeof(struct corm__postgresql_statement),
	.begin = "BEGIN",
	.capabilities = capabilities,
	.connect = corm__postgresql_connect,
	.disconnect = corm__postgresql_disconnect,
	.native = native,
	.alive = alive,
	.execute = execute,
	.prepare = corm__postgresql_prepare,
	.finalize = corm__postgresql_finalize,
	.bind = corm__postgresql_bind,
	.step = corm__postgresql_step,
	.read = corm__postgresql_read,
	.is_null = corm__postgresql_is_null,
	.reset = corm__postgresql_reset,
	.column_count = corm__postgresql_column_count,
	.column_name = corm__postgresql_column_name,
	.changes = changes,
	.last_id = last_id,
	.transaction = transaction,
	.cancel = cancel,
	.abandon = abandon,
	.begin_as = begin_as,
	.stream = corm__postgresql_stream,
	.send = corm__postgresql_send,
	.receive = corm__postgresql_receive_run,
	.discard = corm__postgresql_discard,
	.bind_arrays = corm__postgresql_bind_arrays,
	.copy = corm__postgresql_copy,
};
