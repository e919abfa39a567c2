/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing without objects: X_insert_many, X_update, X_delete_where, X_upsert.
 */
#include "base/error.h"
#include "session/flush.h"
#include "session/given.h"
#include "session/load.h"
#include "sql/tree.h"
#include "type/codec.h"

/* So many rows are worth a COPY, which asks for the table's types before. */
#define COPY_MINIMUM 100

/* ---- INSERT of many ---------------------------------------------------------------------------------------------- */

/* Takes a struct of the program's into an object of nobody's: defaults and keys filled in, all rules checked. */
static corm_status take_row(corm_session *session, struct corm__object *object, const void *value)
{
	const corm_model_info *model = object->store->model;
	object->flags = 0;
	memcpy(corm__object_struct(object), value, model->size);
	corm_status status = corm__fill_keys(session, object);
	for (size_t i = 0; status == CORM_OK && i < model->relationship_count; i++) {
		const corm_relationship *up = &model->relationships[i];
		const struct corm__object *parent = NULL;
		if (up->kind == CORM_TO_ONE)
			parent = corm__session_owned(session, corm__related_pointer(value, up));
		if (parent && parent->state == CORM__OBJECT_PENDING)
			status = corm__session_fail(session, CORM_ERROR_USAGE, "%s.%s points to a new %s: call corm_flush() before",
			                            model->name, up->name, up->target->name);
	}
	return status == CORM_OK ? corm__validate_object(session, object, false) : status;
}

static struct corm__object *nobodys_object(corm_session *session, const corm_model_info *model)
{
	struct corm__store *store = corm__store_of(session, model);
	void *memory = store ? corm__arena_array(&session->work, 1, corm__object_size(store)) : NULL;
	if (memory)
		return corm__object_init(store, memory);
	corm__session_no_memory(session);
	return NULL;
}

/* Which row it was, before what was wrong with it. */
static corm_status blame(corm_session *session, size_t row)
{
	corm__error_prefix(&session->error, "row %zu: ", row);
	return session->error.error.status;
}

/* All rows are checked before the first is sent: a value that breaks a rule leaves the transaction as it was. Those
 * that a default was filled into, which may be another each time, are kept as they were checked: filled[i], where not
 * NULL. */
static corm_status check_rows(corm_session *session, struct corm__object *object, const char *array, size_t count,
                              const char ***filled)
{
	size_t size = object->store->model->size;
	for (size_t i = 0; i < count; i++) {
		const char *value = array + i * size;
		if (take_row(session, object, value) != CORM_OK)
			return blame(session, i);
		if (memcmp(corm__object_struct(object), value, size) == 0)
			continue;
		if (!*filled)
			*filled = corm__arena_array(&session->work, count, sizeof **filled);
		char *copy = *filled ? corm__arena_take(&session->work, size) : NULL;
		if (!copy)
			return corm__session_no_memory(session);
		(*filled)[i] = memcpy(copy, corm__object_struct(object), size);
	}
	return CORM_OK;
}

/* The rows of one call, and how far they are. */
struct many {
	corm_session *session;
	struct corm__store *store;
	const char *array;
	const char **filled; /* NULL: none */
	size_t count;
	size_t first; /* of those that are not done */
	bool refused; /* the table's columns cannot be copied */
};

static const char *row_at(const struct many *many, size_t row)
{
	return many->filled && many->filled[row] ? many->filled[row] : many->array + row * many->store->model->size;
}

static const void *copied_row(void *data, size_t index)
{
	const struct many *many = data;
	return row_at(many, many->first + index);
}

/* Does each row send all columns, whatever stands in them? */
static bool has_one_shape(const corm_model_info *model)
{
	for (size_t i = 0; i < model->column_count; i++) {
		if (model->columns[i].flags & CORM_COLUMN_GENERATED || model->columns[i].server_default != CORM_SERVER_NONE)
			return false;
	}
	return true;
}

/* How many rows from first on send the columns that stand in the store; those of the next ones stand there after. */
static size_t count_alike(struct many *many, const uint16_t *columns, size_t sent)
{
	size_t row = many->first + 1, returned;
	if (has_one_shape(many->store->model))
		return many->count - many->first;
	while (row < many->count) {
		if (corm__insert_columns(many->store, row_at(many, row), &returned) != sent ||
		    memcmp(many->store->columns, columns, sent * sizeof *columns) != 0)
			break;
		row++;
	}
	return row - many->first;
}

