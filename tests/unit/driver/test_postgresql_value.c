/* SPDX-License-Identifier: Apache-2.0
 *
 * Values to PostgreSQL and back in the binary protocol: every type with its extremes and NULL, what is converted, what
 * is refused.
 */
#include "postgresql_test.h"
#include <float.h>
#include <math.h>

enum color { RED = 1, GREEN = -5, BLUE = 70000 };

static const corm_enum color_enum = {
	.name = "color",
	.values = (const corm_enum_value[]){ { RED, "RED" }, { GREEN, "GREEN" }, { BLUE, "BLUE" } },
	.count = 3,
};

static int set_up(void **state)
{
	struct fixture *fixture = fixture_open(server_url());
	execute(fixture->connection, "SET client_min_messages = warning; CREATE SCHEMA IF NOT EXISTS corm_values; "
	                             "SET search_path = corm_values");
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	execute(fixture->connection, "DROP SCHEMA corm_values CASCADE");
	fixture_close(fixture);
	return 0;
}

/* Through the server and back. */
static void assert_carried(struct fixture *fixture, const char *sql, const corm_format *format, const void *value)
{
	unsigned char back[64];
	memset(back, 0xee, sizeof back);
	if (carry(fixture, sql, format, value, format, back) != CORM_OK)
		fail_msg("%s: %s", sql, fixture->error.error.message);
	assert_memory_equal(back, value, format->size);
	assert_int_equal(back[format->size], 0xee);
}

static void assert_misfit(struct fixture *fixture, const char *sql, const corm_format *format, const char *message)
{
	char out[64];
	assert_int_equal(carry(fixture, sql, NULL, NULL, format, out), CORM_ERROR_TYPE);
	assert_contains(fixture->error.error.message, message);
	assert_string_equal(fixture->error.error.column, "author.x");
}

static void assert_refused(struct fixture *fixture, const corm_format *format, const void *value, const char *message)
{
	char out[64];
	assert_int_equal(carry(fixture, "SELECT $1", format, value, &INTEGER, out), CORM_ERROR_VALIDATION);
	assert_contains(fixture->error.error.message, "postgresql: the value of parameter 1 ");
	assert_contains(fixture->error.error.message, message);
}

static void test_integers(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		corm_format format;
		int64_t value;
	} cases[] = {
		{ { .type = CORM_TYPE_INT8, .size = 1 }, INT8_MIN },    { { .type = CORM_TYPE_INT16, .size = 2 }, INT16_MIN },
		{ { .type = CORM_TYPE_INT32, .size = 4 }, INT32_MIN },  { { .type = CORM_TYPE_INT64, .size = 8 }, INT64_MIN },
		{ { .type = CORM_TYPE_INT64, .size = 8 }, INT64_MAX },  { { .type = CORM_TYPE_UINT32, .size = 4 }, UINT32_MAX },
		{ { .type = CORM_TYPE_UINT64, .size = 8 }, INT64_MAX }, { { .type = CORM_TYPE_BOOL, .size = 1 }, 1 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		unsigned char value[8];
		assert_true(corm__integer_store(&cases[i].format, cases[i].value, value) || cases[i].format.size == 1);
		if (cases[i].format.type == CORM_TYPE_BOOL)
			value[0] = 1;
		assert_carried(fixture, "SELECT $1", &cases[i].format, value);
	}
	assert_refused(fixture, &PLAIN(UINT64, 8), &(uint64_t){ UINT64_MAX }, "is above INT64_MAX");
	/* Beside a column of another width it is a comparison and no error. */
	int64_t count;
	assert_run(fixture, "CREATE TABLE small (n smallint)");
	assert_run(fixture, "INSERT INTO small VALUES (5)");
	assert_int_equal(carry(fixture, "SELECT count(*) FROM small WHERE n < $1", &INTEGER, &(int64_t){ 5000000000 },
	                       &INTEGER, &count),
	                 CORM_OK);
	assert_int_equal(count, 1);
	assert_int_equal(carry(fixture, "INSERT INTO small VALUES ($1) RETURNING n", &INTEGER, &(int64_t){ 40000 },
	                       &INTEGER, &count),
	                 CORM_ERROR_VALIDATION);
	assert_string_equal(fixture->error.error.sqlstate, "22003");
	/* What the database computes. */
	assert_int_equal(number_of(fixture, "SELECT 5::smallint"), 5);
	assert_int_equal(number_of(fixture, "SELECT 12.00::numeric"), 12);
	assert_int_equal(number_of(fixture, "SELECT 4::float8"), 4);
	assert_int_equal(number_of(fixture, "SELECT 123456789012345678::numeric"), INT64_C(123456789012345678));
	assert_int_equal(number_of(fixture, "SELECT -9223372036854775808::numeric"), INT64_MIN);
	assert_misfit(fixture, "SELECT 9223372036854775808::numeric", &INTEGER, "9223372036854775808 does not fit int64_t");
	assert_int_equal(number_of(fixture, "SELECT true"), 1);
	assert_misfit(fixture, "SELECT 1.5::numeric", &INTEGER, "1.5 does not fit int64_t");
	assert_misfit(fixture, "SELECT 70000", &PLAIN(INT16, 2), "70000 does not fit int16_t");
	assert_misfit(fixture, "SELECT 'x'::text", &INTEGER, "\"x\" (1 bytes) does not fit int64_t");
	assert_misfit(fixture, "SELECT NULL::int", &INTEGER, "NULL does not fit int64_t");
	assert_misfit(fixture, "SELECT 2", &PLAIN(BOOL, 1), "2 does not fit bool");
}

