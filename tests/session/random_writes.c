/* SPDX-License-Identifier: Apache-2.0
 *
 * The randomised test's writes past the objects: UPDATE and DELETE by a condition, INSERT of many, upsert and merge.
 */
#include "session/random_operations.h"
#include <stdlib.h>
#include <string.h>

struct writes {
	int64_t (*update)(corm_session *session, int limit, double weight, const char *text);
	int64_t (*empty_key)(corm_session *session, int limit); /* NULL: there is no key */
	int64_t (*delete_where)(corm_session *session, int number);
};

#define WRITES(Stem) \
	static int64_t Stem##_update_rows(corm_session *session, int limit, double weight, const char *text) \
	{ \
		return text ? Stem##_update(session, corm_set(Stem.weight, weight), corm_set(Stem.text, text), \
		                            corm_where(corm_ge(Stem.number, limit))) \
		            : Stem##_update(session, corm_set(Stem.weight, weight), corm_set_null(Stem.text), \
		                            corm_where(corm_ge(Stem.number, limit))); \
	} \
	static int64_t Stem##_delete_rows(corm_session *session, int number) \
	{ \
		return Stem##_delete_where(session, corm_where(corm_eq(Stem.number, number))); \
	}
#define KEY(Stem, key) \
	static int64_t Stem##_empty_key(corm_session *session, int limit) \
	{ \
		return Stem##_update(session, corm_set_null(Stem.key), corm_where(corm_ge(Stem.number, limit))); \
	}

WRITES(Shelf)
WRITES(Volume) WRITES(Tag) WRITES(Box) WRITES(Item) WRITES(Part) WRITES(Twig) WRITES(Person) WRITES(Passport)
	WRITES(Sun) WRITES(Moon) KEY(Volume, shelf_id) KEY(Item, box_id) KEY(Part, item_id) KEY(Twig, parent_id)
		KEY(Passport, person_id) KEY(Sun, moon_id) KEY(Moon, sun_id)

			static const struct writes writes[TABLES] = {
				[SHELF] = { Shelf_update_rows, NULL, Shelf_delete_rows },
				[VOLUME] = { Volume_update_rows, Volume_empty_key, Volume_delete_rows },
				[TAG] = { Tag_update_rows, NULL, Tag_delete_rows },
				[BOX] = { Box_update_rows, NULL, Box_delete_rows },
				[ITEM] = { Item_update_rows, Item_empty_key, Item_delete_rows },
				[PART] = { Part_update_rows, Part_empty_key, Part_delete_rows },
				[TWIG] = { Twig_update_rows, Twig_empty_key, Twig_delete_rows },
				[PERSON] = { Person_update_rows, NULL, Person_delete_rows },
				[PASSPORT] = { Passport_update_rows, Passport_empty_key, Passport_delete_rows },
				[SUN] = { Sun_update_rows, Sun_empty_key, Sun_delete_rows },
				[MOON] = { Moon_update_rows, Moon_empty_key, Moon_delete_rows },
			};

static enum table any_table(struct world *world)
{
	return (enum table)(1 + random_below(world, TABLES - 1));
}

/* A row was written past its object. */
static void written(struct world *world, int row)
{
	world->now.rows[row].differs = world->now.rows[row].object != NULL;
	world->sent.rows[row] = world->now.rows[row];
}

static void expect_rows(struct world *world, const char *what, int64_t found, int64_t expected)
{
	check_error(world, what);
	if (found != expected)
		differ(world, "%s met %lld rows in place of %lld", what, (long long)found, (long long)expected);
}

/* ---- UPDATE ------------------------------------------------------------------------------------------------------ */

