/* SPDX-License-Identifier: Apache-2.0
 *
 * Connecting to MariaDB: the hosts in turn, then the session's settings, which are set and read back in one round trip,
 * so that a server or a proxy that took something else shows here. Cancelling needs a connection of its own.
 */
#include "base/arena.h"
#include "driver/abandon.h"
#include "driver/clock.h"
#include "driver/mariadb.h"
#include <errmsg.h>
#include <limits.h>
#include <mysqld_error.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* For a host that does not answer: long enough for any that does. */
#define CONNECT_TIMEOUT_MS 10000

/* What our SQL and our types rely on; ERROR_FOR_DIVISION_BY_ZERO as other databases do it. */
static const char *const sql_modes[] = {
	"STRICT_ALL_TABLES",     "NO_ZERO_DATE",
	"NO_ZERO_IN_DATE",       "NO_ENGINE_SUBSTITUTION",
	"NO_AUTO_VALUE_ON_ZERO", "SIMULTANEOUS_ASSIGNMENT",
	"NO_BACKSLASH_ESCAPES",  "ERROR_FOR_DIVISION_BY_ZERO",
};
#define SQL_MODES (sizeof sql_modes / sizeof *sql_modes)

corm_status corm__mariadb_open(const corm_driver_settings *settings, void **out, corm_error_store *error)
{
	struct corm__mariadb_options options;
	corm_status status = corm__mariadb_options_read(settings->url, &options, error);
	if (status != CORM_OK)
		return status;
	/* Once per process; the client library sees to it. */
	if (mysql_server_init(0, NULL, NULL))
		return corm_error_set(error, CORM_ERROR_MEMORY, "mariadb: the client library cannot be initialised");
	struct corm__mariadb_shared *shared = corm__alloc(&settings->allocator, 1, sizeof *shared);
	if (!shared)
		return corm_error_set(error, CORM_ERROR_MEMORY, "mariadb: no memory to open a database");
	*shared = (struct corm__mariadb_shared){
		.allocator = settings->allocator,
		.url = settings->url,
		.database = settings->schema ? settings->schema : settings->url->database,
		.isolation_level = settings->isolation_level,
		.options = options,
		.connect_timeout_ms = settings->connect_timeout_ms ? settings->connect_timeout_ms : CONNECT_TIMEOUT_MS,
		.statement_timeout_ms = settings->statement_timeout_ms,
	};
	*out = shared;
	return CORM_OK;
}

void corm__mariadb_close(void *data)
{
	struct corm__mariadb_shared *shared = data;
	corm_allocator allocator = shared->allocator;
	corm__free(&allocator, shared, sizeof *shared);
}

/* The client library counts in seconds. */
static unsigned seconds_of(int64_t milliseconds)
{
	return (unsigned)((milliseconds + 999) / 1000);
}

