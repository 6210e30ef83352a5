/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_CHAIN_H
#define CRYPTO_CHAIN_H
/*
 * Paths from a certificate to a trusted root at a given time (RFC 5280
 * section 6). Paths are sought by name, each is judged here (validity of every
 * certificate, CA flags, path lengths, key usage, extended key usage along the
 * path as Go nests it, critical extensions) and then by OpenSSL
 * (signatures, key sizes, name constraints). Revocation is not asked. What
 * OpenSSL found of two lasting certificates it is not asked again, unless names
 * are constrained.
 */
#include "crypto/certlist.h"

enum { CHAIN_MAX = 8 };		/* certificates in a path, leaf and root included */

/* What is asked of a path. The lists are borrowed; certificates are not const
 * because OpenSSL's object is made in them on first use. */
struct chain_want {
	struct certlist *const *roots;		/* trusted; need not be self-signed */
	size_t root_lists;
	struct certlist *const *helpers;	/* intermediates, not trusted */
	size_t helper_lists;
	struct span purpose;			/* CERT_CODE_SIGNING */
	int64_t when;
	int64_t until;				/* when, or the next second when a fraction has begun */
};

struct chain {
	struct cert *items[CHAIN_MAX];	/* leaf first, root last; borrowed */
	size_t count;			/* at least 2 */
};

/* The first good path. A certificate that is trusted itself needs a path all
 * the same: a leaf is no root. REASON_UNTRUSTED_CERTIFICATE,
 * REASON_EXPIRED_CERTIFICATE (also for not yet valid), REASON_BAD_CERTIFICATE,
 * REASON_TOO_LARGE. */
int	chain_build(struct chain *out, struct cert *leaf, const struct chain_want *want, struct err *e) MUST_CHECK;
/* Whom the leaf was issued by: the key in an embedded SCT. */
static inline struct cert *chain_issuer(const struct chain *c) { return c->items[1]; }
#endif
