/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CODEC_HEX_H
#define CODEC_HEX_H
/*
 * Lower-case hexadecimal.
 */
#include "base/buf.h"

void	hex_encode(struct buf *out, struct span bytes);
/* Writes 2*len digits and a NUL. */
void	hex_format(char *text, const void *bytes, size_t len);
/* Both cases accepted; exactly len bytes wanted. False otherwise. */
bool	hex_decode(void *out, size_t len, struct span text);
/* Only 0-9 a-f, and this many of them. */
bool	hex_is_lower(struct span text, size_t digits);
#endif
