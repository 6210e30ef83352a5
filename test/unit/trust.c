/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/trust.h"
#include "base/date.h"
#include "base/file.h"
#include "base/mem.h"
#include "codec/hex.h"
#include "tap.h"

#define SEEDS "test/fuzz/seeds/trust/"
#define SHARED "../shared/"

static int
load(struct trust *t, const char *path, struct err *e)
{
	AUTO(buf) struct buf json = BUF_INIT(TRUST_MAX);

	return file_read(path, &json, e) ? -1 : trust_parse(t, buf_span(&json), e);
}

static void
test_lab(void)
{
	AUTO(trust) struct trust t = TRUST_INIT;
	struct err e = ERR_INIT;
	struct trust_log *log;

	if (!succeeds(load(&t, "test/vectors/good/tlog/trusted_root.json", &e), &e, "the lab's root"))
		return;
	is_int((int64_t)t.tlogs.count, 2, "logs");
	is_int((int64_t)t.ctlogs.count, 1, "certificate logs");
	is_int((int64_t)t.cas.count, 1, "authorities");
	is_int((int64_t)t.tsas.count, 1, "timestamp authorities");
	log = &t.tlogs.items[0];
	is_span(log->host, SPAN("rekor2.lab.example"), "host");
	is_span(log->details, SPAN("PKIX_ED25519"), "kind of key");
	ok(log->key.type == KEY_ED25519, "its key");
	is_int((int64_t)log->id.len, 32, "its id");
	ok(!log->checkpoint_id.ptr, "no id of its own for checkpoints");
	is_span(t.tlogs.items[1].host, SPAN("127.0.0.1"), "a host without port");
	is_int((int64_t)t.cas.items[0].certs.count, 2, "a chain of two");
	is_int((int64_t)t.tsas.items[0].certs.count, 3, "a chain of three");
	is_span(t.cas.items[0].common_name, SPAN("lab fulcio root"), "its name");
	ok(trust_find(&t.tlogs, log->id, NULL) == log, "found by id");
	ok(!trust_find(&t.tlogs, SPAN("x"), NULL), "no other");
	ok(!trust_find(&t.ctlogs, log->id, NULL), "not among those of certificates");
}

static void
test_window(void)
{
	struct trust_window w = {1000, 2999}, open = {INT64_MIN, INT64_MAX};
	char text[96];

	ok(trust_window_has(&w, 1) && trust_window_has(&w, 2), "both ends are in it");
	ok(!trust_window_has(&w, 0) && !trust_window_has(&w, 3), "what is outside is not");
	ok(trust_window_has_ms(&w, 2999) && !trust_window_has_ms(&w, 3000), "to the millisecond");
	ok(!trust_window_has_ms(&w, 999) && trust_window_has_ms(&w, 1000), "at its start, too");
	ok(trust_window_has(&open, 0) && trust_window_has(&open, -1), "open at both ends");
	ok(!trust_window_has(&open, INT64_MAX), "no time is past counting");
	is_str(trust_window_text(&w, text), "from 1970-01-01T00:00:01Z to 1970-01-01T00:00:02Z", "as text");
	is_str(trust_window_text(&open, text), "always", "as text");
	open.start = 0;
	is_str(trust_window_text(&open, text), "from 1970-01-01T00:00:00Z on", "as text");
}

/* Version 0.2, numbers for names, fractions of seconds: no window grows. */
static void
test_second_version(void)
{
	AUTO(trust) struct trust t = TRUST_INIT;
	struct err e = ERR_INIT;
	const struct trust_log *log;
	int64_t start = date_days(2026, 1, 1) * 86400, last = date_days(2027, 1, 1) * 86400;

	if (!succeeds(load(&t, SEEDS "v02.json", &e), &e, "version 0.2"))
		return;
	log = &t.tlogs.items[0];
	is_span(log->checkpoint_id, log->id, "an id for checkpoints");
	is_span(log->operator, SPAN("lab"), "operator");
	is_span(log->details, SPAN("PKIX_ED25519"), "a kind by number");
	is_int(log->window.start, start * 1000 + 1, "the start is rounded up");
	is_int(log->window.end, last * 1000 + 999, "the end is rounded down");
	trust_release(&t);
	if (!succeeds(load(&t, SEEDS "authorities.json", &e), &e, "other spellings"))
		return;
	ok(trust_window_has(&t.cas.items[0].window, -1) && trust_window_has(&t.cas.items[0].window, 1 << 30),
	    "no window is an open one");
	ok(!trust_window_has(&t.tsas.items[0].window, last), "an end alone");
	is_span(t.tsas.items[0].organization, SPAN("a"), "organization");
}

