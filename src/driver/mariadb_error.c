/* SPDX-License-Identifier: Apache-2.0
 *
 * MariaDB's errors: numbers to statuses, the names that its messages carry to details, and what an error has done to
 * the transaction.
 */
#include "driver/clock.h"
#include "driver/mariadb.h"
#include <errmsg.h>
#include <mysqld_error.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Those that the headers may not have: of Galera, of MySQL, of databases that speak its protocol, of newer client
 * libraries. */
enum {
	WSREP_NOT_READY = 1047,
	ENGINE_FILE_CRASHED = 126,
	QUERY_TIMEOUT_MYSQL = 3024,
	CHECK_VIOLATED_MYSQL = 3819,
	INTERACTION_TIMEOUT_MYSQL = 4031,
	TIDB_WRITE_CONFLICT = 9007,
	TIDB_TXN_RETRYABLE = 8002,
	TIDB_SCHEMA_CHANGED = 8028,
	TIDB_TXN_ABORTED = 8022,
	CLIENT_READ_FAILED = 5013,
	CLIENT_WRITE_FAILED = 5014
};

static const struct {
	unsigned number;
	corm_status status;
} statuses[] = {
	{ ER_DUP_ENTRY, CORM_ERROR_UNIQUE },
	{ ER_DUP_KEY, CORM_ERROR_UNIQUE },
	{ ER_DUP_ENTRY_WITH_KEY_NAME, CORM_ERROR_UNIQUE },
	{ ER_ROW_IS_REFERENCED, CORM_ERROR_FOREIGN_KEY },
	{ ER_ROW_IS_REFERENCED_2, CORM_ERROR_FOREIGN_KEY },
	{ ER_NO_REFERENCED_ROW, CORM_ERROR_FOREIGN_KEY },
	{ ER_NO_REFERENCED_ROW_2, CORM_ERROR_FOREIGN_KEY },
	{ ER_BAD_NULL_ERROR, CORM_ERROR_NOT_NULL },
	{ ER_NO_DEFAULT_FOR_FIELD, CORM_ERROR_NOT_NULL },
	{ ER_CONSTRAINT_FAILED, CORM_ERROR_CHECK },
	{ CHECK_VIOLATED_MYSQL, CORM_ERROR_CHECK },
	/* What the same transaction, begun again, may not meet. */
	{ ER_LOCK_DEADLOCK, CORM_ERROR_CONFLICT },
	{ ER_LOCK_WAIT_TIMEOUT, CORM_ERROR_CONFLICT },
	{ ER_CHECKREAD, CORM_ERROR_CONFLICT },
	{ TIDB_WRITE_CONFLICT, CORM_ERROR_CONFLICT },
	{ TIDB_TXN_RETRYABLE, CORM_ERROR_CONFLICT },
	{ TIDB_TXN_ABORTED, CORM_ERROR_CONFLICT },
	{ TIDB_SCHEMA_CHANGED, CORM_ERROR_CONFLICT },
	{ ER_STATEMENT_TIMEOUT, CORM_ERROR_TIMEOUT },
	{ QUERY_TIMEOUT_MYSQL, CORM_ERROR_TIMEOUT },
	{ ER_QUERY_INTERRUPTED, CORM_ERROR_CANCELLED },
	{ ER_OPTION_PREVENTS_STATEMENT, CORM_ERROR_READONLY },
	{ ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION, CORM_ERROR_READONLY },
	{ ER_READ_ONLY_MODE, CORM_ERROR_READONLY },
	{ ER_OPEN_AS_READONLY, CORM_ERROR_READONLY },
	/* Values that their columns do not take. */
	{ ER_DATA_TOO_LONG, CORM_ERROR_VALIDATION },
	{ ER_WARN_DATA_OUT_OF_RANGE, CORM_ERROR_VALIDATION },
	{ ER_TRUNCATED_WRONG_VALUE_FOR_FIELD, CORM_ERROR_VALIDATION },
	{ WARN_DATA_TRUNCATED, CORM_ERROR_VALIDATION },
	{ ER_TRUNCATED_WRONG_VALUE, CORM_ERROR_VALIDATION },
	{ ER_DATA_OUT_OF_RANGE, CORM_ERROR_VALIDATION },
	{ ER_WARN_NULL_TO_NOTNULL, CORM_ERROR_VALIDATION },
	{ ER_NET_PACKET_TOO_LARGE, CORM_ERROR_VALIDATION },
	{ CR_NET_PACKET_TOO_LARGE, CORM_ERROR_VALIDATION },
	{ ER_TOO_BIG_ROWSIZE, CORM_ERROR_VALIDATION },
	{ CR_OUT_OF_MEMORY, CORM_ERROR_MEMORY },
	{ ER_OUTOFMEMORY, CORM_ERROR_IO },
	{ ER_OUT_OF_SORTMEMORY, CORM_ERROR_IO },
	{ ER_OUT_OF_RESOURCES, CORM_ERROR_IO },
	{ ER_RECORD_FILE_FULL, CORM_ERROR_IO },
	{ ER_DISK_FULL, CORM_ERROR_IO },
	{ ENGINE_FILE_CRASHED, CORM_ERROR_IO },
	{ ER_NOT_KEYFILE, CORM_ERROR_IO },
	{ ER_CRASHED_ON_USAGE, CORM_ERROR_IO },
	{ ER_CRASHED_ON_REPAIR, CORM_ERROR_IO },
	{ ER_ERROR_ON_READ, CORM_ERROR_IO },
	{ ER_ERROR_ON_WRITE, CORM_ERROR_IO },
	{ ER_GET_ERRNO, CORM_ERROR_IO },
	{ ER_ACCESS_DENIED_ERROR, CORM_ERROR_CONNECT },
	{ ER_DBACCESS_DENIED_ERROR, CORM_ERROR_CONNECT },
	{ ER_BAD_DB_ERROR, CORM_ERROR_CONNECT },
	{ ER_CON_COUNT_ERROR, CORM_ERROR_CONNECT },
	{ ER_TOO_MANY_USER_CONNECTIONS, CORM_ERROR_CONNECT },
	{ ER_USER_LIMIT_REACHED, CORM_ERROR_CONNECT },
	{ ER_HOST_IS_BLOCKED, CORM_ERROR_CONNECT },
	{ ER_HOST_NOT_PRIVILEGED, CORM_ERROR_CONNECT },
	/* Of a cluster's node that is not in the cluster: another one may do. */
	{ WSREP_NOT_READY, CORM_ERROR_CONNECT },
	{ ER_ERROR_DURING_COMMIT, CORM_ERROR_CONNECT },
};

