/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/logbody.h"

#include "codec/b64.h"
#include "codec/hex.h"
#include "codec/pem.h"
#include "crypto/cert.h"
#include "sig/dsse.h"

static int
differs(struct err *e, const char *what)
{
	return err_set(e, REASON_BAD_LOG_ENTRY, "the log entry is about another %s", what);
}

/* --- what bodies are made of --- */

struct body_hash { struct span algorithm, value; };
struct body_key { struct span content; };
struct body_sig { struct span content, format; struct body_key key; };
struct body_data { struct body_hash hash; };
struct body_rekord { struct body_data data; struct body_sig sig; };
struct body_dsse_sig { struct span sig, verifier; };
struct body_dsse { struct body_hash envelope, payload; struct shape_objs sigs; };
struct body_intoto_sig { struct span sig, key; };
struct body_envelope { struct span payload_type; struct shape_objs sigs; };
struct body_content { struct body_envelope envelope; struct body_hash hash, payload; };
struct body_intoto { struct body_content content; struct span key; };

static const struct field hash_fields[] = {
	FIELD_STR(struct body_hash, algorithm, "algorithm", FIELD_REQUIRED, .max = 32),
	FIELD_STR(struct body_hash, value, "value", FIELD_REQUIRED, .max = 2 * HASH_SIZE_MAX),
	FIELD_END,
};
static const struct field data_fields[] = {
	FIELD_OBJ(struct body_data, hash, "hash", hash_fields, FIELD_REQUIRED),
	FIELD_END,
};
static const struct field key_fields[] = {
	FIELD_B64(struct body_key, content, "content", FIELD_REQUIRED, .max = PUBKEY_FILE_MAX),
	FIELD_END,
};
static const struct field sig_fields[] = {
	FIELD_B64(struct body_sig, content, "content", FIELD_REQUIRED | FIELD_NONEMPTY),
	FIELD_STR(struct body_sig, format, "format", 0, .max = 32),
	FIELD_OBJ(struct body_sig, key, "publicKey", key_fields, FIELD_REQUIRED),
	FIELD_END,
};
static const struct field rekord_fields[] = {
	FIELD_OBJ(struct body_rekord, data, "data", data_fields, FIELD_REQUIRED),
	FIELD_OBJ(struct body_rekord, sig, "signature", sig_fields, FIELD_REQUIRED),
	FIELD_END,
};
static const struct field dsse_sig_fields[] = {
	FIELD_B64(struct body_dsse_sig, sig, "signature", FIELD_REQUIRED | FIELD_NONEMPTY),
	FIELD_B64(struct body_dsse_sig, verifier, "verifier", FIELD_REQUIRED, .max = PUBKEY_FILE_MAX),
	FIELD_END,
};
static const struct field dsse_fields[] = {
	FIELD_OBJ(struct body_dsse, envelope, "envelopeHash", hash_fields, FIELD_REQUIRED),
	FIELD_OBJ(struct body_dsse, payload, "payloadHash", hash_fields, FIELD_REQUIRED),
	FIELD_OBJS(struct body_dsse, sigs, "signatures", dsse_sig_fields, struct body_dsse_sig,
	    FIELD_REQUIRED, .max = 100),
	FIELD_END,
};
static const struct field intoto_sig_fields[] = {
	FIELD_B64(struct body_intoto_sig, sig, "sig", FIELD_REQUIRED | FIELD_NONEMPTY),
	FIELD_B64(struct body_intoto_sig, key, "publicKey", FIELD_REQUIRED, .max = PUBKEY_FILE_MAX),
	FIELD_END,
};
static const struct field envelope_fields[] = {
	FIELD_STR(struct body_envelope, payload_type, "payloadType", 0),
	FIELD_OBJS(struct body_envelope, sigs, "signatures", intoto_sig_fields,
	    struct body_intoto_sig, FIELD_REQUIRED, .max = 100),
	FIELD_END,
};
static const struct field content_2_fields[] = {
	FIELD_OBJ(struct body_content, envelope, "envelope", envelope_fields, FIELD_REQUIRED),
	FIELD_OBJ(struct body_content, hash, "hash", hash_fields, FIELD_REQUIRED),
	FIELD_OBJ(struct body_content, payload, "payloadHash", hash_fields, FIELD_REQUIRED),
	FIELD_END,
};
static const struct field intoto_2_fields[] = {
	FIELD_OBJ(struct body_intoto, content, "content", content_2_fields, FIELD_REQUIRED),
	FIELD_END,
};
static const struct field content_1_fields[] = {
	FIELD_OBJ(struct body_content, hash, "hash", hash_fields, FIELD_REQUIRED),
	FIELD_END,
};
static const struct field intoto_1_fields[] = {
	FIELD_OBJ(struct body_intoto, content, "content", content_1_fields, FIELD_REQUIRED),
	FIELD_B64(struct body_intoto, key, "publicKey", FIELD_REQUIRED, .max = PUBKEY_FILE_MAX),
	FIELD_END,
};

