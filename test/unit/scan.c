/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "json/scan.h"
#include "tap.h"

static const char *const good[] = {
	"0", "-0", "-1", "1.5", "0.1e-5", "1E+3", "123456789012345678901234567890", "1e999999", "true", "false",
	"null", "\"\"", "[]", "{}", " \t\r\n[ \n] \t", "[1,2,[3,{}]]", "{\"a\":1}", "{\"\":0}", "{\"a\":{\"a\":{\"a\":[]}}}",
	"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\uABcd\"", "\"\\ud83d\\ude00\"", "\"\\uDBFF\\uDFFF\"", "\"\\uffff\"",
	"\"\x7f\"", "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"", "\"\xe2\x80\xa8\"", "\"\xef\xbf\xbf\"", "\"\xef\xbb\xbf\"",
	"{\"a\":1,\"A\":2}", "{\"a\":1,\"b\":{\"a\":2},\"c\":[{\"a\":3},{\"a\":4}]}", "{\"\\u0061\":1,\"\\u0062\":2}",
	"\"nine plain bytes, and then some\"", "{\"a\\u0000\":1,\"a\":2}", "\"\\\\u0061\"", "{\"\\\\u0061\":1,\"a\":2}",
	"[1 , 2]", "{\"a\" : 1 , \"b\" : 2}", "[\"\\\\\",\"\\\"\"]",
};

/* Text, and the byte that must be named. */
static const struct { struct span text; size_t at; } bad[] = {
#define BAD(t, n) {{t, sizeof(t) - 1}, n}
	BAD("", 0), BAD("  ", 2), BAD("\xef\xbb\xbf{}", 0), BAD("NaN", 0), BAD("nan", 0), BAD("Infinity", 0), BAD("-Infinity", 1),
	BAD("01", 1), BAD("-01", 2), BAD("+1", 0), BAD(".5", 0), BAD("5.", 2), BAD("1.e1", 2), BAD("-", 1), BAD("--1", 1),
	BAD("1e", 2), BAD("1e+", 3), BAD("1e1.5", 3), BAD("0x10", 1), BAD("1_000", 1), BAD("00", 1), BAD("0e", 2),
	BAD("[1.]", 3), BAD("\xef\xbc\x91", 0), BAD("[-]", 2),
	BAD("tru", 0), BAD("truex", 4), BAD("True", 0), BAD("nulll", 4), BAD("undefined", 0), BAD("'a'", 0), BAD("a", 0),
	BAD("[", 1), BAD("]", 0), BAD("[1,]", 3), BAD("[,1]", 1), BAD("[1,,2]", 3), BAD("[1 2]", 3), BAD("[1}", 2), BAD("[1", 2),
	BAD("[[]", 3), BAD("[]]", 2), BAD("[1,", 3),
	BAD("{", 1), BAD("}", 0), BAD("{]", 1), BAD("{\"a\"}", 4), BAD("{\"a\":}", 5), BAD("{\"a\":1,}", 7), BAD("{,\"a\":1}", 1),
	BAD("{a:1}", 1), BAD("{'a':1}", 1), BAD("{1:1}", 1), BAD("{\"a\" 1}", 5), BAD("{\"a\"::1}", 5), BAD("{\"a\":1 \"b\":2}", 7),
	BAD("{\"a\":1]", 6), BAD("{\"a\":1", 6), BAD("{\"a\"", 4), BAD("{\"a", 1), BAD("{null:1}", 1),
	BAD("{\"a\":1}x", 7), BAD("{}{}", 2), BAD("{} {}", 3), BAD("1 2", 2), BAD("{}\0", 2), BAD("{}//", 2), BAD("{}/**/", 2), BAD("/**/{}", 0),
	BAD("# x\n1", 0), BAD("\f1", 0), BAD("\v1", 0), BAD("\xc2\xa0" "1", 0), BAD("1\0", 1), BAD("\0", 0),
	BAD("\"", 0), BAD("\"a", 0), BAD("\"\\", 1), BAD("\"\\\"", 0), BAD("\"\\x41\"", 1), BAD("\"\\a\"", 1), BAD("\"\\'\"", 1),
	BAD("\"\\\0\"", 1), BAD("\"\\U0041\"", 1), BAD("\"\\u\"", 1), BAD("\"\\u004\"", 1), BAD("\"\\u00g0\"", 1), BAD("\"\\u+041\"", 1),
	BAD("\"\\ud800\"", 1), BAD("\"\\udc00\"", 1), BAD("\"\\ud800\\ud800\"", 1), BAD("\"\\ud800\\u0041\"", 1),
	BAD("\"\\udc00\\ud800\"", 1), BAD("\"\\ud800x\"", 1), BAD("\"\\ud83d\\u", 1), BAD("\"x\\ud83d\\\"", 2),
	BAD("\"a\nb\"", 2), BAD("\"a\tb\"", 2), BAD("\"\0\"", 1), BAD("\"\x1f\"", 1), BAD("\"12345678\x01" "2345678\"", 9),
	BAD("\"\x80\"", 1), BAD("\"\xc0\xaf\"", 1), BAD("\"\xed\xa0\x80\"", 1), BAD("\"\xf4\x90\x80\x80\"", 1), BAD("\"\xc3\"", 1),
	BAD("\"\xff\xfe\"", 1), BAD("\"12345678\xe2\x82\"", 9), BAD("{\"\xff\":1}", 2), BAD("\"\xe2\x82", 1),
	BAD("{\"a\":1,\"a\":1}", 7), BAD("{\"a\":1,\"\\u0061\":1}", 7), BAD("{\"\\u0061\":1,\"b\":2,\"a\":1}", 18),
	BAD("{\"\":1,\"\":1}", 6), BAD("[{\"x\":{\"a\":1,\"b\":2,\"a\":3}}]", 19), BAD("{\"\\ud83d\\ude00\":1,\"\xf0\x9f\x98\x80\":1}", 18),
	BAD("{\"a/\":1,\"a\\/\":1}", 8), BAD("{\"\\u000a\":1,\"\\n\":1}", 12), BAD("{\"\\u00E9\":1,\"\\u00e9\":1}", 12),
	BAD("{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":8,\"i\":9,\"\\u0061\":10}", 55),
};

