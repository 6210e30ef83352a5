/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/bundleview.h"

#include <inttypes.h>
#include "base/date.h"
#include "codec/b64.h"
#include "codec/hex.h"
#include "codec/oid.h"
#include "crypto/tsp.h"
#include "json/scan.h"
#include "sig/certview.h"
#include "sig/note.h"
#include "sig/statement.h"

#define WARNING "[!] WARNING"

static const char *const hash_labels[] = {[HASH_NONE] = "", [HASH_SHA224] = "SHA-224",
	[HASH_SHA256] = "SHA-256", [HASH_SHA384] = "SHA-384", [HASH_SHA512] = "SHA-512"};

static void
numbered(struct outline *o, const char *what, size_t i)
{
	char label[64];

	snprintf(label, sizeof(label), "%s [%zu]", what, i);
	outline_label(o, label);
}

/* The problems that are about this. */
static void
show_problems(struct outline *o, const struct bundleloose *b, enum bundleloose_part part, size_t index)
{
	for (size_t i = 0; i < b->problem_count; i++)
		if (b->problems[i].part == part && b->problems[i].index == index)
			outline_line(o, WARNING, "%s", b->problems[i].text);
}

/* --- text: credential --- */

/* Hints are base64 by convention, and shown as what they stand for. */
static void
show_hint(struct outline *o, const char *label, struct span hint)
{
	AUTO(buf) struct buf bytes = BUF_INIT(FIELD_MAX_STR);

	if (b64_decode(&bytes, hint, B64_STD, NULL) == 0)
		outline_hex(o, label, buf_span(&bytes));
	else
		outline_span(o, label, hint);
}

static void
show_chain(struct outline *o, const struct bundleloose *b, const struct trust *t)
{
	if (b->certs.count)
		outline_line(o, "Certificates", "%zu", b->certs.count);
	for (size_t i = 0; i < b->certs.count; i++) {
		numbered(o, "Certificate", i);
		o->depth++;
		certview_outline(o, b->certs.items[i], t);
		o->depth--;
	}
}

static void
show_credential(struct outline *o, const struct bundleloose *b, const struct trust *t)
{
	static const char *const contents[] = {[BUNDLELOOSE_HINT] = "Public Key Identifier",
		[BUNDLELOOSE_CERT] = "X.509 Certificate", [BUNDLELOOSE_CHAIN] = "X.509 Certificate Chain"};

	show_problems(o, b, BUNDLELOOSE_IN_MATERIAL, 0);
	if (b->key == BUNDLELOOSE_NO_KEY)
		return;
	outline_line(o, "Content", "%s", contents[b->key]);
	o->depth++;
	if (b->key == BUNDLELOOSE_CHAIN)
		show_chain(o, b, t);
	else if (b->key == BUNDLELOOSE_CERT && b->certs.count)
		certview_outline(o, b->certs.items[0], t);
	else if (b->hint.len)
		show_hint(o, "Hint", b->hint);
	show_problems(o, b, BUNDLELOOSE_IN_KEY, 0);
	o->depth--;
}

/* --- text: log entries --- */

static void
show_extra_lines(struct outline *o, struct span rest)
{
	size_t count = 0;

	for (size_t i = 0; i < rest.len; i++)
		count += rest.ptr[i] == '\n';
	if (count == 0)
		return;
	outline_line(o, "Other Content", "%zu lines", count);
	o->depth++;
	for (size_t i = 0; rest.len; i++) {
		char label[32];

		snprintf(label, sizeof(label), "[%zu]", i);
		outline_span(o, label, span_cut(&rest, '\n'));
	}
	o->depth--;
}

static void
show_checkpoint(struct outline *o, struct span envelope)
{
	AUTO(checkpoint) struct checkpoint c = CHECKPOINT_INIT;

	outline_label(o, "Checkpoint");
	o->depth++;
	if (note_parse_checkpoint(&c, envelope, NULL)) {
		outline_line(o, "Envelope", "Present (%zu bytes)", envelope.len);
		o->depth--;
		return;
	}
	outline_span(o, "Origin", c.origin);
	outline_line(o, "Tree Size", "%" PRId64, c.size);
	show_extra_lines(o, c.extension);
	outline_line(o, "Witnesses", "%zu", c.note.count);
	o->depth++;
	for (size_t i = 0; i < c.note.count; i++) {
		AUTO(buf) struct buf name = BUF_INIT(NOTE_MAX);

		buf_add_span(&name, c.note.signatures[i].name);
		outline_line(o, buf_str(&name), "Signature Present (%zu bytes)", c.note.signatures[i].sig.len);
	}
	o->depth -= 2;
}