void operation_update(struct world *world)
{
	enum table table = any_table(world);
	int limit = random_below(world, 20) - 2, expected = 0;
	const struct values values = random_values(world, table);
	char text[MOST_TEXT + 1];
	if (values.text)
		text_write(values.text, text);
	say(world, "X_update %s, number >= %d", tables[table].name, limit);
	int64_t found = writes[table].update(world->session, limit, values.weight, values.text ? text : NULL);
	check_error(world, "X_update");
	flushed(world);
	for (int row = first_row(table); row < first_row(table) + PER_TABLE; row++) {
		struct row *now = &world->now.rows[row];
		if (!now->lives || !now->values.has_number || now->values.number < limit)
			continue;
		now->values.weight = values.weight;
		now->values.text = values.text;
		now->version++;
		written(world, row);
		expected++;
	}
	expect_rows(world, "X_update", found, expected);
}

void operation_update_keys(struct world *world)
{
	enum table table = any_table(world);
	int limit = random_below(world, 20) - 2, expected = 0;
	if (!writes[table].empty_key)
		return;
	say(world, "X_update %s.%s to NULL, number >= %d", tables[table].name, tables[table].foreign_key_name, limit);
	int64_t found = writes[table].empty_key(world->session, limit);
	check_error(world, "X_update");
	flushed(world);
	world->loose = true;
	world->passports_loose |= table == PASSPORT;
	for (int row = first_row(table); row < first_row(table) + PER_TABLE; row++) {
		struct row *now = &world->now.rows[row];
		if (!now->lives || !now->values.has_number || now->values.number < limit)
			continue;
		now->parent = NOBODY;
		written(world, row);
		expected++;
	}
	expect_rows(world, "X_update", found, expected);
}

/* ---- DELETE ------------------------------------------------------------------------------------------------------ */

/* Does another row's foreign key lead there? */
static bool is_referred_to(const struct world *world, int row)
{
	for (int other = PER_TABLE; other < MOST_ROWS; other++) {
		const struct row *now = &world->now.rows[other];
		if (now->lives && info_of(other)->parent == table_of(row) && now->parent == row)
			return true;
		if (now->lives && table_of(row) == TAG && table_of(other) == VOLUME && now->tags >> (row - first_row(TAG)) & 1)
			return true;
	}
	return world->now.rows[row].tags != 0;
}

static bool is_number(const struct world *world, int row, int number)
{
	const struct row *now = &world->now.rows[row];
	return now->lives && now->values.has_number && now->values.number == number;
}

void operation_delete_where(struct world *world)
{
	int any = pick(world, NO_TABLE), number = world->now.rows[any].values.number, expected = 0;
	enum table table = table_of(any);
	do_flush(world);
	for (int row = first_row(table); row < first_row(table) + PER_TABLE; row++) {
		if (is_number(world, row, number) && is_referred_to(world, row))
			return;
	}
	if (!any)
		return;
	say(world, "flush, X_delete_where %s, number = %d", tables[table].name, number);
	int64_t found = writes[table].delete_where(world->session, number);
	world->loose = world->passports_loose = true;
	for (int row = first_row(table); row < first_row(table) + PER_TABLE; row++) {
		struct row *now = &world->now.rows[row];
		if (!is_number(world, row, number))
			continue;
		now->lives = false;
		now->ghost = now->object != NULL;
		written(world, row);
		expected++;
	}
	expect_rows(world, "X_delete_where", found, expected);
}

/* ---- INSERT ------------------------------------------------------------------------------------------------------ */

/* A row that is written without an object: into the model, and into value. */
static void put_row(struct world *world, enum table table, int row, void *value)
{
	struct row new = { .lives = true, .key = new_key(world, table), .version = 1 };
	new.values = random_values(world, table);
	tables[table].model->init(value);
	new.parent = tables[table].parent &&chance(world, 50) ? pick_parent(world, table, NOBODY) : NOBODY;
	if (new.parent)
		set_foreign_key(table, value, &world->now.rows[new.parent].key);
	if (tables[table].label)
		*(int64_t *)member_at(value, tables[table].label) = new.label = world->next_label++;
	if (tables[table].uuid_key)
		memcpy(value, &new.key.uuid, sizeof new.key.uuid);
	else
		memcpy(value, &new.key.number, sizeof new.key.number);
	put_values(table, value, &new.values);
	world->now.rows[row] = world->sent.rows[row] = new;
}

