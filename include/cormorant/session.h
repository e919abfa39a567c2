/* SPDX-License-Identifier: Apache-2.0
 *
 * A session: a conversation with the database in which each row is one object.
 *
 * It holds every object it was given or has read (identity map), finds out at flush what was changed, and sends it in
 * an order that the foreign keys allow (unit of work). A transaction begins with the first statement and ends with
 * corm_commit() or corm_rollback(). A session belongs to one thread at a time; corm_session_cancel() alone is for others.
 *
 * Ownership: objects, texts and queries belong to the session and live until corm_session_close() or
 * corm_session_reset(); nothing is freed by hand. The text of a member lives until the member has another one:
 * corm_text() makes a copy to keep. The array of a list lives until the next commit or rollback.
 *
 * Errors: the session keeps its first error, and while it has one every call does nothing and fails, so that a straight
 * run of calls is checked once, at the commit. Every function accepts NULL handles and objects and fails.
 *
 *	corm_session *session = corm_session_open(engine);
 *	struct Author *fred = Author_add(session, .name = "Fred");
 *	Book_add(session, .title = "Diving", .author = fred);
 *	if (corm_commit(session) != CORM_OK)
 *		fprintf(stderr, "%s\n", corm_session_error(session)->message);
 *	corm_session_close(session);
 */
#ifndef CORMORANT_SESSION_H
#define CORMORANT_SESSION_H

#include <cormorant/engine.h>
#include <cormorant/metadata.h>
#include <cormorant/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct corm_session corm_session;
typedef struct corm_clause corm_clause;
typedef struct corm_query corm_query;
typedef struct corm_stream corm_stream;

/* ---- life -------------------------------------------------------------------------------------------------------- */

/* Opens a session; no connection is taken before it is needed. Never NULL: a session that could not be made, as that of
 * a NULL engine, is in its error state from the start. */
corm_session *corm_session_open(corm_engine *engine);

/* NULL and false mean the default. */
typedef struct corm_session_options {
	/* Of the session's transactions: "READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"; default
	 * that of the engine. A database that has no such level takes the next stricter one that it has. */
	const char *isolation_level;
	/* Its transactions only read: what would write fails with CORM_ERROR_READONLY, and nothing of it is sent. */
	bool read_only;
} corm_session_options;

/* The same with options, which may be NULL and are copied. An isolation level that there is not: the session is in its
 * error state from the start, CORM_ERROR_USAGE. */
corm_session *corm_session_open_options(corm_engine *engine, const corm_session_options *options);
/* A session that only reads. */
corm_session *corm_session_open_readonly(corm_engine *engine);

/* Makes the statement that the session runs at this moment end with CORM_ERROR_CANCELLED; the transaction ends with it,
 * or the innermost savepoint, as after any error of the database. When none runs, or the session waits for a connection,
 * nothing happens, nor to the session's next transaction.
 *
 * Any thread may call it, at any time from the session's opening until its closing begins: it is the caller who sees to
 * it that the session is not closed meanwhile. A signal handler may not. It takes a lock and, for a server, the time of
 * a connection. A server hears of it on another connection than that of the statement: where that has just ended, the
 * session's next statement may be hit instead, and in theory that of the connection's next session. NULL is allowed. */
void corm_session_cancel(corm_session *session);

/* Rolls back what was not committed and frees the session with all its objects. When its error was never read, the
 * error hook is called. NULL is allowed. */
void corm_session_close(corm_session *session);

/* `corm_autoclose corm_session *session = corm_session_open(engine);` is closed at the end of its scope. */
#define corm_autoclose __attribute__((cleanup(corm__session_autoclose)))
void corm__session_autoclose(corm_session **session);

/* The first error since the last clear or rollback; status is CORM_OK when there is none. Never NULL. Its strings live
 * until the session's next call. */
const corm_error *corm_session_error(corm_session *session);

/* Forgets an error that did not end the transaction. One that did is cleared by corm_rollback() alone; then this does
 * nothing. */
void corm_session_clear_error(corm_session *session);

/* ---- transactions ------------------------------------------------------------------------------------------------ */

/* Sends what was added, changed and deleted, in a transaction that it begins when there is none. When it fails, structs
 * are as they were before; an error of the database has ended the transaction, or the innermost savepoint. */
