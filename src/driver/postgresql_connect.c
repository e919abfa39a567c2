/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening a connection: the URL as libpq's parameters, the wait for the server, and the settings that every session of
 * ours relies on.
 *
 * All of libpq's own parameters are options of the URL (sslmode, sslrootcert, target_session_attrs, keepalives, …;
 * PostgreSQL's documentation, "Parameter Key Words").
 */
#include "driver/clock.h"
#include "driver/option.h"
#include "driver/postgresql.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#define DEFAULT_TIMEOUT_MS 10000
#define PARAMETERS_MAXIMUM 64

/* libpq's parameters as they are put together; the last name is NULL. */
struct parameters {
	const char *names[PARAMETERS_MAXIMUM + 1];
	const char *values[PARAMETERS_MAXIMUM + 1];
	size_t count;
	struct corm_arena arena;
	corm_error_store *error;
	bool prepared;
	bool has_host;
	bool complete; /* false: out of memory, or too many */
};

static void add(struct parameters *parameters, const char *name, const char *value)
{
	if (!value)
		return;
	if (parameters->count == PARAMETERS_MAXIMUM) {
		parameters->complete = false;
		return;
	}
	parameters->names[parameters->count] = name;
	parameters->values[parameters->count++] = value;
}

/* ---- the URL ----------------------------------------------------------------------------------------------------- */

/* "host1,host2" and "5432,5433". */
static void add_hosts(struct parameters *parameters, const corm_url *url)
{
	struct corm__buffer names, ports;
	bool has_name = false, has_port = false;
	corm__buffer_init(&names, &parameters->arena.allocator, 65536);
	corm__buffer_init(&ports, &parameters->arena.allocator, 65536);
	for (size_t i = 0; i < url->host_count; i++) {
		corm__buffer_text(&names, i ? "," : "");
		corm__buffer_text(&names, url->hosts[i].name);
		corm__buffer_text(&ports, i ? "," : "");
		if (url->hosts[i].port)
			corm__buffer_format(&ports, "%d", url->hosts[i].port);
		has_name = has_name || *url->hosts[i].name;
		has_port = has_port || url->hosts[i].port;
	}
	if (names.status || ports.status)
		parameters->complete = false;
	if (parameters->complete && has_name)
		add(parameters, "host", corm__arena_copy(&parameters->arena, names.data, names.length));
	if (parameters->complete && has_port)
		add(parameters, "port", corm__arena_copy(&parameters->arena, ports.data, ports.length));
	parameters->has_host = has_name;
	corm__buffer_release(&names);
	corm__buffer_release(&ports);
}

/* Is it one of libpq's? Those that the rest of the URL says, or we do ourselves, are none. */
static const char *known_name(const PQconninfoOption *known, const char *name)
{
	static const char *const ours[] = { "user",
		                                "password",
		                                "port",
		                                "dbname",
		                                "connect_timeout",
		                                "client_encoding",
		                                "replication",
		                                "fallback_application_name",
		                                "hostaddr" };
	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
		if (!strcmp(ours[i], name))
			return NULL;
	}
	for (; known->keyword; known++) {
		if (!strcmp(known->keyword, name))
			return name;
	}
	return NULL;
}

static corm_status read_prepared(struct parameters *parameters, const char *value)
{
	if (corm__option_bool(value, &parameters->prepared))
		return CORM_OK;
	return corm_error_set(parameters->error, CORM_ERROR_URL,
	                      "postgresql: the URL's option prepared=%s is neither on nor off", value);
}

