/* SPDX-License-Identifier: Apache-2.0
 *
 * SQLite's errors: result codes to statuses, and the names that its messages carry to details.
 */
#include "driver/sqlite.h"
#include "type/cell.h"
#include <stdio.h>
#include <string.h>

static corm_status constraint_status(int code)
{
	switch (code) {
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_PRIMARYKEY:
	case SQLITE_CONSTRAINT_ROWID:
		return CORM_ERROR_UNIQUE;
	case SQLITE_CONSTRAINT_FOREIGNKEY:
		return CORM_ERROR_FOREIGN_KEY;
	case SQLITE_CONSTRAINT_NOTNULL:
		return CORM_ERROR_NOT_NULL;
	case SQLITE_CONSTRAINT_CHECK:
		return CORM_ERROR_CHECK;
	default:
		return CORM_ERROR_SQL;
	}
}

corm_status corm__sqlite_status(int code)
{
	switch (code & 0xff) {
	case SQLITE_CONSTRAINT:
		return constraint_status(code);
	case SQLITE_BUSY:
		return code == SQLITE_BUSY_SNAPSHOT ? CORM_ERROR_CONFLICT : CORM_ERROR_TIMEOUT;
	case SQLITE_LOCKED:
		return CORM_ERROR_CONFLICT;
	case SQLITE_READONLY:
		return CORM_ERROR_READONLY;
	case SQLITE_FULL:
	case SQLITE_IOERR:
	case SQLITE_NOTADB:
	case SQLITE_CORRUPT:
		return code == SQLITE_IOERR_NOMEM ? CORM_ERROR_MEMORY : CORM_ERROR_IO;
	case SQLITE_CANTOPEN:
		return CORM_ERROR_CONNECT;
	case SQLITE_INTERRUPT:
		return CORM_ERROR_CANCELLED;
	case SQLITE_NOMEM:
		return CORM_ERROR_MEMORY;
	case SQLITE_TOOBIG:
		return CORM_ERROR_VALIDATION;
	default:
		return CORM_ERROR_SQL;
	}
}

/* What follows prefix in text, or NULL. */
static const char *after(const char *text, const char *prefix)
{
	size_t length = strlen(prefix);
	return strncmp(text, prefix, length) ? NULL : text + length;
}

/* "UNIQUE constraint failed: author.name, author.born": the table, and the columns as "name, born". The name of an
 * index on an expression comes as "index 'ix_author_lower'". */
static void add_column(corm_error_store *error, const char *names)
{
	const char *index = after(names, "index '");
	if (index) {
		corm_error_detail(error, &error->error.constraint, index, strcspn(index, "'"));
		return;
	}
	size_t table = strcspn(names, ".");
	if (!names[table])
		return;
	corm_error_detail(error, &error->error.table, names, table);
	/* Each name stands behind the table's, which has the same length everywhere. */
	char columns[512];
	size_t used = 0;
	for (const char *name = names; strlen(name) > table; name += strspn(name, ", ")) {
		name += table + 1;
		size_t length = strcspn(name, ",");
		if (used + length + 2 > sizeof columns)
			return;
		used += (size_t)snprintf(columns + used, sizeof columns - used, "%s%.*s", used ? ", " : "", (int)length, name);
		name += length;
	}
	corm_error_detail(error, &error->error.column, columns, used);
}

static void add_details(corm_error_store *error, const char *message)
{
	const char *names = after(message, "UNIQUE constraint failed: ");
	if (!names)
		names = after(message, "NOT NULL constraint failed: ");
	if (names)
		add_column(error, names);
	const char *check = after(message, "CHECK constraint failed: ");
	if (check)
		corm_error_detail(error, &error->error.constraint, check, SIZE_MAX);
}

/* A transaction that has read and now wants to write while another one does is refused at once, because what it has
 * read would not hold when its turn comes: that is a conflict, not a wait that took too long. */
static bool refused_upgrade(sqlite3 *db, int code)
{
#if SQLITE_VERSION_NUMBER >= 3034000
	return code == SQLITE_BUSY && sqlite3_txn_state(db, NULL) == SQLITE_TXN_READ;
#else
	(void)db;
	(void)code;
	return false;
#endif
}

corm_status corm__sqlite_fail(struct corm__sqlite_connection *connection, const char *sql, corm_error_store *error)
{
	/* Asked for, because an adopted handle may not return extended codes. */
	int code = sqlite3_extended_errcode(connection->db);
	const char *message = sqlite3_errmsg(connection->db);
	corm_status status = corm__sqlite_status(code);
	const char *table = after(message, "no such table: ");
	if (connection->timed_out) {
		status = corm_error_set(error, CORM_ERROR_TIMEOUT,
		                        "sqlite: the statement took longer than statement_timeout, %d ms",
		                        connection->statement_timeout_ms);
		connection->timed_out = false;
	} else if (refused_upgrade(connection->db, code)) {
		status = corm_error_set(error, CORM_ERROR_CONFLICT,
		                        "sqlite: another transaction began to write after this one had read: retry it");
	} else if (table && status == CORM_ERROR_SQL) {
		corm_error_set(error, status, "sqlite: no such table \"%s\" (run corm upgrade, or corm_create_all)", table);
		corm_error_detail(error, &error->error.table, table, SIZE_MAX);
	} else if (status == CORM_ERROR_CANCELLED) {
		corm_error_set(error, status, "sqlite: the statement was cancelled");
	} else if (status == CORM_ERROR_TIMEOUT) {
		corm_error_set(error, status, "sqlite: %s: another connection held it for longer than %s", message,
		               connection->lock_limit);
	} else {
		corm_error_set(error, status, "sqlite: %s", message);
		add_details(error, message);
	}
	corm_error_detail(error, &error->error.sql, sql, SIZE_MAX);
	return status;
}

static void describe_cell(sqlite3_value *cell, char *out, size_t size)
{
	switch (sqlite3_value_type(cell)) {
	case SQLITE_INTEGER:
		snprintf(out, size, "%lld", (long long)sqlite3_value_int64(cell));
		break;
	case SQLITE_FLOAT:
		/* SQLite's own formatting, which knows no locale. */
		sqlite3_snprintf((int)size, out, "%!.17g", sqlite3_value_double(cell));
		break;
	case SQLITE_TEXT:
		corm__describe_text((const char *)sqlite3_value_text(cell), (size_t)sqlite3_value_bytes(cell), out, size);
		break;
	case SQLITE_BLOB:
		snprintf(out, size, "a blob of %d bytes", sqlite3_value_bytes(cell));
		break;
	default:
		snprintf(out, size, "NULL");
	}
}

corm_status corm__sqlite_misread(const struct corm__sqlite_statement *statement, int index, const corm_target *target,
                                 bool no_memory, corm_error_store *error)
{
	char value[128], type[96];
	const char *name = target->name ? target->name : sqlite3_column_name(statement->handle, index);
	if (no_memory) {
		corm_error_set(error, CORM_ERROR_MEMORY, "sqlite: no memory to read the column \"%s\"", name ? name : "?");
	} else {
		describe_cell(sqlite3_column_value(statement->handle, index), value, sizeof value);
		corm__describe_format(&target->format, type, sizeof type);
		corm_error_set(error, CORM_ERROR_TYPE, "sqlite: column \"%s\": %s does not fit %s", name ? name : "?", value,
		               type);
	}
	corm_error_detail(error, &error->error.column, name, SIZE_MAX);
	corm_error_detail(error, &error->error.sql, sqlite3_sql(statement->handle), SIZE_MAX);
	return error->error.status;
}
