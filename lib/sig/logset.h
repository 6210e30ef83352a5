/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_LOGSET_H
#define SIG_LOGSET_H
/*
 * The log evidence of legacy signatures (bundle.md 4.6): a signed entry
 * timestamp and what it is about, as an annotation or inside a bundle of the
 * old form carries it. Becomes an entry like those of new bundles.
 */
#include "sig/entry.h"

enum { LOGSET_MAX = 32 << 20 };

/* {"SignedEntryTimestamp","Payload":{"body","integratedTime","logIndex",
 * "logID"}}; everything is copied into the pool. REASON_BAD_LOG_ENTRY, or
 * REASON_TOO_LARGE. */
int	logset_parse(struct bundle_entry *out, struct span json, struct pool *pool,
	    struct err *e) MUST_CHECK;
/* The same, written as upstream does: compact, without newline. */
void	logset_emit(const struct bundle_entry *entry, struct buf *out);
#endif
