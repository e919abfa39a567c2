/* SPDX-License-Identifier: Apache-2.0
 *
 * PostgreSQL's errors: SQLSTATEs to statuses (PostgreSQL's documentation, appendix A), and the names that they come
 * with to details.
 */
#include "driver/postgresql.h"
#include <stdio.h>
#include <string.h>

static const struct rule {
	const char *state; /* of two characters: all of that class */
	corm_status status;
} rules[] = {
	{ "23505", CORM_ERROR_UNIQUE },
	{ "23P01", CORM_ERROR_UNIQUE }, /* an exclusion constraint */
	{ "23503", CORM_ERROR_FOREIGN_KEY },
	{ "23001", CORM_ERROR_FOREIGN_KEY }, /* ON DELETE RESTRICT */
	{ "23502", CORM_ERROR_NOT_NULL },
	{ "23514", CORM_ERROR_CHECK },
	{ "40001", CORM_ERROR_CONFLICT }, /* serialization_failure */
	{ "40P01", CORM_ERROR_CONFLICT }, /* deadlock_detected */
	{ "40003", CORM_ERROR_AMBIGUOUS },
	{ "55P03", CORM_ERROR_CONFLICT }, /* lock_not_available: NOWAIT, or lock_timeout */
	{ "25006", CORM_ERROR_READONLY },
	{ "25P03", CORM_ERROR_CONNECT }, /* idle in a transaction for too long */
	{ "22012", CORM_ERROR_SQL },     /* division by zero */
	{ "22", CORM_ERROR_VALIDATION }, /* a value that does not fit */
	{ "53100", CORM_ERROR_IO },      /* disk full */
	{ "53200", CORM_ERROR_IO },      /* the server is out of memory */
	{ "53300", CORM_ERROR_CONNECT }, /* too many connections */
	{ "58", CORM_ERROR_IO },
	{ "XX001", CORM_ERROR_IO },
	{ "XX002", CORM_ERROR_IO },
	{ "57P05", CORM_ERROR_CONNECT },
	{ "57P0", CORM_ERROR_CONNECT }, /* the server shuts down, or starts up */
	{ "08", CORM_ERROR_CONNECT },
	{ "28", CORM_ERROR_CONNECT },
	{ "3D000", CORM_ERROR_CONNECT },
};

static corm_status status_of(const char *state, const char *message)
{
	/* CockroachDB says so, whatever the state. */
	if (!strncmp(message, "restart transaction", strlen("restart transaction")))
		return CORM_ERROR_CONFLICT;
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		if (!strncmp(state, rules[i].state, strlen(rules[i].state)))
			return rules[i].status;
	}
	return CORM_ERROR_SQL;
}

void corm__postgresql_one_line(const char *message, char *out, size_t size)
{
	size_t length = 0;
	for (; *message && length + 1 < size; message++) {
		char c = *message == '\n' || *message == '\t' ? ' ' : *message;
		if (c != ' ' || (length && out[length - 1] != ' '))
			out[length++] = c;
	}
	while (length && out[length - 1] == ' ')
		length--;
	out[length] = '\0';
}

corm_status corm__postgresql_no_memory(corm_error_store *error)
{
	return corm_error_set(error, CORM_ERROR_MEMORY, "postgresql: out of memory");
}

/* What libpq has to say without a result: mostly that the connection is gone. */
static corm_status fail_connection(struct corm__postgresql_connection *connection, const char *sql,
                                   corm_error_store *error)
{
	char message[1024];
	corm__postgresql_one_line(PQerrorMessage(connection->db), message, sizeof message);
	if (!message[0])
		snprintf(message, sizeof message, "%s",
		         connection->is_broken ? "it was given up before" : "no reason was given");
	if (corm__postgresql_is_lost(connection))
		corm_error_set(error, CORM_ERROR_CONNECT, "postgresql: the connection to the server is lost: %s", message);
	else
		corm_error_set(error, CORM_ERROR_SQL, "postgresql: %s", message);
	corm_error_detail(error, &error->error.sql, sql, SIZE_MAX);
	return error->error.status;
}