/* The server has gone, or will answer nothing more. */
bool corm__mariadb_is_lost(unsigned number)
{
	switch (number) {
	case CR_SERVER_GONE_ERROR:
	case CR_SERVER_LOST:
	case CR_SERVER_LOST_EXTENDED:
	case CR_COMMANDS_OUT_OF_SYNC:
	case CR_MALFORMED_PACKET:
	case CLIENT_READ_FAILED:
	case CLIENT_WRITE_FAILED:
	case ER_SERVER_SHUTDOWN:
	case ER_NORMAL_SHUTDOWN:
	case ER_CONNECTION_KILLED:
	case ER_NEW_ABORTING_CONNECTION:
	case ER_NET_PACKET_TOO_LARGE:
	case ER_NET_READ_ERROR_FROM_PIPE:
	case ER_NET_FCNTL_ERROR:
	case ER_NET_PACKETS_OUT_OF_ORDER:
	case ER_NET_UNCOMPRESS_ERROR:
	case ER_NET_READ_ERROR:
	case ER_NET_READ_INTERRUPTED:
	case ER_NET_ERROR_ON_WRITE:
	case ER_NET_WRITE_INTERRUPTED:
	case INTERACTION_TIMEOUT_MYSQL:
		return true;
	default:
		return false;
	}
}

corm_status corm__mariadb_status(unsigned number, const char *sqlstate)
{
	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
		if (statuses[i].number == number)
			return statuses[i].status;
	}
	if (corm__mariadb_is_lost(number))
		return CORM_ERROR_CONNECT;
	/* Serialization failures of databases that speak this protocol, and connection exceptions. */
	if (!strncmp(sqlstate, "40", 2))
		return CORM_ERROR_CONFLICT;
	return !strncmp(sqlstate, "08", 2) ? CORM_ERROR_CONNECT : CORM_ERROR_SQL;
}

/* ---- names in messages ------------------------------------------------------------------------------------------- */

/* What stands behind the last prefix in text, up to a character that ends it; *length is its bytes. NULL: none. */
static const char *quoted(const char *text, const char *prefix, char end, size_t *length)
{
	const char *found = NULL;
	for (const char *at = text; (at = strstr(at, prefix)) != NULL; at += strlen(prefix))
		found = at + strlen(prefix);
	const char *close = found ? strchr(found, end) : NULL;
	if (!close)
		return NULL;
	*length = (size_t)(close - found);
	return found;
}

static void add_quoted(corm_error_store *error, const char **field, const char *text, const char *prefix, char end)
{
	size_t length;
	const char *found = quoted(text, prefix, end, &length);
	if (found)
		corm_error_detail(error, field, found, length);
}

