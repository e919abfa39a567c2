/* SPDX-License-Identifier: Apache-2.0
 *
 * Values from memory to MariaDB's parameters. Nothing is allocated and no text is copied: the client library reads the
 * program's own memory, or the parameter's scratch. A parameter's type follows from its format alone, so that the one
 * declaration of an array's types holds for all of its runs.
 */
#include "driver/mariadb.h"
#include "type/codec.h"
#include <math.h>
#include <string.h>

#define DAY_US INT64_C(86400000000)

/* The parameter that is being bound. */
struct slot {
	struct corm__mariadb_parameter *parameter;
	MYSQL_BIND *bind;
	size_t number; /* from 1 */
	const corm_format *format;
	const void *value;
	corm_error_store *error;
	bool *rebind;
};

static corm_status refuse(const struct slot *slot, const char *problem)
{
	return corm_error_set(slot->error, CORM_ERROR_VALIDATION, "mariadb: the value of parameter %zu %s", slot->number,
	                      problem);
}

static void place(const struct slot *slot, enum enum_field_types type, const void *data, size_t length)
{
	/* The client library reads it only. */
	void *buffer = (void *)(uintptr_t)data;
	if (slot->bind->buffer_type != type || slot->bind->buffer != buffer) {
		slot->bind->buffer_type = type;
		slot->bind->buffer = buffer;
		*slot->rebind = true;
	}
	slot->parameter->length = length;
	slot->bind->buffer_length = length;
}

static corm_status bind_number(const struct slot *slot, int64_t number)
{
	slot->parameter->scratch.integer = number;
	place(slot, MYSQL_TYPE_LONGLONG, &slot->parameter->scratch, sizeof number);
	return CORM_OK;
}

static corm_status bind_integer(const struct slot *slot)
{
	int64_t number;
	if (!corm__integer_load(slot->format, slot->value, &number))
		return refuse(slot, "is above INT64_MAX");
	return bind_number(slot, number);
}

static corm_status bind_real(const struct slot *slot, double number)
{
	if (!isfinite(number))
		return refuse(slot, isnan(number) ? "is NaN, which MariaDB does not have"
		                                  : "is infinite, which MariaDB does not have");
	slot->parameter->scratch.real = number;
	place(slot, MYSQL_TYPE_DOUBLE, &slot->parameter->scratch, sizeof number);
	return CORM_OK;
}

static corm_status bind_text(const struct slot *slot, const char *text, size_t length)
{
	place(slot, MYSQL_TYPE_STRING, text, length);
	return CORM_OK;
}

static corm_status bind_characters(const struct slot *slot, const char *text, size_t length)
{
	if (!corm__utf8_valid(text, length))
		return refuse(slot, "is not valid UTF-8");
	return bind_text(slot, text, length);
}

static corm_status bind_blob(const struct slot *slot, const void *data, size_t size)
{
	/* Without a place it would be NULL. */
	place(slot, MYSQL_TYPE_BLOB, size ? data : "", size);
	return CORM_OK;
}

static corm_status bind_null(const struct slot *slot, enum enum_field_types type)
{
	if (slot->bind->buffer_type != type || !slot->bind->buffer)
		place(slot, type, &slot->parameter->scratch, 0);
	slot->parameter->is_null = 1;
	slot->parameter->indicator = STMT_INDICATOR_NULL;
	slot->parameter->length = slot->bind->buffer_length = 0;
	return CORM_OK;
}

static corm_status bind_text_array(const struct slot *slot)
{
	const char *end = memchr(slot->value, '\0', slot->format->size);
	if (!end)
		return refuse(slot, "is not NUL-terminated");
	return bind_characters(slot, slot->value, (size_t)(end - (const char *)slot->value));
}

static corm_status bind_bytes(const struct slot *slot)
{
	corm_bytes bytes;
	memcpy(&bytes, slot->value, sizeof bytes);
	if (!bytes.data && (bytes.size || slot->format->flags & CORM_FORMAT_NULLABLE))
		return bind_null(slot, MYSQL_TYPE_BLOB);
	return bind_blob(slot, bytes.data, bytes.size);
}

/* 32 digits without dashes, which both a UUID column and the CHAR(32) of other programs understand. */
static corm_status bind_uuid(const struct slot *slot)
{
	if (slot->format->storage == CORM_STORAGE_BLOB)
		return bind_blob(slot, slot->value, sizeof(corm_uuid));
	corm_uuid uuid;
	memcpy(&uuid, slot->value, sizeof uuid);
	corm__uuid_hex(&uuid, slot->parameter->scratch.text);
	return bind_text(slot, slot->parameter->scratch.text, CORM__UUID_HEX);
}

/* Days since 1970 to year, month and day, by the years that begin in March. */
static void split_days(int32_t days, MYSQL_TIME *out)
{
	uint32_t shifted = (uint32_t)(days + 719468);
	uint32_t era = shifted / 146097, of_era = shifted % 146097;
	uint32_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	uint32_t of_year = of_era - (365 * year + year / 4 - year / 100);
	uint32_t month = (5 * of_year + 2) / 153;
	out->day = of_year - (153 * month + 2) / 5 + 1;
	out->month = month < 10 ? month + 3 : month - 9;
	out->year = year + era * 400 + (out->month <= 2);
}

