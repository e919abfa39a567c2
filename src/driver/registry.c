/* SPDX-License-Identifier: Apache-2.0
 *
 * The process's drivers. They are few and never leave again, so an array does; its lock is not held while a library is
 * loaded, because the library may register its driver itself.
 */
#define _GNU_SOURCE /* dladdr */
#include "driver/registry.h"
#include "base/error.h"
#include "driver/sqlite.h"
#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifdef __APPLE__
#define LIBRARY_FORMAT "libcormorant-%s.0.dylib"
#else
#define LIBRARY_FORMAT "libcormorant-%s.so.0"
#endif

#define SCHEME_MAXIMUM 64

/* Where driver libraries stand when the dynamic linker does not know: in the directory of what the core is part of, be
 * it libcormorant.so or a program, or, from a program's, in that of the libraries. */
#ifndef CORM_LIBRARY_DIRECTORY
#define CORM_LIBRARY_DIRECTORY "../lib"
#endif
static const char *const directories[] = { ".", CORM_LIBRARY_DIRECTORY };

static pthread_mutex_t drivers_lock = PTHREAD_MUTEX_INITIALIZER;
static const corm_driver *drivers[32] = { &corm__sqlite_driver };
static size_t driver_count = 1;

/* Schemes whose library is known by another name, or whose package we can name. */
static const struct library {
	const char *scheme, *name;
} libraries[] = {
	{ "postgresql", "postgresql" },
	{ "postgres", "postgresql" },
	{ "mariadb", "mariadb" },
	{ "mysql", "mariadb" },
};

static bool driver_has_scheme(const corm_driver *driver, const char *scheme)
{
	for (const char *const *name = driver->schemes; *name; name++) {
		if (!strcmp(*name, scheme))
			return true;
	}
	return false;
}

/* The caller holds the lock. */
static const corm_driver *find_registered(const char *scheme)
{
	for (size_t i = 0; i < driver_count; i++) {
		if (driver_has_scheme(drivers[i], scheme))
			return drivers[i];
	}
	return NULL;
}

/* The caller holds the lock. */
static corm_status add_driver(const corm_driver *driver, corm_error_store *error)
{
	for (size_t i = 0; i < driver_count; i++) {
		if (drivers[i] == driver)
			return CORM_OK;
	}
	for (const char *const *scheme = driver->schemes; *scheme; scheme++) {
		const corm_driver *other = find_registered(*scheme);
		if (other)
			return corm_error_set(error, CORM_ERROR_USAGE,
			                      "the driver \"%s\" cannot have the scheme \"%s\": it is that of the driver \"%s\"",
			                      driver->name, *scheme, other->name);
	}
	if (driver_count == sizeof drivers / sizeof *drivers)
		return corm_error_set(error, CORM_ERROR_USAGE, "the driver \"%s\" is one too many: there are %zu already",
		                      driver->name, driver_count);
	drivers[driver_count++] = driver;
	return CORM_OK;
}

static corm_status register_driver(const corm_driver *driver, corm_error_store *error)
{
	if (!driver)
		return corm_error_set(error, CORM_ERROR_USAGE, "corm_driver_register: no driver was given");
	/* Nothing else of a driver may be looked at when its table is laid out in another way. */
	if (driver->abi != CORM_DRIVER_ABI)
		return corm_error_set(error, CORM_ERROR_USAGE,
		                      "the driver was built for driver interface %u, this library has %d: build it anew",
		                      driver->abi, CORM_DRIVER_ABI);
	pthread_mutex_lock(&drivers_lock);
	corm_status status = add_driver(driver, error);
	pthread_mutex_unlock(&drivers_lock);
	return status;
}

corm_status corm_driver_register(const corm_driver *driver)
{
	return register_driver(driver, corm__last_error());
}

