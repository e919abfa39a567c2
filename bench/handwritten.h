/* SPDX-License-Identifier: Apache-2.0
 *
 * What Cormorant is measured against: a store of authors and books as a careful engineer writes it on the client library
 * for this one schema. All statements are prepared once, values go and come in the database's own form where it has
 * one, nothing waits for the server that need not; a book is one block of memory, its title behind it.
 *
 * There is one store for each kind of database; each file has a struct hw_store of its own.
 */
#ifndef HANDWRITTEN_H
#define HANDWRITTEN_H

#include "bench.h"

struct hw_book {
	uint8_t id[16];
	uint8_t author_id[16];
	int64_t created, updated; /* microseconds since 1970 */
	const char *title;
	int title_length;
};

struct hw_books {
	struct hw_book **items;
	size_t count, capacity;
};

enum hw_step { HW_FAILED, HW_ROW, HW_DONE };

struct hw_store;

/* A function that returns a bool gives false when anything has failed; error() says what. */
struct hw_kind {
	/* An empty database, whatever was there before; nothing; one that is filled is made ready for queries. These exit
	 * with a message when they fail. */
	void (*create)(const struct bench_place *place);
	void (*drop)(const struct bench_place *place);
	void (*settle)(const struct bench_place *place);

	/* The process of the server that works for the client library's handle; 0: there is none. */
	int (*process)(const struct bench_place *place, void *native);

	/* Opens an empty database and creates the tables. *store is to be closed also after a failure. */
	bool (*open)(const struct bench_place *place, struct hw_store **store);
	void (*close)(struct hw_store *store);
	void *(*native)(struct hw_store *store);
	/* store may be NULL. */
	const char *(*error)(const struct hw_store *store);

	bool (*begin)(struct hw_store *store);
	bool (*commit)(struct hw_store *store);

	/* These write at the latest when the transaction is committed; until then the title has to stay where it is. */
	bool (*insert_author)(struct hw_store *store, const struct bench_author *author);
	bool (*insert_book)(struct hw_store *store, const struct hw_book *book);
	/* The same by the database's fastest way, for which nothing else may be done in the transaction. */
	bool (*copy_book)(struct hw_store *store, const struct hw_book *book);
	/* Writes title and updated of the book that has the id. */
	bool (*update_title)(struct hw_store *store, const struct hw_book *book);
	bool (*delete_book)(struct hw_store *store, const uint8_t id[16]);

	/* *book is NULL when there is none; free() it. */
	bool (*get_book)(struct hw_store *store, const uint8_t id[16], struct hw_book **book);
	/* These add to books; hw_books_release() it. */
	bool (*books_of_author)(struct hw_store *store, const uint8_t author_id[16], struct hw_books *books);
	bool (*books_of_author_named)(struct hw_store *store, const char *name, struct hw_books *books);
	bool (*all_books)(struct hw_store *store, struct hw_books *books);
	/* The next of all books; behind the last it begins anew. The title lives until the next call. */
	enum hw_step (*next_book)(struct hw_store *store, struct hw_book *book);
};

extern const struct hw_kind hw_sqlite, hw_postgresql, hw_mariadb;

/* A new book with the title; NULL when there is no memory. */
struct hw_book *hw_book_new(const char *title, size_t length);
/* Takes the book, which may be NULL; false when there is no memory, and the book is freed. */
bool hw_books_add(struct hw_books *books, struct hw_book *book);
void hw_books_release(struct hw_books *books);

/* The system's time in microseconds since 1970. */
int64_t hw_now(void);

#endif
