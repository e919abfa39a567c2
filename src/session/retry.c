/* SPDX-License-Identifier: Apache-2.0
 *
 * corm_transaction: a unit of work that is tried again when another one was in the way.
 */
#include "base/error.h"
#include "base/random.h"
#include "session/session.h"
#include <time.h>

#define RETRIES 5
#define BACKOFF_MS 10
#define BACKOFF_MAX_MS 1000

/* Up to limit_ms, at random, so that those who were in each other's way do not meet again. */
static void wait_at_most(int limit_ms)
{
	uint32_t random = 0;
	corm__random(&random, sizeof random);
	long ms = (long)(random % ((uint32_t)limit_ms + 1));
	struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
	while (nanosleep(&time, &time) != 0)
		;
}

/* One try. */
static corm_status run_once(corm_engine *engine, corm_transaction_function *function, void *data,
                            const corm_transaction_options *options)
{
	corm_session *session = corm_session_open_options(engine, &(corm_session_options){
																  .isolation_level = options->isolation_level,
																  .read_only = options->read_only,
															  });
	corm_status status = corm_session_error(session)->status;
	if (status == CORM_OK)
		status = function(session, data);
	corm_error_store *last = corm__last_error();
	if (status == CORM_OK)
		status = corm_commit(session);
	corm__error_clear(last);
	if (status != CORM_OK && corm_session_error(session)->status == status)
		corm__error_copy(last, corm_session_error(session));
	else if (status != CORM_OK)
		corm_error_set(last, status, "corm_transaction: the function returned %s", corm_status_name(status));
	/* It is told here, and not once more by the error hook. */
	corm_session_error(session);
	corm_session_close(session);
	return status;
}

static bool may_retry(corm_status status, const corm_transaction_options *options)
{
	return status == CORM_ERROR_CONFLICT || (status == CORM_ERROR_AMBIGUOUS && options->idempotent);
}

corm_status corm_transaction(corm_engine *engine, corm_transaction_function *function, void *data,
                             const corm_transaction_options *options)
{
	static const corm_transaction_options defaults = { .retries = 0 };
	if (!engine || !function)
		return corm_error_set(corm__last_error(), CORM_ERROR_USAGE, "corm_transaction: %s is NULL",
		                      engine ? "the function" : "the engine");
	if (!options)
		options = &defaults;
	int retries = options->retries ? options->retries : RETRIES;
	int limit_ms = options->backoff_ms > 0 ? options->backoff_ms : BACKOFF_MS;
	int longest_ms = options->backoff_max_ms > 0 ? options->backoff_max_ms : BACKOFF_MAX_MS;
	corm_status status = run_once(engine, function, data, options);
	for (int i = 0; may_retry(status, options) && i < retries; i++) {
		wait_at_most(limit_ms < longest_ms ? limit_ms : longest_ms);
		limit_ms = limit_ms < longest_ms / 2 ? limit_ms * 2 : longest_ms;
		status = run_once(engine, function, data, options);
	}
	return status;
}
