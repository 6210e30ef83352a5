/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_PUBLISH_H
#define CLIENT_PUBLISH_H
/*
 * Storing a bundle as a referrer of its image. store.c decides where.
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
#endif
