/* SPDX-License-Identifier: Apache-2.0
 *
 * Exact decimals of 38 digits. The coefficient is two 64-bit numbers, calculated with in pieces of 32 bits where it
 * has to be, so that nothing asks for a type of 128 bits.
 */
#include "type/codec.h"

#include <cormorant/value.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS 38
#define BILLION 1000000000u

/* 10^38 - 1 and 2 * 10^37. */
static const corm_decimal largest = { .high = UINT64_C(0x4B3B4CA85A86C47A), .low = UINT64_C(0x098A223FFFFFFFFF) };
static const corm_decimal room_for_one = { .high = UINT64_C(0x0F0BDC21ABB48DB2), .low = UINT64_C(0x01E86D4000000000) };

/* The coefficient alone: sign and scale are left as they are, or not looked at. */

static bool is_zero(const corm_decimal *value)
{
	return !(value->high | value->low);
}

static int compare_coefficients(const corm_decimal *a, const corm_decimal *b)
{
	if (a->high != b->high)
		return a->high < b->high ? -1 : 1;
	return (a->low > b->low) - (a->low < b->low);
}

/* value * factor + addend; false when that has more than 128 bits, and then nothing has changed. */
static bool multiply_add(corm_decimal *value, uint32_t factor, uint32_t addend)
{
	if (!value->high && value->low <= UINT32_MAX) {
		value->low = value->low * factor + addend;
		return true;
	}
	uint64_t piece = (value->low & UINT32_MAX) * factor + addend;
	uint64_t low = piece & UINT32_MAX;
	piece = (value->low >> 32) * factor + (piece >> 32);
	low |= piece << 32;
	piece = (value->high & UINT32_MAX) * factor + (piece >> 32);
	uint64_t high = piece & UINT32_MAX;
	piece = (value->high >> 32) * factor + (piece >> 32);
	high |= piece << 32;
	if (piece >> 32)
		return false;
	value->low = low;
	value->high = high;
	return true;
}

/* Returns the remainder. */
static uint32_t divide(corm_decimal *value, uint32_t divisor)
{
	uint64_t rest = value->high % divisor;
	value->high /= divisor;
	rest = rest << 32 | value->low >> 32;
	uint64_t upper = rest / divisor;
	rest = rest % divisor << 32 | (value->low & UINT32_MAX);
	value->low = upper << 32 | rest / divisor;
	return (uint32_t)(rest % divisor);
}

/* Takes a zero off the end; false when the last digit is another one. */
static bool drop_zero(corm_decimal *value)
{
	corm_decimal shorter = *value;
	if (divide(&shorter, 10) != 0)
		return false;
	*value = shorter;
	value->scale--;
	return true;
}

bool corm__decimal_is_valid(const corm_decimal *value)
{
	return value->scale >= 0 && value->scale <= DIGITS && compare_coefficients(value, &largest) <= 0;
}

/* The coefficient's digits, without zeros in front and without NUL, and how many there are: none for 0. */
static size_t write_digits(corm_decimal value, char out[DIGITS])
{
	char reversed[DIGITS + 9];
	size_t count = 0;
	while (!is_zero(&value)) {
		uint32_t nine = divide(&value, BILLION);
		for (int i = 0; i < 9; i++, nine /= 10)
			reversed[count++] = (char)('0' + nine % 10);
	}
	while (count && reversed[count - 1] == '0')
		count--;
	for (size_t i = 0; i < count; i++)
		out[i] = reversed[count - 1 - i];
	return count;
}

/* Zeros at the end of the fraction are no part of the value. */
static void drop_zeros(const char *digits, size_t *count, size_t *scale)
{
	while (*count && *scale && digits[*count - 1] == '0') {
		--*count;
		--*scale;
	}
	if (!*count)
		*scale = 0;
}

static size_t write_text(bool is_negative, const char *digits, size_t count, size_t scale, char *out)
{
	char *next = out;
	if (is_negative)
		*next++ = '-';
	size_t whole = count > scale ? count - scale : 0;
	if (whole)
		memcpy(next, digits, whole);
	else
		*next = '0';
	next += whole ? whole : 1;
	if (scale) {
		size_t zeros = scale - (count - whole);
		*next++ = '.';
		memset(next, '0', zeros);
		memcpy(next + zeros, digits + whole, count - whole);
		next += scale;
	}
	*next = '\0';
	return (size_t)(next - out);
}

