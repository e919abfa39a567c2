/* SPDX-License-Identifier: Apache-2.0
 *
 * SQLite: a place is a database in memory, or a file in a folder of its own.
 */
#include "session/database_driver.h"
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *path_of(const char *url)
{
	return url + sizeof "sqlite:///" - 1;
}

static void create(const char *base, const char *name, bool shared, char *url, size_t size)
{
	char folder[] = "/tmp/cormorant-XXXXXX";
	(void)name;
	if (!shared) {
		snprintf(url, size, "%s", base);
		return;
	}
	if (!mkdtemp(folder))
		test_database_fail(folder, "no folder for the database");
	snprintf(url, size, "sqlite:///%s/test.db", folder);
}

static void drop(const char *base, const char *name, const char *url)
{
	static const char *const suffixes[] = { "", "-wal", "-shm", "-journal" };
	char path[512];
	(void)name;
	if (strcmp(url, base) == 0)
		return;
	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
		snprintf(path, sizeof path, "%s%s", path_of(url), suffixes[i]);
		unlink(path);
	}
	snprintf(path, sizeof path, "%s", path_of(url));
	*strrchr(path, '/') = '\0';
	rmdir(path);
}

static void *open_place(const char *url)
{
	sqlite3 *db;
	if (sqlite3_open(path_of(url), &db) != SQLITE_OK)
		test_database_fail(url, sqlite3_errmsg(db));
	return db;
}

static void close_place(void *native)
{
	sqlite3_close(native);
}

static void add(struct test_rows *rows, sqlite3_stmt *statement, int column)
{
	char number[32];
	int type = sqlite3_column_type(statement, column);
	const char *text = type == SQLITE_BLOB ? sqlite3_column_blob(statement, column)
	                                       : (const char *)sqlite3_column_text(statement, column);
	size_t size = (size_t)sqlite3_column_bytes(statement, column);
	if (type == SQLITE_FLOAT) {
		/* SQLite's own text has 15 digits only. */
		size = (size_t)snprintf(number, sizeof number, "%.17g", sqlite3_column_double(statement, column));
		text = number;
	}
	test_rows_add(rows, type == SQLITE_BLOB && !text ? "" : text, size, type == SQLITE_BLOB ? TEST_BYTES : TEST_PLAIN);
}

static const char *run(void *native, const char *sql, struct test_rows *rows, int64_t *changed)
{
	static char wrong[512];
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_prepare_v2(native, sql, -1, &statement, NULL);
	while (code == SQLITE_OK || code == SQLITE_ROW) {
		code = sqlite3_step(statement);
		for (int i = 0; code == SQLITE_ROW && rows && i < sqlite3_column_count(statement); i++)
			add(rows, statement, i);
	}
	if (rows)
		rows->columns = (size_t)sqlite3_column_count(statement);
	if (changed)
		*changed = sqlite3_changes64(native);
	if (code != SQLITE_DONE)
		snprintf(wrong, sizeof wrong, "%s", sqlite3_errmsg(native));
	sqlite3_finalize(statement);
	return code == SQLITE_DONE ? NULL : wrong;
}

/* SQLite's own way to run out of pages, which it reports as it does a full disk. */
static bool fill(void *native)
{
	return !run(native, "PRAGMA max_page_count = 1", NULL, NULL);
}

static bool ignore_inserts(void *native, const char *table, const char *condition)
{
	char sql[256];
	snprintf(sql, sizeof sql, "CREATE TRIGGER ignoring BEFORE INSERT ON %s WHEN %s BEGIN SELECT RAISE(IGNORE); END",
	         table, condition);
	return !run(native, sql, NULL, NULL);
}

static bool is_sound(void *native)
{
	struct test_rows rows = { .cell = NULL };
	bool sound = !run(native, "PRAGMA integrity_check", &rows, NULL) && rows.cells == 1 &&
	             strcmp(rows.cell[0], "ok") == 0;
	test_rows_release(&rows);
	return sound;
}

const struct test_driver test_sqlite = {
	.scheme = "sqlite",
	.can = TEST_NAMES_ROWS | TEST_SHOWS_STATEMENTS | TEST_TAKES_ANY_VALUE | TEST_HAS_ONE_WRITER |
	       TEST_TELLS_OF_TRANSACTIONS | TEST_ADOPTS_HANDLES | TEST_KEEPS_ORDER,
	.fast = "synchronous=off",
	.readonly = "?mode=ro",
	.create = create,
	.drop = drop,
	.connect = open_place,
	.disconnect = close_place,
	.run = run,
	.fill = fill,
	.ignore_inserts = ignore_inserts,
	.is_sound = is_sound,
};
