/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading model headers with libclang: one translation unit that includes them all, in their order.
 */
#include "generate/reader.h"
#include "base/buffer.h"
#include "generate/options.h"
#include "generate/reader_clang.h"
#include <string.h>

/* Where a model's members are being read: itself, or a mixin in it. */
struct scope {
	struct corm__gen *gen;
	struct corm__gen_model *model;
	const char *prefix; /* "base." */
	bool inherited;
};

static struct corm__gen_location cursor_location(struct corm__gen *gen, CXCursor cursor)
{
	return corm__gen_location_of(gen, clang_getCursorLocation(cursor));
}

/* ---- comments ---------------------------------------------------------------------------------------------------- */

/* The words of a comment, without its marks and the stars at the beginning of lines; lines become one. */
static const char *clean_comment(struct corm__gen *gen, const char *raw)
{
	char *clean = corm__arena_take(&gen->arena, strlen(raw) + 1);
	if (!clean) {
		gen->out_of_memory = true;
		return NULL;
	}
	size_t used = 0;
	bool line_begins = true;
	for (const char *at = raw; *at; at++) {
		if (line_begins && strchr(" \t*/!<", *at))
			continue;
		line_begins = *at == '\n';
		if (at[0] == '*' && at[1] == '/' && at[2] == '\0')
			break;
		bool space = strchr(" \t\r\n", *at) != NULL;
		if (!space)
			clean[used++] = *at;
		else if (used && clean[used - 1] != ' ')
			clean[used++] = ' ';
	}
	while (used && clean[used - 1] == ' ')
		used--;
	clean[used] = '\0';
	return used ? clean : NULL;
}

/* The comment above a declaration or beside it. Clang also finds one above a forward declaration, which would depend on
 * the headers' order. */
static const char *read_comment(struct corm__gen *gen, CXCursor cursor)
{
	CXSourceRange range = clang_Cursor_getCommentRange(cursor);
	if (clang_Range_isNull(range))
		return NULL;
	struct corm__gen_location begin = corm__gen_location_of(gen, clang_getRangeStart(range));
	struct corm__gen_location end = corm__gen_location_of(gen, clang_getRangeEnd(range));
	CXSourceRange extent = clang_getCursorExtent(cursor);
	struct corm__gen_location from = corm__gen_location_of(gen, clang_getRangeStart(extent));
	struct corm__gen_location to = corm__gen_location_of(gen, clang_getRangeEnd(extent));
	bool above = end.line + 1 == from.line || end.line == from.line;
	bool beside = begin.line == from.line || begin.line == to.line;
	if (strcmp(begin.file, from.file) != 0 || !(above || beside))
		return NULL;
	const char *raw = corm__gen_clang_text(gen, clang_Cursor_getRawCommentText(cursor));
	return clean_comment(gen, raw);
}

/* ---- members ----------------------------------------------------------------------------------------------------- */

static void read_members(struct scope *scope, CXType record);

static void add_column(struct scope *scope, struct corm__gen_column *column, const struct corm__gen_mark *mark,
                       CXCursor field)
{
	struct corm__gen *gen = scope->gen;
	struct corm__gen_model *model = scope->model;
	if (mark->text && strcmp(mark->annotation, "corm_field") != 0)
		corm__gen_complain(gen, column->location, "%s stands at \"%s\", which is a column: use corm_field",
		                   mark->annotation, column->field);
	else if (mark->text)
		column->options = corm__gen_parse_options(gen, column->location, mark->text);
	column->comment = read_comment(gen, field);
	corm__gen_append(model, columns, last_column, column);
	if (model->column_count == CORM_NO_INDEX)
		corm__gen_complain(gen, model->location, "\"%s\" has more than %u columns", model->c_name, CORM_NO_INDEX);
	column->index = (uint16_t)model->column_count++;
}

