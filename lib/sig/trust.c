/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/trust.h"

#include "codec/b64.h"
#include "codec/url.h"
#include "crypto/keywrite.h"

/* --- what the file says --- */

struct raw_id { struct span key_id; };
struct raw_key { struct span bytes; struct node details; struct node valid_for; };
struct raw_log {
	struct span base_url, operator;
	struct node hash;
	struct raw_key key;
	struct raw_id id, checkpoint_id;
};
struct raw_cert { struct span bytes; };
struct raw_chain { struct shape_objs certs; };
struct raw_subject { struct span organization, common_name; };
struct raw_ca {
	struct raw_subject subject;
	struct span uri, operator;
	struct raw_chain chain;
	struct node valid_for;
};
struct raw_trust {
	struct span media_type;
	struct shape_objs tlogs, ctlogs, cas, tsas;
};

static const struct field id_fields[] = {
	FIELD_B64(struct raw_id, key_id, "keyId", FIELD_REQUIRED | FIELD_NONEMPTY,
	    .alias = "key_id", .max = TRUST_ID_MAX),
	FIELD_END,
};
static const struct field key_fields[] = {
	FIELD_B64(struct raw_key, bytes, "rawBytes", FIELD_REQUIRED | FIELD_NONEMPTY,
	    .alias = "raw_bytes", .max = PUBKEY_FILE_MAX),
	FIELD_RAW(struct raw_key, details, "keyDetails", FIELD_REQUIRED, .alias = "key_details"),
	FIELD_RAW(struct raw_key, valid_for, "validFor", FIELD_REQUIRED, .alias = "valid_for"),
	FIELD_END,
};
static const struct field log_fields[] = {
	FIELD_STR(struct raw_log, base_url, "baseUrl", 0, .alias = "base_url", .max = TRUST_TEXT_MAX),
	FIELD_RAW(struct raw_log, hash, "hashAlgorithm", FIELD_REQUIRED, .alias = "hash_algorithm"),
	FIELD_OBJ(struct raw_log, key, "publicKey", key_fields, FIELD_REQUIRED, .alias = "public_key"),
	FIELD_OBJ(struct raw_log, id, "logId", id_fields, FIELD_REQUIRED, .alias = "log_id"),
	FIELD_OBJ(struct raw_log, checkpoint_id, "checkpointKeyId", id_fields, 0,
	    .alias = "checkpoint_key_id"),
	FIELD_STR(struct raw_log, operator, "operator", 0, .max = TRUST_TEXT_MAX),
	FIELD_END,
};
static const struct field cert_fields[] = {
	FIELD_B64(struct raw_cert, bytes, "rawBytes", FIELD_REQUIRED | FIELD_NONEMPTY,
	    .alias = "raw_bytes", .max = 64 << 10),
	FIELD_END,
};
static const struct field chain_fields[] = {
	FIELD_OBJS(struct raw_chain, certs, "certificates", cert_fields, struct raw_cert,
	    FIELD_REQUIRED | FIELD_NONEMPTY, .max = TRUST_CERTS_MAX),
	FIELD_END,
};
static const struct field subject_fields[] = {
	FIELD_STR(struct raw_subject, organization, "organization", 0, .max = TRUST_TEXT_MAX),
	FIELD_STR(struct raw_subject, common_name, "commonName", 0, .alias = "common_name",
	    .max = TRUST_TEXT_MAX),
	FIELD_END,
};
static const struct field ca_fields[] = {
	FIELD_OBJ(struct raw_ca, subject, "subject", subject_fields, 0),
	FIELD_STR(struct raw_ca, uri, "uri", 0, .max = TRUST_TEXT_MAX),
	FIELD_OBJ(struct raw_ca, chain, "certChain", chain_fields, FIELD_REQUIRED,
	    .alias = "cert_chain"),
	FIELD_RAW(struct raw_ca, valid_for, "validFor", 0, .alias = "valid_for"),
	FIELD_STR(struct raw_ca, operator, "operator", 0, .max = TRUST_TEXT_MAX),
	FIELD_END,
};
static const struct field trust_fields[] = {
	FIELD_STR(struct raw_trust, media_type, "mediaType", FIELD_REQUIRED, .alias = "media_type"),
	FIELD_OBJS(struct raw_trust, tlogs, "tlogs", log_fields, struct raw_log, 0,
	    .max = TRUST_LOGS_MAX),
	FIELD_OBJS(struct raw_trust, ctlogs, "ctlogs", log_fields, struct raw_log, 0,
	    .max = TRUST_LOGS_MAX),
	FIELD_OBJS(struct raw_trust, cas, "certificateAuthorities", ca_fields, struct raw_ca, 0,
	    .alias = "certificate_authorities", .max = TRUST_CAS_MAX),
	FIELD_OBJS(struct raw_trust, tsas, "timestampAuthorities", ca_fields, struct raw_ca, 0,
	    .alias = "timestamp_authorities", .max = TRUST_CAS_MAX),
	FIELD_END,
};

