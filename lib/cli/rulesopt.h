/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_RULESOPT_H
#define CLI_RULESOPT_H
/*
 * The flags of commands that verify attestations: which type, which policies
 * over the statements, and what is printed.
 */
#include "cli/opt.h"
#include "step/attested.h"
#include "step/policyrun.h"

struct rulesopt {
	const char *type, *output;
	struct opt_list jq, files, programs;
	int64_t timeout;
};
extern const struct opt rulesopt_opts[];

struct rulesopt_rules {
	struct policyrun run;
	enum attested_output output;
	struct pool pool;
};
#define RULESOPT_RULES_INIT {.run = POLICYRUN_INIT, .pool = POOL_INIT}
void	rulesopt_rules_release(struct rulesopt_rules *r);
static inline void rulesopt_rules_cleanup(struct rulesopt_rules *r) { rulesopt_rules_release(r); }

/* Reads the policies and sets what of *p is about statements; any: every text is a
 * type. REASON_USAGE, and what policyrule_init() says. */
int	rulesopt_make(const struct rulesopt *o, bool any, struct rulesopt_rules *r, struct policy *p,
	    struct err *e) MUST_CHECK;
#endif
