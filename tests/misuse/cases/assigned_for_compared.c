/* SPDX-License-Identifier: Apache-2.0
 *
 * An assignment in place of corm_eq().
 * expect: read-only|const-qualified
 */
#include "library.h"

void misuse(corm_session *session, corm_uuid id);

void misuse(corm_session *session, corm_uuid id)
{
	(void)id;
	Author_all(session, corm_where(Author.name = "x"));
}
