/* SPDX-License-Identifier: Apache-2.0
 *
 * Checks of single columns: the numbers in their options, their patterns, their enums.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "base/utf8.h"
#include "generate/check.h"
#include "generate/names.h"
#include "generate/options.h"
#include <math.h>
#include <pcre2.h>
#include <string.h>

/* Complains and returns false when a number is known and not between low and high. */
static bool check_range(struct corm__gen *gen, const struct corm__gen_column *column,
                        const struct corm__gen_number *number, int64_t low, int64_t high)
{
	if (!number->known || (number->value.integer >= low && number->value.integer <= high))
		return true;
	corm__gen_complain(gen, column->location, "%s of \"%s\": %lld is not between %lld and %lld", number->option->text,
	                   column->field, (long long)number->value.integer, (long long)low, (long long)high);
	return false;
}

static int64_t count_characters(const char *text)
{
	int64_t count = 0;
	for (size_t left = strlen(text), step; left; left -= step, text += step, count++) {
		step = corm__utf8_step((const unsigned char *)text, left);
		if (!step)
			step = 1;
	}
	return count;
}

/* A default that stands there as a string has to keep to the lengths, and NULL needs a column that takes it. */
static void check_default_text(struct corm__gen *gen, const struct corm__gen_column *column)
{
	const char *value = column->initial ? corm__gen_unquote(gen, column->initial) : NULL;
	bool is_text = column->type == CORM_TYPE_TEXT || column->type == CORM_TYPE_TEXT_ARRAY;
	if (!column->initial || !is_text)
		return;
	if (!value) {
		bool is_null = strcmp(column->initial, "NULL") == 0 || strcmp(column->initial, "0") == 0;
		if (column->type == CORM_TYPE_TEXT && is_null && !column->nullable)
			corm__gen_complain(gen, column->location, "default(%s) of \"%s\": it cannot be NULL; make it nullable",
			                   column->initial, column->field);
		return;
	}
	int64_t length = count_characters(value);
	if (column->max_length.known && length > column->max_length.value.integer)
		corm__gen_complain(gen, column->location, "default(%s) of \"%s\" is longer than %s", column->initial,
		                   column->field, column->max_length.option->text);
	if (column->min_length.known && length < column->min_length.value.integer)
		corm__gen_complain(gen, column->location, "default(%s) of \"%s\" is shorter than %s", column->initial,
		                   column->field, column->min_length.option->text);
}

static void check_lengths(struct corm__gen *gen, struct corm__gen_column *column)
{
	int64_t longest = UINT32_MAX;
	if (column->type == CORM_TYPE_TEXT_ARRAY && column->array_size - 1 < UINT32_MAX)
		longest = (int64_t)column->array_size - 1;
	bool max_is_sound = check_range(gen, column, &column->max_length, 1, longest);
	bool min_is_sound = check_range(gen, column, &column->min_length, 0, longest);
	if (max_is_sound && min_is_sound && column->min_length.known && column->max_length.known &&
	    column->min_length.value.integer > column->max_length.value.integer)
		corm__gen_complain(gen, column->location, "min_length of \"%s\" is above its max_length", column->field);
}

static void check_precision(struct corm__gen *gen, struct corm__gen_column *column)
{
	if (check_range(gen, column, &column->precision, 1, 38) && column->precision.known)
		check_range(gen, column, &column->scale, 0, column->precision.value.integer);
}

static bool is_above(const struct corm__gen_column *column, const struct corm__gen_number *low,
                     const struct corm__gen_number *high, bool equal_too)
{
	if (!low->known || !high->known)
		return false;
	if (corm__gen_is_integer(column))
		return equal_too ? low->value.integer >= high->value.integer : low->value.integer > high->value.integer;
	return equal_too ? low->value.real >= high->value.real : low->value.real > high->value.real;
}

static void check_finite(struct corm__gen *gen, struct corm__gen_column *column, struct corm__gen_number *number)
{
	if (number->known && !corm__gen_is_integer(column) && !isfinite(number->value.real)) {
		corm__gen_complain(gen, column->location, "%s of \"%s\": no finite number", number->option->text,
		                   column->field);
		number->known = false;
	}
}

