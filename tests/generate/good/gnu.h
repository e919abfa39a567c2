/* arguments: -std=gnu11
 * Another -std= is taken; not for C++. */
#pragma once
#include <cormorant/model.h>

struct Gnu {
	int64_t id corm_field(primary_key);
	int number corm_field(default(linux));
} corm_table();
