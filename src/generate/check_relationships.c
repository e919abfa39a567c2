/* SPDX-License-Identifier: Apache-2.0
 *
 * Relationships: what they lead to, over which foreign key, and whether both sides agree.
 *
 * A pointer goes over a foreign key of its own model, or over one of the other model's that is unique or whose other
 * side is a pointer as well; a corm_many over one of the other model's, or two of a link model's. Where several would
 * do, foreign_key(column) picks; between two pointers of one model to itself, the one with foreign_key() has the key.
 */
#include "generate/check.h"
#include <string.h>

/* The foreign keys that a relationship might go over. */
struct candidates {
	const struct corm__gen_foreign_key *first;
	bool first_is_own; /* stands in the relationship's own model */
	size_t count;
	const char *names; /* "a", "b" */
};

static bool has_column(const struct corm__gen_foreign_key *key, const char *field)
{
	for (size_t i = 0; i < key->columns.count; i++)
		if (strcmp(key->columns.items[i]->field, field) == 0)
			return true;
	return false;
}

static void add_candidate(struct corm__gen *gen, struct candidates *candidates, const struct corm__gen_model *from,
                          const struct corm__gen_foreign_key *key, bool own)
{
	const char *name = corm__gen_text(gen, "\"%s.%s\"", from->constant, key->columns.items[0]->field);
	candidates->names = candidates->count ? corm__gen_text(gen, "%s, %s", candidates->names, name) : name;
	if (candidates->count++)
		return;
	candidates->first = key;
	candidates->first_is_own = own;
}

static void complain(struct corm__gen *gen, const struct corm__gen_relationship *relationship, const char *what)
{
	corm__gen_complain(gen, relationship->location, "relationship \"%s\" of \"%s\": %s", relationship->name,
	                   relationship->model->c_name, what);
}

/* Says so when not exactly one foreign key would do. */
static bool is_one(struct corm__gen *gen, const struct corm__gen_relationship *relationship,
                   const struct candidates *candidates, const struct corm__gen_model *from,
                   const struct corm__gen_model *to)
{
	if (candidates->count == 1)
		return true;
	if (candidates->count > 1)
		complain(gen, relationship,
		         corm__gen_text(gen, "it could go over %s: pick one by foreign_key(column)", candidates->names));
	else if (relationship->pick)
		complain(gen, relationship,
		         corm__gen_text(gen, "\"%s\" is no foreign key from \"%s\" to \"%s\"", relationship->pick, from->c_name,
		                        to->c_name));
	else if (!from->has_wrong_foreign_key)
		complain(gen, relationship,
		         corm__gen_text(gen, "there is no foreign key from \"%s\" to \"%s\"", from->c_name, to->c_name));
	return false;
}

/* foreign_key() may stand at either side. */
static const char *picked(const struct corm__gen_relationship *relationship)
{
	return relationship->pick ? relationship->pick : relationship->back ? relationship->back->pick : NULL;
}

/* ---- both sides -------------------------------------------------------------------------------------------------- */

static void find_target(struct corm__gen *gen, struct corm__gen_relationship *relationship)
{
	struct corm__gen_model *target = corm__gen_find_usr(gen, relationship->target_usr);
	if (target && target->kind == CORM__GEN_TABLE)
		relationship->target = target;
	else
		complain(gen, relationship,
		         corm__gen_text(gen, "there is no table model \"%s\"; is its header among those given?",
		                        relationship->target_name));
}

static void find_back(struct corm__gen *gen, struct corm__gen_relationship *relationship)
{
	const char *name = relationship->back_name;
	if (!name || !relationship->target)
		return;
	struct corm__gen_relationship *back = corm__gen_find_relationship(relationship->target, name);
	if (!back)
		complain(gen, relationship,
		         corm__gen_text(gen, "back_populates(%s): \"%s\" has no such relationship", name,
		                        relationship->target->c_name));
	else if (back == relationship)
		complain(gen, relationship, corm__gen_text(gen, "back_populates(%s) is itself", name));
	else if (back->target && back->target != relationship->model)
		complain(gen, relationship,
		         corm__gen_text(gen, "back_populates(%s): that one leads to \"%s\", not to \"%s\"", name,
		                        back->target->c_name, relationship->model->c_name));
	else if (!back->back_name || strcmp(back->back_name, relationship->name) != 0)
		complain(gen, relationship,
		         corm__gen_text(gen, "back_populates(%s): that one does not point back with back_populates(%s)", name,
		                        relationship->name));
	else
		relationship->back = back;
}

