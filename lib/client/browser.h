/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_BROWSER_H
#define CLIENT_BROWSER_H
/*
 * Showing the user a page: a program that BROWSER names (several, separated by
 * colons: the first that can be started; %s stands for the address, which else
 * is the last argument), or xdg-open. It sees none of our secrets.
 */
#include <sys/types.h>
#include "base/err.h"

/* Variables that it must not see, for base/proc.h. */
extern const char *const browser_drop[];

/* REASON_HELPER when none can be started. */
int	browser_open(const char *url, pid_t *pid, struct err *e) MUST_CHECK;
/* Whether it has ended without success; *pid is 0 once it has ended. */
bool	browser_failed(pid_t *pid);
#endif
