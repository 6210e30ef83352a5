/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rekor, version 2: transparency.md 5.4 and 5.5.
 */
#include "sigstore.h"
#include "crypto/cert.h"
#include "json/emit.h"
#include "json/scan.h"

#define ORIGIN "127.0.0.1"

static const char *const hash_names[] = {
	[HASH_SHA256] = "SHA2_256", [HASH_SHA384] = "SHA2_384", [HASH_SHA512] = "SHA2_512",
};

/* --- the body ------------------------------------------------------------ */

static bool
only_members(struct node v, const char *const names[])
{
	for (struct node_iter it = node_iter(v); node_next(&it);) {
		bool known = false;

		for (size_t i = 0; names[i]; i++)
			known = known || span_is(it.key, names[i]);
		if (!known)
			return false;
	}
	return true;
}

struct proposal {
	struct span digest, content, cert, key, details;	/* as they were sent */
	struct buf sig, der, hash;
};

static bool
read_proposal(struct ask *a, struct node request, struct proposal *p)
{
	static const char *const first[] = {"digest", "signature", NULL}, *const second[] = {"content", "verifier", NULL},
	    *const third[] = {"x509Certificate", "publicKey", "keyDetails", NULL};
	struct node r, s, v;

	if (!seal_pick(request, "hashedRekordRequestV002", &r) || !only_members(r, first) ||
	    !seal_pick(r, "signature", &s) || !only_members(s, second) ||
	    !seal_pick(s, "verifier", &v) || !only_members(v, third))
		return false;
	p->digest = seal_text(r, "digest", &a->pool);
	p->content = seal_text(s, "content", &a->pool);
	p->cert = seal_text(v, "x509Certificate.rawBytes", &a->pool);
	p->key = seal_text(v, "publicKey.rawBytes", &a->pool);
	p->details = seal_text(v, "keyDetails", &a->pool);
	return p->digest.len && p->content.len && p->details.len && !p->cert.ptr != !p->key.ptr &&
	    seal_unbase64(&p->hash, p->digest) && seal_unbase64(&p->sig, p->content) &&
	    seal_unbase64(&p->der, p->cert.ptr ? p->cert : p->key);
}

static bool
verifies(const struct proposal *p, const struct alg *alg)
{
	AUTO(pubkey) struct pubkey key = PUBKEY_INIT;
	AUTO(cert) struct cert cert = CERT_INIT;
	struct pubkey *k = &key;
	struct err e = ERR_INIT;

	if (p->cert.ptr) {
		if (cert_parse_der(&cert, buf_span(&p->der), &e) || !(k = cert_key(&cert, &e)))
			return false;
	} else if (pubkey_parse_spki(&key, buf_span(&p->der), &e)) {
		return false;
	}
	return k->type == alg->type && k->bits == alg->bits &&
	    pubkey_verify_digest(k, alg->hash, buf_span(&p->hash), buf_span(&p->sig), &e) == 0;
}

static void
emit_bytes(struct emit *j, const char *name, const struct buf *bytes)
{
	emit_key(j, name);
	emit_base64(j, buf_span(bytes));
}

static void
make_body(const struct proposal *p, const struct alg *alg, struct buf *body)
{
	struct emit j;

	emit_init(&j, body);
	j.raw_html = true;
	emit_object(&j);
	emit_kstr(&j, "apiVersion", "0.0.2");
	emit_kstr(&j, "kind", "hashedrekord");
	emit_key(&j, "spec");
	emit_object(&j);
	emit_key(&j, "hashedRekordV002");
	emit_object(&j);
	emit_key(&j, "data");
	emit_object(&j);
	emit_kstr(&j, "algorithm", hash_names[alg->hash]);
	emit_bytes(&j, "digest", &p->hash);
	emit_object_end(&j);
	emit_key(&j, "signature");
	emit_object(&j);
	emit_bytes(&j, "content", &p->sig);
	emit_key(&j, "verifier");
	emit_object(&j);
	emit_kstr(&j, "keyDetails", alg->details);
	emit_key(&j, p->cert.ptr ? "x509Certificate" : "publicKey");
	emit_object(&j);
	emit_bytes(&j, "rawBytes", &p->der);
	for (int i = 0; i < 6; i++)
		emit_object_end(&j);
}

