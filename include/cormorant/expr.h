/* SPDX-License-Identifier: Apache-2.0
 *
 * Typed expressions: what stands in corm_where(), corm_order_by() and the like. C only.
 *
 * An expression is a small struct, passed by value, one type per kind, around a pointer to a node. Nodes are compound
 * literals: they live until the end of the block in which the expression stands, and nothing is allocated. A comparison
 * picks, by _Generic on its left side, a function that takes the fitting kind on the right, so that comparing a text
 * with a number is a type error like any other. C values become expressions by corm__operand(), a _Generic on the value
 * alone.
 *
 * Lists end in the private sentinel corm__end and not in NULL: an expression that is empty by mistake must be reported
 * (CORM_ERROR_USAGE), never end the list.
 *
 * How to add one: an entry of enum corm_op, a macro here, a row in the tables of src/sql/walk.c and src/sql/tree.c.
 */
#ifndef CORMORANT_EXPR_H
#define CORMORANT_EXPR_H

#include <cormorant/list.h>
#include <cormorant/metadata.h>
#include <cormorant/model.h>

typedef struct corm_query corm_query;
typedef struct corm_node corm_node;

typedef enum corm_op {
	CORM_OP_NONE,
	CORM_OP_END,
	/* leaves */
	CORM_OP_VALUE,        /* a C value of node.type, in node.of */
	CORM_OP_COLUMN,       /* a: its source, b: const corm_column * */
	CORM_OP_MODEL,        /* a source; a: const corm_model_info *, b: its alias or NULL */
	CORM_OP_RELATIONSHIP, /* a: its source, b: const corm_relationship * */
	CORM_OP_NOW,
	/* a op b */
	CORM_OP_EQ,
	CORM_OP_NE,
	CORM_OP_LT,
	CORM_OP_LE,
	CORM_OP_GT,
	CORM_OP_GE,
	CORM_OP_IS_DISTINCT,
	CORM_OP_LIKE,
	CORM_OP_ILIKE,
	CORM_OP_STARTS_WITH,
	CORM_OP_ENDS_WITH,
	CORM_OP_CONTAINS,
	CORM_OP_REGEXP,
	CORM_OP_PLUS,
	CORM_OP_MINUS,
	CORM_OP_TIMES,
	CORM_OP_DIVIDED,
	CORM_OP_MOD,
	/* a, and b and c */
	CORM_OP_BETWEEN,
	CORM_OP_SUBSTR,
	/* a in the list b, which is an array of expressions up to the sentinel */
	CORM_OP_IN,
	CORM_OP_NOT_IN,
	/* a in the array b of node.count C values of node.type, size bytes each */
	CORM_OP_IN_ARRAY,
	/* a in the rows of the corm_query b */
	CORM_OP_IN_QUERY,
	/* of a */
	CORM_OP_IS_NULL,
	CORM_OP_IS_NOT_NULL,
	CORM_OP_NOT,
	CORM_OP_NEG,
	CORM_OP_ABS,
	CORM_OP_ROUND,
	CORM_OP_LOWER,
	CORM_OP_UPPER,
	CORM_OP_TRIM,
	CORM_OP_LENGTH,
	/* of the list a */
	CORM_OP_AND,
	CORM_OP_OR,
	CORM_OP_CONCAT,
	CORM_OP_COALESCE,
	/* the relationship a has a row, or one, for which b holds */
	CORM_OP_ANY_OF,
	CORM_OP_HAS,
	CORM_OP_EXISTS, /* the corm_query a has a row */
	CORM_OP_SQL,    /* the text a with a ? for each element of the list b */
	CORM_OP_TRUE,
	CORM_OP_FALSE,
	/* how to order by a */
	CORM_OP_ASC,
	CORM_OP_DESC,
	CORM_OP_NULLS_FIRST,
	CORM_OP_NULLS_LAST,
	CORM_OP_SET /* the column a becomes b: in corm_set() alone */
} corm_op;

struct corm_node {
	uint8_t op;     /* corm_op */
	uint8_t type;   /* corm_type: of a value, or of an array's elements */
	uint16_t size;  /* bytes of an array's element */
	uint32_t count; /* elements of an array */
	union {
		struct {
			const void *a, *b, *c;
		} arg;
		int64_t integer;
		uint64_t natural;
		double real;
		const char *text;
		corm_bytes bytes;
		corm_uuid uuid;
		corm_datetime datetime;
		corm_date date;
		corm_time time;
		corm_decimal decimal;
		corm_json json;
	} of;
};

