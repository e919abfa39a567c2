/* SPDX-License-Identifier: Apache-2.0
 *
 * Lists of objects, objects by key, and the queries of X_all() and its like.
 */
#include "session/load.h"
#include "session/query.h"
#include "type/codec.h"

#define FIRST_LIST 16

void *corm__no_items[1];

/* ---- lists ------------------------------------------------------------------------------------------------------- */

corm_any_list corm__failed_list(const corm_session *session)
{
	return (corm_any_list){ .items = corm__no_items, .count = 0, .status = corm__session_status(session) };
}

bool corm__list_grow(corm_session *session, struct corm__list *list)
{
	struct corm_arena *arena = &session->transaction;
	size_t capacity = list->capacity ? list->capacity * 2 : FIRST_LIST;
	size_t more = (capacity - list->capacity) * sizeof *list->items;
	if (list->items && (char *)(list->items + list->capacity) == arena->room.next && arena->room.left >= more) {
		/* Nothing was taken behind the list meanwhile: it grows where it stands. */
		corm_room_take(&arena->room, more);
	} else {
		void **items = corm__arena_take(arena, capacity * sizeof *items);
		if (!items) {
			corm__session_no_memory(session);
			return false;
		}
		if (list->items)
			memcpy(items, list->items, list->count * sizeof *items);
		list->items = items;
	}
	list->capacity = capacity;
	return true;
}

corm_any_list corm__list_done(corm_session *session, const struct corm__list *list)
{
	if (session->error.error.status != CORM_OK)
		return corm__failed_list(session);
	return (corm_any_list){
		.items = list->items ? list->items : corm__no_items,
		.count = list->count,
		.status = CORM_OK,
	};
}

static bool add_row(corm_session *session, const struct corm__columns *columns, struct corm__list *list,
                    struct corm__row *row)
{
	struct corm__object *object = corm__row_identify(session, columns, row);
	return object && corm__list_add(session, list, corm__object_struct(object));
}

corm_any_list corm__load_objects(struct corm__run *run, const struct corm__columns *columns)
{
	corm_session *session = run->session;
	struct corm__list list = { .items = NULL };
	struct corm__row row = { .object = NULL };
	/* A row is looked up after the database has gone on to the next: that gives the identity map's entry time to arrive
	 * from memory. */
	while (corm__run_row(run)) {
		if (row.object && !add_row(session, columns, &list, &row))
			break;
		if (!corm__row_read(run, columns, &row))
			break;
	}
	if (row.object)
		add_row(session, columns, &list, &row);
	corm__run_end(run);
	return corm__list_done(session, &list);
}

/* ---- by key ------------------------------------------------------------------------------------------------------ */

/* Asks for the row in which columns have the values at values. lock: nobody else changes it from then on. */
static bool ask_by_columns(corm_session *session, struct corm__store *store, const uint16_t *columns, size_t count,
                           const void *const *values, bool lock, struct corm__run *run)
{
	const corm_model_info *model = store->model;
	if (corm__session_begin(session) != CORM_OK)
		return false;
	size_t size = corm__statement_key(store, CORM__STATEMENT_GET, lock, model, columns, count);
	struct corm__statement *statement = corm__statement_find(session->connection, store->key, size);
	if (!statement && corm__compile_get(&session->compiler, model, columns, count, lock, &session->error) == CORM_OK)
		statement = corm__compiled_statement(session, store, size);
	if (!statement)
		return false;
	/* The last of the store's room, which reading a row does not use. */
	const corm_format **formats = store->formats + 2 * model->column_count + model->key_count - count;
	for (size_t i = 0; i < count; i++)
		formats[i] = &model->columns[columns[i]].format;
	return corm__run_start(run, session, statement, formats, values, count);
}

/* NULL: no such row, or failed. */
static struct corm__object *query_one(corm_session *session, struct corm__store *store, const uint16_t *columns,
                                      size_t count, const void *const *values)
{
	const struct corm__columns columns_of_row = corm__columns_all(store, 0);
	struct corm__run run;
	struct corm__object *object = NULL;
	if (!ask_by_columns(session, store, columns, count, values, false, &run))
		return NULL;
	if (corm__run_row(&run))
		object = corm__row_object(&run, &columns_of_row);
	corm__run_end(&run);
	return session->error.error.status == CORM_OK ? object : NULL;
}

