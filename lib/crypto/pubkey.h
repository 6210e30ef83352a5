/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_PUBKEY_H
#define CRYPTO_PUBKEY_H
/*
 * Public keys and the one place where a signature is checked. OpenSSL keys are
 * built once and lazily; Ed25519ph is libsodium's.
 */
#include "crypto/alg.h"

struct pubkey {
	enum key_type type;
	unsigned bits;			/* RSA modulus */
	struct buf spki;		/* DER SubjectPublicKeyInfo */
	void *evp, *ctx;		/* EVP_PKEY and EVP_PKEY_CTX, lazily */
	unsigned char raw[32];		/* Ed25519 */
	bool pss;			/* RSA: see below */
};

enum { PUBKEY_FILE_MAX = 64 << 10 };

#define PUBKEY_INIT {.spki = BUF_INIT(PUBKEY_FILE_MAX)}

/* First PEM block: PUBLIC KEY (SPKI) or RSA PUBLIC KEY (PKCS#1); what follows
 * is ignored. REASON_BAD_KEY with the label or algorithm found. */
int	pubkey_parse_pem(struct pubkey *k, struct span pem, struct err *e) MUST_CHECK;
int	pubkey_parse_spki(struct pubkey *k, struct span der, struct err *e) MUST_CHECK;
void	pubkey_release(struct pubkey *k);
static inline void pubkey_cleanup(struct pubkey *k) { pubkey_release(k); }

/* "PUBLIC KEY" PEM, 64 columns, as Go writes it. */
void	pubkey_emit_pem(const struct pubkey *k, struct buf *out);
/* base64 of SHA-256 over the SPKI: the hint of a bundle. */
void	pubkey_hint(const struct pubkey *k, struct buf *out);
/* "ECDSA P-256", "RSA 2048", for messages. */
const char	*pubkey_describe(const struct pubkey *k, char text[32]);

/*
 * Whether sig is a signature by k over message. hash HASH_NONE lets the key
 * decide: P-256 SHA-256; P-384 SHA-384, then SHA-256; P-521 SHA-512, then
 * SHA-256; RSA SHA-256; Ed25519 pure, then ph. An explicit hash is used alone
 * (Ed25519: pure then ph whatever it says). RSA is PKCS#1 v1.5, or PSS alone
 * where k->pss is set: by who read, in something signed or trusted, that this
 * key signs so. REASON_BAD_SIGNATURE otherwise. ECDSA is strict DER; high S is
 * fine.
 */
int	pubkey_verify(struct pubkey *k, enum hash hash, struct span message, struct span sig,
	    struct err *e) MUST_CHECK;
/* The same over the hash of a message, which names what it is. Ed25519 is ph
 * and takes SHA-512; pure Ed25519 signs no hash, and REASON_BAD_SIGNATURE has a
 * hint then. */
int	pubkey_verify_digest(struct pubkey *k, enum hash hash, struct span digest, struct span sig,
	    struct err *e) MUST_CHECK;
/* Pure Ed25519 over a file from its start to its end; REASON_BAD_SIGNATURE for
 * keys of other types. */
int	pubkey_verify_pure(struct pubkey *k, int fd, const char *name, struct span sig, struct err *e) MUST_CHECK;
/* The hashes over which pubkey_verify of HASH_NONE would try k, as bits
 * (1 << hash): what a file must be hashed with before pubkey_verify_digest. */
unsigned	pubkey_hashes(const struct pubkey *k);
#endif
