/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rekor, version 1: transparency.md 5.3.
 */
#include "sigstore.h"
#include "codec/hex.h"
#include "json/emit.h"
#include "json/scan.h"

#include <inttypes.h>

enum { ID = 80, RETRIEVE_MAX = 10 };

/* --- entries ------------------------------------------------------------- */

/* Tree and leaf, in hexadecimal. */
static const char *
entry_id(const struct rekor *r, const struct tree_hash *leaf, char id[ID + 1])
{
	snprintf(id, ID + 1, "%016" PRIx64, r->tree_id);
	hex_format(id + 16, leaf->bytes, SEAL_HASH);
	return id;
}

static void
emit_hex(struct emit *j, const char *name, const unsigned char *bytes)
{
	char hex[2 * SEAL_HASH + 1];

	hex_format(hex, bytes, SEAL_HASH);
	if (name)
		emit_key(j, name);
	emit_str(j, hex);
}

static void
emit_proof(struct emit *j, const struct ask *a, EVP_PKEY *key, int64_t index)
{
	AUTO(buf) struct buf note = BUF_INIT(BUF_TEXT_MAX);
	const struct rekor *r = a->service->rekor;
	int64_t size = (int64_t)r->entries.count;
	struct tree_proof proof;
	struct tree_hash root;
	char origin[64];

	snprintf(origin, sizeof(origin), "%s - %" PRIu64, deed_of(a, "other-origin") ? "log.example.com" : "127.0.0.1",
	    r->tree_id);
	tree_include(&r->tree, (size_t)index, (size_t)size, &proof);
	tree_root(&r->tree, 0, (size_t)size, &root);
	if (deed_of(a, "bad-proof"))
		(proof.count ? &proof.hashes[0] : &root)->bytes[0] ^= 1;
	rekor_checkpoint(a, key, origin, size, &note);
	emit_key(j, "inclusionProof");
	emit_object(j);
	emit_kspan(j, "checkpoint", buf_span(&note));
	emit_key(j, "hashes");
	emit_array(j);
	for (size_t i = 0; i < proof.count; i++)
		emit_hex(j, NULL, proof.hashes[i].bytes);
	emit_array_end(j);
	emit_kint(j, "logIndex", index);
	emit_hex(j, "rootHash", root.bytes);
	emit_kint(j, "treeSize", size);
	emit_object_end(j);
}

static void
emit_promise(struct emit *j, const struct ask *a, EVP_PKEY *key, const char *body, int64_t when, const char *log,
    int64_t index)
{
	AUTO(buf) struct buf text = BUF_INIT(BUF_BIG_MAX), sig = BUF_INIT(BUF_TEXT_MAX);

	buf_printf(&text, "{\"body\":\"%s\",\"integratedTime\":%" PRId64 ",\"logID\":\"%s\",\"logIndex\":%" PRId64 "}",
	    body, when, log, index);
	seal_sign(key, buf_span(&text), &sig);
	if (deed_of(a, "bad-set"))
		sig.ptr[sig.len - 1] = (char)(sig.ptr[sig.len - 1] ^ 1);
	emit_key(j, "signedEntryTimestamp");
	emit_base64(j, buf_span(&sig));
}

/* "ID":{…} */
static void
emit_entry(struct emit *j, const struct ask *a, int64_t index)
{
	AUTO(buf) struct buf body = BUF_INIT(BUF_BIG_MAX);
	const struct rekor *r = a->service->rekor;
	const struct rekor_entry *entry = r->entries.items[index];
	EVP_PKEY *key = deed_of(a, "other-key") ? r->other : r->key;
	int64_t when = entry->time + deed_number(a, "time", 0);
	unsigned char log[SEAL_HASH];
	char id[ID + 1], hex[2 * SEAL_HASH + 1];

	rekor_key_id(deed_of(a, "other-log") ? r->other : r->key, log);
	hex_format(hex, log, SEAL_HASH);
	entry_id(r, &r->tree.leaves.items[deed_of(a, "other-id") ? 0 : index], id);
	seal_base64(&body, buf_span(&entry->body));
	emit_key(j, id);
	emit_object(j);
	emit_kstr(j, "body", buf_str(&body));
	emit_kint(j, "integratedTime", when);
	emit_kstr(j, "logID", hex);
	emit_kint(j, "logIndex", r->first + index);
	emit_key(j, "verification");
	emit_object(j);
	if (!deed_of(a, "no-proof"))
		emit_proof(j, a, key, index);
	if (!deed_of(a, "no-set"))
		emit_promise(j, a, key, buf_str(&body), when, hex, r->first + index);
	emit_object_end(j);
	emit_object_end(j);
}

