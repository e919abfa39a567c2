/* SPDX-License-Identifier: Apache-2.0
 *
 * Engines: their options, hooks, echo, and adopted handles.
 */
#include "driver_test.h"
#include <cormorant/value.h>
#include <limits.h>
#include <math.h>
#include <sys/wait.h>

static void test_options_from_url(void **state)
{
	(void)state;
	corm_engine *engine = open_engine(
		"sqlite://?pool_size=7&max_overflow=3&pool_timeout=1.5&pool_recycle=3600&pool_pre_ping=yes"
		"&connect_timeout=2&statement_timeout=0.25&isolation_level=repeatable_read&schema=main&echo=off");
	assert_int_equal(engine->pool.size, 7);
	assert_int_equal(engine->pool.limit, 10);
	assert_int_equal(engine->pool.timeout_ms, 1500);
	assert_int_equal(engine->recycle_ms, 3600000);
	assert_true(engine->pre_ping);
	assert_false(engine->echo);
	assert_int_equal(engine->settings.connect_timeout_ms, 2000);
	assert_int_equal(engine->settings.statement_timeout_ms, 250);
	assert_string_equal(engine->settings.isolation_level, "REPEATABLE READ");
	assert_string_equal(engine->settings.schema, "main");
	assert_int_equal(engine->url.option_count, 0);
	corm_engine_close(engine);
}

static void test_options_by_struct(void **state)
{
	(void)state;
	corm_engine *engine = corm_engine_open_options("sqlite://", NULL);
	assert_non_null(engine);
	assert_int_equal(engine->pool.size, 5);
	assert_int_equal(engine->pool.limit, 15);
	assert_int_equal(engine->pool.timeout_ms, 30000);
	assert_int_equal(engine->recycle_ms, 0);
	assert_null(engine->settings.isolation_level);
	corm_engine_close(engine);

	char schema[] = "main", level[] = "Serializable";
	corm_engine_options options = {
		.pool_size = 2,
		.max_overflow = -1,
		.pool_timeout_ms = 5,
		.pool_recycle_ms = 6,
		.pool_pre_ping = true,
		.connect_timeout_ms = 7,
		.statement_timeout_ms = 8,
		.isolation_level = level,
		.schema = schema,
	};
	engine = corm_engine_open_options("sqlite://?pool_size=4&pool_timeout=0", &options);
	assert_non_null(engine);
	memset(&options, 0, sizeof options);
	memset(schema, 'x', 4);
	memset(level, 'x', 4);
	assert_int_equal(engine->pool.size, 4);
	assert_int_equal(engine->pool.limit, 4);
	assert_int_equal(engine->pool.timeout_ms, 0);
	assert_int_equal(engine->recycle_ms, 6);
	assert_true(engine->pre_ping);
	assert_int_equal(engine->settings.connect_timeout_ms, 7);
	assert_int_equal(engine->settings.statement_timeout_ms, 8);
	assert_string_equal(engine->settings.isolation_level, "SERIALIZABLE");
	assert_string_equal(engine->settings.schema, "main");
	corm_engine_close(engine);
}

