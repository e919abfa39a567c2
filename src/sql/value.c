/* SPDX-License-Identifier: Apache-2.0
 *
 * C values on their way to the database: which format they are bound in, which depends on what they stand beside.
 *
 * Which form a value gets follows from its C type and the format beside it. Both are part of the key, so equal keys
 * have equal formats.
 */
#include "sql/walk.h"
#include "type/codec.h"

/* A type in each storage, in the order of enum corm_storage. */
#define IN_STORAGE(t, bytes, s) \
	{ \
		.type = (t), .size = (bytes), .storage = (s) \
	}
#define FORMATS(t, bytes) \
	[t] = { IN_STORAGE(t, bytes, CORM_STORAGE_DEFAULT), IN_STORAGE(t, bytes, CORM_STORAGE_BLOB), \
		    IN_STORAGE(t, bytes, CORM_STORAGE_INTEGER), IN_STORAGE(t, bytes, CORM_STORAGE_REAL), \
		    IN_STORAGE(t, bytes, CORM_STORAGE_NAIVE) }

static const corm_format formats[][CORM_STORAGE_NAIVE + 1] = {
	FORMATS(CORM_TYPE_BOOL, sizeof(bool)),
	FORMATS(CORM_TYPE_INT8, sizeof(int8_t)),
	FORMATS(CORM_TYPE_INT16, sizeof(int16_t)),
	FORMATS(CORM_TYPE_INT32, sizeof(int32_t)),
	FORMATS(CORM_TYPE_INT64, sizeof(int64_t)),
	FORMATS(CORM_TYPE_UINT8, sizeof(uint8_t)),
	FORMATS(CORM_TYPE_UINT16, sizeof(uint16_t)),
	FORMATS(CORM_TYPE_UINT32, sizeof(uint32_t)),
	FORMATS(CORM_TYPE_UINT64, sizeof(uint64_t)),
	FORMATS(CORM_TYPE_FLOAT, sizeof(float)),
	FORMATS(CORM_TYPE_DOUBLE, sizeof(double)),
	FORMATS(CORM_TYPE_TEXT, sizeof(const char *)),
	FORMATS(CORM_TYPE_BYTES, sizeof(corm_bytes)),
	FORMATS(CORM_TYPE_UUID, sizeof(corm_uuid)),
	FORMATS(CORM_TYPE_DATETIME, sizeof(corm_datetime)),
	FORMATS(CORM_TYPE_DATE, sizeof(corm_date)),
	FORMATS(CORM_TYPE_TIME, sizeof(corm_time)),
	FORMATS(CORM_TYPE_DECIMAL, sizeof(corm_decimal)),
	FORMATS(CORM_TYPE_JSON, sizeof(corm_json)),
};

const corm_format *corm__format(corm_type type, unsigned storage)
{
	return &formats[type][storage];
}

static bool is_integer(unsigned type)
{
	return type >= CORM_TYPE_BOOL && type <= CORM_TYPE_UINT64;
}

static bool is_number(unsigned type)
{
	return (type >= CORM_TYPE_INT8 && type <= CORM_TYPE_DOUBLE) || type == CORM_TYPE_DECIMAL;
}

static enum corm__number number_of_type(unsigned type)
{
	if (is_integer(type))
		return CORM__NUMBER_INTEGER;
	if (type == CORM_TYPE_DECIMAL)
		return CORM__NUMBER_DECIMAL;
	return type == CORM_TYPE_FLOAT || type == CORM_TYPE_DOUBLE ? CORM__NUMBER_REAL : CORM__NUMBER_UNKNOWN;
}

/* What two numbers give together. */
static enum corm__number number_of_two(const corm_node *left, const corm_node *right)
{
	enum corm__number a = corm__number_of(left), b = corm__number_of(right);
	if (a == CORM__NUMBER_UNKNOWN || b == CORM__NUMBER_UNKNOWN)
		return CORM__NUMBER_UNKNOWN;
	if ((a == CORM__NUMBER_DECIMAL && right->op == CORM_OP_VALUE) ||
	    (b == CORM__NUMBER_DECIMAL && left->op == CORM_OP_VALUE))
		return CORM__NUMBER_DECIMAL;
	return a > b ? a : b;
}

