/* SPDX-License-Identifier: Apache-2.0
 *
 * Helpers of the compiler's tests.
 */
#include "compile/check.h"
#include "driver/sqlite.h"
#include "sql/ddl.h"
#include "sql/tree.h"
#include "type/codec.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define CAPABILITIES (CORM_CAN_FULL_JOIN | CORM_CAN_RETURNING)

/* One value: 5, 1.5, 'text', 1.10d, uuid, RED, with its storage behind it. */
static void show_value(struct corm__buffer *out, const corm_format *format, const void *value)
{
	static const char *const storages[] = { "", "/blob", "/integer", "/real", "/naive" };
	int64_t integer;
	char text[CORM__DECIMAL_TEXT];
	if (corm__value_is_null(format, value)) {
		corm__buffer_text(out, "NULL");
		return;
	}
	switch ((corm_type)format->type) {
	case CORM_TYPE_BOOL:
		corm__buffer_text(out, *(const bool *)value ? "true" : "false");
		break;
	case CORM_TYPE_FLOAT:
		corm__buffer_format(out, "%.15g", (double)*(const float *)value);
		break;
	case CORM_TYPE_DOUBLE:
		corm__buffer_format(out, "%.15gr", *(const double *)value);
		break;
	case CORM_TYPE_TEXT:
		corm__buffer_format(out, "'%s'", *(const char *const *)value);
		break;
	case CORM_TYPE_TEXT_ARRAY:
		corm__buffer_format(out, "'%s'", (const char *)value);
		break;
	case CORM_TYPE_BYTES_ARRAY:
		corm__buffer_format(out, "bytes:%u", (unsigned)format->size);
		break;
	case CORM_TYPE_BYTES:
		corm__buffer_format(out, "bytes:%zu", ((const corm_bytes *)value)->size);
		break;
	case CORM_TYPE_UUID:
		corm__buffer_format(out, "uuid:%02x", ((const corm_uuid *)value)->bytes[0]);
		break;
	case CORM_TYPE_DATETIME:
		corm__buffer_format(out, "datetime:%" PRId64, ((const corm_datetime *)value)->microseconds);
		break;
	case CORM_TYPE_DATE:
		corm__buffer_format(out, "date:%" PRId32, ((const corm_date *)value)->days);
		break;
	case CORM_TYPE_TIME:
		corm__buffer_format(out, "time:%" PRId64, ((const corm_time *)value)->microseconds);
		break;
	case CORM_TYPE_DECIMAL:
		corm__decimal_write(value, text);
		corm__buffer_format(out, "%sd", text);
		break;
	case CORM_TYPE_ENUM:
		assert_true(corm__integer_load(format, value, &integer));
		assert_non_null(format->enumeration);
		corm__buffer_format(out, "%s:%" PRId64, format->enumeration->name, integer);
		break;
	case CORM_TYPE_JSON:
		corm__buffer_format(out, "json:%s", ((const corm_json *)value)->text);
		break;
	default:
		assert_true(corm__integer_load(format, value, &integer));
		corm__buffer_format(out, "%" PRId64, integer);
	}
	corm__buffer_text(out, storages[format->storage]);
}

static void show_values(struct corm__buffer *out, const corm_format *const *formats, const void *const *values,
                        size_t count)
{
	corm__buffer_clear(out);
	for (size_t i = 0; i < count; i++) {
		corm__buffer_text(out, i ? ", " : "");
		show_value(out, formats[i], values[i]);
	}
}

/* "SELECT hero.id, hero.name FROM …" with its columns as "*", wherever they stand. */
static char *shorten(const char *sql, const struct corm__select *select)
{
	struct corm__buffer columns, out;
	const char *name = select->alias ? select->alias : select->model->table;
	corm__buffer_init(&columns, NULL, SIZE_MAX / 2);
	corm__buffer_init(&out, NULL, SIZE_MAX / 2);
	for (size_t i = 0; i < select->model->column_count; i++) {
		corm__buffer_text(&columns, i ? ", " : "");
		corm__write_identifier(&columns, &corm__dialect_sqlite, name);
		corm__buffer_char(&columns, '.');
		corm__write_identifier(&columns, &corm__dialect_sqlite, select->model->columns[i].name);
	}
	for (const char *found; (found = strstr(sql, columns.data)) != NULL;) {
		corm__buffer_add(&out, sql, (size_t)(found - sql));
		corm__buffer_char(&out, '*');
		sql = found + columns.length;
	}
	corm__buffer_text(&out, sql);
	corm__buffer_release(&columns);
	return out.data;
}