/* The end of every list. */
extern const corm_node corm__end;
#define corm__new (&(corm_node){ .op = CORM_OP_NONE })

/* The kinds, each with the kind that stands on the right of it: a boolean or an enum is compared with a number. */
#define CORM__KIND_MAP(X) \
	X(boolean, number) \
	X(number, number) \
	X(enumeration, number) \
	X(text, text) \
	X(bytes, bytes) \
	X(uuid, uuid) \
	X(datetime, datetime) \
	X(date, date) \
	X(time, time) \
	X(json, json)

/* A function per kind, for _Generic. */
#define CORM__BY_KIND(f) \
	corm_boolean_expr: f##_boolean, corm_number_expr: f##_number, corm_enumeration_expr: f##_enumeration, \
	corm_text_expr: f##_text, corm_bytes_expr: f##_bytes, corm_uuid_expr: f##_uuid, corm_datetime_expr: f##_datetime, \
	corm_date_expr: f##_date, corm_time_expr: f##_time, corm_json_expr: f##_json

/* corm_text_expr and its like. Where a macro takes any kind it reads as_expression, as_order or as_column: what has no
 * such member is a compile error that names the member. */
#define CORM__DEFINE_KIND(kind, operand) \
	typedef struct corm_##kind##_expr { \
		union { \
			const corm_node *as_expression, *as_order, *as_column; \
		}; \
	} corm_##kind##_expr; \
	typedef struct corm_##kind##_values { \
		const corm_##kind##_expr *items; \
	} corm_##kind##_values;
CORM__KIND_MAP(CORM__DEFINE_KIND)
#undef CORM__DEFINE_KIND

/* An ordering, corm_desc(Book.title), stands in corm_order_by() alone. */
typedef struct corm_order {
	const corm_node *as_order;
} corm_order;

/* A relationship: to one, or to many. */
typedef struct corm_one {
	const corm_node *as_source, *as_relationship;
} corm_one;
typedef struct corm_several {
	const corm_node *as_source, *as_relationship;
} corm_several;

