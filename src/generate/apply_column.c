/* SPDX-License-Identifier: Apache-2.0
 *
 * What the options of corm_field() mean.
 *
 * How to add one: a function that applies it, a row in the table, a good and a bad header under tests/generate.
 */
#include "generate/options.h"
#include <string.h>

typedef void apply(struct corm__gen *gen, struct corm__gen_column *column, const struct corm__gen_option *option);

struct column_rule {
	struct corm__gen_rule rule;
	unsigned models; /* where it may stand: bits of enum corm__gen_model_kind */
	uint32_t types;  /* that take it: bits of corm_type */
	const char *types_name;
	apply *apply;
};

#define TYPE(name) (UINT32_C(1) << CORM_TYPE_##name)
#define ANY UINT32_MAX
#define INTEGERS \
	(TYPE(INT8) | TYPE(INT16) | TYPE(INT32) | TYPE(INT64) | TYPE(UINT8) | TYPE(UINT16) | TYPE(UINT32) | TYPE(UINT64))
#define NUMBERS (INTEGERS | TYPE(FLOAT) | TYPE(DOUBLE) | TYPE(DECIMAL))
#define TEXTS (TYPE(TEXT) | TYPE(TEXT_ARRAY))
#define KEYS (ANY & ~(TYPE(FLOAT) | TYPE(DOUBLE) | TYPE(JSON)))

#define TABLES (1u << CORM__GEN_TABLE)
#define DATA (1u << CORM__GEN_DATA)
#define ROWS (1u << CORM__GEN_ROW)

/* `max_length(N) of "name"` */
static const char *subject_of(struct corm__gen *gen, const struct corm__gen_column *column,
                              const struct corm__gen_option *option)
{
	return corm__gen_text(gen, "%s of \"%s\"", option->text, column->field);
}

/* The string in an option that has been matched as one. */
static const char *string_of(struct corm__gen *gen, const struct corm__gen_option *option)
{
	const char *value = corm__gen_unquote(gen, option->arguments->text);
	return value ? value : "";
}

static const char *member_of(struct corm__gen *gen, const struct corm__gen_column *column)
{
	return corm__gen_text(gen, "((%s *)0)->%s", column->model->c_type, column->path);
}

/* ---- keys and constraints ---------------------------------------------------------------------------------------- */

static void apply_primary_key(struct corm__gen *gen, struct corm__gen_column *column,
                              const struct corm__gen_option *option)
{
	(void)gen;
	(void)option;
	column->flags |= CORM_COLUMN_PRIMARY_KEY;
}

static void apply_autoincrement(struct corm__gen *gen, struct corm__gen_column *column,
                                const struct corm__gen_option *option)
{
	(void)gen;
	(void)option;
	column->flags |= CORM_COLUMN_AUTOINCREMENT;
}

static void apply_version(struct corm__gen *gen, struct corm__gen_column *column, const struct corm__gen_option *option)
{
	if (column->optional)
		corm__gen_complain(gen, column->location, "%s: a version is always there: it cannot be optional",
		                   subject_of(gen, column, option));
	column->flags |= CORM_COLUMN_VERSION;
}

static void apply_nullable(struct corm__gen *gen, struct corm__gen_column *column,
                           const struct corm__gen_option *option)
{
	(void)option;
	switch (column->optional ? CORM_TYPE_NONE : column->type) {
	case CORM_TYPE_NONE:
		corm__gen_complain(gen, column->location, "nullable of \"%s\": it is optional already", column->field);
		break;
	case CORM_TYPE_TEXT:
	case CORM_TYPE_BYTES:
	case CORM_TYPE_JSON:
		column->nullable = true;
		break;
	case CORM_TYPE_TEXT_ARRAY:
		corm__gen_complain(gen, column->location, "nullable of \"%s\": \"%s\" has no NULL; use const char *",
		                   column->field, column->c_type);
		break;
	case CORM_TYPE_BYTES_ARRAY:
		corm__gen_complain(gen, column->location, "nullable of \"%s\": \"%s\" has no NULL; use corm_bytes",
		                   column->field, column->c_type);
		break;
	default:
		corm__gen_complain(gen, column->location, "nullable of \"%s\": \"%s\" has no NULL; use %s(%s)", column->field,
		                   column->c_type, column->type == CORM_TYPE_ENUM ? "corm_optional_of" : "corm_optional",
		                   column->c_type);
	}
}

