/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flaws that other programs of this kind had, each tried here under the name of
 * its advisory (test/FLAWS.md has the whole list).
 */
#include "flip.h"
#include "json/scan.h"

static struct lab lab;

static void
read_bundle(struct material *m, const char *name)
{
	AUTO(buf) struct buf text = BUF_INIT(BUNDLE_MAX);
	AUTO(charp) char *path = xasprintf(LAB "%s.json", name);
	struct err e = ERR_INIT;

	lab_read(path, &text);
	if (material_from_bundle(m, buf_span(&text), false, &e))
		BUG("%s", path);
}

static void
refused(struct material *m, const struct policy *p, enum reason want, const char *what)
{
	AUTO(verdict) struct verdict v = VERDICT_INIT;

	verify_material(m, &lab.file, p, &v);
	ok(!v.ok, "%s", what);
	is_str(reason_slug(v.why.reason), reason_slug(want), "%s", what);
	ok(v.signer.len == 0, "%s: nobody is named", what);
}

/* --- log entries --- */

/* In the old form, with one thing of another signature. */
static void
refused_old(const char *name, const char *other, bool by_key, const char *what)
{
	AUTO(material) struct material a = MATERIAL_INIT, b = MATERIAL_INIT, old = MATERIAL_INIT;
	AUTO(buf) struct buf log = BUF_INIT(BUF_BIG_MAX);
	struct policy p = lab_policy(&lab, by_key);

	read_bundle(&a, name);
	read_bundle(&b, other);
	logset_emit(&b.bundle.entries[0], &log);
	old.form = MATERIAL_LEGACY;
	old.sig = a.sig;
	if (!by_key)
		old.certificate = a.bundle.certs.items[0];
	old.log = buf_span(&log);
	refused(&old, &p, REASON_BAD_LOG_ENTRY, what);
}

static void
test_entry_of_another(void)
{
	static const struct { const char *name, *other; bool by_key; enum reason want; } swaps[] = {
		{"kl-rekor1", "key-rekor1", false, REASON_BAD_LOG_ENTRY},
		{"key-rekor1", "kl-rekor1", true, REASON_BAD_LOG_ENTRY},
		{"key-rekor1", "key-rekor1-notsa", true, REASON_BAD_LOG_ENTRY},
		{"kl-rekor2", "key-rekor2", false, REASON_BAD_LOG_PROOF},
		{"key-rekor2", "kl-rekor2", true, REASON_BAD_LOG_PROOF},
	};

	for (size_t i = 0; i < countof(swaps); i++) {
		AUTO(material) struct material m = MATERIAL_INIT, other = MATERIAL_INIT;
		struct policy p = lab_policy(&lab, swaps[i].by_key);

		read_bundle(&m, swaps[i].name);
		read_bundle(&other, swaps[i].other);
		m.bundle.entries = other.bundle.entries;
		refused(&m, &p, swaps[i].want, "GHSA-ccxc-vr6p-4858: a log entry of another signature");
	}
	refused_old("key-rekor1", "key-rekor1-notsa", true, "GHSA-whqx-f9j3-ch6m: the same in the old form");
	refused_old("kl-rekor1", "kl-rekor1-notsa", false, "GHSA-whqx-f9j3-ch6m: the same with a certificate");
	refused_old("kl-rekor1", "key-rekor1", false, "GHSA-whqx-f9j3-ch6m: the same with a key's");
}

/* --- four ways to say yes wrongly --- */

static void
test_verify_blob(void)
{
	AUTO(material) struct material m = MATERIAL_INIT, other = MATERIAL_INIT, empty = MATERIAL_INIT;
	AUTO(identity) struct identity stranger = IDENTITY_INIT;
	struct policy p = lab_policy(&lab, false), key = lab_policy(&lab, true);
	struct identity *nobody[] = {&stranger};
	struct err e = ERR_INIT;

	read_bundle(&m, "kl-rekor1");
	read_bundle(&other, "key-rekor1");
	succeeds(identity_init(&stranger, SPAN("http://127.0.0.1:15002"), SPAN_NONE, SPAN("eve@example.com"), SPAN_NONE, &e),
	    &e, "somebody else");
	p.identities = nobody;
	refused(&m, &p, REASON_WRONG_IDENTITY, "GHSA-8gw7-4j42-w388: the identity counts, with a bundle too");
	m.sig = m.bundle.sig = other.sig;
	p = lab_policy(&lab, false);
	refused(&m, &p, REASON_BAD_SIGNATURE, "GHSA-8gw7-4j42-w388: a bundle for another signature");
	fails_with(material_from_bundle(&empty, SPAN("{}"), false, &e), &e, REASON_BAD_BUNDLE,
	    "GHSA-8gw7-4j42-w388: an invalid bundle is no bundle to do without");
	other.bundle.entries[0].set = SPAN("0");
	refused(&other, &key, REASON_BAD_LOG_ENTRY, "GHSA-8gw7-4j42-w388: a bad log entry is no success");
}

