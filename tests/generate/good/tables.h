/* Every option of corm_table(), composite keys, and names of all kinds. */
#pragma once
#include <cormorant/model.h>
#include <cormorant/session.h>

struct Order;
corm_status order_hook(corm_session *session, struct Order *order);
void order_loaded(corm_session *session, struct Order *order);

struct HTTPServer2Log {
	int id corm_field(primary_key);
} corm_table();

struct Order {
	char region[3];
	int32_t number;
	const char *grade;
	corm_decimal total;
} corm_table(name("orders"), schema("shop"), primary_key(number, region), index(total, grade), unique(grade),
             check("total >= 0"), check("number > 0"), renamed_from("order"), before_insert(order_hook),
             before_update(order_hook), before_delete(order_hook), after_load(order_loaded), validator(order_hook));

struct OrderLine {
	int64_t id corm_field(primary_key);
	char region[3];
	int32_t number;
	corm_optional(int32_t) parent;
	struct Order *order corm_relationship(lazy(joined));
} corm_table(foreign_key((number, region), Order(number, region), on_delete(cascade), on_update(restrict)), index(parent),
             unique(region, number, parent));

enum TagKind { TAG_A, TAG_B };

struct Tag {
	const char *name corm_field(primary_key);
	uint8_t hash[4] corm_field(primary_key);
	enum TagKind kind corm_field(primary_key);
	corm_uuid session corm_field(primary_key);
} corm_table();
