/* SPDX-License-Identifier: Apache-2.0
 *
 * Running statements on MariaDB, and whose turn on the wire it is.
 */
#include "base/arena.h"
#include "driver/clock.h"
#include "driver/mariadb.h"
#include <ctype.h>
#include <errmsg.h>
#include <limits.h>
#include <mysqld_error.h>
#include <string.h>
#include <strings.h>

/* Rows that a cursor brings at once: enough that the round trip does not count, and little memory. */
#define STREAM_ROWS 512

/* ---- what a statement is ----------------------------------------------------------------------------------------- */

/* Behind space, comments and opening brackets. */
static const char *skip_space(const char *sql)
{
	for (;;) {
		sql += strspn(sql, " \t\r\n(;");
		if (sql[0] == '/' && sql[1] == '*' && sql[2] != '!') {
			const char *end = strstr(sql + 2, "*/");
			sql = end ? end + 2 : sql + strlen(sql);
		} else if (sql[0] == '#' || (sql[0] == '-' && sql[1] == '-')) {
			sql += strcspn(sql, "\n");
		} else {
			return sql;
		}
	}
}

/* Does the text begin with a word? *rest is what comes behind it. */
static bool begins_with(const char *sql, const char *word, const char **rest)
{
	size_t length = strlen(word);
	if (strncasecmp(sql, word, length) != 0 || isalnum((unsigned char)sql[length]) || sql[length] == '_')
		return false;
	*rest = skip_space(sql + length);
	return true;
}

enum corm__mariadb_kind corm__mariadb_kind_of(const char *sql)
{
	static const char *const changes[] = { "INSERT", "UPDATE", "DELETE", "REPLACE" };
	const char *rest;
	sql = skip_space(sql);
	if (begins_with(sql, "SELECT", &rest) || begins_with(sql, "WITH", &rest))
		return CORM__MARIADB_SELECT;
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		if (begins_with(sql, changes[i], &rest))
			return CORM__MARIADB_CHANGE;
	}
	if (!begins_with(sql, "ROLLBACK", &rest))
		return CORM__MARIADB_OTHER;
	begins_with(rest, "WORK", &rest);
	return begins_with(rest, "TO", &rest) ? CORM__MARIADB_OTHER : CORM__MARIADB_ROLLBACK;
}

/* ---- whose turn it is -------------------------------------------------------------------------------------------- */

/* Copies the current row, which stands in the client library's buffer. */
static bool keep_row(struct corm__mariadb_statement *statement)
{
	const corm_allocator *allocator = &statement->connection->allocator;
	size_t size = 0;
	for (size_t i = 0; i < statement->column_count; i++)
		size += statement->cells[i].data ? statement->cells[i].length : 0;
	if (size > statement->kept_size || !statement->kept) {
		char *kept = corm__resize(allocator, statement->kept, statement->kept_size, size ? size : 1, 1);
		if (!kept)
			return false;
		statement->kept = kept;
		statement->kept_size = size ? size : 1;
	}
	char *next = statement->kept;
	for (size_t i = 0; i < statement->column_count; i++) {
		struct corm__mariadb_cell *cell = &statement->cells[i];
		if (!cell->data)
			continue;
		memcpy(next, cell->data, cell->length);
		cell->data = (unsigned char *)next;
		next += cell->length;
	}
	return true;
}

/* The client library takes the end of one statement's stored rows for the end of those on the wire. */
static void claim_wire(struct corm__mariadb_statement *pending)
{
	pending->connection->mysql->status = MYSQL_STATUS_STMT_RESULT;
}

/* Drops the answers that follow the one at hand, as a CALL has them. False when one of them is an error. */
static bool drop_results(MYSQL *mysql)
{
	while (mysql_more_results(mysql)) {
		if (mysql_next_result(mysql))
			return false;
		mysql_free_result(mysql_use_result(mysql));
	}
	return !mysql_errno(mysql);
}

