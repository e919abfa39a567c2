/* Relationships that could go over several foreign keys. */
#include <cormorant/model.h>

struct Player;
struct Follow;

struct Team {
	int64_t id corm_field(primary_key);
	corm_optional(int64_t) captain_id corm_field(foreign_key(Player.id));
	corm_optional(int64_t) deputy_id corm_field(foreign_key(Player.id));
	struct Player *captain corm_relationship();
	corm_many(struct Team) followers corm_relationship(link_model(Follow));
	corm_many(struct Team) a corm_relationship(link_model(Follow), foreign_key(followed_id), back_populates(b));
	corm_many(struct Team) b corm_relationship(link_model(Follow), foreign_key(followed_id), back_populates(a));
} corm_table();

struct Player {
	int64_t id corm_field(primary_key);
	corm_many(struct Team) teams corm_relationship();
	corm_optional(int64_t) next_id corm_field(foreign_key(Player.id));
	struct Player *next corm_relationship(back_populates(previous));
	struct Player *previous corm_relationship(back_populates(next));
} corm_table();

struct Follow {
	int64_t followed_id corm_field(primary_key, foreign_key(Team.id));
	int64_t follower_id corm_field(primary_key, foreign_key(Team.id));
} corm_table();
