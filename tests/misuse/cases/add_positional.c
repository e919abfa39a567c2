/* SPDX-License-Identifier: Apache-2.0
 *
 * A member without its name.
 * expect: excess elements
 * flags: -pedantic-errors
 */
#include "library.h"

void misuse(corm_session *session, corm_uuid id);

void misuse(corm_session *session, corm_uuid id)
{
	(void)id;
	Author_add(session, "Fred");
}
