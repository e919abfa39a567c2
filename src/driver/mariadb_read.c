/* SPDX-License-Identifier: Apache-2.0
 *
 * Values from MariaDB's rows to memory, straight from the packet in which a row came: the numbers in it are little
 * endian, whatever the machine is. What a column holds in another form converts where nothing is lost by it, as sums
 * that are DECIMAL do; what does not fit the member is refused, and nothing is ever cut.
 */
#include "base/arena.h"
#include "driver/mariadb.h"
#include "type/cell.h"
#include <stdio.h>

#define LIKELY(condition) __builtin_expect(!!(condition), 1)
#define DAY_US INT64_C(86400000000)
/* The collation of bytes that are no text. */
#define BINARY_COLLATION 63

/* ---- columns ----------------------------------------------------------------------------------------------------- */

static void describe_column(const MYSQL_FIELD *field, struct corm__mariadb_cell *cell)
{
	enum corm__mariadb_wire number = field->flags & UNSIGNED_FLAG ? CORM__MARIADB_UNSIGNED : CORM__MARIADB_SIGNED;
	uint8_t width = 0;
	enum corm__mariadb_wire wire = number;
	switch (field->type) {
	case MYSQL_TYPE_TINY:
		width = 1;
		break;
	case MYSQL_TYPE_SHORT:
	case MYSQL_TYPE_YEAR:
		width = 2;
		break;
	case MYSQL_TYPE_LONG:
	case MYSQL_TYPE_INT24:
		width = 4;
		break;
	case MYSQL_TYPE_LONGLONG:
		width = 8;
		break;
	case MYSQL_TYPE_FLOAT:
		width = 4;
		wire = CORM__MARIADB_FLOAT;
		break;
	case MYSQL_TYPE_DOUBLE:
		width = 8;
		wire = CORM__MARIADB_DOUBLE;
		break;
	case MYSQL_TYPE_DATE:
	case MYSQL_TYPE_NEWDATE:
	case MYSQL_TYPE_DATETIME:
	case MYSQL_TYPE_TIMESTAMP:
		wire = CORM__MARIADB_DATETIME;
		break;
	case MYSQL_TYPE_TIME:
		wire = CORM__MARIADB_TIME;
		break;
	case MYSQL_TYPE_DECIMAL:
	case MYSQL_TYPE_NEWDECIMAL:
		wire = CORM__MARIADB_DECIMAL;
		break;
	case MYSQL_TYPE_BIT:
		wire = CORM__MARIADB_BIT;
		break;
	default:
		wire = field->charsetnr == BINARY_COLLATION ? CORM__MARIADB_BYTES : CORM__MARIADB_TEXT;
	}
	*cell = (struct corm__mariadb_cell){ .width = width, .wire = (uint8_t)wire };
}

corm_status corm__mariadb_describe(struct corm__mariadb_statement *statement, corm_error_store *error)
{
	size_t count = mysql_stmt_field_count(statement->handle);
	if (count != statement->column_count) {
		const corm_allocator *allocator = &statement->connection->allocator;
		struct corm__mariadb_cell *cells = corm__alloc(allocator, count, sizeof *cells);
		if (!cells)
			return corm_error_set(error, CORM_ERROR_MEMORY, "mariadb: no memory for a result's columns");
		if (statement->cells)
			corm__free(allocator, statement->cells, statement->column_count * sizeof *cells);
		statement->cells = cells;
		statement->column_count = count;
	}
	/* Types may be others than in the run before, as that of SELECT ? is. */
	statement->fields = mariadb_stmt_fetch_fields(statement->handle);
	for (size_t i = 0; i < count; i++)
		describe_column(&statement->fields[i], &statement->cells[i]);
	return CORM_OK;
}

/* The bytes that stand before a value to tell its length; *row goes behind them. */
static size_t take_length(unsigned char **row)
{
	const unsigned char *at = *row;
	size_t length = at[0];
	unsigned bytes = length < 251 ? 0 : length == 252 ? 2 : length == 253 ? 3 : 8;
	if (!LIKELY(bytes == 0)) {
		uint64_t number = 0;
		for (unsigned i = bytes; i; i--)
			number = number << 8 | at[i];
		length = (size_t)number;
	}
	*row += 1 + bytes;
	return length;
}

