/* SPDX-License-Identifier: Apache-2.0
 *
 * Random bytes: getrandom() or getentropy(), and a pool of them for each thread.
 *
 * A forked child has a copy of its parent's pool, and must not give the same bytes. A handler of pthread_atfork()
 * counts the forks that lead to this process, and a pool that was filled under another count is thrown away. Who makes
 * processes past the C library, by clone() itself, has no such handler; POSIX does not let such a child call the
 * library either.
 */
#include "base/random.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/random.h>
#else
/* The BSDs and macOS have it, but their headers hide it from a program that asks for POSIX alone. */
int getentropy(void *out, size_t size);
#endif

#define POOL_SIZE 1024
#define ENTROPY_MAXIMUM 256 /* what getentropy() gives at once */

struct pool {
	unsigned generation; /* of the process that filled it; 0: nobody */
	size_t left;         /* unused bytes, at the end */
	unsigned char bytes[POOL_SIZE];
};

static _Thread_local struct pool pool;
static atomic_uint generation = 1;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool fork_is_seen;

/* Bytes that the system has at hand, 0 when it has none to give. */
static size_t ask_system(unsigned char *out, size_t size)
{
#ifdef __linux__
	ssize_t got;
	do
		got = getrandom(out, size, 0);
	while (got < 0 && errno == EINTR);
	return got > 0 ? (size_t)got : 0;
#else
	if (size > ENTROPY_MAXIMUM)
		size = ENTROPY_MAXIMUM;
	return getentropy(out, size) == 0 ? size : 0;
#endif
}

/* For a kernel or a sandbox that refuses the system call. */
static size_t ask_device(unsigned char *out, size_t size)
{
	int file = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return 0;
	size_t got = 0;
	while (got < size) {
		ssize_t more = read(file, out + got, size - got);
		if (more > 0)
			got += (size_t)more;
		else if (more == 0 || errno != EINTR)
			break;
	}
	close(file);
	return got;
}

/* Where there is neither, values that differ are still worth more than none: clock, process, stack and a counter, mixed
 * by splitmix64. */
static void improvise(unsigned char *out, size_t size)
{
	static atomic_uint calls;
	struct timespec now = { .tv_sec = 0 };
	clock_gettime(CLOCK_REALTIME, &now);
	uint64_t state = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
	state ^= (uint64_t)(uintptr_t)&now << 16 ^ (uint64_t)getpid() << 40 ^ (uint64_t)atomic_fetch_add(&calls, 1) << 48;
	for (size_t i = 0; i < size; i++) {
		uint64_t mixed = state += UINT64_C(0x9E3779B97F4A7C15);
		mixed = (mixed ^ mixed >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
		mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94D049BB133111EB);
		out[i] = (unsigned char)(mixed >> 56);
	}
}

void corm__random_system(void *out, size_t size)
{
	unsigned char *next = out;
	int saved = errno;
	while (size) {
		size_t got = ask_system(next, size);
		if (!got)
			got = ask_device(next, size);
		if (!got) {
			improvise(next, size);
			got = size;
		}
		next += got;
		size -= got;
	}
	errno = saved;
}

static void count_fork(void)
{
	atomic_fetch_add_explicit(&generation, 1, memory_order_relaxed);
}

static void watch_forks(void)
{
	fork_is_seen = pthread_atfork(NULL, NULL, count_fork) == 0;
}

static void fill(unsigned now)
{
	pthread_once(&once, watch_forks);
	corm__random_system(pool.bytes, sizeof pool.bytes);
	pool.left = sizeof pool.bytes;
	pool.generation = now;
}

void corm__random(void *out, size_t size)
{
	unsigned now = atomic_load_explicit(&generation, memory_order_relaxed);
	if (pool.generation != now || pool.left < size) {
		if (size > sizeof pool.bytes) {
			corm__random_system(out, size);
			return;
		}
		fill(now);
	}
	memcpy(out, pool.bytes + sizeof pool.bytes - pool.left, size);
	pool.left -= size;
	if (!fork_is_seen)
		pool.left = 0;
}
