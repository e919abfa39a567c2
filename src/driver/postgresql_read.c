/* SPDX-License-Identifier: Apache-2.0
 *
 * Values of results to memory. Each column's wire is found once per statement; a result that has a column of a type
 * unknown to us comes as text altogether, which is slower, and always possible.
 */
#include "driver/postgresql.h"
#include "type/cell.h"
#include <cormorant/value.h>
#include <stdio.h>
#include <stdlib.h>

#define LIKELY(condition) __builtin_expect(!!(condition), 1)

enum corm__postgresql_wire corm__postgresql_wire_of(Oid oid)
{
	switch (oid) {
	case CORM__OID_BOOL:
		return CORM__WIRE_BOOL;
	case CORM__OID_INT2:
		return CORM__WIRE_INT2;
	case CORM__OID_INT4:
		return CORM__WIRE_INT4;
	case CORM__OID_INT8:
		return CORM__WIRE_INT8;
	case CORM__OID_OID:
		return CORM__WIRE_OID;
	case CORM__OID_FLOAT4:
		return CORM__WIRE_FLOAT4;
	case CORM__OID_FLOAT8:
		return CORM__WIRE_FLOAT8;
	case CORM__OID_NUMERIC:
		return CORM__WIRE_NUMERIC;
	case CORM__OID_TEXT:
	case CORM__OID_VARCHAR:
	case CORM__OID_BPCHAR:
	case CORM__OID_NAME:
	case CORM__OID_CHAR:
	case CORM__OID_UNKNOWN_TEXT:
	case CORM__OID_JSON:
	case CORM__OID_XML:
		return CORM__WIRE_TEXT;
	case CORM__OID_JSONB:
		return CORM__WIRE_JSONB;
	case CORM__OID_BYTEA:
		return CORM__WIRE_BYTEA;
	case CORM__OID_UUID:
		return CORM__WIRE_UUID;
	case CORM__OID_DATE:
		return CORM__WIRE_DATE;
	case CORM__OID_TIME:
		return CORM__WIRE_TIME;
	case CORM__OID_TIMESTAMP:
	case CORM__OID_TIMESTAMPTZ:
		return CORM__WIRE_TIMESTAMP;
	default:
		return CORM__WIRE_UNKNOWN;
	}
}

/* Types of an extension or of the schema: those of enums, of domains over text and of citext are text on the wire. */
static corm_status ask_for_type(struct corm__postgresql_connection *connection, Oid oid, bool *is_text,
                                corm_error_store *error)
{
	static const char sql[] = "SELECT typtype = 'e' OR (typcategory = 'S' AND typtype = 'b') FROM pg_catalog.pg_type "
							  "WHERE oid = $1";
	const Oid types[] = { CORM__OID_OID };
	char number[4];
	corm__put_32(number, oid);
	PGresult *result = corm__postgresql_query(connection, sql, 1, types, (const char *const[]){ number },
	                                          (const int[]){ sizeof number }, (const int[]){ 1 }, 1, error);
	if (!result)
		return error->error.status;
	*is_text = PQntuples(result) == 1 && *PQgetvalue(result, 0, 0);
	PQclear(result);
	return CORM_OK;
}

corm_status corm__postgresql_is_text(struct corm__postgresql_connection *connection, Oid oid, bool *is_text,
                                     corm_error_store *error)
{
	for (size_t i = 0; i < connection->type_count; i++) {
		if (connection->types[i].oid == oid) {
			*is_text = connection->types[i].is_text;
			return CORM_OK;
		}
	}
	if (connection->type_count == connection->type_capacity) {
		size_t capacity = connection->type_capacity ? connection->type_capacity * 2 : 8;
		void *grown = corm__resize(&connection->allocator, connection->types, connection->type_capacity, capacity,
		                           sizeof *connection->types);
		if (!grown)
			return corm__postgresql_no_memory(error);
		connection->types = grown;
		connection->type_capacity = capacity;
	}
	/* With other commands on their way nobody can be asked. */
	*is_text = true;
	if (connection->command_count)
		return CORM_OK;
	corm_status status = ask_for_type(connection, oid, is_text, error);
	if (status == CORM_OK)
		connection->types[connection->type_count++] = (struct corm__postgresql_type){ oid, *is_text };
	return status;
}

