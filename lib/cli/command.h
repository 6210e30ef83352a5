/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H
/*
 * The shared main(): parses, runs, prints the one error, checks that stdout
 * went out, gives the exit status of the reason.
 */
#include "cli/opt.h"

#define COMMAND_MAIN(cmd) \
	int main(int argc, char **argv) { return command_main(&(cmd), argc, argv); }
int	command_main(const struct command *c, int argc, char **argv);

/* Global flags, for whoever needs them after parsing. */
struct command_globals {
	bool verbose, json;
	int64_t timeout;	/* ms */
	const char *output_file;
	const char *jq;
};
extern struct command_globals command_globals;
#endif
