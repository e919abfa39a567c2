/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of what only a value's format can tell: NULL, equal, unset.
 */
#include "fail_alloc.h"
#include "type/codec.h"

#include <math.h>

#define FORMAT(kind, T) { .type = CORM_TYPE_##kind, .size = sizeof(T) }
#define OPTIONAL(kind, T) { \
	.type = CORM_TYPE_##kind, \
	.flags = CORM_FORMAT_NULLABLE | CORM_FORMAT_OPTIONAL, \
	.size = sizeof(T), \
	.has_value = offsetof(corm_optional(T), has_value) - offsetof(corm_optional(T), value), \
}

static const corm_format text = FORMAT(TEXT, char *);
static const corm_format bytes = FORMAT(BYTES, corm_bytes);
static const corm_format json = FORMAT(JSON, corm_json);
static const corm_format uuid = FORMAT(UUID, corm_uuid);
static const corm_format real = FORMAT(DOUBLE, double);
static const corm_format decimal = FORMAT(DECIMAL, corm_decimal);
static const corm_format optional_int = OPTIONAL(INT64, int64_t);
static const corm_format optional_uuid = OPTIONAL(UUID, corm_uuid);
static const corm_format optional_datetime = OPTIONAL(DATETIME, corm_datetime);

static void null(void **state)
{
	(void)state;
	assert_true(corm__value_is_null(&uuid, NULL));
	assert_false(corm__value_is_null(&uuid, &(corm_uuid){ .bytes = { 0 } }));
	assert_true(corm__value_is_null(&text, &(const char *){ NULL }));
	assert_false(corm__value_is_null(&text, &(const char *){ "" }));
	assert_true(corm__value_is_null(&json, &(corm_json){ NULL }));
	assert_false(corm__value_is_null(&json, &(corm_json){ "null" }));

	corm_format nullable_bytes = bytes;
	nullable_bytes.flags = CORM_FORMAT_NULLABLE;
	assert_false(corm__value_is_null(&bytes, &(corm_bytes){ NULL, 0 }));
	assert_true(corm__value_is_null(&bytes, &(corm_bytes){ NULL, 1 }));
	assert_true(corm__value_is_null(&nullable_bytes, &(corm_bytes){ NULL, 0 }));
	assert_false(corm__value_is_null(&nullable_bytes, &(corm_bytes){ "", 0 }));

	assert_true(corm__value_is_null(&optional_int, &(corm_optional(int64_t))corm_none));
	assert_false(corm__value_is_null(&optional_int, &(corm_optional(int64_t))corm_some(0)));
}

static void text_and_bytes_are_equal_by_content(void **state)
{
	(void)state;
	char copy[] = "abc", other[] = "abcd";
	const char *a = "abc", *b = copy, *c = other, *none = NULL;
	assert_true(corm__value_equal(&text, &a, &a));
	assert_true(corm__value_equal(&text, &a, &b));
	assert_false(corm__value_equal(&text, &a, &c));
	assert_false(corm__value_equal(&text, &a, &none));
	assert_false(corm__value_equal(&text, &none, &a));
	assert_true(corm__value_equal(&text, &none, &none));
	assert_true(corm__value_equal(&text, NULL, &none));
	assert_true(corm__value_equal(&json, &(corm_json){ a }, &(corm_json){ b }));
	assert_false(corm__value_equal(&json, &(corm_json){ a }, &(corm_json){ c }));
	assert_true(corm__value_equal(&bytes, &(corm_bytes){ "a\0b", 3 }, &(corm_bytes){ "a\0bc", 3 }));
	assert_false(corm__value_equal(&bytes, &(corm_bytes){ "a\0b", 3 }, &(corm_bytes){ "a\0c", 3 }));
	assert_false(corm__value_equal(&bytes, &(corm_bytes){ "ab", 2 }, &(corm_bytes){ "ab", 1 }));
	assert_true(corm__value_equal(&bytes, &(corm_bytes){ NULL, 0 }, &(corm_bytes){ "", 0 }));

	const corm_format array = { .type = CORM_TYPE_TEXT_ARRAY, .size = 8 };
	assert_true(corm__value_equal(&array, (char[8]){ "ab\0x" }, (char[8]){ "ab\0y" }));
	assert_false(corm__value_equal(&array, (char[8]){ "ab" }, (char[8]){ "abc" }));
	const corm_format hash = { .type = CORM_TYPE_BYTES_ARRAY, .size = 4 };
	assert_false(corm__value_equal(&hash, (uint8_t[4]){ 1, 0, 1, 1 }, (uint8_t[4]){ 1, 0, 1, 2 }));
}

