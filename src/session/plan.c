/* SPDX-License-Identifier: Apache-2.0
 *
 * The order of a flush.
 *
 * Tables have ranks, by a topological sort of their foreign keys. A row gets the greatest of its table's rank and those
 * of the rows that it needs, and where that is a rank it shares with one of them, a level above. Sorted by rank and
 * level, every row comes after what it needs. Where no table refers to itself or back, that is the rank alone, and
 * nothing is looked at per row.
 */
#include "session/plan.h"
#include "base/topo.h"

#define FIRST_ROWS 64
#define FIRST_TABLES 8

enum mark { NONE, ON_PATH, PLACED };

void corm__plan_init(struct corm__plan *plan, struct corm_arena *arena, const corm_allocator *allocator, size_t rows)
{
	*plan = (struct corm__plan){ .arena = arena, .allocator = allocator, .first_rows = rows ? rows : FIRST_ROWS };
}

static corm_status no_memory(struct corm__plan *plan)
{
	return plan->status = CORM_ERROR_MEMORY;
}

/* Twice the room in the arena; NULL without memory. */
static void *grow(struct corm__plan *plan, const void *items, size_t count, size_t *capacity, size_t first, size_t size)
{
	size_t more = *capacity ? *capacity * 2 : first;
	void *grown = more <= SIZE_MAX / size ? corm__arena_take(plan->arena, more * size) : NULL;
	if (!grown) {
		no_memory(plan);
		return NULL;
	}
	if (count)
		memcpy(grown, items, count * size);
	*capacity = more;
	return grown;
}

/* The number of a model's table, SIZE_MAX without memory. */
static size_t table_of(struct corm__plan *plan, const corm_model_info *model)
{
	if (plan->last_table < plan->table_count && plan->tables[plan->last_table].model == model)
		return plan->last_table;
	size_t i = 0;
	while (i < plan->table_count && plan->tables[i].model != model)
		i++;
	if (i == plan->table_count) {
		if (i == plan->table_capacity) {
			struct corm__plan_table *grown = grow(plan, plan->tables, i, &plan->table_capacity, FIRST_TABLES,
			                                      sizeof *grown);
			if (!grown)
				return SIZE_MAX;
			plan->tables = grown;
		}
		plan->tables[plan->table_count++] = (struct corm__plan_table){ .model = model };
	}
	return plan->last_table = i;
}

