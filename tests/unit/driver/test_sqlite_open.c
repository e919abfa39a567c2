/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening SQLite databases: options, pragmas, files that cannot be opened, databases in memory.
 */
#include "driver_test.h"
#include <fcntl.h>
#include <sys/stat.h>

/* A pragma's value on a connection of an engine that is opened for it. */
static void assert_pragma(const char *url, const char *pragma, const char *expected)
{
	corm_engine *engine = open_engine(url);
	struct corm__connection *connection = acquire(engine);
	const char *found = query_text(connection, pragma);
	if (strcmp(found, expected))
		fail_msg("%s: %s is %s and not %s", url, pragma, found, expected);
	corm__engine_release(connection, false);
	corm_engine_close(engine);
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* A database made by somebody else, in SQLite's default mode. */
static void make_database(const char *path)
{
	sqlite3 *db;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "CREATE TABLE t(a)", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void test_defaults(void **state)
{
	(void)state;
	assert_pragma("sqlite:///a.db", "PRAGMA journal_mode", "wal");
	assert_pragma("sqlite:///a.db", "PRAGMA synchronous", "2");
	assert_pragma("sqlite:///a.db", "PRAGMA cache_size", "-16384");
	assert_pragma("sqlite:///a.db", "PRAGMA mmap_size", "0");
	assert_pragma("sqlite:///a.db", "PRAGMA temp_store", "0");
	assert_pragma("sqlite:///a.db", "PRAGMA busy_timeout", "5000");
	assert_pragma("sqlite:///a.db", "PRAGMA foreign_keys", "1");
}

static void test_profile_fast(void **state)
{
	(void)state;
	assert_pragma("sqlite:///f.db?profile=fast", "PRAGMA journal_mode", "wal");
	assert_pragma("sqlite:///f.db?profile=fast", "PRAGMA synchronous", "1");
	assert_pragma("sqlite:///f.db?profile=fast", "PRAGMA cache_size", "-65536");
	assert_pragma("sqlite:///f.db?profile=fast", "PRAGMA mmap_size", "268435456");
	assert_pragma("sqlite:///f.db?profile=fast", "PRAGMA temp_store", "2");
	/* A single option overrides the profile, before or after it. */
	assert_pragma("sqlite:///f.db?synchronous=extra&profile=fast", "PRAGMA synchronous", "3");
	assert_pragma("sqlite:///f.db?profile=fast&cache_size=100", "PRAGMA cache_size", "100");
	assert_pragma("sqlite:///f.db?profile=default", "PRAGMA synchronous", "2");
}

static void test_options(void **state)
{
	(void)state;
	assert_pragma("sqlite:///o1.db?journal_mode=DELETE", "PRAGMA journal_mode", "delete");
	assert_pragma("sqlite:///o2.db?journal_mode=truncate", "PRAGMA journal_mode", "truncate");
	assert_pragma("sqlite:///o2.db?journal_mode=memory", "PRAGMA journal_mode", "memory");
	assert_pragma("sqlite:///o3.db?synchronous=off", "PRAGMA synchronous", "0");
	assert_pragma("sqlite:///o3.db?mmap_size=1048576", "PRAGMA mmap_size", "1048576");
	assert_pragma("sqlite:///o3.db?temp_store=file", "PRAGMA temp_store", "1");
	assert_pragma("sqlite:///o3.db?busy_timeout=7", "PRAGMA busy_timeout", "7");
	assert_pragma("sqlite:///o3.db?statement_timeout=2", "PRAGMA busy_timeout", "2000");
	assert_pragma("sqlite:///o3.db?connect_timeout=1", "PRAGMA busy_timeout", "5000");
	assert_pragma("sqlite:///o3.db?foreign_keys=off", "PRAGMA foreign_keys", "0");
	assert_pragma("sqlite:///o3.db?prepared=true&isolation_level=read-committed&schema=main", "PRAGMA foreign_keys",
	              "1");
}

static void test_bad_options(void **state)
{
	(void)state;
	static const struct {
		const char *url, *message;
	} cases[] = {
		{ "sqlite:///b.db?jornal_mode=wal", "unknown option \"jornal_mode\"" },
		{ "sqlite:///b.db?journal_mode=off", "journal_mode=off is none of: wal, delete" },
		{ "sqlite:///b.db?journal_mode=wal;DROP%20TABLE%20t", "journal_mode=wal;DROP TABLE t" },
		{ "sqlite:///b.db?synchronous=2", "synchronous=2 is none of" },
		{ "sqlite:///b.db?temp_store=", "temp_store= is none of" },
		{ "sqlite:///b.db?foreign_keys=maybe", "foreign_keys=maybe" },
		{ "sqlite:///b.db?mode=rwx", "mode=rwx is none of: ro, rw, rwc" },
		{ "sqlite:///b.db?profile=slow", "profile=slow" },
		{ "sqlite:///b.db?prepared=2", "prepared=2" },
		{ "sqlite:///b.db?cache_size=1k", "cache_size=1k is no number" },
		{ "sqlite:///b.db?cache_size=99999999999", "cache_size=99999999999 is no number" },
		{ "sqlite:///b.db?mmap_size=-1", "mmap_size=-1 is no number from 0" },
		{ "sqlite:///b.db?busy_timeout=", "busy_timeout= is no number" },
		{ "sqlite:///b.db?busy_timeout=%201", "busy_timeout= 1 is no number" },
		{ "sqlite://b.db", "names a host, \"b.db\"" },
		{ "sqlite://fred@/b.db", "names a user, \"fred\"" },
		{ "sqlite:///b.db?schema=other", "no schema \"other\"" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_open_fails(cases[i].url, CORM_ERROR_URL, cases[i].message);
	assert_int_not_equal(access("b.db", F_OK), 0);
}

static void test_existing_keeps_its_mode(void **state)
{
	(void)state;
	make_database("old.db");
	assert_pragma("sqlite:///old.db", "PRAGMA journal_mode", "delete");
	assert_pragma("sqlite:///old.db?profile=fast", "PRAGMA journal_mode", "wal");
	assert_pragma("sqlite:///old.db", "PRAGMA journal_mode", "wal");
	/* An empty file is as good as none. */
	write_file("empty.db", "");
	assert_pragma("sqlite:///empty.db", "PRAGMA journal_mode", "wal");
}

static void test_cannot_open(void **state)
{
	(void)state;
	write_file("text.db", "This is a text that is no database, and long enough to be read as a header of one: "
	                      "a hundred bytes are needed for that, so here are some more.\n");
	write_file("file", "x");
	mkdir("directory", 0700);
	assert_open_fails("sqlite:///no/such/x.db", CORM_ERROR_CONNECT,
	                  "\"no/such/x.db\": no such directory \"no/such\"");
	assert_open_fails("sqlite:///file/x.db", CORM_ERROR_CONNECT, "cannot open \"file/x.db\"");
	assert_open_fails("sqlite:///directory", CORM_ERROR_CONNECT, "cannot open \"directory\"");
	assert_open_fails("sqlite:///text.db", CORM_ERROR_CONNECT, "cannot open \"text.db\": file is not a database");
	assert_open_fails("sqlite:///missing.db?mode=rw", CORM_ERROR_CONNECT, "cannot open \"missing.db\": no such file");
	assert_open_fails("sqlite:////missing.db?mode=ro", CORM_ERROR_CONNECT, "cannot open \"/missing.db\"");
}

static void test_no_rights(void **state)
{
	(void)state;
	if (geteuid() == 0)
		skip();
	make_database("secret.db");
	chmod("secret.db", 0);
	assert_open_fails("sqlite:///secret.db", CORM_ERROR_CONNECT, "Permission denied");
}

static void test_readonly(void **state)
{
	(void)state;
	corm_error_store error;
	make_database("ro.db");
	corm_engine *engine = open_engine("sqlite:///ro.db?mode=ro");
	struct corm__connection *connection = acquire(engine);
	assert_string_equal(query_text(connection, "SELECT count(*) FROM t"), "0");
	assert_execute_fails(connection, "INSERT INTO t VALUES(1)", CORM_ERROR_READONLY, &error);
	assert_contains(error.error.message, "sqlite: attempt to write a readonly database");
	corm__engine_release(connection, false);
	corm_engine_close(engine);

	assert_pragma("sqlite:///ro.db?mode=ro&profile=fast", "PRAGMA journal_mode", "delete");

	/* The same for a file that must not be written, which root may all the same. */
	if (geteuid() == 0)
		return;
	chmod("ro.db", 0400);
	engine = open_engine("sqlite:///ro.db");
	connection = acquire(engine);
	assert_execute_fails(connection, "INSERT INTO t VALUES(1)", CORM_ERROR_READONLY, &error);
	corm__engine_release(connection, false);
	corm_engine_close(engine);
}

/* Paths in which SQLite would see something else. */
static void test_odd_names(void **state)
{
	(void)state;
	assert_pragma("sqlite:///file:x.db%3Fmode=memory", "PRAGMA journal_mode", "wal");
	assert_int_equal(access("file:x.db?mode=memory", F_OK), 0);
	assert_pragma("sqlite:///:x", "PRAGMA journal_mode", "wal");
	assert_int_equal(access(":x", F_OK), 0);
}

static void test_changed_directory(void **state)
{
	mkdir("elsewhere", 0700);
	corm_engine *engine = open_engine("sqlite:///here.db");
	struct corm__connection *first = acquire(engine);
	assert_int_equal(chdir("elsewhere"), 0);
	struct corm__connection *second = acquire(engine);
	assert_int_not_equal(access("here.db", F_OK), 0);
	corm__engine_release(first, false);
	corm__engine_release(second, false);
	corm_engine_close(engine);
	assert_int_equal(chdir(*state), 0);
}

static void test_memory_is_shared(void **state)
{
	(void)state;
	static const char *const urls[] = { "sqlite://", "sqlite:///:memory:", "sqlite://?profile=fast&journal_mode=wal" };
	for (size_t i = 0; i < 3; i++) {
		corm_engine *engine = open_engine(urls[i]), *other = open_engine(urls[i]);
		struct corm__connection *a = acquire(engine), *b = acquire(engine), *c = acquire(other);
		assert_ptr_not_equal(a, b);
		execute(a, "CREATE TABLE t(a); INSERT INTO t VALUES(42)");
		assert_string_equal(query_text(b, "SELECT a FROM t"), "42");
		assert_string_equal(query_text(c, "SELECT count(*) FROM sqlite_schema"), "0");
		/* The data outlive the connections that wrote them. */
		corm__engine_release(a, true);
		corm__engine_release(b, true);
		a = acquire(engine);
		assert_string_equal(query_text(a, "SELECT a FROM t"), "42");
		corm__engine_release(a, false);
		corm__engine_release(c, false);
		corm_engine_close(engine);
		corm_engine_close(other);
	}
}

static void test_capabilities(void **state)
{
	(void)state;
	corm_engine *engine = open_engine("sqlite://");
	struct corm__connection *connection = acquire(engine);
	uint32_t always = CORM_CAN_LAST_ID | CORM_CAN_TRANSACTIONAL_DDL | CORM_CAN_SAVEPOINT;
	assert_int_equal(connection->capabilities & always, always);
	int version = sqlite3_libversion_number();
	assert_int_equal(!!(connection->capabilities & CORM_CAN_RETURNING), version >= 3035000);
	assert_int_equal(!!(connection->capabilities & CORM_CAN_FULL_JOIN), version >= 3039000);
	assert_string_equal(connection->driver->begin, "BEGIN");
	assert_string_equal(connection->driver->dialect, "sqlite");
	corm__engine_release(connection, false);
	corm_engine_close(engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_profile_fast),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_bad_options),
		cmocka_unit_test(test_existing_keeps_its_mode),
		cmocka_unit_test(test_cannot_open),
		cmocka_unit_test(test_no_rights),
		cmocka_unit_test(test_readonly),
		cmocka_unit_test(test_odd_names),
		cmocka_unit_test(test_changed_directory),
		cmocka_unit_test(test_memory_is_shared),
		cmocka_unit_test(test_capabilities),
	};
	return cmocka_run_group_tests(tests, enter_directory, leave_directory);
}
