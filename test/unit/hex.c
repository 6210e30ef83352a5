/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/hex.h"
#include "tap.h"

static void
reads(void)
{
	static const struct { const char *text; size_t len; const char *want; } cases[] = {
		{"", 0, ""}, {"00ff10", 3, "00ff10"}, {"DeadBeef", 4, "deadbeef"},
		{"abc", 1, NULL}, {"abcd", 1, NULL}, {"ab", 2, NULL}, {"0g", 1, NULL},
		{"0x", 1, NULL}, {" 1", 1, NULL}, {"@1", 1, NULL}, {"`1", 1, NULL}, {"/0", 1, NULL},
	};

	for (size_t i = 0; i < countof(cases); i++) {
		unsigned char bytes[8];
		char text[17];
		bool good = hex_decode(bytes, cases[i].len, span_str(cases[i].text));

		if (good)
			hex_format(text, bytes, cases[i].len);
		is_str(good ? text : NULL, cases[i].want, "'%s' as %zu bytes", cases[i].text, cases[i].len);
	}
}

int
main(void)
{
	AUTO(buf) struct buf b = BUF_INIT(64);

	hex_encode(&b, SPAN("\0\x7f\x80\xff"));
	is_str(buf_str(&b), "007f80ff", "encodes");
	reads();
	ok(hex_is_lower(SPAN("09af"), 4), "lower case");
	ok(!hex_is_lower(SPAN("09aF"), 4), "upper case");
	ok(!hex_is_lower(SPAN("09af"), 5), "too short");
	ok(!hex_is_lower(SPAN("09ag"), 4), "no digit");
	ok(!hex_is_lower(span_of("0\0", 2), 2), "a NUL");
	return tap_done();
}
