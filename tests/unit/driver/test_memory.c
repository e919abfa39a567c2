/* SPDX-License-Identifier: Apache-2.0
 *
 * No memory: every allocation of the engine and the driver fails once, and each time the error says so, nothing leaks
 * and nothing is half done.
 */
#include "driver_test.h"

/* Counts down to the allocation that fails; keeps account of the bytes that are out. */
struct failing {
	long left;
	bool failed;
	size_t bytes;
};

static void *resize(void *data, void *block, size_t old_size, size_t new_size)
{
	struct failing *failing = data;
	if (new_size && failing->left-- == 0) {
		failing->failed = true;
		return NULL;
	}
	failing->bytes += new_size - (block ? old_size : 0);
	if (new_size)
		return realloc(block, new_size);
	free(block);
	return NULL;
}

static void hear(void *data, const corm_statement_event *event)
{
	(void)data;
	assert_true(event->parameters[0] == '[' || !strcmp(event->parameters, "null"));
}

/* All that asks for memory, once. */
static corm_status work(const char *url, struct failing *failing)
{
	const corm_allocator allocator = { .resize = resize, .data = failing };
	const corm_engine_options options = { .allocator = &allocator, .schema = "main" };
	corm_engine *engine = corm_engine_open_options(url, &options);
	if (!engine)
		return corm_last_error()->status;
	assert_ptr_equal(corm__engine_allocator(engine)->data, failing);
	corm_engine_on_statement(engine, hear, NULL);
	corm_error_store error;
	struct corm__connection *a = NULL, *b = NULL;
	struct corm__statement *statement = NULL;
	corm_status status = corm__engine_acquire(engine, &a, &error);
	if (status == CORM_OK)
		status = corm__engine_acquire(engine, &b, &error);
	if (status == CORM_OK)
		status = corm__connection_execute(a, "CREATE TABLE t(a)", &error);
	if (status == CORM_OK) {
		int64_t number = 5;
		const corm_format format = { .type = CORM_TYPE_INT64, .size = 8 }, *formats[] = { &format };
		const void *values[] = { &number };
		statement = corm__statement_prepare(a, "key", 3, "INSERT INTO t VALUES(?)", 23, &error);
		status = statement ? a->driver->bind(statement->state, formats, values, 1, &error) : error.error.status;
		if (statement) {
			assert_int_equal(a->driver->step(statement->state, &error), CORM_STEP_DONE);
			corm__engine_trace(
				engine,
				&(struct corm__ran){ .sql = statement->sql, .formats = formats, .values = values, .count = 1, .rows = 1 });
		}
	}
	corm__statement_release(statement);
	if (b)
		corm__engine_release(b, false);
	if (a)
		corm__engine_release(a, false);
	corm_engine_close(engine);
	return status;
}

static void test_every_allocation(void **state)
{
	(void)state;
	static const char *const urls[] = {
		"sqlite:///memory.db?profile=fast&pool_size=2",
		"sqlite://?cache_size=10&echo=false&pool_size=1",
		"sqlite:///memory.db?journal_mode=wal&pool_pre_ping=true",
	};
	for (size_t i = 0; i < 3; i++) {
		long number = 0;
		struct failing failing;
		do {
			unlink("memory.db");
			unlink("memory.db-wal");
			unlink("memory.db-shm");
			failing = (struct failing){ .left = number++ };
			corm_status status = work(urls[i], &failing);
			/* Tracing and caching do without when there is no memory; the rest fails. */
			assert_true(status == CORM_OK || (status == CORM_ERROR_MEMORY && failing.failed));
			assert_int_equal(failing.bytes, 0);
		} while (failing.failed);
		assert_true(number > 5);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_every_allocation) };
	return cmocka_run_group_tests(tests, enter_directory, leave_directory);
}