static void check_text(const char *what, const char *found, const char *expected, const char *file, int line)
{
	if (strcmp(found, expected) != 0) {
		print_error("%s:%d: %s\nfound:    %s\nexpected: %s\n", file, line, what, found, expected);
		_fail(file, line);
	}
}

/* Both walks must collect the same values in the same order. */
static void compile(struct corm__compiler *compiler, const struct corm__select *select, struct corm__buffer *values,
                    const char *file, int line)
{
	corm_error_store error = { 0 };
	if (corm__compile_select(compiler, CORM__WALK_KEY, select, &error) != CORM_OK)
		check_text("key", error.error.message, "", file, line);
	size_t count = compiler->count;
	const void **first = calloc(count + 1, sizeof *first);
	assert_non_null(first);
	if (count)
		memcpy(first, compiler->values, count * sizeof *first);
	if (corm__compile_select(compiler, CORM__WALK_SQL, select, &error) != CORM_OK)
		check_text("sql", error.error.message, "", file, line);
	_assert_int_equal(compiler->count, count, file, line);

	struct corm__buffer other;
	corm__buffer_init(&other, NULL, SIZE_MAX / 2);
	show_values(&other, compiler->formats, first, count);
	show_values(values, compiler->formats, compiler->values, count);
	check_text("values of the key", other.data, values->data, file, line);
	corm__buffer_release(&other);
	free(first);
}

static corm_clause *copy_clauses(struct corm_arena *arena, const corm_clause *clauses)
{
	size_t count = 0;
	while (clauses[count].kind != CORM_CLAUSE_END)
		count++;
	corm_clause *copy = corm__arena_array(arena, count + 1, sizeof *copy);
	assert_non_null(copy);
	for (size_t i = 0; i <= count; i++)
		assert_true(corm__clause_copy(arena, &clauses[i], &copy[i]));
	return copy;
}

/* What a copy gives: the same SQL, values and key. */
static void check_copy(struct corm__compiler *compiler, const struct corm__select *select,
                       const struct corm__buffer *values, const char *file, int line)
{
	struct corm_arena arena;
	struct corm__compiler second;
	struct corm__buffer copied;
	corm__arena_init(&arena, NULL, 0);
	corm__compiler_init(&second, compiler->dialect, compiler->capabilities, NULL);
	corm__buffer_init(&copied, NULL, SIZE_MAX / 2);
	struct corm__select copy = *select;
	copy.clauses = copy_clauses(&arena, select->clauses);
	compile(&second, &copy, &copied, file, line);
	check_text("copy", second.sql.data, compiler->sql.data, file, line);
	check_text("values of a copy", copied.data, values->data, file, line);
	_assert_int_equal(second.key.length, compiler->key.length, file, line);
	_assert_true(memcmp(second.key.data, compiler->key.data, second.key.length) == 0, "key of a copy", file, line);
	corm__buffer_release(&copied);
	corm__compiler_release(&second);
	corm__arena_release(&arena);
}

/* ---- running ----------------------------------------------------------------------------------------------------- */

static void create_table(sqlite3 *db, const corm_model_info *model)
{
	struct corm__buffer sql;
	corm__buffer_init(&sql, NULL, SIZE_MAX / 2);
	corm__ddl_create_table(&sql, &(const struct corm__ddl){ .dialect = &corm__dialect_sqlite }, model);
	execute_sql(db, sql.data);
	for (size_t i = 0; i < corm__ddl_index_count(model); i++) {
		corm__buffer_clear(&sql);
		corm__ddl_create_index(&sql, &corm__dialect_sqlite, model, i);
		execute_sql(db, sql.data);
	}
	corm__buffer_release(&sql);
}

sqlite3 *open_tables(void)
{
	sqlite3 *db = NULL;
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_int_equal(corm__sqlite_add_functions(db), SQLITE_OK);
	for (size_t i = 0; i < zoo_metadata.count; i++)
		create_table(db, zoo_metadata.models[i]);
	create_table(db, &Article_model);
	return db;
}

