/* SPDX-License-Identifier: Apache-2.0
 *
 * Values from SQLite's rows to memory. This is the hottest loop of the library: each cell is asked for once, by
 * sqlite3_column_value(), whose result may be used like this because a connection belongs to one thread at a time.
 *
 * What other programs write in other forms is accepted (a UUID with dashes, a datetime with a 'T'); what does not fit
 * the member is refused, and nothing is ever cut.
 */
#include "driver/sqlite.h"
#include "type/cell.h"

#define LIKELY(condition) __builtin_expect(!!(condition), 1)

/* A cell's text; NULL when there is no memory to turn UTF-16 or a number into it. */
static inline const char *text_of(sqlite3_value *cell, size_t *length)
{
	const char *text = (const char *)sqlite3_value_text(cell);
	*length = text ? (size_t)sqlite3_value_bytes(cell) : 0;
	return text;
}

static enum corm__cell read_text(sqlite3_value *cell, int type, const corm_format *format, void *value, corm_room *room)
{
	size_t length;
	if (type != SQLITE_TEXT)
		return CORM__CELL_MISFIT;
	const char *text = text_of(cell, &length);
	if (!text)
		return CORM__CELL_NO_MEMORY;
	return corm__cell_characters(format, text, length, value, room);
}

/* A JSON column has numeric affinity, so that SQLite holds the texts 1 and 1.5 as numbers. */
static enum corm__cell read_json(sqlite3_value *cell, int type, void *value, corm_room *room)
{
	size_t length;
	if (type == SQLITE_BLOB)
		return CORM__CELL_MISFIT;
	const char *text = text_of(cell, &length);
	if (!text)
		return CORM__CELL_NO_MEMORY;
	return corm__cell_json(text, length, value, room);
}

static enum corm__cell read_bytes(sqlite3_value *cell, int type, const corm_format *format, void *value,
                                  corm_room *room)
{
	if (type != SQLITE_BLOB)
		return CORM__CELL_MISFIT;
	const void *data = sqlite3_value_blob(cell);
	size_t size = (size_t)sqlite3_value_bytes(cell);
	return corm__cell_bytes(format, data, size, value, room);
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
	return corm__cell_whole(sqlite3_value_double(cell), number);
}

static enum corm__cell read_integer(sqlite3_value *cell, int type, const corm_format *format, void *value)
{
	int64_t number;
	return integer_of(cell, type, &number) ? corm__cell_integer(format, number, value) : CORM__CELL_MISFIT;
}

static enum corm__cell read_bool(sqlite3_value *cell, int type, void *value)
{
	int64_t number;
	return integer_of(cell, type, &number) ? corm__cell_bool(number, value) : CORM__CELL_MISFIT;
}

static enum corm__cell read_real(sqlite3_value *cell, int type, const corm_format *format, void *value)
{
	if (type != SQLITE_FLOAT && type != SQLITE_INTEGER)
		return CORM__CELL_MISFIT;
	return corm__cell_real(format, sqlite3_value_double(cell), value);
}

/* Written to its place at once: read again as a whole, what was written in halves would wait for both. */
static enum corm__cell read_uuid(sqlite3_value *cell, int type, corm_uuid *value)
{
	size_t length;
	if (LIKELY(type == SQLITE_TEXT)) {
		const char *text = text_of(cell, &length);
		if (!text)
			return CORM__CELL_NO_MEMORY;
		return corm__cell_outcome(corm__uuid_read(text, length, value));
	}
	if (type != SQLITE_BLOB || sqlite3_value_bytes(cell) != (int)sizeof *value)
		return CORM__CELL_MISFIT;
	memcpy(value, sqlite3_value_blob(cell), sizeof *value);
	return CORM__CELL_READ;
}

