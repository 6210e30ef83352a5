/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_EDWARDS_H
#define CRYPTO_EDWARDS_H
/*
 * Ed25519 and Ed25519ph (RFC 8032) by libsodium: OpenSSL 3.0 has no ph.
 * Whether ph is meant is not written in a signature. Ed25519ph takes the
 * SHA-512 of the message, which may have been computed anywhere.
 */
#include "crypto/secret.h"

enum { EDWARDS_KEY = 32, EDWARDS_SIGNATURE = 64, EDWARDS_DIGEST = 64 };

/* The public key of a 32-byte seed; *key becomes what edwards_sign takes. */
void	edwards_key(struct secret *key, unsigned char pub[EDWARDS_KEY], struct span seed);
void	edwards_sign(const struct secret *key, struct span message, unsigned char sig[EDWARDS_SIGNATURE]);
void	edwards_sign_ph(const struct secret *key, const unsigned char digest[EDWARDS_DIGEST],
	    unsigned char sig[EDWARDS_SIGNATURE]);
bool	edwards_verify(const unsigned char pub[EDWARDS_KEY], struct span message, struct span sig);
bool	edwards_verify_ph(const unsigned char pub[EDWARDS_KEY], const unsigned char digest[EDWARDS_DIGEST],
	    struct span sig);

/* Pure Ed25519 over a file, from its start to its end. Signing reads it twice,
 * so nobody else may be able to write to it: two signatures over a message that
 * changes in between give the key away. REASON_IO names name. */
int	edwards_sign_fd(const struct secret *key, int fd, const char *name,
	    unsigned char sig[EDWARDS_SIGNATURE], struct err *e) MUST_CHECK;
int	edwards_verify_fd(const unsigned char pub[EDWARDS_KEY], int fd, const char *name, struct span sig,
	    bool *good, struct err *e) MUST_CHECK;
#endif
