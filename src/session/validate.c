/* SPDX-License-Identifier: Apache-2.0
 *
 * The rules of a model, checked before anything is sent: the database would not notice all of them (SQLite stores what
 * is too long for a VARCHAR), and an error here leaves the transaction as it was.
 */
#include "session/flush.h"
#include "type/codec.h"
#include <cormorant/value.h>
#include <stdio.h>

static corm_status invalid(corm_session *session, const corm_model_info *model, const corm_column *column,
                           const char *what)
{
	corm_status status = corm__session_fail(session, CORM_ERROR_VALIDATION, "%s.%s: %s", model->name, column->field,
	                                        what);
	corm_error_detail(&session->error, &session->error.error.table, model->table, SIZE_MAX);
	corm_error_detail(&session->error, &session->error.error.column, column->name, SIZE_MAX);
	return status;
}

/* Text and bytes: their data and length, characters for text. False for other types. */
static bool measure(const corm_format *format, const void *value, size_t *length)
{
	const char *text = NULL;
	switch (format->type) {
	case CORM_TYPE_TEXT:
		memcpy(&text, value, sizeof text);
		break;
	case CORM_TYPE_TEXT_ARRAY:
		text = memchr(value, '\0', format->size) ? value : NULL;
		break;
	case CORM_TYPE_BYTES:
		*length = ((const corm_bytes *)value)->size;
		return true;
	default:
		return false;
	}
	if (!text)
		return false;
	size_t bytes = strlen(text);
	*length = corm__utf8_length(text, bytes); /* it is UTF-8: that was checked before */
	return true;
}

static corm_status check_value(corm_session *session, const corm_model_info *model, const corm_column *column,
                               const void *value)
{
	const char *problem = corm__value_problem(&column->format, value);
	char what[96];
	if (!problem)
		return CORM_OK;
	snprintf(what, sizeof what, "the value %s", problem);
	return invalid(session, model, column, what);
}

static corm_status check_precision(corm_session *session, const corm_model_info *model, const corm_column *column,
                                   const void *value)
{
	if (column->format.type != CORM_TYPE_DECIMAL)
		return CORM_OK;
	/* Without a precision of its own the column has that of the database, which may round what is behind. */
	const struct corm__dialect *dialect = corm__dialect_find(session->engine->driver->dialect);
	int precision = column->precision, scale = column->scale;
	if (!precision && dialect) {
		precision = dialect->decimal_precision;
		scale = dialect->decimal_scale;
	}
	if (!precision || corm__decimal_fits(value, precision, scale))
		return CORM_OK;
	char what[160];
	corm_decimal decimal;
	memcpy(&decimal, value, sizeof decimal);
	snprintf(what, sizeof what, "%s has more than %d digits, or more than %d behind the point",
	         corm_decimal_string(decimal).text, precision, scale);
	return invalid(session, model, column, what);
}

static corm_status check_length(corm_session *session, const corm_model_info *model, const corm_column *column,
                                const void *value)
{
	size_t length;
	if ((!column->max_length && !column->min_length) || !measure(&column->format, value, &length))
		return CORM_OK;
	const char *unit = column->format.type == CORM_TYPE_BYTES ? "bytes" : "characters";
	char what[96];
	if (column->max_length && length > column->max_length) {
		snprintf(what, sizeof what, "%zu %s are too long, at most %u are allowed", length, unit,
		         (unsigned)column->max_length);
		return invalid(session, model, column, what);
	}
	if (length < column->min_length) {
		snprintf(what, sizeof what, "%zu %s are too short, at least %u are needed", length, unit,
		         (unsigned)column->min_length);
		return invalid(session, model, column, what);
	}
	return CORM_OK;
}

/* A tenth has no exact binary form: 0.3 counts as a multiple of 0.1. Without libm, which nothing else here needs. */
static bool is_multiple(double value, double of)
{
	double quotient = value / of;
	if (quotient >= 0x1p53 || quotient <= -0x1p53)
		return true;
	if (!(quotient < 0x1p53))
		return false;
	double rest = quotient - (double)(int64_t)quotient;
	rest = rest < 0 ? -rest : rest;
	return rest < 1e-9 || rest > 1 - 1e-9;
}

/* Does the value keep to all bounds? Else *rule and *bound say which it breaks. NaN breaks each. */
static bool within(const corm_bounds *bounds, double value, bool integer, int64_t number, const char **rule,
                   corm_number *bound)
{
	const struct {
		unsigned flag;
		corm_number limit;
		const char *rule;
	} rules[] = {
		{ CORM_BOUND_GT, bounds->gt, "greater than" },
		{ CORM_BOUND_GE, bounds->ge, "at least" },
		{ CORM_BOUND_LT, bounds->lt, "less than" },
		{ CORM_BOUND_LE, bounds->le, "at most" },
		{ CORM_BOUND_MULTIPLE_OF, bounds->multiple_of, "a multiple of" },
	};
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		if (!(bounds->flags & rules[i].flag))
			continue;
		corm_number limit = rules[i].limit;
		bool less = integer ? number < limit.integer : value < limit.real;
		bool equal = integer ? number == limit.integer : value == limit.real;
		bool more = integer ? number > limit.integer : value > limit.real;
		bool holds;
		switch (rules[i].flag) {
		case CORM_BOUND_GT:
			holds = more;
			break;
		case CORM_BOUND_GE:
			holds = more || equal;
			break;
		case CORM_BOUND_LT:
			holds = less;
			break;
		case CORM_BOUND_LE:
			holds = less || equal;
			break;
		default:
			holds = integer ? limit.integer == -1 || (limit.integer != 0 && number % limit.integer == 0)
			                : is_multiple(value, limit.real);
			break;
		}
		if (!holds) {
			*rule = rules[i].rule;
			*bound = limit;
			return false;
		}
	}
	return true;
}