/* --- what is absent, or something else --- */

/* Whether what is there still is as it was, and nothing is gone that counts. A
 * promise may be: the proof says the same, and timestamps the time. */
static bool
still_same(const struct parts *was, const struct parts *is)
{
	size_t k = 0;

	for (size_t i = 0; i < was->count; i++) {
		const struct part *a = &was->item[i], *b = k < is->count ? &is->item[k] : NULL;
		bool there = b && strcmp(a->name, b->name) == 0;

		k += there;
		if (there ? a->covered && !span_eq(a->bytes, b->bytes) : a->covered && strcmp(a->name, "promise") != 0)
			return false;
	}
	return k == is->count;
}

struct mutation {
	const char *path, *json;
	struct policy policy;
	const struct parts *was;
	struct span text;
	size_t wrong, tried;
};

/* The value in the middle of the text becomes another. */
static void
replace(struct mutation *t, struct span value)
{
	AUTO(buf) struct buf out = BUF_INIT(BUNDLE_MAX);
	AUTO(material) struct material m = MATERIAL_INIT;
	size_t before = (size_t)(value.ptr - t->text.ptr);
	struct parts is;

	buf_add_span(&out, span_first(t->text, before));
	buf_add_str(&out, t->json);
	buf_add_span(&out, span_from(t->text, before + value.len));
	t->tried++;
	if (material_from_bundle(&m, buf_span(&out), false, NULL) || (parts_of(&is, &m) == 0 && still_same(t->was, &is)) ||
	    !flip_judge(&m, &lab.file, &t->policy))
		return;
	t->wrong++;
	diag("%s: %s for %.*s", t->path, t->json, SPAN_FMT(span_first(value, 40)));
}

static void
walk(struct mutation *t, struct node v)
{
	replace(t, v.raw);
	if (v.kind != JSON_OBJECT && v.kind != JSON_ARRAY)
		return;
	for (struct node_iter it = node_iter(v); node_next(&it);)
		walk(t, it.value);
}

static void
mutate(const char *path, bool by_key, const char *json, const char *what)
{
	AUTO(buf) struct buf text = BUF_INIT(BUNDLE_MAX);
	AUTO(material) struct material m = MATERIAL_INIT;
	struct mutation t = {.path = path, .json = json, .policy = lab_policy(&lab, by_key)};
	struct err e = ERR_INIT;
	struct parts was;
	struct node root;

	lab_read(path, &text);
	succeeds(material_from_bundle(&m, buf_span(&text), false, &e), &e, "%s", path);
	succeeds(scan_document(buf_span(&text), &root, &e), &e, "%s", path);
	if (parts_of(&was, &m))
		BUG("%s", path);
	t.was = &was;
	t.text = buf_span(&text);
	t.policy.stamps = m.bundle.timestamps.count > 0;
	walk(&t, root);
	is_int((int64_t)t.wrong, 0, "%s: %s: %s", what, path, json);
	ok(t.tried > 10, "%zu values", t.tried);
}

static void
test_types(void)
{
	static const char *const others[] = {"[]", "{}", "\"\"", "0", "-1", "9223372036854775808", "1e400", "true", "[null]", "{\"\":null}"};
	static const struct { const char *path; bool by_key; } bundles[] = {
		{LAB "key-rekor1.json", true}, {LAB "kl-rekor1.json", false}, {LAB "kl-rekor2.json", false},
		{"test/vectors/good/tlog/att-kl1.json", false},
	};

	for (size_t i = 0; i < countof(bundles); i++) {
		mutate(bundles[i].path, bundles[i].by_key, "null", "cosign#1648: nothing that counts may be absent");
		for (size_t k = 0; k < countof(others); k++)
			mutate(bundles[i].path, bundles[i].by_key, others[k], "cosign#4648: a value of another type");
	}
}

static void
test_no_certificate(void)
{
	AUTO(material) struct material m = MATERIAL_INIT;
	struct policy p = lab_policy(&lab, false);

	read_bundle(&m, "kl-rekor1");
	m.bundle.certs.count = 0;
	refused(&m, &p, REASON_NO_CERTIFICATE, "cosign#1648: no certificate in the bundle");
	m.form = MATERIAL_LEGACY;
	refused(&m, &p, REASON_NO_CERTIFICATE, "cosign#1648: no certificate beside the signature");
}

/* --- what is asked for --- */

