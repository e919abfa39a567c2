/* SPDX-License-Identifier: Apache-2.0
 *
 * Decimals in the binary form of numeric: digits to the base of 10,000, most significant first, each with four decimal
 * digits that line up with the decimal point (src/backend/utils/adt/numeric.c of PostgreSQL, numeric_send).
 */
#include "driver/postgresql.h"
#include <stdio.h>

#define HEADER 8 /* the number of digits, the weight of the first, the sign, the digits behind the point */
#define NEGATIVE 0x4000

/* Four decimal digits; those outside of the text are zeros. */
static uint16_t group_at(const char *digits, long length, long at)
{
	uint16_t group = 0;
	for (long i = at; i < at + 4; i++)
		group = (uint16_t)(group * 10 + (i >= 0 && i < length ? digits[i] - '0' : 0));
	return group;
}

size_t corm__postgresql_numeric_write(const corm_decimal *value, char out[CORM__POSTGRESQL_SCRATCH])
{
	char text[CORM__DECIMAL_TEXT], whole[CORM__DECIMAL_TEXT], *digits = text;
	size_t length = corm__decimal_write(value, text);
	bool negative = text[0] == '-';
	if (negative) {
		digits++;
		length--;
	}
	const char *point = memchr(digits, '.', length);
	long before = point ? (long)(point - digits) : (long)length;
	long after = point ? (long)length - before - 1 : 0;
	memcpy(whole, digits, (size_t)before);
	if (point)
		memcpy(whole + before, point + 1, (size_t)after);
	/* The first group may begin before the first digit, the last one end behind the last. */
	long first = -((4 - before % 4) % 4), end = before + after;
	int groups = 0, weight = (int)((before - first) / 4) - 1;
	for (long at = first; at < end; at += 4) {
		uint16_t group = group_at(whole, end, at);
		if (!group && !groups) {
			/* Leading zeros are not sent. */
			weight--;
			continue;
		}
		corm__put_16(out + HEADER + 2 * (size_t)groups++, group);
	}
	corm__put_16(out, (uint16_t)groups);
	corm__put_16(out + 2, (uint16_t)(groups ? weight : 0));
	corm__put_16(out + 4, negative ? NEGATIVE : 0);
	corm__put_16(out + 6, (uint16_t)after);
	return HEADER + 2 * (size_t)groups;
}

bool corm__postgresql_numeric_read(const char *data, size_t length, corm_decimal *out)
{
	/* A decimal has 38 digits; numeric may have many more zeros around them than these. */
	char text[256];
	if (length < HEADER)
		return false;
	int groups = corm__get_16(data), weight = (int16_t)corm__get_16(data + 2);
	uint16_t sign = corm__get_16(data + 4);
	int scale = corm__get_16(data + 6);
	if (length != HEADER + 2 * (size_t)groups || (sign != 0 && sign != NEGATIVE))
		return false;
	if (weight > 20 || weight < -20 || scale > 120)
		return false;
	size_t used = 0;
	if (sign)
		text[used++] = '-';
	int place = weight < 0 ? -1 : weight;
	if (weight < 0)
		text[used++] = '0';
	for (; place >= 0; place--) {
		int index = weight - place;
		unsigned group = index < groups ? corm__get_16(data + HEADER + 2 * (size_t)index) : 0;
		used += (size_t)snprintf(text + used, sizeof text - used, place == weight ? "%u" : "%04u", group % 10000);
	}
	if (scale > 0) {
		text[used++] = '.';
		size_t begin = used;
		for (int written = 0; written < scale; written += 4, place--) {
			int index = weight - place;
			unsigned group = index >= 0 && index < groups ? corm__get_16(data + HEADER + 2 * (size_t)index) : 0;
			used += (size_t)snprintf(text + used, sizeof text - used, "%04u", group % 10000);
		}
		used = begin + (size_t)scale;
	}
	/* Zeros at the end are no digits of a value; more than a decimal's are refused by it. */
	while (scale > 0 && text[used - 1] == '0')
		used--;
	if (text[used - 1] == '.')
		used--;
	return corm__decimal_read(text, used, out);
}