static corm_status add_option(struct parameters *parameters, const PQconninfoOption *known,
                              const corm_url_option *option)
{
	if (!strcmp(option->name, "prepared"))
		return read_prepared(parameters, option->value);
	bool is_host = !strcmp(option->name, "unix_socket") || !strcmp(option->name, "host");
	if (is_host && parameters->has_host)
		return corm_error_set(parameters->error, CORM_ERROR_URL,
		                      "postgresql: the URL has a host, and its option %s names another", option->name);
	if (!is_host && !known_name(known, option->name))
		return corm_error_set(parameters->error, CORM_ERROR_URL,
		                      "postgresql: unknown option \"%s\" in the URL (known: prepared, unix_socket, and libpq's "
		                      "own, as sslmode, sslrootcert, application_name, target_session_attrs)",
		                      option->name);
	add(parameters, is_host ? "host" : option->name, option->value);
	return CORM_OK;
}

static corm_status read_url(struct parameters *parameters, const corm_url *url)
{
	PQconninfoOption *known = PQconndefaults();
	if (!known)
		return corm__postgresql_no_memory(parameters->error);
	corm_status status = CORM_OK;
	add_hosts(parameters, url);
	add(parameters, "user", url->user);
	add(parameters, "password", url->password);
	add(parameters, "dbname", url->database && *url->database ? url->database : NULL);
	add(parameters, "client_encoding", "UTF8");
	add(parameters, "fallback_application_name", "cormorant");
	for (size_t i = 0; status == CORM_OK && i < url->option_count; i++)
		status = add_option(parameters, known, &url->options[i]);
	PQconninfoFree(known);
	if (status == CORM_OK && !parameters->complete)
		status = corm_error_set(parameters->error, CORM_ERROR_MEMORY, "postgresql: no memory for the URL's options");
	return status;
}

/* ---- connecting -------------------------------------------------------------------------------------------------- */

static corm_status timed_out(const corm_driver_settings *settings, int timeout_ms, corm_error_store *error)
{
	return corm_error_set(error, CORM_ERROR_TIMEOUT,
	                      "postgresql: cannot connect to %s: no answer within %d ms (connect_timeout)",
	                      settings->url->shown, timeout_ms);
}

/* Waits for one step of the connection. False when the time is over. */
static bool wait_for(PGconn *db, PostgresPollingStatusType wanted, int64_t deadline_ns)
{
	for (;;) {
		int64_t left_ns = deadline_ns - corm__clock_ns();
		struct pollfd socket = {
			.fd = PQsocket(db),
			.events = wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT,
		};
		if (left_ns <= 0)
			return false;
		int ready = poll(&socket, 1, (int)(left_ns / 1000000) + 1);
		if (ready > 0 || (ready < 0 && errno != EINTR))
			return true;
	}
}

static corm_status failed_to_connect(const corm_driver_settings *settings, PGconn *db, corm_error_store *error)
{
	char message[2048];
	corm__postgresql_one_line(PQerrorMessage(db), message, sizeof message);
	return corm_error_set(error, CORM_ERROR_CONNECT, "postgresql: cannot connect to %s: %s", settings->url->shown,
	                      message[0] ? message : "no reason was given");
}

/* libpq gives each of several hosts its time; one is waited for here, to the millisecond. */
static corm_status connect_to(struct corm__postgresql_connection *connection, const struct parameters *parameters,
                              const corm_driver_settings *settings, corm_error_store *error)
{
	int timeout_ms = settings->connect_timeout_ms ? settings->connect_timeout_ms : DEFAULT_TIMEOUT_MS;
	if (settings->url->host_count > 1) {
		connection->db = PQconnectdbParams(parameters->names, parameters->values, 0);
	} else {
		int64_t deadline_ns = corm__clock_ns() + (int64_t)timeout_ms * 1000000;
		PostgresPollingStatusType wanted = PGRES_POLLING_WRITING;
		connection->db = PQconnectStartParams(parameters->names, parameters->values, 0);
		while (connection->db && PQstatus(connection->db) != CONNECTION_BAD && wanted != PGRES_POLLING_OK &&
		       wanted != PGRES_POLLING_FAILED) {
			if (!wait_for(connection->db, wanted, deadline_ns))
				return timed_out(settings, timeout_ms, error);
			wanted = PQconnectPoll(connection->db);
		}
	}
	if (!connection->db)
		return corm__postgresql_no_memory(error);
	return PQstatus(connection->db) == CONNECTION_OK ? CORM_OK : failed_to_connect(settings, connection->db, error);
}

