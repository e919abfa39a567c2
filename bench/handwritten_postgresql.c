/* SPDX-License-Identifier: Apache-2.0
 *
 * The store of handwritten.h on libpq. Parameters and results are binary; big results come row by row, so that client
 * and server work at the same time; UPDATEs and DELETEs go in a pipeline, INSERTs as arrays, one statement being put
 * together while the server works on the one before.
 */
#define _DEFAULT_SOURCE /* for endian.h */
#include "handwritten.h"

#include <endian.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of PostgreSQL's types, which never change. */
enum { UUID = 2950, TEXT = 25, TIMESTAMPTZ = 1184, UUIDS = 2951, TEXTS = 1009, TIMESTAMPTZS = 1185 };

enum {
	ARRAY_ROWS = 1000, /* of one INSERT */
	COPY_PIECE = 64 << 10,
	/* In a pipeline: commands until the server is asked to answer, and that may be on their way. */
	FLUSH_AFTER = 64,
	ON_THE_WAY = 1024
};

/* From 1970 to 2000. */
#define EPOCH INT64_C(946684800000000)

enum statement {
	INSERT_AUTHOR,
	INSERT_BOOKS,
	UPDATE_TITLE,
	DELETE_BOOK,
	GET_BOOK,
	BOOKS_OF_AUTHOR,
	BOOKS_OF_AUTHOR_NAMED,
	ALL_BOOKS,
	STATEMENTS
};

static const struct {
	const char *name, *sql;
	int parameter_count;
	Oid types[5];
} statements[STATEMENTS] = {
	[INSERT_AUTHOR] = { "insert_author",
	                    "INSERT INTO author (id, created_at, updated_at, name) VALUES ($1, $2, $3, $4)",
	                    4,
	                    { UUID, TIMESTAMPTZ, TIMESTAMPTZ, TEXT } },
	[INSERT_BOOKS] = { "insert_books",
	                   "INSERT INTO book (id, created_at, updated_at, title, author_id) "
	                   "SELECT * FROM unnest($1, $2, $3, $4, $5)",
	                   5,
	                   { UUIDS, TIMESTAMPTZS, TIMESTAMPTZS, TEXTS, UUIDS } },
	[UPDATE_TITLE] = { "update_title",
	                   "UPDATE book SET title = $1, updated_at = $2 WHERE id = $3",
	                   3,
	                   { TEXT, TIMESTAMPTZ, UUID } },
	[DELETE_BOOK] = { "delete_book", "DELETE FROM book WHERE id = $1", 1, { UUID } },
	[GET_BOOK] = { "get_book",
	               "SELECT id, created_at, updated_at, title, author_id FROM book WHERE id = $1",
	               1,
	               { UUID } },
	[BOOKS_OF_AUTHOR] = { "books_of_author",
	                      "SELECT id, created_at, updated_at, title, author_id FROM book WHERE author_id = $1",
	                      1,
	                      { UUID } },
	[BOOKS_OF_AUTHOR_NAMED] = { "books_of_author_named",
	                            "SELECT b.id, b.created_at, b.updated_at, b.title, b.author_id FROM book b "
	                            "JOIN author a ON a.id = b.author_id WHERE a.name = $1",
	                            1,
	                            { TEXT } },
	[ALL_BOOKS] = { "all_books", "SELECT id, created_at, updated_at, title, author_id FROM book", 0, { 0 } },
};

static const char schema[] =
	"CREATE TABLE author (id UUID DEFAULT gen_random_uuid() NOT NULL, created_at TIMESTAMPTZ DEFAULT now() NOT NULL,"
	" updated_at TIMESTAMPTZ DEFAULT now() NOT NULL, name VARCHAR(200) NOT NULL, PRIMARY KEY (id));"
	"CREATE INDEX ix_author_name ON author (name);"
	"CREATE TABLE book (id UUID DEFAULT gen_random_uuid() NOT NULL, created_at TIMESTAMPTZ DEFAULT now() NOT NULL,"
	" updated_at TIMESTAMPTZ DEFAULT now() NOT NULL, title TEXT NOT NULL, author_id UUID NOT NULL, PRIMARY KEY (id),"
	" FOREIGN KEY (author_id) REFERENCES author (id));"
	"CREATE INDEX ix_book_author_id ON book (author_id);";

