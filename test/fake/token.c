/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Identity tokens (JWT, RS256 and ES256): made for tests, read by the authority,
 * and as little of an issuer as the real authority asks of one.
 */
#include "sigstore.h"
#include "codec/b64.h"
#include "json/emit.h"
#include "json/scan.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

EVP_PKEY *token_key;
const char *token_jwks;

void
token_start(void)
{
	token_key = seal_key("RSA");
}

/* --- reading ------------------------------------------------------------- */

static BIGNUM *
number(struct node key, const char *name, struct pool *pool)
{
	AUTO(buf) struct buf bytes = BUF_INIT(BUF_TEXT_MAX);
	struct span text = seal_text(key, name, pool);

	if (!text.len || !seal_unbase64(&bytes, text))
		return NULL;
	return BN_bin2bn((const unsigned char *)bytes.ptr, (int)bytes.len, NULL);
}

static EVP_PKEY *
from_params(const char *type, OSSL_PARAM_BLD *parts)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(parts);
	EVP_PKEY *key = NULL;

	if (EVP_PKEY_fromdata_init(ctx) != 1 || EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(parts);
	return key;
}

static EVP_PKEY *
read_jwk(struct node jwk, struct pool *pool)
{
	bool rsa = span_is(seal_text(jwk, "kty", pool), "RSA");
	BIGNUM *a = number(jwk, rsa ? "n" : "x", pool), *b = number(jwk, rsa ? "e" : "y", pool);
	OSSL_PARAM_BLD *parts = OSSL_PARAM_BLD_new();
	unsigned char point[65] = {4};
	EVP_PKEY *key = NULL;

	if (!a || !b) {
		OSSL_PARAM_BLD_free(parts);
	} else if (rsa) {
		OSSL_PARAM_BLD_push_BN(parts, OSSL_PKEY_PARAM_RSA_N, a);
		OSSL_PARAM_BLD_push_BN(parts, OSSL_PKEY_PARAM_RSA_E, b);
		key = from_params("RSA", parts);
	} else if (BN_bn2binpad(a, point + 1, 32) == 32 && BN_bn2binpad(b, point + 33, 32) == 32) {
		OSSL_PARAM_BLD_push_utf8_string(parts, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
		OSSL_PARAM_BLD_push_octet_string(parts, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point));
		key = from_params("EC", parts);
	}
	BN_free(a);
	BN_free(b);
	return key;
}

/* ES256 has r and s side by side; OpenSSL wants DER. */
static void
to_der(struct buf *sig)
{
	ECDSA_SIG *s = ECDSA_SIG_new();
	unsigned char *der = NULL;
	int len;

	ECDSA_SIG_set0(s, BN_bin2bn((const unsigned char *)sig->ptr, 32, NULL),
	    BN_bin2bn((const unsigned char *)sig->ptr + 32, 32, NULL));
	len = i2d_ECDSA_SIG(s, &der);
	buf_reset(sig);
	buf_add(sig, der, (size_t)len);
	OPENSSL_free(der);
	ECDSA_SIG_free(s);
}

static bool
verifies(EVP_PKEY *key, struct span message, struct span sig64)
{
	AUTO(buf) struct buf sig = BUF_INIT(BUF_TEXT_MAX);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good;

	if (!seal_unbase64(&sig, sig64) || !key)
		buf_reset(&sig);
	if (key && EVP_PKEY_is_a(key, "EC") && sig.len == 64)
		to_der(&sig);
	good = sig.len && EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
	    EVP_DigestVerify(ctx, (const unsigned char *)sig.ptr, sig.len,
	    (const unsigned char *)message.ptr, message.len) == 1;
	EVP_MD_CTX_free(ctx);
	return good;
}

