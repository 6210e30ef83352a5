/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_PUBLISH_SBOM_H
#define CLIENT_PUBLISH_SBOM_H
/*
 * Storing an SBOM beside its image as `attach sbom` always did: unsigned, the
 * one layer of an image. store.c decides where.
 */
#include "client/store.h"

struct publish_sbom {
	const struct ref *where;
	const struct desc *subject;	/* media type and size only with oci11 */
	const struct store_sbom *sbom;
	bool oci11;			/* as a referrer instead of a tag */
};
int	publish_sbom(const struct store *s, const struct publish_sbom *p, struct pool *pool,
	    struct store_location *out, struct err *e) MUST_CHECK;
#endif
