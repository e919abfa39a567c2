/* SPDX-License-Identifier: Apache-2.0
 *
 * The workloads with Cormorant.
 */
#include "bench.h"
#include "library.h"

#include <cormorant/mariadb.h>
#include <cormorant/postgresql.h>
#include <stdlib.h>
#include <string.h>

struct side {
	corm_engine *engine;
	corm_session *session;
};

static void check(corm_session *session, corm_status status)
{
	if (status != CORM_OK)
		bench_fail("cormorant: %s", (session ? corm_session_error(session) : corm_last_error())->message);
}

static corm_uuid uuid(const uint8_t bytes[16])
{
	corm_uuid id;
	memcpy(id.bytes, bytes, sizeof id.bytes);
	return id;
}

static void *side_open(const struct bench_database *database, const struct bench_place *place,
                       const struct bench_data *data)
{
	struct side *side = calloc(1, sizeof *side);
	if (!side)
		bench_fail("out of memory");
	char url[1024];
	database->url(place, url, sizeof url);
	check(NULL, corm_driver_register(&corm_postgresql_driver));
	check(NULL, corm_driver_register(&corm_mariadb_driver));
	side->engine = corm_engine_open(url);
	check(NULL, side->engine ? CORM_OK : corm_last_error()->status);
	check(NULL, corm_create_all(side->engine, &library_metadata));
	side->session = corm_session_open(side->engine);
	for (size_t i = 0; i < data->author_count; i++) {
		const struct bench_author *author = &data->authors[i];
		Author_add(side->session, .base.id = uuid(author->id), .base.created_at.microseconds = author->created,
		           .base.updated_at.microseconds = author->created, .name = author->name);
	}
	check(side->session, corm_commit(side->session));
	check(side->session, corm_session_reset(side->session));
	return side;
}

static void side_close(void *pointer)
{
	struct side *side = pointer;
	corm_session_close(side->session);
	corm_engine_close(side->engine);
	free(side);
}

static struct bench_result insert(corm_session *session, const struct bench_data *data)
{
	struct bench_result done = { 0 };
	for (size_t i = 0; i < data->book_count; i++) {
		const struct bench_book *from = &data->books[i];
		struct Book *book = Book_add(session, .base.id = uuid(from->id), .base.created_at.microseconds = from->created,
		                             .base.updated_at.microseconds = from->created, .title = from->title,
		                             .author_id = uuid(data->authors[from->author].id));
		done.rows++;
		done.text_bytes += strlen(book->title);
	}
	check(session, corm_commit(session));
	check(session, corm_session_reset(session));
	return done;
}

static struct bench_result get(corm_session *session, const struct bench_data *data)
{
	struct bench_result done = { 0 };
	for (size_t i = 0; i < data->book_count; i++) {
		struct Book *book = Book_get(session, uuid(data->books[data->order[i]].id));
		if (book) {
			done.rows++;
			done.text_bytes += strlen(book->title);
		}
		if (i % 1000 == 999 || i + 1 == data->book_count) {
			check(session, corm_session_error(session)->status);
			check(session, corm_session_reset(session));
		}
	}
	return done;
}

static void add_up(corm_session *session, struct bench_result *done, Book_list books)
{
	check(session, books.status);
	done->rows += books.count;
	corm_foreach(struct Book *, book, books)
		done->text_bytes += strlen(book->title);
}

static struct bench_result by_author(corm_session *session, const struct bench_data *data)
{
	struct bench_result done = { 0 };
	for (size_t i = 0; i < data->call_count; i++) {
		corm_uuid id = uuid(bench_data_called(data, i)->id);
		add_up(session, &done, Book_all(session, corm_where(corm_eq(Book.author_id, id))));
		check(session, corm_session_reset(session));
	}
	return done;
}

