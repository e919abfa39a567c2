/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the walk share. Everything here works in both modes: corm__key_* does nothing while SQL is
 * written, corm__put nothing while a key is. What decides about the text of the SQL must go into the key as well; what
 * follows from it (names found in scopes, joins found by foreign keys) need not.
 *
 * Errors are sticky: after the first one the rest of the walk does nothing that matters, and nobody has to look before
 * the end.
 */
#ifndef CORM_SQL_WALK_H
#define CORM_SQL_WALK_H

#include "sql/compile.h"
#include "sql/tree.h"

/* How tight operators hold their operands, loosest first. */
enum corm__binding {
	CORM__BIND_ALL,
	CORM__BIND_OR,
	CORM__BIND_AND,
	CORM__BIND_NOT,
	CORM__BIND_COMPARISON,
	CORM__BIND_CONCAT,
	CORM__BIND_SUM,
	CORM__BIND_PRODUCT,
	CORM__BIND_SIGN,
	CORM__BIND_ATOM
};

/* Where an expression stands. */
struct corm__place {
	const char *clause;         /* "corm_where", or NULL */
	const corm_node *parent;    /* the operator around it, when it does not stand in a clause */
	const char *part;           /* "the right side" */
	size_t number;              /* "element 3", or 0 */
	const corm_format *beside;  /* that of what a value here is compared with, or NULL */
	enum corm__binding binding; /* what is looser gets parentheses */
};

/* ---- compiler.c -------------------------------------------------------------------------------------------------- */

