/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What both versions of Rekor have: a log of bodies, its key and its
 * checkpoints (transparency.md 5.2).
 */
#include "sigstore.h"

#include <openssl/rand.h>

void
rekor_start(struct service *s, const char *curve)
{
	struct rekor *r = xcalloc(1, sizeof(*r));

	r->key = seal_key(curve);
	r->other = seal_key(curve);
	RAND_bytes((unsigned char *)&r->tree_id, sizeof(r->tree_id));
	r->tree_id = (r->tree_id >> 1) | (uint64_t)1 << 62;
	s->rekor = r;
}

int64_t
rekor_find(const struct rekor *r, const struct buf *body)
{
	for (size_t i = 0; i < r->entries.count; i++)
		if (span_eq(buf_span(&r->entries.items[i]->body), buf_span(body)))
			return (int64_t)i;
	return -1;
}

int64_t
rekor_add(struct rekor *r, struct buf *body, const char *hash)
{
	struct rekor_entry *e = xcalloc(1, sizeof(*e));

	e->body = *body;
	*body = (struct buf)BUF_INIT(BUF_BIG_MAX);
	e->time = time(NULL);
	e->hash = hash ? xstrdup(hash) : NULL;
	tree_add(&r->tree, buf_span(&e->body));
	*VEC_PUSH(&r->entries) = e;
	return (int64_t)r->entries.count - 1;
}

int64_t
rekor_add_foreign(struct rekor *r, const char *version)
{
	AUTO(buf) struct buf body = BUF_INIT(BUF_BIG_MAX);

	buf_printf(&body, "{\"apiVersion\":\"%s\",\"kind\":\"hashedrekord\",\"spec\":{\"n\":%zu}}", version,
	    r->entries.count);
	return rekor_add(r, &body, NULL);
}

/* What a checkpoint of this name names the key by. */
void
rekor_key_id(EVP_PKEY *key, unsigned char id[32])
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX), spki = BUF_INIT(BUF_TEXT_MAX);

	seal_spki(key, &spki);
	if (EVP_PKEY_is_a(key, "ED25519")) {
		buf_add_str(&b, "127.0.0.1\n\x01");
		buf_add_span(&b, span_from(buf_span(&spki), spki.len - 32));
	} else {
		buf_add_span(&b, buf_span(&spki));
	}
	seal_sha256(buf_span(&b), id);
}

void
rekor_checkpoint(const struct ask *a, EVP_PKEY *key, const char *origin, int64_t size, struct buf *out)
{
	AUTO(buf) struct buf sig = BUF_INIT(BUF_TEXT_MAX);
	struct tree_hash root;
	unsigned char id[32];

	tree_root(&a->service->rekor->tree, 0, (size_t)size, &root);
	if (deed_of(a, "bad-checkpoint"))
		root.bytes[0] ^= 1;
	buf_printf(out, "%s\n%lld\n", origin, (long long)size);
	seal_base64(out, span_of(root.bytes, sizeof(root.bytes)));
	buf_add_char(out, '\n');
	rekor_key_id(key, id);
	buf_add(&sig, id, 4);
	seal_sign(key, buf_span(out), &sig);
	if (deed_of(a, "bad-note"))
		sig.ptr[sig.len - 1] = (char)(sig.ptr[sig.len - 1] ^ 1);
	buf_add_str(out, "\n\u2014 127.0.0.1 ");
	seal_base64(out, buf_span(&sig));
	buf_add_char(out, '\n');
}
