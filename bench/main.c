/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs the workloads on both sides by turns, round after round, and prints what they took.
 *
 *	bench [BOOKS [ROUNDS]]              the tables
 *	bench --once SIDE WORKLOAD BOOKS    one workload on one side, for callgrind and perf
 *
 * Databases are made in the current directory and removed again.
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS_MAX = 99, SIDES = 2 };

static const struct bench_side *const sides[SIDES] = { &bench_cormorant, &bench_handwritten };

static const struct {
	const char *name;
	bool only_reads;
	bool fills; /* begins with no books */
} workloads[BENCH_WORKLOADS] = {
	[BENCH_INSERT] = { .name = "insert", .fills = true },
	[BENCH_GET] = { .name = "get", .only_reads = true },
	[BENCH_BY_AUTHOR] = { .name = "by_author", .only_reads = true },
	[BENCH_JOIN] = { .name = "join", .only_reads = true },
	[BENCH_SCAN] = { .name = "scan", .only_reads = true },
	[BENCH_READONLY] = { .name = "readonly", .only_reads = true },
	[BENCH_STREAM] = { .name = "stream", .only_reads = true },
	[BENCH_UPDATE] = { .name = "update" },
	[BENCH_DELETE] = { .name = "delete" },
	[BENCH_INSERT_MANY] = { .name = "insert_many", .fills = true },
};

/* Of each workload and side: nanoseconds per row by round, allocations per row in the last one. */
struct measurements {
	double ns[BENCH_WORKLOADS][SIDES][ROUNDS_MAX];
	double own[BENCH_WORKLOADS][SIDES], sqlite[BENCH_WORKLOADS][SIDES];
	size_t rounds;
};

static double now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void remove_database(const char *path)
{
	static const char *const suffixes[] = { "", "-wal", "-shm", "-journal" };
	for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
		char file[256];
		snprintf(file, sizeof file, "%s%s", path, suffixes[i]);
		remove(file);
	}
}

/* Apart, and never inlined: callgrind collects what happens inside of it. */
__attribute__((noinline)) static struct bench_result measured(const struct bench_side *side, void *handle,
                                                              enum bench_workload workload,
                                                              const struct bench_data *data)
{
	struct bench_result result = side->run(handle, workload, data);
	__asm__ volatile("" ::: "memory");
	return result;
}

/* Both sides must have done the same. */
static void check_results(enum bench_workload workload, const struct bench_result results[SIDES])
{
	if (results[0].rows && results[0].rows == results[1].rows && results[0].text_bytes == results[1].text_bytes)
		return;
	fprintf(stderr, "bench: %s: %s saw %zu rows (%zu bytes), %s %zu rows (%zu bytes)\n", workloads[workload].name,
	        sides[0]->name, results[0].rows, results[0].text_bytes, sides[1]->name, results[1].rows,
	        results[1].text_bytes);
	exit(1);
}

/* One workload on both sides. Who begins changes from round to round. */
static void run_workload(struct measurements *all, enum bench_workload w, void *const handles[SIDES],
                         const struct bench_data *data)
{
	struct bench_result results[SIDES];
	for (size_t turn = 0; turn < SIDES; turn++) {
		size_t s = (turn + all->rounds) % SIDES;
		struct bench_allocations before = bench_count();
		double start = now_ns();
		results[s] = measured(sides[s], handles[s], w, data);
		double rows = results[s].rows ? (double)results[s].rows : 1;
		all->ns[w][s][all->rounds] = (now_ns() - start) / rows;
		all->own[w][s] = (double)(bench_count().own - before.own) / rows;
		all->sqlite[w][s] = (double)(bench_count().sqlite - before.sqlite) / rows;
	}
	check_results(w, results);
}

/* Only reads are compared where the two sides write with other settings. */
static bool is_compared(enum bench_workload workload, enum bench_settings settings)
{
	return settings == BENCH_SAME || workloads[workload].only_reads;
}

