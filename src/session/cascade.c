/* SPDX-License-Identifier: Apache-2.0
 *
 * What goes with objects that are deleted: their children, or the children's keys, and rows of link models.
 */
#include "session/add.h"
#include "session/flush.h"
#include "session/load.h"

/* What happens to the children of a relationship. */
enum fate {
	LEAVE,  /* nothing, as far as they are not loaded: the database does it */
	ORPHAN, /* they lose the key */
	DELETE
};

static enum fate fate_of(const struct corm__bond *bond)
{
	const corm_column *needed;
	if (bond->down->cascade & (CORM_CASCADE_DELETE | CORM_CASCADE_DELETE_ORPHAN))
		return DELETE;
	/* A key that cannot be NULL, of rows that the database deletes itself: there is nothing else to be done. */
	return !corm__bond_is_optional(bond, &needed) && corm__bond_cascades_in_database(bond) ? LEAVE : ORPHAN;
}

static corm_status refuse(corm_session *session, const struct corm__bond *bond, const corm_column *needed)
{
	const char *child = bond->child->name, *parent = bond->parent->name;
	return corm__session_fail(
		session, CORM_ERROR_VALIDATION,
		needed->flags & CORM_COLUMN_PRIMARY_KEY
			? "a %s cannot be deleted while a %s refers to it by %s.%s, which is part of its key: delete that first, or "
			  "give %s.%s cascade(delete)"
			: "a %s cannot be deleted while a %s refers to it by %s.%s, which is not nullable: delete that first, or "
			  "give %s.%s cascade(delete)",
		parent, child, child, needed->field, parent, bond->down->name);
}

/* A child without its parent: the key is emptied, whatever the pointer beside it says. */
static corm_status orphan(struct corm__flush *flush, const struct corm__bond *bond, struct corm__object *child)
{
	const corm_column *needed;
	if (!corm__bond_is_optional(bond, &needed))
		return refuse(flush->session, bond, needed);
	return corm__set_parent(flush->session, bond, child, NULL);
}

static corm_status visit_child(struct corm__flush *flush, const struct corm__bond *bond, struct corm__object *parent,
                               struct corm__object *child)
{
	corm_session *session = flush->session;
	if (!corm__object_lives(child) || corm__current_parent(session, bond, child) != parent)
		return CORM_OK; /* it goes itself, or has another parent by now */
	if (fate_of(bond) == ORPHAN)
		return orphan(flush, bond, child);
	if (child->state == CORM__OBJECT_PERSISTENT)
		return corm__flush_delete(flush, child);
	/* It is not inserted, and its own children go as those of a row do. */
	corm__pending_drop(session, child);
	return corm__leave_views(session, child);
}

static corm_status visit_children(struct corm__flush *flush, const corm_relationship *down, struct corm__object *parent)
{
	corm_session *session = flush->session;
	const struct corm__bond bond = corm__bond_of(parent->store->model, down);
	if (down->kind == CORM_TO_ONE_REMOTE) {
		void *child = corm__related_pointer(corm__object_struct(parent), down);
		return child ? visit_child(flush, &bond, parent, corm__object_at(child)) : CORM_OK;
	}
	const struct corm__collection *list = corm__collection_of(session, parent, down);
	/* The list shrinks while children leave it; its array stays as it is. */
	void *const *items = list ? list->items : NULL;
	corm_status status = CORM_OK;
	for (size_t i = 0, count = list ? list->count : 0; status == CORM_OK && i < count; i++)
		status = visit_child(flush, &bond, parent, corm__object_at(items[i]));
	return status;
}

/* Rows of a link model go by themselves; with cascade(delete) what they lead to goes too. */
static corm_status visit_links(struct corm__flush *flush, const corm_relationship *relationship,
                               struct corm__object *owner)
{
	corm_session *session = flush->session;
	if (relationship->passive_deletes)
		return CORM_OK;
	struct corm__unlink_all *unlink = corm__arena_take(&session->work, sizeof *unlink);
	if (!unlink)
		return corm__session_no_memory(session);
	*unlink = (struct corm__unlink_all){ .next = flush->unlinks, .relationship = relationship, .owner = owner };
	flush->unlinks = unlink;
	const struct corm__collection *list = relationship->cascade & CORM_CASCADE_DELETE
	                                          ? corm__collection_of(session, owner, relationship)
	                                          : NULL;
	corm_status status = CORM_OK;
	for (size_t i = 0; list && status == CORM_OK && i < list->count; i++) {
		if (corm__object_lives(corm__object_at(list->items[i])))
			status = corm__flush_delete(flush, corm__object_at(list->items[i]));
	}
	return status;
}

