/* SPDX-License-Identifier: Apache-2.0
 *
 * The generated header: lists and functions for C and C++, then typed columns and macros for C alone.
 */
#include "generate/write.h"
#include <string.h>

static void write_lists(const struct corm__gen *gen, struct corm__buffer *out)
{
	for (const struct corm__gen_model *model = gen->models; model; model = model->next)
		if (model->kind != CORM__GEN_DATA)
			corm__buffer_format(out,
			                    "typedef struct %s_list {\n"
			                    "\t%s **items;\n"
			                    "\tsize_t count;\n"
			                    "\tcorm_status status;\n"
			                    "} %s_list;\n\n",
			                    model->stem, model->c_type, model->stem);
}

static void write_comment(const struct corm__gen_model *model, struct corm__buffer *out)
{
	if (!model->comment)
		return;
	corm__buffer_text(out, "/* ");
	for (const char *at = model->comment; *at; at++) {
		corm__buffer_char(out, *at);
		if (at[0] == '*' && at[1] == '/')
			corm__buffer_char(out, ' ');
	}
	corm__buffer_text(out, " */\n");
}

static const char object_functions[] =
	"corm_status @_delete(corm_session *session, $ *%);\n"
	"corm_status @_refresh(corm_session *session, $ *%);\n"
	"corm_status @_expire(corm_session *session, $ *%);\n"
	"corm_status @_expunge(corm_session *session, $ *%);\n"
	"$ *@_copy(corm_arena *arena, const $ *%);\n"
	"$ *@_merge_value(corm_session *session, const $ *value);\n"
	"corm_status @_insert_many(corm_session *session, const $ *items, size_t count);\n"
	"$ *@_stream_next(corm_stream *stream);\n";

static void write_relationships(struct corm__gen *gen, const struct corm__gen_model *model, struct corm__buffer *out)
{
	for (const struct corm__gen_relationship *relationship = model->relationships; relationship;
	     relationship = relationship->next) {
		corm__gen_write_related(gen, relationship, out);
		corm__buffer_text(out, ";\n");
		for (const char *const *change = corm__gen_changes(relationship); *change; change++) {
			corm__gen_write_change(gen, relationship, *change, out);
			corm__buffer_text(out, ";\n");
		}
	}
}

static void write_functions(struct corm__gen *gen, const struct corm__gen_model *model, struct corm__buffer *out)
{
	const char *stem = model->stem, *type = model->c_type;
	corm__gen_write_title(gen, model, out);
	write_comment(model, out);
	corm__buffer_format(out, "extern const corm_model_info %s_model;\n\n", stem);
	if (model->kind != CORM__GEN_TABLE)
		return;
	corm__buffer_format(out, "void %s_init(%s *value);\n", stem, type);
	corm__buffer_format(out, "%s *%s_new(corm_session *session);\n", type, stem);
	corm__buffer_format(out, "%s *%s_add_value(corm_session *session, const %s *value);\n", type, stem, type);
	corm__gen_write_get(gen, model, out);
	corm__buffer_text(out, ";\n");
	corm__gen_write_template(gen, model, object_functions, out);
	write_relationships(gen, model, out);
	corm__buffer_char(out, '\n');
}

/* ---- C alone ----------------------------------------------------------------------------------------------------- */

static const char *kind_of(const struct corm__gen_column *column)
{
	static const char *const kinds[] = {
		[CORM_TYPE_BOOL] = "boolean",      [CORM_TYPE_TEXT] = "text",         [CORM_TYPE_TEXT_ARRAY] = "text",
		[CORM_TYPE_BYTES] = "bytes",       [CORM_TYPE_BYTES_ARRAY] = "bytes", [CORM_TYPE_UUID] = "uuid",
		[CORM_TYPE_DATETIME] = "datetime", [CORM_TYPE_DATE] = "date",         [CORM_TYPE_TIME] = "time",
		[CORM_TYPE_ENUM] = "enumeration",  [CORM_TYPE_JSON] = "json",
	};
	return kinds[column->type] ? kinds[column->type] : "number";
}

