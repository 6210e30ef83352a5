/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CODEC_SUMS_H
#define CODEC_SUMS_H
/*
 * Lists of checksums, as sha256sum(1) and its like write them, in either form:
 *	HEX  NAME		HEX *NAME
 *	SHA256 (NAME) = HEX	(--tag, and openssl dgst)
 * A backslash before the line says that \\, \n and \r in NAME are escapes. Lines
 * that begin with # and empty ones say nothing; what is neither is an error, for
 * in a signed list nothing may be passed over. MD5 and SHA-1 are refused.
 */
#include "base/buf.h"
#include "base/pool.h"

enum { SUMS_NAME_MAX = 4096, SUMS_DIGEST_MAX = 64 };

struct sums {
	struct span rest;	/* of the text */
	size_t number;		/* of the line read last, from 1 */
};

struct sums_line {
	size_t bits;		/* 256, 384, 512: of SHA-2 */
	unsigned char digest[SUMS_DIGEST_MAX];
	const char *name;	/* in the pool */
};

/* 1 and *line, 0 at the end, -1: REASON_BAD_ENCODING with the line's number,
 * REASON_UNSUPPORTED for a hash that is none of ours. */
int	sums_next(struct sums *s, struct sums_line *line, struct pool *pool, struct err *e) MUST_CHECK;
#endif
