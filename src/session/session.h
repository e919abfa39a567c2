/* SPDX-License-Identifier: Apache-2.0
 *
 * The session's insides, shared by the files of src/session/ alone.
 *
 * Invariants
 * - An object that the session handed out never moves. Before its struct stands a struct corm__object, behind it the
 *   snapshot: a copy of the struct as the database has it. What differs between the two, column by column, is what the
 *   program changed.
 * - Pointers in snapshots (text, bytes, JSON) lead to memory of the session's arena. So do those of the struct, but for
 *   what the program assigned since the last flush.
 * - An object is fresh when its epoch is the session's. Each transaction has an epoch of its own, so that a commit
 *   makes all objects stale without touching one.
 * - Nothing is sent to the database outside of a transaction. connection is NULL exactly when no transaction is open.
 */
#ifndef CORM_SESSION_SESSION_H
#define CORM_SESSION_SESSION_H

#include "base/arena.h"
#include "driver/engine.h"
#include "sql/compile.h"
#include <cormorant/session.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum corm__object_state {
	CORM__OBJECT_PENDING = 1, /* added, not inserted yet */
	CORM__OBJECT_PERSISTENT,  /* a row */
	CORM__OBJECT_DETACHED     /* no longer the session's, still readable */
};

enum corm__object_mark {
	CORM__MARK_NONE,
	CORM__MARK_VISITED, /* while a flush is being ordered: its parents are being looked at */
	CORM__MARK_ORDERED  /* it has its place in the flush */
};

/* What stands before each struct. Its size keeps the struct aligned for any type. An epoch of 0 is that of no
 * transaction. */
struct corm__object {
	_Alignas(max_align_t) struct corm__store *store;
	uint32_t slot;     /* its number in the store */
	uint32_t hash;     /* of its key, while it is in the identity map */
	uint32_t epoch;    /* of the transaction in which it was last read or written */
	uint32_t inserted; /* of the transaction that inserted it: the rollback of that one detaches it */
	uint32_t saved;    /* of the transaction that keeps an undo record of it */
	uint8_t state;     /* enum corm__object_state */
	uint8_t mark;      /* enum corm__object_mark */
};

/* An entry of the identity map. Small, because a map of many objects is mostly cache misses. */
struct corm__identity {
	uint32_t hash;
	uint32_t slot; /* + 1; 0: free */
};

/* Slabs hold 16, 32, 64 … slots, so that a slot's number tells where it is. */
#define CORM__FIRST_SLAB 16
#define CORM__SLABS 27

/* What a flush has to look at in a column, found out once per model. */
enum corm__column_work {
	CORM__WORK_FACTORY = 1 << 0,  /* has a default_factory that fills in what is unset */
	CORM__WORK_POINTER = 1 << 1,  /* points to text or bytes, which must be the session's */
	CORM__WORK_MUTABLE = 1 << 2,  /* may be changed in place: equal bytes do not mean unchanged */
	CORM__WORK_KEY = 1 << 3,      /* a key that must be set */
	CORM__WORK_RULES = 1 << 4,    /* has lengths, bounds or a precision */
	CORM__WORK_ONUPDATE = 1 << 5, /* is set by every UPDATE */
	CORM__WORK_VALUE = 1 << 6     /* can have a value that no column holds */
};

/* What a session keeps for each model it has met. Objects stand in slots of one size, so that a pointer can be told
 * from a foreign one by arithmetic. */
struct corm__store {
	struct corm__store *next;
	const corm_model_info *model;
	char *slabs[CORM__SLABS];
	size_t slab_count;
	size_t used;          /* slots */
	size_t struct_size;   /* the model's: where the snapshot stands, from the struct on */
	size_t stride;        /* of a slot */
	corm_target *targets; /* where the columns of a row go; in the order of the model's */
	uint8_t *work;        /* enum corm__column_work of each column */
	bool has_uuid_key;    /* the key is one UUID, at key_offset: the common case, which goes the short way */
	size_t key_offset;
	bool has_mutable; /* some column is a char *: equal bytes do not mean unchanged */
	/* Room for the parts of one statement, so that none is allocated per row. */
	const void **values;               /* 2 * columns + key */
	const corm_format **formats;       /* as many */
	uint16_t *columns;                 /* columns */
	uint16_t *other_columns;           /* columns */
	bool *by_sql;                      /* columns */
	corm_target *returned;             /* columns */
	char *key;                         /* CORM__KEY_HEAD + columns * sizeof(uint16_t) */
	bool written;                      /* by the flush that runs */
	struct corm__identity *identities; /* open addressing */
	size_t identity_capacity, identity_count;
};

/* An undo record: what a snapshot was before this transaction changed it. */
struct corm__undo {
	struct corm__undo *older;
	struct corm__object *object;
	_Alignas(max_align_t) char snapshot[];
};

/* A relationship's list that was loaded in this transaction, and is given back at its end. */
struct corm__loaded {
	struct corm__loaded *next;
	struct corm__object *object;
	const corm_relationship *relationship;
};

