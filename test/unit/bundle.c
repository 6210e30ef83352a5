/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/bundle.h"
#include <dirent.h>
#include "base/file.h"
#include "base/mem.h"
#include "sig/annotations.h"
#include "sig/bundleloose.h"
#include "tap.h"

#define SEEDS "test/fuzz/seeds/bundle/"
#define SHARED "../shared/"

static bool
load(const char *path, struct buf *b)
{
	struct err e = ERR_INIT;
	char text[ERR_TEXT];

	if (file_read(path, b, &e) == 0)
		return true;
	diag("%s", err_text(&e, text, sizeof(text)));
	return false;
}

/* The same document with members sorted and escapes made alike. */
static bool
canonical(struct span json, struct buf *out)
{
	struct err e = ERR_INIT;
	struct node root;
	struct emit j;

	if (scan_document(json, &root, &e) != 0)
		return false;
	emit_init(&j, out);
	annotations_emit_node(&j, root);
	return true;
}

/* What comes out is what went in, but for order and blanks. */
static void
same_again(const char *path, struct span json, const struct bundle *b)
{
	AUTO(buf) struct buf out = BUF_INIT(BUNDLE_MAX);
	AUTO(buf) struct buf want = BUF_INIT(BUNDLE_MAX);
	AUTO(buf) struct buf got = BUF_INIT(BUNDLE_MAX);

	bundle_emit(b, &out);
	ok(canonical(json, &want) && canonical(buf_span(&out), &got), "%s: both are JSON", path);
	is_span(buf_span(&got), buf_span(&want), "%s: comes out as it went in", path);
}

static void
test_written(const char *name, bool same_bytes)
{
	AUTO(charp) char *path = xasprintf(SEEDS "%s.json", name);
	AUTO(bundle) struct bundle b = BUNDLE_INIT;
	AUTO(buf) struct buf json = BUF_INIT(BUNDLE_MAX);
	AUTO(buf) struct buf out = BUF_INIT(BUNDLE_MAX);
	struct err e = ERR_INIT;

	if (!ok(load(path, &json), "%s is there", path))
		return;
	if (!succeeds(bundle_parse(&b, buf_span(&json), &e), &e, "%s is read", name) || !same_bytes)
		return;
	bundle_emit(&b, &out);
	is_span(buf_span(&out), buf_span(&json), "%s is written byte for byte", name);
}

static void
test_own_version(const char *name)
{
	AUTO(charp) char *path = xasprintf(SEEDS "%s.json", name);
	AUTO(bundle) struct bundle b = BUNDLE_INIT;
	AUTO(buf) struct buf json = BUF_INIT(BUNDLE_MAX);
	AUTO(buf) struct buf out = BUF_INIT(BUNDLE_MAX);
	AUTO(buf) struct buf want = BUF_INIT(BUNDLE_MAX);
	AUTO(buf) struct buf got = BUF_INIT(BUNDLE_MAX);
	struct err e = ERR_INIT;

	if (!load(path, &json) || !succeeds(bundle_parse(&b, buf_span(&json), &e), &e, "%s is read", name))
		return;
	bundle_emit_same(&b, &out);
	ok(canonical(buf_span(&json), &want) && canonical(buf_span(&out), &got), "%s: both are JSON", name);
	is_span(buf_span(&got), buf_span(&want), "%s keeps its version", name);
}

static void
test_versions(void)
{
	static const struct { const char *name; int minor; size_t certs; bool chain; } cases[] = {
		{"key-dsse", 3, 0, false}, {"cert-full", 3, 1, false}, {"v0.1-chain", 1, 2, true},
		{"v0.2-chain", 2, 1, true}, {"v0.3-param", 3, 0, false}, {"v0.1-dotted", 1, 0, false},
		{"v0.3.1-dotted", 3, 0, false},
	};
	struct err e = ERR_INIT;

	for (size_t i = 0; i < countof(cases); i++) {
		AUTO(charp) char *path = xasprintf(SEEDS "%s.json", cases[i].name);
		AUTO(bundle) struct bundle b = BUNDLE_INIT;
		AUTO(buf) struct buf json = BUF_INIT(BUNDLE_MAX);

		if (!load(path, &json) || !succeeds(bundle_parse(&b, buf_span(&json), &e), &e, "%s", path))
			continue;
		is_int(b.minor, cases[i].minor, "%s: version", cases[i].name);
		is_int((int64_t)b.certs.count, (int64_t)cases[i].certs, "%s: certificates", cases[i].name);
		ok(b.from_chain == cases[i].chain, "%s: chain", cases[i].name);
		ok((b.key == BUNDLE_KEY_CERT) == (cases[i].certs > 0), "%s: kind of key", cases[i].name);
	}
}