corm_status corm_flush(corm_session *session);
/* Flushes and commits. Objects keep their values; what a session call is given afterwards is read anew. When the COMMIT
 * itself has failed, only corm_rollback() helps. CORM_ERROR_AMBIGUOUS: the connection was lost before the answer came, and nobody knows
 * whether it was done; look in a new transaction before doing it again. */
corm_status corm_commit(corm_session *session);
/* Undoes the transaction and clears the error. Members have the values from before the transaction; objects that were
 * added in it are no longer the session's, but stay readable. */
corm_status corm_rollback(corm_session *session);
/* Begins a savepoint, after a flush. They nest. */
corm_status corm_begin_nested(corm_session *session);
/* Flushes and ends the innermost savepoint; what was done in it stays part of the transaction. CORM_ERROR_USAGE when
 * there is none. */
corm_status corm_commit_nested(corm_session *session);
/* Undoes what was done since the innermost savepoint, and ends it. Members have the values that they had when it began;
 * objects that were added since are no longer the session's, and all others are stale. Clears the session's error, also
 * one that ended the savepoint, such as a violated constraint. CORM_ERROR_USAGE when there is none, or when the error
 * has ended the whole transaction: then only corm_rollback() helps. */
corm_status corm_rollback_nested(corm_session *session);

/* Whether queries and relationships flush first; they do unless this is called with false. corm_commit() always
 * does. */
void corm_session_autoflush(corm_session *session, bool on);

typedef corm_status corm_transaction_function(corm_session *session, void *data);

/* 0 means the default. */
typedef struct corm_transaction_options {
	int retries;                 /* after the first try; default 5; -1: none */
	int backoff_ms;              /* the longest wait before the first retry, doubled for each further one; default 10 */
	int backoff_max_ms;          /* the longest wait of all; default 1,000 */
	const char *isolation_level; /* as in corm_session_options */
	bool read_only;
	/* It does no harm when all of it is done twice, so that it is tried again after CORM_ERROR_AMBIGUOUS too: it sets
	 * values that do not depend on those before, and makes rows by keys of its own. */
	bool idempotent;
} corm_transaction_options;

/* Calls function with a session of its own, and commits. When function, or the commit, fails with CORM_ERROR_CONFLICT,
 * all is rolled back and function is called again, with a new session, after a wait of random length. Any other status
 * that function returns rolls back and is returned; so is CORM_ERROR_AMBIGUOUS, when nobody knows whether the commit was
 * done, unless the options say idempotent. function must be fit to run several times; it neither commits nor
 * closes the session. options may be NULL. The error stands in corm_last_error(). */
corm_status corm_transaction(corm_engine *engine, corm_transaction_function *function, void *data,
                             const corm_transaction_options *options);

/* ---- objects ----------------------------------------------------------------------------------------------------- */

typedef enum corm_object_state {
	CORM_STATE_FOREIGN,    /* none of the session's objects, or NULL */
	CORM_STATE_PENDING,    /* added, not inserted yet */
	CORM_STATE_PERSISTENT, /* a row, as this transaction has read or written it */
	CORM_STATE_STALE,      /* a row, as an earlier transaction had it */
	CORM_STATE_DELETED,    /* X_delete() was called, or the row was deleted with another */
	CORM_STATE_EXPUNGED    /* no longer the session's, still readable */
} corm_object_state;

/* Sends nothing. CORM_STATE_FOREIGN too for a NULL session. */
corm_object_state corm_state(corm_session *session, const void *value);
/* Would a flush write the object: is it pending, to be deleted, or does a column differ from what the database has?
 * Sends nothing. False for what is not the session's. */
bool corm_is_modified(corm_session *session, const void *object);

/* X_expunge() for an object of any model. */
corm_status corm_expunge(corm_session *session, void *value);
/* Forgets all objects, which stay readable until the session's reset or close; what was not flushed is dropped. */
corm_status corm_expunge_all(corm_session *session);
/* X_expire() for all objects. */
corm_status corm_expire_all(corm_session *session);

/* Ends a stream before its last row. NULL is allowed. The end of the transaction ends it too, but for its memory. */
void corm_stream_close(corm_stream *stream);

/* Rolls back, forgets all objects and gives back their memory, for sessions that live long. Every pointer that the
 * session handed out is invalid afterwards. */
corm_status corm_session_reset(corm_session *session);

/* Text that the session owns: a copy (NULL gives NULL), or formatted as by printf. NULL when there is no memory, or the
 * session is NULL or has an error. */
