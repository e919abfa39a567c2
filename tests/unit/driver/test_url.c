/* SPDX-License-Identifier: Apache-2.0
 *
 * Database URLs.
 */
#include "driver/url.h"
#include "driver_test.h"

struct fixture {
	struct corm_arena arena;
	corm_url url;
	corm_error_store error;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);
	corm__arena_init(&fixture->arena, NULL, 0);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	corm__arena_release(&fixture->arena);
	free(fixture);
	return 0;
}

static const corm_url *parse(struct fixture *fixture, const char *text)
{
	if (corm__url_parse(&fixture->arena, text, &fixture->url, &fixture->error) != CORM_OK)
		fail_msg("%s: %s", text, fixture->error.error.message);
	return &fixture->url;
}

static void assert_same(const char *a, const char *b)
{
	if (!b)
		assert_null(a);
	else
		assert_string_equal(a, b);
}

static void test_paths(void **state)
{
	static const struct {
		const char *text, *scheme, *database;
	} cases[] = {
		{ "sqlite://", "sqlite", NULL },
		{ "sqlite:///", "sqlite", NULL },
		{ "sqlite:///:memory:", "sqlite", ":memory:" },
		{ "sqlite:///library.db", "sqlite", "library.db" },
		{ "sqlite:////var/lib/library.db", "sqlite", "/var/lib/library.db" },
		{ "sqlite:///a%20b%3F%23%c3%a9.db", "sqlite", "a b?#é.db" },
		{ "sqlite:///a+b@c:d", "sqlite", "a+b@c:d" },
		{ "SQLite:///x?mode=ro", "sqlite", "x" },
		{ "sqlite:///C:/x.db", "sqlite", "C:/x.db" },
		{ "postgresql:///db", "postgresql", "db" },
		{ "my-db2://", "my-db2", NULL },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const corm_url *url = parse(*state, cases[i].text);
		assert_same(url->scheme, cases[i].scheme);
		assert_same(url->database, cases[i].database);
		assert_int_equal(url->host_count, 0);
		assert_null(url->user);
		assert_null(url->password);
	}
}

