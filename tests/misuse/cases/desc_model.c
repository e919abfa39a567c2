/* SPDX-License-Identifier: Apache-2.0
 *
 * A model cannot be ordered by.
 * expect: as_expression
 */
#include "library.h"

void misuse(corm_session *session, corm_uuid id);

void misuse(corm_session *session, corm_uuid id)
{
	(void)id;
	Book_all(session, corm_order_by(corm_desc(Book)));
}
