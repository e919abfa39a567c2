/* SPDX-License-Identifier: Apache-2.0
 *
 * Transactions: a session begins one with its first statement and ends it with a commit or a rollback.
 */
#include "base/error.h"
#include "session/change.h"
#include "session/relation.h"
#include "session/stream.h"
#include <stdio.h>

static bool is_forked(const corm_session *session)
{
	return session->connection && corm__engine_is_forked(session->engine);
}

static void set_connection(corm_session *session, struct corm__connection *connection)
{
	/* In a forked child, a thread of the parent's may hold the lock for ever; and nobody else is there. */
	bool locks = !is_forked(session);
	if (locks)
		pthread_mutex_lock(&session->lock);
	session->connection = connection;
	if (locks)
		pthread_mutex_unlock(&session->lock);
}

/* Nothing may outlive the connection: its statements, and values that point into objects. */
static void give_back(corm_session *session, bool broken)
{
	struct corm__connection *connection = session->connection;
	if (connection) {
		bool ends = session->begun_as && !broken && !is_forked(session);
		corm__streams_end(session);
		/* Whoever cancels the session must not meet the connection's next user. */
		set_connection(session, NULL);
		if (ends)
			corm__connection_end_as(connection);
		corm__engine_release(connection, broken);
	}
	session->begun_as = false;
	session->savepoint = NULL;
	session->savepoints = 0;
}

bool corm__refuse_forked(corm_session *session)
{
	if (!is_forked(session))
		return false;
	corm__session_fail(session, CORM_ERROR_USAGE,
	                   "the session's transaction is one of another process: a forked child opens its own engine, and "
	                   "sessions of that");
	return true;
}

corm_status corm__session_writes(corm_session *session)
{
	if (!session->read_only)
		return CORM_OK;
	return corm__session_fail(session, CORM_ERROR_READONLY,
	                          "the session may only read: write in one that corm_session_open() gave");
}

static corm_status begin(corm_session *session)
{
	struct corm__connection *connection = session->connection;
	if (!session->isolation_level && !session->read_only)
		return corm__connection_control(connection, connection->driver->begin, &session->error);
	corm_status status = corm__connection_begin_as(connection, session->isolation_level, session->read_only,
	                                               &session->error);
	session->begun_as = status == CORM_OK;
	return status;
}

corm_status corm__session_begin(corm_session *session)
{
	if (corm__session_failed(session))
		return corm__session_status(session);
	if (corm__refuse_in_after_load(session))
		return session->error.error.status;
	if (session->connection)
		return corm__refuse_forked(session) ? CORM_ERROR_USAGE : CORM_OK;
	struct corm__connection *connection;
	corm_status status = corm__engine_acquire(session->engine, &connection, &session->error);
	if (status != CORM_OK)
		return status;
	set_connection(session, connection);
	const corm_driver *driver = connection->driver;
	if (!session->compiler_ready) {
		session->dialect = corm__dialect_find(driver->dialect);
		if (!session->dialect) {
			give_back(session, false);
			return corm__session_fail(session, CORM_ERROR_USAGE, "the driver \"%s\" speaks an unknown dialect, \"%s\"",
			                          driver->name, driver->dialect);
		}
		corm__compiler_init(&session->compiler, session->dialect, connection->capabilities, &session->allocator);
		session->compiler_ready = true;
	}
	status = begin(session);
	if (status != CORM_OK)
		give_back(session, !driver->alive(connection->state));
	return status;
}

void corm__session_abort(corm_session *session)
{
	if (!session->connection)
		return;
	if (is_forked(session)) {
		give_back(session, true);
		return;
	}
	const corm_driver *driver = session->connection->driver;
	void *state = session->connection->state;
	bool broken = !driver->alive(state);
	corm__streams_end(session);
	if (!broken && driver->transaction(state) != CORM_TRANSACTION_NONE) {
		/* The error that led here is the one to keep, not what the rollback may say. */
		corm_error_store kept = { .used = 0 };
		corm__error_copy(&kept, &session->error.error);
		corm__error_clear(&session->error);
		broken = corm__connection_control(session->connection, "ROLLBACK", &session->error) != CORM_OK &&
		         driver->transaction(state) != CORM_TRANSACTION_NONE;
		corm__error_copy(&session->error, &kept.error);
	}
	give_back(session, broken);
}

