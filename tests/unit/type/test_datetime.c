/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of dates, times of day and moments.
 */
#include "fail_alloc.h"
#include "type/codec.h"

#include <cormorant/value.h>
#include <stdio.h>

#define DAY INT64_C(86400000000)
#define FIRST INT64_C(-62135596800000000)
#define LAST INT64_C(253402300799999999)

static void check(const char *text, int64_t microseconds, const char *string)
{
	corm_datetime value = { .microseconds = 42 };
	assert_int_equal(corm_datetime_parse(text, &value), CORM_OK);
	assert_int_equal(value.microseconds, microseconds);
	assert_string_equal(corm_datetime_string(value).text, string);
}

static void known_moments(void **state)
{
	(void)state;
	check("1970-01-01 00:00:00.000000", 0, "1970-01-01T00:00:00Z");
	check("0001-01-01 00:00:00.000000", FIRST, "0001-01-01T00:00:00Z");
	check("0001-01-01", FIRST, "0001-01-01T00:00:00Z");
	check("9999-12-31T23:59:59.999999", LAST, "9999-12-31T23:59:59.999999Z");
	check("1969-12-31T23:59:59.999999Z", -1, "1969-12-31T23:59:59.999999Z");
	check("1969-12-31T23:59:59Z", -1000000, "1969-12-31T23:59:59Z");
	check("2000-02-29 12:34:56.789012", INT64_C(951827696789012), "2000-02-29T12:34:56.789012Z");
	check("2024-05-06T07:08:09.123456Z", INT64_C(1714979289123456), "2024-05-06T07:08:09.123456Z");
}

static void offsets_are_turned_to_utc(void **state)
{
	(void)state;
	check("1970-01-01T01:00:00+01:00", 0, "1970-01-01T00:00:00Z");
	check("1970-01-01 00:00:00+00", 0, "1970-01-01T00:00:00Z");
	check("1969-12-31 18:30:00-05:30", 0, "1970-01-01T00:00:00Z");
	check("1970-01-01 00:19:32+00:19:32", 0, "1970-01-01T00:00:00Z");
	check("1970-01-01 00:00-00:00", 0, "1970-01-01T00:00:00Z");
	check("2024-02-29 23:30:00.5-01", INT64_C(1709253000500000), "2024-03-01T00:30:00.500000Z");
	check("0001-01-01T00:30:00-23:59", FIRST + 30 * 60000000 + DAY - 60000000, "0001-01-02T00:29:00Z");
}

static void fractions_have_one_to_nine_digits(void **state)
{
	(void)state;
	check("1970-01-01 00:00:00.1", 100000, "1970-01-01T00:00:00.100000Z");
	check("1970-01-01 00:00:00.01", 10000, "1970-01-01T00:00:00.010000Z");
	check("1970-01-01T00:00:00.12345", 123450, "1970-01-01T00:00:00.123450Z");
	check("1970-01-01T00:00:00.1234567", 123456, "1970-01-01T00:00:00.123456Z");
	check("1970-01-01T00:00:00.999999999Z", 999999, "1970-01-01T00:00:00.999999Z");
	check("1970-01-01 00:01", 60000000, "1970-01-01T00:01:00Z");
}

static void refuses_what_is_no_moment(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"", "2024", "2024-01", "2024-1-1", "24-01-01", "20240101", "2024/01/01", "02024-01-01", "+2024-01-01",
		"0000-01-01 00:00:00.000000", "0000-12-31", "10000-01-01", "10000-01-01 00:00:00.000000",
		"2023-02-29", "2023-02-29 00:00:00.000000", "2024-02-30 00:00:00.000000", "1900-02-29", "2100-02-29",
		"2024-04-31 00:00:00.000000", "2024-00-10 00:00:00.000000", "2024-13-10 00:00:00.000000",
		"2024-01-00 00:00:00.000000", "2024-01-32 00:00:00.000000", "2024-99-99 00:00:00.000000",
		"2024-01-01 24:00:00.000000", "2024-01-01 24:00", "2024-01-01 23:60:00.000000", "2024-01-01 23:59:60.000000",
		"2024-01-01 23:59:61", "2024-01-01T", "2024-01-01T00", "2024-01-01 00:0", "2024-01-01 00:00:", "2024-01-01Z",
		"2024-01-01 00:00:0", "2024-01-01 00:00:00.", "2024-01-01 00:00:00.Z", "2024-01-01 00:00:00,5",
		"2024-01-01 00:00:00.1234567890", "2024-01-01 00:00:00.000000 ", " 2024-01-01 00:00:00.000000",
		"2024-01-01  00:00:00.00000", "2024-01-01t00:00:00", "2024-01-01 00:00:00z", "2024-01-01 00:00:00ZZ",
		"2024-01-01 00:00:00+", "2024-01-01 00:00:00+1", "2024-01-01 00:00:00+24", "2024-01-01 00:00:00+01:60",
		"2024-01-01 00:00:00+01:00:", "2024-01-01 00:00:00+-1", "2024-01-01 00:00:00 +01", "2024-01-01 -1:00:00",
		"0001-01-01 00:00:00+00:01", "9999-12-31 23:59:59-00:01", "2024-01-01 00:00:00.00000x", "invalid datetime",
	};
	corm_datetime value = { .microseconds = 42 };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (corm_datetime_parse(bad[i], &value) != CORM_ERROR_TYPE)
			fail_msg("\"%s\" was accepted", bad[i]);
	assert_int_equal(corm_datetime_parse(NULL, &value), CORM_ERROR_USAGE);
	assert_int_equal(corm_datetime_parse("2024-01-01", NULL), CORM_ERROR_USAGE);
	assert_int_equal(value.microseconds, 42);
}