enum corm__number corm__number_of(const corm_node *node)
{
	if (!node)
		return CORM__NUMBER_UNKNOWN;
	switch ((corm_op)node->op) {
	case CORM_OP_VALUE:
		return number_of_type(node->type);
	case CORM_OP_COLUMN:
		return number_of_type(((const corm_column *)node->of.arg.b)->format.type);
	case CORM_OP_PLUS:
	case CORM_OP_MINUS:
	case CORM_OP_TIMES:
	case CORM_OP_DIVIDED:
	case CORM_OP_MOD:
		return number_of_two(node->of.arg.a, node->of.arg.b);
	case CORM_OP_COALESCE:
	case CORM_OP_NEG:
	case CORM_OP_ABS:
		return corm__number_of(node->of.arg.a);
	case CORM_OP_ROUND:
		return corm__number_of(node->of.arg.a) == CORM__NUMBER_DECIMAL ? CORM__NUMBER_DECIMAL : CORM__NUMBER_REAL;
	case CORM_OP_LENGTH:
		return CORM__NUMBER_INTEGER;
	default:
		return CORM__NUMBER_UNKNOWN;
	}
}

/* What arithmetic gives is a plain number also where its operands are decimals that the database may hold as text. */
static const corm_format *format_of_number(const struct corm__compiler *c, const corm_node *node)
{
	bool is_decimal = !c->dialect->decimal_collation && corm__number_of(node) == CORM__NUMBER_DECIMAL;
	return corm__format(is_decimal ? CORM_TYPE_DECIMAL : CORM_TYPE_DOUBLE, CORM_STORAGE_DEFAULT);
}

const corm_format *corm__format_of(const struct corm__compiler *c, const corm_node *node)
{
	if (!node)
		return NULL;
	switch ((corm_op)node->op) {
	case CORM_OP_COLUMN:
		return &((const corm_column *)node->of.arg.b)->format;
	case CORM_OP_COALESCE:
		return corm__format_of(c, node->of.arg.a);
	case CORM_OP_PLUS:
	case CORM_OP_MINUS:
	case CORM_OP_TIMES:
	case CORM_OP_DIVIDED:
	case CORM_OP_MOD:
	case CORM_OP_NEG:
	case CORM_OP_ABS:
	case CORM_OP_ROUND:
	case CORM_OP_LENGTH:
		return format_of_number(c, node);
	case CORM_OP_LOWER:
	case CORM_OP_UPPER:
	case CORM_OP_TRIM:
	case CORM_OP_SUBSTR:
	case CORM_OP_CONCAT:
		return corm__format(CORM_TYPE_TEXT, CORM_STORAGE_DEFAULT);
	case CORM_OP_NONE:
	case CORM_OP_END:
	case CORM_OP_VALUE:
	case CORM_OP_MODEL:
	case CORM_OP_RELATIONSHIP:
	case CORM_OP_NOW:
	case CORM_OP_SQL:
	case CORM_OP_ASC:
	case CORM_OP_DESC:
	case CORM_OP_NULLS_FIRST:
	case CORM_OP_NULLS_LAST:
	case CORM_OP_SET:
		return NULL;
	default: /* the conditions */
		return corm__format(CORM_TYPE_BOOL, CORM_STORAGE_DEFAULT);
	}
}

