/* SPDX-License-Identifier: Apache-2.0
 *
 * The randomised test's model of a session: rows in plain arrays, and what the session's guide says about each call.
 *
 * A row has a place in the arrays, which is its name: Volume 3 is the fourth place of the volumes. The model keeps the
 * arrays as the program sees them (now), as the last flush left them (sent), as of each savepoint, and as of the last
 * commit; they are small, and are copied whole. Nothing in here calls the session.
 */
#ifndef TESTS_SESSION_RANDOM_MODEL_H
#define TESTS_SESSION_RANDOM_MODEL_H

#include "random_models.h"
#include "session/database.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum table { NO_TABLE, SHELF, VOLUME, TAG, BOX, ITEM, PART, TWIG, PERSON, PASSPORT, SUN, MOON, TABLES };

enum {
	PER_TABLE = 12,
	MOST_ROWS = TABLES * PER_TABLE, /* the places of NO_TABLE stay empty, so that 0 is no row */
	NOBODY = 0,
	MOST_SAVEPOINTS = 3,
	MOST_GONE = 24,
	MOST_BUFFERS = 64,
	MOST_HANDED = 8,
	MOST_TEXT = 5000
};

/* What the columns of struct Payload, and note, hold. Text is named by a number: text_equal(). */
struct values {
	uint32_t text, note; /* 0: NULL */
	bool has_number;
	int number;
	double weight;
	char code[8];
};

struct key {
	int64_t number;
	corm_uuid uuid;
};

/* Who has changed a row's parent since the last flush: the program, by the pointer or by the key, or X_rel_set() and
 * its like, which the other side follows at once. */
enum parent_by { BY_NOBODY, BY_POINTER, BY_KEY, BY_CALL };

struct row {
	bool lives;
	bool marked;   /* X_delete() was called: the next flush deletes */
	bool added;    /* its object was given to X_add(), and not read */
	bool differs;  /* its object may have older values: it has to be read before it is looked at */
	bool ghost;    /* it does not live, and the session was not told: its object is as that of a row */
	bool buffered; /* its object points to memory that the next flush takes away */
	enum parent_by parent_by;
	struct key key;
	struct values values;
	int parent;
	int64_t label;   /* of a tag */
	int64_t version; /* of a box */
	uint16_t tags;   /* of a volume: a bit for each place of the tags */
	void *object;    /* the session's; NULL: it has none, as far as the test knows. A deleted row keeps it. */
};

struct state {
	struct row rows[MOST_ROWS];
};

/* An object that is no longer a row's. */
struct gone {
	int row;
	unsigned operation; /* since when */
	void *object;
	corm_object_state state;
	bool readable; /* its text is the session's */
	bool ghost;    /* deleted past the session: a rollback may make it a row again */
};

/* A list that was handed out in this transaction, and what stood in it. */
struct handed {
	void **items;
	size_t count;
	void *copy[PER_TABLE];
};

struct world {
	uint64_t seed, random;
	unsigned operation;
	bool verbose;
	const char *database; /* a place of test_database_new() */
	corm_engine *engine;
	corm_session *session;
	void *raw; /* a connection of the test's own */
	struct state now, sent, committed, saved[MOST_SAVEPOINTS];
	int savepoints;
	struct gone gone[MOST_GONE];
	size_t gone_count;
	void *buffers[MOST_BUFFERS]; /* that members point to until the next flush */
	size_t buffer_count;
	struct handed handed[MOST_HANDED];
	size_t handed_count;
	bool loose;           /* rows were written past the objects: lists are right again when they are asked for */
	bool passports_loose; /* the same for Person.passport, which outlives the transaction */
	int64_t next_label, next_key;
};

/* ---- tables ------------------------------------------------------------------------------------------------------ */

struct table_info {
	const char *name;
	const corm_model_info *model;
	size_t data;        /* offset of the struct Payload */
	size_t note;        /* offset; 0: none */
	size_t version;     /* likewise */
	size_t label;       /* likewise */
	bool uuid_key;      /* the key, which is the first member, is a corm_uuid; otherwise an int64_t */
	enum table parent;  /* whom its one foreign key leads to */
	size_t foreign_key; /* offset of the corm_optional */
	const char *foreign_key_name, *up, *down; /* column, pointer, the parent's member; NULL: none */
	bool one;                                 /* the parent's member is a pointer */
	bool cascades;                            /* delete goes to the children */
	bool orphans;                             /* and who loses its parent is deleted */
};
extern const struct table_info tables[TABLES];

