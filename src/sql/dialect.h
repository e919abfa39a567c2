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

/* Where the comments of tables and columns go. */
enum corm__comments {
	CORM__COMMENTS_NONE,
	CORM__COMMENTS_INLINE,    /* COMMENT '…' behind what it is about */
	CORM__COMMENTS_STATEMENTS /* COMMENT ON … IS '…' */
};

/* What a query that locks its rows does about those that somebody else has locked. */
enum corm__lock { CORM__LOCK_WAIT, CORM__LOCK_SKIP, CORM__LOCK_FAIL, CORM__LOCK_KINDS };

enum corm__date_part {
	CORM__DATE_YEAR,
	CORM__DATE_MONTH,
	CORM__DATE_DAY,
	CORM__DATE_HOUR,
	CORM__DATE_MINUTE,
	CORM__DATE_SECOND,
	CORM__DATE_PARTS
};

struct corm__dialect {
	const char *name;
	char quote;                  /* around identifiers; doubled inside */
	const char *const *reserved; /* lower case, sorted: identifiers to be quoted */
	size_t reserved_count;
	uint32_t lacks;           /* enum corm_capability: what no version of the database has */
	size_t parameter_limit;   /* per statement */
	bool numbered_parameters; /* $1 instead of ? */

	/* ---- CREATE and DROP ---- */
	size_t name_limit;               /* of names of tables and columns, 0: none; names that are made are cut then */
	bool name_limit_in_characters;   /* not in bytes */
	bool any_case;                   /* names of columns are the same in any case */
	enum corm__comments comments;    /* MariaDB's have a maximum of their own: */
	size_t table_comment_characters; /* 0: none */
	size_t column_comment_characters;
	bool enum_checks;          /* enums are text with a CHECK */
	bool enum_types;           /* enums are types with a name, made before the tables */
	bool inline_generated_key; /* a generated key with autoincrement is declared with its column, SQLite's way */
	const char *generated;     /* behind the type of a column that the database gives, or "" */
	const char *table_options; /* behind CREATE TABLE (…), or "" */
	/* Tables are made after those that their foreign keys refer to; in a circle the keys come afterwards. What drops
	 * such a key before the tables, in ALTER TABLE; NULL: the order of tables does not matter. */
	const char *drop_foreign_key;
	/* The column's SQL type: VARCHAR(200). */
	void (*column_type)(struct corm__buffer *sql, const corm_model_info *model, const corm_column *column);
	/* What stands behind DEFAULT. */
	void (*server_default)(struct corm__buffer *sql, const corm_column *column);
	/* A query for the column names of a table, its first parameter; no row: no such table. With schema_parameter the
	 * second is the schema, or NULL for the current one. */
	const char *columns_query;
	bool schema_parameter;
	/* The same for the labels of an enum's type. */
	const char *labels_query;
	/* Where several programs create the same tables at once, one does and the others wait: what begins such a transaction,
	 * where that is not what begins any; what keeps the others out, from its beginning on; and what lets them in again,
	 * behind its end. NULL: nothing. */
	const char *begin_schema, *lock_schema, *unlock_schema;
	/* What lets tables that refer to each other in a circle be dropped one by one within a transaction, or NULL. */
	const char *defer_foreign_keys;

	/* ---- expressions ---- */
	/* The database's clock in the form that a datetime of this storage has. */
	void (*now)(struct corm__buffer *sql, corm_storage storage);
	bool compact_storage;          /* storage(blob) and storage(integer) make another column */
	const char *ilike;             /* the operator, or NULL: lower() on both sides */
	const char *is_distinct[2];    /* before and between: "", " IS NOT " */
	const char *is_same;           /* the opposite, between: "IS" */
	const char *regexp;            /* the operator: "REGEXP" */
	bool regexp_is_tight;          /* it binds as || does */
	const char *decimal_collation; /* appended to decimals where order counts; NULL: they are numbers */
	/* The digits of a decimal column without a precision, and those of them behind the point; 0: as many as there are. */
	int decimal_precision, decimal_scale;
	const char *divide_integers; /* between integers, for a quotient without fraction: " / " */
	const char *mod_real[3];     /* around and between numbers that are no integers */
	const char *concat[3];       /* around and between: "", " || ", "" */
	const char *length;          /* in characters: "length(" */
	const char *substr[4];       /* around and between text, start and length */
	bool nulls_order;            /* NULLS FIRST and LAST exist */
	const char *row_list;        /* before the rows of (a, b) IN (…): "VALUES ", or "" */

	/* ---- SELECT ---- */
	const char *offset_without_limit;   /* what stands for the missing limit: " LIMIT -1", or "" */
	bool distinct_order;                /* SELECT DISTINCT is ordered by what it selects, and by nothing else */
	bool limit_in_from;                 /* a query behind IN has a limit only inside of a FROM of its own */
	const char *lock[CORM__LOCK_KINDS]; /* behind all else: " FOR UPDATE"; "" where writers lock the whole database */

	/* ---- INSERT, UPDATE ---- */
	const char *insert_nothing; /* a row without a column: " DEFAULT VALUES" */
	/* INSERT of a row that may be there already. */
	const char *conflict_columns; /* before the columns on which it may: " ON CONFLICT (", or NULL: they are not named,
	                                 and the row that is met may be one that has another unique value */
	const char *conflict_update;  /* before what the row that is there is set to: ") DO UPDATE SET " */
	const char *conflict_nothing; /* when it stays as it is: ") DO NOTHING", or NULL: a column is set to itself */
	bool conflict_is_ambiguous;   /* there a column without its table may be of either row */
	const char *inserted[2];      /* around a column, for the value that was to be inserted: "excluded." and "" */

	/* ---- functions ---- */
	const char *json_get[3];                    /* around and between JSON and a path: a scalar, or NULL */
	const char *date_part[CORM__DATE_PARTS][2]; /* around a datetime, a date or a time: an integer */
};

extern const struct corm__dialect corm__dialect_sqlite, corm__dialect_postgresql, corm__dialect_mariadb;

/* NULL when there is none of that name. */
const struct corm__dialect *corm__dialect_find(const char *name);

/* An identifier, quoted when it has to be. */
void corm__write_identifier(struct corm__buffer *sql, const struct corm__dialect *dialect, const char *name);
/* A table with its schema. */
void corm__write_table(struct corm__buffer *sql, const struct corm__dialect *dialect, const corm_model_info *model);
/* A string literal. */
void corm__write_literal(struct corm__buffer *sql, const char *text);

/* The name of an index or a constraint, which is made by convention and may be longer than databases take: then its
 * end becomes a hash of it all, the same everywhere. */
#define CORM__MADE_NAME 63 /* bytes */
const char *corm__made_name(const char *name, char out[CORM__MADE_NAME + 1]);
void corm__write_made_name(struct corm__buffer *sql, const struct corm__dialect *dialect, const char *name);
/* Is a name of a table or column within the dialect's limit? */
bool corm__name_fits(const struct corm__dialect *dialect, const char *name);
/* The name of an enum's type, short enough and no type of the database's own; static or in out. */
const char *corm__enum_type_name(const corm_enum *enumeration, char out[CORM__MADE_NAME + 1]);
/* How many characters of text a column takes, 0 for any number. */
unsigned long corm__text_length(const corm_column *column);

#endif
