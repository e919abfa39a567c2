/* SPDX-License-Identifier: Apache-2.0
 *
 * The randomised test's comparison of the database, read past the session, and of everything at a transaction's end.
 */
#include "session/random_check.h"
#include <stdlib.h>
#include <string.h>

static struct test_rows read_rows(struct world *world, void *database, const char *sql)
{
	struct test_rows rows;
	const char *wrong = test_database_run(database, sql, &rows, NULL);
	if (wrong)
		differ(world, "%s: %s", sql, wrong);
	return rows;
}

static struct key key_at(const char *text, bool is_uuid)
{
	struct key key = { .number = 0 };
	if (!is_uuid)
		key.number = strtoll(text, NULL, 10);
	else
		(void)!corm_uuid_parse(text, &key.uuid);
	return key;
}

/* The columns in the order of the SELECT below. */
static void check_row(struct world *world, const struct state *state, enum table table, char *const *cells, int row)
{
	const struct row *expected = &state->rows[row];
	const struct values *values = &expected->values;
	const char *number = cells[2];
	double weight = strtod(cells[3], NULL);
	int at = 5;
	if (!text_equal(values->text, cells[1]))
		differ(world, "the row of %s has another text: \"%.60s\"", row_name(row), cells[1]);
	if (!number == values->has_number || (number && strtoll(number, NULL, 10) != values->number))
		differ(world, "the row of %s has the number %s in place of %d", row_name(row), number ? number : "NULL",
		       values->number);
	if (memcmp(&weight, &values->weight, sizeof weight) != 0)
		differ(world, "the row of %s weighs %g in place of %g", row_name(row), weight, values->weight);
	if (strcmp(cells[4], values->code) != 0)
		differ(world, "the row of %s has another code", row_name(row));
	if (tables[table].note && !text_equal(values->note, cells[at++]))
		differ(world, "the row of %s has another note: \"%.60s\"", row_name(row), cells[at - 1]);
	if (tables[table].version && strtoll(cells[at++], NULL, 10) != expected->version)
		differ(world, "the row of %s has version %s in place of %lld", row_name(row), cells[at - 1],
		       (long long)expected->version);
	if (tables[table].label && strtoll(cells[at++], NULL, 10) != expected->label)
		differ(world, "the row of %s has another label", row_name(row));
	if (!tables[table].parent)
		return;
	int parent = NOBODY;
	if (cells[at]) {
		const struct key key = key_at(cells[at], tables[tables[table].parent].uuid_key);
		parent = row_of_key(state, tables[table].parent, &key);
	}
	if (parent != expected->parent)
		differ(world, "the row of %s leads to %s in place of %s", row_name(row), row_name(parent),
		       row_name(expected->parent));
}

static void check_table(struct world *world, void *database, const struct state *state, enum table table)
{
	const struct table_info *info = &tables[table];
	char sql[256];
	snprintf(sql, sizeof sql, "SELECT id, text, number, weight, code%s%s%s%s%s FROM %s", info->note ? ", note" : "",
	         info->version ? ", version" : "", info->label ? ", label" : "", info->parent ? ", " : "",
	         info->parent ? info->foreign_key_name : "", info->model->table);
	struct test_rows rows = read_rows(world, database, sql);
	int expected = 0, found = 0;
	for (size_t i = 0; i < rows.cells; i += rows.columns) {
		const struct key key = key_at(rows.cell[i], info->uuid_key);
		int row = row_of_key(state, table, &key);
		if (!row)
			differ(world, "the table %s has a row that there should not be, %s", info->model->table, rows.cell[i]);
		check_row(world, state, table, rows.cell + i, row);
		found++;
	}
	test_rows_release(&rows);
	for (int row = first_row(table); row < first_row(table) + PER_TABLE; row++)
		expected += state->rows[row].lives;
	if (found != expected)
		differ(world, "the table %s has %d rows in place of %d", info->model->table, found, expected);
}

static void check_links(struct world *world, void *database, const struct state *state)
{
	struct test_rows rows = read_rows(world, database, "SELECT volume_id, tag_id FROM volume_tag");
	int expected = 0, found = 0;
	for (size_t i = 0; i < rows.cells; i += 2) {
		const struct key volume_key = key_at(rows.cell[i], false), tag_key = key_at(rows.cell[i + 1], false);
		int volume = row_of_key(state, VOLUME, &volume_key), tag = row_of_key(state, TAG, &tag_key);
		if (!volume || !tag || !(state->rows[volume].tags >> (tag - first_row(TAG)) & 1))
			differ(world, "volume_tag links %s and %s", row_name(volume), row_name(tag));
		found++;
	}
	test_rows_release(&rows);
	for (int row = first_row(VOLUME); row < first_row(VOLUME) + PER_TABLE; row++)
		expected += __builtin_popcount(state->rows[row].tags);
	if (found != expected)
		differ(world, "volume_tag has %d rows in place of %d", found, expected);
}

void check_rows(struct world *world, bool native)
{
	void *database = native ? corm_session_native(world->session) : world->raw;
	const struct state *state = native ? &world->sent : &world->committed;
	check_error(world, "corm_session_native");
	if (!native)
		test_database_run(database, "BEGIN", NULL, NULL);
	for (enum table table = 1; table < TABLES; table++)
		check_table(world, database, state, table);
	check_links(world, database, state);
	if (!native)
		test_database_run(database, "COMMIT", NULL, NULL);
}

/* Nothing is fresh, and no list is loaded any more. */
static void check_stale(struct world *world, int row)
{
	const struct row *now = &world->now.rows[row];
	const corm_model_info *model = info_of(row)->model;
	corm_object_state state = corm_state(world->session, now->object);
	if (now->lives && state != CORM_STATE_STALE)
		differ(world, "%s is not stale after the end of the transaction, its state is %d", row_name(row), state);
	for (size_t i = 0; i < model->relationship_count; i++) {
		const corm_relationship *relationship = &model->relationships[i];
		bool many = relationship->kind == CORM_TO_MANY || relationship->kind == CORM_MANY_TO_MANY;
		if (now->lives && many && pointer_in(now->object, relationship))
			differ(world, "%s.%s is still loaded", row_name(row), relationship->name);
	}
}

/* What a call loads is loaded from then on. So all relationships are asked for only now and then: otherwise nothing
 * would ever be tried on objects of which nothing is loaded. */
void check_end(struct world *world, bool complete)
{
	world->handed_count = 0;
	release_buffers(world);
	for (int row = PER_TABLE; row < MOST_ROWS; row++) {
		if (world->now.rows[row].object)
			check_stale(world, row);
	}
	check_objects(world);
	check_rows(world, false);
	for (int row = PER_TABLE; row < MOST_ROWS; row++) {
		if (!world->now.rows[row].object || !world->now.rows[row].lives || (!complete && !chance(world, 5)))
			continue;
		check_up(world, row);
		check_down(world, row);
		check_tags(world, row);
		if (chance(world, 20))
			ready(world, row);
	}
	if (complete)
		check_objects(world);
}
