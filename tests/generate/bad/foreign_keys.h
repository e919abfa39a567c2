/* Foreign keys. */
#include <cormorant/model.h>

enum Color { RED };
enum Mood { GOOD };

struct Target {
	int64_t id corm_field(primary_key);
	const char *name;
	corm_uuid uuid corm_field(unique, storage(blob));
	enum Color color corm_field(unique);
	int32_t a, b;
} corm_table(unique(a, b));

struct Data {
	int64_t id;
} corm_model();

struct Keys {
	int64_t id corm_field(primary_key);
	int64_t unknown_model corm_field(foreign_key(Targte.id));
	int64_t unknown_column corm_field(foreign_key(Target.di));
	int64_t data corm_field(foreign_key(Data.id));
	int32_t narrow corm_field(foreign_key(Target.id));
	const char *text corm_field(foreign_key(Target.id));
	const char *not_unique corm_field(foreign_key(Target.name));
	int32_t part corm_field(foreign_key(Target.a));
	corm_uuid stored corm_field(foreign_key(Target.uuid));
	enum Mood mood corm_field(foreign_key(Target.color));
	int64_t not_null corm_field(foreign_key(Target.id, on_delete(set_null)));
	int32_t a, b;
	int64_t twice corm_field(foreign_key(Target.id));
} corm_table(foreign_key((a, b), Target(a)), foreign_key(a, Target(a)), foreign_key((a, c), Target(a, b)),
             foreign_key((twice), Target(id)), foreign_key((a, b), Nobody(a, b)));
