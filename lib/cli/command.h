/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H
/*
 * The shared main(): parses, runs, prints the one error, checks that stdout
 * went out, gives the exit status of the reason.
 *
 * Descriptors 0 to 2 are always open here; a closed one fails when it is
 * used. SIGPIPE is ignored: whoever writes to a reader that went away gets an
 * error, and the process ends without a word, with COMMAND_EXIT_PIPE.
 */
#include "cli/opt.h"

/* Makes a program of a command. One file may be several programs of nearly the
 * same code (KIN in the Makefile): the name it is called by says which. */
#define COMMAND_MAIN(cmd) \
	static const struct command *const command_entry \
	    __attribute__((used, section("commands"))) = &(cmd);
int	command_main(const struct command *c, int argc, char **argv);

/* What a shell shows for a program that SIGPIPE ended. */
enum { COMMAND_EXIT_PIPE = 141 };

/* Global flags, for whoever needs them after parsing. */
struct command_globals {
	bool verbose, json;
	int64_t timeout;	/* ms */
	const char *output_file;
	int64_t retry, retry_max_time;
};
extern struct command_globals command_globals;
/* What --timeout says holds for each item of a stream, which may be endless: the
 * time begins anew. */
void	command_restart_clock(void);
/* Their table, for help and the dispatcher. */
extern const struct opt command_global_opts[];
#endif
