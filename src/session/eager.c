/* SPDX-License-Identifier: Apache-2.0
 *
 * What is loaded with a query's objects: corm_load(), corm_load_joined(), corm_only() and lazy().
 */
#include "session/load.h"
#include "sql/tree.h"

/* ---- reading the clauses ----------------------------------------------------------------------------------------- */

static bool is_load(const corm_clause *clause)
{
	return clause->kind == CORM_CLAUSE_LOAD || clause->kind == CORM_CLAUSE_LOAD_JOINED;
}

static bool is_eager(const corm_relationship *relationship)
{
	return relationship->lazy == CORM_LAZY_SELECTIN || relationship->lazy == CORM_LAZY_JOINED;
}

/* The number of the step for a relationship, counted from 1; made when there is none. A join goes on from the query or
 * from another join. */
static size_t add_step(struct corm__loads *loads, const corm_model_info *model, const corm_relationship *relationship,
                       size_t owner, bool joined)
{
	for (size_t i = 0; i < loads->count; i++) {
		if (loads->steps[i].relationship == relationship && loads->steps[i].owner == owner)
			return i + 1;
	}
	bool may_join = joined && (!owner || loads->steps[owner - 1].joined);
	loads->steps[loads->count++] = (struct corm__load_step){
		.relationship = relationship,
		.model = model,
		.owner = owner,
		.joined = may_join ? ++loads->joined_count : 0,
	};
	return loads->count;
}

static corm_status read_path(corm_session *session, const corm_clause *clause, const corm_model_info *model,
                             struct corm__loads *loads)
{
	const char *function = clause->kind == CORM_CLAUSE_LOAD ? "corm_load" : "corm_load_joined";
	size_t owner = 0;
	for (corm__list list = clause->data; !corm__is_end(*list); list++) {
		const corm_node *node = *list, *source = node && node->op == CORM_OP_RELATIONSHIP ? node->of.arg.a : NULL;
		if (!source)
			return corm__session_fail(session, CORM_ERROR_USAGE, "%s() is given what is no relationship", function);
		const corm_relationship *relationship = node->of.arg.b;
		const corm_model_info *of = source->of.arg.a;
		if (of != model)
			return corm__session_fail(session, CORM_ERROR_USAGE, "%s(): %s.%s is no relationship of %s, which %s",
			                          function, of->name, relationship->name, model->name,
			                          owner ? "the one before leads to" : "the query gives");
		owner = add_step(loads, model, relationship, owner, clause->kind == CORM_CLAUSE_LOAD_JOINED);
		model = relationship->target;
	}
	return CORM_OK;
}

static size_t count_steps(const struct corm__select *select)
{
	size_t count = select->model->relationship_count;
	for (const corm_clause *clause = select->clauses; clause->kind != CORM_CLAUSE_END; clause++)
		count += is_load(clause) ? corm__list_length(clause->data) : 0;
	return count;
}

static corm_status read_clauses(corm_session *session, const struct corm__select *select, struct corm__loads *loads)
{
	corm_status status = CORM_OK;
	for (const corm_clause *clause = select->clauses; status == CORM_OK && clause->kind != CORM_CLAUSE_END; clause++) {
		if (is_load(clause))
			status = read_path(session, clause, select->model, loads);
		else if (clause->kind == CORM_CLAUSE_ONLY && loads->only)
			status = corm__session_fail(session, CORM_ERROR_USAGE, "the query has two corm_only()");
		else if (clause->kind == CORM_CLAUSE_ONLY)
			loads->only = clause;
		loads->readonly |= clause->kind == CORM_CLAUSE_READONLY;
	}
	if (status == CORM_OK && loads->readonly && loads->count)
		status = corm__session_fail(session, CORM_ERROR_USAGE,
		                            "corm_readonly() gives plain structs, which have no relationships: leave it or "
		                            "corm_load() out");
	return status;
}

/* The joins, as compiling wants them. */
static bool give_joins(corm_session *session, struct corm__select *select, const struct corm__loads *loads)
{
	struct corm__joined *joined = corm__arena_array(&session->work, loads->joined_count, sizeof *joined);
	if (!joined) {
		corm__session_no_memory(session);
		return false;
	}
	for (size_t i = 0, n = 0; i < loads->count; i++) {
		const struct corm__load_step *step = &loads->steps[i];
		if (step->joined)
			joined[n++] = (struct corm__joined){
				.relationship = step->relationship,
				.owner = step->owner ? loads->steps[step->owner - 1].joined : 0,
			};
	}
	select->joined = joined;
	select->joined_count = loads->joined_count;
	return true;
}

corm_status corm__loads_read(corm_session *session, struct corm__select *select, struct corm__loads *loads)
{
	const corm_model_info *model = select->model;
	*loads = (struct corm__loads){ .steps = NULL };
	if (!select->clauses)
		return corm__session_fail(session, CORM_ERROR_USAGE, "the clauses are NULL");
	loads->steps = corm__arena_array(&session->work, count_steps(select) + 1, sizeof *loads->steps);
	if (!loads->steps)
		return corm__session_no_memory(session);
	corm_status status = read_clauses(session, select, loads);
	for (size_t i = 0; status == CORM_OK && !loads->readonly && !loads->only && i < model->relationship_count; i++) {
		const corm_relationship *relationship = &model->relationships[i];
		if (is_eager(relationship))
			add_step(loads, model, relationship, 0, relationship->lazy == CORM_LAZY_JOINED);
	}
	if (status == CORM_OK && loads->joined_count && !give_joins(session, select, loads))
		status = CORM_ERROR_MEMORY;
	return status;
}

