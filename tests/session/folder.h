/* SPDX-License-Identifier: Apache-2.0
 *
 * A database in a folder of its own, for tests that want a file.
 */
#ifndef TESTS_SESSION_FOLDER_H
#define TESTS_SESSION_FOLDER_H

#include "session/support.h"

static char folder[64];
static char url[128];

static inline int folder_set_up(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/cormorant-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(url, sizeof url, "sqlite:///%s/test.db", folder);
	return 0;
}

static inline int folder_tear_down(void **state)
{
	(void)state;
	static const char *const names[] = { "test.db", "test.db-wal", "test.db-shm", "test.db-journal" };
	char path[128];
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, names[i]);
		unlink(path);
	}
	rmdir(folder);
	return 0;
}

#endif
