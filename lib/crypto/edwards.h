/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_EDWARDS_H
#define CRYPTO_EDWARDS_H
/*
 * Ed25519 and Ed25519ph (RFC 8032) by libsodium: OpenSSL 3.0 has no ph.
 * Whether ph is meant is not written in a signature.
 */
#include "crypto/secret.h"

enum { EDWARDS_KEY = 32, EDWARDS_SIGNATURE = 64 };

/* The public key of a 32-byte seed; *key becomes what edwards_sign takes. */
void	edwards_key(struct secret *key, unsigned char pub[EDWARDS_KEY], struct span seed);
void	edwards_sign(const struct secret *key, bool ph, struct span message,
	    unsigned char sig[EDWARDS_SIGNATURE]);
bool	edwards_verify(const unsigned char pub[EDWARDS_KEY], bool ph, struct span message, struct span sig);
#endif
