/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading designators from the text of a macro's arguments.
 */
#include "session/given.h"
#include <string.h>

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static const char *skip_spaces(const char *at)
{
	while (is_space(*at))
		at++;
	return at;
}

/* Behind a string or character literal that begins here. */
static const char *skip_literal(const char *at)
{
	char quote = *at++;
	while (*at && *at != quote)
		at += *at == '\\' && at[1] ? 2 : 1;
	return *at ? at + 1 : at;
}

/* The end of an element: its comma, or the parenthesis that closes the list, or the end of the text. */
static const char *skip_element(const char *at)
{
	int depth = 0;
	while (*at) {
		if (*at == '"' || *at == '\'') {
			at = skip_literal(at);
			continue;
		}
		if (depth == 0 && (*at == ',' || *at == ')'))
			break;
		depth += *at == '(' || *at == '[' || *at == '{';
		depth -= *at == ')' || *at == ']' || *at == '}';
		at++;
	}
	return at;
}

bool corm__given_read(struct corm__given *given, const corm_model_info *model, const char *arguments)
{
	size_t stem = strlen(model->name);
	*given = (struct corm__given){ .text = NULL };
	const char *at = arguments ? skip_spaces(arguments) : "";
	if (strncmp(at, model->name, stem) != 0 || strncmp(at + stem, "_values", 7) != 0)
		return true;
	at = skip_spaces(at + stem + 7);
	if (*at != '(')
		return true;
	const char *first = ++at;
	for (;;) {
		at = skip_spaces(at);
		if (*at != '.' && *at != ')')
			return false;
		at = skip_element(at);
		if (*at != ',')
			break;
		at++;
	}
	given->text = first;
	given->length = (size_t)(at - first);
	return true;
}

/* Does a designator that begins here, behind its point, name the path, or something that the path is part of, or a part
 * of what the path is? */
static bool names(const char *at, const char *path)
{
	for (;;) {
		size_t length = 0;
		at = skip_spaces(at);
		while (is_word(at[length]))
			length++;
		if (strncmp(at, path, length) != 0 || is_word(path[length]))
			return false;
		at = skip_spaces(at + length);
		path += length;
		if (*at != '.' || *path != '.')
			return true;
		at++;
		path++;
	}
}

static bool given_path(const struct corm__given *given, const char *path)
{
	if (!given->text)
		return true;
	const char *at = given->text, *end = at + given->length;
	while (at < end) {
		at = skip_spaces(at);
		if (at < end && *at == '.' && names(at + 1, path))
			return true;
		at = skip_element(at);
		at += at < end;
	}
	return false;
}

bool corm__given_column(const struct corm__given *given, const corm_column *column)
{
	return given_path(given, column->member ? column->member : column->field);
}

bool corm__given_relationship(const struct corm__given *given, const corm_relationship *relationship)
{
	return given_path(given, relationship->name);
}
