/* SPDX-License-Identifier: Apache-2.0
 *
 * Values to MariaDB and back: every type with its extremes and NULL, through columns of the types that models get,
 * what converts, what is refused.
 */
#include "mariadb_test.h"
#include <cormorant/value.h>
#include <float.h>
#include <math.h>

enum color { RED = 1, GREEN = -5, BLUE = 70000 };

static const corm_enum color_enum = {
	.name = "color",
	.values = (const corm_enum_value[]){ { RED, "RED" }, { GREEN, "GREEN" }, { BLUE, "BLUE" } },
	.count = 3,
};
#define COLOR(STORAGE) FORMAT(ENUM, sizeof(enum color), .storage = CORM_STORAGE_##STORAGE, .enumeration = &color_enum)

/* A session without tables of its own for each test would be slow: one table, with a column of every type. */
static int set_up_table(void **state)
{
	*state = open_client();
	run(*state,
	    "CREATE TEMPORARY TABLE v (b BOOLEAN, s SMALLINT, i INTEGER, l BIGINT, u BIGINT UNSIGNED, f FLOAT, d DOUBLE, "
	    "t LONGTEXT, vc VARCHAR(200), bl LONGBLOB, bn BINARY(4), id UUID, ch CHAR(32), raw BINARY(16), "
	    "dt DATETIME(6), da DATE, ti TIME(6), n DECIMAL(38,10), w DECIMAL(38,0), sm DECIMAL(38,38), "
	    "e ENUM('RED','GREEN','BLUE'), j JSON, bit BIT(40), ts TIMESTAMP(6) NULL) "
	    "CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin");
	return 0;
}

/* Writes a value to a column and reads an expression. CORM_OK also says that there was exactly one row. */
static corm_status carry(struct client *client, const char *column, const corm_format *in, const void *value,
                         const char *expression, const corm_format *out, void *result)
{
	char sql[256];
	corm_target target = { .format = *out, .name = "v.x" };
	run(client, "DELETE FROM v");
	snprintf(sql, sizeof sql, "INSERT INTO v (%s) VALUES (?)", column);
	void *insert = prepare(client, sql);
	corm_step step = begin(client, insert, in, value);
	finish(insert);
	if (step != CORM_STEP_DONE)
		return client->error.error.status;
	assert_int_equal(DRIVER->changes(client->connection), 1);
	snprintf(sql, sizeof sql, "SELECT %s FROM v", expression);
	void *select = prepare(client, sql);
	assert_int_equal(begin(client, select, NULL, NULL), CORM_STEP_ROW);
	corm_status status = DRIVER->read(select, 0, &target, 1, result, &client->arena.room, &client->error);
	assert_int_equal(DRIVER->step(select, &client->error), CORM_STEP_DONE);
	finish(select);
	assert_int_equal(status, client->error.error.status);
	return status;
}

/* The value comes back as it was, and nothing is written beside it. */
static void assert_bytes(struct client *client, const char *column, const corm_format *format, const void *value)
{
	unsigned char back[128];
	memset(back, 0xee, sizeof back);
	if (carry(client, column, format, value, column, format, back) != CORM_OK)
		fail_msg("%s: %s", column, client->error.error.message);
	assert_memory_equal(back, value, format->size);
	assert_int_equal(back[format->size], 0xee);
}

static void assert_stored(struct client *client, const char *column, const corm_format *format, const void *value,
                          const char *expected)
{
	char expression[64];
	const char *text;
	snprintf(expression, sizeof expression, "CAST(%s AS CHAR)", column);
	if (carry(client, column, format, value, expression, &AS_TEXT, &text) != CORM_OK)
		fail_msg("%s: %s", expected, client->error.error.message);
	assert_string_equal(text, expected);
}

static void assert_bind_fails(struct client *client, const corm_format *format, const void *value, const char *message)
{
	void *statement = prepare(client, "SELECT ?");
	assert_int_equal(begin(client, statement, format, value), CORM_STEP_ERROR);
	assert_int_equal(client->error.error.status, CORM_ERROR_VALIDATION);
	assert_contains(client->error.error.message, "mariadb: the value of parameter 1 ");
	assert_contains(client->error.error.message, message);
	finish(statement);
}

