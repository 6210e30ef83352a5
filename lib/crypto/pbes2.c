/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/pbes2.h"

#include "codec/der.h"
#include "crypto/ossl.h"

#define OID(bytes) {bytes, sizeof(bytes) - 1}
#define AES(arc) OID("\x60\x86\x48\x01\x65\x03\x04\x01" arc)
#define RSADSI(arcs) OID("\x2a\x86\x48\x86\xf7\x0d" arcs)

enum { ITERATIONS_MAX = 10000000, SCRYPT_N_MAX = 1 << 20, SCRYPT_MEMORY_MAX = 256 << 20, SCRYPT_P_MAX = 16 };

static const struct span oid_pbes2 = RSADSI("\x01\x05\x0d");
static const struct span oid_pbkdf2 = RSADSI("\x01\x05\x0c");
static const struct span oid_scrypt = OID("\x2b\x06\x01\x04\x01\xda\x47\x04\x0b");

static const struct {
	struct span oid;
	const char *name;
} prfs[] = {
	{RSADSI("\x02\x07"), "SHA1"},
	{RSADSI("\x02\x08"), "SHA2-224"},
	{RSADSI("\x02\x09"), "SHA2-256"},
	{RSADSI("\x02\x0a"), "SHA2-384"},
	{RSADSI("\x02\x0b"), "SHA2-512"},
};

static const struct {
	struct span oid;
	const char *name;
	size_t key, iv;
} ciphers[] = {
	{AES("\x02"), "AES-128-CBC", 16, 16},
	{AES("\x16"), "AES-192-CBC", 24, 16},
	{AES("\x2a"), "AES-256-CBC", 32, 16},
	{RSADSI("\x03\x07"), "DES-EDE3-CBC", 24, 8},
};

static int
malformed(struct err *e)
{
	return err_set(e, REASON_BAD_KEY, "the key is not a DER EncryptedPrivateKeyInfo");
}

static int
unknown(struct err *e, const char *what)
{
	err_set(e, REASON_BAD_KEY, "the key is encrypted in a way that is not supported: unknown %s", what);
	return err_hint(e, "`openssl pkcs8 -topk8 -in FILE` writes a form that is");
}

static int
too_costly(struct err *e)
{
	return err_set(e, REASON_TOO_LARGE, "the key file asks for more work than any honest one");
}

/* PBKDF2-params; the optional key length says nothing that the cipher does not. */
static int
parse_pbkdf2(struct pbes2 *p, struct span params, struct err *e)
{
	struct span seq, prf, oid;
	uint64_t keylen;

	if (!der_get(&params, DER_SEQUENCE, &seq) || params.len || !der_get(&seq, DER_OCTETS, &p->salt) ||
	    !der_get_number(&seq, UINT64_MAX, &p->iterations))
		return malformed(e);
	if (p->iterations == 0 || p->iterations > ITERATIONS_MAX)
		return too_costly(e);
	if (der_is(seq, DER_INTEGER) && (!der_get_number(&seq, 64, &keylen) || keylen != p->key))
		return malformed(e);
	p->prf = "SHA1";
	if (seq.len == 0)
		return 0;
	if (!der_get(&seq, DER_SEQUENCE, &prf) || seq.len || !der_get(&prf, DER_OID, &oid))
		return malformed(e);
	for (size_t i = 0; i < countof(prfs); i++) {
		if (!span_eq(oid, prfs[i].oid))
			continue;
		p->prf = prfs[i].name;
		return 0;
	}
	return unknown(e, "function in PBKDF2");
}

static int
parse_scrypt(struct pbes2 *p, struct span params, struct err *e)
{
	struct span seq;
	uint64_t n, r, q, keylen;

	if (!der_get(&params, DER_SEQUENCE, &seq) || params.len || !der_get(&seq, DER_OCTETS, &p->salt) ||
	    !der_get_number(&seq, UINT64_MAX, &n) || !der_get_number(&seq, UINT32_MAX, &r) ||
	    !der_get_number(&seq, UINT32_MAX, &q))
		return malformed(e);
	if (seq.len && (!der_get_number(&seq, 64, &keylen) || keylen != p->key || seq.len))
		return malformed(e);
	if (n < 2 || n & (n - 1) || r == 0 || q == 0)
		return malformed(e);
	if (n > SCRYPT_N_MAX || q > SCRYPT_P_MAX || r > SCRYPT_MEMORY_MAX / 128 / n)
		return too_costly(e);
	p->scrypt = (struct scrypt){n, (uint32_t)r, (uint32_t)q};
	return 0;
}

