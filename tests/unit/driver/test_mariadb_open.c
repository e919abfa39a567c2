/* SPDX-License-Identifier: Apache-2.0
 *
 * Connecting to MariaDB: options, the session's settings, hosts in turn, and everything that can be wrong with them.
 */
#include "mariadb_test.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

/* The URL's user, password and address. */
static void split_url(char *user, char *password, char *address, size_t size)
{
	const char *at = strstr(getenv("CORM_TEST_MARIADB"), "://") + 3;
	size_t name = strcspn(at, ":@"), secret = at[name] == ':' ? strcspn(at + name + 1, "@") : 0;
	snprintf(user, size, "%.*s", (int)name, at);
	snprintf(password, size, "%.*s", (int)secret, at + name + 1);
	const char *host = strchr(at, '@') + 1;
	snprintf(address, size, "%.*s", (int)strcspn(host, "/?"), host);
}

/* Connecting by a URL fails. The message never has the password in it. */
static void assert_refused(const char *url, int connect_timeout_ms, corm_status status, const char *message)
{
	char user[64], password[64], address[128];
	split_url(user, password, address, sizeof user);
	struct client *client = client_new(url);
	client->settings.connect_timeout_ms = connect_timeout_ms;
	corm_status found = client_connect(client);
	if (found != status)
		fail_msg("%s: %s: %s", url, corm_status_name(found), found ? client->error.error.message : "connected");
	assert_int_equal(client->error.error.status, status);
	assert_contains(client->error.error.message, "mariadb: ");
	assert_contains(client->error.error.message, message);
	if (*password && strstr(client->error.error.message, password))
		fail_msg("the password is in: %s", client->error.error.message);
	client_free(client);
}

static void assert_option_refused(const char *option, const char *message)
{
	char url[256];
	snprintf(url, sizeof url, "mariadb://localhost/x?%s", option);
	assert_refused(url, 0, CORM_ERROR_URL, message);
}

static void test_options(void **state)
{
	(void)state;
	assert_option_refused("colour=red", "unknown option \"colour\" in the URL: there are unix_socket, ssl, ssl_ca, ");
	assert_option_refused("charset=latin1", "charset=latin1: connections speak utf8mb4");
	assert_option_refused("prepared=off", "prepared=off: values go to the server by prepared statements alone");
	assert_option_refused("prepared=maybe", "prepared=maybe is not true or false");
	assert_option_refused("ssl=maybe", "ssl=maybe is not true or false");
	assert_option_refused("unix_socket=", "unix_socket has no value");
	assert_option_refused("ssl=false&ssl_ca=/x", "the options contradict each other");
	assert_option_refused("ssl_cert=/x", "ssl_cert and ssl_key need each other");
	assert_option_refused("ssl_verify_cert=2", "ssl_verify_cert=2 is not true or false");
	struct client *client = open_client_with("charset=utf8mb4&prepared=on&compress=yes&ssl=no&application_name=shelf",
	                                         0);
	assert_int_equal(query_integer(client, "SELECT 5"), 5);
	assert_string_equal(query_text(client, "SHOW STATUS LIKE 'Compression'"), "Compression");
	assert_string_equal(query_text(client, "SELECT VARIABLE_VALUE FROM information_schema.SESSION_STATUS WHERE "
	                                       "VARIABLE_NAME = 'COMPRESSION'"),
	                    "ON");
	client_free(client);
}

static void test_settings(void **state)
{
	(void)state;
	struct client *client = open_client_with("", 1500);
	assert_string_equal(query_text(client, "SELECT @@collation_connection"), "utf8mb4_nopad_bin");
	assert_string_equal(query_text(client, "SELECT @@character_set_results"), "utf8mb4");
	assert_string_equal(query_text(client, "SELECT @@time_zone"), "+00:00");
	assert_int_equal(query_integer(client, "SELECT @@autocommit"), 1);
	assert_int_equal(query_integer(client, "SELECT @@max_statement_time * 1000"), 1500);
	/* A timeout of the lock's own would come at the same time, and is a conflict. */
	assert_int_equal(query_integer(client, "SELECT @@innodb_lock_wait_timeout = @@global.innodb_lock_wait_timeout"), 1);
	static const char *const modes[] = { "STRICT_ALL_TABLES", "SIMULTANEOUS_ASSIGNMENT", "NO_BACKSLASH_ESCAPES" };
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
		assert_contains(query_text(client, "SELECT @@sql_mode"), modes[i]);
	client_free(client);
	/* The settings' schema wins over the URL's database, and there may be none at all. */
	char url[512];
	make_url(url, sizeof url, "no_such_database", "");
	client = client_new(url);
	client->settings.schema = "information_schema";
	assert_int_equal(client_connect(client), CORM_OK);
	assert_string_equal(query_text(client, "SELECT DATABASE()"), "information_schema");
	client_free(client);
	char user[64], password[64], address[128];
	split_url(user, password, address, sizeof user);
	snprintf(url, sizeof url, "mysql://%s:%s@%s", user, password, address);
	client = client_new(url);
	assert_int_equal(client_connect(client), CORM_OK);
	assert_null(query_text(client, "SELECT DATABASE()"));
	client_free(client);
}