static void
test_pkcs1(void)
{
	AUTO(trust) struct trust t = TRUST_INIT;
	struct err e = ERR_INIT;
	unsigned char hash[32];

	if (!succeeds(load(&t, SEEDS "pkcs1.json", &e), &e, "a log with a PKCS#1 key"))
		return;
	ok(t.ctlogs.items[0].key.type == KEY_RSA, "RSA");
	is_int(t.ctlogs.items[0].key.bits, 4096, "bits");
	digest_of(HASH_SHA256, buf_span(&t.ctlogs.items[0].key.spki), hash);
	is_span(span_of(hash, sizeof(hash)), t.ctlogs.items[0].id, "its id is the hash of the SPKI made of it");
}

/* One id twice: the time decides, and else the last. */
static void
test_same_id(void)
{
	static const char json[] = "{\"mediaType\":\"application/vnd.dev.sigstore.trustedroot+json;version=0.1\",\"tlogs\":["
	    "{\"hashAlgorithm\":\"SHA2_256\",\"publicKey\":{\"rawBytes\":\"MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=\",\"keyDetails\":\"PKIX_ED25519\",\"validFor\":{\"start\":\"2020-01-01T00:00:00Z\",\"end\":\"2021-01-01T00:00:00Z\"}},\"logId\":{\"keyId\":\"AA==\"}},"
	    "{\"hashAlgorithm\":\"SHA2_256\",\"publicKey\":{\"rawBytes\":\"MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=\",\"keyDetails\":\"PKIX_ED25519\",\"validFor\":{\"start\":\"2022-01-01T00:00:00Z\"}},\"logId\":{\"keyId\":\"AA==\"}}]}";
	AUTO(trust) struct trust t = TRUST_INIT;
	struct err e = ERR_INIT;
	int64_t early = date_days(2020, 6, 1) * 86400, between = date_days(2021, 6, 1) * 86400;
	struct span id = SPAN("\0");

	if (!succeeds(trust_parse(&t, SPAN(json), &e), &e, "one id twice"))
		return;
	ok(trust_find(&t.tlogs, id, &early) == &t.tlogs.items[0], "by the time");
	ok(trust_find(&t.tlogs, id, &between) == &t.tlogs.items[1], "none has it: the last");
	ok(trust_find(&t.tlogs, id, NULL) == &t.tlogs.items[1], "no time: the last");
	is_int((int64_t)t.tlogs.items[0].host.len, 0, "no URL, no host");
}

static void
bad_trust(const char *path, struct span bytes, enum reason want, void *arg)
{
	AUTO(trust) struct trust t = TRUST_INIT;
	struct err e = ERR_INIT;

	(void)arg;
	fails_with(trust_parse(&t, bytes, &e), &e, want, "%s", path);
}

static void
test_shared(void)
{
	static const struct { const char *path; bool good; } cases[] = {
		{"vectors/roots/public-good.json", true}, {"vectors/roots/staging.json", true},
		{"vectors/bundle/python-tsa-ok/trusted_root.json", true},
		{"fixtures/roots/ca-expired.json", true}, {"fixtures/roots/ca-future.json", true},
		{"fixtures/roots/ca-leafless.json", true}, {"fixtures/roots/ctlog-expired.json", true},
		{"fixtures/roots/no-ca.json", true}, {"fixtures/roots/no-ctlogs.json", true},
		{"fixtures/roots/no-tlogs.json", true}, {"fixtures/roots/no-tsa.json", true},
		{"fixtures/roots/tlog-baseurl.json", true}, {"fixtures/roots/tsa-expired.json", true},
		{"fixtures/roots/empty.json", false}, {"fixtures/roots/mediatype.json", false},
		{"fixtures/roots/text.json", false}, {"fixtures/roots/unknown.json", false},
		{"conformance/trust-root-tlog-missing-validity-start_fail/trusted_root.json", false},
	};

	for (size_t i = 0; i < countof(cases); i++) {
		AUTO(charp) char *path = xasprintf(SHARED "%s", cases[i].path);
		AUTO(trust) struct trust t = TRUST_INIT;
		struct err e = ERR_INIT;

		if (!file_exists(path))
			skip("not here", "%s", path);
		else if (cases[i].good)
			succeeds(load(&t, path, &e), &e, "%s", path);
		else
			fails_with(load(&t, path, &e), &e, REASON_BAD_TRUST, "%s", path);
	}
}

int
main(void)
{
	test_lab();
	test_window();
	test_second_version();
	test_pkcs1();
	test_same_id();
	ok(tap_samples("test/vectors/bad/trust", bad_trust, NULL) > 0, "bad trusted roots are there");
	test_shared();
	return tap_done();
}
