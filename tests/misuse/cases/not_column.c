/* SPDX-License-Identifier: Apache-2.0
 *
 * A column of text cannot be negated.
 * expect: corm_boolean_expr
 */
#include "library.h"

void misuse(corm_session *session, corm_uuid id);

void misuse(corm_session *session, corm_uuid id)
{
	(void)id;
	Author_all(session, corm_where(corm_not(Author.name)));
}
