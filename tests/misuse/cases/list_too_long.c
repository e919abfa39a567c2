/* SPDX-License-Identifier: Apache-2.0
 *
 * A list of more than 32 elements: corm_in_array() takes any number.
 * expect: at_most_32_elements
 */
#include "library.h"

void misuse(corm_session *session, corm_uuid id);

void misuse(corm_session *session, corm_uuid id)
{
	(void)id;
	Book_all(session, corm_where(corm_in(corm_length(Book.title), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
	                                     17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34)));
}
