/* SPDX-License-Identifier: Apache-2.0
 *
 * Relationships in memory: lists, pointers, and what ties objects together until the flush has written it.
 *
 * The foreign key of a child, and the pointer beside it, are the truth. Lists, and pointers of the other side, are
 * views of it that are kept in step: at once by X_rel_add() and its like, at the flush for what the program assigned.
 * Views stand in struct and snapshot alike, so that they are never taken for a change.
 */
#ifndef CORM_SESSION_RELATION_H
#define CORM_SESSION_RELATION_H

#include "session/session.h"

/* What every corm_many is in memory. */
typedef corm_many(void) corm__many;

/* What a relationship's member, a pointer to one object, holds in a struct or snapshot; and setting it in both, where
 * that is no change of the program's. */
static inline void *corm__related_pointer(const void *value, const corm_relationship *relationship)
{
	void *related;
	memcpy(&related, (const char *)value + relationship->offset, sizeof related);
	return related;
}
static inline void corm__related_loaded(struct corm__object *object, const corm_relationship *relationship,
                                        void *related)
{
	memcpy((char *)corm__object_struct(object) + relationship->offset, &related, sizeof related);
	memcpy((char *)corm__object_snapshot(object) + relationship->offset, &related, sizeof related);
}
static inline bool corm__is_many(const corm_relationship *relationship)
{
	return relationship->kind == CORM_TO_MANY || relationship->kind == CORM_MANY_TO_MANY;
}
/* The opposite relationship, or NULL. */
static inline const corm_relationship *corm__back(const corm_relationship *relationship)
{
	return relationship->back == CORM_NO_INDEX ? NULL : &relationship->target->relationships[relationship->back];
}

/* ---- collection.c ------------------------------------------------------------------------------------------------ */

/* A list that is loaded, until the end of the transaction. */
struct corm__collection {
	struct corm__object *object;
	const corm_relationship *relationship;
	void **items; /* what the member shows; an array that was handed out is never written to */
	size_t count;
	void **used_end, **end; /* up to where the array was handed out; its end */
	size_t hint;            /* where an item was found last */
	uint64_t copied_by;     /* session->sending when the array was made by a copy; 0: it was handed out */
	bool reload;            /* the next X_rel() reads it anew: its order, or what is in it, may be another by now */
};

/* The list of an object; NULL while it is not loaded. */
struct corm__collection *corm__collection_of(const corm_session *session, const struct corm__object *object,
                                             const corm_relationship *relationship);
/* Makes items, an array in the transaction's arena or NULL for none, the list of an object. False: no memory. */
bool corm__collection_set(corm_session *session, struct corm__object *object, const corm_relationship *relationship,
                          void **items, size_t count);
/* Adds, unless it is there already. False: no memory. */
bool corm__collection_add(corm_session *session, struct corm__collection *collection, void *item);
/* Adds what is not there, for certain: in a long list that takes long to find out. */
bool corm__collection_append(corm_session *session, struct corm__collection *collection, void *item);
/* False: no memory. What is not there need not be removed. */
bool corm__collection_remove(corm_session *session, struct corm__collection *collection, void *item);
bool corm__collection_has(struct corm__collection *collection, const void *item);
/* The lists of an object, or of all, are not loaded any more. */
void corm__collections_forget_of(corm_session *session, const struct corm__object *object);
void corm__collections_forget(corm_session *session);
/* Writes all lists into their members again, after structs were restored. */
void corm__collections_show(corm_session *session);
/* The lists that lead to a model, or go over it as a link, are to be read anew. */
void corm__collections_reload(corm_session *session, const corm_model_info *model, bool links_too);

/* ---- bond.c ------------------------------------------------------------------------------------------------------ */

/* A foreign key as two relationships see it: child has the key. up is the child's pointer, down the parent's member;
 * one of them may be NULL. */
struct corm__bond {
	const corm_model_info *child, *parent;
	const corm_relationship *up, *down;
	const uint16_t *child_columns, *parent_columns;
	size_t count;
};

