/* SPDX-License-Identifier: Apache-2.0
 *
 * The store of handwritten.h on sqlite3. Keys and times are stored as Cormorant stores them: 32 hexadecimal digits, and
 * YYYY-MM-DD HH:MM:SS.ffffff.
 */
#include "handwritten.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ID_LENGTH = 32, TIME_LENGTH = 26 };

enum statement {
	BEGIN,
	COMMIT,
	INSERT_AUTHOR,
	INSERT_BOOK,
	UPDATE_TITLE,
	DELETE_BOOK,
	GET_BOOK,
	BOOKS_OF_AUTHOR,
	BOOKS_OF_AUTHOR_NAMED,
	ALL_BOOKS,
	STATEMENTS
};

static const char *const statement_sql[STATEMENTS] = {
	[BEGIN] = "BEGIN",
	[COMMIT] = "COMMIT",
	[INSERT_AUTHOR] = "INSERT INTO author (id, created_at, updated_at, name) VALUES (?, ?, ?, ?)",
	[INSERT_BOOK] = "INSERT INTO book (id, created_at, updated_at, title, author_id) VALUES (?, ?, ?, ?, ?)",
	[UPDATE_TITLE] = "UPDATE book SET title = ?, updated_at = ? WHERE id = ?",
	[DELETE_BOOK] = "DELETE FROM book WHERE id = ?",
	[GET_BOOK] = "SELECT id, created_at, updated_at, title, author_id FROM book WHERE id = ?",
	[BOOKS_OF_AUTHOR] = "SELECT id, created_at, updated_at, title, author_id FROM book WHERE author_id = ?",
	[BOOKS_OF_AUTHOR_NAMED] = ("SELECT b.id, b.created_at, b.updated_at, b.title, b.author_id FROM book b "
	                           "JOIN author a ON a.id = b.author_id WHERE a.name = ?"),
	[ALL_BOOKS] = "SELECT id, created_at, updated_at, title, author_id FROM book",
};

static const char schema[] =
	"CREATE TABLE author (id CHAR(32) NOT NULL, created_at DATETIME NOT NULL, updated_at DATETIME NOT NULL,"
	" name VARCHAR(200) NOT NULL, PRIMARY KEY (id));"
	"CREATE TABLE book (id CHAR(32) NOT NULL, created_at DATETIME NOT NULL, updated_at DATETIME NOT NULL,"
	" title VARCHAR NOT NULL, author_id CHAR(32) NOT NULL, PRIMARY KEY (id),"
	" FOREIGN KEY (author_id) REFERENCES author (id));"
	"CREATE INDEX ix_author_name ON author (name);"
	"CREATE INDEX ix_book_author_id ON book (author_id);";

struct hw_store {
	sqlite3 *db;
	sqlite3_stmt *statements[STATEMENTS];
};

/* ---- values as text ---------------------------------------------------------------------------------------------- */

static void write_id(const uint8_t id[16], char text[ID_LENGTH])
{
	static const char digits[] = "0123456789abcdef";
	for (int i = 0; i < 16; i++) {
		text[2 * i] = digits[id[i] >> 4];
		text[2 * i + 1] = digits[id[i] & 15];
	}
}

static void read_id(const unsigned char *text, uint8_t id[16])
{
	static const uint8_t value[256] = {
		['0'] = 0, ['1'] = 1, ['2'] = 2,  ['3'] = 3,  ['4'] = 4,  ['5'] = 5,  ['6'] = 6,  ['7'] = 7,
		['8'] = 8, ['9'] = 9, ['a'] = 10, ['b'] = 11, ['c'] = 12, ['d'] = 13, ['e'] = 14, ['f'] = 15,
	};
	for (int i = 0; i < 16; i++)
		id[i] = (uint8_t)(value[text[2 * i]] << 4 | value[text[2 * i + 1]]);
}

static void write_pair(char *text, unsigned number)
{
	text[0] = (char)('0' + number / 10);
	text[1] = (char)('0' + number % 10);
}

static unsigned read_pair(const unsigned char *text)
{
	return (text[0] - '0') * 10u + (text[1] - '0');
}

/* Both from Howard Hinnant's "chrono-compatible low-level date algorithms", for years after 0. */
static void write_time(int64_t time, char text[TIME_LENGTH])
{
	unsigned microsecond = (unsigned)(time % 1000000);
	unsigned second = (unsigned)(time / 1000000 % 86400);
	unsigned days = (unsigned)(time / 1000000 / 86400) + 719468;
	unsigned era = days / 146097, day = days % 146097;
	unsigned year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	day -= 365 * year + year / 4 - year / 100;
	unsigned month = (5 * day + 2) / 153;
	day -= (153 * month + 2) / 5;
	month = month < 10 ? month + 3 : month - 9;
	year += era * 400 + (month <= 2);

	memcpy(text, "YYYY-MM-DD hh:mm:ss.ffffff", TIME_LENGTH);
	write_pair(text, year / 100);
	write_pair(text + 2, year % 100);
	write_pair(text + 5, month);
	write_pair(text + 8, day + 1);
	write_pair(text + 11, second / 3600);
	write_pair(text + 14, second / 60 % 60);
	write_pair(text + 17, second % 60);
	write_pair(text + 20, microsecond / 10000);
	write_pair(text + 22, microsecond / 100 % 100);
	write_pair(text + 24, microsecond % 100);
}

