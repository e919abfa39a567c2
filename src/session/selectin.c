/* SPDX-License-Identifier: Apache-2.0
 *
 * A relationship of many objects, by one query: SELECT … WHERE key IN (…).
 */
#include "session/load.h"
#include "session/relation.h"
#include "type/codec.h"

/* What connects a row with its owners: columns of the owners, and where their values stand in a row. */
struct loading {
	corm_session *session;
	const corm_relationship *relationship;
	struct corm__store *store;   /* the owners' */
	struct corm__objects owners; /* each once */
	struct corm__objects *found; /* NULL: nobody asks */
	bool only_new;               /* what was loaded before is not asked for */
	size_t *heads;               /* hash table: number of an owner + 1 */
	size_t mask;
	size_t *next;     /* of each owner: the next with the same key, + 1 */
	size_t *distinct; /* numbers of the owners that stand for their keys */
	size_t distinct_count;
	const corm_model_info *row_model; /* whose columns a row is matched by: the target's, or the link model's */
	const uint16_t *row_columns;
	corm_target *link_targets; /* of a link model's columns, which come first */
	char *link_row;            /* where they are read to; NULL: no link model */
	size_t link_size;
	struct corm__pairs pairs;
};

static bool found_add(struct loading *loading, void *pointer)
{
	return !loading->found || !pointer ||
	       corm__objects_add(loading->session, &loading->session->work, loading->found, corm__object_at(pointer));
}

/* ---- whose relationship is not loaded ---------------------------------------------------------------------------- */

/* Is it loaded, or known without a query? Then what it leads to is found. */
static bool is_known(struct loading *loading, struct corm__object *owner, bool *ok)
{
	corm_session *session = loading->session;
	const corm_relationship *relationship = loading->relationship;
	if (corm__is_many(relationship)) {
		const struct corm__collection *list = corm__collection_of(session, owner, relationship);
		if (!list || list->reload)
			return false;
		for (size_t i = 0; *ok && !loading->only_new && i < list->count; i++)
			*ok = found_add(loading, list->items[i]);
		return true;
	}
	void *now = corm__related_pointer(corm__object_struct(owner), relationship);
	bool is_set = now != corm__related_pointer(corm__object_snapshot(owner), relationship);
	bool is_loaded = relationship->kind == CORM_TO_ONE_REMOTE ? corm__remote_is_loaded(session, owner, relationship)
	                                                          : now && corm__object_lives(corm__object_at(now)) &&
	                                                                corm__is_fresh(session, corm__object_at(now));
	if (is_set || is_loaded) {
		*ok = loading->only_new || found_add(loading, now);
		return true;
	}
	if (relationship->kind == CORM_TO_ONE_REMOTE)
		return false;
	const struct corm__bond bond = corm__bond_of(owner->store->model, relationship);
	if (corm__bond_is_null(&bond, corm__object_struct(owner)))
		return true;
	struct corm__object *known = corm__bond_known(session, &bond, corm__object_struct(owner));
	if (!known || !corm__is_fresh(session, known))
		return false;
	if (!corm__object_lives(known))
		return true; /* as good as gone */
	corm__related_loaded(owner, relationship, corm__object_struct(known));
	*ok = found_add(loading, corm__object_struct(known));
	return true;
}

static bool collect(struct loading *loading, const struct corm__objects *owners)
{
	bool ok = true;
	for (size_t i = 0; ok && i < owners->count; i++) {
		struct corm__object *owner = owners->items[i];
		if (owner->state != CORM__OBJECT_PERSISTENT || owner->flags & CORM__FLAG_OWNER || is_known(loading, owner, &ok))
			continue;
		loading->store = owner->store;
		owner->flags |= CORM__FLAG_OWNER;
		ok = ok && corm__objects_add(loading->session, &loading->session->work, &loading->owners, owner);
	}
	for (size_t i = 0; i < owners->count; i++)
		owners->items[i]->flags &= (uint8_t)~CORM__FLAG_OWNER;
	return ok;
}

/* ---- the keys, and who has them ---------------------------------------------------------------------------------- */

static const corm_column *owner_column(const struct loading *loading, size_t i)
{
	return &loading->store->model->columns[loading->relationship->columns[i]];
}

static const corm_column *row_column(const struct loading *loading, size_t i)
{
	return &loading->row_model->columns[loading->row_columns[i]];
}