static struct bench_result join(corm_session *session, const struct bench_data *data)
{
	struct bench_result done = { 0 };
	for (size_t i = 0; i < data->call_count; i++) {
		const char *name = bench_data_called(data, i)->name;
		add_up(session, &done, Book_all(session, corm_join(Author), corm_where(corm_eq(Author.name, name))));
		check(session, corm_session_reset(session));
	}
	return done;
}

static struct bench_result scan(corm_session *session)
{
	struct bench_result done = { 0 };
	add_up(session, &done, Book_all(session));
	check(session, corm_session_reset(session));
	return done;
}

static struct bench_result readonly(corm_session *session)
{
	struct bench_result done = { 0 };
	add_up(session, &done, Book_all(session, corm_readonly()));
	check(session, corm_session_reset(session));
	return done;
}

static struct bench_result stream(corm_session *session)
{
	struct bench_result done = { 0 };
	corm_stream *stream = Book_stream(session);
	for (struct Book *book; (book = Book_stream_next(stream));) {
		done.rows++;
		done.text_bytes += strlen(book->title);
	}
	corm_stream_close(stream);
	check(session, corm_session_error(session)->status);
	check(session, corm_session_reset(session));
	return done;
}

static struct bench_result update(corm_session *session, const struct bench_data *data)
{
	struct bench_result done = { 0 };
	Book_list books = Book_all(session);
	for (size_t i = 0; i < books.count; i++)
		books.items[i]->title = data->books[i].new_title;
	add_up(session, &done, books);
	check(session, corm_commit(session));
	check(session, corm_session_reset(session));
	return done;
}

static struct bench_result delete_all(corm_session *session)
{
	struct bench_result done = { 0 };
	Book_list books = Book_all(session);
	add_up(session, &done, books);
	corm_foreach(struct Book *, book, books)
		Book_delete(session, book);
	check(session, corm_commit(session));
	check(session, corm_session_reset(session));
	return done;
}

static struct bench_result insert_many(corm_session *session, const struct bench_data *data)
{
	struct bench_result done = { .rows = data->book_count };
	struct Book *books = malloc(data->book_count * sizeof *books);
	if (!books)
		bench_fail("out of memory");
	for (size_t i = 0; i < data->book_count; i++) {
		const struct bench_book *from = &data->books[i];
		books[i] = (struct Book){
			.base.id = uuid(from->id),
			.base.created_at.microseconds = from->created,
			.base.updated_at.microseconds = from->created,
			.title = from->title,
			.author_id = uuid(data->authors[from->author].id),
		};
		done.text_bytes += strlen(from->title);
	}
	check(session, Book_insert_many(session, books, data->book_count));
	check(session, corm_commit(session));
	check(session, corm_session_reset(session));
	free(books);
	return done;
}

static void *side_native(void *pointer)
{
	corm_session *session = ((struct side *)pointer)->session;
	void *native = corm_session_native(session);
	check(session, corm_session_reset(session));
	return native;
}

static struct bench_result side_run(void *pointer, enum bench_workload workload, const struct bench_data *data)
{
	corm_session *session = ((struct side *)pointer)->session;
	switch (workload) {
	case BENCH_INSERT:
		return insert(session, data);
	case BENCH_GET:
		return get(session, data);
	case BENCH_BY_AUTHOR:
		return by_author(session, data);
	case BENCH_JOIN:
		return join(session, data);
	case BENCH_SCAN:
		return scan(session);
	case BENCH_READONLY:
		return readonly(session);
	case BENCH_STREAM:
		return stream(session);
	case BENCH_UPDATE:
		return update(session, data);
	case BENCH_DELETE:
		return delete_all(session);
	case BENCH_INSERT_MANY:
		return insert_many(session, data);
	case BENCH_WORKLOADS:
		break;
	}
	return (struct bench_result){ 0 };
}

const struct bench_side bench_cormorant = {
	.name = "cormorant",
	.open = side_open,
	.close = side_close,
	.run = side_run,
	.native = side_native,
};
