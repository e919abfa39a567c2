/* SPDX-License-Identifier: Apache-2.0
 *
 * Lets the compiler judge expressions: a second translation unit has the headers and then one line of code per probe.
 * Each diagnostic is traced back by its line; numbers are read from the constants that the lines declare.
 */
#include "generate/reader.h"
#include "generate/reader_clang.h"
#include <stdlib.h>
#include <string.h>

#define PROBE_NAME "corm__probe_"

struct probes {
	struct corm__gen *gen;
	struct corm__gen_probe **by_index;
	size_t count;
	unsigned first_line;
};

static void write_probe(struct corm__buffer *source, const struct corm__gen_probe *probe, size_t index)
{
	if (!probe->number)
		corm__buffer_format(source, "static inline void " PROBE_NAME "%zu(void) { %s }\n", index, probe->code);
	else if (probe->real)
		corm__buffer_format(source, "static const double " PROBE_NAME "%zu = (%s);\n", index, probe->code);
	else
		corm__buffer_format(source,
		                    "enum { " PROBE_NAME
		                    "%zu = (%s) }; _Static_assert((%s) <= 9223372036854775807, \"too large\");\n",
		                    index, probe->code, probe->code);
}

/* The text of an assertion of ours, or what the compiler said. */
static const char *meaning_of(struct corm__gen *gen, const struct corm__gen_probe *probe, const char *said)
{
	const char *end = strrchr(said, '"');
	if (probe->meaning)
		return probe->meaning;
	if (strncmp(said, "static", 6) != 0 || !end || end == said)
		return said;
	const char *begin = end;
	while (begin > said && begin[-1] != '"')
		begin--;
	return corm__gen_copy(gen, begin, (size_t)(end - begin));
}

/* One complaint about one subject: where a function is not known, its type is not either. */
static void complain(struct corm__gen *gen, const struct corm__gen_probe *probe, const char *said)
{
	for (const struct corm__gen_probe *before = gen->probes; before != probe; before = before->next)
		if (before->failed && before->subject == probe->subject)
			return;
	corm__gen_complain(gen, probe->location, "%s: %s%s%s", probe->subject, meaning_of(gen, probe, said),
	                   probe->hint ? "; " : "", probe->hint ? probe->hint : "");
}

static void take_diagnostics(struct probes *probes, CXTranslationUnit unit)
{
	struct corm__gen *gen = probes->gen;
	unsigned count = clang_getNumDiagnostics(unit);
	for (unsigned i = 0; i < count; i++) {
		CXDiagnostic diagnostic = clang_getDiagnostic(unit, i);
		struct corm__gen_location location = corm__gen_location_of(gen, clang_getDiagnosticLocation(diagnostic));
		bool ours = strcmp(location.file, CORM__GEN_UNIT_NAME) == 0 && location.line >= probes->first_line &&
		            location.line - probes->first_line < probes->count;
		if (ours && clang_getDiagnosticSeverity(diagnostic) >= CXDiagnostic_Warning) {
			struct corm__gen_probe *probe = probes->by_index[location.line - probes->first_line];
			if (!probe->failed)
				complain(gen, probe, corm__gen_clang_text(gen, clang_getDiagnosticSpelling(diagnostic)));
			probe->failed = true;
		}
		clang_disposeDiagnostic(diagnostic);
	}
}

static void take_real(struct corm__gen_number *number, CXCursor cursor)
{
	CXEvalResult result = clang_Cursor_Evaluate(cursor);
	if (!result)
		return;
	number->known = clang_EvalResult_getKind(result) == CXEval_Float || clang_EvalResult_getKind(result) == CXEval_Int;
	if (number->known)
		number->value.real = clang_EvalResult_getAsDouble(result);
	clang_EvalResult_dispose(result);
}

static enum CXChildVisitResult visit_constant(CXCursor cursor, CXCursor parent, CXClientData data)
{
	struct probes *probes = data;
	enum CXCursorKind kind = clang_getCursorKind(cursor);
	if (kind == CXCursor_EnumDecl)
		return CXChildVisit_Recurse;
	if (kind != CXCursor_EnumConstantDecl && kind != CXCursor_VarDecl)
		return CXChildVisit_Continue;
	const char *name = corm__gen_clang_text(probes->gen, clang_getCursorSpelling(cursor));
	if (strncmp(name, PROBE_NAME, sizeof PROBE_NAME - 1) != 0)
		return CXChildVisit_Continue;
	size_t index = strtoul(name + sizeof PROBE_NAME - 1, NULL, 10);
	if (index >= probes->count || probes->by_index[index]->failed)
		return CXChildVisit_Continue;
	struct corm__gen_number *number = probes->by_index[index]->number;
	if (kind == CXCursor_VarDecl) {
		take_real(number, cursor);
	} else {
		/* Between INT32_MAX and UINT32_MAX it is an unsigned int, which libclang would extend as if it had a sign. */
		bool is_unsigned = clang_getEnumDeclIntegerType(parent).kind == CXType_UInt;
		number->value.integer = is_unsigned ? (int64_t)clang_getEnumConstantDeclUnsignedValue(cursor)
		                                    : clang_getEnumConstantDeclValue(cursor);
		number->known = true;
	}
	return CXChildVisit_Continue;
}

corm_status corm__gen_read_probes(struct corm__gen *gen)
{
	static const char *const warnings[] = { "-Wmissing-braces", "-Wno-initializer-overrides", "-Wno-unused" };
	struct probes probes = { .gen = gen, .first_line = (unsigned)gen->options->header_count + 3 };
	struct corm__gen_unit unit;
	struct corm__buffer source;

	for (struct corm__gen_probe *probe = gen->probes; probe; probe = probe->next)
		probes.count++;
	if (!probes.count)
		return CORM_OK;
	probes.by_index = corm__arena_array(&gen->arena, probes.count, sizeof *probes.by_index);
	if (!probes.by_index)
		return CORM_ERROR_MEMORY;
	corm__buffer_init(&source, &gen->arena.allocator, CORM__GEN_SOURCE_MAXIMUM);
	corm__gen_write_includes(gen, &source);
	corm__buffer_text(&source, "#include <cormorant.h>\n#include <stddef.h>\n");
	size_t index = 0;
	for (struct corm__gen_probe *probe = gen->probes; probe; probe = probe->next, index++) {
		probes.by_index[index] = probe;
		write_probe(&source, probe, index);
	}

	corm_status status = corm__gen_unit_open(gen, &unit, &source, warnings, sizeof warnings / sizeof *warnings);
	if (status == CORM_OK) {
		take_diagnostics(&probes, unit.unit);
		clang_visitChildren(clang_getTranslationUnitCursor(unit.unit), visit_constant, &probes);
	}
	corm__gen_unit_close(&unit);
	corm__buffer_release(&source);
	return status;
}
