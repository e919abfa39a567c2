/* SPDX-License-Identifier: Apache-2.0
 *
 * Text that objects point to, used again when it was replaced, so that a session that lives long does not grow with
 * each value that it has ever seen.
 *
 * Every piece has the size of its content, and at least CORM_TEXT_MINIMUM bytes; so the content tells the size, and no
 * piece needs a head. A piece that is given up goes through a queue before it is used again: a program that still holds
 * a pointer to a replaced value reads the old text for a good while, and not at once another one.
 */
#include "session/change.h"

#define EXACT 256              /* pieces up to that size are kept by their size */
#define QUEUE 512              /* pieces that wait */
#define QUEUE_BYTES (64 << 10) /* their bytes */
#define LOOKS 8                /* larger pieces that are looked at for one that fits */

/* Begins each larger piece that is free. */
struct large {
	char *next;
	size_t size;
};

struct corm__text_pool {
	char *exact[EXACT + 1]; /* lists through the pieces' first bytes */
	char *large;
	struct {
		char *data;
		size_t size;
	} queue[QUEUE];
	size_t first, count, bytes;
};

static size_t piece_size(size_t size)
{
	return size < CORM_TEXT_MINIMUM ? CORM_TEXT_MINIMUM : size;
}

static char *take_large(struct corm__text_pool *pool, size_t size)
{
	char *piece = pool->large, *before = NULL;
	for (size_t looks = 0; piece && looks < LOOKS; looks++) {
		struct large head, previous;
		memcpy(&head, piece, sizeof head);
		/* A much larger one would lose the rest: the content is what tells a piece's size later. */
		if (head.size == size) {
			if (before) {
				memcpy(&previous, before, sizeof previous);
				previous.next = head.next;
				memcpy(before, &previous, sizeof previous);
			} else {
				pool->large = head.next;
			}
			return piece;
		}
		before = piece;
		piece = head.next;
	}
	return NULL;
}

static char *take_again(struct corm__text_pool *pool, size_t size)
{
	if (size > EXACT)
		return take_large(pool, size);
	char *piece = pool->exact[size];
	if (piece)
		memcpy(&pool->exact[size], piece, sizeof(char *));
	return piece;
}

char *corm__text_reuse(corm_session *session, size_t size)
{
	return session->text ? take_again(session->text, piece_size(size)) : NULL;
}

char *corm__text_take(corm_session *session, size_t size)
{
	char *piece = corm__text_reuse(session, size);
	return piece ? piece : corm_room_take(&session->arena.room, piece_size(size));
}

char *corm__text_copy(corm_session *session, const char *text, size_t length)
{
	char *copy = length < SIZE_MAX ? corm__text_take(session, length + 1) : NULL;
	if (copy) {
		if (length)
			memcpy(copy, text, length);
		copy[length] = '\0';
	}
	return copy;
}

static void make_free(struct corm__text_pool *pool, char *piece, size_t size)
{
	if (size > EXACT) {
		struct large head = { .next = pool->large, .size = size };
		memcpy(piece, &head, sizeof head);
		pool->large = piece;
	} else {
		memcpy(piece, &pool->exact[size], sizeof(char *));
		pool->exact[size] = piece;
	}
}

void corm__text_give(corm_session *session, const char *text, size_t size)
{
	if (!text || !size)
		return;
	if (!session->text)
		session->text = corm__alloc(&session->allocator, 1, sizeof *session->text);
	struct corm__text_pool *pool = session->text;
	if (!pool)
		return; /* without memory for the pool, the piece waits for the session's reset */
	size = piece_size(size);
	while (pool->count && (pool->count == QUEUE || pool->bytes + size > QUEUE_BYTES)) {
		pool->bytes -= pool->queue[pool->first].size;
		make_free(pool, pool->queue[pool->first].data, pool->queue[pool->first].size);
		pool->first = (pool->first + 1) % QUEUE;
		pool->count--;
	}
	size_t last = (pool->first + pool->count++) % QUEUE;
	/* It is the session's own memory, which the struct's const does not change. */
	pool->queue[last].data = (char *)(uintptr_t)text;
	pool->queue[last].size = size;
	pool->bytes += size;
}

void corm__text_forget(corm_session *session)
{
	if (session->text)
		*session->text = (struct corm__text_pool){ .first = 0 };
}

void corm__text_release(corm_session *session)
{
	corm__free(&session->allocator, session->text, sizeof *session->text);
	session->text = NULL;
}
