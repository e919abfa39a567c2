/* SPDX-License-Identifier: Apache-2.0
 *
 * Topological sort. Stable: of those that may come next, the one that stands first in the input does.
 */
#ifndef CORM_BASE_TOPO_H
#define CORM_BASE_TOPO_H

#include <cormorant/memory.h>
#include <cormorant/status.h>
#include <stddef.h>

struct corm__edge {
	size_t before, after;
};

/* Writes a permutation of 0 … count-1 to order in which before precedes after for every edge. Edges from a node to
 * itself are ignored. Where edges form a circle, its nodes come in the order of the input once nothing else can go on,
 * and *cycles (may be NULL) counts how often that was needed. CORM_ERROR_MEMORY is the only failure. */
corm_status corm__topo_sort(const corm_allocator *allocator, size_t count, const struct corm__edge *edges,
                            size_t edge_count, size_t *order, size_t *cycles);

#endif
