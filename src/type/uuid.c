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

/* Text is written and read sixteen digits at a time, one in each byte of a vector. gcc and clang have vectors on every
 * target: as instructions where the machine has them, else as the same arithmetic on words. */
typedef uint8_t bytes16 __attribute__((vector_size(16)));
typedef uint16_t pairs8 __attribute__((vector_size(16)));
typedef uint8_t bytes8 __attribute__((vector_size(8)));
typedef uint64_t words2 __attribute__((vector_size(16)));

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define FIRST_OF_PAIR(pairs) ((pairs) >> 8)
#define SECOND_OF_PAIR(pairs) ((pairs)&0xFF)
#define PAIR(first, second) ((first) << 8 | (second))
#else
#define FIRST_OF_PAIR(pairs) ((pairs)&0xFF)
#define SECOND_OF_PAIR(pairs) ((pairs) >> 8)
#define PAIR(first, second) ((first) | (second) << 8)
#endif

/* Eight bytes as sixteen digits. */
static inline void write_digits(const uint8_t *bytes, char *out)
{
	bytes8 packed;
	memcpy(&packed, bytes, sizeof packed);
	pairs8 wide = __builtin_convertvector(packed, pairs8);
	bytes16 values = (bytes16)PAIR(wide >> 4, wide & 0x0F);
	bytes16 characters = values + '0' + ((bytes16)(values > 9) & ('a' - '0' - 10));
	memcpy(out, &characters, sizeof characters);
}

void corm__uuid_hex(const corm_uuid *value, char out[CORM__UUID_HEX])
{
	write_digits(value->bytes, out);
	write_digits(value->bytes + 8, out + 16);
}

/* Sixteen digits as eight bytes. What is no digit leaves a bit in *bad. */
static inline bytes8 read_digits(bytes16 characters, bytes16 *bad)
{
	bytes16 digits = characters - '0', letters = (characters | 0x20) - 'a';
	bytes16 is_digit = (bytes16)(digits < 10), is_letter = (bytes16)(letters < 6);
	*bad |= ~(is_digit | is_letter);
	pairs8 values = (pairs8)((digits & is_digit) | ((letters + 10) & is_letter));
	return __builtin_convertvector(FIRST_OF_PAIR(values) << 4 | SECOND_OF_PAIR(values), bytes8);
}

static bool read_hex(bytes16 front, bytes16 back, corm_uuid *out)
{
	bytes16 bad = { 0 };
	uint64_t halves[2];
	bytes8 first = read_digits(front, &bad), second = read_digits(back, &bad);
	memcpy(halves, &bad, sizeof halves);
	if (halves[0] | halves[1])
		return false;
	memcpy(out->bytes, &first, sizeof first);
	memcpy(out->bytes + 8, &second, sizeof second);
	return true;
}

static inline uint64_t load8(const char *text)
{
	uint64_t word;
	memcpy(&word, text, sizeof word);
	return word;
}

/* Four characters and four others as eight that follow each other. Through memory it would take longer: what is read as
 * a whole waits for what was written in parts. */
static inline uint64_t load4_and_4(const char *first, const char *second)
{
	uint32_t front, back;
	memcpy(&front, first, sizeof front);
	memcpy(&back, second, sizeof back);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	return (uint64_t)front << 32 | back;
#else
	return (uint64_t)back << 32 | front;
#endif
}

bool corm__uuid_read(const char *text, size_t length, corm_uuid *out)
{
	words2 front, back;
	if (length == CORM__UUID_HEX) {
		memcpy(&front, text, sizeof front);
		memcpy(&back, text + sizeof front, sizeof back);
	} else if (length == UUID_TEXT && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-') {
		front = (words2){ load8(text), load4_and_4(text + 9, text + 14) };
		back = (words2){ load4_and_4(text + 19, text + 24), load8(text + 28) };
	} else {
		return false;
	}
	return read_hex((bytes16)front, (bytes16)back, out);
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