static inline enum table table_of(int row)
{
	return (enum table)(row / PER_TABLE);
}
static inline const struct table_info *info_of(int row)
{
	return &tables[table_of(row)];
}
static inline int first_row(enum table table)
{
	return (int)table * PER_TABLE;
}
/* `volume3`, for messages. */
const char *row_name(int row);
enum table table_of_model(const corm_model_info *model);
/* The relationship of that name; NULL when name is. */
const corm_relationship *relationship_of(enum table table, const char *name);

/* ---- numbers and text -------------------------------------------------------------------------------------------- */

uint64_t random_next(struct world *world);
static inline int random_below(struct world *world, int limit)
{
	return (int)(random_next(world) % (uint64_t)limit);
}
static inline bool chance(struct world *world, int percent)
{
	return random_below(world, 100) < percent;
}
struct values random_values(struct world *world, enum table table);

uint32_t random_text(struct world *world);
size_t text_length(uint32_t text);
/* Writes text_length() bytes and a NUL. */
void text_write(uint32_t text, char *out);
/* found may be NULL. */
bool text_equal(uint32_t text, const char *found);
/* Different numbers may name the same text: there are few short ones. */
bool text_same(uint32_t a, uint32_t b);
/* The same text with another first character; text must not be empty. */
uint32_t text_changed(uint32_t text, unsigned number);

/* ---- messages ---------------------------------------------------------------------------------------------------- */

/* What the test does, when it is asked to tell. */
void say(const struct world *world, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Something is not as it should be: prints it with the seed and the operation, and ends the program. */
void differ(const struct world *world, const char *format, ...) __attribute__((format(printf, 2, 3), noreturn));

/* ---- structs ----------------------------------------------------------------------------------------------------- */

static inline void *member_at(const void *object, size_t offset)
{
	return (char *)(uintptr_t)object + offset;
}
static inline struct Payload *payload_of(int row, const void *object)
{
	return member_at(object, info_of(row)->data);
}
struct key key_in(enum table table, const void *object);
bool key_equal(enum table table, const struct key *a, const struct key *b);
/* The foreign key in a struct: false when it is NULL. */
bool foreign_key_in(enum table table, const void *object, struct key *key);
/* key NULL: NULL. */
void set_foreign_key(enum table table, void *object, const struct key *key);
void *pointer_in(const void *object, const corm_relationship *relationship);
void set_pointer(void *object, const corm_relationship *relationship, void *to);

/* ---- the model --------------------------------------------------------------------------------------------------- */

/* A living row of the table that is not about to be deleted, or NOBODY. NO_TABLE: of any. */
int pick(struct world *world, enum table table);
/* A place for a new row, or NOBODY. */
int free_place(struct world *world, enum table table);
/* The living row of that key, or NOBODY. */
int row_of_key(const struct state *state, enum table table, const struct key *key);
/* The row whose object this is, also a deleted one, or NOBODY. */
int row_of_object(const struct world *world, enum table table, const void *object);
bool same_values(const struct values *a, const struct values *b);
/* Would a flush write the row? Its tags do not count. */
bool is_dirty(const struct world *world, int row);
bool any_dirty(const struct world *world);
bool any_marked(const struct world *world);
/* Another living row that has this parent, or NOBODY. */
int other_child(const struct state *state, enum table children, int parent, int but);
/* The row's object is its no longer, and remembered as gone. */
void forget_object(struct world *world, int row, corm_object_state state);
/* The session has handed out an object of a row: it is the row's from now on. */
void adopt_object(struct world *world, int row, void *object);
/* A new row that was not flushed is none of the session's any more. */
void model_drop(struct world *world, int row);
/* The program gave child another parent by X_rel_set() and its like. Who had the parent's only place loses it; a new
 * child without a parent that it cannot be without is dropped. */
void model_set_parent(struct world *world, int child, int parent);
/* What a flush does: orphans and what goes with deleted rows, then now is what was sent. */
void model_flush(struct world *world);
void model_commit(struct world *world);
void model_rollback(struct world *world);
void model_begin_nested(struct world *world);
void model_commit_nested(struct world *world);
void model_rollback_nested(struct world *world);
/* All of the session's objects are gone. */
void model_reset(struct world *world);

#endif
