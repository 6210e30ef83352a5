/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STEP_POLICYRULE_H
#define STEP_POLICYRULE_H
/*
 * A policy over statements: a jq expression, a CUE or Rego file, or a program.
 * What it is given is the in-toto statement that was verified and nothing else
 * (cosign-policy(5), which has the rules in full). Whatever is no clear consent
 * is a refusal.
 */
#include "base/err.h"
#include "base/pool.h"

enum policyrule_kind { POLICYRULE_JQ, POLICYRULE_FILE, POLICYRULE_EXEC };

enum {
	POLICYRULE_TEXT_MAX = 64 << 10,	/* of a jq expression */
	POLICYRULE_SAYS_MAX = 1 << 20,	/* that a program may print */
	POLICYRULE_RESULTS_MAX = 1024,	/* of a jq expression */
};
/* What programs find in COSIGN_POLICY_VERSION: what a policy sees, and how it
 * answers. */
#define POLICYRULE_VERSION "1"

struct policyrule {
	enum policyrule_kind kind;
	const char *name;	/* as it was given */
	const char *text;	/* jq */
	bool cue;		/* of the two kinds of file */
};

/* From the command line; strings live in the pool. A jq value that ends in .jq
 * names a file. REASON_USAGE for what is no such policy, REASON_NOT_FOUND,
 * REASON_HELPER when the program is not on PATH. */
int	policyrule_init(struct policyrule *r, enum policyrule_kind kind, const char *value, struct pool *pool,
	    struct err *e) MUST_CHECK;

/* Runs it, for so many milliseconds at most; not in a sandbox: it starts
 * processes. REASON_POLICY_REFUSED, whatever kept it from consenting. */
int	policyrule_ask(const struct policyrule *r, struct span statement, int64_t ms, struct err *e) MUST_CHECK;
#endif
