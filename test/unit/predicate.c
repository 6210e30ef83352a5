/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "sig/predicate.h"
#include "tap.h"

#define ONES "1111111111111111111111111111111111111111111111111111111111111111"
#define HEAD "{\"_type\":\"https://in-toto.io/Statement/v0.1\",\"subject\":[{\"name\":\"r/app\",\"digest\":" \
	"{\"sha256\":\"" ONES "\"}}],\"predicateType\":"

static const struct predicate_about about = {{"r/app", 5}, {"sha256:" ONES, 71}, 1000000000};

static int
make(struct buf *out, const char *type, struct span bytes, struct err *e)
{
	struct predicate_type t;

	buf_reset(out);
	return predicate_type(&t, type, false, e) || predicate_check(&t, bytes, e) ||
	    predicate_statement(out, &t, bytes, &about, e) ? -1 : 0;
}

static void
makes(const char *type, const char *predicate, const char *want)
{
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);
	AUTO(charp) char *all = xasprintf(HEAD "%s}", want);
	struct err e = ERR_INIT;

	if (succeeds(make(&out, type, span_str(predicate), &e), &e, "%s", type))
		is_str(buf_str(&out), all, "to the byte");
}

static void
refuses(const char *type, const char *predicate, enum reason why, const char *about_what)
{
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);
	struct err e = ERR_INIT;

	fails_with(make(&out, type, span_str(predicate), &e), &e, why, "%s: %s", type, about_what);
}

static void
test_bytes(void)
{
	makes("https://example.com/t", " {\"b\": 12345678901234567890 ,\"a\":1.50,\n\"c\":\"<\\u0041>\",\"e\":1E400}\n",
	    "\"https://example.com/t\",\"predicate\":"
	    "{\"b\": 12345678901234567890 ,\"a\":1.50,\n\"c\":\"<\\u0041>\",\"e\":1E400}");
	makes("cyclonedx", "{}", "\"https://cyclonedx.org/bom\",\"predicate\":{}");
	makes("spdx", "SPDXVersion: \"2.3\"\n\t<&>\r\n", "\"https://spdx.dev/Document\",\"predicate\":"
	    "\"SPDXVersion: \\\"2.3\\\"\\n\\t<&>\\r\\n\"");
	makes("spdx", "", "\"https://spdx.dev/Document\",\"predicate\":\"\"");
	makes("custom", "{\"a\":1}\n", "\"" PREDICATE_CUSTOM "\",\"predicate\":"
	    "{\"Data\":\"{\\\"a\\\":1}\\n\",\"Timestamp\":\"2001-09-09T01:46:40Z\"}");
	makes("custom", "\xef\xbb\xbfx", "\"" PREDICATE_CUSTOM "\",\"predicate\":"
	    "{\"Data\":\"\xef\xbb\xbfx\",\"Timestamp\":\"2001-09-09T01:46:40Z\"}");
}

static void
test_objects(void)
{
	static const char *const names[] = {"spdxjson", "cyclonedx", "openvex", "https://example.com/t"};

	for (size_t i = 0; i < countof(names); i++) {
		refuses(names[i], "", REASON_BAD_JSON, "nothing");
		refuses(names[i], "\xef\xbb\xbf{}", REASON_BAD_JSON, "a byte order mark");
		refuses(names[i], "{\"a\":1,\"\\u0061\":2}", REASON_BAD_JSON, "a member twice");
		refuses(names[i], "{} {}", REASON_BAD_JSON, "two values");
		refuses(names[i], "{},\"subject\":[]", REASON_BAD_JSON, "members of the statement");
		refuses(names[i], "[]", REASON_BAD_SHAPE, "an array");
		refuses(names[i], "null", REASON_BAD_SHAPE, "null");
	}
	refuses("spdx", "SPDX \xff", REASON_BAD_ENCODING, "bytes that are no text");
	refuses("custom", "\x80", REASON_BAD_ENCODING, "bytes that are no text");
}

