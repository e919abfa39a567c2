/* Strings that no database takes. */
#include <cormorant/model.h>

struct Strings {
	int64_t id corm_field(primary_key);
	int a corm_field(name("a\0b"));
	int b corm_field(name("\xff"));
	int c corm_field(name("\xed\xa0\x80"));
	int d corm_field(server_default("'\0'"));
	int e corm_field(onupdate("\x80"));
	int f corm_field(check("f > '\377'"));
	int g corm_field(name("\ud800"));
} corm_table(name("x\0"), schema("\xc3"));
