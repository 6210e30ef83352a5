/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/tlog.h"
#include "base/mem.h"
#include "codec/b64.h"
#include "codec/hex.h"
#include "json/canon.h"
#include "sig/logset.h"
#include "sig/note.h"
#include "tlog_sample.h"

#define GOOD "test/vectors/good/tlog/"
/* Of the blob that the samples sign. */
#define BLOB_SHA256 "2ddc95833e13ec904f0b2598e3d0e9fb2e853ceeb18f0057ca78553c84fd2826"

static struct trust root;
static struct span plain_key;

/* --- good ones, and what they prove --- */

static void
test_good(void)
{
	static const struct { const char *name; bool promised; int64_t size; } cases[] = {
		{"key-rekor1", true, 0}, {"key-rekor2", false, 0}, {"kl-rekor1", true, 0},
		{"kl-rekor2", false, 0}, {"att-kl1", true, 0}, {"att-kl2", false, 0},
	};

	for (size_t i = 0; i < countof(cases); i++) {
		AUTO(charp) char *path = xasprintf(GOOD "%s.json", cases[i].name);
		AUTO(buf) struct buf json = BUF_INIT(BUNDLE_MAX);
		struct err e = ERR_INIT;
		struct sample s;

		if (!load(path, &json) || !succeeds(sample_read(&s, buf_span(&json), plain_key, &e), &e, "%s is read", path))
			continue;
		succeeds(sample_judge(&s, &root, &e), &e, "%s is logged", cases[i].name);
		is_int((int64_t)s.logs, 1, "one log");
		ok(s.out[0].status == TLOG_GOOD && s.out[0].proved, "with proof");
		ok(s.out[0].promised == cases[i].promised, "promise");
		is_int(s.out[0].integrated_time, cases[i].promised ? s.b.entries[0].integrated_time : 0, "time");
		ok(s.out[0].timed == cases[i].promised, "a time to hold the window against");
		ok(s.out[0].tree_size > 0, "a tree size");
		sample_release(&s);
	}
}

static void
bad_entry(const char *path, struct span bytes, enum reason want, void *arg)
{
	struct err e = ERR_INIT;
	struct sample s;

	(void)arg;
	if (succeeds(sample_read(&s, bytes, plain_key, &e), &e, "%s is read", path))
		fails_with(sample_judge(&s, &root, &e), &e, want, "%s", path);
	is_int((int64_t)s.logs, 0, "no log");
	ok(!s.out[0].promised && s.out[0].integrated_time == 0 && !s.out[0].proved, "and nothing proved");
	sample_release(&s);
}

/* --- no byte may change --- */

static unsigned
flip_span(struct sample *s, struct span bytes)
{
	char *p = (char *)(uintptr_t)bytes.ptr;
	unsigned accepted = 0;
	struct err e = ERR_INIT;

	for (size_t i = 0; i < bytes.len; i++) {
		p[i] = (char)(p[i] ^ (1 << i % 8));
		accepted += sample_judge(s, &root, &e) == 0;
		p[i] = (char)(p[i] ^ (1 << i % 8));
	}
	return accepted;
}

static unsigned
flip_number(struct sample *s, int64_t *n)
{
	unsigned accepted = 0;
	struct err e = ERR_INIT;

	for (int bit = 0; bit < 64; bit++) {
		*n = (int64_t)((uint64_t)*n ^ UINT64_C(1) << bit);
		accepted += sample_judge(s, &root, &e) == 0;
		*n = (int64_t)((uint64_t)*n ^ UINT64_C(1) << bit);
	}
	return accepted;
}

static void
flip_entry(struct sample *s, const char *name, bool v1)
{
	struct bundle_entry *entry = &s->b.entries[0];
	struct err e = ERR_INIT;

	is_int(flip_span(s, entry->log_id), 0, "%s: log id", name);
	is_int(flip_span(s, entry->checkpoint), 0, "%s: checkpoint", name);
	is_int(flip_span(s, s->subject.sig), 0, "%s: signature", name);
	is_int(flip_span(s, s->subject.dsse ? s->subject.payload : s->subject.digest), 0, "%s: content", name);
	is_int(flip_span(s, s->subject.cert), 0, "%s: certificate", name);
	is_int(flip_span(s, buf_span(&s->key.spki)), s->subject.cert.ptr ? s->key.spki.len : 0, "%s: key", name);
	for (size_t i = 0; i < entry->hashes.count; i++)
		is_int(flip_span(s, entry->hashes.items[i]), 0, "%s: hash %zu", name, i);
	is_int(flip_number(s, &entry->log_index), 0, "%s: index", name);
	if (v1) {
		is_int(flip_span(s, entry->body), 0, "%s: body", name);
		is_int(flip_span(s, entry->set), 0, "%s: promise", name);
		is_int(flip_span(s, entry->root_hash), 0, "%s: root", name);
		is_int(flip_number(s, &entry->integrated_time), 0, "%s: time", name);
		is_int(flip_number(s, &entry->proof_index), 0, "%s: index in the tree", name);
		is_int(flip_number(s, &entry->tree_size), 0, "%s: tree size", name);
	}
	succeeds(sample_judge(s, &root, &e), &e, "%s: good again", name);
}

