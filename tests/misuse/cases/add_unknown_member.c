/* SPDX-License-Identifier: Apache-2.0
 *
 * A misspelt member.
 * expect: nam
 */
#include "library.h"

void misuse(corm_session *session, corm_uuid id);

void misuse(corm_session *session, corm_uuid id)
{
	(void)id;
	Author_add(session, .nam = "Fred");
}
