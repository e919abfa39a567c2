/* SPDX-License-Identifier: Apache-2.0
 *
 * Only a column or an expression can be NULL.
 * expect: as_expression|not a structure
 */
#include "library.h"

void misuse(corm_session *session, corm_uuid id);

void misuse(corm_session *session, corm_uuid id)
{
	(void)id;
	Book_all(session, corm_where(corm_is_null("x")));
}