/* "… (`app`.`book`, CONSTRAINT `fk_book_author_id` FOREIGN KEY (`author_id`, `b`) REFERENCES …" */
static void add_foreign_key(corm_error_store *error, const char *message)
{
	size_t length, used = 0;
	char columns[512];
	add_quoted(error, &error->error.constraint, message, "CONSTRAINT `", '`');
	const char *table = quoted(message, "fails (`", ',', &length);
	const char *dot = table ? memchr(table, '.', length) : NULL;
	if (dot && (size_t)(dot - table) + 3 < length)
		corm_error_detail(error, &error->error.table, dot + 2, length - (size_t)(dot - table) - 3);
	const char *names = quoted(message, "FOREIGN KEY (", ')', &length);
	for (size_t i = 0; names && i < length && used + 1 < sizeof columns; i++) {
		if (names[i] != '`')
			columns[used++] = names[i];
	}
	if (used)
		corm_error_detail(error, &error->error.column, columns, used);
}

/* The table that a changing statement names. */
static void add_target(corm_error_store *error, const char *sql)
{
	static const char *const leads[] = { "INTO ", "FROM ", "UPDATE " };
	const char *at = NULL;
	if (!sql || error->error.table)
		return;
	for (size_t i = 0; i < sizeof leads / sizeof *leads && !at; i++) {
		for (const char *word = sql; *word && word - sql < 64 && !at; word++) {
			if (!strncasecmp(word, leads[i], strlen(leads[i])))
				at = word + strlen(leads[i]);
		}
	}
	if (!at)
		return;
	at += strspn(at, " `");
	size_t length = strcspn(at, "` (.,;");
	/* A database may stand before it. */
	const char *rest = at + length + strspn(at + length, "`");
	if (*rest == '.') {
		at = rest + 1 + strspn(rest + 1, "`");
		length = strcspn(at, "` (,;");
	}
	corm_error_detail(error, &error->error.table, at, length);
}

/* Column 'name', column `app`.`author`.`name`, Field 'name'. */
static void add_column(corm_error_store *error, const char *message)
{
	size_t length;
	const char *name = quoted(message, "olumn '", '\'', &length);
	if (!name)
		name = quoted(message, "Field '", '\'', &length);
	if (name) {
		corm_error_detail(error, &error->error.column, name, length);
		return;
	}
	name = quoted(message, "olumn `", ' ', &length);
	if (name && length) {
		size_t start = length - 1;
		while (start && name[start - 1] != '`')
			start--;
		corm_error_detail(error, &error->error.column, name + start, length - 1 - start);
	}
}

static void add_details(corm_error_store *error, unsigned number, const char *message, const char *sql)
{
	switch (error->error.status) {
	case CORM_ERROR_UNIQUE:
		add_quoted(error, &error->error.constraint, message, "for key '", '\'');
		add_target(error, sql);
		break;
	case CORM_ERROR_FOREIGN_KEY:
		add_foreign_key(error, message);
		break;
	case CORM_ERROR_CHECK:
		add_quoted(error, &error->error.constraint, message, "CONSTRAINT `", '`');
		add_quoted(error, &error->error.table, message, "`.`", '`');
		break;
	case CORM_ERROR_NOT_NULL:
	case CORM_ERROR_VALIDATION:
		add_column(error, message);
		add_target(error, sql);
		break;
	default:
		if (number == ER_BAD_FIELD_ERROR)
			add_column(error, message);
	}
}

/* ---- what an error has done ---------------------------------------------------------------------------------------*/

/* Errors of one statement, which leave its transaction as it was. */
static bool is_harmless(unsigned number, corm_status status)
{
	switch (status) {
	case CORM_ERROR_UNIQUE:
	case CORM_ERROR_FOREIGN_KEY:
	case CORM_ERROR_NOT_NULL:
	case CORM_ERROR_CHECK:
	case CORM_ERROR_READONLY:
	case CORM_ERROR_VALIDATION:
		return true;
	default:
		return number == ER_PARSE_ERROR || number == ER_NO_SUCH_TABLE || number == ER_BAD_FIELD_ERROR;
	}
}

/* True when the server no longer has the transaction that it was in. It is asked, where that depends on its settings
 * and on the error's cause; ours is an error anyway, so that a round trip does not count. */
