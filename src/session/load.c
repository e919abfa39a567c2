/* SPDX-License-Identifier: Apache-2.0
 *
 * From rows to objects.
 */
#include "base/error.h"
#include "session/query.h"
#include "session/session.h"
#include "type/codec.h"
#include <limits.h>

#define FIRST_LIST 16

/* What an empty list points to: NULL would mean that it is not loaded. */
static void *no_items[1];

corm_any_list corm__failed_list(const corm_session *session)
{
	corm_status status = session ? session->error.error.status : CORM_ERROR_USAGE;
	return (corm_any_list){ .items = no_items, .count = 0, .status = status };
}

/* ---- one row ----------------------------------------------------------------------------------------------------- */

/* A member that the program has changed stays as it is, and is compared with the new value from now on. */
static bool refresh_column(struct corm__object *object, const corm_column *column, const char *row)
{
	char *value = (char *)corm__object_struct(object) + column->offset;
	char *snapshot = (char *)corm__object_snapshot(object) + column->offset;
	const corm_format *format = &column->format;
	if (corm__value_equal(format, snapshot, row + column->offset))
		return false;
	size_t size = format->flags & CORM_FORMAT_OPTIONAL ? format->has_value + sizeof(bool) : format->size;
	if (!corm__column_changed(object, column))
		memcpy(value, row + column->offset, size);
	memcpy(snapshot, row + column->offset, size);
	return true;
}

/* A pointer whose key has changed no longer leads where the row does, and one whose key stands in the other table may
 * not. */
static void forget_pointers(struct corm__object *object, const char *row)
{
	const corm_model_info *model = object->store->model;
	const char *snapshot = corm__object_snapshot(object);
	for (size_t i = 0; i < model->relationship_count; i++) {
		const corm_relationship *relationship = &model->relationships[i];
		bool forget = relationship->kind == CORM_TO_ONE_REMOTE;
		for (size_t k = 0; relationship->kind == CORM_TO_ONE && k < relationship->count; k++) {
			const corm_column *column = &model->columns[relationship->columns[k]];
			if (!corm__value_equal(&column->format, snapshot + column->offset, row + column->offset))
				forget = true;
		}
		void *now = forget ? corm__related_pointer(corm__object_struct(object), relationship) : NULL;
		if (now && now == corm__related_pointer(snapshot, relationship))
			corm__related_loaded(object, relationship, NULL);
	}
}

/* Gives a stale object the values of a row that was just read. *keeps_text: some of the row's text is in use now. */
static corm_status refresh_object(corm_session *session, struct corm__object *object, const char *row, bool *keeps_text)
{
	corm_status status = corm__snapshot_save(session, object);
	if (status != CORM_OK)
		return status;
	const corm_model_info *model = object->store->model;
	forget_pointers(object, row);
	for (size_t i = 0; i < model->column_count; i++) {
		const corm_column *column = &model->columns[i];
		if (!refresh_column(object, column, row) || !(object->store->work[i] & CORM__WORK_POINTER))
			continue;
		*keeps_text = true;
		if (object->store->work[i] & CORM__WORK_MUTABLE)
			status = corm__snapshot_mutable(session, object, column);
		if (status != CORM_OK)
			return status;
	}
	object->epoch = session->epoch;
	return CORM_OK;
}

static corm_status register_object(corm_session *session, struct corm__object *object)
{
	object->state = CORM__OBJECT_PERSISTENT;
	object->epoch = session->epoch;
	return corm__identity_add(session, object->store, object) ? CORM_OK : corm__session_no_memory(session);
}

/* Names the row that could not be read, where its key stands before the column that did not fit. */
static void blame_row(corm_session *session, const struct corm__store *store, const void *row)
{
	const corm_model_info *model = store->model;
	const corm_error *error = &session->error.error;
	size_t read = 0;
	while (error->column && read < model->column_count && strcmp(model->columns[read].name, error->column) != 0)
		read++;
	bool has_key = error->column != NULL;
	for (size_t i = 0; i < model->key_count; i++)
		has_key = has_key && model->key[i] < read;
	char key[160] = "a row";
	if (has_key)
		corm__describe_key(model, row, key, sizeof key);
	corm__error_prefix(&session->error, "%s of \"%s\": ", key, model->table);
	if (!error->table)
		corm_error_detail(&session->error, &session->error.error.table, model->table, SIZE_MAX);
}