/* The bond of a relationship of model that goes over no link model. */
struct corm__bond corm__bond_of(const corm_model_info *model, const corm_relationship *relationship);

/* The bond of a foreign key, without relationships. */
struct corm__bond corm__bond_of_key(const corm_model_info *child, const corm_foreign_key *key);

/* Copies a value between columns that the generator has found to fit: as it is, or an integer of another width. False
 * when it does not fit. */
bool corm__assign(const corm_column *to, void *target, const corm_column *from, const void *source);
/* Would corm__assign change nothing? */
bool corm__agrees(const corm_column *column, const void *value, const corm_column *with, const void *source);
void corm__assign_null(const corm_column *column, void *target);
/* Is a key of one column unset: NULL, nil, or the number 0? */
bool corm__key_is_unset(const corm_column *column, const void *value);
/* Is a key of these columns of a struct unset: NULL or nil one of them, or all 0? */
bool corm__columns_are_unset(const corm_model_info *model, const uint16_t *columns, size_t count, const void *value);
/* Are the bond's key columns in the child's struct, or other copy of it, unset? */
bool corm__bond_is_null(const struct corm__bond *bond, const void *child);
/* Do they name the parent? */
bool corm__bond_leads_to(const struct corm__bond *bond, const void *child, struct corm__object *parent);
/* The object that they name, if the session knows it by its key; NULL otherwise. */
struct corm__object *corm__bond_known(const corm_session *session, const struct corm__bond *bond, const void *child);
/* Can NULL stand in all columns of the key? Else *column is one where it cannot, part of the child's primary key if
 * there is such a one. */
bool corm__bond_is_optional(const struct corm__bond *bond, const corm_column **column);
/* Does the database delete the children itself? */
bool corm__bond_cascades_in_database(const struct corm__bond *bond);

/* ---- relate.c ---------------------------------------------------------------------------------------------------- */

/* What will be written into a child's key at the flush, where no pointer says so. */
struct corm__tie {
	struct corm__tie *next;              /* of the same child */
	struct corm__object *child, *parent; /* parent NULL: none */
	const corm_model_info *parent_model;
	const corm_relationship *down; /* the parent's, or NULL for a row of a link model */
	const uint16_t *child_columns, *parent_columns;
	size_t count;
};

/* Ties a child, by a copy of values, whose next means nothing; a tie of the same columns is replaced. */
corm_status corm__tie(corm_session *session, const struct corm__tie *values);
/* The object's ties; NULL when there are none. */
struct corm__tie *corm__ties_of(const corm_session *session, const struct corm__object *object);
/* Makes parent, which may be NULL, the parent of child, and keeps all views in step. */
corm_status corm__set_parent(corm_session *session, const struct corm__bond *bond, struct corm__object *child,
                             struct corm__object *parent);
/* The parent as the program sees it. */
struct corm__object *corm__current_parent(corm_session *session, const struct corm__bond *bond,
                                          struct corm__object *child);
/* Is its parent, now, another than the one that the child's row has? */
bool corm__parent_is_new(const corm_session *session, const struct corm__bond *bond, struct corm__object *child,
                         const struct corm__object *now);
/* Keeps views in step with what the program assigned to an object. */
corm_status corm__sync_object(corm_session *session, struct corm__object *object);
/* Has the object lost a parent whose relationship has delete_orphan? */
bool corm__is_orphan(corm_session *session, struct corm__object *object);

/* ---- view.c ------------------------------------------------------------------------------------------------------ */

/* A view is the member of a parent that leads to its children: a list, or the pointer of a pair. One that was not
 * loaded has nothing to follow. parent may be NULL in all of these, and the bond may have no view. */
corm_status corm__view_add(corm_session *session, const struct corm__bond *bond, struct corm__object *parent,
                           struct corm__object *child);
/* The same for a child that stands in no view yet. */
corm_status corm__view_append(corm_session *session, const struct corm__bond *bond, struct corm__object *parent,
                              struct corm__object *child);
corm_status corm__view_remove(corm_session *session, const struct corm__bond *bond, struct corm__object *parent,
                              struct corm__object *child);