static corm_status read_sql(struct client *client, const char *expression, const corm_format *format, void *result)
{
	char sql[512];
	corm_target target = { .format = *format, .name = NULL };
	snprintf(sql, sizeof sql, "SELECT %s AS x", expression);
	void *statement = prepare(client, sql);
	if (begin(client, statement, NULL, NULL) != CORM_STEP_ROW)
		fail_msg("%s: %s", sql, client->error.error.message);
	corm_status status = DRIVER->read(statement, 0, &target, 1, result, &client->arena.room, &client->error);
	DRIVER->reset(statement);
	finish(statement);
	return status;
}

static void assert_misfit(struct client *client, const char *expression, const corm_format *format, const char *message)
{
	unsigned char out[64];
	if (read_sql(client, expression, format, out) != CORM_ERROR_TYPE)
		fail_msg("%s was read", expression);
	assert_contains(client->error.error.message, "mariadb: column \"x\": ");
	assert_contains(client->error.error.message, message);
	assert_string_equal(client->error.error.column, "x");
	assert_contains(client->error.error.sql, "SELECT ");
}

static void test_integers(void **state)
{
	struct client *client = *state;
#define EXTREMES(COLUMN, TYPE, C, LOW, HIGH) \
	assert_bytes(client, COLUMN, &PLAIN(TYPE, sizeof(C)), &(C){ LOW }); \
	assert_bytes(client, COLUMN, &PLAIN(TYPE, sizeof(C)), &(C){ HIGH }); \
	assert_bytes(client, COLUMN, &PLAIN(TYPE, sizeof(C)), &(C){ 0 })
	EXTREMES("s", INT8, int8_t, INT8_MIN, INT8_MAX);
	EXTREMES("s", INT16, int16_t, INT16_MIN, INT16_MAX);
	EXTREMES("i", INT32, int32_t, INT32_MIN, INT32_MAX);
	EXTREMES("l", INT64, int64_t, INT64_MIN, INT64_MAX);
	EXTREMES("s", UINT8, uint8_t, 0, UINT8_MAX);
	EXTREMES("i", UINT16, uint16_t, 0, UINT16_MAX);
	EXTREMES("l", UINT32, uint32_t, 0, UINT32_MAX);
	EXTREMES("l", UINT64, uint64_t, 0, INT64_MAX);
	EXTREMES("u", UINT64, uint64_t, 0, INT64_MAX);
	EXTREMES("b", BOOL, bool, false, true);
#undef EXTREMES
	assert_stored(client, "b", &PLAIN(BOOL, sizeof(bool)), &(bool){ true }, "1");
	assert_bind_fails(client, &PLAIN(UINT64, 8), &(uint64_t){ UINT64_C(1) << 63 }, "is above INT64_MAX");
	char out[8];
	assert_int_equal(carry(client, "s", &AS_INTEGER, &(int64_t){ 32768 }, "s", &AS_INTEGER, out),
	                 CORM_ERROR_VALIDATION);
	assert_string_equal(client->error.error.column, "s");
}

static void test_integers_from_elsewhere(void **state)
{
	struct client *client = *state;
	int64_t number;
#define READS(EXPRESSION, EXPECTED) \
	assert_int_equal(read_sql(client, EXPRESSION, &AS_INTEGER, &number), CORM_OK); \
	assert_true(number == (EXPECTED))
	READS("1 + 1", 2);
	READS("1 = 1", 1);
	READS("COUNT(*)", 1);
	READS("SUM(3)", 3);
	READS("AVG(4)", 4);
	READS("-7.000", -7);
	READS("CAST(9223372036854775807 AS DECIMAL(30,2))", INT64_MAX);
	READS("CAST(-9223372036854775808 AS DECIMAL(30,0))", INT64_MIN);
	READS("5e0", 5);
	READS("b'101' + 0", 5);
	READS("CAST(7 AS UNSIGNED)", 7);
	READS("YEAR('2024-01-01')", 2024);
#undef READS
	run(client, "DELETE FROM v");
	run(client, "INSERT INTO v (bit, u) VALUES (b'1000000000000000000000000000000000000101', 18446744073709551615)");
	assert_int_equal(query_integer(client, "SELECT bit FROM v"), (INT64_C(1) << 39) + 5);
	assert_misfit(client, "(SELECT u FROM v)", &AS_INTEGER, "18446744073709551615 does not fit int64_t");
	assert_misfit(client, "CAST(18446744073709551615 AS DECIMAL(30))", &AS_INTEGER,
	              "18446744073709551615 does not fit");
	assert_misfit(client, "1.5", &AS_INTEGER, "1.5 does not fit int64_t");
	assert_misfit(client, "1.5e0", &AS_INTEGER, "1.5 does not fit int64_t");
	assert_misfit(client, "'7'", &AS_INTEGER, "\"7\" (1 bytes) does not fit int64_t");
	assert_misfit(client, "NULL", &AS_INTEGER, "NULL does not fit int64_t");
	assert_misfit(client, "128", &PLAIN(INT8, 1), "128 does not fit int8_t");
	assert_misfit(client, "-1", &PLAIN(UINT32, 4), "-1 does not fit uint32_t");
	assert_misfit(client, "2", &PLAIN(BOOL, sizeof(bool)), "2 does not fit bool");
	assert_misfit(client, "X'00ff'", &AS_INTEGER, "a blob of 2 bytes does not fit int64_t");
}