static void
test_shapes(void)
{
	makes("slsaprovenance", "{\"builder\":{\"id\":\"x\"},\"buildType\":\"t\",\"more\":1,\"metadata\":null}",
	    "\"https://slsa.dev/provenance/v0.2\",\"predicate\":"
	    "{\"builder\":{\"id\":\"x\"},\"buildType\":\"t\",\"more\":1,\"metadata\":null}");
	refuses("slsaprovenance", "{\"builder\":{\"id\":\"x\"}}", REASON_BAD_SHAPE, "no buildType");
	refuses("slsaprovenance02", "{\"builder\":{\"id\":1},\"buildType\":\"t\"}", REASON_BAD_SHAPE, "a number as id");
	refuses("slsaprovenance02", "{\"builder\":{},\"buildType\":\"t\",\"metadata\":{\"buildStartedOn\":\"now\"}}",
	    REASON_BAD_SHAPE, "no time");
	refuses("slsaprovenance02", "{\"builder\":null,\"buildType\":\"t\"}", REASON_BAD_SHAPE, "null for an object");
	makes("slsaprovenance1", "{\"buildDefinition\":{},\"runDetails\":{\"metadata\":{\"invocationID\":\"1\"}}}",
	    "\"https://slsa.dev/provenance/v1\",\"predicate\":"
	    "{\"buildDefinition\":{},\"runDetails\":{\"metadata\":{\"invocationID\":\"1\"}}}");
	refuses("slsaprovenance1", "{\"buildDefinition\":{}}", REASON_BAD_SHAPE, "no runDetails");
	makes("link", "{\"_type\":\"link\",\"name\":\"n\",\"materials\":{},\"products\":{},\"byproducts\":null,"
	    "\"command\":[],\"environment\":{}}", "\"https://in-toto.io/Link/v1\",\"predicate\":"
	    "{\"_type\":\"link\",\"name\":\"n\",\"materials\":{},\"products\":{},\"byproducts\":null,"
	    "\"command\":[],\"environment\":{}}");
	refuses("link", "{\"_type\":\"link\",\"name\":\"n\"}", REASON_BAD_SHAPE, "no materials");
	makes("vuln", "{\"scanner\":{\"result\":false},\"metadata\":{\"scanStartedOn\":\"2026-01-02T03:04:05.123456789+02:00\"}}",
	    "\"https://cosign.sigstore.dev/attestation/vuln/v1\",\"predicate\":"
	    "{\"scanner\":{\"result\":false},\"metadata\":{\"scanStartedOn\":\"2026-01-02T03:04:05.123456789+02:00\"}}");
	refuses("vuln", "{\"metadata\":{}}", REASON_BAD_SHAPE, "no scanner");
	refuses("vuln", "{\"scanner\":{},\"metadata\":{\"scanStartedOn\":1}}", REASON_BAD_SHAPE, "a number as time");
}

static void
test_types(void)
{
	static const char *const none[] = {"", "sbom", "Custom", "1x:y", "x:", "a b:c", "https://x y", "https://x\x7f", ":x"};
	struct predicate_type t;
	struct err e = ERR_INIT;

	for (size_t i = 0; i < countof(none); i++)
		fails_with(predicate_type(&t, none[i], false, &e), &e, REASON_USAGE, "'%s' is no type", none[i]);
	fails_with(predicate_type(&t, "", true, &e), &e, REASON_USAGE, "nothing is never one");
	if (succeeds(predicate_type(&t, "sbom", true, &e), &e, "any text"))
		is_str(t.uri, "sbom", "is itself");
	is_str(predicate_uri("spdx"), "https://spdx.dev/Document", "a short name");
	is_str(predicate_uri("urn:x"), "urn:x", "a URI is itself");
	for (const struct predicate_type *p = predicate_types; p->uri; p++)
		ok(predicate_is_uri(p->uri) && strstr(PREDICATE_NAMES, p->name), "%s", p->name);
}

/* Filled with one character, n of them. */
static char *
filled(size_t n, char c)
{
	char *text = xmalloc(n + 1);

	memset(text, c, n);
	text[n] = '\0';
	return text;
}

static void
test_limits(void)
{
	AUTO(charp) char *big = filled((size_t)PREDICATE_MAX + 1, '\n');
	AUTO(buf) struct buf out = BUF_INIT(STATEMENT_MAX);
	AUTO(charp) char *deep = filled(2 * (size_t)JSON_DEPTH_MAX, ']');
	struct predicate_type t;
	struct err e = ERR_INIT;

	memset(deep, '[', JSON_DEPTH_MAX);
	fails_with(make(&out, "custom", span_of(big, (size_t)PREDICATE_MAX + 1), &e), &e, REASON_TOO_LARGE, "too many bytes");
	fails_with(make(&out, "custom", span_of(big, PREDICATE_MAX), &e), &e, REASON_TOO_LARGE, "too long in the statement");
	memset(big, 'x', PREDICATE_MAX);
	succeeds(make(&out, "custom", span_of(big, PREDICATE_MAX), &e), &e, "as many as may be");
	succeeds(predicate_type(&t, "https://example.com/t", false, &e), &e, "a URI");
	buf_reset(&out);
	buf_printf(&out, "{\"a\":%.*s1%.*s}", JSON_DEPTH_MAX - 1, deep, JSON_DEPTH_MAX - 1, deep + JSON_DEPTH_MAX);
	free(deep);
	deep = xstrdup(buf_str(&out));
	succeeds(predicate_check(&t, span_str(deep), &e), &e, "as deep as JSON may be");
	fails_with(make(&out, "https://example.com/t", span_str(deep), &e), &e, REASON_TOO_LARGE, "too deep in the statement");
}

static void
bad_sample(const char *path, struct span bytes, enum reason want, void *arg)
{
	AUTO(buf) struct buf out = BUF_INIT(STATEMENT_MAX);
	const char *slash = strrchr(path, '/');
	AUTO(charp) char *type = xasprintf("%.*s", (int)strcspn(slash + 1, "-."), slash + 1);
	struct err e = ERR_INIT;

	(void)arg;
	fails_with(make(&out, type, bytes, &e), &e, want, "%s", path);
}

int
main(void)
{
	test_bytes();
	test_objects();
	test_shapes();
	test_types();
	test_limits();
	ok(tap_samples("test/vectors/bad/predicate", bad_sample, NULL) > 0, "bad predicates are there");
	return tap_done();
}
