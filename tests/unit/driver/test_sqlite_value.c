/* SPDX-License-Identifier: Apache-2.0
 *
 * Values to SQLite and back: every type with its extremes and NULL, what is tolerated, what is refused.
 */
#include "driver_test.h"
#include <cormorant/value.h>
#include <float.h>
#include <math.h>

enum color { RED = 1, GREEN = -5, BLUE = 70000 };

static const corm_enum color_enum = {
	.name = "color",
	.values = (const corm_enum_value[]){ { RED, "RED" }, { GREEN, "GREEN" }, { BLUE, "BLUE" } },
	.count = 3,
};

#define FORMAT(TYPE, SIZE, ...) ((const corm_format){ .type = CORM_TYPE_##TYPE, .size = (SIZE), __VA_ARGS__ })
#define PLAIN(TYPE, SIZE) FORMAT(TYPE, SIZE, .flags = 0)
#define NULLABLE(TYPE, SIZE) FORMAT(TYPE, SIZE, .flags = CORM_FORMAT_NULLABLE)
#define STORED(TYPE, SIZE, STORAGE) FORMAT(TYPE, SIZE, .storage = CORM_STORAGE_##STORAGE)
#define COLOR(STORAGE) FORMAT(ENUM, sizeof(enum color), .storage = CORM_STORAGE_##STORAGE, .enumeration = &color_enum)

struct fixture {
	corm_engine *engine;
	struct corm__connection *connection;
	const corm_driver *driver;
	struct corm_arena arena;
	corm_error_store error;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);
	fixture->engine = open_engine("sqlite://");
	fixture->connection = acquire(fixture->engine);
	fixture->driver = fixture->connection->driver;
	corm__arena_init(&fixture->arena, NULL, 0);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	corm__arena_release(&fixture->arena);
	corm__engine_release(fixture->connection, false);
	corm_engine_close(fixture->engine);
	free(fixture);
	return 0;
}

static struct corm__statement *prepare(struct fixture *fixture, const char *sql)
{
	struct corm__statement *statement = corm__statement_prepare(fixture->connection, NULL, 0, sql, strlen(sql),
	                                                            &fixture->error);
	if (!statement)
		fail_msg("%s", fixture->error.error.message);
	return statement;
}

/* Binds a value and reads what `SELECT expression` makes of it. CORM_OK also says that there was exactly one row. */
static corm_status carry(struct fixture *fixture, const char *sql, const corm_format *in, const void *value,
                         const corm_format *out, void *result)
{
	const corm_driver *driver = fixture->driver;
	corm_target target = { .format = *out, .offset = 0, .name = "author.x" };
	struct corm__statement *statement = prepare(fixture, sql);
	memset(&fixture->error, 0, sizeof fixture->error);
	corm_status status = driver->bind(statement->state, &in, &value, in ? 1 : 0, &fixture->error);
	if (status == CORM_OK) {
		assert_int_equal(driver->step(statement->state, &fixture->error), CORM_STEP_ROW);
		status = driver->read(statement->state, 0, &target, 1, result, &fixture->arena.room, &fixture->error);
		assert_int_equal(driver->step(statement->state, &fixture->error), CORM_STEP_DONE);
	}
	corm__statement_release(statement);
	assert_int_equal(status, fixture->error.error.status);
	return status;
}

/* How SQLite holds a value: what SQL says of it. */
static void assert_stored(struct fixture *fixture, const corm_format *format, const void *value, const char *expected)
{
	const char *text;
	if (carry(fixture, "SELECT typeof(?1) || ' ' || CASE typeof(?1) WHEN 'blob' THEN hex(?1) ELSE ifnull(?1, '') END",
	          format, value, &PLAIN(TEXT, sizeof text), &text) != CORM_OK)
		fail_msg("%s: %s", expected, fixture->error.error.message);
	assert_string_equal(text, expected);
}

static void assert_bytes(struct fixture *fixture, const corm_format *format, const void *value)
{
	unsigned char back[64];
	memset(back, 0xee, sizeof back);
	if (carry(fixture, "SELECT ?1", format, value, format, back) != CORM_OK)
		fail_msg("%s", fixture->error.error.message);
	assert_memory_equal(back, value, format->size);
	assert_int_equal(back[format->size], 0xee);
}

