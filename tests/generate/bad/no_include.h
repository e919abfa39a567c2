/* The header of the annotations is not included; corm_table in a comment does not matter. */
#include <stdint.h>

struct Author {
	int64_t id corm_field(primary_key);
} corm_table();
