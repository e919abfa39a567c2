/* SPDX-License-Identifier: Apache-2.0
 *
 * What all dialects share: finding one by name, identifiers and literals.
 */
#include "sql/dialect.h"
#include <string.h>

static const struct corm__dialect *const dialects[] = {
	&corm__dialect_sqlite,
};

const struct corm__dialect *corm__dialect_find(const char *name)
{
	for (size_t i = 0; name && i < sizeof dialects / sizeof dialects[0]; i++)
		if (strcmp(dialects[i]->name, name) == 0)
			return dialects[i];
	return NULL;
}

/* [a-z_][a-z0-9_]*, which every database takes as it stands and in the case it is written in. */
static bool is_plain(const char *name)
{
	bool is_first = true;
	for (; *name; name++) {
		bool is_letter = (*name >= 'a' && *name <= 'z') || *name == '_';
		bool is_digit = *name >= '0' && *name <= '9';
		if (!is_letter && (is_first || !is_digit))
			return false;
		is_first = false;
	}
	return !is_first;
}

static bool is_reserved(const struct corm__dialect *dialect, const char *name)
{
	size_t low = 0, high = dialect->reserved_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(name, dialect->reserved[middle]);
		if (order == 0)
			return true;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}

static void write_quoted(struct corm__buffer *sql, const char *text, char quote)
{
	corm__buffer_char(sql, quote);
	for (; *text; text++) {
		if (*text == quote)
			corm__buffer_char(sql, quote);
		corm__buffer_char(sql, *text);
	}
	corm__buffer_char(sql, quote);
}

void corm__write_identifier(struct corm__buffer *sql, const struct corm__dialect *dialect, const char *name)
{
	if (is_plain(name) && !is_reserved(dialect, name))
		corm__buffer_text(sql, name);
	else
		write_quoted(sql, name, dialect->quote);
}

void corm__write_table(struct corm__buffer *sql, const struct corm__dialect *dialect, const corm_model_info *model)
{
	if (model->schema) {
		corm__write_identifier(sql, dialect, model->schema);
		corm__buffer_char(sql, '.');
	}
	corm__write_identifier(sql, dialect, model->table);
}

void corm__write_literal(struct corm__buffer *sql, const char *text)
{
	write_quoted(sql, text, '\'');
}
