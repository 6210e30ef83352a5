/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/logproof.h"

#include "codec/b64.h"
#include "codec/hex.h"
#include "json/scan.h"

struct raw_hashes { struct shape_strs hashes; };

static const struct field proof_fields[] = {
	FIELD_STRS(struct raw_hashes, hashes, "hashes", FIELD_REQUIRED, .max = MERKLE_PROOF_MAX),
	FIELD_END,
};

struct raw_head { struct span note; };

static const struct field head_fields[] = {
	FIELD_STR(struct raw_head, note, "signedTreeHead", FIELD_REQUIRED, .max = NOTE_MAX),
	FIELD_END,
};

/* Sixty-four digits are 48 bytes of base64, which no hash has: either reading
 * excludes the other. */
static int
decode_hash(struct span text, size_t i, struct pool *pool, struct span *out, struct err *e)
{
	AUTO(buf) struct buf bytes = BUF_INIT(LOGPROOF_MAX);
	unsigned char hash[MERKLE_HASH];

	if (hex_decode(hash, sizeof(hash), text)) {
		*out = pool_span(pool, span_of(hash, sizeof(hash)));
		return 0;
	}
	if (b64_decode(&bytes, text, B64_STD, NULL) || bytes.len != MERKLE_HASH) {
		err_set(e, REASON_BAD_LOG_PROOF, "hashes[%zu]", i);
		return err_expected(e, "%d bytes in base64 or hexadecimal", MERKLE_HASH);
	}
	*out = pool_span(pool, buf_span(&bytes));
	return 0;
}

static int
read_array(struct shape_strs *text, struct node array, struct pool *pool, struct err *e)
{
	size_t count = node_count(array);

	if (count > MERKLE_PROOF_MAX)
		return err_set(e, REASON_BAD_LOG_PROOF, "a proof has at most %d hashes", MERKLE_PROOF_MAX);
	text->items = pool_array(pool, count, sizeof(*text->items));
	for (struct node_iter it = node_iter(array); node_next(&it); text->count++)
		if (!node_string(it.value, pool, &text->items[text->count]))
			return err_set(e, REASON_BAD_LOG_PROOF, "hashes[%zu]: expected a string, found %s", text->count,
			    node_kind_name(it.value.kind));
	return 0;
}

static int
read_proof(struct shape_strs *out, struct span json, struct pool *pool, struct err *e)
{
	struct raw_hashes raw = {.hashes = {NULL, 0}};
	struct node root;

	if (json.len > LOGPROOF_MAX)
		return err_set(e, REASON_TOO_LARGE, "more than %d bytes", LOGPROOF_MAX);
	if (scan_document(json, &root, e))
		return -1;
	if (root.kind == JSON_ARRAY ? read_array(&raw.hashes, root, pool, e) :
	    shape_decode(&raw, proof_fields, root, SHAPE_LENIENT, pool, e))
		return -1;
	out->count = raw.hashes.count;
	out->items = pool_array(pool, out->count, sizeof(*out->items));
	for (size_t i = 0; i < out->count; i++)
		if (decode_hash(raw.hashes.items[i], i, pool, &out->items[i], e))
			return -1;
	return 0;
}

int
logproof_parse(struct shape_strs *out, struct span json, struct pool *pool, struct err *e)
{
	*out = (struct shape_strs){NULL, 0};
	if (read_proof(out, json, pool, e) == 0)
		return 0;
	*out = (struct shape_strs){NULL, 0};
	if (e && !(err_is(e, REASON_TOO_LARGE) && json.len > LOGPROOF_MAX))
		e->reason = REASON_BAD_LOG_PROOF;
	return err_wrap(e, "consistency proof");
}

int
logproof_note(struct span *note, struct span file, struct pool *pool, struct err *e)
{
	struct raw_head raw = {.note = SPAN_NONE};

	if (file.len > LOGPROOF_MAX)
		return err_set(e, REASON_TOO_LARGE, "a checkpoint file has at most %d bytes", LOGPROOF_MAX);
	/* No origin begins like this in a log that anybody knows. */
	if (!span_starts(span_trim(file), "{")) {
		*note = pool_span(pool, file);
		return 0;
	}
	if (shape_parse(&raw, head_fields, file, SHAPE_LENIENT, pool, e)) {
		if (e)
			e->reason = REASON_BAD_CHECKPOINT;
		return err_wrap(e, "checkpoint");
	}
	*note = raw.note;
	return 0;
}

/* Whether a line of the note was made by this key, by what it says. */
static bool
names_key(const struct checkpoint *c, const struct pubkey *k, struct span name)
{
	unsigned char hash[MERKLE_HASH];

	note_key_hash(k, name, hash);
	for (size_t i = 0; i < c->note.count; i++)
		if (memcmp(c->note.signatures[i].id, hash, NOTE_ID) == 0)
			return true;
	return false;
}

int
logproof_check_note(const struct checkpoint *c, struct trust_logs *logs, struct pubkey *key,
    const struct trust_log **log, struct err *e)
{
	struct span name = note_rekor1_name(c);
	enum note_hash hash = name.ptr ? NOTE_HASH_SHA256 : NOTE_HASH_KEY;
	bool v1 = name.ptr != NULL;

	*log = NULL;
	name = v1 ? name : c->origin;
	if (key)
		return note_check(&c->note, key, name, hash, e);
	for (size_t i = 0; i < logs->count; i++) {
		struct trust_log *l = &logs->items[i];

		/* Rekor v1 may have served its log under another name. */
		if (!names_key(c, &l->key, name) || (!v1 && !span_eq(l->host, name)))
			continue;
		*log = l;
		return note_check(&c->note, &l->key, name, hash, e);
	}
	err_set(e, REASON_UNTRUSTED_LOG, "none of the trusted root's logs signed the checkpoint");
	return err_found(e, "%.*s", SPAN_FMT(span_first(c->origin, 256)));
}

int
logproof_check(const struct checkpoint *before, const struct checkpoint *after,
    const struct shape_strs *proof, struct err *e)
{
	if (!span_eq(before->origin, after->origin)) {
		err_set(e, REASON_BAD_CHECKPOINT, "the checkpoints are of two logs");
		err_expected(e, "%.*s", SPAN_FMT(span_first(before->origin, 256)));
		return err_found(e, "%.*s", SPAN_FMT(span_first(after->origin, 256)));
	}
	return merkle_check_consistency(before->size, span_of(before->root, MERKLE_HASH), after->size,
	    span_of(after->root, MERKLE_HASH), proof, e);
}