static void numbers_are_equal_by_bits_and_decimals_by_value(void **state)
{
	(void)state;
	assert_true(corm__value_equal(&real, &(double){ NAN }, &(double){ NAN }));
	assert_false(corm__value_equal(&real, &(double){ 0.0 }, &(double){ -0.0 }));

	corm_decimal a, b;
	memset(&a, 0x00, sizeof a);
	memset(&b, 0xFF, sizeof b); /* what is padding differs */
	a.low = b.low = 10;
	a.high = b.high = 0;
	a.scale = b.scale = 1;
	a.negative = b.negative = false;
	assert_true(corm__value_equal(&decimal, &a, &b));
	b.low = 100;
	b.scale = 2;
	assert_true(corm__value_equal(&decimal, &a, &b));
	b.scale = 1;
	assert_false(corm__value_equal(&decimal, &a, &b));
}

static void optionals_without_a_value_are_equal(void **state)
{
	(void)state;
	corm_optional(int64_t) a = { .value = 1, .has_value = false }, b = { .value = 2, .has_value = false };
	assert_true(corm__value_equal(&optional_int, &a, &b));
	a.has_value = true;
	assert_false(corm__value_equal(&optional_int, &a, &b));
	assert_false(corm__value_equal(&optional_int, &b, &a));
	b.has_value = true;
	assert_false(corm__value_equal(&optional_int, &a, &b));
	b.value = 1;
	assert_true(corm__value_equal(&optional_int, &a, &b));
}

static void unset(void **state)
{
	(void)state;
	static const corm_format datetime = FORMAT(DATETIME, corm_datetime), date = FORMAT(DATE, corm_date);
	static const corm_format time = FORMAT(TIME, corm_time), number = FORMAT(INT64, int64_t);
	assert_true(corm__value_is_unset(&uuid, &(corm_uuid){ .bytes = { 0 } }));
	assert_false(corm__value_is_unset(&uuid, &(corm_uuid){ .bytes = { [15] = 1 } }));
	assert_true(corm__value_is_unset(&datetime, &(corm_datetime){ 0 }));
	assert_false(corm__value_is_unset(&datetime, &(corm_datetime){ -1 }));
	assert_true(corm__value_is_unset(&date, &(corm_date){ 0 }));
	assert_false(corm__value_is_unset(&date, &(corm_date){ 1 }));
	assert_true(corm__value_is_unset(&time, &(corm_time){ 0 }));
	assert_false(corm__value_is_unset(&time, &(corm_time){ 1 }));
	assert_true(corm__value_is_unset(&text, &(const char *){ NULL }));
	assert_false(corm__value_is_unset(&text, &(const char *){ "" }));
	assert_false(corm__value_is_unset(&number, &(int64_t){ 0 }));
	assert_true(corm__value_is_unset(&optional_uuid, &(corm_optional(corm_uuid))corm_none));
	assert_false(corm__value_is_unset(&optional_datetime, &(corm_optional(corm_datetime)){ .has_value = true }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(null),
		cmocka_unit_test(text_and_bytes_are_equal_by_content),
		cmocka_unit_test(numbers_are_equal_by_bits_and_decimals_by_value),
		cmocka_unit_test(optionals_without_a_value_are_equal),
		cmocka_unit_test(unset),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
