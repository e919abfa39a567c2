/* SPDX-License-Identifier: Apache-2.0
 *
 * DELETE: rows by their keys, and rows of link models.
 */
#include "session/flush.h"

corm_status corm__expect_one_row(corm_session *session, const corm_model_info *model, const void *row, const char *what,
                                 int64_t changes)
{
	if (changes == 1)
		return CORM_OK;
	char key[160] = "a pair";
	if (row)
		corm__describe_key(model, row, key, sizeof key);
	corm__session_fail(session, CORM_ERROR_CONFLICT,
	                   "%s of \"%s\", %s, met %lld rows where it should have met one: "
	                   "the row was changed or deleted by somebody else since it was read",
	                   what, model->table, key, (long long)changes);
	corm_error_detail(&session->error, &session->error.error.table, model->table, SIZE_MAX);
	return CORM_ERROR_CONFLICT;
}

/* WHERE key=? [AND version IS ?], as the snapshot has them. */
static size_t collect_key(struct corm__store *store, struct corm__object *object)
{
	const corm_model_info *model = store->model;
	size_t count = model->key_count + (store->version != CORM_NO_INDEX);
	for (size_t i = 0; i < count; i++) {
		const corm_column *column = &model->columns[i < model->key_count ? model->key[i] : store->version];
		store->formats[i] = &column->format;
		store->values[i] = corm__snapshot_at(object, column);
	}
	return count;
}

static struct corm__statement *delete_statement(corm_session *session, struct corm__batch *batch,
                                                struct corm__store *store)
{
	if (batch->statement && batch->store == store && batch->key[0] == CORM__STATEMENT_DELETE)
		return batch->statement;
	size_t size = corm__statement_key(store, CORM__STATEMENT_DELETE, 0, store->model, NULL, 0);
	struct corm__statement *statement = corm__batch_find(batch, store, size);
	if (statement || session->error.error.status != CORM_OK)
		return statement;
	statement = corm__statement_find(session->connection, store->key, size);
	if (!statement && corm__compile_delete(&session->compiler, store->model, &store->version,
	                                       store->version != CORM_NO_INDEX, &session->error) == CORM_OK)
		statement = corm__compiled_statement(session, store, size);
	if (statement)
		corm__batch_keep(batch, store, size, statement);
	return statement;
}

corm_status corm__delete_settle(corm_session *session, struct corm__object *object, int64_t changes)
{
	struct corm__store *store = object->store;
	corm_status status = corm__expect_one_row(session, store->model, corm__object_snapshot(object), "a DELETE",
	                                          changes);
	if (status != CORM_OK)
		return status;
	status = corm__leave_views(session, object);
	corm__identity_remove(store, object);
	object->state = CORM__OBJECT_DELETED;
	object->flags &= (uint8_t)~CORM__FLAG_DELETING;
	store->written = true;
	return status;
}

static corm_status delete_now(corm_session *session, struct corm__statement *statement, struct corm__object *object,
                              size_t count)
{
	struct corm__store *store = object->store;
	struct corm__run run;
	if (!corm__run_start_kept(&run, session, statement, store->formats, store->values, count))
		return session->error.error.status;
	while (corm__run_row(&run))
		;
	int64_t changes = corm__run_end_changes(&run);
	return changes < 0 ? session->error.error.status : corm__delete_settle(session, object, changes);
}

corm_status corm__delete_object(corm_session *session, struct corm__batch *batch, struct corm__object *object)
{
	struct corm__store *store = object->store;
	size_t count = collect_key(store, object);
	struct corm__statement *statement = delete_statement(session, batch, store);
	corm_status status = corm__undo_save_delete(session, object);
	if (status != CORM_OK || !statement)
		return session->error.error.status;
	status = corm__batch_takes(batch, CORM__BATCH_DELETE)
	             ? corm__batch_send(batch, CORM__BATCH_DELETE, store, object, count)
	             : delete_now(session, statement, object, count);
	if (status != CORM_OK)
		corm__constraint_name(&session->error, store->model, false);
	return status;
}

/* ---- rows of link models ----------------------------------------------------------------------------------------- */

/* The keys of a link model's row to both sides of a relationship of model. */
static struct corm__bond bond_to_owner(const corm_model_info *model, const corm_relationship *relationship)
{
	return (struct corm__bond){
		.child = relationship->link,
		.parent = model,
		.child_columns = relationship->link_columns,
		.parent_columns = relationship->columns,
		.count = relationship->count,
	};
}

static struct corm__bond bond_to_target(const corm_relationship *relationship)
{
	return (struct corm__bond){
		.child = relationship->link,
		.parent = relationship->target,
		.child_columns = relationship->link_target_columns,
		.parent_columns = relationship->target_columns,
		.count = relationship->target_count,
	};
}

/* A row that was deleted with its pair, or its owner, is an object no longer. */
static corm_status drop_row(corm_session *session, struct corm__object *row)
{
	if (corm__undo_save_delete(session, row) != CORM_OK || corm__leave_views(session, row) != CORM_OK)
		return CORM_ERROR_MEMORY;
	corm__identity_remove(row->store, row);
	row->state = CORM__OBJECT_DELETED;
	row->flags &= (uint8_t)~CORM__FLAG_DELETING;
	row->store->written = true;
	return CORM_OK;
}

