/* SPDX-License-Identifier: Apache-2.0
 *
 * The functions in the generated source: each is a call of the library's with the model, and gives its types.
 */
#include "generate/write_source.h"

static const char add_functions[] =
	"void @_init($ *value)\n{\n\tif (value)\n\t\t*value = ($){ @__defaults };\n}\n\n"
	"$ *@_new(corm_session *session)\n{\n\treturn (@_add_value)(session, &($){ @__defaults });\n}\n\n"
	"$ *(@_add_value)(corm_session *session, const $ *value)\n{\n\treturn corm__add(session, &@_model, value);\n}\n\n";

static const char query_functions[] =
	"@_list @_all_query(corm_session *session, const corm_clause *clauses)\n"
	"{\n"
	"\tcorm_any_list list = corm__all(session, &@_model, clauses);\n"
	"\treturn (@_list){ ($ **)list.items, list.count, list.status };\n"
	"}\n\n"
	"$ *@_first_query(corm_session *session, const corm_clause *clauses)\n"
	"{\n\treturn corm__first(session, &@_model, clauses);\n}\n\n"
	"$ *@_one_query(corm_session *session, const corm_clause *clauses)\n"
	"{\n\treturn corm__one(session, &@_model, clauses);\n}\n\n"
	"$ *@_one_or_none_query(corm_session *session, const corm_clause *clauses)\n"
	"{\n\treturn corm__one_or_none(session, &@_model, clauses);\n}\n\n"
	"int64_t @_count_query(corm_session *session, const corm_clause *clauses)\n"
	"{\n\treturn corm__count(session, &@_model, clauses);\n}\n\n"
	"corm_status @_exists_query(corm_session *session, bool *exists, const corm_clause *clauses)\n"
	"{\n\treturn corm__exists(session, &@_model, exists, clauses);\n}\n\n"
	"@_list @_run(corm_query *query)\n"
	"{\n"
	"\tcorm_any_list list = corm__run(query, &@_model);\n"
	"\treturn (@_list){ ($ **)list.items, list.count, list.status };\n"
	"}\n\n"
	"corm_stream *@_stream_query(corm_session *session, const corm_clause *clauses)\n"
	"{\n\treturn corm__stream(session, &@_model, clauses);\n}\n\n"
	"$ *@_stream_next(corm_stream *stream)\n"
	"{\n\treturn corm__stream_next(stream, &@_model);\n}\n\n";

static const char object_functions[] =
	"corm_status @_delete(corm_session *session, $ *%)\n"
	"{\n\treturn corm__delete(session, &@_model, %);\n}\n\n"
	"corm_status @_refresh(corm_session *session, $ *%)\n"
	"{\n\treturn corm__refresh(session, &@_model, %);\n}\n\n"
	"corm_status @_expire(corm_session *session, $ *%)\n"
	"{\n\treturn corm__expire(session, &@_model, %);\n}\n\n"
	"corm_status @_expunge(corm_session *session, $ *%)\n"
	"{\n\treturn corm__expunge(session, &@_model, %);\n}\n\n"
	"$ *@_copy(corm_arena *arena, const $ *%)\n"
	"{\n\treturn corm__copy(arena, &@_model, %);\n}\n\n"
	"corm_status @_insert_many(corm_session *session, const $ *items, size_t count)\n"
	"{\n\treturn corm__insert_many(session, &@_model, items, count);\n}\n\n"
	"int64_t @_update_query(corm_session *session, const corm_clause *clauses)\n"
	"{\n\treturn corm__update(session, &@_model, clauses);\n}\n\n"
	"int64_t @_delete_where_query(corm_session *session, const corm_clause *clauses)\n"
	"{\n\treturn corm__delete_where(session, &@_model, clauses);\n}\n\n"
	"$ *@_upsert_query(corm_session *session, const $ *value, const char *given,\n"
	"\tconst corm_clause *clauses)\n"
	"{\n\treturn corm__upsert(session, &@_model, value, given, clauses);\n}\n\n"
	"$ *@_merge_query(corm_session *session, const $ *value, const char *given)\n"
	"{\n\treturn corm__merge(session, &@_model, value, given);\n}\n\n"
	"$ *@_merge_value(corm_session *session, const $ *value)\n"
	"{\n\treturn corm__merge(session, &@_model, value, NULL);\n}\n\n";

