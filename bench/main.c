/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs the workloads on both sides by turns, round after round, and prints what they took.
 *
 *	bench DATABASE BOOKS ROUNDS [WORKLOAD…]      the tables, of these workloads or of all
 *	bench --once DATABASE SIDE WORKLOAD BOOKS    one workload on one side, for callgrind and perf
 *
 * SQLite's databases are made in the current directory; servers are those of tests/servers/run. All is removed again.
 */
#include "bench.h"
#include "handwritten.h"

#include <stdarg.h>
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

/* What is to be done. */
struct plan {
	const struct bench_database *database;
	enum bench_settings settings;
	bool wanted[BENCH_WORKLOADS];
	struct bench_server server;
	const struct bench_data *data;
};

/* Nanoseconds since some time. */
enum clock {
	WALL,
	CLIENT, /* of the processor, for this process */
	SERVER, /* the same for the server's */
	CLOCKS
};

/* Of each workload and side: nanoseconds per row by round, allocations per row in the last one. */
struct measurements {
	double ns[CLOCKS][BENCH_WORKLOADS][SIDES][ROUNDS_MAX];
	double own[BENCH_WORKLOADS][SIDES], sqlite[BENCH_WORKLOADS][SIDES];
	size_t rounds;
};

void bench_fail(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	fputs("bench: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
	exit(1);
}

static void read_clocks(int server, double ns[CLOCKS])
{
	clockid_t clocks[CLOCKS] = { CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID };
	if (server && clock_getcpuclockid(server, &clocks[SERVER]) != 0)
		bench_fail("the server's processor time is not known");
	for (int i = 0; i < (server ? CLOCKS : SERVER); i++) {
		struct timespec now;
		clock_gettime(clocks[i], &now);
		ns[i] = (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
	}
}

/* ---- running ----------------------------------------------------------------------------------------------------- */

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
	bench_fail("%s: %s saw %zu rows (%zu bytes), %s %zu rows (%zu bytes)", workloads[workload].name, sides[0]->name,
	           results[0].rows, results[0].text_bytes, sides[1]->name, results[1].rows, results[1].text_bytes);
}

/* A side on its database. */
struct runner {
	const struct bench_side *side;
	struct bench_place place;
	void *handle; /* NULL: closed */
	int server;   /* the process of the server that works for it */
};

static void stop(const struct plan *plan, struct runner *runner)
{
	if (!runner->handle)
		return;
	runner->side->close(runner->handle);
	runner->handle = NULL;
	plan->database->kind->drop(&runner->place);
}

/* On a new database. */
static void start(const struct plan *plan, struct runner *runner)
{
	stop(plan, runner);
	runner->place.settings = plan->settings;
	runner->place.server = plan->server;
	snprintf(runner->place.name, sizeof runner->place.name, "bench_%s", runner->side->name);
	plan->database->kind->create(&runner->place);
	runner->handle = runner->side->open(plan->database, &runner->place, plan->data);
	runner->server = plan->database->kind->process(&runner->place, runner->side->native(runner->handle));
}

/* One workload on both sides. Who begins changes from round to round. */
static void run_workload(struct measurements *all, enum bench_workload w, const struct plan *plan,
                         struct runner runners[SIDES])
{
	struct bench_result results[SIDES];
	for (size_t turn = 0; turn < SIDES; turn++) {
		size_t s = (turn + all->rounds) % SIDES;
		if (workloads[w].fills)
			start(plan, &runners[s]);
		struct bench_allocations before = bench_count();
		double started[CLOCKS], ended[CLOCKS];
		read_clocks(runners[s].server, started);
		results[s] = measured(sides[s], runners[s].handle, w, plan->data);
		read_clocks(runners[s].server, ended);
		double rows = results[s].rows ? (double)results[s].rows : 1;
		for (int c = 0; c < (runners[s].server ? CLOCKS : SERVER); c++)
			all->ns[c][w][s][all->rounds] = (ended[c] - started[c]) / rows;
		all->own[w][s] = (double)(bench_count().own - before.own) / rows;
		all->sqlite[w][s] = (double)(bench_count().sqlite - before.sqlite) / rows;
		if (workloads[w].fills)
			plan->database->kind->settle(&runners[s].place);
	}
	check_results(w, results);
}

static void run_round(struct measurements *all, const struct plan *plan)
{
	struct runner runners[SIDES] = { { .side = sides[0] }, { .side = sides[1] } };
	for (enum bench_workload w = 0; w < BENCH_WORKLOADS; w++) {
		/* The first is needed by all that come after it. */
		if (w == BENCH_INSERT || plan->wanted[w])
			run_workload(all, w, plan, runners);
	}
	for (size_t s = 0; s < SIDES; s++)
		stop(plan, &runners[s]);
	all->rounds++;
}

/* ---- printing ---------------------------------------------------------------------------------------------------- */

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

static void print_times(const struct measurements *all, const struct plan *plan, enum clock clock)
{
	static const char *const names[] = { "ns per row", "our process", "the server" };
	printf("%-11s  %29s  %29s  %s\n", names[clock], "cormorant, median (range)", "handwritten, median (range)",
	       "ratio of a round, median (range)");
	for (enum bench_workload w = 0; w < BENCH_WORKLOADS; w++) {
		const double(*ns)[ROUNDS_MAX] = all->ns[clock][w];
		if (!plan->wanted[w])
			continue;
		printf("%-11s", workloads[w].name);
		double median, least, most;
		for (size_t s = 0; s < SIDES; s++) {
			summarize(ns[s], all->rounds, &median, &least, &most);
			printf("  %9.0f (%7.0f - %7.0f)", median, least, most);
		}
		double ratios[ROUNDS_MAX];
		for (size_t round = 0; round < all->rounds; round++)
			ratios[round] = ns[0][round] / ns[1][round];
		summarize(ratios, all->rounds, &median, &least, &most);
		printf("  %.2f (%.2f - %.2f)\n", median, least, most);
	}
}

/* Those of the client libraries of servers are not seen. */
static void print_allocations(const struct measurements *all, const struct plan *plan)
{
	bool has_inner = !plan->database->is_server;
	if (has_inner)
		printf("\n%-11s  %21s  %21s", "", "cormorant", "handwritten");
	printf("\n%-11s", "allocations");
	for (size_t s = 0; s < SIDES; s++) {
		if (has_inner)
			printf("  %10s %10s", "own", "SQLite's");
		else
			printf("  %11s", sides[s]->name);
	}
	printf("\n");
	for (enum bench_workload w = 0; w < BENCH_WORKLOADS; w++) {
		if (!plan->wanted[w])
			continue;
		printf("%-11s", workloads[w].name);
		for (size_t s = 0; s < SIDES; s++) {
			if (has_inner)
				printf("  %10.2f %10.2f", all->own[w][s], all->sqlite[w][s]);
			else
				printf("  %11.2f", all->own[w][s]);
		}
		printf("\n");
	}
}

/* ---- the commands ------------------------------------------------------------------------------------------------ */

static void run_all(struct plan *plan, size_t rounds)
{
	static struct measurements same, defaults;
	printf("%s: %zu books of %zu authors, %zu rounds; both with %s\n\n", plan->database->name, plan->data->book_count,
	       plan->data->author_count, rounds, plan->database->settings);
	while (same.rounds < rounds)
		run_round(&same, plan);
	print_times(&same, plan, WALL);
	if (plan->database->is_server) {
		printf("\nThe same in time of the processor\n\n");
		print_times(&same, plan, CLIENT);
		printf("\n");
		print_times(&same, plan, SERVER);
	}
	print_allocations(&same, plan);
	if (plan->database->is_server)
		return;

	/* Only reads are compared where the two sides write with other settings. */
	plan->settings = BENCH_DEFAULTS;
	for (enum bench_workload w = 0; w < BENCH_WORKLOADS; w++)
		plan->wanted[w] &= workloads[w].only_reads;
	printf("\nReads; cormorant with profile=fast, handwritten with SQLite's defaults\n\n");
	while (defaults.rounds < rounds)
		run_round(&defaults, plan);
	print_times(&defaults, plan, WALL);
}

/* Fills the database, unless the workload does that, and runs it once. */
static void run_once(const struct plan *plan, const struct bench_side *side, enum bench_workload workload)
{
	struct runner runner = { .side = side };
	start(plan, &runner);
	if (!workloads[workload].fills) {
		side->run(runner.handle, BENCH_INSERT, plan->data);
		plan->database->kind->settle(&runner.place);
	}
	printf("%zu\n", measured(side, runner.handle, workload, plan->data).rows);
	stop(plan, &runner);
}

static const struct bench_side *find_side(const char *name)
{
	for (size_t s = 0; s < SIDES; s++) {
		if (strcmp(sides[s]->name, name) == 0)
			return sides[s];
	}
	bench_fail("no side is called %s", name);
}

static enum bench_workload find_workload(const char *name)
{
	enum bench_workload workload = 0;
	while (workload < BENCH_WORKLOADS && strcmp(workloads[workload].name, name) != 0)
		workload++;
	if (workload == BENCH_WORKLOADS)
		bench_fail("no workload is called %s", name);
	return workload;
}

static const struct bench_database *find_database(const char *name)
{
	const struct bench_database *database = bench_database_find(name);
	if (!database)
		bench_fail("no database is called %s", name);
	return database;
}

static size_t parse_count(const char *text, unsigned long least, unsigned long most)
{
	char *end;
	unsigned long count = strtoul(text, &end, 10);
	if (*end != '\0' || count < least || count > most)
		bench_fail("%s is not a number from %lu to %lu", text, least, most);
	return (size_t)count;
}

int main(int argc, char **argv)
{
	bool once = argc == 6 && strcmp(argv[1], "--once") == 0;
	if (!once && (argc < 4 || argv[1][0] == '-')) {
		fprintf(stderr, "usage: bench DATABASE BOOKS ROUNDS [WORKLOAD...]\n"
		                "       bench --once DATABASE SIDE WORKLOAD BOOKS\n");
		return 2;
	}
	bench_count_init();
	struct bench_data data;
	struct plan plan = { .database = find_database(argv[once ? 2 : 1]), .data = &data };
	if (plan.database->is_server)
		bench_server_find(plan.database, &plan.server);
	bench_data_init(&data, parse_count(argv[once ? 5 : 2], 100, 1000000));
	if (once) {
		run_once(&plan, find_side(argv[3]), find_workload(argv[4]));
	} else {
		for (enum bench_workload w = 0; w < BENCH_WORKLOADS; w++)
			plan.wanted[w] = argc == 4;
		for (int i = 4; i < argc; i++)
			plan.wanted[find_workload(argv[i])] = true;
		run_all(&plan, parse_count(argv[3], 1, ROUNDS_MAX));
	}
	bench_data_release(&data);
	return 0;
}
