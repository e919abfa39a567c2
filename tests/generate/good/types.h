/* Every C type that a column can have. */
#pragma once
#include <cormorant/model.h>

enum Color { RED, GREEN, BLUE = -3 };
typedef enum { SMALL, LARGE } Size;
typedef int64_t row_id;
typedef row_id hero_id;
typedef char country_code[3];

struct Types {
	hero_id id corm_field(primary_key);
	bool flag;
	signed char byte;
	int8_t i8;
	int16_t i16;
	int32_t i32;
	int64_t i64;
	uint8_t u8;
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;
	short native_short;
	unsigned short native_ushort;
	int native_int;
	unsigned native_uint;
	long native_long;
	unsigned long native_ulong;
	long long native_llong;
	unsigned long long native_ullong;
	size_t native_size;
	float f32;
	double f64;
	const char *text;
	const char *text_or_null corm_field(nullable);
	char *changeable;
	char *changeable_or_null corm_field(nullable);
	char code[8];
	country_code country;
	corm_bytes bytes;
	corm_bytes bytes_or_null corm_field(nullable);
	uint8_t hash[32];
	struct corm_uuid uuid;
	corm_datetime datetime;
	corm_date date;
	corm_time time;
	corm_decimal decimal;
	enum Color color;
	Size size;
	corm_json json;
	corm_json json_or_null corm_field(nullable);
	corm_optional(bool) maybe_flag;
	corm_optional(int) maybe_int;
	corm_optional(size_t) maybe_size;
	corm_optional(uint64_t) maybe_u64;
	corm_optional(double) maybe_real;
	corm_optional(corm_uuid) maybe_uuid;
	corm_optional(corm_decimal) maybe_decimal;
	corm_optional_of(enum Color) maybe_color;
	corm_optional_of(Size) maybe_size_too;
} corm_table();