static void compare_sides(struct corm__gen *gen, struct corm__gen_relationship *relationship)
{
	const struct corm__gen_relationship *back = relationship->back;
	if (!back || (!relationship->key && !relationship->link) || (!back->key && !back->link))
		return;
	if (relationship->link != back->link)
		complain(gen, relationship,
		         corm__gen_text(gen, "back_populates(%s): both sides need the same link_model", back->name));
	else if (relationship->link ? relationship->link_key != back->link_target_key : relationship->key != back->key)
		complain(gen, relationship,
		         corm__gen_text(gen, "back_populates(%s): that one goes over another foreign key", back->name));
	else if (!relationship->link && (relationship->kind == CORM_TO_ONE) == (back->kind == CORM_TO_ONE))
		complain(gen, relationship,
		         corm__gen_text(gen, "back_populates(%s): both sides lead the same way over one foreign key",
		                        back->name));
}

/* ---- which foreign key ------------------------------------------------------------------------------------------- */

static void resolve_link(struct corm__gen *gen, struct corm__gen_relationship *relationship)
{
	struct corm__gen_model *link = corm__gen_find_model(gen, relationship->link_name), *target = relationship->target;
	struct corm__gen_model *model = relationship->model;
	if (!relationship->many || !link || link->kind != CORM__GEN_TABLE) {
		complain(gen, relationship,
		         corm__gen_text(gen,
		                        relationship->many ? "link_model(%s): there is no table model of that name"
		                                           : "link_model(%s) is for a corm_many",
		                        relationship->link_name));
		return;
	}
	/* What the other side picks as its own is not ours. */
	const char *pick = relationship->pick, *theirs = relationship->back ? relationship->back->pick : NULL;
	struct candidates own = { .count = 0 }, its = { .count = 0 };
	for (const struct corm__gen_foreign_key *key = link->foreign_keys; key; key = key->next) {
		bool is_theirs = theirs && !pick && target == model && has_column(key, theirs);
		if (key->target == model && (!pick || has_column(key, pick)) && !is_theirs)
			add_candidate(gen, &own, link, key, false);
	}
	if (!is_one(gen, relationship, &own, link, model))
		return;
	for (const struct corm__gen_foreign_key *key = link->foreign_keys; key; key = key->next)
		if (key->target == target && key != own.first && (!theirs || has_column(key, theirs)))
			add_candidate(gen, &its, link, key, false);
	if (!is_one(gen, relationship, &its, link, target))
		return;
	relationship->kind = CORM_MANY_TO_MANY;
	relationship->link = link;
	relationship->link_key = own.first;
	relationship->link_target_key = its.first;
}

static void resolve_many(struct corm__gen *gen, struct corm__gen_relationship *relationship)
{
	struct candidates candidates = { .count = 0 };
	if (relationship->back && relationship->back->many) {
		complain(gen, relationship, "a corm_many on both sides needs link_model()");
		return;
	}
	const char *pick = picked(relationship);
	for (const struct corm__gen_foreign_key *key = relationship->target->foreign_keys; key; key = key->next)
		if (key->target == relationship->model && (!pick || has_column(key, pick)))
			add_candidate(gen, &candidates, relationship->target, key, false);
	if (!is_one(gen, relationship, &candidates, relationship->target, relationship->model))
		return;
	relationship->kind = CORM_TO_MANY;
	relationship->key = candidates.first;
}

/* A model's pointer to itself is on the side of the key, but for the second of two pointers. */
static bool is_second_of_itself(const struct corm__gen_relationship *relationship)
{
	const struct corm__gen_relationship *back = relationship->back;
	return relationship->target == relationship->model && back && !back->many && back->pick && !relationship->pick;
}

