/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_LAB_H
#define UNIT_LAB_H
/*
 * Signatures of one private Sigstore as they are stored, whom to trust and what
 * they are about: what tests of the whole judgement start from.
 */
#include "base/file.h"
#include "base/mem.h"
#include "sig/verify.h"

#define LAB "test/vectors/good/judgement/"
#define LAB_IMAGE "sha256:ad798fc00ae0aabda290f88012e57fc55a03ae26468a8d8f7e6ce70f5ec5f48c"

struct lab {
	struct buf blob, root;
	struct pubkey key, *keys[1];
	struct identity who, *whos[1];
	struct anchors anchors;
	unsigned char digests[HASH_SHA512 + 1][HASH_SIZE_MAX];
	struct target file, image;
};

static inline void
lab_read(const char *path, struct buf *b)
{
	struct err e = ERR_INIT;
	char text[ERR_TEXT];

	if (file_read(path, b, &e))
		BUG("%s", err_text(&e, text, sizeof(text)));
}

/* Ends the program when anything is missing. The lab stays where it is. */
static inline void
lab_open(struct lab *l)
{
	AUTO(buf) struct buf pem = BUF_INIT(BUF_TEXT_MAX);
	struct err e = ERR_INIT;

	*l = (struct lab){.blob = BUF_INIT(BUF_BIG_MAX), .root = BUF_INIT(BUF_BIG_MAX), .key = PUBKEY_INIT,
	    .who = IDENTITY_INIT, .anchors = ANCHORS_INIT, .image = {.image = SPAN(LAB_IMAGE)}};
	lab_read(LAB "blob.txt", &l->blob);
	lab_read(LAB "trusted_root.json", &l->root);
	lab_read(LAB "cosign.pub", &pem);
	for (int h = HASH_SHA256; h <= HASH_SHA512; h++) {
		digest_of((enum hash)h, buf_span(&l->blob), l->digests[h]);
		l->file.digest[h] = span_of(l->digests[h], hash_size((enum hash)h));
	}
	if (pubkey_parse_pem(&l->key, buf_span(&pem), &e) || anchors_load(&l->anchors, buf_span(&l->root), &e) ||
	    identity_init(&l->who, SPAN("http://127.0.0.1:15002"), SPAN_NONE, SPAN("dev@example.com"), SPAN_NONE, &e))
		BUG("no lab");
	l->keys[0] = &l->key;
	l->whos[0] = &l->who;
}

static inline void
lab_close(struct lab *l)
{
	buf_release(&l->blob);
	buf_release(&l->root);
	pubkey_release(&l->key);
	identity_release(&l->who);
	anchors_release(&l->anchors);
}

/* By the key, or by the person. */
static inline struct policy
lab_policy(struct lab *l, bool by_key)
{
	struct policy p = {.anchors = &l->anchors, .now = 1900000000, .check_claims = true};

	if (by_key) {
		p.keys = l->keys;
		p.key_count = 1;
	} else {
		p.identities = l->whos;
		p.identity_count = 1;
	}
	return p;
}
#endif
