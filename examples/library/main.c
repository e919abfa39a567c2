/* SPDX-License-Identifier: Apache-2.0
 *
 * Authors and their books: the models stand in models/base.h, models/author.h and models/book.h, which refer to each
 * other in a circle; `corm generate` turns them into library.h and library.c.
 *
 * 	library [URL]        default: sqlite:///library.db
 *
 * Each step is printed with the SQL that it sends.
 */
#include "library.h"
#include <stdio.h>
#include <stdlib.h>

static void print_statement(void *data, const corm_statement_event *event)
{
	(void)data;
	printf("    %s", event->sql);
	if (event->parameters && event->parameters[0] && event->parameters[1] != ']')
		printf("  %s", event->parameters);
	printf("\n");
}

static void step(const char *what)
{
	printf("\n%s\n", what);
}

static void print_book(const struct Book *book)
{
	printf("  %s  %s  (updated %s)\n", corm_uuid_string(book->base.id).text, book->title,
	       corm_datetime_string(book->base.updated_at).text);
}

/* A straight run of calls: after an error the rest does nothing, and the commit says what it was. */
static corm_status create(corm_session *session, corm_uuid *fred_id)
{
	step("create an author with three books, and another author with one");
	struct Author *fred = Author_add(session, .name = "Fred");
	Book_add(session, .title = "Diving", .author = fred);
	Book_add(session, .title = "Climbing", .author = fred);
	Book_add(session, .title = "Sailing", .author = fred);
	Book_add(session, .title = "Cooking", .author = Author_add(session, .name = "Ada"));
	*fred_id = fred->base.id;
	return corm_commit(session);
}

static corm_status query(corm_session *session, corm_uuid fred_id)
{
	step("get one author by key; asking again sends nothing");
	struct Author *fred = Author_get(session, fred_id);
	if (fred && Author_get(session, fred_id) == fred)
		printf("  %s, created %s\n", fred->name, corm_datetime_string(fred->base.created_at).text);

	step("all books of that author, by the relationship");
	Book_list books = Author_books(session, fred);
	corm_foreach(struct Book *, book, books)
		print_book(book);

	step("books joined with their author, by the author's name");
	books = Book_all(session, corm_join(Author),
	                 corm_where(corm_eq(Author.name, "Fred"), corm_ne(Book.title, "Sailing")),
	                 corm_order_by(corm_desc(Book.title)), corm_limit(10));
	corm_foreach(struct Book *, book, books)
		print_book(book);

	step("the author of a book: it is known already, so that nothing is sent");
	struct Book *book = books.count ? books.items[0] : NULL;
	struct Author *author = Book_author(session, book);
	if (author)
		printf("  \"%s\" is by %s\n", book->title, author->name);

	step("count, and ask whether there is one");
	int64_t count = Book_count(session);
	bool exists = false;
	if (Book_exists(session, &exists, corm_where(corm_contains(Book.title, "ook"))) != CORM_OK)
		return corm_session_error(session)->status;
	printf("  %lld books; one with \"ook\" in its title: %s\n", (long long)count, exists ? "yes" : "no");
	return corm_session_error(session)->status;
}

static corm_status update(corm_session *session, corm_uuid fred_id)
{
	step("change an author by assignment: updated_at follows by itself");
	struct Author *fred = Author_get(session, fred_id);
	if (fred)
		fred->name = "Frederick";
	return corm_commit(session);
}

static void print_authors(Author_list authors)
{
	corm_foreach(struct Author *, author, authors)
		printf("  books of %s: %zu\n", author->name, author->books.count);
}

static corm_status change_and_take_back(corm_session *session)
{
	step("all authors with their books, by two queries");
	Author_list authors = Author_all(session, corm_load(Author.books), corm_order_by(Author.name));
	print_authors(authors);
	if (authors.count < 2 || authors.items[1]->books.count < 2)
		return corm_session_error(session)->status;

	step("give a book to another author, and delete one");
	struct Author *from = authors.items[1];
	struct Book *deleted = from->books.items[0];
	Author_books_add(session, authors.items[0], from->books.items[1]);
	Book_delete(session, deleted);
	if (corm_flush(session) != CORM_OK)
		return corm_session_error(session)->status;
	print_authors(authors);

	step("and think better of it: a rollback restores the objects too");
	corm_rollback(session);
	print_authors(Author_all(session, corm_load(Author.books), corm_order_by(Author.name)));
	printf("  \"%s\" is %s\n", deleted->title,
	       corm_state(session, deleted) == CORM_STATE_DELETED ? "deleted" : "there again");
	return corm_session_error(session)->status;
}

static int fail(const corm_error *error)
{
	fprintf(stderr, "library: %s: %s\n", corm_status_name(error->status), error->message);
	return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	const char *url = argc > 1 ? argv[1] : "sqlite:///library.db";
	corm_engine *engine = corm_engine_open(url);
	if (!engine)
		return fail(corm_last_error());
	corm_engine_on_statement(engine, print_statement, NULL);
	int result = EXIT_SUCCESS;

	step("create the tables that are missing");
	if (corm_create_all(engine, &library_metadata) != CORM_OK) {
		result = fail(corm_last_error());
		corm_engine_close(engine);
		return result;
	}
	corm_session *session = corm_session_open(engine);
	corm_uuid fred_id;
	if (create(session, &fred_id) != CORM_OK || query(session, fred_id) != CORM_OK ||
	    update(session, fred_id) != CORM_OK || change_and_take_back(session) != CORM_OK)
		result = fail(corm_session_error(session));
	corm_session_close(session);
	corm_engine_close(engine);
	return result;
}
