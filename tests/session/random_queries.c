/* SPDX-License-Identifier: Apache-2.0
 *
 * The randomised test's queries, compared with the model as soon as they are answered.
 */
#include "session/random_operations.h"
#include <stdlib.h>
#include <string.h>

#define ANY(list) ((corm_any_list){ .items = (void **)(list).items, .count = (list).count, .status = (list).status })

/* What is asked of one table. */
struct queries {
	corm_any_list (*below)(corm_session *session, int limit);
	corm_any_list (*with_text)(corm_session *session, const char *text);
	corm_any_list (*readonly)(corm_session *session);
	corm_any_list (*only)(corm_session *session);
	int64_t (*count)(corm_session *session, int limit);
	void *(*first)(corm_session *session, int limit);
	bool (*exists)(corm_session *session, int limit);
	void (*stream)(struct world *world, int limit, void (*row)(struct world *world, const void *object));
};

#define QUERIES(Stem) \
	static corm_any_list Stem##_below(corm_session *session, int limit) \
	{ \
		Stem##_list list = Stem##_all(session, corm_where(corm_lt(Stem.number, limit)), corm_order_by(Stem.id)); \
		return ANY(list); \
	} \
	static corm_any_list Stem##_with_text(corm_session *session, const char *text) \
	{ \
		Stem##_list list = text ? Stem##_all(session, corm_where(corm_eq(Stem.text, text))) \
		                        : Stem##_all(session, corm_where(corm_is_null(Stem.text))); \
		return ANY(list); \
	} \
	static corm_any_list Stem##_readonly(corm_session *session) \
	{ \
		Stem##_list list = Stem##_all(session, corm_readonly()); \
		return ANY(list); \
	} \
	static corm_any_list Stem##_only(corm_session *session) \
	{ \
		Stem##_list list = Stem##_all(session, corm_only(Stem.id, Stem.weight)); \
		return ANY(list); \
	} \
	static int64_t Stem##_how_many(corm_session *session, int limit) \
	{ \
		return Stem##_count(session, corm_where(corm_not(corm_ge(Stem.number, limit)))); \
	} \
	static void *Stem##_lowest(corm_session *session, int limit) \
	{ \
		return Stem##_first(session, corm_where(corm_lt(Stem.number, limit)), corm_order_by(Stem.id)); \
	} \
	static bool Stem##_any(corm_session *session, int limit) \
	{ \
		bool exists = false; \
		(void)!Stem##_exists(session, &exists, corm_where(corm_lt(Stem.number, limit))); \
		return exists; \
	} \
	static void Stem##_streamed(struct world *world, int limit, void (*row)(struct world * world, const void *object)) \
	{ \
		corm_stream *stream = Stem##_stream(world->session, corm_where(corm_lt(Stem.number, limit))); \
		flushed(world); \
		for (struct Stem * object; (object = Stem##_stream_next(stream));) \
			row(world, object); \
		corm_stream_close(stream); \
	}

#define ALL_TABLES(X) \
	X(SHELF, Shelf) \
	X(VOLUME, Volume) X(TAG, Tag) X(BOX, Box) X(ITEM, Item) X(PART, Part) X(TWIG, Twig) X(PERSON, Person) \
		X(PASSPORT, Passport) X(SUN, Sun) X(MOON, Moon)

#define DEFINE(TABLE, Stem) QUERIES(Stem)
ALL_TABLES(DEFINE)

#define ENTRY(TABLE, Stem) \
	[TABLE] = { Stem##_below,    Stem##_with_text, Stem##_readonly, Stem##_only, \
		        Stem##_how_many, Stem##_lowest,    Stem##_any,      Stem##_streamed },
static const struct queries queries[TABLES] = { ALL_TABLES(ENTRY) };

/* ---- X_get ------------------------------------------------------------------------------------------------------- */

void operation_get(struct world *world)
{
	int row = pick(world, NO_TABLE);
	if (!row || !ready(world, row) || !world->now.rows[row].lives)
		return;
	const struct row *now = &world->now.rows[row];
	const struct key missing = new_key(world, table_of(row));
	bool found = world->sent.rows[row].lives && chance(world, 90);
	const struct key *key = found ? &now->key : &missing;
	const void *values = info_of(row)->uuid_key ? (const void *)&key->uuid : &key->number;
	say(world, "X_get %s", found ? row_name(row) : "what is not there");
	void *object = corm__get(world->session, info_of(row)->model, &values);
	settle(world);
	if (object != (found ? now->object : NULL))
		differ(world, "X_get of %s gave another object, or none", row_name(row));
	if (found)
		meet(world, table_of(row), object);
}

/* ---- conditions -------------------------------------------------------------------------------------------------- */

static bool is_below(const struct row *row, int limit)
{
	return row->lives && row->values.has_number && row->values.number < limit;
}

static int count_below(const struct world *world, enum table table, int limit)
{
	int count = 0;
	for (int row = first_row(table); row < first_row(table) + PER_TABLE; row++)
		count += is_below(&world->now.rows[row], limit);
	return count;
}

static size_t count_living(const struct world *world, enum table table)
{
	size_t count = 0;
	for (int row = first_row(table); row < first_row(table) + PER_TABLE; row++)
		count += world->now.rows[row].lives;
	return count;
}

static void query_below(struct world *world, enum table table, int limit)
{
	corm_any_list list = queries[table].below(world->session, limit);
	check_error(world, "X_all");
	flushed(world);
	for (size_t i = 0; i < list.count; i++) {
		int row = meet(world, table, list.items[i]);
		if (!is_below(&world->now.rows[row], limit))
			differ(world, "X_all gave %s", row_name(row));
	}
	if (list.count != (size_t)count_below(world, table, limit))
		differ(world, "X_all gave %zu of %d rows", list.count, count_below(world, table, limit));
	void *first = queries[table].first(world->session, limit);
	if (first != (list.count ? list.items[0] : NULL))
		differ(world, "X_first gave another object");
	if (queries[table].exists(world->session, limit) != (list.count > 0))
		differ(world, "X_exists is wrong");
	check_error(world, "X_first or X_exists");
}

static void query_text(struct world *world, enum table table)
{
	int of = pick(world, table), expected = 0;
	uint32_t text = of ? world->now.rows[of].values.text : 0;
	char buffer[MOST_TEXT + 1];
	if (text)
		text_write(text, buffer);
	corm_any_list list = queries[table].with_text(world->session, text ? buffer : NULL);
	check_error(world, "X_all");
	flushed(world);
	for (int row = first_row(table); row < first_row(table) + PER_TABLE; row++)
		expected += world->now.rows[row].lives &&
		            (text ? world->now.rows[row].values.text && text_equal(world->now.rows[row].values.text, buffer)
		                  : !world->now.rows[row].values.text);
	for (size_t i = 0; i < list.count; i++)
		meet(world, table, list.items[i]);
	if (list.count != (size_t)expected)
		differ(world, "X_all gave %zu of %d rows with that text", list.count, expected);
}

static void query_count(struct world *world, enum table table, int limit)
{
	int64_t count = queries[table].count(world->session, limit);
	check_error(world, "X_count");
	flushed(world);
	/* NOT (NULL >= limit) is not true either. */
	if (count != count_below(world, table, limit))
		differ(world, "X_count gave %lld in place of %d", (long long)count, count_below(world, table, limit));
}

/* A struct that is none of the session's, of a living row. */
static void check_plain(struct world *world, const void *object, enum table table)
{
	const struct key key = key_in(table, object);
	int row = row_of_key(&world->now, table, &key);
	if (!row)
		differ(world, "a %s was read that there is not", tables[table].name);
	check_struct(world, row, object);
}

static enum table streamed;
static int streamed_count;
static void check_streamed(struct world *world, const void *object)
{
	check_plain(world, object, streamed);
	streamed_count++;
}

static void query_plain(struct world *world, enum table table, int limit)
{
	corm_any_list list = queries[table].readonly(world->session);
	check_error(world, "corm_readonly");
	flushed(world);
	if (list.count != count_living(world, table))
		differ(world, "corm_readonly gave %zu of %zu rows", list.count, count_living(world, table));
	for (size_t i = 0; i < list.count; i++) {
		check_plain(world, list.items[i], table);
		if (corm_state(world->session, list.items[i]) != CORM_STATE_FOREIGN)
			differ(world, "corm_readonly gave an object of the session");
	}
	streamed = table;
	streamed_count = 0;
	queries[table].stream(world, limit, check_streamed);
	check_error(world, "X_stream");
	if (streamed_count != count_below(world, table, limit))
		differ(world, "X_stream gave %d of %d rows", streamed_count, count_below(world, table, limit));
}

void operation_query(struct world *world)
{
	enum table table = (enum table)(1 + random_below(world, TABLES - 1));
	int limit = random_below(world, 22) - 6;
	say(world, "query %s below %d", tables[table].name, limit);
	switch (random_below(world, 4)) {
	case 0:
		query_text(world, table);
		break;
	case 1:
		query_count(world, table, limit);
		break;
	case 2:
		query_plain(world, table, limit);
		break;
	default:
		query_below(world, table, limit);
		break;
	}
}

/* Some of the columns: who is not known yet has to be read again before it is looked at. */
void operation_partial(struct world *world)
{
	enum table table = (enum table)(1 + random_below(world, TABLES - 1));
	say(world, "corm_only of %s", tables[table].name);
	corm_any_list list = queries[table].only(world->session);
	check_error(world, "corm_only");
	flushed(world);
	for (size_t i = 0; i < list.count; i++) {
		int row = row_of_object(world, table, list.items[i]);
		if (row && world->now.rows[row].lives)
			continue;
		const struct key key = key_in(table, list.items[i]);
		row = row_of_key(&world->now, table, &key);
		if (!row || world->now.rows[row].object)
			differ(world, "corm_only gave a %s that there is not, or another object", tables[table].name);
		adopt_object(world, row, list.items[i]);
		world->now.rows[row].differs = true;
	}
}

/* ---- loading ----------------------------------------------------------------------------------------------------- */

/* A query with relationships, by one more query and by a join, two deep and to both sides. */
#define LOADS(X) \
	X(0, Shelf, corm_load(Shelf.volumes, Volume.tags)) \
	X(1, Shelf, corm_load_joined(Shelf.volumes)) \
	X(2, Volume, corm_load(Volume.shelf), corm_load_joined(Volume.tags)) \
	X(3, Volume, corm_load_joined(Volume.shelf), corm_load(Volume.tags)) \
	X(4, Box, corm_load(Box.items, Item.parts)) \
	X(5, Box, corm_load_joined(Box.items, Item.parts)) \
	X(6, Person, corm_load(Person.passport)) \
	X(7, Person, corm_load_joined(Person.passport)) \
	X(8, Sun, corm_load(Sun.moon, Moon.sun), corm_load_joined(Sun.moons)) \
	X(9, Tag, corm_load(Tag.volumes, Volume.shelf)) \
	X(10, Twig, corm_load(Twig.children), corm_load_joined(Twig.parent)) \
	X(11, Twig, corm_load(Twig.children, Twig.children, Twig.parent))

#define LOAD(number, Stem, ...) \
	static corm_any_list load_##number(corm_session *session) \
	{ \
		Stem##_list list = Stem##_all(session, __VA_ARGS__); \
		return ANY(list); \
	}
LOADS(LOAD)

#define LOAD_ENTRY(number, Stem, ...) { load_##number, &Stem##_model },
static const struct {
	corm_any_list (*load)(corm_session *session);
	const corm_model_info *model;
} loads[] = { LOADS(LOAD_ENTRY) };

void operation_load(struct world *world)
{
	int which = random_below(world, (int)(sizeof loads / sizeof *loads));
	enum table table = table_of_model(loads[which].model);
	say(world, "load relationships of %s, %d", tables[table].name, which);
	corm_any_list list = loads[which].load(world->session);
	check_error(world, "corm_load");
	flushed(world);
	if (list.count != count_living(world, table))
		differ(world, "a query with corm_load gave %zu of %zu rows", list.count, count_living(world, table));
	for (size_t i = 0; i < list.count; i++)
		meet(world, table, list.items[i]);
	for (int row = first_row(table); row < first_row(table) + PER_TABLE; row++) {
		if (!world->now.rows[row].lives)
			continue;
		check_up(world, row);
		check_down(world, row);
		check_tags(world, row);
	}
}
