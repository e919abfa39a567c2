/* SPDX-License-Identifier: Apache-2.0
 *
 * The other cases done right: that they fail would prove nothing if this did not compile.
 * expect nothing
 */
#include "library.h"

corm_status correct(corm_session *session, corm_uuid id);

corm_status correct(corm_session *session, corm_uuid id)
{
	struct Author *author = Author_add(session, .name = "Fred");
	Book_add(session, .title = "Diving", .author = author);
	Author_all(session, corm_where(corm_eq(Author.name, "x"), corm_eq(Author.id, id), corm_is_not_null(Author.name)));
	Author_all(session, corm_where(corm_in(Author.name, "a", "b"), corm_in_array(Author.id, &id, 1)));
	Author_all(session, corm_where(corm_any_of(Author.books, corm_eq(Book.title, "x"))), corm_order_by(Author.name));
	Book_all(session, corm_where(corm_has(Book.author, corm_like(Author.name, "x%"))), corm_join(Author));
	Book_all(session, corm_where(corm_eq(corm_plus(corm_length(Book.title), 1), 2)), corm_order_by(corm_desc(Book.id)));
	Author_get(session, id);
	return corm_commit(session);
}
