/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JSON_UNESCAPE_H
#define JSON_UNESCAPE_H
/*
 * What the raw text between the quotes of a checked JSON string means. Nothing
 * here allocates; on text that was never checked the result is nonsense, but no
 * byte outside it is read.
 */
#include "base/span.h"

enum { UNESCAPE_MAX = 4 };

/* Takes one character or escape off *raw (not empty) and gives its bytes in
 * UTF-8; at most UNESCAPE_MAX. */
size_t	unescape_next(struct span *raw, char out[UNESCAPE_MAX]);
/* Writes all of raw to out, which has raw.len bytes of room; gives the length. */
size_t	unescape_all(struct span raw, char *out);
/* Order of two raw strings by the bytes they mean; 0 for equal ones, however
 * they are spelt. */
int	unescape_cmp(struct span a, struct span b);
/* The same for equal meanings. Not for tables an attacker may flood. */
uint32_t	unescape_hash(struct span raw);
#endif
