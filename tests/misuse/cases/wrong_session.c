/* SPDX-License-Identifier: Apache-2.0
 *
 * A model for a session.
 * expect: corm_session
 */
#include "library.h"

void misuse(corm_session *session, corm_uuid id);

void misuse(corm_session *session, corm_uuid id)
{
	(void)id;
	Book_all(Book, corm_limit(1));
}
