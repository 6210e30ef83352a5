/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CODEC_UTF8_H
#define CODEC_UTF8_H
/*
 * UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above
 * U+10FFFF.
 */
#include "base/buf.h"

enum { UTF8_MAX = 4 };	/* most bytes of one code point */

/* Length of the well-formed sequence that text starts with, and its code point
 * where cp is not NULL; 0 when there is none. */
size_t	utf8_next(struct span text, uint32_t *cp);
/* Bytes of cp, a Unicode scalar value; gives their number. */
size_t	utf8_put(char out[UTF8_MAX], uint32_t cp);

/* Index of the first byte that breaks the rules; text.len when none does. */
size_t	utf8_valid_prefix(struct span text);
static inline bool utf8_is_valid(struct span text) { return utf8_valid_prefix(text) == text.len; }
#endif
