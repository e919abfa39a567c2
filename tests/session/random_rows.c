/* SPDX-License-Identifier: Apache-2.0
 *
 * The randomised test's comparison of the database, read by plain SQLite, and of everything at a transaction's end.
 */
#include "session/random_check.h"
#include <sqlite3.h>
#include <string.h>

/* Those of the test's own connection are kept. */
static sqlite3_stmt *prepare(struct world *world, sqlite3 *database, const char *sql, size_t number)
{
	sqlite3_stmt *statement = database == world->raw ? world->statements[number] : NULL;
	if (statement)
		return statement;
	if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) != SQLITE_OK)
		differ(world, "%s: %s", sql, sqlite3_errmsg(database));
	if (database == world->raw)
		world->statements[number] = statement;
	return statement;
}

static void end(struct world *world, sqlite3 *database, sqlite3_stmt *statement)
{
	if (database == world->raw)
		sqlite3_reset(statement);
	else
		sqlite3_finalize(statement);
}

void release_statements(struct world *world)
{
	for (size_t i = 0; i < TABLES; i++) {
		sqlite3_finalize(world->statements[i]);
		world->statements[i] = NULL;
	}
}

static struct key key_at(sqlite3_stmt *statement, int column, bool is_uuid)
{
	struct key key = { .number = 0 };
	if (!is_uuid)
		key.number = sqlite3_column_int64(statement, column);
	else
		(void)!corm_uuid_parse((const char *)sqlite3_column_text(statement, column), &key.uuid);
	return key;
}

static bool text_at(sqlite3_stmt *statement, int column, uint32_t expected)
{
	return text_equal(expected, (const char *)sqlite3_column_text(statement, column));
}

/* The columns in the order of the SELECT below. */
static void check_row(struct world *world, const struct state *state, enum table table, sqlite3_stmt *statement,
                      int row)
{
	const struct row *expected = &state->rows[row];
	const struct values *values = &expected->values;
	bool is_null = sqlite3_column_type(statement, 2) == SQLITE_NULL;
	double weight = sqlite3_column_double(statement, 3);
	int at = 5;
	if (!text_at(statement, 1, values->text))
		differ(world, "the row of %s has another text: \"%.60s\"", row_name(row), sqlite3_column_text(statement, 1));
	if (is_null == values->has_number || (!is_null && sqlite3_column_int(statement, 2) != values->number))
		differ(world, "the row of %s has the number %d in place of %d", row_name(row), sqlite3_column_int(statement, 2),
		       values->number);
	if (memcmp(&weight, &values->weight, sizeof weight) != 0)
		differ(world, "the row of %s weighs %g in place of %g", row_name(row), weight, values->weight);
	if (strcmp((const char *)sqlite3_column_text(statement, 4), values->code) != 0)
		differ(world, "the row of %s has another code", row_name(row));
	if (tables[table].note && !text_at(statement, at++, values->note))
		differ(world, "the row of %s has another note: \"%.60s\"", row_name(row),
		       sqlite3_column_text(statement, at - 1));
	if (tables[table].version && sqlite3_column_int64(statement, at++) != expected->version)
		differ(world, "the row of %s has version %lld in place of %lld", row_name(row),
		       (long long)sqlite3_column_int64(statement, at - 1), (long long)expected->version);
	if (tables[table].label && sqlite3_column_int64(statement, at++) != expected->label)
		differ(world, "the row of %s has another label", row_name(row));
	if (!tables[table].parent)
		return;
	const struct key key = key_at(statement, at, tables[tables[table].parent].uuid_key);
	int parent = sqlite3_column_type(statement, at) == SQLITE_NULL ? NOBODY
	                                                               : row_of_key(state, tables[table].parent, &key);
	if (parent != expected->parent)
		differ(world, "the row of %s leads to %s in place of %s", row_name(row), row_name(parent),
		       row_name(expected->parent));
}

static void check_table(struct world *world, sqlite3 *database, const struct state *state, enum table table)
{
	const struct table_info *info = &tables[table];
	char sql[256];
	snprintf(sql, sizeof sql, "SELECT id, text, number, weight, code%s%s%s%s%s FROM %s", info->note ? ", note" : "",
	         info->version ? ", version" : "", info->label ? ", label" : "", info->parent ? ", " : "",
	         info->parent ? info->foreign_key_name : "", info->model->table);
	sqlite3_stmt *statement = prepare(world, database, sql, table);
	int expected = 0, found = 0;
	while (sqlite3_step(statement) == SQLITE_ROW) {
		const struct key key = key_at(statement, 0, info->uuid_key);
		int row = row_of_key(state, table, &key);
		if (!row)
			differ(world, "the table %s has a row that there should not be, %s", info->model->table,
			       sqlite3_column_text(statement, 0));
		check_row(world, state, table, statement, row);
		found++;
	}
	end(world, database, statement);
	for (int row = first_row(table); row < first_row(table) + PER_TABLE; row++)
		expected += state->rows[row].lives;
	if (found != expected)
		differ(world, "the table %s has %d rows in place of %d", info->model->table, found, expected);
}

static void check_links(struct world *world, sqlite3 *database, const struct state *state)
{
	sqlite3_stmt *statement = prepare(world, database, "SELECT volume_id, tag_id FROM volume_tag", NO_TABLE);
	int expected = 0, found = 0;
	while (sqlite3_step(statement) == SQLITE_ROW) {
		const struct key volume_key = key_at(statement, 0, false), tag_key = key_at(statement, 1, false);
		int volume = row_of_key(state, VOLUME, &volume_key), tag = row_of_key(state, TAG, &tag_key);
		if (!volume || !tag || !(state->rows[volume].tags >> (tag - first_row(TAG)) & 1))
			differ(world, "volume_tag links %s and %s", row_name(volume), row_name(tag));
		found++;
	}
	end(world, database, statement);
	for (int row = first_row(VOLUME); row < first_row(VOLUME) + PER_TABLE; row++)
		expected += __builtin_popcount(state->rows[row].tags);
	if (found != expected)
		differ(world, "volume_tag has %d rows in place of %d", found, expected);
}

void check_rows(struct world *world, bool native)
{
	sqlite3 *database = native ? corm_session_native(world->session) : world->raw;
	const struct state *state = native ? &world->sent : &world->committed;
	check_error(world, "corm_session_native");
	if (!native)
		sqlite3_exec(database, "BEGIN", NULL, NULL, NULL);
	for (enum table table = 1; table < TABLES; table++)
		check_table(world, database, state, table);
	check_links(world, database, state);
	if (!native)
		sqlite3_exec(database, "COMMIT", NULL, NULL, NULL);
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
