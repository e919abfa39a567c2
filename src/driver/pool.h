/* SPDX-License-Identifier: Apache-2.0
 *
 * The pool: an engine's connections, shared by threads.
 *
 * Invariants: open_count is the number of connections that stand open or are being opened, idle and in use, and never
 * exceeds limit. Whoever has been counted holds a permit: he may open one connection, and gives the permit back when
 * that fails or the connection ends. While somebody waits nobody overtakes him: waiting is first come, first served,
 * and what becomes free is handed to the first in the queue. Idle connections are used last in, first out, so that the
 * ones a quiet program does not need grow old.
 *
 * The pool counts, queues and hands over; opening and closing is the engine's work and happens outside of the lock.
 */
#ifndef CORM_DRIVER_POOL_H
#define CORM_DRIVER_POOL_H

#include <cormorant/driver.h>
#include <cormorant/engine.h>
#include <pthread.h>
#include <stdbool.h>

struct corm__connection;
struct corm__waiter;

struct corm__pool {
	pthread_mutex_t lock;
	int size;       /* connections kept when nobody needs them */
	int limit;      /* connections at most */
	int timeout_ms; /* how long to wait for one; 0: not at all */
	int open_count;
	int idle_count;
	struct corm__connection *idle; /* the most recently used first, by their next */
	struct corm__waiter *first, *last;
	corm_pool_statistics counted; /* all but the first four */
	bool closing;
};

/* Initialises all but the settings, which the caller has written. CORM_ERROR_MEMORY is the only failure. */
corm_status corm__pool_init(struct corm__pool *pool, corm_error_store *error);
void corm__pool_release(struct corm__pool *pool);

/* Takes an idle connection, or a permit to open one (*out is NULL then). Waits when there is neither;
 * CORM_ERROR_TIMEOUT. */
corm_status corm__pool_take(struct corm__pool *pool, struct corm__connection **out, corm_error_store *error);

/* Gives a connection back. False when the pool does not want it: the caller closes it and gives back its permit. */
bool corm__pool_give(struct corm__pool *pool, struct corm__connection *connection);

/* Gives a permit back. True when that was the last one of a pool that is closing: nobody uses the pool any more. */
bool corm__pool_give_permit(struct corm__pool *pool);

/* What happened to a connection, for the statistics. */
enum corm__pool_event {
	CORM__POOL_OPENED,
	CORM__POOL_FAILED,
	CORM__POOL_CLOSED,
	CORM__POOL_RECYCLED,   /* and will be closed */
	CORM__POOL_RECONNECTED /* the same */
};
void corm__pool_count(struct corm__pool *pool, enum corm__pool_event event);
void corm__pool_statistics(struct corm__pool *pool, corm_pool_statistics *out);

/* In a forked child: was the pool at rest when the process was forked? If not, some thread that is not there any more
 * holds its lock for ever, and nothing else may be called. */
bool corm__pool_is_usable(struct corm__pool *pool);

/* Takes all idle connections out, linked by their next; they are in use then. */
struct corm__connection *corm__pool_drain(struct corm__pool *pool);

/* Begins to close: no connection is kept any more. The caller gets a permit, so that the pool lasts until he gives
 * it back. Returns the number of connections that stand open. */
int corm__pool_shut(struct corm__pool *pool);

#endif
