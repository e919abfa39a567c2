/* SPDX-License-Identifier: Apache-2.0
 *
 * UTF-8 and JSON text: is it valid?
 */
#include "base/utf8.h"
#include "type/codec.h"

#include <string.h>

#define DEPTH_MAXIMUM 512

/* 0 when all eight bytes are 01 to 7F: only for those neither the byte nor the byte less 1 has its highest bit. */
static inline uint64_t not_ascii8(const unsigned char *at)
{
	uint64_t bytes;
	memcpy(&bytes, at, sizeof bytes);
	return (bytes | (bytes - UINT64_C(0x0101010101010101))) & UINT64_C(0x8080808080808080);
}

static inline bool is_ascii8(const unsigned char *at)
{
	return !not_ascii8(at);
}

bool corm__utf8_valid(const char *text, size_t length)
{
	const unsigned char *next = (const unsigned char *)text;
	bool is_long = length >= 8;
	while (length >= 16 && !(not_ascii8(next) | not_ascii8(next + 8))) {
		next += 16;
		length -= 16;
	}
	while (length) {
		if (length >= 8 && is_ascii8(next)) {
			next += 8;
			length -= 8;
			continue;
		}
		/* The last few characters, seen together with some that have been seen before. */
		if (length < 8 && is_long && is_ascii8(next + length - 8))
			return true;
		size_t size = *next ? corm__utf8_step(next, length) : 0;
		if (!size)
			return false;
		next += size;
		length -= size;
	}
	return true;
}

size_t corm__utf8_length(const char *text, size_t length)
{
	size_t count = 0;
	for (size_t i = 0; i < length; i++)
		count += ((unsigned char)text[i] & 0xC0) != 0x80;
	return count;
}

/* A JSON text from left to right; no recursion, so that no input can exhaust the stack. */
struct json {
	const unsigned char *next, *end;
	size_t depth;
	bool is_object[DEPTH_MAXIMUM]; /* what each level is: an object or an array */
};

static void skip_space(struct json *json)
{
	while (json->next < json->end &&
	       (*json->next == ' ' || *json->next == '\t' || *json->next == '\n' || *json->next == '\r'))
		json->next++;
}

static bool skip(struct json *json, char c)
{
	if (json->next == json->end || *json->next != (unsigned char)c)
		return false;
	json->next++;
	return true;
}

static bool skip_word(struct json *json, const char *word)
{
	size_t length = strlen(word);
	if ((size_t)(json->end - json->next) < length || memcmp(json->next, word, length) != 0)
		return false;
	json->next += length;
	return true;
}

static bool skip_digits(struct json *json)
{
	const unsigned char *first = json->next;
	while (json->next < json->end && *json->next >= '0' && *json->next <= '9')
		json->next++;
	return json->next > first;
}

static bool skip_number(struct json *json)
{
	skip(json, '-');
	if (!skip(json, '0') && !skip_digits(json))
		return false;
	if (skip(json, '.') && !skip_digits(json))
		return false;
	if (skip(json, 'e') || skip(json, 'E')) {
		if (!skip(json, '+'))
			skip(json, '-');
		return skip_digits(json);
	}
	return true;
}

static bool is_hex(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* What follows a backslash. */
static bool skip_escape(struct json *json)
{
	static const char letters[] = { '"', '\\', '/', 'b', 'f', 'n', 'r', 't' };
	if (!skip(json, 'u'))
		return json->next < json->end && memchr(letters, *json->next++, sizeof letters);
	if (json->end - json->next < 4)
		return false;
	for (int i = 0; i < 4; i++)
		if (!is_hex(*json->next++))
			return false;
	return true;
}

static bool skip_string(struct json *json)
{
	if (!skip(json, '"'))
		return false;
	while (json->next < json->end) {
		if (skip(json, '"'))
			return true;
		if (skip(json, '\\')) {
			if (!skip_escape(json))
				return false;
			continue;
		}
		size_t size = *json->next < 0x20 ? 0 : corm__utf8_step(json->next, (size_t)(json->end - json->next));
		if (!size)
			return false;
		json->next += size;
	}
	return false;
}

/* "name": */
static bool skip_name(struct json *json)
{
	skip_space(json);
	if (!skip_string(json))
		return false;
	skip_space(json);
	return skip(json, ':');
}

/* Goes on to the next value: into an array or object, whose first one follows, or past anything else. *is_open says
 * that a value has to follow. */
static bool enter_value(struct json *json, bool *is_open)
{
	*is_open = false;
	skip_space(json);
	if (json->next == json->end)
		return false;
	if (*json->next != '{' && *json->next != '[')
		return *json->next == '"' ? skip_string(json)
		                          : skip_word(json, "true") || skip_word(json, "false") || skip_word(json, "null") ||
		                                skip_number(json);

	bool is_object = *json->next++ == '{';
	skip_space(json);
	if (skip(json, is_object ? '}' : ']'))
		return json->depth < DEPTH_MAXIMUM;
	if (json->depth == DEPTH_MAXIMUM)
		return false;
	json->is_object[json->depth++] = is_object;
	*is_open = true;
	return !is_object || skip_name(json);
}

/* After a value: leaves the arrays and objects that end here. *is_open as above. */
static bool leave_value(struct json *json, bool *is_open)
{
	*is_open = false;
	while (json->depth) {
		bool is_object = json->is_object[json->depth - 1];
		skip_space(json);
		if (skip(json, ',')) {
			*is_open = true;
			return !is_object || skip_name(json);
		}
		if (!skip(json, is_object ? '}' : ']'))
			return false;
		json->depth--;
	}
	return true;
}

bool corm__json_valid(const char *text, size_t length)
{
	struct json json;
	json.next = (const unsigned char *)text;
	json.end = json.next + length;
	json.depth = 0;
	bool is_open;
	do {
		if (!enter_value(&json, &is_open))
			return false;
		if (!is_open && !leave_value(&json, &is_open))
			return false;
	} while (is_open);
	skip_space(&json);
	return json.next == json.end;
}