static void
check_full(const struct bundle *b, const char *name)
{
	const struct bundle_entry *one = &b->entries[0], *two = &b->entries[1];

	is_int((int64_t)b->entry_count, 2, "%s: entries", name);
	is_int(one->log_index, 55, "%s: logIndex", name);
	is_int(one->integrated_time, 1795364307, "%s: integratedTime", name);
	is_int((int64_t)one->log_id.len, 32, "%s: logId", name);
	is_span(one->set, SPAN("set"), "%s: promise", name);
	ok(one->has_proof, "%s: proof", name);
	is_int(one->proof_index, 5, "%s: index of the proof", name);
	is_int(one->tree_size, 7, "%s: tree size", name);
	is_int((int64_t)one->hashes.count, 2, "%s: hashes", name);
	is_int((int64_t)one->hashes.items[1].len, 32, "%s: a hash, decoded", name);
	is_span(one->body_kind, SPAN("hashedrekord"), "%s: kind, by the body", name);
	is_span(one->body_version, SPAN("0.0.1"), "%s: version, by the body", name);
	is_int(two->log_index, 0, "%s: an index that is left out", name);
	ok(!two->set.ptr && two->hashes.count == 0, "%s: no promise, no hashes", name);
	is_span(b->timestamps.items[0], SPAN("tsr"), "%s: timestamp", name);
	is_span(b->certs.items[0], SPAN("cert"), "%s: certificate", name);
	is_span(b->sig, SPAN("signature"), "%s: signature", name);
	is_span(b->payload_type, SPAN("application/vnd.in-toto+json"), "%s: payload type", name);
	ok(span_starts(b->payload, "{\"_type\""), "%s: payload, decoded", name);
}

/* Names of both kinds, numbers for strings, null for absent, base64 as it
 * comes: all the same bundle. */
static void
test_spellings(void)
{
	static const char *const names[] = {"cert-full", "snake-names"};
	struct err e = ERR_INIT;

	for (size_t i = 0; i < countof(names); i++) {
		AUTO(charp) char *path = xasprintf(SEEDS "%s.json", names[i]);
		AUTO(bundle) struct bundle b = BUNDLE_INIT;
		AUTO(buf) struct buf json = BUF_INIT(BUNDLE_MAX);

		if (load(path, &json) &&
		    succeeds(bundle_parse(&b, buf_span(&json), &e), &e, "%s is read", names[i]))
			check_full(&b, names[i]);
	}
}

static void
test_message(void)
{
	static const struct { const char *alg, *want; } cases[] = {
		{"\"SHA2_256\"", "SHA2_256"}, {"1", "SHA2_256"}, {"2.0", "SHA2_384"}, {"3", "SHA2_512"},
		{"\"SHA3_384\"", "SHA3_384"}, {"0", ""}, {"null", NULL},
	};
	struct err e = ERR_INIT;

	for (size_t i = 0; i < countof(cases); i++) {
		AUTO(bundle) struct bundle b = BUNDLE_INIT;
		AUTO(buf) struct buf json = BUF_INIT(BUF_TEXT_MAX);

		buf_printf(&json, "{\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.3+json\","
		    "\"verificationMaterial\":{\"publicKey\":{}},\"messageSignature\":{\"messageDigest\":"
		    "{\"algorithm\":%s,\"digest\":\"_-8\"},\"signature\":\"YQ\"}}", cases[i].alg);
		succeeds(bundle_parse(&b, buf_span(&json), &e), &e, "algorithm %s", cases[i].alg);
		is_span(b.digest_alg, span_str(cases[i].want), "its name");
		is_span(b.digest, SPAN("\xff\xef"), "url-safe base64 without padding");
		is_span(b.sig, SPAN("a"), "the signature");
		ok(b.content == BUNDLE_MESSAGE && b.hint.len == 0, "a message, no hint");
	}
}

static void
bad_bundle(const char *path, struct span bytes, enum reason want, void *arg)
{
	AUTO(bundle) struct bundle b = BUNDLE_INIT;
	struct err e = ERR_INIT;

	(void)arg;
	fails_with(bundle_parse(&b, bytes, &e), &e, want, "%s", path);
}

/* Real bundles; those of version 0.3 must come out the same. */
static void
shared_bundle(const char *path)
{
	AUTO(bundle) struct bundle b = BUNDLE_INIT;
	AUTO(buf) struct buf json = BUF_INIT(BUNDLE_MAX);
	struct err e = ERR_INIT;

	if (!load(path, &json))
		return;
	succeeds(bundle_parse(&b, buf_span(&json), &e), &e, "%s is read", path);
	/* Those tampered with hold empty members, which are left out. */
	if (strstr(buf_str(&json), "bundle.v0.3+json") && !strstr(path, "/bad/"))
		same_again(path, buf_span(&json), &b);
}