struct corm_session {
	corm_engine *engine;
	corm_allocator allocator;
	const struct corm__dialect *dialect;
	struct corm__connection *connection;
	uint32_t epoch; /* of the transaction that is open, or will be */
	corm_error_store error;
	bool error_read;  /* the program has seen the error */
	bool error_ended; /* the error ended the transaction: only a rollback helps */
	bool flushing;
	bool compiler_ready;
	struct corm__compiler compiler;
	struct corm_arena arena;       /* objects' text, queries: until the session's reset */
	struct corm_arena transaction; /* lists, undo records: until the transaction's end */
	struct corm__store *stores;    /* the last used first */
	struct corm__object **pending; /* in the order of adding */
	size_t pending_count, pending_capacity;
	struct corm__undo *undo;
	struct corm__loaded *loaded;
};

/* ---- session.c --------------------------------------------------------------------------------------------------- */

/* True when the session is NULL or has an error: nothing may be done. */
static inline bool corm__session_failed(const corm_session *session)
{
	return !session || session->error.error.status != CORM_OK;
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
static inline const struct corm__dialect *corm__session_dialect(const corm_session *session)
{
	return session->dialect;
}
/* The session that stands for one that could not be allocated: always in error, never written to. */
bool corm__session_is_inert(const corm_session *session);

/* ---- transaction.c ----------------------------------------------------------------------------------------------- */

/* Takes a connection and begins a transaction, when there is none. */
corm_status corm__session_begin(corm_session *session);
/* Rolls the database back and gives the connection back; the session's objects stay as they are. */
void corm__session_abort(corm_session *session);
/* Marks the error that the session has as one that ended the transaction, and ends it on the database's side too. */
void corm__session_end_failed(corm_session *session);

/* ---- store.c ----------------------------------------------------------------------------------------------------- */

static inline void *corm__object_struct(struct corm__object *object)
{
	return object + 1;
}
static inline void *corm__object_snapshot(struct corm__object *object)
{
	return (char *)(object + 1) + object->store->struct_size;
}
static inline struct corm__object *corm__object_at(void *value)
{
	return (struct corm__object *)value - 1;
}

/* The session's store of a model, made when it is missing; NULL when there is no memory. */
struct corm__store *corm__store_of(corm_session *session, const corm_model_info *model);
/* A new slot, its struct not zeroed; NULL when there is no memory. */
struct corm__object *corm__store_new(corm_session *session, struct corm__store *store);
/* Takes the newest slot back. */
void corm__store_drop_newest(struct corm__store *store);
/* The object behind a pointer that the program gave, or NULL when the session does not own it. */
struct corm__object *corm__store_owned(corm_session *session, const corm_model_info *model, const void *value);
/* Forgets all objects; keeps a little memory for the next. */
void corm__stores_reset(corm_session *session);
void corm__stores_release(corm_session *session);

/* The hash of a key: values[i] points to the value of the key's i-th column. */
uint32_t corm__key_hash(const corm_model_info *model, const void *const *values);
/* The same of the key in a struct, and the object that has it. Both use store->values. */
uint32_t corm__row_hash(const struct corm__store *store, const void *value);
struct corm__object *corm__row_find(const struct corm__store *store, uint32_t hash, const void *value);
/* The key's columns in a struct, as pointers for corm__key_hash. model->key_count of them. */
void corm__key_of(const corm_model_info *model, const void *value, const void **values);
struct corm__object *corm__identity_find(const struct corm__store *store, uint32_t hash, const void *const *values);
/* Brings the entry that a hash leads to closer, a little before it is looked at. */
static inline void corm__identity_prefetch(const struct corm__store *store, uint32_t hash)
{
	if (store->identities)
		__builtin_prefetch(&store->identities[hash & (store->identity_capacity - 1)]);
}
/* False when there is no memory. The object's hash must be set. */
bool corm__identity_add(corm_session *session, struct corm__store *store, struct corm__object *object);
void corm__identity_remove(struct corm__store *store, struct corm__object *object);

/* Iterates over all objects of a session. */
struct corm__cursor {
	struct corm__store *store;
	size_t slot;
};
struct corm__object *corm__objects_next(corm_session *session, struct corm__cursor *cursor);

/* ---- snapshot.c -------------------------------------------------------------------------------------------------- */

/* Makes the snapshot equal to the struct; text of char * columns is copied. */
corm_status corm__snapshot_take(corm_session *session, struct corm__object *object);
/* Keeps the snapshot for a rollback; once per object and transaction. */
corm_status corm__snapshot_save(corm_session *session, struct corm__object *object);
/* Could the struct differ from its snapshot? Never false when it does. */
bool corm__snapshot_may_differ(const struct corm__object *object);
/* Does a column differ? */
bool corm__column_changed(const struct corm__object *object, const corm_column *column);
/* Copies what a column points to into the session and repoints it. */
corm_status corm__column_own_text(corm_session *session, const corm_column *column, void *value);
/* Gives a pending object the snapshot that its flush needs: what its columns point to is the session's, and all else
 * zero. */
corm_status corm__snapshot_begin(corm_session *session, struct corm__object *object);
/* Makes sure that what a column of CORM__WORK_POINTER points to is the session's, also when its content is no change. */
corm_status corm__column_settle(corm_session *session, struct corm__object *object, const corm_column *column);
/* Gives the snapshot of a column of CORM__WORK_MUTABLE its own copy of what it points to now. */
corm_status corm__snapshot_mutable(corm_session *session, struct corm__object *object, const corm_column *column);

/* ---- run.c ------------------------------------------------------------------------------------------------------- */

/* One run of a prepared statement, from its binding to its reset. */
struct corm__run {
	corm_session *session;
	struct corm__statement *statement;
	const corm_format *const *formats;
	const void *const *values;
	size_t count;
	int64_t rows;
	int64_t started_ns;
	bool traced;
};

/* The statement of a select, from the connection's cache or new; its parameters are in the session's compiler. NULL:
 * failed. */
struct corm__statement *corm__select_statement(corm_session *session, const struct corm__select *select,
                                               const corm_format *const **formats);
/* Binds and is ready to step. False: failed, and the statement is released. */
bool corm__run_start(struct corm__run *run, corm_session *session, struct corm__statement *statement,
                     const corm_format *const *formats, const void *const *values, size_t count);
/* The next row; false at the end, or after an error, which the session then has. */
bool corm__run_row(struct corm__run *run);
/* Reads the row that a RETURNING gave into the object: its columns are count of the model's. */
corm_status corm__run_read_back(struct corm__run *run, struct corm__object *object, const uint16_t *columns,
                                size_t count);
void corm__run_end(struct corm__run *run);

/* The key under which a statement that is not the compiler's is cached: what it does, for which model, and which
 * columns. */
enum corm__statement_kind {
	CORM__STATEMENT_GET = 'G',
	CORM__STATEMENT_RELATED = 'R',
	CORM__STATEMENT_INSERT = 'I',
	CORM__STATEMENT_UPDATE = 'U'
};
#define CORM__KEY_HEAD (1 + sizeof(uint16_t) + sizeof(void *))
/* Writes the key to store->key and returns its length. subject: the model or relationship; variant: 0, or what else
 * decides. */
size_t corm__statement_key(struct corm__store *store, enum corm__statement_kind kind, uint16_t variant,
                           const void *subject, const uint16_t *columns, size_t count);
/* Prepares what the compiler has just written, under the key in store->key. */
struct corm__statement *corm__compiled_statement(corm_session *session, const struct corm__store *store,
                                                 size_t key_size);

/* ---- load.c ------------------------------------------------------------------------------------------------------ */

/* Reads all rows of a run whose columns are the model's, as objects. */
corm_any_list corm__load_objects(struct corm__run *run, struct corm__store *store);
/* By key, from the identity map when a fresh object is there. NULL: no such row, or failed. */
void *corm__load_by_key(corm_session *session, const corm_model_info *model, const void *const *key);
/* Makes a stale object fresh; CORM_ERROR_NO_ROW when its row is gone. */
corm_status corm__load_fresh(corm_session *session, struct corm__object *object);
corm_any_list corm__failed_list(const corm_session *session);

/* ---- related.c --------------------------------------------------------------------------------------------------- */

/* What a relationship's member, a pointer to one object, holds; and setting it, where that is no change of the
 * program's. */
static inline void *corm__related_pointer(const void *value, const corm_relationship *relationship)
{
	void *related;
	memcpy(&related, (const char *)value + relationship->offset, sizeof related);
	return related;
}
void corm__related_loaded(struct corm__object *object, const corm_relationship *relationship, void *related);
/* After the row was written: a pointer that does not lead where the key does was not changed by the program, and is as
 * if it had never been loaded. */
void corm__settle_pointers(corm_session *session, struct corm__object *object);
/* Lists of objects that the flush has written are loaded anew when they are asked for next: some may belong in another
 * now. */
void corm__unload_written(corm_session *session);

/* ---- describe.c -------------------------------------------------------------------------------------------------- */

/* The key in a struct, for messages: `key 5`, `key ("EU", 7)`. Cut when out is too small. */
void corm__describe_key(const corm_model_info *model, const void *value, char *out, size_t size);

/* ---- link.c, validate.c, insert.c, update.c, constraint.c: parts of a flush -------------------------------------- */

/* Fills in foreign keys from the objects that the relationships' pointers lead to, as far as those have keys by now. */
corm_status corm__link_object(corm_session *session, struct corm__object *object);
/* Fills in the columns that are unset, a nil UUID or a zero time, and have a default_factory. */
void corm__run_factories(struct corm__object *object);
/* The same for a new object, then checks the model's rules, for a row that stands on the changed columns. */
corm_status corm__validate_object(corm_session *session, struct corm__object *object);
corm_status corm__insert_object(corm_session *session, struct corm__object *object);
/* Does nothing when no column differs. */
corm_status corm__update_object(corm_session *session, struct corm__object *object);
/* Fills in the name of the constraint that a statement on model violated. */
void corm__constraint_name(corm_error_store *error, const corm_model_info *model);

#endif