/* --- each part held against the subject --- */

static int
check_hash(const struct body_hash *h, enum hash hash, struct span digest, const char *what,
    struct err *e)
{
	unsigned char value[HASH_SIZE_MAX];

	if (hash == HASH_NONE || digest.len != hash_size(hash) || !span_is(h->algorithm, hash_name(hash))) {
		differs(e, what);
		err_expected(e, "a %s digest", hash_name(hash));
		return err_found(e, "%.*s", SPAN_FMT(h->algorithm));
	}
	if (!hex_decode(value, digest.len, h->value) || memcmp(value, digest.ptr, digest.len) != 0)
		return differs(e, what);
	return 0;
}

static int
check_hash_of(const struct body_hash *h, struct span bytes, const char *what, struct err *e)
{
	unsigned char value[HASH_SIZE_MAX];

	digest_of(HASH_SHA256, bytes, value);
	return check_hash(h, HASH_SHA256, span_of(value, hash_size(HASH_SHA256)), what, e);
}

static int
check_sig(struct span sig, const struct logbody_subject *s, struct err *e)
{
	return s->sig.len && span_eq(sig, s->sig) ? 0 : differs(e, "signature");
}

/* The log may have got a certificate of the key (--issue-certificate), which says
 * no less about the key. */
static int
certified_key(struct pubkey *out, struct span pem, struct err *e)
{
	AUTO(cert) struct cert c = CERT_INIT;
	struct pem block;
	struct pubkey *key;

	if (pem_next(&block, pem, NULL, NULL) || !span_is(block.label, "CERTIFICATE"))
		return pubkey_parse_pem(out, pem, e);
	if (cert_parse_pem(&c, pem, NULL, e))
		return -1;
	key = cert_key(&c, e);
	return key ? pubkey_parse_spki(out, buf_span(&key->spki), e) : -1;
}

/* Compared by DER: PEM has many spellings. */
static int
check_key(struct span pem, const struct logbody_subject *s, struct err *e)
{
	AUTO(buf) struct buf der = BUF_INIT(PUBKEY_FILE_MAX);
	AUTO(pubkey) struct pubkey key = PUBKEY_INIT;
	struct pem block;

	if (!s->cert.ptr) {
		if (s->legacy ? certified_key(&key, pem, e) : pubkey_parse_pem(&key, pem, e))
			return -1;
		return span_eq(buf_span(&key.spki), buf_span(&s->key->spki)) ? 0 : differs(e, "key");
	}
	if (pem_next(&block, pem, NULL, e) || pem_decode(&block, &der, e) ||
	    buf_check(&der, "the certificate", e))
		return -1;
	if (!span_is(block.label, "CERTIFICATE") || !span_eq(buf_span(&der), s->cert))
		return differs(e, "certificate");
	return 0;
}

/* --- each kind --- */

static int
check_hashedrekord(struct node spec, const struct logbody_subject *s, struct pool *pool,
    struct err *e)
{
	struct body_rekord b = {0};

	if (shape_decode(&b, rekord_fields, spec, SHAPE_LENIENT, pool, e) ||
	    check_sig(b.sig.content, s, e) || check_key(b.sig.key.content, s, e))
		return -1;
	return check_hash(&b.data.hash, s->hash, s->digest, "message", e);
}

