/* SPDX-License-Identifier: Apache-2.0
 *
 * From clauses and expressions to SQL.
 *
 * One walk over the tree serves three ends. With CORM__WALK_KEY it writes a short key that is the same for queries of
 * the same SQL, and collects the values to bind; that is all that happens for a query that was run before. With
 * CORM__WALK_SQL it writes the SQL, the formats of the parameters, and collects the values again. Both are the same
 * code, so they cannot disagree.
 *
 * A compiler is kept per session and reused: after the first few queries it allocates nothing.
 */
#ifndef CORM_SQL_COMPILE_H
#define CORM_SQL_COMPILE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "sql/dialect.h"
#include <cormorant/driver.h>
#include <cormorant/query.h>

enum corm__walk_mode { CORM__WALK_KEY, CORM__WALK_SQL };

enum corm__select_kind {
	CORM__SELECT_OBJECTS, /* all columns of the model */
	CORM__SELECT_COUNT,   /* one integer */
	CORM__SELECT_EXISTS,  /* a row or none */
	CORM__SELECT_COLUMNS, /* what corm_columns() names */
	CORM__WRITE_UPDATE,   /* corm_set() clauses and corm_where(), or corm_all_rows() */
	CORM__WRITE_DELETE,   /* corm_where(), or corm_all_rows() */
	CORM__WRITE_UPSERT    /* corm_on_conflict(), and corm_set() clauses or corm_do_nothing() */
};

/* A relationship that is loaded by a query's own joins: corm_load_joined(). */
struct corm__joined {
	const corm_relationship *relationship;
	size_t owner; /* 0: the query's model; n: the target of the n-th of these, counted from 1, which stands before */
};

/* A corm_query begins with one: that is all this directory knows of it. */
struct corm__select {
	enum corm__select_kind kind;
	const corm_model_info *model; /* NULL: a query that could not be made */
	const char *alias;            /* the name that the model goes by in the query, or NULL */
	const corm_clause *clauses;
	int64_t most; /* rows that the caller can use, or 0: as if by corm_limit(), where that is smaller */
	/* SELECT_OBJECTS: only these columns of the model, by their indexes, in this order; count 0: all.
	 * WRITE_UPSERT: the columns that are inserted. */
	const uint16_t *columns;
	size_t column_count;
	/* SELECT_OBJECTS: behind the model's columns stand those of each of these targets, all of them, in this order. An
	 * object comes out in as many rows as it takes, not always one after the other; a target's columns are all NULL
	 * where there is none, which may also be a row beside others with one: that of a link to nothing. */
	const struct corm__joined *joined;
	size_t joined_count;
	/* WRITE_UPSERT: a struct with the values of columns. */
	const void *row;
	/* WRITE_UPDATE, WRITE_UPSERT: a struct with the values of columns that have an onupdate which is not SQL. */
	const void *updated;
	/* WRITE_UPSERT without corm_set(): the columns that take over the values that were to be inserted. */
	const uint16_t *replaced;
	size_t replaced_count;
};

struct corm__compiler {
	const struct corm__dialect *dialect;
	uint32_t capabilities;
	enum corm__walk_mode mode;
	struct corm__buffer key; /* CORM__WALK_KEY */
	struct corm__buffer sql; /* CORM__WALK_SQL */
	/* The parameters. values[i] points into the caller's expressions or into scratch; formats[i], only after
	 * CORM__WALK_SQL, into scratch or to static data: a caller that keeps them copies them. */
	const void **values;
	const corm_format **formats;
	size_t count, capacity;
	struct corm_arena scratch; /* converted values, escaped patterns; until the next statement */
	corm_allocator allocator;
	corm_status status;        /* after the first error everything does nothing */
	corm_error_store *error;   /* where that error is told */
	struct corm__scope *scope; /* the sources in reach, innermost first */
};

void corm__compiler_init(struct corm__compiler *compiler, const struct corm__dialect *dialect, uint32_t capabilities,
                         const corm_allocator *allocator);
