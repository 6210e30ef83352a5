/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_LOGBODY_H
#define SIG_LOGBODY_H
/*
 * What a log entry is about (transparency.md 5.3, 5.4). A body of Rekor v1 is
 * held against signature, credential and content; one of Rekor v2 is not read
 * at all but made again from them, so that a log that has its leaf has them.
 */
#include "crypto/pubkey.h"
#include "sig/entry.h"

/* What was signed, by whom. Borrowed. */
struct logbody_subject {
	struct pubkey *key;		/* that the signature verifies under */
	struct span cert;		/* DER of its certificate; ptr NULL for a plain key */
	struct span sig;
	bool dsse;
	enum hash hash;			/* a message, or the legacy form: of digest */
	struct span digest;		/* legacy and DSSE: of the envelope as it is stored */
	struct span payload_type, payload;	/* DSSE */
	bool legacy;			/* not a bundle: the oldest kinds count too */
};

/* How an entry of this kind is judged; by what its body says of itself. */
enum logbody_kind { LOGBODY_V1, LOGBODY_V2 };

/* REASON_BAD_LOG_ENTRY with the kind's name for kinds that do not count. */
int	logbody_kind(const struct bundle_entry *entry, bool legacy, enum logbody_kind *out,
	    struct err *e) MUST_CHECK;

/* The body of a Rekor v1 entry is about this subject. REASON_BAD_LOG_ENTRY. */
int	logbody_check(const struct bundle_entry *entry, const struct logbody_subject *s,
	    struct err *e) MUST_CHECK;

/* How Rekor v2 names the key's scheme, and the digest that it logs: of the
 * message, or of an envelope's PAE. REASON_BAD_LOG_ENTRY for keys and digests
 * that it has no form for. */
int	logbody_scheme(const struct logbody_subject *s, const struct alg **alg,
	    unsigned char digest[HASH_SIZE_MAX], struct err *e) MUST_CHECK;

/* Appends the body that Rekor v2 makes of this subject (hashedrekord 0.0.2).
 * REASON_BAD_LOG_ENTRY for keys and digests that it has no form for. */
int	logbody_rebuild(const struct logbody_subject *s, struct buf *out, struct err *e) MUST_CHECK;
#endif
