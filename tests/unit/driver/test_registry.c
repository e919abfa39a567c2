/* SPDX-License-Identifier: Apache-2.0
 *
 * Finding drivers by scheme: built in, registered, in a library of their own. The libraries are made from
 * fixture_driver.c; CMakeLists.txt sets LD_LIBRARY_PATH.
 */
#include "driver/registry.h"
#include "driver/sqlite.h"
#include "driver_test.h"

static const char *const birds_schemes[] = { "birds", "gulls", NULL };
static const corm_driver birds = { .abi = CORM_DRIVER_ABI, .name = "birds", .schemes = birds_schemes };

static void assert_not_found(const char *scheme, const char *message)
{
	corm_error_store error;
	assert_null(corm__driver_find(scheme, &error));
	assert_int_equal(error.error.status, CORM_ERROR_URL);
	assert_contains(error.error.message, message);
}

static void test_built_in(void **state)
{
	(void)state;
	corm_error_store error;
	assert_ptr_equal(corm__driver_find("sqlite", &error), &corm__sqlite_driver);
}

static void test_registered(void **state)
{
	(void)state;
	corm_error_store error;
	static const char *const taken_schemes[] = { "terns", "sqlite", NULL };
	static const corm_driver taken = { .abi = CORM_DRIVER_ABI, .name = "terns", .schemes = taken_schemes };
	static const corm_driver old = { .abi = CORM_DRIVER_ABI + 1 };
	assert_int_equal(corm_driver_register(&birds), CORM_OK);
	assert_int_equal(corm_driver_register(&birds), CORM_OK);
	assert_ptr_equal(corm__driver_find("birds", &error), &birds);
	assert_ptr_equal(corm__driver_find("gulls", &error), &birds);

	assert_int_equal(corm_driver_register(&taken), CORM_ERROR_USAGE);
	assert_contains(corm_last_error()->message, "\"terns\" cannot have the scheme \"sqlite\"");
	assert_int_equal(corm_driver_register(&old), CORM_ERROR_USAGE);
	assert_contains(corm_last_error()->message, "driver interface 4, this library has 3");
	assert_int_equal(corm_driver_register(NULL), CORM_ERROR_USAGE);
}

static void test_unknown(void **state)
{
	(void)state;
	assert_not_found("foo",
	                 "unknown database \"foo\" in the URL (known: sqlite; with a driver library: postgresql, mariadb)");
	assert_not_found("", "no name of a database");
	assert_not_found("../evil", "no name of a database");
	assert_not_found("a.b", "no name of a database");
	char long_scheme[200];
	memset(long_scheme, 'a', sizeof long_scheme - 1);
	long_scheme[sizeof long_scheme - 1] = '\0';
	assert_not_found(long_scheme, "no name of a database");
	assert_open_fails("foo://x/y", CORM_ERROR_URL, "unknown database \"foo\"");
}

/* A library that was not installed, or one whose client library was not. */
static void test_missing_package(void **state)
{
	(void)state;
	corm_error_store error;
	static const char *const schemes[] = { "postgresql", "postgres", "mariadb", "mysql" };
	for (size_t i = 0; i < 4; i++) {
		if (corm__driver_find(schemes[i], &error))
			continue; /* it is installed on this machine */
		assert_int_equal(error.error.status, CORM_ERROR_URL);
		assert_contains(error.error.message, i < 2 ? "package cormorant-postgresql" : "package cormorant-mariadb");
		assert_contains(error.error.message, schemes[i]);
	}
}

static void test_library(void **state)
{
	(void)state;
	corm_error_store error;
	const corm_driver *driver = corm__driver_find("fixture", &error);
	if (!driver)
		fail_msg("%s", error.error.message);
	assert_string_equal(driver->name, "fixture");
	assert_ptr_equal(corm__driver_find("fixture", &error), driver);
	/* Its open() refuses everything, which shows in the engine's error. */
	assert_open_fails("fixture://h/db", CORM_ERROR_CONNECT, "");
}

static void test_bad_libraries(void **state)
{
	(void)state;
	assert_not_found("fixture-old", "\"libcormorant-fixture-old.so.0\": the driver was built for driver interface 99");
	assert_not_found("fixture-empty", "has no symbol corm_driver_entry");
	assert_not_found("fixture-alias", "does not have that scheme");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_built_in),        cmocka_unit_test(test_registered), cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_missing_package), cmocka_unit_test(test_library),    cmocka_unit_test(test_bad_libraries),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
