/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include "json/scan.h"
#include "tap.h"

static struct node
parse(struct span text)
{
	struct err e = ERR_INIT;
	struct node v = {JSON_NULL, SPAN_NONE};

	if (scan_document(text, &v, &e) != 0)
		succeeds(-1, &e, "test text %.*s is JSON", SPAN_FMT(text));
	return v;
}

static const struct { const char *text; bool fits; int64_t want; } ints[] = {
	{"0", true, 0}, {"-0", true, 0}, {"42", true, 42}, {"-42", true, -42},
	{"9007199254740993", true, 9007199254740993},
	{"9223372036854775807", true, INT64_MAX}, {"9223372036854775808", false, 0},
	{"-9223372036854775808", true, INT64_MIN}, {"-9223372036854775809", false, 0},
	{"18446744073709551616", false, 0}, {"99999999999999999999999999", false, 0},
	{"1.0", true, 1}, {"1e3", true, 1000}, {"1E+3", true, 1000}, {"1.5e1", true, 15}, {"100e-2", true, 1},
	{"1.50", false, 0}, {"1e-1", false, 0}, {"0.5", false, 0}, {"0.0", true, 0}, {"0e999999999999999999999", false, 0},
	{"0e9", true, 0}, {"1e18", true, 1000000000000000000}, {"1e19", false, 0}, {"1e2147483648", false, 0},
	{"9223372036854775807.0", true, INT64_MAX}, {"922337203685477580.7e1", true, INT64_MAX},
	{"1.00000000000000000000000000000000", true, 1}, {"10000000000000000000000000000000e-31", true, 1},
	{"1e0000000000000000000000000000003", true, 1000}, {"1e-00", true, 1},
	{"1000000000000000000000000000000000000001", false, 0},
	{"\"123\"", true, 123}, {"\"-9223372036854775808\"", true, INT64_MIN}, {"\"9223372036854775808\"", false, 0},
	{"\"1e3\"", true, 1000}, {"\"\"", false, 0}, {"\"-\"", false, 0}, {"\"01\"", false, 0}, {"\"+1\"", false, 0}, {"\" 1\"", false, 0},
	{"\"1 \"", false, 0}, {"\"0x1\"", false, 0}, {"\"1.\"", false, 0}, {"\".5\"", false, 0}, {"\"1e\"", false, 0}, {"\"1e+\"", false, 0},
	{"\"--1\"", false, 0}, {"\"\\u0031\"", false, 0}, {"\"1_0\"", false, 0}, {"\"1e+-3\"", false, 0},
	{"true", false, 0}, {"null", false, 0}, {"[1]", false, 0}, {"{}", false, 0},
};

static void
integers(void)
{
	for (size_t i = 0; i < countof(ints); i++) {
		int64_t v = 0;
		bool fits = node_int(parse(span_str(ints[i].text)), &v);

		ok(fits == ints[i].fits, "%s is %s integer", ints[i].text, ints[i].fits ? "an" : "no");
		if (fits)
			is_int(v, ints[i].want, "value of %s", ints[i].text);
	}
}

static void
strings(void)
{
	static const struct { const char *text; struct span want; } cases[] = {
		{"\"\"", {"", 0}}, {"\"abc\"", {"abc", 3}}, {"\"a\\u0000b\"", {"a\0b", 3}},
		{"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", {"\"\\/\b\f\n\r\t", 8}}, {"\"\\u00e9\\u20AC\"", {"\xc3\xa9\xe2\x82\xac", 5}},
		{"\"\\ud83d\\ude00!\"", {"\xf0\x9f\x98\x80!", 5}}, {"\"\\\\u0061\"", {"\\u0061", 6}},
	};
	AUTO(pool) struct pool pool = POOL_INIT;
	struct span out;

	for (size_t i = 0; i < countof(cases); i++) {
		if (ok(node_string(parse(span_str(cases[i].text)), &pool, &out), "string %zu", i)) {
			is_span(out, cases[i].want, "meaning of string %zu", i);
			is_int(out.ptr[out.len], 0, "string %zu ends in NUL", i);
		}
	}
	ok(!node_string(parse(SPAN("1")), &pool, &out), "a number is no string");
	ok(node_is(parse(SPAN("\"\\u0061b\"")), "ab"), "node_is looks through escapes");
	ok(!node_is(parse(SPAN("\"ab\\u0000\"")), "ab"), "node_is sees a NUL");
	ok(!node_is(parse(SPAN("\"a\"")), "ab") && !node_is(parse(SPAN("null")), ""), "node_is is exact");
}

static void
walks(void)
{
	static const char *const values[] = {"[1, {\"x\" : \"]\"}]", "\"}\\\"\"", "{}", "-1.5e3", "null", "[]"};
	struct node v = parse(SPAN(" { \"a\" : [1, {\"x\" : \"]\"}] ,\"\\\"b\\\\\":\"}\\\"\",\n\"c\":{},\"d\":-1.5e3 , \"e\":null,\"f\":[] }"));
	AUTO(pool) struct pool pool = POOL_INIT;
	struct node out;
	size_t i = 0;

	for (struct node_iter it = node_iter(v); node_next(&it); i++) {
		is_span(it.value.raw, span_str(i < countof(values) ? values[i] : ""), "value %zu", i);
		if (i == 1)
			is_span(node_key(it.key, &pool), SPAN("\"b\\"), "an escaped key");
	}
	is_int((int64_t)i, 6, "six members");
	is_int((int64_t)node_count(parse(SPAN("[ ]"))), 0, "an empty array");
	is_int((int64_t)node_count(parse(SPAN("[[],[[]],\"[\"]"))), 3, "nested arrays");
	is_int((int64_t)node_count(parse(SPAN("\"[1]\""))), 0, "a string has no items");
	ok(node_member(v, "\"b\\", &out) && out.kind == JSON_STRING, "a member by its meaning");
	ok(node_member(v, "e", &out) && out.kind == JSON_NULL, "a null member");
	ok(!node_member(v, "x", &out) && !node_member(parse(SPAN("[1]")), "a", &out), "no such member");
	ok(node_member(parse(SPAN("{\"\\u0061\":true}")), "a", &out) && out.kind == JSON_TRUE, "an escaped member");
	ok(node_key_is(SPAN(""), "") && !node_key_is(SPAN("a"), "") && !node_key_is(SPAN(""), "a"), "empty keys");
}

int
main(void)
{
	integers();
	strings();
	walks();
	is_str(json_kind_name(JSON_FALSE), "a boolean", "kinds have names");
	return tap_done();
}
