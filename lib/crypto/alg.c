/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/alg.h"

#define ECDSA(hashbits, curve, num, details) \
	{"ecdsa-sha2-" #hashbits "-nistp" #curve, details, num, KEY_P##curve, 0, HASH_SHA##hashbits, PADDING_NONE}
#define RSA(size, num, scheme, flag, pad) \
	{"rsa-sign-" flag "-" #size "-sha256", "PKIX_RSA_" scheme "_" #size "_SHA256", num, KEY_RSA, size, \
	 HASH_SHA256, pad}

/* The first entry of a type and size is its default. */
const struct alg algs[] = {
	ECDSA(256, 256, 5, "PKIX_ECDSA_P256_SHA_256"),
	ECDSA(384, 384, 12, "PKIX_ECDSA_P384_SHA_384"),
	ECDSA(512, 521, 13, "PKIX_ECDSA_P521_SHA_512"),
	RSA(2048, 9, "PKCS1V15", "pkcs1", PADDING_PKCS1),
	RSA(3072, 10, "PKCS1V15", "pkcs1", PADDING_PKCS1),
	RSA(4096, 11, "PKCS1V15", "pkcs1", PADDING_PKCS1),
	RSA(2048, 16, "PSS", "pss", PADDING_PSS),
	RSA(3072, 17, "PSS", "pss", PADDING_PSS),
	RSA(4096, 18, "PSS", "pss", PADDING_PSS),
	{"ed25519", "PKIX_ED25519", 7, KEY_ED25519, 0, HASH_NONE, PADDING_NONE},
	{"ed25519-ph", "PKIX_ED25519_PH", 8, KEY_ED25519, 0, HASH_SHA512, PADDING_NONE},
	ECDSA(256, 384, 19, "PKIX_ECDSA_P384_SHA_256"),
	ECDSA(256, 521, 20, "PKIX_ECDSA_P521_SHA_256"),
};
const size_t algs_count = countof(algs);

const struct alg *
alg_find(struct span name)
{
	for (size_t i = 0; i < algs_count; i++)
		if (span_is(name, algs[i].name))
			return &algs[i];
	return NULL;
}

const struct alg *
alg_find_details(struct span details)
{
	uint64_t number = 0;
	bool by_number = span_decimal(details, 1000, &number);

	for (size_t i = 0; i < algs_count; i++)
		if (by_number ? (uint64_t)algs[i].details_number == number : span_is(details, algs[i].details))
			return &algs[i];
	return NULL;
}

const struct alg *
alg_default(enum key_type type, unsigned bits)
{
	for (size_t i = 0; i < algs_count; i++)
		if (algs[i].type == type && (type != KEY_RSA || algs[i].bits == bits))
			return &algs[i];
	return NULL;
}

const char *
key_type_name(enum key_type type)
{
	static const char *const names[] = {
		[KEY_NONE] = "none",
		[KEY_P256] = "ECDSA P-256",
		[KEY_P384] = "ECDSA P-384",
		[KEY_P521] = "ECDSA P-521",
		[KEY_RSA] = "RSA",
		[KEY_ED25519] = "Ed25519",
	};

	return names[type];
}
