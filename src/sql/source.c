/* SPDX-License-Identifier: Apache-2.0
 *
 * The tables of a FROM and the names by which the rest of the query reaches them.
 *
 * A query inside of another sees its own sources first, then those around it. Scopes exist while SQL is written; what a
 * key is made of is written before any name is looked up.
 */
#include "sql/walk.h"
#include <stdio.h>

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

bool corm__scope_open(struct corm__compiler *c, struct corm__scope *scope, size_t capacity)
{
	*scope = (struct corm__scope){ .outer = c->scope };
	c->scope = scope;
	if (corm__writes_sql(c))
		scope->sources = corm__walk_take(c, capacity * sizeof *scope->sources);
	return !c->status;
}

void corm__scope_close(struct corm__compiler *c, struct corm__scope *scope)
{
	c->scope = scope->outer;
}

static struct corm__source *add(struct corm__scope *scope, const struct corm__source *source)
{
	struct corm__source *added = &scope->sources[scope->count++];
	*added = *source;
	scope->visible = scope->count;
	return added;
}

struct corm__source *corm__scope_add(struct corm__compiler *c, const corm_model_info *model, const char *alias)
{
	const char *name = alias ? alias : model->table;
	for (size_t i = 0; i < c->scope->count; i++)
		if (same_text(c->scope->sources[i].name, name)) {
			corm__walk_fail(c, CORM_ERROR_USAGE, "%s is part of this query already: a query can have a model once",
			                name);
			return NULL;
		}
	return add(c->scope, &(struct corm__source){ model, alias, name, false });
}

static bool name_is_taken(const struct corm__scope *scope, const char *name)
{
	for (; scope; scope = scope->outer)
		for (size_t i = 0; i < scope->count; i++)
			if (same_text(scope->sources[i].name, name))
				return true;
	return false;
}

struct corm__source *corm__scope_add_unique(struct corm__compiler *c, const corm_model_info *model, bool always)
{
	const char *name = model->table;
	if (always || name_is_taken(c->scope, name)) {
		size_t size = strlen(model->table) + 24;
		char *numbered = corm__walk_take(c, size);
		if (!numbered)
			return NULL;
		unsigned number = 1;
		do
			snprintf(numbered, size, "%s_%u", model->table, number++);
		while (name_is_taken(c->scope, numbered));
		name = numbered;
	}
	return add(c->scope, &(struct corm__source){ model, NULL, name, false });
}

const struct corm__source *corm__scope_find(struct corm__compiler *c, const corm_node *model)
{
	const corm_model_info *info = model->of.arg.a;
	const char *alias = model->of.arg.b;
	for (const struct corm__scope *scope = c->scope; scope; scope = scope->outer)
		for (size_t i = 0; i < scope->visible; i++) {
			const struct corm__source *source = &scope->sources[i];
			if (source->model == info && !source->hidden && same_text(source->alias, alias))
				return source;
		}
	if (c->scope && c->scope->closed) {
		corm__walk_fail(c, CORM_ERROR_USAGE, "%s is out of reach: %s", alias ? alias : info->table, c->scope->closed);
		return NULL;
	}
	/* The name in the query language begins with a capital. */
	char first = alias || info->name[0] < 'a' || info->name[0] > 'z' ? '\0' : (char)(info->name[0] - 'a' + 'A');
	corm__walk_fail(c, CORM_ERROR_USAGE, "%s is not part of this query: add corm_join(%.1s%s)",
	                alias ? alias : info->table, &first, (alias ? alias : info->name) + (first != '\0'));
	return NULL;
}

/* ---- SQL --------------------------------------------------------------------------------------------------------- */

void corm__write_source(struct corm__compiler *c, const struct corm__source *source)
{
	corm__write_table(&c->sql, c->dialect, source->model);
	if (source->name != source->model->table) {
		corm__buffer_text(&c->sql, " AS ");
		corm__put_name(c, source->name);
	}
}

void corm__write_column(struct corm__compiler *c, const struct corm__source *source, const corm_column *column)
{
	corm__put_name(c, source->name);
	corm__buffer_char(&c->sql, '.');
	corm__put_name(c, column->name);
}

void corm__write_link(struct corm__compiler *c, const struct corm__source *left, const uint16_t *left_columns,
                      const struct corm__source *right, const uint16_t *right_columns, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		corm__buffer_text(&c->sql, i ? " AND " : "");
		corm__write_column(c, left, &left->model->columns[left_columns[i]]);
		corm__buffer_text(&c->sql, " = ");
		corm__write_column(c, right, &right->model->columns[right_columns[i]]);
	}
}
