/* SPDX-License-Identifier: Apache-2.0
 *
 * Values from memory to SQLite's parameters. Nothing is allocated and no text is copied: SQLite reads the program's own
 * memory, or the parameter's piece of the statement's scratch.
 */
#include "driver/sqlite.h"
#include "type/codec.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The parameter that is being bound. */
struct parameter {
	sqlite3_stmt *statement;
	int number; /* from 1 */
	char *scratch;
	const corm_format *format;
	const void *value;
	corm_error_store *error;
};

static corm_status refuse(const struct parameter *p, const char *problem)
{
	return corm_error_set(p->error, CORM_ERROR_VALIDATION, "sqlite: the value of parameter %d %s", p->number, problem);
}

static corm_status bound(const struct parameter *p, int code)
{
	if (code == SQLITE_OK)
		return CORM_OK;
	return corm_error_set(p->error, corm__sqlite_status(code), "sqlite: the value of parameter %d cannot be bound: %s",
	                      p->number, sqlite3_errstr(code));
}

static corm_status bind_text(const struct parameter *p, const char *text, size_t length)
{
	return bound(p, sqlite3_bind_text64(p->statement, p->number, text, length, SQLITE_STATIC, SQLITE_UTF8));
}

static corm_status bind_blob(const struct parameter *p, const void *data, size_t size)
{
	/* No data means the SQL NULL to SQLite, and an empty blob is something else. */
	return bound(p, sqlite3_bind_blob64(p->statement, p->number, size ? data : "", size, SQLITE_STATIC));
}

static corm_status bind_integer(const struct parameter *p)
{
	int64_t number;
	if (!corm__integer_load(p->format, p->value, &number))
		return refuse(p, "is above INT64_MAX");
	return bound(p, sqlite3_bind_int64(p->statement, p->number, number));
}

static corm_status bind_real(const struct parameter *p, double value)
{
	if (isnan(value))
		return refuse(p, "is NaN, which SQLite would store as NULL");
	return bound(p, sqlite3_bind_double(p->statement, p->number, value));
}

static corm_status bind_characters(const struct parameter *p, const char *text, size_t length)
{
	if (!corm__utf8_valid(text, length))
		return refuse(p, "is not valid UTF-8");
	return bind_text(p, text, length);
}

static corm_status bind_text_array(const struct parameter *p)
{
	const char *end = memchr(p->value, '\0', p->format->size);
	if (!end)
		return refuse(p, "is not NUL-terminated");
	return bind_characters(p, p->value, (size_t)(end - (const char *)p->value));
}

static corm_status bind_bytes(const struct parameter *p)
{
	corm_bytes bytes;
	memcpy(&bytes, p->value, sizeof bytes);
	if (!bytes.data && (bytes.size || p->format->flags & CORM_FORMAT_NULLABLE))
		return bound(p, sqlite3_bind_null(p->statement, p->number));
	return bind_blob(p, bytes.data, bytes.size);
}

static corm_status bind_uuid(const struct parameter *p)
{
	if (p->format->storage == CORM_STORAGE_BLOB)
		return bind_blob(p, p->value, sizeof(corm_uuid));
	corm_uuid uuid;
	memcpy(&uuid, p->value, sizeof uuid);
	corm__uuid_hex(&uuid, p->scratch);
	return bind_text(p, p->scratch, CORM__UUID_HEX);
}

static corm_status bind_datetime(const struct parameter *p)
{
	corm_datetime datetime;
	memcpy(&datetime, p->value, sizeof datetime);
	if (!corm__datetime_write(datetime.microseconds, p->scratch))
		return refuse(p, "is a datetime outside of years 1 to 9999");
	if (p->format->storage == CORM_STORAGE_INTEGER)
		return bound(p, sqlite3_bind_int64(p->statement, p->number, datetime.microseconds));
	return bind_text(p, p->scratch, CORM__DATETIME_TEXT);
}

static corm_status bind_date(const struct parameter *p)
{
	corm_date date;
	memcpy(&date, p->value, sizeof date);
	if (!corm__date_write(date.days, p->scratch))
		return refuse(p, "is a date outside of years 1 to 9999");
	return bind_text(p, p->scratch, CORM__DATE_TEXT);
}

static corm_status bind_time(const struct parameter *p)
{
	corm_time time;
	memcpy(&time, p->value, sizeof time);
	if (!corm__time_write(time.microseconds, p->scratch))
		return refuse(p, "is a time outside of a day");
	return bind_text(p, p->scratch, CORM__TIME_TEXT);
}

static corm_status bind_decimal(const struct parameter *p)
{
	corm_decimal decimal;
	memcpy(&decimal, p->value, sizeof decimal);
	if (!corm__decimal_is_valid(&decimal))
		return refuse(p, "is no decimal of at most 38 digits");
	if (p->format->storage == CORM_STORAGE_REAL)
		return bind_real(p, corm__decimal_to_double(&decimal));
	return bind_text(p, p->scratch, corm__decimal_write(&decimal, p->scratch));
}

