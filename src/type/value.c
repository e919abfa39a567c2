/* SPDX-License-Identifier: Apache-2.0
 *
 * Questions about a value in memory that only its format can answer.
 */
#include "type/codec.h"

#include <cormorant/value.h>
#include <string.h>

static const char *load_text(const void *value)
{
	const char *text;
	memcpy(&text, value, sizeof text);
	return text;
}

static corm_bytes load_bytes(const void *value)
{
	corm_bytes bytes;
	memcpy(&bytes, value, sizeof bytes);
	return bytes;
}

static bool load_bool(const void *value)
{
	unsigned char byte;
	memcpy(&byte, value, sizeof byte);
	return byte != 0;
}

bool corm__value_is_null(const corm_format *format, const void *value)
{
	if (!value)
		return true;
	if ((format->flags & CORM_FORMAT_OPTIONAL) && !load_bool((const char *)value + format->has_value))
		return true;
	switch (format->type) {
	case CORM_TYPE_TEXT:
	case CORM_TYPE_JSON: /* a struct of nothing but the pointer */
		return !load_text(value);
	case CORM_TYPE_BYTES: {
		corm_bytes bytes = load_bytes(value);
		return !bytes.data && (bytes.size || (format->flags & CORM_FORMAT_NULLABLE));
	}
	default:
		return false;
	}
}

static bool bytes_equal(corm_bytes a, corm_bytes b)
{
	return a.size == b.size && (!a.size || memcmp(a.data, b.data, a.size) == 0);
}

static bool decimals_equal(const void *a, const void *b)
{
	corm_decimal x, y;
	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return corm_decimal_compare(x, y) == 0;
}

bool corm__value_equal(const corm_format *format, const void *a, const void *b)
{
	bool is_null = corm__value_is_null(format, a);
	if (is_null || corm__value_is_null(format, b))
		return is_null && corm__value_is_null(format, b);
	switch (format->type) {
	case CORM_TYPE_TEXT:
	case CORM_TYPE_JSON:
		return load_text(a) == load_text(b) || strcmp(load_text(a), load_text(b)) == 0;
	case CORM_TYPE_TEXT_ARRAY:
		return strncmp(a, b, format->size) == 0;
	case CORM_TYPE_BYTES:
		return bytes_equal(load_bytes(a), load_bytes(b));
	case CORM_TYPE_DECIMAL:
		return decimals_equal(a, b);
	case CORM_TYPE_BOOL:
		return load_bool(a) == load_bool(b);
	default:
		/* Nothing else has padding, or two ways to write one value. */
		return memcmp(a, b, format->size) == 0;
	}
}

static int bytes_order(corm_bytes a, corm_bytes b)
{
	size_t common = a.size < b.size ? a.size : b.size;
	int order = common ? memcmp(a.data, b.data, common) : 0;
	return order ? order : (a.size > b.size) - (a.size < b.size);
}

/* Moments are integers in a struct. */
static int64_t load_moment(const corm_format *format, const void *value)
{
	int32_t days;
	int64_t microseconds;
	if (format->type == CORM_TYPE_DATE) {
		memcpy(&days, value, sizeof days);
		return days;
	}
	memcpy(&microseconds, value, sizeof microseconds);
	return microseconds;
}

int corm__value_order(const corm_format *format, const void *a, const void *b)
{
	bool is_null = corm__value_is_null(format, a);
	int64_t x, y;
	corm_decimal p, q;
	if (is_null || corm__value_is_null(format, b))
		return corm__value_is_null(format, b) - is_null;
	switch (format->type) {
	case CORM_TYPE_TEXT:
	case CORM_TYPE_JSON:
		return strcmp(load_text(a), load_text(b));
	case CORM_TYPE_TEXT_ARRAY:
		return strncmp(a, b, format->size);
	case CORM_TYPE_BYTES:
		return bytes_order(load_bytes(a), load_bytes(b));
	case CORM_TYPE_DECIMAL:
		memcpy(&p, a, sizeof p);
		memcpy(&q, b, sizeof q);
		return corm_decimal_compare(p, q);
	case CORM_TYPE_DATETIME:
	case CORM_TYPE_DATE:
	case CORM_TYPE_TIME:
		x = load_moment(format, a);
		y = load_moment(format, b);
		return (x > y) - (x < y);
	case CORM_TYPE_UUID:
	case CORM_TYPE_BYTES_ARRAY:
	case CORM_TYPE_FLOAT:
	case CORM_TYPE_DOUBLE:
		return memcmp(a, b, format->size);
	default:
		if (!corm__integer_load(format, a, &x) || !corm__integer_load(format, b, &y))
			return memcmp(a, b, format->size);
		return (x > y) - (x < y);
	}
}

bool corm__value_is_unset(const corm_format *format, const void *value)
{
	static const unsigned char zeros[sizeof(corm_uuid)];
	if (corm__value_is_null(format, value))
		return true;
	if (format->flags & CORM_FORMAT_OPTIONAL)
		return false;
	switch (format->type) {
	case CORM_TYPE_UUID:
		return memcmp(value, zeros, sizeof(corm_uuid)) == 0;
	case CORM_TYPE_DATETIME:
	case CORM_TYPE_TIME:
		return memcmp(value, zeros, sizeof(int64_t)) == 0;
	case CORM_TYPE_DATE:
		return memcmp(value, zeros, sizeof(int32_t)) == 0;
	default:
		return false;
	}
}

static bool is_nan(const corm_format *format, const void *value)
{
	float single = 0;
	double number = 0;
	if (format->type == CORM_TYPE_FLOAT)
		memcpy(&single, value, sizeof single);
	else
		memcpy(&number, value, sizeof number);
	return single != single || number != number;
}

/* A moment of any of the three types. */
static bool is_in_range(const corm_format *format, const void *value)
{
	int64_t microseconds = 0;
	int32_t days = 0;
	if (format->type == CORM_TYPE_DATE) {
		memcpy(&days, value, sizeof days);
		return corm__date_in_range(days);
	}
	memcpy(&microseconds, value, sizeof microseconds);
	return format->type == CORM_TYPE_TIME ? corm__time_in_range(microseconds) : corm__datetime_in_range(microseconds);
}

const char *corm__value_problem(const corm_format *format, const void *value)
{
	int64_t number;
	switch (format->type) {
	case CORM_TYPE_TEXT:
		return corm__utf8_valid(load_text(value), strlen(load_text(value))) ? NULL : "is not UTF-8";
	case CORM_TYPE_JSON:
		return corm__json_valid(load_text(value), strlen(load_text(value))) ? NULL : "is not valid JSON";
	case CORM_TYPE_TEXT_ARRAY:
		if (!memchr(value, '\0', format->size))
			return "has no NUL within its array";
		return corm__utf8_valid(value, strlen(value)) ? NULL : "is not UTF-8";
	case CORM_TYPE_UINT64:
		return corm__integer_load(format, value, &number) ? NULL : "is above INT64_MAX";
	case CORM_TYPE_ENUM:
		if (corm__integer_load(format, value, &number) && corm__enum_name(format->enumeration, number))
			return NULL;
		return "is none of its enum's constants";
	case CORM_TYPE_FLOAT:
	case CORM_TYPE_DOUBLE:
		return is_nan(format, value) ? "is NaN" : NULL;
	case CORM_TYPE_DATETIME:
	case CORM_TYPE_DATE:
	case CORM_TYPE_TIME:
		return is_in_range(format, value) ? NULL : "is out of range";
	case CORM_TYPE_DECIMAL:
		return corm__decimal_is_valid(value) ? NULL : "is no decimal of at most 38 digits";
	default:
		return NULL;
	}
}
