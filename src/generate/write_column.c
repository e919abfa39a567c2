/* SPDX-License-Identifier: Apache-2.0
 *
 * The columns in the generated source: factories, enums, asserts, one designated row per column.
 */
#include "generate/write_source.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- factories --------------------------------------------------------------------------------------------------- */

/* void *value points to the column's value; behind an optional's value stands that it has one. */
static void write_factory(const struct corm__gen_column *column, const char *ending, const char *function,
                          struct corm__buffer *out)
{
	const char *stem = column->model->stem, *type = column->c_type;
	const char *space = type[strlen(type) - 1] == '*' ? "" : " ";
	corm__buffer_format(out, "static void %s__%s_%s(void *value)\n{\n", stem, column->field, ending);
	if (column->optional == CORM__GEN_OPTIONAL)
		corm__buffer_format(out, "\t*(%s *)value = (%s)corm_some(%s());\n", column->optional_type,
		                    column->optional_type, function);
	else
		corm__buffer_format(out, "\t*(%s%s*)value = %s();\n", type, space, function);
	if (column->optional == CORM__GEN_OPTIONAL_OF)
		corm__buffer_format(out,
		                    "\tsize_t has_value = offsetof(%s, %s.has_value) - offsetof(%s, %s.value);\n"
		                    "\t*(bool *)((char *)value + has_value) = true;\n",
		                    column->model->c_type, column->path, column->model->c_type, column->path);
	corm__buffer_text(out, "}\n\n");
}

static void write_factories(const struct corm__gen_model *model, struct corm__buffer *out)
{
	for (const struct corm__gen_column *column = model->columns; column; column = column->next) {
		if (column->factory)
			write_factory(column, "default", column->factory, out);
		if (column->onupdate_function)
			write_factory(column, "update", column->onupdate_function, out);
	}
}

/* ---- enums and asserts ------------------------------------------------------------------------------------------- */

static void write_enum_value(const struct corm__gen_enum_value *value, const char *name, struct corm__buffer *out)
{
	corm__buffer_format(out, "\t{ .value = %s, .name = ", value->name);
	corm__gen_write_literal(out, name);
	corm__buffer_text(out, " },\n");
}

void corm__gen_write_enums(const struct corm__gen *gen, struct corm__buffer *out)
{
	for (const struct corm__gen_enum_format *format = gen->enum_formats; format; format = format->next) {
		size_t count = 0, skipped = strlen(format->strip);
		corm__buffer_format(out, "static const corm_enum_value %s__enum_values[] = {\n", format->stem);
		for (const struct corm__gen_enum_value *value = format->of->values; value; value = value->next, count++)
			write_enum_value(value, value->name + skipped, out);
		corm__buffer_format(out,
		                    "};\n\n"
		                    "static const corm_enum %s__enum = {\n",
		                    format->stem);
		corm__gen_write_member(out, "\t", "name", format->sql_name);
		corm__buffer_format(out, "\t.values = %s__enum_values,\n\t.count = %zu,\n};\n\n", format->stem, count);
	}
}

