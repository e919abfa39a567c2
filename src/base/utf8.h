/* SPDX-License-Identifier: Apache-2.0
 *
 * One step through UTF-8, as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF.
 */
#ifndef CORM_BASE_UTF8_H
#define CORM_BASE_UTF8_H

#include <stddef.h>

/* The bytes of the character at text, 1 to 4, or 0 when there is none. left is at least 1. NUL is a character here. */
static inline size_t corm__utf8_step(const unsigned char *text, size_t left)
{
	unsigned char lead = text[0];
	if (lead < 0x80)
		return 1;
	if (lead < 0xC2 || lead > 0xF4)
		return 0;
	size_t size = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
	if (left < size)
		return 0;

	/* Overlong forms, surrogates and what is above U+10FFFF all show in the second byte. */
	unsigned char lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
	unsigned char highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
	if (text[1] < lowest || text[1] > highest)
		return 0;
	for (size_t i = 2; i < size; i++)
		if ((text[i] & 0xC0) != 0x80)
			return 0;
	return size;
}

#endif
