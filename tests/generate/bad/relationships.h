/* Relationships that lead nowhere or do not fit. */
#include <cormorant/model.h>

struct Book;
struct Nobody;
struct Link;

struct Author {
	int64_t id corm_field(primary_key);
	corm_many(struct Book) missing corm_relationship(back_populates(nothing));
	corm_many(struct Book) wrong_type corm_relationship(back_populates(other));
	corm_many(struct Book) one_way corm_relationship(back_populates(silent));
	corm_many(struct Book) again corm_relationship(back_populates(author));
	corm_many(struct Book) books corm_relationship(back_populates(author));
	corm_many(struct Author) self corm_relationship(back_populates(self));
	corm_many(struct Nobody) nobody corm_relationship();
	corm_many(struct Author) no_key corm_relationship();
	corm_many(struct Book) many_a corm_relationship(back_populates(many_b));
	corm_many(struct Book) wrong_order corm_relationship(order_by(Author.id));
	corm_many(struct Book) no_order corm_relationship(order_by(Book.nothing, desc));
	corm_many(struct Book) bad_order corm_relationship(order_by(title, down));
	corm_many(struct Book) cascades corm_relationship(cascade(everything), lazy(never));
	corm_many(struct Book) none_too corm_relationship(cascade(none, all));
	corm_many(struct Book) linked corm_relationship(link_model(Nothing));
	corm_many(struct Book) half_linked corm_relationship(link_model(Link));
	corm_many(struct Book) picked corm_relationship(foreign_key(title));
	struct Book *not_unique corm_relationship();
	corm_many(struct Book) mispelled corm_relationship(back_populate(author));
} corm_table();

struct Book {
	int64_t id corm_field(primary_key);
	const char *title;
	int64_t author_id corm_field(foreign_key(Author.id));
	struct Author *author corm_relationship(back_populates(books));
	struct Link *other corm_relationship();
	struct Author *silent corm_relationship();
	corm_many(struct Author) many_b corm_relationship(back_populates(many_a));
	struct Author *orphan corm_relationship(cascade(delete_orphan), passive_deletes);
	struct Author *ordered corm_relationship(order_by(Author.id));
	struct Author *through corm_relationship(link_model(Link));
	int64_t number corm_relationship(back_populates(books));
} corm_table();

struct Link {
	int64_t author_id corm_field(primary_key, foreign_key(Author.id));
} corm_table();

struct View {
	int64_t id;
	struct Author *author corm_relationship();
	corm_many(struct Book) books;
} corm_row();