/* The database's types were made from what the headers said then. */
static void write_asserts(const struct corm__gen_model *model, struct corm__buffer *out)
{
	bool any = false;
	for (const struct corm__gen_column *column = model->columns; column; column = column->next) {
		bool is_key = column->flags & CORM_COLUMN_PRIMARY_KEY;
		if (column->array_size)
			corm__buffer_format(out,
			                    "_Static_assert(sizeof(((%s *)0)->%s) == %" PRIu64
			                    ",\n               \"%s of %s has changed: run corm generate\");\n",
			                    model->c_type, column->path, column->array_size, column->field, model->c_type);
		else if (is_key)
			corm__buffer_format(out,
			                    "_Static_assert(sizeof(((%s *)0)->%s) == sizeof(%s),\n"
			                    "               \"%s of %s has changed: run corm generate\");\n",
			                    model->c_type, column->path, column->c_type, column->field, model->c_type);
		any |= column->array_size || is_key;
	}
	if (any)
		corm__buffer_char(out, '\n');
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

static void write_format(const struct corm__gen_column *column, struct corm__buffer *out)
{
	static const char *const storages[] = {
		[CORM_STORAGE_BLOB] = "BLOB",
		[CORM_STORAGE_INTEGER] = "INTEGER",
		[CORM_STORAGE_REAL] = "REAL",
		[CORM_STORAGE_NAIVE] = "NAIVE",
	};
	const char *type = column->model->c_type;
	corm__buffer_format(out, "\t\t.format = { .type = %s, ", column->type_constant);
	if (column->storage)
		corm__buffer_format(out, ".storage = CORM_STORAGE_%s, ", storages[column->storage]);
	if (column->optional)
		corm__buffer_text(out, ".flags = CORM_FORMAT_NULLABLE | CORM_FORMAT_OPTIONAL,\n\t\t            ");
	else if (column->nullable || column->is_mutable)
		corm__buffer_format(out, ".flags = %s%s%s, ", column->nullable ? "CORM_FORMAT_NULLABLE" : "",
		                    column->nullable && column->is_mutable ? " | " : "",
		                    column->is_mutable ? "CORM_FORMAT_MUTABLE" : "");
	if (column->array_size)
		corm__buffer_format(out, ".size = sizeof(((%s *)0)->%s)", type, column->path);
	else
		corm__buffer_format(out, ".size = sizeof(%s)", column->c_type);
	if (column->optional == CORM__GEN_OPTIONAL)
		corm__buffer_format(out, ", .has_value = offsetof(%s, has_value)", column->optional_type);
	else if (column->optional)
		corm__buffer_format(out, ",\n\t\t            .has_value = offsetof(%s, %s.has_value) - offsetof(%s, %s.value)",
		                    type, column->path, type, column->path);
	if (column->enum_format)
		corm__buffer_format(out,
		                    column->optional ? ",\n\t\t            .enumeration = &%s__enum"
		                                     : ", .enumeration = &%s__enum",
		                    column->enum_format->stem);
	corm__buffer_text(out, " },\n");
}

static void write_flags(const struct corm__gen_column *column, struct corm__buffer *out)
{
	static const struct {
		unsigned flag;
		const char *name;
	} flags[] = {
		{ CORM_COLUMN_PRIMARY_KEY, "CORM_COLUMN_PRIMARY_KEY" },
		{ CORM_COLUMN_GENERATED, "CORM_COLUMN_GENERATED" },
		{ CORM_COLUMN_AUTOINCREMENT, "CORM_COLUMN_AUTOINCREMENT" },
		{ CORM_COLUMN_FOREIGN_KEY, "CORM_COLUMN_FOREIGN_KEY" },
		{ CORM_COLUMN_UNIQUE, "CORM_COLUMN_UNIQUE" },
		{ CORM_COLUMN_VERSION, "CORM_COLUMN_VERSION" },
		{ CORM_COLUMN_EXCLUDE, "CORM_COLUMN_EXCLUDE" },
	};
	const char *before = "\t\t.flags = ";
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
		if (!(column->flags & flags[i].flag))
			continue;
		corm__buffer_format(out, "%s%s", before, flags[i].name);
		before = " | ";
	}
	if (column->flags)
		corm__buffer_text(out, ",\n");
}

static void write_integer(int64_t value, struct corm__buffer *out)
{
	if (value == INT64_MIN)
		corm__buffer_text(out, "INT64_MIN");
	else if (value >= -INT32_MAX && value <= INT32_MAX)
		corm__buffer_format(out, "%" PRId64, value);
	else
		corm__buffer_format(out, "INT64_C(%" PRId64 ")", value);
}

