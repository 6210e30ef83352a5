/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/layout.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/date.h"
#include "base/file.h"
#include "crypto/digest.h"
#include "oci/layout_cache.h"
#include "oci/ref.h"
#include "tap.h"

static char top[] = "/tmp/unit-layout-XXXXXX";
static struct pool pool = POOL_INIT;

static void
put(const char *path, const char *text)
{
	struct err e = ERR_INIT;

	if (file_write(path, span_str(text), 0644, FILE_REPLACE, &e))
		ok(false, "cannot write %s", path);
}

/* A layout of its own, empty. */
static const char *
fresh(const char *name)
{
	const char *dir = pool_printf(&pool, "%s/%s", top, name);
	struct err e = ERR_INIT;

	if (layout_init(dir, &e))
		succeeds(-1, &e, "init %s", dir);
	return dir;
}

static const char *
index_of(const char *dir)
{
	AUTO(buf) struct buf b = BUF_INIT(LAYOUT_INDEX_MAX);
	struct err e = ERR_INIT;

	if (file_read(pool_printf(&pool, "%s/index.json", dir), &b, &e))
		return NULL;
	return pool_str(&pool, buf_span(&b));
}

/* Stores an image manifest that differs by name; its subject may be NULL. */
static struct desc
store(struct layout *l, const char *name, const struct desc *subject)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);
	struct desc config = desc_of(MEDIA_OCI_CONFIG, span_str(name), &pool);
	struct err e = ERR_INIT;
	struct desc d;

	if (subject)
		manifest_emit_bundle(&b, &config, subject, "dsse-envelope", name, NULL);
	else
		manifest_emit_legacy(&b, &config, NULL, 0, false);
	if (layout_write(l, buf_span(&b), &e))
		succeeds(-1, &e, "write");
	d = desc_of(MEDIA_OCI_MANIFEST, buf_span(&b), &pool);
	if (subject)
		d.artifact_type = SPAN(MEDIA_BUNDLE);
	return d;
}

struct change { struct desc d; const char *name; bool drop; };

static int
change(void *ctx, struct layout_edit *edit, struct err *e)
{
	const struct change *c = ctx;

	(void)e;
	if (c->drop)
		layout_edit_drop(edit, c->d.digest);
	else if (c->name)
		layout_edit_name(edit, c->name, &c->d);
	else
		layout_edit_add(edit, &c->d);
	return 0;
}

static void
list(struct layout *l, struct desc d, const char *name)
{
	struct change c = {.d = d, .name = name};
	struct err e = ERR_INIT;

	if (layout_update(l, change, &c, &e))
		succeeds(-1, &e, "update");
}

static void
finds(void)
{
	AUTO(layout) struct layout l = LAYOUT_INIT;
	const char *dir = fresh("finds");
	struct layout_image image;
	struct err e = ERR_INIT;
	struct desc a, b, hidden, sig;

	if (!succeeds(layout_open(&l, dir, &e), &e, "opens what init made"))
		return;
	fails_with(layout_find_only(&l, &image, &e), &e, REASON_NO_IMAGE, "no image in an empty layout");
	a = store(&l, "a", NULL);
	b = store(&l, "b", NULL);
	hidden = store(&l, "hidden", NULL);
	list(&l, a, "v1");
	list(&l, a, "docker.io/library/app:v1");
	if (succeeds(layout_find_only(&l, &image, &e), &e, "one image under two names")) {
		is_span(image.desc.digest, a.digest, "that one");
		is_span(image.name, SPAN("docker.io/library/app:v1"), "its full reference");
	}
	sig = store(&l, "sig of a", &a);
	list(&l, sig, NULL);
	list(&l, b, ref_digest_tag("", pool_str(&pool, a.digest), ".sig", &pool));
	succeeds(layout_find_only(&l, &image, &e), &e, "signatures are no images");
	list(&l, b, "v2");
	fails_with(layout_find_only(&l, &image, &e), &e, REASON_AMBIGUOUS, "two images");
	if (succeeds(layout_find_tag(&l, SPAN("v2"), &image, &e), &e, "by tag"))
		is_span(image.desc.digest, b.digest, "that one");
	if (succeeds(layout_find_tag(&l, SPAN("v1"), &image, &e), &e, "by another tag"))
		is_span(image.name, SPAN("v1"), "named as asked");
	fails_with(layout_find_tag(&l, SPAN("v"), &image, &e), &e, REASON_NO_IMAGE, "not by a part of a tag");
	if (succeeds(layout_find_digest(&l, hidden.digest, &image, &e), &e, "not listed, by digest")) {
		is_int(image.desc.size, hidden.size, "its size");
		is_span(image.desc.media_type, SPAN(MEDIA_OCI_MANIFEST), "its type");
	}
	fails_with(layout_find_digest(&l, SPAN(MANIFEST_EMPTY_DIGEST), &image, &e), &e, REASON_NOT_FOUND,
	    "a digest that is nowhere");
	fails_with(layout_find_digest(&l, SPAN("sha256:../../oci-layout"), &image, &e), &e, REASON_BAD_DIGEST,
	    "a digest that climbs");
}

