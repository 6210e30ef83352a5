/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STEP_DETACHED_H
#define STEP_DETACHED_H
/*
 * A signature of an image that is not stored beside it but was given: what
 * `verify --signature` judges in place of what it would find.
 */
#include "step/judge.h"

struct detached {
	struct span signature;	/* in base64; ptr NULL: none was given */
	struct span payload;	/* ptr NULL: the one that `generate` prints */
};

/* Text as it was read, raw or base64. REASON_BAD_SIGNATURE when it is empty. */
int	detached_set(struct detached *d, struct span signature, struct span payload, struct pool *pool,
	    struct err *e) MUST_CHECK;
/* Judges it for the image. */
int	detached_judge(const struct detached *d, const struct judge *how, const struct subject *sub,
	    const char *reference, struct judgement *j, struct err *e) MUST_CHECK;
#endif
