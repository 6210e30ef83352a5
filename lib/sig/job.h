/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_JOB_H
#define SIG_JOB_H
/*
 * One judgement under way: what its checks learn from one another. Inside
 * lib/sig only.
 */
#include "crypto/chain.h"
#include "sig/statement.h"
#include "sig/verify.h"

enum { JOB_TIMES_MAX = 2 * BUNDLE_ENTRIES_MAX + BUNDLE_TIMESTAMPS_MAX };

struct job {
	struct material *m;
	const struct target *t;
	const struct policy *p;
	struct verdict *v;
	bool by_cert;			/* a certificate is asked for, not a key */
	struct shape_strs certs;	/* DER, leaf first */
	struct cert leaf;
	struct pubkey *key;		/* that made the signature, once it is checked */
	enum hash hash;			/* of the digest that is signed */
	struct statement statement;
	struct chain chain;		/* at the last proved time */
};
#define JOB_INIT {.leaf = CERT_INIT, .statement = STATEMENT_INIT}

static inline size_t
job_threshold(size_t asked)
{
	return asked ? asked : 1;
}
#endif