static int
check_rekord(struct node spec, const struct logbody_subject *s, struct pool *pool, struct err *e)
{
	struct body_rekord b = {0};

	if (shape_decode(&b, rekord_fields, spec, SHAPE_LENIENT, pool, e))
		return -1;
	if (!span_is(b.sig.format, "x509"))
		return err_set(e, REASON_BAD_LOG_ENTRY, "the log entry's signature is '%.*s', not x509",
		    SPAN_FMT(b.sig.format));
	return check_hashedrekord(spec, s, pool, e);
}

static int
check_dsse(struct node spec, const struct logbody_subject *s, struct pool *pool, struct err *e)
{
	const struct body_dsse_sig *sig;
	struct body_dsse b = {0};

	if (shape_decode(&b, dsse_fields, spec, SHAPE_LENIENT, pool, e))
		return -1;
	if (b.sigs.count != 1)
		return err_set(e, REASON_BAD_LOG_ENTRY, "the log entry has %zu signatures, not one",
		    b.sigs.count);
	sig = b.sigs.items;
	if (check_sig(sig->sig, s, e) || check_key(sig->verifier, s, e) ||
	    check_hash_of(&b.payload, s->payload, "payload", e))
		return -1;
	return s->legacy ? check_hash(&b.envelope, s->hash, s->digest, "envelope", e) : 0;
}

static int
check_intoto_2(struct node spec, const struct logbody_subject *s, struct pool *pool, struct err *e)
{
	AUTO(buf) struct buf inner = BUF_INIT(FIELD_MAX_STR);
	const struct body_intoto_sig *sig;
	struct body_intoto b = {0};

	if (shape_decode(&b, intoto_2_fields, spec, SHAPE_LENIENT, pool, e))
		return -1;
	if (b.content.envelope.sigs.count != 1)
		return err_set(e, REASON_BAD_LOG_ENTRY, "the log entry has %zu signatures, not one",
		    b.content.envelope.sigs.count);
	sig = b.content.envelope.sigs.items;
	/* Stored as base64 of base64. */
	if (b64_decode(&inner, sig->sig, B64_ANY, e) || buf_check(&inner, "a signature", e) ||
	    check_sig(buf_span(&inner), s, e) || check_key(sig->key, s, e) ||
	    check_hash_of(&b.content.payload, s->payload, "payload", e))
		return -1;
	if (b.content.envelope.payload_type.len &&
	    !span_eq(b.content.envelope.payload_type, s->payload_type))
		return differs(e, "payload type");
	return s->legacy ? check_hash(&b.content.hash, s->hash, s->digest, "envelope", e) : 0;
}

/* The signature is not in it, but inside the envelope that it has the hash of. */
static int
check_intoto_1(struct node spec, const struct logbody_subject *s, struct pool *pool, struct err *e)
{
	struct body_intoto b = {0};

	if (shape_decode(&b, intoto_1_fields, spec, SHAPE_LENIENT, pool, e) || check_key(b.key, s, e))
		return -1;
	return check_hash(&b.content.hash, s->hash, s->digest, "envelope", e);
}

static const struct known {
	const char *kind, *version;
	bool dsse, legacy_only;
	int (*check)(struct node spec, const struct logbody_subject *s, struct pool *pool,
	    struct err *e);	/* NULL: Rekor v2 */
} known[] = {
	{"hashedrekord", "0.0.1", false, false, check_hashedrekord},
	{"dsse", "0.0.1", true, false, check_dsse},
	{"intoto", "0.0.2", true, false, check_intoto_2},
	{"hashedrekord", "0.0.2", false, false, NULL},
	{"intoto", "0.0.1", true, true, check_intoto_1},
	{"rekord", "0.0.1", false, true, check_rekord},
};

static const struct known *
find_known(const struct bundle_entry *entry, bool legacy, struct err *e)
{
	for (size_t i = 0; i < countof(known); i++)
		if (span_is(entry->body_kind, known[i].kind) &&
		    span_is(entry->body_version, known[i].version) &&
		    (legacy ? known[i].check != NULL : !known[i].legacy_only))
			return &known[i];
	err_set(e, REASON_BAD_LOG_ENTRY, "log entries of kind '%.*s' '%.*s' do not count here",
	    SPAN_FMT(span_first(entry->body_kind, 64)), SPAN_FMT(span_first(entry->body_version, 64)));
	return NULL;
}