bool corm__view_has(const corm_session *session, const struct corm__bond *bond, struct corm__object *parent,
                    struct corm__object *child);
/* Takes a child out of whatever view of the bond it may stand in. */
corm_status corm__views_remove(corm_session *session, const struct corm__bond *bond, struct corm__object *child);
/* Takes a child out of the bond's views of the parent that it has by now, and of that which its row has: views have not
 * followed yet what the program assigned. */
corm_status corm__views_leave(corm_session *session, const struct corm__bond *bond, struct corm__object *child,
                              struct corm__object *now);
/* Takes an object out of all views. */
corm_status corm__leave_views(corm_session *session, struct corm__object *object);
/* What was assigned to an object, or tied to it, and not flushed is dropped: views are as the row says. */
corm_status corm__revert_views(corm_session *session, struct corm__object *object);
/* Puts what was not flushed yet into a list that was just read. */
corm_status corm__apply_unflushed(corm_session *session, struct corm__collection *collection);

/* ---- link.c: many to many ---------------------------------------------------------------------------------------- */

/* A pair that X_rel_add() or X_rel_remove() has changed since the last flush. The one whose columns come first in the
 * link model is first. */
struct corm__link_key {
	const corm_model_info *link;
	const struct corm__object *first, *second;
};
struct corm__link_change {
	struct corm__link_key key;             /* the map's */
	const corm_relationship *relationship; /* as it was called */
	struct corm__object *owner, *target;
	struct corm__object *row; /* of the link model, pending; NULL: the pair is to be removed */
};

corm_status corm__link(corm_session *session, const corm_relationship *relationship, struct corm__object *owner,
                       struct corm__object *target);
corm_status corm__unlink(corm_session *session, const corm_relationship *relationship, struct corm__object *owner,
                         struct corm__object *target);
/* Drops the changes of pairs that an object is one of; NULL: of all pairs but those of two new objects. */
void corm__forget_links(corm_session *session, const struct corm__object *object);
/* The change of a pair, or NULL. */
struct corm__link_change *corm__link_change(const corm_session *session, const corm_relationship *relationship,
                                            const struct corm__object *owner, const struct corm__object *target);

/* ---- keys.c ------------------------------------------------------------------------------------------------------ */

/* Fills in foreign keys from pointers and ties, as far as the objects that they lead to have keys by now. */
corm_status corm__fill_keys(corm_session *session, struct corm__object *object);
/* Empties the key beside a pointer. */
void corm__empty_key(struct corm__object *object, const corm_relationship *up);
/* After the row was written: a pointer that does not lead where the key does was not changed by the program, and is as
 * if it had never been loaded. */
void corm__settle_pointers(corm_session *session, struct corm__object *object);
/* Will a pointer or a tie fill the column in? */
bool corm__key_is_related(const corm_session *session, const struct corm__object *object, size_t column);

/* ---- related.c --------------------------------------------------------------------------------------------------- */

/* An object that the program passed, fresh, in a state in which its relationships can be used; NULL: failed, with a
 * message that begins with what. */
struct corm__object *corm__usable(corm_session *session, const corm_model_info *model, void *value, const char *what,
                                  const char *name);
/* What a relationship leads to, read when it was not. NULL: none, or failed. */
void *corm__load_one(corm_session *session, struct corm__object *object, const corm_relationship *relationship);
/* Was a pointer of CORM_TO_ONE_REMOTE looked for in this epoch? */
bool corm__remote_is_loaded(const corm_session *session, const struct corm__object *object,
                            const corm_relationship *relationship);
/* Was what it leads to given to it and not flushed yet? The database does not know of it then. */
static inline bool corm__remote_is_new(const struct corm__object *child)
{
	return child && (child->state == CORM__OBJECT_PENDING || child->flags & CORM__FLAG_MOVED);
}
/* Those that lead to a model are asked for anew. */
void corm__remotes_forget(corm_session *session, const corm_model_info *model);
void corm__remote_set_loaded(corm_session *session, struct corm__object *object, const corm_relationship *relationship);

#endif
