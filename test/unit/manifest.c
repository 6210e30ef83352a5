/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/manifest.h"

#include "crypto/digest.h"
#include "tap.h"

#define D1 "sha256:1111111111111111111111111111111111111111111111111111111111111111"
#define D2 "sha256:2222222222222222222222222222222222222222222222222222222222222222"
#define D3 "sha256:3333333333333333333333333333333333333333333333333333333333333333"
#define DESC(type, size, digest) "{\"mediaType\":\"" type "\",\"size\":" size ",\"digest\":\"" digest "\"}"
#define LEGACY_LAYER "{\"mediaType\":\"" MEDIA_SIMPLE_SIGNING "\",\"size\":242,\"digest\":\"" D2 "\",\"annotations\":" \
	"{\"" ANNOTATION_SIGNATURE "\":\"MEYC+/==\"}}"

static struct desc
desc(const char *type, int64_t size, const char *digest)
{
	return (struct desc){.media_type = span_str(type), .size = size, .digest = span_str(digest)};
}

static void
emits_legacy(void)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);
	struct shape_pair signature = {SPAN(ANNOTATION_SIGNATURE), SPAN("MEYC+/==")};
	struct desc layer = desc(MEDIA_SIMPLE_SIGNING, 242, D2), config = desc(MEDIA_OCI_CONFIG, 233, D1);
	struct desc two[] = {layer, desc(MEDIA_DSSE, 1, D3)};

	layer.annotations = (struct shape_map){&signature, 1};
	manifest_emit_legacy(&b, &config, &layer, 1, false);
	is_str(buf_str(&b), "{\"schemaVersion\":2,\"mediaType\":\"" MEDIA_OCI_MANIFEST "\",\"config\":"
	    DESC(MEDIA_OCI_CONFIG, "233", D1) ",\"layers\":[" LEGACY_LAYER "]}", "a legacy manifest");
	buf_reset(&b);
	config.media_type = SPAN(MEDIA_DOCKER_CONFIG);
	manifest_emit_legacy(&b, &config, &layer, 1, true);
	is_str(buf_str(&b), "{\"schemaVersion\":2,\"mediaType\":\"" MEDIA_DOCKER_MANIFEST "\",\"config\":"
	    DESC(MEDIA_DOCKER_CONFIG, "233", D1) ",\"layers\":[" LEGACY_LAYER "]}", "with Docker's types");
	buf_reset(&b);
	manifest_emit_legacy_config(&b, &layer, 1, NULL);
	is_str(buf_str(&b), "{\"architecture\":\"\",\"created\":\"0001-01-01T00:00:00Z\",\"history\":[{\"created\":"
	    "\"0001-01-01T00:00:00Z\"}],\"os\":\"\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"" D2 "\"]},"
	    "\"config\":{}}", "its config");
	buf_reset(&b);
	manifest_emit_legacy_config(&b, two, 2, "2026-01-02T03:04:05Z");
	is_str(buf_str(&b), "{\"architecture\":\"\",\"created\":\"2026-01-02T03:04:05Z\",\"history\":[{\"created\":"
	    "\"0001-01-01T00:00:00Z\"},{\"created\":\"0001-01-01T00:00:00Z\"}],\"os\":\"\",\"rootfs\":{\"type\":"
	    "\"layers\",\"diff_ids\":[\"" D2 "\",\"" D3 "\"]},\"config\":{}}", "of two layers and a date");
}