/* ---- the session's settings -------------------------------------------------------------------------------------- */

static corm_status set_up(struct corm__postgresql_connection *connection, const corm_driver_settings *settings,
                          corm_error_store *error)
{
	struct corm__buffer sql;
	corm_status status = CORM_OK;
	corm__buffer_init(&sql, &connection->allocator, 65536);
	corm__buffer_text(&sql, "SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET standard_conforming_strings = on");
	if (settings->statement_timeout_ms)
		corm__buffer_format(&sql, "; SET statement_timeout = %d", settings->statement_timeout_ms);
	if (settings->isolation_level)
		corm__buffer_format(&sql, "; SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL %s",
		                    settings->isolation_level);
	if (settings->schema) {
		char *name = PQescapeIdentifier(connection->db, settings->schema, strlen(settings->schema));
		if (name)
			corm__buffer_format(&sql, "; SET search_path = %s", name);
		else
			status = failed_to_connect(settings, connection->db, error);
		PQfreemem(name);
	}
	if (status == CORM_OK && sql.status)
		status = corm__postgresql_no_memory(error);
	/* One round trip for all of them. */
	PGresult *result = status == CORM_OK ? PQexec(connection->db, sql.data) : NULL;
	if (status == CORM_OK && PQresultStatus(result) != PGRES_COMMAND_OK) {
		corm__postgresql_fail(connection, result, sql.data, error);
		status = error->error.status = CORM_ERROR_CONNECT;
	}
	PQclear(result);
	corm__buffer_release(&sql);
	return status;
}

static void receive_notice(void *data, const PGresult *result)
{
	const struct corm__postgresql_connection *connection = data;
	const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	if (message)
		connection->notice(connection->notice_data, severity ? severity : "NOTICE", message);
}

corm_status corm__postgresql_connect(void *data, const corm_driver_settings *settings, corm_error_store *error)
{
	struct corm__postgresql_connection *connection = data;
	struct parameters parameters = { .error = error, .prepared = true, .complete = true };
	char seconds[16];
	connection->allocator = settings->allocator;
	connection->statement_timeout_ms = settings->statement_timeout_ms;
	connection->notice = settings->notice;
	connection->notice_data = settings->notice_data;
	corm__arena_init(&parameters.arena, &connection->allocator, 0);
	corm_status status = read_url(&parameters, settings->url);
	int timeout_ms = settings->connect_timeout_ms ? settings->connect_timeout_ms : DEFAULT_TIMEOUT_MS;
	snprintf(seconds, sizeof seconds, "%d", timeout_ms / 1000 + (timeout_ms % 1000 != 0));
	add(&parameters, "connect_timeout", seconds);
	if (status == CORM_OK)
		status = connect_to(connection, &parameters, settings, error);
	corm__arena_release(&parameters.arena);
	if (status != CORM_OK)
		return status;
	connection->prepared = parameters.prepared;
	PQsetNoticeReceiver(connection->db, receive_notice, connection);
	connection->cancel = PQgetCancel(connection->db);
	if (!connection->cancel)
		return corm__postgresql_no_memory(error);
	return set_up(connection, settings, error);
}

void corm__postgresql_disconnect(void *data)
{
	struct corm__postgresql_connection *connection = data;
	const corm_allocator *allocator = &connection->allocator;
	PQfreeCancel(connection->cancel);
	PQfinish(connection->db);
	corm__free(allocator, connection->commands, connection->command_capacity);
	corm__free(allocator, connection->dead, connection->dead_capacity * sizeof *connection->dead);
	corm__free(allocator, connection->types, connection->type_capacity * sizeof *connection->types);
	connection->db = NULL;
	connection->cancel = NULL;
	connection->commands = NULL;
	connection->dead = NULL;
	connection->types = NULL;
}
