/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OCI_LAYOUT_FIND_H
#define OCI_LAYOUT_FIND_H
/*
 * Images in an open layout: by name, by digest, or the only one. Part of
 * oci/layout.h, which includes this.
 */
#include "oci/manifest.h"

struct layout;

/* An image that was found. name is its ref.name: the one asked for, else the
 * first that is a full reference, else the first, else ptr NULL. */
struct layout_image {
	struct desc desc;
	struct span name;
};

/* The entry whose org.opencontainers.image.ref.name is exactly tag.
 * REASON_NO_IMAGE with the names there are; REASON_AMBIGUOUS when several
 * digests bear it. */
int	layout_find_tag(struct layout *l, struct span tag, struct layout_image *out, struct err *e) MUST_CHECK;
/* Listed or only in blobs/ (child of an index): media type and size are found
 * out. REASON_NOT_FOUND; REASON_BAD_MANIFEST when it is no manifest. */
int	layout_find_digest(struct layout *l, struct span digest, struct layout_image *out, struct err *e) MUST_CHECK;
/*
 * The only image: one digest, under whatever names. Entries with a subject,
 * with a ref.name as sha256-HEX.sig, with the kind of signatures in a saved
 * layout, or that are no manifests, are none. REASON_NO_IMAGE, or
 * REASON_AMBIGUOUS with the first few.
 */
int	layout_find_only(struct layout *l, struct layout_image *out, struct err *e) MUST_CHECK;

/* Of an entry: its ref.name (ptr NULL without), and whether `cosign save` gave it
 * this kind ("image", "sigs"; NULL: any). */
struct span	layout_find_name(const struct desc *d);
bool	layout_find_is_kind(const struct desc *d, const char *kind);
#endif
