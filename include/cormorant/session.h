/* SPDX-License-Identifier: Apache-2.0
 *
 * A session: a conversation with the database in which each row is one object.
 *
 * It holds every object it was given or has read (identity map), finds out at flush what was changed, and sends it in
 * an order that the foreign keys allow (unit of work). A transaction begins with the first statement and ends with
 * corm_commit() or corm_rollback(). A session belongs to one thread at a time.
 *
 * Ownership: objects, texts and queries belong to the session and live until corm_session_close() or
 * corm_session_reset(); nothing is freed by hand. The array of a list lives until the next commit or rollback.
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

/* Opens a session; no connection is taken before it is needed. Never NULL: a session that could not be made, as that of
 * a NULL engine, is in its error state from the start. */
corm_session *corm_session_open(corm_engine *engine);

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

/* Sends what is pending, inside the transaction. */
corm_status corm_flush(corm_session *session);
/* Flushes and commits. Objects keep their values; what a session call is given afterwards is read anew. */
corm_status corm_commit(corm_session *session);
/* Undoes the transaction and clears the error. Members have the values from before the transaction; objects that were
 * added in it are no longer the session's, but stay readable. */
corm_status corm_rollback(corm_session *session);
/* Rolls back, forgets all objects and gives back their memory, for sessions that live long. Every pointer that the
 * session handed out is invalid afterwards. */
corm_status corm_session_reset(corm_session *session);

/* Text that the session owns: a copy (NULL gives NULL), or formatted as by printf. NULL when there is no memory. */
const char *corm_text(corm_session *session, const char *text);
const char *corm_textf(corm_session *session, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* An arena that lives as long as the session's objects. */
corm_arena *corm_session_arena(corm_session *session);

/* The client library's handle of the session's connection, sqlite3 * for SQLite; takes the connection and begins the
 * transaction when that has not happened yet. NULL when that fails. */
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
			for (type variable = NULL; corm_index_##variable < corm_count_##variable && \
			                           ((variable = corm_list_##variable.items[corm_index_##variable++]), 1);)
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

#ifdef __cplusplus
}
#endif

#endif
