/* SPDX-License-Identifier: Apache-2.0
 *
 * Joins, and the EXISTS of corm_any_of() and corm_has(): what stands between two tables.
 *
 * A join is by a condition when corm_on() gives one, by a relationship when it names one, and else by the one foreign
 * key that there is between the new table and those before it. A primary key is written left of the foreign key that
 * refers to it.
 */
#include "sql/walk.h"

static bool is_join(corm_clause_kind kind)
{
	return kind >= CORM_CLAUSE_JOIN && kind <= CORM_CLAUSE_CROSS_JOIN;
}

size_t corm__joins_count(const corm_clause *clauses)
{
	size_t count = 0;
	for (; clauses->kind != CORM_CLAUSE_END; clauses++)
		count += is_join(clauses->kind);
	return count;
}

static bool has_condition(const corm_clause *join)
{
	return join->more && ((const corm_clause *)join->more)->kind == CORM_CLAUSE_ON;
}

static const corm_relationship *relationship_of(const corm_clause *join)
{
	const corm_node *node = join->data;
	return node->op == CORM_OP_RELATIONSHIP ? node->of.arg.b : NULL;
}

/* ---- sources ----------------------------------------------------------------------------------------------------- */

static void collect(struct corm__compiler *c, const corm_clause *join)
{
	const corm_node *node = join->data;
	const corm_relationship *relationship = relationship_of(join);
	if (!relationship) {
		corm__scope_add(c, node->of.arg.a, node->of.arg.b);
		return;
	}
	if (!corm__scope_find(c, node->of.arg.a))
		return;
	if (relationship->link && !has_condition(join)) {
		struct corm__source *link = corm__scope_add_unique(c, relationship->link, true);
		if (!link)
			return;
		link->hidden = true;
	}
	corm__scope_add(c, relationship->target, NULL);
}

void corm__joins_collect(struct corm__compiler *c, const corm_clause *clauses)
{
	for (; clauses->kind != CORM_CLAUSE_END && !c->status; clauses++)
		if (is_join(clauses->kind))
			collect(c, clauses);
}

/* ---- by a foreign key -------------------------------------------------------------------------------------------- */

struct candidate {
	const corm_foreign_key *key;
	const struct corm__source *child, *parent;
	size_t count;
};

static void look_for_keys(struct candidate *found, const struct corm__source *child, const struct corm__source *parent)
{
	for (size_t i = 0; i < child->model->foreign_key_count; i++) {
		const corm_foreign_key *key = &child->model->foreign_keys[i];
		if (key->target == parent->model)
			*found = (struct candidate){ key, child, parent, found->count + 1 };
	}
}

static void write_foreign_key(struct corm__compiler *c, const struct corm__source *added)
{
	struct candidate found = { 0 };
	for (const struct corm__source *source = c->scope->sources; source < added; source++) {
		if (source->hidden)
			continue;
		look_for_keys(&found, added, source);
		look_for_keys(&found, source, added);
	}
	if (found.count == 1) {
		corm__write_link(c, found.parent, found.key->target_columns, found.child, found.key->columns, found.key->count);
		return;
	}
	const char *other = found.count ? (found.child == added ? found.parent : found.child)->name
	                                : c->scope->sources[0].name;
	corm__walk_fail(c, CORM_ERROR_USAGE,
	                "%s between %s and %s: say how to join them with corm_on() or by a relationship",
	                found.count ? "there are several foreign keys" : "there is no foreign key", other, added->name);
}

/* ---- by a relationship ------------------------------------------------------------------------------------------- */

/* Without a link table. */
static void write_relationship(struct corm__compiler *c, const corm_relationship *relationship,
                               const struct corm__source *owner, const struct corm__source *target)
{
	if (relationship->kind == CORM_TO_ONE)
		corm__write_link(c, target, relationship->target_columns, owner, relationship->columns, relationship->count);
	else
		corm__write_link(c, owner, relationship->columns, target, relationship->target_columns, relationship->count);
}

static void write_owner_link(struct corm__compiler *c, const corm_relationship *relationship,
                             const struct corm__source *owner, const struct corm__source *link)
{
	corm__write_link(c, owner, relationship->columns, link, relationship->link_columns, relationship->count);
}

