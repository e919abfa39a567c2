/* Functions that are called before a row is written and after it was read, of models of every spelling. */
#pragma once
#include <cormorant/model.h>
#include <cormorant/session.h>

struct Article;
struct draft;

/* Also under the names that the generated functions would have without their underscores. */
corm_status Article_before_insert(corm_session *session, struct Article *article);
corm_status Article_before_update(corm_session *session, struct Article *article);
corm_status Article_before_delete(corm_session *session, struct Article *article);
void Article_after_load(corm_session *session, struct Article *article);

struct Article {
	int64_t id corm_field(primary_key);
	const char *title;
	const char *slug;
	corm_optional(int64_t) parent_id corm_field(foreign_key(Article.id));
	struct Article *parent corm_relationship(back_populates(children));
	corm_many(struct Article) children corm_relationship(back_populates(parent));
} corm_table(before_insert(Article_before_insert), before_update(Article_before_update),
             before_delete(Article_before_delete), after_load(Article_after_load));

/* One function for two of them, and one that the header defines. */
static inline void draft_loaded(corm_session *session, struct draft *draft)
{
	(void)session;
	(void)draft;
}
corm_status check_draft(corm_session *session, struct draft *draft);

struct draft {
	int64_t id corm_field(primary_key);
} corm_table(after_load(draft_loaded), before_insert(check_draft), before_update(check_draft));

/* A pointer to a function, and a model without a tag. */
typedef struct {
	int64_t id corm_field(primary_key);
} Note corm_table(as(NoteModel), before_insert(check_note), before_delete(release_note));
extern corm_status (*check_note)(corm_session *session, Note *note);
corm_status release_note(corm_session *, Note *);

struct Arena {
	int64_t id corm_field(primary_key);
	int64_t other_id corm_field(foreign_key(Other.id));
	struct Other *other corm_relationship(back_populates(arenas));
} corm_table(as(Arena), before_update(check_arena));
corm_status check_arena(struct corm_session *session, struct Arena *arena);

struct Other {
	int64_t id corm_field(primary_key);
	corm_optional(int64_t) next_id corm_field(foreign_key(Other.id));
	struct Other *next corm_relationship(foreign_key(next_id));
	corm_many(struct Arena) arenas corm_relationship(back_populates(other));
} corm_table();
