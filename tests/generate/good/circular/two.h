#ifndef TWO_H
#define TWO_H
#include <cormorant/model.h>
#include "one.h"

struct One;

struct Two {
	int64_t id corm_field(primary_key);
	int64_t one_id corm_field(foreign_key(One.id));
	struct One *parent corm_relationship(back_populates(twos));
} corm_table();

#endif
