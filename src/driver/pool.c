/* SPDX-License-Identifier: Apache-2.0
 *
 * The pool: counting, queueing, handing over.
 */
#include "driver/pool.h"
#include "driver/engine.h"
#include <time.h>

/* The clock that never jumps, where a condition variable can go by it. */
#ifdef __APPLE__
#define WAIT_CLOCK CLOCK_REALTIME
#define pthread_condattr_setclock(attributes, clock) 0
#else
#define WAIT_CLOCK CLOCK_MONOTONIC
#endif

/* A thread that waits; it stands on that thread's stack. */
struct corm__waiter {
	pthread_cond_t wake;
	struct corm__connection *connection; /* what was handed over: a connection, or NULL for a permit */
	bool served;
	struct corm__waiter *next;
};

corm_status corm__pool_init(struct corm__pool *pool, corm_error_store *error)
{
	if (pthread_mutex_init(&pool->lock, NULL))
		return corm_error_set(error, CORM_ERROR_MEMORY, "no memory for the lock of a connection pool");
	return CORM_OK;
}

void corm__pool_release(struct corm__pool *pool)
{
	pthread_mutex_destroy(&pool->lock);
}

/* Hands a connection, or a permit when it is NULL, to the first in the queue; false when nobody waits. The caller holds
 * the lock. */
static bool serve_waiter(struct corm__pool *pool, struct corm__connection *connection)
{
	struct corm__waiter *waiter = pool->first;
	if (!waiter)
		return false;
	pool->first = waiter->next;
	if (!pool->first)
		pool->last = NULL;
	waiter->connection = connection;
	waiter->served = true;
	pthread_cond_signal(&waiter->wake);
	return true;
}

static void leave_queue(struct corm__pool *pool, struct corm__waiter *waiter)
{
	struct corm__waiter **link = &pool->first, *before = NULL;
	while (*link != waiter) {
		before = *link;
		link = &before->next;
	}
	*link = waiter->next;
	if (pool->last == waiter)
		pool->last = before;
}

static bool init_condition(pthread_cond_t *condition)
{
	pthread_condattr_t attributes;
	if (pthread_condattr_init(&attributes))
		return false;
	bool done = !pthread_condattr_setclock(&attributes, WAIT_CLOCK) && !pthread_cond_init(condition, &attributes);
	pthread_condattr_destroy(&attributes);
	return done;
}

static corm_status report_timeout(struct corm__pool *pool, corm_error_store *error)
{
	pool->counted.timeouts++;
	return corm_error_set(error, CORM_ERROR_TIMEOUT,
	                      "no connection became free within %d ms: all %d (pool_size=%d, max_overflow=%d) are in use; "
	                      "were all sessions closed?",
	                      pool->timeout_ms, pool->limit, pool->size, pool->limit - pool->size);
}

/* The caller holds the lock. */
static corm_status wait_for_connection(struct corm__pool *pool, struct corm__connection **out, corm_error_store *error)
{
	struct corm__waiter waiter = { .served = false };
	if (!pool->timeout_ms)
		return report_timeout(pool, error);
	if (!init_condition(&waiter.wake))
		return corm_error_set(error, CORM_ERROR_MEMORY, "no memory to wait for a connection");
	if (pool->last)
		pool->last->next = &waiter;
	else
		pool->first = &waiter;
	pool->last = &waiter;

	struct timespec deadline;
	clock_gettime(WAIT_CLOCK, &deadline);
	deadline.tv_sec += pool->timeout_ms / 1000;
	deadline.tv_nsec += pool->timeout_ms % 1000 * 1000000L;
	if (deadline.tv_nsec >= 1000000000L) {
		deadline.tv_sec++;
		deadline.tv_nsec -= 1000000000L;
	}
	int code = 0;
	int64_t started_ns = corm__clock_ns();
	pool->counted.waits++;
	while (!waiter.served && code == 0)
		code = pthread_cond_timedwait(&waiter.wake, &pool->lock, &deadline);
	pool->counted.waited_ns += corm__clock_ns() - started_ns;
	pthread_cond_destroy(&waiter.wake);
	if (waiter.served) {
		*out = waiter.connection;
		return CORM_OK;
	}
	leave_queue(pool, &waiter);
	return report_timeout(pool, error);
}

corm_status corm__pool_take(struct corm__pool *pool, struct corm__connection **out, corm_error_store *error)
{
	corm_status status = CORM_OK;
	*out = NULL;
	pthread_mutex_lock(&pool->lock);
	if (pool->closing) {
		status = corm_error_set(error, CORM_ERROR_USAGE, "the engine has been closed");
	} else if (pool->idle) {
		*out = pool->idle;
		pool->idle = (*out)->next;
		pool->idle_count--;
	} else if (pool->open_count < pool->limit) {
		pool->open_count++;
	} else {
		status = wait_for_connection(pool, out, error);
	}
	pthread_mutex_unlock(&pool->lock);
	return status;
}

bool corm__pool_give(struct corm__pool *pool, struct corm__connection *connection)
{
	pthread_mutex_lock(&pool->lock);
	bool kept = serve_waiter(pool, connection);
	if (!kept && !pool->closing && pool->idle_count < pool->size) {
		connection->next = pool->idle;
		pool->idle = connection;
		pool->idle_count++;
		kept = true;
	}
	pthread_mutex_unlock(&pool->lock);
	return kept;
}

bool corm__pool_give_permit(struct corm__pool *pool)
{
	bool last = false;
	pthread_mutex_lock(&pool->lock);
	if (!serve_waiter(pool, NULL)) {
		pool->open_count--;
		last = pool->closing && pool->open_count == 0;
	}
	pthread_mutex_unlock(&pool->lock);
	return last;
}

void corm__pool_count(struct corm__pool *pool, enum corm__pool_event event)
{
	corm_pool_statistics *counted = &pool->counted;
	uint64_t *const counters[] = {
		[CORM__POOL_OPENED] = &counted->opened,           [CORM__POOL_FAILED] = &counted->failed,
		[CORM__POOL_CLOSED] = &counted->closed,           [CORM__POOL_RECYCLED] = &counted->recycled,
		[CORM__POOL_RECONNECTED] = &counted->reconnected,
	};
	pthread_mutex_lock(&pool->lock);
	++*counters[event];
	pthread_mutex_unlock(&pool->lock);
}

void corm__pool_statistics(struct corm__pool *pool, corm_pool_statistics *out)
{
	pthread_mutex_lock(&pool->lock);
	*out = pool->counted;
	out->open = pool->open_count;
	out->idle = pool->idle_count;
	out->in_use = pool->open_count - pool->idle_count;
	for (const struct corm__waiter *waiter = pool->first; waiter; waiter = waiter->next)
		out->waiting++;
	pthread_mutex_unlock(&pool->lock);
}

bool corm__pool_is_usable(struct corm__pool *pool)
{
	if (pthread_mutex_trylock(&pool->lock))
		return false;
	pthread_mutex_unlock(&pool->lock);
	return true;
}

struct corm__connection *corm__pool_drain(struct corm__pool *pool)
{
	pthread_mutex_lock(&pool->lock);
	struct corm__connection *idle = pool->idle;
	pool->idle = NULL;
	pool->idle_count = 0;
	pthread_mutex_unlock(&pool->lock);
	return idle;
}

int corm__pool_shut(struct corm__pool *pool)
{
	pthread_mutex_lock(&pool->lock);
	int open_count = pool->open_count++;
	pool->closing = true;
	pthread_mutex_unlock(&pool->lock);
	return open_count;
}