void corm__compiler_release(struct corm__compiler *compiler);

/* Walks a query, or a statement of one of the WRITE kinds, in a mode; what was written before is gone. In the key pass
 * scratch is reset. CORM_ERROR_USAGE for an empty or NULL expression, a column of a model that is not part of the
 * query, a join that is ambiguous or has no foreign key, a negative limit, a list beyond the parameter limit. */
corm_status corm__compile_select(struct corm__compiler *compiler, enum corm__walk_mode mode,
                                 const struct corm__select *select, corm_error_store *error);

/* SQL alone, without a key: the caller knows the values and their formats, which are the columns' in the order
 * named. Columns are indexes into model->columns. */

/* SELECT all columns FROM model WHERE columns = ? AND … lock: FOR UPDATE, where writers lock single rows. */
corm_status corm__compile_get(struct corm__compiler *compiler, const corm_model_info *model, const uint16_t *columns,
                              size_t count, bool lock, corm_error_store *error);
/* SELECT all columns of the target for one object: parameters are the relationship's columns. Ordered as it says. */
corm_status corm__compile_related(struct corm__compiler *compiler, const corm_relationship *relationship,
                                  corm_error_store *error);
/* The same for count objects at once: SELECT [the link model's link_columns,] all columns of the target WHERE the
 * columns on the target's side (the link model's link_columns, else target_columns) IN (…). Parameters: object by
 * object, the values of the relationship's columns. count is at least 1 and count * columns at most the dialect's
 * limit. */
corm_status corm__compile_related_in(struct corm__compiler *compiler, const corm_relationship *relationship,
                                     size_t count, corm_error_store *error);
/* DELETE FROM the link model WHERE link_columns = ? … and, unless all is asked for, link_target_columns = ? …
 * Parameters: the values of the owner's, then of the target's columns. */
corm_status corm__compile_unlink(struct corm__compiler *compiler, const corm_relationship *relationship, bool all,
                                 corm_error_store *error);
/* INSERT INTO model (columns) VALUES (?, …), … of so many rows [RETURNING returning]. No columns at all, which goes
 * with one row: DEFAULT VALUES. */
corm_status corm__compile_insert(struct corm__compiler *compiler, const corm_model_info *model, const uint16_t *columns,
                                 size_t count, size_t rows, const uint16_t *returning, size_t returning_count,
                                 corm_error_store *error);
/* The same, where parameters can be arrays (CORM_CAN_ARRAYS): one for each column, for any number of rows. */
corm_status corm__compile_insert_arrays(struct corm__compiler *compiler, const corm_model_info *model,
                                        const uint16_t *columns, size_t count, const uint16_t *returning,
                                        size_t returning_count, corm_error_store *error);
/* No statement, but what one is made of: the table, a NUL, and at names_at the names of columns. */
corm_status corm__compile_names(struct corm__compiler *compiler, const corm_model_info *model, const uint16_t *columns,
                                size_t count, size_t *names_at, corm_error_store *error);
/* UPDATE model SET columns=?, … WHERE key=? … [AND old IS ?] [RETURNING returning]. Parameters: those columns that are
 * not by_sql, the key, old. */
struct corm__update {
	const corm_model_info *model;
	const uint16_t *columns;
	size_t count;
	const bool *by_sql; /* per element of columns: the database computes it, by its onupdate; may be NULL */
	const uint16_t *old;
	size_t old_count;
	const uint16_t *returning;
	size_t returning_count;
};
corm_status corm__compile_update(struct corm__compiler *compiler, const struct corm__update *update,
                                 corm_error_store *error);
/* DELETE FROM model WHERE key=? … [AND old IS ?].  Parameters: key, old. */
corm_status corm__compile_delete(struct corm__compiler *compiler, const corm_model_info *model, const uint16_t *old,
                                 size_t old_count, corm_error_store *error);

#endif