bool corm__needs_collation(const struct corm__compiler *c, const corm_format *format)
{
	return c->dialect->decimal_collation && format && format->type == CORM_TYPE_DECIMAL &&
	       format->storage != CORM_STORAGE_REAL;
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

/* A value on its way. */
struct passenger {
	struct corm__compiler *c;
	const struct corm__place *place;
	corm_type type;
	const void *data;
	const corm_format *format;
};

static void refuse(struct passenger *p, const char *why)
{
	corm__walk_fail_at(p->c, p->place, "%s", why);
}

/* A value is compared with what stands beside it, but for that of corm_set(), which goes into the column. */
static bool is_assigned(const struct passenger *p)
{
	return p->place->parent && p->place->parent->op == CORM_OP_SET;
}

static void refuse_kind(struct passenger *p, const char *kind, const char *why)
{
	corm__walk_fail_at(p->c, p->place, "%s %s, but %s", is_assigned(p) ? "becomes" : "is compared with", kind, why);
}

/* Is there a value at all? */
static bool is_present(struct passenger *p)
{
	bool missing = false;
	if (p->type == CORM_TYPE_TEXT)
		missing = !*(const char *const *)p->data;
	else if (p->type == CORM_TYPE_JSON)
		missing = !((const corm_json *)p->data)->text;
	else if (p->type == CORM_TYPE_BYTES)
		missing = !((const corm_bytes *)p->data)->data && ((const corm_bytes *)p->data)->size;
	if (missing)
		refuse(p,
		       is_assigned(p) ? "is NULL: use corm_set_null()" : "is NULL: use corm_is_null() or corm_is_not_null()");
	return !missing;
}

static void become_bool(struct passenger *p, int64_t number)
{
	static const bool truths[] = { false, true };

	if (!is_integer(p->type) || number < 0 || number > 1) {
		refuse_kind(p, "a bool", "is neither true nor false");
		return;
	}
	p->data = &truths[number];
	p->format = corm__format(CORM_TYPE_BOOL, CORM_STORAGE_DEFAULT);
}

/* Whether a constant of the enum has that value is for the driver to say, which must look for its name anyway. */
static void become_enum(struct passenger *p, int64_t number)
{
	if (!is_integer(p->type)) {
		refuse_kind(p, "an enum", "is no integer");
		return;
	}
	int64_t *value = corm__walk_take(p->c, sizeof *value);
	if (!value)
		return;
	*value = number;
	p->data = value;
	if (!corm__writes_sql(p->c))
		return;
	corm_format *format = corm__walk_take(p->c, sizeof *format);
	if (!format)
		return;
	*format = (corm_format){
		.type = CORM_TYPE_ENUM,
		.storage = p->place->beside->storage,
		.size = sizeof *value,
		.enumeration = p->place->beside->enumeration,
	};
	p->format = format;
}

/* The decimal that a number is; an infinity is none. */
static bool decimal_of(const struct passenger *p, int64_t number, corm_decimal *out)
{
	if (p->type == CORM_TYPE_DOUBLE)
		return corm__decimal_from_double(*(const double *)p->data, out);
	if (p->type == CORM_TYPE_FLOAT)
		return corm__decimal_from_double(*(const float *)p->data, out);
	corm__decimal_from_integer(number, out);
	return is_integer(p->type);
}

static void become_decimal(struct passenger *p, int64_t number)
{
	p->format = corm__format(CORM_TYPE_DECIMAL, p->place->beside->storage);
	if (p->type == CORM_TYPE_DECIMAL)
		return;
	corm_decimal *decimal = corm__walk_take(p->c, sizeof *decimal);
	if (!decimal)
		return;
	if (!decimal_of(p, number, decimal))
		refuse_kind(p, "a decimal", "no decimal is equal to it");
	p->data = decimal;
}

/* Beside numbers that are no decimals a decimal is a number like them, never text. */
static void become_real(struct passenger *p)
{
	double *real = corm__walk_take(p->c, sizeof *real);
	if (!real)
		return;
	*real = corm__decimal_to_double(p->data);
	p->data = real;
	p->format = corm__format(CORM_TYPE_DOUBLE, CORM_STORAGE_DEFAULT);
}

/* Beside a number a bool is one, which not every database takes for granted. */
static void become_integer(struct passenger *p, int64_t number)
{
	static const int64_t numbers[] = { 0, 1 };

	p->data = &numbers[number != 0];
	p->format = corm__format(CORM_TYPE_INT64, CORM_STORAGE_DEFAULT);
}

static void fit_beside(struct passenger *p, int64_t number)
{
	const corm_format *beside = p->place->beside;
	if (beside->type == p->type)
		p->format = corm__format(p->type, beside->storage);
	if (beside->type == CORM_TYPE_BOOL)
		become_bool(p, number);
	else if (beside->type == CORM_TYPE_ENUM)
		become_enum(p, number);
	else if (beside->type == CORM_TYPE_DECIMAL)
		become_decimal(p, number);
	else if (p->type == CORM_TYPE_DECIMAL && is_number(beside->type))
		become_real(p);
	else if (p->type == CORM_TYPE_BOOL && is_number(beside->type))
		become_integer(p, number);
}

/* The integer that a float or decimal is; false for one with a fraction. */
static bool integer_of(const struct passenger *p, int64_t *number)
{
	double real = p->type == CORM_TYPE_DECIMAL ? corm__decimal_to_double(p->data) : *(const double *)p->data;
	/* 2^63 is a double and INT64_MAX is none. */
	if (!(real >= -9223372036854775808.0 && real < 9223372036854775808.0))
		return false;
	*number = (int64_t)real;
	return (double)*number == real;
}

/* Databases that have the rules of a column refuse what breaks them, or round it in silence; SQLite stores it. */
static void check_rules(struct passenger *p)
{
	const corm_node *node = p->place->parent->of.arg.a;
	const corm_column *column = node && node->op == CORM_OP_COLUMN ? node->of.arg.b : NULL;
	if (!column)
		return;
	const char *text = p->type == CORM_TYPE_TEXT ? *(const char *const *)p->data : NULL;
	if (text && column->max_length && corm__utf8_length(text, strlen(text)) > column->max_length)
		refuse(p, "is longer than its column's max_length");
	corm_decimal decimal;
	int precision = column->precision ? column->precision : p->c->dialect->decimal_precision;
	int scale = column->precision ? column->scale : p->c->dialect->decimal_scale;
	if (column->format.type != CORM_TYPE_DECIMAL || !precision)
		return;
	if (p->type == CORM_TYPE_DECIMAL)
		memcpy(&decimal, p->data, sizeof decimal);
	else if (is_integer(p->type) ||
	         !corm__decimal_from_double(p->type == CORM_TYPE_FLOAT ? *(const float *)p->data : *(const double *)p->data,
	                                    &decimal))
		return;
	if (!corm__decimal_fits(&decimal, precision, scale))
		refuse(p, "has more digits than its column");
}

/* What SQLite would store and nobody could read again. */
static void check_fits(struct passenger *p, int64_t number)
{
	const corm_format *column = p->place->beside;
	uint64_t unused;
	check_rules(p);
	if (column->type >= CORM_TYPE_INT8 && column->type <= CORM_TYPE_UINT64) {
		if (!is_integer(p->type) && !integer_of(p, &number))
			refuse_kind(p, "an integer", "is none");
		else if (!corm__integer_store(column, number, &unused))
			refuse(p, "is out of the range of its column");
	} else if (column->type == CORM_TYPE_TEXT_ARRAY && strlen(*(const char *const *)p->data) >= column->size) {
		refuse(p, "is longer than its column");
	} else if (column->type == CORM_TYPE_BYTES_ARRAY && ((const corm_bytes *)p->data)->size != column->size) {
		refuse(p, "is not of the size of its column");
	}
}

void corm__walk_value(struct corm__compiler *c, corm_type type, const void *data, const struct corm__place *place)
{
	struct passenger p = { c, place, type, data, corm__format(type, CORM_STORAGE_DEFAULT) };
	corm__key_byte(c, type);
	if (c->status || !is_present(&p))
		return;
	int64_t number = 0;
	if (is_integer(type) && !corm__integer_load(p.format, data, &number)) {
		refuse(&p, "is above INT64_MAX, the largest integer that databases have");
		return;
	}
	if (is_assigned(&p))
		check_fits(&p, number);
	if (place->beside)
		fit_beside(&p, number);
	corm__walk_parameter(c, p.data, p.format);
}

/* ---- columns beside columns -------------------------------------------------------------------------------------- */

/* To C, bools, enums and numbers are one kind; here they are not. The C compiler has seen to all others. */
static corm_type kind_of(const corm_format *format)
{
	return format->type == CORM_TYPE_BOOL || format->type == CORM_TYPE_ENUM ? (corm_type)format->type : CORM_TYPE_NONE;
}

static bool same_kind(const corm_format *left, const corm_format *right)
{
	return kind_of(left) == kind_of(right) && left->enumeration == right->enumeration;
}

/* In blobs and integers an equal value is another thing than in text. Decimals are compared as numbers, and a time
 * without a zone is turned into one with it, by the databases that have these storages. */
static bool stored_alike(const struct corm__compiler *c, const corm_format *left, const corm_format *right)
{
	if (!c->dialect->compact_storage && left->type != CORM_TYPE_ENUM)
		return true;
	unsigned left_storage = left->storage == CORM_STORAGE_NAIVE ? CORM_STORAGE_DEFAULT : left->storage;
	unsigned right_storage = right->storage == CORM_STORAGE_NAIVE ? CORM_STORAGE_DEFAULT : right->storage;
	return left->type != right->type || left->type == CORM_TYPE_DECIMAL || left_storage == right_storage;
}

void corm__walk_compatible(struct corm__compiler *c, const corm_node *node, const corm_format *left,
                           const corm_format *right)
{
	if (!left || !right || left == right)
		return;
	const char *name = corm__shape(node->op)->name;
	if (!same_kind(left, right))
		corm__walk_fail(
			c, CORM_ERROR_USAGE,
			"%s() is given values of different kinds: an enum is compared with one of its own kind, a bool with a bool",
			name);
	else if (!stored_alike(c, left, right))
		corm__walk_fail(c, CORM_ERROR_USAGE,
		                "%s() is given columns of different storage(), whose values are never equal", name);
}

/* Decimals that the database holds as text are exact and have one form, which what it computes is not and has not. */
static bool stays_exact(const struct corm__compiler *c, const corm_format *column, const corm_format *value)
{
	return !corm__needs_collation(c, column) || corm__needs_collation(c, value) || is_integer(value->type);
}

void corm__walk_assignable(struct corm__compiler *c, const corm_format *column, const corm_format *value)
{
	if (!value)
		return;
	if (!same_kind(column, value))
		corm__walk_fail(c, CORM_ERROR_USAGE,
		                "corm_set() is given a value of another kind than its column: an enum is set to one of its own "
		                "kind, a bool to a bool");
	else if (!stored_alike(c, column, value))
		corm__walk_fail(c, CORM_ERROR_USAGE, "corm_set() is given a column of another storage() than the one it sets");
	else if (!stays_exact(c, column, value))
		corm__walk_fail(
			c, CORM_ERROR_USAGE,
			"corm_set() is given a number that %s computes, for a decimal that has to be exact: compute it in "
			"C, or give the column storage(real)",
			c->dialect->name);
}
