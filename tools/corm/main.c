/* SPDX-License-Identifier: Apache-2.0
 *
 * corm: the command line tool.
 */
#define _XOPEN_SOURCE 700 /* readlink() */
#include "command.h"
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *name;
	command_function *run;
	const char *summary;
} commands[] = {
	{ "generate", cmd_generate, "write typed functions and metadata for model headers" },
};

int wrong_usage(const char *command, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	fprintf(stderr, "corm%s%s: ", *command ? " " : "", command);
	vfprintf(stderr, format, arguments);
	fprintf(stderr, "; see corm %s%s--help\n", command, *command ? " " : "");
	va_end(arguments);
	return EXIT_WRONG_USAGE;
}

const char *include_directory(void)
{
	static char path[PATH_MAX + sizeof "/include/cormorant.h"];
	ssize_t length = readlink("/proc/self/exe", path, PATH_MAX);
	if (length > 0 && length < PATH_MAX) {
		path[length] = '\0';
		for (int level = 0; level < 2; level++) {
			char *slash = strrchr(path, '/');
			if (slash)
				*slash = '\0';
		}
		size_t root = strlen(path);
		memcpy(path + root, "/include/cormorant.h", sizeof "/include/cormorant.h");
		if (access(path, R_OK) == 0) {
			path[root + strlen("/include")] = '\0';
			return path;
		}
	}
	return CORM_INCLUDE_DIRECTORY;
}

static int help(void)
{
	puts("usage: corm COMMAND [ARGUMENTS]\n"
	     "       corm COMMAND --help\n"
	     "       corm --version\n\n"
	     "commands:");
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		printf("  %-12s %s\n", commands[i].name, commands[i].summary);
	return EXIT_DONE;
}

static int run(int count, char **arguments)
{
	if (count < 2)
		return wrong_usage("", "no command is given");
	const char *name = arguments[1];
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0)
		return help();
	if (strcmp(name, "--version") == 0) {
		puts("corm " CORM_VERSION);
		return EXIT_DONE;
	}
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (strcmp(commands[i].name, name) == 0)
			return commands[i].run(count - 1, arguments + 1);
	return wrong_usage("", "there is no command \"%s\"", name);
}

int main(int count, char **arguments)
{
	int status = run(count, arguments);
	if (fflush(stdout) != 0 && status == EXIT_DONE) {
		perror("corm: cannot write to standard output");
		status = EXIT_FAILED;
	}
	return status;
}