static void
answer_entry(struct ask *a, unsigned status, int64_t index)
{
	AUTO(buf) struct buf out = BUF_INIT(BUF_BIG_MAX);
	struct emit j;

	emit_init(&j, &out);
	j.raw_html = true;
	emit_object(&j);
	emit_entry(&j, a, index);
	emit_object_end(&j);
	reply_json(a, status, &out);
}

/* --- writing ------------------------------------------------------------- */

static void
add_location(struct ask *a, const char *id)
{
	exchange_add(&a->x, "Location", "/api/v1/log/entries/%s", id);
}

static void
answer_conflict(struct ask *a, int64_t index)
{
	const struct rekor *r = a->service->rekor;
	char id[ID + 1];

	entry_id(r, &r->tree.leaves.items[index], id);
	reply_error(a, 409, 409, "an equivalent entry already exists in the transparency log with UUID %s", id);
	add_location(a, id);
}

static void
add(struct ask *a)
{
	AUTO(buf) struct buf body = BUF_INIT(BUF_BIG_MAX);
	AUTO(charp) char *hash = NULL;
	struct rekor *r = a->service->rekor;
	struct err e = ERR_INIT;
	struct node request;
	char id[ID + 1];
	int64_t index, old;

	if (scan_document(buf_span(&a->x.body), &request, &e)) {
		reply_error(a, 400, 400, "no JSON");
		return;
	}
	if (!rekorbody_make(a, request, &body, &hash))
		return;
	old = rekor_find(r, &body);
	if (old >= 0 || deed_of(a, "conflict")) {
		answer_conflict(a, old >= 0 ? old : rekor_add(r, &body, hash));
		return;
	}
	index = rekor_add(r, &body, hash);
	if (deed_of(a, "other-entry"))
		index = rekor_add_foreign(r, "0.0.1");
	answer_entry(a, 201, index);
	entry_id(r, &r->tree.leaves.items[index], id);
	exchange_add(&a->x, "ETag", "%s", id);
	add_location(a, id);
}

/* --- reading ------------------------------------------------------------- */

/* By 64 or 80 digits; -1. */
static int64_t
by_id(const struct rekor *r, struct span id)
{
	char text[ID + 1];

	for (size_t i = 0; i < r->entries.count; i++) {
		entry_id(r, &r->tree.leaves.items[i], text);
		if (span_is(id, text) || span_is(id, text + 16))
			return (int64_t)i;
	}
	return -1;
}

/* By global index; -1. */
static int64_t
by_index(const struct rekor *r, int64_t index)
{
	index -= r->first;
	return index >= 0 && index < (int64_t)r->entries.count ? index : -1;
}

static void
get_entry(struct ask *a, struct span id)
{
	const char *index = exchange_query(&a->x, "logIndex");
	const struct rekor *r = a->service->rekor;
	uint64_t n = 0;
	int64_t at;

	if (id.len)
		at = by_id(r, id);
	else
		at = index && span_decimal(span_str(index), INT64_MAX, &n) ? by_index(r, (int64_t)n) : -1;
	if (at >= 0 && deed_of(a, "other-entry"))
		at = rekor_add_foreign(a->service->rekor, "0.0.1");
	if (at < 0)
		reply_error(a, 404, 404, "entry not found");
	else
		answer_entry(a, 200, at);
}

struct wanted { int64_t at[RETRIEVE_MAX]; size_t count; bool refused; };

static bool
want(struct ask *a, struct node request, const char *list, struct wanted *w)
{
	const struct rekor *r = a->service->rekor;
	struct node items;
	struct span text;
	int64_t n, at;

	if (!seal_pick(request, list, &items) || items.kind != JSON_ARRAY)
		return true;
	for (struct node_iter it = node_iter(items); node_next(&it);) {
		AUTO(buf) struct buf body = BUF_INIT(BUF_BIG_MAX);
		AUTO(charp) char *hash = NULL;

		if (it.value.kind == JSON_OBJECT && !rekorbody_make(a, it.value, &body, &hash)) {
			w->refused = true;
			return false;
		}
		if (it.value.kind == JSON_OBJECT)
			at = rekor_find(r, &body);
		else if (it.value.kind == JSON_STRING)
			at = node_string(it.value, &a->pool, &text) ? by_id(r, text) : -1;
		else
			at = node_int(it.value, &n) ? by_index(r, n) : -1;
		if (w->count == RETRIEVE_MAX)
			return false;
		w->at[w->count++] = deed_of(a, "other-entry") ? rekor_add_foreign(a->service->rekor, "0.0.1") : at;
	}
	return true;
}