const char *corm_text(corm_session *session, const char *text);
const char *corm_textf(corm_session *session, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* An arena that lives as long as the session's objects. NULL for a NULL session. */
corm_arena *corm_session_arena(corm_session *session);

/* The client library's handle of the session's connection, sqlite3 * for SQLite; takes the connection and begins the
 * transaction when that has not happened yet. NULL when that fails. It is the session's until the transaction ends,
 * which may not be done through it. */
void *corm_session_native(corm_session *session);

/* Walks a list or a relationship's member. The list is evaluated once; break and continue work. A corm_many that is not
 * loaded is reported to the error hook (CORM_ERROR_NOT_LOADED) with file and line. */
#define corm_foreach(type, variable, list) \
	for (__typeof__(list) corm_list_##variable = (list), *corm_at_##variable = &corm_list_##variable; \
	     corm_at_##variable; corm_at_##variable = NULL) \
		for (size_t corm_index_##variable = 0, corm_count_##variable = corm__foreach_count(corm_list_##variable.items, \
		                                                                                   corm_list_##variable.count, \
		                                                                                   #list, __FILE__, __LINE__); \
		     corm_at_##variable; corm_at_##variable = NULL) \
			for (type variable = NULL; \
			     corm_index_##variable < corm_count_##variable && \
			     ((variable = corm_list_##variable.items[corm_index_##variable++]), (void)variable, 1);)
size_t corm__foreach_count(const void *items, size_t count, const char *list, const char *file, int line);

/* ---- what generated code calls ----------------------------------------------------------------------------------- */

/* A list of objects of any model; the generated functions give it its type. */
typedef struct corm_any_list {
	void **items;
	size_t count;
	corm_status status;
} corm_any_list;

void *corm__add(corm_session *session, const corm_model_info *model, const void *value);
/* key[i] points to the value of the primary key's i-th column. */
void *corm__get(corm_session *session, const corm_model_info *model, const void *const *key);
corm_any_list corm__all(corm_session *session, const corm_model_info *model, const corm_clause *clauses);
void *corm__first(corm_session *session, const corm_model_info *model, const corm_clause *clauses);
void *corm__one(corm_session *session, const corm_model_info *model, const corm_clause *clauses);
void *corm__one_or_none(corm_session *session, const corm_model_info *model, const corm_clause *clauses);
int64_t corm__count(corm_session *session, const corm_model_info *model, const corm_clause *clauses);
corm_status corm__exists(corm_session *session, const corm_model_info *model, bool *exists, const corm_clause *clauses)
	__attribute__((warn_unused_result));
corm_any_list corm__run(corm_query *query, const corm_model_info *model);
/* The relationship of that index, loaded on first use. */
corm_any_list corm__related_list(corm_session *session, const corm_model_info *model, size_t index, void *value);
void *corm__related_one(corm_session *session, const corm_model_info *model, size_t index, void *value);
/* other may be NULL for set. */
corm_status corm__related_add(corm_session *session, const corm_model_info *model, size_t index, void *value,
                              void *other);
corm_status corm__related_remove(corm_session *session, const corm_model_info *model, size_t index, void *value,
                                 void *other);
corm_status corm__related_set(corm_session *session, const corm_model_info *model, size_t index, void *value,
                              void *other);
corm_status corm__delete(corm_session *session, const corm_model_info *model, void *value);
corm_status corm__refresh(corm_session *session, const corm_model_info *model, void *value);
corm_status corm__expire(corm_session *session, const corm_model_info *model, void *value);
corm_status corm__expunge(corm_session *session, const corm_model_info *model, void *value);
void *corm__copy(corm_arena *arena, const corm_model_info *model, const void *value);
/* arguments is their text, from which the columns that X_values() names are read; NULL: all were given. */
void *corm__merge(corm_session *session, const corm_model_info *model, const void *value, const char *arguments);
void *corm__upsert(corm_session *session, const corm_model_info *model, const void *value, const char *arguments,
                   const corm_clause *clauses);
corm_status corm__insert_many(corm_session *session, const corm_model_info *model, const void *array, size_t count);
int64_t corm__update(corm_session *session, const corm_model_info *model, const corm_clause *clauses);
int64_t corm__delete_where(corm_session *session, const corm_model_info *model, const corm_clause *clauses);
corm_stream *corm__stream(corm_session *session, const corm_model_info *model, const corm_clause *clauses);
void *corm__stream_next(corm_stream *stream, const corm_model_info *model);

#ifdef __cplusplus
}
#endif

#endif
