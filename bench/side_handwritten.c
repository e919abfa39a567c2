/* SPDX-License-Identifier: Apache-2.0
 *
 * The workloads on the hand-written stores.
 */
#include "bench.h"
#include "handwritten.h"

#include <stdlib.h>
#include <string.h>

struct side {
	const struct hw_kind *kind;
	struct hw_store *store;
};

static void check(const struct side *side, bool succeeded)
{
	if (!succeeded)
		bench_fail("handwritten: %s", side->kind->error(side->store));
}

static void *side_open(const struct bench_database *database, const struct bench_place *place,
                       const struct bench_data *data)
{
	struct side *side = calloc(1, sizeof *side);
	if (!side)
		bench_fail("out of memory");
	const struct hw_kind *kind = side->kind = database->kind;
	check(side, kind->open(place, &side->store));
	check(side, kind->begin(side->store));
	for (size_t i = 0; i < data->author_count; i++)
		check(side, kind->insert_author(side->store, &data->authors[i]));
	check(side, kind->commit(side->store));
	return side;
}

static void side_close(void *pointer)
{
	struct side *side = pointer;
	side->kind->close(side->store);
	free(side);
}

static struct bench_result insert(const struct side *side, const struct bench_data *data,
                                  bool (*add)(struct hw_store *store, const struct hw_book *book))
{
	struct bench_result done = { 0 };
	check(side, side->kind->begin(side->store));
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
		check(side, add(side->store, &book));
		done.rows++;
		done.text_bytes += (size_t)book.title_length;
	}
	check(side, side->kind->commit(side->store));
	return done;
}

static struct bench_result get(const struct side *side, const struct bench_data *data)
{
	struct bench_result done = { 0 };
	for (size_t i = 0; i < data->book_count; i++) {
		if (i % 1000 == 0)
			check(side, side->kind->begin(side->store));
		struct hw_book *book;
		check(side, side->kind->get_book(side->store, data->books[data->order[i]].id, &book));
		if (book) {
			done.rows++;
			done.text_bytes += (size_t)book->title_length;
			free(book);
		}
		if (i % 1000 == 999 || i + 1 == data->book_count)
			check(side, side->kind->commit(side->store));
	}
	return done;
}

static void add_up(struct bench_result *done, const struct hw_books *books)
{
	done->rows += books->count;
	for (size_t i = 0; i < books->count; i++)
		done->text_bytes += (size_t)books->items[i]->title_length;
}

static struct bench_result by_author(const struct side *side, const struct bench_data *data)
{
	struct bench_result done = { 0 };
	for (size_t i = 0; i < data->call_count; i++) {
		struct hw_books books = { 0 };
		check(side, side->kind->books_of_author(side->store, bench_data_called(data, i)->id, &books));
		add_up(&done, &books);
		hw_books_release(&books);
	}
	return done;
}

static struct bench_result join(const struct side *side, const struct bench_data *data)
{
	struct bench_result done = { 0 };
	for (size_t i = 0; i < data->call_count; i++) {
		struct hw_books books = { 0 };
		check(side, side->kind->books_of_author_named(side->store, bench_data_called(data, i)->name, &books));
		add_up(&done, &books);
		hw_books_release(&books);
	}
	return done;
}

static struct bench_result scan(const struct side *side)
{
	struct bench_result done = { 0 };
	struct hw_books books = { 0 };
	check(side, side->kind->all_books(side->store, &books));
	add_up(&done, &books);
	hw_books_release(&books);
	return done;
}

static struct bench_result stream(const struct side *side)
{
	struct bench_result done = { 0 };
	struct hw_book book;
	enum hw_step step;
	while ((step = side->kind->next_book(side->store, &book)) == HW_ROW) {
		done.rows++;
		done.text_bytes += (size_t)book.title_length;
	}
	check(side, step == HW_DONE);
	return done;
}

static struct bench_result update(const struct side *side, const struct bench_data *data)
{
	struct bench_result done = { 0 };
	struct hw_books books = { 0 };
	check(side, side->kind->begin(side->store));
	check(side, side->kind->all_books(side->store, &books));
	for (size_t i = 0; i < books.count; i++) {
		struct hw_book *book = books.items[i];
		book->title = data->books[i].new_title;
		book->title_length = (int)strlen(book->title);
		book->updated = hw_now();
		check(side, side->kind->update_title(side->store, book));
	}
	check(side, side->kind->commit(side->store));
	add_up(&done, &books);
	hw_books_release(&books);
	return done;
}

static struct bench_result delete_all(const struct side *side)
{
	struct bench_result done = { 0 };
	struct hw_books books = { 0 };
	check(side, side->kind->begin(side->store));
	check(side, side->kind->all_books(side->store, &books));
	for (size_t i = 0; i < books.count; i++)
		check(side, side->kind->delete_book(side->store, books.items[i]->id));
	check(side, side->kind->commit(side->store));
	add_up(&done, &books);
	hw_books_release(&books);
	return done;
}

static void *side_native(void *pointer)
{
	const struct side *side = pointer;
	return side->kind->native(side->store);
}

static struct bench_result side_run(void *pointer, enum bench_workload workload, const struct bench_data *data)
{
	const struct side *side = pointer;
	switch (workload) {
	case BENCH_INSERT:
		return insert(side, data, side->kind->insert_book);
	case BENCH_INSERT_MANY:
		return insert(side, data, side->kind->copy_book);
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
	.native = side_native,
};