/* Whether any key of token_jwks made it. */
static bool
known_signature(struct span message, struct span sig, struct pool *pool)
{
	struct err e = ERR_INIT;
	struct node doc, keys;
	bool good = false;

	if (scan_document(span_str(token_jwks), &doc, &e) || !seal_pick(doc, "keys", &keys))
		return false;
	for (struct node_iter it = node_iter(keys); !good && node_next(&it);) {
		EVP_PKEY *key = read_jwk(it.value, pool);

		good = verifies(key, message, sig);
		EVP_PKEY_free(key);
	}
	return good;
}

static bool
part(struct span text, struct node *out, struct pool *pool)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);
	struct err e = ERR_INIT;

	return text.len && b64_decode(&b, text, B64_URL, &e) == 0 &&
	    scan_document(pool_span(pool, buf_span(&b)), out, &e) == 0;
}

static const char *
check_times(const struct claims *c)
{
	struct node v;
	int64_t when, now = time(NULL);

	if (!seal_pick(c->all, "exp", &v) || !node_int(v, &when) || when <= now)
		return "the token has expired";
	if (seal_pick(c->all, "nbf", &v) && node_int(v, &when) && when > now + 60)
		return "the token is not yet valid";
	return NULL;
}

const char *
token_read(struct span token, struct claims *c, struct pool *pool)
{
	struct span rest = token, header, body, message;
	AUTO(charp) char *own = sigstore_url("oidc");
	struct node head, v;

	*c = (struct claims){.issuer = SPAN_NONE};
	header = span_cut(&rest, '.');
	body = span_cut(&rest, '.');
	message = span_of(token.ptr, header.len + 1 + body.len);
	if (!part(header, &head, pool) || !part(body, &c->all, pool))
		return "the token is malformed";
	c->issuer = seal_text(c->all, "iss", pool);
	c->subject = seal_text(c->all, "sub", pool);
	c->email = seal_text(c->all, "email", pool);
	if (!c->issuer.len || !c->subject.len)
		return "iss or sub is missing";
	if (span_is(c->issuer, own) ? !verifies(token_key, message, rest) :
	    token_jwks && !known_signature(message, rest, pool))
		return "the signature is wrong";
	if (c->email.ptr && (!seal_pick(c->all, "email_verified", &v) || v.kind != JSON_TRUE))
		return "email_verified claim was false";
	return check_times(c);
}

/* --- making -------------------------------------------------------------- */

struct order {
	const char *issuer, *subject, *email, *audience;
	long expires;
	bool unverified, forged;
	VEC(const char *) more;		/* NAME=TEXT, NAME:=JSON */
};

static void
emit_claims(const struct order *o, struct buf *out)
{
	int64_t now = time(NULL);
	struct emit j;

	emit_init(&j, out);
	emit_object(&j);
	emit_kstr(&j, "iss", o->issuer);
	emit_kstr(&j, "aud", o->audience);
	emit_kstr(&j, "sub", o->subject ? o->subject : o->email);
	emit_kint(&j, "iat", now);
	emit_kint(&j, "nbf", now - 5);
	emit_kint(&j, "exp", now + o->expires);
	if (o->email) {
		emit_kstr(&j, "email", o->email);
		emit_kbool(&j, "email_verified", !o->unverified);
	}
	for (size_t i = 0; i < o->more.count; i++) {
		struct span rest = span_str(o->more.items[i]), name = span_cut(&rest, '=');
		bool is_json = span_ends(name, ":");

		emit_key_span(&j, span_first(name, name.len - is_json));
		is_json ? emit_raw(&j, rest) : emit_span(&j, rest);
	}
	emit_object_end(&j);
}

static void
make(const struct order *o, EVP_PKEY *key, struct buf *out)
{
	AUTO(buf) struct buf body = BUF_INIT(BUF_TEXT_MAX), sig = BUF_INIT(BUF_TEXT_MAX);

	emit_claims(o, &body);
	b64_encode(out, SPAN("{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"tests\"}"), B64_URL);
	buf_add_char(out, '.');
	b64_encode(out, buf_span(&body), B64_URL);
	seal_sign(key, buf_span(out), &sig);
	if (o->forged)
		sig.ptr[9] = (char)(sig.ptr[9] ^ 1);
	buf_add_char(out, '.');
	b64_encode(out, buf_span(&sig), B64_URL);
}