static struct corm__object *query_by_key(corm_session *session, struct corm__store *store, const void *const *key)
{
	return query_one(session, store, store->model->key, store->model->key_count, key);
}

/* A row that is to be deleted is as good as gone. */
static bool is_usable(const corm_session *session, const struct corm__object *object)
{
	return object && (corm__is_fresh(session, object) || object->flags & CORM__FLAG_DELETING);
}

void *corm__load_by_key(corm_session *session, const corm_model_info *model, const void *const *key)
{
	struct corm__store *store = corm__store_of(session, model);
	if (!store) {
		corm__session_no_memory(session);
		return NULL;
	}
	uint32_t hash = corm__key_hash(model, key);
	struct corm__object *object = corm__identity_find(store, hash, key);
	if (!is_usable(session, object) && session->pending_count) {
		/* What was added may be it. What was changed by assignment cannot: it is in the identity map, or has another
		 * key. So nothing is compared with its snapshot here, which would cost more than the query in a session of many
		 * objects. */
		if (corm__autoflush(session) != CORM_OK)
			return NULL;
		object = corm__identity_find(store, hash, key);
	}
	if (object && object->flags & CORM__FLAG_DELETING)
		return NULL;
	if (!is_usable(session, object)) {
		object = query_by_key(session, store, key);
		if (object && corm__load_lazy(session, object) != CORM_OK)
			return NULL;
	}
	return object ? corm__object_struct(object) : NULL;
}

struct corm__object *corm__load_by_columns(corm_session *session, struct corm__store *store, const uint16_t *columns,
                                           size_t count, const void *row)
{
	const void **values = store->values + 2 * store->model->column_count + store->model->key_count - count;
	for (size_t i = 0; i < count; i++)
		values[i] = (const char *)row + store->model->columns[columns[i]].offset;
	return query_one(session, store, columns, count, values);
}

const void *const *corm__key_of_row(struct corm__object *object)
{
	const struct corm__store *store = object->store;
	const void **key = store->values + 2 * store->model->column_count;
	corm__key_of(store->model, corm__object_snapshot(object), key);
	return key;
}

corm_status corm__load_row(corm_session *session, struct corm__object *object, void *row, bool *found)
{
	struct corm__store *store = object->store;
	const struct corm__columns columns = corm__columns_all(store, 0);
	struct corm__run run;
	if (!ask_by_columns(session, store, store->model->key, store->model->key_count, corm__key_of_row(object), true,
	                    &run))
		return session->error.error.status;
	*found = corm__run_row(&run) && corm__row_read_plain(&run, &columns, row, &session->work.room) &&
	         corm__call_after_load(session, store->model, row) == CORM_OK;
	corm__run_end(&run);
	return session->error.error.status;
}

corm_status corm__load_fresh(corm_session *session, struct corm__object *object)
{
	if (corm__is_fresh(session, object))
		return CORM_OK;
	struct corm__store *store = object->store;
	if (!query_by_key(session, store, corm__key_of_row(object)))
		return corm__session_fail(session, CORM_ERROR_NO_ROW, "the row of this %s is no longer in the table \"%s\"",
		                          store->model->name, store->model->table);
	return CORM_OK;
}

void *corm__get(corm_session *session, const corm_model_info *model, const void *const *key)
{
	if (corm__session_failed(session))
		return NULL;
	for (size_t i = 0; i < model->key_count; i++) {
		const corm_column *column = &model->columns[model->key[i]];
		if (corm__value_is_null(&column->format, key[i])) {
			corm__session_fail(session, CORM_ERROR_USAGE, "%s_get: \"%s\" is NULL", model->name, column->field);
			return NULL;
		}
	}
	return corm__load_by_key(session, model, key);
}

/* ---- queries ----------------------------------------------------------------------------------------------------- */