static void assert_bind_fails(struct fixture *fixture, const corm_format *format, const void *value,
                              const char *message)
{
	char out[64];
	assert_int_equal(carry(fixture, "SELECT ?1", format, value, &PLAIN(INT64, 8), out), CORM_ERROR_VALIDATION);
	assert_contains(fixture->error.error.message, "sqlite: the value of parameter 1 ");
	assert_contains(fixture->error.error.message, message);
}

/* Reads an SQL expression. */
static corm_status read_sql(struct fixture *fixture, const char *expression, const corm_format *format, void *result)
{
	char sql[512];
	snprintf(sql, sizeof sql, "SELECT %s", expression);
	return carry(fixture, sql, NULL, NULL, format, result);
}

static void test_integers(void **state)
{
	struct fixture *fixture = *state;
#define EXTREMES(TYPE, C, LOW, HIGH) \
	assert_bytes(fixture, &PLAIN(TYPE, sizeof(C)), &(C){ LOW }); \
	assert_bytes(fixture, &PLAIN(TYPE, sizeof(C)), &(C){ HIGH }); \
	assert_bytes(fixture, &PLAIN(TYPE, sizeof(C)), &(C){ 0 })
	EXTREMES(INT8, int8_t, INT8_MIN, INT8_MAX);
	EXTREMES(INT16, int16_t, INT16_MIN, INT16_MAX);
	EXTREMES(INT32, int32_t, INT32_MIN, INT32_MAX);
	EXTREMES(INT64, int64_t, INT64_MIN, INT64_MAX);
	EXTREMES(UINT8, uint8_t, 0, UINT8_MAX);
	EXTREMES(UINT16, uint16_t, 0, UINT16_MAX);
	EXTREMES(UINT32, uint32_t, 0, UINT32_MAX);
	EXTREMES(UINT64, uint64_t, 0, INT64_MAX);
	EXTREMES(BOOL, bool, false, true);
#undef EXTREMES
	assert_stored(fixture, &PLAIN(INT8, 1), &(int8_t){ -7 }, "integer -7");
	assert_stored(fixture, &PLAIN(BOOL, sizeof(bool)), &(bool){ true }, "integer 1");
	assert_bind_fails(fixture, &PLAIN(UINT64, 8), &(uint64_t){ UINT64_C(1) << 63 }, "is above INT64_MAX");
}

static void test_integer_range(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		const char *sql;
		corm_format format;
		const char *message;
	} cases[] = {
		{ "300", { .type = CORM_TYPE_INT8, .size = 1 }, "sqlite: column \"author.x\": 300 does not fit int8_t" },
		{ "-129", { .type = CORM_TYPE_INT8, .size = 1 }, "-129 does not fit int8_t" },
		{ "-1", { .type = CORM_TYPE_UINT8, .size = 1 }, "-1 does not fit uint8_t" },
		{ "256", { .type = CORM_TYPE_UINT8, .size = 1 }, "256 does not fit uint8_t" },
		{ "32768", { .type = CORM_TYPE_INT16, .size = 2 }, "int16_t" },
		{ "65536", { .type = CORM_TYPE_UINT16, .size = 2 }, "uint16_t" },
		{ "2147483648", { .type = CORM_TYPE_INT32, .size = 4 }, "int32_t" },
		{ "4294967296", { .type = CORM_TYPE_UINT32, .size = 4 }, "uint32_t" },
		{ "-1", { .type = CORM_TYPE_UINT64, .size = 8 }, "-1 does not fit uint64_t" },
		{ "1.5", { .type = CORM_TYPE_INT64, .size = 8 }, "1.5 does not fit int64_t" },
		{ "9223372036854775808.0", { .type = CORM_TYPE_INT64, .size = 8 }, "does not fit int64_t" },
		{ "9e999", { .type = CORM_TYPE_INT64, .size = 8 }, "does not fit int64_t" },
		{ "'12'", { .type = CORM_TYPE_INT64, .size = 8 }, "\"12\" (2 bytes) does not fit int64_t" },
		{ "x'31'", { .type = CORM_TYPE_INT64, .size = 8 }, "a blob of 1 bytes does not fit int64_t" },
		{ "NULL", { .type = CORM_TYPE_INT64, .size = 8 }, "NULL does not fit int64_t" },
		{ "2", { .type = CORM_TYPE_BOOL, .size = sizeof(bool) }, "2 does not fit bool" },
		{ "-1", { .type = CORM_TYPE_BOOL, .size = sizeof(bool) }, "-1 does not fit bool" },
		{ "'true'", { .type = CORM_TYPE_BOOL, .size = sizeof(bool) }, "\"true\" (4 bytes) does not fit bool" },
		{ "'x'", { .type = CORM_TYPE_NONE, .size = 1 }, "without a type" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char out[16];
		assert_int_equal(read_sql(fixture, cases[i].sql, &cases[i].format, out), CORM_ERROR_TYPE);
		assert_contains(fixture->error.error.message, cases[i].message);
		assert_string_equal(fixture->error.error.column, "author.x");
		assert_contains(fixture->error.error.sql, "SELECT");
	}
	int64_t number;
	assert_int_equal(read_sql(fixture, "-9223372036854775808.0", &PLAIN(INT64, 8), &number), CORM_OK);
	assert_true(number == INT64_MIN);
	assert_int_equal(read_sql(fixture, "3.0", &PLAIN(INT64, 8), &number), CORM_OK);
	assert_int_equal(number, 3);
}

