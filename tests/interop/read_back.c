/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads what shared_file.py has written into the demo's file.
 *
 *	read_back FILE
 */
#include "library.h"
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	char url[512];
	if (argc != 2 || (size_t)snprintf(url, sizeof url, "sqlite:///%s", argv[1]) >= sizeof url)
		return 2;
	corm_engine *engine = corm_engine_open(url);
	if (!engine) {
		fprintf(stderr, "%s\n", corm_last_error()->message);
		return 1;
	}
	corm_session *session = corm_session_open(engine);
	struct Book *book = Book_one(session, corm_where(corm_eq(Book.title, "Written in Python")));
	struct Author *author = Book_author(session, book);
	int64_t age = book ? corm_utcnow().microseconds - book->base.created_at.microseconds : -1;
	bool good = author && strcmp(author->name, "Frederick") == 0 && Author_books(session, author).count == 4 && age >= 0 &&
	            age < INT64_C(600000000) && Book_get(session, book->base.id) == book;
	if (!good)
		fprintf(stderr, "%s\n", author ? "the book is not as it was written" : corm_session_error(session)->message);
	corm_session_close(session);
	corm_engine_close(engine);
	if (good)
		puts("read back by Cormorant");
	return good ? 0 : 1;
}