/* ---- cells ------------------------------------------------------------------------------------------------------- */

/* One cell on its way. */
struct cell {
	enum corm__postgresql_wire wire;
	const char *data;
	size_t length;
	const corm_format *format;
	corm_room *room;
};

/* The integer that a decimal is: exactly, or not at all. */
static bool whole_of(const corm_decimal *decimal, int64_t *number)
{
	if (decimal->scale || decimal->high || decimal->low > (uint64_t)INT64_MAX + decimal->negative)
		return false;
	*number = decimal->negative ? (int64_t)(0 - decimal->low) : (int64_t)decimal->low;
	return true;
}

static bool integer_of(const struct cell *cell, int64_t *number)
{
	corm_decimal decimal;
	switch (cell->wire) {
	case CORM__WIRE_INT8:
		*number = (int64_t)corm__get_64(cell->data);
		return true;
	case CORM__WIRE_INT4:
		*number = (int32_t)corm__get_32(cell->data);
		return true;
	case CORM__WIRE_INT2:
		*number = (int16_t)corm__get_16(cell->data);
		return true;
	case CORM__WIRE_OID:
		*number = corm__get_32(cell->data);
		return true;
	case CORM__WIRE_BOOL:
		*number = *cell->data != 0;
		return true;
	case CORM__WIRE_NUMERIC:
		return corm__postgresql_numeric_read(cell->data, cell->length, &decimal) && whole_of(&decimal, number);
	default:
		return false;
	}
}

static bool real_of(const struct cell *cell, double *number)
{
	corm_decimal decimal;
	int64_t integer;
	uint64_t bits;
	uint32_t single_bits;
	float single;
	switch (cell->wire) {
	case CORM__WIRE_FLOAT8:
		bits = corm__get_64(cell->data);
		memcpy(number, &bits, sizeof bits);
		return true;
	case CORM__WIRE_FLOAT4:
		single_bits = corm__get_32(cell->data);
		memcpy(&single, &single_bits, sizeof single);
		*number = single;
		return true;
	case CORM__WIRE_NUMERIC:
		if (!corm__postgresql_numeric_read(cell->data, cell->length, &decimal))
			return false;
		*number = corm__decimal_to_double(&decimal);
		return true;
	default:
		if (cell->wire == CORM__WIRE_BOOL || !integer_of(cell, &integer))
			return false;
		*number = (double)integer;
		return true;
	}
}

static enum corm__cell read_integer(const struct cell *cell, void *value)
{
	int64_t number;
	double real;
	if (!integer_of(cell, &number)) {
		if ((cell->wire != CORM__WIRE_FLOAT8 && cell->wire != CORM__WIRE_FLOAT4) || !real_of(cell, &real) ||
		    !corm__cell_whole(real, &number))
			return CORM__CELL_MISFIT;
	}
	if (cell->format->type == CORM_TYPE_BOOL)
		return corm__cell_bool(number, value);
	return cell->format->type == CORM_TYPE_ENUM ? corm__cell_enum(cell->format, number, value)
	                                            : corm__cell_integer(cell->format, number, value);
}

static enum corm__cell read_decimal(const struct cell *cell, void *value)
{
	/* All of it is written, padding too, so that equal rows are equal memory. */
	corm_decimal decimal;
	double real;
	int64_t integer;
	bool fits = false;
	memset(&decimal, 0, sizeof decimal);
	if (cell->wire == CORM__WIRE_NUMERIC) {
		fits = corm__postgresql_numeric_read(cell->data, cell->length, &decimal);
	} else if (cell->wire != CORM__WIRE_BOOL && integer_of(cell, &integer)) {
		corm__decimal_from_integer(integer, &decimal);
		fits = true;
	} else if (real_of(cell, &real)) {
		fits = corm__decimal_from_double(real, &decimal);
	}
	if (fits)
		memcpy(value, &decimal, sizeof decimal);
	return corm__cell_outcome(fits);
}

