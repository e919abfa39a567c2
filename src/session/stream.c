/* SPDX-License-Identifier: Apache-2.0
 *
 * X_stream: a row at a time in constant memory.
 *
 * A row is a plain struct in memory of the stream's own, and none of the session's objects. The statement runs on the
 * session's connection, and ends with the transaction at the latest; what is left of the stream is the session's then.
 */
#include "session/stream.h"
#include "session/load.h"

struct corm_stream {
	struct corm_stream *next;
	corm_session *session;
	struct corm__columns columns;
	struct corm__run run;
	size_t size;            /* of the block that holds it and its row */
	bool is_open;           /* its statement is running */
	bool is_done;           /* all rows were read, or there was an error */
	struct corm_arena text; /* of the current row */
	char *row;
};

static void end_statement(struct corm_stream *stream)
{
	if (stream->is_open)
		corm__run_end(&stream->run);
	stream->is_open = false;
}

void corm__streams_end(corm_session *session)
{
	for (struct corm_stream *stream = session->streams; stream; stream = stream->next) {
		if (!stream->is_open)
			continue;
		/* The statement alone: the session's error is not the stream's, and nothing is to be ended for it. */
		corm__statement_release(stream->run.statement);
		stream->is_open = false;
	}
}

static void free_stream(corm_session *session, struct corm_stream *stream)
{
	corm__arena_release(&stream->text);
	corm__free(&session->allocator, stream, stream->size);
}

void corm__streams_free(corm_session *session)
{
	corm__streams_end(session);
	while (session->streams) {
		struct corm_stream *stream = session->streams;
		session->streams = stream->next;
		free_stream(session, stream);
	}
}

/* Loads have no place in a stream: what is related would need memory for as long as it runs. */
static bool check_clauses(corm_session *session, const corm_clause *clause)
{
	for (; clause && clause->kind != CORM_CLAUSE_END; clause++) {
		if (clause->kind != CORM_CLAUSE_LOAD && clause->kind != CORM_CLAUSE_LOAD_JOINED &&
		    clause->kind != CORM_CLAUSE_ONLY)
			continue;
		corm__session_fail(session, CORM_ERROR_USAGE, "a stream gives whole rows, without what is related to them: %s",
		                   clause->kind == CORM_CLAUSE_ONLY ? "leave corm_only() out" : "leave corm_load() out");
		return false;
	}
	return true;
}

corm_stream *corm__stream(corm_session *session, const corm_model_info *model, const corm_clause *clauses)
{
	if (corm__session_failed(session) || !check_clauses(session, clauses))
		return NULL;
	struct corm__store *store = corm__store_of(session, model);
	size_t row_at = (sizeof(struct corm_stream) + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
	struct corm_stream *stream = store ? corm__alloc(&session->allocator, 1, row_at + model->size) : NULL;
	if (!stream) {
		corm__session_no_memory(session);
		return NULL;
	}
	struct corm__select select = { .model = model, .clauses = clauses };
	stream->session = session;
	stream->columns = corm__columns_all(store, 0);
	stream->row = (char *)stream + row_at;
	stream->size = row_at + model->size;
	corm__arena_init(&stream->text, &session->allocator, 0);
	if (!corm__select_start(session, &select, &stream->run)) {
		free_stream(session, stream);
		return NULL;
	}
	const corm_driver *driver = session->connection->driver;
	if (driver->stream && driver->stream(stream->run.statement->state, &session->error) != CORM_OK) {
		corm__run_end(&stream->run);
		free_stream(session, stream);
		return NULL;
	}
	stream->is_open = true;
	stream->next = session->streams;
	session->streams = stream;
	return stream;
}

void *corm__stream_next(corm_stream *stream, const corm_model_info *model)
{
	if (!stream || corm__session_failed(stream->session) || stream->is_done || corm__refuse_forked(stream->session))
		return NULL;
	corm_session *session = stream->session;
	if (stream->columns.store->model != model || !stream->is_open) {
		corm__session_fail(session, CORM_ERROR_USAGE,
		                   stream->is_open ? "%s_stream_next: the stream is one of another model"
		                                   : "%s_stream_next: the transaction of the stream has ended",
		                   model->name);
		return NULL;
	}
	corm__arena_reset(&stream->text);
	memset(stream->row, 0, model->size);
	if (corm__run_row(&stream->run) &&
	    corm__row_read_plain(&stream->run, &stream->columns, stream->row, &stream->text.room) &&
	    (!model->after_load || corm__call_after_load(session, model, stream->row) == CORM_OK))
		return stream->row;
	stream->is_done = true;
	end_statement(stream);
	return NULL;
}

void corm_stream_close(corm_stream *stream)
{
	if (!stream)
		return;
	corm_session *session = stream->session;
	for (struct corm_stream **link = &session->streams; *link; link = &(*link)->next) {
		if (*link != stream)
			continue;
		*link = stream->next;
		break;
	}
	end_statement(stream);
	free_stream(session, stream);
}
