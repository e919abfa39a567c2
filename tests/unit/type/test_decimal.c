/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of exact decimals.
 */
#include "fail_alloc.h"
#include "type/codec.h"

#include <cormorant/value.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>

#define NINES "99999999999999999999999999999999999999" /* 38 */
#define ZEROS "00000000000000000000000000000000000000" /* 38 */

static corm_decimal parse(const char *text)
{
	corm_decimal value = { .low = 42 };
	if (corm_decimal_parse(text, &value) != CORM_OK)
		fail_msg("\"%s\" was refused", text);
	return value;
}

static void check(const char *text, const char *string, const char *canonical)
{
	corm_decimal value = parse(text);
	char written[CORM__DECIMAL_TEXT];
	assert_string_equal(corm_decimal_string(value).text, string);
	assert_int_equal(corm__decimal_write(&value, written), strlen(canonical));
	assert_string_equal(written, canonical);
	assert_int_equal(corm_decimal_compare(value, parse(canonical)), 0);
}

static void reads_and_writes(void **state)
{
	(void)state;
	check("0", "0", "0");
	check("-0", "0", "0");
	check("-0.00", "0.00", "0");
	check("+1", "1", "1");
	check("12.30", "12.30", "12.3");
	check("-12.300", "-12.300", "-12.3");
	check("100", "100", "100");
	check("007.0", "7.0", "7");
	check("0.001", "0.001", "0.001");
	check("18446744073709551616", "18446744073709551616", "18446744073709551616");
	check("-1844674407370955161.7", "-1844674407370955161.7", "-1844674407370955161.7");
	check("1e3", "1000", "1000");
	check("1.5E+3", "1500", "1500");
	check("1.25e1", "12.5", "12.5");
	check("1.20e1", "12.0", "12");
	check("12e-3", "0.012", "0.012");
	check("0e99999999999999999999999", "0", "0");
	check("0e-50", "0." ZEROS, "0");
	check("1e37", "10000000000000000000000000000000000000", "10000000000000000000000000000000000000");
	check("1e-38", "0.00000000000000000000000000000000000001", "0.00000000000000000000000000000000000001");
}

static void has_38_digits(void **state)
{
	(void)state;
	check(NINES, NINES, NINES);
	check("-" NINES, "-" NINES, "-" NINES);
	check("-0." NINES, "-0." NINES, "-0." NINES);
	check("9999999999999999999." "9999999999999999999", "9999999999999999999.9999999999999999999",
	      "9999999999999999999.9999999999999999999");
	check("000" NINES, NINES, NINES);
}

static void refuses_what_is_no_decimal(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"", "-", "+", ".", "1.", ".5", "-.5", "1e", "1e+", "1e-", "e5", "1.e5", "--1", "+-1", " 1", "1 ", "1,5",
		"1.2.3",
		"1e5.0", "0x10", "NaN", "nan", "inf", "Infinity", "1_000", "1e5x", "12a",
		"1" ZEROS, NINES "9", "9." NINES, "0.0" NINES, "1e38", "1e-39", "12e-39", "1e99999999999999999999999999",
		"1e-99999999999999999999999999", "1.0e39", "0.1e-38",
	};
	corm_decimal value = { .low = 42 };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (corm_decimal_parse(bad[i], &value) != CORM_ERROR_TYPE)
			fail_msg("\"%s\" was accepted", bad[i]);
	assert_int_equal(corm_decimal_parse(NULL, &value), CORM_ERROR_USAGE);
	assert_int_equal(corm_decimal_parse("1", NULL), CORM_ERROR_USAGE);
	assert_int_equal(value.low, 42);
	assert_false(corm__decimal_read("1\0002", 3, &value));
}

/* Zeros that the scale has no room for are no digits that would be lost. */
static void zeros_at_the_end_may_go(void **state)
{
	(void)state;
	check("1." ZEROS "0000", "1.0000000000000000000000000000000000000", "1");
	check("0.10" ZEROS "0000", "0.10000000000000000000000000000000000000", "0.1");
	check("12345678901234567890123456789012345678.00", "12345678901234567890123456789012345678",
	      "12345678901234567890123456789012345678");
	check("10e-39", "0.00000000000000000000000000000000000001", "0.00000000000000000000000000000000000001");
	check("100" ZEROS "e-38", "100.00000000000000000000000000000000000", "100");
}

