/* SPDX-License-Identifier: Apache-2.0
 *
 * Telling of statements: their parameters as JSON, the program's hook, and echo on standard error.
 */
#include "base/buffer.h"
#include "driver/engine.h"
#include "type/codec.h"
#include <cormorant/value.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Nobody reads more than that of one statement. */
#define TRACE_MAXIMUM (64u << 20)

static void write_string(struct corm__buffer *out, const char *text)
{
	corm__buffer_json_string(out, text, strlen(text));
}

/* The shortest text that reads back as the same number; JSON has no word for infinities and NaN, so they are
 * strings. */
static void write_real(struct corm__buffer *out, double value)
{
	char text[40];
	corm_decimal decimal;
	if (!isfinite(value)) {
		write_string(out, isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
	} else if (corm__decimal_from_double(value, &decimal)) {
		char digits[CORM__DECIMAL_TEXT];
		corm__buffer_add(out, digits, corm__decimal_write(&decimal, digits));
	} else {
		snprintf(text, sizeof text, "%.17g", value);
		char *comma = strchr(text, ',');
		if (comma) /* the locale's point */
			*comma = '.';
		corm__buffer_text(out, text);
	}
}

static void write_hex(struct corm__buffer *out, const unsigned char *data, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	corm__buffer_char(out, '"');
	for (size_t i = 0; i < size; i++) {
		corm__buffer_char(out, digits[data[i] >> 4]);
		corm__buffer_char(out, digits[data[i] & 15]);
	}
	corm__buffer_char(out, '"');
}

/* A number; an enum by its name. */
static void write_integer(struct corm__buffer *out, const corm_format *format, const void *value)
{
	int64_t number;
	if (!corm__integer_load(format, value, &number)) {
		/* Above INT64_MAX: the driver refuses it. */
		uint64_t large;
		memcpy(&large, value, sizeof large);
		corm__buffer_format(out, "%llu", (unsigned long long)large);
		return;
	}
	const char *name = format->type == CORM_TYPE_ENUM ? corm__enum_name(format->enumeration, number) : NULL;
	if (name)
		write_string(out, name);
	else if (format->type == CORM_TYPE_BOOL)
		corm__buffer_text(out, number ? "true" : "false");
	else
		corm__buffer_format(out, "%lld", (long long)number);
}

/* Text as a string; JSON as it is. */
static void write_pointer(struct corm__buffer *out, const corm_format *format, const void *value)
{
	const char *text;
	memcpy(&text, value, sizeof text);
	if (format->type == CORM_TYPE_JSON && corm__json_valid(text, strlen(text)))
		corm__buffer_text(out, text);
	else
		write_string(out, text);
}

/* UUIDs, moments and decimals: a string in the canonical form. */
static void write_canonical(struct corm__buffer *out, const corm_format *format, const void *value)
{
	union {
		corm_uuid uuid;
		corm_datetime datetime;
		corm_date date;
		corm_time time;
		corm_decimal decimal;
	} copy;
	memcpy(&copy, value, format->size < sizeof copy ? format->size : sizeof copy);
	if (format->type == CORM_TYPE_UUID)
		write_string(out, corm_uuid_string(copy.uuid).text);
	else if (format->type == CORM_TYPE_DATETIME)
		write_string(out, corm_datetime_string(copy.datetime).text);
	else if (format->type == CORM_TYPE_DATE)
		write_string(out, corm_date_string(copy.date).text);
	else if (format->type == CORM_TYPE_TIME)
		write_string(out, corm_time_string(copy.time).text);
	else
		write_string(out, corm_decimal_string(copy.decimal).text);
}

static void write_value(struct corm__buffer *out, const corm_format *format, const void *value)
{
	float single;
	double number;
	corm_bytes bytes;
	const char *end;
	if (corm__value_is_null(format, value)) {
		corm__buffer_text(out, "null");
		return;
	}
	switch ((corm_type)format->type) {
	case CORM_TYPE_FLOAT:
		memcpy(&single, value, sizeof single);
		write_real(out, single);
		break;
	case CORM_TYPE_DOUBLE:
		memcpy(&number, value, sizeof number);
		write_real(out, number);
		break;
	case CORM_TYPE_TEXT:
	case CORM_TYPE_JSON:
		write_pointer(out, format, value);
		break;
	case CORM_TYPE_TEXT_ARRAY:
		end = memchr(value, '\0', format->size);
		corm__buffer_json_string(out, value, end ? (size_t)(end - (const char *)value) : format->size);
		break;
	case CORM_TYPE_BYTES:
		memcpy(&bytes, value, sizeof bytes);
		write_hex(out, bytes.data, bytes.size);
		break;
	case CORM_TYPE_BYTES_ARRAY:
		write_hex(out, value, format->size);
		break;
	case CORM_TYPE_UUID:
	case CORM_TYPE_DATETIME:
	case CORM_TYPE_DATE:
	case CORM_TYPE_TIME:
	case CORM_TYPE_DECIMAL:
		write_canonical(out, format, value);
		break;
	default:
		write_integer(out, format, value);
	}
}

static void write_parameters(struct corm__buffer *out, const corm_format *const *formats, const void *const *values,
                             size_t count)
{
	corm__buffer_char(out, '[');
	for (size_t i = 0; i < count; i++) {
		if (i)
			corm__buffer_char(out, ',');
		write_value(out, formats[i], values[i]);
	}
	corm__buffer_char(out, ']');
}

static void write_runs(struct corm__buffer *out, const struct corm__ran *ran)
{
	if (ran->runs <= 1) {
		write_parameters(out, ran->formats, ran->values, ran->count);
		return;
	}
	corm__buffer_char(out, '[');
	for (size_t i = 0; i < ran->runs; i++) {
		if (i)
			corm__buffer_char(out, ',');
		write_parameters(out, ran->formats, ran->values + i * ran->count, ran->count);
	}
	corm__buffer_char(out, ']');
}

/* One line, in one piece, so that the lines of several threads do not mix. */
static void echo(const corm_engine *engine, const corm_statement_event *event)
{
	struct corm__buffer line;
	corm__buffer_init(&line, &engine->allocator, 2 * TRACE_MAXIMUM);
	corm__buffer_format(&line, "corm: %s %s -- ", event->sql, event->parameters);
	if (event->status == CORM_OK)
		corm__buffer_format(&line, "%lld rows", (long long)event->rows);
	else
		corm__buffer_text(&line, corm_status_name(event->status));
	long long microseconds = (long long)event->elapsed_ns / 1000;
	corm__buffer_format(&line, ", %lld.%03lld ms\n", microseconds / 1000, microseconds % 1000);
	if (line.status == CORM_OK)
		fwrite(line.data, 1, line.length, stderr);
	corm__buffer_release(&line);
}

void corm__engine_echo(const corm_engine *engine, const char *sql, int64_t started_ns, corm_status status)
{
	echo(engine, &(corm_statement_event){
					 .sql = sql, .parameters = "[]", .elapsed_ns = corm__clock_ns() - started_ns, .status = status });
}

void corm__engine_trace(corm_engine *engine, const struct corm__ran *ran)
{
	struct corm__buffer parameters;
	corm_statement_event event = {
		.sql = ran->sql,
		.rows = ran->rows,
		.elapsed_ns = corm__clock_ns() - ran->started_ns,
		.status = ran->status,
	};
	corm__buffer_init(&parameters, &engine->allocator, TRACE_MAXIMUM);
	write_runs(&parameters, ran);
	/* Tracing is no reason to fail: without memory the statement is told of without its parameters. */
	event.parameters = parameters.status == CORM_OK ? parameters.data : "null";
	if (engine->statement_hook)
		engine->statement_hook(engine->statement_data, &event);
	if (engine->echo)
		echo(engine, &event);
	corm__buffer_release(&parameters);
}