static void test_refused(void **state)
{
	(void)state;
	char url[512], user[64], password[64], address[128];
	split_url(user, password, address, sizeof user);
	snprintf(url, sizeof url, "mariadb://%s:wrong-secret@%s/", user, address);
	assert_refused(url, 0, CORM_ERROR_CONNECT, "Access denied for user");
	assert_refused(url, 0, CORM_ERROR_CONNECT, ": check the user's name and password");
	snprintf(url, sizeof url, "mariadb://nobody_at_all@%s/", address);
	assert_refused(url, 0, CORM_ERROR_CONNECT, "Access denied for user");
	make_url(url, sizeof url, "no_such_database", "");
	assert_refused(url, 0, CORM_ERROR_CONNECT, "no_such_database");
	snprintf(url, sizeof url, "mariadb://%s:%s@127.0.0.1:1/", user, password);
	assert_refused(url, 0, CORM_ERROR_CONNECT, "cannot connect to \"127.0.0.1:1\": ");
	assert_refused(url, 0, CORM_ERROR_CONNECT, "is the server running, and is this its address?");
	snprintf(url, sizeof url, "mariadb://%s:%s@no.such.host.invalid/", user, password);
	assert_refused(url, 0, CORM_ERROR_CONNECT, "cannot connect to \"no.such.host.invalid:3306\": ");
	snprintf(url, sizeof url, "mariadb://%s:%s@/?unix_socket=/no/such/socket", user, password);
	assert_refused(url, 0, CORM_ERROR_CONNECT, "cannot connect to \"/no/such/socket\": ");
}

/* One that takes connections and says nothing. */
static int listen_silently(int *port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof address;
	int silent = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(silent, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(silent, 5), 0);
	assert_int_equal(getsockname(silent, (struct sockaddr *)&address, &size), 0);
	*port = ntohs(address.sin_port);
	return silent;
}

static void test_timeout(void **state)
{
	(void)state;
	int port, silent = listen_silently(&port);
	char url[512];
	snprintf(url, sizeof url, "mariadb://user:pw@127.0.0.1:%d/", port);
	int64_t started_ns = corm__clock_ns();
	assert_refused(url, 1000, CORM_ERROR_TIMEOUT, "has not answered within connect_timeout, 1000 ms");
	/* Without it, it would be 10 s. */
	assert_true(corm__clock_ns() - started_ns < INT64_C(9000000000));
	close(silent);
}

static void test_hosts(void **state)
{
	(void)state;
	int port, silent = listen_silently(&port);
	char url[512], user[64], password[64], address[128];
	split_url(user, password, address, sizeof user);
	/* The first refuses, the second says nothing, the third is one. */
	snprintf(url, sizeof url, "mariadb://%s:%s@127.0.0.1:1,127.0.0.1:%d,%s/", user, password, port, address);
	struct client *client = client_new(url);
	client->settings.connect_timeout_ms = 2000;
	if (client_connect(client) != CORM_OK)
		fail_msg("%s", client->error.error.message);
	assert_int_equal(query_integer(client, "SELECT 1"), 1);
	/* Cancelling goes to the same one. */
	DRIVER->cancel(client->connection);
	client_free(client);
	close(silent);
	snprintf(url, sizeof url, "mariadb://%s:%s@127.0.0.1:1,127.0.0.1:2/", user, password);
	assert_refused(url, 0, CORM_ERROR_CONNECT, "(2 hosts were tried)");
	snprintf(url, sizeof url, "mariadb://%s:wrong-secret@%s,127.0.0.1:1/", user, address);
	assert_refused(url, 0, CORM_ERROR_CONNECT, "Access denied for user");
}

static void test_socket(void **state)
{
	(void)state;
	struct client *client = open_client();
	char url[512], user[64], password[64], address[128];
	const char *path = query_text(client, "SELECT @@socket");
	split_url(user, password, address, sizeof user);
	if (access(path, R_OK | W_OK) == 0) {
		snprintf(url, sizeof url, "mariadb://%s:%s@/?unix_socket=%s", user, password, path);
		struct client *local = client_new(url);
		if (client_connect(local) != CORM_OK)
			fail_msg("%s", local->error.error.message);
		assert_contains(mysql_get_host_info(DRIVER->native(local->connection, &local->error)), "UNIX socket");
		client_free(local);
	}
	client_free(client);
}