static void
test_flips(void)
{
	static const struct { const char *name; bool v1; } cases[] = {
		{"key-rekor1", true}, {"kl-rekor2", false}, {"att-kl1", true}, {"key-rekor2", false},
	};

	for (size_t i = 0; i < countof(cases); i++) {
		AUTO(charp) char *path = xasprintf(GOOD "%s.json", cases[i].name);
		AUTO(buf) struct buf json = BUF_INIT(BUNDLE_MAX);
		struct err e = ERR_INIT;
		struct sample s;

		if (!load(path, &json) || !succeeds(sample_read(&s, buf_span(&json), plain_key, &e), &e, "%s", path))
			continue;
		flip_entry(&s, cases[i].name, cases[i].v1);
		sample_release(&s);
	}
}

/* --- who is trusted, and when --- */

static void
with_root(const char *bundle, const char *name, struct tlog_policy *policy, enum reason want)
{
	AUTO(charp) char *path = xasprintf(GOOD "%s.json", bundle), *rootpath = xasprintf(GOOD "%s.json", name);
	AUTO(buf) struct buf json = BUF_INIT(BUNDLE_MAX), rootjson = BUF_INIT(TRUST_MAX);
	AUTO(trust) struct trust t = TRUST_INIT;
	struct err e = ERR_INIT;
	struct sample s;
	int rc;

	if (!load(path, &json) || !load(rootpath, &rootjson) ||
	    !succeeds(trust_parse(&t, buf_span(&rootjson), &e), &e, "%s", rootpath) ||
	    !succeeds(sample_read(&s, buf_span(&json), plain_key, &e), &e, "%s", path))
		return;
	rc = tlog_judge(s.b.entries, s.b.entry_count, &s.subject, &t, policy, s.out, &s.logs, &e);
	if (want == REASON_NONE)
		succeeds(rc, &e, "%s under %s", bundle, name);
	else
		fails_with(rc, &e, want, "%s under %s", bundle, name);
	sample_release(&s);
}

static void
test_windows(void)
{
	static const int64_t now = 1795364307, long_ago = 1000000000, in_2020 = 1590000000;
	struct tlog_policy none = {.threshold = 1};
	struct tlog_policy good = {.threshold = 1, .times = &now, .time_count = 1};
	struct tlog_policy early = {.threshold = 1, .times = &long_ago, .time_count = 1};
	struct tlog_policy then = {.threshold = 1, .times = &in_2020, .time_count = 1};
	const int64_t both[] = {now, long_ago};
	struct tlog_policy mixed = {.threshold = 1, .times = both, .time_count = 2};

	with_root("key-rekor1", "trusted_root", &none, REASON_NONE);
	with_root("key-rekor1", "root-ended", &none, REASON_UNTRUSTED_LOG);
	with_root("key-rekor1", "root-ended", &then, REASON_UNTRUSTED_LOG);
	/* A time that others proved is no concern of a log that proves its own. */
	with_root("key-rekor1", "trusted_root", &early, REASON_NONE);
	with_root("key-rekor2", "trusted_root", &good, REASON_NONE);
	with_root("key-rekor2", "trusted_root", &early, REASON_UNTRUSTED_LOG);
	with_root("key-rekor2", "trusted_root", &mixed, REASON_UNTRUSTED_LOG);
	with_root("key-rekor2", "root-ended", &none, REASON_NONE);
	with_root("key-rekor2", "root-ended", &then, REASON_NONE);
	with_root("key-rekor2", "root-ended", &good, REASON_UNTRUSTED_LOG);
	with_root("key-rekor2", "root-other-key-id", &none, REASON_UNTRUSTED_LOG);
	good.threshold = 2;
	with_root("key-rekor2", "trusted_root", &good, REASON_NOT_LOGGED);
}