static void test_users(void **state)
{
	static const struct {
		const char *text, *user, *password, *host, *shown;
	} cases[] = {
		{ "pg://fred@h/db", "fred", NULL, "h", "pg://fred@h/db" },
		{ "pg://fred:@h/db", "fred", "", "h", "pg://fred:***@h/db" },
		{ "pg://fred:s3cret@h/db", "fred", "s3cret", "h", "pg://fred:***@h/db" },
		{ "pg://fr%3Aed:s%40c%2Fr%3f%25@h", "fr:ed", "s@c/r?%", "h", "pg://fr%3Aed:***@h" },
		{ "pg://fred:a:b@c@h/db", "fred", "a:b@c", "h", "pg://fred:***@h/db" },
		{ "pg://:pw@h/db?a=b&sslpassword=x&c=d", "", "pw", "h", "pg://:***@h/db?a=b&sslpassword=***&c=d" },
		{ "pg://h/db?password=x", NULL, NULL, "h", "pg://h/db?password=***" },
		{ "pg://h/db?&&pwd=x&&", NULL, NULL, "h", "pg://h/db?&&pwd=***&&" },
		{ "pg://f+g:h+i@h", "f+g", "h+i", "h", "pg://f+g:***@h" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const corm_url *url = parse(*state, cases[i].text);
		assert_same(url->user, cases[i].user);
		assert_same(url->password, cases[i].password);
		assert_int_equal(url->host_count, 1);
		assert_same(url->hosts[0].name, cases[i].host);
		assert_same(url->shown, cases[i].shown);
	}
}

static void test_hosts(void **state)
{
	const corm_url *url = parse(*state, "postgresql://u:p@h1:5432,h2,[::1]:1,[fe80::1%25eth0],%2Frun%2Fpg:65535/db");
	static const corm_url_host hosts[] = {
		{ "h1", 5432 }, { "h2", 0 }, { "::1", 1 }, { "fe80::1%eth0", 0 }, { "/run/pg", 65535 }
	};
	assert_int_equal(url->host_count, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_string_equal(url->hosts[i].name, hosts[i].name);
		assert_int_equal(url->hosts[i].port, hosts[i].port);
	}
	assert_string_equal(url->database, "db");
	url = parse(*state, "postgresql://:5433");
	assert_int_equal(url->host_count, 1);
	assert_string_equal(url->hosts[0].name, "");
	assert_int_equal(url->hosts[0].port, 5433);
	assert_null(url->database);
}

static void test_options(void **state)
{
	const corm_url *url = parse(*state, "mariadb://h/db?charset=utf8%26mb4&empty=&a+b=c+d%2B&x=y=z?");
	static const corm_url_option options[] = {
		{ "charset", "utf8&mb4" }, { "empty", "" }, { "a b", "c d+" }, { "x", "y=z?" }
	};
	assert_int_equal(url->option_count, 4);
	for (size_t i = 0; i < 4; i++) {
		assert_string_equal(url->options[i].name, options[i].name);
		assert_string_equal(url->options[i].value, options[i].value);
	}
	assert_int_equal(parse(*state, "sqlite://?")->option_count, 0);
	assert_int_equal(parse(*state, "sqlite://?echo=1")->option_count, 1);
}

static void test_errors(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "", "no \"://\"" },
		{ "library.db", "no \"://\"" },
		{ "postgresql:fred:s3cret@h", "no \"://\"" },
		{ "://x", "begin with a scheme" },
		{ "1x://", "begin with a scheme" },
		{ "fred:s3cret@h://", "begin with a scheme" },
		{ "postgresql+psycopg2://h", "write \"postgresql\"" },
		{ "pg://h:x/db", "port \"x\"" },
		{ "pg://h:/db", "port \"\"" },
		{ "pg://h:0/db", "port \"0\"" },
		{ "pg://h:65536/db", "port \"65536\"" },
		{ "pg://h:99999999999999999999/db", "port" },
		{ "pg://h:-1/db", "port \"-1\"" },
		{ "pg://h1,,h2/db", "empty element" },
		{ "pg://h1,/db", "empty element" },
		{ "pg://[::1/db", "no \"]\"" },
		{ "pg://[::1]x/db", "no \"]\"" },
		{ "pg://%zz/db", "host has a \"%\"" },
		{ "pg://u%4:s3cret@h", "user has a \"%\"" },
		{ "pg://u:s3cret%@h", "password has a \"%\"" },
		{ "pg://u:s3cret%00@h", "password has a \"%00\"" },
		{ "sqlite:///a%00b", "database has a \"%00\"" },
		{ "sqlite:///a%2", "database has a \"%\"" },
		{ "sqlite:///x?a=%g0", "a has a \"%\"" },
		{ "sqlite:///x?echo", "\"echo\" has no value" },
		{ "sqlite:///x?=1", "without a name" },
		{ "sqlite:///x?a=1&b=2&a=3", "\"a\" twice" },
		{ "pg://fred:s3cret/x@h/db", "\"%2F\"" },
		{ "pg://fred:12/s3cret@h/db", "\"%2F\"" },
		{ "pg://fred:s3cret?x@h/db", "\"%3F\"" },
		{ "pg://fred:12?s3cret@h/db", "\"%3F\"" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(corm__url_parse(&fixture->arena, cases[i].text, &fixture->url, &fixture->error),
		                 CORM_ERROR_URL);
		assert_contains(fixture->error.error.message, cases[i].message);
		assert_null(strstr(fixture->error.error.message, "s3cret"));
	}
}

static void test_too_long(void **state)
{
	struct fixture *fixture = *state;
	static char text[70000];
	memset(text, 'x', sizeof text - 1);
	memcpy(text, "sqlite:///", 10);
	assert_int_equal(corm__url_parse(&fixture->arena, text, &fixture->url, &fixture->error), CORM_ERROR_URL);
	assert_contains(fixture->error.error.message, "longer");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_paths, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_users, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_hosts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_options, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_errors, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_too_long, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
