/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_ENVELOPE_H
#define SIG_ENVELOPE_H
/*
 * A DSSE envelope by itself, as attestations were kept before there were bundles:
 * {"payloadType":…,"payload":BASE64,"signatures":[{"keyid":…,"sig":BASE64}]}.
 * Bundles read their own, and more strictly.
 */
#include "sig/bundle.h"

struct envelope { struct span payload, payload_type, sig, keyid; };

/* Everything is copied into the pool. Stricter than upstream: there must be just
 * one signature. REASON_BAD_BUNDLE, REASON_TOO_LARGE. */
int	envelope_parse(struct envelope *v, struct span json, struct pool *pool, struct err *e) MUST_CHECK;
/* Appends it without a newline, members in upstream's order. */
void	envelope_emit(const struct envelope *v, struct buf *out);
#endif
