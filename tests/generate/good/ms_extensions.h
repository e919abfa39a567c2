/* arguments: -fms-extensions
 * not for C++
 * Unnamed mixins. */
#pragma once
#include <cormorant/model.h>

enum Mood { GOOD, BAD };

struct Base {
	corm_uuid id corm_field(primary_key, default_factory(corm_uuid4));
	corm_optional_of(enum Mood) mood;
};

struct Plain {
	struct Base;
	const char *name corm_field(default("x"));
} corm_table();
