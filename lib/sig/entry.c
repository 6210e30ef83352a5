/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/entry.h"

#include <inttypes.h>
#include "codec/b64.h"

struct raw_log_id { struct span key_id; };
struct raw_kind { struct span kind, version; };
struct raw_promise { struct span set; };
struct raw_checkpoint { struct span envelope; };
struct raw_proof {
	int64_t log_index, tree_size;
	struct span root_hash;
	struct shape_strs hashes;
	struct raw_checkpoint checkpoint;
	bool has_checkpoint;
};
struct raw_entry {
	int64_t log_index, integrated_time;
	struct raw_log_id log_id;
	struct raw_kind kind;
	struct raw_promise promise;
	bool has_log_id, has_kind, has_promise;
	struct node proof;
	struct span body;
};

static const struct field log_id_fields[] = {
	FIELD_B64(struct raw_log_id, key_id, "keyId", FIELD_REQUIRED | FIELD_NONEMPTY,
	    .alias = "key_id"),
	FIELD_END,
};
static const struct field kind_fields[] = {
	FIELD_STR(struct raw_kind, kind, "kind", 0),
	FIELD_STR(struct raw_kind, version, "version", 0),
	FIELD_END,
};
static const struct field promise_fields[] = {
	FIELD_B64(struct raw_promise, set, "signedEntryTimestamp", 0,
	    .alias = "signed_entry_timestamp"),
	FIELD_END,
};
static const struct field checkpoint_fields[] = {
	FIELD_STR(struct raw_checkpoint, envelope, "envelope", FIELD_REQUIRED | FIELD_NONEMPTY,
	    .max = ENTRY_CHECKPOINT_MAX),
	FIELD_END,
};
static const struct field proof_fields[] = {
	FIELD_INT(struct raw_proof, log_index, "logIndex", 0, .alias = "log_index"),
	FIELD_B64(struct raw_proof, root_hash, "rootHash", 0, .alias = "root_hash"),
	FIELD_INT(struct raw_proof, tree_size, "treeSize", 0, .alias = "tree_size"),
	FIELD_STRS(struct raw_proof, hashes, "hashes", 0, .max = ENTRY_HASHES_MAX),
	FIELD_OBJ(struct raw_proof, checkpoint, "checkpoint", checkpoint_fields, FIELD_REQUIRED,
	    FIELD_HAS(struct raw_proof, has_checkpoint)),
	FIELD_END,
};
static const struct field entry_fields[] = {
	FIELD_INT(struct raw_entry, log_index, "logIndex", 0, .alias = "log_index"),
	FIELD_OBJ(struct raw_entry, log_id, "logId", log_id_fields, FIELD_REQUIRED,
	    FIELD_HAS(struct raw_entry, has_log_id), .alias = "log_id"),
	FIELD_OBJ(struct raw_entry, kind, "kindVersion", kind_fields, FIELD_REQUIRED,
	    FIELD_HAS(struct raw_entry, has_kind), .alias = "kind_version"),
	FIELD_INT(struct raw_entry, integrated_time, "integratedTime", 0,
	    .alias = "integrated_time"),
	FIELD_OBJ(struct raw_entry, promise, "inclusionPromise", promise_fields, 0,
	    FIELD_HAS(struct raw_entry, has_promise), .alias = "inclusion_promise"),
	FIELD_RAW(struct raw_entry, proof, "inclusionProof", 0, .alias = "inclusion_proof"),
	FIELD_B64(struct raw_entry, body, "canonicalizedBody", FIELD_REQUIRED | FIELD_NONEMPTY,
	    .alias = "canonicalized_body", .max = ENTRY_BODY_MAX),
	FIELD_END,
};

struct raw_body { struct span kind, version; struct node spec; };

static const struct field body_fields[] = {
	FIELD_STR(struct raw_body, kind, "kind", FIELD_REQUIRED),
	FIELD_STR(struct raw_body, version, "apiVersion", FIELD_REQUIRED),
	FIELD_RAW(struct raw_body, spec, "spec", FIELD_REQUIRED),
	FIELD_END,
};

/* Bodies that a bundle may log: Rekor v1's, then v2's (bundle.md 4.5). */
static const struct { const char *kind, *version; } known_bodies[] = {
	{"hashedrekord", "0.0.1"},
	{"dsse", "0.0.1"},
	{"intoto", "0.0.2"},
	{"hashedrekord", "0.0.2"},
	{"dsse", "0.0.2"},
};

/* Of Rekor v2 only the member of spec says what it is: what kind says is read by
 * nobody, and the body is made anew before it counts. */
static struct span
kind_of(const struct raw_body *body)
{
	struct node spec;

	if (span_is(body->version, "0.0.2") && node_member(body->spec, "hashedRekordV002", &spec))
		return SPAN("hashedrekord");
	if (span_is(body->version, "0.0.2") && node_member(body->spec, "dsseV002", &spec))
		return SPAN("dsse");
	return body->kind;
}

static int
body_read(struct bundle_entry *out, struct pool *pool, struct err *e)
{
	struct raw_body body = {0};

	if (shape_parse(&body, body_fields, out->body, SHAPE_LENIENT, pool, e))
		return err_wrap(e, "canonicalizedBody");
	out->body_kind = kind_of(&body);
	out->body_version = body.version;
	for (size_t i = 0; i < countof(known_bodies); i++)
		if (span_is(out->body_kind, known_bodies[i].kind) &&
		    span_is(body.version, known_bodies[i].version) && body.spec.kind == JSON_OBJECT)
			return 0;
	return err_set(e, REASON_BAD_BUNDLE,
	    "canonicalizedBody: no log entry of a known kind: '%.*s' '%.*s'",
	    SPAN_FMT(body.kind), SPAN_FMT(body.version));
}

