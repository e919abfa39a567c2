/* SPDX-License-Identifier: Apache-2.0
 *
 * A database that can be told to fail: SQLite behind a driver whose connections get lost, do not answer, cannot be
 * opened, or are opened slowly. Its URLs begin with "flaky".
 */
#ifndef TESTS_FLAKY_DRIVER_H
#define TESTS_FLAKY_DRIVER_H

#include "driver/sqlite.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* When a COMMIT loses the connection. */
enum flaky_commit { FLAKY_COMMIT_WORKS, FLAKY_LOST_BEFORE, FLAKY_LOST_AFTER, FLAKY_LOST_SILENTLY };

/* What it is told, and what it has seen. */
static struct {
	atomic_int connect_fails;    /* so many connects from now on fail */
	atomic_int connect_delay_ms; /* each connect takes that long */
	atomic_int age;              /* connections of an earlier age are lost: see flaky_lose_all() */
	atomic_bool is_silent;       /* lost ones look alive until something is sent */
	atomic_int commit;           /* enum flaky_commit, for the next one */
	atomic_int connects, disconnects, pings, commits, cancels, ends;
} flaky;

struct flaky_connection {
	struct corm__sqlite_connection sqlite; /* the first, so that SQLite's driver takes the whole for its own */
	int age;
	bool is_lost;
};

/* All connections that are open are lost, as when a server is started anew. */
static inline void flaky_lose_all(bool silently)
{
	atomic_store(&flaky.is_silent, silently);
	atomic_fetch_add(&flaky.age, 1);
}

static inline void flaky_reset(void)
{
	flaky_lose_all(false);
	atomic_int *const all[] = { &flaky.connect_fails, &flaky.connect_delay_ms, &flaky.commit,
		                        &flaky.connects,      &flaky.disconnects,      &flaky.pings,
		                        &flaky.commits,       &flaky.cancels,          &flaky.ends };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		atomic_store(all[i], 0);
}

static inline bool flaky_is_lost(const struct flaky_connection *connection)
{
	return connection->is_lost || connection->age != atomic_load(&flaky.age);
}

static inline corm_status flaky_connect(void *data, const corm_driver_settings *settings, corm_error_store *error)
{
	struct flaky_connection *connection = data;
	atomic_fetch_add(&flaky.connects, 1);
	int delay_ms = atomic_load(&flaky.connect_delay_ms);
	if (delay_ms)
		nanosleep(&(struct timespec){ .tv_nsec = delay_ms * 1000000L }, NULL);
	if (atomic_load(&flaky.connect_fails) > 0) {
		atomic_fetch_sub(&flaky.connect_fails, 1);
		return corm_error_set(error, CORM_ERROR_CONNECT, "flaky: nobody listens");
	}
	connection->age = atomic_load(&flaky.age);
	return corm__sqlite_connect(data, settings, error);
}

static inline void flaky_disconnect(void *data)
{
	atomic_fetch_add(&flaky.disconnects, 1);
	corm__sqlite_disconnect(data);
}

static inline bool flaky_alive(void *data)
{
	const struct flaky_connection *connection = data;
	if (connection->age != atomic_load(&flaky.age) && !atomic_load(&flaky.is_silent))
		return false;
	return !connection->is_lost && corm__sqlite_driver.alive(data);
}

static inline corm_step flaky_lose(struct flaky_connection *connection, corm_error_store *error)
{
	connection->is_lost = true;
	corm_error_set(error, CORM_ERROR_CONNECT, "flaky: the server closed the connection");
	return CORM_STEP_ERROR;
}

static inline corm_step flaky_commit(void *data, struct flaky_connection *connection, corm_error_store *error)
{
	int how = atomic_exchange(&flaky.commit, FLAKY_COMMIT_WORKS);
	atomic_fetch_add(&flaky.commits, 1);
	if (how == FLAKY_LOST_BEFORE) {
		corm_error_store ignored = { .used = 0 };
		(corm__sqlite_driver.execute)(&connection->sqlite, "ROLLBACK", &ignored);
		return flaky_lose(connection, error);
	}
	corm_step step = corm__sqlite_driver.step(data, error);
	if (step == CORM_STEP_DONE && how == FLAKY_LOST_AFTER)
		return flaky_lose(connection, error);
	if (step == CORM_STEP_DONE && how == FLAKY_LOST_SILENTLY) {
		flaky_lose(connection, error);
		corm_error_set(error, CORM_ERROR_SQL, "flaky: gone");
		return CORM_STEP_ERROR;
	}
	return step;
}

static inline corm_step flaky_step(void *data, corm_error_store *error)
{
	struct corm__sqlite_statement *statement = data;
	struct flaky_connection *connection = (void *)statement->connection;
	const char *sql = sqlite3_sql(statement->handle);
	if (!strcmp(sql, "SELECT 1"))
		atomic_fetch_add(&flaky.pings, 1);
	if (flaky_is_lost(connection))
		return flaky_lose(connection, error);
	if (!strcmp(sql, "COMMIT"))
		return flaky_commit(data, connection, error);
	return corm__sqlite_driver.step(data, error);
}

static inline void flaky_cancel(void *data)
{
	atomic_fetch_add(&flaky.cancels, 1);
	corm__sqlite_driver.cancel(data);
}

static inline void flaky_end_as(void *data)
{
	atomic_fetch_add(&flaky.ends, 1);
	corm__sqlite_driver.end_as(data);
}

/* Makes it known to the process, and forgets what it was told. */
static inline int flaky_register(void **state)
{
	(void)state;
	static const char *const schemes[] = { "flaky", NULL };
	static corm_driver driver;
	if (!driver.abi) {
		driver = corm__sqlite_driver;
		driver.name = "flaky";
		driver.schemes = schemes;
		driver.connection_size = sizeof(struct flaky_connection);
		driver.connect = flaky_connect;
		driver.disconnect = flaky_disconnect;
		driver.alive = flaky_alive;
		driver.step = flaky_step;
		driver.cancel = flaky_cancel;
		driver.end_as = flaky_end_as;
	}
	flaky_reset();
	return corm_driver_register(&driver) != CORM_OK;
}

#endif
