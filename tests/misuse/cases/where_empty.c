/* SPDX-License-Identifier: Apache-2.0
 *
 * A condition was forgotten.
 * expect: too few arguments
 */
#include "library.h"

void misuse(corm_session *session, corm_uuid id);

void misuse(corm_session *session, corm_uuid id)
{
	(void)id;
	Author_all(session, corm_where());
}
