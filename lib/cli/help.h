/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_HELP_H
#define CLI_HELP_H
/*
 * --help, from the command's table, on stdout.
 */
#include "cli/opt.h"

/* title: "cosign verify". A command with verbs lists them. */
void	help_print(const struct command *c, const char *title);

/* Text in lines of at most HELP_WIDTH columns, each behind indent blanks; the
 * cursor stands at column at. */
enum { HELP_WIDTH = 80 };
void	help_wrap(const char *text, unsigned at, unsigned indent);
/* One section of flags with its heading; prints nothing when empty. skip is
 * a table whose names are left out, or NULL. */
void	help_flags(const char *heading, const struct opt *opts, const struct opt *skip);
#endif
