/* SPDX-License-Identifier: Apache-2.0
 *
 * A list of values of two kinds.
 * expect: corm_number_expr
 */
#include "library.h"

void misuse(corm_session *session, corm_uuid id);

void misuse(corm_session *session, corm_uuid id)
{
	(void)id;
	Author_all(session, corm_where(corm_in(Author.name, "a", 2)));
}
