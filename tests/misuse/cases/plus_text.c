/* SPDX-License-Identifier: Apache-2.0
 *
 * A sum of a text and a number.
 * expect: corm_number_expr
 */
#include "library.h"

void misuse(corm_session *session, corm_uuid id);

void misuse(corm_session *session, corm_uuid id)
{
	(void)id;
	Book_all(session, corm_where(corm_eq(corm_plus(Book.title, 1), 2)));
}
