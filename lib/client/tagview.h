/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_TAGVIEW_H
#define CLIENT_TAGVIEW_H
/*
 * What one writer knows of a list under a tag: every entry it has ever seen
 * there, its own, and those that it takes out. Nothing is forgotten, because
 * whoever overwrites an entry may be the only one who knew it.
 */
#include "base/mem.h"
#include "oci/manifest.h"

struct tagview {
	bool index;		/* entries of an index, else layers of an image */
	struct pool pool;
	VEC(struct desc) known, dropped;
};

void	tagview_release(struct tagview *v);
static inline void tagview_cleanup(struct tagview *v) { tagview_release(v); }

/* The same manifest; or the same layer with the same annotations, which are
 * the signature. */
bool	tagview_same(const struct tagview *v, const struct desc *a, const struct desc *b);

/* Remembers a copy, unless it is known or dropped already. REASON_TOO_LARGE when
 * that is more than any reader takes. */
int	tagview_add(struct tagview *v, const struct desc *d, struct err *e) MUST_CHECK;
void	tagview_drop(struct tagview *v, const struct desc *d);

/* What was known is to be known no more, and left out. */
void	tagview_forget(struct tagview *v, const struct desc *d);

bool	tagview_has(const struct desc *list, size_t count, const struct tagview *v, const struct desc *d);
/* Whether something known is missing from the list. */
bool	tagview_is_missing(const struct tagview *v, const struct desc *list, size_t count);
/* Whether something dropped is in it. */
bool	tagview_is_dirty(const struct tagview *v, const struct desc *list, size_t count);

/* The list as it should be: in the order it has, less what was dropped, then
 * what is missing in the order of digests: who knows the same writes the same.
 * The array lives in the pool, the strings in the list or in *v. */
size_t	tagview_merge(const struct tagview *v, const struct desc *list, size_t count, struct pool *pool,
	    struct desc **out);
#endif
