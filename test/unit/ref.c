/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/ref.h"

#include <sys/stat.h>
#include <unistd.h>
#include "tap.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define DIGEST "sha256:" HEX

static const struct { const char *text, *name; } good[] = {
	{"alpine", "index.docker.io/library/alpine:latest"},
	{"alpine:3.20", "index.docker.io/library/alpine:3.20"},
	{"docker.io/alpine", "index.docker.io/library/alpine:latest"},
	{"index.docker.io/alpine", "index.docker.io/library/alpine:latest"},
	{"docker.io/library/alpine", "index.docker.io/library/alpine:latest"},
	{"bitnami/redis", "index.docker.io/bitnami/redis:latest"},
	{"alpine@" DIGEST, "index.docker.io/library/alpine@" DIGEST},
	{"ghcr.io/a/b/c:v1", "ghcr.io/a/b/c:v1"},
	{"ghcr.io/app", "ghcr.io/app:latest"},
	{"ghcr.io/ap:v1@" DIGEST, "ghcr.io/ap@" DIGEST},
	{"localhost/app", "localhost/app:latest"},
	{"localhost:5000/app", "localhost:5000/app:latest"},
	{"127.0.0.1:5000/app/demo:x", "127.0.0.1:5000/app/demo:x"},
	{"[::1]:5000/app/demo:x", "[::1]:5000/app/demo:x"},
	{"host_name:5000/app", "host_name:5000/app:latest"},
	{"example.com/a__b--c.d_e", "example.com/a__b--c.d_e:latest"},
	{"example.com/app:_x.Y-9", "example.com/app:_x.Y-9"},
	{"Example.COM/app", "Example.COM/app:latest"},
};

static const struct { const char *registry; bool local; } hosts[] = {
	{"localhost:5000", true}, {"localhost", false}, {"127.0.0.1", true}, {"127.0.0.1:80", true},
	{"[::1]:5000", true}, {"[::1]", true}, {"reg.localhost", true}, {"reg.localhost:5000", true},
	{"10.1.2.3:5000", true}, {"172.16.0.1", true}, {"172.31.255.255", true}, {"192.168.0.9:1", true},
	{"172.32.0.1", false}, {"172.15.0.1", false}, {"11.0.0.1", false}, {"127.0.0.2", false},
	{"127.0.0.1.example.com", false}, {"10.example.com", false}, {"notlocalhost:5000", false},
	{"localhost.example.com", false}, {"index.docker.io", false}, {"[::2]:5000", false},
};

static void
names(void)
{
	for (size_t i = 0; i < countof(good); i++) {
		AUTO(pool) struct pool pool = POOL_INIT;
		struct err e = ERR_INIT;
		struct ref r;

		if (succeeds(ref_parse(&r, span_str(good[i].text), &pool, &e), &e, "%s", good[i].text))
			is_str(ref_name(&r, &pool), good[i].name, "%s in full", good[i].text);
	}
	for (size_t i = 0; i < countof(hosts); i++)
		is_int(ref_registry_is_local(hosts[i].registry), hosts[i].local, "http to %s", hosts[i].registry);
}

static void
parts(void)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct err e = ERR_INIT;
	struct ref r;

	ok(!ref_parse(&r, SPAN("ghcr.io/ap:v1@" DIGEST), &pool, &e) && !r.tag && !r.tag_given,
	    "a tag beside a digest is dropped");
	ok(!ref_parse(&r, SPAN("ghcr.io/ap"), &pool, &e) && !r.tag_given, "the default tag was not given");
	ok(!ref_parse(&r, SPAN("ghcr.io/ap:latest"), &pool, &e) && r.tag_given, "a tag was given");
	succeeds(ref_parse_repository(&r, SPAN("ghcr.io/sigs"), &pool, &e), &e, "a repository");
	is_str(ref_context(&r, &pool), "ghcr.io/sigs", "its name");
	ok(!r.tag && !r.digest, "has neither tag nor digest");
	fails_with(ref_parse_repository(&r, SPAN("ghcr.io/sigs:v1"), &pool, &e), &e, REASON_BAD_REFERENCE,
	    "a repository with a tag");
	fails_with(ref_parse_repository(&r, SPAN("ghcr.io/sigs@" DIGEST), &pool, &e), &e,
	    REASON_BAD_REFERENCE, "a repository with a digest");
	is_str(ref_digest_tag("", DIGEST, ".sig", &pool), "sha256-" HEX ".sig", "the legacy tag");
	is_str(ref_digest_tag("x-", DIGEST, "", &pool), "x-sha256-" HEX, "with a prefix");
	is_str(ref_digest_tag(NULL, DIGEST, ".att", &pool), "sha256-" HEX ".att", "without");
	ok(ref_is_digest_tag(SPAN("sha256-" HEX)) && ref_is_digest_tag(SPAN("sha256-" HEX ".sig")) &&
	    ref_is_digest_tag(SPAN("p-sha256-" HEX ".att")) && ref_is_digest_tag(SPAN("sha256-" HEX ".sbom")),
	    "tags of digests");
	ok(!ref_is_digest_tag(SPAN("p-sha256-" HEX)) && !ref_is_digest_tag(SPAN("v1.sig")) &&
	    !ref_is_digest_tag(SPAN("sha256-" HEX ".zip")) && !ref_is_digest_tag(SPAN("")), "other tags");
	ok(ref_is_full(SPAN("docker.io/library/ap:v1")) && ref_is_full(SPAN("localhost/ap")) &&
	    ref_is_full(SPAN("h:1/ab@" DIGEST)), "full references");
	ok(!ref_is_full(SPAN("v1")) && !ref_is_full(SPAN("library/a:v1")) && !ref_is_full(SPAN("oci:h.x/ab")) &&
	    !ref_is_full(SPAN("h.x/A")), "not full");
}

