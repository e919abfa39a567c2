/* SPDX-License-Identifier: Apache-2.0
 *
 * The randomised test's operations on single objects.
 */
#include "session/random_operations.h"
#include <stdlib.h>
#include <string.h>

/* ---- values ------------------------------------------------------------------------------------------------------ */

static char *text_new(uint32_t text)
{
	char *copy = text ? malloc(text_length(text) + 1) : NULL;
	if (copy)
		text_write(text, copy);
	return copy;
}

void put_values(enum table table, void *value, const struct values *values)
{
	struct Payload *data = member_at(value, tables[table].data);
	data->text = text_new(values->text);
	data->number.has_value = values->has_number;
	data->number.value = values->number;
	data->weight = values->weight;
	memcpy(data->code, values->code, sizeof data->code);
	if (tables[table].note)
		*(char **)member_at(value, tables[table].note) = text_new(values->note);
}

void release_values(enum table table, void *value)
{
	struct Payload *data = member_at(value, tables[table].data);
	free((char *)(uintptr_t)data->text);
	if (tables[table].note)
		free(*(char **)member_at(value, tables[table].note));
}

/* Far behind those that the database gives, which follow. */
struct key new_key(struct world *world, enum table table)
{
	struct key key = { .number = 0 };
	if (tables[table].uuid_key)
		key.uuid = box_uuid();
	else
		key.number = world->next_key += 100000;
	return key;
}

static void put_key(enum table table, void *value, const struct key *key)
{
	if (tables[table].uuid_key)
		memcpy(value, &key->uuid, sizeof key->uuid);
	else
		memcpy(value, &key->number, sizeof key->number);
}

/* ---- adding ------------------------------------------------------------------------------------------------------ */

/* A parent for a new object, by its pointer or by its key. */
static int give_parent(struct world *world, enum table table, void *value)
{
	int parent = chance(world, 60) ? pick_parent(world, table, NOBODY) : NOBODY;
	const corm_relationship *up = relationship_of(table, tables[table].up);
	if (parent && up && chance(world, 70)) {
		void *object = ready(world, parent);
		if (!object)
			return NOBODY;
		set_pointer(value, up, object);
		return parent;
	}
	if (!parent || !world->sent.rows[parent].lives)
		return NOBODY;
	set_foreign_key(table, value, &world->now.rows[parent].key);
	return parent;
}

/* key NULL: the database or the factory gives it. */
static void add(struct world *world, enum table table, const struct key *key)
{
	int row = free_place(world, table);
	void *value = calloc(1, tables[table].model->size);
	if (!row || !value) {
		free(value);
		return;
	}
	tables[table].model->init(value);
	struct row new = { .lives = true, .added = true, .values = random_values(world, table) };
	if (tables[table].parent)
		new.parent = give_parent(world, table, value);
	if (new.parent)
		new.parent_by = tables[table].up &&pointer_in(value, relationship_of(table, tables[table].up)) ? BY_CALL
		                                                                                               : BY_KEY;
	if (tables[table].label)
		*(int64_t *)member_at(value, tables[table].label) = new.label = world->next_label++;
	if (key)
		put_key(table, value, key);
	put_values(table, value, &new.values);
	new.object = corm__add(world->session, tables[table].model, value);
	check_error(world, "X_add");
	say(world, "X_add %s%s, parent %s by %s", row_name(row), key ? " with a key" : "", row_name(new.parent),
	    new.parent_by == BY_KEY ? "key" : "pointer");
	/* All that was given is copied. */
	release_values(table, value);
	free(value);
	world->now.rows[row] = new;
}

void operation_add(struct world *world)
{
	enum table table = (enum table)(1 + random_below(world, TABLES - 1));
	const struct key key = new_key(world, table);
	add(world, table, chance(world, 10) ? &key : NULL);
}

/* ---- changing ---------------------------------------------------------------------------------------------------- */

