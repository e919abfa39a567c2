/* Names that are taken. */
#include <cormorant/model.h>

struct Base {
	int64_t id corm_field(primary_key);
	int32_t size;
};

struct TwoColumns {
	int64_t id corm_field(primary_key);
	int a corm_field(name("b"));
	int b;
} corm_table();

struct TwoMixins {
	struct Base one, two;
} corm_table();

struct HeroTeam {
	int64_t id corm_field(primary_key);
} corm_table();

struct Other {
	int64_t id corm_field(primary_key);
} corm_table(name("hero_team"));

struct Same {
	int64_t id corm_field(primary_key);
} corm_table(as(Stem));

struct AsWell {
	int64_t id corm_field(primary_key);
} corm_table(as(stem));

struct Model {
	int64_t id corm_field(primary_key);
} corm_table();

struct Model_list {
	int64_t id corm_field(primary_key);
	int64_t as_source;
	int64_t as_column;
} corm_table();

struct Late {
	int64_t id corm_field(primary_key);
} corm_table();
void Late_add(void);
void Late__init(void *late);
enum { Late_get };
int Late;

struct Indexes {
	int64_t id corm_field(primary_key);
	int a corm_field(index);
} corm_table(index(a), unique(id, b));

struct Long {
	int64_t id corm_field(primary_key, name("a234567890123456789012345678901234567890123456789012345678901234"));
} corm_table(name("a234567890123456789012345678901234567890123456789012345678901234"));
