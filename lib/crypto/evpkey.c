/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/evpkey.h"

#include <openssl/core_names.h>
#include <openssl/obj_mac.h>
#include <openssl/params.h>
#include <openssl/rsa.h>
#include "base/mem.h"

static const struct {
	int nid;
	const char *group;
} groups[] = {
	[KEY_P256] = {NID_X9_62_prime256v1, "P-256"},
	[KEY_P384] = {NID_secp384r1, "P-384"},
	[KEY_P521] = {NID_secp521r1, "P-521"},
};

/* Numbers go to OpenSSL in the machine's order, in memory that is wiped: its
 * own parameter builder would leave copies. */
struct native {
	unsigned char *to;
	size_t room;
};

static OSSL_PARAM
native_number(struct native *n, const char *name, struct span digits)
{
	unsigned char *to = n->to;

	if (digits.len > n->room)
		BUG("a key is larger than was asked for");
	for (size_t i = 0; i < digits.len; i++)
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
		to[i] = (unsigned char)digits.ptr[digits.len - 1 - i];
#else
		to[i] = (unsigned char)digits.ptr[i];
#endif
	n->to += digits.len;
	n->room -= digits.len;
	return OSSL_PARAM_construct_BN(name, to, digits.len);
}

static const char *const rsa_names[RSA_PARTS] = {
	OSSL_PKEY_PARAM_RSA_N, OSSL_PKEY_PARAM_RSA_E, OSSL_PKEY_PARAM_RSA_D,
	OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2,
	OSSL_PKEY_PARAM_RSA_EXPONENT1, OSSL_PKEY_PARAM_RSA_EXPONENT2,
	OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
};

static EVP_PKEY *
build(const char *algorithm, int selection, OSSL_PARAM *params, struct err *e)
{
	AUTO(EVP_PKEY_CTX) EVP_PKEY_CTX *ctx = NULL;
	EVP_PKEY *key = NULL;

	ossl_init();
	ctx = EVP_PKEY_CTX_new_from_name(NULL, algorithm, NULL);
	if (!ctx || EVP_PKEY_fromdata_init(ctx) <= 0 || EVP_PKEY_fromdata(ctx, &key, selection, params) <= 0) {
		ossl_fail(e, REASON_BAD_KEY, "the key is not a valid %s key", algorithm);
		return NULL;
	}
	return key;
}

static EVP_PKEY *
build_ec(const struct keyparts *k, struct native *n, int selection, struct err *e)
{
	char group[8];
	OSSL_PARAM params[4], *p = params;

	snprintf(group, sizeof(group), "%s", groups[k->type].group);
	*p++ = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0);
	*p++ = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)(uintptr_t)k->point.ptr,
	    k->point.len);
	if (selection == EVP_PKEY_KEYPAIR)
		*p++ = native_number(n, OSSL_PKEY_PARAM_PRIV_KEY, k->scalar);
	*p = OSSL_PARAM_construct_end();
	return build("EC", selection, params, e);
}

static EVP_PKEY *
build_rsa(const struct keyparts *k, struct native *n, int selection, struct err *e)
{
	int parts = selection == EVP_PKEY_KEYPAIR ? RSA_PARTS : RSA_D;
	OSSL_PARAM params[RSA_PARTS + 1];

	for (int i = 0; i < parts; i++)
		params[i] = native_number(n, rsa_names[i], k->rsa[i]);
	params[parts] = OSSL_PARAM_construct_end();
	return build("RSA", selection, params, e);
}

EVP_PKEY *
evpkey_public(const struct keyparts *k, struct err *e)
{
	unsigned char room[1024 + 8];
	struct native n = {room, sizeof(room)};

	if (k->type == KEY_RSA)
		return build_rsa(k, &n, EVP_PKEY_PUBLIC_KEY, e);
	return build_ec(k, &n, EVP_PKEY_PUBLIC_KEY, e);
}

EVP_PKEY *
evpkey_private(const struct keyparts *k, struct err *e)
{
	AUTO(secret) struct secret room = SECRET_INIT;
	struct native n;

	secret_new(&room, 8192);
	n = (struct native){room.bytes, room.len};
	if (k->type == KEY_RSA)
		return build_rsa(k, &n, EVP_PKEY_KEYPAIR, e);
	return build_ec(k, &n, EVP_PKEY_KEYPAIR, e);
}

static BIGNUM *
number(struct span digits)
{
	BIGNUM *n = BN_bin2bn((const unsigned char *)digits.ptr, (int)digits.len, NULL);

	if (!n)
		mem_exhausted();
	BN_set_flags(n, BN_FLG_CONSTTIME);
	return n;
}

int
evpkey_point(const struct keyparts *k, unsigned char point[EVPKEY_POINT_MAX], size_t *len, struct err *e)
{
	AUTO(EC_GROUP) EC_GROUP *group = NULL;
	AUTO(EC_POINT) EC_POINT *at = NULL;
	AUTO(BIGNUM) BIGNUM *scalar = number(k->scalar);

	ossl_init();
	group = EC_GROUP_new_by_curve_name(groups[k->type].nid);
	at = group ? EC_POINT_new(group) : NULL;
	if (!at)
		return ossl_fail(e, REASON_BAD_KEY, "%s is not available", key_type_name(k->type));
	if (BN_is_zero(scalar) || BN_cmp(scalar, EC_GROUP_get0_order(group)) >= 0)
		return err_set(e, REASON_BAD_KEY, "the private value is not between 1 and the order of %s",
		    key_type_name(k->type));
	if (!EC_POINT_mul(group, at, scalar, NULL, NULL, NULL))
		return ossl_fail(e, REASON_BAD_KEY, "the public key cannot be calculated");
	*len = EC_POINT_point2oct(group, at, POINT_CONVERSION_UNCOMPRESSED, point, EVPKEY_POINT_MAX, NULL);
	if (k->point.ptr && !span_eq(k->point, span_of(point, *len)))
		return err_set(e, REASON_BAD_KEY, "the file's public key does not belong to its private key");
	return 0;
}

