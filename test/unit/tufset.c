/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/tufset.h"
#include "base/date.h"
#include "base/file.h"
#include "base/mem.h"
#include "codec/hex.h"
#include "json/olpc.h"
#include "sig/tufpath.h"
#include "tap.h"
#include "vectors.h"

#define GOOD "test/vectors/good/tuf/"
#define CHAIN VECTORS "tuf/root-chain/"

enum { NOW = 1790000000 };	/* September 2026 */

static struct { struct buf root, timestamp, snapshot, targets, role; } good = {
	BUF_INIT(1 << 20), BUF_INIT(1 << 20), BUF_INIT(1 << 20), BUF_INIT(1 << 20), BUF_INIT(1 << 20)};

static void
load_good(void)
{
	struct err e = ERR_INIT;

	succeeds(file_read(GOOD "root.json", &good.root, &e), &e, "root.json");
	succeeds(file_read(GOOD "timestamp.json", &good.timestamp, &e), &e, "timestamp.json");
	succeeds(file_read(GOOD "snapshot.json", &good.snapshot, &e), &e, "snapshot.json");
	succeeds(file_read(GOOD "targets.json", &good.targets, &e), &e, "targets.json");
	succeeds(file_read(GOOD "role.json", &good.role, &e), &e, "role.json");
}

/* A set that trusts all but targets. */
static void
trust_good(struct tufset *s, int64_t now)
{
	struct err e = ERR_INIT;

	if (tufset_start(s, now, buf_span(&good.root), &e) || tufset_timestamp(s, buf_span(&good.timestamp), &e) ||
	    tufset_snapshot(s, buf_span(&good.snapshot), false, &e))
		BUG("the good repository is none");
}

static int
offer(struct tufset *s, const char *role, struct span bytes, struct err *e)
{
	AUTO(tufmeta) struct tufmeta *m = NULL;

	if (strcmp(role, "root") == 0)
		return tufset_root(s, bytes, e);
	if (strcmp(role, "timestamp") == 0)
		return tufset_timestamp(s, bytes, e);
	if (strcmp(role, "snapshot") == 0)
		return tufset_snapshot(s, bytes, false, e);
	return tufset_targets(s, SPAN("targets"), NULL, bytes, &m, e);
}

/* .../REASON/ROLE-WHAT.json */
static void
sample(const char *path, struct span bytes, enum reason want, void *arg)
{
	AUTO(tufset) struct tufset s = TUFSET_INIT;
	const char *name = strrchr(path, '/') + 1;
	AUTO(charp) char *role = xspandup(span_of(name, strcspn(name, "-")));
	struct err e = ERR_INIT;

	(void)arg;
	trust_good(&s, NOW);
	fails_with(offer(&s, role, bytes, &e), &e, want, "%s", path);
}

static void
test_good(void)
{
	AUTO(tufset) struct tufset s = TUFSET_INIT;
	AUTO(tufmeta) struct tufmeta *targets = NULL, *role = NULL;
	AUTO(pool) struct pool pool = POOL_INIT;
	const struct tufmeta_delegation *d;
	struct tufmeta_file f;
	struct err e = ERR_INIT;
	struct node custom;
	struct span name;
	size_t at = 0;

	trust_good(&s, NOW);
	succeeds(tufset_check_root(&s, &e), &e, "root is not expired");
	is_int(tufset_timestamp(&s, buf_span(&good.timestamp), &e), 1, "the same timestamp again");
	succeeds(tufset_targets(&s, SPAN("targets"), NULL, buf_span(&good.targets), &targets, &e), &e, "targets");
	is_int(tufmeta_target(targets, SPAN("file"), &f, &custom, &pool, &e), 1, "a target");
	is_int(f.length, 8, "its length");
	succeeds(tufmeta_check_bytes(&f, SPAN("content\n"), &e), &e, "its bytes");
	fails_with(tufmeta_check_bytes(&f, SPAN("contenT\n"), &e), &e, REASON_DIGEST_MISMATCH, "other bytes");
	fails_with(tufmeta_check_bytes(&f, SPAN("content"), &e), &e, REASON_DIGEST_MISMATCH, "fewer bytes");
	is_int((int64_t)tufmeta_hash_text(&f, &pool).len, 64, "named by SHA-256");
	is_int(tufmeta_target(targets, SPAN("other"), &f, &custom, &pool, &e), 0, "no such target");
	d = tufmeta_next_delegation(targets, SPAN("sub/file"), &at, &name, &pool);
	ok(d && span_is(name, "role"), "a delegation is about it");
	ok(!tufmeta_next_delegation(targets, SPAN("sub/file"), &at, &name, &pool), "one alone");
	succeeds(tufset_targets(&s, SPAN("role"), targets, buf_span(&good.role), &role, &e), &e, "the delegated role");
	is_int(tufmeta_target(role, SPAN("sub/file"), &f, &custom, &pool, &e), 1, "has the target");
	tufmeta_free(role);
	role = NULL;
	fails_with(tufset_targets(&s, SPAN("role"), role, buf_span(&good.role), &role, &e), &e,
	    REASON_UNSIGNED_METADATA, "root's keys do not speak for it");
	fails_with(tufset_targets(&s, SPAN("none"), targets, buf_span(&good.role), &role, &e), &e,
	    REASON_BAD_METADATA, "a role that snapshot does not know");
}

