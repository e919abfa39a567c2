/* SPDX-License-Identifier: Apache-2.0
 *
 * A query is of a model.
 * expect: as_source
 */
#include "library.h"

void misuse(corm_session *session, corm_uuid id);

void misuse(corm_session *session, corm_uuid id)
{
	(void)id;
	corm_query_new(session, Book.title);
}
