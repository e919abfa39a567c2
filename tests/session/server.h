/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tests of server faults share: the server as those see it who run it, engines on it, and when something has
 * happened to a connection.
 *
 * The tables stand in the database of CORM_TEST_URL itself: a place of its own would have to be given back over a
 * connection that may be lost by then. So these tests want the server for themselves.
 */
#ifndef TESTS_SESSION_SERVER_H
#define TESTS_SESSION_SERVER_H

#include "session/support.h"

#include "session/database_driver.h"
#include <pthread.h>

/* What "within its timeout" may cost beyond it: the machine may be busy. It is less than the half a minute that statements
 * take here without one, and the default of connect_timeout, 10 s, has a bound of its own. */
#define GENEROUS_MS 20000
#define CONNECT_GENEROUS_MS 8000

/* Set-up of a group: finds the server. Without one, server_open() and server_need() skip the test. */
int server_find(void **state);
/* Takes the tables away and lets the server be as it was. */
int server_leave(void **state);
const struct test_server *server_need(void);

/* The URL with other parts; NULL leaves a part as it is. It holds until the next call. */
struct server_parts {
	const char *password, *host, *database, *options;
};
const char *server_url(const struct server_parts *parts);

/* tests/servers/control, which must succeed: stop, start, kill, pause, continue, readonly … */
void server_control(const char *what);
/* The same for what may be impossible here: false. The first line that it prints is written to out. */
bool server_control_may(const char *what, char *out, size_t size);
/* A statement of the superuser's. */
void server_sql(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Brings a server back that was killed. */
void server_start(void);

/* On empty tables with one author, Fred. options are the URL's, or NULL. */
corm_engine *server_open(const char *options);
/* The number of the session's connection, as text. */
void server_number(corm_session *session, char *out, size_t size);
int server_socket(corm_session *session);

/* Returns when a server that stands still has been sent something over the socket. */
void server_await_sent(int socket);
/* Returns when the server has ended the socket's connection. */
void server_await_end(int socket);

int64_t server_now_ms(void);
void server_sleep_ms(long milliseconds);
/* Since begin_ms no more than limit_ms and a generous bit have passed. */
#define assert_within(begin_ms, limit_ms) assert_in_range(server_now_ms() - (begin_ms), 0, (limit_ms) + GENEROUS_MS)

/* A new session of the engine reads so many authors, writes one, and takes it away again. */
void server_assert_works(corm_engine *engine, int64_t authors);
/* The session has failed with that, everything is refused until it is rolled back, and then it works: it reads so
 * many authors. */
void server_assert_recovers(corm_session *session, corm_status status, int64_t authors);

#endif