/* A bound beyond the integer's type is met always or never. */
static void check_fits(struct corm__gen *gen, const struct corm__gen_column *column,
                       const struct corm__gen_number *number)
{
	static const struct {
		int64_t low, high;
	} ranges[] = {
		[CORM_TYPE_INT8] = { INT8_MIN, INT8_MAX },    [CORM_TYPE_INT16] = { INT16_MIN, INT16_MAX },
		[CORM_TYPE_INT32] = { INT32_MIN, INT32_MAX }, [CORM_TYPE_INT64] = { INT64_MIN, INT64_MAX },
		[CORM_TYPE_UINT8] = { 0, UINT8_MAX },         [CORM_TYPE_UINT16] = { 0, UINT16_MAX },
		[CORM_TYPE_UINT32] = { 0, UINT32_MAX },       [CORM_TYPE_UINT64] = { 0, INT64_MAX },
	};
	if (!corm__gen_is_integer(column) || !number->known)
		return;
	int64_t value = number->value.integer, low = ranges[column->type].low, high = ranges[column->type].high;
	if (value < low || value > high)
		corm__gen_complain(gen, column->location, "%s of \"%s\": \"%s\" holds %lld to %lld alone", number->option->text,
		                   column->field, column->c_type, (long long)low, (long long)high);
}

static void check_bounds(struct corm__gen *gen, struct corm__gen_column *column)
{
	struct corm__gen_number *numbers[] = { &column->gt, &column->ge, &column->lt, &column->le, &column->multiple_of };
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		check_finite(gen, column, numbers[i]);
		if (numbers[i] != &column->multiple_of)
			check_fits(gen, column, numbers[i]);
	}
	if (column->gt.option && column->ge.option)
		corm__gen_complain(gen, column->location, "\"%s\" has both gt and ge", column->field);
	if (column->lt.option && column->le.option)
		corm__gen_complain(gen, column->location, "\"%s\" has both lt and le", column->field);

	const struct corm__gen_number *low = column->gt.option ? &column->gt : &column->ge;
	const struct corm__gen_number *high = column->lt.option ? &column->lt : &column->le;
	if (is_above(column, low, high, column->gt.option || column->lt.option))
		corm__gen_complain(gen, column->location, "%s and %s of \"%s\" leave no number", low->option->text,
		                   high->option->text, column->field);
	const struct corm__gen_number *multiple = &column->multiple_of;
	if (multiple->known && (corm__gen_is_integer(column) ? multiple->value.integer <= 0 : !(multiple->value.real > 0)))
		corm__gen_complain(gen, column->location, "%s of \"%s\" has to be above zero", multiple->option->text,
		                   column->field);
}

static void check_pattern(struct corm__gen *gen, struct corm__gen_column *column)
{
	int number;
	PCRE2_SIZE offset;
	if (!column->pattern)
		return;
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)column->pattern, PCRE2_ZERO_TERMINATED, PCRE2_UTF, &number, &offset,
	                                 NULL);
	if (code) {
		pcre2_code_free(code);
		return;
	}
	PCRE2_UCHAR message[256];
	if (pcre2_get_error_message(number, message, sizeof message) < 0)
		message[0] = '\0';
	corm__gen_complain(gen, column->location, "pattern(\"%s\") of \"%s\" is no regular expression: %s at character %zu",
	                   column->pattern, column->field, (const char *)message, (size_t)offset + 1);
}

/* ---- enums ------------------------------------------------------------------------------------------------------- */

static void check_enum(struct corm__gen *gen, const struct corm__gen_column *column)
{
	for (const struct corm__gen_enum_value *a = column->enumeration->values; a; a = a->next)
		for (const struct corm__gen_enum_value *b = a->next; b; b = b->next)
			if (a->value == b->value) {
				corm__gen_complain(gen, column->location,
				                   "\"%s\": \"%s\" and \"%s\" of %s are one value and could not be told apart",
				                   column->field, a->name, b->name, column->enumeration->c_type);
				return;
			}
}

/* Columns that store an enum alike share its table. */
static void assign_enum_format(struct corm__gen *gen, struct corm__gen_column *column)
{
	const char *strip = column->strip ? column->strip : "";
	unsigned same = 1;
	for (struct corm__gen_enum_format *format = gen->enum_formats; format; format = format->next) {
		if (format->of != column->enumeration)
			continue;
		same++;
		if (strcmp(format->strip, strip) == 0) {
			column->enum_format = format;
			return;
		}
	}
	struct corm__gen_enum_format *format = corm__gen_node(gen, sizeof *format);
	if (!format)
		return;
	const char *name = column->enumeration->name;
	format->of = column->enumeration;
	format->strip = strip;
	format->stem = same == 1 ? name : corm__gen_text(gen, "%s_%u", name, same);
	format->sql_name = corm__gen_snake_case(gen, format->stem);
	corm__gen_append(gen, enum_formats, last_enum_format, format);
	column->enum_format = format;
}

void corm__gen_check_values(struct corm__gen *gen)
{
	for (struct corm__gen_model *model = gen->models; model; model = model->next)
		for (struct corm__gen_column *column = model->columns; column; column = column->next) {
			check_lengths(gen, column);
			check_default_text(gen, column);
			check_precision(gen, column);
			check_bounds(gen, column);
			check_pattern(gen, column);
			if (column->enumeration) {
				check_enum(gen, column);
				assign_enum_format(gen, column);
			}
		}
}
