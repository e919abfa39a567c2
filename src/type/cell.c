/* SPDX-License-Identifier: Apache-2.0
 *
 * Cells that come as text, and words for those that do not fit.
 */
#include "type/cell.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* Digits with a sign, and nothing else. */
static bool parse_integer(const char *text, size_t length, int64_t *number)
{
	char copy[24], *end;
	if (!length || length >= sizeof copy || text[0] == ' ' || text[0] == '\0')
		return false;
	memcpy(copy, text, length);
	copy[length] = '\0';
	errno = 0;
	long long parsed = strtoll(copy, &end, 10);
	*number = parsed;
	return !errno && end == copy + length;
}

static enum corm__cell parse_real(const corm_format *format, const char *text, size_t length, void *value)
{
	corm_decimal decimal;
	double number = 0;
	if (corm__decimal_read(text, length, &decimal)) {
		number = corm__decimal_to_double(&decimal);
	} else {
		/* An exponent, or more digits than a decimal has. */
		char copy[400], *end;
		if (!length || length >= sizeof copy || memchr(text, ',', length))
			return CORM__CELL_MISFIT;
		memcpy(copy, text, length);
		copy[length] = '\0';
		number = strtod(copy, &end);
		if (end != copy + length)
			return CORM__CELL_MISFIT;
	}
	return corm__cell_real(format, number, value);
}

static enum corm__cell parse_moment(const corm_format *format, const char *text, size_t length, void *value)
{
	int64_t microseconds;
	int32_t days;
	if (format->type == CORM_TYPE_DATE)
		return corm__date_read(text, length, &days) ? corm__cell_date(days, value) : CORM__CELL_MISFIT;
	if (format->type == CORM_TYPE_TIME)
		return corm__time_read(text, length, &microseconds) ? corm__cell_time(microseconds, value) : CORM__CELL_MISFIT;
	return corm__datetime_read(text, length, &microseconds) ? corm__cell_datetime(microseconds, value)
	                                                        : CORM__CELL_MISFIT;
}

enum corm__cell corm__cell_parse(const corm_format *format, const char *text, size_t length, void *value,
                                 corm_room *room)
{
	int64_t number;
	switch ((corm_type)format->type) {
	case CORM_TYPE_TEXT:
	case CORM_TYPE_TEXT_ARRAY:
		return corm__cell_characters(format, text, length, value, room);
	case CORM_TYPE_JSON:
		return corm__cell_json(text, length, value, room);
	case CORM_TYPE_BYTES:
	case CORM_TYPE_BYTES_ARRAY:
		return corm__cell_bytes(format, text, length, value, room);
	case CORM_TYPE_UUID:
		return corm__cell_outcome(corm__uuid_read(text, length, value));
	case CORM_TYPE_DATETIME:
	case CORM_TYPE_DATE:
	case CORM_TYPE_TIME:
		return parse_moment(format, text, length, value);
	case CORM_TYPE_DECIMAL:
		return corm__cell_decimal_text(text, length, value);
	case CORM_TYPE_FLOAT:
	case CORM_TYPE_DOUBLE:
		return parse_real(format, text, length, value);
	case CORM_TYPE_ENUM:
		if (format->storage != CORM_STORAGE_INTEGER)
			return corm__cell_enum_name(format, text, length, value);
		return parse_integer(text, length, &number) ? corm__cell_enum(format, number, value) : CORM__CELL_MISFIT;
	case CORM_TYPE_BOOL:
		return parse_integer(text, length, &number) ? corm__cell_bool(number, value) : CORM__CELL_MISFIT;
	case CORM_TYPE_NONE:
		return CORM__CELL_MISFIT;
	default:
		return parse_integer(text, length, &number) ? corm__cell_integer(format, number, value) : CORM__CELL_MISFIT;
	}
}

/* ---- for messages ------------------------------------------------------------------------------------------------ */

void corm__describe_format(const corm_format *format, char *out, size_t size)
{
	static const char *const names[] = {
		[CORM_TYPE_BOOL] = "bool",        [CORM_TYPE_INT8] = "int8_t",     [CORM_TYPE_INT16] = "int16_t",
		[CORM_TYPE_INT32] = "int32_t",    [CORM_TYPE_INT64] = "int64_t",   [CORM_TYPE_UINT8] = "uint8_t",
		[CORM_TYPE_UINT16] = "uint16_t",  [CORM_TYPE_UINT32] = "uint32_t", [CORM_TYPE_UINT64] = "uint64_t",
		[CORM_TYPE_FLOAT] = "float",      [CORM_TYPE_DOUBLE] = "double",   [CORM_TYPE_TEXT] = "text",
		[CORM_TYPE_BYTES] = "corm_bytes", [CORM_TYPE_UUID] = "corm_uuid",  [CORM_TYPE_DATETIME] = "corm_datetime",
		[CORM_TYPE_DATE] = "corm_date",   [CORM_TYPE_TIME] = "corm_time",  [CORM_TYPE_DECIMAL] = "corm_decimal",
		[CORM_TYPE_JSON] = "corm_json",
	};
	if (format->type == CORM_TYPE_TEXT_ARRAY)
		snprintf(out, size, "char[%u]", (unsigned)format->size);
	else if (format->type == CORM_TYPE_BYTES_ARRAY)
		snprintf(out, size, "uint8_t[%u]", (unsigned)format->size);
	else if (format->type == CORM_TYPE_ENUM)
		snprintf(out, size, "enum %s", format->enumeration->name);
	else if (format->type < sizeof names / sizeof *names && names[format->type])
		snprintf(out, size, "%s", names[format->type]);
	else
		snprintf(out, size, "a target without a type");
}

void corm__describe_text(const char *text, size_t length, char *out, size_t size)
{
	size_t shown = length;
	if (memchr(text, '\0', length)) {
		snprintf(out, size, "text with a NUL in it");
	} else if (!corm__utf8_valid(text, length)) {
		snprintf(out, size, "text that is not valid UTF-8");
	} else {
		if (shown > 40) {
			for (shown = 40; ((unsigned char)text[shown] & 0xc0) == 0x80;)
				shown--;
		}
		snprintf(out, size, "\"%.*s\"%s (%zu bytes)", (int)shown, text, shown < length ? "…" : "", length);
	}
}
