/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STEP_WORKWITNESS_H
#define STEP_WORKWITNESS_H
/*
 * A signature in the making, and who vouches for it: what step/sealer.h and
 * step/witness.h do, for images and statements.
 */
#include "json/emit.h"
#include "step/sealer.h"
#include "step/work.h"

/* How this key must sign so that the plan's logs take it; changes s->alg.
 * REASON_UNSUPPORTED for keys that have no place in the legacy form with a log. */
int	workwitness_choose(struct signer *s, const struct witness_plan *p, const struct work *w,
	    struct err *e) MUST_CHECK;

/* Signs by key or identity, asks all of the plan, packs, and checks the whole as
 * a verifier will see it. */
int	workwitness_seal(struct work *w, struct sealer *s, struct err *e) MUST_CHECK;

/* For the step between sign-payload and pack-bundle: asks for a signature that is
 * there. Who vouched before stays. REASON_BAD_SIGNATURE when it is none. */
int	workwitness_ask(struct work *w, const struct witness_plan *p, struct err *e) MUST_CHECK;

/* The members certificate, chain, tlogEntries and timestamps of a record. */
extern const char *const workwitness_members[];
void	workwitness_emit(const struct work *w, struct emit *j);
int	workwitness_parse(struct work *w, struct node root, struct err *e) MUST_CHECK;
#endif