static void add_relationship(struct scope *scope, const struct corm__gen_column *column,
                             const struct corm__gen_member *member, const struct corm__gen_mark *mark)
{
	struct corm__gen *gen = scope->gen;
	struct corm__gen_relationship *relationship = corm__gen_node(gen, sizeof *relationship);
	if (!relationship)
		return;
	relationship->location = column->location;
	relationship->model = scope->model;
	relationship->name = column->field;
	relationship->path = column->path;
	relationship->many = member->shape == CORM__GEN_SHAPE_MANY;
	relationship->target_usr = corm__gen_clang_text(gen, clang_getCursorUSR(member->record));
	relationship->target_name = corm__gen_clang_text(gen, clang_getCursorSpelling(member->record));
	relationship->options = corm__gen_parse_options(gen, column->location, mark->text);
	relationship->index = (uint16_t)scope->model->relationship_count++;
	corm__gen_append(scope->model, relationships, last_relationship, relationship);
}

static void complain_wrong(struct scope *scope, struct corm__gen_column *column, const char *why)
{
	corm__gen_complain(scope->gen, column->location, "no column can hold \"%s\", of type \"%s\": %s", column->field,
	                   column->c_type, why);
}

/* A column that cannot be: it is kept, so that what refers to it does not fail as well. */
static void add_wrong(struct scope *scope, struct corm__gen_column *column, const char *why)
{
	complain_wrong(scope, column, why);
	column->type = CORM_TYPE_NONE;
	column->options = NULL;
	corm__gen_append(scope->model, columns, last_column, column);
	column->index = (uint16_t)scope->model->column_count++;
}

/* A pointer to a struct is a relationship when it says so. In rows and data models it may stand for a whole object. */
static void read_reference(struct scope *scope, struct corm__gen_column *column, const struct corm__gen_member *member,
                           const struct corm__gen_mark *mark)
{
	bool is_relationship = mark->annotation && strcmp(mark->annotation, "corm_relationship") == 0;
	bool is_table = scope->model->kind == CORM__GEN_TABLE;
	if (is_relationship && is_table)
		add_relationship(scope, column, member, mark);
	else if (is_relationship && scope->inherited)
		return; /* it is for the tables that have this mixin */
	else if (is_relationship)
		corm__gen_complain(scope->gen, column->location, "relationship \"%s\" stands in \"%s\", which is no table",
		                   column->field, scope->model->c_name);
	else if (member->shape == CORM__GEN_SHAPE_POINTER && !is_table)
		return;
	else
		add_wrong(scope, column,
		          member->shape == CORM__GEN_SHAPE_MANY
		              ? "a corm_many needs corm_relationship()"
		              : "a pointer to a struct has to be a corm_relationship() with a table model");
}

static void read_embedded(struct scope *scope, struct corm__gen_column *column, const struct corm__gen_member *member,
                          const struct corm__gen_mark *mark)
{
	struct corm__gen *gen = scope->gen;
	struct corm__gen_mark inner = corm__gen_find_mark(gen, member->record);
	if (corm__gen_marks_struct(&inner)) {
		if (scope->model->kind != CORM__GEN_DATA || strcmp(inner.annotation, "corm_model") != 0)
			add_wrong(scope, column,
			          corm__gen_text(gen, "a struct with %s() cannot be embedded as a mixin", inner.annotation));
		return;
	}
	if (mark->annotation)
		corm__gen_complain(gen, column->location,
		                   "%s stands at the mixin \"%s\": its options belong to the mixin's members", mark->annotation,
		                   column->field[0] ? column->field : column->c_type);
	struct scope mixin = *scope;
	mixin.inherited = true;
	mixin.prefix = column->field[0] ? corm__gen_text(gen, "%s%s.", scope->prefix, column->field) : scope->prefix;
	read_members(&mixin, clang_getCursorType(member->record));
}

