/* SPDX-License-Identifier: Apache-2.0
 *
 * Checks of single models: names, primary keys, indexes, constraints; and whether a data model fits what it is of().
 */
#include "generate/check.h"
#include "generate/names.h"
#include <string.h>

enum { LONGEST_NAME = 63 }; /* bytes; PostgreSQL cuts what is longer */

bool corm__gen_resolve_columns(struct corm__gen *gen, struct corm__gen_location location,
                               const struct corm__gen_model *model, const struct corm__gen_option *of,
                               const struct corm__gen_option *names, struct corm__gen_columns *columns)
{
	size_t count = 0;
	for (const struct corm__gen_option *name = names; name; name = name->next)
		count++;
	columns->count = 0;
	columns->items = corm__arena_array(&gen->arena, count + 1, sizeof(struct corm__gen_column *));
	if (!columns->items) {
		gen->out_of_memory = true;
		return false;
	}
	bool sound = true;
	for (const struct corm__gen_option *name = names; name; name = name->next) {
		struct corm__gen_column *column = corm__gen_find_column(model, name->text);
		if (!column) {
			corm__gen_complain(gen, location, "%s: \"%s\" has no column \"%s\"", of->text, model->c_name, name->text);
			sound = false;
			continue;
		}
		for (size_t i = 0; i < columns->count; i++)
			if (columns->items[i] == column) {
				corm__gen_complain(gen, location, "%s names \"%s\" twice", of->text, name->text);
				sound = false;
			}
		columns->items[columns->count++] = column;
	}
	return sound;
}

bool corm__gen_same_columns(const struct corm__gen_columns *a, const struct corm__gen_columns *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		size_t j = 0;
		while (j < b->count && b->items[j] != a->items[i])
			j++;
		if (j == b->count)
			return false;
	}
	return true;
}

bool corm__gen_is_unique(const struct corm__gen_model *model, const struct corm__gen_columns *columns)
{
	if (corm__gen_same_columns(&model->key, columns))
		return true;
	for (const struct corm__gen_index *index = model->indexes; index; index = index->next)
		if (index->kind != CORM__GEN_INDEX && corm__gen_same_columns(&index->columns, columns))
			return true;
	return false;
}

/* ---- names ------------------------------------------------------------------------------------------------------- */

