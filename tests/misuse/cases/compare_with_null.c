/* SPDX-License-Identifier: Apache-2.0
 *
 * NULL equals nothing: corm_is_null() asks for it.
 * expect: void \*
 */
#include "library.h"

void misuse(corm_session *session, corm_uuid id);

void misuse(corm_session *session, corm_uuid id)
{
	(void)id;
	Author_all(session, corm_where(corm_eq(Author.name, NULL)));
}
