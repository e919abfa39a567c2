/* SPDX-License-Identifier: Apache-2.0
 *
 * A model is no ordering.
 * expect: as_order
 */
#include "library.h"

void misuse(corm_session *session, corm_uuid id);

void misuse(corm_session *session, corm_uuid id)
{
	(void)id;
	Author_all(session, corm_order_by(Author));
}
