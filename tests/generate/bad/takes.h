/* Options that the type does not take. */
#include <cormorant/model.h>

struct Takes {
	int64_t id corm_field(primary_key);
	int a corm_field(max_length(3));
	const char *b corm_field(gt(0));
	int c corm_field(pattern("x"));
	int d corm_field(precision(3, 2));
	const char *e corm_field(autoincrement);
	const char *f corm_field(version);
	int g corm_field(strip("X_"));
	int h corm_field(storage(blob));
	corm_uuid i corm_field(storage(integer));
	corm_uuid j corm_field(storage(naive));
	double k corm_field(storage(real));
	int l corm_field(nullable);
	char m[4] corm_field(nullable);
	uint8_t n[4] corm_field(nullable);
	corm_optional(int) o corm_field(nullable);
	enum Color { RED } p corm_field(nullable);
	corm_json q corm_field(index);
	int r corm_field(server_default(now));
	int s corm_field(server_default(uuid4));
	int t corm_field(onupdate(now));
	uint8_t u[4] corm_field(max_length(3));
	int v corm_field(autoincrement);
	corm_optional(int) w corm_field(version);
	bool x corm_field(ge(0));
} corm_table();