/* ---- corm_only() ------------------------------------------------------------------------------------------------- */

static bool mark_only(corm_session *session, const corm_model_info *model, const corm_clause *only, bool *wanted)
{
	for (corm__list list = only->data; !corm__is_end(*list); list++) {
		const corm_node *node = *list, *source = node && node->op == CORM_OP_COLUMN ? node->of.arg.a : NULL;
		if (!source || source->of.arg.a != model) {
			corm__session_fail(session, CORM_ERROR_USAGE, "corm_only() takes columns of %s, which the query gives",
			                   model->name);
			return false;
		}
		wanted[(const corm_column *)node->of.arg.b - model->columns] = true;
	}
	return true;
}

/* What the rows are known by, what an UPDATE has to compare, and what leads to what is loaded with them. */
static void mark_needed(const corm_model_info *model, const struct corm__loads *loads, bool *wanted)
{
	for (size_t i = 0; i < model->key_count; i++)
		wanted[model->key[i]] = true;
	for (size_t i = 0; !loads->readonly && i < model->column_count; i++)
		wanted[i] |= (model->columns[i].flags & CORM_COLUMN_VERSION) != 0;
	for (size_t i = 0; i < loads->count; i++) {
		const struct corm__load_step *step = &loads->steps[i];
		for (size_t k = 0; !step->owner && k < step->relationship->count; k++)
			wanted[step->relationship->columns[k]] = true;
	}
}

bool corm__loads_only(corm_session *session, struct corm__select *select, const struct corm__loads *loads,
                      struct corm__columns *columns)
{
	const corm_model_info *model = select->model;
	struct corm_arena *arena = &session->work;
	bool *wanted = corm__arena_array(arena, model->column_count, sizeof *wanted);
	uint16_t *indexes = corm__arena_array(arena, model->column_count, sizeof *indexes);
	corm_target *targets = corm__arena_array(arena, model->column_count, sizeof *targets);
	if (!wanted || !indexes || !targets) {
		corm__session_no_memory(session);
		return false;
	}
	if (!mark_only(session, model, loads->only, wanted))
		return false;
	mark_needed(model, loads, wanted);
	size_t count = 0;
	for (size_t i = 0; i < model->column_count; i++) {
		if (!wanted[i])
			continue;
		targets[count] = columns->store->targets[i];
		indexes[count++] = (uint16_t)i;
	}
	columns->targets = targets;
	columns->count = count;
	columns->partial = count < model->column_count;
	select->columns = indexes;
	select->column_count = count;
	return true;
}

/* ---- loading ----------------------------------------------------------------------------------------------------- */

/* Objects of one model whose lazy() options are still to be followed. */
struct waiting {
	struct waiting *next;
	struct corm__objects objects;
};

static bool wait_for(corm_session *session, struct waiting **list, const struct corm__objects *objects)
{
	if (!objects->count || !objects->items[0]->store->has_lazy)
		return true;
	struct waiting *waiting = corm__arena_take(&session->work, sizeof *waiting);
	if (!waiting) {
		corm__session_no_memory(session);
		return false;
	}
	*waiting = (struct waiting){ .next = *list, .objects = *objects };
	*list = waiting;
	return true;
}

/* Goes on until all is loaded: only what was not loaded yet leads to more. */
static corm_status follow_lazy(corm_session *session, struct waiting *list)
{
	while (list && !corm__session_failed(session)) {
		const struct corm__objects objects = list->objects;
		const corm_model_info *model = objects.items[0]->store->model;
		list = list->next;
		for (size_t i = 0; i < model->relationship_count; i++) {
			struct corm__objects found = { .items = NULL };
			if (is_eager(&model->relationships[i]) &&
			    (corm__load_selectin(session, &model->relationships[i], &objects, &found, true) != CORM_OK ||
			     !wait_for(session, &list, &found)))
				break;
		}
	}
	return corm__session_status(session);
}

corm_status corm__loads_run(corm_session *session, const struct corm__loads *loads, const corm_any_list *list,
                            const struct corm__objects *joined)
{
	struct corm__objects root = { .items = NULL };
	struct corm__objects *found = corm__arena_array(&session->work, loads->count + 1, sizeof *found);
	struct waiting *waiting = NULL;
	if (list->status != CORM_OK)
		return list->status;
	if (!found)
		return corm__session_no_memory(session);
	for (size_t i = 0; i < list->count; i++) {
		if (!corm__objects_add(session, &session->work, &root, corm__object_at(list->items[i])))
			return CORM_ERROR_MEMORY;
	}
	for (size_t i = 0; i < loads->count; i++) {
		const struct corm__load_step *step = &loads->steps[i];
		const struct corm__objects *owners = step->owner ? &found[step->owner - 1] : &root;
		if (step->joined)
			found[i] = joined[step->joined - 1];
		else if (corm__load_selectin(session, step->relationship, owners, &found[i], false) != CORM_OK)
			return session->error.error.status;
		if (!wait_for(session, &waiting, &found[i]))
			return CORM_ERROR_MEMORY;
	}
	return follow_lazy(session, waiting);
}

corm_status corm__load_lazy(corm_session *session, struct corm__object *object)
{
	if (!object->store->has_lazy)
		return CORM_OK;
	corm__work_begin(session);
	struct waiting *waiting = NULL;
	const struct corm__objects objects = { .items = &object, .count = 1, .capacity = 1 };
	corm_status status = wait_for(session, &waiting, &objects) ? follow_lazy(session, waiting) : CORM_ERROR_MEMORY;
	corm__work_end(session);
	return status;
}
