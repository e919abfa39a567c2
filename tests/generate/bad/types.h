/* Types that no column can hold. */
#include <cormorant/model.h>

struct Other {
	int64_t x;
};

struct Marked {
	int64_t id corm_field(primary_key);
} corm_table();

struct Types {
	int64_t id corm_field(primary_key);
	struct Other *pointer;
	struct Marked *model;
	corm_many(struct Marked) many;
	void (*function)(void);
	void *untyped;
	int *number;
	const char **texts;
	int array[3];
	int8_t bytes[3];
	char empty[0];
	char nul[1];
	union { int a; float b; } either;
	unsigned bits : 3;
	long double wide;
	struct { int x; } nested;
	struct { int y; };
	enum { ANONYMOUS } nameless;
	const int fixed;
	const char frozen[5];
	struct Marked embedded;
	corm_list(int) list;
	corm_fields_set fields;
	_Complex double complex;
	_Atomic int atomic;
	char letter;
	corm_optional(char) optional_letter;
	volatile int changing;
	volatile char changing_text[5];
	volatile char *changing_pointer;
	corm_optional(char *) optional_text;
	char flexible[];
} corm_table();
