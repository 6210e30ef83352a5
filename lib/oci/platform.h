/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OCI_PLATFORM_H
#define OCI_PLATFORM_H
/*
 * "os/arch[/variant][:os.version]", and which entry of an index that is.
 */
#include "oci/manifest.h"

struct platform {
	struct span os, arch, variant, os_version;	/* ptr NULL where not named */
};

/* Borrows the text. os and arch must be there. REASON_USAGE. */
int	platform_parse(struct platform *p, struct span text, struct err *e) MUST_CHECK;

/* Exact, with two liberties: a variant not asked for matches any, and the
 * variants v8 of arm64, v7 of arm and v1 of amd64 are the same as none. */
bool	platform_matches(const struct platform *p, const struct desc *entry);

/* Appends what there is to choose from, "linux/amd64, linux/arm/v7", as far as
 * there is room. */
void	platform_list(const struct manifest *index, struct buf *out);

/* The one entry that fits; of several, the one of the default variant.
 * REASON_NOT_FOUND with the platforms there are, REASON_AMBIGUOUS. */
int	platform_find(const struct platform *p, const struct manifest *index, const struct desc **found,
	    struct err *e) MUST_CHECK;
#endif
