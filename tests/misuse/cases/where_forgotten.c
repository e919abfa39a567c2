/* SPDX-License-Identifier: Apache-2.0
 *
 * A condition without corm_where().
 * expect: corm_clause
 */
#include "library.h"

void misuse(corm_session *session, corm_uuid id);

void misuse(corm_session *session, corm_uuid id)
{
	(void)id;
	Book_all(session, corm_eq(Book.title, "x"));
}