size_t corm__decimal_write(const corm_decimal *value, char out[CORM__DECIMAL_TEXT])
{
	*out = '\0';
	if (!corm__decimal_is_valid(value))
		return 0;
	char digits[DIGITS];
	size_t count = write_digits(*value, digits);
	size_t scale = (size_t)value->scale;
	drop_zeros(digits, &count, &scale);
	return write_text(value->negative && count, digits, count, scale, out);
}

corm_decimal_text corm_decimal_string(corm_decimal value)
{
	corm_decimal_text string = { .text = "invalid decimal" };
	char digits[DIGITS];
	if (corm__decimal_is_valid(&value)) {
		size_t count = write_digits(value, digits);
		write_text(value.negative && count, digits, count, (size_t)value.scale, string.text);
	}
	return string;
}

/* What has been read of a number: its first digit that is not 0 and what follows, zeros at the end only counted. */
struct reading {
	corm_decimal value;
	int count;     /* digits in value */
	int64_t zeros; /* behind them */
	int64_t scale; /* of all of it; may be negative */
};

static bool add_digit(struct reading *reading, unsigned digit)
{
	if (!digit) {
		reading->zeros += reading->count > 0;
		return true;
	}
	if (reading->zeros >= DIGITS - reading->count)
		return false;
	reading->count += (int)reading->zeros + 1;
	for (; reading->zeros; reading->zeros--)
		multiply_add(&reading->value, 10, 0);
	return multiply_add(&reading->value, 10, digit);
}

static bool is_digit(const char *next, const char *end)
{
	return next < end && *next >= '0' && *next <= '9';
}

/* [+-]digits, the whole rest. So large an exponent that it could overflow is as bad as any that is too large. */
static bool read_exponent(const char *next, const char *end, int64_t *exponent)
{
	bool is_negative = next < end && *next == '-';
	if (next < end && (*next == '-' || *next == '+'))
		next++;
	if (next == end)
		return false;
	*exponent = 0;
	for (; is_digit(next, end); next++)
		if (*exponent < INT64_MAX / 100)
			*exponent = *exponent * 10 + (*next - '0');
	if (is_negative)
		*exponent = -*exponent;
	return next == end;
}

static bool read_number(const char *next, const char *end, struct reading *reading)
{
	if (next < end && (*next == '-' || *next == '+'))
		reading->value.negative = *next++ == '-';
	if (!is_digit(next, end))
		return false;
	for (; is_digit(next, end); next++)
		if (!add_digit(reading, (unsigned)(*next - '0')))
			return false;
	if (next < end && *next == '.') {
		next++;
		if (!is_digit(next, end))
			return false;
		for (; is_digit(next, end); next++, reading->scale++)
			if (!add_digit(reading, (unsigned)(*next - '0')))
				return false;
	}
	if (next == end)
		return true;
	int64_t exponent;
	if ((*next != 'e' && *next != 'E') || !read_exponent(next + 1, end, &exponent))
		return false;
	reading->scale -= exponent;
	return true;
}

/* Makes the scale one that a decimal has, by adding zeros to the end or leaving some of those away. */
static bool settle_scale(struct reading *reading)
{
	if (is_zero(&reading->value)) {
		reading->value.negative = false;
		reading->value.scale = (int16_t)(reading->scale < 0 ? 0 : reading->scale > DIGITS ? DIGITS : reading->scale);
		return true;
	}
	if (reading->scale < 0) {
		reading->zeros -= reading->scale;
		reading->scale = 0;
	}
	int64_t excess = reading->count + reading->zeros - DIGITS;
	if (excess < reading->scale - DIGITS)
		excess = reading->scale - DIGITS;
	if (excess > 0) {
		if (excess > reading->zeros || excess > reading->scale)
			return false;
		reading->zeros -= excess;
		reading->scale -= excess;
	}
	for (; reading->zeros; reading->zeros--)
		multiply_add(&reading->value, 10, 0);
	reading->value.scale = (int16_t)reading->scale;
	return true;
}

bool corm__decimal_read(const char *text, size_t length, corm_decimal *out)
{
	struct reading reading = { .count = 0 };
	if (!read_number(text, text + length, &reading) || !settle_scale(&reading))
		return false;
	*out = reading.value;
	return true;
}

corm_status corm_decimal_parse(const char *text, corm_decimal *out)
{
	if (!text || !out)
		return CORM_ERROR_USAGE;
	return corm__decimal_read(text, strlen(text), out) ? CORM_OK : CORM_ERROR_TYPE;
}

