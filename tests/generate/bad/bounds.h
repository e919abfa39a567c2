/* Bounds and defaults that the column's type or its other options rule out. */
#include <cormorant/model.h>

struct Bounds {
	int64_t id corm_field(primary_key);
	int8_t a corm_field(ge(300));
	uint8_t b corm_field(gt(-1), lt(256));
	int16_t c corm_field(gt(-32769), le(32768));
	corm_optional(uint32_t) d corm_field(le(4294967296));
	uint64_t e corm_field(ge(-5));
	int f corm_field(le(2147483648));
	const char *g corm_field(max_length(2), default("abc"));
	const char *h corm_field(min_length(4), default("a" "bc"));
	char i[8] corm_field(max_length(2), default("äöü"));
	const char *j corm_field(default(NULL));
	const char *k corm_field(default(0));
	corm_decimal l corm_field(default(1.5));
	corm_uuid m corm_field(default("00000000-0000-0000-0000-000000000000"));
	corm_datetime n corm_field(default(now));
	corm_date o corm_field(default("2001-02-03"));
	corm_time p corm_field(default(0));
	corm_bytes q corm_field(default("bytes"));
	corm_json r corm_field(default(5));
	corm_optional(corm_decimal) s corm_field(default(5));
} corm_table();
