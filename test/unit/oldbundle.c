/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/oldbundle.h"
#include "base/file.h"
#include "base/mem.h"
#include "sig/logset.h"
#include "sig/stampfile.h"
#include "tap.h"

#define SEEDS "test/fuzz/seeds/oldbundle/"
#define SHARED "../shared/"

enum credential { NOTHING, CERT_PEM, CERT_DER, KEY_PEM };

static bool
load(const char *path, struct buf *b)
{
	struct err e = ERR_INIT;

	if (!file_exists(path)) {
		skip("not here", "%s", path);
		return false;
	}
	return succeeds(file_read(path, b, &e), &e, "%s is there", path);
}

static enum credential
credential_of(const struct oldbundle *b)
{
	return b->cert_pem.ptr ? CERT_PEM : b->cert_der.ptr ? CERT_DER :
	    b->key_pem.ptr ? KEY_PEM : NOTHING;
}

static void
test_read(const char *path, enum credential want, bool log, bool same_bytes)
{
	AUTO(oldbundle) struct oldbundle b = OLDBUNDLE_INIT;
	AUTO(buf) struct buf json = BUF_INIT(BUNDLE_MAX);
	AUTO(buf) struct buf out = BUF_INIT(BUNDLE_MAX);
	struct bundle_entry entry;
	struct err e = ERR_INIT;

	if (!load(path, &json) ||
	    !succeeds(oldbundle_parse(&b, buf_span(&json), &e), &e, "%s is read", path))
		return;
	ok(b.sig.len > 0, "%s: a signature", path);
	is_int(credential_of(&b), want, "%s: what signed it", path);
	ok((b.log.ptr != NULL) == log, "%s: log entry", path);
	if (log)
		succeeds(logset_parse(&entry, b.log, &b.pool, &e), &e, "%s: log entry", path);
	oldbundle_emit(&b, &out);
	if (same_bytes)
		is_span(buf_span(&out), buf_span(&json), "%s is written byte for byte", path);
}

static void
bad_bundle(const char *path, struct span bytes, enum reason want, void *arg)
{
	AUTO(oldbundle) struct oldbundle b = OLDBUNDLE_INIT;
	struct err e = ERR_INIT;

	(void)arg;
	fails_with(oldbundle_parse(&b, bytes, &e), &e, want, "%s", path);
}

static void
bad_stamp(const char *path, struct span bytes, enum reason want, void *arg)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct span der;
	struct err e = ERR_INIT;

	(void)arg;
	fails_with(stampfile_parse(&der, bytes, &pool, &e), &e, want, "%s", path);
}

static void
test_stamp(void)
{
	static const struct { const char *json, *der; bool same; } cases[] = {
		{"{\"SignedRFC3161Timestamp\":\"MAA=\"}", "0\0", true},
		{" {\"more\": [1], \"SignedRFC3161Timestamp\" :\"MAA\"}\n", "0\0", false},
	};
	AUTO(pool) struct pool pool = POOL_INIT;
	struct err e = ERR_INIT;

	for (size_t i = 0; i < countof(cases); i++) {
		AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);
		struct span der = SPAN_NONE;

		succeeds(stampfile_parse(&der, span_str(cases[i].json), &pool, &e), &e,
		    "timestamp file %zu", i);
		is_span(der, span_of(cases[i].der, 2), "its DER");
		stampfile_emit(der, &out);
		if (cases[i].same)
			is_span(buf_span(&out), span_str(cases[i].json), "and back");
	}
}

static void
test_too_large(void)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	AUTO(charp) char *big = xmalloc((size_t)STAMPFILE_MAX + 1);
	AUTO(oldbundle) struct oldbundle b = OLDBUNDLE_INIT;
	struct span der;
	struct err e = ERR_INIT;

	memset(big, ' ', (size_t)STAMPFILE_MAX + 1);
	fails_with(stampfile_parse(&der, span_of(big, (size_t)STAMPFILE_MAX + 1), &pool, &e), &e,
	    REASON_TOO_LARGE, "a timestamp file of more than its limit");
	/* The length is judged before a byte is looked at. */
	fails_with(oldbundle_parse(&b, span_of(big, (size_t)BUNDLE_MAX + 1), &e), &e,
	    REASON_TOO_LARGE, "a bundle of more than its limit");
}

int
main(void)
{
	test_read(SEEDS "cert.json", CERT_PEM, true, true);
	test_read(SEEDS "key.json", KEY_PEM, true, true);
	test_read(SEEDS "der.json", CERT_DER, false, true);
	test_read(SEEDS "bare.json", NOTHING, false, true);
	test_read(SEEDS "null.json", NOTHING, false, false);
	test_read(SHARED "fixtures/b/old-kl.json", CERT_PEM, true, true);
	test_read(SHARED "fixtures/b/old-key.json", KEY_PEM, true, true);
	test_read(SHARED "vectors/rekor/set-blob-2022/local-signed-payload.json", CERT_PEM, true, false);
	test_read(SHARED "vectors/legacy/kubewarden-2021/bundle.json", CERT_PEM, true, false);
	ok(tap_samples("test/vectors/bad/oldbundle", bad_bundle, NULL) > 0, "bad bundles are there");
	test_stamp();
	ok(tap_samples("test/vectors/bad/stampfile", bad_stamp, NULL) > 0, "bad timestamps are there");
	test_too_large();
	return tap_done();
}
