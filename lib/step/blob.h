/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STEP_BLOB_H
#define STEP_BLOB_H
/*
 * One file, what vouches for it, one judgement: accepted when as many distinct
 * signers as are asked for signed it. What vouches is read first; that says what
 * must be known of the file, which is then read once (step/blobfile.h).
 */
#include "json/emit.h"
#include "json/node.h"
#include "sig/verify.h"

enum { BLOB_SIGNATURES_MAX = 64, BLOB_TEXT_MAX = 256 << 20 };

struct blob_judge {
	const struct policy *policy;
	size_t threshold;	/* distinct signers; 0 counts as 1 */
	bool late_chain;	/* --allow-certificate-chain */
	bool old_only;		/* --new-bundle-format=false */
	bool records;		/* keep the record of every signature (--json) */
	/* For signatures of the legacy form, unless empty. */
	struct span certificate, chain, sct;
	const char *log;	/* Rekor v1, asked for entries that legacy signatures lack; NULL: nobody is */
	bool attestations;	/* are judged: those of the legacy form are DSSE envelopes */
	/* As in step/judge.h. */
	int (*decide)(void *ctx, struct span statement, struct err *e);
	void *decider;
};

/* What vouches, as it came: a bundle of any form, or a signature by itself. All
 * is borrowed for as long as the blob lives. */
struct blob_evidence {
	const char *name;	/* for messages; NULL: it has none */
	struct span bundle;	/* JSON; ptr NULL: */
	struct span signature;	/* raw or base64, or the envelope; beside an old bundle it must be the same */
	struct span stamp;	/* --rfc3161-timestamp, JSON; may be empty */
};

struct blob_signature {
	const char *name;
	bool legacy, readable;
	struct material m;
	struct verdict v;
};

struct blob {
	struct blob_signature *items;
	size_t count;
	size_t signers;		/* distinct, that fit */
	struct err refusal;	/* by decide(), the first; REASON_NONE without */
	struct buf records;	/* items of the verdict record, with commas */
};
#define BLOB_INIT {.refusal = ERR_INIT, .records = BUF_INIT(BLOB_TEXT_MAX)}
void	blob_release(struct blob *b);
static inline void blob_cleanup(struct blob *b) { blob_release(b); }

/* What cannot be read has its verdict at once. -1 only past BLOB_SIGNATURES_MAX,
 * and for flags that do not go with the form (REASON_USAGE). */
int	blob_add(struct blob *b, const struct blob_judge *how, const struct blob_evidence *ev, struct err *e) MUST_CHECK;
/* As verify_needs(), of all that was added. */
unsigned	blob_needs(const struct blob *b, const struct blob_judge *how);
/* Asks how->log, once the file was read; what fails is the signature's verdict. */
void	blob_look_up(struct blob *b, const struct blob_judge *how, const struct target *t);
/* Once. 0, or -1 with why not: of a single signature its own reason, else
 * REASON_NO_MATCH, REASON_TOO_FEW or REASON_NO_SIGNATURE. */
int	blob_verify(struct blob *b, const struct blob_judge *how, const struct target *t, struct err *e) MUST_CHECK;

/* The whole cosign.verdict/1 record as a line; digest may be NULL. failure is
 * NULL for a good one. Members of the object it came from that are not ours are
 * copied; from may be of kind JSON_NULL. */
void	blob_emit_record(const struct blob *b, const char *file, const char *digest, const struct err *failure,
	    struct node from, struct buf *out);
#endif