/* A config that upstream wrote, by its digest (shared/fixtures/save). */
static void
emits_upstreams_bytes(void)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);
	struct desc layer = desc(MEDIA_SIMPLE_SIGNING, 242,
	    "sha256:feb460e88ba1b44ef6ab2c8dc027ea982ee13bcab72c301b5ae73cd180227cc7");
	struct desc config = desc(MEDIA_OCI_CONFIG, 233,
	    "sha256:ac4a11e017eeb58d13ab0df8147ae6f2680fc8adf5926a1d26e39b29effd3f8b");
	struct desc bundle = desc(MEDIA_BUNDLE, 667,
	    "sha256:5b8a5e6da904812e5b77f4247dc3907849f34280436471db9eabcd38e1cd7907");
	struct desc image = desc(MEDIA_OCI_MANIFEST, 395,
	    "sha256:1ab06fc0d33560df128232e6523e73f33672f4db54a172da6eed7d1d2db6d24d");
	struct err e = ERR_INIT;
	char text[DIGEST_TEXT_MAX];

	manifest_emit_legacy_config(&b, &layer, 1, NULL);
	succeeds(desc_check(&config, buf_span(&b), &e), &e, "the config has upstream's digest");
	buf_reset(&b);
	manifest_emit_bundle(&b, &bundle, &image, "dsse-envelope", "https://sigstore.dev/cosign/sign/v1",
	    "2026-11-22T15:34:13Z");
	is_str(digest_text_of(buf_span(&b), text),
	    "sha256:3658ef5391f2480cae749fbde18850e97272977729601a0f51dc98c751ab17fc",
	    "the bundle's manifest has upstream's digest");
}

static void
reads_back(void)
{
	AUTO(manifest) struct manifest m = MANIFEST_INIT;
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);
	struct desc layer = desc(MEDIA_BUNDLE, 9, D1), image = desc(MEDIA_OCI_INDEX, 77, D2);
	struct err e = ERR_INIT;

	image.artifact_type = SPAN("a/b");
	manifest_emit_bundle(&b, &layer, &image, "dsse-envelope", "p", "2026-01-02T03:04:05Z");
	if (!succeeds(manifest_parse(&m, buf_span(&b), SPAN(MEDIA_OCI_MANIFEST), &e), &e, "a bundle's manifest"))
		return;
	ok(!m.is_index && m.has_subject && m.count == 1, "is a manifest with a subject and a layer");
	is_span(m.subject.digest, SPAN(D2), "its subject");
	is_int(m.subject.size, 77, "the subject's size");
	ok(!m.subject.artifact_type.ptr, "of which only type, size and digest are written");
	is_span(m.artifact_type, SPAN(MEDIA_BUNDLE), "its artifactType");
	is_span(m.config.media_type, SPAN(MEDIA_OCI_EMPTY), "its config");
	is_span(shape_map_get(&m.annotations, ANNOTATION_BUNDLE_PREDICATE), SPAN("p"), "its predicate type");
	is_span(manifest_artifact_type(&m), SPAN(MEDIA_BUNDLE), "listed as");
	ok(manifest_find(&m, SPAN(D1)) == m.layers && !manifest_find(&m, SPAN(D2)), "finds layers by digest");
}

#define FOREIGN "{ \"size\" : 7, \"digest\":\"" D1 "\",\"mediaType\":\"" MEDIA_OCI_MANIFEST "\" ,\n\t\"x-new\":[1.50,{}]," \
	"\"annotations\":{\"b\":\"\\u003c\",\"a\":\"/\\/\"}}"

static void
edits(void)
{
	static const char old[] = "\n{\"x\":1e3,\"manifests\": [ " FOREIGN " ] ,\"schemaVersion\":2 , \"y\":\"\\u0041\"}\n";
	AUTO(manifest) struct manifest m = MANIFEST_INIT;
	AUTO(pool) struct pool pool = POOL_INIT;
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);
	struct err e = ERR_INIT;
	struct desc list[2];

	if (!succeeds(manifest_parse(&m, SPAN(old), SPAN(MEDIA_OCI_INDEX), &e), &e, "a foreign index"))
		return;
	is_span(m.media_type, SPAN(MEDIA_OCI_INDEX), "the content type decides");
	list[0] = desc_copy(&m.layers[0], &pool);
	list[1] = desc(MEDIA_OCI_MANIFEST, 8, D2);
	manifest_emit_edited(&b, &m, NULL, list, 2);
	is_str(buf_str(&b), "\n{\"x\":1e3,\"manifests\": [" FOREIGN "," DESC(MEDIA_OCI_MANIFEST, "8", D2) "] ,"
	    "\"schemaVersion\":2 , \"y\":\"\\u0041\"}\n", "an edited index keeps every other byte");
}