static void test_reals(void **state)
{
	struct fixture *fixture = *state;
	const double doubles[] = { 0.1, -0.0, DBL_MAX, DBL_MIN, INFINITY, -INFINITY };
	const float floats[] = { 0.1f, FLT_MAX, FLT_MIN };
	for (size_t i = 0; i < sizeof doubles / sizeof *doubles; i++)
		assert_carried(fixture, "SELECT $1", &PLAIN(DOUBLE, 8), &doubles[i]);
	for (size_t i = 0; i < sizeof floats / sizeof *floats; i++)
		assert_carried(fixture, "SELECT $1::real", &PLAIN(FLOAT, 4), &floats[i]);
	double number;
	assert_int_equal(carry(fixture, "SELECT 2.5::numeric", NULL, NULL, &PLAIN(DOUBLE, 8), &number), CORM_OK);
	assert_true(number == 2.5);
	assert_int_equal(carry(fixture, "SELECT 3", NULL, NULL, &PLAIN(DOUBLE, 8), &number), CORM_OK);
	assert_true(number == 3);
	assert_refused(fixture, &PLAIN(DOUBLE, 8), &(double){ NAN }, "is NaN");
	assert_misfit(fixture, "SELECT 1e300::float8", &PLAIN(FLOAT, 4), "does not fit float");
}

static void test_text(void **state)
{
	struct fixture *fixture = *state;
	const char *texts[] = { "", "plain", "Gr\xc3\xbc\xc3\x9f \xf0\x9f\x90\xa6", "it's \"quoted\" \\ %_" };
	const char *back;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		assert_int_equal(carry(fixture, "SELECT $1::varchar", &TEXT, &texts[i], &TEXT, &back), CORM_OK);
		assert_string_equal(back, texts[i]);
	}
	char *large = malloc(3000001);
	memset(large, 'x', 3000000);
	large[3000000] = '\0';
	const char *pointer = large;
	assert_int_equal(carry(fixture, "SELECT $1", &TEXT, &pointer, &TEXT, &back), CORM_OK);
	assert_string_equal(back, large);
	free(large);
	char array[8] = "abc";
	assert_carried(fixture, "SELECT $1::text", &PLAIN(TEXT_ARRAY, 8), array);
	assert_misfit(fixture, "SELECT '12345678'", &PLAIN(TEXT_ARRAY, 8), "does not fit char[8]");
	assert_refused(fixture, &TEXT, &(const char *){ "\xff" }, "is not valid UTF-8");
	assert_refused(fixture, &PLAIN(TEXT_ARRAY, 4), "abcd", "is not NUL-terminated");
	pointer = NULL;
	assert_int_equal(carry(fixture, "SELECT $1::text IS NULL", &TEXT, &pointer, &PLAIN(BOOL, 1), array), CORM_OK);
	assert_int_equal(array[0], 1);
}