static void test_reals(void **state)
{
	struct fixture *fixture = *state;
	static const double doubles[] = { 0.0, -0.0, DBL_MIN, DBL_MAX, -DBL_MAX, 5e-324, 0.1, INFINITY, -INFINITY };
	static const float floats[] = { 0.0F, FLT_MIN, FLT_MAX, -FLT_MAX, 0.1F, INFINITY };
	for (size_t i = 0; i < sizeof doubles / sizeof *doubles; i++) {
		double back;
		assert_int_equal(carry(fixture, "SELECT ?1", &PLAIN(DOUBLE, 8), &doubles[i], &PLAIN(DOUBLE, 8), &back),
		                 CORM_OK);
		assert_true(back == doubles[i]);
	}
	for (size_t i = 0; i < sizeof floats / sizeof *floats; i++)
		assert_bytes(fixture, &PLAIN(FLOAT, 4), &floats[i]);
	assert_stored(fixture, &PLAIN(DOUBLE, 8), &(double){ 1.5 }, "real 1.5");
	assert_bind_fails(fixture, &PLAIN(DOUBLE, 8), &(double){ NAN }, "is NaN");
	assert_bind_fails(fixture, &PLAIN(FLOAT, 4), &(float){ NAN }, "is NaN");

	double number;
	float single;
	assert_int_equal(read_sql(fixture, "7", &PLAIN(DOUBLE, 8), &number), CORM_OK);
	assert_true(number == 7.0);
	assert_int_equal(read_sql(fixture, "7", &PLAIN(FLOAT, 4), &single), CORM_OK);
	assert_true(single == 7.0F);
	assert_int_equal(read_sql(fixture, "1e300", &PLAIN(FLOAT, 4), &single), CORM_ERROR_TYPE);
	assert_contains(fixture->error.error.message, "does not fit float");
	assert_int_equal(read_sql(fixture, "'1.5'", &PLAIN(DOUBLE, 8), &number), CORM_ERROR_TYPE);
}

