/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_VERIFY_H
#define SIG_VERIFY_H
/*
 * The judgement: one stored signature, a policy, a verdict. Pure: bytes in,
 * verdict out; no file, socket, environment, clock or printing. What could not
 * be checked is a failure, never a pass.
 */
#include "crypto/pubkey.h"
#include "sig/verdict.h"

/* What is asked for. Borrowed by every call. Without a key, or without
 * ignore_log, nothing passes: this version judges neither certificates nor
 * logs. */
struct policy {
	struct pubkey **keys;		/* any of them */
	size_t key_count;
	enum hash hash;			/* --signature-digest-algorithm, or HASH_NONE */
	bool check_claims;
	struct shape_map annotations;
	const char *predicate_type;	/* wanted statement type; NULL: any */
	bool ignore_log;		/* --insecure-ignore-tlog */
};

/* The same numbers as enum form of client/store.h, which this layer does not
 * see. */
enum evidence_form { EVIDENCE_BUNDLE = 1, EVIDENCE_LEGACY = 2 };

/* The evidence, whatever form it came in. */
struct evidence {
	int form;			/* enum evidence_form */
	struct span bytes;		/* bundle JSON, or legacy payload */
	struct span signature_b64;	/* legacy annotation; ptr NULL when absent */
	/* More annotations of the legacy form; ptr NULL when absent. */
	struct span certificate, chain, log_bundle, timestamp;
	struct span subject_digest;	/* "sha256:…" of the image */
};

/* Never fails: a failure is a verdict. out is VERDICT_INIT, and owns what it
 * tells afterwards. check_claims false leaves out digest and annotations of the
 * legacy form; a bundle's statement must be about the image all the same, as
 * upstream has it (oci-storage 2.5). */
void	verify_evidence(const struct evidence *ev, const struct policy *p, struct verdict *out);
#endif
