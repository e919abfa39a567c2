/* SPDX-License-Identifier: Apache-2.0
 *
 * Functions on the value types of <cormorant/model.h>. All of them are thread-safe.
 *
 * The _parse functions return CORM_OK, or CORM_ERROR_TYPE and leave *out as it was; CORM_ERROR_USAGE for NULL.
 * The _string functions return a small struct by value: nothing to free; use .text within the same full expression,
 *
 *	printf("%s\n", corm_uuid_string(author->base.id).text);
 */
#ifndef CORMORANT_VALUE_H
#define CORMORANT_VALUE_H

#include <cormorant/model.h>
#include <cormorant/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct corm_uuid_text {
	char text[37];
} corm_uuid_text;
typedef struct corm_datetime_text {
	char text[28]; /* 2024-05-06T07:08:09.123456Z */
} corm_datetime_text;
typedef struct corm_date_text {
	char text[16];
} corm_date_text;
typedef struct corm_time_text {
	char text[16];
} corm_time_text;
typedef struct corm_decimal_text {
	char text[48];
} corm_decimal_text;

/* A random UUID, version 4 (RFC 9562, 5.4), from getrandom(). Two calls never give the same, also after fork(). */
corm_uuid corm_uuid4(void);

/* A UUID, version 7 (RFC 9562, 5.7): Unix milliseconds, then random bits. Within a thread each is greater than the one
 * before (6.2, method 3: microsecond fraction and a counter), so that an index grows at its end. */
corm_uuid corm_uuid7(void);

/* 32 hexadecimal digits of either case, with the four dashes of RFC 9562, 4 or without any. */
corm_status corm_uuid_parse(const char *text, corm_uuid *out);
/* Lower case with dashes. */
corm_uuid_text corm_uuid_string(corm_uuid value);
bool corm_uuid_equal(corm_uuid a, corm_uuid b);
bool corm_uuid_is_nil(corm_uuid value);

/* Now, by the system's real-time clock. */
corm_datetime corm_utcnow(void);

/* ISO 8601: a date, 'T' or a space, hh:mm[:ss[.f…]] with one to nine digits of fraction (more than six are cut), then
 * 'Z', an offset ±hh[:mm[:ss]] that is turned to UTC, or nothing, which means UTC. A date alone is midnight. */
corm_status corm_datetime_parse(const char *text, corm_datetime *out);
/* ISO 8601 with 'T' and 'Z', and six digits of fraction when it is not zero: 2024-05-06T07:08:09.123456Z. A value
 * outside of years 1 to 9999 gives "invalid datetime". */
corm_datetime_text corm_datetime_string(corm_datetime value);

/* YYYY-MM-DD. */
corm_status corm_date_parse(const char *text, corm_date *out);
/* YYYY-MM-DD, or "invalid date" outside of years 1 to 9999. */
corm_date_text corm_date_string(corm_date value);
/* A day by its numbers; CORM_ERROR_TYPE where there is no such day. */
corm_status corm_date_from(int year, int month, int day, corm_date *out);

/* hh:mm[:ss[.f…]]. */
corm_status corm_time_parse(const char *text, corm_time *out);
/* hh:mm:ss, with six digits of fraction when it is not zero, or "invalid time" outside of a day. */
corm_time_text corm_time_string(corm_time value);

/* [+-]digits[.digits][e[+-]digits], at most 38 significant digits: an exact reading or an error, never a rounding. */
corm_status corm_decimal_parse(const char *text, corm_decimal *out);
/* As written, without an exponent and with all digits of its scale: {1230, scale 2} is "12.30". Too large a
 * coefficient or scale gives "invalid decimal". */
corm_decimal_text corm_decimal_string(corm_decimal value);
/* Below 0, 0, above 0, by value: 1.0 equals 1.00. */
int corm_decimal_compare(corm_decimal a, corm_decimal b);
/* Exact; CORM_ERROR_TYPE when the result has more than 38 digits. out may be NULL: then only the status is of use. */
corm_status corm_decimal_add(corm_decimal a, corm_decimal b, corm_decimal *out);
corm_status corm_decimal_subtract(corm_decimal a, corm_decimal b, corm_decimal *out);

#ifdef __cplusplus
}
#endif

#endif
