/* What the compiler says is passed on. */
#include <cormorant/model.h>

struct Broken {
	int64_t id corm_field(primary_key)
	const char *name;
	unknown_type x;
} corm_table();
