/* SPDX-License-Identifier: Apache-2.0
 *
 * The session's insides, shared by the files of src/session/ alone: the session itself, its errors, transactions and
 * statements. Objects stand in store.h, changes in change.h, relationships in relation.h, reading in load.h, the flush
 * in flush.h.
 *
 * Invariants
 * - Pointers in snapshots (text, bytes, JSON) lead to memory of the session's, each to a piece of its own. So do those
 *   of the struct, but for what the program assigned since the last flush.
 * - An object is fresh when its epoch is the session's. Each transaction has an epoch of its own, so that a commit
 *   makes all objects stale without touching one.
 * - Levels number the spans between savepoints, and ascend: those of a transaction begin at first_level.
 * - Nothing is sent to the database outside of a transaction. connection is NULL exactly when no transaction is open.
 * - The session's thread alone writes to connection, and holds lock while it does: corm_session_cancel() reads it in
 *   another thread.
 */
#ifndef CORM_SESSION_SESSION_H
#define CORM_SESSION_SESSION_H

#include "base/arena.h"
#include "base/map.h"
#include "driver/engine.h"
#include "session/store.h"
#include "sql/compile.h"
#include <pthread.h>

struct corm__flush;
struct corm__undo;
struct corm__collection;
struct corm__text_pool;

/* An array of objects in an arena. */
struct corm__objects {
	struct corm__object **items;
	size_t count, capacity;
};

/* A savepoint that is open. */
struct corm__savepoint {
	struct corm__savepoint *outer;
	uint32_t level;    /* that began with it */
	size_t undo_count; /* of the records of before */
};

struct corm_session {
	corm_engine *engine;
	corm_allocator allocator;
	const struct corm__dialect *dialect;
	pthread_mutex_t lock;
	struct corm__connection *connection;
	const char *isolation_level; /* of its transactions; NULL: the connection's own */
	bool read_only;
	bool begun_as;  /* the open transaction is one of driver->begin_as() */
	uint32_t epoch; /* of the transaction that is open, or will be */
	uint32_t level, first_level;
	corm_error_store error;
	bool error_read;           /* the program has seen the error */
	bool error_ended;          /* the error ended the transaction, or its innermost savepoint: only a rollback helps */
	bool manual;               /* corm_session_autoflush(session, false) */
	struct corm__flush *flush; /* that runs, or NULL */
	bool in_after_load;        /* the hook of a row that is being read runs */
	uint64_t sending;          /* the number of the flush that sends its statements; 0: none does */
	uint64_t flush_count;      /* of those that have sent any */
	bool compiler_ready;
	struct corm__compiler compiler;
	struct corm_arena arena;       /* objects' text, queries: until the session's reset */
	struct corm_arena transaction; /* lists, undo records, ties: until the transaction's end */
	struct corm_arena work;        /* of a flush or a load: until the outermost of them ends */
	unsigned working;              /* how many of these there are */
	struct corm__text_pool *text;  /* NULL until text was given up */
	struct corm__store *stores;    /* the last used first */
	struct corm__object **pending; /* in the order of adding */
	size_t pending_count, pending_capacity;
	struct corm__object **deleting; /* in the order of X_delete() */
	size_t deleting_count, deleting_capacity;
	struct corm__undo **undo; /* records of this transaction, the oldest first */
	size_t undo_count, undo_capacity;
	struct corm__savepoint *savepoint;
	unsigned savepoints; /* how many are open */
	struct corm__collection *
		*collections; /* loaded in this transaction; a corm_many's corm_state is its number here + 1 */
	size_t collection_count, collection_capacity;
	struct corm__map ties;         /* struct corm__object * → struct corm__tie *, of this transaction's arena */
	struct corm__map link_changes; /* struct corm__link_key → struct corm__link_change * */
	struct corm_stream *streams;
};

/* Was all of the object read or written in this transaction? */
static inline bool corm__is_fresh(const corm_session *session, const struct corm__object *object)
{
	return object->epoch == session->epoch && !(object->flags & CORM__FLAG_PARTIAL);
}

/* ---- session.c --------------------------------------------------------------------------------------------------- */

