/* SPDX-License-Identifier: Apache-2.0
 *
 * CREATE and DROP statements. Text alone: who runs it is src/session/schema.c.
 */
#ifndef CORM_SQL_DDL_H
#define CORM_SQL_DDL_H

#include "base/arena.h"
#include "base/buffer.h"
#include "sql/dialect.h"

/* The models in an order in which each comes after those that its foreign keys refer to; order within is that of the
 * metadata. */
corm_status corm__ddl_order(const corm_metadata *metadata, const corm_allocator *allocator, size_t *order);

/* One statement, without a semicolon. */
void corm__ddl_create_table(struct corm__buffer *sql, const struct corm__dialect *dialect,
                            const corm_model_info *model);
void corm__ddl_drop_table(struct corm__buffer *sql, const struct corm__dialect *dialect, const corm_model_info *model);
/* The index-th of a model's indexes, the unique ones after the others. */
size_t corm__ddl_index_count(const corm_model_info *model);
void corm__ddl_create_index(struct corm__buffer *sql, const struct corm__dialect *dialect, const corm_model_info *model,
                            size_t index);

#endif
