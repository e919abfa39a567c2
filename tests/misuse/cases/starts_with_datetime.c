/* SPDX-License-Identifier: Apache-2.0
 *
 * A moment does not start with a text.
 * expect: corm_text_expr
 */
#include "library.h"

void misuse(corm_session *session, corm_uuid id);

void misuse(corm_session *session, corm_uuid id)
{
	(void)id;
	Book_all(session, corm_where(corm_starts_with(Book.created_at, "2024")));
}
