/* corm_optional() of what it does not know. */
#include <cormorant/model.h>

enum Color { RED };

struct Optional {
	int64_t id corm_field(primary_key);
	corm_optional(const char *) text;
	corm_optional(enum Color) color;
	unknown_type x;
} corm_table();
