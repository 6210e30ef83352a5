/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_POLICYOPT_H
#define CLI_POLICYOPT_H
/*
 * The flags that say which signatures are accepted, for every command that
 * judges, and the policy they make.
 */
#include "cli/services.h"
#include "crypto/pubkey.h"
#include "sig/verify.h"

struct policyopt {
	struct services_identity identity;
	struct services_sk sk;
	const char *key, *hash, *trusted_root;
	bool check_claims, ignore_tlog, private_infra, offline, timestamps;
	struct opt_list annotations;
};
extern const struct opt policyopt_opts[];

/* A policy and what it is made of. */
struct policyopt_policy {
	struct policy policy;
	struct pubkey key;
	struct pubkey *keys[1];
	struct pool pool;
};
#define POLICYOPT_POLICY_INIT {.key = PUBKEY_INIT, .pool = POOL_INIT}
void	policyopt_policy_release(struct policyopt_policy *p);
static inline void policyopt_policy_cleanup(struct policyopt_policy *p) { policyopt_policy_release(p); }

/* Refuses what cannot be checked (REASON_UNSUPPORTED), loads the key, warns of
 * what is left out. *p may not move afterwards. */
int	policyopt_make(const struct policyopt *o, struct policyopt_policy *p, struct err *e) MUST_CHECK;
#endif
