/* SPDX-License-Identifier: Apache-2.0
 *
 * COPY … FROM STDIN (FORMAT binary): the fastest way into a table (PostgreSQL's documentation, COPY, "Binary Format").
 * Unlike parameters, whose types the server converts, each value has to be of the column's own type: these are asked for
 * first, and columns of others are refused.
 */
#include "driver/postgresql.h"
#include <stdio.h>
#include <stdlib.h>

#define PIECE ((size_t)64 << 10)
static const char signature[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0"; /* with the NUL at its end: 19 bytes */

/* The types of the table's columns; refused when one of them cannot be written. */
static corm_status find_types(struct corm__postgresql_connection *connection, corm_copy *copy, Oid *oids,
                              corm_error_store *error)
{
	struct corm__buffer sql;
	corm__buffer_init(&sql, &connection->allocator, (size_t)1 << 20);
	corm__buffer_format(&sql, "SELECT %s FROM %s WHERE false", copy->names, copy->table);
	PGresult *result = sql.status ? NULL
	                              : corm__postgresql_query(connection, sql.data, 0, NULL, NULL, NULL, NULL, 1, error);
	corm_status status = sql.status ? corm__postgresql_no_memory(error) : result ? CORM_OK : error->error.status;
	for (size_t i = 0; status == CORM_OK && !copy->refused && i < copy->count; i++) {
		bool is_text = false;
		oids[i] = PQftype(result, (int)i);
		if (corm__postgresql_wire_of(oids[i]) == CORM__WIRE_UNKNOWN)
			status = corm__postgresql_is_text(connection, oids[i], &is_text, error);
		copy->refused = !corm__postgresql_can_encode(&copy->columns[i].format, oids[i], is_text);
	}
	PQclear(result);
	corm__buffer_release(&sql);
	return status;
}

static corm_status add_value(struct corm__buffer *out, const corm_target *column, const void *row, Oid oid,
                             corm_error_store *error)
{
	char scratch[CORM__POSTGRESQL_SCRATCH], length[5] = { 0, 0, 0, 0, 1 };
	struct corm__postgresql_value value = corm__postgresql_encode(&column->format, (const char *)row + column->offset,
	                                                              oid, scratch);
	if (value.problem)
		return corm_error_set(error, CORM_ERROR_VALIDATION, "postgresql: the value of \"%s\" %s", column->name,
		                      value.problem);
	/* jsonb is the version of its form, 1, and then the text. */
	bool is_jsonb = oid == CORM__OID_JSONB && value.data;
	corm__put_32(length, value.data ? (uint32_t)value.length + is_jsonb : UINT32_MAX);
	corm__buffer_add(out, length, is_jsonb ? 5 : 4);
	if (value.data)
		corm__buffer_add(out, value.data, value.length);
	return CORM_OK;
}

static corm_status put(struct corm__postgresql_connection *connection, struct corm__buffer *out,
                       corm_error_store *error)
{
	if (out->status)
		return corm__postgresql_no_memory(error);
	if (PQputCopyData(connection->db, out->data, (int)out->length) != 1)
		return corm__postgresql_fail(connection, NULL, NULL, error);
	if (!corm__postgresql_flush(connection))
		return corm__postgresql_lost(connection, NULL, error);
	corm__buffer_clear(out);
	return CORM_OK;
}

static corm_status put_rows(struct corm__postgresql_connection *connection, corm_copy *copy, const Oid *oids,
                            corm_error_store *error)
{
	struct corm__buffer out;
	char count[2];
	corm_status status = CORM_OK;
	corm__put_16(count, (uint16_t)copy->count);
	corm__buffer_init(&out, &connection->allocator, (size_t)1 << 30);
	corm__buffer_add(&out, signature, sizeof signature);
	for (size_t row = 0; status == CORM_OK && row < copy->rows; row++) {
		const void *value = copy->row(copy->data, row);
		corm__buffer_add(&out, count, sizeof count);
		for (size_t i = 0; status == CORM_OK && i < copy->count; i++)
			status = add_value(&out, &copy->columns[i], value, oids[i], error);
		if (status != CORM_OK)
			copy->failed = row;
		else if (out.length >= PIECE)
			status = put(connection, &out, error);
	}
	corm__put_16(count, UINT16_MAX);
	corm__buffer_add(&out, count, sizeof count);
	if (status == CORM_OK)
		status = put(connection, &out, error);
	corm__buffer_release(&out);
	return status;
}

/* "COPY book, line 5, column title": which row the server could not take. */
static size_t line_of(const PGresult *result)
{
	const char *context = PQresultErrorField(result, PG_DIAG_CONTEXT),
			   *line = context ? strstr(context, ", line ") : NULL;
	char *end = NULL;
	unsigned long number = line ? strtoul(line + strlen(", line "), &end, 10) : 0;
	return number ? number - 1 : SIZE_MAX;
}

/* Ends the COPY, by success or because of what has gone wrong here. */
static corm_status end(struct corm__postgresql_connection *connection, corm_copy *copy, const char *sql,
                       corm_status status, corm_error_store *error)
{
	corm_error_store ignored, *first = status == CORM_OK ? error : &ignored;
	if (status != CORM_OK && corm__postgresql_is_lost(connection))
		return status;
	if (PQputCopyEnd(connection->db, status == CORM_OK ? NULL : "the client has given up") != 1) {
		/* The server would wait for rows for ever. */
		corm_status failed = corm__postgresql_fail(connection, NULL, sql, first);
		corm__postgresql_break(connection);
		return status == CORM_OK ? failed : status;
	}
	for (;;) {
		if (!corm__postgresql_wait(connection)) {
			corm_status failed = corm__postgresql_lost(connection, sql, first);
			return status == CORM_OK ? failed : status;
		}
		PGresult *result = PQgetResult(connection->db);
		if (!result)
			break;
		if (PQresultStatus(result) == PGRES_COMMAND_OK) {
			connection->changes = strtoll(PQcmdTuples(result), NULL, 10);
		} else if (status == CORM_OK) {
			status = corm__postgresql_fail(connection, result, sql, error);
			copy->failed = line_of(result);
		}
		PQclear(result);
	}
	return status;
}

static corm_status copy_rows(struct corm__postgresql_connection *connection, corm_copy *copy, const Oid *oids,
                             corm_error_store *error)
{
	struct corm__buffer sql;
	corm__buffer_init(&sql, &connection->allocator, (size_t)1 << 20);
	corm__buffer_format(&sql, "COPY %s (%s) FROM STDIN (FORMAT binary)", copy->table, copy->names);
	corm_status status = sql.status ? corm__postgresql_no_memory(error)
	                                : corm__postgresql_leave_pipeline(connection, error);
	if (status == CORM_OK) {
		atomic_store(&connection->cancelled, false);
		PGresult *result = corm__postgresql_exec(connection, sql.data, error);
		if (PQresultStatus(result) == PGRES_COPY_IN) {
			/* So that we wait for the server, and not libpq, which knows of no timeout. */
			PQsetnonblocking(connection->db, 1);
			status = end(connection, copy, sql.data, put_rows(connection, copy, oids, error), error);
			PQsetnonblocking(connection->db, 0);
		} else {
			status = result ? corm__postgresql_fail(connection, result, sql.data, error) : error->error.status;
		}
		PQclear(result);
		corm__postgresql_note_state(connection);
	}
	corm__buffer_release(&sql);
	return status;
}

corm_status corm__postgresql_copy(void *data, corm_copy *copy, corm_error_store *error)
{
	struct corm__postgresql_connection *connection = data;
	Oid *oids = corm__alloc(&connection->allocator, copy->count, sizeof *oids);
	copy->refused = false;
	copy->failed = SIZE_MAX;
	if (!oids)
		return corm__postgresql_no_memory(error);
	corm_status status = find_types(connection, copy, oids, error);
	if (status == CORM_OK && !copy->refused)
		status = copy_rows(connection, copy, oids, error);
	corm__free(&connection->allocator, oids, copy->count * sizeof *oids);
	return status;
}