/* One key under two ids is one log; an unknown log does no harm. */
static void
test_distinct(void)
{
	AUTO(buf) struct buf json = BUF_INIT(BUNDLE_MAX), rootjson = BUF_INIT(TRUST_MAX);
	AUTO(trust) struct trust t = TRUST_INIT;
	struct tlog_policy policy = {.threshold = 1};
	struct bundle_entry entries[3];
	struct err e = ERR_INIT;
	struct sample s;

	if (!load(GOOD "key-rekor2.json", &json) || !load(GOOD "root-same-key.json", &rootjson) ||
	    !succeeds(trust_parse(&t, buf_span(&rootjson), &e), &e, "root") ||
	    !succeeds(sample_read(&s, buf_span(&json), plain_key, &e), &e, "bundle"))
		return;
	entries[0] = entries[1] = entries[2] = s.b.entries[0];
	entries[1].log_id = SPAN("\0");
	entries[2].log_id = SPAN("unknown");
	succeeds(tlog_judge(entries, 3, &s.subject, &t, &policy, s.out, &s.logs, &e), &e, "three entries");
	ok(s.out[0].status == TLOG_GOOD && s.out[1].status == TLOG_GOOD && s.out[2].status == TLOG_SKIPPED,
	    "two are good");
	is_int((int64_t)s.logs, 1, "of one log");
	policy.threshold = 2;
	fails_with(tlog_judge(entries, 2, &s.subject, &t, &policy, s.out, &s.logs, &e), &e, REASON_NOT_LOGGED,
	    "one is not two");
	entries[1].log_id = entries[0].log_id;
	fails_with(tlog_judge(entries, 2, &s.subject, &t, &policy, s.out, &s.logs, &e), &e, REASON_BAD_LOG_ENTRY,
	    "one entry twice");
	entries[1].log_id = SPAN("\0");
	entries[1].hashes.count--;
	fails_with(tlog_judge(entries, 2, &s.subject, &t, &policy, s.out, &s.logs, &e), &e, REASON_BAD_LOG_PROOF,
	    "one that is bad spoils the rest");
	entries[0].has_proof = false;
	fails_with(tlog_judge(entries, 1, &s.subject, &t, &policy, s.out, &s.logs, &e), &e, REASON_BAD_LOG_ENTRY,
	    "neither promise nor proof");
	sample_release(&s);
}

/* --- the legacy form --- */

static void
test_legacy(void)
{
	AUTO(buf) struct buf json = BUF_INIT(BUF_TEXT_MAX), b64 = BUF_INIT(BUF_TEXT_MAX), sig = BUF_INIT(BUF_TEXT_MAX);
	AUTO(pool) struct pool pool = POOL_INIT;
	AUTO(pubkey) struct pubkey key = PUBKEY_INIT;
	struct tlog_policy policy = {.threshold = 1};
	struct logbody_subject s = {.key = &key, .legacy = true, .hash = HASH_SHA256};
	unsigned char digest[HASH_SIZE_MAX];
	struct bundle_entry entry;
	struct tlog_entry out;
	struct err e = ERR_INIT;
	size_t logs;

	if (!load(GOOD "old-key.rekor.json", &json) || !load(GOOD "old-key.sig", &b64) ||
	    !succeeds(b64_decode(&sig, buf_span(&b64), B64_STD, &e), &e, "signature") ||
	    !succeeds(logset_parse(&entry, buf_span(&json), &pool, &e), &e, "legacy evidence is read") ||
	    !succeeds(pubkey_parse_pem(&key, plain_key, &e), &e, "key"))
		return;
	ok(hex_decode(digest, 32, SPAN(BLOB_SHA256)), "digest");
	s.digest = span_of(digest, 32);
	s.sig = buf_span(&sig);
	succeeds(tlog_judge(&entry, 1, &s, &root, &policy, &out, &logs, &e), &e, "it is logged");
	ok(out.promised && !out.proved && out.integrated_time == entry.integrated_time, "by a promise alone");
	digest[0] ^= 1;
	fails_with(tlog_judge(&entry, 1, &s, &root, &policy, &out, &logs, &e), &e, REASON_BAD_LOG_ENTRY, "another blob");
	digest[0] ^= 1;
	entry.integrated_time++;
	fails_with(tlog_judge(&entry, 1, &s, &root, &policy, &out, &logs, &e), &e, REASON_BAD_LOG_ENTRY, "another time");
	entry.integrated_time--;
	entry.body_kind = SPAN("rekord");
	s.legacy = false;
	fails_with(tlog_judge(&entry, 1, &s, &root, &policy, &out, &logs, &e), &e, REASON_BAD_LOG_ENTRY,
	    "kinds of the legacy form alone");
}

