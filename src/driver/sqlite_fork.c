/* SPDX-License-Identifier: Apache-2.0
 *
 * SQLite files across a fork.
 *
 * A process's locks on a file are not its children's, but SQLite remembers in memory, which a child has a copy of, that
 * they are held. A child that opens a file which its parent had open at the fork therefore gets none: it writes while
 * others do, and loses what it wrote when the parent closes the file and removes the write-ahead log. So we keep a list
 * of the files that are open, and a child refuses those that it has inherited. What it has inherited stays in the list,
 * where tools that look for leaks find it as well: SQLite has no way to give it back.
 */
#include "driver/fork.h"
#include "driver/sqlite.h"
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>

struct corm__sqlite_file {
	dev_t device;
	ino_t inode;
	unsigned generation; /* of the process that opened it: see fork.h */
	sqlite3 *db;         /* so that it is found from here */
	struct corm__sqlite_file *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct corm__sqlite_file *files;

/* Held across the fork, so that the child finds the list whole and the lock free. */
static void before_fork(void)
{
	pthread_mutex_lock(&lock);
}

static void after_fork(void)
{
	pthread_mutex_unlock(&lock);
}

static void watch(void)
{
	pthread_atfork(before_fork, after_fork, after_fork);
}

bool corm__sqlite_is_inherited(const char *path)
{
	struct stat found;
	if (stat(path, &found) != 0)
		return false;
	bool inherited = false;
	pthread_mutex_lock(&lock);
	for (const struct corm__sqlite_file *file = files; file && !inherited; file = file->next)
		inherited = file->device == found.st_dev && file->inode == found.st_ino && file->generation != corm__fork_now();
	pthread_mutex_unlock(&lock);
	return inherited;
}

bool corm__sqlite_remember(struct corm__sqlite_connection *connection)
{
	struct stat found;
	const char *path = sqlite3_db_filename(connection->db, "main");
	if (!path || !*path || stat(path, &found) != 0)
		return true;
	/* Not the engine's allocator: in a child it outlives the engine. */
	struct corm__sqlite_file *file = calloc(1, sizeof *file);
	if (!file)
		return false;
	*file = (struct corm__sqlite_file){
		.device = found.st_dev,
		.inode = found.st_ino,
		.generation = corm__fork_now(),
		.db = connection->db,
	};
	pthread_once(&once, watch);
	pthread_mutex_lock(&lock);
	file->next = files;
	files = file;
	pthread_mutex_unlock(&lock);
	connection->file = file;
	return true;
}

void corm__sqlite_forget(struct corm__sqlite_connection *connection)
{
	if (!connection->file)
		return;
	pthread_mutex_lock(&lock);
	struct corm__sqlite_file **link = &files;
	while (*link != connection->file)
		link = &(*link)->next;
	*link = connection->file->next;
	pthread_mutex_unlock(&lock);
	free(connection->file);
	connection->file = NULL;
}
