/* SPDX-License-Identifier: Apache-2.0
 *
 * Streams: a cursor on the server, whose rows come in pieces. Memory is that of one piece, and the connection is free
 * in between.
 */
#include "driver/postgresql.h"
#include <stdio.h>

#define PIECE 512 /* rows */

corm_status corm__postgresql_stream(void *data, corm_error_store *error)
{
	struct corm__postgresql_statement *statement = data;
	(void)error;
	statement->wants_cursor = true;
	return CORM_OK;
}

/* Runs a command on the cursor; rows, if any, become the statement's result. */
static corm_status command(struct corm__postgresql_statement *statement, const char *sql, corm_error_store *error)
{
	PGresult *result = corm__postgresql_query(statement->connection, sql, 0, NULL, NULL, NULL, NULL,
	                                          !statement->as_text, error);
	if (!result)
		return error->error.status;
	PQclear(statement->result);
	statement->result = result;
	statement->is_text = !PQbinaryTuples(result);
	statement->row = -1;
	statement->row_count = PQntuples(result);
	return CORM_OK;
}

/* DECLARE and the types of its columns. */
static corm_status declare(struct corm__postgresql_statement *statement, corm_error_store *error)
{
	struct corm__postgresql_connection *connection = statement->connection;
	struct corm__buffer *sql = &statement->arrays;
	char name[32];
	statement->cursor = ++connection->names;
	snprintf(name, sizeof name, "corm_cursor_%u", (unsigned)statement->cursor);
	corm__buffer_clear(sql);
	corm__buffer_format(sql, "DECLARE %s NO SCROLL CURSOR FOR %s", name, statement->sql);
	if (sql->status != CORM_OK)
		return corm__postgresql_no_memory(error);
	corm_status status = corm__postgresql_ready(connection, error);
	if (status == CORM_OK)
		status = corm__postgresql_send_before(connection, false, error);
	if (status == CORM_OK)
		status = corm__postgresql_sent(connection,
		                               PQsendQueryParams(connection->db, sql->data, (int)statement->parameter_count,
		                                                 statement->oids, statement->values, statement->lengths,
		                                                 statement->formats, 1),
		                               CORM__COMMAND_BEFORE, statement->sql, error);
	if (status == CORM_OK)
		status = corm__postgresql_sent(connection, PQsendDescribePortal(connection->db, name), CORM__COMMAND_RUN,
		                               statement->sql, error);
	if (status == CORM_OK)
		status = corm__postgresql_send_sync(connection, error);
	if (status != CORM_OK)
		return status;
	PGresult *description = corm__postgresql_receive(connection, statement->sql, error);
	corm__postgresql_receive_sync(connection, NULL);
	status = description ? corm__postgresql_describe(statement, description, error) : error->error.status;
	PQclear(description);
	return status;
}

corm_status corm__postgresql_cursor_open(struct corm__postgresql_statement *statement, corm_error_store *error)
{
	atomic_store(&statement->connection->cancelled, false);
	corm_status status = declare(statement, error);
	if (status != CORM_OK)
		statement->cursor = 0;
	return status == CORM_OK ? corm__postgresql_cursor_fetch(statement, error) : status;
}

corm_status corm__postgresql_cursor_fetch(struct corm__postgresql_statement *statement, corm_error_store *error)
{
	char sql[64];
	snprintf(sql, sizeof sql, "FETCH %d FROM corm_cursor_%u", PIECE, (unsigned)statement->cursor);
	return command(statement, sql, error);
}

/* A transaction that has failed has no cursors any more. */
void corm__postgresql_cursor_close(struct corm__postgresql_statement *statement)
{
	struct corm__postgresql_connection *connection = statement->connection;
	corm_error_store ignored;
	char sql[64];
	if (connection->transaction == CORM_TRANSACTION_OPEN && !connection->begin[0]) {
		snprintf(sql, sizeof sql, "CLOSE corm_cursor_%u", (unsigned)statement->cursor);
		command(statement, sql, &ignored);
	}
	statement->cursor = 0;
	statement->row_count = 0;
}
