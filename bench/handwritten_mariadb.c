/* SPDX-License-Identifier: Apache-2.0
 *
 * The store of handwritten.h on libmariadb. Statements are prepared and their parameters and columns bound once, to
 * places in the store that stay where they are; rows are read from the wire one after the other; what changes many rows
 * goes as arrays of parameters, one packet for ARRAY_ROWS of them.
 */
#include "handwritten.h"

#include <mysql.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	ARRAY_ROWS = 4000, /* of one packet */
	TITLE_ROOM = 256,  /* of a row; a longer title is fetched on its own */
	ID_TEXT = 36,
	ID_SIZE = 16,
	PARAMETERS = 5,
	COLUMNS = 5
};

enum statement {
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

static const char *const texts[STATEMENTS] = {
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

static const char *const schema[] = {
	"SET NAMES utf8mb4 COLLATE utf8mb4_nopad_bin, time_zone = '+00:00'",
	"CREATE TABLE author (id UUID NOT NULL, created_at DATETIME(6) NOT NULL DEFAULT (utc_timestamp(6)),"
	" updated_at DATETIME(6) NOT NULL DEFAULT (utc_timestamp(6)), name VARCHAR(200) NOT NULL, PRIMARY KEY (id))"
	" ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin",
	"CREATE INDEX ix_author_name ON author (name)",
	"CREATE TABLE book (id UUID NOT NULL, created_at DATETIME(6) NOT NULL DEFAULT (utc_timestamp(6)),"
	" updated_at DATETIME(6) NOT NULL DEFAULT (utc_timestamp(6)), title LONGTEXT NOT NULL, author_id UUID NOT NULL,"
	" PRIMARY KEY (id), FOREIGN KEY (author_id) REFERENCES author (id))"
	" ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin",
	"CREATE INDEX ix_book_author_id ON book (author_id)",
};

/* Arrays of parameters. The client library wants pointers for all that has no fixed size on the wire. */
struct array {
	enum statement statement;
	unsigned count;
	MYSQL_TIME created[ARRAY_ROWS], updated[ARRAY_ROWS];
	char id[ARRAY_ROWS][ID_SIZE], author_id[ARRAY_ROWS][ID_SIZE];
	void *created_at[ARRAY_ROWS], *updated_at[ARRAY_ROWS], *ids[ARRAY_ROWS], *author_ids[ARRAY_ROWS];
	char *titles[ARRAY_ROWS];
	unsigned long id_lengths[ARRAY_ROWS], title_lengths[ARRAY_ROWS];
};

/* The current row. */
struct row {
	char id[ID_TEXT], author_id[ID_TEXT], title[TITLE_ROOM];
	MYSQL_TIME created, updated;
	unsigned long title_length;
};

struct hw_store {
	MYSQL *db;
	MYSQL_STMT *statements[STATEMENTS];
	bool no_memory;
	char key[TITLE_ROOM]; /* of queries */
	unsigned long key_length;
	struct row row;
	struct array *array;
	char *long_title; /* of next_book() */
	bool is_reading;
};

/* ---- values ------------------------------------------------------------------------------------------------------ */

/* Of the digits '0' to 'f': letters have bit 6. */
static inline unsigned digit(char character)
{
	unsigned c = (unsigned char)character;
	return (c & 15) + (c >> 6) * 9;
}

static inline void get_pairs(const char *text, int count, uint8_t *out)
{
	for (int i = 0; i < count; i++)
		out[i] = (uint8_t)(digit(text[2 * i]) << 4 | digit(text[2 * i + 1]));
}

static void get_id(const char text[ID_TEXT], uint8_t out[16])
{
	get_pairs(text, 4, out);
	get_pairs(text + 9, 2, out + 4);
	get_pairs(text + 14, 2, out + 6);
	get_pairs(text + 19, 2, out + 8);
	get_pairs(text + 24, 6, out + 10);
}

/* Days since 1970, by the years that begin in March, and back. */
static int64_t days_of(unsigned year, unsigned month, unsigned day)
{
	year -= month <= 2;
	unsigned era = year / 400, of_era = year % 400;
	unsigned of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	return (int64_t)(era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year) - 719468;
}

static int64_t get_time(const MYSQL_TIME *time)
{
	int64_t seconds = days_of(time->year, time->month, time->day) * 86400;
	seconds += (int64_t)time->hour * 3600 + time->minute * 60 + time->second;
	return seconds * 1000000 + (int64_t)time->second_part;
}

/* Not before 1970. */
static void put_time(MYSQL_TIME *out, int64_t time)
{
	unsigned seconds = (unsigned)(time / 1000000 % 86400);
	unsigned days = (unsigned)(time / INT64_C(86400000000)) + 719468;
	unsigned era = days / 146097, of_era = days % 146097;
	unsigned year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	unsigned of_year = of_era - (365 * year + year / 4 - year / 100);
	unsigned month = (5 * of_year + 2) / 153;
	*out = (MYSQL_TIME){
		.day = of_year - (153 * month + 2) / 5 + 1,
		.month = month < 10 ? month + 3 : month - 9,
		.hour = seconds / 3600,
		.minute = seconds / 60 % 60,
		.second = seconds % 60,
		.second_part = (unsigned long)(time % 1000000),
		.time_type = MYSQL_TIMESTAMP_DATETIME,
	};
	out->year = year + era * 400 + (out->month <= 2);
}

/* ---- binding ----------------------------------------------------------------------------------------------------- */

static MYSQL_BIND text_bind(void *buffer, unsigned long size, unsigned long *length)
{
	return (MYSQL_BIND){ .buffer_type = MYSQL_TYPE_STRING, .buffer = buffer, .buffer_length = size, .length = length };
}

/* A UUID column takes 16 bytes, faster than digits, but gives text. */
static MYSQL_BIND id_bind(void *buffer, unsigned long *length)
{
	return (MYSQL_BIND){ .buffer_type = MYSQL_TYPE_BLOB, .buffer = buffer, .buffer_length = ID_SIZE, .length = length };
}

static MYSQL_BIND time_bind(void *buffer)
{
	return (MYSQL_BIND){ .buffer_type = MYSQL_TYPE_DATETIME, .buffer = buffer, .buffer_length = sizeof(MYSQL_TIME) };
}

/* All queries have one key at most, and the same columns. */
static bool bind_query(struct hw_store *store, enum statement which)
{
	MYSQL_STMT *statement = store->statements[which];
	struct row *row = &store->row;
	MYSQL_BIND key = which == BOOKS_OF_AUTHOR_NAMED ? text_bind(store->key, sizeof store->key, &store->key_length)
	                                                : id_bind(store->key, &store->key_length);
	MYSQL_BIND columns[COLUMNS] = {
		text_bind(row->id, sizeof row->id, NULL),
		time_bind(&row->created),
		time_bind(&row->updated),
		text_bind(row->title, sizeof row->title, &row->title_length),
		text_bind(row->author_id, sizeof row->author_id, NULL),
	};
	if (which != ALL_BOOKS && mysql_stmt_bind_param(statement, &key))
		return false;
	return !mysql_stmt_bind_result(statement, columns);
}

static bool bind_array(const struct hw_store *store, enum statement which)
{
	struct array *array = store->array;
	MYSQL_BIND id = id_bind(array->ids, array->id_lengths);
	MYSQL_BIND author_id = id_bind(array->author_ids, array->id_lengths);
	MYSQL_BIND title = text_bind(array->titles, 0, array->title_lengths);
	MYSQL_BIND created = time_bind(array->created_at), updated = time_bind(array->updated_at);
	MYSQL_BIND binds[STATEMENTS][PARAMETERS] = {
		[INSERT_AUTHOR] = { id, created, updated, title },
		[INSERT_BOOK] = { id, created, updated, title, author_id },
		[UPDATE_TITLE] = { title, updated, id },
		[DELETE_BOOK] = { id },
	};
	unsigned size = ARRAY_ROWS;
	MYSQL_STMT *statement = store->statements[which];
	return !mysql_stmt_attr_set(statement, STMT_ATTR_ARRAY_SIZE, &size) &&
	       !mysql_stmt_bind_param(statement, binds[which]);
}

static bool make_array(struct hw_store *store)
{
	struct array *array = store->array = calloc(1, sizeof *array);
	store->no_memory = !array;
	if (!array)
		return false;
	for (size_t i = 0; i < ARRAY_ROWS; i++) {
		array->ids[i] = array->id[i];
		array->author_ids[i] = array->author_id[i];
		array->created_at[i] = &array->created[i];
		array->updated_at[i] = &array->updated[i];
		array->id_lengths[i] = ID_SIZE;
	}
	return true;
}

/* ---- writes ------------------------------------------------------------------------------------------------------ */

static bool execute(struct hw_store *store, const char *sql)
{
	return mysql_real_query(store->db, sql, strlen(sql)) == 0;
}

static bool begin(struct hw_store *store)
{
	return execute(store, "START TRANSACTION");
}

static bool send_array(struct hw_store *store)
{
	struct array *array = store->array;
	MYSQL_STMT *statement = store->statements[array->statement];
	unsigned count = array->count;
	array->count = 0;
	return !count || (!mysql_stmt_attr_set(statement, STMT_ATTR_ARRAY_SIZE, &count) && !mysql_stmt_execute(statement));
}

/* The next of the array; *index is its place. */
static bool next_place(struct hw_store *store, enum statement statement, unsigned *index)
{
	struct array *array = store->array;
	if ((array->statement != statement || array->count == ARRAY_ROWS) && !send_array(store))
		return false;
	array->statement = statement;
	*index = array->count++;
	return true;
}

static void put_title(struct array *array, unsigned index, const char *title, size_t length)
{
	/* The client library reads it only. */
	array->titles[index] = (char *)(uintptr_t)title;
	array->title_lengths[index] = length;
}

static bool insert_author(struct hw_store *store, const struct bench_author *author)
{
	struct array *array = store->array;
	unsigned i;
	if (!next_place(store, INSERT_AUTHOR, &i))
		return false;
	memcpy(array->id[i], author->id, ID_SIZE);
	put_time(&array->created[i], author->created);
	array->updated[i] = array->created[i];
	put_title(array, i, author->name, strlen(author->name));
	return true;
}

static bool insert_book(struct hw_store *store, const struct hw_book *book)
{
	struct array *array = store->array;
	unsigned i;
	if (!next_place(store, INSERT_BOOK, &i))
		return false;
	memcpy(array->id[i], book->id, ID_SIZE);
	memcpy(array->author_id[i], book->author_id, ID_SIZE);
	put_time(&array->created[i], book->created);
	put_time(&array->updated[i], book->updated);
	put_title(array, i, book->title, (size_t)book->title_length);
	return true;
}

static bool update_title(struct hw_store *store, const struct hw_book *book)
{
	struct array *array = store->array;
	unsigned i;
	if (!next_place(store, UPDATE_TITLE, &i))
		return false;
	memcpy(array->id[i], book->id, ID_SIZE);
	put_time(&array->updated[i], book->updated);
	put_title(array, i, book->title, (size_t)book->title_length);
	return true;
}

static bool delete_book(struct hw_store *store, const uint8_t id[16])
{
	unsigned i;
	if (!next_place(store, DELETE_BOOK, &i))
		return false;
	memcpy(store->array->id[i], id, ID_SIZE);
	return true;
}

static bool commit(struct hw_store *store)
{
	return send_array(store) && execute(store, "COMMIT");
}

/* ---- reads ------------------------------------------------------------------------------------------------------- */

static enum hw_step fetch(struct hw_store *store, MYSQL_STMT *statement)
{
	switch (mysql_stmt_fetch(statement)) {
	case 0:
		return HW_ROW;
	case MYSQL_DATA_TRUNCATED:
		return store->row.title_length > TITLE_ROOM ? HW_ROW : HW_FAILED;
	case MYSQL_NO_DATA:
		return HW_DONE;
	default:
		return HW_FAILED;
	}
}

/* The whole title of the current row, which is longer than the row has room for. */
static bool fetch_title(struct hw_store *store, MYSQL_STMT *statement, char *out)
{
	unsigned long length;
	MYSQL_BIND bind = text_bind(out, store->row.title_length, &length);
	return !mysql_stmt_fetch_column(statement, &bind, 3, 0);
}

static void read_fixed(const struct row *row, struct hw_book *book)
{
	get_id(row->id, book->id);
	get_id(row->author_id, book->author_id);
	book->created = get_time(&row->created);
	book->updated = get_time(&row->updated);
}

static struct hw_book *read_book(struct hw_store *store, MYSQL_STMT *statement)
{
	const struct row *row = &store->row;
	bool is_long = row->title_length > TITLE_ROOM;
	struct hw_book *book = is_long ? malloc(sizeof *book + row->title_length + 1)
	                               : hw_book_new(row->title, row->title_length);
	if (!book) {
		store->no_memory = true;
		return NULL;
	}
	if (is_long) {
		char *title = (char *)(book + 1);
		if (!fetch_title(store, statement, title)) {
			free(book);
			return NULL;
		}
		title[row->title_length] = '\0';
		book->title = title;
		book->title_length = (int)row->title_length;
	}
	read_fixed(row, book);
	return book;
}

static bool read_all(struct hw_store *store, enum statement which, struct hw_books *books)
{
	MYSQL_STMT *statement = store->statements[which];
	enum hw_step step = mysql_stmt_execute(statement) ? HW_FAILED : HW_ROW;
	while (step == HW_ROW && (step = fetch(store, statement)) == HW_ROW) {
		if (!hw_books_add(books, read_book(store, statement)))
			return false;
	}
	return step == HW_DONE;
}

static void put_key(struct hw_store *store, const uint8_t id[16])
{
	memcpy(store->key, id, ID_SIZE);
	store->key_length = ID_SIZE;
}

static bool get_book(struct hw_store *store, const uint8_t id[16], struct hw_book **book)
{
	MYSQL_STMT *statement = store->statements[GET_BOOK];
	put_key(store, id);
	*book = NULL;
	if (mysql_stmt_execute(statement))
		return false;
	enum hw_step step = fetch(store, statement);
	if (step != HW_ROW)
		return step == HW_DONE;
	*book = read_book(store, statement);
	return *book && fetch(store, statement) == HW_DONE;
}

static bool books_of_author(struct hw_store *store, const uint8_t author_id[16], struct hw_books *books)
{
	put_key(store, author_id);
	return read_all(store, BOOKS_OF_AUTHOR, books);
}

static bool books_of_author_named(struct hw_store *store, const char *name, struct hw_books *books)
{
	store->key_length = strlen(name);
	memcpy(store->key, name, store->key_length);
	return read_all(store, BOOKS_OF_AUTHOR_NAMED, books);
}

static bool all_books(struct hw_store *store, struct hw_books *books)
{
	return read_all(store, ALL_BOOKS, books);
}

static enum hw_step next_book(struct hw_store *store, struct hw_book *book)
{
	MYSQL_STMT *statement = store->statements[ALL_BOOKS];
	if (!store->is_reading && mysql_stmt_execute(statement))
		return HW_FAILED;
	enum hw_step step = fetch(store, statement);
	store->is_reading = step == HW_ROW;
	if (step != HW_ROW)
		return step;
	book->title = store->row.title;
	book->title_length = (int)store->row.title_length;
	if (store->row.title_length > TITLE_ROOM) {
		free(store->long_title);
		book->title = store->long_title = malloc(store->row.title_length);
		store->no_memory = !store->long_title;
		if (!store->long_title || !fetch_title(store, statement, store->long_title))
			return HW_FAILED;
	}
	read_fixed(&store->row, book);
	return HW_ROW;
}

/* ---- the database ------------------------------------------------------------------------------------------------ */

/* NULL when there is no memory; else mysql_errno() says whether it is connected. */
static MYSQL *connect_to(const struct bench_place *place, const char *database)
{
	MYSQL *db = mysql_init(NULL);
	const struct bench_server *server = &place->server;
	if (db)
		mysql_real_connect(db, "localhost", server->user, server->password, database, 0, server->socket,
		                   CLIENT_FOUND_ROWS);
	return db;
}

/* The user's own database is always there. */
static void administer(const struct bench_place *place, const char *database, const char *format)
{
	char sql[256];
	MYSQL *db = connect_to(place, database);
	snprintf(sql, sizeof sql, format, place->name);
	if (!db || mysql_errno(db) || mysql_query(db, sql))
		bench_fail("%s: %s", sql, db ? mysql_error(db) : "out of memory");
	mysql_free_result(mysql_store_result(db));
	mysql_close(db);
}

static void drop(const struct bench_place *place)
{
	administer(place, place->server.user, "DROP DATABASE IF EXISTS %s");
}

static void create(const struct bench_place *place)
{
	drop(place);
	administer(place, place->server.user, "CREATE DATABASE %s");
}

static void settle(const struct bench_place *place)
{
	administer(place, place->name, "ANALYZE TABLE author, book");
}

/* One process serves all. */
static int process(const struct bench_place *place, void *native)
{
	(void)native;
	return place->server.process;
}

static bool prepare(struct hw_store *store, enum statement which)
{
	MYSQL_STMT *statement = store->statements[which] = mysql_stmt_init(store->db);
	store->no_memory = !statement;
	if (!statement || mysql_stmt_prepare(statement, texts[which], strlen(texts[which])))
		return false;
	return which < GET_BOOK ? bind_array(store, which) : bind_query(store, which);
}

static bool open_store(const struct bench_place *place, struct hw_store **out)
{
	struct hw_store *store = *out = calloc(1, sizeof *store);
	if (!store || !make_array(store))
		return false;
	store->db = connect_to(place, place->name);
	store->no_memory = !store->db;
	bool good = store->db && !mysql_errno(store->db);
	for (size_t i = 0; i < sizeof schema / sizeof *schema && good; i++)
		good = execute(store, schema[i]);
	for (enum statement i = 0; i < STATEMENTS && good; i++)
		good = prepare(store, i);
	return good;
}

static void close_store(struct hw_store *store)
{
	if (!store)
		return;
	for (size_t i = 0; i < STATEMENTS; i++) {
		if (store->statements[i])
			mysql_stmt_close(store->statements[i]);
	}
	mysql_close(store->db);
	free(store->array);
	free(store->long_title);
	free(store);
}

static void *native(struct hw_store *store)
{
	return store->db;
}

static const char *error(const struct hw_store *store)
{
	if (!store || store->no_memory)
		return "out of memory";
	for (size_t i = 0; i < STATEMENTS; i++) {
		if (store->statements[i] && mysql_stmt_errno(store->statements[i]))
			return mysql_stmt_error(store->statements[i]);
	}
	return mysql_error(store->db);
}

const struct hw_kind hw_mariadb = {
	.create = create,
	.drop = drop,
	.settle = settle,
	.process = process,
	.open = open_store,
	.close = close_store,
	.native = native,
	.error = error,
	.begin = begin,
	.commit = commit,
	.insert_author = insert_author,
	.insert_book = insert_book,
	.copy_book = insert_book,
	.update_title = update_title,
	.delete_book = delete_book,
	.get_book = get_book,
	.books_of_author = books_of_author,
	.books_of_author_named = books_of_author_named,
	.all_books = all_books,
	.next_book = next_book,
};
