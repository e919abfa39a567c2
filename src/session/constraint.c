/* SPDX-License-Identifier: Apache-2.0
 *
 * The name of a violated constraint, from the model, for databases that name the columns alone or nothing at all.
 */
#include "session/flush.h"
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

/* Tells its columns as well. */
static const char *foreign_key(corm_error_store *error, const corm_model_info *model, const corm_foreign_key *key)
{
	char list[256];
	size_t used = 0;
	for (size_t i = 0; i < key->count && used < sizeof list; i++)
		used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "",
		                         model->columns[key->columns[i]].name);
	if (!error->error.column)
		corm_error_detail(error, &error->error.column, list, SIZE_MAX);
	return key->name;
}

void corm__constraint_name(corm_error_store *error, const corm_model_info *model, bool own_key)
{
	const char *name = error->error.constraint;
	if (!error->error.table)
		corm_error_detail(error, &error->error.table, model->table, SIZE_MAX);
	if (name)
		return;
	if (error->error.status == CORM_ERROR_UNIQUE && error->error.column)
		name = unique_name(error->error.column, model);
	else if (error->error.status == CORM_ERROR_FOREIGN_KEY && own_key && model->foreign_key_count == 1)
		name = foreign_key(error, model, &model->foreign_keys[0]);
	corm_error_detail(error, &error->error.constraint, name, SIZE_MAX);
}
