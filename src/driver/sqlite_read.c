/* SPDX-License-Identifier: Apache-2.0
 *
 * Values from SQLite's rows to memory. This is the hottest loop of the library: each cell is asked for once, by
 * sqlite3_column_value(), whose result may be used like this because a connection belongs to one thread at a time.
 *
 * What other programs write in other forms is accepted (a UUID with dashes, a datetime with a 'T'); what does not fit
 * the member is refused, and nothing is ever cut.
 */
#include "driver/sqlite.h"
#include "type/codec.h"
#include <float.h>
#include <math.h>
#include <string.h>

#define LIKELY(condition) __builtin_expect(!!(condition), 1)

/* The outcome of one cell; what to say about it is worked out only when there is something to say. */
enum outcome { READ, MISFIT, NO_MEMORY };

/* Years 1 to 9999, in microseconds. */
#define DATETIME_MINIMUM INT64_C(-62135596800000000)
#define DATETIME_MAXIMUM INT64_C(253402300799999999)

static enum outcome outcome(bool fits)
{
	return LIKELY(fits) ? READ : MISFIT;
}

/* A cell's text; NULL when there is no memory to turn UTF-16 or a number into it. */
static inline const char *text_of(sqlite3_value *cell, size_t *length)
{
	const char *text = (const char *)sqlite3_value_text(cell);
	*length = text ? (size_t)sqlite3_value_bytes(cell) : 0;
	return text;
}

static enum outcome store_pointer(const char *text, size_t length, void *value, corm_room *room)
{
	char *copy = corm_room_text(room, length + 1);
	if (!copy)
		return NO_MEMORY;
	memcpy(copy, text, length);
	copy[length] = '\0';
	memcpy(value, &copy, sizeof copy);
	return READ;
}

static enum outcome read_text(sqlite3_value *cell, int type, const corm_format *format, void *value, corm_room *room)
{
	size_t length;
	if (type != SQLITE_TEXT)
		return MISFIT;
	const char *text = text_of(cell, &length);
	if (!text)
		return NO_MEMORY;
	if (!corm__utf8_valid(text, length))
		return MISFIT;
	if (format->type == CORM_TYPE_TEXT)
		return store_pointer(text, length, value, room);
	if (length >= format->size)
		return MISFIT;
	memcpy(value, text, length);
	memset((char *)value + length, 0, format->size - length);
	return READ;
}

/* A JSON column has numeric affinity, so that SQLite holds the texts 1 and 1.5 as numbers. */
static enum outcome read_json(sqlite3_value *cell, int type, void *value, corm_room *room)
{
	size_t length;
	if (type == SQLITE_BLOB)
		return MISFIT;
	const char *text = text_of(cell, &length);
	if (!text)
		return NO_MEMORY;
	return corm__json_valid(text, length) ? store_pointer(text, length, value, room) : MISFIT;
}

static enum outcome read_bytes(sqlite3_value *cell, int type, const corm_format *format, void *value, corm_room *room)
{
	if (type != SQLITE_BLOB)
		return MISFIT;
	const void *data = sqlite3_value_blob(cell);
	size_t size = (size_t)sqlite3_value_bytes(cell);
	if (format->type == CORM_TYPE_BYTES_ARRAY) {
		if (size != format->size)
			return MISFIT;
		memcpy(value, data, size);
		return READ;
	}
	corm_bytes bytes = { .data = "", .size = size };
	if (size) {
		char *copy = corm_room_text(room, size);
		if (!copy)
			return NO_MEMORY;
		memcpy(copy, data, size);
		bytes.data = copy;
	}
	memcpy(value, &bytes, sizeof bytes);
	return READ;
}

/* The cell's integer; a real without a fraction is one. */
static bool integer_of(sqlite3_value *cell, int type, int64_t *number)
{
	if (LIKELY(type == SQLITE_INTEGER)) {
		*number = sqlite3_value_int64(cell);
		return true;
	}
	if (type != SQLITE_FLOAT)
		return false;
	double real = sqlite3_value_double(cell);
	/* 2^63 is a double and INT64_MAX is none. */
	if (!(real >= -9223372036854775808.0 && real < 9223372036854775808.0))
		return false;
	*number = (int64_t)real;
	return (double)*number == real;
}

