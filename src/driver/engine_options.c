/* SPDX-License-Identifier: Apache-2.0
 *
 * An engine's settings: the defaults, changed by corm_engine_options, changed by the URL.
 */
#include "driver/engine.h"
#include "driver/option.h"
#include <limits.h>
#include <string.h>

/* More connections than any database serves well. */
#define CONNECTIONS_MAXIMUM 10000

static const char *const isolation_levels[] = {
	"READ UNCOMMITTED",
	"READ COMMITTED",
	"REPEATABLE READ",
	"SERIALIZABLE",
};

/* What is being read: an option of the URL, or a member of corm_engine_options as text. */
struct reader {
	corm_engine *engine;
	corm_error_store *error;
	int overflow;
};

static corm_status refuse(struct reader *reader, const corm_url_option *option, const char *expected)
{
	return corm_error_set(reader->error, CORM_ERROR_URL, "the URL's option %s=%s is not %s", option->name,
	                      option->value, expected);
}

static corm_status read_bool(struct reader *reader, const corm_url_option *option, void *out)
{
	return corm__option_bool(option->value, out) ? CORM_OK : refuse(reader, option, "true or false");
}

/* Digits alone; -1 when there are none, or something else, or too many. */
static long read_digits(const char *text, size_t length)
{
	long number = length ? 0 : -1;
	for (size_t i = 0; i < length && number >= 0; i++) {
		bool is_digit = text[i] >= '0' && text[i] <= '9';
		number = is_digit && number <= (INT_MAX - 9) / 10 ? number * 10 + (text[i] - '0') : -1;
	}
	return number;
}

static corm_status read_size(struct reader *reader, const corm_url_option *option, void *out)
{
	long number = read_digits(option->value, strlen(option->value));
	if (number < 1 || number > CONNECTIONS_MAXIMUM)
		return refuse(reader, option, "a number from 1 to 10000");
	*(int *)out = (int)number;
	return CORM_OK;
}

static corm_status read_overflow(struct reader *reader, const corm_url_option *option, void *out)
{
	long number = read_digits(option->value, strlen(option->value));
	if (!strcmp(option->value, "-1"))
		number = 0;
	if (number < 0 || number > CONNECTIONS_MAXIMUM)
		return refuse(reader, option, "a number from 0 to 10000, or -1 for none at all");
	*(int *)out = (int)number;
	return CORM_OK;
}

/* Seconds, of which three digits may stand behind a point, as milliseconds. */
static corm_status read_seconds(struct reader *reader, const corm_url_option *option, void *out)
{
	static const int weights[] = { 0, 100, 10, 1 };
	const char *text = option->value;
	size_t whole = strcspn(text, "."), fraction = text[whole] ? strlen(text + whole + 1) : 0;
	long seconds = read_digits(text, whole);
	long rest = fraction ? read_digits(text + whole + 1, fraction) : 0;
	bool malformed = seconds < 0 || rest < 0 || fraction > 3 || (text[whole] && !fraction);
	if (malformed || seconds > INT_MAX / 1000 - 1)
		return refuse(reader, option, "a number of seconds, as 30 or 0.5");
	*(int *)out = (int)(seconds * 1000 + rest * weights[fraction]);
	return CORM_OK;
}

/* -1 means never, as everywhere. */
static corm_status read_recycle(struct reader *reader, const corm_url_option *option, void *out)
{
	if (strcmp(option->value, "-1") != 0)
		return read_seconds(reader, option, out);
	*(int *)out = 0;
	return CORM_OK;
}

const char *corm__isolation_level(const char *text)
{
	for (size_t i = 0; i < sizeof isolation_levels / sizeof *isolation_levels; i++) {
		const char *level = isolation_levels[i];
		size_t at = 0;
		while (level[at] && (strncasecmp(&level[at], &text[at], 1) == 0 ||
		                     (level[at] == ' ' && (text[at] == '-' || text[at] == '_'))))
			at++;
		if (!level[at] && !text[at])
			return level;
	}
	return NULL;
}

static corm_status read_isolation(struct reader *reader, const corm_url_option *option, void *out)
{
	const char *level = corm__isolation_level(option->value);
	if (!level)
		return refuse(reader, option, CORM__ISOLATION_LEVELS);
	*(const char **)out = level;
	return CORM_OK;
}

static corm_status read_schema(struct reader *reader, const corm_url_option *option, void *out)
{
	if (!*option->value)
		return refuse(reader, option, "a name");
	*(const char **)out = option->value;
	return CORM_OK;
}

/* Reads an option if it is one of the engine's; *known says whether it is. */
static corm_status read_option(struct reader *reader, const corm_url_option *option, bool *known)
{
	corm_engine *engine = reader->engine;
	const struct {
		const char *name;
		corm_status (*read)(struct reader *reader, const corm_url_option *option, void *out);
		void *out;
	} options[] = {
		{ "echo", read_bool, &engine->echo },
		{ "pool_size", read_size, &engine->pool.size },
		{ "max_overflow", read_overflow, &reader->overflow },
		{ "pool_timeout", read_seconds, &engine->pool.timeout_ms },
		{ "pool_recycle", read_recycle, &engine->recycle_ms },
		{ "pool_pre_ping", read_bool, &engine->pre_ping },
		{ "connect_timeout", read_seconds, &engine->settings.connect_timeout_ms },
		{ "statement_timeout", read_seconds, &engine->settings.statement_timeout_ms },
		{ "isolation_level", read_isolation, &engine->settings.isolation_level },
		{ "schema", read_schema, &engine->settings.schema },
	};
	for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
		*known = !strcmp(options[i].name, option->name);
		if (*known)
			return options[i].read(reader, option, options[i].out);
	}
	return CORM_OK;
}

