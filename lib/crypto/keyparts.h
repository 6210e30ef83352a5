/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_KEYPARTS_H
#define CRYPTO_KEYPARTS_H
/*
 * What a key is made of, taken out of its DER by our own reader: OpenSSL's
 * decoders are slow, guess formats, and take encodings that Go refuses. Spans
 * borrow the DER, so parts of a private key live no longer than its secret.
 * Nothing is calculated here: whether the numbers belong together is evpkey's
 * business.
 */
#include "crypto/alg.h"

enum keypart_rsa { RSA_N, RSA_E, RSA_D, RSA_P, RSA_Q, RSA_DP, RSA_DQ, RSA_QI, RSA_PARTS };

struct keyparts {
	enum key_type type;
	unsigned bits;			/* RSA modulus */
	struct span rsa[RSA_PARTS];	/* big-endian, no leading zero; public keys have two */
	struct span scalar;		/* EC private value (full width), Ed25519 seed; ptr NULL if public */
	struct span point;		/* EC: 04 X Y; Ed25519: 32 bytes; ptr NULL where a private key names none */
};

/* Bytes of a field element and order: 32, 48, 66; 0 for other types. */
size_t	keyparts_field(enum key_type type);
/* The DER object identifier of an EC curve. */
struct span	keyparts_curve_oid(enum key_type type);
struct span	keyparts_algorithm_oid(enum key_type type);

/* SubjectPublicKeyInfo (RFC 5280, 5480, 8410) and RSAPublicKey (RFC 8017). */
int	keyparts_from_spki(struct keyparts *k, struct span der, struct err *e) MUST_CHECK;
int	keyparts_from_rsa_public(struct keyparts *k, struct span der, struct err *e) MUST_CHECK;
/* PrivateKeyInfo and OneAsymmetricKey (RFC 5208, 5958), ECPrivateKey (RFC
 * 5915), RSAPrivateKey (RFC 8017). */
int	keyparts_from_pkcs8(struct keyparts *k, struct span der, struct err *e) MUST_CHECK;
int	keyparts_from_sec1(struct keyparts *k, struct span der, struct err *e) MUST_CHECK;
int	keyparts_from_rsa_private(struct keyparts *k, struct span der, struct err *e) MUST_CHECK;
#endif