/* Text for a member: the session's, or memory that is taken away after the next flush. */
static char *text_for(struct world *world, int row, uint32_t text)
{
	char *copy = text_new(text);
	if (copy && (world->buffer_count == MOST_BUFFERS || chance(world, 40))) {
		const char *owned = corm_text(world->session, copy);
		free(copy);
		return (char *)(uintptr_t)owned;
	}
	if (copy) {
		world->buffers[world->buffer_count++] = copy;
		world->now.rows[row].buffered = true;
	}
	return copy;
}

static void change_note(struct world *world, int row, void *object)
{
	uint32_t *note = &world->now.rows[row].values.note;
	char **member = member_at(object, info_of(row)->note);
	if (*note && text_length(*note) && chance(world, 40)) {
		/* In place, as char * allows. */
		*note = text_changed(*note, (unsigned)random_below(world, 255));
		text_write(*note, *member);
	} else {
		/* Another text, none, or the same one elsewhere. */
		*note = chance(world, 20) ? 0 : chance(world, 20) ? *note : random_text(world);
		*member = text_for(world, row, *note);
	}
}

static void change_column(struct world *world, int row, void *object)
{
	struct values *values = &world->now.rows[row].values;
	struct Payload *data = payload_of(row, object);
	const struct values other = random_values(world, table_of(row));
	switch (random_below(world, 6)) {
	case 0:
	case 1:
		values->text = chance(world, 10) ? values->text : other.text;
		data->text = text_for(world, row, values->text);
		break;
	case 2:
		values->has_number = data->number.has_value = other.has_number;
		values->number = data->number.value = other.number;
		break;
	case 3:
		values->weight = data->weight = other.weight;
		break;
	case 4:
		memcpy(values->code, other.code, sizeof values->code);
		/* What stands behind the NUL means nothing. */
		memset(data->code, 'x', sizeof data->code);
		memcpy(data->code, other.code, strlen(other.code) + 1);
		break;
	default:
		if (info_of(row)->note)
			change_note(world, row, object);
		break;
	}
}

void operation_change(struct world *world)
{
	int row = pick(world, NO_TABLE);
	void *object = row ? ready(world, row) : NULL;
	if (!object)
		return;
	for (int i = 1 + random_below(world, 3); i > 0; i--)
		change_column(world, row, object);
	say(world, "change %s", row_name(row));
	check_error(world, "corm_text");
}

/* Set, and set back: no change. */
void operation_change_back(struct world *world)
{
	int row = pick(world, NO_TABLE);
	void *object = row ? ready(world, row) : NULL;
	if (!object)
		return;
	struct Payload *data = payload_of(row, object), before = *data;
	data->text = "for a moment";
	data->weight = 17;
	data->number.has_value = !data->number.has_value;
	say(world, "change %s and change it back", row_name(row));
	*data = before;
	if (!before.number.has_value)
		data->number.value++;
}

/* ---- deleting ---------------------------------------------------------------------------------------------------- */

/* A sun's pointer to the moon has no other side, which would empty it when the moon is deleted. */
static bool is_wanted(const struct world *world, int row)
{
	for (int sun = first_row(SUN); table_of(row) == MOON && sun < first_row(SUN) + PER_TABLE; sun++) {
		const struct row *now = &world->now.rows[sun];
		if (now->lives && !now->marked && now->parent == row)
			return true;
	}
	return false;
}

static bool delete (struct world *world, int row)
{
	void *object = world->sent.rows[row].lives && !is_wanted(world, row) ? ready(world, row) : NULL;
	if (!object)
		return false;
	say(world, "X_delete %s", row_name(row));
	corm__delete(world->session, info_of(row)->model, object);
	check_error(world, "X_delete");
	world->now.rows[row].marked = true;
	return true;
}

void operation_delete(struct world *world)
{
	int row = pick(world, NO_TABLE);
	if (row)
		delete (world, row);
}

/* A new object takes over the row of one that is deleted. */
void operation_replace(struct world *world)
{
	int row = pick(world, NO_TABLE);
	if (!row || info_of(row)->version || info_of(row)->label || !free_place(world, table_of(row)) ||
	    !delete (world, row))
		return;
	const struct key key = world->now.rows[row].key;
	add(world, table_of(row), &key);
	do_flush(world);
}

