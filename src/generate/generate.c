/* SPDX-License-Identifier: Apache-2.0
 *
 * The passes of `corm generate`, in their order.
 */
#include "generate/generate.h"
#include "generate/check.h"
#include "generate/names.h"
#include "generate/options.h"
#include "generate/reader.h"
#include "generate/write.h"
#include <stdlib.h>
#include <string.h>

enum { OUTPUT_MAXIMUM = 1 << 30 };

static void report(const struct corm__gen *gen, const char *line)
{
	gen->options->report(gen->options->data, line);
}

/* ---- complaints -------------------------------------------------------------------------------------------------- */

static int compare_complaints(const void *a, const void *b)
{
	const struct corm__gen_complaint *left = *(struct corm__gen_complaint *const *)a;
	const struct corm__gen_complaint *right = *(struct corm__gen_complaint *const *)b;
	int files = strcmp(left->location.file, right->location.file);
	if (files)
		return files;
	if (left->location.line != right->location.line)
		return left->location.line < right->location.line ? -1 : 1;
	if (left->location.column != right->location.column)
		return left->location.column < right->location.column ? -1 : 1;
	return strcmp(left->message, right->message);
}

/* CORM_OK when there are none. */
static corm_status report_complaints(struct corm__gen *gen)
{
	if (!gen->complaint_count)
		return CORM_OK;
	struct corm__gen_complaint **sorted = corm__arena_array(&gen->arena, gen->complaint_count,
	                                                        sizeof(struct corm__gen_complaint *));
	if (!sorted)
		return CORM_ERROR_MEMORY;
	size_t count = 0;
	for (struct corm__gen_complaint *complaint = gen->complaints; complaint; complaint = complaint->next)
		sorted[count++] = complaint;
	qsort(sorted, count, sizeof(struct corm__gen_complaint *), compare_complaints);
	for (size_t i = 0; i < count; i++)
		report(gen, corm__gen_text(gen, "%s:%u:%u: error: %s", sorted[i]->location.file, sorted[i]->location.line,
		                           sorted[i]->location.column, sorted[i]->message));
	return CORM_ERROR_VALIDATION;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static corm_status check_arguments(struct corm__gen *gen, const char *identifier)
{
	const struct corm__generate_options *options = gen->options;
	if (!options->header_count) {
		report(gen, "corm: error: no headers are given");
		return CORM_ERROR_USAGE;
	}
	for (size_t i = 0; i < options->header_count; i++)
		if (!options->headers[i][0] || strpbrk(options->headers[i], "\"\\\n")) {
			report(gen, corm__gen_text(gen, "corm: error: a header cannot be called \"%s\"", options->headers[i]));
			return CORM_ERROR_USAGE;
		}
	if (strpbrk(options->output, "\"\\\n")) {
		report(gen, corm__gen_text(gen, "corm: error: the output cannot be called \"%s\"", options->output));
		return CORM_ERROR_USAGE;
	}
	if (!*identifier) {
		report(gen, corm__gen_text(gen, "corm: error: output \"%s\" has no file name", options->output));
		return CORM_ERROR_USAGE;
	}
	return CORM_OK;
}

static corm_status read_models(struct corm__gen *gen, const char *identifier)
{
	corm_status status = corm__gen_read(gen);
	if (status == CORM_ERROR_VALIDATION || (!status && !gen->models && gen->complaint_count))
		return report_complaints(gen) == CORM_ERROR_MEMORY ? CORM_ERROR_MEMORY : CORM_ERROR_VALIDATION;
	if (status)
		return status;
	if (!gen->models) {
		report(gen,
		       "corm: error: no model in the headers: mark a struct with corm_table(), corm_model() or corm_row()");
		return CORM_ERROR_VALIDATION;
	}
	corm__gen_apply_models(gen);
	if (gen->out_of_memory)
		return CORM_ERROR_MEMORY;
	status = corm__gen_read_probes(gen);
	if (status)
		return status;
	corm__gen_check_names(gen, corm__gen_text(gen, "%s_metadata", identifier));
	corm__gen_check_values(gen);
	corm__gen_check_models(gen);
	return gen->out_of_memory ? CORM_ERROR_MEMORY : report_complaints(gen);
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

/* A file name in a makefile. */
static void write_dependency(struct corm__buffer *out, const char *name)
{
	for (; *name; name++) {
		if (*name == ' ' || *name == '#')
			corm__buffer_char(out, '\\');
		corm__buffer_char(out, *name);
		if (*name == '$')
			corm__buffer_char(out, '$');
	}
}

/* With an empty rule for each header, so that one that was removed does not stop make. */
static void write_depfile(const struct corm__gen *gen, const char *header, const char *source, struct corm__buffer *out)
{
	write_dependency(out, header);
	corm__buffer_char(out, ' ');
	write_dependency(out, source);
	corm__buffer_char(out, ':');
	for (const struct corm__gen_file *file = gen->files; file; file = file->next) {
		if (file->is_system)
			continue;
		corm__buffer_text(out, " \\\n  ");
		write_dependency(out, file->name);
	}
	corm__buffer_char(out, '\n');
	for (const struct corm__gen_file *file = gen->files; file; file = file->next) {
		if (file->is_system)
			continue;
		corm__buffer_char(out, '\n');
		write_dependency(out, file->name);
		corm__buffer_text(out, ":\n");
	}
}

enum { HEADER, SOURCE, DEPFILE, FILES };

/* `corm generate -o library library.h` must not destroy what it reads, by whatever path. */
static corm_status spare_headers(struct corm__gen *gen, const char *const paths[FILES])
{
	for (size_t i = 0; i < FILES; i++)
		for (const struct corm__gen_file *file = gen->files; file && paths[i]; file = file->next)
			if (corm__gen_is_same_file(paths[i], file->name)) {
				report(gen, corm__gen_text(gen, "corm: error: output \"%s\" is a header that was read", paths[i]));
				return CORM_ERROR_USAGE;
			}
	if (paths[DEPFILE])
		for (size_t i = 0; i < DEPFILE; i++)
			if (corm__gen_is_same_place(gen, paths[i], paths[DEPFILE])) {
				report(gen, corm__gen_text(gen, "corm: error: \"%s\" and \"%s\": one file for two outputs", paths[i],
				                           paths[DEPFILE]));
				return CORM_ERROR_USAGE;
			}
	return CORM_OK;
}

/* Writes all files beside their places first, so that either all change or none. */
static corm_status put_files(struct corm__gen *gen, const char *const paths[FILES],
                             const struct corm__buffer texts[FILES])
{
	struct corm__gen_output outputs[FILES] = { { NULL, NULL } };
	corm_status status = CORM_OK;
	for (size_t i = 0; i < FILES && !status; i++)
		if (paths[i])
			status = corm__gen_output_prepare(gen, &outputs[i], paths[i], &texts[i]);
	for (size_t i = 0; i < FILES && !status; i++)
		status = corm__gen_output_commit(gen, &outputs[i]);
	for (size_t i = 0; i < FILES; i++)
		corm__gen_output_release(&outputs[i]);
	return status;
}

static corm_status write_files(struct corm__gen *gen, const char *base, const char *identifier)
{
	const struct corm__generate_options *options = gen->options;
	const char *paths[FILES] = { corm__gen_text(gen, "%s.h", options->output),
		                         corm__gen_text(gen, "%s.c", options->output), options->depfile };
	corm_status status = spare_headers(gen, paths);
	/* Before the paths to the models are worked out, which go from here. */
	if (!status)
		status = corm__gen_make_directory(gen, options->output);
	if (status)
		return status;
	const char **sources = corm__arena_array(&gen->arena, options->header_count, sizeof *sources);
	if (!sources)
		return CORM_ERROR_MEMORY;
	for (size_t i = 0; i < options->header_count; i++)
		sources[i] = corm__gen_relative_path(gen, options->output, options->headers[i]);
	struct corm__gen_target target = {
		.header_name = corm__gen_text(gen, "%s.h", base),
		.identifier = identifier,
		.sources = sources,
		.source_count = options->header_count,
	};
	struct corm__buffer texts[FILES];
	for (size_t i = 0; i < FILES; i++)
		corm__buffer_init(&texts[i], &gen->arena.allocator, OUTPUT_MAXIMUM);
	corm__gen_write_header(gen, &target, &texts[HEADER]);
	corm__gen_write_source(gen, &target, &texts[SOURCE]);
	write_depfile(gen, paths[HEADER], paths[SOURCE], &texts[DEPFILE]);
	status = gen->out_of_memory ? CORM_ERROR_MEMORY : put_files(gen, paths, texts);
	for (size_t i = 0; i < FILES; i++)
		corm__buffer_release(&texts[i]);
	return status;
}

corm_status corm__generate(const struct corm__generate_options *options)
{
	struct corm__gen gen = { .options = options };
	corm__arena_init(&gen.arena, NULL, 0);
	const char *slash = strrchr(options->output, '/');
	const char *base = slash ? slash + 1 : options->output;
	const char *identifier = corm__gen_identifier(&gen, base);

	corm_status status = gen.out_of_memory ? CORM_ERROR_MEMORY : check_arguments(&gen, identifier);
	if (!status)
		status = read_models(&gen, identifier);
	if (!status)
		status = write_files(&gen, base, identifier);
	if (status == CORM_ERROR_MEMORY)
		options->report(options->data, "corm: error: out of memory");
	corm__arena_release(&gen.arena);
	return status;
}
