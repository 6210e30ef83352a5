/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_TIMECHECK_H
#define SIG_TIMECHECK_H
/*
 * When the signature was made, and who says so: the steps of the judgement that
 * look at RFC 3161 timestamps and at transparency logs (bundle.md 4.5 steps 2
 * and 3). Proved times end up in the verdict.
 */
#include "sig/job.h"

/* Timestamps first: their times bind a log's key too. */
int	timecheck_stamps(struct job *j) MUST_CHECK;
int	timecheck_log(struct job *j) MUST_CHECK;
/* After both: not older than asked for. */
int	timecheck_age(struct job *j) MUST_CHECK;
#endif
