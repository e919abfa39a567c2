/* SPDX-License-Identifier: Apache-2.0
 *
 * The shape of expressions and clauses: what the operands of each operator are, what each is called, and how a tree is
 * copied.
 *
 * A list is an array of nodes that ends in corm__end. Typed lists (corm_text_expr[]) are such arrays too: each of their
 * elements holds nothing but the pointer to a node.
 */
#ifndef CORM_SQL_TREE_H
#define CORM_SQL_TREE_H

#include "base/arena.h"
#include <cormorant/query.h>
#include <stdbool.h>

/* What node.of.arg.a, b and c point to. */
enum corm__operand {
	CORM__OPERAND_NONE,
	CORM__OPERAND_NODE,
	CORM__OPERAND_LIST,
	CORM__OPERAND_TEXT,   /* const char *, which may be NULL */
	CORM__OPERAND_ARRAY,  /* node.count values of node.type, node.size bytes each */
	CORM__OPERAND_QUERY,  /* a corm_query, that is its struct corm__select */
	CORM__OPERAND_STATIC, /* part of a model's description */
	CORM__OPERAND_VALUE   /* none of them: the node holds a C value */
};

struct corm__shape {
	const char *name; /* as the user writes it: "corm_eq"; NULL: no such operator */
	uint8_t a, b, c;  /* enum corm__operand */
};

/* Never NULL; the shape of an unknown operator has no name. */
const struct corm__shape *corm__shape(unsigned op);

/* A clause as the user writes it: "corm_where"; NULL: no such clause. */
const char *corm__clause_name(unsigned kind);

typedef const corm_node *const *corm__list;

static inline bool corm__is_end(const corm_node *node)
{
	return node && node->op == CORM_OP_END;
}

/* Elements before the sentinel. */
static inline size_t corm__list_length(corm__list list)
{
	size_t length = 0;
	while (!corm__is_end(list[length]))
		length++;
	return length;
}

/* A copy of a clause and of all below it, the text and bytes of values too. Queries inside are shared. False when
 * there is no memory. */
bool corm__clause_copy(struct corm_arena *arena, const corm_clause *from, corm_clause *to);

#endif
