/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_EVPKEY_H
#define CRYPTO_EVPKEY_H
/*
 * EC and RSA keys for OpenSSL, built from their parts: no decoder guesses, and
 * what does not belong together is refused here.
 */
#include "crypto/keyparts.h"
#include "crypto/ossl.h"
#include "crypto/secret.h"

enum { EVPKEY_POINT_MAX = 2 * 66 + 1 };

/* NULL and *e when the point is not on its curve. */
EVP_PKEY	*evpkey_public(const struct keyparts *k, struct err *e);
/* k->point must be set for EC keys: evpkey_point finds it. */
EVP_PKEY	*evpkey_private(const struct keyparts *k, struct err *e);
/* The public point of an EC scalar, which must be between 1 and the order. A
 * point that k names already must be this one. */
int	evpkey_point(const struct keyparts *k, unsigned char point[EVPKEY_POINT_MAX], size_t *len,
	    struct err *e) MUST_CHECK;
/* A new EC or RSA key: its parts, which stand in numbers and point. */
int	evpkey_generate(struct keyparts *k, enum key_type type, unsigned bits, struct secret *numbers,
	    unsigned char point[EVPKEY_POINT_MAX], struct err *e) MUST_CHECK;
/* Whether the eight numbers of an RSA private key are one key. */
int	evpkey_check_rsa(const struct keyparts *k, struct err *e) MUST_CHECK;
#endif