/* *out becomes the given number, or a default for 0. */
static corm_status take_number(corm_error_store *error, const char *name, int given, int minimum, int fallback,
                               int *out)
{
	if (given < minimum)
		return corm_error_set(error, CORM_ERROR_USAGE, "corm_engine_options.%s is %d", name, given);
	*out = given ? given : fallback;
	return CORM_OK;
}

static corm_status take_options(struct reader *reader, const corm_engine_options *given)
{
	static const corm_engine_options none;
	corm_engine *engine = reader->engine;
	corm_driver_settings *settings = &engine->settings;
	const corm_engine_options *options = given ? given : &none;
	const struct {
		const char *name;
		int given, minimum, fallback, *out;
	} numbers[] = {
		{ "pool_size", options->pool_size, 0, 5, &engine->pool.size },
		{ "max_overflow", options->max_overflow, -1, 10, &reader->overflow },
		{ "pool_timeout_ms", options->pool_timeout_ms, 0, 30000, &engine->pool.timeout_ms },
		{ "pool_recycle_ms", options->pool_recycle_ms, 0, 0, &engine->recycle_ms },
		{ "connect_timeout_ms", options->connect_timeout_ms, 0, 0, &settings->connect_timeout_ms },
		{ "statement_timeout_ms", options->statement_timeout_ms, 0, 0, &settings->statement_timeout_ms },
	};
	corm_status status = CORM_OK;
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers && status == CORM_OK; i++)
		status = take_number(reader->error, numbers[i].name, numbers[i].given, numbers[i].minimum, numbers[i].fallback,
		                     numbers[i].out);
	if (status != CORM_OK)
		return status;
	if (reader->overflow < 0)
		reader->overflow = 0;
	engine->echo = options->echo;
	engine->pre_ping = options->pool_pre_ping;
	if (options->schema) {
		settings->schema = corm__arena_copy(&engine->arena, options->schema, strlen(options->schema));
		if (!settings->schema)
			return corm_error_set(reader->error, CORM_ERROR_MEMORY, "no memory for an engine's settings");
	}
	if (options->isolation_level) {
		settings->isolation_level = corm__isolation_level(options->isolation_level);
		if (!settings->isolation_level)
			return corm_error_set(reader->error, CORM_ERROR_USAGE, "corm_engine_options.isolation_level is \"%s\"",
			                      options->isolation_level);
	}
	return CORM_OK;
}

#define DRIVER_OPTIONS 9

/* Those of the driver come before the URL's, so that the URL's win. */
static bool take_driver_options(corm_engine *engine, const corm_engine_options *given, corm_url_option *out,
                                size_t *count)
{
	if (!given)
		return true;
	const corm_url_option options[DRIVER_OPTIONS] = {
		{ "prepared", given->prepared },         { "profile", given->profile },
		{ "journal_mode", given->journal_mode }, { "synchronous", given->synchronous },
		{ "cache_size", given->cache_size },     { "mmap_size", given->mmap_size },
		{ "temp_store", given->temp_store },     { "busy_timeout", given->busy_timeout },
		{ "foreign_keys", given->foreign_keys },
	};
	for (size_t i = 0; i < DRIVER_OPTIONS; i++) {
		if (!options[i].value)
			continue;
		out[*count] = options[i];
		out[*count].value = corm__arena_copy(&engine->arena, options[i].value, strlen(options[i].value));
		if (!out[(*count)++].value)
			return false;
	}
	return true;
}

corm_status corm__engine_configure(corm_engine *engine, const corm_engine_options *options, corm_error_store *error)
{
	struct reader reader = { .engine = engine, .error = error };
	corm_status status = take_options(&reader, options);
	if (status != CORM_OK)
		return status;
	corm_url_option *rest = corm__arena_array(&engine->arena, engine->url.option_count + DRIVER_OPTIONS, sizeof *rest);
	size_t rest_count = 0;
	if (!rest || !take_driver_options(engine, options, rest, &rest_count))
		return corm_error_set(error, CORM_ERROR_MEMORY, "no memory for an engine's settings");
	for (size_t i = 0; i < engine->url.option_count; i++) {
		const corm_url_option *option = &engine->url.options[i];
		bool known;
		status = read_option(&reader, option, &known);
		if (status != CORM_OK)
			return status;
		if (!known)
			rest[rest_count++] = *option;
	}
	engine->url.options = rest;
	engine->url.option_count = rest_count;
	if (reader.overflow > CONNECTIONS_MAXIMUM || engine->pool.size > CONNECTIONS_MAXIMUM)
		return corm_error_set(error, CORM_ERROR_USAGE, "corm_engine_options: at most %d connections",
		                      CONNECTIONS_MAXIMUM);
	engine->pool.limit = engine->pool.size + reader.overflow;
	return CORM_OK;
}
