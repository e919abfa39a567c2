/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of statuses and of keeping errors.
 */
#include "base/error.h"
#include "fail_alloc.h"

#include <pthread.h>

static bool is_inside(const corm_error_store *store, const char *text)
{
	return text >= store->text && text + strlen(text) < store->text + sizeof store->text;
}

static void statuses_have_names(void **state)
{
	(void)state;
	assert_int_equal(CORM_OK, 0);
	assert_string_equal(corm_status_name(CORM_OK), "CORM_OK");
	assert_string_equal(corm_status_name(CORM_ERROR_UNIQUE), "CORM_ERROR_UNIQUE");
	assert_string_equal(corm_status_name(CORM_ERROR_IO), "CORM_ERROR_IO");
	assert_string_equal(corm_status_meaning(CORM_ERROR_MEMORY), "out of memory");
	assert_string_equal(corm_status_name((corm_status)(CORM_ERROR_IO + 1)), "CORM_ERROR_?");
	assert_string_equal(corm_status_name((corm_status)-1), "CORM_ERROR_?");
	assert_non_null(corm_status_meaning((corm_status)-1));
}

static void packs_details(void **state)
{
	(void)state;
	corm_error_store store = { .used = 0 };
	assert_int_equal(corm_error_set(&store, CORM_ERROR_UNIQUE, "no %s of %d", "more", 5), CORM_ERROR_UNIQUE);
	corm_error_detail(&store, &store.error.table, "authority", 6);
	corm_error_detail(&store, &store.error.column, "name", SIZE_MAX);
	corm_error_detail(&store, &store.error.sqlstate, NULL, SIZE_MAX);
	assert_int_equal(store.error.status, CORM_ERROR_UNIQUE);
	assert_string_equal(store.error.message, "no more of 5");
	assert_string_equal(store.error.table, "author");
	assert_string_equal(store.error.column, "name");
	assert_null(store.error.sqlstate);
	assert_true(is_inside(&store, store.error.message) && is_inside(&store, store.error.column));

	/* A new error drops the details, and may be made of the old one. */
	corm_error_set(&store, CORM_ERROR_SQL, "%s in %s", store.error.message, store.error.table);
	assert_string_equal(store.error.message, "no more of 5 in author");
	assert_null(store.error.table);
	corm__error_clear(&store);
	assert_int_equal(store.error.status, CORM_OK);
	assert_null(store.error.message);
	assert_int_equal(corm_error_set(NULL, CORM_ERROR_IO, "nowhere"), CORM_ERROR_IO);
	corm_error_detail(NULL, NULL, "x", 1);
}

static void cuts_what_is_too_long(void **state)
{
	(void)state;
	static char text[10001]; /* of two-byte characters */
	for (size_t i = 0; i < 10000; i += 2)
		memcpy(text + i, "\xC3\xA9", 2);
	for (int shift = 0; shift < 2; shift++) {
		corm_error_store store;
		corm_error_set(&store, CORM_ERROR_SQL, "%s%s", shift ? "x" : "", text);
		size_t length = strlen(store.error.message);
		assert_in_range(length, 3000, 3072);
		assert_int_equal(length % 2, shift);
		corm_error_detail(&store, &store.error.table, "author", SIZE_MAX);
		assert_string_equal(store.error.table, "author");
		corm_error_detail(&store, &store.error.sql, text, SIZE_MAX);
		assert_int_equal(strlen(store.error.sql) % 2, 0);
		assert_true(strlen(store.error.sql) > 900);
		assert_true(is_inside(&store, store.error.sql));
		for (int i = 0; i < 3; i++) {
			corm_error_detail(&store, &store.error.column, "c", SIZE_MAX);
			assert_true(store.used <= sizeof store.text);
			assert_true(!store.error.column || is_inside(&store, store.error.column));
		}

		corm_error_store copy;
		corm__error_copy(&copy, &store.error);
		assert_string_equal(copy.error.message, store.error.message);
		assert_string_equal(copy.error.table, store.error.table);
		assert_string_equal(copy.error.sql, store.error.sql);
	}
}

