#pragma once
#include "base.h"

struct Author;

struct Book {
	struct BaseModel base;
	const char *title;
	corm_uuid author_id corm_field(foreign_key(Author.id), index);
	struct Author *author corm_relationship(back_populates(books));
} corm_table();