static void apply_unique(struct corm__gen *gen, struct corm__gen_column *column, const struct corm__gen_option *option)
{
	(void)gen;
	(void)option;
	column->unique = true;
}

static void apply_index(struct corm__gen *gen, struct corm__gen_column *column, const struct corm__gen_option *option)
{
	(void)gen;
	(void)option;
	column->index_wanted = true;
}

static void apply_foreign_key(struct corm__gen *gen, struct corm__gen_column *column,
                              const struct corm__gen_option *option)
{
	(void)gen;
	column->foreign_key = option;
	column->flags |= CORM_COLUMN_FOREIGN_KEY;
}

static void apply_check(struct corm__gen *gen, struct corm__gen_column *column, const struct corm__gen_option *option)
{
	column->check = string_of(gen, option);
}

/* ---- how it is called and stored --------------------------------------------------------------------------------- */

static void apply_name(struct corm__gen *gen, struct corm__gen_column *column, const struct corm__gen_option *option)
{
	column->name = string_of(gen, option);
}

static void apply_type(struct corm__gen *gen, struct corm__gen_column *column, const struct corm__gen_option *option)
{
	column->type_name = string_of(gen, option);
}

static void apply_alias(struct corm__gen *gen, struct corm__gen_column *column, const struct corm__gen_option *option)
{
	column->alias = string_of(gen, option);
}

static void apply_renamed_from(struct corm__gen *gen, struct corm__gen_column *column,
                               const struct corm__gen_option *option)
{
	column->renamed_from = string_of(gen, option);
	if (strcmp(column->renamed_from, column->name) == 0)
		corm__gen_complain(gen, column->location, "%s: that is its name", subject_of(gen, column, option));
}

static void apply_exclude(struct corm__gen *gen, struct corm__gen_column *column, const struct corm__gen_option *option)
{
	(void)gen;
	(void)option;
	column->flags |= CORM_COLUMN_EXCLUDE;
}

static void apply_storage(struct corm__gen *gen, struct corm__gen_column *column, const struct corm__gen_option *option)
{
	static const struct {
		const char *name;
		corm_storage storage;
		uint32_t types;
		const char *types_name;
	} storages[] = {
		{ "blob", CORM_STORAGE_BLOB, TYPE(UUID), "a UUID" },
		{ "integer", CORM_STORAGE_INTEGER, TYPE(DATETIME) | TYPE(ENUM), "a datetime or an enum" },
		{ "real", CORM_STORAGE_REAL, TYPE(DECIMAL), "a decimal" },
		{ "naive", CORM_STORAGE_NAIVE, TYPE(DATETIME), "a datetime" },
	};
	const char *name = option->arguments->text;
	for (size_t i = 0; i < sizeof storages / sizeof *storages; i++) {
		if (strcmp(storages[i].name, name) != 0)
			continue;
		if (!(storages[i].types >> column->type & 1))
			corm__gen_complain(gen, column->location, "%s: only %s is stored so, not \"%s\"",
			                   subject_of(gen, column, option), storages[i].types_name, column->c_type);
		column->storage = storages[i].storage;
		return;
	}
	corm__gen_complain(gen, column->location, "%s: there are blob, integer, real and naive",
	                   subject_of(gen, column, option));
}

static void apply_strip(struct corm__gen *gen, struct corm__gen_column *column, const struct corm__gen_option *option)
{
	column->strip = string_of(gen, option);
	size_t length = strlen(column->strip);
	for (const struct corm__gen_enum_value *value = column->enumeration ? column->enumeration->values : NULL; value;
	     value = value->next)
		if (strncmp(value->name, column->strip, length) != 0 || !value->name[length]) {
			corm__gen_complain(gen, column->location, "%s: \"%s\" does not begin with it, or has nothing behind it",
			                   subject_of(gen, column, option), value->name);
			return;
		}
}

/* ---- numbers ----------------------------------------------------------------------------------------------------- */

static void ask_number(struct corm__gen *gen, struct corm__gen_column *column, const struct corm__gen_option *option,
                       const struct corm__gen_option *argument, struct corm__gen_number *number, bool real)
{
	number->option = option;
	struct corm__gen_probe *probe = corm__gen_probe(gen, column->location, subject_of(gen, column, option),
	                                                argument->text);
	if (probe) {
		probe->number = number;
		probe->real = real;
	}
}

