/* SPDX-License-Identifier: Apache-2.0
 *
 * Queries that bring relationships along by joins: corm_load_joined().
 *
 * Each row has an object of the query and, for each joined step, one that it leads to, or NULLs. An object stands in
 * many rows, and is given out once.
 */
#include "session/load.h"

/* A joined step while rows are read. */
struct step {
	const struct corm__load_step *load;
	struct corm__columns columns;
	size_t owner;                /* 0: the query's object; n: the n-th joined step's */
	size_t key;                  /* the row's column that is NULL when there is no object */
	struct corm__object *at;     /* the row's */
	struct corm__objects owners; /* in the order in which they came */
	struct corm__seen owners_seen, pairs_seen;
	struct corm__pairs pairs;
};

static bool describe(corm_session *session, const struct corm__loads *loads, size_t first, struct step *steps)
{
	for (size_t i = 0, n = 0; i < loads->count; i++) {
		const struct corm__load_step *load = &loads->steps[i];
		if (!load->joined)
			continue;
		const corm_model_info *target = load->relationship->target;
		struct step *step = &steps[n++];
		step->load = load;
		step->owner = load->owner ? loads->steps[load->owner - 1].joined : 0;
		struct corm__store *store = corm__store_of(session, target);
		if (!store) {
			corm__session_no_memory(session);
			return false;
		}
		step->columns = corm__columns_all(store, first);
		step->key = first + target->key[0];
		first += target->column_count;
	}
	return true;
}

/* What one row says about one step. False: failed. */
static bool read_step(struct corm__run *run, struct step *step, struct corm__object *owner,
                      struct corm__objects *targets)
{
	corm_session *session = run->session;
	bool is_new;
	step->at = NULL;
	if (!owner)
		return true;
	size_t number = corm__seen_add(session, &step->owners_seen, owner, NULL, &is_new);
	if (number == SIZE_MAX || (is_new && !corm__objects_add(session, &session->work, &step->owners, owner)))
		return false;
	if (run->statement->connection->driver->is_null(run->statement->state, step->key))
		return true;
	step->at = corm__row_object(run, &step->columns);
	if (!step->at)
		return false;
	if (corm__seen_add(session, &step->pairs_seen, owner, step->at, &is_new) == SIZE_MAX)
		return false;
	return !is_new || (corm__pairs_add(session, &step->pairs, number, corm__object_struct(step->at)) &&
	                   corm__objects_add(session, &session->work, targets, step->at));
}

static bool read_row(struct corm__run *run, const struct corm__columns *columns, struct step *steps, size_t count,
                     struct corm__objects *targets, struct corm__seen *seen, struct corm__list *list)
{
	bool is_new;
	struct corm__object *object = corm__row_object(run, columns);
	if (!object || corm__seen_add(run->session, seen, object, NULL, &is_new) == SIZE_MAX)
		return false;
	if (is_new && !corm__list_add(run->session, list, corm__object_struct(object)))
		return false;
	for (size_t n = 0; n < count; n++) {
		struct corm__object *owner = steps[n].owner ? steps[steps[n].owner - 1].at : object;
		if (!read_step(run, &steps[n], owner, &targets[n]))
			return false;
	}
	return true;
}

corm_any_list corm__load_joined(struct corm__run *run, const struct corm__columns *columns,
                                const struct corm__loads *loads, struct corm__objects *targets)
{
	corm_session *session = run->session;
	size_t first = columns->count;
	struct step *steps = corm__arena_array(&session->work, loads->joined_count, sizeof *steps);
	struct corm__list list = { .items = NULL };
	struct corm__seen seen = { .entries = NULL };
	if (!steps)
		corm__session_no_memory(session);
	bool going = steps && describe(session, loads, first, steps);
	while (going && corm__run_row(run))
		going = read_row(run, columns, steps, loads->joined_count, targets, &seen, &list);
	corm__run_end(run);
	for (size_t n = 0; steps && session->error.error.status == CORM_OK && n < loads->joined_count; n++)
		corm__pairs_apply(session, &steps[n].pairs, steps[n].load->relationship, &steps[n].owners);
	return corm__list_done(session, &list);
}