static void
edits_config(const char *before, const char *after)
{
	AUTO(manifest) struct manifest m = MANIFEST_INIT;
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);
	struct desc config = desc(MEDIA_OCI_CONFIG, 5, D3);
	struct err e = ERR_INIT;

	if (!succeeds(manifest_parse(&m, span_str(before), SPAN_NONE, &e), &e, "a manifest"))
		return;
	manifest_emit_edited(&b, &m, &config, m.layers, m.count);
	is_str(buf_str(&b), after, "config exchanged");
}

static void
emits_index(void)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);
	struct shape_pair pair = {SPAN("k"), SPAN("v<")};
	struct desc d = desc(MEDIA_OCI_MANIFEST, 8, D2);

	manifest_emit_index(&b, NULL, 0);
	is_str(buf_str(&b), "{\"schemaVersion\":2,\"mediaType\":\"" MEDIA_OCI_INDEX "\",\"manifests\":[]}",
	    "an empty index");
	buf_reset(&b);
	d.artifact_type = SPAN(MEDIA_BUNDLE);
	d.annotations = (struct shape_map){&pair, 1};
	d.platform_os = SPAN("linux");
	d.platform_arch = SPAN("arm");
	d.platform_variant = SPAN("v7");
	manifest_emit_index(&b, &d, 1);
	is_str(buf_str(&b), "{\"schemaVersion\":2,\"mediaType\":\"" MEDIA_OCI_INDEX "\",\"manifests\":[{\"mediaType\":\""
	    MEDIA_OCI_MANIFEST "\",\"size\":8,\"digest\":\"" D2 "\",\"artifactType\":\"" MEDIA_BUNDLE
	    "\",\"annotations\":{\"k\":\"v\\u003c\"},\"platform\":{\"architecture\":\"arm\",\"os\":\"linux\","
	    "\"variant\":\"v7\"}}]}", "an index with all a descriptor can have");
}

#define IMAGE "\"config\":" DESC(MEDIA_OCI_CONFIG, "2", D1) ",\"layers\":[" DESC("a/b", "0", D2) "]"

static const struct { const char *text, *type, *want; bool index; } good[] = {
	{"{\"schemaVersion\":2," IMAGE "}", NULL, MEDIA_OCI_MANIFEST, false},
	{"{\"schemaVersion\":2," IMAGE "}", MEDIA_DOCKER_MANIFEST "; charset=utf-8", MEDIA_DOCKER_MANIFEST, false},
	{"{\"schemaVersion\":2," IMAGE "}", "application/json", MEDIA_OCI_MANIFEST, false},
	{"{\"schemaVersion\":2,\"mediaType\":\"" MEDIA_DOCKER_MANIFEST "\"," IMAGE "}", "text/html",
	    MEDIA_DOCKER_MANIFEST, false},
	{"{\"schemaVersion\":2,\"manifests\":null}", NULL, MEDIA_OCI_INDEX, true},
	{"{\"schemaVersion\":2,\"manifests\":[],\"subject\":null,\"annotations\":null}", MEDIA_DOCKER_LIST,
	    MEDIA_DOCKER_LIST, true},
	{"{\"schemaVersion\":2,\"config\":" DESC(MEDIA_OCI_CONFIG, "2", D1) ",\"layers\":null}", NULL,
	    MEDIA_OCI_MANIFEST, false},
	{"{\"schemaVersion\":2,\"config\":{\"mediaType\":\"a/b\",\"size\":2,\"digest\":\"" MANIFEST_EMPTY_DIGEST
	    "\",\"data\":\"e30=\"},\"layers\":[]}", NULL, MEDIA_OCI_MANIFEST, false},
};

static void
accepts(void)
{
	for (size_t i = 0; i < countof(good); i++) {
		AUTO(manifest) struct manifest m = MANIFEST_INIT;
		struct err e = ERR_INIT;

		if (!succeeds(manifest_parse(&m, span_str(good[i].text), span_str(good[i].type), &e), &e, "good %zu", i))
			continue;
		is_span(m.media_type, span_str(good[i].want), "its type");
		is_int(m.is_index, good[i].index, "its kind");
	}
}

static void
type_is_refused(const char *text, const char *type)
{
	AUTO(manifest) struct manifest m = MANIFEST_INIT;
	struct err e = ERR_INIT;

	fails_with(manifest_parse(&m, span_str(text), span_str(type), &e), &e, REASON_BAD_MANIFEST, "%s given as %s",
	    text, type);
}

