/* SPDX-License-Identifier: Apache-2.0
 *
 * Objects, where they stand, and the identity map that finds one by its key.
 *
 * An object that the session handed out never moves. Before its struct stands a struct corm__object, behind it the
 * snapshot: a copy of the struct as the database has it.
 */
#ifndef CORM_SESSION_STORE_H
#define CORM_SESSION_STORE_H

#include <cormorant/driver.h>
#include <cormorant/session.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum corm__object_state {
	CORM__OBJECT_PENDING = 1, /* added, not inserted yet */
	CORM__OBJECT_PERSISTENT,  /* a row */
	CORM__OBJECT_DELETED,     /* was a row */
	CORM__OBJECT_DETACHED     /* no longer the session's, still readable */
};

enum corm__object_flags {
	CORM__FLAG_DELETING = 1 << 0, /* the next flush deletes the row */
	CORM__FLAG_TIED = 1 << 1,     /* has ties: session->ties */
	CORM__FLAG_LISTED = 1 << 2,   /* is among those that the flush which runs looks at */
	CORM__FLAG_PARTIAL = 1 << 3,  /* was read by corm_only(): stale until all of it is read */
	CORM__FLAG_MOVED = 1 << 4,    /* X_rel_set() and its like have changed views of it since the last flush */
	CORM__FLAG_OWNER = 1 << 5,    /* is among those whose relationship is being loaded */
	CORM__FLAG_DISPUTED = 1 << 6, /* the program and somebody else have changed the same column */
	CORM__FLAG_DROPPED = 1 << 7   /* was pending, and lost the parent that it cannot be without */
};

#define CORM__CACHE_LINE 64

/* What stands before each struct. Its size keeps the struct aligned for any type. An epoch, or a level, of 0 is
 * none. */
struct corm__object {
	_Alignas(max_align_t) struct corm__store *store;
	uint32_t slot;     /* its number in the store */
	uint32_t hash;     /* of its key, while it is in the identity map; while pending and flushed: its place there */
	uint32_t epoch;    /* of the transaction in which it was last read or written */
	uint32_t inserted; /* the level at which it was inserted: the rollback of that one detaches it */
	uint32_t saved;    /* the number of its newest undo record, + 1 */
	uint8_t state;     /* enum corm__object_state */
	uint8_t flags;     /* enum corm__object_flags */
	uint8_t loaded;    /* bit i: the i-th CORM_TO_ONE_REMOTE was looked for in this epoch; NULL then means none */
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
	CORM__WORK_VALUE = 1 << 6,    /* can have a value that no column holds */
	CORM__WORK_VERSION = 1 << 7   /* counts the row's changes */
};

/* What a session keeps for each model it has met. Objects stand in slots of one size, so that a pointer can be told
 * from a foreign one by arithmetic. */
struct corm__store {
	struct corm__store *next;
	const corm_model_info *model;
	char *slabs[CORM__SLABS];
	size_t slab_count;
	size_t used;     /* slots */
	char *free_slot; /* the next, in slab slab_at, which is full when full_at are used */
	size_t slab_at, full_at;
	size_t struct_size;   /* the model's: where the snapshot stands, from the struct on */
	size_t stride;        /* of a slot */
	corm_target *targets; /* where the columns of a row go; in the order of the model's */
	uint8_t *work;        /* enum corm__column_work of each column */
	bool has_uuid_key;    /* the key is one UUID, at key_offset: the common case, which goes the short way */
	size_t key_offset;
	bool has_mutable;    /* some column is a char *: equal bytes do not mean unchanged */
	bool has_text;       /* some column points to text or bytes */
	bool has_lazy;       /* some relationship is lazy(selectin) or lazy(joined) */
	uint16_t version;    /* the version column, or CORM_NO_INDEX */
	uint16_t *factories; /* columns of CORM__WORK_FACTORY */
	uint16_t *onupdates; /* columns of CORM__WORK_ONUPDATE */
	size_t factory_count, onupdate_count;
	bool has_orphans; /* its objects are deleted when they lose some parent */
	/* Room for the parts of one statement, so that none is allocated per row. */
	const void **values;               /* 2 * columns + key */
	const corm_format **formats;       /* as many */
	uint16_t *columns;                 /* columns + 1 */
	uint16_t *other_columns;           /* columns */
	bool *by_sql;                      /* columns */
	corm_target *returned;             /* columns */
	char *key;                         /* CORM__KEY_HEAD + (columns + 1) * sizeof(uint16_t) */
	size_t dead;                       /* so many of the first slots are of no use to a flush any more */
	bool written;                      /* by the flush that runs, and not by X_rel_add() alone */
	struct corm__identity *identities; /* open addressing */
	size_t identity_capacity, identity_count;
	size_t identity_gap; /* where the last search that found nothing ended */
};

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
/* Brings a slot closer, a little before it is used. */
static inline void corm__slot_prefetch(const struct corm__store *store, const void *slot)
{
	for (size_t i = 0; i < store->stride; i += CORM__CACHE_LINE)
		__builtin_prefetch((const char *)slot + i, 1);
}
/* What was deleted, or no longer the session's, is a row again, or a new one. */
static inline void corm__object_revive(struct corm__object *object, enum corm__object_state state)
{
	object->state = (uint8_t)state;
	object->store->dead = 0;
}
/* A column's value in the struct, and in the snapshot. */
static inline char *corm__value_at(struct corm__object *object, const corm_column *column)
{
	return (char *)corm__object_struct(object) + column->offset;
}
static inline char *corm__snapshot_at(struct corm__object *object, const corm_column *column)
{
	return (char *)corm__object_snapshot(object) + column->offset;
}
/* Will there be a row, or is there one, once the next flush is done? */
static inline bool corm__object_lives(const struct corm__object *object)
{
	return object && object->state <= CORM__OBJECT_PERSISTENT && !(object->flags & CORM__FLAG_DELETING);
}

