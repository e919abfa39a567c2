/* SPDX-License-Identifier: Apache-2.0
 *
 * A place of the database under test that is opened more than once.
 */
#ifndef TESTS_SESSION_PLACE_H
#define TESTS_SESSION_PLACE_H

#include "session/support.h"

static const char *url;

static inline int place_set_up(void **state)
{
	(void)state;
	url = test_database_new(true);
	return 0;
}

static inline int place_tear_down(void **state)
{
	(void)state;
	test_database_drop(url);
	return 0;
}

#endif