static char fold(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* SQLite and MariaDB compare names without regard to the case of ASCII letters. */
static bool is_same_name(const char *a, const char *b)
{
	while (*a && fold(*a) == fold(*b)) {
		a++;
		b++;
	}
	return fold(*a) == fold(*b);
}

static bool is_same_schema(const struct corm__gen_model *a, const struct corm__gen_model *b)
{
	return is_same_name(a->schema ? a->schema : "", b->schema ? b->schema : "");
}

/* Two members that would be one column. A row's columns are not called by their names in SQL. */
static void compare_columns(struct corm__gen *gen, const struct corm__gen_model *model,
                            const struct corm__gen_column *other, const struct corm__gen_column *column)
{
	bool equal = strcmp(other->name, column->name) == 0;
	if (strcmp(other->field, column->field) == 0)
		corm__gen_complain(gen, column->location, "\"%s\" has two members \"%s\"", model->c_name, column->field);
	else if (equal)
		corm__gen_complain(gen, column->location, "\"%s\" has two columns \"%s\": \"%s\" and \"%s\"", model->c_name,
		                   column->name, other->field, column->field);
	else if (model->kind == CORM__GEN_TABLE && is_same_name(other->name, column->name))
		corm__gen_complain(
			gen, column->location,
			"\"%s\" has columns \"%s\" and \"%s\", which differ in case alone: databases take them for one",
			model->c_name, other->name, column->name);
}

static void check_columns(struct corm__gen *gen, struct corm__gen_model *model)
{
	static const char *const reserved[] = { "as_source", "as_expression", "as_order", "as_column", "as_relationship" };
	for (struct corm__gen_column *column = model->columns; column; column = column->next) {
		for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
			if (strcmp(column->field, reserved[i]) == 0)
				corm__gen_complain(gen, column->location, "the name \"%s\" is taken by typed columns: rename it",
				                   column->field);
		if (strlen(column->name) > LONGEST_NAME)
			corm__gen_complain(gen, column->location, "column name \"%s\" is longer than %d bytes", column->name,
			                   LONGEST_NAME);
		for (struct corm__gen_column *other = model->columns; other != column && column->field[0]; other = other->next)
			compare_columns(gen, model, other, column);
		const struct corm__gen_relationship *relationship = corm__gen_find_relationship(model, column->field);
		if (relationship)
			corm__gen_complain(gen, relationship->location, "\"%s\" has two members \"%s\"", model->c_name,
			                   column->field);
	}
	for (struct corm__gen_relationship *a = model->relationships; a; a = a->next) {
		if (strncmp(a->name, "as_", 3) == 0)
			for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
				if (strcmp(a->name, reserved[i]) == 0)
					corm__gen_complain(gen, a->location, "the name \"%s\" is taken by typed columns: rename it",
					                   a->name);
		if (corm__gen_find_relationship(model, a->name) != a)
			corm__gen_complain(gen, a->location, "\"%s\" has two members \"%s\"", model->c_name, a->name);
	}
}

static void check_table_name(struct corm__gen *gen, struct corm__gen_model *model)
{
	if (strlen(model->table) > LONGEST_NAME)
		corm__gen_complain(gen, model->location, "table name \"%s\" is longer than %d bytes", model->table,
		                   LONGEST_NAME);
	for (struct corm__gen_model *other = gen->models; other != model; other = other->next) {
		if (other->kind != CORM__GEN_TABLE || !is_same_name(other->table, model->table) ||
		    !is_same_schema(other, model))
			continue;
		if (strcmp(other->table, model->table) == 0)
			corm__gen_complain(gen, model->location, "\"%s\" and \"%s\" are both table \"%s\"", other->c_name,
			                   model->c_name, model->table);
		else
			corm__gen_complain(gen, model->location,
			                   "tables \"%s\" of \"%s\" and \"%s\" of \"%s\" differ in case alone: databases take them "
			                   "for one",
			                   other->table, other->c_name, model->table, model->c_name);
	}
}

/* ---- keys -------------------------------------------------------------------------------------------------------- */

static const struct corm__gen_option *find_option(const struct corm__gen_model *model, const char *name)
{
	const struct corm__gen_option *option = model->options;
	while (option && strcmp(option->name, name) != 0)
		option = option->next;
	return option;
}

/* The columns that say that they are the primary key, in the struct's order. */
static bool collect_key(struct corm__gen *gen, const struct corm__gen_model *model, struct corm__gen_columns *key)
{
	key->count = 0;
	key->items = corm__arena_array(&gen->arena, model->column_count + 1, sizeof(struct corm__gen_column *));
	if (!key->items) {
		gen->out_of_memory = true;
		return false;
	}
	for (struct corm__gen_column *column = model->columns; column; column = column->next)
		if (column->flags & CORM_COLUMN_PRIMARY_KEY)
			key->items[key->count++] = column;
	return true;
}

static void check_key(struct corm__gen *gen, struct corm__gen_model *model)
{
	struct corm__gen_columns marked;
	if (!collect_key(gen, model, &marked))
		return;
	model->key = marked;
	const struct corm__gen_option *option = find_option(model, "primary_key");
	if (option) {
		if (!corm__gen_resolve_columns(gen, model->location, model, option, option->arguments, &model->key))
			return;
		if (marked.count && !corm__gen_same_columns(&marked, &model->key)) {
			corm__gen_complain(gen, marked.items[0]->location, "primary_key of \"%s\" contradicts %s of \"%s\"",
			                   marked.items[0]->field, option->text, model->c_name);
			return;
		}
	}
	if (!model->key.count)
		corm__gen_complain(gen, model->location,
		                   "table \"%s\" of \"%s\" has no primary key: mark a member with "
		                   "corm_field(primary_key)",
		                   model->table, model->c_name);
	for (size_t i = 0; i < model->key.count; i++) {
		struct corm__gen_column *column = model->key.items[i];
		column->flags |= CORM_COLUMN_PRIMARY_KEY;
		if (corm__gen_is_nullable(column))
			corm__gen_complain(gen, column->location, "\"%s\" is in the primary key and cannot be %s", column->field,
			                   column->optional ? "optional" : "nullable");
		if (column->type == CORM_TYPE_FLOAT || column->type == CORM_TYPE_DOUBLE || column->type == CORM_TYPE_JSON)
			corm__gen_complain(gen, column->location, "\"%s\", of type \"%s\", cannot be in the primary key",
			                   column->field, column->c_type);
	}
}

/* Integers that are a key of their own are given by the database. Foreign keys are known by now. */
static void check_generated(struct corm__gen *gen, struct corm__gen_model *model)
{
	unsigned versions = 0;
	for (struct corm__gen_column *column = model->columns; column; column = column->next) {
		bool only_key = model->key.count == 1 && model->key.items[0] == column;
		if (only_key && corm__gen_is_integer(column) && !(column->flags & CORM_COLUMN_FOREIGN_KEY))
			column->flags |= CORM_COLUMN_GENERATED;
		if (column->flags & CORM_COLUMN_AUTOINCREMENT && !(column->flags & CORM_COLUMN_GENERATED))
			corm__gen_complain(gen, column->location,
			                   "option \"autoincrement\" of \"%s\": it is for an integer that is the whole primary key",
			                   column->field);
		if (!(column->flags & CORM_COLUMN_VERSION))
			continue;
		if (column->flags & CORM_COLUMN_PRIMARY_KEY)
			corm__gen_complain(gen, column->location, "option \"version\" of \"%s\": a key does not change",
			                   column->field);
		if (++versions == 2)
			corm__gen_complain(gen, column->location, "\"%s\" has two version columns", model->c_name);
	}
}

/* ---- indexes and constraints ------------------------------------------------------------------------------------- */

static void add_index(struct corm__gen *gen, struct corm__gen_model *model, struct corm__gen_location location,
                      enum corm__gen_index_kind kind, struct corm__gen_columns columns)
{
	struct corm__gen_index *index = corm__gen_node(gen, sizeof *index);
	if (!index)
		return;
	index->kind = kind;
	index->location = location;
	index->columns = columns;
	index->name = corm__gen_constraint_name(gen, kind == CORM__GEN_UNIQUE ? "uq" : "ix", model, &columns);
	for (const struct corm__gen_model *of = gen->models; of; of = of->next)
		for (const struct corm__gen_index *other = of->indexes; other; other = other->next)
			if (is_same_name(other->name, index->name) && is_same_schema(of, model)) {
				corm__gen_complain(gen, location, "\"%s\" has two indexes or constraints \"%s\"%s", model->c_name,
				                   index->name,
				                   strcmp(other->name, index->name) == 0 ? "" : ", the case of letters aside");
				return;
			}
	corm__gen_append(model, indexes, last_index, index);
}

static void add_check(struct corm__gen *gen, struct corm__gen_model *model, struct corm__gen_column *column)
{
	struct corm__gen_check *check = corm__gen_node(gen, sizeof *check);
	if (!check)
		return;
	check->name = corm__gen_text(gen, "ck_%s_%s", model->table, column->name);
	check->sql = column->check;
	corm__gen_append(model, checks, last_check, check);
	model->check_count++;
}

static void check_column_indexes(struct corm__gen *gen, struct corm__gen_model *model)
{
	for (struct corm__gen_column *column = model->columns; column; column = column->next) {
		if (column->check)
			add_check(gen, model, column);
		/* A key has an index already, and is unique. */
		bool is_key = model->key.count == 1 && model->key.items[0] == column;
		if (is_key || (!column->unique && !column->index_wanted))
			continue;
		struct corm__gen_column **items = corm__arena_array(&gen->arena, 1, sizeof(struct corm__gen_column *));
		if (!items) {
			gen->out_of_memory = true;
			return;
		}
		items[0] = column;
		if (column->unique)
			column->flags |= CORM_COLUMN_UNIQUE;
		add_index(gen, model, column->location,
		          !column->unique        ? CORM__GEN_INDEX
		          : column->index_wanted ? CORM__GEN_UNIQUE_INDEX
		                                 : CORM__GEN_UNIQUE,
		          (struct corm__gen_columns){ items, 1 });
	}
}

static void check_table_indexes(struct corm__gen *gen, struct corm__gen_model *model)
{
	for (const struct corm__gen_option *option = model->options; option; option = option->next) {
		bool unique = strcmp(option->name, "unique") == 0;
		struct corm__gen_columns columns;
		if (!unique && strcmp(option->name, "index") != 0)
			continue;
		if (!corm__gen_resolve_columns(gen, model->location, model, option, option->arguments, &columns))
			continue;
		for (size_t i = 0; i < columns.count; i++)
			if (columns.items[i]->type == CORM_TYPE_JSON)
				corm__gen_complain(gen, model->location, "%s: \"%s\" is JSON, which cannot be compared", option->text,
				                   columns.items[i]->field);
		if (unique && columns.count == 1)
			columns.items[0]->flags |= CORM_COLUMN_UNIQUE;
		add_index(gen, model, model->location, unique ? CORM__GEN_UNIQUE : CORM__GEN_INDEX, columns);
	}
}

/* Checks of the table came first and have no names yet. */
static void name_table_checks(struct corm__gen *gen, struct corm__gen_model *model)
{
	unsigned number = 0;
	for (struct corm__gen_check *check = model->checks; check; check = check->next)
		check->name = corm__gen_text(gen, "ck_%s_%u", model->table, ++number);
}

/* ---- data models ------------------------------------------------------------------------------------------------- */

static int kind_of(const struct corm__gen_column *column)
{
	switch (column->type) {
	case CORM_TYPE_FLOAT:
	case CORM_TYPE_DOUBLE:
	case CORM_TYPE_DECIMAL:
		return CORM_TYPE_DOUBLE;
	case CORM_TYPE_TEXT_ARRAY:
		return CORM_TYPE_TEXT;
	case CORM_TYPE_BYTES_ARRAY:
		return CORM_TYPE_BYTES;
	default:
		return corm__gen_is_integer(column) ? CORM_TYPE_INT64 : (int)column->type;
	}
}

static void check_of(struct corm__gen *gen, const struct corm__gen_model *model)
{
	const char *name = model->of->arguments->text;
	const struct corm__gen_model *of = corm__gen_find_model(gen, name);
	if (!of || of->kind != CORM__GEN_TABLE) {
		corm__gen_complain(gen, model->location, "of(%s) of \"%s\": there is no table model \"%s\"", name,
		                   model->c_name, name);
		return;
	}
	for (const struct corm__gen_column *column = model->columns; column; column = column->next) {
		const struct corm__gen_column *its = corm__gen_find_column(of, column->field);
		if (!its)
			corm__gen_complain(gen, column->location, "of(%s) of \"%s\": \"%s\" has no column \"%s\"", name,
			                   model->c_name, of->c_name, column->field);
		else if (its->type != CORM_TYPE_NONE && column->type != CORM_TYPE_NONE &&
		         (kind_of(its) != kind_of(column) || its->enumeration != column->enumeration))
			corm__gen_complain(gen, column->location, "of(%s) of \"%s\": \"%s\" is \"%s\" there, not \"%s\"", name,
			                   model->c_name, column->field, its->c_type, column->c_type);
	}
}

void corm__gen_check_models(struct corm__gen *gen)
{
	for (struct corm__gen_model *model = gen->models; model; model = model->next) {
		check_columns(gen, model);
		if (!model->column_count && model->kind != CORM__GEN_DATA)
			corm__gen_complain(gen, model->location, "\"%s\" has no columns", model->c_name);
		if (model->kind != CORM__GEN_TABLE) {
			if (model->of)
				check_of(gen, model);
			continue;
		}
		check_table_name(gen, model);
		check_key(gen, model);
		name_table_checks(gen, model);
		check_column_indexes(gen, model);
		check_table_indexes(gen, model);
	}
	corm__gen_check_foreign_keys(gen);
	for (struct corm__gen_model *model = gen->models; model; model = model->next)
		if (model->kind == CORM__GEN_TABLE)
			check_generated(gen, model);
	corm__gen_check_relationships(gen);
}
