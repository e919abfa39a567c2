/* Data models and rows. */
#include <cormorant/model.h>

struct Hero {
	int64_t id corm_field(primary_key);
	const char *name;
	enum Color { RED } color;
} corm_table();

enum Mood { GOOD };

struct Create {
	int name;
	const char *nmae;
	enum Mood color;
} corm_model(of(Hero));

struct Nothing {
	int id corm_field(primary_key);
	const char *name corm_field(index, foreign_key(Hero.id));
} corm_model(of(Nobody));

struct Table {
	int id;
} corm_model(name("x"));

struct Row {
	int id corm_field(max_length(5));
	struct Hero hero;
} corm_row(of(Hero));

struct Both {
	int64_t id corm_field(primary_key);
} corm_table() corm_model();

struct Mixin {
	int64_t x corm_field(indx);
};

struct First {
	int64_t id corm_field(primary_key);
	struct Mixin mixin corm_field(index);
} corm_table();

struct Second {
	int64_t id corm_field(primary_key);
	struct Mixin mixin;
} corm_table();

struct Void {
	struct Second *second;
} corm_row();