static void
test_time(void)
{
	AUTO(tufset) struct tufset s = TUFSET_INIT;
	struct err e = ERR_INIT;
	int64_t end;

	if (date_parse(SPAN("2040-01-01T00:00:00Z"), &end, &e))
		BUG("a date");
	trust_good(&s, end - 1);
	s.now = end;
	fails_with(tufset_check_root(&s, &e), &e, REASON_EXPIRED_METADATA, "the end is past it");
	fails_with(tufset_snapshot(&s, buf_span(&good.snapshot), true, &e), &e, REASON_EXPIRED_METADATA,
	    "no snapshot by an expired timestamp");
}

/* All roots of the public instance: hexadecimal points, ids that are none, times
 * with offsets. */
static void
test_chain(void)
{
	AUTO(tufset) struct tufset s = TUFSET_INIT;
	struct err e = ERR_INIT;

	if (!file_exists(CHAIN)) {
		skip("no vectors here", "the public roots");
		return;
	}
	for (int i = 1; i <= 15; i++) {
		AUTO(charp) char *path = xasprintf(CHAIN "%d.root.json", i);
		AUTO(buf) struct buf bytes = BUF_INIT(TUFMETA_ROOT_MAX);

		succeeds(file_read(path, &bytes, &e), &e, "%s", path);
		if (i > 1)
			succeeds(tufset_root(&s, buf_span(&bytes), &e), &e, "root %d by root %d", i, i - 1);
		else
			succeeds(tufset_start(&s, NOW, buf_span(&bytes), &e), &e, "root 1");
	}
	ok(s.root && s.root->version == 15, "the last one");
}

static void
test_canonical(void)
{
	static const struct { const char *json, *want; } cases[] = {
		{"{ \"b\" : [ 1 , -2, true,null ], \"a\" : { } }", "{\"a\":{},\"b\":[1,-2,true,null]}"},
		{"\"a\\nb\\u0000\\\"\\\\\\/\\u00e9\"", NULL},
		{"{\"\xc3\xa9\":1,\"z\":2,\"\\ud83d\\ude00\":3,\"\xef\xbf\xbd\":4}",
		    "{\"z\":2,\"\xc3\xa9\":1,\"\xef\xbf\xbd\":4,\"\xf0\x9f\x98\x80\":3}"},
	};
	static const char *const bad[] = {"1.0", "1e2", "[-0]", "{\"a\":0.5}"};
	struct err e = ERR_INIT;
	struct node v;

	for (size_t i = 0; i < countof(cases); i++) {
		AUTO(buf) struct buf out = BUF_INIT(100);

		if (scan_document(span_str(cases[i].json), &v, &e) || olpc_emit(v, &out, &e))
			BUG("canonical form");
		if (cases[i].want)
			is_span(buf_span(&out), span_str(cases[i].want), "canonical %s", cases[i].json);
		else
			is_span(buf_span(&out), SPAN("\"a\nb\0\\\"\\\\/\xc3\xa9\""), "only quote and backslash are escaped");
	}
	for (size_t i = 0; i < countof(bad); i++) {
		AUTO(buf) struct buf out = BUF_INIT(100);

		if (scan_document(span_str(bad[i]), &v, &e))
			BUG("canonical form");
		fails_with(olpc_emit(v, &out, &e), &e, REASON_BAD_JSON, "%s has no canonical form", bad[i]);
	}
}

