/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_TUFPATH_H
#define SIG_TUFPATH_H
/*
 * Which target paths a delegation is about (TUF specification 4.5): patterns of
 * the shell, where nothing but a slash matches a slash, or the beginning of the
 * path's SHA-256.
 */
#include "base/span.h"

enum { TUFPATH_MAX = 4096 };

/* *, ? and [a-z] [!a-z] within parts between slashes; a backslash is a
 * character. In steps of at most the product of both lengths. */
bool	tufpath_match(struct span pattern, struct span path);

/* Whether the SHA-256 of the path begins with these hexadecimal digits; with none
 * every one does. */
bool	tufpath_has_prefix(struct span path, struct span hex);
/* Which of 2^bits bins the path falls into (TAP 15); bits from 1 to 32. */
uint32_t	tufpath_bin(struct span path, unsigned bits);
#endif