static enum outcome read_integer(sqlite3_value *cell, int type, const corm_format *format, void *value)
{
	int64_t number;
	if (!integer_of(cell, type, &number))
		return MISFIT;
	if (format->type == CORM_TYPE_INT64) {
		memcpy(value, &number, sizeof number);
		return READ;
	}
	return outcome(corm__integer_store(format, number, value));
}

static enum outcome read_bool(sqlite3_value *cell, int type, void *value)
{
	int64_t number;
	if (!integer_of(cell, type, &number) || number < 0 || number > 1)
		return MISFIT;
	bool truth = number == 1;
	memcpy(value, &truth, sizeof truth);
	return READ;
}

static enum outcome read_real(sqlite3_value *cell, int type, const corm_format *format, void *value)
{
	if (type != SQLITE_FLOAT && type != SQLITE_INTEGER)
		return MISFIT;
	double number = sqlite3_value_double(cell);
	if (format->type == CORM_TYPE_DOUBLE) {
		memcpy(value, &number, sizeof number);
		return READ;
	}
	if (isfinite(number) && fabs(number) > FLT_MAX)
		return MISFIT;
	float single = (float)number;
	memcpy(value, &single, sizeof single);
	return READ;
}

/* Written to its place at once: read again as a whole, what was written in halves would wait for both. */
static enum outcome read_uuid(sqlite3_value *cell, int type, corm_uuid *value)
{
	size_t length;
	if (LIKELY(type == SQLITE_TEXT)) {
		const char *text = text_of(cell, &length);
		if (!text)
			return NO_MEMORY;
		return outcome(corm__uuid_read(text, length, value));
	}
	if (type != SQLITE_BLOB || sqlite3_value_bytes(cell) != (int)sizeof *value)
		return MISFIT;
	memcpy(value, sqlite3_value_blob(cell), sizeof *value);
	return READ;
}

static enum outcome read_datetime(sqlite3_value *cell, int type, const corm_format *format, void *value,
                                  struct corm__day_memo *memo)
{
	int64_t microseconds;
	size_t length;
	if (LIKELY(type == SQLITE_TEXT)) {
		const char *text = text_of(cell, &length);
		if (!text)
			return NO_MEMORY;
		if (!corm__datetime_read_near(text, length, memo, &microseconds))
			return MISFIT;
	} else if (type == SQLITE_INTEGER && format->storage == CORM_STORAGE_INTEGER) {
		microseconds = sqlite3_value_int64(cell);
		if (microseconds < DATETIME_MINIMUM || microseconds > DATETIME_MAXIMUM)
			return MISFIT;
	} else {
		return MISFIT;
	}
	corm_datetime datetime = { .microseconds = microseconds };
	memcpy(value, &datetime, sizeof datetime);
	return READ;
}

static enum outcome read_date(sqlite3_value *cell, int type, void *value)
{
	corm_date date;
	size_t length;
	if (type != SQLITE_TEXT)
		return MISFIT;
	const char *text = text_of(cell, &length);
	if (!text)
		return NO_MEMORY;
	if (!corm__date_read(text, length, &date.days))
		return MISFIT;
	memcpy(value, &date, sizeof date);
	return READ;
}

static enum outcome read_time(sqlite3_value *cell, int type, void *value)
{
	corm_time time;
	size_t length;
	if (type != SQLITE_TEXT)
		return MISFIT;
	const char *text = text_of(cell, &length);
	if (!text)
		return NO_MEMORY;
	if (!corm__time_read(text, length, &time.microseconds))
		return MISFIT;
	memcpy(value, &time, sizeof time);
	return READ;
}