/* Rows from first on by the database's own way for many; *copied of them, which may be none. */
static corm_status copy_rows(struct many *many, struct corm__batch *batch, size_t *copied)
{
	corm_session *session = many->session;
	struct corm__store *store = many->store;
	const corm_model_info *model = store->model;
	size_t returned, names_at, sent = corm__insert_columns(store, row_at(many, many->first), &returned);
	uint16_t *columns = corm__arena_array(&session->work, sent + 1, sizeof *columns);
	corm_target *targets = corm__arena_array(&session->work, sent + 1, sizeof *targets);
	*copied = 0;
	if (!columns || !targets)
		return corm__session_no_memory(session);
	memcpy(columns, store->columns, sent * sizeof *columns);
	size_t rows = count_alike(many, columns, sent);
	if (!sent || rows < COPY_MINIMUM)
		return CORM_OK;
	if (corm__compile_names(&session->compiler, model, columns, sent, &names_at, &session->error) != CORM_OK)
		return session->error.error.status;
	for (size_t i = 0; i < sent; i++)
		targets[i] = (corm_target){ .format = model->columns[columns[i]].format,
			                        .offset = model->columns[columns[i]].offset,
			                        .name = model->columns[columns[i]].name };
	corm_copy copy = {
		.table = session->compiler.sql.data,
		.names = session->compiler.sql.data + names_at,
		.columns = targets,
		.count = sent,
		.row = copied_row,
		.data = many,
		.rows = rows,
	};
	bool traced = corm__engine_traced(session->engine);
	int64_t started_ns = traced ? corm__clock_ns() : 0;
	corm_status status = session->connection->driver->copy(session->connection->state, &copy, &session->error);
	many->refused = copy.refused;
	if (status == CORM_OK && copy.refused)
		return CORM_OK;
	*copied = rows;
	if (traced)
		corm__trace_copy(session, &copy, started_ns);
	if (status == CORM_OK)
		return CORM_OK;
	corm__constraint_name(&session->error, model, true);
	batch->failed = copy.failed < rows ? many->first + copy.failed : SIZE_MAX;
	return status;
}

static corm_status insert_rows(struct many *many, struct corm__batch *batch, size_t count)
{
	corm_status status = CORM_OK;
	for (size_t i = 0; status == CORM_OK && i < count; i++)
		status = corm__insert_plain(many->session, batch, many->store, row_at(many, many->first + i));
	return status;
}

static corm_status send_rows(struct many *many, struct corm__batch *batch)
{
	bool copies = corm__session_can(many->session, CORM_CAN_COPY);
	corm_status status = CORM_OK;
	while (status == CORM_OK && many->first < many->count) {
		size_t done = 0, left = many->count - many->first;
		if (copies && !many->refused && left >= COPY_MINIMUM) {
			status = corm__batch_drain(batch);
			if (status == CORM_OK)
				status = copy_rows(many, batch, &done);
			/* These are done without the batch, which counts them all the same. */
			batch->done += done;
		}
		if (status == CORM_OK && !done) {
			/* What cannot be copied is not tried again row by row. */
			done = left < COPY_MINIMUM ? left : COPY_MINIMUM;
			status = insert_rows(many, batch, done);
		}
		many->first += done;
	}
	return status;
}

static corm_status insert_many(corm_session *session, const corm_model_info *model, const char *array, size_t count)
{
	struct corm__object *object = nobodys_object(session, model);
	if (!object)
		return session->error.error.status;
	struct many many = { .session = session, .store = object->store, .array = array, .count = count };
	if (check_rows(session, object, array, count, &many.filled) != CORM_OK)
		return session->error.error.status;
	if (corm__session_begin(session) != CORM_OK)
		return session->error.error.status;
	struct corm__batch batch;
	corm__batch_begin(&batch, session);
	corm_status status = send_rows(&many, &batch);
	corm_status ended = corm__batch_end(&batch);
	if (status == CORM_OK)
		status = ended;
	if (status != CORM_OK) {
		/* Of rows that went together the database does not always say which it was. */
		if (batch.failed < count)
			blame(session, batch.failed);
		else if (session->error.error.sqlstate)
			corm__error_prefix(&session->error, "one of rows 0 to %zu: ", count - 1);
		corm__session_end_failed(session);
	}
	corm__collections_reload(session, model, true);
	corm__remotes_forget(session, model);
	return status;
}

