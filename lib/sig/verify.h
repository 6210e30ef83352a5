/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_VERIFY_H
#define SIG_VERIFY_H
/*
 * The judgement: what a signature came with, what it should be about, whom to
 * trust, what is asked for, and a clock; out comes a verdict (bundle.md 4.5,
 * 4.6). Pure: bytes in, verdict out; no file, socket, environment, clock or
 * printing. What could not be checked is a failure, never a pass.
 *
 * One path serves all forms. Stricter than upstream: every proved time must lie
 * in the validity of every certificate, whoever proved it; timestamps asked for
 * must be there in the legacy form too.
 */
#include "sig/anchors.h"
#include "sig/identity.h"
#include "sig/material.h"
#include "sig/verdict.h"

/* What is asked for. Borrowed by every call. Either keys or identities; with
 * neither nothing passes. Thresholds of 0 count as 1. */
struct policy {
	struct pubkey **keys;			/* any of them */
	size_t key_count;
	struct identity *const *identities;	/* any of them */
	size_t identity_count;
	enum hash hash;				/* --signature-digest-algorithm, or HASH_NONE */
	struct anchors *anchors;		/* NULL: nobody but the keys */
	bool ignore_log;			/* --insecure-ignore-tlog */
	bool ignore_sct;			/* --insecure-ignore-sct */
	bool stamps;				/* --use-signed-timestamps */
	size_t log_threshold, stamp_threshold, sct_threshold;
	int64_t now;				/* seconds */
	int64_t max_age;			/* seconds; 0: any age */
	/* Of images: */
	bool check_claims;
	struct shape_map annotations;
	/* Of statements: wanted type; NULL: any. */
	const char *predicate_type;
	bool text_predicates;			/* a predicate may be a string */
	bool any_subject;			/* those of files, and legacy ones, may be about anything */
};

/* What the signature should be about. Borrowed. */
struct target {
	struct span image;			/* "sha256:…" of an image; empty: a file, */
	struct span digest[HASH_SHA512 + 1];	/* by enum hash; ptr NULL where it is not known */
	struct span bytes;			/* all of it, for who needs that; ptr NULL */
	/* Instead of bytes, for files too large: whether k made sig over all of it,
	 * as pubkey_verify_pure() says it. NULL: there is nobody to ask. */
	int (*pure)(void *file, struct pubkey *k, struct span sig, struct err *e);
	void *file;
	bool named;				/* the digest itself was given: no file was seen */
};

/* What of a file must be known: bits (1 << hash), and this one. */
enum { VERIFY_NEEDS_BYTES = 1 << 16 };
unsigned	verify_needs(struct material *m, const struct policy *p);

/* Never fails: a failure is a verdict. out is VERDICT_INIT, and owns what it
 * tells afterwards. check_claims false leaves out digest and annotations of the
 * legacy form of images; a bundle's statement must be about the image all the
 * same, as upstream has it (oci-storage 2.5). */
void	verify_material(struct material *m, const struct target *t, const struct policy *p, struct verdict *out);
#endif
