/* SPDX-License-Identifier: Apache-2.0 */
#include "seal.h"
#include "codec/b64.h"
#include "codec/pem.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>

static void
must(bool good, const char *what)
{
	if (good)
		return;
	ERR_print_errors_fp(stderr);
	BUG("cannot %s", what);
}

EVP_PKEY *
seal_key(const char *kind)
{
	EVP_PKEY *key;

	if (strcmp(kind, "RSA") == 0)
		key = EVP_RSA_gen(2048);
	else if (strcmp(kind, "ED25519") == 0)
		key = EVP_PKEY_Q_keygen(NULL, NULL, kind);
	else
		key = EVP_EC_gen(kind);
	must(key, "make a key");
	return key;
}

static const EVP_MD *
hash_of(EVP_PKEY *key)
{
	if (EVP_PKEY_is_a(key, "ED25519"))
		return NULL;
	return EVP_PKEY_is_a(key, "EC") && EVP_PKEY_get_bits(key) > 256 ? EVP_sha384() : EVP_sha256();
}

void
seal_sign(EVP_PKEY *key, struct span message, struct buf *sig)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char out[512];
	size_t len = sizeof(out);

	must(EVP_DigestSignInit(ctx, NULL, hash_of(key), NULL, key) == 1 &&
	    EVP_DigestSign(ctx, out, &len, (const unsigned char *)message.ptr, message.len) == 1, "sign");
	EVP_MD_CTX_free(ctx);
	buf_add(sig, out, len);
}

void
seal_sha256(struct span bytes, unsigned char out[SEAL_HASH])
{
	SHA256((const unsigned char *)(bytes.len ? bytes.ptr : ""), bytes.len, out);
}

void
seal_spki(EVP_PKEY *key, struct buf *der)
{
	unsigned char *out = NULL;
	int len = i2d_PUBKEY(key, &out);

	must(len > 0, "write a key");
	buf_add(der, out, (size_t)len);
	OPENSSL_free(out);
}

void
seal_der(X509 *x, struct buf *out)
{
	unsigned char *der = NULL;
	int len = i2d_X509(x, &der);

	must(len > 0, "write a certificate");
	buf_add(out, der, (size_t)len);
	OPENSSL_free(der);
}

void
seal_pem(X509 *x, struct buf *out)
{
	AUTO(buf) struct buf der = BUF_INIT(BUF_TEXT_MAX);

	seal_der(x, &der);
	pem_encode(out, "CERTIFICATE", buf_span(&der));
}

void
seal_pem_key(EVP_PKEY *key, struct buf *out)
{
	AUTO(buf) struct buf der = BUF_INIT(BUF_TEXT_MAX);

	seal_spki(key, &der);
	pem_encode(out, "PUBLIC KEY", buf_span(&der));
}

/* --- certificates -------------------------------------------------------- */

static void
set_serial(X509 *x)
{
	unsigned char bytes[16];
	BIGNUM *n;

	RAND_bytes(bytes, sizeof(bytes));
	bytes[0] = (unsigned char)(bytes[0] & 0x7f) | 0x40;
	n = BN_bin2bn(bytes, sizeof(bytes), NULL);
	BN_to_ASN1_INTEGER(n, X509_get_serialNumber(x));
	BN_free(n);
}

X509 *
seal_new(const char *name, EVP_PKEY *key, const struct seal_cert *issuer, long from, long to)
{
	X509 *x = X509_new();
	X509_NAME *subject = X509_get_subject_name(x);
	time_t now = time(NULL);

	X509_set_version(x, 2);
	set_serial(x);
	ASN1_TIME_set(X509_getm_notBefore(x), now + from);
	ASN1_TIME_set(X509_getm_notAfter(x), now + to);
	if (name) {
		X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_UTF8, (const unsigned char *)"tests", -1, -1, 0);
		X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0);
	}
	X509_set_issuer_name(x, issuer ? X509_get_subject_name(issuer->x509) : subject);
	must(X509_set_pubkey(x, key) == 1, "take a key");
	return x;
}

void
seal_extension(X509 *x, const struct seal_cert *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *ext;

	X509V3_set_ctx(&ctx, issuer ? issuer->x509 : x, x, NULL, NULL, 0);
	ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	must(ext && X509_add_ext(x, ext, -1) == 1, value);
	X509_EXTENSION_free(ext);
}

void
seal_extension_raw(X509 *x, const char *oid, bool critical, struct span value)
{
	ASN1_OCTET_STRING *octets = ASN1_OCTET_STRING_new();
	ASN1_OBJECT *obj = OBJ_txt2obj(oid, 1);
	X509_EXTENSION *ext;

	ASN1_OCTET_STRING_set(octets, (const unsigned char *)value.ptr, (int)value.len);
	ext = X509_EXTENSION_create_by_OBJ(NULL, obj, critical, octets);
	must(ext && X509_add_ext(x, ext, -1) == 1, oid);
	X509_EXTENSION_free(ext);
	ASN1_OBJECT_free(obj);
	ASN1_OCTET_STRING_free(octets);
}

void
seal_finish(X509 *x, EVP_PKEY *issuer)
{
	must(X509_sign(x, issuer, hash_of(issuer)) > 0, "sign a certificate");
}

struct seal_cert
seal_authority(const char *name, const char *kind, const struct seal_cert *issuer, const char *usage)
{
	struct seal_cert c = {.key = seal_key(kind)};

	c.x509 = seal_new(name, c.key, issuer, -3600, 10L * 365 * 86400);
	seal_extension(c.x509, issuer, NID_basic_constraints, issuer ? "critical,CA:TRUE,pathlen:0" : "critical,CA:TRUE");
	seal_extension(c.x509, issuer, NID_key_usage, "critical,keyCertSign,cRLSign");
	if (usage)
		seal_extension(c.x509, issuer, NID_ext_key_usage, usage);
	seal_extension(c.x509, issuer, NID_subject_key_identifier, "hash");
	if (issuer)
		seal_extension(c.x509, issuer, NID_authority_key_identifier, "keyid:always");
	seal_finish(c.x509, issuer ? issuer->key : c.key);
	return c;
}

/* --- text ---------------------------------------------------------------- */

void
seal_base64(struct buf *out, struct span bytes)
{
	b64_encode(out, bytes, B64_STD);
}

bool
seal_unbase64(struct buf *out, struct span text)
{
	struct err e = ERR_INIT;

	return b64_decode(out, text, B64_ANY, &e) == 0;
}

static bool
pick_one(struct node *at, struct span name)
{
	size_t i = 0;
	uint64_t want;

	for (struct node_iter it = node_iter(*at); node_next(&it); i++)
		if (it.object ? span_eq(it.key, name) : span_decimal(name, SIZE_MAX, &want) && want == i) {
			*at = it.value;
			return true;
		}
	return false;
}

bool
seal_pick(struct node root, const char *path, struct node *out)
{
	struct span rest = span_str(path);

	*out = root;
	while (rest.len) {
		if (out->kind != JSON_OBJECT && out->kind != JSON_ARRAY)
			return false;
		if (!pick_one(out, span_cut(&rest, '.')))
			return false;
	}
	return true;
}

struct span
seal_text(struct node root, const char *path, struct pool *pool)
{
	struct node v;
	struct span out;

	if (!seal_pick(root, path, &v) || !node_string(v, pool, &out))
		return SPAN_NONE;
	return out;
}
