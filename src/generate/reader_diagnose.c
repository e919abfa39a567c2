/* SPDX-License-Identifier: Apache-2.0
 *
 * Passing on what the compiler says of the headers, with what it cannot know: that an annotation is a macro whose
 * header was not included, what corm_optional() takes, and where hooks' types come from.
 */
#include "generate/generate.h"
#include "generate/reader_clang.h"
#include <limits.h>
#include <string.h>

#define MODEL_HEADER "cormorant/model.h"

static void report(const struct corm__gen *gen, const char *line)
{
	gen->options->report(gen->options->data, line);
}

void corm__gen_complain_unknown(struct corm__gen *gen, CXSourceLocation location, const char *annotation)
{
	corm__gen_complain(gen, corm__gen_location_of(gen, location),
	                   "%s is not known here: #include <" MODEL_HEADER "> is missing", annotation);
}

/* ---- a missing #include ------------------------------------------------------------------------------------------ */

struct search {
	struct corm__gen *gen;
	CXTranslationUnit unit;
	unsigned known_from; /* the line of our unit that brings in the annotations */
};

/* The line of our own unit over which a file was included. */
static unsigned outermost_line(CXSourceLocation *stack, unsigned depth)
{
	unsigned line = 0;
	if (depth)
		clang_getExpansionLocation(stack[depth - 1], NULL, &line, NULL, NULL);
	return line;
}

static void visit_for_model_header(CXFile file, CXSourceLocation *stack, unsigned depth, CXClientData data)
{
	struct search *search = data;
	const char *name = corm__gen_clang_text(search->gen, clang_getFileName(file));
	size_t length = strlen(name), wanted = sizeof MODEL_HEADER - 1;
	unsigned line = outermost_line(stack, depth);
	if (length >= wanted && strcmp(name + length - wanted, MODEL_HEADER) == 0 && line < search->known_from)
		search->known_from = line;
}

/* Complains about the first annotation in a file that comes before the annotations are known. */
static void visit_for_annotation(CXFile file, CXSourceLocation *stack, unsigned depth, CXClientData data)
{
	struct search *search = data;
	CXTranslationUnit unit = search->unit;
	CXSourceLocation begin = clang_getLocation(unit, file, 1, 1);
	size_t size;
	if (!depth || outermost_line(stack, depth) >= search->known_from || clang_Location_isInSystemHeader(begin) ||
	    !clang_getFileContents(unit, file, &size) || size > UINT_MAX)
		return;
	CXToken *tokens = NULL;
	unsigned count = 0;
	clang_tokenize(unit, clang_getRange(begin, clang_getLocationForOffset(unit, file, (unsigned)size)), &tokens,
	               &count);
	for (unsigned i = 0; i < count; i++) {
		if (clang_getTokenKind(tokens[i]) != CXToken_Identifier)
			continue;
		const char *name = corm__gen_clang_text(search->gen, clang_getTokenSpelling(unit, tokens[i]));
		if (!corm__gen_is_annotation(name))
			continue;
		corm__gen_complain_unknown(search->gen, clang_getTokenLocation(unit, tokens[i]), name);
		break;
	}
	clang_disposeTokens(unit, tokens, count);
}

static void find_missing_include(struct corm__gen *gen, CXTranslationUnit unit)
{
	struct search search = { .gen = gen, .unit = unit, .known_from = UINT_MAX };
	clang_getInclusions(unit, visit_for_model_header, &search);
	clang_getInclusions(unit, visit_for_annotation, &search);
}

/* ---- diagnostics ------------------------------------------------------------------------------------------------- */

static bool stands_at(CXTranslationUnit unit, CXSourceLocation location, const char *word)
{
	CXFile file;
	unsigned offset;
	size_t size, length = strlen(word);
	clang_getExpansionLocation(location, &file, NULL, NULL, &offset);
	const char *text = file ? clang_getFileContents(unit, file, &size) : NULL;
	return text && offset < size && length <= size - offset && memcmp(text + offset, word, length) == 0;
}

/* What the compiler cannot know: what corm_optional() takes, of which it speaks in terms of the macro, and where the
 * types of hooks are declared. NULL when there is nothing to say. */
static const char *note_on(struct corm__gen *gen, CXTranslationUnit unit, CXDiagnostic diagnostic)
{
	static const char unknown[] = "unknown type name";
	CXSourceLocation where = clang_getDiagnosticLocation(diagnostic);
	if (stands_at(unit, where, "corm_optional("))
		return "corm_optional takes the types that <" MODEL_HEADER "> lists: an optional text is const char * with "
			   "corm_field(nullable), an enum corm_optional_of(enum T)";
	const char *said = corm__gen_clang_text(gen, clang_getDiagnosticSpelling(diagnostic));
	if (strncmp(said, unknown, sizeof unknown - 1) == 0 &&
	    (stands_at(unit, where, "corm_status") || stands_at(unit, where, "corm_session")))
		return "corm_status and corm_session are declared by <cormorant/session.h>";
	return NULL;
}

/* Says it once per line. */
static void explain(struct corm__gen *gen, CXTranslationUnit unit, CXDiagnostic diagnostic,
                    struct corm__gen_location *explained)
{
	struct corm__gen_location location = corm__gen_location_of(gen, clang_getDiagnosticLocation(diagnostic));
	bool is_said = explained->file && strcmp(explained->file, location.file) == 0 && explained->line == location.line;
	const char *note = is_said ? NULL : note_on(gen, unit, diagnostic);
	if (!note)
		return;
	*explained = location;
	report(gen, corm__gen_text(gen, "%s:%u:%u: note: %s", location.file, location.line, location.column, note));
}

static void report_diagnostic(struct corm__gen *gen, CXDiagnostic diagnostic)
{
	struct corm__gen_location location = corm__gen_location_of(gen, clang_getDiagnosticLocation(diagnostic));
	const unsigned options = CXDiagnostic_DisplaySourceLocation | CXDiagnostic_DisplayColumn;
	const char *line;
	if (strcmp(location.file, CORM__GEN_UNIT_NAME) == 0)
		/* A header that is not there: our own line, which includes it, would not help. */
		line = corm__gen_text(gen, "corm: error: %s",
		                      corm__gen_clang_text(gen, clang_getDiagnosticSpelling(diagnostic)));
	else
		line = corm__gen_without_dot(corm__gen_clang_text(gen, clang_formatDiagnostic(diagnostic, options)));
	report(gen, line);
}

bool corm__gen_report_diagnostics(struct corm__gen *gen, CXTranslationUnit unit)
{
	enum CXDiagnosticSeverity worst = CXDiagnostic_Ignored;
	struct corm__gen_location explained = { .file = NULL };
	unsigned count = clang_getNumDiagnostics(unit);
	for (unsigned i = 0; i < count; i++) {
		CXDiagnostic diagnostic = clang_getDiagnostic(unit, i);
		enum CXDiagnosticSeverity severity = clang_getDiagnosticSeverity(diagnostic);
		if (severity >= CXDiagnostic_Warning)
			report_diagnostic(gen, diagnostic);
		if (severity == CXDiagnostic_Error)
			explain(gen, unit, diagnostic, &explained);
		if (severity > worst)
			worst = severity;
		clang_disposeDiagnostic(diagnostic);
	}
	/* A fatal error is an #include that is there and leads nowhere. */
	if (worst == CXDiagnostic_Error)
		find_missing_include(gen, unit);
	return worst >= CXDiagnostic_Error;
}