void corm__mariadb_take_cell(void *data, unsigned column, unsigned char **row)
{
	struct corm__mariadb_statement *statement = data;
	struct corm__mariadb_cell *cell = &statement->cells[column];
	if (!row) {
		cell->data = NULL;
		return;
	}
	cell->length = cell->width ? cell->width : take_length(row);
	cell->data = *row;
	*row += cell->length;
}

/* ---- cells ------------------------------------------------------------------------------------------------------- */

static inline uint32_t load16(const unsigned char *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8;
}

static inline uint32_t load32(const unsigned char *at)
{
	return load16(at) | load16(at + 2) << 16;
}

static inline uint64_t load64(const unsigned char *at)
{
	return load32(at) | (uint64_t)load32(at + 4) << 32;
}

static inline float single_of(const unsigned char *at)
{
	uint32_t bits = load32(at);
	float number;
	memcpy(&number, &bits, sizeof number);
	return number;
}

static inline double double_of(const unsigned char *at)
{
	uint64_t bits = load64(at);
	double number;
	memcpy(&number, &bits, sizeof number);
	return number;
}

static int64_t signed_of(const struct corm__mariadb_cell *cell)
{
	switch (cell->width) {
	case 1:
		return (int8_t)cell->data[0];
	case 2:
		return (int16_t)load16(cell->data);
	case 4:
		return (int32_t)load32(cell->data);
	default:
		return (int64_t)load64(cell->data);
	}
}

static uint64_t unsigned_of(const struct corm__mariadb_cell *cell)
{
	uint64_t number = 0;
	if (cell->wire != CORM__MARIADB_BIT)
		return cell->width == 1   ? cell->data[0]
		       : cell->width == 2 ? load16(cell->data)
		       : cell->width == 4 ? load32(cell->data)
		                          : load64(cell->data);
	for (size_t i = 0; i < cell->length; i++)
		number = number << 8 | cell->data[i];
	return number;
}

/* A DECIMAL of which nothing stands behind the point but zeros is an integer. */
static bool integer_of_decimal(const struct corm__mariadb_cell *cell, int64_t *number)
{
	static const corm_format format = { .type = CORM_TYPE_INT64, .size = sizeof(int64_t) };
	const char *text = (const char *)cell->data;
	size_t length = cell->length;
	if (memchr(text, '.', length)) {
		while (length && text[length - 1] == '0')
			length--;
		if (length && text[length - 1] == '.')
			length--;
	}
	return corm__cell_parse(&format, text, length, number, NULL) == CORM__CELL_READ;
}

static bool integer_of(const struct corm__mariadb_cell *cell, int64_t *number)
{
	uint64_t natural;
	switch ((enum corm__mariadb_wire)cell->wire) {
	case CORM__MARIADB_SIGNED:
		*number = signed_of(cell);
		return true;
	case CORM__MARIADB_UNSIGNED:
	case CORM__MARIADB_BIT:
		natural = unsigned_of(cell);
		*number = (int64_t)natural;
		return natural <= INT64_MAX;
	case CORM__MARIADB_FLOAT:
		return corm__cell_whole(single_of(cell->data), number);
	case CORM__MARIADB_DOUBLE:
		return corm__cell_whole(double_of(cell->data), number);
	case CORM__MARIADB_DECIMAL:
		return integer_of_decimal(cell, number);
	default:
		return false;
	}
}

static enum corm__cell read_integer(const struct corm__mariadb_cell *cell, const corm_format *format, void *value)
{
	int64_t number;
	return integer_of(cell, &number) ? corm__cell_integer(format, number, value) : CORM__CELL_MISFIT;
}

static enum corm__cell read_bool(const struct corm__mariadb_cell *cell, void *value)
{
	int64_t number;
	return integer_of(cell, &number) ? corm__cell_bool(number, value) : CORM__CELL_MISFIT;
}