static void test_reals(void **state)
{
	struct client *client = *state;
	const double doubles[] = { 0.0, 0.1, DBL_MAX, -DBL_MAX, DBL_MIN, 1e-300, 123456789.123456789 };
	const float floats[] = { 0.1f, 16777217.0f, 1.5e10f };
	for (size_t i = 0; i < sizeof doubles / sizeof *doubles; i++)
		assert_bytes(client, "d", &PLAIN(DOUBLE, sizeof(double)), &doubles[i]);
	for (size_t i = 0; i < sizeof floats / sizeof *floats; i++)
		assert_bytes(client, "f", &PLAIN(FLOAT, sizeof(float)), &floats[i]);
	assert_bytes(client, "d", &PLAIN(FLOAT, sizeof(float)), &(float){ FLT_MAX });
	/* The server keeps no sign of zero. */
	double zero;
	assert_int_equal(carry(client, "d", &PLAIN(DOUBLE, 8), &(double){ -0.0 }, "d", &PLAIN(DOUBLE, 8), &zero), CORM_OK);
	assert_true(zero == 0);
	assert_bind_fails(client, &PLAIN(DOUBLE, 8), &(double){ (double)NAN }, "is NaN");
	assert_bind_fails(client, &PLAIN(DOUBLE, 8), &(double){ -(double)INFINITY }, "is infinite");
	assert_bind_fails(client, &PLAIN(FLOAT, 4), &(float){ INFINITY }, "is infinite");
	double number;
	assert_int_equal(read_sql(client, "SUM(1.25)", &PLAIN(DOUBLE, 8), &number), CORM_OK);
	assert_true(number == 1.25);
	assert_int_equal(read_sql(client, "3", &PLAIN(DOUBLE, 8), &number), CORM_OK);
	assert_true(number == 3);
	assert_int_equal(read_sql(client, "18446744073709551615", &PLAIN(DOUBLE, 8), &number), CORM_OK);
	assert_true(number == 18446744073709551615.0);
	assert_misfit(client, "1e300", &PLAIN(FLOAT, sizeof(float)), "1.0000000000000001e+300 does not fit float");
	assert_misfit(client, "'1'", &PLAIN(DOUBLE, 8), "does not fit double");
	assert_misfit(client, "NULL", &PLAIN(DOUBLE, 8), "NULL does not fit double");
}

static void assert_text(struct client *client, const char *column, const char *text)
{
	const char *back;
	if (carry(client, column, &AS_TEXT, &text, column, &AS_TEXT, &back) != CORM_OK)
		fail_msg("%s", client->error.error.message);
	assert_string_equal(back, text);
}

