/* SPDX-License-Identifier: Apache-2.0
 *
 * Connections to PostgreSQL: what URLs and their options do, and what is said when there is no connection.
 */
#include "postgresql_test.h"
#include <netinet/in.h>
#include <sys/socket.h>

/* The server's URL with another part: user, password, host and port, or database. */
struct parts {
	char user[64], password[128], host[64], database[64];
};

/* postgresql://user:password@host:port/database */
static struct parts parts_of(const char *url)
{
	struct parts parts;
	assert_int_equal(sscanf(url, "postgresql://%63[^:]:%127[^@]@%63[^/]/%63[^?]", parts.user, parts.password, parts.host,
	                        parts.database),
	                 4);
	return parts;
}

static const char *url_of(const struct parts *parts, const char *options)
{
	static char url[512];
	snprintf(url, sizeof url, "postgresql://%s:%s@%s/%s%s%s", parts->user, parts->password, parts->host, parts->database,
	         *options ? "?" : "", options);
	return url;
}

static void test_refused(void **state)
{
	(void)state;
	struct parts parts = parts_of(server_url());
	strcpy(parts.password, "wrong%20secret");
	assert_open_fails(url_of(&parts, ""), CORM_ERROR_CONNECT, "password authentication failed");
	assert_contains(corm_last_error()->message, "postgresql: cannot connect to postgresql://");
	assert_null(strstr(corm_last_error()->message, "wrong"));
	parts = parts_of(server_url());
	strcpy(parts.database, "nowhere");
	assert_open_fails(url_of(&parts, ""), CORM_ERROR_CONNECT, "database \"nowhere\" does not exist");
	parts = parts_of(server_url());
	strcpy(parts.host, "127.0.0.1:1");
	assert_open_fails(url_of(&parts, ""), CORM_ERROR_CONNECT, "Connection refused");
}

/* A server that never says anything. */
static void test_connect_timeout(void **state)
{
	(void)state;
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof address;
	int silent = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(silent, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(silent, 5), 0);
	assert_int_equal(getsockname(silent, (struct sockaddr *)&address, &size), 0);
	struct parts parts = parts_of(server_url());
	snprintf(parts.host, sizeof parts.host, "127.0.0.1:%u", ntohs(address.sin_port));
	assert_open_fails(url_of(&parts, "connect_timeout=0.2"), CORM_ERROR_TIMEOUT, "no answer within 200 ms");
	/* Of several hosts the next one is tried. */
	struct parts good = parts_of(server_url());
	char hosts[160];
	snprintf(hosts, sizeof hosts, "127.0.0.1:1,%s", good.host);
	snprintf(parts.host, sizeof parts.host, "%.63s", hosts);
	corm_engine_close(open_engine(url_of(&parts, "connect_timeout=20")));
	close(silent);
}

static void test_options(void **state)
{
	(void)state;
	assert_open_fails(url_with("colour=red"), CORM_ERROR_URL, "postgresql: unknown option \"colour\" in the URL");
	assert_open_fails(url_with("journal_mode=wal"), CORM_ERROR_URL, "unknown option \"journal_mode\"");
	assert_open_fails(url_with("client_encoding=LATIN1"), CORM_ERROR_URL, "unknown option \"client_encoding\"");
	assert_open_fails(url_with("prepared=perhaps"), CORM_ERROR_URL, "prepared=perhaps is neither on nor off");
	corm_engine_close(open_engine(url_with("prepared=On")));
	assert_open_fails(url_with("host=elsewhere"), CORM_ERROR_URL, "its option host names another");
	assert_open_fails(url_with("sslmode=sometimes"), CORM_ERROR_CONNECT, "sslmode");
	assert_open_fails(url_with("isolation_level=often"), CORM_ERROR_URL, "isolation_level=often");
	struct fixture *fixture = fixture_open(
		url_with("application_name=birds%20%26%20co&schema=corm%20test&isolation_level=serializable&statement_timeout=7"));
	assert_string_equal(text_of(fixture, "SHOW application_name"), "birds & co");
	assert_string_equal(text_of(fixture, "SHOW search_path"), "\"corm test\"");
	assert_string_equal(text_of(fixture, "SHOW transaction_isolation"), "serializable");
	assert_string_equal(text_of(fixture, "SHOW statement_timeout"), "7s");
	assert_string_equal(text_of(fixture, "SHOW client_encoding"), "UTF8");
	assert_string_equal(text_of(fixture, "SHOW TimeZone"), "UTC");
	fixture_close(fixture);
	fixture = fixture_open(server_url());
	assert_string_equal(text_of(fixture, "SHOW application_name"), "cormorant");
	fixture_close(fixture);
}

