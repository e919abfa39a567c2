/* Parent and children, and many to many over a pure link model. */
#pragma once
#include "payload.h"

struct Volume;
struct Tag;

struct Shelf {
	int64_t id corm_field(primary_key);
	struct Payload data;
	corm_many(struct Volume) volumes corm_relationship(back_populates(shelf), order_by(Volume.id));
} corm_table();

struct Volume {
	int64_t id corm_field(primary_key);
	struct Payload data;
	char *note corm_field(nullable);
	corm_optional(int64_t) shelf_id corm_field(foreign_key(Shelf.id));
	struct Shelf *shelf corm_relationship(back_populates(volumes));
	corm_many(struct Tag) tags corm_relationship(back_populates(volumes), link_model(VolumeTag));
} corm_table();

struct Tag {
	int64_t id corm_field(primary_key);
	struct Payload data;
	int64_t label corm_field(unique); /* what X_upsert() finds a row by */
	corm_many(struct Volume) volumes corm_relationship(back_populates(tags), link_model(VolumeTag));
} corm_table();

struct VolumeTag {
	int64_t volume_id corm_field(primary_key, foreign_key(Volume.id));
	int64_t tag_id corm_field(primary_key, foreign_key(Tag.id));
} corm_table();