static void test_text(void **state)
{
	struct client *client = *state;
	const char *back;
	assert_text(client, "vc", "");
	assert_text(client, "vc", "a'b\\c\"d%_\n");
	assert_text(client, "t", "grüße, 世界 🐦 ");
	/* Below, at and above each length's form in a packet. */
	const size_t lengths[] = { 250, 251, 65535, 65536, 3000000 };
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		char *text = malloc(lengths[i] + 1);
		memset(text, 'x', lengths[i]);
		text[lengths[i]] = '\0';
		assert_text(client, "t", text);
		free(text);
	}
	assert_bytes(client, "vc", &PLAIN(TEXT_ARRAY, 8), "abcdefg\0");
	assert_bytes(client, "vc", &PLAIN(TEXT_ARRAY, 8), "a\0\0\0\0\0\0\0");
	assert_bind_fails(client, &PLAIN(TEXT_ARRAY, 3), "abc", "is not NUL-terminated");
	assert_bind_fails(client, &AS_TEXT, &(const char *){ "a\xff" }, "is not valid UTF-8");
	assert_misfit(client, "'abcdefgh'", &PLAIN(TEXT_ARRAY, 8), "\"abcdefgh\" (8 bytes) does not fit char[8]");
	assert_misfit(client, "CONCAT('a', CHAR(0 USING utf8mb4))", &AS_TEXT, "text with a NUL in it does not fit text");
	assert_misfit(client, "5", &AS_TEXT, "5 does not fit text");
	assert_misfit(client, "CAST('x' AS BINARY)", &AS_TEXT, "a blob of 1 bytes does not fit text");
	assert_misfit(client, "NULL", &AS_TEXT, "NULL does not fit text");
	/* Not padded, and letters are themselves. */
	assert_int_equal(query_integer(client, "SELECT ('a' = 'a ') + ('a' = 'A') + ('ss' = 'ß')"), 0);
	/* A value that the column does not hold. */
	char longer[202];
	memset(longer, 'x', 201);
	longer[201] = '\0';
	assert_int_equal(carry(client, "vc", &AS_TEXT, &(const char *){ longer }, "vc", &AS_TEXT, &back),
	                 CORM_ERROR_VALIDATION);
	assert_string_equal(client->error.error.column, "vc");
	assert_string_equal(client->error.error.sqlstate, "22001");
	assert_string_equal(client->error.error.table, "v");
}

static void assert_blob(struct client *client, const void *data, size_t size)
{
	corm_bytes bytes = { .data = data, .size = size }, back;
	if (carry(client, "bl", &PLAIN(BYTES, sizeof bytes), &bytes, "bl", &PLAIN(BYTES, sizeof bytes), &back) != CORM_OK)
		fail_msg("%s", client->error.error.message);
	assert_int_equal(back.size, size);
	assert_non_null(back.data);
	assert_memory_equal(back.data, data, size);
}

static void test_bytes(void **state)
{
	struct client *client = *state;
	corm_bytes back, none = { .data = NULL, .size = 0 };
	unsigned char all[256];
	for (int i = 0; i < 256; i++)
		all[i] = (unsigned char)i;
	assert_blob(client, "", 0);
	assert_blob(client, all, sizeof all);
	unsigned char *large = malloc(5000000);
	memset(large, 0xa5, 5000000);
	assert_blob(client, large, 5000000);
	free(large);
	assert_bytes(client, "bn", &PLAIN(BYTES_ARRAY, 4), "\0\1\xff\0");
	assert_misfit(client, "X'0102'", &PLAIN(BYTES_ARRAY, 4), "a blob of 2 bytes does not fit uint8_t[4]");
	assert_misfit(client, "'text'", &PLAIN(BYTES, sizeof back), "does not fit corm_bytes");
	/* No data is empty, or NULL where that may be. */
	assert_int_equal(carry(client, "bl", &PLAIN(BYTES, sizeof none), &none, "LENGTH(bl)", &AS_INTEGER, &back), CORM_OK);
	assert_int_equal(carry(client, "bl", &NULLABLE(BYTES, sizeof none), &none, "bl IS NULL", &AS_INTEGER, &back),
	                 CORM_OK);
	int64_t truth;
	memcpy(&truth, &back, sizeof truth);
	assert_int_equal(truth, 1);
}

