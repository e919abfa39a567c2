/* SPDX-License-Identifier: Apache-2.0
 *
 * What the stores of handwritten.h share: books in memory.
 */
#include "handwritten.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

struct hw_book *hw_book_new(const char *title, size_t length)
{
	struct hw_book *book = malloc(sizeof *book + length + 1);
	if (!book)
		return NULL;
	char *copy = (char *)(book + 1);
	memcpy(copy, title, length);
	copy[length] = '\0';
	book->title = copy;
	book->title_length = (int)length;
	return book;
}

static bool grow(struct hw_books *books)
{
	size_t capacity = books->capacity ? books->capacity * 2 : 16;
	struct hw_book **items = realloc(books->items, capacity * sizeof *items);
	if (!items)
		return false;
	books->items = items;
	books->capacity = capacity;
	return true;
}

bool hw_books_add(struct hw_books *books, struct hw_book *book)
{
	if (!book || (books->count == books->capacity && !grow(books))) {
		free(book);
		return false;
	}
	books->items[books->count++] = book;
	return true;
}

void hw_books_release(struct hw_books *books)
{
	for (size_t i = 0; i < books->count; i++)
		free(books->items[i]);
	free(books->items);
	*books = (struct hw_books){ 0 };
}

int64_t hw_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}
