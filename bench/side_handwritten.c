/* SPDX-License-Identifier: Apache-2.0
 *
 * The workloads on the hand-written store.
 */
#include "bench.h"
#include "handwritten.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(struct hw_store *store, int result)
{
	if (result != SQLITE_OK) {
		fprintf(stderr, "bench: handwritten: %s\n", hw_error(store));
		exit(1);
	}
}

static void *side_open(const char *path, enum bench_settings settings, const struct bench_data *data)
{
	static const char pragmas[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384;"
								  "PRAGMA mmap_size = 0; PRAGMA foreign_keys = ON";
	struct hw_store *store;
	int result = hw_open(path, settings == BENCH_SAME ? pragmas : NULL, &store);
	check(store, result);
	check(store, hw_begin(store));
	for (size_t i = 0; i < data->author_count; i++) {
		const struct bench_author *author = &data->authors[i];
		check(store, hw_insert_author(store, author->id, author->created, author->name));
	}
	check(store, hw_commit(store));
	return store;
}

static void side_close(void *side)
{
	hw_close(side);
}

static struct bench_result insert(struct hw_store *store, const struct bench_data *data)
{
	struct bench_result done = { 0 };
	check(store, hw_begin(store));
	for (size_t i = 0; i < data->book_count; i++) {
		const struct bench_book *from = &data->books[i];
		struct hw_book book = {
			.created = from->created,
			.updated = from->created,
			.title = from->title,
			.title_length = (int)strlen(from->title),
		};
		memcpy(book.id, from->id, sizeof book.id);
		memcpy(book.author_id, data->authors[from->author].id, sizeof book.author_id);
		check(store, hw_insert_book(store, &book));
		done.rows++;
		done.text_bytes += (size_t)book.title_length;
	}
	check(store, hw_commit(store));
	return done;
}

static struct bench_result get(struct hw_store *store, const struct bench_data *data)
{
	struct bench_result done = { 0 };
	for (size_t i = 0; i < data->book_count; i++) {
		if (i % 1000 == 0)
			check(store, hw_begin(store));
		struct hw_book *book;
		check(store, hw_get_book(store, data->books[data->order[i]].id, &book));
		if (book) {
			done.rows++;
			done.text_bytes += (size_t)book->title_length;
			hw_book_free(book);
		}
		if (i % 1000 == 999 || i + 1 == data->book_count)
			check(store, hw_commit(store));
	}
	return done;
}

static void add_up(struct bench_result *done, const struct hw_books *books)
{
	done->rows += books->count;
	for (size_t i = 0; i < books->count; i++)
		done->text_bytes += (size_t)books->items[i]->title_length;
}

static struct bench_result by_author(struct hw_store *store, const struct bench_data *data)
{
	struct bench_result done = { 0 };
	for (size_t i = 0; i < data->call_count; i++) {
		struct hw_books books = { 0 };
		check(store, hw_books_of_author(store, bench_data_called(data, i)->id, &books));
		add_up(&done, &books);
		hw_books_release(&books);
	}
	return done;
}

static struct bench_result join(struct hw_store *store, const struct bench_data *data)
{
	struct bench_result done = { 0 };
	for (size_t i = 0; i < data->call_count; i++) {
		struct hw_books books = { 0 };
		check(store, hw_books_of_author_named(store, bench_data_called(data, i)->name, &books));
		add_up(&done, &books);
		hw_books_release(&books);
	}
	return done;
}

static struct bench_result scan(struct hw_store *store)
{
	struct bench_result done = { 0 };
	struct hw_books books = { 0 };
	check(store, hw_all_books(store, &books));
	add_up(&done, &books);
	hw_books_release(&books);
	return done;
}

static struct bench_result stream(struct hw_store *store)
{
	struct bench_result done = { 0 };
	struct hw_book book;
	int result;
	while ((result = hw_next_book(store, &book)) == SQLITE_ROW) {
		done.rows++;
		done.text_bytes += (size_t)book.title_length;
	}
	check(store, result == SQLITE_DONE ? SQLITE_OK : result);
	return done;
}

static struct bench_result update(struct hw_store *store, const struct bench_data *data)
{
	struct bench_result done = { 0 };
	struct hw_books books = { 0 };
	check(store, hw_begin(store));
	check(store, hw_all_books(store, &books));
	for (size_t i = 0; i < books.count; i++) {
		struct hw_book *book = books.items[i];
		book->title = data->books[i].new_title;
		book->title_length = (int)strlen(book->title);
		book->updated = hw_now();
		check(store, hw_update_title(store, book));
	}
	check(store, hw_commit(store));
	add_up(&done, &books);
	hw_books_release(&books);
	return done;
}

static struct bench_result delete_all(struct hw_store *store)
{
	struct bench_result done = { 0 };
	struct hw_books books = { 0 };
	check(store, hw_begin(store));
	check(store, hw_all_books(store, &books));
	for (size_t i = 0; i < books.count; i++)
		check(store, hw_delete_book(store, books.items[i]->id));
	check(store, hw_commit(store));
	add_up(&done, &books);
	hw_books_release(&books);
	return done;
}

static struct bench_result side_run(void *side, enum bench_workload workload, const struct bench_data *data)
{
	switch (workload) {
	case BENCH_INSERT:
	case BENCH_INSERT_MANY: /* the same: an INSERT of several rows is slower, for it keeps each page in case it fails */
		return insert(side, data);
	case BENCH_GET:
		return get(side, data);
	case BENCH_BY_AUTHOR:
		return by_author(side, data);
	case BENCH_JOIN:
		return join(side, data);
	case BENCH_SCAN:
	case BENCH_READONLY:
		return scan(side);
	case BENCH_STREAM:
		return stream(side);
	case BENCH_UPDATE:
		return update(side, data);
	case BENCH_DELETE:
		return delete_all(side);
	case BENCH_WORKLOADS:
		break;
	}
	return (struct bench_result){ 0 };
}

const struct bench_side bench_handwritten = {
	.name = "handwritten",
	.open = side_open,
	.close = side_close,
	.run = side_run,
};
