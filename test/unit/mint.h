/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_MINT_H
#define UNIT_MINT_H
/*
 * Certificates for tests, made by OpenSSL as they are needed.
 */
#include <openssl/x509v3.h>
#include "base/mem.h"
#include "crypto/cert.h"
#include "crypto/ossl.h"

enum { MINT_FROM = 1000000, MINT_TO = 2000000, MINT_NOW = 1500000, MINT_MORE = 4 };

struct minted {
	EVP_PKEY *key;
	X509 *x509;
	struct cert cert;
};

/* Extensions in OpenSSL's notation; NULL leaves one out. */
struct mint {
	const char *name;			/* common name; NULL: an empty subject */
	const struct minted *issuer;		/* NULL: itself */
	const struct minted *same_key;		/* NULL: a new one */
	int64_t from, to;			/* 0: MINT_FROM, MINT_TO */
	const char *constraints, *usage, *extended, *san, *names;
	struct {
		const char *oid;
		bool critical;
		struct span value;
	} more[MINT_MORE];
	const char *hash;			/* NULL: SHA-256 */
	const char *rsa;			/* a small RSA key, of that many bits */
};

static inline void
mint_extension(X509 *x, X509V3_CTX *ctx, int nid, const char *value)
{
	X509_EXTENSION *ext = value ? X509V3_EXT_conf_nid(NULL, ctx, nid, value) : NULL;

	if (value && (!ext || !X509_add_ext(x, ext, -1)))
		BUG("cannot make the extension %s", value);
	X509_EXTENSION_free(ext);
}

static inline void
mint_more(X509 *x, const char *oid, bool critical, struct span value)
{
	ASN1_OCTET_STRING *octets = ASN1_OCTET_STRING_new();
	ASN1_OBJECT *obj = OBJ_txt2obj(oid, 1);
	X509_EXTENSION *ext;

	ASN1_OCTET_STRING_set(octets, (const unsigned char *)value.ptr, (int)value.len);
	ext = X509_EXTENSION_create_by_OBJ(NULL, obj, critical, octets);
	X509_add_ext(x, ext, -1);
	X509_EXTENSION_free(ext);
	ASN1_OBJECT_free(obj);
	ASN1_OCTET_STRING_free(octets);
}

static inline EVP_PKEY *
mint_key(const struct mint *m)
{
	if (m->same_key) {
		EVP_PKEY_up_ref(m->same_key->key);
		return m->same_key->key;
	}
	return m->rsa ? EVP_RSA_gen((unsigned)strtoul(m->rsa, NULL, 10)) : EVP_EC_gen("P-256");
}

static inline void
mint_extensions(const struct mint *m, X509 *x, X509 *issuer)
{
	X509V3_CTX ctx;

	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	mint_extension(x, &ctx, NID_basic_constraints, m->constraints);
	mint_extension(x, &ctx, NID_key_usage, m->usage);
	mint_extension(x, &ctx, NID_ext_key_usage, m->extended);
	mint_extension(x, &ctx, NID_subject_alt_name, m->san);
	mint_extension(x, &ctx, NID_name_constraints, m->names);
	for (size_t i = 0; i < MINT_MORE && m->more[i].oid; i++)
		mint_more(x, m->more[i].oid, m->more[i].critical, m->more[i].value);
}

/* Ends the program when a certificate cannot be made or read. */
static inline struct minted *
mint(const struct mint *m)
{
	static long serial = 1;
	struct minted *made = xcalloc(1, sizeof(*made));
	X509_NAME *name;
	unsigned char *der = NULL;
	struct err e = ERR_INIT;
	char text[256];
	int len;

	ossl_init();
	made->cert = (struct cert)CERT_INIT;
	made->key = mint_key(m);
	made->x509 = X509_new();
	X509_set_version(made->x509, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(made->x509), serial++);
	ASN1_TIME_set(X509_getm_notBefore(made->x509), (time_t)(m->from ? m->from : MINT_FROM));
	ASN1_TIME_set(X509_getm_notAfter(made->x509), (time_t)(m->to ? m->to : MINT_TO));
	name = X509_get_subject_name(made->x509);
	if (m->name)
		X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)m->name, -1, -1, 0);
	X509_set_issuer_name(made->x509, m->issuer ? X509_get_subject_name(m->issuer->x509) : name);
	X509_set_pubkey(made->x509, made->key);
	mint_extensions(m, made->x509, m->issuer ? m->issuer->x509 : made->x509);
	if (!X509_sign(made->x509, m->issuer ? m->issuer->key : made->key,
	    EVP_get_digestbyname(m->hash ? m->hash : "SHA256")))
		BUG("cannot sign a certificate");
	len = i2d_X509(made->x509, &der);
	if (cert_parse_der(&made->cert, span_of(der, (size_t)len), &e))
		BUG("cannot read a certificate: %s", err_text(&e, text, sizeof(text)));
	OPENSSL_free(der);
	return made;
}

static inline void
mint_free(struct minted *m)
{
	EVP_PKEY_free(m->key);
	X509_free(m->x509);
	cert_release(&m->cert);
	free(m);
}
#endif
