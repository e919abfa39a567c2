/* SPDX-License-Identifier: Apache-2.0
 *
 * Helpers of the compiler's tests: each query is compiled as a key and as SQL, and once more from a copy, and all have
 * to agree; and SQLite has to take the SQL.
 */
#ifndef CORM_TESTS_COMPILE_CHECK_H
#define CORM_TESTS_COMPILE_CHECK_H

#include "compile/models.h"
#include "sql/compile.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the four above first. */
#include <cmocka.h>
#include <sqlite3.h>

/* A database in memory with the tables of all models. */
sqlite3 *open_tables(void);
void execute_sql(sqlite3 *db, const char *sql);
/* SQLite must take it. */
void check_prepares(const char *sql, const char *file, int line);
/* Runs a statement, whose rows must be these: "1 Fred / 2 -". Of their columns only names and the like are shown. */
void check_rows(sqlite3 *db, const struct corm__select *select, const char *expected, const char *file, int line);

/* The SQL, with the columns of an object query written as *, must be sql; the values, written as by show_values(),
 * values. */
void check_select(const struct corm__select *select, const char *sql, const char *values, const char *file, int line);
/* Compiling must fail with CORM_ERROR_USAGE and that message. */
void check_fails(const struct corm__select *select, const char *message, const char *file, int line);

/* The clauses stand last and may be none. */
#define SELECT(how, of, ...) \
	(&(const struct corm__select){ .kind = (how), .model = &of##_model, .clauses = corm__clauses(__VA_ARGS__) })
#define SQL(of, sql, values, ...) \
	check_select(SELECT(CORM__SELECT_OBJECTS, of, 0, __VA_ARGS__), "SELECT * FROM " sql, values, __FILE__, __LINE__)
#define WHERE(of, sql, values, ...) SQL(of, sql, values, corm_where(__VA_ARGS__))
#define FAILS(of, message, ...) \
	check_fails(SELECT(CORM__SELECT_OBJECTS, of, 0, __VA_ARGS__), message, __FILE__, __LINE__)
#define FAILS_WHERE(of, message, ...) FAILS(of, message, corm_where(__VA_ARGS__))

/* The same query with joined relationships, up to one that is NULL: JOINED({ RELATION(Author.books), 0 }). */
struct corm__select with_joined(const struct corm__select *select, const struct corm__joined *joined);
#define JOINED(...) ((const struct corm__joined[]){ __VA_ARGS__, { NULL, 0 } })
#define RELATION(x) ((const corm_relationship *)(x).as_relationship->of.arg.b)
/* With these columns of its model alone. */
#define ONLY(...) \
	.columns = (const uint16_t[]){ __VA_ARGS__ }, \
	.column_count = sizeof((const uint16_t[]){ __VA_ARGS__ }) / sizeof(uint16_t)

/* A corm_query begins with its struct corm__select, and nothing that is tested here needs more of it. */
#define QUERY(of, ...) ((corm_query *)SELECT(CORM__SELECT_OBJECTS, of, 0, __VA_ARGS__))

#endif