static void invalid_values_have_no_text(void **state)
{
	(void)state;
	static const corm_decimal bad[] = {
		{ .low = 1, .scale = 39 }, { .low = 1, .scale = -1 }, { .low = 1, .scale = INT16_MIN },
		{ .low = 1, .scale = INT16_MAX }, { .low = UINT64_MAX, .high = UINT64_MAX },
		{ .high = UINT64_C(0x4B3B4CA85A86C47A), .low = UINT64_C(0x098A224000000000) },
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char text[CORM__DECIMAL_TEXT] = "x";
		corm_decimal out;
		assert_int_equal(corm__decimal_write(&bad[i], text), 0);
		assert_string_equal(text, "");
		assert_string_equal(corm_decimal_string(bad[i]).text, "invalid decimal");
		assert_int_equal(corm_decimal_add(bad[i], parse("1"), &out), CORM_ERROR_TYPE);
		assert_int_equal(corm_decimal_subtract(parse("1"), bad[i], &out), CORM_ERROR_TYPE);
		assert_false(corm__decimal_fits(&bad[i], 38, 38));
		for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++)
			corm_decimal_compare(bad[i], bad[k]); /* anything, but no harm */
	}
}

static void compares_by_value(void **state)
{
	(void)state;
	static const char *const ascending[] = {
		"-" NINES, "-1e37", "-10.5", "-10.49", "-1", "-0." NINES, "-1e-38", "0", "1e-38", "0.5", "0." NINES, "1.0",
		"1.0000000000000000000000000000000000001", "1.01", "9", "10", "18446744073709551615", "18446744073709551616",
		"99999999999999999999999999999999999.999", "3e37", NINES,
	};
	const int count = sizeof ascending / sizeof ascending[0];
	for (int a = 0; a < count; a++)
		for (int b = 0; b < count; b++) {
			int order = corm_decimal_compare(parse(ascending[a]), parse(ascending[b]));
			if ((order > 0) - (order < 0) != (a > b) - (a < b))
				fail_msg("%s and %s", ascending[a], ascending[b]);
		}
	assert_int_equal(corm_decimal_compare(parse("1.0"), parse("1.00")), 0);
	assert_int_equal(corm_decimal_compare(parse("10000000000000000000000000000000000000"), parse("1e37")), 0);
	assert_int_equal(corm_decimal_compare((corm_decimal){ .negative = true }, parse("0.000")), 0);
}

static void check_sum(const char *a, const char *b, const char *sum)
{
	corm_decimal out = { .low = 42 };
	corm_decimal left = parse(a), right = parse(b);
	corm_status status = corm_decimal_add(left, right, &out);
	assert_int_equal(status, sum ? CORM_OK : CORM_ERROR_TYPE);
	assert_string_equal(corm_decimal_string(out).text, sum ? sum : "42");
	/* The other way round, and as a difference. */
	assert_int_equal(corm_decimal_add(right, left, &out), status);
	assert_string_equal(corm_decimal_string(out).text, sum ? sum : "42");
	right.negative = !right.negative;
	assert_int_equal(corm_decimal_subtract(left, right, &out), status);
	assert_string_equal(corm_decimal_string(out).text, sum ? sum : "42");
	assert_int_equal(corm_decimal_add(left, right, NULL) == CORM_OK, corm_decimal_add(right, left, NULL) == CORM_OK);
}

static void adds_and_subtracts(void **state)
{
	(void)state;
	check_sum("0", "0", "0");
	check_sum("1.10", "2.205", "3.305");
	check_sum("1.0", "2.00", "3.00");
	check_sum("1", "-1.00", "0.00");
	check_sum("-5", "3", "-2");
	check_sum("0.1", "0.2", "0.3");
	check_sum("18446744073709551615", "1", "18446744073709551616");
	check_sum("18446744073709551616", "-1", "18446744073709551615");
	check_sum(NINES, "0", NINES);
	check_sum(NINES, "0.000", NINES);
	check_sum(NINES, "-" NINES, "0");
	check_sum(NINES, "1", NULL);
	check_sum("-" NINES, "-1", NULL);
	check_sum(NINES, "0.1", NULL);
	check_sum("1e37", "0.01", NULL);
	check_sum("1e37", "1e-38", NULL);
	/* 38 digits again, though what is added up has 39 in between. */
	check_sum("1e37", "-0.1", "9999999999999999999999999999999999999.9");
	check_sum("50000000000000000000000000000000000000", "1.0", "50000000000000000000000000000000000001");
	check_sum("5000000000000000000000000000000000000.0", "5000000000000000000000000000000000000.0",
	          "10000000000000000000000000000000000000");
	check_sum("3e37", "9000000000000000000000000000000000000.0", "39000000000000000000000000000000000000");
	check_sum("0." NINES, "1e-38", "1.0000000000000000000000000000000000000");
}