static void
refers(void)
{
	AUTO(layout) struct layout l = LAYOUT_INIT;
	AUTO(buf) struct buf index = BUF_INIT(BUF_TEXT_MAX);
	const char *dir = fresh("refers");
	struct layout_list found;
	struct err e = ERR_INIT;
	struct desc a, b, one, two, three, fallback, broken;

	if (!succeeds(layout_open(&l, dir, &e), &e, "a layout"))
		return;
	a = store(&l, "a", NULL);
	b = store(&l, "b", NULL);
	one = store(&l, "1", &a);
	two = store(&l, "2", &a);
	three = store(&l, "3", &b);
	list(&l, a, "v1");
	list(&l, two, NULL);
	list(&l, three, NULL);
	list(&l, two, NULL);
	broken = two;
	broken.digest = SPAN("sha256:1111111111111111111111111111111111111111111111111111111111111111");
	list(&l, broken, NULL);
	manifest_emit_index(&index, (const struct desc[]){one, two, three}, 3);
	succeeds(layout_write(&l, buf_span(&index), &e), &e, "a fallback index");
	fallback = desc_of(MEDIA_OCI_INDEX, buf_span(&index), &pool);
	list(&l, fallback, ref_digest_tag("", pool_str(&pool, a.digest), "", &pool));
	if (succeeds(layout_referrers(&l, a.digest, &found, &e), &e, "referrers of a") &&
	    is_int((int64_t)found.count, 2, "each once")) {
		is_span(found.items[0].digest, two.digest, "listed ones first");
		is_span(found.items[1].digest, one.digest, "then those of the fallback index");
	}
	is_int((int64_t)l.unreadable, 1, "one could not be read");
	ok(err_is(&l.first_unreadable, REASON_NOT_FOUND), "because it is not there");
	if (succeeds(layout_referrers(&l, b.digest, &found, &e), &e, "referrers of b"))
		is_int((int64_t)found.count, 1, "one");
	if (succeeds(layout_referrers(&l, one.digest, &found, &e), &e, "referrers of a referrer"))
		is_int((int64_t)found.count, 0, "none");
}

