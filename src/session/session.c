/* SPDX-License-Identifier: Apache-2.0
 *
 * A session's life, its errors and the text it owns.
 */
#include "base/error.h"
#include "session/change.h"
#include "session/stream.h"
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

/* A session that cannot have what was asked for is in error for ever, as one without an engine: it would do with less
 * than the program relies on. */
static void take_options(corm_session *session, const corm_session_options *options)
{
	session->read_only = options->read_only;
	if (!options->isolation_level)
		return;
	session->isolation_level = corm__isolation_level(options->isolation_level);
	if (session->isolation_level)
		return;
	session->engine = NULL;
	corm__session_fail(session, CORM_ERROR_USAGE, "corm_session_options.isolation_level is \"%s\": write %s",
	                   options->isolation_level, CORM__ISOLATION_LEVELS);
}

corm_session *corm_session_open(corm_engine *engine)
{
	return corm_session_open_options(engine, NULL);
}

corm_session *corm_session_open_readonly(corm_engine *engine)
{
	return corm_session_open_options(engine, &(corm_session_options){ .read_only = true });
}

corm_session *corm_session_open_options(corm_engine *engine, const corm_session_options *options)
{
	const corm_allocator *allocator = engine ? corm__engine_allocator(engine) : &corm__default_allocator;
	corm_session *session = corm__alloc(allocator, 1, sizeof *session);
	if (!session)
		return &inert;
	if (pthread_mutex_init(&session->lock, NULL)) {
		corm__free(allocator, session, sizeof *session);
		return &inert;
	}
	session->engine = engine;
	session->allocator = *allocator;
	session->epoch = session->level = session->first_level = 1;
	corm__arena_init(&session->arena, allocator, 0);
	corm__arena_init(&session->transaction, allocator, 0);
	corm__arena_init(&session->work, allocator, 0);
	corm__map_init(&session->ties, allocator);
	corm__map_init(&session->link_changes, allocator);
	if (!engine)
		corm__session_fail(session, CORM_ERROR_USAGE,
		                   "a session was opened on an engine that is NULL: "
		                   "look at corm_last_error() after corm_engine_open()");
	else if (options)
		take_options(session, options);
	return session;
}

void corm_session_close(corm_session *session)
{
	if (!session || session == &inert)
		return;
	if (session->error.error.status != CORM_OK && !session->error_read)
		corm__error_report(&session->error.error);
	corm__session_abort(session);
	corm__streams_free(session);
	corm__stores_release(session);
	corm__text_release(session);
	corm__map_release(&session->ties);
	corm__map_release(&session->link_changes);
	corm__free(&session->allocator, session->pending, session->pending_capacity * sizeof *session->pending);
	corm__free(&session->allocator, session->deleting, session->deleting_capacity * sizeof *session->deleting);
	corm__free(&session->allocator, session->undo, session->undo_capacity * sizeof *session->undo);
	corm__free(&session->allocator, session->collections, session->collection_capacity * sizeof *session->collections);
	if (session->compiler_ready)
		corm__compiler_release(&session->compiler);
	corm__arena_release(&session->work);
	corm__arena_release(&session->transaction);
	corm__arena_release(&session->arena);
	pthread_mutex_destroy(&session->lock);
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
	if (corm__refuse_in_flush(session, "corm_session_reset"))
		return session->error.error.status;
	/* No member is restored, unlike by a rollback: the objects are gone with their values. */
	corm__session_abort(session);
	if (session->engine) {
		corm__error_clear(&session->error);
		session->error_ended = session->error_read = false;
	}
	corm__streams_free(session);
	session->pending_count = session->deleting_count = session->collection_count = session->undo_count = 0;
	corm__forget_unflushed(session);
	corm__text_forget(session);
	corm__stores_reset(session);
	corm__arena_reset(&session->work);
	corm__arena_reset(&session->transaction);
	corm__arena_reset(&session->arena);
	session->epoch = session->level = session->first_level = 1;
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

void corm_session_autoflush(corm_session *session, bool on)
{
	if (session && session != &inert)
		session->manual = !on;
}

bool corm__refuse_in_after_load(corm_session *session)
{
	if (session->in_after_load)
		corm__session_fail(session, CORM_ERROR_USAGE,
		                   "after_load() may not add objects or send statements: the one that gave its row still runs");
	return session->in_after_load;
}

bool corm__refuse_in_flush(corm_session *session, const char *function)
{
	if (session->flush)
		corm__session_fail(session, CORM_ERROR_USAGE, "%s: a hook may not call it, in the middle of a flush", function);
	return session->flush || corm__refuse_in_after_load(session);
}

corm_status corm__autoflush(corm_session *session)
{
	return session->manual ? session->error.error.status : corm_flush(session);
}

/* ---- memory ------------------------------------------------------------------------------------------------------ */

void corm__work_begin(corm_session *session)
{
	session->working++;
}

void corm__work_end(corm_session *session)
{
	if (--session->working == 0)
		corm__arena_reset(&session->work);
}

bool corm__objects_add(corm_session *session, struct corm_arena *arena, struct corm__objects *objects,
                       struct corm__object *object)
{
	if (objects->count == objects->capacity) {
		size_t capacity = objects->capacity ? objects->capacity * 2 : 16;
		struct corm__object **grown = corm__arena_array(arena, capacity, sizeof *grown);
		if (!grown) {
			corm__session_no_memory(session);
			return false;
		}
		if (objects->count)
			memcpy(grown, objects->items, objects->count * sizeof *grown);
		objects->items = grown;
		objects->capacity = capacity;
	}
	objects->items[objects->count++] = object;
	return true;
}

bool corm__array_grow(corm_session *session, void **array, size_t *capacity, size_t size)
{
	size_t more = *capacity ? *capacity * 2 : 64;
	void *grown = corm__resize(&session->allocator, *array, *capacity, more, size);
	if (!grown)
		return false;
	*array = grown;
	*capacity = more;
	return true;
}

corm_arena *corm_session_arena(corm_session *session)
{
	return session && session != &inert ? &session->arena : NULL;
}

const char *corm_text(corm_session *session, const char *text)
{
	if (corm__session_failed(session) || !text)
		return NULL;
	size_t size = strlen(text) + 1;
	char *copy = corm_room_text(&session->arena.room, size);
	if (copy)
		return memcpy(copy, text, size);
	corm__session_no_memory(session);
	return NULL;
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
	text = corm_room_text(&session->arena.room, (size_t)length + 1);
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