static bool
propose(struct ask *a, struct buf *body)
{
	AUTO(buf) struct buf sig = BUF_INIT(BUF_TEXT_MAX), der = BUF_INIT(BUF_TEXT_MAX), hash = BUF_INIT(BUF_TEXT_MAX);
	struct proposal p = {.sig = sig, .der = der, .hash = hash};
	struct err e = ERR_INIT;
	struct node request;
	const struct alg *alg = NULL;
	bool good;

	good = scan_document(buf_span(&a->x.body), &request, &e) == 0 && read_proposal(a, request, &p) &&
	    (alg = alg_find_details(p.details)) && alg->hash != HASH_NONE && verifies(&p, alg);
	if (good)
		make_body(&p, alg, body);
	else
		reply_error(a, 400, 3, "invalid hashedrekord request");
	sig = p.sig;
	der = p.der;
	hash = p.hash;
	return good;
}

/* --- the answer ---------------------------------------------------------- */

static void
emit_number(struct emit *j, const char *name, int64_t n)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", (long long)n);
	emit_kstr(j, name, text);
}

static void
emit_proof(struct emit *j, const struct ask *a, EVP_PKEY *key, int64_t index, int64_t size)
{
	AUTO(buf) struct buf checkpoint = BUF_INIT(BUF_TEXT_MAX);
	const struct tree *t = &a->service->rekor->tree;
	struct tree_proof proof;
	struct tree_hash root;

	tree_include(t, (size_t)index, (size_t)size, &proof);
	tree_root(t, 0, (size_t)size, &root);
	if (deed_of(a, "bad-proof"))
		(proof.count ? &proof.hashes[0] : &root)->bytes[0] ^= 1;
	rekor_checkpoint(a, key, deed_of(a, "other-origin") ? "log.example.com" : ORIGIN, size, &checkpoint);
	emit_key(j, "inclusionProof");
	emit_object(j);
	emit_number(j, "logIndex", index);
	emit_key(j, "rootHash");
	emit_base64(j, span_of(root.bytes, SEAL_HASH));
	emit_number(j, "treeSize", size);
	emit_key(j, "hashes");
	emit_array(j);
	for (size_t i = 0; i < proof.count; i++)
		emit_base64(j, span_of(proof.hashes[i].bytes, SEAL_HASH));
	emit_array_end(j);
	emit_key(j, "checkpoint");
	emit_object(j);
	emit_kspan(j, "envelope", buf_span(&checkpoint));
	emit_object_end(j);
	emit_object_end(j);
}

/* Default values are spelt out, as the real server does. */
static void
answer_entry(struct ask *a, int64_t index)
{
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);
	const struct rekor *r = a->service->rekor;
	EVP_PKEY *key = deed_of(a, "other-key") ? r->other : r->key;
	unsigned char id[32];
	struct emit j;

	rekor_key_id(deed_of(a, "other-log") ? r->other : r->key, id);
	emit_init(&j, &out);
	j.raw_html = true;
	emit_object(&j);
	emit_number(&j, "logIndex", index);
	emit_key(&j, "logId");
	emit_object(&j);
	emit_key(&j, "keyId");
	emit_base64(&j, span_of(id, sizeof(id)));
	emit_object_end(&j);
	emit_key(&j, "kindVersion");
	emit_object(&j);
	emit_kstr(&j, "kind", "hashedrekord");
	emit_kstr(&j, "version", "0.0.2");
	emit_object_end(&j);
	emit_kstr(&j, "integratedTime", "0");
	emit_key(&j, "inclusionPromise");
	emit_null(&j);
	if (!deed_of(a, "no-proof"))
		emit_proof(&j, a, key, index, (int64_t)r->entries.count);
	emit_key(&j, "canonicalizedBody");
	emit_base64(&j, buf_span(&r->entries.items[index]->body));
	emit_object_end(&j);
	reply_json(a, 201, &out);
}

static void
answer_conflict(struct ask *a, int64_t index)
{
	reply_error(a, 409, 6, "an equivalent entry already exists in the transparency log with index %lld",
	    (long long)index);
	exchange_add(&a->x, "x-log-index", "%lld", (long long)index);
}

