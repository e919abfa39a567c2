/* SPDX-License-Identifier: Apache-2.0
 *
 * A list of the wrong model.
 * expect: Author_list|invalid initializer
 */
#include "library.h"

void misuse(corm_session *session, corm_uuid id);

void misuse(corm_session *session, corm_uuid id)
{
	(void)id;
	Author_list list = Book_all(session);
	(void)list;
}
