/* SPDX-License-Identifier: Apache-2.0
 *
 * corm_any_of() on a relationship to one: corm_has() is for it.
 * expect: corm_several
 */
#include "library.h"

void misuse(corm_session *session, corm_uuid id);

void misuse(corm_session *session, corm_uuid id)
{
	(void)id;
	Book_all(session, corm_where(corm_any_of(Book.author, corm_eq(Author.name, "x"))));
}
