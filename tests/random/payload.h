/* What every model of the randomised test carries: one column of each kind that changes in a way of its own. */
#pragma once
#include <cormorant/model.h>

struct Payload {
	const char *text corm_field(nullable);
	corm_optional(int) number;
	double weight;
	char code[8] corm_field(max_length(6));
};
