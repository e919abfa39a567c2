/* SPDX-License-Identifier: Apache-2.0
 *
 * corm_has() on a relationship to many: corm_any_of() is for it.
 * expect: corm_one
 */
#include "library.h"

void misuse(corm_session *session, corm_uuid id);

void misuse(corm_session *session, corm_uuid id)
{
	(void)id;
	Author_all(session, corm_where(corm_has(Author.books, corm_eq(Book.title, "x"))));
}
