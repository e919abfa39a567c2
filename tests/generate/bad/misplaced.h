/* Annotations where there is nothing to annotate, and options in a mixin that no model embeds. */
#include <cormorant/model.h>

enum Color { RED, GREEN corm_field(index) } corm_table();
enum Mood { GOOD } corm_model();
typedef enum { UP } Way corm_row();
union Either { int a; } corm_row();
typedef union { int a; } Or corm_model();
extern int variable corm_field(index);
struct Plain { int a; } plain corm_field(index);
void function(int argument corm_field(index)) corm_field(index);

struct Unused {
	int64_t id corm_field(primry_key);
	const char *name corm_field(max_length(), index);
	struct Model *model corm_relationship(lazzy(select));
	enum Color color corm_table();
};

struct Outer {
	int64_t id corm_field(primary_key);
	struct Inner { int64_t id corm_field(primary_key); } corm_table() inner;
} corm_table();

struct Model {
	int64_t id corm_field(primary_key);
} corm_table();
