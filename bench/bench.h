/* SPDX-License-Identifier: Apache-2.0
 *
 * The benchmark: the same work done by Cormorant and by code written by hand on the database's client library, in one
 * program, on two databases with the same content.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In the order of a round: each finds what the one before has left, but for those that begin with a new database. */
enum bench_workload {
	BENCH_INSERT,      /* all books, one object after the other, one commit; begins with a new database */
	BENCH_GET,         /* every book by its key, in random order; 1,000 to a transaction */
	BENCH_BY_AUTHOR,   /* the books of an author by his key */
	BENCH_JOIN,        /* the books of an author by his name */
	BENCH_SCAN,        /* all books at once */
	BENCH_READONLY,    /* the same, as plain structs */
	BENCH_STREAM,      /* all books, one at a time in constant memory */
	BENCH_UPDATE,      /* all books read, a title assigned to each, one commit */
	BENCH_DELETE,      /* all books read, each deleted, one commit */
	BENCH_INSERT_MANY, /* all books of an array, one commit; begins with a new database */
	BENCH_WORKLOADS
};

/* How a database is opened. */
enum bench_settings {
	BENCH_SAME,    /* both sides the same */
	BENCH_DEFAULTS /* SQLite only: Cormorant with profile=fast, the hand-written code as sqlite3_open() leaves it */
};

/* How a server is reached. */
struct bench_server {
	char user[64], password[128];
	char credentials[256]; /* the same two as they stand in a URL */
	char socket[256];      /* MariaDB: its path; PostgreSQL: its directory */
	int port;
	int process; /* the server's first */
};

/* A database. */
struct bench_place {
	char name[64]; /* SQLite: of the file in the current directory */
	enum bench_settings settings;
	struct bench_server server;
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

struct hw_kind;

/* A kind of database. */
struct bench_database {
	const char *name;
	const char *settings;       /* what both sides have in common, for people */
	bool is_server;             /* else BENCH_DEFAULTS is worth a look, and the library's allocations are counted */
	const struct hw_kind *kind; /* the code written by hand for it */
	/* The URL that Cormorant opens it by. */
	void (*url)(const struct bench_place *place, char *out, size_t size);
};

/* One of the two. Its functions exit with a message when anything fails. */
struct bench_side {
	const char *name;
	/* Creates the tables in an empty database and inserts the authors. */
	void *(*open)(const struct bench_database *database, const struct bench_place *place,
	              const struct bench_data *data);
	void (*close)(void *side);
	struct bench_result (*run)(void *side, enum bench_workload workload, const struct bench_data *data);
	/* The client library's handle: sqlite3 *, PGconn *, MYSQL *. */
	void *(*native)(void *side);
};

extern const struct bench_side bench_cormorant, bench_handwritten;

/* By its name; NULL when there is none. */
const struct bench_database *bench_database_find(const char *name);
/* The server that the environment names, as tests/servers/run leaves it. */
void bench_server_find(const struct bench_database *database, struct bench_server *server);

/* Allocations since the program began: of the program and Cormorant, and of SQLite inside. */
struct bench_allocations {
	uint64_t own, sqlite;
};

/* Call it before SQLite is used. */
void bench_count_init(void);
struct bench_allocations bench_count(void);

/* Prints "bench: " and the message, and exits. */
void bench_fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

#endif
