/* SPDX-License-Identifier: Apache-2.0
 *
 * Relationships that a query loads by joins of its own: corm_load_joined().
 *
 * Their tables have names with a number, and are hidden: no expression of the query can mean them. They stand behind
 * what the query joins itself, their columns behind the model's, their order behind the query's.
 */
#include "sql/walk.h"
#include <assert.h>

static bool is_to_many(const corm_relationship *relationship)
{
	return relationship->kind == CORM_TO_MANY || relationship->kind == CORM_MANY_TO_MANY;
}

bool corm__eager_multiplies(const struct corm__select *select)
{
	for (size_t i = 0; i < select->joined_count; i++)
		if (is_to_many(select->joined[i].relationship))
			return true;
	return false;
}

void corm__eager_key(struct corm__compiler *c, const struct corm__select *select)
{
	corm__key(c, &select->joined_count, sizeof select->joined_count);
	for (size_t i = 0; i < select->joined_count; i++) {
		corm__key_pointer(c, select->joined[i].relationship);
		corm__key(c, &select->joined[i].owner, sizeof select->joined[i].owner);
	}
}

static const struct corm__source *add_target(struct corm__compiler *c, const corm_relationship *relationship)
{
	struct corm__source *link = relationship->link ? corm__scope_add_unique(c, relationship->link, true) : NULL;
	struct corm__source *target = corm__scope_add_unique(c, relationship->target, true);
	if (link)
		link->hidden = true;
	if (target)
		target->hidden = true;
	return target;
}

void corm__eager_collect(struct corm__compiler *c, const struct corm__select *select, struct corm__eager *eager)
{
	*eager = (struct corm__eager){ .joined = select->joined };
	eager->targets = corm__walk_take(c, (select->joined_count + 1) * sizeof *eager->targets);
	if (!eager->targets)
		return;
	eager->targets[0] = &c->scope->sources[0];
	for (size_t i = 0; i < select->joined_count && !c->status; i++) {
		assert(select->joined[i].owner <= i);
		eager->targets[++eager->count] = add_target(c, select->joined[i].relationship);
	}
}

void corm__eager_columns(struct corm__compiler *c, const struct corm__eager *eager)
{
	for (size_t i = 1; i <= eager->count; i++) {
		corm__put(c, ", ");
		corm__write_columns(c, eager->targets[i], NULL, 0);
	}
}

void corm__eager_joins(struct corm__compiler *c, const struct corm__eager *eager)
{
	for (size_t i = 0; i < eager->count; i++) {
		const struct corm__joined *joined = &eager->joined[i];
		corm__write_eager_join(c, joined->relationship, eager->targets[joined->owner], eager->targets[i + 1]);
	}
}

void corm__eager_order(struct corm__compiler *c, const struct corm__eager *eager, bool follows)
{
	for (size_t i = 0; i < eager->count; i++) {
		const corm_relationship *relationship = eager->joined[i].relationship;
		if (!is_to_many(relationship) || relationship->order_column == CORM_NO_INDEX)
			continue;
		corm__put(c, follows ? ", " : " ORDER BY ");
		corm__write_related_order(c, relationship, eager->targets[i + 1]);
		follows = true;
	}
}
