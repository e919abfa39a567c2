/* A hook whose types nothing declares. */
#include <cormorant/model.h>

struct A;
corm_status check_a(corm_session *session, struct A *a);

struct A {
	int64_t id corm_field(primary_key);
} corm_table(before_insert(check_a));
