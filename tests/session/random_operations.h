/* SPDX-License-Identifier: Apache-2.0
 *
 * What the randomised test does to a session, each operation once to it and once to the model. Those that find nothing
 * to do do nothing.
 */
#ifndef TESTS_SESSION_RANDOM_OPERATIONS_H
#define TESTS_SESSION_RANDOM_OPERATIONS_H

#include "session/random_check.h"

/* ---- random_objects.c -------------------------------------------------------------------------------------------- */

void operation_add(struct world *world);
void operation_change(struct world *world);
void operation_change_back(struct world *world);
void operation_delete(struct world *world);
void operation_replace(struct world *world);
void operation_refresh(struct world *world);
void operation_expire(struct world *world);
void operation_expire_all(struct world *world);
void operation_expunge(struct world *world);
void operation_take_back(struct world *world);
void operation_expunge_all(struct world *world);
/* Fills a struct of nobody's; what it points to is the caller's, to be freed by release_values(). */
void put_values(enum table table, void *value, const struct values *values);
void release_values(enum table table, void *value);
/* A key that no row has or will be given. */
struct key new_key(struct world *world, enum table table);

/* ---- random_relations.c ------------------------------------------------------------------------------------------ */

void operation_point(struct world *world);
void operation_set_key(struct world *world);
void operation_set(struct world *world);
void operation_add_child(struct world *world);
void operation_remove_child(struct world *world);
void operation_tag(struct world *world);
void operation_link_row(struct world *world);
void operation_read_up(struct world *world);
void operation_read_down(struct world *world);
/* A row that may be the parent of a row of children: living, and with room. NOBODY: there is none, or by chance. */
int pick_parent(struct world *world, enum table children, int child);

/* ---- random_queries.c -------------------------------------------------------------------------------------------- */

void operation_get(struct world *world);
void operation_query(struct world *world);
void operation_load(struct world *world);
void operation_partial(struct world *world);

/* ---- random_writes.c --------------------------------------------------------------------------------------------- */

void operation_update(struct world *world);
void operation_update_keys(struct world *world);
void operation_delete_where(struct world *world);
void operation_insert_many(struct world *world);
void operation_upsert(struct world *world);
void operation_merge(struct world *world);

#endif
