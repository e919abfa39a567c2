/* SPDX-License-Identifier: Apache-2.0
 *
 * Descriptors of models: what `corm generate` writes, as const data, and the runtime reads. A program that walks its
 * own models may read them as well; nobody writes them by hand.
 *
 * All strings and arrays live as long as the program. A pointer that is NULL and a count of 0 mean "none".
 */
#ifndef CORMORANT_METADATA_H
#define CORMORANT_METADATA_H

#include <cormorant/status.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct corm_model_info corm_model_info;
typedef struct corm_session corm_session;

/* How a value stands in memory. */
typedef enum corm_type {
	CORM_TYPE_NONE,
	CORM_TYPE_BOOL,
	CORM_TYPE_INT8,
	CORM_TYPE_INT16,
	CORM_TYPE_INT32,
	CORM_TYPE_INT64,
	CORM_TYPE_UINT8,
	CORM_TYPE_UINT16,
	CORM_TYPE_UINT32,
	CORM_TYPE_UINT64,
	CORM_TYPE_FLOAT,
	CORM_TYPE_DOUBLE,
	CORM_TYPE_TEXT,        /* char *, const char * */
	CORM_TYPE_TEXT_ARRAY,  /* char[size], NUL-terminated */
	CORM_TYPE_BYTES,       /* corm_bytes */
	CORM_TYPE_BYTES_ARRAY, /* uint8_t[size] */
	CORM_TYPE_UUID,
	CORM_TYPE_DATETIME,
	CORM_TYPE_DATE,
	CORM_TYPE_TIME,
	CORM_TYPE_DECIMAL,
	CORM_TYPE_ENUM, /* an enum of size bytes */
	CORM_TYPE_JSON
} corm_type;

/* The type of a C integer whose width the target decides: CORM_INTEGER_TYPE(long). A constant expression. */
#define CORM_INTEGER_TYPE(T) \
	((T)-1 < (T)1 ? (sizeof(T) == 1   ? CORM_TYPE_INT8 \
	                 : sizeof(T) == 2 ? CORM_TYPE_INT16 \
	                 : sizeof(T) == 4 ? CORM_TYPE_INT32 \
	                                  : CORM_TYPE_INT64) \
	              : (sizeof(T) == 1   ? CORM_TYPE_UINT8 \
	                 : sizeof(T) == 2 ? CORM_TYPE_UINT16 \
	                 : sizeof(T) == 4 ? CORM_TYPE_UINT32 \
	                                  : CORM_TYPE_UINT64))

/* How the database holds a value, where it can choose: corm_field(storage(…)). */
typedef enum corm_storage {
	CORM_STORAGE_DEFAULT,
	CORM_STORAGE_BLOB,    /* SQLite: a UUID as 16 bytes */
	CORM_STORAGE_INTEGER, /* SQLite: a datetime as microseconds; an enum as its number everywhere */
	CORM_STORAGE_REAL,    /* SQLite: a decimal as a binary float, as Python's SQLModel does */
	CORM_STORAGE_NAIVE    /* PostgreSQL: timestamp without time zone, in UTC */
} corm_storage;

enum corm_format_flags {
	CORM_FORMAT_NULLABLE = 1 << 0, /* NULL may stand here: an optional, or a pointer that may be NULL */
	CORM_FORMAT_OPTIONAL = 1 << 1, /* a corm_optional: has_value bytes further stands the bool that says so */
	CORM_FORMAT_MUTABLE = 1 << 2   /* char *: what it points to may be changed in place */
};

typedef struct corm_enum_value {
	int64_t value;
	const char *name; /* as stored: the constant's name, without strip()'s prefix */
} corm_enum_value;

typedef struct corm_enum {
	const char *name;              /* snake_case: the PostgreSQL type's name */
	const corm_enum_value *values; /* in the order of declaration */
	size_t count;
} corm_enum;