static void
add(struct ask *a)
{
	AUTO(buf) struct buf body = BUF_INIT(BUF_BIG_MAX);
	struct rekor *r = a->service->rekor;
	int64_t old;

	if (!propose(a, &body))
		return;
	old = rekor_find(r, &body);
	if (old >= 0 || deed_of(a, "conflict")) {
		answer_conflict(a, old >= 0 ? old : rekor_add(r, &body, NULL));
		return;
	}
	rekor_add(r, &body, NULL);
	if (deed_of(a, "other-entry"))
		rekor_add_foreign(r, "0.0.2");
	answer_entry(a, (int64_t)r->entries.count - 1);
}

/* --- reading: checkpoint and tiles --------------------------------------- */

/* "x001/x234/067[.p/W]" */
static bool
tile_number(const char *text, size_t *number, size_t *width)
{
	size_t n = 0;
	char *end;

	for (; *text == 'x'; text += 5) {
		if (strlen(text) < 5 || text[4] != '/')
			return false;
		n = (n + strtoul(text + 1, NULL, 10)) * 1000;
	}
	*number = n + strtoul(text, &end, 10);
	*width = 256;
	if (strncmp(end, ".p/", 3) == 0)
		*width = strtoul(end + 3, &end, 10);
	return *end == '\0' && *width > 0 && *width <= 256;
}

static void
hash_tile(struct ask *a, const char *path)
{
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);
	const struct tree *t = &a->service->rekor->tree;
	char *rest;
	unsigned long level = strtoul(path, &rest, 10);
	size_t number, width, span = 1;
	struct tree_hash h;

	if (*rest != '/' || level > 3 || !tile_number(rest + 1, &number, &width)) {
		reply_error(a, 400, 3, "what tile?");
		return;
	}
	while (level-- > 0)
		span *= 256;
	if ((number * 256 + width) * span > t->leaves.count) {
		reply_error(a, 404, 5, "no such tile");
		return;
	}
	for (size_t i = 0; i < width; i++) {
		tree_root(t, (number * 256 + i) * span, span, &h);
		buf_add(&out, h.bytes, sizeof(h.bytes));
		if (deed_of(a, "bad-tile"))
			out.ptr[out.len - 1] = (char)(out.ptr[out.len - 1] ^ 1);
	}
	if (deed_of(a, "short-tile"))
		out.len -= SEAL_HASH / 2;
	reply(a, 200, "application/octet-stream", &out);
}

static void
entry_tile(struct ask *a, const char *path)
{
	AUTO(buf) struct buf out = BUF_INIT(BUF_BIG_MAX);
	const struct rekor *r = a->service->rekor;
	size_t number, width;

	if (!tile_number(path, &number, &width) || number * 256 + width > r->entries.count) {
		reply_error(a, 404, 5, "no such entries");
		return;
	}
	for (size_t i = 0; i < width; i++) {
		const struct buf *body = &r->entries.items[number * 256 + i]->body;

		buf_add_char(&out, (char)(body->len >> 8));
		buf_add_char(&out, (char)body->len);
		buf_add_span(&out, buf_span(body));
	}
	reply(a, 200, "application/octet-stream", &out);
}

static void
checkpoint(struct ask *a)
{
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);
	const struct rekor *r = a->service->rekor;
	int64_t size = deed_of(a, "early-checkpoint") ? 1 : (int64_t)r->entries.count;

	rekor_checkpoint(a, deed_of(a, "other-key") ? r->other : r->key,
	    deed_of(a, "other-origin") ? "log.example.com" : ORIGIN, size, &out);
	reply(a, 200, "text/plain; charset=utf-8", &out);
}

void
rekor2_serve(struct ask *a)
{
	const char *path = a->x.path;

	if (exchange_is(&a->x, "POST") && strcmp(path, "/api/v2/log/entries") == 0)
		add(a);
	else if (!exchange_is_read(&a->x))
		reply_error(a, 404, 5, "Not Found");
	else if (strcmp(path, "/api/v2/checkpoint") == 0)
		checkpoint(a);
	else if (strncmp(path, "/api/v2/tile/entries/", 21) == 0)
		entry_tile(a, path + 21);
	else if (strncmp(path, "/api/v2/tile/", 13) == 0)
		hash_tile(a, path + 13);
	else
		reply_error(a, 404, 5, "Not Found");
}
