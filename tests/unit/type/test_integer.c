/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of integers of any width, and of enums.
 */
#include "fail_alloc.h"
#include "type/codec.h"

static const struct {
	uint8_t type;
	uint32_t size;
	int64_t lowest, highest;
} types[] = {
	{ CORM_TYPE_BOOL, sizeof(bool), 0, 1 },
	{ CORM_TYPE_INT8, 1, INT8_MIN, INT8_MAX },
	{ CORM_TYPE_INT16, 2, INT16_MIN, INT16_MAX },
	{ CORM_TYPE_INT32, 4, INT32_MIN, INT32_MAX },
	{ CORM_TYPE_INT64, 8, INT64_MIN, INT64_MAX },
	{ CORM_TYPE_UINT8, 1, 0, UINT8_MAX },
	{ CORM_TYPE_UINT16, 2, 0, UINT16_MAX },
	{ CORM_TYPE_UINT32, 4, 0, UINT32_MAX },
	{ CORM_TYPE_UINT64, 8, 0, INT64_MAX },
};

/* Stored and loaded again, at an address that is not aligned and with nothing around it touched. */
static bool round_trip(const corm_format *format, int64_t number)
{
	unsigned char memory[12];
	int64_t back = 42;
	memset(memory, 0xA5, sizeof memory);
	bool is_stored = corm__integer_store(format, number, memory + 1);
	for (size_t i = 0; i < sizeof memory; i++)
		if (!is_stored || i < 1 || i > format->size)
			assert_int_equal(memory[i], 0xA5);
	if (is_stored) {
		assert_true(corm__integer_load(format, memory + 1, &back));
		assert_int_equal(back, number);
	}
	return is_stored;
}

static void every_type_has_its_bounds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		const corm_format format = { .type = types[i].type, .size = types[i].size };
		assert_true(round_trip(&format, types[i].lowest));
		assert_true(round_trip(&format, types[i].highest));
		assert_true(round_trip(&format, 0));
		assert_true(round_trip(&format, 1));
		assert_int_equal(round_trip(&format, -1), types[i].lowest < 0);
		if (types[i].lowest > INT64_MIN)
			assert_false(round_trip(&format, types[i].lowest - 1));
		if (types[i].highest < INT64_MAX)
			assert_false(round_trip(&format, types[i].highest + 1));
		assert_int_equal(round_trip(&format, INT64_MAX), types[i].highest == INT64_MAX);
		assert_int_equal(round_trip(&format, INT64_MIN), types[i].lowest == INT64_MIN);
	}
}

static void loads_what_c_wrote(void **state)
{
	(void)state;
	int64_t number;
	assert_true(corm__integer_load(&(corm_format){ .type = CORM_TYPE_INT16, .size = 2 }, &(int16_t){ -2 }, &number));
	assert_int_equal(number, -2);
	assert_true(corm__integer_load(&(corm_format){ .type = CORM_TYPE_UINT32, .size = 4 }, &(uint32_t){ 4000000000u },
	                               &number));
	assert_int_equal(number, INT64_C(4000000000));
	assert_true(corm__integer_load(&(corm_format){ .type = CORM_TYPE_BOOL, .size = 1 }, &(bool){ true }, &number));
	assert_int_equal(number, 1);

	const corm_format format = { .type = CORM_TYPE_UINT64, .size = 8 };
	assert_true(corm__integer_load(&format, &(uint64_t){ INT64_MAX }, &number));
	assert_int_equal(number, INT64_MAX);
	assert_false(corm__integer_load(&format, &(uint64_t){ (uint64_t)INT64_MAX + 1 }, &number));
	assert_false(corm__integer_load(&format, &(uint64_t){ UINT64_MAX }, &number));
	assert_int_equal(number, INT64_MAX);
}

static void other_types_are_no_integers(void **state)
{
	(void)state;
	uint64_t memory = 0;
	int64_t number;
	static const uint8_t others[] = { CORM_TYPE_NONE, CORM_TYPE_FLOAT, CORM_TYPE_DOUBLE, CORM_TYPE_TEXT, CORM_TYPE_UUID,
		                              CORM_TYPE_JSON, 200 };
	for (size_t i = 0; i < sizeof others; i++) {
		const corm_format format = { .type = others[i], .size = 8 };
		assert_false(corm__integer_load(&format, &memory, &number));
		assert_false(corm__integer_store(&format, 1, &memory));
	}
	assert_false(corm__integer_load(&(corm_format){ .type = CORM_TYPE_ENUM, .size = 3 }, &memory, &number));
	assert_int_equal(memory, 0);
}

enum color { RED, GREEN = 5 };
enum level { LOW = -1, MIDDLE, HIGH = 7 };

static const corm_enum colors = {
	.name = "color",
	.values = (const corm_enum_value[]){ { RED, "RED" }, { GREEN, "GREEN" }, { UINT32_MAX, "LARGE" } },
	.count = 3,
};
static const corm_enum levels = {
	.name = "level",
	.values = (const corm_enum_value[]){ { LOW, "LOW" }, { MIDDLE, "MIDDLE" }, { HIGH, "HIGH" } },
	.count = 3,
};

static void enums_are_signed_as_their_constants_say(void **state)
{
	(void)state;
	const corm_format color = { .type = CORM_TYPE_ENUM, .size = sizeof(enum color), .enumeration = &colors };
	const corm_format level = { .type = CORM_TYPE_ENUM, .size = sizeof(enum level), .enumeration = &levels };
	int64_t number;
	enum color a_color;
	memset(&a_color, 0xFF, sizeof a_color);
	assert_true(corm__integer_load(&color, &a_color, &number));
	assert_int_equal(number, INT64_C(0xFFFFFFFF));
	assert_false(corm__integer_store(&color, -1, &a_color));
	assert_true(corm__integer_store(&color, GREEN, &a_color));
	assert_int_equal(a_color, GREEN);

	enum level a_level = LOW;
	assert_true(corm__integer_load(&level, &a_level, &number));
	assert_int_equal(number, -1);
	assert_true(corm__integer_store(&level, HIGH, &a_level));
	assert_int_equal(a_level, HIGH);
	assert_false(corm__integer_store(&level, INT64_C(0x80000000), &a_level));
}

static void enums_have_names(void **state)
{
	(void)state;
	int64_t value = 42;
	assert_string_equal(corm__enum_name(&levels, -1), "LOW");
	assert_string_equal(corm__enum_name(&colors, GREEN), "GREEN");
	assert_null(corm__enum_name(&colors, 1));
	assert_true(corm__enum_value(&levels, "LOW", 3, &value));
	assert_int_equal(value, -1);
	assert_true(corm__enum_value(&levels, "HIGHER", 4, &value));
	assert_int_equal(value, HIGH);
	assert_false(corm__enum_value(&levels, "HIG", 3, &value));
	assert_false(corm__enum_value(&levels, "HIGHER", 6, &value));
	assert_false(corm__enum_value(&levels, "high", 4, &value));
	assert_false(corm__enum_value(&levels, "", 0, &value));
	assert_int_equal(value, HIGH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_has_its_bounds),
		cmocka_unit_test(loads_what_c_wrote),
		cmocka_unit_test(other_types_are_no_integers),
		cmocka_unit_test(enums_are_signed_as_their_constants_say),
		cmocka_unit_test(enums_have_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
