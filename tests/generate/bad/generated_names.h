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
	corm_many(struct Item) delete corm_relationship();
	corm_many(struct Item) refresh corm_relationship();
	corm_many(struct Item) expire corm_relationship();
	corm_many(struct Item) expunge corm_relationship();
	corm_many(struct Item) copy corm_relationship();
	corm_many(struct Item) stream corm_relationship();
	corm_many(struct Item) stream_next corm_relationship();
	corm_many(struct Item) stream_query corm_relationship();
	corm_many(struct Item) insert_many corm_relationship();
	corm_many(struct Item) update corm_relationship();
	corm_many(struct Item) update_query corm_relationship();
	corm_many(struct Item) delete_where corm_relationship();
	corm_many(struct Item) delete_where_query corm_relationship();
	corm_many(struct Item) upsert corm_relationship();
	corm_many(struct Item) upsert_query corm_relationship();
	corm_many(struct Item) merge corm_relationship();
	corm_many(struct Item) merge_query corm_relationship();
	corm_many(struct Item) merge_value corm_relationship();
	corm_many(struct Item) _defaults corm_relationship();
	corm_many(struct Item) _init corm_relationship();
	corm_many(struct Item) _before_insert corm_relationship();
	corm_many(struct Item) _made_default corm_relationship();
	corm_datetime made corm_field(default_factory(corm_utcnow));
	corm_many(struct Item) items corm_relationship();
	corm_many(struct Item) items_set corm_relationship();
	corm_many(struct Item) as_source corm_relationship();
} corm_table();

struct Item {
	int64_t id corm_field(primary_key);
	int64_t box_id corm_field(foreign_key(Box.id));
} corm_table();
