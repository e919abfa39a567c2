/* SPDX-License-Identifier: Apache-2.0
 *
 * The cache of prepared statements.
 */
#include "driver_test.h"

struct fixture {
	corm_engine *engine;
	struct corm__connection *connection;
	corm_error_store error;
};

static int plans_freed;

static void plan_free(void *plan, const corm_allocator *allocator)
{
	assert_non_null(allocator);
	plans_freed += *(int *)plan;
}

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);
	fixture->engine = open_engine("sqlite://");
	fixture->connection = acquire(fixture->engine);
	plans_freed = 0;
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	corm__engine_release(fixture->connection, false);
	corm_engine_close(fixture->engine);
	free(fixture);
	return 0;
}

static struct corm__statement *prepare(struct fixture *fixture, const char *key)
{
	struct corm__statement *statement = corm__statement_prepare(fixture->connection, key, key ? strlen(key) : 0,
	                                                            "SELECT 1", 8, &fixture->error);
	assert_non_null(statement);
	assert_true(statement->in_use);
	assert_string_equal(statement->sql, "SELECT 1");
	assert_int_equal(statement->sql_length, 8);
	return statement;
}

static struct corm__statement *find(struct fixture *fixture, const char *key)
{
	return corm__statement_find(fixture->connection, key, strlen(key));
}

static void test_cache(void **state)
{
	struct fixture *fixture = *state;
	char key[] = "author";
	assert_null(find(fixture, key));
	struct corm__statement *statement = prepare(fixture, key);
	/* The key was copied. */
	memset(key, 'x', 6);
	assert_memory_equal(statement->key, "author", 6);
	/* In use: neither found nor replaced. */
	assert_null(find(fixture, "author"));
	struct corm__statement *second = prepare(fixture, "author");
	assert_null(second->key);
	corm__statement_release(second);
	assert_int_equal(fixture->connection->statement_count, 1);
	corm__statement_release(statement);
	assert_false(statement->in_use);
	assert_ptr_equal(find(fixture, "author"), statement);
	assert_true(statement->in_use);
	corm__statement_release(statement);
	corm__statement_release(NULL);
}

static void test_plans(void **state)
{
	struct fixture *fixture = *state;
	int one = 1, ten = 10;
	struct corm__statement *uncached = prepare(fixture, NULL), *cached = prepare(fixture, "k");
	uncached->plan = &one;
	uncached->plan_free = plan_free;
	cached->plan = &ten;
	cached->plan_free = plan_free;
	corm__statement_release(uncached);
	assert_int_equal(plans_freed, 1);
	corm__statement_release(cached);
	assert_int_equal(plans_freed, 1);
	corm__statements_free(fixture->connection);
	assert_int_equal(plans_freed, 11);
	assert_int_equal(fixture->connection->statement_count, 0);
	assert_null(find(fixture, "k"));
}

static void test_eviction(void **state)
{
	struct fixture *fixture = *state;
	char key[16];
	for (int i = 0; i < CORM__STATEMENTS_MAXIMUM; i++) {
		snprintf(key, sizeof key, "%d", i);
		corm__statement_release(prepare(fixture, key));
	}
	assert_int_equal(fixture->connection->statement_count, CORM__STATEMENTS_MAXIMUM);
	/* 0 is used again and 1 stays in use, so 2 is the first to go. */
	corm__statement_release(find(fixture, "0"));
	struct corm__statement *busy = find(fixture, "1");
	corm__statement_release(prepare(fixture, "new"));
	assert_int_equal(fixture->connection->statement_count, CORM__STATEMENTS_MAXIMUM);
	assert_null(find(fixture, "2"));
	corm__statement_release(busy);
	static const char *const kept[] = { "0", "1", "3", "511", "new" };
	for (size_t i = 0; i < 5; i++) {
		struct corm__statement *statement = find(fixture, kept[i]);
		assert_non_null(statement);
		corm__statement_release(statement);
	}
	/* The order of use is now 4, 5, …: the middle of the list was unlinked more than once. */
	corm__statement_release(prepare(fixture, "newer"));
	assert_null(find(fixture, "4"));
	corm__statement_release(find(fixture, "5"));
}

static void test_all_in_use(void **state)
{
	struct fixture *fixture = *state;
	static struct corm__statement *statements[CORM__STATEMENTS_MAXIMUM];
	char key[16];
	for (int i = 0; i < CORM__STATEMENTS_MAXIMUM; i++) {
		snprintf(key, sizeof key, "%d", i);
		statements[i] = prepare(fixture, key);
	}
	struct corm__statement *more = prepare(fixture, "more");
	assert_null(more->key);
	corm__statement_release(more);
	for (int i = 0; i < CORM__STATEMENTS_MAXIMUM; i++)
		corm__statement_release(statements[i]);
	assert_int_equal(fixture->connection->statement_count, CORM__STATEMENTS_MAXIMUM);
}

/* A cached statement survives a change of the schema. */
static void test_schema_change(void **state)
{
	struct fixture *fixture = *state;
	const corm_driver *driver = fixture->connection->driver;
	execute(fixture->connection, "CREATE TABLE t(a); INSERT INTO t VALUES(1)");
	struct corm__statement *statement = corm__statement_prepare(fixture->connection, "t", 1, "SELECT * FROM t", 15,
	                                                            &fixture->error);
	assert_non_null(statement);
	assert_int_equal(driver->column_count(statement->state), 1);
	corm__statement_release(statement);
	execute(fixture->connection, "ALTER TABLE t ADD COLUMN b DEFAULT 'x'");
	assert_ptr_equal(find(fixture, "t"), statement);
	assert_int_equal(driver->step(statement->state, &fixture->error), CORM_STEP_ROW);
	assert_int_equal(driver->column_count(statement->state), 2);
	corm__statement_release(statement);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_cache), TEST(test_plans), TEST(test_eviction), TEST(test_all_in_use), TEST(test_schema_change),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
