/* SPDX-License-Identifier: Apache-2.0 */
#include "sig/payload.h"
#include "tap.h"

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define ONES "1111111111111111111111111111111111111111111111111111111111111111"

static struct shape_pair pairs[] = {
	{{"env", 3}, {"old", 3}},
	{{"b", 1}, {"<&>", 3}},
	{{"B", 1}, {"\xc3\xa9", 2}},
	{{"env", 3}, {"prod", 4}},
	{{"a", 1}, {"x\ny", 3}},
};

static void
test_emit_payload(void)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);
	struct shape_map m = {pairs, countof(pairs)};

	payload_emit(&b, "index.docker.io/library/alpine", "sha256:" ZEROS, NULL);
	/* Its SHA-256: f9735be15b43d79895997e3edca0327963d2fc3ad02f364dddfcbcf4206ef77a */
	is_str(buf_str(&b), "{\"critical\":{\"identity\":{\"docker-reference\":\"index.docker.io/library/alpine\"},"
	    "\"image\":{\"docker-manifest-digest\":\"sha256:" ZEROS "\"},"
	    "\"type\":\"cosign container image signature\"},\"optional\":null}",
	    "the payload without annotations, to the byte");
	buf_reset(&b);
	payload_emit(&b, "r/x", "sha256:" ZEROS, &m);
	is_str(buf_str(&b), "{\"critical\":{\"identity\":{\"docker-reference\":\"r/x\"},\"image\":"
	    "{\"docker-manifest-digest\":\"sha256:" ZEROS "\"},\"type\":\"cosign container image signature\"},"
	    "\"optional\":{\"B\":\"\xc3\xa9\",\"a\":\"x\\ny\",\"b\":\"\\u003c\\u0026\\u003e\",\"env\":\"prod\"}}",
	    "annotations are sorted, the last of equals wins, Go's escapes");
	is_span(pairs[0].value, SPAN("old"), "the caller's pairs are as they were");
}

static void
test_emit_statement(void)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);
	struct shape_map m = {pairs, 2};

	statement_emit(&b, "sha256:" ZEROS, NULL);
	is_str(buf_str(&b), "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"digest\":{\"sha256\":\""
	    ZEROS "\"},\"annotations\":{}}],\"predicateType\":\"https://sigstore.dev/cosign/sign/v1\",\"predicate\":{}}",
	    "a statement without annotations");
	buf_reset(&b);
	statement_emit(&b, "sha256:" ZEROS, &m);
	is_str(buf_str(&b), "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"digest\":{\"sha256\":\""
	    ZEROS "\"},\"annotations\":{\"b\":\"<&>\",\"env\":\"old\"}}],"
	    "\"predicateType\":\"https://sigstore.dev/cosign/sign/v1\",\"predicate\":{}}",
	    "with annotations, escaped as protobuf does");
}

static void
test_parse_payload(void)
{
	static const char foreign[] = " {\"optional\":{\"n\":1},\"more\":[], \"critical\" : {\"type\":"
	    "\"atomic container signature\",\"image\":{\"x\":1,\"docker-manifest-digest\":\"sha256:12\"},"
	    "\"identity\":{\"docker-reference\":\"a\\u002fb\"}}}\n";
	static const char least[] = "{\"critical\":{\"image\":{\"docker-manifest-digest\":\"d\"}}}";
	AUTO(payload) struct payload p = PAYLOAD_INIT;
	struct err e = ERR_INIT;

	succeeds(payload_parse(&p, span_str(foreign), &e), &e, "any order, members more than ours");
	is_span(p.digest, SPAN("sha256:12"), "its digest");
	is_span(p.reference, SPAN("a/b"), "its reference");
	is_span(p.type, SPAN("atomic container signature"), "its type, whatever it is");
	is_span(p.optional.raw, SPAN("{\"n\":1}"), "optional");
	payload_release(&p);
	succeeds(payload_parse(&p, span_str(least), &e), &e, "a digest is enough");
	ok(p.optional.kind == JSON_NULL && !p.reference.ptr, "nothing else is made up");
}

