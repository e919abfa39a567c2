/* Children that go with their parent, two deep: the parent has a UUID key and a version; the grandchildren have no
 * pointer, only the key. */
#pragma once
#include "payload.h"

struct Item;
struct Part;

/* The test's own, so that a run can be repeated. */
corm_uuid box_uuid(void);

struct Box {
	corm_uuid id corm_field(primary_key, default_factory(box_uuid));
	struct Payload data;
	char *note corm_field(nullable);
	int32_t version corm_field(version);
	corm_many(struct Item) items corm_relationship(back_populates(box), cascade(all, delete_orphan));
} corm_table();

struct Item {
	int64_t id corm_field(primary_key);
	struct Payload data;
	corm_optional(corm_uuid) box_id corm_field(foreign_key(Box.id));
	struct Box *box corm_relationship(back_populates(items));
	corm_many(struct Part) parts corm_relationship(cascade(all));
} corm_table();

struct Part {
	int64_t id corm_field(primary_key);
	struct Payload data;
	corm_optional(int64_t) item_id corm_field(foreign_key(Item.id));
} corm_table();