static void write_target_link(struct corm__compiler *c, const corm_relationship *relationship,
                              const struct corm__source *link, const struct corm__source *target)
{
	corm__write_link(c, target, relationship->target_columns, link, relationship->link_target_columns,
	                 relationship->target_count);
}

/* Through a link table, which stands in front of the target: one join after the other. */
static void write_through_link(struct corm__compiler *c, const char *keyword, const corm_relationship *relationship,
                               const struct corm__source *owner, const struct corm__source *link)
{
	corm__put(c, keyword);
	corm__write_source(c, link);
	corm__put(c, " ON ");
	write_owner_link(c, relationship, owner, link);
	corm__put(c, keyword);
	corm__write_source(c, link + 1);
	corm__put(c, " ON ");
	write_target_link(c, relationship, link, link + 1);
}

/* The same with link and target as one, so that a link alone gives no row of its own. */
static void write_outer_link(struct corm__compiler *c, const char *keyword, const corm_relationship *relationship,
                             const struct corm__source *owner, const struct corm__source *link)
{
	corm__put(c, keyword);
	corm__put(c, "(");
	corm__write_source(c, link);
	corm__put(c, " JOIN ");
	corm__write_source(c, link + 1);
	corm__put(c, " ON ");
	write_target_link(c, relationship, link, link + 1);
	corm__put(c, ") ON ");
	write_owner_link(c, relationship, owner, link);
}

void corm__write_eager_join(struct corm__compiler *c, const corm_relationship *relationship,
                            const struct corm__source *owner, const struct corm__source *target)
{
	const char *keyword = " LEFT OUTER JOIN ";
	if (relationship->link) {
		write_through_link(c, keyword, relationship, owner, target - 1);
		return;
	}
	corm__put(c, keyword);
	corm__write_source(c, target);
	corm__put(c, " ON ");
	write_relationship(c, relationship, owner, target);
}

/* ---- JOIN -------------------------------------------------------------------------------------------------------- */

static const char *keyword_of(corm_clause_kind kind)
{
	switch (kind) {
	case CORM_CLAUSE_LEFT_JOIN:
		return " LEFT OUTER JOIN ";
	case CORM_CLAUSE_FULL_JOIN:
		return " FULL OUTER JOIN ";
	case CORM_CLAUSE_CROSS_JOIN:
		return " CROSS JOIN ";
	default:
		return " JOIN ";
	}
}

/* All of a join but the condition that corm_on() gives. */
static void write_join(struct corm__compiler *c, const corm_clause *join)
{
	const corm_relationship *relationship = relationship_of(join);
	const struct corm__source *added = &c->scope->sources[c->scope->visible];
	const char *keyword = keyword_of(join->kind);
	const struct corm__source *owner = NULL;
	if (relationship) {
		owner = corm__scope_find(c, ((const corm_node *)join->data)->of.arg.a);
		if (!owner)
			return;
	}
	c->scope->visible += added->hidden ? 2 : 1;
	/* A hidden source is the link of a relationship. */
	if (relationship && added->hidden) {
		if (join->kind == CORM_CLAUSE_JOIN)
			write_through_link(c, keyword, relationship, owner, added);
		else
			write_outer_link(c, keyword, relationship, owner, added);
		return;
	}
	corm__put(c, keyword);
	corm__write_source(c, added);
	if (has_condition(join) || join->kind == CORM_CLAUSE_CROSS_JOIN)
		return;
	corm__put(c, " ON ");
	if (relationship)
		write_relationship(c, relationship, owner, added);
	else
		write_foreign_key(c, added);
}

