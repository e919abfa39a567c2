/* SPDX-License-Identifier: Apache-2.0
 *
 * A translation unit of libclang's.
 */
#include "generate/generate.h"
#include "generate/reader_clang.h"
#include <string.h>

const char *corm__gen_clang_text(struct corm__gen *gen, CXString string)
{
	const char *text = clang_getCString(string);
	const char *copy = text ? corm__gen_copy(gen, text, strlen(text)) : "";
	clang_disposeString(string);
	return copy;
}

const char *corm__gen_without_dot(const char *name)
{
	return strncmp(name, "./", 2) == 0 ? name + 2 : name;
}

struct corm__gen_location corm__gen_location_of(struct corm__gen *gen, CXSourceLocation location)
{
	struct corm__gen_location result = { .file = "" };
	CXFile file;
	clang_getExpansionLocation(location, &file, &result.line, &result.column, NULL);
	if (file)
		result.file = corm__gen_without_dot(corm__gen_clang_text(gen, clang_getFileName(file)));
	return result;
}

void corm__gen_write_includes(const struct corm__gen *gen, struct corm__buffer *source)
{
	for (size_t i = 0; i < gen->options->header_count; i++)
		corm__buffer_format(source, "#include \"%s\"\n", gen->options->headers[i]);
}

corm_status corm__gen_unit_open(struct corm__gen *gen, struct corm__gen_unit *unit, const struct corm__buffer *source,
                                const char *const *more, size_t more_count)
{
	static const char *const fixed[] = {
		"-xc", "-std=c11", "-DCORM_GENERATE", "-fparse-all-comments", "-ferror-limit=0", "-Wno-microsoft",
	};
	const struct corm__generate_options *options = gen->options;
	const size_t fixed_count = sizeof fixed / sizeof *fixed;
	*unit = (struct corm__gen_unit){ NULL, NULL };
	const char **arguments = corm__arena_array(&gen->arena, fixed_count + options->argument_count + more_count + 2,
	                                           sizeof *arguments);
	if (!arguments || source->status)
		return CORM_ERROR_MEMORY;

	size_t count = 0;
	for (size_t i = 0; i < fixed_count; i++)
		arguments[count++] = fixed[i];
	for (size_t i = 0; i < options->argument_count; i++)
		arguments[count++] = options->arguments[i];
	if (options->include_directory) {
		arguments[count++] = "-isystem";
		arguments[count++] = options->include_directory;
	}
	for (size_t i = 0; i < more_count; i++)
		arguments[count++] = more[i];

	struct CXUnsavedFile file = { .Filename = CORM__GEN_UNIT_NAME, .Contents = source->data, .Length = source->length };
	unit->index = clang_createIndex(0, 0);
	if (clang_parseTranslationUnit2(unit->index, CORM__GEN_UNIT_NAME, arguments, (int)count, &file, 1,
	                                CXTranslationUnit_None, &unit->unit) == CXError_Success)
		return CORM_OK;
	options->report(options->data,
	                "corm: error: clang does not take these arguments or cannot read the headers at all");
	return CORM_ERROR_VALIDATION;
}

void corm__gen_unit_close(struct corm__gen_unit *unit)
{
	if (unit->unit)
		clang_disposeTranslationUnit(unit->unit);
	if (unit->index)
		clang_disposeIndex(unit->index);
}