/* What is no digit or another sign, at every place of the canonical form. */
static void canonical_form_is_checked_everywhere(void **state)
{
	(void)state;
	static const char canonical[] = "2011-11-11 11:11:11.111111";
	for (size_t place = 0; place < CORM__DATETIME_TEXT; place++)
		for (int c = 0; c < 256; c++) {
			char text[CORM__DATETIME_TEXT];
			memcpy(text, canonical, sizeof text);
			text[place] = (char)c;
			bool was_digit = canonical[place] >= '0' && canonical[place] <= '9';
			bool is_digit = c >= '0' && c <= '9';
			int64_t value;
			bool is_read = corm__datetime_read(text, sizeof text, &value);
			/* A fraction may be shorter, with a zone behind it. */
			if ((place == 25 && c == 'Z') || (place == 23 && (c == '+' || c == '-'))) {
				assert_true(is_read);
			} else if (is_read) {
				assert_true(was_digit ? is_digit : c == canonical[place] || (place == 10 && c == 'T'));
				if (was_digit) {
					char back[CORM__DATETIME_TEXT];
					assert_true(corm__datetime_write(value, back));
					assert_memory_equal(back, text, sizeof text);
				}
			} else if (was_digit && is_digit) {
				/* A digit that is refused makes a number too large, or zero where a month or day is. */
				assert_true(place == 5 || place == 6 || place == 8 || place == 11 || place == 14 || place == 17);
			}
		}
}