static void
test_shared_good(void)
{
	static const char *const paths[] = {
		"fixtures/b/key.json", "fixtures/b/key-rekor1.json", "fixtures/b/key-rekor2.json",
		"fixtures/b/key-rekor1-notsa.json", "fixtures/b/key-tsa.json", "fixtures/b/kl-rekor1.json",
		"fixtures/b/kl-rekor1-notsa.json", "fixtures/b/kl-rekor2.json", "fixtures/b/kl-tsa.json",
		"fixtures/b/gha.json", "fixtures/b/noupload.json", "fixtures/b/p256-sec1.json",
		"fixtures/b/p256.json", "fixtures/b/p384.json", "fixtures/b/p521.json",
		"fixtures/b/rsa2048.json", "fixtures/b/rsa4096.json", "fixtures/b/empty.json",
		"fixtures/b/att-custom.json", "fixtures/b/att-cyclonedx.json", "fixtures/b/att-kl1.json",
		"fixtures/b/att-kl2.json", "fixtures/b/att-slsaprovenance1.json", "fixtures/b/att-st.json",
		"conformance/happy-path-v0.1/bundle.sigstore.json",
		"conformance/happy-path-v0.2/bundle.sigstore.json",
		"conformance/happy-path-intoto-in-dsse-v3/bundle.sigstore.json",
		"conformance/rekor2-happy-path/bundle.sigstore.json",
		"conformance/rekor2-dsse-happy-path/bundle.sigstore.json",
		"vectors/bundle/js-v0.1-full-cert-chain/bundle.sigstore.json",
		"vectors/bundle/npm-sigstore-1.3.0-publish/bundle.sigstore.json",
		"vectors/bundle/js-v0.2-dsse/bundle.sigstore.json",
		"vectors/bundle/python-v0.3-old-mediatype/bundle.sigstore.json",
		"vectors/bundle/rs-kubewarden-image/bundle.sigstore.json",
		/* Tampered with, but well-formed. */
		"fixtures/bad/key-mediatype-01.json", "fixtures/bad/key-mediatype-02.json",
		"fixtures/bad/key-mediatype-03old.json", "fixtures/bad/key-hint-none.json",
		"fixtures/bad/key-digest-none.json", "fixtures/bad/key2-ts-empty.json",
		"fixtures/bad/key2-tlog-twice.json", "fixtures/bad/att-key-keyid.json",
		"fixtures/bad/kl1-proof-hash-drop.json",
	};

	for (size_t i = 0; i < countof(paths); i++) {
		AUTO(charp) char *path = xasprintf(SHARED "%s", paths[i]);

		if (!file_exists(path))
			skip("not here", "%s", path);
		else
			shared_bundle(path);
	}
}

static void
test_shared_bad(void)
{
	static const struct { const char *path; enum reason want; } cases[] = {
		{"fixtures/bad/key-mediatype-unknown.json", REASON_BAD_BUNDLE},
		{"fixtures/bad/key-no-content.json", REASON_BAD_BUNDLE},
		{"fixtures/bad/key-no-material.json", REASON_BAD_BUNDLE},
		{"fixtures/bad/key-sig-b64.json", REASON_BAD_BUNDLE},
		{"fixtures/bad/key-unknown-field.json", REASON_BAD_BUNDLE},
		{"fixtures/bad/key1-proof-and-set-none.json", REASON_BAD_BUNDLE},
		{"fixtures/bad/key2-checkpoint-empty.json", REASON_BAD_BUNDLE},
		{"fixtures/bad/key2-proof-none.json", REASON_BAD_BUNDLE},
		{"fixtures/bad/kl1-cert-and-key.json", REASON_BAD_BUNDLE},
		{"fixtures/bad/kl2-chain.json", REASON_BAD_BUNDLE},
		{"fixtures/bad/att-key-nosig.json", REASON_BAD_BUNDLE},
		{"fixtures/bad/att-key-twosig.json", REASON_BAD_BUNDLE},
		{"fixtures/bad/att-key-b64.json", REASON_BAD_BUNDLE},
		{"fixtures/bad/json-array.json", REASON_BAD_BUNDLE},
		{"fixtures/bad/json-bom.json", REASON_BAD_BUNDLE},
		{"fixtures/bad/json-dup.json", REASON_BAD_BUNDLE},
		{"fixtures/bad/json-null.json", REASON_BAD_BUNDLE},
		{"fixtures/bad/json-trailing.json", REASON_BAD_BUNDLE},
		{"fixtures/bad/json-truncated.json", REASON_BAD_BUNDLE},
		{"fixtures/b/old-key.json", REASON_BAD_BUNDLE},
		{"conformance/bundle-empty-certificate-chain_fail/bundle.sigstore.json", REASON_BAD_BUNDLE},
		{"conformance/bundle-invalid-base64-signature_fail/bundle.sigstore.json", REASON_BAD_BUNDLE},
		{"conformance/bundle-negative-log-index_fail/bundle.sigstore.json", REASON_BAD_BUNDLE},
		{"conformance/bundle-unknown-version_fail/bundle.sigstore.json", REASON_BAD_BUNDLE},
		{"conformance/intoto-missing-inclusion-proof_fail/bundle.sigstore.json", REASON_BAD_BUNDLE},
		{"vectors/bundle/python-invalid-version/bundle.sigstore.json", REASON_BAD_BUNDLE},
		{"vectors/bundle/python-no-checkpoint/bundle.sigstore.json", REASON_BAD_BUNDLE},
		{"vectors/bundle/python-tsa-many-timestamp/bundle.sigstore.json", REASON_TOO_LARGE},
	};

	for (size_t i = 0; i < countof(cases); i++) {
		AUTO(charp) char *path = xasprintf(SHARED "%s", cases[i].path);
		AUTO(buf) struct buf json = BUF_INIT(BUNDLE_MAX);

		if (!file_exists(path))
			skip("not here", "%s", path);
		else if (load(path, &json))
			bad_bundle(path, buf_span(&json), cases[i].want, NULL);
	}
}

