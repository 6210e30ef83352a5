/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_PBES2_H
#define CRYPTO_PBES2_H
/*
 * ENCRYPTED PRIVATE KEY as OpenSSL writes it: EncryptedPrivateKeyInfo (RFC
 * 5208) with PBES2 (RFC 8018): PBKDF2 or scrypt, and AES or triple DES in CBC.
 * Costs are capped before anything is derived.
 */
#include "crypto/scrypt.h"

struct pbes2 {
	struct span salt, iv, ciphertext;	/* borrow the DER */
	uint64_t iterations;			/* 0: scrypt */
	struct scrypt scrypt;
	const char *prf, *cipher;		/* OpenSSL's names */
	size_t key;				/* bytes */
};

int	pbes2_parse(struct pbes2 *p, struct span der, struct err *e) MUST_CHECK;
/* The PKCS#8 inside. REASON_BAD_PASSWORD. */
int	pbes2_open(const struct pbes2 *p, const struct secret *password, struct secret *plain,
	    struct err *e) MUST_CHECK;
#endif