static inline const corm_node *corm__fill(corm_node *node, corm_op op, const void *a, const void *b, const void *c)
{
	node->op = (uint8_t)op;
	node->of.arg.a = a;
	node->of.arg.b = b;
	node->of.arg.c = c;
	return node;
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

/* Each kind of C value: name, kind, C type, corm_type, member of the node. */
#define CORM__VALUE_MAP(X) \
	X(integer, number, int64_t, CORM_TYPE_INT64, integer) \
	X(natural, number, uint64_t, CORM_TYPE_UINT64, natural) \
	X(real, number, double, CORM_TYPE_DOUBLE, real) \
	X(decimal, number, corm_decimal, CORM_TYPE_DECIMAL, decimal) \
	X(string, text, const char *, CORM_TYPE_TEXT, text) \
	X(bytes, bytes, corm_bytes, CORM_TYPE_BYTES, bytes) \
	X(uuid, uuid, corm_uuid, CORM_TYPE_UUID, uuid) \
	X(datetime, datetime, corm_datetime, CORM_TYPE_DATETIME, datetime) \
	X(date, date, corm_date, CORM_TYPE_DATE, date) \
	X(time, time, corm_time, CORM_TYPE_TIME, time) \
	X(json, json, corm_json, CORM_TYPE_JSON, json)

#define CORM__DEFINE_VALUE(name, kind, c_type, value_type, member) \
	static inline corm_##kind##_expr corm__value_##name(corm_node *node, c_type value) \
	{ \
		node->op = CORM_OP_VALUE; \
		node->type = value_type; \
		node->of.member = value; \
		return (corm_##kind##_expr){ { node } }; \
	}
CORM__VALUE_MAP(CORM__DEFINE_VALUE)
#undef CORM__DEFINE_VALUE

/* An optional without a value gives an empty expression, which is reported where it is used. */
#define CORM__OPTIONAL_VALUE_MAP(X) \
	X(bool, integer, number) X(int8_t, integer, number) X(int16_t, integer, number) X(int32_t, integer, number) \
	X(int64_t, integer, number) X(uint8_t, integer, number) X(uint16_t, integer, number) X(uint32_t, integer, number) \
	X(uint64_t, natural, number) X(char, integer, number) X(short, integer, number) X(int, integer, number) \
	X(long, integer, number) X(unsigned, integer, number) X(size_t, natural, number) X(float, real, number) \
	X(double, real, number) X(corm_uuid, uuid, uuid) X(corm_datetime, datetime, datetime) X(corm_date, date, date) \
	X(corm_time, time, time) X(corm_decimal, decimal, number)

#define CORM__DEFINE_OPTIONAL_VALUE(T, name, kind) \
	static inline corm_##kind##_expr corm__value_optional_##T(corm_node *node, struct corm_optional_##T value) \
	{ \
		return value.has_value ? corm__value_##name(node, value.value) : (corm_##kind##_expr){ { NULL } }; \
	}
CORM__OPTIONAL_VALUE_MAP(CORM__DEFINE_OPTIONAL_VALUE)
#undef CORM__DEFINE_OPTIONAL_VALUE

/* An expression stands for itself; a boolean or an enum counts as a number on the right. */
#define CORM__DEFINE_SELF(kind, operand) \
	static inline corm_##operand##_expr corm__value_of_##kind(corm_node *node, corm_##kind##_expr value) \
	{ \
		(void)node; \
		return (corm_##operand##_expr){ { value.as_expression } }; \
	}
CORM__KIND_MAP(CORM__DEFINE_SELF)
#undef CORM__DEFINE_SELF

/* A C value or an expression, as an expression. A literal NULL does not compile: use corm_is_null(). */
#define corm__operand(v) \
	_Generic((v), \
		_Bool: corm__value_integer, char: corm__value_integer, signed char: corm__value_integer, \
		unsigned char: corm__value_integer, short: corm__value_integer, unsigned short: corm__value_integer, \
		int: corm__value_integer, unsigned: corm__value_integer, long: corm__value_integer, \
		unsigned long: corm__value_natural, long long: corm__value_integer, unsigned long long: corm__value_natural, \
		float: corm__value_real, double: corm__value_real, corm_decimal: corm__value_decimal, \
		char *: corm__value_string, const char *: corm__value_string, corm_bytes: corm__value_bytes, \
		corm_uuid: corm__value_uuid, corm_datetime: corm__value_datetime, corm_date: corm__value_date, \
		corm_time: corm__value_time, corm_json: corm__value_json, \
		struct corm_optional_bool: corm__value_optional_bool, \
		struct corm_optional_int8_t: corm__value_optional_int8_t, \
		struct corm_optional_int16_t: corm__value_optional_int16_t, \
		struct corm_optional_int32_t: corm__value_optional_int32_t, \
		struct corm_optional_int64_t: corm__value_optional_int64_t, \
		struct corm_optional_uint8_t: corm__value_optional_uint8_t, \
		struct corm_optional_uint16_t: corm__value_optional_uint16_t, \
		struct corm_optional_uint32_t: corm__value_optional_uint32_t, \
		struct corm_optional_uint64_t: corm__value_optional_uint64_t, \
		struct corm_optional_char: corm__value_optional_char, \
		struct corm_optional_short: corm__value_optional_short, \
		struct corm_optional_int: corm__value_optional_int, \
		struct corm_optional_long: corm__value_optional_long, \
		struct corm_optional_unsigned: corm__value_optional_unsigned, \
		struct corm_optional_size_t: corm__value_optional_size_t, \
		struct corm_optional_float: corm__value_optional_float, \
		struct corm_optional_double: corm__value_optional_double, \
		struct corm_optional_corm_uuid: corm__value_optional_corm_uuid, \
		struct corm_optional_corm_datetime: corm__value_optional_corm_datetime, \
		struct corm_optional_corm_date: corm__value_optional_corm_date, \
		struct corm_optional_corm_time: corm__value_optional_corm_time, \
		struct corm_optional_corm_decimal: corm__value_optional_corm_decimal, \
		CORM__BY_KIND(corm__value_of))(corm__new, (v))

/* ---- lists ------------------------------------------------------------------------------------------------------- */

static inline corm_boolean_expr corm_condition(corm_boolean_expr condition)
{
	return condition;
}

#define corm__expression(x) (x).as_expression
#define corm__ordering(x) (x).as_order
#define corm__erased(x) corm__operand(x).as_expression

/* Expressions whose kind does not matter. */
#define corm__list(m, ...) ((const corm_node *const[]){ CORM__MAP(m, __VA_ARGS__), &corm__end })
#define corm__conditions(...) ((const corm_boolean_expr[]){ CORM__MAP(corm_condition, __VA_ARGS__), { { &corm__end } } })

/* Expressions of one kind, that of the first: corm_number_values and its like. */
#define corm__typed_list(...) \
	_Generic(corm__operand(CORM__HEAD(__VA_ARGS__, 0)), CORM__BY_KIND(corm__values))( \
		(const __typeof__(corm__operand(CORM__HEAD(__VA_ARGS__, 0)))[]){ CORM__MAP(corm__operand, __VA_ARGS__), \
	                                                                  { { &corm__end } } })
#define CORM__DEFINE_VALUES(kind, operand) \
	static inline corm_##kind##_values corm__values_##kind(const corm_##kind##_expr *items) \
	{ \
		return (corm_##kind##_values){ items }; \
	}
CORM__KIND_MAP(CORM__DEFINE_VALUES)
#undef CORM__DEFINE_VALUES

/* ---- what every kind has ----------------------------------------------------------------------------------------- */

#define CORM__DEFINE_OPERATIONS(kind, operand) \
	static inline corm_boolean_expr corm_compare_##kind(corm_node *node, corm_op op, corm_##kind##_expr left, \
	                                                    corm_##operand##_expr right) \
	{ \
		return (corm_boolean_expr){ { corm__fill(node, op, left.as_expression, right.as_expression, NULL) } }; \
	} \
	static inline corm_boolean_expr corm_between_##kind(corm_node *node, corm_##kind##_expr value, \
	                                                    corm_##operand##_expr low, corm_##operand##_expr high) \
	{ \
		return (corm_boolean_expr){ \
			{ corm__fill(node, CORM_OP_BETWEEN, value.as_expression, low.as_expression, high.as_expression) } \
		}; \
	} \
	static inline corm_boolean_expr corm_in_##kind(corm_node *node, corm_op op, corm_##kind##_expr value, \
	                                               corm_##operand##_values list) \
	{ \
		return (corm_boolean_expr){ { corm__fill(node, op, value.as_expression, list.items, NULL) } }; \
	} \
	static inline corm_##kind##_expr corm_coalesce_##kind(corm_node *node, corm_##kind##_expr first, \
	                                                      corm_##operand##_values list) \
	{ \
		return (corm_##kind##_expr){ { corm__fill(node, CORM_OP_COALESCE, first.as_expression, list.items, NULL) } }; \
	} \
	static inline corm_##kind##_expr corm__sql_##kind(corm_node *node, const char *sql, const corm_node *const *list) \
	{ \
		return (corm_##kind##_expr){ { corm__fill(node, CORM_OP_SQL, sql, list, NULL) } }; \
	}
CORM__KIND_MAP(CORM__DEFINE_OPERATIONS)
#undef CORM__DEFINE_OPERATIONS

#define corm__comparison(op, a, b) _Generic((a), CORM__BY_KIND(corm_compare))(corm__new, op, (a), corm__operand(b))
#define corm_eq(a, b) corm__comparison(CORM_OP_EQ, a, b)
#define corm_ne(a, b) corm__comparison(CORM_OP_NE, a, b)
#define corm_lt(a, b) corm__comparison(CORM_OP_LT, a, b)
#define corm_le(a, b) corm__comparison(CORM_OP_LE, a, b)
#define corm_gt(a, b) corm__comparison(CORM_OP_GT, a, b)
#define corm_ge(a, b) corm__comparison(CORM_OP_GE, a, b)
/* As corm_ne, but NULL is a value like another: NULL is not distinct from NULL. */
#define corm_is_distinct(a, b) corm__comparison(CORM_OP_IS_DISTINCT, a, b)
/* low <= a and a <= high */
#define corm_between(a, low, high) \
	_Generic((a), CORM__BY_KIND(corm_between))(corm__new, (a), corm__operand(low), corm__operand(high))
#define corm_in(a, ...) _Generic((a), CORM__BY_KIND(corm_in))(corm__new, CORM_OP_IN, (a), corm__typed_list(__VA_ARGS__))
#define corm_not_in(a, ...) \
	_Generic((a), CORM__BY_KIND(corm_in))(corm__new, CORM_OP_NOT_IN, (a), corm__typed_list(__VA_ARGS__))
/* The first of its arguments that is not NULL. */
#define corm_coalesce(a, ...) _Generic((a), CORM__BY_KIND(corm_coalesce))(corm__new, (a), corm__typed_list(__VA_ARGS__))
#define corm_is_null(a) corm__boolean(corm__new, CORM_OP_IS_NULL, (a).as_expression, NULL, NULL)
#define corm_is_not_null(a) corm__boolean(corm__new, CORM_OP_IS_NOT_NULL, (a).as_expression, NULL, NULL)

static inline corm_boolean_expr corm__boolean(corm_node *node, corm_op op, const void *a, const void *b, const void *c)
{
	return (corm_boolean_expr){ { corm__fill(node, op, a, b, c) } };
}

/* ---- in an array ------------------------------------------------------------------------------------------------- */

#define CORM__DEFINE_ARRAY(kind, operand) \
	typedef struct corm_##kind##_array { \
		const void *items; \
		corm_type type; \
		uint16_t size; \
	} corm_##kind##_array; \
	static inline corm_##kind##_array corm__array_##kind(const void *items, corm_type type, size_t size) \
	{ \
		return (corm_##kind##_array){ items, type, (uint16_t)size }; \
	}
CORM__KIND_MAP(CORM__DEFINE_ARRAY)
#undef CORM__DEFINE_ARRAY

#define CORM__DEFINE_IN_ARRAY(kind, operand) \
	static inline corm_boolean_expr corm_in_array_##kind(corm_node *node, corm_##kind##_expr value, \
	                                                     corm_##operand##_array array, size_t count) \
	{ \
		node->type = (uint8_t)array.type; \
		node->size = array.size; \
		node->count = count < UINT32_MAX ? (uint32_t)count : UINT32_MAX; \
		return (corm_boolean_expr){ { corm__fill(node, CORM_OP_IN_ARRAY, value.as_expression, array.items, NULL) } }; \
	}
CORM__KIND_MAP(CORM__DEFINE_IN_ARRAY)
#undef CORM__DEFINE_IN_ARRAY

/* What an array's elements are: a function of the kind's name, and their corm_type. */
#define CORM__ARRAY_FUNCTION(T, f) T *: f, const T *: f
#define corm__array(p) \
	_Generic((p), \
		CORM__ARRAY_FUNCTION(_Bool, corm__array_number), CORM__ARRAY_FUNCTION(signed char, corm__array_number), \
		CORM__ARRAY_FUNCTION(unsigned char, corm__array_number), CORM__ARRAY_FUNCTION(short, corm__array_number), \
		CORM__ARRAY_FUNCTION(unsigned short, corm__array_number), CORM__ARRAY_FUNCTION(int, corm__array_number), \
		CORM__ARRAY_FUNCTION(unsigned, corm__array_number), CORM__ARRAY_FUNCTION(long, corm__array_number), \
		CORM__ARRAY_FUNCTION(unsigned long, corm__array_number), CORM__ARRAY_FUNCTION(long long, corm__array_number), \
		CORM__ARRAY_FUNCTION(unsigned long long, corm__array_number), CORM__ARRAY_FUNCTION(float, corm__array_number), \
		CORM__ARRAY_FUNCTION(double, corm__array_number), CORM__ARRAY_FUNCTION(corm_decimal, corm__array_number), \
		CORM__ARRAY_FUNCTION(corm_bytes, corm__array_bytes), CORM__ARRAY_FUNCTION(corm_uuid, corm__array_uuid), \
		CORM__ARRAY_FUNCTION(corm_datetime, corm__array_datetime), CORM__ARRAY_FUNCTION(corm_date, corm__array_date), \
		CORM__ARRAY_FUNCTION(corm_time, corm__array_time), CORM__ARRAY_FUNCTION(corm_json, corm__array_json), \
		char **: corm__array_text, char *const *: corm__array_text, const char **: corm__array_text, \
		const char *const *: corm__array_text)((p), corm__array_type(*(p)), sizeof *(p))
#define corm__array_type(v) \
	_Generic((v), \
		_Bool: CORM_TYPE_BOOL, signed char: CORM_TYPE_INT8, unsigned char: CORM_TYPE_UINT8, \
		short: CORM_INTEGER_TYPE(short), unsigned short: CORM_INTEGER_TYPE(unsigned short), \
		int: CORM_INTEGER_TYPE(int), unsigned: CORM_INTEGER_TYPE(unsigned), long: CORM_INTEGER_TYPE(long), \
		unsigned long: CORM_INTEGER_TYPE(unsigned long), long long: CORM_TYPE_INT64, \
		unsigned long long: CORM_TYPE_UINT64, float: CORM_TYPE_FLOAT, double: CORM_TYPE_DOUBLE, \
		corm_decimal: CORM_TYPE_DECIMAL, corm_bytes: CORM_TYPE_BYTES, corm_uuid: CORM_TYPE_UUID, \
		corm_datetime: CORM_TYPE_DATETIME, corm_date: CORM_TYPE_DATE, corm_time: CORM_TYPE_TIME, \
		corm_json: CORM_TYPE_JSON, char *: CORM_TYPE_TEXT, const char *: CORM_TYPE_TEXT)

/* a is one of the n C values at p; none when n is 0. The array must live through the call that the query stands in. */
#define corm_in_array(a, p, n) _Generic((a), CORM__BY_KIND(corm_in_array))(corm__new, (a), corm__array(p), (n))

/* ---- logic ------------------------------------------------------------------------------------------------------- */

static inline corm_boolean_expr corm_negation(corm_node *node, corm_boolean_expr condition)
{
	return corm__boolean(node, CORM_OP_NOT, condition.as_expression, NULL, NULL);
}
static inline corm_boolean_expr corm_any_related(corm_node *node, corm_several relationship, corm_boolean_expr condition)
{
	return corm__boolean(node, CORM_OP_ANY_OF, relationship.as_relationship, condition.as_expression, NULL);
}
static inline corm_boolean_expr corm_has_related(corm_node *node, corm_one relationship, corm_boolean_expr condition)
{
	return corm__boolean(node, CORM_OP_HAS, relationship.as_relationship, condition.as_expression, NULL);
}
static inline corm_boolean_expr corm_exists_query(corm_node *node, corm_query *query)
{
	return corm__boolean(node, CORM_OP_EXISTS, query, NULL, NULL);
}
static inline corm_boolean_expr corm__in_rows(corm_node *node, const corm_node *value, corm_query *query)
{
	return corm__boolean(node, CORM_OP_IN_QUERY, value, query, NULL);
}

#define corm_and(...) corm__boolean(corm__new, CORM_OP_AND, corm__conditions(__VA_ARGS__), NULL, NULL)
#define corm_or(...) corm__boolean(corm__new, CORM_OP_OR, corm__conditions(__VA_ARGS__), NULL, NULL)
#define corm_not(e) corm_negation(corm__new, (e))
#define corm_true() corm__boolean(corm__new, CORM_OP_TRUE, NULL, NULL, NULL)
#define corm_false() corm__boolean(corm__new, CORM_OP_FALSE, NULL, NULL, NULL)
/* Some object of a to-many relationship, or the one of a to-one, meets a condition: EXISTS (SELECT …). */
#define corm_any_of(relationship, e) corm_any_related(corm__new, (relationship), (e))
#define corm_has(relationship, e) corm_has_related(corm__new, (relationship), (e))

/* ---- text -------------------------------------------------------------------------------------------------------- */

static inline corm_boolean_expr corm_match(corm_node *node, corm_op op, corm_text_expr text, corm_text_expr pattern)
{
	return corm__boolean(node, op, text.as_expression, pattern.as_expression, NULL);
}
static inline corm_text_expr corm_textual(corm_node *node, corm_op op, corm_text_expr text)
{
	return (corm_text_expr){ { corm__fill(node, op, text.as_expression, NULL, NULL) } };
}
static inline corm_text_expr corm_concatenation(corm_node *node, corm_text_expr first, corm_text_values more)
{
	return (corm_text_expr){ { corm__fill(node, CORM_OP_CONCAT, first.as_expression, more.items, NULL) } };
}
static inline corm_number_expr corm_length_of(corm_node *node, corm_text_expr text)
{
	return (corm_number_expr){ { corm__fill(node, CORM_OP_LENGTH, text.as_expression, NULL, NULL) } };
}
static inline corm_text_expr corm_substring(corm_node *node, corm_text_expr text, corm_number_expr from,
                                            corm_number_expr length)
{
	return (corm_text_expr){
		{ corm__fill(node, CORM_OP_SUBSTR, text.as_expression, from.as_expression, length.as_expression) }
	};
}

/* LIKE, as the database has it: SQLite's and MariaDB's do not tell upper from lower case (in ASCII). */
#define corm_like(a, pattern) corm_match(corm__new, CORM_OP_LIKE, (a), corm__operand(pattern))
/* LIKE in lower case. */
#define corm_ilike(a, pattern) corm_match(corm__new, CORM_OP_ILIKE, (a), corm__operand(pattern))
/* These match % and _ literally. */
#define corm_starts_with(a, b) corm_match(corm__new, CORM_OP_STARTS_WITH, (a), corm__operand(b))
#define corm_ends_with(a, b) corm_match(corm__new, CORM_OP_ENDS_WITH, (a), corm__operand(b))
#define corm_contains(a, b) corm_match(corm__new, CORM_OP_CONTAINS, (a), corm__operand(b))
/* The database's regular expressions; on SQLite POSIX extended ones. */
#define corm_regexp(a, pattern) corm_match(corm__new, CORM_OP_REGEXP, (a), corm__operand(pattern))
#define corm_concat(a, ...) corm_concatenation(corm__new, corm__operand(a), corm__typed_list(__VA_ARGS__))
#define corm_lower(a) corm_textual(corm__new, CORM_OP_LOWER, (a))
#define corm_upper(a) corm_textual(corm__new, CORM_OP_UPPER, (a))
#define corm_trim(a) corm_textual(corm__new, CORM_OP_TRIM, (a))
/* Characters. */
#define corm_length(a) corm_length_of(corm__new, (a))
/* length characters from the from-th on, which counts from 1. */
#define corm_substr(a, from, length) corm_substring(corm__new, (a), corm__operand(from), corm__operand(length))

/* ---- numbers and time -------------------------------------------------------------------------------------------- */

static inline corm_number_expr corm_arithmetic(corm_node *node, corm_op op, corm_number_expr left, corm_number_expr right)
{
	return (corm_number_expr){ { corm__fill(node, op, left.as_expression, right.as_expression, NULL) } };
}
static inline corm_datetime_expr corm__now(corm_node *node)
{
	return (corm_datetime_expr){ { corm__fill(node, CORM_OP_NOW, NULL, NULL, NULL) } };
}

#define corm_plus(a, b) corm_arithmetic(corm__new, CORM_OP_PLUS, corm__operand(a), corm__operand(b))
#define corm_minus(a, b) corm_arithmetic(corm__new, CORM_OP_MINUS, corm__operand(a), corm__operand(b))
#define corm_times(a, b) corm_arithmetic(corm__new, CORM_OP_TIMES, corm__operand(a), corm__operand(b))
#define corm_divided(a, b) corm_arithmetic(corm__new, CORM_OP_DIVIDED, corm__operand(a), corm__operand(b))
#define corm_mod(a, b) corm_arithmetic(corm__new, CORM_OP_MOD, corm__operand(a), corm__operand(b))
#define corm_neg(a) corm_arithmetic(corm__new, CORM_OP_NEG, (a), (corm_number_expr){ { NULL } })
#define corm_abs(a) corm_arithmetic(corm__new, CORM_OP_ABS, (a), (corm_number_expr){ { NULL } })
#define corm_round(a) corm_arithmetic(corm__new, CORM_OP_ROUND, (a), (corm_number_expr){ { NULL } })
/* The database's clock, in UTC. */
#define corm_now() corm__now(corm__new)

/* ---- the rest ---------------------------------------------------------------------------------------------------- */

/* A fragment of SQL of the kind that comes first, with a ? for each argument: corm_sql(boolean, "length(title) > ?",
 * 5). It is sent as it stands: never build it from what users type. */
#define corm_sql(kind, ...) \
	corm__sql_##kind(corm__new, CORM__HEAD(__VA_ARGS__, 0), \
	                 (const corm_node *const[]){ CORM__MAP_TAIL(corm__erased, __VA_ARGS__) & corm__end })

static inline corm_order corm__order(corm_node *node, corm_op op, const corm_node *of)
{
	return (corm_order){ corm__fill(node, op, of, NULL, NULL) };
}
#define corm_asc(a) corm__order(corm__new, CORM_OP_ASC, (a).as_expression)
#define corm_desc(a) corm__order(corm__new, CORM_OP_DESC, (a).as_expression)
#define corm_nulls_first(a) corm__order(corm__new, CORM_OP_NULLS_FIRST, (a).as_order)
#define corm_nulls_last(a) corm__order(corm__new, CORM_OP_NULLS_LAST, (a).as_order)

#endif
