/* SPDX-License-Identifier: Apache-2.0
 *
 * The models of the randomised test as data, their structs, its numbers and texts, and what it says.
 */
#include "session/random_model.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OF(Stem, member) offsetof(struct Stem, member)

const struct table_info tables[TABLES] = {
	[SHELF] = { .name = "shelf", .model = &Shelf_model, .data = OF(Shelf, data) },
	[VOLUME] = {
		.name = "volume", .model = &Volume_model, .data = OF(Volume, data), .note = OF(Volume, note), .parent = SHELF,
		.foreign_key = OF(Volume, shelf_id), .foreign_key_name = "shelf_id", .up = "shelf", .down = "volumes",
	},
	[TAG] = { .name = "tag", .model = &Tag_model, .data = OF(Tag, data), .label = OF(Tag, label) },
	[BOX] = {
		.name = "box", .model = &Box_model, .data = OF(Box, data), .note = OF(Box, note), .uuid_key = true,
		.version = OF(Box, version),
	},
	[ITEM] = {
		.name = "item", .model = &Item_model, .data = OF(Item, data), .parent = BOX, .foreign_key = OF(Item, box_id),
		.foreign_key_name = "box_id", .up = "box", .down = "items", .cascades = true, .orphans = true,
	},
	[PART] = {
		.name = "part", .model = &Part_model, .data = OF(Part, data), .parent = ITEM, .foreign_key = OF(Part, item_id),
		.foreign_key_name = "item_id", .down = "parts", .cascades = true,
	},
	[TWIG] = {
		.name = "twig", .model = &Twig_model, .data = OF(Twig, data), .note = OF(Twig, note), .parent = TWIG,
		.foreign_key = OF(Twig, parent_id), .foreign_key_name = "parent_id", .up = "parent", .down = "children",
	},
	[PERSON] = { .name = "person", .model = &Person_model, .data = OF(Person, data) },
	[PASSPORT] = {
		.name = "passport", .model = &Passport_model, .data = OF(Passport, data), .note = OF(Passport, note),
		.parent = PERSON, .foreign_key = OF(Passport, person_id), .foreign_key_name = "person_id", .up = "person",
		.down = "passport", .one = true,
	},
	[SUN] = {
		.name = "sun", .model = &Sun_model, .data = OF(Sun, data), .parent = MOON, .foreign_key = OF(Sun, moon_id),
		.foreign_key_name = "moon_id", .up = "moon",
	},
	[MOON] = {
		.name = "moon", .model = &Moon_model, .data = OF(Moon, data), .parent = SUN, .foreign_key = OF(Moon, sun_id),
		.foreign_key_name = "sun_id", .up = "sun", .down = "moons",
	},
};

const char *row_name(int row)
{
	static char names[4][32];
	static unsigned next;
	char *name = names[next++ % 4];
	if (row == NOBODY)
		return "none";
	snprintf(name, sizeof names[0], "%s%d", info_of(row)->name, row % PER_TABLE);
	return name;
}

const corm_relationship *relationship_of(enum table table, const char *name)
{
	const corm_model_info *model = tables[table].model;
	for (size_t i = 0; name && i < model->relationship_count; i++) {
		if (strcmp(model->relationships[i].name, name) == 0)
			return &model->relationships[i];
	}
	return NULL;
}

enum table table_of_model(const corm_model_info *model)
{
	enum table table = NO_TABLE;
	while (tables[table].model != model)
		table++;
	return table;
}

/* ---- numbers ----------------------------------------------------------------------------------------------------- */

