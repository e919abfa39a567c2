/* SPDX-License-Identifier: Apache-2.0
 *
 * Which database it is, its places, and the values in one form.
 */
#include "session/database_driver.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef TEST_WITH_POSTGRESQL
#include <cormorant/postgresql.h>
#endif
#ifdef TEST_WITH_MARIADB
#include <cormorant/mariadb.h>
#endif

enum { MOST_PLACES = 64, SKIPPED = 77 };

static const struct test_driver *const drivers[] = {
	&test_sqlite,
#ifdef TEST_WITH_LIBPQ
	&test_postgresql,
#endif
#ifdef TEST_WITH_LIBMARIADB
	&test_mariadb,
#endif
};

static struct place {
	char name[48], url[512];
	const corm_engine *engine;
} places[MOST_PLACES];

void test_database_fail(const char *what, const char *why)
{
	fprintf(stderr, "%s: %s\n", what, why);
	exit(1);
}

static void *grown(void *memory, size_t size)
{
	memory = realloc(memory, size);
	if (!memory)
		test_database_fail("the test", "out of memory");
	return memory;
}

/* ---- which one --------------------------------------------------------------------------------------------------- */

static const char *base_url(void)
{
	const char *url = getenv("CORM_TEST_URL");
	return url && *url ? url : "sqlite://";
}

/* The core finds the drivers of servers in libraries; a test has them in itself, where the sanitizers see them. */
static void register_drivers(void)
{
#ifdef TEST_WITH_POSTGRESQL
	if (corm_driver_register(&corm_postgresql_driver) != CORM_OK)
		test_database_fail("corm_driver_register", corm_last_error()->message);
#endif
#ifdef TEST_WITH_MARIADB
	if (corm_driver_register(&corm_mariadb_driver) != CORM_OK)
		test_database_fail("corm_driver_register", corm_last_error()->message);
#endif
}

static const struct test_driver *driver(void)
{
	static const struct test_driver *found;
	size_t length = strcspn(base_url(), ":");
	if (found)
		return found;
	for (size_t i = 0; i < sizeof drivers / sizeof *drivers && !found; i++) {
		if (strlen(drivers[i]->scheme) == length && memcmp(drivers[i]->scheme, base_url(), length) == 0)
			found = drivers[i];
	}
	if (!found) {
		fprintf(stderr, "these tests were built without a driver for %.*s\n", (int)length, base_url());
		exit(SKIPPED);
	}
	register_drivers();
	return found;
}

static bool can(enum test_can what)
{
	return driver()->can & what;
}

const char *test_database_dialect(void)
{
	return driver()->scheme;
}

bool test_database_shows_statements(void)
{
	return can(TEST_SHOWS_STATEMENTS);
}

bool test_database_keeps_order(void)
{
	return can(TEST_KEEPS_ORDER);
}

bool test_database_is_far(void)
{
	return can(TEST_IS_FAR);
}

bool test_database_takes_any_value(void)
{
	return can(TEST_TAKES_ANY_VALUE);
}

bool test_database_has_one_writer(void)
{
	return can(TEST_HAS_ONE_WRITER);
}

bool test_database_tells_of_transactions(void)
{
	return can(TEST_TELLS_OF_TRANSACTIONS);
}

bool test_database_names_foreign_keys(void)
{
	return can(TEST_NAMES_FOREIGN_KEYS);
}

bool test_database_names_rows(void)
{
	return can(TEST_NAMES_ROWS);
}

bool test_database_adopts_handles(void)
{
	return can(TEST_ADOPTS_HANDLES);
}

/* ---- places ------------------------------------------------------------------------------------------------------ */

static void drop(struct place *place)
{
	driver()->drop(base_url(), place->name, place->url);
	*place = (struct place){ .name = "" };
}

static void drop_all(void)
{
	for (size_t i = 0; i < MOST_PLACES; i++) {
		if (*places[i].name)
			drop(&places[i]);
	}
}

const char *test_database_new(bool shared)
{
	static unsigned count;
	size_t i = 0;
	if (count == 0)
		atexit(drop_all);
	while (i < MOST_PLACES && *places[i].name)
		i++;
	if (i == MOST_PLACES)
		test_database_fail("test_database_new", "a test forgets to drop its places");
	snprintf(places[i].name, sizeof places[i].name, "t_%ld_%u", (long)getpid(), ++count);
	driver()->create(base_url(), places[i].name, shared, places[i].url, sizeof places[i].url);
	return places[i].url;
}

void test_database_drop(const char *url)
{
	for (size_t i = 0; i < MOST_PLACES; i++) {
		if (*places[i].name && url == places[i].url)
			drop(&places[i]);
	}
}