static int
parse_cipher(struct pbes2 *p, struct span scheme, struct err *e)
{
	struct span oid;

	if (!der_get(&scheme, DER_OID, &oid))
		return malformed(e);
	for (size_t i = 0; i < countof(ciphers); i++) {
		if (!span_eq(oid, ciphers[i].oid))
			continue;
		p->cipher = ciphers[i].name;
		p->key = ciphers[i].key;
		return der_get(&scheme, DER_OCTETS, &p->iv) && scheme.len == 0 && p->iv.len == ciphers[i].iv
			   ? 0 : malformed(e);
	}
	return unknown(e, "cipher");
}

static int
parse_kdf(struct pbes2 *p, struct span kdf, struct err *e)
{
	struct span oid;

	if (!der_get(&kdf, DER_OID, &oid))
		return malformed(e);
	if (span_eq(oid, oid_pbkdf2))
		return parse_pbkdf2(p, kdf, e);
	return span_eq(oid, oid_scrypt) ? parse_scrypt(p, kdf, e) : unknown(e, "key derivation");
}

int
pbes2_parse(struct pbes2 *p, struct span der, struct err *e)
{
	struct span seq, alg, oid, params, kdf, scheme;

	*p = (struct pbes2){.key = 0};
	if (!der_get(&der, DER_SEQUENCE, &seq) || der.len || !der_get(&seq, DER_SEQUENCE, &alg) ||
	    !der_get(&seq, DER_OCTETS, &p->ciphertext) || seq.len || !der_get(&alg, DER_OID, &oid))
		return malformed(e);
	if (!span_eq(oid, oid_pbes2))
		return unknown(e, "scheme");
	if (!der_get(&alg, DER_SEQUENCE, &params) || alg.len || !der_get(&params, DER_SEQUENCE, &kdf) ||
	    !der_get(&params, DER_SEQUENCE, &scheme) || params.len)
		return malformed(e);
	if (parse_cipher(p, scheme, e))
		return -1;
	return parse_kdf(p, kdf, e);
}

static int
derive(const struct pbes2 *p, const struct secret *password, struct secret *key, struct err *e)
{
	EVP_MD *md;
	int good;

	if (p->iterations == 0)
		return scrypt_derive(key, password, p->salt, &p->scrypt, e);
	ossl_init();
	md = EVP_MD_fetch(NULL, p->prf, NULL);
	good = md && PKCS5_PBKDF2_HMAC(password->len ? (const char *)password->bytes : "", (int)password->len,
	    (const unsigned char *)p->salt.ptr, (int)p->salt.len, (int)p->iterations, md, (int)key->len, key->bytes);
	EVP_MD_free(md);
	return good ? 0 : ossl_fail(e, REASON_FAILED, "PBKDF2 cannot derive the key");
}

static bool
decrypt(const struct pbes2 *p, const struct secret *key, struct secret *plain)
{
	AUTO(EVP_CIPHER_CTX) EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	EVP_CIPHER *cipher;
	int len = 0, last = 0;
	bool good;

	ossl_init();
	cipher = EVP_CIPHER_fetch(NULL, p->cipher, NULL);
	good = ctx && cipher &&
	    EVP_DecryptInit_ex2(ctx, cipher, key->bytes, (const unsigned char *)p->iv.ptr, NULL) &&
	    EVP_DecryptUpdate(ctx, plain->bytes, &len, (const unsigned char *)p->ciphertext.ptr,
		(int)p->ciphertext.len) &&
	    EVP_DecryptFinal_ex(ctx, plain->bytes + len, &last);
	EVP_CIPHER_free(cipher);
	ossl_forget();
	plain->len = good ? (size_t)len + (size_t)last : 0;
	return good;
}

/* A wrong password sometimes leaves valid padding, but no DER. */
static bool
is_one_element(struct span der)
{
	struct span seq;

	return der_get(&der, DER_SEQUENCE, &seq) && der.len == 0;
}

int
pbes2_open(const struct pbes2 *p, const struct secret *password, struct secret *plain, struct err *e)
{
	AUTO(secret) struct secret key = SECRET_INIT;

	secret_new(&key, p->key);
	if (derive(p, password, &key, e))
		return -1;
	secret_new(plain, p->ciphertext.len + EVP_MAX_BLOCK_LENGTH);
	if (decrypt(p, &key, plain) && is_one_element(secret_span(plain)))
		return 0;
	secret_release(plain);
	return err_set(e, REASON_BAD_PASSWORD, "the password does not open the key");
}
