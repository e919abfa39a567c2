/* SPDX-License-Identifier: Apache-2.0
 *
 * Changes: text that the session owns, snapshots, what undoes a transaction.
 */
#ifndef CORM_SESSION_CHANGE_H
#define CORM_SESSION_CHANGE_H

#include "session/session.h"

/* ---- text.c ------------------------------------------------------------------------------------------------------ */

/* size bytes for text, from what was given up or from the session's arena. NULL when there is no memory. */
char *corm__text_take(corm_session *session, size_t size);
/* The same, but NULL where there is none of the size that is used again. */
char *corm__text_reuse(corm_session *session, size_t size);
/* length bytes copied, with a NUL behind them. */
char *corm__text_copy(corm_session *session, const char *text, size_t length);
/* Gives a piece up that was taken with that size, which nothing points to any more but perhaps the program. It is used
 * again when many others have been given up after it. NULL and what cannot be used again are ignored. */
void corm__text_give(corm_session *session, const char *text, size_t size);
void corm__text_forget(corm_session *session);
void corm__text_release(corm_session *session);

/* ---- snapshot.c -------------------------------------------------------------------------------------------------- */

/* Makes the snapshot equal to the struct; text of char * columns is copied. */
corm_status corm__snapshot_take(corm_session *session, struct corm__object *object);
/* The same after a write. What the columns pointed to before is given up, as far as no undo record leads to it. */
corm_status corm__snapshot_renew(corm_session *session, struct corm__object *object);
/* The other way round: makes the struct equal to the snapshot. Text that may be changed in place is a copy, for records
 * of a rollback may lead to that of the snapshot. */
corm_status corm__snapshot_give_back(corm_session *session, struct corm__object *object);
/* Gives the object the snapshot of then, an undo record's, in place of its own. */
void corm__snapshot_replace(corm_session *session, struct corm__object *object, const char *then);
/* Could the struct differ from its snapshot? Never false when it does. */
bool corm__snapshot_may_differ(const struct corm__object *object);
/* Does a column differ, whose bytes do? */
bool corm__column_differs(const struct corm__object *object, const corm_column *column);
/* Do some bytes differ? For the sizes that most columns have, without a call. */
static inline bool corm__bytes_differ(const char *a, const char *b, size_t size)
{
	uint64_t x[2], y[2];
	if (size != sizeof *x && size != sizeof x)
		return memcmp(a, b, size) != 0;
	memcpy(x, a, sizeof *x);
	memcpy(y, b, sizeof *y);
	if (x[0] != y[0] || size == sizeof *x)
		return x[0] != y[0];
	memcpy(x, a, sizeof x);
	memcpy(y, b, sizeof y);
	return x[1] != y[1];
}
/* Does a column differ? Equal bytes are equal values: what may be changed in place never has the snapshot's pointer. */
static inline bool corm__column_changed(const struct corm__object *object, const corm_column *column)
{
	const corm_format *format = &column->format;
	const char *value = (const char *)(object + 1) + column->offset;
	if (!(format->flags & CORM_FORMAT_OPTIONAL) &&
	    !corm__bytes_differ(value, value + object->store->struct_size, format->size))
		return false;
	return corm__column_differs(object, column);
}
/* The same for the index-th column when it is settled: text of equal content is the snapshot's then. */
static inline bool corm__column_settled_changed(const struct corm__object *object, size_t index)
{
	const struct corm__store *store = object->store;
	const corm_column *column = &store->model->columns[index];
	const char *value = (const char *)(object + 1) + column->offset;
	if ((store->work[index] & (CORM__WORK_POINTER | CORM__WORK_MUTABLE)) == CORM__WORK_POINTER)
		return corm__bytes_differ(value, value + store->struct_size, column->format.size);
	return corm__column_changed(object, column);
}
/* Does any column? */
bool corm__object_changed(const struct corm__object *object);
/* Moves what a column of a row that was just read points to into a piece of text that is used again; false where there
 * is none of the size. */
bool corm__text_again(corm_session *session, const corm_column *column, void *value);
/* Copies what a column points to into the session and repoints it. */
corm_status corm__column_own_text(corm_session *session, const corm_column *column, void *value);
/* Gives a pending object the snapshot that its flush needs: what its columns point to is the session's, and all else
 * zero. */
corm_status corm__snapshot_begin(corm_session *session, struct corm__object *object);
/* Makes sure that what a column of CORM__WORK_POINTER points to is the session's, also when its content is no
 * change. */
corm_status corm__column_settle(corm_session *session, struct corm__object *object, const corm_column *column);
/* Gives the snapshot of a column of CORM__WORK_MUTABLE its own copy of what it points to now. */
corm_status corm__snapshot_mutable(corm_session *session, struct corm__object *object, const corm_column *column);
/* The copy is of another value than the one that the struct has, or had: that is not given up with it. */
void corm__snapshot_unnote(struct corm__object *object, const corm_column *column);
/* Gives up what a value points to, which is a piece of its own. */
void corm__text_give_value(corm_session *session, const corm_column *column, const char *value);
/* Gives up what a column pointed to in a snapshot that is no longer used. snapshot is the column's value there. */
void corm__snapshot_give(corm_session *session, const struct corm__store *store, size_t index, const char *snapshot);

/* ---- undo.c ------------------------------------------------------------------------------------------------------ */

/* What an object was before a level changed it. The object knows its newest record by its number. */
struct corm__undo {
	struct corm__object *object;
	struct corm__undo *newer; /* of the same object */
	uint32_t level;
	uint32_t older; /* what the object's newest record was before: its number + 1, or what is none of its records */
	uint32_t epoch; /* the object's */
	uint8_t flags;
	bool is_delete;   /* the object was a row until then */
	uint64_t written; /* columns that were after that */
	_Alignas(max_align_t) char snapshot[];
};

/* The session is about to write columns of the object's row, a bit for each of the first 64, of which corm__undo_save()
 * has kept the snapshot. */
void corm__undo_mark_written(const corm_session *session, const struct corm__object *object, uint64_t columns);
/* Those that it has written in this transaction: nobody else can have changed them since. */
uint64_t corm__undo_written(const corm_session *session, const struct corm__object *object);
/* Keeps the snapshot for a rollback, unless this level has it already or did not begin with it. */
corm_status corm__undo_save(corm_session *session, struct corm__object *object);
/* Keeps it for an object whose row is about to be deleted. */
corm_status corm__undo_save_delete(corm_session *session, struct corm__object *object);
/* Does a record lead to what a column of the object's snapshot points to? */
bool corm__undo_holds(const corm_session *session, const struct corm__object *object, const corm_column *column);
/* Applies and forgets all records but the first count, and gives the structs of all objects the values of their
 * snapshots; objects that were inserted at first_level or later, or are pending, are no longer the session's. */
corm_status corm__undo_restore(corm_session *session, size_t count, uint32_t first_level);
/* After a commit: what the records held is no longer needed. */
void corm__undo_forget(corm_session *session);

#endif
