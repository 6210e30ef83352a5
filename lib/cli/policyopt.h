/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_POLICYOPT_H
#define CLI_POLICYOPT_H
/*
 * The flags that say which signatures are accepted, for every command that
 * judges, and the policy they make.
 */
#include "cli/identityopt.h"
#include "cli/trustopt.h"
#include "step/judge.h"

struct policyopt {
	struct services_identity identity;
	struct services_sk sk;
	struct trustopt_args trust;
	struct opt_list keys;
	const char *hash, *at_time;
	bool ignore_tlog, private_infra, offline, stamps;
	int64_t threshold, log_threshold, stamp_threshold, sct_threshold, max_age;
};
extern const struct opt policyopt_opts[];
/* What images have besides: -a and --check-claims. */
struct policyopt_claims { bool check_claims; struct opt_list annotations; };
extern const struct opt policyopt_claims_opts[];

enum { POLICYOPT_FILE_MAX = CERTLIST_FILE_MAX };

/* A policy and what it is made of. */
struct policyopt_policy {
	struct policy policy;
	size_t threshold;		/* of distinct signers: 1 and more */
	/* For legacy signatures, in place of what they come with; or empty. */
	struct span certificate, chain, sct;
	bool late_chain;		/* --allow-certificate-chain */
	struct identityopt who;
	struct anchors anchors;
	struct pool pool;
};
#define POLICYOPT_POLICY_INIT {.who = IDENTITYOPT_INIT, .anchors = ANCHORS_INIT, .pool = POOL_INIT}
void	policyopt_policy_release(struct policyopt_policy *p);
static inline void policyopt_policy_cleanup(struct policyopt_policy *p) { policyopt_policy_release(p); }

/* Reads every file that is named, warns of what is left out. REASON_USAGE,
 * what trustopt_fetch() says where a trusted root is needed and none named; it
 * runs a program, so the sandbox comes later. *p may not
 * move afterwards. */
int	policyopt_make(const struct policyopt *o, struct policyopt_policy *p, struct err *e) MUST_CHECK;
/* The log to ask for entries that legacy signatures lack; NULL: none. */
const char	*policyopt_log(const struct policyopt *o, const struct services_urls *urls);
/* The policy for images: signatures, no attestations. */
void	policyopt_judge(struct policyopt_policy *p, struct judge *how);
int	policyopt_claims(const struct policyopt_claims *c, struct policyopt_policy *p, struct err *e) MUST_CHECK;
#endif
