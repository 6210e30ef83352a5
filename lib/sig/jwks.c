/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/jwks.h"

#include "base/mem.h"
#include "codec/b64.h"
#include "codec/der.h"
#include "crypto/keywrite.h"
#include "crypto/pubkey.h"

/* RFC 7518 section 3.1 without what is symmetric or none. */
static const struct jws {
	const char *name;
	enum key_type type;
	enum hash hash;
	bool pss;
	const char *family, *curve;
} algorithms[] = {
	{"RS256", KEY_RSA, HASH_SHA256, false, "RSA", NULL},
	{"RS384", KEY_RSA, HASH_SHA384, false, "RSA", NULL},
	{"RS512", KEY_RSA, HASH_SHA512, false, "RSA", NULL},
	{"PS256", KEY_RSA, HASH_SHA256, true, "RSA", NULL},
	{"PS384", KEY_RSA, HASH_SHA384, true, "RSA", NULL},
	{"PS512", KEY_RSA, HASH_SHA512, true, "RSA", NULL},
	{"ES256", KEY_P256, HASH_SHA256, false, "EC", "P-256"},
	{"ES384", KEY_P384, HASH_SHA384, false, "EC", "P-384"},
	{"ES512", KEY_P521, HASH_SHA512, false, "EC", "P-521"},
	{"EdDSA", KEY_ED25519, HASH_NONE, false, "OKP", "Ed25519"},
};

struct jwk { struct span family, use, algorithm, id, curve, n, e, x, y; };
struct key_set { struct node keys; };

enum { NUMBER_MAX = 1 << 10 };	/* bytes: RSA of 8192 bits */

static const struct field jwk_fields[] = {
	FIELD_STR(struct jwk, family, "kty", FIELD_REQUIRED),
	FIELD_STR(struct jwk, use, "use", 0),
	FIELD_STR(struct jwk, algorithm, "alg", 0),
	FIELD_STR(struct jwk, id, "kid", 0),
	FIELD_STR(struct jwk, curve, "crv", 0),
	FIELD_B64(struct jwk, n, "n", 0, .max = NUMBER_MAX),
	FIELD_B64(struct jwk, e, "e", 0, .max = NUMBER_MAX),
	FIELD_B64(struct jwk, x, "x", 0, .max = NUMBER_MAX),
	FIELD_B64(struct jwk, y, "y", 0, .max = NUMBER_MAX),
	FIELD_END};
static const struct field set_fields[] = {
	FIELD_RAW(struct key_set, keys, "keys", FIELD_REQUIRED, .max = JWKS_MAX),
	FIELD_END};

static const struct jws *
find_algorithm(struct span name)
{
	for (size_t i = 0; i < countof(algorithms); i++)
		if (span_is(name, algorithms[i].name))
			return &algorithms[i];
	return NULL;
}

static bool
is_or_absent(struct span text, struct span wanted)
{
	return !text.len || span_eq(text, wanted);
}

static bool
suits(const struct jwk *k, const struct jws *a, struct span id)
{
	return span_is(k->family, a->family) && (!a->curve || span_is(k->curve, a->curve)) &&
	    is_or_absent(k->use, SPAN("sig")) && is_or_absent(k->algorithm, span_str(a->name)) &&
	    (!id.len || is_or_absent(k->id, id));
}

/* The numbers are judged where keys of files are: by the reader of their DER. */
static int
make_key(const struct jwk *k, const struct jws *a, struct pubkey *key)
{
	AUTO(buf) struct buf spki = BUF_INIT(PUBKEY_FILE_MAX), point = BUF_INIT(BUF_TEXT_MAX);
	struct keyparts parts = {.type = a->type};
	size_t field = keyparts_field(a->type);

	if (a->type == KEY_RSA) {
		parts.rsa[RSA_N] = k->n;
		parts.rsa[RSA_E] = k->e;
	} else if (a->type == KEY_ED25519) {
		parts.point = k->x;
	} else {
		if (k->x.len != field || k->y.len != field)
			return -1;
		buf_add_char(&point, 4);
		buf_add_span(&point, k->x);
		buf_add_span(&point, k->y);
		parts.point = buf_span(&point);
	}
	keywrite_spki(&parts, &spki);
	if (pubkey_parse_spki(key, buf_span(&spki), NULL))
		return -1;
	key->pss = a->pss;
	return 0;
}

