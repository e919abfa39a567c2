/* SPDX-License-Identifier: Apache-2.0
 *
 * The kinds of databases, and where theirs are.
 */
#include "bench.h"
#include "handwritten.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void sqlite_url(const struct bench_place *place, char *out, size_t size)
{
	snprintf(out, size, "sqlite:///%s?%s", place->name,
	         place->settings == BENCH_SAME ? "journal_mode=wal&synchronous=normal&cache_size=-16384&mmap_size=0"
	                                       : "profile=fast");
}

static void postgresql_url(const struct bench_place *place, char *out, size_t size)
{
	const struct bench_server *server = &place->server;
	snprintf(out, size, "postgresql://%s@:%d/%s?unix_socket=%s", server->credentials, server->port, place->name,
	         server->socket);
}

static void mariadb_url(const struct bench_place *place, char *out, size_t size)
{
	snprintf(out, size, "mariadb://%s@localhost/%s?unix_socket=%s", place->server.credentials, place->name,
	         place->server.socket);
}

static const struct bench_database databases[] = {
	{
		.name = "sqlite",
		.settings = "WAL, synchronous=NORMAL, a cache of 16 MiB, foreign keys",
		.kind = &hw_sqlite,
		.url = sqlite_url,
	},
	{
		.name = "postgresql",
		.settings = "libpq over a unix socket, the server without fsync",
		.is_server = true,
		.kind = &hw_postgresql,
		.url = postgresql_url,
	},
	{
		.name = "mariadb",
		.settings = "libmariadb over a unix socket, the server without fsync",
		.is_server = true,
		.kind = &hw_mariadb,
		.url = mariadb_url,
	},
};

const struct bench_database *bench_database_find(const char *name)
{
	for (size_t i = 0; i < sizeof databases / sizeof *databases; i++) {
		if (strcmp(databases[i].name, name) == 0)
			return &databases[i];
	}
	return NULL;
}

/* %2F and the like, in place. */
static void decode(char *text)
{
	char *out = text;
	for (const char *c = text; *c; c++) {
		char digits[3] = { 0 };
		if (*c == '%' && isxdigit((unsigned char)c[1]) && isxdigit((unsigned char)c[2])) {
			memcpy(digits, c + 1, 2);
			c += 2;
			*out++ = (char)strtol(digits, NULL, 16);
		} else {
			*out++ = *c;
		}
	}
	*out = '\0';
}

void bench_server_find(const struct bench_database *database, struct bench_server *server)
{
	char name[64];
	int length = snprintf(name, sizeof name, "CORM_TEST_%s", database->name);
	for (int i = 0; i < length; i++)
		name[i] = (char)toupper((unsigned char)name[i]);
	const char *url = getenv(name);
	snprintf(name + length, sizeof name - (size_t)length, "_SOCKET");
	const char *socket = getenv(name);
	snprintf(name + length, sizeof name - (size_t)length, "_PID");
	const char *pid_file = getenv(name);
	if (!url || !socket || !pid_file)
		bench_fail("no %s server: run it by tests/servers/run, which starts one", database->name);
	if (sscanf(url, "%*[a-z]://%63[^:]:%127[^@]@%*[^:]:%d/", server->user, server->password, &server->port) != 3)
		bench_fail("%s is not user:password@host:port", url);
	snprintf(server->credentials, sizeof server->credentials, "%s:%s", server->user, server->password);
	snprintf(server->socket, sizeof server->socket, "%s", socket);
	FILE *file = fopen(pid_file, "r");
	if (!file || fscanf(file, "%d", &server->process) != 1)
		bench_fail("%s has no number of a process", pid_file);
	fclose(file);
	decode(server->user);
	decode(server->password);
}