corm_status corm__insert_many(corm_session *session, const corm_model_info *model, const void *array, size_t count)
{
	if (corm__session_failed(session) || corm__session_writes(session) != CORM_OK)
		return corm__session_status(session);
	if (!array && count)
		return corm__session_fail(session, CORM_ERROR_USAGE, "%s_insert_many: the array is NULL", model->name);
	corm_status status = corm__autoflush(session);
	if (status != CORM_OK || !count)
		return status;
	corm__work_begin(session);
	status = insert_many(session, model, array, count);
	corm__work_end(session);
	return status;
}

/* ---- UPDATE and DELETE by a condition ---------------------------------------------------------------------------- */

/* Rows of the model may be others by now, or gone: objects are read anew when they are used, and so are lists. */
static void expire_model(corm_session *session, const corm_model_info *model)
{
	struct corm__cursor cursor = { .store = corm__store_known(session, model) };
	for (struct corm__object *object; cursor.store && (object = corm__store_next(&cursor));) {
		if (object->state == CORM__OBJECT_PERSISTENT)
			object->epoch = 0;
	}
	corm__collections_reload(session, model, true);
	corm__remotes_forget(session, model);
}

static int64_t run_write(corm_session *session, const struct corm__select *select)
{
	struct corm__run run;
	if (!corm__select_start(session, select, &run))
		return -1;
	while (corm__run_row(&run))
		;
	int64_t changes = corm__run_end_changes(&run);
	if (changes < 0)
		corm__constraint_name(&session->error, select->model, select->kind != CORM__WRITE_DELETE);
	return changes;
}

/* Foreign keys may have carried it on to other tables, and from these on, by way of some that the session does not
 * know. */
static void expire_children(corm_session *session, const corm_model_info *model)
{
	for (const struct corm__store *store = session->stores; store; store = store->next) {
		bool follows = false;
		for (size_t k = 0; store->model != model && k < store->model->foreign_key_count; k++)
			follows |= store->model->foreign_keys[k].on_delete || store->model->foreign_keys[k].on_update;
		if (follows)
			expire_model(session, store->model);
	}
}

static int64_t write_where(corm_session *session, enum corm__select_kind kind, const corm_model_info *model,
                           const corm_clause *clauses)
{
	if (corm__session_failed(session) || corm__session_writes(session) != CORM_OK)
		return -1;
	corm__work_begin(session);
	struct corm__select select = { .kind = kind, .model = model, .clauses = clauses };
	int64_t rows = -1;
	struct corm__object *updated = nobodys_object(session, model);
	if (updated) {
		corm__set_onupdate(updated->store, updated);
		select.updated = corm__object_struct(updated);
		rows = run_write(session, &select);
		expire_model(session, model);
		expire_children(session, model);
	}
	corm__work_end(session);
	return rows;
}

int64_t corm__update(corm_session *session, const corm_model_info *model, const corm_clause *clauses)
{
	return write_where(session, CORM__WRITE_UPDATE, model, clauses);
}

int64_t corm__delete_where(corm_session *session, const corm_model_info *model, const corm_clause *clauses)
{
	return write_where(session, CORM__WRITE_DELETE, model, clauses);
}

/* ---- INSERT or UPDATE -------------------------------------------------------------------------------------------- */

/* What X_upsert is about, while it runs. */
struct upsert {
	corm_session *session;
	struct corm__store *store;
	struct corm__object *row, *updated;
	uint16_t *columns, *replaced, *keys; /* indexes */
	size_t column_count, replaced_count, key_count;
	bool is_strayed; /* it has met a row that was not meant */
};

