/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_KEYFILE_H
#define CRYPTO_KEYFILE_H
/*
 * Private key files: what they hold, how they are opened and written.
 *
 * Read: ENCRYPTED SIGSTORE PRIVATE KEY and ENCRYPTED COSIGN PRIVATE KEY (JSON
 * with scrypt and secretbox; three parameter sets, others are refused before
 * any derivation), PRIVATE KEY (PKCS#8 versions 1 and 2), ENCRYPTED PRIVATE KEY
 * (PKCS#8 with PBES2), EC PRIVATE KEY (SEC1), RSA PRIVATE KEY (PKCS#1). Inside
 * a sigstore-encrypted file only PKCS#8 is a key.
 */
#include "crypto/signer.h"

enum { KEYFILE_MAX = 64 << 10 };

/* Asked for a password only when the file needs one: fills *password, or
 * returns -1 and *e. */
typedef int keyfile_password(void *ctx, struct secret *password, struct err *e);

/* Whether this PEM needs a password. */
bool	keyfile_is_encrypted(struct span pem);

/* PEM to signer. REASON_BAD_KEY, REASON_BAD_PASSWORD. */
int	keyfile_open(struct signer *s, struct span pem, keyfile_password *ask, void *ctx,
	    struct err *e) MUST_CHECK;

/* Encrypts a PKCS#8 key as ENCRYPTED SIGSTORE PRIVATE KEY (scrypt N=65536 r=8
 * p=1, XSalsa20-Poly1305); appends the PEM. */
int	keyfile_seal(const struct secret *pkcs8, const struct secret *password, struct buf *pem,
	    struct err *e) MUST_CHECK;

/* A new key pair: the PKCS#8 of the private key. */
int	keyfile_generate(const struct alg *alg, struct secret *pkcs8, struct err *e) MUST_CHECK;
/* An unencrypted foreign PEM (RSA PRIVATE KEY, EC PRIVATE KEY, PRIVATE KEY) as
 * PKCS#8, if its type and size may be imported (keys of the registry). */
int	keyfile_import(struct span pem, struct secret *pkcs8, struct err *e) MUST_CHECK;
#endif
