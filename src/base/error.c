/* SPDX-License-Identifier: Apache-2.0
 *
 * Keeping, copying and reporting errors. Nothing here allocates: the strings stand one after another in the store's
 * text.
 */
#include "base/error.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* However long the message, the names of constraint, table and column find room behind it. */
#define MESSAGE_SIZE (sizeof((corm_error_store *)0)->text / 4 * 3)

static _Thread_local corm_error_store last_error;

static void print_error(void *data, const corm_error *error)
{
	(void)data;
	fprintf(stderr, "cormorant: %s: %s\n", corm_status_name(error->status), error->message ? error->message : "");
}

static struct {
	corm_error_hook *function;
	void *data;
} hook = { .function = print_error };

/* Adds text, cut to what fits without splitting a character of UTF-8. NULL when there is no room at all. */
static const char *add_text(corm_error_store *store, const char *text, size_t length)
{
	size_t room = sizeof store->text - store->used;
	if (!room)
		return NULL;
	if (length >= room) {
		length = room - 1;
		while (length && ((unsigned char)text[length] & 0xC0) == 0x80)
			length--;
	}
	char *copy = store->text + store->used;
	memcpy(copy, text, length);
	copy[length] = '\0';
	store->used += length + 1;
	return copy;
}

void corm__error_clear(corm_error_store *store)
{
	store->error = (corm_error){ .status = CORM_OK };
	store->used = 0;
}

static void set_message(corm_error_store *store, corm_status status, const char *message)
{
	corm__error_clear(store);
	store->error.status = status;
	size_t length = strlen(message);
	if (length >= MESSAGE_SIZE)
		length = MESSAGE_SIZE - 1;
	while (length && ((unsigned char)message[length] & 0xC0) == 0x80)
		length--;
	store->error.message = add_text(store, message, length);
}

corm_status corm_error_set(corm_error_store *store, corm_status status, const char *format, ...)
{
	/* Not formatted in place: an argument may be a string of the error before. One byte more than a message has, so
	 * that set_message() sees where the character that is cut begins. */
	char message[MESSAGE_SIZE + 1] = "";
	va_list arguments;
	va_start(arguments, format);
	int size = vsnprintf(message, sizeof message, format, arguments);
	va_end(arguments);
	if (store)
		set_message(store, status, size < 0 ? corm_status_meaning(status) : message);
	return status;
}

void corm_error_detail(corm_error_store *store, const char **field, const char *text, size_t length)
{
	if (!store || !text)
		return;
	*field = add_text(store, text, length == SIZE_MAX ? strlen(text) : length);
}

void corm__error_copy(corm_error_store *to, const corm_error *from)
{
	if (from == &to->error)
		return;
	if (from->status == CORM_OK) {
		corm__error_clear(to);
		return;
	}
	set_message(to, from->status, from->message ? from->message : corm_status_meaning(from->status));
	corm_error_detail(to, &to->error.sqlstate, from->sqlstate, SIZE_MAX);
	corm_error_detail(to, &to->error.constraint, from->constraint, SIZE_MAX);
	corm_error_detail(to, &to->error.table, from->table, SIZE_MAX);
	corm_error_detail(to, &to->error.column, from->column, SIZE_MAX);
	corm_error_detail(to, &to->error.sql, from->sql, SIZE_MAX);
}

void corm__error_prefix(corm_error_store *store, const char *format, ...)
{
	char message[MESSAGE_SIZE + 1] = "";
	va_list arguments;
	va_start(arguments, format);
	int size = vsnprintf(message, sizeof message, format, arguments);
	va_end(arguments);
	if (size < 0 || store->error.status == CORM_OK)
		return;
	size_t length = strlen(message);
	if (store->error.message)
		snprintf(message + length, sizeof message - length, "%s", store->error.message);

	/* The strings move, so they go into another store and come back. */
	corm_error longer = store->error;
	longer.message = message;
	corm_error_store moved;
	corm__error_copy(&moved, &longer);
	corm__error_copy(store, &moved.error);
}

corm_error_store *corm__last_error(void)
{
	return &last_error;
}

const corm_error *corm_last_error(void)
{
	return &last_error.error;
}

void corm_on_error(corm_error_hook *function, void *data)
{
	hook.function = function ? function : print_error;
	hook.data = function ? data : NULL;
}

void corm__error_report(const corm_error *error)
{
	hook.function(hook.data, error);
}
