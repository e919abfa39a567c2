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
