/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_PUBLISH_H
#define CLIENT_PUBLISH_H
/*
 * Writing signatures: the documents, and the order in which they go to a
 * registry or into a layout. store.c decides where.
 */
#include "client/store.h"

struct publish_bundle {
	const struct ref *where;
	const struct desc *subject;	/* with media type and size */
	struct span bundle;
	const char *predicate_type;
	bool replace;
};
int	publish_bundle(const struct store *s, const struct publish_bundle *b, struct pool *pool,
	    struct store_location *out, struct err *e) MUST_CHECK;

struct publish_legacy {
	const struct ref *where;
	const struct desc *subject;	/* media type and size only with oci11 */
	const struct store_layer *layer;
	const struct store_legacy *how;
	bool oci11;			/* as a referrer instead of a tag */
};
int	publish_legacy(const struct store *s, const struct publish_legacy *l, struct pool *pool,
	    struct store_location *out, struct err *e) MUST_CHECK;
#endif
