/* Strings, commas, parentheses and macros in annotations. */
#pragma once
#include <cormorant/model.h>

#define ID corm_field(primary_key)
#define NAMED(x) corm_field(name(#x), max_length(x##_LENGTH))
enum { foo_LENGTH = 9 };

struct Quoting {
	int64_t id ID;
	const char *foo NAMED(foo);
	const char *text corm_field(pattern("a\"b,(c)\\d"), default("a" "b,)"), check("text IN ('a', '(')"));
	int letter corm_field(default(','), ge('\0'));
	const char *tab corm_field(server_default("'\t\x41\101'"));
	int odd corm_field(name("a\"b\\c\u00e9*/?" "?/"), index, unique, check("1"));
	corm_optional(int64_t) parent_id corm_field( foreign_key( Quoting.id , on_delete( cascade ) ) , index );
} corm_table();

struct Odd {
	int64_t id corm_field(primary_key, name("i\"d"));
	const char *comma corm_field(name("a, b"), index);
	int64_t quoting_id corm_field(name("back\\slash"), foreign_key(Quoting.id));
} corm_table(name("ta\"ble\\ */ /* ?" "?/"), schema("s\"x"), check("1 = '\\'"));
