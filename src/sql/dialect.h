/* SPDX-License-Identifier: Apache-2.0
 *
 * A dialect: how one kind of database writes SQL. It knows nothing of client libraries; a driver names the dialect
 * that its database speaks, and what depends on the server's version comes in as capabilities.
 */
#ifndef CORM_SQL_DIALECT_H
#define CORM_SQL_DIALECT_H

#include "base/buffer.h"
#include <cormorant/expr.h>
#include <cormorant/metadata.h>
#include <stdbool.h>
#include <stddef.h>

struct corm__dialect {
	const char *name;
	char quote;                  /* around identifiers; doubled inside */
	const char *const *reserved; /* lower case, sorted: identifiers to be quoted */
	size_t reserved_count;
	size_t parameter_limit;    /* per statement */
	bool numbered_parameters;  /* $1 instead of ? */
	bool comments;             /* COMMENT ON … exists */
	bool enum_types;           /* enums are types; otherwise a CHECK */
	bool inline_generated_key; /* a generated key with autoincrement is declared with its column, SQLite's way */
	/* The column's SQL type: VARCHAR(200). */
	void (*column_type)(struct corm__buffer *sql, const corm_model_info *model, const corm_column *column);
	/* What stands behind DEFAULT. */
	void (*server_default)(struct corm__buffer *sql, const corm_column *column);
	/* The database's clock in the form that a datetime of this storage has. */
	void (*now)(struct corm__buffer *sql, corm_storage storage);
	/* LIMIT and OFFSET; the parameters are written by the caller through these. */
	const char *offset_without_limit; /* what stands for the missing limit: " LIMIT -1" */
	const char *ilike;                /* the operator, or NULL: lower() on both sides */
	const char *is_distinct;          /* the operator: "IS NOT" */
	const char *is_same;              /* its opposite: "IS" */
	const char *regexp;               /* the operator: "REGEXP" */
	const char *decimal_collation;    /* appended to decimals where order counts, or NULL */
	bool nulls_order;                 /* NULLS FIRST and LAST exist */
	const char *row_list;             /* before the rows of (a, b) IN (…): "VALUES ", or "" */
	/* INSERT of a row that may be there already. */
	const char
		*conflict_columns;       /* before the columns on which it may: " ON CONFLICT (", or NULL: they are not named */
	const char *conflict_update; /* before what the row that is there is set to: ") DO UPDATE SET " */
	const char *conflict_nothing; /* when it stays as it is: ") DO NOTHING", or NULL: a column is set to itself */
	const char *inserted[2];      /* around a column, for the value that was to be inserted: "excluded." and "" */
	/* A query for the column names of a table, its one parameter; no row: no such table. */
	const char *columns_query;
	/* What lets tables that refer to each other in a circle be dropped one by one within a transaction, or NULL. */
	const char *defer_foreign_keys;
};

extern const struct corm__dialect corm__dialect_sqlite;

/* NULL when there is none of that name. */
const struct corm__dialect *corm__dialect_find(const char *name);

/* An identifier, quoted when it has to be. */
void corm__write_identifier(struct corm__buffer *sql, const struct corm__dialect *dialect, const char *name);
/* A table with its schema. */
void corm__write_table(struct corm__buffer *sql, const struct corm__dialect *dialect, const corm_model_info *model);
/* A string literal. */
void corm__write_literal(struct corm__buffer *sql, const char *text);

#endif
