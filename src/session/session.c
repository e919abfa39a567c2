/* SPDX-License-Identifier: Apache-2.0
 *
 * A session's life, its errors and the text it owns.
 */
#include "session/session.h"
#include "base/error.h"
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>

/* Given when there is no memory for a session. It is in error for ever, so that nobody writes to it. */
static corm_session inert = {
	.error = {
		.error = {
			.status = CORM_ERROR_MEMORY,
			.message = "out of memory: the session could not be opened",
		},
	},
	.error_read = true,
	.error_ended = true,
};

bool corm__session_is_inert(const corm_session *session)
{
	return session == &inert;
}

corm_session *corm_session_open(corm_engine *engine)
{
	const corm_allocator *allocator = engine ? corm__engine_allocator(engine) : &corm__default_allocator;
	corm_session *session = corm__alloc(allocator, 1, sizeof *session);
	if (!session)
		return &inert;
	session->engine = engine;
	session->allocator = *allocator;
	session->epoch = 1;
	corm__arena_init(&session->arena, allocator, 0);
	corm__arena_init(&session->transaction, allocator, 0);
	if (!engine)
		corm__session_fail(session, CORM_ERROR_USAGE,
		                   "a session was opened on an engine that is NULL: "
		                   "look at corm_last_error() after corm_engine_open()");
	return session;
}

void corm_session_close(corm_session *session)
{
	if (!session || session == &inert)
		return;
	if (session->error.error.status != CORM_OK && !session->error_read)
		corm__error_report(&session->error.error);
	corm__session_abort(session);
	corm__stores_release(session);
	corm__free(&session->allocator, session->pending, session->pending_capacity * sizeof *session->pending);
	if (session->compiler_ready)
		corm__compiler_release(&session->compiler);
	corm__arena_release(&session->transaction);
	corm__arena_release(&session->arena);
	corm_allocator allocator = session->allocator;
	corm__free(&allocator, session, sizeof *session);
}

void corm__session_autoclose(corm_session **session)
{
	corm_session_close(*session);
}

corm_status corm_session_reset(corm_session *session)
{
	if (!session)
		return CORM_ERROR_USAGE;
	if (session == &inert)
		return CORM_ERROR_MEMORY;
	/* No member is restored, unlike by a rollback: the objects are gone with their values. */
	corm__session_abort(session);
	if (session->engine) {
		corm__error_clear(&session->error);
		session->error_ended = session->error_read = false;
	}
	session->loaded = NULL;
	session->undo = NULL;
	session->pending_count = 0;
	corm__stores_reset(session);
	corm__arena_reset(&session->transaction);
	corm__arena_reset(&session->arena);
	session->epoch = 1;
	return session->error.error.status;
}

const corm_error *corm_session_error(corm_session *session)
{
	static const corm_error no_session = {
		.status = CORM_ERROR_USAGE,
		.message = "the session is NULL",
	};
	if (!session)
		return &no_session;
	if (session != &inert && session->error.error.status != CORM_OK)
		session->error_read = true;
	return &session->error.error;
}

void corm_session_clear_error(corm_session *session)
{
	if (!session || session == &inert || session->error_ended || !session->engine)
		return;
	corm__error_clear(&session->error);
	session->error_read = false;
}

corm_status corm__session_fail(corm_session *session, corm_status status, const char *format, ...)
{
	if (!session)
		return CORM_ERROR_USAGE;
	if (session->error.error.status != CORM_OK)
		return session->error.error.status;
	char message[1024];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(message, sizeof message, format, arguments);
	va_end(arguments);
	return corm_error_set(&session->error, status, "%s", message);
}

corm_status corm__session_no_memory(corm_session *session)
{
	return corm__session_fail(session, CORM_ERROR_MEMORY, "out of memory");
}

corm_arena *corm_session_arena(corm_session *session)
{
	return session && session != &inert ? &session->arena : NULL;
}

const char *corm_text(corm_session *session, const char *text)
{
	if (corm__session_failed(session) || !text)
		return NULL;
	const char *copy = corm__arena_copy(&session->arena, text, strlen(text));
	if (!copy)
		corm__session_no_memory(session);
	return copy;
}

const char *corm_textf(corm_session *session, const char *format, ...)
{
	if (corm__session_failed(session))
		return NULL;
	if (!format) {
		corm__session_fail(session, CORM_ERROR_USAGE, "corm_textf: the format is NULL");
		return NULL;
	}
	va_list arguments, again;
	va_start(arguments, format);
	va_copy(again, arguments);
	char *text = NULL;
	int length = vsnprintf(NULL, 0, format, arguments);
	if (length < 0 || length == INT_MAX) {
		corm__session_fail(session, CORM_ERROR_USAGE, "corm_textf: the format \"%s\" cannot be printed", format);
		goto out;
	}
	text = corm_room_take(&session->arena.room, (size_t)length + 1);
	if (!text) {
		corm__session_no_memory(session);
		goto out;
	}
	vsnprintf(text, (size_t)length + 1, format, again);
out:
	va_end(again);
	va_end(arguments);
	return text;
}

size_t corm__foreach_count(const void *items, size_t count, const char *list, const char *file, int line)
{
	if (items)
		return count;
	corm_error_store store = { .used = 0 };
	corm_error_set(&store, CORM_ERROR_NOT_LOADED,
	               "%s:%d: corm_foreach over \"%s\", which is not loaded: call the relationship's function first", file,
	               line, list);
	corm__error_report(&store.error);
	return 0;
}