static void test_too_many(void **state)
{
	(void)state;
	struct client *client = open_client();
	char user[64], password[64], address[128], sql[256], url[512];
	split_url(user, password, address, sizeof user);
	run(client, "CREATE OR REPLACE USER corm_few@'%' IDENTIFIED BY 'few' WITH MAX_USER_CONNECTIONS 1");
	snprintf(url, sizeof url, "mariadb://corm_few:few@%s/", address);
	struct client *first = client_new(url);
	assert_int_equal(client_connect(first), CORM_OK);
	assert_refused(url, 0, CORM_ERROR_CONNECT, "raise the server's limit, or lower pool_size and max_overflow");
	client_free(first);
	snprintf(sql, sizeof sql, "DROP USER corm_few@'%%'");
	run(client, sql);
	client_free(client);
}

/* With TLS where the server has it; a certificate that nobody vouches for is refused when it is to be checked. */
static void test_tls(void **state)
{
	(void)state;
	struct client *client = open_client();
	bool has_tls = !strcmp(query_text(client, "SELECT @@have_ssl"), "YES");
	const char *authority = query_text(client, "SELECT @@ssl_ca");
	if (!has_tls) {
		client_free(client);
		skip();
	}
	struct client *secret = open_client_with("ssl=true", 0);
	assert_non_null(mysql_get_ssl_cipher(DRIVER->native(secret->connection, &secret->error)));
	assert_true(DRIVER->alive(secret->connection));
	assert_int_equal(query_integer(secret, "SELECT 1"), 1);
	assert_true(DRIVER->alive(secret->connection));
	kill_connection(secret);
	assert_false(DRIVER->alive(secret->connection));
	client_free(secret);
	char url[512];
	make_url(url, sizeof url, NULL, "ssl_verify_cert=true");
	assert_refused(url, 0, CORM_ERROR_CONNECT, ": check the ssl options");
	make_url(url, sizeof url, NULL, "ssl_ca=/no/such/file.pem");
	assert_refused(url, 0, CORM_ERROR_CONNECT, ": check the ssl options");
	/* The server's own authority, when it can be read here. Its certificate may be for another name. */
	if (authority && *authority && access(authority, R_OK) == 0) {
		char options[256];
		snprintf(options, sizeof options, "ssl_ca=%s&ssl_verify_cert=false", authority);
		secret = open_client_with(options, 0);
		assert_non_null(mysql_get_ssl_cipher(DRIVER->native(secret->connection, &secret->error)));
		client_free(secret);
	}
	client_free(client);
}

/* ---- memory --------------------------------------------------------------------------------------------------------- */

struct budget {
	long left; /* allocations that succeed */
	size_t bytes;
};

static void *resize_within(void *data, void *block, size_t old_size, size_t new_size)
{
	struct budget *budget = data;
	if (new_size && budget->left-- <= 0)
		return NULL;
	budget->bytes += new_size - old_size;
	if (new_size)
		return realloc(block, new_size);
	free(block);
	return NULL;
}

/* Each allocation of the driver's own fails in turn; the last time none does. */
static void test_memory(void **state)
{
	(void)state;
	char url[512];
	make_url(url, sizeof url, NULL, "");
	bool done = false;
	for (long left = 0; !done && left < 100; left++) {
		struct budget budget = { .left = left };
		struct client *client = client_new(url);
		client->settings.allocator = (corm_allocator){ .resize = resize_within, .data = &budget };
		corm_status status = client_connect(client);
		void *first = calloc(1, DRIVER->statement_size), *second = calloc(1, DRIVER->statement_size);
		static const char query[] = "SELECT seq, ? FROM seq_1_to_3";
		if (status == CORM_OK)
			status = DRIVER->prepare(client->connection, first, query, strlen(query), &client->error);
		if (status == CORM_OK)
			status = DRIVER->prepare(client->connection, second, "SELECT 1", 8, &client->error);
		if (status == CORM_OK && begin(client, first, &AS_TEXT, &(const char *){ "x" }) != CORM_STEP_ROW)
			status = client->error.error.status;
		if (status == CORM_OK && begin(client, second, NULL, NULL) != CORM_STEP_ROW)
			status = client->error.error.status;
		if (status != CORM_OK)
			assert_int_equal(status, CORM_ERROR_MEMORY);
		done = status == CORM_OK;
		DRIVER->finalize(second);
		DRIVER->finalize(first);
		free(first);
		free(second);
		/* What is left of it works. */
		if (client->connection)
			assert_true(DRIVER->alive(client->connection));
		client_free(client);
		assert_int_equal(budget.bytes, 0);
	}
	assert_true(done);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_options),  cmocka_unit_test(test_settings), cmocka_unit_test(test_refused),
	cmocka_unit_test(test_timeout),  cmocka_unit_test(test_hosts),    cmocka_unit_test(test_socket),
	cmocka_unit_test(test_too_many), cmocka_unit_test(test_tls),      cmocka_unit_test(test_memory),
};

MARIADB_TESTS(tests)
