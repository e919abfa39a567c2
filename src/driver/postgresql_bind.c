/* SPDX-License-Identifier: Apache-2.0
 *
 * Values from memory to parameters in the binary protocol. Nothing is allocated per value: what is no text stands in the
 * statement's scratch, text and bytes are the program's own.
 *
 * Each parameter is given a type by what it is in C, so that the server need not guess, and 5000000000 beside an integer
 * column is a comparison and no error. Text, JSON and enums are left to the server: they may meet any type that has a
 * text form.
 */
#include "driver/postgresql.h"
#include <limits.h>
#include <math.h>

Oid corm__postgresql_oid_of(const corm_format *format)
{
	switch ((corm_type)format->type) {
	case CORM_TYPE_BOOL:
		return CORM__OID_BOOL;
	case CORM_TYPE_FLOAT:
	case CORM_TYPE_DOUBLE:
		return CORM__OID_FLOAT8;
	case CORM_TYPE_TEXT:
	case CORM_TYPE_TEXT_ARRAY:
	case CORM_TYPE_JSON:
		return CORM__OID_UNKNOWN;
	case CORM_TYPE_ENUM:
		return format->storage == CORM_STORAGE_INTEGER ? CORM__OID_INT8 : CORM__OID_UNKNOWN;
	case CORM_TYPE_BYTES:
	case CORM_TYPE_BYTES_ARRAY:
		return CORM__OID_BYTEA;
	case CORM_TYPE_UUID:
		return CORM__OID_UUID;
	case CORM_TYPE_DATETIME:
		return format->storage == CORM_STORAGE_NAIVE ? CORM__OID_TIMESTAMP : CORM__OID_TIMESTAMPTZ;
	case CORM_TYPE_DATE:
		return CORM__OID_DATE;
	case CORM_TYPE_TIME:
		return CORM__OID_TIME;
	case CORM_TYPE_DECIMAL:
		return CORM__OID_NUMERIC;
	default:
		return CORM__OID_INT8;
	}
}

typedef struct corm__postgresql_value encoded;

static encoded refuse(const char *problem)
{
	return (encoded){ .problem = problem };
}

static encoded encode_integer(const corm_format *format, const void *value, Oid oid, char *scratch)
{
	int64_t number;
	if (!corm__integer_load(format, value, &number))
		return refuse("is above INT64_MAX");
	switch (oid) {
	case CORM__OID_INT2:
		if (number < INT16_MIN || number > INT16_MAX)
			return refuse("is out of the range of its column, smallint");
		corm__put_16(scratch, (uint16_t)number);
		return (encoded){ .data = scratch, .length = 2 };
	case CORM__OID_INT4:
		if (number < INT32_MIN || number > INT32_MAX)
			return refuse("is out of the range of its column, integer");
		corm__put_32(scratch, (uint32_t)number);
		return (encoded){ .data = scratch, .length = 4 };
	case CORM__OID_BOOL:
		*scratch = (char)(number != 0);
		return (encoded){ .data = scratch, .length = 1 };
	default:
		corm__put_64(scratch, (uint64_t)number);
		return (encoded){ .data = scratch, .length = 8 };
	}
}

static encoded encode_real(const corm_format *format, const void *value, Oid oid, char *scratch)
{
	float single;
	double number;
	if (format->type == CORM_TYPE_FLOAT) {
		memcpy(&single, value, sizeof single);
		number = single;
	} else {
		memcpy(&number, value, sizeof number);
	}
	if (isnan(number))
		return refuse("is NaN, which is no number to compare or count with");
	if (oid == CORM__OID_FLOAT4) {
		uint32_t bits;
		single = (float)number;
		memcpy(&bits, &single, sizeof bits);
		corm__put_32(scratch, bits);
		return (encoded){ .data = scratch, .length = 4 };
	}
	uint64_t bits;
	memcpy(&bits, &number, sizeof bits);
	corm__put_64(scratch, bits);
	return (encoded){ .data = scratch, .length = 8 };
}

static encoded encode_characters(const char *text, size_t length)
{
	if (!corm__utf8_valid(text, length))
		return refuse("is not valid UTF-8");
	return (encoded){ .data = text, .length = length };
}