/* As `cosign save` writes it: kinds, no names, referrers not listed. */
static void
saved(void)
{
	AUTO(layout) struct layout l = LAYOUT_INIT;
	const char *dir = fresh("saved");
	struct shape_pair kinds[] = {{SPAN("kind"), SPAN("dev.cosignproject.cosign/image")},
		{SPAN("kind"), SPAN("dev.cosignproject.cosign/sigs")}};
	struct layout_image image;
	struct layout_list found;
	struct err e = ERR_INIT;
	struct desc a, sigs, bundle;

	if (!succeeds(layout_open(&l, dir, &e), &e, "a layout"))
		return;
	a = store(&l, "a", NULL);
	sigs = store(&l, "sigs", NULL);
	bundle = store(&l, "bundle", &a);
	a.annotations = (struct shape_map){&kinds[0], 1};
	sigs.annotations = (struct shape_map){&kinds[1], 1};
	if (succeeds(layout_referrers(&l, a.digest, &found, &e), &e, "not a saved one"))
		is_int((int64_t)found.count, 0, "is not searched");
	list(&l, a, NULL);
	list(&l, sigs, NULL);
	ok(layout_is_saved(&l), "a saved layout");
	if (succeeds(layout_find_only(&l, &image, &e), &e, "its image"))
		is_span(image.desc.digest, a.digest, "that one");
	if (succeeds(layout_referrers(&l, a.digest, &found, &e), &e, "its referrers") &&
	    is_int((int64_t)found.count, 1, "are searched for")) {
		is_span(found.items[0].digest, bundle.digest, "that one");
		is_int(found.items[0].size, bundle.size, "its size");
	}
	if (succeeds(layout_legacy(&l, a.digest, "", ".sig", &found, &e), &e, "legacy signatures") &&
	    is_int((int64_t)found.count, 1, "by kind"))
		is_span(found.items[0].digest, sigs.digest, "that one");
	ok(!layout_legacy(&l, a.digest, "", ".att", &found, &e) && found.count == 0, "no attestations");
	list(&l, bundle, ref_digest_tag("p-", pool_str(&pool, a.digest), ".sig", &pool));
	if (succeeds(layout_legacy(&l, a.digest, "p-", ".sig", &found, &e), &e, "with a prefix"))
		is_span(found.items[0].digest, bundle.digest, "by name");
}

#define D1 "sha256:1111111111111111111111111111111111111111111111111111111111111111"
#define D2 "sha256:2222222222222222222222222222222222222222222222222222222222222222"
#define ENTRY(digest, name) "{ \"x\" : [1.0],\"size\":7,\"mediaType\":\"" MEDIA_OCI_MANIFEST "\",\"digest\":\"" digest \
	"\" ,\"annotations\":{\"k\":\"\\u00e9\",\"" ANNOTATION_REF_NAME "\":\"" name "\"}}"

static void
splices(void)
{
	AUTO(layout) struct layout l = LAYOUT_INIT;
	const char *dir = fresh("splices"), *index = pool_printf(&pool, "%s/index.json", dir);
	struct change drop = {.drop = true};
	struct err e = ERR_INIT;
	struct stat st;
	struct desc a;

	put(index, "{\n  \"annotations\": {\"z\": \"\\u0041\"}, \"schemaVersion\":2,\"manifests\" : [\n" ENTRY(D1, "one") ",\n"
	    ENTRY(D2, "two") "\n], \"new\": {}}\n");
	chmod(index, 0640);
	if (!succeeds(layout_open(&l, dir, &e), &e, "a foreign index"))
		return;
	a = store(&l, "a", NULL);
	list(&l, a, "two");
	is_str(index_of(dir), pool_printf(&pool, "{\n  \"annotations\": {\"z\": \"\\u0041\"}, \"schemaVersion\":2,"
	    "\"manifests\" : [" ENTRY(D1, "one") ",{ \"x\" : [1.0],\"size\":%d,\"mediaType\":\"" MEDIA_OCI_MANIFEST
	    "\",\"digest\":\"%s\" ,\"annotations\":{\"k\":\"\\u00e9\",\"" ANNOTATION_REF_NAME "\":\"two\"}}], "
	    "\"new\": {}}\n", (int)a.size, a.digest.ptr), "an entry exchanged, the rest kept");
	ok(stat(index, &st) == 0 && (st.st_mode & 0777) == 0640, "the mode of index.json is kept");
	drop.d = a;
	succeeds(layout_update(&l, change, &drop, &e), &e, "drop");
	is_str(index_of(dir), "{\n  \"annotations\": {\"z\": \"\\u0041\"}, \"schemaVersion\":2,\"manifests\" : ["
	    ENTRY(D1, "one") "], \"new\": {}}\n", "an entry dropped");
	list(&l, a, NULL);
	ok(strstr(index_of(dir), "[" ENTRY(D1, "one") ",{\"mediaType\""), "one appended");
	is_int((int64_t)l.index.count, 2, "the open layout knows");
}