/* Lengths and bounds go to the member of the column that has the option's name. */
static void apply_number(struct corm__gen *gen, struct corm__gen_column *column, const struct corm__gen_option *option)
{
	const struct {
		const char *name;
		struct corm__gen_number *number;
		bool bound;
	} numbers[] = {
		{ "max_length", &column->max_length, false },
		{ "min_length", &column->min_length, false },
		{ "gt", &column->gt, true },
		{ "ge", &column->ge, true },
		{ "lt", &column->lt, true },
		{ "le", &column->le, true },
		{ "multiple_of", &column->multiple_of, true },
	};
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (strcmp(numbers[i].name, option->name) == 0)
			ask_number(gen, column, option, option->arguments, numbers[i].number,
			           numbers[i].bound && !corm__gen_is_integer(column));
}

static void apply_precision(struct corm__gen *gen, struct corm__gen_column *column,
                            const struct corm__gen_option *option)
{
	ask_number(gen, column, option, option->arguments, &column->precision, false);
	ask_number(gen, column, option, option->arguments->next, &column->scale, false);
}

static void apply_pattern(struct corm__gen *gen, struct corm__gen_column *column, const struct corm__gen_option *option)
{
	column->pattern = string_of(gen, option);
}

/* ---- values given when none is ----------------------------------------------------------------------------------- */

/* The initialiser that a C expression makes for the column. An optional takes a plain value besides corm_some(…). */
static const char *initialiser(struct corm__gen *gen, const struct corm__gen_column *column,
                               const struct corm__gen_option *option)
{
	const char *given = option->inner, *word = option->arguments->name;
	while (*given == ' ')
		given++;
	if (column->optional && *given != '{' && strcmp(word, "corm_some") != 0 && strcmp(word, "corm_none") != 0)
		return corm__gen_text(gen, "corm_some(%s)", given);
	if (column->type == CORM_TYPE_JSON && *given == '"')
		return corm__gen_text(gen, "{ .text = %s }", given);
	return given;
}

/* What may stand in default() of the types that C has no literals for; NULL for the others. */
static const char *initialiser_hint(const struct corm__gen_column *column)
{
	static const char *const hints[] = {
		[CORM_TYPE_UUID] = "it takes an initialiser, { .bytes = { … } }; for a new one use default_factory(corm_uuid4)",
		[CORM_TYPE_DATETIME] =
			"it takes an initialiser, { .microseconds = … }; for now use default_factory(corm_utcnow)",
		[CORM_TYPE_DATE] = "it takes an initialiser, { .days = … } since 1970-01-01",
		[CORM_TYPE_TIME] = "it takes an initialiser, { .microseconds = … } since midnight",
		[CORM_TYPE_DECIMAL] = "it takes an initialiser, { .low = 150, .scale = 2 } for 1.50",
		[CORM_TYPE_BYTES] = "it takes an initialiser, { .data = \"…\", .size = … }",
		[CORM_TYPE_JSON] = "it takes a string or an initialiser, { .text = \"…\" }",
	};
	return column->type < sizeof hints / sizeof *hints ? hints[column->type] : NULL;
}

static void apply_default(struct corm__gen *gen, struct corm__gen_column *column, const struct corm__gen_option *option)
{
	column->initial = initialiser(gen, column, option);
	/* The compiler lets a string fill an array without its NUL. */
	const char *room = "";
	if (column->type == CORM_TYPE_TEXT_ARRAY)
		room = corm__gen_text(gen, " _Static_assert(sizeof(%s) <= sizeof(%s), \"the text is too long for %s\");",
		                      column->initial, member_of(gen, column), column->c_type);
	const char *type = column->c_type;
	if (column->array_size || column->optional)
		type = corm__gen_text(gen, "__typeof__(%s)", member_of(gen, column));
	const char *code = corm__gen_text(gen, "%s value = %s; (void)value;%s", type, column->initial, room);
	struct corm__gen_probe *probe = corm__gen_probe(gen, column->location,
	                                                corm__gen_text(gen, "default(…) of \"%s\"", column->field), code);
	if (probe)
		probe->hint = initialiser_hint(column);
}