static encoded encode_pointer(const corm_format *format, const void *value)
{
	const char *text;
	memcpy(&text, value, sizeof text);
	if (!text)
		return (encoded){ .data = NULL };
	size_t length = strlen(text);
	if (format->type == CORM_TYPE_TEXT)
		return encode_characters(text, length);
	return corm__json_valid(text, length) ? (encoded){ .data = text, .length = length } : refuse("is not valid JSON");
}

static encoded encode_bytes(const corm_format *format, const void *value)
{
	corm_bytes bytes;
	memcpy(&bytes, value, sizeof bytes);
	if (!bytes.data && (bytes.size || format->flags & CORM_FORMAT_NULLABLE))
		return (encoded){ .data = NULL };
	if (bytes.size > INT_MAX / 2)
		return refuse("is longer than a column can be");
	return (encoded){ .data = bytes.size ? bytes.data : "", .length = bytes.size };
}

static encoded encode_datetime(const void *value, char *scratch)
{
	corm_datetime datetime;
	memcpy(&datetime, value, sizeof datetime);
	if (!corm__datetime_in_range(datetime.microseconds))
		return refuse("is a datetime outside of years 1 to 9999");
	corm__put_64(scratch, (uint64_t)(datetime.microseconds - CORM__POSTGRESQL_EPOCH));
	return (encoded){ .data = scratch, .length = 8 };
}

static encoded encode_date(const void *value, char *scratch)
{
	corm_date date;
	memcpy(&date, value, sizeof date);
	if (!corm__date_in_range(date.days))
		return refuse("is a date outside of years 1 to 9999");
	corm__put_32(scratch, (uint32_t)(date.days - CORM__POSTGRESQL_EPOCH_DAYS));
	return (encoded){ .data = scratch, .length = 4 };
}

static encoded encode_time(const void *value, char *scratch)
{
	corm_time time;
	memcpy(&time, value, sizeof time);
	if (!corm__time_in_range(time.microseconds))
		return refuse("is a time outside of a day");
	corm__put_64(scratch, (uint64_t)time.microseconds);
	return (encoded){ .data = scratch, .length = 8 };
}

static encoded encode_decimal(const void *value, char *scratch)
{
	corm_decimal decimal;
	memcpy(&decimal, value, sizeof decimal);
	if (!corm__decimal_is_valid(&decimal))
		return refuse("is no decimal of at most 38 digits");
	return (encoded){ .data = scratch, .length = corm__postgresql_numeric_write(&decimal, scratch) };
}

static encoded encode_enum(const corm_format *format, const void *value, Oid oid, char *scratch)
{
	int64_t number;
	const char *name = NULL;
	if (corm__integer_load(format, value, &number))
		name = corm__enum_name(format->enumeration, number);
	if (!name)
		return refuse("is none of its enum's");
	if (format->storage == CORM_STORAGE_INTEGER)
		return encode_integer(format, value, oid, scratch);
	return (encoded){ .data = name, .length = strlen(name) };
}

encoded corm__postgresql_encode(const corm_format *format, const void *value, Oid oid, char *scratch)
{
	const char *end;
	if (!value || (format->flags & CORM_FORMAT_OPTIONAL && !*((const unsigned char *)value + format->has_value)))
		return (encoded){ .data = NULL };
	switch ((corm_type)format->type) {
	case CORM_TYPE_FLOAT:
	case CORM_TYPE_DOUBLE:
		return encode_real(format, value, oid, scratch);
	case CORM_TYPE_TEXT:
	case CORM_TYPE_JSON:
		return encode_pointer(format, value);
	case CORM_TYPE_TEXT_ARRAY:
		end = memchr(value, '\0', format->size);
		return end ? encode_characters(value, (size_t)(end - (const char *)value)) : refuse("is not NUL-terminated");
	case CORM_TYPE_BYTES:
		return encode_bytes(format, value);
	case CORM_TYPE_BYTES_ARRAY:
		return (encoded){ .data = value, .length = format->size };
	case CORM_TYPE_UUID:
		return (encoded){ .data = value, .length = sizeof(corm_uuid) };
	case CORM_TYPE_DATETIME:
		return encode_datetime(value, scratch);
	case CORM_TYPE_DATE:
		return encode_date(value, scratch);
	case CORM_TYPE_TIME:
		return encode_time(value, scratch);
	case CORM_TYPE_DECIMAL:
		return encode_decimal(value, scratch);
	case CORM_TYPE_ENUM:
		return encode_enum(format, value, oid, scratch);
	case CORM_TYPE_NONE:
		return refuse("has no type");
	default:
		return encode_integer(format, value, oid, scratch);
	}
}

