/* SPDX-License-Identifier: Apache-2.0
 *
 * Clauses and queries. C only.
 *
 *	Book_list books = Book_all(session, corm_join(Author), corm_where(corm_eq(Author.name, "Fred")),
 *	                           corm_order_by(Book.title), corm_limit(10));
 *
 * Clauses are compound literals that live for the call they stand in; nothing is allocated. A query that is put
 * together step by step lives in a corm_query, which copies what it is given.
 */
#ifndef CORMORANT_QUERY_H
#define CORMORANT_QUERY_H

#include <cormorant/expr.h>
#include <cormorant/session.h>

typedef enum corm_clause_kind {
	CORM_CLAUSE_NONE, /* an empty clause is a mistake, not an end */
	CORM_CLAUSE_END,
	CORM_CLAUSE_WHERE,      /* data: conditions */
	CORM_CLAUSE_ON,         /* data: conditions */
	CORM_CLAUSE_JOIN,       /* data: a source or relationship, more: clauses */
	CORM_CLAUSE_LEFT_JOIN,
	CORM_CLAUSE_FULL_JOIN,
	CORM_CLAUSE_CROSS_JOIN,
	CORM_CLAUSE_ORDER_BY,   /* data: orderings */
	CORM_CLAUSE_LIMIT,      /* number */
	CORM_CLAUSE_OFFSET,     /* number */
	CORM_CLAUSE_DISTINCT,
	CORM_CLAUSE_COLUMNS,    /* data: expressions; what a subquery selects */
	CORM_CLAUSE_LOAD,        /* data: relationships, each of what the one before leads to */
	CORM_CLAUSE_LOAD_JOINED, /* likewise */
	CORM_CLAUSE_ONLY,        /* data: columns */
	CORM_CLAUSE_READONLY,
	CORM_CLAUSE_SET,         /* data: a CORM_OP_SET of a column and a value */
	CORM_CLAUSE_SET_NULL,    /* data: a column */
	CORM_CLAUSE_ALL_ROWS,
	CORM_CLAUSE_ON_CONFLICT, /* data: columns */
	CORM_CLAUSE_DO_NOTHING
} corm_clause_kind;

struct corm_clause {
	corm_clause_kind kind;
	int64_t number;
	const void *data, *more;
};

#define CORM_END { CORM_CLAUSE_END, 0, NULL, NULL }

static inline corm_clause corm_query_clause(corm_clause clause)
{
	return clause;
}
static inline corm_clause corm__clause(corm_clause_kind kind, int64_t number, const void *data, const void *more)
{
	return (corm_clause){ kind, number, data, more };
}
/* The clauses of a call, after its first argument. */
#define corm__clauses(...) ((const corm_clause[]){ CORM__MAP_TAIL(corm_query_clause, __VA_ARGS__) CORM_END })

/* All conditions must hold; several corm_where() add up. */
#define corm_where(...) corm__clause(CORM_CLAUSE_WHERE, 0, corm__conditions(__VA_ARGS__), NULL)
/* Joins a model by the one foreign key between it and what stands before, or by a relationship, or corm_on() says
 * how. */
#define corm_join(...) \
	corm__clause(CORM_CLAUSE_JOIN, 0, (CORM__HEAD(__VA_ARGS__, 0)).as_source, corm__clauses(__VA_ARGS__))
#define corm_left_join(...) \
	corm__clause(CORM_CLAUSE_LEFT_JOIN, 0, (CORM__HEAD(__VA_ARGS__, 0)).as_source, corm__clauses(__VA_ARGS__))
#define corm_full_join(...) \
	corm__clause(CORM_CLAUSE_FULL_JOIN, 0, (CORM__HEAD(__VA_ARGS__, 0)).as_source, corm__clauses(__VA_ARGS__))
