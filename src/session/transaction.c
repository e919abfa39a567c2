/* SPDX-License-Identifier: Apache-2.0
 *
 * Transactions: a session begins one with its first statement and ends it with a commit or a rollback.
 */
#include "base/error.h"
#include "session/session.h"

/* Nothing may outlive the connection: its statements, and values that point into objects. */
static void give_back(corm_session *session, bool broken)
{
	if (session->connection)
		corm__engine_release(session->connection, broken);
	session->connection = NULL;
}

corm_status corm__session_begin(corm_session *session)
{
	if (corm__session_failed(session))
		return session ? session->error.error.status : CORM_ERROR_USAGE;
	if (session->connection)
		return CORM_OK;
	corm_status status = corm__engine_acquire(session->engine, &session->connection, &session->error);
	if (status != CORM_OK) {
		session->connection = NULL;
		return status;
	}
	const corm_driver *driver = session->connection->driver;
	if (!session->compiler_ready) {
		session->dialect = corm__dialect_find(driver->dialect);
		if (!session->dialect) {
			give_back(session, false);
			return corm__session_fail(session, CORM_ERROR_USAGE, "the driver \"%s\" speaks an unknown dialect, \"%s\"",
			                          driver->name, driver->dialect);
		}
		corm__compiler_init(&session->compiler, session->dialect, session->connection->capabilities,
		                    &session->allocator);
		session->compiler_ready = true;
	}
	status = corm__connection_control(session->connection, driver->begin, &session->error);
	if (status != CORM_OK)
		give_back(session, !driver->alive(session->connection->state));
	return status;
}

void corm__session_abort(corm_session *session)
{
	if (!session->connection)
		return;
	const corm_driver *driver = session->connection->driver;
	void *state = session->connection->state;
	bool broken = !driver->alive(state);
	if (!broken && driver->in_transaction(state)) {
		/* The error that led here is the one to keep, not what the rollback may say. */
		corm_error_store kept = { .used = 0 };
		corm__error_copy(&kept, &session->error.error);
		corm__error_clear(&session->error);
		broken = corm__connection_control(session->connection, "ROLLBACK", &session->error) != CORM_OK &&
		         driver->in_transaction(state);
		corm__error_copy(&session->error, &kept.error);
	}
	give_back(session, broken);
}

void corm__session_end_failed(corm_session *session)
{
	session->error_ended = true;
	corm__session_abort(session);
}

/* After four thousand million transactions the epochs begin anew; all objects are stale then, as after any
 * transaction. */
static void restart_epochs(corm_session *session)
{
	struct corm__cursor cursor = { 0 };
	for (struct corm__object *object; (object = corm__objects_next(session, &cursor));)
		object->epoch = object->inserted = object->saved = 0;
	session->epoch = 1;
}

/* What was loaded into lists and saved for a rollback ends with the transaction. */
static void forget_transaction(corm_session *session)
{
	for (struct corm__loaded *loaded = session->loaded; loaded; loaded = loaded->next) {
		size_t size = sizeof(corm_many(void));
		memset((char *)corm__object_struct(loaded->object) + loaded->relationship->offset, 0, size);
		memset((char *)corm__object_snapshot(loaded->object) + loaded->relationship->offset, 0, size);
	}
	session->loaded = NULL;
	session->undo = NULL;
	corm__arena_reset(&session->transaction);
	if (++session->epoch == UINT32_MAX)
		restart_epochs(session);
}

corm_status corm_commit(corm_session *session)
{
	if (corm__session_failed(session))
		return session ? session->error.error.status : CORM_ERROR_USAGE;
	corm_status status = corm_flush(session);
	if (status != CORM_OK)
		return status;
	if (session->connection) {
		status = corm__connection_control(session->connection, "COMMIT", &session->error);
		if (status != CORM_OK) {
			corm__session_end_failed(session);
			return status;
		}
		give_back(session, false);
	}
	forget_transaction(session);
	return CORM_OK;
}

static void restore_object(corm_session *session, struct corm__object *object)
{
	memcpy(corm__object_struct(object), corm__object_snapshot(object), object->store->model->size);
	/* Text that may be changed in place is the struct's now, and the snapshot needs a copy of its own. */
	if (object->store->has_mutable)
		corm__snapshot_take(session, object);
}

/* Everything is as it was before the transaction: the older of two undo records has the earlier state, and is applied
 * last. */
static corm_status restore_objects(corm_session *session)
{
	for (struct corm__undo *undo = session->undo; undo; undo = undo->older)
		memcpy(corm__object_snapshot(undo->object), undo->snapshot, undo->object->store->model->size);
	struct corm__cursor cursor = { 0 };
	for (struct corm__object *object; (object = corm__objects_next(session, &cursor));) {
		bool inserted = object->state == CORM__OBJECT_PERSISTENT && object->inserted == session->epoch;
		if (inserted)
			corm__identity_remove(object->store, object);
		if (inserted || object->state == CORM__OBJECT_PENDING)
			object->state = CORM__OBJECT_DETACHED;
		else if (object->state == CORM__OBJECT_PERSISTENT && corm__snapshot_may_differ(object))
			restore_object(session, object);
	}
	session->pending_count = 0;
	return session->error.error.status; /* a restoring that failed has left it there */
}

corm_status corm_rollback(corm_session *session)
{
	if (!session)
		return CORM_ERROR_USAGE;
	if (!session->engine)
		return session->error.error.status;
	corm__error_clear(&session->error);
	session->error_ended = false;
	session->error_read = false;
	corm__session_abort(session);
	corm_status status = restore_objects(session);
	forget_transaction(session);
	return status;
}

void *corm_session_native(corm_session *session)
{
	if (corm__session_begin(session) != CORM_OK)
		return NULL;
	return session->connection->driver->native(session->connection->state);
}
