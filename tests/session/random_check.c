/* SPDX-License-Identifier: Apache-2.0
 *
 * The randomised test's comparisons of objects: columns, pointers, lists and states.
 */
#include "session/random_check.h"
#include <stdlib.h>
#include <string.h>

void check_error(struct world *world, const char *what)
{
	const corm_error *error = corm_session_error(world->session);
	if (error->status != CORM_OK)
		differ(world, "%s failed: %s: %s (%s)", what, corm_status_name(error->status), error->message,
		       error->sql ? error->sql : "no statement");
}

/* ---- flushes ----------------------------------------------------------------------------------------------------- */

void release_buffers(struct world *world)
{
	while (world->buffer_count)
		free(world->buffers[--world->buffer_count]);
}

void flushed(struct world *world)
{
	model_flush(world);
	release_buffers(world);
}

void settle(struct world *world)
{
	int known = NOBODY;
	bool modified = true;
	check_error(world, "the call");
	for (int row = PER_TABLE; row < MOST_ROWS; row++) {
		const struct row *now = &world->now.rows[row];
		if (!now->lives || !now->object || !is_dirty(world, row))
			continue;
		bool is_modified = corm_is_modified(world->session, now->object);
		if (known && is_modified != modified)
			differ(world, "a flush has written %s and not %s", row_name(modified ? row : known),
			       row_name(modified ? known : row));
		known = row;
		modified = is_modified;
	}
	if (!modified)
		flushed(world);
}

void do_flush(struct world *world)
{
	corm_flush(world->session);
	check_error(world, "corm_flush");
	flushed(world);
}

/* ---- objects that calls give ------------------------------------------------------------------------------------- */

int meet(struct world *world, enum table table, void *object)
{
	int row = row_of_object(world, table, object);
	if (!row || !world->now.rows[row].lives) {
		const struct key key = key_in(table, object);
		row = row_of_key(&world->now, table, &key);
		if (!row)
			differ(world, "the session gave a %s that there is not, with the key %lld", tables[table].name,
			       (long long)key.number);
		if (world->now.rows[row].object)
			differ(world, "%s is two objects", row_name(row));
		adopt_object(world, row, object);
	}
	world->now.rows[row].differs = false;
	check_struct(world, row, world->now.rows[row].object);
	return row;
}

/* Is the row to be deleted by the next flush? */
static bool will_go(const struct world *world, int row)
{
	const struct row *now = &world->now.rows[row], *sent = &world->sent.rows[row];
	if (now->marked || (info_of(row)->orphans && sent->lives && sent->parent && !now->parent))
		return true;
	return info_of(row)->cascades && now->parent && will_go(world, now->parent);
}

void *get_row(struct world *world, int row)
{
	const struct row *now = &world->now.rows[row];
	const void *key = info_of(row)->uuid_key ? (const void *)&now->key.uuid : &now->key.number;
	void *object = corm__get(world->session, info_of(row)->model, &key);
	settle(world);
	if (!object)
		differ(world, "X_get does not find %s, key %lld", row_name(row), (long long)now->key.number);
	int met = meet(world, table_of(row), object);
	if (met != row)
		differ(world, "X_get gave %s for %s", row_name(met), row_name(row));
	return object;
}

void *ready(struct world *world, int row)
{
	const struct row *now = &world->now.rows[row];
	if (will_go(world, row))
		do_flush(world);
	if (!now->lives || now->marked)
		return NULL;
	return now->object && !now->differs ? now->object : get_row(world, row);
}

/* ---- columns ----------------------------------------------------------------------------------------------------- */

static void check_text(struct world *world, int row, const char *member, uint32_t expected, const char *found)
{
	char text[MOST_TEXT + 1] = "NULL";
	if (text_equal(expected, found))
		return;
	if (expected)
		text_write(expected, text);
	differ(world, "%s.%s should be \"%.60s\" (%zu bytes) and is \"%.60s\" (%zu bytes)", row_name(row), member, text,
	       strlen(text), found ? found : "NULL", found ? strlen(found) : 0);
}

