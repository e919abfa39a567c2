/* SPDX-License-Identifier: Apache-2.0
 *
 * A UUID is compared with a text: corm_uuid_parse() makes one of it.
 * expect: corm_uuid_expr
 */
#include "library.h"

void misuse(corm_session *session, corm_uuid id);

void misuse(corm_session *session, corm_uuid id)
{
	(void)id;
	Author_all(session, corm_where(corm_eq(Author.id, "x")));
}
