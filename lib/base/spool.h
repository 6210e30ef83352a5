/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_SPOOL_H
#define BASE_SPOOL_H
/*
 * A file without a name, for what is too large for memory and must be read
 * again, or must not be seen before its verdict. Nobody else can open it by
 * name, and it is gone when it is closed.
 */
#include "base/err.h"

/* In TMPDIR, or else /var/tmp, or else /tmp; open for reading and writing, the
 * caller's to close. REASON_IO. */
int	spool_open(int *fd, struct err *e) MUST_CHECK;
#endif