static enum corm__cell read_datetime(sqlite3_value *cell, int type, const corm_format *format, void *value,
                                     struct corm__day_memo *memo)
{
	int64_t microseconds;
	size_t length;
	if (LIKELY(type == SQLITE_TEXT)) {
		const char *text = text_of(cell, &length);
		if (!text)
			return CORM__CELL_NO_MEMORY;
		if (!corm__datetime_read_near(text, length, memo, &microseconds))
			return CORM__CELL_MISFIT;
	} else if (type == SQLITE_INTEGER && format->storage == CORM_STORAGE_INTEGER) {
		return corm__cell_datetime(sqlite3_value_int64(cell), value);
	} else {
		return CORM__CELL_MISFIT;
	}
	corm_datetime datetime = { .microseconds = microseconds };
	memcpy(value, &datetime, sizeof datetime);
	return CORM__CELL_READ;
}

static enum corm__cell read_date(sqlite3_value *cell, int type, void *value)
{
	corm_date date;
	size_t length;
	if (type != SQLITE_TEXT)
		return CORM__CELL_MISFIT;
	const char *text = text_of(cell, &length);
	if (!text)
		return CORM__CELL_NO_MEMORY;
	return corm__date_read(text, length, &date.days) ? corm__cell_date(date.days, value) : CORM__CELL_MISFIT;
}

static enum corm__cell read_time(sqlite3_value *cell, int type, void *value)
{
	corm_time time;
	size_t length;
	if (type != SQLITE_TEXT)
		return CORM__CELL_MISFIT;
	const char *text = text_of(cell, &length);
	if (!text)
		return CORM__CELL_NO_MEMORY;
	return corm__time_read(text, length, &time.microseconds) ? corm__cell_time(time.microseconds, value)
	                                                         : CORM__CELL_MISFIT;
}

static enum corm__cell read_decimal(sqlite3_value *cell, int type, void *value)
{
	/* All of it is written, padding too, so that equal rows are equal memory. */
	corm_decimal decimal;
	memset(&decimal, 0, sizeof decimal);
	size_t length;
	if (type == SQLITE_INTEGER) {
		corm__decimal_from_integer(sqlite3_value_int64(cell), &decimal);
	} else if (type == SQLITE_FLOAT) {
		if (!corm__decimal_from_double(sqlite3_value_double(cell), &decimal))
			return CORM__CELL_MISFIT;
	} else if (type == SQLITE_TEXT) {
		const char *text = text_of(cell, &length);
		if (!text)
			return CORM__CELL_NO_MEMORY;
		if (!corm__decimal_read(text, length, &decimal))
			return CORM__CELL_MISFIT;
	} else {
		return CORM__CELL_MISFIT;
	}
	memcpy(value, &decimal, sizeof decimal);
	return CORM__CELL_READ;
}

static enum corm__cell read_enum(sqlite3_value *cell, int type, const corm_format *format, void *value)
{
	int64_t number;
	size_t length;
	if (format->storage == CORM_STORAGE_INTEGER) {
		return integer_of(cell, type, &number) ? corm__cell_enum(format, number, value) : CORM__CELL_MISFIT;
	} else if (type == SQLITE_TEXT) {
		const char *text = text_of(cell, &length);
		return text ? corm__cell_enum_name(format, text, length, value) : CORM__CELL_NO_MEMORY;
	}
	return CORM__CELL_MISFIT;
}

static enum corm__cell read_value(sqlite3_value *cell, int type, const corm_format *format, void *value,
                                  corm_room *room, struct corm__day_memo *memo)
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
	return CORM__CELL_MISFIT;
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
		enum corm__cell outcome = CORM__CELL_MISFIT;
		if (LIKELY(type != SQLITE_NULL)) {
			outcome = read_value(cell, type, format, value, room, &statement->memo);
		} else if (format->flags & (CORM_FORMAT_NULLABLE | CORM_FORMAT_OPTIONAL)) {
			memset(value, 0, format->size);
			outcome = CORM__CELL_READ;
		}
		if (!LIKELY(outcome == CORM__CELL_READ))
			return corm__sqlite_misread(statement, (int)(first + i), target, outcome == CORM__CELL_NO_MEMORY, error);
		if (format->flags & CORM_FORMAT_OPTIONAL)
			*(bool *)(value + format->has_value) = type != SQLITE_NULL;
	}
	return CORM_OK;
}