bool corm__gen_has_array_key(const struct corm__gen_model *model)
{
	for (size_t i = 0; i < model->key.count; i++)
		if (model->key.items[i]->type == CORM_TYPE_TEXT_ARRAY)
			return true;
	return false;
}

/* A text that is too long for the key's array belongs to no row. */
static void write_get(struct corm__gen *gen, const struct corm__gen_model *model, struct corm__buffer *out)
{
	corm__gen_write_get(gen, model, out);
	corm__buffer_text(out, "\n{\n");
	if (corm__gen_has_array_key(model))
		corm__buffer_format(out, "\t%s row = { 0 };\n", model->c_type);
	for (size_t i = 0; i < model->key.count; i++) {
		const struct corm__gen_column *column = model->key.items[i];
		const char *name = corm__gen_key_name(gen, column);
		if (column->type == CORM_TYPE_TEXT_ARRAY)
			corm__buffer_format(out,
			                    "\tif (%s && strlen(%s) >= sizeof row.%s)\n"
			                    "\t\treturn NULL;\n"
			                    "\tif (%s)\n"
			                    "\t\tmemcpy(row.%s, %s, strlen(%s));\n",
			                    name, name, column->path, name, column->path, name, name);
	}
	corm__buffer_format(out, "\treturn corm__get(session, &%s_model, (const void *const[]){", model->stem);
	for (size_t i = 0; i < model->key.count; i++) {
		const struct corm__gen_column *column = model->key.items[i];
		const char *name = corm__gen_key_name(gen, column);
		if (column->type == CORM_TYPE_TEXT_ARRAY)
			corm__buffer_format(out, "%s %s ? row.%s : NULL", i ? "," : "", name, column->path);
		else
			corm__buffer_format(out, "%s %s%s", i ? "," : "", column->type == CORM_TYPE_BYTES_ARRAY ? "" : "&", name);
	}
	corm__buffer_text(out, " });\n}\n\n");
}

static void write_related(struct corm__gen *gen, const struct corm__gen_relationship *relationship,
                          struct corm__buffer *out)
{
	const char *stem = relationship->model->stem, *object = corm__gen_object_name(gen, relationship->model);
	corm__gen_write_related(gen, relationship, out);
	if (relationship->many)
		corm__buffer_format(out,
		                    "\n{\n"
		                    "\tcorm_any_list list = corm__related_list(session, &%s_model, %u, %s);\n"
		                    "\treturn (%s_list){ (%s **)list.items, list.count, list.status };\n"
		                    "}\n\n",
		                    stem, relationship->index, object, relationship->target->stem,
		                    relationship->target->c_type);
	else
		corm__buffer_format(out, "\n{\n\treturn corm__related_one(session, &%s_model, %u, %s);\n}\n\n", stem,
		                    relationship->index, object);
}

static void write_changes(struct corm__gen *gen, const struct corm__gen_relationship *relationship,
                          struct corm__buffer *out)
{
	const char *object = corm__gen_object_name(gen, relationship->model);
	const char *target = corm__gen_target_name(gen, relationship);
	for (const char *const *change = corm__gen_changes(relationship); *change; change++) {
		corm__gen_write_change(gen, relationship, *change, out);
		corm__buffer_format(out, "\n{\n\treturn corm__related_%s(session, &%s_model, %u, %s, %s);\n}\n\n", *change,
		                    relationship->model->stem, relationship->index, object, target);
	}
}

void corm__gen_write_functions(struct corm__gen *gen, const struct corm__gen_model *model, struct corm__buffer *out)
{
	corm__gen_write_template(gen, model, add_functions, out);
	write_get(gen, model, out);
	corm__gen_write_template(gen, model, query_functions, out);
	corm__gen_write_template(gen, model, object_functions, out);
	for (const struct corm__gen_relationship *relationship = model->relationships; relationship;
	     relationship = relationship->next) {
		write_related(gen, relationship, out);
		write_changes(gen, relationship, out);
	}
}