static bool is_rolled_back(struct corm__mariadb_connection *connection, unsigned number)
{
	MYSQL *mysql = connection->mysql;
	if (number == ER_LOCK_DEADLOCK || connection->pending || mysql->status != MYSQL_STATUS_READY)
		return true;
	static const char question[] = "SELECT @@in_transaction";
	MYSQL_RES *result = mysql_real_query(mysql, question, sizeof question - 1) ? NULL : mysql_store_result(mysql);
	MYSQL_ROW row = result ? mysql_fetch_row(result) : NULL;
	bool open = row && row[0] && row[0][0] == '1';
	mysql_free_result(result);
	connection->lost = corm__mariadb_is_lost(mysql_errno(mysql));
	return !open;
}

static void follow_transaction(struct corm__mariadb_connection *connection, unsigned number, corm_status status)
{
	unsigned server_status = 0;
	if (corm__mariadb_is_lost(number) || mysql_get_socket(connection->mysql) == MARIADB_INVALID_SOCKET) {
		connection->lost = true;
		return;
	}
	/* As it was before the error, which says nothing of it. */
	mariadb_get_infov(connection->mysql, MARIADB_CONNECTION_SERVER_STATUS, &server_status);
	if (server_status & SERVER_STATUS_IN_TRANS && !is_harmless(number, status) && is_rolled_back(connection, number))
		connection->failed = true;
}

/* The client library has waited in vain: for it that is a connection lost like any other. */
static bool is_silent(const struct corm__mariadb_connection *connection, unsigned number)
{
	int64_t limit_ms = (int64_t)connection->shared->statement_timeout_ms + CORM__MARIADB_ANSWER_MS;
	return connection->asked_ns && (number == CR_SERVER_LOST || number == CR_SERVER_LOST_EXTENDED) &&
	       corm__clock_ns() - connection->asked_ns >= limit_ms * 1000000;
}

corm_status corm__mariadb_fail(struct corm__mariadb_connection *connection, MYSQL_STMT *handle, const char *sql,
                               corm_error_store *error)
{
	/* A statement that fails while its rows come leaves its error with the connection. */
	bool own = handle && mysql_stmt_errno(handle);
	unsigned number = own ? mysql_stmt_errno(handle) : mysql_errno(connection->mysql);
	char message[MYSQL_ERRMSG_SIZE], sqlstate[8];
	/* Asking the server about the transaction overwrites them. */
	snprintf(message, sizeof message, "%s", own ? mysql_stmt_error(handle) : mysql_error(connection->mysql));
	snprintf(sqlstate, sizeof sqlstate, "%s", own ? mysql_stmt_sqlstate(handle) : mysql_sqlstate(connection->mysql));
	corm_status status = corm__mariadb_status(number, sqlstate);
	size_t length = 0;
	const char *table = number == ER_NO_SUCH_TABLE ? quoted(message, "Table '", '\'', &length) : NULL;
	const char *dot = table ? memchr(table, '.', length) : NULL;
	if (dot) {
		length -= (size_t)(dot + 1 - table);
		table = dot + 1;
	}
	if (table) {
		corm_error_set(error, status, "mariadb: no such table \"%.*s\" (run corm upgrade, or corm_create_all)",
		               (int)length, table);
		corm_error_detail(error, &error->error.table, table, length);
	} else if (is_silent(connection, number)) {
		status = CORM_ERROR_TIMEOUT;
		corm_error_set(error, status,
		               "mariadb: the server did not answer within statement_timeout, %d ms, and %d ms more: the "
		               "connection is given up",
		               connection->shared->statement_timeout_ms, CORM__MARIADB_ANSWER_MS);
	} else if (status == CORM_ERROR_TIMEOUT && connection->shared->statement_timeout_ms) {
		corm_error_set(error, status, "mariadb: the statement took longer than statement_timeout, %d ms",
		               connection->shared->statement_timeout_ms);
	} else {
		corm_error_set(error, status, "mariadb: %s",
		               *message ? message : "the client library does not say what failed");
		add_details(error, number, message, sql);
	}
	corm_error_detail(error, &error->error.sqlstate, sqlstate, SIZE_MAX);
	corm_error_detail(error, &error->error.sql, sql, SIZE_MAX);
	follow_transaction(connection, number, status);
	return status;
}

void corm__mariadb_warn(struct corm__mariadb_connection *connection)
{
	MYSQL *mysql = connection->mysql;
	static const char question[] = "SHOW WARNINGS LIMIT 16";
	if (connection->pending || mysql_real_query(mysql, question, sizeof question - 1))
		return;
	MYSQL_RES *result = mysql_store_result(mysql);
	for (MYSQL_ROW row; result && (row = mysql_fetch_row(result));) {
		if (row[0] && row[2])
			connection->notice(connection->notice_data, strcasecmp(row[0], "Note") ? "WARNING" : "NOTICE", row[2]);
	}
	mysql_free_result(result);
}
