/* SPDX-License-Identifier: Apache-2.0
 *
 * A query that is put together step by step.
 *
 * Everything it holds stands in the session's arena. When a clause could not be added the query is spoiled for good,
 * also when the session's error is cleared: a query never runs with a condition missing.
 */
#ifndef CORM_SESSION_QUERY_H
#define CORM_SESSION_QUERY_H

#include "session/session.h"
#include "sql/compile.h"

struct corm_query {
	struct corm__select select; /* first, as src/sql has it; clauses NULL: spoiled */
	corm_session *session;      /* NULL: the query that stands for one that could not be allocated */
	corm_clause *clauses;       /* those of select, which end in CORM_CLAUSE_END */
	size_t count, capacity;     /* capacity counts the end too */
};

/* The query as compiling wants it: for objects, or, when it has corm_columns(), for these. */
struct corm__select corm__query_select(const corm_query *query);

#endif
