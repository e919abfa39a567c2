/* SPDX-License-Identifier: Apache-2.0
 *
 * A growing buffer of bytes with a maximum.
 */
#include "base/buffer.h"

#include "base/arena.h"
#include "base/utf8.h"

#include <stdio.h>

#define FIRST_CAPACITY 64

/* What data points to while there is no memory of our own; never written. */
static char nothing[1];

static void forget_memory(struct corm__buffer *buffer)
{
	if (buffer->capacity)
		corm__free(&buffer->allocator, buffer->data, buffer->capacity);
	buffer->data = nothing;
	buffer->length = buffer->capacity = 0;
}

static bool fail(struct corm__buffer *buffer, corm_status status)
{
	forget_memory(buffer);
	buffer->status = status;
	return false;
}

void corm__buffer_init(struct corm__buffer *buffer, const corm_allocator *allocator, size_t maximum)
{
	*buffer = (struct corm__buffer){
		.data = nothing,
		.maximum = maximum < SIZE_MAX ? maximum : SIZE_MAX - 1, /* the NUL has to fit */
		.allocator = corm__allocator_or_default(allocator),
	};
}

void corm__buffer_release(struct corm__buffer *buffer)
{
	forget_memory(buffer);
	buffer->status = CORM_OK;
}

void corm__buffer_clear(struct corm__buffer *buffer)
{
	corm__buffer_truncate(buffer, 0);
	buffer->status = CORM_OK;
}

void corm__buffer_truncate(struct corm__buffer *buffer, size_t length)
{
	if (length >= buffer->length)
		return;
	buffer->length = length;
	buffer->data[length] = '\0';
}

bool corm__buffer_reserve(struct corm__buffer *buffer, size_t size)
{
	if (buffer->status != CORM_OK)
		return false;
	if (size > buffer->maximum - buffer->length)
		return fail(buffer, CORM_ERROR_USAGE);
	size_t needed = buffer->length + size + 1;
	if (needed <= buffer->capacity)
		return true;

	size_t capacity = buffer->capacity ? buffer->capacity : FIRST_CAPACITY;
	capacity = capacity <= SIZE_MAX / 2 ? capacity * 2 : SIZE_MAX;
	if (capacity > buffer->maximum + 1)
		capacity = buffer->maximum + 1;
	if (capacity < needed)
		capacity = needed;
	char *data = buffer->capacity ? buffer->data : NULL;
	data = corm__resize(&buffer->allocator, data, buffer->capacity, capacity, 1);
	if (!data)
		return fail(buffer, CORM_ERROR_MEMORY);
	buffer->data = data;
	buffer->capacity = capacity;
	data[buffer->length] = '\0';
	return true;
}

void corm__buffer_add(struct corm__buffer *buffer, const void *data, size_t size)
{
	if (!size || !corm__buffer_reserve(buffer, size))
		return;
	memcpy(buffer->data + buffer->length, data, size);
	buffer->length += size;
	buffer->data[buffer->length] = '\0';
}

void corm__buffer_text(struct corm__buffer *buffer, const char *text)
{
	corm__buffer_add(buffer, text, strlen(text));
}

void corm__buffer_char(struct corm__buffer *buffer, char c)
{
	corm__buffer_add(buffer, &c, 1);
}

void corm__buffer_format(struct corm__buffer *buffer, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	corm__buffer_vformat(buffer, format, arguments);
	va_end(arguments);
}

void corm__buffer_vformat(struct corm__buffer *buffer, const char *format, va_list arguments)
{
	if (buffer->status != CORM_OK)
		return;
	va_list again;
	va_copy(again, arguments);
	int size = vsnprintf(NULL, 0, format, arguments);
	if (size < 0)
		fail(buffer, CORM_ERROR_USAGE);
	else if (size > 0 && corm__buffer_reserve(buffer, (size_t)size)) {
		vsnprintf(buffer->data + buffer->length, (size_t)size + 1, format, again);
		buffer->length += (size_t)size;
	}
	va_end(again);
}

static void add_escaped(struct corm__buffer *buffer, unsigned char c)
{
	static const char letters[32] = { ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't' };
	char letter = c < sizeof letters ? letters[c] : (char)c;
	if (letter) {
		corm__buffer_char(buffer, '\\');
		corm__buffer_char(buffer, letter);
	} else {
		corm__buffer_format(buffer, "\\u%04x", (unsigned)c);
	}
}

void corm__buffer_json_string(struct corm__buffer *buffer, const char *text, size_t length)
{
	static const char replacement[] = "\xEF\xBF\xBD"; /* U+FFFD */
	const unsigned char *next = (const unsigned char *)text;
	size_t plain = 0; /* characters before next that stand as they are, not yet added */

	corm__buffer_char(buffer, '"');
	while (length && buffer->status == CORM_OK) {
		bool is_escaped = *next < 0x20 || *next == '"' || *next == '\\';
		size_t size = is_escaped ? 0 : corm__utf8_step(next, length);
		if (size) {
			plain += size;
		} else {
			corm__buffer_add(buffer, next - plain, plain);
			plain = 0;
			if (is_escaped)
				add_escaped(buffer, *next);
			else
				corm__buffer_text(buffer, replacement);
			size = 1;
		}
		next += size;
		length -= size;
	}
	if (plain)
		corm__buffer_add(buffer, next - plain, plain);
	corm__buffer_char(buffer, '"');
}