/* Counts days and their numbers up together from year 1 to 9999. */
static void every_day_there_is(void **state)
{
	(void)state;
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int32_t days = -719162;
	for (int year = 1; year <= 9999; year++) {
		bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
		for (int month = 1; month <= 12; month++) {
			int length = lengths[month - 1] + (month == 2 && is_leap);
			corm_date date;
			assert_int_equal(corm_date_from(year, month, length + 1, &date), CORM_ERROR_TYPE);
			for (int day = 1; day <= length; day++, days++) {
				char text[CORM__DATETIME_TEXT], date_text[CORM__DATE_TEXT];
				int64_t clock = ((int64_t)days * 7919 * 1000003 % DAY + DAY) % DAY, moment;
				int32_t back;
				bool good = corm_date_from(year, month, day, &date) == CORM_OK && date.days == days
					&& corm__date_write(days, date_text) && corm__date_read(date_text, sizeof date_text, &back)
					&& back == days && corm__datetime_write(days * DAY + clock, text)
					&& memcmp(text, date_text, sizeof date_text) == 0
					&& (text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10 + (text[3] - '0') == year
					&& (text[5] - '0') * 10 + (text[6] - '0') == month && (text[8] - '0') * 10 + (text[9] - '0') == day
					&& corm__datetime_read(text, sizeof text, &moment) && moment == days * DAY + clock;
				if (!good)
					fail_msg("%04d-%02d-%02d", year, month, day);
			}
		}
	}
	assert_int_equal(days, 2932897);
}

static void writing_refuses_other_years(void **state)
{
	(void)state;
	char text[CORM__DATETIME_TEXT];
	assert_true(corm__datetime_write(FIRST, text));
	assert_memory_equal(text, "0001-01-01 00:00:00.000000", sizeof text);
	assert_true(corm__datetime_write(LAST, text));
	assert_memory_equal(text, "9999-12-31 23:59:59.999999", sizeof text);
	static const int64_t bad[] = { FIRST - 1, LAST + 1, INT64_MIN, INT64_MAX };
	for (size_t i = 0; i < 4; i++) {
		assert_false(corm__datetime_write(bad[i], text));
		assert_string_equal(corm_datetime_string((corm_datetime){ bad[i] }).text, "invalid datetime");
	}
	assert_false(corm__date_write(-719163, text));
	assert_false(corm__date_write(2932897, text));
	assert_false(corm__date_write(INT32_MIN, text));
	assert_string_equal(corm_date_string((corm_date){ INT32_MAX }).text, "invalid date");
	assert_false(corm__time_write(-1, text));
	assert_false(corm__time_write(DAY, text));
	assert_string_equal(corm_time_string((corm_time){ INT64_MIN }).text, "invalid time");
}

static void dates(void **state)
{
	(void)state;
	corm_date date = { .days = 42 };
	assert_int_equal(corm_date_parse("2024-02-29", &date), CORM_OK);
	assert_int_equal(date.days, 19782);
	assert_string_equal(corm_date_string(date).text, "2024-02-29");
	assert_int_equal(corm_date_parse("1969-12-31", &date), CORM_OK);
	assert_int_equal(date.days, -1);
	static const char *const bad[] = { "", "2023-02-29", "0000-01-01", "2024-1-01", "2024-01-01 ", "2024-01-01 00:00",
		                               "2024-01-0a", "2024-01/01", "10000-01-01" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(corm_date_parse(bad[i], &date), CORM_ERROR_TYPE);
	assert_int_equal(corm_date_parse(NULL, &date), CORM_ERROR_USAGE);
	assert_int_equal(corm_date_parse("2024-01-01", NULL), CORM_ERROR_USAGE);
	assert_int_equal(date.days, -1);

	static const int numbers[][3] = { { 0, 1, 1 }, { 10000, 1, 1 }, { -1, 1, 1 }, { 2024, 0, 1 }, { 2024, 13, 1 },
		                              { 2024, 1, 0 }, { 2024, 1, -1 }, { 2024, INT32_MAX, 1 }, { 2024, 1, INT32_MAX } };
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		assert_int_equal(corm_date_from(numbers[i][0], numbers[i][1], numbers[i][2], &date), CORM_ERROR_TYPE);
	assert_int_equal(corm_date_from(2024, 1, 1, NULL), CORM_ERROR_USAGE);

	int32_t days;
	assert_true(corm__date_read("1970-01-02 00:00:00", 19, &days) && days == 1);
	assert_true(corm__date_read("1970-01-03T00:00:00.000000", 26, &days) && days == 2);
	assert_false(corm__date_read("1970-01-03 00:00:01", 19, &days));
	assert_false(corm__date_read("1970-01-03 ", 11, &days));
	assert_false(corm__date_read("1970-01-03 00:00:00x", 20, &days));
}

static void times_of_day(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t microseconds;
		const char *string;
	} good[] = {
		{ "00:00:00.000000", 0, "00:00:00" },
		{ "23:59:59.999999", DAY - 1, "23:59:59.999999" },
		{ "12:34", INT64_C(45240000000), "12:34:00" },
		{ "12:34:56", INT64_C(45296000000), "12:34:56" },
		{ "00:00:00.5", 500000, "00:00:00.500000" },
		{ "00:00:01.000001999", 1000001, "00:00:01.000001" },
	};
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		corm_time value;
		assert_int_equal(corm_time_parse(good[i].text, &value), CORM_OK);
		assert_int_equal(value.microseconds, good[i].microseconds);
		assert_string_equal(corm_time_string(value).text, good[i].string);
	}
	static const char *const bad[] = { "", "1:00", "24:00", "24:00:00.000000", "00:60:00.000000", "00:00:60.000000",
		                               "00:00:00.00000x", "00:00:00-000000", "-1:00:00", "00:00:00Z", "00:00:00+01",
		                               "00:00:00.", "838:59:59", "00:00:00.0000000000" };
	corm_time value = { .microseconds = 42 };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(corm_time_parse(bad[i], &value), CORM_ERROR_TYPE);
	assert_int_equal(corm_time_parse(NULL, &value), CORM_ERROR_USAGE);
	assert_int_equal(corm_time_parse("00:00", NULL), CORM_ERROR_USAGE);
	assert_int_equal(value.microseconds, 42);

	char text[CORM__TIME_TEXT];
	for (int64_t microseconds = 0; microseconds < DAY; microseconds += INT64_C(9876543)) {
		int64_t back = -1;
		assert_true(corm__time_write(microseconds, text));
		assert_true(corm__time_read(text, sizeof text, &back));
		assert_int_equal(back, microseconds);
	}
}

static void now_is_now(void **state)
{
	(void)state;
	corm_datetime first = corm_utcnow(), second = corm_utcnow();
	assert_true(first.microseconds > INT64_C(1700000000000000));
	assert_true(second.microseconds - first.microseconds < INT64_C(60000000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_moments),
		cmocka_unit_test(offsets_are_turned_to_utc),
		cmocka_unit_test(fractions_have_one_to_nine_digits),
		cmocka_unit_test(refuses_what_is_no_moment),
		cmocka_unit_test(canonical_form_is_checked_everywhere),
		cmocka_unit_test(every_day_there_is),
		cmocka_unit_test(writing_refuses_other_years),
		cmocka_unit_test(dates),
		cmocka_unit_test(times_of_day),
		cmocka_unit_test(now_is_now),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