static void test_uuids(void **state)
{
	struct client *client = *state;
	corm_uuid uuid, nil, back;
	corm_format format = PLAIN(UUID, sizeof uuid);
	memset(&nil, 0, sizeof nil);
	corm_uuid_parse("00112233-4455-6677-8899-aabbccddeeff", &uuid);
	assert_bytes(client, "id", &format, &uuid);
	assert_bytes(client, "id", &format, &nil);
	assert_bytes(client, "ch", &format, &uuid);
	assert_bytes(client, "raw", &STORED(UUID, sizeof uuid, BLOB), &uuid);
	assert_bytes(client, "id", &STORED(UUID, sizeof uuid, BLOB), &uuid);
	assert_stored(client, "id", &format, &uuid, "00112233-4455-6677-8899-aabbccddeeff");
	assert_stored(client, "ch", &format, &uuid, "00112233445566778899aabbccddeeff");
	assert_int_equal(read_sql(client, "'00112233-4455-6677-8899-AABBCCDDEEFF'", &format, &back), CORM_OK);
	assert_true(corm_uuid_equal(back, uuid));
	assert_misfit(client, "'0011'", &format, "\"0011\" (4 bytes) does not fit corm_uuid");
	assert_misfit(client, "X'0011'", &format, "a blob of 2 bytes does not fit corm_uuid");
	assert_misfit(client, "1", &format, "1 does not fit corm_uuid");
	/* It is found by its value, in either form. */
	for (int i = 0; i < 2; i++) {
		corm_format key = i ? STORED(UUID, sizeof uuid, BLOB) : format;
		run(client, "DELETE FROM v");
		run(client, "INSERT INTO v (id) VALUES ('00112233-4455-6677-8899-aabbccddeeff')");
		void *statement = prepare(client, "SELECT 1 FROM v WHERE id = ?");
		assert_int_equal(begin(client, statement, &key, &uuid), CORM_STEP_ROW);
		DRIVER->reset(statement);
		finish(statement);
	}
}

static void test_datetimes(void **state)
{
	struct client *client = *state;
	corm_format format = PLAIN(DATETIME, sizeof(corm_datetime));
	static const char *const texts[] = {
		"0001-01-01T00:00:00Z",        "9999-12-31T23:59:59.999999Z", "1970-01-01T00:00:00Z",
		"1969-12-31T23:59:59.999999Z", "2024-02-29T12:34:56.000001Z", "2024-03-01T00:00:00.100000Z",
		"1900-02-28T23:00:00Z",        "2000-02-29T00:00:01Z",        "2100-03-01T05:45:00Z",
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		corm_datetime datetime;
		assert_int_equal(corm_datetime_parse(texts[i], &datetime), CORM_OK);
		assert_bytes(client, "dt", &format, &datetime);
	}
	corm_datetime datetime, back;
	corm_datetime_parse("2024-05-06T07:08:09.123456Z", &datetime);
	assert_stored(client, "dt", &format, &datetime, "2024-05-06 07:08:09.123456");
	/* In UTC, whatever the server's zone is. */
	assert_bytes(client, "ts", &format, &datetime);
	assert_int_equal(carry(client, "ts", &format, &datetime, "CAST(UNIX_TIMESTAMP(ts) * 1000000 AS SIGNED)",
	                       &AS_INTEGER, &back),
	                 CORM_OK);
	assert_true(back.microseconds == datetime.microseconds);
	assert_int_equal(query_integer(client, "SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), NOW())"), 0);
	assert_int_equal(read_sql(client, "DATE '2024-05-06'", &format, &back), CORM_OK);
	assert_string_equal(corm_datetime_string(back).text, "2024-05-06T00:00:00Z");
	assert_int_equal(read_sql(client, "'2024-05-06 07:08:09.123456'", &format, &back), CORM_OK);
	assert_true(back.microseconds == datetime.microseconds);
	assert_bind_fails(client, &format, &(corm_datetime){ .microseconds = INT64_MAX }, "outside of years 1 to 9999");
	assert_misfit(client, "'yesterday'", &format, "\"yesterday\" (9 bytes) does not fit corm_datetime");
	assert_misfit(client, "7", &format, "7 does not fit corm_datetime");
	assert_misfit(client, "TIME '01:02:03'", &format, "01:02:03 does not fit corm_datetime");
	/* What a server of another mode keeps. */
	run(client, "DELETE FROM v");
	run(client, "SET sql_mode = ''; INSERT INTO v (dt, da) VALUES ('0000-00-00', '2024-05-00'); SET sql_mode = "
	            "'ALLOW_INVALID_DATES'; UPDATE v SET ts = NULL");
	assert_misfit(client, "(SELECT dt FROM v)", &format, "0000-00-00 00:00:00 does not fit corm_datetime");
	assert_misfit(client, "(SELECT da FROM v)", &PLAIN(DATE, sizeof(corm_date)),
	              "2024-05-00 00:00:00 does not fit corm_date");
	run(client, "UPDATE v SET dt = '2023-02-31 01:00:00'");
	assert_misfit(client, "(SELECT dt FROM v)", &format, "2023-02-31 01:00:00 does not fit corm_datetime");
}

