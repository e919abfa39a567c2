/* SPDX-License-Identifier: Apache-2.0
 *
 * What the generator knows of the models: filled by the reader and the options, completed and judged by the checks, and
 * written out by the writers. Every node keeps where it stands in the headers.
 *
 * Nodes live in the generator's arena, in lists in the order of declaration; a node that could not be allocated sets
 * gen->out_of_memory, which is looked at between the passes. Strings are never NULL unless it says so: without memory
 * they are "".
 */
#ifndef CORM_GENERATE_IR_H
#define CORM_GENERATE_IR_H

#include "base/arena.h"
#include <cormorant/metadata.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct corm__gen_location {
	const char *file;
	unsigned line, column;
};

/* One option of an annotation, or one argument of an option: `max_length(200)`, `index`, `Author.id`, `(a, b)`. */
struct corm__gen_option {
	struct corm__gen_option *next;
	const char *text;  /* as written */
	const char *name;  /* of `name` and `name(…)`; "" when it is neither */
	const char *inner; /* what stands between the parentheses; NULL when there are none */
	struct corm__gen_option *arguments;
	size_t count; /* of arguments */
};

/* A number that an option gives as a constant expression; filled by evaluate.c. */
struct corm__gen_number {
	const struct corm__gen_option *option; /* NULL: not given */
	bool known;                            /* false while not evaluated, or when that failed */
	corm_number value;
};

struct corm__gen_enum_value {
	struct corm__gen_enum_value *next;
	const char *name;
	int64_t value;
};

struct corm__gen_enum {
	struct corm__gen_enum *next;
	const char *usr;    /* libclang's name for the declaration */
	const char *c_type; /* enum Color */
	const char *name;   /* Color */
	struct corm__gen_enum_value *values;
};

/* An enum as some columns store it: one per enum and strip() prefix. */
struct corm__gen_enum_format {
	struct corm__gen_enum_format *next;
	const struct corm__gen_enum *of;
	const char *strip; /* "" for none */
	const char *stem;  /* Color, Color_2: what the tables are called by */
	const char *sql_name;
};

enum corm__gen_optional {
	CORM__GEN_PLAIN,
	CORM__GEN_OPTIONAL,   /* corm_optional(T) */
	CORM__GEN_OPTIONAL_OF /* corm_optional_of(T) */
};

struct corm__gen_columns {
	struct corm__gen_column **items;
	size_t count;
};

struct corm__gen_column {
	struct corm__gen_column *next;
	struct corm__gen_location location;
	struct corm__gen_model *model;
	uint16_t index;
	const char *field;   /* id */
	const char *path;    /* base.id */
	const char *name;    /* in the database */
	const char *comment; /* NULL: none */
	bool inherited;      /* comes from a mixin */
	struct corm__gen_option *options;

	corm_type type;            /* CORM_TYPE_NONE: what no column can hold, and that has been said */
	const char *c_type;        /* of the value: int64_t, const char *, enum Color */
	const char *type_constant; /* CORM_TYPE_INT64, CORM_INTEGER_TYPE(long) */
	uint16_t bits;
	uint64_t array_size; /* of char[N] and uint8_t[N] */
	enum corm__gen_optional optional;
	const char *optional_type; /* struct corm_optional_int64_t; for CORM__GEN_OPTIONAL alone */
	bool is_mutable, nullable;
	const struct corm__gen_enum *enumeration;
	struct corm__gen_enum_format *enum_format;

	unsigned flags; /* enum corm_column_flags */
	corm_storage storage;
	bool unique, index_wanted;
	const char *strip, *type_name, *pattern, *alias, *renamed_from, *check; /* NULL: not given */
	struct corm__gen_number min_length, max_length, precision, scale, gt, ge, lt, le, multiple_of;
	const char *initial; /* default(): a C expression; NULL: none */
	const char *factory; /* default_factory(): a function; NULL: none */
	corm_server_value server_default, onupdate;
	const char *server_default_sql, *onupdate_sql, *onupdate_function; /* NULL: none */
	const struct corm__gen_option *foreign_key;                        /* NULL: none */
};

struct corm__gen_foreign_key {
	struct corm__gen_foreign_key *next;
	struct corm__gen_location location;
	const char *name;
	struct corm__gen_columns columns;
	struct corm__gen_model *target;
	struct corm__gen_columns target_columns;
	corm_action on_delete, on_update;
};

enum corm__gen_index_kind {
	CORM__GEN_INDEX,
	CORM__GEN_UNIQUE, /* a constraint */
	CORM__GEN_UNIQUE_INDEX
};

struct corm__gen_index {
	struct corm__gen_index *next;
	struct corm__gen_location location;
	enum corm__gen_index_kind kind;
	const char *name;
	struct corm__gen_columns columns;
};

struct corm__gen_check {
	struct corm__gen_check *next;
	const char *name, *sql;
};

/* A function of the user's that the run time calls: before_insert(check_author). */
struct corm__gen_hook {
	struct corm__gen_hook *next;
	const char *name; /* before_insert */
	const char *function;
	bool returns_status; /* after_load returns nothing */
};

struct corm__gen_relationship {
	struct corm__gen_relationship *next;
	struct corm__gen_location location;
	struct corm__gen_model *model;
	uint16_t index;
	const char *name, *path;
	bool many;
	const char *target_usr, *target_name;
	struct corm__gen_option *options;