static void
caps(void)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_BIG_MAX);
	AUTO(manifest) struct manifest m = MANIFEST_INIT;
	struct err e = ERR_INIT;

	buf_add_str(&b, "{\"schemaVersion\":2,\"config\":" DESC(MEDIA_OCI_CONFIG, "2", D1) ",\"layers\":[{}");
	for (int i = 0; i < 1000000; i++)
		buf_add_str(&b, ",{}");
	buf_add_str(&b, "]}");
	fails_with(manifest_parse(&m, buf_span(&b), SPAN_NONE, &e), &e, REASON_TOO_LARGE, "a million layers");
	buf_reset(&b);
	buf_add_str(&b, "{\"schemaVersion\":2,\"manifests\":[{}");
	for (int i = 0; i < INDEX_ENTRIES_MAX; i++)
		buf_add_str(&b, ",{}");
	buf_add_str(&b, "]}");
	fails_with(manifest_parse(&m, buf_span(&b), SPAN_NONE, &e), &e, REASON_TOO_LARGE, "too many entries");
}

static void
checks_bytes(void)
{
	AUTO(pool) struct pool pool = POOL_INIT;
	struct desc d = desc_of("a/b", SPAN("{}"), &pool);
	struct err e = ERR_INIT;

	is_span(d.digest, SPAN(MANIFEST_EMPTY_DIGEST), "the digest of {}");
	succeeds(desc_check(&d, SPAN("{}"), &e), &e, "the right bytes");
	fails_with(desc_check(&d, SPAN("{ "), &e), &e, REASON_DIGEST_MISMATCH, "other bytes");
	fails_with(desc_check(&d, SPAN("{}\n"), &e), &e, REASON_DIGEST_MISMATCH, "more bytes");
	d.size = -1;
	fails_with(desc_check(&d, SPAN("{}"), &e), &e, REASON_DIGEST_MISMATCH, "a negative size");
	d = desc("a/b", 0, "sha512:cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
	    "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e");
	succeeds(desc_check(&d, SPAN(""), &e), &e, "SHA-512");
	d.digest = SPAN("sha256:../../x");
	fails_with(desc_check(&d, SPAN(""), &e), &e, REASON_BAD_DIGEST, "no digest");
}

static void
sample(const char *path, struct span bytes, enum reason want, void *arg)
{
	AUTO(manifest) struct manifest m = MANIFEST_INIT;
	struct err e = ERR_INIT;

	(void)arg;
	fails_with(manifest_parse(&m, bytes, SPAN_NONE, &e), &e, want, "%s", path);
}

int
main(void)
{
	static const char image[] = "{\"schemaVersion\":2," IMAGE "}";

	emits_legacy();
	emits_upstreams_bytes();
	emits_index();
	reads_back();
	edits();
	edits_config("{\"schemaVersion\":2,\"config\": " DESC("a/b", "1", D1) ",\"q\":0, \"layers\":[ ]}",
	    "{\"schemaVersion\":2,\"config\": " DESC(MEDIA_OCI_CONFIG, "5", D3) ",\"q\":0, \"layers\":[]}");
	edits_config("{\"schemaVersion\":2,\"layers\":[ ],\"q\":0,\"config\":" DESC("a/b", "1", D1) "}",
	    "{\"schemaVersion\":2,\"layers\":[],\"q\":0,\"config\":" DESC(MEDIA_OCI_CONFIG, "5", D3) "}");
	accepts();
	type_is_refused(image, MEDIA_OCI_INDEX);
	type_is_refused("{\"schemaVersion\":2,\"manifests\":[]}", MEDIA_OCI_MANIFEST);
	type_is_refused("{\"schemaVersion\":2,\"mediaType\":\"" MEDIA_OCI_MANIFEST "\"," IMAGE "}",
	    MEDIA_DOCKER_MANIFEST);
	caps();
	checks_bytes();
	ok(tap_samples("test/vectors/bad/manifest", sample, NULL) > 0, "bad manifests");
	ok(tap_samples("test/vectors/bad/index", sample, NULL) > 0, "bad indexes");
	return tap_done();
}