static void
show_evidence(struct outline *o, const struct bundle_entry *entry)
{
	if (entry->set.ptr) {
		outline_label(o, "Inclusion Promise");
		o->depth++;
		outline_line(o, "Signed Entry Timestamp", "Present (%zu bytes)", entry->set.len);
		o->depth--;
	}
	if (entry->has_proof) {
		outline_label(o, "Inclusion Proof");
		o->depth++;
		outline_line(o, "Log Index", "%" PRId64, entry->proof_index);
		outline_line(o, "Tree Size", "%" PRId64, entry->tree_size);
		outline_line(o, "Hashes", "%zu", entry->hashes.count);
		if (entry->checkpoint.ptr)
			show_checkpoint(o, entry->checkpoint);
		o->depth--;
	}
	if (entry->body.len)
		outline_line(o, "Canonicalized Body", "Present (%zu bytes)", entry->body.len);
}

static void
show_log(struct outline *o, struct span id, const struct trust *t)
{
	const struct trust_log *log = t ? trust_find(&t->tlogs, id, NULL) : NULL;

	if (log && log->base_url.len)
		outline_span(o, "Log URL", log->base_url);
	else
		outline_hex(o, "Log ID", id);
}

static void
show_entry(struct outline *o, const struct bundle_entry *entry, const struct trust *t)
{
	char text[DATE_TEXT];

	outline_line(o, "Log Index", "%" PRId64, entry->log_index);
	if (entry->log_id.ptr)
		show_log(o, entry->log_id, t);
	if (entry->kind.ptr) {
		outline_span(o, "Kind", entry->kind);
		outline_span(o, "Version", entry->version);
	}
	outline_line(o, "Integrated Time", "%s",
	    entry->integrated_time ? date_format(entry->integrated_time, text) : "0 (Not set)");
	show_evidence(o, entry);
}

static void
show_entries(struct outline *o, const struct bundleloose *b, const struct trust *t)
{
	if (b->entry_count == 0)
		return;
	outline_line(o, "Transparency Log Entries", "%zu", b->entry_count);
	o->depth++;
	for (size_t i = 0; i < b->entry_count; i++) {
		numbered(o, "Entry", i);
		o->depth++;
		show_entry(o, &b->entries[i], t);
		show_problems(o, b, BUNDLELOOSE_IN_ENTRY, i);
		o->depth--;
	}
	o->depth--;
}

/* --- text: timestamps --- */

static void
show_stamp(struct outline *o, struct span der)
{
	AUTO(tsp) struct tsp t = TSP_INIT;
	AUTO(buf) struct buf serial = BUF_INIT(TSP_MAX * 2);
	char text[DATE_TEXT], policy[OID_TEXT_MAX];

	/* As upstream: nothing. The record says why. */
	if (tsp_parse_response(&t, der, NULL))
		return;
	certview_decimal(&serial, t.serial);
	outline_line(o, "Time", "%s", date_format(t.time.seconds, text));
	outline_line(o, "Hash Algorithm", "%s", hash_labels[t.imprint_hash]);
	outline_line(o, "Message Imprint", "Present (%zu bytes)", t.imprint.len);
	outline_span(o, "Serial Number", buf_span(&serial));
	outline_line(o, "Policy", "%s", oid_format(t.policy, policy));
}

static void
show_stamps(struct outline *o, const struct bundleloose *b)
{
	if (!b->has_stamps)
		return;
	outline_label(o, "Timestamp Verification Data");
	o->depth++;
	outline_line(o, "RFC3161 Timestamps", "%zu", b->timestamps.count);
	for (size_t i = 0; i < b->timestamps.count; i++) {
		numbered(o, "Timestamp", i);
		o->depth++;
		show_stamp(o, b->timestamps.items[i]);
		o->depth--;
	}
	o->depth--;
}

/* --- text: content --- */