static void
judges(void)
{
	struct err e = ERR_INIT;
	struct node root;

	for (size_t i = 0; i < countof(good); i++)
		succeeds(scan_document(span_str(good[i]), &root, &e), &e, "good %zu", i);
	for (size_t i = 0; i < countof(bad); i++) {
		char text[ERR_TEXT], want[64];
		int rc = scan_document(bad[i].text, &root, &e);

		err_text(&e, text, sizeof(text));
		snprintf(want, sizeof(want), "at byte %zu", bad[i].at);
		if (!ok(strstr(text, want) != NULL, "bad %zu says %s", i, want))
			diag("%s", text);
		fails_with(rc, &e, REASON_BAD_JSON, "bad %zu", i);
	}
}

/* open * n, middle, close * n */
static void
nested(const char *open, const char *middle, const char *close, int n, bool fits)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_TEXT_MAX);
	struct err e = ERR_INIT;
	struct node root;
	int rc;

	for (int i = 0; i < n; i++)
		buf_add_str(&b, open);
	buf_add_str(&b, middle);
	for (int i = 0; i < n; i++)
		buf_add_str(&b, close);
	rc = scan_document(buf_span(&b), &root, &e);
	if (fits)
		succeeds(rc, &e, "%d times %s", n, open);
	else
		fails_with(rc, &e, REASON_TOO_LARGE, "%d times %s", n, open);
}

static void
counts(void)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_BIG_MAX);
	struct err e = ERR_INIT;
	struct node root;

	buf_add_char(&b, '[');
	for (size_t i = 1; i < JSON_NODES_MAX - 1; i++)
		buf_add(&b, "0,", 2);
	buf_add(&b, "0]", 2);
	succeeds(scan_document(buf_span(&b), &root, &e), &e, "as many values as may be");
	b.ptr[b.len - 1] = ',';
	buf_add(&b, "0]", 2);
	fails_with(scan_document(buf_span(&b), &root, &e), &e, REASON_TOO_LARGE, "one value more");
}

/* Many members, found equal only by spelling; and names with one hash. */
static void
many_members(void)
{
	AUTO(buf) struct buf b = BUF_INIT(BUF_BIG_MAX);
	struct err e = ERR_INIT;
	struct node root;
	size_t len;

	buf_add_char(&b, '{');
	for (int i = 0; i < 200000; i++)
		buf_printf(&b, "\"member%d\":%d,", i, i);
	len = b.len;
	buf_add_str(&b, "\"last\":0}");
	succeeds(scan_document(buf_span(&b), &root, &e), &e, "200001 members");
	is_int((int64_t)node_count(root), 200001, "counted");
	b.len = len;
	buf_add_str(&b, "\"memb\\u0065r4711\":0}");
	fails_with(scan_document(buf_span(&b), &root, &e), &e, REASON_BAD_JSON, "one of them twice");
}

static void
rows(void)
{
	struct span rest = SPAN(" {\"a\":1}\n\n[2]\t\"x\" 3\n");
	static const char *const want[] = {"{\"a\":1}", "[2]", "\"x\"", "3"};
	struct err e = ERR_INIT;
	struct node v;

	for (size_t i = 0; i < countof(want); i++) {
		succeeds(scan_value(rest, &v, &rest, &e), &e, "value %zu", i);
		is_span(v.raw, span_str(want[i]), "value %zu", i);
	}
	is_int((int64_t)rest.len, 0, "nothing is left");
	succeeds(scan_value(SPAN("{}[1]"), &v, &rest, &e), &e, "objects and arrays in a row");
	is_span(rest, SPAN("[1]"), "the array is left");
	fails_with(scan_value(SPAN("{}1"), &v, &rest, &e), &e, REASON_BAD_JSON, "a number behind an object");
	fails_with(scan_value(SPAN("1\"a\""), &v, &rest, &e), &e, REASON_BAD_JSON, "values without space between");
	fails_with(scan_value(SPAN_NONE, &v, &rest, &e), &e, REASON_BAD_JSON, "no text");
}

static void
sample(const char *path, struct span bytes, enum reason want, void *arg)
{
	struct err e = ERR_INIT;
	struct node root;

	(void)arg;
	fails_with(scan_document(bytes, &root, &e), &e, want, "%s", path);
}

int
main(void)
{
	judges();
	nested("[", "", "]", JSON_DEPTH_MAX, true);
	nested("[", "", "]", JSON_DEPTH_MAX + 1, false);
	nested("{\"a\":", "1", "}", JSON_DEPTH_MAX, true);
	nested("{\"a\":", "1", "}", JSON_DEPTH_MAX + 1, false);
	nested("[", "", "", 100000, false);
	counts();
	many_members();
	rows();
	tap_samples("test/vectors/bad/json", sample, NULL);
	return tap_done();
}