/* Asks whether a function of no arguments returns what the column holds. */
static void require_factory(struct corm__gen *gen, struct corm__gen_column *column,
                            const struct corm__gen_option *option, const char *function)
{
	const char *subject = subject_of(gen, column, option);
	if (column->array_size) {
		corm__gen_complain(gen, column->location, "%s: a function cannot return \"%s\"", subject, column->c_type);
		return;
	}
	corm__gen_probe(gen, column->location, subject, corm__gen_text(gen, "(void)*(%s);", function));
	const char *same = corm__gen_text(gen, "__builtin_types_compatible_p(__typeof__(%s()), %s)", function,
	                                  column->c_type);
	if (column->type == CORM_TYPE_TEXT && !column->is_mutable)
		same = corm__gen_text(gen, "%s || __builtin_types_compatible_p(__typeof__(%s()), char *)", same, function);
	/* Of an unknown function it has been said that it is unknown. */
	struct corm__gen_probe *probe = corm__gen_probe(gen, column->location, subject,
	                                                corm__gen_text(gen, "_Static_assert(%s, \"another type\");", same));
	if (probe)
		probe->meaning = corm__gen_text(gen, "it has to be a function of no arguments that returns \"%s\"",
		                                column->c_type);
}

static void apply_default_factory(struct corm__gen *gen, struct corm__gen_column *column,
                                  const struct corm__gen_option *option)
{
	column->factory = option->arguments->text;
	require_factory(gen, column, option, column->factory);
}

static bool takes_now(const struct corm__gen_column *column)
{
	return column->type == CORM_TYPE_DATETIME || column->type == CORM_TYPE_DATE || column->type == CORM_TYPE_TIME;
}

static void apply_server_default(struct corm__gen *gen, struct corm__gen_column *column,
                                 const struct corm__gen_option *option)
{
	const char *given = option->arguments->text, *sql = corm__gen_unquote(gen, given);
	if (sql && *sql) {
		column->server_default = CORM_SERVER_SQL;
		column->server_default_sql = sql;
	} else if (strcmp(given, "now") == 0) {
		column->server_default = CORM_SERVER_NOW;
		if (!takes_now(column))
			corm__gen_complain(gen, column->location, "%s: only a datetime, date or time can be now, not \"%s\"",
			                   subject_of(gen, column, option), column->c_type);
	} else if (strcmp(given, "uuid4") == 0) {
		column->server_default = CORM_SERVER_UUID4;
		if (column->type != CORM_TYPE_UUID)
			corm__gen_complain(gen, column->location, "%s: only a corm_uuid can be uuid4, not \"%s\"",
			                   subject_of(gen, column, option), column->c_type);
	} else {
		corm__gen_complain(gen, column->location, "%s: it can be now, uuid4 or SQL in quotes",
		                   subject_of(gen, column, option));
	}
}

static void apply_onupdate(struct corm__gen *gen, struct corm__gen_column *column,
                           const struct corm__gen_option *option)
{
	const char *given = option->arguments->text, *sql = corm__gen_unquote(gen, given);
	if (sql && *sql) {
		column->onupdate = CORM_SERVER_SQL;
		column->onupdate_sql = sql;
	} else if (strcmp(given, "now") == 0) {
		column->onupdate = CORM_SERVER_NOW;
		if (!takes_now(column))
			corm__gen_complain(gen, column->location, "%s: only a datetime, date or time can be now, not \"%s\"",
			                   subject_of(gen, column, option), column->c_type);
	} else if (corm__gen_is_word(given)) {
		column->onupdate = CORM_SERVER_FUNCTION;
		column->onupdate_function = given;
		require_factory(gen, column, option, given);
	} else {
		corm__gen_complain(gen, column->location, "%s: it can be now, SQL in quotes or a function",
		                   subject_of(gen, column, option));
	}
}

static void apply_validator(struct corm__gen *gen, struct corm__gen_column *column,
                            const struct corm__gen_option *option)
{
	corm__gen_require_function(gen, column->location, option, column->field);
}

/* ---- the table --------------------------------------------------------------------------------------------------- */