static enum corm__cell read_real(const struct corm__mariadb_cell *cell, const corm_format *format, void *value,
                                 corm_room *room)
{
	switch ((enum corm__mariadb_wire)cell->wire) {
	case CORM__MARIADB_DOUBLE:
		return corm__cell_real(format, double_of(cell->data), value);
	case CORM__MARIADB_FLOAT:
		return corm__cell_real(format, single_of(cell->data), value);
	case CORM__MARIADB_SIGNED:
		return corm__cell_real(format, (double)signed_of(cell), value);
	case CORM__MARIADB_UNSIGNED:
		return corm__cell_real(format, (double)unsigned_of(cell), value);
	case CORM__MARIADB_DECIMAL:
		return corm__cell_parse(format, (const char *)cell->data, cell->length, value, room);
	default:
		return CORM__CELL_MISFIT;
	}
}

static enum corm__cell read_decimal(const struct corm__mariadb_cell *cell, void *value)
{
	corm_decimal decimal;
	char text[24];
	memset(&decimal, 0, sizeof decimal);
	switch ((enum corm__mariadb_wire)cell->wire) {
	case CORM__MARIADB_DECIMAL:
	case CORM__MARIADB_TEXT:
		return corm__cell_decimal_text((const char *)cell->data, cell->length, value);
	case CORM__MARIADB_SIGNED:
		corm__decimal_from_integer(signed_of(cell), &decimal);
		break;
	case CORM__MARIADB_UNSIGNED:
		snprintf(text, sizeof text, "%llu", (unsigned long long)unsigned_of(cell));
		return corm__cell_decimal_text(text, strlen(text), value);
	case CORM__MARIADB_DOUBLE:
		if (!corm__decimal_from_double(double_of(cell->data), &decimal))
			return CORM__CELL_MISFIT;
		break;
	default:
		return CORM__CELL_MISFIT;
	}
	memcpy(value, &decimal, sizeof decimal);
	return CORM__CELL_READ;
}

static enum corm__cell read_uuid(const struct corm__mariadb_cell *cell, corm_uuid *value)
{
	if (LIKELY(cell->wire == CORM__MARIADB_TEXT))
		return corm__cell_outcome(corm__uuid_read((const char *)cell->data, cell->length, value));
	if (cell->wire != CORM__MARIADB_BYTES || cell->length != sizeof *value)
		return CORM__CELL_MISFIT;
	memcpy(value, cell->data, sizeof *value);
	return CORM__CELL_READ;
}

/* Days since 1970, by the years that begin in March. False for a day that is none, as 2024-00-00 and 2024-02-31, which
 * servers of another sql_mode keep. */
static bool days_of(const unsigned char *at, int32_t *days)
{
	static const uint8_t lengths[] = { 0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	uint32_t year = load16(at), month = at[2], day = at[3];
	if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1)
		return false;
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	if (day > (uint32_t)lengths[month] + (month == 2 && leap))
		return false;
	year -= month <= 2;
	uint32_t era = year / 400, of_era = year % 400;
	uint32_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	*days = (int32_t)(era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year) - 719468;
	return true;
}

/* The time of day that stands at `at` in size bytes: 0, 3 or 7. */
static int64_t clock_of(const unsigned char *at, size_t size)
{
	if (size < 3)
		return 0;
	int64_t seconds = (at[0] * INT64_C(60) + at[1]) * 60 + at[2];
	return seconds * 1000000 + (size >= 7 ? load32(at + 3) : 0);
}

static enum corm__cell read_datetime(const struct corm__mariadb_cell *cell, const corm_format *format, void *value,
                                     corm_room *room)
{
	int32_t days;
	if (cell->wire == CORM__MARIADB_TEXT)
		return corm__cell_parse(format, (const char *)cell->data, cell->length, value, room);
	if (cell->wire != CORM__MARIADB_DATETIME || cell->length < 4 || !days_of(cell->data, &days))
		return CORM__CELL_MISFIT;
	corm_datetime datetime = { .microseconds = days * DAY_US + clock_of(cell->data + 4, cell->length - 4) };
	memcpy(value, &datetime, sizeof datetime);
	return CORM__CELL_READ;
}

static enum corm__cell read_date(const struct corm__mariadb_cell *cell, const corm_format *format, void *value,
                                 corm_room *room)
{
	int32_t days;
	if (cell->wire == CORM__MARIADB_TEXT)
		return corm__cell_parse(format, (const char *)cell->data, cell->length, value, room);
	if (cell->wire != CORM__MARIADB_DATETIME || cell->length < 4 || !days_of(cell->data, &days) ||
	    clock_of(cell->data + 4, cell->length - 4))
		return CORM__CELL_MISFIT;
	return corm__cell_date(days, value);
}

