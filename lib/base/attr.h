/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_ATTR_H
#define BASE_ATTR_H
/*
 * What the compiler can do beyond C, under our own names. The one header that
 * everybody may rely on without naming it in a comment.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PRINTF(fmt, args) __attribute__((__format__(__printf__, fmt, args)))
#define MUST_CHECK __attribute__((__warn_unused_result__))
#define NORETURN __attribute__((__noreturn__))
#define UNUSED __attribute__((__unused__))
#define countof(a) (sizeof(a) / sizeof((a)[0]))

/*
 * AUTO(buf) struct buf b = BUF_INIT(MAX);  releases b at the end of its scope
 * by buf_cleanup(&b). Every type so used declares TYPE_cleanup in its header.
 */
#define AUTO(type) __attribute__((__cleanup__(type##_cleanup)))

/* AUTO(charp) char *p = NULL;  frees p. */
void	charp_cleanup(char **p);

/* AUTO(fd) int fd = -1;  closes fd. */
void	fd_cleanup(int *fd);

#include "base/banned.h"
#endif
