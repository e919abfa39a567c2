#pragma once
#include "base.h"

struct Book;

struct Author {
	struct BaseModel base;
	const char *name corm_field(max_length(200), index);
	corm_many(struct Book) books corm_relationship(back_populates(author), order_by(Book.title));
} corm_table();