/* How a value gets between memory and the database; all that a driver has to know of a column. */
typedef struct corm_format {
	uint8_t type;                 /* enum corm_type */
	uint8_t storage;              /* enum corm_storage */
	uint8_t flags;                /* enum corm_format_flags */
	uint32_t size;                /* bytes of the value in memory, without has_value */
	uint32_t has_value;           /* CORM_FORMAT_OPTIONAL: bytes from the value to its has_value */
	const corm_enum *enumeration; /* CORM_TYPE_ENUM */
} corm_format;

/* A portable server default or onupdate; the dialect says how it is written. */
typedef enum corm_server_value {
	CORM_SERVER_NONE,
	CORM_SERVER_NOW,
	CORM_SERVER_UUID4,
	CORM_SERVER_SQL,     /* the text beside it */
	CORM_SERVER_FUNCTION /* onupdate(fn): the C function beside it */
} corm_server_value;

enum corm_column_flags {
	CORM_COLUMN_PRIMARY_KEY = 1 << 0,
	CORM_COLUMN_GENERATED = 1 << 1, /* given by the database when 0 in C: the only integer key column, no foreign key */
	CORM_COLUMN_AUTOINCREMENT = 1 << 2, /* never give a number twice, even after deletes */
	CORM_COLUMN_FOREIGN_KEY = 1 << 3,   /* part of one */
	CORM_COLUMN_UNIQUE = 1 << 4,        /* alone, by constraint or index */
	CORM_COLUMN_VERSION = 1 << 5,       /* optimistic locking */
	CORM_COLUMN_EXCLUDE = 1 << 6        /* not in JSON */
};

/* The bounds of a number: gt(), ge(), lt(), le(), multiple_of(). Those of an integer column stand in integer, those of
 * a float or decimal in real. */
enum corm_bound_flags {
	CORM_BOUND_GT = 1 << 0,
	CORM_BOUND_GE = 1 << 1,
	CORM_BOUND_LT = 1 << 2,
	CORM_BOUND_LE = 1 << 3,
	CORM_BOUND_MULTIPLE_OF = 1 << 4
};
typedef struct corm_number {
	int64_t integer;
	double real;
} corm_number;
typedef struct corm_bounds {
	unsigned flags; /* enum corm_bound_flags: which of these count */
	corm_number gt, ge, lt, le, multiple_of;
} corm_bounds;

/* Writes a value to the member at value: default_factory(), onupdate(fn). */
typedef void corm_factory(void *value);

typedef struct corm_column {
	const char *name;   /* in the database */
	const char *field;  /* in the query language and in messages: Author.name */
	const char *member; /* its path in the struct, "base.id"; NULL: as field */
	size_t offset;      /* of the value, in the struct */
	corm_format format;
	uint32_t flags;                  /* enum corm_column_flags */
	uint16_t bits;                   /* integers: 16, 32 or 64, the same on every target */
	uint16_t precision, scale;       /* decimals, 0 when not given */
	uint32_t min_length, max_length; /* characters of text, bytes of bytes; 0 when not given */
	const char *type;                /* type("…"): verbatim */
	corm_factory *default_factory;
	corm_server_value server_default;
	const char *server_default_sql;
	corm_server_value onupdate;
	const char *onupdate_sql;
	corm_factory *onupdate_function;
	const corm_bounds *bounds;
	const char *pattern;
	const char *json_name; /* alias() or the field's name */
	const char *renamed_from;
	const char *comment;
} corm_column;

typedef enum corm_action {
	CORM_ACTION_NONE,
	CORM_ACTION_CASCADE,
	CORM_ACTION_SET_NULL,
	CORM_ACTION_RESTRICT
} corm_action;

/* Columns are named by their index in their model's columns. */
typedef struct corm_foreign_key {
	const char *name; /* fk_book_author_id */
	const uint16_t *columns;
	const corm_model_info *target;
	const uint16_t *target_columns;
	size_t count;
	corm_action on_delete, on_update;
} corm_foreign_key;

