/* SPDX-License-Identifier: Apache-2.0
 *
 * Cormorant from C++: everything but the query macros.
 */
#include "library.h"

#include <cstdio>
#include <cstring>

static const char *fred_id = "0f8fad5b-d9cb-469f-a165-70867728950e";

static corm_status save(corm_session *session)
{
	struct Author author;
	Author_init(&author);
	corm_uuid_parse(fred_id, &author.base.id);
	author.name = "Fred";
	struct Author *fred = Author_add_value(session, &author);

	struct Book *book = Book_new(session);
	book->title = "Diving";
	book->author = fred;
	return corm_commit(session);
}

static bool check(corm_session *session)
{
	corm_uuid id;
	if (corm_uuid_parse(fred_id, &id) != CORM_OK)
		return false;
	struct Author *fred = Author_get(session, id);
	if (!fred || std::strcmp(fred->name, "Fred") != 0)
		return false;
	bool found = false;
	corm_foreach (struct Book *, book, Author_books(session, fred))
		found = std::strcmp(book->title, "Diving") == 0 && Book_author(session, book) == fred;
	return found;
}

int main()
{
	corm_engine *engine = corm_engine_open("sqlite://");
	if (!engine || corm_create_all(engine, &library_metadata) != CORM_OK) {
		std::fprintf(stderr, "%s\n", corm_last_error()->message);
		return 1;
	}
	bool good;
	{
		corm_autoclose corm_session *session = corm_session_open(engine);
		good = save(session) == CORM_OK && check(session);
		if (!good)
			std::fprintf(stderr, "%s\n", corm_session_error(session)->message);
	}
	corm_engine_close(engine);
	return good ? 0 : 1;
}