/* Stores what a statement has not read yet, so that another one can use the wire. */
static corm_status set_aside(struct corm__mariadb_statement *pending, corm_error_store *error)
{
	struct corm__mariadb_connection *connection = pending->connection;
	connection->pending = NULL;
	bool kept = keep_row(pending);
	claim_wire(pending);
	if (kept && !mysql_stmt_store_result(pending->handle) && drop_results(connection->mysql)) {
		pending->aside = true;
		return CORM_OK;
	}
	pending->state = CORM__MARIADB_BROKEN;
	if (kept) {
		pending->broken = corm__mariadb_fail(connection, pending->handle, pending->sql, error);
	} else {
		mysql_stmt_free_result(pending->handle);
		pending->broken = corm_error_set(error, CORM_ERROR_MEMORY,
		                                 "mariadb: no memory to keep a row while another statement runs");
	}
	return pending->broken;
}

/* From now on the server has its time. */
static void note_asked(struct corm__mariadb_connection *connection)
{
	connection->asked_ns = connection->shared->statement_timeout_ms ? corm__clock_ns() : 0;
}

corm_status corm__mariadb_free_wire(struct corm__mariadb_connection *connection, corm_error_store *error)
{
	corm_status status = connection->pending ? set_aside(connection->pending, error) : CORM_OK;
	note_asked(connection);
	return status;
}

/* The server would run it, and commit it at once. */
static corm_status refuse_failed(const char *sql, corm_error_store *error)
{
	corm_error_set(error, CORM_ERROR_USAGE,
	               "mariadb: an error has ended the transaction, and the server has rolled it back: ROLLBACK comes "
	               "before anything else");
	corm_error_detail(error, &error->error.sqlstate, "25000", SIZE_MAX);
	corm_error_detail(error, &error->error.sql, sql, SIZE_MAX);
	return CORM_ERROR_USAGE;
}

corm_status corm__mariadb_ready(struct corm__mariadb_connection *connection, const char *sql,
                                enum corm__mariadb_kind kind, corm_error_store *error)
{
	corm_status status = corm__mariadb_free_wire(connection, error);
	if (status != CORM_OK)
		return status;
	if (connection->failed && kind != CORM__MARIADB_ROLLBACK)
		return refuse_failed(sql, error);
	status = corm__mariadb_enter(connection, kind, error);
	note_asked(connection);
	return status;
}

/* ---- texts without values ---------------------------------------------------------------------------------------- */

corm_status corm__mariadb_run_text(struct corm__mariadb_connection *connection, const char *sql,
                                   enum corm__mariadb_kind kind, corm_error_store *error)
{
	MYSQL *mysql = connection->mysql;
	if (connection->failed && kind != CORM__MARIADB_ROLLBACK)
		return refuse_failed(sql, error);
	note_asked(connection);
	int code = mysql_real_query(mysql, sql, strlen(sql));
	unsigned warnings = 0;
	while (!code) {
		/* Rows that nobody has asked for. */
		MYSQL_RES *result = mysql_use_result(mysql);
		mysql_free_result(result);
		if (!result && !mysql_field_count(mysql) && kind == CORM__MARIADB_CHANGE) {
			connection->changes = (int64_t)mysql_affected_rows(mysql);
			connection->last_id = (int64_t)mysql_insert_id(mysql);
		}
		warnings = mysql_warning_count(mysql);
		if (mysql_errno(mysql) || !mysql_more_results(mysql))
			break;
		code = mysql_next_result(mysql);
	}
	if (mysql_errno(mysql))
		return corm__mariadb_fail(connection, NULL, sql, error);
	connection->failed = false;
	if (warnings)
		corm__mariadb_warn(connection);
	return CORM_OK;
}

corm_status corm__mariadb_execute(void *data, const char *sql, corm_error_store *error)
{
	struct corm__mariadb_connection *connection = data;
	if (corm__mariadb_is_control(sql))
		return corm__mariadb_control(connection, sql, error);
	enum corm__mariadb_kind kind = corm__mariadb_kind_of(sql);
	corm_status status = corm__mariadb_ready(connection, sql, kind, error);
	return status == CORM_OK ? corm__mariadb_run_text(connection, sql, kind, error) : status;
}

/* ---- prepared statements ----------------------------------------------------------------------------------------- */

