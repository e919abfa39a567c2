/* SPDX-License-Identifier: Apache-2.0
 *
 * Counts allocations. The linker sends the program's calls of malloc() and the like here (-Wl,--wrap=malloc …), those
 * of Cormorant's static library too; SQLite is asked to allocate through us.
 */
#include "bench.h"

#include <sqlite3.h>
#include <stdlib.h>

static struct bench_allocations allocations;
static sqlite3_mem_methods sqlite_methods;

/* The linker gives these names. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);

void *__wrap_malloc(size_t size)
{
	allocations.own++;
	return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	allocations.own++;
	return __real_calloc(count, size);
}

void *__wrap_realloc(void *block, size_t size)
{
	allocations.own++;
	return __real_realloc(block, size);
}

static void *sqlite_malloc(int size)
{
	allocations.sqlite++;
	return sqlite_methods.xMalloc(size);
}

static void *sqlite_realloc(void *block, int size)
{
	allocations.sqlite++;
	return sqlite_methods.xRealloc(block, size);
}

void bench_count_init(void)
{
	sqlite3_config(SQLITE_CONFIG_GETMALLOC, &sqlite_methods);
	sqlite3_mem_methods counting = sqlite_methods;
	counting.xMalloc = sqlite_malloc;
	counting.xRealloc = sqlite_realloc;
	sqlite3_config(SQLITE_CONFIG_MALLOC, &counting);
}

struct bench_allocations bench_count(void)
{
	return allocations;
}
