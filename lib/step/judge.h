/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STEP_JUDGE_H
#define STEP_JUDGE_H
/*
 * One image, all its stored signatures, one judgement: accepted when at least
 * one signature is good under the policy. Attestations and things that cannot
 * be read as a signature are counted apart: they are no signatures. Or all its
 * attestations of one type, and then signatures and those of other types are.
 */
#include "base/mem.h"
#include "client/store.h"
#include "sig/verify.h"
#include "step/attested.h"

enum { JUDGE_TEXT_MAX = 256 << 20 };

struct judge {
	const struct policy *policy;
	unsigned forms;		/* FORM_BUNDLE | FORM_LEGACY */
	size_t threshold;	/* of distinct signers; 0 counts as 1 */
	bool records;		/* keep the record of every signature (--json) */
	bool blank_bundles;	/* upstream's empty items for bundles of --local-image */
	bool late_chain;	/* --allow-certificate-chain */
	const char *log;	/* Rekor v1, asked for entries that legacy signatures lack; NULL: nobody is */
	/* In place of what legacy signatures have, unless empty. */
	struct span certificate, chain, sct;
	bool attestations;	/* are judged, not signatures */
	enum attested_output output;
	bool one_line;
	/* Has the last word on each good attestation: 0, or -1 and
	 * REASON_POLICY_REFUSED, which refuses the image. NULL: nobody has. */
	int (*decide)(void *ctx, struct span statement, struct err *e);
	void *decider;
};

struct judgement {
	struct buf items;	/* good ones: items of upstream's array, with commas */
	struct buf lines;	/* good ones: a line each, for -o text; attestations: what is printed */
	struct buf notes;	/* good ones with a certificate: who signed, for people */
	struct buf records;	/* all: items of the verdict record, with commas */
	size_t signatures, good, others;
	VEC(struct span) signers;	/* of the good ones, each once; in names */
	struct pool names;
	struct err why;		/* why the first signature was refused */
	struct err other;	/* why the first of the others is no signature */
	struct buf types;	/* of attestations that are not meant, for people */
	size_t refused;		/* by decide() */
	struct err refusal;	/* of the first */
};
#define JUDGEMENT_INIT {.items = BUF_INIT(JUDGE_TEXT_MAX), .lines = BUF_INIT(JUDGE_TEXT_MAX), \
	.notes = BUF_INIT(JUDGE_TEXT_MAX), \
	.records = BUF_INIT(JUDGE_TEXT_MAX), .names = POOL_INIT, .why = ERR_INIT, .other = ERR_INIT, \
	.types = BUF_INIT(BUF_TEXT_MAX), .refusal = ERR_INIT}

void	judge_release(struct judgement *j);
static inline void judgement_cleanup(struct judgement *j) { judge_release(j); }

/* One candidate for the image with this digest. */
void	judge_verify(const struct judge *how, struct span digest, const struct candidate *c, struct verdict *v);
/* Judges one candidate for the image with this digest; reference is what
 * upstream prints for bundles. */
void	judge_candidate(const struct judge *how, struct judgement *j, struct span digest, const char *reference,
	    const struct candidate *c);

/* Notes who made a good signature. */
void	judge_count_signer(struct judgement *j, struct span name);

/* Fetches and judges every candidate of the subject. -1 only when the fetching
 * itself failed; then nothing may be concluded. */
int	judge_subject(const struct judge *how, const struct store *s, const struct subject *sub,
	    const char *reference, struct judgement *j, struct err *e) MUST_CHECK;

/* 0 when enough signers' signatures were good and everything fit;
 * REASON_NO_SIGNATURE, REASON_NO_MATCH with what was found instead,
 * REASON_TOO_FEW. */
int	judge_conclude(const struct judge *how, const struct judgement *j, struct err *e) MUST_CHECK;

/* The whole cosign.verdict/1 record as a line. failure is NULL for a good one;
 * j may be NULL when nothing was judged. Members of the object it came from
 * that are not ours are copied; from may be of kind JSON_NULL. */
void	judge_emit_record(const struct judgement *j, const char *image, struct span digest,
	    const struct err *failure, struct node from, struct buf *out);
/* The same without the members of from that are in skip (NULL-terminated). */
void	judge_emit_answer(const struct judgement *j, const char *image, struct span digest,
	    const struct err *failure, struct node from, const char *const skip[], struct buf *out);
#endif
