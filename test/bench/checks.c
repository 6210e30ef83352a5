/* SPDX-License-Identifier: Apache-2.0 */
/*
 * checks BUNDLE TRUSTED-ROOT FILE: takes the signature checks out of a keyless
 * bundle over a file, for bare.c: of the leaf by its authority and so on up, of
 * the certificate timestamp, the log's promise and checkpoint, the timestamp and
 * its authority, and of the file.
 */
#include <stdio.h>
#include "base/file.h"
#include "base/mem.h"
#include "crypto/tsp.h"
#include "sig/anchors.h"
#include "sig/bundle.h"
#include "sig/note.h"
#include "sig/tlog.h"

static void
put(struct span s)
{
	unsigned char n[4] = {(unsigned char)(s.len >> 24), (unsigned char)(s.len >> 16), (unsigned char)(s.len >> 8),
		(unsigned char)s.len};

	if (fwrite(n, 1, 4, stdout) != 4 || fwrite(s.ptr ? s.ptr : "", 1, s.len, stdout) != s.len)
		BUG("cannot write");
}

static void
check(bool once, enum hash h, struct span key, struct span message, struct span sig)
{
	put(once ? SPAN("1") : SPAN("0"));
	put(h == HASH_NONE ? SPAN("") : span_str(hash_name(h)));
	put(key);
	put(message);
	put(sig);
}

static void
load(const char *path, struct buf *b)
{
	struct err e = ERR_INIT;
	char text[ERR_TEXT];

	if (file_read(path, b, &e))
		BUG("%s", err_text(&e, text, sizeof(text)));
}

static const unsigned char *
der_at(const unsigned char *p, size_t *len)
{
	size_t n = p[1], extra = 0;

	if (n & 0x80) {
		extra = n & 0x7f;
		n = 0;
		for (size_t i = 0; i < extra; i++)
			n = n << 8 | p[2 + i];
	}
	*len = n;
	return p + 2 + extra;
}

/* The signature of a certificate: the BIT STRING behind what is signed and the
 * algorithm. */
static struct span
cert_signature(const struct cert *c)
{
	size_t len;
	const unsigned char *p = (const unsigned char *)c->tbs.ptr + c->tbs.len;

	p = der_at(p, &len) + len;
	p = der_at(p, &len);
	return span_of(p + 1, len - 1);
}

static enum hash
curve_hash(const struct cert *issued)
{
	/* ecdsa-with-SHA256 is …4.3.2, SHA384 …4.3.3, SHA512 …4.3.4 */
	const unsigned char *p = (const unsigned char *)issued->tbs.ptr + issued->tbs.len;
	size_t len;

	p = der_at(p, &len);
	p = der_at(p, &len);
	return p[len - 1] == 2 ? HASH_SHA256 : p[len - 1] == 3 ? HASH_SHA384 : HASH_SHA512;
}

static void
path(const struct anchor *a, const struct cert *c, bool once)
{
	const struct certlist *lists[] = {&a->roots, &a->helpers};

	for (size_t l = 0; l < countof(lists); l++)
		for (size_t i = 0; i < lists[l]->count; i++) {
			const struct cert *by = lists[l]->items[i];

			if (!span_eq(c->issuer, by->subject) || span_eq(c->subject, by->subject))
				continue;
			check(once, curve_hash(c), by->spki, c->tbs, cert_signature(c));
			if (l == 1)
				path(a, by, true);
			return;
		}
}

static void
logs(const struct bundle *b, struct anchors *a)
{
	for (size_t i = 0; i < b->entry_count; i++) {
		const struct bundle_entry *entry = &b->entries[i];
		struct trust_log *log = trust_find(&a->trust.tlogs, entry->log_id, NULL);
		AUTO(buf) struct buf promise = BUF_INIT(BUF_BIG_MAX);
		struct checkpoint c = CHECKPOINT_INIT;
		enum hash h;

		if (!log)
			continue;
		h = log->key.type == KEY_ED25519 ? HASH_NONE : HASH_SHA256;
		if (entry->set.ptr) {
			tlog_promise(entry, &promise);
			check(false, h, buf_span(&log->key.spki), buf_span(&promise), entry->set);
		}
		if (entry->has_proof && note_parse_checkpoint(&c, entry->checkpoint, NULL) == 0)
			check(false, h, buf_span(&log->key.spki), c.note.text, c.note.signatures[0].sig);
		checkpoint_cleanup(&c);
	}
}

static void
stamps(const struct bundle *b, const struct anchors *a)
{
	for (size_t i = 0; i < b->timestamps.count && a->tsa_count; i++) {
		const struct anchor *by = &a->tsas[0];
		AUTO(buf) struct buf set = BUF_INIT(BUF_TEXT_MAX);
		struct tsp t = TSP_INIT;

		if (tsp_parse_response(&t, b->timestamps.items[i], NULL) == 0 && by->leaf.count) {
			buf_add_char(&set, '\x31');
			buf_add_span(&set, span_from(t.attributes, 1));
			check(false, t.signer_hash, by->leaf.items[0]->spki, buf_span(&set), t.signature);
			path(by, by->leaf.items[0], true);
		}
		tsp_release(&t);
	}
}

int
main(int argc, char **argv)
{
	AUTO(buf) struct buf json = BUF_INIT(BUF_BIG_MAX), root = BUF_INIT(BUF_BIG_MAX), file = BUF_INIT(BUF_BIG_MAX);
	AUTO(buf) struct buf sct = BUF_INIT(BUF_TEXT_MAX);
	AUTO(bundle) struct bundle b = BUNDLE_INIT;
	AUTO(anchors) struct anchors a = ANCHORS_INIT;
	AUTO(cert) struct cert leaf = CERT_INIT;
	struct sct_list list;
	struct err e = ERR_INIT;

	if (argc < 4)
		return 2;
	load(argv[1], &json);
	load(argv[2], &root);
	load(argv[3], &file);
	if (bundle_parse(&b, buf_span(&json), &e) || anchors_load(&a, buf_span(&root), &e) || !b.certs.count ||
	    cert_parse_der(&leaf, b.certs.items[0], &e))
		BUG("not a keyless bundle");
	check(false, HASH_SHA256, leaf.spki, buf_span(&file), b.sig);
	for (size_t i = 0; i < a.ca_count; i++) {
		path(&a.cas[i], &leaf, false);
		if (a.ctlog_count && sct_list_get(&list, &leaf, &e) == 0 && list.count &&
		    sct_signed_bytes(&list.items[0], &leaf,
		    a.cas[i].helpers.count ? a.cas[i].helpers.items[0] : a.cas[i].roots.items[0], &sct, &e) == 0)
			check(false, HASH_SHA256, buf_span(&a.trust.ctlogs.items[0].key.spki), buf_span(&sct),
			    span_from(list.items[0].signature, 4));
		break;
	}
	logs(&b, &a);
	stamps(&b, &a);
	return fflush(stdout) ? 1 : 0;
}