bool corm__select_start(corm_session *session, const struct corm__select *select, struct corm__run *run)
{
	if (corm__session_failed(session))
		return false;
	if (!select->clauses) {
		corm__session_fail(session, CORM_ERROR_USAGE, "the clauses are NULL");
		return false;
	}
	if (corm__autoflush(session) != CORM_OK || corm__session_begin(session) != CORM_OK)
		return false;
	const corm_format *const *formats = NULL;
	struct corm__statement *statement = corm__select_statement(session, select, &formats);
	return statement &&
	       corm__run_start(run, session, statement, formats, session->compiler.values, session->compiler.count);
}

/* Plain structs, in the arena of the objects' text. */
static corm_any_list load_plain(struct corm__run *run, const struct corm__columns *columns)
{
	corm_session *session = run->session;
	const corm_model_info *model = columns->store->model;
	struct corm__list list = { .items = NULL };
	while (corm__run_row(run)) {
		void *value = corm__arena_take(&session->arena, model->size);
		if (!value) {
			corm__session_no_memory(session);
			break;
		}
		memset(value, 0, model->size);
		if (!corm__row_read_plain(run, columns, value, &session->arena.room) ||
		    (model->after_load && corm__call_after_load(session, model, value) != CORM_OK) ||
		    !corm__list_add(session, &list, value))
			break;
	}
	corm__run_end(run);
	return corm__list_done(session, &list);
}

/* A query without any loads: the common case. */
static corm_any_list select_plain(corm_session *session, struct corm__select *select, const struct corm__loads *loads,
                                  struct corm__store *store)
{
	struct corm__run run;
	struct corm__columns columns = corm__columns_all(store, 0);
	if (loads->only && !corm__loads_only(session, select, loads, &columns))
		return corm__failed_list(session);
	if (!corm__select_start(session, select, &run))
		return corm__failed_list(session);
	return loads->readonly ? load_plain(&run, &columns) : corm__load_objects(&run, &columns);
}

static corm_any_list select_loading(corm_session *session, struct corm__select *select, struct corm__store *store)
{
	struct corm__loads loads;
	corm_any_list list;
	if (corm__loads_read(session, select, &loads) != CORM_OK)
		return corm__failed_list(session);
	if (!loads.joined_count) {
		list = select_plain(session, select, &loads, store);
		return loads.count == 0 || corm__loads_run(session, &loads, &list, NULL) == CORM_OK
		           ? list
		           : corm__failed_list(session);
	}
	struct corm__run run;
	struct corm__columns columns = corm__columns_all(store, 0);
	struct corm__objects *targets = corm__arena_array(&session->work, loads.joined_count, sizeof *targets);
	if (!targets)
		corm__session_no_memory(session);
	if (!targets || (loads.only && !corm__loads_only(session, select, &loads, &columns)) ||
	    !corm__select_start(session, select, &run))
		return corm__failed_list(session);
	list = corm__load_joined(&run, &columns, &loads, targets);
	return corm__loads_run(session, &loads, &list, targets) == CORM_OK ? list : corm__failed_list(session);
}

/* Do the clauses, or the model, say more than which rows are wanted? */
static bool is_simple(const struct corm__store *store, const corm_clause *clause)
{
	for (; clause && clause->kind != CORM_CLAUSE_END; clause++) {
		if (clause->kind >= CORM_CLAUSE_LOAD && clause->kind <= CORM_CLAUSE_READONLY)
			return false;
	}
	return !store->has_lazy;
}

static corm_any_list select_objects(corm_session *session, struct corm__select *select)
{
	static const struct corm__loads none = { .steps = NULL };
	if (corm__session_failed(session))
		return corm__failed_list(session);
	struct corm__store *store = corm__store_of(session, select->model);
	if (!store) {
		corm__session_no_memory(session);
		return corm__failed_list(session);
	}
	if (is_simple(store, select->clauses))
		return select_plain(session, select, &none, store);
	corm__work_begin(session);
	corm_any_list list = select_loading(session, select, store);
	corm__work_end(session);
	return list;
}