/* Bytes to be sent. */
struct bytes {
	char *data;
	size_t length, capacity;
};

struct hw_store {
	PGconn *db;
	bool no_memory;
	size_t on_the_way, unflushed; /* commands of the pipeline */
	struct bytes arrays[5];       /* of the next INSERT */
	size_t array_rows;
	bool is_inserting; /* an INSERT is on its way */
	bool is_copying;
	struct bytes copy;
	PGresult *row; /* of next_book() */
	bool is_reading;
};

static const int binary[] = { 1, 1, 1, 1, 1 };

/* ---- values ------------------------------------------------------------------------------------------------------ */

static void put_16(char *out, uint16_t number)
{
	number = htobe16(number);
	memcpy(out, &number, sizeof number);
}

static void put_32(char *out, uint32_t number)
{
	number = htobe32(number);
	memcpy(out, &number, sizeof number);
}

static void put_time(char *out, int64_t time)
{
	uint64_t number = htobe64((uint64_t)(time - EPOCH));
	memcpy(out, &number, sizeof number);
}

static int64_t get_time(const char *in)
{
	uint64_t number;
	memcpy(&number, in, sizeof number);
	return (int64_t)be64toh(number) + EPOCH;
}

/* Room for so many bytes more, which count as written; NULL when there is no memory. */
static char *add(struct hw_store *store, struct bytes *bytes, size_t length)
{
	if (bytes->capacity - bytes->length < length) {
		size_t capacity = bytes->capacity ? bytes->capacity * 2 : 4096;
		while (capacity - bytes->length < length)
			capacity *= 2;
		char *grown = realloc(bytes->data, capacity);
		if (!grown) {
			store->no_memory = true;
			return NULL;
		}
		bytes->data = grown;
		bytes->capacity = capacity;
	}
	bytes->length += length;
	return bytes->data + bytes->length - length;
}

/* A value behind its length, as it stands in arrays and in COPY. */
static char *put_id(char *out, const uint8_t id[16])
{
	put_32(out, 16);
	memcpy(out + 4, id, 16);
	return out + 20;
}

static char *put_long_time(char *out, int64_t time)
{
	put_32(out, 8);
	put_time(out + 4, time);
	return out + 12;
}

static char *put_text(char *out, const char *text, size_t length)
{
	put_32(out, (uint32_t)length);
	memcpy(out + 4, text, length);
	return out + 4 + length;
}

/* ---- books ------------------------------------------------------------------------------------------------------- */

/* All of a row but the title. */
static void read_fixed(const PGresult *result, int row, struct hw_book *book)
{
	memcpy(book->id, PQgetvalue(result, row, 0), sizeof book->id);
	book->created = get_time(PQgetvalue(result, row, 1));
	book->updated = get_time(PQgetvalue(result, row, 2));
	memcpy(book->author_id, PQgetvalue(result, row, 4), sizeof book->author_id);
}

static struct hw_book *read_book(const PGresult *result, int row)
{
	struct hw_book *book = hw_book_new(PQgetvalue(result, row, 3), (size_t)PQgetlength(result, row, 3));
	if (book)
		read_fixed(result, row, book);
	return book;
}

static bool read_all(struct hw_store *store, const PGresult *result, struct hw_books *books)
{
	int count = PQntuples(result);
	for (int row = 0; row < count; row++) {
		if (!hw_books_add(books, read_book(result, row))) {
			store->no_memory = true;
			return false;
		}
	}
	return true;
}

/* ---- talking ----------------------------------------------------------------------------------------------------- */

static bool succeeded(const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);
	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_PIPELINE_SYNC;
}

/* Takes the result. */
static bool was_good(PGresult *result)
{
	bool good = succeeded(result);
	PQclear(result);
	return good;
}

static bool execute(struct hw_store *store, const char *sql)
{
	return was_good(PQexec(store->db, sql));
}

static PGresult *query(struct hw_store *store, enum statement statement, const char *value, int length)
{
	return PQexecPrepared(store->db, statements[statement].name, 1, &value, &length, binary, 1);
}