bool corm__decimal_from_double(double value, corm_decimal *out)
{
	/* "%e" writes [-]d.ddde±dd, and the locale decides what stands for the point and what strtod() takes for one.
	 * Without a point, as ddddde±dd, all locales agree. An infinity or a NaN has letters instead, and then too few
	 * digits. */
	for (int precision = 14; precision <= 16; precision++) {
		char text[64], whole[64];
		snprintf(text, sizeof text, "%.*e", precision, value);
		size_t length = 0;
		const char *next = text;
		if (*next == '-')
			whole[length++] = *next++;
		int digits = 0;
		for (; *next && *next != 'e'; next++) {
			if (*next < '0' || *next > '9')
				continue;
			whole[length++] = *next;
			digits++;
		}
		if (digits != precision + 1 || *next != 'e')
			return false;
		snprintf(whole + length, sizeof whole - length, "e%ld", strtol(next + 1, NULL, 10) - precision);
		if (precision < 16 && strtod(whole, NULL) != value)
			continue;
		corm_decimal decimal;
		if (!corm__decimal_read(whole, strlen(whole), &decimal))
			return false;
		while (decimal.scale && drop_zero(&decimal))
			;
		*out = decimal;
		return true;
	}
	return false;
}

double corm__decimal_to_double(const corm_decimal *value)
{
	/* As an integer with an exponent, for the same reason: strtod() rounds once and correctly. */
	char digits[DIGITS], text[DIGITS + 8];
	if (!corm__decimal_is_valid(value))
		return 0;
	size_t count = write_digits(*value, digits);
	snprintf(text, sizeof text, "%s%.*se-%d", value->negative ? "-" : "", (int)count, digits, value->scale);
	return count ? strtod(text, NULL) : 0;
}

void corm__decimal_from_integer(int64_t value, corm_decimal *out)
{
	bool is_negative = value < 0;
	*out = (corm_decimal){ .low = is_negative ? 0 - (uint64_t)value : (uint64_t)value, .negative = is_negative };
}

bool corm__decimal_fits(const corm_decimal *value, int precision, int scale)
{
	if (!corm__decimal_is_valid(value))
		return false;
	char text[DIGITS];
	size_t digits = write_digits(*value, text);
	size_t fraction = (size_t)value->scale;
	drop_zeros(text, &digits, &fraction);
	return !digits || ((int)fraction <= scale && (int)digits - (int)fraction <= precision - scale);
}

/* Arithmetic. */

/* Brings both to one scale: zeros are added to one, or taken from the other when there is no room. 2 * 10^38 is left
 * room for, as a difference may have 38 digits again; sums of two such fit into 128 bits. False when the scales stay
 * apart: no result of 38 digits is possible then. */
static bool align(corm_decimal *a, corm_decimal *b)
{
	corm_decimal *lower = a->scale < b->scale ? a : b;
	corm_decimal *higher = lower == a ? b : a;
	while (lower->scale < higher->scale) {
		if (compare_coefficients(lower, &room_for_one) <= 0) {
			multiply_add(lower, 10, 0);
			lower->scale++;
		} else if (!drop_zero(higher)) {
			return false;
		}
	}
	return true;
}

int corm_decimal_compare(corm_decimal a, corm_decimal b)
{
	int sign_a = is_zero(&a) ? 0 : a.negative ? -1 : 1;
	int sign_b = is_zero(&b) ? 0 : b.negative ? -1 : 1;
	if (sign_a != sign_b || !sign_a)
		return sign_a - sign_b;
	if (align(&a, &b))
		return sign_a * compare_coefficients(&a, &b);
	/* The one of the lower scale has more digits before the point than the other can have. */
	return a.scale < b.scale ? sign_a : -sign_a;
}

corm_status corm_decimal_add(corm_decimal a, corm_decimal b, corm_decimal *out)
{
	if (!corm__decimal_is_valid(&a) || !corm__decimal_is_valid(&b) || !align(&a, &b))
		return CORM_ERROR_TYPE;
	corm_decimal sum = compare_coefficients(&a, &b) < 0 ? b : a;
	const corm_decimal *smaller = compare_coefficients(&a, &b) < 0 ? &a : &b;
	if (a.negative == b.negative) {
		sum.low += smaller->low;
		sum.high += smaller->high + (sum.low < smaller->low);
	} else {
		sum.high -= smaller->high + (sum.low < smaller->low);
		sum.low -= smaller->low;
	}
	while (compare_coefficients(&sum, &largest) > 0)
		if (!sum.scale || !drop_zero(&sum))
			return CORM_ERROR_TYPE;
	if (is_zero(&sum))
		sum.negative = false;
	if (out)
		*out = sum;
	return CORM_OK;
}

corm_status corm_decimal_subtract(corm_decimal a, corm_decimal b, corm_decimal *out)
{
	b.negative = !b.negative;
	return corm_decimal_add(a, b, out);
}