/* --- logs --- */

/* protobuf's PublicKeyDetails that a log may have: name and number. */
static const struct {
	const char *name;
	int number;
	enum key_type type;
	unsigned bits;		/* 0: any */
	bool pkcs1;		/* DER of RFC 8017, not a SubjectPublicKeyInfo */
} details[] = {
	{"PKIX_ECDSA_P256_SHA_256", 5, KEY_P256, 0, false},
	{"PKIX_ECDSA_P384_SHA_384", 12, KEY_P384, 0, false},
	{"PKIX_ECDSA_P521_SHA_512", 13, KEY_P521, 0, false},
	{"PKIX_RSA_PKCS1V15_2048_SHA256", 9, KEY_RSA, 2048, false},
	{"PKIX_RSA_PKCS1V15_3072_SHA256", 10, KEY_RSA, 3072, false},
	{"PKIX_RSA_PKCS1V15_4096_SHA256", 11, KEY_RSA, 4096, false},
	{"PKIX_ED25519", 7, KEY_ED25519, 0, false},
	{"PKCS1_RSA_PKCS1V5", 1, KEY_RSA, 0, true},
};

const char *
trust_key_details(const struct pubkey *k)
{
	for (size_t i = 0; i < countof(details); i++)
		if (!details[i].pkcs1 && details[i].type == k->type &&
		    (!details[i].bits || details[i].bits == k->bits))
			return details[i].name;
	return NULL;
}

static bool
enum_is(struct node v, const char *name, int number)
{
	int64_t n;

	return v.kind == JSON_NUMBER ? node_int(v, &n) && n == number : node_is(v, name);
}

static int
parse_pkcs1(struct pubkey *k, struct span der, struct err *e)
{
	AUTO(buf) struct buf spki = BUF_INIT(PUBKEY_FILE_MAX);
	struct keyparts parts;

	if (keyparts_from_rsa_public(&parts, der, e))
		return -1;
	keywrite_spki(&parts, &spki);
	if (buf_check(&spki, "the public key", e))
		return -1;
	return pubkey_parse_spki(k, buf_span(&spki), e);
}

static int
read_key(struct trust_log *out, const struct raw_key *raw, struct err *e)
{
	size_t i = 0;
	int rc;

	while (i < countof(details) && !enum_is(raw->details, details[i].name, details[i].number))
		i++;
	if (i == countof(details)) {
		err_set(e, REASON_BAD_TRUST, "publicKey.keyDetails: no kind of key that a log may have");
		return err_found(e, "%.*s", SPAN_FMT(span_first(raw->details.raw, 64)));
	}
	out->details = span_str(details[i].name);
	rc = details[i].pkcs1 ? parse_pkcs1(&out->key, raw->bytes, e)
	    : pubkey_parse_spki(&out->key, raw->bytes, e);
	if (rc)
		return err_wrap(e, "publicKey.rawBytes");
	if (out->key.type != details[i].type || (details[i].bits && out->key.bits != details[i].bits)) {
		char text[32];

		err_set(e, REASON_BAD_TRUST, "publicKey: the key is not what keyDetails says");
		err_expected(e, "%s", details[i].name);
		return err_found(e, "%s", pubkey_describe(&out->key, text));
	}
	return 0;
}

static int
read_log(struct trust_log *out, const struct raw_log *raw, struct pool *pool, struct err *e)
{
	struct url url;

	out->key = (struct pubkey)PUBKEY_INIT;
	out->base_url = raw->base_url;
	if (raw->base_url.len && url_parse(&url, raw->base_url, NULL) == 0)
		out->host = url.host;
	out->id = raw->id.key_id;
	out->checkpoint_id = raw->checkpoint_id.key_id;
	out->operator = raw->operator;
	if (!enum_is(raw->hash, "SHA2_256", 1))
		return err_set(e, REASON_BAD_TRUST, "hashAlgorithm: expected SHA2_256, found %.*s",
		    SPAN_FMT(span_first(raw->hash.raw, 64)));
	if (read_key(out, &raw->key, e) ||
	    trust_window_read(&out->window, raw->key.valid_for, pool, e))
		return -1;
	if (out->window.start == INT64_MIN)
		return err_set(e, REASON_BAD_TRUST, "publicKey.validFor: a log needs a start");
	return 0;
}