	const char *back_name, *pick, *link_name; /* NULL: not given */
	const struct corm__gen_option *order_by;
	unsigned cascade; /* enum corm_cascade */
	bool delete_orphan_named, passive_deletes;
	corm_lazy lazy;

	struct corm__gen_model *target; /* NULL: unknown, and that has been said */
	struct corm__gen_relationship *back;
	corm_relationship_kind kind;
	const struct corm__gen_foreign_key *key;      /* without a link model */
	const struct corm__gen_foreign_key *link_key; /* from the link model to this one */
	const struct corm__gen_foreign_key *link_target_key;
	struct corm__gen_model *link;
	const struct corm__gen_column *order_column;
	bool order_descending;
};

enum corm__gen_model_kind {
	CORM__GEN_TABLE,
	CORM__GEN_DATA, /* corm_model() */
	CORM__GEN_ROW
};

struct corm__gen_model {
	struct corm__gen_model *next;
	struct corm__gen_location location;
	enum corm__gen_model_kind kind;
	const char *usr;
	const char *c_type;                                  /* struct Author; Author for a typedef without a tag */
	const char *c_name;                                  /* Author: the tag or the typedef's name */
	const char *stem;                                    /* of generated functions and types */
	const char *constant;                                /* the stem with a capital */
	const char *table, *comment, *schema, *renamed_from; /* NULL: none */
	struct corm__gen_option *options;
	bool is_typedef;            /* without a tag, so as() has to name it */
	bool named;                 /* as() was given */
	bool has_wrong_foreign_key; /* which has been said: relationships that need it are not wrong as well */

	struct corm__gen_column *columns, *last_column;
	size_t column_count;
	struct corm__gen_columns key;
	struct corm__gen_foreign_key *foreign_keys, *last_foreign_key;
	struct corm__gen_index *indexes, *last_index;
	struct corm__gen_check *checks, *last_check;
	struct corm__gen_hook *hooks, *last_hook;
	struct corm__gen_relationship *relationships, *last_relationship;
	size_t relationship_count, check_count;
	const struct corm__gen_option *of;
};

/* A name that the headers themselves take at file scope. */
struct corm__gen_name {
	struct corm__gen_name *next;
	struct corm__gen_location location;
	const char *name;
	bool is_typedef;
};

struct corm__gen_complaint {
	struct corm__gen_complaint *next;
	struct corm__gen_location location;
	const char *message;
};

/* A line of C that the compiler has to judge: see evaluate.c. */
struct corm__gen_probe {
	struct corm__gen_probe *next;
	struct corm__gen_location location;
	const char *subject; /* max_length(N) of "name" */
	const char *code;
	const char *meaning;             /* what to say when the code does not compile; NULL: what the compiler said */
	const char *hint;                /* said behind what the compiler said; NULL: nothing */
	struct corm__gen_number *number; /* where its value goes; NULL: it has none */
	bool real;
	bool failed;
};

struct corm__gen_file {
	struct corm__gen_file *next;
	const char *name;
	bool is_system;
};

struct corm__gen {
	struct corm_arena arena;
	bool out_of_memory;
	const struct corm__generate_options *options;
	struct corm__gen_model *models, *last_model;
	struct corm__gen_enum *enums, *last_enum;
	struct corm__gen_enum_format *enum_formats, *last_enum_format;
	struct corm__gen_name *names, *last_name;
	struct corm__gen_probe *probes, *last_probe;
	struct corm__gen_file *files, *last_file; /* that were read */
	struct corm__gen_complaint *complaints, *last_complaint;
	size_t complaint_count;
};

/* A zeroed node, or NULL. */
void *corm__gen_node(struct corm__gen *gen, size_t size);
/* Text in the arena. */
const char *corm__gen_text(struct corm__gen *gen, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *corm__gen_copy(struct corm__gen *gen, const char *text, size_t length);
/* Keeps an error for the end, when all are sorted. */
void corm__gen_complain(struct corm__gen *gen, struct corm__gen_location location, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts a node at the end of a list of the generator's or of a model's: append(gen, models, model). */
#define corm__gen_append(owner, list, last, node) \
	((void)((owner)->last ? ((owner)->last->next = (node)) : ((owner)->list = (node)), (owner)->last = (node)))

/* Asks the compiler about a line of code later on; see struct corm__gen_probe. Both strings are borrowed from the
 * arena. NULL without memory. */
struct corm__gen_probe *corm__gen_probe(struct corm__gen *gen, struct corm__gen_location location, const char *subject,
                                        const char *code);

/* By stem, constant or C name; NULL. */
struct corm__gen_model *corm__gen_find_model(const struct corm__gen *gen, const char *name);
struct corm__gen_model *corm__gen_find_usr(const struct corm__gen *gen, const char *usr);
struct corm__gen_column *corm__gen_find_column(const struct corm__gen_model *model, const char *field);
struct corm__gen_relationship *corm__gen_find_relationship(const struct corm__gen_model *model, const char *name);

static inline bool corm__gen_is_integer(const struct corm__gen_column *column)
{
	return column->type >= CORM_TYPE_INT8 && column->type <= CORM_TYPE_UINT64;
}

static inline bool corm__gen_is_nullable(const struct corm__gen_column *column)
{
	return column->optional != CORM__GEN_PLAIN || column->nullable;
}

#endif