/* True when the session is NULL or has an error: nothing may be done. */
static inline bool corm__session_failed(const corm_session *session)
{
	return !session || session->error.error.status != CORM_OK;
}
/* The session's status; CORM_ERROR_USAGE for a NULL session. */
static inline corm_status corm__session_status(const corm_session *session)
{
	return session ? session->error.error.status : CORM_ERROR_USAGE;
}
/* Keeps the error, unless there is one already; returns the session's status. */
corm_status corm__session_fail(corm_session *session, corm_status status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
corm_status corm__session_no_memory(corm_session *session);
static inline corm_error_store *corm__session_error_store(corm_session *session)
{
	return &session->error;
}
static inline struct corm_arena *corm__session_arena(corm_session *session)
{
	return &session->arena;
}
/* The session that stands for one that could not be allocated: always in error, never written to. */
bool corm__session_is_inert(const corm_session *session);

/* Around work that takes memory from session->work. */
void corm__work_begin(corm_session *session);
void corm__work_end(corm_session *session);

/* Adds to an array in an arena; false without memory, which the session then says. */
bool corm__objects_add(corm_session *session, struct corm_arena *arena, struct corm__objects *objects,
                       struct corm__object *object);
/* Twice the room, for elements of size bytes, in an array of the session's allocator. */
bool corm__array_grow(corm_session *session, void **array, size_t *capacity, size_t size);

/* What X_rel_add() and its like have left for the next flush is done, or not to be done. */
void corm__forget_unflushed(corm_session *session);

/* Fails when a hook calls, in the middle of a flush, what may not be done there. */
bool corm__refuse_in_flush(corm_session *session, const char *function);
/* The same where an after_load() runs. */
bool corm__refuse_in_after_load(corm_session *session);

/* Flushes, unless the program has switched that off. */
corm_status corm__autoflush(corm_session *session);

/* ---- transaction.c ----------------------------------------------------------------------------------------------- */

/* Takes a connection and begins a transaction, when there is none. */
corm_status corm__session_begin(corm_session *session);
/* To be asked before anything is written: fails in a session that may only read. */
corm_status corm__session_writes(corm_session *session);
/* Fails when the transaction that is open is that of the process that this one was forked from: its connection may not
 * be touched. */
bool corm__refuse_forked(corm_session *session);
/* Rolls the database back and gives the connection back; the session's objects stay as they are. */
void corm__session_abort(corm_session *session);
/* Marks the error that the session has as one that ended the transaction, or its innermost savepoint, and in the first
 * case ends it on the database's side too. */
void corm__session_end_failed(corm_session *session);
/* The same when the session has an error and its transaction is no longer open: some errors end it by themselves, a full
 * disk among them, and after what came next would commit alone. Some databases end it after every error, and a lost
 * connection ends it anyway. */
void corm__session_end_if_over(corm_session *session);
/* Capabilities of the connection. */
static inline bool corm__session_can(const corm_session *session, uint32_t capability)
{
	return (session->connection->capabilities & capability) != 0;
}

/* ---- run.c ------------------------------------------------------------------------------------------------------- */

/* One run of a prepared statement, from its binding to its reset. */
struct corm__run {
	corm_session *session;
	struct corm__statement *statement;
	const corm_format *const *formats;
	const void *const *values;
	size_t count;
	size_t runs; /* 0, or of how many rows its parameters are arrays */
	int64_t rows;
	int64_t started_ns;
	bool traced;
	bool kept; /* the statement is kept for another run, and not given back at the end */
};

/* The statement of a select, from the connection's cache or new; its parameters are in the session's compiler. NULL:
 * failed. */
struct corm__statement *corm__select_statement(corm_session *session, const struct corm__select *select,
                                               const corm_format *const **formats);
/* Binds and is ready to step. False: failed, and the statement is released. */
bool corm__run_start(struct corm__run *run, corm_session *session, struct corm__statement *statement,
                     const corm_format *const *formats, const void *const *values, size_t count);
/* The same for a statement that is run again and again: it is only reset at the end. */
bool corm__run_start_kept(struct corm__run *run, corm_session *session, struct corm__statement *statement,
                          const corm_format *const *formats, const void *const *values, size_t count);
/* The same for parameters that are arrays of so many elements. */
bool corm__run_start_arrays(struct corm__run *run, corm_session *session, struct corm__statement *statement,
                            const corm_format *const *formats, const void *const *values, size_t count, size_t rows);
/* The next row; false at the end, or after an error, which the session then has. */
bool corm__run_row(struct corm__run *run);
/* Reads the row that a RETURNING gave into the object: its columns are count of the model's. */
corm_status corm__run_read_back(struct corm__run *run, struct corm__object *object, const uint16_t *columns,
                                size_t count);
void corm__run_end(struct corm__run *run);
/* The same, and how many rows the statement changed; -1 when it failed. */
int64_t corm__run_end_changes(struct corm__run *run);

/* Tells who wants to hear of it of a COPY that has ended. */
void corm__trace_copy(corm_session *session, const corm_copy *copy, int64_t started_ns);

/* The key under which a statement that is not the compiler's is cached: what it does, for which model, and which
 * columns. */
enum corm__statement_kind {
	CORM__STATEMENT_GET = 'G',
	CORM__STATEMENT_RELATED = 'R',
	CORM__STATEMENT_RELATED_IN = 'N',
	CORM__STATEMENT_INSERT = 'I',
	CORM__STATEMENT_UPDATE = 'U',
	CORM__STATEMENT_DELETE = 'D',
	CORM__STATEMENT_UNLINK = 'L'
};
#define CORM__KEY_HEAD (1 + sizeof(uint32_t) + sizeof(void *))
/* Writes the key to store->key and returns its length. subject: the model or relationship; variant: 0, or what else
 * decides. */
size_t corm__statement_key(struct corm__store *store, enum corm__statement_kind kind, uint32_t variant,
                           const void *subject, const uint16_t *columns, size_t count);
/* Prepares what the compiler has just written, under the key in store->key. */
struct corm__statement *corm__compiled_statement(corm_session *session, const struct corm__store *store,
                                                 size_t key_size);

/* ---- describe.c -------------------------------------------------------------------------------------------------- */

/* The key in a struct, for messages: `key 5`, `key ("EU", 7)`. Cut when out is too small. */
void corm__describe_key(const corm_model_info *model, const void *value, char *out, size_t size);

#endif
