/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_SIGNER_H
#define CRYPTO_SIGNER_H
/*
 * Somebody who signs: today a private key from a file or a variable; later a
 * token or a helper program behind the same calls.
 */
#include "crypto/pubkey.h"
#include "crypto/secret.h"

struct signer {
	void *key;			/* EVP_PKEY */
	struct pubkey pub;
	const struct alg *alg;		/* how it signs */
};

#define SIGNER_INIT {.pub = PUBKEY_INIT}

/* From an unencrypted PKCS#8 PrivateKeyInfo. Only types and sizes of the
 * algorithm registry. */
int	signer_from_pkcs8(struct signer *s, const struct secret *pkcs8, struct err *e) MUST_CHECK;
void	signer_release(struct signer *s);
static inline void signer_cleanup(struct signer *s) { signer_release(s); }

/* Appends the signature over message: ECDSA as DER, RSA PKCS#1 v1.5 (PSS where
 * alg says), Ed25519 pure. */
int	signer_sign(struct signer *s, struct span message, struct buf *sig, struct err *e) MUST_CHECK;
/* The same over a message's digest by s->alg->hash, which must be so long;
 * REASON_BAD_KEY for pure Ed25519, which signs no digest. */
int	signer_sign_digest(struct signer *s, struct span digest, struct buf *sig, struct err *e) MUST_CHECK;
/* Pure Ed25519 over a file from its start to its end, which is read twice; so
 * nobody else may be able to write to it (base/spool.h). */
int	signer_sign_pure(struct signer *s, int fd, const char *name, struct buf *sig, struct err *e) MUST_CHECK;
#endif
