/* SPDX-License-Identifier: Apache-2.0
 *
 * A growing buffer of bytes with a maximum.
 *
 * Invariants: data[length] is NUL, also when nothing was added; after a failure (no memory, or the maximum) the buffer
 * is empty, frees what it had and ignores everything, and status says which: look once, at the end.
 */
#ifndef CORM_BASE_BUFFER_H
#define CORM_BASE_BUFFER_H

#include <cormorant/memory.h>
#include <cormorant/status.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct corm__buffer {
	char *data;
	size_t length, capacity;
	size_t maximum;
	corm_status status; /* CORM_OK, CORM_ERROR_MEMORY, or CORM_ERROR_USAGE for the maximum */
	corm_allocator allocator;
};

/* Allocates nothing yet. maximum: bytes without the NUL. */
void corm__buffer_init(struct corm__buffer *buffer, const corm_allocator *allocator, size_t maximum);
void corm__buffer_release(struct corm__buffer *buffer);
/* Empties it, keeps its memory, forgets a failure. */
void corm__buffer_clear(struct corm__buffer *buffer);

/* Makes room for size more bytes; false after a failure. */
bool corm__buffer_reserve(struct corm__buffer *buffer, size_t size);
void corm__buffer_add(struct corm__buffer *buffer, const void *data, size_t size);
void corm__buffer_text(struct corm__buffer *buffer, const char *text);
void corm__buffer_char(struct corm__buffer *buffer, char c);
void corm__buffer_format(struct corm__buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
void corm__buffer_vformat(struct corm__buffer *buffer, const char *format, va_list arguments)
	__attribute__((format(printf, 2, 0)));
/* text as a JSON string with its quotes; what is not UTF-8 becomes U+FFFD. */
void corm__buffer_json_string(struct corm__buffer *buffer, const char *text, size_t length);
/* Cuts back to a length that it had. */
void corm__buffer_truncate(struct corm__buffer *buffer, size_t length);

#endif
