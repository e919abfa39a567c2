/* SPDX-License-Identifier: Apache-2.0
 *
 * What Cormorant is measured against: a store of authors and books as a careful engineer writes it on sqlite3 for this
 * one schema. All statements are prepared once; a book is one block of memory, its title behind it. Keys and times are
 * stored as Cormorant stores them: 32 hexadecimal digits, and YYYY-MM-DD HH:MM:SS.ffffff.
 *
 * A function that returns an int gives an SQLite code, SQLITE_OK when all went well.
 */
#ifndef HANDWRITTEN_H
#define HANDWRITTEN_H

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

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

struct hw_store;

/* Opens a new file and creates the tables. pragmas may be NULL. *store is to be closed also after a failure. */
int hw_open(const char *path, const char *pragmas, struct hw_store **store);
void hw_close(struct hw_store *store);
const char *hw_error(struct hw_store *store);

int hw_begin(struct hw_store *store);
int hw_commit(struct hw_store *store);

int hw_insert_author(struct hw_store *store, const uint8_t id[16], int64_t created, const char *name);
int hw_insert_book(struct hw_store *store, const struct hw_book *book);
/* Writes title and updated of the book that has the id. */
int hw_update_title(struct hw_store *store, const struct hw_book *book);
int hw_delete_book(struct hw_store *store, const uint8_t id[16]);

/* *book is NULL when there is none; hw_book_free() it. */
int hw_get_book(struct hw_store *store, const uint8_t id[16], struct hw_book **book);
/* These add to books; hw_books_release() it. */
int hw_books_of_author(struct hw_store *store, const uint8_t author_id[16], struct hw_books *books);
int hw_books_of_author_named(struct hw_store *store, const char *name, struct hw_books *books);
int hw_all_books(struct hw_store *store, struct hw_books *books);
/* The next of all books: SQLITE_ROW, or SQLITE_DONE behind the last; then it begins anew. The title is SQLite's, and
 * lives until the next call. */
int hw_next_book(struct hw_store *store, struct hw_book *book);

void hw_book_free(struct hw_book *book);
void hw_books_release(struct hw_books *books);

/* The system's time in microseconds since 1970. */
int64_t hw_now(void);

#endif
