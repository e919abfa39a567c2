/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys of all sorts: two that share a column, one that has a 0 in it, one that leads to a unique column, one that
 * stands in memory otherwise than what it leads to; and tables through which the database carries a DELETE.
 */
#pragma once
#include <cormorant/model.h>
#include <cormorant/session.h>

struct Paper;
struct Skill;
struct Port;
struct Town;
struct Item;
struct Label;
struct Stall;

struct Writer {
	int32_t tenant corm_field(primary_key);
	int32_t id corm_field(primary_key);
	corm_many(struct Paper) papers corm_relationship();
} corm_table();

struct Press {
	int32_t tenant corm_field(primary_key);
	int32_t id corm_field(primary_key);
	const char *city corm_field(nullable);
	corm_many(struct Paper) papers corm_relationship();
} corm_table();

struct Paper {
	int64_t id corm_field(primary_key);
	int32_t tenant;
	int32_t writer;
	int32_t press;
} corm_table(foreign_key((tenant, writer), Writer(tenant, id)), foreign_key((tenant, press), Press(tenant, id)));

struct Crew {
	int32_t tenant corm_field(primary_key);
	int32_t id corm_field(primary_key);
	corm_many(struct Skill) skills corm_relationship(back_populates(crews), link_model(CrewSkill));
} corm_table();

struct Skill {
	int32_t tenant corm_field(primary_key);
	int32_t id corm_field(primary_key);
	corm_many(struct Crew) crews corm_relationship(back_populates(skills), link_model(CrewSkill));
} corm_table();

struct CrewSkill {
	int32_t tenant corm_field(primary_key);
	int32_t crew corm_field(primary_key);
	int32_t skill corm_field(primary_key);
} corm_table(foreign_key((tenant, crew), Crew(tenant, id)), foreign_key((tenant, skill), Skill(tenant, id)));

struct Country {
	int64_t id corm_field(primary_key);
	const char *code corm_field(unique);
	corm_many(struct Port) ports corm_relationship(back_populates(country));
} corm_table();

struct Port {
	int64_t id corm_field(primary_key);
	const char *code corm_field(nullable, foreign_key(Country.code));
	struct Country *country corm_relationship(back_populates(ports));
} corm_table();

struct Land {
	const char *code corm_field(primary_key, max_length(3));
	corm_many(struct Town) towns corm_relationship(back_populates(land), cascade(all, delete_orphan));
} corm_table();

struct Town {
	int64_t id corm_field(primary_key);
	char land_code[4] corm_field(foreign_key(Land.code));
	struct Land *land corm_relationship(back_populates(towns));
} corm_table();

struct Bin {
	char region[3] corm_field(primary_key);
	int32_t number corm_field(primary_key);
	corm_many(struct Item) items corm_relationship(back_populates(bin));
} corm_table();

struct Item {
	int64_t id corm_field(primary_key);
	char region[3];
	int32_t number;
	struct Bin *bin corm_relationship(back_populates(items));
} corm_table(foreign_key((region, number), Bin(region, number)));

/* Two parents, of which one takes its children along. */
struct Market {
	int64_t id corm_field(primary_key);
	corm_many(struct Stall) stalls corm_relationship(back_populates(market), cascade(all, delete_orphan));
} corm_table();

struct Trader {
	int64_t id corm_field(primary_key);
	corm_many(struct Stall) stalls corm_relationship(back_populates(trader));
} corm_table();

struct Stall {
	int64_t id corm_field(primary_key);
	int64_t market_id corm_field(foreign_key(Market.id));
	corm_optional(int64_t) trader_id corm_field(foreign_key(Trader.id));
	struct Market *market corm_relationship(back_populates(stalls));
	struct Trader *trader corm_relationship(back_populates(stalls));
} corm_table();

struct Ocean {
	int64_t id corm_field(primary_key);
} corm_table();

struct Sea {
	int64_t id corm_field(primary_key);
	int64_t ocean_id corm_field(foreign_key(Ocean.id, on_delete(cascade)));
} corm_table();

struct Bay {
	int64_t id corm_field(primary_key);
	int64_t sea_id corm_field(foreign_key(Sea.id, on_delete(cascade)));
} corm_table();

corm_status label_before_update(corm_session *session, struct Label *label);
void label_after_load(corm_session *session, struct Label *label);

struct Label {
	int64_t id corm_field(primary_key);
	const char *text;
	corm_optional(int64_t) country_id corm_field(foreign_key(Country.id));
	struct Country *country corm_relationship();
} corm_table(before_update(label_before_update), after_load(label_after_load));