void execute_sql(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
}

void check_prepares(const char *sql, const char *file, int line)
{
	static sqlite3 *db; /* lives as long as the test */
	int version = sqlite3_libversion_number();
	if ((strstr(sql, "FULL OUTER JOIN") && version < 3039000) || (strstr(sql, " RETURNING ") && version < 3035000))
		return;
	if (!db)
		db = open_tables();
	sqlite3_stmt *statement = NULL;
	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK) {
		print_error("%s:%d: %s\n%s\n", file, line, sqlite3_errmsg(db), sql);
		_fail(file, line);
	}
	sqlite3_finalize(statement);
}

/* What is shown of a row: long rows would only be long. */
static bool is_shown(const char *name)
{
	static const char *const names[] = { "id", "name", "label", "title", "code", "copies", "version" };
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static void show_row(struct corm__buffer *out, sqlite3_stmt *row)
{
	corm__buffer_text(out, out->length ? " / " : "");
	size_t start = out->length;
	for (int i = 0; i < sqlite3_column_count(row); i++) {
		if (!is_shown(sqlite3_column_name(row, i)))
			continue;
		const char *text = (const char *)sqlite3_column_text(row, i);
		corm__buffer_text(out, out->length > start ? " " : "");
		corm__buffer_text(out, text ? text : "-");
	}
}

void check_rows(sqlite3 *db, const struct corm__select *select, const char *expected, const char *file, int line)
{
	corm_error_store error = { 0 };
	struct corm__compiler compiler;
	struct corm__buffer shown;
	struct corm__sqlite_connection connection = { .db = db, .allocator = corm__default_allocator };
	struct corm__sqlite_statement statement = { .connection = &connection };
	corm__compiler_init(&compiler, &corm__dialect_sqlite, CAPABILITIES, NULL);
	corm__buffer_init(&shown, NULL, SIZE_MAX / 2);
	corm_status status = corm__compile_select(&compiler, CORM__WALK_SQL, select, &error);
	if (!status)
		status = corm__sqlite_driver.prepare(&connection, &statement, compiler.sql.data, compiler.sql.length, &error);
	if (!status)
		status = corm__sqlite_driver.bind(&statement, compiler.formats, compiler.values, compiler.count, &error);
	corm_step step = status ? CORM_STEP_ERROR : corm__sqlite_driver.step(&statement, &error);
	for (; step == CORM_STEP_ROW; step = corm__sqlite_driver.step(&statement, &error))
		show_row(&shown, statement.handle);
	check_text("rows", step == CORM_STEP_ERROR ? error.error.message : shown.data, expected, file, line);
	corm__sqlite_driver.finalize(&statement);
	corm__buffer_release(&shown);
	corm__compiler_release(&compiler);
}

/* ---- other databases --------------------------------------------------------------------------------------------- */

/* The type that PostgreSQL's driver sends a value of a format with. */
static const char *parameter_type(const corm_format *format)
{
	switch ((corm_type)format->type) {
	case CORM_TYPE_BOOL:
		return "boolean";
	case CORM_TYPE_FLOAT:
	case CORM_TYPE_DOUBLE:
		return "float8";
	case CORM_TYPE_BYTES:
	case CORM_TYPE_BYTES_ARRAY:
		return "bytea";
	case CORM_TYPE_UUID:
		return "uuid";
	case CORM_TYPE_DATETIME:
		return format->storage == CORM_STORAGE_NAIVE ? "timestamp" : "timestamptz";
	case CORM_TYPE_DATE:
		return "date";
	case CORM_TYPE_TIME:
		return "time";
	case CORM_TYPE_DECIMAL:
		return "numeric";
	case CORM_TYPE_TEXT:
	case CORM_TYPE_TEXT_ARRAY:
	case CORM_TYPE_JSON:
		return "unknown";
	case CORM_TYPE_ENUM:
		return format->storage == CORM_STORAGE_INTEGER ? "int8" : "unknown";
	default:
		return "int8";
	}
}

/* A PREPARE for the database's shell, on a line of its own. */
static void write_prepare(FILE *file, const struct corm__compiler *compiler)
{
	if (compiler->dialect->numbered_parameters) {
		fputs("PREPARE statement", file);
		for (size_t i = 0; i < compiler->count; i++)
			fprintf(file, "%s%s", i ? ", " : " (", parameter_type(compiler->formats[i]));
		fprintf(file, "%s AS %s; DEALLOCATE statement;\n", compiler->count ? ")" : "", compiler->sql.data);
		return;
	}
	fputs("PREPARE statement FROM '", file);
	for (const char *at = compiler->sql.data; *at; at++)
		fprintf(file, *at == '\'' ? "''" : "%c", *at);
	fputs("';\n", file);
}

/* With CORM_TEST_SQL=DIR in the environment all statements are appended to DIR/postgresql.sql and DIR/mariadb.sql, for
 * psql and mariadb to prepare on the tables that corm_ddl() makes. */
static void keep_statement(const struct corm__compiler *compiler)
{
	const char *directory = getenv("CORM_TEST_SQL");
	char path[4096];
	if (!directory)
		return;
	snprintf(path, sizeof path, "%s/%s.sql", directory, compiler->dialect->name);
	FILE *file = fopen(path, "a");
	assert_non_null(file);
	write_prepare(file, compiler);
	fclose(file);
}

/* Every query is compiled for the other databases too, key and SQL and copy; what one of them cannot do is an error
 * that says so. */
static void check_elsewhere(const struct corm__dialect *dialect, uint32_t capabilities,
                            const struct corm__select *select, const char *file, int line)
{
	corm_error_store error = { 0 };
	struct corm__compiler compiler;
	struct corm__buffer shown;
	corm__compiler_init(&compiler, dialect, capabilities, NULL);
	corm__buffer_init(&shown, NULL, SIZE_MAX / 2);
	if (corm__compile_select(&compiler, CORM__WALK_SQL, select, &error) == CORM_OK) {
		compile(&compiler, select, &shown, file, line);
		check_copy(&compiler, select, &shown, file, line);
		keep_statement(&compiler);
	} else if (!strstr(error.error.message, " has no full join") && !strstr(error.error.message, "distinct")) {
		check_text(dialect->name, error.error.message, "", file, line);
	}
	corm__buffer_release(&shown);
	corm__compiler_release(&compiler);
}

/* ---- checking ---------------------------------------------------------------------------------------------------- */

void check_select(const struct corm__select *select, const char *sql, const char *values, const char *file, int line)
{
	struct corm__compiler compiler;
	struct corm__buffer shown;
	corm__compiler_init(&compiler, &corm__dialect_sqlite, CAPABILITIES, NULL);
	corm__buffer_init(&shown, NULL, SIZE_MAX / 2);
	compile(&compiler, select, &shown, file, line);
	char *shortened = shorten(compiler.sql.data, select);
	check_text("sql", shortened, sql, file, line);
	check_text("values", shown.data, values, file, line);
	check_prepares(compiler.sql.data, file, line);
	check_copy(&compiler, select, &shown, file, line);
	check_elsewhere(&corm__dialect_postgresql, CAPABILITIES, select, file, line);
	check_elsewhere(&corm__dialect_mariadb, CORM_CAN_RETURNING, select, file, line);
	free(shortened);
	corm__buffer_release(&shown);
	corm__compiler_release(&compiler);
}

void check_fails(const struct corm__select *select, const char *message, const char *file, int line)
{
	corm_error_store error = { 0 };
	struct corm__compiler compiler;
	corm__compiler_init(&compiler, &corm__dialect_sqlite, 0, NULL);
	(void)corm__compile_select(&compiler, CORM__WALK_KEY, select, &error);
	error = (corm_error_store){ 0 };
	corm_status status = corm__compile_select(&compiler, CORM__WALK_SQL, select, &error);
	check_text("error", status ? error.error.message : compiler.sql.data, message, file, line);
	_assert_int_equal(status, CORM_ERROR_USAGE, file, line);
	corm__compiler_release(&compiler);
}

struct corm__select with_joined(const struct corm__select *select, const struct corm__joined *joined)
{
	struct corm__select with = *select;
	with.joined = joined;
	while (joined[with.joined_count].relationship)
		with.joined_count++;
	return with;
}
