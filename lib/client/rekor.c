/* SPDX-License-Identifier: Apache-2.0 */
#include "client/rekor.h"

#include <inttypes.h>
#include "codec/b64.h"
#include "codec/hex.h"
#include "codec/pem.h"
#include "crypto/cert.h"
#include "json/emit.h"
#include "sig/merkle.h"

#define ENTRIES "/api/v1/log/entries"

/* --- what is proposed --- */

/* The certificate, or the bare key. */
static void
emit_verifier(struct emit *j, const struct logbody_subject *s)
{
	AUTO(buf) struct buf pem = BUF_INIT(2 * (size_t)CERT_MAX);

	if (s->cert.ptr)
		pem_encode(&pem, "CERTIFICATE", s->cert);
	else
		pubkey_emit_pem(s->key, &pem);
	emit_base64(j, buf_span(&pem));
}

static void
emit_hash(struct emit *j, const char *name, enum hash h, struct span digest)
{
	char hex[2 * HASH_SIZE_MAX + 1];

	hex_format(hex, digest.ptr, digest.len);
	emit_key(j, name);
	emit_object(j);
	emit_kstr(j, "algorithm", hash_name(h));
	emit_kstr(j, "value", hex);
	emit_object_end(j);
}

static void
emit_hash_of(struct emit *j, const char *name, struct span bytes)
{
	unsigned char value[HASH_SIZE_MAX];

	digest_of(HASH_SHA256, bytes, value);
	emit_hash(j, name, HASH_SHA256, span_of(value, hash_size(HASH_SHA256)));
}

static void
emit_hashedrekord(struct emit *j, const struct rekor_proposal *p)
{
	emit_key(j, "data");
	emit_object(j);
	emit_hash(j, "hash", p->what->hash, p->what->digest);
	emit_object_end(j);
	emit_key(j, "signature");
	emit_object(j);
	emit_key(j, "content");
	emit_base64(j, p->what->sig);
	emit_key(j, "publicKey");
	emit_object(j);
	emit_key(j, "content");
	emit_verifier(j, p->what);
	emit_object_end(j);
	emit_object_end(j);
}

static void
emit_dsse(struct emit *j, const struct rekor_proposal *p)
{
	emit_key(j, "proposedContent");
	emit_object(j);
	emit_kspan(j, "envelope", p->envelope);
	emit_key(j, "verifiers");
	emit_array(j);
	emit_verifier(j, p->what);
	emit_array_end(j);
	emit_object_end(j);
}

/* Payload and signature are in base64 twice. */
static void
emit_twice(struct emit *j, const char *name, struct span bytes)
{
	AUTO(buf) struct buf once = BUF_INIT(BUF_BIG_MAX);

	b64_encode(&once, bytes, B64_STD);
	emit_key(j, name);
	emit_base64(j, buf_span(&once));
}

static void
emit_intoto(struct emit *j, const struct rekor_proposal *p)
{
	emit_key(j, "content");
	emit_object(j);
	emit_key(j, "envelope");
	emit_object(j);
	emit_twice(j, "payload", p->what->payload);
	emit_kspan(j, "payloadType", p->what->payload_type);
	emit_key(j, "signatures");
	emit_array(j);
	emit_object(j);
	emit_key(j, "publicKey");
	emit_verifier(j, p->what);
	emit_twice(j, "sig", p->what->sig);
	emit_object_end(j);
	emit_array_end(j);
	emit_object_end(j);
	emit_hash_of(j, "hash", p->envelope);
	emit_hash_of(j, "payloadHash", p->what->payload);
	emit_object_end(j);
}

/* What logs had before that. */
static void
emit_old_intoto(struct emit *j, const struct rekor_proposal *p)
{
	emit_key(j, "content");
	emit_object(j);
	emit_kspan(j, "envelope", p->envelope);
	emit_object_end(j);
	emit_key(j, "publicKey");
	emit_verifier(j, p->what);
}