/* Says what the parameters are to be bound to, once and for all. */
static corm_status make_parameters(struct corm__mariadb_statement *statement, corm_error_store *error)
{
	const corm_allocator *allocator = &statement->connection->allocator;
	size_t count = mysql_stmt_param_count(statement->handle);
	if (!count)
		return CORM_OK;
	statement->parameter_count = count;
	statement->parameters = corm__alloc(allocator, count, sizeof *statement->parameters);
	statement->binds = corm__alloc(allocator, count, sizeof *statement->binds);
	if (!statement->parameters || !statement->binds)
		return corm_error_set(error, CORM_ERROR_MEMORY, "mariadb: no memory for a statement's parameters");
	for (size_t i = 0; i < count; i++) {
		statement->binds[i].length = &statement->parameters[i].length;
		statement->binds[i].is_null = &statement->parameters[i].is_null;
		statement->binds[i].u.indicator = &statement->parameters[i].indicator;
	}
	statement->rebind = true;
	return CORM_OK;
}

corm_status corm__mariadb_prepare(void *connection_data, void *data, const char *sql, size_t length,
                                  corm_error_store *error)
{
	struct corm__mariadb_connection *connection = connection_data;
	struct corm__mariadb_statement *statement = data;
	statement->connection = connection;
	if (length >= UINT_MAX)
		return corm_error_set(error, CORM_ERROR_VALIDATION, "mariadb: the statement is too long: %zu bytes", length);
	statement->kind = corm__mariadb_kind_of(sql);
	if (connection->failed && statement->kind != CORM__MARIADB_ROLLBACK)
		return refuse_failed(sql, error);
	corm_status status = corm__mariadb_free_wire(connection, error);
	if (status != CORM_OK)
		return status;
	statement->sql_size = length + 1;
	statement->sql = corm__alloc(&connection->allocator, statement->sql_size, 1);
	if (statement->sql)
		memcpy(statement->sql, sql, length);
	/* These may never come to the server. */
	if (statement->sql && corm__mariadb_is_control(statement->sql))
		return CORM_OK;
	if (statement->sql)
		statement->handle = mysql_stmt_init(connection->mysql);
	if (!statement->handle)
		return corm_error_set(error, CORM_ERROR_MEMORY, "mariadb: no memory for a statement");
	if (mysql_stmt_prepare(statement->handle, sql, (unsigned long)length)) {
		if (mysql_stmt_errno(statement->handle) != ER_UNSUPPORTED_PS)
			return corm__mariadb_fail(connection, statement->handle, sql, error);
		/* Older servers prepare few statements beside queries: the others go as text, each time. */
		mysql_stmt_close(statement->handle);
		statement->handle = NULL;
		return CORM_OK;
	}
	/* The client library takes functions as pointers to data, as dlsym() gives them. */
	void (*callback)(void *, unsigned, unsigned char **) = corm__mariadb_take_cell;
	void *pointer;
	memcpy(&pointer, &callback, sizeof pointer);
	if (mysql_stmt_attr_set(statement->handle, STMT_ATTR_CB_USER_DATA, statement) ||
	    mysql_stmt_attr_set(statement->handle, STMT_ATTR_CB_RESULT, pointer))
		return corm_error_set(error, CORM_ERROR_CONNECT,
		                      "mariadb: the client library is %s, and has to be MariaDB Connector/C 3.1 or later",
		                      mysql_get_client_info());
	if (mysql_stmt_field_count(statement->handle)) {
		status = corm__mariadb_describe(statement, error);
		if (status != CORM_OK)
			return status;
	}
	return make_parameters(statement, error);
}

void corm__mariadb_finalize(void *data)
{
	struct corm__mariadb_statement *statement = data;
	struct corm__mariadb_connection *connection = statement->connection;
	corm_error_store error;
	if (!connection)
		return;
	if (statement->handle) {
		corm__mariadb_reset(statement);
		/* Closing it would throw away what is on the wire. */
		if (connection->pending)
			set_aside(connection->pending, &error);
		mysql_stmt_close(statement->handle);
	}
	const corm_allocator *allocator = &connection->allocator;
	size_t parameters = statement->parameter_count;
	if (statement->sql)
		corm__free(allocator, statement->sql, statement->sql_size);
	if (statement->parameters)
		corm__free(allocator, statement->parameters, parameters * sizeof *statement->parameters);
	if (statement->binds)
		corm__free(allocator, statement->binds, parameters * sizeof *statement->binds);
	if (statement->cells)
		corm__free(allocator, statement->cells, statement->column_count * sizeof *statement->cells);
	if (statement->kept)
		corm__free(allocator, statement->kept, statement->kept_size);
	*statement = (struct corm__mariadb_statement){ .connection = NULL };
}