void operation_insert_many(struct world *world)
{
	enum table table = any_table(world);
	size_t size = tables[table].model->size, count = 1 + (size_t)random_below(world, 3), filled = 0;
	do_flush(world);
	char *array = calloc(count, size);
	for (int row; array && filled < count && (row = free_place(world, table)); filled++)
		put_row(world, table, row, array + filled * size);
	say(world, "flush, X_insert_many %zu %ss", filled, tables[table].name);
	corm__insert_many(world->session, tables[table].model, array, filled);
	check_error(world, "X_insert_many");
	for (size_t i = 0; i < filled; i++)
		release_values(table, array + i * size);
	free(array);
	world->loose = world->passports_loose = true;
}

/* ---- upsert and merge -------------------------------------------------------------------------------------------- */

static struct Tag *upsert(struct world *world, int kind, int64_t label, const char *text, double weight)
{
	switch (kind) {
	case 0:
		return Tag_upsert(world->session, Tag_values(.label = label, .data.text = text, .data.weight = weight),
		                  corm_on_conflict(Tag.label));
	case 1:
		return Tag_upsert(world->session, Tag_values(.label = label, .data.text = text, .data.weight = weight),
		                  corm_on_conflict(Tag.label), corm_set(Tag.weight, weight));
	default:
		return Tag_upsert(world->session, Tag_values(.label = label, .data.text = text, .data.weight = weight),
		                  corm_on_conflict(Tag.label), corm_do_nothing());
	}
}

void operation_upsert(struct world *world)
{
	do_flush(world);
	int old = chance(world, 60) ? pick(world, TAG) : NOBODY, row = old ? old : free_place(world, TAG);
	int kind = random_below(world, 3);
	const struct values values = random_values(world, TAG);
	char text[MOST_TEXT + 1];
	if (!row)
		return;
	int64_t label = old ? world->now.rows[old].label : world->next_label++;
	if (values.text)
		text_write(values.text, text);
	say(world, "flush, X_upsert %s%s, kind %d", row_name(row), old ? "" : ", which is new", kind);
	struct Tag *tag = upsert(world, kind, label, values.text ? text : NULL, values.weight);
	check_error(world, "X_upsert");
	if (!tag)
		differ(world, "X_upsert gave nothing");
	struct row *now = &world->now.rows[row];
	if (!old) {
		*now = (struct row){ .lives = true, .key = key_in(TAG, tag), .label = label };
		world->loose = true;
	}
	if (kind == 0 || !old)
		now->values.text = values.text;
	if (kind < 2 || !old)
		now->values.weight = values.weight;
	world->sent.rows[row] = *now;
	if (meet(world, TAG, tag) != row)
		differ(world, "X_upsert gave another object than that of %s", row_name(row));
}

void operation_merge(struct world *world)
{
	int row = pick(world, VOLUME);
	if (!row || !ready(world, row) || !world->sent.rows[row].lives)
		return;
	/* When it is fresh, the merge itself does not flush. */
	get_row(world, row);
	struct values values = random_values(world, VOLUME);
	char text[MOST_TEXT + 1], note[MOST_TEXT + 1];
	if (values.text)
		text_write(values.text, text);
	if (values.note)
		text_write(values.note, note);
	say(world, "X_merge %s", row_name(row));
	struct Volume *volume = Volume_merge(world->session, Volume_values(.id = world->now.rows[row].key.number,
	                                                                   .data.text = values.text ? text : NULL,
	                                                                   .note = values.note ? note : NULL));
	check_error(world, "X_merge");
	if (volume != world->now.rows[row].object)
		differ(world, "X_merge gave another object than that of %s", row_name(row));
	world->now.rows[row].values.text = values.text;
	world->now.rows[row].values.note = values.note;
	check_struct(world, row, volume);
}