/* A row that was read and not yet looked up. */
struct row {
	struct corm__object *object; /* NULL: none */
	corm_room room;              /* the arena's, from before its text */
	const struct corm__block *block;
};

/* Reads a row into a new slot, as if it were a new object, which it mostly is. False: failed. */
static bool read_row(struct corm__run *run, struct corm__store *store, struct row *row)
{
	corm_session *session = run->session;
	const corm_model_info *model = store->model;
	struct corm__statement *statement = run->statement;
	struct corm__object *object = corm__store_new(session, store);
	row->object = NULL;
	if (!object) {
		corm__session_no_memory(session);
		return false;
	}
	void *value = memset(corm__object_struct(object), 0, model->size);
	row->room = session->arena.room;
	row->block = session->arena.blocks;
	corm_status status = statement->connection->driver->read(statement->state, store->targets, model->column_count,
	                                                         value, &session->arena.room, &session->error);
	if (status != CORM_OK)
		blame_row(session, store, value);
	else
		status = corm__snapshot_take(session, object);
	if (status != CORM_OK) {
		corm__store_drop_newest(store);
		return false;
	}
	object->hash = corm__row_hash(store, value);
	corm__identity_prefetch(store, object->hash);
	row->object = object;
	return true;
}

/* The object of the row: itself, or the one that is known by its key, and then its slot and text are taken back. NULL:
 * failed. */
static struct corm__object *identify_row(corm_session *session, struct corm__store *store, struct row *row)
{
	struct corm__object *object = row->object;
	const void *value = corm__object_struct(object);
	struct corm__object *known = corm__row_find(store, object->hash, value);
	row->object = NULL;
	if (!known && register_object(session, object) == CORM_OK)
		return object;
	bool keeps_text = false;
	if (known && known->epoch != session->epoch && refresh_object(session, known, value, &keeps_text) != CORM_OK)
		known = NULL;
	if (!keeps_text && session->arena.blocks == row->block)
		session->arena.room = row->room;
	corm__store_drop_newest(store);
	return known;
}

/* ---- lists ------------------------------------------------------------------------------------------------------- */

struct list {
	void **items;
	size_t count, capacity;
};

static bool list_grow(corm_session *session, struct list *list)
{
	struct corm_arena *arena = &session->transaction;
	size_t capacity = list->capacity ? list->capacity * 2 : FIRST_LIST;
	size_t more = (capacity - list->capacity) * sizeof *list->items;
	if (list->items && (char *)(list->items + list->capacity) == arena->room.next && arena->room.left >= more) {
		/* Nothing was taken behind the list meanwhile: it grows where it stands. */
		corm_room_take(&arena->room, more);
	} else {
		void **items = corm__arena_take(arena, capacity * sizeof *items);
		if (!items)
			return false;
		if (list->count)
			memcpy(items, list->items, list->count * sizeof *items);
		list->items = items;
	}
	list->capacity = capacity;
	return true;
}

static bool list_add(corm_session *session, struct list *list, struct corm__object *object)
{
	if (object && list->count == list->capacity && !list_grow(session, list))
		corm__session_no_memory(session);
	else if (object)
		list->items[list->count++] = corm__object_struct(object);
	return session->error.error.status == CORM_OK;
}

corm_any_list corm__load_objects(struct corm__run *run, struct corm__store *store)
{
	corm_session *session = run->session;
	struct list list = { .items = NULL };
	struct row row = { .object = NULL };
	/* A row is looked up after the database has gone on to the next: that gives the identity map's entry time to arrive
	 * from memory. */
	while (corm__run_row(run)) {
		if (row.object && !list_add(session, &list, identify_row(session, store, &row)))
			break;
		if (!read_row(run, store, &row))
			break;
	}
	if (row.object)
		list_add(session, &list, identify_row(session, store, &row));
	corm__run_end(run);
	if (session->error.error.status != CORM_OK)
		return corm__failed_list(session);
	return (corm_any_list){ .items = list.items ? list.items : no_items, .count = list.count, .status = CORM_OK };
}

/* ---- by key ------------------------------------------------------------------------------------------------------ */