/* The columns of corm_on_conflict(); what is wrong with them, compiling finds. */
static void read_conflict(struct upsert *upsert, const corm_clause *clauses)
{
	const corm_model_info *model = upsert->store->model;
	for (const corm_clause *clause = clauses; clause->kind != CORM_CLAUSE_END; clause++) {
		if (clause->kind != CORM_CLAUSE_ON_CONFLICT)
			continue;
		for (corm__list list = clause->data; !corm__is_end(*list) && upsert->key_count < model->column_count; list++) {
			const corm_node *node = *list, *source = node && node->op == CORM_OP_COLUMN ? node->of.arg.a : NULL;
			if (source && source->of.arg.a == model)
				upsert->keys[upsert->key_count++] = (uint16_t)((const corm_column *)node->of.arg.b - model->columns);
		}
	}
}

static bool is_conflict_column(const struct upsert *upsert, size_t index)
{
	for (size_t i = 0; i < upsert->key_count; i++) {
		if (upsert->keys[i] == index)
			return true;
	}
	return false;
}

static bool has_set(const corm_clause *clauses)
{
	for (; clauses->kind != CORM_CLAUSE_END; clauses++) {
		if (clauses->kind == CORM_CLAUSE_SET || clauses->kind == CORM_CLAUSE_SET_NULL ||
		    clauses->kind == CORM_CLAUSE_DO_NOTHING)
			return true;
	}
	return false;
}

/* A key column of a relationship's counts as given with its pointer. */
static bool is_given(const struct upsert *upsert, const struct corm__given *given, size_t index)
{
	const corm_model_info *model = upsert->store->model;
	if (corm__given_column(given, &model->columns[index]))
		return true;
	for (size_t i = 0; given->text && i < model->relationship_count; i++) {
		const corm_relationship *up = &model->relationships[i];
		for (size_t k = 0; up->kind == CORM_TO_ONE && k < up->count; k++) {
			if (up->columns[k] == index && corm__given_relationship(given, up))
				return true;
		}
	}
	return false;
}

/* What is inserted, and which of it replaces what is there. */
static void choose_columns(struct upsert *upsert, const struct corm__given *given, bool replaces)
{
	struct corm__store *store = upsert->store;
	size_t returned;
	upsert->column_count = corm__insert_columns(store, corm__object_struct(upsert->row), &returned);
	memcpy(upsert->columns, store->columns, upsert->column_count * sizeof *upsert->columns);
	for (size_t i = 0; replaces && i < upsert->column_count; i++) {
		size_t index = upsert->columns[i];
		bool fixed = store->model->columns[index].flags & (CORM_COLUMN_PRIMARY_KEY | CORM_COLUMN_VERSION);
		if (!fixed && !is_conflict_column(upsert, index) && is_given(upsert, given, index))
			upsert->replaced[upsert->replaced_count++] = (uint16_t)index;
	}
}

static bool is_set(const corm_clause *clauses, const corm_column *column)
{
	for (; clauses->kind != CORM_CLAUSE_END; clauses++) {
		const corm_node *node = clauses->data;
		if (clauses->kind == CORM_CLAUSE_SET && node->of.arg.a)
			node = node->of.arg.a;
		else if (clauses->kind != CORM_CLAUSE_SET_NULL)
			continue;
		if (node->op == CORM_OP_COLUMN && node->of.arg.b == column)
			return true;
	}
	return false;
}

static bool is_inserted(const struct upsert *upsert, size_t index)
{
	for (size_t i = 0; i < upsert->column_count; i++) {
		if (upsert->columns[i] == index)
			return true;
	}
	return false;
}

/* Where the columns of corm_on_conflict() are not part of the statement, the row that was met may have another unique
 * value of what was to be inserted, and not those: then it is not the row that the program means. */
static bool is_meant(const struct upsert *upsert, const corm_clause *clauses, const struct corm__object *row)
{
	const char *given = corm__object_struct(upsert->row), *found = (const char *)(row + 1);
	bool is_same = true;
	for (size_t i = 0; !upsert->session->dialect->conflict_columns && i < upsert->key_count; i++) {
		const corm_column *column = &upsert->store->model->columns[upsert->keys[i]];
		if (is_inserted(upsert, upsert->keys[i]) && !is_set(clauses, column))
			is_same &= corm__value_equal(&column->format, given + column->offset, found + column->offset);
	}
	return is_same;
}

static void refuse_row(struct upsert *upsert)
{
	const char *name = upsert->store->model->name;
	upsert->is_strayed = true;
	corm__session_fail(upsert->session, CORM_ERROR_UNIQUE,
	                   "%s_upsert met a row that has other values in the columns of corm_on_conflict(): another unique "
	                   "constraint of %s forbids the new one",
	                   name, name);
}

