/* SPDX-License-Identifier: Apache-2.0
 *
 * The options of a SQLite URL: journal_mode, synchronous, cache_size, mmap_size, temp_store, busy_timeout,
 * foreign_keys, mode, profile and prepared.
 */
#ifndef CORM_DRIVER_SQLITE_OPTIONS_H
#define CORM_DRIVER_SQLITE_OPTIONS_H

#include <cormorant/driver.h>
#include <stdbool.h>
#include <stdint.h>

/* The words are constants of ours, so they may be pasted into a PRAGMA. */
struct corm__sqlite_options {
	const char *journal_mode; /* NULL: WAL for a new file, an existing one keeps its own */
	const char *synchronous;
	const char *temp_store; /* NULL: SQLite's default */
	int64_t cache_size;     /* pages, or KiB below zero */
	int64_t mmap_size;      /* bytes */
	int busy_timeout_ms;
	bool foreign_keys;
	int open_flags; /* SQLITE_OPEN_… */
};

/* The defaults, changed by profile=fast, changed by the single options. CORM_ERROR_URL names what it cannot take. */
corm_status corm__sqlite_options_read(const corm_url *url, struct corm__sqlite_options *out, corm_error_store *error);

#endif
