/* SPDX-License-Identifier: Apache-2.0
 *
 * Foreign keys: what they refer to has to be there, of the same type, and unique.
 */
#include "generate/check.h"
#include "generate/names.h"
#include "generate/options.h"
#include <string.h>

/* One type, as the database stores it. */
static bool is_same_type(const struct corm__gen_column *a, const struct corm__gen_column *b)
{
	if (a->type == CORM_TYPE_NONE || b->type == CORM_TYPE_NONE)
		return true;
	if (corm__gen_is_integer(a) && corm__gen_is_integer(b))
		return a->bits == b->bits;
	bool both_text = (a->type == CORM_TYPE_TEXT || a->type == CORM_TYPE_TEXT_ARRAY) &&
	                 (b->type == CORM_TYPE_TEXT || b->type == CORM_TYPE_TEXT_ARRAY);
	return (both_text || a->type == b->type) && a->array_size * !both_text == b->array_size * !both_text &&
	       a->storage == b->storage && a->enumeration == b->enumeration;
}

static bool check_types(struct corm__gen *gen, const struct corm__gen_foreign_key *key, const char *text)
{
	bool sound = true;
	for (size_t i = 0; i < key->columns.count; i++) {
		const struct corm__gen_column *own = key->columns.items[i], *its = key->target_columns.items[i];
		if (is_same_type(own, its))
			continue;
		corm__gen_complain(gen, key->location, "%s: \"%s\" is \"%s\", but \"%s.%s\" is \"%s\"%s", text, own->field,
		                   own->c_type, key->target->constant, its->field, its->c_type,
		                   own->storage != its->storage ? " with another storage" : "");
		sound = false;
	}
	return sound;
}

static void check_set_null(struct corm__gen *gen, const struct corm__gen_foreign_key *key)
{
	if (key->on_delete != CORM_ACTION_SET_NULL && key->on_update != CORM_ACTION_SET_NULL)
		return;
	for (size_t i = 0; i < key->columns.count; i++)
		if (!corm__gen_is_nullable(key->columns.items[i]))
			corm__gen_complain(gen, key->location, "set_null: \"%s\" cannot be NULL; make it corm_optional or nullable",
			                   key->columns.items[i]->field);
}

static bool add_foreign_key(struct corm__gen *gen, struct corm__gen_model *model, struct corm__gen_foreign_key *key,
                            const char *text)
{
	key->name = corm__gen_constraint_name(gen, "fk", model, &key->columns);
	for (const struct corm__gen_foreign_key *other = model->foreign_keys; other; other = other->next)
		if (strcmp(other->name, key->name) == 0) {
			corm__gen_complain(gen, key->location, "%s: there are two foreign keys \"%s\"", text, key->name);
			return false;
		}
	if (!check_types(gen, key, text))
		return false;
	if (!corm__gen_is_unique(key->target, &key->target_columns)) {
		corm__gen_complain(gen, key->location,
		                   "%s: what it refers to is neither the primary key of \"%s\" nor unique there", text,
		                   key->target->c_name);
		return false;
	}
	check_set_null(gen, key);
	for (size_t i = 0; i < key->columns.count; i++)
		key->columns.items[i]->flags |= CORM_COLUMN_FOREIGN_KEY;
	corm__gen_append(model, foreign_keys, last_foreign_key, key);
	return true;
}

static struct corm__gen_model *find_target(struct corm__gen *gen, struct corm__gen_location location, const char *text,
                                           const char *name)
{
	struct corm__gen_model *target = corm__gen_find_model(gen, name);
	if (target && target->kind == CORM__GEN_TABLE)
		return target;
	corm__gen_complain(gen, location, "%s: there is no table model \"%s\"", text, name);
	return NULL;
}

/* foreign_key(Model.column[, on_delete(…)][, on_update(…)]) at a member. */
static bool read_column_key(struct corm__gen *gen, struct corm__gen_column *column)
{
	const struct corm__gen_option *option = column->foreign_key;
	const char *path = option->arguments->text, *dot = strchr(path, '.');
	const char *model_name = dot ? corm__gen_copy(gen, path, (size_t)(dot - path)) : path;
	if (!dot || !corm__gen_is_word(model_name) || !corm__gen_is_word(dot + 1)) {
		corm__gen_complain(gen, column->location, "%s: it takes Model.column", option->text);
		return false;
	}
	struct corm__gen_foreign_key *key = corm__gen_node(gen, sizeof *key);
	struct corm__gen_model *target = find_target(gen, column->location, option->text, model_name);
	if (!key || !target)
		return false;
	key->location = column->location;
	key->target = target;
	corm__gen_apply_actions(gen, column->location, option->arguments->next, &key->on_delete, &key->on_update);
	struct corm__gen_option own = { .text = column->field }, its = { .text = dot + 1 };
	return corm__gen_resolve_columns(gen, column->location, column->model, option, &own, &key->columns) &&
	       corm__gen_resolve_columns(gen, column->location, target, option, &its, &key->target_columns) &&
	       add_foreign_key(gen, column->model, key, option->text);
}

/* foreign_key((a, b), Model(c, d)[, on_delete(…)][, on_update(…)]) at the table. */
static bool read_table_key(struct corm__gen *gen, struct corm__gen_model *model, const struct corm__gen_option *option)
{
	const struct corm__gen_option *own = option->arguments, *its = own->next;
	if (!own->inner || own->name[0] || !its || !its->inner || !its->name[0]) {
		corm__gen_complain(gen, model->location, "%s: it takes (columns), Model(columns)", option->text);
		return false;
	}
	struct corm__gen_foreign_key *key = corm__gen_node(gen, sizeof *key);
	struct corm__gen_model *target = find_target(gen, model->location, option->text, its->name);
	if (!key || !target)
		return false;
	key->location = model->location;
	key->target = target;
	corm__gen_apply_actions(gen, model->location, its->next, &key->on_delete, &key->on_update);
	if (!corm__gen_resolve_columns(gen, model->location, model, option, own->arguments, &key->columns) ||
	    !corm__gen_resolve_columns(gen, model->location, target, option, its->arguments, &key->target_columns))
		return false;
	if (key->columns.count == key->target_columns.count && key->columns.count)
		return add_foreign_key(gen, model, key, option->text);
	corm__gen_complain(gen, model->location, "%s: it needs as many columns on both sides", option->text);
	return false;
}

void corm__gen_check_foreign_keys(struct corm__gen *gen)
{
	for (struct corm__gen_model *model = gen->models; model; model = model->next) {
		if (model->kind != CORM__GEN_TABLE)
			continue;
		for (struct corm__gen_column *column = model->columns; column; column = column->next)
			if (column->foreign_key && !read_column_key(gen, column))
				model->has_wrong_foreign_key = true;
		for (const struct corm__gen_option *option = model->options; option; option = option->next)
			if (strcmp(option->name, "foreign_key") == 0 && !read_table_key(gen, model, option))
				model->has_wrong_foreign_key = true;
	}
}
