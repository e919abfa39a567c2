/* SPDX-License-Identifier: Apache-2.0
 *
 * `corm generate`: from annotated model headers to a header and a source file of typed functions and metadata.
 *
 * In four passes: read (reader*.c, the only files that know libclang), apply the annotations' options, check, write.
 * All that is wrong in the headers is reported at once and then nothing is written. The same input gives the same
 * bytes; a file that would not change is not touched.
 */
#ifndef CORM_GENERATE_GENERATE_H
#define CORM_GENERATE_GENERATE_H

#include <cormorant/status.h>
#include <stddef.h>

/* Called with each line to be shown, without a newline: `models/author.h:7:14: error: …`. */
typedef void corm__generate_report(void *data, const char *line);

struct corm__generate_options {
	const char *const *headers;
	size_t header_count;
	const char *output;           /* build/library: writes build/library.h and build/library.c */
	const char *const *arguments; /* for the compiler: -Iinclude, -DX=1, -fms-extensions */
	size_t argument_count;
	const char *include_directory; /* where <cormorant.h> is; NULL: the compiler knows */
	const char *depfile;           /* in make's syntax; NULL: none */
	corm__generate_report *report;
	void *data;
};

/* CORM_ERROR_VALIDATION: something is wrong with the headers. CORM_ERROR_USAGE: no headers, or an output name that is
 * no C identifier or is that of a header that was read. CORM_ERROR_IO, CORM_ERROR_MEMORY. All have been reported, and
 * nothing was written. */
corm_status corm__generate(const struct corm__generate_options *options);

#endif