static void check_keys(struct world *world, int row, const void *object)
{
	const struct row *now = &world->now.rows[row], *sent = &world->sent.rows[row];
	struct key found = key_in(table_of(row), object), other = { .number = 0 };
	if (sent->lives && !key_equal(table_of(row), &now->key, &found))
		differ(world, "%s.id should be %lld and is %lld", row_name(row), (long long)now->key.number,
		       (long long)found.number);
	if (!info_of(row)->parent || !sent->lives || now->parent_by || now->parent != sent->parent)
		return;
	bool has_parent = foreign_key_in(table_of(row), object, &other);
	if (has_parent != (now->parent != NOBODY) ||
	    (has_parent && !key_equal(info_of(row)->parent, &other, &world->now.rows[now->parent].key)))
		differ(world, "%s.%s should lead to %s and is %lld", row_name(row), info_of(row)->foreign_key_name,
		       row_name(now->parent), has_parent ? (long long)other.number : 0);
}

void check_struct(struct world *world, int row, const void *object)
{
	const struct row *now = &world->now.rows[row];
	const struct values *values = &now->values;
	const struct table_info *info = info_of(row);
	const struct Payload *data = payload_of(row, object);
	check_text(world, row, "text", values->text, data->text);
	if (info->note)
		check_text(world, row, "note", values->note, *(char **)member_at(object, info->note));
	if (data->number.has_value != values->has_number || (values->has_number && data->number.value != values->number))
		differ(world, "%s.number should be %d (%d) and is %d (%d)", row_name(row), values->number, values->has_number,
		       data->number.value, data->number.has_value);
	if (memcmp(&data->weight, &values->weight, sizeof data->weight) != 0)
		differ(world, "%s.weight should be %g and is %g", row_name(row), values->weight, data->weight);
	if (strcmp(data->code, values->code) != 0)
		differ(world, "%s.code should be \"%s\" and is \"%.8s\"", row_name(row), values->code, data->code);
	check_keys(world, row, object);
	if (info->version && world->sent.rows[row].lives && *(int32_t *)member_at(object, info->version) != now->version)
		differ(world, "%s.version should be %lld and is %d", row_name(row), (long long)now->version,
		       *(int32_t *)member_at(object, info->version));
	if (info->label && *(int64_t *)member_at(object, info->label) != now->label)
		differ(world, "%s.label should be %lld", row_name(row), (long long)now->label);
}

/* ---- relationships, by calls ------------------------------------------------------------------------------------- */

void check_up(struct world *world, int row)
{
	const corm_relationship *up = relationship_of(table_of(row), info_of(row)->up);
	void *object = up ? ready(world, row) : NULL;
	if (!object)
		return;
	size_t index = (size_t)(up - info_of(row)->model->relationships);
	void *parent = corm__related_one(world->session, info_of(row)->model, index, object);
	settle(world);
	const struct row *now = &world->now.rows[row];
	if (!parent != !now->parent || (parent && meet(world, info_of(row)->parent, parent) != now->parent))
		differ(world, "X_%s of %s should be %s and is %s", up->name, row_name(row), row_name(now->parent),
		       row_name(row_of_object(world, info_of(row)->parent, parent)));
	if (pointer_in(object, up) != parent)
		differ(world, "%s.%s is not what the call gave", row_name(row), up->name);
}

static void check_one(struct world *world, int row, enum table children, const corm_relationship *down)
{
	void *object = ready(world, row);
	if (!object)
		return;
	void *child = corm__related_one(world->session, info_of(row)->model,
	                                (size_t)(down - info_of(row)->model->relationships), object);
	check_error(world, down->name);
	flushed(world);
	int expected = other_child(&world->now, children, row, NOBODY);
	int met = child ? meet(world, children, child) : NOBODY;
	if (met != expected)
		differ(world, "X_%s of %s should be %s and is %s", down->name, row_name(row), row_name(expected),
		       row_name(met));
	if (pointer_in(object, down) != child)
		differ(world, "%s.%s is not what the call gave", row_name(row), down->name);
}

