/* Stems: lower case, as(), typedefs, and names that are words of C++. */
#pragma once
#include <cormorant/model.h>

struct author;

typedef struct {
	int64_t id corm_field(primary_key);
	int64_t author_id corm_field(foreign_key(author.id));
	struct author *author corm_relationship(back_populates(essays));
} Essay corm_table(as(EssayModel));

struct author {
	int64_t id corm_field(primary_key);
	corm_many(Essay) essays corm_relationship(back_populates(author), order_by(EssayModel.id));
} corm_table();

struct Editor {
	int64_t id corm_field(primary_key);
	int64_t author_id corm_field(foreign_key(Author.id));
} corm_table(as(writer));
typedef struct Editor Editor;

typedef struct kind {
	int64_t id corm_field(primary_key);
	const char *label;
} kind_type corm_table(name("kinds"));

struct Double {
	int64_t session corm_field(primary_key);
	int64_t link corm_field(foreign_key(Writer.id));
	struct Editor *editor corm_relationship();
} corm_table();