/* 57014: somebody has cancelled the statement, or its time was over. */
static corm_status fail_cancelled(struct corm__postgresql_connection *connection, const char *text,
                                  corm_error_store *error)
{
	if (!atomic_load(&connection->cancelled) && connection->statement_timeout_ms)
		return corm_error_set(error, CORM_ERROR_TIMEOUT,
		                      "postgresql: the statement took longer than statement_timeout, %d ms (%s)",
		                      connection->statement_timeout_ms, text);
	return corm_error_set(error, CORM_ERROR_CANCELLED, "postgresql: %s", text);
}

/* relation "author" does not exist. */
static corm_status fail_no_table(const char *text, corm_error_store *error)
{
	const char *name = strchr(text, '"'), *end = name ? strchr(name + 1, '"') : NULL;
	if (!end)
		return corm_error_set(error, CORM_ERROR_SQL, "postgresql: %s (run corm upgrade, or corm_create_all)", text);
	corm_error_set(error, CORM_ERROR_SQL, "postgresql: no such table %.*s (run corm upgrade, or corm_create_all)",
	               (int)(end + 1 - name), name);
	corm_error_detail(error, &error->error.table, name + 1, (size_t)(end - name - 1));
	return CORM_ERROR_SQL;
}

/* "Key (name, \"Born\")=(Fred, 1970) already exists.": the columns of a unique or foreign key. Of a row that others refer
 * to it names that row's own, which are not those of the constraint. */
static void add_key_columns(const char *detail, corm_error_store *error)
{
	const char *begin = detail ? strchr(detail, '(') : NULL, *end = begin ? strstr(begin, ")=(") : NULL;
	char names[512];
	size_t length = 0;
	if (!end || strstr(end, "is still referenced"))
		return;
	for (begin++; begin < end && length < sizeof names; begin++) {
		if (*begin != '"')
			names[length++] = *begin;
	}
	corm_error_detail(error, &error->error.column, names, length);
}

static corm_status fail_result(struct corm__postgresql_connection *connection, const PGresult *result,
                               corm_error_store *error)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
	const char *column = PQresultErrorField(result, PG_DIAG_COLUMN_NAME);
	corm_status status = status_of(state, primary ? primary : "");
	char text[2048], line[2048];
	snprintf(text, sizeof text, "%s%s%s", primary ? primary : "an error without a message", detail ? ": " : "",
	         detail ? detail : "");
	corm__postgresql_one_line(text, line, sizeof line);
	if (!strcmp(state, "57014"))
		fail_cancelled(connection, line, error);
	else if (!strcmp(state, "42P01"))
		fail_no_table(line, error);
	else if (!strcmp(state, "26000") || !strcmp(state, "42P05"))
		corm_error_set(error, status,
		               "postgresql: %s (a pooler between the program and the server needs the option prepared=off)",
		               line);
	else
		corm_error_set(error, status, "postgresql: %s", line);
	corm_error_detail(error, &error->error.sqlstate, state, SIZE_MAX);
	corm_error_detail(error, &error->error.constraint, PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME), SIZE_MAX);
	corm_error_detail(error, &error->error.table, PQresultErrorField(result, PG_DIAG_TABLE_NAME), SIZE_MAX);
	if (column)
		corm_error_detail(error, &error->error.column, column, SIZE_MAX);
	else if (status == CORM_ERROR_UNIQUE || status == CORM_ERROR_FOREIGN_KEY)
		add_key_columns(detail, error);
	return error->error.status;
}

corm_status corm__postgresql_fail(struct corm__postgresql_connection *connection, const PGresult *result,
                                  const char *sql, corm_error_store *error)
{
	if (!result || !PQresultErrorField(result, PG_DIAG_SQLSTATE)) {
		/* libpq's own results have no SQLSTATE: the connection is lost, or the memory is short. */
		ExecStatusType kind = PQresultStatus(result);
		if (result && kind == PGRES_PIPELINE_ABORTED)
			return corm_error_set(error, CORM_ERROR_SQL,
			                      "postgresql: the statement was not run, because one before it had failed");
		return fail_connection(connection, sql, error);
	}
	fail_result(connection, result, error);
	/* Some prepared statement is none any more. Whose it was nobody can tell from here: it may have been BEGIN's. */
	if (error->error.sqlstate && !strcmp(error->error.sqlstate, "26000"))
		connection->begin_name = 0;
	corm_error_detail(error, &error->error.sql, sql, SIZE_MAX);
	return error->error.status;
}
