/* SPDX-License-Identifier: Apache-2.0
 *
 * UUIDs: RFC 9562, versions 4 and 7, and their text.
 */
#include "base/random.h"
#include "type/codec.h"

#include <cormorant/value.h>
#include <string.h>
#include <time.h>

#define UUID_TEXT 36

/* Text is read and written eight digits at a time, one in each byte of a number whose lowest byte is the first digit.
 * No calculation below carries from one byte into the next. */
#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* To and from the order of the little end first; either way is the same. */
static inline uint64_t little64(uint64_t number)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	number = __builtin_bswap64(number);
#endif
	return number;
}

static inline uint32_t little32(uint32_t number)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	number = __builtin_bswap32(number);
#endif
	return number;
}

/* Four bytes as eight digits. */
static inline void write_four(const uint8_t *bytes, char *out)
{
	uint32_t four;
	memcpy(&four, bytes, sizeof four);
	uint64_t spread = little32(four);
	spread = (spread | spread << 16) & UINT64_C(0x0000FFFF0000FFFF);
	spread = (spread | spread << 8) & UINT64_C(0x00FF00FF00FF00FF);
	uint64_t values = (spread >> 4 | spread << 8) & EACH(0x0F);
	uint64_t is_letter = (values + EACH(6)) >> 4 & EACH(1);
	uint64_t characters = little64(values + EACH('0') + is_letter * ('a' - '0' - 10));
	memcpy(out, &characters, sizeof characters);
}

void corm__uuid_hex(const corm_uuid *value, char out[CORM__UUID_HEX])
{
	write_four(value->bytes, out);
	write_four(value->bytes + 4, out + 8);
	write_four(value->bytes + 8, out + 16);
	write_four(value->bytes + 12, out + 24);
}

/* Eight digits as four bytes in memory order. A highest bit in *bad says that one was none. */
static inline uint32_t read_eight(const char *text, uint64_t *bad)
{
	uint64_t characters;
	memcpy(&characters, text, sizeof characters);
	characters = little64(characters);
	uint64_t ascii = characters & EACH(0x7F), lower = ascii | EACH(0x20);
	/* Adding 80 less a character sets the highest bit of what is not below it. */
	uint64_t is_digit = (ascii + EACH(0x80 - '0')) & ~(ascii + EACH(0x80 - '9' - 1));
	uint64_t is_letter = (lower + EACH(0x80 - 'a')) & ~(lower + EACH(0x80 - 'f' - 1));
	*bad |= characters | ~(is_digit | is_letter);

	uint64_t values = (ascii & EACH(0x0F)) + (is_letter >> 7 & EACH(1)) * 9;
	uint64_t packed = (values << 4 | values >> 8) & UINT64_C(0x00FF00FF00FF00FF);
	packed = (packed | packed >> 8) & UINT64_C(0x0000FFFF0000FFFF);
	return little32((uint32_t)(packed | packed >> 16));
}

static bool read_digits(const char *text, corm_uuid *out)
{
	uint64_t bad = 0;
	uint32_t first = read_eight(text, &bad);
	uint32_t second = read_eight(text + 8, &bad);
	uint32_t third = read_eight(text + 16, &bad);
	uint32_t fourth = read_eight(text + 24, &bad);
	if (bad & EACH(0x80))
		return false;
	memcpy(out->bytes, &first, sizeof first);
	memcpy(out->bytes + 4, &second, sizeof second);
	memcpy(out->bytes + 8, &third, sizeof third);
	memcpy(out->bytes + 12, &fourth, sizeof fourth);
	return true;
}

bool corm__uuid_read(const char *text, size_t length, corm_uuid *out)
{
	if (length == CORM__UUID_HEX)
		return read_digits(text, out);
	if (length != UUID_TEXT || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-')
		return false;
	char hex[CORM__UUID_HEX];
	memcpy(hex, text, 8);
	memcpy(hex + 8, text + 9, 4);
	memcpy(hex + 12, text + 14, 4);
	memcpy(hex + 16, text + 19, 4);
	memcpy(hex + 20, text + 24, 12);
	return read_digits(hex, out);
}

corm_status corm_uuid_parse(const char *text, corm_uuid *out)
{
	if (!text || !out)
		return CORM_ERROR_USAGE;
	return corm__uuid_read(text, strnlen(text, UUID_TEXT + 1), out) ? CORM_OK : CORM_ERROR_TYPE;
}

corm_uuid_text corm_uuid_string(corm_uuid value)
{
	corm_uuid_text string;
	char hex[CORM__UUID_HEX];
	corm__uuid_hex(&value, hex);
	memcpy(string.text, hex, 8);
	memcpy(string.text + 9, hex + 8, 4);
	memcpy(string.text + 14, hex + 12, 4);
	memcpy(string.text + 19, hex + 16, 4);
	memcpy(string.text + 24, hex + 20, 12);
	string.text[8] = string.text[13] = string.text[18] = string.text[23] = '-';
	string.text[UUID_TEXT] = '\0';
	return string;
}

bool corm_uuid_equal(corm_uuid a, corm_uuid b)
{
	return memcmp(a.bytes, b.bytes, sizeof a.bytes) == 0;
}

bool corm_uuid_is_nil(corm_uuid value)
{
	return corm_uuid_equal(value, (corm_uuid){ .bytes = { 0 } });
}

/* The bits that are the same in all UUIDs of a version: RFC 9562, 4.1 and 4.2. */
static void mark(corm_uuid *value, unsigned version)
{
	value->bytes[6] = (uint8_t)(version << 4 | (value->bytes[6] & 0x0F));
	value->bytes[8] = (uint8_t)(0x80 | (value->bytes[8] & 0x3F));
}

corm_uuid corm_uuid4(void)
{
	corm_uuid value;
	corm__random(value.bytes, sizeof value.bytes);
	mark(&value, 4);
	return value;
}

corm_uuid corm_uuid7(void)
{
	/* 48 bits of milliseconds and 12 of their 4096th parts, which are 244 ns (RFC 9562, 6.2, method 3). A call within
	 * the same part, or after the clock was set back, counts on from the UUID before; the 62 bits behind are random
	 * each time, so that threads and forked processes that stand at the same tick differ all the same. */
	static _Thread_local uint64_t last_tick;
	struct timespec now = { .tv_sec = 0 };
	clock_gettime(CLOCK_REALTIME, &now);
	uint64_t milliseconds = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
	uint64_t tick = milliseconds << 12 | (uint64_t)now.tv_nsec % 1000000 * 4096 / 1000000;
	if (tick <= last_tick)
		tick = last_tick + 1;
	last_tick = tick;

	corm_uuid value;
	for (int i = 0; i < 6; i++)
		value.bytes[i] = (uint8_t)(tick >> (52 - 8 * i));
	value.bytes[6] = (uint8_t)(tick >> 8 & 0x0F);
	value.bytes[7] = (uint8_t)tick;
	corm__random(value.bytes + 8, 8);
	mark(&value, 7);
	return value;
}
