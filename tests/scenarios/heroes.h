/* SPDX-License-Identifier: Apache-2.0
 *
 * Teams and heroes, tags and missions, as rich_models.py has them: one to many, many to many, a link with a column of
 * its own.
 */
#pragma once
#include <cormorant/model.h>

struct Hero;
struct HeroMissionLink;
struct Tag;

struct Team {
	int64_t id corm_field(primary_key);
	const char *name corm_field(index);
	const char *headquarters corm_field(max_length(50));
	corm_many(struct Hero) heroes corm_relationship(back_populates(team));
} corm_table();

struct Hero {
	int64_t id corm_field(primary_key);
	const char *name corm_field(index);
	const char *secret_name;
	corm_optional(int) age corm_field(index);
	corm_optional(int64_t) team_id corm_field(foreign_key(Team.id));
	struct Team *team corm_relationship(back_populates(heroes));
	corm_many(struct Tag) tags corm_relationship(back_populates(heroes), link_model(HeroTag));
	corm_many(struct HeroMissionLink) mission_links corm_relationship(back_populates(hero));
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

struct Mission {
	int64_t id corm_field(primary_key);
	const char *title;
	corm_many(struct HeroMissionLink) hero_links corm_relationship(back_populates(mission));
} corm_table();

struct HeroMissionLink {
	int64_t hero_id corm_field(primary_key, foreign_key(Hero.id));
	int64_t mission_id corm_field(primary_key, foreign_key(Mission.id));
	bool is_training;
	struct Hero *hero corm_relationship(back_populates(mission_links));
	struct Mission *mission corm_relationship(back_populates(hero_links));
} corm_table();
