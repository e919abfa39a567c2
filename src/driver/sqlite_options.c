/* SPDX-License-Identifier: Apache-2.0
 *
 * The options of a SQLite URL.
 */
#include "driver/sqlite_options.h"
#include <errno.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const journal_modes[] = { "wal", "delete", "truncate", "persist", "memory", NULL };
static const char *const synchronous_levels[] = { "off", "normal", "full", "extra", NULL };
static const char *const temp_stores[] = { "default", "file", "memory", NULL };
static const char *const profiles[] = { "fast", "default", NULL };
static const char *const modes[] = { "ro", "rw", "rwc", NULL };
static const char *const booleans[] = { "false", "true", "off", "on", "no", "yes", "0", "1", NULL };

static const int mode_flags[] = {
	SQLITE_OPEN_READONLY,
	SQLITE_OPEN_READWRITE,
	SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
};

/* The option's value as one of words, by index; -1 after an error. */
static int read_word(const corm_url_option *option, const char *const *words, corm_error_store *error)
{
	char list[128] = "";
	for (int i = 0; words[i]; i++) {
		if (!strcasecmp(words[i], option->value))
			return i;
		size_t length = strlen(list);
		sqlite3_snprintf((int)(sizeof list - length), list + length, "%s%s", i ? ", " : "", words[i]);
	}
	corm_error_set(error, CORM_ERROR_URL, "sqlite: the option %s=%s is none of: %s", option->name, option->value, list);
	return -1;
}

/* False after an error. */
static bool read_number(const corm_url_option *option, int64_t minimum, int64_t maximum, int64_t *out,
                        corm_error_store *error)
{
	char *end;
	errno = 0;
	long long number = strtoll(option->value, &end, 10);
	bool digits = option->value[0] == '-' || (option->value[0] >= '0' && option->value[0] <= '9');
	if (!digits || *end || errno || number < minimum || number > maximum) {
		corm_error_set(error, CORM_ERROR_URL, "sqlite: the option %s=%s is no number from %lld to %lld", option->name,
		               option->value, (long long)minimum, (long long)maximum);
		return false;
	}
	*out = number;
	return true;
}

/* False after an error. */
static bool read_option(const corm_url_option *option, struct corm__sqlite_options *out, corm_error_store *error)
{
	const char *name = option->name;
	int word = 0;
	int64_t number = 0;
	if (!strcmp(name, "journal_mode")) {
		word = read_word(option, journal_modes, error);
		out->journal_mode = word < 0 ? NULL : journal_modes[word];
	} else if (!strcmp(name, "synchronous")) {
		word = read_word(option, synchronous_levels, error);
		out->synchronous = word < 0 ? NULL : synchronous_levels[word];
	} else if (!strcmp(name, "temp_store")) {
		word = read_word(option, temp_stores, error);
		out->temp_store = word < 0 ? NULL : temp_stores[word];
	} else if (!strcmp(name, "foreign_keys")) {
		word = read_word(option, booleans, error);
		out->foreign_keys = word % 2 == 1;
	} else if (!strcmp(name, "mode")) {
		word = read_word(option, modes, error);
		out->open_flags = word < 0 ? 0 : mode_flags[word];
	} else if (!strcmp(name, "cache_size")) {
		return read_number(option, INT_MIN, INT_MAX, &out->cache_size, error);
	} else if (!strcmp(name, "mmap_size")) {
		return read_number(option, 0, INT64_MAX, &out->mmap_size, error);
	} else if (!strcmp(name, "busy_timeout")) {
		bool read = read_number(option, 0, INT_MAX, &number, error);
		out->busy_timeout_ms = (int)number;
		return read;
	} else if (!strcmp(name, "prepared")) {
		/* For the databases where statements may also go unprepared; here there is only one way. */
		word = read_word(option, booleans, error);
	} else if (strcmp(name, "profile") != 0) {
		corm_error_set(error, CORM_ERROR_URL, "sqlite: unknown option \"%s\" in the URL", name);
		return false;
	}
	return word >= 0;
}

corm_status corm__sqlite_options_read(const corm_url *url, struct corm__sqlite_options *out, corm_error_store *error)
{
	*out = (struct corm__sqlite_options){
		.synchronous = "full",
		.cache_size = -16384,
		.busy_timeout_ms = 5000,
		.foreign_keys = true,
		.open_flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
	};
	/* The profile comes first, wherever it stands, so that every other option overrides it. */
	for (size_t i = 0; i < url->option_count; i++) {
		if (strcmp(url->options[i].name, "profile") != 0)
			continue;
		int profile = read_word(&url->options[i], profiles, error);
		if (profile < 0)
			return CORM_ERROR_URL;
		if (profile == 0) {
			out->journal_mode = "wal";
			out->synchronous = "normal";
			out->temp_store = "memory";
			out->cache_size = -65536;
			out->mmap_size = 268435456;
		}
	}
	for (size_t i = 0; i < url->option_count; i++) {
		if (!read_option(&url->options[i], out, error))
			return CORM_ERROR_URL;
	}
	return CORM_OK;
}