static int64_t read_time(const unsigned char *text)
{
	unsigned year = read_pair(text) * 100 + read_pair(text + 2);
	unsigned month = read_pair(text + 5), day = read_pair(text + 8);
	year -= month <= 2;
	unsigned era = year / 400;
	year %= 400;
	day += (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 - 1;
	day += year * 365 + year / 4 - year / 100;
	int64_t seconds = ((int64_t)era * 146097 + day - 719468) * 86400;
	seconds += read_pair(text + 11) * 3600 + read_pair(text + 14) * 60 + read_pair(text + 17);
	return seconds * 1000000 + read_pair(text + 20) * 10000 + read_pair(text + 22) * 100 + read_pair(text + 24);
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

/* All of the current row but the title. */
static void read_fixed(sqlite3_stmt *row, struct hw_book *book)
{
	read_id(sqlite3_column_text(row, 0), book->id);
	book->created = read_time(sqlite3_column_text(row, 1));
	book->updated = read_time(sqlite3_column_text(row, 2));
	read_id(sqlite3_column_text(row, 4), book->author_id);
}

/* The current row; NULL when there is no memory. */
static struct hw_book *read_book(sqlite3_stmt *row)
{
	const char *title = (const char *)sqlite3_column_text(row, 3);
	struct hw_book *book = hw_book_new(title, (size_t)sqlite3_column_bytes(row, 3));
	if (book)
		read_fixed(row, book);
	return book;
}

/* ---- statements -------------------------------------------------------------------------------------------------- */

/* Runs a statement that gives no rows. */
static bool execute(sqlite3_stmt *statement)
{
	int result = sqlite3_step(statement);
	sqlite3_reset(statement);
	return result == SQLITE_DONE;
}

static bool collect(sqlite3_stmt *statement, struct hw_books *books)
{
	int result;
	while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
		if (!hw_books_add(books, read_book(statement)))
			break;
	}
	sqlite3_reset(statement);
	return result == SQLITE_DONE;
}

static bool begin(struct hw_store *store)
{
	return execute(store->statements[BEGIN]);
}

static bool commit(struct hw_store *store)
{
	return execute(store->statements[COMMIT]);
}

static bool insert_author(struct hw_store *store, const struct bench_author *author)
{
	sqlite3_stmt *statement = store->statements[INSERT_AUTHOR];
	char id_text[ID_LENGTH], time_text[TIME_LENGTH];
	write_id(author->id, id_text);
	write_time(author->created, time_text);
	sqlite3_bind_text(statement, 1, id_text, ID_LENGTH, SQLITE_STATIC);
	sqlite3_bind_text(statement, 2, time_text, TIME_LENGTH, SQLITE_STATIC);
	sqlite3_bind_text(statement, 3, time_text, TIME_LENGTH, SQLITE_STATIC);
	sqlite3_bind_text(statement, 4, author->name, -1, SQLITE_STATIC);
	return execute(statement);
}

static bool insert_book(struct hw_store *store, const struct hw_book *book)
{
	sqlite3_stmt *statement = store->statements[INSERT_BOOK];
	char id[ID_LENGTH], created[TIME_LENGTH], updated[TIME_LENGTH], author_id[ID_LENGTH];
	write_id(book->id, id);
	write_time(book->created, created);
	write_time(book->updated, updated);
	write_id(book->author_id, author_id);
	sqlite3_bind_text(statement, 1, id, ID_LENGTH, SQLITE_STATIC);
	sqlite3_bind_text(statement, 2, created, TIME_LENGTH, SQLITE_STATIC);
	sqlite3_bind_text(statement, 3, updated, TIME_LENGTH, SQLITE_STATIC);
	sqlite3_bind_text(statement, 4, book->title, book->title_length, SQLITE_STATIC);
	sqlite3_bind_text(statement, 5, author_id, ID_LENGTH, SQLITE_STATIC);
	return execute(statement);
}

static bool update_title(struct hw_store *store, const struct hw_book *book)
{
	sqlite3_stmt *statement = store->statements[UPDATE_TITLE];
	char id[ID_LENGTH], updated[TIME_LENGTH];
	write_id(book->id, id);
	write_time(book->updated, updated);
	sqlite3_bind_text(statement, 1, book->title, book->title_length, SQLITE_STATIC);
	sqlite3_bind_text(statement, 2, updated, TIME_LENGTH, SQLITE_STATIC);
	sqlite3_bind_text(statement, 3, id, ID_LENGTH, SQLITE_STATIC);
	return execute(statement);
}

static bool delete_book(struct hw_store *store, const uint8_t id[16])
{
	sqlite3_stmt *statement = store->statements[DELETE_BOOK];
	char text[ID_LENGTH];
	write_id(id, text);
	sqlite3_bind_text(statement, 1, text, ID_LENGTH, SQLITE_STATIC);
	return execute(statement);
}

static bool get_book(struct hw_store *store, const uint8_t id[16], struct hw_book **book)
{
	sqlite3_stmt *statement = store->statements[GET_BOOK];
	char text[ID_LENGTH];
	write_id(id, text);
	sqlite3_bind_text(statement, 1, text, ID_LENGTH, SQLITE_STATIC);
	*book = NULL;
	int result = sqlite3_step(statement);
	if (result == SQLITE_ROW) {
		*book = read_book(statement);
		result = *book ? SQLITE_DONE : SQLITE_NOMEM;
	}
	sqlite3_reset(statement);
	return result == SQLITE_DONE;
}

static bool books_of_author(struct hw_store *store, const uint8_t author_id[16], struct hw_books *books)
{
	sqlite3_stmt *statement = store->statements[BOOKS_OF_AUTHOR];
	char text[ID_LENGTH];
	write_id(author_id, text);
	sqlite3_bind_text(statement, 1, text, ID_LENGTH, SQLITE_STATIC);
	return collect(statement, books);
}

static bool books_of_author_named(struct hw_store *store, const char *name, struct hw_books *books)
{
	sqlite3_stmt *statement = store->statements[BOOKS_OF_AUTHOR_NAMED];
	sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
	return collect(statement, books);
}

static bool all_books(struct hw_store *store, struct hw_books *books)
{
	return collect(store->statements[ALL_BOOKS], books);
}

static enum hw_step next_book(struct hw_store *store, struct hw_book *book)
{
	sqlite3_stmt *statement = store->statements[ALL_BOOKS];
	int result = sqlite3_step(statement);
	if (result != SQLITE_ROW) {
		sqlite3_reset(statement);
		return result == SQLITE_DONE ? HW_DONE : HW_FAILED;
	}
	book->title = (const char *)sqlite3_column_text(statement, 3);
	book->title_length = sqlite3_column_bytes(statement, 3);
	read_fixed(statement, book);
	return HW_ROW;
}

/* ---- the database ------------------------------------------------------------------------------------------------ */

static void remove_files(const struct bench_place *place)
{
	static const char *const suffixes[] = { "", "-wal", "-shm", "-journal" };
	for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
		char file[128];
		snprintf(file, sizeof file, "%s%s", place->name, suffixes[i]);
		remove(file);
	}
}

