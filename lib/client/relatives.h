/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_RELATIVES_H
#define CLIENT_RELATIVES_H
/*
 * All that is attached to an image, by its manifests alone: what is under the
 * tags sha256-HEX.sig, .att and .sbom, and the referrers. No blob is fetched;
 * nothing is judged.
 */
#include "client/store.h"

/* In the order in which they are delivered. */
enum relatives_kind {
	RELATIVES_SIGNATURES = 1,
	RELATIVES_ATTESTATIONS = 2,
	RELATIVES_SBOM = 4,
	RELATIVES_REFERRERS = 8,
	RELATIVES_ALL = 15,
};

/* What SBOMs are called that are attached as referrers. */
#define RELATIVES_SBOM_TYPE "application/vnd.dev.cosign.artifact.sbom.v1+json"

struct relative {
	enum relatives_kind kind;
	const char *tag;		/* of what is kept under one; NULL for referrers, and where a layout
					   has no name for it */
	struct desc desc;		/* of the manifest */
	const struct manifest *manifest;	/* NULL when it could not be read: */
	const struct err *error;
};

/* Calls each() for every one of the kinds asked for, referrers in the order they
 * are listed. type: only referrers of this artifact type; NULL: all. Spans live as long as the call;
 * each() returning -1 stops. None is no error. */
typedef int relatives_each(void *ctx, const struct relative *r, struct err *e);
int	relatives_list(const struct store *s, const struct subject *sub, unsigned kinds, const char *type,
	    relatives_each *each, void *ctx, struct err *e) MUST_CHECK;
#endif