static void test_bytes(void **state)
{
	struct fixture *fixture = *state;
	corm_bytes bytes = { .data = "a\0b\xff", .size = 4 }, back;
	assert_int_equal(carry(fixture, "SELECT $1", &PLAIN(BYTES, sizeof bytes), &bytes, &PLAIN(BYTES, sizeof bytes),
	                       &back),
	                 CORM_OK);
	assert_int_equal(back.size, 4);
	assert_memory_equal(back.data, bytes.data, 4);
	bytes = (corm_bytes){ .data = NULL, .size = 0 };
	assert_int_equal(carry(fixture, "SELECT $1", &PLAIN(BYTES, sizeof bytes), &bytes, &PLAIN(BYTES, sizeof bytes),
	                       &back),
	                 CORM_OK);
	assert_int_equal(back.size, 0);
	assert_carried(fixture, "SELECT $1", &PLAIN(BYTES_ARRAY, 4), "\x00\x01\xfe\xff");
	assert_misfit(fixture, "SELECT '\\x0102'::bytea", &PLAIN(BYTES_ARRAY, 4),
	              "a bytea of 2 bytes does not fit uint8_t[4]");
}

static void test_uuid(void **state)
{
	struct fixture *fixture = *state;
	corm_uuid id = corm_uuid7();
	assert_carried(fixture, "SELECT $1", &PLAIN(UUID, 16), &id);
	assert_carried(fixture, "SELECT $1::text", &PLAIN(UUID, 16), &id);
	assert_int_equal(carry(fixture, "SELECT $1::text = 'x'", &PLAIN(UUID, 16), &id, &PLAIN(BOOL, 1), &(bool){ false }),
	                 CORM_OK);
	assert_misfit(fixture, "SELECT 1", &PLAIN(UUID, 16), "1 does not fit corm_uuid");
}

static void test_moments(void **state)
{
	struct fixture *fixture = *state;
	const char *moments[] = { "0001-01-01 00:00:00", "1969-12-31 23:59:59.999999", "2000-01-01 00:00:00",
		                      "2026-11-26 07:00:00.000001", "9999-12-31 23:59:59.999999" };
	const corm_format naive = FORMAT(DATETIME, sizeof(corm_datetime), .storage = CORM_STORAGE_NAIVE);
	for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
		corm_datetime moment;
		const char *text;
		assert_int_equal(corm_datetime_parse(moments[i], &moment), CORM_OK);
		assert_carried(fixture, "SELECT $1", &PLAIN(DATETIME, 8), &moment);
		assert_carried(fixture, "SELECT $1", &naive, &moment);
		assert_carried(fixture, "SELECT $1::timestamp", &PLAIN(DATETIME, 8), &moment);
		assert_int_equal(carry(fixture, "SELECT to_char($1, 'YYYY-MM-DD HH24:MI:SS')", &PLAIN(DATETIME, 8), &moment,
		                       &TEXT, &text),
		                 CORM_OK);
		assert_memory_equal(text, moments[i], 19);
	}
	corm_date date;
	corm_time time;
	assert_int_equal(corm_date_parse("0001-01-01", &date), CORM_OK);
	assert_carried(fixture, "SELECT $1", &PLAIN(DATE, 4), &date);
	assert_int_equal(corm_date_parse("9999-12-31", &date), CORM_OK);
	assert_carried(fixture, "SELECT $1", &PLAIN(DATE, 4), &date);
	assert_int_equal(corm_time_parse("23:59:59.999999", &time), CORM_OK);
	assert_carried(fixture, "SELECT $1", &PLAIN(TIME, 8), &time);
	assert_misfit(fixture, "SELECT 'infinity'::timestamptz", &PLAIN(DATETIME, 8), "does not fit corm_datetime");
	assert_misfit(fixture, "SELECT '-infinity'::date", &PLAIN(DATE, 4), "does not fit corm_date");
	assert_misfit(fixture, "SELECT '0044-03-15 BC'::date", &PLAIN(DATE, 4), "does not fit corm_date");
	assert_misfit(fixture, "SELECT '24:00'::time", &PLAIN(TIME, 8), "does not fit corm_time");
	assert_refused(fixture, &PLAIN(DATETIME, 8), &(corm_datetime){ INT64_MAX }, "outside of years 1 to 9999");
	assert_string_equal(text_of(fixture, "SHOW TimeZone"), "UTC");
}

