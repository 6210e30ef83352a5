/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_STAMPFILE_H
#define SIG_STAMPFILE_H
/*
 * The file and annotation that carry an RFC 3161 response beside a legacy
 * signature (bundle.md 4.6): {"SignedRFC3161Timestamp":"base64 of DER"}.
 */
#include "json/emit.h"
#include "json/shape.h"

enum { STAMPFILE_MAX = 2 << 20 };

/* The DER, copied into the pool and not looked into. Members more than this one
 * are ignored. REASON_BAD_TIMESTAMP, or REASON_TOO_LARGE. */
int	stampfile_parse(struct span *der, struct span json, struct pool *pool,
	    struct err *e) MUST_CHECK;

/* Compact, without newline. */
void	stampfile_emit(struct span der, struct buf *out);
#endif
