/* SPDX-License-Identifier: Apache-2.0
 *
 * MariaDB's transactions, with fewer round trips than statements. The client library cannot send a command before it
 * has the answer to the one before, so that START TRANSACTION would cost as much as a small query. It waits for the first
 * statement, and where none came, nothing is sent at all. The transaction's end begins the next one in the same round
 * trip, AND CHAIN: a spare one, which holds neither locks nor a snapshot until it is used. A statement outside of
 * transactions ends it first.
 */
#include "driver/mariadb.h"
#include <stdio.h>
#include <string.h>

#define COMMIT "COMMIT"
#define ROLLBACK "ROLLBACK"

static bool is_open(const struct corm__mariadb_connection *connection)
{
	unsigned status = 0;
	mariadb_get_infov(connection->mysql, MARIADB_CONNECTION_SERVER_STATUS, &status);
	return status & SERVER_STATUS_IN_TRANS;
}

corm_transaction_state corm__mariadb_transaction(void *data)
{
	struct corm__mariadb_connection *connection = data;
	if (connection->lost || connection->transaction == CORM__MARIADB_SPARE)
		return CORM_TRANSACTION_NONE;
	if (connection->failed)
		return CORM_TRANSACTION_FAILED;
	bool open = connection->transaction == CORM__MARIADB_POSTPONED || is_open(connection);
	return open ? CORM_TRANSACTION_OPEN : CORM_TRANSACTION_NONE;
}

bool corm__mariadb_is_control(const char *sql)
{
	return !strcmp(sql, corm_mariadb_driver.begin) || !strcmp(sql, COMMIT) || !strcmp(sql, ROLLBACK);
}

static corm_status begin(struct corm__mariadb_connection *connection, const char *sql, corm_error_store *error)
{
	if (connection->transaction == CORM__MARIADB_SPARE || connection->transaction == CORM__MARIADB_EMPTY) {
		connection->transaction = CORM__MARIADB_EMPTY;
		return CORM_OK;
	}
	/* It ends one that is open, or reports what is wrong. */
	if (connection->lost || connection->failed || is_open(connection)) {
		corm_status status = corm__mariadb_run_text(connection, sql, CORM__MARIADB_OTHER, error);
		if (status == CORM_OK)
			connection->transaction = CORM__MARIADB_BEGUN;
		return status;
	}
	connection->transaction = CORM__MARIADB_POSTPONED;
	return CORM_OK;
}

static corm_status end(struct corm__mariadb_connection *connection, const char *sql, corm_error_store *error)
{
	enum corm__mariadb_kind kind = !strcmp(sql, ROLLBACK) ? CORM__MARIADB_ROLLBACK : CORM__MARIADB_OTHER;
	corm_status status;
	switch (connection->transaction) {
	case CORM__MARIADB_POSTPONED:
		connection->transaction = CORM__MARIADB_UNKNOWN;
		return CORM_OK;
	case CORM__MARIADB_SPARE:
	case CORM__MARIADB_EMPTY:
		connection->transaction = CORM__MARIADB_SPARE;
		return CORM_OK;
	case CORM__MARIADB_BEGUN:
		status = corm__mariadb_run_text(connection,
		                                kind == CORM__MARIADB_ROLLBACK ? ROLLBACK " AND CHAIN" : COMMIT " AND CHAIN",
		                                kind, error);
		if (status == CORM_OK)
			connection->transaction = is_open(connection) ? CORM__MARIADB_SPARE : CORM__MARIADB_UNKNOWN;
		return status;
	case CORM__MARIADB_MIXED:
	case CORM__MARIADB_UNKNOWN:
		break;
	}
	/* The next one has what has been set meanwhile, as another isolation level: AND CHAIN would keep the old one. */
	status = corm__mariadb_run_text(connection, sql, kind, error);
	if (status == CORM_OK)
		connection->transaction = CORM__MARIADB_UNKNOWN;
	return status;
}

corm_status corm__mariadb_control(struct corm__mariadb_connection *connection, const char *sql, corm_error_store *error)
{
	corm_status status = corm__mariadb_free_wire(connection, error);
	if (status != CORM_OK)
		return status;
	return !strcmp(sql, corm_mariadb_driver.begin) ? begin(connection, sql, error) : end(connection, sql, error);
}

corm_status corm__mariadb_enter(struct corm__mariadb_connection *connection, enum corm__mariadb_kind kind,
                                corm_error_store *error)
{
	corm_status status = CORM_OK;
	switch (connection->transaction) {
	case CORM__MARIADB_UNKNOWN:
	case CORM__MARIADB_MIXED:
		return CORM_OK;
	case CORM__MARIADB_SPARE:
		status = corm__mariadb_run_text(connection, COMMIT, CORM__MARIADB_OTHER, error);
		if (status == CORM_OK)
			connection->transaction = CORM__MARIADB_UNKNOWN;
		return status;
	case CORM__MARIADB_POSTPONED:
		status = corm__mariadb_run_text(connection, corm_mariadb_driver.begin, CORM__MARIADB_OTHER, error);
		if (status != CORM_OK)
			return status;
		break;
	case CORM__MARIADB_EMPTY:
	case CORM__MARIADB_BEGUN:
		break;
	}
	bool only_rows = kind == CORM__MARIADB_SELECT || kind == CORM__MARIADB_CHANGE;
	connection->transaction = only_rows ? CORM__MARIADB_BEGUN : CORM__MARIADB_MIXED;
	return CORM_OK;
}

corm_status corm__mariadb_begin_as(void *data, const char *isolation_level, bool read_only, corm_error_store *error)
{
	static const char *const levels[] = { "READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE" };
	char sql[128];
	size_t count = sizeof levels / sizeof *levels, level = 0;
	const char *start = read_only ? "START TRANSACTION READ ONLY" : "START TRANSACTION";
	if (!isolation_level)
		return corm__mariadb_execute(data, start, error);
	while (level < count && strcmp(levels[level], isolation_level) != 0)
		level++;
	if (level == count)
		return corm_error_set(
			error, CORM_ERROR_USAGE,
			"mariadb: there is no isolation level \"%s\": there are READ UNCOMMITTED, READ COMMITTED, "
			"REPEATABLE READ and SERIALIZABLE",
			isolation_level);
	/* The level is that of the next transaction alone. */
	snprintf(sql, sizeof sql, "SET TRANSACTION ISOLATION LEVEL %s; %s", levels[level], start);
	return corm__mariadb_execute(data, sql, error);
}
