/* Functions that a model names and that are not there, or of another type. */
#include <cormorant/model.h>
#include <cormorant/session.h>

struct Hooks;
struct Other;

void returns_nothing(corm_session *session, struct Hooks *hooks);
int returns_int(corm_session *session, struct Hooks *hooks);
corm_status takes_nothing(void);
corm_status takes_other(corm_session *session, struct Other *other);
corm_status takes_constant(corm_session *session, const struct Hooks *hooks);
corm_status takes_void(corm_session *session, void *object);
corm_status takes_three(corm_session *session, struct Hooks *hooks, int more);
corm_status is_right(corm_session *session, struct Hooks *hooks);
extern int is_variable;
#define is_macro(session, hooks) CORM_OK

struct Hooks {
	int64_t id corm_field(primary_key);
} corm_table(before_insert(unknown), before_update(returns_nothing), before_delete(takes_nothing), after_load(is_right));

struct Other {
	int64_t id corm_field(primary_key);
} corm_table(before_insert(is_right), before_update(is_variable), before_delete(is_macro), after_load(returns_int));

struct Twice {
	int64_t id corm_field(primary_key);
} corm_table(before_insert(takes_void), before_insert(takes_void), before_update("takes_void"), before_delete(NULL),
             after_insert(takes_void));

typedef struct {
	int64_t id corm_field(primary_key);
} Untagged corm_table(as(UntaggedModel), before_insert(is_right), before_update(untagged), after_load(unknown));
corm_status untagged(corm_session *session, Untagged *object);

struct Pairs {
	int64_t id corm_field(primary_key);
} corm_table(before_insert(takes_other), before_update(takes_three), before_delete(returns_int));

struct Constant {
	int64_t id corm_field(primary_key);
} corm_table(as(Hook), before_insert(constant));
corm_status constant(corm_session *session, const struct Constant *object);

struct Input {
	int id;
} corm_model(before_insert(takes_void));

struct Row {
	int id;
} corm_row(after_load(takes_void));