/* c == a * b */
static bool
is_product(BN_CTX *ctx, const BIGNUM *a, const BIGNUM *b, const BIGNUM *c)
{
	AUTO(BIGNUM) BIGNUM *r = BN_new();

	return r && BN_mul(r, a, b, ctx) && BN_cmp(r, c) == 0;
}

/* a mod (prime - 1) == exponent, and e * exponent mod (prime - 1) == 1 */
static bool
is_exponent(BN_CTX *ctx, const BIGNUM *d, const BIGNUM *e, const BIGNUM *prime, const BIGNUM *exponent)
{
	AUTO(BIGNUM) BIGNUM *m = BN_dup(prime);
	AUTO(BIGNUM) BIGNUM *r = BN_new();

	if (!m || !r || !BN_sub_word(m, 1) || BN_is_zero(m))
		return false;
	if (!BN_mod(r, d, m, ctx) || BN_cmp(r, exponent) != 0)
		return false;
	return BN_mod_mul(r, e, exponent, m, ctx) && BN_is_one(r);
}

/* q * qi mod p == 1 */
static bool
is_inverse(BN_CTX *ctx, const BIGNUM *q, const BIGNUM *qi, const BIGNUM *p)
{
	AUTO(BIGNUM) BIGNUM *r = BN_new();

	return r && BN_mod_mul(r, q, qi, p, ctx) && BN_is_one(r);
}

int
evpkey_check_rsa(const struct keyparts *k, struct err *e)
{
	AUTO(BN_CTX) BN_CTX *ctx = BN_CTX_secure_new();
	BIGNUM *n[RSA_PARTS];
	bool good;

	ossl_init();
	for (int i = 0; i < RSA_PARTS; i++)
		n[i] = number(k->rsa[i]);
	good = ctx && BN_is_odd(n[RSA_P]) && BN_is_odd(n[RSA_Q]) &&
	    is_product(ctx, n[RSA_P], n[RSA_Q], n[RSA_N]) &&
	    is_exponent(ctx, n[RSA_D], n[RSA_E], n[RSA_P], n[RSA_DP]) &&
	    is_exponent(ctx, n[RSA_D], n[RSA_E], n[RSA_Q], n[RSA_DQ]) &&
	    is_inverse(ctx, n[RSA_Q], n[RSA_QI], n[RSA_P]);
	for (int i = 0; i < RSA_PARTS; i++)
		BN_clear_free(n[i]);
	ossl_forget();
	return good ? 0 : err_set(e, REASON_BAD_KEY, "the numbers of the RSA private key do not belong together");
}

/* Big-endian digits of a number of the key, behind what stands in room. */
static bool
take_number(EVP_PKEY *key, const char *name, struct secret *room, struct span *digits)
{
	AUTO(BIGNUM) BIGNUM *n = NULL;
	size_t len;

	if (!EVP_PKEY_get_bn_param(key, name, &n))
		return false;
	len = (size_t)BN_num_bytes(n);
	if (len > room->room - room->len)
		return false;
	BN_bn2bin(n, room->bytes + room->len);
	*digits = span_of(room->bytes + room->len, len);
	room->len += len;
	return true;
}

static int
generate_rsa(struct keyparts *k, struct secret *numbers, struct err *e)
{
	AUTO(EVP_PKEY) EVP_PKEY *key = EVP_RSA_gen(k->bits);

	for (int i = 0; i < RSA_PARTS; i++)
		if (!key || !take_number(key, rsa_names[i], numbers, &k->rsa[i]))
			return ossl_fail(e, REASON_FAILED, "cannot make an RSA key");
	return 0;
}

static int
generate_ec(struct keyparts *k, struct secret *numbers, unsigned char point[EVPKEY_POINT_MAX], struct err *e)
{
	AUTO(EVP_PKEY) EVP_PKEY *key = EVP_EC_gen(groups[k->type].group);
	size_t len;

	if (!key || !take_number(key, OSSL_PKEY_PARAM_PRIV_KEY, numbers, &k->scalar))
		return ossl_fail(e, REASON_FAILED, "cannot make an EC key");
	if (evpkey_point(k, point, &len, e))
		return -1;
	k->point = span_of(point, len);
	return 0;
}

int
evpkey_generate(struct keyparts *k, enum key_type type, unsigned bits, struct secret *numbers,
    unsigned char point[EVPKEY_POINT_MAX], struct err *e)
{
	ossl_init();
	*k = (struct keyparts){.type = type, .bits = bits};
	secret_new(numbers, 4095);
	numbers->len = 0;
	return type == KEY_RSA ? generate_rsa(k, numbers, e) : generate_ec(k, numbers, point, e);
}
