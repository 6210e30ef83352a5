/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The recorded command lines of the real program, judged without a registry:
 * for every `verify --key` of the fixtures the evidence is taken from the dump
 * of the registry and the policy from the flags; whether a signature is good,
 * and what is printed of it, must be as recorded; the other way round where
 * the record calls the real program wrong.
 */
#include "base/file.h"
#include "base/mem.h"
#include "oci/manifest.h"
#include "stored.h"
#include "sig/statement.h"
#include "tap.h"

#define SET "../shared/fixtures/"

enum { ARGS_MAX = 32, PAIRS_MAX = 8 };

struct run {
	struct pool pool;
	struct node manifest, repo;		/* of all cases; of the image */
	const char *registry;			/* "{ZOT}" */
	const char *image, *name;		/* "sha256:…"; as on the command line */
	struct pubkey key, *keys[1];
	struct policy policy;
	struct shape_pair pairs[PAIRS_MAX];
	bool bundles;
	size_t found, good;
	struct buf items;
};

static struct span
text_of(struct run *r, struct node object, const char *name)
{
	struct span s = SPAN_NONE;
	struct node v;

	return node_member(object, name, &v) && node_string(v, &r->pool, &s) ? s : SPAN_NONE;
}

static bool
load(const char *path, struct buf *b)
{
	struct err e = ERR_INIT;

	return file_read(path, b, &e) == 0;
}

static bool
load_blob(struct span digest, struct buf *b)
{
	AUTO(charp) char *path = xasprintf(SET "blobs/sha256/%.*s", SPAN_FMT(span_from(digest, 7)));

	return load(path, b);
}

static void
judge(struct run *r, struct evidence *ev)
{
	AUTO(verdict) struct verdict v = VERDICT_INIT;
	struct emit j;

	r->found++;
	ev->subject_digest = span_str(r->image);
	verify_evidence(ev, &r->policy, &v);
	if (!v.ok)
		return;
	if (r->good++)
		buf_add_char(&r->items, ',');
	emit_init(&j, &r->items);
	verdict_emit_upstream(&v, r->name, &j);
}

/* A manifest with one layer of a bundle, whatever it calls itself. */
static void
try_bundle(struct run *r, struct span digest)
{
	AUTO(buf) struct buf doc = BUF_INIT(BUF_BIG_MAX), bytes = BUF_INIT(BUF_BIG_MAX);
	AUTO(manifest) struct manifest m = MANIFEST_INIT;
	struct evidence ev = {.form = MATERIAL_BUNDLE};
	struct err e = ERR_INIT;

	if (!load_blob(digest, &doc) || manifest_parse(&m, buf_span(&doc), SPAN_NONE, &e) || !m.has_subject ||
	    !span_is(m.subject.digest, r->image) || m.count != 1 ||
	    !span_starts(m.layers[0].media_type, MEDIA_BUNDLE_PREFIX) || !load_blob(m.layers[0].digest, &bytes))
		return;
	ev.bytes = buf_span(&bytes);
	judge(r, &ev);
}

static void
try_legacy(struct run *r, struct span digest)
{
	AUTO(buf) struct buf doc = BUF_INIT(BUF_BIG_MAX);
	AUTO(manifest) struct manifest m = MANIFEST_INIT;
	struct err e = ERR_INIT;

	if (!load_blob(digest, &doc) || manifest_parse(&m, buf_span(&doc), SPAN_NONE, &e))
		return;
	for (size_t i = 0; i < m.count; i++) {
		AUTO(buf) struct buf bytes = BUF_INIT(BUF_BIG_MAX);
		struct evidence ev = {.form = MATERIAL_LEGACY};

		if (!load_blob(m.layers[i].digest, &bytes))
			continue;
		ev.bytes = buf_span(&bytes);
		ev.signature_b64 = shape_map_get(&m.layers[i].annotations, ANNOTATION_SIGNATURE);
		ev.log_bundle = shape_map_get(&m.layers[i].annotations, ANNOTATION_BUNDLE);
		judge(r, &ev);
	}
}

static void
try_all(struct run *r)
{
	struct node manifests, tags;
	const char *tag = pool_printf(&r->pool, "sha256-%s.sig", r->image + 7);
	struct span legacy;

	if (!node_member(r->repo, "manifests", &manifests) || !node_member(r->repo, "tags", &tags))
		return;
	for (struct node_iter it = node_iter(manifests); r->bundles && node_next(&it);)
		try_bundle(r, node_key(it.key, &r->pool));
	legacy = text_of(r, tags, tag);
	if (legacy.ptr)
		try_legacy(r, legacy);
}

static bool
take_image(struct run *r, struct node dump, struct span arg)
{
	struct span rest = span_from(arg, strlen(r->registry) + 1);
	ptrdiff_t at = span_find(rest, '@');
	struct span what = span_from(rest, (size_t)(at < 0 ? span_find(rest, ':') : at));
	struct node tags;

	if (what.len == 0 || !node_member(dump, pool_str(&r->pool, span_first(rest, rest.len - what.len)), &r->repo))
		return false;
	what = span_from(what, 1);
	if (at < 0 && node_member(r->repo, "tags", &tags))
		what = text_of(r, tags, pool_str(&r->pool, what));
	r->image = what.ptr ? pool_str(&r->pool, what) : NULL;
	r->name = pool_str(&r->pool, arg);
	return r->image != NULL;
}

static bool
take_key(struct run *r, struct span path)
{
	AUTO(charp) char *full = xasprintf(SET "%.*s", SPAN_FMT(path));
	AUTO(buf) struct buf pem = BUF_INIT(PUBKEY_FILE_MAX);
	struct err e = ERR_INIT;

	r->keys[0] = &r->key;
	r->policy.keys = r->keys;
	r->policy.key_count = 1;
	return load(full, &pem) && pubkey_parse_pem(&r->key, buf_span(&pem), &e) == 0;
}

