/* Every option of corm_field(). */
#pragma once
#include <cormorant/model.h>

#define NAME_LENGTH 80
#define DOUBLED(n) (2 * (n))

enum { LOWEST = -5 };
enum Power { POWER_NONE, POWER_FLIGHT };

struct Text {
	char bytes[16];
};

int64_t next_rank(void);
const char *make_slug(void);
char *make_token(void);
corm_decimal zero_price(void);
enum Power some_power(void);
int check_email(const char *email);

struct Options {
	int64_t id corm_field(primary_key, autoincrement);
	const char *name corm_field(name("full_name"), max_length(NAME_LENGTH), min_length(1), index);
	const char *title corm_field(max_length(DOUBLED(NAME_LENGTH) + 1), default("Mr \"X\", esq."));
	const char *slug corm_field(default_factory(make_slug), unique, index);
	char *token corm_field(default_factory(make_token));
	const char *email corm_field(unique, pattern("^[^@\\s]+@\\w+\\.\\w{2,}$"), validator(check_email));
	char code[8] corm_field(max_length(sizeof(struct Text) / 4), default("DE"));
	corm_bytes blob corm_field(max_length(1024), default({ NULL, 0 }));
	int32_t rank corm_field(ge(LOWEST), le(100), multiple_of(5), default(-5));
	int64_t wide corm_field(gt(-9223372036854775807 - 1), lt(1LL << 40));
	corm_optional(int) age corm_field(ge(0), lt(150), default(18));
	corm_optional(int64_t) score corm_field(default_factory(next_rank));
	corm_optional(int) none corm_field(default(corm_none));
	double ratio corm_field(gt(0), le(1.5), multiple_of(0.1), default(1));
	corm_decimal price corm_field(precision(12, 2), ge(0), storage(real), default_factory(zero_price));
	uint64_t revision corm_field(version);
	enum Power power corm_field(strip("POWER_"), default(POWER_FLIGHT));
	enum Power raw_power corm_field(storage(integer));
	corm_optional_of(enum Power) maybe_power corm_field(strip("POWER_"), default_factory(some_power));
	corm_uuid key corm_field(storage(blob), default_factory(corm_uuid7), server_default(uuid4));
	corm_datetime at corm_field(storage(integer), server_default(now), onupdate(now));
	corm_datetime local corm_field(storage(naive), default_factory(corm_utcnow), onupdate(corm_utcnow));
	corm_date day corm_field(server_default("'2000-01-01'"));
	corm_json extra corm_field(type("jsonb"), default("{\"a\": [1, 2]}"), exclude);
	const char *secret corm_field(exclude, alias("Secret?"), nullable);
	int counter corm_field(onupdate("counter + 1"), check("counter >= 0 AND name <> ','"));
	const char *moved corm_field(renamed_from("old_moved"));
} corm_table();
