/* SPDX-License-Identifier: Apache-2.0
 *
 * A list without values: corm_in_array() takes an empty one.
 * expect: expected expression
 * errors: 6
 */
#include "library.h"

void misuse(corm_session *session, corm_uuid id);

void misuse(corm_session *session, corm_uuid id)
{
	(void)id;
	Author_all(session, corm_where(corm_in(Author.name)));
}
