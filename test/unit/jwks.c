/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tokens signed in every way there is, and in ways there should not be. Samples
 * are the token, a newline, and the key set.
 */
#include "sig/jwks.h"
#include "base/mem.h"
#include "codec/b64.h"
#include "codec/der.h"
#include "tap.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

static const struct way { const char *name, *key, *digest; size_t field; } ways[] = {
	{"RS256", NULL, "SHA256", 0}, {"RS384", NULL, "SHA384", 0}, {"RS512", NULL, "SHA512", 0},
	{"PS256", NULL, "SHA256", 0}, {"PS384", NULL, "SHA384", 0}, {"PS512", NULL, "SHA512", 0},
	{"ES256", "P-256", "SHA256", 32}, {"ES384", "P-384", "SHA384", 48}, {"ES512", "P-521", "SHA512", 66},
	{"EdDSA", NULL, NULL, 0},
};

static EVP_PKEY *rsa_key;

static EVP_PKEY *
new_key(const struct way *w)
{
	if (w->key)
		return EVP_EC_gen(w->key);
	if (!w->digest)
		return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	EVP_PKEY_up_ref(rsa_key);
	return rsa_key;
}

static void
add_number(struct buf *out, EVP_PKEY *key, const char *param, size_t width)
{
	unsigned char bytes[1024];
	BIGNUM *n = NULL;
	int len;

	EVP_PKEY_get_bn_param(key, param, &n);
	len = BN_bn2binpad(n, bytes, width ? (int)width : BN_num_bytes(n));
	b64_encode(out, span_of(bytes, (size_t)len), B64_URL);
	BN_free(n);
}

static void
add_jwk(struct buf *out, EVP_PKEY *key, const struct way *w, const char *more)
{
	unsigned char raw[32];
	size_t len = sizeof(raw);

	if (w->key) {
		buf_printf(out, "{\"kty\":\"EC\",\"crv\":\"%s\",\"x\":\"", w->key);
		add_number(out, key, OSSL_PKEY_PARAM_EC_PUB_X, w->field);
		buf_add_str(out, "\",\"y\":\"");
		add_number(out, key, OSSL_PKEY_PARAM_EC_PUB_Y, w->field);
	} else if (!w->digest) {
		EVP_PKEY_get_raw_public_key(key, raw, &len);
		buf_add_str(out, "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"");
		b64_encode(out, span_of(raw, len), B64_URL);
	} else {
		buf_add_str(out, "{\"kty\":\"RSA\",\"n\":\"");
		add_number(out, key, OSSL_PKEY_PARAM_RSA_N, 0);
		buf_add_str(out, "\",\"e\":\"");
		add_number(out, key, OSSL_PKEY_PARAM_RSA_E, 0);
	}
	buf_printf(out, "\"%s}", more);
}

/* Both numbers at full width. */
static void
add_raw(struct buf *out, struct span der, size_t field)
{
	struct span seq, part;

	if (!der_get(&der, DER_SEQUENCE, &seq))
		return;
	for (int i = 0; i < 2 && der_get_uint(&seq, &part); i++) {
		for (size_t k = part.len; k < field; k++)
			buf_add_char(out, '\0');
		buf_add_span(out, part);
	}
}

static void
sign(struct buf *out, EVP_PKEY *key, const struct way *w)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *how = NULL;
	AUTO(buf) struct buf raw = BUF_INIT(BUF_TEXT_MAX);
	unsigned char sig[1024];
	size_t len = sizeof(sig);

	EVP_DigestSignInit_ex(ctx, &how, w->digest, NULL, NULL, key, NULL);
	if (*w->name == 'P') {
		EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING);
		EVP_PKEY_CTX_set_rsa_pss_saltlen(how, RSA_PSS_SALTLEN_DIGEST);
	}
	EVP_DigestSign(ctx, sig, &len, (const unsigned char *)out->ptr, out->len);
	EVP_MD_CTX_free(ctx);
	buf_add_char(out, '.');
	if (w->field)
		add_raw(&raw, span_of(sig, len), w->field);
	b64_encode(out, w->field ? buf_span(&raw) : span_of(sig, len), B64_URL);
}

static void
compose(struct buf *out, EVP_PKEY *key, const struct way *w, const char *said, const char *more)
{
	AUTO(charp) char *head = xasprintf("{\"alg\":\"%s\"%s}", said, more);

	buf_reset(out);
	b64_encode(out, span_str(head), B64_URL);
	buf_add_char(out, '.');
	b64_encode(out, SPAN("{\"iss\":\"https://id.example\",\"exp\":1}"), B64_URL);
	sign(out, key, w);
}