static enum corm__cell read_datetime(const struct cell *cell, void *value)
{
	int64_t number = (int64_t)corm__get_64(cell->data);
	/* The ends of the range are infinities. */
	if (number > INT64_MAX - CORM__POSTGRESQL_EPOCH)
		return CORM__CELL_MISFIT;
	return corm__cell_datetime(number + CORM__POSTGRESQL_EPOCH, value);
}

static enum corm__cell read_date(const struct cell *cell, void *value)
{
	int32_t number = (int32_t)corm__get_32(cell->data);
	if (number > INT32_MAX - CORM__POSTGRESQL_EPOCH_DAYS)
		return CORM__CELL_MISFIT;
	return corm__cell_date(number + CORM__POSTGRESQL_EPOCH_DAYS, value);
}

static enum corm__cell read_real(const struct cell *cell, void *value)
{
	double number;
	return real_of(cell, &number) ? corm__cell_real(cell->format, number, value) : CORM__CELL_MISFIT;
}

/* What is neither text nor what the member wants. */
static enum corm__cell read_other(const struct cell *cell, void *value)
{
	switch ((corm_type)cell->format->type) {
	case CORM_TYPE_JSON:
		if (cell->wire == CORM__WIRE_JSONB && cell->length)
			return corm__cell_pointer(cell->data + 1, cell->length - 1, value, cell->room);
		return CORM__CELL_MISFIT;
	case CORM_TYPE_TEXT:
	case CORM_TYPE_TEXT_ARRAY:
		if (cell->wire == CORM__WIRE_JSONB && cell->length)
			return corm__cell_characters(cell->format, cell->data + 1, cell->length - 1, value, cell->room);
		return CORM__CELL_MISFIT;
	case CORM_TYPE_BYTES:
	case CORM_TYPE_BYTES_ARRAY:
		if (cell->wire == CORM__WIRE_BYTEA)
			return corm__cell_bytes(cell->format, cell->data, cell->length, value, cell->room);
		return CORM__CELL_MISFIT;
	case CORM_TYPE_UUID:
		if (cell->wire != CORM__WIRE_UUID)
			return CORM__CELL_MISFIT;
		memcpy(value, cell->data, sizeof(corm_uuid));
		return CORM__CELL_READ;
	case CORM_TYPE_DATETIME:
		return cell->wire == CORM__WIRE_TIMESTAMP ? read_datetime(cell, value) : CORM__CELL_MISFIT;
	case CORM_TYPE_DATE:
		return cell->wire == CORM__WIRE_DATE ? read_date(cell, value) : CORM__CELL_MISFIT;
	case CORM_TYPE_TIME:
		return cell->wire == CORM__WIRE_TIME ? corm__cell_time((int64_t)corm__get_64(cell->data), value)
		                                     : CORM__CELL_MISFIT;
	case CORM_TYPE_DECIMAL:
		return read_decimal(cell, value);
	case CORM_TYPE_FLOAT:
	case CORM_TYPE_DOUBLE:
		return read_real(cell, value);
	case CORM_TYPE_ENUM:
		return cell->format->storage == CORM_STORAGE_INTEGER ? read_integer(cell, value) : CORM__CELL_MISFIT;
	case CORM_TYPE_NONE:
		return CORM__CELL_MISFIT;
	default:
		return read_integer(cell, value);
	}
}

static enum corm__cell read_cell(const struct cell *cell, void *value)
{
	if (cell->wire == CORM__WIRE_TEXT)
		return corm__cell_parse(cell->format, cell->data, cell->length, value, cell->room);
	return read_other(cell, value);
}

