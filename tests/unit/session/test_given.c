/* SPDX-License-Identifier: Apache-2.0
 *
 * Which members the text of a macro's arguments names.
 */
#include "session/given.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static const corm_model_info model = { .name = "Author" };
static const corm_column name = { .field = "name" };
static const corm_column id = { .field = "id", .member = "base.id" };
static const corm_column region = { .field = "region" };
static const corm_relationship friend = { .name = "friend" };

#define TEXT(...) #__VA_ARGS__

/* "nir" for name, id and region, "f" for the friend; "?" when it cannot be told. */
static const char *given_in(const char *arguments)
{
	static char found[8];
	struct corm__given given;
	if (!corm__given_read(&given, &model, arguments))
		return "?";
	found[0] = '\0';
	strcat(found, corm__given_column(&given, &name) ? "n" : "");
	strcat(found, corm__given_column(&given, &id) ? "i" : "");
	strcat(found, corm__given_column(&given, &region) ? "r" : "");
	strcat(found, corm__given_relationship(&given, &friend) ? "f" : "");
	return found;
}

static void designators(void **state)
{
	(void)state;
	assert_string_equal(given_in(TEXT(Author_values(.name = "x"))), "n");
	assert_string_equal(given_in(TEXT(Author_values(.name = "x", .region = "EU"), corm_do_nothing())), "nr");
	assert_string_equal(given_in(TEXT(Author_values(.base.id = id, .friend = NULL))), "if");
	assert_string_equal(given_in(TEXT(Author_values ( . base . id = id ))), "i");
	assert_string_equal(given_in(TEXT(Author_values())), "");
	assert_string_equal(given_in(TEXT(Author_values(.name = "x", ))), "n");
}

/* A whole mixin, and a part of an array. */
static void parts(void **state)
{
	(void)state;
	assert_string_equal(given_in(TEXT(Author_values(.base = base))), "i");
	assert_string_equal(given_in(TEXT(Author_values(.region[0] = 'E', .region[1] = 'U'))), "r");
	assert_string_equal(given_in(TEXT(Author_values(.names = "x", .nam = 1, .base.idea = 1))), "");
}

static void what_looks_like_one(void **state)
{
	(void)state;
	assert_string_equal(given_in(TEXT(Author_values(.name = f(a, .5, "b), .region = 1")))), "n");
	assert_string_equal(given_in(TEXT(Author_values(.name = "\", .region = \"", .base.id = x))), "ni");
	assert_string_equal(given_in(TEXT(Author_values(.name = ',' ? "(" : ")", .region = {'E', ')'}))), "nr");
	assert_string_equal(given_in(TEXT(Author_values(.friend = Author_upsert(s, Author_values(.name = "y"), on(x))))),
	                    "f");
}

/* Nothing is known of a struct of the program's own: all of it counts. */
static void own_structs(void **state)
{
	(void)state;
	assert_string_equal(given_in(NULL), "nirf");
	assert_string_equal(given_in("&value"), "nirf");
	assert_string_equal(given_in("value, corm_do_nothing()"), "nirf");
	assert_string_equal(given_in("Book_values(.name = 1)"), "nirf");
	assert_string_equal(given_in("Author_values_of(x)"), "nirf");
}

static void what_is_no_designator(void **state)
{
	(void)state;
	assert_string_equal(given_in("Author_values(COMMON, .name = \"x\")"), "?");
	assert_string_equal(given_in("Author_values(.name = \"x\", 5)"), "?");
	assert_string_equal(given_in("Author_values("), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(designators),         cmocka_unit_test(parts), cmocka_unit_test(what_looks_like_one),
		cmocka_unit_test(own_structs),         cmocka_unit_test(what_is_no_designator),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
