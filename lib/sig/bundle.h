/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_BUNDLE_H
#define SIG_BUNDLE_H
/*
 * The Sigstore bundle (bundle.md 4.1, 4.2): parsing with all its rules, and
 * writing version 0.3. What is in it is decoded, not judged.
 */
#include "sig/entry.h"

enum {
	BUNDLE_MAX = 224 << 20,	/* a statement of STATEMENT_MAX in base64, and more */
	BUNDLE_ENTRIES_MAX = 32,
	BUNDLE_TIMESTAMPS_MAX = 32,
	BUNDLE_CERTS_MAX = 32,
	BUNDLE_SIGNATURES_MAX = 1,
};

enum bundle_key { BUNDLE_KEY_HINT, BUNDLE_KEY_CERT };
enum bundle_content { BUNDLE_MESSAGE, BUNDLE_DSSE };

struct bundle {
	struct pool pool;
	struct span media_type;			/* as it stood */
	int minor;				/* 1, 2, 3 */
	enum bundle_key key;
	struct span hint;
	struct shape_strs certs;		/* DER, leaf first */
	bool from_chain;			/* they came as x509CertificateChain, */
	bool late_chain;			/* which version 0.3 has no more */
	struct bundle_entry *entries;
	size_t entry_count;
	struct shape_strs timestamps;		/* DER */
	bool has_stamps;			/* their list was there, if only an empty one */
	enum bundle_content content;
	/* message signature */
	struct span digest_alg, digest;		/* "SHA2_256"; bytes */
	/* DSSE envelope; sig serves both */
	struct span payload, payload_type, sig, keyid;
};
#define BUNDLE_INIT {.pool = POOL_INIT}

/* REASON_BAD_BUNDLE naming the rule, REASON_TOO_LARGE past a cap; everything is
 * copied into the pool. Certificates and timestamps are not looked into. */
int	bundle_parse(struct bundle *b, struct span json, struct err *e) MUST_CHECK;
/* The same, but version 0.3 may have a certificate chain, as it must for
 * --allow-certificate-chain, which older versions refuse. */
int	bundle_parse_chain(struct bundle *b, struct span json, struct err *e) MUST_CHECK;
/* What a mediaType says: 1 to 3 for versions 0.1 to 0.3, 0 for anything else. */
int	bundle_version(struct span media_type);
/* Whether it says by its mediaType that it is a Sigstore bundle, of whatever
 * version; the old form says nothing. */
bool	bundle_is_one(struct span json);
void	bundle_release(struct bundle *b);
static inline void bundle_cleanup(struct bundle *b) { bundle_release(b); }

/* Version 0.3, one line without newline, members in protobuf's order; of a
 * certificate chain the leaf alone. */
void	bundle_emit(const struct bundle *b, struct buf *out);
/* In its own version: the media type as it stood, and the whole chain where it
 * came as one. */
void	bundle_emit_same(const struct bundle *b, struct buf *out);
#endif