static void
blobs(void)
{
	AUTO(layout) struct layout l = LAYOUT_INIT;
	AUTO(buf) struct buf b = BUF_INIT(16);
	const char *dir = fresh("blobs"), *path;
	struct desc d = desc_of("a/b", SPAN("hello"), &pool);
	struct err e = ERR_INIT;

	if (!succeeds(layout_open(&l, dir, &e), &e, "a layout"))
		return;
	ok(!layout_has(&l, d.digest, -1), "not yet there");
	fails_with(layout_read(&l, d.digest, 5, &b, &e), &e, REASON_NOT_FOUND, "missing");
	succeeds(layout_write(&l, SPAN("hello"), &e), &e, "write");
	succeeds(layout_write(&l, SPAN("hello"), &e), &e, "write again");
	if (succeeds(layout_read(&l, d.digest, 5, &b, &e), &e, "read"))
		is_str(buf_str(&b), "hello", "the same");
	ok(layout_has(&l, d.digest, 5) && !layout_has(&l, d.digest, 6), "has it, of that size");
	fails_with(layout_read(&l, d.digest, 6, &b, &e), &e, REASON_DIGEST_MISMATCH, "another size");
	path = pool_printf(&pool, "%s/blobs/sha256/%s", dir, d.digest.ptr + 7);
	put(path, "jello");
	fails_with(layout_read(&l, d.digest, 5, &b, &e), &e, REASON_DIGEST_MISMATCH, "other bytes");
	is_str(buf_str(&b), "hello", "what was read before is left alone");
	succeeds(layout_write(&l, SPAN("hello"), &e), &e, "writing repairs it");
	succeeds(layout_read(&l, d.digest, 5, &b, &e), &e, "as a read shows");
	put(path, "far too long for that buffer");
	fails_with(layout_read(&l, d.digest, -1, &b, &e), &e, REASON_TOO_LARGE, "a large one");
	if (unlink(path) || symlink("../../oci-layout", path))
		diag("symlink failed");
	fails_with(layout_read(&l, d.digest, -1, &b, &e), &e, REASON_BAD_LAYOUT, "a symbolic link");
	fails_with(layout_write(&l, SPAN("hello"), &e), &e, REASON_BAD_LAYOUT, "written to, too");
	if (unlink(path) || mkfifo(path, 0600))
		diag("mkfifo failed");
	fails_with(layout_read(&l, d.digest, -1, &b, &e), &e, REASON_BAD_LAYOUT, "a pipe");
}

static void
refuses(void)
{
	AUTO(layout) struct layout l = LAYOUT_INIT;
	const char *dir = fresh("refuses"), *blobs_dir = pool_printf(&pool, "%s/blobs", dir);
	const char *file = pool_printf(&pool, "%s/oci-layout", dir);
	struct err e = ERR_INIT;

	fails_with(layout_open(&l, pool_printf(&pool, "%s/nowhere", top), &e), &e, REASON_NO_IMAGE, "no directory");
	fails_with(layout_open(&l, file, &e), &e, REASON_NO_IMAGE, "a file");
	fails_with(layout_open(&l, top, &e), &e, REASON_BAD_LAYOUT, "a directory of other things");
	if (symlink("refuses", pool_printf(&pool, "%s/link", top)))
		diag("symlink failed");
	succeeds(layout_open(&l, pool_printf(&pool, "%s/link", top), &e), &e, "the directory may be a link");
	layout_release(&l);
	if (rename(blobs_dir, pool_printf(&pool, "%s/away", top)) || symlink("../away", blobs_dir))
		diag("rename failed");
	fails_with(layout_open(&l, dir, &e), &e, REASON_BAD_LAYOUT, "blobs may not");
	unlink(blobs_dir);
	fails_with(layout_open(&l, dir, &e), &e, REASON_BAD_LAYOUT, "nor be missing");
	if (rename(pool_printf(&pool, "%s/away", top), blobs_dir))
		diag("rename failed");
	unlink(file);
	fails_with(layout_open(&l, dir, &e), &e, REASON_BAD_LAYOUT, "no oci-layout");
	if (symlink("index.json", file))
		diag("symlink failed");
	fails_with(layout_open(&l, dir, &e), &e, REASON_BAD_LAYOUT, "a link for oci-layout");
	unlink(file);
	put(file, "{\"imageLayoutVersion\":\"1.0.0\"}");
	unlink(pool_printf(&pool, "%s/index.json", dir));
	fails_with(layout_open(&l, dir, &e), &e, REASON_BAD_LAYOUT, "no index.json");
}

