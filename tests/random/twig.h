/* A tree, one to one, and two tables that refer to each other in a circle. */
#pragma once
#include "payload.h"

struct Passport;
struct Sun;
struct Moon;

struct Twig {
	int64_t id corm_field(primary_key);
	struct Payload data;
	char *note corm_field(nullable);
	corm_optional(int64_t) parent_id corm_field(foreign_key(Twig.id));
	struct Twig *parent corm_relationship(back_populates(children));
	corm_many(struct Twig) children corm_relationship(back_populates(parent));
} corm_table();

struct Person {
	int64_t id corm_field(primary_key);
	struct Payload data;
	struct Passport *passport corm_relationship(back_populates(person));
} corm_table();

struct Passport {
	int64_t id corm_field(primary_key);
	struct Payload data;
	char *note corm_field(nullable);
	corm_optional(int64_t) person_id corm_field(foreign_key(Person.id));
	struct Person *person corm_relationship(back_populates(passport));
} corm_table();

/* The pointer to the moon has no other side, that to the sun has one. */
struct Sun {
	int64_t id corm_field(primary_key);
	struct Payload data;
	corm_optional(int64_t) moon_id corm_field(foreign_key(Moon.id));
	struct Moon *moon corm_relationship();
	corm_many(struct Moon) moons corm_relationship(back_populates(sun));
} corm_table();

struct Moon {
	int64_t id corm_field(primary_key);
	struct Payload data;
	corm_optional(int64_t) sun_id corm_field(foreign_key(Sun.id));
	struct Sun *sun corm_relationship(back_populates(moons));
} corm_table();
