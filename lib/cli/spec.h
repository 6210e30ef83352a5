/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SPEC_H
#define CLI_SPEC_H
/*
 * --help=spec: a command's table as one line of JSON on stdout, from which
 * completions, manual pages and the dispatcher's list are generated.
 */
#include "cli/opt.h"

void	spec_print(const struct command *c);
#endif
