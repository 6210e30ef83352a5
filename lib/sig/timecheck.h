/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_TIMECHECK_H
#define SIG_TIMECHECK_H
/*
 * When the signature was made, and who says so: the steps of the judgement that
 * look at RFC 3161 timestamps and at transparency logs (bundle.md 4.5 steps 2
 * and 3). Proved times end up in the verdict.
 */
#include "sig/job.h"

/* One timestamp by itself: a whole TimeStampResp over these bytes by an authority
 * of the anchors. nonce, unless ptr NULL, must be in it. Gives the time that it
 * proves. REASON_BAD_TIMESTAMP. */
int	timecheck_token(const struct anchors *a, struct span der, struct span stamped, struct span nonce,
	    int64_t *when, struct err *e) MUST_CHECK;

/* Timestamps first: their times bind a log's key too. */
int	timecheck_stamps(struct job *j) MUST_CHECK;
int	timecheck_log(struct job *j) MUST_CHECK;
/* After both: not older than asked for. */
int	timecheck_age(struct job *j) MUST_CHECK;
#endif