static size_t hash_owner(const struct loading *loading, struct corm__object *owner)
{
	uint64_t hash = 0;
	for (size_t i = 0; i < loading->relationship->count; i++) {
		const corm_column *column = owner_column(loading, i);
		hash = corm__hash_number(hash ^ corm__value_hash(&column->format, corm__value_at(owner, column)));
	}
	return (size_t)hash;
}

static bool same_key(const struct loading *loading, struct corm__object *a, struct corm__object *b)
{
	for (size_t i = 0; i < loading->relationship->count; i++) {
		const corm_column *column = owner_column(loading, i);
		if (!corm__value_equal(&column->format, corm__value_at(a, column), corm__value_at(b, column)))
			return false;
	}
	return true;
}

static bool index_owners(struct loading *loading)
{
	struct corm_arena *arena = &loading->session->work;
	size_t count = loading->owners.count, capacity = 16;
	while (capacity < 2 * count)
		capacity *= 2;
	loading->mask = capacity - 1;
	loading->heads = corm__arena_array(arena, capacity, sizeof *loading->heads);
	loading->next = corm__arena_array(arena, count, sizeof *loading->next);
	loading->distinct = corm__arena_array(arena, count, sizeof *loading->distinct);
	if (!loading->heads || !loading->next || !loading->distinct) {
		corm__session_no_memory(loading->session);
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		struct corm__object *owner = loading->owners.items[i];
		size_t at = hash_owner(loading, owner) & loading->mask;
		while (loading->heads[at] && !same_key(loading, owner, loading->owners.items[loading->heads[at] - 1]))
			at = (at + 1) & loading->mask;
		if (loading->heads[at]) {
			loading->next[i] = loading->next[loading->heads[at] - 1];
			loading->next[loading->heads[at] - 1] = i + 1;
		} else {
			loading->heads[at] = i + 1;
			loading->distinct[loading->distinct_count++] = i;
		}
	}
	return true;
}

static const void *row_value(const struct loading *loading, size_t i, const char *base, bool is_link)
{
	return base + (is_link ? loading->link_targets[i].offset : row_column(loading, i)->offset);
}

/* The first owner of a row, + 1; 0: none. base: the struct that the row's columns stand in. */
static size_t find_owner(const struct loading *loading, const char *base, bool is_link)
{
	uint64_t hash = 0;
	size_t count = loading->relationship->count;
	for (size_t i = 0; i < count; i++) {
		const corm_format *format = &row_column(loading, i)->format;
		const void *value = row_value(loading, i, base, is_link);
		if (corm__value_is_null(format, value))
			return 0;
		hash = corm__hash_number(hash ^ corm__value_hash(format, value));
	}
	for (size_t at = (size_t)hash & loading->mask; loading->heads[at]; at = (at + 1) & loading->mask) {
		struct corm__object *owner = loading->owners.items[loading->heads[at] - 1];
		size_t i = 0;
		while (i < count && corm__agrees(owner_column(loading, i), corm__value_at(owner, owner_column(loading, i)),
		                                 row_column(loading, i), row_value(loading, i, base, is_link)))
			i++;
		if (i == count)
			return loading->heads[at];
	}
	return 0;
}

/* ---- the rows ---------------------------------------------------------------------------------------------------- */

