/* SPDX-License-Identifier: Apache-2.0
 *
 * The compiler's state: key, SQL, parameters, the first error.
 */
#include "base/error.h"
#include "sql/walk.h"
#include <stdarg.h>
#include <stdio.h>

#define KEY_MAXIMUM ((size_t)1 << 20)
#define SQL_MAXIMUM ((size_t)16 << 20)
#define MESSAGE_SIZE 1024

void corm__compiler_init(struct corm__compiler *compiler, const struct corm__dialect *dialect, uint32_t capabilities,
                         const corm_allocator *allocator)
{
	*compiler = (struct corm__compiler){
		.dialect = dialect,
		.capabilities = capabilities,
		.allocator = corm__allocator_or_default(allocator),
	};
	corm__buffer_init(&compiler->key, &compiler->allocator, KEY_MAXIMUM);
	corm__buffer_init(&compiler->sql, &compiler->allocator, SQL_MAXIMUM);
	corm__arena_init(&compiler->scratch, &compiler->allocator, 0);
}

void corm__compiler_release(struct corm__compiler *compiler)
{
	corm__buffer_release(&compiler->key);
	corm__buffer_release(&compiler->sql);
	corm__arena_release(&compiler->scratch);
	corm__free(&compiler->allocator, compiler->values, compiler->capacity * sizeof *compiler->values);
	corm__free(&compiler->allocator, compiler->formats, compiler->capacity * sizeof *compiler->formats);
	compiler->values = NULL;
	compiler->formats = NULL;
	compiler->count = compiler->capacity = 0;
}

void corm__walk_begin(struct corm__compiler *c, enum corm__walk_mode mode, corm_error_store *error)
{
	c->mode = mode;
	c->status = CORM_OK;
	c->error = error;
	c->scope = NULL;
	c->count = 0;
	if (mode == CORM__WALK_KEY) {
		corm__buffer_clear(&c->key);
		corm__arena_reset(&c->scratch);
	} else {
		corm__buffer_clear(&c->sql);
	}
}

corm_status corm__walk_end(struct corm__compiler *c)
{
	const struct corm__buffer *buffer = corm__writes_sql(c) ? &c->sql : &c->key;
	if (buffer->status == CORM_ERROR_MEMORY)
		corm__walk_no_memory(c);
	else if (buffer->status)
		corm__walk_fail(c, CORM_ERROR_USAGE, "the query is too long: more than %zu bytes", buffer->maximum);
	c->scope = NULL;
	return c->status;
}

/* ---- errors ------------------------------------------------------------------------------------------------------ */

void corm__walk_fail(struct corm__compiler *c, corm_status status, const char *format, ...)
{
	if (c->status)
		return;
	char message[MESSAGE_SIZE];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(message, sizeof message, format, arguments);
	va_end(arguments);
	c->status = corm_error_set(c->error, status, "%s", message);
}

void corm__walk_no_memory(struct corm__compiler *c)
{
	corm__walk_fail(c, CORM_ERROR_MEMORY, "out of memory while a query was compiled");
}

/* The column that an operator compares, "Author.name", when that is what its first operand is. */
static void describe_subject(char *out, size_t size, const corm_node *parent)
{
	const corm_node *subject = corm__shape(parent->op)->a == CORM__OPERAND_NODE ? parent->of.arg.a : NULL;
	*out = '\0';
	if (!subject || subject->op != CORM_OP_COLUMN)
		return;
	const corm_node *source = subject->of.arg.a;
	const corm_model_info *model = source->of.arg.a;
	const corm_column *column = subject->of.arg.b;
	const char *alias = source->of.arg.b;
	snprintf(out, size, "%s.%s, …", alias ? alias : model->name, column->field);
}

/* "the right side of corm_eq(Author.name, …)" */
static void describe_place(char *out, size_t size, const struct corm__place *place)
{
	char number[24] = "", subject[256] = "";
	if (place->number)
		snprintf(number, sizeof number, " %zu", place->number);
	if (place->parent)
		describe_subject(subject, sizeof subject, place->parent);
	const char *function = place->parent ? corm__shape(place->parent->op)->name : place->clause;
	snprintf(out, size, "%s%s of %s(%s)", place->part, number, function, subject);
}

void corm__walk_fail_at(struct corm__compiler *c, const struct corm__place *place, const char *format, ...)
{
	if (c->status)
		return;
	char where[MESSAGE_SIZE / 2], what[MESSAGE_SIZE / 2];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(what, sizeof what, format, arguments);
	va_end(arguments);
	describe_place(where, sizeof where, place);
	corm__walk_fail(c, CORM_ERROR_USAGE, "%s %s", where, what);
}

/* ---- memory ------------------------------------------------------------------------------------------------------ */

void *corm__walk_take(struct corm__compiler *c, size_t size)
{
	void *memory = c->status ? NULL : corm__arena_take(&c->scratch, size);
	if (!memory)
		corm__walk_no_memory(c);
	return memory;
}

/* Makes room for one more parameter. On failure both arrays keep the capacity that is noted for them. */
static bool parameters_grow(struct corm__compiler *c)
{
	if (c->count < c->capacity)
		return true;
	size_t capacity = c->capacity ? c->capacity * 2 : 16;
	const void **values = corm__alloc(&c->allocator, capacity, sizeof *values);
	const corm_format **formats = corm__alloc(&c->allocator, capacity, sizeof *formats);
	if (!values || !formats) {
		corm__free(&c->allocator, values, values ? capacity * sizeof *values : 0);
		corm__free(&c->allocator, formats, formats ? capacity * sizeof *formats : 0);
		corm__walk_no_memory(c);
		return false;
	}
	if (c->count) {
		memcpy(values, c->values, c->count * sizeof *values);
		memcpy(formats, c->formats, c->count * sizeof *formats);
	}
	corm__free(&c->allocator, c->values, c->capacity * sizeof *values);
	corm__free(&c->allocator, c->formats, c->capacity * sizeof *formats);
	c->values = values;
	c->formats = formats;
	c->capacity = capacity;
	return true;
}

void corm__walk_parameter(struct corm__compiler *c, const void *value, const corm_format *format)
{
	if (c->status)
		return;
	if (c->count >= c->dialect->parameter_limit) {
		corm__walk_fail(c, CORM_ERROR_USAGE,
		                "the query has more than %zu values, which is all that %s takes: ask in parts",
		                c->dialect->parameter_limit, c->dialect->name);
		return;
	}
	if (!parameters_grow(c))
		return;
	c->values[c->count] = value;
	c->formats[c->count++] = format;
	if (!corm__writes_sql(c))
		return;
	if (c->dialect->numbered_parameters)
		corm__buffer_format(&c->sql, "$%zu", c->count);
	else
		corm__buffer_char(&c->sql, '?');
}
