/* SPDX-License-Identifier: Apache-2.0
 *
 * A key that is a text: corm_uuid_parse() makes a UUID of it.
 * expect: corm_uuid
 */
#include "library.h"

void misuse(corm_session *session, corm_uuid id);

void misuse(corm_session *session, corm_uuid id)
{
	(void)id;
	Author_get(session, "8a1b");
}
