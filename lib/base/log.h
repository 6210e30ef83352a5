/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_LOG_H
#define BASE_LOG_H
/*
 * Words for people, on stderr; bytes that could drive a terminal are replaced.
 * Errors do not go here: they travel as struct err to command_main.
 */
#include "base/attr.h"

/* "WARNING: " and a line. */
void	log_warn(const char *fmt, ...) PRINTF(1, 2);
/* A line as it is: progress, and what upstream says on stderr. */
void	log_say(const char *fmt, ...) PRINTF(1, 2);
/* A line only with -d/--verbose. */
void	log_debug(const char *fmt, ...) PRINTF(1, 2);

void	log_set_verbose(bool on);
bool	log_is_verbose(void);
#endif
