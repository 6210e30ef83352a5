/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_REKOR2_H
#define CLIENT_REKOR2_H
/*
 * Rekor v2, the transparency log made of tiles (transparency.md 5.4, 5.5). An
 * entry comes back when a checkpoint covers it, which takes a second or so; it
 * is read here and judged by sig/tlog.h.
 */
#include "client/service.h"
#include "sig/logbody.h"

enum { REKOR2_ANSWER_MAX = 10 << 20, REKOR2_TIMEOUT_MS = 90000 };

/* Appends the request: messages and envelopes alike by digest.
 * REASON_BAD_LOG_ENTRY for keys and digests that it has no form for. */
int	rekor2_emit(const struct logbody_subject *what, struct buf *out, struct err *e) MUST_CHECK;
/* An entry, strings in the pool. REASON_BAD_LOG_ENTRY, REASON_BAD_JSON,
 * REASON_TOO_LARGE. */
int	rekor2_parse(struct bundle_entry *out, struct span json, struct pool *pool, struct err *e) MUST_CHECK;

/* Adds it. A log that has had just this signature lately says so: then the entry
 * is put together from its tiles; where it shows none, REASON_EXISTS, and a new
 * signature is the way out. REASON_HTTP, REASON_DENIED, REASON_PROTOCOL, … */
int	rekor2_add(const struct service *s, const struct logbody_subject *what, struct bundle_entry *out,
	    struct pool *pool, struct err *e) MUST_CHECK;
#endif
