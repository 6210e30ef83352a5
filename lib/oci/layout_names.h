/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OCI_LAYOUT_NAMES_H
#define OCI_LAYOUT_NAMES_H
/*
 * The entries of an open layout's index.json by digest, by name and by kind, so
 * that finding one costs the same however many there are. Part of oci/layout.h.
 * Made when first asked for, and anew after index.json has changed.
 */
#include "oci/layout.h"

/* The first entry, in the order of index.json, with that digest or that
 * ref.name; then the next one with the same. NULL when there is none. */
const struct desc	*layout_names_digest(struct layout *l, struct span digest);
const struct desc	*layout_names_next_digest(struct layout *l, const struct desc *d);
const struct desc	*layout_names_name(struct layout *l, struct span name);
const struct desc	*layout_names_next_name(struct layout *l, const struct desc *d);

/* All entries of that name, or all that `cosign save` gave this kind. */
struct layout_list	layout_names_list(struct layout *l, struct span name);
struct layout_list	layout_names_kind(struct layout *l, const char *kind);

/* The entries have changed. */
void	layout_names_expire(struct layout *l);
#endif