static corm_status drop_rows_of(corm_session *session, const corm_relationship *relationship,
                                struct corm__object *owner)
{
	const struct corm__bond bond = bond_to_owner(owner->store->model, relationship);
	struct corm__cursor cursor = { .store = corm__store_known(session, relationship->link) };
	corm_status status = CORM_OK;
	for (struct corm__object *row; cursor.store && status == CORM_OK && (row = corm__store_next(&cursor));) {
		if (row->state == CORM__OBJECT_PERSISTENT && corm__bond_leads_to(&bond, corm__object_snapshot(row), owner))
			status = drop_row(session, row);
	}
	return status;
}

/* Some pair of the link model that was taken away, or NULL. */
static const struct corm__link_change *any_unlinked(const corm_session *session, const corm_model_info *link)
{
	struct corm__map_entry *entry;
	for (size_t at = 0; (entry = corm__map_next(&session->link_changes, &at));) {
		const struct corm__link_change *change = entry->value;
		if (!change->row && change->relationship->link == link)
			return change;
	}
	return NULL;
}

corm_status corm__drop_unlinked(corm_session *session)
{
	corm_status status = CORM_OK;
	for (struct corm__store *store = session->stores; store; store = store->next) {
		const struct corm__link_change *first = any_unlinked(session, store->model);
		struct corm__cursor cursor = { .store = store };
		if (!first)
			continue;
		const corm_relationship *relationship = first->relationship;
		const struct corm__bond ours = bond_to_owner(first->owner->store->model, relationship);
		const struct corm__bond theirs = bond_to_target(relationship);
		for (struct corm__object *row; status == CORM_OK && (row = corm__store_next(&cursor));) {
			if (row->state != CORM__OBJECT_PERSISTENT)
				continue;
			struct corm__object *owner = corm__bond_known(session, &ours, corm__object_snapshot(row));
			struct corm__object *target = corm__bond_known(session, &theirs, corm__object_snapshot(row));
			const struct corm__link_change *change = owner && target
			                                             ? corm__link_change(session, relationship, owner, target)
			                                             : NULL;
			if (change && !change->row)
				status = drop_row(session, row);
		}
	}
	return status;
}

/* The lists of the other side lose the object. Where its own list does not tell which they are, any may have it. */
static corm_status leave_lists(corm_session *session, const corm_relationship *relationship, struct corm__object *owner)
{
	const corm_relationship *back = corm__back(relationship);
	const struct corm__collection *ours = corm__collection_of(session, owner, relationship);
	bool known = ours && !ours->reload;
	size_t count = known ? ours->count : session->collection_count;
	for (size_t i = 0; back && i < count; i++) {
		struct corm__collection *theirs = known ? corm__collection_of(session, corm__object_at(ours->items[i]), back)
		                                        : session->collections[i];
		if (theirs && theirs->object && theirs->relationship == back &&
		    !corm__collection_remove(session, theirs, corm__object_struct(owner)))
			return CORM_ERROR_MEMORY;
	}
	return CORM_OK;
}

static struct corm__statement *unlink_statement(corm_session *session, const corm_relationship *relationship,
                                                struct corm__store *store, bool all)
{
	size_t size = corm__statement_key(store, CORM__STATEMENT_UNLINK, all, relationship, NULL, 0);
	struct corm__statement *statement = corm__statement_find(session->connection, store->key, size);
	if (!statement && corm__compile_unlink(&session->compiler, relationship, all, &session->error) == CORM_OK)
		statement = corm__compiled_statement(session, store, size);
	return statement;
}

corm_status corm__delete_links(corm_session *session, const corm_relationship *relationship, struct corm__object *owner,
                               struct corm__object *target)
{
	size_t count = 0, most = relationship->count + relationship->target_count;
	const void **values = corm__arena_array(&session->work, most, sizeof *values);
	const corm_format **formats = corm__arena_array(&session->work, most, sizeof *formats);
	if (!values || !formats)
		return corm__session_no_memory(session);
	for (size_t i = 0; i < relationship->count; i++) {
		const corm_column *column = &owner->store->model->columns[relationship->columns[i]];
		formats[count] = &column->format;
		values[count++] = corm__value_at(owner, column);
	}
	for (size_t i = 0; target && i < relationship->target_count; i++) {
		const corm_column *column = &relationship->target->columns[relationship->target_columns[i]];
		formats[count] = &column->format;
		values[count++] = corm__value_at(target, column);
	}
	struct corm__statement *statement = unlink_statement(session, relationship, owner->store, !target);
	struct corm__run run;
	if (!statement || !corm__run_start(&run, session, statement, formats, values, count))
		return session->error.error.status;
	while (corm__run_row(&run))
		;
	int64_t changes = corm__run_end_changes(&run);
	corm_status status = changes < 0 ? session->error.error.status : CORM_OK;
	if (status == CORM_OK && target)
		return corm__expect_one_row(session, relationship->link, NULL, "a DELETE", changes);
	if (status == CORM_OK)
		status = leave_lists(session, relationship, owner);
	return status == CORM_OK ? drop_rows_of(session, relationship, owner) : status;
}
