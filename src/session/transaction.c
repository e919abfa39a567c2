/* SPDX-License-Identifier: Apache-2.0
 *
 * Transactions: a session begins one with its first statement and ends it with a commit or a rollback.
 */
#include "base/error.h"
#include "session/change.h"
#include "session/relation.h"
#include "session/stream.h"
#include <stdio.h>

/* Nothing may outlive the connection: its statements, and values that point into objects. */
static void give_back(corm_session *session, bool broken)
{
	if (session->connection) {
		corm__streams_end(session);
		corm__engine_release(session->connection, broken);
	}
	session->connection = NULL;
	session->savepoint = NULL;
	session->savepoints = 0;
}

corm_status corm__session_begin(corm_session *session)
{
	if (corm__session_failed(session))
		return corm__session_status(session);
	if (corm__refuse_in_after_load(session))
		return session->error.error.status;
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
	corm__streams_end(session);
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
	/* Within a savepoint the program may go back to it, as long as the database has kept the transaction. */
	if (session->savepoint && session->connection && session->connection->driver->alive(session->connection->state) &&
	    session->connection->driver->in_transaction(session->connection->state))
		return;
	corm__session_abort(session);
}

/* ---- the end ----------------------------------------------------------------------------------------------------- */

/* After four thousand million transactions the numbers begin anew; all objects are stale then, as after any
 * transaction. */
static void restart_numbers(corm_session *session)
{
	struct corm__cursor cursor = { 0 };
	for (struct corm__object *object; (object = corm__objects_next(session, &cursor));)
		object->epoch = object->inserted = 0;
	session->epoch = session->level = 1;
}

static void clear_map(struct corm__map *map)
{
	corm_allocator allocator = map->allocator;
	if (!map->count)
		return;
	corm__map_release(map);
	corm__map_init(map, &allocator);
}

void corm__forget_unflushed(corm_session *session)
{
	struct corm__map_entry *entry;
	for (size_t at = 0; (entry = corm__map_next(&session->ties, &at));)
		((struct corm__tie *)entry->value)->child->flags &= (uint8_t)~CORM__FLAG_TIED;
	clear_map(&session->ties);
	clear_map(&session->link_changes);
}

/* Lists, ties and undo records end with the transaction. */
static void forget_transaction(corm_session *session)
{
	corm__collections_forget(session);
	corm__forget_unflushed(session);
	session->undo_count = 0;
	corm__arena_reset(&session->transaction);
	session->epoch++;
	session->level++;
	if (session->epoch == UINT32_MAX || session->level >= UINT32_MAX / 2)
		restart_numbers(session);
	session->first_level = session->level;
}

corm_status corm_commit(corm_session *session)
{
	if (corm__session_failed(session))
		return corm__session_status(session);
	corm_status status = corm__refuse_in_flush(session, "corm_commit") ? CORM_ERROR_USAGE : corm_flush(session);
	if (status != CORM_OK)
		return status;
	if (session->connection) {
		corm__streams_end(session);
		status = corm__connection_control(session->connection, "COMMIT", &session->error);
		if (status != CORM_OK) {
			session->savepoint = NULL;
			corm__session_end_failed(session);
			return status;
		}
		give_back(session, false);
	}
	corm__undo_forget(session);
	forget_transaction(session);
	return CORM_OK;
}

corm_status corm_rollback(corm_session *session)
{
	if (!session)
		return CORM_ERROR_USAGE;
	if (!session->engine || corm__refuse_in_flush(session, "corm_rollback"))
		return session->error.error.status;
	corm__error_clear(&session->error);
	session->error_ended = false;
	session->error_read = false;
	corm__session_abort(session);
	corm_status status = corm__undo_restore(session, 0, session->first_level);
	forget_transaction(session);
	return status;
}

void *corm_session_native(corm_session *session)
{
	if (corm__session_begin(session) != CORM_OK)
		return NULL;
	return session->connection->driver->native(session->connection->state);
}

/* ---- savepoints -------------------------------------------------------------------------------------------------- */

static corm_status control(corm_session *session, const char *verb, unsigned number)
{
	char sql[64];
	snprintf(sql, sizeof sql, "%s corm_%u", verb, number);
	return corm__connection_control(session->connection, sql, &session->error);
}

static corm_status next_level(corm_session *session)
{
	if (session->level == UINT32_MAX)
		return corm__session_fail(session, CORM_ERROR_USAGE, "too many savepoints in one transaction");
	session->level++;
	return CORM_OK;
}

corm_status corm_begin_nested(corm_session *session)
{
	if (corm__session_failed(session) || corm__refuse_in_flush(session, "corm_begin_nested") ||
	    corm_flush(session) != CORM_OK || corm__session_begin(session) != CORM_OK)
		return corm__session_status(session);
	if (!corm__session_can(session, CORM_CAN_SAVEPOINT))
		return corm__session_fail(session, CORM_ERROR_USAGE, "the database has no savepoints");
	struct corm__savepoint *savepoint = corm__arena_take(&session->transaction, sizeof *savepoint);
	if (!savepoint)
		return corm__session_no_memory(session);
	if (next_level(session) != CORM_OK || control(session, "SAVEPOINT", session->savepoints + 1) != CORM_OK)
		return session->error.error.status;
	*savepoint = (struct corm__savepoint){
		.outer = session->savepoint,
		.level = session->level,
		.undo_count = session->undo_count,
	};
	session->savepoint = savepoint;
	session->savepoints++;
	return CORM_OK;
}

static corm_status no_savepoint(corm_session *session, const char *function)
{
	return corm__session_fail(session, CORM_ERROR_USAGE, "%s: there is no savepoint: call corm_begin_nested() first",
	                          function);
}

static void leave_savepoint(corm_session *session)
{
	session->savepoint = session->savepoint->outer;
	session->savepoints--;
}

corm_status corm_commit_nested(corm_session *session)
{
	if (corm__session_failed(session))
		return corm__session_status(session);
	if (!session->savepoint)
		return no_savepoint(session, "corm_commit_nested");
	if (corm__refuse_in_flush(session, "corm_commit_nested"))
		return session->error.error.status;
	if (corm_flush(session) != CORM_OK || control(session, "RELEASE SAVEPOINT", session->savepoints) != CORM_OK)
		return session->error.error.status;
	leave_savepoint(session);
	/* What changes from here on may have no record of this level: it belonged to the savepoint. */
	return next_level(session);
}

corm_status corm_rollback_nested(corm_session *session)
{
	if (!session)
		return CORM_ERROR_USAGE;
	if (!session->savepoint)
		return no_savepoint(session, "corm_rollback_nested");
	if (corm__refuse_in_flush(session, "corm_rollback_nested"))
		return session->error.error.status;
	corm__error_clear(&session->error);
	session->error_ended = session->error_read = false;
	corm__streams_end(session);
	const struct corm__savepoint savepoint = *session->savepoint;
	if (control(session, "ROLLBACK TO SAVEPOINT", session->savepoints) != CORM_OK ||
	    control(session, "RELEASE SAVEPOINT", session->savepoints) != CORM_OK) {
		/* The objects are restored by corm_rollback(), with the whole transaction. */
		session->savepoint = NULL;
		corm__session_end_failed(session);
		return session->error.error.status;
	}
	leave_savepoint(session);
	corm_status status = corm__undo_restore(session, savepoint.undo_count, savepoint.level);
	corm__forget_unflushed(session);
	return status == CORM_OK ? next_level(session) : status;
}
