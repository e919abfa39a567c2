/* Relationships that are called as what is generated. */
#include <cormorant/model.h>

struct Item;

struct Box {
	int64_t id corm_field(primary_key);
	corm_many(struct Item) all corm_relationship();
	corm_many(struct Item) get corm_relationship();
	corm_many(struct Item) values corm_relationship();
	corm_many(struct Item) model corm_relationship();
	corm_many(struct Item) add corm_relationship();
	corm_many(struct Item) first corm_relationship();
	corm_many(struct Item) one corm_relationship();
	corm_many(struct Item) count corm_relationship();
	corm_many(struct Item) exists corm_relationship();
	corm_many(struct Item) init corm_relationship();
	corm_many(struct Item) new corm_relationship();
	corm_many(struct Item) list corm_relationship();
	corm_many(struct Item) columns corm_relationship();
	corm_many(struct Item) nodes corm_relationship();
	corm_many(struct Item) run corm_relationship();
	corm_many(struct Item) items corm_relationship();
	corm_many(struct Item) items_set corm_relationship();
	corm_many(struct Item) as_source corm_relationship();
} corm_table();

struct Item {
	int64_t id corm_field(primary_key);
	int64_t box_id corm_field(foreign_key(Box.id));
} corm_table();