static bool belongs(const struct world *world, int row, int item)
{
	if (table_of(row) == VOLUME)
		return world->now.rows[row].tags >> (item - first_row(TAG)) & 1;
	if (table_of(row) == TAG)
		return world->now.rows[item].tags >> (row - first_row(TAG)) & 1;
	return world->now.rows[item].parent == row;
}

void check_list(struct world *world, int row, const corm_relationship *relationship, corm_any_list list)
{
	enum table items = table_of_model(relationship->target);
	size_t expected = 0;
	int64_t last = 0;
	for (int item = first_row(items); item < first_row(items) + PER_TABLE; item++)
		expected += world->now.rows[item].lives && belongs(world, row, item);
	for (size_t i = 0; i < list.count; i++) {
		int item = meet(world, items, list.items[i]);
		if (!belongs(world, row, item))
			differ(world, "X_%s of %s has %s", relationship->name, row_name(row), row_name(item));
		for (size_t k = 0; k < i; k++) {
			if (list.items[k] == list.items[i])
				differ(world, "X_%s of %s has %s twice", relationship->name, row_name(row), row_name(item));
		}
		if (relationship->order_column != CORM_NO_INDEX && world->now.rows[item].key.number <= last)
			differ(world, "X_%s of %s is not in order", relationship->name, row_name(row));
		last = world->now.rows[item].key.number;
	}
	if (list.count != expected)
		differ(world, "X_%s of %s should have %zu and has %zu", relationship->name, row_name(row), expected,
		       list.count);
}

static void hand_out(struct world *world, corm_any_list list)
{
	struct handed *handed = &world->handed[world->handed_count++ % MOST_HANDED];
	*handed = (struct handed){ .items = list.items, .count = list.count };
	if (list.count)
		memcpy(handed->copy, list.items, list.count * sizeof *list.items);
}

static void check_many(struct world *world, int row, const corm_relationship *relationship)
{
	void *object = ready(world, row);
	if (!object)
		return;
	const corm_model_info *model = info_of(row)->model;
	size_t index = (size_t)(relationship - model->relationships);
	corm_any_list list = corm__related_list(world->session, model, index, object);
	check_error(world, relationship->name);
	flushed(world);
	check_list(world, row, relationship, list);
	if (pointer_in(object, relationship) != list.items)
		differ(world, "%s.%s is not what the call gave", row_name(row), relationship->name);
	hand_out(world, list);
}

void check_down(struct world *world, int row)
{
	for (enum table children = 1; children < TABLES; children++) {
		const corm_relationship *down = relationship_of(table_of(row), tables[children].down);
		if (tables[children].parent != table_of(row) || !down || down->target != tables[children].model)
			continue;
		if (tables[children].one)
			check_one(world, row, children, down);
		else
			check_many(world, row, down);
	}
}

void check_tags(struct world *world, int row)
{
	if (table_of(row) == VOLUME || table_of(row) == TAG)
		check_many(world, row, relationship_of(table_of(row), table_of(row) == VOLUME ? "tags" : "volumes"));
}

/* ---- without calls ----------------------------------------------------------------------------------------------- */

/* A pointer that is loaded leads to the row whose key the object has. */
static void check_pointer(struct world *world, int row, const corm_relationship *relationship, enum table table, int to)
{
	const void *pointer = pointer_in(world->now.rows[row].object, relationship);
	if (!pointer)
		return;
	const struct key key = key_in(table, pointer);
	if (!to || !key_equal(table, &world->now.rows[to].key, &key))
		differ(world, "%s.%s should lead to %s and leads to %s, key %lld", row_name(row), relationship->name,
		       row_name(to), row_name(row_of_object(world, table, pointer)), (long long)key.number);
}

