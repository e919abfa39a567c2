/* SPDX-License-Identifier: Apache-2.0
 *
 * Counting forks.
 */
#include "driver/fork.h"
#include <pthread.h>

atomic_uint corm__fork_generation;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool is_watched;

/* Runs in the child, where only what a signal handler may do is safe. */
static void count_fork(void)
{
	atomic_fetch_add_explicit(&corm__fork_generation, 1, memory_order_relaxed);
}

static void watch(void)
{
	is_watched = pthread_atfork(NULL, NULL, count_fork) == 0;
}

bool corm__fork_watch(void)
{
	return pthread_once(&once, watch) == 0 && is_watched;
}
