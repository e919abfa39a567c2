/* SPDX-License-Identifier: Apache-2.0
 *
 * The model of the randomised test: what a flush, a commit and a rollback make of rows.
 */
#include "session/random_model.h"
#include <string.h>

/* ---- looking ----------------------------------------------------------------------------------------------------- */

int pick(struct world *world, enum table table)
{
	int first = table ? first_row(table) : PER_TABLE, count = table ? PER_TABLE : MOST_ROWS - PER_TABLE;
	int start = random_below(world, count);
	for (int i = 0; i < count; i++) {
		int row = first + (start + i) % count;
		if (world->now.rows[row].lives && !world->now.rows[row].marked)
			return row;
	}
	return NOBODY;
}

/* A place may be used again when no state has a row there that a rollback could bring back. */
static bool is_free(const struct world *world, int row)
{
	bool taken = world->now.rows[row].lives || world->now.rows[row].object || world->sent.rows[row].lives ||
	             world->committed.rows[row].lives;
	for (int i = 0; i < world->savepoints; i++)
		taken |= world->saved[i].rows[row].lives;
	return !taken;
}

int free_place(struct world *world, enum table table)
{
	int start = random_below(world, PER_TABLE);
	for (int i = 0; i < PER_TABLE; i++) {
		int row = first_row(table) + (start + i) % PER_TABLE;
		if (is_free(world, row))
			return row;
	}
	return NOBODY;
}

int row_of_key(const struct state *state, enum table table, const struct key *key)
{
	for (int row = first_row(table); row < first_row(table) + PER_TABLE; row++) {
		if (state->rows[row].lives && key_equal(table, &state->rows[row].key, key))
			return row;
	}
	return NOBODY;
}

int row_of_object(const struct world *world, enum table table, const void *object)
{
	for (int row = first_row(table); object && row < first_row(table) + PER_TABLE; row++) {
		if (world->now.rows[row].object == object)
			return row;
	}
	return NOBODY;
}

bool same_values(const struct values *a, const struct values *b)
{
	return text_same(a->text, b->text) && text_same(a->note, b->note) && a->has_number == b->has_number &&
	       (!a->has_number || a->number == b->number) && memcmp(&a->weight, &b->weight, sizeof a->weight) == 0 &&
	       strcmp(a->code, b->code) == 0;
}

bool is_dirty(const struct world *world, int row)
{
	const struct row *now = &world->now.rows[row], *sent = &world->sent.rows[row];
	return now->lives != sent->lives || now->marked ||
	       (now->lives && (now->parent != sent->parent || !same_values(&now->values, &sent->values)));
}

bool any_dirty(const struct world *world)
{
	for (int row = 0; row < MOST_ROWS; row++) {
		if (is_dirty(world, row) || world->now.rows[row].tags != world->sent.rows[row].tags)
			return true;
	}
	return false;
}

bool any_marked(const struct world *world)
{
	for (int row = 0; row < MOST_ROWS; row++) {
		if (world->now.rows[row].marked)
			return true;
	}
	return false;
}

int other_child(const struct state *state, enum table children, int parent, int but)
{
	for (int row = first_row(children); row < first_row(children) + PER_TABLE; row++) {
		if (row != but && state->rows[row].lives && state->rows[row].parent == parent)
			return row;
	}
	return NOBODY;
}

/* ---- objects ----------------------------------------------------------------------------------------------------- */

/* The oldest makes room: its state is not looked at any more. */
void forget_object(struct world *world, int row, corm_object_state state)
{
	struct row *now = &world->now.rows[row];
	if (!now->object)
		return;
	if (world->gone_count == MOST_GONE)
		memmove(world->gone, world->gone + 1, --world->gone_count * sizeof *world->gone);
	world->gone[world->gone_count++] = (struct gone){
		.row = row,
		.operation = world->operation,
		.object = now->object,
		.state = state,
		.readable = !now->buffered,
		.ghost = now->ghost && state == CORM_STATE_DELETED,
	};
	now->object = NULL;
}

void adopt_object(struct world *world, int row, void *object)
{
	/* That of a row which was deleted past the session comes back with a new row of the same key. */
	int ghost = row_of_object(world, table_of(row), object);
	size_t kept = 0;
	if (ghost)
		world->now.rows[ghost].object = NULL;
	for (size_t i = 0; i < world->gone_count; i++) {
		if (world->gone[i].object != object)
			world->gone[kept++] = world->gone[i];
	}
	world->gone_count = kept;
	world->now.rows[row].object = object;
	world->now.rows[row].added = world->now.rows[row].differs = false;
}

void model_drop(struct world *world, int row)
{
	forget_object(world, row, CORM_STATE_EXPUNGED);
	world->now.rows[row] = (struct row){ .lives = false };
}

/* ---- relationships ----------------------------------------------------------------------------------------------- */

void model_set_parent(struct world *world, int child, int parent)
{
	enum table table = table_of(child);
	for (int row = first_row(table); tables[table].one && parent && row < first_row(table) + PER_TABLE; row++) {
		struct row *other = &world->now.rows[row];
		if (row != child && other->lives && other->parent == parent) {
			other->parent = NOBODY;
			other->parent_by = BY_CALL;
		}
	}
	bool is_dropped = !parent && world->now.rows[child].parent && tables[table].orphans &&
	                  !world->sent.rows[child].lives;
	world->now.rows[child].parent = parent;
	world->now.rows[child].parent_by = BY_CALL;
	if (is_dropped)
		model_drop(world, child);
}

