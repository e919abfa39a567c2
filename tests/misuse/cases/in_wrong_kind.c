/* SPDX-License-Identifier: Apache-2.0
 *
 * A text is looked for in a list of numbers.
 * expect: corm_text_values
 */
#include "library.h"

void misuse(corm_session *session, corm_uuid id);

void misuse(corm_session *session, corm_uuid id)
{
	(void)id;
	Author_all(session, corm_where(corm_in(Author.name, 1, 2)));
}
