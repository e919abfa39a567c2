/* SPDX-License-Identifier: Apache-2.0
 *
 * corm generate: from the command line, or without headers from corm.ini in the current directory.
 */
#define _XOPEN_SOURCE 700 /* glob(), strdup() */
#include "command.h"
#include "generate/generate.h"
#include <glob.h>
#include <ini.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONFIGURATION "corm.ini"

static const char usage[] =
	"usage: corm generate -o OUTPUT [OPTIONS] HEADERS…\n"
	"       corm generate                 (what corm.ini names)\n\n"
	"Reads annotated model headers and writes OUTPUT.h and OUTPUT.c. When something is wrong in the headers, everything\n"
	"wrong is reported, nothing is written, and the exit status is 1. A file that would not change is not touched.\n\n"
	"  -o, --output OUTPUT   the path of both files, without .h and .c\n"
	"      --depfile FILE    write what the output depends on, in the syntax of make\n"
	"  -I DIR, -D NAME[=VALUE], -U NAME, -f…, -std=STANDARD\n"
	"                        for the compiler, as it takes them (-fms-extensions); without -std=, headers are C11\n"
	"      --help            this text\n\n"
	"corm.ini:\n"
	"  [corm]\n"
	"  models = models/*.h\n"
	"  output = build/library\n";

struct settings {
	struct corm__generate_options options;
	const char **headers, **arguments; /* as many as there are arguments at most */
	char *models, *output;             /* of corm.ini */
	glob_t found;
};

static void print_line(void *data, const char *line)
{
	(void)data;
	fprintf(stderr, "%s\n", line);
}

/* ---- the command line -------------------------------------------------------------------------------------------- */

/* The value of an option at arguments[*at], behind it or in the next argument; NULL when it is not that option, an
 * empty string when it lacks its value. */
static const char *option_value(char **arguments, int *at, const char *short_name, const char *long_name)
{
	const char *argument = arguments[*at];
	size_t length = strlen(long_name);
	if (strncmp(argument, long_name, length) == 0 && argument[length] == '=')
		return argument + length + 1;
	if (strcmp(argument, long_name) != 0) {
		if (!short_name || strncmp(argument, short_name, 2) != 0)
			return NULL;
		if (argument[2])
			return argument + 2;
	}
	return arguments[*at + 1] ? arguments[++*at] : "";
}

static bool is_for_compiler(const char *argument)
{
	return strncmp(argument, "-std=", 5) == 0 || (argument[0] == '-' && argument[1] && strchr("IDUf", argument[1]));
}

static int parse_arguments(struct settings *settings, int count, char **arguments)
{
	struct corm__generate_options *options = &settings->options;
	bool only_headers = false;
	for (int i = 1; i < count; i++) {
		const char *value;
		if (only_headers || arguments[i][0] != '-') {
			settings->headers[options->header_count++] = arguments[i];
		} else if (strcmp(arguments[i], "--") == 0) {
			only_headers = true;
		} else if ((value = option_value(arguments, &i, "-o", "--output"))) {
			if (!*value)
				return wrong_usage("generate", "-o needs a path");
			options->output = value;
		} else if ((value = option_value(arguments, &i, NULL, "--depfile"))) {
			if (!*value)
				return wrong_usage("generate", "--depfile needs a path");
			options->depfile = value;
		} else if (is_for_compiler(arguments[i])) {
			bool apart = !arguments[i][2]; /* -I, -D and -U from their value */
			settings->arguments[options->argument_count++] = arguments[i];
			if (apart && !arguments[i + 1])
				return wrong_usage("generate", "%s needs a value", arguments[i]);
			if (apart)
				settings->arguments[options->argument_count++] = arguments[++i];
		} else {
			return wrong_usage("generate", "there is no option \"%s\"", arguments[i]);
		}
	}
	if (options->header_count && !options->output)
		return wrong_usage("generate", "-o is missing: where shall the output go?");
	return EXIT_DONE;
}

/* ---- corm.ini ---------------------------------------------------------------------------------------------------- */

static int take_setting(void *data, const char *section, const char *name, const char *value)
{
	struct settings *settings = data;
	if (strcmp(section, "corm") != 0)
		return 1;
	char **at = strcmp(name, "models") == 0   ? &settings->models
	            : strcmp(name, "output") == 0 ? &settings->output
	                                          : NULL;
	if (!at)
		return 1;
	free(*at);
	*at = strdup(value);
	return *at != NULL;
}

static int find_models(struct settings *settings)
{
	int flags = 0;
	for (char *pattern = strtok(settings->models, ", \t"); pattern; pattern = strtok(NULL, ", \t")) {
		int error = glob(pattern, flags, NULL, &settings->found);
		flags = GLOB_APPEND;
		if (error) {
			fprintf(stderr, "corm generate: " CONFIGURATION ": no file matches models = %s\n", pattern);
			return EXIT_FAILED;
		}
	}
	settings->options.headers = (const char *const *)settings->found.gl_pathv;
	settings->options.header_count = settings->found.gl_pathc;
	return EXIT_DONE;
}

static int read_configuration(struct settings *settings)
{
	int line = ini_parse(CONFIGURATION, take_setting, settings);
	if (line == -1)
		return wrong_usage("generate", "no headers are given, and there is no " CONFIGURATION " here");
	if (line != 0) {
		fprintf(stderr,
		        line > 0 ? CONFIGURATION ":%d: error: this line cannot be read\n"
		                 : "corm generate: " CONFIGURATION " cannot be read (%d)\n",
		        line);
		return EXIT_FAILED;
	}
	if (!settings->options.output)
		settings->options.output = settings->output;
	if (!settings->models || !settings->options.output || !*settings->options.output) {
		fprintf(stderr, "corm generate: " CONFIGURATION " has no \"%s\" in its section [corm]\n",
		        settings->models ? "output" : "models");
		return EXIT_FAILED;
	}
	return find_models(settings);
}

/* ---- the command ------------------------------------------------------------------------------------------------- */

int cmd_generate(int count, char **arguments)
{
	for (int i = 1; i < count; i++)
		if (strcmp(arguments[i], "--help") == 0 || strcmp(arguments[i], "-h") == 0) {
			fputs(usage, stdout);
			return EXIT_DONE;
		}

	struct settings settings = { .headers = NULL };
	int status = EXIT_FAILED;
	settings.headers = calloc((size_t)count, sizeof *settings.headers);
	settings.arguments = calloc((size_t)count, sizeof *settings.arguments);
	if (!settings.headers || !settings.arguments) {
		fputs("corm generate: out of memory\n", stderr);
		goto out;
	}
	settings.options.headers = settings.headers;
	settings.options.arguments = settings.arguments;
	settings.options.include_directory = include_directory();
	settings.options.report = print_line;
	status = parse_arguments(&settings, count, arguments);
	if (status == EXIT_DONE && !settings.options.header_count)
		status = read_configuration(&settings);
	if (status == EXIT_DONE) {
		corm_status result = corm__generate(&settings.options);
		status = result == CORM_OK ? EXIT_DONE : result == CORM_ERROR_USAGE ? EXIT_WRONG_USAGE : EXIT_FAILED;
	}
out:
	globfree(&settings.found);
	free(settings.models);
	free(settings.output);
	free(settings.headers);
	free(settings.arguments);
	return status;
}