void corm__session_end_failed(corm_session *session)
{
	session->error_ended = true;
	/* A flush that sends has statements in use: it ends here when it has given them back. */
	if (session->sending)
		return;
	/* Within a savepoint the program may go back to it, as long as the database has kept the transaction. */
	const struct corm__connection *connection = session->connection;
	if (session->savepoint && connection && connection->driver->alive(connection->state) &&
	    connection->driver->transaction(connection->state) != CORM_TRANSACTION_NONE)
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

/* A connection that is lost while COMMIT runs takes the answer with it. What only reads has nothing to lose. */
static bool is_ambiguous(const corm_session *session, corm_status status)
{
	if (session->read_only)
		return status == CORM_ERROR_AMBIGUOUS;
	return status == CORM_ERROR_AMBIGUOUS || status == CORM_ERROR_CONNECT ||
	       !session->connection->driver->alive(session->connection->state);
}

static corm_status send_commit(corm_session *session)
{
	struct corm__connection *connection = session->connection;
	if (corm__refuse_forked(session))
		return CORM_ERROR_USAGE;
	corm__streams_end(session);
	corm_status status;
	bool is_sent = connection->driver->alive(connection->state);
	if (!is_sent)
		status = corm__session_fail(session, CORM_ERROR_CONNECT,
		                            "the connection was lost before COMMIT was sent: nothing was committed");
	else
		status = corm__connection_control(connection, "COMMIT", &session->error);
	if (status == CORM_OK) {
		give_back(session, false);
		return CORM_OK;
	}
	if (is_sent && is_ambiguous(session, status)) {
		session->error.error.status = status = CORM_ERROR_AMBIGUOUS;
		corm__error_prefix(&session->error, "the connection was lost while COMMIT ran, and nobody knows whether it was "
		                                    "done: look for what was to be written before doing it again: ");
	}
	session->savepoint = NULL;
	corm__session_end_failed(session);
	return status;
}

corm_status corm_commit(corm_session *session)
{
	if (corm__session_failed(session))
		return corm__session_status(session);
	corm_status status = corm__refuse_in_flush(session, "corm_commit") ? CORM_ERROR_USAGE : corm_flush(session);
	if (status != CORM_OK)
		return status;
	if (session->connection)
		status = send_commit(session);
	if (status != CORM_OK)
		return status;
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

void corm_session_cancel(corm_session *session)
{
	if (!session || corm__session_is_inert(session) || !session->engine || corm__engine_is_forked(session->engine))
		return;
	/* Held till the driver has done: else the connection might be another session's by then. */
	pthread_mutex_lock(&session->lock);
	if (session->connection)
		session->connection->driver->cancel(session->connection->state);
	pthread_mutex_unlock(&session->lock);
}

void *corm_session_native(corm_session *session)
{
	if (corm__session_begin(session) != CORM_OK)
		return NULL;
	return session->connection->driver->native(session->connection->state, &session->error);
}

/* ---- savepoints -------------------------------------------------------------------------------------------------- */

static corm_status control(corm_session *session, const char *verb, unsigned number)
{
	char sql[64];
	snprintf(sql, sizeof sql, "%s corm_%u", verb, number);
	corm_status status = corm__connection_control(session->connection, sql, &session->error);
	corm__session_end_if_over(session);
	return status;
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
	if (corm__refuse_in_flush(session, "corm_commit_nested") || corm__refuse_forked(session))
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
	if (corm__refuse_in_flush(session, "corm_rollback_nested") || corm__refuse_forked(session))
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
