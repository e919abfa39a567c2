/* SPDX-License-Identifier: Apache-2.0
 *
 * Models for the tests of the compiler, with one of everything: descriptors and typed columns as `corm generate` writes
 * them, without the functions that need a session.
 */
#ifndef CORM_TESTS_COMPILE_MODELS_H
#define CORM_TESTS_COMPILE_MODELS_H

#include <cormorant.h>

enum Color { RED, GREEN, BLUE = 7 };
enum Level { LOW = 1, HIGH = 2 };

/* The plain pair: UUID keys, one foreign key. */
struct Author;
struct Book;
struct Author {
	corm_uuid id;
	corm_datetime created_at;
	const char *name;
	corm_many(struct Book) books;
};
struct Book {
	corm_uuid id;
	const char *title;
	corm_uuid author_id;
	struct Author *author;
};

/* Many-to-many, one-to-one, a tree, and every type. */
struct Team {
	int64_t id;
	const char *name;
};
struct Tag;
struct Passport;
struct Hero {
	int64_t id;
	const char *name;
	corm_optional(int64_t) age;
	enum Color color;
	enum Level level;
	bool active;
	corm_decimal price;
	corm_decimal rough;
	double weight;
	corm_uuid token;
	corm_datetime seen;
	corm_date born;
	corm_time wakes;
	corm_json data;
	corm_bytes picture;
	uint8_t hash[16];
	char code[9];
	int16_t rank;
	int32_t order;
	corm_optional(int64_t) team_id;
	corm_optional(int64_t) mentor_id;
	corm_datetime made;
	struct Team *team;
	struct Hero *mentor;
	corm_many(struct Hero) pupils;
	corm_many(struct Tag) tags;
	struct Passport *passport;
};
struct Tag {
	int64_t id;
	const char *label;
	corm_many(struct Hero) heroes;
};
struct HeroTag {
	int64_t hero_id, tag_id;
};
struct Passport {
	int64_t id;
	int64_t hero_id;
	struct Hero *hero;
};

/* Two foreign keys to one table. */
struct Match {
	int64_t id;
	int64_t home_id, away_id;
	struct Team *home, *away;
};

/* A reserved name and composite keys. */
struct Order {
	const char *region;
	int64_t number;
	corm_decimal total;
	const char *note;
};
struct OrderLine {
	int64_t id;
	const char *region;
	int64_t number;
	struct Order *order;
};

/* A circle. */
struct Chicken {
	int64_t id;
	corm_optional(int64_t) egg_id;
};
struct Egg {
	int64_t id;
	int64_t chicken_id;
};

/* All that an UPDATE changes by itself, and unique columns. Not part of zoo_metadata. */
struct Article {
	int64_t id;
	const char *code;
	const char *region;
	int64_t number;
	const char *title;
	int64_t copies;
	corm_decimal price;
	corm_datetime updated_at;
	int32_t touched;
	int64_t revision;
	int64_t version;
};

extern const corm_model_info Author_model, Book_model, Team_model, Hero_model, Tag_model, HeroTag_model, Passport_model,
	Match_model, Order_model, OrderLine_model, Chicken_model, Egg_model, Article_model;
extern const corm_metadata zoo_metadata;
extern const corm_enum Color_enum;

struct Author_columns {
	union {
		const corm_node *as_source;
	};
	corm_uuid_expr id;
	corm_datetime_expr created_at;
	corm_text_expr name;
	corm_several books;
};
extern const struct Author_columns Author;

struct Book_columns {
	union {
		const corm_node *as_source;
	};
	corm_uuid_expr id;
	corm_text_expr title;
	corm_uuid_expr author_id;
	corm_one author;
};
extern const struct Book_columns Book;

struct Team_columns {
	union {
		const corm_node *as_source;
	};
	corm_number_expr id;
	corm_text_expr name;
};
extern const struct Team_columns Team;

struct Hero_columns {
	union {
		const corm_node *as_source;
	};
	corm_number_expr id;
	corm_text_expr name;
	corm_number_expr age;
	corm_enumeration_expr color, level;
	corm_boolean_expr active;
	corm_number_expr price, rough, weight;
	corm_uuid_expr token;
	corm_datetime_expr seen;
	corm_date_expr born;
	corm_time_expr wakes;
	corm_json_expr data;
	corm_bytes_expr picture, hash;
	corm_text_expr code;
	corm_number_expr rank, order, team_id, mentor_id;
	corm_datetime_expr made;
	corm_one team, mentor;
	corm_several pupils, tags;
	corm_one passport;
};
extern const struct Hero_columns Hero, elder; /* elder: Hero under another name */

struct Tag_columns {
	union {
		const corm_node *as_source;
	};
	corm_number_expr id;
	corm_text_expr label;
	corm_several heroes;
};
extern const struct Tag_columns Tag;

struct HeroTag_columns {
	union {
		const corm_node *as_source;
	};
	corm_number_expr hero_id, tag_id;
};
extern const struct HeroTag_columns HeroTag;

struct Passport_columns {
	union {
		const corm_node *as_source;
	};
	corm_number_expr id, hero_id;
	corm_one hero;
};
extern const struct Passport_columns Passport;

struct Match_columns {
	union {
		const corm_node *as_source;
	};
	corm_number_expr id, home_id, away_id;
	corm_one home, away;
};
extern const struct Match_columns Match;

struct Order_columns {
	union {
		const corm_node *as_source;
	};
	corm_text_expr region;
	corm_number_expr number, total;
	corm_text_expr note;
};
extern const struct Order_columns Order;

struct OrderLine_columns {
	union {
		const corm_node *as_source;
	};
	corm_number_expr id;
	corm_text_expr region;
	corm_number_expr number;
	corm_one order;
};
extern const struct OrderLine_columns OrderLine;

struct Article_columns {
	union {
		const corm_node *as_source;
	};
	corm_number_expr id;
	corm_text_expr code, region;
	corm_number_expr number;
	corm_text_expr title;
	corm_number_expr copies, price;
	corm_datetime_expr updated_at;
	corm_number_expr touched, revision, version;
};
extern const struct Article_columns Article;

#endif