/* ---- forgetting changes ------------------------------------------------------------------------------------------ */

static bool clean_relations(const struct world *world, int row)
{
	const struct row *now = &world->now.rows[row], *sent = &world->sent.rows[row];
	return now->lives && sent->lives && !now->marked && !now->parent_by && now->parent == sent->parent;
}

static bool clean_tags(const struct world *world)
{
	bool clean = true;
	for (int row = first_row(VOLUME); row < first_row(VOLUME) + PER_TABLE; row++)
		clean &= world->now.rows[row].tags == world->sent.rows[row].tags;
	return clean;
}

static void discard(struct world *world, int row)
{
	world->now.rows[row].values = world->sent.rows[row].values;
	world->now.rows[row].buffered = false;
}

void operation_refresh(struct world *world)
{
	int row = pick(world, NO_TABLE);
	struct row *now = &world->now.rows[row];
	if (!row || !now->object || !clean_relations(world, row) || !clean_tags(world))
		return;
	say(world, "X_refresh %s", row_name(row));
	corm__refresh(world->session, info_of(row)->model, now->object);
	check_error(world, "X_refresh");
	discard(world, row);
	now->differs = false;
	check_struct(world, row, now->object);
}

void operation_expire(struct world *world)
{
	int row = pick(world, NO_TABLE);
	struct row *now = &world->now.rows[row];
	if (!row || !now->object || !clean_relations(world, row) || !clean_tags(world))
		return;
	say(world, "X_expire %s", row_name(row));
	corm__expire(world->session, info_of(row)->model, now->object);
	check_error(world, "X_expire");
	discard(world, row);
}

void operation_expire_all(struct world *world)
{
	do_flush(world);
	say(world, "flush, corm_expire_all");
	corm_expire_all(world->session);
	check_error(world, "corm_expire_all");
}

/* ---- leaving ----------------------------------------------------------------------------------------------------- */

/* Lists in which the object stands keep it, until they are loaded anew. */
void operation_expunge(struct world *world)
{
	do_flush(world);
	int row = pick(world, NO_TABLE);
	if (!row || !world->now.rows[row].object)
		return;
	say(world, "flush, X_expunge %s, corm_expire_all", row_name(row));
	corm__expunge(world->session, info_of(row)->model, world->now.rows[row].object);
	corm_expire_all(world->session);
	check_error(world, "X_expunge");
	forget_object(world, row, CORM_STATE_EXPUNGED);
}

/* A new object that nothing leads to is not inserted after all. */
void operation_take_back(struct world *world)
{
	for (int row = PER_TABLE; row < MOST_ROWS; row++) {
		const struct row *now = &world->now.rows[row];
		bool has_children = false;
		if (!now->lives || world->sent.rows[row].lives || now->tags || table_of(row) == TAG)
			continue;
		for (int child = PER_TABLE; child < MOST_ROWS; child++)
			has_children |= info_of(child)->parent == table_of(row) && world->now.rows[child].lives &&
			                world->now.rows[child].parent == row;
		if (has_children)
			continue;
		say(world, "X_expunge %s, which is new", row_name(row));
		corm__expunge(world->session, info_of(row)->model, now->object);
		check_error(world, "X_expunge");
		model_drop(world, row);
		return;
	}
}

void operation_expunge_all(struct world *world)
{
	/* That tags alone were flushed, no object tells. */
	if (!clean_tags(world))
		do_flush(world);
	say(world, "corm_expunge_all");
	corm_expunge_all(world->session);
	check_error(world, "corm_expunge_all");
	for (int row = PER_TABLE; row < MOST_ROWS; row++) {
		forget_object(world, row, CORM_STATE_EXPUNGED);
		world->now.rows[row] = world->sent.rows[row];
		world->now.rows[row].object = NULL;
		world->now.rows[row].differs = world->now.rows[row].added = world->now.rows[row].ghost = false;
	}
	for (size_t i = 0; i < world->gone_count; i++)
		world->gone[i].state = CORM_STATE_EXPUNGED;
	world->sent = world->now;
}
