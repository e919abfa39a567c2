/* SPDX-License-Identifier: Apache-2.0
 *
 * Random bytes from the operating system. Thread-safe; cannot fail.
 */
#ifndef CORM_BASE_RANDOM_H
#define CORM_BASE_RANDOM_H

#include <stddef.h>

/* size bytes straight from the system: a system call. */
void corm__random_system(void *out, size_t size);

/* The same through a pool of the calling thread's, which a system call fills now and then: cheap for a few bytes. A
 * byte is given once, and a child of fork() starts with an empty pool. */
void corm__random(void *out, size_t size);

#endif
