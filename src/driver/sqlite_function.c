/* SPDX-License-Identifier: Apache-2.0
 *
 * What every SQLite connection gets for our queries' sake. No schema names any of it, so that other programs can read
 * and write the same file.
 */
#include "driver/sqlite.h"
#include "type/codec.h"
#include <cormorant/value.h>
#include <regex.h>
#include <string.h>

/* Decimals by their value, then whatever is none by its bytes. */
static int compare_decimals(void *data, int a_length, const void *a, int b_length, const void *b)
{
	(void)data;
	corm_decimal a_value, b_value;
	bool a_fits = corm__decimal_read(a, (size_t)a_length, &a_value);
	bool b_fits = corm__decimal_read(b, (size_t)b_length, &b_value);
	if (a_fits && b_fits)
		return corm_decimal_compare(a_value, b_value);
	if (a_fits != b_fits)
		return a_fits ? -1 : 1;
	int length = a_length < b_length ? a_length : b_length;
	int order = length ? memcmp(a, b, (size_t)length) : 0;
	return order ? order : (a_length > b_length) - (a_length < b_length);
}

static void free_pattern(void *pattern)
{
	regfree(pattern);
	sqlite3_free(pattern);
}

/* The compiled pattern of regexp()'s first argument, or NULL after an error was reported. */
static regex_t *compile_pattern(sqlite3_context *context, const char *text)
{
	regex_t *pattern = sqlite3_malloc(sizeof *pattern);
	if (!pattern) {
		sqlite3_result_error_nomem(context);
		return NULL;
	}
	int code = regcomp(pattern, text, REG_EXTENDED | REG_NOSUB);
	if (!code)
		return pattern;
	char reason[128], message[512];
	regerror(code, pattern, reason, sizeof reason);
	sqlite3_snprintf(sizeof message, message, "bad pattern \"%s\": %s", text, reason);
	sqlite3_result_error(context, message, -1);
	sqlite3_free(pattern);
	return NULL;
}

/* regexp(pattern, text), which is what "text REGEXP pattern" calls: POSIX extended regular expressions. */
static void regexp_function(sqlite3_context *context, int count, sqlite3_value **arguments)
{
	(void)count;
	const char *source = (const char *)sqlite3_value_text(arguments[0]);
	const char *text = (const char *)sqlite3_value_text(arguments[1]);
	if (!source || !text)
		return;
	regex_t *kept = sqlite3_get_auxdata(context, 0);
	regex_t *pattern = kept ? kept : compile_pattern(context, source);
	if (!pattern)
		return;
	sqlite3_result_int(context, regexec(pattern, text, 0, NULL, 0) == 0);
	/* Last, because SQLite may free it at once when it has no memory to keep it. */
	if (!kept)
		sqlite3_set_auxdata(context, 0, pattern, free_pattern);
}

int corm__sqlite_add_functions(sqlite3 *db)
{
	int code = sqlite3_create_collation_v2(db, "corm_decimal", SQLITE_UTF8, NULL, compare_decimals, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_create_function_v2(db, "regexp", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, regexp_function,
		                                  NULL, NULL, NULL);
	return code;
}
