/* A typedef beside a struct of its name, and one without a tag. */
#include <cormorant/model.h>

struct Author {
	int64_t id corm_field(primary_key);
} corm_table();
typedef struct Author Author;

typedef struct {
	int64_t id corm_field(primary_key);
} Book corm_table();

typedef struct {
	int64_t id corm_field(primary_key);
} Page corm_table(as(page));

typedef int Number corm_table();

struct Half {
	int64_t id corm_field(primary_key);
} corm_field(index);

union Either {
	int64_t id;
} corm_table();
