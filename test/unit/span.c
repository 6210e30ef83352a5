/* SPDX-License-Identifier: Apache-2.0 */
#include "base/span.h"
#include "tap.h"

static void
cuts(void)
{
	struct span rest = SPAN("a,,b");

	is_span(span_cut(&rest, ','), SPAN("a"), "first");
	is_span(span_cut(&rest, ','), SPAN(""), "an empty one");
	is_span(span_cut(&rest, ','), SPAN("b"), "last");
	ok(rest.ptr == NULL, "then nothing");
	is_span(span_trim(SPAN(" \t x y\r\n")), SPAN("x y"), "trimmed");
	is_span(span_trim(SPAN(" \n")), SPAN(""), "nothing but space");
	is_span(span_from(SPAN("abc"), 5), SPAN(""), "from past the end");
	is_span(span_first(SPAN("abc"), 5), SPAN("abc"), "more than there is");
	is_int(span_find(SPAN("abca"), 'a'), 0, "find");
	is_int(span_rfind(SPAN("abca"), 'a'), 3, "rfind");
	is_int(span_find(SPAN("abc"), 'x'), -1, "not there");
	is_int(span_rfind(SPAN_NONE, 'x'), -1, "not in nothing");
}

static void
compares(void)
{
	ok(span_cmp(SPAN("a"), SPAN("ab")) < 0, "shorter first");
	ok(span_cmp(SPAN("Z"), SPAN("a")) < 0, "bytewise");
	ok(span_cmp(SPAN("\xc3"), SPAN("z")) > 0, "bytes are unsigned");
	ok(span_cmp(SPAN_NONE, SPAN("")) == 0, "nothing is empty");
	ok(span_eq_nocase(SPAN("BeaRer"), SPAN("bearer")), "case");
	ok(!span_eq_nocase(SPAN("a["), SPAN("a{")), "letters alone have case");
	ok(span_starts(SPAN("oci:x"), "oci:") && !span_starts(SPAN("oc"), "oci:"), "starts");
	ok(span_ends(SPAN("x.sig"), ".sig") && !span_ends(SPAN("ig"), ".sig"), "ends");
}

static void
decimals(void)
{
	static const struct { const char *text; uint64_t max; bool good; uint64_t value; } cases[] = {
		{"0", 9, true, 0}, {"9", 9, true, 9}, {"10", 9, false, 0}, {"007", 9, true, 7},
		{"", 9, false, 0}, {"-1", 9, false, 0}, {"+1", 9, false, 0}, {" 1", 9, false, 0}, {"1x", 99, false, 0},
		{"18446744073709551615", UINT64_MAX, true, UINT64_MAX},
		{"18446744073709551616", UINT64_MAX, false, 0}, {"99999999999999999999999", UINT64_MAX, false, 0},
	};

	for (size_t i = 0; i < countof(cases); i++) {
		uint64_t v = 0;
		bool good = span_decimal(span_str(cases[i].text), cases[i].max, &v);

		ok(good == cases[i].good && (!good || v == cases[i].value), "'%s'", cases[i].text);
	}
}

int
main(void)
{
	cuts();
	compares();
	decimals();
	return tap_done();
}
