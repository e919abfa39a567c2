/* SPDX-License-Identifier: Apache-2.0
 *
 * The clock for durations and deadlines: it never jumps.
 */
#ifndef CORM_DRIVER_CLOCK_H
#define CORM_DRIVER_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline int64_t corm__clock_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

#endif