/* splitmix64, by Sebastiano Vigna: any seed is a good one. */
uint64_t random_next(struct world *world)
{
	uint64_t z = world->random += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

struct values random_values(struct world *world, enum table table)
{
	static const double weights[] = { 0, 1, -1.5, 0.1, 1e300, 5e-324, 123456789.25, -3 };
	struct values values = {
		.text = chance(world, 15) ? 0 : random_text(world),
		.note = !tables[table].note || chance(world, 20) ? 0 : random_text(world),
		.has_number = chance(world, 80),
		.number = random_below(world, 20) - 5,
		.weight = weights[random_below(world, 8)],
	};
	int length = random_below(world, (int)sizeof values.code - 1);
	for (int i = 0; i < length; i++)
		values.code[i] = (char)('a' + random_below(world, 26));
	return values;
}

/* ---- text -------------------------------------------------------------------------------------------------------- */

/* The low 24 bits are what the text is made of, the high 8 a first character in place of its own. */
#define TEXT_BITS 0xffffffu

uint32_t random_text(struct world *world)
{
	return 1 + (uint32_t)(random_next(world) % (TEXT_BITS - 1));
}

static uint32_t mix(uint32_t text)
{
	uint32_t x = (text & TEXT_BITS) * 2654435761u;
	return x ^ x >> 15;
}

/* Mostly short; now and then empty, some hundred bytes, or some thousand. */
size_t text_length(uint32_t text)
{
	uint32_t x = mix(text), of = x >> 8;
	switch (x % 32) {
	case 0:
		return 0;
	case 1:
		return 1000 + of % (MOST_TEXT - 1000);
	case 2:
	case 3:
		return 200 + of % 800;
	case 4:
	case 5:
	case 6:
		return 25 + of % 200;
	default:
		return 1 + of % 24;
	}
}

/* All texts are pieces of one, which is written once. */
static const char *text_body(uint32_t text)
{
	static char all[MOST_TEXT + 1024];
	for (size_t i = 0; !all[0] && i < sizeof all; i++)
		all[sizeof all - 1 - i] = (char)('a' + mix((uint32_t)i + 1) % 26);
	return all + (mix(text) >> 22);
}

static char text_first(uint32_t text)
{
	return text >> 24 ? (char)('A' + (text >> 24) % 26) : *text_body(text);
}

void text_write(uint32_t text, char *out)
{
	size_t length = text_length(text);
	memcpy(out, text_body(text), length);
	if (length)
		out[0] = text_first(text);
	out[length] = '\0';
}

bool text_equal(uint32_t text, const char *found)
{
	if (!text || !found)
		return !text && !found;
	size_t length = text_length(text);
	return strlen(found) == length &&
	       (length == 0 || (found[0] == text_first(text) && memcmp(found + 1, text_body(text) + 1, length - 1) == 0));
}

bool text_same(uint32_t a, uint32_t b)
{
	char text[MOST_TEXT + 1];
	if (a == b || !a || !b || text_length(a) != text_length(b))
		return a == b;
	text_write(a, text);
	return text_equal(b, text);
}

uint32_t text_changed(uint32_t text, unsigned number)
{
	return (text & TEXT_BITS) | (1 + number % 255) << 24;
}

/* ---- messages ---------------------------------------------------------------------------------------------------- */

void say(const struct world *world, const char *format, ...)
{
	if (!world->verbose)
		return;
	va_list arguments;
	va_start(arguments, format);
	printf("  %u: ", world->operation);
	vprintf(format, arguments);
	printf("\n");
	va_end(arguments);
	fflush(stdout);
}

void differ(const struct world *world, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	fprintf(stderr, "seed %llu, operation %u: ", (unsigned long long)world->seed, world->operation);
	vfprintf(stderr, format, arguments);
	fprintf(stderr, "\n(session_random -v %llu 1 tells what was done)\n", (unsigned long long)world->seed);
	va_end(arguments);
	fflush(NULL);
	test_database_drop(world->database);
	_exit(1);
}

/* ---- structs ----------------------------------------------------------------------------------------------------- */

struct key key_in(enum table table, const void *object)
{
	struct key key = { .number = 0 };
	if (tables[table].uuid_key)
		memcpy(&key.uuid, object, sizeof key.uuid);
	else
		memcpy(&key.number, object, sizeof key.number);
	return key;
}

bool key_equal(enum table table, const struct key *a, const struct key *b)
{
	return tables[table].uuid_key ? corm_uuid_equal(a->uuid, b->uuid) : a->number == b->number;
}

bool foreign_key_in(enum table table, const void *object, struct key *key)
{
	const void *member = member_at(object, tables[table].foreign_key);
	if (tables[tables[table].parent].uuid_key) {
		const corm_optional(corm_uuid) *uuid = member;
		key->uuid = uuid->value;
		return uuid->has_value;
	}
	const corm_optional(int64_t) *number = member;
	key->number = number->value;
	return number->has_value;
}

/* What an optional without a value holds means nothing: here it is something else each time. */
void set_foreign_key(enum table table, void *object, const struct key *key)
{
	void *member = member_at(object, tables[table].foreign_key);
	if (tables[tables[table].parent].uuid_key) {
		corm_optional(corm_uuid) *uuid = member;
		uuid->has_value = key != NULL;
		uuid->value.bytes[3] ^= 0x55;
		if (key)
			uuid->value = key->uuid;
	} else {
		corm_optional(int64_t) *number = member;
		number->has_value = key != NULL;
		number->value = key ? key->number : number->value + 1;
	}
}

void *pointer_in(const void *object, const corm_relationship *relationship)
{
	void *pointer;
	memcpy(&pointer, (const char *)object + relationship->offset, sizeof pointer);
	return pointer;
}

void set_pointer(void *object, const corm_relationship *relationship, void *to)
{
	memcpy((char *)object + relationship->offset, &to, sizeof to);
}