static void copies_have_strings_of_their_own(void **state)
{
	(void)state;
	corm_error_store copy;
	{
		corm_error_store store;
		corm_error_set(&store, CORM_ERROR_CHECK, "message");
		corm_error_detail(&store, &store.error.sqlstate, "23514", SIZE_MAX);
		corm_error_detail(&store, &store.error.constraint, "ck", SIZE_MAX);
		corm_error_detail(&store, &store.error.table, "t", SIZE_MAX);
		corm_error_detail(&store, &store.error.column, "c", SIZE_MAX);
		corm_error_detail(&store, &store.error.sql, "SELECT 1", SIZE_MAX);
		corm__error_copy(&copy, &store.error);
		memset(&store, 'x', sizeof store);
	}
	corm__error_copy(&copy, &copy.error);
	assert_int_equal(copy.error.status, CORM_ERROR_CHECK);
	assert_string_equal(copy.error.message, "message");
	assert_string_equal(copy.error.sqlstate, "23514");
	assert_string_equal(copy.error.constraint, "ck");
	assert_string_equal(copy.error.table, "t");
	assert_string_equal(copy.error.column, "c");
	assert_string_equal(copy.error.sql, "SELECT 1");
	assert_true(is_inside(&copy, copy.error.sql));

	corm__error_copy(&copy, &(corm_error){ .status = CORM_ERROR_MEMORY });
	assert_string_equal(copy.error.message, "out of memory");
	corm__error_copy(&copy, &(corm_error){ .status = CORM_OK });
	assert_null(copy.error.message);
}

static void prefixes(void **state)
{
	(void)state;
	corm_error_store store;
	corm_error_set(&store, CORM_ERROR_TYPE, "bad date");
	corm_error_detail(&store, &store.error.column, "born", SIZE_MAX);
	corm__error_prefix(&store, "reading %s: ", "author");
	assert_int_equal(store.error.status, CORM_ERROR_TYPE);
	assert_string_equal(store.error.message, "reading author: bad date");
	assert_string_equal(store.error.column, "born");
	assert_true(is_inside(&store, store.error.column));
	corm__error_clear(&store);
	corm__error_prefix(&store, "nothing: ");
	assert_null(store.error.message);
}

static void *look_at_last_error(void *data)
{
	(void)data;
	return (void *)(uintptr_t)corm_last_error()->status;
}

static void last_error_is_the_threads_own(void **state)
{
	(void)state;
	assert_int_equal(corm_last_error()->status, CORM_OK);
	corm_error_set(corm__last_error(), CORM_ERROR_URL, "no such scheme");
	assert_string_equal(corm_last_error()->message, "no such scheme");
	pthread_t thread;
	void *seen;
	assert_int_equal(pthread_create(&thread, NULL, look_at_last_error, NULL), 0);
	assert_int_equal(pthread_join(thread, &seen), 0);
	assert_int_equal((uintptr_t)seen, CORM_OK);
	corm__error_clear(corm__last_error());
}

static void note_error(void *data, const corm_error *error)
{
	*(corm_status *)data = error->status;
}

static void hook_is_called(void **state)
{
	(void)state;
	corm_status seen = CORM_OK;
	corm_on_error(note_error, &seen);
	corm__error_report(&(corm_error){ .status = CORM_ERROR_IO, .message = "m" });
	assert_int_equal(seen, CORM_ERROR_IO);
	corm_on_error(NULL, NULL);
	corm__error_report(&(corm_error){ .status = CORM_ERROR_USAGE, .message = "one line that belongs here" });
	assert_int_equal(seen, CORM_ERROR_IO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(statuses_have_names),
		cmocka_unit_test(packs_details),
		cmocka_unit_test(cuts_what_is_too_long),
		cmocka_unit_test(copies_have_strings_of_their_own),
		cmocka_unit_test(prefixes),
		cmocka_unit_test(last_error_is_the_threads_own),
		cmocka_unit_test(hook_is_called),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