/* Room for the link model's columns of a row. */
static bool prepare_link(struct loading *loading)
{
	const corm_relationship *relationship = loading->relationship;
	loading->row_model = relationship->link ? relationship->link : relationship->target;
	loading->row_columns = relationship->link ? relationship->link_columns : relationship->target_columns;
	if (!relationship->link)
		return true;
	struct corm_arena *arena = &loading->session->work;
	loading->link_targets = corm__arena_array(arena, relationship->count, sizeof *loading->link_targets);
	for (size_t i = 0; loading->link_targets && i < relationship->count; i++) {
		const corm_column *column = row_column(loading, i);
		loading->link_targets[i] = (corm_target){
			.format = column->format,
			.offset = loading->link_size,
			.name = column->name,
		};
		size_t size = column->format.size + column->format.has_value + sizeof(bool);
		loading->link_size += (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
	}
	loading->link_row = corm__arena_array(arena, 1, loading->link_size);
	if (!loading->link_targets || !loading->link_row)
		corm__session_no_memory(loading->session);
	return !corm__session_failed(loading->session);
}

/* Pairs an object with all owners of its row. */
static bool pair(struct loading *loading, struct corm__object *object)
{
	size_t owner = loading->link_row ? find_owner(loading, loading->link_row, true)
	                                 : find_owner(loading, corm__object_snapshot(object), false);
	for (; owner; owner = loading->next[owner - 1]) {
		if (!corm__pairs_add(loading->session, &loading->pairs, owner - 1, corm__object_struct(object)))
			return false;
	}
	return found_add(loading, corm__object_struct(object));
}

static bool read_row(struct loading *loading, struct corm__run *run, const struct corm__columns *columns)
{
	corm_session *session = loading->session;
	const corm_driver *driver = run->statement->connection->driver;
	if (loading->link_row && driver->read(run->statement->state, 0, loading->link_targets, loading->relationship->count,
	                                      loading->link_row, &session->work.room, &session->error) != CORM_OK)
		return false;
	struct corm__object *object = corm__row_object(run, columns);
	return object && pair(loading, object);
}

/* How many keys a statement is written for, so that few statements serve many numbers of keys: the next power of two,
 * from 1,024 on the next multiple of it. */
static size_t padded(size_t count, size_t most)
{
	const size_t step = 1024;
	size_t padded = 1;
	while (padded < count && padded < step)
		padded *= 2;
	if (count > step)
		padded = (count + step - 1) / step * step;
	return padded < most ? padded : most;
}

static struct corm__statement *statement_for(struct loading *loading, size_t keys)
{
	corm_session *session = loading->session;
	size_t size = corm__statement_key(loading->store, CORM__STATEMENT_RELATED_IN, (uint32_t)keys, loading->relationship,
	                                  NULL, 0);
	struct corm__statement *statement = corm__statement_find(session->connection, loading->store->key, size);
	if (!statement &&
	    corm__compile_related_in(&session->compiler, loading->relationship, keys, &session->error) == CORM_OK)
		statement = corm__compiled_statement(session, loading->store, size);
	return statement;
}

/* Reads the rows of the distinct keys from the first-th on, at most count; what is missing to the statement's number is
 * filled up with the last. */
static bool query(struct loading *loading, size_t first, size_t count, size_t most, const void **values,
                  const corm_format **formats)
{
	size_t width = loading->relationship->count, keys = padded(count, most);
	for (size_t k = 0; k < keys; k++) {
		size_t number = loading->distinct[first + (k < count ? k : count - 1)];
		for (size_t i = 0; i < width; i++) {
			const corm_column *column = owner_column(loading, i);
			formats[k * width + i] = &column->format;
			values[k * width + i] = corm__value_at(loading->owners.items[number], column);
		}
	}
	struct corm__run run;
	struct corm__store *target = corm__store_of(loading->session, loading->relationship->target);
	struct corm__statement *statement = target ? statement_for(loading, keys) : NULL;
	if (!target)
		corm__session_no_memory(loading->session);
	if (!statement || !corm__run_start(&run, loading->session, statement, formats, values, keys * width))
		return false;
	const struct corm__columns columns = corm__columns_all(target, loading->link_row ? width : 0);
	while (corm__run_row(&run) && read_row(loading, &run, &columns))
		;
	corm__run_end(&run);
	return !corm__session_failed(loading->session);
}

static corm_status load(struct loading *loading)
{
	corm_session *session = loading->session;
	if (corm__session_begin(session) != CORM_OK || !prepare_link(loading) || !index_owners(loading))
		return session->error.error.status;
	size_t width = loading->relationship->count, most = session->dialect->parameter_limit / width;
	size_t room = padded(loading->distinct_count, most) * width;
	const void **values = corm__arena_array(&session->work, room, sizeof *values);
	const corm_format **formats = corm__arena_array(&session->work, room, sizeof *formats);
	if (!values || !formats)
		return corm__session_no_memory(session);
	for (size_t first = 0; first < loading->distinct_count; first += most) {
		size_t left = loading->distinct_count - first;
		if (!query(loading, first, left < most ? left : most, most, values, formats))
			return session->error.error.status;
	}
	return corm__pairs_apply(session, &loading->pairs, loading->relationship, &loading->owners);
}

corm_status corm__load_selectin(corm_session *session, const corm_relationship *relationship,
                                const struct corm__objects *owners, struct corm__objects *found, bool only_new)
{
	struct loading loading = {
		.session = session,
		.relationship = relationship,
		.found = found,
		.only_new = only_new,
	};
	if (!collect(&loading, owners))
		return session->error.error.status;
	return loading.owners.count ? load(&loading) : CORM_OK;
}