static void split_time(int64_t microseconds, MYSQL_TIME *out)
{
	uint32_t seconds = (uint32_t)(microseconds / 1000000);
	out->second_part = (unsigned long)(microseconds % 1000000);
	out->hour = seconds / 3600;
	out->minute = seconds / 60 % 60;
	out->second = seconds % 60;
}

static corm_status bind_time_of(const struct slot *slot, enum enum_field_types type, const MYSQL_TIME *time)
{
	slot->parameter->scratch.time = *time;
	place(slot, type, &slot->parameter->scratch, sizeof *time);
	return CORM_OK;
}

static corm_status bind_datetime(const struct slot *slot)
{
	corm_datetime datetime;
	memcpy(&datetime, slot->value, sizeof datetime);
	if (!corm__datetime_in_range(datetime.microseconds))
		return refuse(slot, "is a datetime outside of years 1 to 9999");
	int64_t of_day = datetime.microseconds % DAY_US;
	if (of_day < 0)
		of_day += DAY_US;
	MYSQL_TIME time = { .time_type = MYSQL_TIMESTAMP_DATETIME };
	split_days((int32_t)((datetime.microseconds - of_day) / DAY_US), &time);
	split_time(of_day, &time);
	return bind_time_of(slot, MYSQL_TYPE_DATETIME, &time);
}

static corm_status bind_date(const struct slot *slot)
{
	corm_date date;
	memcpy(&date, slot->value, sizeof date);
	if (!corm__date_in_range(date.days))
		return refuse(slot, "is a date outside of years 1 to 9999");
	MYSQL_TIME time = { .time_type = MYSQL_TIMESTAMP_DATE };
	split_days(date.days, &time);
	return bind_time_of(slot, MYSQL_TYPE_DATE, &time);
}

static corm_status bind_time(const struct slot *slot)
{
	corm_time value;
	memcpy(&value, slot->value, sizeof value);
	if (!corm__time_in_range(value.microseconds))
		return refuse(slot, "is a time outside of a day");
	MYSQL_TIME time = { .time_type = MYSQL_TIMESTAMP_TIME };
	split_time(value.microseconds, &time);
	return bind_time_of(slot, MYSQL_TYPE_TIME, &time);
}

static corm_status bind_decimal(const struct slot *slot)
{
	corm_decimal decimal;
	memcpy(&decimal, slot->value, sizeof decimal);
	if (!corm__decimal_is_valid(&decimal))
		return refuse(slot, "is no decimal of at most 38 digits");
	if (slot->format->storage == CORM_STORAGE_REAL)
		return bind_real(slot, corm__decimal_to_double(&decimal));
	char *text = slot->parameter->scratch.text;
	size_t length = corm__decimal_write(&decimal, text);
	place(slot, MYSQL_TYPE_NEWDECIMAL, text, length);
	return CORM_OK;
}

static corm_status bind_enum(const struct slot *slot)
{
	int64_t number;
	const char *name = NULL;
	if (corm__integer_load(slot->format, slot->value, &number))
		name = corm__enum_name(slot->format->enumeration, number);
	if (!name)
		return refuse(slot, "is none of its enum's");
	return slot->format->storage == CORM_STORAGE_INTEGER ? bind_number(slot, number)
	                                                     : bind_text(slot, name, strlen(name));
}

/* Text or JSON by pointer. */
static corm_status bind_pointer(const struct slot *slot)
{
	const char *text;
	memcpy(&text, slot->value, sizeof text);
	if (!text)
		return bind_null(slot, MYSQL_TYPE_STRING);
	size_t length = strlen(text);
	if (slot->format->type == CORM_TYPE_TEXT)
		return bind_characters(slot, text, length);
	if (!corm__json_valid(text, length))
		return refuse(slot, "is not valid JSON");
	return bind_text(slot, text, length);
}

/* The type that a parameter has when its value is there, for those that are NULL. */
static enum enum_field_types null_type(const corm_format *format)
{
	switch ((corm_type)format->type) {
	case CORM_TYPE_FLOAT:
	case CORM_TYPE_DOUBLE:
		return MYSQL_TYPE_DOUBLE;
	case CORM_TYPE_BYTES:
	case CORM_TYPE_BYTES_ARRAY:
		return MYSQL_TYPE_BLOB;
	case CORM_TYPE_UUID:
		return format->storage == CORM_STORAGE_BLOB ? MYSQL_TYPE_BLOB : MYSQL_TYPE_STRING;
	case CORM_TYPE_DATETIME:
		return MYSQL_TYPE_DATETIME;
	case CORM_TYPE_DATE:
		return MYSQL_TYPE_DATE;
	case CORM_TYPE_TIME:
		return MYSQL_TYPE_TIME;
	case CORM_TYPE_DECIMAL:
		return format->storage == CORM_STORAGE_REAL ? MYSQL_TYPE_DOUBLE : MYSQL_TYPE_NEWDECIMAL;
	case CORM_TYPE_ENUM:
		return format->storage == CORM_STORAGE_INTEGER ? MYSQL_TYPE_LONGLONG : MYSQL_TYPE_STRING;
	case CORM_TYPE_TEXT:
	case CORM_TYPE_TEXT_ARRAY:
	case CORM_TYPE_JSON:
		return MYSQL_TYPE_STRING;
	default:
		return MYSQL_TYPE_LONGLONG;
	}
}

