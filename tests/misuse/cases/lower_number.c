/* SPDX-License-Identifier: Apache-2.0
 *
 * Lower case of a UUID.
 * expect: corm_text_expr
 */
#include "library.h"

void misuse(corm_session *session, corm_uuid id);

void misuse(corm_session *session, corm_uuid id)
{
	(void)id;
	Book_all(session, corm_where(corm_eq(corm_lower(Book.id), "x")));
}