static void resolve_pointer(struct corm__gen *gen, struct corm__gen_relationship *relationship)
{
	struct corm__gen_model *model = relationship->model, *target = relationship->target;
	struct candidates candidates = { .count = 0 };
	bool other_is_pointer = relationship->back && !relationship->back->many;
	bool other_is_many = relationship->back && relationship->back->many;
	const char *pick = picked(relationship);

	bool is_second = is_second_of_itself(relationship);
	for (const struct corm__gen_foreign_key *key = is_second ? NULL : model->foreign_keys; key; key = key->next)
		if (key->target == target && (!pick || has_column(key, pick)))
			add_candidate(gen, &candidates, model, key, true);
	bool may_be_remote = (target != model && !other_is_many) || is_second;
	for (const struct corm__gen_foreign_key *key = may_be_remote ? target->foreign_keys : NULL; key; key = key->next) {
		bool fits = other_is_pointer || pick || !candidates.count || corm__gen_is_unique(target, &key->columns);
		if (key->target == model && fits && (!pick || has_column(key, pick)))
			add_candidate(gen, &candidates, target, key, false);
	}
	if (!is_one(gen, relationship, &candidates, model, target))
		return;
	if (!candidates.first_is_own && !other_is_pointer && !corm__gen_is_unique(target, &candidates.first->columns)) {
		complain(gen, relationship,
		         corm__gen_text(gen, "%s is not unique, so there may be many: use corm_many(), or make it unique",
		                        candidates.names));
		return;
	}
	relationship->kind = candidates.first_is_own ? CORM_TO_ONE : CORM_TO_ONE_REMOTE;
	relationship->key = candidates.first;
}

/* ---- the other options ------------------------------------------------------------------------------------------- */

static void resolve_order(struct corm__gen *gen, struct corm__gen_relationship *relationship)
{
	const struct corm__gen_option *option = relationship->order_by;
	const char *path = option->arguments->text, *dot = strchr(path, '.');
	const struct corm__gen_option *direction = option->arguments->next;
	bool descending = direction && strcmp(direction->text, "desc") == 0;
	if (!dot || option->count > 2 || (direction && !descending && strcmp(direction->text, "asc") != 0)) {
		complain(gen, relationship, corm__gen_text(gen, "%s: it takes Model.column and desc or asc", option->text));
		return;
	}
	const struct corm__gen_model *model = corm__gen_find_model(gen, corm__gen_copy(gen, path, (size_t)(dot - path)));
	relationship->order_descending = descending;
	if (!relationship->many)
		complain(gen, relationship,
		         corm__gen_text(gen, "%s: there is nothing to be ordered behind a pointer", option->text));
	else if (model != relationship->target)
		complain(gen, relationship,
		         corm__gen_text(gen, "%s: it leads to \"%s\"", option->text, relationship->target->c_name));
	else if (!(relationship->order_column = corm__gen_find_column(model, dot + 1)))
		complain(gen, relationship,
		         corm__gen_text(gen, "%s: \"%s\" has no column \"%s\"", option->text, model->c_name, dot + 1));
}

static void check_options(struct corm__gen *gen, const struct corm__gen_relationship *relationship)
{
	if (!relationship->key && !relationship->link)
		return;
	bool owned = relationship->kind == CORM_TO_MANY || relationship->kind == CORM_TO_ONE_REMOTE;
	if (relationship->cascade & CORM_CASCADE_DELETE_ORPHAN && !owned)
		complain(gen, relationship, "delete_orphan is for the side of the one, whose others have the foreign key");
	if (relationship->passive_deletes && relationship->kind == CORM_TO_ONE)
		complain(gen, relationship, "passive_deletes means nothing on the side of the foreign key");
}

typedef void pass(struct corm__gen *gen, struct corm__gen_relationship *relationship);

static void resolve(struct corm__gen *gen, struct corm__gen_relationship *relationship)
{
	if (!relationship->target)
		return;
	if (relationship->order_by)
		resolve_order(gen, relationship);
	/* What is wrong with the other side has been said. */
	if (relationship->back_name && !relationship->back)
		return;
	if (relationship->link_name)
		resolve_link(gen, relationship);
	else if (relationship->many)
		resolve_many(gen, relationship);
	else
		resolve_pointer(gen, relationship);
}

static void check(struct corm__gen *gen, struct corm__gen_relationship *relationship)
{
	compare_sides(gen, relationship);
	check_options(gen, relationship);
}

void corm__gen_check_relationships(struct corm__gen *gen)
{
	pass *const passes[] = { find_target, find_back, resolve, check };
	for (size_t i = 0; i < sizeof passes / sizeof *passes; i++)
		for (struct corm__gen_model *model = gen->models; model; model = model->next)
			for (struct corm__gen_relationship *relationship = model->relationships; relationship;
			     relationship = relationship->next)
				passes[i](gen, relationship);
}