static void
bad_logset(const char *path, struct span bytes, enum reason want, void *arg)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct bundle_entry entry;
	struct err e = ERR_INIT;

	(void)arg;
	fails_with(logset_parse(&entry, bytes, &pool, &e), &e, want, "%s", path);
}

/* --- worked examples --- */

static void
test_promise(void)
{
	AUTO(buf) struct buf text = BUF_INIT(BUF_TEXT_MAX), canon = BUF_INIT(BUF_TEXT_MAX);
	struct bundle_entry entry = {.log_index = 42, .integrated_time = 1700000000, .body = SPAN("{}")};
	unsigned char id[32], hash[32];
	char hex[65];
	struct node node;
	struct err e = ERR_INIT;

	memset(id, 0xab, sizeof(id));
	entry.log_id = span_of(id, sizeof(id));
	tlog_promise(&entry, &text);
	digest_of(HASH_SHA256, buf_span(&text), hash);
	hex_format(hex, hash, sizeof(hash));
	is_str(hex, "b53128a8a0ec8fbfa7443e45a86ef96d0d1c3891020771b44054a8ded0e849f3", "signed bytes of a promise");
	succeeds(scan_document(buf_span(&text), &node, &e) || canon_emit(node, &canon, &e) ? -1 : 0, &e, "JSON");
	is_span(buf_span(&canon), buf_span(&text), "in canonical form");
}

/* The test key as PKIX_ED25519_PH over "abc". */
static void
test_rebuild(void)
{
	static const char spki[] = "MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";
	static const char sigtext[] = "oqw2i1UyYuwWxDN8Ny2H91xVx3nuPECZnpxwc81JPTWlDbICjQ94bekUmnZCy7EUFlmVE3w7XHUKj6HUcSZ0AA==";
	AUTO(buf) struct buf der = BUF_INIT(256), sig = BUF_INIT(256), body = BUF_INIT(4096);
	AUTO(pubkey) struct pubkey k = PUBKEY_INIT;
	struct logbody_subject s = {.key = &k, .hash = HASH_SHA512};
	unsigned char digest[HASH_SIZE_MAX], leaf[MERKLE_HASH];
	char hex[2 * MERKLE_HASH + 1];
	struct err e = ERR_INIT;

	succeeds(b64_decode(&der, SPAN(spki), B64_STD, &e) || pubkey_parse_spki(&k, buf_span(&der), &e) ||
	    b64_decode(&sig, SPAN(sigtext), B64_STD, &e) ? -1 : 0, &e, "key and signature");
	digest_of(HASH_SHA512, SPAN("abc"), digest);
	s.sig = buf_span(&sig);
	s.digest = span_of(digest, 64);
	succeeds(logbody_rebuild(&s, &body, &e), &e, "made");
	is_int((int64_t)body.len, 453, "bytes");
	merkle_leaf(buf_span(&body), leaf);
	hex_format(hex, leaf, sizeof(leaf));
	is_str(hex, "c3c449d0b7c99ace5513becef8e5a067e6f7f77f5b54c26f16bd0b862940f72a", "its leaf");
	s.hash = HASH_SHA256;
	fails_with(logbody_rebuild(&s, &body, &e), &e, REASON_BAD_LOG_ENTRY, "a digest of another kind");
	k.type = KEY_RSA;
	k.bits = 1024;
	fails_with(logbody_rebuild(&s, &body, &e), &e, REASON_BAD_LOG_ENTRY, "a key of no registered size");
}

int
main(void)
{
	AUTO(buf) struct buf json = BUF_INIT(TRUST_MAX), pem = BUF_INIT(PUBKEY_FILE_MAX);
	struct err e = ERR_INIT;

	if (load(GOOD "trusted_root.json", &json) && load(GOOD "cosign.pub", &pem) &&
	    succeeds(trust_parse(&root, buf_span(&json), &e), &e, "trusted root")) {
		plain_key = buf_span(&pem);
		test_good();
		ok(tap_samples("test/vectors/bad/tlog", bad_entry, NULL) > 0, "bad entries are there");
		ok(tap_samples("test/vectors/bad/logset", bad_logset, NULL) > 0, "bad legacy evidence is there");
		test_flips();
		test_windows();
		test_distinct();
		test_legacy();
	}
	test_promise();
	test_rebuild();
	trust_release(&root);
	return tap_done();
}