static void test_decimals(void **state)
{
	struct fixture *fixture = *state;
	const char *numbers[] = { "0",
		                      "1",
		                      "-1",
		                      "0.5",
		                      "-0.00001",
		                      "9999",
		                      "10000",
		                      "10000.0001",
		                      "123456789.987654321",
		                      "99999999999999999999999999999999999999",
		                      "-0.00000000000000000000000000000000000001",
		                      "12345678901234567890.123456789012345678",
		                      "100000000000000000000",
		                      "0.1234",
		                      "5000.5" };
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		corm_decimal number, back;
		char sql[128];
		const char *text;
		assert_int_equal(corm_decimal_parse(numbers[i], &number), CORM_OK);
		assert_int_equal(carry(fixture, "SELECT $1::text", &PLAIN(DECIMAL, sizeof number), &number, &TEXT, &text),
		                 CORM_OK);
		assert_string_equal(text, numbers[i]);
		snprintf(sql, sizeof sql, "SELECT %s::numeric", numbers[i]);
		assert_int_equal(carry(fixture, sql, NULL, NULL, &PLAIN(DECIMAL, sizeof back), &back), CORM_OK);
		assert_string_equal(corm_decimal_string(back).text, numbers[i]);
	}
	corm_decimal number;
	assert_int_equal(carry(fixture, "SELECT 1.5000::numeric(12, 4)", NULL, NULL, &PLAIN(DECIMAL, sizeof number),
	                       &number),
	                 CORM_OK);
	assert_string_equal(corm_decimal_string(number).text, "1.5");
	assert_int_equal(carry(fixture, "SELECT 7", NULL, NULL, &PLAIN(DECIMAL, sizeof number), &number), CORM_OK);
	assert_string_equal(corm_decimal_string(number).text, "7");
	assert_int_equal(carry(fixture, "SELECT 0.0000::numeric(8,4)", NULL, NULL, &PLAIN(DECIMAL, sizeof number), &number),
	                 CORM_OK);
	assert_string_equal(corm_decimal_string(number).text, "0");
	assert_misfit(fixture, "SELECT 'NaN'::numeric", &PLAIN(DECIMAL, sizeof number), "does not fit corm_decimal");
	assert_misfit(fixture, "SELECT 1e50::numeric", &PLAIN(DECIMAL, sizeof number), "does not fit corm_decimal");
}

static void test_enums_and_json(void **state)
{
	struct fixture *fixture = *state;
	const corm_format color = FORMAT(ENUM, sizeof(enum color), .enumeration = &color_enum);
	const corm_format number = FORMAT(ENUM, sizeof(enum color), .storage = CORM_STORAGE_INTEGER,
	                                  .enumeration = &color_enum);
	enum color value = GREEN;
	assert_run(fixture, "CREATE TYPE color AS ENUM ('RED', 'GREEN', 'BLUE', 'PINK')");
	assert_carried(fixture, "SELECT $1::color", &color, &value);
	assert_carried(fixture, "SELECT $1", &number, &value);
	assert_misfit(fixture, "SELECT 'PINK'::color", &color, "\"PINK\" (4 bytes) does not fit enum color");
	value = (enum color)17;
	assert_refused(fixture, &color, &value, "is none of its enum's");
	const char *json = "{\"a\": [1, 2.50, \"x\"]}", *back;
	assert_int_equal(carry(fixture, "SELECT $1::jsonb", &PLAIN(JSON, sizeof json), &json, &PLAIN(JSON, sizeof json),
	                       &back),
	                 CORM_OK);
	assert_string_equal(back, json);
	assert_int_equal(carry(fixture, "SELECT $1::json", &PLAIN(JSON, sizeof json), &json, &PLAIN(JSON, sizeof json),
	                       &back),
	                 CORM_OK);
	assert_string_equal(back, json);
	assert_refused(fixture, &PLAIN(JSON, sizeof json), &(const char *){ "{" }, "is not valid JSON");
}

