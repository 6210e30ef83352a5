/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OCI_LAYOUT_CACHE_H
#define OCI_LAYOUT_CACHE_H
/*
 * What an open layout knows of the manifests in it: which were opened, and
 * who refers to whom. Content does not change under its digest, so what was
 * opened stays known when index.json is read again; the links are drawn anew.
 */
#include "oci/layout.h"

/* Draws the links for the index as it is now; does nothing if they are drawn.
 * REASON_TOO_LARGE past the caps; manifests that cannot be opened are counted
 * in l->unreadable. */
int	layout_cache_build(struct layout *l, struct err *e) MUST_CHECK;
/* The links are to be drawn again. */
void	layout_cache_expire(struct layout *l);
void	layout_cache_free(struct layout_cache *c);

/* Whole manifests are kept up to this size together. */
enum { LAYOUT_KEPT_MAX = 2 << 20 };
/* The bytes of a manifest that was opened, if they were kept; else SPAN_NONE.
 * Borrowed until something is read. */
struct span	layout_cache_bytes(const struct layout *l, struct span digest);

enum layout_state { LAYOUT_UNREADABLE, LAYOUT_NO_SUBJECT, LAYOUT_HAS_SUBJECT };

/* Of a manifest that was listed when the links were drawn. */
enum layout_state	layout_cache_state(const struct layout *l, struct span digest);
struct layout_list	layout_cache_referrers(const struct layout *l, struct span digest);
#endif
