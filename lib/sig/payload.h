/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_PAYLOAD_H
#define SIG_PAYLOAD_H
/*
 * What a container signature of the legacy form signs: the simple signing
 * payload (oci-storage 2.1). The bundle form signs a statement instead.
 */
#include "sig/annotations.h"
#include "sig/statement.h"

#define PAYLOAD_TYPE_LEGACY "cosign container image signature"

enum { PAYLOAD_MAX = 128 << 20 };

/* Compact, Go-escaped, no newline; optional is null without annotations. */
void	payload_emit(struct buf *out, const char *reference, const char *digest,
	    const struct shape_map *annotations);

struct payload {
	struct pool pool;
	struct span reference, digest, type;	/* digest is there; the others may be ptr NULL */
	struct node optional;			/* an object, or JSON_NULL when absent */
	struct node root;
};
#define PAYLOAD_INIT {.pool = POOL_INIT}

/* Borrows json, which other programs may have written: any order, members more
 * than ours. Only critical.image.docker-manifest-digest must be there.
 * REASON_BAD_PAYLOAD, REASON_TOO_LARGE. */
int	payload_parse(struct payload *p, struct span json, struct err *e) MUST_CHECK;
void	payload_release(struct payload *p);
static inline void payload_cleanup(struct payload *p) { payload_release(p); }
#endif
