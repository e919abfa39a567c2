/* Values that cannot be, expressions that do not compile. */
#include <cormorant/model.h>

enum Twin { ONE = 1, ALSO_ONE = 1 };
enum Color { COLOR_RED, GREEN };
double half(void);
int needs(int x);
extern int variable;

struct Values {
	int64_t id corm_field(primary_key);
	const char *a corm_field(max_length(0));
	const char *b corm_field(min_length(5), max_length(4));
	char c[8] corm_field(max_length(8));
	int d corm_field(gt(5), lt(5));
	double e corm_field(ge(2.5), le(2));
	int f corm_field(gt(1), ge(1), lt(9), le(9));
	int g corm_field(multiple_of(0));
	corm_decimal h corm_field(precision(39, 2));
	corm_decimal i corm_field(precision(5, 6));
	const char *j corm_field(max_length(UNKNOWN));
	const char *k corm_field(max_length(variable));
	uint64_t l corm_field(le(18446744073709551615ULL));
	double m corm_field(ge(1.0 / 0));
	const char *n corm_field(pattern("a(b"));
	enum Twin o;
	enum Color p corm_field(strip("COLOR_"));
	int q corm_field(default("text"));
	const char *r corm_field(default(5));
	char s[4] corm_field(default("abcd"));
	uint8_t t corm_field(default(300));
	int u corm_field(default(nothing));
	int v corm_field(default_factory(unknown_function));
	int w corm_field(default_factory(half));
	int x corm_field(default_factory(needs));
	char y[4] corm_field(default_factory(half));
	corm_uuid z corm_field(default_factory(corm_utcnow), default({ { 0 } }));
	int aa corm_field(onupdate(half), validator(unknown_validator));
	const char *ab corm_field(max_length("x"));
	corm_uuid ac corm_field(default(0));
	int ad corm_field(renamed_from("ad"));
	const char *ae corm_field(max_length(5000000000));
} corm_table(before_insert(unknown_hook));