static int
check(struct span set, struct span token, struct err *e)
{
	AUTO(idtoken) struct idtoken t = IDTOKEN_INIT;

	return idtoken_parse(&t, token, e) ? -1 : jwks_check(set, &t, token, e);
}

static void
set_of(struct buf *out, EVP_PKEY *key, const struct way *w, const char *more)
{
	buf_reset(out);
	buf_add_str(out, "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AA\"},{\"kty\":7},3,");
	add_jwk(out, key, w, more);
	buf_add_str(out, "]}");
}

static void
each(const struct way *w)
{
	AUTO(buf) struct buf token = BUF_INIT(BUF_TEXT_MAX), set = BUF_INIT(BUF_TEXT_MAX);
	EVP_PKEY *key = new_key(w), *other;
	struct err e = ERR_INIT;

	compose(&token, key, w, w->name, ",\"kid\":\"k\"");
	set_of(&set, key, w, "");
	succeeds(check(buf_span(&set), buf_span(&token), &e), &e, "%s", w->name);
	set_of(&set, key, w, ",\"kid\":\"k\",\"use\":\"sig\"");
	succeeds(check(buf_span(&set), buf_span(&token), &e), &e, "%s of this name", w->name);
	set_of(&set, key, w, ",\"kid\":\"l\"");
	fails_with(check(buf_span(&set), buf_span(&token), &e), &e, REASON_BAD_TOKEN, "another name");
	set_of(&set, key, w, ",\"use\":\"enc\"");
	fails_with(check(buf_span(&set), buf_span(&token), &e), &e, REASON_BAD_TOKEN, "for something else");
	set_of(&set, key, w, ",\"alg\":\"none\"");
	fails_with(check(buf_span(&set), buf_span(&token), &e), &e, REASON_BAD_TOKEN, "of another algorithm");
	set_of(&set, key, w, "");
	for (size_t i = 0; i < countof(ways); i++) {
		if (strcmp(ways[i].name, w->name) == 0)
			continue;
		compose(&token, key, w, ways[i].name, "");
		fails_with(check(buf_span(&set), buf_span(&token), &e), &e, REASON_BAD_TOKEN, "%s called %s", w->name, ways[i].name);
	}
	compose(&token, key, w, "HS256", "");
	fails_with(check(buf_span(&set), buf_span(&token), &e), &e, REASON_BAD_TOKEN, "%s called HS256", w->name);
	compose(&token, key, w, w->name, "");
	token.ptr[token.len - 20] ^= 1;
	fails_with(check(buf_span(&set), buf_span(&token), &e), &e, REASON_BAD_TOKEN, "%s, changed", w->name);
	if (*w->name == 'R' || *w->name == 'P') {
		EVP_PKEY_free(key);
		return;
	}
	compose(&token, key, w, w->name, "");
	other = new_key(w);
	set_of(&set, other, w, "");
	fails_with(check(buf_span(&set), buf_span(&token), &e), &e, REASON_BAD_TOKEN, "%s by another key", w->name);
	EVP_PKEY_free(other);
	EVP_PKEY_free(key);
}

static void
sample(const char *path, struct span bytes, enum reason want, void *arg)
{
	struct span token = span_cut(&bytes, '\n');
	struct err e = ERR_INIT;

	(void)arg;
	fails_with(check(bytes, token, &e), &e, want, "%s", path);
}

/* RFC 7515 A.3 and RFC 8037 A.4. */
static void
published(void)
{
	struct idtoken ec = {.algorithm = SPAN("ES256")}, ed = {.algorithm = SPAN("EdDSA")};
	struct err e = ERR_INIT;

	succeeds(jwks_check(SPAN("{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\","
	    "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}]}"),
	    &ec, SPAN("eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9p"
	    "c19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"),
	    &e), &e, "ECDSA as published");
	succeeds(jwks_check(SPAN("{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\","
	    "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}]}"),
	    &ed, SPAN("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIb"
	    "QR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"), &e), &e, "Ed25519 as published");
}

int
main(void)
{
	rsa_key = EVP_RSA_gen(2048);
	published();
	for (size_t i = 0; i < countof(ways); i++)
		each(&ways[i]);
	tap_samples("test/vectors/bad/jwks", sample, NULL);
	EVP_PKEY_free(rsa_key);
	return tap_done();
}