/* Sets the error, unless there is one. */
void corm__walk_fail(struct corm__compiler *c, corm_status status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void corm__walk_no_memory(struct corm__compiler *c);
/* The same for what stands at a place, whose description comes before the text. */
void corm__walk_fail_at(struct corm__compiler *c, const struct corm__place *place, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* size bytes of scratch; NULL after an error. */
void *corm__walk_take(struct corm__compiler *c, size_t size);
/* Adds a parameter and writes its placeholder. */
void corm__walk_parameter(struct corm__compiler *c, const void *value, const corm_format *format);
/* Starts a statement, and ends it: the first error, of the buffers too. */
void corm__walk_begin(struct corm__compiler *c, enum corm__walk_mode mode, corm_error_store *error);
corm_status corm__walk_end(struct corm__compiler *c);

static inline bool corm__writes_sql(const struct corm__compiler *c)
{
	return c->mode == CORM__WALK_SQL;
}
static inline void corm__key(struct corm__compiler *c, const void *data, size_t size)
{
	if (!corm__writes_sql(c))
		corm__buffer_add(&c->key, data, size);
}
static inline void corm__key_byte(struct corm__compiler *c, unsigned byte)
{
	if (!corm__writes_sql(c))
		corm__buffer_char(&c->key, (char)(unsigned char)byte);
}
/* A pointer to what lives as long as the program. */
static inline void corm__key_pointer(struct corm__compiler *c, const void *pointer)
{
	corm__key(c, &pointer, sizeof pointer);
}
/* Text with its NUL; NULL is like "". */
static inline void corm__key_text(struct corm__compiler *c, const char *text)
{
	corm__key(c, text ? text : "", text ? strlen(text) + 1 : 1);
}
/* Writes SQL. */
static inline void corm__put(struct corm__compiler *c, const char *text)
{
	if (corm__writes_sql(c))
		corm__buffer_text(&c->sql, text);
}
static inline void corm__put_name(struct corm__compiler *c, const char *name)
{
	if (corm__writes_sql(c))
		corm__write_identifier(&c->sql, c->dialect, name);
}

/* ---- value.c ----------------------------------------------------------------------------------------------------- */

/* The format of a type in a storage. Static. */
const corm_format *corm__format(corm_type type, unsigned storage);
/* The format of what an expression gives, as far as values beside it must know: NULL for none in particular. */
const corm_format *corm__format_of(const struct corm__compiler *c, const corm_node *node);
/* Which kind of number an expression gives; a C double beside a decimal counts as one. */
enum corm__number { CORM__NUMBER_UNKNOWN, CORM__NUMBER_INTEGER, CORM__NUMBER_DECIMAL, CORM__NUMBER_REAL };
enum corm__number corm__number_of(const corm_node *node);
/* Decimals that are text are ordered by a collation. */
bool corm__needs_collation(const struct corm__compiler *c, const corm_format *format);
/* A C value of a type at data, in the form of what it stands beside. */
void corm__walk_value(struct corm__compiler *c, corm_type type, const void *data, const struct corm__place *place);
/* Fails when two formats cannot be compared. */
void corm__walk_compatible(struct corm__compiler *c, const corm_node *node, const corm_format *left,
                           const corm_format *right);
/* Fails when a column cannot be set to what has the format value, which may be NULL. */
void corm__walk_assignable(struct corm__compiler *c, const corm_format *column, const corm_format *value);

/* ---- walk.c ------------------------------------------------------------------------------------------------------ */

void corm__walk(struct corm__compiler *c, const corm_node *node, const struct corm__place *place);
/* An element of corm_order_by(), the number-th. */
void corm__walk_order(struct corm__compiler *c, const corm_node *node, size_t number);
/* What it orders by, without the direction. */
const corm_node *corm__ordered_value(const corm_node *node);
/* The conditions of all clauses of a kind, joined by AND behind a keyword: " WHERE ". Returns how many there are. */
size_t corm__walk_conditions(struct corm__compiler *c, const corm_clause *clauses, corm_clause_kind kind,
                             const char *keyword);

/* ---- like.c ------------------------------------------------------------------------------------------------------ */

/* a LIKE b in all its forms. */
void corm__walk_like(struct corm__compiler *c, const corm_node *node);

/* ---- source.c ---------------------------------------------------------------------------------------------------- */

/* A table in a FROM. */
struct corm__source {
	const corm_model_info *model;
	const char *alias; /* as the query calls it, or NULL */
	const char *name;  /* as the SQL calls it */
	bool hidden;       /* a table that the query did not name: a link, what is loaded by a join */
};

/* The sources of one SELECT. */
struct corm__scope {
	struct corm__scope *outer;
	struct corm__source *sources;
	size_t count;
	size_t visible;     /* the first of them can be named here */
	const char *closed; /* why no join can add more of them, for a message; NULL: one can */
};

/* Sources of the innermost scope. capacity: how many can be added. False after an error. */
bool corm__scope_open(struct corm__compiler *c, struct corm__scope *scope, size_t capacity);
void corm__scope_close(struct corm__compiler *c, struct corm__scope *scope);
/* Adds a source under the name that the query gives it; an error when that is taken. */
struct corm__source *corm__scope_add(struct corm__compiler *c, const corm_model_info *model, const char *alias);
/* Adds a source under a name that nothing in reach has. always: with a number even when its own name is free. */
struct corm__source *corm__scope_add_unique(struct corm__compiler *c, const corm_model_info *model, bool always);
/* The source that a node of CORM_OP_MODEL names, innermost first; NULL and an error when there is none. */
const struct corm__source *corm__scope_find(struct corm__compiler *c, const corm_node *model);
/* "author" or "author AS elder". */
void corm__write_source(struct corm__compiler *c, const struct corm__source *source);
/* left.column = right.column AND … */
void corm__write_link(struct corm__compiler *c, const struct corm__source *left, const uint16_t *left_columns,
                      const struct corm__source *right, const uint16_t *right_columns, size_t count);
void corm__write_column(struct corm__compiler *c, const struct corm__source *source, const corm_column *column);

/* ---- join.c ------------------------------------------------------------------------------------------------------ */

/* Fails for joins that no query can have. */
bool corm__joins_check(struct corm__compiler *c, const corm_clause *clauses);
/* Adds the sources of all joins; only while SQL is written. */
void corm__joins_collect(struct corm__compiler *c, const corm_clause *clauses);
size_t corm__joins_count(const corm_clause *clauses);
/* Writes them all; before, only the first source is visible. */
void corm__walk_joins(struct corm__compiler *c, const corm_clause *clauses);
/* EXISTS (SELECT …) for a relationship and a condition. */
void corm__walk_related(struct corm__compiler *c, const corm_node *node);
/* LEFT OUTER JOIN of what a relationship leads to, and before it of its link, the source in front of target. A link to
 * nothing gives a row without a target, other than with corm_left_join(). Whoever reads outer joins expects such rows;
 * in parentheses, as it is there, SQLite would read the whole link table first. */
void corm__write_eager_join(struct corm__compiler *c, const corm_relationship *relationship,
                            const struct corm__source *owner, const struct corm__source *target);

/* ---- eager.c ----------------------------------------------------------------------------------------------------- */

/* The tables of a query's joined relationships, while SQL is written; all zero when there are none. */
struct corm__eager {
	const struct corm__joined *joined;
	size_t count;
	const struct corm__source **targets; /* 0: the query's own; n: that of the n-th */
};

/* Does one of them lead to many, so that an object of the query can come out in several rows? */
bool corm__eager_multiplies(const struct corm__select *select);
void corm__eager_key(struct corm__compiler *c, const struct corm__select *select);
/* Adds their sources, at most two for each, to the innermost scope, whose first source is the query's own. */
void corm__eager_collect(struct corm__compiler *c, const struct corm__select *select, struct corm__eager *eager);
/* ", book_1.id, …" */
void corm__eager_columns(struct corm__compiler *c, const struct corm__eager *eager);
void corm__eager_joins(struct corm__compiler *c, const struct corm__eager *eager);
/* ORDER BY, or what follows when there are elements already. */
void corm__eager_order(struct corm__compiler *c, const struct corm__eager *eager, bool follows);

/* ---- select.c ---------------------------------------------------------------------------------------------------- */

/* A query inside of another. kind is CORM__SELECT_EXISTS or CORM__SELECT_COLUMNS. */
void corm__walk_subquery(struct corm__compiler *c, const struct corm__select *query, enum corm__select_kind kind);
/* "model.column, …" of columns, or, when that is NULL, of all. */
void corm__write_columns(struct corm__compiler *c, const struct corm__source *source, const uint16_t *columns,
                         size_t count);

/* ---- dml.c ------------------------------------------------------------------------------------------------------- */

/* "column, …" of columns, or, when that is NULL, of all. */
void corm__write_names(struct corm__compiler *c, const corm_model_info *model, const uint16_t *columns, size_t count);
/* The order of a relationship that has one: "book.title DESC". */
void corm__write_related_order(struct corm__compiler *c, const corm_relationship *relationship,
                               const struct corm__source *target);

/* ---- write.c ----------------------------------------------------------------------------------------------------- */

/* UPDATE, DELETE or upsert. */
void corm__walk_write(struct corm__compiler *c, const struct corm__select *write);

#endif
