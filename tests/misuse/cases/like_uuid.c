/* SPDX-License-Identifier: Apache-2.0
 *
 * A pattern for a UUID.
 * expect: corm_text_expr
 */
#include "library.h"

void misuse(corm_session *session, corm_uuid id);

void misuse(corm_session *session, corm_uuid id)
{
	(void)id;
	Author_all(session, corm_where(corm_like(Author.id, "x")));
}
