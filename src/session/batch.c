/* SPDX-License-Identifier: Apache-2.0
 *
 * A statement kept at hand for rows of one shape: it is looked up and given back once for all of them.
 */
#include "session/flush.h"

struct corm__statement *corm__batch_find(struct corm__batch *batch, const struct corm__store *store, size_t key_size)
{
	if (batch->statement && batch->store == store && batch->key_size == key_size &&
	    memcmp(batch->key, store->key, key_size) == 0)
		return batch->statement;
	corm__batch_end(batch);
	return NULL;
}

void corm__batch_keep(struct corm__batch *batch, const struct corm__store *store, size_t key_size,
                      struct corm__statement *statement)
{
	batch->statement = statement;
	batch->store = store;
	/* A key that is too long is never found again. */
	batch->key_size = key_size <= sizeof batch->key ? key_size : 0;
	memcpy(batch->key, store->key, batch->key_size);
}

void corm__batch_end(struct corm__batch *batch)
{
	corm__statement_release(batch->statement);
	batch->statement = NULL;
}
