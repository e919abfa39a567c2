/* What programs write with the generated macros, in every place that a warning could come from. */
#include "library.h"

#define SAVE(session, ...) Author_upsert(session, Author_values(__VA_ARGS__), corm_on_conflict(Author.id))
#define SAVE_VALUE(session, value) Author_upsert(session, value, corm_on_conflict(Author.id))
#define SAME(x) x
#define EIGHT(x) x x x x x x x x

struct Author *upsert(corm_session *session, corm_uuid id)
{
	struct Author value = { .base.id = id, .name = "Fred" };
	struct Author *author = Author_upsert(session, Author_values(.base.id = id, .name = "x"), corm_on_conflict(Author.id));
	author = Author_upsert(session, Author_values(.name = "x"), corm_on_conflict(Author.name), corm_set(Author.name, "y"));
	author = Author_upsert(session, Author_values(.name = "x"), corm_do_nothing());
	author = Author_upsert(session, Author_values(.name = "x"));
	author = Author_upsert(session, &value, corm_on_conflict(Author.id));
	author = Author_upsert(session, (&(struct Author){ .base.id = id, .name = "x" }), corm_on_conflict(Author.id));
	author = SAVE(session, .base.id = id, .name = "x");
	author = SAVE_VALUE(session, Author_values(.base.id = id, .name = "x"));
	author = SAME(SAME(Author_upsert(session, Author_values(.name = "x"), corm_on_conflict(Author.id))));
	/* The text of the arguments is longer than a C11 compiler must take. */
	author = SAVE_VALUE(session, Author_values(.name = EIGHT(EIGHT(EIGHT("0123456789")))));
	Author_upsert(session, Author_values(.name = "x"), corm_on_conflict(Author.id));
	return author;
}

struct Author *merge(corm_session *session, corm_uuid id)
{
	struct Author value = { .base.id = id, .name = "Fred" };
	struct Author *author = Author_merge(session, Author_values(.base.id = id, .name = "x"));
	author = Author_merge(session, &value);
	author = Author_merge(session, &(struct Author){ .base.id = id, .name = "x" });
	author = SAME(Author_merge(session, Author_values(.base.id = id, .name = "x")));
	Author_merge(session, Author_values(.name = EIGHT(EIGHT(EIGHT("0123456789")))));
	return author ? author : Author_merge_value(session, &value);
}

struct Book *nested(corm_session *session, corm_uuid id)
{
	struct Book *book = Book_add(session, .title = "x",
	                             .author = Author_upsert(session, Author_values(.base.id = id, .name = "x"),
	                                                     corm_on_conflict(Author.id)));
	book = Book_upsert(session,
	                   Book_values(.title = "x", .author = Author_upsert(session, Author_values(.base.id = id),
	                                                                     corm_on_conflict(Author.id))),
	                   corm_on_conflict(Book.id), corm_set(Book.title, "y"));
	book = Book_upsert(session, Book_values(.author_id = Book_upsert(session, Book_values(.title = "x"))->base.id));
	book = Book_upsert(session, Book_values(.author = Author_merge(session, Author_values(.base.id = id))));
	book = Book_merge(session, Book_values(.author = Author_add(session, .base.id = id, .name = "x")));
	return Book_add_value(session, Book_values(.author = Author_upsert(session, Author_values(.base.id = id))))
	           ? book
	           : Book_add(session, .author = Author_merge(session, Author_values(.base.id = id)));
}

corm_status relationships(corm_session *session, struct Author *author, struct Book *book)
{
	corm_status status = Author_books_add(session, author, book);
	if (!status)
		status = Author_books_remove(session, author, book);
	if (!status)
		status = Book_author_set(session, book, NULL);
	return status;
}

corm_status objects(corm_session *session, struct Author *author, corm_arena *arena)
{
	const struct Author *copy = Author_copy(arena, author);
	corm_status status = Author_refresh(session, author);
	if (!status)
		status = Author_expire(session, author);
	if (!status)
		status = Author_expunge(session, author);
	if (!status)
		status = Author_insert_many(session, (const struct Author[]){ *copy, { .name = "x" } }, 2);
	return status ? status : Author_delete(session, author);
}

int64_t statements(corm_session *session)
{
	int64_t count = 0;
	corm_stream *stream = Author_stream(session, corm_where(corm_eq(Author.name, "x")));
	for (struct Author *author; (author = Author_stream_next(stream));)
		count += author->name != NULL;
	corm_stream_close(stream);
	corm_stream_close(Author_stream(session));
	count += Author_update(session, corm_set(Author.name, "y"), corm_where(corm_eq(Author.name, "x")));
	count += Book_update(session, corm_set_null(Book.author_id), corm_all_rows());
	return count + Author_delete_where(session, corm_where(corm_eq(Author.name, "y")));
}