static void test_text(void **state)
{
	struct fixture *fixture = *state;
	static const char *const texts[] = { "", "x", "Frédéric 🐦", "a much longer text, of more than one block of eight" };
	char array[8];
	const char *text;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		assert_int_equal(carry(fixture, "SELECT ?1", &PLAIN(TEXT, sizeof text), &texts[i], &PLAIN(TEXT, sizeof text),
		                       &text),
		                 CORM_OK);
		assert_string_equal(text, texts[i]);
		assert_ptr_not_equal(text, texts[i]);
	}
	assert_bytes(fixture, &PLAIN(TEXT_ARRAY, 8), "\0\0\0\0\0\0\0");
	assert_bytes(fixture, &PLAIN(TEXT_ARRAY, 8), "1234567");
	assert_bind_fails(fixture, &PLAIN(TEXT_ARRAY, 8), "12345678", "is not NUL-terminated");
	assert_bind_fails(fixture, &PLAIN(TEXT_ARRAY, 8), "\xff\0\0\0\0\0\0", "is not valid UTF-8");
	assert_bind_fails(fixture, &PLAIN(TEXT, sizeof text), &(const char *){ "a\xc0\x80" }, "is not valid UTF-8");

	assert_int_equal(read_sql(fixture, "'12345678'", &PLAIN(TEXT_ARRAY, 8), array), CORM_ERROR_TYPE);
	assert_contains(fixture->error.error.message, "\"12345678\" (8 bytes) does not fit char[8]");
	static const struct {
		const char *sql, *message;
	} bad[] = {
		{ "cast(x'61ff' AS TEXT)", "text that is not valid UTF-8 does not fit text" },
		{ "cast(x'610062' AS TEXT)", "text with a NUL in it does not fit text" },
		{ "1", "1 does not fit text" },
		{ "1.5", "1.5 does not fit text" },
		{ "x'61'", "a blob of 1 bytes does not fit text" },
		{ "NULL", "NULL does not fit text" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(read_sql(fixture, bad[i].sql, &PLAIN(TEXT, sizeof text), &text), CORM_ERROR_TYPE);
		assert_contains(fixture->error.error.message, bad[i].message);
	}
	/* A long text is cut in the message, between two characters. */
	assert_int_equal(read_sql(fixture, "printf('%.39c', 'x') || 'ééé'", &PLAIN(INT64, 8), array), CORM_ERROR_TYPE);
	assert_contains(fixture->error.error.message, "x\"… (45 bytes)");
}

static void test_bytes(void **state)
{
	struct fixture *fixture = *state;
	corm_bytes in = { "a\0b", 3 }, out;
	corm_format plain = PLAIN(BYTES, sizeof out), nullable = NULLABLE(BYTES, sizeof out);
	assert_int_equal(carry(fixture, "SELECT ?1", &plain, &in, &plain, &out), CORM_OK);
	assert_int_equal(out.size, 3);
	assert_memory_equal(out.data, "a\0b", 3);
	/* Empty is not NULL. */
	static const corm_bytes empties[] = { { NULL, 0 }, { "", 0 } };
	for (size_t i = 0; i < 2; i++) {
		assert_stored(fixture, &plain, &empties[i], "blob ");
		assert_int_equal(carry(fixture, "SELECT ?1", &plain, &empties[i], &nullable, &out), CORM_OK);
		assert_non_null(out.data);
		assert_int_equal(out.size, 0);
	}
	assert_stored(fixture, &nullable, &empties[0], "null ");
	assert_stored(fixture, &nullable, &empties[1], "blob ");
	assert_int_equal(read_sql(fixture, "NULL", &nullable, &out), CORM_OK);
	assert_null(out.data);
	assert_int_equal(read_sql(fixture, "'text'", &plain, &out), CORM_ERROR_TYPE);

	assert_bytes(fixture, &PLAIN(BYTES_ARRAY, 4), "\0\1\2\xff");
	assert_stored(fixture, &PLAIN(BYTES_ARRAY, 4), "\0\1\2\xff", "blob 000102FF");
	assert_int_equal(read_sql(fixture, "x'000102'", &PLAIN(BYTES_ARRAY, 4), &out), CORM_ERROR_TYPE);
	assert_contains(fixture->error.error.message, "a blob of 3 bytes does not fit uint8_t[4]");
	assert_int_equal(read_sql(fixture, "x'0001020304'", &PLAIN(BYTES_ARRAY, 4), &out), CORM_ERROR_TYPE);
	assert_int_equal(read_sql(fixture, "x''", &PLAIN(BYTES_ARRAY, 4), &out), CORM_ERROR_TYPE);
}