static enum outcome read_decimal(sqlite3_value *cell, int type, void *value)
{
	/* All of it is written, padding too, so that equal rows are equal memory. */
	corm_decimal decimal;
	memset(&decimal, 0, sizeof decimal);
	size_t length;
	if (type == SQLITE_INTEGER) {
		corm__decimal_from_integer(sqlite3_value_int64(cell), &decimal);
	} else if (type == SQLITE_FLOAT) {
		if (!corm__decimal_from_double(sqlite3_value_double(cell), &decimal))
			return MISFIT;
	} else if (type == SQLITE_TEXT) {
		const char *text = text_of(cell, &length);
		if (!text)
			return NO_MEMORY;
		if (!corm__decimal_read(text, length, &decimal))
			return MISFIT;
	} else {
		return MISFIT;
	}
	memcpy(value, &decimal, sizeof decimal);
	return READ;
}

static enum outcome read_enum(sqlite3_value *cell, int type, const corm_format *format, void *value)
{
	int64_t number;
	size_t length;
	if (format->storage == CORM_STORAGE_INTEGER) {
		if (!integer_of(cell, type, &number) || !corm__enum_name(format->enumeration, number))
			return MISFIT;
	} else if (type == SQLITE_TEXT) {
		const char *text = text_of(cell, &length);
		if (!text)
			return NO_MEMORY;
		if (!corm__enum_value(format->enumeration, text, length, &number))
			return MISFIT;
	} else {
		return MISFIT;
	}
	return outcome(corm__integer_store(format, number, value));
}

static enum outcome read_value(sqlite3_value *cell, int type, const corm_format *format, void *value, corm_room *room,
                               struct corm__day_memo *memo)
{
	switch ((corm_type)format->type) {
	case CORM_TYPE_BOOL:
		return read_bool(cell, type, value);
	case CORM_TYPE_INT8:
	case CORM_TYPE_INT16:
	case CORM_TYPE_INT32:
	case CORM_TYPE_INT64:
	case CORM_TYPE_UINT8:
	case CORM_TYPE_UINT16:
	case CORM_TYPE_UINT32:
	case CORM_TYPE_UINT64:
		return read_integer(cell, type, format, value);
	case CORM_TYPE_FLOAT:
	case CORM_TYPE_DOUBLE:
		return read_real(cell, type, format, value);
	case CORM_TYPE_TEXT:
	case CORM_TYPE_TEXT_ARRAY:
		return read_text(cell, type, format, value, room);
	case CORM_TYPE_BYTES:
	case CORM_TYPE_BYTES_ARRAY:
		return read_bytes(cell, type, format, value, room);
	case CORM_TYPE_UUID:
		return read_uuid(cell, type, value);
	case CORM_TYPE_DATETIME:
		return read_datetime(cell, type, format, value, memo);
	case CORM_TYPE_DATE:
		return read_date(cell, type, value);
	case CORM_TYPE_TIME:
		return read_time(cell, type, value);
	case CORM_TYPE_DECIMAL:
		return read_decimal(cell, type, value);
	case CORM_TYPE_ENUM:
		return read_enum(cell, type, format, value);
	case CORM_TYPE_JSON:
		return read_json(cell, type, value, room);
	case CORM_TYPE_NONE:
		break;
	}
	return MISFIT;
}

corm_status corm__sqlite_read(void *data, size_t first, const corm_target *targets, size_t count, void *base,
                              corm_room *room, corm_error_store *error)
{
	struct corm__sqlite_statement *statement = data;
	for (size_t i = 0; i < count; i++) {
		const corm_target *target = &targets[i];
		const corm_format *format = &target->format;
		char *value = (char *)base + target->offset;
		sqlite3_value *cell = sqlite3_column_value(statement->handle, (int)(first + i));
		int type = sqlite3_value_type(cell);
		enum outcome outcome = MISFIT;
		if (LIKELY(type != SQLITE_NULL)) {
			outcome = read_value(cell, type, format, value, room, &statement->memo);
		} else if (format->flags & (CORM_FORMAT_NULLABLE | CORM_FORMAT_OPTIONAL)) {
			memset(value, 0, format->size);
			outcome = READ;
		}
		if (!LIKELY(outcome == READ))
			return corm__sqlite_misread(statement, (int)(first + i), target, outcome == NO_MEMORY, error);
		if (format->flags & CORM_FORMAT_OPTIONAL)
			*(bool *)(value + format->has_value) = type != SQLITE_NULL;
	}
	return CORM_OK;
}
