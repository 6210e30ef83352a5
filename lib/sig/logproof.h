/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_LOGPROOF_H
#define SIG_LOGPROOF_H
/*
 * That a log only grew: two checkpoints of it and a consistency proof, as people
 * keep them in files (transparency.md 5.1, 5.2).
 */
#include "sig/note.h"
#include "sig/trust.h"

enum { LOGPROOF_MAX = 1 << 20 };

/* The hashes of a proof file: a JSON array of them in base64 or hexadecimal, or
 * Rekor's answer, an object with such an array as "hashes". Copied into the
 * pool. REASON_BAD_LOG_PROOF, REASON_TOO_LARGE. */
int	logproof_parse(struct shape_strs *out, struct span json, struct pool *pool, struct err *e) MUST_CHECK;

/* The note in a checkpoint file: the file itself, or "signedTreeHead" of Rekor's
 * description of its log. In the pool. REASON_BAD_CHECKPOINT, REASON_TOO_LARGE. */
int	logproof_note(struct span *note, struct span file, struct pool *pool, struct err *e) MUST_CHECK;

/* Who signed a checkpoint: of these logs the one (*log), or the key alone, which
 * then must have. By its origin a checkpoint of Rekor v1 or any other.
 * REASON_UNTRUSTED_LOG, REASON_BAD_CHECKPOINT. */
int	logproof_check_note(const struct checkpoint *c, struct trust_logs *logs, struct pubkey *key,
	    const struct trust_log **log, struct err *e) MUST_CHECK;

/* The two are of one log (REASON_BAD_CHECKPOINT), and the new tree begins with
 * the old (REASON_BAD_LOG_PROOF). Who signed them is checked before. */
int	logproof_check(const struct checkpoint *before, const struct checkpoint *after,
	    const struct shape_strs *proof, struct err *e) MUST_CHECK;
#endif
