/* Options that there are not, and arguments that they do not take. */
#include <cormorant/model.h>

struct Options {
	int64_t id corm_field(primary_keys);
	const char *a corm_field(max_lenght(20));
	const char *b corm_field(frobnicate);
	const char *c corm_field(index(1));
	const char *d corm_field(max_length);
	const char *e corm_field(max_length(1, 2));
	const char *f corm_field(name(column));
	const char *g corm_field(name(""));
	const char *h corm_field(index, index);
	const char *i corm_field(index,, unique);
	const char *j corm_field(index,);
	corm_decimal k corm_field(precision(5));
	const char *l corm_field(default());
	int m corm_field(5);
	const char *n corm_field(default_factory("x"));
	const char *o corm_field(pattern(^a));
	const char *p corm_field(max_length());
	const char *q corm_relationship(index);
	const char *r corm_field(index) corm_field(unique);
	corm_uuid s corm_field(server_default(uuid7), storage(brick));
	corm_datetime t corm_field(onupdate(1 + 1));
	int u corm_field(foreign_key(Options));
	int v corm_field(foreign_key(Options.id, on_delete(explode), on_drop(cascade)));
} corm_table(nmae("x"), primary_key(id), as("x"));
