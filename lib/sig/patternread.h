/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_PATTERNREAD_H
#define SIG_PATTERNREAD_H
/*
 * Go's regular expressions said for PCRE2 (options: UTF, DOLLAR_ENDONLY,
 * NO_AUTO_CAPTURE). For pattern.c.
 */
#include "base/buf.h"

enum { PATTERNREAD_REPEAT_MAX = 1000, PATTERNREAD_DEPTH_MAX = 100 };

/* Appends the pattern. REASON_USAGE for what Go does not take. */
int	patternread(struct span text, struct buf *out, struct err *e) MUST_CHECK;
#endif
