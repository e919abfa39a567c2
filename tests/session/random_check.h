/* SPDX-License-Identifier: Apache-2.0
 *
 * Comparing a session with the randomised test's model. What differs ends the program.
 */
#ifndef TESTS_SESSION_RANDOM_CHECK_H
#define TESTS_SESSION_RANDOM_CHECK_H

#include "session/random_model.h"

/* No call has failed since the last time. */
void check_error(struct world *world, const char *what);

/* Members no longer point to memory of the test's. */
void release_buffers(struct world *world);
/* The session has flushed, for certain: the model does, and memory that members pointed to until then is no more. */
void flushed(struct world *world);
/* A call may have flushed or not: asks an object that a flush would have written. */
void settle(struct world *world);
/* Flushes the session and the model. */
void do_flush(struct world *world);

/* The row of an object that a call has given, of which the session says that it is one of the table's. */
int meet(struct world *world, enum table table, void *object);
/* X_get() of a row that the next flush does not delete. May flush. */
void *get_row(struct world *world, int row);
/* The row's object, fetched if need be, with the values of the row; NULL when the row has gone by now. May flush. */
void *ready(struct world *world, int row);

/* The columns of object, the row's or a copy, are the row's. */
void check_struct(struct world *world, int row, const void *object);
/* The same by calls: whom the row's pointer leads to, and who is in its lists. They flush, and load what was not. */
void check_up(struct world *world, int row);
void check_down(struct world *world, int row);
void check_tags(struct world *world, int row);
/* A list that was handed out for a row's relationship; whether it is in order is looked at when ordered. */
void check_list(struct world *world, int row, const corm_relationship *relationship, corm_any_list list);
/* All objects, without a call that would change what is loaded: columns, pointers and lists, as far as they are
 * loaded, states, lists that were handed out, and objects that are gone. */
void check_objects(struct world *world);
/* The database's rows, over the test's own connection or, with native, over the session's, within its transaction. */
void check_rows(struct world *world, bool native);
/* Before the test's own connection is closed. */
/* After a commit or rollback; complete: each relationship of each object is asked for. */
void check_end(struct world *world, bool complete);

#endif
