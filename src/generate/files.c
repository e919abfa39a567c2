/* SPDX-License-Identifier: Apache-2.0
 *
 * Files: written beside their place and moved there when all is well, and not touched when they would not change.
 */
#define _XOPEN_SOURCE 700 /* realpath() */
#include "generate/generate.h"
#include "generate/write.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static corm_status fail(struct corm__gen *gen, const char *what, const char *path)
{
	const char *line = corm__gen_text(gen, "corm: error: cannot %s \"%s\": %s", what, path, strerror(errno));
	gen->options->report(gen->options->data, line);
	return CORM_ERROR_IO;
}

/* The file at path is text. What cannot be read is different. */
static bool is_same(const char *path, const struct corm__buffer *text)
{
	char piece[4096];
	size_t at = 0;
	int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return false;
	ssize_t length;
	while ((length = read(file, piece, sizeof piece)) > 0) {
		if ((size_t)length > text->length - at || memcmp(text->data + at, piece, (size_t)length) != 0)
			break;
		at += (size_t)length;
	}
	close(file);
	return length == 0 && at == text->length;
}

bool corm__gen_is_same_file(const char *a, const char *b)
{
	struct stat first, second;
	return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
	       first.st_ino == second.st_ino;
}

static bool write_all(int file, const char *data, size_t length)
{
	while (length) {
		ssize_t written = write(file, data, length);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return false;
		data += written;
		length -= (size_t)written;
	}
	return true;
}

corm_status corm__gen_output_prepare(struct corm__gen *gen, struct corm__gen_output *output, const char *path,
                                     const struct corm__buffer *text)
{
	*output = (struct corm__gen_output){ .path = path };
	if (text->status)
		return CORM_ERROR_MEMORY;
	if (is_same(path, text))
		return CORM_OK;
	const char *temporary = corm__gen_text(gen, "%s.%ld.tmp", path, (long)getpid());
	if (gen->out_of_memory)
		return CORM_ERROR_MEMORY;
	int file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (file < 0)
		return fail(gen, "write", path);
	output->temporary = temporary;
	bool written = write_all(file, text->data, text->length);
	/* close() tells of errors that write() did not yet know; the first error is the one to show. */
	int error = errno;
	if (close(file) < 0 && written) {
		written = false;
		error = errno;
	}
	errno = error;
	return written ? CORM_OK : fail(gen, "write", path);
}

corm_status corm__gen_output_commit(struct corm__gen *gen, struct corm__gen_output *output)
{
	if (!output->temporary)
		return CORM_OK;
	if (rename(output->temporary, output->path) < 0)
		return fail(gen, "write", output->path);
	output->temporary = NULL;
	return CORM_OK;
}

void corm__gen_output_release(struct corm__gen_output *output)
{
	if (output->temporary)
		unlink(output->temporary);
	output->temporary = NULL;
}

/* ---- paths ------------------------------------------------------------------------------------------------------- */

static const char *directory_of(struct corm__gen *gen, const char *path)
{
	const char *slash = strrchr(path, '/');
	if (!slash)
		return ".";
	return slash == path ? "/" : corm__gen_copy(gen, path, (size_t)(slash - path));
}

corm_status corm__gen_make_directory(struct corm__gen *gen, const char *file)
{
	const char *directory = directory_of(gen, file);
	char *path = corm__arena_copy(&gen->arena, directory, strlen(directory));
	if (!path)
		return CORM_ERROR_MEMORY;
	for (char *end = path + 1;; end++) {
		if (*end && *end != '/')
			continue;
		char kept = *end;
		*end = '\0';
		if (mkdir(path, 0777) < 0 && errno != EEXIST)
			return fail(gen, "make the directory", path);
		*end = kept;
		if (!kept)
			return CORM_OK;
	}
}

/* The absolute path without links, in the arena; the path as it is where there is none. */
static const char *resolve(struct corm__gen *gen, const char *path)
{
	char *real = realpath(path, NULL);
	const char *result = real ? corm__gen_copy(gen, real, strlen(real)) : path;
	free(real);
	return result;
}

bool corm__gen_is_same_place(struct corm__gen *gen, const char *a, const char *b)
{
	const char *a_slash = strrchr(a, '/'), *b_slash = strrchr(b, '/');
	return strcmp(a_slash ? a_slash + 1 : a, b_slash ? b_slash + 1 : b) == 0 &&
	       strcmp(resolve(gen, directory_of(gen, a)), resolve(gen, directory_of(gen, b))) == 0;
}

const char *corm__gen_relative_path(struct corm__gen *gen, const char *from_file, const char *to)
{
	const char *from = resolve(gen, directory_of(gen, from_file));
	const char *directory = resolve(gen, directory_of(gen, to)), *slash = strrchr(to, '/');
	const char *name = slash ? slash + 1 : to;
	const char *target = corm__gen_text(gen, "%s/%s", strcmp(directory, "/") == 0 ? "" : directory, name);

	/* What both have in common up to a slash. */
	size_t common = 0;
	for (size_t i = 0; target[i]; i++) {
		bool ends = !from[i] || from[i] == '/';
		if (target[i] == '/' && ends)
			common = i + 1;
		if (!from[i] || from[i] != target[i])
			break;
	}
	const char *path = target + common;
	if (strlen(from) >= common && from[0] == '/')
		for (const char *at = from + common; *at; at++)
			if (at == from + common || at[-1] == '/')
				path = corm__gen_text(gen, "../%s", path);
	return path;
}
