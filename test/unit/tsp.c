/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/tspcheck.h"

#include "base/date.h"
#include "codec/oid.h"
#include "vectors.h"

/* A chain file as a trusted root has it: the signer's certificate first when
 * it is no authority, the anchor last. */
struct authority {
	struct certlist helpers, roots;
	struct cert leaf;
	bool has_leaf;
};

static void
authority_release(struct authority *a)
{
	certlist_release(&a->helpers);
	certlist_release(&a->roots);
	cert_release(&a->leaf);
}

static bool
read_chain(const char *dir, struct authority *a)
{
	AUTO(certlist) struct certlist all = CERTLIST_INIT;
	AUTO(buf) struct buf text = BUF_INIT(1 << 20);
	struct err e = ERR_INIT;

	*a = (struct authority){CERTLIST_INIT, CERTLIST_INIT, CERT_INIT, false};
	if (!vectors_read(dir, "chain.pem", &text) ||
	    !succeeds(certlist_add_pem(&all, buf_span(&text), &e), &e, "its chain"))
		return false;
	for (size_t i = 0; i < all.count; i++) {
		struct span der = buf_span(&all.items[i]->der);

		if (i + 1 == all.count)
			succeeds(certlist_add_der(&a->roots, der, &e), &e, "the anchor");
		else if (i == 0 && !all.items[i]->is_ca)
			a->has_leaf = cert_parse_der(&a->leaf, der, &e) == 0;
		else
			succeeds(certlist_add_der(&a->helpers, der, &e), &e, "an intermediate");
	}
	return true;
}

/* Every byte outside of the certificates matters, but for what nobody signed:
 * CMS versions and the list of digests. */
static void
flip(const struct buf *token, const struct tsp_want *want)
{
	AUTO(buf) struct buf copy = BUF_INIT(TSP_MAX);
	AUTO(tsp) struct tsp whole = TSP_INIT;
	struct span certs;
	size_t accepted = 0;

	buf_add_span(&copy, buf_span(token));
	if (tsp_parse_response(&whole, buf_span(token), NULL))
		return;
	certs = whole.cert_count ? whole.certs[0] : SPAN_NONE;
	for (size_t i = 0; i < copy.len; i++) {
		AUTO(tsp) struct tsp t = TSP_INIT;

		if (certs.ptr && whole.der.ptr + i >= certs.ptr && whole.der.ptr + i < certs.ptr + certs.len)
			continue;
		copy.ptr[i] ^= 1;
		accepted += tsp_parse_response(&t, buf_span(&copy), NULL) == 0 && tspcheck(&t, want, NULL) == 0;
		copy.ptr[i] ^= 1;
	}
	ok(accepted <= 16, "%zu of %zu bytes matter to nobody", accepted, copy.len);
}

static void
wishes(const struct tsp *t, struct tsp_want *want)
{
	struct err e = ERR_INIT;
	struct oid oid;

	succeeds(oid_parse(&oid, SPAN("1.3.6.1.4.1.57264.2"), &e), &e, "Sigstore's policy");
	want->policy = oid_span(&oid);
	succeeds(tspcheck(t, want, &e), &e, "made under it");
	oid.der[oid.len - 1]++;
	fails_with(tspcheck(t, want, &e), &e, REASON_BAD_TIMESTAMP, "not under another");
	want->policy = SPAN_NONE;
	want->nonce = SPAN("\x01");
	fails_with(tspcheck(t, want, &e), &e, REASON_BAD_TIMESTAMP, "not the nonce");
	want->nonce = SPAN_NONE;
	want->message = SPAN("other");
	fails_with(tspcheck(t, want, &e), &e, REASON_BAD_TIMESTAMP, "about other bytes");
}

static void
full(const char *dir, bool pass)
{
	AUTO(buf) struct buf token = BUF_INIT(TSP_MAX), message = BUF_INIT(1 << 20);
	AUTO(tsp) struct tsp t = TSP_INIT;
	struct certlist none = CERTLIST_INIT, *roots[1], *helpers[1], *nothing[1] = {&none};
	struct authority a;
	struct tsp_want want;
	struct err e = ERR_INIT;

	ok(vectors_read(dir, "token.tsr", &token) && vectors_read(dir, "message", &message) && read_chain(dir, &a),
	    "%s can be read", dir);
	roots[0] = &a.roots;
	helpers[0] = &a.helpers;
	want = (struct tsp_want){buf_span(&message), roots, 1, helpers, 1, a.has_leaf ? &a.leaf : NULL, SPAN_NONE,
				 SPAN_NONE};
	succeeds(tsp_parse_response(&t, buf_span(&token), &e), &e, "a token");
	if (!pass) {
		fails_with(tspcheck(&t, &want, &e), &e, REASON_BAD_TIMESTAMP, "%s", dir);
		authority_release(&a);
		return;
	}
	succeeds(tspcheck(&t, &want, &e), &e, "%s", dir);
	flip(&token, &want);
	want.roots = nothing;
	fails_with(tspcheck(&t, &want, &e), &e, REASON_BAD_TIMESTAMP, "without a root");
	want.roots = roots;
	want.leaf = NULL;
	if (t.cert_count)
		succeeds(tspcheck(&t, &want, &e), &e, "by the certificate inside");
	else
		fails_with(tspcheck(&t, &want, &e), &e, REASON_BAD_TIMESTAMP, "without the certificate");
	want.leaf = a.roots.items[0];
	fails_with(tspcheck(&t, &want, &e), &e, REASON_BAD_TIMESTAMP, "by another certificate");
	want.leaf = a.has_leaf ? &a.leaf : NULL;
	wishes(&t, &want);
	authority_release(&a);
}

static void
parsed(const char *dir, struct node facts)
{
	AUTO(buf) struct buf token = BUF_INIT(TSP_MAX);
	AUTO(tsp) struct tsp t = TSP_INIT;
	struct err e = ERR_INIT;
	char text[DATE_TEXT];

	ok(vectors_read(dir, "token.tsr", &token), "%s can be read", dir);
	succeeds(tsp_parse_response(&t, buf_span(&token), &e), &e, "%s", dir);
	ok(vectors_fact(facts, "time", date_format(t.time.seconds, text)), "its time %s", text);
	ok(vectors_fact(facts, "hash", hash_name(t.imprint_hash)), "its hash");
}

static void
vector(const char *dir, struct node facts)
{
	if (vectors_fact(facts, "kind", "rfc3161"))
		full(dir, vectors_fact(facts, "expect", "pass"));
	if (vectors_fact(facts, "kind", "rfc3161-parse"))
		parsed(dir, facts);
}

static void
try_bad(const char *path, struct span bytes, enum reason want, void *arg UNUSED)
{
	AUTO(tsp) struct tsp t = TSP_INIT;
	struct err e = ERR_INIT;

	fails_with(tsp_parse_response(&t, bytes, &e), &e, want, "%s", path);
}

int
main(void)
{
	vectors_each("tsr", vector);
	tap_samples("test/vectors/bad/tsp", try_bad, NULL);
	return tap_done();
}