static void
show_subjects(struct outline *o, struct node subjects, struct pool *pool)
{
	outline_line(o, "Subjects", "%zu", node_count(subjects));
	o->depth++;
	for (struct node_iter it = node_iter(subjects); node_next(&it);) {
		struct node name;
		struct span text;

		if (node_member(it.value, "name", &name) && node_string(name, pool, &text))
			outline_span(o, "Name", text);
	}
	o->depth--;
}

/* As loosely as upstream: whatever a statement has of what is shown. */
static void
show_statement(struct outline *o, struct span payload)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct node root, v;
	struct span text;

	if (scan_document(payload, &root, NULL) || root.kind != JSON_OBJECT)
		return;
	outline_label(o, "Payload Content (in-toto)");
	o->depth++;
	if (node_member(root, "predicateType", &v) && node_string(v, &pool, &text))
		outline_span(o, "Predicate Type", text);
	if (node_member(root, "subject", &v) && v.kind == JSON_ARRAY)
		show_subjects(o, v, &pool);
	o->depth--;
}

static void
show_signature(struct outline *o, const struct bundleloose *b, size_t i)
{
	numbered(o, "Signature", i);
	o->depth++;
	outline_line(o, "Signature", "Present (%zu bytes)", b->signatures[i].sig.len);
	if (b->signatures[i].keyid.len)
		show_hint(o, "Key Hint", b->signatures[i].keyid);
	show_problems(o, b, BUNDLELOOSE_IN_SIGNATURE, i);
	o->depth--;
}

static void
show_dsse(struct outline *o, const struct bundleloose *b)
{
	outline_line(o, "Type", "DSSE Envelope");
	outline_span(o, "Payload Type", b->payload_type);
	outline_line(o, "Payload", "Present (%zu bytes)", b->payload.len);
	if (span_is(b->payload_type, INTOTO_PAYLOAD_TYPE))
		show_statement(o, b->payload);
	outline_line(o, "Signatures", "%zu", b->signature_count);
	o->depth++;
	for (size_t i = 0; i < b->signature_count; i++)
		show_signature(o, b, i);
	o->depth--;
	show_problems(o, b, BUNDLELOOSE_IN_ENVELOPE, 0);
}

static void
show_message(struct outline *o, const struct bundleloose *b)
{
	outline_line(o, "Type", "Message Signature");
	if (b->has_digest) {
		outline_label(o, "Message Digest");
		o->depth++;
		outline_span(o, "Algorithm",
		    b->digest_alg.len ? b->digest_alg : SPAN("HASH_ALGORITHM_UNSPECIFIED"));
		outline_line(o, "Digest", "Present (%zu bytes)", b->digest.len);
		o->depth--;
	}
	outline_line(o, "Signature", "Present (%zu bytes)", b->sig.len);
}

static void
show_material(struct outline *o, const struct bundleloose *b, const struct trust *t)
{
	show_problems(o, b, BUNDLELOOSE_IN_BUNDLE, 0);
	if (!b->has_material)
		return;
	outline_label(o, "Verification Material");
	o->depth++;
	show_credential(o, b, t);
	show_entries(o, b, t);
	show_stamps(o, b);
	o->depth--;
}

static void
show_content(struct outline *o, const struct bundleloose *b)
{
	show_problems(o, b, BUNDLELOOSE_IN_CONTENT, 0);
	if (b->content == BUNDLELOOSE_NO_CONTENT)
		return;
	outline_label(o, "Content");
	o->depth++;
	if (b->content == BUNDLELOOSE_DSSE)
		show_dsse(o, b);
	else
		show_message(o, b);
	o->depth--;
}

void
bundleview_outline(const struct bundleloose *b, const struct trust *t, struct buf *out)
{
	struct outline o = {.out = out};

	outline_span(&o, "Bundle Media Type", b->media_type);
	show_problems(&o, b, BUNDLELOOSE_IN_TYPE, 0);
	show_material(&o, b, t);
	show_content(&o, b);
}

/* --- JSON --- */

static void
emit_khex(struct emit *j, const char *name, struct span bytes)
{
	AUTO(buf) struct buf text = BUF_INIT(BUF_BIG_MAX);

	hex_encode(&text, bytes);
	emit_kspan(j, name, buf_span(&text));
}

