/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_TUFSET_H
#define SIG_TUFSET_H
/*
 * The metadata that is trusted, and the rules by which more becomes so (TUF
 * specification 5.3 to 5.6): in the order root, timestamp, snapshot, targets.
 * What was stored earlier is offered first, in the same way; an offer that is
 * refused may still count for what comes later: an expired timestamp or old
 * snapshot guards against going back.
 */
#include "sig/tufmeta.h"

struct tufset {
	int64_t now;		/* fixed for a run */
	struct tufmeta *root, *timestamp, *snapshot;	/* NULL: none yet */
};
#define TUFSET_INIT {0}

/* Trust begins with this root, which must be signed by its own keys; whether it
 * has expired is not asked. REASON_BAD_JSON, REASON_BAD_METADATA,
 * REASON_UNSIGNED_METADATA here and below. */
int	tufset_start(struct tufset *s, int64_t now, struct span root, struct err *e) MUST_CHECK;
void	tufset_release(struct tufset *s);
static inline void tufset_cleanup(struct tufset *s) { tufset_release(s); }

/* The next root: one version on, signed by enough keys of the old one and of its
 * own. REASON_ROLLBACK for another version. */
int	tufset_root(struct tufset *s, struct span bytes, struct err *e) MUST_CHECK;
/* After the last root: REASON_EXPIRED_METADATA. */
int	tufset_check_root(const struct tufset *s, struct err *e) MUST_CHECK;

/* 0: trusted now. 1: the one that is trusted already has this version, and
 * stays. REASON_ROLLBACK. An expired one is refused, and kept for what follows. */
int	tufset_timestamp(struct tufset *s, struct span bytes, struct err *e) MUST_CHECK;

/* The one of the version that the timestamp says; stored: it was trusted in an
 * earlier run, and is not compared with hashes. REASON_ROLLBACK,
 * REASON_EXPIRED_METADATA (also of the timestamp), REASON_DIGEST_MISMATCH. */
int	tufset_snapshot(struct tufset *s, struct span bytes, bool stored, struct err *e) MUST_CHECK;

/* What snapshot says of NAME.json. REASON_BAD_METADATA when it says nothing. */
int	tufset_expect(const struct tufset *s, struct span name, const struct tufmeta_file **f, struct err *e) MUST_CHECK;
/* Metadata of targets, judged by who delegates to it: root for "targets" (from
 * is NULL), else metadata with a delegation of that name. *out is the caller's
 * to free. */
int	tufset_targets(const struct tufset *s, struct span name, const struct tufmeta *from, struct span bytes,
	    struct tufmeta **out, struct err *e) MUST_CHECK;
#endif