/* Prepares a SELECT again whose tables have other columns since. */
static bool renew(struct corm__mariadb_statement *statement)
{
	unsigned number = mysql_stmt_errno(statement->handle);
	if (statement->kind != CORM__MARIADB_SELECT || number != CR_NEW_STMT_METADATA)
		return false;
	mysql_stmt_free_result(statement->handle);
	statement->rebind = true;
	return !mysql_stmt_prepare(statement->handle, statement->sql, (unsigned long)statement->sql_size - 1);
}

static bool send_and_start(struct corm__mariadb_statement *statement)
{
	MYSQL_STMT *handle = statement->handle;
	if (statement->rebind && statement->parameter_count) {
		if (mysql_stmt_bind_param(handle, statement->binds))
			return false;
		statement->rebind = false;
	}
	return !mysql_stmt_execute(handle);
}

corm_status corm__mariadb_run(struct corm__mariadb_statement *statement, corm_error_store *error)
{
	struct corm__mariadb_connection *connection = statement->connection;
	if (!statement->handle) {
		statement->state = CORM__MARIADB_DONE;
		return corm__mariadb_execute(connection, statement->sql, error);
	}
	corm_status status = corm__mariadb_ready(connection, statement->sql, statement->kind, error);
	if (status != CORM_OK)
		return status;
	bool started = send_and_start(statement) || (renew(statement) && send_and_start(statement));
	if (!started && statement->runs && mysql_stmt_errno(statement->handle) == ER_UNSUPPORTED_PS) {
		statement->no_arrays = true;
		return CORM_ERROR_SQL;
	}
	if (!started)
		return corm__mariadb_fail(connection, statement->handle, statement->sql, error);
	connection->asked_ns = 0;
	if (mysql_stmt_field_count(statement->handle)) {
		/* A server that gives no cursor has sent all rows, and they are stored. */
		if (statement->stream && !statement->handle->cursor_exists) {
			statement->handle->state = MYSQL_STMT_USE_OR_STORE_CALLED;
			connection->mysql->status = MYSQL_STATUS_READY;
		}
		/* A cursor's rows come when they are asked for. */
		if (!statement->stream)
			connection->pending = statement;
		statement->state = CORM__MARIADB_ROWS;
		statement->rows = 0;
		status = corm__mariadb_describe(statement, error);
		if (status != CORM_OK)
			corm__mariadb_reset(statement);
		return status;
	}
	statement->state = CORM__MARIADB_DONE;
	connection->failed = false;
	if (statement->kind == CORM__MARIADB_CHANGE) {
		connection->changes = (int64_t)mysql_stmt_affected_rows(statement->handle);
		connection->last_id = (int64_t)mysql_stmt_insert_id(statement->handle);
	}
	unsigned warnings = (unsigned)mysql_stmt_warning_count(statement->handle);
	if (warnings)
		corm__mariadb_warn(connection);
	return CORM_OK;
}

static corm_step end_rows(struct corm__mariadb_statement *statement, corm_error_store *error)
{
	struct corm__mariadb_connection *connection = statement->connection;
	if (connection->pending == statement)
		connection->pending = NULL;
	if (!statement->stream && !statement->aside && !drop_results(connection->mysql)) {
		statement->state = CORM__MARIADB_BROKEN;
		statement->broken = corm__mariadb_fail(connection, NULL, statement->sql, error);
		return CORM_STEP_ERROR;
	}
	statement->state = CORM__MARIADB_DONE;
	/* What RETURNING gave; the server does not count it. */
	if (statement->kind == CORM__MARIADB_CHANGE)
		connection->changes = statement->rows;
	return CORM_STEP_DONE;
}

