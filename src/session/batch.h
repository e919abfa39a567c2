/* SPDX-License-Identifier: Apache-2.0
 *
 * What batch.c and batch_insert.c share.
 */
#ifndef CORM_SESSION_BATCH_H
#define CORM_SESSION_BATCH_H

#include "session/flush.h"

#define CORM__BATCH_FIRST 32   /* rows that there is room for at first */
#define CORM__BATCH_LIMIT 1024 /* rows that wait for each other */

/* The batch begins anew, for rows with these parameters. */
corm_status corm__batch_shape(struct corm__batch *batch, enum corm__batch_op op, const corm_format *const *formats,
                              size_t width);
corm_status corm__batch_add(struct corm__batch *batch, struct corm__object *object, const void *const *values);
/* Drops the rows that are not done. */
void corm__batch_forget(struct corm__batch *batch);
/* All rows by one call of a driver that can; *changes is how many rows they changed altogether. */
corm_status corm__batch_run_many(struct corm__batch *batch, struct corm__statement *statement, int64_t *changes);
corm_status corm__batch_drain_inserts(struct corm__batch *batch);

#endif