/* What is wrong with a join whatever it joins. */
static bool check_join(struct corm__compiler *c, const corm_clause *join)
{
	const corm_node *node = join->data;
	if (!node || (node->op != CORM_OP_MODEL && node->op != CORM_OP_RELATIONSHIP))
		corm__walk_fail(c, CORM_ERROR_USAGE, "corm_join() is given neither a model nor a relationship");
	else if (join->kind == CORM_CLAUSE_CROSS_JOIN && node->op != CORM_OP_MODEL)
		corm__walk_fail(c, CORM_ERROR_USAGE, "corm_cross_join() takes a model, not a relationship");
	else if (join->kind == CORM_CLAUSE_FULL_JOIN && !(c->capabilities & CORM_CAN_FULL_JOIN))
		corm__walk_fail(c, CORM_ERROR_USAGE, "%s%s has no full join",
		                c->dialect->lacks & CORM_CAN_FULL_JOIN ? "" : "this version of ", c->dialect->name);
	for (const corm_clause *more = join->more; more && more->kind != CORM_CLAUSE_END; more++)
		if (more->kind != CORM_CLAUSE_ON)
			corm__walk_fail(c, CORM_ERROR_USAGE, "a join takes no clause but corm_on()");
	return !c->status;
}

static void walk_join(struct corm__compiler *c, const corm_clause *join)
{
	static const corm_clause none = CORM_END;

	const corm_node *node = join->data;
	const corm_node *model = node->op == CORM_OP_MODEL ? node : node->of.arg.a;
	corm__key_byte(c, join->kind);
	corm__key_text(c, model->of.arg.b);
	corm__key_pointer(c, node->op == CORM_OP_MODEL ? node->of.arg.a : node->of.arg.b);
	if (corm__writes_sql(c))
		write_join(c, join);
	corm__walk_conditions(c, join->more ? join->more : &none, CORM_CLAUSE_ON, " ON ");
}

bool corm__joins_check(struct corm__compiler *c, const corm_clause *clauses)
{
	for (; clauses->kind != CORM_CLAUSE_END; clauses++)
		if (is_join(clauses->kind) && !check_join(c, clauses))
			return false;
	return true;
}

void corm__walk_joins(struct corm__compiler *c, const corm_clause *clauses)
{
	c->scope->visible = 1;
	for (; clauses->kind != CORM_CLAUSE_END && !c->status; clauses++)
		if (is_join(clauses->kind))
			walk_join(c, clauses);
	corm__key_byte(c, CORM_CLAUSE_END);
}

/* ---- EXISTS ------------------------------------------------------------------------------------------------------ */

/* The tables and what links them; the new ones stand in the innermost scope. */
static void write_related(struct corm__compiler *c, const corm_relationship *relationship,
                          const struct corm__source *owner)
{
	struct corm__source *link = relationship->link ? corm__scope_add_unique(c, relationship->link, false) : NULL;
	const struct corm__source *target = corm__scope_add_unique(c, relationship->target, false);
	if (c->status)
		return;
	corm__put(c, "EXISTS (SELECT 1 FROM ");
	if (link) {
		link->hidden = true;
		corm__write_source(c, link);
		corm__put(c, ", ");
	}
	corm__write_source(c, target);
	corm__put(c, " WHERE ");
	if (link) {
		write_owner_link(c, relationship, owner, link);
		corm__put(c, " AND ");
		write_target_link(c, relationship, link, target);
	} else {
		write_relationship(c, relationship, owner, target);
	}
	corm__put(c, " AND ");
}

void corm__walk_related(struct corm__compiler *c, const corm_node *node)
{
	const struct corm__place place = { .parent = node, .part = "the condition", .binding = CORM__BIND_AND };
	const corm_node *relation = node->of.arg.a;
	if (!relation || relation->op != CORM_OP_RELATIONSHIP) {
		corm__walk_fail(c, CORM_ERROR_USAGE, "%s() is given no relationship", corm__shape(node->op)->name);
		return;
	}
	const corm_node *model = relation->of.arg.a;
	corm__key_text(c, model->of.arg.b);
	corm__key_pointer(c, relation->of.arg.b);
	const struct corm__source *owner = corm__writes_sql(c) ? corm__scope_find(c, model) : NULL;
	if (c->status)
		return;
	struct corm__scope scope;
	if (corm__scope_open(c, &scope, 2)) {
		if (corm__writes_sql(c))
			write_related(c, relation->of.arg.b, owner);
		corm__walk(c, node->of.arg.b, &place);
		corm__put(c, ")");
	}
	corm__scope_close(c, &scope);
}
