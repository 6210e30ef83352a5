/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OCI_LAYOUT_EDIT_H
#define OCI_LAYOUT_EDIT_H
/*
 * What may be done to the list of index.json within layout_update. Part of
 * oci/layout.h, which includes this.
 */
#include "base/mem.h"
#include "oci/manifest.h"

struct layout;

struct layout_edit {
	struct layout *layout;
	VEC(struct desc) list;		/* may be worked on directly */
	struct pool pool;		/* for the strings of what is added */
	bool changed;
};
typedef int layout_change(void *ctx, struct layout_edit *edit, struct err *e);

/* Appends, unless an entry of the same digest and ref.name is there. */
void	layout_edit_add(struct layout_edit *edit, const struct desc *d);
/* Gives d the ref.name: the entry that has it gets d's type, size and digest and
 * keeps all else; if there is none, d is appended with that name. */
void	layout_edit_name(struct layout_edit *edit, const char *name, const struct desc *d);
/* Drops all entries of a digest; how many there were. */
size_t	layout_edit_drop(struct layout_edit *edit, struct span digest);
#endif
