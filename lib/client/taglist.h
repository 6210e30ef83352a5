/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_TAGLIST_H
#define CLIENT_TAGLIST_H
/*
 * A manifest under a tag to which many writers append: a referrers fallback
 * index, or the image of legacy signatures. Registries offer no compare and
 * swap, so what was written is read again, and written again with all that was
 * ever seen there, until nothing is missing.
 */
#include "client/registry.h"

struct taglist {
	const struct ref *where;
	const struct registry_options *options;
	const char *tag;
	bool index;			/* an index of manifests; else an image of layers */
	struct desc ours;		/* without a digest: nothing is appended, and drop alone counts */
	/* Whether an entry that is there makes ours needless; NULL: never. */
	bool (*have)(void *ctx, const struct desc *d);
	/* Whether an entry that was there at the start leaves the list; NULL: none. */
	bool (*drop)(void *ctx, const struct desc *d);
	/* Writes the document with this list; current is NULL when there was none.
	 * May upload what the document needs. NULL for an index: that is the list. */
	int (*compose)(void *ctx, const struct manifest *current, const struct desc *list, size_t count,
	    struct buf *bytes, struct err *e);
	void *ctx;
};

/* Appends. *digest is of the document that lists ours; "" when there is nothing to
 * append to. REASON_LOST when others keep overwriting it. */
int	taglist_append(const struct taglist *t, char digest[80], struct err *e) MUST_CHECK;
#endif
