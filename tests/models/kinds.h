/* One column of every kind, and a composite key. */
#pragma once
#include <cormorant/model.h>

enum Color { RED, GREEN, BLUE = -3 };

struct Kinds {
	int32_t id corm_field(primary_key);
	bool flag;
	int8_t i8;
	int16_t i16;
	int32_t i32;
	int64_t i64;
	uint8_t u8;
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;
	long native_long;
	size_t native_size;
	float f32;
	double f64;
	const char *text corm_field(nullable);
	char *changeable corm_field(nullable);
	char code[8];
	corm_bytes bytes corm_field(nullable);
	uint8_t hash[4];
	corm_uuid uuid;
	corm_datetime datetime;
	corm_date date;
	corm_time time;
	corm_decimal decimal corm_field(precision(38, 10));
	enum Color color;
	corm_json json corm_field(nullable);
	corm_optional(bool) maybe_flag;
	corm_optional(double) maybe_real;
	corm_optional(corm_uuid) maybe_uuid;
	corm_optional(corm_datetime) maybe_datetime;
	corm_optional(corm_decimal) maybe_decimal;
	corm_optional_of(enum Color) maybe_color;
} corm_table();

/* The compact storages. */
struct Compact {
	corm_uuid id corm_field(primary_key, default_factory(corm_uuid7), storage(blob));
	corm_datetime at corm_field(storage(integer));
	enum Color color corm_field(storage(integer));
	corm_decimal amount corm_field(storage(real));
} corm_table();

/* A reserved word as a name, a composite key, and a child that refers to it by both columns. */
struct Order {
	char region[3] corm_field(primary_key);
	int32_t number corm_field(primary_key);
	corm_decimal total corm_field(precision(12, 2));
} corm_table(check("number > 0"));

struct OrderLine {
	int64_t id corm_field(primary_key, autoincrement);
	char region[3];
	int32_t number;
	const char *sku;
	int32_t quantity corm_field(default(1), gt(0));
	struct Order *order corm_relationship();
} corm_table(foreign_key((region, number), Order(region, number)), unique(region, number, sku));

/* Filled in by the database alone. */
struct Stamp {
	int64_t id corm_field(primary_key);
	corm_uuid token corm_field(server_default(uuid4));
	corm_datetime created_at corm_field(server_default(now));
	corm_optional(int32_t) level corm_field(server_default("7"));
	const char *note corm_field(nullable);
	int64_t touched corm_field(onupdate("touched + 1"));
} corm_table();
