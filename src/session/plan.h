/* SPDX-License-Identifier: Apache-2.0
 *
 * The order in which a flush sends its rows: pure data, computed from rows, models and who needs whom, without a
 * database or a session.
 *
 * Rows that are inserted come after the rows that their foreign keys lead to: table by table where the tables allow,
 * level by level within a tree, and as they were added otherwise. Where rows need each other in a circle, one of them
 * goes without an optional key, which a later UPDATE fills in. Rows that are deleted come the other way round, and in a
 * circle an UPDATE empties the key first.
 *
 *	corm__plan_init(&plan, &arena, &allocator, 0);
 *	size_t author = corm__plan_add(&plan, CORM__PLAN_INSERT, &Author_model, fred);
 *	size_t book = corm__plan_add(&plan, CORM__PLAN_INSERT, &Book_model, diving);
 *	corm__plan_need(&plan, book, author, &Book_model.relationships[0], false);
 *	if (corm__plan_order(&plan) == CORM_OK)
 *		for (size_t i = 0; i < plan.step_count; i++)
 *			…
 */
#ifndef CORM_SESSION_PLAN_H
#define CORM_SESSION_PLAN_H

#include "base/arena.h"
#include "base/buffer.h"
#include <cormorant/metadata.h>
#include <cormorant/status.h>
#include <stdbool.h>

enum corm__plan_op {
	CORM__PLAN_RELEASE, /* an UPDATE that sets a unique column to NULL: any other row may get its value */
	CORM__PLAN_EARLY,   /* an UPDATE that has another unique value than before: a new row may get that */
	CORM__PLAN_INSERT,
	CORM__PLAN_UPDATE,
	CORM__PLAN_DELETE,
	CORM__PLAN_LATER, /* an UPDATE that fills in what an INSERT had to leave out */
	CORM__PLAN_FIRST  /* an UPDATE that empties what keeps a row from being deleted */
};

struct corm__plan_edge {
	struct corm__plan_edge *next; /* of the same child */
	size_t parent;
	const void *reason; /* a relationship or foreign key; the caller's */
	bool is_optional;   /* the child can be without, for a while */
	bool is_broken;
};

struct corm__plan_row {
	const corm_model_info *model;
	void *subject; /* the caller's */
	struct corm__plan_edge *edges;
	uint32_t rank;  /* of its table among the others, or of the table that it has to wait for */
	uint32_t level; /* within that */
	uint16_t table; /* its number in the plan's tables */
	uint8_t op;     /* RELEASE, EARLY, INSERT, UPDATE or DELETE */
	uint8_t mark;
};

struct corm__plan_table {
	const corm_model_info *model;
	uint32_t rank;    /* parents first */
	bool needs_edges; /* rows have to say whom they need: the rank is not enough */
};

/* Rows of one table and one operation, in a row. */
struct corm__plan_step {
	enum corm__plan_op op;
	const corm_model_info *model;
	const size_t *rows; /* numbers of rows */
	size_t count;
	const void *reason; /* CORM__PLAN_LATER, CORM__PLAN_FIRST: of the edge; these have one row */
};

struct corm__plan {
	struct corm_arena *arena;
	const corm_allocator *allocator;
	struct corm__plan_row *rows;
	size_t row_count, row_capacity, first_rows;
	struct corm__plan_table *tables; /* in the order in which they were met */
	size_t table_count, table_capacity;
	size_t last_table; /* mostly that of the next row as well */
	struct corm__plan_step *steps;
	size_t step_count;
	size_t circle; /* after CORM_ERROR_USAGE: a row of the circle */
	corm_status status;
};

/* Everything is taken from arena; allocator is for what is freed again. rows: how many there will be, where that is
 * known; 0: not. */
void corm__plan_init(struct corm__plan *plan, struct corm_arena *arena, const corm_allocator *allocator, size_t rows);
/* Adds a row, in the order in which rows of a table are to be sent; its number. After a failure 0, and
 * corm__plan_order() fails. */
size_t corm__plan_add(struct corm__plan *plan, enum corm__plan_op op, const corm_model_info *model, void *subject);
/* Ranks the tables, when all rows have been added. */
corm_status corm__plan_rank(struct corm__plan *plan);
/* Does a row have to say whom it needs? Only where tables refer to themselves or to each other in a circle. */
bool corm__plan_needs_edges(const struct corm__plan *plan, size_t row);
/* child refers to parent; both are inserted, or both deleted. A row that refers to itself needs this only where its key
 * is made by the INSERT. */
void corm__plan_need(struct corm__plan *plan, size_t child, size_t parent, const void *reason, bool is_optional);
/* Makes the steps. CORM_ERROR_USAGE: rows need each other in a circle and none can be without; CORM_ERROR_MEMORY. */
corm_status corm__plan_order(struct corm__plan *plan);
/* The steps as text, a line each: `insert author 2`, `later team 1`. */
void corm__plan_print(const struct corm__plan *plan, struct corm__buffer *out);

#endif
