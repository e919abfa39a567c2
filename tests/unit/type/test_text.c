/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of UTF-8 and JSON text.
 */
#include "fail_alloc.h"
#include "type/codec.h"

#define LENGTH(literal) (sizeof(literal) - 1)

static void utf8_that_is_valid(void **state)
{
	(void)state;
	static const char *const good[] = {
		"", "a", "exactly8", "more than eight characters", "\x01\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80",
		"\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF",
		"1234567\xC3\xA9 and 8 more characters \xE2\x82\xAC", "\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xF0\x9F\x98\x80",
	};
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(corm__utf8_valid(good[i], strlen(good[i])));
	assert_true(corm__utf8_valid(NULL, 0));
}

/* Each at the beginning, and behind 1 to 16 other characters, so that all paths meet it. */
static void utf8_that_is_not_valid(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t length;
	} bad[] = {
#define BAD(literal) { literal, LENGTH(literal) }
		BAD("\0"), BAD("a\0b"), BAD("\x80"), BAD("\xBF"), BAD("\xC0\x80"), BAD("\xC0\xAF"), BAD("\xC1\xBF"),
		BAD("\xC2"),
		BAD("\xC2 "), BAD("\xC2\xC0"), BAD("\xE0\x80\x80"), BAD("\xE0\x9F\xBF"), BAD("\xE2\x82"), BAD("\xE2\x82 "),
		BAD("\xE2 \xAC"), BAD("\xED\xA0\x80"), BAD("\xED\xBF\xBF"), BAD("\xF0\x80\x80\x80"), BAD("\xF0\x8F\xBF\xBF"),
		BAD("\xF0\x9F\x98"), BAD("\xF0\x9F\x98 "), BAD("\xF4\x90\x80\x80"), BAD("\xF5\x80\x80\x80"), BAD("\xFF"),
		BAD("\xFE"), BAD("\xF8\x88\x80\x80\x80"),
#undef BAD
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		for (size_t before = 0; before <= 16; before++)
			for (size_t after = 0; after <= 9; after += 9) {
				char text[64];
				memset(text, 'x', sizeof text);
				memcpy(text + before, bad[i].text, bad[i].length);
				assert_false(corm__utf8_valid(text, before + bad[i].length + after));
			}
}

static void utf8_counts_code_points(void **state)
{
	(void)state;
	assert_int_equal(corm__utf8_length("", 0), 0);
	assert_int_equal(corm__utf8_length("abc", 3), 3);
	assert_int_equal(corm__utf8_length("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", 9), 3);
}

static void json_that_is_valid(void **state)
{
	(void)state;
	static const char *const good[] = {
		"null", "true", "false", "0", "-0", "10", "-1.5", "1e5", "1E+5", "0.1e-10", "\"\"", "[]", "{}", " [ ] ",
		"\t\r\n{ } ", "[1,2,3]", "[[],[[]],{}]", "{\"a\":1}", "{\"a\" : [ { \"b\" : null } , \"c\" ] , \"\" : {} }",
		"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00\"", "\"h\xC3\xA9\"", "\"\x7F\"", "{\"a\":1,\"a\":2}",
		"[null,true,false,-0.0e0]", "{\"a\":{\"b\":{\"c\":[1,[2,[3]]]}},\"d\":4}",
	};
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		if (!corm__json_valid(good[i], strlen(good[i])))
			fail_msg("%s was refused", good[i]);
}

static void json_that_is_not_valid(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"", " ", "nul", "nulll", "True", "tru", "01", "-", "-a", "+1", "1.", ".5", "1.e5", "1e", "1e+", "0x1", "1 2",
		"NaN", "Infinity", "\"", "\"a", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u123g\"", "\"\\u\"", "\"\\", "'a'",
		"\"\n\"", "\"\x1F\"", "\"\x80\"", "\"\xED\xA0\x80\"", "\"\xC3\"", "[", "]", "[1", "[1,", "[1,]", "[,1]",
		"[1 2]",
		"[1}", "{", "}", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{a:1}", "{1:1}", "{\"a\" 1}",
		"{,}",
		"{\"a\":1]", "[]]", "{}{}", "[] x", "\xEF\xBB\xBF[]", "/**/1", "[1,,2]", "{\"a\":,}", "[\"a\":1]", "\"a\"b",
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (corm__json_valid(bad[i], strlen(bad[i])))
			fail_msg("%s was accepted", bad[i]);
	assert_false(corm__json_valid("1\0", 2));
	assert_false(corm__json_valid("\"\0\"", 3));
	assert_false(corm__json_valid("\"\\\0\"", 4));
	assert_false(corm__json_valid("[1]", 2));
}

static bool is_valid_at_depth(size_t depth, const char *open, const char *inside, const char *close)
{
	char *text = malloc(depth * (strlen(open) + strlen(close)) + strlen(inside) + 1);
	assert_non_null(text);
	char *end = text;
	for (size_t i = 0; i < depth; i++)
		end += strlen(strcpy(end, open));
	end += strlen(strcpy(end, inside));
	for (size_t i = 0; i < depth; i++)
		end += strlen(strcpy(end, close));
	bool is_valid = corm__json_valid(text, (size_t)(end - text));
	free(text);
	return is_valid;
}

static void json_is_nested_512_deep(void **state)
{
	(void)state;
	assert_true(is_valid_at_depth(512, "[", "1", "]"));
	assert_true(is_valid_at_depth(512, "[", "", "]"));
	assert_true(is_valid_at_depth(512, "{\"a\":", "1", "}"));
	assert_false(is_valid_at_depth(513, "[", "1", "]"));
	assert_false(is_valid_at_depth(513, "[", "", "]"));
	assert_false(is_valid_at_depth(512, "[", "{}", "]"));
	assert_false(is_valid_at_depth(513, "{\"a\":", "1", "}"));
	assert_false(is_valid_at_depth(1000000, "[", "", "]"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf8_that_is_valid),
		cmocka_unit_test(utf8_that_is_not_valid),
		cmocka_unit_test(utf8_counts_code_points),
		cmocka_unit_test(json_that_is_valid),
		cmocka_unit_test(json_that_is_not_valid),
		cmocka_unit_test(json_is_nested_512_deep),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
