/* SPDX-License-Identifier: Apache-2.0
 *
 * A moment between two numbers.
 * expect: corm_datetime_expr
 */
#include "library.h"

void misuse(corm_session *session, corm_uuid id);

void misuse(corm_session *session, corm_uuid id)
{
	(void)id;
	Book_all(session, corm_where(corm_between(Book.created_at, 1, 2)));
}