/* Reads the row of a key, anew if it is known. NULL: no such row, or failed. */
static struct corm__object *query_by_key(corm_session *session, struct corm__store *store, const void *const *key)
{
	const corm_model_info *model = store->model;
	if (corm__session_begin(session) != CORM_OK)
		return NULL;
	size_t size = corm__statement_key(store, CORM__STATEMENT_GET, 0, model, NULL, 0);
	struct corm__statement *statement = corm__statement_find(session->connection, store->key, size);
	if (!statement && corm__compile_get(&session->compiler, model, &session->error) == CORM_OK)
		statement = corm__compiled_statement(session, store, size);
	if (!statement)
		return NULL;
	/* The last of the store's room, which reading a row does not use. */
	const corm_format **formats = store->formats + 2 * model->column_count;
	for (size_t i = 0; i < model->key_count; i++)
		formats[i] = &model->columns[model->key[i]].format;
	struct corm__run run;
	struct corm__object *object = NULL;
	if (!corm__run_start(&run, session, statement, formats, key, model->key_count))
		return NULL;
	struct row row;
	if (corm__run_row(&run) && read_row(&run, store, &row))
		object = identify_row(session, store, &row);
	corm__run_end(&run);
	return object;
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
	if (!(object && object->epoch == session->epoch) && session->pending_count) {
		/* What was added may be it. What was changed by assignment cannot: it is in the identity map, or has another
		 * key. So nothing is compared with its snapshot here, which would cost more than the query in a session of many
		 * objects. */
		if (corm_flush(session) != CORM_OK)
			return NULL;
		object = corm__identity_find(store, hash, key);
	}
	if (!(object && object->epoch == session->epoch))
		object = query_by_key(session, store, key);
	return object ? corm__object_struct(object) : NULL;
}

corm_status corm__load_fresh(corm_session *session, struct corm__object *object)
{
	if (object->epoch == session->epoch)
		return CORM_OK;
	struct corm__store *store = object->store;
	/* By the snapshot's key: the row is known by it, whatever the program has done to the member. */
	const void **key = store->values + 2 * store->model->column_count;
	corm__key_of(store->model, corm__object_snapshot(object), key);
	if (!query_by_key(session, store, key))
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

/* Flushes, and starts to run a select. False: failed. */
static bool start_select(corm_session *session, const struct corm__select *select, struct corm__run *run)
{
	if (corm__session_failed(session))
		return false;
	if (!select->clauses) {
		corm__session_fail(session, CORM_ERROR_USAGE, "the clauses are NULL");
		return false;
	}
	if (corm_flush(session) != CORM_OK || corm__session_begin(session) != CORM_OK)
		return false;
	const corm_format *const *formats = NULL;
	struct corm__statement *statement = corm__select_statement(session, select, &formats);
	return statement &&
	       corm__run_start(run, session, statement, formats, session->compiler.values, session->compiler.count);
}

static corm_any_list select_objects(corm_session *session, const struct corm__select *select)
{
	struct corm__run run;
	if (!start_select(session, select, &run))
		return corm__failed_list(session);
	struct corm__store *store = corm__store_of(session, select->model);
	if (!store) {
		corm__session_no_memory(session);
		corm__run_end(&run);
		return corm__failed_list(session);
	}
	return corm__load_objects(&run, store);
}

corm_any_list corm__all(corm_session *session, const corm_model_info *model, const corm_clause *clauses)
{
	return select_objects(session, &(struct corm__select){ .model = model, .clauses = clauses });
}

void *corm__first(corm_session *session, const corm_model_info *model, const corm_clause *clauses)
{
	corm_any_list list = select_objects(session,
	                                    &(struct corm__select){ .model = model, .clauses = clauses, .most = 1 });
	return list.status == CORM_OK && list.count ? list.items[0] : NULL;
}

void *corm__one_or_none(corm_session *session, const corm_model_info *model, const corm_clause *clauses)
{
	corm_any_list list = select_objects(session,
	                                    &(struct corm__select){ .model = model, .clauses = clauses, .most = 2 });
	if (list.status != CORM_OK || !list.count)
		return NULL;
	if (list.count > 1) {
		corm__session_fail(session, CORM_ERROR_MULTIPLE_ROWS,
		                   "more than one row of \"%s\" was found where at most one was expected", model->table);
		return NULL;
	}
	return list.items[0];
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
	if (!start_select(session, &(struct corm__select){ .kind = CORM__SELECT_COUNT, .model = model, .clauses = clauses },
	                  &run))
		return -1;
	int64_t count = -1;
	if (corm__run_row(&run))
		run.statement->connection->driver->read(run.statement->state, &target, 1, &count, &session->arena.room,
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
	if (!start_select(session, &select, &run))
		return session ? session->error.error.status : CORM_ERROR_USAGE;
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