static corm_status visit_parent(struct corm__flush *flush, const corm_relationship *up, struct corm__object *child)
{
	struct corm__object *parent = corm__session_owned(flush->session, corm__load_one(flush->session, child, up));
	if (corm__session_failed(flush->session))
		return flush->session->error.error.status;
	return corm__object_lives(parent) ? corm__flush_delete(flush, parent) : CORM_OK;
}

/* Do the children have to be read, to see what becomes of them? */
static bool needs_children(const corm_model_info *model, const corm_relationship *relationship)
{
	if (relationship->passive_deletes || relationship->kind == CORM_TO_ONE)
		return false;
	if (relationship->link)
		return relationship->cascade & CORM_CASCADE_DELETE;
	const struct corm__bond bond = corm__bond_of(model, relationship);
	return fate_of(&bond) != LEAVE;
}

static corm_status visit(struct corm__flush *flush, const corm_relationship *relationship, struct corm__object *object)
{
	if (relationship->link)
		return visit_links(flush, relationship, object);
	if (relationship->kind != CORM_TO_ONE)
		return visit_children(flush, relationship, object);
	return relationship->cascade & CORM_CASCADE_DELETE ? visit_parent(flush, relationship, object) : CORM_OK;
}

/* Objects of one model, which are together at the beginning of the list. */
static corm_status visit_model(struct corm__flush *flush, const struct corm__objects *objects)
{
	const corm_model_info *model = objects->items[0]->store->model;
	corm_status status = CORM_OK;
	for (size_t i = 0; status == CORM_OK && i < model->relationship_count; i++) {
		const corm_relationship *relationship = &model->relationships[i];
		if (needs_children(model, relationship))
			status = corm__load_selectin(flush->session, relationship, objects, NULL, false);
		for (size_t k = 0; status == CORM_OK && k < objects->count; k++)
			status = visit(flush, relationship, objects->items[k]);
	}
	return status;
}

/* The relationships of a model that lead to children of the child's: is one of their parents deleted? */
static corm_status visit_as_child(struct corm__flush *flush, const corm_model_info *model, struct corm__object *child)
{
	corm_status status = CORM_OK;
	for (size_t i = 0; status == CORM_OK && corm__object_lives(child) && i < model->relationship_count; i++) {
		const corm_relationship *down = &model->relationships[i];
		if (down->kind == CORM_TO_ONE || down->link || down->target != child->store->model)
			continue;
		const struct corm__bond bond = corm__bond_of(model, down);
		struct corm__object *parent = corm__current_parent(flush->session, &bond, child);
		if (parent && parent->flags & CORM__FLAG_DELETING && corm__parent_is_new(flush->session, &bond, child, parent))
			status = visit_child(flush, &bond, parent, child);
	}
	return status;
}

/* A child that the program has just given to a parent that is deleted: no list and no row says so. */
static corm_status visit_newcomer(struct corm__flush *flush, struct corm__object *child)
{
	corm_session *session = flush->session;
	corm_status status = CORM_OK;
	for (const struct corm__store *store = session->stores; status == CORM_OK && store; store = store->next)
		status = visit_as_child(flush, store->model, child);
	for (const struct corm__tie *tie = corm__ties_of(session, child); tie; tie = tie->next) {
		/* The row of a link model, for a pair of which one goes. */
		if (status == CORM_OK && !tie->down && tie->parent && tie->parent->flags & CORM__FLAG_DELETING) {
			corm__pending_drop(session, child);
			status = corm__leave_views(session, child);
		}
	}
	return status;
}

static corm_status visit_newcomers(struct corm__flush *flush)
{
	corm_session *session = flush->session;
	corm_status status = CORM_OK;
	size_t dropped;
	do {
		dropped = flush->dropped;
		for (size_t i = 0; status == CORM_OK && i < flush->changed.count; i++)
			status = visit_newcomer(flush, flush->changed.items[i]);
		for (size_t i = 0; status == CORM_OK && i < session->pending_count; i++)
			status = visit_newcomer(flush, session->pending[i]);
	} while (status == CORM_OK && flush->dropped > dropped);
	return status;
}

corm_status corm__cascade(struct corm__flush *flush)
{
	corm_status status = CORM_OK;
	while (status == CORM_OK && flush->cascaded < flush->deleted.count) {
		/* Those of one model that come together are looked at together, so that their children are read at once. What
		 * that adds to the list comes behind them; the list may move meanwhile. */
		size_t first = flush->cascaded, end = first + 1;
		const struct corm__store *store = flush->deleted.items[first]->store;
		while (end < flush->deleted.count && flush->deleted.items[end]->store == store)
			end++;
		struct corm__objects objects = { .items = flush->deleted.items + first, .count = end - first };
		flush->cascaded = end;
		status = visit_model(flush, &objects);
		if (status == CORM_OK && end == flush->deleted.count)
			status = visit_newcomers(flush);
	}
	return status;
}
