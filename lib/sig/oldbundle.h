/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIG_OLDBUNDLE_H
#define SIG_OLDBUNDLE_H
/*
 * The file that sign-blob wrote before Sigstore bundles (bundle.md 4.6):
 *	{"base64Signature":…,"cert":…,"rekorBundle":{…}}
 * Read and written, not judged. Members that nobody knows are ignored, as
 * upstream does; names count as they are spelt here, though Go would take
 * them in any case of letters.
 */
#include "sig/bundle.h"

enum { OLDBUNDLE_CERT_MAX = 1 << 20 };

struct oldbundle {
	struct pool pool;
	struct span sig;	/* decoded; of an attestation the envelope's JSON */
	/* What cert holds, at most one; the others have ptr NULL. */
	struct span cert_pem;	/* text whose first block is a CERTIFICATE */
	struct span cert_der;	/* the same where it was not armoured */
	struct span key_pem;	/* text whose first block is a PUBLIC KEY */
	struct span log;	/* rekorBundle's text, for sig/logset.h; ptr NULL when absent */
};
#define OLDBUNDLE_INIT {.pool = POOL_INIT}

/* Everything is copied into the pool. REASON_BAD_BUNDLE, or REASON_TOO_LARGE
 * past BUNDLE_MAX. Neither certificate nor log entry is looked into. */
int	oldbundle_parse(struct oldbundle *b, struct span json, struct err *e) MUST_CHECK;
void	oldbundle_release(struct oldbundle *b);
static inline void oldbundle_cleanup(struct oldbundle *b) { oldbundle_release(b); }

/* One line without newline, as upstream writes it. */
void	oldbundle_emit(const struct oldbundle *b, struct buf *out);
#endif
