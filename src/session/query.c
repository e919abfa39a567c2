/* SPDX-License-Identifier: Apache-2.0
 *
 * The query builder.
 */
#include "session/query.h"
#include "session/load.h"
#include "sql/tree.h"

/* Twice the room for clauses, in new memory: that of before stays with the arena. */
static bool grow(corm_query *query)
{
	size_t capacity = query->capacity ? query->capacity * 2 : 8;
	corm_clause *clauses = corm__arena_array(corm__session_arena(query->session), capacity, sizeof *clauses);
	if (!clauses)
		return false;
	if (query->count)
		memcpy(clauses, query->clauses, query->count * sizeof *clauses);
	query->clauses = clauses;
	query->capacity = capacity;
	return true;
}

static void end_clauses(corm_query *query)
{
	query->clauses[query->count] = (corm_clause)CORM_END;
	query->select.clauses = query->clauses;
}

corm_query *corm__query_new(corm_session *session, const corm_node *source)
{
	if (!session || corm__session_is_inert(session) || !source || source->op != CORM_OP_MODEL)
		return NULL;
	corm_query *query = corm__arena_array(corm__session_arena(session), 1, sizeof *query);
	if (!query) {
		corm__session_no_memory(session);
		return NULL;
	}
	const char *alias = source->of.arg.b;
	query->session = session;
	query->select.model = source->of.arg.a;
	query->select.alias = corm_arena_text(corm__session_arena(session), alias);
	if ((alias && !query->select.alias) || !grow(query))
		corm__session_no_memory(session);
	else
		end_clauses(query);
	return query;
}

corm_status corm_query_add(corm_query *query, corm_clause clause)
{
	if (!query || !query->session)
		return CORM_ERROR_USAGE;
	corm_session *session = query->session;
	bool is_spoiled = !query->select.clauses;
	query->select.clauses = NULL;
	if (corm__session_failed(session))
		return corm__session_error_store(session)->error.status;
	if (is_spoiled)
		return corm__session_fail(session, CORM_ERROR_USAGE,
		                          "corm_query_add: an earlier clause of the query could not be added");
	if (clause.kind == CORM_CLAUSE_END)
		clause.kind = CORM_CLAUSE_NONE; /* an empty clause, which compiling reports */
	if ((query->count + 1 == query->capacity && !grow(query)) ||
	    !corm__clause_copy(corm__session_arena(session), &clause, &query->clauses[query->count]))
		return corm__session_no_memory(session);
	query->count++;
	end_clauses(query);
	return CORM_OK;
}

struct corm__select corm__query_select(const corm_query *query)
{
	struct corm__select select = query->select;
	for (size_t i = 0; select.clauses && i < query->count; i++)
		if (query->clauses[i].kind == CORM_CLAUSE_COLUMNS)
			select.kind = CORM__SELECT_COLUMNS;
	return select;
}

/* What is loaded by joins, and which columns, is part of the statement; it must not be left to the run. */
static bool read_loads(corm_session *session, struct corm__select *select)
{
	struct corm__loads loads;
	struct corm__store *store = select->model ? corm__store_of(session, select->model) : NULL;
	if (select->kind != CORM__SELECT_OBJECTS || !select->model || !select->clauses)
		return true;
	if (!store) {
		corm__session_no_memory(session);
		return false;
	}
	struct corm__columns columns = corm__columns_all(store, 0);
	return corm__loads_read(session, select, &loads) == CORM_OK &&
	       (!loads.only || corm__loads_only(session, select, &loads, &columns));
}

static const char *compile(corm_session *session, struct corm__select *select, const struct corm__dialect *dialect)
{
	const char *sql = NULL;
	corm_error_store error;
	struct corm__compiler compiler;
	if (!read_loads(session, select))
		return NULL;
	corm__compiler_init(&compiler, dialect, ~dialect->lacks, &session->allocator);
	if (corm__compile_select(&compiler, CORM__WALK_SQL, select, &error) != CORM_OK) {
		corm__session_fail(session, error.error.status, "%s", error.error.message);
	} else {
		sql = corm__arena_copy(corm__session_arena(session), compiler.sql.data, compiler.sql.length);
		if (!sql)
			corm__session_no_memory(session);
	}
	corm__compiler_release(&compiler);
	return sql;
}

const char *corm_compile(corm_query *query, const char *dialect_name)
{
	if (!query || !query->session || corm__session_failed(query->session))
		return NULL;
	corm_session *session = query->session;
	const struct corm__dialect *dialect = corm__dialect_find(dialect_name);
	if (!dialect) {
		corm__session_fail(session, CORM_ERROR_USAGE, "corm_compile: there is no dialect \"%s\"",
		                   dialect_name ? dialect_name : "(null)");
		return NULL;
	}
	struct corm__select select = corm__query_select(query);
	corm__work_begin(session);
	const char *sql = compile(session, &select, dialect);
	corm__work_end(session);
	return sql;
}