int
rekor_emit(const struct rekor_proposal *p, struct buf *out, struct err *e)
{
	static void (*const enveloped[])(struct emit *, const struct rekor_proposal *) = {
		emit_dsse, emit_old_intoto, emit_intoto};
	bool message = !p->envelope.ptr;
	struct emit j;

	if (message && (p->what->hash == HASH_NONE || !p->what->digest.len))
		return err_set(e, REASON_UNSUPPORTED, "a log entry needs the digest that was signed");
	emit_init(&j, out);
	emit_object(&j);
	emit_kstr(&j, "apiVersion", !message && p->intoto == 2 ? "0.0.2" : "0.0.1");
	emit_kstr(&j, "kind", message ? "hashedrekord" : p->intoto ? "intoto" : "dsse");
	emit_key(&j, "spec");
	emit_object(&j);
	(message ? emit_hashedrekord : enveloped[p->intoto])(&j, p);
	emit_object_end(&j);
	emit_object_end(&j);
	return buf_check(out, "the log entry", e);
}

/* --- what comes back --- */

struct raw_proof {
	struct span checkpoint, root;
	struct shape_strs hashes;
	int64_t index, size;
};
struct raw_verification { struct raw_proof proof; struct span set; bool has_proof; };
struct raw_entry { struct span body, log_id; int64_t time, index; struct raw_verification verification; };
struct raw_kind { struct span kind, version; };

static const struct field proof_fields[] = {
	FIELD_STR(struct raw_proof, checkpoint, "checkpoint", FIELD_REQUIRED | FIELD_NONEMPTY, .max = ENTRY_CHECKPOINT_MAX),
	FIELD_STRS(struct raw_proof, hashes, "hashes", 0, .max = ENTRY_HASHES_MAX),
	FIELD_INT(struct raw_proof, index, "logIndex", FIELD_REQUIRED),
	FIELD_STR(struct raw_proof, root, "rootHash", FIELD_REQUIRED, .max = 2 * MERKLE_HASH),
	FIELD_INT(struct raw_proof, size, "treeSize", FIELD_REQUIRED),
	FIELD_END};
static const struct field verification_fields[] = {
	FIELD_OBJ(struct raw_verification, proof, "inclusionProof", proof_fields, 0,
	    FIELD_HAS(struct raw_verification, has_proof)),
	FIELD_B64(struct raw_verification, set, "signedEntryTimestamp", FIELD_REQUIRED | FIELD_NONEMPTY),
	FIELD_END};
static const struct field entry_fields[] = {
	FIELD_B64(struct raw_entry, body, "body", FIELD_REQUIRED | FIELD_NONEMPTY, .max = ENTRY_BODY_MAX),
	FIELD_INT(struct raw_entry, time, "integratedTime", FIELD_REQUIRED),
	FIELD_STR(struct raw_entry, log_id, "logID", FIELD_REQUIRED, .max = 2 * MERKLE_HASH),
	FIELD_INT(struct raw_entry, index, "logIndex", FIELD_REQUIRED),
	FIELD_OBJ(struct raw_entry, verification, "verification", verification_fields, FIELD_REQUIRED),
	FIELD_END};
static const struct field kind_fields[] = {
	FIELD_STR(struct raw_kind, kind, "kind", FIELD_REQUIRED | FIELD_NONEMPTY, .max = 64),
	FIELD_STR(struct raw_kind, version, "apiVersion", FIELD_REQUIRED | FIELD_NONEMPTY, .max = 64),
	FIELD_END};

static int
take_hash(struct span *out, struct span hex, const char *name, struct pool *pool, struct err *e)
{
	unsigned char value[MERKLE_HASH];

	if (!hex_decode(value, sizeof(value), hex))
		return err_set(e, REASON_BAD_LOG_ENTRY, "%s: expected %d hexadecimal digits", name, 2 * MERKLE_HASH);
	*out = pool_span(pool, span_of(value, sizeof(value)));
	return 0;
}

static int
take_proof(struct bundle_entry *out, const struct raw_proof *p, struct pool *pool, struct err *e)
{
	out->has_proof = true;
	out->proof_index = p->index;
	out->tree_size = p->size;
	out->checkpoint = p->checkpoint;
	out->hashes.items = pool_array(pool, p->hashes.count + 1, sizeof(*out->hashes.items));
	for (; out->hashes.count < p->hashes.count; out->hashes.count++)
		if (take_hash(&out->hashes.items[out->hashes.count], p->hashes.items[out->hashes.count], "hashes", pool, e))
			return -1;
	return take_hash(&out->root_hash, p->root, "rootHash", pool, e);
}