static void test_uuid(void **state)
{
	struct fixture *fixture = *state;
	static const char *const forms[] = {
		"'00112233445566778899aabbccddeeff'",
		"'00112233445566778899AABBCCDDEEFF'",
		"'00112233-4455-6677-8899-aabbccddeeff'",
		"x'00112233445566778899aabbccddeeff'",
	};
	static const char *const bad[] = { "''",
		                               "'00112233445566778899aabbccddeef'",
		                               "'00112233445566778899aabbccddeefg'",
		                               "x'00'",
		                               "1",
		                               "'0011223344556677'" };
	corm_uuid uuid, back;
	assert_int_equal(corm_uuid_parse("00112233-4455-6677-8899-aabbccddeeff", &uuid), CORM_OK);
	corm_format text = PLAIN(UUID, 16), blob = STORED(UUID, 16, BLOB);
	assert_stored(fixture, &text, &uuid, "text 00112233445566778899aabbccddeeff");
	assert_stored(fixture, &blob, &uuid, "blob 00112233445566778899AABBCCDDEEFF");
	assert_bytes(fixture, &text, &uuid);
	assert_bytes(fixture, &blob, &uuid);
	assert_bytes(fixture, &text, &(corm_uuid){ { 0 } });
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		assert_int_equal(read_sql(fixture, forms[i], i % 2 ? &text : &blob, &back), CORM_OK);
		assert_true(corm_uuid_equal(uuid, back));
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(read_sql(fixture, bad[i], &text, &back), CORM_ERROR_TYPE);
		assert_contains(fixture->error.error.message, "does not fit corm_uuid");
	}
}

static void test_datetime(void **state)
{
	struct fixture *fixture = *state;
	const int64_t minimum = INT64_C(-62135596800000000), maximum = INT64_C(253402300799999999);
	static const char *const bad[] = {
		"''", "'yesterday'", "'2024-13-01 00:00:00'", "1.5", "x'00'", "1714979289123456"
	};
	corm_format text = PLAIN(DATETIME, 8), integer = STORED(DATETIME, 8, INTEGER);
	corm_datetime out;
	static const int64_t values[] = { INT64_C(1714979289123456), 0, -1 };
	for (size_t i = 0; i < 3; i++) {
		assert_bytes(fixture, &text, &values[i]);
		assert_bytes(fixture, &integer, &values[i]);
	}
	assert_stored(fixture, &text, &values[0], "text 2024-05-06 07:08:09.123456");
	assert_stored(fixture, &integer, &values[0], "integer 1714979289123456");
	assert_stored(fixture, &text, &minimum, "text 0001-01-01 00:00:00.000000");
	assert_bytes(fixture, &text, &minimum);
	assert_bytes(fixture, &integer, &maximum);
	assert_bytes(fixture, &text, &maximum);
	assert_bind_fails(fixture, &text, &(int64_t){ minimum - 1 }, "years 1 to 9999");
	assert_bind_fails(fixture, &integer, &(int64_t){ maximum + 1 }, "years 1 to 9999");

	static const char *const forms[] = { "'2024-05-06T07:08:09.123456'", "'2024-05-06 07:08:09.123456Z'",
		                                 "'2024-05-06T09:08:09.123456+02:00'" };
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(read_sql(fixture, forms[i], &integer, &out), CORM_OK);
		assert_true(out.microseconds == values[0]);
	}
	assert_int_equal(read_sql(fixture, "'2024-05-06 07:08:09'", &text, &out), CORM_OK);
	assert_true(out.microseconds == INT64_C(1714979289000000));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(read_sql(fixture, bad[i], &text, &out), CORM_ERROR_TYPE);
		assert_contains(fixture->error.error.message, "does not fit corm_datetime");
	}
	assert_int_equal(read_sql(fixture, "253402300800000000", &integer, &out), CORM_ERROR_TYPE);
	assert_int_equal(read_sql(fixture, "-62135596800000001", &integer, &out), CORM_ERROR_TYPE);
}

