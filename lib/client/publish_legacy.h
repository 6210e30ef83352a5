/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_PUBLISH_LEGACY_H
#define CLIENT_PUBLISH_LEGACY_H
/*
 * Storing a signature of the old form: a layer of the image under the tag
 * sha256-HEX.sig, or of a referrer. store.c decides where.
 */
#include "client/store.h"

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