static void
test_nothing_asked(void)
{
	AUTO(material) struct material m = MATERIAL_INIT;
	AUTO(anchors) struct anchors none = ANCHORS_INIT;
	struct policy p = lab_policy(&lab, false);
	struct err e = ERR_INIT;

	read_bundle(&m, "kl-rekor1");
	p.identity_count = 0;
	refused(&m, &p, REASON_WRONG_KEY, "GHSA-vjxv-45g9-9296: nobody asked for is nobody found");
	p = lab_policy(&lab, false);
	p.anchors = &none;
	refused(&m, &p, REASON_UNTRUSTED_LOG, "timestamp-authority#1099: no authority is trusted");
	p.ignore_log = p.stamps = true;
	refused(&m, &p, REASON_BAD_TIMESTAMP, "timestamp-authority#1099: no timestamp authority is trusted");
	p.stamps = false;
	refused(&m, &p, REASON_UNTRUSTED_CERTIFICATE, "timestamp-authority#1099: no certificate authority is trusted");
	fails_with(anchors_add_roots(&none, SPAN(""), SPAN_NONE, &e), &e, REASON_BAD_ENCODING,
	    "timestamp-authority#1099: an empty file of roots");
}

static void
test_type(void)
{
	AUTO(material) struct material m = MATERIAL_INIT;
	AUTO(buf) struct buf text = BUF_INIT(BUNDLE_MAX);
	struct policy p = lab_policy(&lab, false);
	struct err e = ERR_INIT;

	lab_read("test/vectors/good/tlog/att-kl1.json", &text);
	succeeds(material_from_bundle(&m, buf_span(&text), false, &e), &e, "an attestation");
	ok(flip_judge(&m, &lab.file, &p), "GHSA-w6c6-c85g-mmv6: good without a type asked for");
	p.predicate_type = "https://slsa.dev/provenance/v0.2";
	refused(&m, &p, REASON_WRONG_TYPE, "GHSA-w6c6-c85g-mmv6: the type counts");
	p.check_claims = false;
	refused(&m, &p, REASON_WRONG_TYPE, "GHSA-w6c6-c85g-mmv6: the type counts without claims");
}

static void
test_issuer(void)
{
	static const char *const issuers[] = {"http://127.0.0.1:1500", "http://127.0.0.1:150020", "http://127.0.0.1:15002/", ""};
	AUTO(material) struct material m = MATERIAL_INIT;
	struct policy p = lab_policy(&lab, false);

	read_bundle(&m, "kl-rekor1");
	for (size_t i = 0; i < countof(issuers); i++) {
		AUTO(identity) struct identity id = IDENTITY_INIT;
		struct identity *ids[] = {&id};
		struct err e = ERR_INIT;

		if (identity_init(&id, span_str(issuers[i]), SPAN_NONE, SPAN("dev@example.com"), SPAN_NONE, &e)) {
			ok(err_is(&e, REASON_USAGE), "GHSA-59jp-pj84-45mr: an empty issuer is none");
			continue;
		}
		p.identities = ids;
		refused(&m, &p, REASON_WRONG_IDENTITY, "GHSA-59jp-pj84-45mr: the whole issuer counts");
	}
}

/* --- one state, many judgements --- */

static void
test_shared(void)
{
	AUTO(material) struct material good = MATERIAL_INIT, bad = MATERIAL_INIT;
	struct policy p = lab_policy(&lab, false), before = p;

	read_bundle(&good, "kl-rekor1");
	read_bundle(&bad, "kl-rekor1");
	bad.bundle.entries[0].integrated_time++;
	for (int i = 0; i < 3; i++) {
		ok(flip_judge(&good, &lab.file, &p), "cosign#4917: good among bad ones");
		ok(!flip_judge(&bad, &lab.file, &p), "cosign#4917: bad among good ones");
	}
	ok(memcmp(&p, &before, sizeof(p)) == 0, "cosign#4917: what is asked for stays as it is");
}

/* --- content --- */

static void
test_digest(void)
{
	AUTO(material) struct material m = MATERIAL_INIT;
	struct policy p = lab_policy(&lab, true);
	char other[32] = {0};

	read_bundle(&m, "key-rekor1");
	m.bundle.digest = span_of(other, sizeof(other));
	refused(&m, &p, REASON_WRONG_SUBJECT, "sigstore-python#1652: the bundle's digest is compared");
}

static void
test_key_length(void)
{
	char der[] = "\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00""0123456789abcdef0123456789abcdef+";
	struct err e = ERR_INIT;

	for (int n = 30; n <= 33; n++) {
		AUTO(pubkey) struct pubkey key = PUBKEY_INIT;

		der[1] = (char)(10 + n);
		der[10] = (char)(1 + n);
		if (n == 32)
			succeeds(pubkey_parse_spki(&key, span_of(der, 12 + (size_t)n), &e), &e, "32 bytes are a key");
		else
			fails_with(pubkey_parse_spki(&key, span_of(der, 12 + (size_t)n), &e), &e, REASON_BAD_KEY,
			    "sigstore#2378: an Ed25519 key of %d bytes", n);
	}
}

int
main(void)
{
	lab_open(&lab);
	test_entry_of_another();
	test_verify_blob();
	test_types();
	test_no_certificate();
	test_nothing_asked();
	test_type();
	test_issuer();
	test_shared();
	test_digest();
	test_key_length();
	lab_close(&lab);
	return tap_done();
}