static void test_date_and_time(void **state)
{
	struct fixture *fixture = *state;
	corm_date date;
	corm_format dates = PLAIN(DATE, 4), times = PLAIN(TIME, 8);
	assert_int_equal(corm_date_from(2024, 2, 29, &date), CORM_OK);
	assert_stored(fixture, &dates, &date, "text 2024-02-29");
	assert_bytes(fixture, &dates, &date);
	assert_int_equal(corm_date_from(1, 1, 1, &date), CORM_OK);
	assert_bytes(fixture, &dates, &date);
	assert_bind_fails(fixture, &dates, &(int32_t){ date.days - 1 }, "date outside");
	assert_int_equal(corm_date_from(9999, 12, 31, &date), CORM_OK);
	assert_bytes(fixture, &dates, &date);
	assert_int_equal(read_sql(fixture, "'2024-02-30'", &dates, &date), CORM_ERROR_TYPE);
	assert_int_equal(read_sql(fixture, "19000", &dates, &date), CORM_ERROR_TYPE);

	int64_t time = INT64_C(86399999999);
	assert_stored(fixture, &times, &time, "text 23:59:59.999999");
	assert_bytes(fixture, &times, &time);
	assert_bytes(fixture, &times, &(int64_t){ 0 });
	assert_bind_fails(fixture, &times, &(int64_t){ time + 1 }, "time outside");
	assert_bind_fails(fixture, &times, &(int64_t){ -1 }, "time outside");
	assert_int_equal(read_sql(fixture, "'07:08:09'", &times, &time), CORM_OK);
	assert_true(time == INT64_C(25689000000));
	assert_int_equal(read_sql(fixture, "'24:00:00'", &times, &time), CORM_ERROR_TYPE);
	assert_int_equal(read_sql(fixture, "7", &times, &time), CORM_ERROR_TYPE);
}