static corm_status check_bounds(corm_session *session, const corm_model_info *model, const corm_column *column,
                                const void *value)
{
	if (!column->bounds)
		return CORM_OK;
	int64_t number = 0;
	double real = 0;
	bool integer = false;
	switch (column->format.type) {
	case CORM_TYPE_FLOAT:
		real = *(const float *)value;
		break;
	case CORM_TYPE_DOUBLE:
		real = *(const double *)value;
		break;
	case CORM_TYPE_DECIMAL:
		real = corm__decimal_to_double(value);
		break;
	default:
		integer = corm__integer_load(&column->format, value, &number);
		if (!integer)
			return CORM_OK;
	}
	const char *rule;
	corm_number bound;
	if (within(column->bounds, real, integer, number, &rule, &bound))
		return CORM_OK;
	char what[128];
	if (integer)
		snprintf(what, sizeof what, "%lld must be %s %lld", (long long)number, rule, (long long)bound.integer);
	else
		snprintf(what, sizeof what, "%g must be %s %g", real, rule, bound.real);
	return invalid(session, model, column, what);
}

/* Is a foreign key unset that the column is part of? */
static bool is_in_unset_key(const struct corm__object *object, size_t index)
{
	const corm_model_info *model = object->store->model;
	for (size_t k = 0; k < model->foreign_key_count; k++) {
		const corm_foreign_key *key = &model->foreign_keys[k];
		for (size_t i = 0; i < key->count; i++) {
			if (key->columns[i] == index && corm__columns_are_unset(model, key->columns, key->count, object + 1))
				return true;
		}
	}
	return false;
}

/* A key that nobody has given. */
static corm_status check_key(corm_session *session, const struct corm__object *object, size_t index, const void *value)
{
	const corm_model_info *model = object->store->model;
	const corm_column *column = &model->columns[index];
	bool null = corm__value_is_null(&column->format, value);
	bool may_be_null = column->format.flags & CORM_FORMAT_NULLABLE;
	if (column->flags & CORM_COLUMN_FOREIGN_KEY && !(null && may_be_null) && corm__key_is_unset(column, value) &&
	    is_in_unset_key(object, index) && !corm__key_is_related(session, object, index))
		return invalid(session, model, column,
		               "the foreign key is not set: set it, or the relationship beside it, to something");
	if (column->flags & CORM_COLUMN_PRIMARY_KEY && !(column->flags & CORM_COLUMN_GENERATED) &&
	    !corm__key_is_related(session, object, index) && corm__value_is_unset(&column->format, value) &&
	    column->format.type == CORM_TYPE_UUID && column->server_default == CORM_SERVER_NONE)
		return invalid(session, model, column, "the primary key is nil, and has no default_factory");
	return CORM_OK;
}

void corm__run_factories(struct corm__object *object)
{
	const corm_model_info *model = object->store->model;
	const struct corm__store *store = object->store;
	for (size_t i = 0; i < store->factory_count; i++) {
		const corm_column *column = &model->columns[store->factories[i]];
		void *value = corm__value_at(object, column);
		if (corm__value_may_be_unset(&column->format, value) && corm__value_is_unset(&column->format, value))
			column->default_factory(value);
	}
	/* A row's first version is 1. */
	int64_t number;
	const uint16_t version = store->version;
	if (version != CORM_NO_INDEX) {
		const corm_column *column = &model->columns[version];
		if (corm__integer_load(&column->format, corm__value_at(object, column), &number) && number == 0)
			corm__integer_store(&column->format, 1, corm__value_at(object, column));
	}
}

static corm_status check_rules(corm_session *session, const corm_model_info *model, const corm_column *column,
                               const void *value)
{
	corm_status status = check_length(session, model, column, value);
	if (status == CORM_OK)
		status = check_precision(session, model, column, value);
	return status == CORM_OK ? check_bounds(session, model, column, value) : status;
}

static corm_status check_column(corm_session *session, struct corm__object *object, size_t index, bool settle)
{
	const corm_model_info *model = object->store->model;
	const corm_column *column = &model->columns[index];
	const uint8_t work = object->store->work[index];
	const bool pending = object->state == CORM__OBJECT_PENDING;
	char *value = (char *)corm__object_struct(object) + column->offset;
	corm_status status = CORM_OK;
	if (settle && work & CORM__WORK_POINTER)
		status = corm__column_settle(session, object, column);
	if (status != CORM_OK || (!pending && !corm__column_settled_changed(object, index)))
		return status;
	if (work & CORM__WORK_VERSION && !pending)
		return invalid(session, model, column, "the version is counted by the session: do not assign it");
	if (work & CORM__WORK_KEY && corm__value_may_be_unset(&column->format, value))
		status = check_key(session, object, index, value);
	if (status != CORM_OK || !(work & (CORM__WORK_VALUE | CORM__WORK_RULES)) ||
	    corm__value_is_null(&column->format, value))
		return status;
	if (work & CORM__WORK_VALUE)
		status = check_value(session, model, column, value);
	if (status == CORM_OK && work & CORM__WORK_RULES)
		status = check_rules(session, model, column, value);
	return status;
}

corm_status corm__validate_object(corm_session *session, struct corm__object *object, bool settle)
{
	corm_status status = CORM_OK;
	if (object->state == CORM__OBJECT_PENDING)
		corm__run_factories(object);
	for (size_t i = 0; status == CORM_OK && i < object->store->model->column_count; i++) {
		if (object->store->work[i] & ~(CORM__WORK_FACTORY | CORM__WORK_ONUPDATE))
			status = check_column(session, object, i, settle);
	}
	return status;
}