/* One round on new databases. */
static void run_round(struct measurements *all, enum bench_settings settings, const struct bench_data *data)
{
	void *handles[SIDES];
	char paths[SIDES][64];
	for (size_t s = 0; s < SIDES; s++) {
		snprintf(paths[s], sizeof paths[s], "bench-%s.db", sides[s]->name);
		remove_database(paths[s]);
		handles[s] = sides[s]->open(paths[s], settings, data);
	}
	for (enum bench_workload w = 0; w < BENCH_WORKLOADS; w++) {
		if (w == BENCH_INSERT || is_compared(w, settings))
			run_workload(all, w, handles, data);
	}
	for (size_t s = 0; s < SIDES; s++) {
		sides[s]->close(handles[s]);
		remove_database(paths[s]);
	}
	all->rounds++;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Median, least and greatest of count values. */
static void summarize(const double *values, size_t count, double *median, double *least, double *most)
{
	double sorted[ROUNDS_MAX];
	memcpy(sorted, values, count * sizeof *values);
	qsort(sorted, count, sizeof *sorted, compare);
	*median = sorted[count / 2];
	*least = sorted[0];
	*most = sorted[count - 1];
}

static void print_times(const struct measurements *all, enum bench_settings settings)
{
	printf("%-11s  %29s  %29s  %s\n", "ns per row", "cormorant, median (range)", "handwritten, median (range)",
	       "ratio of a round, median (range)");
	for (enum bench_workload w = 0; w < BENCH_WORKLOADS; w++) {
		if (!is_compared(w, settings))
			continue;
		printf("%-11s", workloads[w].name);
		double median, least, most;
		for (size_t s = 0; s < SIDES; s++) {
			summarize(all->ns[w][s], all->rounds, &median, &least, &most);
			printf("  %9.0f (%7.0f - %7.0f)", median, least, most);
		}
		double ratios[ROUNDS_MAX];
		for (size_t round = 0; round < all->rounds; round++)
			ratios[round] = all->ns[w][0][round] / all->ns[w][1][round];
		summarize(ratios, all->rounds, &median, &least, &most);
		printf("  %.2f (%.2f - %.2f)\n", median, least, most);
	}
}

static void print_allocations(const struct measurements *all)
{
	printf("\n%-11s  %21s  %21s\n%-11s  %10s %10s  %10s %10s\n", "", "cormorant", "handwritten", "allocations", "own",
	       "SQLite's", "own", "SQLite's");
	for (enum bench_workload w = 0; w < BENCH_WORKLOADS; w++)
		printf("%-11s  %10.2f %10.2f  %10.2f %10.2f\n", workloads[w].name, all->own[w][0], all->sqlite[w][0],
		       all->own[w][1], all->sqlite[w][1]);
}

static void run_all(size_t books, size_t rounds)
{
	static struct measurements same, defaults;
	struct bench_data data;
	bench_data_init(&data, books);

	printf(
		"%zu books of %zu authors, %zu rounds; both with WAL, synchronous=NORMAL, a cache of 16 MiB, foreign keys\n\n",
		data.book_count, data.author_count, rounds);
	while (same.rounds < rounds)
		run_round(&same, BENCH_SAME, &data);
	print_times(&same, BENCH_SAME);
	print_allocations(&same);

	printf("\nReads; cormorant with profile=fast, handwritten with SQLite's defaults\n\n");
	while (defaults.rounds < rounds)
		run_round(&defaults, BENCH_DEFAULTS, &data);
	print_times(&defaults, BENCH_DEFAULTS);
	bench_data_release(&data);
}

/* Fills the database, unless the workload does that, and runs it once. 0 when there is no such side or workload. */
static int run_once(const char *side_name, const char *workload_name, size_t books)
{
	const struct bench_side *side = NULL;
	for (size_t s = 0; s < SIDES; s++)
		if (strcmp(sides[s]->name, side_name) == 0)
			side = sides[s];
	enum bench_workload workload = 0;
	while (workload < BENCH_WORKLOADS && strcmp(workloads[workload].name, workload_name) != 0)
		workload++;
	if (!side || workload == BENCH_WORKLOADS)
		return 0;

	struct bench_data data;
	bench_data_init(&data, books);
	remove_database("bench-once.db");
	void *handle = side->open("bench-once.db", BENCH_SAME, &data);
	if (!workloads[workload].fills)
		side->run(handle, BENCH_INSERT, &data);
	printf("%zu\n", measured(side, handle, workload, &data).rows);
	side->close(handle);
	remove_database("bench-once.db");
	bench_data_release(&data);
	return 1;
}

/* A number from least to most; 0 for anything else. */
static size_t parse_count(const char *text, unsigned long least, unsigned long most)
{
	char *end;
	unsigned long count = strtoul(text, &end, 10);
	return *end == '\0' && count >= least && count <= most ? (size_t)count : 0;
}

int main(int argc, char **argv)
{
	bench_count_init();
	if (argc == 5 && strcmp(argv[1], "--once") == 0) {
		size_t books = parse_count(argv[4], 100, 1000000);
		if (books && run_once(argv[2], argv[3], books))
			return 0;
	} else if (argc <= 3) {
		size_t books = argc > 1 ? parse_count(argv[1], 100, 1000000) : 100000;
		size_t rounds = argc > 2 ? parse_count(argv[2], 1, ROUNDS_MAX) : 7;
		if (books && rounds) {
			run_all(books, rounds);
			return 0;
		}
	}
	fprintf(stderr, "usage: bench [BOOKS [ROUNDS]] | bench --once SIDE WORKLOAD BOOKS\n");
	return 2;
}
