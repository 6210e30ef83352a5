/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/tufkey.h"

#include "codec/hex.h"
#include "crypto/edwards.h"
#include "crypto/evpkey.h"
#include "crypto/keywrite.h"

/* --- reading --- */

struct raw_keyval { struct span public; };
struct raw_key { struct span type, scheme; struct raw_keyval keyval; };

static const struct field keyval_fields[] = {
	FIELD_STR(struct raw_keyval, public, "public", FIELD_REQUIRED | FIELD_NONEMPTY, .max = PUBKEY_FILE_MAX),
	FIELD_END,
};
static const struct field key_fields[] = {
	FIELD_STR(struct raw_key, type, "keytype", FIELD_REQUIRED, .max = TUFKEY_ID_MAX),
	FIELD_STR(struct raw_key, scheme, "scheme", FIELD_REQUIRED, .max = TUFKEY_ID_MAX),
	FIELD_OBJ(struct raw_key, keyval, "keyval", keyval_fields, FIELD_REQUIRED),
	FIELD_END,
};

/* A keytype may be named after its scheme, as the first Sigstore roots do. */
static const struct scheme {
	const char *name, *type;
	enum key_type key;
	enum hash hash;
	bool pss;
} schemes[] = {
	{"ecdsa-sha2-nistp256", "ecdsa", KEY_P256, HASH_SHA256, false},
	{"ecdsa-sha2-nistp384", "ecdsa", KEY_P384, HASH_SHA384, false},
	{"ecdsa-sha2-nistp521", "ecdsa", KEY_P521, HASH_SHA512, false},
	{"ed25519", "ed25519", KEY_ED25519, HASH_NONE, false},
	{"rsassa-pss-sha256", "rsa", KEY_RSA, HASH_SHA256, true},
	{"rsassa-pss-sha384", "rsa", KEY_RSA, HASH_SHA384, true},
	{"rsassa-pss-sha512", "rsa", KEY_RSA, HASH_SHA512, true},
	{"rsa-pkcs1v15-sha256", "rsa", KEY_RSA, HASH_SHA256, false},
	{"rsa-pkcs1v15-sha384", "rsa", KEY_RSA, HASH_SHA384, false},
	{"rsa-pkcs1v15-sha512", "rsa", KEY_RSA, HASH_SHA512, false},
};

static const struct scheme *
find_scheme(const struct raw_key *raw)
{
	for (size_t i = 0; i < countof(schemes); i++)
		if (span_is(raw->scheme, schemes[i].name) &&
		    (span_is(raw->type, schemes[i].type) || span_eq(raw->type, raw->scheme)))
			return &schemes[i];
	return NULL;
}

/* A point or an Ed25519 key as bare hexadecimal. */
static bool
parse_hex(struct pubkey *k, enum key_type type, struct span text)
{
	unsigned char point[EVPKEY_POINT_MAX];
	size_t len = type == KEY_ED25519 ? EDWARDS_KEY : 2 * keyparts_field(type) + 1;
	struct keyparts parts = {.type = type, .point = span_of(point, len)};
	AUTO(buf) struct buf spki = BUF_INIT(PUBKEY_FILE_MAX);

	if (type == KEY_RSA || text.len != 2 * len || !hex_decode(point, len, text))
		return false;
	if (type != KEY_ED25519 && point[0] != 4)
		return false;
	keywrite_spki(&parts, &spki);
	return pubkey_parse_spki(k, buf_span(&spki), NULL) == 0;
}

bool
tufkey_parse(struct tufkey *k, struct node v, struct pool *pool)
{
	const struct scheme *scheme;
	struct raw_key raw = {0};
	struct span public;
	bool good;

	k->key = (struct pubkey)PUBKEY_INIT;
	if (v.kind != JSON_OBJECT || shape_decode(&raw, key_fields, v, SHAPE_LENIENT, pool, NULL))
		return false;
	scheme = find_scheme(&raw);
	if (!scheme)
		return false;
	public = span_trim(raw.keyval.public);
	if (span_starts(public, "-----BEGIN"))
		good = scheme->key != KEY_ED25519 && pubkey_parse_pem(&k->key, public, NULL) == 0;
	else
		good = parse_hex(&k->key, scheme->key, public);
	if (!good || k->key.type != scheme->key) {
		pubkey_release(&k->key);
		return false;
	}
	k->key.pss = scheme->pss;
	k->hash = scheme->hash;
	return true;
}

int
tufkey_list_parse(struct tufkeys *keys, struct node v, struct pool *pool, struct err *e)
{
	size_t count = v.kind == JSON_OBJECT ? node_count(v) : 0;

	if (v.kind != JSON_OBJECT)
		return err_set(e, REASON_BAD_METADATA, "keys: expected an object");
	if (count > TUFKEY_KEYS_MAX)
		return err_set(e, REASON_TOO_LARGE, "keys: %zu of them", count);
	keys->items = pool_array(pool, count, sizeof(*keys->items));
	for (struct node_iter it = node_iter(v); node_next(&it);) {
		struct tufkey *k = &keys->items[keys->count++];

		k->id = node_key(it.key, pool);
		(void)tufkey_parse(k, it.value, pool);
	}
	return 0;
}

void
tufkey_list_release(struct tufkeys *keys)
{
	for (size_t i = 0; i < keys->count; i++)
		pubkey_release(&keys->items[i].key);
	*keys = (struct tufkeys){0};
}

struct tufkey *
tufkey_list_find(const struct tufkeys *keys, struct span id)
{
	for (size_t i = 0; i < keys->count; i++)
		if (span_eq(keys->items[i].id, id))
			return &keys->items[i];
	return NULL;
}

/* --- judging --- */

bool
tufkey_verify(struct tufkey *k, struct span message, struct span sig)
{
	if (k->key.type == KEY_NONE || sig.len == 0)
		return false;
	/* Never the prehashed form, which pubkey_verify would take too. */
	if (k->key.type == KEY_ED25519)
		return edwards_verify(k->key.raw, message, sig);
	return pubkey_verify(&k->key, k->hash, message, sig, NULL) == 0;
}

/* --- roles --- */

struct raw_role { struct shape_strs ids; struct node threshold; };

static const struct field role_fields[] = {
	FIELD_STRS(struct raw_role, ids, "keyids", FIELD_REQUIRED, .max = TUFKEY_IDS_MAX),
	FIELD_RAW(struct raw_role, threshold, "threshold", FIELD_REQUIRED),
	FIELD_END,
};

int
tufkey_role_parse(struct tufkey_role *r, struct node v, struct pool *pool, struct err *e)
{
	struct raw_role raw = {0};

	if (v.kind != JSON_OBJECT)
		return err_set(e, REASON_BAD_METADATA, "expected an object");
	if (shape_decode(&raw, role_fields, v, SHAPE_LENIENT, pool, e)) {
		if (e && !err_is(e, REASON_TOO_LARGE))
			e->reason = REASON_BAD_METADATA;
		return -1;
	}
	r->ids = raw.ids.items;
	r->count = raw.ids.count;
	if (raw.threshold.kind != JSON_NUMBER || !node_int(raw.threshold, &r->threshold) || r->threshold < 1) {
		err_set(e, REASON_BAD_METADATA, "threshold");
		err_expected(e, "a number from 1 on");
		return err_found(e, "%.*s", SPAN_FMT(span_first(raw.threshold.raw, 64)));
	}
	return 0;
}

bool
tufkey_role_has(const struct tufkey_role *r, struct span id)
{
	for (size_t i = 0; i < r->count; i++)
		if (span_eq(r->ids[i], id))
			return true;
	return false;
}
