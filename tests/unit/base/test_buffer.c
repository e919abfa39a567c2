/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of the growing buffer.
 */
#include "base/buffer.h"
#include "fail_alloc.h"

static void empty_buffer_is_an_empty_text(void **state)
{
	(void)state;
	struct fail_alloc memory;
	fail_alloc_init(&memory, 0);
	struct corm__buffer buffer;
	corm__buffer_init(&buffer, &memory.allocator, SIZE_MAX);
	assert_string_equal(buffer.data, "");
	corm__buffer_text(&buffer, "");
	corm__buffer_add(&buffer, NULL, 0);
	corm__buffer_format(&buffer, "%s", "");
	corm__buffer_truncate(&buffer, 0);
	corm__buffer_clear(&buffer);
	assert_string_equal(buffer.data, "");
	assert_int_equal(memory.calls, 0);
	corm__buffer_release(&buffer);
	corm__buffer_release(&buffer);
}

static void grows(void **state)
{
	(void)state;
	struct fail_alloc memory;
	fail_alloc_init(&memory, 0);
	struct corm__buffer buffer;
	corm__buffer_init(&buffer, &memory.allocator, 1 << 20);
	for (int i = 0; i < 10000; i++) {
		corm__buffer_format(&buffer, "%d", i % 10);
		corm__buffer_char(&buffer, ',');
		assert_int_equal(buffer.data[buffer.length], '\0');
	}
	assert_int_equal(buffer.length, 20000);
	assert_int_equal(buffer.status, CORM_OK);
	assert_true(memory.calls < 15);
	corm__buffer_truncate(&buffer, 4);
	assert_string_equal(buffer.data, "0,1,");
	corm__buffer_truncate(&buffer, 100);
	assert_int_equal(buffer.length, 4);
	corm__buffer_clear(&buffer);
	assert_string_equal(buffer.data, "");
	assert_int_not_equal(buffer.capacity, 0);
	corm__buffer_release(&buffer);
	fail_alloc_check(&memory);
}

static void stops_at_its_maximum(void **state)
{
	(void)state;
	struct fail_alloc memory;
	fail_alloc_init(&memory, 0);
	struct corm__buffer buffer;
	corm__buffer_init(&buffer, &memory.allocator, 10);
	corm__buffer_text(&buffer, "0123456789");
	assert_int_equal(buffer.status, CORM_OK);
	assert_string_equal(buffer.data, "0123456789");
	corm__buffer_char(&buffer, 'x');
	assert_int_equal(buffer.status, CORM_ERROR_USAGE);
	assert_int_equal(buffer.length, 0);
	assert_string_equal(buffer.data, "");
	fail_alloc_check(&memory);

	corm__buffer_text(&buffer, "ignored");
	corm__buffer_format(&buffer, "%d", 1);
	corm__buffer_json_string(&buffer, "ignored", 7);
	assert_false(corm__buffer_reserve(&buffer, 0));
	assert_int_equal(buffer.length, 0);
	corm__buffer_clear(&buffer);
	corm__buffer_format(&buffer, "%s", "again");
	assert_string_equal(buffer.data, "again");
	assert_false(corm__buffer_reserve(&buffer, SIZE_MAX));
	assert_int_equal(buffer.status, CORM_ERROR_USAGE);
	corm__buffer_release(&buffer);
	fail_alloc_check(&memory);
}

static void survives_each_failing_allocation(void **state)
{
	(void)state;
	struct fail_alloc memory;
	for (size_t n = 1; fail_alloc_next(&memory, n); n++) {
		struct corm__buffer buffer;
		corm__buffer_init(&buffer, &memory.allocator, SIZE_MAX);
		for (int i = 0; i < 200; i++) {
			corm__buffer_text(&buffer, "text ");
			corm__buffer_format(&buffer, "%d ", i);
			corm__buffer_json_string(&buffer, "\n", 1);
		}
		assert_int_equal(buffer.status, memory.failed ? CORM_ERROR_MEMORY : CORM_OK);
		assert_true(!memory.failed == (buffer.length > 0));
		assert_int_equal(strlen(buffer.data), buffer.length);
		corm__buffer_release(&buffer);
	}
}

static void check_json(const char *text, size_t length, const char *expected)
{
	struct corm__buffer buffer;
	corm__buffer_init(&buffer, NULL, SIZE_MAX);
	corm__buffer_json_string(&buffer, text, length);
	assert_string_equal(buffer.data, expected);
	corm__buffer_release(&buffer);
}

static void json_strings(void **state)
{
	(void)state;
	check_json("", 0, "\"\"");
	check_json(NULL, 0, "\"\"");
	check_json("plain", 5, "\"plain\"");
	check_json("a\"b\\c/", 6, "\"a\\\"b\\\\c/\"");
	check_json("\b\f\n\r\t", 5, "\"\\b\\f\\n\\r\\t\"");
	check_json("\0\x01\x1F\x7F", 4, "\"\\u0000\\u0001\\u001f\x7F\"");
	check_json("h\xC3\xA9 \xF0\x9F\x98\x80", 8, "\"h\xC3\xA9 \xF0\x9F\x98\x80\"");
	/* Not UTF-8: a lone continuation, a surrogate, an overlong slash, a character cut off. */
	check_json("a\x80z", 3, "\"a\xEF\xBF\xBDz\"");
	check_json("\xED\xA0\x80", 3, "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
	check_json("\xC0\xAF", 2, "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
	check_json("x\xC3", 2, "\"x\xEF\xBF\xBD\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_buffer_is_an_empty_text),
		cmocka_unit_test(grows),
		cmocka_unit_test(stops_at_its_maximum),
		cmocka_unit_test(survives_each_failing_allocation),
		cmocka_unit_test(json_strings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
