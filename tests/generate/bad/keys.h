/* Primary keys. */
#include <cormorant/model.h>

struct None {
	int64_t id;
} corm_table();

struct Twice {
	int64_t a corm_field(primary_key);
	int64_t b;
} corm_table(primary_key(b));

struct Unknown {
	int64_t a;
} corm_table(primary_key(a, c, a));

struct Optional {
	corm_optional(int) id corm_field(primary_key);
} corm_table();

struct Nullable {
	const char *id corm_field(primary_key, nullable);
} corm_table();

struct Real {
	double id corm_field(primary_key);
} corm_table();

struct RealToo {
	corm_json id;
} corm_table(primary_key(id));

struct Auto {
	int a corm_field(primary_key, autoincrement);
	int b corm_field(primary_key);
} corm_table();

struct Versions {
	int id corm_field(primary_key, version);
	int a corm_field(version);
} corm_table();
