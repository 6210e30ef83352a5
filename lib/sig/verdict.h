/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_VERDICT_H
#define SIG_VERDICT_H
/*
 * What came of judging one signature: every check with its end, why the first
 * failed, and what was signed; and how that is written.
 */
#include "json/emit.h"
#include "json/shape.h"
#include "sig/check.h"
#include "sig/entry.h"

/* A time at which the signature is proved to have been there. */
struct verdict_time {
	int64_t when;
	bool log;			/* a log says so, not a timestamp authority */
};

enum { VERDICT_TIMES_MAX = 64, VERDICT_EXTENSIONS = 7 };

struct verdict {
	struct pool pool;
	bool ok;			/* every check passed or was skipped */
	enum check_status status[CHECK_COUNT];
	struct err why;			/* of the first failed check */
	enum check failed;
	/* Known only once the signature is good, but for predicate_type: that is
	 * what the statement says of itself, so that an attestation can be told
	 * from a signature whoever made it. */
	struct span digest;		/* of the matched subject: "sha256:…" */
	struct span predicate_type;	/* bundle */
	struct span reference, type;	/* legacy */
	struct node optional;		/* annotations or optional; JSON_NULL when none */
	struct span payload;		/* legacy payload, or the statement */
	size_t key;			/* index in policy->keys of the one that fits */
	bool legacy;
	bool by_cert;
	/* Proved, in the order of the evidence. */
	struct verdict_time times[VERDICT_TIMES_MAX];
	size_t time_count;
	size_t logs, stamps;		/* distinct ones that vouch for it */
	struct bundle_entry entry;	/* the first log entry that counts */
	bool has_entry;
	/* Legacy: what came along, checked or not, as upstream prints it; set.ptr and
	 * stamp.ptr NULL where nothing did. */
	struct bundle_entry came;
	struct span came_stamp;
	/* Of a certificate that passed; ptr NULL where it says nothing. */
	struct span subject, issuer;
	struct span extension[VERDICT_EXTENSIONS];	/* Fulcio's 1 to 6, by number */
	size_t identity;		/* index in policy->identities of the one that fits */
	struct span signer;		/* who signed, for telling signers apart */
};
#define VERDICT_INIT {.pool = POOL_INIT, .why = ERR_INIT}

void	verdict_release(struct verdict *v);
static inline void verdict_cleanup(struct verdict *v) { verdict_release(v); }

/* Records the end of a check. verdict_fail returns -1; the first failure's
 * reason is kept. */
void	verdict_pass(struct verdict *v, enum check c);
void	verdict_skip(struct verdict *v, enum check c);
int	verdict_fail(struct verdict *v, enum check c, const struct err *e);

/* Copies a log entry that was checked; log_index -1 and integrated_time 0 where
 * nobody vouched for them. */
void	verdict_keep_entry(struct verdict *v, const struct bundle_entry *entry);

/* "signer", "times" and "log" into an open object, as far as they are known. */
void	verdict_emit_signer(const struct verdict *v, struct emit *j);
/* "checks":[{"check","status","reason","message","expected","found"}…] into an
 * open object; the last four of a failed check alone, where it has them. */
void	verdict_emit_checks(const struct verdict *v, struct emit *j);
/* The item of upstream's stdout array for a good verdict: simple signing JSON;
 * reference is printed for bundles, the payload's own for legacy. Nothing that
 * was not checked is in it: no Bundle while the log is ignored. */
void	verdict_emit_upstream(const struct verdict *v, const char *reference, struct emit *j);
#endif