static void test_decimal(void **state)
{
	struct fixture *fixture = *state;
	corm_format text = PLAIN(DECIMAL, sizeof(corm_decimal)), real = STORED(DECIMAL, sizeof(corm_decimal), REAL);
	static const struct {
		const char *decimal, *stored;
	} cases[] = {
		{ "0", "text 0" },
		{ "-0.00", "text 0" },
		{ "12.30", "text 12.3" },
		{ "99999999999999999999999999999999999999", "text 99999999999999999999999999999999999999" },
		{ "-0.99999999999999999999999999999999999999", "text -0.99999999999999999999999999999999999999" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		corm_decimal in, out;
		assert_int_equal(corm_decimal_parse(cases[i].decimal, &in), CORM_OK);
		assert_stored(fixture, &text, &in, cases[i].stored);
		assert_int_equal(carry(fixture, "SELECT ?1", &text, &in, &text, &out), CORM_OK);
		assert_int_equal(corm_decimal_compare(in, out), 0);
	}
	static const struct {
		const char *sql, *decimal;
	} forms[] = { { "12.5", "12.5" },  { "0.1", "0.1" },     { "-7", "-7" },
		          { "'1e3'", "1000" }, { "'+1.50'", "1.5" }, { "-9223372036854775808", "-9223372036854775808" } };
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		corm_decimal expected, out;
		assert_int_equal(corm_decimal_parse(forms[i].decimal, &expected), CORM_OK);
		assert_int_equal(read_sql(fixture, forms[i].sql, i % 2 ? &text : &real, &out), CORM_OK);
		assert_int_equal(corm_decimal_compare(expected, out), 0);
	}
	corm_decimal decimal;
	assert_int_equal(corm_decimal_parse("0.1", &decimal), CORM_OK);
	assert_stored(fixture, &real, &decimal, "real 0.1");
	static const char *const bad[] = { "'x'",   "''",     "x'31'",
		                               "9e999", "'1e39'", "'123456789012345678901234567890123456789'" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(read_sql(fixture, bad[i], &text, &decimal), CORM_ERROR_TYPE);
}

static void test_enum(void **state)
{
	struct fixture *fixture = *state;
	corm_format name = COLOR(DEFAULT), number = COLOR(INTEGER);
	static const enum color colors[] = { RED, GREEN, BLUE };
	enum color color = GREEN;
	for (size_t i = 0; i < 3; i++) {
		assert_bytes(fixture, &name, &colors[i]);
		assert_bytes(fixture, &number, &colors[i]);
	}
	assert_stored(fixture, &name, &color, "text GREEN");
	assert_stored(fixture, &number, &color, "integer -5");
	color = (enum color)2;
	assert_bind_fails(fixture, &name, &color, "none of its enum's");
	assert_bind_fails(fixture, &number, &color, "none of its enum's");
	static const char *const bad_names[] = { "'PINK'", "'red'", "''", "1", "'RED '", "x'524544'" };
	for (size_t i = 0; i < sizeof bad_names / sizeof *bad_names; i++) {
		assert_int_equal(read_sql(fixture, bad_names[i], &name, &color), CORM_ERROR_TYPE);
		assert_contains(fixture->error.error.message, "does not fit enum color");
	}
	assert_int_equal(read_sql(fixture, "2", &number, &color), CORM_ERROR_TYPE);
	assert_int_equal(read_sql(fixture, "'RED'", &number, &color), CORM_ERROR_TYPE);
}

static void test_json(void **state)
{
	struct fixture *fixture = *state;
	corm_format plain = PLAIN(JSON, sizeof(corm_json));
	corm_json in = { "{\"a\": [1, null, \"é\"]}" }, out;
	assert_int_equal(carry(fixture, "SELECT ?1", &plain, &in, &plain, &out), CORM_OK);
	assert_string_equal(out.text, in.text);
	assert_bind_fails(fixture, &plain, &(corm_json){ "{" }, "is not valid JSON");
	assert_bind_fails(fixture, &plain, &(corm_json){ "" }, "is not valid JSON");
	assert_int_equal(read_sql(fixture, "'{'", &plain, &out), CORM_ERROR_TYPE);
	assert_int_equal(read_sql(fixture, "x'7b7d'", &plain, &out), CORM_ERROR_TYPE);
	assert_int_equal(read_sql(fixture, "9e999", &plain, &out), CORM_ERROR_TYPE);
	/* A column declared as JSON turns the text of a number into a number. */
	execute(fixture->connection, "CREATE TABLE j(a JSON); INSERT INTO j VALUES('1.5'), ('7')");
	assert_int_equal(read_sql(fixture, "a FROM j WHERE rowid = 1", &plain, &out), CORM_OK);
	assert_string_equal(out.text, "1.5");
	assert_int_equal(read_sql(fixture, "a FROM j WHERE rowid = 2", &plain, &out), CORM_OK);
	assert_string_equal(out.text, "7");
}

/* NULL in every type: bound as NULL, and read as one where it may stand, with the value zeroed. */
static void test_null(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		corm_type type;
		uint32_t size;
	} types[] = {
		{ CORM_TYPE_BOOL, sizeof(bool) },
		{ CORM_TYPE_INT8, 1 },
		{ CORM_TYPE_INT64, 8 },
		{ CORM_TYPE_UINT32, 4 },
		{ CORM_TYPE_FLOAT, 4 },
		{ CORM_TYPE_DOUBLE, 8 },
		{ CORM_TYPE_TEXT, sizeof(char *) },
		{ CORM_TYPE_TEXT_ARRAY, 9 },
		{ CORM_TYPE_BYTES, sizeof(corm_bytes) },
		{ CORM_TYPE_BYTES_ARRAY, 5 },
		{ CORM_TYPE_UUID, 16 },
		{ CORM_TYPE_DATETIME, 8 },
		{ CORM_TYPE_DATE, 4 },
		{ CORM_TYPE_TIME, 8 },
		{ CORM_TYPE_DECIMAL, sizeof(corm_decimal) },
		{ CORM_TYPE_ENUM, sizeof(enum color) },
		{ CORM_TYPE_JSON, sizeof(corm_json) },
	};
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		unsigned char value[64], zeros[64] = { 0 };
		corm_format format = { .type = (uint8_t)types[i].type, .size = types[i].size, .enumeration = &color_enum };
		memset(value, 1, sizeof value);
		assert_int_equal(read_sql(fixture, "NULL", &format, value), CORM_ERROR_TYPE);
		format.flags = CORM_FORMAT_NULLABLE;
		assert_int_equal(read_sql(fixture, "NULL", &format, value), CORM_OK);
		assert_memory_equal(value, zeros, types[i].size);
		assert_int_equal(value[types[i].size], 1);

		format.flags = CORM_FORMAT_NULLABLE | CORM_FORMAT_OPTIONAL;
		format.has_value = 40;
		memset(value, 1, sizeof value);
		assert_int_equal(read_sql(fixture, "NULL", &format, value), CORM_OK);
		assert_memory_equal(value, zeros, types[i].size);
		assert_int_equal(value[40], 0);
		assert_stored(fixture, &format, value, "null ");
		assert_stored(fixture, &format, NULL, "null ");
	}
	assert_stored(fixture, &PLAIN(TEXT, sizeof(char *)), &(const char *){ NULL }, "null ");
	assert_stored(fixture, &PLAIN(JSON, sizeof(corm_json)), &(corm_json){ NULL }, "null ");
}

