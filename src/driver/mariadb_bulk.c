/* SPDX-License-Identifier: Apache-2.0
 *
 * One statement for many sets of parameters: MariaDB takes arrays of them in one packet. The client library asks for
 * each run's values while it writes the packet, so that they are copied once.
 */
#include "driver/mariadb.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* The longest packet: a longer one saves nothing, and both sides keep it in memory. */
#define PACKET_MAXIMUM (4u << 20)
/* Runs in a packet. */
#define RUNS_MAXIMUM 65535

static const void *const *values_of(const corm_runs *runs, size_t run)
{
	return runs->values + run * runs->count;
}

static corm_status bind_run(struct corm__mariadb_statement *statement, const corm_runs *runs, size_t run,
                            corm_error_store *error)
{
	const void *const *values = values_of(runs, run);
	corm_status status = CORM_OK;
	for (size_t i = 0; i < runs->count && status == CORM_OK; i++)
		status = corm__mariadb_bind_value(statement, i, runs->formats[i], values[i], error);
	return status;
}

/* Puts the values of one run where the client library looks for them. True when one cannot be bound: then the packet is
 * not sent. A client library that does not know of that skips this run and those that follow. */
static my_bool write_run(void *data, MYSQL_BIND *binds, unsigned row)
{
	struct corm__mariadb_statement *statement = data;
	const corm_runs *runs = statement->runs;
	size_t run = statement->first_run + row;
	corm_error_store error;
	if (statement->bad_run == SIZE_MAX && bind_run(statement, runs, run, &error) != CORM_OK)
		statement->bad_run = run;
	for (size_t i = 0; i < runs->count; i++) {
		binds[i].buffer = statement->binds[i].buffer;
		binds[i].buffer_length = statement->binds[i].buffer_length;
		if (statement->bad_run != SIZE_MAX)
			statement->parameters[i].indicator = STMT_INDICATOR_IGNORE_ROW;
	}
	return statement->bad_run != SIZE_MAX;
}

/* How many runs from first on fit a packet; at least 1. */
static size_t runs_that_fit(const struct corm__mariadb_statement *statement, const corm_runs *runs, size_t first)
{
	uint64_t limit = statement->connection->packet_limit;
	if (limit > PACKET_MAXIMUM)
		limit = PACKET_MAXIMUM;
	uint64_t bytes = 16 + 2 * runs->count;
	size_t run = first;
	for (; run < runs->runs && run - first < RUNS_MAXIMUM; run++) {
		const void *const *values = values_of(runs, run);
		for (size_t i = 0; i < runs->count; i++)
			bytes += corm__mariadb_value_bytes(runs->formats[i], values[i]);
		if (bytes > limit && run > first)
			break;
	}
	return run - first;
}

static void set_array(struct corm__mariadb_statement *statement, unsigned size)
{
	/* The client library takes functions as pointers to data, as dlsym() gives them. */
	my_bool (*callback)(void *, MYSQL_BIND *, unsigned) = size ? write_run : NULL;
	void *pointer;
	memcpy(&pointer, &callback, sizeof pointer);
	mysql_stmt_attr_set(statement->handle, STMT_ATTR_ARRAY_SIZE, &size);
	mysql_stmt_attr_set(statement->handle, STMT_ATTR_CB_PARAM, pointer);
}

/* "… at row 3", at its end: which of the packet's runs it was; SIZE_MAX when the message does not say. A value that it
 * quotes may say anything. */
static size_t run_in_message(const char *message, size_t count)
{
	static const char at_row[] = " at row ";
	const char *digits = message + strlen(message);
	while (digits > message && isdigit((unsigned char)digits[-1]))
		digits--;
	size_t before = (size_t)(digits - message), length = sizeof at_row - 1;
	if (before < length || strncmp(digits - length, at_row, length) != 0)
		return SIZE_MAX;
	unsigned long row = strtoul(digits, NULL, 10);
	return row >= 1 && row <= count ? row - 1 : SIZE_MAX;
}

static corm_status run_singly(struct corm__mariadb_statement *statement, corm_runs *runs, size_t run,
                              corm_error_store *error)
{
	struct corm__mariadb_connection *connection = statement->connection;
	corm_status status = corm__mariadb_bind(statement, runs->formats, values_of(runs, run), runs->count, error);
	if (status == CORM_OK)
		status = corm__mariadb_run(statement, error);
	if (status == CORM_OK && statement->kind == CORM__MARIADB_CHANGE)
		runs->changes += connection->changes;
	else if (status != CORM_OK)
		runs->failed = run;
	corm__mariadb_reset(statement);
	return status;
}

static corm_status run_packet(struct corm__mariadb_statement *statement, corm_runs *runs, size_t first, size_t count,
                              corm_error_store *error)
{
	/* The first run's values make the types known, which all of them share. */
	corm_status status = bind_run(statement, runs, first, error);
	if (status != CORM_OK) {
		runs->failed = first;
		return status;
	}
	statement->bad_run = SIZE_MAX;
	statement->runs = runs;
	statement->first_run = first;
	set_array(statement, (unsigned)count);
	status = corm__mariadb_run(statement, error);
	set_array(statement, 0);
	/* The client library has been told other places than binds has. */
	statement->rebind = true;
	statement->runs = NULL;
	if (statement->no_arrays) {
		/* All of them will be run singly. */
	} else if (statement->bad_run != SIZE_MAX) {
		runs->failed = statement->bad_run;
		status = bind_run(statement, runs, statement->bad_run, error);
	} else if (status == CORM_OK) {
		runs->changes += statement->connection->changes;
	} else {
		size_t run = run_in_message(error->error.message, count);
		runs->failed = run == SIZE_MAX ? SIZE_MAX : first + run;
	}
	corm__mariadb_reset(statement);
	return status;
}

corm_status corm__mariadb_run_many(void *data, corm_runs *runs, corm_error_store *error)
{
	struct corm__mariadb_statement *statement = data;
	runs->changes = 0;
	runs->failed = SIZE_MAX;
	if (runs->count != statement->parameter_count)
		return corm_error_set(error, CORM_ERROR_USAGE, "mariadb: %zu values were given for %zu parameters", runs->count,
		                      statement->parameter_count);
	corm_status status = CORM_OK;
	for (size_t run = 0; run < runs->runs && status == CORM_OK;) {
		bool arrays = runs->count && statement->kind == CORM__MARIADB_CHANGE && !statement->no_arrays;
		size_t count = arrays ? runs_that_fit(statement, runs, run) : 1;
		status = count > 1 ? run_packet(statement, runs, run, count, error) : run_singly(statement, runs, run, error);
		/* INSERT … SELECT is one for which the server takes no arrays. It has done nothing, and nothing is reported. */
		if (arrays && statement->no_arrays)
			status = CORM_OK;
		else
			run += count;
	}
	return status;
}
