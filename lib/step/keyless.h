/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STEP_KEYLESS_H
#define STEP_KEYLESS_H
/*
 * Signing with an identity: a key that is made here and dies with this process,
 * and a certificate for it, asked for against an identity token and judged before
 * anything is signed: it is for our key, leads to a trusted authority, certificate
 * logs vouch for it, it is valid now, and it names whom the token names. One
 * certificate serves all that is signed in a call; it is renewed when it would
 * soon expire.
 */
#include "client/fulcioca.h"
#include "crypto/chain.h"
#include "crypto/keyfile.h"
#include "step/gate.h"
#include "step/witness.h"

/* Less life than this, and a new certificate is asked for first: so long may
 * signing, stamping and logging take. */
enum { KEYLESS_MARGIN_S = 60 };

struct keyless {
	const struct witness_plan *plan;	/* its authority and trust */
	const struct alg *alg;			/* of the key that is made */
	struct signer *own;			/* --issue-certificate: this key instead; or NULL */
	struct secret token;
	int (*fetch)(struct secret *token, struct err *e);	/* another one, when it has expired; or NULL */
	bool csr;				/* asks by a signing request, not by the bare key */
	bool ignore_sct;
	bool quiet;				/* says nothing of what it does */
	/* By keyless_ready: */
	struct signer made;
	struct signer *signer;			/* who signs */
	struct fulcioca_answer answer;
	struct cert *leaf;
	bool used;				/* the token was, once */
	struct buf chain;			/* PEM of the leaf's issuers, without the root that came along */
	struct gate gate;
};
#define KEYLESS_INIT {.token = SECRET_INIT, .made = SIGNER_INIT, .answer = FULCIOCA_ANSWER_INIT, .chain = BUF_INIT(BUF_TEXT_MAX)}

/* Makes sure of signer and leaf; what they were before may be gone. Inside tasks
 * one asks, the others wait. What is signed before the next wait for the network
 * is signed with this certificate. REASON_BAD_CERTIFICATE,
 * REASON_UNTRUSTED_CERTIFICATE, REASON_EXPIRED_CERTIFICATE, REASON_BAD_SCT,
 * REASON_WRONG_IDENTITY, REASON_BAD_TOKEN, and what fulcioca_ask() says. */
int	keyless_ready(struct keyless *k, struct err *e) MUST_CHECK;
/* Certificate and chain for what was just signed, copied into the pool. */
void	keyless_witness(const struct keyless *k, struct witness *w, struct pool *pool);
void	keyless_release(struct keyless *k);

/* The whole judgement of a certificate that an authority handed out. */
struct keyless_claims;
int	keyless_check(const struct witness_plan *p, const struct fulcioca_answer *a, const struct pubkey *key,
	    const struct keyless_claims *who, bool ignore_sct, int64_t now, struct err *e) MUST_CHECK;

enum { KEYLESS_PATHS = 6 };
/* What a token says of its holder, as far as certificates repeat it. */
struct keyless_claims {
	struct pool pool;
	struct span issuer, subject, email;
	struct span connector;		/* whom the issuer asked in turn; ptr NULL */
	int64_t expires;
	struct span paths[KEYLESS_PATHS];	/* of URIs for jobs and service accounts: one of them ends it */
	size_t path_count;
};
#define KEYLESS_CLAIMS_INIT {.pool = POOL_INIT}
/* REASON_BAD_TOKEN. */
int	keyless_claims_read(struct keyless_claims *c, struct span token, struct err *e) MUST_CHECK;
void	keyless_claims_release(struct keyless_claims *c);
static inline void keyless_claims_cleanup(struct keyless_claims *c) { keyless_claims_release(c); }
#endif
