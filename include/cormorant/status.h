/* SPDX-License-Identifier: Apache-2.0
 *
 * Statuses and errors.
 *
 * Functions that return a pointer return NULL when they fail, lists carry a status, the others return a corm_status or
 * -1. Why it failed stands in the handle: corm_session_error(), or corm_last_error() where there is no handle yet.
 *
 *	if (corm_commit(session) != CORM_OK)
 *		fprintf(stderr, "%s\n", corm_session_error(session)->message);
 */
#ifndef CORMORANT_STATUS_H
#define CORMORANT_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

/* Every status with its meaning. The order is part of the ABI: new ones go to the end. */
#define CORM_STATUS_MAP(X) \
	X(OK, "no error") \
	X(ERROR_MEMORY, "out of memory") \
	X(ERROR_USAGE, "the library was called in a way it does not allow") \
	X(ERROR_URL, "the database URL cannot be used") \
	X(ERROR_CONNECT, "no connection to the database") \
	X(ERROR_TIMEOUT, "it took too long") \
	X(ERROR_SQL, "the database refused the statement") \
	X(ERROR_UNIQUE, "a unique constraint was violated") \
	X(ERROR_FOREIGN_KEY, "a foreign key constraint was violated") \
	X(ERROR_NOT_NULL, "NULL in a column that must have a value") \
	X(ERROR_CHECK, "a check constraint was violated") \
	X(ERROR_CONFLICT, "another transaction was in the way: retry") \
	X(ERROR_AMBIGUOUS, "the connection was lost during COMMIT: nobody knows whether it was done") \
	X(ERROR_READONLY, "the database cannot be written") \
	X(ERROR_VALIDATION, "a value breaks a rule of its model") \
	X(ERROR_NO_ROW, "no row was found where one was expected") \
	X(ERROR_MULTIPLE_ROWS, "several rows were found where one was expected") \
	X(ERROR_TYPE, "a stored value does not fit its member") \
	X(ERROR_NOT_LOADED, "a relationship was used that is not loaded") \
	X(ERROR_CANCELLED, "the statement was cancelled") \
	X(ERROR_IO, "reading or writing failed")

typedef enum corm_status {
#define CORM__STATUS_ENUM(name, meaning) CORM_##name,
	CORM_STATUS_MAP(CORM__STATUS_ENUM)
#undef CORM__STATUS_ENUM
} corm_status;

/* What went wrong. All strings belong to the handle that gave the error and live until its next call; the ones that are
 * not known are NULL. */
typedef struct corm_error {
	corm_status status;
	const char *message;    /* what was asked, what was found, what to do; never NULL when status is not CORM_OK */
	const char *sqlstate;   /* five characters, from databases that have them */
	const char *constraint; /* the violated constraint's name */
	const char *table;
	const char *column; /* several are separated by ", " */
	const char *sql;    /* the statement; long ones are cut */
} corm_error;

/* The constant's name, "CORM_ERROR_UNIQUE"; "CORM_ERROR_?" for a number that is none. Never NULL. */
const char *corm_status_name(corm_status status);

/* The meaning of a status in a few words. Never NULL. */
const char *corm_status_meaning(corm_status status);

/* The calling thread's last error of a function that has no handle to keep it in, such as corm_engine_open() and
 * corm_create_all(). Never NULL: status is CORM_OK when there was none. Lives until the thread's next such call. */
const corm_error *corm_last_error(void);

/* Called with an error that nobody read: a session closed while in its error state, a list walked that is not loaded.
 * The default writes one line to standard error. The hook is the whole process's; NULL brings the default back.
 * Not thread-safe: set it before threads start. */
typedef void corm_error_hook(void *data, const corm_error *error);
void corm_on_error(corm_error_hook *function, void *data);

#ifdef __cplusplus
}
#endif

#endif
