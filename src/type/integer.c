/* SPDX-License-Identifier: Apache-2.0
 *
 * Integers, bools and enums of any width in memory, as int64_t and back.
 */
#include "type/codec.h"

#include <string.h>

/* The unsigned number of size bytes, in this machine's byte order. */
static uint64_t load_bytes(const void *value, size_t size)
{
	uint8_t number8;
	uint16_t number16;
	uint32_t number32;
	uint64_t number64;
	switch (size) {
	case 1:
		memcpy(&number8, value, sizeof number8);
		return number8;
	case 2:
		memcpy(&number16, value, sizeof number16);
		return number16;
	case 4:
		memcpy(&number32, value, sizeof number32);
		return number32;
	default:
		memcpy(&number64, value, sizeof number64);
		return number64;
	}
}

static void store_bytes(uint64_t number, void *value, size_t size)
{
	uint8_t number8 = (uint8_t)number;
	uint16_t number16 = (uint16_t)number;
	uint32_t number32 = (uint32_t)number;
	switch (size) {
	case 1:
		memcpy(value, &number8, sizeof number8);
		break;
	case 2:
		memcpy(value, &number16, sizeof number16);
		break;
	case 4:
		memcpy(value, &number32, sizeof number32);
		break;
	default:
		memcpy(value, &number, sizeof number);
	}
}

struct integer {
	size_t size;
	bool is_signed;
};

/* Compilers give an enum without negative constants an unsigned type, and one with some a signed type. */
static bool has_negative(const corm_enum *enumeration)
{
	for (size_t i = 0; enumeration && i < enumeration->count; i++)
		if (enumeration->values[i].value < 0)
			return true;
	return false;
}

/* False for a type that is none of integer, bool and enum. */
static bool integer_of(const corm_format *format, struct integer *out)
{
	static const struct integer integers[] = {
		[CORM_TYPE_BOOL] = { sizeof(bool), false },
		[CORM_TYPE_INT8] = { 1, true },
		[CORM_TYPE_INT16] = { 2, true },
		[CORM_TYPE_INT32] = { 4, true },
		[CORM_TYPE_INT64] = { 8, true },
		[CORM_TYPE_UINT8] = { 1, false },
		[CORM_TYPE_UINT16] = { 2, false },
		[CORM_TYPE_UINT32] = { 4, false },
		[CORM_TYPE_UINT64] = { 8, false },
	};
	if (format->type == CORM_TYPE_ENUM)
		*out = (struct integer){ format->size, has_negative(format->enumeration) };
	else if (format->type < sizeof integers / sizeof integers[0])
		*out = integers[format->type];
	else
		return false;
	return out->size == 1 || out->size == 2 || out->size == 4 || out->size == 8;
}

bool corm__integer_load(const corm_format *format, const void *value, int64_t *out)
{
	struct integer integer;
	if (!integer_of(format, &integer))
		return false;
	uint64_t number = load_bytes(value, integer.size);
	if (format->type == CORM_TYPE_BOOL)
		number = number != 0;
	uint64_t sign = UINT64_C(1) << (8 * integer.size - 1);
	if (integer.is_signed && (number & sign)) {
		/* -1 - ~number, whose bits are those of the positive number that this is the complement of. */
		*out = -1 - (int64_t)(~number & (sign - 1));
		return true;
	}
	if (number > INT64_MAX)
		return false;
	*out = (int64_t)number;
	return true;
}

bool corm__integer_store(const corm_format *format, int64_t number, void *value)
{
	struct integer integer;
	if (!integer_of(format, &integer))
		return false;
	uint64_t highest = UINT64_MAX >> (64 - 8 * integer.size);
	if (format->type == CORM_TYPE_BOOL)
		highest = 1;
	else if (integer.is_signed)
		highest >>= 1;
	bool fits = number >= 0 ? (uint64_t)number <= highest : integer.is_signed && (uint64_t)(-1 - number) <= highest;
	if (fits)
		store_bytes((uint64_t)number, value, integer.size);
	return fits;
}

const char *corm__enum_name(const corm_enum *enumeration, int64_t value)
{
	for (size_t i = 0; i < enumeration->count; i++)
		if (enumeration->values[i].value == value)
			return enumeration->values[i].name;
	return NULL;
}

bool corm__enum_value(const corm_enum *enumeration, const char *name, size_t length, int64_t *value)
{
	for (size_t i = 0; i < enumeration->count; i++) {
		const char *candidate = enumeration->values[i].name;
		if (strlen(candidate) == length && memcmp(candidate, name, length) == 0) {
			*value = enumeration->values[i].value;
			return true;
		}
	}
	return false;
}