static void check_double(double number, const char *text)
{
	corm_decimal value;
	char written[CORM__DECIMAL_TEXT];
	assert_true(corm__decimal_from_double(number, &value));
	corm__decimal_write(&value, written);
	assert_string_equal(written, text);
	assert_string_equal(corm_decimal_string(value).text, text);
	assert_true(corm__decimal_to_double(&value) == number);
}

static void from_and_to_double(void **state)
{
	(void)state;
	check_double(0.0, "0");
	check_double(-0.0, "0");
	check_double(0.1, "0.1");
	check_double(0.1 + 0.2, "0.30000000000000004");
	check_double(-12.5, "-12.5");
	check_double(100, "100");
	check_double(1.0 / 3, "0.3333333333333333");
	check_double(9007199254740993.0, "9007199254740992");
	check_double(1e22, "10000000000000000000000");
	check_double(1e37, "10000000000000000000000000000000000000");
	check_double(1e-38, "0.00000000000000000000000000000000000001");
	corm_decimal value = { .low = 42 };
	static const double bad[] = { 1e38, 1e300, 1e-39, 1.5e-38, DBL_MIN, DBL_MAX, -DBL_MAX, INFINITY, -INFINITY, NAN };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(corm__decimal_from_double(bad[i], &value));
	assert_int_equal(value.low, 42);
	value = parse("-" NINES);
	assert_true(corm__decimal_to_double(&value) == -1e38);

	/* Every double that a decimal can hold comes back. */
	unsigned seed = 7;
	for (int i = 0; i < 20000; i++) {
		seed = seed * 1103515245 + 12345;
		double number = ldexp((double)seed / 3 + 1, (int)(seed >> 8) % 40 - 30);
		if (corm__decimal_from_double(number, &value))
			assert_true(corm__decimal_to_double(&value) == number);
	}
}

/* A locale with a decimal comma, compiled for the test: few machines have one. */
static void locale_does_not_matter(void **state)
{
	(void)state;
	char folder[] = "/tmp/cormorant-XXXXXX", command[160];
	assert_non_null(mkdtemp(folder));
	snprintf(command, sizeof command, "localedef -f UTF-8 -i de_DE %s/de_DE.UTF-8 >%s/log 2>&1", folder, folder);
	bool made = system(command) == 0 && setenv("LOCPATH", folder, 1) == 0 && setlocale(LC_ALL, "de_DE.UTF-8");
	if (made) {
		assert_string_equal(localeconv()->decimal_point, ",");
		check_double(1234.5, "1234.5");
		setlocale(LC_ALL, "C");
	}
	snprintf(command, sizeof command, "rm -r %s", folder);
	assert_int_equal(system(command), 0);
	if (!made)
		skip();
}

static bool fits(const char *text, int precision, int scale)
{
	corm_decimal value = parse(text);
	return corm__decimal_fits(&value, precision, scale);
}

static void fits_precision_and_scale(void **state)
{
	(void)state;
	assert_true(fits("0", 1, 0));
	assert_true(fits("0.000", 2, 2));
	assert_true(fits("123.45", 5, 2));
	assert_true(fits("-123.4500", 5, 2));
	assert_false(fits("123.456", 5, 2));
	assert_false(fits("1234.5", 5, 2));
	assert_false(fits("12345", 5, 2));
	assert_true(fits("0.05", 2, 2));
	assert_false(fits("1", 2, 2));
	assert_true(fits(NINES, 38, 0));
	assert_false(fits(NINES, 37, 0));
	assert_true(fits("0." NINES, 38, 38));
}

static void from_integer(void **state)
{
	(void)state;
	static const struct {
		int64_t number;
		const char *text;
	} cases[] = { { 0, "0" }, { -1, "-1" },
		          { INT64_MAX, "9223372036854775807" }, { INT64_MIN, "-9223372036854775808" } };
	for (size_t i = 0; i < 4; i++) {
		corm_decimal value;
		corm__decimal_from_integer(cases[i].number, &value);
		assert_string_equal(corm_decimal_string(value).text, cases[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_and_writes),
		cmocka_unit_test(has_38_digits),
		cmocka_unit_test(refuses_what_is_no_decimal),
		cmocka_unit_test(zeros_at_the_end_may_go),
		cmocka_unit_test(invalid_values_have_no_text),
		cmocka_unit_test(compares_by_value),
		cmocka_unit_test(adds_and_subtracts),
		cmocka_unit_test(from_and_to_double),
		cmocka_unit_test(locale_does_not_matter),
		cmocka_unit_test(fits_precision_and_scale),
		cmocka_unit_test(from_integer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
