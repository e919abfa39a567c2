/* SPDX-License-Identifier: Apache-2.0
 *
 * Judging models, and completing what their options only hint at: keys, indexes, foreign keys, the two sides of
 * relationships. The passes go in the order of this file; each relies on the ones before.
 */
#ifndef CORM_GENERATE_CHECK_H
#define CORM_GENERATE_CHECK_H

#include "generate/ir.h"

/* Lengths, bounds, precisions, patterns; enums and how they are stored. After the probes have been read. */
void corm__gen_check_values(struct corm__gen *gen);
/* Tables: names, primary keys, indexes, unique and check constraints. Data models: of(). */
void corm__gen_check_models(struct corm__gen *gen);
void corm__gen_check_foreign_keys(struct corm__gen *gen);
void corm__gen_check_relationships(struct corm__gen *gen);

/* The columns that a list of options names. False after complaining that there is no such column. */
bool corm__gen_resolve_columns(struct corm__gen *gen, struct corm__gen_location location,
                               const struct corm__gen_model *model, const struct corm__gen_option *of,
                               const struct corm__gen_option *names, struct corm__gen_columns *columns);
/* The same columns, in any order. */
bool corm__gen_same_columns(const struct corm__gen_columns *a, const struct corm__gen_columns *b);
/* They are the model's primary key or one of its unique constraints or indexes. */
bool corm__gen_is_unique(const struct corm__gen_model *model, const struct corm__gen_columns *columns);

#endif