static corm_step next_row(struct corm__mariadb_statement *statement, corm_error_store *error)
{
	struct corm__mariadb_connection *connection = statement->connection;
	if (statement->stream && connection->pending) {
		if (set_aside(connection->pending, error) != CORM_OK)
			return CORM_STEP_ERROR;
	}
	int code = mysql_stmt_fetch(statement->handle);
	if (__builtin_expect(code == 0, 1)) {
		statement->rows++;
		return CORM_STEP_ROW;
	}
	if (code == MYSQL_NO_DATA)
		return end_rows(statement, error);
	if (connection->pending == statement)
		connection->pending = NULL;
	statement->state = CORM__MARIADB_BROKEN;
	statement->broken = corm__mariadb_fail(connection, statement->handle, statement->sql, error);
	return CORM_STEP_ERROR;
}

corm_step corm__mariadb_step(void *data, corm_error_store *error)
{
	struct corm__mariadb_statement *statement = data;
	if (statement->state == CORM__MARIADB_IDLE) {
		if (corm__mariadb_run(statement, error) != CORM_OK)
			return CORM_STEP_ERROR;
	}
	switch (statement->state) {
	case CORM__MARIADB_ROWS:
		return next_row(statement, error);
	case CORM__MARIADB_BROKEN:
		corm_error_set(error, statement->broken, "mariadb: the rest of the rows is lost: there was an error before");
		corm_error_detail(error, &error->error.sql, statement->sql, SIZE_MAX);
		return CORM_STEP_ERROR;
	default:
		return CORM_STEP_DONE;
	}
}

/* Ends a run by a cursor. One that has not come to its end is closed by the server when it is told. */
static void close_cursor(struct corm__mariadb_statement *statement)
{
	struct corm__mariadb_connection *connection = statement->connection;
	unsigned long none = CURSOR_TYPE_NO_CURSOR;
	corm_error_store error;
	if (statement->state == CORM__MARIADB_ROWS) {
		if (connection->pending)
			set_aside(connection->pending, &error);
		mysql_stmt_reset(statement->handle);
	}
	mysql_stmt_attr_set(statement->handle, STMT_ATTR_CURSOR_TYPE, &none);
	/* The client library never takes it back. */
	statement->handle->cursor_exists = 0;
	statement->stream = false;
}

void corm__mariadb_reset(void *data)
{
	struct corm__mariadb_statement *statement = data;
	struct corm__mariadb_connection *connection = statement->connection;
	corm_error_store ignored;
	if (statement->stream) {
		close_cursor(statement);
	} else if (connection->pending == statement) {
		connection->pending = NULL;
		claim_wire(statement);
		mysql_stmt_free_result(statement->handle);
		/* Nobody wants the error; but it may have ended the transaction, or the connection. */
		if (mysql_errno(connection->mysql) || !drop_results(connection->mysql))
			corm__mariadb_fail(connection, NULL, statement->sql, &ignored);
	} else if (statement->aside && statement->state == CORM__MARIADB_ROWS) {
		/* To the end of what is stored, which is freed with the next run. */
		mysql_stmt_data_seek(statement->handle, ULLONG_MAX);
		mysql_stmt_fetch(statement->handle);
	}
	statement->aside = false;
	statement->state = CORM__MARIADB_IDLE;
}

corm_status corm__mariadb_stream(void *data, corm_error_store *error)
{
	struct corm__mariadb_statement *statement = data;
	unsigned long cursor = CURSOR_TYPE_READ_ONLY, rows = STREAM_ROWS;
	/* Other statements' rows are few, and are set aside when they have to be. */
	if (statement->kind != CORM__MARIADB_SELECT || !statement->handle)
		return CORM_OK;
	if (mysql_stmt_attr_set(statement->handle, STMT_ATTR_CURSOR_TYPE, &cursor) ||
	    mysql_stmt_attr_set(statement->handle, STMT_ATTR_PREFETCH_ROWS, &rows))
		return corm__mariadb_fail(statement->connection, statement->handle, statement->sql, error);
	statement->stream = true;
	return CORM_OK;
}
