/* Names that differ in case alone. */
#include <cormorant/model.h>

struct Columns {
	int64_t id corm_field(primary_key);
	int a corm_field(name("dup"));
	int b corm_field(name("DUP"));
	int x;
	int c corm_field(name("X"));
	int Id;
} corm_table();

struct First {
	int64_t id corm_field(primary_key);
} corm_table(name("things"));

struct Second {
	int64_t id corm_field(primary_key);
} corm_table(name("Things"));

struct Elsewhere {
	int64_t id corm_field(primary_key);
} corm_table(name("Things"), schema("other"));

struct Elsewhere2 {
	int64_t id corm_field(primary_key);
} corm_table(name("things"), schema("Other"));

struct Book_a {
	int64_t id corm_field(primary_key);
	int b corm_field(index);
} corm_table(name("book_a"));

struct Book {
	int64_t id corm_field(primary_key);
	int c corm_field(index, name("A_B"));
} corm_table();