static const char *
next(char ***argv)
{
	if (!**argv) {
		fprintf(stderr, "sigstore token: an argument is missing\n");
		exit(2);
	}
	return *(*argv)++;
}

static void
read_order(char **argv, struct order *o, const char **dir)
{
	while (*argv) {
		const char *a = next(&argv);

		if (strcmp(a, "--unverified") == 0)
			o->unverified = true;
		else if (strcmp(a, "--forged") == 0)
			o->forged = true;
		else if (strcmp(a, "--dir") == 0)
			*dir = next(&argv);
		else if (strcmp(a, "--issuer") == 0)
			o->issuer = next(&argv);
		else if (strcmp(a, "--subject") == 0)
			o->subject = next(&argv);
		else if (strcmp(a, "--email") == 0)
			o->email = next(&argv);
		else if (strcmp(a, "--audience") == 0)
			o->audience = next(&argv);
		else if (strcmp(a, "--expires") == 0)
			o->expires = strtol(next(&argv), NULL, 10);
		else if (strcmp(a, "--claim") == 0)
			*VEC_PUSH(&o->more) = next(&argv);
		else
			exit((fprintf(stderr, "sigstore token: what is %s?\n", a), 2));
	}
}

int
token_main(char **argv)
{
	struct order o = {.audience = "sigstore", .expires = 3600};
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);
	AUTO(charp) char *path = NULL;
	const char *dir = ".";
	char issuer[256] = "";
	EVP_PKEY *key;
	FILE *f;

	read_order(argv, &o, &dir);
	path = xasprintf("%s/issuer.key", dir);
	f = fopen(path, "re");
	key = f ? PEM_read_PrivateKey(f, NULL, NULL, NULL) : NULL;
	if (!key || !fgets(issuer, sizeof(issuer), f) || (!o.email && !o.subject)) {
		fprintf(stderr, "sigstore token: no email, no subject, or nothing in %s\n", path);
		return 1;
	}
	fclose(f);
	/* Behind the key stands whose it is. */
	issuer[strcspn(issuer, "\n")] = '\0';
	if (!o.issuer)
		o.issuer = issuer;
	make(&o, key, &out);
	EVP_PKEY_free(key);
	printf("%s\n", buf_str(&out));
	VEC_FREE(&o.more);
	return 0;
}

/* --- an issuer ----------------------------------------------------------- */

static void
add_number(struct buf *out, const char *param)
{
	unsigned char bytes[512];
	BIGNUM *n = NULL;
	int len;

	EVP_PKEY_get_bn_param(token_key, param, &n);
	len = BN_bn2bin(n, bytes);
	b64_encode(out, span_of(bytes, (size_t)len), B64_URL);
	BN_free(n);
}

static void
keys(struct ask *a)
{
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);

	buf_add_str(&out, "{\"keys\":[{\"kty\":\"RSA\",\"use\":\"sig\",\"alg\":\"RS256\",\"kid\":\"");
	buf_add_str(&out, deed_of(a, "other-keys") ? "others" : "tests");
	buf_add_str(&out, "\",\"n\":\"");
	add_number(&out, OSSL_PKEY_PARAM_RSA_N);
	buf_add_str(&out, "\",\"e\":\"");
	add_number(&out, OSSL_PKEY_PARAM_RSA_E);
	buf_add_str(&out, "\"}]}");
	reply_json(a, 200, &out);
}

void
token_serve(struct ask *a)
{
	if (exchange_is_read(&a->x) && strcmp(a->x.path, "/keys") == 0)
		keys(a);
	else
		reply_error(a, 404, 404, "not found");
}