/* The id ends with the hash of the leaf; before it may stand the tree's. */
static int
check_id(struct span id, struct span body, struct err *e)
{
	unsigned char leaf[MERKLE_HASH], said[MERKLE_HASH];

	if ((id.len != REKOR_ID_MAX && id.len != 2 * MERKLE_HASH) || !hex_is_lower(id, id.len))
		return err_set(e, REASON_BAD_LOG_ENTRY, "the entry's id is none");
	merkle_leaf(body, leaf);
	if (hex_decode(said, sizeof(said), span_from(id, id.len - 2 * MERKLE_HASH)) && memcmp(said, leaf, MERKLE_HASH) == 0)
		return 0;
	return err_set(e, REASON_BAD_LOG_ENTRY, "the entry's id is that of another entry");
}

static int
take_entry(struct bundle_entry *out, struct span id, struct node object, struct pool *pool, struct err *e)
{
	struct raw_entry raw = {.time = 0};
	struct raw_kind kind = {SPAN_NONE, SPAN_NONE};

	if (object.kind != JSON_OBJECT)
		return err_set(e, REASON_BAD_SHAPE, "expected an object, found %s", node_kind_name(object.kind));
	if (shape_decode(&raw, entry_fields, object, SHAPE_LENIENT, pool, e) || check_id(id, raw.body, e))
		return -1;
	if (shape_parse(&kind, kind_fields, raw.body, SHAPE_LENIENT, pool, e))
		return err_wrap(e, "body");
	if (raw.index < 0 || raw.time <= 0)
		return err_set(e, REASON_BAD_LOG_ENTRY, "the entry has no index or no time");
	*out = (struct bundle_entry){.log_index = raw.index, .integrated_time = raw.time, .set = raw.verification.set,
	    .body = raw.body, .kind = kind.kind, .version = kind.version, .body_kind = kind.kind,
	    .body_version = kind.version};
	if (take_hash(&out->log_id, raw.log_id, "logID", pool, e))
		return -1;
	return raw.verification.has_proof ? take_proof(out, &raw.verification.proof, pool, e) : 0;
}

/* {ID:{…}} */
static int
take_object(struct bundle_entry *out, struct node object, struct pool *pool, struct err *e)
{
	struct node_iter it = node_iter(object);

	if (object.kind != JSON_OBJECT || node_count(object) != 1 || !node_next(&it))
		return err_set(e, REASON_BAD_SHAPE, "expected an object with one entry");
	return take_entry(out, it.key, it.value, pool, e);
}

/* All that is wrong with an entry is that it is a bad one. */
static int
bad_entry(struct err *e)
{
	if (e && !err_is(e, REASON_TOO_LARGE))
		e->reason = REASON_BAD_LOG_ENTRY;
	return -1;
}

static int
scan_answer(struct span json, struct node *root, struct err *e)
{
	if (json.len > REKOR_ANSWER_MAX)
		return err_set(e, REASON_TOO_LARGE, "more than %d bytes", REKOR_ANSWER_MAX);
	return scan_document(json, root, e);
}

int
rekor_parse(struct bundle_entry *out, struct span json, struct pool *pool, struct err *e)
{
	struct node root;

	if (scan_answer(json, &root, e))
		return -1;
	return take_object(out, root, pool, e) ? bad_entry(e) : 0;
}

int
rekor_parse_found(struct rekor_found *out, struct span json, struct pool *pool, struct err *e)
{
	struct node root;

	out->count = 0;
	if (scan_answer(json, &root, e))
		return -1;
	if (root.kind != JSON_ARRAY)
		return err_set(e, REASON_BAD_LOG_ENTRY, "expected an array, found %s", node_kind_name(root.kind));
	for (struct node_iter it = node_iter(root); node_next(&it);) {
		if (out->count == REKOR_FOUND_MAX)
			return err_set(e, REASON_TOO_LARGE, "more than %d entries", REKOR_FOUND_MAX);
		if (take_object(&out->items[out->count], it.value, pool, e)) {
			bad_entry(e);
			return err_wrap(e, "entry %zu", out->count);
		}
		out->count++;
	}
	return 0;
}