size_t corm__plan_add(struct corm__plan *plan, enum corm__plan_op op, const corm_model_info *model, void *subject)
{
	size_t table = table_of(plan, model);
	if (table == SIZE_MAX)
		return 0;
	if (plan->row_count == plan->row_capacity) {
		struct corm__plan_row *grown = grow(plan, plan->rows, plan->row_count, &plan->row_capacity, plan->first_rows,
		                                    sizeof *grown);
		if (!grown)
			return 0;
		plan->rows = grown;
	}
	plan->rows[plan->row_count] = (struct corm__plan_row){
		.model = model,
		.subject = subject,
		.table = (uint16_t)table,
		.op = (uint8_t)op,
	};
	return plan->row_count++;
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

static size_t find_table(const struct corm__plan *plan, const corm_model_info *model)
{
	size_t i = 0;
	while (i < plan->table_count && plan->tables[i].model != model)
		i++;
	return i;
}

static void mark_ranks(struct corm__plan *plan, uint32_t first, uint32_t last)
{
	for (size_t i = 0; i < plan->table_count; i++) {
		if (plan->tables[i].rank >= first && plan->tables[i].rank <= last)
			plan->tables[i].needs_edges = true;
	}
}

/* A table whose foreign key leads to itself, or to one that does not come before it, is not ordered by rank alone; nor
 * are those between the two, which may be part of the circle. */
static void find_needs(struct corm__plan *plan)
{
	for (size_t i = 0; i < plan->table_count; i++) {
		const struct corm__plan_table *table = &plan->tables[i];
		for (size_t k = 0; k < table->model->foreign_key_count; k++) {
			size_t parent = find_table(plan, table->model->foreign_keys[k].target);
			if (parent < plan->table_count && plan->tables[parent].rank >= table->rank)
				mark_ranks(plan, table->rank, plan->tables[parent].rank);
		}
	}
}

corm_status corm__plan_rank(struct corm__plan *plan)
{
	size_t keys = 0, used = 0, count = plan->table_count;
	for (size_t i = 0; i < count; i++)
		keys += plan->tables[i].model->foreign_key_count;
	struct corm__edge *edges = corm__arena_array(plan->arena, keys + 1, sizeof *edges);
	size_t *order = corm__arena_array(plan->arena, count + 1, sizeof *order);
	if (plan->status || !edges || !order)
		return no_memory(plan);
	for (size_t child = 0; child < count; child++) {
		const corm_model_info *model = plan->tables[child].model;
		for (size_t k = 0; k < model->foreign_key_count; k++) {
			size_t parent = find_table(plan, model->foreign_keys[k].target);
			if (parent < count)
				edges[used++] = (struct corm__edge){ .before = parent, .after = child };
		}
	}
	if (corm__topo_sort(plan->allocator, count, edges, used, order, NULL) != CORM_OK)
		return no_memory(plan);
	for (size_t i = 0; i < count; i++)
		plan->tables[order[i]].rank = (uint32_t)i;
	find_needs(plan);
	return CORM_OK;
}

bool corm__plan_needs_edges(const struct corm__plan *plan, size_t row)
{
	return plan->tables[plan->rows[row].table].needs_edges;
}

void corm__plan_need(struct corm__plan *plan, size_t child, size_t parent, const void *reason, bool is_optional)
{
	struct corm__plan_edge *edge = corm__arena_take(plan->arena, sizeof *edge);
	if (!edge) {
		no_memory(plan);
		return;
	}
	*edge = (struct corm__plan_edge){
		.next = plan->rows[child].edges,
		.parent = parent,
		.reason = reason,
		.is_optional = is_optional,
	};
	plan->rows[child].edges = edge;
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

/* A row on the way from a child to what it needs, and the edge that leads on. */
struct visit {
	size_t row;
	struct corm__plan_edge *edge;
};

struct path {
	struct visit *visits;
	size_t depth;
	size_t broken; /* edges, so far */
};

static void place(struct corm__plan *plan, size_t number)
{
	struct corm__plan_row *row = &plan->rows[number];
	row->rank = plan->tables[row->table].rank;
	row->level = 0;
	for (const struct corm__plan_edge *edge = row->edges; edge; edge = edge->next) {
		const struct corm__plan_row *parent = &plan->rows[edge->parent];
		if (edge->is_broken || parent->rank < row->rank)
			continue;
		uint32_t level = parent->level + 1;
		if (parent->rank > row->rank || level > row->level)
			row->level = level;
		row->rank = parent->rank;
	}
	row->mark = PLACED;
}

/* The edge at hand leads back to a row of the path. Breaks an optional one of the circle, and goes back to where it
 * begins; false when there is none. */
static bool break_circle(struct corm__plan *plan, struct path *path)
{
	size_t last = path->depth - 1, first = last;
	while (path->visits[first].row != path->visits[last].edge->parent)
		first--;
	size_t at = last;
	while (at > first && !path->visits[at].edge->is_optional)
		at--;
	if (!path->visits[at].edge->is_optional) {
		plan->circle = path->visits[first].row;
		plan->status = CORM_ERROR_USAGE;
		return false;
	}
	path->visits[at].edge->is_broken = true;
	path->broken++;
	/* What stood behind it is looked at again, when its turn comes. */
	while (path->depth > at + 1)
		plan->rows[path->visits[--path->depth].row].mark = NONE;
	path->visits[at].edge = path->visits[at].edge->next;
	return true;
}

/* Depth first, without recursion: a chain of rows may be as long as memory allows. */
static bool visit(struct corm__plan *plan, struct path *path, size_t row)
{
	path->visits[path->depth++] = (struct visit){ row, plan->rows[row].edges };
	plan->rows[row].mark = ON_PATH;
	while (path->depth) {
		struct visit *top = &path->visits[path->depth - 1];
		while (top->edge && (top->edge->is_broken || plan->rows[top->edge->parent].mark == PLACED))
			top->edge = top->edge->next;
		if (!top->edge) {
			place(plan, top->row);
			path->depth--;
		} else if (plan->rows[top->edge->parent].mark == ON_PATH) {
			if (!break_circle(plan, path))
				return false;
		} else {
			size_t parent = top->edge->parent;
			plan->rows[parent].mark = ON_PATH;
			path->visits[path->depth++] = (struct visit){ parent, plan->rows[parent].edges };
		}
	}
	return true;
}

static corm_status place_rows(struct corm__plan *plan, size_t *broken)
{
	struct path path = { .visits = NULL };
	for (size_t i = 0; i < plan->row_count; i++) {
		if (!plan->rows[i].edges) {
			place(plan, i);
			continue;
		}
		if (!path.visits)
			path.visits = corm__arena_array(plan->arena, plan->row_count + 1, sizeof *path.visits);
		if (!path.visits)
			return no_memory(plan);
		if (plan->rows[i].mark == NONE && !visit(plan, &path, i))
			return plan->status;
	}
	*broken = path.broken;
	return CORM_OK;
}

/* ---- sorting ----------------------------------------------------------------------------------------------------- */

/* In the order of operations; within one, ranks ascend, those of DELETE descend. Rows that are equal stay as they
 * are. */
static int compare(const struct corm__plan *plan, size_t a, size_t b)
{
	const struct corm__plan_row *x = &plan->rows[a], *y = &plan->rows[b];
	int sign = x->op == CORM__PLAN_DELETE ? -1 : 1;
	if (x->op != y->op)
		return x->op < y->op ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -sign : sign;
	if (x->level != y->level)
		return x->level < y->level ? -sign : sign;
	return (x->table > y->table) - (x->table < y->table);
}

/* Merges runs that are in order already, from left to right. */
static void merge_sort(const struct corm__plan *plan, size_t *order, size_t *room, size_t count)
{
	for (;;) {
		size_t runs = 0;
		for (size_t begin = 0; begin < count; runs++) {
			size_t middle = begin + 1, end;
			while (middle < count && compare(plan, order[middle - 1], order[middle]) <= 0)
				middle++;
			end = middle + (middle < count);
			while (end < count && compare(plan, order[end - 1], order[end]) <= 0)
				end++;
			size_t left = begin, right = middle, out = begin;
			while (left < middle || right < end)
				room[out++] = right == end || (left < middle && compare(plan, order[left], order[right]) <= 0)
				                  ? order[left++]
				                  : order[right++];
			begin = end;
		}
		memcpy(order, room, count * sizeof *order);
		if (runs <= 1)
			return;
	}
}

/* ---- steps ------------------------------------------------------------------------------------------------------- */

static void add_step(struct corm__plan *plan, enum corm__plan_op op, const size_t *rows, size_t count,
                     const void *reason)
{
	plan->steps[plan->step_count++] = (struct corm__plan_step){
		.op = op,
		.model = plan->rows[rows[0]].model,
		.rows = rows,
		.count = count,
		.reason = reason,
	};
}

/* A step for each broken edge of rows that are inserted, or deleted. */
static void add_broken(struct corm__plan *plan, const size_t *order, enum corm__plan_op of, enum corm__plan_op op)
{
	for (size_t i = 0; i < plan->row_count; i++) {
		const struct corm__plan_row *row = &plan->rows[order[i]];
		for (const struct corm__plan_edge *edge = row->edges; row->op == of && edge; edge = edge->next) {
			if (edge->is_broken)
				add_step(plan, op, &order[i], 1, edge->reason);
		}
	}
}

/* Rows come in the order of their operations; what circles need stands between these. */
static void add_steps(struct corm__plan *plan, const size_t *order, size_t broken)
{
	unsigned op = CORM__PLAN_RELEASE;
	for (size_t begin = 0, end; begin <= plan->row_count; begin = end) {
		const struct corm__plan_row *first = begin < plan->row_count ? &plan->rows[order[begin]] : NULL;
		unsigned next = first ? first->op : CORM__PLAN_DELETE;
		if (broken && op <= CORM__PLAN_INSERT && next > CORM__PLAN_INSERT)
			add_broken(plan, order, CORM__PLAN_INSERT, CORM__PLAN_LATER);
		if (broken && op != CORM__PLAN_DELETE && next == CORM__PLAN_DELETE)
			add_broken(plan, order, CORM__PLAN_DELETE, CORM__PLAN_FIRST);
		if (!first)
			break;
		op = next;
		end = begin + 1;
		while (end < plan->row_count && plan->rows[order[end]].op == op && plan->rows[order[end]].table == first->table)
			end++;
		add_step(plan, (enum corm__plan_op)op, &order[begin], end - begin, NULL);
	}
}

/* At most so many: a step ends where the operation or the table changes. */
static size_t count_steps(const struct corm__plan *plan, const size_t *order)
{
	size_t count = 1;
	for (size_t i = 1; i < plan->row_count; i++) {
		const struct corm__plan_row *a = &plan->rows[order[i - 1]], *b = &plan->rows[order[i]];
		count += a->op != b->op || a->table != b->table;
	}
	return count;
}

corm_status corm__plan_order(struct corm__plan *plan)
{
	size_t broken = 0, count = plan->row_count;
	if (plan->status || !count || place_rows(plan, &broken) != CORM_OK)
		return plan->status;
	size_t *order = corm__arena_array(plan->arena, count, sizeof *order);
	if (!order)
		return no_memory(plan);
	bool sorted = true;
	for (size_t i = 0; i < count; i++) {
		order[i] = i;
		sorted = sorted && (i == 0 || compare(plan, i - 1, i) <= 0);
	}
	size_t *room = sorted ? NULL : corm__arena_array(plan->arena, count, sizeof *room);
	if (!sorted && !room)
		return no_memory(plan);
	if (!sorted)
		merge_sort(plan, order, room, count);
	plan->steps = corm__arena_array(plan->arena, count_steps(plan, order) + broken, sizeof *plan->steps);
	if (!plan->steps)
		return no_memory(plan);
	add_steps(plan, order, broken);
	return CORM_OK;
}

void corm__plan_print(const struct corm__plan *plan, struct corm__buffer *out)
{
	static const char *const words[] = {
		[CORM__PLAN_RELEASE] = "release", [CORM__PLAN_EARLY] = "early",   [CORM__PLAN_INSERT] = "insert",
		[CORM__PLAN_UPDATE] = "update",   [CORM__PLAN_DELETE] = "delete", [CORM__PLAN_LATER] = "later",
		[CORM__PLAN_FIRST] = "first",
	};
	for (size_t i = 0; i < plan->step_count; i++)
		corm__buffer_format(out, "%s %s %zu\n", words[plan->steps[i].op], plan->steps[i].model->table,
		                    plan->steps[i].count);
}
