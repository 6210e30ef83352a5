/* SPDX-License-Identifier: Apache-2.0 */
#include "client/store.h"

#include <unistd.h>
#include "base/file.h"
#include "base/mem.h"
#include "base/proc.h"
#include "oci/layout.h"
#include "step/candidate.h"
#include "tap.h"

static char dir[] = "/tmp/cosign-unit-store-XXXXXX";
static struct pool pool;
static struct registry_options options;
static struct store store = {.options = &options};
static struct subject subject;

/* An image without content is enough: nobody looks into it. */
static void
make_image(void)
{
	static const char manifest[] = "{\"schemaVersion\":2,\"mediaType\":\"" MEDIA_OCI_MANIFEST "\",\"config\":"
	    "{\"mediaType\":\"" MEDIA_OCI_EMPTY "\",\"digest\":\"" MANIFEST_EMPTY_DIGEST "\",\"size\":2},\"layers\":[]}";
	AUTO(layout) struct layout l = LAYOUT_INIT;
	AUTO(charp) char *index = NULL, *path = xasprintf("%s/index.json", dir);
	struct desc d = desc_of(MEDIA_OCI_MANIFEST, SPAN(manifest), &pool);
	struct err e = ERR_INIT;
	struct ref ref;

	succeeds(layout_init(dir, &e) || layout_open(&l, dir, &e) || layout_write(&l, SPAN(manifest), &e) ||
	    layout_write(&l, SPAN("{}"), &e), &e, "a layout");
	index = xasprintf("{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"%s\",\"digest\":\"%.*s\",\"size\":%lld,"
	    "\"annotations\":{\"org.opencontainers.image.ref.name\":\"r.example/app:v1\"}}]}", MEDIA_OCI_MANIFEST,
	    SPAN_FMT(d.digest), (long long)d.size);
	succeeds(file_write(path, span_str(index), 0644, FILE_REPLACE, &e), &e, "with one image");
	succeeds(store_ref(dir, true, &ref, &pool, &e) || store_resolve(&store, &ref, true, &pool, &subject, &e), &e,
	    "which is found");
	is_span(subject.desc.digest, d.digest, "by digest");
	is_span(subject.reference, SPAN("r.example/app:v1"), "with its name");
}

/* What the store holds, as "b:TEXT" and "l:SIGNATURE" in order. */
static int
collect(void *ctx, const struct candidate *c, struct err *e)
{
	struct buf *out = ctx;
	struct span what = c->form == FORM_BUNDLE ? c->bytes : shape_map_get(&c->annotations, ANNOTATION_SIGNATURE);

	(void)e;
	buf_printf(out, "%s%s:%.*s", out->len ? " " : "", c->form == FORM_BUNDLE ? "b" : "l", SPAN_FMT(what));
	return 0;
}

static void
holds(const char *want, const char *what)
{
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);
	struct err e = ERR_INIT;

	succeeds(store_candidates(&store, &subject, FORM_BUNDLE | FORM_LEGACY, collect, &out, &e), &e, "reading: %s", what);
	is_str(buf_str(&out), want, "%s", what);
}

static int
put_bundle(const char *text, bool replace, struct err *e)
{
	struct store_location where;

	return store_put_bundle(&store, &subject, span_str(text), "https://example.com/type", replace, &pool, &where, e);
}

static bool
same(void *ctx, struct span payload, struct span old)
{
	(void)payload;
	return span_is(old, ctx);
}

static int
put_legacy(const char *signature, const char *equal, bool replace, struct err *e)
{
	struct shape_pair a = {SPAN(ANNOTATION_SIGNATURE), span_str(signature)};
	struct store_layer layer = {SPAN("payload"), MEDIA_SIMPLE_SIGNING, &a, 1};
	AUTO(charp) char *text = xstrdup(equal ? equal : "");
	struct store_legacy how = {.replace = replace, .same = equal ? same : NULL, .ctx = text};
	struct store_location where = {0};
	int rc = store_put_legacy(&store, &subject, &layer, &how, &pool, &where, e);

	if (rc == 0)
		ok(span_starts(where.tag, "sha256-") && span_ends(where.tag, ".sig"), "the tag is told");
	return rc;
}

static void
test_writing(void)
{
	struct err e = ERR_INIT;

	holds("", "nothing at first");
	succeeds(put_bundle("{\"n\":1}", false, &e), &e, "a bundle");
	succeeds(put_bundle("{\"n\":2}", false, &e), &e, "another");
	holds("b:{\"n\":1} b:{\"n\":2}", "both are there");
	succeeds(put_legacy("AAAA", NULL, false, &e), &e, "a signature of the old form");
	succeeds(put_legacy("BBBB", NULL, false, &e), &e, "another of the old form");
	holds("b:{\"n\":1} b:{\"n\":2} l:AAAA l:BBBB", "no one removes another");
	succeeds(put_legacy("CCCC", "AAAA", false, &e), &e, "one as good is there");
	holds("b:{\"n\":1} b:{\"n\":2} l:AAAA l:BBBB", "so nothing is added");
	succeeds(put_legacy("CCCC", NULL, true, &e), &e, "replacing the old form");
	succeeds(put_bundle("{\"n\":3}", true, &e), &e, "replacing bundles");
	holds("b:{\"n\":3} l:CCCC", "each form on its own");
}

static int
round_trip(void *ctx, const struct candidate *c, struct err *e)
{
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);
	AUTO(buf) struct buf again = BUF_INIT(BUF_TEXT_MAX);
	struct candidate back;
	struct subject sub;
	struct record rec;
	struct emit j;

	(void)ctx;
	emit_init(&j, &out);
	record_begin(&j, CANDIDATE_RECORD);
	candidate_emit(&subject, c, &j);
	record_end(&j);
	if (record_parse(span_first(buf_span(&out), out.len - 1), &rec, e) ||
	    candidate_parse(&sub, &back, rec.root, &pool, e))
		return -1;
	emit_init(&j, &again);
	record_begin(&j, CANDIDATE_RECORD);
	candidate_emit(&sub, &back, &j);
	record_end(&j);
	is_str(buf_str(&again), buf_str(&out), "a record read and written again");
	is_span(back.bytes, c->bytes, "with the same bytes");
	return 0;
}

static void
test_records(void)
{
	struct err e = ERR_INIT;

	succeeds(store_candidates(&store, &subject, FORM_BUNDLE | FORM_LEGACY, round_trip, NULL, &e), &e, "records");
}

int
main(void)
{
	const char *const remove[] = {"rm", "-rf", dir, NULL};
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);
	struct err e = ERR_INIT;
	int status;

	setenv("SOURCE_DATE_EPOCH", "1700000000", 1);
	unsetenv("COSIGN_EXPERIMENTAL");
	if (!mkdtemp(dir))
		BUG("mkdtemp");
	make_image();
	test_writing();
	test_records();
	options.referrers_mode = "oci-1-1";
	fails_with(put_legacy("DDDD", NULL, false, &e), &e, REASON_USAGE, "the experimental mode wants a variable");
	pool_release(&pool);
	(void)!proc_run(remove, NULL, SPAN_NONE, &out, 10000, &status, &e);
	return tap_done();
}
