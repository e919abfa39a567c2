/* SPDX-License-Identifier: Apache-2.0
 *
 * The SQLite driver: its table, and running statements.
 */
#include "driver/sqlite.h"
#include "base/arena.h"
#include "driver/clock.h"
#include <limits.h>
#include <string.h>

static uint32_t sqlite_capabilities(void *data)
{
	(void)data;
	uint32_t capabilities = CORM_CAN_LAST_ID | CORM_CAN_TRANSACTIONAL_DDL | CORM_CAN_SAVEPOINT | CORM_CAN_CHECK_AT_END;
	int version = sqlite3_libversion_number();
	if (version >= 3035000)
		capabilities |= CORM_CAN_RETURNING | CORM_CAN_UPDATE_RETURNING;
	if (version >= 3039000)
		capabilities |= CORM_CAN_FULL_JOIN;
	return capabilities;
}

static void *sqlite_native(void *data, corm_error_store *error)
{
	(void)error;
	struct corm__sqlite_connection *connection = data;
	return connection->db;
}

static bool sqlite_alive(void *data)
{
	struct corm__sqlite_connection *connection = data;
	return connection->db && !connection->is_lost;
}

/* When a statement that starts now has to end. */
static int64_t deadline_from_now(const struct corm__sqlite_connection *connection)
{
	if (!connection->statement_timeout_ms)
		return 0;
	return corm__clock_ns() + (int64_t)connection->statement_timeout_ms * 1000000;
}

static corm_status sqlite_execute(void *data, const char *sql, corm_error_store *error)
{
	struct corm__sqlite_connection *connection = data;
	connection->deadline_ns = deadline_from_now(connection);
	int code = sqlite3_exec(connection->db, sql, NULL, NULL, NULL);
	connection->deadline_ns = 0;
	return code == SQLITE_OK ? CORM_OK : corm__sqlite_fail(connection, sql, error);
}

/* True when nothing but space, semicolons and comments follows a statement. */
static bool is_end(sqlite3 *db, const char *tail)
{
	tail += strspn(tail, " \t\r\n;");
	if (!*tail)
		return true;
	sqlite3_stmt *more = NULL;
	bool end = sqlite3_prepare_v2(db, tail, -1, &more, NULL) == SQLITE_OK && !more;
	sqlite3_finalize(more);
	return end;
}

static corm_status sqlite_prepare(void *connection_data, void *data, const char *sql, size_t length,
                                  corm_error_store *error)
{
	struct corm__sqlite_connection *connection = connection_data;
	struct corm__sqlite_statement *statement = data;
	const char *tail;
	statement->connection = connection;
	if (length >= INT_MAX)
		return corm_error_set(error, CORM_ERROR_VALIDATION, "sqlite: the statement is too long: %zu bytes", length);
	int code = sqlite3_prepare_v3(connection->db, sql, (int)length + 1, SQLITE_PREPARE_PERSISTENT, &statement->handle,
	                              &tail);
	if (code != SQLITE_OK)
		return corm__sqlite_fail(connection, sql, error);
	if (!statement->handle || !is_end(connection->db, tail)) {
		corm_error_set(error, CORM_ERROR_SQL,
		               statement->handle ? "sqlite: the SQL text has more than one statement"
		                                 : "sqlite: the SQL text has no statement");
		corm_error_detail(error, &error->error.sql, sql, SIZE_MAX);
		return CORM_ERROR_SQL;
	}
	statement->parameter_count = sqlite3_bind_parameter_count(statement->handle);
	if (statement->parameter_count) {
		statement->scratch = corm__alloc(&connection->allocator, (size_t)statement->parameter_count,
		                                 CORM__SQLITE_SCRATCH);
		if (!statement->scratch)
			return corm_error_set(error, CORM_ERROR_MEMORY, "sqlite: no memory for a statement's parameters");
	}
	return CORM_OK;
}

static void sqlite_finalize(void *data)
{
	struct corm__sqlite_statement *statement = data;
	sqlite3_finalize(statement->handle);
	if (statement->scratch)
		corm__free(&statement->connection->allocator, statement->scratch,
		           (size_t)statement->parameter_count * CORM__SQLITE_SCRATCH);
	*statement = (struct corm__sqlite_statement){ .connection = NULL };
}

static corm_step sqlite_step(void *data, corm_error_store *error)
{
	struct corm__sqlite_statement *statement = data;
	struct corm__sqlite_connection *connection = statement->connection;
	if (connection->statement_timeout_ms) {
		/* The time runs from a statement's first row on, whatever else runs on the connection in between. */
		if (!statement->deadline_ns)
			statement->deadline_ns = deadline_from_now(connection);
		connection->deadline_ns = statement->deadline_ns;
	}
	int code = sqlite3_step(statement->handle);
	connection->deadline_ns = 0;
	if (code == SQLITE_ROW)
		return CORM_STEP_ROW;
	if (code == SQLITE_DONE)
		return CORM_STEP_DONE;
	corm__sqlite_fail(connection, sqlite3_sql(statement->handle), error);
	return CORM_STEP_ERROR;
}

