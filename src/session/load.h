/* SPDX-License-Identifier: Apache-2.0
 *
 * From rows to objects.
 */
#ifndef CORM_SESSION_LOAD_H
#define CORM_SESSION_LOAD_H

#include "session/session.h"

/* ---- row.c ------------------------------------------------------------------------------------------------------- */

/* Which columns of a row are read into objects of a store. */
struct corm__columns {
	struct corm__store *store;
	size_t first; /* the row's column */
	const corm_target *targets;
	size_t count;
	bool partial; /* some are missing: the object is stale */
};
/* All of the model's columns, from the row's first-th on. */
static inline struct corm__columns corm__columns_all(struct corm__store *store, size_t first)
{
	return (struct corm__columns){
		.store = store,
		.first = first,
		.targets = store->targets,
		.count = store->model->column_count,
	};
}

/* A row that was read and not yet looked up. */
struct corm__row {
	struct corm__object *object; /* NULL: none */
	corm_room room;              /* the arena's, from before its text */
	const struct corm__block *block;
};

/* Reads a row into a new slot, as if it were a new object, which it mostly is. False: failed. */
bool corm__row_read(struct corm__run *run, const struct corm__columns *columns, struct corm__row *row);
/* The object of the row: itself, or the one that is known by its key, and then its slot and text are taken back. NULL:
 * failed. */
struct corm__object *corm__row_identify(corm_session *session, const struct corm__columns *columns,
                                        struct corm__row *row);
/* Both. */
struct corm__object *corm__row_object(struct corm__run *run, const struct corm__columns *columns);
/* The model's after_load(), if it has one, for a row that was just read. */
corm_status corm__call_after_load(corm_session *session, const corm_model_info *model, void *value);
/* Reads a row into a struct that is none of the session's objects; its text goes to room. False: failed. */
bool corm__row_read_plain(struct corm__run *run, const struct corm__columns *columns, void *value, corm_room *room);

/* ---- load.c ------------------------------------------------------------------------------------------------------ */

/* A list that grows in the transaction's arena. */
struct corm__list {
	void **items;
	size_t count, capacity;
};
bool corm__list_grow(corm_session *session, struct corm__list *list);
static inline bool corm__list_add(corm_session *session, struct corm__list *list, void *item)
{
	if (list->count == list->capacity && !corm__list_grow(session, list))
		return false;
	list->items[list->count++] = item;
	return true;
}
/* The list for the program: items is never NULL. */
corm_any_list corm__list_done(corm_session *session, const struct corm__list *list);
corm_any_list corm__failed_list(const corm_session *session);
/* What an empty list points to: NULL would mean that it is not loaded. */
extern void *corm__no_items[1];

/* Reads all rows of a run whose columns are the model's, as objects, and ends it. */
corm_any_list corm__load_objects(struct corm__run *run, const struct corm__columns *columns);
/* By key, from the identity map when a fresh object is there. NULL: no such row, or failed. */
void *corm__load_by_key(corm_session *session, const corm_model_info *model, const void *const *key);
/* The row in which these columns have the values of row; an object that is known gets the values anew. NULL: no such
 * row, or failed. */
struct corm__object *corm__load_by_columns(corm_session *session, struct corm__store *store, const uint16_t *columns,
                                           size_t count, const void *row);
/* Makes a stale object fresh; CORM_ERROR_NO_ROW when its row is gone. */
corm_status corm__load_fresh(corm_session *session, struct corm__object *object);
/* The key by which the object's row is known, whatever the program has done to the members: pointers for
 * corm__load_by_key(), in the store's room. */
const void *const *corm__key_of_row(struct corm__object *object);
/* Reads the object's row, as the database has it now, into a zeroed struct of the model and session->work; *found:
 * there is one. */
corm_status corm__load_row(corm_session *session, struct corm__object *object, void *row, bool *found);
/* Flushes, and starts to run a select. False: failed. */
bool corm__select_start(corm_session *session, const struct corm__select *select, struct corm__run *run);

/* ---- plan of a query's loads: eager.c ---------------------------------------------------------------------------- */

/* A relationship that is to be loaded with a query's objects. */
struct corm__load_step {
	const corm_relationship *relationship;
	const corm_model_info *model; /* whose it is */
	size_t owner;                 /* 0: the query's objects; n: what the n-th step leads to, counted from 1 */
	size_t joined;                /* its number among the joined, from 1; 0: by a query of its own */
};
struct corm__loads {
	struct corm__load_step *steps; /* owners before what they own */
	size_t count, joined_count;
	bool readonly;
	const corm_clause *only; /* or NULL */
};

/* Reads the clauses that say what is loaded, and the model's lazy() options; gives select the joined ones. Memory is
 * session->work's. */
corm_status corm__loads_read(corm_session *session, struct corm__select *select, struct corm__loads *loads);
/* Gives select and columns what corm_only() names, and what else is needed. False: failed. */
bool corm__loads_only(corm_session *session, struct corm__select *select, const struct corm__loads *loads,
                      struct corm__columns *columns);
/* Runs the steps that are not joined for a list that was just read, then whatever lazy() says. joined[n - 1] has what
 * the n-th joined step led to; NULL: there are none. */
corm_status corm__loads_run(corm_session *session, const struct corm__loads *loads, const corm_any_list *list,
                            const struct corm__objects *joined);
/* The lazy() options alone, for one object. */
corm_status corm__load_lazy(corm_session *session, struct corm__object *object);

/* ---- joined.c ---------------------------------------------------------------------------------------------------- */

/* Reads the rows of a query with joined steps. targets[n - 1] gets the objects that the n-th joined step led to. */
corm_any_list corm__load_joined(struct corm__run *run, const struct corm__columns *columns,
                                const struct corm__loads *loads, struct corm__objects *targets);

/* ---- selectin.c -------------------------------------------------------------------------------------------------- */

/* Loads a relationship of objects where it is not loaded yet, by one query for as many as its parameters allow. found,
 * which may be NULL, gets the objects that it led to, each once or more, but with only_new not those of owners for whom
 * it was loaded before. Memory is session->work's. */
corm_status corm__load_selectin(corm_session *session, const corm_relationship *relationship,
                                const struct corm__objects *owners, struct corm__objects *found, bool only_new);

/* ---- groups.c ---------------------------------------------------------------------------------------------------- */

/* Pairs of an owner and an item, in the order in which they were found, that become lists. Memory is
 * session->work's. */
struct corm__pairs {
	struct corm__pair {
		uint32_t owner; /* its number */
		void *item;
	} * items;
	size_t count, capacity;
};
bool corm__pairs_add(corm_session *session, struct corm__pairs *pairs, size_t owner, void *item);
/* Gives the member of each owner, in one array for all, what was paired with it; but lists that were loaded before stay
 * as they are. */
corm_status corm__pairs_apply(corm_session *session, const struct corm__pairs *pairs,
                              const corm_relationship *relationship, const struct corm__objects *owners);

/* A set of pairs of pointers, numbered in the order in which they came. */
struct corm__seen {
	struct corm__seen_entry {
		const void *a, *b;
		size_t number;
	} * entries;
	size_t count, capacity;
};
/* The pair's number, new or old; *is_new may be NULL. SIZE_MAX: no memory. */
size_t corm__seen_add(corm_session *session, struct corm__seen *seen, const void *a, const void *b, bool *is_new);

#endif