static void read_member(struct scope *scope, CXCursor field)
{
	struct corm__gen *gen = scope->gen;
	struct corm__gen_column *column = corm__gen_node(gen, sizeof *column);
	if (!column)
		return;
	column->location = cursor_location(gen, field);
	column->model = scope->model;
	column->inherited = scope->inherited;
	column->field = corm__gen_clang_text(gen, clang_getCursorSpelling(field));
	column->path = corm__gen_text(gen, "%s%s", scope->prefix, column->field);
	column->name = column->field;
	column->c_type = column->type_constant = "";
	struct corm__gen_member member = corm__gen_read_type(gen, field, column);
	struct corm__gen_mark mark = corm__gen_find_mark(gen, field);
	if (mark.count > 1)
		corm__gen_complain(gen, column->location, "\"%s\" has more than one annotation: put all options into one",
		                   column->field);

	switch (member.shape) {
	case CORM__GEN_SHAPE_VALUE:
		add_column(scope, column, &mark, field);
		break;
	case CORM__GEN_SHAPE_STRUCT:
		read_embedded(scope, column, &member, &mark);
		break;
	case CORM__GEN_SHAPE_POINTER:
	case CORM__GEN_SHAPE_MANY:
		read_reference(scope, column, &member, &mark);
		break;
	case CORM__GEN_SHAPE_LIST:
	case CORM__GEN_SHAPE_FIELDS_SET:
		if (scope->model->kind != CORM__GEN_DATA)
			add_wrong(scope, column, "corm_list and corm_fields_set belong into a corm_model()");
		break;
	case CORM__GEN_SHAPE_WRONG:
		add_wrong(scope, column, member.wrong);
		break;
	}
}

static enum CXVisitorResult visit_field(CXCursor field, CXClientData data)
{
	struct scope *scope = data;
	read_member(scope, field);
	return scope->gen->out_of_memory ? CXVisit_Break : CXVisit_Continue;
}

static void read_members(struct scope *scope, CXType record)
{
	clang_Type_visitFields(record, visit_field, scope);
}

/* ---- models ------------------------------------------------------------------------------------------------------ */

static void add_model(struct corm__gen *gen, CXCursor cursor, CXCursor record, const struct corm__gen_mark *mark)
{
	struct corm__gen_model *model = corm__gen_node(gen, sizeof *model);
	if (!model)
		return;
	model->location = cursor_location(gen, cursor);
	model->kind = strcmp(mark->annotation, "corm_table") == 0   ? CORM__GEN_TABLE
	              : strcmp(mark->annotation, "corm_model") == 0 ? CORM__GEN_DATA
	                                                            : CORM__GEN_ROW;
	model->usr = corm__gen_clang_text(gen, clang_getCursorUSR(record));
	model->is_typedef = clang_getCursorKind(cursor) == CXCursor_TypedefDecl;
	const char *tag = corm__gen_clang_text(gen, clang_getCursorSpelling(record));
	bool has_tag = tag[0] && strncmp(model->usr, "c:@SA@", 6) != 0;
	model->c_name = has_tag ? tag : corm__gen_clang_text(gen, clang_getCursorSpelling(cursor));
	model->c_type = has_tag ? corm__gen_text(gen, "struct %s", tag) : model->c_name;
	model->is_typedef = model->is_typedef && !has_tag;
	model->stem = model->constant = model->c_name;
	model->comment = read_comment(gen, cursor);
	if (mark->count > 1)
		corm__gen_complain(gen, model->location, "\"%s\" has more than one annotation", model->c_name);
	model->options = corm__gen_parse_options(gen, model->location, mark->text);
	corm__gen_append(gen, models, last_model, model);

	struct scope scope = { .gen = gen, .model = model, .prefix = "" };
	read_members(&scope, clang_getCursorType(record));
}

static void add_name(struct corm__gen *gen, CXCursor cursor)
{
	struct corm__gen_name *name = corm__gen_node(gen, sizeof *name);
	if (!name)
		return;
	name->location = cursor_location(gen, cursor);
	name->name = corm__gen_clang_text(gen, clang_getCursorSpelling(cursor));
	name->is_typedef = clang_getCursorKind(cursor) == CXCursor_TypedefDecl;
	corm__gen_append(gen, names, last_name, name);
}

