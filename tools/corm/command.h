/* SPDX-License-Identifier: Apache-2.0
 *
 * The tool's commands. Each stands in a file of its own, cmd_<name>.c: it parses its arguments, calls the library,
 * prints.
 *
 * How to add one: cmd_<name>.c with a function as below, its declaration here, its row in main.c, its test in
 * tests/cli.
 */
#ifndef CORM_TOOL_COMMAND_H
#define CORM_TOOL_COMMAND_H

/* Exit statuses. */
enum {
	EXIT_DONE = 0,
	EXIT_FAILED = 1, /* or refused, or a difference was found */
	EXIT_WRONG_USAGE = 2
};

/* arguments[0] is the command's name; the array ends in NULL. Results go to standard output, the rest to standard
 * error. */
typedef int command_function(int count, char **arguments);

command_function cmd_generate;

/* One line to standard error: `corm generate: …`. Returns EXIT_WRONG_USAGE. */
int wrong_usage(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Where <cormorant.h> is: beside the executable when it is installed, else where it was built. A static string. */
const char *include_directory(void);

#endif