static corm_status bind_present(const struct slot *slot)
{
	float single;
	double number;
	switch ((corm_type)slot->format->type) {
	case CORM_TYPE_BOOL:
	case CORM_TYPE_INT8:
	case CORM_TYPE_INT16:
	case CORM_TYPE_INT32:
	case CORM_TYPE_INT64:
	case CORM_TYPE_UINT8:
	case CORM_TYPE_UINT16:
	case CORM_TYPE_UINT32:
	case CORM_TYPE_UINT64:
		return bind_integer(slot);
	case CORM_TYPE_FLOAT:
		memcpy(&single, slot->value, sizeof single);
		return bind_real(slot, single);
	case CORM_TYPE_DOUBLE:
		memcpy(&number, slot->value, sizeof number);
		return bind_real(slot, number);
	case CORM_TYPE_TEXT:
	case CORM_TYPE_JSON:
		return bind_pointer(slot);
	case CORM_TYPE_TEXT_ARRAY:
		return bind_text_array(slot);
	case CORM_TYPE_BYTES:
		return bind_bytes(slot);
	case CORM_TYPE_BYTES_ARRAY:
		return bind_blob(slot, slot->value, slot->format->size);
	case CORM_TYPE_UUID:
		return bind_uuid(slot);
	case CORM_TYPE_DATETIME:
		return bind_datetime(slot);
	case CORM_TYPE_DATE:
		return bind_date(slot);
	case CORM_TYPE_TIME:
		return bind_time(slot);
	case CORM_TYPE_DECIMAL:
		return bind_decimal(slot);
	case CORM_TYPE_ENUM:
		return bind_enum(slot);
	case CORM_TYPE_NONE:
		break;
	}
	return corm_error_set(slot->error, CORM_ERROR_USAGE, "mariadb: parameter %zu has no type", slot->number);
}

static bool has_value(const corm_format *format, const void *value)
{
	if (!value)
		return false;
	return !(format->flags & CORM_FORMAT_OPTIONAL) || *((const unsigned char *)value + format->has_value);
}

corm_status corm__mariadb_bind_value(struct corm__mariadb_statement *statement, size_t index, const corm_format *format,
                                     const void *value, corm_error_store *error)
{
	struct slot slot = {
		.parameter = &statement->parameters[index],
		.bind = &statement->binds[index],
		.number = index + 1,
		.format = format,
		.value = value,
		.error = error,
		.rebind = &statement->rebind,
	};
	slot.parameter->is_null = 0;
	slot.parameter->indicator = STMT_INDICATOR_NONE;
	return has_value(format, value) ? bind_present(&slot) : bind_null(&slot, null_type(format));
}

size_t corm__mariadb_value_bytes(const corm_format *format, const void *value)
{
	/* A length of nine bytes, and whatever stands in scratch. */
	size_t fixed = 9 + CORM__DECIMAL_TEXT;
	const char *text;
	corm_bytes bytes;
	if (!has_value(format, value))
		return 1;
	switch ((corm_type)format->type) {
	case CORM_TYPE_TEXT:
	case CORM_TYPE_JSON:
		memcpy(&text, value, sizeof text);
		return fixed + (text ? strlen(text) : 0);
	case CORM_TYPE_BYTES:
		memcpy(&bytes, value, sizeof bytes);
		return fixed + bytes.size;
	case CORM_TYPE_TEXT_ARRAY:
	case CORM_TYPE_BYTES_ARRAY:
		return fixed + format->size;
	case CORM_TYPE_ENUM:
		return fixed + 256;
	default:
		return fixed;
	}
}

corm_status corm__mariadb_bind(void *data, const corm_format *const *formats, const void *const *values, size_t count,
                               corm_error_store *error)
{
	struct corm__mariadb_statement *statement = data;
	if (count != statement->parameter_count)
		return corm_error_set(error, CORM_ERROR_USAGE, "mariadb: %zu values were given for %zu parameters", count,
		                      statement->parameter_count);
	size_t bytes = 16;
	for (size_t i = 0; i < count; i++) {
		corm_status status = corm__mariadb_bind_value(statement, i, formats[i], values[i], error);
		if (status != CORM_OK)
			return status;
		bytes += 16 + statement->parameters[i].length;
	}
	/* The server would close the connection. */
	if (bytes > statement->connection->packet_limit)
		return corm_error_set(
			error, CORM_ERROR_VALIDATION,
			"mariadb: the values take %zu bytes, and the server's max_allowed_packet is %llu: raise it", bytes,
			(unsigned long long)statement->connection->packet_limit);
	return CORM_OK;
}