void test_database_belongs(const char *url, const corm_engine *engine)
{
	for (size_t i = 0; i < MOST_PLACES; i++) {
		if (url == places[i].url)
			places[i].engine = engine;
	}
}

void test_database_drop_of(const corm_engine *engine)
{
	for (size_t i = 0; i < MOST_PLACES; i++) {
		if (*places[i].name && engine && places[i].engine == engine)
			drop(&places[i]);
	}
}

const char *test_database_with(const char *url, const char *options, char *out, size_t size)
{
	const char *const more[] = { driver()->fast, options };
	size_t length = (size_t)snprintf(out, size, "%s", url);
	for (size_t i = 0; i < sizeof more / sizeof *more && length < size; i++) {
		if (more[i])
			length += (size_t)snprintf(out + length, size - length, "%c%s", strchr(out, '?') ? '&' : '?', more[i]);
	}
	if (length >= size)
		test_database_fail(url, "the URL is too long for the test");
	return out;
}

static corm_status run_at_connect(void *data, void *native)
{
	const char *wrong = driver()->run(native, data, NULL, NULL);
	if (wrong)
		test_database_fail(data, wrong);
	return CORM_OK;
}

void test_database_hurry(corm_engine *engine)
{
	if (driver()->hurry)
		corm_engine_on_connect(engine, run_at_connect, (void *)(uintptr_t)driver()->hurry);
}

corm_engine *test_database_open_readonly(const char *url)
{
	char readonly[600];
	bool by_url = *driver()->readonly == '?';
	corm_engine *engine = corm_engine_open(
		by_url ? test_database_with(url, driver()->readonly + 1, readonly, sizeof readonly) : url);
	if (engine && !by_url)
		corm_engine_on_connect(engine, run_at_connect, (void *)(uintptr_t)driver()->readonly);
	return engine;
}

/* ---- what stands there ------------------------------------------------------------------------------------------- */

void test_rows_release(struct test_rows *rows)
{
	for (size_t i = 0; i < rows->cells; i++)
		free(rows->cell[i]);
	free(rows->cell);
	*rows = (struct test_rows){ .cell = NULL };
}

/* Six places after the point, and nothing after them: connections speak UTC. cell has room for them. */
static void six_places(char *cell)
{
	size_t end = strcspn(cell, ".+"), digits = 0;
	if (cell[end] == '.') {
		while (cell[end + 1 + digits] >= '0' && cell[end + 1 + digits] <= '9')
			digits++;
	}
	cell[end] = '.';
	while (digits < 6)
		cell[end + 1 + digits++] = '0';
	cell[end + 1 + digits] = '\0';
}

void test_rows_add(struct test_rows *rows, const char *text, size_t size, enum test_form form)
{
	char *cell = NULL;
	size_t length = 0;
	if (rows->cells == rows->room) {
		rows->room = rows->room ? 2 * rows->room : 16;
		rows->cell = grown(rows->cell, rows->room * sizeof *rows->cell);
	}
	if (text) {
		cell = grown(NULL, 2 * size + 16);
		for (size_t i = 0; i < size; i++) {
			if (form == TEST_BYTES)
				length += (size_t)sprintf(cell + length, "%02x", (unsigned char)text[i]);
			else if (form == TEST_BOOLEAN)
				cell[length++] = text[i] == 't' ? '1' : '0';
			else if (form != TEST_UUID || text[i] != '-')
				cell[length++] = text[i];
		}
		cell[length] = '\0';
		if (form == TEST_DATETIME || form == TEST_TIME)
			six_places(cell);
	}
	rows->cell[rows->cells++] = cell;
}

const char *test_database_run(void *native, const char *sql, struct test_rows *rows, int64_t *changed)
{
	if (rows)
		*rows = (struct test_rows){ .cell = NULL };
	return native ? driver()->run(native, sql, rows, changed) : "the session has no connection";
}

void *test_database_connect(const char *url)
{
	return driver()->connect(url);
}

void test_database_disconnect(void *native)
{
	driver()->disconnect(native);
}

bool test_database_fill(corm_session *session)
{
	return driver()->fill && driver()->fill(corm_session_native(session));
}

bool test_database_ignore_inserts(corm_session *session, const char *table, const char *condition)
{
	return driver()->ignore_inserts && driver()->ignore_inserts(corm_session_native(session), table, condition);
}

const struct test_server *test_database_server(void)
{
	return driver()->server;
}

bool test_database_is_sound(corm_session *session)
{
	return !driver()->is_sound || driver()->is_sound(corm_session_native(session));
}
