/* SPDX-License-Identifier: Apache-2.0
 *
 * The name of a violated constraint, from the model, for databases that name the columns alone or nothing at all, or
 * know it by another name.
 */
#include "session/flush.h"
#include "sql/dialect.h"
#include <stdio.h>

/* Are these the columns that a comma-separated list names, in this order? */
static bool names_columns(const char *list, const corm_model_info *model, const uint16_t *columns, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *name = model->columns[columns[i]].name;
		size_t length = strlen(name);
		if (strncmp(list, name, length) != 0)
			return false;
		list += length;
		const char *between = i + 1 < count ? ", " : "";
		size_t gap = strlen(between);
		if (gap ? strncmp(list, between, gap) != 0 : *list != '\0')
			return false;
		list += gap;
	}
	return true;
}

static const char *index_name(const char *list, const corm_model_info *model, const corm_index *indexes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (names_columns(list, model, indexes[i].columns, indexes[i].count))
			return indexes[i].name;
	}
	return NULL;
}

static const char *unique_name(const char *list, const corm_model_info *model)
{
	if (names_columns(list, model, model->key, model->key_count))
		return model->key_name;
	const char *name = index_name(list, model, model->uniques, model->unique_count);
	return name ? name : index_name(list, model, model->unique_indexes, model->unique_index_count);
}

/* "name, born"; true, unless it is cut. */
static bool list_columns(const corm_model_info *model, const uint16_t *columns, size_t count, char *out, size_t size)
{
	size_t used = 0;
	for (size_t i = 0; i < count && used < size; i++)
		used += (size_t)snprintf(out + used, size - used, "%s%s", i ? ", " : "", model->columns[columns[i]].name);
	return used < size;
}

/* Tells its columns as well. */
static const char *foreign_key(corm_error_store *error, const corm_model_info *model, const corm_foreign_key *key)
{
	char list[256];
	list_columns(model, key->columns, key->count, list, sizeof list);
	if (!error->error.column)
		corm_error_detail(error, &error->error.column, list, SIZE_MAX);
	return key->name;
}

static bool is_cut(const char *name, const char *found)
{
	char cut[CORM__MADE_NAME + 1];
	return name && strlen(name) > CORM__MADE_NAME && strcmp(corm__made_name(name, cut), found) == 0;
}

static const char *cut_index(const corm_index *indexes, size_t count, const char *found)
{
	for (size_t i = 0; i < count; i++)
		if (is_cut(indexes[i].name, found))
			return indexes[i].name;
	return NULL;
}

/* The model's name for what the database calls so: a long name was cut, and MariaDB's primary keys have one of its
 * own. */
static const char *own_name(const corm_model_info *model, const char *found)
{
	if (model->key_name && (strcmp(found, "PRIMARY") == 0 || is_cut(model->key_name, found)))
		return model->key_name;
	for (size_t i = 0; i < model->foreign_key_count; i++)
		if (is_cut(model->foreign_keys[i].name, found))
			return model->foreign_keys[i].name;
	for (size_t i = 0; i < model->check_count; i++)
		if (is_cut(model->checks[i].name, found))
			return model->checks[i].name;
	const char *name = cut_index(model->uniques, model->unique_count, found);
	return name ? name : cut_index(model->unique_indexes, model->unique_index_count, found);
}

static bool list_index(const corm_model_info *model, const corm_index *indexes, size_t count, const char *name,
                       char *out, size_t size)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(indexes[i].name, name) == 0)
			return list_columns(model, indexes[i].columns, indexes[i].count, out, size);
	}
	return false;
}

/* The columns of the model's constraint of that name; false when it has none of it. */
static bool list_of(const corm_model_info *model, const char *name, char *out, size_t size)
{
	if (model->key_name && strcmp(model->key_name, name) == 0)
		return list_columns(model, model->key, model->key_count, out, size);
	for (size_t i = 0; i < model->foreign_key_count; i++) {
		const corm_foreign_key *key = &model->foreign_keys[i];
		if (strcmp(key->name, name) == 0)
			return list_columns(model, key->columns, key->count, out, size);
	}
	return list_index(model, model->uniques, model->unique_count, name, out, size) ||
	       list_index(model, model->unique_indexes, model->unique_index_count, name, out, size);
}

/* The same where the constraint is that of another table's, which the model has a relationship to. */
static bool list_of_others(const corm_model_info *model, const corm_error *error, char *out, size_t size)
{
	for (size_t i = 0; i < model->relationship_count; i++) {
		const corm_relationship *relationship = &model->relationships[i];
		const corm_model_info *others[] = { relationship->target, relationship->link };
		for (size_t k = 0; k < 2; k++) {
			if (others[k] && error->table && strcmp(others[k]->table, error->table) == 0 &&
			    list_of(others[k], error->constraint, out, size))
				return true;
		}
	}
	return false;
}

void corm__constraint_name(corm_error_store *error, const corm_model_info *model, bool own_key)
{
	const char *name = error->error.constraint;
	char list[256];
	if (!error->error.table)
		corm_error_detail(error, &error->error.table, model->table, SIZE_MAX);
	if (name) {
		corm_error_detail(error, &error->error.constraint, own_name(model, name), SIZE_MAX);
		if (!error->error.column && (list_of(model, error->error.constraint, list, sizeof list) ||
		                             list_of_others(model, &error->error, list, sizeof list)))
			corm_error_detail(error, &error->error.column, list, SIZE_MAX);
		return;
	}
	if (error->error.status == CORM_ERROR_UNIQUE && error->error.column)
		name = unique_name(error->error.column, model);
	else if (error->error.status == CORM_ERROR_FOREIGN_KEY && own_key && model->foreign_key_count == 1)
		name = foreign_key(error, model, &model->foreign_keys[0]);
	corm_error_detail(error, &error->error.constraint, name, SIZE_MAX);
}