/* Booleans and bytes have forms of their own in text. */
static enum corm__cell read_text_form(const struct cell *cell, Oid oid, void *value)
{
	if (oid == CORM__OID_BOOL && cell->length == 1 && cell->format->type == CORM_TYPE_BOOL)
		return corm__cell_bool(*cell->data == 't', value);
	if (oid == CORM__OID_BYTEA && cell->format->type != CORM_TYPE_TEXT) {
		size_t size;
		unsigned char *bytes = PQunescapeBytea((const unsigned char *)cell->data, &size);
		enum corm__cell outcome = bytes ? corm__cell_bytes(cell->format, bytes, size, value, cell->room)
		                                : CORM__CELL_NO_MEMORY;
		PQfreemem(bytes);
		return outcome;
	}
	return corm__cell_parse(cell->format, cell->data, cell->length, value, cell->room);
}

/* ---- messages ---------------------------------------------------------------------------------------------------- */

static void describe_cell(const struct cell *cell, char *out, size_t size)
{
	int64_t number;
	double real;
	corm_decimal decimal;
	if (cell->wire == CORM__WIRE_TEXT)
		corm__describe_text(cell->data, cell->length, out, size);
	else if (cell->wire == CORM__WIRE_BOOL)
		snprintf(out, size, "%s", *cell->data ? "true" : "false");
	else if (cell->wire == CORM__WIRE_NUMERIC && corm__postgresql_numeric_read(cell->data, cell->length, &decimal))
		snprintf(out, size, "%s", corm_decimal_string(decimal).text);
	else if (cell->wire != CORM__WIRE_NUMERIC && integer_of(cell, &number))
		snprintf(out, size, "%lld", (long long)number);
	else if (cell->wire != CORM__WIRE_NUMERIC && real_of(cell, &real))
		snprintf(out, size, "%.17g", real);
	else if (cell->wire == CORM__WIRE_BYTEA)
		snprintf(out, size, "a bytea of %zu bytes", cell->length);
	else
		snprintf(out, size, "a %s",
		         cell->wire == CORM__WIRE_UUID        ? "uuid"
		         : cell->wire == CORM__WIRE_DATE      ? "date outside of years 1 to 9999, or"
		         : cell->wire == CORM__WIRE_TIMESTAMP ? "timestamp outside of years 1 to 9999, or"
		         : cell->wire == CORM__WIRE_TIME      ? "time"
		         : cell->wire == CORM__WIRE_JSONB     ? "jsonb"
		                                              : "numeric of too many digits");
}

static corm_status misread(const struct corm__postgresql_statement *statement, int column, const struct cell *cell,
                           const corm_target *target, enum corm__cell outcome, corm_error_store *error)
{
	char value[128] = "NULL", type[96];
	const char *name = target->name ? target->name : PQfname(statement->result, column);
	if (outcome == CORM__CELL_NO_MEMORY) {
		corm_error_set(error, CORM_ERROR_MEMORY, "postgresql: no memory to read the column \"%s\"", name ? name : "?");
	} else {
		if (cell->data)
			describe_cell(cell, value, sizeof value);
		corm__describe_format(&target->format, type, sizeof type);
		corm_error_set(error, CORM_ERROR_TYPE, "postgresql: column \"%s\": %s does not fit %s", name ? name : "?",
		               value, type);
	}
	corm_error_detail(error, &error->error.column, name, SIZE_MAX);
	corm_error_detail(error, &error->error.sql, statement->sql, SIZE_MAX);
	return error->error.status;
}

/* ---- the row ----------------------------------------------------------------------------------------------------- */