static corm_status bind_enum(const struct parameter *p)
{
	int64_t number;
	const char *name = NULL;
	if (corm__integer_load(p->format, p->value, &number))
		name = corm__enum_name(p->format->enumeration, number);
	if (!name)
		return refuse(p, "is none of its enum's");
	if (p->format->storage == CORM_STORAGE_INTEGER)
		return bound(p, sqlite3_bind_int64(p->statement, p->number, number));
	return bind_text(p, name, strlen(name));
}

/* A JSON column has numeric affinity, so that SQLite holds a number that stands alone as an integer or a double, and
 * only as exactly as these can. In objects, arrays and strings numbers stay text. */
static bool json_survives(const char *text)
{
	text += strspn(text, " \t\n\r");
	text += *text == '-';
	if (*text < '0' || *text > '9')
		return true;
	size_t digits = 0;
	bool whole = true;
	for (; *text && strchr("0123456789.", *text); text++) {
		whole = whole && *text != '.';
		digits += *text != '.' && (digits || *text != '0');
	}
	if (*text != 'e' && *text != 'E')
		return digits <= (whole ? 18 : 15);
	return digits <= 15 && labs(strtol(text + 1, NULL, 10)) <= 290;
}

/* Text or JSON by pointer. */
static corm_status bind_pointer(const struct parameter *p)
{
	const char *text;
	memcpy(&text, p->value, sizeof text);
	if (!text)
		return bound(p, sqlite3_bind_null(p->statement, p->number));
	size_t length = strlen(text);
	if (p->format->type == CORM_TYPE_TEXT)
		return bind_characters(p, text, length);
	if (!corm__json_valid(text, length))
		return refuse(p, "is not valid JSON");
	if (!json_survives(text))
		return refuse(p, "is a JSON number of more digits than SQLite keeps: put it into a string or an array");
	return bind_text(p, text, length);
}

static corm_status bind_value(const struct parameter *p)
{
	float single;
	double number;
	switch ((corm_type)p->format->type) {
	case CORM_TYPE_BOOL:
	case CORM_TYPE_INT8:
	case CORM_TYPE_INT16:
	case CORM_TYPE_INT32:
	case CORM_TYPE_INT64:
	case CORM_TYPE_UINT8:
	case CORM_TYPE_UINT16:
	case CORM_TYPE_UINT32:
	case CORM_TYPE_UINT64:
		return bind_integer(p);
	case CORM_TYPE_FLOAT:
		memcpy(&single, p->value, sizeof single);
		return bind_real(p, single);
	case CORM_TYPE_DOUBLE:
		memcpy(&number, p->value, sizeof number);
		return bind_real(p, number);
	case CORM_TYPE_TEXT:
	case CORM_TYPE_JSON:
		return bind_pointer(p);
	case CORM_TYPE_TEXT_ARRAY:
		return bind_text_array(p);
	case CORM_TYPE_BYTES:
		return bind_bytes(p);
	case CORM_TYPE_BYTES_ARRAY:
		return bind_blob(p, p->value, p->format->size);
	case CORM_TYPE_UUID:
		return bind_uuid(p);
	case CORM_TYPE_DATETIME:
		return bind_datetime(p);
	case CORM_TYPE_DATE:
		return bind_date(p);
	case CORM_TYPE_TIME:
		return bind_time(p);
	case CORM_TYPE_DECIMAL:
		return bind_decimal(p);
	case CORM_TYPE_ENUM:
		return bind_enum(p);
	case CORM_TYPE_NONE:
		break;
	}
	return corm_error_set(p->error, CORM_ERROR_USAGE, "sqlite: parameter %d has no type", p->number);
}

static bool has_value(const corm_format *format, const void *value)
{
	if (!value)
		return false;
	return !(format->flags & CORM_FORMAT_OPTIONAL) || *((const unsigned char *)value + format->has_value);
}

corm_status corm__sqlite_bind(void *data, const corm_format *const *formats, const void *const *values, size_t count,
                              corm_error_store *error)
{
	struct corm__sqlite_statement *statement = data;
	if (count != (size_t)statement->parameter_count)
		return corm_error_set(error, CORM_ERROR_USAGE, "sqlite: %zu values were given for %d parameters", count,
		                      statement->parameter_count);
	for (size_t i = 0; i < count; i++) {
		struct parameter parameter = {
			.statement = statement->handle,
			.number = (int)i + 1,
			.scratch = statement->scratch + i * CORM__SQLITE_SCRATCH,
			.format = formats[i],
			.value = values[i],
			.error = error,
		};
		corm_status status = has_value(formats[i], values[i])
		                         ? bind_value(&parameter)
		                         : bound(&parameter, sqlite3_bind_null(statement->handle, parameter.number));
		if (status != CORM_OK)
			return status;
	}
	return CORM_OK;
}
