/* SPDX-License-Identifier: Apache-2.0
 *
 * Finding annotations, and complaining about those that the models' reader never meets: at an enum, a variable, inside
 * of a function, in a mixin that no model embeds.
 */
#include "generate/options.h"
#include "generate/reader_clang.h"
#include <string.h>

static const char *const annotations[] = { "corm_table", "corm_model", "corm_row", "corm_field", "corm_relationship" };

bool corm__gen_is_annotation(const char *name)
{
	for (size_t i = 0; i < sizeof annotations / sizeof *annotations; i++)
		if (strcmp(annotations[i], name) == 0)
			return true;
	return false;
}

static enum CXChildVisitResult visit_annotation(CXCursor cursor, CXCursor parent, CXClientData data)
{
	(void)parent;
	struct corm__gen_mark *mark = data;
	if (clang_getCursorKind(cursor) != CXCursor_AnnotateAttr)
		return CXChildVisit_Continue;
	const char *text = corm__gen_clang_text(mark->gen, clang_getCursorSpelling(cursor));
	for (size_t i = 0; i < sizeof annotations / sizeof *annotations; i++) {
		size_t length = strlen(annotations[i]);
		if (strncmp(text, annotations[i], length) != 0 || text[length] != ' ')
			continue;
		mark->annotation = annotations[i];
		mark->text = text + length + 1;
		mark->count++;
	}
	return CXChildVisit_Continue;
}

struct corm__gen_mark corm__gen_find_mark(struct corm__gen *gen, CXCursor cursor)
{
	struct corm__gen_mark mark = { .gen = gen };
	clang_visitChildren(cursor, visit_annotation, &mark);
	return mark;
}

bool corm__gen_marks_struct(const struct corm__gen_mark *mark)
{
	return mark->annotation && strcmp(mark->annotation, "corm_field") != 0 &&
	       strcmp(mark->annotation, "corm_relationship") != 0;
}

/* ---- out of place ------------------------------------------------------------------------------------------------ */

static void complain_misplaced(struct corm__gen *gen, CXCursor cursor, const struct corm__gen_mark *mark,
                               const char *where)
{
	const char *name = corm__gen_clang_text(gen, clang_getCursorSpelling(cursor));
	corm__gen_complain(gen, corm__gen_location_of(gen, clang_getCursorLocation(cursor)), "%s cannot stand at \"%s\"%s",
	                   mark->annotation, name, where);
}

/* A member's options have to exist, also where no model embeds it. What is said twice is reported once. */
static void check_member(struct corm__gen *gen, CXCursor field, const struct corm__gen_mark *mark)
{
	struct corm__gen_location location = corm__gen_location_of(gen, clang_getCursorLocation(field));
	const struct corm__gen_option *options = corm__gen_parse_options(gen, location, mark->text);
	CXType type = clang_getCanonicalType(clang_getCursorType(field));
	if (type.kind == CXType_Pointer)
		type = clang_getPointeeType(type);
	if (strcmp(mark->annotation, "corm_field") == 0)
		corm__gen_match_column(gen, location, options);
	else if (type.kind == CXType_Record)
		corm__gen_match_relationship(gen, location, options);
}

static enum CXChildVisitResult visit_any(CXCursor cursor, CXCursor parent, CXClientData data)
{
	struct corm__gen *gen = data;
	enum CXCursorKind kind = clang_getCursorKind(cursor), outer = clang_getCursorKind(parent);
	if (clang_Location_isInSystemHeader(clang_getCursorLocation(cursor)))
		return CXChildVisit_Continue;
	if (kind == CXCursor_FunctionDecl &&
	    corm__gen_is_annotation(corm__gen_clang_text(gen, clang_getCursorSpelling(cursor)))) {
		/* `struct A { … } corm_table();` without the macro declares a function. */
		corm__gen_complain_unknown(gen, clang_getCursorLocation(cursor),
		                           corm__gen_clang_text(gen, clang_getCursorSpelling(cursor)));
		return CXChildVisit_Continue;
	}
	struct corm__gen_mark mark = corm__gen_find_mark(gen, cursor);
	if (!mark.annotation)
		return CXChildVisit_Recurse;
	if (kind == CXCursor_FieldDecl && !corm__gen_marks_struct(&mark))
		check_member(gen, cursor, &mark);
	else if (kind == CXCursor_StructDecl && outer != CXCursor_TranslationUnit)
		complain_misplaced(gen, cursor, &mark, " inside of something: take it out");
	else if (kind != CXCursor_StructDecl && kind != CXCursor_TypedefDecl && kind != CXCursor_FieldDecl)
		complain_misplaced(gen, cursor, &mark, "");
	return gen->out_of_memory ? CXChildVisit_Break : CXChildVisit_Recurse;
}

void corm__gen_check_marks(struct corm__gen *gen, CXTranslationUnit unit)
{
	clang_visitChildren(clang_getTranslationUnitCursor(unit), visit_any, gen);
}