/* A row goes: its children with it, or they lose their key. New ones are dropped at once, and theirs too. */
static void cascade(struct world *world, int parent)
{
	for (int row = PER_TABLE; row < MOST_ROWS; row++) {
		struct row *child = &world->now.rows[row];
		if (!child->lives || child->marked || info_of(row)->parent != table_of(parent) || child->parent != parent)
			continue;
		if (!info_of(row)->cascades) {
			child->parent = NOBODY;
			continue;
		}
		child->marked = true;
		cascade(world, row);
		if (!world->sent.rows[row].lives)
			model_drop(world, row);
	}
}

static void find_deleted(struct world *world)
{
	for (int row = PER_TABLE; row < MOST_ROWS; row++) {
		struct row *now = &world->now.rows[row];
		const struct row *sent = &world->sent.rows[row];
		if (info_of(row)->orphans && now->lives && sent->lives && sent->parent && !now->parent)
			now->marked = true;
	}
	for (int row = PER_TABLE; row < MOST_ROWS; row++) {
		if (world->now.rows[row].marked)
			cascade(world, row);
	}
}

/* ---- a flush ----------------------------------------------------------------------------------------------------- */

static void remove_tag(struct state *state, int tag)
{
	for (int row = first_row(VOLUME); row < first_row(VOLUME) + PER_TABLE; row++)
		state->rows[row].tags &= (uint16_t) ~(1u << (tag - first_row(TAG)));
}

/* A new row has the key of one that was deleted past the session: its object counts as deleted, until a rollback. */
static void replace_ghost(struct world *world, int row)
{
	for (int other = first_row(table_of(row)); other < first_row(table_of(row)) + PER_TABLE; other++) {
		const struct row *ghost = &world->now.rows[other];
		if (ghost->ghost && ghost->object && key_equal(table_of(row), &ghost->key, &world->now.rows[row].key))
			forget_object(world, other, CORM_STATE_DELETED);
	}
}

static void write_row(struct world *world, int row)
{
	struct row *now = &world->now.rows[row];
	const struct row *sent = &world->sent.rows[row];
	if (now->marked) {
		now->lives = now->marked = false;
		now->tags = 0;
		if (table_of(row) == TAG)
			remove_tag(&world->now, row);
	}
	if (now->lives && !sent->lives) {
		now->key = key_in(table_of(row), now->object);
		now->version = 1;
		say(world, "%s was inserted, key %lld", row_name(row), (long long)now->key.number);
		replace_ghost(world, row);
	} else if (now->lives && !same_values(&now->values, &sent->values)) {
		now->version++;
	}
	now->parent_by = BY_NOBODY;
	now->buffered = now->buffered && !now->lives;
}

void model_flush(struct world *world)
{
	find_deleted(world);
	for (int row = PER_TABLE; row < MOST_ROWS; row++)
		write_row(world, row);
	world->sent = world->now;
}

/* ---- the end of a transaction ------------------------------------------------------------------------------------ */

/* A commit deletes them for good; after a rollback they may be rows again. */
static void settle_ghosts(struct world *world, bool rolled_back)
{
	for (size_t i = 0; i < world->gone_count; i++) {
		if (world->gone[i].ghost && rolled_back)
			world->gone[i].state = CORM_STATE_STALE;
		world->gone[i].ghost = false;
	}
}

void model_commit(struct world *world)
{
	model_flush(world);
	for (int row = PER_TABLE; row < MOST_ROWS; row++) {
		if (world->now.rows[row].lives)
			continue;
		forget_object(world, row, world->now.rows[row].ghost ? CORM_STATE_STALE : CORM_STATE_DELETED);
		world->now.rows[row] = (struct row){ .lives = false };
	}
	world->sent = world->committed = world->now;
	world->savepoints = 0;
	world->loose = false;
	settle_ghosts(world, false);
}

/* A row that is there again, with the object that the session has for it now. */
static void restore_row(struct row *now, const struct row *then)
{
	void *object = now->object;
	bool same = object == then->object;
	*now = *then;
	now->object = object;
	/* An object that was read since has the values of a row that is no longer so. */
	now->differs = object && (then->differs || !same);
	now->added = now->added && same;
	now->buffered = false;
}

static void restore(struct world *world, const struct state *then)
{
	settle_ghosts(world, true);
	for (int row = PER_TABLE; row < MOST_ROWS; row++) {
		struct row *now = &world->now.rows[row];
		if (then->rows[row].lives) {
			restore_row(now, &then->rows[row]);
			continue;
		}
		/* Deleted before the savepoint: the whole transaction's rollback may bring it back. */
		if (now->object && now->object == then->rows[row].object) {
			*now = then->rows[row];
			continue;
		}
		/* One that was read, of a row that others than the session wrote, stays the session's: nobody has told it. */
		forget_object(world, row, now->added ? CORM_STATE_EXPUNGED : CORM_STATE_STALE);
		*now = (struct row){ .lives = false };
	}
	world->sent = world->now;
}

void model_rollback(struct world *world)
{
	restore(world, &world->committed);
	world->committed = world->now;
	world->savepoints = 0;
	world->loose = false;
}

void model_begin_nested(struct world *world)
{
	model_flush(world);
	world->saved[world->savepoints++] = world->now;
}

void model_commit_nested(struct world *world)
{
	model_flush(world);
	world->savepoints--;
}

void model_rollback_nested(struct world *world)
{
	restore(world, &world->saved[--world->savepoints]);
}

void model_reset(struct world *world)
{
	model_rollback(world);
	for (int row = PER_TABLE; row < MOST_ROWS; row++) {
		world->now.rows[row].object = NULL;
		world->now.rows[row].differs = world->now.rows[row].added = false;
	}
	world->sent = world->committed = world->now;
	world->gone_count = 0;
	world->passports_loose = false;
}