corm_any_list corm__all(corm_session *session, const corm_model_info *model, const corm_clause *clauses)
{
	return select_objects(session, &(struct corm__select){ .model = model, .clauses = clauses });
}

/* At most so many rows, whose list nobody is given: its memory is taken back. */
static corm_any_list select_few(corm_session *session, const corm_model_info *model, const corm_clause *clauses,
                                int64_t most, void **first)
{
	*first = NULL;
	if (!session || corm__session_is_inert(session))
		return corm__failed_list(session);
	corm_room room = session->transaction.room;
	const struct corm__block *blocks = session->transaction.blocks;
	corm_any_list list = select_objects(session,
	                                    &(struct corm__select){ .model = model, .clauses = clauses, .most = most });
	if (list.status == CORM_OK && list.count) {
		*first = list.items[0];
		/* Only where the list is all that was taken since: undo records may stand behind it. */
		if (session->transaction.blocks == blocks && (char *)list.items - room.next < (ptrdiff_t)sizeof(max_align_t) &&
		    (char *)(list.items + FIRST_LIST) == session->transaction.room.next)
			session->transaction.room = room;
	}
	return list;
}

void *corm__first(corm_session *session, const corm_model_info *model, const corm_clause *clauses)
{
	void *first;
	select_few(session, model, clauses, 1, &first);
	return first;
}

void *corm__one_or_none(corm_session *session, const corm_model_info *model, const corm_clause *clauses)
{
	void *first;
	corm_any_list list = select_few(session, model, clauses, 2, &first);
	if (list.status == CORM_OK && list.count > 1) {
		corm__session_fail(session, CORM_ERROR_MULTIPLE_ROWS,
		                   "more than one row of \"%s\" was found where at most one was expected", model->table);
		return NULL;
	}
	return first;
}

void *corm__one(corm_session *session, const corm_model_info *model, const corm_clause *clauses)
{
	void *object = corm__one_or_none(session, model, clauses);
	if (!object && !corm__session_failed(session))
		corm__session_fail(session, CORM_ERROR_NO_ROW, "no row of \"%s\" was found where one was expected",
		                   model->table);
	return object;
}

int64_t corm__count(corm_session *session, const corm_model_info *model, const corm_clause *clauses)
{
	static const corm_target target = {
		.format = { .type = CORM_TYPE_INT64, .size = sizeof(int64_t) },
		.name = "count(*)",
	};
	struct corm__run run;
	if (!corm__select_start(session,
	                        &(struct corm__select){ .kind = CORM__SELECT_COUNT, .model = model, .clauses = clauses },
	                        &run))
		return -1;
	int64_t count = -1;
	if (corm__run_row(&run))
		run.statement->connection->driver->read(run.statement->state, 0, &target, 1, &count, &session->arena.room,
		                                        &session->error);
	corm__run_end(&run);
	return corm__session_failed(session) ? -1 : count;
}

corm_status corm__exists(corm_session *session, const corm_model_info *model, bool *exists, const corm_clause *clauses)
{
	if (!exists)
		return corm__session_fail(session, CORM_ERROR_USAGE, "%s_exists: there is nowhere to put the answer",
		                          model->name);
	*exists = false;
	struct corm__run run;
	struct corm__select select = { .kind = CORM__SELECT_EXISTS, .model = model, .clauses = clauses };
	if (!corm__select_start(session, &select, &run))
		return corm__session_status(session);
	bool found = corm__run_row(&run);
	corm__run_end(&run);
	*exists = found && session->error.error.status == CORM_OK;
	return session->error.error.status;
}

corm_any_list corm__run(corm_query *query, const corm_model_info *model)
{
	corm_session *session = query ? query->session : NULL;
	if (corm__session_failed(session))
		return corm__failed_list(session);
	struct corm__select select = corm__query_select(query);
	if (select.model != model) {
		corm__session_fail(session, CORM_ERROR_USAGE, "%s_run: the query was made for %s", model->name,
		                   select.model ? select.model->name : "nothing");
		return corm__failed_list(session);
	}
	return select_objects(session, &select);
}
