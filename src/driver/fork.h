/* SPDX-License-Identifier: Apache-2.0
 *
 * Telling a forked child from its parent. A child has copies of the parent's connections, and whatever it did with them
 * the parent's server or file would take for the parent's doing; nor can it wait for locks that the parent's other
 * threads held at the fork. So whoever owns something of the kind remembers the generation in which it was made, and
 * leaves it alone in another one.
 */
#ifndef CORM_DRIVER_FORK_H
#define CORM_DRIVER_FORK_H

#include <stdatomic.h>
#include <stdbool.h>

/* How many forks lie between this process and the one that first called corm__fork_watch(). A counter, because it is
 * asked in every transaction and getpid() is a system call. */
extern atomic_uint corm__fork_generation;

/* Counts forks from now on. False when there is no memory for that. Thread-safe. */
bool corm__fork_watch(void);

static inline unsigned corm__fork_now(void)
{
	return atomic_load_explicit(&corm__fork_generation, memory_order_relaxed);
}

#endif