/* The row as the database has it now. An object that is known gets its values: they are what the program asked for. */
static struct corm__object *read_object(struct upsert *upsert, const corm_clause *clauses, struct corm__run *run)
{
	struct corm__store *store = upsert->store;
	struct corm__row row;
	const struct corm__columns columns = corm__columns_all(store, 0);
	if (!corm__row_read(run, &columns, &row))
		return NULL;
	if (!is_meant(upsert, clauses, row.object)) {
		corm__store_drop_newest(store);
		refuse_row(upsert);
		return NULL;
	}
	struct corm__object *known = corm__row_find(store, row.object->hash, corm__object_struct(row.object));
	if (known)
		known->epoch = 0;
	return corm__row_identify(upsert->session, &columns, &row);
}

static void *run_upsert(struct upsert *upsert, const corm_clause *clauses)
{
	corm_session *session = upsert->session;
	const struct corm__select select = {
		.kind = CORM__WRITE_UPSERT,
		.model = upsert->store->model,
		.clauses = clauses,
		.columns = upsert->columns,
		.column_count = upsert->column_count,
		.row = corm__object_struct(upsert->row),
		.updated = corm__object_struct(upsert->updated),
		.replaced = upsert->replaced,
		.replaced_count = upsert->replaced_count,
	};
	struct corm__run run;
	struct corm__object *object = NULL;
	if (!corm__select_start(session, &select, &run))
		return NULL;
	while (corm__run_row(&run) && (object = read_object(upsert, clauses, &run)))
		;
	corm__run_end(&run);
	if (session->error.error.status != CORM_OK) {
		corm__constraint_name(&session->error, select.model, true);
		/* What the statement did to a row that was not meant must not stay. */
		if (upsert->is_strayed)
			corm__session_end_failed(session);
		return NULL;
	}
	/* Where nothing is returned, as for a row that was left as it is, it is read. */
	if (!object)
		object = corm__load_by_columns(session, upsert->store, upsert->keys, upsert->key_count, select.row);
	corm__collections_reload(session, select.model, true);
	corm__remotes_forget(session, select.model);
	return object ? corm__object_struct(object) : NULL;
}

static void *upsert_value(corm_session *session, const corm_model_info *model, const void *value,
                          const struct corm__given *given, const corm_clause *clauses)
{
	struct corm_arena *arena = &session->work;
	struct upsert upsert = {
		.session = session,
		.row = nobodys_object(session, model),
		.updated = nobodys_object(session, model),
		.columns = corm__arena_array(arena, model->column_count, sizeof(uint16_t)),
		.replaced = corm__arena_array(arena, model->column_count, sizeof(uint16_t)),
		.keys = corm__arena_array(arena, model->column_count, sizeof(uint16_t)),
	};
	if (!upsert.row || !upsert.updated || !upsert.columns || !upsert.replaced || !upsert.keys) {
		corm__session_no_memory(session);
		return NULL;
	}
	upsert.store = upsert.row->store;
	corm__set_onupdate(upsert.store, upsert.updated);
	/* What is related is inserted first: its key is needed. */
	if (corm__autoflush(session) != CORM_OK || take_row(session, upsert.row, value) != CORM_OK)
		return NULL;
	read_conflict(&upsert, clauses);
	choose_columns(&upsert, given, !has_set(clauses));
	return run_upsert(&upsert, clauses);
}

void *corm__upsert(corm_session *session, const corm_model_info *model, const void *value, const char *arguments,
                   const corm_clause *clauses)
{
	struct corm__given given;
	if (corm__session_failed(session) || corm__session_writes(session) != CORM_OK)
		return NULL;
	if (!value || !clauses || !corm__given_read(&given, model, arguments)) {
		corm__session_fail(session, CORM_ERROR_USAGE,
		                   value && clauses
		                       ? "%s_upsert: %s_values() takes designators, .member = value, and nothing else"
		                       : "%s_upsert: the value of %s, or the clauses, are NULL",
		                   model->name, model->name);
		return NULL;
	}
	corm__work_begin(session);
	void *object = upsert_value(session, model, value, &given, clauses);
	corm__work_end(session);
	return object;
}