static void
emit_ktime(struct emit *j, const char *name, int64_t when)
{
	char text[DATE_TEXT];

	emit_kstr(j, name, when ? date_format(when, text) : NULL);
}

static void
emit_checkpoint(struct emit *j, struct span envelope)
{
	AUTO(checkpoint) struct checkpoint c = CHECKPOINT_INIT;

	emit_key(j, "checkpoint");
	if (note_parse_checkpoint(&c, envelope, NULL)) {
		emit_null(j);
		return;
	}
	emit_object(j);
	emit_kspan(j, "origin", c.origin);
	emit_kint(j, "treeSize", c.size);
	emit_khex(j, "rootHash", span_of(c.root, MERKLE_HASH));
	emit_key(j, "signatures");
	emit_array(j);
	for (size_t i = 0; i < c.note.count; i++) {
		emit_object(j);
		emit_kspan(j, "name", c.note.signatures[i].name);
		emit_khex(j, "keyId", span_of(c.note.signatures[i].id, NOTE_ID));
		emit_object_end(j);
	}
	emit_array_end(j);
	emit_object_end(j);
}

static void
emit_entry(struct emit *j, const struct bundle_entry *entry, const struct trust *t)
{
	const struct trust_log *log = t ? trust_find(&t->tlogs, entry->log_id, NULL) : NULL;

	emit_object(j);
	emit_kint(j, "logIndex", entry->log_index);
	emit_khex(j, "logId", entry->log_id);
	if (log && log->base_url.len)
		emit_kspan(j, "log", log->base_url);
	emit_kspan(j, "kind", entry->body_kind);
	emit_kspan(j, "version", entry->body_version);
	emit_ktime(j, "integratedTime", entry->integrated_time);
	emit_kbool(j, "promise", entry->set.ptr != NULL);
	emit_key(j, "proof");
	if (entry->has_proof) {
		emit_object(j);
		emit_kint(j, "logIndex", entry->proof_index);
		emit_kint(j, "treeSize", entry->tree_size);
		emit_khex(j, "rootHash", entry->root_hash);
		emit_kint(j, "hashes", (int64_t)entry->hashes.count);
		emit_checkpoint(j, entry->checkpoint);
		emit_object_end(j);
	} else {
		emit_null(j);
	}
	emit_kint(j, "bodySize", (int64_t)entry->body.len);
	emit_object_end(j);
}

static void
emit_stamp(struct emit *j, struct span der)
{
	AUTO(tsp) struct tsp t = TSP_INIT;
	struct err e = ERR_INIT;
	char text[ERR_TEXT], policy[OID_TEXT_MAX];

	emit_object(j);
	if (tsp_parse_response(&t, der, &e)) {
		emit_kstr(j, "error", err_text(&e, text, sizeof(text)));
	} else {
		emit_ktime(j, "time", t.time.seconds);
		emit_kstr(j, "hash", hash_name(t.imprint_hash));
		emit_khex(j, "imprint", t.imprint);
		emit_khex(j, "serial", t.serial);
		emit_kstr(j, "policy", oid_format(t.policy, policy));
	}
	emit_object_end(j);
}

static void
emit_credential(struct emit *j, const struct bundleloose *b, const struct trust *t)
{
	static const char *const names[] = {NULL, [BUNDLELOOSE_HINT] = "public-key",
		[BUNDLELOOSE_CERT] = "certificate", [BUNDLELOOSE_CHAIN] = "certificate-chain"};

	emit_kstr(j, "credential", names[b->key]);
	if (b->key == BUNDLELOOSE_HINT)
		emit_kspan(j, "hint", b->hint);
	if (b->key != BUNDLELOOSE_CERT && b->key != BUNDLELOOSE_CHAIN)
		return;
	emit_key(j, "certificates");
	emit_array(j);
	for (size_t i = 0; i < b->certs.count; i++)
		certview_emit(j, b->certs.items[i], t);
	emit_array_end(j);
}

