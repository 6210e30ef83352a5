/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_JWKS_H
#define SIG_JWKS_H
/*
 * The keys of an identity provider, a JSON Web Key Set (RFC 7517, RFC 7518
 * section 6, RFC 8037), and whether one of them signed a token (RFC 7515, RFC
 * 7518 section 3).
 */
#include "sig/idtoken.h"

enum {
	JWKS_MAX = 256 << 10,		/* bytes of the whole text */
	JWKS_KEYS_MAX = 100,
};

/* text is what t was parsed from. Keys that are for other uses, of another name
 * or algorithm than the token says, or not understood are passed over (RFC 7517
 * section 5). REASON_PROTOCOL when that is no key set; REASON_BAD_TOKEN when no
 * key of it signed the token, or it is signed in a way that nobody should. */
int	jwks_check(struct span set, const struct idtoken *t, struct span text, struct err *e) MUST_CHECK;
#endif