static const char good_statement[] = "{\"_type\":\"" STATEMENT_V01 "\",\"subject\":["
	"{\"name\":\"n\",\"uri\":\"u\",\"digest\":{\"sha512\":\"AA\",\"sha256\":\"" ZEROS "\"},\"content\":\"YQ==\","
	"\"downloadLocation\":\"d\",\"media_type\":\"m\",\"annotations\":{\"a\":\"1\"}},"
	"{\"digest\":{\"sha256\":\"" ONES "\"}},{\"digest\":{\"sha256\":\"" ONES "\"},\"annotations\":null}],"
	"\"predicateType\":\"t\",\"predicate\":{\"x\":[1]}}";

static void
test_parse_statement(void)
{
	AUTO(statement) struct statement s = STATEMENT_INIT;
	struct err e = ERR_INIT;

	succeeds(statement_parse(&s, span_str(good_statement), &e), &e, "every member a statement may have");
	is_int((int64_t)s.subject_count, 3, "its subjects");
	is_span(s.predicate_type, SPAN("t"), "its predicate type");
	is_span(s.predicate.raw, SPAN("{\"x\":[1]}"), "its predicate");
	ok(statement_find(&s, SPAN("sha256:" ZEROS), &e) == &s.subjects[0], "found by digest");
	ok(statement_find(&s, SPAN("sha256:" ONES), &e) == &s.subjects[1], "the first that fits");
	ok(statement_find(&s, SPAN("sha512:AA"), &e) == &s.subjects[0], "by another algorithm");
	ok(!statement_find(&s, SPAN("sha512:aa"), &e) && err_is(&e, REASON_WRONG_SUBJECT), "the text decides");
	ok(!statement_find(&s, SPAN(ONES), &e) && err_is(&e, REASON_WRONG_SUBJECT), "no algorithm, no match");
	ok(!statement_find(&s, SPAN_NONE, &e) && err_is(&e, REASON_WRONG_SUBJECT), "nothing asked, no match");
}

static void
test_bad_hex(void)
{
	static const char *const values[] = {"", "0", "xy", ZEROS "0", "0x00", " 00"};
	struct err e = ERR_INIT;

	for (size_t i = 0; i < countof(values); i++) {
		AUTO(statement) struct statement s = STATEMENT_INIT;
		AUTO(buf) struct buf b = BUF_INIT(1000);

		buf_printf(&b, "{\"_type\":\"" STATEMENT_V1 "\",\"subject\":[{\"digest\":{\"sha256\":\"" ZEROS "\"}},"
		    "{\"digest\":{\"gitCommit\":\"%s\"}}],\"predicateType\":\"t\"}", values[i]);
		succeeds(statement_parse(&s, buf_span(&b), &e), &e, "the statement itself");
		ok(!statement_find(&s, SPAN("sha256:" ZEROS), &e) && err_is(&e, REASON_BAD_PAYLOAD),
		    "'%s' is no digest, and spoils all", values[i]);
	}
}

/* Statements with count subjects of digests each. */
static void
build(struct buf *b, size_t count, size_t digests)
{
	buf_add_str(b, "{\"_type\":\"" STATEMENT_V1 "\",\"predicateType\":\"t\",\"subject\":[");
	for (size_t i = 0; i < count; i++) {
		buf_add_str(b, i ? ",{\"digest\":{" : "{\"digest\":{");
		for (size_t k = 0; k < digests; k++)
			buf_printf(b, "%s\"alg%zu\":\"00\"", k ? "," : "", k);
		buf_add_str(b, "}}");
	}
	buf_add_str(b, "]}");
}

static void
test_statement_caps(void)
{
	static const struct { size_t subjects, digests; bool good; } cases[] = {
		{SUBJECTS_MAX, 1, true}, {SUBJECTS_MAX + 1, 1, false},
		{1, SUBJECT_DIGESTS_MAX, true}, {1, SUBJECT_DIGESTS_MAX + 1, false},
	};
	struct err e = ERR_INIT;

	for (size_t i = 0; i < countof(cases); i++) {
		AUTO(statement) struct statement s = STATEMENT_INIT;
		AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);
		int rc;

		build(&b, cases[i].subjects, cases[i].digests);
		rc = statement_parse(&s, buf_span(&b), &e);
		if (cases[i].good)
			succeeds(rc, &e, "%zu subjects of %zu digests", cases[i].subjects, cases[i].digests);
		else
			fails_with(rc, &e, REASON_TOO_LARGE, "%zu subjects of %zu digests", cases[i].subjects,
			    cases[i].digests);
	}
}

