/* SPDX-License-Identifier: Apache-2.0
 *
 * The parts of a flush.
 */
#ifndef CORM_SESSION_FLUSH_H
#define CORM_SESSION_FLUSH_H

#include "session/change.h"
#include "session/plan.h"
#include "session/relation.h"

/* A struct as the program had it before the flush: after a failure it has it again. */
struct corm__before {
	struct corm__before *older;
	struct corm__object *object;
	bool *changed;                      /* of a stale object: which columns the program had changed; else NULL */
	uint8_t flags;                      /* the object's CORM__FLAG_MOVED */
	_Alignas(max_align_t) char value[]; /* behind it, the pointers of the snapshot, one per relationship */
};

/* Rows of a link model that go with an object. */
struct corm__unlink_all {
	struct corm__unlink_all *next;
	const corm_relationship *relationship;
	struct corm__object *owner;
};

/* What one flush has to do; its memory is session->work's. */
struct corm__flush {
	corm_session *session;
	struct corm__objects changed; /* persistent, and perhaps to be updated */
	struct corm__objects deleted; /* those of session->deleting, and what goes with them */
	size_t dropped;               /* so many new objects are not to be inserted after all */
	size_t cascaded;              /* so many of these have been followed */
	struct corm__unlink_all *unlinks;
	struct corm__before *before; /* what the structs were */
	struct corm__plan plan;
};

/* ---- flush.c ----------------------------------------------------------------------------------------------------- */

/* Keeps the struct as it is for the case of a failure, and lists a persistent object among the changed; once per
 * flush. */
corm_status corm__flush_touch(struct corm__flush *flush, struct corm__object *object);
/* The object's row is to be deleted. */
corm_status corm__flush_delete(struct corm__flush *flush, struct corm__object *object);

/* ---- cascade.c --------------------------------------------------------------------------------------------------- */

/* Finds what goes with the deleted objects that were not followed yet, and what loses its parent. */
corm_status corm__cascade(struct corm__flush *flush);

/* ---- arrange.c, send.c ------------------------------------------------------------------------------------------- */

/* Makes flush->plan of the objects: every row, and whom it needs. */
corm_status corm__flush_plan(struct corm__flush *flush);
/* Sends the plan's steps. After a failure the transaction has ended. */
corm_status corm__flush_send(struct corm__flush *flush);

/* ---- validate.c, insert.c, update.c, delete.c, constraint.c ------------------------------------------------------ */

/* Fills in the columns that are unset, a nil UUID or a zero time, and have a default_factory; a new row's version. */
void corm__run_factories(struct corm__object *object);
/* The same for a new object, then checks the model's rules, for a row that stands on the changed columns. settle: what
 * columns point to is copied into the session. */
corm_status corm__validate_object(corm_session *session, struct corm__object *object, bool settle);

/* ---- batch.c: many rows at once ---------------------------------------------------------------------------------- */

/* What a row is for. */
enum corm__batch_op { CORM__BATCH_INSERT, CORM__BATCH_UPDATE, CORM__BATCH_DELETE };

/* A statement that rows of one shape share. Where the database is a round trip away they also wait for each other, or
 * are on their way together; corm__batch_drain() is when all of them are done, and the objects are what the database
 * has. */
struct corm__batch {
	corm_session *session;
	uint32_t ways;                     /* enum corm_capability: those of the connection that save round trips */
	struct corm__statement *statement; /* NULL: none */
	struct corm__store *store;
	size_t key_size;
	char key[256]; /* of the statement; longer ones are looked up each time */
	/* The rows that are not done yet, in their order, and of each its parameters, width of them. */
	enum corm__batch_op op;
	struct corm__object **objects; /* NULL for a row that is no object */
	const void **values;
	int64_t *started_ns; /* only when somebody wants to hear of statements */
	size_t first, count, capacity;
	const corm_format **formats;
	size_t width, width_capacity, room_width; /* room_width: of the rows that capacity counts */
	/* Of INSERTs: which columns, and which the database gives. */
	uint16_t *columns, *returned;
	size_t returned_count, column_capacity;
	bool is_sent;  /* they are on their way, by send() */
	size_t done;   /* rows so far */
	size_t failed; /* after an error: which of them all it was, or SIZE_MAX */
};
void corm__batch_begin(struct corm__batch *batch, corm_session *session);
/* Finishes all rows, and gives the statement back. */
corm_status corm__batch_end(struct corm__batch *batch);
corm_status corm__batch_drain(struct corm__batch *batch);
/* The statement whose key stands in store->key, when the batch has it; NULL otherwise, and then the batch has none, or
 * could not finish the rows that it had: the session has an error then. */