static void settle(const struct bench_place *place)
{
	(void)place;
}

static int no_process(const struct bench_place *place, void *native)
{
	(void)place;
	(void)native;
	return 0;
}

static bool open_store(const struct bench_place *place, struct hw_store **store)
{
	static const char pragmas[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384;"
								  "PRAGMA mmap_size = 0; PRAGMA foreign_keys = ON";
	*store = calloc(1, sizeof **store);
	if (!*store)
		return false;
	sqlite3 **db = &(*store)->db;
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
	int result = sqlite3_open_v2(place->name, db, flags, NULL);
	if (result == SQLITE_OK && place->settings == BENCH_SAME)
		result = sqlite3_exec(*db, pragmas, NULL, NULL, NULL);
	if (result == SQLITE_OK)
		result = sqlite3_exec(*db, schema, NULL, NULL, NULL);
	for (int i = 0; i < STATEMENTS && result == SQLITE_OK; i++)
		result = sqlite3_prepare_v3(*db, statement_sql[i], -1, SQLITE_PREPARE_PERSISTENT, &(*store)->statements[i],
		                            NULL);
	return result == SQLITE_OK;
}

static void close_store(struct hw_store *store)
{
	if (!store)
		return;
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(store->statements[i]);
	sqlite3_close(store->db);
	free(store);
}

static void *native(struct hw_store *store)
{
	return store->db;
}

static const char *error(const struct hw_store *store)
{
	return store ? sqlite3_errmsg(store->db) : "out of memory";
}

const struct hw_kind hw_sqlite = {
	.create = remove_files,
	.drop = remove_files,
	.settle = settle,
	.process = no_process,
	.open = open_store,
	.close = close_store,
	.native = native,
	.error = error,
	.begin = begin,
	.commit = commit,
	.insert_author = insert_author,
	.insert_book = insert_book,
	/* An INSERT of several rows is slower, for it keeps each page in case it fails. */
	.copy_book = insert_book,
	.update_title = update_title,
	.delete_book = delete_book,
	.get_book = get_book,
	.books_of_author = books_of_author,
	.books_of_author_named = books_of_author_named,
	.all_books = all_books,
	.next_book = next_book,
};
