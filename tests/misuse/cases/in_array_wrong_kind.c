/* SPDX-License-Identifier: Apache-2.0
 *
 * A text is looked for in an array of UUIDs.
 * expect: corm_text_array
 */
#include "library.h"

void misuse(corm_session *session, corm_uuid id);

void misuse(corm_session *session, corm_uuid id)
{
	(void)id;
	Author_all(session, corm_where(corm_in_array(Author.name, &id, 1)));
}