/* ---- store.c ----------------------------------------------------------------------------------------------------- */

/* The session's store of a model, made when it is missing; NULL when there is no memory. */
struct corm__store *corm__store_of(corm_session *session, const corm_model_info *model);
/* The same, but NULL when the session has met no object of the model. */
struct corm__store *corm__store_known(const corm_session *session, const corm_model_info *model);
/* A new slot, its struct not zeroed; NULL when there is no memory. */
struct corm__object *corm__store_new(corm_session *session, struct corm__store *store);
/* An object that is none of the session's and stands in memory of the caller's, which is zeroed: for rows that are
 * written or read without being kept. */
size_t corm__object_size(const struct corm__store *store);
struct corm__object *corm__object_init(struct corm__store *store, void *memory);
/* Takes the newest slot back. */
void corm__store_drop_newest(struct corm__store *store);
/* The object behind a pointer that the program gave, or NULL when the session does not own it. */
struct corm__object *corm__store_owned(corm_session *session, const corm_model_info *model, const void *value);
/* The same for a pointer to an object of any model. */
struct corm__object *corm__session_owned(corm_session *session, const void *value);
/* Forgets all objects; keeps a little memory for the next. */
void corm__stores_reset(corm_session *session);
void corm__stores_release(corm_session *session);

/* Iterates over all objects of a session, or of one store. */
struct corm__cursor {
	struct corm__store *store;
	size_t slot;
};
struct corm__object *corm__objects_next(corm_session *session, struct corm__cursor *cursor);
struct corm__object *corm__store_next(struct corm__cursor *cursor);

/* ---- identity.c -------------------------------------------------------------------------------------------------- */

/* The object of that slot. */
struct corm__object *corm__store_slot(const struct corm__store *store, size_t slot);

/* A hash of a value that is not NULL; equal values have equal hashes, whatever the widths of integers and whether text
 * stands in an array. */
uint64_t corm__value_hash(const corm_format *format, const void *value);
/* The hash of a key: values[i] points to the value of the key's i-th column. */
uint32_t corm__key_hash(const corm_model_info *model, const void *const *values);
/* The same of the key in a struct, and the object that has it. Both use store->values. */
uint32_t corm__row_hash(const struct corm__store *store, const void *value);
struct corm__object *corm__row_find(struct corm__store *store, uint32_t hash, const void *value);
/* The key's columns in a struct, as pointers for corm__key_hash. model->key_count of them. */
void corm__key_of(const corm_model_info *model, const void *value, const void **values);
struct corm__object *corm__identity_find(struct corm__store *store, uint32_t hash, const void *const *values);
/* Brings the entry that a hash leads to closer, a little before it is looked at. */
static inline void corm__identity_prefetch(const struct corm__store *store, uint32_t hash)
{
	if (store->identities)
		__builtin_prefetch(&store->identities[hash & (store->identity_capacity - 1)]);
}
/* False when there is no memory. The object's hash must be set. Never fails while there are fewer entries than there
 * once were. */
bool corm__identity_add(corm_session *session, struct corm__store *store, struct corm__object *object);
/* The same right after the object was looked for and not found. */
bool corm__identity_add_found(corm_session *session, struct corm__store *store, struct corm__object *object);
void corm__identity_remove(struct corm__store *store, struct corm__object *object);
void corm__identities_clear(struct corm__store *store);
void corm__identities_release(corm_session *session, struct corm__store *store);

#endif
