/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/keyparts.h"

#include "codec/der.h"

#define OID(bytes) {bytes, sizeof(bytes) - 1}

static const struct span oid_ec = OID("\x2a\x86\x48\xce\x3d\x02\x01");
static const struct span oid_rsa = OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01");
static const struct span oid_ed25519 = OID("\x2b\x65\x70");

static const struct curve {
	struct span oid;
	const char *name;
	enum key_type type;	/* KEY_NONE: known by name, not accepted */
	size_t field;
} curves[] = {
	{OID("\x2a\x86\x48\xce\x3d\x03\x01\x07"), "P-256", KEY_P256, 32},
	{OID("\x2b\x81\x04\x00\x22"), "P-384", KEY_P384, 48},
	{OID("\x2b\x81\x04\x00\x23"), "P-521", KEY_P521, 66},
	{OID("\x2b\x81\x04\x00\x21"), "P-224", KEY_NONE, 0},
	{OID("\x2b\x81\x04\x00\x0a"), "secp256k1", KEY_NONE, 0},
};

static const struct {
	struct span oid;
	const char *name;
} strangers[] = {
	{OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a"), "RSASSA-PSS"},
	{OID("\x2a\x86\x48\xce\x38\x04\x01"), "DSA"},
	{OID("\x2b\x65\x6e"), "X25519"},
	{OID("\x2b\x65\x6f"), "X448"},
	{OID("\x2b\x65\x71"), "Ed448"},
	{OID("\x60\x86\x48\x01\x65\x03\x04\x03\x11"), "ML-DSA-44"},
	{OID("\x60\x86\x48\x01\x65\x03\x04\x03\x12"), "ML-DSA-65"},
	{OID("\x60\x86\x48\x01\x65\x03\x04\x03\x13"), "ML-DSA-87"},
};

static const char accepted[] = "ECDSA P-256, P-384 or P-521, RSA or Ed25519";

size_t
keyparts_field(enum key_type type)
{
	for (size_t i = 0; i < countof(curves); i++)
		if (type != KEY_NONE && curves[i].type == type)
			return curves[i].field;
	return 0;
}

struct span
keyparts_curve_oid(enum key_type type)
{
	for (size_t i = 0; i < countof(curves); i++)
		if (type != KEY_NONE && curves[i].type == type)
			return curves[i].oid;
	return SPAN_NONE;
}

struct span
keyparts_algorithm_oid(enum key_type type)
{
	if (type == KEY_RSA)
		return oid_rsa;
	return type == KEY_ED25519 ? oid_ed25519 : oid_ec;
}

static int
malformed(struct err *e, const char *what)
{
	return err_set(e, REASON_BAD_KEY, "the key is not a DER %s", what);
}

static int
refuse_stranger(struct err *e, struct span oid)
{
	const char *name = "an unknown algorithm";

	for (size_t i = 0; i < countof(strangers); i++)
		if (span_eq(oid, strangers[i].oid))
			name = strangers[i].name;
	err_set(e, REASON_BAD_KEY, "keys of this algorithm are not supported");
	err_expected(e, "%s", accepted);
	return err_found(e, "%s", name);
}

static int
find_curve(struct keyparts *k, struct span oid, struct err *e)
{
	const char *name = "an unknown curve";

	for (size_t i = 0; i < countof(curves); i++) {
		if (!span_eq(oid, curves[i].oid))
			continue;
		k->type = curves[i].type;
		if (k->type != KEY_NONE)
			return 0;
		name = curves[i].name;
	}
	err_set(e, REASON_BAD_KEY, "keys on this elliptic curve are not supported");
	err_expected(e, "P-256, P-384 or P-521");
	return err_found(e, "%s", name);
}

/* AlgorithmIdentifier: sets the type; parameters as Go wants them. */
static int
take_algorithm(struct keyparts *k, struct span *rest, struct err *e)
{
	struct span alg, oid, param;

	if (!der_get(rest, DER_SEQUENCE, &alg) || !der_get(&alg, DER_OID, &oid))
		return malformed(e, "key with an AlgorithmIdentifier");
	if (span_eq(oid, oid_ec)) {
		if (!der_get(&alg, DER_OID, &param) || alg.len)
			return malformed(e, "EC key with a named curve");
		return find_curve(k, param, e);
	}
	if (span_eq(oid, oid_rsa)) {
		k->type = KEY_RSA;
		if (!der_get(&alg, DER_NULL, &param) || param.len || alg.len)
			return malformed(e, "RSA key with NULL parameters");
		return 0;
	}
	if (!span_eq(oid, oid_ed25519))
		return refuse_stranger(e, oid);
	k->type = KEY_ED25519;
	return alg.len ? malformed(e, "Ed25519 key without parameters") : 0;
}

static unsigned
bit_length(struct span digits)
{
	unsigned top = digits.len ? (unsigned char)digits.ptr[0] : 0, bits = 0;

	for (; top; top >>= 1)
		bits++;
	return digits.len ? (unsigned)(digits.len - 1) * 8 + bits : 0;
}

/* Weak or absurd numbers: a short modulus, an exponent that is even, 1, or
 * larger than any library accepts. */
static int
check_rsa(struct keyparts *k, struct err *e)
{
	enum { BITS_MIN = 2048, BITS_MAX = 8192 };
	struct span n = k->rsa[RSA_N], x = k->rsa[RSA_E];

	k->bits = bit_length(n);
	if (k->bits < BITS_MIN || k->bits > BITS_MAX) {
		err_set(e, REASON_BAD_KEY, "the RSA key has a size that is not accepted");
		err_expected(e, "%d to %d bits", BITS_MIN, BITS_MAX);
		return err_found(e, "%u bits", k->bits);
	}
	if (!(n.ptr[n.len - 1] & 1))
		return err_set(e, REASON_BAD_KEY, "the RSA modulus is even");
	if (x.len == 0 || x.len > 4 || !(x.ptr[x.len - 1] & 1) || bit_length(x) < 2 || bit_length(x) > 31)
		return err_set(e, REASON_BAD_KEY, "the RSA exponent is not odd and between 3 and 2^31");
	return 0;
}

int
keyparts_from_rsa_public(struct keyparts *k, struct span der, struct err *e)
{
	struct span seq;

	*k = (struct keyparts){.type = KEY_RSA};
	if (!der_get(&der, DER_SEQUENCE, &seq) || der.len || !der_get_uint(&seq, &k->rsa[RSA_N]) ||
	    !der_get_uint(&seq, &k->rsa[RSA_E]) || seq.len)
		return malformed(e, "RSAPublicKey");
	return check_rsa(k, e);
}

/* X9.62 uncompressed point: Go knows no other. */
static bool
is_point(const struct keyparts *k, struct span point)
{
	return point.len == 2 * keyparts_field(k->type) + 1 && point.ptr[0] == 4;
}

static bool
is_compressed(const struct keyparts *k, struct span point)
{
	return point.len == keyparts_field(k->type) + 1 && (point.ptr[0] == 2 || point.ptr[0] == 3);
}

int
keyparts_from_spki(struct keyparts *k, struct span der, struct err *e)
{
	struct span seq;

	*k = (struct keyparts){.type = KEY_NONE};
	if (!der_get(&der, DER_SEQUENCE, &seq) || der.len)
		return malformed(e, "SubjectPublicKeyInfo");
	if (take_algorithm(k, &seq, e))
		return -1;
	if (!der_get_bits(&seq, &k->point) || seq.len)
		return malformed(e, "SubjectPublicKeyInfo");
	if (k->type == KEY_RSA)
		return keyparts_from_rsa_public(k, k->point, e);
	if (k->type == KEY_ED25519 && k->point.len != 32)
		return err_set(e, REASON_BAD_KEY, "an Ed25519 public key has 32 bytes, not %zu", k->point.len);
	if (k->type != KEY_ED25519 && !is_point(k, k->point))
		return err_set(e, REASON_BAD_KEY, "the EC public key is no uncompressed point of its curve");
	return 0;
}

int
keyparts_from_rsa_private(struct keyparts *k, struct span der, struct err *e)
{
	struct span seq;
	uint64_t version;

	*k = (struct keyparts){.type = KEY_RSA};
	if (!der_get(&der, DER_SEQUENCE, &seq) || der.len || !der_get_number(&seq, 1, &version))
		return malformed(e, "RSAPrivateKey");
	if (version != 0)
		return err_set(e, REASON_BAD_KEY, "RSA keys of more than two primes are not supported");
	for (int i = 0; i < RSA_PARTS; i++)
		if (!der_get_uint(&seq, &k->rsa[i]) || k->rsa[i].len == 0)
			return malformed(e, "RSAPrivateKey");
	return seq.len ? malformed(e, "RSAPrivateKey") : check_rsa(k, e);
}

/* Full width; Go pads and trims zeros of writers that got it wrong. */
static bool
take_scalar(struct keyparts *k, struct span octets)
{
	size_t field = keyparts_field(k->type);

	while (octets.len > field && octets.ptr[0] == 0)
		octets = span_from(octets, 1);
	k->scalar = octets;
	return octets.len > 0 && octets.len <= field;
}

/* ECPrivateKey; the curve may be known from outside already. */
static int
take_ec_private(struct keyparts *k, struct span der, struct err *e)
{
	struct span seq, octets, tagged, oid;
	uint64_t version;

	if (!der_get(&der, DER_SEQUENCE, &seq) || der.len || !der_get_number(&seq, 1, &version) || version != 1 ||
	    !der_get(&seq, DER_OCTETS, &octets))
		return malformed(e, "ECPrivateKey");
	if (der_get(&seq, DER_CONTEXT_0, &tagged)) {
		enum key_type outer = k->type;

		if (!der_get(&tagged, DER_OID, &oid) || tagged.len)
			return malformed(e, "ECPrivateKey with a named curve");
		if (find_curve(k, oid, e))
			return -1;
		if (outer != KEY_NONE && outer != k->type)
			return err_set(e, REASON_BAD_KEY, "the EC key names two curves");
	}
	if (k->type == KEY_NONE)
		return err_set(e, REASON_BAD_KEY, "the EC key names no curve");
	if (der_get(&seq, DER_CONTEXT_1, &tagged) && (!der_get_bits(&tagged, &k->point) || tagged.len))
		return malformed(e, "ECPrivateKey");
	/* A compressed point says nothing that the private value does not. */
	if (is_compressed(k, k->point))
		k->point = SPAN_NONE;
	if (seq.len || !take_scalar(k, octets))
		return malformed(e, "ECPrivateKey");
	return 0;
}

int
keyparts_from_sec1(struct keyparts *k, struct span der, struct err *e)
{
	*k = (struct keyparts){.type = KEY_NONE};
	return take_ec_private(k, der, e);
}

static int
take_ed25519_private(struct keyparts *k, struct span octets, struct err *e)
{
	if (!der_get(&octets, DER_OCTETS, &k->scalar) || octets.len || k->scalar.len != 32)
		return malformed(e, "CurvePrivateKey of 32 bytes");
	return 0;
}

/* [0] attributes, and [1] publicKey of version 2. */
static int
take_pkcs8_tail(struct keyparts *k, struct span rest, uint64_t version, struct err *e)
{
	if (der_is(rest, DER_CONTEXT_0) && !der_skip(&rest))
		return malformed(e, "PrivateKeyInfo");
	if (version == 1 && der_is(rest, DER_PRIMITIVE_1)) {
		struct span bits;

		if (!der_get(&rest, DER_PRIMITIVE_1, &bits) || bits.len == 0 || bits.ptr[0] != 0)
			return malformed(e, "OneAsymmetricKey");
		if (k->type != KEY_RSA && !k->point.ptr)
			k->point = span_from(bits, 1);
	}
	return rest.len ? malformed(e, "PrivateKeyInfo") : 0;
}

int
keyparts_from_pkcs8(struct keyparts *k, struct span der, struct err *e)
{
	struct span seq, octets;
	uint64_t version;
	int rc;

	*k = (struct keyparts){.type = KEY_NONE};
	if (!der_get(&der, DER_SEQUENCE, &seq) || der.len || !der_get_number(&seq, 1, &version))
		return malformed(e, "PKCS#8 PrivateKeyInfo");
	if (take_algorithm(k, &seq, e))
		return -1;
	if (!der_get(&seq, DER_OCTETS, &octets))
		return malformed(e, "PKCS#8 PrivateKeyInfo");
	if (k->type == KEY_RSA)
		rc = keyparts_from_rsa_private(k, octets, e);
	else if (k->type == KEY_ED25519)
		rc = take_ed25519_private(k, octets, e);
	else
		rc = take_ec_private(k, octets, e);
	return rc ? rc : take_pkcs8_tail(k, seq, version, e);
}
