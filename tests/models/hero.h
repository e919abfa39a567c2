/* Heroes: database-made integer keys, optionals, enums, a many-to-many and a tree. */
#pragma once
#include <cormorant/model.h>

struct Hero;
struct Team;
struct Tag;

enum Power { POWER_NONE, POWER_FLIGHT, POWER_STRENGTH = 7 };

struct Team {
	int64_t id corm_field(primary_key);
	const char *name corm_field(unique);
	corm_many(struct Hero) heroes corm_relationship(back_populates(team), order_by(Hero.name));
} corm_table();

struct Hero {
	int64_t id corm_field(primary_key);
	const char *name corm_field(index, max_length(20));
	corm_optional(int) age corm_field(ge(0), le(200));
	enum Power power corm_field(strip("POWER_"));
	corm_optional(int64_t) team_id corm_field(foreign_key(Team.id));
	struct Team *team corm_relationship(back_populates(heroes));
	corm_many(struct Tag) tags corm_relationship(back_populates(heroes), link_model(HeroTag));
} corm_table();

struct Tag {
	int64_t id corm_field(primary_key);
	const char *label corm_field(unique);
	corm_many(struct Hero) heroes corm_relationship(back_populates(tags), link_model(HeroTag));
} corm_table();

struct HeroTag {
	int64_t hero_id corm_field(primary_key, foreign_key(Hero.id));
	int64_t tag_id corm_field(primary_key, foreign_key(Tag.id));
} corm_table();

struct Node {
	int64_t id corm_field(primary_key);
	const char *name;
	corm_optional(int64_t) parent_id corm_field(foreign_key(Node.id));
	struct Node *parent corm_relationship(back_populates(children));
	corm_many(struct Node) children corm_relationship(back_populates(parent), order_by(Node.id));
} corm_table();