static int
hashes_read(struct bundle_entry *out, const struct shape_strs *text, struct pool *pool,
    struct err *e)
{
	out->hashes.items = pool_array(pool, text->count, sizeof(*out->hashes.items));
	out->hashes.count = text->count;
	for (size_t i = 0; i < text->count; i++) {
		AUTO(buf) struct buf bytes = BUF_INIT(FIELD_MAX_STR);

		if (b64_decode(&bytes, text->items[i], B64_ANY, e))
			return err_wrap(e, "inclusionProof.hashes[%zu]", i);
		out->hashes.items[i] = pool_span(pool, buf_span(&bytes));
	}
	return 0;
}

/* What a member holds; empty but not NULL if all of that is missing. */
static struct span
member(bool there, struct span value)
{
	return there && !value.ptr ? SPAN("") : value;
}

static int
proof_read(struct bundle_entry *out, struct node object, enum shape_mode mode, struct pool *pool,
    struct err *e)
{
	struct raw_proof proof = {0};

	if (object.kind == JSON_NULL)
		return 0;
	if (object.kind != JSON_OBJECT)
		return err_set(e, REASON_BAD_SHAPE, "inclusionProof: expected an object, found %s",
		    node_kind_name(object.kind));
	if (shape_decode(&proof, proof_fields, object, mode, pool, e))
		return err_wrap(e, "inclusionProof");
	out->has_proof = true;
	out->proof_index = proof.log_index;
	out->tree_size = proof.tree_size;
	out->root_hash = proof.root_hash;
	out->checkpoint = member(proof.has_checkpoint, proof.checkpoint.envelope);
	return hashes_read(out, &proof.hashes, pool, e);
}

/* All but the body. */
static int
entry_read(struct bundle_entry *out, struct node object, enum shape_mode mode, struct pool *pool,
    struct err *e)
{
	struct raw_entry raw = {0};

	if (object.kind != JSON_OBJECT)
		return err_set(e, REASON_BAD_SHAPE, "expected an object, found %s",
		    node_kind_name(object.kind));
	if (shape_decode(&raw, entry_fields, object, mode, pool, e))
		return -1;
	*out = (struct bundle_entry){
		.log_index = raw.log_index,
		.integrated_time = raw.integrated_time,
		.log_id = member(raw.has_log_id, raw.log_id.key_id),
		.kind = member(raw.has_kind, raw.kind.kind),
		.version = raw.kind.version,
		.set = member(raw.has_promise, raw.promise.set),
		.body = raw.body,
	};
	return proof_read(out, raw.proof, mode, pool, e);
}

int
entry_decode(struct bundle_entry *out, struct node object, struct pool *pool, struct err *e)
{
	if (entry_read(out, object, SHAPE_STRICT, pool, e))
		return -1;
	if (out->log_index < 0)
		return err_set(e, REASON_BAD_BUNDLE, "logIndex: %" PRId64 " is negative",
		    out->log_index);
	if (out->set.len == 0)
		out->set = SPAN_NONE;
	return body_read(out, pool, e);
}

int
entry_decode_loose(struct bundle_entry *out, struct node object, struct pool *pool, struct err *e)
{
	if (entry_read(out, object, SHAPE_PARTIAL, pool, e))
		return -1;
	if (body_read(out, pool, NULL))
		out->body_kind = out->body_version = SPAN_NONE;
	return 0;
}

/* protobuf's JSON writes 64-bit numbers as strings. */
static void
emit_number(struct emit *j, const char *name, int64_t v)
{
	char text[24];

	if (v == 0)
		return;
	snprintf(text, sizeof(text), "%" PRId64, v);
	emit_kstr(j, name, text);
}

void
entry_emit_bytes(struct emit *j, const char *name, struct span bytes)
{
	if (bytes.len == 0)
		return;
	emit_key(j, name);
	emit_base64(j, bytes);
}

static void
emit_text(struct emit *j, const char *name, struct span text)
{
	if (text.len)
		emit_kspan(j, name, text);
}

static void
emit_proof(const struct bundle_entry *entry, struct emit *j)
{
	emit_key(j, "inclusionProof");
	emit_object(j);
	emit_number(j, "logIndex", entry->proof_index);
	entry_emit_bytes(j, "rootHash", entry->root_hash);
	emit_number(j, "treeSize", entry->tree_size);
	if (entry->hashes.count) {
		emit_key(j, "hashes");
		emit_array(j);
		for (size_t i = 0; i < entry->hashes.count; i++)
			emit_base64(j, entry->hashes.items[i]);
		emit_array_end(j);
	}
	emit_key(j, "checkpoint");
	emit_object(j);
	emit_text(j, "envelope", entry->checkpoint);
	emit_object_end(j);
	emit_object_end(j);
}

void
entry_emit(const struct bundle_entry *entry, struct emit *j)
{
	emit_object(j);
	emit_number(j, "logIndex", entry->log_index);
	emit_key(j, "logId");
	emit_object(j);
	entry_emit_bytes(j, "keyId", entry->log_id);
	emit_object_end(j);
	emit_key(j, "kindVersion");
	emit_object(j);
	emit_text(j, "kind", entry->kind);
	emit_text(j, "version", entry->version);
	emit_object_end(j);
	emit_number(j, "integratedTime", entry->integrated_time);
	if (entry->set.len) {
		emit_key(j, "inclusionPromise");
		emit_object(j);
		entry_emit_bytes(j, "signedEntryTimestamp", entry->set);
		emit_object_end(j);
	}
	if (entry->has_proof)
		emit_proof(entry, j);
	entry_emit_bytes(j, "canonicalizedBody", entry->body);
	emit_object_end(j);
}
