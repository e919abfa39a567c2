/* SPDX-License-Identifier: Apache-2.0
 *
 * Helpers of the compiler's tests: each query is compiled as a key and as SQL, and once more from a copy, and all have
 * to agree.
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

/* A corm_query begins with its struct corm__select, and nothing that is tested here needs more of it. */
#define QUERY(of, ...) ((corm_query *)SELECT(CORM__SELECT_OBJECTS, of, 0, __VA_ARGS__))

#endif
