/* Data models and rows. */
#pragma once
#include <cormorant/model.h>

struct Hero {
	int64_t id corm_field(primary_key);
	const char *name corm_field(max_length(20));
	corm_optional(int) age;
} corm_table();

int check_hero(const void *hero);

struct Address {
	const char *street corm_field(min_length(1));
} corm_model();

struct HeroUpdate {
	const char *name corm_field(nullable, min_length(1), alias("heroName"), pattern("^\\p{Lu}"));
	corm_optional(int) age corm_field(ge(0));
	corm_fields_set fields;
} corm_model(of(Hero), validator(check_hero));

struct Request {
	struct Address address;
	struct Address *other;
	corm_list(struct Address) more;
	corm_list(const char *) names;
	corm_json extra;
	double weight corm_field(gt(0), default(1.5));
} corm_model(as(HeroRequest));

struct Names {
	corm_list(int) numbers;
} corm_model();

struct HeroCount {
	const char *name;
	int64_t heroes corm_field(name("count"));
	struct Hero *hero;
} corm_row();
