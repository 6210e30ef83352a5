/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_SCRYPT_H
#define CRYPTO_SCRYPT_H
/*
 * scrypt (RFC 7914). Takes 128 * N * r bytes of memory for as long as it runs:
 * whoever calls has checked that the parameters are sane.
 */
#include "crypto/secret.h"

struct scrypt {
	uint64_t n;
	uint32_t r, p;
};

/* key has the length that is wanted. REASON_FAILED without the memory. */
int	scrypt_derive(struct secret *key, const struct secret *password, struct span salt,
	    const struct scrypt *cost, struct err *e) MUST_CHECK;
#endif
