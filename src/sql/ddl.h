/* SPDX-License-Identifier: Apache-2.0
 *
 * CREATE and DROP statements. Text alone: who runs it is src/session/schema.c.
 */
#ifndef CORM_SQL_DDL_H
#define CORM_SQL_DDL_H

#include "base/arena.h"
#include "base/buffer.h"
#include "sql/dialect.h"
#include <cormorant/driver.h>

/* The models in an order in which each comes after those that its foreign keys refer to; order within is that of the
 * metadata. */
corm_status corm__ddl_order(const corm_metadata *metadata, const corm_allocator *allocator, size_t *order);

/* What the statements are made of. */
struct corm__ddl {
	const struct corm__dialect *dialect;
	/* The order of the tables; without metadata each table counts as made before all others. */
	const corm_metadata *metadata;
	const size_t *order;
};

/* CORM_ERROR_USAGE for a name that is longer than the database takes. */
corm_status corm__ddl_check(const struct corm__ddl *ddl, corm_error_store *error);

/* All of these write one statement, without a semicolon. */

void corm__ddl_create_table(struct corm__buffer *sql, const struct corm__ddl *ddl, const corm_model_info *model);
void corm__ddl_drop_table(struct corm__buffer *sql, const struct corm__dialect *dialect, const corm_model_info *model);

/* The index-th of a model's indexes, the unique ones after the others. */
size_t corm__ddl_index_count(const corm_model_info *model);
void corm__ddl_create_index(struct corm__buffer *sql, const struct corm__dialect *dialect, const corm_model_info *model,
                            size_t index);

/* The index-th comment that is a statement of its own: that of the table, then those of the columns. */
size_t corm__ddl_comment_count(const struct corm__dialect *dialect, const corm_model_info *model);
void corm__ddl_comment(struct corm__buffer *sql, const struct corm__dialect *dialect, const corm_model_info *model,
                       size_t index);

/* Does a foreign key refer to a table that comes later, so that it is added when all tables are there, and dropped
 * before the first of them? */
bool corm__ddl_is_late(const struct corm__ddl *ddl, const corm_model_info *model, const corm_foreign_key *key);
void corm__ddl_add_key(struct corm__buffer *sql, const struct corm__ddl *ddl, const corm_model_info *model,
                       const corm_foreign_key *key);
void corm__ddl_drop_key(struct corm__buffer *sql, const struct corm__ddl *ddl, const corm_model_info *model,
                        const corm_foreign_key *key);

/* The types of enums, where they are types: each once per schema. All zero before the first. */
struct corm__ddl_type {
	const corm_model_info *model; /* whose schema it stands in */
	const corm_enum *enumeration;
	size_t next_model, next_column;
};
bool corm__ddl_next_type(const struct corm__ddl *ddl, struct corm__ddl_type *type);
void corm__ddl_create_type(struct corm__buffer *sql, const struct corm__ddl *ddl, const struct corm__ddl_type *type);
void corm__ddl_drop_type(struct corm__buffer *sql, const struct corm__ddl *ddl, const struct corm__ddl_type *type);

#endif