static void test_socket_and_tls(void **state)
{
	(void)state;
	const char *directory = getenv("CORM_TEST_POSTGRESQL_SOCKET"), *authority = getenv("CORM_TEST_CA");
	struct parts parts = parts_of(server_url());
	char url[512], options[256];
	if (!directory || !authority)
		skip();
	const char *port = strchr(parts.host, ':');
	snprintf(url, sizeof url, "postgresql://%s:%s@%s/%s?unix_socket=%s", parts.user, parts.password, port ? port : "",
	         parts.database, directory);
	struct fixture *fixture = fixture_open(url);
	assert_string_equal(text_of(fixture, "SELECT coalesce(inet_client_addr()::text, 'socket')"), "socket");
	fixture_close(fixture);
	snprintf(options, sizeof options, "sslmode=verify-full&sslrootcert=%s", authority);
	fixture = fixture_open(url_with(options));
	assert_string_equal(text_of(fixture, "SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()"), "true");
	fixture_close(fixture);
	fixture = fixture_open(url_with("sslmode=disable"));
	assert_string_equal(text_of(fixture, "SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()"), "false");
	fixture_close(fixture);
	assert_open_fails(url_with("sslmode=verify-full&sslrootcert=/nowhere"), CORM_ERROR_CONNECT, "/nowhere");
}

static void test_too_many(void **state)
{
	(void)state;
	struct fixture *fixture = fixture_open(server_url());
	int64_t limit = number_of(fixture, "SELECT current_setting('max_connections')::int");
	corm_engine **others = calloc((size_t)limit + 1, sizeof *others);
	corm_engine *engine = fixture->engine;
	size_t count = 0;
	while (engine && count <= (size_t)limit) {
		engine = corm_engine_open(server_url());
		if (engine)
			others[count++] = engine;
	}
	assert_null(engine);
	assert_int_equal(corm_last_error()->status, CORM_ERROR_CONNECT);
	while (count)
		corm_engine_close(others[--count]);
	free(others);
	fixture_close(fixture);
	corm_engine_close(open_engine(server_url()));
}

struct heard {
	char severity[16], message[128];
};

static void hear(void *data, const char *severity, const char *message)
{
	struct heard *heard = data;
	snprintf(heard->severity, sizeof heard->severity, "%s", severity);
	snprintf(heard->message, sizeof heard->message, "%s", message);
}

static void test_notices(void **state)
{
	(void)state;
	struct heard heard = { .message = "" };
	struct fixture *fixture = fixture_open(server_url());
	corm_engine_on_notice(fixture->engine, hear, &heard);
	assert_run(fixture, "DO $$ BEGIN RAISE WARNING 'mind the %', 'step'; END $$");
	assert_string_equal(heard.severity, "WARNING");
	assert_string_equal(heard.message, "mind the step");
	corm_engine_on_notice(fixture->engine, NULL, NULL);
	assert_run(fixture, "DO $$ BEGIN RAISE WARNING 'again'; END $$");
	assert_string_equal(heard.message, "mind the step");
	fixture_close(fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),        cmocka_unit_test(test_connect_timeout),
		cmocka_unit_test(test_options),        cmocka_unit_test(test_socket_and_tls),
		cmocka_unit_test(test_too_many),       cmocka_unit_test(test_notices),
	};
	if (!server_url())
		return SKIPPED;
	corm_driver_register(&corm_postgresql_driver);
	return cmocka_run_group_tests_name("postgresql connections", tests, NULL, NULL);
}
