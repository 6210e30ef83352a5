/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every byte of a trusted root changed: it is refused, or nothing that a
 * signature is judged with is another, or what the change fell on no longer
 * vouches for anything. A trusted root is not signed itself: its windows,
 * addresses and names may change unnoticed, as may the id of a certificate log,
 * which follows from its key, and all of a root certificate but name and key.
 */
#include <openssl/x509.h>
#include "flip.h"

enum { USES_LOG = 1, USES_CA = 2, USES_TSA = 4, KINDS = 3 };

static struct lab lab;
static struct material v1 = MATERIAL_INIT, v2 = MATERIAL_INIT;

static bool
same_logs(const struct trust_logs *a, const struct trust_logs *b, bool named)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		const struct trust_log *x = &a->items[i], *y = &b->items[i];

		if (!span_eq(buf_span(&x->key.spki), buf_span(&y->key.spki)) || (named && !span_eq(x->id, y->id)))
			return false;
		/* Only logs of Rekor v2 sign by their name. */
		if (named && x->key.type == KEY_ED25519 && !span_eq(x->host, y->host))
			return false;
	}
	return true;
}

/* One point has several encodings, of which OpenSSL reads some more. */
static bool
same_key(struct cert *a, struct cert *b)
{
	X509 *x = cert_x509(a, NULL), *y = cert_x509(b, NULL);

	return span_eq(a->spki, b->spki) || (x && y && EVP_PKEY_eq(X509_get0_pubkey(x), X509_get0_pubkey(y)) == 1);
}

static bool
same_lists(const struct certlist *a, const struct certlist *b, bool whole)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		struct cert *x = a->items[i], *y = b->items[i];

		if (whole ? !cert_eq(x, y) : !span_eq(x->subject, y->subject) || !same_key(x, y))
			return false;
	}
	return true;
}

static bool
same_authorities(const struct anchor *a, size_t n, const struct anchor *b, size_t m)
{
	if (n != m)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!same_lists(&a[i].roots, &b[i].roots, false) || !same_lists(&a[i].helpers, &b[i].helpers, true) ||
		    !same_lists(&a[i].leaf, &b[i].leaf, true))
			return false;
	return true;
}

/* Bits of what is no longer as it was. */
static unsigned
changed(const struct anchors *was, const struct anchors *is)
{
	unsigned bits = 0;

	if (!same_logs(&was->trust.tlogs, &is->trust.tlogs, true))
		bits |= USES_LOG;
	if (!same_authorities(was->cas, was->ca_count, is->cas, is->ca_count) ||
	    !same_logs(&was->trust.ctlogs, &is->trust.ctlogs, false))
		bits |= USES_CA;
	if (!same_authorities(was->tsas, was->tsa_count, is->tsas, is->tsa_count))
		bits |= USES_TSA;
	return bits;
}

/* Whether both signatures, of which each needs one of the logs, are accepted
 * still. */
static bool
accepts(struct anchors *a, unsigned bits)
{
	struct policy p = lab_policy(&lab, false);

	p.anchors = a;
	p.stamps = bits & USES_TSA;
	return flip_judge(&v1, &lab.file, &p) && (!(bits & USES_LOG) || flip_judge(&v2, &lab.file, &p));
}

static void
flip_root(unsigned round)
{
	struct buf *text = &lab.root;
	size_t count[1 << KINDS] = {0}, refused = 0, wrong = 0;

	for (size_t i = 0; i < text->len; i++) {
		AUTO(anchors) struct anchors is = ANCHORS_INIT;
		char byte = text->ptr[i];
		unsigned bits;

		text->ptr[i] = (char)(byte ^ flip_mask(i, round));
		if (anchors_load(&is, buf_span(text), NULL)) {
			refused++;
		} else {
			bits = changed(&lab.anchors, &is);
			count[bits]++;
			if (bits && accepts(&is, bits)) {
				wrong++;
				diag("byte %zu: %.*s", i, 20, text->ptr + (i > 10 ? i - 10 : 0));
			}
		}
		text->ptr[i] = byte;
	}
	is_int((int64_t)wrong, 0, "what changed does not vouch any more");
	diag("%zu refused, %zu of no matter", refused, count[0]);
	ok(count[USES_LOG] && count[USES_CA] && count[USES_TSA], "%zu logs, %zu authorities, %zu of timestamps",
	    count[USES_LOG], count[USES_CA], count[USES_TSA]);
	ok(refused > text->len / 10 && count[0] < text->len / 4, "most changes count");
}

static void
read_sample(struct material *m, const char *path)
{
	AUTO(buf) struct buf text = BUF_INIT(BUNDLE_MAX);
	struct err e = ERR_INIT;

	lab_read(path, &text);
	succeeds(material_from_bundle(m, buf_span(&text), false, &e), &e, "%s", path);
}

int
main(void)
{
	lab_open(&lab);
	read_sample(&v1, LAB "kl-rekor1.json");
	read_sample(&v2, LAB "kl-rekor2.json");
	ok(accepts(&lab.anchors, USES_LOG | USES_CA | USES_TSA), "both are good");
	for (unsigned round = 0; round < flip_rounds(); round++)
		flip_root(round);
	material_release(&v1);
	material_release(&v2);
	lab_close(&lab);
	return tap_done();
}