static void write_columns(const struct corm__gen_model *model, struct corm__buffer *out)
{
	corm__buffer_format(out,
	                    "struct %s_columns {\n"
	                    "\tunion {\n"
	                    "\t\tconst corm_node *as_source;\n"
	                    "\t};\n",
	                    model->stem);
	for (const struct corm__gen_column *column = model->columns; column; column = column->next)
		corm__buffer_format(out, "\tcorm_%s_expr %s;\n", kind_of(column), column->field);
	for (const struct corm__gen_relationship *relationship = model->relationships; relationship;
	     relationship = relationship->next)
		corm__buffer_format(out, "\t%s %s;\n", relationship->many ? "corm_several" : "corm_one", relationship->name);
	corm__buffer_format(out,
	                    "};\n"
	                    "extern const struct %s_columns %s;\n\n",
	                    model->stem, model->constant);
}

/* The zero of a column, for a struct that has nothing else to begin with: an initialiser must not be empty. */
static const char *zero_of(const struct corm__gen_column *column)
{
	if (column->optional)
		return "corm_none";
	switch (column->type) {
	case CORM_TYPE_TEXT:
		return "NULL";
	case CORM_TYPE_TEXT_ARRAY:
		return "\"\"";
	case CORM_TYPE_UUID:
		return "{ { 0 } }";
	case CORM_TYPE_BYTES:
		return "{ NULL, 0 }";
	case CORM_TYPE_JSON:
		return "{ NULL }";
	case CORM_TYPE_BYTES_ARRAY:
	case CORM_TYPE_DATETIME:
	case CORM_TYPE_DATE:
	case CORM_TYPE_TIME:
	case CORM_TYPE_DECIMAL:
		return "{ 0 }";
	case CORM_TYPE_BOOL:
		return "false";
	default:
		return column->enumeration ? column->enumeration->values->name : "0";
	}
}

static void write_defaults(struct corm__gen *gen, const struct corm__gen_model *model, struct corm__buffer *out)
{
	const char *before = "";
	corm__buffer_format(out, "#define %s__defaults \\\n\t", model->stem);
	for (const struct corm__gen_column *column = model->columns; column; column = column->next) {
		const char *initial = column->initial;
		if (column->factory)
			initial = corm__gen_text(gen, column->optional ? "corm_some(%s())" : "%s()", column->factory);
		if (!initial)
			continue;
		corm__buffer_format(out, "%s.%s = %s", before, column->path, initial);
		before = ", \\\n\t";
	}
	for (const struct corm__gen_relationship *relationship = model->relationships; relationship;
	     relationship = relationship->next) {
		corm__buffer_format(out, "%s.%s = %s", before, relationship->path, relationship->many ? "{ 0 }" : "NULL");
		before = ", \\\n\t";
	}
	if (!*before && model->columns)
		corm__buffer_format(out, ".%s = %s", model->columns->path, zero_of(model->columns));
	corm__buffer_char(out, '\n');
}

static const char add_macros[] =
	"#define @_values(...) (&($){ @__defaults, __VA_ARGS__ })\n"
	"#define @_add_value(session, ...) \\\n"
	"\t__extension__({ \\\n"
	"\t\tCORM__OVERRIDE_BEGIN \\\n"
	"\t\t(@_add_value)((session), __VA_ARGS__); \\\n"
	"\t\tCORM__OVERRIDE_END \\\n"
	"\t})\n"
	"#define @_add(...) \\\n"
	"\t__extension__({ \\\n"
	"\t\tCORM__OVERRIDE_BEGIN \\\n"
	"\t\t(@_add_value)(CORM__HEAD(__VA_ARGS__, 0), &($){ @__defaults, CORM__TAIL(__VA_ARGS__, ) }); \\\n"
	"\t\tCORM__OVERRIDE_END \\\n"
	"\t})\n\n";

