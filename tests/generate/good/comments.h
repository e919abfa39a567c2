/* What is at the top of a file belongs to no model. */
#pragma once
#include <cormorant/model.h>

/* This forward declaration is no place for a comment. */
struct Late;

/* A model's comment,
 * in two lines with "quotes" and a back\slash. */
struct Early {
	int64_t id corm_field(primary_key); /* beside */
	/* above */
	int64_t number;
	// a line
	int64_t line;
	int64_t none;

	/** Documentation. */
	int64_t documented; 
	int64_t trailing; ///< trailing
} corm_table();

struct Late {
	int64_t id corm_field(primary_key);
} corm_table();