/* Every bundle that the real program pushed to a registry. */
static void
test_shared_blobs(void)
{
	static const char dir[] = SHARED "fixtures/blobs/sha256";
	struct dirent **names = NULL;
	int n = scandir(dir, &names, NULL, alphasort), tried = 0;

	for (int i = 0; i < n; i++) {
		AUTO(charp) char *path = xasprintf("%s/%s", dir, names[i]->d_name);
		AUTO(buf) struct buf json = BUF_INIT(BUNDLE_MAX);

		free(names[i]);
		if (path[strlen(path) - 1] == '.' || !load(path, &json) ||
		    !span_starts(buf_span(&json), "{\"mediaType\":\"application/vnd.dev.sigstore.bundle"))
			continue;
		shared_bundle(path);
		tried++;
	}
	free(names);
	if (n < 0)
		skip("not here", "bundles of a registry");
	else
		ok(tried > 0, "%d bundles of a registry", tried);
}

/* What is shown of a text; problems counted, -1 for a refusal. */
static int
loose(const char *json)
{
	AUTO(bundleloose) struct bundleloose b = BUNDLELOOSE_INIT;
	struct err e = ERR_INIT;

	if (bundleloose_parse(&b, span_str(json), &e) == 0)
		return (int)b.problem_count;
	return e.reason == REASON_BAD_BUNDLE ? -1 : -2;
}

static void
test_loose(void)
{
	AUTO(buf) struct buf json = BUF_INIT(BUF_BIG_MAX);
	struct bundle strict = BUNDLE_INIT;

	ok(load(SEEDS "cert-full.json", &json) && loose(buf_str(&json)) == 0, "nothing is wrong with a good one");
	ok(loose("{}") == 3, "an empty one lacks three parts");
	ok(loose("{\"verificationMaterial\":{}}") == 3, "material without a key");
	ok(loose("{\"verificationMaterial\":{\"publicKey\":{}},\"dsseEnvelope\":{}}") == 3, "empty parts");
	ok(loose("{\"verificationMaterial\":{\"publicKey\":{},\"certificate\":{}}}") == -1, "two keys are refused");
	ok(loose("{\"x\":1}") == -1, "so are unknown members");
	ok(loose("[]") == -1 && loose("") == -1 && loose("{") == -1, "and what is no object");
	ok(bundle_parse(&strict, SPAN("{}"), NULL) == -1, "but by the rules all this is nothing");
	bundle_release(&strict);
}

int
main(void)
{
	test_loose();
	test_written("key-dsse", true);
	test_written("key-message", true);
	test_written("cert-full", true);
	test_written("message-no-digest", true);
	test_written("v0.1-chain", false);
	test_own_version("v0.1-chain");
	test_own_version("v0.2-chain");
	test_own_version("v0.3-param");
	test_own_version("cert-full");
	test_versions();
	test_spellings();
	test_message();
	ok(tap_samples("test/vectors/bad/bundle", bad_bundle, NULL) > 0, "bad bundles are there");
	test_shared_good();
	test_shared_bad();
	test_shared_blobs();
	return tap_done();
}
