/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/logview.h"

#include <inttypes.h>
#include "base/date.h"
#include "codec/hex.h"
#include "json/outline.h"
#include "json/record.h"

enum { HEX = 2 * MERKLE_HASH + 1 };

/* --- what the entry should be about --- */

static enum hash
hash_of(struct span name)
{
	return span_is(name, "SHA2_512") ? HASH_SHA512 : span_is(name, "SHA2_384") ? HASH_SHA384 :
	    span_is(name, "SHA2_256") ? HASH_SHA256 : HASH_NONE;
}

int
logview_subject(struct logbody_subject *out, const struct bundle *b, struct cert *leaf, struct pubkey *key,
    struct err *e)
{
	bool by_cert = b->key == BUNDLE_KEY_CERT;

	if (by_cert && key)
		return err_set(e, REASON_WRONG_KEY, "the bundle has a certificate: no key is needed");
	if (!by_cert && !key) {
		err_set(e, REASON_WRONG_KEY, "the bundle was signed with a bare key");
		return err_hint(e, "pass --key KEY");
	}
	if (by_cert && (cert_parse_der(leaf, b->certs.items[0], e) || !(key = cert_key(leaf, e))))
		return -1;
	*out = (struct logbody_subject){
		.key = key, .sig = b->sig, .dsse = b->content == BUNDLE_DSSE,
		.cert = by_cert ? b->certs.items[0] : SPAN_NONE,
		.hash = hash_of(b->digest_alg), .digest = b->digest,
		.payload_type = b->payload_type, .payload = b->payload,
	};
	return 0;
}

/* --- the way of one entry --- */

static void
walk(struct logview *v, enum logbody_kind kind, const struct logbody_subject *s)
{
	AUTO(buf) struct buf body = BUF_INIT(ENTRY_BODY_MAX);
	const struct bundle_entry *entry = v->entry;

	v->index = kind == LOGBODY_V2 ? entry->log_index : entry->proof_index;
	v->size = kind == LOGBODY_V2 ? v->checkpoint.size : entry->tree_size;
	if (kind == LOGBODY_V2 && logbody_rebuild(s, &body, NULL))
		return;
	merkle_leaf(kind == LOGBODY_V2 ? buf_span(&body) : entry->body, v->leaf);
	v->hashed = merkle_root(v->leaf, v->index, v->size, &entry->hashes, v->root, &v->path, NULL) == 0;
}

static void
name_signer(struct logview *v)
{
	unsigned char hash[MERKLE_HASH];

	v->signer = note_rekor1_name(&v->checkpoint);
	if (!v->signer.ptr)
		v->signer = v->checkpoint.origin;
	note_key_hash(&v->judged.log->key, v->signer, hash);
	memcpy(v->key_id, hash, NOTE_ID);
}

int
logview_make(struct logview *v, const struct bundle_entry *entry, const struct logbody_subject *s,
    struct trust *t)
{
	struct tlog_policy policy = {.threshold = 1};
	enum logbody_kind kind;
	int rc;

	v->entry = entry;
	rc = tlog_judge_entry(entry, s, t, &policy, &v->judged);
	if (!entry->has_proof || logbody_kind(entry, false, &kind, NULL) ||
	    note_parse_checkpoint(&v->checkpoint, entry->checkpoint, NULL))
		return rc;
	walk(v, kind, s);
	if (v->judged.proved)
		name_signer(v);
	return rc;
}

/* --- text --- */

static void
line(struct buf *out, const char *name, const char *fmt, ...) PRINTF(3, 4);

static void
line(struct buf *out, const char *name, const char *fmt, ...)
{
	AUTO(buf) struct buf text = BUF_INIT(BUF_TEXT_MAX);
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	buf_printf(out, "%s: ", name);
	outline_clean(out, buf_span(&text));
	buf_add_char(out, '\n');
}

static const char *
hex(char text[HEX], const unsigned char hash[MERKLE_HASH])
{
	hex_format(text, hash, MERKLE_HASH);
	return text;
}

static void
text_proof(const struct logview *v, struct buf *out)
{
	const struct bundle_entry *entry = v->entry;
	char a[HEX], b[HEX];

	if (!v->hashed)
		return;
	line(out, "leaf", "%s", hex(a, v->leaf));
	line(out, "index", "%" PRId64, v->index);
	line(out, "tree-size", "%" PRId64, v->size);
	for (size_t i = 0; i < v->path.count; i++) {
		const struct merkle_step *step = &v->path.steps[i];

		line(out, "step", "%zu %s %s %s", i, step->left ? "left" : "right",
		    hex(a, (const unsigned char *)entry->hashes.items[i].ptr), hex(b, step->hash));
	}
	line(out, "root", "%s", hex(a, v->root));
}

