/* SPDX-License-Identifier: Apache-2.0 */
#include "json/canon.h"
#include "json/scan.h"
#include "tap.h"

static int
canon(const char *json, struct buf *out, struct err *e)
{
	struct node root;

	return scan_document(span_str(json), &root, e) ? -1 : canon_emit(root, out, e);
}

static const struct { const char *json, *want; } cases[] = {
	{"{}", "{}"},
	{" [ ] ", "[]"},
	{"[1 , true,false, null,\"x\"]", "[1,true,false,null,\"x\"]"},
	{"{\"b\":1,\"a\":{\"d\":2,\"c\":3}}", "{\"a\":{\"c\":3,\"d\":2},\"b\":1}"},
	/* The order example of RFC 8785 section 3.2.3. */
	{"{\"\\u20ac\":\"Euro Sign\",\"\\r\":\"Carriage Return\",\"\\ufb33\":\"Hebrew Letter Dalet With Dagesh\","
	 "\"1\":\"One\",\"\\ud83d\\ude00\":\"Emoji: Grinning Face\",\"\\u0080\":\"Control\","
	 "\"\\u00f6\":\"Latin Small Letter O With Diaeresis\"}",
	 "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xc2\x80\":\"Control\","
	 "\"\xc3\xb6\":\"Latin Small Letter O With Diaeresis\",\"\xe2\x82\xac\":\"Euro Sign\","
	 "\"\xf0\x9f\x98\x80\":\"Emoji: Grinning Face\",\"\xef\xac\xb3\":\"Hebrew Letter Dalet With Dagesh\"}"},
	/* The same, some of it not escaped. */
	{"{\"\xef\xac\xb3\":1,\"\xf0\x9f\x98\x80\":2,\"\\u20ac\":3}",
	 "{\"\xe2\x82\xac\":3,\"\xf0\x9f\x98\x80\":2,\"\xef\xac\xb3\":1}"},
	{"{\"ab\":1,\"a\":2,\"\":3}", "{\"\":3,\"a\":2,\"ab\":1}"},
	/* Its strings: section 3.2.2.2. */
	{"\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\"",
	 "\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\""},
	{"\"\\b\\t\\n\\f\\r\\u0000\\u001f\\u007f<>&\\u2028\"",
	 "\"\\b\\t\\n\\f\\r\\u0000\\u001f\x7f<>&\xe2\x80\xa8\""},
	/* Its numbers: section 3.2.2.3 and appendix B. */
	{"[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001]",
	 "[333333333.3333333,1e+30,4.5,0.002,1e-27]"},
	{"[0,-0,0.0,-0.0e9]", "[0,0,0,0]"},
	{"[5e-324,-5e-324,1.7976931348623157e308]", "[5e-324,-5e-324,1.7976931348623157e+308]"},
	{"[9007199254740992,-9007199254740992,295147905179352830000]",
	 "[9007199254740992,-9007199254740992,295147905179352830000]"},
	{"[9.999999999999997e22,1e23,1.0000000000000001e23]", "[9.999999999999997e+22,1e+23,1.0000000000000001e+23]"},
	{"[999999999999999700000,999999999999999900000,1e21]", "[999999999999999700000,999999999999999900000,1e+21]"},
	{"[9.999999999999997e-7,0.000001,1e-7]", "[9.999999999999997e-7,0.000001,1e-7]"},
	{"[333333333.3333332,333333333.33333325,333333333.3333333,333333333.3333334,333333333.33333343]",
	 "[333333333.3333332,333333333.33333325,333333333.3333333,333333333.3333334,333333333.33333343]"},
	{"[-0.0000033333333333333333,1424953923781206.2,123,1.5e1,100e-2]",
	 "[-0.0000033333333333333333,1424953923781206.2,123,15,1]"},
	{"1700000000", "1700000000"},
};

static void
bad_number(const char *json, enum reason want)
{
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);
	struct err e = ERR_INIT;

	fails_with(canon(json, &out, &e), &e, want, "%.60s", json);
}

static void
bad_sample(const char *path, struct span bytes, enum reason want, void *arg)
{
	AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX);
	struct err e = ERR_INIT;
	struct node root;

	(void)arg;
	fails_with(scan_document(bytes, &root, &e) || canon_emit(root, &out, &e) ? -1 : 0, &e, want, "%s", path);
}

int
main(void)
{
	for (size_t i = 0; i < countof(cases); i++) {
		AUTO(buf) struct buf out = BUF_INIT(BUF_TEXT_MAX), again = BUF_INIT(BUF_TEXT_MAX);
		struct err e = ERR_INIT;

		succeeds(canon(cases[i].json, &out, &e), &e, "case %zu", i);
		is_span(buf_span(&out), span_str(cases[i].want), "%s", cases[i].want);
		succeeds(canon(buf_str(&out), &again, &e), &e, "again");
		is_span(buf_span(&again), buf_span(&out), "it stays so");
	}
	bad_number("1e309", REASON_BAD_JSON);
	bad_number("9007199254740993", REASON_BAD_JSON);
	bad_number("{\"a\":[-9007199254740993]}", REASON_BAD_JSON);
	bad_number("123456789012345678901234567890", REASON_BAD_JSON);
	ok(tap_samples("test/vectors/bad/canon", bad_sample, NULL) > 0, "bad samples");
	return tap_done();
}