static const struct column_rule rules[] = {
	{ { "primary_key", CORM__GEN_NOTHING, false }, TABLES, ANY, "", apply_primary_key },
	{ { "autoincrement", CORM__GEN_NOTHING, false }, TABLES, INTEGERS, "integers", apply_autoincrement },
	{ { "nullable", CORM__GEN_NOTHING, false }, TABLES | DATA | ROWS, ANY, "", apply_nullable },
	{ { "unique", CORM__GEN_NOTHING, false }, TABLES, ANY & ~TYPE(JSON), "what can be compared", apply_unique },
	{ { "index", CORM__GEN_NOTHING, false }, TABLES, ANY & ~TYPE(JSON), "what can be compared", apply_index },
	{ { "name", CORM__GEN_STRING, false }, TABLES | ROWS, ANY, "", apply_name },
	{ { "type", CORM__GEN_STRING, false }, TABLES, ANY, "", apply_type },
	{ { "storage", CORM__GEN_WORD, false }, TABLES, ANY, "", apply_storage },
	{ { "max_length", CORM__GEN_ONE, false }, TABLES | DATA, TEXTS | TYPE(BYTES), "text and corm_bytes", apply_number },
	{ { "min_length", CORM__GEN_ONE, false }, TABLES | DATA, TEXTS | TYPE(BYTES), "text and corm_bytes", apply_number },
	{ { "pattern", CORM__GEN_STRING, false }, TABLES | DATA, TEXTS, "text", apply_pattern },
	{ { "gt", CORM__GEN_ONE, false }, TABLES | DATA, NUMBERS, "numbers", apply_number },
	{ { "ge", CORM__GEN_ONE, false }, TABLES | DATA, NUMBERS, "numbers", apply_number },
	{ { "lt", CORM__GEN_ONE, false }, TABLES | DATA, NUMBERS, "numbers", apply_number },
	{ { "le", CORM__GEN_ONE, false }, TABLES | DATA, NUMBERS, "numbers", apply_number },
	{ { "multiple_of", CORM__GEN_ONE, false }, TABLES | DATA, NUMBERS, "numbers", apply_number },
	{ { "precision", CORM__GEN_TWO, false }, TABLES | DATA, TYPE(DECIMAL), "corm_decimal", apply_precision },
	{ { "version", CORM__GEN_NOTHING, false }, TABLES, INTEGERS, "integers", apply_version },
	{ { "default", CORM__GEN_EXPRESSION, false }, TABLES | DATA, ANY, "", apply_default },
	{ { "default_factory", CORM__GEN_WORD, false }, TABLES | DATA, ANY, "", apply_default_factory },
	{ { "server_default", CORM__GEN_ONE, false }, TABLES, ANY, "", apply_server_default },
	{ { "onupdate", CORM__GEN_ONE, false }, TABLES, ANY, "", apply_onupdate },
	{ { "foreign_key", CORM__GEN_LIST, false }, TABLES, KEYS, "what can be a key", apply_foreign_key },
	{ { "alias", CORM__GEN_STRING, false }, TABLES | DATA | ROWS, ANY, "", apply_alias },
	{ { "exclude", CORM__GEN_NOTHING, false }, TABLES | DATA | ROWS, ANY, "", apply_exclude },
	{ { "strip", CORM__GEN_STRING, false }, TABLES | DATA | ROWS, TYPE(ENUM), "enums", apply_strip },
	{ { "renamed_from", CORM__GEN_STRING, false }, TABLES, ANY, "", apply_renamed_from },
	{ { "check", CORM__GEN_STRING, false }, TABLES, ANY, "", apply_check },
	{ { "validator", CORM__GEN_WORD, false }, TABLES | DATA, ANY, "", apply_validator },
};

static int match(struct corm__gen *gen, struct corm__gen_location location, const struct corm__gen_option *options,
                 const struct corm__gen_option *option)
{
	return corm__gen_match(gen, location, "corm_field", &rules[0].rule, sizeof rules / sizeof *rules, sizeof *rules,
	                       options, option);
}

void corm__gen_match_column(struct corm__gen *gen, struct corm__gen_location location,
                            const struct corm__gen_option *options)
{
	for (const struct corm__gen_option *option = options; option; option = option->next)
		match(gen, location, options, option);
}

void corm__gen_apply_column(struct corm__gen *gen, struct corm__gen_column *column)
{
	for (const struct corm__gen_option *option = column->options; option; option = option->next) {
		int index = match(gen, column->location, column->options, option);
		if (index < 0)
			continue;
		const struct column_rule *rule = &rules[index];
		if (!(rule->models >> column->model->kind & 1)) {
			/* A mixin is shared by tables and other models: there, what is for tables means nothing. */
			if (!column->inherited)
				corm__gen_complain(gen, column->location, "option \"%s\" of \"%s\" means nothing in a %s",
				                   rule->rule.name, column->field,
				                   column->model->kind == CORM__GEN_DATA ? "corm_model()" : "corm_row()");
			continue;
		}
		if (!(rule->types >> column->type & 1)) {
			corm__gen_complain(gen, column->location, "option \"%s\" of \"%s\" is for %s, not \"%s\"", rule->rule.name,
			                   column->field, rule->types_name, column->c_type);
			continue;
		}
		rule->apply(gen, column, option);
	}
	if (column->initial && column->factory)
		corm__gen_complain(gen, column->location, "\"%s\" has both default and default_factory", column->field);
}
