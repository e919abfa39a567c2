/* Bounds and defaults that just fit. */
#pragma once
#include <cormorant/model.h>

struct Bounds {
	int64_t id corm_field(primary_key);
	int8_t a corm_field(ge(-128), le(127));
	uint8_t b corm_field(gt(0), lt(255));
	uint32_t c corm_field(le(4294967295));
	uint64_t d corm_field(le(9223372036854775807));
	const char *text corm_field(max_length(3), min_length(3), default("äöü"));
	const char *none corm_field(nullable, default(NULL));
	corm_decimal price corm_field(precision(10, 2), default({ .low = 150, .scale = 2 }));
	corm_uuid uuid corm_field(default({ .bytes = { 1 } }));
	corm_datetime at corm_field(default({ .microseconds = 5 }));
	corm_json json corm_field(default("{}"));
} corm_table();