static void
layout_is(const char *text, const char *dir, const char *tag, const char *digest)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct err e = ERR_INIT;
	struct ref r;

	if (!succeeds(ref_parse(&r, span_str(text), &pool, &e), &e, "%s", text))
		return;
	is_str(r.dir, dir, "its directory");
	is_str(r.tag, tag, "its tag");
	is_str(r.digest, digest, "its digest");
	ok(r.place == REF_LAYOUT && !r.registry && !r.repository, "is in a layout");
	is_int(r.tag_given, tag != NULL, "tag_given");
}

static void
layout_refused(const char *text, enum reason why)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct err e = ERR_INIT;
	struct ref r;

	fails_with(ref_parse(&r, span_str(text), &pool, &e), &e, why, "%s", text);
}

/* In a directory of its own: what counts is what exists. */
static void
layouts(void)
{
	static const char *const dirs[] = {"d", "d/e", "a:b", "w@x", "two", "two:v1", "c", "c:x", "c:x/y"};
	char top[] = "/tmp/unit-ref-XXXXXX";

	if (!ok(mkdtemp(top) && chdir(top) == 0, "a directory to work in"))
		return;
	for (size_t i = 0; i < countof(dirs); i++)
		if (mkdir(dirs[i], 0700))
			diag("mkdir %s failed", dirs[i]);
	layout_is("oci:d", "d", NULL, NULL);
	layout_is("oci:d/e:v1", "d/e", "v1", NULL);
	layout_is("oci:d:v1", "d", "v1", NULL);
	layout_is("oci:./d/:v1", "./d/", "v1", NULL);
	layout_is("oci:d@" DIGEST, "d", NULL, DIGEST);
	layout_is("oci:d:v1@" DIGEST, "d", NULL, DIGEST);
	layout_is("oci:d:docker.io/library/a:v1", "d", "docker.io/library/a:v1", NULL);
	layout_is("oci:a:b", "a:b", NULL, NULL);
	layout_is("oci:a:b:v2", "a:b", "v2", NULL);
	layout_is("oci:a:b@" DIGEST, "a:b", NULL, DIGEST);
	layout_is("oci:w@x", "w@x", NULL, NULL);
	layout_is("oci:w@x:v1", "w@x", "v1", NULL);
	layout_is("oci:w@x@" DIGEST, "w@x", NULL, DIGEST);
	layout_is("oci:c:x/y", "c:x/y", NULL, NULL);
	layout_is("oci:nowhere:v1", "nowhere:v1", NULL, NULL);
	layout_is("oci:two:v1/", "two:v1/", NULL, NULL);
	layout_is("oci:two/:v1", "two/", "v1", NULL);
	layout_refused("oci:two:v1", REASON_AMBIGUOUS);
	layout_refused("oci:d:", REASON_BAD_REFERENCE);
	layout_refused("oci:d: v1", REASON_BAD_REFERENCE);
	layout_refused("oci:d@sha256:12", REASON_BAD_REFERENCE);
	layout_refused("oci:d@md5:" HEX, REASON_BAD_REFERENCE);
	for (size_t i = countof(dirs); i > 0; i--)
		rmdir(dirs[i - 1]);
	if (chdir("/") || rmdir(top))
		diag("%s is left", top);
}

static void
sample(const char *path, struct span bytes, enum reason want, void *arg)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct err e = ERR_INIT;
	struct ref r;

	(void)arg;
	if (span_ends(bytes, "\n"))
		bytes.len--;
	fails_with(ref_parse(&r, bytes, &pool, &e), &e, want, "%s", path);
}

int
main(void)
{
	names();
	parts();
	ok(tap_samples("test/vectors/bad/reference", sample, NULL) > 0, "bad references");
	layouts();
	return tap_done();
}
