/* SPDX-License-Identifier: Apache-2.0
 *
 * A column cannot be joined; its relationship can.
 * expect: as_source
 */
#include "library.h"

void misuse(corm_session *session, corm_uuid id);

void misuse(corm_session *session, corm_uuid id)
{
	(void)id;
	Book_all(session, corm_join(Book.author_id));
}
