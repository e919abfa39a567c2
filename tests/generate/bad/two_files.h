/* Errors are sorted by file and line. */
#include "keys.h"

struct Last {
	corm_optional(int) id;
} corm_table();
