/* SPDX-License-Identifier: Apache-2.0
 *
 * A misspelt column.
 * expect: nam
 */
#include "library.h"

void misuse(corm_session *session, corm_uuid id);

void misuse(corm_session *session, corm_uuid id)
{
	(void)id;
	Author_all(session, corm_where(corm_eq(Author.nam, "x")));
}
