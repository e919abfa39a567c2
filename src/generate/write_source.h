/* SPDX-License-Identifier: Apache-2.0
 *
 * Private to write_source.c and write_column.c.
 */
#ifndef CORM_GENERATE_WRITE_SOURCE_H
#define CORM_GENERATE_WRITE_SOURCE_H

#include "generate/write.h"

/* The tables of the enums' values, which columns share. */
void corm__gen_write_enums(const struct corm__gen *gen, struct corm__buffer *out);
/* Asserts, factories and the table of the columns. */
void corm__gen_write_columns(const struct corm__gen_model *model, struct corm__buffer *out);

#endif