/* --- the service --- */

static int
call(const struct service *s, const char *method, const char *path, struct span body, struct http_response *r,
    struct err *e)
{
	struct service_call c = {.method = method, .path = path, .type = body.len ? "application/json" : NULL,
	    .accept = "application/json", .body = body, .max_body = REKOR_ANSWER_MAX, .timeout = REKOR_TIMEOUT_MS,
	    .repeatable = true};

	return service_do(s, &c, r, e);
}

static int
fetch(const struct service *s, const char *path, struct bundle_entry *out, struct pool *pool, struct err *e)
{
	AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;

	if (call(s, "GET", path, SPAN_NONE, &r, e))
		return -1;
	if (r.status != 200)
		return service_refused(s, &r, e);
	return rekor_parse(out, buf_span(&r.body), pool, e) ? service_garbage(s, e) : 0;
}

/* Of what the log says where the entry is, the id alone is taken. */
static int
fetch_existing(const struct service *s, const char *location, struct bundle_entry *out, struct pool *pool,
    struct err *e)
{
	struct span where = span_str(location), id = span_from(where, (size_t)(span_rfind(where, '/') + 1));
	char path[sizeof(ENTRIES) + 1 + REKOR_ID_MAX];

	if ((id.len != REKOR_ID_MAX && id.len != 2 * MERKLE_HASH) || !hex_is_lower(id, id.len)) {
		err_set(e, REASON_PROTOCOL, "it has such an entry already, and does not say where");
		return service_wrap(s, e);
	}
	snprintf(path, sizeof(path), ENTRIES "/%.*s", SPAN_FMT(id));
	return fetch(s, path, out, pool, e);
}

int
rekor_add(const struct service *s, const struct rekor_proposal *p, struct bundle_entry *out, struct pool *pool,
    struct err *e)
{
	AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;
	AUTO(buf) struct buf body = BUF_INIT(BUF_BIG_MAX);

	if (rekor_emit(p, &body, e))
		return service_wrap(s, e);
	if (call(s, "POST", ENTRIES, buf_span(&body), &r, e))
		return -1;
	if (r.status == 409)
		return fetch_existing(s, http_header(&r, "location"), out, pool, e);
	if (r.status != 201 && r.status != 200)
		return service_refused(s, &r, e);
	return rekor_parse(out, buf_span(&r.body), pool, e) ? service_garbage(s, e) : 0;
}

int
rekor_get(const struct service *s, int64_t index, struct bundle_entry *out, struct pool *pool, struct err *e)
{
	char path[sizeof(ENTRIES) + 40];

	snprintf(path, sizeof(path), ENTRIES "?logIndex=%" PRId64, index);
	if (fetch(s, path, out, pool, e))
		return -1;
	if (out->log_index == index)
		return 0;
	err_set(e, REASON_PROTOCOL, "it answers with another entry");
	err_expected(e, "index %" PRId64, index);
	err_found(e, "index %" PRId64, out->log_index);
	return service_wrap(s, e);
}

int
rekor_search(const struct service *s, const struct rekor_proposal *p, struct rekor_found *out, struct pool *pool,
    struct err *e)
{
	AUTO(http_response) struct http_response r = HTTP_RESPONSE_INIT;
	AUTO(buf) struct buf body = BUF_INIT(BUF_BIG_MAX);

	buf_add_str(&body, "{\"entries\":[");
	if (rekor_emit(p, &body, e))
		return service_wrap(s, e);
	buf_add_str(&body, "]}");
	if (buf_check(&body, "the request", e))
		return service_wrap(s, e);
	if (call(s, "POST", ENTRIES "/retrieve", buf_span(&body), &r, e))
		return -1;
	/* What it would not take, a signature over something else, it has not. */
	out->count = 0;
	if (r.status == 400)
		return 0;
	if (r.status != 200)
		return service_refused(s, &r, e);
	return rekor_parse_found(out, buf_span(&r.body), pool, e) ? service_garbage(s, e) : 0;
}
