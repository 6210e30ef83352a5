/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CODEC_CHALLENGE_H
#define CODEC_CHALLENGE_H
/*
 * WWW-Authenticate (RFC 9110 section 11.6.1): what a registry wants to see.
 */
#include "base/err.h"
#include "base/pool.h"

enum challenge_kind { CHALLENGE_BASIC, CHALLENGE_BEARER };

enum { CHALLENGE_MAX = 16 << 10, CHALLENGE_PARAMS_MAX = 64 };

/* Parameters that are absent have ptr NULL. */
struct challenge {
	enum challenge_kind kind;
	struct span realm, service, scope, error;
};

/* Looks through the header values in order, each of which may hold several
 * challenges, and takes the first Basic or Bearer; what follows it is not
 * read. A Bearer challenge has a realm. Values are unquoted into the pool.
 * REASON_BAD_CHALLENGE. */
int	challenge_parse(struct challenge *c, const struct span *values, size_t count, struct pool *pool,
	    struct err *e) MUST_CHECK;
#endif
