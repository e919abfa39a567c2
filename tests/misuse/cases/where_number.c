/* SPDX-License-Identifier: Apache-2.0
 *
 * A number is no condition.
 * expect: corm_boolean_expr
 */
#include "library.h"

void misuse(corm_session *session, corm_uuid id);

void misuse(corm_session *session, corm_uuid id)
{
	(void)id;
	Author_all(session, corm_where(0));
}
