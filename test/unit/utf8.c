/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/utf8.h"
#include "tap.h"

static void
round_trips(void)
{
	unsigned bad = 0;

	for (uint32_t cp = 0; cp <= 0x110000; cp++) {
		bool scalar = cp < 0xd800 || (cp > 0xdfff && cp < 0x110000);
		char bytes[UTF8_MAX];
		size_t n = utf8_put(bytes, cp);
		uint32_t back = 0xffffffff;
		size_t got = utf8_next(span_of(bytes, n), &back);

		bad += scalar ? got != n || back != cp : got != 0;
	}
	is_int(bad, 0, "every code point there and back, no surrogate, none above U+10FFFF");
}

int
main(void)
{
	static const struct { const char *text; size_t good; } cases[] = {
		{"", 0}, {"abc", 3}, {"\xc3\xa9", 2}, {"a\xe2\x82\xac", 4}, {"\xf0\x9f\x98\x80", 4},
		{"a\x80", 1}, {"\xc0\xaf", 0}, {"\xc1\xbf", 0}, {"\xe0\x80\x80", 0}, {"\xe0\x9f\xbf", 0},
		{"\xf0\x8f\xbf\xbf", 0}, {"\xed\xa0\x80", 0}, {"\xed\xbf\xbf", 0}, {"\xf4\x90\x80\x80", 0},
		{"\xf5\x80\x80\x80", 0}, {"\xff", 0}, {"\xfe", 0}, {"ab\xe2\x82", 2}, {"ab\xe2", 2},
		{"\xe2\x28\xa1", 0}, {"\xf0\x9f\x98x", 0}, {"\xef\xbf\xbf", 3}, {"\xc3", 0},
	};

	for (size_t i = 0; i < countof(cases); i++)
		is_int((int64_t)utf8_valid_prefix(span_str(cases[i].text)), (int64_t)cases[i].good, "case %zu", i);
	round_trips();
	return tap_done();
}
