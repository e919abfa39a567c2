/* SPDX-License-Identifier: Apache-2.0
 *
 * Cells: what a driver found in a row, on its way to memory. Each function writes one value as its format says, or
 * leaves it and says why not. What other programs write in other forms is accepted (a UUID with dashes, a datetime with
 * a 'T'); what does not fit is refused, and nothing is ever cut.
 *
 * Inline, because this is the hottest loop of the library.
 */
#ifndef CORM_TYPE_CELL_H
#define CORM_TYPE_CELL_H

#include "type/codec.h"
#include <cormorant/driver.h>
#include <float.h>
#include <math.h>

/* The outcome of one cell; what to say about it is worked out only when there is something to say. */
enum corm__cell { CORM__CELL_READ, CORM__CELL_MISFIT, CORM__CELL_NO_MEMORY };

static inline enum corm__cell corm__cell_outcome(bool fits)
{
	return __builtin_expect(fits, 1) ? CORM__CELL_READ : CORM__CELL_MISFIT;
}

/* A copy of text, with a NUL behind it, for a member that is a pointer. */
static inline enum corm__cell corm__cell_pointer(const char *text, size_t length, void *value, corm_room *room)
{
	char *copy = corm_room_text(room, length + 1);
	if (!copy)
		return CORM__CELL_NO_MEMORY;
	memcpy(copy, text, length);
	copy[length] = '\0';
	memcpy(value, &copy, sizeof copy);
	return CORM__CELL_READ;
}

/* CORM_TYPE_TEXT and CORM_TYPE_TEXT_ARRAY. */
static inline enum corm__cell corm__cell_characters(const corm_format *format, const char *text, size_t length,
                                                    void *value, corm_room *room)
{
	if (!corm__utf8_valid(text, length))
		return CORM__CELL_MISFIT;
	if (format->type == CORM_TYPE_TEXT)
		return corm__cell_pointer(text, length, value, room);
	if (length >= format->size)
		return CORM__CELL_MISFIT;
	memcpy(value, text, length);
	memset((char *)value + length, 0, format->size - length);
	return CORM__CELL_READ;
}

static inline enum corm__cell corm__cell_json(const char *text, size_t length, void *value, corm_room *room)
{
	return corm__json_valid(text, length) ? corm__cell_pointer(text, length, value, room) : CORM__CELL_MISFIT;
}

/* CORM_TYPE_BYTES and CORM_TYPE_BYTES_ARRAY. data may be NULL when size is 0. */
static inline enum corm__cell corm__cell_bytes(const corm_format *format, const void *data, size_t size, void *value,
                                               corm_room *room)
{
	if (format->type == CORM_TYPE_BYTES_ARRAY) {
		if (size != format->size)
			return CORM__CELL_MISFIT;
		memcpy(value, data, size);
		return CORM__CELL_READ;
	}
	corm_bytes bytes = { .data = "", .size = size };
	if (size) {
		char *copy = corm_room_text(room, size);
		if (!copy)
			return CORM__CELL_NO_MEMORY;
		memcpy(copy, data, size);
		bytes.data = copy;
	}
	memcpy(value, &bytes, sizeof bytes);
	return CORM__CELL_READ;
}

/* Any integer but bool. */
static inline enum corm__cell corm__cell_integer(const corm_format *format, int64_t number, void *value)
{
	if (format->type == CORM_TYPE_INT64) {
		memcpy(value, &number, sizeof number);
		return CORM__CELL_READ;
	}
	return corm__cell_outcome(corm__integer_store(format, number, value));
}

static inline enum corm__cell corm__cell_bool(int64_t number, void *value)
{
	if (number < 0 || number > 1)
		return CORM__CELL_MISFIT;
	bool truth = number == 1;
	memcpy(value, &truth, sizeof truth);
	return CORM__CELL_READ;
}

/* The integer that a real without a fraction is; false for any other. */
static inline bool corm__cell_whole(double real, int64_t *number)
{
	/* 2^63 is a double and INT64_MAX is none. */
	if (!(real >= -9223372036854775808.0 && real < 9223372036854775808.0))
		return false;
	*number = (int64_t)real;
	return (double)*number == real;
}

/* CORM_TYPE_DOUBLE and CORM_TYPE_FLOAT. */
static inline enum corm__cell corm__cell_real(const corm_format *format, double number, void *value)
{
	if (format->type == CORM_TYPE_DOUBLE) {
		memcpy(value, &number, sizeof number);
		return CORM__CELL_READ;
	}
	if (isfinite(number) && fabs(number) > FLT_MAX)
		return CORM__CELL_MISFIT;
	float single = (float)number;
	memcpy(value, &single, sizeof single);
	return CORM__CELL_READ;
}

/* Microseconds since 1970, of years 1 to 9999. */
static inline enum corm__cell corm__cell_datetime(int64_t microseconds, void *value)
{
	if (!corm__datetime_in_range(microseconds))
		return CORM__CELL_MISFIT;
	corm_datetime datetime = { .microseconds = microseconds };
	memcpy(value, &datetime, sizeof datetime);
	return CORM__CELL_READ;
}

static inline enum corm__cell corm__cell_date(int32_t days, void *value)
{
	if (!corm__date_in_range(days))
		return CORM__CELL_MISFIT;
	corm_date date = { .days = days };
	memcpy(value, &date, sizeof date);
	return CORM__CELL_READ;
}

static inline enum corm__cell corm__cell_time(int64_t microseconds, void *value)
{
	if (!corm__time_in_range(microseconds))
		return CORM__CELL_MISFIT;
	corm_time time = { .microseconds = microseconds };
	memcpy(value, &time, sizeof time);
	return CORM__CELL_READ;
}

/* Databases with a scale give zeros behind the digits, which are none of the value's. */
static inline enum corm__cell corm__cell_decimal_text(const char *text, size_t length, void *value)
{
	if (memchr(text, '.', length)) {
		while (text[length - 1] == '0')
			length--;
		length -= text[length - 1] == '.';
	}
	/* All of it is written, padding too, so that equal rows are equal memory. */
	corm_decimal decimal;
	memset(&decimal, 0, sizeof decimal);
	if (!corm__decimal_read(text, length, &decimal))
		return CORM__CELL_MISFIT;
	memcpy(value, &decimal, sizeof decimal);
	return CORM__CELL_READ;
}

/* The number of an enum: one that has a name. */
static inline enum corm__cell corm__cell_enum(const corm_format *format, int64_t number, void *value)
{
	return corm__cell_outcome(corm__enum_name(format->enumeration, number) &&
	                          corm__integer_store(format, number, value));
}

static inline enum corm__cell corm__cell_enum_name(const corm_format *format, const char *text, size_t length,
                                                   void *value)
{
	int64_t number;
	return corm__cell_outcome(corm__enum_value(format->enumeration, text, length, &number) &&
	                          corm__integer_store(format, number, value));
}

/* A value of any type from its text: for what a database gives as text although it is none. Bytes are the text's. */
enum corm__cell corm__cell_parse(const corm_format *format, const char *text, size_t length, void *value,
                                 corm_room *room);

/* ---- for messages ------------------------------------------------------------------------------------------------ */

/* How a member's type is written in C: "int16_t", "char[8]", "enum Status". */
void corm__describe_format(const corm_format *format, char *out, size_t size);
/* A text in quotes, cut where it gets long and never within a character. */
void corm__describe_text(const char *text, size_t length, char *out, size_t size);

#endif
