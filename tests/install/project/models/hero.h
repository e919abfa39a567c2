#pragma once
#include <cormorant/model.h>

struct Team;

struct Hero {
	int64_t id corm_field(primary_key);
	const char *name corm_field(max_length(100), index);
	corm_optional(int64_t) age;
	int64_t team_id corm_field(foreign_key(Team.id));
	struct Team *team corm_relationship(back_populates(heroes));
} corm_table();