static int
read_logs(struct trust_logs *out, const struct shape_objs *raw, const char *name, struct pool *pool,
    struct err *e)
{
	const struct raw_log *items = raw->items;

	out->items = pool_array(pool, raw->count, sizeof(*out->items));
	for (size_t i = 0; i < raw->count; i++) {
		/* Counted first: its key is released with the others. */
		out->count++;
		if (read_log(&out->items[i], &items[i], pool, e))
			return err_wrap(e, "%s[%zu]", name, i);
	}
	return 0;
}

/* --- authorities --- */

static int
read_ca(struct trust_ca *out, const struct raw_ca *raw, struct pool *pool, struct err *e)
{
	const struct raw_cert *certs = raw->chain.certs.items;

	out->organization = raw->subject.organization;
	out->common_name = raw->subject.common_name;
	out->uri = raw->uri;
	out->operator = raw->operator;
	out->certs.count = raw->chain.certs.count;
	out->certs.items = pool_array(pool, out->certs.count, sizeof(*out->certs.items));
	for (size_t i = 0; i < out->certs.count; i++)
		out->certs.items[i] = certs[i].bytes;
	return trust_window_read(&out->window, raw->valid_for, pool, e);
}

static int
read_cas(struct trust_cas *out, const struct shape_objs *raw, const char *name, struct pool *pool,
    struct err *e)
{
	const struct raw_ca *items = raw->items;

	out->items = pool_array(pool, raw->count, sizeof(*out->items));
	out->count = raw->count;
	for (size_t i = 0; i < raw->count; i++)
		if (read_ca(&out->items[i], &items[i], pool, e))
			return err_wrap(e, "%s[%zu]", name, i);
	return 0;
}

/* --- the whole --- */

static int
read_all(struct trust *t, struct span json, struct err *e)
{
	static const char *const types[] = {
		"application/vnd.dev.sigstore.trustedroot+json;version=0.1",
		"application/vnd.dev.sigstore.trustedroot+json;version=0.2",
		"application/vnd.dev.sigstore.trustedroot.v0.1+json",
		"application/vnd.dev.sigstore.trustedroot.v0.2+json",
	};
	struct raw_trust raw = {0};
	size_t i = 0;

	if (shape_parse(&raw, trust_fields, json, SHAPE_STRICT, &t->pool, e))
		return -1;
	while (i < countof(types) && !span_is(raw.media_type, types[i]))
		i++;
	if (i == countof(types)) {
		err_set(e, REASON_BAD_TRUST, "mediaType: not a trusted root");
		err_expected(e, "%s", types[0]);
		return err_found(e, "%.*s", SPAN_FMT(span_first(raw.media_type, 128)));
	}
	if (read_logs(&t->tlogs, &raw.tlogs, "tlogs", &t->pool, e) ||
	    read_logs(&t->ctlogs, &raw.ctlogs, "ctlogs", &t->pool, e) ||
	    read_cas(&t->cas, &raw.cas, "certificateAuthorities", &t->pool, e))
		return -1;
	return read_cas(&t->tsas, &raw.tsas, "timestampAuthorities", &t->pool, e);
}

int
trust_parse(struct trust *t, struct span json, struct err *e)
{
	if (json.len > TRUST_MAX)
		return err_set(e, REASON_TOO_LARGE, "a trusted root has at most %d bytes", TRUST_MAX);
	if (read_all(t, json, e) == 0)
		return 0;
	trust_release(t);
	if (e && e->reason != REASON_TOO_LARGE)
		e->reason = REASON_BAD_TRUST;
	return err_wrap(e, "trusted root");
}

static void
release_logs(struct trust_logs *logs)
{
	for (size_t i = 0; i < logs->count; i++)
		pubkey_release(&logs->items[i].key);
}

void
trust_release(struct trust *t)
{
	release_logs(&t->tlogs);
	release_logs(&t->ctlogs);
	pool_release(&t->pool);
	*t = (struct trust)TRUST_INIT;
}

struct trust_log *
trust_find(const struct trust_logs *logs, struct span id, const int64_t *when)
{
	struct trust_log *found = NULL;

	for (size_t i = logs->count; i-- > 0; ) {
		struct trust_log *log = &logs->items[i];

		if (!span_eq(log->id, id))
			continue;
		if (!when || trust_window_has(&log->window, *when))
			return log;
		if (!found)
			found = log;
	}
	return found;
}