static void test_dates_and_times(void **state)
{
	struct client *client = *state;
	corm_format date_format = PLAIN(DATE, sizeof(corm_date)), time_format = PLAIN(TIME, sizeof(corm_time));
	static const char *const dates[] = { "0001-01-01", "9999-12-31", "1970-01-01", "1969-12-31", "2024-02-29" };
	static const char *const times[] = { "00:00:00", "23:59:59.999999", "00:00:00.000001", "12:30:00" };
	corm_date date;
	corm_time time;
	for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
		assert_int_equal(corm_date_parse(dates[i], &date), CORM_OK);
		assert_bytes(client, "da", &date_format, &date);
		assert_stored(client, "da", &date_format, &date, dates[i]);
	}
	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		assert_int_equal(corm_time_parse(times[i], &time), CORM_OK);
		assert_bytes(client, "ti", &time_format, &time);
	}
	assert_int_equal(read_sql(client, "TIMESTAMP '2024-05-06 00:00:00'", &date_format, &date), CORM_OK);
	assert_string_equal(corm_date_string(date).text, "2024-05-06");
	assert_int_equal(read_sql(client, "'2024-05-07'", &date_format, &date), CORM_OK);
	assert_int_equal(read_sql(client, "'01:02:03.5'", &time_format, &time), CORM_OK);
	assert_bind_fails(client, &date_format, &(corm_date){ .days = INT32_MAX }, "outside of years 1 to 9999");
	assert_bind_fails(client, &time_format, &(corm_time){ .microseconds = -1 }, "outside of a day");
	assert_misfit(client, "TIMESTAMP '2024-05-06 00:00:01'", &date_format, "00:00:01 does not fit corm_date");
	assert_misfit(client, "TIME '25:00:00'", &time_format, "25:00:00 does not fit corm_time");
	assert_misfit(client, "TIME '-01:00:00'", &time_format, "-01:00:00 does not fit corm_time");
	assert_misfit(client, "1", &time_format, "1 does not fit corm_time");
}

static void test_decimals(void **state)
{
	struct client *client = *state;
	corm_format format = PLAIN(DECIMAL, sizeof(corm_decimal));
	static const struct {
		const char *column, *text;
	} decimals[] = {
		{ "n", "0" },
		{ "n", "-1.5" },
		{ "n", "1234567890123456789012345678.0123456789" },
		{ "w", "99999999999999999999999999999999999999" },
		{ "w", "-99999999999999999999999999999999999999" },
		{ "sm", "0.00000000000000000000000000000000000001" },
		{ "sm", "-0.99999999999999999999999999999999999999" },
	};
	for (size_t i = 0; i < sizeof decimals / sizeof *decimals; i++) {
		corm_decimal decimal, back;
		assert_int_equal(corm_decimal_parse(decimals[i].text, &decimal), CORM_OK);
		if (carry(client, decimals[i].column, &format, &decimal, decimals[i].column, &format, &back) != CORM_OK)
			fail_msg("%s: %s", decimals[i].text, client->error.error.message);
		assert_int_equal(corm_decimal_compare(back, decimal), 0);
	}
	corm_decimal decimal;
	assert_int_equal(read_sql(client, "18446744073709551615", &format, &decimal), CORM_OK);
	assert_string_equal(corm_decimal_string(decimal).text, "18446744073709551615");
	assert_int_equal(read_sql(client, "-3", &format, &decimal), CORM_OK);
	assert_string_equal(corm_decimal_string(decimal).text, "-3");
	assert_int_equal(read_sql(client, "2.5e0", &format, &decimal), CORM_OK);
	assert_string_equal(corm_decimal_string(decimal).text, "2.5");
	corm_decimal_parse("2.5", &decimal);
	assert_stored(client, "d", &STORED(DECIMAL, sizeof decimal, REAL), &decimal, "2.5");
	assert_bind_fails(client, &format, &(corm_decimal){ .scale = 99 }, "is no decimal of at most 38 digits");
	assert_misfit(client,
	              "CAST(1 AS DECIMAL(60)) * POW(10, 0) * 0 + CAST('1234567890123456789012345678901234567890' "
	              "AS DECIMAL(45))",
	              &PLAIN(DATE, sizeof(corm_date)), "does not fit corm_date");
	assert_misfit(client, "CAST('1234567890123456789012345678901234567891' AS DECIMAL(45))", &format,
	              "1234567890123456789012345678901234567891 does not fit corm_decimal");
	assert_misfit(client, "'x'", &format, "does not fit corm_decimal");
}

