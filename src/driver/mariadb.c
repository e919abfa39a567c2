/* SPDX-License-Identifier: Apache-2.0
 *
 * The MariaDB driver: its table, and what can be said about a connection without asking the server.
 */
#include "driver/mariadb.h"
#include <string.h>

static uint32_t mariadb_capabilities(void *data)
{
	struct corm__mariadb_connection *connection = data;
	MYSQL *mysql = connection->mysql;
	uint32_t capabilities = CORM_CAN_LAST_ID | CORM_CAN_SAVEPOINT | CORM_CAN_LOCK_ROWS | CORM_CAN_INSERT_ROWS |
	                        CORM_CAN_COMPARE_VALUES;
	unsigned long extended = 0;
	if (!mariadb_connection(mysql))
		return capabilities;
	if (mysql_get_server_version(mysql) >= 100500)
		capabilities |= CORM_CAN_RETURNING;
	mariadb_get_infov(mysql, MARIADB_CONNECTION_EXTENDED_SERVER_CAPABILITIES, &extended);
	if (extended & (MARIADB_CLIENT_STMT_BULK_OPERATIONS >> 32))
		capabilities |= CORM_CAN_RUN_MANY;
	return capabilities;
}

static void *mariadb_native(void *data, corm_error_store *error)
{
	struct corm__mariadb_connection *connection = data;
	return corm__mariadb_ready(connection, "", CORM__MARIADB_OTHER, error) == CORM_OK ? connection->mysql : NULL;
}

static bool mariadb_is_null(void *data, size_t column)
{
	struct corm__mariadb_statement *statement = data;
	return column >= statement->column_count || !statement->cells[column].data;
}

static size_t mariadb_column_count(void *data)
{
	struct corm__mariadb_statement *statement = data;
	return statement->column_count;
}

static const char *mariadb_column_name(void *data, size_t index)
{
	struct corm__mariadb_statement *statement = data;
	return index < statement->column_count && statement->fields ? statement->fields[index].name : NULL;
}

static int64_t mariadb_changes(void *data)
{
	struct corm__mariadb_connection *connection = data;
	return connection->changes;
}

static int64_t mariadb_last_id(void *data)
{
	struct corm__mariadb_connection *connection = data;
	return connection->last_id;
}

static const char *const mariadb_schemes[] = { "mariadb", "mysql", NULL };

const corm_driver corm_mariadb_driver = {
	.abi = CORM_DRIVER_ABI,
	.name = "mariadb",
	.schemes = mariadb_schemes,
	.dialect = "mariadb",
	.connection_size = sizeof(struct corm__mariadb_connection),
	.statement_size = sizeof(struct corm__mariadb_statement),
	.begin = "START TRANSACTION",
	.capabilities = mariadb_capabilities,
	.open = corm__mariadb_open,
	.close = corm__mariadb_close,
	.connect = corm__mariadb_connect,
	.disconnect = corm__mariadb_disconnect,
	.native = mariadb_native,
	.alive = corm__mariadb_alive,
	.execute = corm__mariadb_execute,
	.prepare = corm__mariadb_prepare,
	.finalize = corm__mariadb_finalize,
	.bind = corm__mariadb_bind,
	.step = corm__mariadb_step,
	.read = corm__mariadb_read,
	.is_null = mariadb_is_null,
	.reset = corm__mariadb_reset,
	.column_count = mariadb_column_count,
	.column_name = mariadb_column_name,
	.changes = mariadb_changes,
	.last_id = mariadb_last_id,
	.transaction = corm__mariadb_transaction,
	.cancel = corm__mariadb_cancel,
	.abandon = corm__mariadb_abandon,
	.begin_as = corm__mariadb_begin_as,
	.stream = corm__mariadb_stream,
	.run_many = corm__mariadb_run_many,
};
