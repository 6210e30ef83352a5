/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_VERIFY_H
#define SIG_VERIFY_H
/*
 * The judgement: one stored signature, a policy, a verdict. Pure: bytes in,
 * verdict out; no file, socket, environment, clock or printing. What could not
 * be checked is a failure, never a pass.
 */
#include "crypto/pubkey.h"
#include "json/emit.h"
#include "json/shape.h"

enum check { CHECK_FORMAT, CHECK_KEY, CHECK_SIGNATURE, CHECK_TYPE, CHECK_SUBJECT, CHECK_ANNOTATIONS,
	CHECK_LOG, CHECK_TIMESTAMP, CHECK_CERTIFICATE, CHECK_IDENTITY, CHECK_COUNT };
enum check_status { CHECK_NOT_RUN, CHECK_PASSED, CHECK_FAILED, CHECK_SKIPPED };

/* What is asked for. Borrowed by every call. */
struct policy {
	struct pubkey **keys;		/* any of them */
	size_t key_count;
	enum hash hash;			/* --signature-digest-algorithm, or HASH_NONE */
	bool check_claims;
	struct shape_map annotations;
	const char *predicate_type;	/* wanted statement type; NULL: any */
	bool ignore_log;		/* --insecure-ignore-tlog */
};

/* The evidence, whatever form it came in. */
struct evidence {
	int form;			/* enum form of client/store.h */
	struct span bytes;		/* bundle JSON, or legacy payload */
	struct span signature_b64;	/* legacy annotation; ptr NULL when absent */
	struct span certificate, chain, log_bundle, timestamp;	/* legacy annotations; ptr NULL when absent */
	struct span subject_digest;	/* "sha256:…" of the image */
};

struct verdict {
	struct pool pool;
	bool ok;
	enum check_status status[CHECK_COUNT];
	struct err why;			/* of the first failed check */
	enum check failed;
	/* What was signed, for output: set when the format could be read. */
	struct span digest;		/* of the matched subject: "sha256:…" */
	struct span predicate_type;	/* bundle */
	struct span reference, type;	/* legacy */
	struct node optional;		/* annotations or optional; JSON_NULL when none */
	struct span payload;		/* legacy payload, or the statement */
	size_t key;			/* index in policy->keys of the one that fits */
};
#define VERDICT_INIT {.pool = POOL_INIT, .why = ERR_INIT}

/* Never fails: a failure is a verdict. */
void	verify_evidence(const struct evidence *ev, const struct policy *p, struct verdict *out);
void	verdict_release(struct verdict *v);
static inline void verdict_cleanup(struct verdict *v) { verdict_release(v); }

const char	*check_name(enum check c);	/* "signature" */
/* {"checks":[{"check","status","reason","message","expected","found"}…]…} members into an open object. */
void	verdict_emit_checks(const struct verdict *v, struct emit *j);
/* The item of upstream's stdout array for a good verdict: simple signing JSON;
 * reference is printed for bundles, the payload's own for legacy. */
void	verdict_emit_upstream(const struct verdict *v, const char *reference, struct emit *j);
#endif
