/* Members that GNU C takes for macros: headers are C11. not for C++ */
#pragma once
#include <cormorant/model.h>

struct Linux {
	int64_t id corm_field(primary_key);
	int linux;
	int unix corm_field(default(1));
} corm_table();