static bool query_books(struct hw_store *store, enum statement statement, const char *value, size_t length,
                        struct hw_books *books)
{
	PGresult *result = query(store, statement, value, (int)length);
	bool good = PQresultStatus(result) == PGRES_TUPLES_OK && read_all(store, result, books);
	PQclear(result);
	return good;
}

/* The results of commands in the pipeline, until no more than so many are on their way. */
static bool receive(struct hw_store *store, size_t left)
{
	bool good = true;
	while (good && store->on_the_way > left) {
		good = was_good(PQgetResult(store->db));
		PQclear(PQgetResult(store->db)); /* NULL, behind each */
		store->on_the_way--;
	}
	return good;
}

static bool send(struct hw_store *store, enum statement statement, const char *const *values, const int *lengths)
{
	if (PQpipelineStatus(store->db) == PQ_PIPELINE_OFF && !PQenterPipelineMode(store->db))
		return false;
	if (!PQsendQueryPrepared(store->db, statements[statement].name, statements[statement].parameter_count, values,
	                         lengths, binary, 1))
		return false;
	store->on_the_way++;
	if (++store->unflushed == FLUSH_AFTER) {
		store->unflushed = 0;
		if (!PQsendFlushRequest(store->db))
			return false;
	}
	return store->on_the_way < ON_THE_WAY || receive(store, ON_THE_WAY / 2);
}

static bool end_pipeline(struct hw_store *store)
{
	if (!PQpipelineSync(store->db) || !receive(store, 0))
		return false;
	store->unflushed = 0;
	return was_good(PQgetResult(store->db)) && PQexitPipelineMode(store->db);
}

/* ---- writes ------------------------------------------------------------------------------------------------------ */

static bool begin(struct hw_store *store)
{
	return execute(store, "BEGIN");
}

static bool insert_author(struct hw_store *store, const struct bench_author *author)
{
	char created[8];
	put_time(created, author->created);
	const char *const values[] = { (const char *)author->id, created, created, author->name };
	const int lengths[] = { 16, 8, 8, (int)strlen(author->name) };
	return send(store, INSERT_AUTHOR, values, lengths);
}

static bool finish_insert(struct hw_store *store)
{
	bool good = !store->is_inserting || was_good(PQgetResult(store->db));
	if (store->is_inserting)
		PQclear(PQgetResult(store->db)); /* NULL */
	store->is_inserting = false;
	return good;
}

/* Sends the INSERT, whose result is waited for by finish_insert(). */
static bool send_insert(struct hw_store *store)
{
	const char *values[5];
	int lengths[5];
	if (!finish_insert(store))
		return false;
	for (int i = 0; i < 5; i++) {
		put_32(store->arrays[i].data + 12, (uint32_t)store->array_rows);
		values[i] = store->arrays[i].data;
		lengths[i] = (int)store->arrays[i].length;
		store->arrays[i].length = 0;
	}
	store->array_rows = 0;
	store->is_inserting = true;
	return PQsendQueryPrepared(store->db, statements[INSERT_BOOKS].name, 5, values, lengths, binary, 1) == 1;
}

/* The headers of the arrays: one dimension, no NULL, the type, how many, the first index. */
static bool begin_insert(struct hw_store *store)
{
	static const uint32_t types[] = { UUID, TIMESTAMPTZ, TIMESTAMPTZ, TEXT, UUID };
	for (int i = 0; i < 5; i++) {
		char *header = add(store, &store->arrays[i], 20);
		if (!header)
			return false;
		put_32(header, 1);
		put_32(header + 4, 0);
		put_32(header + 8, types[i]);
		put_32(header + 16, 1);
	}
	return true;
}

static bool insert_book(struct hw_store *store, const struct hw_book *book)
{
	if (!store->array_rows && !begin_insert(store))
		return false;
	char *id = add(store, &store->arrays[0], 20), *created = add(store, &store->arrays[1], 12);
	char *updated = add(store, &store->arrays[2], 12);
	char *title = add(store, &store->arrays[3], 4 + (size_t)book->title_length);
	char *author_id = add(store, &store->arrays[4], 20);
	if (!id || !created || !updated || !title || !author_id)
		return false;
	put_id(id, book->id);
	put_long_time(created, book->created);
	put_long_time(updated, book->updated);
	put_text(title, book->title, (size_t)book->title_length);
	put_id(author_id, book->author_id);
	return ++store->array_rows < ARRAY_ROWS || send_insert(store);
}