static void
retrieve(struct ask *a)
{
	AUTO(buf) struct buf out = BUF_INIT(BUF_BIG_MAX);
	struct wanted w = {.count = 0};
	struct err e = ERR_INIT;
	struct node request;
	struct emit j;

	if (scan_document(buf_span(&a->x.body), &request, &e) || !want(a, request, "entryUUIDs", &w) ||
	    !want(a, request, "logIndexes", &w) || !want(a, request, "entries", &w)) {
		if (!w.refused)
			reply_error(a, 422, 602, "at most 10 entries");
		return;
	}
	emit_init(&j, &out);
	j.raw_html = true;
	emit_array(&j);
	for (size_t i = 0; i < w.count; i++) {
		if (w.at[i] < 0)
			continue;
		emit_object(&j);
		emit_entry(&j, a, w.at[i]);
		emit_object_end(&j);
	}
	emit_array_end(&j);
	reply_json(a, 200, &out);
}

static void
get_log(struct ask *a)
{
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX), note = BUF_INIT(BUF_TEXT_MAX);
	const struct rekor *r = a->service->rekor;
	struct tree_hash root;
	char origin[64];
	struct emit j;

	snprintf(origin, sizeof(origin), "127.0.0.1 - %" PRIu64, r->tree_id);
	rekor_checkpoint(a, r->key, origin, (int64_t)r->entries.count, &note);
	tree_root(&r->tree, 0, r->entries.count, &root);
	emit_init(&j, &out);
	j.raw_html = true;
	emit_object(&j);
	emit_key(&j, "inactiveShards");
	emit_array(&j);
	emit_array_end(&j);
	emit_hex(&j, "rootHash", root.bytes);
	emit_kspan(&j, "signedTreeHead", buf_span(&note));
	emit_kstr(&j, "treeID", origin + 12);
	emit_kint(&j, "treeSize", (int64_t)r->entries.count);
	emit_object_end(&j);
	reply_json(a, 200, &out);
}

static void
get_proof(struct ask *a)
{
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);
	const char *first = exchange_query(&a->x, "firstSize"), *last = exchange_query(&a->x, "lastSize");
	const struct tree *t = &a->service->rekor->tree;
	uint64_t from = 1, to;
	struct tree_proof proof;
	struct tree_hash root;
	struct emit j;

	if ((first && !span_decimal(span_str(first), t->leaves.count, &from)) || !last ||
	    !span_decimal(span_str(last), t->leaves.count, &to) || from > to) {
		reply_error(a, 400, 400, "no such sizes");
		return;
	}
	tree_extend(t, (size_t)from, (size_t)to, &proof);
	tree_root(t, 0, (size_t)to, &root);
	emit_init(&j, &out);
	emit_object(&j);
	emit_key(&j, "hashes");
	emit_array(&j);
	for (size_t i = 0; i < proof.count; i++)
		emit_hex(&j, NULL, proof.hashes[i].bytes);
	emit_array_end(&j);
	emit_hex(&j, "rootHash", root.bytes);
	emit_object_end(&j);
	reply_json(a, 200, &out);
}

static void
search(struct ask *a)
{
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);
	const struct rekor *r = a->service->rekor;
	struct err e = ERR_INIT;
	struct node request;
	struct span hash = SPAN_NONE;
	char id[ID + 1];
	struct emit j;

	if (scan_document(buf_span(&a->x.body), &request, &e) == 0)
		hash = seal_text(request, "hash", &a->pool);
	emit_init(&j, &out);
	emit_array(&j);
	for (size_t i = 0; i < r->entries.count; i++)
		if (r->entries.items[i]->hash && span_is(hash, r->entries.items[i]->hash))
			emit_str(&j, entry_id(r, &r->tree.leaves.items[i], id));
	emit_array_end(&j);
	reply_json(a, 200, &out);
}

static void
get_key(struct ask *a)
{
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);

	seal_pem_key(a->service->rekor->key, &out);
	reply(a, 200, "application/x-pem-file", &out);
}

void
rekor1_serve(struct ask *a)
{
	static const struct {
		const char *method, *path;
		void (*serve)(struct ask *a);
	} routes[] = {
		{"POST", "/api/v1/log/entries", add},
		{"POST", "/api/v1/log/entries/retrieve", retrieve},
		{"GET", "/api/v1/log", get_log},
		{"GET", "/api/v1/log/proof", get_proof},
		{"GET", "/api/v1/log/publicKey", get_key},
		{"POST", "/api/v1/index/retrieve", search},
	};
	struct span path = span_str(a->x.path);

	for (size_t i = 0; i < countof(routes); i++)
		if (exchange_is(&a->x, routes[i].method) && span_is(path, routes[i].path)) {
			routes[i].serve(a);
			return;
		}
	if (exchange_is_read(&a->x) && span_starts(path, "/api/v1/log/entries"))
		get_entry(a, span_from(path, strlen("/api/v1/log/entries/")));
	else
		reply_error(a, 404, 404, "path %s was not found", a->x.path);
}
