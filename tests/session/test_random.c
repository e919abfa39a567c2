/* SPDX-License-Identifier: Apache-2.0
 *
 * Random operations on a session, and the same on a model of it in plain arrays; what differs is a failure.
 *
 *	session_random [-v|-vv] [FIRST_SEED COUNT [OPERATIONS]]
 *
 * Each seed is printed before it runs, and does the same each time: `session_random -v SEED 1` tells what it does, and
 * -vv what is sent.
 */
#include "session/random_operations.h"
#include <stdlib.h>
#include <string.h>

/* The keys of boxes, from the seed. */
static struct world *the_world;
corm_uuid box_uuid(void)
{
	corm_uuid uuid;
	for (size_t i = 0; i < sizeof uuid.bytes; i++)
		uuid.bytes[i] = (uint8_t)random_next(the_world);
	/* Not every database takes what is none of RFC 9562's. */
	uuid.bytes[6] = (uint8_t)((uuid.bytes[6] & 0x0f) | 0x40);
	uuid.bytes[8] = (uint8_t)((uuid.bytes[8] & 0x3f) | 0x80);
	return uuid;
}

/* ---- transactions ------------------------------------------------------------------------------------------------ */

static void operation_flush(struct world *world)
{
	say(world, "corm_flush");
	do_flush(world);
	check_objects(world);
}

static void operation_commit(struct world *world)
{
	say(world, "corm_commit");
	corm_commit(world->session);
	check_error(world, "corm_commit");
	model_commit(world);
	check_end(world, chance(world, 25));
}

static void operation_rollback(struct world *world)
{
	say(world, "corm_rollback");
	corm_rollback(world->session);
	check_error(world, "corm_rollback");
	model_rollback(world);
	check_end(world, chance(world, 25));
}

static void operation_begin_nested(struct world *world)
{
	if (world->savepoints == MOST_SAVEPOINTS)
		return;
	say(world, "corm_begin_nested");
	corm_begin_nested(world->session);
	check_error(world, "corm_begin_nested");
	flushed(world);
	model_begin_nested(world);
}

static void operation_commit_nested(struct world *world)
{
	if (!world->savepoints)
		return;
	say(world, "corm_commit_nested");
	corm_commit_nested(world->session);
	check_error(world, "corm_commit_nested");
	flushed(world);
	model_commit_nested(world);
	check_objects(world);
	check_rows(world, true);
}

static void rollback_nested(struct world *world)
{
	say(world, "corm_rollback_nested");
	corm_rollback_nested(world->session);
	check_error(world, "corm_rollback_nested");
	model_rollback_nested(world);
	release_buffers(world);
	check_objects(world);
	check_rows(world, true);
}

static void operation_rollback_nested(struct world *world)
{
	if (world->savepoints)
		rollback_nested(world);
}

/* ---- sessions ---------------------------------------------------------------------------------------------------- */

static void start_anew(struct world *world)
{
	model_reset(world);
	world->handed_count = 0;
	release_buffers(world);
	check_rows(world, false);
}

static void operation_reset(struct world *world)
{
	say(world, "corm_session_reset");
	corm_session_reset(world->session);
	start_anew(world);
}

static void operation_new_session(struct world *world)
{
	say(world, "a new session");
	corm_session_close(world->session);
	world->session = corm_session_open(world->engine);
	start_anew(world);
}

/* ---- mistakes ---------------------------------------------------------------------------------------------------- */

/* A value that breaks a rule: nothing is sent, structs stay as they are, and it can be mended. */
static void operation_invalid(struct world *world)
{
	int row = pick(world, NO_TABLE);
	void *object = row ? ready(world, row) : NULL;
	if (!object)
		return;
	char *code = payload_of(row, object)->code;
	say(world, "%s.code is too long at a flush, and mended", row_name(row));
	memcpy(code, "toolong", sizeof "toolong");
	if (corm_flush(world->session) != CORM_ERROR_VALIDATION || strcmp(code, "toolong") != 0)
		differ(world, "%s.code is too long, but the flush said %s", row_name(row),
		       corm_status_name(corm_session_error(world->session)->status));
	corm_session_clear_error(world->session);
	memcpy(code, world->now.rows[row].values.code, sizeof world->now.rows[row].values.code);
	check_error(world, "corm_session_clear_error");
	check_objects(world);
}