bool corm__postgresql_can_encode(const corm_format *format, Oid oid, bool is_text)
{
	Oid natural = corm__postgresql_oid_of(format);
	switch (natural) {
	case CORM__OID_INT8:
		return oid == CORM__OID_INT8 || oid == CORM__OID_INT4 || oid == CORM__OID_INT2;
	case CORM__OID_FLOAT8:
		return oid == CORM__OID_FLOAT8 || (oid == CORM__OID_FLOAT4 && format->type == CORM_TYPE_FLOAT);
	case CORM__OID_TIMESTAMP:
	case CORM__OID_TIMESTAMPTZ:
		return oid == CORM__OID_TIMESTAMP || oid == CORM__OID_TIMESTAMPTZ;
	case CORM__OID_UNKNOWN:
		if (format->type == CORM_TYPE_JSON)
			return oid == CORM__OID_JSONB || oid == CORM__OID_JSON || oid == CORM__OID_TEXT;
		return oid == CORM__OID_TEXT || oid == CORM__OID_VARCHAR || is_text;
	default:
		return oid == natural;
	}
}

corm_status corm__postgresql_reserve(struct corm__postgresql_statement *statement, size_t count,
                                     corm_error_store *error)
{
	if (count <= statement->parameter_capacity)
		return CORM_OK;
	const corm_allocator *allocator = &statement->connection->allocator;
	char *block = corm__alloc(allocator, count, CORM__POSTGRESQL_PARAMETER);
	if (!block)
		return corm__postgresql_no_memory(error);
	corm__free(allocator, (void *)statement->values, statement->parameter_capacity * CORM__POSTGRESQL_PARAMETER);
	/* The pointers first, for their alignment. */
	statement->values = (const char **)(void *)block;
	statement->oids = (Oid *)(void *)(statement->values + count);
	statement->lengths = (int *)(void *)(statement->oids + count);
	statement->formats = statement->lengths + count;
	statement->scratch = (char *)(statement->formats + count);
	statement->parameter_capacity = count;
	statement->parameter_count = 0;
	return CORM_OK;
}

corm_status corm__postgresql_bind(void *data, const corm_format *const *formats, const void *const *values,
                                  size_t count, corm_error_store *error)
{
	struct corm__postgresql_statement *statement = data;
	corm_status status = corm__postgresql_reserve(statement, count, error);
	if (status != CORM_OK)
		return status;
	bool same = count == statement->parameter_count && !statement->is_array;
	for (size_t i = 0; status == CORM_OK && i < count; i++) {
		Oid oid = corm__postgresql_oid_of(formats[i]);
		encoded value = corm__postgresql_encode(formats[i], values[i], oid,
		                                        statement->scratch + i * CORM__POSTGRESQL_SCRATCH);
		if (value.problem)
			status = corm_error_set(error, CORM_ERROR_VALIDATION, "postgresql: the value of parameter %zu %s", i + 1,
			                        value.problem);
		same = same && statement->oids[i] == oid;
		statement->oids[i] = oid;
		statement->values[i] = value.data;
		statement->lengths[i] = (int)value.length;
		/* What the server finds the type of comes as text, which every type has. */
		statement->formats[i] = oid != CORM__OID_UNKNOWN;
	}
	/* Also when it fails: some types may be others already than those that the statement was prepared with. */
	if (!same)
		corm__postgresql_forget(statement);
	statement->parameter_count = count;
	statement->is_array = false;
	return status;
}