/* As few digits as give the same number back, and always as a floating constant. */
static void write_real(double value, struct corm__buffer *out)
{
	char text[40];
	for (int digits = 1; digits <= 17; digits++) {
		snprintf(text, sizeof text, "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	corm__buffer_text(out, text);
	if (!strpbrk(text, ".e"))
		corm__buffer_text(out, ".0");
}

static void write_bounds(const struct corm__gen_column *column, struct corm__buffer *out)
{
	const struct {
		const struct corm__gen_number *number;
		const char *flag, *member;
	} bounds[] = {
		{ &column->gt, "GT", "gt" },
		{ &column->ge, "GE", "ge" },
		{ &column->lt, "LT", "lt" },
		{ &column->le, "LE", "le" },
		{ &column->multiple_of, "MULTIPLE_OF", "multiple_of" },
	};
	const size_t count = sizeof bounds / sizeof *bounds;
	const char *before = "\t\t.bounds = &(const corm_bounds){\n\t\t\t.flags = ";
	for (size_t i = 0; i < count; i++)
		if (bounds[i].number->known) {
			corm__buffer_format(out, "%sCORM_BOUND_%s", before, bounds[i].flag);
			before = " | ";
		}
	if (strcmp(before, " | ") != 0)
		return;
	corm__buffer_text(out, ",\n");
	for (size_t i = 0; i < count; i++) {
		if (!bounds[i].number->known)
			continue;
		bool is_integer = corm__gen_is_integer(column);
		corm__buffer_format(out, "\t\t\t.%s = { .%s = ", bounds[i].member, is_integer ? "integer" : "real");
		if (is_integer)
			write_integer(bounds[i].number->value.integer, out);
		else
			write_real(bounds[i].number->value.real, out);
		corm__buffer_text(out, " },\n");
	}
	corm__buffer_text(out, "\t\t},\n");
}

static void write_numbers(const struct corm__gen_column *column, struct corm__buffer *out)
{
	if (column->bits)
		corm__buffer_format(out, "\t\t.bits = %u,\n", column->bits);
	if (column->precision.known)
		corm__buffer_format(out, "\t\t.precision = %" PRId64 ",\n\t\t.scale = %" PRId64 ",\n",
		                    column->precision.value.integer, column->scale.value.integer);
	if (column->min_length.known && column->min_length.value.integer)
		corm__buffer_format(out, "\t\t.min_length = %" PRId64 ",\n", column->min_length.value.integer);
	if (column->max_length.known)
		corm__buffer_format(out, "\t\t.max_length = %" PRId64 ",\n", column->max_length.value.integer);
}

static void write_values(const struct corm__gen_column *column, struct corm__buffer *out)
{
	static const char *const servers[] = {
		[CORM_SERVER_NOW] = "CORM_SERVER_NOW",
		[CORM_SERVER_UUID4] = "CORM_SERVER_UUID4",
		[CORM_SERVER_SQL] = "CORM_SERVER_SQL",
		[CORM_SERVER_FUNCTION] = "CORM_SERVER_FUNCTION",
	};
	const char *stem = column->model->stem;
	if (column->factory)
		corm__buffer_format(out, "\t\t.default_factory = %s__%s_default,\n", stem, column->field);
	if (column->server_default)
		corm__buffer_format(out, "\t\t.server_default = %s,\n", servers[column->server_default]);
	corm__gen_write_member(out, "\t\t", "server_default_sql", column->server_default_sql);
	if (column->onupdate)
		corm__buffer_format(out, "\t\t.onupdate = %s,\n", servers[column->onupdate]);
	corm__gen_write_member(out, "\t\t", "onupdate_sql", column->onupdate_sql);
	if (column->onupdate_function)
		corm__buffer_format(out, "\t\t.onupdate_function = %s__%s_update,\n", stem, column->field);
}

void corm__gen_write_columns(const struct corm__gen_model *model, struct corm__buffer *out)
{
	write_asserts(model, out);
	write_factories(model, out);
	if (!model->columns)
		return;
	corm__buffer_format(out, "static const corm_column %s_column_table[] = {\n", model->stem);
	for (const struct corm__gen_column *column = model->columns; column; column = column->next) {
		corm__buffer_text(out, "\t{\n");
		corm__gen_write_member(out, "\t\t", "name", column->name);
		corm__gen_write_member(out, "\t\t", "field", column->field);
		if (strcmp(column->path, column->field) != 0)
			corm__gen_write_member(out, "\t\t", "member", column->path);
		corm__buffer_format(out, "\t\t.offset = offsetof(%s, %s),\n", model->c_type, column->path);
		write_format(column, out);
		write_flags(column, out);
		write_numbers(column, out);
		corm__gen_write_member(out, "\t\t", "type", column->type_name);
		write_values(column, out);
		write_bounds(column, out);
		corm__gen_write_member(out, "\t\t", "pattern", column->pattern);
		corm__gen_write_member(out, "\t\t", "json_name", column->alias ? column->alias : column->field);
		corm__gen_write_member(out, "\t\t", "renamed_from", column->renamed_from);
		corm__gen_write_member(out, "\t\t", "comment", column->comment);
		corm__buffer_text(out, "\t},\n");
	}
	corm__buffer_text(out, "};\n\n");
}
