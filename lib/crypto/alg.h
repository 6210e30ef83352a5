/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_ALG_H
#define CRYPTO_ALG_H
/*
 * One table of signature algorithms: the registry of the Sigstore algorithm
 * specification, with the names used in bundles, logs and flags.
 */
#include "crypto/digest.h"

enum key_type { KEY_NONE, KEY_P256, KEY_P384, KEY_P521, KEY_RSA, KEY_ED25519 };
enum padding { PADDING_NONE, PADDING_PKCS1, PADDING_PSS };

struct alg {
	const char *name;	/* "ecdsa-sha2-256-nistp256" */
	const char *details;	/* "PKIX_ECDSA_P256_SHA_256", protobuf PublicKeyDetails */
	int details_number;
	enum key_type type;
	unsigned bits;		/* RSA modulus, else 0 */
	enum hash hash;		/* HASH_NONE: pure Ed25519; SHA512 with ED25519 is Ed25519ph */
	enum padding padding;
};

extern const struct alg algs[];
extern const size_t algs_count;

const struct alg	*alg_find(struct span name);		/* by flag name */
const struct alg	*alg_find_details(struct span details);	/* by enum name or number */
/* What a key of this type and size signs with by default; NULL for RSA sizes
 * outside the registry. */
const struct alg	*alg_default(enum key_type type, unsigned bits);
const char	*key_type_name(enum key_type type);	/* "ECDSA P-256" */
#endif
