#pragma once
#include <cormorant/model.h>

struct Hero;

struct Team {
	int64_t id corm_field(primary_key);
	const char *name corm_field(max_length(100), unique);
	corm_many(struct Hero) heroes corm_relationship(back_populates(team));
} corm_table();
