/* SPDX-License-Identifier: Apache-2.0
 *
 * The randomised test's operations on relationships.
 */
#include "session/random_operations.h"
#include <string.h>

/* A child and a parent for it, with their objects. */
struct family {
	int child, parent;
	const corm_relationship *up, *down;
	void *child_object, *parent_object;
};

static size_t index_of(enum table table, const corm_relationship *relationship)
{
	return (size_t)(relationship - tables[table].model->relationships);
}

static bool is_usable(const struct world *world, int row)
{
	return world->now.rows[row].lives && !world->now.rows[row].marked;
}

int pick_parent(struct world *world, enum table children, int child)
{
	int parent = pick(world, tables[children].parent);
	/* Without X_rel_set() nobody makes room in a place for one. */
	return parent && tables[children].one && other_child(&world->now, children, parent, child) ? NOBODY : parent;
}

/* Some child; its parent comes later. */
static bool pick_child(struct world *world, struct family *family)
{
	static const enum table children[] = { VOLUME, ITEM, PART, TWIG, PASSPORT, SUN, MOON };
	enum table table = children[random_below(world, (int)(sizeof children / sizeof *children))];
	*family = (struct family){
		.child = pick(world, table),
		.up = relationship_of(table, tables[table].up),
		.down = relationship_of(tables[table].parent, tables[table].down),
	};
	return family->child != NOBODY;
}

/* Fetching the one may flush, and by that delete the other. */
static bool fetch(struct world *world, struct family *family)
{
	family->child_object = ready(world, family->child);
	family->parent_object = family->parent ? ready(world, family->parent) : NULL;
	return family->child_object && (!family->parent || family->parent_object) && is_usable(world, family->child) &&
	       (!family->parent || is_usable(world, family->parent)) &&
	       family->child_object == world->now.rows[family->child].object;
}

/* ---- what the program assigns ------------------------------------------------------------------------------------ */

/* NULL in a pointer is a change where it was loaded; in that of a new object always. */
static bool may_empty(const struct world *world, const struct family *family)
{
	if (!world->sent.rows[family->child].lives)
		return true;
	return !world->now.rows[family->child].parent_by && pointer_in(family->child_object, family->up);
}

void operation_point(struct world *world)
{
	struct family family;
	if (!pick_child(world, &family) || !family.up)
		return;
	struct row *now = &world->now.rows[family.child];
	bool empty = chance(world, 25);
	family.parent = empty ? NOBODY : pick_parent(world, table_of(family.child), family.child);
	if ((!empty && !family.parent) || !fetch(world, &family))
		return;
	/* A pointer and a key that were both set may disagree. */
	if (now->parent_by == BY_KEY || (empty && !may_empty(world, &family)))
		return;
	say(world, "%s->%s = %s", row_name(family.child), family.up->name, row_name(family.parent));
	set_pointer(family.child_object, family.up, family.parent_object);
	now->parent = family.parent;
	now->parent_by = BY_POINTER;
}

void operation_set_key(struct world *world)
{
	struct family family;
	if (!pick_child(world, &family))
		return;
	enum table table = table_of(family.child);
	struct row *now = &world->now.rows[family.child];
	if (now->parent_by > BY_NOBODY && now->parent_by != BY_KEY && chance(world, 50))
		do_flush(world);
	bool empty = chance(world, 30);
	int parent = empty ? NOBODY : pick_parent(world, table, family.child);
	if ((!empty && !parent) || !fetch(world, &family) || now->parent_by == BY_POINTER || now->parent_by == BY_CALL ||
	    (parent && (!is_usable(world, parent) || !world->sent.rows[parent].lives)))
		return;
	say(world, "%s->%s = %s", row_name(family.child), tables[table].foreign_key_name, row_name(parent));
	set_foreign_key(table, family.child_object, parent ? &world->now.rows[parent].key : NULL);
	now->parent = parent;
	now->parent_by = parent == world->sent.rows[family.child].parent ? BY_NOBODY : BY_KEY;
}

/* A new item without a box is not inserted: what becomes of its parts is not said. */
static bool leaves_parts(const struct world *world, int item)
{
	return table_of(item) == ITEM && !world->sent.rows[item].lives && other_child(&world->now, PART, item, NOBODY);
}

/* ---- X_rel_set, X_rel_add, X_rel_remove -------------------------------------------------------------------------- */

/* Where there is room for one, X_rel_set() makes room; but who was put there by hand it sees after the flush. */
static void settle_hands(struct world *world, enum table table)
{
	bool by_hand = false;
	for (int row = first_row(table); tables[table].one && row < first_row(table) + PER_TABLE; row++)
		by_hand |= world->now.rows[row].parent_by == BY_POINTER || world->now.rows[row].parent_by == BY_KEY;
	if (by_hand)
		do_flush(world);
}