/* What the dynamic linker has to say, which is an error of the URL for who opens an engine. */
static corm_status load_failed(const char *scheme, const char *name, const char *file, corm_error_store *error)
{
	const char *reason = dlerror();
	if (!reason)
		reason = "no reason was given";
	for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
		if (!strcmp(libraries[i].scheme, scheme))
			return corm_error_set(error, CORM_ERROR_URL,
			                      "the driver of \"%s\" is in the package cormorant-%s, and its library "
			                      "cannot be loaded: %s",
			                      scheme, name, reason);
	}
	/* The linker names the file that is missing: ours, or one that ours needs. */
	if (!strncmp(reason, file, strlen(file)))
		return corm_error_set(error, CORM_ERROR_URL,
		                      "unknown database \"%s\" in the URL (known: sqlite; with a driver library: postgresql, "
		                      "mariadb)",
		                      scheme);
	return corm_error_set(error, CORM_ERROR_URL, "the driver library of \"%s\" cannot be loaded: %s", scheme, reason);
}

/* dlopen() for a file that is said to stand in one of our directories; NULL when it does not. */
static void *open_beside(const char *file)
{
	Dl_info core;
	char path[PATH_MAX];
	void *library = NULL;
	/* Any object of the core tells where it is. */
	if (!dladdr(&driver_count, &core) || !core.dli_fname)
		return NULL;
	const char *slash = strrchr(core.dli_fname, '/');
	if (!slash)
		return NULL;
	for (size_t i = 0; !library && i < sizeof directories / sizeof *directories; i++) {
		int length = snprintf(path, sizeof path, "%.*s/%s/%s", (int)(slash - core.dli_fname), core.dli_fname,
		                      directories[i], file);
		if (length > 0 && (size_t)length < sizeof path && access(path, R_OK) == 0)
			library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	}
	return library;
}

static const corm_driver *driver_of(void *library)
{
	corm_driver_entry_function *entry;
	void *symbol = dlsym(library, CORM_DRIVER_SYMBOL);
	if (!symbol)
		return NULL;
	/* POSIX has it that the one can be made of the other, ISO C does not. */
	memcpy(&entry, &symbol, sizeof entry);
	return entry();
}

static corm_status load_driver(const char *scheme, corm_error_store *error)
{
	char file[SCHEME_MAXIMUM + sizeof LIBRARY_FORMAT];
	const char *name = scheme;
	for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
		if (!strcmp(libraries[i].scheme, scheme))
			name = libraries[i].name;
	}
	snprintf(file, sizeof file, LIBRARY_FORMAT, name);
	void *library = open_beside(file);
	if (!library)
		library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
	if (!library)
		return load_failed(scheme, name, file, error);
	const corm_driver *driver = driver_of(library);
	corm_status status;
	if (!driver) {
		status = corm_error_set(error, CORM_ERROR_URL, "\"%s\" is no driver library: it has no symbol %s", file,
		                        CORM_DRIVER_SYMBOL);
	} else {
		status = register_driver(driver, error);
		if (status != CORM_OK) {
			corm__error_prefix(error, "\"%s\": ", file);
			error->error.status = status = CORM_ERROR_URL;
		}
	}
	/* A registered driver stays for good, and its library with it. */
	if (status != CORM_OK)
		dlclose(library);
	return status;
}

static const corm_driver *find(const char *scheme)
{
	pthread_mutex_lock(&drivers_lock);
	const corm_driver *driver = find_registered(scheme);
	pthread_mutex_unlock(&drivers_lock);
	return driver;
}

const corm_driver *corm__driver_find(const char *scheme, corm_error_store *error)
{
	const corm_driver *driver = find(scheme);
	if (driver)
		return driver;
	/* The scheme becomes part of a file's name. */
	size_t length = strspn(scheme, "abcdefghijklmnopqrstuvwxyz0123456789-");
	if (scheme[length] || length == 0 || length > SCHEME_MAXIMUM) {
		corm_error_set(error, CORM_ERROR_URL, "the URL's scheme \"%s\" is no name of a database", scheme);
		return NULL;
	}
	if (load_driver(scheme, error) != CORM_OK)
		return NULL;
	driver = find(scheme);
	if (!driver)
		corm_error_set(error, CORM_ERROR_URL, "the driver library found for \"%s\" does not have that scheme", scheme);
	return driver;
}
