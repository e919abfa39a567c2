/* SPDX-License-Identifier: Apache-2.0
 *
 * Topological sort after Kahn: a heap holds the nodes that nothing stands before any more, the first of the input on
 * top.
 *
 * When the heap runs empty before the end, all that is left lies on circles or behind them. Then the strongly connected
 * components are searched, once (Tarjan's algorithm without recursion), and the first node goes on whose component
 * waits for no other one: so no edge is broken that is not on a circle.
 */
#include "base/topo.h"

#include "base/arena.h"

#include <assert.h>
#include <stdbool.h>

#define NONE SIZE_MAX

struct graph {
	const corm_allocator *allocator;
	size_t count, edge_count;
	size_t *start; /* the successors of n are next[start[n]] … next[start[n + 1] - 1] */
	size_t *next;
	size_t *waiting; /* for how many predecessors a node waits; NONE when it is in the order already */
	size_t *heap;
	size_t heap_count;
	size_t *component;         /* of each node left when circles were searched; NULL before that */
	size_t *component_waiting; /* for how many edges from other components */
};

static void heap_add(struct graph *graph, size_t node)
{
	size_t *heap = graph->heap;
	size_t at = graph->heap_count++;
	while (at && heap[(at - 1) / 2] > node) {
		heap[at] = heap[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	heap[at] = node;
}

static size_t heap_take(struct graph *graph)
{
	size_t *heap = graph->heap;
	size_t first = heap[0];
	size_t last = heap[--graph->heap_count];
	size_t at = 0;
	for (;;) {
		size_t child = 2 * at + 1;
		if (child >= graph->heap_count)
			break;
		if (child + 1 < graph->heap_count && heap[child + 1] < heap[child])
			child++;
		if (heap[child] >= last)
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = last;
	return first;
}

static size_t *alloc_sizes(struct graph *graph, size_t count)
{
	return corm__alloc(graph->allocator, count, sizeof(size_t));
}

static void free_sizes(struct graph *graph, size_t *sizes, size_t count)
{
	corm__free(graph->allocator, sizes, count * sizeof *sizes);
}

static bool graph_init(struct graph *graph, const struct corm__edge *edges)
{
	graph->start = alloc_sizes(graph, graph->count + 1);
	graph->next = alloc_sizes(graph, graph->edge_count);
	graph->waiting = alloc_sizes(graph, graph->count);
	graph->heap = alloc_sizes(graph, graph->count);
	if (!graph->start || !graph->next || !graph->waiting || !graph->heap)
		return false;

	/* start[n] counts the edges of n, then is where they end, then goes back to where they begin. */
	for (size_t i = 0; i < graph->edge_count; i++) {
		assert(edges[i].before < graph->count && edges[i].after < graph->count);
		if (edges[i].before == edges[i].after)
			continue;
		graph->start[edges[i].before]++;
		graph->waiting[edges[i].after]++;
	}
	for (size_t n = 0; n < graph->count; n++)
		graph->start[n + 1] += graph->start[n];
	for (size_t i = graph->edge_count; i-- > 0;)
		if (edges[i].before != edges[i].after)
			graph->next[--graph->start[edges[i].before]] = edges[i].after;
	return true;
}

static void graph_release(struct graph *graph)
{
	free_sizes(graph, graph->start, graph->count + 1);
	free_sizes(graph, graph->next, graph->edge_count);
	free_sizes(graph, graph->waiting, graph->count);
	free_sizes(graph, graph->heap, graph->count);
	free_sizes(graph, graph->component, graph->count);
	free_sizes(graph, graph->component_waiting, graph->count);
}

/* Tarjan's state of each node. */
struct visit {
	size_t number; /* in the order of discovery, from 1; 0: not yet */
	size_t lowest; /* the smallest number that can be reached */
	size_t edge;   /* the next one to be looked at */
	size_t parent; /* from where the node was reached */
};

struct search {
	struct graph *graph;
	struct visit *visits;
	size_t *stack; /* nodes whose component is not known yet */
	size_t stack_count;
	size_t numbers, components;
};

static void search_enter(struct search *search, size_t node, size_t parent)
{
	search->numbers++;
	search->visits[node] = (struct visit){
		.number = search->numbers,
		.lowest = search->numbers,
		.edge = search->graph->start[node],
		.parent = parent,
	};
	search->stack[search->stack_count++] = node;
}

/* The node cannot reach further back: what is above it on the stack is its component. Returns the parent. */
static size_t search_leave(struct search *search, size_t node)
{
	struct visit *visit = &search->visits[node];
	if (visit->lowest == visit->number) {
		size_t member;
		do {
			member = search->stack[--search->stack_count];
			search->graph->component[member] = search->components;
		} while (member != node);
		search->components++;
	}
	if (visit->parent != NONE && visit->lowest < search->visits[visit->parent].lowest)
		search->visits[visit->parent].lowest = visit->lowest;
	return visit->parent;
}

static void search_from(struct search *search, size_t root)
{
	const struct graph *graph = search->graph;
	search_enter(search, root, NONE);
	for (size_t node = root; node != NONE;) {
		struct visit *visit = &search->visits[node];
		if (visit->edge == graph->start[node + 1]) {
			node = search_leave(search, node);
			continue;
		}
		size_t after = graph->next[visit->edge++];
		if (!search->visits[after].number) {
			search_enter(search, after, node);
			node = after;
		} else if (graph->component[after] == NONE && search->visits[after].number < visit->lowest) {
			visit->lowest = search->visits[after].number;
		}
	}
}

/* Whatever can be reached from a node that is left is left itself, so the search needs not look out for the others. */
static bool find_components(struct graph *graph)
{
	struct search search = { .graph = graph };
	search.visits = corm__alloc(graph->allocator, graph->count, sizeof *search.visits);
	search.stack = alloc_sizes(graph, graph->count);
	graph->component = alloc_sizes(graph, graph->count);
	graph->component_waiting = alloc_sizes(graph, graph->count);
	bool done = search.visits && search.stack && graph->component && graph->component_waiting;
	if (done) {
		for (size_t n = 0; n < graph->count; n++)
			graph->component[n] = NONE;
		for (size_t n = 0; n < graph->count; n++)
			if (graph->waiting[n] != NONE && !search.visits[n].number)
				search_from(&search, n);
		for (size_t n = 0; n < graph->count; n++)
			for (size_t i = graph->start[n]; graph->waiting[n] != NONE && i < graph->start[n + 1]; i++)
				if (graph->component[graph->next[i]] != graph->component[n])
					graph->component_waiting[graph->component[graph->next[i]]]++;
	}
	corm__free(graph->allocator, search.visits, graph->count * sizeof *search.visits);
	free_sizes(graph, search.stack, graph->count);
	return done;
}

/* The node goes into the order: those behind it wait for one less. */
static void pass(struct graph *graph, size_t node)
{
	graph->waiting[node] = NONE;
	for (size_t i = graph->start[node]; i < graph->start[node + 1]; i++) {
		size_t after = graph->next[i];
		if (graph->component && graph->component[after] != graph->component[node])
			graph->component_waiting[graph->component[after]]--;
		if (graph->waiting[after] != NONE && --graph->waiting[after] == 0)
			heap_add(graph, after);
	}
}

/* The first node left that lies on a circle which waits for nothing else. */
static size_t first_on_circle(const struct graph *graph, size_t *first_left)
{
	while (graph->waiting[*first_left] == NONE)
		++*first_left;
	size_t node = *first_left;
	while (graph->waiting[node] == NONE || graph->component_waiting[graph->component[node]])
		node++;
	return node;
}

corm_status corm__topo_sort(const corm_allocator *allocator, size_t count, const struct corm__edge *edges,
                            size_t edge_count, size_t *order, size_t *cycles)
{
	corm_allocator chosen = corm__allocator_or_default(allocator);
	struct graph graph = { .allocator = &chosen, .count = count, .edge_count = edge_count };
	corm_status status = CORM_ERROR_MEMORY;
	size_t broken = 0, first_left = 0;
	if (!graph_init(&graph, edges))
		goto out;

	for (size_t n = 0; n < count; n++)
		if (!graph.waiting[n])
			heap_add(&graph, n);
	for (size_t done = 0; done < count; done++) {
		size_t node;
		if (graph.heap_count) {
			node = heap_take(&graph);
		} else {
			if (!graph.component && !find_components(&graph))
				goto out;
			node = first_on_circle(&graph, &first_left);
			broken++;
		}
		order[done] = node;
		pass(&graph, node);
	}
	if (cycles)
		*cycles = broken;
	status = CORM_OK;
out:
	graph_release(&graph);
	return status;
}