/* Several processes add to one index; nothing gets lost. */
static void
races(void)
{
	enum { WRITERS = 4, EACH = 8 };
	AUTO(layout) struct layout l = LAYOUT_INIT;
	const char *dir = fresh("races");
	struct err e = ERR_INIT;
	int status, bad = 0;

	for (int w = 0; w < WRITERS; w++) {
		if (fork() != 0)
			continue;
		if (layout_open(&l, dir, &e))
			_exit(1);
		for (int i = 0; i < EACH; i++)
			list(&l, store(&l, pool_printf(&pool, "%d.%d", w, i), NULL), NULL);
		_exit(0);
	}
	while (wait(&status) > 0)
		bad += status != 0;
	is_int(bad, 0, "all writers ended well");
	if (succeeds(layout_open(&l, dir, &e), &e, "open"))
		is_int((int64_t)l.index.count, WRITERS * EACH, "all entries are there");
}

/* A thousand signed images are read once, not once an image. */
static void
many(void)
{
	enum { IMAGES = 1000 };
	AUTO(layout) struct layout l = LAYOUT_INIT;
	AUTO(buf) struct buf b = BUF_INIT(BUF_BIG_MAX);
	const char *dir = fresh("many");
	struct desc *all = pool_array(&pool, (size_t)2 * IMAGES, sizeof(*all));
	struct err e = ERR_INIT;
	int64_t start;
	size_t found = 0;

	if (layout_open(&l, dir, &e))
		return;
	for (int i = 0; i < IMAGES; i++) {
		all[i] = store(&l, pool_printf(&pool, "%d", i), NULL);
		all[IMAGES + i] = store(&l, pool_printf(&pool, "s%d", i), &all[i]);
	}
	manifest_emit_index(&b, all, (size_t)2 * IMAGES);
	put(pool_printf(&pool, "%s/index.json", dir), buf_str(&b));
	start = date_monotonic_ms();
	layout_release(&l);
	succeeds(layout_open(&l, dir, &e), &e, "open");
	for (int i = 0; i < IMAGES; i++) {
		struct layout_list referrers = {0};
		struct layout_image image;

		if (layout_find_digest(&l, all[i].digest, &image, &e) == 0 &&
		    layout_referrers(&l, all[i].digest, &referrers, &e) == 0)
			found += referrers.count == 1 && span_eq(referrers.items[0].digest, all[IMAGES + i].digest);
	}
	is_int((int64_t)found, IMAGES, "each of a thousand images has its signature");
	diag("in %lld ms", (long long)(date_monotonic_ms() - start));
}

/* NAME.oci-layout is that file; all else is an index.json. */
static void
sample(const char *path, struct span bytes, enum reason want, void *arg)
{
	AUTO(layout) struct layout l = LAYOUT_INIT;
	bool version = span_ends(span_str(path), ".oci-layout");
	const char *dir = fresh(pool_printf(&pool, "sample%d", (*(int *)arg)++));
	const char *file = pool_printf(&pool, "%s/%s", dir, version ? "oci-layout" : "index.json");
	struct err e = ERR_INIT;

	if (file_write(file, bytes, 0644, FILE_REPLACE, &e))
		succeeds(-1, &e, "write");
	fails_with(layout_open(&l, dir, &e), &e, want, "%s", path);
}

int
main(void)
{
	char *const rm[] = {(char *)(uintptr_t)"rm", (char *)(uintptr_t)"-rf", top, NULL};
	int count = 0, failed;

	if (!ok(mkdtemp(top) != NULL, "a directory to work in"))
		return tap_done();
	finds();
	refers();
	saved();
	splices();
	blobs();
	refuses();
	races();
	many();
	ok(tap_samples("test/vectors/bad/layout", sample, &count) > 0, "bad layouts");
	pool_release(&pool);
	failed = tap_done();
	fflush(stdout);
	if (fork() == 0)
		execvp(rm[0], rm);
	wait(NULL);
	return failed;
}