static const char query_macros[] =
	"@_list @_all_query(corm_session *session, const corm_clause *clauses);\n"
	"$ *@_first_query(corm_session *session, const corm_clause *clauses);\n"
	"$ *@_one_query(corm_session *session, const corm_clause *clauses);\n"
	"$ *@_one_or_none_query(corm_session *session, const corm_clause *clauses);\n"
	"int64_t @_count_query(corm_session *session, const corm_clause *clauses);\n"
	"corm_status @_exists_query(corm_session *session, bool *exists, const corm_clause *clauses)\n"
	"\t__attribute__((warn_unused_result));\n"
	"@_list @_run(corm_query *query);\n"
	"corm_stream *@_stream_query(corm_session *session, const corm_clause *clauses);\n"
	"#define @_all(...) @_all_query(CORM__HEAD(__VA_ARGS__, 0), corm__clauses(__VA_ARGS__))\n"
	"#define @_first(...) @_first_query(CORM__HEAD(__VA_ARGS__, 0), corm__clauses(__VA_ARGS__))\n"
	"#define @_one(...) @_one_query(CORM__HEAD(__VA_ARGS__, 0), corm__clauses(__VA_ARGS__))\n"
	"#define @_one_or_none(...) @_one_or_none_query(CORM__HEAD(__VA_ARGS__, 0), corm__clauses(__VA_ARGS__))\n"
	"#define @_count(...) @_count_query(CORM__HEAD(__VA_ARGS__, 0), corm__clauses(__VA_ARGS__))\n"
	"#define @_exists(session, ...) @_exists_query((session), CORM__HEAD(__VA_ARGS__, 0), corm__clauses(__VA_ARGS__))\n"
	"#define @_stream(...) @_stream_query(CORM__HEAD(__VA_ARGS__, 0), corm__clauses(__VA_ARGS__))\n\n";

/* The arguments' text tells which columns were named. */
static const char change_macros[] =
	"int64_t @_update_query(corm_session *session, const corm_clause *clauses);\n"
	"int64_t @_delete_where_query(corm_session *session, const corm_clause *clauses);\n"
	"$ *@_upsert_query(corm_session *session, const $ *value, const char *given,\n"
	"\tconst corm_clause *clauses);\n"
	"$ *@_merge_query(corm_session *session, const $ *value, const char *given);\n"
	"#define @_update(...) @_update_query(CORM__HEAD(__VA_ARGS__, 0), corm__clauses(__VA_ARGS__))\n"
	"#define @_delete_where(...) @_delete_where_query(CORM__HEAD(__VA_ARGS__, 0), corm__clauses(__VA_ARGS__))\n"
	"#define @_upsert(session, ...) \\\n"
	"\t__extension__({ \\\n"
	"\t\tCORM__OVERRIDE_BEGIN \\\n"
	"\t\t@_upsert_query((session), CORM__HEAD(__VA_ARGS__, 0), #__VA_ARGS__, corm__clauses(__VA_ARGS__)); \\\n"
	"\t\tCORM__OVERRIDE_END \\\n"
	"\t})\n"
	"#define @_merge(session, ...) \\\n"
	"\t__extension__({ \\\n"
	"\t\tCORM__OVERRIDE_BEGIN \\\n"
	"\t\t@_merge_query((session), __VA_ARGS__, #__VA_ARGS__); \\\n"
	"\t\tCORM__OVERRIDE_END \\\n"
	"\t})\n\n";

static const char *guard_of(struct corm__gen *gen, const struct corm__gen_target *target)
{
	size_t length = strlen(target->identifier);
	char *guard = corm__arena_take(&gen->arena, length + 1);
	if (!guard) {
		gen->out_of_memory = true;
		return "";
	}
	for (size_t i = 0; i <= length; i++) {
		char c = target->identifier[i];
		guard[i] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
	}
	return guard;
}

void corm__gen_write_header(struct corm__gen *gen, const struct corm__gen_target *target, struct corm__buffer *out)
{
	const char *guard = guard_of(gen, target);
	corm__gen_write_head(target, out);
	corm__buffer_format(out, "#ifndef CORM_GENERATED_%s_H\n#define CORM_GENERATED_%s_H\n\n#include <cormorant.h>\n",
	                    guard, guard);
	for (size_t i = 0; i < target->source_count; i++)
		corm__buffer_format(out, "#include \"%s\"\n", target->sources[i]);
	corm__buffer_text(out, "\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n");
	corm__buffer_format(out, "extern const corm_metadata %s_metadata;\n\n", target->identifier);
	write_lists(gen, out);
	for (const struct corm__gen_model *model = gen->models; model; model = model->next)
		write_functions(gen, model, out);
	corm__buffer_text(out, "#ifdef __cplusplus\n}\n#else\n\n");
	for (const struct corm__gen_model *model = gen->models; model; model = model->next) {
		corm__gen_write_section(out, model->stem);
		if (model->column_count)
			write_columns(model, out);
		if (model->kind != CORM__GEN_TABLE)
			continue;
		write_defaults(gen, model, out);
		corm__gen_write_template(gen, model, add_macros, out);
		corm__gen_write_template(gen, model, query_macros, out);
		corm__gen_write_template(gen, model, change_macros, out);
	}
	corm__buffer_text(out, "#endif\n\n#endif\n");
}