/* What most columns are, and fit. False: the long way will do it, or say why not. */
static inline bool read_straight(const struct corm__postgresql_statement *statement, int column,
                                 const corm_format *format, void *value, int length, corm_room *room)
{
	const char *data = PQgetvalue(statement->result, statement->row, column);
	int64_t number;
	if (statement->is_text)
		return false;
	switch (statement->wires[column]) {
	case CORM__WIRE_TEXT:
		return format->type == CORM_TYPE_TEXT &&
		       corm__cell_characters(format, data, (size_t)length, value, room) == CORM__CELL_READ;
	case CORM__WIRE_UUID:
		if (format->type != CORM_TYPE_UUID)
			return false;
		memcpy(value, data, sizeof(corm_uuid));
		return true;
	case CORM__WIRE_TIMESTAMP:
		number = (int64_t)corm__get_64(data);
		if (format->type != CORM_TYPE_DATETIME || number > INT64_MAX - CORM__POSTGRESQL_EPOCH)
			return false;
		return corm__cell_datetime(number + CORM__POSTGRESQL_EPOCH, value) == CORM__CELL_READ;
	case CORM__WIRE_INT8:
		number = (int64_t)corm__get_64(data);
		return format->type >= CORM_TYPE_INT8 && format->type <= CORM_TYPE_UINT64 &&
		       corm__cell_integer(format, number, value) == CORM__CELL_READ;
	case CORM__WIRE_INT4:
		number = (int32_t)corm__get_32(data);
		return format->type >= CORM_TYPE_INT8 && format->type <= CORM_TYPE_UINT64 &&
		       corm__cell_integer(format, number, value) == CORM__CELL_READ;
	default:
		return false;
	}
}

/* The long way for a column that is not NULL. */
static corm_status read_column(struct corm__postgresql_statement *statement, int column, const corm_target *target,
                               void *value, corm_room *room, corm_error_store *error)
{
	const struct cell cell = {
		.wire = statement->is_text ? CORM__WIRE_TEXT : (enum corm__postgresql_wire)statement->wires[column],
		.data = PQgetvalue(statement->result, statement->row, column),
		.length = (size_t)PQgetlength(statement->result, statement->row, column),
		.format = &target->format,
		.room = room,
	};
	enum corm__cell outcome = statement->is_text ? read_text_form(&cell, PQftype(statement->result, column), value)
	                                             : read_cell(&cell, value);
	return LIKELY(outcome == CORM__CELL_READ) ? CORM_OK : misread(statement, column, &cell, target, outcome, error);
}

static corm_status read_null(struct corm__postgresql_statement *statement, int column, const corm_target *target,
                             void *value, corm_error_store *error)
{
	const struct cell none = { .format = &target->format };
	if (!(target->format.flags & (CORM_FORMAT_NULLABLE | CORM_FORMAT_OPTIONAL)))
		return misread(statement, column, &none, target, CORM__CELL_MISFIT, error);
	memset(value, 0, target->format.size);
	return CORM_OK;
}

corm_status corm__postgresql_read(void *data, size_t first, const corm_target *targets, size_t count, void *base,
                                  corm_room *room, corm_error_store *error)
{
	struct corm__postgresql_statement *statement = data;
	const PGresult *result = statement->result;
	for (size_t i = 0; i < count; i++) {
		const corm_target *target = &targets[i];
		const corm_format *format = &target->format;
		const int column = (int)(first + i);
		char *value = (char *)base + target->offset;
		int length = PQgetlength(result, statement->row, column);
		/* NULL has no length. */
		bool is_null = !length && PQgetisnull(result, statement->row, column);
		corm_status status = CORM_OK;
		if (!LIKELY(!is_null))
			status = read_null(statement, column, target, value, error);
		else if (!LIKELY(read_straight(statement, column, format, value, length, room)))
			status = read_column(statement, column, target, value, room, error);
		if (!LIKELY(status == CORM_OK))
			return status;
		if (format->flags & CORM_FORMAT_OPTIONAL)
			*(bool *)(value + format->has_value) = !is_null;
	}
	return CORM_OK;
}

bool corm__postgresql_is_null(void *data, size_t column)
{
	struct corm__postgresql_statement *statement = data;
	return PQgetisnull(statement->result, statement->row, (int)column);
}
