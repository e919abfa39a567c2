/* SPDX-License-Identifier: Apache-2.0
 *
 * The server as those see it who run it: see server.h.
 */
#define _GNU_SOURCE /* POLLRDHUP */
#include "session/server.h"

#include "library.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>

static const char *url;

int server_find(void **state)
{
	(void)state;
	url = test_database_server() && getenv("CORM_TEST_CONTROL") ? getenv("CORM_TEST_URL") : NULL;
	if (url)
		server_sql("%s", test_database_server()->durable);
	return 0;
}

/* Tables are made and taken away without a test's options, whose times are short, but not forever: what a test that has
 * failed still holds would be waited for. */
static corm_engine *open_patiently(void)
{
	return corm_engine_open(server_url(&(struct server_parts){ .options = "statement_timeout=60" }));
}

int server_leave(void **state)
{
	(void)state;
	corm_engine *engine = url ? open_patiently() : NULL;
	if (url && (!engine || corm_drop_all(engine, &library_metadata) != CORM_OK))
		fprintf(stderr, "the tables stay: %s\n", corm_last_error()->message);
	corm_engine_close(engine);
	return 0;
}

const struct test_server *server_need(void)
{
	if (!url)
		skip();
	return test_database_server();
}

/* scheme://user:password@host:port/database */
const char *server_url(const struct server_parts *parts)
{
	static char out[1024];
	server_need();
	const char *user = strstr(url, "://") + 3, *password = strchr(user, ':') + 1, *host = strchr(password, '@') + 1,
			   *database = strchr(host, '/') + 1;
	char own_password[128], own_host[128];
	snprintf(own_password, sizeof own_password, "%.*s", (int)(host - 1 - password), password);
	snprintf(own_host, sizeof own_host, "%.*s", (int)(database - 1 - host), host);
	snprintf(out, sizeof out, "%.*s%s@%s/%s%s%s", (int)(password - url), url,
	         parts->password ? parts->password : own_password, parts->host ? parts->host : own_host,
	         parts->database ? parts->database : database, parts->options ? "?" : "",
	         parts->options ? parts->options : "");
	return out;
}

/* ---- those who run it -------------------------------------------------------------------------------------------- */

bool server_control_may(const char *what, char *out, size_t size)
{
	char command[1024];
	server_need();
	snprintf(command, sizeof command, "\"$CORM_TEST_CONTROL\" %s %s", test_database_dialect(), what);
	FILE *printed = popen(command, "r");
	assert_non_null(printed);
	if (!fgets(out, (int)size, printed))
		*out = '\0';
	out[strcspn(out, "\n")] = '\0';
	int code = pclose(printed);
	assert_true(code == 0 || (WIFEXITED(code) && WEXITSTATUS(code) == 77));
	return code == 0;
}

void server_control(const char *what)
{
	char command[1024];
	server_need();
	snprintf(command, sizeof command, "\"$CORM_TEST_CONTROL\" %s %s", test_database_dialect(), what);
	if (system(command) != 0)
		fail_msg("%s failed", command);
}

void server_sql(const char *format, ...)
{
	char sql[512], quoted[600];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(sql, sizeof sql, format, arguments);
	va_end(arguments);
	snprintf(quoted, sizeof quoted, "sql \"%s\" >/dev/null", sql);
	server_control(quoted);
}

void server_start(void)
{
	server_control("start");
	server_sql("%s", test_database_server()->durable);
}

/* ---- engines ----------------------------------------------------------------------------------------------------- */

corm_engine *server_open(const char *options)
{
	server_need();
	corm_engine *engine = open_patiently();
	if (!engine)
		fail_msg("%s", corm_last_error()->message);
	if (corm_drop_all(engine, &library_metadata) != CORM_OK || corm_create_all(engine, &library_metadata) != CORM_OK)
		fail_msg("%s", corm_last_error()->message);
	corm_session *session = corm_session_open(engine);
	Author_add(session, .name = "Fred");
	assert_int_equal(corm_commit(session), CORM_OK);
	corm_session_close(session);
	corm_engine_close(engine);
	engine = corm_engine_open(server_url(&(struct server_parts){ .options = options }));
	if (!engine)
		fail_msg("%s", corm_last_error()->message);
	return engine;
}

void server_number(corm_session *session, char *out, size_t size)
{
	struct test_rows rows;
	const char *wrong = test_database_run(corm_session_native(session), server_need()->number, &rows, NULL);
	if (wrong)
		fail_msg("%s", wrong);
	snprintf(out, size, "%s", rows.cell[0]);
	test_rows_release(&rows);
}

int server_socket(corm_session *session)
{
	void *native = corm_session_native(session);
	assert_non_null(native);
	return server_need()->socket(native);
}

/* ---- meanwhile --------------------------------------------------------------------------------------------------- */

int64_t server_now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

void server_sleep_ms(long milliseconds)
{
	struct timespec time = { .tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000 };
	while (nanosleep(&time, &time) != 0)
		;
}

static unsigned port_of(int socket, int (*name)(int, struct sockaddr *restrict, socklen_t *restrict))
{
	struct sockaddr_in address;
	socklen_t size = sizeof address;
	assert_int_equal(name(socket, (struct sockaddr *)&address, &size), 0);
	assert_int_equal(address.sin_family, AF_INET);
	return ntohs(address.sin_port);
}

/* What Linux keeps for the other end of a connection: proc(5), /proc/net/tcp. Another server's may have our port too. */
static unsigned unread_bytes(unsigned ours, unsigned theirs)
{
	char line[256];
	unsigned local, remote, unread, sum = 0;
	FILE *table = fopen("/proc/net/tcp", "r");
	assert_non_null(table);
	while (fgets(line, sizeof line, table)) {
		if (sscanf(line, " %*u: %*x:%x %*x:%x %*x %*x:%x", &local, &remote, &unread) == 3 && local == theirs &&
		    remote == ours)
			sum += unread;
	}
	fclose(table);
	return sum;
}

void server_await_sent(int socket)
{
	unsigned ours = port_of(socket, getsockname), theirs = port_of(socket, getpeername);
	int64_t begin_ms = server_now_ms();
	while (!unread_bytes(ours, theirs) && server_now_ms() - begin_ms < GENEROUS_MS)
		server_sleep_ms(5);
}

void server_await_end(int socket)
{
	/* The rest is reported without being asked for. */
	struct pollfd ended = { .fd = socket, .events = POLLRDHUP };
	assert_int_equal(poll(&ended, 1, GENEROUS_MS), 1);
}

/* ---- what must be so afterwards ---------------------------------------------------------------------------------- */

void server_assert_works(corm_engine *engine, int64_t authors)
{
	corm_session *session = corm_session_open(engine);
	assert_int_equal(Author_count(session), authors);
	assert_ok(session);
	struct Author *author = Author_add(session, .name = "Next");
	assert_int_equal(corm_commit(session), CORM_OK);
	Author_delete(session, author);
	assert_int_equal(corm_commit(session), CORM_OK);
	corm_session_close(session);
}

void server_assert_recovers(corm_session *session, corm_status status, int64_t authors)
{
	assert_status(session, status);
	assert_true(*corm_session_error(session)->message);
	assert_int_equal(corm_commit(session), status);
	assert_int_equal(corm_rollback(session), CORM_OK);
	assert_int_equal(Author_count(session), authors);
	assert_ok(session);
	assert_int_equal(corm_commit(session), CORM_OK);
}