static bool put_copy(struct hw_store *store)
{
	bool good = PQputCopyData(store->db, store->copy.data, (int)store->copy.length) == 1;
	store->copy.length = 0;
	return good;
}

static bool begin_copy(struct hw_store *store)
{
	static const char signature[19] = "PGCOPY\n\377\r\n";
	PGresult *result = PQexec(store->db,
	                          "COPY book (id, created_at, updated_at, title, author_id) FROM STDIN (FORMAT binary)");
	bool good = PQresultStatus(result) == PGRES_COPY_IN;
	PQclear(result);
	char *header = good ? add(store, &store->copy, sizeof signature) : NULL;
	if (header)
		memcpy(header, signature, sizeof signature);
	store->is_copying = header != NULL;
	return store->is_copying;
}

static bool end_copy(struct hw_store *store)
{
	char *end = add(store, &store->copy, 2);
	if (!end)
		return false;
	put_16(end, UINT16_MAX);
	store->is_copying = false;
	if (!put_copy(store) || PQputCopyEnd(store->db, NULL) != 1)
		return false;
	bool good = was_good(PQgetResult(store->db));
	PQclear(PQgetResult(store->db)); /* NULL */
	return good;
}

static bool copy_book(struct hw_store *store, const struct hw_book *book)
{
	if (!store->is_copying && !begin_copy(store))
		return false;
	char *out = add(store, &store->copy, 70 + (size_t)book->title_length);
	if (!out)
		return false;
	put_16(out, 5);
	out = put_id(out + 2, book->id);
	out = put_long_time(out, book->created);
	out = put_long_time(out, book->updated);
	out = put_text(out, book->title, (size_t)book->title_length);
	put_id(out, book->author_id);
	return store->copy.length < COPY_PIECE || put_copy(store);
}

static bool update_title(struct hw_store *store, const struct hw_book *book)
{
	char updated[8];
	put_time(updated, book->updated);
	const char *const values[] = { book->title, updated, (const char *)book->id };
	const int lengths[] = { book->title_length, sizeof updated, sizeof book->id };
	return send(store, UPDATE_TITLE, values, lengths);
}

static bool delete_book(struct hw_store *store, const uint8_t id[16])
{
	return send(store, DELETE_BOOK, (const char *const[]){ (const char *)id }, (const int[]){ 16 });
}

static bool commit(struct hw_store *store)
{
	bool good = !store->array_rows || send_insert(store);
	good = finish_insert(store) && good;
	if (good && store->is_copying)
		good = end_copy(store);
	if (good && PQpipelineStatus(store->db) != PQ_PIPELINE_OFF)
		good = end_pipeline(store);
	return good && execute(store, "COMMIT");
}

/* ---- reads ------------------------------------------------------------------------------------------------------- */

static bool get_book(struct hw_store *store, const uint8_t id[16], struct hw_book **book)
{
	PGresult *result = query(store, GET_BOOK, (const char *)id, 16);
	bool good = PQresultStatus(result) == PGRES_TUPLES_OK;
	*book = NULL;
	if (good && PQntuples(result) == 1) {
		*book = read_book(result, 0);
		good = !(store->no_memory = !*book);
	}
	PQclear(result);
	return good;
}

static bool books_of_author(struct hw_store *store, const uint8_t author_id[16], struct hw_books *books)
{
	return query_books(store, BOOKS_OF_AUTHOR, (const char *)author_id, 16, books);
}

static bool books_of_author_named(struct hw_store *store, const char *name, struct hw_books *books)
{
	return query_books(store, BOOKS_OF_AUTHOR_NAMED, name, strlen(name), books);
}

static bool begin_reading(struct hw_store *store)
{
	return PQsendQueryPrepared(store->db, statements[ALL_BOOKS].name, 0, NULL, NULL, NULL, 1) &&
	       PQsetSingleRowMode(store->db);
}

