/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_PURGE_H
#define CLIENT_PURGE_H
/*
 * Taking away what is attached to an image: signatures, attestations and SBOMs of
 * all forms, and nothing that is none of these. Others may write meanwhile; what
 * they add stays.
 */
#include "client/relatives.h"

enum purge_kind { PURGE_SIGNATURES = 1, PURGE_ATTESTATIONS = 2, PURGE_SBOMS = 4, PURGE_BUNDLES = 8, PURGE_ALL = 15 };

/* One that is gone; or is not, and why. */
struct purge_report {
	const char *name;	/* "registry/repository:tag" or "…@digest" */
	const struct desc *desc;	/* of its manifest */
	const char *kind;	/* "signature", "attestation", "sbom", "bundle" */
	const struct err *error;	/* NULL: it is gone */
};
typedef void purge_tell(void *ctx, const struct purge_report *r);

/* PURGE_BUNDLES are all Sigstore bundles, whatever they say. What cannot be removed
 * keeps nothing else from being removed; the first failure is that of all. None there
 * is no failure. */
int	purge(const struct store *s, const struct subject *sub, unsigned kinds, purge_tell *tell, void *ctx,
	    struct err *e) MUST_CHECK;
#endif