/* MariaDB's TIME goes below zero and beyond a day. */
static enum corm__cell read_time(const struct corm__mariadb_cell *cell, const corm_format *format, void *value,
                                 corm_room *room)
{
	if (cell->wire == CORM__MARIADB_TEXT)
		return corm__cell_parse(format, (const char *)cell->data, cell->length, value, room);
	if (cell->wire != CORM__MARIADB_TIME)
		return CORM__CELL_MISFIT;
	if (cell->length < 8)
		return corm__cell_time(0, value);
	if (cell->data[0] || load32(cell->data + 1))
		return CORM__CELL_MISFIT;
	return corm__cell_time(clock_of(cell->data + 5, cell->length - 5), value);
}

static enum corm__cell read_enum(const struct corm__mariadb_cell *cell, const corm_format *format, void *value)
{
	int64_t number;
	if (format->storage == CORM_STORAGE_INTEGER)
		return integer_of(cell, &number) ? corm__cell_enum(format, number, value) : CORM__CELL_MISFIT;
	if (cell->wire != CORM__MARIADB_TEXT)
		return CORM__CELL_MISFIT;
	return corm__cell_enum_name(format, (const char *)cell->data, cell->length, value);
}

static enum corm__cell read_value(const struct corm__mariadb_cell *cell, const corm_format *format, void *value,
                                  corm_room *room)
{
	const char *text = (const char *)cell->data;
	switch ((corm_type)format->type) {
	case CORM_TYPE_BOOL:
		return read_bool(cell, value);
	case CORM_TYPE_INT8:
	case CORM_TYPE_INT16:
	case CORM_TYPE_INT32:
	case CORM_TYPE_INT64:
	case CORM_TYPE_UINT8:
	case CORM_TYPE_UINT16:
	case CORM_TYPE_UINT32:
	case CORM_TYPE_UINT64:
		return read_integer(cell, format, value);
	case CORM_TYPE_FLOAT:
	case CORM_TYPE_DOUBLE:
		return read_real(cell, format, value, room);
	case CORM_TYPE_TEXT:
	case CORM_TYPE_TEXT_ARRAY:
		return cell->wire == CORM__MARIADB_TEXT ? corm__cell_characters(format, text, cell->length, value, room)
		                                        : CORM__CELL_MISFIT;
	case CORM_TYPE_BYTES:
	case CORM_TYPE_BYTES_ARRAY:
		return cell->wire == CORM__MARIADB_BYTES ? corm__cell_bytes(format, text, cell->length, value, room)
		                                         : CORM__CELL_MISFIT;
	case CORM_TYPE_UUID:
		return read_uuid(cell, value);
	case CORM_TYPE_DATETIME:
		return read_datetime(cell, format, value, room);
	case CORM_TYPE_DATE:
		return read_date(cell, format, value, room);
	case CORM_TYPE_TIME:
		return read_time(cell, format, value, room);
	case CORM_TYPE_DECIMAL:
		return read_decimal(cell, value);
	case CORM_TYPE_ENUM:
		return read_enum(cell, format, value);
	case CORM_TYPE_JSON:
		return cell->wire == CORM__MARIADB_TEXT ? corm__cell_json(text, cell->length, value, room) : CORM__CELL_MISFIT;
	case CORM_TYPE_NONE:
		break;
	}
	return CORM__CELL_MISFIT;
}

/* ---- what does not fit ------------------------------------------------------------------------------------------- */

static void describe_moment(const struct corm__mariadb_cell *cell, char *out, size_t size)
{
	const unsigned char *at = cell->data;
	unsigned hours, clock_at;
	if (cell->wire == CORM__MARIADB_TIME) {
		bool whole = cell->length >= 8;
		hours = whole ? load32(at + 1) * 24 + at[5] : 0;
		snprintf(out, size, "%s%02u:%02u:%02u", whole && at[0] ? "-" : "", hours, whole ? at[6] : 0u,
		         whole ? at[7] : 0u);
		return;
	}
	bool has_date = cell->length >= 4, has_clock = cell->length >= 7;
	clock_at = 4;
	snprintf(out, size, "%04u-%02u-%02u %02u:%02u:%02u", has_date ? (unsigned)load16(at) : 0u, has_date ? at[2] : 0u,
	         has_date ? at[3] : 0u, has_clock ? at[clock_at] : 0u, has_clock ? at[clock_at + 1] : 0u,
	         has_clock ? at[clock_at + 2] : 0u);
}

