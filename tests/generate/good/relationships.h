/* Relationships of every kind. */
#pragma once
#include <cormorant/model.h>

struct Profile;
struct Group;
struct Team;
struct Photo;

/* One to one: by two pointers, by a unique foreign key, and within one table. */
struct User {
	int64_t id corm_field(primary_key);
	struct Profile *profile corm_relationship(back_populates(user), cascade(all, delete_orphan), passive_deletes);
	struct Photo *photo corm_relationship();
	corm_optional(int64_t) spouse_id corm_field(foreign_key(User.id, on_delete(set_null)));
	struct User *spouse corm_relationship(back_populates(spouse_of), foreign_key(spouse_id));
	struct User *spouse_of corm_relationship(back_populates(spouse));
	corm_many(struct Group) groups corm_relationship(back_populates(users), link_model(Membership), lazy(selectin));
	corm_many(struct User) followers corm_relationship(link_model(Follow), back_populates(following), foreign_key(followed_id));
	corm_many(struct User) following corm_relationship(link_model(Follow), back_populates(followers));
} corm_table();

struct Profile {
	int64_t id corm_field(primary_key);
	int64_t user_id corm_field(foreign_key(User.id));
	struct User *user corm_relationship(back_populates(profile));
} corm_table();

struct Photo {
	int64_t id corm_field(primary_key);
	int64_t user_id corm_field(foreign_key(User.id), unique);
} corm_table();

/* Many to many. */
struct Group {
	int64_t id corm_field(primary_key);
	const char *name;
	corm_many(struct User) users corm_relationship(back_populates(groups), link_model(Membership), order_by(User.id, desc));
} corm_table();

struct Membership {
	int64_t user_id corm_field(primary_key, foreign_key(User.id));
	int64_t group_id corm_field(primary_key, foreign_key(Group.id));
} corm_table();

struct Follow {
	int64_t followed_id corm_field(primary_key, foreign_key(User.id));
	int64_t follower_id corm_field(primary_key, foreign_key(User.id));
} corm_table();

/* A tree. */
struct Node {
	int64_t id corm_field(primary_key);
	corm_optional(int64_t) parent_id corm_field(foreign_key(Node.id), index);
	struct Node *parent corm_relationship(back_populates(children));
	corm_many(struct Node) children corm_relationship(back_populates(parent), cascade(all), order_by(Node.id));
} corm_table();

/* Two foreign keys to one model, and two models that refer to each other. */
struct Player {
	int64_t id corm_field(primary_key);
	int64_t team_id corm_field(foreign_key(Team.id));
	struct Team *team corm_relationship(back_populates(players), cascade(none));
} corm_table();

struct Team {
	int64_t id corm_field(primary_key);
	corm_optional(int64_t) captain_id corm_field(foreign_key(Player.id));
	corm_optional(int64_t) deputy_id corm_field(foreign_key(Player.id));
	struct Player *captain corm_relationship(foreign_key(captain_id));
	struct Player *deputy corm_relationship(foreign_key(deputy_id), lazy(raise));
	corm_many(struct Player) players corm_relationship(back_populates(team), foreign_key(team_id), cascade(save_update, delete));
} corm_table();