static void test_bad_options(void **state)
{
	(void)state;
	static const struct {
		const char *url, *message;
	} cases[] = {
		{ "sqlite://?echo=2", "option echo=2 is not true or false" },
		{ "sqlite://?pool_size=0", "option pool_size=0 is not a number from 1 to 10000" },
		{ "sqlite://?pool_size=-1", "pool_size=-1" },
		{ "sqlite://?pool_size=", "pool_size=" },
		{ "sqlite://?pool_size=99999999999999999999", "pool_size=99999999999999999999" },
		{ "sqlite://?max_overflow=-2", "max_overflow=-2" },
		{ "sqlite://?pool_timeout=1e3", "pool_timeout=1e3 is not a number of seconds" },
		{ "sqlite://?pool_timeout=1.", "pool_timeout=1." },
		{ "sqlite://?pool_timeout=.5", "pool_timeout=.5" },
		{ "sqlite://?pool_timeout=0.0001", "pool_timeout=0.0001" },
		{ "sqlite://?pool_timeout=-1", "pool_timeout=-1" },
		{ "sqlite://?pool_recycle=-2", "pool_recycle=-2" },
		{ "sqlite://?statement_timeout=2147484", "statement_timeout=2147484" },
		{ "sqlite://?connect_timeout=soon", "connect_timeout=soon" },
		{ "sqlite://?pool_pre_ping=", "pool_pre_ping=" },
		{ "sqlite://?isolation_level=SNAPSHOT", "isolation_level=SNAPSHOT is not READ UNCOMMITTED" },
		{ "sqlite://?isolation_level=serial", "isolation_level=serial" },
		{ "sqlite://?schema=", "schema= is not a name" },
		{ "sqlite://?pool_sizes=3", "unknown option \"pool_sizes\"" },
		{ "nothing", "no \"://\"" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_open_fails(cases[i].url, CORM_ERROR_URL, cases[i].message);
	assert_null(corm_engine_open(NULL));
	assert_int_equal(corm_last_error()->status, CORM_ERROR_USAGE);
	static const corm_engine_options wrong[] = {
		{ .pool_size = -1 },          { .pool_size = 10001 },         { .max_overflow = -2 },
		{ .max_overflow = INT_MAX },  { .pool_timeout_ms = -1 },      { .pool_recycle_ms = -1 },
		{ .connect_timeout_ms = -1 }, { .statement_timeout_ms = -1 }, { .isolation_level = "none" },
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		assert_null(corm_engine_open_options("sqlite://", &wrong[i]));
		assert_int_equal(corm_last_error()->status, CORM_ERROR_USAGE);
		assert_contains(corm_last_error()->message, "corm_engine_options");
	}
	corm_engine_close(NULL);
	corm_engine_on_statement(NULL, NULL, NULL);
	corm_engine_on_connect(NULL, NULL, NULL);
}

/* A call of the statement hook, kept. */
struct heard {
	int count;
	char sql[128], parameters[1024];
	int64_t rows, elapsed_ns;
	corm_status status;
};

static void hear(void *data, const corm_statement_event *event)
{
	struct heard *heard = data;
	heard->count++;
	snprintf(heard->sql, sizeof heard->sql, "%s", event->sql);
	snprintf(heard->parameters, sizeof heard->parameters, "%s", event->parameters);
	heard->rows = event->rows;
	heard->elapsed_ns = event->elapsed_ns;
	heard->status = event->status;
}

static void test_statement_hook(void **state)
{
	(void)state;
	struct heard heard = { .count = 0 };
	corm_error_store error;
	corm_engine *engine = open_engine("sqlite://");
	struct corm__connection *connection = acquire(engine);
	assert_false(corm__engine_traced(engine));
	corm_engine_on_statement(engine, hear, &heard);
	assert_true(corm__engine_traced(engine));
	execute(connection, "CREATE TABLE t(a)");
	assert_int_equal(heard.count, 1);
	assert_string_equal(heard.sql, "CREATE TABLE t(a)");
	assert_string_equal(heard.parameters, "[]");
	assert_int_equal(heard.status, CORM_OK);
	assert_true(heard.elapsed_ns > 0);
	assert_execute_fails(connection, "SELEC", CORM_ERROR_SQL, &error);
	assert_int_equal(heard.count, 2);
	assert_int_equal(heard.status, CORM_ERROR_SQL);
	corm_engine_on_statement(engine, NULL, NULL);
	execute(connection, "SELECT 1");
	assert_int_equal(heard.count, 2);
	corm__engine_release(connection, false);
	corm_engine_close(engine);
}

static const corm_enum color_enum = {
	.name = "color",
	.values = (const corm_enum_value[]){ { 1, "RED" } },
	.count = 1,
};

#define VALUE(TYPE, SIZE, ...) \
	{ \
		{ .type = CORM_TYPE_##TYPE, .size = (SIZE), .flags = CORM_FORMAT_NULLABLE }, __VA_ARGS__ \
	}

static void test_parameters(void **state)
{
	(void)state;
	corm_uuid uuid;
	corm_decimal decimal;
	assert_int_equal(corm_uuid_parse("00112233445566778899aabbccddeeff", &uuid), CORM_OK);
	assert_int_equal(corm_decimal_parse("12.30", &decimal), CORM_OK);
	const struct {
		corm_format format;
		const void *value;
		const char *json;
	} cases[] = {
		VALUE(INT64, 8, &(int64_t){ INT64_MIN }, "-9223372036854775808"),
		VALUE(UINT64, 8, &(uint64_t){ UINT64_MAX }, "18446744073709551615"),
		VALUE(INT8, 1, &(int8_t){ -1 }, "-1"),
		VALUE(INT8, 1, NULL, "null"),
		VALUE(BOOL, sizeof(bool), &(bool){ true }, "true"),
		VALUE(BOOL, sizeof(bool), &(bool){ false }, "false"),
		VALUE(DOUBLE, 8, &(double){ 0.1 }, "0.1"),
		VALUE(DOUBLE, 8, &(double){ 1e300 }, "1.0000000000000001e+300"),
		VALUE(DOUBLE, 8, &(double){ NAN }, "\"NaN\""),
		VALUE(DOUBLE, 8, &(double){ -INFINITY }, "\"-Infinity\""),
		VALUE(FLOAT, 4, &(float){ 1.5F }, "1.5"),
		VALUE(TEXT, sizeof(char *), &(const char *){ "Fr\"ed\n" }, "\"Fr\\\"ed\\n\""),
		VALUE(TEXT, sizeof(char *), &(const char *){ NULL }, "null"),
		VALUE(TEXT_ARRAY, 4, "abc", "\"abc\""),
		VALUE(TEXT_ARRAY, 3, "abc", "\"abc\""),
		VALUE(BYTES, sizeof(corm_bytes), (&(corm_bytes){ "\x00\xff", 2 }), "\"00ff\""),
		VALUE(BYTES, sizeof(corm_bytes), (&(corm_bytes){ "", 0 }), "\"\""),
		VALUE(BYTES, sizeof(corm_bytes), (&(corm_bytes){ NULL, 0 }), "null"),
		VALUE(BYTES_ARRAY, 2, "\x12\xab", "\"12ab\""),
		VALUE(UUID, 16, &uuid, "\"00112233-4455-6677-8899-aabbccddeeff\""),
		VALUE(DATETIME, 8, &(int64_t){ 1500000 }, "\"1970-01-01T00:00:01.500000Z\""),
		VALUE(DATE, 4, &(int32_t){ 1 }, "\"1970-01-02\""),
		VALUE(TIME, 8, &(int64_t){ 1000000 }, "\"00:00:01\""),
		VALUE(DECIMAL, sizeof decimal, &decimal, "\"12.30\""),
		VALUE(JSON, sizeof(corm_json), &(corm_json){ "{\"a\":1}" }, "{\"a\":1}"),
		VALUE(JSON, sizeof(corm_json), &(corm_json){ "{" }, "\"{\""),
		{ { .type = CORM_TYPE_ENUM, .size = 4, .enumeration = &color_enum }, &(int32_t){ 1 }, "\"RED\"" },
		{ { .type = CORM_TYPE_ENUM, .size = 4, .enumeration = &color_enum }, &(int32_t){ 2 }, "2" },
	};
	enum { COUNT = sizeof cases / sizeof *cases };
	const corm_format *formats[COUNT];
	const void *values[COUNT];
	char expected[1024] = "[";
	struct heard heard = { .count = 0 };
	corm_engine *engine = open_engine("sqlite://");
	corm_engine_on_statement(engine, hear, &heard);
	for (size_t i = 0; i < COUNT; i++) {
		formats[i] = &cases[i].format;
		values[i] = cases[i].value;
		corm__engine_trace(engine, &(struct corm__ran){ .sql = "x",
		                                                .formats = &formats[i],
		                                                .values = &values[i],
		                                                .count = 1,
		                                                .rows = 3,
		                                                .started_ns = 0,
		                                                .status = CORM_OK });
		char alone[128];
		snprintf(alone, sizeof alone, "[%s]", cases[i].json);
		assert_string_equal(heard.parameters, alone);
		snprintf(expected + strlen(expected), sizeof expected - strlen(expected), "%s%s", i ? "," : "", cases[i].json);
	}
	assert_int_equal(heard.rows, 3);
	corm__engine_trace(engine, &(struct corm__ran){ .sql = "x",
	                                                .formats = formats,
	                                                .values = values,
	                                                .count = COUNT,
	                                                .rows = 0,
	                                                .started_ns = 0,
	                                                .status = CORM_OK });
	snprintf(expected + strlen(expected), sizeof expected - strlen(expected), "]");
	assert_string_equal(heard.parameters, expected);
	corm_engine_close(engine);
}

static void test_echo(void **state)
{
	(void)state;
	corm_error_store error;
	char text[512];
	fflush(stderr);
	int old = dup(STDERR_FILENO);
	FILE *file = tmpfile();
	assert_non_null(file);
	corm_engine *engine = open_engine("sqlite://?echo=true");
	struct corm__connection *connection = acquire(engine);
	int64_t five = 5;
	const corm_format format = { .type = CORM_TYPE_INT64, .size = 8 }, *formats[] = { &format };
	const void *values[] = { &five };
	dup2(fileno(file), STDERR_FILENO);
	corm__engine_trace(engine, &(struct corm__ran){ .sql = "SELECT ?",
	                                                .formats = formats,
	                                                .values = values,
	                                                .count = 1,
	                                                .rows = 2,
	                                                .started_ns = corm__clock_ns() - 1234567,
	                                                .status = CORM_OK });
	corm_status status = corm__connection_execute(connection, "SELEC", &error);
	corm_status begun = corm__connection_begin_as(connection, "SERIALIZABLE", true, &error);
	if (begun == CORM_OK)
		begun = corm__connection_control(connection, "COMMIT", &error);
	corm__connection_end_as(connection);
	dup2(old, STDERR_FILENO);
	close(old);
	rewind(file);
	assert_int_equal(status, CORM_ERROR_SQL);
	assert_non_null(fgets(text, sizeof text, file));
	assert_contains(text, "corm: SELECT ? [5] -- 2 rows, 1.");
	assert_contains(text, " ms\n");
	assert_non_null(fgets(text, sizeof text, file));
	assert_contains(text, "corm: SELEC [] -- CORM_ERROR_SQL, 0.");
	assert_int_equal(begun, CORM_OK);
	assert_non_null(fgets(text, sizeof text, file));
	assert_contains(text, "corm: BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY");
	assert_non_null(fgets(text, sizeof text, file));
	assert_contains(text, "corm: COMMIT");
	assert_null(fgets(text, sizeof text, file));
	fclose(file);
	corm__engine_release(connection, false);
	corm_engine_close(engine);
}

struct guest {
	int count;
	corm_status answer;
};

static corm_status on_connect(void *data, void *native)
{
	struct guest *guest = data;
	guest->count++;
	assert_int_equal(sqlite3_exec(native, "PRAGMA cache_size = 123", NULL, NULL, NULL), SQLITE_OK);
	return guest->answer;
}

static void test_connect_hook(void **state)
{
	(void)state;
	struct guest guest = { .answer = CORM_OK };
	corm_error_store error;
	corm_engine *engine = open_engine("sqlite://?pool_size=3");
	corm_engine_on_connect(engine, on_connect, &guest);
	assert_int_equal(guest.count, 1);
	struct corm__connection *a = acquire(engine), *b = acquire(engine), *c;
	assert_int_equal(guest.count, 2);
	assert_string_equal(query_text(a, "PRAGMA cache_size"), "123");
	assert_string_equal(query_text(b, "PRAGMA cache_size"), "123");

	guest.answer = CORM_ERROR_READONLY;
	int open_count = engine->pool.open_count;
	assert_int_equal(corm__engine_acquire(engine, &c, &error), CORM_ERROR_READONLY);
	assert_contains(error.error.message, "connect hook refused");
	assert_int_equal(engine->pool.open_count, open_count);
	corm__engine_release(a, false);
	corm__engine_release(b, false);
	/* Those that stand open are asked at once, and closed when refused. */
	corm_engine_on_connect(engine, on_connect, &guest);
	assert_int_equal(engine->pool.open_count, 0);
	corm_engine_on_connect(engine, NULL, NULL);
	a = acquire(engine);
	assert_string_equal(query_text(a, "PRAGMA cache_size"), "-16384");
	corm__engine_release(a, false);
	corm_engine_close(engine);
}

/* At the moment of the fork another thread had the pool's lock. Nobody will ever give it back in the child, which must
 * not wait for it. */
static void test_forked_while_the_pool_was_locked(void **state)
{
	(void)state;
	corm_engine *engine = open_engine("sqlite://");
	struct corm__connection *held = acquire(engine), *other;
	corm_error_store error;
	pthread_mutex_lock(&engine->pool.lock);
	pid_t child = fork();
	if (child == 0) {
		alarm(20);
		bool refused = corm__engine_acquire(engine, &other, &error) == CORM_ERROR_USAGE;
		corm__engine_release(held, false);
		corm_engine_close(engine);
		_exit(refused ? 0 : 1);
	}
	pthread_mutex_unlock(&engine->pool.lock);
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	execute(held, "SELECT 1");
	corm__engine_release(held, false);
	corm_engine_close(engine);
}

static void test_adopt_keep(void **state)
{
	(void)state;
	sqlite3 *db;
	corm_error_store error;
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "PRAGMA cache_size = 77; CREATE TABLE t(a PRIMARY KEY)", NULL, NULL, NULL),
	                 SQLITE_OK);
	corm_engine *engine = corm_engine_adopt_sqlite3(db, CORM_ADOPT_KEEP);
	assert_non_null(engine);
	engine->pool.timeout_ms = 5;
	struct corm__connection *connection = acquire(engine), *none;
	assert_ptr_equal(connection->driver->native(connection->state, NULL), db);
	assert_string_equal(query_text(connection, "PRAGMA foreign_keys"), "1");
	assert_string_equal(query_text(connection, "PRAGMA cache_size"), "77");
	assert_string_equal(query_text(connection, "PRAGMA synchronous"), "2");
	assert_string_equal(query_text(connection, "SELECT 'b' REGEXP '[abc]'"), "1");
	execute(connection, "INSERT INTO t VALUES(1)");
	/* Statuses are as exact as ever, though the handle's own result codes stay as the program had them. */
	assert_execute_fails(connection, "INSERT INTO t VALUES(1)", CORM_ERROR_UNIQUE, &error);
	assert_int_equal(sqlite3_exec(db, "INSERT INTO t VALUES(1)", NULL, NULL, NULL), SQLITE_CONSTRAINT);
	/* There is only one of it. */
	assert_int_equal(corm__engine_acquire(engine, &none, &error), CORM_ERROR_TIMEOUT);
	corm__engine_release(connection, true);
	connection = acquire(engine);
	assert_ptr_equal(connection->driver->native(connection->state, NULL), db);
	corm__engine_release(connection, false);
	corm_engine_close(engine);
	assert_int_equal(sqlite3_exec(db, "INSERT INTO t VALUES(2)", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void test_adopt_close(void **state)
{
	(void)state;
	sqlite3 *db;
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	corm_engine *engine = corm_engine_adopt_sqlite3(db, CORM_ADOPT_CLOSE);
	assert_non_null(engine);
	corm_engine_close(engine); /* or the leak is found */
}

static void test_adopt_refused(void **state)
{
	(void)state;
	sqlite3 *db;
	assert_null(corm_engine_adopt_sqlite3(NULL, 0));
	assert_int_equal(corm_last_error()->status, CORM_ERROR_USAGE);
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_null(corm_engine_adopt_sqlite3(db, 6));
	assert_int_equal(corm_last_error()->status, CORM_ERROR_USAGE);
	assert_int_equal(sqlite3_exec(db, "BEGIN", NULL, NULL, NULL), SQLITE_OK);
	assert_null(corm_engine_adopt_sqlite3(db, CORM_ADOPT_CLOSE));
	assert_int_equal(corm_last_error()->status, CORM_ERROR_USAGE);
	assert_contains(corm_last_error()->message, "transaction");
	/* A handle that was refused is still the program's. */
	assert_int_equal(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options_from_url), cmocka_unit_test(test_options_by_struct),
		cmocka_unit_test(test_bad_options),      cmocka_unit_test(test_statement_hook),
		cmocka_unit_test(test_parameters),       cmocka_unit_test(test_echo),
		cmocka_unit_test(test_connect_hook),     cmocka_unit_test(test_adopt_keep),
		cmocka_unit_test(test_adopt_close),      cmocka_unit_test(test_adopt_refused),
		cmocka_unit_test(test_forked_while_the_pool_was_locked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