static void describe_cell(const struct corm__mariadb_cell *cell, char *out, size_t size)
{
	if (!cell->data) {
		snprintf(out, size, "NULL");
		return;
	}
	switch ((enum corm__mariadb_wire)cell->wire) {
	case CORM__MARIADB_SIGNED:
		snprintf(out, size, "%lld", (long long)signed_of(cell));
		break;
	case CORM__MARIADB_UNSIGNED:
	case CORM__MARIADB_BIT:
		snprintf(out, size, "%llu", (unsigned long long)unsigned_of(cell));
		break;
	case CORM__MARIADB_FLOAT:
		snprintf(out, size, "%.9g", (double)single_of(cell->data));
		break;
	case CORM__MARIADB_DOUBLE:
		snprintf(out, size, "%.17g", double_of(cell->data));
		break;
	case CORM__MARIADB_DATETIME:
	case CORM__MARIADB_TIME:
		describe_moment(cell, out, size);
		break;
	case CORM__MARIADB_DECIMAL:
		snprintf(out, size, "%.*s", (int)cell->length, (const char *)cell->data);
		break;
	case CORM__MARIADB_TEXT:
		corm__describe_text((const char *)cell->data, cell->length, out, size);
		break;
	case CORM__MARIADB_BYTES:
		snprintf(out, size, "a blob of %zu bytes", cell->length);
		break;
	}
}

static corm_status misread(const struct corm__mariadb_statement *statement, size_t column, const corm_target *target,
                           bool no_memory, corm_error_store *error)
{
	char value[128], type[96];
	const char *name = target->name ? target->name : statement->fields[column].name;
	if (no_memory) {
		corm_error_set(error, CORM_ERROR_MEMORY, "mariadb: no memory to read the column \"%s\"", name ? name : "?");
	} else {
		describe_cell(&statement->cells[column], value, sizeof value);
		corm__describe_format(&target->format, type, sizeof type);
		corm_error_set(error, CORM_ERROR_TYPE, "mariadb: column \"%s\": %s does not fit %s", name ? name : "?", value,
		               type);
	}
	corm_error_detail(error, &error->error.column, name, SIZE_MAX);
	corm_error_detail(error, &error->error.sql, statement->sql, SIZE_MAX);
	return error->error.status;
}

corm_status corm__mariadb_read(void *data, size_t first, const corm_target *targets, size_t count, void *base,
                               corm_room *room, corm_error_store *error)
{
	struct corm__mariadb_statement *statement = data;
	if (statement->state != CORM__MARIADB_ROWS || first > statement->column_count ||
	    count > statement->column_count - first)
		return corm_error_set(error, CORM_ERROR_USAGE, "mariadb: there is no row of %zu columns to read",
		                      first + count);
	for (size_t i = 0; i < count; i++) {
		const corm_target *target = &targets[i];
		const corm_format *format = &target->format;
		char *value = (char *)base + target->offset;
		const struct corm__mariadb_cell *cell = &statement->cells[first + i];
		enum corm__cell outcome = CORM__CELL_MISFIT;
		if (LIKELY(cell->data)) {
			outcome = read_value(cell, format, value, room);
		} else if (format->flags & (CORM_FORMAT_NULLABLE | CORM_FORMAT_OPTIONAL)) {
			memset(value, 0, format->size);
			outcome = CORM__CELL_READ;
		}
		if (!LIKELY(outcome == CORM__CELL_READ))
			return misread(statement, first + i, target, outcome == CORM__CELL_NO_MEMORY, error);
		if (format->flags & CORM_FORMAT_OPTIONAL)
			*(bool *)(value + format->has_value) = cell->data != NULL;
	}
	return CORM_OK;
}