static void check_loaded_list(struct world *world, int row, const corm_relationship *relationship)
{
	corm_many(void) many;
	memcpy(&many, member_at(world->now.rows[row].object, relationship->offset), sizeof many);
	enum table table = table_of_model(relationship->target);
	size_t expected = 0;
	/* Whose children have no pointer, only keys, is told by calls alone. */
	if (!many.items || world->loose || any_dirty(world) || table == PART)
		return;
	for (int item = first_row(table); item < first_row(table) + PER_TABLE; item++)
		expected += world->now.rows[item].lives && belongs(world, row, item);
	for (size_t i = 0; i < many.count; i++) {
		const struct key key = key_in(table, many.items[i]);
		int item = row_of_key(&world->now, table, &key);
		if (!item || !belongs(world, row, item))
			differ(world, "%s.%s has %s, key %lld, which does not belong there", row_name(row), relationship->name,
			       row_name(item), (long long)key.number);
	}
	if (many.count != expected)
		differ(world, "%s.%s should have %zu and has %zu", row_name(row), relationship->name, expected, many.count);
}

static void check_members(struct world *world, int row)
{
	const struct row *now = &world->now.rows[row];
	const struct table_info *info = info_of(row);
	for (size_t i = 0; i < info->model->relationship_count; i++) {
		const corm_relationship *relationship = &info->model->relationships[i];
		enum table target = table_of_model(relationship->target);
		if (relationship->kind == CORM_TO_ONE && !now->parent_by && now->parent == world->sent.rows[row].parent)
			check_pointer(world, row, relationship, target, now->parent);
		else if (relationship->kind == CORM_TO_ONE_REMOTE && !world->passports_loose && !any_dirty(world))
			check_pointer(world, row, relationship, target, other_child(&world->now, target, row, NOBODY));
		else if (relationship->kind == CORM_TO_MANY || relationship->kind == CORM_MANY_TO_MANY)
			check_loaded_list(world, row, relationship);
	}
}

static void check_state(struct world *world, int row)
{
	const struct row *now = &world->now.rows[row];
	corm_object_state state = corm_state(world->session, now->object), expected = CORM_STATE_PERSISTENT;
	if (!now->lives)
		expected = now->ghost ? CORM_STATE_STALE : CORM_STATE_DELETED;
	else if (!world->sent.rows[row].lives)
		expected = CORM_STATE_PENDING;
	else if (now->marked)
		expected = CORM_STATE_DELETED;
	if (state != expected && (expected != CORM_STATE_PERSISTENT || state != CORM_STATE_STALE))
		differ(world, "the state of %s should be %d and is %d", row_name(row), expected, state);
	bool modified = corm_is_modified(world->session, now->object);
	if (now->lives && !now->differs && is_dirty(world, row) && !modified)
		differ(world, "corm_is_modified says that %s is not", row_name(row));
	if (now->lives && !now->differs && !is_dirty(world, row) && !now->parent_by && modified)
		differ(world, "corm_is_modified says that %s is", row_name(row));
}

static void check_gone(struct world *world)
{
	for (size_t i = 0; i < world->gone_count; i++) {
		const struct gone *gone = &world->gone[i];
		corm_object_state state = corm_state(world->session, gone->object);
		/* One that nobody told the session about may be another row's by now, or have made room for its object. */
		if (state != gone->state && (gone->state != CORM_STATE_STALE || state == CORM_STATE_FOREIGN))
			differ(world, "the state of what was %s until operation %u should be %d and is %d", row_name(gone->row),
			       gone->operation, gone->state, state);
		const struct Payload *data = payload_of(gone->row, gone->object);
		if (gone->readable && data->text && strlen(data->text) > MOST_TEXT)
			differ(world, "what was %s until operation %u cannot be read", row_name(gone->row), gone->operation);
	}
}

void check_objects(struct world *world)
{
	for (int row = PER_TABLE; row < MOST_ROWS; row++) {
		const struct row *now = &world->now.rows[row];
		if (!now->object)
			continue;
		check_state(world, row);
		if (!now->lives || now->differs)
			continue;
		check_struct(world, row, world->now.rows[row].object);
		if (!now->marked)
			check_members(world, row);
	}
	for (size_t i = 0; i < world->handed_count && i < MOST_HANDED; i++) {
		const struct handed *handed = &world->handed[i];
		if (handed->count && memcmp(handed->items, handed->copy, handed->count * sizeof *handed->items) != 0)
			differ(world, "a list that was handed out has changed");
	}
	check_gone(world);
}
