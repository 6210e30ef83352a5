/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STEP_POLICYRUN_H
#define STEP_POLICYRUN_H
/*
 * Who asks the policies for a process that may start no programs any more: a
 * child, forked before the sandbox, that gets one statement after the other and
 * says whether all policies consent. It ends with its parent.
 */
#include "step/policyrule.h"

struct policyrun {
	const struct policyrule *rules;
	size_t count;
	int64_t ms;		/* for each policy and statement */
	int to, from;
};
#define POLICYRUN_INIT {.to = -1, .from = -1}

/* Forks it, unless there are no policies. REASON_HELPER. */
int	policyrun_start(struct policyrun *p, struct err *e) MUST_CHECK;
/* ctx is the policyrun; fits judge.decide. What the first policy that does not
 * consent says: REASON_POLICY_REFUSED. */
int	policyrun_ask(void *ctx, struct span statement, struct err *e) MUST_CHECK;
#endif
