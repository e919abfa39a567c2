/* SPDX-License-Identifier: Apache-2.0
 *
 * What becomes of children: orphans, cascades of the session's and of the database's, a tree, a composite key, a pair,
 * a list without a pointer on its other side, and two tables that refer to each other.
 */
#pragma once
#include <cormorant/model.h>

struct Kid;
struct OrderLine;
struct Passport;
struct PKid;
struct Badge;
struct Brick;
struct Lamp;
struct Player;

struct Parent {
	int64_t id corm_field(primary_key);
	const char *name;
	corm_many(struct Kid) kids corm_relationship(back_populates(parent), cascade(all, delete_orphan));
} corm_table();

struct Kid {
	int64_t id corm_field(primary_key);
	const char *name;
	corm_optional(int64_t) parent_id corm_field(foreign_key(Parent.id));
	struct Parent *parent corm_relationship(back_populates(kids));
} corm_table();

struct PParent {
	int64_t id corm_field(primary_key);
	corm_many(struct PKid) kids corm_relationship(back_populates(parent), cascade(all, delete), passive_deletes);
} corm_table(name("pparent"));

struct PKid {
	int64_t id corm_field(primary_key);
	corm_optional(int64_t) parent_id corm_field(foreign_key(PParent.id, on_delete(cascade)));
	struct PParent *parent corm_relationship(back_populates(kids));
} corm_table(name("pkid"));

struct Node {
	int64_t id corm_field(primary_key);
	const char *name;
	corm_optional(int64_t) parent_id corm_field(foreign_key(Node.id));
	struct Node *parent corm_relationship(back_populates(children));
	corm_many(struct Node) children corm_relationship(back_populates(parent), order_by(Node.id));
} corm_table();

/* A tree that goes with its root. */
struct Folder {
	int64_t id corm_field(primary_key);
	const char *name;
	corm_optional(int64_t) parent_id corm_field(foreign_key(Folder.id));
	struct Folder *parent corm_relationship(back_populates(folders));
	corm_many(struct Folder) folders corm_relationship(back_populates(parent), cascade(all, delete_orphan));
} corm_table();

/* A reserved word, and a key of two columns. */
struct Order {
	char region[3] corm_field(primary_key);
	int32_t number corm_field(primary_key);
	corm_decimal total corm_field(precision(12, 2));
	corm_many(struct OrderLine) lines corm_relationship(back_populates(order), cascade(all, delete_orphan));
} corm_table(check("total >= '0'"));

struct OrderLine {
	int64_t id corm_field(primary_key);
	char region[3];
	int32_t number;
	const char *sku;
	int32_t qty corm_field(default(1));
	struct Order *order corm_relationship(back_populates(lines));
} corm_table(foreign_key((region, number), Order(region, number), on_delete(cascade)), unique(region, number, sku),
             index(sku, qty), check("qty > 0"));

/* One to one. */
struct Person {
	int64_t id corm_field(primary_key);
	const char *name;
	struct Passport *passport corm_relationship(back_populates(person));
	struct Badge *badge corm_relationship(back_populates(person), cascade(all, delete_orphan));
} corm_table();

struct Passport {
	int64_t id corm_field(primary_key);
	const char *number;
	corm_optional(int64_t) person_id corm_field(foreign_key(Person.id));
	struct Person *person corm_relationship(back_populates(passport));
} corm_table();

struct Badge {
	int64_t id corm_field(primary_key);
	int64_t person_id corm_field(foreign_key(Person.id));
	struct Person *person corm_relationship(back_populates(badge));
} corm_table();

/* The one side alone knows of the other. */
/* A pair that the database keeps to be one. */
struct Desk {
	int64_t id corm_field(primary_key);
	struct Lamp *lamp corm_relationship(back_populates(desk));
} corm_table();

struct Lamp {
	int64_t id corm_field(primary_key);
	const char *label corm_field(unique);
	corm_optional(int64_t) desk_id corm_field(unique, foreign_key(Desk.id));
	struct Desk *desk corm_relationship(back_populates(lamp));
} corm_table();

struct Wall {
	int64_t id corm_field(primary_key);
	corm_many(struct Brick) bricks corm_relationship();
} corm_table();

struct Brick {
	int64_t id corm_field(primary_key);
	const char *color;
	corm_optional(int64_t) wall_id corm_field(foreign_key(Wall.id));
} corm_table();

/* A circle between two tables. */
struct Club {
	int64_t id corm_field(primary_key);
	const char *name;
	corm_optional(int64_t) captain_id corm_field(foreign_key(Player.id));
	struct Player *captain corm_relationship(foreign_key(captain_id));
	corm_many(struct Player) players corm_relationship(back_populates(club), foreign_key(club_id), cascade(all));
} corm_table();

struct Player {
	int64_t id corm_field(primary_key);
	const char *name;
	int64_t club_id corm_field(foreign_key(Club.id));
	struct Club *club corm_relationship(back_populates(players), foreign_key(club_id));
} corm_table();
