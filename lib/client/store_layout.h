/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_STORE_LAYOUT_H
#define CLIENT_STORE_LAYOUT_H
/*
 * The directory's side of store.h: reading. A layout stays open for the life
 * of the process, so that many images of one directory cost one look at it.
 */
#include "client/store.h"
#include "oci/layout.h"

/* The open layout of a directory. NULL and *e as layout_open. */
struct layout	*store_layout_open(const char *dir, struct err *e);

int	store_layout_resolve(const struct ref *ref, bool need_desc, struct pool *pool, struct subject *out,
	    struct err *e) MUST_CHECK;

/* Signatures of a digest in a directory. */
int	store_layout_candidates(const struct store *s, const char *dir, struct span digest, unsigned forms,
	    store_each *each, void *ctx, struct err *e) MUST_CHECK;
#endif
