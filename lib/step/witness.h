/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STEP_WITNESS_H
#define STEP_WITNESS_H
/*
 * Who vouches for a signature: transparency logs and timestamp authorities are
 * asked, all at once but for a moment's head start of the authorities, and what
 * each answers is judged before it is kept, by the same code that verifiers use.
 * A service whose answer does not hold fails the whole, and the error names the
 * service and the check. Nobody here knows a private key.
 */
#include "net/http.h"
#include "sig/anchors.h"
#include "sig/logbody.h"
#include "sig/verify.h"

enum {
	WITNESS_MAX = 8,	/* logs, and authorities, of one signature */
	WITNESS_RUNNING = 16,	/* signatures of one call that wait for them at a time */
};

/* What is asked, and who is believed. Texts are borrowed. */
struct witness_log { const char *url; uint32_t version; };	/* of Rekor's API: 1 or 2 */
struct witness_plan {
	const char *ca;			/* certificate authority; NULL: none is asked */
	struct witness_log logs[WITNESS_MAX];
	size_t log_count;
	const char *stampers[WITNESS_MAX];	/* timestamp authorities, whole endpoints */
	size_t stamper_count;
	struct http_peer stamper_peer;
	struct anchors *anchors;	/* must be there when anybody is asked */
	bool intoto;			/* envelopes are logged by Rekor v1 as intoto, not dsse */
	bool quiet;			/* no "tlog entry created" */
};
/* Whether log or authority is asked. */
static inline bool witness_plan_asks(const struct witness_plan *p) { return p->log_count || p->stamper_count; }

/* What a signature comes with besides itself. Spans live in the pool it was made
 * with, or in what they were taken from. */
struct witness {
	struct span cert;		/* DER; empty: a plain key made it */
	struct span chain;		/* PEM of its issuers, for the legacy form; may be empty */
	struct bundle_entry entries[WITNESS_MAX];
	size_t entry_count;
	struct span stamps[WITNESS_MAX];	/* TimeStampResp, DER */
	size_t stamp_count;
};

/* What was signed, by whom. */
struct witness_content {
	struct logbody_subject what;
	struct span envelope;		/* of DSSE: its JSON as it is kept, for Rekor v1; not needed for v2 */
};

/* Asks and judges, and adds what holds to out, in the order of the plan. Services
 * that are one and the same log count once. Inside a task other tasks go on
 * meanwhile. REASON_BAD_LOG_ENTRY, REASON_BAD_TIMESTAMP, … of the judgement;
 * REASON_EXPIRED_CERTIFICATE when the certificate would not be valid any more:
 * nothing was asked then; REASON_HTTP, REASON_NETWORK, … of the services. */
int	witness_ask(const struct witness_plan *p, const struct witness_content *c, struct witness *out,
	    struct pool *pool, struct err *e) MUST_CHECK;

/* Into a bundle that is to be written; certs has room for one. */
void	witness_put(const struct witness *w, struct bundle *b);
/* The other way: of a bundle that was read, entries and timestamps beyond
 * WITNESS_MAX are REASON_TOO_LARGE. */
int	witness_take(struct witness *w, const struct bundle *b, struct err *e) MUST_CHECK;

/* The whole judgement of what is about to be kept: by all logs and authorities of
 * the plan, for its own certificate or this key. target tells about a message;
 * of an envelope nothing is asked about its subject. Nothing to do, and 0, where
 * the plan asks nobody. */
int	witness_check(const struct witness_plan *p, struct material *m, const struct target *t, struct pubkey *key,
	    struct err *e) MUST_CHECK;
#endif
