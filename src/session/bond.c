/* SPDX-License-Identifier: Apache-2.0
 *
 * Foreign keys between structs: what a child's columns hold, and the parent that they name.
 */
#include "session/relation.h"
#include "type/codec.h"

#define MOST_COLUMNS 16 /* of a key that is looked up in the identity map */

struct corm__bond corm__bond_of(const corm_model_info *model, const corm_relationship *relationship)
{
	if (relationship->kind == CORM_TO_ONE)
		return (struct corm__bond){
			.child = model,
			.parent = relationship->target,
			.up = relationship,
			.down = corm__back(relationship),
			.child_columns = relationship->columns,
			.parent_columns = relationship->target_columns,
			.count = relationship->count,
		};
	return (struct corm__bond){
		.child = relationship->target,
		.parent = model,
		.up = corm__back(relationship),
		.down = relationship,
		.child_columns = relationship->target_columns,
		.parent_columns = relationship->columns,
		.count = relationship->count,
	};
}

struct corm__bond corm__bond_of_key(const corm_model_info *child, const corm_foreign_key *key)
{
	return (struct corm__bond){
		.child = child,
		.parent = key->target,
		.child_columns = key->columns,
		.parent_columns = key->target_columns,
		.count = key->count,
	};
}

/* ---- values of two columns --------------------------------------------------------------------------------------- */

static bool same_layout(const corm_column *a, const corm_column *b)
{
	return a->format.type == b->format.type && a->format.size == b->format.size;
}

static const char *text_at(const corm_column *column, const void *value)
{
	const char *text = value;
	if (column->format.type != CORM_TYPE_TEXT_ARRAY)
		memcpy(&text, value, sizeof text);
	return text;
}

static bool is_text(const corm_column *column)
{
	return column->format.type == CORM_TYPE_TEXT || column->format.type == CORM_TYPE_TEXT_ARRAY;
}

/* Between texts that do not stand alike in memory. */
static bool assign_text(const corm_column *to, void *target, const char *text)
{
	if (to->format.type == CORM_TYPE_TEXT) {
		memcpy(target, &text, sizeof text);
		return true;
	}
	size_t length = text ? strlen(text) : 0;
	if (!text || length >= to->format.size)
		return false;
	memset(target, 0, to->format.size);
	memcpy(target, text, length);
	return true;
}

bool corm__assign(const corm_column *to, void *target, const corm_column *from, const void *source)
{
	int64_t number;
	if (same_layout(to, from)) {
		memcpy(target, source, to->format.size);
	} else if (is_text(to) && is_text(from)) {
		if (!assign_text(to, target, text_at(from, source)))
			return false;
	} else if (!corm__integer_load(&from->format, source, &number) ||
	           !corm__integer_store(&to->format, number, target)) {
		return false;
	}
	if (to->format.flags & CORM_FORMAT_OPTIONAL)
		*((bool *)((char *)target + to->format.has_value)) = true;
	return true;
}

bool corm__agrees(const corm_column *column, const void *value, const corm_column *with, const void *source)
{
	int64_t a, b;
	if (corm__value_is_null(&column->format, value) || corm__value_is_null(&with->format, source))
		return false;
	if (same_layout(column, with)) {
		corm_format plain = column->format;
		plain.flags &= (uint8_t)~CORM_FORMAT_OPTIONAL;
		return corm__value_equal(&plain, value, source);
	}
	if (is_text(column) && is_text(with))
		return strcmp(text_at(column, value), text_at(with, source)) == 0;
	return corm__integer_load(&column->format, value, &a) && corm__integer_load(&with->format, source, &b) && a == b;
}

void corm__assign_null(const corm_column *column, void *target)
{
	memset(target, 0, corm__value_size(&column->format));
}

bool corm__key_is_unset(const corm_column *column, const void *value)
{
	const corm_format *format = &column->format;
	int64_t number;
	if (corm__value_is_unset(format, value))
		return true;
	return format->type != CORM_TYPE_BOOL && format->type != CORM_TYPE_ENUM &&
	       corm__integer_load(format, value, &number) && number == 0;
}