/* A type whose binary form nobody here knows makes the whole result come as text. */
static void test_other_types(void **state)
{
	struct fixture *fixture = *state;
	struct {
		const char *address;
		int64_t number;
		bool truth;
		corm_bytes bytes;
		corm_datetime moment;
	} row;
	const corm_target targets[] = {
		{ .format = TEXT, .offset = 0, .name = "address" },
		{ .format = INTEGER, .offset = (size_t)((char *)&row.number - (char *)&row), .name = "number" },
		{ .format = PLAIN(BOOL, 1), .offset = (size_t)((char *)&row.truth - (char *)&row), .name = "truth" },
		{ .format = PLAIN(BYTES, sizeof(corm_bytes)), .offset = (size_t)((char *)&row.bytes - (char *)&row) },
		{ .format = PLAIN(DATETIME, 8), .offset = (size_t)((char *)&row.moment - (char *)&row) },
	};
	struct corm__statement *statement = prepare(fixture, "SELECT '10.0.0.1'::inet, 42, true, '\\x00ff'::bytea, "
	                                                     "'2026-01-02 03:04:05+00'::timestamptz");
	assert_int_equal(fixture->driver->bind(statement->state, NULL, NULL, 0, &fixture->error), CORM_OK);
	assert_int_equal(fixture->driver->step(statement->state, &fixture->error), CORM_STEP_ROW);
	if (fixture->driver->read(statement->state, 0, targets, 5, &row, &fixture->arena.room, &fixture->error) != CORM_OK)
		fail_msg("%s", fixture->error.error.message);
	corm__statement_release(statement);
	assert_string_equal(row.address, "10.0.0.1");
	assert_int_equal(row.number, 42);
	assert_true(row.truth);
	assert_int_equal(row.bytes.size, 2);
	assert_memory_equal(row.bytes.data, "\x00\xff", 2);
	assert_string_equal(corm_datetime_string(row.moment).text, "2026-01-02T03:04:05Z");
	int64_t count;
	assert_int_equal(carry(fixture, "SELECT count(*) WHERE '10.0.0.1'::inet = $1", &TEXT, &(const char *){ "10.0.0.1" },
	                       &INTEGER, &count),
	                 CORM_OK);
	assert_int_equal(count, 1);
}

static void test_optional(void **state)
{
	struct fixture *fixture = *state;
	struct {
		int64_t value;
		bool has_value;
	} age = { 48, true }, back = { 7, true };
	const corm_format format = FORMAT(INT64, 8, .flags = CORM_FORMAT_OPTIONAL | CORM_FORMAT_NULLABLE, .has_value = 8);
	assert_int_equal(carry(fixture, "SELECT $1", &format, &age, &format, &back), CORM_OK);
	assert_true(back.has_value && back.value == 48);
	age.has_value = false;
	assert_int_equal(carry(fixture, "SELECT $1", &format, &age, &format, &back), CORM_OK);
	assert_true(!back.has_value && back.value == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_integers),       cmocka_unit_test(test_reals),    cmocka_unit_test(test_text),
		cmocka_unit_test(test_bytes),          cmocka_unit_test(test_uuid),     cmocka_unit_test(test_moments),
		cmocka_unit_test(test_decimals),       cmocka_unit_test(test_optional), cmocka_unit_test(test_other_types),
		cmocka_unit_test(test_enums_and_json),
	};
	if (!server_url())
		return SKIPPED;
	return cmocka_run_group_tests_name("postgresql values", tests, set_up, tear_down);
}