/* From the child's side, or from that of a parent which has one child. */
void operation_set(struct world *world)
{
	struct family family;
	if (!pick_child(world, &family) || !family.up)
		return;
	enum table table = table_of(family.child);
	bool from_parent = tables[table].one && chance(world, 50);
	settle_hands(world, table);
	family.parent = !from_parent && chance(world, 25) ? NOBODY : pick(world, tables[table].parent);
	if (!fetch(world, &family) || (from_parent && !family.parent) ||
	    (!family.parent && leaves_parts(world, family.child)))
		return;
	if (!from_parent) {
		say(world, "X_%s_set(%s, %s)", family.up->name, row_name(family.child), row_name(family.parent));
		corm__related_set(world->session, tables[table].model, index_of(table, family.up), family.child_object,
		                  family.parent_object);
		model_set_parent(world, family.child, family.parent);
	} else {
		bool empty = chance(world, 30);
		int before = other_child(&world->now, table, family.parent, NOBODY);
		say(world, "X_%s_set(%s, %s)", family.down->name, row_name(family.parent),
		    row_name(empty ? NOBODY : family.child));
		corm__related_set(world->session, tables[tables[table].parent].model,
		                  index_of(tables[table].parent, family.down), family.parent_object,
		                  empty ? NULL : family.child_object);
		if (!empty)
			model_set_parent(world, family.child, family.parent);
		else if (before)
			model_set_parent(world, before, NOBODY);
	}
	check_error(world, "X_rel_set");
}

void operation_add_child(struct world *world)
{
	struct family family;
	if (!pick_child(world, &family) || !family.down || tables[table_of(family.child)].one)
		return;
	enum table parents = tables[table_of(family.child)].parent;
	family.parent = pick(world, parents);
	if (!family.parent || !fetch(world, &family))
		return;
	say(world, "X_%s_add(%s, %s)", family.down->name, row_name(family.parent), row_name(family.child));
	corm__related_add(world->session, tables[parents].model, index_of(parents, family.down), family.parent_object,
	                  family.child_object);
	check_error(world, "X_rel_add");
	model_set_parent(world, family.child, family.parent);
}

void operation_remove_child(struct world *world)
{
	struct family family;
	if (!pick_child(world, &family) || !family.down || tables[table_of(family.child)].one)
		return;
	enum table table = table_of(family.child), parents = tables[table].parent;
	family.parent = world->now.rows[family.child].parent;
	if (!family.parent || !fetch(world, &family) || world->now.rows[family.child].parent != family.parent)
		return;
	if (leaves_parts(world, family.child))
		return;
	say(world, "X_%s_remove(%s, %s)", family.down->name, row_name(family.parent), row_name(family.child));
	corm__related_remove(world->session, tables[parents].model, index_of(parents, family.down), family.parent_object,
	                     family.child_object);
	check_error(world, "X_rel_remove");
	model_set_parent(world, family.child, NOBODY);
}

/* ---- many to many ------------------------------------------------------------------------------------------------ */

static bool pick_pair(struct world *world, int *volume, int *tag)
{
	*volume = pick(world, VOLUME);
	*tag = pick(world, TAG);
	return *volume && *tag && ready(world, *volume) && ready(world, *tag) && is_usable(world, *volume) &&
	       is_usable(world, *tag);
}

void operation_tag(struct world *world)
{
	int volume, tag;
	if (!pick_pair(world, &volume, &tag))
		return;
	uint16_t bit = (uint16_t)(1u << (tag - first_row(TAG)));
	uint16_t *tags = &world->now.rows[volume].tags;
	bool linked = *tags & bit, from_volume = chance(world, 50);
	const corm_relationship *relationship = from_volume ? relationship_of(VOLUME, "tags")
	                                                    : relationship_of(TAG, "volumes");
	enum table table = from_volume ? VOLUME : TAG;
	void *owner = world->now.rows[from_volume ? volume : tag].object;
	void *other = world->now.rows[from_volume ? tag : volume].object;
	say(world, "X_%s_%s(%s, %s)", relationship->name, linked ? "remove" : "add", row_name(from_volume ? volume : tag),
	    row_name(from_volume ? tag : volume));
	(linked ? corm__related_remove : corm__related_add)(world->session, tables[table].model,
	                                                    index_of(table, relationship), owner, other);
	check_error(world, "X_rel_add or X_rel_remove");
	*tags ^= bit;
}

/* The link model's own object. */
void operation_link_row(struct world *world)
{
	int volume, tag;
	do_flush(world);
	if (!pick_pair(world, &volume, &tag))
		return;
	uint16_t bit = (uint16_t)(1u << (tag - first_row(TAG)));
	int64_t volume_id = world->now.rows[volume].key.number, tag_id = world->now.rows[tag].key.number;
	struct VolumeTag *link = VolumeTag_get(world->session, volume_id, tag_id);
	bool linked = world->now.rows[volume].tags & bit;
	if (!link != !linked)
		differ(world, "VolumeTag_get of %s and %s", row_name(volume), row_name(tag));
	say(world, "flush, VolumeTag_%s %s and %s, flush", link ? "delete" : "add", row_name(volume), row_name(tag));
	if (link)
		VolumeTag_delete(world->session, link);
	else
		VolumeTag_add(world->session, .volume_id = volume_id, .tag_id = tag_id);
	world->now.rows[volume].tags ^= bit;
	world->loose = true;
	do_flush(world);
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

void operation_read_up(struct world *world)
{
	int row = pick(world, NO_TABLE);
	say(world, "read the parent of %s", row_name(row));
	if (row)
		check_up(world, row);
}

void operation_read_down(struct world *world)
{
	int row = pick(world, NO_TABLE);
	say(world, "read the children of %s", row_name(row));
	if (!row)
		return;
	check_down(world, row);
	if (world->now.rows[row].lives)
		check_tags(world, row);
}