static void test_enums_and_json(void **state)
{
	struct client *client = *state;
	const enum color colors[] = { RED, GREEN, BLUE };
	for (int i = 0; i < 3; i++) {
		assert_bytes(client, "e", &COLOR(DEFAULT), &colors[i]);
		assert_bytes(client, "i", &COLOR(INTEGER), &colors[i]);
	}
	assert_stored(client, "e", &COLOR(DEFAULT), &colors[1], "GREEN");
	assert_stored(client, "i", &COLOR(INTEGER), &colors[1], "-5");
	assert_bind_fails(client, &COLOR(DEFAULT), &(enum color){ 2 }, "is none of its enum's");
	assert_misfit(client, "'PINK'", &COLOR(DEFAULT), "\"PINK\" (4 bytes) does not fit enum color");
	assert_misfit(client, "3", &COLOR(INTEGER), "3 does not fit enum color");
	assert_misfit(client, "1", &COLOR(DEFAULT), "1 does not fit enum color");

	corm_format format = PLAIN(JSON, sizeof(corm_json));
	static const char *const texts[] = { "{\"a\": [1, null, \"\\u00fc\"]}", "12345678901234567890.5", "\"x\"", "null" };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		corm_json json = { .text = texts[i] }, back;
		if (carry(client, "j", &format, &json, "j", &format, &back) != CORM_OK)
			fail_msg("%s", client->error.error.message);
		assert_string_equal(back.text, texts[i]);
	}
	assert_bind_fails(client, &format, &(corm_json){ .text = "{" }, "is not valid JSON");
	assert_misfit(client, "'{'", &format, "\"{\" (1 bytes) does not fit corm_json");
	corm_json back;
	assert_int_equal(read_sql(client, "JSON_EXTRACT('{\"a\":{\"b\":1}}', '$.a')", &format, &back), CORM_OK);
	assert_string_equal(back.text, "{\"b\": 1}");
}

static void test_null(void **state)
{
	struct client *client = *state;
	static const struct {
		const char *column;
		corm_format format;
	} all[] = {
		{ "b", { .type = CORM_TYPE_BOOL, .size = sizeof(bool) } },
		{ "s", { .type = CORM_TYPE_INT16, .size = 2 } },
		{ "l", { .type = CORM_TYPE_INT64, .size = 8 } },
		{ "u", { .type = CORM_TYPE_UINT64, .size = 8 } },
		{ "f", { .type = CORM_TYPE_FLOAT, .size = 4 } },
		{ "d", { .type = CORM_TYPE_DOUBLE, .size = 8 } },
		{ "t", { .type = CORM_TYPE_TEXT, .size = sizeof(char *) } },
		{ "vc", { .type = CORM_TYPE_TEXT_ARRAY, .size = 8 } },
		{ "bl", { .type = CORM_TYPE_BYTES, .size = sizeof(corm_bytes) } },
		{ "bn", { .type = CORM_TYPE_BYTES_ARRAY, .size = 4 } },
		{ "id", { .type = CORM_TYPE_UUID, .size = 16 } },
		{ "raw", { .type = CORM_TYPE_UUID, .storage = CORM_STORAGE_BLOB, .size = 16 } },
		{ "dt", { .type = CORM_TYPE_DATETIME, .size = 8 } },
		{ "da", { .type = CORM_TYPE_DATE, .size = 4 } },
		{ "ti", { .type = CORM_TYPE_TIME, .size = 8 } },
		{ "n", { .type = CORM_TYPE_DECIMAL, .size = sizeof(corm_decimal) } },
		{ "d", { .type = CORM_TYPE_DECIMAL, .storage = CORM_STORAGE_REAL, .size = sizeof(corm_decimal) } },
		{ "e", { .type = CORM_TYPE_ENUM, .size = 4, .enumeration = &color_enum } },
		{ "i", { .type = CORM_TYPE_ENUM, .storage = CORM_STORAGE_INTEGER, .size = 4, .enumeration = &color_enum } },
		{ "j", { .type = CORM_TYPE_JSON, .size = sizeof(corm_json) } },
	};
	static const char zero[64];
	char back[64];
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		corm_format format = all[i].format;
		format.flags = CORM_FORMAT_OPTIONAL | CORM_FORMAT_NULLABLE;
		format.has_value = format.size;
		memset(back, 0xee, sizeof back);
		/* An optional whose bool says no; then no value at all. */
		for (int none = 0; none < 2; none++) {
			if (carry(client, all[i].column, &format, none ? NULL : zero, all[i].column, &format, back) != CORM_OK)
				fail_msg("%s: %s", all[i].column, client->error.error.message);
			assert_memory_equal(back, zero, format.size);
			assert_int_equal(back[format.has_value], false);
		}
		format.flags = 0;
		assert_int_equal(carry(client, all[i].column, &format, NULL, all[i].column, &format, back), CORM_ERROR_TYPE);
		assert_contains(client->error.error.message, "NULL does not fit ");
	}
	/* A pointer that is NULL. */
	const char *text = "x", *nothing = NULL;
	assert_int_equal(carry(client, "t", &NULLABLE(TEXT, sizeof text), &nothing, "t", &NULLABLE(TEXT, sizeof text),
	                       &text),
	                 CORM_OK);
	assert_null(text);
	/* An optional with a value. */
	corm_format format = FORMAT(INT32, 4, .flags = CORM_FORMAT_OPTIONAL | CORM_FORMAT_NULLABLE, .has_value = 4);
	struct {
		int32_t value;
		bool has_value;
	} some = { 48, true }, read = { 0, false };
	assert_int_equal(carry(client, "i", &format, &some, "i", &format, &read), CORM_OK);
	assert_int_equal(read.value, 48);
	assert_true(read.has_value);
}

