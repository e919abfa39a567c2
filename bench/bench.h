/* SPDX-License-Identifier: Apache-2.0
 *
 * The benchmark: the same work done by Cormorant and by code written by hand on sqlite3, in one program, on two
 * databases with the same content.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In the order of a round: each finds what the one before has left. */
enum bench_workload {
	BENCH_INSERT,      /* all books, one object after the other, one commit */
	BENCH_GET,         /* every book by its key, in random order; 1,000 to a transaction */
	BENCH_BY_AUTHOR,   /* the books of an author by his key */
	BENCH_JOIN,        /* the books of an author by his name */
	BENCH_SCAN,        /* all books at once */
	BENCH_READONLY,    /* the same, as plain structs */
	BENCH_STREAM,      /* all books, one at a time in constant memory */
	BENCH_UPDATE,      /* all books read, a title assigned to each, one commit */
	BENCH_DELETE,      /* all books read, each deleted, one commit */
	BENCH_INSERT_MANY, /* all books of an array into the empty table, one commit */
	BENCH_WORKLOADS
};

/* How the database is opened. */
enum bench_settings {
	BENCH_SAME,    /* both sides the same: WAL, synchronous=NORMAL, a cache of 16 MiB, no mmap, foreign keys checked */
	BENCH_DEFAULTS /* Cormorant with profile=fast, the hand-written code as sqlite3_open() leaves it */
};

struct bench_author {
	uint8_t id[16];
	int64_t created; /* microseconds since 1970 */
	char name[24];
};

struct bench_book {
	uint8_t id[16];
	int64_t created;
	size_t author; /* its index */
	char title[40], new_title[40];
};

struct bench_data {
	struct bench_author *authors;
	struct bench_book *books;
	size_t *order; /* of the books in BENCH_GET: a permutation */
	size_t author_count, book_count;
	size_t call_count; /* of BENCH_BY_AUTHOR and BENCH_JOIN */
};

/* Exits when there is no memory. */
void bench_data_init(struct bench_data *data, size_t book_count);
void bench_data_release(struct bench_data *data);
/* The author of the call-th call of BENCH_BY_AUTHOR and BENCH_JOIN. */
const struct bench_author *bench_data_called(const struct bench_data *data, size_t call);

/* What a workload did; the same on both sides, or one of them is wrong. */
struct bench_result {
	size_t rows;
	size_t text_bytes; /* of the titles that were seen */
};

/* One of the two. Its functions exit with a message when anything fails. */
struct bench_side {
	const char *name;
	/* Creates the tables in a new file and inserts the authors. */
	void *(*open)(const char *path, enum bench_settings settings, const struct bench_data *data);
	void (*close)(void *side);
	struct bench_result (*run)(void *side, enum bench_workload workload, const struct bench_data *data);
};

extern const struct bench_side bench_cormorant, bench_handwritten;

/* Allocations since the program began: of the program and Cormorant, and of SQLite inside. */
struct bench_allocations {
	uint64_t own, sqlite;
};

/* Call it before SQLite is used. */
void bench_count_init(void);
struct bench_allocations bench_count(void);

#endif
