/* SPDX-License-Identifier: Apache-2.0
 *
 * The values of a URL's options that every driver reads alike.
 */
#ifndef CORM_DRIVER_OPTION_H
#define CORM_DRIVER_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <strings.h>

/* Yes or no, in whatever letters; false when it is neither. */
static inline bool corm__option_bool(const char *value, bool *out)
{
	static const char *const words[] = { "false", "true", "off", "on", "no", "yes", "0", "1" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (!strcasecmp(words[i], value)) {
			*out = i % 2;
			return true;
		}
	}
	return false;
}

#endif