typedef struct corm_index {
	const char *name; /* ix_author_name, uq_author_email */
	const uint16_t *columns;
	size_t count;
} corm_index;

typedef struct corm_check {
	const char *name; /* ck_order_total */
	const char *sql;
} corm_check;

typedef enum corm_relationship_kind {
	CORM_TO_ONE,        /* a pointer; the foreign key stands in this model */
	CORM_TO_ONE_REMOTE, /* a pointer; the foreign key stands in the other model (one-to-one) */
	CORM_TO_MANY,       /* a corm_many; the foreign key stands in the other model */
	CORM_MANY_TO_MANY   /* a corm_many; two foreign keys stand in a link model */
} corm_relationship_kind;

enum corm_cascade {
	CORM_CASCADE_SAVE_UPDATE = 1 << 0, /* what is reached from an added object is added as well; the default */
	CORM_CASCADE_DELETE = 1 << 1,
	CORM_CASCADE_DELETE_ORPHAN = 1 << 2
};

typedef enum corm_lazy { CORM_LAZY_SELECT, CORM_LAZY_SELECTIN, CORM_LAZY_JOINED, CORM_LAZY_RAISE } corm_lazy;

#define CORM_NO_INDEX UINT16_MAX

typedef struct corm_relationship {
	const char *name;
	size_t offset; /* of the pointer or the corm_many, in the struct */
	corm_relationship_kind kind;
	const corm_model_info *target;
	/* columns[i] of this model equals target_columns[i] of the target, or of the link model's link_columns[i], while
	 * target_columns[i] then equals the link model's link_target_columns[i]: */
	const uint16_t *columns;
	const uint16_t *target_columns;
	size_t count;        /* of columns; without a link model of target_columns too */
	size_t target_count; /* with a link model: of target_columns */
	const corm_model_info *link;
	const uint16_t *link_columns;
	const uint16_t *link_target_columns;
	uint16_t back;         /* the index of the opposite relationship in target's, or CORM_NO_INDEX */
	uint16_t order_column; /* order_by(): a column of target, or CORM_NO_INDEX */
	uint8_t order_descending;
	uint8_t cascade; /* enum corm_cascade */
	uint8_t passive_deletes;
	uint8_t lazy; /* enum corm_lazy */
} corm_relationship;

/* before_insert(fn) and its like, with the function's types taken away. A status other than CORM_OK refuses. */
typedef corm_status corm_hook(corm_session *session, void *object);

struct corm_model_info {
	const char *name;  /* the stem of what is generated: "Author" */
	const char *table; /* NULL: a data model or a row */
	const char *schema;
	const char *comment;
	const char *renamed_from;
	size_t size;                /* of the struct */
	const corm_column *columns; /* in the order of the struct's members, mixins flattened */
	size_t column_count;
	const uint16_t *key; /* the primary key's columns, in its order */
	size_t key_count;
	const char *key_name; /* pk_author */
	const corm_foreign_key *foreign_keys;
	size_t foreign_key_count;
	const corm_index *uniques; /* unique constraints */
	size_t unique_count;
	const corm_index *indexes;
	size_t index_count;
	const corm_index *unique_indexes;
	size_t unique_index_count;
	const corm_check *checks; /* without those of enums, which are the dialect's */
	size_t check_count;
	const corm_relationship *relationships;
	size_t relationship_count;
	void (*init)(void *value); /* X_init */
	corm_hook *before_insert, *before_update, *before_delete, *after_load;
	void *nowhere; /* size bytes: what X_add gives when not even an object that goes nowhere can be allocated */
};

/* The models of one generated header; library_metadata is such a one. */
typedef struct corm_metadata {
	const char *name;
	const corm_model_info *const *models; /* tables only, in the order of declaration */
	size_t count;
} corm_metadata;

#ifdef __cplusplus
}
#endif

#endif
