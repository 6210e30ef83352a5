/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/keybox.h"

#include <sodium.h>
#include "base/mem.h"
#include "json/emit.h"
#include "json/shape.h"

/* Cosign 1, what is written today, and OWASP's advice. */
static const struct scrypt costs[] = {{32768, 8, 1}, {65536, 8, 1}, {131072, 8, 1}};
static const struct scrypt *const cost_today = &costs[1];

static const char kdf_name[] = "scrypt";
static const char cipher_name[] = "nacl/secretbox";

struct params { int64_t n, r, p; };
struct kdf { struct span name, salt; struct params params; };
struct cipher { struct span name, nonce; };
struct envelope { struct kdf kdf; struct cipher cipher; struct span ciphertext; };

static const struct field params_fields[] = {
	FIELD_INT(struct params, n, "N", FIELD_REQUIRED),
	FIELD_INT(struct params, r, "r", FIELD_REQUIRED),
	FIELD_INT(struct params, p, "p", FIELD_REQUIRED),
	FIELD_END };
static const struct field kdf_fields[] = {
	FIELD_STR(struct kdf, name, "name", FIELD_REQUIRED),
	FIELD_OBJ(struct kdf, params, "params", params_fields, FIELD_REQUIRED),
	FIELD_B64(struct kdf, salt, "salt", FIELD_REQUIRED, .max = 1024),
	FIELD_END };
static const struct field cipher_fields[] = {
	FIELD_STR(struct cipher, name, "name", FIELD_REQUIRED),
	FIELD_B64(struct cipher, nonce, "nonce", FIELD_REQUIRED, .max = 1024),
	FIELD_END };
static const struct field envelope_fields[] = {
	FIELD_OBJ(struct envelope, kdf, "kdf", kdf_fields, FIELD_REQUIRED),
	FIELD_OBJ(struct envelope, cipher, "cipher", cipher_fields, FIELD_REQUIRED),
	FIELD_B64(struct envelope, ciphertext, "ciphertext", FIELD_REQUIRED),
	FIELD_END };

static int
check_names(const struct envelope *v, struct err *e)
{
	if (!span_is(v->kdf.name, kdf_name)) {
		err_set(e, REASON_BAD_KEY, "the key file has an unknown key derivation");
		err_expected(e, "%s", kdf_name);
		return err_found(e, "%.*s", SPAN_FMT(span_first(v->kdf.name, 64)));
	}
	if (!span_is(v->cipher.name, cipher_name)) {
		err_set(e, REASON_BAD_KEY, "the key file has an unknown cipher");
		err_expected(e, "%s", cipher_name);
		return err_found(e, "%.*s", SPAN_FMT(span_first(v->cipher.name, 64)));
	}
	return 0;
}

static int
take_cost(struct keybox *b, const struct envelope *v, struct err *e)
{
	for (size_t i = 0; i < countof(costs); i++) {
		if (v->kdf.params.n != (int64_t)costs[i].n || v->kdf.params.r != costs[i].r ||
		    v->kdf.params.p != costs[i].p)
			continue;
		b->cost = costs[i];
		return 0;
	}
	err_set(e, REASON_BAD_KEY, "the key file has scrypt parameters that nobody writes");
	err_expected(e, "N 32768, 65536 or 131072, r 8, p 1");
	return err_found(e, "N %lld, r %lld, p %lld", (long long)v->kdf.params.n, (long long)v->kdf.params.r,
	    (long long)v->kdf.params.p);
}

static int
check_lengths(const struct envelope *v, struct err *e)
{
	if (v->kdf.salt.len == 0)
		return err_set(e, REASON_BAD_KEY, "the key file's salt is empty");
	if (v->cipher.nonce.len != KEYBOX_NONCE) {
		err_set(e, REASON_BAD_KEY, "the key file's nonce has a wrong length");
		err_expected(e, "%d bytes", KEYBOX_NONCE);
		return err_found(e, "%zu bytes", v->cipher.nonce.len);
	}
	if (v->ciphertext.len <= KEYBOX_TAG)
		return err_set(e, REASON_BAD_KEY, "the key file's ciphertext is too short to hold a key");
	return 0;
}

int
keybox_parse(struct keybox *b, struct span json, struct err *e)
{
	struct envelope v = {0};

	if (shape_parse(&v, envelope_fields, json, SHAPE_LENIENT, &b->pool, e))
		return err_wrap(e, "encrypted key");
	if (check_names(&v, e) || take_cost(b, &v, e) || check_lengths(&v, e))
		return -1;
	b->salt = v.kdf.salt;
	b->nonce = v.cipher.nonce;
	b->ciphertext = v.ciphertext;
	return 0;
}

void
keybox_release(struct keybox *b)
{
	pool_release(&b->pool);
	*b = (struct keybox)KEYBOX_INIT;
}

int
keybox_open(const struct keybox *b, const struct secret *password, struct secret *plain, struct err *e)
{
	AUTO(secret) struct secret key = SECRET_INIT;

	secret_new(&key, crypto_secretbox_KEYBYTES);
	if (scrypt_derive(&key, password, b->salt, &b->cost, e))
		return -1;
	secret_new(plain, b->ciphertext.len - KEYBOX_TAG);
	if (crypto_secretbox_open_easy(plain->bytes, (const unsigned char *)b->ciphertext.ptr, b->ciphertext.len,
		(const unsigned char *)b->nonce.ptr, key.bytes) == 0)
		return 0;
	secret_release(plain);
	err_set(e, REASON_BAD_PASSWORD, "the password does not open the key");
	return err_hint(e, "a password that came through a pipe when the key was made includes its line end");
}

static void
emit_envelope(struct buf *json, const struct scrypt *cost, struct span salt, struct span nonce,
    struct span ciphertext)
{
	struct emit j;

	emit_init(&j, json);
	emit_object(&j);
	emit_key(&j, "kdf");
	emit_object(&j);
	emit_kstr(&j, "name", kdf_name);
	emit_key(&j, "params");
	emit_object(&j);
	emit_kint(&j, "N", (int64_t)cost->n);
	emit_kint(&j, "r", cost->r);
	emit_kint(&j, "p", cost->p);
	emit_object_end(&j);
	emit_key(&j, "salt");
	emit_base64(&j, salt);
	emit_object_end(&j);
	emit_key(&j, "cipher");
	emit_object(&j);
	emit_kstr(&j, "name", cipher_name);
	emit_key(&j, "nonce");
	emit_base64(&j, nonce);
	emit_object_end(&j);
	emit_key(&j, "ciphertext");
	emit_base64(&j, ciphertext);
	emit_object_end(&j);
}

int
keybox_seal(const struct secret *plain, const struct secret *password, const unsigned char salt[KEYBOX_SALT],
    const unsigned char nonce[KEYBOX_NONCE], struct buf *json, struct err *e)
{
	AUTO(secret) struct secret key = SECRET_INIT;
	AUTO(buf) struct buf box = BUF_INIT(plain->len + KEYBOX_TAG);

	secret_new(&key, crypto_secretbox_KEYBYTES);
	if (scrypt_derive(&key, password, span_of(salt, KEYBOX_SALT), cost_today, e))
		return -1;
	crypto_secretbox_easy((unsigned char *)buf_room(&box, plain->len + KEYBOX_TAG), plain->bytes, plain->len,
	    nonce, key.bytes);
	box.len = plain->len + KEYBOX_TAG;
	emit_envelope(json, cost_today, span_of(salt, KEYBOX_SALT), span_of(nonce, KEYBOX_NONCE), buf_span(&box));
	return buf_check(json, "the key file", e);
}
