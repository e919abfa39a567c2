/* SPDX-License-Identifier: Apache-2.0
 *
 * What all dialects share: finding one by name, identifiers, literals, and names that are made by convention.
 */
#include "sql/dialect.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct corm__dialect *const dialects[] = {
	&corm__dialect_sqlite,
	&corm__dialect_postgresql,
	&corm__dialect_mariadb,
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

static bool is_listed(const char *const *list, size_t count, const char *name)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(name, list[middle]);
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
	if (is_plain(name) && !is_listed(dialect->reserved, dialect->reserved_count, name))
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

/* ---- names that are made ----------------------------------------------------------------------------------------- */

/* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/ */
static uint32_t hash_of(const char *text)
{
	uint32_t hash = UINT32_C(2166136261);
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * UINT32_C(16777619);
	return hash;
}

static bool continues_character(char byte)
{
	return ((unsigned char)byte & 0xC0) == 0x80;
}

const char *corm__made_name(const char *name, char out[CORM__MADE_NAME + 1])
{
	enum { HASH = 9 }; /* _0123abcd */
	if (strlen(name) <= CORM__MADE_NAME)
		return name;
	size_t kept = CORM__MADE_NAME - HASH;
	while (kept && continues_character(name[kept]))
		kept--;
	memcpy(out, name, kept);
	snprintf(out + kept, HASH + 1, "_%08" PRIx32, hash_of(name));
	return out;
}

void corm__write_made_name(struct corm__buffer *sql, const struct corm__dialect *dialect, const char *name)
{
	char cut[CORM__MADE_NAME + 1];
	corm__write_identifier(sql, dialect, dialect->name_limit ? corm__made_name(name, cut) : name);
}

bool corm__name_fits(const struct corm__dialect *dialect, const char *name)
{
	size_t length = 0;
	for (; *name; name++)
		length += !(dialect->name_limit_in_characters && continues_character(*name));
	return !dialect->name_limit || length <= dialect->name_limit;
}

/* Types that PostgreSQL finds before any of the program's, and words that it reads as a type. Sorted. */
/* clang-format off */
static const char *const built_in_types[] = {
	"aclitem", "bit", "bool", "boolean", "box", "bpchar", "bytea", "char", "character", "cid", "cidr", "circle",
	"date", "datemultirange", "daterange", "dec", "decimal", "double", "float", "float4", "float8", "inet", "int",
	"int2", "int4", "int8", "integer", "interval", "json", "jsonb", "jsonpath", "line", "lseg", "macaddr",
	"macaddr8", "money", "name", "national", "nchar", "numeric", "numrange", "oid", "path", "point", "polygon",
	"precision", "real", "record", "refcursor", "regclass", "regrole", "regtype", "setof", "smallint", "text", "tid",
	"time", "timestamp", "timestamptz", "timetz", "tsquery", "tsrange", "tsvector", "unknown", "uuid", "varbit",
	"varchar", "void", "xid", "xml",
};
/* clang-format on */

const char *corm__enum_type_name(const corm_enum *enumeration, char out[CORM__MADE_NAME + 1])
{
	if (!is_listed(built_in_types, sizeof built_in_types / sizeof built_in_types[0], enumeration->name))
		return corm__made_name(enumeration->name, out);
	snprintf(out, CORM__MADE_NAME + 1, "%s_enum", enumeration->name);
	return out;
}

unsigned long corm__text_length(const corm_column *column)
{
	bool is_array = column->format.type == CORM_TYPE_TEXT_ARRAY;
	return column->max_length ? column->max_length : is_array ? column->format.size - 1UL : 0;
}