/* RFC 7518 section 3.4: both numbers, each as wide as the field. */
static bool
ecdsa_to_der(struct span raw, size_t field, struct der_out *o)
{
	if (raw.len != 2 * field)
		return false;
	der_put_uint(o, span_from(raw, field));
	der_put_uint(o, span_first(raw, field));
	der_wrap(o, DER_SEQUENCE, o->size);
	return true;
}

static bool
signed_by(struct pubkey *key, const struct jws *a, struct span message, struct span raw)
{
	unsigned char room[160];
	struct der_out o;

	der_out_init(&o, room, sizeof(room));
	if (keyparts_field(a->type)) {
		if (!ecdsa_to_der(raw, keyparts_field(a->type), &o))
			return false;
		raw = der_out_span(&o);
	}
	return pubkey_verify(key, a->hash, message, raw, NULL) == 0;
}

static bool
try_key(struct node v, const struct jws *a, struct span id, struct span message, struct span raw)
{
	AUTO(pubkey) struct pubkey key = PUBKEY_INIT;
	AUTO(pool) struct pool pool = POOL_INIT;
	struct jwk k = {0};

	return v.kind == JSON_OBJECT && shape_decode(&k, jwk_fields, v, SHAPE_LENIENT, &pool, NULL) == 0 &&
	    suits(&k, a, id) && make_key(&k, a, &key) == 0 && signed_by(&key, a, message, raw);
}

static int
read_set(struct span set, struct node *keys, struct pool *pool, struct err *e)
{
	struct key_set raw = {0};

	if (set.len > JWKS_MAX || shape_parse(&raw, set_fields, set, SHAPE_LENIENT, pool, e) ||
	    raw.keys.kind != JSON_ARRAY || node_count(raw.keys) > JWKS_KEYS_MAX) {
		err_set(e, REASON_PROTOCOL, "that is no JSON Web Key Set");
		return err_expected(e, "an object with an array \"keys\" of at most %d", JWKS_KEYS_MAX);
	}
	*keys = raw.keys;
	return 0;
}

static int
refuse_algorithm(const struct idtoken *t, struct err *e)
{
	err_set(e, REASON_BAD_TOKEN, "the identity token is signed in a way that is not accepted");
	err_expected(e, "one of RS256, PS256, ES256, their longer kin, or EdDSA");
	return err_found(e, "%.*s", SPAN_FMT(span_first(t->algorithm, 64)));
}

int
jwks_check(struct span set, const struct idtoken *t, struct span text, struct err *e)
{
	const struct jws *a = find_algorithm(t->algorithm);
	AUTO(buf) struct buf raw = BUF_INIT(IDTOKEN_MAX);
	AUTO(pool) struct pool pool = POOL_INIT;
	ptrdiff_t dot = span_rfind(text, '.');
	struct node keys;
	bool good = false;

	if (!a)
		return refuse_algorithm(t, e);
	if (read_set(set, &keys, &pool, e))
		return -1;
	if (dot < 0 || b64_decode(&raw, span_from(text, (size_t)dot + 1), B64_URL, e))
		return err_set(e, REASON_BAD_TOKEN, "the identity token's signature is not in base64url");
	for (struct node_iter it = node_iter(keys); !good && node_next(&it);)
		good = try_key(it.value, a, t->key_id, span_first(text, (size_t)dot), buf_span(&raw));
	mem_wipe(raw.ptr, raw.len);
	if (good)
		return 0;
	err_set(e, REASON_BAD_TOKEN, "no key of the identity provider signed the identity token");
	return err_found(e, "%s and the key id \"%.*s\" among %zu keys", a->name, SPAN_FMT(span_first(t->key_id, 64)),
	    node_count(keys));
}