static void sqlite_reset(void *data)
{
	struct corm__sqlite_statement *statement = data;
	sqlite3_reset(statement->handle);
	statement->deadline_ns = 0;
}

static bool sqlite_is_null(void *data, size_t column)
{
	struct corm__sqlite_statement *statement = data;
	return sqlite3_column_type(statement->handle, (int)column) == SQLITE_NULL;
}

static size_t sqlite_column_count(void *data)
{
	struct corm__sqlite_statement *statement = data;
	return (size_t)sqlite3_column_count(statement->handle);
}

static const char *sqlite_column_name(void *data, size_t index)
{
	struct corm__sqlite_statement *statement = data;
	return sqlite3_column_name(statement->handle, (int)index);
}

static int64_t sqlite_changes(void *data)
{
	struct corm__sqlite_connection *connection = data;
#if SQLITE_VERSION_NUMBER >= 3037000
	return sqlite3_changes64(connection->db);
#else
	return sqlite3_changes(connection->db);
#endif
}

static int64_t sqlite_last_id(void *data)
{
	struct corm__sqlite_connection *connection = data;
	return sqlite3_last_insert_rowid(connection->db);
}

static corm_transaction_state sqlite_transaction(void *data)
{
	struct corm__sqlite_connection *connection = data;
	return sqlite3_get_autocommit(connection->db) ? CORM_TRANSACTION_NONE : CORM_TRANSACTION_OPEN;
}

static void sqlite_cancel(void *data)
{
	struct corm__sqlite_connection *connection = data;
	sqlite3_interrupt(connection->db);
}

/* A PRAGMA that is run makes every prepared statement be compiled anew. This one does its work when it is prepared, and is
 * run only should a version of SQLite do it otherwise. */
static int set_query_only(sqlite3 *db, bool on)
{
	char answer[8] = "";
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_prepare_v2(db, on ? "PRAGMA query_only = 1" : "PRAGMA query_only = 0", -1, &statement, NULL);
	if (code == SQLITE_OK)
		code = corm__sqlite_pragma(db, "PRAGMA query_only", answer, sizeof answer);
	if (code == SQLITE_OK && (answer[0] == '1') != on && sqlite3_step(statement) == SQLITE_ERROR)
		code = SQLITE_ERROR;
	sqlite3_finalize(statement);
	return code;
}

/* A connection that cannot be made to write again would refuse its next user: it is as good as lost. */
static void sqlite_end_as(void *data)
{
	struct corm__sqlite_connection *connection = data;
	if (connection->query_only && set_query_only(connection->db, false) != SQLITE_OK)
		connection->is_lost = true;
	connection->query_only = false;
}

/* Any isolation level will do: SQLite's transactions are serializable, which is at least as strict as each of them. */
static corm_status sqlite_begin_as(void *data, const char *isolation_level, bool read_only, corm_error_store *error)
{
	(void)isolation_level;
	struct corm__sqlite_connection *connection = data;
	char answer[8] = "";
	/* What the program has switched on by itself stays on. */
	if (read_only && corm__sqlite_pragma(connection->db, "PRAGMA query_only", answer, sizeof answer) != SQLITE_OK)
		return corm__sqlite_fail(connection, "PRAGMA query_only", error);
	if (read_only && answer[0] != '1') {
		if (set_query_only(connection->db, true) != SQLITE_OK)
			return corm__sqlite_fail(connection, "PRAGMA query_only = 1", error);
		connection->query_only = true;
	}
	corm_status status = sqlite_execute(connection, "BEGIN", error);
	if (status != CORM_OK)
		sqlite_end_as(connection);
	return status;
}

static const char *const sqlite_schemes[] = { "sqlite", NULL };

const corm_driver corm__sqlite_driver = {
	.abi = CORM_DRIVER_ABI,
	.name = "sqlite",
	.schemes = sqlite_schemes,
	.dialect = "sqlite",
	.connection_size = sizeof(struct corm__sqlite_connection),
	.statement_size = sizeof(struct corm__sqlite_statement),
	.begin = "BEGIN",
	.capabilities = sqlite_capabilities,
	.open = corm__sqlite_open,
	.close = corm__sqlite_close,
	.connect = corm__sqlite_connect,
	.adopt = corm__sqlite_adopt,
	.disconnect = corm__sqlite_disconnect,
	.native = sqlite_native,
	.alive = sqlite_alive,
	.execute = sqlite_execute,
	.prepare = sqlite_prepare,
	.finalize = sqlite_finalize,
	.bind = corm__sqlite_bind,
	.step = sqlite_step,
	.read = corm__sqlite_read,
	.is_null = sqlite_is_null,
	.reset = sqlite_reset,
	.column_count = sqlite_column_count,
	.column_name = sqlite_column_name,
	.changes = sqlite_changes,
	.last_id = sqlite_last_id,
	.transaction = sqlite_transaction,
	.cancel = sqlite_cancel,
	.begin_as = sqlite_begin_as,
	.end_as = sqlite_end_as,
};