/* An error of the database ends the transaction, or its innermost savepoint. */
static void operation_violate(struct world *world)
{
	do_flush(world);
	int tag = pick(world, TAG);
	if (!tag)
		return;
	say(world, "flush, a tag with the label of %s, flush", row_name(tag));
	Tag_add(world->session, .label = world->now.rows[tag].label);
	if (corm_flush(world->session) != CORM_ERROR_UNIQUE)
		differ(world, "two tags of one label, but the flush said %s",
		       corm_status_name(corm_session_error(world->session)->status));
	if (world->savepoints)
		rollback_nested(world);
	else
		operation_rollback(world);
}

/* ---- the choice -------------------------------------------------------------------------------------------------- */

static const struct {
	unsigned weight;
	void (*run)(struct world *world);
} operations[] = {
	{ 160, operation_add },         { 160, operation_change },       { 20, operation_change_back },
	{ 70, operation_delete },       { 6, operation_replace },        { 15, operation_refresh },
	{ 15, operation_expire },       { 4, operation_expire_all },     { 5, operation_expunge },
	{ 8, operation_take_back },     { 1, operation_expunge_all },    { 60, operation_point },
	{ 50, operation_set_key },      { 60, operation_set },           { 50, operation_add_child },
	{ 40, operation_remove_child }, { 60, operation_tag },           { 8, operation_link_row },
	{ 40, operation_read_up },      { 40, operation_read_down },     { 40, operation_get },
	{ 25, operation_query },        { 10, operation_load },          { 5, operation_partial },
	{ 8, operation_update },        { 6, operation_update_keys },    { 8, operation_delete_where },
	{ 8, operation_insert_many },   { 8, operation_upsert },         { 10, operation_merge },
	{ 50, operation_flush },        { 30, operation_commit },        { 15, operation_rollback },
	{ 20, operation_begin_nested }, { 12, operation_commit_nested }, { 12, operation_rollback_nested },
	{ 2, operation_reset },         { 2, operation_new_session },    { 6, operation_invalid },
	{ 3, operation_violate },
};

static void operate(struct world *world)
{
	const size_t count = sizeof operations / sizeof *operations;
	unsigned total = 0;
	size_t i = 0;
	for (size_t k = 0; k < count; k++)
		total += operations[k].weight;
	unsigned at = (unsigned)random_below(world, (int)total);
	while (at >= operations[i].weight)
		at -= operations[i++].weight;
	operations[i].run(world);
}

static void run_seed(uint64_t seed, unsigned count, int verbose)
{
	static struct world world;
	char url[600];
	const char *place = test_database_new(true);
	world = (struct world){ .seed = seed, .random = seed, .verbose = verbose, .database = place, .next_label = 1 };
	the_world = &world;
	printf("seed %llu\n", (unsigned long long)seed);
	fflush(stdout);
	world.engine = corm_engine_open(test_database_with(place, verbose > 1 ? "echo=1" : NULL, url, sizeof url));
	if (!world.engine || corm_create_all(world.engine, &random_models_metadata) != CORM_OK)
		differ(&world, "%s", corm_last_error()->message);
	world.raw = test_database_connect(place);
	world.session = corm_session_open(world.engine);
	for (world.operation = 1; world.operation <= count; world.operation++)
		operate(&world);
	operation_commit(&world);
	corm_session_close(world.session);
	test_database_disconnect(world.raw);
	corm_engine_close(world.engine);
	test_database_drop(place);
}

int main(int argc, char **argv)
{
	int verbose = argc < 2 ? 0 : strcmp(argv[1], "-v") == 0 ? 1 : strcmp(argv[1], "-vv") == 0 ? 2 : 0;
	char **arguments = argv + 1 + (verbose > 0);
	int given = argc - 1 - (verbose > 0);
	unsigned long long first = given > 0 ? strtoull(arguments[0], NULL, 10) : 1;
	unsigned long long count = given > 1 ? strtoull(arguments[1], NULL, 10) : 20;
	unsigned long operations_count = given > 2 ? strtoul(arguments[2], NULL, 10) : 10000;
	for (unsigned long long seed = first; seed < first + count; seed++)
		run_seed(seed, (unsigned)operations_count, verbose);
	return 0;
}
