/* SPDX-License-Identifier: Apache-2.0
 *
 * Values as text, both ways, at full speed: what drivers that store text use for each value. No locale, no time zone,
 * no allocation. The _read functions accept length bytes that need no NUL and return false for anything malformed;
 * they take the canonical form first, without a branch per character, and other ISO 8601 forms after that.
 */
#ifndef CORM_TYPE_CODEC_H
#define CORM_TYPE_CODEC_H

#include <cormorant/metadata.h>
#include <cormorant/model.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define CORM__UUID_HEX 32
#define CORM__DATETIME_TEXT 26
#define CORM__DATE_TEXT 10
#define CORM__TIME_TEXT 15
#define CORM__DECIMAL_TEXT 48

/* 32 lower-case hexadecimal digits, no NUL. */
void corm__uuid_hex(const corm_uuid *value, char out[CORM__UUID_HEX]);
/* 32 digits of either case, or 36 characters with dashes. */
bool corm__uuid_read(const char *text, size_t length, corm_uuid *out);

/* `YYYY-MM-DD HH:MM:SS.ffffff`, no NUL. False outside of years 1 to 9999. */
bool corm__datetime_write(int64_t microseconds, char out[CORM__DATETIME_TEXT]);
bool corm__datetime_read(const char *text, size_t length, int64_t *microseconds);
/* The day that was read last, all zero to begin with: the moments of a row, and of rows in order, mostly share
 * theirs. */
struct corm__day_memo {
	char text[CORM__DATE_TEXT];
	int32_t days;
};
bool corm__datetime_read_near(const char *text, size_t length, struct corm__day_memo *memo, int64_t *microseconds);
bool corm__date_write(int32_t days, char out[CORM__DATE_TEXT]);
/* A date; a time of day behind it that is all zero is accepted, as databases give it. */
bool corm__date_read(const char *text, size_t length, int32_t *days);
/* `HH:MM:SS.ffffff`, no NUL. False outside of a day. */
bool corm__time_write(int64_t microseconds, char out[CORM__TIME_TEXT]);
bool corm__time_read(const char *text, size_t length, int64_t *microseconds);

/* The canonical form: no exponent, no trailing zeros of a fraction, no "-0"; equal values have equal texts. Returns the
 * length; out is NUL-terminated. An invalid value (more than 38 digits, a scale outside of 0 to 38) gives 0 and "". */
/* Has it at most 38 digits, and a scale of 0 to 38? */
bool corm__decimal_is_valid(const corm_decimal *value);
size_t corm__decimal_write(const corm_decimal *value, char out[CORM__DECIMAL_TEXT]);
bool corm__decimal_read(const char *text, size_t length, corm_decimal *out);
/* The decimal that is written shortest and reads back as the same double. False for infinities, NaN and too many
 * digits. */
bool corm__decimal_from_double(double value, corm_decimal *out);
double corm__decimal_to_double(const corm_decimal *value);
void corm__decimal_from_integer(int64_t value, corm_decimal *out);
/* True when value has at most precision digits, scale of them behind the point (trailing zeros do not count). */
bool corm__decimal_fits(const corm_decimal *value, int precision, int scale);

/* True when length bytes are UTF-8 as RFC 3629 has it, without NUL. */
bool corm__utf8_valid(const char *text, size_t length);
/* Code points in valid UTF-8. */
size_t corm__utf8_length(const char *text, size_t length);
/* True when length bytes are one JSON value (RFC 8259), nested at most 512 deep. */
bool corm__json_valid(const char *text, size_t length);

/* The integer at value, of any integer type, bool or enum of a format. False for an unsigned above INT64_MAX. */
bool corm__integer_load(const corm_format *format, const void *value, int64_t *out);
/* The opposite; false when it does not fit, and then value is as it was. */
bool corm__integer_store(const corm_format *format, int64_t number, void *value);
/* The enum value's name, NULL when there is none; and back, by name. */
const char *corm__enum_name(const corm_enum *enumeration, int64_t value);
bool corm__enum_value(const corm_enum *enumeration, const char *name, size_t length, int64_t *value);

/* Is it NULL: an optional without a value, a NULL pointer? Bytes of size 0 without data are NULL where NULL is allowed,
 * else empty. value itself may be NULL. */
bool corm__value_is_null(const corm_format *format, const void *value);
static inline bool corm__bytes_are_zero(const void *data, size_t size)
{
	const char *bytes = data;
	for (size_t i = 0; i < size; i++) {
		if (bytes[i])
			return false;
	}
	return true;
}
/* How many bytes a value takes, an optional's has_value with it. */
static inline size_t corm__value_size(const corm_format *format)
{
	return format->flags & CORM_FORMAT_OPTIONAL ? format->has_value + sizeof(bool) : format->size;
}
/* Equal as the unit of work sees it: text, bytes and JSON by content, floats by bits, decimals by value, NULL equal
 * to NULL. */
bool corm__value_equal(const corm_format *format, const void *a, const void *b);
/* Below, at or above 0 as a comes before, is equal to, or comes behind b, in an order of this library's own, which need
 * not be the database's. NULL comes first. */
int corm__value_order(const corm_format *format, const void *a, const void *b);
/* Nil UUID, zero date or time, or NULL: what a default_factory is run for. An optional with a value is never unset. */
bool corm__value_is_unset(const corm_format *format, const void *value);

/* Why no column can hold the value, which is not NULL: "is not UTF-8"; NULL when one can. */
const char *corm__value_problem(const corm_format *format, const void *value);
/* Within years 1 to 9999; within a day. */
#define CORM__FIRST_MOMENT (-INT64_C(62135596800000000))
#define CORM__LAST_MOMENT INT64_C(253402300799999999)
static inline bool corm__datetime_in_range(int64_t microseconds)
{
	return microseconds >= CORM__FIRST_MOMENT && microseconds <= CORM__LAST_MOMENT;
}
bool corm__date_in_range(int32_t days);
bool corm__time_in_range(int64_t microseconds);

/* False when a look at the first bytes shows that the value is set, as it mostly does; else ask
 * corm__value_is_unset. */
static inline bool corm__value_may_be_unset(const corm_format *format, const void *value)
{
	uint32_t head = 0;
	if (!(format->flags & CORM_FORMAT_OPTIONAL) && format->size >= sizeof head)
		memcpy(&head, value, sizeof head);
	return head == 0;
}

#endif