static void
test_annotations(void)
{
	static const char json[] = "{\"env\":\"prod\",\"n\":1,\"t\":true,\"z\":null,\"\\u0065\\u0301\":\"x\","
	    "\"empty\":\"\"}";
	static const struct { const char *key, *value; bool good; } cases[] = {
		{"env", "prod", true}, {"env", "Prod", false}, {"env", "", false}, {"ENV", "prod", false},
		{"n", "1", false}, {"t", "true", false}, {"z", "", false}, {"z", "null", false},
		{"e\xcc\x81", "x", true}, {"empty", "", true}, {"none", "", false},
	};
	struct node object, none = {JSON_NULL, SPAN_NONE};
	struct shape_map nothing = {0};
	struct err e = ERR_INIT;

	succeeds(scan_document(span_str(json), &object, &e), &e, "the annotations");
	for (size_t i = 0; i < countof(cases); i++) {
		struct shape_pair pair = {span_str(cases[i].key), span_str(cases[i].value)};
		struct shape_map m = {&pair, 1};
		int rc = annotations_check(&m, object, &e);

		if (cases[i].good)
			succeeds(rc, &e, "%s=%s is there", cases[i].key, cases[i].value);
		else
			fails_with(rc, &e, REASON_WRONG_ANNOTATION, "%s=%s is not", cases[i].key, cases[i].value);
	}
	succeeds(annotations_check(&nothing, none, &e), &e, "nothing asked of nothing");
}

static void
test_print(void)
{
	static const struct { const char *from, *want; } cases[] = {
		{"{\"b\":1.50,\"a\":[true,null,{\"d\":\"<\",\"c\":{}}]}",
		    "{\"a\":[true,null,{\"c\":{},\"d\":\"\\u003c\"}],\"b\":1.50}"},
		{"\"\\u00e9\\/\"", "\"\xc3\xa9/\""},
		{" -1e5 ", "-1e5"},
		{"{}", "{}"}, {"[]", "[]"}, {"null", "null"},
	};
	struct err e = ERR_INIT;

	for (size_t i = 0; i < countof(cases); i++) {
		AUTO(buf) struct buf b = BUF_INIT(1000);
		struct node v;
		struct emit j;

		succeeds(scan_document(span_str(cases[i].from), &v, &e), &e, "JSON");
		emit_init(&j, &b);
		annotations_emit_node(&j, v);
		is_str(buf_str(&b), cases[i].want, "printed as Go does: %s", cases[i].from);
	}
}

/* As deep as the reader lets through, inside the levels that output adds. */
static void
test_print_deep(void)
{
	AUTO(buf) struct buf from = BUF_INIT(1000);
	AUTO(buf) struct buf to = BUF_INIT(1000);
	struct err e = ERR_INIT;
	struct node v;
	struct emit j;

	for (int i = 0; i < JSON_DEPTH_MAX; i++)
		buf_add_char(&from, '[');
	for (int i = 0; i < JSON_DEPTH_MAX; i++)
		buf_add_char(&from, ']');
	succeeds(scan_document(buf_span(&from), &v, &e), &e, "%d levels", JSON_DEPTH_MAX);
	emit_init(&j, &to);
	annotations_emit_node(&j, v);
	is_str(buf_str(&to), buf_str(&from), "%d levels come out again", JSON_DEPTH_MAX);
}

static void
bad_payload(const char *path, struct span bytes, enum reason want, void *arg)
{
	AUTO(payload) struct payload p = PAYLOAD_INIT;
	struct err e = ERR_INIT;

	(void)arg;
	fails_with(payload_parse(&p, bytes, &e), &e, want, "%s", path);
}

static void
bad_statement(const char *path, struct span bytes, enum reason want, void *arg)
{
	AUTO(statement) struct statement s = STATEMENT_INIT;
	struct err e = ERR_INIT;

	(void)arg;
	fails_with(statement_parse(&s, bytes, &e), &e, want, "%s", path);
}

int
main(void)
{
	test_emit_payload();
	test_emit_statement();
	test_parse_payload();
	test_parse_statement();
	test_bad_hex();
	test_statement_caps();
	test_annotations();
	test_print();
	test_print_deep();
	ok(tap_samples("test/vectors/bad/payload", bad_payload, NULL) > 0, "bad payloads are there");
	ok(tap_samples("test/vectors/bad/statement", bad_statement, NULL) > 0, "bad statements are there");
	return tap_done();
}