struct corm__statement *corm__batch_find(struct corm__batch *batch, const struct corm__store *store, size_t key_size);
void corm__batch_keep(struct corm__batch *batch, struct corm__store *store, size_t key_size,
                      struct corm__statement *statement);
/* Can rows of that kind wait for each other? */
static inline bool corm__batch_takes(const struct corm__batch *batch, enum corm__batch_op op)
{
	const uint32_t inserts = CORM_CAN_ARRAYS | CORM_CAN_INSERT_ROWS | CORM_CAN_RUN_MANY;
	return batch->ways & (op == CORM__BATCH_INSERT ? inserts : CORM_CAN_SEND | CORM_CAN_RUN_MANY);
}
/* A row by the batch's statement, whose parameters stand in the store. object NULL: an INSERT of a row that is none. */
corm_status corm__batch_send(struct corm__batch *batch, enum corm__batch_op op, struct corm__store *store,
                             struct corm__object *object, size_t count);
/* An INSERT of what corm__insert_columns() has just found. object NULL: the row value is no object. */
corm_status corm__batch_insert(struct corm__batch *batch, struct corm__store *store, struct corm__object *object,
                               const char *value, size_t sent, size_t returned);

/* ---- insert.c, update.c, delete.c -------------------------------------------------------------------------------- */

corm_status corm__insert_object(corm_session *session, struct corm__batch *batch, struct corm__object *object);
/* The object is the row that was inserted. */
corm_status corm__insert_settle(corm_session *session, struct corm__object *object);
/* One INSERT at once, for a row of a batch that has no other. object NULL: nothing is read back. */
corm_status corm__insert_now(corm_session *session, struct corm__batch *batch, struct corm__store *store,
                             struct corm__object *object, const char *value);
/* Inserts a row of which the session keeps no object: what the database gives is not read back. */
corm_status corm__insert_plain(corm_session *session, struct corm__batch *batch, struct corm__store *store,
                               const void *value);
/* Which columns an INSERT of the struct sends: their number; they stand in store->columns, with values and formats. The
 * database gives the others, in store->other_columns. */
size_t corm__insert_columns(struct corm__store *store, const char *value, size_t *returned_count);
/* The row is as the object, if the UPDATE met one. */
corm_status corm__update_settle(corm_session *session, struct corm__object *object, int64_t changes);
corm_status corm__delete_settle(corm_session *session, struct corm__object *object, int64_t changes);
/* Does nothing when no column differs. */
corm_status corm__update_object(corm_session *session, struct corm__batch *batch, struct corm__object *object);
/* Sets the columns of a struct that have an onupdate which is not SQL, but for those that the program has changed. */
void corm__set_onupdate(const struct corm__store *store, struct corm__object *object);
/* An UPDATE or DELETE by key that met another number of rows: somebody else has changed the row since it was read, or
 * deleted it. row has its key; NULL: that of a link model, without an object. */
corm_status corm__expect_one_row(corm_session *session, const corm_model_info *model, const void *row, const char *what,
                                 int64_t changes);
/* Makes a pending object the one of a row that is to be deleted: its differences are an UPDATE. */
corm_status corm__take_over_row(corm_session *session, struct corm__object *object, struct corm__object *before);
corm_status corm__delete_object(corm_session *session, struct corm__batch *batch, struct corm__object *object);
/* Deletes the rows of a link model: those of a pair, or with target NULL all of the owner. */
corm_status corm__delete_links(corm_session *session, const corm_relationship *relationship, struct corm__object *owner,
                               struct corm__object *target);
/* After the pairs that were taken away: rows of link models that are objects too are that no longer. */
corm_status corm__drop_unlinked(corm_session *session);
/* Fills in the name of the constraint that a statement on model violated. own_key: a foreign key is one of model's, and
 * none that leads to it. */
void corm__constraint_name(corm_error_store *error, const corm_model_info *model, bool own_key);

#endif