static bool
take_pair(struct run *r, struct span arg)
{
	struct span value = arg, key = span_cut(&value, '=');

	if (!value.ptr || r->policy.annotations.count == PAIRS_MAX)
		return false;
	r->pairs[r->policy.annotations.count++] = (struct shape_pair){key, value};
	return true;
}

/* False for a command line that is not for this test. */
static bool
take_args(struct run *r, struct node dump, struct node argv)
{
	struct span args[ARGS_MAX];
	size_t n = 0, images = 0;
	bool fit = true;

	for (struct node_iter it = node_iter(argv); n < ARGS_MAX && node_next(&it);)
		if (!node_string(it.value, &r->pool, &args[n++]))
			return false;
	if (n == 0 || !span_is(args[0], "verify"))
		return false;
	for (size_t i = 1; fit && i < n; i++) {
		if (span_is(args[i], "--key") && i + 1 < n)
			fit = take_key(r, args[++i]);
		else if (span_is(args[i], "-a") && i + 1 < n)
			fit = take_pair(r, args[++i]);
		else if (span_is(args[i], "--signature-digest-algorithm") && i + 1 < n)
			r->policy.hash = hash_find(args[++i]);
		else if (span_is(args[i], "--insecure-ignore-tlog"))
			r->policy.ignore_log = true;
		else if (span_is(args[i], "--check-claims=false"))
			r->policy.check_claims = false;
		else if (span_is(args[i], "--new-bundle-format=false"))
			r->bundles = false;
		else
			fit = span_starts(args[i], r->registry) && images++ == 0 && take_image(r, dump, args[i]);
	}
	return fit && images == 1 && r->policy.key_count && r->policy.ignore_log;
}

/* The recorded text with the registries' names as they were when signing. */
static void
recorded(struct run *r, struct span text, struct buf *out)
{
	struct span sreg = text_of(r, r->manifest, "SREG"), szot = text_of(r, r->manifest, "SZOT");

	while (text.len) {
		bool reg = span_starts(text, "{SREG}"), zot = span_starts(text, "{SZOT}");

		if (reg || zot)
			buf_add_span(out, reg ? sreg : szot);
		else
			buf_add_char(out, *text.ptr);
		text = span_from(text, reg || zot ? 6 : 1);
	}
}

static void
compare(struct run *r, struct node c, struct span id)
{
	AUTO(buf) struct buf got = BUF_INIT(BUF_BIG_MAX), want = BUF_INIT(BUF_BIG_MAX);
	struct span printed = text_of(r, c, "stdout");
	struct node v;
	int64_t exit_status;

	if (!node_member(c, "exit", &v) || !node_int(v, &exit_status))
		return;
	if (node_member(c, "peer_bug", &v) && v.kind != JSON_NULL) {
		ok(r->found == 0 || (exit_status == 0) != (r->good > 0), "%.*s: %zu good of %zu, unlike the record",
		    SPAN_FMT(id), r->good, r->found);
		return;
	}
	ok((exit_status == 0) == (r->good > 0), "%.*s: %zu good of %zu", SPAN_FMT(id), r->good, r->found);
	if (!printed.ptr || exit_status)
		return;
	buf_printf(&got, "\n[%s]\n", buf_str(&r->items));
	recorded(r, printed, &want);
	is_span(buf_span(&got), buf_span(&want), "%.*s: what is printed", SPAN_FMT(id));
}

static bool
try_case(const char *registry, struct node manifest, struct node dump, struct node c)
{
	struct run r = {.manifest = manifest, .registry = registry, .key = PUBKEY_INIT, .bundles = true,
		.items = BUF_INIT(BUF_BIG_MAX)};
	struct span id = text_of(&r, c, "id");
	struct node argv;
	bool fit;

	r.policy.check_claims = true;
	r.policy.annotations.pairs = r.pairs;
	r.policy.predicate_type = PREDICATE_SIGN;
	fit = node_member(c, "argv", &argv) && take_args(&r, dump, argv);
	if (fit) {
		try_all(&r);
		compare(&r, c, id);
	}
	buf_release(&r.items);
	pubkey_release(&r.key);
	pool_release(&r.pool);
	return fit;
}

static void
test_registry(const char *registry, const char *dump_path, struct node manifest)
{
	AUTO(buf) struct buf text = BUF_INIT(BUF_BIG_MAX);
	struct err e = ERR_INIT;
	struct node dump, cases;
	int tried = 0;

	if (!ok(load(dump_path, &text) && scan_document(buf_span(&text), &dump, &e) == 0 &&
	    node_member(manifest, "cases", &cases), "%s is there", dump_path))
		return;
	for (struct node_iter it = node_iter(cases); node_next(&it);)
		tried += try_case(registry, manifest, dump, it.value);
	ok(tried > 50, "%d command lines for %s", tried, registry);
}

int
main(void)
{
	AUTO(buf) struct buf text = BUF_INIT(BUF_BIG_MAX);
	struct err e = ERR_INIT;
	struct node manifest;

	if (!load(SET "MANIFEST.json", &text)) {
		skip("the fixtures are not here", "recorded command lines");
		return tap_done();
	}
	if (succeeds(scan_document(buf_span(&text), &manifest, &e), &e, "the record is JSON")) {
		test_registry("{REG}", SET "registry-legacy.json", manifest);
		test_registry("{ZOT}", SET "registry-oci11.json", manifest);
	}
	return tap_done();
}