/* One statement, with other values, types and NULLs each time. */
static void test_binding_anew(void **state)
{
	struct client *client = *state;
	void *statement = prepare(client, "SELECT CONCAT(COALESCE(?, 'null'), '/', ?)");
	const corm_format *const texts[] = { &AS_TEXT, &AS_INTEGER }, *const numbers[] = { &AS_INTEGER, &AS_TEXT };
	const char *a = "a", *b = "bb", *back;
	int64_t number = 7;
	const struct {
		const corm_format *const *formats;
		const void *values[2];
		const char *expected;
	} cases[] = {
		{ texts, { &a, &number }, "a/7" },   { texts, { &b, &number }, "bb/7" }, { texts, { NULL, &number }, "null/7" },
		{ numbers, { &number, &a }, "7/a" }, { texts, { &a, &number }, "a/7" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(DRIVER->bind(statement, cases[i].formats, cases[i].values, 2, &client->error), CORM_OK);
		assert_int_equal(DRIVER->step(statement, &client->error), CORM_STEP_ROW);
		read_value(client, statement, &AS_TEXT, &back);
		assert_string_equal(back, cases[i].expected);
		assert_int_equal(DRIVER->step(statement, &client->error), CORM_STEP_DONE);
		DRIVER->reset(statement);
	}
	assert_int_equal(DRIVER->bind(statement, texts, cases[0].values, 1, &client->error), CORM_ERROR_USAGE);
	assert_contains(client->error.error.message, "1 values were given for 2 parameters");
	finish(statement);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(test_integers, set_up_table, tear_down),
	cmocka_unit_test_setup_teardown(test_integers_from_elsewhere, set_up_table, tear_down),
	cmocka_unit_test_setup_teardown(test_reals, set_up_table, tear_down),
	cmocka_unit_test_setup_teardown(test_text, set_up_table, tear_down),
	cmocka_unit_test_setup_teardown(test_bytes, set_up_table, tear_down),
	cmocka_unit_test_setup_teardown(test_uuids, set_up_table, tear_down),
	cmocka_unit_test_setup_teardown(test_datetimes, set_up_table, tear_down),
	cmocka_unit_test_setup_teardown(test_dates_and_times, set_up_table, tear_down),
	cmocka_unit_test_setup_teardown(test_decimals, set_up_table, tear_down),
	cmocka_unit_test_setup_teardown(test_enums_and_json, set_up_table, tear_down),
	cmocka_unit_test_setup_teardown(test_null, set_up_table, tear_down),
	cmocka_unit_test_setup_teardown(test_binding_anew, set_up_table, tear_down),
};

MARIADB_TESTS(tests)