static void
test_patterns(void)
{
	static const struct { const char *pattern, *path; bool want; } cases[] = {
		{"*", "file", true}, {"*", "a/b", false}, {"*", "", true}, {"*/*", "a/b", true}, {"a/*", "a/", true},
		{"*.zip", "x.zip", true}, {"*.zip", "x.zip.gz", false}, {"*a*b*", "xxaxxbxx", true},
		{"*a*b*", "xxbxxaxx", false}, {"?", "a", true}, {"?", "/", false}, {"?", "", false}, {"a?c", "abc", true},
		{"[a-c]", "b", true}, {"[a-c]", "d", false}, {"[!a-c]", "d", true}, {"[!a-c]", "a", false}, {"[]]", "]", true},
		{"[a", "[a", true}, {"[a/b]", "[a/b]", true}, {"[!a]", "/", false}, {"\\*", "\\x", true}, {"\\*", "*", false},
		{"", "", true}, {"", "a", false}, {"foo-version-?.tgz", "foo-version-a.tgz", true},
		{"targets/*.tgz", "targets/foo.tgz", true}, {"targets/*.tgz", "targets/foo.txt", false}, {"a*/b", "ac/b", true},
		{"a*/b", "a/c/b", false}, {"**", "a", true}, {"a**b", "ab", true},
	};
	AUTO(charp) char *stars = xcalloc(1, 2001), *as = xcalloc(1, 4001);

	for (size_t i = 0; i < countof(cases); i++)
		ok(tufpath_match(span_str(cases[i].pattern), span_str(cases[i].path)) == cases[i].want, "%s and %s",
		    cases[i].pattern, cases[i].path);
	for (size_t i = 0; i < 1000; i++)
		memcpy(stars + 2 * i, "*a", 2);
	memset(as, 'a', 4000);
	as[3999] = 'b';
	ok(!tufpath_match(span_str(stars), span_str(as)), "many stars do not take for ever");
	/* SHA-256 of "a/b" is c14cddc0…. */
	ok(tufpath_has_prefix(SPAN("a/b"), SPAN("c14C")), "a prefix, in any case");
	ok(!tufpath_has_prefix(SPAN("a/b"), SPAN("c15")), "another");
	ok(tufpath_has_prefix(SPAN("a/b"), SPAN("")), "the prefix of all");
	is_int(tufpath_bin(SPAN("a/b"), 4), 0xc, "its bin of 16");
	is_int(tufpath_bin(SPAN("a/b"), 32), 0xc14cddc0, "its bin of 2^32");
}

/* Every byte of what is signed counts: whatever is changed, the file is refused,
 * or means what it meant. */
static void
flip(struct buf *file, const char *role, unsigned bit)
{
	AUTO(tufset) struct tufset all = TUFSET_INIT;
	size_t taken = 0;

	trust_good(&all, NOW);
	for (size_t i = 0; i < file->len; i++) {
		AUTO(tufset) struct tufset s = TUFSET_INIT;
		bool is_root = strcmp(role, "root") == 0, is_timestamp = strcmp(role, "timestamp") == 0;
		AUTO(buf) struct buf was = BUF_INIT(file->len), is = BUF_INIT(file->len);
		struct node root, content;
		char c = file->ptr[i];

		if (is_timestamp && tufset_start(&s, NOW, buf_span(&good.root), NULL))
			BUG("root");
		if (scan_document(buf_span(file), &root, NULL) || !node_member(root, "signed", &content) ||
		    olpc_emit(content, &was, NULL))
			BUG("good");
		file->ptr[i] = (char)(c ^ (1 << bit % 8));
		if (is_root ? tufset_start(&s, NOW, buf_span(file), NULL) == 0 :
		    offer(is_timestamp ? &s : &all, role, buf_span(file), NULL) == 0) {
			taken++;
			if (scan_document(buf_span(file), &root, NULL) || !node_member(root, "signed", &content) ||
			    olpc_emit(content, &is, NULL) || !span_eq(buf_span(&was), buf_span(&is)))
				ok(false, "%s: byte %zu changed, and taken", role, i);
		}
		file->ptr[i] = c;
	}
	/* Blanks turn into other blanks, names of signatures into others. */
	ok(taken < file->len / 2, "%s: %zu changes of %zu mean nothing", role, taken, file->len);
}

int
main(void)
{
	load_good();
	test_good();
	test_time();
	test_chain();
	test_canonical();
	test_patterns();
	ok(tap_samples("test/vectors/bad/tufset", sample, NULL) > 50, "bad samples");
	flip(&good.root, "root", 0);
	flip(&good.timestamp, "timestamp", 1);
	flip(&good.snapshot, "snapshot", 3);
	flip(&good.targets, "targets", 5);
	buf_release(&good.root);
	buf_release(&good.timestamp);
	buf_release(&good.snapshot);
	buf_release(&good.targets);
	buf_release(&good.role);
	return tap_done();
}
