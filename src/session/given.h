/* SPDX-License-Identifier: Apache-2.0
 *
 * Which members X_values(.a = …, .b = …) names, in a call of X_upsert() or X_merge().
 *
 * In a struct, what was given as 0 and what was not given are the same. So the macros pass the text of their arguments
 * along, as the preprocessor has it, and the designators are read from there.
 */
#ifndef CORM_SESSION_GIVEN_H
#define CORM_SESSION_GIVEN_H

#include <cormorant/metadata.h>
#include <stdbool.h>
#include <stddef.h>

struct corm__given {
	const char *text; /* what stands between the parentheses of X_values(); NULL: every member was given */
	size_t length;
};

/* Finds it in the arguments, of which X_values(…) is the first. Something else in that place, such as a pointer to a
 * struct of the program's own, means that every member was given. arguments may be NULL. False: the members cannot be
 * told, because something in X_values() is no designator. */
bool corm__given_read(struct corm__given *given, const corm_model_info *model, const char *arguments);

/* Is a column among them? Also by the name of the mixin that it stands in. */
bool corm__given_column(const struct corm__given *given, const corm_column *column);
bool corm__given_relationship(const struct corm__given *given, const corm_relationship *relationship);

#endif
