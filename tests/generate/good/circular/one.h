#ifndef ONE_H
#define ONE_H
#include "two.h"

struct One {
	int64_t id corm_field(primary_key);
	corm_many(struct Two) twos corm_relationship(back_populates(parent));
} corm_table();

#endif