static void
text_evidence(const struct logview *v, struct buf *out)
{
	const struct tlog_entry *j = &v->judged;
	char id[2 * NOTE_ID + 1], a[HEX], date[DATE_TEXT];

	if (v->checkpoint.size) {
		line(out, "checkpoint", "%.*s", SPAN_FMT(v->checkpoint.origin));
		line(out, "checkpoint-size", "%" PRId64, v->checkpoint.size);
		line(out, "checkpoint-root", "%s", hex(a, v->checkpoint.root));
	}
	if (j->proved) {
		hex_format(id, v->key_id, NOTE_ID);
		line(out, "signed-by", "%.*s %s", SPAN_FMT(v->signer), id);
	}
	if (j->promised)
		line(out, "promise", "good %s", date_format(j->integrated_time, date));
	else
		line(out, "promise", "%s", v->entry->set.ptr ? "not counted" : "none");
}

void
logview_text(const struct logview *v, size_t number, struct buf *out)
{
	const struct tlog_entry *j = &v->judged;
	const struct bundle_entry *entry = v->entry;
	AUTO(buf) struct buf id = BUF_INIT(BUF_TEXT_MAX);
	char why[ERR_TEXT];

	hex_encode(&id, span_first(entry->log_id, TRUST_ID_MAX));
	line(out, "entry", "%zu", number);
	line(out, "result", "%s", j->status == TLOG_GOOD ? "good" : "not good");
	if (j->status != TLOG_GOOD) {
		line(out, "reason", "%s", reason_slug(j->why.reason));
		line(out, "message", "%s", err_text(&j->why, why, sizeof(why)));
	}
	line(out, "kind", "%.*s %.*s", SPAN_FMT(entry->body_kind), SPAN_FMT(entry->body_version));
	line(out, "log-index", "%" PRId64, entry->log_index);
	line(out, "log-id", "%s", buf_str(&id));
	if (j->log && j->log->base_url.len)
		line(out, "log", "%.*s", SPAN_FMT(j->log->base_url));
	text_proof(v, out);
	text_evidence(v, out);
}

/* --- JSON --- */

static void
emit_khex(struct emit *j, const char *name, const void *bytes, size_t len)
{
	char text[2 * TRUST_ID_MAX + 1];

	hex_format(text, bytes, len < TRUST_ID_MAX ? len : TRUST_ID_MAX);
	emit_kstr(j, name, text);
}

static void
emit_proof(const struct logview *v, struct emit *j)
{
	emit_khex(j, "leaf", v->leaf, MERKLE_HASH);
	emit_kint(j, "index", v->index);
	emit_kint(j, "treeSize", v->size);
	emit_key(j, "steps");
	emit_array(j);
	for (size_t i = 0; i < v->path.count; i++) {
		emit_object(j);
		emit_kstr(j, "side", v->path.steps[i].left ? "left" : "right");
		emit_khex(j, "hash", v->entry->hashes.items[i].ptr, MERKLE_HASH);
		emit_khex(j, "node", v->path.steps[i].hash, MERKLE_HASH);
		emit_object_end(j);
	}
	emit_array_end(j);
	emit_khex(j, "root", v->root, MERKLE_HASH);
}

static void
emit_evidence(const struct logview *v, struct emit *j)
{
	const struct tlog_entry *judged = &v->judged;
	char date[DATE_TEXT];

	if (v->checkpoint.size) {
		emit_key(j, "checkpoint");
		emit_object(j);
		emit_kspan(j, "origin", v->checkpoint.origin);
		emit_kint(j, "size", v->checkpoint.size);
		emit_khex(j, "root", v->checkpoint.root, MERKLE_HASH);
		if (judged->proved) {
			emit_kspan(j, "signer", v->signer);
			emit_khex(j, "keyId", v->key_id, NOTE_ID);
		}
		emit_object_end(j);
	}
	emit_key(j, "promise");
	if (v->entry->set.ptr) {
		emit_object(j);
		emit_kbool(j, "ok", judged->promised);
		if (judged->promised)
			emit_kstr(j, "time", date_format(judged->integrated_time, date));
		emit_object_end(j);
	} else {
		emit_null(j);
	}
}

void
logview_emit(const struct logview *v, size_t number, struct buf *out)
{
	const struct tlog_entry *judged = &v->judged;
	const struct bundle_entry *entry = v->entry;
	char why[ERR_TEXT];
	struct emit j;

	emit_init(&j, out);
	record_begin(&j, "cosign.log/1");
	emit_kint(&j, "entry", (int64_t)number);
	emit_kbool(&j, "ok", judged->status == TLOG_GOOD);
	if (judged->status != TLOG_GOOD) {
		emit_kstr(&j, "reason", reason_slug(judged->why.reason));
		emit_kstr(&j, "message", err_text(&judged->why, why, sizeof(why)));
	}
	emit_kspan(&j, "kind", entry->body_kind);
	emit_kspan(&j, "version", entry->body_version);
	emit_kint(&j, "logIndex", entry->log_index);
	emit_khex(&j, "logId", entry->log_id.ptr, entry->log_id.len);
	if (judged->log && judged->log->base_url.len)
		emit_kspan(&j, "log", judged->log->base_url);
	if (v->hashed)
		emit_proof(v, &j);
	emit_evidence(v, &j);
	record_end(&j);
}