static void test_optional(void **state)
{
	struct fixture *fixture = *state;
	corm_optional(int64_t) in = corm_some(48), out = corm_none;
	corm_format format = FORMAT(INT64, 8, .flags = CORM_FORMAT_NULLABLE | CORM_FORMAT_OPTIONAL,
	                            .has_value = offsetof(struct corm_optional_int64_t, has_value));
	assert_stored(fixture, &format, &in, "integer 48");
	assert_int_equal(carry(fixture, "SELECT ?1", &format, &in, &format, &out), CORM_OK);
	assert_true(out.has_value);
	assert_int_equal(out.value, 48);
	corm_clear(in);
	assert_stored(fixture, &format, &in, "null ");
}

/* A row of several columns lands at its offsets; the same statement runs twice. */
static void test_rows(void **state)
{
	struct fixture *fixture = *state;
	struct row {
		char pad;
		int32_t id;
		const char *name;
		corm_uuid key;
	} row;
	const corm_target targets[] = {
		{ .format = PLAIN(INT32, 4), .offset = offsetof(struct row, id), .name = "id" },
		{ .format = PLAIN(TEXT, sizeof(char *)), .offset = offsetof(struct row, name), .name = "name" },
		{ .format = PLAIN(UUID, 16), .offset = offsetof(struct row, key), .name = "key" },
	};
	const corm_driver *driver = fixture->driver;
	corm_uuid keys[2] = { corm_uuid4(), corm_uuid7() };
	corm_format formats[] = { PLAIN(UUID, 16), PLAIN(UUID, 16) };
	const corm_format *bound[] = { &formats[0], &formats[1] };
	const void *values[] = { &keys[0], &keys[1] };
	struct corm__statement *statement = prepare(fixture,
	                                            "SELECT 1 AS id, 'a' AS name, ? AS key UNION ALL SELECT 2, 'b', ?");
	assert_int_equal(driver->column_count(statement->state), 3);
	assert_string_equal(driver->column_name(statement->state, 2), "key");
	for (int run = 0; run < 2; run++) {
		assert_int_equal(driver->bind(statement->state, bound, values, 2, &fixture->error), CORM_OK);
		for (int i = 0; i < 2; i++) {
			assert_int_equal(driver->step(statement->state, &fixture->error), CORM_STEP_ROW);
			assert_int_equal(driver->read(statement->state, 0, targets, 3, &row, &fixture->arena.room, &fixture->error),
			                 CORM_OK);
			assert_int_equal(row.id, i + 1);
			assert_string_equal(row.name, i ? "b" : "a");
			assert_true(corm_uuid_equal(row.key, keys[i]));
		}
		assert_int_equal(driver->step(statement->state, &fixture->error), CORM_STEP_DONE);
		driver->reset(statement->state);
	}
	assert_int_equal(driver->bind(statement->state, bound, values, 1, &fixture->error), CORM_ERROR_USAGE);
	assert_contains(fixture->error.error.message, "1 values were given for 2 parameters");
	corm__statement_release(statement);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_integers), TEST(test_integer_range), TEST(test_reals),         TEST(test_text),    TEST(test_bytes),
		TEST(test_uuid),     TEST(test_datetime),      TEST(test_date_and_time), TEST(test_decimal), TEST(test_enum),
		TEST(test_json),     TEST(test_null),          TEST(test_optional),      TEST(test_rows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