/* A subject's name and digests, if its statement is one. */
static void
emit_statement(struct emit *j, struct span payload)
{
	AUTO(statement) struct statement s = STATEMENT_INIT;

	if (statement_parse(&s, payload, NULL))
		return;
	emit_kspan(j, "predicateType", s.predicate_type);
	emit_key(j, "subjects");
	emit_array(j);
	for (size_t i = 0; i < s.subject_count; i++) {
		const struct shape_map *digests = &s.subjects[i].digests;

		emit_object(j);
		emit_kspan(j, "name", s.subjects[i].name);
		emit_key(j, "digest");
		emit_object(j);
		for (size_t k = 0; k < digests->count; k++) {
			emit_key_span(j, digests->pairs[k].key);
			emit_span(j, digests->pairs[k].value);
		}
		emit_object_end(j);
		emit_object_end(j);
	}
	emit_array_end(j);
}

static void
emit_dsse(struct emit *j, const struct bundleloose *b)
{
	const struct bundleloose_signature *first = b->signatures;

	emit_kstr(j, "content", "dsse");
	emit_kint(j, "signatureSize", b->signature_count ? (int64_t)first->sig.len : 0);
	emit_kspan(j, "payloadType", b->payload_type);
	emit_kint(j, "payloadSize", (int64_t)b->payload.len);
	if (b->signature_count && first->keyid.len)
		emit_kspan(j, "keyid", first->keyid);
	if (span_is(b->payload_type, INTOTO_PAYLOAD_TYPE))
		emit_statement(j, b->payload);
}

static void
emit_content(struct emit *j, const struct bundleloose *b)
{
	if (b->content == BUNDLELOOSE_DSSE) {
		emit_dsse(j, b);
		return;
	}
	emit_kstr(j, "content", b->content == BUNDLELOOSE_MESSAGE ? "message" : NULL);
	if (b->content == BUNDLELOOSE_NO_CONTENT)
		return;
	emit_kint(j, "signatureSize", (int64_t)b->sig.len);
	if (b->has_digest) {
		emit_kspan(j, "algorithm", b->digest_alg);
		emit_khex(j, "digest", b->digest);
	}
}

/* Where a problem is, as one names members of the bundle. */
static void
emit_place(struct emit *j, const struct bundleloose_problem *p)
{
	static const char *const places[] = {
		[BUNDLELOOSE_IN_TYPE] = "mediaType",
		[BUNDLELOOSE_IN_BUNDLE] = "verificationMaterial",
		[BUNDLELOOSE_IN_MATERIAL] = "verificationMaterial",
		[BUNDLELOOSE_IN_KEY] = "verificationMaterial",
		[BUNDLELOOSE_IN_CONTENT] = "",
		[BUNDLELOOSE_IN_ENVELOPE] = "dsseEnvelope.signatures",
	};
	char text[80];

	if (p->part == BUNDLELOOSE_IN_ENTRY)
		snprintf(text, sizeof(text), "verificationMaterial.tlogEntries[%zu]", p->index);
	else if (p->part == BUNDLELOOSE_IN_SIGNATURE)
		snprintf(text, sizeof(text), "dsseEnvelope.signatures[%zu]", p->index);
	else
		snprintf(text, sizeof(text), "%s", places[p->part]);
	emit_kstr(j, "member", text);
}

static void
emit_problems(struct emit *j, const struct bundleloose *b, const char *refusal)
{
	emit_key(j, "problems");
	emit_array(j);
	for (size_t i = 0; i < b->problem_count; i++) {
		emit_object(j);
		emit_place(j, &b->problems[i]);
		emit_kstr(j, "text", b->problems[i].text);
		emit_object_end(j);
	}
	emit_array_end(j);
	emit_kstr(j, "refusal", refusal);
}

void
bundleview_emit(const struct bundleloose *b, const struct trust *t, const char *refusal, struct emit *j)
{
	int minor = bundle_version(b->media_type);
	char version[] = "0.0";

	version[2] = (char)('0' + minor);
	emit_kspan(j, "mediaType", b->media_type);
	emit_kstr(j, "version", minor ? version : NULL);
	emit_problems(j, b, refusal);
	emit_credential(j, b, t);
	emit_key(j, "logEntries");
	emit_array(j);
	for (size_t i = 0; i < b->entry_count; i++)
		emit_entry(j, &b->entries[i], t);
	emit_array_end(j);
	emit_key(j, "timestamps");
	emit_array(j);
	for (size_t i = 0; i < b->timestamps.count; i++)
		emit_stamp(j, b->timestamps.items[i]);
	emit_array_end(j);
	emit_content(j, b);
}
