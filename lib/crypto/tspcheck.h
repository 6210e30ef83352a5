/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_TSPCHECK_H
#define CRYPTO_TSPCHECK_H
/*
 * Whether a timestamp is a good one over given bytes, by an authority that is
 * trusted. Certificates in a token are hints: only the one that verifies the
 * signature, is named by the signed attributes and leads to a trusted root
 * counts.
 */
#include "crypto/chain.h"
#include "crypto/tsp.h"

struct tsp_want {
	struct span message;			/* what was stamped */
	struct certlist *const *roots;		/* of one authority */
	size_t root_lists;
	struct certlist *const *helpers;	/* its intermediates */
	size_t helper_lists;
	struct cert *leaf;			/* its signing certificate, or NULL: from the token */
	struct span nonce;			/* big-endian; must be there and be this, unless ptr NULL */
	struct span policy;			/* OID, DER content; the same */
};

/* The full check (RFC 3161 section 2.4.2, RFC 5816): imprint, signature,
 * signing-certificate attribute, the signer's certificate, and its path at the
 * token's time. Whether the authority is trusted at that time is the caller's.
 * REASON_BAD_TIMESTAMP whatever is wrong. */
int	tspcheck(const struct tsp *t, const struct tsp_want *want, struct err *e) MUST_CHECK;
#endif