/* ---- the columns of a bond --------------------------------------------------------------------------------------- */

/* 0 is no key by itself, and can be part of one; so can be an empty text. */
bool corm__columns_are_unset(const corm_model_info *model, const uint16_t *columns, size_t count, const void *value)
{
	size_t zeros = 0;
	for (size_t i = 0; i < count; i++) {
		const corm_column *column = &model->columns[columns[i]];
		const char *part = (const char *)value + column->offset;
		if (count == 1)
			return corm__key_is_unset(column, part);
		if (corm__value_is_unset(&column->format, part))
			return true;
		zeros += corm__bytes_are_zero(part, column->format.size);
	}
	return zeros == count;
}

bool corm__bond_is_null(const struct corm__bond *bond, const void *child)
{
	return corm__columns_are_unset(bond->child, bond->child_columns, bond->count, child);
}

static bool leads_to(const struct corm__bond *bond, const void *child, const void *parent)
{
	for (size_t i = 0; i < bond->count; i++) {
		const corm_column *column = &bond->child->columns[bond->child_columns[i]];
		const corm_column *with = &bond->parent->columns[bond->parent_columns[i]];
		if (!corm__agrees(column, (const char *)child + column->offset, with, (const char *)parent + with->offset))
			return false;
	}
	return true;
}

bool corm__bond_leads_to(const struct corm__bond *bond, const void *child, struct corm__object *parent)
{
	return leads_to(bond, child, corm__object_struct(parent));
}

/* A key to other columns than the primary key's, or to some that stand otherwise in memory: the identity map cannot
 * tell. */
static struct corm__object *find_by_values(struct corm__store *store, const struct corm__bond *bond, const void *child)
{
	struct corm__cursor cursor = { .store = store };
	for (struct corm__object *parent; (parent = corm__store_next(&cursor));) {
		if (parent->state == CORM__OBJECT_PERSISTENT && leads_to(bond, child, corm__object_snapshot(parent)))
			return parent;
	}
	return NULL;
}

struct corm__object *corm__bond_known(const corm_session *session, const struct corm__bond *bond, const void *child)
{
	const corm_model_info *parent = bond->parent;
	struct corm__store *store = corm__store_known(session, parent);
	if (!store || !store->identity_count || corm__bond_is_null(bond, child))
		return NULL;
	if (bond->count != parent->key_count || bond->count > MOST_COLUMNS)
		return find_by_values(store, bond, child);
	const void *key[MOST_COLUMNS];
	for (size_t k = 0; k < bond->count; k++) {
		size_t i = 0;
		while (i < bond->count && bond->parent_columns[i] != parent->key[k])
			i++;
		const corm_column *column = i < bond->count ? &bond->child->columns[bond->child_columns[i]] : NULL;
		if (!column || !same_layout(column, &parent->columns[parent->key[k]]))
			return find_by_values(store, bond, child);
		key[k] = (const char *)child + column->offset;
	}
	return corm__identity_find(store, corm__key_hash(parent, key), key);
}

bool corm__bond_is_optional(const struct corm__bond *bond, const corm_column **column)
{
	bool optional = true;
	for (size_t i = 0; i < bond->count; i++) {
		const corm_column *of = &bond->child->columns[bond->child_columns[i]];
		bool in_key = of->flags & CORM_COLUMN_PRIMARY_KEY;
		if (!in_key && of->format.flags & CORM_FORMAT_NULLABLE)
			continue;
		if (optional || in_key)
			*column = of;
		optional = false;
	}
	return optional;
}

bool corm__bond_cascades_in_database(const struct corm__bond *bond)
{
	for (size_t k = 0; k < bond->child->foreign_key_count; k++) {
		const corm_foreign_key *key = &bond->child->foreign_keys[k];
		if (key->target == bond->parent && key->count == bond->count && key->on_delete == CORM_ACTION_CASCADE &&
		    memcmp(key->columns, bond->child_columns, bond->count * sizeof *key->columns) == 0)
			return true;
	}
	return false;
}