/* False when there is no memory. */
static bool set_options(MYSQL *mysql, const struct corm__mariadb_shared *shared)
{
	const struct corm__mariadb_options *options = &shared->options;
	unsigned connect_s = seconds_of(shared->connect_timeout_ms);
	unsigned answer_s = seconds_of((int64_t)shared->statement_timeout_ms + CORM__MARIADB_ANSWER_MS);
	unsigned no_files = 0;
	my_bool enforce = options->ssl, verify = options->ssl_verify;
	int wrong = mysql_options(mysql, MYSQL_OPT_CONNECT_TIMEOUT, &connect_s);
	wrong |= mysql_options(mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	wrong |= mysql_options(mysql, MYSQL_OPT_LOCAL_INFILE, &no_files);
	if (shared->statement_timeout_ms) {
		wrong |= mysql_options(mysql, MYSQL_OPT_READ_TIMEOUT, &answer_s);
		wrong |= mysql_options(mysql, MYSQL_OPT_WRITE_TIMEOUT, &answer_s);
	}
	if (options->compress)
		wrong |= mysql_options(mysql, MYSQL_OPT_COMPRESS, NULL);
	if (options->application_name)
		wrong |= mysql_optionsv(mysql, MYSQL_OPT_CONNECT_ATTR_ADD, "program_name", options->application_name);
	if (options->ssl)
		mysql_ssl_set(mysql, options->ssl_key, options->ssl_cert, options->ssl_ca, options->ssl_capath,
		              options->ssl_cipher);
	wrong |= mysql_options(mysql, MYSQL_OPT_SSL_ENFORCE, &enforce);
	wrong |= mysql_options(mysql, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
	return !wrong;
}

/* How a host of the URL is reached: by a socket when it has neither name nor port, or is localhost alone. */
struct address {
	const char *host, *socket;
	unsigned port;
	char shown[300];
};

static void find_address(const struct corm__mariadb_shared *shared, size_t index, struct address *out)
{
	static const corm_url_host none = { "", 0 };
	const corm_url_host *host = index < shared->url->host_count ? &shared->url->hosts[index] : &none;
	bool local = !host->port && (!*host->name || !strcasecmp(host->name, "localhost"));
	*out = (struct address){ .host = *host->name ? host->name : "localhost", .port = (unsigned)host->port };
	if (shared->options.unix_socket) {
		out->host = "localhost";
		out->socket = shared->options.unix_socket;
		out->port = 0;
		snprintf(out->shown, sizeof out->shown, "%s", out->socket);
	} else if (local) {
		snprintf(out->shown, sizeof out->shown, "localhost");
	} else {
		/* The client library would take a socket for this name, whatever the port. */
		if (!strcasecmp(out->host, "localhost"))
			out->host = "127.0.0.1";
		if (!out->port)
			out->port = 3306;
		snprintf(out->shown, sizeof out->shown, strchr(out->host, ':') ? "[%.250s]:%u" : "%.250s:%u", host->name,
		         out->port);
	}
}

/* NULL when there is no memory. A MYSQL that is returned may have failed: its mysql_errno() says so. */
static MYSQL *dial(const struct corm__mariadb_shared *shared, const struct address *address)
{
	MYSQL *mysql = mysql_init(NULL);
	if (!mysql || !set_options(mysql, shared)) {
		mysql_close(mysql);
		return NULL;
	}
	const corm_url *url = shared->url;
	mysql_real_connect(mysql, address->host, url->user, url->password ? url->password : "", shared->database,
	                   address->port, address->socket, CLIENT_FOUND_ROWS | CLIENT_MULTI_STATEMENTS);
	return mysql;
}

/* What to do about a connection that was refused. */
static const char *advice(unsigned number)
{
	switch (number) {
	case ER_ACCESS_DENIED_ERROR:
		return ": check the user's name and password";
	case ER_BAD_DB_ERROR:
		return ": create it, or correct the URL";
	case ER_DBACCESS_DENIED_ERROR:
		return ": grant the user the database, or correct the URL";
	case ER_CON_COUNT_ERROR:
	case ER_TOO_MANY_USER_CONNECTIONS:
	case ER_USER_LIMIT_REACHED:
		return ": raise the server's limit, or lower pool_size and max_overflow";
	case CR_CONNECTION_ERROR:
	case CR_CONN_HOST_ERROR:
		return ": is the server running, and is this its address?";
	case CR_UNKNOWN_HOST:
		return ": check the host's name";
	case CR_SSL_CONNECTION_ERROR:
		return ": check the ssl options";
	default:
		return "";
	}
}

/* Reports why a host has not become a connection. */
static corm_status report(MYSQL *mysql, const struct corm__mariadb_shared *shared, const struct address *address,
                          int64_t started_ns, corm_error_store *error)
{
	unsigned number = mysql_errno(mysql);
	bool late = corm__clock_ns() - started_ns >= (int64_t)shared->connect_timeout_ms * 1000000;
	if (number == CR_OUT_OF_MEMORY)
		return corm_error_set(error, CORM_ERROR_MEMORY, "mariadb: no memory to open a connection");
	if (late && (corm__mariadb_is_lost(number) || number == CR_CONNECTION_ERROR || number == CR_CONN_HOST_ERROR)) {
		corm_error_set(error, CORM_ERROR_TIMEOUT,
		               "mariadb: \"%s\" has not answered within connect_timeout, %d ms: is the server running, and is "
		               "this its address?",
		               address->shown, shared->connect_timeout_ms);
	} else {
		corm_error_set(error, CORM_ERROR_CONNECT, "mariadb: cannot connect to \"%s\": %s%s", address->shown,
		               mysql_error(mysql), advice(number));
	}
	corm_error_detail(error, &error->error.sqlstate, mysql_sqlstate(mysql), SIZE_MAX);
	return error->error.status;
}

/* ---- the session's settings -------------------------------------------------------------------------------------- */

static void write_settings(const struct corm__mariadb_shared *shared, char *sql, size_t size)
{
	int used = snprintf(
		sql, size, "SET NAMES utf8mb4 COLLATE utf8mb4_nopad_bin, time_zone = '+00:00', autocommit = 1, sql_mode = '");
	for (size_t i = 0; i < SQL_MODES; i++)
		used += snprintf(sql + used, size - (size_t)used, "%s%s", i ? "," : "", sql_modes[i]);
	used += snprintf(sql + used, size - (size_t)used, "'");
	int timeout_ms = shared->statement_timeout_ms;
	if (timeout_ms)
		used += snprintf(sql + used, size - (size_t)used, ", max_statement_time = %d.%03d", timeout_ms / 1000,
		                 timeout_ms % 1000);
	if (shared->isolation_level)
		used += snprintf(sql + used, size - (size_t)used, "; SET SESSION TRANSACTION ISOLATION LEVEL %s",
		                 shared->isolation_level);
	snprintf(sql + used, size - (size_t)used,
	         "; SELECT @@max_allowed_packet, @@character_set_client, @@character_set_results, @@collation_connection, "
	         "@@time_zone, @@autocommit, @@sql_mode");
}

/* The columns of the answer. */
#define SETTINGS 7

/* Is word one of the list's, which has commas between them? */
static bool is_listed(const char *list, const char *word)
{
	size_t length = strlen(word);
	for (const char *at = list; at && *at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
		if (!strncmp(at, word, length) && (at[length] == ',' || !at[length]))
			return true;
	}
	return false;
}

static corm_status refuse_setting(const struct address *address, const char *name, const char *wanted,
                                  const char *found, corm_error_store *error)
{
	return corm_error_set(
		error, CORM_ERROR_CONNECT,
		"mariadb: the server at \"%s\" does not take the session's settings: %s is \"%s\" and has to %s "
		"\"%s\": connect to the server itself, or configure what stands before it",
		address->shown, name, found, strcmp(name, "sql_mode") ? "be" : "have", wanted);
}

static corm_status check_settings(MYSQL_ROW row, const struct address *address, corm_error_store *error)
{
	static const struct {
		const char *name, *wanted;
	} settings[] = {
		{ "character_set_client", "utf8mb4" },
		{ "character_set_results", "utf8mb4" },
		{ "collation_connection", "utf8mb4_nopad_bin" },
		{ "time_zone", "+00:00" },
		{ "autocommit", "1" },
	};
	size_t count = sizeof settings / sizeof *settings;
	for (size_t i = 0; i < count; i++) {
		const char *found = row[1 + i] ? row[1 + i] : "NULL";
		if (strcmp(found, settings[i].wanted) != 0)
			return refuse_setting(address, settings[i].name, settings[i].wanted, found, error);
	}
	const char *modes = row[1 + count] ? row[1 + count] : "NULL";
	for (size_t i = 0; i < SQL_MODES; i++) {
		if (!is_listed(modes, sql_modes[i]))
			return refuse_setting(address, "sql_mode", sql_modes[i], modes, error);
	}
	return CORM_OK;
}

/* The answer of the last statement of a text; NULL after an error. */
static MYSQL_RES *last_result(MYSQL *mysql)
{
	MYSQL_RES *result = mysql_store_result(mysql);
	while (!mysql_errno(mysql) && mysql_more_results(mysql)) {
		mysql_free_result(result);
		result = NULL;
		if (!mysql_next_result(mysql))
			result = mysql_store_result(mysql);
	}
	return result;
}

/* *next becomes true where another host may do better. */
static corm_status set_up(struct corm__mariadb_connection *connection, const struct address *address, bool *next,
                          corm_error_store *error)
{
	MYSQL *mysql = connection->mysql;
	char sql[1024];
	write_settings(connection->shared, sql, sizeof sql);
	MYSQL_RES *result = mysql_real_query(mysql, sql, strlen(sql)) ? NULL : last_result(mysql);
	if (!result) {
		*next = mysql_errno(mysql) == 1047 || corm__mariadb_is_lost(mysql_errno(mysql));
		corm_error_set(
			error, CORM_ERROR_CONNECT,
			"mariadb: the server at \"%s\" (%s) does not take the session's settings: %s: it has to be MariaDB "
			"10.3 or later, and ready",
			address->shown, mysql_get_server_info(mysql), mysql_error(mysql));
		corm_error_detail(error, &error->error.sqlstate, mysql_sqlstate(mysql), SIZE_MAX);
		return CORM_ERROR_CONNECT;
	}
	MYSQL_ROW row = mysql_fetch_row(result);
	if (!row || mysql_num_fields(result) != SETTINGS) {
		mysql_free_result(result);
		return corm_error_set(error, CORM_ERROR_CONNECT,
		                      "mariadb: the server at \"%s\" does not say what the session's settings are",
		                      address->shown);
	}
	corm_status status = check_settings(row, address, error);
	connection->packet_limit = row[0] ? strtoull(row[0], NULL, 10) : 1 << 20;
	mysql_free_result(result);
	return status;
}

/* *next becomes true where another host may do better: one that refuses the user is not asked around for. */
static corm_status connect_to(struct corm__mariadb_connection *connection, size_t index, bool *next,
                              corm_error_store *error)
{
	const struct corm__mariadb_shared *shared = connection->shared;
	struct address address;
	int64_t started_ns = corm__clock_ns();
	find_address(shared, index, &address);
	mysql_close(connection->mysql);
	connection->mysql = dial(shared, &address);
	*next = false;
	if (!connection->mysql)
		return corm_error_set(error, CORM_ERROR_MEMORY, "mariadb: no memory to open a connection");
	unsigned number = mysql_errno(connection->mysql);
	if (number) {
		*next = number != ER_ACCESS_DENIED_ERROR && number != ER_BAD_DB_ERROR && number != ER_DBACCESS_DENIED_ERROR &&
		        number != CR_OUT_OF_MEMORY;
		return report(connection->mysql, shared, &address, started_ns, error);
	}
	connection->host = index;
	connection->thread_id = mysql_thread_id(connection->mysql);
	return set_up(connection, &address, next, error);
}

corm_status corm__mariadb_connect(void *data, const corm_driver_settings *settings, corm_error_store *error)
{
	struct corm__mariadb_connection *connection = data;
	connection->shared = settings->shared;
	connection->allocator = settings->allocator;
	connection->notice = settings->notice;
	connection->notice_data = settings->notice_data;
	size_t hosts = settings->url->host_count;
	bool next = true;
	corm_status status = CORM_OK;
	size_t index = 0;
	do
		status = connect_to(connection, index++, &next, error);
	while (status != CORM_OK && next && index < hosts && !connection->shared->options.unix_socket);
	if (status != CORM_OK && index > 1) {
		char last[1024];
		snprintf(last, sizeof last, "%s", error->error.message);
		corm_error_set(error, status, "%s (%zu hosts were tried)", last, index);
	}
	return status;
}

void corm__mariadb_disconnect(void *data)
{
	struct corm__mariadb_connection *connection = data;
	mysql_close(connection->mysql);
	connection->mysql = NULL;
	connection->pending = NULL;
}

void corm__mariadb_abandon(void *data)
{
	struct corm__mariadb_connection *connection = data;
	my_socket wire = connection->mysql ? mysql_get_socket(connection->mysql) : MARIADB_INVALID_SOCKET;
	if (wire != MARIADB_INVALID_SOCKET && !corm__abandon_socket(wire))
		connection->mysql = NULL;
	corm__mariadb_disconnect(connection);
}

bool corm__mariadb_alive(void *data)
{
	struct corm__mariadb_connection *connection = data;
	if (connection->lost || !connection->mysql)
		return false;
	/* Rows that nobody has read yet are not the server's farewell. */
	if (connection->pending)
		return true;
	struct pollfd wire = { .fd = mysql_get_socket(connection->mysql), .events = POLLIN };
	/* An idle server says nothing, but for its end. */
	if (wire.fd == MARIADB_INVALID_SOCKET || poll(&wire, 1, 0) > 0)
		connection->lost = true;
	return !connection->lost;
}

void corm__mariadb_cancel(void *data)
{
	struct corm__mariadb_connection *connection = data;
	struct address address;
	char sql[48];
	find_address(connection->shared, connection->host, &address);
	MYSQL *mysql = dial(connection->shared, &address);
	if (!mysql)
		return;
	snprintf(sql, sizeof sql, "KILL QUERY %lu", connection->thread_id);
	if (!mysql_errno(mysql))
		mysql_real_query(mysql, sql, strlen(sql));
	mysql_close(mysql);
}
