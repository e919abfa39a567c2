/* SPDX-License-Identifier: Apache-2.0
 *
 * A key was forgotten.
 * expect: too few arguments
 */
#include "library.h"

void misuse(corm_session *session, corm_uuid id);

void misuse(corm_session *session, corm_uuid id)
{
	(void)id;
	Author_get(session);
}
