/* SPDX-License-Identifier: Apache-2.0
 *
 * A text does not contain a number.
 * expect: corm_text_expr
 */
#include "library.h"

void misuse(corm_session *session, corm_uuid id);

void misuse(corm_session *session, corm_uuid id)
{
	(void)id;
	Book_all(session, corm_where(corm_contains(Book.title, 5)));
}
