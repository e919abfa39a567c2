/* SPDX-License-Identifier: Apache-2.0
 *
 * What a model header needs: the value types, optional values, lists of related objects, and the annotations that only
 * `corm generate` sees. C and C++.
 *
 *	struct Author {
 *		struct BaseModel base;
 *		const char *name corm_field(max_length(200), index);
 *		corm_many(struct Book) books corm_relationship(back_populates(author));
 *	} corm_table();
 *
 * What the options mean stands in docs/guide/models.md.
 */
#ifndef CORMORANT_MODEL_H
#define CORMORANT_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Annotations. The compiler sees nothing; the generator defines CORM_GENERATE and reads them with libclang. */
#ifdef CORM_GENERATE
#define corm_field(...) __attribute__((annotate("corm_field " #__VA_ARGS__)))
#define corm_relationship(...) __attribute__((annotate("corm_relationship " #__VA_ARGS__)))
#define corm_table(...) __attribute__((annotate("corm_table " #__VA_ARGS__)))
#define corm_model(...) __attribute__((annotate("corm_model " #__VA_ARGS__)))
#define corm_row(...) __attribute__((annotate("corm_row " #__VA_ARGS__)))
#else
#define corm_field(...)
#define corm_relationship(...)
#define corm_table(...)
#define corm_model(...)
#define corm_row(...)
#endif

/* 16 bytes in the order of their text, as RFC 9562 numbers them. All zero is the nil UUID. */
typedef struct corm_uuid {
	uint8_t bytes[16];
} corm_uuid;

/* A moment: microseconds since 1970-01-01T00:00:00Z, without leap seconds; years 1 to 9999. */
typedef struct corm_datetime {
	int64_t microseconds;
} corm_datetime;

/* A day of the proleptic Gregorian calendar: days since 1970-01-01; years 1 to 9999. */
typedef struct corm_date {
	int32_t days;
} corm_date;

/* A time of day: microseconds since midnight, below 86,400,000,000. */
typedef struct corm_time {
	int64_t microseconds;
} corm_time;

/* An exact decimal, (high·2⁶⁴ + low) · 10^-scale, of at most 38 digits; scale 0 to 38. */
typedef struct corm_decimal {
	uint64_t low, high;
	int16_t scale;
	bool negative;
} corm_decimal;

/* size bytes; data may be NULL only when the value is NULL or size is 0. */
typedef struct corm_bytes {
	const void *data;
	size_t size;
} corm_bytes;

/* Valid JSON text, NUL-terminated. */
typedef struct corm_json {
	const char *text;
} corm_json;

/* A value that may be missing: `corm_optional(int64_t) age;`. One named type per kind, so that optionals can be
 * assigned and passed. What value holds while has_value is false means nothing. */
#define corm_optional(T) struct corm_optional_##T
#define CORM_OPTIONAL_MAP(X) \
	X(bool) X(int8_t) X(int16_t) X(int32_t) X(int64_t) X(uint8_t) X(uint16_t) X(uint32_t) X(uint64_t) \
	X(char) X(short) X(int) X(long) X(unsigned) X(size_t) X(float) X(double) \
	X(corm_uuid) X(corm_datetime) X(corm_date) X(corm_time) X(corm_decimal)
#define CORM__OPTIONAL_TYPE(T) \
	struct corm_optional_##T { \
		T value; \
		bool has_value; \
	};
CORM_OPTIONAL_MAP(CORM__OPTIONAL_TYPE)
#undef CORM__OPTIONAL_TYPE

/* The same for an enum: `corm_optional_of(enum Color) color;`, a type of its own at each use. */
#define corm_optional_of(T) \
	struct { \
		T value; \
		bool has_value; \
	}

#define corm_some(v) { .value = (v), .has_value = true }
#define corm_none { .has_value = false }
#define corm_assign(optional, v) ((void)((optional).value = (v), (optional).has_value = true))
#define corm_clear(optional) ((void)((optional).has_value = false))

/* The objects on the other side of a relationship. items is NULL while they are not loaded; loaded and empty is not
 * NULL. corm_state is the session's. */
#define corm_many(T) \
	struct { \
		T **items; \
		size_t count; \
		uint32_t corm_state; \
	}

/* A list inside a data model: items[0] to items[count - 1]. */
#define corm_list(T) \
	struct { \
		T *items; \
		size_t count; \
	}

/* A data model's member of this type records which of its fields an input had. */
typedef struct corm_fields_set {
	uint64_t bits[2];
} corm_fields_set;

#endif