static void visit_typedef(struct corm__gen *gen, CXCursor cursor)
{
	struct corm__gen_mark mark = corm__gen_find_mark(gen, cursor);
	CXType canonical = clang_getCanonicalType(clang_getTypedefDeclUnderlyingType(cursor));
	add_name(gen, cursor);
	if (!mark.annotation)
		return;
	CXCursor record = clang_getTypeDeclaration(canonical);
	if (!corm__gen_marks_struct(&mark) || canonical.kind != CXType_Record ||
	    clang_getCursorKind(record) != CXCursor_StructDecl)
		corm__gen_complain(gen, cursor_location(gen, cursor), "%s stands at \"%s\", which is no struct",
		                   mark.annotation, corm__gen_clang_text(gen, clang_getCursorSpelling(cursor)));
	else
		add_model(gen, cursor, record, &mark);
}

static enum CXChildVisitResult visit_declaration(CXCursor cursor, CXCursor parent, CXClientData data)
{
	(void)parent;
	struct corm__gen *gen = data;
	if (clang_Location_isInSystemHeader(clang_getCursorLocation(cursor)))
		return CXChildVisit_Continue;
	switch (clang_getCursorKind(cursor)) {
	case CXCursor_StructDecl: {
		struct corm__gen_mark mark = corm__gen_find_mark(gen, cursor);
		if (!clang_isCursorDefinition(cursor) || !mark.annotation)
			break;
		if (!corm__gen_marks_struct(&mark))
			corm__gen_complain(gen, cursor_location(gen, cursor), "%s cannot stand at \"%s\"", mark.annotation,
			                   corm__gen_clang_text(gen, clang_getCursorSpelling(cursor)));
		else
			add_model(gen, cursor, cursor, &mark);
		break;
	}
	case CXCursor_TypedefDecl:
		visit_typedef(gen, cursor);
		break;
	case CXCursor_FunctionDecl:
	case CXCursor_VarDecl:
	case CXCursor_EnumConstantDecl:
		add_name(gen, cursor);
		break;
	case CXCursor_EnumDecl:
		return CXChildVisit_Recurse;
	default:
		break;
	}
	return gen->out_of_memory ? CXChildVisit_Break : CXChildVisit_Continue;
}

struct inclusions {
	struct corm__gen *gen;
	CXTranslationUnit unit;
};

static void visit_inclusion(CXFile file, CXSourceLocation *stack, unsigned depth, CXClientData data)
{
	struct inclusions *inclusions = data;
	struct corm__gen *gen = inclusions->gen;
	(void)stack;
	if (depth == 0)
		return;
	struct corm__gen_file *node = corm__gen_node(gen, sizeof *node);
	if (node) {
		node->name = corm__gen_without_dot(corm__gen_clang_text(gen, clang_getFileName(file)));
		node->is_system = clang_Location_isInSystemHeader(clang_getLocation(inclusions->unit, file, 1, 1));
		corm__gen_append(gen, files, last_file, node);
	}
}

corm_status corm__gen_read(struct corm__gen *gen)
{
	struct corm__gen_unit unit;
	struct corm__buffer source;
	corm__buffer_init(&source, &gen->arena.allocator, CORM__GEN_SOURCE_MAXIMUM);
	corm__gen_write_includes(gen, &source);
	corm_status status = corm__gen_unit_open(gen, &unit, &source, NULL, 0);
	if (status)
		goto out;
	if (corm__gen_report_diagnostics(gen, unit.unit)) {
		status = CORM_ERROR_VALIDATION;
		goto out;
	}
	clang_visitChildren(clang_getTranslationUnitCursor(unit.unit), visit_declaration, gen);
	corm__gen_check_marks(gen, unit.unit);
	struct inclusions inclusions = { gen, unit.unit };
	clang_getInclusions(unit.unit, visit_inclusion, &inclusions);
	if (gen->out_of_memory)
		status = CORM_ERROR_MEMORY;
out:
	corm__gen_unit_close(&unit);
	corm__buffer_release(&source);
	return status;
}