#define corm_cross_join(x) corm__clause(CORM_CLAUSE_CROSS_JOIN, 0, (x).as_source, corm__clauses(0))
#define corm_on(...) corm__clause(CORM_CLAUSE_ON, 0, corm__conditions(__VA_ARGS__), NULL)
#define corm_order_by(...) corm__clause(CORM_CLAUSE_ORDER_BY, 0, corm__list(corm__ordering, __VA_ARGS__), NULL)
/* At most n rows; below 0 is CORM_ERROR_USAGE. */
#define corm_limit(n) corm__clause(CORM_CLAUSE_LIMIT, (n), NULL, NULL)
#define corm_offset(n) corm__clause(CORM_CLAUSE_OFFSET, (n), NULL, NULL)
#define corm_distinct() corm__clause(CORM_CLAUSE_DISTINCT, 0, NULL, NULL)
/* What a subquery gives: corm_in_query(Author.id, books) with books selecting corm_columns(Book.author_id). */
#define corm_columns(...) corm__clause(CORM_CLAUSE_COLUMNS, 0, corm__list(corm__expression, __VA_ARGS__), NULL)


/* Loads a relationship with a query's objects, by one more query for all of them, and never one for each. Further
 * arguments go on from there: corm_load(Author.books, Book.tags). Several clauses for several relationships. */
#define corm_load(...) corm__clause(CORM_CLAUSE_LOAD, 0, corm__list(corm__related, __VA_ARGS__), NULL)
/* The same by a LEFT JOIN in the query itself. corm_limit() still counts the query's own objects. */
#define corm_load_joined(...) corm__clause(CORM_CLAUSE_LOAD_JOINED, 0, corm__list(corm__related, __VA_ARGS__), NULL)
#define corm__related(x) (x).as_relationship
/* Reads these columns, the key and the version alone. The objects are stale: a session call that is given one reads
 * the rest. Assigning 0, or nothing, to a member that was not read is no change. */
#define corm_only(...) corm__clause(CORM_CLAUSE_ONLY, 0, corm__list(corm__expression, __VA_ARGS__), NULL)
/* Gives plain structs that are none of the session's objects: no identity map, no change tracking, less memory and
 * time. They live as long as objects do. */
#define corm_readonly() corm__clause(CORM_CLAUSE_READONLY, 0, NULL, NULL)

/* ---- for X_update, X_delete_where and X_upsert ------------------------------------------------------------------- */

/* Sets a column to a value or an expression of its kind: corm_set(Book.copies, corm_plus(Book.copies, 1)). */
#define corm_set(column, v) \
	corm__clause(CORM_CLAUSE_SET, 0, (corm__comparison(CORM_OP_SET, column, v)).as_expression, NULL)
#define corm_set_null(column) corm__clause(CORM_CLAUSE_SET_NULL, 0, (column).as_column, NULL)
/* In place of corm_where(), says that every row is meant. */
#define corm_all_rows() corm__clause(CORM_CLAUSE_ALL_ROWS, 0, NULL, NULL)
/* The columns of the unique constraint, or of the key, on which a row may be there already. */
#define corm_on_conflict(...) corm__clause(CORM_CLAUSE_ON_CONFLICT, 0, corm__list(corm__expression, __VA_ARGS__), NULL)
/* Leaves the row that is there as it is. */
#define corm_do_nothing() corm__clause(CORM_CLAUSE_DO_NOTHING, 0, NULL, NULL)

/* ---- queries that are put together ------------------------------------------------------------------------------- */

/* A query that is put together step by step. It belongs to the session and lives until the session's reset or close.
 * NULL for a NULL session; otherwise a query that could not be made fails when it is run, with the session's error. */
#define corm_query_new(session, X) corm__query_new((session), (X).as_source)
corm_query *corm__query_new(corm_session *session, const corm_node *source);

/* Adds a clause; it and all below it is copied, the text and bytes of values too. Fails with the session's error. */
corm_status corm_query_add(corm_query *query, corm_clause clause);

/* The query's SQL in a dialect ("sqlite", "postgresql", "mariadb"), for logs and tests; lives as long as the query. NULL for an unknown dialect
 * or a query that cannot be had in it: corm_session_error(). */
const char *corm_compile(corm_query *query, const char *dialect);

/* The query has a row; a is one of the values that it gives. It may name columns of the query it stands in. */
#define corm_exists(query) corm_exists_query(corm__new, (query))
#define corm_in_query(a, query) corm__in_rows(corm__new, (a).as_expression, (query))

#endif
