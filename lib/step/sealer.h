/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STEP_SEALER_H
#define STEP_SEALER_H
/*
 * Signing as porcelain does it: by a key that is at hand or by identity, and
 * with everybody vouching who is asked to.
 */
#include "step/keyless.h"

struct sealer {
	struct signer *signer;		/* a key that is at hand; or NULL, and */
	struct keyless *keyless;	/* whose certificate is used; may be NULL with a key */
	struct span cert, chain;	/* of a key that brings its own: DER, PEM; may be empty */
	const struct witness_plan *plan;	/* NULL: nobody is asked */
};

/* What is sealed. */
struct sealer_item {
	/* Signs anew by s, which is good until it returns. */
	int (*sign)(void *ctx, struct signer *s, struct err *e);
	/* Says what was signed: all of c->what but key and cert, and c->envelope. */
	int (*describe)(void *ctx, struct witness_content *c, struct err *e);
	void *ctx;
};

/* Fills *out, whose spans live in the pool or where the sealer has them. When the
 * certificate expires in between, or the log knows just this signature, all is
 * done again, once. */
int	sealer_seal(struct sealer *s, const struct sealer_item *it, struct witness *out, struct pool *pool,
	    struct err *e) MUST_CHECK;
#endif
