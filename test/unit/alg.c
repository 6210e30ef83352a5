/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/alg.h"
#include "tap.h"

static const struct { const char *name, *details, *number; } registry[] = {
	{"ecdsa-sha2-256-nistp256", "PKIX_ECDSA_P256_SHA_256", "5"},
	{"ecdsa-sha2-384-nistp384", "PKIX_ECDSA_P384_SHA_384", "12"},
	{"ecdsa-sha2-512-nistp521", "PKIX_ECDSA_P521_SHA_512", "13"},
	{"rsa-sign-pkcs1-2048-sha256", "PKIX_RSA_PKCS1V15_2048_SHA256", "9"},
	{"rsa-sign-pkcs1-3072-sha256", "PKIX_RSA_PKCS1V15_3072_SHA256", "10"},
	{"rsa-sign-pkcs1-4096-sha256", "PKIX_RSA_PKCS1V15_4096_SHA256", "11"},
	{"rsa-sign-pss-2048-sha256", "PKIX_RSA_PSS_2048_SHA256", "16"},
	{"rsa-sign-pss-3072-sha256", "PKIX_RSA_PSS_3072_SHA256", "17"},
	{"rsa-sign-pss-4096-sha256", "PKIX_RSA_PSS_4096_SHA256", "18"},
	{"ed25519", "PKIX_ED25519", "7"},
	{"ed25519-ph", "PKIX_ED25519_PH", "8"},
	{"ecdsa-sha2-256-nistp384", "PKIX_ECDSA_P384_SHA_256", "19"},
	{"ecdsa-sha2-256-nistp521", "PKIX_ECDSA_P521_SHA_256", "20"},
};

static const struct { enum key_type type; unsigned bits; const char *name; } defaults[] = {
	{KEY_P256, 0, "ecdsa-sha2-256-nistp256"}, {KEY_P384, 0, "ecdsa-sha2-384-nistp384"},
	{KEY_P521, 0, "ecdsa-sha2-512-nistp521"}, {KEY_ED25519, 0, "ed25519"},
	{KEY_RSA, 2048, "rsa-sign-pkcs1-2048-sha256"}, {KEY_RSA, 4096, "rsa-sign-pkcs1-4096-sha256"},
	{KEY_RSA, 1024, NULL}, {KEY_RSA, 2049, NULL}, {KEY_NONE, 0, NULL},
};

static const char *
name_of(const struct alg *a)
{
	return a ? a->name : NULL;
}

int
main(void)
{
	is_int((int64_t)algs_count, (int64_t)countof(registry), "the whole registry");
	for (size_t i = 0; i < countof(registry); i++) {
		is_str(name_of(alg_find(span_str(registry[i].name))), registry[i].name, "by name");
		is_str(name_of(alg_find_details(span_str(registry[i].details))), registry[i].name, "by details");
		is_str(name_of(alg_find_details(span_str(registry[i].number))), registry[i].name, "by number");
	}
	for (size_t i = 0; i < countof(defaults); i++)
		is_str(name_of(alg_default(defaults[i].type, defaults[i].bits)), defaults[i].name, "default of %s %u",
		    key_type_name(defaults[i].type), defaults[i].bits);
	ok(!alg_find(SPAN("rsa")) && !alg_find(SPAN("")), "unknown names");
	ok(!alg_find_details(SPAN("6")) && !alg_find_details(SPAN("PKIX_ECDSA")), "unknown details");
	return tap_done();
}
