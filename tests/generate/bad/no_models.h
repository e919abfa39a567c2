#include <cormorant/model.h>

struct Unmarked {
	int64_t id corm_field(primary_key);
};
