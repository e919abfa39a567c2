/* SPDX-License-Identifier: Apache-2.0
 *
 * Private to write_source.c, write_column.c and write_function.c.
 */
#ifndef CORM_GENERATE_WRITE_SOURCE_H
#define CORM_GENERATE_WRITE_SOURCE_H

#include "generate/write.h"

/* The tables of the enums' values, which columns share. */
void corm__gen_write_enums(const struct corm__gen *gen, struct corm__buffer *out);
/* Asserts, factories and the table of the columns. */
void corm__gen_write_columns(const struct corm__gen_model *model, struct corm__buffer *out);

/* The functions of the header. */
void corm__gen_write_functions(struct corm__gen *gen, const struct corm__gen_model *model, struct corm__buffer *out);
/* X_get copies a text into the array that is part of the key, by functions of <string.h>. */
bool corm__gen_has_array_key(const struct corm__gen_model *model);

#endif