/* The next row, which lives until the next call. */
static enum hw_step next_row(struct hw_store *store)
{
	PQclear(store->row);
	store->row = PQgetResult(store->db);
	if (PQresultStatus(store->row) == PGRES_SINGLE_TUPLE)
		return HW_ROW;
	bool good = was_good(store->row);
	store->row = NULL;
	PQclear(PQgetResult(store->db)); /* NULL */
	return good ? HW_DONE : HW_FAILED;
}

static bool all_books(struct hw_store *store, struct hw_books *books)
{
	enum hw_step step = begin_reading(store) ? HW_ROW : HW_FAILED;
	while (step == HW_ROW && (step = next_row(store)) == HW_ROW) {
		if (!read_all(store, store->row, books))
			return false;
	}
	return step == HW_DONE;
}

static enum hw_step next_book(struct hw_store *store, struct hw_book *book)
{
	if (!store->is_reading && !begin_reading(store))
		return HW_FAILED;
	enum hw_step step = next_row(store);
	store->is_reading = step == HW_ROW;
	if (step == HW_ROW) {
		book->title = PQgetvalue(store->row, 0, 3);
		book->title_length = PQgetlength(store->row, 0, 3);
		read_fixed(store->row, 0, book);
	}
	return step;
}

/* ---- the database ------------------------------------------------------------------------------------------------ */

static PGconn *connect_to(const struct bench_place *place, const char *database)
{
	char port[16];
	snprintf(port, sizeof port, "%d", place->server.port);
	const char *const names[] = { "host", "port", "user", "password", "dbname", "options", NULL };
	const char *const values[] = { place->server.socket,
		                           port,
		                           place->server.user,
		                           place->server.password,
		                           database,
		                           "-c client_min_messages=warning",
		                           NULL };
	return PQconnectdbParams(names, values, 0);
}

/* The role's own database is always there. */
static void administer(const struct bench_place *place, const char *database, const char *format)
{
	char sql[256];
	PGconn *db = connect_to(place, database);
	snprintf(sql, sizeof sql, format, place->name);
	PGresult *result = PQexec(db, sql);
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		bench_fail("%s: %s", sql, PQerrorMessage(db));
	PQclear(result);
	PQfinish(db);
}

static void drop(const struct bench_place *place)
{
	administer(place, place->server.user, "DROP DATABASE IF EXISTS %s WITH (FORCE)");
}

static void create(const struct bench_place *place)
{
	drop(place);
	administer(place, place->server.user, "CREATE DATABASE %s");
}

static void settle(const struct bench_place *place)
{
	administer(place, place->name, "VACUUM (ANALYZE) author, book");
}

static int process(const struct bench_place *place, void *native)
{
	(void)place;
	return PQbackendPID(native);
}

static bool open_store(const struct bench_place *place, struct hw_store **store)
{
	*store = calloc(1, sizeof **store);
	if (!*store)
		return false;
	PGconn *db = (*store)->db = connect_to(place, place->name);
	bool good = PQstatus(db) == CONNECTION_OK && execute(*store, schema);
	for (int i = 0; i < STATEMENTS && good; i++)
		good = was_good(
			PQprepare(db, statements[i].name, statements[i].sql, statements[i].parameter_count, statements[i].types));
	return good;
}

static void close_store(struct hw_store *store)
{
	if (!store)
		return;
	PQclear(store->row);
	PQfinish(store->db);
	for (int i = 0; i < 5; i++)
		free(store->arrays[i].data);
	free(store->copy.data);
	free(store);
}

static void *native(struct hw_store *store)
{
	return store->db;
}

static const char *error(const struct hw_store *store)
{
	return store && !store->no_memory ? PQerrorMessage(store->db) : "out of memory";
}

const struct hw_kind hw_postgresql = {
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
	.copy_book = copy_book,
	.update_title = update_title,
	.delete_book = delete_book,
	.get_book = get_book,
	.books_of_author = books_of_author,
	.books_of_author_named = books_of_author_named,
	.all_books = all_books,
	.next_book = next_book,
};