int
logbody_kind(const struct bundle_entry *entry, bool legacy, enum logbody_kind *out, struct err *e)
{
	const struct known *k = find_known(entry, legacy, e);

	if (!k)
		return -1;
	*out = k->check ? LOGBODY_V1 : LOGBODY_V2;
	return 0;
}

int
logbody_check(const struct bundle_entry *entry, const struct logbody_subject *s, struct err *e)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	const struct known *k = find_known(entry, s->legacy, e);
	struct node root, spec;

	if (!k)
		return -1;
	if (!k->check || k->dsse != s->dsse)
		return err_set(e, REASON_BAD_LOG_ENTRY, "a log entry of kind %s is not about %s", k->kind,
		    s->dsse ? "an envelope" : "a message");
	if (scan_document(entry->body, &root, e)) {
		if (e)
			e->reason = REASON_BAD_LOG_ENTRY;
		return err_wrap(e, "log entry");
	}
	if (!node_member(root, "spec", &spec) || spec.kind != JSON_OBJECT)
		return err_set(e, REASON_BAD_LOG_ENTRY, "log entry: no spec");
	if (k->check(spec, s, &pool, e)) {
		if (e)
			e->reason = REASON_BAD_LOG_ENTRY;
		return err_wrap(e, "log entry %s %s", k->kind, k->version);
	}
	return 0;
}

/* --- Rekor v2 --- */

/* What Rekor v2 calls the scheme of this key; NULL if it takes no such key. */
static const struct alg *
scheme_of(const struct pubkey *k)
{
	return k->type == KEY_ED25519 ? alg_find(SPAN("ed25519-ph")) : alg_default(k->type, k->bits);
}

static int
take_digest(const struct logbody_subject *s, enum hash hash, unsigned char out[HASH_SIZE_MAX],
    struct err *e)
{
	if (s->dsse) {
		dsse_pae_digest(hash, s->payload_type, s->payload, out);
		return 0;
	}
	if (s->hash != hash || s->digest.len != hash_size(hash)) {
		err_set(e, REASON_BAD_LOG_ENTRY, "no log entry has a digest of this kind for this key");
		err_expected(e, "%s", hash_name(hash));
		return err_found(e, "%s", hash_name(s->hash));
	}
	memcpy(out, s->digest.ptr, s->digest.len);
	return 0;
}

static void
add_base64(struct buf *out, const char *before, struct span bytes)
{
	buf_add_str(out, before);
	b64_encode(out, bytes, B64_STD);
}

int
logbody_scheme(const struct logbody_subject *s, const struct alg **alg, unsigned char digest[HASH_SIZE_MAX],
    struct err *e)
{
	char text[32];

	*alg = scheme_of(s->key);
	if (!*alg || (*alg)->hash == HASH_NONE)
		return err_set(e, REASON_BAD_LOG_ENTRY, "no log entry has a form for %s keys",
		    pubkey_describe(s->key, text));
	return take_digest(s, (*alg)->hash, digest, e);
}

int
logbody_rebuild(const struct logbody_subject *s, struct buf *out, struct err *e)
{
	unsigned char digest[HASH_SIZE_MAX];
	const struct alg *alg;

	if (logbody_scheme(s, &alg, digest, e))
		return -1;
	buf_printf(out, "{\"apiVersion\":\"0.0.2\",\"kind\":\"hashedrekord\",\"spec\":{\"hashedRekordV002\":"
	    "{\"data\":{\"algorithm\":\"SHA2_%u\"", (unsigned)hash_size(alg->hash) * 8);
	add_base64(out, ",\"digest\":\"", span_of(digest, hash_size(alg->hash)));
	add_base64(out, "\"},\"signature\":{\"content\":\"", s->sig);
	buf_printf(out, "\",\"verifier\":{\"keyDetails\":\"%s\"", alg->details);
	if (s->cert.ptr)
		add_base64(out, ",\"x509Certificate\":{\"rawBytes\":\"", s->cert);
	else
		add_base64(out, ",\"publicKey\":{\"rawBytes\":\"", buf_span(&s->key->spki));
	buf_add_str(out, "\"}}}}}}");
	return buf_check(out, "the log entry", e);
}
