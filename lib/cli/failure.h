/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_FAILURE_H
#define CLI_FAILURE_H
/*
 * How the one error of a process is shown, on stderr.
 */
#include "base/err.h"

/* "Error: MESSAGE", then "hint: …". */
void	failure_print(const struct err *e);
/* One line of JSON, type cosign.error/1. */
void	failure_print_json(const struct err *e);
/* For programs that others of this suite run: the same line on stdout instead,
 * for errline_read(). Gives the exit status. */
int	failure_report(const struct err *e);
#endif
